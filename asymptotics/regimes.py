"""Which term of an expansion leads where: regimes, and the boundaries between them.

A regime is a strict order of exponents: the part of the task's domain on which one term of an
expansion is ahead of all others. Where two exponents meet, the coefficients diverge and the
expansion is derived again on the boundary, where double poles give logarithms.

    find_regimes    the regimes of an expansion, and their boundaries
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import combinations

from sympy import And, Eq, Expr, Max, Min, Symbol, oo, powsimp, together
from sympy.logic.boolalg import Boolean

from asymptotics.domains.domain import (
    Domain,
    as_condition,
    primitive,
    reduce_condition,
    solutions,
)
from asymptotics.errors import DomainError, TooShort, UnableError
from asymptotics.expansions.expansion import Expansion
from asymptotics.expansions.oscillation import Oscillation
from asymptotics.expansions.slow import leading_form, leading_series
from asymptotics.expansions.terms import Bound, Term
from asymptotics.expansions.tidying import positive, tidy
from asymptotics.expansions.vanishing import Zeros, zero_curves
from asymptotics.regime import NOT_EXCLUDED, Regime
from asymptotics.tailed import Tailed


class Vanishing(UnableError):
    """An expansion without terms."""


Formula = Callable[[dict[Symbol, Expr], int], Expansion]
"""``formula(table, depth)``: the expansion of a quantity after the substitutions in ``table``."""

MAX_DEPTH = 9
SLOW_DEPTH = 3
"""Slow coefficients whose leading terms cancel are looked at one order further than this."""
WHOLE = "for whole numbers; between them the law oscillates"


def find_regimes(formula: Formula, domain: Domain) -> Tailed[Regime]:
    """The regimes of an expansion on ``domain``: open ones, then lines, which are derived when asked for."""
    series, _ = _settle(formula, {}, domain)
    candidates = series.candidates()
    found = tuple(_open(formula, candidates, domain))

    def lines() -> Iterator[Regime]:
        for _, region, curves in found:
            for curve in curves:
                yield from _on_curve(formula, curve, region, domain)
        yield from _boundaries(formula, candidates, domain)

    return Tailed(tuple(regime for parts, _, _ in found for regime in parts), lines)


def _expand(
    formula: Formula, table: dict[Symbol, Expr], domain: Domain, depth: int
) -> tuple[Expansion, tuple[Term, ...]]:
    """The expansion without terms that vanish, and those that are taken as zeros without proof."""
    return formula(table, depth).within(domain).without_zeros()


def _settle(
    formula: Formula, table: dict[Symbol, Expr], domain: Domain
) -> tuple[Expansion, tuple[Term, ...]]:
    """The expansion on ``domain``, deep enough that no remainder can lead."""
    left: list[tuple[Bound, ...]] = []
    for depth in range(2, MAX_DEPTH):
        series, doubtful = _expand(formula, table, domain, depth)
        left.append(series.remainder)
        first = series.candidates()
        if first and all(any(series.ahead(t, b) for t in first) for b in series.remainder):
            return series, doubtful
        if depth > SLOW_DEPTH and (series.is_slow or (not series.terms and left[-1] == left[-2])):
            break
    ends = {tuple(b.order for b in bounds) for bounds in left}
    if not series.terms and series.remainder and len(ends) == 1:
        end = series.monomial_of(series.remainder[0])
        raise TooShort(
            f"no term is known before O({end}), however many orders of the spectral sums are taken"
        )
    if not series.terms:
        raise Vanishing(
            f"every power of {series.variable} vanishes: what is left falls faster than all, or is 0"
        )
    raise UnableError(
        f"no term is shown to lead the remainder to depth {MAX_DEPTH}; the expansion is {series!r}"
    )


def _open(
    formula: Formula, candidates: tuple[Term, ...], domain: Domain
) -> Iterator[tuple[tuple[Regime, ...], Domain, tuple[Expr, ...]]]:
    """Where each term leads, with its regimes and the curves between them."""
    for term in candidates:
        others = [
            primitive(other.order - term.order, domain) for other in candidates if other.order != term.order
        ]
        region = domain.holding(*domain.reduce(others))
        if region.is_empty():
            continue
        whole = _regime(formula, {}, region, _condition(region, domain))
        curves = _zeros(whole.prefactor, region).curves
        parts = [whole]
        if curves:
            sides = [(reduce_condition(_condition(p, domain), domain), p) for p in _parts(region, curves)]
            parts = [replace(whole, condition=where, domain=p) for where, p in sides]
        yield tuple(parts), region, curves


def _condition(region: Domain, domain: Domain) -> Boolean:
    return And(*(as_condition(c) for c in region.constraints if c not in domain.constraints))


def _parts(region: Domain, curves: tuple[Expr, ...]) -> Iterator[Domain]:
    """The parts of a region between the curves on which the leading coefficient vanishes."""
    if not curves:
        yield region
        return
    for sign in (1, -1):
        part = region.holding(sign * curves[0])
        if not part.is_empty():
            yield from _parts(part, curves[1:])


def _on_curve(formula: Formula, curve: Expr, region: Domain, domain: Domain) -> Iterator[Regime]:
    """The laws where the coefficient that leads around it vanishes: those of the next terms."""
    for symbol, value in solutions(curve):
        edge = region.substitute({symbol: value})
        meeting = as_condition(curve)
        rest = (as_condition(c) for c in region.constraints if c not in domain.constraints)
        here = And(Eq(meeting.lhs, meeting.rhs), *rest)
        try:
            found = find_regimes(partial(_substitute, formula, symbol, value), edge).whole()
        except Vanishing:
            continue  # on the curve it has no term at all
        for regime in found:
            yield replace(regime, condition=reduce_condition(And(here, regime.condition), domain))


def _substitute(
    formula: Formula, symbol: Symbol, value: Expr, table: dict[Symbol, Expr], depth: int
) -> Expansion:
    return formula({symbol: value.xreplace(table), **table}, depth)


def _boundaries(formula: Formula, candidates: tuple[Term, ...], domain: Domain) -> Iterator[Regime]:
    orders = list(dict.fromkeys(t.order for t in candidates))
    for first, second in combinations(orders, 2):
        for symbol, value in solutions(primitive(first - second, domain)):
            table = {symbol: value}
            try:
                edge = domain.substitute(table)
            except DomainError:
                continue
            rest = (p for p in orders if p not in (first, second))
            others = [primitive((p - first).xreplace(table), edge) for p in rest]
            before, edge = edge, edge.holding(*others)
            if edge.is_empty():
                continue
            meeting = as_condition(primitive(second - first, domain))
            extra = (as_condition(c) for c in before.reduce(others) if not domain.positive(c))
            try:
                yield _regime(formula, table, edge, And(Eq(meeting.lhs, meeting.rhs), *extra))
            except UnableError:
                # slow coefficients that meet may leave a constant or a growing function of log x, as further
                # parameters say: such a line is derived with numbers (`Law.at` says so)
                if not formula(table, 2).is_slow:
                    raise


def _regime(formula: Formula, table: dict[Symbol, Expr], domain: Domain, condition: Boolean) -> Regime:
    series, doubtful = _settle(formula, table, domain)
    if series.is_slow:
        form = leading_form(series)
        if form is not None:
            prefactor = positive(powsimp(tidy(powsimp(form.coefficient))))
            return Regime(
                condition=condition,
                exponent=form.exponent,
                prefactor=prefactor,
                log_power=form.log_power,
                remainder=form.remainder,
                domain=domain,
                gauge=form.gauge,
                envelope=form.envelope,
                relative=form.relative,
                doubt=_doubt(series, prefactor, doubtful),
            )

        def inner(values: dict[Symbol, Expr], depth: int) -> Expansion:
            return leading_series(formula(values, depth).within(domain))

        return _regime(inner, table, domain, condition)
    for depth in range(3, MAX_DEPTH):
        first = series.candidates()
        if len(first) != 1:
            raise UnableError(
                f"the leading term where {condition} is not decided between exponents "
                + ", ".join(str(t.order) for t in first)
            )
        rest = [t for t in series.terms if t != first[0]]
        if rest or not series.remainder:
            break
        bounds = series.remainder
        series, doubtful = _expand(formula, table, domain, depth)
        if series.remainder == bounds:
            break  # a bound that no depth moves
    prefactor = tidy(first[0].coefficient)
    next_terms = replace(series, terms=tuple(rest)).candidates()
    behind: list[Term | Bound] = [*next_terms]
    behind += [b for b in series.remainder if not any(series.ahead(t, b) for t in next_terms)]
    logs: dict[Expr, Expr] = {}
    for one in behind:
        power = together(one.order)
        logs[power] = Max(logs.get(power, -oo), one.log_power)
    return Regime(
        condition=condition,
        exponent=together(first[0].order),
        prefactor=prefactor,
        log_power=first[0].log_power,
        remainder=Min(*logs, evaluate=False) if logs else oo,
        behind=tuple(logs.items()) if all(b.loglog_power == 0 for b in behind) else (),
        doubt=_doubt(series, prefactor, doubtful),
        domain=domain,
        gauge=series.gauge,
        envelope=series.envelope,
    )


def _doubt(series: Expansion, prefactor: Expr, doubtful: tuple[Term, ...]) -> str:
    """What is not proved: that the prefactor has no further zeros, or that terms taken as 0 are 0."""
    if series.whole:
        return WHOLE
    if doubtful:
        shown = ", ".join(str(series.monomial_of(t)) for t in doubtful)
        return f"the coefficient of {shown} is 0 to 200 digits and taken as 0"
    parameters = set().union(*(c.free_symbols for c in series.domain.constraints))
    if not prefactor.free_symbols & parameters or _zeros(prefactor, series.domain).complete:
        return ""  # numbers are decided by balls
    return NOT_EXCLUDED


def _zeros(prefactor: Expr, domain: Domain) -> Zeros:
    """The zeros of a prefactor in the parameters; one that oscillates vanishes at some resources alone."""
    if prefactor.has(Oscillation):
        return Zeros(curves=(), complete=True)
    found = zero_curves(prefactor, domain)
    parameters = set().union(*(c.free_symbols for c in domain.constraints))
    curves = tuple(c for c in found.curves if c.free_symbols <= parameters)
    # On a curve in eta, B or sigma the task stays the same, so that it is stated as a doubt.
    return Zeros(curves=curves, complete=found.complete and curves == found.curves)
