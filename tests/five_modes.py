"""A spectrum of five modes in exact binary numbers, and the comparison of a value with what is known."""

from __future__ import annotations

from typing import Any

import mpmath
import sympy

from numerics import Value

oo = sympy.oo
LAMBDAS = [1.0, 0.5, 0.25, 0.2, 0.125]
POWERS = [0.5, 1.0, 0.25, 0.125, 2.0]


def close(value: Value, expected: Any, slack: float = 0.0) -> bool:
    """Whether the estimated error covers the difference (with the reference's own error as slack)."""
    with mpmath.workdps(60):
        return bool(abs(value.value - expected) <= value.error + slack * abs(expected))
