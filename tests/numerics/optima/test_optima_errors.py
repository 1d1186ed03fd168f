"""Errors of scaling functions, joint laws, tables, constants and frontiers: they hold and are not absurd."""

import mpmath
import pytest
from stated_errors import assert_honest
from sympy import Rational

from asymptotics import Nesterov, UnableError, compute_optimal, derive, power_law
from asymptotics.laws.joint import joint_law
from asymptotics.symbols import N, a, b, t
from numerics import FullModel
from numerics.optima import scaling
from numerics.optima.constants import constants
from numerics.optima.frontier import frontier
from numerics.optima.scaling import data_scaling, joint_loss, model_scaling
from numerics.optima.tabulated import tabulate
from numerics.spectra.spectrum import spectrum_of
from numerics.values import minimum

ROWS = [
    (Rational(2, 5), Rational(4, 5), 1),
    (Rational(2, 5), Rational(4, 5), 20),
    (Rational(6, 5), Rational(1, 2), 3),
]
TASK = power_law("1.5", "1.25")
FLOW = compute_optimal(derive(power_law(a, b)), N * t)
PLACES = [{a: Rational(3, 2), b: Rational(5, 4)}, {a: 4, b: Rational(7, 4)}]


@pytest.mark.parametrize("function", [model_scaling, data_scaling])
def test_scaling_functions_on_contours_with_too_few_nodes(function, monkeypatch):
    rows = [(row, digits) for row in ROWS for digits in (3, 6)]
    better = [function(*row, 20) for row, _ in rows]
    monkeypatch.setattr(scaling, "RATE", 3 * scaling.RATE)
    assert_honest((function(*row, digits), exact) for (row, digits), exact in zip(rows, better, strict=True))


def test_joint_losses():
    law = joint_law(derive(TASK))
    at = [(time, digits) for time in (10**4, 10**6, 10**8) for digits in (3, 6, 10)]
    losses = [
        [joint_loss(law, {}, t=time, size=10**5, digits=n).value for n in (few, few + 10)] for time, few in at
    ]
    assert_honest(losses, 1e-5)


def test_joint_losses_with_logarithms():
    """Where exponents meet: the joint law tends to the loss of the full model, logarithms included."""
    task = power_law("5/2", "3/2")
    law = joint_law(derive(task))
    assert max(term.log_power for term in law.terms) == 1
    apart = []
    for size, time in ((10**4, 10**6), (10**6, 10**9)):
        loss = FullModel(task, N=size, digits=8).test_loss(time)
        apart.append(abs(float(joint_loss(law, {}, t=time, size=size, digits=8).value) / float(loss) - 1))
    assert apart[1] < apart[0] / 10 < 1e-2


def test_tables_of_losses():
    """As far as a table is used where a rough value will do, and in its proper range."""
    tables = {}
    for digits in (4, 16):
        with mpmath.workdps(digits + 20):
            time, size, scale = mpmath.mpf(10) ** 4, mpmath.mpf(100), mpmath.mpf(1) / 300
            tables[digits] = tabulate(spectrum_of(TASK), time, size, scale, mpmath.mpf("0.8"), digits)
    rows = []
    for log_time in ("9.2", "9.0", "8.5", "8", "7.5"):
        with mpmath.workdps(50):
            where = mpmath.exp(mpmath.mpf(log_time)), mpmath.mpf(100)
            rows.append((tables[4].loss(*where), tables[16].loss(*where)))
    assert_honest(rows, 1e-3)
    assert_honest(rows[:2])


KEYS = (t, N, "loss")


@pytest.fixture
def short_series(monkeypatch):
    """Minima from series of so few terms that what is cut off decides their error."""
    monkeypatch.setattr(minimum, "FITS", (("0.15", 5), ("0.15", 5), ("0.15", 7), ("0.3", 7)))


@pytest.fixture(scope="module")
def exact_constants():
    return [constants(FLOW, place, 14) for place in PLACES]


@pytest.fixture(scope="module")
def exact_frontier():
    return frontier(FLOW, [10**7], PLACES[1], digits=12)[0]


def test_constants(exact_constants, short_series):
    """The loss is taken at the place found, and errs by the square of its error alone."""
    found = [constants(FLOW, place, 2) for place in PLACES]
    for key, least in zip(KEYS, (1e-6, 1e-6, 0), strict=True):
        assert_honest(
            ((few[key], many[key]) for few, many in zip(found, exact_constants, strict=True)), least
        )


def test_frontiers(exact_frontier, short_series):
    (found,) = frontier(FLOW, [10**7], PLACES[1], digits=2)
    for key in KEYS:
        assert_honest([(found[key], exact_frontier[key])])


@pytest.mark.parametrize("ask", [constants, lambda optimum, at: frontier(optimum, [1000], at)])
def test_numbers_that_saturate_the_rule_are_refused(ask):
    """``2s = 20/3``: the phase there is none of a loss that swings as t^-3."""
    optimum = compute_optimal(derive(power_law(a, b)), N * t, rule=Nesterov)
    with pytest.raises(UnableError, match=r"saturates at t\*\*-3"):
        ask(optimum, {"a": 6, "b": 1.5, "delta": 3})
