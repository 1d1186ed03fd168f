"""LaTeX of claims: what it means, what is refused and where, and that no text makes it hang or crash."""

import pytest
import sympy
from counted_work import calls_of
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Min, Rational, Symbol, cos, gamma, log, pi, sin, sqrt, zeta

from asymptotics import BottleneckError, ParseError, check_claim, derive, power_law
from asymptotics.claims.reading import read_claim
from asymptotics.claims.statement import EQUAL, LOWER, ORDER, STATED, UPPER
from asymptotics.parsing.characters import is_latex
from asymptotics.parsing.latex import read
from asymptotics.parsing.latex_writer import to_text
from asymptotics.parsing.vocabulary import LATEX_LENGTH
from asymptotics.symbols import C, N, P, a, b, t

MODEL = derive(power_law(a, b)).model
alpha, lam = Symbol("alpha", positive=True), Symbol("lam", positive=True)
MOST_CALLS = 200_000
"""Far above the work of reading any text of a few macros, and reached within a second."""

MEANINGS = [
    (r"N^{-\min\{a-1,2b\}}", N ** -Min(a - 1, 2 * b)),
    (r"N^{-\min\left\{a-1,\,2b\right\}}", N ** -Min(a - 1, 2 * b)),
    (r"N^{-\min(a-1,2b)}", N ** -Min(a - 1, 2 * b)),
    (r"N^{-\min[a-1,2b]}", N ** -Min(a - 1, 2 * b)),
    (r"N^{-min(a-1,2b)}", N ** -Min(a - 1, 2 * b)),
    (r"N^{-\operatorname{min}(a-1,2b)}", N ** -Min(a - 1, 2 * b)),
    (r"N^{-\mathrm{min}\bigl(a-1,2b\bigr)}", N ** -Min(a - 1, 2 * b)),
    (r"\frac{a-1}{b}", (a - 1) / b),
    (r"\tfrac{a-1}{b}", (a - 1) / b),
    (r"\frac12", Rational(1, 2)),
    (r"\frac1b", 1 / b),
    (r"{a-1}/{b}", (a - 1) / b),
    (r"$\frac{a-1}{b}$", (a - 1) / b),
    (r"\( \frac{a-1}{b} \)", (a - 1) / b),
    (r"\[ \frac{a-1}{b} . \]", (a - 1) / b),
    (r"2b(a-1)", None),
    (r"{2b(a-1)}", 2 * b * (a - 1)),
    (r"2 \cdot b \times a", 2 * a * b),
    (r"{N^b_{}}", None),
    (r"N^{b}t^{2}", N**b * t**2),
    (r"{N^2t}", N**2 * t),
    (r"{N^12}", 2 * N),
    (r"{N}^{12}", N**12),
    (r"{N^\alpha}", N**alpha),
    (r"\lambda", lam),
    (r"\sqrt{N}", sqrt(N)),
    (r"\sqrt[3]{N b}", (N * b) ** Rational(1, 3)),
    (r"\log N", log(N)),
    (r"N^{-b}\log N", N**-b * log(N)),
    (r"\log N N^{-b}", N**-b * log(N)),
    (r"\log^2 N", log(N) ** 2),
    (r"\log^{2}(N)", log(N) ** 2),
    (r"(\log N)^{3}", log(N) ** 3),
    (r"\log N^{2}", log(N**2)),
    (r"\log 2t", log(2 * t)),
    (r"\log\log N", log(log(N))),
    (r"\ln{(N)}", log(N)),
    (r"\sin\frac{\pi}{b}", sin(pi / b)),
    (r"\sin 2\pi a b", b * sin(2 * pi * a)),
    (r"\cos(\pi/b)", cos(pi / b)),
    (r"\Gamma\left(\frac{a-1}{b}\right)", gamma((a - 1) / b)),
    (r"\zeta(a-b) b", b * zeta(a - b)),
    (r"\exp{-b}", sympy.exp(-b)),
    (r"\frac{\pi/b}{\sin(\pi/b)}^{a}", (pi / b / sin(pi / b)) ** a),
    (r"\left[\frac{N}{2}\right]^{-b}", (N / 2) ** -b),
    (r"N^{-0.5}", N ** Rational(-1, 2)),
    ("N^{-b} % the model\n", N**-b),
]


@pytest.mark.parametrize(("text", "meaning"), MEANINGS, ids=[m[0] for m in MEANINGS])
def test_meaning(text, meaning):
    if meaning is None:  # no LaTeX, or no meaning
        with pytest.raises(ParseError):
            read_claim(text, {})
        return
    assert sympy.simplify(read_claim(text, {}).expression - meaning) == 0


