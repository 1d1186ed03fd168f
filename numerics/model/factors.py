"""The factors of ``zeta/kappa``, and of 1 - df/P: what layers of random rows make of degrees of freedom.

For rows that are free of the eigenvalues a factor is a `Layer`, ``(1 - df/n)/(1 - df/m)``: n infinite for
what limits nothing, m infinite for independent entries. Of a factor the solution takes its values, and its
divided differences ``-(r(df) - r(df'))/(df - df')``, which are positive on the positive axis and are had
without a difference.

    Factor           one factor, in numbers of one field
    Layer, layer     ``(1 - df/n)/(1 - df/m)``, from exact n and m
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace

from sympy import Expr, oo

from numerics.spectra.compiled import constant
from numerics.values.arithmetic import Field
from numerics.values.inputs import infinite
from numerics.values.jets import Series, small
from numerics.values.positive import Positive


class Factor(ABC):
    """One factor of ``r = zeta/kappa`` as a function of df, in numbers of one field.

    Attributes
    ----------
    limit : the least df at which it vanishes, exact; oo for one that does not.
    inverse : 1/limit as a number.
    doubled : whether df may be an array of doubled numbers, as where many times share a contour.
    """

    limit: Expr
    inverse: Series
    doubled = True

    @abstractmethod
    def __call__(self, df: Series) -> Series:
        """The factor at df: a number, an array or a jet."""

    @abstractmethod
    def difference(self, df: Series, other: Series) -> Series:
        """``-(r(df) - r(other))/(df - other)``, for equal arguments minus the derivative."""

    def without_zero(self, df: Series) -> tuple[Series, Series]:
        """``r/(1 - df/limit)`` and the slope of its logarithm."""
        below = 1 - df * self.inverse
        value = self(df)
        return value / below, self.inverse / below - self.difference(df, df) / value

    def loss(self, df: Series, other: Series) -> float:
        """By what rounding is amplified in `difference`."""
        return 1.0

    @abstractmethod
    def at(self, df: Expr, field: Field) -> tuple[Positive, Positive]:
        """The factor and minus its derivative at an exact df below its limit, with errors."""

    @property
    @abstractmethod
    def in_floats(self) -> Factor:
        """The factor for arguments in double precision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer(Factor):
    """``(1 - df/n)/(1 - df/m)``; ``apart`` is 1/n - 1/m, which does not cancel."""

    limit: Expr
    modes: Expr
    inverse: Series
    other: Series
    apart: Series

    def __call__(self, df: Series) -> Series:
        kept = 1 - df * self.inverse
        return kept if infinite(self.modes) else kept / (1 - df * self.other)

    def difference(self, df: Series, other: Series) -> Series:
        if infinite(self.modes):
            return self.apart
        return self.apart / ((1 - df * self.other) * (1 - other * self.other))

    def without_zero(self, df: Series) -> tuple[Series, Series]:
        below = 1 - df * self.other
        return 1 / below, self.other / below

    def at(self, df: Expr, field: Field) -> tuple[Positive, Positive]:
        below = 1 - df / self.modes
        values = ((1 - df / self.limit) / below, (1 / self.limit - 1 / self.modes) / below**2)
        value, difference = (Positive(constant(x, field), 2.0**-field.bits) for x in values)
        return value, difference

    @property
    def in_floats(self) -> Layer:
        return replace(self, **{name: float(getattr(self, name)) for name in ("inverse", "other", "apart")})

    def expand(self, orders: int) -> Layer:
        """The layer as a jet in 1/n around n = oo."""
        inverse = small(self.inverse, orders)
        return replace(self, inverse=inverse, apart=inverse)


def layer(size: Expr, field: Field, modes: Expr = oo) -> Layer:
    """``(1 - df/size)/(1 - df/modes)`` in numbers of ``field``, from exact sizes.

    >>> from sympy import Integer
    >>> from numerics.values.arithmetic import field_of
    >>> with field_of(60) as field:
    ...     float(layer(Integer(4), field)(field.real(1)))
    0.75
    """
    inverse, other, apart = (constant(x, field) for x in (1 / size, 1 / modes, 1 / size - 1 / modes))
    return Layer(limit=size, modes=modes, inverse=inverse, other=other, apart=apart)
