"""Indicators in claims: in the fonts of LaTeX, in brackets, and as SymPy writes them."""

import pytest

from asymptotics import ParseError, check_claim, derive, power_law
from asymptotics.claims.reading import read_claim
from asymptotics.symbols import a, b

MODEL = derive(power_law(a, b)).model


@pytest.mark.parametrize(
    "claim",
    [
        r"N^{-\min(a-1,b)} \log(N)^{1\{a-1=b\}}",
        r"N^{-\min(a-1,b)} \log(N)^{\mathbf{1}\{a-1=b\}}",
        r"L(N) \sim N^{-\min(a-1,b)} \log(N)^{\mathbb{1}_{a-1=b}}",
        r"N^{-\min(a-1,b)} \log(N)^{\mathbf 1_{\left\{a-1=b\right\}}}",
        r"N^{-\min(a-1,b)} \log(N)^{\mathbb{I}(a-1=b)}",
        r"N^{-\min(a-1,b)} (\log N)^{[a-1=b]}",
        r"N^{-\min(a-1,b)} (1 + 1\{a-1=b\} \log N)",
        "N**(-min(a-1,b))*log(N)**1{a-1=b}",
        "N**(-Min(a-1,b))*log(N)**Piecewise((1,a-1==b),(0,True))",
        "N**(-Min(a-1,b))*log(N)**Piecewise((1, Eq(a - 1, b)), (0, True))",
        "L(N) = O(N**(-Min(a-1,b))*log(N)**Piecewise((1,a-1==b),(0,True)))",
    ],
)
def test_a_logarithm_on_the_line_alone(claim):
    assert check_claim(claim, MODEL).headline.startswith("HOLDS everywhere")


@pytest.mark.parametrize(
    ("claim", "headline"),
    [
        (r"N^{-\min(a-1,b)} \log(N)^{1\{a-1=b\}/2}", "HOLDS where a - 1 != b"),
        (r"N^{-\min(a-1,b)} \log(N)^{1\{a-1>b\}}", "FAILS where a - 1 > b: logarithm"),
        (r"N^{-\min(a-1,b)} \log(N)^{1\{a=b\}}", "HOLDS except where a = b; where a - 1 = b"),
    ],
)
def test_other_indicators_are_judged(claim, headline):
    assert check_claim(claim, MODEL).headline.startswith(headline)


def test_brackets_and_braces_without_a_comparison_are_what_they_were():
    assert str(read_claim(r"2 [a + 1] N^{-b}", {}).expression) == "2*(a + 1)/N**b"
    assert str(read_claim(r"N^{-\min\{a-1,2b\}}", {}).expression) == "N**(-Min(2*b, a - 1))"
    with pytest.raises(ParseError, match="second"):
        read_claim("L(N) = N**-1 = N**-2", {})
