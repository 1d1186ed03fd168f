"""Reference values of schedules: losses at the end of runs, exact in the step, at the best largest step.

===========  ==================================================================================
schedule:f   the smallest loss over the largest step, at most eta
step:f       that step
steps:f      the loss with the largest step eta, to first order in the step
average:w    the smallest loss of an average of iterates of equal steps
schedule:optimal, decay:optimal, step:optimal, noiseless:optimal    the best run to first order (`best_runs`):
             its loss, the share of its steps that fall in the end, the largest, its loss without label noise
===========  ==================================================================================

`noiseless_step` is the best constant step without label noise, found among shares of the largest stable one.
A law of a best step is of first order in it and is compared with runs that are exact: what is of higher order
is in its remainder. At a fixed step it is not, and the run is to first order, too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import mpmath
from sympy import Expr, Integer, sqrt

from asymptotics.errors import UnableError
from asymptotics.model.quantities_of_schedules import BEST
from asymptotics.model.rules.averaged import Averaged
from asymptotics.model.rules.base import TrainingRule, numbers_of
from asymptotics.model.rules.one_pass_sgd import OnePassSGD
from asymptotics.model.schedules.base import as_schedule
from asymptotics.symbols import B, eta, sigma
from numerics.model.full_model import FullModel
from numerics.values.minimum import minimum
from numerics.values.results import Best
from numerics.values.value import Value
from numerics.verification.best_runs import best_run
from numerics.verification.places import Place, Reference

LARGE = 10**14
DIGITS = 5
"""At least so many have runs of any length."""
SHARP = 11
"""Digits of losses among which the best constant step is found, to `PLACED` digits."""
PLACED = 6


def reference_of_schedule(name: str) -> Reference:
    """The entry of a law whose name holds a schedule; raises `UnableError`.

    >>> reference_of_schedule("step:1 - u").settings
    (sigma, B, eta)
    """
    family, _, text = name.partition(":")
    if family not in _VALUES:
        known = ", ".join(sorted(_VALUES))
        raise UnableError(
            f"no value of the full model is known for the law {name}; of schedules it is for {known}"
        )
    return Reference(
        name=name,
        value=partial(_VALUES[family], text),
        settings=(B, eta) if family == "noiseless" else (sigma, B, eta),
        first=4,
        points=6,
        longest=2,
    )


def _run(text: str, place: Place) -> TrainingRule:
    step, batch = float(place.setting(eta)), int(place.setting(B))
    return OnePassSGD(eta=step, batch=batch, schedule=as_schedule(text))


def _model(rule: TrainingRule, place: Place) -> FullModel:
    return FullModel(place.task, rule=rule, noise=place.setting(sigma), digits=DIGITS)


def _best(rule: TrainingRule, place: Place) -> Best:
    return _model(rule, place).best_step(place.resource)


def _best_run(place: Place, variance: Expr) -> tuple[Value, ...]:
    step, batch = float(place.setting(eta)), float(place.setting(B))
    return best_run(place.task, float(variance), batch, step, int(place.resource))


def _tuned(text: str, place: Place) -> Value:
    if text == BEST:
        return _best_run(place, place.setting(sigma) ** 2)[0]
    return _best(_run(text, place), place).loss


def _decay(text: str, place: Place) -> Value:
    return _best_run(place, place.setting(sigma) ** 2)[1]


def _noiseless(text: str, place: Place) -> Value:
    return _best_run(place, Integer(0))[0]


def _steps(text: str, place: Place) -> Value:
    """At a batch so large that the noise does not feed itself, with as much noise a sample more."""
    rule = OnePassSGD(eta=float(place.setting(eta)), batch=LARGE, schedule=as_schedule(text))
    noise = place.setting(sigma) * sqrt(LARGE / place.setting(B))
    return FullModel(place.task, rule=rule, noise=noise, digits=DIGITS).small_step_loss(place.resource)


def _step(text: str, place: Place) -> Value:
    if text == BEST:
        return _best_run(place, place.setting(sigma) ** 2)[2]
    return _best(_run(text, place), place).argument


def _average(text: str, place: Place) -> Value:
    rule = Averaged(_run("1", place), as_schedule(text))
    return _best(rule, place).loss


def noiseless_step(place: Place) -> Value:
    """The constant step of the smallest loss after t steps, N = oo, exact in the step."""
    task, batch = replace(place.task, noise=Integer(0)), int(place.setting(B))
    digits = max(2 * place.digits // 3, SHARP)

    def height(odds: mpmath.mpf, rough: bool) -> tuple[mpmath.mpf, Value]:
        share = float(1 / (1 + mpmath.exp(-odds)))
        rule = OnePassSGD(fraction=share, batch=batch)
        loss = FullModel(task, rule=rule, digits=5 if rough else digits).test_loss(place.resource)
        used = mpmath.log(mpmath.mpf(share) / (1 - mpmath.mpf(share)))
        return used, Value(value=mpmath.log(loss.value), error=loss.error / loss.value)

    found = minimum(height, mpmath.mpf(0), mpmath.mpf("0.5"), mpmath.mpf(10) ** -PLACED).place
    half = numbers_of(FullModel(task, rule=OnePassSGD(fraction=0.5, batch=batch)).rule)[eta]
    largest = 2 * mpmath.mpf(half.p) / half.q
    share = 1 / (1 + mpmath.exp(-found.value))
    step = share * largest
    return Value(value=step, error=step * ((1 - share) * found.error + mpmath.mpf(10) ** -10))


_VALUES: dict[str, Callable[[str, Place], Value]] = {
    "schedule": _tuned,
    "step": _step,
    "average": _average,
    "steps": _steps,
    "decay": _decay,
    "noiseless": _noiseless,
}
