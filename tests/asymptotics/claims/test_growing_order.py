"""Sums of powers of T and N where modes grow with N: signs against sums over modes along a ray."""

import math

import mpmath
import pytest
from euler_maclaurin import ModeSums
from sympy import Rational

from asymptotics import OnePassSGD, Verdict, check_claim, derive, growing_law, power_law
from asymptotics.errors import DomainError, ParseError, UnableError
from asymptotics.laws.early_loss import T
from asymptotics.symbols import N, a, b, r

LAWS = derive(power_law(a, b, modes=r * N))
FLOW, SGD = growing_law(LAWS), growing_law(LAWS, OnePassSGD)
FOUR = r"T^{-(a-1)/b} + N^{-b} + h N^{-(1-b)} T^{-2+1/b}"
TABLE = [
    (FLOW, r"T^{-(a-1)/b} + N^{-b}", "", "HOLDS"),
    (FLOW, r"T^{-(a-1)/b} + N^{-\min(a-1,b)}", "", "HOLDS"),
    (FLOW, r"T^{-(a-1)/b}", "a - 1 < b", "HOLDS"),
    (FLOW, r"t^{-(a-1)/b} + N^{-b}", "", "HOLDS"),
    (FLOW, r"L(t, N) \sim (2t)^{-a/b} + N^{-b}", "", "FAILS"),
    (FLOW, r"T^{-(a-1)/b}", "", "FAILS"),
    (FLOW, r"T^{-(a-1)/b} + N^{-(a-1)}", "a - 1 > b", "FAILS"),
    (FLOW, r"T^{-a/b} + N^{-b}", "", "FAILS"),
    (FLOW, r"\Omega(T^{-a/b} + N^{-b})", "", "HOLDS"),
    (FLOW, r"O(T^{-(a-1)/b})", "a - 1 > b", "FAILS"),
    (SGD, FOUR, "", "HOLDS"),
    (SGD, FOUR + r" + T^{1/b-1}/N", "", "HOLDS"),
    (SGD, rf"{FOUR} \text{{ for }} b > 1/2", "", "HOLDS"),
    (SGD, r"T^{-(a-1)/b} + N^{-b} (1 + h + N^{2b-1} T^{-2+1/b})", "", "HOLDS"),
    (SGD, r"T^{-(a-1)/b} + N^{-b}", "b < 1/2", "HOLDS"),
    (SGD, r"T^{-(a-1)/b} + N^{-b}", "b > 1/2", "FAILS"),
    (SGD, r"T^{-(a-1)/b} + N^{-b}", "b > 1/2 and a - 1 < b", "HOLDS"),
    (SGD, r"T^{-(a-1)/b} + N^{-(1-b)} T^{-2+1/b}", "b > 1/2", "HOLDS"),
    (SGD, r"T^{-(a-1)/b} + N^{-(1-b)} T^{-2+1/b}", "b < 1/2 and a - 1 > b", "FAILS"),
    (SGD, r"T^{-(a-1)/b} + N^{-b} + N^{-(1-b)} T^{-1+1/b}", "", "FAILS"),
    (SGD, r"T^{-(a-1)/b} + N^{-b} + N^{-1} T^{-2+1/b}", "b > 1/2 and a - 1 > b", "FAILS"),
    (SGD, r"T^{-(a-1)/b} + N^{-b} + N^{-(1-b)} T^{-2}", "b > 1/2 and a - 1 > b", "FAILS"),
    (SGD, r"T^{-(a-1)/b} + N^{-b}", "b = 1/2 and a > 2", "UNDECIDED"),
]


@pytest.mark.parametrize(
    ("law", "claim", "assuming", "verdict"), TABLE, ids=[f"{x[1]}, {x[2]}, {x[3]}" for x in TABLE]
)
def test_orders_before_the_last_modes_are_learned(law, claim, assuming, verdict):
    found = check_claim(claim, law, assuming or ())
    assert found.verdict == verdict
    assert (found.witness is not None) == (verdict == "FAILS")
    assert "< N**b" in found.reading
    assert Verdict.from_dict(found.to_dict()) == found


SIGNAL = r"\frac{\Gamma((a-1)/b)}{b} T^{-(a-1)/b}"
SHIFT = r"\zeta(a-b) \frac{r^{1-b}}{1-b} N^{-b}"
EDGE = r"h \zeta(a-b) \frac{r^{1-2b}}{1-2b} \frac{1-b}{r^{1-b}} N^{-b}"
NOISE = r"h \zeta(a-b) \frac{\Gamma(2-1/b)(1-b)}{b r^{1-b}} N^{-(1-b)} T^{-(2-1/b)}"
# 2405.15074 in the letters of theory, section A (ii)
CONSTANTS = [
    (FLOW, f"L(T, N) = {SIGNAL} + {SHIFT}", "a - 1 > b", "HOLDS"),
    (FLOW, rf"L \sim {SIGNAL} + {SHIFT}", "", "HOLDS"),
    (FLOW, rf"L \sim {SIGNAL.replace('T', '(2t)')} + {SHIFT}", "a - 1 > b", "HOLDS"),
    (FLOW, rf"L \sim {SIGNAL.replace('T', 't')} + {SHIFT}", "a - 1 > b", "FAILS"),
    (FLOW, rf"L \sim 2 {SIGNAL} + {SHIFT}", "a - 1 > b", "FAILS"),
    (SGD, rf"L \sim {SIGNAL} + {SHIFT} (1 + h) + {EDGE} + {NOISE}", "a - 1 > b and b > 3/5", "HOLDS"),
    (SGD, rf"L \sim {SIGNAL} + {SHIFT} (1 + h) + {EDGE} + 2 {NOISE}", "a - 1 > b and b > 3/5", "FAILS"),
    (SGD, FOUR.replace("h N", "h^2 N"), "a - 1 > b and b > 1/2", "FAILS"),
    (SGD, r"h T^{-(a-1)/b} + N^{-b}", "b < 1/2", "FAILS"),
]


