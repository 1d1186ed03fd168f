"""Budgets with label noise and a step that is chosen: constants beside losses that know nothing of laws."""

import mpmath
import pytest
from sympy import Rational, gamma, pi, sin, zeta

from asymptotics import OnePassSGD, compute_optimal, power_law
from asymptotics.errors import UnableError
from asymptotics.symbols import B, N, eta, h, sigma, t
from numerics import FullModel, constants, frontier
from numerics.model.small_steps import early_loss
from numerics.optima.growing import GrowingModes

MOVES = (mpmath.mpf("0.05"), mpmath.mpf("-0.05"))


def optimum(point, **others):
    return compute_optimal(
        power_law(*point, **{"noise": "1/2", **others}), N * t, free=(t, N, h), rule=OnePassSGD
    )


def check_least(found, phase, budget, loss, accuracy):
    """The loss at the law's own split is the law's, and flat there: both ways are as far above it."""
    E = {key: mpmath.mpf(x.p) / x.q for key, x in phase.exponents.items()}
    steps, size, share = (found[key].value * budget ** E[key] for key in (t, N, h))
    law = found["loss"].value * budget ** -E["loss"]
    there = loss(steps, size, share)
    assert abs(there / law - 1) < accuracy
    for along in (
        lambda v: loss(steps * mpmath.exp(-v), size * mpmath.exp(v), share),
        lambda v: loss(steps, size, share * mpmath.exp(v)),
    ):
        up, down = (along(v) / there - 1 for v in MOVES)
        assert min(up, down) > 0 and abs(up / down - 1) < 0.15


@pytest.mark.slow
@pytest.mark.parametrize("point", [("6/5", "2/5"), ("8/5", "4/5")])
def test_where_the_trace_grows(point):
    """N near 10^27 and 10^23; sums over modes in the place of scaling functions."""
    asked = optimum(point, modes="2*N")
    found, decay = constants(asked, {B: 3}, digits=4), mpmath.mpf(Rational(point[1]).p) / Rational(point[1]).q
    with mpmath.workdps(30):

        def loss(steps, size, share):
            sized = power_law(*point, modes=round(2 * size), noise="1/2")
            trace = (2 * size) ** (1 - decay) / (1 - decay) + mpmath.zeta(decay)
            return early_loss(sized, size, 4 * share * 3 * steps / trace, share, 8).value

        check_least(found, asked.phases[0], mpmath.mpf(10) ** 60, loss, 1e-4)


@pytest.mark.parametrize("point", [("9/5", "3/2"), pytest.param(("14/5", "3/2"), marks=pytest.mark.slow)])
def test_where_the_trace_converges(point):
    """At the crossover, ``a - 1 < b``, and off it; the full model, exact in the step."""
    asked = optimum(point)
    found = constants(asked, {B: 3}, digits=4)
    largest = FullModel(power_law(*point), rule=OnePassSGD(fraction=0.5, batch=3)).rule.eta * 2

    def loss(steps, size, share):
        rule = OnePassSGD(eta=float(largest * share), batch=3)
        model = FullModel(power_law(*point, noise="1/2"), N=size, rule=rule, digits=6)
        return model.test_loss(round(steps)).value

    check_least(found, asked.phases[0], mpmath.mpf(10) ** 40, loss, 1e-3)


def test_closed_constants_under_label_noise():
    """By hand: ``A T^-s``, ``D T^-(1 - 1/b)/N`` and ``sigma^2 zeta(b) eta/(2 B)``, T = 2 eta t, at a - 1 > b.

    With shares x of the loss, x (a - 1) for both of the others, ``L = prod (term/share)^share``; the step
    alone matters, not of what it is a share.
    """
    a, b = Rational(14, 5), Rational(3, 2)
    (phase,) = optimum((a, b), noise=sigma).phases
    s, x = (a - 1) / b, 1 / (2 * a - 1)
    signal = gamma(s) / b * 2**-s
    finite = 2 ** (1 / b - 1) * zeta(a - b) * pi / b / sin(pi / b) / gamma(1 / b)
    y = (a - 1) * x
    loss = (signal / x) ** x * (finite / y) ** y * (sigma**2 * zeta(b) / (2 * B) / y) ** y
    at = {sigma: 3, B: 5, eta: Rational(1, 7)}
    assert abs((phase.prefactors["loss"] / loss).subs(at).evalf() - 1) < 1e-12
    assert not any(phase.prefactors[key].has(eta) for key in (t, N, "loss"))
    step = phase.prefactors[h] * eta
    assert not step.simplify().has(eta)
    fed = sigma**2 * zeta(b) / (2 * B) * step
    assert abs((fed / (y * loss)).subs(at).evalf() - 1) < 1e-12


def test_learned_noise_at_its_ends():
    """Early ``(tau + r^(1 - 2b)/((1 - 2b) tau)) x`` for b < 1/2; late 1."""
    b, r = mpmath.mpf("0.3"), mpmath.mpf(2)
    modes = GrowingModes(p=mpmath.mpf(2), b=b, r=r)
    tau = r ** (1 - b) / (1 - b)
    x = mpmath.mpf(10) ** -6
    early = (tau + r ** (1 - 2 * b) / ((1 - 2 * b) * tau)) * x
    assert abs(modes.label_noise(x, 8).value / early - 1) < 1e-5
    assert abs(modes.label_noise(1000, 8).value - 1) < 1e-8
    fed = GrowingModes(p=mpmath.mpf(2), b=b, r=r, share=mpmath.mpf("0.25")).label_noise(1000, 8)
    assert abs(fed.value - mpmath.mpf(4) / 3) < 1e-8


def test_a_logarithm_has_no_constants():
    with pytest.raises(UnableError, match="carries a logarithm"):
        constants(optimum(("5/2", "3/2")), {B: 1})


@pytest.mark.slow
def test_the_true_optimum_approaches_its_law():
    asked = optimum(("9/5", "3/2"))
    (there,), law = frontier(asked, [10**12], {B: 1}, digits=5), constants(asked, {B: 1}, digits=5)
    powers = {**asked.phases[0].exponents, "loss": -asked.phases[0].exponents["loss"]}
    for key, off in ((t, 1e-3), (N, 1e-3), (h, 0.02), ("loss", 2e-3)):
        assert abs(there[key].value / law[key].value / 10 ** (12 * mpmath.mpf(float(powers[key]))) - 1) < off
