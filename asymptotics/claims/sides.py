"""The two sides of a claim: the name on the left, and the expression on the right.

left_side(text)                    the name, and the letters in its parentheses and subscripts
flat(source, items)                a left side in LaTeX as text
begins_claim(name, relation, ...)  whether this can be the left side of a claim of its own
parse_side(claim, text, ...)       the expression, its decimals as letters
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sympy import Expr, Symbol

from asymptotics.claims.decimals import Decimals
from asymptotics.claims.statement import EQUAL, ONE_SIDED, STATED
from asymptotics.errors import ParseError
from asymptotics.parsing import latex
from asymptotics.parsing.expressions import parse
from asymptotics.parsing.latex import Item, Source
from asymptotics.parsing.latex_words import LETTERS
from asymptotics.symbols import C, N, P, t

RESOURCES = (t, N, P, C)
PLAIN = {
    **LETTERS,
    **dict.fromkeys(("star", "ast", "dagger"), "*"),
    "infty": "oo",
    "min": "min",
    "ell": "L",
    "langle": "<",
    "rangle": ">",
    "to": "",
}
"""Macros of names as text."""
_prose = re.compile(r"^\s*(?:[A-Za-z][a-z']+,?\s+)+(?=[A-Za-z](?:[(_^*\s]|$))")
"""Words before a letter, "the loss falls as L(N)"."""
_held = re.compile(r"\s*[A-Za-z]\w*\s*\((?P<sizes>[^();]*)[^()]*\)\s*")
_other_size = re.compile(
    r"\s*(?:\d[\d./]*\s*\*?\s*[A-Za-z]|[A-Za-z]\w*\s*(?:\^(?!\s*(?:\*|opt))|\*\*|/|\+|-(?!>))\s*\w).*"
)
_left = re.compile(r"\s*(?:min_?(?:rho|[A-Za-z])\s*)?(?P<name>[A-Za-z]+)[\w^*',;()\s-]*")


def left_side(text: str) -> tuple[str, str] | None:
    """The name on the left side, and the letters in its parentheses and subscripts."""
    text = re.sub(r"^.*\bterm\s*of\s*|^.*termof", "", text)  # "1/N^2 term of L(t, N)"
    text = re.sub(r"[+-]\s*sigma(\^|\*\*)2", "", text)  # of fresh labels, "L + sigma^2", "E_g - sigma^2"
    text = re.sub(r"/\s*min_.*$", "", text)  # the quotient of two best losses goes by the first
    text = re.sub(r"^\s*(?:E(?:_\w+)?\s*\[(.*)\]|<(.*)>)\s*$", r"\1\2", text)  # a mean
    text = _prose.sub("", text)
    if held := _held.fullmatch(text):
        for size in filter(_other_size.fullmatch, held["sizes"].split(",")):
            raise ParseError(
                f"{text.strip()} is the quantity at {size.strip()}; write it of the size itself, as L(N)"
            )
    match = _left.fullmatch(text)
    outside = re.sub(r"\([^()]*\)", "", text)  # "L(P; rho P^-l)" may say how another resource is held
    if match is None or re.search(r"\*\*|\^(?!\s*(\*|opt))", outside):
        return None  # a power is not a name, but for a star
    inner = "".join(re.findall(r"\([^()]*\)|_[A-Za-z]", text))
    return match["name"], "".join(dict.fromkeys(c for c in inner if c.isalpha()))


def begins_claim(name: tuple[str, str], relation: str, symbols: Mapping[str, Expr], *, used: bool) -> bool:
    """Whether the left side names a quantity, and not a letter of the task or one that is ``used`` elsewhere.

    A bound is one of a loss, which has a capital letter, or of a resource; what is equal to a small letter
    alone says what that letter is.
    """
    letter, arguments = name
    if symbols.get(letter) in RESOURCES or (letter in ("t", "N", "P", "C") and letter not in symbols):
        return True
    if letter in symbols:
        return False
    if relation in (EQUAL, STATED):
        return not used and (letter[0].isupper() or bool(arguments))
    return relation not in ONE_SIDED or letter[0].isupper()


def flat(source: Source, items: Sequence[Item]) -> str:
    """A left side without fonts, accents and braces. Raises `ParseError` for macros that are in no name."""
    text = ""
    for item in items:
        if item.kind == "macro" and item.name in latex.FONTS | latex.ACCENTS:
            text += flat(source, [x for part in item.arguments for x in part or ()])
        elif item.kind == "macro":
            if item.name not in PLAIN and item.name not in latex.SIZES:
                source.fail(
                    item.position, f"\\{item.name} on the left side, which names the quantity, as L(N)"
                )
            text += PLAIN.get(item.name, "")
        elif item.kind == "group":
            text += flat(source, item.arguments[0] or ())
        else:
            text += item.name
    return text


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
