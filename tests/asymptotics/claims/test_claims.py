"""Claims against laws: verdicts with their regions, exact witnesses, mutants that must fail, time limits."""

import time

import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sympy import (
    Eq,
    Integer,
    Max,
    Min,
    O,
    Piecewise,
    Rational,
    Symbol,
    gamma,
    log,
    oo,
    pi,
    simplify,
    sin,
    sqrt,
    zeta,
)

from asymptotics import (
    DomainError,
    ParseError,
    Task,
    check_claim,
    compute_optimal,
    derive,
    power_law,
)
from asymptotics.claims.constants import ratio_form, same_form
from asymptotics.claims.growth import growths
from asymptotics.model.quantities import QUANTITIES
from asymptotics.symbols import C, N, P, a, b, eta, k, sigma, t

LAWS = derive(power_law(a, b))
OPTIMUM = compute_optimal(LAWS, cost=N * t)
SGD = compute_optimal(LAWS, cost=N * t, rule="sgd")
A = pi / b / sin(pi / b)
S = (a - 1) / b
BIAS = check_claim("N**-Min(a - 1, 2*b)", LAWS.model)
TIME = gamma(S) / b * (2 * t) ** -S

# name, claim, subject, assumptions, first words of the verdict (the laws themselves: test_laws)
TABLE = [
    ("BAP's model exponent is the bias", "N**(-Min(a-1, 2*b))", LAWS.model, (), "FAILS where a - 1 > b:"),
    ("as LaTeX", r"N^{-\min\{a-1,2b\}}", LAWS.model, (), "FAILS where a - 1 > b:"),
    ("as an expression", N ** -Min(a - 1, 2 * b), LAWS.model, (), "FAILS where a - 1 > b:"),
    ("below a - 1 = b it is right", r"N^{-\min\{a-1,2b\}}", LAWS.model, "a - 1 < b", "HOLDS everywhere"),
    ("of the bias it is right", r"N^{-\min\{a-1,2b\}}", LAWS.bias_model, (), "HOLDS where a - 1 != 2*b"),
    ("exponent alone", "Min(a - 1, b)", LAWS.model, (), "HOLDS everywhere"),
    ("exponent alone, LaTeX", r"\min(a-1,b)", LAWS.model, (), "HOLDS everywhere"),
    ("a logarithm left out", "N**-Min(a - 1, b)", LAWS.model, (), "HOLDS where a - 1 != b"),
    ("the logarithm on the line", "N**-b*log(N)", LAWS.model, "a - 1 = b", "HOLDS everywhere"),
    ("no logarithm on the line", "N**-b", LAWS.model, Eq(a - 1, b), "FAILS everywhere: logarithm"),
    ("up to logarithms", r"\tilde\Theta(N^{-\min(a-1,b)})", LAWS.model, (), "HOLDS everywhere"),
    ("data", r"\mathcal L(P) \sim P^{-\min\{a-1,2b\}}", LAWS.data, (), "HOLDS where a - 1 != 2*b"),
    ("time", r"\frac{a-1}{b}", LAWS.time, (), "HOLDS everywhere"),
    ("time as bare power", r"L(t) \sim t^{-\frac{a-1}{b}}", LAWS.time, (), "HOLDS everywhere"),
    ("named exponent", r"\alpha_t = \frac{a-1}{b}", LAWS.time, (), "HOLDS everywhere"),
    ("time with its constant", TIME, LAWS.time, (), "HOLDS everywhere"),
    (
        "equation",
        r"L(t) = \frac{\Gamma(\frac{a-1}{b})}{b} (2t)^{-(a-1)/b}",
        LAWS.time,
        (),
        "HOLDS everywhere",
    ),
    (
        "an equation states the constant 1",
        "L(t) = t**(-(a-1)/b)",
        LAWS.time,
        (),
        "FAILS everywhere: constant",
    ),
    ("a proportionality does not", r"L(t) \propto 7 t^{-(a-1)/b}", LAWS.time, (), "HOLDS everywhere"),
    (
        "model with constant",
        pi / b / sin(pi * S) * A ** (a - 1) * N ** (1 - a),
        LAWS.model,
        "a-1<b",
        "HOLDS every",
    ),
    (
        "by reflection",
        gamma(S) * gamma(1 - S) / b * A ** (a - 1) * N ** (1 - a),
        LAWS.model,
        "a-1<b",
        "HOLDS every",
    ),
    ("model, steep", zeta(a - b) * A**b * N**-b, LAWS.model, "a - 1 > b", "HOLDS everywhere"),
    (
        "data with constant",
        gamma(S) * gamma(2 - S) * A ** (a - 1) * P ** (1 - a),
        LAWS.data,
        "a-1<2*b",
        "HOLDS every",
    ),
    ("all regimes at once", LAWS.model.leading, LAWS.model, (), "HOLDS everywhere"),
    ("the sum of both orders", "N**(1 - a) + N**-b", LAWS.model, (), "HOLDS where a - 1 != b"),
    ("upper bound", "O(N**-Min(a-1,b)*log(N))", LAWS.model, (), "HOLDS everywhere"),
    ("upper bound, too small", "O(N**-b)", LAWS.model, (), "FAILS where a - 1 < b"),
    ("lower bound", r"\Omega(N^{-a})", LAWS.model, (), "HOLDS everywhere"),
    ("SymPy's order", O(N ** (-b), (N, oo)), LAWS.model, "a - 1 > b", "HOLDS everywhere"),
    ("transient in t and N", "t**(-(1 - 1/b))/N", LAWS.model_transient, "a - 1 > b", "HOLDS everywhere"),
    (
        "transient, wrong in N",
        "t**(-(1 - 1/b))/N**2",
        LAWS.model_transient,
        "a - 1 > b",
        "FAILS everywhere: const",
    ),
    ("early stopping", r"P^{-\frac{a-1}{a}}", LAWS.early_stopping, (), "HOLDS everywhere"),
    ("stopping time", r"t^* \sim P^{b/a}", LAWS.early_stopping_time, (), "HOLDS everywhere"),
    ("SGD noise", r"t^{-(2-1/b)}", LAWS.sgd_noise, "a > 2*b", "HOLDS everywhere"),
    ("loss of the optimum", "C**(-(a-1)/(b+1))", OPTIMUM, (), "FAILS where a - 1 > b:"),
    ("loss below a - 1 = b", "C**(-(a-1)/(b+1))", OPTIMUM, "a - 1 < b", "HOLDS everywhere"),
    ("both phases", "Min((a-1)/(b+1), (a-1)/a)", OPTIMUM, (), "HOLDS everywhere"),
    ("time of the optimum", "t ~ C^{b/(1+b)}", OPTIMUM, a - 1 < b, "HOLDS everywhere"),
    ("size of the optimum", r"N \propto C^{1/(1+b)}", OPTIMUM, a - 1 < b, "HOLDS everywhere"),
    ("size, steep", r"N_\star \asymp C^{(a-b)/a}", OPTIMUM, a - 1 > b, "HOLDS everywhere"),
    ("logarithm of the optimum", "C**(-b/(b+1))*log(C)**(b/(b+1))", OPTIMUM, "a-1=b", "HOLDS everywhere"),
    ("phase III", "C**(-1 + 1/(2*b))", SGD, "a > 2*b", "HOLDS everywhere"),
    ("numbers", "N**-2*log(N)", LAWS.model.at(a=3, b=2), (), "HOLDS everywhere"),
    ("numbers, constant", pi**2 / 4 * N**-2 * log(N), LAWS.model.at(a=3, b=2), (), "HOLDS everywhere"),
    ("by cases", Piecewise((a - 1, a - 1 < b), (b, True)), LAWS.model, (), "HOLDS everywhere"),
    ("weak assumption", "a - 1", LAWS.model, a - 1 <= b, "HOLDS everywhere"),
    ("an equation of two exponents", "(a-1)/b", LAWS.model, "a = b + 1", "FAILS everywhere: exponent"),
    ("float", 0.5, LAWS.model, ("a = 3/2", "b = 2"), "HOLDS everywhere"),
]


