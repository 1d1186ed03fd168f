"""Budgets in epochs: ``t = epochs P/B`` steps of multi-pass SGD, a resource in the place of t.

written_with_time    the resources with t in the place of epochs
write_in_epochs      a term of the loss with epochs in the place of t
"""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr, Integer, Symbol

from asymptotics.allocation.terms import LossTerm
from asymptotics.domains.domain import normal
from asymptotics.errors import DomainError
from asymptotics.model.rules.base import Rule
from asymptotics.parsing.heights import to_power
from asymptotics.symbols import B, P, epochs, t


def written_with_time(resources: tuple[Symbol, ...], rule: Rule) -> tuple[Symbol, ...]:
    """t in the place of epochs; raises `DomainError` where there are none."""
    if not rule.resamples:
        raise DomainError(f"{rule.title} counts no epochs; use rule=MultiPassSGD")
    if t in resources or P not in resources:
        how = "t = epochs P/B: give one of the two" if t in resources else "epochs are of P samples: put P in"
        raise DomainError(f"epochs among {', '.join(map(str, resources))}; {how}")
    return tuple(t if x == epochs else x for x in resources)


def write_in_epochs(term: LossTerm, batch: Expr | None) -> LossTerm:
    """A term with ``epochs P/B`` in the place of t; ``batch`` is B where that is no resource."""
    power = term.power(t)
    powers = {x: p for x, p in term.powers if x != t}
    for x, p in ((epochs, power), (P, power), *(((B, -power),) if batch is None else ())):
        powers[x] = normal(powers.get(x, Integer(0)) + p)
    return replace(
        term,
        powers=tuple((x, p) for x, p in powers.items() if p != 0),
        coefficient=term.coefficient if batch is None else term.coefficient * to_power(batch, power),
        variable=epochs if term.variable == t else term.variable,
    )
