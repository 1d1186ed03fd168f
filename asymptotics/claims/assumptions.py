"""Assumptions under which a claim is judged, and the part of the parameters that they leave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sympy import Eq, Expr, Or
from sympy.core.relational import Ge, Gt, Le, Lt
from sympy.logic.boolalg import Boolean, false, true

from asymptotics.domains.cells import Cell
from asymptotics.domains.domain import Domain, conjuncts, plain, primitive
from asymptotics.errors import DomainError, shown
from asymptotics.parsing.conditions import read_condition
from asymptotics.parsing.numbers import one_or_many


class Empty(DomainError):
    """Nothing is left of the parameters."""


def read_assumptions(assuming: object, symbols: Mapping[str, Expr]) -> tuple[tuple[str, Expr], ...]:
    """Assumptions as ``(">", f)``, ``(">=", f)`` or ``("==", f)``, all against zero.

    ``assuming`` is one relation or several, each SymPy's or text. Raises `DomainError` for an assumption
    that never holds, and for symbols that are not the task's.

    >>> from asymptotics.symbols import a, b
    >>> read_assumptions("a - 1 < b", {"a": a, "b": b})
    (('>', -a + b + 1),)
    """
    found: list[tuple[str, Expr]] = []
    for given in one_or_many(assuming, "assuming"):
        relation = given
        if isinstance(given, str):
            relation = read_condition(given, symbols)
        for part in conjuncts(relation) if isinstance(relation, Boolean | bool) else (relation,):
            found += _assumption(part, given, symbols)
    return tuple(found)


def _assumption(part: object, given: object, symbols: Mapping[str, Expr]) -> list[tuple[str, Expr]]:
    if part is true or part is True:
        return []
    if part is false or part is False:
        raise DomainError(f"the assumption {given} never holds for positive parameters; leave it out")
    if not isinstance(part, Lt | Le | Gt | Ge | Eq):
        several = "is not one region; give each alternative alone"
        single = "is not a comparison; write for example a - 1 < b"
        raise DomainError(f"the assumption {shown(given)} {several if isinstance(part, Or) else single}")
    known = {s.name for meant in symbols.values() for s in meant.free_symbols}
    for symbol in part.free_symbols:
        if symbol.name not in symbols and symbol.name not in known:
            names = ", ".join(sorted({*symbols, *known})) or "none"
            raise DomainError(f"the assumption {given} names {symbol}; the parameters are {names}")
    # text is in terms of the parameters already
    own = {} if isinstance(given, str) else {s: symbols.get(s.name, s) for s in part.free_symbols}
    if isinstance(part, Eq):
        return [("==", primitive((part.lhs - part.rhs).xreplace(own)))]
    return [(">" if isinstance(part, Lt | Gt) else ">=", primitive((part.gts - part.lts).xreplace(own)))]


def assume(domain: Domain, assumptions: Iterable[tuple[str, Expr]]) -> tuple[Cell, ...]:
    """The part of ``domain`` where the assumptions hold: its open part first, then its edges.

    Raises `Empty`, a `DomainError`, if nothing is left.
    """
    cells = [Cell.of(domain)]
    for relation, expression in assumptions:
        parts: list[Cell | None] = []
        for cell in cells:
            if relation == "==":
                wall = cell.on(expression)
                parts.append(None if wall is None else replace(wall, base=wall.domain, walls=cell.walls))
                continue
            inside = cell.where(expression)
            if inside is not None:
                inside = inside if cell.walls else replace(inside, base=inside.domain)
            parts.append(inside)
            if relation == ">=":
                edge = cell.on(expression)
                parts.append(None if edge is cell else edge)
        left = [cell for cell in parts if cell is not None]
        if not left:
            shown = {">": ">", ">=": ">=", "==": "="}[relation]
            whole = " and ".join(map(plain, domain.conditions()))
            raise Empty(
                f"nothing is left{' of ' if whole else ''}{whole} where {expression} {shown} 0; "
                "change the assumptions"
            )
        cells = left
    return tuple(sorted(cells, key=lambda cell: len(cell.walls)))
