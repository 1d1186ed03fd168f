"""Multiplicities are counts of modes: of harmonics, of shells, and of no fractions."""

from __future__ import annotations

import math
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Expr, Rational, Symbol, binomial, sqrt

from asymptotics import DomainError, SpectrumError, Task, derive, harmonics, torus
from asymptotics.symbols import k
from asymptotics.tasks.counts import check_multiplicity
from numerics import FullModel
from numerics.spectra.arrays import spectrum_arrays

d = Symbol("d", positive=True)


@pytest.mark.parametrize("dimension", [2, 3, 4, 5, 8, 60])
def test_harmonics_are_the_difference_of_two_spaces_of_polynomials(dimension: int) -> None:
    # homogeneous polynomials of degree k less those of degree k - 2, which |x|^2 multiplies
    for count in (harmonics(dimension), harmonics(d).subs(d, dimension)):
        for degree in range(1, 12):
            wanted = math.comb(degree + dimension - 1, dimension - 1)
            wanted -= math.comb(degree + dimension - 3, dimension - 1) if degree > 1 else 0
            assert count.subs(k, degree) == wanted


@pytest.mark.parametrize("dimension", [3, 4, 7])
def test_with_the_constant_mode_the_levels_are_shifted_by_one(dimension: int) -> None:
    count = harmonics(dimension, constant=True)
    assert [count.subs(k, 1), count.subs(k, 2)] == [1, dimension]
    assert count.subs(k, 6) == harmonics(dimension).subs(k, 5)
    assert harmonics(d, constant=True).subs({d: dimension, k: 1}) == 1


@pytest.mark.parametrize("dimension", [1, 2, 3])
def test_torus_counts_the_modes_of_a_shell(dimension: int) -> None:
    for shell in (1, 2, 3):
        modes = product(range(-shell, shell + 1), repeat=dimension)
        wanted = sum(max(map(abs, n)) == shell for n in modes)
        assert torus(dimension).subs(k, shell) == wanted == torus(d).subs({d: dimension, k: shell})


@pytest.mark.parametrize("wrong", [0, 1, Rational(5, 2), -3, "x + 1.5"])
def test_dimensions_are_whole(wrong: object) -> None:
    if wrong == "x + 1.5":
        assert harmonics(wrong).free_symbols == {k, Symbol("x", positive=True)}
        return
    with pytest.raises(DomainError, match="need a whole dimension d >= 2"):
        harmonics(wrong)


SEQUENCES: list[tuple[Expr, bool]] = [
    (2 * k + 1, True),
    (k * (k + 1) / 2, True),
    (k * (k + 1) * (2 * k + 1) / 6, True),
    (binomial(k + 3, 3), True),
    (binomial(2 * k, k), True),
    (harmonics(5), True),
    (torus(4), True),
    ((k - 1) ** 2, True),  # a level without modes
    (k / 2, False),
    (k * (k + 1) / 4, False),
    (5 - k, False),
    (10**6 - k, False),
    (sqrt(k), False),
    (k * (k - 1) * (k - 2) / 5, False),
    (1 / k, False),
    (1 / (k - 4), False),
]


@pytest.mark.parametrize(("count", "whole"), SEQUENCES, ids=[str(c) for c, _ in SEQUENCES])
def test_a_multiplicity_is_a_sequence_of_integers(count: Expr, whole: bool) -> None:
    task = Task(eigenvalues=k**-9, target=k**-9, multiplicity=count)
    if whole:
        check_multiplicity(task)
        return
    for use in (check_multiplicity, derive, FullModel):
        with pytest.raises(SpectrumError, match="multiplicity") as refused:
            use(task)
        assert "\n" not in str(refused.value)


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=4))
@settings(max_examples=40, deadline=None)
def test_sums_of_binomials_are_whole_and_a_third_of_them_is_not(weights: list[int]) -> None:
    # every integer-valued polynomial is such a sum (Polya); 10 binom(k, j) keeps it above zero
    count = sum((w + 10) * binomial(k + j, j) for j, w in enumerate(weights))
    check_multiplicity(Task(eigenvalues=k**-9, target=k**-9, multiplicity=count))
    with pytest.raises(SpectrumError):
        third = count + Rational(1, 3)
        check_multiplicity(Task(eigenvalues=k**-9, target=k**-9, multiplicity=third))


def test_a_finite_spectrum_is_only_looked_at_as_far_as_it_goes() -> None:
    check_multiplicity(Task(eigenvalues=k**-1, target=k**-1, multiplicity=5 - k, modes=5))
    lam, _ = spectrum_arrays(Task(eigenvalues=k**-1, target=k**-1, multiplicity=(k - 2) ** 2, modes=3))
    assert lam.tolist() == [1.0, pytest.approx(1 / 3)]
