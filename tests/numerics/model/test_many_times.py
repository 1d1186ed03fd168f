"""Curves from one contour for many times, against solutions to more digits; early, late and at any size."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from stated_errors import assert_honest, share
from sympy import Integer, oo

from asymptotics import DeepRandomFeatures, OrthogonalFeatures, Task, power_law
from numerics import DiscreteHeavyBall, FullModel, GradientDescent, HeavyBall
from numerics.model import forms, many_coefficients, many_times, solved_windows
from numerics.model.forms import Form
from numerics.model.windows import NODE_BITS, SPREADS, window
from numerics.spectra.spectrum import spectrum_of
from numerics.sums.many_time_sums import exponential_sums
from numerics.sums.spectral_sums import SpectralSums
from numerics.values.arithmetic import array, field_of
from numerics.values.doubled import double_up
from numerics.values.value import Value

RNG = np.random.default_rng(23)
LOGARITHMIC = Task(eigenvalues="k**-2*log(k+1)", target="k**-(5/2)")
MODELS = [
    ("time", power_law("3/2", "5/4"), {}),
    ("finite N", power_law(3, 2), {"N": 1000}),
    ("all finite", power_law("3/2", "5/4"), {"N": 10**6, "P": 10**7}),
    ("noisy", power_law(2, "3/2"), {"N": 30, "P": 20, "noise": 1}),
    ("N = P", power_law(4, 2), {"N": 50, "P": 50, "noise": "1/2"}),
    ("ridge", power_law("5/2", 2), {"P": 200, "noise": 1, "ridge": "1e-4"}),
    ("deep", power_law(2, 2), {"P": 60, "student": DeepRandomFeatures(widths=(40, 90))}),
    ("orthogonal", power_law(2, 2, modes=30), {"N": 9, "student": OrthogonalFeatures(modes=30)}),
    ("geometric", Task(eigenvalues="2**-k", target="3**-k"), {"N": 5, "P": 8}),
    ("logarithmic", LOGARITHMIC, {"N": 2 * 10**6, "P": 10**7, "noise": 1}),
]
QUANTITIES = ("test_loss", "train_loss", "bias")


def at_once(model, quantity, times):
    return model._at_once(quantity, [Integer(t) for t in times])


OFTEN = ("time", "all finite", "noisy", "deep", "geometric")
"""Models that are tried each time; the others are slow tests."""


@pytest.mark.parametrize(
    ("task", "sizes"),
    [pytest.param(*row, id=name, marks=() if name in OFTEN else pytest.mark.slow) for name, *row in MODELS],
)
def test_curves_lie_within_their_errors_of_thirty_digits(task, sizes):
    times = [int(10 ** RNG.uniform(0, 3)), int(10 ** RNG.uniform(3, 7))]
    few, many = (FullModel(task, digits=digits, **sizes) for digits in (15, 30))
    for quantity in QUANTITIES:
        for t, value in zip(times, at_once(few, quantity, times), strict=True):
            if quantity != "train_loss" or t < 1000:  # it may fall exponentially
                assert value is not None, (quantity, t)
            if value is not None:
                assert value.error <= 1e-15 * value.value
                assert share(value, getattr(many, quantity)(t)) <= 1, (quantity, t)


def test_late_times_at_finite_data_lose_digits_and_say_so():
    """The form of a pair is a difference of numbers 1/s larger: rounding takes over, then it is left."""
    few, many = (FullModel(power_law(2, 2), P=20, noise=1, digits=digits) for digits in (15, 30))
    times = [10**n for n in (4, 7, 8, 9, 13, 30)]
    found = at_once(few, "test_loss", times)
    rows = [(v, many.test_loss(t)) for t, v in zip(times, found, strict=True) if v is not None]
    assert found[0] is not None and found[-1] is None
    assert len(rows) >= 3
    assert_honest(rows)
    curve = few.curve(times)
    assert all(v.error <= 1e-15 * v.value for v in curve)
    assert all(share(v, many.test_loss(t)) <= 1 for v, t in zip(curve, times, strict=True))


def test_exponentially_small_losses_are_left_to_more_digits():
    model = FullModel(power_law(2, 2, modes=9))
    times = [1, 100, 1000, 10_000]
    assert at_once(model, "test_loss", times)[-1] is None
    k = np.arange(1, 10)
    with mpmath.workdps(60):
        for t, value in zip(times, model.curve(times), strict=True):
            powers = [mpmath.mpf(int(j)) ** -2 for j in k]
            exact = mpmath.fsum(c * mpmath.exp(-2 * t * c) for c in powers)
            assert abs(value.value - exact) <= value.error


def test_curves_are_the_single_values_in_any_order():
    model = FullModel(power_law(3, 2), N=100, P=70, noise=1)
    times = [1000, 0, 7, oo, 7, 0.25]
    for quantity in QUANTITIES:
        curve = model.curve(times, quantity)
        singles = [getattr(model, quantity)(t) for t in times]
        assert all(a.agrees_with(b, factor=10) for a, b in zip(curve, singles, strict=True))


def test_other_rules_have_curves_by_single_times():
    model = FullModel(power_law(3, 2), N=100, rule=GradientDescent(eta=0.25))
    assert at_once(model, "test_loss", [3, 40]) == [None, None]
    assert model.curve([40]).values[0].agrees_with(model.test_loss(40))


RULES = [
    GradientDescent(eta=0.125),
    GradientDescent(eta=1.3),
    HeavyBall(beta=0.125),
    DiscreteHeavyBall(eta=0.125, momentum=0.5),
]


@pytest.mark.parametrize("rule", RULES, ids=str)
@pytest.mark.parametrize("task", [power_law("3/2", "5/4"), power_law(3, 3), LOGARITHMIC], ids=str)
def test_slow_modes_of_other_rules_are_added_up_within_their_errors(task, rule):
    """Those that have ended are in the error: early it is too large, and single times are taken."""
    few, many = (FullModel(task, rule=rule, digits=digits) for digits in (12, 21))
    times = [3, int(10 ** RNG.uniform(2.5, 4)), 10**9]
    found = at_once(few, "test_loss", times)
    assert found[1] is not None and found[2] is not None
    for t, value in zip(times, found, strict=True):
        if value is not None:
            assert value.error <= 1e-12 * value.value
            assert value.agrees_with(many.test_loss(t)), t
    assert at_once(FullModel(task, rule=rule, N=10**6), "test_loss", times) == [None] * 3


def test_modes_that_swing_are_in_the_error():
    """Above 1/(4 beta) they fall as e^(-t/(2 beta)): what they have left is bounded, then negligible."""
    model, more = (FullModel(power_law(2, 2), rule=HeavyBall(beta=0.5), digits=d) for d in (8, 14))
    modes = model._solver.dynamics.slow_modes(model._solver.model)
    left = [float(more.test_loss(t)) * 1e-8 for t in (8, 60)]
    assert math.exp(modes.ended(8)) > left[0] and math.exp(modes.ended(60)) < left[1]
    assert at_once(model, "test_loss", [8]) == [None]
    (found,) = at_once(model, "test_loss", [60])
    assert found is not None and found.agrees_with(more.test_loss(60))


@pytest.mark.parametrize("decay", [2, 3, 5])
def test_late_sums_of_steep_spectra_are_short(decay):
    """Where eigenvalues at the ends of the rule turn, exponentials would grow: it begins further out."""
    task = power_law("5/2", decay)
    with field_of(NODE_BITS) as field:
        rates = double_up(array([field.real(2 * 10**8)]))
        found = exponential_sums(SpectralSums(spectrum_of(task), 24), rates)
    assert found is not None and found[1][0] < 1e-20
    exact = FullModel(task, digits=30).test_loss(10**8).value
    assert abs(mpmath.mpf(found[0].re[0][0]) / exact - 1) < 1e-15


@pytest.mark.parametrize("spread", SPREADS)
@pytest.mark.parametrize("digits", [12, 19])
@pytest.mark.parametrize("between", [False, True])
def test_the_slack_of_a_window_is_its_error(spread, digits, between):
    """``|f(t) - e^(-h t)| <= slack/(1 + h t)`` for all modes h, and a mode that needs a part of it."""
    at = window(spread, digits, between=between)
    rows = []
    with mpmath.workdps(40):
        nodes, weights = ([mpmath.mpc(str(x.real), str(x.imag)) for x in y] for y in (at.nodes, at.weights))
        for t in {mpmath.mpf(1), mpmath.sqrt(spread), mpmath.mpf(spread)}:
            terms = [w * mpmath.exp(z * t) for z, w in zip(nodes, weights, strict=True)]
            for power in range(-4, 17):
                rate = mpmath.mpf(10) ** (power / mpmath.mpf(4)) / t
                parts = [(term / (z + rate)).real for z, term in zip(nodes, terms, strict=True)]
                found = 2 * mpmath.fsum(parts)
                rows.append((Value(value=found, error=at.slack / (1 + rate * t)), mpmath.exp(-rate * t)))
    assert_honest(rows, 0.01)


@pytest.fixture
def counted(monkeypatch):
    """How many kappa sums are taken at, and how many terms that makes."""
    work = {"kappa": 0, "terms": 0}
    solve = solved_windows.doubled_sums

    def count(rule, kappa, *rest):
        work["kappa"] += kappa.re[0].size
        work["terms"] += kappa.re[0].size * rule.lam.re[0].size
        return solve(rule, kappa, *rest)

    monkeypatch.setattr(solved_windows, "doubled_sums", count)
    return work


@pytest.mark.parametrize(
    ("sizes", "kappas"), [({}, 0), ({"N": 10**6}, 560), ({"N": 10**6, "P": 10**7}, 1100)], ids=str
)
def test_two_hundred_times_share_their_sums(counted, monkeypatch, sizes, kappas):
    """Twelve decades take ten windows of some fifty nodes; single times would take as many each."""
    monkeypatch.setattr(FullModel, "test_loss", None)
    curve = FullModel(power_law("3/2", "5/4"), **sizes).curve(np.logspace(0, 12, 200))
    assert len(curve) == 200
    assert counted["kappa"] <= kappas
    assert counted["terms"] <= 450 * kappas


def test_sums_in_doubled_numbers_are_refined(monkeypatch):
    """Where a rule does not reach its digits, it is refined, as elsewhere."""
    model = FullModel(LOGARITHMIC, N=2 * 10**6, P=10**7, noise=1)
    assert None not in at_once(model, "test_loss", [10])
    monkeypatch.setattr(solved_windows, "REFINEMENTS", 1)
    form = Form(pairs=forms._errors)
    coarse = many_times.losses_at_times(model._solver.model, form, Integer(1), [Integer(10)], 10)
    fine = FullModel(LOGARITHMIC, N=2 * 10**6, P=10**7, noise=1, digits=30).test_loss(10)
    assert share(coarse[0], fine) <= 1


@pytest.mark.parametrize("task", [pytest.param(MODELS[0][1], marks=pytest.mark.slow), MODELS[8][1]], ids=str)
@pytest.mark.parametrize(
    ("quantity", "size"),
    [*((q, "P") for q in many_coefficients.PAIRS), ("test_loss", "N"), ("train_loss", "N")],
)
def test_coefficients_of_forms_are_those_of_jets_of_kernels(task, quantity, size):
    """At 20 digits kernels are differentiated instead."""
    few, many = (FullModel(task, noise="1/2", digits=digits) for digits in (15, 20))
    t = 1000
    for order, better in zip((1, 2), many.coefficients(quantity, size, t, 2), strict=True):
        (value,) = many_coefficients.coefficients_at(
            few._solver.model, quantity, size, (order, 2), few.noise**2, (Integer(t),), 15
        )
        assert value is not None
        assert value.error <= 1e-15 * abs(value.value)
        assert share(value, better) <= 1


@pytest.mark.parametrize("digits", [8, 15, 18])
def test_a_sum_far_below_its_terms_counts_what_it_leaves_out(digits: int) -> None:
    """Two modes, at e^-60.4 and e^-91: terms below e^-90 are not added."""
    eigenvalues, t = (1.0, 0.6640625), 45.5
    found = FullModel.from_arrays(eigenvalues, [1, 1], digits=digits).test_loss(t)
    with mpmath.workdps(60):
        exact = mpmath.fsum(mpmath.exp(-2 * mpmath.mpf(x) * t) for x in eigenvalues)
        assert abs(found.value - exact) <= found.error < exact * mpmath.mpf(10) ** -digits
