"""A sum of bottlenecks, ``t^-s + N^-p``: each term against the law of its own resource.

The joint law of two resources is not the sum of its ends near their crossover; what a sum says is each end,
and that is what is judged.

    check_sum(statement, laws, check)    the verdict on all terms together
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

from sympy import Add, And, Eq, Expr, Symbol

from asymptotics.claims.statement import EQUAL, MEANING, Statement
from asymptotics.claims.verdict import Region, Verdict
from asymptotics.errors import DomainError
from asymptotics.laws.derive import Laws
from asymptotics.laws.law import Law
from asymptotics.model.quantities import BOTTLENECKS, QUANTITIES

ORDER_OF_VERDICTS = ("FAILS", "UNDECIDED", "HOLDS")


def check_sum(statement: Statement, laws: Laws, check: Callable[[object, Law], Verdict]) -> Verdict:
    """Each term by ``check(claim, law)``; FAILS if one does. Raises `DomainError` for other terms."""
    resources = {QUANTITIES[name].resource: name for name in BOTTLENECKS}
    parts: dict[Symbol, list[Expr]] = {}
    for term in Add.make_args(statement.expression):
        inside = [x for x in resources if term.has(x)]
        if len(inside) != 1:
            held = f"the resources {', '.join(map(str, inside))}" if inside else "no resource"
            raise DomainError(
                f"the term {term} has {held}{statement.freely}; a sum of bottlenecks has one in each term; "
                "letters have a meaning by notation={'D': P}"
            )
        parts.setdefault(inside[0], []).append(term)
    found = []
    for x, terms in parts.items():
        total = Add(*terms)
        claim = Eq(Symbol("L"), total) if statement.relation == EQUAL else total
        found.append(check(claim, getattr(laws, resources[x])))
    if len(found) == 1:
        return found[0]
    first = min(found, key=lambda one: ORDER_OF_VERDICTS.index(one.verdict))
    regions = {kind: tuple(r for one in found for r in getattr(one, kind)) for kind in ("fails", "undecided")}
    names = ", ".join(map(str, parts))
    meaning = f"{MEANING[statement.relation]}{statement.freely}, each term by itself"
    return Verdict(
        verdict=first.verdict,
        claim=statement.claim,
        reading=f"L({names}) ~ {statement.expression}, {meaning}",
        about=first.about,
        quantity=f"L({names})",
        conditions=tuple(dict.fromkeys(c for one in found for c in one.conditions)),
        holds=tuple(
            Region(
                condition=And(*(r.condition for r in chosen)),
                is_wall=any(r.is_wall for r in chosen),
                claimed=None,
                correct=None,
            )
            for chosen in product(*(one.holds for one in found))
        ),
        correct=Add(*(one.correct for one in found)),
        witness=first.witness,
        right_for=first.right_for,
        notes=(
            *dict.fromkeys(note for one in found for note in one.notes),
            "near the crossover of two resources the joint law is not a sum of its ends (joint_law)",
        ),
        **regions,
    )
