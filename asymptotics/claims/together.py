"""Several claims as one: the worst verdict, with the regions of all.

together(claim, reading, symbol, found)    one verdict on all
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from sympy import Add, And, false

from asymptotics.claims.verdict import Region, Verdict
from asymptotics.domains.domain import Domain, as_constraint, reduce_condition

ORDER_OF_VERDICTS = ("FAILS", "UNDECIDED", "HOLDS")


def _holds_together(found: tuple[Verdict, ...]) -> Iterator[Region]:
    """Where one region of each holds, as few conditions as say so."""
    known = dict.fromkeys(x for one in found for x in one.conditions if x.is_Relational and x.rel_op != "==")
    given = Domain(tuple(c for x in known for c in as_constraint(x)))
    for chosen in product(*(one.holds for one in found)):
        condition, is_wall = And(*(r.condition for r in chosen)), any(r.is_wall for r in chosen)
        condition = reduce_condition(condition, given)
        if condition == false:
            continue
        yield Region(condition=condition, is_wall=is_wall, claimed=None, correct=None)


def together(claim: str, reading: str, quantity: str, found: tuple[Verdict, ...], note: str = "") -> Verdict:
    """One verdict: FAILS if one does; it holds where all hold. The witness is of the first that fails."""
    if len(found) == 1:
        return found[0]
    first = min(found, key=lambda one: ORDER_OF_VERDICTS.index(one.verdict))
    same = all(one.quantity == first.quantity for one in found)
    regions = {
        kind: tuple(
            region
            if same or kind == "undecided"
            else replace(region, at_fault=f"{region.at_fault} of {one.quantity}")
            for one in found
            for region in getattr(one, kind)
        )
        for kind in ("fails", "undecided")
    }
    return Verdict(
        verdict=first.verdict,
        claim=claim,
        reading=reading,
        about=first.about,
        quantity=quantity,
        conditions=tuple(dict.fromkeys(c for one in found for c in one.conditions)),
        holds=tuple(_holds_together(found)),
        correct=first.correct if same else Add(*(one.correct for one in found)),
        witness=first.witness or next((one.witness for one in found if one.witness is not None), None),
        right_for=first.right_for,
        notes=tuple(dict.fromkeys((*(x for one in found for x in one.notes), *([note] if note else ())))),
        fails=regions["fails"],
        undecided=regions["undecided"],
    )
