"""Values of one-pass SGD are of first order in eta; their errors cover what that leaves out, and hardly more.

The exact second moments come from their recursion on Gaussian features, in plain floats.
"""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sympy import oo

from asymptotics import OnePassSGD, Task, derive, power_law
from asymptotics.symbols import B, eta
from numerics import FullModel, GradientDescent, verify

K = np.arange(1.0, 61.0)
LAMBDA, POWER = K**-1.5, K**-2.5
TABLE = [
    (step, batch, noise, n)
    for step, batch, noise in ((0.3, 1, 0.0), (0.1, 4, 1.0), (0.5, 8, 0.5), (0.01, 1, 0.0), (0.3, 1000, 0.0))
    for n in (1, 3, 40, 2000)
]


def moments(eigenvalues, power, step, batch, n, noise=0.0):
    """``sum_k lambda_k E v_k^2`` after n steps, by the fourth moments of a Gaussian."""
    kept = 1 - 2 * step * eigenvalues + (1 + 1 / batch) * (step * eigenvalues) ** 2
    parts = np.array(power)
    for _ in range(n):
        parts = kept * parts + (step * eigenvalues) ** 2 / batch * (parts.sum() + noise**2)
    return parts.sum()


def descent(eigenvalues, power, step, n):
    return (power * (1 - step * eigenvalues) ** (2 * n)).sum()


def covers(value, truth, least=1 / 30):
    """The error covers the distance, and is at most thirty times as large."""
    apart = abs(float(value) - truth)
    assert apart <= float(value.error), (value, truth)
    assert apart >= least * float(value.error) or float(value.error) < 1e-6 * abs(truth), (value, truth)
    assert "first order in eta" in value.note


def model(step, batch, noise=0.0, eigenvalues=LAMBDA, power=POWER, **options):
    rule = OnePassSGD(eta=step, batch=batch)
    return FullModel.from_arrays(eigenvalues, power, rule=rule, noise=noise, digits=8, **options)


@pytest.mark.parametrize(("step", "batch", "noise", "n"), TABLE)
def test_losses_and_excess_and_bias(step, batch, noise, n):
    sgd = model(step, batch, noise)
    truth = moments(LAMBDA, POWER, step, batch, n, noise)
    mean = descent(LAMBDA, POWER, step, n)
    covers(sgd.test_loss(n), truth)
    covers(sgd.train_loss(n), truth + noise**2)
    covers(sgd.bias(n), mean)
    # what batches add to gradient descent, or to gradient flow
    value, flow = sgd.sgd_excess(n), (POWER * np.exp(-2 * step * n * LAMBDA)).sum()
    apart = [abs(float(value) - (truth - without)) for without in (mean, flow)]
    assert max(apart) <= float(value.error) + 1e-12 <= 2 * max(apart) + 2e-12


def test_the_loss_of_the_power_law_that_was_five_parts_in_six():
    value = FullModel(power_law(4, 2), rule=OnePassSGD(eta=0.3, batch=1), digits=8).test_loss(1000)
    modes = np.arange(1.0, 3001.0)
    truth = moments(modes**-2, modes**-4, 0.3, 1, 1000)
    assert f"{float(value):.3g} {truth:.3g}" == "5.31e-05 6.43e-05"
    covers(value, truth, least=0.9)
    assert str(value) == "5(2)e-5 to first order in eta"


def test_means_of_modes():
    sgd = model(0.3, 2)
    for mode in (1, 7):
        covers(sgd.transfer(mode, 5), (1 - 0.3 * LAMBDA[mode - 1]) ** 5)


def test_the_end_of_training():
    """n -> oo: ``(L0 + sigma^2 K)/(1 - K)``, ``K = (eta/2B) sum lambda/(1 - q eta lambda/2)``."""
    gain = (0.1 / 4 * LAMBDA / (1 - 1.5 * 0.1 * LAMBDA / 2)).sum()
    covers(model(0.1, 2, 1.0).test_loss(oo), gain / (1 - gain))
    covers(model(0.1, 2, 1.0).sgd_excess(oo), gain / (1 - gain))
    assert model(0.1, 2).test_loss(oo).error == model(0.1, 2).test_loss(0).value * 0
    assert abs(moments(LAMBDA, POWER, 0.1, 2, 200_000, 1.0) - gain / (1 - gain)) < 1e-4


