"""Numbers behind a check: sums at many places, long numbers of either kind, how often modes are summed."""

from dataclasses import replace

import mpmath
import numpy as np
import pytest
from sympy import Eq, Integer, Rational, Sum, Symbol, exp, log, pi, sin, sqrt, zeta

from asymptotics import Task, derive, power_law
from asymptotics.caches import clear_caches
from asymptotics.derivation.evaluation import floats, mode_sums, roots
from asymptotics.derivation.evaluation.contours import zeta_value
from asymptotics.derivation.evaluation.floats import FloatModeSum, along
from asymptotics.derivation.evaluation.long_numbers import LONG, NUMBERS
from asymptotics.derivation.evaluation.mode_sums import ModeSum
from asymptotics.derivation.evaluation.values import Values
from asymptotics.derivation.symbols import Asymptotic, Residue
from asymptotics.model.operators import Coefficient, Minimum
from asymptotics.precision import working
from asymptotics.symbols import N, P, a, b, gamma, k, kappa, t

RIDGE = 1 / (1 + kappa * k ** Rational(5, 4))
DECAY = k ** Rational(-3, 2) * (1 - exp(-t * k ** Rational(-5, 4)))
PLACES = [0.3 + 2j, 3e-3, 1e-6 - 4e-6j, 20.0, -5e-4 + 1e-5j]


def directly(place, last=500):
    """The sum over the first modes, and the rest by Euler and Maclaurin's formula."""
    k_ = mpmath.mpf(last)
    head = mpmath.fsum(1 / (1 + place * mpmath.mpf(j) ** 1.25) for j in range(1, last))

    def term(x):
        return 1 / (1 + place * x**1.25)

    tail = mpmath.quad(lambda y: term(k_ * mpmath.exp(y)) * k_ * mpmath.exp(y), mpmath.linspace(0, 140, 29))
    return head + tail + term(k_) / 2 - mpmath.diff(term, k_) / 12 + mpmath.diff(term, k_, 3) / 720


def test_a_sum_at_many_places_is_that_at_each():
    found = FloatModeSum(RIDGE, k, 1, (kappa,), 13)([np.array(PLACES).reshape(5, 1)])
    assert found.shape == (5, 1)
    with working(30):
        for place, value in zip(PLACES[:2], found[:, 0], strict=False):
            assert abs(directly(mpmath.mpmathify(place)) / value - 1) < 1e-11
        total = ModeSum(RIDGE, k, 1, (kappa,), 20)
        for place, value in zip(PLACES, found[:, 0], strict=True):
            assert abs(total([mpmath.mpmathify(place)]) / value - 1) < 1e-11


def test_right_beside_known_arguments_one_start_is_enough(monkeypatch):
    """It gives the same as two starts there; further away, and where their error is too large, two do."""
    with working(45):
        total, fresh = (ModeSum(RIDGE, k, 1, (kappa,), 30) for _ in range(2))
        starts, once = [], ModeSum._total
        monkeypatch.setattr(ModeSum, "_total", lambda *args: starts.append(args[1]) or once(*args))
        counts = []
        for place in (mpmath.mpf(7), mpmath.mpf(7) * (1 + mpmath.mpf(2) ** -12), mpmath.mpf(8)):
            starts.clear()
            found = total([place])
            counts.append(len(starts))
            assert abs(found / fresh([place]) - 1) < 1e-30
        assert counts == [2, 1, 2]


@pytest.mark.parametrize("s", ["-2.7", "0.5+14.13j", "1.3+1e-7j", "-0.7+30j", "6+150j", "1.0001+0.001j"])
@pytest.mark.parametrize("precision", [53, 153, 300])
def test_zeta_beside_the_axis_is_that_of_mpmath(s, precision):
    with mpmath.workprec(precision):
        place = mpmath.mpmathify(s)
        found = zeta_value(place)
    with mpmath.workprec(precision + 60):
        assert abs(found / mpmath.zeta(place) - 1) < mpmath.mpf(2) ** (3 - precision)


@pytest.mark.parametrize("place", ["1e-3", "7", "1e40"])
@pytest.mark.parametrize(("summand", "letter"), [(RIDGE, kappa), (DECAY, t)])
def test_numbers_of_either_kind_give_one_sum(monkeypatch, summand, letter, place):
    with working(45):
        there = [mpmath.mpf(place)]
        quick = ModeSum(summand, k, 1, (letter,), 30)(there)
        monkeypatch.setattr(mode_sums, "numbers_for", lambda *_, **__: LONG)
        long = ModeSum(summand, k, 1, (letter,), 30)(there)
        assert abs(quick / long - 1) < 1e-30
        with NUMBERS.working():
            assert NUMBERS.back(NUMBERS.of(mpmath.mpc(-3, 2) / 7)) == mpmath.mpc(-3, 2) / 7


