"""``int_0^1 c t^(c-1)/(1 + z t)^j dt``, by which all sums over modes that grow with N are written.

It is ``2F1(j, c; 1 + c; -z)``. Where c is a whole number the two series at large z have poles that cancel;
mpmath takes them beside each other at more digits, which costs twenty times as much. There it is elementary,

    c (-1)^(c-1) z^-c ( log(1 + z) + sum_(k < c) (-z)^k/k ),     j = 1,

and ``F_(j+1) = (c/j) (1 + z)^-j + (1 - c/j) F_j``.

    unit_integral    it, off the cut ``z <= -1``, continued in c
"""

from __future__ import annotations

import mpmath

from asymptotics.precision import working

FAR = 1.3
"""Beyond this |z| mpmath takes the series at large z."""
MOST = 64
"""So large a whole c is written out."""


def unit_integral(j: int, c: mpmath.mpf, z: mpmath.mpf | mpmath.mpc) -> mpmath.mpf | mpmath.mpc:
    """The integral at a number z; errors are of the order of the precision that is set.

    >>> mpmath.nstr(unit_integral(1, mpmath.mpf(2), mpmath.mpf(3)), 12)       # (2/9) (3 - log(4))
    '0.358601253084'
    """
    if abs(z) <= FAR or not 1 <= c <= MOST or c != int(c):
        return mpmath.hyp2f1(j, c, 1 + c, -z)
    power = int(c)
    lost = (j - 1) * int(mpmath.ceil(mpmath.log10(abs(z)))) + 5
    with working(mpmath.mp.dps + lost):
        parts = [(-z) ** k / k for k in range(1, power)]
        found = power * (-1) ** (power - 1) * (mpmath.log(1 + z) + mpmath.fsum(parts)) / z**power
        for i in range(1, j):
            found = mpmath.mpf(power) / i * (1 + z) ** -i + (1 - mpmath.mpf(power) / i) * found
    return +found
