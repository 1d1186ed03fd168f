"""The question of an allocation, read and checked: cost, free resources, resources held fixed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sympy import Expr, Integer, Mul, Symbol, expand, oo

from asymptotics.allocation.loss_terms import CHOSEN, SPENDABLE
from asymptotics.allocation.phases import Allocation, Spending
from asymptotics.domains.domain import normal
from asymptotics.errors import DomainError, ParseError, shown
from asymptotics.laws.derive import Laws
from asymptotics.parsing.numbers import exact, is_many, items_of
from asymptotics.spectra import spectrum
from asymptotics.symbols import C, h


def read_cost(cost: object) -> Expr:
    """The cost as a sum; symbols without assumptions are the resources of their names. Raises `DomainError`.

    >>> read_cost(Symbol("N") * Symbol("t")) == read_cost("N*t")
    True
    """
    if isinstance(cost, str) and not cost.strip():
        raise ParseError("the cost is empty; write for example N*t")
    found, names = exact(cost, "cost"), {x.name: x for x in SPENDABLE}
    return expand(found.xreplace({s: names[s.name] for s in found.free_symbols if s.name in names}))


def held_resources(fixed: Mapping[Symbol | str, object], laws: Laws) -> tuple[tuple[Symbol, Expr], ...]:
    """Powers of C of the resources held fixed; those at oo are left out."""
    held = []
    names = {x.name: x for x in SPENDABLE}
    for key, value in fixed.items():
        if str(key) not in names:
            raise DomainError(f"fixed: {key} is not a resource; resources are {', '.join(names)}")
        amount = exact(value, str(key))
        if amount == oo:
            continue
        power = normal(C * amount.diff(C) / amount) if amount.has(C) else Integer(0)
        unknown = amount.free_symbols - {C} - set(laws.task.parameters)
        if unknown or power.has(C) or not (amount.is_positive or amount.free_symbols) or power.is_negative:
            raise DomainError(
                f"fixed: {key} = {amount}; hold it at a number > 0, at oo, or at a power of C, e.g. C**(1/3)"
            )
        held.append((names[str(key)], power))
    return tuple(sorted(held, key=lambda pair: pair[0].name))


def refuse_unknown(cost: Expr, laws: Laws) -> None:
    """The cost is made of resources and of the task's parameters."""
    known = (*SPENDABLE, *laws.task.parameters)
    if unknown := cost.free_symbols - set(known):
        name, names = min(map(str, unknown)), ", ".join(map(str, known))
        raise DomainError(f"cost {cost}: {name} is neither a resource nor in the task; known: {names}")


def refuse_infinite(cost: Expr, fixed: Mapping[Symbol | str, object]) -> None:
    for key, value in fixed.items():
        if exact(value, str(key)) == oo and str(key) in {x.name for x in cost.free_symbols}:
            raise DomainError(
                f"fixed: {key} = oo, but the cost {cost} contains it; give a cost without {key}"
            )


def free_resources(
    cost: Expr, free: Iterable[Symbol | str] | None, held: tuple[tuple[Symbol, Expr], ...]
) -> tuple[Symbol, ...]:
    kept = {x for x, _ in held}
    spent = [x for x in SPENDABLE if cost.has(x)]
    if free is None:
        split = tuple(x for x in spent if x not in kept)
    else:
        if not is_many(free):
            raise DomainError(f"free = {shown(free)}; give a sequence of resources, such as free=(t,)")
        known = (*SPENDABLE, *CHOSEN)
        names = {x.name: x for x in known}
        asked = items_of(free, "free")
        for x in asked:
            if not isinstance(x, Symbol | str) or str(x) not in names:
                raise DomainError(f"free: {shown(x)} is not a resource; resources are {', '.join(names)}")
        wanted = [names[str(x)] for x in asked]
        for x in wanted:
            if x in kept:
                raise DomainError(f"{x} is both free and fixed; choose one")
        split = tuple(x for x in known if x in wanted)
        if idle := [x for x in spent if x not in wanted and x not in kept]:
            raise DomainError(f"the cost {cost} contains {idle[0]}, neither free nor fixed; add it to free=")
    if not any(x in spent for x in split):
        raise DomainError(
            f"the cost {cost} contains no free resource (free: {', '.join(map(str, split)) or 'none'})"
        )
    if len(split) < 2:
        raise DomainError(
            f"nothing to trade: {split[0]} is the only free resource; its own law says what a budget buys"
        )
    return split


def spending_of(
    monomial: Expr, cost: Expr, free: tuple[Symbol, ...], fixed: dict[Symbol, Expr], laws: Laws
) -> Spending:
    domain = spectrum(laws.task).domain
    coefficient, powers = Integer(1), dict.fromkeys(free, Integer(0))
    held = Integer(0)
    for part in Mul.make_args(monomial):
        base, power = part.as_base_exp()
        if base in SPENDABLE and not power.has(*SPENDABLE):
            if not domain.positive(power):
                raise DomainError(
                    f"cost {cost} contains {part} and falls with {base}; the budget would not bound it"
                )
            if base in powers:
                powers[base] += power
            else:
                held += power * fixed[base]
        elif part.is_positive and not part.has(*SPENDABLE):
            coefficient *= part
        else:
            raise DomainError(
                f"cost {cost} is not a posynomial: {part}; give a sum of positive monomials such as N*t"
            )
    return Spending(
        coefficient=coefficient, powers=tuple(normal(powers[x]) for x in free), fixed=normal(held)
    )


def check_bounded(allocation: Allocation) -> None:
    """Each free resource must cost something, or make some term of the loss grow."""
    for j, x in enumerate(allocation.free):
        if x == h:
            continue  # at most 1
        paid = any(m.powers[j] != 0 for m in allocation.spending)
        grows = any(allocation.domain.sign(term.power(x)) == -1 for term in allocation.terms)
        if not paid and not grows:
            raise DomainError(
                f"the cost does not grow with {x}, which is free; add {x} to the cost, or hold it fixed"
            )