@pytest.mark.parametrize("level", [-1, 0, 3])
@pytest.mark.parametrize(
    "function", [k ** Rational(-5, 4), exp(-sqrt(k)), log(k + 1) ** 3 / k**2, sin(1 / k)]
)
def test_nodes_in_floats_are_those_of_long_numbers(function, level):
    """All at once, where NumPy knows the function, or one by one: k^-b where k is 1e260, too."""
    block = mode_sums.Block(first=1, start=40, digits=13, level=level, last=51)
    with working(25):
        long = [complex(x) for x in mode_sums._on_nodes(function, k, block, mpmath.mp.prec)]
    assert np.allclose(floats._on_nodes(function, k, block).astype(complex), long, rtol=5e-14, atol=1e-290)


def test_a_zero_that_floats_have_found_takes_few_values():
    """Of ``exp(y) = 2``, from a place 1e-12 aside: the last step is taken without the value where it ends."""
    places = []

    def value(y):
        places.append(y)
        return mpmath.exp(y) - 2

    with working(45):
        found = roots._from_near(value, mpmath.log(2) + 1e-12, mpmath.mpf(10) ** -32)
        assert abs(found - mpmath.log(2)) < 1e-32 and len(places) <= 4


def test_nodes_stand_on_an_axis_of_their_own():
    nodes = along([1, 2j], [0.5, np.zeros((3, 1))])
    assert nodes.shape == (2, 1, 1) and nodes.dtype == complex


@pytest.mark.slow
def test_sums_behind_a_transform_are_counted_by_contours_and_not_by_nodes(monkeypatch):
    counts = {ModeSum: 0, FloatModeSum: 0}
    plain = {kind: kind.__call__ for kind in counts}

    def counting(kind):
        def call(self, values):
            counts[kind] += 1
            return plain[kind](self, values)

        return call

    for kind in counts:
        monkeypatch.setattr(kind, "__call__", counting(kind))
    clear_caches()
    check = derive(power_law(a, b)).model_transient.derivation.check(at={a: "3/2", b: "5/4"}, digits=20)
    assert check.passed
    assert 0 < counts[FloatModeSum] < 1500 and counts[ModeSum] < 400, counts


@pytest.mark.parametrize(("far", "order"), [(1, 1), (10**3, 2), (10**6, 1)])
def test_a_coefficient_is_read_off_where_the_function_has_numbers(far, order):
    """Of ``1/(1 + far x)``, whose pole comes near to 0."""
    x = Symbol("x")
    values = Values((), 25)
    found = values(Coefficient(1 / (1 + far * x), x, Integer(order)), {}, exact=False)
    assert abs(found / (-far) ** order - 1) < min(values.error, 1e-3)


@pytest.mark.slow
def test_the_scale_of_features_has_all_modes_that_count():
    """``K^2 - K = gamma^2 sum w/h`` over learned modes: of k^-3 over k^-2 each factor of k counts alike."""
    derivation = derive(power_law(a, b)).rich_scale.derivation
    last = derivation.steps[-1]
    assert replace(derivation, steps=(last,)).check(at={a: 3, b: 2, gamma: 1}, digits=12).passed


@pytest.mark.parametrize("factor", [1, Rational(1001, 1000)])
def test_lines_pass_whole_numbers_where_no_pole_is(factor):
    """``Gamma(s - 1)`` at 0, where the transform vanishes."""
    derivation = derive(power_law(a, b)).rich_crossover.derivation
    step = next(step for step in derivation if "Mellin inversion" in step.reason and step.lhs.has(t))
    changed = replace(step, equation=Eq(step.lhs, factor * step.rhs, evaluate=False))
    check = replace(derivation, steps=(changed,)).check(at={a: 5, b: Rational(3, 2)}, digits=15)
    assert check.passed == (factor == 1)


@pytest.mark.slow
def test_steps_of_exponentials_behind_by_powers_of_the_size_are_decided():
    derivation = derive(Task(eigenvalues="exp(-sqrt(k))", target="exp(-2*sqrt(k))")).bias_data.derivation
    step = derivation.steps[-1]
    assert replace(derivation, steps=(step,)).check(digits=15).passed
    false = Asymptotic(step.lhs, Rational(51, 50) * step.rhs, *step.equation.args[2:])
    assert not replace(derivation, steps=(replace(step, equation=false),)).check(digits=15).passed


def test_sums_over_rows_are_floats_beside_arrays():
    """Numbers of mpmath would make arrays of objects, whose ``.real`` is the array itself."""
    total = Sum(k ** Rational(-1, 4), (k, 1, N))
    at = {N: mpmath.mpf(30), kappa: np.array([1.0 + 2j, 3.0])}
    assert Values((), 25)(total * kappa, at, exact=False).dtype == complex


