"""One finite random-feature model, really trained.

In whitened coordinates ``u_k = sqrt(lambda_k) v_k`` the student is ``theta = F w`` with the M x N
matrix ``F = Lambda^(1/2) A^T/sqrt(N)``, the teacher ``theta*_k = sqrt(c_k)``, the samples
``y = X theta* + sigma epsilon`` with X a P x M matrix of independent unit normals, and the excess
test loss is ``|u|^2 = |theta* - F w|^2``. All rules start at w = 0.

Full-batch rules are linear with a fixed matrix ``Phi = X F/sqrt(P)``, so one singular value
decomposition ``Phi = U s V^T`` solves them at all times at once:
``w(t) = V (g(s^2, t)/s) U^T y/sqrt(P)``, with g the learned fraction of the rule. One-pass SGD is a loop.

N = oo: ``A^T A/N`` is the identity and F the diagonal ``Lambda^(1/2)``, kept as a vector.
P = oo: ``X^T X/P`` is the identity, and the label noise averages out of the gradient.

    learned_fraction(rule, curvature, times)     g = 1 - propagator
    full_batch_errors(...)                       theta* - F w at all times
    sgd_errors(...)                              the same for a stream of batches
    check_sgd_stability(rule, curvature)         mean-square stability of the stream
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from asymptotics.errors import DomainError, PrecisionError
from numerics.model.rules import GradientDescent, GradientFlow, HeavyBall, OnePassSGD, Rule
from numerics.spectra.arrays import Array

EPSILON = float(np.finfo(np.float64).eps)
RESOLUTION = 1e-6
"""Largest relative rounding error of a learned direction, far below any standard error."""

CHUNK_FLOATS = 2**22
"""Floats of one chunk of fresh SGD samples (32 MiB); the chunk size does not change the numbers."""


def learned_fraction(rule: Rule, curvature: Array, times: Array) -> Array:
    """``g(x, t) = 1 - h(x, t)``, h the propagator of an eigenvalue x > 0 of the curvature.

    Gradient flow ``h = e^(-x t)``; descent ``h = (1 - eta x)^n``; heavy ball: the solution of
    ``beta h'' + h' = -x h``, ``h(0) = 1``, ``h'(0) = 0``. Times may be infinite (g = 1).

    Shapes: (r,) and (T,) give (r, T); dimensionless; absolute error of a few 1e-16, relative to x as
    x -> 0. Raises `DomainError` if eta x > 2, where descent diverges, and for one-pass SGD, which has
    no propagator. Source: theory of linear ordinary differential equations.

    >>> learned_fraction(GradientDescent(eta=0.5), np.array([1.0]), np.array([0.0, 1.0, 2.0, np.inf]))
    array([[0.  , 0.5 , 0.75, 1.  ]])
    """
    x = curvature[:, None]
    fraction: Array
    match rule:
        case GradientFlow():
            fraction = 0.0 - np.expm1(-x * times)
        case GradientDescent(eta=eta):
            fraction = _descent_fraction(eta, x, times)
        case HeavyBall(beta=beta):
            finite = np.where(np.isinf(times), 0.0, times)
            fraction = np.where(np.isinf(times), 1.0, _heavy_ball_fraction(beta, x, finite))
        case OnePassSGD():
            raise DomainError("one-pass SGD has no propagator per eigenvalue; use sgd_errors")
    return fraction


def _descent_fraction(eta: float, x: Array, steps: Array) -> Array:
    largest = float(x.max(initial=0.0))
    if not eta * largest < 2:
        raise DomainError(
            f"eta = {eta} is not below 2/{largest:.6g} = {2 / largest:.6g}, the stability bound of this "
            "draw's kernel; lower eta"
        )
    step = np.abs(1 - eta * x)
    # log1p keeps small eta x exact; where 1 - eta x = 0 the floor gives h = 0 after one step.
    logarithm = np.where(eta * x < 1, np.log1p(-np.minimum(eta * x, 1 - EPSILON / 2)), np.log(step + 1e-300))
    decay = np.where(steps == 0, 0.0, logarithm) * np.where(steps == 0, 1.0, steps)
    odd = (eta * x > 1) & (np.mod(np.where(np.isinf(steps), 0.0, steps), 2) == 1)
    fraction: Array = np.where(odd, 1 + np.exp(decay), 0.0 - np.expm1(decay))
    return fraction


def _heavy_ball_fraction(beta: float, x: Array, times: Array) -> Array:
    """Overdamped eigenvalues by their two rates, the rest (critical included) by cosh or cos."""
    damping = 1 - 4 * beta * x
    clear = damping > 0.5
    root = np.sqrt(np.where(clear, damping, 1.0))
    fast = -(1 + root) / (2 * beta)
    slow = -2 * x / (1 + root)
    two_rates = (fast * np.expm1(slow * times) - slow * np.expm1(fast * times)) * beta / root
    tau = times / (2 * beta)
    angle = tau * np.sqrt(np.abs(damping))
    small = np.where(angle == 0, 1.0, angle)
    oscillating = np.exp(-tau) * (np.cos(angle) + tau * np.where(angle == 0, 1.0, np.sin(angle) / small))
    bounded = np.where(damping > 0, angle, 0.0)
    slope = np.where(angle == 0, 1.0, -np.expm1(-2 * bounded) / (2 * small))
    decaying = (np.exp(bounded - tau) + np.exp(-bounded - tau)) / 2 + tau * np.exp(bounded - tau) * slope
    fraction: Array = np.where(clear, two_rates, 1 - np.where(damping > 0, decaying, oscillating))
    return fraction


def full_batch_errors(
    rule: Rule, features: Array, samples: Array | None, noise: Array | None, teacher: Array, times: Array
) -> Array:
    """``u(t) = theta* - F w(t)`` of one model on one data set, at all times.

    Shapes: ``features`` F is (M, N), or (M,) for N = oo; ``samples`` X is (P, M) and ``noise``
    sigma epsilon (P,), or both None for P = oo; ``teacher`` (M,); ``times`` (T,). Result (M, T).
    t = oo is the limit of training: the least-squares solution of smallest norm.

    Raises `DomainError` for an unstable step, `PrecisionError` where a direction that is
    already learned is rounded by more than `RESOLUTION`. Source: BAP, equation 4, and theory of
    least squares.

    >>> unit = np.ones(1)
    >>> full_batch_errors(GradientFlow(), unit, None, None, unit, np.array([0.0, np.inf]))
    array([[1., 0.]])
    """
    if samples is None and features.ndim == 1:
        return teacher[:, None] * (1 - learned_fraction(rule, features**2, times))
    if samples is None or noise is None:
        design, labels = features, teacher
    else:
        root = math.sqrt(len(samples))
        design = (samples * features if features.ndim == 1 else samples @ features) / root
        labels = (samples @ teacher + noise) / root
    left, singular, right = np.linalg.svd(design, full_matrices=False)
    rank = min(*design.shape, len(teacher))
    left, singular, right = left[:, :rank], singular[:rank], right[:rank]
    _check_resolution(rule, singular, max(design.shape), times)
    weights = right.T @ (learned_fraction(rule, singular**2, times) * ((labels @ left) / singular)[:, None])
    learned = features[:, None] * weights if features.ndim == 1 else features @ weights
    errors: Array = teacher[:, None] - learned
    return errors


def _check_resolution(rule: Rule, singular: Array, size: int, times: Array) -> None:
    """A singular value s is known to the rounding of the largest; where that matters, it must be small.

    The relative error of s enters with the part that is learned, about min(1, t s^2).
    """
    floor = size * EPSILON * float(singular[0])
    known = np.maximum(singular, floor)
    pace = rule.eta if isinstance(rule, GradientDescent) else 1.0
    error = float((np.minimum(1.0, pace * float(times.max()) * known**2) * floor / known).max())
    if error > RESOLUTION:
        raise PrecisionError(
            f"curvatures from {singular[-1] ** 2:.3g} to {singular[0] ** 2:.3g} come out of double precision "
            f"to {error:.1g} at t = {times.max():.3g}, not {RESOLUTION:.1g}; use earlier times or fewer modes"
        )


def check_sgd_stability(rule: OnePassSGD, curvature: Array) -> None:
    """Mean-square stability of one-pass SGD on Gaussian features with covariance eigenvalues g_i.

    ``E u_i^2`` obeys ``m_i -> (1 - 2 eta g_i + eta^2 (1 + 1/B) g_i^2) m_i + (eta^2/B) g_i sum_j g_j m_j``,
    which contracts if and only if ``eta (1 + 1/B) g_max < 2`` and
    ``sum_i (eta/B) g_i/(2 - eta (1 + 1/B) g_i) < 1``. Exact. Raises `DomainError` otherwise.
    Source: fourth moments of a Gaussian (Isserlis' theorem).

    >>> check_sgd_stability(OnePassSGD(eta=0.1, batch=1), np.ones(10))
    """
    eta, batch = rule.eta, rule.batch
    room = 2 - eta * (1 + 1 / batch) * curvature
    if room.min() > 0 and float((eta / batch * curvature / room).sum()) < 1:
        return
    low, high = 0.0, 2 / ((1 + 1 / batch) * float(curvature.max()))
    for _ in range(60):
        middle = (low + high) / 2
        load = float((middle / batch * curvature / (2 - middle * (1 + 1 / batch) * curvature)).sum())
        low, high = (middle, high) if load < 1 else (low, middle)
    raise DomainError(
        f"eta = {eta} is not below {low:.6g}, the stability bound of one-pass SGD with batch = {batch} on "
        "this draw's kernel; lower eta or raise the batch"
    )


def sgd_errors(
    rule: OnePassSGD,
    features: Sequence[Array],
    teacher: Array,
    sigma: float,
    steps: Array,
    streams: tuple[np.random.Generator, np.random.Generator],
) -> tuple[Array, ...]:
    """``u(n) = theta* - F w_n`` of several models that read one stream of fresh batches.

    ``w_(n+1) = w_n + (eta/B) Phi_n^T (y_n - Phi_n w_n)``, ``Phi_n = X_n F`` with a fresh B x M matrix X_n.

    Shapes: each F is (M, N), or (M,) for N = oo; ``teacher`` (M,); ``steps`` (T,) whole numbers;
    ``streams`` the generators of X_n and of the label noise. Result: one (M, T) array per F.
    Source: BAP, section 5.

    >>> two = lambda: (np.random.default_rng(1), np.random.default_rng(2))
    >>> rule, unit = OnePassSGD(eta=0.1, batch=2), np.ones(1)
    >>> errors, = sgd_errors(rule, (unit,), unit, 0.0, np.array([0.0, 500.0]), two())
    >>> errors[0, 0], abs(errors[0, 1]) < 1e-9
    (np.float64(1.0), np.True_)
    """
    last = int(steps.max())
    batch, pace = rule.batch, rule.eta / rule.batch
    weights = [np.zeros(len(teacher) if f.ndim == 1 else f.shape[1]) for f in features]
    kept = [np.empty((len(teacher), len(steps))) for _ in features]
    wanted: dict[int, list[int]] = {}
    for column, step in enumerate(steps):
        wanted.setdefault(int(step), []).append(column)
    widest = len(teacher) + sum(len(w) for w in weights)
    chunk = max(1, CHUNK_FLOATS // (batch * widest))
    for start in range(0, last + 1, chunk):
        length = min(chunk, last + 1 - start)
        fresh = streams[0].standard_normal((length * batch, len(teacher)))
        labels = (fresh @ teacher + sigma * streams[1].standard_normal(length * batch)).reshape(length, batch)
        for f, w, out in zip(features, weights, kept, strict=True):
            design = (fresh * f if f.ndim == 1 else fresh @ f).reshape(length, batch, len(w))
            for index in range(length):
                for column in wanted.get(start + index, ()):
                    out[:, column] = teacher - (f * w if f.ndim == 1 else f @ w)
                w += pace * ((labels[index] - design[index] @ w) @ design[index])
    return tuple(kept)
