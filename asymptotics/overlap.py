"""Overlaps of two functions of time, from their Laplace transforms: what two-time quantities are made of.

With A, B the transforms of f, g, analytic off the negative axis,

    folded(A, B)(t)  = 2 int_0^t f(2t - x) g(x) dx,
    crossed(A, B)(t) = int_0^t [f(2t - x) g(x) - g(2t - x) f(x)] dx
                     = InvLaplace_(z, z')[ (A(z) B(z') - A(z') B(z))/(z' - z) ](t, t)
                     = folded(A, B)(t) - InvLaplace[A B](2t).

Both contours of the double transform may run at ``|z|, |z'| >= 1/t`` to the left, in the sectors where
the expansions of A and B at 0 hold, and the kernel is regular at z = z' on them. So expansions are
inverted pair by pair, and a remainder of A times one of B leaves its order in t. For powers,

    A = z^p, B = z^q:   folded = h(p, q) t^(-p-q-1),
    h(p, q) = 2/(Gamma(-p) Gamma(-q)) FP int_0^1 (2 - v)^(-p-1) v^(-q-1) dv
            = 2F1(1, -p-q; 1-q; 1/2)/(Gamma(-p) Gamma(1-q)),

FP the finite part (Euler's integral, DLMF 15.6.1, continued). h is entire in p and q; where p is a whole
number (A analytic) it is 0, where q is one ``2^(-p-q)/Gamma(-p-q)``. A logarithm ``z^p log(z)^i`` is the
i-th derivative with respect to p.
"""

from __future__ import annotations

from collections.abc import Callable
from math import comb
from typing import Any

import mpmath
from sympy import Expr, Float, Function, Integer, Pow, Symbol, factorial, gamma, hyper, log

from asymptotics.domain import normal
from asymptotics.errors import UnableError
from asymptotics.expansion import Expansion, expansion
from asymptotics.laurent import Laurent, reciprocal_gamma
from asymptotics.orders import Bound, Term

HALF = Integer(1) / 2


def folded(first: Expansion, second: Expansion, variable: Symbol) -> Expansion:
    """``2 int_0^t f(2t - x) g(x) dx`` for t -> oo; f, g have the transforms ``first``, ``second`` at z -> 0.

    Raises `UnableError` for expansions that are not in powers of z -> 0 and of its logarithm.

    >>> from asymptotics.symbols import kappa, t
    >>> f = expansion(kappa, [Term(Integer(1), -HALF)])            # f(t) = 1/sqrt(pi t)
    >>> folded(f, f, t)                                            # (2/pi) int_0^1 dv/sqrt(v (2 - v)) = 1
    1
    """
    return _overlap(first, second, variable, _folded)


def crossed(first: Expansion, second: Expansion, variable: Symbol) -> Expansion:
    """``int_0^t [f(2t - x) g(x) - g(2t - x) f(x)] dx`` for t -> oo, from the transforms at z -> 0.

    Raises `UnableError` for expansions that are not in powers of z -> 0 and of its logarithm.

    >>> from asymptotics.symbols import kappa, t
    >>> f = expansion(kappa, [Term(Integer(1), -HALF)])
    >>> one = expansion(kappa, [Term(Integer(1), Integer(0))])     # g = delta: crossed = f(2t)
    >>> crossed(f, one, t), crossed(f, f, t)
    (sqrt(2)/(2*sqrt(pi)*sqrt(t)), 0)
    """
    return _overlap(first, second, variable, _crossed)