def test_the_first_orders_of_a_loss_may_fall_without_end_before_their_minimum():
    """``t^(-3/4) - t^(-5/4) + t^(1/2)/P``, which is -oo at t = 0: the minimum is where it rises again."""
    check = derive(Task(eigenvalues="k**-2 + k**-3", target="k**-2.5")).early_stopping.derivation
    minimum = next(s for s in check.steps if s.equation.has(Minimum) and isinstance(s.equation, Asymptotic))
    assert replace(check, steps=(minimum,)).check(digits=20).passed


@pytest.mark.slow
@pytest.mark.parametrize(
    ("place", "least"), [pytest.param({a: "2.3", b: "1.7"}, 29, marks=pytest.mark.slow), ({a: 3, b: 2}, 20)]
)
def test_steps_that_several_regimes_share_are_checked_in_each(place, least):
    """Sums do not depend on which balance leads; they were steps of the first regime alone."""
    found = derive(power_law(a, b)).noiseless_step.derivation.check(at=place, digits=12)
    assert found.passed and sum(s.verdict == "holds" for s in found.steps) >= least


@pytest.mark.parametrize(("slope", "quantity"), [(2, "model"), (2, "data"), (4, "model"), (4, "data")])
def test_a_residue_where_a_zero_meets_a_pole_is_zero(slope, quantity):
    """``zeta(a - b s)`` at -2 and -4 beside ``1/sin(pi s)``; that of other poles is not."""
    derivation = getattr(derive(power_law(a, b)), quantity).derivation
    steps = tuple(step for step in derivation if step.equation.has(Residue))
    found = replace(derivation, steps=steps).check(at={a: slope, b: 2})
    held = [s.step for s in found.steps if s.verdict == "holds"]
    assert found.passed and len(held) > 2
    wrong = tuple(
        replace(s, equation=Eq(s.equation.lhs, s.equation.rhs + kappa**2 / 10**20, evaluate=False))
        for s in held
    )
    assert len(replace(derivation, steps=wrong).check(at={a: slope, b: 2}).failed) == len(held)


@pytest.mark.parametrize("off", [Integer(0), Rational(1, 10**30)])
def test_a_residue_has_its_digits_beside_a_zero(off):
    """Constants there have the digits of what cancels: pi had 50."""
    s = Symbol("s")
    function = pi * zeta(2 - 2 * s + off) / sin(pi * s)
    with working(45):
        found = Values((), 35)(Residue(function, s, Integer(2)), {})
    with working(90):
        assert abs(found - mpmath.zeta(-2 + mpmath.mpf(off.p) / off.q)) < 1e-66


@pytest.mark.parametrize(
    ("eigenvalues", "target", "digits"),
    [
        ("1/(k*log(k+1)**2)", "k**-3", 30),
        pytest.param("k**-2*log(k+1)**3", "k**-3", 20, marks=pytest.mark.slow),
    ],
)
def test_an_expansion_that_ends_in_the_orders_which_are_eliminated_falls(eigenvalues, target, digits):
    """Next orders ``log(l)/l`` and ``1/l`` alone: what is left is rounding, whose exponents say nothing."""
    derivation = derive(Task(eigenvalues=eigenvalues, target=target)).time.derivation
    *before, last = derivation.steps
    lhs, rhs, remainder, *rest = last.equation.args

    def check(lead, bound=remainder):
        changed = replace(last, equation=Asymptotic(lhs, lead, bound, *rest))
        return replace(derivation, steps=(*before, changed)).check(digits=digits)

    assert check(rhs).passed
    false = [Rational(101, 100), log(t), t ** Rational(1, 20), 1 + 3 / (10 * log(log(t)))]
    for factor in false:
        assert [s.number for s in check(factor * rhs).failed] == [len(derivation.steps)]
    assert not check(rhs, remainder / log(t)).passed


@pytest.mark.parametrize("digits", [pytest.param(12, marks=pytest.mark.slow), 15])
def test_a_difference_that_changes_its_sign_is_followed_beyond(digits):
    """Near 10^4.5 rows, behind which it first falls too slowly: with 12 digits that is all that is seen."""
    derivation = derive(power_law(a, b)).ridge_against_stopping.derivation
    place = {a: "2.3", b: "1.7"}
    asked = [
        s for s in derivation if isinstance(s.equation, Asymptotic) and str(s.lhs) == "h_1(kappa_best(P))"
    ]
    told = replace(derivation, steps=tuple(asked)).check(at=place, digits=15)
    step = next(s.step for s in told.steps if s.verdict == "holds")
    check = replace(derivation, steps=(step,)).check(at=place, digits=digits)
    assert not check.failed and check.passed == (digits == 15)
    assert check.passed or "more digits" in str(check)
    lhs, rhs, *rest = step.equation.args
    lead = rhs.args[0]
    for factor in (Rational(1001, 1000), P ** Rational(1, 100)):
        changed = replace(step, equation=Asymptotic(lhs, rhs + (factor - 1) * lead, *rest))
        assert replace(derivation, steps=(changed,)).check(at=place, digits=digits).failed
