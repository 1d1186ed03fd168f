"""Kernels phi(u) of spectral sums, each with its Mellin transform as a product of Gamma functions.

    Transform           what spectral sums ask of the transform of a kernel
    Kernel              ``phi(u)`` with ``Phi(s) = int_0^oo phi(u) u^(s-1) du``: values, poles, Laurent series
    EXPONENTIAL, ...    the kernels of the model's equations, and what each is as a function in ``KERNELS``
    damped_power(n)     ``u^n exp(-u)``

A kernel is what a new law may bring: its transform is all that `DirichletSeries.spectral_sum` asks for.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count, takewhile
from typing import Protocol

from sympy import (
    Dummy,
    Expr,
    Integer,
    Mul,
    Symbol,
    diff,
    exp,
    factor_terms,
    factorial,
    gamma,
    pi,
    sin,
    together,
)

from asymptotics.caches import cached
from asymptotics.domains.domain import normal
from asymptotics.expansions.laurent import Laurent, gamma_laurent, reflection
from asymptotics.transforms.poles import Pole

S = Dummy("s")
"""The variable of ``Kernel.factor``."""


class Transform(Protocol):
    """``Phi(s)``, its poles to the right of the strip, and its Laurent series."""

    @property
    def name(self) -> str: ...

    def reflect(self, s: Symbol) -> Expr: ...

    def poles(self, count: int) -> tuple[Pole, ...]: ...

    def laurent(self, point: Expr, terms: int) -> Laurent: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernel:
    """``phi(u)`` with ``Phi(s) = factor(s) * prod Gamma(s + r) * prod Gamma(c - s)``.

    ``rising`` holds the r, ``falling`` the c, ``factor`` is an entire function of the dummy `S`. Poles to
    the right of the strip are those of Gamma(c - s), at s = c, c + 1, ..., and the few that
    ``right`` names (of Gamma(s + r), where phi tends to a constant or to a power).
    """

    name: str
    rising: tuple[int, ...]
    falling: tuple[int, ...] = ()
    factor: Expr = Integer(1)
    right: tuple[int, ...] = ()

    def transform(self, s: Expr) -> Expr:
        """``Phi(s)``, from its Gamma functions."""
        gammas = (*(gamma(s + r) for r in self.rising), *(gamma(c - s) for c in self.falling))
        return self.factor.xreplace({S: s}) * Mul(*gammas)

    def reflect(self, s: Symbol) -> Expr:
        """``Phi(s)`` with each ``Gamma(s + r) Gamma(c - s)`` as a polynomial times ``pi/sin(pi s)``."""
        pairs, rising, falling = self._pairs()
        total = self.factor.xreplace({S: s})
        for r, c in pairs:
            total *= (-1) ** r * pi / sin(pi * s) * Mul(*(i - s for i in range(1 - r, c)))
        return total * Mul(*(gamma(s + r) for r in rising), *(gamma(c - s) for c in falling))

    def _pairs(self) -> tuple[tuple[tuple[int, int], ...], tuple[int, ...], tuple[int, ...]]:
        """Pairs of r and c, and what is left of either.

        ``Gamma(s + r) Gamma(c - s) = (-1)^r pi/sin(pi s) (1 - r - s)(2 - r - s) ... (c - 1 - s)``.
        """
        pairs = tuple(zip(self.rising, self.falling, strict=False))
        return pairs, self.rising[len(pairs) :], self.falling[len(pairs) :]

    def poles(self, count: int) -> tuple[Pole, ...]:
        """The first ``count`` poles to the right of the strip; or all of them, if fewer."""
        if not self.falling:
            return tuple(Pole(Integer(n)) for n in self.right)
        first = min(self.falling)
        return tuple(Pole(Integer(n), sum(c <= n for c in self.falling)) for n in range(first, first + count))

    def laurent(self, point: Expr, terms: int) -> Laurent:
        """``Phi(point + d)``, with ``terms`` coefficients."""
        return _laurent(self, point, terms)

    def _value(self, point: Expr) -> Expr:
        """``Phi`` at a regular point; ``Gamma(z) Gamma(1 - z)`` is written as ``pi/sin(pi z)``."""
        z = point if point.is_Rational else factor_terms(together(point))
        if len(self.rising) == len(self.falling) == 1 and self.rising[0] + self.falling[0] == 1:
            return self.factor.xreplace({S: z}) * (-1) ** self.rising[0] * pi / sin(pi * z)
        return self.transform(z)


@cached(maxsize=512)
def _laurent(kernel: Kernel, point: Expr, terms: int) -> Laurent:
    regular = not any((c - point).is_integer for c in kernel.falling) and point not in kernel.right
    if terms == 1 and regular:
        # at a regular point Gamma functions stay, so that zeros against poles cancel in them
        return Laurent(0, (kernel._value(point),))
    pairs, rising, falling = kernel._pairs()
    # each zero at the point takes one more term
    slopes = (diff(kernel.factor, S, i).xreplace({S: point}) for i in count())
    zeros = sum(1 for _ in takewhile(lambda slope: slope == 0, slopes))
    wanted, terms = terms, terms + zeros + sum(point in range(1 - r, c) for r, c in pairs)
    taylor = (diff(kernel.factor, S, i).xreplace({S: point}) / factorial(i) for i in range(terms))
    total = Laurent(0, tuple(taylor))
    for r, c in pairs:
        total = total * reflection(point, terms)
        total = Laurent(total.valuation, tuple((-1) ** r * x for x in total.coefficients))
        for i in range(1 - r, c):
            total = total * Laurent(0, (normal(i - point), Integer(-1), *[Integer(0)] * terms)[:terms])
    for r in rising:
        total = total * gamma_laurent(normal(point + r), terms)
    for c in falling:
        total = total * gamma_laurent(normal(c - point), terms).rescale(Integer(-1))
    total = total.trim()
    return Laurent(total.valuation, total.coefficients[:wanted])


EXPONENTIAL = Kernel(name="exp(-u)", rising=(0,))
RESOLVENT = Kernel(name="1/(1 + u)", rising=(0,), falling=(1,))
SQUARE = Kernel(name="1/(1 + u)^2", rising=(0,), falling=(2,))
FILTER = Kernel(name="u/(1 + u)", rising=(1,), falling=(0,), factor=Integer(1))
VARIANCE = Kernel(name="u/(1 + u)^2", rising=(1,), falling=(1,))
LEARNED = Kernel(name="1 - exp(-u)", rising=(0,), factor=Integer(-1), right=(0,))
LEARNED_SQUARED = Kernel(name="(1 - exp(-u))^2", rising=(0,), factor=2**-S - 2, right=(0,))
DRIVEN = Kernel(name="(1 - exp(-u))^2/u", rising=(-1,), factor=2 ** (1 - S) - 2, right=(1,))
KERNELS = {
    EXPONENTIAL: lambda u: exp(-u),
    RESOLVENT: lambda u: 1 / (1 + u),
    SQUARE: lambda u: 1 / (1 + u) ** 2,
    FILTER: lambda u: u / (1 + u),
    VARIANCE: lambda u: u / (1 + u) ** 2,
    LEARNED: lambda u: 1 - exp(-u),
    LEARNED_SQUARED: lambda u: (1 - exp(-u)) ** 2,
    DRIVEN: lambda u: (1 - exp(-u)) ** 2 / u,
}


def damped_power(power: int) -> Kernel:
    """The kernel ``u^power exp(-u)``."""
    return Kernel(name=f"u^{power} exp(-u)", rising=(power,))
