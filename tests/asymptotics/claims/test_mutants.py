"""Right claims, changed a little, fail, and regions agree with the law at points."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import (
    Integer,
    Min,
    Piecewise,
    Rational,
    gamma,
    log,
    pi,
    sin,
    zeta,
)

from asymptotics import (
    check_claim,
    derive,
    power_law,
)
from asymptotics.model.quantities import QUANTITIES
from asymptotics.symbols import N, P, a, b, t

LAWS = derive(power_law(a, b))
A = pi / b / sin(pi / b)
S = (a - 1) / b
BIAS = check_claim("N**-Min(a - 1, 2*b)", LAWS.model)
TIME = gamma(S) / b * (2 * t) ** -S

# Mutants: each right claim, changed a little, must fail, at a point where the numbers differ

RIGHT = [
    ("time", TIME, LAWS.time, ()),
    ("model", zeta(a - b) * A**b * N**-b, LAWS.model, "a - 1 > b"),
    ("data", gamma(S) * gamma(2 - S) * A ** (a - 1) * P ** (1 - a), LAWS.data, "a - 1 < 2*b"),
    ("model, whole", LAWS.model.leading, LAWS.model, ()),
    ("transient", LAWS.model_transient.leading, LAWS.model_transient, ()),
    ("noise", LAWS.noise.leading, LAWS.noise, ()),
    ("SGD", LAWS.sgd_noise_model.leading, LAWS.sgd_noise_model, ()),
]
MUTANTS = [
    ("constant", lambda f, x: f * Rational(1000001, 1000000)),
    ("constant of b", lambda f, x: f * b / (b + Rational(1, 10**6))),
    ("exponent", lambda f, x: f * x ** Rational(1, 1000)),
    ("exponent of a", lambda f, x: f * x ** (Rational(1, 100) / a)),
    ("logarithm", lambda f, x: f * log(x)),
    ("sign", lambda f, x: -f),
]


@pytest.mark.parametrize("mutant", MUTANTS, ids=[m[0] for m in MUTANTS])
@pytest.mark.parametrize(
    ("name", "claim", "law", "assuming"),
    [row if i in (0, 1, 5) else pytest.param(*row, marks=pytest.mark.slow) for i, row in enumerate(RIGHT)],
    ids=[row[0] for row in RIGHT],
)
def test_mutants_fail(name, claim, law, assuming, mutant):
    assert check_claim(claim, law, assuming)
    wrong = check_claim(mutant[1](claim, law.resource), law, assuming)
    assert wrong.verdict == "FAILS"
    ratio = wrong.witness.claimed / wrong.witness.correct
    numbers = {s: Integer(10**6) for s in ratio.free_symbols}
    assert abs(ratio.subs(numbers).evalf(30) - 1) > Rational(1, 10**8)


@pytest.mark.slow
@settings(max_examples=10)
@given(st.tuples(*[st.fractions(-3, 3, max_denominator=4)] * 3), st.sampled_from(["model", "data", "time"]))
def test_an_exponent_holds_exactly_where_it_is_the_law(coefficients, name):
    """Linear exponents: the verdict's regions agree with the law at random points."""
    law = getattr(LAWS, name)
    first, second, third = (Rational(c.numerator, c.denominator) for c in coefficients)
    claim = first * a + second * b + third
    verdict = check_claim(claim, law)
    assert verdict.verdict == "FAILS" and verdict.witness is not None
    point = verdict.witness
    assert verdict.witness.claimed == claim.subs(dict(point))
    assert verdict.witness.correct == law.at(point).exponent != verdict.witness.claimed


@settings(max_examples=10)
@given(st.fractions(2, 6, max_denominator=9), st.fractions(2, 4, max_denominator=9))
def test_regions_agree_with_the_law_at_points(x, y):
    point = {a: Rational(x.numerator, x.denominator), b: Rational(y.numerator, y.denominator)}
    law = LAWS.model.at(point)
    assert bool(check_claim(N**-law.exponent * log(N) ** law.log_power, law))
    verdict = BIAS
    right = law.exponent == Min(a - 1, 2 * b).subs(point) and not law.regimes[0].log_power
    assert right == any(r.condition.subs(point) == True for r in verdict.holds)  # noqa: E712
    assert right != any(r.condition.subs(point) == True for r in verdict.fails)  # noqa: E712


@pytest.mark.parametrize(
    "name",
    [n if n in ("time", "model", "data") else pytest.param(n, marks=pytest.mark.slow) for n in QUANTITIES],
)
def test_every_law_agrees_with_itself(name):
    law = getattr(LAWS, name)
    bare = Piecewise(
        *((r.power(law.resource) * log(law.resource) ** r.log_power, r.condition) for r in law.regimes)
    )
    assert check_claim(bare, law).verdict == "HOLDS"
    assert check_claim(bare * law.resource, law).verdict == "FAILS"
