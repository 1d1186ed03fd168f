"""The two sides of a claim: the name on the left, and the expression on the right.

left_side(text)                    the name, and the letters in its parentheses and subscripts
parse_side(claim, text, ...)       the expression, its decimals as letters
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sympy import Expr, Symbol

from asymptotics.claims.decimals import Decimals
from asymptotics.errors import ParseError
from asymptotics.parsing.expressions import parse

_left = re.compile(r"\s*(?:min_?(?:rho|[A-Za-z])\s*)?(?P<name>[A-Za-z]+)[\w^*',;()\s-]*")


def left_side(text: str) -> tuple[str, str] | None:
    """The name on the left side, and the letters in its parentheses and subscripts."""
    text = re.sub(r"^.*\bterm\s*of\s*|^.*termof", "", text)  # "1/N^2 term of L(t, N)"
    text = re.sub(r"\+\s*sigma(\^|\*\*)2", "", text)  # of the loss on fresh labels, "L + sigma^2"
    text = re.sub(r"/\s*min_.*$", "", text)  # the quotient of two best losses goes by the first
    match = _left.fullmatch(text)
    outside = re.sub(r"\([^()]*\)", "", text)  # "L(P; rho P^-l)" may say how another resource is held
    if match is None or re.search(r"\*\*|\^(?!\s*(\*|opt))", outside):
        return None  # a power is not a name, but for a star
    inner = "".join(re.findall(r"\([^()]*\)|_[A-Za-z]", text))
    return match["name"], "".join(dict.fromkeys(c for c in inner if c.isalpha()))


def parse_side(
    claim: str, text: str, origin: Sequence[int], symbols: Mapping[str, Expr], decimals: Decimals
) -> Expr:
    subscripted = re.findall(r"\b[A-Za-z]+_[A-Za-z0-9]+\b", text)
    known = {name: Symbol(name, positive=True) for name in subscripted} | dict(symbols)
    try:
        return parse(text, symbols=known, number=decimals)
    except ParseError as error:
        if error.position is None or not origin:
            raise
        place = origin[min(error.position, len(origin) - 1)]
        raise ParseError.at(claim, place, error.reason) from None