@pytest.mark.parametrize(("name", "claim", "law", "assuming", "words"), TABLE, ids=[row[0] for row in TABLE])
def test_table(name, claim, law, assuming, words):
    verdict = check_claim(claim, law, assuming)
    assert str(verdict).startswith(words), verdict
    assert bool(verdict) == str(verdict).startswith("HOLDS everywhere")


def test_a_failure_says_what_is_right_where_and_for_what():
    verdict = check_claim(r"N^{-\min\{a-1,2b\}}", LAWS.model)
    assert verdict.verdict == "FAILS"
    assert [(str(r.condition), r.is_wall, r.at_fault) for r in verdict.fails] == [
        ("a - 1 > b", False, "exponent"),
        ("Eq(a - 1, b)", True, "logarithm"),
    ]
    assert [str(r.condition) for r in verdict.holds] == ["a - 1 < b"]
    assert verdict.fails[0].correct == N**-b
    assert [name.split()[0] for name in verdict.right_for] == ["laws.bias_model"]
    point = verdict.witness
    assert point.keys() == {a, b} and all(x.is_Rational for x in point.values())
    assert verdict.witness.correct == N ** -LAWS.model.at(point).exponent
    assert verdict.witness.claimed == N ** -Min(a - 1, 2 * b).subs(dict(point))
    assert verdict.where == (a - 1 < b)
    assert verdict.witness.claimed != verdict.witness.correct


