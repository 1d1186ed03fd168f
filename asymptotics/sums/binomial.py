"""Sums over all k >= 1 of a power of two powers of k: ``f(k) = k^p (A k^q + C)^e``, with q > 0.

From K on, where ``r = |C/A| K^-q < 1``, the binomial series may be summed term by term,

    sum_{k >= K} f(k) = A^e sum_n binom(e, n) (C/A)^n zeta(-p - q (e - n), K),

and what is left out of it is a geometric series of ratio r. Modes of a power law stand in such sums behind
their eigenvalue, as in ``sum k^-a/(1 - h k^-b)^j``.

binomial_of      p, q, e, A, C of a summand; None of any other
binomial_sum     its sum
hurwitz          zeta(s, K) and its derivatives in s
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import mpmath
from sympy import Expr, Integer, Symbol

from asymptotics.caches import cached

RATIO = 0.25
"""The binomial series is summed where each term is so much smaller than the one before."""
FARTHEST = 4
"""It starts at most at so many times as many direct terms as there are digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Binomial:
    """``k^p (A k^q + C)^e`` with q > 0; exact real numbers."""

    p: Expr
    q: Expr
    e: Expr
    A: Expr
    C: Expr


def binomial_of(summand: Expr, index: Symbol) -> Binomial | None:
    """The summand as a power of a binomial in powers of the index.

    >>> from sympy import sqrt
    >>> from asymptotics.symbols import k
    >>> binomial_of(sqrt(k) / (3 * k**2 - k), k)
    Binomial(p=-1/2, q=1, e=-1, A=3, C=-1)
    """
    if summand.free_symbols != {index}:
        return None
    outer, found = Integer(0), None
    for base, exponent in summand.as_powers_dict().items():
        if exponent.has(index):
            return None
        if base == index:
            outer += exponent
        elif base.is_Add and len(base.args) == 2 and found is None:
            found = (base.args, exponent)
        else:
            return None
    if found is None:
        return None
    parts, e = found
    one, two = (_monomial(part, index) for part in parts)
    if one is None or two is None:
        return None
    (low, C), (high, A) = sorted((one, two))
    if not (A.is_positive and e.is_real and outer.is_real and high > low):
        return None
    return Binomial(p=outer + low * e, q=high - low, e=e, A=A, C=C)


def _monomial(part: Expr, index: Symbol) -> tuple[Expr, Expr] | None:
    """The power of the index, and its coefficient."""
    coefficient, rest = part.as_independent(index, as_Add=False)
    base, exponent = rest.as_base_exp()
    power = exponent if base == index else Integer(0)
    known = (rest == 1 or base == index) and power.is_real and coefficient.is_real
    return (power, coefficient) if known else None


def binomial_sum(one: Binomial, f: Callable[[Any], Any], digits: int) -> mpmath.mpf | None:
    """``sum_{k >= 1} f(k)``, f being the summand as a function, at the precision of mpmath.

    None where K would be large, or the sum diverges.
    """
    exact = (one.p, one.q, one.e, one.A, one.C)
    p, q, e, A, C = (x.evalf(mpmath.mp.dps + 5)._to_mpmath(mpmath.mp.prec) for x in exact)
    share = C / A
    first = digits
    while abs(share) * mpmath.mpf(first) ** -q > RATIO:
        first *= 2
        if first > FARTHEST * digits:
            return None
    if not -p - q * e > 1:
        return None
    total = mpmath.fsum(f(mpmath.mpf(j)) for j in range(1, first))
    start, front, n = mpmath.mpf(first), A**e, 0
    while True:
        term = front * hurwitz(-p - q * (e - n), start, 0)
        total += term
        n += 1
        front *= share * (e - n + 1) / n
        if front == 0 or (n > abs(e) and abs(term) <= mpmath.eps * abs(total)):
            return total


def hurwitz(s: mpmath.mpf, start: mpmath.mpf, log_power: int) -> mpmath.mpf:
    """``sum_{k >= start} k^-s log(k)^m``, continued; the finite part at s = 1 (Euler-Maclaurin).

    mpmath's own ``zeta(s, a)`` has an absolute tolerance and loses small values.
    """
    x, m = start, log_power
    logarithm = mpmath.log(x)
    if s == 1:
        total = -(logarithm ** (m + 1)) / (m + 1)
    else:
        # int_x^oo y^-s log^m y dy, continued: sum_j m!/(m-j)! log^(m-j) x^(1-s)/(s-1)^(j+1)
        total = x ** (1 - s) * mpmath.fsum(
            mpmath.factorial(m) / mpmath.factorial(m - j) * logarithm ** (m - j) / (s - 1) ** (j + 1)
            for j in range(m + 1)
        )
    # derivatives of x^-s log^m x: coefficients of x^(-s-n) log^i x
    coefficients, power = [mpmath.mpf(0)] * m + [mpmath.mpf(1)], x**-s
    total += power * logarithm**m / 2
    n, previous = 0, mpmath.inf
    while True:
        for _ in range(1 if n == 0 else 2):
            coefficients = [
                -(s + n) * coefficients[i] + ((i + 1) * coefficients[i + 1] if i < m else 0)
                for i in range(m + 1)
            ]
            n, power = n + 1, power / x
        value = power * (mpmath.polyval(coefficients[::-1], logarithm) if m else coefficients[0])
        term = -_weight(n + 1, mpmath.mp.prec) * value
        total += term
        size = abs(term)
        if size <= mpmath.eps * abs(total) or size == 0 or (size > previous and n > 2 * abs(s) + 4):
            return total
        previous = size


@cached(maxsize=1024)
def _weight(n: int, bits: int) -> mpmath.mpf:
    """``B_n/n!`` at the precision of mpmath, ``bits``."""
    return mpmath.bernoulli(n) / mpmath.factorial(n)
