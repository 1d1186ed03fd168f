"""Modes of a torus by Euclidean length: counts, Epstein's zeta function, and their laws."""

from __future__ import annotations

from itertools import product

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Integer, Rational, Symbol, oo, zoo

from asymptotics import DomainError, SpectrumError, Task, derive
from asymptotics.sums.lattice import LatticeConstant, LatticeZeta, SquaresCount, lattice_residue
from asymptotics.symbols import a, b, k
from asymptotics.tasks.multiplicity import squares
from numerics import FullModel
from numerics.spectra.arrays import spectrum_arrays

d = Symbol("d", positive=True)
TORUS = Task(eigenvalues=k ** (-b / 2), target=k ** (-a / 2), multiplicity=squares(d))


@pytest.mark.parametrize("dimension", [1, 2, 3, 4])
def test_modes_are_counted(dimension: int) -> None:
    lengths = [sum(x * x for x in n) for n in product(range(-3, 4), repeat=dimension)]
    for square in range(1, 10):
        assert (
            SquaresCount(dimension, square)
            == lengths.count(square)
            == squares(d).subs({d: dimension, k: square})
        )


def _beta(z: mpmath.mpf) -> mpmath.mpf:
    return mpmath.mpf(4) ** -z * (mpmath.zeta(z, mpmath.mpf(1) / 4) - mpmath.zeta(z, mpmath.mpf(3) / 4))


# Jacobi's theorems on two, four and eight squares (Glasser & Zucker, Lattice Sums, 1980)
CLOSED = {
    1: lambda z: 2 * mpmath.zeta(2 * z),
    2: lambda z: 4 * mpmath.zeta(z) * _beta(z),
    4: lambda z: 8 * (1 - mpmath.mpf(4) ** (1 - z)) * mpmath.zeta(z) * mpmath.zeta(z - 1),
    8: lambda z: (
        16 * (1 - mpmath.mpf(2) ** (1 - z) + mpmath.mpf(4) ** (2 - z)) * mpmath.zeta(z) * mpmath.zeta(z - 3)
    ),
}


@given(z=st.fractions(-6, 9, max_denominator=7), dimension=st.sampled_from(sorted(CLOSED)))
@settings(max_examples=25, deadline=None)
def test_epstein_zeta_has_the_closed_forms_of_jacobi(z: Rational, dimension: int) -> None:
    point = Rational(z.numerator, z.denominator)
    if point == 1 or 2 * point == dimension or (point <= 0 and point.is_Integer) or point in (2, 4):
        return  # poles of the factors, and values that are exact
    with mpmath.workdps(40):
        wanted = CLOSED[dimension](mpmath.mpf(z.numerator) / z.denominator)
        found = LatticeZeta(dimension, point).evalf(30)._to_mpmath(mpmath.mp.prec)
        assert abs(found - wanted) < mpmath.mpf(10) ** -26 * (1 + abs(wanted))


@pytest.mark.parametrize("dimension", [1, 2, 3, 4])
def test_the_pole_has_its_residue_and_finite_part(dimension: int) -> None:
    half, step = Rational(dimension, 2), Rational(1, 10**8)
    above, below = (LatticeZeta(dimension, half + s).evalf(30) for s in (step, -step))
    residue, constant = lattice_residue(Integer(dimension)).evalf(30), LatticeConstant(dimension).evalf(30)
    assert abs((above - below) * step / 2 - residue) < 1e-14
    assert abs((above + below) / 2 - constant) < 1e-13
    assert LatticeZeta(dimension, half) == LatticeZeta(d, d / 2) == zoo


def test_special_values() -> None:
    assert [LatticeZeta(3, -j) for j in range(3)] == [-1, 0, 0]
    tiny = Rational(1, 10**12)
    for j, exact in ((0, -1), (1, 0), (2, 0)):
        assert abs(LatticeZeta(3, -j + tiny).evalf(20) - exact) < 1e-10


def test_one_dimension_is_twice_the_power_law() -> None:
    at = {a: Rational(8, 3), b: Rational(5, 2)}
    line = derive(Task(eigenvalues=k**-b, target=k**-a, multiplicity=2))
    for one, other in zip(derive(TORUS.at(d=1)), line, strict=True):
        assert one.at(at).exponent == other.at(at).exponent
        assert abs((one.at(at).prefactor / other.at(at).prefactor).evalf(20) - 1) < 1e-15


@pytest.mark.parametrize("at", [{a: 7, b: 6, d: 2}, {a: 8, b: 6, d: 2}, {a: 12, b: 7, d: 3}])
def test_model_laws_agree_with_the_modes_themselves(at: dict[Symbol, int]) -> None:
    law = derive(TORUS).at({s.name: v for s, v in at.items()}).model
    series = law.expansion(4)
    # as many modes as make what is left out small beside the terms that are compared
    lam, power = spectrum_arrays(TORUS.at(at), modes=2500)
    size = 60
    exact = float(FullModel.from_arrays(lam, power, N=size, digits=10).test_loss(oo))
    stated = float(series.as_expr().subs(series.variable, size).evalf())
    leading = float(law.leading.subs(law.resource, size).evalf())
    assert abs(exact / stated - 1) < 3e-3
    # the terms beyond the leading one are needed, so that a wrong one would be seen
    assert abs(exact / leading - 1) > 10 * abs(exact / stated - 1)


@pytest.mark.slow
def test_time_law_agrees_with_the_sum() -> None:
    at = {a: 7, b: 4, d: 2}
    law = derive(TORUS).time.at(at)
    lam, power = spectrum_arrays(TORUS.at(at), modes=20000)
    for time in (1e4, 1e5):
        exact = float(np.sum(power * np.exp(-2 * time * lam)))
        assert abs(exact / float(law.leading.subs(law.resource, time).evalf()) - 1) < 1e-3


@pytest.mark.parametrize(
    ("task", "message"),
    [
        (Task(eigenvalues=k**0, target=k**-3, multiplicity=squares(2)), "never decay"),
        (Task(eigenvalues=k**-2, target=k**-1, multiplicity=squares(3)), "diverges"),
        (Task(eigenvalues=(k + 1) ** -2, target=k**-3, multiplicity=squares(2)), "single powers"),
    ],
)
def test_what_has_no_law_is_refused(task: Task, message: str) -> None:
    with pytest.raises(SpectrumError, match=message) as refused:
        derive(task)
    assert "\n" not in str(refused.value)


def test_arguments_are_whole() -> None:
    for wrong in ((Rational(1, 2), k), (0, k), (2, Rational(1, 2)), (2, 10**7)):
        with pytest.raises(DomainError):
            SquaresCount(*wrong)
