"""Sums over finitely many modes, ``sum_{k=first}^{last} f(k)``, with ends that may be symbols.

SymPy's own `Sum` is not used: its `evalf` is wrong, to zero digits, on sums of powers with many terms.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
from sympy import Add, Expr, Integer, Symbol, bernoulli, lambdify
from sympy import factor as factored

from asymptotics.caches import cached
from asymptotics.errors import PrecisionError, SpectrumError, UnableError
from asymptotics.parsing.heights import substitute
from asymptotics.precision import working
from asymptotics.sums.indexed import IndexedSum
from asymptotics.sums.regularised import RegularSum

WRITTEN_OUT = 8
"""Up to this many terms a sum is written term by term."""
HIGHEST = 12
"""Up to this power of the index a sum is the polynomial that it is (Faulhaber; DLMF 24.4.7)."""
ADDED_UP = 3000
"""Up to this many terms a value is a plain sum; beyond it, the difference of two tails."""
MOST = 200_000
"""Most terms that are added where the tails have no expansion, or one that begins too late."""


class FiniteSum(IndexedSum):
    """``FiniteSum(f, k, first, last)``: the sum of ``f`` over k = first ... last; dimensionless.

    Numerical values come by ``evalf`` to any number of digits; raises `PrecisionError` where they cannot
    be had.

    >>> from asymptotics.symbols import k
    >>> FiniteSum(k**-2, k, 1, 10**8).evalf(20)        # pi^2/6 - 1e-8 + ...
    1.6449340568482264865
    """

    nargs = 4

    def _eval_derivative(self, symbol: Symbol) -> Expr:
        if self.args[2].has(symbol) or self.args[3].has(symbol):
            raise UnableError(f"{self} is not a function of a continuous {symbol}")
        return finite_sum(self.args[0].diff(symbol), *self.args[1:])

    def _eval_is_positive(self) -> bool | None:
        return True if self.args[0].is_positive else None

    def number(self, digits: int) -> mpmath.mpf:
        summand, index, first, last = self.args
        return _evaluate(summand, index, first, last, digits)

    def _sympystr(self, printer: Any) -> str:
        summand, index, first, last = (printer._print(x) for x in self.args)
        return f"Sum({summand}, ({index}, {first}, {last}))"

    def sign(self, printer: Any) -> str:
        _, index, first, last = (printer._print(x) for x in self.args)
        return rf"\sum_{{{index}={first}}}^{{{last}}}"


def finite_sum(summand: Expr, index: Symbol, first: Expr, last: Expr) -> Expr:
    """The sum, closed where the summand does not depend on the index, written out where it is short.

    >>> from asymptotics.symbols import a, k, M
    >>> finite_sum(3 * k**-a, k, Integer(1), M), finite_sum(a, k, Integer(1), M)
    (3*Sum(k**(-a), (k, 1, M)), M*a)
    >>> finite_sum(k**-a, k, Integer(2), Integer(3)), finite_sum(k, k, Integer(1), M)
    (3**(-a) + 2**(-a), M*(M + 1)/2)
    """
    total = []
    for part in Add.make_args(summand):
        factor, rest = part.as_independent(index, as_Add=False)
        count = last - first + 1
        short = count.is_Integer and count <= WRITTEN_OUT
        base, power = rest.as_base_exp()
        if rest == 1:
            total.append(factor * count)
        elif base == index and power.is_Integer and 0 < power <= HIGHEST and not (short and first.is_Integer):
            n = power + 1
            total.append(factor * factored((bernoulli(n, last + 1) - bernoulli(n, first)) / n))
        elif short:
            total.append(factor * Add(*(substitute(rest, {index: first + j}) for j in range(int(count)))))
        else:
            total.append(factor * FiniteSum(rest, index, first, last))
    return Add(*total)


@cached(maxsize=1000)
def _evaluate(summand: Expr, index: Symbol, first: Expr, last: Expr, digits: int) -> mpmath.mpf:
    start, stop = int(first), int(last)
    if stop - start < ADDED_UP:
        return _add_up(summand, index, start, stop, digits)
    scale = substitute(summand, {index: first})
    if scale == 0:
        return _add_up(summand, index, start, stop, digits)
    # relative to the first term, since the tails are known to an absolute accuracy
    shape = summand / scale
    with working(digits + 15):
        try:
            for extra in (10, digits + 20):
                ends = [
                    _number(RegularSum(shape, index, Integer(end)), digits + extra)
                    for end in (start, stop + 1)
                ]
                value = ends[0] - ends[1]
                if abs(value) > max(map(abs, ends)) * mpmath.mpf(10) ** (3 - extra):
                    return value * _number(scale, digits + 10)
        except (SpectrumError, PrecisionError):
            return _add_up(summand, index, start, stop, digits)
    raise PrecisionError(
        f"the sum of {summand} over {index} = {first} ... {last} cancels; ask for fewer digits"
    )


def _number(expression: Expr, digits: int) -> mpmath.mpf:
    return expression.evalf(digits)._to_mpmath(mpmath.mp.prec)


def _add_up(summand: Expr, index: Symbol, start: int, stop: int, digits: int) -> mpmath.mpf:
    if stop - start >= MOST:
        raise UnableError(
            f"the sum of {summand} has {stop - start + 1} terms and no expansion at large {index}; "
            f"at most {MOST} are added one by one: pass fewer modes"
        )
    with working(digits + 10):
        return mpmath.fsum(map(terms_of(summand, index), range(start, stop + 1)))


def terms_of(summand: Expr, index: Symbol) -> Callable[[int], mpmath.mpf]:
    """The terms of a sum at the precision of mpmath; where functions have poles that cancel, by SymPy.

    >>> from sympy import gamma
    >>> from asymptotics.symbols import k
    >>> [int(term) for term in map(terms_of(24 / (gamma(5 - k) * gamma(k + 1)), k), (1, 2, 4, 5))]
    [4, 6, 1, 0]
    """
    function = lambdify(index, summand, "mpmath")

    def term(j: int) -> mpmath.mpf:
        try:
            return function(mpmath.mpf(j))
        except (ValueError, ZeroDivisionError):
            value = substitute(summand, {index: Integer(j)})
            if not value.is_finite:
                raise SpectrumError(f"{summand} = {value} at {index} = {j}; it must be finite") from None
            return _number(value, mpmath.mp.dps)

    return term
