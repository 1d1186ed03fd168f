"""What one way of training gains on another, over all exponents of a task."""

import pytest
from sympy import Rational, simplify

from asymptotics import Nesterov, Rich, compute_optimal, derive, gains, power_law
from asymptotics.errors import DomainError
from asymptotics.symbols import N, P, a, b, l, t

LAWS = derive(power_law(a, b))
LAZY = compute_optimal(LAWS, N * t)


@pytest.mark.slow
@pytest.mark.parametrize(
    "power", [pytest.param(0, marks=pytest.mark.slow), "1/3"], ids=["constant", "falling"]
)
def test_the_gain_of_features_that_move_is_that_of_the_two_optima_at_numbers(power):
    """Region by region, and nothing beyond ``a - 1 = b``, or ``2q = 1 + b - a``."""
    rich = compute_optimal(LAWS, N * t, features=Rich(f"N**-({power})"))
    found = gains(rich, LAZY)
    assert {gain.sign for gain in found} == {0, 1}
    for x, y in ((2, 3), (Rational(9, 4), Rational(3, 2)), (5, 2), (Rational(6, 5), Rational(5, 4))):
        here = {a: x, b: y}
        (gain,) = (g for g in found if all(c.subs(here) > 0 for c in g.domain.constraints))
        ours, theirs = (o.at(a=x, b=y).exponents["loss"] for o in (rich, LAZY))
        assert gain.difference.subs(here) == ours - theirs
        assert gain.sign == (1 if 1 + y - x > 2 * Rational(power) else 0)


def test_the_line_between_lazy_and_rich_is_stated_in_letters():
    """``gamma = N^-l``: a gain for ``a - 1 + 2l < b``."""
    found = gains(compute_optimal(LAWS, N * t, features=Rich(N**-l)), LAZY)
    (better,) = (gain for gain in found if gain.sign == 1)
    assert str(better.condition) == "a + 2*l - 1 < b"
    assert simplify(better.exponent - 2 * (a - 1) / (a + b + 1 + 2 * l)) == 0


def test_it_is_printed_with_its_condition():
    first, second = gains(compute_optimal(LAWS, N * t, features=Rich(1)), LAZY)
    assert str(first) == "C**(-2*(a - 1)/(a + b + 1)) instead of C**(-(a - 1)/(b + 1)), for a - 1 < b"
    assert str(second) == "C**(-(a - 1)/a) as before, for a - 1 > b"


def test_other_ways_of_training_gain_as_well():
    found = gains(compute_optimal(LAWS, N * t, rule=Nesterov), LAZY)
    assert any(gain.sign == 1 for gain in found)


def test_other_budgets_are_refused():
    with pytest.raises(DomainError, match="for one task and cost"):
        gains(compute_optimal(LAWS, P * t), LAZY)
    with pytest.raises(DomainError, match=r"optimum = 1; pass compute_optimal"):
        gains(1, LAZY)
    with pytest.raises(DomainError, match=r"over = 2; pass compute_optimal"):
        gains(LAZY, 2)
