"""The parser on any text: an expression or one line of refusal by bounded work; what prints is read back."""

from counted_work import calls_of
from hypothesis import example, given
from hypothesis import strategies as st
from parsed_texts import MOST_CALLS
from sympy import (
    Expr,
    Min,
    Rational,
    zeta,
)

from asymptotics.errors import ParseError
from asymptotics.parsing.expressions import parse
from asymptotics.parsing.vocabulary import BITS, FUNCTIONS
from asymptotics.symbols import a, b, k

# Properties

numbers = st.sampled_from("0 1 2 3 0.3 1/2 7 50 64 1e3 1e100 1e-100 123456789 pi 1/99 2**500".split())
leaves = st.one_of(numbers, st.sampled_from("abktN"))


def compound(inner):
    calls = [
        st.tuples(*[inner] * FUNCTIONS[name].arguments[-1 if len(FUNCTIONS[name].arguments) < 3 else 2]).map(
            lambda arguments, name=name: f"{name}({','.join(arguments)})"
        )
        for name in sorted(FUNCTIONS)
    ]
    pairs = st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "**", "^"]), inner)
    return st.one_of(
        pairs.map("".join),
        pairs.map(lambda parts: f"({parts[0]}){parts[1]}({parts[2]})"),
        inner.map(lambda x: f"-({x})"),
        *calls,
    )


def outcome(text):
    """The expression or the error, by bounded work, and nothing else."""
    found = []
    assert calls_of(lambda: found.append(expression_or_message(text))) < MOST_CALLS
    result, message = found[0]
    assert message.isprintable()  # and so it is one line
    return result


def expression_or_message(text):
    try:
        return parse(text), ""
    except ParseError as error:
        return None, str(error)


@given(st.text(max_size=60))
def test_arbitrary_text(text):
    result = outcome(text)
    assert result is None or isinstance(result, Expr)


@given(st.text(alphabet="ab1290.e()*/+-^,<= \tklogMin_", max_size=40))
def test_text_of_the_right_letters(text):
    result = outcome(text)
    assert result is None or isinstance(result, Expr)


@example("zeta(1e-100,1/2)")  # evaluated at 15 digits, not at two
@given(st.recursive(leaves, compound, max_leaves=12))
def test_expressions_are_real_and_bounded(text):
    expression = outcome(text)
    if expression is not None:
        assert expression.is_extended_real is not False
        assert all(max(r.p.bit_length(), r.q.bit_length()) <= BITS for r in expression.atoms(Rational))


sums = st.recursive(
    st.sampled_from([a, b, k, Rational(1), Rational(3, 2), Rational(-2, 7)]),
    lambda inner: st.one_of(
        st.builds(lambda x, y: x + y, inner, inner),
        st.builds(lambda x, y: x * y, inner, inner),
        st.builds(lambda x, n: (x + 3) ** n, inner, st.sampled_from([a, -b, Rational(1, 2)])),
        st.builds(lambda x, y: Min(x, y), inner, inner),
        st.builds(lambda x: zeta(x + a), inner),
    ),
    max_leaves=5,
)


@given(sums)
def test_what_sympy_prints_reads_back(expression):
    assert parse(str(expression)) == expression


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value=10**6, places=6))
def test_decimals_are_exact(number):
    assert parse(format(number, "f")) == Rational(*number.as_integer_ratio())
