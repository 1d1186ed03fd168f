"""Regimes as they are listed: of equal content once, powers that grow as powers that grow.

merged(regimes)            the regimes, two that differ in the side of a line alone as one beside it
growth(rate, domain)       how fast ``x^-rate`` grows, None where it is written as falling
rising(expression)         ``x^max(1, b)`` for ``x^-min(-1, -b)``, and ``max(x, y)^N`` for exponentials
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace

from sympy import And, Expr, Max, Min, Ne, Pow, exp
from sympy.core.relational import StrictGreaterThan, StrictLessThan
from sympy.logic.boolalg import Boolean

from asymptotics.domains.domain import Domain, conjuncts, primitive
from asymptotics.expansions.tidying import with_one_sign
from asymptotics.regime import Regime

CONTENT = tuple(part.name for part in fields(Regime) if part.name not in ("condition", "domain", "behind"))
STRICT = (StrictLessThan, StrictGreaterThan)


def merged(regimes: Iterable[Regime]) -> tuple[Regime, ...]:
    """The regimes in their order; of two with equal content on both sides of ``x = y`` one where ``x != y``.

    Only what is shown is merged: the domain of a regime is a side of the line.

    >>> from asymptotics import derive, power_law
    >>> from asymptotics.symbols import a, b
    >>> law = derive(power_law(a, b)).optimal_ridge_value
    >>> sum(regime.condition.has(Ne) for regime in merged(law.regimes)), len(law.regimes)
    (1, 4)
    """
    found = list[Regime]()
    for regime in regimes:
        for place, other in enumerate(found):
            beside = _beside(other, regime)
            if beside is not None and all(getattr(other, x) == getattr(regime, x) for x in CONTENT):
                found[place] = replace(other, condition=beside)
                break
        else:
            found.append(regime)
    return tuple(found)


def _beside(one: Regime, other: Regime) -> Boolean | None:
    """The two conditions joined, where they differ in the direction of one strict inequality alone.

    What one side states beyond the other must hold on the other, too.
    """
    here, there = set(conjuncts(one.condition)), set(conjuncts(other.condition))
    facing = [
        (mine, its)
        for mine in here - there
        for its in there - here
        if isinstance(mine, STRICT) and mine.negated.canonical == _closed(its).canonical
    ]
    if len(facing) != 1:
        return None
    ((mine, its),) = facing
    more = ((one.domain, there - here - {its}), (other.domain, here - there - {mine}))
    if not all(_holds(part, domain) for domain, parts in more for part in parts):
        return None
    return And(*((here | there) - {mine, its}), Ne(mine.lhs, mine.rhs))


def _holds(part: Boolean, domain: Domain) -> bool:
    """Whether a strict inequality holds on a domain."""
    return isinstance(part, STRICT) and domain.positive(primitive(part.gts - part.lts))


def _closed(relation: Boolean) -> Boolean:
    """``x <= y`` for ``x < y``."""
    return relation.weak if isinstance(relation, STRICT) else relation


def growth(rate: Expr, domain: Domain) -> Expr | None:
    """The exponent with which ``x^-rate`` grows, None where it falls or may do either.

    >>> from asymptotics.symbols import a, b
    >>> growth((1 - b)/b, Domain((b - 1,))), growth(Min(-b, a - 2*b), Domain()), growth((a - 1)/b, Domain())
    ((b - 1)/b, Max(b, -a + 2*b), None)
    """
    if isinstance(rate, Min):
        grows = any(growth(part, domain) is not None or part == 0 for part in rate.args)
        return Max(*(with_one_sign(-part) for part in rate.args)) if grows else None
    sign = domain.sign(primitive(rate))
    return with_one_sign(-rate) if sign == -1 or (sign is None and rate.could_extract_minus_sign()) else None


def rising(expression: Expr) -> Expr:
    """The expression with its powers of ``-min`` that grow as powers of ``max``.

    >>> from sympy import log
    >>> from asymptotics.symbols import N, a, b
    >>> rising(N**-Min(-1, a - 2)), rising(N**-Min(1, a - 2))
    (N**Max(1, 2 - a), N**(-Min(1, a - 2)))
    >>> rising(exp(-N*Min(-2*log(a), -log(b))))
    Max(a**2, b)**N
    """
    expression = expression.replace(
        lambda power: isinstance(power, Pow) and isinstance(-power.exp, Min) and bool(_grows(-power.exp)),
        lambda power: power.base ** _grows(-power.exp),
    )
    return expression.replace(lambda power: isinstance(power, exp) and power.exp.has(Min), _of_bases)


def _of_bases(power: Expr) -> Expr:
    """``max(rho^2, tau)^N`` for ``exp(-N min(-2 log(rho), -log(tau)))``."""
    rate, rest = power.exp.as_independent(Min)
    return Max(*(exp(-part) for part in rest.args)) ** -rate if isinstance(rest, Min) else power


def _grows(rate: Expr) -> Expr | None:
    return growth(rate, Domain())