RELATIONS = [
    (r"L(N) = N^{-b}", EQUAL, False, "L", "N"),
    (r"\mathcal{L}(N,t) \simeq N^{-b}", EQUAL, False, "L", "Nt"),
    (r"\mathcal L_N \sim N^{-b}", STATED, False, "L", "N"),
    (r"L ~ {N^{-b}}", STATED, False, "L", ""),
    (r"\hat{L}(t,\infty) \approx t^{-b}", STATED, False, "L", "too"),
    (r"L_{N} \propto N^{-b}", ORDER, False, "L", "N"),
    (r"\mathbb{E}L(N) \asymp N^{-b}", ORDER, False, "EL", "N"),
    (r"L(N) = \Theta(N^{-b})", ORDER, False, "L", "N"),
    (r"\mathcal{O}\left(N^{-b}\right)", UPPER, False, "", ""),
    (r"\tilde{\mathcal O}(N^{-b})", UPPER, True, "", ""),
    (r"\widetilde\Theta(N^{-b})", ORDER, True, "", ""),
    (r"L \gtrsim N^{-b}", LOWER, False, "L", ""),
    (r"\Omega(N^{-b})", LOWER, False, "", ""),
    (r"t^\star \propto C^{b}", ORDER, False, "t", ""),
    (r"N_{opt}(C) \sim C^{b}", STATED, False, "N", "oC"),
    (r"\min_t L(t,P) \sim P^{-b}", STATED, False, "L", "tP"),
    (r"L(t,N)-L(t) \sim t^{-b}", STATED, False, "L", "tN"),
    (r"\alpha_N = \min(a-1,b)", EQUAL, False, "alpha", "N"),
    ("L(N) ∝ N**-b", ORDER, False, "L", "N"),
    ("L == O(N**-b)", UPPER, False, "L", ""),
    ("N**-b", STATED, False, "", ""),
]


@pytest.mark.parametrize(("text", "relation", "soft", "subject", "arguments"), RELATIONS)
def test_relations_and_left_sides(text, relation, soft, subject, arguments):
    found = read_claim(text, {})
    assert (found.relation, found.soft, found.subject) == (relation, soft, subject)
    assert set(arguments) >= set(found.arguments)
    assert found.expression.free_symbols <= {N, P, t, C, a, b}


@pytest.mark.parametrize("text", ["N**(-b) + O(N**(-2*b))", r"N^{-b} + \mathcal{O}(N^{-2b})"])
def test_a_remainder_is_read_and_left_out(text):
    found = read_claim(text, {})
    assert found.remainder and found.expression == N**-b
    assert not read_claim("N**(-b)", {}).remainder


# text, column (from 1), and the words of the message
REFUSED = [
    (r"N^{-b", 5, "unexpected end of stream"),
    (r"N^{-b}}", 7, "mismatching closing brace"),
    (r"N^{-\foo}", 5, r"the macro \foo has no meaning here"),
    (r"\frac{a-1}", 1, "arguments of macro"),
    (r"\frac\frac{1}{2}", 6, "in braces"),
    (r"N^{-\min\{a-1,2b)}", 17, "')' where '}' is to close"),
    (r"N^{-\min\{a-1,2b}", 9, "a parenthesis is not closed"),
    (r"L = N^{-b} = 3", 12, "a second '='"),
    (r"L \sim N^{-b} \propto 1", 15, "a second 'propto'"),
    (r"L(N) = {}", 6, None),
    (r"L(N) \sim", 6, "nothing follows"),
    (r"2 N^{b} = {1}", 1, "the left side names"),
    (r"N^{b} < a", 7, "an inequality is a condition"),
    (r"N^{b} \le a", 7, "an inequality is a condition"),
    (r"N^{-2a_1}", 6, "a_1 has no meaning here"),
    (r"N^{-b} a_{+}", 9, "a subscript is letters or digits"),
    (r"N^{-2q}", 6, "q has no meaning here; the letters of laws.model are N, a, b"),
    (r"N^{-\frac{\gamma}{2}}", 11, "gamma has no meaning here"),
    (r"N^{}", 3, "the exponent is empty"),
    (r"^{2}", 1, "a power of nothing"),
    (r"{N}^", 4, "without an exponent"),
    (r"{N}^-b", 5, "put the exponent in braces"),
    (r"N^{b}^{a}", 6, "a second exponent"),
    (r"\Gamma", 1, "without an argument"),
    (r"\log", 1, "without an argument"),
    (r"\min_{x} a", 5, "a subscript has no meaning"),
    (r"O(N^{-b}) + 1", 11, "something follows O"),
    (r"\begin{array} a & b \end{array}", 1, "the environment array is not read"),
    (r"\begin{cases} a \\ b & c > d \end{cases}", 15, "a row of cases is"),
    (r"N^{-é}", 5, "not part of an expression"),
    (r"\text{loss}^{2}", 1, "has no meaning in an expression"),
    (r"|N|^{2}", 1, "not part of an expression"),
    (r"9^{9^{9^{9}}}", 1, None),
    ("a\\", 2, "a backslash without a macro"),
    (r"{2 + }", 4, "breaks off"),
    (r"{2 * * b}", 6, "nothing stands before"),
    (r"{a \cdot / b}", 10, "nothing stands before"),
    (r"\infty", 1, r"\infty has no meaning"),
]


