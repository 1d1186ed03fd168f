"""Moments of pairs of iterates: the constants in the laws of averages.

For weights alpha(u) of integral 1 let x, x' be two iterates drawn by them. What an average keeps of its
start, and the noise that is in it, are at ``y = lambda eta T`` (`averages`)

    phi(y) = (int_0^1 alpha(u) e^(-y u) du)^2,
    h(y) = y^2 int_0^1 (int_u^1 alpha(x) e^(-y (x - u)) dx)^2 du,

integrals of ``e^(-y w)`` over pairs, at w = x + x' and at w = x + x' - 2 u, so that

    int_0^oo phi y^(s-1) dy = Gamma(s) M(s),        M(s) = E (x + x')^-s,
    int_0^oo h y^(s-3) dy = Gamma(s) V(s),          V(s) = E int_0^min(x, x') (x + x' - 2 u)^-s du
                                                         = E (|x - x'|^(1-s) - (x + x')^(1-s))/(2 (s - 1)).

Both are positive for 0 < s < 2, the integrals of squares. At s = 1 nothing is singular: V there is the mean
of ``log((x + x')/|x - x'|)/2``. With the densities of the sum and of the distance (`pair_profiles`), which
are ``sum A_n w^n`` and ``sum 2 C_n w^n`` at 0, M has simple poles at s = 2, 3, ..., of residues
``-A_(s-1)``, and V of residues ``(A_(s-2) - 2 C_(s-2))/(2 (s - 1))``.

    PairMoment          M or V, continued, or a slope of it; at poles what stays beside them
    whole_of            the integral of weights
    residue             of M or V, at a pole
"""

from __future__ import annotations

import math
from typing import Any

import mpmath
from sympy import Expr, Integer, diff, factorial, integrate, latex
from sympy.core.function import AppliedUndef
from sympy.integrals.integrals import Integral

from asymptotics.caches import cached
from asymptotics.domains.domain import Domain
from asymptotics.errors import UnableError
from asymptotics.model.moments import OfShape
from asymptotics.model.pair_profiles import DISTANCES, SUMS, profile_of
from asymptotics.model.schedules.pieces import u
from asymptotics.precision import working

START, NOISE = Integer(0), Integer(1)
"""Which of the two: M, of what is left of the start, and V, of the noise."""
SPARE = 3
"""Digits of a density beyond those that are asked for."""


@cached(maxsize=64)
def whole_of(weights: Expr) -> Expr:
    """Their integral; raises `UnableError` where that is not known."""
    total = _integral(weights, weights)
    if total == 0:
        raise UnableError(f"the weights {weights} of the average vanish; give some iterates weight")
    return total


def _integral(integrand: Expr, weights: Expr) -> Expr:
    found = integrate(integrand, (u, 0, 1))
    if found.has(Integral, AppliedUndef):
        raise UnableError(
            f"averages with the weights {weights}: integrals of them have no closed form; laws need one"
        )
    return found


def residue(weights: Expr, kind: Expr, place: int) -> Expr:
    """That of M or V at s = ``place``, one of 2, 3, ...

    >>> residue(Integer(1), START, 2), residue(Integer(1), NOISE, 2)        # A = w and 2 C = 2 - 2 w at 0
    (-1, -1)
    """
    if kind == START:
        return -_coefficient(weights, SUMS, place - 1)
    n = place - 2
    return (_coefficient(weights, SUMS, n) - _coefficient(weights, DISTANCES, n)) / (2 * (place - 1))


@cached(maxsize=256)
def _coefficient(weights: Expr, kind: int, n: int) -> Expr:
    """``A_n``, or ``2 C_n``."""
    alpha = weights / whole_of(weights)
    end = 0 if kind == SUMS else 1
    at_end = [diff(alpha, u, i).subs(u, end) / factorial(i) for i in range(n)]
    sign = 1 if kind == SUMS else -1
    # int_0^w x^p (w - x)^q dx = p! q!/(p + q + 1)! w^(p + q + 1)
    total = sum(
        (
            sign**p * at_end[p] * at_end[n - 1 - p] * factorial(p) * factorial(n - 1 - p) / factorial(n)
            for p in range(n)
        ),
        Integer(0),
    )
    if kind == SUMS:
        return total
    return 2 * (_integral(alpha * diff(alpha, u, n), weights) / factorial(n) - total)


class PairMoment(OfShape):
    """``M(s)``, ``V(s)``, or a slope of them; arguments are the weights, u, s, which of the two, the order.

    >>> from sympy import Rational
    >>> PairMoment(Integer(1), u, Integer(1), NOISE, Integer(0)).evalf(12)        # log(2), of equal weights
    0.693147180560
    """

    nargs = 5

    @property
    def letter(self) -> str:
        order = int(self.args[4])
        return ("M" if self.args[3] == START else "V") + "'" * order

    @property
    def words(self) -> str:
        """What the letter is, in words."""
        pair = "(x + y)^-s" if self.args[3] == START else "int_0^min(x, y) (x + y - 2 v)^-s dv"
        return (
            f"{self.letter[0]}(s) = int_0^1 int_0^1 w(x) w(y) {pair} dx dy, continued in s, of the weights "
            f"w(u) = {self.args[0] / whole_of(self.args[0])}"
        )

    @property
    def meaning(self) -> str:
        """The same in LaTeX."""
        pair = "(x + y)^{-s}" if self.args[3] == START else r"\int_0^{\min(x, y)} (x + y - 2 v)^{-s} dv\,"
        return (
            rf"{self.letter[0]}(s) = \textstyle\int_0^1\!\int_0^1 w(x)\, w(y)\, {pair} dx\, dy"
            r"\text{, continued in } s;\ "
            rf"w(u) = {latex(self.args[0] / whole_of(self.args[0]))}"
        )

    def proves_positive(self, domain: Domain) -> bool:
        """Whether the integral converges on the domain, and so is one of squares."""
        place, order = self.args[2], self.args[4]
        return order == 0 and domain.positive(place) and domain.positive(2 - place)

    def number(self, digits: int) -> Any:
        weights, _, place, kind, order = self.args
        return _number(weights, kind, place, int(order), digits)


@cached(maxsize=256)
def _number(weights: Expr, kind: Expr, place: Expr, order: int, digits: int) -> Any:
    whole = whole_of(weights)
    if kind == START:
        profile = profile_of(weights, whole, SUMS, digits)
        with working(digits + 10):
            s = mpmath.mpmathify(place.evalf(digits + 10))
            return mpmath.factorial(order) * profile.moment(s, order + 1, digits)[-1]
    # two moments that agree at s = 1 are divided by s - 1; a few digits are to spare
    away = abs((place - 1).evalf())
    lost = 0 if away == 0 else math.ceil(-math.log10(away)) * (order + 1)
    lost = 0 if lost <= SPARE else lost + -lost % PairMoment.step
    profiles = [profile_of(weights, whole, which, digits + lost) for which in (DISTANCES, SUMS)]
    with working(digits + lost + 10):
        s = mpmath.mpmathify((place - 1).evalf(digits + lost + 10))
        apart, together = (x.moment(s, order + 2, digits + lost) for x in profiles)
        rest = [(x - y) / 2 for x, y in zip(apart, together, strict=True)]
        if s == 0:
            return mpmath.factorial(order) * rest[-1]
        parts = (x * (-1) ** (order + 1 - i) / s ** (order + 2 - i) for i, x in enumerate(rest[:-1]))
        return mpmath.factorial(order) * mpmath.fsum(parts)
