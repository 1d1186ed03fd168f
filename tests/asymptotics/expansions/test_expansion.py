"""The algebra of expansions: identities, orders, resonances, Laplace inversion."""

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Integer, Rational, exp, gamma, log, pi, simplify, sqrt

from asymptotics import UnableError, power_law
from asymptotics.domains.domain import Domain
from asymptotics.expansions.expansion import expansion
from asymptotics.expansions.powers import Powers
from asymptotics.expansions.reversion import revert
from asymptotics.expansions.ring import element
from asymptotics.expansions.terms import Bound, Term
from asymptotics.expansions.variables import compose, inverse_laplace, substitute
from asymptotics.model.equations import TIME
from asymptotics.model.expand import expand
from asymptotics.model.sums import F, Xi, df1, expand_sum
from asymptotics.spectra import spectrum
from asymptotics.symbols import N, a, b, kappa, t

small = st.integers(min_value=1, max_value=4)
numbers = st.fractions(min_value=-3, max_value=3, max_denominator=4).filter(bool)


def make(coefficients, orders, logs=(0, 0, 0), depth=4):
    rows = zip(coefficients, orders, logs, strict=False)
    terms = [Term(Rational(c) * (-1) ** m, Rational(p), m) for c, p, m in rows]  # log kappa = -l
    return expansion(kappa, terms, depth=depth)


@st.composite
def series(draw, lead=None):
    orders = [lead if lead is not None else draw(st.integers(-2, 2))]
    for _ in range(draw(st.integers(0, 2))):
        orders.append(orders[-1] + draw(st.sampled_from([Rational(1, 2), 1, Rational(3, 2)])))
    return make([draw(numbers) for _ in orders], orders, depth=4)


def same(left, right):
    """Equal up to the coarser remainder."""
    difference = left - right
    return not difference.terms


@given(series(), series(), series())
def test_ring(x, y, z):
    assert same((x + y) * z, x * z + y * z)
    assert same(x * y, y * x)


@given(series())
def test_power_inverts(x):
    if not x.terms or x.terms[0].coefficient < 0:
        return
    assert same(Powers(x).power(-1) * x, x.constant(Integer(1)))
    assert same(Powers(x).power(Rational(1, 2)) * Powers(x).power(Rational(1, 2)), x)


@given(series(lead=Rational(-1)))
def test_reversion_inverts(f):
    if f.terms[0].coefficient < 0:
        return
    inverse = revert(f, N)
    back = compose(f, inverse)
    assert [(x.order, x.coefficient) for x in back.terms] == [(-1, 1)]


@given(series(), series())
def test_product_rule(x, y):
    assert same((x * y).differentiate(), x.differentiate() * y + x * y.differentiate())


def test_composition_with_logarithm():
    f = make([1], [1], [1])  # kappa log kappa
    inner = expansion(
        N, [Term(Integer(2), Integer(1)), Term(Integer(1), Integer(2))], at_infinity=True, depth=3
    )
    value = compose(f, inner)
    with mpmath.workdps(30):
        y = 2 / mpmath.mpf(10) ** 8 + 1 / mpmath.mpf(10) ** 16
        exact = y * mpmath.log(y)
        assert abs(value.as_expr().subs(N, 10**8).evalf(30) / exact - 1) < 1e-20


def test_remainder_absorbs_what_is_behind_it():
    e = expansion(kappa, [Term(Integer(1), Integer(0)), Term(Integer(1), Integer(3))], [Bound(Integer(2))])
    assert [x.order for x in e.terms] == [0]
    assert e.remainder_order == 2


def test_a_bound_ends_what_is_at_its_own_order_by_powers_of_the_logarithm():
    one = Integer(1)
    terms = [Term(one, one, m) for m in (2, Rational(3, 2), 1, Rational(1, 2))]
    e = expansion(kappa, terms, [Bound(one, 1)])
    assert [x.log_power for x in e.terms] == [2, Rational(3, 2)]
    assert e.is_slow and not expansion(kappa, terms).is_slow


def test_powers_of_slow_expansions():
    """``(l + 1)^(1/2)`` by the binomial series, and its reciprocal: products are 1 up to the remainder."""
    one = Integer(1)
    e = expansion(kappa, [Term(one, one, 1), Term(one, one)], depth=4)
    root = Powers(e).power(Rational(1, 2))
    value = root.as_expr().subs(kappa, exp(-1000)).evalf(30)
    assert abs(value / (exp(-500) * sqrt(1001)).evalf(30) - 1) < 1e-12
    assert [(x.coefficient, x.order, x.logs) for x in (root * root * Powers(e).power(-1)).terms] == [
        (1, 0, (0, 0))
    ]


