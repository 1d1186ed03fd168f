"""Optima of losses that fall and rise several times, or that end apart from their limit."""

import mpmath
import pytest
import sympy
from sympy import oo

from asymptotics.errors import UnableError
from asymptotics.model.students.structured import StructuredFeatures
from asymptotics.tasks.task import Task
from numerics import FullModel

FAST_AND_SLOW = {"multiplicities": [50, 1], "P": 100, "noise": 1, "digits": 10}
"""The noise of 50 fast modes is fitted long before the one slow mode, which has the target, is learned."""


def model(**settings):
    return FullModel.from_arrays([1, 1e-6], [0.01, 1], **{**FAST_AND_SLOW, **settings})


def by_hand(ridge, modes, P, variance):
    """``(F + sigma^2 df2/P)/(1 - df2/P)`` at N = oo, kappa by bisection: nothing of the package."""
    with mpmath.workdps(40):
        below, above = mpmath.mpf(10) ** -30, mpmath.mpf(10) ** 10

        def excess(kappa):
            return kappa * (1 - sum(m * lam / (lam + kappa) for m, lam, _ in modes) / P) - ridge

        for _ in range(300):
            middle = mpmath.sqrt(below * above)
            below, above = (below, middle) if excess(middle) > 0 else (middle, above)
        df2 = sum(m * (lam / (lam + above)) ** 2 for m, lam, _ in modes)
        bias = sum(m * c * (above / (lam + above)) ** 2 for m, lam, c in modes)
        return (bias + variance * df2 / P) / (1 - df2 / P)


def test_the_best_time_is_that_of_the_lowest_minimum() -> None:
    best = model().best_time()
    assert best.loss.value < min(value.value for value in model().curve([0.1, 0.2, 0.5, 10**6, 10**8]))
    assert 10**6 < best.argument.value < 10**8
    higher = model(P=60)
    assert higher.best_time().loss.value < 1.5 < float(higher.test_loss(oo))


def test_the_best_ridge_is_that_of_the_lowest_minimum() -> None:
    modes = [(50, mpmath.mpf(1), mpmath.mpf(0.01)), (1, mpmath.mpf(1e-6), mpmath.mpf(1))]
    best = model().optimal_ridge()
    least = min(by_hand(mpmath.mpf(10) ** (mpmath.mpf(j) / 10), modes, 100, 1) for j in range(-120, 20))
    assert best.loss.value <= least < best.loss.value * (1 + mpmath.mpf("1e-3"))
    assert best.loss.agrees_with(by_hand(best.argument.value, modes, 100, 1), 2)


def test_power_that_nothing_learns_is_noise_for_the_best_ridge() -> None:
    best = FullModel.from_arrays([1, 0.5, 0], [1, 1, 1], P=10, digits=10).optimal_ridge()
    modes = [(1, mpmath.mpf(1), 1), (1, mpmath.mpf(0.5), 1), (1, mpmath.mpf(0), 1)]
    assert best.argument.value > 0.01
    assert best.loss.agrees_with(by_hand(best.argument.value, modes, 10, 0), 2)
    assert best.loss.value < by_hand(best.argument.value * 1.1, modes, 10, 0)
    assert best.loss.value < by_hand(best.argument.value / 1.1, modes, 10, 0) < by_hand(0, modes, 10, 0)


def test_on_other_inputs_infinite_data_have_a_best_ridge_too() -> None:
    settings = {"N": 2, "digits": 10, "test_eigenvalues": [0.1, 0.1, 3]}
    best = FullModel.from_arrays([1, 0.5, 0.1], [1, 0.5, 0.01], **settings).optimal_ridge()
    ridge = sympy.Float(best.argument.value, 30)
    for other in (0, ridge * sympy.Rational(9, 10), ridge * sympy.Rational(11, 10)):
        near = FullModel.from_arrays([1, 0.5, 0.1], [1, 0.5, 0.01], ridge=other, **settings)
        assert near.test_loss(oo).value > best.loss.value


def test_where_the_loss_without_a_ridge_is_no_limit_there_is_no_best_one() -> None:
    with pytest.raises(UnableError, match="tends to 0"):
        FullModel.from_arrays([1, 0.5], [1, 1], N=2, P=2).optimal_ridge()