@pytest.mark.parametrize(
    ("law", "claim", "assuming", "verdict"), CONSTANTS, ids=[f"{x[1]}, {x[2]}, {x[3]}" for x in CONSTANTS]
)
def test_constants_and_powers_of_the_share(law, claim, assuming, verdict):
    found = check_claim(claim, law, assuming or ())
    assert found.verdict == verdict
    assert (found.witness is not None) == (verdict == "FAILS")
    assert Verdict.from_dict(found.to_dict()) == found


@pytest.mark.parametrize("law", [FLOW, SGD], ids=["flow", "sgd"])
def test_its_own_leading_terms_hold(law):
    assert check_claim(law.leading, law).verdict == "HOLDS"
    assert check_claim(law.leading * T ** Rational(1, 7), law).verdict == "FAILS"


@pytest.mark.slow
def test_where_a_logarithm_leads_alone_it_is_undecided():
    law = growing_law(derive(power_law(a, "1/2", modes="2*N")), OnePassSGD)
    found = check_claim(r"T^{-2(a-1)} + N^{-1/2}", law)
    assert found.verdict == "HOLDS"
    (region,) = [x for x in found.undecided if not x.is_wall]
    assert region.condition == (2 * a > 3)


def test_in_the_letters_of_a_paper():
    claim = r"r^{-(2\alpha + 2\beta - 1)/(2\alpha)} + d^{-2\alpha}"
    assert check_claim(claim, FLOW, notation="2405.15074").verdict == "HOLDS"
    assert (
        check_claim(claim.replace("2\\beta - 1", "2\\beta"), FLOW, notation="2405.15074").verdict == "FAILS"
    )
    assert check_claim("x^{-(a-1)/b} + N^{-b}", SGD, "2*b < 1", notation={"x": T}).verdict == "HOLDS"


def test_with_numbers():
    law = growing_law(derive(power_law("5/2", "4/5", modes="2*N")), OnePassSGD(fraction=0.25, batch=1))
    found = check_claim("L(T, N) ~ c_1*T^(-15/8) + c_2*N^(-4/5) + c_3*N^(-1/5)*T^(-3/4)", law)
    assert found.everywhere
    assert Verdict.from_dict(found.to_dict()) == found


@pytest.mark.slow
def test_the_witness_is_one_of_sums_over_modes():
    """Along T = N^x the loss has the least of the correct exponents, and not of the claimed ones."""
    claim = r"T^{-(a-1)/b} + N^{-b}"
    witness = check_claim(claim, SGD, ["a = 3", "b = 4/5"]).witness
    sizes, ray = [mpmath.mpf(10) ** 24, mpmath.mpf(10) ** 28], mpmath.mpf("0.44")
    with mpmath.workdps(40):
        sums = [ModeSums("3", "0.8", 2, size) for size in sizes]
        losses = [one.loss(size**ray, mpmath.mpf(1) / 4, 30) for one, size in zip(sums, sizes, strict=True)]
        measured = float(-mpmath.log(losses[1] / losses[0], 10) / 4)
    claimed, correct = (
        min(_exponent(term, float(ray)) for term in side.args) for side in (witness.claimed, witness.correct)
    )
    assert abs(measured - correct) < 0.01 < abs(measured - claimed)


def _exponent(term, ray):
    return -math.log(float(term.subs({T: math.exp(ray), N: math.e, r: 2})))


def test_refused():
    with pytest.raises(DomainError, match="neither T nor N"):
        check_claim("(a - 1)/b", FLOW)
    with pytest.raises(ParseError, match="t has no meaning here; give a sum of powers of T, twice the time"):
        check_claim("t**-1 + N**-b", SGD)
    for claim in ("L(N) ~ N^-b", "T ~ N^b", "L(N, P) ~ N^-b"):
        with pytest.raises(DomainError, match=r"is not about L\(T, N\)"):
            check_claim(claim, SGD)
    with pytest.raises(ParseError, match="h has no meaning"):
        check_claim("1/(T + h) + N**-b", FLOW)
    with pytest.raises(UnableError, match="no product of powers of T and N"):
        check_claim("exp(-T) + N**-b", FLOW)
    with pytest.raises(DomainError, match="nothing is left"):
        check_claim("T**-1 + N**-b", FLOW, "b > 2")


@pytest.mark.parametrize("loss", ["", r"P(r,d) \asymp ", r"\mathcal{P}(r,d) \asymp "])
def test_the_steps_of_a_paper_are_read_as_twice_the_time(loss):
    """The steps r of 2405.15074 for one-pass SGD; gradient flow has its own time."""
    growing = growing_law(derive(power_law(a, b, modes=2 * N)), OnePassSGD)
    claim = loss + r"r^{-\frac{2\alpha+2\beta-1}{2\alpha}} + d^{-2\alpha} + r^{-2+1/(2\alpha)} d^{2\alpha-1}"
    found = check_claim(claim, growing, notation="2405.15074")
    ours = check_claim("T^{-(a-1)/b} + N^{-b} + T^{-2+1/b} N^{b-1}", growing)
    assert (found.verdict, found.holds, found.fails) == (ours.verdict, ours.holds, ours.fails)
    assert any("r is read as T = 2 eta n" in note for note in found.notes)
    assert not any("is read as" in note for note in ours.notes)
