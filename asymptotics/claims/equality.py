"""Two constants of one order: the one that is claimed, and the right one, on a cell.

equal(base, claimed, correct, ...)       ``base`` where they agree; else where they differ
in_order(base, claimed, correct, ...)    the same for a bound on a limit, one of them at most the other
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

import mpmath
from sympy import Expr, Symbol

from asymptotics.claims.constants import differ, same_form, value
from asymptotics.claims.outcomes import FAILS, UNDECIDED, Outcome, Work
from asymptotics.claims.statement import UPPER, Statement
from asymptotics.domains.cells import Cell

Point: TypeAlias = Mapping[Symbol, Expr]

AS_WRITTEN = "to the digits that are written"
POINTS = 4
"""Constants that are not proved equal are compared at so many points."""


def equal(
    base: Outcome,
    claimed: Expr,
    correct: Expr,
    statement: Statement,
    parameters: tuple[Symbol, ...],
    work: Work,
) -> Outcome:
    """``base`` where the constants are proved equal, else FAILS with a point, or UNDECIDED.

    Decimals of the statement, which are letters in ``claimed``, are compared to the digits that are written.
    """
    cell = base.cell
    pair = cell.value(claimed), cell.value(correct)
    decimals = [one for one in statement.decimals if pair[0].has(one.letter)]
    free = (claimed.free_symbols | correct.free_symbols) - {one.letter for one in decimals}
    symbols = tuple(dict.fromkeys((*parameters, *free)))
    if pair[0] == pair[1]:
        return base
    if decimals:
        return _rounds_to(base, *pair, statement, symbols, work)
    known = 0
    for point, first, second in _values(cell, pair, symbols, work):
        if differ(first, second):
            return _failing(base, point)
        known += 1
        if known == 1 and same_form(*pair):  # up to sign, which one point decides
            return base
    return _open(base, known, f"the constants agree to 30 digits at {known} points, but are not proved equal")


def in_order(
    base: Outcome,
    claimed: Expr,
    correct: Expr,
    statement: Statement,
    parameters: tuple[Symbol, ...],
    work: Work,
) -> Outcome:
    """``base`` where the constant of a limit is proved within its bound, else FAILS, or UNDECIDED."""
    cell, known = base.cell, 0
    pair = cell.value(claimed), cell.value(correct)
    if pair[0] == pair[1]:
        return replace(base, status=FAILS, note="constant") if statement.strict else base
    symbols = tuple(dict.fromkeys((*parameters, *claimed.free_symbols, *correct.free_symbols)))
    for point, bound, limit in _values(cell, pair, symbols, work):
        if not differ(bound, limit):
            continue
        if (limit > bound) == (statement.relation == UPPER):
            return _failing(base, point)
        known += 1
    if known and not (pair[0].free_symbols | pair[1].free_symbols):
        return base
    within = f"the limit is within the bound at {known} points, which is not proved on all of the region"
    return _open(base, known, within)


def _values(
    cell: Cell, pair: tuple[Expr, Expr], symbols: tuple[Symbol, ...], work: Work
) -> Iterator[tuple[Point, mpmath.mpf, mpmath.mpf]]:
    """Points of a cell at which both constants have values, and these."""
    bounded = {symbol for constraint in cell.domain.constraints for symbol in constraint.free_symbols}
    for point in cell.points(symbols, POINTS):
        # letters without bounds are tried below 1, too, as momentum has values there alone
        for place in (point, {s: v if s in bounded else v / (1 + v) for s, v in point.items()}):
            work.step()
            first, second = (value(side, place) for side in pair)
            if first is not None and second is not None:
                yield place, first, second
                break


def _failing(base: Outcome, point: Point) -> Outcome:
    return replace(base, status=FAILS, note="constant", point=tuple(point.items()))


def _open(base: Outcome, known: int, tried: str) -> Outcome:
    """Undecided, after so many points."""
    return replace(base, status=UNDECIDED, note=tried if known else "the constants have no values to compare")


def _rounds_to(
    base: Outcome,
    claimed: Expr,
    correct: Expr,
    statement: Statement,
    symbols: tuple[Symbol, ...],
    work: Work,
) -> Outcome:
    """Whether the correct constant is among those that round to the decimals of the claimed one."""
    known = 0
    for point, middle, truth in _values(base.cell, (statement.as_written(claimed), correct), symbols, work):
        ends = ([value(end, point) for end in pair] for pair in statement.moved(claimed))
        slack = sum(max(abs((end or middle) - middle) for end in pair) for pair in ends)
        if abs(truth - middle) > slack * (1 + mpmath.mpf(2) ** -20):
            return _failing(base, point)
        known += 1
    return replace(base, note=AS_WRITTEN) if known else _open(base, known, "")
