"""Overlaps of two functions of time: what two-time quantities are made of.

With A, B the Laplace transforms of f, g, analytic off the negative axis,

    half_convolution(f, B)(t) = 2 int_0^t f(2t - x) g(x) dx,
    antisymmetric_overlap(A, B)(t) = int_0^t [f(2t - x) g(x) - g(2t - x) f(x)] dx
                     = InvLaplace_(z, z')[ (A(z) B(z') - A(z') B(z))/(z' - z) ](t, t)
                     = half_convolution(f, B)(t) - InvLaplace[A B](2t).

Both contours of the double transform may run at ``|z|, |z'| >= 1/t`` to the left, in the sectors where
the expansions of A and B at 0 hold, and the kernel is regular at z = z' on them. So expansions are
inverted pair by pair, and a remainder of A times one of B leaves its order in t. In a half convolution f
enters by its own expansion for large times, which does not see the powers of z that leave nothing. For
powers,

    f = x^(-p-1), B = z^q:   half_convolution = W(p, q) t^(-p-q-1),
    W(p, q) = (2/Gamma(-q)) FP int_0^1 (2 - v)^(-p-1) v^(-q-1) dv = 2F1(1, -p-q; 1-q; 1/2)/Gamma(1 - q),

FP the finite part (Euler's integral, DLMF 15.6.1, continued); for a whole q (a moment of g) it is
``2^(-p-q) (-p-q)_q``. W is entire in p and q. As z^p is ``x^(-p-1)/Gamma(-p)``, ``h = W/Gamma(-p)`` is the
same for transforms. A logarithm is a derivative with respect to its exponent.
"""

from __future__ import annotations

from collections.abc import Callable
from math import comb
from typing import Any

import mpmath
from sympy import Dummy, Expr, Integer, Symbol, factorial, gamma, hyper, hyperexpand, log, rf

from asymptotics.caches import cached
from asymptotics.domains.domain import normal
from asymptotics.errors import UnableError
from asymptotics.expansions.constants import OpaqueNumber
from asymptotics.expansions.expansion import Expansion, expansion
from asymptotics.expansions.laurent import Laurent, reciprocal_gamma
from asymptotics.expansions.terms import Bound, Term
from asymptotics.precision import working_bits

HALF = Integer(1) / 2


def half_convolution(first: Expansion, second: Expansion, variable: Symbol) -> Expansion:
    """``2 int_0^t f(2t - x) g(x) dx`` for t -> oo, from f(x), x -> oo, and the transform of g at z -> 0.

    Raises `UnableError` for expansions that are not in powers and logarithms.

    >>> from asymptotics.symbols import kappa, t
    >>> f = expansion(t, [Term(Integer(1), HALF)], at_infinity=True)
    >>> g = expansion(kappa, [Term(Integer(1), -HALF)])    # f(x) = 1/sqrt(x), g(x) = 1/sqrt(pi x)
    >>> half_convolution(f, g, t).as_expr().evalf(15)                # (2/sqrt(pi)) int_0^1 dv/sqrt(v (2 - v))
    1.77245385090552
    """
    if not first.at_infinity or second.at_infinity:
        raise UnableError(
            f"a function of large times and a transform at z -> 0 have a half convolution, not {second!r}"
        )
    return _overlap(first, second, variable, _weight)


def antisymmetric_overlap(first: Expansion, second: Expansion, variable: Symbol) -> Expansion:
    """``int_0^t [f(2t - x) g(x) - g(2t - x) f(x)] dx`` for t -> oo, from the transforms at z -> 0.

    Raises `UnableError` for expansions that are not in powers and logarithms of z -> 0.

    >>> from asymptotics.symbols import kappa, t
    >>> f = expansion(kappa, [Term(Integer(1), -HALF)])
    >>> one = expansion(kappa, [Term(Integer(1), Integer(0))])     # g = delta: antisymmetric_overlap = f(2t)
    >>> antisymmetric_overlap(f, one, t), antisymmetric_overlap(f, f, t)
    (sqrt(2)/(2*sqrt(pi)*sqrt(t)), 0)
    """
    if first.at_infinity or second.at_infinity:
        raise UnableError(f"transforms at z -> 0 have an antisymmetric overlap, not {first!r} and {second!r}")
    return _overlap(first, second, variable, _antisymmetric_weight)


