"""Sizes, times and counts from outside, exact and checked."""

from __future__ import annotations

import sympy

from asymptotics.errors import DomainError, PrecisionError
from asymptotics.parsing.numbers import real_number, shown


def exact_size(name: str, value: object) -> sympy.Expr:
    """N or P: a number > 0, or oo; raises `DomainError`."""
    number = real_number(value, name)
    if not number.is_extended_positive:
        raise DomainError(f"{name} = {shown(value)}; it must be > 0, or oo")
    return number


def exact_time(value: object) -> sympy.Expr:
    """A time: a number >= 0, or oo; raises `DomainError`."""
    number = real_number(value, "t")
    if not number.is_extended_nonnegative:
        raise DomainError(f"t = {shown(value)}; a time must be >= 0, or oo")
    return number


def exact_count(name: str, value: object) -> sympy.Expr:
    """An integer >= 1, or oo; raises `DomainError`."""
    number = real_number(value, name)
    if not (number == sympy.oo or (number.is_integer and number >= 1)):
        raise DomainError(f"{name} = {shown(value)}; give an integer >= 1, or oo")
    return number


def check_integer(name: str, value: object, least: int, most: int) -> None:
    """Raise `DomainError` unless ``value`` is an integer between two bounds.

    >>> check_integer("digits", 15, 1, 1000)
    """
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise DomainError(f"{name} = {shown(value)}; give an integer from {least} to {most}")


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
