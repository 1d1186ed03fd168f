"""Two constants of one order: the one that is claimed, and the right one, on a cell.

equal(base, claimed, correct, ...)       ``base`` where they agree; else where they differ
in_order(base, claimed, correct, ...)    the same for a bound on a limit, one of them at most the other
"""

from __future__ import annotations

from dataclasses import replace

import mpmath
from sympy import Expr, Symbol

from asymptotics.claims.constants import differ, same_form, value
from asymptotics.claims.outcomes import FAILS, UNDECIDED, Outcome, Work
from asymptotics.claims.statement import UPPER, Statement

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
    for point in cell.points(symbols, POINTS):
        work.step()
        first, second = (value(side, point) for side in pair)
        if first is None or second is None:
            continue
        if differ(first, second):
            return replace(base, status=FAILS, note="constant", point=tuple(point.items()))
        known += 1
        if known == 1 and same_form(*pair):  # up to sign, which one point decides
            return base
    tried = f"the constants agree to 30 digits at {known} points, but are not proved equal"
    return replace(base, status=UNDECIDED, note=tried if known else "the constants have no values to compare")


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
    for point in cell.points(symbols, POINTS):
        work.step()
        bound, limit = (value(side, point) for side in pair)
        if bound is None or limit is None or not differ(bound, limit):
            continue
        if (limit > bound) == (statement.relation == UPPER):
            return replace(base, status=FAILS, note="constant", point=tuple(point.items()))
        known += 1
    if known and not (pair[0].free_symbols | pair[1].free_symbols):
        return base
    tried = f"the limit is within the bound at {known} points, which is not proved on all of the region"
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
    for point in base.cell.points(symbols, POINTS):
        work.step()
        middle, truth = value(statement.as_written(claimed), point), value(correct, point)
        if middle is None or truth is None:
            continue
        ends = ([value(end, point) for end in pair] for pair in statement.moved(claimed))
        slack = sum(max(abs((end or middle) - middle) for end in pair) for pair in ends)
        if abs(truth - middle) > slack * (1 + mpmath.mpf(2) ** -20):
            return replace(base, status=FAILS, note="constant", point=tuple(point.items()))
        known += 1
    if known:
        return replace(base, note=AS_WRITTEN)
    return replace(base, status=UNDECIDED, note="the constants have no values to compare")
