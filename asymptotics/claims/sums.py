"""A sum of bottlenecks, ``t^-s + N^-p``: each term against the law of its own resource.

The joint law of two resources is not the sum of its ends near their crossover; what a sum says is each end,
and that is what is judged. A sum that has a term in both says more, and is judged as a whole.

    check_sum(statement, laws, assumed, check)    the verdict on all terms together
    law_of_exponent(statement, laws, meaning)     the law whose exponent ``r_N = ...`` states
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sympy import Add, Eq, Expr, Symbol
from sympy.logic.boolalg import Boolean

from asymptotics.claims.joint_order import judge_joint, left_out
from asymptotics.claims.statement import EQUAL, MEANING, Statement
from asymptotics.claims.together import together
from asymptotics.claims.verdict import Verdict
from asymptotics.display import text
from asymptotics.errors import DomainError
from asymptotics.laws.derive import Laws
from asymptotics.laws.law import Law
from asymptotics.model.quantities import BOTTLENECKS, QUANTITIES


def check_sum(
    statement: Statement,
    laws: Laws,
    assumed: Sequence[Boolean],
    check: Callable[[object, Law], Verdict],
) -> Verdict:
    """Each term by ``check(claim, law)``; FAILS if one does. Raises `DomainError` for other terms.

    With a term in two resources the order of the whole sum is judged, `joint_order`.
    """
    resources = {QUANTITIES[name].resource: name for name in BOTTLENECKS}
    both = tuple(x for x in resources if statement.expression.has(x))
    terms = Add.make_args(statement.expression)
    mixed = len(both) == 2 and len(terms) > 1 and all(x.has(*both) for x in terms)
    if mixed and any(x.has(both[0]) and x.has(both[1]) for x in terms):
        return judge_joint(statement, laws, (both[0], both[1]), assumed)
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
    note = "near the crossover of two resources the joint law is not a sum of its ends (joint_law)"
    lacks = left_out(statement.expression, laws, (both[0], both[1]), assumed) if len(both) == 2 else ()
    if lacks:
        where = "; ".join(f"{region} it is {text(whole)}" for region, whole in lacks)
        note = f"between the ends the loss is of a larger order: {where}"
    names = ", ".join(map(str, parts))
    meaning = f"{MEANING[statement.relation]}{statement.freely}, each term by itself"
    return together(
        statement.claim,
        f"L({names}) ~ {statement.expression}, {meaning}",
        f"L({names})",
        tuple(found),
        note,
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
