"""One-pass SGD, exact in its step: against its recursion, the moments of draws, and its bound of stability.

The second moments on Gaussian features obey their recursion; here it is run directly, at fifty digits.
"""

from __future__ import annotations

import functools
import re
from contextlib import suppress

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from stated_errors import share
from sympy import oo

from asymptotics import (
    BottleneckError,
    DomainError,
    OnePassSGD,
    PrecisionError,
    Task,
    derive,
    power_law,
)
from asymptotics.symbols import B, eta
from numerics import FullModel, GradientDescent, verify
from numerics.model.rules.base import dynamics_of

K = np.arange(1.0, 61.0)
LAMBDA, POWER = K**-1.5, K**-2.5
CASES = ((0.3, 1, 0.0), (0.1, 4, 1.0), (0.5, 8, 0.5), (0.01, 1, 0.0), (0.3, 1000, 0.0))
TABLE = [(*case, n) for case in CASES for n in (1, 3, 40, 2000)]


@functools.cache
def moments(eigenvalues, power, step, batch, n, noise=0.0):
    """``sum_k lambda_k E v_k^2`` after n steps, by the fourth moments of a Gaussian."""
    with mpmath.workdps(50):
        lam, parts = ([mpmath.mpf(float(x)) for x in y] for y in (eigenvalues, power))
        size, floor = mpmath.mpf(repr(step)), mpmath.mpf(noise) ** 2
        kept = [1 - 2 * size * x + (1 + mpmath.mpf(1) / batch) * (size * x) ** 2 for x in lam]
        given = [(size * x) ** 2 / batch for x in lam]
        for _ in range(n):
            loss = mpmath.fsum(parts) + floor
            parts = [k * m + g * loss for k, m, g in zip(kept, parts, given, strict=True)]
        return mpmath.fsum(parts)


def descent(eigenvalues, power, step, n):
    with mpmath.workdps(50):
        size = mpmath.mpf(repr(step))
        return mpmath.fsum(
            mpmath.mpf(float(c)) * (1 - size * mpmath.mpf(float(x))) ** (2 * n)
            for x, c in zip(eigenvalues, power, strict=True)
        )


def model(step, batch, noise=0.0, eigenvalues=LAMBDA, power=POWER, digits=12, **options):
    rule = OnePassSGD(eta=step, batch=batch)
    return FullModel.from_arrays(eigenvalues, power, rule=rule, noise=noise, digits=digits, **options)


def agrees(value, exact, digits=12):
    with mpmath.workdps(50):
        assert abs(value.value - exact) <= value.error + mpmath.mpf(10) ** -45 * abs(exact), (value, exact)
        assert value.error <= mpmath.mpf(10) ** -digits * abs(exact), value


@pytest.mark.parametrize(("step", "batch", "noise", "n"), TABLE)
def test_losses_are_those_of_the_recursion(step, batch, noise, n):
    sgd = model(step, batch, noise)
    exact = moments(tuple(LAMBDA), tuple(POWER), step, batch, n, noise)
    mean = descent(LAMBDA, POWER, step, n)
    agrees(sgd.test_loss(n), exact)
    agrees(sgd.bias(n), mean)
    with mpmath.workdps(50):
        agrees(sgd.train_loss(n), exact + mpmath.mpf(noise) ** 2)
        agrees(sgd.sgd_excess(n), exact - mean)


@pytest.mark.parametrize("digits", [1, 30])
@pytest.mark.parametrize("n", [19, 20, 300])
def test_few_digits_and_many_on_both_contours(digits, n):
    exact = moments(tuple(LAMBDA), tuple(POWER), 0.3, 2, n, 1.0)
    agrees(model(0.3, 2, 1.0, digits=digits).test_loss(n), exact, digits)


def test_more_than_the_first_order_in_the_step():
    """The first order left out a fifth of this loss."""
    modes = np.arange(1.0, 101.0)
    rule = OnePassSGD(eta=0.3, batch=1)
    value = FullModel(power_law(4, 2, modes=100), rule=rule, digits=8).test_loss(200)
    assert float(value) == pytest.approx(
        float(moments(tuple(modes**-2), tuple(modes**-4), 0.3, 1, 200)), rel=1e-8
    )


def test_means_of_modes():
    sgd = model(0.3, 2)
    for mode in (1, 7):
        assert float(sgd.transfer(mode, 5)) == pytest.approx((1 - 0.3 * LAMBDA[mode - 1]) ** 5, rel=1e-11)


def test_the_end_of_training():
    """n -> oo: ``(L0 + sigma^2 K)/(1 - K)``, ``K = (eta/2B) sum lambda/(1 - q eta lambda/2)``."""
    gain = (0.1 / 4 * LAMBDA / (1 - 1.5 * 0.1 * LAMBDA / 2)).sum()
    for value in (model(0.1, 2, 1.0).test_loss(oo), model(0.1, 2, 1.0).sgd_excess(oo)):
        assert float(value) == pytest.approx(gain / (1 - gain), rel=1e-13)
    assert float(model(0.1, 2).test_loss(oo)) == 0
    assert model(0.1, 2, 1.0).test_loss(10**9).agrees_with(model(0.1, 2, 1.0).test_loss(oo), factor=100)


