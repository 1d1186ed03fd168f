"""Cells of parameters: a domain with some equations, cut where a sign is not the same on all of it.

A claim is compared with a law on cells so small that every sign that matters is decided: each ``Min``,
``Max``, ``Piecewise`` and each difference of exponents cuts a cell into the part where it is positive, the
part where it is negative, and the wall between them, on which one symbol is replaced by the others.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sympy import (
    Add,
    And,
    Eq,
    Expr,
    Integer,
    Mul,
    Pow,
    Rational,
    Symbol,
    expand,
    factor_list,
    fraction,
    together,
)
from sympy.logic.boolalg import Boolean
from sympy.polys.polyerrors import PolynomialError

from asymptotics.domain import Domain, as_condition, normal, primitive
from asymptotics.elimination import linear_form
from asymptotics.errors import DomainError, UnableError
from asymptotics.regimes import solutions

DEGREE = 24
"""Exponents of a higher degree in the parameters are not compared by cells."""
MONOMIALS = 10
"""Nor are boundaries that are no planes and have more terms."""
CURVED = 3
"""Nor where more boundaries that are no planes meet."""


class Clock:
    """Time that has passed; `check` raises `UnableError` once it is more than ``seconds``."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.end = time.perf_counter() + seconds

    def check(self) -> None:
        if time.perf_counter() > self.end:
            raise UnableError(f"the comparison took more than {self.seconds:g} s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """The part of ``domain`` on which the equations in ``table`` (symbol = expression) hold.

    ``base`` is the domain relative to which `condition` is stated; ``walls`` are the equations as a person
    writes them. ``domain`` speaks of the symbols that are left.

    >>> from asymptotics.symbols import a, b
    >>> cell = Cell.of(Domain((b - 1, a - 1)))
    >>> [part.condition for part in cell.cut(a - 1 - b)]
    [a - 1 > b, a - 1 < b, Eq(a - 1, b)]
    """

    base: Domain
    domain: Domain
    table: tuple[tuple[Symbol, Expr], ...] = ()
    walls: tuple[Boolean, ...] = ()

    @classmethod
    def of(cls, domain: Domain, base: Domain | None = None) -> Cell:
        """The whole of ``domain``."""
        return cls(base=domain if base is None else base, domain=domain)

    def value(self, expression: Expr) -> Expr:
        """``expression`` with the equations of the cell put in."""
        return expression.xreplace(dict(self.table)) if self.table else expression

    def sign(self, expression: Expr) -> int | None:
        """The sign of a rational expression where it is proved the same on the whole cell, else None."""
        inside = self.value(expression)
        if inside.is_number:
            return number_sign(inside)
        _check_size(inside)
        sign = 1
        for factor, multiplicity in factors(inside):
            found = self._factor_sign(factor) if factor.free_symbols else number_sign(factor)
            if found is None:
                return None
            sign *= found**multiplicity
        return sign

    def _factor_sign(self, factor: Expr) -> int | None:
        """The sign of an irreducible polynomial; those by which the cell was cut are known as they stand."""
        if factor in self.domain.constraints:
            return 1
        if expand(-factor) in self.domain.constraints:
            return -1
        return self.domain.sign(factor)

    def where(self, constraint: Expr) -> Cell | None:
        """The part where ``constraint > 0``; None if there is none."""
        sign = self.sign(constraint)
        if sign is not None:
            return self if sign == 1 else None
        shaped = primitive(self.value(constraint), self.domain)
        curved = [c for c in (*self.domain.constraints, shaped) if linear_form(c) is None]
        if len(curved) > CURVED:
            raise UnableError(f"more than {CURVED} curved boundaries would meet in one region")
        smaller = self.domain.holding(shaped)
        return None if smaller.is_empty() else replace(self, domain=smaller)

    def on(self, difference: Expr) -> Cell | None:
        """The wall ``difference = 0``; None if it is empty, or is a curve that no symbol solves."""
        sign = self.sign(difference)
        if sign is not None:
            return self if sign == 0 else None
        return self._on_factor(primitive(self.value(difference), self.domain))

    def _on_factor(self, factor: Expr) -> Cell | None:
        for symbol, solved in solutions(factor):
            meeting = as_condition(factor)
            try:
                smaller = self.domain.substituted({symbol: solved}).holding(primitive(solved))
            except DomainError:
                return None
            if self.domain.substituted({symbol: solved}).sign(solved) in (0, -1) or smaller.is_empty():
                return None
            table = tuple((s, normal(e.xreplace({symbol: solved}))) for s, e in self.table)
            return replace(
                self,
                domain=smaller,
                table=(*table, (symbol, solved)),
                walls=(*self.walls, Eq(meeting.lhs, meeting.rhs)),
            )
        return None

    def cut(self, expression: Expr) -> tuple[Cell, ...]:
        """The cell cut along the first factor of ``expression`` without a sign: above, below, on it."""
        for factor, _ in factors(self.value(expression)):
            if factor.free_symbols and self._factor_sign(factor) is None:
                parts = (self.where(factor), self.where(-factor), self._on_factor(factor))
                return tuple(part for part in parts if part is not None)
        raise UnableError(f"the sign of {expression} is not decided")

    @property
    def constraints(self) -> tuple[Expr, ...]:
        """What is positive here beyond what is positive on the base."""
        try:
            base = self.base.substituted(dict(self.table))
        except DomainError:
            base = Domain()
        own = [c for c in self.domain.constraints if base.sign(c) != 1]
        return base.reduced(own)

    @property
    def condition(self) -> Boolean:
        """The equations and inequalities that set the cell apart from its base."""
        return And(*self.walls, *(as_condition(c) for c in self.constraints))

    def at(self, point: Mapping[Symbol, Rational]) -> Cell:
        """The one point of the cell."""
        return replace(self, domain=Domain(), table=tuple(point.items()))

    def point(self, symbols: tuple[Symbol, ...]) -> dict[Symbol, Rational] | None:
        """A rational point with a value for each of ``symbols``; None if none was found."""
        return next(self.points(symbols, 1), None)

    def points(self, symbols: tuple[Symbol, ...], count: int) -> Iterator[dict[Symbol, Rational]]:
        """Up to ``count`` rational points of the cell, the simplest first, the others near it."""
        found = self.domain.witness()
        if found is None:
            return
        fixed = dict(self.table)
        free = [s for s in dict.fromkeys((*found, *symbols)) if s not in fixed]
        centre = {s: found.get(s, Integer(2)) for s in free}
        tilts = [Rational(2 * i + 3, 11 + i) for i in range(len(centre))]
        for trial in range(count):
            for closeness in range(12):
                # odd denominators, so that no accidental equality of parameters is repeated
                step = Rational(trial, 7 * 3**closeness)
                left = {s: v * (1 + step * tilt) for (s, v), tilt in zip(centre.items(), tilts, strict=True)}
                point = {**left, **{s: e.xreplace(left) for s, e in self.table}}
                inside = all(c.xreplace(left).is_positive for c in self.domain.constraints)
                if inside and all(v.is_Rational and v.is_positive for v in point.values()):
                    yield point
                    break


def factors(expression: Expr) -> tuple[tuple[Expr, int], ...]:
    """Irreducible factors of a rational expression with multiplicities, a rational number first."""
    numerator, denominator = fraction(together(normal(expression)))
    try:
        upper, lower = factor_list(numerator), factor_list(denominator)
    except PolynomialError as error:
        raise UnableError(f"{expression} is no rational function of the parameters") from error
    return ((upper[0] * lower[0], 1), *upper[1], *lower[1])


def _check_size(expression: Expr) -> None:
    """Refuse what exact elimination would take too long for, before anything is multiplied out."""
    if degree(expression) > DEGREE:
        raise UnableError(f"an exponent of degree beyond {DEGREE} in the parameters is not compared")
    numerator = fraction(together(normal(expression)))[0]
    for factor, _ in factor_list(numerator)[1]:
        if linear_form(factor) is None and len(Add.make_args(factor)) > MONOMIALS:
            raise UnableError(f"a boundary with more than {MONOMIALS} monomials is not compared")


def degree(expression: Expr) -> int:
    """A bound on the degree of numerator and denominator; `UnableError` for what is no rational function."""
    if expression.is_Rational:
        return 0
    if expression.is_Symbol:
        return 1
    if isinstance(expression, Add | Mul):
        return sum(degree(part) for part in expression.args)
    if isinstance(expression, Pow) and expression.exp.is_Integer:
        return min(abs(int(expression.exp)), 10**6) * degree(expression.base)
    raise UnableError(f"{expression} is no rational function of the parameters")


def number_sign(number: Expr) -> int | None:
    """The sign of a number, from 30 digits unless it is rational; None if it is not told from 0."""
    if number.is_Rational:
        return (number.p > 0) - (number.p < 0)
    value = number.evalf(30)
    if not value.is_Float or value._prec == 1 or abs(value) < Rational(1, 10**25):
        return 0 if number.is_zero else None
    return 1 if value > 0 else -1


__all__ = ["Cell", "Clock", "factors"]
