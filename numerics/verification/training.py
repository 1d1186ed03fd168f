"""Reference values of laws of training: what batches add, which batch and which stopping time is best.

==================  ===================================================================================
`train`             a rule at the settings of a place, `losses_of_trained` its losses after t steps
`sgd_noise`         what the batches of SGD add to gradient descent after t steps
`sgd_noise_model`   the same of N features at t = oo
`losses_of_dana`    losses of DANA after t steps
`critical_batch`    B times what a batch B adds over the loss of gradient descent, B -> oo
`best_time`         the smallest loss over the stopping time, or where it is; `useful_epochs` in epochs
`half`              digits asked of the model where remainders fall slowly, as are `two_thirds`
`scaled`            a value times a number of the settings
==================  ===================================================================================
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

import mpmath
from sympy import Expr, Integer, Symbol, oo

from asymptotics.caches import cached
from asymptotics.errors import DomainError
from asymptotics.model import momentum
from asymptotics.model.rules.base import TrainingRule, with_numbers
from asymptotics.model.rules.dana import DANA
from asymptotics.model.rules.gradient_descent import GradientDescent
from asymptotics.model.rules.one_pass_sgd import OnePassSGD
from asymptotics.spectra import spectrum
from asymptotics.symbols import B, eta, sigma
from asymptotics.tasks.task import Task
from numerics.model.full_model import FullModel
from numerics.model.many_times import MOST_DIGITS
from numerics.model.rules.base import dynamics_of
from numerics.model.stopping import best_stopping
from numerics.values.results import Best
from numerics.values.value import Value
from numerics.verification.places import Place
from numerics.verification.students import model_of

STOPPING_FIRST = 4
"""Stopping is compared from 10^4 samples on."""
LARGE = (Integer(10) ** 14, Integer(10) ** 15)
"""Batches so large that what they add is nearly of first order in 1/B."""


def train(rule: type[TrainingRule], place: Place) -> TrainingRule:
    """The rule at the settings, which must be exactly the floats that it takes."""
    numbers = {symbol: place.setting(symbol) for symbol in rule.parameters}
    for symbol, number in numbers.items():
        if not number.is_Rational or Fraction(float(number)) != Fraction(int(number.p), int(number.q)):
            raise DomainError(f"{symbol} = {number} is not exactly a float; verify with one, for example 1/8")
    return with_numbers(rule, numbers)


def half(place: Place) -> int:
    """The digits that resolve remainders which fall as slowly as 1/t over six decades."""
    return max(8, place.digits // 2)


def two_thirds(place: Place) -> int:
    """The digits that resolve remainders which fall as 1/t^2, or as 1/t over twelve decades.

    Those of doubled numbers are enough for that, where they are half of what is asked for.
    """
    return max(8, min(2 * place.digits // 3, max(MOST_DIGITS, place.digits // 2)))


def sgd_noise(places: Sequence[Place]) -> Iterable[Value]:
    """``L_SGD - L_GD`` after t steps, N = P = oo."""
    rule = train(OnePassSGD, places[0])
    model = FullModel(places[0].task, rule=rule, digits=two_thirds(places[0]))
    return model.sgd_excess([place.resource for place in places])


def sgd_noise_model(place: Place) -> Value:
    """The same of N features at t = oo."""
    return model_of(place, N=place.resource, rule=train(OnePassSGD, place)).sgd_excess(oo)


def critical_batch(size: Symbol | None, place: Place) -> Value:
    """``B (L_B - L_oo)/L_oo`` for large B, of two of which the first order in 1/B is taken away.

    The second is less than the square of what the two differ by.
    """
    step, digits = place.setting(eta), two_thirds(place)
    sizes, when = ({}, place.resource) if size is None else ({size.name: place.resource}, oo)
    rules = [train(OnePassSGD, replace(place, settings=((eta, step), (B, batch)))) for batch in LARGE]
    left = FullModel(place.task, rule=GradientDescent(eta=float(step)), digits=digits, **sizes).test_loss(
        when
    )
    smaller, found = (
        FullModel(place.task, rule=rule, digits=digits, **sizes).sgd_excess(when) * int(batch) / left
        for rule, batch in zip(rules, LARGE, strict=True)
    )
    ratio, apart = int(LARGE[1] / LARGE[0]), found.value - smaller.value
    error = 2 * found.error + smaller.error + apart**2 / abs(found.value)
    return Value(value=found.value + apart / (ratio - 1), error=error)


def losses_of_trained(rule: type[TrainingRule], places: Sequence[Place]) -> Iterable[Value]:
    """The test losses after t steps of the rule, N = P = oo."""
    trained = train(rule, places[0])
    digits = min(two_thirds(places[0]), dynamics_of(trained).most_digits)
    model = FullModel(places[0].task, rule=trained, digits=digits)
    return model.curve([place.resource for place in places]).values


def losses_of_dana(places: Sequence[Place]) -> Iterable[Value]:
    """The test losses of DANA after t steps, N = oo, the decay of its momentum that of its law."""
    place = places[0]
    constants = {name: getattr(train(DANA, place), name) for name in ("eta", "batch", "delta", "momentum")}
    rule = DANA(**constants, decay=float(momentum.decay_of(place.task)))
    model = FullModel(place.task, rule=rule, digits=dynamics_of(rule).most_digits)
    return model.curve([place.resource for place in places]).values


@cached(maxsize=256)
def _stopping(task: Task, samples: Expr, noise: Expr, digits: int, ratio: Expr) -> Best:
    # Where fewer samples stopped best says where to look, and spares the search from t = 1, unless modes that
    # fall exponentially are learned one after the other, each with a minimum of its own.
    powers = spectrum(task).kernel.abscissa != 0
    fewer = [samples / ratio**j for j in (1, 2) if powers and samples >= 10**STOPPING_FIRST * ratio**j]
    before = [_stopping(task, one, noise, digits, ratio).argument.value for one in fewer]
    guess = before[0] ** 2 / before[1] if len(before) == 2 else before[0] if before else None
    return best_stopping(FullModel(task, P=samples, noise=noise, digits=digits), guess)


def best_time(part: str, place: Place) -> Value:
    """``loss`` or ``argument`` of the minimum over t of L(t; P) with label noise."""
    best = _stopping(place.task, place.resource, place.setting(sigma), place.digits, place.ratio)
    value: Value = getattr(best, part)
    return value


def useful_epochs(place: Place) -> Value:
    """The best time in epochs: ``B t/(eta P)``, of steps eta on batches B."""
    factor = place.setting(B) / (place.setting(eta) * place.resource)
    return scaled(best_time("argument", place), factor)


def scaled(value: Value, factor: Expr) -> Value:
    """The value times a number, with the error that this leaves."""
    number = mpmath.mpmathify(factor.evalf(mpmath.mp.dps + 5))
    return Value(value=number * value.value, error=abs(number) * value.error)
