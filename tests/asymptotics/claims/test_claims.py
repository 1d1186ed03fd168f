"""Claims against laws: verdicts with their regions, exact witnesses, and what they say in LaTeX."""

from functools import cache

import pytest
import sympy
from sympy import (
    Eq,
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
    zeta,
)

from asymptotics import (
    GradientFlow,
    OnePassSGD,
    Task,
    check_claim,
    compute_optimal,
    derive,
    power_law,
)
from asymptotics.claims.verdict import Verdict
from asymptotics.symbols import C, N, P, a, b, k, t

LAWS = derive(power_law(a, b))
A = pi / b / sin(pi / b)
S = (a - 1) / b
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


# name, claim, rule of the best split of N t, assumptions, first words of the verdict
OF_OPTIMA = [
    ("loss of the optimum", "C**(-(a-1)/(b+1))", GradientFlow, (), "FAILS where a - 1 > b:"),
    ("loss below a - 1 = b", "C**(-(a-1)/(b+1))", GradientFlow, "a - 1 < b", "HOLDS everywhere"),
    ("both phases", "Min((a-1)/(b+1), (a-1)/a)", GradientFlow, (), "HOLDS everywhere"),
    ("time of the optimum", "t ~ C^{b/(1+b)}", GradientFlow, a - 1 < b, "HOLDS everywhere"),
    ("size of the optimum", r"N \propto C^{1/(1+b)}", GradientFlow, a - 1 < b, "HOLDS everywhere"),
    ("size, steep", r"N_\star \asymp C^{(a-b)/a}", GradientFlow, a - 1 > b, "HOLDS everywhere"),
    (
        "logarithm of the optimum",
        "C**(-b/(b+1))*log(C)**(b/(b+1))",
        GradientFlow,
        "a-1=b",
        "HOLDS everywhere",
    ),
    ("phase III", "C**(-1 + 1/(2*b))", OnePassSGD, "a > 2*b", "HOLDS everywhere"),
]


@cache
def optimum(rule):
    return compute_optimal(LAWS, cost=N * t, rule=rule)


@pytest.mark.parametrize(
    ("name", "claim", "rule", "assuming", "words"), OF_OPTIMA, ids=[x[0] for x in OF_OPTIMA]
)
def test_table_of_optima(name, claim, rule, assuming, words):
    test_table(name, claim, optimum(rule), assuming, words)


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
    assert check_claim("3*t**-2", laws.time).verdict == "UNDECIDED"  # its constant is not a number


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


def test_the_verdict_is_told_in_the_letters_of_the_claim():
    found = check_claim(r"d^{-2\alpha}", LAWS.model, notation="2405.15074")
    told = str(found).splitlines()
    assert told[0].startswith("FAILS where beta < 1/2: exponent, d**(-2*alpha) claimed")
    assert told[1].endswith("in letters of this project")
    assert told[-1] == "  witness: at alpha = 1, beta = 0: claimed d**(-2), correct 1/d"
    assert r"\beta < \frac{1}{2}" in found.to_latex()
    assert found.headline.startswith("FAILS where a - 1 < b") and set(found.witness) == {a, b}
    assert Verdict.from_dict(found.to_dict()) == found


def test_the_verdict_in_latex():
    verdict = check_claim("N**-Min(a-1,2*b)", LAWS.model)
    for text in (verdict.to_latex(), sympy.latex(verdict)):
        assert text.startswith(r"\begin{aligned} &\text{FAILS}\text{ for } a - 1 > b")
        assert text.count("{") == text.count("}") and text.count("\\\\") == 3
    assert verdict._repr_latex_() == f"${verdict.to_latex()}$"
    assert check_claim("b", LAWS.model, "a - 1 > b").to_latex() == r"\text{HOLDS}\text{ everywhere}"
    assert k not in verdict.correct.free_symbols and C not in verdict.correct.free_symbols


def test_a_verdict_is_shown_as_it_is_printed():
    verdict = check_claim("t**-1", derive(power_law(3, 2)).time)
    assert repr(verdict) == str(verdict) and repr(verdict).startswith("HOLDS")


def test_cases_that_leave_a_line_out_say_so_there_and_at_points():
    claim = r"\begin{cases} N^{-(a-1)} & a<b \\ N^{-b} & a>b\end{cases}"
    assert "the claim says nothing where a = b; give a claim" in str(check_claim(claim, LAWS.model))
    left_out = check_claim(claim, LAWS.model, assuming=["a = 2", "b = 2"])
    assert "the claim says nothing where a = 2 and b = 2; give a claim" in str(left_out)
