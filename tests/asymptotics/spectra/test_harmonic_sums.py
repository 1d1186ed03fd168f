"""Sums over modes of any function with a Mellin transform, against sums taken term by term."""

import mpmath
import pytest
from sympy import Integer, Rational, Symbol, atan, besselk, erf, exp, gamma, lambdify, log, oo, sqrt, zeta

from asymptotics import DomainError, SpectrumError, Task, UnableError, spectral_sum
from asymptotics.domains.domain import normal
from asymptotics.symbols import a, b, k
from asymptotics.transforms.functions import transform_of

u, s, x = (Symbol(name, positive=True) for name in "usx")
half = Rational(1, 2)

TRANSFORMS = [
    (exp(-2 * u**half), (0, oo)),
    (u * exp(-(u**2)), (-1, oo)),
    (exp(-1 / u), (-oo, 0)),
    (1 / (3 + 2 * u**2) ** Rational(3, 4), (0, Rational(3, 2))),
    (1 - exp(-u), (-1, 0)),
    ((1 - exp(-u)) ** 2, (-2, 0)),
    ((exp(-u) - 1 + u) / u**2, (0, 1)),
    (log(1 + 3 * u), (-1, 0)),
    (1 / (exp(u) - 1), (1, oo)),
    (1 / (exp(2 * u) + 1), (0, oo)),
    (1 / (exp(u) - 1) - 1 / u, (0, 1)),
    (atan(u), (-1, 0)),
    (erf(u), (-1, 0)),
    (besselk(half / 2, u), (Rational(1, 4), oo)),
    (1 / (1 + u**3), (0, 3)),
    (u / (2 + u**4) - u / (1 + u) ** 2, (-1, 1)),
    (1 / (u**2 + 3 * u + 2), (0, 2)),
]


@pytest.mark.parametrize(("phi", "strip"), TRANSFORMS, ids=[str(phi) for phi, _ in TRANSFORMS])
def test_transform_is_the_integral(phi, strip):
    found = transform_of(phi, u)
    assert (found.left, found.right) == strip
    low, high = (-4 if strip[0] == -oo else strip[0]), (strip[0] + 3 if strip[1] == oo else strip[1])
    point = (2 * low + high) / Integer(3)
    shape = lambdify(u, phi, [{"exp": lambda z: mpmath.exp(min(z, 10**5))}, "mpmath"])
    with mpmath.workdps(50):
        power = mpmath.mpf(point.p) / point.q
        ends = [-60, -12, 0, 12, 60]
        integral = mpmath.quad(lambda v: mpmath.exp(power * v) * shape(mpmath.exp(v)), ends)
        assert abs(integral / found.transform(point).evalf(20) - 1) < 1e-6


def em(term):
    """The sum over k by Euler and Maclaurin."""
    return mpmath.nsum(term, [1, mpmath.inf], method="e")


def sinh_product(x):
    """``sum log(1 + x/k^2)``, from Euler's product of the sine."""
    return mpmath.log(mpmath.sinh(mpmath.pi * mpmath.sqrt(x)) / (mpmath.pi * mpmath.sqrt(x)))


# the sum over k from its definition, as a function of x
SUMS = [
    # Jacobi: theta(1/x) = sqrt(x) theta(x)
    ("exp(-u)", Task(k**2, 1), 0, lambda x: mpmath.nsum(lambda k: mpmath.exp(-x * k * k), [1, mpmath.inf])),
    # the sum that mpmath's nsum gets wrong; Hardy and Littlewood study its kin
    ("exp(-u)", Task(1 / k, k**-2), oo, lambda x: em(lambda k: k**-2 * mpmath.exp(-x / k))),
    # polylogarithms Li_a(exp(-x)): DLMF 25.12.12
    ("exp(-u)", Task(k, k**-half), 0, lambda x: mpmath.polylog(0.5, mpmath.exp(-x))),
    ("exp(-u)", Task(k, k**-3), 0, lambda x: mpmath.polylog(3, mpmath.exp(-x))),
    # Lambert series of the divisor function (Flajolet, Gourdon & Dumas, example 11)
    ("1/(exp(u) - 1)", Task(k, 1), 0, lambda x: em(lambda k: 1 / mpmath.expm1(x * k))),
    # harmonic numbers: H_n = sum 1/k - 1/(k + n), example 3 there
    ("u/(1 + u)", Task(1 / k, 1 / k), oo, lambda x: mpmath.harmonic(x)),
    # log Gamma(1 + x) + gamma x = sum x/k - log(1 + x/k), example 4 there
    (lambda u: u - log(1 + u), Task(1 / k, 1), oo, lambda x: mpmath.loggamma(1 + x) + mpmath.euler * x),
    # towards zero, where the sum is a power series
    (lambda u: u - log(1 + u), Task(1 / k, 1), 0, lambda x: mpmath.loggamma(1 + x) + mpmath.euler * x),
    ("log(1 + u)", Task(k**-2, 1), oo, sinh_product),
    (lambda u: atan(u), Task(k**-2, 1), oo, lambda x: em(lambda k: mpmath.atan(x / k**2))),
    ("exp(-u)", Task(k**2, k**-4), 0, lambda x: em(lambda k: k**-4 * mpmath.exp(-x * k * k))),
    # powers of sums as they are written, and rational functions by their partial fractions
    ("1/(1 + u)**2", Task("k**(-3/2)", "k**(-7/4)"), oo,
     lambda x: em(lambda k: k**-1.75 / (1 + x * k**-1.5)**2)),
    ("u/((1 + u)*(2 + u))", Task(k**-2, 1), oo, lambda x: em(lambda k: x*k**2 / (k**2 + x) / (2*k**2 + x))),
    ("(1 + u)/(2 + u)**(5/2)", Task(k, 1), 0, lambda x: em(lambda k: (1 + x * k) / (2 + x * k) ** 2.5)),
    # a smooth spectrum that only tends to a power
    ("1/(1 + u)", Task(1 / (k**2 + k), k**-2), oo, lambda x: em(lambda k: k**-2 / (1 + x / (k * k + k)))),
]  # fmt: skip


