"""Sums over k = s, s + 1, s + 2, ... continued analytically in their exponents (s = 1 by default).

For a term that behaves at large k like ``sum_j f_j k^(-e_j) log(k)^(m_j)``,

    R sum_k f(k) = sum_{k < K} f(k) + sum_j f_j (-1)^(m_j) zeta^(m_j)(e_j, K)   (K large),

with the Hurwitz zeta function and, for e_j = 1, its finite part (``R sum 1/k`` is Euler's
constant, ``R sum log(k)^m / k`` Stieltjes' gamma_m). Where ``sum_k f(k)`` converges this is its
value; elsewhere it is its analytic continuation (``R sum k^-s = zeta(s)``). A start s that
is not an integer stands for a shifted index, k = s - 1 + (1, 2, ...).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import mpmath
from sympy import Add, Expr, Integer, Mul, Poly, Pow, Symbol, digamma, exp, expand, lambdify, powsimp, zeta

from asymptotics.caches import cached
from asymptotics.domains.domain import Domain
from asymptotics.errors import PrecisionError, UnableError
from asymptotics.expansions.expansion import Expansion
from asymptotics.expansions.gamma_products import has_gammas, without_gammas
from asymptotics.expansions.growth import growth
from asymptotics.expansions.tail import tail_expansion
from asymptotics.parsing.heights import to_power
from asymptotics.precision import working
from asymptotics.sums.abel_plana import sum_from
from asymptotics.sums.binomial import hurwitz
from asymptotics.sums.convergent import ConvergentSum
from asymptotics.sums.indexed import IndexedSum
from asymptotics.sums.rational import rational_sum

ONE = Integer(1)
NEAR, FEW_ORDERS = 40, 12
"""Direct terms and orders where integrals take the rest, more where these do not reach `FALLS`."""
FALLS = 2
"""The power with which the rest falls at least: integrals of what falls more slowly are long."""
FARTHEST = 64
"""Beyond this start SymPy's zeta(n, q) would write out q exact terms, and mpmath's add them one by one."""


class RegularSum(IndexedSum):
    """``RegularSum(f, k, s)``: the regularised sum of ``f`` over k = s, s + 1, ...; dimensionless.

    Numerical values come by ``evalf`` to any number of digits; `PrecisionError` is raised if the
    asymptotic series of the term cannot reach them.

    >>> from sympy import Rational
    >>> from asymptotics.symbols import k
    >>> RegularSum(k / (k + 1), k, 1).evalf(20)   # sum of (1 - 1/(k+1)) = zeta(0) - (EulerGamma - 1)
    -0.077215664901532860607
    """

    nargs = 3
    words = (
        "RegularSum(f, k, s): the sum of f over k = s, s + 1, ..., continued analytically in its exponents"
    )
    meaning = r"\textstyle\sum^{\mathcal{R}}\text{: the sum, continued analytically in its exponents}"

    def _eval_derivative(self, symbol: Symbol) -> Expr:
        return RegularSum(self.args[0].diff(symbol), self.args[1], self.args[2])

    def proves_positive(self, domain: Domain) -> bool:
        """Whether the sum converges on the domain, of positive terms; it is the sum itself then."""
        summand, index, _ = self.args
        degree = Integer(0)
        for factor in Mul.make_args(summand):
            base, power = factor.as_base_exp()
            if not (base.is_positive and base.is_polynomial(index)) or power.has(index):
                return False
            degree += power * Poly(base, index).degree()
        return domain.positive(-degree - 1)

    def number(self, digits: int) -> mpmath.mpf:
        summand, index, start = self.args
        return _evaluate(summand, index, start, digits)

    def _sympystr(self, printer: Any) -> str:
        return f"RegularSum({', '.join(printer._print(x) for x in self.args)})"

    def sign(self, printer: Any) -> str:
        _, index, start = (printer._print(x) for x in self.args)
        range_ = rf"{index}\geq 1" if self.args[2] == 1 else rf"{index}\in {start}+\mathbb{{N}}_0"
        return rf"\sum_{{{range_}}}^{{\mathcal{{R}}}}"


def regular_sum(summand: Expr, index: Symbol, start: Expr = ONE) -> Expr:
    """The regularised sum, as zeta functions where the summand is a sum of powers of ``p k + q``.

    >>> from asymptotics.symbols import a, k
    >>> regular_sum(3 * k**-a, k), regular_sum((2*k + 1)**-a, k)
    (3*zeta(a), zeta(a, 3/2)/2**a)
    >>> from sympy import exp, sqrt
    >>> regular_sum((1 + exp(-sqrt(k)))**2, k)        # what falls exponentially is added up as it is
    Sum(exp(-2*sqrt(k)), (k, 1, oo)) + 2*Sum(exp(-sqrt(k)), (k, 1, oo)) - 1/2
    """
    total = []
    summand = without_gammas(summand, index)
    if has_gammas(summand, index):
        # one sum: its parts may grow where the whole falls
        factor, rest = join_powers(summand, index, force=True).as_independent(index, as_Add=False)
        return factor * RegularSum(rest, index, start)
    joined = join_powers(summand, index, force=True)
    for part in Add.make_args(expand(joined, power_base=False, power_exp=False)):
        factor, rest = part.as_independent(index, as_Add=False)
        closed = _power_sum(join_powers(rest, index, force=True), index, start)
        total.append(factor * (_sum_of(rest, index, start) if closed is None else closed))
    return Add(*total)


def join_powers(product: Expr, index: Symbol, *, force: bool = False) -> Expr:
    """SymPy's ``powsimp``; of powers of the index alone, which need no search, one power.

    >>> from asymptotics.symbols import b, k
    >>> join_powers(k**b * k**(-b - 1), k)
    1/k
    """
    powers = [factor.as_base_exp() for factor in Mul.make_args(product)]
    if all(base == index for base, _ in powers):
        return index ** expand(Add(*(exponent for _, exponent in powers)))
    return powsimp(product, force=force)


def _sum_of(rest: Expr, index: Symbol, start: Expr) -> Expr:
    """The sum as it is, of which nothing is continued but a part that does not fall exponentially."""
    if not has_exponentials(rest, index):
        return RegularSum(rest, index, start)
    try:
        found = growth(rest, index)
    except UnableError:
        return RegularSum(rest, index, start)
    simple = found.expression()
    if has_exponentials(simple, index):
        simple = Integer(0)
    elif found.rest:
        return RegularSum(rest, index, start)
    falling = ConvergentSum((rest - simple).subs(index, index + start - 1), index)
    return falling if simple == 0 else falling + regular_sum(simple, index, start)


def has_exponentials(expression: Expr, index: Symbol) -> bool:
    """Whether the index is in an exponent."""
    return any(power.exp.has(index) for power in expression.atoms(Pow, exp))


def _power_sum(rest: Expr, index: Symbol, start: Expr) -> Expr | None:
    if rest == 1:
        return _hurwitz_zeta(Integer(0), start)
    base, exponent = rest.as_base_exp()
    if exponent.has(index) or not base.is_polynomial(index):
        return None
    slope = base.diff(index)
    if slope.has(index) or not slope.is_positive:
        return None
    first = start + base.subs(index, 0) / slope
    if first.is_Integer and first > FARTHEST and not (exponent.is_Integer and exponent >= 0):
        return None
    return to_power(slope, exponent) * _hurwitz_zeta(-exponent, first) if first.is_positive else None


def _hurwitz_zeta(exponent: Expr, first: Expr) -> Expr:
    """``zeta(s, q)``, and its finite part ``-digamma(q)`` at s = 1."""
    if exponent == 1:
        return -digamma(first)
    return zeta(exponent) if first == 1 else zeta(exponent, first)


@cached(maxsize=1000)
def _evaluate(summand: Expr, index: Symbol, start: Expr, digits: int) -> mpmath.mpf:
    """The value to ``digits``, from K direct terms and the tail's zeta functions at K and 2K."""
    if summand.is_rational_function(index):
        return rational_sum(summand, index, start, digits)
    # K direct terms and an expansion to k^-e leave about K^(1 - e)
    starts = zip((1000, 4000, 32_000), (digits // 3 + 4, digits // 2 + 8, digits // 2 + 8), strict=True)
    ways = [(_with_start, first, depth) for first, depth in starts]
    series_of = cache(partial(tail_expansion, summand, index))
    if _reached(series_of(ways[0][2])) < 1 + digits / 3:
        depth = FEW_ORDERS  # orders lie close together
        while _reached(series_of(depth)) < FALLS and depth < ways[-1][2]:
            depth *= 2
        if _reached(series_of(depth)) > 1:
            ways.insert(0, (_with_integrals, NEAR, depth))
    for way, first, depth in ways:
        series = series_of(depth)
        with working(2 * digits + 15):
            one = way(summand, index, start, series, first, digits)
            two = way(summand, index, start, series, 2 * first, digits)
            scale = max(abs(two), mpmath.mpf(10) ** -digits)
            if abs(one - two) <= scale * mpmath.mpf(10) ** -digits:
                return two
    raise PrecisionError(
        f"the regularised sum of {summand} is not reached to {digits} digits: "
        f"two starts differ by {mpmath.nstr(abs(one - two), 3)}; ask for fewer digits"
    )


def _reached(series: Expansion) -> float:
    """The power of k that a summand is expanded to."""
    return min((float(bound.order) for bound in series.remainder), default=math.inf)


def _with_start(
    summand: Expr, index: Symbol, start: Expr, series: Expansion, count: int, digits: int
) -> mpmath.mpf:
    """Direct terms, and the zeta functions of the rest."""
    value, terms, first = _numerical(summand, index, start, series, digits)
    total = mpmath.fsum(value(first + j) for j in range(count))
    return total + sum(c * hurwitz(e, first + count, m) for c, e, m in terms)


def _with_integrals(
    summand: Expr, index: Symbol, start: Expr, series: Expansion, count: int, digits: int
) -> mpmath.mpf:
    """The same, and integrals for what these leave."""
    value, terms, first = _numerical(summand, index, start, series, digits)

    slow = any(m for _, _, m in terms)
    # all exponents are multiples of one, of which one power is taken
    q = math.lcm(*(int(t.order.q) if t.order.is_Rational else 1 for t in series.terms))
    whole = [
        int(t.order * q) if t.order.is_Rational else e * q
        for t, (_, e, _) in zip(series.terms, terms, strict=True)
    ]

    def left(x: mpmath.mpf) -> mpmath.mpf:
        root, log = x ** (mpmath.mpf(-1) / q), mpmath.log(x) if slow else mpmath.mpf(1)
        return value(x) - sum(c * root**n * log**m for n, (c, _, m) in zip(whole, terms, strict=True))

    beyond = sum_from(left, first + count, _reached(series), digits)
    return _with_start(summand, index, start, series, count, digits) + beyond


def _numerical(
    summand: Expr, index: Symbol, start: Expr, series: Expansion, digits: int
) -> tuple[Callable[[mpmath.mpf], mpmath.mpf], list[tuple[mpmath.mpf, mpmath.mpf, int]], mpmath.mpf]:
    """The summand as a function, the terms of its expansion, and the first k."""
    work = 2 * digits + 15

    def number(expression: Expr) -> mpmath.mpf:
        return expression.evalf(work)._to_mpmath(mpmath.mp.prec)

    terms = [(number(t.coefficient), number(t.order), t.log_power) for t in series.terms]
    return lambdify(index, summand, "mpmath"), terms, number(start)
