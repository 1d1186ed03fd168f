"""One finite model, trained on batches that are drawn from its P samples with replacement.

resampled_errors(dynamics, ...)    theta* - F w after given numbers of steps
"""

from __future__ import annotations

from typing import Any

import numpy as np

from numerics.model.rules.base import Dynamics
from numerics.spectra.arrays import Array

CHUNK = 2**16
"""So many steps' batches are drawn at once; their number does not change the numbers."""
SMALLEST = 1e-6
"""Singular values below this share of the largest stand for no curvature."""


def resampled_errors(
    dynamics: Dynamics[Any],
    features: Array,
    samples: Array,
    noise: Array,
    teacher: Array,
    steps: Array,
    generator: np.random.Generator,
) -> Array:
    """``u(n) = theta* - F w_n``, shapes as in `training.full_batch_errors`; ``steps`` whole numbers.

    Raises `DomainError` where second moments diverge on this draw's kernel.

    >>> from asymptotics import MultiPassSGD
    >>> from numerics.model.rules.base import dynamics_of
    >>> sgd, unit = dynamics_of(MultiPassSGD(eta=0.1, batch=2)), np.ones(1)
    >>> x, no, steps = np.array([[1.0], [0.5]]), np.zeros(2), np.array([0.0, 500.0])
    >>> errors = resampled_errors(sgd, unit, x, no, unit, steps, np.random.default_rng(0))
    >>> float(errors[0, 0]), bool(abs(errors[0, 1]) < 1e-9)
    (1.0, True)
    """
    design = samples * features if features.ndim == 1 else samples @ features
    labels = samples @ teacher + noise
    singular = np.asarray(np.linalg.svd(design, compute_uv=False))
    # a curvature that is lost in the rounding of the largest moves nothing
    dynamics.check_draw(np.square(singular[singular > SMALLEST * singular[0]]) / len(design))

    def run(until: Array, sizes: Array) -> Array:
        return _errors(dynamics, features, design, labels, teacher, until, sizes, generator)

    if dynamics.rule.scheduled:  # each number of steps is a run of its own
        plans = [dynamics.plan(int(n)).eta(np.arange(int(n) + 1.0)) for n in steps]
        return np.concatenate([run(steps[[i]], plan) for i, plan in enumerate(plans)], axis=1)
    return run(steps, np.full(int(steps.max()) + 1, dynamics.rule.eta))


def _errors(
    dynamics: Dynamics[Any],
    features: Array,
    design: Array,
    labels: Array,
    teacher: Array,
    steps: Array,
    sizes: Array,
    generator: np.random.Generator,
) -> Array:
    """Of one run, whose step n has this size."""
    last, batch = int(steps.max()), dynamics.batch
    weights = np.zeros(design.shape[1])
    errors = np.empty((len(teacher), len(steps)))
    for n in range(last + 1):
        if n % CHUNK == 0:
            drawn = generator.integers(len(design), size=(min(CHUNK, last + 1 - n), batch))
        for column in np.flatnonzero(steps == n):
            learned = features * weights if features.ndim == 1 else features @ weights
            errors[:, column] = teacher - learned
        rows = drawn[n % CHUNK]
        dynamics.advance(weights, design[rows], labels[rows], float(sizes[n]))
    return errors
