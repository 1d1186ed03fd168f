"""Eigenvalues in closed form whose expansion in 1/m is read off their values at large k.

listed_and_series    the first eigenvalues, and the leading behaviour times a series in 1/m
"""

from __future__ import annotations

import mpmath
from sympy import Expr, Integer, Piecewise, Rational, nsimplify, true

from asymptotics.kernels.domains import Domain
from asymptotics.kernels.kernel import SpectralKernel
from asymptotics.precision import working
from asymptotics.symbols import k

LISTED = 24
ORDERS, MOST_ORDERS = 4, 20
"""Orders in 1/m, which are those of d^2/m: more of them in high dimensions."""
BEHIND = 10
"""So many more are solved for, from as many values; they take the remainder."""
FAR, STRIDE = 301, 60
DIGITS = 80
PRINTED = 16


def listed_and_series(
    odd: Expr, value: Expr, lead: Expr, m: Expr, domain: Domain, name: str
) -> SpectralKernel:
    """``value`` at odd k to 24, ``lead (1 + sum_j e_j m^-j)`` beyond, and zero where ``odd`` is."""
    count = min(max(ORDERS, int(domain.dimension) // 2 + 2), MOST_ORDERS)
    orders = _orders(value / lead, m, count)
    beyond = lead * (1 + sum((e * m**-j for j, e in enumerate(orders, 1)), Integer(0)))
    head = [
        (Rational(_at(value, degree, PRINTED)) if degree % 2 else Integer(0), k <= degree)
        for degree in range(1, LISTED + 1)
    ]
    left = abs(_at(beyond / value, LISTED + 1, DIGITS) - 1)
    with working(DIGITS):
        error = mpmath.nstr(mpmath.mpf(left), 1)
    return SpectralKernel(
        name=name,
        eigenvalues=Piecewise(*head, (odd * beyond, true)),
        domain=domain,
        exact=False,
        accuracy=f"a relative {error}*({LISTED + 1}/k)**{count + 1} from k = {LISTED + 1} on",
    )


def _at(expression: Expr, degree: int, digits: int) -> Expr:
    return expression.subs(k, degree).evalf(digits)


def _orders(ratio: Expr, m: Expr, count: int) -> list[Expr]:
    """``e_1 ... e_count`` of a ratio ``1 + e_1/m + e_2/m^2 + ...``, by a linear system."""
    with working(DIGITS):
        degrees = [FAR + STRIDE * j for j in range(count + BEHIND)]
        places = [mpmath.mpf(m.subs(k, degree)) for degree in degrees]
        matrix = mpmath.matrix([[place**-j for j in range(1, count + BEHIND + 1)] for place in places])
        right = mpmath.matrix([mpmath.mpf(_at(ratio, degree, DIGITS)) - 1 for degree in degrees])
        found = mpmath.lu_solve(matrix, right)
        return [nsimplify(mpmath.nstr(found[j], PRINTED), rational=True) for j in range(count)]
