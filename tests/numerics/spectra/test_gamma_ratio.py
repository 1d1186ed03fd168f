"""Ratios of gamma functions at complex and at large k, at any precision."""

from __future__ import annotations

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Expr, Rational, gamma, lambdify, sqrt

from asymptotics.symbols import k
from numerics.spectra.compiled import compile_function
from numerics.values.arithmetic import field_of


@given(
    re=st.floats(0.5, 300),
    im=st.floats(-100, 100),
    shift=st.fractions(0, 12, max_denominator=7),
    bits=st.sampled_from([60, 130]),
)
@settings(max_examples=20, deadline=None)
def test_ratios_at_complex_k(re: float, im: float, shift: Rational, bits: int) -> None:
    q = Rational(shift.numerator, shift.denominator)
    ratio = gamma(k + q) * gamma(k / 2 + 1) ** -2 / gamma(k + Rational(1, 3)) * gamma(k / 2 + q) ** 2
    with mpmath.workdps(int(bits * 0.302) + 40):
        with field_of(bits) as field:
            value = compile_function(ratio, k, field)(
                field.complex(field.real(mpmath.mpf(re)), field.real(mpmath.mpf(im)))
            )
            found = mpmath.mpc(field.mpf(value.real), field.mpf(value.imag))
        wanted = lambdify(k, ratio, "mpmath")(mpmath.mpc(re, im))
        assert abs(found / wanted - 1) < mpmath.mpf(2) ** (12 - bits)


@pytest.mark.parametrize("x", ["0.75", "3+2j", "40-7j", "2000"])
@pytest.mark.parametrize(
    "ratio", [gamma(2 * k + 1) / gamma(k + 1) ** 2 / 4**k, gamma(k + 1) / sqrt(gamma(2 * k + 3)) * sqrt(4**k)]
)
def test_ratios_whose_constants_do_not_cancel(ratio: Expr, x: str) -> None:
    """More gammas below than above: powers of 2 pi are left (mpmath takes other branches far out)."""
    with mpmath.workdps(60), field_of(120) as field:
        z = mpmath.mpmathify(x)
        at = field.complex(field.real(mpmath.re(z)), field.real(mpmath.im(z)))
        value = compile_function(ratio, k, field)(at)
        found = mpmath.mpc(field.mpf(value.real), field.mpf(value.imag))
        wanted = lambdify(k, ratio, "mpmath")(mpmath.mpc(z))
        assert abs((found / wanted) ** 2 - 1) < mpmath.mpf(2) ** -107


def test_far_out_the_growth_of_the_factors_does_not_matter() -> None:
    with field_of(100) as field:
        x = field.real(10) ** 3000
        assert abs(float(compile_function(gamma(k + 2) / gamma(k) * k**-2, k, field)(x)) - 1) < 1e-25
