"""kappa of an explicit ridge: the three balances, and the root that joins them."""

import pytest
from sympy import Integer, Rational, Symbol

from asymptotics.errors import Undecided
from asymptotics.expansions.expansion import expansion
from asymptotics.expansions.terms import Term
from asymptotics.model.explicit_ridge import JointRidge, solve_ridge
from asymptotics.symbols import P, b, kappa, l

MODES = expansion(kappa, [Term(Integer(3), -Rational(1, 2))], depth=4)  # df1 = 3 kappa^(-1/2)


def ridge(power, depth=4):
    return expansion(P, [Term(Integer(2), power)], at_infinity=True, depth=depth)


@pytest.mark.parametrize("power", [Integer(1), Integer(3)])
def test_the_series_solves_the_equation(power):
    """``kappa - 3 kappa^(1/2)/P - 2 P^-l`` falls faster than the remainder says."""
    found = solve_ridge(MODES, ridge(power), P)
    sizes = [Integer(10) ** n for n in (8, 10)]
    defects = []
    for size in sizes:
        at = found.as_expr().subs(P, size)
        defects.append(abs((at * (1 - 3 / at ** Rational(1, 2) / size) - 2 * size**-power).evalf(60)))
    measured = (defects[0] / defects[1]).evalf()
    least = 100 ** float(found.remainder_order - Rational(1, 100))
    assert measured > least


def test_both_decide():
    found = solve_ridge(MODES, ridge(Integer(2)), P)
    (term,) = found.terms
    x = term.coefficient
    assert x == JointRidge(2, 3, Rational(1, 2)) and term.order == 2
    assert abs((x - 3 * x ** Rational(1, 2) - 2).evalf(40)) < 1e-38
    assert x.subs(Symbol("y"), 1) == x and x.is_positive


def test_undecided_balances_say_which_difference():
    symbolic = expansion(kappa, [Term(Integer(1), -1 / b)])
    with pytest.raises(Undecided) as caught:
        solve_ridge(symbolic, ridge(l), P)
    assert caught.value.difference == 1 - l / b