@pytest.mark.parametrize(("phi", "task", "to", "exact"), SUMS, ids=[f"{i}" for i in range(len(SUMS))])
def test_sum_against_its_definition(phi, task, to, exact):
    """The distance to the sum falls with the order of the remainder over two decades."""
    found = spectral_sum(phi, task, to=to, variable=x, terms=3)
    order = found.remainder_order
    order = Integer(4) if order == oo or not order.is_number else order
    with mpmath.workdps(30):
        scaled = []
        for size in (8, 32, 128):
            at = mpmath.mpf(size) if to == oo else mpmath.mpf(1) / size
            gap = abs(exact(at) - found.as_expr().subs(x, Integer(size) ** (1 if to == oo else -1)).evalf(30))
            scaled.append(gap * mpmath.mpf(size) ** float(order) / (1 + mpmath.log(size)))
        assert scaled[2] <= 1.5 * scaled[0] + mpmath.mpf(10) ** -12 * mpmath.mpf(128) ** float(order)
        assert scaled[2] < 3


def test_orders_that_are_asked_for_are_there_where_residues_vanish():
    """The heat trace of the sphere, ``e^(x/4)/x (1 + x/12 + 7 x^2/480 + ...) - 1`` (Mulholland 1928)."""
    found = spectral_sum("exp(-u)", Task(k * (k + 1), 1, multiplicity=2 * k + 1), to=0, variable=x, terms=6)
    coefficients = [
        1,
        -Rational(2, 3),
        Rational(1, 15),
        Rational(4, 315),
        Rational(1, 315),
        Rational(4, 3465),
    ]
    assert [term.coefficient for term in found.terms] == coefficients
    assert found.remainder_order == 5


def test_a_transform_in_the_place_of_the_function():
    task = Task(k, 1)
    by_function = spectral_sum("1/(exp(u) - 1)", task, to=0)
    assert spectral_sum(gamma(s) * zeta(s), task, to=0, strip=(1, oo)) == by_function
    assert spectral_sum("gamma(s)*zeta(s)", task, to=0, strip=(1, oo)) == by_function


def test_symbolic_exponents_give_the_loss_in_time():
    found = spectral_sum("exp(-u)", Task(k**-b, k**-a))
    assert normal(found.leading().order - (a - 1) / b) == 0
    assert str(found.domain.conditions()) == "(a > 1,)"
    geometric = spectral_sum("exp(-u)", Task(2**-k, 3**-k), terms=1)
    assert geometric.terms[0].order == log(3) / log(2)


def test_refusals():
    task = Task(k**-2, k**-half)
    with pytest.raises(SpectrumError, match=r"sum of .* diverges"):
        spectral_sum("exp(-u)", task)
    with pytest.raises(UnableError, match="not known"):
        spectral_sum(lambda u: sqrt(1 + sqrt(u)) * exp(-u), Task(k**-2, k**-2))
    with pytest.raises(UnableError, match="no Mellin transform"):
        spectral_sum("1 + u", Task(k**-2, k**-2))
    with pytest.raises(DomainError, match="oo or 0"):
        spectral_sum("exp(-u)", Task(k**-2, k**-2), to=1)
    with pytest.raises(DomainError, match="left < right"):
        spectral_sum(gamma(s), Task(k**-2, k**-2), strip=(1, 0))
    with pytest.raises(DomainError, match="one symbol"):
        spectral_sum(a * b, Task(k**-2, k**-2))
