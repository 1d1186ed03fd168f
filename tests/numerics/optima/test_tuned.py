"""Optima where the share of the largest step is chosen too, beside the sum of powers minimised directly."""

import mpmath
import pytest

from asymptotics import OnePassSGD, compute_optimal, derive, power_law
from asymptotics.caches import clear_caches
from asymptotics.errors import DomainError
from asymptotics.symbols import N, a, b, h, t
from numerics import FullModel, constants, frontier
from numerics.optima.frontier import _log_loss, _newton
from numerics.optima.growing import GrowingModes

RATIO, BATCH = 2, 3
SYMBOLIC = derive(power_law(a, b, modes=RATIO * N))


@pytest.fixture(scope="module")
def tuned():
    return compute_optimal(SYMBOLIC, cost=N * t, rule=OnePassSGD, free=(t, N, h))


def early_loss(power, decay, size, share):
    """Section A (ii) of the theory at C = 1: the four terms, T = 4 h B/(tau N^(2 - b))."""
    s, r = (power - 1) / decay, mpmath.mpf(RATIO)
    tau, left = r ** (1 - decay) / (1 - decay), mpmath.zeta(power - decay)
    T = 4 * share * BATCH / (tau * size ** (2 - decay))
    parts = [mpmath.gamma(s) / decay * T**-s, left * tau * size**-decay]
    if decay < mpmath.mpf(1) / 2:  # the larger of the two kinds of noise
        noise = (tau + r ** (1 - 2 * decay) / ((1 - 2 * decay) * tau)) * size**-decay
    else:
        later = 2 - 1 / decay
        noise = mpmath.gamma(later) / (decay * tau) * size ** -(1 - decay) * T**-later
    return sum(parts) + share * left * noise


@pytest.mark.parametrize(
    ("power", "decay"),
    [
        pytest.param("5/2", "9/20", marks=pytest.mark.slow),
        pytest.param("5/2", "4/5", marks=pytest.mark.slow),
        ("31/10", "3/5"),
        pytest.param("3", "1/3", marks=pytest.mark.slow),
    ],
)
def test_constants_are_those_of_the_smallest_sum_of_powers(tuned, power, decay):
    found = constants(tuned, {a: power, b: decay, "B": BATCH}, digits=6)
    size, share, loss = (found[key].value for key in (N, h, "loss"))
    with mpmath.workdps(30):
        p, q = mpmath.mpf(power), mpmath.mpf(decay)
        there = early_loss(p, q, size, share)
        assert abs(there / loss - 1) < 1e-9
        for away in (1e-3, -1e-3):
            assert early_loss(p, q, size * (1 + away), share) > there
            assert early_loss(p, q, size, share * (1 + away)) > there
        # flat there: a place that is off by 1e-5 is seen
        for i in range(2):

            def along(v, i=i):
                return mpmath.log(early_loss(p, q, size * mpmath.exp(v * (1 - i)), share * mpmath.exp(v * i)))

            assert abs(mpmath.diff(along, 0)) < 1e-5
    assert abs(found[t].value * size - 1) < 1e-6


def test_the_number_of_the_share_is_refused(tuned):
    with pytest.raises(DomainError, match="h is chosen here"):
        constants(tuned, {a: 3, b: "3/5", "B": 1, h: "1/4"})


@pytest.mark.slow
def test_no_share_beside_the_best_is_better(tuned):
    at = {a: "5/2", b: "4/5", "B": 1}
    (best,) = frontier(tuned, [10**8], at, digits=4)
    same = compute_optimal(SYMBOLIC, cost=N * t, rule=OnePassSGD)
    shares = [float(best[h].value) * x for x in (0.97, 1, 1.03)]
    losses = [frontier(same, [10**8], {**at, h: x}, digits=6)[0]["loss"].value for x in shares]
    assert losses[1] < min(losses[0], losses[2])
    assert abs(losses[1] - best["loss"].value) <= best["loss"].error


@pytest.mark.slow
def test_losses_between_whole_steps():
    assert _newton([1, 2, 4], [1, 4, 16], mpmath.mpf(3))[0] == 9
    model = FullModel(power_law(3, "3/2"), N=200, rule=OnePassSGD(eta=0.25, batch=1), digits=14)
    between, few = (
        _log_loss(model, mpmath.mpf(90) + mpmath.mpf(1) / 3),
        FullModel(power_law(3, "3/2"), N=200, rule=OnePassSGD(eta=0.25, batch=1), digits=25),
    )
    finer = _log_loss(few, mpmath.mpf(90) + mpmath.mpf(1) / 3)
    assert abs(between.value - finer.value) <= between.error < 1e-12


@pytest.mark.slow
def test_ten_digits_where_the_law_converges_slowly():
    """Phase IVb: losses of three whole steps were interpolated, to 6e-8 at this budget."""
    optimum = compute_optimal(SYMBOLIC, cost=N * t, rule=OnePassSGD)
    (point,) = frontier(optimum, [10**8], {a: 3, b: "11/20", h: "1/4", "B": 1})
    assert point[t].digits(8) == "3507.8954" and point[t].error < 1e-6


def test_nodes_of_another_share_serve_too():
    one, other = (
        GrowingModes(p=mpmath.mpf(3), b=mpmath.mpf(1) / 2, r=mpmath.mpf(2), share=mpmath.mpf(h))
        for h in ("0.2", "0.7")
    )
    alone = other.scaling(1, 10).value
    clear_caches()
    assert one.scaling(1, 10).value < other.scaling(1, 10).value == alone
