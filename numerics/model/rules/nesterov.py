"""Nesterov momentum, solved: ``f_t(G) = (1/2 pi i) int f_t(-Z) (Z + G)^-1 dZ`` on a closed contour.

As a function of the curvature u, ``f_t(u) = Gamma(nu + 1) (2/z)^nu J_nu(z)``, ``z^2 = u t^2``, is entire,
and so is its square: any curve around the spectrum, from -edge to 0, will do. On an ellipse with foci there
the trapezoidal rule converges geometrically; the wider the ellipse, the fewer nodes and the more digits, as
``f_t(-Z)`` grows with ``t Re sqrt(Z)``. Nodes are about as many as the fastest mode swings. At N = P = oo
the loss is a sum over modes, added in doubles: one by one where they are out of step, and by Gauss' rule
for sums beyond.
"""

from __future__ import annotations

import math

import mpmath
import numpy as np
from sympy import Expr

from asymptotics.errors import PrecisionError
from asymptotics.model.rules.base import Curvature
from asymptotics.model.rules.nesterov import Nesterov
from asymptotics.precision import working
from numerics.model.contour import RATE, half_ellipse
from numerics.model.rules.base import Dynamics, Propagation, leave_out, solves
from numerics.spectra.arrays import Array as Floats
from numerics.spectra.compiled import constant
from numerics.spectra.finite import FiniteSpectrum
from numerics.spectra.spectrum import ContinuousSpectrum
from numerics.sums.bessel import bessel_filter
from numerics.sums.swinging import swinging_sum
from numerics.values.arithmetic import Field, Scalar, each
from numerics.values.value import Value

GROWN = 20
"""So many digits a contour loses: one of ``f^2``, or two of f together."""
MOST_PAIRED, MOST_SQUARED = 750, 4000
"""Most nodes in the upper half plane, where pairs of them are needed, and where they are not."""
MARGIN = 1.01
"""The edge of the spectrum is known to a few digits."""


@solves(Nesterov)
class NesterovDynamics(Dynamics[Nesterov]):
    """``f'' + (delta/t) f' = -u f``, ``f(0) = 1``, ``f'(0) = 0``."""

    squares = True
    extra_digits = GROWN
    most_digits = 10

    def contour(self, time: Expr, nodes: int, digits: int, curvature: Curvature, field: Field) -> Propagation:
        return self._ellipse(time, nodes, curvature, field, 1)

    def squared(self, time: Expr, nodes: int, digits: int, curvature: Curvature, field: Field) -> Propagation:
        return self._ellipse(time, nodes, curvature, field, 2)

    def _ellipse(self, time: Expr, nodes: int, curvature: Curvature, field: Field, power: int) -> Propagation:
        t, edge = constant(time, field), MARGIN * curvature.edge
        swing, grown = power * float(t) * math.sqrt(edge), power * GROWN * math.log(10) / 2
        half, width = _narrowest(swing, grown, RATE * nodes)
        most = MOST_PAIRED if power == 1 else MOST_SQUARED
        if half > most:
            raise PrecisionError(
                f"t = {float(t):.6g}: with curvatures up to {edge:.6g} modes swing on without end, which "
                "takes "
                f"{half} contour nodes, more than {most}; use t < {float(t) * most / half:.3g}, or at N = "
                "P = oo "
                "at most 11 digits"
            )
        Z, weights = half_ellipse(edge, 2 * width, half, field)
        left = each(lambda x: self._left(x, field) ** power, Z * t**2)
        return Propagation(Z=Z, tau=weights * left, left_out=leave_out(nodes, left))

    def _left(self, z: Scalar, field: Field) -> Scalar:
        """``0F1(nu + 1; z/4)``."""
        with working(math.ceil(field.bits * math.log10(2)) + 5):
            index = (mpmath.mpf(repr(self.rule.delta)) + 1) / 2
            found = mpmath.hyp0f1(index, mpmath.mpc(field.mpf(z.real), field.mpf(z.imag)) / 4)
            return field.complex(field.real(found.real), field.real(found.imag))

    @property
    def _index(self) -> float:
        return (self.rule.delta - 1) / 2

    def sum_modes(
        self, spectrum: ContinuousSpectrum | FiniteSpectrum, time: Expr, digits: int, curvature: Curvature
    ) -> Value | None:
        """The sum in doubles; where these have not the digits, that of few modes."""
        found = swinging_sum(spectrum, self._index, float(time))
        if found is not None and found.relative_error < 10.0**-digits:
            return found
        return super().sum_modes(spectrum, time, digits, curvature)

    def learned_fraction(self, curvature: Floats, times: Floats) -> Floats:
        """``1 - f_t(u)``, and 1 after endless training."""
        endless = np.isinf(times)
        z = np.sqrt(curvature)[:, None] * np.where(endless, 0.0, times)
        fraction: Floats = np.where(endless, 1.0, bessel_filter(self._index, z)[1])
        return fraction


def _narrowest(swing: float, grown: float, wanted: float) -> tuple[int, float]:
    """The fewest nodes in the upper half plane, and half the width H of the ellipse, for e^-wanted.

    In ``sqrt(Z)`` the width is ``eta = H/2``. With 2n nodes the trapezoidal rule leaves of the poles inside
    ``e^(-2 n H) = e^(-4 n eta)``, and of the growth of ``f_t`` outside ``e^(swing sinh(x) - 4 n (x - eta))``
    at the x > eta where that is least. On the ellipse f_t is below ``e^(swing sinh(eta))``, and that below
    e^grown.
    """

    def enough(half: int, width: float) -> bool:
        steep = 4 * half / swing
        if steep <= math.cosh(width) or 4 * half * width < wanted:
            return False
        far = math.acosh(steep)
        return swing * math.sinh(far) - 4 * half * (far - width) < -wanted

    found = []
    for share in (1, 2, 4, 8):
        width, half = math.asinh(grown / share / swing), 4
        while not enough(half, width):
            half += max(1, half // 16)
        found.append((half, width))
    return min(found)
