"""A law at numbers: as a float, as a function of arrays, and from where on it is good."""

import warnings
from math import inf

import numpy as np
import pytest
from sympy import Rational, oo

from asymptotics import DomainError, Task, derive, harmonics, power_law
from asymptotics.symbols import M, a, b, k, sigma
from numerics import FullModel

LAWS = derive(power_law(a, b))
SLOW = derive(Task("2**-k", "2**-k*log(k + 1)"))
NOISY = derive(power_law("7/4", "3/2", noise=sigma))
TASKS = {
    "power": power_law(4, 2),
    "logarithm": power_law(3, 2),
    "slow power": power_law(Rational(3, 2), Rational(5, 4)),
    "circle": Task(k**-4, k**-5, multiplicity=harmonics(3)),
    "S^9": Task(k**-12, k ** -Rational(27, 2), multiplicity=harmonics(10)),
    "shifted": Task("3*k**-(3/2)", "(k + 1/2)**-(5/2)"),
    "geometric": Task("2**-k", "3**-k"),
    "slow": Task("exp(-k**(1/2))", "k**-2"),
}
PLACES = {
    "time": lambda task, x: FullModel(task, digits=8).test_loss(x),
    "model": lambda task, x: FullModel(task, N=x, digits=8).test_loss(oo),
    "data": lambda task, x: FullModel(task, P=x, digits=8).test_loss(oo),
}


@pytest.mark.parametrize("point", [{a: 4, b: 2}, {a: 3, b: 2}, {"a": 1.5, "b": 1.25}])
@pytest.mark.parametrize("name", PLACES)
def test_a_call_is_the_leading_term(name, point):
    law = getattr(LAWS, name)
    fixed = law.at(point)
    wanted = float(fixed.leading.subs(fixed.resource, 1000))
    assert law(1000, point) == pytest.approx(wanted, rel=1e-14)
    assert fixed(1e3) == pytest.approx(wanted, rel=1e-14)
    values = law.lambdify(point)([10, 1000])
    assert values == pytest.approx([fixed(10), wanted], rel=1e-12)
    assert law.lambdify(point)(1000) == pytest.approx(wanted, rel=1e-12)


def test_numbers_are_asked_for_of_the_letters_that_a_law_has():
    """Label noise is in the law of data, not in that of time or of model size."""
    plain = derive(power_law("7/4", "3/2"))
    assert NOISY.time(1000) == plain.time(1000) and NOISY.model.lambdify()(50) == plain.model(50)
    assert NOISY.nesterov(1000, delta=3) == plain.nesterov(1000, delta=3)


@pytest.mark.parametrize("task", ["geometric", "slow"])
def test_functions_of_any_family(task):
    law = derive(TASKS[task]).time
    xs = np.array([5, 50, 500])
    assert law.lambdify()(xs) == pytest.approx([law(x) for x in xs], rel=1e-12)


def test_entries_of_arrays_that_are_no_losses_are_nan_and_those_below_every_float_zero():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = LAWS.model([0.5, 1, 10, 1e200], a=3, b=2)
        assert np.isnan(found[:2]).all() and found[2] == LAWS.model(10, a=3, b=2) and found[3] == 0
        slow = SLOW.time([1, 2, 100, 1e170])
        assert np.isnan(slow[:2]).all() and slow[3] == pytest.approx(SLOW.time(1e170), rel=1e-12)
        assert LAWS.time([1e60, 1e100], a=9, b=2) == pytest.approx([LAWS.time(1e60, a=9, b=2), 0], rel=1e-12)


def test_a_function_that_is_constant_keeps_the_shape():
    law = derive(Task(1, 1, modes=50)).model
    assert law.lambdify()(np.ones((2, 3))).shape == (2, 3)


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (lambda: NOISY.data(10), r"has symbols; give numbers, law\(1000, sigma=\.\.\.\)"),
        (lambda: LAWS.time(10), r"has symbols; give numbers, law\(1000, a=\.\.\., b=\.\.\.\)"),
        (lambda: LAWS.time(10, a=2), r"law\(1000, b=\.\.\.\)"),
        (lambda: LAWS.time.lambdify(), r"law.lambdify\(a=\.\.\., b=\.\.\.\)"),
        (lambda: LAWS.time.good_from, r"law.at\(a=\.\.\., b=\.\.\.\).good_from"),
        (lambda: LAWS.time(0, a=2, b=2), "t = 0; a law has values at finite numbers > 0"),
        (lambda: LAWS.time("a", a=2, b=2), "give a real number"),
        (lambda: LAWS.time(10, a=2, b=2, c=3), "c"),
        (lambda: LAWS.model(1, a=3, b=2), r"N = 1: .*log\(N\).* has not yet the sign that it has far out"),
        (lambda: LAWS.model(0.5, a=3, b=2), r"N = 0\.5: .*from law\.good_from on"),
        (lambda: SLOW.time(1), "t = 1: .* has not yet the sign"),
        (lambda: LAWS.model(10**200, a=3, b=2), r"below every float; use law\.leading\.subs\(N, "),
        (lambda: SLOW.model(1e200), "below every float"),
    ],
)
def test_what_is_missing_is_said(use, message):
    with pytest.raises(DomainError, match=message):
        use()