def test_a_wrong_constant_comes_with_exact_numbers():
    verdict = check_claim(2 * TIME, LAWS.time)
    assert verdict.fails[0].at_fault == "constant"
    point = verdict.witness
    assert simplify(verdict.witness.claimed / verdict.witness.correct) == 2
    assert simplify(verdict.witness.correct - LAWS.time.at(point).leading) == 0


def test_the_negative_of_an_exponent_is_recognised():
    verdict = check_claim("-(a - 1)/b", LAWS.time)
    assert verdict.verdict == "FAILS"
    assert any("other sign" in note for note in verdict.notes)


def test_an_exponent_alone_mentions_the_logarithm():
    assert not check_claim("Min(a - 1, b)", LAWS.model, "a - 1 < b").notes
    (note,) = check_claim("Min(a - 1, b)", LAWS.model).notes
    assert "logarithm" in note and "a - 1 = b" in note


@pytest.mark.slow
def test_another_spectrum():
    laws = derive(Task(eigenvalues="3*k**-b", target="2*(k + 1/2)**-a + k**-(a + 1)"))
    assert check_claim("Min(a - 1, b)", laws.model)
    assert check_claim(laws.time.leading, laws.time)
    assert check_claim(laws.time.leading * Rational(1001, 1000), laws.time).verdict == "FAILS"
    assert check_claim(TIME, laws.time).verdict == "FAILS"


def test_an_exponential_spectrum():
    """The law is a power of exp(N), and of t one with a constant that oscillates."""
    laws = derive(Task(eigenvalues="exp(-k)", target="exp(-2*k)"))
    assert check_claim("exp(-N)", laws.model) and check_claim("1", laws.model)
    assert check_claim(laws.model.leading, laws.model)
    assert check_claim(laws.model.leading * 2, laws.model).fails[0].at_fault == "constant"
    assert check_claim("exp(-2*N)", laws.model).fails[0].at_fault == "exponent"
    assert check_claim("N**-5", laws.model).verdict == "FAILS"
    assert check_claim("t**-2", laws.time) and check_claim(laws.time.leading, laws.time)
    assert check_claim("3*t**-2", laws.time).verdict == "UNDECIDED"  # its constant is no number


@pytest.mark.parametrize("name", ["time", "model", "data", "bias_data", "model_transient"])
@pytest.mark.parametrize("point", [{a: 3, b: 2}, {a: Rational(3, 2), b: Rational(5, 4)}, {a: 5, b: 2}])
def test_what_a_law_prints_is_a_claim_that_holds(name, point):
    law = getattr(LAWS, name).at(point)
    found = check_claim(law.to_latex(), law), check_claim(repr(law).split(f", {law.resource} ->")[0], law)
    assert all(found)
    remainder = law.regimes[0].remainder != oo
    assert any("remainder" in note for note in found[0].notes) == remainder


