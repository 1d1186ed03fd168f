"""What is proved of a law is not left as a doubt, and conditions say nothing twice."""

import pytest
from sympy import And, Eq, gamma, pi, sin

from asymptotics import BottleneckError, Cosine, Rich, Tail, derive, joint_law, power_law
from asymptotics.domains.domain import Domain, reduce_condition
from asymptotics.expansions.vanishing import zero_curves
from asymptotics.symbols import N, a, b

LAWS = derive(power_law(a, b))
ABOVE = Domain((b - 1, a - b))


def test_signs_of_gammas_sines_and_moments_are_no_doubt():
    assert LAWS.schedule(Cosine()).doubts == ()
    assert LAWS.transfer.doubts == ()
    assert LAWS.gap.doubts  # a difference, of which the sign is not known


@pytest.mark.parametrize(
    ("total", "proved"),
    [
        (gamma((a - 1) / b) + sin(pi / b), True),
        (gamma((a - 1) / b) - sin(pi / b), False),
        (gamma((b - a) / b) + sin(pi / b), False),  # below 0 gamma has either sign
        (gamma(1 / b) + sin(pi * b), False),  # b > 1: sin has either sign
        ((a - 1) * gamma(1 / b) + (b - 1) * gamma(2 / b), True),
        ((a - 3) * gamma(1 / b) + (b - 1) * gamma(2 / b), False),
    ],
)
def test_sums_without_zeros(total, proved):
    assert zero_curves(total, ABOVE).complete is proved


def test_numbers_leave_no_empty_and_no_double_condition():
    law = LAWS.transfer.at(a=2, b=2)
    assert [str(r.condition) for r in law.regimes] == ["b_test < 3", "b_test > 3", "Eq(b_test, 3)"]
    for regime in LAWS.transfer.regimes:  # on lines, too, each part says something
        assert reduce_condition(regime.condition, Domain((a - 1, b - 1))) == regime.condition


@pytest.mark.parametrize(
    ("condition", "left"),
    [
        (And(b < 3, b < 5), "b < 3"),
        (And(b > 3, b < 3), "False"),
        (And(a > b, b > a), "False"),
        (And(Eq(b, 5), b < 3), "False"),
        (And(Eq(b, 5), b < 7), "Eq(b, 5)"),
        (And(Eq(a, b), a > 2), "Eq(a, b) & (a > 2)"),
        (And(Eq(a, b), a > 2 * b), "False"),
    ],
)
def test_reduced_conditions(condition, left):
    assert str(reduce_condition(condition, Domain())) == left


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: LAWS(1000, a=2, b=2), r"each of them is: laws\.time\(1000"),
        (
            lambda: joint_law(LAWS, N)(1000, 10),
            r"joint_loss\(law, \{\.\.\.\}, t=\.\.\., size=\.\.\.\), with size for N",
        ),
        (lambda: Rich(), r"'gamma'; give Rich\(gamma=\.\.\.\)"),
    ],
)
def test_calls_that_give_no_number(call, words):
    with pytest.raises(BottleneckError, match=words):
        call()


def test_letters_of_shapes_are_told():
    cosine, tail = LAWS.schedule(Cosine()).to_text(), LAWS.average(Tail(fraction=0.5)).to_text()
    assert cosine.count("J(s) = int_0^1 f(u)^2") == 1 and "f(u) = cos(pi*u)/2 + 1/2" in cosine
    assert r"J(s) = \textstyle\int_0^1 f(u)^2" in LAWS.schedule(Cosine()).to_latex()
    assert "J(" not in tail or "J(s) =" in tail
