"""The test of an estimate of errors: it covers every difference, and a millionth of it would not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import mpmath

from numerics.values.value import Value

DIGITS = 150
"""Enough for the differences of numbers that agree to a hundred digits."""


def assert_honest(rows: Iterable[tuple[Value, Any]], least: float = 1e-6) -> None:
    """Each value lies within its error of the better one beside it (a number, or a `Value` whose own error is
    far smaller); and somewhere the difference is at least the part ``least`` of the error, which is hence not
    absurdly large."""
    shares = [share(value, better) for value, better in rows]
    assert max(shares) <= 1, f"a difference of {max(shares):.2g} errors"
    assert max(shares) >= least, f"all differences are below {max(shares):.2g} errors"


def share(value: Value, better: Any) -> float:
    """``|value - better|/error``: the part of the error that is needed."""
    with mpmath.workdps(DIGITS):
        difference = abs(value.value - (better.value if isinstance(better, Value) else better))
        return float(difference / value.error) if difference else 0.0
