r"""Claims of several relations, about logarithms, and as they are copied from a page of print."""

import pytest
from sympy import Rational

from asymptotics import (
    DomainError,
    OnePassSGD,
    ParseError,
    Verdict,
    check_claim,
    compute_optimal,
    derive,
    power_law,
)
from asymptotics.claims.reading import read_claim, read_claims
from asymptotics.claims.statement import EQUAL, LOWER, ORDER, STATED, UPPER
from asymptotics.symbols import C, N, a, b, t
from numerics.cli import main

LAWS = derive(power_law(a, b))
MODEL, TIME, DATA = LAWS.model, LAWS.time, LAWS.data
AT = LAWS.model.at(a=Rational(3, 2), b=Rational(5, 4))
OPTIMUM = compute_optimal(LAWS, cost=N * t)

SEVERAL = [
    (r"t^* \propto C^{b/(1+b)}, \quad N^* \propto C^{1/(1+b)} \text{ for } a - 1 < b", OPTIMUM, "HOLDS"),
    (r"$t^* \propto C^{b/(1+b)}$ and $N^* \propto C^{1/(1+b)}$ for $a - 1 < b$.", OPTIMUM, "HOLDS"),
    (r"t^* \propto C^{b/(1+b)}, \quad N^* \propto C^{1/b} \text{ for } a - 1 < b", OPTIMUM, "FAILS"),
    (r"N_{\mathrm{opt}} \sim C^{\frac{b}{1+b}}; L \sim C^{-\frac{a-1}{1+b}}, a - 1 < b", OPTIMUM, "FAILS"),
    (r"L(t) \sim t^{-(a-1)/b} \text{ and } L(N) \sim N^{-\min(a-1, b)}", LAWS, "HOLDS"),
    ("L(t) ~ t**(-(a-1)/b), L(N) ~ N**-Min(a-1, b), L(P) ~ P**-Min(a-1, 2b)", LAWS, "HOLDS"),
    ("L(t) ~ t**(-(a-1)/b) and L(N) ~ N**-Min(a-1, 2*b)", LAWS, "FAILS"),
    (r"r_t = \frac{a-1}{b},\; r_N = \min(a-1, b), r_P = \min(a-1, 2b)", LAWS, "HOLDS"),
    (r"r_t = \frac{a-1}{b},\; r_N = \min(a-1, 2b)", LAWS, "FAILS"),
    (r"\begin{align} L(t) &\sim t^{-(a-1)/b} \\ L(P) &\sim P^{-\min(a-1, 2b)} \end{align}", LAWS, "HOLDS"),
    (r"L \sim N^{-b} \text{ for } a > b+1, L \sim N^{-(a-1)} \text{ for } a < b+1", MODEL, "HOLDS"),
    (r"c_1 N^{-b} \le L(N) \le c_2 N^{-b} \text{ if } a > b + 1", MODEL, "HOLDS"),
    (r"c_1 N^{-a} \le L(N) \le c_2 N^{-2b} \text{ if } a > b + 1", MODEL, "FAILS"),
    ("c_1*N**-b <= L(N) <= c_2*N**-b for a > b + 1", MODEL, "HOLDS"),
]


@pytest.mark.parametrize(("claim", "law", "verdict"), SEVERAL, ids=[row[0] for row in SEVERAL])
def test_each_relation_is_judged(claim, law, verdict):
    found = check_claim(claim, law)
    assert found.verdict == verdict
    assert (found.witness is not None) == bool(found.fails)


def test_a_failure_names_the_quantity():
    verdict = check_claim(r"t \sim C^{b/(1+b)}, N \sim C^{1/b} \text{ for } a - 1 < b", OPTIMUM)
    assert verdict.headline.startswith("FAILS everywhere: exponent of N, C**(1/b) claimed")
    assert "t ~ C**(b/(b + 1))" in verdict.reading


def test_one_law_is_not_asked_about_two_resources():
    with pytest.raises(DomainError, match="pass the other law"):
        check_claim(r"L(t) \sim t^{-(a-1)/b} \text{ and } L(N) \sim N^{-b}", TIME)
    with pytest.raises(ParseError, match="makes 2 claims"):
        read_claim(r"t \sim C^{b}, N \sim C^{a}", {})


LINES = [
    (r"\log L = -b \log N + c", N**-b),
    (r"\ln L(N) = -b \ln(N) + \text{const}", N**-b),
    (r"\log_{10} L = c - b \log_{10} N", N**-b),
    (r"\log L = \log A - b \log N", N**-b),
    ("log L = -b log N + c", N**-b),
    ("log10 L = c - b log10 N", N**-b),
    ("log(L) = -b*log(N) + c", N**-b),
    (r"\log \mathcal{L}(N) \simeq c - b \log N + O(1/N)", N**-b),
]


