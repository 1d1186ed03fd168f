"""A sum of bottlenecks, ``t^-s + N^-p``: each term against the law of its own resource.

The joint law of two resources is not the sum of its ends near their crossover; what a sum says is each end,
and that is what is judged. A sum that has a term in both says more, and is judged as a whole.

    check_sum(statement, laws, assumed, check)    the verdict on all terms together
    without_outer_powers(statement, resources)    a power of a sum as the sum of powers that it is at its ends
    law_of_exponent(statement, laws)              the law whose exponent ``r_N = ...`` states
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from sympy import Add, Expr, Max, Pow, Symbol, expand_mul, expand_power_base, powdenest
from sympy.logic.boolalg import Boolean, true

from asymptotics.claims.joint_order import judge_joint, left_out
from asymptotics.claims.statement import (
    BELOW,
    MEANING,
    NO_CONSTANT,
    ORDER,
    STATED,
    UPPER,
    Statement,
    writes_constant,
)
from asymptotics.claims.together import together
from asymptotics.claims.verdict import Verdict
from asymptotics.display import text
from asymptotics.errors import DomainError, UnableError
from asymptotics.laws.derive import Laws
from asymptotics.laws.law import Law
from asymptotics.model.quantities import BOTTLENECKS, QUANTITIES


def check_sum(
    statement: Statement,
    laws: Laws,
    assumed: Sequence[Boolean],
    check: Callable[[Statement, Law], Verdict],
) -> Verdict:
    r"""Each term by ``check(statement, law)``; FAILS if one does. Raises `DomainError` for other terms.

    With a term in several resources the whole sum is judged, `joint_order`, as is one that bounds the loss,
    ``O(...)`` and ``\Theta(...)``. The maximum of terms is one of the order of their sum.
    """
    resources = {QUANTITIES[name].resource: name for name in BOTTLENECKS}
    statement = _summed(statement, tuple(resources))
    terms = Add.make_args(statement.expression)
    inside = {term: [x for x in resources if term.has(x)] for term in terms}
    both = tuple(x for x in resources if statement.expression.has(x))
    over = [x for x in both if x.name in statement.over]
    if over and len(over) < len(both):
        raise DomainError(
            f"the claim {statement.claim} is a limit over {over[0]}, which stands in it; leave it out"
        )
    if len(terms) > 1 and all(inside.values()) and any(len(held) > 1 for held in inside.values()):
        return judge_joint(statement, laws, both, assumed)
    for term, held in inside.items():
        if len(held) != 1:
            has = f"the resources {', '.join(map(str, held))}" if held else "no resource"
            advice = "leave it out, or write it as a sum of powers" if held else "letters have a meaning by "
            advice += "" if held else f"notation={{'{min(term.free_symbols, key=str, default='D')}': P}}"
            raise DomainError(
                f"the term {term} has {has}{statement.freely}; a sum of bottlenecks has one in each term; "
                f"{advice}"
            )
    found = [check(_part(statement, x, resources), getattr(laws, resources[x])) for x in both]
    note = "near the crossover of two resources the joint law is not a sum of its ends (joint_law)"
    lacks = left_out(statement.expression, laws, both, assumed) if len(both) == 2 else ()
    if lacks:
        where = "; ".join(f"{region} it is {text(whole)}" for region, whole in lacks)
        note = f"between the ends the loss is of a larger order: {where}"
    parts = _together(statement, both, found, note)
    bounds = len(both) > 1 and statement.relation in (UPPER, ORDER, BELOW) and not statement.free
    if parts.verdict != "HOLDS" or not bounds:
        return parts
    return _between(parts, statement, laws, both, assumed)


def _between(
    parts: Verdict,
    statement: Statement,
    laws: Laws,
    both: tuple[Symbol, ...],
    assumed: Sequence[Boolean],
) -> Verdict:
    """The verdict on a bound that holds at each end: the loss is bounded between the ends, too, or not."""
    try:
        whole = judge_joint(statement, laws, both, assumed)
    except (DomainError, UnableError) as error:
        reason = f"each end is as claimed; what the loss is between them is not known: {error}"
        regions = tuple(replace(region, at_fault=reason) for region in parts.holds)
        return replace(parts, verdict="UNDECIDED", holds=(), undecided=(*regions, *parts.undecided))
    return parts if whole.verdict == "HOLDS" and not whole.fails and not whole.undecided else whole


def _together(statement: Statement, both: tuple[Symbol, ...], found: Sequence[Verdict], note: str) -> Verdict:
    """The verdicts on the terms as one."""
    names = ", ".join(map(str, both))
    constant = statement.relation != STATED or writes_constant(statement.expression, both)
    meaning = MEANING[statement.relation] if constant else NO_CONSTANT
    meaning += f"{statement.freely}, each term by itself"
    return together(
        statement.claim,
        f"L({names}) ~ {statement.expression}, {meaning}",
        f"L({names})",
        tuple(found),
        note,
    )


def _summed(statement: Statement, resources: tuple[Symbol, ...]) -> Statement:
    """The sum of the terms of a maximum over several resources, in its place."""
    chosen = {
        choice: Add(*choice.args)
        for choice in statement.expression.atoms(Max)
        if sum(choice.has(x) for x in resources) > 1
    }
    if not chosen or statement.rounded is None:
        return replace(statement, expression=statement.expression.xreplace(chosen))
    ours = {x: Add(*x.args) for x in statement.rounded.atoms(Max) if sum(x.has(y) for y in resources) > 1}
    return replace(
        statement, expression=statement.expression.xreplace(chosen), rounded=statement.rounded.xreplace(ours)
    )


def _part(statement: Statement, x: Symbol, resources: Iterable[Symbol]) -> Statement:
    """The terms of a sum in one resource."""
    others = [y for y in resources if y != x]
    terms, rounded = (
        Add(*(term for term in Add.make_args(side) if not term.has(*others)))
        for side in (statement.expression, statement.rounded or statement.expression)
    )
    return replace(statement, expression=terms, rounded=rounded, condition=true)


def without_outer_powers(statement: Statement, resources: Iterable[Symbol]) -> Statement:
    r"""The sum of powers for a power of a sum, ``[(N_c/N)^{p/q} + D_c/D]^q``, which it is at each end.

    >>> from asymptotics.claims.reading import read_claim
    >>> from asymptotics.symbols import N, P
    >>> without_outer_powers(read_claim("(2/N + P**-3)**2", {}), (N, P)).expression
    P**(-6) + 4/N**2
    """
    resources, rounded = tuple(resources), statement.rounded
    return replace(
        statement,
        expression=_at_ends(statement.expression, resources),
        rounded=None if rounded is None else _at_ends(rounded, resources),
    )


def _at_ends(expression: Expr, resources: tuple[Symbol, ...]) -> Expr:
    outer = {
        power: Add(*(powdenest(expand_power_base(term**power.exp)) for term in Add.make_args(power.base)))
        for power in expression.atoms(Pow)
        if power.exp.is_positive
        and all(term.is_positive for term in Add.make_args(power.base))
        and sum(power.base.has(x) for x in resources) > 1
    }
    return expand_mul(expression.xreplace(outer)) if outer else expression


def law_of_exponent(statement: Statement, laws: Laws) -> Law | None:
    """The law of the one resource that the left side names, of a claim that contains none."""
    resources = {QUANTITIES[name].resource: name for name in BOTTLENECKS}
    about = [name for x, name in resources.items() if x.name in statement.arguments]
    if statement.expression.has(*resources) or len(about) != 1 or statement.subject[:1].isupper():
        return None
    law: Law = getattr(laws, about[0])
    return law
