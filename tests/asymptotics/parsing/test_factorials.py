"""Binomials and factorials as text: what is read, and the bounds."""

from __future__ import annotations

import pytest
from sympy import Expr, Symbol, binomial, factorial, rf

from asymptotics import DomainError
from asymptotics.parsing.expressions import parse
from asymptotics.symbols import k

d = Symbol("d", positive=True)


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("binomial(k + d - 3, k - 1)", binomial(k + d - 3, k - 1)),
        ("factorial(k)/factorial(k - 1)", factorial(k) / factorial(k - 1)),
        ("rf(k, d)", rf(k, d)),
        ("ff(k, 3)", k * (k - 1) * (k - 2)),
        ("binomial(6, 2)", 15),
    ],
)
def test_binomials_are_read(text: str, expression: Expr) -> None:
    assert parse(text) == expression


@pytest.mark.parametrize("text", ["factorial(100000)", "binomial(10^6, 5*10^5)", "binomial(k)", "rf(k, 500)"])
def test_factorials_are_bounded(text: str) -> None:
    with pytest.raises(DomainError):
        parse(text)
