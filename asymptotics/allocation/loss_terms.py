"""The monomials in the resources whose largest is the loss, up to a constant: what an allocation balances.

Each is an end of a joint law of time and size. Before the crossover ``t ~ N^(1/r)`` (``df1 ~ kappa^-r``)
the loss is ``L(t)`` and what finite size adds; after it, the bottleneck of the size. With s the exponents
that may lead each law:

    t^-s               laws.time                      N^-q              laws.model
    N^-1 t^-p          laws.model_transient           P^-q              laws.data (noiseless)
    P^-1 t^-p          laws.data_transient            sigma^2 P^-1 t^r  laws.noise
    (eta/B) t^-p       noise of batches               N^-1 P^(1-q)      Xi(kappa(P)) P/(N - P), t = oo, P < N
    E^-1 V             laws.variance_model for E members, beside laws.bias_model

A transient ``N^-1 t^(r - s)`` is not a term of its own: it is ``t^-s`` times ``t^r/N``, smaller than
``t^-s`` before the crossover, and no longer there after it. It is told by its exponent. The noise stops
growing at the crossover; no allocation that pays for time goes beyond. At t = oo it is ``sigma^2 N/P``, which
beyond N = P no longer falls. On the clock of another rule the terms of gradient flow are those at pace t, and
the noise of batches divides every one of them by ``1 - K(0)`` (theory: `asymptotics.model.rule_laws`).

With the ridge rho chosen at each budget the noise falls at any N. Far above ``N^-b`` and ``P^-b`` kappa is
rho, and the terms are those of `model.equations.static_terms`, powers of rho; a ridge of that order changes
no exponent there, and the laws of N and of P alone bound what a smaller one leaves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import product

from sympy import Expr, Integer, Min, Mul, Symbol, fraction, limit, oo, together
from sympy.core.function import AppliedUndef

from asymptotics.allocation.flows import LAZY_FLOW, Flow
from asymptotics.allocation.of_epochs import write_in_epochs, written_with_time
from asymptotics.allocation.terms import LossTerm, terms_of_law
from asymptotics.domains.domain import normal, primitive
from asymptotics.errors import UnableError
from asymptotics.expansions.tidying import tidy
from asymptotics.laws.derive import Laws
from asymptotics.model.beyond_spectrum import feedback
from asymptotics.model.equations import static_terms
from asymptotics.model.expand import expand, with_noise
from asymptotics.model.rules.base import Rule, kind_of, numbers_of
from asymptotics.model.sums import df1, expand_sum
from asymptotics.parsing.heights import substitute
from asymptotics.spectra import spectrum
from asymptotics.sums.convergent import convergent_sum
from asymptotics.sums.indexed import IndexedSum
from asymptotics.symbols import B, E, N, P, epochs, eta, h, kappa, rho, t

SPENDABLE = (t, N, P, B, E, epochs)
"""What a budget can be spent on."""
CHOSEN = (rho, h)
"""What is chosen at each budget without a price: a ridge, and the step as a share of the largest one."""


def loss_terms(
    laws: Laws, resources: tuple[Symbol, ...], rule: Rule, flow: Flow = LAZY_FLOW
) -> tuple[LossTerm, ...]:
    """The monomials of the loss in the resources that are finite (all others are infinite).

    The ``flow`` says which laws of time stand for the features.
    Raises `UnableError` for combinations whose joint law is not known.
    """
    if epochs in resources:
        batch = None if B in resources else numbers_of(rule).get(B, B)
        known = loss_terms(laws, written_with_time(resources, rule), rule, flow)
        return tuple(write_in_epochs(x, batch) for x in known)
    if E in resources and (P in resources or rule.fresh or rule.resamples):
        raise UnableError(
            "the loss of E members is known at P = oo without the noise of batches; leave out E, or P and "
            f"{rule.title}"
        )
    if P in resources and rule.fresh:
        raise UnableError(
            f"{rule.title} sees no sample twice: its samples are B*t; leave out P, or take another rule"
        )
    if {E, P} & set(resources) and rule.saturation() != oo:
        raise UnableError(
            f"how {rule.title} learns from finitely many samples, or in ensembles, has no law yet; leave "
            "out P and E"
        )
    if rho in resources:
        _check_ridge(laws, resources)
    numbers = numbers_of(rule)
    found: dict[tuple[tuple[Symbol, Expr], ...], LossTerm] = {}
    for term in _terms(laws, frozenset(resources), rule, flow):
        key = tuple(sorted(((x, p) for x, p in term.powers if p != 0), key=lambda pair: pair[0].name))
        if key not in found or term.log_power > found[key].log_power:
            found[key] = replace(term, powers=key, coefficient=substitute(term.coefficient, numbers))
    return tuple(found.values())


def _check_ridge(laws: Laws, resources: tuple[Symbol, ...]) -> None:
    if t in resources or P not in resources:
        why = "training time regularises as a ridge does" if t in resources else "it fits no noise"
        raise UnableError(
            f"a ridge is chosen at t = oo for finitely many samples, with P and without t: else {why}; "
            "leave out rho"
        )
    if laws.task.noise == 0:
        raise UnableError(
            "without label noise the best ridge is a fixed multiple of P^-b, or of N^-b, and changes no "
            "exponent; leave out rho, or give the task a noise"
        )


def trace_power(laws: Laws) -> Expr:
    """r in ``df1 ~ kappa^-r``: the crossover is at ``t ~ size^(1/r)``; with a white part at ``t ~ size``."""
    if laws.student.white_noise() != 0:
        return Integer(1)
    series = spectrum(laws.task)
    if series.scaling is not None:
        return normal(1 / series.scaling.decay)
    return together(-expand_sum(df1, series, 2).leading().order)


def _terms(laws: Laws, present: frozenset[Symbol], rule: Rule, flow: Flow) -> Iterator[LossTerm]:
    settled = replace(laws.task, modes=oo) if laws.task.size else laws.task
    share = 1 / (1 - feedback(kind_of(rule), spectrum(settled))) if B not in present else Integer(1)
    for term in _flow_terms(laws, present, flow):
        found = _on_clock(term, rule, share)
        if rule.noise_law and t in present and laws.student.white_noise() == 0:
            # the kernel of the noise tends to its end as zeta df1
            late = normal(1 - trace_power(laws))
            found = replace(found, gap=Min(found.gap, late)) if found.variable == t else found
        yield found
    if rule.noise_law and t in present:
        yield from _in_batch(terms_of_law(getattr(laws, rule.noise_law)), present)


def tune(terms: tuple[LossTerm, ...], rule: Rule, *, falls: bool) -> tuple[LossTerm, ...]:
    """The terms for a step that is a share h of the largest one, where that is a constant.

    Gradient flow gets as far as h t, and the noise of batches is of first order in h at the same time. Where
    h ``falls`` with the budget that is all, and coefficients are those of steps h.
    """
    found = []
    for term in terms:
        power = normal(term.power(t) - (1 if term.law == rule.noise_law else 0))
        coefficient = _of_small_steps(term.coefficient) if falls else term.coefficient
        found.append(replace(term, powers=(*term.powers, (h, power)), coefficient=coefficient))
    return tuple(found)


def _of_small_steps(coefficient: Expr) -> Expr:
    """The leading term of a product for eta -> 0, without its power of eta."""
    sums = {
        x: convergent_sum(x.args[0].xreplace({eta: Integer(0)}), x.args[1])
        for x in coefficient.atoms(IndexedSum)
    }
    parts = (x for x in Mul.make_args(coefficient.xreplace(sums)) if x.as_base_exp()[0] != eta)
    return tidy(Mul(*parts).xreplace({eta: Integer(0)}))


def stretch_of(rule: Rule) -> Expr:
    """r where gradient flow's ``t^-q`` is the rule's ``t^(-r q)``."""
    return substitute(rule.of_flow(Integer(1))[1], numbers_of(rule))


def _on_clock(term: LossTerm, rule: Rule, share: Expr) -> LossTerm:
    """A term of gradient flow as the rule has it, where it does not saturate before."""
    factor, power = (substitute(x, numbers_of(rule)) for x in rule.of_flow(term.power(t)))
    bound, stretch = rule.saturation(), stretch_of(rule)
    return replace(
        term,
        powers=tuple((x, power if x == t else p) for x, p in term.powers),
        coefficient=term.coefficient * share * factor,
        gap=stretch * term.gap if term.variable == t else term.gap,
        domain=term.domain if bound == oo else term.domain.holding(primitive(bound - term.power(t))),
    )


def _flow_terms(laws: Laws, present: frozenset[Symbol], flow: Flow) -> Iterator[LossTerm]:
    """The terms of gradient flow, in its own time."""
    clean = replace(laws, task=replace(laws.task, noise=Integer(0)))
    if t in present:
        yield from flow.of_time(clean)
    if N in present:
        yield from _model_terms(clean, present, flow)
    if P in present:
        yield from _data_terms(laws, clean, present, flow)
    if {N, P} <= present:
        yield from _terms_of_both(clean)


def _model_terms(laws: Laws, present: frozenset[Symbol], flow: Flow) -> Iterator[LossTerm]:
    r = trace_power(laws) * flow.stretch
    if E not in present:
        yield from terms_of_law(laws.model)
        if t in present:
            yield from _own(flow.of_time(laws), flow.of_transient(laws), r, N)
        return
    yield from terms_of_law(laws.bias_model)
    for term in terms_of_law(laws.variance_model):
        yield replace(term, powers=(*term.powers, (E, Integer(1))))
    if t in present:
        for term in _own(flow.of_time(laws), flow.of_transient(laws), r, N):
            yield replace(term, powers=(*term.powers, (E, Integer(1))))
            # the mean of every mode carries the transient once, so the squared mean carries its square
            square = tuple((x, 2 * p) for x, p in term.powers)
            # (its coefficient is not derived: oo, which refuses to be used)
            yield replace(term, powers=square, coefficient=oo, gap=oo, law="bias_model")


def _data_terms(laws: Laws, clean: Laws, present: frozenset[Symbol], flow: Flow) -> Iterator[LossTerm]:
    yield from terms_of_law(clean.data)
    if t in present:
        yield from _own(flow.of_time(clean), flow.of_data(clean), trace_power(clean) * flow.stretch, P)
    if laws.task.noise != 0:
        if t in present:
            yield from (_with_size(x, P) for x in flow.of_noise(laws))
        elif rho in present:
            yield from _ridge_terms(laws, present)
        elif N in present:
            powers = ((P, Integer(1)), (N, Integer(-1)))  # beyond N = P it no longer falls
            yield LossTerm(powers=powers, coefficient=laws.task.noise**2, law="data", variable=P)
        else:
            yield from terms_of_law(laws.data)


def _ridge_terms(laws: Laws, present: frozenset[Symbol]) -> Iterator[LossTerm]:
    """The terms in powers of ``rho ~ kappa``, with orders of kappa that may lead."""
    base = spectrum(laws.task)
    for name, term in static_terms(laws.student).items():
        here = with_noise(term, laws.task)
        sizes, sums = here.as_independent(AppliedUndef, as_Add=False)
        if here == 0 or not sizes.free_symbols & {N, P} <= present:
            continue
        held = tuple((x, -sizes.as_coeff_exponent(x)[1]) for x in (N, P))
        constant = sizes.subs({N: 1, P: 1})
        series = expand(sums, base, kappa, 3).series
        for one in series.candidates():
            others = [*(x.order for x in series.terms if x is not one), *(x.order for x in series.bounds())]
            yield LossTerm(
                powers=((rho, -one.order), *held),
                coefficient=tidy(constant * one.coefficient),
                law=name,
                variable=rho,
                log_power=one.log_power,
                gap=Min(*(normal(order - one.order) for order in others)),
                domain=base.domain,
            )


def _terms_of_both(laws: Laws) -> Iterator[LossTerm]:
    """``Xi(kappa) P/(N - P)`` with ``df1(kappa) = P``: the model's law in P, times P/N.

    Where the data law has the same power it is P/N times that, and no term of its own. Raises `UnableError`
    where the model law falls faster than the data law, as of the first N modes: those have no data law at
    N < P, so that the loss is not the largest of its terms.
    """
    for ours, theirs in product(laws.model.regimes, laws.data.regimes):
        both = ours.domain.holding(*theirs.domain.constraints)
        apart = normal(ours.exponent - theirs.exponent)
        if not both.is_empty() and both.sign(apart) == 1:
            raise UnableError(
                f"N and P of {laws.student.title} are split only where the loss falls no faster in N than in "
                f"P, here by {apart}; give numbers for which it does not"
            )
    data = {term.power(P): term.log_power for term in terms_of_law(laws.data)}
    for term in terms_of_law(laws.model):
        q = term.power(N)
        if q not in data or term.log_power > data[q]:
            yield replace(term, powers=((N, Integer(1)), (P, normal(q - 1))), variable=P)


def _own(
    time: Iterable[LossTerm], transient: Iterable[LossTerm], r: Expr, size: Symbol
) -> Iterator[LossTerm]:
    """The terms of a transient in 1/size that are not corrections ``t^r/size`` of a term of the time law."""
    clean = {normal(x.power(t)): x.log_power for x in time}
    for term in transient:
        corrected = clean.get(normal(term.power(t) + r))
        if corrected is None or term.log_power > corrected:
            yield _with_size(term, size)


def _with_size(term: LossTerm, size: Symbol) -> LossTerm:
    return replace(term, powers=(*term.powers, (size, Integer(1))), coefficient=tidy(term.coefficient * size))


def _in_batch(terms: Iterator[LossTerm], present: frozenset[Symbol]) -> Iterator[LossTerm]:
    """Terms of SGD's noise; with B among the resources, by their leading power of 1/B."""
    for term in terms:
        if B not in present:
            yield term
            continue
        numerator, denominator = fraction(together(_large_batches(term.coefficient)))
        top, bottom = _lead(numerator), _lead(denominator)
        yield replace(
            term,
            powers=(*term.powers, (B, Integer(bottom[0] - top[0]))),
            coefficient=tidy(top[1] / bottom[1]),
        )


def _large_batches(coefficient: Expr) -> Expr:
    """The coefficient with B -> oo in its sums over modes, which stay finite."""
    sums = (x for x in coefficient.atoms(IndexedSum) if x.has(B))
    return coefficient.xreplace({x: x.func(limit(x.args[0], B, oo), *x.args[1:]) for x in sums})


def _lead(expression: Expr) -> tuple[int, Expr]:
    """Degree in B and the coefficient of that power."""
    polynomial = expression.as_poly(B)
    if polynomial is None:
        raise UnableError(f"{expression} is not a polynomial in B; hold B fixed")
    return polynomial.degree(), polynomial.LC()
