"""Laws that are approached slowly: the leading order of an expansion that ends within it.

What stands before ``x^-p`` is then an expansion in l, cut at its own order. A law of the form
``y^-p C (log y)^m (1 + O)`` is a power law with a logarithm to any power, its correction named; one without a
power of y is a power law in ``log y``. A law ``exp(-p c y^r) C y^q (1 + O)`` is one in ``x = exp(y^r)``:
``C x^(-p c) log(x)^(q/r) (1 + O)``.

    leading_series    what stands before the leading power, as an expansion by itself
    leading_form      the canonical form of its leading term
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sympy import Expr, Integer, Min, exp, log, oo, together

from asymptotics.domains.domain import normal
from asymptotics.errors import UnableError
from asymptotics.expansions.expansion import Expansion
from asymptotics.expansions.layers import coefficient_of
from asymptotics.expansions.terms import Bound, Term


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadingForm:
    """``envelope * coefficient * x^-exponent * log(x)^log_power * (1 + O(relative))``, x = ``gauge``.

    ``relative`` is None where what follows is smaller by a power of x: then that is ``remainder``.
    """

    gauge: Expr | None
    exponent: Expr
    coefficient: Expr
    log_power: Expr
    envelope: Expr
    relative: Expr | None
    remainder: Expr


def leading_series(found: Expansion) -> Expansion:
    """The coefficient of the leading power, in l or in the resource, with that power as envelope."""
    place = found.leading().order
    series, slow = replace(coefficient_of(found, place), whole=found.whole), found.slow_variable
    envelope = found.monomial_of(Bound(place))
    if slow.is_Symbol:
        return replace(series, variable=slow, envelope=envelope)
    return series.standing_for(slow, envelope)


def leading_form(found: Expansion) -> LeadingForm | None:
    """The canonical form of the leading term; None if it has power 0 and its series is a law by itself."""
    y, order = found.variable, found.leading().order
    if order == 0:
        return None
    series = leading_series(found)
    lead = series.leading()
    rate, gauge, growth = order, None, y
    if found.gauge is not None:
        # e = exp(-Gamma(y)): powers of exp(y^r) if Gamma = c y^r
        scale, growth = log(found.gauge).as_independent(y, as_Add=False)
        gauge, rate = exp(growth), rate * scale
    power = growth.as_base_exp()[1] if growth.is_Pow or growth == y else Integer(1)
    inner = -lead.order if found.gauge is None else normal(-lead.order / power)
    envelope = log(series.gauge or y) ** lead.log_power
    if not (growth.is_Pow or growth == y):
        inner, envelope = Integer(0), envelope * y**-lead.order
    relative = _relative(series, lead)
    bounds = [b.order * rate / order for b in found.remainder if b.order != order]
    return LeadingForm(
        gauge=gauge,
        exponent=together(rate),
        coefficient=lead.coefficient,
        log_power=inner,
        envelope=envelope,
        relative=relative,
        remainder=rate if relative is not None else Min(*map(together, bounds)) if bounds else oo,
    )


def _relative(series: Expansion, lead: Term) -> Expr | None:
    """What follows the leading term, over it, as an expression in the resource; None if nothing does."""
    rest = [t for t in series.terms if t is not lead]
    behind = [Bound(t.order, t.log_power) for t in rest] or list(series.remainder)
    if not behind:
        return None
    first = [b for b in behind if not any(series.ahead(c, b) for c in behind)]
    orders = [normal(b.order - lead.order) for b in first]
    if series.gauge is None and len(first) > 1:
        return series.variable ** -Min(*orders)
    if len(set(orders)) > 1:
        raise UnableError(f"the order of the correction is not decided between {first}; give numbers")
    x = series.variable if series.gauge is None else series.gauge
    logarithms = max(b.log_power for b in first) - lead.log_power
    return x ** -orders[0] * log(x) ** logarithms