@pytest.mark.parametrize("name", PLACES)
@pytest.mark.parametrize(
    "task", [pytest.param(t, marks=pytest.mark.slow) if t in ("geometric", "slow") else t for t in TASKS]
)
def test_a_law_is_within_ten_percent_from_there_on(task, name):
    law = getattr(derive(TASKS[task]), name)
    start = law.good_from
    if start is None:
        assert len(law.expansion(4).terms) == 1  # nothing behind the leading term is known
        return
    assert 1 <= start < inf
    for x in (start, 3 * start, 100 * start):
        x = int(x) + 1
        if law(x) > 0 and x < 10**25:  # within floats, and what the model is solved at in a second
            # orders that are not known may add to the ten percent, by about their share of it
            assert abs(float(PLACES[name](TASKS[task], x)) / law(x) - 1) < 0.11


def test_it_is_not_far_beyond_where_the_law_becomes_good():
    for task, name in (("power", "model"), ("S^9", "data"), ("shifted", "model"), ("slow power", "data")):
        law = getattr(derive(TASKS[task]), name)
        x = int(law.good_from / 4)
        assert abs(float(PLACES[name](TASKS[task], x)) / law(x) - 1) > 0.1


def test_in_the_logarithm_of_time_it_is_not_late():
    """The spectra of these laws are slow: where log(t) is 15 % smaller, the law is off by more than 10 %."""
    for task in (TASKS["slow"], Task("k**-2*log(k + 2)", "k**-2")):
        law = derive(task).time
        for x, good in ((int(law.good_from) + 1, True), (int(law.good_from**0.85), False)):
            assert (abs(float(PLACES["time"](task, x)) / law(x) - 1) < 0.1) == good


def test_orders_that_grow_say_nothing():
    """The orders behind ``1/(2 N^2)`` cancel at N = 7, where the law is off by 29 %."""
    task = Task("exp(-k)", "k**-3")
    law = derive(task).model
    for x, good in ((int(law.good_from) + 1, True), (7, False)):
        assert (abs(float(PLACES["model"](task, x)) / law(x) - 1) < 0.1) == good


def test_on_a_sphere_the_law_says_how_far_it_is_good():
    law = derive(TASKS["S^9"]).data
    assert f"(within 10 % from P = {law.good_from:.1e} on)" in repr(law)
    assert abs(float(PLACES["data"](TASKS["S^9"], 10**6)) / law(10**6) - 1) > 1
    assert "within" not in repr(derive(power_law(4, 2)))


def test_a_claim_that_differs_is_good_nowhere():
    law = derive(power_law(4, 2)).model.stating(prefactor=1)
    assert law.good_from == inf and "within" not in repr(law)


def test_laws_without_a_next_order():
    assert derive(power_law(4, 2)).time.good_from is None
    assert derive(Task(1, 1, modes=M)).at(M=50).time.good_from is None


@pytest.mark.parametrize("task", [power_law(3, 2), Task("2**-k", "3**-k")], ids=str)
def test_a_next_order_with_a_constant_of_the_rule_says_nothing_of_where_the_law_is_good(task):
    law = derive(task).time_momentum
    assert law.good_from is None and "within" not in repr(law)


def test_beyond_its_edge_a_law_is_zero():
    law = derive(Task("1/k", "k**-2", modes=5)).model
    assert law(3) > 0 and law(5) == law(6) == 0
    assert list(law.lambdify()([4.0, 5.0, 10.0]) > 0) == [True, False, False]


def test_letters_of_a_quantity_may_be_given_where_its_leading_term_has_none_of_them():
    """A scan over a and b gives the same letters in each phase."""
    everything = {"eta": 0.1, "B": 1, "sigma": 1}
    for task in (power_law(2, 3), power_law(3, 2)):
        law = derive(task).schedule("1 - u")
        letters = {symbol.name: everything[symbol.name] for symbol in law.parameters}
        assert law(1000, everything) == law(1000, letters)
        with pytest.raises(DomainError, match="q is not a parameter"):
            law(1000, everything, q=1)
    with pytest.raises(DomainError, match="eta is not a parameter"):
        derive(power_law(2, 3)).time(1000, eta=0.1)
