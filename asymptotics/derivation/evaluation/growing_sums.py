"""Sums over k = 1 ... M for a large M: Euler and Maclaurin's formula at both ends, plain numerics.

    sum_(k <= M) f = sum_(k < K) f + f(K)/2 + int_K^M f + f(M)/2
                     + sum_j B_2j/(2j)! (f^(2j-1)(M) - f^(2j-1)(K))

The derivatives come from circles about K and M, the integral from Gauss and Legendre's rule in log k. M need
not be whole: the formula continues the sum.

    growing_sum        one of them
    compile_summand    what is summed, as a function of numbers
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import mpmath
from sympy import Expr, Symbol, lambdify

from asymptotics.caches import cached

PANEL = 1
"""The width of a panel in log k."""


def growing_sum(f: Callable[[Any], Any], last: Any, digits: int) -> Any:
    """``f(1) + ... + f(last)`` to about ``digits`` digits of the largest part, f smooth in log k.

    >>> with mpmath.workdps(30):
    ...     found = growing_sum(lambda k: 1 / k, mpmath.mpf(10**6), 20)
    >>> mpmath.nstr(found, 15)                    # psi(10^6 + 1) + gamma
    '14.3927267228657'
    """
    start = min(last, mpmath.mpf(digits + 8))
    if start == last:
        return mpmath.fsum(f(mpmath.mpf(k)) for k in range(1, int(last) + 1))
    total = mpmath.fsum(f(mpmath.mpf(k)) for k in range(1, int(start)))
    total += (f(start) + f(last)) / 2 + _slopes(f, last, digits) - _slopes(f, start, digits)
    return total + mpmath.fsum(w * f(k) for k, w in _points(start, last, digits))


@cached(maxsize=64)
def compile_summand(function: Expr, letters: tuple[Symbol, ...]) -> Callable[..., Any]:
    """The summand as a function of its letters."""
    return lambdify(letters, function, "mpmath")


def _slopes(f: Callable[[Any], Any], place: Any, digits: int) -> Any:
    """``sum_j B_2j/(2j)! f^(2j-1)(place)``."""
    radius = place / 4
    count, orders = int(2.8 * digits) + 16, int(0.6 * digits) + 4
    factors = [mpmath.bernoulli(2 * j) / (2 * j * radius ** (2 * j - 1)) for j in range(1, orders + 1)]
    total = mpmath.mpf(0)
    for m in range(count // 2 + 1):  # the other half is conjugate
        turn = mpmath.expjpi(mpmath.mpf(2 * m) / count)
        weight = mpmath.fsum(x * turn ** (1 - 2 * j) for j, x in enumerate(factors, 1))
        share = 1 if 2 * m in (0, count) else 2
        total += share * mpmath.re(f(place + radius * turn) * weight) / count
    return total


def _points(low: Any, high: Any, digits: int) -> Iterator[tuple[Any, Any]]:
    """Nodes k and weights of the integral."""
    span = mpmath.log(high / low)
    panels = max(1, math.ceil(span / PANEL))
    for panel in range(panels):
        for place, weight in _gauss(int(0.8 * digits) + 8, mpmath.mp.prec):
            k = low * mpmath.exp(span * (panel + place) / panels)
            yield k, k * span * weight / panels


@cached(maxsize=8)
def _gauss(count: int, precision: int) -> tuple[tuple[Any, Any], ...]:
    """Gauss and Legendre's rule on (0, 1)."""
    del precision  # that of mpmath now; it only tells rules apart
    found = []
    for i in range(count):
        x = mpmath.cos(mpmath.pi * (i + mpmath.mpf(3) / 4) / (count + mpmath.mpf(1) / 2))
        for _ in range(12):  # Newton's method, which doubles the digits
            low, here = mpmath.mpf(1), x
            for n in range(2, count + 1):
                low, here = here, ((2 * n - 1) * x * here - (n - 1) * low) / n
            slope = count * (x * here - low) / (x**2 - 1)
            step = here / slope
            x -= step
            if abs(step) < 64 * mpmath.eps:  # the slope is that of the place before
                break
        found.append(((1 + x) / 2, 1 / ((1 - x**2) * slope**2)))
    return tuple(found)
