"""Heavy ball in discrete steps, solved: ``Z = (x - 1)(x - mu)/(eta x)`` with x^n for n steps.

The teacher and label noise enter through ``x/(x - 1)``, the transform of 1. A mode of curvature u is at the
two x with ``x + mu/x = 1 + mu - eta u``: both on the positive axis, both on the circle |x| = sqrt(mu), or
both on the negative axis. In log x the contour is Talbot's, as wide as the modes on the circle swing; where
that would reach around the circle, it is a circle around all modes.

At P = oo the square of f_n is inverted at once. It is a polynomial in Z: where modes on the circle have
died out, Talbot's contour at 2n steps has the modes on the positive axis alone, and else an ellipse around
the spectrum, from -edge to 0, has about as many nodes as the fastest mode swings.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from sympy import Expr

from asymptotics.errors import DomainError, PrecisionError
from asymptotics.model.rules.base import Curvature
from asymptotics.model.rules.discrete_heavy_ball import DiscreteHeavyBall
from numerics.model.contour import RATE, half_ellipse, talbot
from numerics.model.rules.base import NOTHING, Dynamics, Propagation, leave_out, solves
from numerics.spectra.arrays import Array as Floats
from numerics.sums.decay import SlowModes
from numerics.values.arithmetic import Array, Field, Scalar, array, each

MAX_NODES = 1500
"""Most contour nodes, as for heavy-ball flow."""

MOST_SQUARED = 4000
"""Most nodes in the upper half plane where one contour serves a square."""
GROWN = 12
"""So many digits it loses there."""
WIDEST = 2.5
"""The largest width of the ellipse: seen from afar the modes are hardly apart."""
MARGIN = 1.01
"""The edge of the spectrum is known to a few digits."""

TINY = 1e-300


@solves(DiscreteHeavyBall)
class DiscreteHeavyBallDynamics(Dynamics[DiscreteHeavyBall]):
    """f_n(u) solves ``f_(n+1) = (1 + mu - eta u) f_n - mu f_(n-1)``, ``f_(-1) = f_0 = 1``."""

    squares = True
    extra_digits = GROWN

    def contour(self, time: Expr, nodes: int, digits: int, curvature: Curvature, field: Field) -> Propagation:
        eta, mu, steps = *self._constants(field), int(time)
        angle = self._angle(steps, nodes, digits, curvature)
        swing = angle * steps
        # Talbot's contour is at heights below (0.84 nodes + pi swing)/n; x = e^z repeats itself beyond pi.
        around = 0.84 * nodes + math.pi * swing > math.pi * steps
        wanted = _points(steps, nodes) if around else 2 * nodes + 4 * swing
        if wanted > MAX_NODES and (around or swing):
            raise PrecisionError(
                f"momentum = {self.rule.momentum:.6g} after {steps} steps: the modes that swing have not "
                "died out, which needs too many contour nodes; use a smaller momentum or a later time"
            )
        if around:
            x, weights = _circle(steps, nodes, digits, field)
            rise = x - 1
        else:
            # A wide contour has its nodes further apart, and up to twice as many do what `nodes` would.
            scale = 2 * math.ceil(nodes * (1 + swing / (swing + 0.26 * nodes)) / 2)
            z, weights = talbot(field.real(steps), scale, field, swing=swing)
            rise = each(field.expm1, z)
            x = 1 + rise
        return Propagation(
            Z=rise * (x - mu) / (eta * x), tau=weights * x / rise, left_out=NOTHING if around else None
        )

    def squared(self, time: Expr, nodes: int, digits: int, curvature: Curvature, field: Field) -> Propagation:
        """``dZ f_n(-Z)^2/(2 pi i Z)`` on Talbot's contour or the ellipse."""
        steps = int(time)
        # The two roots of a mode meet in mu^n, of modes that do not swing too.
        seen = -steps * math.log(max(self.rule.momentum, TINY)) < _died_out(nodes, digits)
        if seen or 0.84 * nodes > 2 * math.pi * steps or self._angle(2 * steps, nodes, digits, curvature):
            return self._ellipse(steps, nodes, curvature, field)
        eta, mu = self._constants(field)
        z, weights = talbot(field.real(2 * steps), nodes, field)
        rise = each(field.expm1, z)
        x = 1 + rise
        # f_n = x^n (x - mu)/(x - mu/x), but for modes that have died out
        return Propagation(Z=rise * (x - mu) / (eta * x), tau=weights * (x - mu) / (rise * (1 - mu / x**2)))

    def _ellipse(self, steps: int, nodes: int, curvature: Curvature, field: Field) -> Propagation:
        eta, mu, edge = *self._constants(field), MARGIN * curvature.edge
        half, width = _narrowest(lambda width: self._grown(width, edge, steps), RATE * nodes)
        if half > MOST_SQUARED:
            raise PrecisionError(
                f"momentum = {self.rule.momentum:.6g} after {steps} steps: the modes that swing have not "
                f"died out, which takes {half} contour nodes, more than {MOST_SQUARED}; use a smaller "
                f"momentum, or at most {steps * MOST_SQUARED // half} steps"
            )
        Z, weights = half_ellipse(edge, width, half, field)
        middle = (1 + mu + eta * Z) / 2
        root = each(field.sqrt, middle**2 - mu)
        one, other = middle + root, middle - root
        x = np.where(np.absolute(one) > np.absolute(other), one, other)
        y = mu / x
        left = ((x - mu) * x**steps + (x - 1) * y ** (steps + 1)) / (x - y)
        return Propagation(Z=Z, tau=weights * left**2, left_out=leave_out(nodes, left**2))

    def _constants(self, field: Field) -> tuple[Scalar, Scalar]:
        """eta and mu."""
        return self.constant("eta", field), self.constant("momentum", field)

    def _grown(self, width: float, edge: float, steps: int) -> float:
        """The largest ``log |x|^2n`` on the ellipse."""
        Z = -edge / 2 * (1 + np.cosh(width + 1j * np.linspace(0.0, math.pi, 17)))
        middle = (1 + self.rule.momentum + self.rule.eta * Z) / 2
        root = np.sqrt(middle**2 - self.rule.momentum)
        return 2 * steps * math.log(np.maximum(np.abs(middle + root), np.abs(middle - root)).max())

    def _angle(self, steps: int, nodes: int, digits: int, curvature: Curvature) -> float:
        """The largest argument of an x that is not below the digits after these steps; 0 without one."""
        mu = self.rule.momentum
        middle = 1 + mu - self.rule.eta * curvature.edge
        size = math.sqrt(mu)
        if middle < -2 * size:
            size = (math.sqrt(middle**2 - 4 * mu) - middle) / 2
        if middle >= 2 * math.sqrt(mu) or -steps * math.log(max(size, TINY)) > _died_out(nodes, digits):
            return 0.0
        return math.acos(max(-1.0, middle / (2 * size)))

    def slow_modes(self, curvature: Curvature) -> SlowModes | None:
        """``r = -log x``, ``w = ((x - mu)/(x - mu/x))^2`` with x the larger root of a mode.

        Where x is below q = mu^(1/4) or both are on the circle, a mode is below ``(1 + 2 n/q) q^n``, as is
        what the smaller root adds to the others.
        """
        mu, size = self.rule.momentum, math.sqrt(self.rule.momentum)
        if not 0 < self.rule.eta * curvature.edge < (1 + size) ** 2 or not mu:
            return None
        least = mu**0.25

        def of(lam: Array, field: Field) -> tuple[Array, Array]:
            eta, own = self._constants(field)
            u = eta * lam
            ends = np.array([x.real > 1 + mu - least - mu / least for x in u])
            u = np.where(ends, 0 * u, u)
            gap = 2 * u / (1 - own + u + each(field.sqrt, (1 + own - u) ** 2 - 4 * own))
            x = 1 - gap
            weight = ((x - own) / (x - own / x)) ** 2
            return -each(field.log1p, -gap), np.where(ends, 0 * x, weight)

        def ended(steps: float) -> float:
            return 2 * (steps * math.log(least) + math.log(1 + 2 * steps / least))

        return SlowModes(of=of, singular=(1 - size) ** 2 / self.rule.eta, ended=ended)

    def learned_fraction(self, curvature: Floats, times: Floats) -> Floats:
        """``1 - f_n(u)``, and 1 after endless steps; raises `DomainError` if eta u >= 2 (1 + mu)."""
        eta, mu = self.rule.eta, self.rule.momentum
        largest, bound = float(curvature.max(initial=0.0)), 2 * (1 + mu)
        if not eta * largest < bound:
            raise DomainError(
                f"eta = {eta} is not below {bound:.6g}/{largest:.6g} = {bound / largest:.6g}, the stability "
                "bound of this draw's kernel; lower eta"
            )
        endless = np.isinf(times)
        steps = np.where(endless, 0.0, times)
        found = _fraction(eta * curvature[:, None], mu, np.maximum(steps, 1.0))
        fraction: Floats = np.where(endless, 1.0, np.where(steps == 0, 0.0, found))
        return fraction


