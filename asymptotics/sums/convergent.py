"""Sums of positive decreasing terms without a closed form: ``sum_{k >= 1} f(k)``.

For f analytic and bounded by a power in Re k >= K (Abel-Plana),

    sum_{k >= K} f(k) = int_K^oo f dk + f(K)/2 + i int_0^oo [f(K + iy) - f(K - iy)]/(e^(2 pi y) - 1) dy,

and with k = K e^v both integrals are over half a line. There ``v = exp(x - e^-x)`` makes the trapezoid rule
in x converge exponentially (Takahasi and Mori 1974), however slowly f falls. A sum is had from two K and two
steps, and stands where they agree. Powers of two powers of k are summed by a binomial series (`binomial`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import mpmath
from sympy import Expr, Function, Symbol, exp, fraction, lambdify, log, zeta

from asymptotics.caches import cached
from asymptotics.errors import PrecisionError
from asymptotics.precision import working
from asymptotics.sums.binomial import binomial_of, binomial_sum
from asymptotics.sums.indexed import IndexedSum

GUARD = 10
"""Digits beyond those that are asked for."""
DIGITS = 20
"""Sums are evaluated to multiples of so many digits, so that nearly equal precisions share them."""
STEPS = 0.28
"""So many steps to one of x and a digit make the error smaller than it, where f has powers of k alone."""
HALVINGS = 4
"""So often steps are halved until two results agree."""
SMALL_IN_A_ROW = 4
FARTHEST = 300
"""Integrals end at ``x = 300``."""
LARGEST = 2**40
"""The largest exponent of an exponential; no machine holds integers of so many bits."""


Summand = Callable[[Any], Any]


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
        summand, index = self.args
        above, below = fraction(summand)
        if above.is_number and above.is_negative and below.is_Add:  # no 2/(k**2 - 1) as -2/(1 - k**2)
            summand = -above / -below
        return f"Sum({printer._print(summand)}, ({printer._print(index)}, 1, oo))"

    def sign(self, printer: Any) -> str:
        return rf"\sum_{{{printer._print(self.args[1])}\geq 1}}"


def convergent_sum(summand: Expr, index: Symbol) -> Expr:
    """The sum over k >= 1, as a zeta function where the summand is a power of k.

    >>> from asymptotics.symbols import k
    >>> convergent_sum(3 / k**2, k), convergent_sum(2**-k, k)
    (pi**2/2, Sum(2**(-k), (k, 1, oo)))
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
        binomial = binomial_of(summand, index)
        closed = binomial and binomial_sum(binomial, function, digits + GUARD)
        if closed is not None:
            return closed
        for halvings in range(HALVINGS):
            count = math.ceil(digits * 2**halvings * STEPS)
            one, two = (_from(function, digits + 2 + 10 * j, tolerance, count + 3 * j) for j in (0, 1))
            known = abs(one - two)
            if known <= 100 * tolerance * abs(two):
                return two
            if known != known:
                break
        how = (
            "not known, since terms cancel far out"
            if known != known
            else f"known only to {mpmath.nstr(known, 2)}"
        )
        raise PrecisionError(f"the sum of {summand} over {index} is {how}; ask for fewer digits")


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


def _from(function: Summand, first: int, tolerance: mpmath.mpf, count: int) -> mpmath.mpf:
    """The sum with direct terms below ``first``; the singularity of f at 0 is that far from the line.

    Integrals have steps of 1/``count``.
    """
    K = mpmath.mpf(first)
    head = mpmath.fsum(function(mpmath.mpf(j)) for j in range(1, first))

    def edge(y: mpmath.mpf) -> mpmath.mpf:
        return -2 * mpmath.im(function(mpmath.mpc(K, y))) / mpmath.expm1(2 * mpmath.pi * y)

    def beyond(v: mpmath.mpf) -> mpmath.mpf:
        k = K * mpmath.exp(v)
        return function(k) * k

    total = head + function(K) / 2
    for part in (edge, beyond):
        total += _half_line(part, count, tolerance * abs(total) / 100)
    return total


def _half_line(f: Summand, count: int, negligible: mpmath.mpf) -> mpmath.mpf:
    """``int_0^oo f`` in steps of 1/``count``, either way until terms stay below what is ``negligible``.

    On the way to 0, those with the f from there, too: all of f may be near 0.
    """
    terms: list[mpmath.mpf] = []
    first = abs(f(_place(-3 * count, count, mpmath.mp.prec)[0]))
    for way in (1, -1):
        small, j = 0, 0 if way == 1 else -1
        while small < SMALL_IN_A_ROW and abs(j) < FARTHEST * count:
            place, weight = _place(j, count, mpmath.mp.prec)
            terms.append(f(place) * weight)
            least = max(abs(terms[-1]), 0 if way == 1 else first * weight)
            small = small + 1 if least <= negligible else 0
            j += way
    return mpmath.fsum(terms) / count


@cached(maxsize=20_000)
def _place(j: int, count: int, bits: int) -> tuple[mpmath.mpf, mpmath.mpf]:
    """``v = exp(x - e^-x)`` at ``x = j/count``, and dv/dx; at the precision of mpmath, ``bits``."""
    x = mpmath.mpf(j) / count
    down = mpmath.exp(-x)
    place = mpmath.exp(x - down)
    return place, place * (1 + down)
