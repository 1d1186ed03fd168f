"""Asking for more digits inside until what comes out has those asked for outside."""

from __future__ import annotations

import math
from collections.abc import Callable

import mpmath
import sympy

from asymptotics.errors import PrecisionError
from numerics.values.value import Value

ATTEMPTS = 4
"""How often digits are added before a value is given up."""


def to_digits(
    name: str,
    at: sympy.Expr,
    solve: Callable[[int], Value],
    digits: int,
    *,
    absolute: bool = False,
    lost_digits: float = 0.0,
) -> Value:
    """``solve(n)`` for growing n, until its estimated error is below 10^-digits, relatively or absolutely.

    ``lost_digits`` are known to cancel. Raises `PrecisionError`, which names the quantity and ``at``, when
    the estimate stays above, as for a value that is exponentially small.

    >>> third = Value(value=mpmath.mpf(1) / 3, error=mpmath.mpf(10) ** -16)
    >>> str(to_digits("a third", sympy.Integer(1), lambda n: third, 15))
    '0.3333333333333333(1)'
    """
    # In steps of ten, so that neighbouring times share their spectral sums.
    inside = digits + (10 * math.ceil(lost_digits / 10) if lost_digits > 5 else 0)
    reached, before = math.inf, 0.0
    for _ in range(ATTEMPTS):
        found = solve(inside)
        scale = mpmath.mpf(1) if absolute else abs(found.value)
        exact_or_infinite = mpmath.isinf(found.value) or found.error == 0
        if exact_or_infinite or found.error <= scale * mpmath.mpf(10) ** -digits:
            return found
        reached = float(found.error / scale) if scale else math.inf
        if reached >= 1 and before >= 1:
            break  # twice nothing but noise
        missing = math.log10(reached) + digits + 5 if reached < 1 else inside / 2 + 10
        inside, before = inside + 10 * math.ceil(missing / 10), reached
    where = f"{name} at {sympy.N(at, 6)}"
    if found.error > abs(found.value) / 10:
        bound = mpmath.nstr(abs(found.value) + found.error, 2)
        raise PrecisionError(
            f"{where}: no digit of it is known, only that it is below {bound}, far below what it is made of"
        )
    raise PrecisionError(
        f"{where}: the relative error is still about {reached:.0e} where 1e-{digits} was asked for; the "
        f"value is far below what it is made of, ask for digits={math.floor(-math.log10(reached))}"
    )
