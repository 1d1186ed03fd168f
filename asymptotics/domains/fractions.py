"""Exponents as they are read: factored, with denominators that are positive where the exponent holds."""

from __future__ import annotations

from sympy import Expr, Mul, expand, factor, fraction

from asymptotics.domains.domain import Domain


def factored(exponent: Expr, domain: Domain) -> Expr:
    """A rational function, factored; factors below that are negative on the domain are turned.

    >>> from asymptotics.symbols import a, b
    >>> factored((a - 1) / (2 - a * b), Domain((a - 1, b - 2)))
    -(a - 1)/(a*b - 2)
    """
    found = factor(exponent)
    above, below = fraction(found)
    turned = [part for part in Mul.make_args(below) if part.is_Add and domain.sign(part) == -1]
    if not turned:
        return found
    rest = below / Mul(*turned)
    return factor(above * (-1) ** len(turned)) / (rest * Mul(*(expand(-part) for part in turned)))