def _fraction(step: Floats, mu: float, n: Floats) -> Floats:
    """``1 - f_n`` of ``step = eta u`` for n >= 1, from the root of largest size and the other's ratio to it.

    ``f_n = x^n - (x - 1 + step)(x^n - y^n)/(x - y)`` for the roots x and y.
    """
    middle = 1 + mu - step
    discriminant = middle**2 - 4 * mu
    root = np.sqrt(np.abs(discriminant))
    # Both real: 1 - x without cancellation for small steps, and log |x|.
    gap = np.where(middle > 0, 2 * step / (1 - mu + step + root), 1 - (middle - root) / 2)
    size = np.maximum(np.abs(1 - gap), TINY)
    logarithm = np.where(middle > 0, np.log1p(-np.minimum(gap, 1 - 2.0**-53)), np.log(size))
    sign = np.where((middle > 0) | (np.mod(n, 2) == 0), 1.0, -1.0)
    power = np.exp(n * logarithm)
    apart = np.minimum(root / size, 1.0)
    with np.errstate(divide="ignore"):
        spread = np.where(apart > 0, -np.expm1(n * np.log1p(-apart)) / np.maximum(apart, TINY), n)
    learned = np.where(sign > 0, -np.expm1(n * logarithm), 1 + power)
    real = learned + (step - gap) * sign * power * spread / np.where(middle > 0, size, -size)
    # Both on the circle of radius sqrt(mu); the angle is measured from the nearer half of the axis.
    angle = np.arctan2(root, np.abs(middle))
    turned = np.where(middle > 0, 1.0, -1.0) * np.sin(n * angle) / np.maximum(root, TINY)
    swinging = 1 - sign * mu ** (n / 2) * (np.cos(n * angle) + (1 - mu - step) * turned)
    fraction: Floats = np.where(discriminant >= 0, real, swinging)
    return fraction


