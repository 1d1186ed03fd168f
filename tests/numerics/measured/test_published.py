"""Published exponents of data: those of spectra against those of learning curves.

Spigler, Geiger and Wyart (arXiv 1905.10843, abstract) read the exponent a, with which the coefficients of the
target fall with the rank of the mode, off kernel PCA: "leading to beta = 0.36 for MNIST and beta = 0.07 for
CIFAR10", beta = a - 1; learning curves of regression and classification, with Gaussian and Laplace kernels,
fell with "beta = 0.4 for MNIST and beta = 0.1 for CIFAR10".
"""

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
