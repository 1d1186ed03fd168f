"""Eigenvalues are positive and powers are not negative, wherever they might turn, or the task is refused."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import (
    Expr,
    Integer,
    Piecewise,
    Rational,
    Symbol,
    cos,
    exp,
    gamma,
    harmonic,
    log,
    pi,
    sin,
    sqrt,
    tanh,
)

from asymptotics import SpectrumError, Task, UnableError, derive
from asymptotics.domains.domain import Domain
from asymptotics.spectra import spectrum
from asymptotics.spectra.enclosures import enclosure
from asymptotics.spectra.signs import check_signs, violation
from asymptotics.symbols import a, b, k
from numerics import FullModel

HALF = Rational(1, 2)

WRONG: list[tuple[Expr, int | None, bool, int]] = [
    # expression, last mode, whether 0 is wrong too, the first index at fault
    (((k - 137) ** 2 - HALF) / k**4, None, False, 137),
    (((k - 10**5) ** 2 - 1) / k**4, None, True, 10**5 - 1),
    (k**-2 - k**-1 / 10**6, None, False, 10**6 + 1),
    (k**-2 - k ** -Rational(3, 2) / 100, None, False, 10**4 + 1),
    ((sqrt(k) - 37) ** 2 / k**3, None, True, 1369),
    (((log(k) - 5) ** 2 - Rational(1, 10**4)) / k**2, None, False, 147),
    ((k - 137) ** 2 / k**4, None, True, 137),
    ((k - 50) * (k - 52) * exp(-k), None, False, 51),
    (1 / (k - 300) ** 2, None, False, 300),
    (1 / k**2 + 1 / (k - 300) ** 2 / k**4, None, False, 300),
    (tanh(k) / k**2 - k**-1 / 10**6, None, False, 10**6 + 1),
    (0.5 * k**-2.0 - 0.004 * k**-1.5, None, False, 15626),
    ((1 + 1.0001 * cos(k)) / k**2, 1000, False, 22),
    ((k**2 - 10**4) ** Rational(3, 2) / k**9, None, False, 1),
]


@pytest.mark.parametrize(("expression", "last", "strict", "index"), WRONG, ids=[str(row[0]) for row in WRONG])
def test_a_wrong_sign_is_found_where_it_is(
    expression: Expr, last: int | None, strict: bool, index: int
) -> None:
    found = violation(expression, k, 1, last, strict)
    assert found is not None
    assert found.index == index


RIGHT: list[tuple[Expr, int | None, bool]] = [
    (((k - Rational(3, 2)) ** 2 - Rational(1, 4)) / k**4, None, False),  # (k - 1)(k - 2)
    ((k - Rational(2001, 2)) ** 2 - Rational(1, 4), None, False),
    (((k - 12) ** 2 + 1) / k**4, None, True),
    (k**-2 - k**-3 / 2, None, True),
    (sqrt(2) * k**-2 - k**-3, None, True),
    (((log(k) - 5) ** 2 - Rational(1, 10**7)) / k**2, None, True),  # below 0 between 148 and 149 alone
    ((log(k) ** 2 - 10 * log(k) + 25 + Rational(1, 1000)) / k**2, None, True),
    ((1 - cos(pi * k)) / k**2, 1000, False),
    ((1 + cos(k)) / k**2, 10**6, False),
    (2 + sin(k), None, True),
    (harmonic(k) / k**3, None, True),
    (exp(-k) - exp(-2 * k) / 2, None, True),
    (1 / gamma(k) - 1 / gamma(k + 1) / 2, None, True),
    ((k - 137) ** 2 - HALF, 136, True),
]


@pytest.mark.parametrize(("expression", "last", "strict"), RIGHT, ids=[str(row[0]) for row in RIGHT])
def test_what_is_nowhere_negative_passes(expression: Expr, last: int | None, strict: bool) -> None:
    assert violation(expression, k, 1, last, strict) is None


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.fractions(Fraction(1, 2), 400, max_denominator=6), min_size=1, max_size=4),
    st.sampled_from((1, 2)),
    st.integers(1, 500),
)
def test_rational_functions_of_a_root_against_every_index(roots: list[Fraction], q: int, last: int) -> None:
    """Products of differences that may touch or cross zero, shaken so that no factor shows its root."""
    u = k ** Rational(1, q)
    product = Integer(1)
    for root in roots:
        product *= u - Rational(root.numerator, root.denominator)
    expression = product.expand() / k**5
    found = violation(expression, k, 1, last, False)
    signs = ((j, math.prod((j > root**q) - (j < root**q) for root in roots)) for j in range(1, last + 1))
    assert (found and found.index) == next((j for j, sign in signs if sign < 0), None)


ENCLOSED = (
    k**-2 - 3 * k**-3,
    log(k) ** 2 - 5 * sqrt(k),
    exp(-k / 10) + cos(3 * k),
    (-1) ** k / k,
    harmonic(k) - log(k),
)


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(st.integers(1, 10**4), st.integers(0, 10**4), st.floats(0, 1))
def test_enclosures_contain_the_values(low: int, width: int, share: float) -> None:
    for expression in (
        k**-2 - 3 * k**-3,
        log(k) ** 2 - 5 * sqrt(k),
        exp(-k / 10) + cos(3 * k),
        (-1) ** k / k,
        harmonic(k) - log(k),
    ):
        least, largest = enclosure(expression, k)(low, low + width)
        place = low + int(share * width)
        value = expression.subs(k, place).evalf(15)
        assert least - 1e-12 * abs(least) <= value <= largest + 1e-12 * abs(largest)


@pytest.mark.parametrize("use", [derive, FullModel])
@pytest.mark.parametrize("part", ["eigenvalues", "target", "multiplicity"])
def test_a_late_wrong_sign_is_refused_by_laws_and_model_alike(use: type, part: str) -> None:
    late = (k - 137) ** 2 - 1 if part == "multiplicity" else ((k - 137) ** 2 - HALF) / k**4
    parts = {"eigenvalues": k**-4, "target": k**-4} | {part: late}
    with pytest.raises(SpectrumError, match=r"at k = 137; it must be >?"):
        use(Task(**parts))


def test_pieces_are_looked_at_where_they_hold() -> None:
    turning = k**-2 - k**-1 / 100
    kept = Task(eigenvalues=k**-2, target=Piecewise((turning, k <= 100), (k**-2, True)))
    check_signs(kept, Domain())
    with pytest.raises(SpectrumError, match="at k = 101"):
        check_signs(Task(eigenvalues=k**-2, target=Piecewise((turning, k <= 101), (k**-2, True))), Domain())
    # modes of eigenvalue 0 are never learned; their power is a power still
    silent = Task(
        eigenvalues=Piecewise((k**-2, k <= 9), (0, True)), target=Piecewise((1, k <= 9), (-(k**-2), True))
    )
    with pytest.raises(SpectrumError, match="at k = 10; it must be >= 0"):
        check_signs(silent, Domain())


def test_what_is_not_decided_is_refused_with_the_next_step() -> None:
    wild = (1 + sin(k**2)) / k**2 - exp(-sqrt(k)) / 10**9
    with pytest.raises(SpectrumError, match=r"not shown to be >= 0 at k = \d+ and beyond; .*pass modes=M"):
        check_signs(Task(eigenvalues=k**-2, target=wild), Domain())


def test_parameters_are_decided_by_their_domain_or_with_their_numbers() -> None:
    c = Symbol("c", positive=True)
    check_signs(Task(eigenvalues=(k + c) ** -b, target=k**-a - c * k ** -(a + 1)), Domain())
    with pytest.raises(SpectrumError, match="at k = 1; it must be >= 0"):
        check_signs(Task(eigenvalues=k**-b, target=(1 - c) * k**-a, assumptions=(c > 1,)), Domain((c - 1,)))
    laws = derive(Task(eigenvalues=k**-2, target=((k - 40) ** 2 - c) / k**4))
    assert laws.time.exponent == HALF
    with pytest.raises(SpectrumError, match="at k = 40; it must be >= 0"):
        laws.time.at(c=0.5)


def test_the_square_of_a_logarithm_has_laws() -> None:
    """log(1 + 1/k) loses its order 0; its list of poles, short by one, ended in a bare ValueError."""
    laws = derive(Task(eigenvalues=k**-2, target=log(1 + 1 / k) ** 2))
    assert [law.exponent for law in laws] == [HALF, 1, 1]


def test_the_slowest_modes_of_many_that_do_not_fall() -> None:
    """Sines beyond the modes that are listed: the slowest is k = 991, where sin is -0.98."""
    task = Task(eigenvalues=(2 + sin(k)) / k**2, target=k**-2, modes=1000)
    rate = min((2 + math.sin(j)) / j**2 for j in range(1, 1001))
    assert float(derive(task).time.exponent) == pytest.approx(2 * rate, 1e-12)
    with pytest.raises(UnableError, match="at most 200000 modes are looked at one by one, not 1000000"):
        spectrum(replace(task, modes=10**6)).target.slowest(2)
    with pytest.raises(UnableError, match="shared by 1000 modes, and at most 400 are sorted"):
        derive(Task(eigenvalues=2 + cos(pi * k), target=k**-2, modes=1000)).time  # noqa: B018
