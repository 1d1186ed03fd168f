"""Coefficients of 1/N and 1/P, read off the full model at a few large sizes.

With ``L(n) - L(oo) = c_1/n + c_2/n^2 + ...`` and m sizes n_j the first m coefficients solve a linear
system; what the following ones leave is of relative order ``(scale/n)^m``. Leaving out the smallest size
costs one such factor, so the distance of the two solutions bounds the error of the better one.
"""

from __future__ import annotations

from collections.abc import Sequence

import mpmath

from numerics.values.value import Value


def inverse_size_coefficients(
    sizes: Sequence[mpmath.mpf], values: Sequence[Value], limit: Value
) -> tuple[Value, ...]:
    """``c_1 ... c_(m-1)`` of ``L(n) = L(oo) + sum c_i n^-i`` from m sizes in increasing order.

    The error of each is its distance to the solution without the smallest size, plus the errors of all
    values as the system amplifies them. Units of L times n^i. Needs at least two sizes; the
    arithmetic is at the precision of mpmath at the moment.

    >>> sizes = [mpmath.mpf(2) ** j for j in (20, 21, 22)]
    >>> known = [Value(value=5 + 3 / n - 7 / n**2, error=mpmath.mpf(0)) for n in sizes]
    >>> limit = Value(value=mpmath.mpf(5), error=mpmath.mpf(0))
    >>> first, second = inverse_size_coefficients(sizes, known, limit)
    >>> mpmath.nstr(first.value, 7), mpmath.nstr(second.value, 2)
    ('3.0', '-7.0')
    """
    steps = [v.value - limit.value for v in values]
    slack = [v.error + limit.error + abs(v.value) * mpmath.eps for v in values]
    full, spread = _solved(sizes, steps, slack)
    part, _ = _solved(sizes[1:], steps[1:], slack[1:])
    return tuple(
        Value(value=c, error=abs(c - rough) + e) for c, rough, e in zip(full, part, spread, strict=False)
    )


def _solved(
    sizes: Sequence[mpmath.mpf], steps: Sequence[mpmath.mpf], slack: Sequence[mpmath.mpf]
) -> tuple[list[mpmath.mpf], list[mpmath.mpf]]:
    """The coefficients and how far the slack of the steps can move each."""
    count, unit = len(sizes), sizes[0]
    # In units of the first size the system is that of a few small numbers.
    inverse = mpmath.matrix([[(unit / n) ** i for i in range(1, count + 1)] for n in sizes]) ** -1
    scales = [unit ** (i + 1) for i in range(count)]
    rows = [[inverse[i, j] for j in range(count)] for i in range(count)]
    found = [s * mpmath.fdot(row, steps) for s, row in zip(scales, rows, strict=True)]
    moved = [s * mpmath.fdot([abs(w) for w in row], slack) for s, row in zip(scales, rows, strict=True)]
    return found, moved


__all__ = ["inverse_size_coefficients"]
