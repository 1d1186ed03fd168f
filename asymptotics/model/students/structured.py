"""Structured features: Gaussian projections whose rows are correlated, or of different length."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, Integer, Min, Rational, Sum, Symbol, gamma, oo, pi, sin, zeta

from asymptotics.errors import BottleneckError, DomainError, UnableError, shown
from asymptotics.model.operators import Root
from asymptotics.model.students.base import Resolved, Share, Student, student
from asymptotics.model.sums import df1, df2
from asymptotics.parsing.numbers import exact, is_many, real_floats
from asymptotics.spectra import spectrum
from asymptotics.sums.finite import finite_sum
from asymptotics.symbols import N, kappa
from asymptotics.tasks.task import Task

_x = Symbol("x", positive=True)


@student
@dataclass(frozen=True, slots=True, kw_only=True)
class StructuredFeatures(Student):
    """Rows of covariance with eigenvalues ``tau_i`` of mean 1: ``zeta = kappa x df1/N``,

        sum_i tau_i/(tau_i + x) = df1.

    eigenvalues : ``tau_i``, an expression in one letter, its index i = 1, ..., N, or an array of N numbers
    > 0. Either is divided by its mean. Equal ones are `GaussianFeatures`.

    >>> from asymptotics.symbols import k
    >>> StructuredFeatures(eigenvalues=k**-0.5), StructuredFeatures(eigenvalues=[1, 3])
    (StructuredFeatures(eigenvalues=1/sqrt(k)), StructuredFeatures(eigenvalues=(1/2, 3/2)))
    """

    eigenvalues: Expr | tuple[Expr, ...]

    title = "features with correlated rows"
    name = "structured"
    source = "arXiv 2405.00592: the S-transform of the covariance of the rows"

    def __post_init__(self) -> None:
        found = _array(self.eigenvalues) if is_many(self.eigenvalues) else _expression(self.eigenvalues)
        object.__setattr__(self, "eigenvalues", found)

    def rows(self, size: Expr = N) -> Expr | tuple[Expr, ...]:
        """The eigenvalues of mean 1: an expression in their index for N rows, or the N numbers."""
        if isinstance(self.eigenvalues, tuple):
            return self.eigenvalues
        (index,) = self.eigenvalues.free_symbols
        return self.eigenvalues * size / Sum(self.eigenvalues, (index, 1, size))

    def letters(self) -> frozenset[Symbol]:
        """None, as the index of the rows is no constant."""
        return frozenset()

    def zeta(self, kappa: Expr, modes: Expr, size: Expr = N) -> Expr:
        """``kappa x df1/N``, x the root of ``sum_i tau_i/(tau_i + x) = df1``."""
        if size == oo:
            return kappa
        return kappa * Root(self._modes_of_rows(size) - modes, _x) * modes / size

    def _modes_of_rows(self, size: Expr) -> Expr:
        rows = self.rows(size)
        if isinstance(rows, tuple):
            return sum((tau / (tau + _x) for tau in rows), _x * 0)
        (index,) = self.eigenvalues.free_symbols  # type: ignore[union-attr]
        return Sum(rows / (rows + _x), (index, 1, size))

    def slopes(self) -> tuple[Expr, Expr]:
        """``-m_2`` and ``m_3 - m_2^2``, m_n the means of the powers ``tau_i^n``.

        Raises `UnableError` for rows of a finite sum, whose m_2 grows as N: few of them count at any N.
        """
        if not isinstance(self.eigenvalues, tuple) and _has_sum(self.eigenvalues):
            raise UnableError(
                f"eigenvalues = {self.eigenvalues} of rows have a finite sum: few rows count, and any number "
                "of them is no kernel, so that nothing is of order 1/N; use a power above -1"
            )
        second, third = (self._moment(n) for n in (2, 3))
        return -second, third - second**2

    def _moment(self, power: int) -> Expr:
        if isinstance(self.eigenvalues, tuple):
            return sum((tau**power for tau in self.eigenvalues), Integer(0)) / len(self.eigenvalues)
        (index,) = self.eigenvalues.free_symbols
        total, found = (finite_sum(self.eigenvalues**n, index, Integer(1), N) for n in (1, power))
        return N ** (power - 1) * found / total**power

    def far_below(self, modes: Expr, size: Expr) -> tuple[Expr, Expr]:
        """1 for rows ``i^-c`` with c < 1; for c > 1, of which few count, ``zeta ~ kappa df1^(1 - c)``."""
        c = self._power()
        if c > 1:
            each = pi / c / sin(pi / c)  # df1 = each i*, tau_1 = N/zeta(c)
            return each**c / zeta(c), c - 1
        return ((size - modes) / size if c == 1 else Integer(1)), Integer(0)

    def shares(self, at: Resolved) -> tuple[Share, ...]:
        """That of ``(df1 - df2) d/(df1 (df1 - d))``, ``d = sum tau^2/(tau + x)^2``, for ``tau_i ~ i^-c``.

        A sum over rows of ``min(1, tau_i/x)^p`` is as large as its first terms, its last ones, or those about
        the row ``i* = (tau_1/x)^(1/c)``. For c < 1 the last rows make ``df1 ~ N/x``; for c > 1 those about i*
        do. Each of the two ends of d, N and 1, counts where it leads: ``d ~ (c_1 + c_2 log(N/i*)) i*`` at
        c = 1/2, and ``df1 ~ i* log(N/i*)`` at c = 1.
        """
        c, apart = self._power(), at.size - at.modes
        if c >= 1:
            if c == 1:
                return (Share(coefficient=at.spread / apart, order=Integer(0), log_power=-1),)
            odds = at.spread * (c - 1)  # d/(df1 - d) = c - 1
            return (Share(coefficient=odds / (1 + odds), order=Integer(0)),)
        whole, per_row = 1 / (1 - c), at.spread * at.count  # sum_i i^-c = whole N^(1 - c)
        if c < Rational(1, 2):
            return (Share(coefficient=per_row / whole**2 / (1 - 2 * c), order=apart),)
        beyond = (1 - c) * at.size - at.modes  # tau_1/x = P^-beyond
        if c == Rational(1, 2):
            first, last = (per_row / whole**2 * length for length in (2 * apart, at.size))
            return (
                Share(coefficient=first, order=apart, log_power=1, inside=-beyond),
                Share(coefficient=last, order=apart, log_power=1, inside=beyond),
            )
        middle = gamma(1 / c) * gamma(2 - 1 / c) / c * (at.count / whole) ** (1 / c) / at.count
        return (
            Share(coefficient=at.spread * middle, order=(1 / c - 1) * apart, inside=-beyond),
            Share(
                coefficient=per_row / whole**2 * zeta(2 * c),
                order=2 * (1 - c) * at.size - at.modes,
                inside=beyond,
            ),
        )

    def spread(self) -> Expr:
        """For rows ``i^-c``, c < 1/2, whose m_2 tends to ``(1 - c)^2/(1 - 2c)``; beyond, nothing is of order
        1/N."""
        first, _ = self.slopes()
        if not first.has(N):
            return Student.spread(self)
        c = self._power()
        if c >= Rational(1, 2):
            raise UnableError(
                f"rows of eigenvalues {self.eigenvalues}: their mean square grows with N, so that nothing is "
                "of order 1/N; bottleneck_map has what such rows add at a given N and ridge"
            )
        return (1 - c) ** 2 / (1 - 2 * c) * (df1(kappa) - df2(kappa))

    def share_of(self, size: Expr) -> Expr:
        """The smaller one of the two pieces of `shares`, for rows ``i^-c`` with 1/2 < c < 1."""
        if (pieces := self._pieces()) is None:
            return self.spread() / size
        apart = df1(kappa) - df2(kappa)
        return Min(*(weight * apart / modes * (modes / size) ** fall for weight, modes, fall in pieces))

    def features_for(self, weight: Expr) -> Expr:
        """The smaller one of what these two pieces need."""
        if (pieces := self._pieces()) is None:
            return self.spread() * weight
        apart = (df1(kappa) - df2(kappa)) * weight
        return Min(*(modes * (own * apart / modes) ** (1 / fall) for own, modes, fall in pieces))

    def _pieces(self) -> tuple[tuple[Expr, Expr, Expr], ...] | None:
        """``w, D, f`` of ``1 - e = w (df1 - df2)/D (D/N)^f``, D = df1 or 1; None where it is of order 1/N."""
        first, _ = self.slopes()  # raises for rows of a finite sum, c > 1
        if not first.has(N) or (c := self._power()) < Rational(1, 2):
            return None
        if c in (1, Rational(1, 2)):
            raise UnableError(
                f"rows of eigenvalues {self.eigenvalues}: what is random falls with a logarithm; use a power "
                "of the index above -1, not -1/2"
            )
        middle = gamma(1 / c) * gamma(2 - 1 / c) / c * (1 - c) ** (1 / c)
        return (middle, df1(kappa), 1 / c - 1), ((1 - c) ** 2 * zeta(2 * c), Integer(1), 2 * (1 - c))

    def _power(self) -> Expr:
        """c in ``tau_i ~ i^-c``."""
        if not isinstance(self.eigenvalues, tuple):
            (index,) = self.eigenvalues.free_symbols
            rest, power = self.eigenvalues.as_coeff_exponent(index)
            if not rest.has(index) and power < 0:
                return -power
        raise UnableError(
            f"eigenvalues = {self.eigenvalues} of rows: orders in N are derived for powers of the index"
        )

    def check_size(self, size: Expr) -> None:
        """Raise `DomainError` for an array of another length."""
        if isinstance(self.eigenvalues, tuple) and size != len(self.eigenvalues):
            count = len(self.eigenvalues)
            raise DomainError(f"N = {size} rows with {count} eigenvalues; use N={count}")


def _has_sum(eigenvalues: Expr) -> bool:
    """Whether the sum over all rows is known to be finite: whether they are eigenvalues of a kernel."""
    (index,) = eigenvalues.free_symbols
    try:
        spectrum(Task(eigenvalues=eigenvalues, target=eigenvalues, index=index))
    except BottleneckError:
        return False
    return True


def _array(values: object) -> tuple[Expr, ...]:
    found = tuple(exact(value) for value in real_floats(values, "eigenvalues"))
    if not found or not all(value.is_positive for value in found):
        raise DomainError(f"eigenvalues = {shown(values)}; give one number > 0 for each row")
    mean = sum(found, found[0] * 0) / len(found)
    return tuple(value / mean for value in found)


def _expression(value: object) -> Expr:
    found = exact(value, "eigenvalues")
    if len(found.free_symbols) != 1 or not found.is_positive:
        raise DomainError(
            f"eigenvalues = {shown(value)}; give a positive expression in one letter, the index of the rows, "
            "such as k**-0.5, or an array"
        )
    return found
