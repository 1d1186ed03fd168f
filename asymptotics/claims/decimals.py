"""Decimals of a claim: ``1.34484`` is every number that rounds to it, to the digits that are written.

So that what a law prints is accepted, and what a table in print says. A decimal of fewer than `LEAST` digits,
as 0.5 or 2.5, is the fraction that it writes, as everywhere else.

    Decimals    reads numbers, and keeps a letter for each such decimal
    Rounding    the letter, the number that is written, and half a unit of its last digit
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sympy import Expr, Float, Rational, Symbol

from asymptotics.parsing.heights import decimal

LEAST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounding:
    """The letter of a decimal, the number that is written, and half a unit of its last digit."""

    letter: Symbol
    written: Rational
    half: Rational

    def covers(self, number: Expr) -> bool:
        """Whether a number rounds to the decimal."""
        return bool(abs(number - self.written).evalf() <= self.half)

    def among(self, numbers: Iterable[Expr]) -> Expr:
        """The one of ``numbers`` that rounds to the decimal; else the number that is written."""
        return next((x for x in numbers if self.covers(x)), self.written)


class Decimals:
    """Reads the numbers of one claim.

    >>> read = Decimals()
    >>> read("0.5"), read("0.238"), read("0.238"), read.found[0].half
    (1/2, decimal 1, decimal 2, 1/2000)
    """

    def __init__(self) -> None:
        self.found: list[Rounding] = []

    def __call__(self, text: str) -> Expr:
        number = decimal(text)
        mantissa, _, power = text.lower().partition("e")
        fraction = mantissa.partition(".")[2]
        if not fraction or len(mantissa.replace(".", "").lstrip("0")) < LEAST:
            return number
        letter = Symbol(f"decimal {len(self.found) + 1}", positive=True)
        half = decimal(f"0.{'0' * len(fraction)}5e{power or 0}")
        self.found.append(Rounding(letter=letter, written=number, half=half))
        return letter

    def of_floats(self, expression: Expr) -> Expr:
        """An expression with letters for its floats, each as the decimal that it prints."""
        floats = {x: self(repr(float(abs(x)))) * (-1 if x < 0 else 1) for x in expression.atoms(Float)}
        return expression.xreplace(floats)

    def as_written(self, expression: Expr) -> Expr:
        """The expression with the numbers that are written in place of the letters."""
        return expression.xreplace({x.letter: x.written for x in self.found})
