"""Sums over the integer lattice: ``Z_d(z) = sum_{n in Z^d, n != 0} |n|^(-2z)``, Epstein's zeta function.

With ``r_d(j)`` the number of n with |n|^2 = j it is ``sum_j r_d(j) j^-z``. Riemann's splitting
(Epstein 1903; Terras, Harmonic Analysis on Symmetric Spaces, section 1.4),

    pi^-z Gamma(z) Z_d(z) = -1/z - 1/(d/2 - z) + sum_{n != 0} [ E(z, |n|^2) + E(d/2 - z, |n|^2) ],
    E(z, j) = (pi j)^-z Gamma(z, pi j),

gives it everywhere: one pole, at z = d/2, with residue ``pi^(d/2)/Gamma(d/2)``; the value -1 at 0 and 0 at
negative integers.
"""

from __future__ import annotations

from typing import Any

import mpmath
from sympy import Expr, Float, Function, Integer, gamma, pi, zoo

from asymptotics.caches import cached
from asymptotics.domains.domain import normal
from asymptotics.errors import DomainError
from asymptotics.precision import working

LARGEST = 10**6
"""The largest |n|^2 that is counted."""


@cached(maxsize=32)
def squares_table(dimension: int, largest: int) -> tuple[int, ...]:
    """``r_d(0) ... r_d(largest)``: in how many ways j is a sum of d squares, order and signs counted.

    >>> squares_table(2, 10)
    (1, 4, 4, 0, 4, 8, 0, 0, 4, 4, 8)
    """
    one = {0: 1}
    root = 1
    while root * root <= largest:
        one[root * root] = 2
        root += 1
    counts = [1] + [0] * largest
    for _ in range(dimension):
        after = [0] * (largest + 1)
        for square, ways in one.items():
            for j in range(largest - square + 1):
                if counts[j]:
                    after[j + square] += ways * counts[j]
        counts = after
    return tuple(counts)


class SquaresCount(Function):  # type: ignore[misc]
    """``SquaresCount(d, k)``: r_d(k), the Fourier modes n of the d-torus with |n|^2 = k (dimensionless).

    >>> SquaresCount(3, 9)
    30
    """

    nargs = 2
    meaning = r"r_d(k)\text{: the number of points of }\mathbb{Z}^d\text{ with }|n|^2 = k"
    is_integer = True
    is_nonnegative = True

    @classmethod
    def eval(cls, dimension: Expr, level: Expr) -> Expr | None:
        for name, value, least in (("d", dimension, 1), ("k", level, 0)):
            if value.is_number and not (value.is_Integer and value >= least):
                raise DomainError(f"{name} = {value}; sums of squares need an integer {name} >= {least}")
        if not (dimension.is_Integer and level.is_Integer):
            return None
        if level > LARGEST:
            raise DomainError(f"|n|^2 = {level}; sums of squares are counted up to {LARGEST}")
        size = 64
        while size < level:
            size *= 2
        return Integer(squares_table(int(dimension), size)[int(level)])

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        d, k = (printer._print(x) for x in self.args)
        text = rf"r_{{{d}}}\left({k}\right)"
        return rf"{text}^{{{exp}}}" if exp else text


class LatticeZeta(Function):  # type: ignore[misc]
    """``LatticeZeta(d, z)``: ``Z_d(z)``, continued; infinite at ``z = d/2``.

    Numbers by ``evalf`` to any number of digits, for whole d.

    >>> LatticeZeta(2, 0), LatticeZeta(2, -3), LatticeZeta(1, 1).evalf(20)      # 2 zeta(2)
    (-1, 0, 3.2898681336964528729)
    """

    nargs = 2
    meaning = (
        r"Z_d(z) = \textstyle\sum_{n \in \mathbb{Z}^d,\, n \neq 0} |n|^{-2 z}\text{, continued analytically}"
    )
    opaque = True  # a constant of its own in tests for cancellation
    is_real = True

    @classmethod
    def eval(cls, dimension: Expr, point: Expr) -> Expr | None:
        if point.is_Integer and point <= 0:
            return Integer(-1 if point == 0 else 0)
        return zoo if normal(point - dimension / 2) == 0 else None

    def _eval_evalf(self, prec: int) -> Expr | None:
        dimension, point = self.args
        if not (dimension.is_Integer and dimension > 0 and point.is_number):
            return None
        digits = int(prec * 0.30103) + 5
        with working(digits + 15):
            z = point.evalf(digits + 15)._to_mpmath(mpmath.mp.prec)
            value = _epstein(int(dimension), z, at_pole=False)
        return Float._new(value._mpf_, prec)

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        d, z = (printer._print(x) for x in self.args)
        text = rf"Z_{{{d}}}\left({z}\right)"
        return rf"\left({text}\right)^{{{exp}}}" if exp else text


class LatticeConstant(Function):  # type: ignore[misc]
    """``LatticeConstant(d)``: the limit of ``Z_d(z) - (residue)/(z - d/2)`` as z -> d/2.

    >>> LatticeConstant(1).evalf(20)      # 2 zeta(2z) at z = 1/2: twice Euler's constant
    1.1544313298030657212
    """

    nargs = 1
    meaning = (
        r"\gamma_d = \lim_{z \to d/2} \left[Z_d(z) - \tfrac{\pi^{d/2}}{\Gamma(d/2)} \tfrac{1}{z - d/2}\right]"
    )
    opaque = True
    is_real = True

    def _eval_evalf(self, prec: int) -> Expr | None:
        (dimension,) = self.args
        if not (dimension.is_Integer and dimension > 0):
            return None
        with working(int(prec * 0.30103) + 20):
            value = _epstein(int(dimension), mpmath.mpf(int(dimension)) / 2, at_pole=True)
        return Float._new(value._mpf_, prec)

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        text = rf"\gamma_{{{printer._print(self.args[0])}}}"
        return rf"{text}^{{{exp}}}" if exp else text


def lattice_residue(dimension: Expr) -> Expr:
    """The residue of ``Z_d(z)`` at ``z = d/2``: the area of the unit sphere over 2, ``pi^(d/2)/Gamma(d/2)``.

    >>> lattice_residue(Integer(2)), lattice_residue(Integer(1))
    (pi, 1)
    """
    return pi ** (dimension / 2) / gamma(dimension / 2)


def _epstein(dimension: int, z: mpmath.mpf, *, at_pole: bool) -> mpmath.mpf:
    """The value by the splitting, or the finite part where ``z = d/2``."""
    half = mpmath.mpf(dimension) / 2
    # terms fall like e^(-pi j), times r_d(j) < (4 j)^(d/2)
    largest = int((mpmath.mp.dps * 2.303 + dimension * 4) / 3.14) + 4
    total = mpmath.mpf(0)
    for j, ways in enumerate(squares_table(dimension, largest)):
        if j and ways:
            x = mpmath.pi * j
            total += ways * (x**-z * mpmath.gammainc(z, x) + x ** (z - half) * mpmath.gammainc(half - z, x))
    if at_pole:
        # pi^z/Gamma(z) = (pi^half/Gamma(half)) (1 + (log pi - digamma(half)) (z - half) + ...)
        total += mpmath.log(mpmath.pi) - mpmath.digamma(half) - 1 / half
    else:
        total -= 1 / z + 1 / (half - z)
    return mpmath.pi**z * mpmath.rgamma(z) * total
