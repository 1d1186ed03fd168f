"""Spectra of samples: a Gram matrix or features with labels, diagonalised.

For n samples the eigenvectors u_k of K/n, eigenvalues mu_k, give the power of the labels in each mode,

    mu_k = eigenvalues of K/n,    c_k = (u_k . y)^2/n,    sum_k c_k = |y|^2/n,

from which `asymptotics.Task.from_arrays` (with ``samples=n``) fits tails freed of what sampling does to them.

    spectrum_of_gram        mu and c of a Gram matrix
    spectrum_of_features    the same of features, K = X X^T
    held_out                errors of kernel regression on samples that were left out, per number of samples
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asymptotics.errors import DomainError, SpectrumError
from asymptotics.parsing.numbers import whole_number
from numerics.values.tables import Tabular

Floats = NDArray[np.float64]
ROUND_OFF = 10 * 2.0**-52
"""What an eigensolver leaves of a zero, relative to the largest eigenvalue and per sample."""
SMALLEST = 16


def _real(values: Any, name: str, dimensions: int) -> Floats:
    """Finite real numbers of so many dimensions; imaginary parts of the size of round-off are left out."""
    try:
        found = np.asarray(values)
        found = found.astype(np.complex128) if np.iscomplexobj(found) else found.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise DomainError(f"{name} holds what is no number: {error}") from None
    if found.ndim not in (dimensions, 2):
        raise DomainError(f"{name} has {found.ndim} dimensions; it needs {dimensions}")
    if not np.isfinite(found).all():
        raise DomainError(f"{name} holds NaN or an infinite number; leave these samples out")
    largest = float(np.abs(found).max(initial=0.0))
    if (
        np.iscomplexobj(found)
        and np.abs(found.imag).max(initial=0.0) > ROUND_OFF * max(found.shape) * largest
    ):
        raise DomainError(f"{name} is complex beyond round-off; give real numbers")
    return np.ascontiguousarray(found.real, dtype=np.float64)


def _labels(y: Any, samples: int) -> Floats:
    """Labels as columns, one for each output."""
    labels = _real(y, "y", 1)
    labels = labels.reshape(len(labels), -1)
    if len(labels) != samples:
        raise DomainError(f"{len(labels)} labels but {samples} samples; give one label per sample")
    if not labels.any():
        raise DomainError("all labels are 0; there is nothing to learn")
    return labels


def spectrum_of_gram(K: Any, y: Any) -> tuple[Floats, Floats]:
    """``mu`` (falling, those of round-off left out) and ``c``, summed over outputs if y has columns.

    K : symmetric, shape (n, n), n >= 16; y : shape (n,) or (n, outputs). Raises `DomainError` for a matrix
    that is not square or not symmetric and for labels of another length, and `SpectrumError` for a
    matrix with an eigenvalue below 0 by more than round-off.

    >>> mu, c = spectrum_of_gram(np.diag(np.arange(20, 0, -1.0)), np.ones(20))
    >>> mu[:2].tolist(), round(float(c.sum()), 12)
    ([1.0, 0.95], 1.0)
    """
    matrix = _real(K, "K", 2)
    n = len(matrix)
    if matrix.shape != (n, n):
        raise DomainError(f"K has the shape {matrix.shape}; a Gram matrix is square")
    _check_samples(n)
    largest = float(np.abs(matrix).max())
    gap = np.abs(matrix - matrix.T)
    if gap.max() > 1e-8 * largest:
        i, j = (int(place) for place in np.unravel_index(int(gap.argmax()), gap.shape))
        raise DomainError(
            f"K is not symmetric: K[{i}, {j}] = {matrix[i, j]:g}, K[{j}, {i}] = {matrix[j, i]:g}; "
            "give K(x_i, x_j)"
        )
    labels = _labels(y, n)
    mu, vectors = np.linalg.eigh((matrix + matrix.T) / (2 * n))
    return _resolved(mu[::-1], ((vectors.T[::-1] @ labels) ** 2).sum(axis=1) / n, n)


def spectrum_of_features(X: Any, y: Any) -> tuple[Floats, Floats]:
    """The same for ``K = X X^T``, X of shape (n, features), from its singular values.

    >>> mu, c = spectrum_of_features(np.eye(20), np.ones(20))
    >>> float(mu[0]), len(mu)
    (0.05, 20)
    """
    features = _real(X, "X", 2)
    n = len(features)
    _check_samples(n)
    labels = _labels(y, n)
    vectors, singular, _ = np.linalg.svd(features, full_matrices=False)
    return _resolved(singular**2 / n, ((vectors.T @ labels) ** 2).sum(axis=1) / n, n)


def _check_samples(n: int) -> None:
    if n < SMALLEST:
        raise DomainError(f"{n} samples; the fit of an exponent needs at least {SMALLEST}")


def _resolved(mu: Floats, power: Floats, n: int) -> tuple[Floats, Floats]:
    """The modes above round-off. Labels in others are not seen by the kernel."""
    floor = ROUND_OFF * n * float(mu[0])
    if mu[-1] < -1e3 * floor:
        raise SpectrumError(
            f"K is not positive semidefinite: its eigenvalues reach from {mu[-1]:.3g} to {mu[0]:.3g}"
        )
    kept = mu > floor
    return mu[kept], power[kept]


class HeldOut(Tabular):
    """Mean squared errors of kernel regression on samples that were left out, by number of samples."""

    def __init__(self, samples: Sequence[int], errors: Sequence[float], deviations: Sequence[float]) -> None:
        self.samples, self.errors, self.deviations = tuple(samples), tuple(errors), tuple(deviations)

    def columns(self) -> dict[str, Sequence[Any]]:
        """Samples, error, and its standard deviation over draws."""
        return {"samples": self.samples, "error": self.errors, "deviation": self.deviations}

    def __str__(self) -> str:
        return f"held-out errors at {len(self.samples)} numbers of samples"


def held_out(
    K: Any, y: Any, samples: Sequence[int], *, ridge: float = 0.0, draws: int = 8, seed: int = 0
) -> HeldOut:
    """Kernel ridge regression on random subsets, its squared error on all other samples.

    ``f = K_test,train (K_train + P ridge)^-1 y``; the ridge is that of ``(1/P) sum (y - f)^2 + ridge |w|^2``.
    Errors are in units of y^2 and hold the label noise.

    >>> x = np.linspace(0, 1, 60)
    >>> table = held_out(np.exp(-abs(x[:, None] - x)), np.sin(6 * x), [10, 40])
    >>> table.errors[1] < table.errors[0]
    True
    """
    matrix, n = _real(K, "K", 2), len(K)
    labels = _labels(y, n)
    rng = np.random.default_rng(seed)
    means, deviations = [], []
    for given in samples:
        size = whole_number(given, "samples", 1, n - 1)
        errors = []
        for _ in range(whole_number(draws, "draws", 2)):
            order = rng.permutation(n)
            train, test = order[:size], order[size:]
            inner = matrix[np.ix_(train, train)] + size * ridge * np.eye(size)
            weights = np.linalg.lstsq(inner, labels[train], rcond=None)[0]
            rest = labels[test] - matrix[np.ix_(test, train)] @ weights
            errors.append(float((rest**2).sum(axis=1).mean()))
        means.append(float(np.mean(errors)))
        deviations.append(float(np.std(errors, ddof=1)) / len(errors) ** 0.5)
    return HeldOut([int(size) for size in samples], means, deviations)
