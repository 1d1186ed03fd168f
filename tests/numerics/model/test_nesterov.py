"""Nesterov momentum: the Bessel filter, the closed contour at any N and P, and sums of modes that swing."""

import math

import mpmath
import numpy as np
import pytest

from asymptotics import DomainError, Nesterov, PrecisionError, power_law
from numerics import FullModel
from numerics.model.rules.base import dynamics_of
from numerics.simulation.simulate import simulate_arrays
from numerics.spectra.finite import finite_spectrum
from numerics.spectra.spectrum import spectrum_of
from numerics.sums import swinging
from numerics.sums.bessel import bessel_error, bessel_filter
from numerics.sums.blocks import gram
from numerics.sums.swinging import swinging_sum

RATES = [1.0, 0.4, 0.05, 1e-3]
POWERS = [1.0, 0.6, 0.1, 0.3]


def left_of(delta, rate, t):
    index, z = (mpmath.mpf(delta) - 1) / 2, mpmath.sqrt(mpmath.mpf(rate)) * t
    return mpmath.hyp0f1(index + 1, -(z**2) / 4)


@pytest.mark.parametrize("delta", [0.25, 1, 2.5, 3, 11, 50])
def test_filter_within_its_error(delta):
    z = np.array([0.0, 1e-9, 1e-3, 0.7, 12.0, 39.0, 45.0, 700.0, 2400.0, 3000.0, 1e5])
    index = (delta - 1) / 2
    left, learned = bessel_filter(index, z)
    with mpmath.workdps(50):
        exact = [mpmath.hyp0f1(mpmath.mpf(index) + 1, -(mpmath.mpf(x) ** 2) / 4) for x in z]
        for x, f, one, error in zip(exact, left, learned, bessel_error(index, z), strict=True):
            assert abs(f - x) <= error
            assert abs(one - (1 - x)) <= error + 3e-16
        # what is learned first keeps its relative accuracy
        assert abs(learned[1] / (1 - exact[1]) - 1) < 1e-13


def test_filter_is_the_differential_equation():
    """``f'' + (delta/t) f' = -u f`` by Taylor's series at t = 3."""
    for delta in (0.5, 3.0, 7.0):
        h = 1e-3
        t = 3 + h * np.arange(-1, 2)
        f = 1 - dynamics_of(Nesterov(delta=delta)).learned_fraction(np.array([0.8]), t)[0]
        second, first = (f[2] - 2 * f[1] + f[0]) / h**2, (f[2] - f[0]) / (2 * h)
        assert second + delta / 3 * first == pytest.approx(-0.8 * f[1], abs=1e-5)


@pytest.mark.parametrize("length", [1, 5, 40, 1000, 10**9])
def test_gauss_rule_for_sums(length):
    x, w = gram(3.0, length, 12)
    assert w.sum() == pytest.approx(length, rel=1e-13)
    wanted = mpmath.nsum(lambda j: 1 / (j + 3 + length), [0, length - 1]) if length < 2000 else None
    if wanted is None:
        wanted = mpmath.digamma(3 + 2 * length) - mpmath.digamma(3 + length)
    assert float((w / (x + length)).sum()) == pytest.approx(float(wanted), rel=1e-11)


@pytest.mark.parametrize("delta", [0.5, 3.0, 8.0])
@pytest.mark.parametrize("t", [0, "1/1000", 1, 30])
def test_contour_is_the_sum_over_modes(delta, t):
    model = FullModel.from_arrays(RATES, POWERS, rule=Nesterov(delta=delta), digits=14)
    with mpmath.workdps(40):
        time = mpmath.mpf(1) / 1000 if t == "1/1000" else mpmath.mpf(t)
        exact = mpmath.fsum(c * left_of(delta, u, time) ** 2 for u, c in zip(RATES, POWERS, strict=True))
        for found in (model.test_loss(t), model.bias(t)):
            assert abs(found.value - exact) <= found.error + mpmath.mpf(10) ** -15 * exact
            assert found.relative_error < 1e-14


def test_one_contour_at_infinite_data_is_two_at_much_data():
    shown = {"rule": Nesterov(delta=3), "N": 7, "digits": 9}
    one = FullModel.from_arrays(RATES, POWERS, **shown).test_loss(9)
    two = FullModel.from_arrays(RATES, POWERS, P=10**14, **shown).test_loss(9)
    assert float(one) == pytest.approx(float(two), rel=1e-11)