def test_symbolic_orders_are_kept_until_decided():
    domain = Domain((a - 1, b - 1))
    terms = [Term(Integer(1), a - 1), Term(Integer(1), b), Term(Integer(1), b + 1)]
    e = expansion(kappa, terms, domain=domain)
    assert {x.order for x in e.candidates()} == {a - 1, b}
    with pytest.raises(UnableError, match="not decided"):
        e.leading()
    assert e.within(domain.holding(a - 1 - b)).leading().order == b


@pytest.mark.parametrize(
    ("order", "logs", "expected"),
    [
        (Rational(-1, 2), 0, 1 / sqrt(pi * t)),  # 1/sqrt(z)
        (Integer(-1), 0, Integer(1)),  # 1/z
        (Integer(0), 1, -1 / t),  # log z
        (Integer(1), 1, 1 / t**2),  # z log z
        (Integer(2), 0, Integer(0)),  # z^2 leaves nothing
        (Integer(0), 2, 2 * (log(t) + 0.57721566490153286061) / t),  # log(z)^2, DLMF 5.9
    ],
)
def test_inverse_laplace(order, logs, expected):
    e = inverse_laplace(make([1], [order], [logs]), t)
    assert abs((e.as_expr() - expected).subs(t, 7).evalf(20)) < 1e-15


def test_inverse_laplace_agrees_with_the_exponential_kernel():
    """L(t) two ways: residues of the exponential sum, and Xi(z)/z inverted term by term at 2t."""
    base = spectrum(power_law(a, b))
    direct = expand(TIME, base, t, 3).series
    unresolved = expand_sum(Xi, base, 3)
    transform = unresolved * unresolved.monomial(Integer(1), Integer(-1))
    inverted = substitute(inverse_laplace(transform, t), Integer(2), Integer(1), t)
    point = {a: Rational(17, 10), b: Rational(7, 5), t: 1000}
    assert abs((direct.as_expr() / inverted.as_expr() - 1).subs(point).evalf(30)) < 1e-25


def test_squared_bias_is_its_definition():
    """F = Xi - kappa Xi', from its own kernel."""
    for task in (power_law(a, b), power_law(Rational(5, 2), Rational(3, 2))):
        base = spectrum(task)
        xi, f = expand_sum(Xi, base, 4), expand_sum(F, base, 4)
        other = xi - xi.differentiate() * xi.monomial(Integer(1), Integer(1))
        difference = (f - other).as_expr().subs({a: Rational(17, 10), b: Rational(7, 5)})
        assert abs(difference.subs(kappa, Rational(1, 100)).evalf(30)) < 1e-25


def test_trace_of_a_power_law():
    """df1 = A kappa^(-1/b) - 1/2 - zeta(-b) kappa + zeta(-2b) kappa^2 - ..."""
    e = expand_sum(df1, spectrum(power_law(a, b)), 4)
    assert [x.order for x in e.terms] == [-1 / b, 0, 1, 2]
    assert e.terms[1].coefficient == Rational(-1, 2)


def test_vanishing_is_decided_by_cancellation():
    assert element(gamma(a + 1) - a * gamma(a)).vanishes()
    assert not element(gamma(a + 1) - a * gamma(a) * (1 + Rational(1, 10**6))).vanishes()
    assert element((1 - 1 / b) * b - b + 1).vanishes()
    assert simplify(exp(a) - exp(a)) == 0


def test_derivatives_and_monomials_with_logarithms():
    """x^p log(x)^m as a function: its derivative, and its form in y where x = C y^e."""
    f = expansion(
        kappa,
        [Term(Integer(3), Rational(1, 2), 2), Term(Integer(2), Integer(1), 1), Term(Integer(5), Integer(2))],
        depth=4,
    )
    assert simplify(f.differentiate().as_expr() - f.as_expr().diff(kappa)) == 0
    for power in (Integer(1), Rational(3, 2)):
        moved = substitute(f, Integer(7), Integer(-2), N, share=power)
        wanted = f.as_expr().subs(kappa, 7**power * N**-2)
        ratio = (moved.as_expr() / wanted).subs(N, Rational(23, 7))
        assert abs(ratio.evalf(30) - 1) < 1e-25
