"""Public data: kernel ridge regression of scikit-learn on digits, and real nonlinear features.

Only the spectrum of the kernel and the target powers go into the theory. Images are not Gaussian features:
with the smallest ridge, where single images are fitted, up to 6 % are allowed beside 3.5 standard errors,
else 1 %.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sympy import oo

from asymptotics import NonlinearFeatures
from numerics.model.full_model import FullModel
from numerics.spectra.arrays import Array

GAMMA = 0.05


def lengths(x: Array) -> Array:
    norms = np.linalg.norm(x, axis=1)
    return np.outer(norms, norms)


def arc_cosine(x: Array) -> Array:
    cosine = np.clip(x @ x.T / lengths(x), -1, 1)
    angle = np.arccos(cosine)
    return lengths(x) * (np.sin(angle) + (np.pi - angle) * cosine) / np.pi


KERNELS: dict[str, Callable[[Array, Any], Array]] = {
    "linear": lambda x, pairwise: pairwise.linear_kernel(x),
    "polynomial": lambda x, pairwise: pairwise.polynomial_kernel(x, degree=3, gamma=0.1, coef0=1),
    "RBF": lambda x, pairwise: pairwise.rbf_kernel(x, gamma=GAMMA),
    "Laplacian": lambda x, pairwise: pairwise.laplacian_kernel(x, gamma=GAMMA),
    "arc-cosine": lambda x, pairwise: arc_cosine(x),
}


def digits(count: int) -> tuple[Array, Array]:
    """Images of digits, and whether each is even, without their means."""
    datasets = pytest.importorskip("sklearn.datasets")
    images, labels = datasets.load_digits(return_X_y=True)
    chosen = np.random.default_rng(0).permutation(len(images))[:count]
    images, target = images[chosen] / 16, np.where(labels[chosen] % 2 == 0, 1.0, -1.0)
    return images - images.mean(axis=0), target - target.mean()


def check_kernel(
    name: str, count: int, sizes: tuple[int, ...], shares: tuple[float, ...], draws: int
) -> None:
    images, target = digits(count)
    ridge_regression = pytest.importorskip("sklearn.kernel_ridge").KernelRidge
    kernel = KERNELS[name](images, pytest.importorskip("sklearn.metrics.pairwise"))
    eigenvalues, vectors = np.linalg.eigh(kernel / count)
    kept = eigenvalues > 1e-10 * eigenvalues[-1]
    overlaps = vectors[:, kept].T @ target
    power, clean = overlaps**2 / count, vectors[:, kept] @ overlaps
    rest = float(np.sqrt(max((target**2).mean() - power.sum(), 0)))
    for share in shares:
        ridge = share * float(eigenvalues[kept].sum())
        for size in sizes:
            losses = []
            for seed in range(draws):
                seen = np.random.default_rng(seed).integers(0, count, size)
                fit = ridge_regression(alpha=size * ridge, kernel="precomputed")
                fit.fit(kernel[np.ix_(seen, seen)], target[seen])
                losses.append(np.mean((fit.predict(kernel[:, seen]) - clean) ** 2))
            model = FullModel.from_arrays(eigenvalues[kept], power, P=size, ridge=ridge, noise=rest, digits=4)
            theory = float(model.test_loss(oo))
            error = np.std(losses) / np.sqrt(draws)
            apart = 0.06 if share < 0.01 else 0.01
            assert abs(np.mean(losses) - theory) < 3.5 * error + apart * theory, (name, share, size)
            assert error < 0.15 * theory


def test_the_digits_with_a_gaussian_kernel() -> None:
    check_kernel("RBF", 300, (20, 40), (1e-2, 1e-1), draws=12)


@pytest.mark.slow
@pytest.mark.parametrize("name", KERNELS)
def test_learning_curves_of_kernel_ridge_regression_on_digits(name: str) -> None:
    check_kernel(name, 1000, (30, 60, 120), (1e-3, 1e-2, 1e-1), draws=20)


def real_features(
    variances: Array, weights: Array, sizes: tuple[int, int], ridge: float, generator: np.random.Generator
) -> float:
    """Test loss, on unseen inputs, of ridge regression on ReLU features, their mean taken off."""
    width, seen = sizes
    inputs = generator.standard_normal((seen + 1000, len(variances))) * np.sqrt(variances)
    projection = generator.standard_normal((width, len(variances)))
    mean = np.sqrt(variances.sum() / (2 * np.pi))
    features = (np.maximum(inputs @ projection.T, 0) - mean) / np.sqrt(width)
    values = inputs @ weights
    known, noisy = features[:seen], values[:seen] + 0.3 * generator.standard_normal(seen)
    solved = np.linalg.solve(known @ known.T + seen * ridge * np.eye(seen), noisy)
    return float(np.mean((values[seen:] - features[seen:] @ (known.T @ solved)) ** 2))


def check_features(alpha: float, ridge: float, sizes: tuple[int, int], dimensions: int, draws: int) -> Any:
    """Real over predicted loss less 1, and its standard error: inputs i^-alpha, target power i^-2."""
    index = np.arange(1, dimensions + 1.0)
    variances, power = index**-alpha / (index**-alpha).sum(), index**-2 / (index**-2).sum()
    generator = np.random.default_rng(3)
    weights = np.sqrt(power / variances)
    losses = [real_features(variances, weights, sizes, ridge, generator) for _ in range(draws)]
    student = NonlinearFeatures(activation="relu")
    same: dict[str, Any] = {"N": sizes[0], "P": sizes[1], "noise": 0.3, "ridge": ridge}
    model = FullModel.from_arrays(variances, power, student=student, digits=4, **same)
    theory = float(model.test_loss(oo))
    return np.mean(losses) / theory - 1, np.std(losses) / np.sqrt(draws) / theory


def test_real_features_of_flat_inputs_are_their_gaussian_equivalent() -> None:
    sizes = (200, 100)
    apart, error = check_features(0, 1e-2, sizes, dimensions=100, draws=20)
    assert abs(apart) < 3.5 * error + sum(1 / size for size in sizes) and error < 0.03


@pytest.mark.slow
@pytest.mark.parametrize("ridge", [1e-4, 1e-3, 1e-2])
@pytest.mark.parametrize("alpha", [0, 0.5, 1])
def test_real_features_over_the_samples_are_their_gaussian_equivalent(alpha: float, ridge: float) -> None:
    sizes = (400, 200)
    apart, error = check_features(alpha, ridge, sizes, dimensions=200, draws=40)
    assert abs(apart) < 3.5 * error + sum(1 / size for size in sizes) and error < 0.03


@pytest.mark.slow
@pytest.mark.parametrize(("alpha", "least"), [(1.5, 0.08), (2, 0.3)])
def test_steep_inputs_are_where_the_equivalent_fails(alpha: float, least: float) -> None:
    """A limit that the README states: the real loss is lower by far more than its errors."""
    apart, error = check_features(alpha, 1e-4, (400, 200), dimensions=200, draws=40)
    assert apart < -least and apart < -5 * error
