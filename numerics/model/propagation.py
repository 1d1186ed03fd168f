"""Training rules as contours: the one place where gradient flow, descent and heavy ball differ.

In all of them the error after time t is a function of the curvature G, ``v(t) = f_t(G) v(0)``, and

    f_t(G) = sum_j tau_j Z_j (Z_j + G)^-1

for nodes Z_j and weights tau_j of a contour around the spectrum. With ``D_k = 1/(Z + lambda_k q)`` every
loss is therefore ``sum_ij tau_i tau_j K(Z_i, Z_j)`` with the same kernels K (`two_time`). Label noise
enters through the same tau (theory: the noise keeps 1/z, the teacher has (1 + beta z)/(z + beta z^2) = 1/z).

* gradient flow: ``e^(z t)/z`` on Talbot's contour, Z = z;
* gradient descent, n steps: ``(1 + eta z)^n / z``; with 1 + eta z = e^(eta s) again Talbot's contour in
  s, joined by its mirror image at 1 + eta z < 0 if eta times the spectrum exceeds 1; a circle for few steps;
* heavy ball: Z = z + beta z^2, on a contour wide enough for the oscillating modes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from asymptotics.errors import DomainError, PrecisionError
from numerics.model.contour import talbot
from numerics.model.rules import GradientDescent, GradientFlow, HeavyBall
from numerics.values.arithmetic import LOG2_10, Array, Field, Scalar, array, each

MAX_NODES = 1500
"""Most contour nodes; more are wanted only by a heavy ball that has swung hundreds of times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Propagation:
    """Resolvent arguments Z_j and weights tau_j; their conjugates complete the contour."""

    Z: Array
    tau: Array


def propagate(
    rule: GradientFlow | GradientDescent | HeavyBall,
    t: Scalar,
    nodes: int,
    digits: int,
    edge: float,
    field: Field,
) -> Propagation:
    """The contour of ``rule`` at time t > 0 (steps for gradient descent), inside ``with field:``.

    ``edge`` is the upper edge of the spectrum of the curvature.
    """
    match rule:
        case GradientFlow():
            z, w = talbot(t, nodes, field)
            return Propagation(Z=z, tau=w / z)
        case GradientDescent(eta=eta):
            return _descent(field.real(eta), float(t), nodes, digits, float(eta) * edge, field)
        case HeavyBall(beta=beta):
            return _heavy_ball(field.real(beta), t, nodes, digits, edge, field)


def check_stable(rule: GradientFlow | GradientDescent | HeavyBall, edge: float) -> None:
    """Raise `DomainError` for a step size at which gradient descent diverges: eta edge >= 2."""
    if isinstance(rule, GradientDescent) and rule.eta * edge >= 2:
        raise DomainError(
            f"eta = {rule.eta} is beyond stability: the largest curvature is {edge:.6g}; "
            f"use eta < {2 / edge:.6g}"
        )


def _descent(eta: Scalar, steps: float, nodes: int, digits: int, stretch: float, field: Field) -> Propagation:
    # In s the spectrum has images at +-i pi/eta; Talbot's contour stays clear of them from here on.
    if steps < 0.75 * nodes:
        return _circle(eta, int(steps), nodes, digits, field)
    s, w = talbot(eta * field.real(steps), nodes, field)
    u = each(field.exp, s * eta)
    z = (u - 1) / eta
    tau = w * u / z
    if stretch <= 1 or steps * math.log10(max(stretch - 1, 1e-300)) < -digits - 5:
        return Propagation(Z=z, tau=tau)
    mirrored = (-u - 1) / eta
    sign = -1 if int(steps) % 2 else 1
    return Propagation(
        Z=array([*z, *each(field.conj, mirrored)]),
        tau=array([*tau, *each(field.conj, -sign * w * u / mirrored)]),
    )


def _circle(eta: Scalar, steps: int, nodes: int, digits: int, field: Field) -> Propagation:
    """``|1 + eta z| = rho``: with m points the only error is the aliasing of step n + m, as rho^-m."""
    points = 2 * (2 * steps + nodes)
    log_rho = field.real(digits + 5) * field.log(field.real(10)) / points
    us = []
    for j in range(points // 2):
        angle = field.pi() * (2 * j + 1) / points
        rho = field.exp(log_rho)
        us.append(field.complex(rho * field.cos(angle), rho * field.sin(angle)))
    u = array(us)
    z = (u - 1) / eta
    return Propagation(Z=z, tau=u ** (steps + 1) / (eta * z * points))


def _heavy_ball(beta: Scalar, t: Scalar, nodes: int, digits: int, edge: float, field: Field) -> Propagation:
    # Complex modes decay as e^(-t/(2 beta)) and swing at up to sqrt(edge/beta); once they are below the
    # digits they may stay outside the contour.
    lifetimes = float(t / (2 * beta))
    swing = 0.0
    if lifetimes < (digits + 5) * math.log(10):
        mass = float(beta)
        swing = float(t) * math.sqrt(max(0.0, edge / mass - 0.25 / mass**2))
    if 2 * nodes + 4 * swing > MAX_NODES:
        raise PrecisionError(
            f"beta = {float(beta):.6g} at t = {float(t):.6g}: the fastest mode has swung "
            f"{swing / 6.2832:.0f} times, which needs too many contour nodes; "
            "use a smaller beta or a later time"
        )
    # A wide contour has its nodes further apart, and up to twice as many do what `nodes` would.
    scale = 2 * math.ceil(nodes * (1 + swing / (swing + 0.26 * nodes)) / 2)
    s, w = talbot(t, scale, field, swing=swing)
    return Propagation(Z=s * (1 + beta * s), tau=w / s)


def amplification_digits(nodes: int) -> int:
    """How many digits the growth of ``e^(z t)`` on the contour costs in two variables together."""
    return math.ceil(2 * 0.171 * nodes / math.log(10) + 2 / LOG2_10)
