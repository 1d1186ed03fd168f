"""Sums of positive decreasing terms without a closed form: ``sum_{k >= 1} f(k)``.

For f analytic and bounded by a power in Re k >= K (Abel-Plana),

    sum_{k >= K} f(k) = int_K^oo f dk + f(K)/2 + i int_0^oo [f(K + iy) - f(K - iy)]/(e^(2 pi y) - 1) dy,

and with k = K e^v the first integral is one for the tanh-sinh rule, however slowly f falls.
"""

from __future__ import annotations

import math
from typing import Any

import mpmath
from sympy import Expr, Function, Symbol, exp, lambdify, log, zeta

from asymptotics.caches import cached
from asymptotics.errors import PrecisionError
from asymptotics.precision import working
from asymptotics.sums.indexed import IndexedSum

GUARD = 10
"""Digits beyond those that are asked for."""
DIGITS = 20
"""Sums are evaluated to multiples of so many digits, so that nearly equal precisions share them."""
LARGEST = 2**40
"""The largest exponent of an exponential; no machine holds integers of so many bits."""


class ConvergentSum(IndexedSum):
    """``ConvergentSum(f, k)``: the sum of ``f`` over k = 1, 2, ...; dimensionless.

    Numbers come by ``evalf``; `PrecisionError` where the integrals do not reach the digits.

    >>> from asymptotics.symbols import k
    >>> ConvergentSum(1 / (k + 1)**2, k).evalf(20)      # zeta(2) - 1
    0.64493406684822643647
    """

    nargs = 2

    def _eval_is_positive(self) -> bool | None:
        return True if self.args[0].is_positive else None

    def _eval_derivative(self, symbol: Symbol) -> Expr:
        return ConvergentSum(self.args[0].diff(symbol), self.args[1])

    def number(self, digits: int) -> mpmath.mpf:
        summand, index = self.args
        return _evaluate(summand, index, DIGITS * math.ceil(digits / DIGITS))

    def _sympystr(self, printer: Any) -> str:
        return f"Sum({', '.join(printer._print(x) for x in self.args)})"

    def sign(self, printer: Any) -> str:
        return rf"\sum_{{{printer._print(self.args[1])}\geq 1}}"


def convergent_sum(summand: Expr, index: Symbol) -> Expr:
    """The sum over k >= 1, as a zeta function where the summand is a power of k.

    >>> from asymptotics.symbols import k
    >>> convergent_sum(3 / k**2, k), convergent_sum(2**-k, k)
    (pi**2/2, Sum(2**(-k), k))
    """
    factor, rest = summand.as_independent(index, as_Add=False)
    base, power = rest.as_base_exp()
    if base == index and not power.has(index):
        return factor * zeta(-power)
    return factor * ConvergentSum(rest, index)


@cached(maxsize=256)
def _evaluate(summand: Expr, index: Symbol, digits: int) -> mpmath.mpf:
    with working(digits + GUARD):
        tolerance = mpmath.mpf(10) ** -digits
        function = lambdify(index, _guard(summand, index), modules=[{"bounded_exp": _bounded_exp}, "mpmath"])
        one, two = (_from(function, digits + extra, tolerance) for extra in (2, 12))
        if not abs(one - two) <= 100 * tolerance * abs(two):
            known = abs(one - two)
            how = (
                "not known, since terms cancel far out"
                if known != known
                else f"known only to {mpmath.nstr(known, 2)}"
            )
            raise PrecisionError(f"the sum of {summand} over {index} is {how}; ask for fewer digits")
        return two


def _guard(summand: Expr, index: Symbol) -> Expr:
    """The summand with every exponential of the index as one that ends in oo or 0."""
    bounded = Function("bounded_exp")
    guarded = summand.replace(lambda e: e.is_Pow and e.exp.has(index), lambda e: bounded(e.exp * log(e.base)))
    return guarded.replace(lambda e: isinstance(e, exp) and e.has(index), lambda e: bounded(e.args[0]))


def _bounded_exp(exponent: Any) -> Any:
    """``exp(x)``, and oo or 0 for x beyond `LARGEST`."""
    size = mpmath.re(exponent)
    if abs(size) <= LARGEST:
        return mpmath.exp(exponent)
    return mpmath.inf if size > 0 else mpmath.mpf(0)


def _from(function: Any, first: int, tolerance: mpmath.mpf) -> mpmath.mpf:
    """The sum with direct terms below ``first``; the singularity of f at 0 is that far from the line."""
    K = mpmath.mpf(first)
    head = mpmath.fsum(function(mpmath.mpf(j)) for j in range(1, first))

    def edge(y: mpmath.mpf) -> mpmath.mpf:
        return -2 * mpmath.im(function(mpmath.mpc(K, y))) / mpmath.expm1(2 * mpmath.pi * y)

    reach = -mpmath.log(tolerance) / 4
    total = head + function(K) / 2 + mpmath.quad(edge, [0, 1, reach / 2, reach])
    low, width, scale = mpmath.mpf(0), mpmath.mpf(2), abs(head)
    while True:
        piece = mpmath.quad(lambda v: function(K * mpmath.exp(v)) * K * mpmath.exp(v), [low, low + width])
        total, low, width = total + piece, low + width, 2 * width
        if abs(piece) <= tolerance * scale / 100:
            return total
        if width > 2**10:
            end = [low, 4 * low, mpmath.inf]
            return total + mpmath.quad(lambda v: function(K * mpmath.exp(v)) * K * mpmath.exp(v), end)
