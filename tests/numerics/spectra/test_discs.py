"""A disc contains the values of its function, and the bound is no larger than it has to be."""

import cmath

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import cos, exp, lambdify, log, sin

from asymptotics.symbols import k
from numerics.spectra.discs import compile_disc
from numerics.values.arithmetic import field_of


@pytest.mark.parametrize(
    "expression", [sin(1 / k), cos(3 / k), sin(k), log(1 + k**-2), exp(-k) + k**-2], ids=str
)
@given(centre=st.floats(1, 20), share=st.floats(0.01, 0.3), angle=st.floats(0, 6.3))
def test_a_disc_contains_the_values(expression, centre, share, angle):
    with field_of(80) as field:
        radius = centre * share
        disc = compile_disc(expression, k, field)(field.real(centre), field.real(radius))
        value, slope, bound = map(float, (disc.value, disc.slope, disc.bound))
    function = lambdify(k, expression, "cmath")
    there = function(centre + radius * cmath.exp(1j * angle))
    assert value == pytest.approx(function(centre).real, abs=1e-12)
    step = 1e-6
    assert slope == pytest.approx(
        (function(centre + step) - function(centre - step)).real / (2 * step), abs=1e-6
    )
    assert abs(there - value) <= bound * (1 + 1e-9) + 1e-12
