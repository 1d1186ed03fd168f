"""How the difference of the sides of ``f ~ g + O(r)`` falls: its sizes at places that go further and further.

Size    a step at one place
Fall    a step, its places, and its sizes there
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import mpmath
from sympy import Add, Expr, Pow, exp, oo

from asymptotics.derivation.evaluation.values import Point, Values
from asymptotics.derivation.symbols import Asymptotic
from asymptotics.errors import PrecisionError
from asymptotics.symbols import N, P

NEAR = (0.0, 0.013, 0.029, 0.041)
"""Decades to places near by, out of step with each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """A step at one size; ``at`` is what powers are counted in, ``noise`` the error of the left side."""

    at: Any
    difference: Any
    remainder: Any
    terms: tuple[Any, ...]
    left: Any
    noise: float

    @property
    def relative(self) -> float:
        """The difference relative to the left side."""
        return float(abs(self.difference / self.left)) if self.left else float(self.difference != 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fall:
    """The fall of one step, whose functions have numbers by ``values``."""

    here: Asymptotic
    values: Values
    point: Point
    heavy: bool
    floor: float

    @property
    def exponential(self) -> bool:
        """Whether the variable stands in an exponent."""
        return any(power.exp.has(self.here.variable) for power in self.here.rhs.atoms(Pow, exp))

    def place(self, decade: float) -> Any:
        """Where the variable, or its distance from the limit, is about ``10^decade`` away from 1.

        Of exponentials, the first whole number at which the leading term has fallen by so much.
        """
        x, limit, period = self.here.variable, self.here.limit, self.values.period
        if limit not in (0, oo):
            return self.values(limit, self.point) - mpmath.mpf(10) ** -decade
        if limit == oo and self.exponential:
            return self._fallen(decade)
        far = decade * mpmath.log(10)
        if period:
            far = (
                mpmath.nint(far / period) + mpmath.mpf(1) / 3
            ) * period  # a phase at which no wave vanishes
        found = mpmath.exp(-far if limit == 0 else far)
        return mpmath.nint(found) if x in (N, P) else found

    def _fallen(self, decade: float) -> Any:
        lead, first, last = self.here.terms()[0], 1, 2

        def size_at(n: int) -> Any:
            return abs(self.values(lead, {**self.point, self.here.variable: mpmath.mpf(n)}))

        goal = size_at(1) * mpmath.mpf(10) ** -decade
        while size_at(last) > goal:
            first, last = last, 2 * last
        while last - first > 1:
            middle = (first + last) // 2
            first, last = (first, middle) if size_at(middle) <= goal else (middle, last)
        return mpmath.mpf(last)

    def distance(self, place: Any, decade: float) -> Any:
        """How far that is, as a number whose powers count; of exponentials the leading term itself."""
        if self.here.limit == 0:
            return 1 / place
        return mpmath.mpf(10) ** decade if self.here.limit != oo or self.exponential else place

    def size(self, decade: float) -> Size:
        """The step at one size."""
        self.values.error = 0.0
        place = self.place(decade)
        at = {**self.point, self.here.variable: place}
        left, right = self.values(self.here.lhs, at), self.right(self.here.rhs, at)
        return Size(
            at=self.distance(place, decade),
            difference=left - right,
            remainder=self.right(self.here.remainder, at),
            terms=tuple(self.right(x, at) for x in Add.make_args(self.here.rhs)),
            left=left,
            noise=max(self.values.error, 10.0**-self.values.digits),
        )

    @property
    def furthest_float(self) -> float:
        """The furthest decade of transforms in floats; features that move are solved on the way there."""
        return 30.0 if self.values.moves(self.here.lhs) else 60.0

    def right(self, part: Expr, at: Point) -> Any:
        """The value of a part of the right side, with as many digits as the left one has."""
        return mpmath.mpmathify(self.values(part, at, exact=not self.heavy))

    def known(self, decade: float) -> Size | None:
        """The same, where modes swing that of the largest difference near by; None where the sides are not
        known to three digits, or have no numbers."""
        places = NEAR if self.values.swings(self.here.lhs) else (0.0,)
        try:
            found = max((self.size(decade + near) for near in places), key=lambda size: size.relative)
        except (PrecisionError, ArithmeticError, ValueError):  # of mpmath, at poles and beyond floats
            return None
        return found if found.noise < 1e-3 else None

    def seen(self, one: Size | None) -> bool:
        """Whether the difference is above rounding."""
        return one is not None and one.relative > max(self.floor, 10 * one.noise)

    def relative_order(self, decade: float) -> float:
        """By which power the remainder is smaller than the leading term, from this decade to the next few.

        1 where all terms vanish at this point: then the left side itself must have the remainder's order.
        """
        if self.here.rhs == 0:
            return 1.0
        logs = []
        for there in (decade, 1.2 * decade):
            at = {**self.point, self.here.variable: self.place(there)}
            parts = self.here.remainder, *Add.make_args(self.here.rhs)
            bound, *terms = (abs(self.right(x, at)) for x in parts)
            if not bound or not any(terms):  # too small for floats
                bound, *terms = (abs(self.values(x, at)) for x in parts)
            logs.append(mpmath.log10(max(terms) / bound))
        return max(float(logs[1] - logs[0]) / (0.2 * decade), 0.001)