@pytest.mark.parametrize(("claim", "power"), LINES, ids=[row[0] for row in LINES])
def test_lines_of_log_log_plots(claim, power):
    found = read_claim(claim, {}).expression
    assert (found / power).free_symbols <= {s for s in found.free_symbols if s.name in ("c", "A", "const")}
    assert check_claim(claim, MODEL, "a - 1 > b").everywhere
    assert check_claim(claim, MODEL, "a - 1 < b").verdict == "FAILS"


def test_a_line_with_numbers_claims_its_constant():
    law = TIME.at(a=3, b=2)  # 1/(4 t)
    assert check_claim(r"\log_2 L = -2 - \log_2 t", law).everywhere
    assert not check_claim(r"\log_2 L = -3 - \log_2 t", law)
    assert check_claim(r"\log_{10} L = c - 0.5 \log_{10} N", AT).everywhere


@pytest.mark.parametrize(
    "claim",
    [
        r"-\frac{d \log L}{d \log N} = b",
        r"\frac{\partial \log L}{\partial \log N} = -b",
        r"\frac{\partial\ln\mathcal{L}}{\partial\ln N} \to -b",
    ],
)
def test_slopes(claim):
    assert check_claim(claim, MODEL, "a - 1 > b").everywhere
    assert check_claim(claim, MODEL, "a - 1 < b").verdict == "FAILS"


PRINT = [
    ("L(t) ∼ t^{−(a−1)/b}", TIME),
    ("t^(−(α−1)/β)", TIME),
    ("N⁻ᵇ·A, a > b + 1", MODEL),
    (r"N^{-(a-1) \wedge b}", MODEL),
    (r"P^{-((a-1) \wedge 2b)}", DATA),
    (r"P^{-2b \wedge (a - 1)}", DATA),
    (r"\max\{N^{-b}, N^{-(a-1)}\}", MODEL),
    (r"N^{-b} \vee N^{-(a-1)}", MODEL),
    (r"\Omega(\min\{N^{-b}, N^{-(a-1)}\})", MODEL),
    (r"We find that $L(N) \sim N^{-b}$ for all $a > 1+b$.", MODEL),
    (r"For $a > b + 1$, $L(N) \propto N^{-b}$", MODEL),
    (r"\text{For } a - 1 < b, \quad L(N) \propto N^{-(a-1)}", MODEL),
    (r"L(N)\sim N^{-b}\quad(a>b+1)", MODEL),
    (r"L(N)\sim N^{-b} \text{ provided that } a>b+1", MODEL),
    (r"L(N)\sim N^{-b} \text{ as } N\to\infty, a > b + 1", MODEL),
    (r"L(N) \underset{N\to\infty}{\sim} N^{-b}, a > b + 1", MODEL),
    (r"L(N) \in O(N^{-b}), a > b + 1", MODEL),
    (r"L(N) \le c N^{-b}, a > b + 1", MODEL),
    (r"L(N) \lesssim N^{-b} \text{ up to log factors}, a > b + 1", MODEL),
    (r"L(N) \triangleq A N^{-b} \text{ w.h.p.}, a > b + 1", MODEL),
    (r"\mathbb{E}\left[\mathcal{L}(t)\right] \sim t^{-(a-1)/b}", TIME),
    (r"\|f - f^*\|^2 \sim t^{-(a-1)/b}", TIME),
    ("L(N) ~ N**-b as N -> oo, a > b + 1", MODEL),
]


@pytest.mark.parametrize(("claim", "law"), PRINT, ids=[row[0] for row in PRINT])
def test_claims_as_they_are_copied(claim, law):
    letters = {"alpha": a, "beta": b} if "α" in claim else None
    assert check_claim(claim, law, notation=letters).verdict == "HOLDS"


def test_of_two_growths_the_larger_is_taken_where_it_is():
    assert check_claim(r"\min\{N^{-b}, N^{-(a-1)}\}", MODEL).verdict == "FAILS"
    equal = r"L = \max\{2 N^{-1/2}, 3 N^{-1/2}\} \wedge 4 N^{-1/2}"
    assert read_claim(equal, {}).expression.subs(N, 4) == Rational(3, 2)


