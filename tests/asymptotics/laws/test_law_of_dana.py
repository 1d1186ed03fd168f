"""The law of DANA-decaying: exponent, constant and floor against sums of their own, and against the model."""

from __future__ import annotations

import mpmath
import pytest
from sympy import Rational

from asymptotics import (
    DANA,
    SpectrumError,
    Task,
    UnableError,
    check_claim,
    compute_optimal,
    derive,
    power_law,
)
from asymptotics.symbols import N, t
from numerics import FullModel, verify

POINTS = (
    (Rational(3, 2), Rational(3, 2), 0.125, 1, 6.0, 0.0625),
    (2, 2, 0.25, 2, 6.0, 0.0625),
    (Rational(27, 10), Rational(9, 5), 0.5, 16, 9.0, 0.25),
    (Rational(13, 5), Rational(11, 3), 0.03125, 3, 4.0, 0.0078125),
)


def shares(b, eta, batch, delta, mu, x):
    """K of one-pass SGD, ``sum lambda/(1 - q eta lambda/2)`` as a geometric series, and k(x)."""
    overshoot = (1 + mpmath.mpf(1) / batch) * eta / 2
    fast = sum(overshoot**j * mpmath.zeta(b * (j + 1)) for j in range(150)) * eta / (2 * batch)
    p = 1 / b
    slow = mpmath.gamma(1 - p) / b * eta ** (p - 1) * mpmath.beta(p, 1 + delta - p / 2 - x) * mu / (2 * batch)
    return fast, slow


def closed(a, b, eta, batch, delta, mu):
    """The exponent and the constant, by the Mellin transform of the squared filter as an integral."""
    a, b = mpmath.mpf(a.p) / a.q, mpmath.mpf(b.p) / b.q
    p, s = 1 / b, (a - 1) / b
    nu, x = (delta + p - 1) / (2 - p), s * (2 - p)
    mellin = mpmath.gamma(nu + 1) ** 2 * 4**nu * mpmath.gamma(nu + 0.5 - s) * mpmath.gamma(s)
    mellin /= mpmath.sqrt(mpmath.pi) * mpmath.gamma(nu + 1 - s) * mpmath.gamma(2 * nu + 1 - s)
    theta = 4 * mu / (2 - p) ** 2
    return x, mellin / b * theta**-s / (1 - sum(shares(b, eta, batch, delta, mu, x)))


@pytest.mark.parametrize("point", POINTS)
def test_exponent_and_constant(point) -> None:
    a, b, *numbers = (Rational(point[0]), Rational(point[1]), *point[2:])
    with mpmath.workdps(30):
        order, constant = closed(a, b, *numbers)
    law = derive(power_law(a, b)).dana.at(**dict(zip(("eta", "B", "delta", "mu"), numbers, strict=True)))
    assert abs(float(law.exponent) - order) < 1e-14
    assert abs(mpmath.mpf(law.prefactor.evalf(25)) / constant - 1) < 1e-12


@pytest.mark.parametrize("point", [POINTS[1], pytest.param(POINTS[2], marks=pytest.mark.slow)])
@pytest.mark.parametrize("sigma", [pytest.param(0, marks=pytest.mark.slow), 1])
def test_the_model_tends_to_the_law(point, sigma) -> None:
    """By no more than the order that the law states, and nearer later; the floor with label noise."""
    a, b, eta, batch, delta, mu = point
    rule = DANA(eta=eta, batch=batch, delta=delta, momentum=mu, decay=float(1 / Rational(b)))
    law = derive(power_law(a, b, noise=sigma)).dana.at(eta=eta, B=batch, delta=delta, mu=mu)
    model = FullModel(power_law(a, b), noise=sigma, rule=rule)
    off = [abs(float(model.test_loss(time)) / float(law(time)) - 1) for time in (10**3, 10**5)]
    slowest = min((1 - 1 / float(b)) ** 2, 1 / float(b))
    assert off[1] < 0.8 * off[0]
    assert off[1] < 3 * (10**5) ** -slowest


def test_the_floor_is_what_batches_make_of_label_noise() -> None:
    """``sigma^2 k/(1 - k)``, k = K + k(0)."""
    law = derive(power_law(2, 2, noise="1/2")).dana.at(eta=0.25, B=2, delta=6, mu=0.05)
    with mpmath.workdps(30):
        k = sum(shares(mpmath.mpf(2), 0.25, 2, 6.0, mpmath.mpf("0.05"), 0))
    assert law.exponent == 0
    assert abs(mpmath.mpf(law.prefactor.evalf(20)) / (k / (1 - k) / 4) - 1) < 1e-12


def test_where_it_holds() -> None:
    laws = derive(power_law("a", "b"))
    assert [str(c) for c in laws.dana.conditions if "delta" not in str(c)] == ["b > 1", "a > 1", "a < 2*b"]
    with pytest.raises(SpectrumError, match="batches add in the first steps leads"):
        derive(power_law(4, 2)).dana  # noqa: B018
    with pytest.raises(SpectrumError, match="the dana law needs"):
        derive(power_law(3, 2)).dana.at(delta=Rational(1, 2))
    with pytest.raises(UnableError, match="eigenvalues that fall as a power"):
        derive(Task("exp(-k)", "k**-2")).dana  # noqa: B018
    with pytest.raises(UnableError, match="budgets of DANA are not derived"):
        compute_optimal(laws, cost=N * t, rule=DANA)


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("t**(-(2 - 1/b)*(a - 1)/b)", "HOLDS"),
        ("t**(-2*(a - 1)/b)", "FAILS"),
        ("t**(-(2 - 1/b)*(a - 1)/b)*log(t)", "FAILS"),
        ("7*t**(-(2 - 1/b)*(a - 1)/b)", "FAILS"),
    ],
)
def test_claims(claim, verdict) -> None:
    assert str(check_claim(claim, derive(power_law("a", "b")).dana)).startswith(verdict)


@pytest.mark.slow
def test_each_step_of_its_derivation_holds() -> None:
    found = derive(power_law("a", "b")).dana.derivation.check(
        {"a": 2, "b": 2, "delta": 6, "mu": Rational(1, 10)}
    )
    assert found.passed, str(found)


@pytest.mark.slow
def test_wrong_laws_are_not_verified() -> None:
    law, at = derive(power_law(2, 2)).dana, {"eta": Rational(1, 4), "B": 2, "delta": 6, "mu": Rational(1, 16)}
    assert verify(law, at).verdict != "FAILS"
    for wrong in (law.stating(exponent=x) for x in (Rational(2, 3), Rational(7, 10), 1)):
        assert verify(wrong, at).verdict == "FAILS"