@pytest.mark.parametrize("settings", [{}, {"N": 5}, {"N": 3}])
def test_what_is_never_learned_is_in_its_own_mode_alone(settings) -> None:
    untold = FullModel.from_arrays([1, 0.5, 0], [1, 1, 3], **settings)
    assert [float(untold.mode_loss(k, oo)) for k in (1, 2, 3)] == [0, 0, 3]
    elsewhere = FullModel.from_arrays([1, 0.5, 0], [1, 1, 3], test_eigenvalues=[2, 1, 0], **settings)
    assert elsewhere.test_loss(oo).value == 0 and float(elsewhere.test_loss(0)) == 4


def test_a_loss_that_falls_to_zero_has_no_best_time() -> None:
    with pytest.raises(UnableError, match="falls until t = oo"):
        FullModel.from_arrays([1, 0.5], [1, 1]).best_time()


# -- timescales -------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [4, 1000, 10**12, 10**24])
@pytest.mark.parametrize("place", ["-1.01", "-0.999999", "-0.5", "0", "0.99", "1.000001"])
def test_narrow_bulks_are_those_of_marchenko_and_pastur(size, place) -> None:
    """From N = 10^11 on kappa is next to the axis: densities were 0, beside an error of 0."""
    with mpmath.workdps(60):
        ratio = mpmath.mpf(2) / size
        rate = 1 + ratio + 2 * mpmath.sqrt(ratio) * mpmath.mpf(place)
        rest = max(4 * ratio - (rate - 1 - ratio) ** 2, 0)
        known = mpmath.sqrt(rest) / (2 * mpmath.pi * ratio * rate)
        found = FullModel.from_arrays([1, 1], [1, 1], N=size, digits=10).timescale_density(
            1, sympy.Float(rate, 60)
        )
        assert abs(found.value - known) <= found.error <= known * mpmath.mpf(10) ** -10


def test_what_is_learned_has_the_rounding_of_its_sum() -> None:
    made = {n: FullModel.from_arrays([1] * 10, [1] * 10, P=10**12, ridge="1/3", digits=n) for n in (8, 30)}
    few, many = (made[n].learnability(1) for n in (8, 30))
    assert few.agrees_with(many)


def test_the_density_of_a_faint_mode_is_as_good_as_it_says() -> None:
    few, many = (
        FullModel.from_arrays([1, 0.7, 0.4, 1e-14], [1, 1, 1, 1], N=2, P=1, digits=n).timescale_density(4, 2)
        for n in (10, 35)
    )
    assert few.value > 0
    assert few.agrees_with(many)


@pytest.mark.parametrize("alpha", ["1/3", "4/5"])
def test_beyond_the_bulk_of_structured_rows_nothing_decays(alpha) -> None:
    """Their factor is not known at real kappa < 0."""
    rows = StructuredFeatures(eigenvalues=f"i**(-{alpha})")
    made = FullModel.from_arrays([1, 0.5, 0.01], [1, 1, 1], student=rows, N=17, digits=8)
    assert [made.timescale_density(1, u).value > 0 for u in ("1/10000000", 1, 50)] == [False, True, False]


@pytest.mark.parametrize(
    ("eigenvalues", "target", "counts", "P"),
    [
        ("2**-k", "3**-k", 1, 1000),
        ("2**-k", "3**-k", 1, 8 * 10**6),  # the loss at t = oo, of 50000 levels, is not asked for
        pytest.param("exp(-4*k)", "k**-4", "k**2", 10**5, marks=pytest.mark.slow),
        pytest.param("2**-k", "k**-3", 1, 8 * 10**6, marks=pytest.mark.slow),  # nor here, at the last time
    ],
)
def test_modes_that_fall_exponentially_are_learned_over_many_decades(eigenvalues, target, counts, P):
    """The last of P modes is learned at ``e^(P log 2)``: the search asked for that time, and ended there."""
    model = FullModel(Task(eigenvalues, target, multiplicity=counts), P=P, noise=1, digits=8)
    best = model.best_time()
    others = model.test_loss([mpmath.exp(u) for u in range(-3, 150, 3)])
    assert best.loss.value < min(loss.value for loss in others)
    assert best.loss.agrees_with(model.test_loss(best.argument.value), 2)
