"""Where a schedule is largest or least on [0, 1], narrow peaks and dips included.

Samples miss a peak that is narrower than their distance. Intervals do not: with ``f(I)`` and ``f'(I)`` in
interval arithmetic, f is on each interval I of centre m and width w at most

    min(max f(I), f(m) + max |f'(I)| w/2),

and intervals are halved, that of the largest bound first, until none has one above the largest value that was
found. Schedules that have no intervals are known by their samples alone.

    highest(f, pieces), lowest(f, pieces)    the u at which f is largest, and one where it is least
    climb(height, most, start)               where any function is largest that has bounds on intervals
    between(f, pieces, low, high)            bounds of f on an interval
    pieces_of(shape)                         the pieces of an expression in u, each with its bounds
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterable
from itertools import pairwise

from mpmath import iv, libmp
from sympy import Expr, Float, cosh, diff, exp, lambdify, sinh, tanh

from asymptotics.caches import cached
from asymptotics.errors import UnableError
from asymptotics.model.schedules.pieces import breaks, piece_at, u

MOST = 3000
"""Most intervals."""
ABOVE = 1e-4
"""A peak is looked for that is higher than all others by this share, a dip below 0 by this of the largest."""
NARROW = 2.0**-46
"""No interval is halved that is narrower."""
GOLDEN = (math.sqrt(5) - 1) / 2

_INTERVALS = {name: getattr(iv, name) for name in ("exp", "cos", "sin", "tan", "log", "sqrt", "pi")}
_INTERVALS |= {"E": iv.e, "Abs": abs}
_FAILS = (
    ArithmeticError,
    ValueError,
    TypeError,
    NameError,
    AttributeError,
    NotImplementedError,
    libmp.ComplexResult,
    libmp.NoConvergence,
)

Height = Callable[[float], float]
Bounds = tuple[float, float]
Piece = tuple[float, float, Callable[[float, float], Bounds]]
NONE: Bounds = (-math.inf, math.inf)
SAMPLES = 1024
"""At so many places of [0, 1] a schedule is looked at before it is used."""
GRID = tuple(i / SAMPLES for i in range(SAMPLES + 1))


def highest(f: Height, pieces: tuple[Piece, ...]) -> float:
    """The u in [0, 1] of the largest f.

    >>> from sympy import Rational
    >>> peak = 1 + 9 / (10**9 * (u - Rational(1, 3)) ** 2 + 1)
    >>> max(peak.subs(u, x) for x in (0, 0.25, 0.333, 1)) < 1.1
    True
    >>> round(highest(lambda x: float(peak.subs(u, x)), pieces_of(peak)), 9)
    0.333333333
    """
    return climb(f, lambda low, high: between(f, pieces, low, high)[1], GRID)


def lowest(f: Height, pieces: tuple[Piece, ...]) -> float:
    """A u in [0, 1] where f is below 0 if it is anywhere, else as low as at any sample."""
    room = ABOVE * max(map(f, GRID))
    return climb(
        lambda x: -f(x),
        lambda low, high: -between(f, pieces, low, high)[0],
        GRID,
        lambda best: max(best, 0.0) + room,
    )


def between(f: Height, pieces: tuple[Piece, ...], low: float, high: float) -> Bounds:
    """The least and the largest that f may be there: bounds, or without pieces what samples say."""
    if pieces:
        found = [of(max(a, low), min(b, high)) for a, b, of in pieces if a <= high and low <= b]
    else:
        shares = (low, *(x for x in GRID if low < x < high), high)
        found = [(height, height) for height in map(f, shares)]
    return min(least for least, _ in found), max(most for _, most in found)


def climb(
    height: Height,
    most: Callable[[float, float], float],
    start: Iterable[float],
    enough: Height = lambda best: best + ABOVE * abs(best),
) -> float:
    """Where ``height`` is largest: ``most`` bounds it on an interval, one of ``enough`` ends the search."""
    best, found = _refined(height, start)
    heap = [(-math.inf, 0.0, 1.0)]
    for _ in range(MOST):
        if not heap or -heap[0][0] <= enough(found):
            break
        _, left, right = heapq.heappop(heap)
        middle = (left + right) / 2
        if _value(height, middle) > found:
            best, found = _refined(height, (left, middle, right))
        if right - left > NARROW:
            for a, b in ((left, middle), (middle, right)):
                heapq.heappush(heap, (-most(a, b), a, b))
    return best


def _refined(height: Height, places: Iterable[float]) -> tuple[float, float]:
    """The largest value at these places, and by golden sections between the neighbours of the largest."""
    shares = tuple(places)
    heights = [_value(height, x) for x in shares]
    top = max(range(len(shares)), key=heights.__getitem__)
    low, high = shares[max(top - 1, 0)], shares[min(top + 1, len(shares) - 1)]
    while high - low > 1e-9 * max(high, NARROW) and high - low > NARROW:
        one, other = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
        low, high = (one, high) if _value(height, one) < _value(height, other) else (low, other)
    middle = (low + high) / 2
    return max(((shares[top], heights[top]), (middle, _value(height, middle))), key=lambda pair: pair[1])


def _value(height: Height, share: float) -> float:
    try:
        return height(share)
    except (ArithmeticError, ValueError, TypeError):
        return -math.inf


@cached(maxsize=64)
def pieces_of(expression: Expr) -> tuple[Piece, ...]:
    """The pieces with their bounds; none where interval arithmetic does not know their functions."""
    try:
        ends = [0.0, *(float(x) for x in breaks(expression) if 0 < x < 1), 1.0]
        shapes = [piece_at(expression, Float((low + high) / 2)) for low, high in pairwise(ends)]
        for shape, (low, high) in zip(shapes, pairwise(ends), strict=True):
            _compiled(shape)(iv.mpf([low + (high - low) / 3, high - (high - low) / 3]))
    except (UnableError, StopIteration, *_FAILS):
        return ()
    return tuple(
        (low, high, _bounds(shape)) for shape, (low, high) in zip(shapes, pairwise(ends), strict=True)
    )


def _compiled(shape: Expr) -> Callable[[object], object]:
    found: Callable[[object], object] = lambdify(
        u, shape.rewrite((sinh, cosh, tanh), exp), modules=[_INTERVALS]
    )
    return found


def _bounds(shape: Expr) -> Callable[[float, float], Bounds]:
    value, slope = _compiled(shape), _compiled(diff(shape, u))

    def of(low: float, high: float) -> Bounds:
        least, most = _ends(value, low, high)
        (start, end), steep = _ends(value, middle := (low + high) / 2, middle), _ends(slope, low, high)
        reach = max(map(abs, steep)) * (high - low) / 2
        return max(least, start - reach), min(most, end + reach)

    return of


def _ends(function: Callable[[object], object], low: float, high: float) -> Bounds:
    """Those of the image of an interval; none where it has none."""
    try:
        image = iv.mpf(function(iv.mpf([low, high])))
        least, most = float(image.a), float(image.b)
    except _FAILS:
        return NONE
    return NONE if math.isnan(least) or math.isnan(most) else (least, most)
