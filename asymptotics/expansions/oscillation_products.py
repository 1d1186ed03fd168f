"""Terms with oscillating coefficients under an inverse Laplace transform, harmonic by harmonic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import mpmath
from sympy import (
    Add,
    Dummy,
    Expr,
    Float,
    Function,
    I,
    Integer,
    Lambda,
    Mul,
    Symbol,
    Tuple,
    diff,
    exp,
    factorial,
    gamma,
    lambdify,
    pi,
)
from sympy.core.function import ArgumentIndexError

from asymptotics.caches import cached
from asymptotics.errors import PrecisionError
from asymptotics.expansions.oscillation import Oscillation, summands
from asymptotics.expansions.ring import Element, element
from asymptotics.expansions.terms import Term
from asymptotics.precision import working_bits

_w = Dummy("w")
_n = Symbol("n", integer=True)


class WaveProduct(Function):  # type: ignore[misc]
    """A product of oscillations of one period, each harmonic of the product times a factor.

    ``WaveProduct(((G_1, s_1), ...), H, r, u)`` is

        sum_n H(2 pi i n/r) e^(-2 pi i n u) sum prod_j G_j(s_j + 2 pi i n_j/r),

    the inner sum over ``n_1 + n_2 + ... = n``, no n_j = 0. With H = 1 it is the product. Numbers come by
    ``evalf``, relative to the largest harmonic; `PrecisionError` if the harmonics do not fall.

    >>> from sympy import gamma, Rational
    >>> s = Dummy("s")
    >>> u = Rational(1, 7)
    >>> wave = Oscillation(Lambda(s, gamma(s)), Integer(1), Integer(3), u)
    >>> one = Lambda(s, Integer(1))
    >>> square = WaveProduct(Tuple(wave.args[:2], wave.args[:2]), one, Integer(3), u)
    >>> abs(square.evalf(25) - wave.evalf(25) ** 2) < 1e-20
    True
    """

    nargs = 4
    opaque = True
    oscillates = True
    is_extended_real = True
    is_finite = True
    is_commutative = True

    def fdiff(self, argindex: int = 4) -> Expr:
        """The slope in u: each harmonic times ``-2 pi i n``."""
        if argindex != 4:
            raise ArgumentIndexError(self, argindex)
        factors, change, rate, phase = self.args
        return WaveProduct(factors, Lambda(_w, -rate * _w * change(_w)), rate, phase)

    def _eval_evalf(self, prec: int) -> Expr | None:
        if self.free_symbols:
            return None
        factors, change, rate, phase = self.args
        return Float._new(_product_sum(factors, change, rate, phase, prec)._mpf_, prec)

    def _parts(self) -> tuple[Expr, tuple[Expr, ...]]:
        factors, change, rate, phase = self.args
        indices = [Symbol(f"n{i + 1}", integer=True) for i in range(len(factors))]
        outer = change(2 * pi * I * _n / rate) * exp(-2 * pi * I * _n * phase)
        inner = (G(s + 2 * pi * I * i / rate) for i, (G, s) in zip(indices, factors, strict=True))
        return outer, tuple(inner)

    def _sympystr(self, printer: Any) -> str:
        outer, inner = self._parts()
        names = " + ".join(f"n{i + 1}" for i in range(len(inner)))
        product = "*".join(printer._print(x) for x in inner)
        return f"Sum({printer._print(outer)}*Sum({product}, {names} = n), n)"

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        outer, inner = self._parts()
        names = " + ".join(f"n_{{{i + 1}}}" for i in range(len(inner)))
        product = " ".join(printer._print(x) for x in inner)
        text = rf"\sum_n {printer._print(outer)} \sum_{{{names} = n}} {product}"
        return rf"\left({text}\right)^{{{exp}}}" if exp else rf"\left({text}\right)"


@cached(maxsize=1024)
def _product_sum(factors: Tuple, change: Expr, rate: Expr, phase: Expr, prec: int) -> mpmath.mpf:
    with working_bits(prec + 80):
        length, u = (x.evalf(mpmath.mp.dps + 10)._to_mpmath(mpmath.mp.prec) for x in (rate, phase))
        u -= mpmath.floor(u)
        step = mpmath.mpc(0, 2 * mpmath.pi / length)
        outer = lambdify(change.variables[0], change.expr, "mpmath")
        centre = _at_zero(outer)
        small = mpmath.ldexp(1, -prec - 30)
        for count in (8, 16, 32, 64, 128, 256, 512):
            weights = [centre, *(outer(step * n) for n in range(1, count + 1))]
            rows = []
            for G, s in factors:
                value = lambdify(G.variables[0], G.expr, "mpmath")
                first = s.evalf(mpmath.mp.dps + 10)._to_mpmath(mpmath.mp.prec)
                rows.append([mpmath.mpf(0), *(value(first + step * n) for n in range(1, count + 1))])
            biggest = max(abs(x) for row in rows for x in row)
            growth = max(abs(weights[-1]), mpmath.mpf(1))
            if all(abs(row[-1]) * growth * count <= small * biggest for row in rows):
                break
        else:
            raise PrecisionError(f"the harmonics of a product of oscillations do not fall within {count}")
        full = _both_sides(rows[0])
        for row in rows[1:]:
            full = _convolve(full, _both_sides(row))
        total = mpmath.mpc(0)
        for n in range(-count, count + 1):
            weight = weights[n] if n >= 0 else mpmath.conj(weights[-n])
            total += weight * full.get(n, 0) * mpmath.expjpi(-2 * n * u)
        return total.real


def _at_zero(function: Any) -> mpmath.mpf:
    """An entire function at 0 by its mean over a circle, as it may be written with poles that cancel.

    On K points of radius 1/4 the error is that of the Taylor coefficients from K on, times 4^-K.
    """
    count = 2 * (mpmath.mp.prec // 4 + 4)  # even: no point on the real axis
    circle = (mpmath.expjpi(mpmath.mpf(2 * j + 1) / count) / 4 for j in range(count))
    return mpmath.fsum(function(x) for x in circle).real / count


def _both_sides(row: list[Any]) -> dict[int, Any]:
    """Harmonics n of a real function from those with n >= 0."""
    return {n: row[n] if n >= 0 else mpmath.conj(row[-n]) for n in range(1 - len(row), len(row))}


def _convolve(left: dict[int, Any], right: dict[int, Any]) -> dict[int, Any]:
    last = max(left)
    return {
        n: mpmath.fsum(x * right[n - m] for m, x in left.items() if n - m in right)
        for n in range(-last, last + 1)
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Waves:
    """A coefficient as its mean and a sum of products of oscillations in log z, each with a factor."""

    mean: Element
    products: tuple[tuple[Expr, tuple[Oscillation, ...]], ...]
    variable: Symbol

    def transform(self, q: Expr, j: int, time: Symbol) -> Element:
        """What the oscillations leave beside ``D^j`` in the inverse transform of ``z^q C``.

        The harmonic ``z^(q + 2 pi i n/r)`` gives ``T^(-q - 1 - 2 pi i n/r)/Gamma(-q - 2 pi i n/r)``: the
        harmonics are multiplied by the coefficient of d^j of ``1/Gamma(-q - w + d)``, w = 2 pi i n/r.
        """
        if not self.products:
            return Element({})
        moved = Dummy("q")
        slope = diff(1 / gamma(-moved - _w), moved, j).xreplace({moved: q}) * (-1) ** j / factorial(j)
        parts = (factor * _divide(waves, slope) for factor, waves in self.products)
        return element(Add(*parts).xreplace({self.variable: 1 / time}))


def split_waves(term: Term, z: Symbol) -> Waves | None:
    """A coefficient as a polynomial in oscillations of one period; None if it is something else."""
    if not term.element.has(z):
        return Waves(mean=term.element, products=(), variable=z)
    mean, products = _products(term.coefficient)
    return None if products is None else Waves(mean=element(mean), products=tuple(products), variable=z)


def _divide(waves: tuple[Oscillation, ...], slope: Expr) -> Expr:
    """The product of the waves with its harmonics times ``slope``, a function of ``w = 2 pi i n/r``."""
    if len(waves) == 1:
        return waves[0].modify(lambda G, s, location, rate: G * slope.xreplace({_w: s - location}))
    _, _, rate, phase = waves[0].args
    return WaveProduct(Tuple(*(Tuple(*wave.args[:2]) for wave in waves)), Lambda(_w, slope), rate, phase)


def _products(
    coefficient: Expr,
) -> tuple[Expr, list[tuple[Expr, tuple[Oscillation, ...]]] | None]:
    """A coefficient as its mean and products of oscillations with constants; None if it is something else."""
    mean, products = Integer(0), []
    for part in summands(coefficient):
        waves: list[Oscillation] = []
        rest = []
        for factor in Mul.make_args(part):
            base, exponent = factor.as_base_exp()
            if isinstance(base, Oscillation) and exponent.is_Integer and exponent > 0:
                waves += [base] * int(exponent)
            else:
                rest.append(factor)
        constant = Mul(*rest)
        if constant.has(Oscillation) or len({wave.args[2:] for wave in waves}) > 1:
            return mean, None
        if waves:
            products.append((constant, tuple(waves)))
        else:
            mean += constant
    return mean, products
