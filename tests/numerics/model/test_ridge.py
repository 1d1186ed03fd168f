"""The model with a ridge: the static equation at many digits, closed forms in time, and finite draws."""

import random

import mpmath
import numpy as np
import pytest
from plain_end import check
from sympy import Rational, oo

from asymptotics import power_law
from asymptotics.errors import DomainError, UnableError
from numerics import FullModel, GradientDescent, HeavyBall, OnePassSGD

LAM = [1, 0.5, 0.25, 0.2, 0.125, 0.0625]
POWER = [1, 0.25, 0.5, 0.125, 0.0625, 0.25]
DIGITS = 130


def _static(N, P, ridge, sigma):
    """Every quantity by equation (1) of the theory on students, kappa by bisection from its lower end up."""
    lam, c = ([mpmath.mpf(x) for x in values] for values in (LAM, POWER))
    rho, s = (mpmath.mpf(x.p) / x.q for x in (Rational(ridge), Rational(sigma) ** 2))
    n, p = (0 if x == oo else mpmath.mpf(Rational(x).q) / Rational(x).p for x in (N, P))

    def df(kappa, power=1):
        return mpmath.fsum((x / (x + kappa)) ** power for x in lam)

    def e(kappa):  # dlog kappa/dlog zeta
        return 1 - n * (df(kappa) - df(kappa, 2)) / (1 - n * df(kappa, 2))

    def amplified(kappa):
        d1, d2 = df(kappa), df(kappa, 2)
        return 1 - p * (d2 + (1 - e(kappa)) * (d1 - d2))

    def excess(kappa):
        return kappa * (1 - p * df(kappa)) * (1 - n * df(kappa)) - rho

    # from large kappa down to where rho(kappa) stops falling, or to where it is below rho with both factors
    high, low = mpmath.mpf(100), mpmath.mpf(100)
    while excess(low) > 0:
        low *= mpmath.mpf("0.97")
    while high - low > high * mpmath.mpf(10) ** -(DIGITS - 20):
        middle = (high + low) / 2
        low, high = (low, middle) if excess(middle) > 0 else (middle, high)
    kappa = high
    xi = mpmath.fsum(y * kappa / (x + kappa) for x, y in zip(lam, c, strict=True))
    F = mpmath.fsum(y * (kappa / (x + kappa)) ** 2 for x, y in zip(lam, c, strict=True))
    loss = (s + F + (1 - e(kappa)) * (xi - F)) / amplified(kappa) - s
    train = (1 - p * df(kappa)) ** 2 * (loss + s)
    return {"test_loss": loss, "train_loss": train, "gap": loss + s - train, "bias": F}


@pytest.mark.parametrize("seed", range(30))
def test_the_static_equation(seed: int) -> None:
    draw = random.Random(seed)
    N, P = (draw.choice([Rational(draw.randint(1, 200), 10), oo]) for _ in range(2))
    if seed % 5 == 0:
        N = P
    ridge = Rational(draw.randint(1, 99), 10 ** draw.choice([1, 2, 3, 20, 45]))
    digits, sigma = draw.choice([5, 15, 30, 50]), draw.choice([0, "1/2"])
    model = FullModel.from_arrays(LAM, POWER, N=N, P=P, ridge=ridge, noise=sigma, digits=digits)
    with mpmath.workdps(DIGITS):
        for name, expected in _static(N, P, ridge, sigma).items():
            found = getattr(model, name)(oo)
            if expected:
                check(found, expected, digits, name)


@pytest.mark.parametrize(
    ("N", "P", "ridge"), [(3, oo, "-1/1000"), (oo, 3, "-1/100"), (5, 2, "-1/50"), (2, 5, "-1e-30")]
)
def test_negative_ridges(N, P, ridge) -> None:
    model = FullModel.from_arrays(LAM, POWER, N=N, P=P, ridge=ridge, noise=1, digits=15)
    with mpmath.workdps(DIGITS):
        for name, expected in _static(N, P, ridge, 1).items():
            if expected:
                check(getattr(model, name)(oo), expected, 15, name)
    assert model.test_loss(10**8).agrees_with(model.test_loss(oo))


@pytest.mark.parametrize("ridge", ["1/10", "3", "1/100000"])
def test_one_curvature_a_mode(ridge) -> None:
    """N = P = oo: ``v_k = w_k (rho + lambda_k e^(-(lambda_k + rho) t))/(lambda_k + rho)``, and its steps."""
    rho, lam = float(Rational(ridge)), np.array(LAM)
    power = np.array(POWER)
    for rule, left in (
        ({}, lambda x: np.exp(-7 * x)),
        ({"rule": GradientDescent(eta=0.25)}, lambda x: (1 - 0.25 * x) ** 7),
    ):
        model = FullModel.from_arrays(LAM, POWER, ridge=ridge, **rule)
        expected = (power * ((rho + lam * left(lam + rho)) / (lam + rho)) ** 2).sum()
        assert float(model.test_loss(7)) == pytest.approx(expected, rel=1e-14)


