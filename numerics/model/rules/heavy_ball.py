"""Heavy-ball flow, solved: Z = z + beta z^2, on a contour wide enough for the oscillating modes.

The teacher enters through ``(1 + beta z)/(z + beta z^2) = 1/z``, and label noise through 1/z as well.
"""

from __future__ import annotations

import math

import numpy as np
from sympy import Expr

from asymptotics.errors import PrecisionError
from asymptotics.model.rules.base import Curvature
from asymptotics.model.rules.heavy_ball import HeavyBall
from numerics.model.contour import talbot
from numerics.model.rules.base import Dynamics, Propagation, solves
from numerics.spectra.arrays import Array as Floats
from numerics.spectra.compiled import constant
from numerics.sums.decay import SlowModes
from numerics.values.arithmetic import Array, Field, each

MAX_NODES = 1500
"""Most contour nodes; more are wanted only by a heavy ball that has swung hundreds of times."""


@solves(HeavyBall)
class HeavyBallDynamics(Dynamics[HeavyBall]):
    """f_t(x) solves ``beta f'' + f' = -x f``, ``f(0) = 1``, ``f'(0) = 0``."""

    def contour(self, time: Expr, nodes: int, digits: int, curvature: Curvature, field: Field) -> Propagation:
        t, beta = constant(time, field), self.constant("beta", field)
        # Complex modes decay as e^(-t/(2 beta)) and swing at up to sqrt(edge/beta); once they are below the
        # digits they may stay outside the contour.
        lifetimes = float(t / (2 * beta))
        swing = 0.0
        if lifetimes < (digits + 5) * math.log(10):
            mass = float(beta)
            swing = float(t) * math.sqrt(max(0.0, curvature.edge / mass - 0.25 / mass**2))
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

    def slow_modes(self, curvature: Curvature) -> SlowModes:
        """``r = 2 lambda/(1 + root)``, ``w = ((1 + root)/(2 root))^2``, ``root^2 = 1 - 4 beta lambda``.

        Modes with a root below 1/2, and the faster rate of all others, are below ``(2 + tau) e^(-tau/2)``,
        ``tau = t/(2 beta)``.
        """
        mass = self.rule.beta

        def of(lam: Array, field: Field) -> tuple[Array, Array]:
            damping = 1 - 4 * self.constant("beta", field) * lam
            ends = np.array([x.real < 0.25 for x in damping])
            root = each(field.sqrt, np.where(ends, 0 * damping + 1, damping))
            return 2 * lam / (1 + root), np.where(ends, 0 * root, ((1 + root) / (2 * root)) ** 2)

        def ended(time: float) -> float:
            return 2 * math.log(2 + time / (2 * mass)) - time / (2 * mass)

        return SlowModes(of=of, singular=1 / (4 * mass) if mass else math.inf, ended=ended)

    def learned_fraction(self, curvature: Floats, times: Floats) -> Floats:
        """``1 - f_t(x)``, and 1 at t = oo."""
        endless = np.isinf(times)
        found = _fraction(self.rule.beta, curvature[:, None], np.where(endless, 0.0, times))
        fraction: Floats = np.where(endless, 1.0, found)
        return fraction


def _fraction(beta: float, x: Floats, times: Floats) -> Floats:
    """Overdamped eigenvalues by their two rates, the rest (critical included) by cosh or cos."""
    damping = 1 - 4 * beta * x
    clear = damping > 0.5
    root = np.sqrt(np.where(clear, damping, 1.0))
    fast = -(1 + root) / (2 * beta)
    slow = -2 * x / (1 + root)
    two_rates = (fast * np.expm1(slow * times) - slow * np.expm1(fast * times)) * beta / root
    tau = times / (2 * beta)
    angle = tau * np.sqrt(np.abs(damping))
    small = np.where(angle == 0, 1.0, angle)
    oscillating = np.exp(-tau) * (np.cos(angle) + tau * np.where(angle == 0, 1.0, np.sin(angle) / small))
    bounded = np.where(damping > 0, angle, 0.0)
    slope = np.where(angle == 0, 1.0, -np.expm1(-2 * bounded) / (2 * small))
    decaying = (np.exp(bounded - tau) + np.exp(-bounded - tau)) / 2 + tau * np.exp(bounded - tau) * slope
    fraction: Floats = np.where(clear, two_rates, 1 - np.where(damping > 0, decaying, oscillating))
    return fraction
