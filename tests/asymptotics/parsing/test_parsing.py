"""The parser: what it reads, what it refuses, and that no text makes it hang, crash or execute."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from counted_work import calls_of
from parsed_texts import check_refusal
from sympy import (
    Abs,
    Max,
    Min,
    Rational,
    Symbol,
    cbrt,
    digamma,
    exp,
    false,
    gamma,
    log,
    pi,
    sin,
    sqrt,
    sympify,
    true,
    zeta,
)
from sympy import beta as beta_function

from asymptotics.errors import DomainError, ParseError
from asymptotics.parsing.expressions import parse, parse_condition
from asymptotics.parsing.vocabulary import FUNCTIONS, NAMES
from asymptotics.symbols import E, N, P, Primed, a, b, k, sigma, t

READ = [
    # text, expression
    ("k**-b", k**-b),
    ("k^-b", k**-b),
    ("3*k**-b", 3 * k**-b),
    ("(k + 1/2)**-a", (k + Rational(1, 2)) ** -a),
    ("-2^2", -4),  # Python's precedence: the power before the sign
    ("2^3^2", 512),  # and from the right
    ("2**-1", Rational(1, 2)),
    ("a - b - 1", a - b - 1),
    ("a/b/2", a / (2 * b)),
    ("a/b*2", 2 * a / b),
    ("--a", a),
    ("+a", a),
    ("0.1", Rational(1, 10)),  # the decimal as written, not the nearest double
    ("0.1000000000000000055511151231257827", Rational(1000000000000000055511151231257827, 10**34)),
    ("1.5e-3", Rational(3, 2000)),
    (".5", Rational(1, 2)),
    ("1.", 1),
    ("1E2", 100),
    ("Min(a - 1, 2*b)", Min(a - 1, 2 * b)),
    ("max(a, b, 1)", Max(a, b, 1)),
    ("ln(k)**-2", log(k) ** -2),
    ("exp(-2*t*k**-b)", exp(-2 * t * k**-b)),
    ("sqrt(a) + cbrt(b)", sqrt(a) + cbrt(b)),
    ("Gamma((a-1)/b)/b*(2*t)**(-(a-1)/b)", gamma((a - 1) / b) / b * (2 * t) ** (-(a - 1) / b)),
    ("(pi/b)/sin(pi/b)", pi / b / sin(pi / b)),
    ("zeta(2)", pi**2 / 6),
    ("zeta(a - b, 3/2)", zeta(a - b, Rational(3, 2))),
    ("beta(a, b)", beta_function(a, b)),
    ("digamma(a)", digamma(a)),
    ("abs(a - b)", Abs(a - b)),
    ("gamma*zeta*beta", Symbol("gamma", positive=True) * Symbol("zeta", positive=True) * NAMES["beta"]),
    ("E*sigma**2/P", E * sigma**2 / P),  # E is the number of ensemble members
    (" \tN ", N),
    ("+".join(["a"] * 900), 900 * a),  # long, but not deep
    ("*".join(["a"] * 40), a**40),
    ("(" * 40 + "a" + ")" * 40, a),
]

REFUSED = [
    # text, column (None where the message has none), words of the message
    ("", None, "empty"),
    (" \t", None, "empty"),
    ("a" * 2001, None, "2001 characters"),
    ("foo", 1, "unknown name 'foo'"),
    ("a + foo(2)", 5, "unknown function 'foo'"),
    ("k^foo", 3, "unknown name 'foo'"),  # ^ is one column though Python writes two
    ("k^a + k^a1", 9, "unknown name 'a1'"),
    ("  foo", 3, "unknown name 'foo'"),
    ("lambda", 1, "lambda is a keyword of Python; write lam"),
    ("lambda: 1", 1, "lambda is a keyword"),
    ("e**-t", 1, "write exp(x)"),
    ("1 + I", 5, "imaginary unit"),
    ("oo", 1, "unknown name 'oo'"),
    ("log", 1, "log is a function; write log(x)"),
    ("a(b)", 1, "a is a symbol, not a function"),
    ("2k", 2, "an operator is missing"),
    ("2 (k)", 3, "an operator is missing"),
    ("a b", 3, "an operator is missing"),
    ("(a)(b)", 4, "an operator is missing"),
    ("0x10", 2, "an operator is missing"),
    ("1_000", 2, "an operator is missing"),
    ("1j", 2, "an operator is missing"),
    ("007", 1, "leading zeros"),
    ("a +", 3, "breaks off"),
    ("(a", 2, "not closed"),
    ("a)", 2, "unmatched"),
    ("a,b", 1, "not an expression"),
    ("()", 1, "not an expression"),
    ("a//b", 1, "not an expression"),
    ("log(*a)", 5, "not an expression"),
    ("log(**a)", 1, "not an expression"),
    ("log(a, b)", 1, "log takes 1 argument"),
    ("beta(a)", 1, "beta takes 2 argument"),
    ("a < b", 1, "a comparison is a condition"),
    ("a = b", 3, "a comparison is written =="),
    ("a\nb", 2, r"'\n' is not part"),
    ("a\0", 2, r"'\x00' is not part"),
    ("α", 1, "Greek letters by name"),
    ("λ", 1, "write lam"),
    ("a−b", 2, "plain minus"),
    ("a.b", 2, "'.' is not part"),
    ("a.__class__", 2, "'.' is not part"),
    ("a[0]", 2, "'[' is not part"),
    ("__import__('os').system('true')", 12, '"\'" is not part'),
    ("__import__(a)", 1, "unknown function '__import__'"),
    ("[x for x in y]", 1, "'[' is not part"),
    ("f'{a}'", 2, '"\'" is not part'),
    ("(a := 1)", 4, "':' is not part"),
    ("a if b else 1", 3, "an operator is missing"),
    ("True", 1, "unknown name 'True'"),
    ("(" * 41 + "a" + ")" * 41, 41, "nested deeper than 40"),
    ("-" * 100 + "a", 42, "nested deeper than 40"),
    ("a**" * 100 + "a", 121, "nested deeper than 40"),
    ("9**9**9**9", 4, "an exponent with a number beyond 1000"),
    ("2**-10**9", 1, "an exponent with a number beyond 1000"),
    ("(1/3)**(10**8)", 1, "an exponent with a number beyond 1000"),
    ("(3*a)**(10^9)", 1, "an exponent with a number beyond 1000"),
    ("7**999", 1, "a power with numbers beyond 1100 bits"),
    ("a**51", 1, "a power beyond 50"),
    ("a**30*a**30", 1, "a power beyond 50"),
    ("2**(1/101)", 1, "a root of order 101"),
    ("exp(10^9*log(2*a))", 1, "an exponent with a number beyond 1000"),
    ("2**(10^9*log(3*a)/log(2))", 1, "an exponent with a number beyond 1000"),
    ("exp(exp(9))", 1, "the value is beyond"),
    ("exp(-exp(6.9))", 1, "the value is beyond"),
    ("1e9999999999", 1, "digits"),
    ("1e-400", 1, "bits"),
    ("1e300*1e300", 1, "bits"),
    ("gamma(10**9)", 1, "gamma of a number beyond 64"),
    ("zeta(10**9)", 1, "zeta of a number beyond 64"),
    ("zeta(-10**6, a)", 1, "zeta of a number beyond 20"),
    ("digamma(10^7)", 1, "digamma of a number beyond 64"),
    ("Min(" + ",".join("abcdfghij") + ")", 1, "argument(s), not 9"),
    ("Min(Min(a,b,c,d,f),Min(l,m,n,o))", 1, "over more than 8"),
    ("1/0", 3, "division by zero"),
    ("a/(b - b)", 4, "division by zero"),
    ("0**-1", 1, "0 to the power -1"),
    ("0**-a", 1, "0 to the power -a"),
    ("0**(a - b)", 1, "0 to the power a - b"),
    ("1/(sin(1)**2 + cos(1)**2 - 1)", 4, "cannot be told from zero"),
    ("log(0)", 1, "infinite or undefined"),
    ("2*zeta(1)", 3, "infinite or undefined"),
    ("gamma(-1)", 1, "infinite or undefined"),
    ("tan(pi/2)", 1, "infinite or undefined"),
    ("log(-a)", 1, "not real"),
    ("sqrt(-1)", 1, "not real"),
    ("(-8)**(1/3)", 1, "not real"),
    ("(-2)**a", 1, "not real"),
    ("a*(-b)**(1/3)", 3, "not real"),
    ("log(cos(3))", 1, "not real"),
]


@pytest.mark.parametrize(("text", "expression"), READ)
def test_read(text, expression):
    assert parse(text) == expression


@pytest.mark.parametrize(("text", "column", "words"), REFUSED)
def test_refused(text, column, words):
    check_refusal(parse, text, column, words)


@pytest.mark.parametrize("value", [None, 3, b"a", ["a"]])
def test_text_only(value):
    with pytest.raises(DomainError, match="is not text"):
        parse(value)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("a - 1 < b", a - 1 < b),
        ("a - 1 <= 2*b", a - 1 <= 2 * b),
        ("b > 1", b > 1),
        ("b >= 1", b >= 1),
        ("a == b", sympify("Eq(a, b)", {"a": a, "b": b})),
        ("a != b", sympify("Ne(a, b)", {"a": a, "b": b})),
        ("a > 0", true),
        ("2^2 < 4", false),
    ],
)
def test_conditions(text, condition):
    assert parse_condition(text) == condition


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("a", 1, "a condition compares two expressions"),
        ("a < (b < 1)", 6, "a comparison is a condition"),
        ("a < foo", 5, "unknown name 'foo'"),
        ("a <", 3, "breaks off"),
        ("a in b", 3, "an operator is missing"),
    ],
)
def test_refused_conditions(text, column, words):
    check_refusal(parse_condition, text, column, words)


def test_names_of_the_caller():
    s = Symbol("s", real=True)
    assert parse("s_1*k + alpha", symbols={"s_1": s, "alpha": Rational(3, 2)}) == s * k + Rational(3, 2)
    assert parse("k**-b", symbols={"b": Rational(5, 4)}) == k ** Rational(-5, 4)
    # Numbers in the place of symbols meet the same bounds.
    with pytest.raises(ParseError, match="beyond"):
        parse("2**2**b", symbols={"b": Rational(1000)})


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"pi"}))
def test_names_are_positive_symbols(name):
    found = parse(name)
    assert found == Symbol(name, positive=True) or isinstance(found, Primed)
    assert found.name == name and found.is_positive


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_functions_of_symbols(name):
    count = FUNCTIONS[name].arguments[0]
    assert parse(f"{name}({', '.join('ab'[:count])})").free_symbols == {a, b} - ({b} if count == 1 else set())


def test_nothing_is_executed(tmp_path):
    witness = tmp_path / "witness"
    for text in (
        f"__import__('os').system('touch {witness}')",
        f"open('{witness}', 'w')",
        f"(lambda: open('{witness}', 'w'))()",
        f"[open('{witness}', 'w') for k in (1,)]",
        f"exec(\"open('{witness}', 'w')\")",
        "breakpoint()",
        "().__class__.__bases__",
        "print(a)",
    ):
        with pytest.raises(ParseError):
            parse(text)
    assert not witness.exists()


@pytest.mark.slow
def test_import_is_light():
    """Importing the package adds less than half of the work of importing SymPy."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from counted_work import calls_of\n"
        "print(calls_of(lambda: __import__('sympy')), calls_of(lambda: __import__('asymptotics')))"
    )
    helpers = Path(calls_of.__code__.co_filename).parent
    command = [sys.executable, "-c", code, str(helpers)]
    run = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ)
    sympy_calls, own_calls = map(int, run.stdout.split())
    assert own_calls < sympy_calls / 2
