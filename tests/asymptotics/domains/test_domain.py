"""Signs on domains of parameters are proofs: never wrong, complete for linear conditions."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import And, Rational, symbols

from asymptotics import DomainError
from asymptotics.domains.bounds import see_point, see_sign
from asymptotics.domains.domain import Domain, as_condition, as_constraint, conjuncts, plain
from asymptotics.domains.solver import number_sign, solve
from asymptotics.symbols import a, b

coefficients = st.integers(min_value=-4, max_value=4)
alpha, r = symbols("alpha r", positive=True)
POWER = Domain((b - 1, a - 1))


@pytest.mark.parametrize(
    ("domain", "expression", "sign"),
    [
        (POWER, a - 1, 1),
        (POWER, a - 1 - b, None),
        (POWER, (a - 1) / b, 1),
        (POWER, 1 / b - 1, -1),
        (POWER, a * b - 1, 1),
        (POWER.holding(a - 1 - b), a - 2, 1),
        (POWER.holding(a - 1 - b), (a - 1) / b - 1, 1),
        (POWER.holding(b + 1 - a), a - 1 - 2 * b, -1),
        (Domain((alpha - 1,)), 2 * alpha * r - alpha, None),
        (Domain((alpha - 1, 1 - 2 * r)), 2 * alpha * r - alpha, -1),
        (Domain((alpha - 1, r - 1)), alpha * r - 1, 1),
        (POWER, a - a, 0),
    ],
)
def test_signs(domain, expression, sign):
    assert domain.sign(expression) == sign


@given(
    st.lists(st.tuples(coefficients, coefficients, coefficients), max_size=4),
    coefficients,
    coefficients,
    coefficients,
)
def test_a_sign_is_never_wrong(rows, p, q, c):
    domain = Domain(tuple(x * a + y * b + z for x, y, z in rows if x or y))
    expression = p * a + q * b + c
    point = domain.witness()
    if domain.is_empty():
        assert point is None
        return
    assert point is not None
    inside = {a: point.get(a, Rational(1)), b: point.get(b, Rational(1))}
    assert all(g.subs(inside) > 0 for g in domain.constraints)
    sign = domain.sign(expression)
    if sign is not None:
        value = Rational(p * inside[a] + q * inside[b] + c)
        assert bool(value > 0) - bool(value < 0) == sign


@given(st.lists(st.tuples(coefficients, coefficients, coefficients), min_size=1, max_size=5))
def test_emptiness_is_exact(rows):
    domain = Domain(tuple(x * a + y * b + z for x, y, z in rows))
    point = domain.witness()
    assert domain.is_empty() is (point is None)
    if point is not None:
        u, v = (point.get(symbol, Rational(1)) for symbol in (a, b))
        assert all(x * u + y * v + z > 0 for x, y, z in rows) and u > 0 and v > 0
    else:
        grid = [Fraction(i, 2) for i in range(1, 25)]
        assert not any(all(x * u + y * v + z > 0 for x, y, z in rows) for u in grid for v in grid)


@given(
    st.lists(st.tuples(coefficients, coefficients, coefficients), max_size=3),
    st.tuples(coefficients, coefficients, coefficients),
)
def test_what_is_seen_from_bounds_is_what_the_solver_proves(rows, form):
    """The quick signs and points are those of the solver, and never the opposite."""
    constraints = tuple(x * a + y * b + z for x, y, z in rows)
    expression = form[0] * a + form[1] * b + form[2]
    point = see_point(constraints)
    if point is not None:
        place = {a: Rational(1), b: Rational(1), **point}
        assert all(number_sign(c.subs(place)) == 1 for c in constraints)
    if not solve(constraints).exists:
        assert point is None
        return
    if expression.is_number:
        return
    seen = see_sign(constraints, expression)
    above, below = (solve(constraints, weak=(s * expression,)).exists for s in (1, -1))
    if seen is not None:
        assert seen == (1 if below is False else -1 if above is False else 0)


def test_reduction_drops_what_follows():
    assert POWER.holding(a - 1 - b).reduce([a - b, a - 2]) == ()
    assert POWER.reduce([a - 1 - b, a - b]) == (a - 1 - b,)


def test_conditions_are_read_as_written():
    assert as_condition(b - 1) == (b > 1)
    assert as_condition(a - 1 - b) == (a - 1 > b)
    assert as_condition(alpha - 2 * alpha * r) == (2 * r < 1)
    for constraint in (b - 1, a - 1 - b, 2 * b + 1 - a):
        assert as_constraint(as_condition(constraint)) == (constraint,)


def test_a_substitution_that_leaves_the_domain_says_so():
    assert POWER.substitute({a: b + 1}).constraints == (b - 1,)
    with pytest.raises(DomainError, match="fails"):
        POWER.substitute({b: Rational(1, 2)})


def test_the_parts_of_a_condition_have_one_order():
    """A set of SymPy's has another in each process; text and LaTeX must not."""
    parts = (a > 1, b > 1, a - 1 < b, a + b > 3, a < 4, b < 5, a - b < 7)
    for count in range(2, len(parts) + 1):
        condition = And(*parts[:count])
        assert conjuncts(condition) == condition.args
        assert plain(condition).count(" and ") == count - 1
    assert conjuncts(a > 1) == (a > 1,)
