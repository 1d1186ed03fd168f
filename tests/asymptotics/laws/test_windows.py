"""Windows: the law between two breaks, its ends, and what it leaves out, against the full model.

With ``L`` the loss of the task and ``L_window`` that of the task whose piece goes on without end, both from
the full model, ``L - L_window`` must be the departure that the window states.
"""

import mpmath
import pytest
from sympy import Piecewise, Rational, oo, simplify, symbols

from asymptotics import Task, UnableError, derive, power_law
from asymptotics.symbols import M, N, a, b, k, t
from numerics import FullModel, verify

K = symbols("K", positive=True)
CUT = Task(eigenvalues=k ** Rational(-3, 2), target=k ** Rational(-9, 4), modes=10**8)
NOISY_CUT = Task(eigenvalues=k ** Rational(-3, 2), target=k ** Rational(-9, 4), modes=10**8, noise=1)
STEEP_CUT = Task(eigenvalues=k ** Rational(-5, 2), target=k ** Rational(-5, 2), modes=10**5)
BROKEN = Task(
    eigenvalues=Piecewise((k**-2, k <= 10**6), (10**6 * k**-3, True)),
    target=Piecewise((k**-2, k <= 10**6), (10**3 * k ** Rational(-5, 2), True)),
)
ONLY_EIGENVALUES = Task(eigenvalues=Piecewise((k**-2, k <= 10**6), (10**6 * k**-3, True)), target=k**-2)


def loss(task, name, place):
    if name == "time":
        return FullModel(task, digits=20).test_loss(place)
    return FullModel(task, digits=20, **{"model": {"N": place}, "data": {"P": place}}[name]).test_loss(oo)


# name, task, place, by how much the ratio may be off: (place/K)^x and place^-x of the next orders
DEPARTURES = [
    ("time", CUT, 10**7, 2e-5),
    ("time", BROKEN, 10**7, 1e-5),
    ("time", ONLY_EIGENVALUES, 10**7, 1e-4),
    ("model", CUT, 10**5, 0.07),
    ("model", STEEP_CUT, 10**3, 0.01),
    ("model", BROKEN, 10**3, 6e-4),
    ("data", CUT, 10**4, 1e-3),
    ("data", STEEP_CUT, 10**3, 0.01),
    ("data", BROKEN, 10**3, 6e-4),
    ("data", NOISY_CUT, 10**3, 3e-3),
]


def ratio(name, task, place):
    window = getattr(derive(task), name).windows[0]
    one, two = loss(task, name, place), loss(window.law.task, name, place)
    difference, error = one.value - two.value, one.error + two.error
    stated = window.departure.subs(window.law.resource, place).evalf(20)
    assert error < abs(difference) / 10**6
    return float(difference / mpmath.mpf(str(stated)))


@pytest.mark.parametrize(("name", "task", "place", "off"), DEPARTURES)
def test_departures(name, task, place, off):
    assert abs(ratio(name, task, place) - 1) < off


@pytest.mark.slow
@pytest.mark.parametrize(("name", "task"), [("model", CUT), ("model", STEEP_CUT), ("data", STEEP_CUT)])
def test_departures_sharpen_within_the_window(name, task):
    """Towards the geometric middle of a longer window the ratio tends to 1."""
    longer = Task(eigenvalues=task.eigenvalues, target=task.target, modes=10**14)
    first, second = (abs(ratio(name, longer, place) - 1) for place in (10**4, 10**6))
    assert second < first / 2 and second < 0.05


def test_a_wrong_departure_is_seen():
    found = ratio("time", CUT, 10**7)
    assert all(abs(found / change - 1) > 1e-3 for change in (1.01, 0.99, -1.0))


