"""Overlaps of two functions against quadrature, contour integrals and the equations they stand for."""

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Integer, Rational, Symbol, gamma

from asymptotics import UnableError, derive, power_law
from asymptotics.expansions.expansion import expansion
from asymptotics.expansions.terms import Bound, Term
from asymptotics.expansions.variables import inverse_laplace, substitute
from asymptotics.model.equations import DATA_LOSS, correction
from asymptotics.model.expand import expand
from asymptotics.spectra import spectrum
from asymptotics.symbols import P, a, b, kappa, t
from asymptotics.transforms.overlap import OverlapSlope, antisymmetric_overlap, half_convolution

X = Symbol("x", positive=True)
HALF = Rational(1, 2)


def transform(power, logs=0):
    """``z^power log(z)^logs`` at z -> 0."""
    return expansion(kappa, [Term(Integer((-1) ** logs), power, logs)])  # log kappa = -l


def decaying(power, logs=0):
    """``x^-power log(x)^logs`` at x -> oo."""
    return expansion(X, [Term(Integer(1), power, logs)], at_infinity=True)


def at(series, time, digits=20):
    with mpmath.workdps(digits):
        return mpmath.mpf(str(series.as_expr().xreplace({t: Integer(time)}).evalf(digits)))


# half_convolution: an integral where it converges


@pytest.mark.parametrize(("r", "i"), [(HALF, 0), (Rational(7, 3), 0), (Integer(2), 1), (Rational(5, 4), 2)])
@pytest.mark.parametrize(("q", "j"), [(-HALF, 0), (-Rational(4, 3), 0), (-Integer(1), 0), (-Integer(2), 0)])
def test_half_convolution_is_the_integral(r, i, q, j):
    """``2 int_0^t f(2t - x) g(x) dx`` with ``f = x^-r log(x)^i``, ``g = x^(-q-1)/Gamma(-q)``."""
    time = 7
    found = at(half_convolution(decaying(r, i), transform(q, j), t), time)

    def integrand(x):
        far = 2 * time - x
        return far ** (-mpmath.mpf(r.p) / r.q) * mpmath.log(far) ** i

    with mpmath.workdps(25):
        power = -mpmath.mpf(q.p) / q.q - 1
        direct = 2 * mpmath.quad(lambda x: integrand(x) * x**power, [0, time]) * mpmath.rgamma(power + 1)
    assert abs(found - direct) < 1e-9 * abs(direct)


def test_a_moment_takes_the_taylor_coefficients_of_the_far_function():
    """B = z^m is ``g = (d/dx)^m delta``: half_convolution is ``2 (d/dx)^m f`` at 2t."""
    f = decaying(HALF)
    for m, slope in ((0, 1), (1, -HALF), (2, Rational(3, 4))):
        found = half_convolution(f, transform(Integer(m)), t).as_expr()
        assert found.equals(2 * slope * (2 * t) ** (-HALF - m)), m


# antisymmetric_overlap: the double contour integral


def contour(count, bend):
    """A parabola around the negative axis with its weights for t = 1 (Weideman and Trefethen 2007)."""
    step = mpmath.mpf(3) / count
    width = bend * mpmath.pi * count / 12
    for k in range(-count, count):
        u = (k + HALF.p / mpmath.mpf(HALF.q)) * step
        z = width * (1 + 1j * u) ** 2
        yield z, step / mpmath.pi * mpmath.exp(z) * width * (1 + 1j * u)


def double_contour(first, second):
    """``InvLaplace_(z, z')[(A B' - A' B)/(z' - z)](1, 1)`` on two contours that do not meet."""
    with mpmath.workdps(25):
        near, far = list(contour(22, mpmath.mpf(1))), list(contour(22, mpmath.mpf("1.07")))

        def value(series, z):
            (term,) = series.terms
            return z ** (mpmath.mpf(term.order.p) / term.order.q) * mpmath.log(z) ** term.log_power

        left = [(z, w, value(first, z), value(second, z)) for z, w in near]
        right = [(z, w, value(first, z), value(second, z)) for z, w in far]
        return mpmath.fsum(
            w * v * (f * k - g * h) / (y - z) for z, w, f, h in left for y, v, g, k in right
        ).real


