"""Budgets of one-pass SGD with a schedule: how far to go in T steps is one more choice, beside N and T.

With label noise sigma the loss at the end is, to first order in the steps,

    L(N, X) + (sigma^2/(B T)) H(X),    X = eta T <= T,

L that of gradient flow at ``(int f) X``, H the noise that a schedule leaves at its end (`model.scheduling`).
X stands among the resources, without a price: the noise grows with it. Steps that are stable do not grow
with the budget, so that X is at most T. At the crossover ``X ~ N^(1/r)`` nothing is left to learn.

    scheduled_terms    the monomials of the loss in N, X and T
    told_of            rule, schedule and noise in words
    room               ``X <= T`` as a row of the programme
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sympy import Expr, Integer, Symbol, oo

from asymptotics.allocation.loss_terms import loss_terms
from asymptotics.allocation.phases import Spending
from asymptotics.allocation.terms import STEPS, LossTerm
from asymptotics.domains.domain import normal
from asymptotics.errors import DomainError, UnableError
from asymptotics.expansions.tidying import tidy
from asymptotics.laws.derive import Laws
from asymptotics.model.expand import expand
from asymptotics.model.moments import whole
from asymptotics.model.quantities_of_schedules import BEST, growing_of, shape_of
from asymptotics.model.rules.base import Rule, numbers_of
from asymptotics.model.rules.gradient_flow import GradientFlow
from asymptotics.model.schedules.base import Schedule, as_schedule
from asymptotics.parsing.heights import substitute, to_power
from asymptotics.spectra import spectrum
from asymptotics.symbols import B, E, P, sigma, t

ASSUMED = (
    f"label noise {sigma} > 0 is assumed: for noise = 0, that of the task, no budget of a schedule is derived"
)
"""What is told first of a task without label noise."""


def schedule_of(rule: Rule, schedule: object) -> Schedule | None:
    """The schedule that is meant, or that of the rule; None for equal steps of a given size."""
    if schedule is not None:
        return as_schedule(schedule)
    return None if isinstance(rule, type) or not rule.scheduled else getattr(rule, "schedule", None)


def told_of(rule: Rule, schedule: Schedule | None) -> str:
    """What a budget with a schedule takes for granted, in words; none without one.

    >>> from asymptotics import Cosine, OnePassSGD
    >>> told_of(OnePassSGD, Cosine())
    'one-pass SGD, a step that falls as a cosine, label noise'
    """
    return "" if schedule is None else f"{rule.title}, {schedule.title}, label noise"


def room(free: tuple[Symbol, ...]) -> Spending:
    """``X <= T``, as a cost ``X/T`` that stays at a constant."""
    powers = {STEPS: Integer(1), t: Integer(-1)}
    return Spending(
        coefficient=Integer(1), powers=tuple(powers.get(x, Integer(0)) for x in free), fixed=Integer(1)
    )


def scheduled_terms(
    laws: Laws, resources: tuple[Symbol, ...], rule: Rule, schedule: Schedule
) -> tuple[LossTerm, ...]:
    """The monomials of the loss; raises `UnableError` for rules and resources without such laws."""
    if not rule.fresh:
        raise UnableError(f"schedules of {rule.title} are not derived; use rule=OnePassSGD")
    if {P, E} & set(resources):
        raise UnableError(
            f"{rule.title} sees no sample twice, and alone: leave out P and E beside a schedule"
        )
    if t not in resources:
        raise DomainError("a schedule needs steps: put t into the cost")
    if STEPS in laws.task.parameters:
        raise DomainError(
            f"{STEPS} is a parameter of the task and the sum of the steps; use another in the task"
        )
    return tuple(_terms(laws, resources, rule, schedule))


def _terms(laws: Laws, resources: tuple[Symbol, ...], rule: Rule, schedule: Schedule) -> Iterator[LossTerm]:
    text = schedule.text
    mean = Integer(1) if text == BEST else whole(shape_of(text))
    flow = tuple(x for x in resources if x != STEPS and x != B)
    for term in loss_terms(replace(laws, task=replace(laws.task, noise=Integer(0))), flow, GradientFlow):
        yield replace(
            term,
            powers=tuple((STEPS if x == t else x, p) for x, p in term.powers),
            coefficient=term.coefficient * to_power(mean, -term.power(t)),
            variable=STEPS if term.variable == t else term.variable,
        )
    numbers = numbers_of(rule)
    batch = ((B, Integer(1)),) if B in resources else ()
    per_batch = {B: Integer(1)} if batch else {}
    for power, logs, coefficient in _noise(laws, growing_of(text)):
        yield LossTerm(
            powers=((STEPS, power), (t, Integer(1)), *batch),
            coefficient=substitute(tidy(coefficient.xreplace(per_batch)), numbers),
            law="schedule",
            variable=STEPS,
            log_power=logs,
            gap=oo,
        )


def _noise(laws: Laws, growing: Expr) -> Iterator[tuple[Expr, int, Expr]]:
    """The powers with which the noise falls in X (they are negative), logarithms and coefficients."""
    found = spectrum(laws.task)
    series = expand(growing, found, t, 2).series
    if not series.in_powers:
        raise UnableError(f"a noise {series!r} is not one of powers of X; budgets are split between powers")
    for term in series.candidates():
        if found.domain.sign(term.order) != 1:
            yield normal(term.order), int(term.log_power), term.coefficient
