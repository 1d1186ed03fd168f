"""Reference values of the laws of features that move, from `RichModel`.

loss_of_rich, scale_of_rich    the model with N = P = oo, solved once for a whole grid of times
change_by_features             ``lim N (L(t, N) - L(t))`` from three sizes, by Richardson's extrapolation
"""

from __future__ import annotations

from itertools import pairwise

import mpmath
from sympy import Expr

from asymptotics.caches import cached
from asymptotics.symbols import gamma
from asymptotics.tasks.task import Task
from numerics.model.rich import RichModel
from numerics.values.value import Value
from numerics.verification.places import Place

DECADES = 6
"""Features that move are compared over so many decades, with one solution."""
LARGE = 400
"""The smallest of the three sizes, over the number of modes that are learned at the time t."""


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
    model, richness = _solved(place), place.setting(gamma)
    whole = model.test_loss(place.resource)
    learned = float(model.learned_modes(place.resource).value)
    changes, error = [], mpmath.mpf(0)
    for factor in (1, 2, 4):
        size = int(LARGE * factor * (learned + 1))
        found = RichModel(place.task, N=size, gamma=richness).test_loss(place.resource)
        changes.append(size * (found.value - whole.value))
        error += size * (found.error + whole.error)
    first, second = (2 * later - one for one, later in pairwise(changes))
    value = (4 * second - first) / 3
    return Value(value=value, error=error + abs(value - second))
