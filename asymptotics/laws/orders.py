"""The first orders of a law.

first_orders    the expansion of a quantity of a task, with numbers
tidied          the same to be read
"""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr, Symbol

from asymptotics.caches import cached
from asymptotics.expansions.expansion import Expansion
from asymptotics.expansions.ring import Element
from asymptotics.expansions.slow import leading_series
from asymptotics.expansions.terms import Bound, Term
from asymptotics.expansions.tidying import tidy
from asymptotics.model.quantity import Quantity
from asymptotics.tasks.task import Task


@cached(maxsize=256)
def first_orders(
    quantity: Quantity,
    task: Task,
    terms: int,
    settings: tuple[tuple[Symbol, Expr], ...],
    below: bool,
    slow: bool,
) -> Expansion:
    base = replace(quantity.spectrum(task), below=below)
    before: set[Bound] = set()
    for depth in range(max(terms, 2), terms + 5):
        found = quantity.formula(base, depth, dict(settings) if quantity.balances else {})
        series, _ = (leading_series(found) if slow or found.is_slow else found).without_zeros()
        orders = list(dict.fromkeys(t.order for t in series.terms))
        early = {
            b for b in series.remainder if sum(base.domain.sign(b.order - p) == 1 for p in orders) < terms
        }
        if not early or early == before:  # what is left out of the equation itself stays at any depth
            break
        before = early
    # with exponents that no condition orders, the remainder may stay among the first: it says so itself
    given = [Term(_at(x.element, settings), x.order, *x.logs) for x in series.terms]
    return replace(series, depth=terms).with_terms(given, series.remainder)


def _at(coefficient: Element, settings: tuple[tuple[Symbol, Expr], ...]) -> Element:
    for symbol, value in settings:
        coefficient = coefficient.at(symbol, value)
    return coefficient


@cached(maxsize=256)
def tidied(series: Expansion) -> Expansion:
    """The expansion with each coefficient as a person would write it."""
    return replace(series, terms=tuple(replace(x, coefficient=tidy(x.coefficient)) for x in series.terms))
