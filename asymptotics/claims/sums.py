"""A sum of bottlenecks, ``t^-s + N^-p``: each term against the law of its own resource.

The joint law of two resources is not the sum of its ends near their crossover; what a sum says is each end,
and that is what is judged.

    check_sum(statement, laws, check)             the verdict on all terms together
    law_of_exponent(statement, laws, meaning)     the law whose exponent ``r_N = ...`` states
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sympy import Add, Eq, Expr, Symbol

from asymptotics.claims.statement import EQUAL, MEANING, Statement
from asymptotics.claims.together import together
from asymptotics.claims.verdict import Verdict
from asymptotics.errors import DomainError
from asymptotics.laws.derive import Laws
from asymptotics.laws.law import Law
from asymptotics.model.quantities import BOTTLENECKS, QUANTITIES
from asymptotics.symbols import N, P, t


def check_sum(statement: Statement, laws: Laws, check: Callable[[object, Law], Verdict]) -> Verdict:
    """Each term by ``check(claim, law)``; FAILS if one does. Raises `DomainError` for other terms."""
    resources = {QUANTITIES[name].resource: name for name in BOTTLENECKS}
    parts: dict[Symbol, list[Expr]] = {}
    for term in Add.make_args(statement.expression):
        inside = [x for x in resources if term.has(x)]
        if len(inside) != 1:
            held = f"the resources {', '.join(map(str, inside))}" if inside else "no resource"
            between = len(inside) == 2 and t in inside and len({N, P} & set(inside)) == 1
            if between:
                name = "model" if N in inside else "data"
                raise DomainError(
                    f"the term {term} is one between two bottlenecks; claim its power of t by itself, of "
                    f"laws.{name}_transient, and the sum without it; one in each term is judged here"
                )
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
    names = ", ".join(map(str, parts))
    meaning = f"{MEANING[statement.relation]}{statement.freely}, each term by itself"
    return together(
        statement.claim,
        f"L({names}) ~ {statement.expression}, {meaning}",
        f"L({names})",
        tuple(found),
        "near the crossover of two resources the joint law is not a sum of its ends (joint_law)",
    )


def law_of_exponent(statement: Statement, laws: Laws, meaning: Mapping[str, Expr]) -> Law | None:
    """The law of the one resource that the left side names, of a claim that contains none."""
    resources = {QUANTITIES[name].resource: name for name in BOTTLENECKS}
    named = {str(meaning.get(letter, letter)) for letter in statement.arguments}
    about = [name for x, name in resources.items() if x.name in named]
    if statement.expression.has(*resources) or len(about) != 1 or statement.subject[:1].isupper():
        return None
    law: Law = getattr(laws, about[0])
    return law