def test_finite_models_are_covered_too():
    """The mean over draws of A of the exact moments in the eigenbasis of its kernel."""
    rng, N, n, found = np.random.default_rng(5), 150, 60, []
    for _ in range(40):
        design = rng.standard_normal((N, len(K))) * np.sqrt(LAMBDA / N)
        curvature, basis = np.linalg.eigh(design.T @ design)
        found.append(moments(curvature, (basis.T @ np.sqrt(POWER)) ** 2, 0.3, 1, n))
    mean, spread = np.mean(found), np.std(found) / np.sqrt(len(found))
    value = model(0.3, 1, N=N).test_loss(n)
    distance = abs(float(value) - mean)
    assert 0.5 * distance <= float(value.error) + 4 * spread + mean / N
    assert float(value.error) <= 2 * (distance + 4 * spread + mean / N)


def test_corrections_in_the_size_are_covered():
    """For huge batches the mean is all: ``sum_kl c_k lambda_k lambda_l f[lambda_k, lambda_k, lambda_l]``."""
    step, n = 0.3, 40
    lam, power = LAMBDA[:6], POWER[:6]

    def filtered(x):
        return (1 - step * x) ** (2 * n)

    total = 0.0
    for i, x in enumerate(lam):
        slope = -2 * n * step * (1 - step * x) ** (2 * n - 1)
        bend = 2 * n * (2 * n - 1) * step**2 * (1 - step * x) ** (2 * n - 2)
        for j, y in enumerate(lam):
            second = bend / 2 if i == j else ((filtered(y) - filtered(x)) / (y - x) - slope) / (y - x)
            total += power[i] * x * y * second
    (found,) = model(step, 10**12, eigenvalues=lam, power=power).coefficients("test_loss", "N", n)
    covers(found, total)


def test_huge_batches_add_little_and_know_how_much():
    sgd = model(0.25, 10**12)
    with np.errstate(all="ignore"):
        one, two = (
            moments(LAMBDA, POWER, 0.25, b, 100) - descent(LAMBDA, POWER, 0.25, 100) for b in (10**3, 10**4)
        )
    assert one / two == pytest.approx(10, rel=1e-2)
    value, flow = sgd.sgd_excess(100), (POWER * np.exp(-50 * LAMBDA)).sum()
    assert abs(float(value) / (two * 1e-8) - 1) < 0.5
    assert float(value.error) == pytest.approx(1.1 * abs(flow - descent(LAMBDA, POWER, 0.25, 100)), rel=1e-3)


def test_steps_beyond_the_exact_bound_have_no_error_that_is_finite():
    value = model(0.8, 1).test_loss(50)
    assert float(value.error) == np.inf and "diverge" in value.note
    assert moments(LAMBDA, POWER, 0.8, 1, 200) > 1e6


def test_at_the_start_nothing_is_left_out():
    assert model(0.3, 1).test_loss(0).error < 1e-8 and not model(0.3, 1).test_loss(0).note


def test_errors_of_the_equations_alone():
    sgd = model(0.3, 1)
    assert sgd.first_order.test_loss(30).relative_error < 1e-8 < sgd.test_loss(30).relative_error
    assert sgd.first_order.test_loss(30).value == sgd.test_loss(30).value
    flow = FullModel(power_law(3, 2), rule=GradientDescent(eta=0.1))
    assert flow.first_order is flow


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.floats(0.01, 1.0), min_size=1, max_size=6),
    st.floats(0.02, 0.6),
    st.integers(1, 5),
    st.integers(1, 120),
    st.booleans(),
)
def test_any_finite_spectrum_is_covered(eigenvalues, step, batch, n, noisy):
    lam = np.array(eigenvalues)
    room = 2 - (1 + 1 / batch) * step * lam
    assume(room.min() > 0.1 and (step / batch * lam / room).sum() < 0.9)
    power = np.linspace(1, 2, len(lam))
    value = model(step, batch, float(noisy), eigenvalues=lam, power=power).test_loss(n)
    truth = moments(lam, power, step, batch, n, float(noisy))
    assert abs(float(value) - truth) <= float(value.error) + 1e-9 * truth
    assert float(value.error) <= 30 * abs(float(value) - truth) + 1e-7 * truth


@pytest.mark.parametrize(
    "task", [power_law("3/2", "5/4"), Task(eigenvalues="2**-k", target="3**-k"), power_law(2, 2, modes=9)]
)
def test_other_spectra(task):
    sgd = FullModel(task, rule=OnePassSGD(eta=0.25, batch=2), digits=8)
    for n in (5, 500):
        value = sgd.test_loss(n)
        assert 1e-6 < value.relative_error < 0.5


def test_verification_compares_within_the_first_order_and_says_so():
    found = verify(derive(power_law(3, 2)).sgd_noise, at={eta: "1/4", B: 2}, digits=16)
    assert found.verdict == "HOLDS" and found.approximation == "to first order in eta"
    assert "law and model to first order in eta" in str(found)
    assert verify(derive(power_law(3, 2)).time, digits=8).approximation == ""
