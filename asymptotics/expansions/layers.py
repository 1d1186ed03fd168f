"""What stands before one order ``e**p``, as an expansion in l = log(1/e) by itself.

coefficient_of    the coefficient of an order
in_front          an expansion in l as the coefficient of an order
slow_expansion    an expansion in l
"""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Expr, Symbol, ceiling, sympify

from asymptotics.errors import UnableError
from asymptotics.expansions.expansion import Expansion, expansion
from asymptotics.expansions.ring import ONE, Element
from asymptotics.expansions.terms import Bound, Term

SLOW = Symbol("l", positive=True, integer=False)
"""l = log(1/e), in which the coefficient of one order is an expansion; not the letter of `symbols`."""


def slow_expansion(like: Expansion, terms: Iterable[Term], remainder: Iterable[Bound] = ()) -> Expansion:
    """An expansion in l -> oo with the domain and the depth of ``like``."""
    return expansion(SLOW, terms, remainder, at_infinity=True, domain=like.domain, depth=like.depth)


def coefficient_of(series: Expansion, place: Expr) -> Expansion:
    """What stands before ``e**place``, as an expansion in l -> oo."""
    terms = (Term(t.element, sympify(-t.log_power), t.loglog_power) for t in series.terms if t.order == place)
    bounds = (Bound(sympify(-b.log_power), b.loglog_power) for b in series.remainder if b.order == place)
    return slow_expansion(series, terms, bounds)


def in_front(place: Expr, series: Expansion, weight: Element = ONE) -> tuple[list[Term], list[Bound]]:
    """The terms and bounds of ``weight * e**place`` times an expansion in l: what `coefficient_of` undoes.

    Powers of log(l) that are not whole, and those of log(log(l)), are bounds.
    """
    kept = [t for t in series.terms if isinstance(t.log_power, int) and not t.loglog_power]
    terms = [Term(t.element * weight, place, -t.order, t.log_power) for t in kept]
    left: list[Term | Bound] = [t for t in series.terms if t not in kept]
    return terms, [_bound(place, b) for b in (*left, *series.remainder)]


def _bound(place: Expr, part: Term | Bound) -> Bound:
    """``O(e**place l**m log(l)**n)``, n whole and large enough for other powers and for ``log(log(l))``."""
    power = ceiling(sympify(part.log_power)) + (part.loglog_power > 0)
    if not power.is_Integer:
        raise UnableError(f"a power {part.log_power} of log(log) is not derived; give numbers")
    return Bound(place, -part.order, int(power))
