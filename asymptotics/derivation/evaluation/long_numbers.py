"""The long numbers that sums over modes are computed in: those of gmpy2 where it is installed, else mpmath's.

Both round to the same binary digits; gmpy2 takes a quarter of the time (the extra ``fast``).

    Long         mpmath's numbers
    Quick        gmpy2's
    NUMBERS      those of nodes
    numbers_for  those that a summand can be computed in
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from typing import Any

import mpmath
from sympy import Expr, Float, Function, NumberSymbol, Pow, exp


class expm1(Function):  # type: ignore[misc]
    """``exp(y) - 1`` without cancellation."""

    nargs = 1


class log1p(Function):  # type: ignore[misc]
    """``log(1 + y)`` without cancellation."""

    nargs = 1


def exp_less_one(y: Any) -> Any:
    """``exp(y) - 1 = 2 exp(y/2) sinh(y/2)``: to full relative accuracy, and quicker than mpmath's own."""
    return 2 * mpmath.exp(y / 2) * mpmath.sinh(y / 2)


class Long:
    """Numbers of mpmath as they are."""

    modules: tuple[Any, ...] = ({"expm1": exp_less_one, "log1p": mpmath.log1p}, "mpmath")
    exp = staticmethod(mpmath.exp)

    def working(self) -> AbstractContextManager[Any]:
        """A block in which these numbers have the digits of mpmath."""
        return nullcontext()

    def of(self, x: Any) -> Any:
        """A number of mpmath in these."""
        return x

    def back(self, x: Any) -> Any:
        """And of these in mpmath."""
        return x

    def total(self, terms: list[Any]) -> Any:
        """The sum."""
        return mpmath.fsum(terms)


LONG = Long()


class Quick(Long):
    """Numbers of gmpy2."""

    def __init__(self) -> None:
        gmpy2 = self._gmpy2 = import_module("gmpy2")

        def less_one(y: Any) -> Any:
            # sinh has no number where the exponential has
            return gmpy2.exp(y) - 1 if abs(y) > 1 else 2 * gmpy2.exp(y / 2) * gmpy2.sinh(y / 2)

        self.exp = gmpy2.exp
        self.modules = (
            {"expm1": less_one, "exp": gmpy2.exp, "mpf": gmpy2.mpfr, "sqrt": gmpy2.sqrt},
            "mpmath",
        )

    def working(self) -> AbstractContextManager[Any]:
        return self._gmpy2.context(precision=mpmath.mp.prec)

    def of(self, x: Any) -> Any:
        whole = mpmath.mpmathify(x)
        if isinstance(whole, mpmath.mpc):
            return self._gmpy2.mpc(self.of(whole.real), self.of(whole.imag))
        if not mpmath.isfinite(whole):
            return self._gmpy2.mpfr(float(whole))
        sign, digits, exponent, _ = whole._mpf_
        shift = self._gmpy2.mul_2exp if exponent >= 0 else self._gmpy2.div_2exp
        return shift(self._gmpy2.mpfr(-digits if sign else digits), abs(exponent))

    def back(self, x: Any) -> Any:
        if x.imag != 0:
            return mpmath.mpc(self.back(x.real), self.back(x.imag))
        if not self._gmpy2.is_finite(x.real):
            return mpmath.mpf(float(x.real))
        return mpmath.ldexp(*map(int, x.real.as_mantissa_exp()))

    def total(self, terms: list[Any]) -> Any:
        return sum(terms)


NUMBERS = Quick() if mpmath.libmp.BACKEND == "gmpy" else Long()
"""Those that nodes are computed in."""


def numbers_for(summand: Expr, *, powers: bool = False) -> Long:
    """Those for exponentials and whole powers of rational numbers and letters.

    Other ``powers`` are those of positive numbers.
    """
    simple = all(isinstance(f, (exp, expm1)) for f in summand.atoms(Function))
    simple = simple and all(power.exp.is_Integer or powers for power in summand.atoms(Pow))
    simple = simple and not summand.atoms(Float, NumberSymbol)
    return NUMBERS if simple else LONG
