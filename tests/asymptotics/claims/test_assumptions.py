"""Assumptions as they are read: strict, not strict and equal, against zero, in the task's own symbols."""

import pytest
from sympy import Eq, Symbol, true

from asymptotics import Verdict, check_claim, derive, power_law
from asymptotics.claims.assumptions import read_assumptions
from asymptotics.errors import DomainError
from asymptotics.symbols import a, b, delta

NAMES = {"a": a, "b": b}
READ = [
    ("a - 1 < b", [(">", -a + b + 1)]),
    ("a - 1 <= b", [(">=", -a + b + 1)]),
    ("a > 2*b", [(">", a - 2 * b)]),
    ("a >= 2*b", [(">=", a - 2 * b)]),
    ("a = 2*b", [("==", a - 2 * b)]),
    ("a == 2*b", [("==", a - 2 * b)]),
    (a > b, [(">", a - b)]),
    (a >= b, [(">=", a - b)]),
    (Eq(a, b), [("==", a - b)]),
    (["a > b", b <= 3], [(">", a - b), (">=", 3 - b)]),
    ((a > b) & (b > 2), [(">", a - b), (">", b - 2)]),
    (true, []),
]


@pytest.mark.parametrize(("given", "wanted"), READ, ids=str)
def test_read(given, wanted):
    assert set(read_assumptions(given, NAMES)) == set(wanted)


def test_symbols_of_the_claim_stand_for_those_of_the_task():
    alpha = Symbol("alpha", positive=True)
    assert read_assumptions(alpha > 2, {"alpha": a / b}) == ((">", a - 2 * b),)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("1 > 2", "never holds"),
        ("x > 1", "x"),
        (Symbol("x") > 1, "names x; the parameters are"),
        (a + b, "is not a comparison"),
    ],
)
def test_refused(given, words):
    with pytest.raises(DomainError, match=words):
        read_assumptions(given, NAMES)


def test_equations_that_are_assumed_are_said_and_kept():
    verdict = check_claim("N**-b", derive(power_law(a, b)).model, ["b = 2", "a > 4"])
    assert "b = 2" in verdict.headline and Eq(b, 2) in verdict.conditions
    assert Verdict.from_dict(verdict.to_dict()) == verdict


@pytest.mark.parametrize(("given", "verdict"), [("delta = 3", "HOLDS"), ("delta > 2*(a - 1)/b + 1", "HOLDS")])
def test_what_bounds_a_law_may_be_assumed(given, verdict):
    found = check_claim("t^{-2(a-1)/b}", derive(power_law(a, b)).nesterov, [given])
    assert found.verdict == verdict and any(delta in x.free_symbols for x in found.conditions)


@pytest.mark.slow
def test_a_failure_under_an_assumption_on_what_bounds_a_law_has_a_witness_there():
    found = check_claim("t^{-(a-1)/b}", derive(power_law(a, b)).nesterov, ["delta = 3"])
    assert found.verdict == "FAILS"
    assert found.witness is not None and dict(found.witness)[delta] == 3