@pytest.mark.parametrize("N", [1, 5, 40, 10**6])
def test_late_losses_of_finite_models_tend_to_their_end(N):
    sgd = FullModel(power_law(3, 2), N=N, noise=1, rule=OnePassSGD(eta=0.02, batch=2), digits=10)
    assert sgd.test_loss(10**30).agrees_with(sgd.test_loss(oo), factor=100)
    assert sgd.test_loss(0).agrees_with(FullModel(power_law(3, 2)).test_loss(0), factor=10)


@pytest.mark.parametrize(("step", "batch", "n"), [(0.3, 1, 60), (0.2, 3, 7)])
def test_finite_models_are_the_mean_of_exact_draws(step, batch, n):
    """The mean over draws of A of the exact moments in the eigenbasis of its kernel, up to 1/N."""
    rng, N, found = np.random.default_rng(5), 150, []
    for _ in range(40):
        design = rng.standard_normal((N, len(K))) * np.sqrt(LAMBDA / N)
        curvature, basis = np.linalg.eigh(design.T @ design)
        kept = 1 - 2 * step * curvature + (1 + 1 / batch) * (step * curvature) ** 2
        parts = (basis.T @ np.sqrt(POWER)) ** 2
        for _ in range(n):
            parts = kept * parts + (step * curvature) ** 2 / batch * parts.sum()
        found.append(parts.sum())
    mean, spread = np.mean(found), np.std(found) / np.sqrt(len(found))
    loss = float(model(step, batch, N=N).test_loss(n))
    assert abs(loss - mean) <= 4 * spread + 2 * mean / N


def test_corrections_in_the_size():
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
    assert float(found) == pytest.approx(total, rel=1e-8)


def test_huge_batches_add_what_they_add():
    excess = [model(0.25, 10**n).sgd_excess(100) for n in (12, 13)]
    assert float(excess[0]) / float(excess[1]) == pytest.approx(10, rel=1e-11)
    with mpmath.workdps(50):
        agrees(
            excess[0],
            moments(tuple(LAMBDA), tuple(POWER), 0.25, 10**12, 100) - descent(LAMBDA, POWER, 0.25, 100),
        )


def test_at_the_start_nothing_has_happened():
    assert (
        model(0.3, 1).test_loss(0).agrees_with(FullModel.from_arrays(LAMBDA, POWER).test_loss(0), factor=10)
    )
    assert model(0.3, 1).sgd_excess(0).value == 0


# -- stability ----------------------------------------------------------------------------------------


def bound_of(batch, N=oo, eigenvalues=LAMBDA):
    with pytest.raises(DomainError, match="beyond stability") as refused:
        model(1e3, batch, N=N, eigenvalues=eigenvalues, power=np.ones(len(eigenvalues)))
    return float(re.search(r"use eta < (\S+)$", str(refused.value)).group(1))


@pytest.mark.parametrize("batch", [1, 3, 50, 10**9])
def test_the_bound_is_where_the_recursion_begins_to_grow(batch):
    bound = bound_of(batch)
    for factor, stable in ((0.9999, True), (1.0001, False)):
        step = factor * bound
        kept = np.diag(1 - 2 * step * LAMBDA + (1 + 1 / batch) * (step * LAMBDA) ** 2)
        grows = max(abs(np.linalg.eigvals(kept + step**2 / batch * np.outer(LAMBDA**2, np.ones(60)))))
        assert (grows < 1) == stable
        if stable:
            model(step, batch)
        else:
            with pytest.raises(DomainError, match="stability"):
                model(step, batch)


@pytest.mark.parametrize("batch", [1, 20])
def test_the_bound_of_finite_models_is_that_of_draws(batch):
    """That of the full model at N = 400 against the exact bound on kernels that are drawn."""
    rng, N, found = np.random.default_rng(3), 400, []
    for _ in range(20):
        design = rng.standard_normal((N, len(K))) * np.sqrt(LAMBDA / N)
        with pytest.raises(DomainError) as refused:
            dynamics_of(OnePassSGD(eta=50.0, batch=batch)).check_draw(np.linalg.eigvalsh(design.T @ design))
        found.append(float(str(refused.value).split("below ")[1].split(",")[0]))
    assert bound_of(batch, N) == pytest.approx(np.mean(found), rel=0.05)
    assert bound_of(batch, N) != bound_of(batch)


