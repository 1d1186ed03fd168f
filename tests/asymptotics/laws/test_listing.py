"""How laws are listed: regimes of equal content once, signs and growth as a paper writes them."""

import re

import pytest
from sympy import Ne, Symbol

from asymptotics import derive, power_law
from asymptotics.laws.listing import merged
from asymptotics.model.quantities import QUANTITIES
from asymptotics.symbols import a, b
from asymptotics.typesetting import tex

LAWS = derive(power_law(a, b))
c = Symbol("c", positive=True)


def test_the_two_sides_of_a_line_of_zeros_are_one_regime():
    law = LAWS.model_transient_second
    listed = merged(law.regimes)
    assert len(listed) == len(law.regimes) - 1
    assert [Ne(a + b, 3) in regime.condition.args for regime in listed].count(True) == 1
    written = law.to_latex().replace("\n", " ")
    assert str(law).count("a + b != 3") == 1 and written.count(r"a + b \neq 3") == 1


@pytest.mark.parametrize("name", QUANTITIES)
def test_no_regime_is_listed_twice(name):
    law = getattr(LAWS, name)
    listed = merged(law.regimes)
    seen = [(r.exponent, r.prefactor, r.log_power, r.remainder) for r in listed if not r.is_boundary]
    assert len(set(seen)) == len(seen)


@pytest.mark.parametrize("name", QUANTITIES)
def test_signs_and_growth(name):
    written = getattr(LAWS, name).to_latex()
    assert not re.search(r"\\left\(- [^()]*[+] |\{- [a-z] \+|\^\{-\\min\\left\((0|-)", written)
    assert "pmatrix" not in written and r"\begin{matrix}" not in written


@pytest.mark.parametrize(
    ("expression", "written"),
    [
        (2 * b - a + 1, "2 b - a + 1"),
        (c * (-b - 1), r"- c \left(b + 1\right)"),
        (-c * (1 - b), r"c \left(b - 1\right)"),
        (c * (1 - b), r"c \left(1 - b\right)"),
        (c * (1 - b) * (2 - a), r"c \left(a - 2\right) \left(b - 1\right)"),
        ((3 - a) / b, r"\frac{3 - a}{b}"),
        (-a - b, "- a - b"),
    ],
    ids=str,
)
def test_few_minus_signs(expression, written):
    assert tex(expression) == written
