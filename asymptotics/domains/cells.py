"""Cells of parameters: a domain with some equations, cut where a sign is not the same on all of it.

A claim is compared with a law on cells so small that every sign that matters is decided: each ``Min``,
``Max``, ``Piecewise`` and each difference of exponents cuts a cell into the part where it is positive, the
part where it is negative, and the wall between them, on which one symbol is replaced by the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sympy import And, Eq, Expr, Integer, Rational, Symbol, factor_list
from sympy.logic.boolalg import Boolean

from asymptotics.domains.domain import Domain, as_condition, normal, primitive, solutions
from asymptotics.domains.solver import number_sign
from asymptotics.domains.substitution import check_extent, put
from asymptotics.errors import UnableError


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
    is_point: bool = False

    @classmethod
    def of(cls, domain: Domain) -> Cell:
        """The whole of ``domain``."""
        return cls(base=domain, domain=domain)

    def value(self, expression: Expr) -> Expr:
        """``expression`` with the equations of the cell put in."""
        return put(expression, dict(self.table)) if self.table else expression

    def sign(self, expression: Expr) -> int | None:
        """The sign of a rational expression where it is proved the same on the whole cell, else None."""
        inside = self.value(expression)
        if inside.is_number:
            return number_sign(inside)
        check_extent(inside)
        if not inside.is_rational_function():
            raise UnableError(f"{inside} is not a rational function of the parameters")
        return self.domain.sign(inside)

    def where(self, constraint: Expr) -> Cell | None:
        """The part where ``constraint > 0``; None if there is none."""
        sign = self.sign(constraint)
        if sign is not None:
            return self if sign == 1 else None
        smaller = Domain((*self.domain.constraints, primitive(self.value(constraint), self.domain)))
        return None if smaller.is_empty() else replace(self, domain=smaller)

    def inside(self, domain: Domain) -> Cell | None:
        """The part in another domain; None if there is none."""
        cell: Cell | None = self
        for constraint in domain.constraints:
            cell = None if cell is None else cell.where(constraint)
        return cell

    def on(self, difference: Expr) -> Cell | None:
        """The wall ``difference = 0``; None if it is empty, or is a curve that no symbol solves."""
        sign = self.sign(difference)
        if sign is not None:
            return self if sign == 0 else None
        factor = primitive(self.value(difference), self.domain)
        for symbol, solved in solutions(factor):
            meeting = as_condition(factor)
            smaller = _replace(Domain((*self.domain.constraints, symbol)), {symbol: solved})
            if smaller is None or smaller.is_empty():
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
        for factor, _ in factor_list(primitive(self.value(expression), self.domain))[1]:
            if self.domain.sign(factor) is None:
                parts = (self.where(factor), self.where(-factor), self.on(factor))
                return tuple(part for part in parts if part is not None)
        raise UnableError(f"the sign of {expression} is not decided")

    @property
    def is_number(self) -> bool:
        """Whether every symbol of the cell has a number."""
        return bool(self.table) and not self.domain.constraints and all(e.is_Rational for _, e in self.table)

    @property
    def is_seen(self) -> bool:
        """Whether a point of the cell is known; else it may be empty."""
        return self.is_point or self.domain.witness() is not None

    @property
    def constraints(self) -> tuple[Expr, ...]:
        """What is positive here beyond what is positive on the base."""
        base = _replace(self.base, dict(self.table)) or Domain()
        return base.reduce(self.domain.constraints)

    @property
    def given(self) -> tuple[Boolean, ...]:
        """The conditions of the base, with the equations that hold on all of it."""
        equations = () if self.walls else tuple(Eq(symbol, value) for symbol, value in self.table)
        return (*self.base.conditions(), *equations)

    @property
    def condition(self) -> Boolean:
        """The equations and inequalities that set the cell apart from its base."""
        return And(*self.walls, *(as_condition(c) for c in self.constraints))

    def at(self, point: Mapping[Symbol, Rational]) -> Cell:
        """The one point of the cell."""
        return replace(self, domain=Domain(), table=tuple(point.items()), is_point=True)

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
                if all(number_sign(c.xreplace(left)) == 1 for c in self.domain.constraints) and all(
                    v.is_Rational and v.is_positive for v in point.values()
                ):
                    yield point
                    break


def _replace(domain: Domain, table: Mapping[Symbol, Expr]) -> Domain | None:
    """A domain with symbols replaced; None if a constraint fails then."""
    kept: list[Expr] = []
    for constraint in domain.constraints:
        shaped = primitive(constraint.xreplace(dict(table)))
        if not shaped.free_symbols:
            if not shaped.is_positive:
                return None
        elif not shaped.is_Symbol:
            kept.append(shaped)
    return Domain(tuple(dict.fromkeys(kept)))
