"""Mellin transforms as sums of products of gamma and zeta functions.

Phi(s) = int_0^oo phi(u) u^(s-1) du,        left < Re s < right

MellinTransform         a transform with its strip: poles on either side of it, Laurent series
first_of(places, side)  the first of places on a side of the strip
sign_of(difference)     the sign that orders two places
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import count, takewhile
from operator import add, mul

from sympy import (
    Add,
    Expr,
    Integer,
    Mul,
    Symbol,
    cos,
    diff,
    exp,
    expand,
    factorial,
    gamma,
    log,
    nan,
    oo,
    pi,
    sin,
    zeta,
    zoo,
)

from asymptotics.domains.domain import POSITIVE, normal
from asymptotics.errors import UnableError
from asymptotics.expansions.laurent import Laurent, gamma_laurent, zeta_at_one
from asymptotics.parsing.heights import substitute
from asymptotics.sums.regularised import regular_sum
from asymptotics.transforms.kernels import S
from asymptotics.transforms.poles import Pole

ZEROS = 3
"""A factor is expanded so many orders further, in case that its first ones vanish."""
_k = Symbol("k", positive=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class MellinTransform:
    """``Phi(s)`` for ``left < Re s < right``; ``expression`` is a sum of products in the dummy `S`.

    Factors are ``gamma(p s + q)`` and ``zeta(p s + q)``, powers of numbers, sines and cosines of s, and
    linear functions of s, to whole powers. Raises `UnableError` for others.

    >>> bose = MellinTransform(name="bose", expression=gamma(S) * zeta(S), left=Integer(1), right=oo)
    >>> [str(pole.location) for pole in bose.left_poles(4)]
    ['1', '0', '-1', '-3']
    """

    name: str
    expression: Expr
    left: Expr
    right: Expr

    def transform(self, s: Expr) -> Expr:
        """``Phi(s)`` where it is regular."""
        value = self.reflect(s)
        return self.laurent(s, ZEROS).coefficient(0) if value.has(nan, zoo) else value

    def reflect(self, s: Expr) -> Expr:
        """``Phi`` of a symbol."""
        return substitute(self.expression, {S: s})

    def poles(self, count: int) -> tuple[Pole, ...]:
        """The first ``count`` poles to the right of the strip; or all of them, if fewer."""
        return self._poles(self.right, 1, count)

    def left_poles(self, count: int) -> tuple[Pole, ...]:
        """The same to the left."""
        return self._poles(self.left, -1, count)

    def _poles(self, end: Expr, side: int, wanted: int) -> tuple[Pole, ...]:
        if end in (oo, -oo):
            return ()
        found: list[Pole] = []
        walks = [_beyond(place, step, end, side) for place, step in _singularities(self.expression)]
        places = [next(walk, None) for walk in walks]
        while len(found) < wanted and any(place is not None for place in places):
            here = first_of([place for place in places if place is not None], side)
            for i, place in enumerate(places):
                if place is not None and normal(place - here) == 0:
                    places[i] = next(walks[i], None)
            order = -self.laurent(here, ZEROS).valuation
            if order > 0:
                found.append(Pole(here, order))
        return tuple(found)

    def laurent(self, point: Expr, terms: int) -> Laurent:
        """``Phi(point + d)``, with ``terms`` coefficients from its first on."""
        parts = [
            [_factor(factor, point, terms + ZEROS) for factor in Mul.make_args(part)]
            for part in Add.make_args(self.expression)
        ]
        total = reduce(add, (reduce(mul, factors) for factors in parts)).trim()
        return Laurent(total.valuation, total.coefficients[:terms])

    def shift(self, power: Expr) -> MellinTransform:
        """The transform of ``u^power phi(u)``.

        >>> damped = MellinTransform(name="exp(-u)", expression=gamma(S), left=Integer(0), right=oo)
        >>> damped.shift(Integer(2)).transform(Integer(1))
        2
        """
        return MellinTransform(
            name=self.name if power == 0 else f"u^({power}) {self.name}",
            expression=substitute(self.expression, {S: S + power}),
            left=normal(self.left - power) if self.left != -oo else -oo,
            right=normal(self.right - power) if self.right != oo else oo,
        )

    def invert(self) -> MellinTransform:
        """The transform of ``phi(1/u)``."""
        return MellinTransform(
            name=f"{self.name} at 1/u",
            expression=substitute(self.expression, {S: -S}),
            left=-self.right,
            right=-self.left,
        )


def _linear(argument: Expr) -> tuple[Expr, Expr]:
    """``(p, q)`` of ``p s + q``."""
    slope = expand(argument).coeff(S, 1)
    rest = normal(argument - slope * S)
    if slope == 0 or rest.has(S):
        raise UnableError(
            f"{argument} is not a linear function of s; transforms are products of such functions"
        )
    return slope, rest


def _factor(factor: Expr, point: Expr, terms: int) -> Laurent:
    """The Laurent series of a factor, to ``terms`` coefficients from its first on."""
    if not factor.has(S):
        return Laurent(0, (factor, *[Integer(0)] * (terms - 1)))
    base, power = (
        (factor.base, factor.exp) if factor.is_Pow and factor.exp.is_Integer else (factor, Integer(1))
    )
    if isinstance(base, gamma):
        slope, shift = _linear(base.args[0])
        found = gamma_laurent(normal(slope * point + shift), terms).rescale(slope)
    elif isinstance(base, zeta):
        slope, shift = _linear(base.args[0])
        found = _zeta(normal(slope * point + shift), terms).rescale(slope)
    else:
        found = Laurent(
            0, tuple(substitute(diff(base, S, i), {S: point}) / factorial(i) for i in range(terms))
        ).trim()
    single = found.reciprocal() if power < 0 else found
    return reduce(mul, [single] * abs(int(power)))


def _zeta(point: Expr, terms: int) -> Laurent:
    """``zeta(point + d) = sum_i (-d)^i/i! sum_k k^-point log(k)^i``, the sums regularised."""
    if point == 1:
        return zeta_at_one(0, terms)
    sums = (regular_sum(_k**-point * log(_k) ** i, _k) if i else zeta(point) for i in range(terms))
    return Laurent(0, tuple((-1) ** i * value / factorial(i) for i, value in enumerate(sums))).trim()


def _singularities(expression: Expr) -> Iterator[tuple[Expr, Expr | None]]:
    """The places at which a factor is singular: the first, and the step from each to the next."""
    for part in Add.make_args(expression):
        for factor in Mul.make_args(part):
            base, power = factor.as_base_exp()
            if not factor.has(S) or (not base.has(S) and base.is_positive) or isinstance(factor, exp):
                continue
            inverse = power.is_negative
            if isinstance(base, gamma | zeta | sin | cos):
                slope, shift = _linear(base.args[0])
                if isinstance(base, gamma) and not inverse:
                    yield normal(-shift / slope), -1 / slope
                elif isinstance(base, zeta) and not inverse:
                    yield normal((1 - shift) / slope), None
                elif isinstance(base, sin | cos) and inverse:
                    start = normal(((pi / 2 if isinstance(base, cos) else 0) - shift) / slope)
                    yield from ((start, pi / slope), (start, -pi / slope))
                elif isinstance(base, zeta):
                    raise UnableError(f"the zeros of {base} are not known; transforms have no 1/zeta")
            elif inverse:
                slope, shift = _linear(base)
                yield normal(-shift / slope), None
            elif base.atoms(gamma, zeta):
                raise UnableError(
                    f"{factor} is not a product of gamma and zeta functions; write it out as a sum"
                )


def sign_of(difference: Expr) -> int:
    """-1, 0 or 1; raises `UnableError` where it is not decided, which orders two places."""
    sign = POSITIVE.sign(difference)
    if sign is None:
        raise UnableError(f"the sign of {difference} is not decided, which orders two poles; give numbers")
    return sign


def _beyond(place: Expr, step: Expr | None, end: Expr, side: int) -> Iterator[Expr]:
    """The places on one side of ``end``, from there outwards."""
    if step is None:
        walk = iter((place,))
    elif sign_of(step) == side:
        first = place
        while side * sign_of(first - end) < 0:
            first = normal(first + step)
        walk = (normal(first + n * step) for n in count())
    else:
        inwards = takewhile(
            lambda here: side * sign_of(here - end) >= 0, (normal(place + n * step) for n in count())
        )
        walk = iter(list(inwards)[::-1])
    return (here for here in walk if side * sign_of(here - end) >= 0)


def first_of(places: list[Expr], side: int) -> Expr:
    """The smallest of the places (side 1) or the largest (-1)."""
    return reduce(lambda one, two: two if side * sign_of(one - two) > 0 else one, places)


__all__ = ["MellinTransform", "first_of", "sign_of"]
