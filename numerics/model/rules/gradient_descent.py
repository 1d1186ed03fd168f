"""Gradient descent, solved: n steps are ``(1 + eta z)^n / z``, Z = z.

With ``1 + eta z = e^(eta s)`` the contour is again Talbot's, in s, joined by its mirror image at
1 + eta z < 0 if eta times the spectrum exceeds 1; for few steps it is a circle.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from sympy import Expr

from asymptotics.errors import DomainError
from asymptotics.model.rules.base import Curvature
from asymptotics.model.rules.gradient_descent import GradientDescent
from numerics.model.contour import talbot
from numerics.model.rules.base import NOTHING, Dynamics, Propagation, solves
from numerics.spectra.arrays import Array as Floats
from numerics.sums.decay import Decay, SlowModes
from numerics.values.arithmetic import Array, Field, Scalar, array, each
from numerics.values.jets import Jet

EPSILON = float(np.finfo(np.float64).eps)


@solves(GradientDescent)
class GradientDescentDynamics(Dynamics[GradientDescent]):
    """``f_n(x) = (1 - eta x)^n``."""

    squares = True

    def contour(self, time: Expr, nodes: int, digits: int, curvature: Curvature, field: Field) -> Propagation:
        eta, steps = field.real(self.step), int(time)
        # In s the spectrum has images at +-i pi/eta; Talbot's contour stays clear of them from here on.
        if steps < 0.75 * nodes:
            return _circle(eta, steps, nodes, digits, field)
        s, w = talbot(eta * field.real(steps), nodes, field)
        z = each(field.expm1, s * eta) / eta
        u = 1 + eta * z
        tau = w * u / z
        stretch = self.rule.eta * curvature.edge
        if stretch <= 1 or float(steps) * math.log10(max(stretch - 1, 1e-300)) < -digits - 5:
            return Propagation(Z=z, tau=tau)
        mirrored = (-u - 1) / eta
        sign = -1 if steps % 2 else 1
        return Propagation(
            Z=array([*z, *each(field.conj, mirrored)]),
            tau=array([*tau, *each(field.conj, -sign * w * u / mirrored)]),
        )

    def in_exponents(self, w: Array, field: Field) -> Jet:
        step, rise = field.real(self.step), each(field.expm1, w)
        return Jet(terms=(rise / step, (1 + rise) / step))

    def decay(self, time: Expr, digits: int, curvature: Curvature) -> Decay | None:
        return Decay.in_steps(self.step, int(time)) if self.rule.eta * curvature.edge <= 1 else None

    def slow_modes(self, curvature: Curvature) -> SlowModes | None:
        """``r = -log |1 - eta lambda|``, w = 1."""

        def of(lam: Array, field: Field) -> tuple[Array, Array]:
            step = field.real(self.step) * lam
            gone = step == 1
            # of the square, as a step may turn the sign
            logs = each(field.log1p, np.where(gone, 0 * step, step * (step - 2)))
            return -logs / 2, np.where(gone, 0 * step, 0 * step + 1)

        return SlowModes(of=of, singular=1 / self.rule.eta, ended=lambda _: -math.inf)

    @property
    def step(self) -> Fraction:
        """eta, the decimal that it prints."""
        return Fraction(repr(self.rule.eta))

    def train_decay(self, time: float, slowest: float, curvature: Curvature) -> float:
        eta = self.rule.eta
        largest = max(abs(1 - eta * slowest), abs(1 - eta * curvature.edge))
        return -2 * math.log(largest) * time if 0 < largest < 1 else 0.0

    def learned_fraction(self, curvature: Floats, times: Floats) -> Floats:
        """``1 - (1 - eta x)^n``; raises `DomainError` if eta x > 2, where descent diverges."""
        eta, x = self.rule.eta, curvature[:, None]
        largest = float(x.max(initial=0.0))
        if not eta * largest < 2:
            raise DomainError(
                f"eta = {eta} is not below 2/{largest:.6g} = {2 / largest:.6g}, the stability bound of this "
                "draw's kernel; lower eta"
            )
        step = np.abs(1 - eta * x)
        # log1p keeps small eta x exact; where 1 - eta x = 0 the floor gives h = 0 after one step.
        near = np.log1p(-np.minimum(eta * x, 1 - EPSILON / 2))
        logarithm = np.where(eta * x < 1, near, np.log(step + 1e-300))
        decay = np.where(times == 0, 0.0, logarithm) * np.where(times == 0, 1.0, times)
        odd = (eta * x > 1) & (np.mod(np.where(np.isinf(times), 0.0, times), 2) == 1)
        fraction: Floats = np.where(odd, 1 + np.exp(decay), 0.0 - np.expm1(decay))
        return fraction


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
    return Propagation(Z=z, tau=u ** (steps + 1) / (eta * z * points), left_out=NOTHING)
