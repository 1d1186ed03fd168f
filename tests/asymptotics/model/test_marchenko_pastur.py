"""Marchenko and Pastur: response, density, moments and limits by other routes."""

import numpy as np
import pytest
from sympy import Integer, Rational, Symbol, cosh, exp, lambdify, series, simplify, sqrt, symbols

from asymptotics import Task
from asymptotics.model.marchenko_pastur import marchenko_pastur
from asymptotics.symbols import t
from numerics import FullModel


def test_response_is_that_of_bap():
    nu, z = symbols("nu z", positive=True)
    ours = marchenko_pastur(nu).response(z)
    bap = (
        (1 - 1 / nu - z) + sqrt((1 - 1 / nu - z) ** 2 + 4 * z)
    ) / 2  # BAP, appendix; the root's sign put right
    for point in ({nu: Rational(1, 3), z: Rational(1, 7)}, {nu: 4, z: 5}):
        assert abs((ours - bap).subs(point).evalf(30)) < 1e-28


@pytest.mark.parametrize("ratio", [Rational(1, 3), Rational(1), Rational(5, 2)])
def test_density_has_its_moments(ratio):
    law, u = marchenko_pastur(ratio, Rational(3, 2)), Symbol("u", positive=True)
    low, high = (float(x) for x in law.edges)
    # in the angle the density is smooth and periodic: the midpoint rule is exact to rounding
    angles = (np.arange(400) + 0.5) * np.pi / 400
    places = (low + high) / 2 - (high - low) / 2 * np.cos(angles)
    weights = lambdify(u, law.density(u), "numpy")(places) * (high - low) / 2 * np.sin(angles) * np.pi / 400
    for n in range(4):
        total = float(np.sum(weights * places**n)) + (float(law.atom) if n == 0 else 0.0)
        assert abs(total - float(law.moment(n))) < 1e-10


def test_moments_of_drawn_matrices():
    """tr (A^T A/N)^n/M over Gaussian draws, M = 400, nu = 2: fluctuations are of relative order 1/M."""
    draws = np.random.default_rng(5).standard_normal((800, 400))
    gram = draws.T @ draws / 800
    for n in (1, 2, 3):
        found = np.trace(np.linalg.matrix_power(gram, n)) / 400
        assert abs(found / float(marchenko_pastur(2).moment(n)) - 1) < 0.02


@pytest.mark.parametrize("size", [{"N": 12}, {"P": 12}, {"N": 75}])
def test_marchenko_pastur_is_the_full_model(size):
    """Density and atom of the white spectrum, from N features or from P samples alike."""
    (number,) = size.values()
    law = marchenko_pastur(Rational(number, 30), Rational(3, 2))
    model = FullModel(Task(eigenvalues=Rational(3, 2), target=1, modes=30), digits=15, **size)
    low, high = law.edges
    for share in (Rational(1, 10), Rational(2, 3)):
        u = low + share * (high - low)
        found = model.timescale_density(3, u.evalf(25))
        assert abs(float(found) / float(law.density(u)) - 1) < 1e-12
    assert abs(float(model.transfer(3, 10**5)) - float(law.atom)) < 1e-12


def test_few_and_many_features():
    one = Task(eigenvalues=1, target=1, modes=1000)
    few, many = FullModel(one, N=1), FullModel(one, N=10**6)
    assert (
        abs(
            float(few.transfer(1, Rational(1, 500)))
            - float(marchenko_pastur(Rational(1, 1000)).few(Rational(1, 500)))
        )
        < 2e-6
    )
    # for many features x = t/sqrt(nu) = 0.63, and the relative corrections are x/sqrt(nu)
    ours, exact = float(marchenko_pastur(1000).many(Integer(20))), float(many.transfer(1, 20))
    assert abs(exact / ours - 1) < 0.01
    assert abs(exact / (ours * cosh(20 / sqrt(1000)).evalf()) - 1) > 0.1


def test_many_features_against_the_cosine_of_bap():
    """The two agree to first order in 1/nu and not to the second: I_1(2x)/x = 1 + x^2/2 + x^4/12 + ..."""
    x, nu = symbols("x nu", positive=True)
    ours = (marchenko_pastur(nu).many(t) * exp(t)).subs(t, x * sqrt(nu))
    difference = (
        series(simplify(ours).rewrite("besseli"), x, 0, 6).removeO() - series(cosh(x), x, 0, 6).removeO()
    )
    assert difference.expand() == x**4 / 24