PAIRS = [
    (-HALF, 0, -Rational(3, 4), 0, "both integrable"),
    (Rational(5, 3), 0, -Rational(4, 3), 0, "both continued"),
    (Rational(7, 3), 0, -Rational(1, 3), 0, "a whole sum: 2F1 ends"),
    (Integer(2), 0, -HALF, 0, "first analytic"),
    (HALF, 0, Integer(1), 0, "second analytic"),
    (Integer(-1), 0, Integer(-2), 0, "poles"),
    (Integer(2), 0, Integer(1), 0, "both analytic: nothing"),
    (HALF, 0, HALF, 0, "equal: nothing"),
    (Integer(1), 1, -HALF, 0, "a logarithm with a whole power"),
    (-HALF, 0, Integer(1), 1, "the same, exchanged"),
    (Rational(1, 3), 1, -HALF, 0, "a logarithm"),
    (Rational(1, 3), 1, -HALF, 1, "two logarithms"),
    (Rational(1, 3), 2, Integer(0), 0, "its square against a constant"),
    (Integer(1), 2, Integer(0), 1, "logarithms with whole powers"),
]


@pytest.mark.parametrize(("p", "i", "q", "j", "case"), PAIRS)
def test_antisymmetric_overlap_is_the_double_contour_integral(p, i, q, j, case):
    first, second = transform(p, i), transform(q, j)
    direct = double_contour(first, second)
    assert abs(at(antisymmetric_overlap(first, second, t), 1) - direct) < 1e-12 * (1 + abs(direct)), case


@settings(max_examples=15, deadline=None)
@given(st.fractions(-2, 3, max_denominator=7), st.fractions(-2, 3, max_denominator=7), st.integers(1, 50))
def test_antisymmetric_overlap_is_odd_and_homogeneous(p, q, time):
    first, second = transform(Rational(p)), transform(Rational(q))
    one, other = (at(antisymmetric_overlap(*pair, t), time) for pair in ((first, second), (second, first)))
    unit = at(antisymmetric_overlap(first, second, t), 1)
    assert abs(one + other) < 1e-14 * abs(one) + 1e-30
    assert abs(one - unit * mpmath.mpf(time) ** -float(p + q + 1)) < (1e-14 * abs(one) + 1e-30)


def test_antisymmetric_overlap_with_a_constant_is_the_function_at_twice_the_time():
    series = expansion(kappa, [Term(Integer(3), -HALF), Term(Integer(2), Rational(1, 3), 1)])
    one = series.constant(Integer(1))
    difference = antisymmetric_overlap(series, one, t) - substitute(
        inverse_laplace(series, X), Integer(2), Integer(1), t
    )
    assert abs(difference.as_expr().subs(t, 3).evalf(25)) < 1e-22


@pytest.mark.parametrize(("i", "j"), [(1, 0), (0, 1), (1, 1), (2, 0)])
def test_slopes_keep_all_their_digits(i, j):
    place = (Rational(1, 3), -Rational(5, 7), Integer(i), Integer(j))
    few, many = (mpmath.mpf(str(OverlapSlope(*place).evalf(digits))) for digits in (20, 40))
    assert abs(few - many) < mpmath.mpf(10) ** -19 * abs(many)


def test_remainders_are_those_of_products():
    first = expansion(kappa, [Term(Integer(1), -HALF)], [Bound(HALF, 1)])
    second = expansion(kappa, [Term(Integer(1), -Rational(1, 3))], [Bound(Integer(0))])
    (bound,) = antisymmetric_overlap(first, second, t).remainder
    assert (bound.order, bound.log_power) == (HALF, 0)  # -1/2 + 0 + 1, ahead of 1/2 - 1/3 + 1


def test_what_cannot_be_overlapped_is_refused():
    with pytest.raises(UnableError, match="z -> 0 have an antisymmetric overlap"):
        antisymmetric_overlap(decaying(HALF), transform(HALF), t)
    with pytest.raises(UnableError, match="half convolution"):
        half_convolution(transform(HALF), transform(HALF), t)
    with pytest.raises(UnableError, match="powers and logarithms"):
        antisymmetric_overlap(transform(HALF, -1), transform(HALF), t)


