"""Sums over all k from a start on of a function that is analytic to the right of it (Abel and Plana).

    sum_(j >= 0) g(s + j) = int_s^oo g(x) dx + g(s)/2 - 2 int_0^oo Im g(s + iy)/(e^(2 pi y) - 1) dy

for g real on the axis that falls as ``x^-e``, e > 1, with ``x = s e^v`` in the first integral. A few hundred
values of g give what direct terms and an expansion to the same digits would, where its orders lie close
together.

    sum_from(g, start, power, digits)    the sum, g falling as x^-power
"""

from __future__ import annotations

from collections.abc import Callable

import mpmath

Function = Callable[[mpmath.mpf], mpmath.mpf]


def sum_from(g: Function, start: mpmath.mpf, power: float, digits: int) -> mpmath.mpf:
    """``sum_(j >= 0) g(start + j)``, but for about ``10^-digits`` of its size.

    g is evaluated in the precision of mpmath, where it may lose digits; the integrals need fewer.

    >>> with mpmath.workdps(60):
    ...     found = sum_from(lambda x: x**-3, mpmath.mpf(20), 3, 30)
    ...     abs(found - mpmath.zeta(3, 20)) < 1e-33
    True
    """
    inner, outer = mpmath.mp.dps, digits + 10

    def along(v: mpmath.mpf) -> mpmath.mpf:
        with mpmath.workdps(inner):
            x = start * mpmath.exp(v)
            return x * g(x)

    def across(y: mpmath.mpf) -> mpmath.mpf:
        with mpmath.workdps(inner):
            return mpmath.im(g(mpmath.mpc(start, y))) / mpmath.expm1(2 * mpmath.pi * y)

    with mpmath.workdps(outer):
        far = outer * mpmath.log(10) / (power - 1)
        high = outer * mpmath.log(10) / (2 * mpmath.pi)
        first = mpmath.quad(along, [far * j / 4 for j in range(5)])
        second = mpmath.quad(across, [0, high / 4, high])
    return first + g(start) / 2 - 2 * second


__all__ = ["sum_from"]