@pytest.mark.parametrize(
    ("claim", "relations"),
    [
        (r"L(N) \le c N^{-b}", [UPPER]),
        (r"L(N) \geq c N^{-b}", [LOWER]),
        (r"c N^{-b} \le L(N) \le d N^{-b}", [LOWER, UPPER]),
        (r"N^* \propto C^{x}, t^* \propto C^{y}", [ORDER, ORDER]),
        (r"L(N) \triangleq N^{-b}", [EQUAL]),
        (r"L(N) \approx (N_c/N)^{\alpha_N}; \alpha_N \sim 0.076", [STATED]),
        ("N ~ C**(1/2), t ~ C**(1/2)", [STATED, STATED]),
    ],
)
def test_relations_of_parts(claim, relations):
    assert [one.relation for one in read_claims(claim, {})] == relations


def test_what_is_between_expressions_stays_a_condition():
    for claim in (r"a \le b", r"N^{b} \le a", "N**b < a", "a <= b"):
        with pytest.raises(ParseError, match="an inequality is a condition"):
            check_claim(claim, MODEL)
    assert C not in read_claim("N**-b, a = 2*b", {"a": a, "b": b}).condition.free_symbols


def test_cases_are_judged_where_they_are_claimed():
    cases = "L ~ N**-b for a > b + 1, L ~ N**-{} for a < b + 1"
    assert check_claim(cases.replace("{}", "(a-1)"), MODEL).verdict == "HOLDS"
    assert "where a < b + 1: exponent" in check_claim(cases.replace("{}", "b"), MODEL).headline


@pytest.mark.parametrize(
    ("claim", "law"),
    [
        (r"t^* \propto C^{b/(1+b)}, N^* \propto C^{1/(1+b)}", OPTIMUM),
        (r"L(t) \sim t^{-(a-1)/b}, L(N) \sim N^{-(a-1)}", LAWS),
        (r"t^{-(a-1)/b} + N^{-\min(a-1, b)}", LAWS),
        ("L ~ N**-b for a > b + 1, L ~ N**-(a-1) for a < b + 1", MODEL),
    ],
)
def test_verdicts_on_several_relations_are_records(claim, law):
    verdict = check_claim(claim, law)
    assert Verdict.from_dict(verdict.to_dict()) == verdict


@pytest.mark.parametrize(
    ("claim", "status", "words"),
    [
        (r"t \propto C^{b/(1+b)}, N \propto C^{1/(1+b)} \text{ for } a - 1 < b", 0, "HOLDS everywhere"),
        ("L(t) ~ t**(-(a-1)/b), L(N) ~ N**-(a-1)", 1, "FAILS where a - 1 > b: exponent of L(N)"),
        (r"\log L = -\frac{a-1}{b} \log t + c", 0, "HOLDS everywhere"),
    ],
)
def test_the_command_reads_them(claim, status, words, capsys):
    assert main(["claim", claim]) == status
    assert capsys.readouterr().out.startswith(words)


def test_an_empty_claim():
    with pytest.raises(ParseError, match="the claim is empty"):
        check_claim("  ", MODEL)


def test_assumptions_in_print_and_products_of_letters():
    assert check_claim("N**-b", MODEL, ["a − 1 ≥ b", "a > 2·b"]).verdict == "HOLDS"
    assert check_claim(r"N^{-as}, a > b + 1", MODEL, notation={"s": b / a}).everywhere
    first = r"\text{As } N \to \infty, L(N) \sim N^{-b} \text{ for } a > b + 1"
    assert check_claim(first, MODEL).everywhere
    with_word = r"L(N) \sim N^{-b} as N \to \infty for a > b + 1"
    assert check_claim(with_word, MODEL).everywhere


@pytest.mark.slow
def test_many_cases_of_what_is_correct_have_a_line_for_each_value():
    optimum = compute_optimal(derive(power_law(a, b, modes="r*N")), "N*t", rule=OnePassSGD)
    shown = str(check_claim(r"\tilde d^\star \sim f^{1/2}", optimum, notation="2405.15074")).splitlines()
    start = shown.index("  correct:")
    values = [line.split(" for ")[0] for line in shown[start + 1 :] if line.startswith("    ")]
    assert len(values) == len(set(values)) > 5 and "    sqrt(C)" in values
    assert max(map(len, shown)) < 230


@pytest.mark.parametrize(
    "claim",
    [
        r"L(t) = \Gamma(s) (2t)^{-s}/b \quad (s = (a-1)/b)",
        r"L(t) = \Gamma(s) (2t)^{-s}/b \quad \left(s \equiv \frac{a-1}{b}\right)",
        r"L(t) = \Gamma(s) (2t)^{-s}/b \text{ with } s := (a-1)/b",
        "L(t) = gamma(s)*(2*t)**(-s)/b, s := (a-1)/b",
    ],
)
def test_what_a_letter_means_in_parentheses_or_by_definition(claim):
    assert check_claim(claim, TIME).headline.startswith("HOLDS everywhere")