def test_steps_are_stable_with_the_ridge_on_top() -> None:
    FullModel.from_arrays([1], [1], rule=GradientDescent(eta=1.5), ridge="0.3")
    with pytest.raises(DomainError, match="eta"):
        FullModel.from_arrays([1], [1], rule=GradientDescent(eta=1.5), ridge="0.4")


def test_a_ridge_that_goes_to_zero_changes_nothing() -> None:
    task = power_law(1.5, 1.25)
    plain = FullModel(task, N=100, P=80, noise=1)
    tiny = FullModel(task, N=100, P=80, noise=1, ridge="1e-40")
    for t in (5, oo):
        for name in ("test_loss", "train_loss", "gap", "bias"):
            found, expected = (float(getattr(model, name)(t)) for model in (tiny, plain))
            assert found == pytest.approx(expected, rel=1e-13, abs=1e-30)


def test_parts_make_up_the_loss_and_late_times_are_the_end() -> None:
    model = FullModel(power_law(2, 1.5), N=30, P=40, noise=1, ridge="0.01")
    v = model.variance(20)
    assert float(v.total) + float(model.bias(20)) == pytest.approx(float(model.test_loss(20)), rel=1e-14)
    for rule, t in (({}, 10**5), ({"rule": HeavyBall(beta=2)}, 10**5)):
        late = FullModel(power_law(2, 1.5), N=30, P=40, noise=1, ridge="0.01", **rule)
        assert late.test_loss(t).agrees_with(model.test_loss(oo), factor=2)
        assert late.train_loss(t).agrees_with(model.train_loss(oo), factor=2)


def test_coefficients_in_the_sizes() -> None:
    model, ridge = FullModel(power_law(2, 1.5), ridge="0.01"), "0.01"
    (first,) = model.coefficients("test_loss", "N", 5)
    near = FullModel(power_law(2, 1.5), N=10**12, ridge=ridge)
    change = (near.test_loss(5).value - model.test_loss(5).value) * 10**12
    assert float(change) == pytest.approx(float(first), rel=1e-3)


def test_finite_draws() -> None:
    """Ridge flow on N features and P samples: the mean over draws lies within its errors and O(1/N)."""
    rng, modes, N, P, sigma, rho = np.random.default_rng(3), 60, 40, 90, 0.5, 0.02
    lam = np.arange(1, modes + 1) ** -1.25
    power = np.arange(1, modes + 1) ** -1.5
    w, times, rows = np.sqrt(power / lam), (3, 30, 300), []
    for _ in range(200):
        A, psi = rng.normal(size=(N, modes)), rng.normal(size=(P, modes)) * np.sqrt(lam)
        design = psi @ A.T / np.sqrt(N)
        labels = psi @ w + sigma * rng.normal(size=P)
        h, U = np.linalg.eigh(design.T @ design / P)
        drive = U.T @ (design.T @ labels / P)
        row = []
        for t in times:
            weights = U @ (-np.expm1(-(h + rho) * t) / (h + rho) * drive)
            row.append((lam * (w - A.T @ weights / np.sqrt(N)) ** 2).sum())
            row.append(((labels - design @ weights) ** 2).mean())
        rows.append(row)
    model = FullModel.from_arrays(lam, power, N=N, P=P, noise=sigma, ridge=str(rho))
    expected = [float(x) for t in times for x in (model.test_loss(t), model.train_loss(t))]
    spread = np.std(rows, axis=0) / np.sqrt(len(rows))
    assert (np.abs(np.mean(rows, axis=0) - expected) < 3 * spread + 0.01 * np.array(expected)).all()


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"ridge": "-1"}, DomainError, "ridge = -1 is not above -0.0.*the pole"),
        ({"ridge": "-1", "N": 3}, DomainError, "not above 0, the pole"),
        ({"ridge": oo}, DomainError, "ridge = oo; it must be a finite number"),
        ({"ridge": "-1", "P": 20}, UnableError, "not below the 6 modes"),
        ({"ridge": -1, "P": oo, "rule": OnePassSGD(eta=0.1, batch=1)}, UnableError, "give ridge >= 0"),
    ],
)
def test_bad_input(options, error, says) -> None:
    with pytest.raises(error, match=says) as caught:
        FullModel.from_arrays(LAM, POWER, **{"P": 3, **options})
    assert "\n" not in str(caught.value)