def test_other_letters():
    beta, alpha = Symbol("beta", positive=True), Symbol("alpha", positive=True)
    assert check_claim(r"t^{-\beta}", LAWS.time, notation="2409.17858")
    assert check_claim(alpha * Min(1, beta), LAWS.model, notation="2409.17858")
    letters = {"alpha": b, "r": "(a - 1)/(2*b)", "n": P}
    assert check_claim(r"2\alpha\min(r,1)", LAWS.data, notation=letters)
    swapped = {"a": b, "b": a, "M": N}
    assert check_claim(r"\Theta(M^{1-b})", LAWS.model, "a > b", notation=swapped)
    assert check_claim(r"M^{1-b}", LAWS.model, notation=swapped).verdict == "FAILS"


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


# What cannot be used

REFUSED = [
    (
        "x - 1",
        LAWS.model,
        (),
        ParseError,
        r"'x - 1', column 1: x has no meaning here; the letters .* are N, a, b",
    ),
    ("L(P) ~ P**-2", LAWS.model, (), DomainError, "about a law in P, laws.model is in N"),
    ("N = N**-b", LAWS.model, (), DomainError, "should name"),
    ("N**-b = N**-a", LAWS.model, (), ParseError, "column 1: the left side names the quantity"),
    ("L = 1 = 2", LAWS.model, (), ParseError, "column 7: a second '='"),
    ("a - 1 < b", LAWS.model, (), ParseError, "column 7: an inequality is a condition"),
    ("b", LAWS.model, "a < 1", DomainError, "nothing is left"),
    ("b", LAWS.model, "q < 1", DomainError, "names q; the parameters are a, b"),
    ("b", LAWS.model, "a", ParseError, "a condition compares"),
    ("b", LAWS.model, 3, DomainError, "is not a comparison"),
    ("b", LAWS, (), DomainError, "pass a law"),
    ([1], LAWS.model, (), DomainError, "not a number"),
    (a < b, LAWS.model, (), DomainError, "not a number|inequality"),
    ("b", LAWS.model, (), None, ""),
]


@pytest.mark.parametrize(("claim", "law", "assuming", "error", "message"), REFUSED)
def test_refusals_are_one_line(claim, law, assuming, error, message):
    if error is None:
        check_claim(claim, law, assuming)
        return
    with pytest.raises(error, match=message) as caught:
        check_claim(claim, law, assuming)
    assert "\n" not in str(caught.value)


UNDECIDED = [
    ("sine of the resource", sin(N), "growth of sin"),
    ("degree", (((a + 1) ** 50 + b) ** 50 + a) ** 50, "degree"),
    ("a constant without name", N ** (1 - a) * sympy.Function("f")(a), ""),
]


@pytest.mark.parametrize(("name", "claim", "tried"), UNDECIDED, ids=[row[0] for row in UNDECIDED])
def test_undecided_says_what_was_tried(name, claim, tried):
    verdict = check_claim(claim, LAWS.model, "a - 1 < b")
    assert verdict.verdict == "UNDECIDED" and not verdict
    assert tried in str(verdict)


def test_curved_boundaries_are_decided_or_seen():
    verdict = check_claim("(a - 1)/b", LAWS.model)
    assert verdict.verdict == "FAILS"
    assert [str(r.condition) for r in verdict.holds] == ["Eq(a - 1, b**2)"]
    assert check_claim("sqrt(a)", LAWS.model).verdict == "FAILS"
    assert check_claim("a**b", LAWS.time).verdict == "FAILS"
    assert check_claim(sqrt((a - 1) ** 2 / b**2), LAWS.time).verdict in ("HOLDS", "UNDECIDED")


HARD = [
    "N**(-(a+b+1)**50*(a+2*b)**50)",
    "Min(a**2, b**3-a, a*b**2-1, a**3-b, b**4-a**2, a*b-7, a**4-b**3)",
    Min(*(a * i - b**j for i in range(1, 4) for j in range(1, 4))),
    Max(*(N ** (-a * i) for i in range(1, 9))),
    sum((N ** (-a - i * b) for i in range(60)), Integer(0)),
    (a + b + eta) ** 20 / (a - b) ** 20,
    N ** (-((a + 1) ** 999)),
]


