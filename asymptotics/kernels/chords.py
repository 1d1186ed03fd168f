"""Power series of a zonal kernel in the chord r at t = 1 or t = -1, ``r^2 = 2 (1 -+ t)``.

Kernels of networks are analytic in r where they are not in t, since ``acos(1 - r^2/2) = 2 asin(r/2)``; odd
powers of r are their singular part. Series are lists of coefficients, cut at some power of r.

    chord_series    the series of an expression
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import reduce

import mpmath
from sympy import (
    Add,
    Expr,
    Function,
    Integer,
    Rational,
    Symbol,
    acos,
    asin,
    binomial,
    exp,
    expand,
    factorial,
    pi,
)

from asymptotics.errors import SpectrumError
from asymptotics.parsing.heights import to_power

Series = list[Expr]
HALF = Rational(1, 2)
LONG = 60
"""Kernels of numbers with more operations have decimals as coefficients."""
DIGITS, ROUND_OFF = 40, 1e-28


def chord_series(kernel: Expr, t: Symbol, end: int, length: int) -> Series:
    """The coefficients of ``r^0 ... r^(length - 1)`` at t = end.

    Raises `SpectrumError` for a kernel that is not analytic in r there.

    >>> t = Symbol("t")
    >>> chord_series(acos(t), t, 1, 6)
    [0, 1, 0, 1/24, 0, 3/640]
    """
    write = _decimal if kernel.count_ops() > LONG and kernel.free_symbols == {t} else expand
    # square roots and quotients take orders away
    for more in (4, 8, 16):
        found = _Chords(t, end, write).series(kernel, length + more)
        if len(found) >= length:
            return found[:length]
    raise SpectrumError(f"the kernel {kernel} has no power series at t = {end}")


def _decimal(value: Expr) -> Expr:
    """The number, with whole ones exact, so that what cancels is zero."""
    if value.is_Integer:
        return value
    number = value.evalf(DIGITS)
    near = Integer(int(mpmath.nint(mpmath.mpf(number))))
    return near if abs(number - near) < ROUND_OFF else number


@dataclass(frozen=True, slots=True)
class _Chords:
    """Series at one end; ``write`` brings coefficients to a form in which what cancels is zero."""

    t: Symbol
    end: int
    write: Callable[[Expr], Expr]
    known: dict[tuple[Expr, int], Series] = field(default_factory=dict)
    """Layers of a network hold the layers before them many times."""

    def series(self, node: Expr, n: int) -> Series:
        if (node, n) not in self.known:
            self.known[node, n] = self.expand(node, n)
        return self.known[node, n]

    def expand(self, node: Expr, n: int) -> Series:
        if not node.has(self.t):
            return [self.write(node), *[Integer(0)] * (n - 1)]
        if node == self.t:
            return [Integer(self.end), Integer(0), -Rational(self.end, 2), *[Integer(0)] * (n - 3)]
        if node.is_Add:
            return reduce(self.sum, (self.series(part, n) for part in node.args))
        if node.is_Mul:
            return reduce(self.product, (self.series(part, n) for part in node.args))
        if node.is_Pow and not node.exp.has(self.t):
            return self.power(self.series(node.base, n), node.exp)
        if isinstance(node, Function) and len(node.args) == 1:
            return self.function(node.func, self.series(node.args[0], n))
        raise SpectrumError(f"{node} is not expanded at t = {self.end}; write sums, products and powers of t")

    def sum(self, one: Series, two: Series) -> Series:
        return [self.write(a + b) for a, b in zip(one, two, strict=False)]

    def product(self, one: Series, two: Series) -> Series:
        found = []
        for i in range(min(len(one), len(two))):
            pairs = ((one[j], two[i - j]) for j in range(i + 1))
            found.append(self.write(Add(*(a * b for a, b in pairs if a != 0 and b != 0))))
        return found

    def power(self, base: Series, power: Expr) -> Series:
        if power.is_Integer and 0 < power <= 8:
            return reduce(self.product, [base] * int(power))
        first = next((i for i, c in enumerate(base) if c != 0), len(base))
        lift = first * power
        if first == len(base) or not (lift.is_Integer and lift >= 0):
            raise SpectrumError(f"a power {power} of what is as r^{first} is not analytic in the chord r")
        lead = base[first]
        rest = [Integer(0), *(self.write(c / lead) for c in base[first + 1 :])]
        coefficients = [self.write(binomial(power, j) * to_power(lead, power)) for j in range(len(rest))]
        return [Integer(0)] * int(lift) + self.compose(coefficients, rest)

    def function(self, function: type[Function], inside: Series) -> Series:
        """By its Taylor series at the value of the argument; the inverse cosine at 1 and -1 by the sine's."""
        value = inside[0]
        if function is asin and value in (1, -1):
            cosine = self.function(acos, inside)
            return [self.write(pi / 2 - cosine[0]), *(-c for c in cosine[1:])]
        if function is acos and value in (1, -1):
            near = [(1 - value * c if i == 0 else -value * c) / 2 for i, c in enumerate(inside)]
            sine = self.function(asin, self.power(near, HALF))
            turned = [2 * value * c for c in sine]
            return turned if value == 1 else [self.write(pi + turned[0]), *turned[1:]]
        y = Symbol("y")
        derivatives: list[Expr] = [function(y)]
        for _ in range(len(inside) - 1):
            derivatives.append(derivatives[-1] if function is exp else derivatives[-1].diff(y))
        coefficients = [d.subs(y, value) / factorial(j) for j, d in enumerate(derivatives)]
        if not all(c.is_finite for c in coefficients):
            raise SpectrumError(f"{function.__name__} is singular at {value}")
        return self.compose([self.write(c) for c in coefficients], [Integer(0), *inside[1:]])

    def compose(self, coefficients: Series, inside: Series) -> Series:
        """``sum_j coefficients[j] inside^j`` by Horner's scheme; ``inside`` begins with r."""
        total = [coefficients[-1], *[Integer(0)] * (len(inside) - 1)]
        for c in coefficients[-2::-1]:
            total = self.product(total, inside)
            total[0] = self.write(total[0] + c)
        return total