@pytest.mark.parametrize("gap", ["1e-3", "1e-9", "1e-14"])
@pytest.mark.parametrize("digits", [8, 30])
def test_losses_next_to_the_bound(gap, digits):
    """Two modes of eigenvalue 1, B = 1: ``K = eta/(1 - eta)``, which is 1 at eta = 1/2."""
    with mpmath.workdps(80):
        step = 0.5 - float(gap)
        exact = mpmath.mpf(repr(step))
        gain = exact / (1 - exact)
        sgd = model(step, 1, 0.5, eigenvalues=[1, 1, 0], power=[1, 1, 0.5], digits=digits)
        agrees(sgd.test_loss(oo), (mpmath.mpf(1) / 2 + gain / 4) / (1 - gain), digits)
        agrees(sgd.sgd_excess(oo), mpmath.mpf(3) / 4 * gain / (1 - gain), digits)


# -- any spectrum -------------------------------------------------------------------------------------


@settings(max_examples=15, deadline=None)
@example([0.84375, 0.75], 0.3125, 1, 50, False)  # where the shorter contour is right by chance
@given(
    st.lists(st.floats(0.01, 1.0), min_size=1, max_size=6),
    st.floats(0.02, 0.6),
    st.integers(1, 5),
    st.integers(1, 120),
    st.booleans(),
)
def test_any_finite_spectrum(eigenvalues, step, batch, n, noisy):
    lam = np.array(eigenvalues)
    room = 2 - (1 + 1 / batch) * step * lam
    assume(room.min() > 0.1 and (step / batch * lam / room).sum() < 0.9)
    power = np.linspace(1, 2, len(lam))
    exact = moments(tuple(lam), tuple(power), step, batch, n, float(noisy))
    solved = model(step, batch, float(noisy), eigenvalues=lam, power=power, digits=8)
    if exact < 1e-20:  # far below the contour's terms: it is right, or is refused
        with suppress(PrecisionError):
            agrees(solved.test_loss(n), exact, 8)
        return
    agrees(solved.test_loss(n), exact, 8)


TASKS = [power_law("3/2", "5/4"), Task(eigenvalues="2**-k", target="3**-k"), power_law(2, 2, modes=9)]


@pytest.mark.parametrize("task", TASKS, ids=str)
@pytest.mark.parametrize("N", [7, 10**5, oo])
def test_errors_hold_against_more_digits(task, N):
    few, many = (
        FullModel(task, N=N, noise=1, rule=OnePassSGD(eta=0.02, batch=2), digits=digits) for digits in (8, 20)
    )
    for n in (5, 10**6):
        assert share(few.test_loss(n), many.test_loss(n)) <= 1
        assert share(few.sgd_excess(n), many.sgd_excess(n)) <= 1


def test_steps_without_noise_are_gradient_descent():
    sgd = FullModel(power_law(3, 2), N=30, rule=OnePassSGD(eta=0.1, batch=10**14), digits=8)
    assert sgd.test_loss(50).agrees_with(
        FullModel(power_law(3, 2), N=30, rule=GradientDescent(eta=0.1), digits=8).test_loss(50), factor=100
    )


def test_what_is_not_solved_is_refused():
    rule = OnePassSGD(eta=0.1, batch=2)
    with pytest.raises(BottleneckError, match="ridge"):
        FullModel(power_law(3, 2), rule=rule, ridge=-0.01)
    with pytest.raises(BottleneckError, match="P = 10"):
        FullModel(power_law(3, 2), rule=rule, P=10)


# -- laws ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["sgd_noise", "sgd_noise_model", "sgd_noise_transient"])
@pytest.mark.parametrize(("a", "b"), [(4, 2), (2, 2), ("3/2", "8/5")])
@pytest.mark.slow
def test_laws_are_exact_in_the_step(name, a, b):
    found = verify(getattr(derive(power_law(a, b)), name), at={eta: "1/2", B: 2}, digits=24)
    assert found.verdict == "HOLDS"


@pytest.mark.parametrize("noise", [0.0, 1.0])
def test_at_the_critical_batch_batches_add_as_much_as_is_left(noise):
    """To first order in 1/B, which a thousand times the batch shows."""
    task = power_law("5/2", 2, noise=noise)
    step, n, times = 0.25, 10**8, 1000
    law = derive(task).critical_batch
    batch = float(law.leading.subs({law.resource: n, eta: sympy.Rational(1, 4)}).evalf(20))
    sgd = FullModel(task, rule=OnePassSGD(eta=step, batch=round(times * batch)), digits=8)
    left = FullModel(task, rule=GradientDescent(eta=step), digits=8).test_loss(n)
    assert times * float(sgd.sgd_excess(n)) / float(left) == pytest.approx(1, rel=0.02)


@pytest.mark.slow
@pytest.mark.parametrize(("a", "b", "noise"), [(3, 2, 0), (6, "8/5", 0), (2, "3/2", "1/2")])
@pytest.mark.parametrize("name", ["critical_batch", "critical_batch_model"])
def test_critical_batches(name, a, b, noise):
    found = verify(getattr(derive(power_law(a, b, noise=noise)), name), at={eta: "1/4"}, digits=24)
    assert found.verdict == "HOLDS"
