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

ENDS = r"t^{-(a-1)/b} + N^{-\min(a-1,b)} + P^{-\min(a-1,2b)}"
BETWEEN = r"t^{-1+1/b}/N + t^{-2+1/b}/P + P^{1-b}/N"
LONGEST = f"{ENDS} + {BETWEEN} + 1/(N P^{{1/2}})"
TABLE += [  # three resources; logarithms where exponents meet; maxima
    (f"{ENDS} + {BETWEEN}", "", "HOLDS"),
    (LONGEST, "b > 2", "FAILS"),
    (f"{ENDS} + t^{{-1+1/b}}/N", "a - 1 < b", "HOLDS"),
    (f"{ENDS} + t^{{-1+1/b}}/N", "", "FAILS"),
    (r"t^{-1} + N^{-b} \log N + t^{-1+1/b} \log(t)/N", "a = b + 1", "HOLDS"),
    (r"t^{-1} + N^{-b} \log N + t^{-1+1/b}/N", "a = b + 1", "FAILS"),
    (r"O(t^{-1} + N^{-b} \log N + t^{-1+1/b} \log(N)/N)", "a = b + 1", "HOLDS"),
    (r"O(t^{-(a-1)/b} + N^{-\min(a-1,b)} \log N + t^{-1+1/b} \log(t)/N)", "", "HOLDS"),
    (r"\tilde O(t^{-(a-1)/b} + N^{-\min(a-1,b)} + t^{-1+1/b}/N)", "", "HOLDS"),
    (r"t^{-(a-1)/b} \vee N^{-b} \vee t^{-1+1/b}/N", "a - 1 > b", "HOLDS"),
    (r"\max(t^{-(a-1)/b}, N^{-b}, 1/(t N))", "a - 1 > b", "FAILS"),
]


ROWS = [
    pytest.param(*row, id=f"{row[0]}, {row[1]}", marks=pytest.mark.slow if row[0] == LONGEST else ())
    for row in TABLE
]


@pytest.mark.parametrize(("claim", "assuming", "verdict"), ROWS)
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


TIME = r"\Gamma(\frac{a-1}{b}) (2t)^{-(a-1)/b} / b"
SIZE = r"\zeta(a-b) (\frac{\pi/b}{\sin(\pi/b)})^b N^{-b}"
MIXED = r"\frac{\pi \zeta(a-b)}{b \sin(\pi/b) \Gamma(1/b)} (2t)^{1/b-1} / N"
AT_LOGARITHM = (
    r"\frac{1}{2bt} + (\frac{\pi/b}{\sin(\pi/b)})^b N^{-b} \log N"
    r" + \frac{\pi}{b^2 \sin(\pi/b) \Gamma(1/b)} (2t)^{-1+1/b} \log(t)/N"
)


@pytest.mark.parametrize(
    ("claim", "assuming", "verdict", "fault"),
    [
        (f"L(t, N) = {TIME} + {MIXED} + {SIZE}", "a - 1 > b", "HOLDS", ""),
        (f"L(t, N) = {TIME} + 3 {MIXED} + {SIZE}", "a - 1 > b", "FAILS", "constant"),
        (f"{TIME} + {MIXED} + 2{SIZE}", "a - 1 > b", "FAILS", "constant"),
        (f"L(t, N) \\propto {TIME} + 3 {MIXED} + {SIZE}", "a - 1 > b", "HOLDS", ""),
        (AT_LOGARITHM, "a = b + 1", "HOLDS", ""),
        (AT_LOGARITHM.replace("{2bt}", "{bt}"), "a = b + 1", "FAILS", "constant"),
        (AT_LOGARITHM.replace(r"\log(t)", r"\log(N)"), "a = b + 1", "FAILS", "constant"),
        ("0.166667/t**2 + 5.045202/N**(3/2) + 1.90158/(N*t**(1/3))", "a = 4, b = 3/2", "HOLDS", ""),
        ("0.166667/t**2 + 5.045202/N**(3/2) + 1.90159/(N*t**(1/3))", "a = 4, b = 3/2", "FAILS", "constant"),
    ],
)
def test_constants_are_those_of_the_terms_that_lead_on_some_path(claim, assuming, verdict, fault):
    found = check_claim(claim, LAWS, assuming)
    assert found.verdict == verdict
    assert [region.at_fault for region in found.fails] == ([fault] if fault else [])


def test_the_terms_in_three_resources_bound_the_full_model():
    """The loss over the sum of its terms is between two numbers, but for the late peak at N = P."""
    terms = check_claim(f"{ENDS} + {BETWEEN}", LAWS, "a = 6, b = 2").correct
    task, quotients = power_law(6, 2), []
    for x, y, z in [(3, 4, 3), (2, 4, 6), (8, 2, 3), (6, 3, 2), (4, 2, 6), (5, 4, 2), (3, 2, 5)]:
        t_, n, p = 10.0**x, 10**y, 10**z
        loss = float(FullModel(task, N=n, P=p, digits=6).test_loss(t_))
        quotients.append(loss / float(terms.subs({a: 6, b: 2, t: t_, N: n, P: p})))
    assert 0.1 < min(quotients) < max(quotients) < 10
    peak = float(FullModel(task, N=1000, P=1007, digits=6).test_loss(10**9))
    assert peak > 10 * float(terms.subs({a: 6, b: 2, t: 10**9, N: 1000, P: 1007}))
    assert any("near N = P" in note for note in check_claim(f"{ENDS} + {BETWEEN}", LAWS).notes)


def test_a_smaller_order_than_a_sum_in_both():
    verdict = check_claim(r"o(t^{-1} + N^{-1} + 1/(tN))", LAWS)
    assert verdict.verdict == "FAILS" and "of a smaller order along every path" in verdict.reading
    assert check_claim(r"o(t^{-1} + N^{-1} + 1/(tN))", LAWS, ["a - 1 > b"]).verdict == "HOLDS"


def test_what_is_no_product_of_powers_is_refused():
    with pytest.raises(UnableError, match="no product of powers of t and N"):
        check_claim(r"t^{-1} + \exp(-N) t^{-2}", LAWS)
    assert P not in check_claim("t**-1*N**-1 + t**-2", LAWS).correct.free_symbols
