"""Claims under assumptions with "or", and words of conditions in LaTeX that stand bare."""

import pytest
from sympy import Or

from asymptotics import check_claim, derive, power_law
from asymptotics.claims.verdict import Verdict
from asymptotics.errors import BottleneckError
from asymptotics.symbols import a, b

MODEL = derive(power_law(a, b)).model
TABLE = [
    ("N**-Min(a-1, b)", r"a > 2b \vee a < b", "HOLDS everywhere (b > 1, a > 1, a < b or a > 2*b)"),
    ("N**(1-a)", "a < 2 or a < b", "HOLDS everywhere (b > 1, a > 1, a < 2 or a < b)"),
    ("N**-b", "a > 2b or a < b", "FAILS where a < b: exponent, N**(-b) claimed, N**(1 - a) correct"),
    ("N**-b", Or(a > 2 * b, a > b + 1), "HOLDS everywhere (b > 1, a > 1, a > 2*b or a > b + 1)"),
    ("N**-b", "(a > 2b or a > 5) and a > b + 1", "HOLDS everywhere"),
    ("N**-b", "a < 1/2 or a > b + 1", "HOLDS everywhere"),  # the first has no point of the domain
    (r"N^{-(a-1)} if a-1<b", (), "HOLDS everywhere (b > 1, a > 1, a - 1 < b)"),
    (r"N^{-(a-1)} \text{ for } a-1<b", (), "HOLDS everywhere (b > 1, a > 1, a - 1 < b)"),
    (r"N^{-\frac{a-1}{1}} when a-1<b", (), "HOLDS everywhere (b > 1, a > 1, a - 1 < b)"),
]


@pytest.mark.parametrize(("claim", "assuming", "headline"), TABLE, ids=str)
def test_each_alternative_is_judged(claim, assuming, headline):
    verdict = check_claim(claim, MODEL, assuming)
    assert verdict.headline.startswith(headline)
    assert Verdict.from_dict(verdict.to_dict()) == verdict


def test_no_alternative_is_left():
    with pytest.raises(BottleneckError, match="nothing is left"):
        check_claim("N**-b", MODEL, "a < 1/2 or a < 1/3")