def test_it_is_trained():
    spectrum = [float(k) ** -1.5 for k in range(1, 41)]
    target = [float(k) ** -2.0 for k in range(1, 41)]
    rule, times = Nesterov(delta=3), (0, 3, 25, math.inf)
    sizes = {"N": 90, "P": 110, "noise": 0.5}
    drawn = simulate_arrays(spectrum, target, times=times, rule=rule, draws=40, seed=5, **sizes)
    model = FullModel.from_arrays(spectrum, target, rule=rule, digits=6, **sizes)
    rows = zip(times, drawn.test_loss, drawn.test_loss_error, drawn.train_loss, strict=True)
    for t, mean, error, trained in rows:
        assert abs(mean - float(model.test_loss(t))) < 4 * error + 0.02 * mean
        assert trained == pytest.approx(float(model.train_loss(t)), rel=0.05)


@pytest.mark.parametrize(
    ("a", "b", "delta"), [(1.5, 1.25, 3.0), (3, 2, 5.0), pytest.param(1.2, 4, 0.5, marks=pytest.mark.slow)]
)
def test_sum_of_swinging_modes_within_its_error(a, b, delta):
    task = power_law(a, b)
    model = FullModel(task, rule=Nesterov(delta=delta), digits=18)
    for t in (3, 40):
        found, exact = swinging_sum(spectrum_of(task), (delta - 1) / 2, t), model.test_loss(t)
        assert abs(found.value - exact.value) <= found.error
        assert found.relative_error < 1e-11


def test_error_of_blocks_is_an_error(monkeypatch):
    """Blocks over which the phase turns too far: the estimate says so."""
    spectrum = spectrum_of(power_law(2, 2))
    exact = swinging_sum(spectrum, 1.0, 1e5)
    monkeypatch.setattr(swinging, "TURN", 45.0)
    rough = swinging_sum(spectrum, 1.0, 1e5)
    assert rough.relative_error > 1e-12
    assert abs(rough.value - exact.value) <= rough.error


def test_finite_spectra_at_late_times():
    found = swinging_sum(finite_spectrum(RATES, POWERS), 1.0, 1e4)
    with mpmath.workdps(40):
        exact = mpmath.fsum(
            c * left_of(3, u, mpmath.mpf(10000)) ** 2 for u, c in zip(RATES, POWERS, strict=True)
        )
    assert abs(found.value - exact) <= found.error


def test_what_swings_on_is_refused():
    model = FullModel.from_arrays(RATES, POWERS, N=3, rule=Nesterov(delta=3))
    with pytest.raises(PrecisionError, match="modes swing on without end"):
        model.test_loss(10**6)


@pytest.mark.parametrize("delta", [0, -1, 101, math.inf, math.nan])
def test_other_frictions_are_refused(delta):
    with pytest.raises(DomainError, match="delta "):
        Nesterov(delta=delta)


@pytest.mark.parametrize(("delta", "P", "t"), [(40, 30, 4), (40, 500, 1.5), (8, 30, 4), (3, 500, 1.5)])
def test_errors_of_early_swings_are_errors(delta: float, P: int, t: float) -> None:
    """The shorter ellipse is good by chance there; the distance to it alone was 9 to 14 times too small."""
    found, better = (
        FullModel.from_arrays(
            [1, 0.5], [1, 1], P=P, noise=1, digits=digits, rule=Nesterov(delta=delta)
        ).test_loss(t)
        for digits in (15, 29)
    )
    assert abs(found.value - better.value) <= found.error


@pytest.mark.parametrize(("a", "b", "delta"), [pytest.param(5, 2, 3, marks=pytest.mark.slow), (4.5, 1.5, 3)])
def test_beyond_saturation_the_loss_swings_about_a_mean(a, b, delta):
    """``t^delta L`` at 400 times: no limit, and the mean of squared cosines of all modes."""
    index, k, times = (delta - 1) / 2, np.arange(1, 3001.0), np.linspace(200, 280, 400)
    left = bessel_filter(index, times[:, None] * k ** (-b / 2))[0]
    swings = times**delta * (k**-a * left**2).sum(axis=1)
    mean = math.gamma(index + 1) ** 2 * 4**index / math.pi * (k ** (b * delta / 2 - a)).sum()
    assert swings.mean() == pytest.approx(mean, rel=0.02)
    assert swings.min() < 0.3 * mean < 1.6 * mean < swings.max()
