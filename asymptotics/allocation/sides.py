"""The programmes of one question: one, or two where modes grow with N, for a trace that converges or grows.

allocations_of    the terms of the loss and of the cost, on each part of the domain
domain_of         where there are laws for them
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sympy import Add, Expr, Integer, Symbol, oo

from asymptotics.allocation.flows import Flow, flows_of
from asymptotics.allocation.growing_trace import growing_terms, travelled
from asymptotics.allocation.loss_terms import loss_terms, stretch_of, trace_power, tune
from asymptotics.allocation.of_schedules import room, scheduled_terms
from asymptotics.allocation.phases import Allocation
from asymptotics.allocation.question import spending_of
from asymptotics.allocation.terms import STEPS, LossTerm
from asymptotics.domains.domain import Domain, normal, primitive
from asymptotics.errors import DomainError, UnableError
from asymptotics.hints import name_argument
from asymptotics.laws.derive import Laws
from asymptotics.model.features import LAZY, Features, check_features
from asymptotics.model.rules.base import TRAINING_RULES, Rule, numbers_of
from asymptotics.model.rules.gradient_flow import GradientFlow
from asymptotics.model.schedules.base import Schedule
from asymptotics.parsing.heights import substitute
from asymptotics.spectra import spectrum
from asymptotics.symbols import B, E, N, P, epochs, eta, h, t

ONE = Integer(1)
IN_EPOCHS = ((P, ONE), (B, -ONE))
"""``t = epochs P/B``, of which there is at least one step."""


def allocations_of(
    laws: Laws,
    cost: Expr,
    free: tuple[Symbol, ...],
    fixed: tuple[tuple[Symbol, Expr], ...],
    rule: Rule,
    schedule: Schedule | None = None,
    features: Features = LAZY,
) -> tuple[Allocation, ...]:
    """The programme of a question on each part of the domain; `DomainError` for a batch that is none.

    Of several with one domain that with the smallest loss counts.
    """
    growing = tuple(x for x, e in fixed if x != B or e != 0)
    present = (*free, *growing)
    if B in (*present, *(x for x, _ in fixed)):
        _check_batch(rule)
    if h in free:
        _check_fraction(rule)
    if laws.task.size is not None and laws.task.size not in present:
        laws = replace(laws, task=replace(laws.task, modes=oo))
    if laws.task.size not in (None, N):
        raise UnableError(f"budgets of modes = {laws.task.modes} are not derived; pass modes=oo, or r*N")
    choices = free if schedule is None else (*free, STEPS)
    spending = [spending_of(m, cost, choices, dict(fixed), laws) for m in Add.make_args(cost)]
    whole = domain_of(laws, rule)
    plain = Allocation(
        terms=(),
        spending=tuple(spending if schedule is None else (*spending, room(choices))),
        free=choices,
        fixed=tuple((x, e) for x, e in fixed if x in growing),
        trace_power=trace_power(laws) * (stretch_of(rule) if schedule is None else 1),
        domain=whole,
        whole=whole,
        given=spectrum(laws.task).domain,
        clock=epochs if epochs in present else t if schedule is None else STEPS,
        pace=IN_EPOCHS if epochs in present else (),
        limits=(((epochs, ONE), *IN_EPOCHS),) if epochs in present else (),
    )
    check_features(features)
    if features != LAZY:
        _check_moving(features, laws, present, rule)
        return tuple(_moving(plain, laws, present, flow) for flow in flows_of(laws, features))
    sides = _sides(laws, whole, rule)
    if len(sides) == 1:  # at b = 1 a part of the domain, where a rule has laws there alone
        plain = replace(plain, whole=sides[0][0])
    return tuple(
        _where_it_grows(replace(plain, domain=domain), laws, present, rule, schedule)
        if grows
        else _where_it_converges(replace(plain, domain=domain), laws, present, rule, schedule)
        for domain, grows in sides
    )


def _moving(plain: Allocation, laws: Laws, present: tuple[Symbol, ...], flow: Flow) -> Allocation:
    """The same for features that move."""
    return replace(
        plain,
        terms=loss_terms(laws, present, GradientFlow, flow),
        trace_power=normal(plain.trace_power * flow.stretch),
        domain=plain.domain.holding(*flow.domain.constraints),
        pace=flow.pace,
    )


def _check_moving(features: Features, laws: Laws, present: tuple[Symbol, ...], rule: Rule) -> None:
    """What is derived of features that move."""
    if rule != GradientFlow:
        raise UnableError(f"{features.title} have laws under gradient flow alone, not {rule.title}")
    if laws.task.size is not None:
        raise UnableError(f"{features.title} with modes = {laws.task.modes} are not derived; pass modes=oo")
    if features.power != 0 and N not in present:
        raise UnableError(
            f"gamma = {features.gamma} falls with N, which this budget leaves out; add N, or give a number"
        )
    if {t, E} <= set(present):
        raise UnableError(f"what E changes in the time law of {features.title} is not derived; leave it out")


def _terms(
    laws: Laws, present: tuple[Symbol, ...], rule: Rule, schedule: Schedule | None
) -> tuple[LossTerm, ...]:
    if schedule is not None:
        return scheduled_terms(laws, present, rule, schedule)
    found = loss_terms(laws, tuple(x for x in present if x != h), rule)
    return tune(found, rule, falls=laws.task.noise != 0) if h in present else found


def _where_it_converges(
    plain: Allocation, laws: Laws, present: tuple[Symbol, ...], rule: Rule, schedule: Schedule | None
) -> Allocation:
    """The same with the terms of infinitely many modes, of which the last ones may be missing."""
    terms = _terms(laws, present, rule, schedule)
    if h in present:
        plain = replace(plain, pace=((h, ONE),), largest=eta)
    if laws.task.size is None:
        return replace(plain, terms=terms)
    drifts = (normal(_decay(laws) - 1),) if rule.fresh else ()  # the last modes have that of the trace
    return replace(plain, terms=terms, drifts=drifts, ending=laws.task.size)


def _where_it_grows(
    plain: Allocation, laws: Laws, present: tuple[Symbol, ...], rule: Rule, schedule: Schedule | None
) -> Allocation:
    """The same with the terms of a trace that grows with N."""
    if schedule is not None:
        raise UnableError("schedules where the trace grows with N are not derived; leave the schedule out")
    terms, corrections = growing_terms(laws, present, rule, plain.domain)
    room_of_trace = normal(1 - _decay(laws))
    return replace(
        plain,
        terms=terms,
        corrections=corrections,
        pace=tuple((x, p) for x, p in travelled(laws, rule) if x != t),
        drifts=(ONE, room_of_trace) if rule.fresh else (ONE,),
        limits=(((B, -ONE), (h, -ONE), (N, room_of_trace)),) if B in present else (),
    )


def _decay(laws: Laws) -> Expr:
    scaling = spectrum(laws.task).scaling
    assert scaling is not None
    return scaling.decay


def _sides(laws: Laws, domain: Domain, rule: Rule) -> tuple[tuple[Domain, bool], ...]:
    """The parts of the domain where the trace converges, and where it grows with N.

    At b = 1 those on both sides of a - 1 = b; with noise of batches the one where the loss falls slowly.
    """
    series = spectrum(laws.task)
    scaling = series.scaling
    if scaling is None:
        return ((domain, False),)
    gap = normal(scaling.decay - 1)
    if domain.sign(gap) == 0:
        slow = normal(1 - series.target.abscissa)
        if domain.sign(slow) is not None:
            return ((domain, True),)
        return tuple((domain.holding(x), True) for x in ((slow,) if rule.fresh else (slow, -slow)))
    parts = ((domain.holding(gap), False), (domain.holding(-gap), True))
    return tuple((part, grows) for part, grows in parts if not part.is_empty())


def domain_of(laws: Laws, rule: Rule, numbers: Mapping[Symbol, Expr] = {}) -> Domain:
    """Where the task has all laws, and its target does not saturate the rule, with numbers for its letters.

    >>> from asymptotics import Nesterov, derive, power_law
    >>> domain_of(derive(power_law("a", "b")), Nesterov).conditions()
    (b > 1, a > 1, 2*a - 2 < b*delta)
    """
    found = spectrum(laws.task)
    bound = substitute(rule.saturation(), {**numbers_of(rule), **numbers})
    if bound == oo:
        return found.domain
    room = primitive(bound - found.target.abscissa, found.domain)
    if found.domain.sign(room) in (0, -1):
        raise UnableError(
            f"{rule.title} saturates at t**-{2 * bound}, and its loss swings; the target falls too fast "
            "for a law of it"
        )
    return found.domain.holding(room)


def _check_batch(rule: Rule) -> None:
    """The batch is a resource only of a rule that has one, and has not fixed it."""
    if B not in rule.parameters:
        others = [kind for kind in TRAINING_RULES.values() if B in kind.parameters]
        named = " or ".join(name_argument("rule", kind.__name__, kind.name) for kind in others)
        raise DomainError(f"a batch B changes nothing under {rule.title}; leave it out, or use {named}")
    if B in numbers_of(rule):
        raise DomainError(
            f"B = {numbers_of(rule)[B]} by rule = {rule}; leave B out of the budget, or pass the class"
        )


def _check_fraction(rule: Rule) -> None:
    """A step is tuned only by a rule that has a share of the largest one, and has not fixed it."""
    if h not in rule.shares():
        raise DomainError(
            f"h is no share of the largest step under {rule.title}; leave it out, or use OnePassSGD"
        )
    if numbers_of(rule):
        raise DomainError(f"h beside rule = {rule}, which has a step; leave h out, or pass the class")
