"""One finite random-feature model, really trained.

In whitened coordinates ``u_k = sqrt(lambda_k) v_k`` the student is ``theta = F w`` with the M x N
matrix ``F = Lambda^(1/2) A^T/sqrt(N)``, the teacher ``theta*_k = sqrt(c_k)``, the samples
``y = X theta* + sigma epsilon`` with X a P x M matrix of independent unit normals, and the excess
test loss is ``|u|^2 = |theta* - F w|^2``. All rules start at w = 0.

Full-batch rules are linear with a fixed matrix ``Phi = X F/sqrt(P)``, so one singular value
decomposition ``Phi = U s V^T`` solves them at all times at once, with a ridge rho too:
``w(t) = V g(s^2 + rho, t) s/(s^2 + rho) U^T y/sqrt(P)``, with g the learned fraction of the rule.
A rule that draws fresh samples is a loop over its steps. What a rule does is said by its
`Dynamics` (`numerics.model.rules`).

N = oo: ``A^T A/N`` is the identity and F the diagonal ``Lambda^(1/2)``, kept as a vector.
P = oo: ``X^T X/P`` is the identity, and the label noise averages out of the gradient.

    full_batch_errors(dynamics, ...)     theta* - F w at all times
    streamed_errors(dynamics, ...)       the same for a stream of fresh batches
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from asymptotics.errors import DomainError, PrecisionError
from numerics.model.rules.base import Dynamics
from numerics.spectra.arrays import Array

EPSILON = float(np.finfo(np.float64).eps)
RESOLUTION = 1e-6
"""Largest relative rounding error of a learned direction, far below any standard error."""

CHUNK_FLOATS = 2**22
"""Floats of one chunk of fresh SGD samples (32 MiB); the chunk size does not change the numbers."""


def full_batch_errors(
    dynamics: Dynamics[Any],
    features: Array,
    samples: Array | None,
    noise: Array | None,
    teacher: Array,
    times: Array,
    ridge: float = 0.0,
) -> Array:
    """``u(t) = theta* - F w(t)`` of one model on one data set, at all times.

    Shapes: ``features`` F is (M, N), or (M,) for N = oo; ``samples`` X is (P, M) and ``noise``
    sigma epsilon (P,), or both None for P = oo; ``teacher`` (M,); ``times`` (T,). Result (M, T).
    t = oo is the limit of training: the least-squares solution of smallest norm, or that with the ridge.

    Raises `DomainError` for an unstable step and a ridge below the smallest curvature, `PrecisionError` where
    a direction that is already learned is rounded by more than `RESOLUTION`. Source: arXiv 2402.01092, here
    BAP, equation 4, and theory of least squares.

    >>> from asymptotics import GradientFlow
    >>> from numerics.model.rules.base import dynamics_of
    >>> flow, unit = dynamics_of(GradientFlow()), np.ones(1)
    >>> full_batch_errors(flow, unit, None, None, unit, np.array([0.0, np.inf]))
    array([[1., 0.]])
    """
    if samples is None and features.ndim == 1:
        return teacher[:, None] * (1 - _learned_share(dynamics, features, teacher, times, ridge))
    if samples is None or noise is None:
        design, labels = features, teacher
    else:
        root = math.sqrt(len(samples))
        design = (samples * features if features.ndim == 1 else samples @ features) / root
        labels = (samples @ teacher + noise) / root
    left, singular, right = np.linalg.svd(design, full_matrices=False)
    rank = min(*design.shape, len(teacher))
    left, singular, right = left[:, :rank], singular[:rank], right[:rank]
    learned_share = _learned_share(dynamics, singular, labels @ left, times, ridge)
    _check_resolution(singular, max(design.shape), learned_share, times)
    weights = right.T @ (learned_share * ((labels @ left) / singular)[:, None])
    learned = features[:, None] * weights if features.ndim == 1 else features @ weights
    errors: Array = teacher[:, None] - learned
    return errors


def _learned_share(
    dynamics: Dynamics[Any], singular: Array, labels: Array, times: Array, ridge: float
) -> Array:
    """How much of its label a direction has learned, shape (r, T): of a curvature ``s^2 + rho``, and of that
    the part ``s^2/(s^2 + rho)``.
    """
    curvature = singular**2
    if not ridge:
        return dynamics.learned_share(curvature, labels, times)
    if not curvature.min() + ridge > 0:
        raise DomainError(
            f"ridge = {ridge:.6g} is not above {-curvature.min():.6g}, less the smallest curvature of this "
            "draw; raise the ridge"
        )
    kept = curvature / (curvature + ridge)
    return kept[:, None] * dynamics.learned_share(curvature + ridge, labels, times)


def _check_resolution(singular: Array, size: int, share: Array, times: Array) -> None:
    """A singular value s is known to the rounding of the largest; where that matters, it must be small.

    The relative error of s enters with the part that is learned, which is as s^2 where it is small.
    """
    floor = size * EPSILON * float(singular[0])
    known = np.maximum(singular, floor)
    with np.errstate(over="ignore", invalid="ignore"):
        grown = np.where(singular > 0, known / singular, 1.0) ** 2
        learned = np.minimum(1.0, np.abs(share).max(axis=1) * grown)
    error = float((learned * floor / known).max())
    if error > RESOLUTION:
        raise PrecisionError(
            f"curvatures from {singular[-1] ** 2:.3g} to {singular[0] ** 2:.3g} come out of double precision "
            f"to {error:.1g} at t = {times.max():.3g}, not {RESOLUTION:.1g}; use earlier times or fewer modes"
        )


def streamed_errors(
    dynamics: Dynamics[Any],
    features: Sequence[Array],
    teacher: Array,
    sigma: float,
    steps: Array,
    streams: tuple[np.random.Generator, np.random.Generator],
    ridge: float = 0.0,
) -> tuple[Array, ...]:
    """``u(n) = theta* - F w_n`` of several models that read one stream of fresh batches.

    Step n sees ``Phi_n = X_n F`` and its labels, with a fresh B x M matrix X_n of normals, and takes
    ``eta ridge w_n`` off the weights.

    Shapes: each F is (M, N), or (M,) for N = oo; ``teacher`` (M,); ``steps`` (T,) whole numbers;
    ``streams`` the generators of X_n and of the label noise. Result: one (M, T) array per F.
    Source: BAP, section 5.

    >>> from asymptotics import OnePassSGD
    >>> from numerics.model.rules.base import dynamics_of
    >>> two = lambda: (np.random.default_rng(1), np.random.default_rng(2))
    >>> sgd, unit = dynamics_of(OnePassSGD(eta=0.1, batch=2)), np.ones(1)
    >>> errors, = streamed_errors(sgd, (unit,), unit, 0.0, np.array([0.0, 500.0]), two())
    >>> float(errors[0, 0]), bool(abs(errors[0, 1]) < 1e-9)
    (1.0, True)
    """
    if dynamics.rule.scheduled and not dynamics.rule.remembers:
        return _planned_errors(dynamics, features, teacher, sigma, steps, streams)
    last = int(steps.max())
    wanted: dict[int, list[int]] = {}
    for column, step in enumerate(steps):
        wanted.setdefault(int(step), []).append(column)
    kept = [np.empty((len(teacher), len(steps))) for _ in features]
    batch, sizes = np.full(last + 1, dynamics.batch), np.full(last + 1, dynamics.rule.eta)
    for n, weights in _iterates(dynamics, features, teacher, sigma, (sizes, batch), streams, ridge):
        for column in wanted.get(n, ()):
            for f, w, out in zip(features, weights, kept, strict=True):
                out[:, column] = _error(f, w, teacher)
    return tuple(kept)


def _planned_errors(
    dynamics: Dynamics[Any],
    features: Sequence[Array],
    teacher: Array,
    sigma: float,
    steps: Array,
    streams: tuple[np.random.Generator, np.random.Generator],
) -> tuple[Array, ...]:
    """One run for each number of steps, as planned for it; the error of the average where that counts."""
    kept = [np.empty((len(teacher), len(steps))) for _ in features]
    for column, last in enumerate(map(int, steps)):
        plan = dynamics.plan(last)
        n = np.arange(last + 1, dtype=np.float64)
        sizes, batch = plan.eta(n), np.rint(plan.batch(n)).astype(int)
        share = np.where(n == last, 1.0, 0.0) if plan.weight is None or not last else plan.weight(n)
        share = np.where(n > 0, share, 0.0) if last else share
        means = [np.zeros(len(teacher) if f.ndim == 1 else f.shape[1]) for f in features]
        for index, weights in _iterates(dynamics, features, teacher, sigma, (sizes, batch), streams):
            for mean, w in zip(means, weights, strict=True):
                mean += share[index] * w
        for f, mean, out in zip(features, means, kept, strict=True):
            out[:, column] = _error(f, mean, teacher)
    return tuple(kept)


def _error(features: Array, weights: Array, teacher: Array) -> Array:
    found: Array = teacher - (features * weights if features.ndim == 1 else features @ weights)
    return found


def _iterates(
    dynamics: Dynamics[Any],
    features: Sequence[Array],
    teacher: Array,
    sigma: float,
    plan: tuple[Array, Array],
    streams: tuple[np.random.Generator, np.random.Generator],
    ridge: float = 0.0,
) -> Iterator[tuple[int, list[Array]]]:
    """n and the weights of all models before step n, for each step of a plan (sizes and batches)."""
    sizes, batches = plan
    lengths = [len(teacher) if f.ndim == 1 else f.shape[1] for f in features]
    states = [np.zeros((dynamics.memory, length)) for length in lengths]
    weights = [state[0] for state in states]
    widest = len(teacher) + sum(lengths)
    ends = np.cumsum(batches)
    start = 0
    while start < len(sizes):
        before = int(ends[start] - batches[start])
        stop = max(start + 1, int(np.searchsorted(ends, before + CHUNK_FLOATS // widest, side="right")))
        length = int(ends[stop - 1]) - before
        fresh = streams[0].standard_normal((length, len(teacher)))
        labels = fresh @ teacher + sigma * streams[1].standard_normal(length)
        designs = [fresh * f if f.ndim == 1 else fresh @ f for f in features]
        for n in range(start, stop):
            yield n, weights
            rows = slice(int(ends[n] - batches[n]) - before, int(ends[n]) - before)
            for design, state, w in zip(designs, states, weights, strict=True):
                decay = float(sizes[n]) * ridge * w
                dynamics.advance_state(n, state, design[rows], labels[rows], float(sizes[n]))
                w -= decay
        start = stop
