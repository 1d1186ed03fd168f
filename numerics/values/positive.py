"""Numbers that are not negative, with relative errors that sums, products and quotients carry along.

A sum of such numbers is as good as its parts, a product or quotient loses what both lose together, and
only a difference can lose more; its error says how much. To first order in the errors, which are floats:
``oo`` where nothing is known. Values are numbers of a field (`arithmetic`), and the rounding of a field is
part of the error that its first numbers are given.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from numerics.values.arithmetic import Scalar


@dataclass(frozen=True, slots=True)
class Positive:
    """``value >= 0`` up to a factor ``1 +- error``.

    >>> third, tenth = Positive(0.25, 1e-6), Positive(0.75, 2e-6)
    >>> third * tenth, third + tenth
    (Positive(value=0.1875, error=3e-06), Positive(value=1.0, error=1.75e-06))
    >>> tenth - third                   # 1.75e-6 of 1.0, in 0.5
    Positive(value=0.5, error=3.5e-06)
    """

    value: Scalar
    error: float

    def __add__(self, other: Positive | Scalar) -> Positive:
        theirs = _positive(other)
        total = self.value + theirs.value
        return Positive(total, _share(self, theirs, total))

    def __sub__(self, other: Positive | Scalar) -> Positive:
        theirs = _positive(other)
        rest = self.value - theirs.value
        return Positive(
            rest, _share(self, theirs, rest) if rest > 0 or not (self.value or theirs.value) else math.inf
        )

    def __mul__(self, other: Positive | Scalar) -> Positive:
        theirs = _positive(other)
        product = self.value * theirs.value
        return Positive(product, self.error + theirs.error if product else 0.0)

    def __truediv__(self, other: Positive | Scalar) -> Positive:
        theirs = _positive(other)
        if not self.value:
            return self
        return Positive(self.value / theirs.value, self.error + theirs.error)

    __radd__, __rmul__ = __add__, __mul__

    def __rsub__(self, other: Scalar) -> Positive:
        return _positive(other) - self

    def __rtruediv__(self, other: Scalar) -> Positive:
        return _positive(other) / self


def _positive(number: Positive | Scalar) -> Positive:
    return number if isinstance(number, Positive) else Positive(number, 0.0)


def _share(first: Positive, second: Positive, whole: Scalar) -> float:
    """The absolute errors of two numbers together, relative to ``whole``."""
    parts = (x for x in (first, second) if x.value and x.error)
    return sum(float(abs(x.value / whole)) * x.error for x in parts) if whole else 0.0
