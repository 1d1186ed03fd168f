"""Eigenvalues of zonal kernels in closed form, where a derivative is a sum of powers of 1 - t or 1 - t^2.

With K(x.y) on S^(d-1), uniform, Rodrigues' formula gives ``lambda_k^(d)(K) = lambda_(k-1)^(d+2)(K')/d``;

    (1 - t)^nu        2^(nu+d-2) Gamma(d/2) Gamma(nu+(d-1)/2)/(sqrt(pi) Gamma(-nu))
    Gamma(k-nu)/Gamma(k+nu+d-1) (1 + t)^nu        (-1)^k times that
    (1 - t^2)^mu      Gamma(d/2) Gamma(mu+(d-1)/2)/(sqrt(pi) Gamma(-mu))
                      Gamma(k/2-mu) Gamma((k+1)/2)/(Gamma(k/2+mu+d/2) Gamma((k+d-1)/2)), k even; 0, k odd
    t (1 - t^2)^mu    -(d-2)/(2(mu+1)) times that of (1 - t^2)^(mu+1) at k + 1 in d - 2 dimensions

    exact_eigenvalues    lambda_k from some degree on, and the degrees below it
    one_sided            lambda_k of (1 - t)^nu
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import mul

from sympy import (
    Add,
    Dummy,
    Expr,
    Integer,
    Mul,
    Piecewise,
    Poly,
    Rational,
    Symbol,
    acos,
    asin,
    binomial,
    expand,
    expand_func,
    factor,
    gamma,
    gammasimp,
    pi,
    simplify,
    sqrt,
    true,
)

ORDERS = 6
"""So many derivatives are looked at."""
LONGEST = 200
"""A derivative with more operations is none of a closed form."""
HALF = Rational(1, 2)
_one_minus, _one_plus = Dummy("1 - t", positive=True), Dummy("1 + t", positive=True)


def one_sided(nu: Expr, d: Expr, k: Expr) -> Expr:
    """``lambda_k`` of ``(1 - t)^nu``, nu no whole number unless k = 0.

    >>> one_sided(HALF, Integer(3), Integer(1))
    -2*sqrt(2)/15
    """
    front = 2 ** (nu + d - 2) * gamma(d / 2) * gamma(nu + (d - 1) / 2) / sqrt(pi)
    if k == 0:
        return front / gamma(nu + d - 1)
    front = front / gamma(-nu)
    return front * gamma(k - nu) / gamma(k + nu + d - 1)


def two_sided(mu: Expr, d: Expr, k: Expr) -> Expr:
    """``lambda_k`` of ``(1 - t^2)^mu`` at even k.

    >>> two_sided(HALF, Integer(3), Integer(0))
    pi/4
    """
    if k == 0:
        return gamma(d / 2) * gamma(mu + (d - 1) / 2) / (gamma((d - 1) / 2) * gamma(mu + d / 2))
    front = gamma(d / 2) * gamma(mu + (d - 1) / 2) / (sqrt(pi) * gamma(-mu))
    return (
        front * gamma(k / 2 - mu) * gamma((k + 1) / 2) / (gamma(k / 2 + mu + d / 2) * gamma((k + d - 1) / 2))
    )


def exact_eigenvalues(kernel: Expr, t: Symbol, d: Expr, k: Symbol) -> Expr | None:
    """``lambda_k``, k >= 1, with a `Piecewise` for the first degrees; None where no derivative has the form.

    >>> from asymptotics.symbols import k
    >>> t = Symbol("t")
    >>> exact_eigenvalues(acos(t), t, Integer(3), k)
    -(1/2 - (-1)**k/2)*gamma(k/2)**2/(8*gamma(k/2 + 3/2)**2)
    """
    derivative, product = kernel, Integer(1)
    for order in range(ORDERS):
        if derivative.count_ops() > LONGEST:
            return None
        found = _eigenvalues(derivative, t, d + 2 * order, k, order)
        if found is not None:
            total, least = found
            low = [_low(kernel, t, d, degree) for degree in range(1, order + least)]
            return None if None in low else _joined(low, total / product, k)
        product, derivative = product * (d + 2 * order), derivative.diff(t)
    return None


Power = tuple[Expr, int, Expr, Expr]
"""``C t^p (1 - t)^alpha (1 + t)^beta`` as (C, p, alpha, beta)."""


def _powers(kernel: Expr, t: Symbol) -> Iterator[Power | None]:
    """The terms of a sum of such powers; None for a term of another form."""
    ends = {1: _one_minus, -1: _one_plus}

    def write(power: Expr) -> Expr:
        scale = power.base.subs(t, 0)
        return scale**power.exp * Mul(*(ends[root] ** power.exp for root in _ends(power.base, t)))

    # before products are written out, as they would be under the powers, too
    written = kernel.replace(lambda e: e.is_Pow and not e.exp.has(t) and bool(_ends(e.base, t)), write)
    for term in Add.make_args(expand(written)):
        coefficient, p, powers = Integer(1), 0, {_one_minus: Integer(0), _one_plus: Integer(0)}
        for part in Mul.make_args(term):
            base, exponent = part.as_base_exp()
            if base in powers:
                powers[base] += exponent
            elif not part.has(t, *powers):
                coefficient *= part
            elif base == t and exponent.is_Integer and exponent > 0:
                p += int(exponent)
            else:
                yield None
                return
        yield coefficient, p, powers[_one_minus], powers[_one_plus]


def _ends(base: Expr, t: Symbol) -> tuple[int, ...]:
    """The roots of ``c (1 - t)``, ``c (1 + t)`` or ``c (1 - t^2)``, c > 0; none for another polynomial."""
    if not base.is_polynomial(t) or not base.subs(t, 0).is_positive:
        return ()
    relative = Poly(base / base.subs(t, 0), t).as_expr()
    forms = {1 - t: (1,), 1 + t: (-1,), 1 - t**2: (1, -1)}
    return next((roots for form, roots in forms.items() if expand(relative - form) == 0), ())


def _eigenvalues(kernel: Expr, t: Symbol, d: Expr, index: Symbol, order: int) -> tuple[Expr, int] | None:
    """``lambda_(index - order)`` of a sum of powers, and from which degree on; None for another form."""
    even: list[Expr] = []
    odd: list[Expr] = []
    ends: list[Expr] = []
    least = 0
    k, sign = index - order, (-1) ** order * Integer(-1) ** index
    for power in _powers(kernel, t):
        if power is None:
            return None
        c, p, alpha, beta = power
        if all(power.is_Integer and power >= 0 for power in (alpha, beta)):
            least = max(least, p + int(alpha + beta) + 1)  # a polynomial has no higher degrees
        elif alpha == beta:
            for i in range(p // 2 + 1):
                factor_of, mu = c * (-1) ** i * binomial(p // 2, i), alpha + i
                if p % 2 == 0:
                    even.append(factor_of * two_sided(mu, d, k))
                else:
                    raised = two_sided(mu + 1, d - 2, k + 1)
                    odd.append(-factor_of * (d - 2) / (2 * (mu + 1)) * raised)
        elif 0 in (alpha, beta):
            side = 1 if beta == 0 else -1
            for i in range(p + 1):
                weight = c * side**p * (-1) ** i * binomial(p, i)
                ends.append(weight * one_sided(alpha + beta + i, d, k) * (1 if side == 1 else sign))
        else:
            return None
    parity = ((1 + sign) / 2 * _combined(even), (1 - sign) / 2 * _combined(odd))
    return Add(*parity, _combined(ends)), least


def _combined(terms: list[Expr]) -> Expr:
    """A sum of products of gamma functions as one of them times a rational function."""
    if not terms:
        return Integer(0)
    return terms[0] * factor(Add(*(gammasimp(expand_func(gammasimp(term / terms[0]))) for term in terms)))


def _low(kernel: Expr, t: Symbol, d: Expr, degree: int) -> Expr | None:
    """``lambda_degree``: the mean of a derivative in a higher dimension; None where it is not known."""
    dimension = d + 2 * degree
    found = _mean(kernel.diff(t, degree).subs(acos(t), pi / 2 - asin(t)), t, dimension)
    return None if found is None else simplify(found / reduce(mul, (d + 2 * i for i in range(degree))))


def _mean(kernel: Expr, t: Symbol, d: Expr) -> Expr | None:
    total = Integer(0)
    for term in Add.make_args(expand(kernel)):
        if simplify(term + term.subs(t, -t)) == 0 and term.has(t):
            continue
        (power,) = _powers(term, t)
        if power is None:
            return None
        c, p, alpha, beta = power
        if alpha == beta:
            pieces = (
                two_sided(alpha + i, d, Integer(0)) * (-1) ** i * binomial(p // 2, i)
                for i in range(p // 2 + 1)
            )
        elif 0 in (alpha, beta):
            side = 1 if beta == 0 else -1
            pieces = (
                side**p * (-1) ** i * binomial(p, i) * one_sided(alpha + beta + i, d, Integer(0))
                for i in range(p + 1)
            )
        else:
            return None
        total += c * Add(*pieces)
    return total


def _joined(low: list[Expr], beyond: Expr, k: Symbol) -> Expr:
    """The first degrees by name where they differ from what holds beyond."""
    while low and simplify(beyond.subs(k, len(low)) - low[-1]) == 0:
        low = low[:-1]
    pieces = [(value, k <= degree) for degree, value in enumerate(low, 1)]
    return Piecewise(*pieces, (beyond, true)) if pieces else beyond
