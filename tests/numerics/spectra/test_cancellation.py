"""Expressions whose terms cancel far out: values, sums over them, and verdicts on their laws."""

from __future__ import annotations

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Expr, Rational, cos, exp, lambdify, log, sin, sqrt

from asymptotics import Task, derive
from asymptotics.expansions.tail import tail_expansion
from asymptotics.spectra.signs import violation
from asymptotics.symbols import k
from numerics import FullModel, verify
from numerics.spectra.compiled import compile_function
from numerics.values.arithmetic import field_of

CANCELLING: list[Expr] = [
    log(1 + k**-2),
    1 - exp(-(k**-2)),
    exp(k**-2) - 1,
    sqrt(1 + k**-2) - 1,
    sqrt(k**4 + 1) - k**2,
    sin(1 / k) ** 2,
    1 - cos(1 / k),
    log(1 + 1 / k) ** 2,
    k ** -Rational(3, 2) - (k + 1) ** -Rational(3, 2),
]
"""Each falls as a power of k that none of its terms shows."""


@pytest.mark.parametrize("expression", [*CANCELLING, log(1 + k**-2) + k**-9, log(log(1 + 1 / k) + 1)])
@given(exponent=st.floats(0, 200), angle=st.floats(-0.7, 0.7), bits=st.sampled_from([60, 130]))
@settings(max_examples=30)
def test_values_are_right_to_all_bits(expression: Expr, exponent: float, angle: float, bits: int) -> None:
    with mpmath.workdps(4000):
        x = mpmath.mpf(10) ** exponent * mpmath.expj(angle)
        with field_of(bits) as field:
            at = field.complex(field.real(x.real), field.real(x.imag))
            value = compile_function(expression, k, field)(at)
            found = mpmath.mpc(field.mpf(value.real), field.mpf(value.imag))
            x = mpmath.mpc(field.mpf(at.real), field.mpf(at.imag))
        wanted = lambdify(k, expression, "mpmath")(x)
        assert abs(found / wanted - 1) < mpmath.mpf(2) ** (22 - bits)


def test_what_vanishes_vanishes() -> None:
    with field_of(80) as field:
        assert compile_function(k**2 - 10 * k + 25, k, field)(field.real(5)) == 0


@pytest.mark.parametrize("expression", CANCELLING, ids=str)
def test_they_are_positive_powers(expression: Expr) -> None:
    assert violation(expression, k, 1, None, True) is None
    assert violation(-expression, k, 1, None, False) is not None
    lead = tail_expansion(expression, k, 2).leading()
    far = mpmath.mpf(10) ** 60
    with mpmath.workdps(400):
        ratio = lambdify(k, expression / (lead.coefficient * k**-lead.order), "mpmath")(far)
        assert abs(ratio - 1) < 1e-50


@pytest.mark.parametrize("expression", [log(1 + k**-2), sqrt(k**4 + 1) - k**2], ids=str)
def test_their_laws_hold(expression: Expr) -> None:
    laws = derive(Task(eigenvalues=expression, target=k**-2))
    assert verify(laws.data, digits=16).verdict == "HOLDS"
    assert (
        verify(laws.data.stating(prefactor=laws.data.prefactor * Rational(101, 100)), digits=16).verdict
        == "FAILS"
    )


@pytest.mark.slow
@pytest.mark.parametrize("expression", [*CANCELLING, k**-2 * exp(1 / k)], ids=str)
@pytest.mark.parametrize("role", ["eigenvalues", "target"])
def test_all_their_laws_hold(expression: Expr, role: str) -> None:
    laws = derive(Task(**{"eigenvalues": k**-2, "target": k**-3, role: expression}))
    for law in (laws.time, laws.model, laws.data):
        assert verify(law).verdict == "HOLDS"


@pytest.mark.parametrize("expression", CANCELLING, ids=str)
def test_losses_at_few_digits_are_those_at_many(expression: Expr) -> None:
    few, many = (
        FullModel(Task(eigenvalues=expression, target=k**-2), N=100, P=1000, digits=digits).test_loss(10)
        for digits in (12, 24)
    )
    assert abs(few.value - many.value) <= few.error + many.error


def test_a_loss_to_thirty_digits() -> None:
    """The sum over modes itself, whose tail is expanded."""
    with mpmath.workdps(50):
        found = FullModel(Task(eigenvalues=log(1 + k**-2), target=k**-4), digits=30).test_loss(1)
        head = mpmath.fsum(mpmath.mpf(j) ** -4 * (1 + mpmath.mpf(j) ** -2) ** -2 for j in range(1, 60))
        tail = mpmath.fsum((-1) ** i * (i + 1) * mpmath.zeta(4 + 2 * i, 60) for i in range(40))
        assert abs(found.value - head - tail) <= found.error < 1e-30
