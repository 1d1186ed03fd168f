"""The behaviour of a spectrum at large k, as an expansion in powers and logarithms of k."""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr, Integer, Symbol, exp, log

from asymptotics.domains.domain import POSITIVE, Domain
from asymptotics.errors import SpectrumError, UnableError
from asymptotics.expansions.expansion import Expansion, Powers, expansion
from asymptotics.expansions.gamma_products import GammaProduct, has_gammas, split_gammas, without_gammas
from asymptotics.expansions.terms import Bound, Term

DEEPER = (1, 2, 4, 8, 16)
"""How many more orders of its summands are tried where the leading ones of a sum cancel."""


def tail_expansion(expression: Expr, index: Symbol, depth: int, domain: Domain = POSITIVE) -> Expansion:
    """``expression`` as index -> oo: terms ``C k^-p log(k)^m``, the first ``depth`` orders of them.

    Works through sums, products, constant powers, logarithms, and ratios of gamma functions (binomial
    coefficients, factorials). Raises `SpectrumError` for anything else, such as an exponential of k.

    >>> from asymptotics.symbols import k
    >>> tail_expansion(1 / (2*k + 1), k, 2)
    1/(2*k) - 1/(4*k**2) + O(k**(-3))
    >>> from asymptotics.symbols import a
    >>> from sympy import binomial
    >>> tail_expansion((k + 1)**a - k**a, k, 2)
    a*k**(a - 1) + a*k**(a - 2)*(a - 1)/2 + O(k**(a - 3))
    >>> tail_expansion(binomial(2*k, k) / 4**k, k, 2)
    1/(sqrt(pi)*sqrt(k)) - 1/(8*sqrt(pi)*k**(3/2)) + O(k**(-5/2))
    """
    if has_gammas(expression, index):
        plain = without_gammas(expression, index)
        gammas, rest = split_gammas(plain, index)
        if gammas is not None:
            series = _gamma_series(gammas, index, depth, domain)
            return series * tail_expansion(rest, index, depth, domain)
        expression = plain
    if not expression.has(index):
        return expansion(index, [Term(expression, Integer(0))], at_infinity=True, domain=domain, depth=depth)
    if expression == index:
        return expansion(index, [Term(Integer(1), Integer(-1))], at_infinity=True, domain=domain, depth=depth)
    parts = [tail_expansion(e, index, depth, domain) for e in expression.args if e.has(index)]
    if expression.is_Add or expression.is_Mul:
        fixed = expression.func(*(e for e in expression.args if not e.has(index)))
    if expression.is_Add:
        total = _sum(parts, fixed)
        for more in DEEPER:
            if not total.remainder or len({t.order for t in total.terms}) >= depth:
                break
            # leading orders cancelled, as in (k + 1)^d - k^d
            deeper = [tail_expansion(e, index, depth + more, domain) for e in expression.args if e.has(index)]
            total = _sum(deeper, fixed)
        return replace(total, depth=depth).with_terms(total.terms, total.remainder)
    if expression.is_Mul:
        product = parts[0]
        for part in parts[1:]:
            product = product * part
        return product.scale(fixed)
    if expression.is_Pow and not expression.exp.has(index):
        base, power = parts[0], expression.exp
        if power.is_Integer and 0 < power <= 8:
            product = base
            for _ in range(int(power) - 1):
                product = product * base
            return product
        try:
            return base.power(power)
        except UnableError as error:
            raise SpectrumError(f"{expression} has no expansion in powers of {index}: {error}") from error
    if isinstance(expression, log):
        return Powers(parts[0]).logarithm()
    exponential = isinstance(expression, exp) or expression.is_Pow
    kind = f"is an exponential of {index}" if exponential else f"has no expansion in powers of {index}"
    raise SpectrumError(
        f"{expression} {kind}; the engine expands sums, products, constant powers "
        f"and logarithms of {index} (power-law families)"
    )


def _sum(parts: list[Expansion], fixed: Expr) -> Expansion:
    total = parts[0] + fixed
    for part in parts[1:]:
        total = total + part
    return total


def _gamma_series(product: GammaProduct, index: Symbol, depth: int, domain: Domain) -> Expansion:
    terms = [Term(product.scale * product.coefficient(n), n - product.power) for n in range(depth)]
    bound = Bound(depth - product.power)
    return expansion(index, terms, [bound], at_infinity=True, domain=domain, depth=depth)


__all__ = ["tail_expansion"]