def test_relative_error_of_a_window():
    """(t/M^b)^s and (N/M)^(b-1): the orders that the breaks predict, as ratios over one decade."""
    law = derive(CUT).time.windows[0]
    error = (law.departure / law.law.leading).subs(t, 10 * t) / (law.departure / law.law.leading)
    assert abs(float(error) - 10 ** (5 / 6)) < 1e-9
    law = derive(CUT).model.windows[0]
    error = (law.departure / law.law.leading).subs(N, 10**5) / (law.departure / law.law.leading).subs(
        N, 10**4
    )
    assert abs(float(error) / 10**0.5 - 1) < 0.01


def test_the_law_of_the_window_is_the_loss_in_it():
    """Six decades inside M = 10^8 in time: L/L_law - 1 is the stated departure, nearly."""
    window = derive(CUT).time.windows[0]
    for place in (10**6, 10**8):
        value = float(loss(CUT, "time", place)) / float(window.law.leading.subs(t, place))
        assert (
            abs(value - 1) < 1.5 * abs(float((window.departure / window.law.leading).subs(t, place))) + 1e-12
        )


def test_symbolic_windows_of_a_cut_off():
    laws = derive(Task(eigenvalues=k**-b, target=k**-a, modes=M))
    first, last = laws.time.windows
    assert (first.lower, first.upper) == (1, M**b)
    assert simplify(first.law.exponent - (a - 1) / b) == 0
    assert simplify(last.lower - 1 / ((M - 1) ** -b - M**-b)) == 0 and last.upper == oo
    power, edge, zero = laws.model.windows
    assert (power.upper, edge.upper, zero.lower, zero.value) == (M, M, M, 0)
    assert power.law == derive(power_law(a, b)).model
    assert edge.law.below and edge.law.regimes[0].limit(N) == M


def test_several_breaks():
    task = Task(
        eigenvalues=Piecewise(
            (k ** Rational(-3, 2), k <= 10), (k**-2 * 10 ** Rational(1, 2), k <= K), (K * k**-3, True)
        ),
        target=k**-2,
        assumptions=(K > 10,),
    )
    laws = derive(task)
    assert [w.upper for w in laws.model.windows] == [10, K, oo]
    assert [w.law.exponent for w in laws.time.windows] == [Rational(2, 3), Rational(1, 2), Rational(1, 3)]
    assert laws.time.windows[-1].law == laws.time
    for window in laws.model.at(K=300).windows[:2]:
        assert window.law.exponent == 1


@pytest.mark.slow
def test_every_window_of_several_breaks_holds():
    task = Task(
        eigenvalues=Piecewise(
            (k ** Rational(-3, 2), k <= 10), (k**-2 * 10 ** Rational(1, 2), k <= 300), (300 * k**-3, True)
        ),
        target=k**-2,
    )
    for name in ("time", "model", "data"):
        for window in getattr(derive(task), name).windows:
            assert verify(window.law).verdict == "HOLDS"


def test_windows_without_a_law_say_why():
    task = Task(eigenvalues=Piecewise((1, k <= 100), (10**4 * k**-2, True)), target=k**-2)
    first, second = derive(task).model.windows
    assert first.law is None and "eigenvalues are all 1" in first.reason
    assert second.law == derive(task).model
    slow = Task(eigenvalues=Piecewise((k ** Rational(-1, 2), k <= 100), (10**3 * k**-2, True)), target=k**-2)
    assert "diverges" in derive(slow).model.windows[0].reason
    with pytest.raises(UnableError, match="early_stopping"):
        _ = derive(BROKEN).early_stopping.windows


def test_one_window_without_breaks():
    law = derive(power_law(a, b)).time
    (window,) = law.windows
    assert window.law == law and (window.lower, window.upper) == (1, oo)
    assert str(window).startswith("1 << resource: L(t) ~ ")


def test_low_rank_has_a_power_law_window():
    """Target power up to K only: t^-s until lambda_K t = 1, N^-(a-1) until N = K."""
    task = Task(eigenvalues=k**-b, target=Piecewise((k**-a, k <= K), (0, True)), assumptions=(a - 1 < b,))
    laws = derive(task)
    assert [w.upper for w in laws.time.windows] == [K**b, oo]
    assert [w.law.exponent for w in laws.model.windows] == [a - 1, b]
