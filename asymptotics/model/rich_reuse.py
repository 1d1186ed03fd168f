"""Laws of what P samples change in the loss of features that move, to first order in 1/P.

Under their clock (`asymptotics.model.rich`) the lazy model leaves the share g of each mode, and samples that
are seen again act as `asymptotics.model.rich_shared` says. On a lazy loss ``C t^-s`` and ``sum lambda
e^-(lambda t) ~ E t^-q`` (``q = 1 - 1/b``) that is a power ``tau^-p``, ``p = s + q - 1``, and label noise
leaves ``sigma^2 sum (1 - g)^2``, a power with ``p = q - 1``. What they change in the train loss moves the
clock, by the same powers. Where the features tend to a scale, or grow as a logarithm, g is that of the lazy
model at ``tau``, and what the samples change is what they change there.

    expand_reuse     the law of a node `RichReuse`, by the signal
    expand_noise     the law of a node `RichNoise`, by label noise, per unit sigma^2
"""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr, Integer, Symbol, binomial, log

from asymptotics.domains.domain import normal
from asymptotics.errors import UnableError
from asymptotics.expansions.expansion import Expansion
from asymptotics.expansions.terms import Bound, Term
from asymptotics.model.expander import Expander, Found
from asymptotics.model.operators import RichNoise, RichReuse
from asymptotics.model.rich import LazyLoss, PowerClock, change_loss, respond_to_clock, solve_clock
from asymptotics.model.rich_constants import Grown
from asymptotics.model.rich_shared import Shared
from asymptotics.parsing.heights import to_power

ZERO = Integer(0)


def expand_reuse(found: Expander, node: RichReuse, x: Symbol) -> Found:
    """The rule for `RichReuse`: where features do not grow by powers, from what is changed when lazy."""
    loss, trace, train, test, _, richness = node.args
    lazy, clock, parts = solve_clock(found, loss, richness, x)
    if clock is None or clock.alpha == 0:
        part = found(test, x)
        series = _at_pace(lazy, clock, part.series) if clock else _at_logarithm(lazy, part.series)
        return Found(node=node, series=series, parts=(*parts, part))
    rates, change = found(trace, x), found(train, x)
    q, E = _read_rates(rates.series)
    p = normal(lazy.s + q - 1)
    B = sum(t.coefficient for t in change.series.terms if normal(t.order - p) == 0 and not any(t.logs))
    answer = lazy.C * E * Shared(lazy.s, q, clock.alpha) + respond_to_clock(lazy, clock, B, p)
    bounds = [*_behind(lazy, clock, rates.series, p), Bound(normal(1 + q))]
    others = (t for t in (*change.series.terms, *change.series.remainder) if normal(t.order - p) != 0)
    bounds += [Bound(t.order, t.log_power) for t in others]
    series = clock.expansion([clock.term(answer, p)], bounds)
    return Found(node=node, series=series, parts=(*parts, rates, change))


def expand_noise(found: Expander, node: RichNoise, x: Symbol) -> Found:
    """The rule for `RichNoise`: ``sum (1 - g)^2``, and what the labels' noise makes of the clock."""
    loss, trace, _, richness = node.args
    lazy, clock, parts = solve_clock(found, loss, richness, x)
    rates = found(trace, x)
    q, E = _read_rates(rates.series)
    p = normal(q - 1)
    if clock is None or clock.alpha == 0:
        bounds = [Bound(order) for order in (*_of_rates(rates.series, p), normal(p + 1 - q))]
        frozen = rates.series.with_terms([Term(E * Grown(q, ZERO, ZERO), p)], bounds)
        series = _at_pace(lazy, clock, frozen) if clock else _at_logarithm(lazy, frozen)
    else:
        # the train loss loses -sigma^2 df1/P, in time -E t^(1-q)/(1 - q)
        answer = E * Grown(q, clock.alpha, clock.alpha) + respond_to_clock(lazy, clock, -E / (1 - q), p)
        series = clock.expansion([clock.term(answer, p)], _behind(lazy, clock, rates.series, p))
    return Found(node=node, series=series, parts=(*parts, rates))


def _at_pace(lazy: LazyLoss, clock: PowerClock, change: Expansion) -> Expansion:
    """What changes at the time ``tau = k t``; ``tau`` itself by what is behind."""
    if not (change.in_powers and change.terms):
        raise _refuse(change)
    terms, late = [], [*(m for m, _ in clock.changes), *clock.bounds]
    bounds = [*change.remainder, Bound(lazy.s)]
    for one in change.terms:
        p, n = one.order, one.log_power
        bounds += [Bound(normal(p + m), n) for m in (*late, lazy.s - 1)]
        if one.loglog_power or not isinstance(n, int) or n < 0:
            bounds.append(Bound(p, n, one.loglog_power))
            continue
        scale = one.coefficient * to_power(clock.k, -p)
        terms += [Term(scale * binomial(n, i) * log(clock.k) ** (n - i), p, i) for i in range(n + 1)]
    return lazy.series.with_terms(terms, bounds)


def _at_logarithm(lazy: LazyLoss, change: Expansion) -> Expansion:
    _check_powers(change)
    doubled = [replace(t, coefficient=t.coefficient * 2**t.order) for t in change.terms]
    return change_loss(lazy, None, change.with_terms(doubled))


def _behind(lazy: LazyLoss, clock: PowerClock, rates: Expansion, p: Expr) -> list[Bound]:
    """What is smaller than ``tau^-p``, where features grow."""
    q, _ = _read_rates(rates)
    orders = [
        *(normal(order - lazy.s) for _, order in lazy.others),
        *(normal(b - lazy.s) for b in lazy.bounds),
    ]
    orders += [*(m for m, _ in clock.changes), normal(1 - q)]
    powers = [*(normal(p + m) for m in orders), *_of_rates(rates, p), normal(lazy.s + 4 * clock.alpha)]
    return [*clock.behind(p), *(Bound(m) for m in powers)]


def _of_rates(rates: Expansion, p: Expr) -> list[Expr]:
    first = rates.leading()
    orders = [t.order for t in rates.terms if t is not first] + [b.order for b in rates.remainder]
    return [normal(p + order - first.order) for order in orders]


def _read_rates(series: Expansion) -> tuple[Expr, Expr]:
    _check_powers(series)
    return series.leading().order, series.leading().coefficient


def _check_powers(series: Expansion) -> None:
    if series.leading_power() is None:
        raise _refuse(series)


def _refuse(series: Expansion) -> UnableError:
    return UnableError(
        f"what samples change in features that move is derived from powers of t; here it is {series!r}"
    )
