"""Sizes, times and counts from outside, exact and checked."""

from __future__ import annotations

import sympy

from asymptotics.errors import DomainError, PrecisionError, shown
from asymptotics.parsing.numbers import DECADES, exact, real_number

LARGEST = 10**DECADES


def _in_range(name: str, number: sympy.Expr) -> sympy.Expr:
    if number.is_Rational:
        p, q = abs(int(number.p)), int(number.q)
        inside = p == 0 or (p <= q * LARGEST and q <= p * LARGEST)
    else:
        inside = number.is_infinite or abs(sympy.log(abs(number), 10).evalf(5)) <= DECADES
    if not inside:
        raise DomainError(f"{name} = {sympy.N(number, 5)}; give a number from 1e-{DECADES} to 1e{DECADES}")
    return number


def exact_size(name: str, value: object) -> sympy.Expr:
    """N or P: a number > 0, or oo; raises `DomainError`."""
    number = real_number(value, name)
    if not (number > 0 if number.is_Rational else number.is_extended_positive):
        raise DomainError(f"{name} = {shown(value)}; it must be > 0, or oo")
    return _in_range(name, number)


def exact_time(value: object) -> sympy.Expr:
    """A time: a number >= 0, or oo; raises `DomainError`."""
    number = real_number(value, "t")
    if not (number >= 0 if number.is_Rational else number.is_extended_nonnegative):
        raise DomainError(f"t = {shown(value)}; a time must be >= 0, or oo")
    return _in_range("t", number)


def exact_noise(value: object) -> sympy.Expr:
    """sigma: a finite number >= 0; raises `DomainError`."""
    number = exact(value, "noise")
    if not (number.is_number and number.is_finite and number.is_nonnegative):
        raise DomainError(f"noise = {shown(value)}; the standard deviation sigma must be a number >= 0")
    return _in_range("noise", number)


def exact_ridge(value: object) -> sympy.Expr:
    """rho: a finite number, which may be negative; raises `DomainError`."""
    number = real_number(value, "ridge")
    if not number.is_finite:
        raise DomainError(f"ridge = {shown(value)}; it must be a finite number")
    return _in_range("ridge", number)


def exact_count(name: str, value: object) -> sympy.Expr:
    """An integer >= 1, or oo; raises `DomainError`."""
    number = real_number(value, name)
    if not (number == sympy.oo or (number.is_integer and number >= 1)):
        raise DomainError(f"{name} = {shown(value)}; give an integer >= 1, or oo")
    return number


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