@pytest.mark.parametrize(("text", "column", "words"), REFUSED, ids=[r[0] for r in REFUSED])
def test_refusals_name_the_place(text, column, words):
    with pytest.raises(ParseError) as caught:
        check_claim(text, MODEL)
    message = str(caught.value)
    assert "\n" not in message and len(message) < 400
    if words is not None:
        assert words in message
        assert f"column {column}:" in message


@pytest.mark.parametrize(
    "text",
    [
        "{" * 3000,
        "{" * 60 + "}" * 60,
        "{}" + "(" * 500,
        r"\log" * 400 + " N",
        r"\sqrt" * 300 + "{2}",
        r"\frac" * 300,
        "{N" + "^{N" * 41 + "}" * 42,
        r"\begin{a}" * 200,
        "$" * 1001,
        r"\(" * 500,
        "{a+b}" * 390,
        r"\left" * 300,
        "{}" + "9" * 1900,
        "{}" + "N^" * 900,
        r"\min(" + "a," * 500 + "a)",
    ],
)
def test_large_input_is_refused_at_once(text):
    """Within work that is linear in the length of the text: 130 calls a character at most."""
    messages = []
    assert calls_of(lambda: messages.append(refusal_of(text))) < 5000 + 150 * len(text)
    assert messages[0] and "\n" not in messages[0]


PIECES = [
    *"Nabt123(){}[]^_+-*/,=~.$|&% ",
    *(
        f"\\{name} "
        for name in "frac sqrt min max log Gamma zeta sin left right alpha mathcal tilde sim".split()
    ),
    *(r"\{", r"\}", r"\Theta", "O(", r"\begin{x}", r"\end{x}", "\\", "é", "N^{", "**"),
]


def refusal_of(text):
    with pytest.raises(BottleneckError) as caught:
        check_claim(text, MODEL)
    return str(caught.value)


def message_of(text):
    try:
        read_claim(text, {})
    except BottleneckError as error:
        return str(error)
    return ""


@settings(max_examples=120)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_any_text_gives_a_statement_or_one_line(text):
    messages = []
    assert calls_of(lambda: messages.append(message_of(text))) < MOST_CALLS
    assert "\n" not in messages[0]


@pytest.mark.slow
@settings(max_examples=2000)
@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=25).map("".join)))
def test_any_text_many(text):
    assert "\n" not in message_of(text)


def _expressions():
    leaves = st.sampled_from([a, b, N, t, sympy.Integer(2), Rational(1, 3), pi])
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.tuples(inner, inner).map(lambda p: p[0] + p[1]),
            st.tuples(inner, inner).map(lambda p: p[0] * p[1]),
            st.tuples(inner, inner).map(lambda p: p[0] / (1 + p[1])),
            st.tuples(inner, st.sampled_from([2, -1, a, -b])).map(lambda p: p[0] ** p[1]),
            inner.map(lambda x: log(1 + x)),
            inner.map(sqrt),
            inner.map(lambda x: gamma(1 + x)),
            st.tuples(inner, inner).map(lambda p: Min(*p)),
        ),
        max_leaves=6,
    )


@settings(max_examples=60)
@given(_expressions())
def test_what_sympy_writes_is_read_back(expression):
    """LaTeX as SymPy prints it means the same."""
    text = "{" + sympy.latex(expression) + "}"
    if message := message_of(text):
        assert "beyond" in message or "minimum" in message  # the bounds of the parser
        return
    found = read_claim(text, {}).expression
    numbers = {a: Rational(7, 5), b: Rational(9, 7), N: Rational(11, 3), t: Rational(13, 9)}
    left, right = (x.subs(numbers).evalf(20) for x in (found, expression))
    assert abs(left - right) <= 1e-12 * abs(right)


def test_positions_of_the_translation():
    source = read(r"\frac{a-1}{2b}")
    text, origin = to_text(source, source.items)
    assert text == "((a-1)/(2*b))"
    assert len(origin) == len(text)
    assert [source.text[i] for i, c in zip(origin, text, strict=True) if c in "ab12"] == ["a", "1", "2", "b"]


def test_bounds():
    assert not is_latex("N**(-b)") and is_latex(r"\frac12") and is_latex("$N$")
    with pytest.raises(ParseError, match=f"more than {LATEX_LENGTH}"):
        read("a" * (LATEX_LENGTH + 1))
