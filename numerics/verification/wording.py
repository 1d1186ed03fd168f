"""Words for conditions and digits for numbers, as tables show them.

condition_text(condition)    ``a - 1 < b and b = 2``
exponent_text(exponent)      exact where that is short, else a decimal
decimal_with_error(value, error)       a number to the digits that its error leaves
decimal(number, digits)      a number to so many digits
align_rows(rows)                lines of a table
fold(line, width)            a long line on several, broken between terms and factors
on_screen(text)              text with its lines folded where it goes to a terminal
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import mpmath
import sympy
from sympy import Expr, true
from sympy.logic.boolalg import Boolean

from asymptotics.domains.domain import plain

SCREEN = 80
"""Letters in a line of a terminal."""


def condition_text(condition: Boolean) -> str:
    """``a - 1 < b and b = 2``; the empty condition is ``everywhere``."""
    return "everywhere" if condition == true else plain(condition)


def exponent_text(exponent: Expr) -> str:
    """Exact where that is short, else a decimal; ``oo`` for a decay faster than every power."""
    text = str(exponent)
    return text if len(text) <= 12 else decimal(mpmath.mpf(sympy.N(exponent, 20)), 8)


def decimal_with_error(value: Any, error: Any) -> tuple[str, str]:
    """A measured number to the digits that its error leaves, and the error rounded up.

    An infinite error means that only a lower bound was found.

    >>> decimal_with_error(mpmath.mpf("0.749998"), mpmath.mpf("0.000021"))
    ('0.75000', '3e-5')
    """
    if mpmath.isnan(value) or mpmath.isnan(error):
        return "-", "-"
    if mpmath.isinf(error):
        return f">= {decimal(value, 2)}", "-"
    if mpmath.isinf(value) or error <= 0:
        return decimal(value, 10), decimal(error, 1)
    place = int(mpmath.floor(mpmath.log10(error)))
    up = mpmath.ceil(error / mpmath.mpf(10) ** place)
    if up == 10:
        up, place = 1, place + 1
    size = int(mpmath.floor(mpmath.log10(abs(value)))) if value else place
    digits = min(max(size - place + 1, 1), 10)
    shown = mpmath.nstr(value, digits, strip_zeros=False, min_fixed=-4, max_fixed=8)
    shown = shown.removesuffix(".").replace(".e", "e")
    return shown, decimal(up * mpmath.mpf(10) ** place, 1)


def decimal(number: Any, digits: int) -> str:
    """``number`` to so many significant digits; scientific where zeros would pile up."""
    text = mpmath.nstr(mpmath.mpf(number), digits, min_fixed=-3, max_fixed=8)
    mantissa, letter, power = text.partition("e")
    return mantissa.removesuffix(".0") + letter + power


def align_rows(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Columns padded to their widest cell, with a rule below the first row.

    A table that is wider than `SCREEN` goes on below, under its first column.
    """
    first, *others = zip(*rows, strict=True)
    part, used = [first], _width(first)
    for column in others:
        if len(part) > 1 and used + 2 + _width(column) > SCREEN:
            yield from (*_aligned(part), "")
            part, used = [first], _width(first)
        part.append(column)
        used += 2 + _width(column)
    yield from _aligned(part)


JOINED = ("~", "=", "<", ">", "->")
"""Signs that no line begins with."""


def fold(line: str, width: int) -> str:
    """A long line on several, broken in as few brackets as may be: between words and terms, else factors.

    >>> print(fold("  L(N) ~ A*N**(1 - a)*log(N) + O(N**-2), for b > 2", 30))
      L(N) ~ A*N**(1 - a)*log(N)
          + O(N**-2), for b > 2
    """
    margin = " " * (len(line) - len(line.lstrip()) + 4)
    lines: list[str] = []
    while len(line) > width:
        places = (found for found in _places(line, len(margin), width // 2) if found[-1] <= width)
        *_, place = max(places, default=(0,))
        if not place:
            break
        lines.append(line[:place].rstrip())
        line = margin + line[place:].lstrip()
    return "\n".join([*lines, line])


def _places(line: str, first: int, near: int) -> Iterator[tuple[bool, float, int]]:
    """Where a line may be broken: whether far enough on, in how few brackets, and the place."""
    depth = 0
    for place, letter in enumerate(line):
        depth += (letter in "([") - (letter in ")]")
        signs = line[place - 1] in "+-~=<>" or line[place + 1 : place + 3].rstrip() in JOINED
        between = letter == " " and not signs
        factor = letter == "*" and "*" not in line[place - 1 : place + 2 : 2]
        if place > first and (between or factor):
            yield place > near, -depth - factor / 2, place


def on_screen(text: str) -> str:
    """The text with lines that fit a terminal; as it is where it goes elsewhere."""
    if not sys.stdout.isatty():
        return text
    width = shutil.get_terminal_size().columns
    return "\n".join(fold(line, width) for line in text.splitlines())


def _width(column: Iterable[str]) -> int:
    return max(map(len, column))


def _aligned(columns: list[tuple[str, ...]]) -> Iterator[str]:
    widths = [_width(column) for column in columns]
    for i, row in enumerate(zip(*columns, strict=True)):
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        if i == 0:
            yield "  ".join("-" * width for width in widths)
