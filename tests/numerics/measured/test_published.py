"""Published exponents of data: those of spectra against those of learning curves.

Spigler, Geiger and Wyart (arXiv 1905.10843, abstract) read the exponent a, with which the coefficients of the
target fall with the rank of the mode, off kernel PCA: "leading to beta = 0.36 for MNIST and beta = 0.07 for
CIFAR10", beta = a - 1; learning curves of regression and classification, with Gaussian and Laplace kernels,
fell with "beta = 0.4 for MNIST and beta = 0.1 for CIFAR10".

Simon, Karkada, Ghosh and Belkin (arXiv 2311.14646; the numbers stand in plots/plotting.ipynb of their code)
measure both exponents of a convolutional tangent kernel of ten layers: alpha = b by
`(Tr K_n^-1)^-1 ~ n^-alpha` and beta = a by `test loss ~ n^(1 - beta)`, and have a formula of the loss beside
the ratio of training and test loss.
"""

from math import pi, sin, sqrt

import pytest
from sympy import Rational

from asymptotics import check_claim, derive, power_law
from asymptotics.symbols import P
from numerics import FullModel, fit_curve

PUBLISHED = [
    # data, beta of the spectrum, beta of the curves
    ("MNIST", "9/25", "2/5"),
    ("CIFAR-10", "7/100", "1/10"),
]


@pytest.mark.parametrize(("data", "spectrum", "curve"), PUBLISHED)
def test_the_capacity_does_not_enter_as_it_did_not_with_two_kernels(data, spectrum, curve):
    """The curves of both kernels have one exponent: below saturation, a - 1 < 2 b, the law has none of b."""
    del data
    beta = Rational(spectrum)
    for b in ("6/5", "3/2", "3"):
        law = derive(power_law(1 + beta, b)).data
        assert law.exponent == beta
        assert check_claim(P**-beta, law).verdict == "HOLDS"
        assert check_claim(P ** -Rational(curve), law).verdict == "FAILS"
    # what spectra predict is next to what curves show, as the paper says
    assert abs(beta - Rational(curve)) <= Rational(1, 20)


@pytest.mark.parametrize(("data", "spectrum", "curve"), PUBLISHED)
def test_the_curve_of_the_model_has_the_exponent_of_the_spectrum(data, spectrum, curve):
    """The sizes of the paper, tens to thousands of samples: read as they stand curves are flatter."""
    del data, curve
    a, b = 1 + Rational(spectrum), Rational(3, 2)
    sizes = [2**j for j in range(5, 13)]
    losses = [float(FullModel(power_law(a, b), P=n, digits=8).test_loss("oo")) for n in sizes]
    fit = fit_curve(sizes, losses, law=derive(power_law("a", "b")).data, at={"a": a, "b": b})
    assert abs(float(fit.exponent) - float(a - 1)) <= 2 * float(fit.exponent.error)
    assert float(fit.exponent.error) < 1e-3


MEASURED = [
    # data, alpha = b (capacity), beta = a (source)
    ("MNIST", "1.12", "1.36"),
    ("SVHN", "1.22", "1.20"),
    ("CIFAR-10", "1.17", "1.14"),
]


def published_loss(ratio: float, alpha: float, beta: float, n: int) -> float:
    """`mse_theory` of the code of arXiv 2311.14646 without noise, for a target c_k = k^-beta."""
    root = sqrt(ratio)
    loss = pi**beta * (alpha - beta + 1) * sin(pi / alpha) / sin(pi * (beta - 1) / alpha)
    loss *= (1 - root) / (1 + (alpha - 1) * root)
    return loss * (alpha * sin(pi / alpha) * (1 - root)) ** -beta * n ** (1 - beta)


@pytest.mark.parametrize(("data", "alpha", "beta"), MEASURED)
@pytest.mark.parametrize("ratio", [0.0225, 0.16, 0.64])
def test_the_law_of_ridges_is_the_published_formula_at_the_published_exponents(data, alpha, beta, ratio):
    """Training over test loss is (1 - df1/P)^2, which fixes the ridge rho P^-b."""
    del data
    a, b = Rational(beta), Rational(alpha)
    x = 1 - sqrt(ratio)
    filling = (pi / float(b)) / sin(pi / float(b))
    rho = (filling / x) ** float(b) * (1 - x)
    law = derive(power_law("a", "b")).ridge.at(a=a, b=b, l=b)
    assert law(30000, rho=rho) == pytest.approx(published_loss(ratio, float(b), float(a), 30000), rel=1e-12)


@pytest.mark.parametrize(("data", "alpha", "beta"), MEASURED)
def test_the_best_ridge_interpolates_nearly_or_wholly(data, alpha, beta):
    """Positive for a < b alone; the best ratio of training to test loss is below 3 %, else 0."""
    a, b = Rational(beta), Rational(alpha)
    best = derive(power_law(a, b)).optimal_ridge_value
    assert (float(best.leading.subs(P, 1)) > 0) == (data != "MNIST")
    grid = [j / 1000 for j in range(500)]
    ratio = min(grid, key=lambda ratio: published_loss(ratio, float(b), float(a), 1))
    share = b * (a - 1) / (a * (b - 1))  # df1/P at the stationary ridge
    assert ratio == pytest.approx(float(max(0, 1 - share) ** 2), abs=1e-3) and ratio < 0.03
