"""Ratios of gamma functions at large k: their expansions, and growth beyond powers."""

from __future__ import annotations

import mpmath
import pytest
from sympy import Expr, Rational, Symbol, binomial, expand, factorial, ff, gamma, lambdify, rf, sqrt
from sympy import beta as beta_function

from asymptotics import SpectrumError, harmonics, torus
from asymptotics.expansions.gamma_products import split_gammas, without_gammas
from asymptotics.expansions.tail import tail_expansion
from asymptotics.symbols import a, b, k

d = Symbol("d", positive=True)


RATIOS: list[Expr] = [
    gamma(k + Rational(1, 3)) / gamma(k),
    gamma(k + d) / gamma(k - d),
    binomial(2 * k, k) / 4**k,
    binomial(k + d, k),
    beta_function(k, d + 1),
    rf(k, Rational(1, 2)) * k**-a,
    ff(k + 3, d),
    gamma(k / 2 + 1) ** 2 * 2**k / gamma(k + 2),
    factorial(k) * gamma(3 * k) / gamma(2 * k + 1) / gamma(2 * k) * Rational(16, 27) ** k,
    sqrt(gamma(k + d) / gamma(k + 1)),
    harmonics(d),
    torus(d),
    (k + d) ** b - (k + d + 1) ** b,
]


@pytest.mark.parametrize("ratio", RATIOS, ids=map(str, RATIOS))
def test_ratios_of_gammas_expand_at_large_k(ratio: Expr) -> None:
    values = {d: Rational(7, 2), a: Rational(5, 3), b: Rational(9, 4)}
    number = lambdify(k, ratio.subs(values), "mpmath")
    with mpmath.workdps(120):
        for depth in (1, 3, 6):
            series = tail_expansion(ratio, k, depth)
            assert 0 < len({t.order for t in series.terms}) <= depth
            stated = lambdify(k, series.as_expr().subs(values), "mpmath")
            rest = [abs(stated(x) / number(x) - 1) for x in (mpmath.mpf(10) ** 5, mpmath.mpf(10) ** 6)]
            slope = mpmath.log(rest[0] / rest[1], 10)
            left = series.remainder_order - series.leading().order
            assert slope > float(left.subs(values)) - 1e-2  # more, where the next order vanishes
            # a coefficient that is off by a ten-thousandth leaves the remainder at the order of its term
            last = series.terms[-1]
            wrong_series = series.as_expr() + series.term_expression(last) / 10**4
            mutant = lambdify(k, wrong_series.subs(values), "mpmath")
            rest = [abs(mutant(x) / number(x) - 1) for x in (mpmath.mpf(10) ** 7, mpmath.mpf(10) ** 8)]
            wrong = float((last.order - series.leading().order).subs(values))
            assert abs(mpmath.log(rest[0] / rest[1], 10) - wrong) < 1e-2


@pytest.mark.parametrize(
    "alone",
    [factorial(k), 1 / gamma(k), binomial(2 * k, k), gamma(d - k), gamma(k**2) / gamma(k)],
)
def test_growth_beyond_powers_is_refused(alone: Expr) -> None:
    with pytest.raises(SpectrumError, match="gamma") as refused:
        tail_expansion(alone, k, 2)
    assert "\n" not in str(refused.value)


def test_binomials_that_are_polynomials_become_polynomials() -> None:
    found = without_gammas(binomial(k + 2, 2) * k**-b, k)
    assert expand(found - (k**2 / 2 + 3 * k / 2 + 1) * k**-b) == 0
    assert split_gammas(k**2, k) == (None, k**2)
