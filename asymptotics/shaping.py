"""How exponents and conditions are written after a change of letters.

factored     ``Min(c x, c y)`` as ``c Min(x, y)``
is_nested    whether a polynomial has sums within its terms
relation     a condition without factors that are positive
"""

from __future__ import annotations

from sympy import (
    Eq,
    Expr,
    Integer,
    Mul,
    StrictGreaterThan,
    StrictLessThan,
    cancel,
    factor_list,
    fraction,
    gcd_list,
    together,
)
from sympy.logic.boolalg import Boolean


def factored(extreme: Expr) -> Expr:
    """``Min(c x, c y) = c Min(x, y)`` for the common factor c > 0."""
    common = gcd_list(list(extreme.args))
    if not (common.is_positive and common.free_symbols):
        return extreme
    return common * extreme.func(*(cancel(x / common) for x in extreme.args))


def is_nested(total: Expr) -> bool:
    """Whether it is a polynomial that has sums within its terms: what a letter stood for."""
    within = (factor.as_base_exp()[0] for term in total.args for factor in Mul.make_args(term))
    return total.is_Add and any(base.is_Add for base in within) and total.is_polynomial(*total.free_symbols)


def _primitive(expression: Expr) -> Expr:
    """A polynomial with the sign of ``expression``, its positive factors and numbers removed."""
    numerator, denominator = fraction(together(expression))
    constant, factors = factor_list(numerator * denominator)
    kept = [f for f, count in factors if count % 2 and not f.is_positive]
    sign = Integer(1) if constant.is_positive else Integer(-1)
    return (sign * Mul(*kept)).expand()


def relation(operator: str, difference: Expr) -> Boolean:
    """``difference (operator) 0`` without positive factors, a letter that is linear alone on the left."""
    polynomial = _primitive(difference)
    make = {"<": StrictLessThan, ">": StrictGreaterThan, "==": Eq}[operator]
    flipped = {"<": StrictGreaterThan, ">": StrictLessThan, "==": Eq}[operator]
    letters = sorted(polynomial.free_symbols, key=lambda s: (s.name != "beta", s.name))
    for letter in letters:
        slope = polynomial.diff(letter)
        if slope.is_Rational and slope != 0:
            side = (letter - polynomial / slope).expand()
            return (make if slope.is_positive else flipped)(letter, side)
    terms = polynomial.as_ordered_terms()
    positive = sum((x for x in terms if not x.as_coeff_Mul()[0].is_negative), Integer(0))
    negative = sum((-x for x in terms if x.as_coeff_Mul()[0].is_negative), Integer(0))
    return make(positive, negative)
