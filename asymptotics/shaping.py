"""How exponents and conditions are written after a change of letters.

factored     ``Min(c x, c y)`` as ``c Min(x, y)``
is_nested    whether a polynomial has sums within its terms
relation     a condition without factors that are positive
settled      the letters that equations set to numbers
put_in       a condition with these numbers
settle       expressions with these numbers
"""

from __future__ import annotations

from collections.abc import Iterable

from sympy import (
    Eq,
    Expr,
    GreaterThan,
    Integer,
    LessThan,
    Mul,
    StrictGreaterThan,
    StrictLessThan,
    Symbol,
    cancel,
    factor_list,
    factor_terms,
    fraction,
    gcd_list,
    together,
)
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

_RELATIONS = {"<": StrictLessThan, ">": StrictGreaterThan, "<=": LessThan, ">=": GreaterThan, "==": Eq}
_TURNED = str.maketrans("<>", "><")


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
    make = _RELATIONS[operator]
    flipped = _RELATIONS[operator.translate(_TURNED)]
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


def settled(parts: Iterable[object]) -> dict[Symbol, Expr]:
    """The letters that equations among conditions set to numbers."""
    equations = (part for part in parts if isinstance(part, Eq))
    return {one.lhs: one.rhs for one in equations if one.lhs.is_Symbol and one.rhs.is_number}


def put_in(condition: Boolean, numbers: dict[Symbol, Expr]) -> Boolean:
    """A condition with the numbers that others set: ``beta < 1 - alpha`` at alpha = 1/2 is ``beta < 1/2``."""
    if not isinstance(condition, Relational) or not condition.free_symbols & numbers.keys():
        return condition
    if condition.lhs in numbers and isinstance(condition, Eq):
        return condition
    reduced = condition.xreplace(numbers)
    return relation(reduced.rel_op, reduced.lhs - reduced.rhs) if reduced.free_symbols else reduced


def settle(value: object, numbers: dict[Symbol, Expr]) -> object:
    if isinstance(value, tuple):
        return tuple(settle(one, numbers) for one in value)
    if not isinstance(value, Expr) or not value.free_symbols & numbers.keys():
        return value
    changed = value.xreplace(numbers)
    return factor_terms(cancel(changed)) if changed.is_rational_function() else changed
