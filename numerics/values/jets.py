"""Truncated power series in one small number, with arrays as coefficients.

    (u_0 + u_1 e + ... + u_m e^m)(v_0 + v_1 e + ...) = sum_n e^n sum_(i<=n) u_i v_(n-i) + O(e^(m+1))

What is written for arrays (`two_time`, `sgd`) is differentiated in 1/N or 1/P by being given jets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from numerics.values.arithmetic import Array, Scalar

Series = Any
"""An array of numbers of a `Field`, or a `Jet` of such arrays; the two share no common type."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Jet:
    """``sum_n terms[n] e^n`` up to the last term; all arrays broadcast against each other.

    Dimensionless; every operation is exact up to rounding. Jets of different length give the shorter one.

    >>> import numpy as np
    >>> one_plus = Jet(terms=(np.array([1]), np.array([2]), np.array([0])))
    >>> [int(x[0]) for x in (1 / one_plus).terms]        # 1/(1 + 2 e) = 1 - 2 e + 4 e^2
    [1, -2, 4]
    """

    terms: tuple[Array, ...]
    # NumPy leaves `array * jet` to the jet instead of making an array of jets.
    __array_ufunc__: ClassVar[None] = None

    def __add__(self, other: Series) -> Jet:
        if not isinstance(other, Jet):
            return Jet(terms=(self.terms[0] + other, *self.terms[1:]))
        return Jet(terms=tuple(u + v for u, v in zip(self.terms, other.terms, strict=False)))

    def __neg__(self) -> Jet:
        return Jet(terms=tuple(-u for u in self.terms))

    def __sub__(self, other: Series) -> Jet:
        return self + (-other)

    def __rsub__(self, other: Series) -> Jet:
        return -self + other

    def __mul__(self, other: Series) -> Jet:
        if not isinstance(other, Jet):
            return Jet(terms=tuple(u * other for u in self.terms))
        orders = range(min(len(self.terms), len(other.terms)))
        return Jet(terms=tuple(_product(self.terms, other.terms, n) for n in orders))

    def __truediv__(self, other: Series) -> Jet:
        if not isinstance(other, Jet):
            return Jet(terms=tuple(u / other for u in self.terms))
        terms: list[Array] = []
        for n in range(min(len(self.terms), len(other.terms))):
            known = self.terms[n]
            if n:
                known = known - _product(terms, other.terms[1:], n - 1)
            terms.append(known / other.terms[0])
        return Jet(terms=tuple(terms))

    def __rtruediv__(self, other: Series) -> Jet:
        nothing = self.terms[0] * 0
        return Jet(terms=(nothing + other, *([nothing] * (len(self.terms) - 1)))) / self

    __radd__ = __add__
    __rmul__ = __mul__

    def __getitem__(self, where: Any) -> Jet:
        """Each coefficient indexed, as an array would be."""
        return Jet(terms=tuple(u[where] for u in self.terms))


def _product(one: Sequence[Array], two: Sequence[Array], order: int) -> Array:
    total = one[0] * two[order]
    for i in range(1, order + 1):
        total = total + one[i] * two[order - i]
    return total


def small(at: Scalar, orders: int) -> Jet:
    """``at + e``, with terms up to e^orders; ``at`` and its like are scalars."""
    nothing = at * 0
    return Jet(terms=(at, nothing + 1, *([nothing] * (orders - 1))))


def compose(derivatives: Array, at: Jet) -> Jet:
    """``f(x(e))`` from ``f, f', ...`` at x_0 along the first axis, to the order of ``at`` or of these.

    >>> import numpy as np
    >>> square = np.array([[9.0], [6.0], [2.0]])        # x^2 and its derivatives at x = 3
    >>> moved = compose(square, Jet(terms=(np.array([3]), np.array([1]), np.array([0]))))
    >>> [float(x[0]) for x in moved.terms]
    [9.0, 6.0, 1.0]
    """
    terms = at.terms[: len(derivatives)]
    nothing = terms[0] * 0
    step = Jet(terms=(nothing, *terms[1:]))
    total = Jet(terms=(nothing,) * len(terms))
    for n in range(len(terms) - 1, -1, -1):
        total = total * step / (n + 1) + derivatives[n]
    return total