class OverlapSlope(OpaqueNumber):
    """``(d/dp)^i (d/dq)^j W(p, q)``, i + j > 0, for whole i and j; see the module for W.

    Numbers come by ``evalf`` to any number of digits: central differences of the entire function W with
    as many digits again for each order, their steps so small that what they leave is beyond the precision.

    >>> OverlapSlope(-HALF, -HALF, 1, 0).evalf(15)     # -(2/sqrt(pi)) int_0^1 log(2 - v)/sqrt(v (2 - v)) dv
    -0.838541599063897
    """

    nargs = 4
    words = (
        "OverlapSlope(p, q, i, j): i and j derivatives in p and q of 2/Gamma(-q) times the finite part of "
        "int_0^1 (2 - v)^(-p-1) v^(-q-1) dv"
    )
    meaning = r"\mathrm{f.p.}\text{: the finite part of Hadamard}"

    def number(self, digits: int) -> Any:
        *place, i, j = self.args
        i, j, prec = int(i), int(j), int(digits * 3.322)
        with working_bits((i + j + 1) * (prec + 40) + 40):
            p, q = (x.evalf(mpmath.mp.dps + 5)._to_mpmath(mpmath.mp.prec) for x in place)
            step = mpmath.ldexp(1, -prec // 2 - 30)
            total = mpmath.fsum(
                (-1) ** (m + n)
                * comb(i, m)
                * comb(j, n)
                * _series(p + (mpmath.mpf(i) / 2 - m) * step, q + (mpmath.mpf(j) / 2 - n) * step)
                for m in range(i + 1)
                for n in range(j + 1)
            )
            return total / step ** (i + j)

    def written(self, printer: Any) -> str:
        p, q, i, j = (printer._print(x) for x in self.args)
        slopes = "".join(rf"\partial_{x}^{{{n}}} " for x, n in (("p", i), ("q", j)) if n != "0")
        whole = r"\tfrac{2}{\Gamma(-q)}\,\mathrm{f.p.}\!\int_0^1 (2 - v)^{-p-1} v^{-q-1}\,dv"
        return rf"\left[{slopes}{whole}\right]_{{p={p},\, q={q}}}"


def _series(p: Any, q: Any) -> Any:
    """W(p, q) by its series in (1/2)^n, at the precision of mpmath."""
    power, total = mpmath.mpf(1), mpmath.mpf(0)
    for n in range(mpmath.mp.prec + 60 + 8 * int(abs(p) + abs(q) + 1)):
        total += power * mpmath.rgamma(1 - q + n)
        power *= (n - p - q) / 2
    return total


def _weight(p: Expr, q: Expr, i: int, j: int) -> Expr:
    """``(d/dp)^i (d/dq)^j W(p, q)``, closed where it can be."""
    if _whole(q) and j == 0:
        return _moment_weight(int(q), i).subs(_P, p)
    if i == j == 0:
        top, bottom = normal(-p - q), normal(1 - q)
        if top.is_Integer and top <= 0:  # a polynomial, which SymPy would leave as 2F1
            total = sum(rf(top, n) / rf(bottom, n) * HALF**n for n in range(1 - int(top)))
        elif p == -1:  # f is constant
            total = Integer(2)
        else:
            total = _gauss(top, bottom)
        return total / gamma(bottom)
    return OverlapSlope(p, q, Integer(i), Integer(j))


@cached(maxsize=1024)
def _gauss(top: Expr, bottom: Expr) -> Expr:
    """``2F1(1, top; bottom; 1/2)``, in elementary numbers where both are halves of integers."""
    total = hyper([Integer(1), top], [bottom], HALF)
    return hyperexpand(total) if (2 * top).is_Integer and (2 * bottom).is_Integer else total


_P = Dummy("p")


@cached(maxsize=256)
def _moment_weight(q: int, i: int) -> Expr:
    return (2 ** (-_P - q) * rf(-_P - q, q)).diff(_P, i)


@cached(maxsize=1024)
def _antisymmetric_weight(p: Expr, q: Expr, i: int, j: int) -> Expr:
    """``(d/dp)^i (d/dq)^j`` of ``W/Gamma(-p) - 2^(-p-q-1)/Gamma(-p-q)``, which is odd under p <-> q."""
    if p == q and i == j:
        return Integer(0)
    square = _at_double_time(normal(p + q), i + j)
    if _whole(q) and j == 0:
        return square
    if _whole(p) and i == 0:
        return -square
    slopes = reciprocal_gamma(normal(-p), i + 1).rescale(Integer(-1))
    parts = (
        comb(i, n) * factorial(i - n) * slopes.coefficient(i - n) * _weight(p, q, n, j)
        for n in range(i + 1)
        if slopes.coefficient(i - n) != 0
    )
    return sum(parts, Integer(0)) - square


def _at_double_time(x: Expr, order: int) -> Expr:
    """``(d/dx)^order [2^(-x-1)/Gamma(-x)]``: z^x inverted at 2t."""
    decay = Laurent(0, tuple(2 ** (-x - 1) * (-log(2)) ** n / factorial(n) for n in range(order + 1)))
    product = decay * reciprocal_gamma(-x, order + 1).rescale(Integer(-1))
    return factorial(order) * product.coefficient(order)


def _whole(power: Expr) -> bool:
    return bool(power.is_Integer and power >= 0)


def _overlap(
    first: Expansion, second: Expansion, variable: Symbol, weight: Callable[[Expr, Expr, int, int], Expr]
) -> Expansion:
    """Term by term: ``x = t v`` and ``z = w/t`` leave ``t^(-p-q-1)`` and ``log t`` beside each logarithm."""
    for series in (first, second):
        whole = all(isinstance(x.log_power, int) and x.log_power >= 0 for x in series.bounds())
        if not (series.in_powers and whole):
            raise UnableError(
                f"overlaps need powers and logarithms of {series.variable}; for coefficients that vary "
                "slowly with its logarithm they are not derived"
            )
        if any(x.coefficient.has(series.variable) for x in series.terms):
            raise UnableError("overlaps of functions that oscillate in log t are not derived")
    # log x = log t + log v, where log v is -d/dp; log 1/z = log t - log w, where log w is d/dq
    shift = 1 if first.at_infinity else 0
    terms: list[Term] = []
    for s in first.terms:
        for u in second.terms:
            p, q, both = normal(s.order - shift), u.order, s.coefficient * u.coefficient
            for i in range(s.log_power + 1):
                for j in range(u.log_power + 1):
                    m, n = s.log_power - i, u.log_power - j
                    factor = comb(s.log_power, i) * comb(u.log_power, j) * (-1) ** (i + j)
                    terms.append(Term(factor * both * weight(p, q, i, j), normal(p + q + 1), m + n))
    bounds = [
        Bound(x.order - shift + y.order + 1, x.log_power + y.log_power)
        for one, other in (
            (first.terms, second.remainder),
            (first.remainder, second.terms),
            (first.remainder, second.remainder),
        )
        for x in one
        for y in other
    ]
    return expansion(variable, terms, bounds, at_infinity=True, domain=first.domain, depth=first.depth)