@pytest.mark.slow
@pytest.mark.parametrize("claim", HARD, ids=[str(c)[:30] for c in HARD])
def test_no_claim_takes_long(claim):
    start = time.perf_counter()
    try:
        verdict = check_claim(claim, LAWS.model)
        assert verdict.verdict in ("FAILS", "UNDECIDED")
    except ParseError:
        pass
    assert time.perf_counter() - start < 20  # the clock says 3 s; the rest is for busy machines


def _texts():
    leaves = st.sampled_from(["a", "b", "N", "1", "2", "1/2", "pi", "(a-1)"])
    shapes = ["({}+{})", "({}-{})", "({})*({})", "({})/({})", "({})**({})", "Min({},{})", "Max({},{})"]
    more = ["log({})", "exp(-({}))", "gamma({})", "({})**3"]
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.tuples(st.sampled_from(shapes), inner, inner).map(lambda p: p[0].format(p[1], p[2])),
            st.tuples(st.sampled_from(more), inner).map(lambda p: p[0].format(p[1])),
        ),
        max_leaves=6,
    )


@pytest.mark.slow
@settings(max_examples=60)
@given(_texts(), st.booleans())
def test_any_expression_gets_a_verdict_or_one_line(text, as_power):
    start = time.perf_counter()
    try:
        verdict = check_claim(f"N**(-({text}))" if as_power else text, LAWS.model)
    except ParseError:
        return
    assert str(verdict).split()[0].strip(":") in ("HOLDS", "FAILS", "UNDECIDED")
    assert verdict.verdict != "FAILS" or verdict.witness is not None
    assert time.perf_counter() - start < 30


def test_a_claim_takes_under_a_second():
    start = time.process_time()
    for _, claim, law, assuming, _ in TABLE[:12]:
        check_claim(claim, law, assuming)
    assert (time.process_time() - start) / 12 < 1


# Growth and constants


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


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (pi / sin(pi * a / b), gamma(a / b) * gamma(1 - a / b), True),
        (gamma(a + 2), a * (a + 1) * gamma(a), True),
        (gamma(a - 2), gamma(a) / ((a - 1) * (a - 2)), True),
        (gamma(-1 / b) * (2 ** (1 / b) - 2) / b, gamma(1 - 1 / b) * (2 - 2 ** (1 / b)), True),
        (sympy.beta(a, b), gamma(a) * gamma(b) / gamma(a + b), True),
        (sympy.tan(pi * a), sin(pi * a) / sympy.cos(pi * a), True),
        (6**a, 2**a * 3**a, True),
        (sigma**2 * (b - 1), (b - 1) * sigma**2 * 2, False),
        (zeta(a), zeta(b), False),
        (gamma(a + 1), gamma(a), False),
    ],
)
def test_constants(first, second, same):
    assert same_form(first, second) is same
    assert bool(ratio_form(first, second)) is not same


@settings(max_examples=30)
@given(
    st.lists(st.sampled_from([a, b, a - b, 2 * a + 1, pi, Integer(6), gamma(a / b), zeta(a)]), max_size=5),
    st.data(),
)
def test_the_form_of_a_product_forgets_order_and_grouping(parts, data):
    powers = [data.draw(st.integers(-3, 3)) for _ in parts]
    product = sympy.Mul(*(x**p for x, p in zip(parts, powers, strict=True)))
    assume(product != 0)
    assert same_form(product, sympy.expand(product)) is True
    assert same_form(product, 2 * product) is False


def test_the_verdict_in_latex():
    verdict = check_claim("N**-Min(a-1,2*b)", LAWS.model)
    for text in (verdict.to_latex(), sympy.latex(verdict)):
        assert text.startswith(r"\text{FAILS}\text{ for } a - 1 > b") and text.count("{") == text.count("}")
    assert verdict._repr_latex_() == f"${verdict.to_latex()}$"
    assert check_claim("b", LAWS.model, "a - 1 > b").to_latex() == r"\text{HOLDS}\text{ everywhere}"
    assert k not in verdict.correct.free_symbols and C not in verdict.correct.free_symbols
