"""The best size where few sizes are whole: a descent over whole numbers.

smallest_at    the whole number at which a function of one hollow is smallest
"""

from __future__ import annotations

from collections.abc import Callable

from asymptotics.errors import PrecisionError
from numerics.values.value import Value


def smallest_at(function: Callable[[int], Value], start: int) -> int:
    """The n >= 1 at which ``function(n)`` is smallest, by strides that halve.

    Raises `PrecisionError` where n and a neighbour agree within their errors.

    >>> import mpmath
    >>> smallest_at(lambda n: Value(value=mpmath.mpf(n - 7) ** 2, error=mpmath.mpf(0)), 40)
    7
    """
    seen: dict[int, Value] = {}

    def height(n: int) -> Value:
        if n not in seen:
            seen[n] = function(n)
        return seen[n]

    here, stride = start, max(1, start // 4)
    while True:
        beside = [n for n in (here - stride, here + stride) if n >= 1]
        best = min(beside, key=lambda n: height(n).value)
        if height(best).value < height(here).value:
            here = best
        elif stride > 1:
            stride //= 2
        else:
            break
    for n in beside:
        if height(n).value - height(here).value <= height(n).error + height(here).error:
            raise PrecisionError(
                f"losses of the sizes {here} and {n} agree within their errors; ask for more digits"
            )
    return here
