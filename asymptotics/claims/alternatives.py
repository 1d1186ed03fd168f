"""Assumptions with "or": the claim is judged under each alternative, and the verdicts are joined.

read_alternatives(assuming, symbols)    the assumptions of each alternative
joined(verdicts)                        one verdict: the worst, with the regions of all
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import chain
from typing import TypeVar

from sympy import And, Expr, Or, ordered
from sympy.logic.boolalg import Boolean, to_dnf

from asymptotics.claims.assumptions import read_assumptions
from asymptotics.claims.verdict import Region, Verdict
from asymptotics.errors import DomainError
from asymptotics.parsing.conditions import read_condition
from asymptotics.parsing.numbers import one_or_many

MOST = 12
"""Alternatives that are judged, each by itself."""
WORST = ("FAILS", "UNDECIDED", "HOLDS")
Item = TypeVar("Item")


def read_alternatives(
    assuming: object, symbols: Mapping[str, Expr]
) -> tuple[tuple[Boolean, tuple[tuple[str, Expr], ...]], ...]:
    """Each alternative as a condition and as `read_assumptions` has it; one, true, where there is no "or".

    Raises `DomainError` for more than `MOST`.

    >>> from asymptotics.symbols import a, b
    >>> read_alternatives("a > 2b or a < b", {"a": a, "b": b})
    ((a < b, (('>', -a + b),)), (a > 2*b, (('>', a - 2*b),)))
    """
    given = one_or_many(assuming, "assuming")
    read = [read_condition(one, symbols) if isinstance(one, str) else one for one in given]
    if not any(isinstance(one, Boolean) and one.has(Or) for one in read):
        return ((And(), read_assumptions(given, symbols)),)
    parts = tuple(ordered(Or.make_args(to_dnf(And(*read)))))
    if len(parts) > MOST:
        raise DomainError(f"the assumptions have {len(parts)} alternatives, more than {MOST}; give fewer")
    return tuple((part, read_assumptions((part,), symbols)) for part in parts)


def joined(found: Mapping[Boolean, Verdict]) -> Verdict:
    """The verdict under any of the alternatives: FAILS if it fails under one; regions are those of all."""
    verdicts = tuple(found.values())
    if len(verdicts) == 1:
        return verdicts[0]
    worst = min(verdicts, key=lambda verdict: WORST.index(verdict.verdict))
    common = [c for c in worst.conditions if all(c in verdict.conditions for verdict in verdicts)]
    return replace(
        worst,
        conditions=(*common, Or(*found)),
        holds=_all(_within(where, verdict.holds) for where, verdict in found.items()),
        fails=_all(_within(where, verdict.fails) for where, verdict in found.items()),
        undecided=_all(_within(where, verdict.undecided) for where, verdict in found.items()),
        doubts=_all(verdict.doubts for verdict in verdicts),
        notes=_all(verdict.notes for verdict in verdicts),
    )


def _within(where: Boolean, regions: Iterable[Region]) -> tuple[Region, ...]:
    """The regions of an alternative, their conditions beside that of the alternative."""
    return tuple(replace(region, condition=And(where, region.condition)) for region in regions)


def _all(parts: Iterable[tuple[Item, ...]]) -> tuple[Item, ...]:
    """What is in any of them, once."""
    return tuple(dict.fromkeys(chain.from_iterable(parts)))
