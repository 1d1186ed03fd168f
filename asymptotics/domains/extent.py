"""What of an expression can be decided exactly in good time: its extent, its factors, a number's sign."""

from __future__ import annotations

from math import comb, prod

from sympy import Add, Expr, Mul, Pow, Rational, factor_list, fraction, together
from sympy.polys.polyerrors import PolynomialError

from asymptotics.domains.domain import normal
from asymptotics.domains.elimination import linear_form
from asymptotics.errors import UnableError
from asymptotics.parsing.expressions import FAILURES

DEGREE = 24
"""Exponents of a higher degree in the parameters are not compared by cells."""
TERMS = 200
"""Nor are those with more terms when multiplied out."""
HUGE = 10**9
MONOMIALS = 10
"""Nor are boundaries that are no planes and have more terms."""


def factors(expression: Expr) -> tuple[tuple[Expr, int], ...]:
    """Irreducible factors of a rational expression with multiplicities, a rational number first."""
    numerator, denominator = fraction(together(normal(expression)))
    try:
        upper, lower = factor_list(numerator), factor_list(denominator)
    except PolynomialError as error:
        raise UnableError(f"{expression} is no rational function of the parameters") from error
    return ((upper[0] * lower[0], 1), *upper[1], *lower[1])


def check_rational(expression: Expr) -> None:
    """Refuse what has no sign by cells, before anything is multiplied out."""
    check_extent(expression)
    if not _is_rational(expression):
        raise UnableError(f"{expression} is no rational function of the parameters, with rational numbers")
    numerator = fraction(together(normal(expression)))[0]
    for factor, _ in factor_list(numerator)[1]:
        if linear_form(factor) is None and len(Add.make_args(factor)) > MONOMIALS:
            raise UnableError(f"a boundary with more than {MONOMIALS} monomials is not compared")


def _is_rational(expression: Expr) -> bool:
    """Whether it is built from rational numbers and symbols by sums, products and whole powers."""
    if isinstance(expression, Pow):
        return bool(expression.exp.is_Integer) and _is_rational(expression.base)
    if isinstance(expression, Add | Mul):
        return all(map(_is_rational, expression.args))
    return bool(expression.is_Rational or expression.is_Symbol)


def check_extent(expression: Expr, most: int = DEGREE) -> None:
    """Raise `UnableError` for an expression whose expansion would be beyond degree ``most``, or long."""
    degree, terms = extent(expression)
    if degree > most or (most == DEGREE and terms > TERMS):
        raise UnableError(f"expressions beyond degree {most} or {TERMS} terms are not multiplied out")


def extent(expression: Expr) -> tuple[int, int]:
    """Bounds on the degree and on the number of terms that ``expression`` would have multiplied out.

    >>> from asymptotics.symbols import a, b
    >>> extent((a + b + 1)**2 / b)
    (3, 6)
    """
    if not expression.args:
        return int(not expression.is_number), 1
    if isinstance(expression, Pow) and expression.exp.is_Integer:
        degree, terms = extent(expression.base)
        power = min(abs(int(expression.exp)), HUGE)
        count = HUGE if power > 999 else comb(power + min(terms, 99) - 1, power)
        return min(power * degree, HUGE), min(count, HUGE)
    parts = [extent(part) for part in expression.args if isinstance(part, Expr)]
    degrees, counts = [d for d, _ in parts] or [0], [n for _, n in parts] or [1]
    if isinstance(expression, Add):
        return max(degrees), min(sum(counts), HUGE)
    if isinstance(expression, Mul):
        return min(sum(degrees), HUGE), min(prod(counts), HUGE)
    return max(degrees), max(counts)


def number_sign(number: Expr) -> int | None:
    """The sign of a number, from 30 digits unless it is rational; None if it is not told from 0."""
    if number.is_Rational:
        return (number.p > 0) - (number.p < 0)
    try:
        value = number.evalf(30)
    except FAILURES:
        return None
    if not value.is_Float or value._prec == 1 or abs(value) < Rational(1, 10**25):
        return 0 if number.is_zero else None
    return 1 if value > 0 else -1


__all__ = ["DEGREE", "check_extent", "check_rational", "extent", "factors", "number_sign"]
