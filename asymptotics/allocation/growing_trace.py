"""The terms of the loss where modes grow with N and the trace of the kernel with them: ``M = r N``, b < 1.

Until the crossover ``T ~ N^b`` the loss is a sum of products of powers (`model.early_times`), after it the
bottleneck of the size. One-pass SGD is stable for a step ``eta = 2 h B/Tr``, so that n steps reach

    C T = 2 eta C n = 4 h B n/(tau N^(1-b)),

each term with its own power of h. At b = 1 the trace is ``C log(N)``, and the kernel of the noise, ``h/(T
log(N))``, has the same mass in every decade of time: at ``T = N^q`` it divides a loss that falls more slowly
than 1/T by ``1 - h q``. A loss that falls faster is that of the noise of its first steps, or of the last
modes, ``log(N/T)/N``: both are balanced at an N/T that is a power of log(N), whose logarithm is no power of
log(C). Label noise adds ``sigma^2 h q``, larger than that of the first steps, and T is a power of N again.

A term that another is never smaller than, for ``1 <= T <= N^b`` and ``h <= 1``, is no phase; by how much it
is smaller is how fast the law is approached.

    growing_terms    the terms that may lead, and the corrections to them
    travelled        the powers of resources in T
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from sympy import Expr, Integer, Symbol, oo

from asymptotics.allocation.terms import LossTerm, terms_of_law
from asymptotics.domains.domain import Domain, normal
from asymptotics.errors import UnableError
from asymptotics.expansions.tidying import tidy
from asymptotics.hints import name_argument
from asymptotics.laws.derive import Laws
from asymptotics.model.early_times import EarlyTerm, early_terms, leading_terms, trace_scale
from asymptotics.model.rules.base import Rule, numbers_of
from asymptotics.parsing.heights import substitute, to_power
from asymptotics.spectra import SpectralSeries, spectrum
from asymptotics.symbols import B, E, N, P, eta, h, rho, t

ONE = Integer(1)


def growing_terms(
    laws: Laws, present: tuple[Symbol, ...], rule: Rule, domain: Domain
) -> tuple[tuple[LossTerm, ...], tuple[LossTerm, ...]]:
    """Terms and corrections on a domain with b < 1.

    Raises `UnableError` for resources and rules whose joint law is not known there.
    """
    _check(laws, present, rule)
    series = replace(spectrum(laws.task), domain=domain)
    scaling = series.scaling
    assert scaling is not None
    numbers = numbers_of(rule)
    late = [
        replace(x, coefficient=substitute(x.coefficient / (1 - h if rule.fresh else 1), numbers))
        for x in terms_of_law(laws.model)
    ]
    if t not in present:
        return tuple(late), ()
    clock = dict(travelled(laws, rule))
    if scaling.decay == 1:
        _check_slow_trace(series, present, rule)
    if scaling.decay == 1 and rule.fresh:
        return (*_at_slow_trace(series, clock, present, numbers), *late), ()
    rate = 4 / trace_scale(scaling) if rule.fresh else 2 * scaling.scale * rule.pace()
    # label noise begins at the first modes, whose part of the trace falls behind as a power of T alone
    drifts = 1 if series.task.noise != 0 and rule.fresh else 0
    found = early_terms(series, shares=2 if rule.fresh else 0, drifts=drifts)
    kept = leading_terms(found, series, tuned=h in present)

    def written(terms: Iterable[EarlyTerm]) -> tuple[LossTerm, ...]:
        parts = (_written(x, clock, scaling.decay, rate, present) for x in terms)
        return tuple(_added_up([_on_clock(x, rule) for x in parts]))

    leading = tuple(replace(x, coefficient=tidy(substitute(x.coefficient, numbers))) for x in written(kept))
    others = written(x for x in found if x not in kept)  # of these the powers alone count
    known = {frozenset(x.powers) for x in leading}
    late = [x for x in late if frozenset(x.powers) not in known]
    return (*leading, *late), tuple(x for x in others if frozenset(x.powers) not in known)


def _check_slow_trace(series: SpectralSeries, present: tuple[Symbol, ...], rule: Rule) -> None:
    """At b = 1 a loss whose split has powers of log(log(C)) is refused."""
    if B in present:
        raise UnableError("b = 1: the batch as a resource is not derived; hold B fixed")
    sign = series.domain.sign(1 - series.target.abscissa)
    noisy = rule.fresh and series.task.noise != 0
    if noisy and h not in present:
        raise UnableError(
            f"b = 1, noise = {series.task.noise}: at a constant share h of the largest step the noise falls "
            "as log(T)/log(N), so that the best loss is no power of C; free h, or leave label noise out"
        )
    if sign == 1 or (sign == -1 and (noisy or not rule.fresh)):
        return
    why = "a - 1 = b" if sign == 0 else "a - 1 > b"
    raise UnableError(
        f"b = 1: the trace grows as log(N), and where {why} the best split with {rule.title} has powers of "
        "log(log(C)); not derived; take b below or above 1, or a < 2"
    )


def _at_slow_trace(
    series: SpectralSeries,
    clock: Mapping[Symbol, Expr],
    present: tuple[Symbol, ...],
    numbers: Mapping[Symbol, Expr],
) -> Iterator[LossTerm]:
    """Terms of gradient flow with ``C T = 4 h B n/log(N)``, and the noise that is fed back.

    A loss that falls more slowly than the noise is divided by ``1 - h`` at the crossover. Label noise is
    ``sigma^2 h log(T)/log(N)``, a constant times h where T is a power of N; with it h falls.
    """
    noise = series.task.noise**2
    terms = early_terms(series, shares=0)
    kept = leading_terms(terms, series) if noise != 0 else [x for x in terms if x.size == 0][:1]
    fed = Integer(1) if noise != 0 else 1 - h
    for one in (_written(x, clock, ONE, Integer(4), present) for x in kept):
        yield replace(
            one,
            coefficient=substitute(tidy(one.coefficient / fed), numbers),
            log_power=one.log_power + one.power(t),
        )
    if noise != 0:
        yield LossTerm(powers=((h, -ONE),), coefficient=oo, law="early times", variable=N)


def travelled(laws: Laws, rule: Rule) -> tuple[tuple[Symbol, Expr], ...]:
    """``T ~ prod x^power``: how far gradient flow has got, in powers of the resources."""
    scaling = spectrum(laws.task).scaling
    assert scaling is not None
    if not rule.fresh:
        return ((t, ONE),)
    return ((t, ONE), (B, ONE), (h, ONE), (N, scaling.decay - 1))


def _check(laws: Laws, present: tuple[Symbol, ...], rule: Rule) -> None:
    if unknown := [x for x in present if x in (P, E, rho)]:
        raise UnableError(
            f"{unknown[0]} beside modes = {laws.task.modes}, whose trace grows, has no joint law yet; leave "
            "it out"
        )
    if eta in numbers_of(rule) and rule.fresh:
        raise UnableError(
            f"rule = {rule}: where the trace grows with N no fixed step is stable; pass "
            f"{name_argument('fraction', 'h')} of the largest step, or the class"
        )
    if rule.fresh and h not in rule.shares():
        raise UnableError(f"{rule.title} where the trace grows with N is not derived; pass OnePassSGD")
    if not rule.fresh and rule.saturation() != oo:
        raise UnableError(f"{rule.title} where the trace grows with N is not derived; pass GradientFlow")


def _written(
    term: EarlyTerm, clock: Mapping[Symbol, Expr], decay: Expr, rate: Expr, present: tuple[Symbol, ...]
) -> LossTerm:
    """The term in powers of the resources; what is held fixed goes to the coefficient."""
    powers = {x: term.time * p for x, p in clock.items()}
    powers[N] = powers.get(N, Integer(0)) + term.size
    scale = {**clock, N: clock.get(N, Integer(0)) - decay} if term.log_time and not term.log_size else {}
    if h in clock:
        powers[h] -= term.share
    coefficient = term.coefficient * to_power(rate, -term.time)
    for x in [x for x in powers if x not in present]:
        coefficient *= to_power(x, -powers.pop(x))
    return LossTerm(
        powers=tuple(sorted(((x, normal(p)) for x, p in powers.items() if normal(p) != 0), key=str)),
        coefficient=coefficient,
        law="early times",
        variable=N,
        log_power=term.log_time + term.log_size,
        scale=tuple((x, p) for x, p in scale.items() if x in present),
    )


def _on_clock(term: LossTerm, rule: Rule) -> LossTerm:
    """A term of gradient flow as a rule of another clock has it; one without t stays."""
    power = term.power(t)
    if rule.fresh or power == 0 or rule.of_flow(ONE)[1] == 1:
        return term
    factor, other = (substitute(x, numbers_of(rule)) for x in rule.of_flow(power))
    powers = tuple((x, normal(other) if x == t else p) for x, p in term.powers)
    stretch = substitute(rule.of_flow(ONE)[1], numbers_of(rule))
    scale = tuple((x, p * stretch if x == t else p) for x, p in term.scale)
    return replace(term, powers=powers, coefficient=term.coefficient * factor, scale=scale)


def _added_up(terms: Iterable[LossTerm]) -> Iterable[LossTerm]:
    """One term for each product of powers: the highest logarithm of it, coefficients added."""
    found: dict[tuple[tuple[Symbol, Expr], ...], LossTerm] = {}
    for term in terms:
        known = found.get(term.powers)
        if known is None or term.log_power > known.log_power:
            found[term.powers] = term
        elif term.log_power == known.log_power:
            both = () if () in (known.scale, term.scale) else known.scale
            found[term.powers] = replace(known, coefficient=known.coefficient + term.coefficient, scale=both)
    return found.values()