# the equations behind the second order


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.floats(0.01, 2), min_size=2, max_size=5),
    st.complex_numbers(min_magnitude=0.05, max_magnitude=2),
    st.complex_numbers(min_magnitude=0.05, max_magnitude=2),
    st.floats(6, 50),
)
def test_two_time_kernel_is_an_antisymmetric_overlap(levels, ridge, other, size):
    """C0 of BAP's linear system at N = oo is ``(kappa' Xi - kappa Xi')/(z z' (z' - z))``."""
    with mpmath.workdps(30):
        lam = [mpmath.mpf(x) for x in levels]
        power = [1 / (1 + j) for j in range(len(lam))]
        k1, k2 = (mpmath.mpc(abs(x.real) + 0.01, x.imag) for x in (ridge, other))
        if abs(k1 - k2) < 1e-3:
            return

        def at_ridge(kappa_):
            R1 = 1 - mpmath.fsum(x / (x + kappa_) for x in lam) / size
            Xi = mpmath.fsum(c * kappa_ / (x + kappa_) for x, c in zip(lam, power, strict=True))
            return kappa_ * R1, R1, Xi

        (z, R1, Xi), (y, S1, Xi_other) = at_ridge(k1), at_ridge(k2)
        D = [1 / ((z + x * R1) * (y + x * S1)) for x in lam]
        signal = mpmath.fsum(c * d for c, d in zip(power, D, strict=True))
        reuse = mpmath.fsum(x**2 * d for x, d in zip(lam, D, strict=True)) / size
        # C0 = signal + reuse C1,  C1 = R1 R1' C0
        C0 = signal / (1 - reuse * R1 * S1)
        claimed = (k2 * Xi - k1 * Xi_other) / (z * y * (y - z))
        assert abs(C0 - claimed) < 1e-15 * (abs(C0) + abs(signal))


def test_first_order_is_the_three_overlaps_of_exponential_sums():
    """Mean and variance of the modes as overlaps of ``E_m``, ``C_m``, each by its finite part."""
    place = {a: Rational(7, 5), b: Rational(8, 5)}
    s, r = (place[a] - 1) / place[b], 1 / place[b]

    def part(near, far, scale, rise, fall):
        """``t^scale int_0^1 v^rise (1-v)^fall G v^-p H (2-v)^-q dv`` for sums ``G x^-p``, ``H x^-q``."""
        (G, p), (H, q) = near, far
        with mpmath.workdps(30):
            p, q = mpmath.mpf(p.p) / p.q, mpmath.mpf(q.p) / q.q
            weight = mpmath.beta(rise - p + 1, fall + 1) * 2**-q
            return G * H * weight * mpmath.hyp2f1(q, rise - p + 1, rise - p + fall + 2, 0.5)

    def E(m):
        return (gamma(m - r) / place[b]).evalf(30)._to_mpmath(100), m - r

    def C(m):
        return (gamma(m + s) / place[b]).evalf(30)._to_mpmath(100), m + s

    found = derive(power_law(a, b)).data_transient.at(place).prefactor.subs(P, 1)
    with mpmath.workdps(30):
        total = 2 * part(E(1), C(1), 2, 0, 1) + part(E(2), C(0), 2, 1, 0) + part(C(0), E(2), 2, 1, 0)
        assert abs(mpmath.mpf(str(found.evalf(30))) / total - 1) < 1e-25


@pytest.mark.parametrize("order", [1, 2, 3])
def test_orders_in_samples_scale_to_the_crossover(order):
    """Order n in 1/P is ``t^(n/b)/P^n`` of the loss, or of its tail ``t^-2``: all meet at t ~ P^b."""
    base = spectrum(power_law(a, b))
    series = expand(correction(order, P, DATA_LOSS), base, t, 2).series
    orders = {x.order for x in series.candidates()}
    assert orders == {(a - 1 - order) / b, 2 - order / b} or {x.expand() for x in orders} == {
        ((a - 1 - order) / b).expand(),
        2 - order / b,
    }


@pytest.mark.parametrize(
    "values",
    [
        {a: Rational(3, 2), b: Rational(5, 4)},
        {a: Rational(5, 2), b: Rational(3, 2)},  # a - 1 = b: Xi has a logarithm that the loss has not
        {a: 3, b: 2},  # and whole orders meet
        {a: 4, b: Rational(3, 2)},  # a - 1 = 2b
        {a: 5, b: 2},
        {a: 7, b: Rational(3, 2)},  # a - 1 = 4b
        {a: Rational(37, 10), b: Rational(6, 5)},
    ],
)
def test_numbers_before_and_after_the_derivation_agree(values):
    for name in ("data_transient", "data_transient_second", "sgd_noise_transient", "gap"):
        symbolic = getattr(derive(power_law(a, b)), name).at(values)
        numeric = getattr(derive(power_law(values[a], values[b])), name)
        (one,), (other,) = symbolic.regimes, numeric.regimes
        assert (one.exponent, one.log_power) == (other.exponent, other.log_power), name
        point = {x: Rational(j + 3, 7) for j, x in enumerate(sorted(numeric.parameters, key=str))}
        ratio = one.prefactor.subs(point).evalf(25) / other.prefactor.subs(point).evalf(25)
        assert abs(ratio - 1) < 1e-20, name
