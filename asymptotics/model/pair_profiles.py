"""How the weights of an average are spread over pairs of iterates, as numbers.

With weights alpha(u) on [0, 1],

    A(w) = int alpha(x) alpha(w - x) dx,    2 C(w) = 2 int alpha(x) alpha(x + w) dx

are the densities of the sum ``w = x + x'`` and of the distance ``w = |x - x'|`` of two iterates. Both are
analytic from 0 on, so that ``int w^-s`` of them is continued in s by the series at 0, term by term, and the
rest of the integral is taken on panels that double.

    SUMS, DISTANCES   which of the two
    Profile           a density: its Mellin moments, as Laurent series
    profile_of        that of weights
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import mpmath
from mpmath.calculus.quadrature import GaussLegendre
from sympy import Expr, lambdify

from asymptotics.caches import cached
from asymptotics.errors import UnableError
from asymptotics.model.schedules.pieces import u
from asymptotics.precision import working

SUMS, DISTANCES = 0, 1
DEGREES = (3, 4, 5, 6, 7, 8)
"""Of Gauss' rule on a panel, one after the other until the integrals settle: 12 to 384 nodes."""
WIDER = 8
"""The circle on which a series is found is so many times as wide as where it is used."""
HALVINGS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A or 2 C: its series up to ``near``, and beyond it places with the weights of their integral."""

    near: Any
    series: tuple[Any, ...]
    places: tuple[tuple[Any, Any], ...]

    def moment(self, s: Any, terms: int, digits: int) -> list[Any]:
        """``int w^-(s + d)``, continued: what stands before 1/d, and before ``d^0 ... d^(terms - 1)``."""
        found = [mpmath.mpf(0)] * (terms + 1)
        for w, weight in self.places:
            share = weight * w**-s
            for j in range(terms):
                found[j + 1] += share
                share *= -mpmath.log(w) / (j + 1)
        for n, c in enumerate(self.series):
            for j, part in enumerate(_of_power(n + 1 - s, self.near, terms, digits)):
                found[j] += c * part
        return found


def _of_power(e: Any, near: Any, terms: int, digits: int) -> list[Any]:
    """``int_0^near w^(e - d - 1) dw = near^(e - d)/(e - d)``, likewise."""
    falls = [(-mpmath.log(near)) ** i / mpmath.factorial(i) for i in range(terms + 1)]
    if abs(e) < mpmath.mpf(10) ** (-digits // 2):
        return [-x for x in falls]
    sums = [mpmath.fsum(falls[i] / e ** (j - i + 1) for i in range(j + 1)) for j in range(terms)]
    return [mpmath.mpf(0), *(near**e * x for x in sums)]


@cached(maxsize=32)
def profile_of(weights: Expr, whole: Expr, kind: int, digits: int) -> Profile:
    """That of ``weights/whole``; raises `UnableError` where Gauss' rules do not settle."""
    alpha: Callable[[Any], Any] = lambdify(u, weights, modules="mpmath")
    scale = whole.evalf(digits + 10) ** -2
    close = mpmath.mpf(10) ** -(digits + 3)
    with working(digits + 10):
        before = None
        for degree in DEGREES:
            rule = GaussLegendre(mpmath.mp).calc_nodes(degree, mpmath.mp.prec)
            found = _sampled(alpha, kind, digits, rule, mpmath.mpmathify(scale))
            size = found.moment(mpmath.mpf("0.5"), 1, digits)[1]
            if before is not None and abs(size - before) < close * abs(size):
                return found
            before = size
    raise UnableError(f"averages with the weights {weights} vary too fast; laws need smoother ones")


def _sampled(
    alpha: Callable[[Any], Any], kind: int, digits: int, rule: list[tuple[Any, Any]], scale: Any
) -> Profile:
    def over(low: Any, high: Any) -> list[tuple[Any, Any]]:
        half, middle = (high - low) / 2, (high + low) / 2
        return [(middle + half * x, half * weight) for x, weight in rule]

    def pairs(w: Any) -> Any:
        """A or 2 C; near w = 0 it is analytic, and complex where w is."""
        if kind == DISTANCES:
            return 2 * scale * sum(weight * alpha(x) * alpha(x + w) for x, weight in over(0, 1 - w))
        low = w - 1 if mpmath.re(w) > 1 else 0
        return scale * sum(weight * alpha(x) * alpha(w - x) for x, weight in over(low, w - low))

    near, series = _series(pairs, digits)
    end, edges = (2 if kind == SUMS else 1), [near]
    while edges[-1] < end:
        edges.append(edges[-1] * 2)
    places = [pair for ends in pairwise(edges) for pair in over(*ends)]
    return Profile(near=near, series=series, places=tuple((w, weight * pairs(w)) for w, weight in places))


def _series(pairs: Callable[[Any], Any], digits: int) -> tuple[Any, tuple[Any, ...]]:
    """Up to which w a series at 0 is used, and the series, by Cauchy's integral on a circle."""
    count = int((digits + 5) / math.log10(WIDER)) + 1
    radius = mpmath.mpf(1) / 2
    for _ in range(HALVINGS):
        turns = [mpmath.expjpi(mpmath.mpf(j) / count) for j in range(2 * count)]
        upper = [pairs(radius * turn) for turn in turns[: count + 1]]
        values = [*upper, *map(mpmath.conj, upper[-2:0:-1])]
        series = tuple(
            mpmath.re(sum(x * turns[-j * n % len(turns)] for j, x in enumerate(values)))
            / (len(turns) * radius**n)
            for n in range(count)
        )
        near = radius / WIDER
        off = abs(mpmath.polyval(series[::-1], near) - pairs(near))
        if off < mpmath.mpf(10) ** -(digits + 1) * max(abs(x) for x in values):
            break
        radius /= 2
    return near, series
