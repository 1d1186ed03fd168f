"""One contour for all times of a window: a hyperbola around the negative axis.

    z(u) = (mu/t)(1 - sin(alpha) cosh u + i cos(alpha) sinh u),      f(t) = (1/2 pi i) int e^(z t) F(z) dz

by the trapezoid rule in u. For times from t to ``spread`` t the best angle and step are known (Weideman and
Trefethen, Math. Comp. 76, 2007, section 5): with n nodes in the upper half plane the error falls as e^(-B n),
B a number that depends on the spread alone, so that 16 times as long takes less than three times the nodes.

    Window             nodes and weights for times 1 ... spread
    window             to so many digits, on one of two lattices of u

Of a transform ``F = int dmu(h)/(z + h)``, mu positive, each mode h adds to the error at most
``slack/(1 + h t)`` of itself, whatever its sign; so the error is below ``slack int dmu/(1 + h t)``, which is
F at one positive z (`Window.positive`): nothing has to be compared with a second contour.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from asymptotics.caches import cached
from numerics.values.arithmetic import Array, Field, array, field_of
from numerics.values.doubled import Doubled, double_up

SPREADS = (1.0, 1.05, 2.0, 4.0, 8.0, 16.0)
"""Windows are laid for these ratios of their last time to the first."""
CONSTANT = 20.0
"""The error is at most so many e^(-B n) of 1/(1 + h t), for 12 to 25 digits."""
NODE_BITS = 140
ANGLES = 2000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Window:
    """Nodes z and weights w with ``f(t) = 2 Re sum_j w_j e^(z_j t) F(z_j)`` for 1 <= t <= spread.

    Upper-half nodes from the right to the left; the first of the lattice through u = 0 is real and has half
    its weight. ``nodes`` and ``weights`` have `NODE_BITS` or more; ``z`` and ``w`` are the same doubled.
    """

    nodes: Array
    weights: Array
    z: Doubled
    w: Doubled
    slack: float

    @property
    def positive(self) -> float:
        """Where the path crosses the axis, or about there."""
        return float(self.nodes[0].real)


def spread_of(ratio: float) -> float:
    """The least of `SPREADS` that holds times up to ``ratio`` times the first.

    >>> spread_of(1.0), spread_of(3.0)
    (1.0, 4.0)
    """
    return next(s for s in SPREADS if ratio <= s * (1 + 1e-12))


def _scale(angle: float, spread: float) -> float:
    return math.acosh(
        ((math.pi - 2 * angle) * spread + 4 * angle - math.pi) / ((4 * angle - math.pi) * math.sin(angle))
    )


@cached(maxsize=64)
def _best(spread: float) -> tuple[float, float, float]:
    """B, the angle that makes it largest, and ``n`` times the step."""
    angles = (math.pi / 4 * (1 + j / ANGLES) for j in range(1, ANGLES))
    rate, angle = max(((math.pi**2 - 2 * math.pi * a) / _scale(a, spread), a) for a in angles)
    return rate, angle, _scale(angle, spread)


@cached(maxsize=64)
def window(spread: float, digits: int, *, between: bool = False, bits: int = NODE_BITS) -> Window:
    """A window whose `slack` is below 10^-digits; ``between``: on the lattice half a step from u = 0.

    >>> at = window(4, 16)
    >>> import numpy as np
    >>> t = 3.0
    >>> found = 2 * (at.w.rounded * np.exp(at.z.rounded * t) / (at.z.rounded + 0.5)).sum().real
    >>> bool(abs(found - math.exp(-0.5 * t)) < 1e-13)
    True
    """
    rate, angle, width = _best(spread)
    count = math.ceil((digits * math.log(10) + math.log(CONSTANT)) / rate)
    mu = (4 * math.pi * angle - math.pi**2) / width * count / spread
    with field_of(bits) as field:
        nodes, weights = _lay(Fraction(width) / count, angle, mu, count, between, field)
        return Window(
            nodes=nodes,
            weights=weights,
            z=double_up(nodes),
            w=double_up(weights),
            slack=CONSTANT * math.exp(-rate * count),
        )


def _lay(
    step: Fraction, angle: float, mu: float, count: int, between: bool, field: Field
) -> tuple[Array, Array]:
    h, turn, size = field.real(step), field.real(angle), field.real(mu)
    sine, cosine = field.sin(turn), field.cos(turn)
    nodes, weights = [], []
    for k in range(count + 1 - between):
        grow = field.exp(h * (2 * k + between) / 2)
        up, along = (grow + 1 / grow) / 2, (grow - 1 / grow) / 2
        nodes.append(field.complex(size * (1 - sine * up), size * cosine * along))
        share = h * size / (2 * field.pi()) / (2 if k == 0 and not between else 1)
        weights.append(field.complex(share * cosine * up, share * sine * along))
    return array(nodes), array(weights)