def _died_out(nodes: int, digits: int) -> float:
    """The logarithm by which a mode is below the digits, and below the error of the contour."""
    return max((digits + 5) * math.log(10), 1.4 * nodes)


def _points(steps: int, nodes: int) -> int:
    """Points of the circle, an even number: x^n grows on it by two thirds of the digits at most."""
    return 2 * nodes + 3 * steps + steps % 2


def _circle(steps: int, nodes: int, digits: int, field: Field) -> tuple[Array, Array]:
    """x on a circle outside the modes, with ``x^n/points``: the only error is the aliasing of later steps."""
    points = _points(steps, nodes)
    radius = field.exp(field.real(digits + 5) * field.log(field.real(10)) / points)
    angles = [field.pi() * (2 * j + 1) / points for j in range(points // 2)]
    x = array([field.complex(radius * field.cos(angle), radius * field.sin(angle)) for angle in angles])
    return x, x**steps / points


def _narrowest(grown: Callable[[float], float], wanted: float) -> tuple[int, float]:
    """The fewest nodes in the upper half plane, and the width H of the ellipse, for an error of e^-wanted.

    With 2n nodes the trapezoidal rule leaves ``e^(-2 n H)`` of the poles inside, and of what grows outside
    ``e^(grown(W) - 2 n (W - H))`` at the W > H where that is least. On the ellipse f^2 is below e^grown(H).
    """
    wide = np.geomspace(1e-6, 30.0, 400)
    growth = np.array([grown(width) for width in wide])
    found = []
    for i in np.flatnonzero((growth <= GROWN * math.log(10)) & (wide < WIDEST)):
        outside = (growth[i + 1 :] + wanted) / (wide[i + 1 :] - wide[i])
        found.append((max(wanted / wide[i], outside.min()) / 2, wide[i]))
    half, width = min(found)
    return max(4, math.ceil(half)), float(width)
