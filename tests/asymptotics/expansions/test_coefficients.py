"""Polynomials in the names of constants: collected exactly, or with a stated doubt."""

from sympy import expand, sqrt

from asymptotics.expansions.coefficients import Constant, collect
from asymptotics.symbols import a


def test_polynomials_in_names_are_collected_exactly():
    x, y = Constant("x", positive=True), Constant("y")
    factors = [x + 2 * y, x / y - 1, sqrt(x) + y**2, (x - y) ** 3]
    for first in factors:
        for second in factors:
            total, certain = collect([first * second, -first])
            assert certain and expand(total - first * (second - 1)) == 0
            assert collect([first * second, -expand(first * second)]) == (0, True)
    assert collect([a * x, x]) == (a * x + x, False)
    assert collect([2**x * y, y]) == (2**x * y + y, True)
