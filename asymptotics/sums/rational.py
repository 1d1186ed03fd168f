"""Regularised sums of rational functions of the index, by their poles.

    R sum_{k >= s} (k - r)^-m = zeta(m, s - r) = (-1)^m psi^(m-1)(s - r)/(m - 1)!,      -psi(s - r) for m = 1,

and a polynomial part by Hurwitz' zeta function at negative integers. Poles far from the first index, as those
of a dip at k = 10^5, cost no more than others.
"""

from __future__ import annotations

import mpmath
from sympy import Expr, Poly, Symbol, div, fraction, together

from asymptotics.errors import PrecisionError
from asymptotics.precision import working

STEPS = 500
"""Most iterations for the roots of a polynomial."""


def rational_sum(summand: Expr, index: Symbol, start: Expr, digits: int) -> mpmath.mpf:
    """``R sum_{k >= start} f(k)`` of a rational function of the index alone, to ``digits`` digits.

    What cancels between poles, or at them, is beaten by more digits: two values at different precision agree.
    Raises `PrecisionError` where they do not.

    >>> from sympy import Integer
    >>> from asymptotics.symbols import k
    >>> with working(20):
    ...     print(rational_sum(1 / (k**2 + 1), k, Integer(1), 20))      # (pi coth(pi) - 1)/2
    1.0766740474685811741
    """
    above, below = (Poly(e, index) for e in fraction(together(summand)))
    whole, rest = div(above, below)
    before = None
    for extra in (20, 2 * digits + 40, 8 * digits + 160):
        with working(digits + extra):
            first = _number(start)
            total = mpmath.fsum(_number(c) * mpmath.zeta(-n, first) for (n,), c in whole.terms() if c != 0)
            for factor, order in below.sqf_list()[1]:
                coefficients = [_number(c) for c in factor.all_coeffs()]
                for root in mpmath.polyroots(coefficients, STEPS, extraprec=4 * mpmath.mp.prec):
                    total += _at_pole(rest, below, root, order, first)
            total = mpmath.re(total)
            if before is not None and abs(total - before) <= abs(total) * mpmath.mpf(10) ** -digits:
                return total
            before = total
    raise PrecisionError(
        f"the sum of {summand} over {index} is not reached to {digits} digits; ask for fewer digits"
    )


def _number(expression: Expr) -> mpmath.mpf:
    return expression.evalf(mpmath.mp.dps + 5)._to_mpmath(mpmath.mp.prec)


def _at_pole(rest: Poly, below: Poly, root: mpmath.mpc, order: int, first: mpmath.mpf) -> mpmath.mpc:
    """The sum of the principal part at one pole: ``sum_i h_i (k - r)^(i - order)``, h = rest/g."""
    above, g = _taylor(rest, root, 0, order), _taylor(below, root, order, order)
    h: list[mpmath.mpc] = []
    for i in range(order):
        h.append((above[i] - mpmath.fsum(g[i - j] * h[j] for j in range(i))) / g[0])
    return mpmath.fsum(
        (-1) ** (n + 1) * h[order - 1 - n] / mpmath.factorial(n) * _polygamma(n, first - root)
        for n in range(order)
    )


def _taylor(polynomial: Poly, at: mpmath.mpc, first: int, count: int) -> list[mpmath.mpc]:
    """``p^(n)(at)/n!`` for n = first ... first + count - 1."""
    found = []
    for n in range(first, first + count):
        derivative = [_number(c) for c in polynomial.diff((polynomial.gen, n)).all_coeffs()]
        found.append(mpmath.polyval(derivative, at) / mpmath.factorial(n))
    return found


def _polygamma(n: int, z: mpmath.mpc) -> mpmath.mpc:
    """``psi^(n)(z)``, by reflection where Re z < 0: mpmath would take as many steps as z is far."""
    if mpmath.re(z) > 0 or n == 0:
        return mpmath.polygamma(n, z)
    cotangent, derivative = mpmath.cot(mpmath.pi * z), [mpmath.mpf(0), mpmath.mpf(1)]
    for _ in range(n):
        # d/dz of a polynomial in cot(pi z)
        slopes = [-mpmath.pi * i * c for i, c in enumerate(derivative)][1:]
        derivative = [a + b for a, b in zip([*slopes, 0, 0], [0, 0, *slopes], strict=True)]
    reflected = mpmath.polygamma(n, 1 - z)
    return (-1) ** n * reflected - mpmath.pi * mpmath.polyval(derivative[::-1], cotangent)
