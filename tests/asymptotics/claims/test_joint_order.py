"""Sums of monomials in two resources against the loss at both: signs against the full model along rays."""

import math

import pytest
from sympy import Rational

from asymptotics import UnableError, Verdict, check_claim, derive, power_law
from asymptotics.symbols import N, P, a, b, t
from numerics import FullModel

LAWS = derive(power_law(a, b))
TABLE = [
    (r"t^{-(a-1)/b} + N^{-\min(a-1, b)} + t^{-1+1/b}/N", "", "HOLDS"),
    (r"t^{-(a-1)/b} + N^{-(a-1)} + t^{-1+1/b}/N", "a - 1 < b", "HOLDS"),
    (r"t^{-(a-1)/b} + N^{-\min(a-1, 2b)} + t^{-1+1/b}/N", "", "FAILS"),
    (r"t^{-(a-1)/b} + N^{-b} + t^{-1/b}/N", "a - 1 > b", "FAILS"),
    (r"t^{-(a-1)/b} + N^{-b} + t^{-1/b}/N", "a - 1 > b, b = 2", "HOLDS"),
    (r"t^{-(a-1)/b} + P^{-\min(a-1, 2b)} + t^{-2+1/b}/P", "", "HOLDS"),
    (r"t^{-(a-1)/b} + P^{-\min(a-1, 2b)} + t^{-1+1/b}/P", "a - 1 > 2b", "FAILS"),
    (r"N^{-\min(a-1,b)} + P^{-\min(a-1, 2b)} + P^{1-b}/N", "", "HOLDS"),
    (r"O(t^{-(a-1)/b} + N^{-\min(a-1, b)} + t^{-1/b}/N)", "b > 2", "HOLDS"),
    (r"\Omega(t^{-(a-1)/b} + N^{-\min(a-1, b)} + t^{-2}/N)", "", "HOLDS"),
    (r"\Omega(t^{-(a-1)/b} + N^{-\min(a-1, b)} + 1/(N t^{1/(2b)}))", "a - 1 > b, b > 2", "FAILS"),
    ("t**-1*N**-1 + t**-2", "", "FAILS"),
]


@pytest.mark.parametrize(("claim", "assuming", "verdict"), TABLE, ids=[f"{x[0]}, {x[1]}" for x in TABLE])
def test_orders_at_two_resources(claim, assuming, verdict):
    found = check_claim(claim, LAWS, assuming or ())
    assert found.verdict == verdict
    assert (found.witness is not None) == (verdict == "FAILS")
    assert Verdict.from_dict(found.to_dict()) == found


def test_the_witness_is_one_of_the_full_model():
    """Along t = N^x the loss has the least of the correct exponents, and not of the claimed ones."""
    claim = r"t^{-(a-1)/b} + N^{-b} + t^{-1}/N"
    witness = check_claim(claim, LAWS, ["a - 1 > b", "a = 4", "b = 3/2"]).witness
    task, ray = power_law(4, Rational(3, 2)), 0.9
    losses = [float(FullModel(task, N=n, digits=10).test_loss(float(n) ** ray)) for n in (10**8, 10**12)]
    measured = -math.log(losses[1] / losses[0]) / math.log(10**4)
    claimed, correct = (
        min(_exponent(term, ray) for term in side.args) for side in (witness.claimed, witness.correct)
    )
    assert abs(measured - correct) < 0.01 < abs(measured - claimed)


def _exponent(term, ray):
    return -math.log(float(term.subs({t: math.exp(ray), N: math.e})))


def test_a_sum_of_ends_says_what_is_between_them():
    found = check_claim(r"t^{-(a-1)/b} + N^{-\min(a-1, b)}", LAWS)
    assert found.verdict == "HOLDS"
    (note,) = [note for note in found.notes if "between the ends" in note]
    assert "where a - 1 > b it is t**((1 - a)/b) + N**(-b) + t**((1 - b)/b)/N" in note
    below = check_claim(r"t^{-(a-1)/b} + N^{-(a-1)}", LAWS, "a - 1 < b")
    assert not [note for note in below.notes if "between the ends" in note]


def test_what_is_no_product_of_powers_is_refused():
    with pytest.raises(UnableError, match="no product of powers of t and N"):
        check_claim(r"t^{-1} + \exp(-N) t^{-2}", LAWS)
    assert P not in check_claim("t**-1*N**-1 + t**-2", LAWS).correct.free_symbols
