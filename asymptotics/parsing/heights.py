"""Bounds on rational numbers, and what of their powers and special values is written out.

The height of a rational number is here the length in bits of its numerator or denominator, whichever is
longer. SymPy turns ``12**(p/q)`` into integers of about q bits, ``zeta(2*n)`` into a Bernoulli number and
``gamma(n)`` into a factorial, as soon as it builds them. An expression is therefore given numbers by
`substitute`, whose powers of numbers are a `Radical`, and what would still be long is a decimal of `DIGITS`
digits.

    decimal(text)                    the rational number that a decimal writes
    bit_length(number)               the height, which every bound on numbers is about
    check_height(expression)         refuse numbers beyond the bounds
    check_exponent(exponent)         refuse what no power is taken to
    to_power(base, exponent)         the power, exact where it is short
    substitute(expression, table)    numbers in the place of symbols
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy
from sympy import Basic, Expr, Mul, Pow, Rational, exp, floor, log
from sympy.core.function import Function

from asymptotics.errors import DomainError
from asymptotics.parsing.vocabulary import BITS, EXPONENT, FRACTION, LENGTH

DIGITS = 30
"""Digits of a decimal that stands for a number too long to be written out."""
WRITTEN = 256
"""Bits of the integers that SymPy may write out under a root."""
LARGEST = 1000
"""Numbers given to a function beyond which its value is a decimal."""
WRITTEN_OUT = tuple(
    getattr(sympy, name)
    for name in "gamma loggamma digamma polygamma harmonic zeta beta binomial factorial rf ff".split()
)
"""Functions of which SymPy knows exact values at numbers."""


def decimal(text: str) -> Rational:
    """The number that a decimal such as ``-1.25e-7`` writes, exact; `DomainError` beyond the bounds.

    >>> decimal("0.1"), decimal("-1.5e2")
    (1/10, -150)
    """
    mantissa, _, power = text.lower().partition("e")
    whole, _, fraction = mantissa.partition(".")
    # the bound is on the digits, before the number is built
    if len(power) > 6 or abs(int(power or 0)) + len(whole) + len(fraction) > LENGTH:
        raise DomainError(f"a number with more than {LENGTH} digits; use a smaller one")
    digits, shift = int(whole + fraction), int(power or 0) - len(fraction)
    number = Rational(digits * 10**shift) if shift >= 0 else Rational(digits, 10**-shift)
    check_height(number)
    return number


def bit_length(number: Rational) -> int:
    """The length of numerator or denominator, whichever is longer."""
    return max(int(abs(number.p)).bit_length(), int(number.q).bit_length())


def check_height(expression: Expr) -> None:
    """Raise `DomainError` if a number in the expression is longer than every float (`BITS`)."""
    if any(bit_length(number) > BITS for number in expression.atoms(Rational)):
        raise DomainError(f"a number of more than {BITS} bits; use smaller numbers")


def check_exponent(exponent: Expr) -> None:
    """Raise `DomainError` for an exponent with a number beyond `EXPONENT`, or a root beyond `FRACTION`."""
    # all numbers in it, not its value alone: exp(n*log(2*x)) becomes 2**n * x**n
    numbers = (exponent,) if exponent.is_Rational else exponent.atoms(Rational)
    if any(abs(number) > EXPONENT for number in numbers):
        raise DomainError(f"an exponent with a number beyond {EXPONENT}; use smaller numbers")
    if exponent.is_Rational and exponent.q > FRACTION:
        raise DomainError(f"a root of order {exponent.q}, beyond {FRACTION}; use a simpler exponent")


class Radical(Function):  # type: ignore[misc]
    """``x**r``, x and r positive rational numbers: a constant to SymPy, which neither splits nor joins it.

    >>> x = Radical(Rational(12), Rational("0.141592653589793"))
    >>> x, x.n(15)
    (12**(141592653589793/1000000000000000), 1.42168747176026)
    """

    opaque = True  # a constant of its own in tests for cancellation
    is_positive = True
    is_finite = True

    def _power(self, printer: Any, exp: str | None = None) -> Any:
        shown = printer._print(Pow(*self.args, evaluate=False))
        return rf"\left({shown}\right)^{{{exp}}}" if exp else shown

    _sympystr = _latex = _mpmathcode = _pretty = _power

    def _eval_evalf(self, prec: int) -> Expr:
        return Pow(*self.args, evaluate=False)._eval_evalf(prec)


def to_power(base: Expr, exponent: Expr) -> Expr:
    """``base**exponent``, in which numbers and their roots are raised within the bounds of this module.

    >>> to_power(12 * log(2), Rational("3.141592653589793"))
    1728*12**(141592653589793/1000000000000000)*log(2)**(3141592653589793/1000000000000000)
    >>> to_power(Rational(10), Rational(1000)).is_Float
    True
    """
    if base.is_Symbol and not exponent.is_number:
        return Pow(base, exponent, evaluate=False)  # SymPy would look for a logarithm in the exponent
    if base == 1:
        return base  # SymPy would ask whether the exponent is infinite
    if base.is_Pow and base.base.is_Symbol and base.base.is_positive and base.exp.is_real:
        return to_power(base.base, base.exp * exponent)
    number, rest = base.as_coeff_Mul()
    if not exponent.is_Rational or not number.is_Rational or number == 0:
        return Pow(base, exponent)
    if number < 0:
        number, rest = -number, -rest
    if number != 1 and bit_length(number) * abs(exponent) > 2 * BITS:
        number = Pow(number, exponent, evaluate=False).evalf(DIGITS)
    elif number != 1 and exponent.q > 1 and bit_length(number) * exponent.q > WRITTEN:
        above, upward = (number, exponent) if number > 1 else (1 / number, -exponent)
        whole = floor(upward)
        number = above**whole * Radical(above, upward - whole)
    else:
        number = Pow(number, exponent)
    roots = [
        f for f in Mul.make_args(rest) if f.is_Pow and f.base.is_Rational and f.base > 0 and f.exp.is_Rational
    ]
    if not roots:
        return number * Pow(rest, exponent)
    left = Mul(*(f for f in Mul.make_args(rest) if f not in roots))
    return Mul(number, *(to_power(f.base, f.exp * exponent) for f in roots), Pow(left, exponent))


def substitute(expression: Any, table: Mapping[Basic, Expr]) -> Any:
    """The expression with others for symbols or functions, built within the bounds of this module.

    Raises `DomainError` for exponents beyond them.

    >>> from asymptotics.symbols import a, k
    >>> substitute(sympy.gamma(a) * k**-a, {a: sympy.Rational(5, 2)})
    3*sqrt(pi)/(4*k**(5/2))
    >>> substitute(sympy.gamma(a), {a: sympy.Integer(10) ** 30})
    6.22311232304258500621704086956e+29565705518096748172348871081068
    """
    if expression in table:
        return table[expression]
    symbols = expression.free_symbols
    if not expression.args or not any(
        key in symbols if key.is_Symbol else expression.has(key) for key in table
    ):
        return expression
    arguments = [substitute(argument, table) for argument in expression.args]
    if expression.is_Pow:
        check_exponent(arguments[1])
        return to_power(*arguments)
    if isinstance(expression, exp) and isinstance(arguments[0], Mul):
        # exp(x*log(n)) is n**x to SymPy
        check_exponent(arguments[0])
        for part in arguments[0].args:
            if isinstance(part, log):
                return to_power(part.args[0], arguments[0] / part)
    if isinstance(expression, WRITTEN_OUT) and any(_is_large(x) for x in arguments):
        return _decimal_of(expression.func, arguments)
    return expression.func(*arguments)


def _is_large(argument: Expr) -> bool:
    return bool(argument.is_Rational and abs(argument) > LARGEST)


def _decimal_of(function: type[Function], arguments: list[Expr]) -> Expr:
    return function(*arguments, evaluate=False).evalf(DIGITS)
