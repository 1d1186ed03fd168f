"""Eigenvalues of zonal kernels that are sums of exponentials of t times powers of it, and a polynomial.

By the generating function of the Bessel functions (DLMF 10.35; for d = 2 it is 10.35.2), with Gegenbauer's
recurrence for powers of t,

    lambda_k[e^(z t)] = Gamma(d/2) (2/z)^(d/2-1) I_(k+d/2-1)(z),
    lambda_k[t K] = (k lambda_(k-1)[K] + (k + d - 2) lambda_(k+1)[K])/(2 k + d - 2).

They fall faster than every geometric sequence, so that no laws follow; the full model takes them.

    exponential           lambda_k of e^(z t)
    entire_eigenvalues    lambda_k of such a sum
"""

from __future__ import annotations

from sympy import Add, Expr, Integer, Mul, Symbol, besseli, cancel, cosh, exp, expand, gamma, sinh

from asymptotics.kernels.exact import exact_eigenvalues


def exponential(z: Expr, d: Expr, k: Expr) -> Expr:
    """``lambda_k`` of ``e^(z t)``, z not 0; that of -z has the sign ``(-1)^k``.

    >>> exponential(Integer(1), Integer(2), Integer(3))
    besseli(3, 1)
    """
    half, size, sign = d / 2, abs(z) if z.is_number else z, (-1) ** k if z.is_negative else Integer(1)
    return sign * gamma(half) * (2 / size) ** (half - 1) * besseli(k + half - 1, size)


def entire_eigenvalues(kernel: Expr, t: Symbol, d: Expr, k: Symbol) -> Expr | None:
    """``lambda_k``, k >= 1; None for a kernel of another form.

    >>> from asymptotics.symbols import k
    >>> t = Symbol("t")
    >>> entire_eigenvalues(cosh(t), t, Integer(2), k)
    (-1)**k*besseli(k, 1)/2 + besseli(k, 1)/2
    """
    total, rest = Integer(0), Integer(0)
    for term in Add.make_args(expand(kernel.rewrite((cosh, sinh), exp))):
        parts = Mul.make_args(term)
        exponent = Add(*(part.args[0] for part in parts if isinstance(part, exp)))
        if not exponent.has(t):
            rest += term
            continue
        front, rate = Mul(*(part for part in parts if not isinstance(part, exp))), exponent.diff(t)
        if rate.has(t) or not (front.is_polynomial(t) and front.as_poly(t).is_monomial):
            return None
        degree = front.as_poly(t).degree()
        value = front / t**degree * exp(exponent.subs(t, 0)) * exponential(rate, d, k)
        for _ in range(degree):
            down, up = value.subs(k, k - 1), value.subs(k, k + 1)
            value = cancel(k / (2 * k + d - 2)) * down + cancel((k + d - 2) / (2 * k + d - 2)) * up
        total += value
    if total == 0 or not rest.is_polynomial(t):
        return None
    polynomial = exact_eigenvalues(rest, t, d, k) if rest.has(t) else Integer(0)
    return None if polynomial is None else total + polynomial
