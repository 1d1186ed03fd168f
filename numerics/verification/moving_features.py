"""Reference values of the laws of features that move, from `RichModel`.

loss_of_rich, scale_of_rich    the model with N = P = oo, solved once for a whole grid of times
change_by_features             ``lim N (L(t, N) - L(t))``
change_by_samples              ``lim P (L(t, P) - L(t))``
noise_by_samples               ``lim P`` of what label noise adds
richness_of_crossover          the gamma at which the scale leaves 1, to first order
"""

from __future__ import annotations

import mpmath
from sympy import Expr

from asymptotics.caches import cached
from asymptotics.symbols import gamma, sigma
from asymptotics.tasks.task import Task
from numerics.model.rich import RichModel
from numerics.model.rich_response import (
    features_coefficient,
    first_growth,
    noise_coefficient,
    samples_coefficient,
)
from numerics.values.value import Value
from numerics.verification.places import Place

DECADES = 6
"""Features that move are compared over so many decades, with one solution."""


@cached(maxsize=4)
def _model(task: Task, richness: Expr) -> RichModel:
    return RichModel(task, gamma=richness)


def _solved(place: Place) -> RichModel:
    model = _model(place.task, place.setting(gamma))
    if place.resource > model.until:
        model.prepare(place.resource * 10**DECADES)
    return model


def loss_of_rich(place: Place) -> Value:
    return _solved(place).test_loss(place.resource)


def scale_of_rich(place: Place) -> Value:
    return _solved(place).kernel_scale(place.resource)


def change_by_features(place: Place) -> Value:
    return features_coefficient(_solved(place), place.resource)


def change_by_samples(place: Place) -> Value:
    return samples_coefficient(_solved(place), place.resource)


def noise_by_samples(place: Place) -> Value:
    coefficient = noise_coefficient(_solved(place), place.resource)
    return coefficient * mpmath.mpf(place.setting(sigma).evalf(place.digits)) ** 2


def richness_of_crossover(place: Place) -> Value:
    growth = first_growth(_solved(place), place.resource)
    value = 1 / mpmath.sqrt(growth.value)
    return Value(value=value, error=value * growth.relative_error / 2)
