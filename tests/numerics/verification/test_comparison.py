"""Further orders are taken while they make what is left smaller, until it decides or is small enough."""

from dataclasses import dataclass

import mpmath
import pytest
from sympy import Integer

from numerics.values.value import Value
from numerics.verification.comparison import FURTHER, compared, decide

SCALES = [mpmath.mpf(s) for s in ("4.6", "6.5", "9.2", "13", "18.4", "26", "36.8")]


@dataclass(frozen=True)
class Slow:
    """``1/(1 + c/x)`` in powers of 1/x, as a law in powers of a logarithm; so many orders are known."""

    known: int
    size: float
    decay = Integer(1)
    bounded, has_companions, logs, fall = False, False, 0, 0

    @property
    def beyond(self):
        return mpmath.mpf(self.known)

    @property
    def beyond_corrections(self):
        return [self.beyond + n for n in range(3)]

    def __call__(self, x):
        return mpmath.mpf(1)

    def next(self, x):
        return mpmath.fsum((-self.size / x) ** n for n in range(1, self.known))

    def scale(self, x):
        return x

    def stated_bound(self, x):
        return 1 / x


def orders_asked(size, error="1e-30", off=0):
    asked = [4]

    def known(orders):
        asked.append(orders)
        return Slow(orders, size)

    with mpmath.workdps(40):
        first = Slow(4, size)
        values = [Value(value=1 / (1 + size / x) + mpmath.mpf(off), error=mpmath.mpf(error)) for x in SCALES]
        points = tuple(compared(x, v, first) for x, v in zip(SCALES, values, strict=True))
        prediction, seen, (verdict, _) = decide(first, points, known)
    assert len(seen) == len(points)
    return asked, prediction.known, verdict


@pytest.mark.parametrize(("size", "known"), [(0.5, 4), (9, 6), (12, 8)])
def test_orders_are_taken_until_they_decide(size, known):
    assert orders_asked(size) == ([n for n in (4, *FURTHER) if n <= known], known, "HOLDS")


def test_orders_that_leave_hardly_less_are_not_followed():
    assert orders_asked(30) == ([4, 6], 4, "UNDECIDED")


def test_a_wrong_constant_is_not_held_by_more_orders():
    assert orders_asked(12, off="0.02")[2] != "HOLDS"
    assert orders_asked(0.5, off="0.001")[2] == "FAILS"
