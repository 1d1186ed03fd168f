"""Numbers from outside, made exact: a float is the decimal that it prints, an mpf its binary value."""

from __future__ import annotations

import mpmath
import numpy as np
import sympy

from asymptotics.errors import DomainError, PrecisionError
from asymptotics.tasks.task import exact


def exact_number(name: str, value: object) -> sympy.Expr:
    """A real number or oo; raises `DomainError`.

    >>> exact_number("t", 0.1), exact_number("t", mpmath.mpf(0.5))
    (1/10, 1/2)
    """
    if isinstance(value, mpmath.mpf):
        if not mpmath.isfinite(value):
            return sympy.oo if value > 0 else sympy.nan
        sign, mantissa, exponent, _ = value._mpf_
        return (-1) ** sign * sympy.Integer(int(mantissa)) * sympy.Integer(2) ** exponent
    if isinstance(value, np.generic):
        value = value.item()
    number = exact(value, name)
    if not number.is_number or not number.is_extended_real:
        raise DomainError(f"{name} = {value}; give a real number or oo")
    return number


def exact_size(name: str, value: object) -> sympy.Expr:
    """N or P: a number > 0, or oo; raises `DomainError`."""
    number = exact_number(name, value)
    if not number.is_extended_positive:
        raise DomainError(f"{name} = {value}; it must be > 0, or oo")
    return number


def exact_time(value: object) -> sympy.Expr:
    """A time: a number >= 0, or oo; raises `DomainError`."""
    number = exact_number("t", value)
    if not number.is_extended_nonnegative:
        raise DomainError(f"t = {value}; a time must be >= 0, or oo")
    return number


def exact_count(name: str, value: object) -> sympy.Expr:
    """An integer >= 1, or oo; raises `DomainError`."""
    number = exact_number(name, value)
    if not (number == sympy.oo or (number.is_integer and number >= 1)):
        raise DomainError(f"{name} = {value}; give an integer >= 1, or oo")
    return number


def check_integer(name: str, value: object, least: int, most: int) -> None:
    """Raise `DomainError` unless ``value`` is an integer between two bounds.

    >>> check_integer("digits", 15, 1, 1000)
    """
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise DomainError(f"{name} = {value!r}; give an integer from {least} to {most}")


def infinite(number: sympy.Expr) -> bool:
    """Whether a size or time is oo.

    >>> infinite(sympy.oo)
    True
    """
    return bool(number == sympy.oo)


def sign_of(number: sympy.Expr) -> int:
    """The sign of an exact real number, proved; raises `PrecisionError` where SymPy cannot tell it from 0.

    >>> sign_of(sympy.sqrt(2) - 1), sign_of((1 + sympy.sqrt(2)) ** 2 - 3 - 2 * sympy.sqrt(2))
    (1, 0)
    """
    if not number.is_Rational and number.is_finite and number.equals(0):
        return 0
    sign = sympy.sign(number)
    if not sign.is_Integer:
        raise PrecisionError(f"{number} cannot be told from 0; give sizes as rational numbers")
    return int(sign)
