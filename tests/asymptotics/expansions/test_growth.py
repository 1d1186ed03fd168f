"""Leading growths with the bound of the rest: against the functions themselves, decades apart."""

import pytest
import sympy
from sympy import (
    Rational,
    log,
    simplify,
    sin,
    sqrt,
)

from asymptotics.errors import UnableError
from asymptotics.expansions.growth import growth, growths
from asymptotics.symbols import N, b


@pytest.mark.parametrize(
    ("expression", "constant", "powers"),
    [
        ((2 * N) ** -b * log(N), 2**-b, {N: -b, log(N): 1}),
        (sympy.exp(-2 * b * N + 1) * N, sympy.E, {sympy.exp(N): -2 * b, N: 1}),
        (log(2 * N**b) ** 2, b**2, {log(N): 2}),
        ((N + 1) ** -b, 1, {N: -b}),
        (b**-N, 1, {sympy.exp(N): -log(b)}),
        (N ** (1 / log(N)), sympy.E, {}),
    ],
)
def test_growth(expression, constant, powers):
    (growth,) = growths(expression, N)
    assert simplify(growth.constant - constant) == 0
    assert dict(growth.powers) == powers


REST = [
    (1 / (N + 1), (1,)),
    (sympy.atan(N), (1,)),
    (sympy.atan(1 / N) * N, (2,)),
    (sympy.erf(N), ()),
    (sympy.tanh(N) / N, ()),
    (sympy.cos(1 / N), (2,)),
    (sympy.exp(-sqrt(N + 1)), (Rational(1, 2),)),
    (log(N + 1), (1,)),
    (log(1 + 1 / N), (1,)),
    (N + sqrt(N) + 1, (Rational(1, 2), 1)),
    (N**3 / (N + 2) ** 3 + sympy.exp(-N), (1,)),
    (N * log(N) + N, (0,)),
    (sympy.gamma(1 + 1 / N), (1,)),
    (log(2 * sympy.exp(N) + 1), (1,)),
]


@pytest.mark.parametrize(("expression", "rest"), REST)
def test_what_is_left_out_is_bounded(expression, rest):
    found = growth(expression, N)
    assert set(found.rest) == set(rest)
    if 0 in rest:
        return
    exponent = min(rest, default=20)
    for size in (10**2, 10**3, 10**4):
        off = (expression / found.expression() - 1).subs(N, size).evalf(40, maxn=20000)
        assert abs(off) < 10 * Rational(size) ** -exponent


@pytest.mark.parametrize(
    "expression",
    [
        sin(N),
        (2 + sin(N)) / N,
        sqrt(N**2 + 1) - N,
        sympy.gamma(N),
        sympy.exp(-((N + 1) ** 2)),
        sympy.tanh(N) - 1,
    ],
)
def test_what_is_beyond_is_refused(expression):
    with pytest.raises(UnableError, match=r"growth of|cancel|more than the leading term"):
        growth(expression, N)
