"""Arrays of numbers with about 100 bits, each the exact sum of two doubles, at the speed of NumPy.

What one operation on doubles rounds off is itself a double, and known: ``a + b = s + e`` by six additions
(Knuth), ``a b = p + e`` after each factor is split into halves of 26 bits (Dekker). So numbers are kept as
pairs, and a complex array is four arrays of doubles. Long sums of products are not added pair by pair: all
parts above one bit are cut off, so that they add up without rounding, then those above another one.

    Doubled            a complex array, with sums, products, slices
    double_up, single  from numbers of a `Field` and back
    exponentials       e^z, and of real numbers `real_exponentials`
    add_up             sum_j w_j u_j over the last axis, of products

The relative error of each is a few 2^-104; that of a sum is relative to the sizes of its terms.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from numerics.values.arithmetic import Array, Field, Scalar, field_of

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]
Pair = tuple[Floats, Floats]
"""A real array: the rounded number, and what is missing."""

BITS = 100
"""To so many bits products and quotients are right."""
LARGEST, SMALLEST = 1e140, 1e-140
"""Squares of numbers between these, and what is missing in them, are in the range of doubles."""
MIDDLE = 50
"""So many bits below the first cut of the terms of a sum is the second."""
HALVINGS = 6
"""The argument of an exponential is halved so often before its series."""
TERMS = 12
_SPLITTER = 134217729.0  # 2^27 + 1


def two_sum(a: Floats, b: Floats) -> Pair:
    """``a + b`` rounded, and the rest, exact.

    >>> two_sum(np.array(1.0), np.array(2.0**-60))
    (np.float64(1.0), np.float64(8.673617379884035e-19))
    """
    total = a + b
    shift = total - a
    return total, (a - (total - shift)) + (b - shift)


def _normal(a: Floats, b: Floats) -> Pair:
    """The pair of ``a + b`` where b is small."""
    total = a + b
    return total, b - (total - a)


def _halves(a: Floats) -> Pair:
    scaled = _SPLITTER * a
    high = scaled - (scaled - a)
    return high, a - high


def _rest(a: Pair, b: Pair, product: Floats) -> Floats:
    """What ``product`` of two numbers in halves has lost, exact."""
    return ((a[0] * b[0] - product) + a[0] * b[1] + a[1] * b[0]) + a[1] * b[1]


def add(a: Pair, b: Pair) -> Pair:
    """The sum of two pairs, in which nothing is lost where they cancel."""
    high, low = two_sum(a[0], b[0])
    more, rest = two_sum(a[1], b[1])
    high, low = _normal(high, low + more)
    return _normal(high, low + rest)


def multiply(a: Pair, b: Pair) -> Pair:
    """The product of two pairs."""
    product = a[0] * b[0]
    rest = _rest(_halves(a[0]), _halves(b[0]), product)
    return _normal(product, rest + (a[0] * b[1] + a[1] * b[0]))


def negative(a: Pair) -> Pair:
    return -a[0], -a[1]


@dataclass(frozen=True, slots=True, eq=False)
class Doubled:
    """A complex array as ``re + i im`` of pairs; shapes broadcast as those of NumPy.

    >>> with field_of(100) as field:
    ...     third = double_up(np.array([field.real(Fraction(1, 3))], dtype=object))
    ...     nine = third * third
    ...     abs(single(nine, field)[0] * 9 - 1) < 1e-30
    True
    """

    re: Pair
    im: Pair

    @property
    def rounded(self) -> Complexes:
        """The nearest complex doubles."""
        out = np.empty(np.shape(self.re[0]), dtype=np.complex128)
        out.real, out.imag = self.re[0], self.im[0]
        return out

    @property
    def missing(self) -> Complexes:
        """What `rounded` misses."""
        out = np.empty(np.shape(self.re[0]), dtype=np.complex128)
        out.real, out.imag = self.re[1], self.im[1]
        return out

    def __getitem__(self, where: Any) -> Doubled:
        return Doubled((self.re[0][where], self.re[1][where]), (self.im[0][where], self.im[1][where]))

    def __add__(self, other: Doubled) -> Doubled:
        return Doubled(add(self.re, other.re), add(self.im, other.im))

    def __sub__(self, other: Doubled) -> Doubled:
        return self + Doubled(negative(other.re), negative(other.im))

    def __mul__(self, other: Doubled) -> Doubled:
        a, b, c, d = self.re, self.im, other.re, other.im
        a2, b2, c2, d2 = (_halves(x[0]) for x in (a, b, c, d))

        def product(x: Pair, y: Pair, xs: Pair, ys: Pair) -> Pair:
            high = x[0] * y[0]
            return high, _rest(xs, ys, high) + (x[0] * y[1] + x[1] * y[0])

        ac, bd, ad, bc = (
            product(*pair) for pair in ((a, c, a2, c2), (b, d, b2, d2), (a, d, a2, d2), (b, c, b2, c2))
        )
        return Doubled(_sum_of_two(ac, negative(bd)), _sum_of_two(ad, bc))

    def scale(self, factor: float) -> Doubled:
        """The product with a small integer or a power of two, of whatever sign."""
        number = np.array(factor), np.array(0.0)
        return Doubled(multiply(self.re, number), multiply(self.im, number))

    @property
    def negative(self) -> Doubled:
        """``-z``."""
        return Doubled(negative(self.re), negative(self.im))

    def conj(self) -> Doubled:
        """The complex conjugate."""
        return Doubled(self.re, negative(self.im))

    def inverse(self) -> Doubled:
        """``1/z``, by one step of Newton's method from that of doubles.

        >>> with field_of(100) as field:
        ...     z = double_up(np.array([field.complex(field.real(3), field.real(4))], dtype=object))
        ...     abs(single(z.inverse(), field)[0] * field.complex(field.real(3), field.real(4)) - 1) < 1e-30
        True
        """
        rough = 1 / self.rounded
        u = np.ascontiguousarray(rough.real), np.ascontiguousarray(rough.imag)
        (u_re, u_im), (d_re, d_im) = ((_halves(x) for x in y) for y in (u, (self.re[0], self.im[0])))

        def product(x: Floats, y: Floats, xs: Pair, ys: Pair) -> Pair:
            high = x * y
            return high, _rest(xs, ys, high)

        one, two = product(u[0], self.re[0], u_re, d_re), product(u[1], self.im[0], u_im, d_im)
        three, four = product(u[0], self.im[0], u_re, d_im), product(u[1], self.re[0], u_im, d_re)
        near, low = two_sum(1.0 - np.zeros_like(one[0]), -one[0])
        left = np.empty(np.shape(one[0]), dtype=np.complex128)
        left.real = (near + two[0]) + (low - one[1] + two[1])
        left.imag = -((three[0] + four[0]) + (three[1] + four[1]))
        change = rough * (left - rough * self.missing)
        return Doubled(_normal(u[0], change.real), _normal(u[1], change.imag))


def _sum_of_two(a: Pair, b: Pair) -> Pair:
    """The sum of two products, whose small parts were not made small yet."""
    high, low = two_sum(a[0], b[0])
    return _normal(high, low + (a[1] + b[1]))


def double_up(numbers: Array) -> Doubled:
    """Numbers of a `Field` as a `Doubled` of the same shape; what is beyond 106 bits is rounded off."""
    flat = [_pairs(x) for x in numbers.reshape(-1)]
    columns = np.array(flat, dtype=np.float64).reshape(len(flat), 4).T.reshape(4, *numbers.shape)
    a, b, c, d = np.ascontiguousarray(columns)
    return Doubled((a, b), (c, d))


def _pairs(x: Scalar) -> tuple[float, float, float, float]:
    re, im = x.real, x.imag
    a, c = float(re), float(im)
    return a, float(re - a) if math.isfinite(a) else 0.0, c, float(im - c) if c else 0.0


def single(numbers: Doubled, field: Field) -> Array:
    """A `Doubled` as numbers of ``field``."""
    shape = np.shape(numbers.re[0])
    columns = [np.ravel(x).tolist() for x in (*numbers.re, *numbers.im)]
    real, together = field.real, field.complex
    out = np.empty(len(columns[0]), dtype=object)
    for i, (a, b, c, d) in enumerate(zip(*columns, strict=True)):
        out[i] = together(real(a) + real(b), real(c) + real(d))
    return out.reshape(shape)


# -- sums of products ---------------------------------------------------------------------------------


def add_up(weights: Doubled, factors: Doubled) -> tuple[Doubled, Floats]:
    """``sum_j w_j u_j`` over the last axis, and in doubles a bound of ``sum_j |w_j u_j|``.

    The error is a few 2^-`BITS` of the latter. It is the sum of ``|Re| + |Im|``, as roots would cost more
    than the products.
    """
    a, b, c, d = weights.re, weights.im, factors.re, factors.im
    a2, b2, c2, d2 = (_halves(x[0]) for x in (a, b, c, d))
    ac, bd, ad, bc = a[0] * c[0], b[0] * d[0], a[0] * d[0], b[0] * c[0]
    small_re = (_rest(a2, c2, ac) - _rest(b2, d2, bd)) + (
        (a[0] * c[1] + a[1] * c[0]) - (b[0] * d[1] + b[1] * d[0])
    )
    small_im = (_rest(a2, d2, ad) + _rest(b2, c2, bc)) + (
        (a[0] * d[1] + a[1] * d[0]) + (b[0] * c[1] + b[1] * c[0])
    )
    total = Doubled(_sum_cut(ac, -bd, small_re), _sum_cut(ad, bc, small_im))
    return total, (np.abs(ac - bd) + np.abs(ad + bc)).sum(axis=-1)


def _sum_cut(one: Floats, two: Floats, small: Floats) -> Pair:
    """The sum over the last axis of three arrays, the third of which is 2^50 times smaller."""
    largest = np.maximum(np.abs(one).max(axis=-1, initial=0.0), np.abs(two).max(axis=-1, initial=0.0))
    bits = math.ceil(math.log2(2 * one.shape[-1] + 2)) + 1
    exponent = np.frexp(np.where(largest > 0, largest, 1.0))[1] + bits
    (first, one), (second, two) = (_cut(part, exponent) for part in (one, two))
    high, low = two_sum(first, second)
    rest = np.zeros_like(largest)
    for part in (one, two, small):
        middle, left = _cut(part, exponent + bits - MIDDLE)
        high, more = two_sum(high, middle)
        low, rest = low + more, rest + left.sum(axis=-1)
    return _normal(high, low + rest)


def _cut(part: Floats, exponent: Any) -> tuple[Floats, Floats]:
    """The sum over the last axis of all that is above a bit, which is exact, and what is below it."""
    cut = np.ldexp(1.0, exponent)[..., None]
    whole = (cut + part) - cut
    return whole.sum(axis=-1), part - whole


# -- exponentials ---------------------------------------------------------------------------------------


@cache
def _constants() -> tuple[tuple[float, float, float], tuple[float, float, float], tuple[Doubled, ...]]:
    """log 2 and pi/2 in three parts of which the first have few bits, and the 1/n!."""
    with field_of(250) as field:

        def parts(x: Scalar) -> tuple[float, float, float]:
            first = math.ldexp(round(math.ldexp(float(x), 32)), -32)
            second = float(x - first)
            second = math.ldexp(round(math.ldexp(second, 70)), -70)
            return first, second, float(x - first - second)

        factorials = tuple(
            double_up(np.array([field.complex(field.real(Fraction(1, math.factorial(n))), field.real(0))]))
            for n in range(TERMS + 1)
        )
        return parts(field.log(field.real(2))), parts(field.pi() / 2), factorials


def exponentials(z: Doubled) -> Doubled:
    """``e^z``, for |Re z| < 700 and |Im z| < 10^6; where Re z is below, 0.

    With ``z = k log 2 + n i pi/2 + 2^6 w``, the series of ``e^w - 1``, doubled six times as
    ``E -> E (2 + E)``, so that no bits are lost in the doubling.

    >>> with field_of(120) as field:
    ...     z = field.complex(field.real(-20), field.real(30))
    ...     found = single(exponentials(double_up(np.array([z], dtype=object))), field)[0]
    ...     float(abs(found/field.exp(z) - 1)) < 1e-29
    True
    """
    log2, quarter, factorials = _constants()
    k = np.round(z.re[0] / log2[0])
    n = np.round(z.im[0] / quarter[0])
    re, im = z.re, z.im
    for part in zip(log2, quarter, strict=True):
        re = add(re, _exact(-k, part[0]))
        im = add(im, _exact(-n, part[1]))
    scale = 2.0**-HALVINGS
    w = Doubled((re[0] * scale, re[1] * scale), (im[0] * scale, im[1] * scale))
    total = factorials[TERMS]
    for factorial in reversed(factorials[1:TERMS]):
        total = total * w + factorial
    rise = total * w
    for _ in range(HALVINGS):
        square = rise * rise
        rise = Doubled(
            add((2 * rise.re[0], 2 * rise.re[1]), square.re), add((2 * rise.im[0], 2 * rise.im[1]), square.im)
        )
    one = np.ones_like(rise.re[0]), np.zeros_like(rise.re[0])
    whole = Doubled(add(one, rise.re), rise.im)
    turned = _turn(whole, n)
    grow = np.ldexp(1.0, np.clip(k, -1000, 1000).astype(int))
    grow = np.where(k < -1000, 0.0, grow)
    return Doubled((turned.re[0] * grow, turned.re[1] * grow), (turned.im[0] * grow, turned.im[1] * grow))


def real_exponentials(x: Pair) -> Pair:
    """``e^x`` of a real array, as `exponentials`."""
    log2, _, factorials = _constants()
    k = np.round(x[0] / log2[0])
    for part in log2:
        x = add(x, _exact(-k, part))
    w = x[0] * 2.0**-HALVINGS, x[1] * 2.0**-HALVINGS
    total = factorials[TERMS].re
    for factorial in reversed(factorials[1:TERMS]):
        total = add(multiply(total, w), factorial.re)
    rise = multiply(total, w)
    for _ in range(HALVINGS):
        rise = add((2 * rise[0], 2 * rise[1]), multiply(rise, rise))
    high, low = add((np.ones_like(rise[0]), np.zeros_like(rise[0])), rise)
    grow = np.where(k < -1000, 0.0, np.ldexp(1.0, np.clip(k, -1000, 1000).astype(int)))
    return high * grow, low * grow


def _exact(a: Floats, b: float) -> Pair:
    product = a * b
    high, low = _halves(np.array(b))
    return product, _rest(_halves(a), (high, low), product)


def _turn(z: Doubled, n: Floats) -> Doubled:
    """``i^n z``."""
    quarter = np.mod(n, 4)
    swap = np.mod(quarter, 2) == 1
    re = tuple(np.where(swap, b, a) for a, b in zip(z.re, z.im, strict=True))
    im = tuple(np.where(swap, a, b) for a, b in zip(z.re, z.im, strict=True))
    minus_re = np.where((quarter == 1) | (quarter == 2), -1.0, 1.0)
    minus_im = np.where((quarter == 2) | (quarter == 3), -1.0, 1.0)
    return Doubled((re[0] * minus_re, re[1] * minus_re), (im[0] * minus_im, im[1] * minus_im))
