"""What the sizes make of kappa: ``zeta = kappa R3`` by the student, and ``s = zeta R1`` by the data.

    R1 = 1 - df/P,      R3 = zeta/kappa = the product of the factors of the student (`factors`)

Sizes       the factors in numbers of a field; R1 and R3 at a value of df, and their slopes
sizes_of    from the factors of a student and an exact P
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from math import prod
from operator import mul

from sympy import Expr, Min

from numerics.model.factors import Factor, Layer, layer
from numerics.values.arithmetic import Field
from numerics.values.inputs import infinite
from numerics.values.jets import Series
from numerics.values.positive import Positive


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """The factors of the student, and the layer ``1 - df/P`` of the data, in numbers of the field in use."""

    student: tuple[Factor, ...]
    data: Layer

    @property
    def inverse_P(self) -> Series:
        return self.data.inverse

    @cached_property
    def in_floats(self) -> Sizes:
        """The sizes in double precision."""
        return Sizes(student=tuple(f.in_floats for f in self.student), data=self.data.in_floats)

    @cached_property
    def all(self) -> tuple[Factor, ...]:
        """The factors of R1 and R3."""
        return (self.data, *self.student)

    @cached_property
    def tightest(self) -> Factor:
        """The factor that vanishes first as df grows."""
        return max(self.all, key=lambda factor: factor.inverse)

    @cached_property
    def order(self) -> int:
        """How many factors vanish first together: the order of the zero of s there, less one."""
        return sum(bool(factor.inverse == self.tightest.inverse) for factor in self.all)

    @property
    def limit(self) -> Expr:
        """The least df at which R3 vanishes, exact: N, or the narrowest width; oo without one."""
        return Min(*(factor.limit for factor in self.student))

    def student_at(self, df: Expr, field: Field) -> tuple[Positive, Positive]:
        """R3 and minus its derivative at an exact df below the limit, with errors."""
        values = [factor.at(df, field) for factor in self.student]
        slopes = [
            prod((value for j, (value, _) in enumerate(values) if j != i), start=slope)
            for i, (_, slope) in enumerate(values)
        ]
        zero, one = (Positive(field.real(x), 0.0) for x in (0, 1))
        return prod((value for value, _ in values), start=one), sum(slopes, zero)

    @property
    def unlimited(self) -> bool:
        """Whether nothing limits df."""
        return all(infinite(factor.limit) for factor in self.all)

    def factors(self, df: Series) -> tuple[Series, Series]:
        """``R1 = 1 - df/P`` and R3, the product of the factors of the student."""
        return self.data(df), prod((factor(df) for factor in self.student), start=df * 0 + 1)

    def between(self, df: Series) -> tuple[Series, ...]:
        """The products of the first factors of R3, but for all: each layer is a kernel with a zeta."""
        return tuple(accumulate((factor(df) for factor in self.student[:-1]), mul))

    def difference(self, df: Series, other: Series) -> Series:
        """``-(R3 - R3')/(df - df')``, a sum of terms that are positive on the positive axis."""
        total: Series = 0
        for i, factor in enumerate(self.student):
            term = factor.difference(df, other)
            for before in self.student[:i]:
                term = term * before(df)
            for after in self.student[i + 1 :]:
                term = term * after(other)
            total = term + total
        return total

    def loss(self, df: Series, other: Series) -> float:
        """By what rounding is amplified in `difference`."""
        return max((factor.loss(df, other) for factor in self.student), default=1.0)

    def slope(self, df: Series, slope: Series) -> Series:
        """The derivative of ``R1 R3`` in the variable in which df has this slope."""
        R1, R3 = self.factors(df)
        return -slope * (self.inverse_P * R3 + self.difference(df, df) * R1)

    def reduced(self, df: Series) -> tuple[Series, Series, Series, Series]:
        """``r, dr/ddf, w, dlog w/ddf`` with ``R1 R3 = r^order w``, r of the factors that vanish first.

        The equation ``kappa w r^order = s`` has a zero of that order, and is solved for roots of both sides.
        """
        inverse = self.tightest.inverse
        r, rest, change = 1 - df * inverse, df * 0 + 1, df * 0
        for factor in self.all:
            if factor.inverse == inverse:
                value, slope = factor.without_zero(df)
            else:
                value = factor(df)
                slope = -factor.difference(df, df) / value
            rest, change = rest * value, change + slope
        return r, -inverse, rest, change

    def sound(self, df: float) -> bool:
        """Whether every factor is positive at a real df."""
        return df * float(self.tightest.inverse) < 1

    def expand(self, size: str, orders: int) -> Sizes:
        """The sizes as jets in 1/N or 1/P around that infinite size."""
        if size == "P":
            return replace(self, data=self.data.expand(orders))
        (only,) = self.student
        assert isinstance(only, Layer)
        return replace(self, student=(only.expand(orders),))


def sizes_of(student: tuple[Factor, ...], P: Expr, field: Field) -> Sizes:
    """`Sizes` from the factors of a student in numbers of ``field``, and an exact P."""
    return Sizes(student=student, data=layer(P, field))


def gaussian_sizes(N: Expr, P: Expr, field: Field) -> Sizes:
    """Those of Gaussian features."""
    return sizes_of((layer(N, field),), P, field)