class FoldedSlope(Function):  # type: ignore[misc]
    """``(d/dp)^i (d/dq)^j h(p, q)``, i + j > 0, for whole i and j; see the module for h.

    Numbers come by ``evalf`` to any number of digits: central differences of the entire function h with
    as many digits again for each order, their steps so small that what they leave is beyond the precision.

    >>> FoldedSlope(-HALF, -HALF, 1, 0).evalf(15)      # h(-1/2, -1/2) = 1
    -0.0833823946166463
    """

    nargs = 4
    opaque = True

    def _eval_evalf(self, prec: int) -> Expr | None:
        if self.free_symbols:
            return None
        *place, i, j = self.args
        i, j = int(i), int(j)
        with mpmath.workprec((i + j + 1) * (prec + 40) + 40):
            p, q = (x.evalf(mpmath.mp.dps + 5)._to_mpmath(mpmath.mp.prec) for x in place)
            step = mpmath.ldexp(1, -prec // 2 - 30)
            total = mpmath.fsum(
                (-1) ** (m + n)
                * comb(i, m)
                * comb(j, n)
                * _entire(p + (mpmath.mpf(i) / 2 - m) * step, q + (mpmath.mpf(j) / 2 - n) * step)
                for m in range(i + 1)
                for n in range(j + 1)
            )
            return Float._new((total / step ** (i + j))._mpf_, prec)

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        p, q, i, j = (printer._print(x) for x in self.args)
        whole = (
            r"\frac{2}{\Gamma(-p)\Gamma(-q)}\,\mathrm{f.p.}\!\int_0^1 (2 - v)^{-p-1} v^{-q-1}\,dv"
        )
        text = rf"\left[\partial_p^{{{i}}} \partial_q^{{{j}}} {whole}\right]_{{p={p},\, q={q}}}"
        return rf"{text}^{{{exp}}}" if exp else text


def _entire(p: Any, q: Any) -> Any:
    """h(p, q) by its series in (1/2)^n, at the precision of mpmath."""
    power = mpmath.rgamma(-p)
    total = mpmath.mpf(0)
    for n in range(mpmath.mp.prec + 60 + 8 * int(abs(p) + abs(q) + 1)):
        total += power * mpmath.rgamma(1 - q + n)
        power *= (n - p - q) / 2
    return total


def _folded(p: Expr, q: Expr, i: int, j: int) -> Expr:
    """``(d/dp)^i (d/dq)^j h(p, q)``, closed where it can be."""
    if _whole(q) and j == 0:
        return 2 * _doubled(normal(p + q), i)
    if _whole(p) and i <= 1:
        # h = (1/Gamma)(-p) times an entire function, of which the zero of the first takes the value
        slope = Integer(0) if i == 0 else (-1) ** (p + 1) * factorial(p)
        if i == 0 or (j == 0 and not _whole(q)):
            return slope * _series(p, q)
    if i == j == 0:
        return _series(p, q) / gamma(-p)
    return FoldedSlope(p, q, Integer(i), Integer(j))


def _series(p: Expr, q: Expr) -> Expr:
    return hyper([Integer(1), normal(-p - q)], [normal(1 - q)], HALF) / gamma(1 - q)


def _crossed(p: Expr, q: Expr, i: int, j: int) -> Expr:
    """The same for ``crossed``, which changes its sign with its arguments."""
    square = _doubled(normal(p + q), i + j)
    if _whole(q) and j == 0:
        return square
    if _whole(p) and i == 0:
        return -square
    return _folded(p, q, i, j) - square


def _doubled(x: Expr, order: int) -> Expr:
    """``(d/dx)^order [2^(-x-1)/Gamma(-x)]``: z^x inverted at 2t."""
    decay = Laurent(0, tuple(2 ** (-x - 1) * (-log(2)) ** n / factorial(n) for n in range(order + 1)))
    product = decay * reciprocal_gamma(-x, order + 1).scaled(Integer(-1))
    return factorial(order) * product.coefficient(order)


def _whole(power: Expr) -> bool:
    return bool(power.is_Integer and power >= 0)


def _overlap(
    first: Expansion, second: Expansion, variable: Symbol, weight: Callable[[Expr, Expr, int, int], Expr]
) -> Expansion:
    """Term by term: ``z = w/t`` leaves ``t^(-p-q-1)``, and ``log w - log t`` of each logarithm."""
    for series in (first, second):
        if series.at_infinity or series.gauge is not None or any(x.log_power < 0 for x in series.terms):
            raise UnableError(f"overlaps need transforms in powers of z -> 0 and log(z), not {series!r}")
    terms: list[Term] = []
    for s in first.terms:
        for u in second.terms:
            order, both = normal(s.order + u.order + 1), s.coefficient * u.coefficient
            for i in range(s.log_power + 1):
                for j in range(u.log_power + 1):
                    left = s.log_power + u.log_power - i - j
                    factor = comb(s.log_power, i) * comb(u.log_power, j) * (-1) ** left
                    terms.append(Term(factor * both * weight(s.order, u.order, i, j), order, left))
    bounds = [
        Bound(x.order + y.order + 1, x.log_power + y.log_power)
        for one, other in (
            (first.terms, second.remainder),
            (first.remainder, second.terms),
            (first.remainder, second.remainder),
        )
        for x in one
        for y in other
    ]
    return expansion(
        variable, terms, bounds, at_infinity=True, domain=first.domain, depth=first.depth
    )


__all__ = ["FoldedSlope", "crossed", "folded"]
