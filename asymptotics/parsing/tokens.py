"""From text to a syntax tree: tokens are checked one by one, then `ast.parse` decides precedence.

    read(text)        the tree of an expression, and where each of its nodes stands in the text
    known_names()     which names may be written, for messages
    known_functions() which functions

Only numbers, names, operators, commas and parentheses are tokens, so that attributes, strings, subscripts and
keywords cannot occur in the tree. ``^`` means a power. Decimals are exact: ``0.1`` is 1/10.
"""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NoReturn

from sympy import Expr

from asymptotics.errors import DomainError, ParseError, shown
from asymptotics.parsing.heights import decimal
from asymptotics.parsing.vocabulary import DEPTH, FUNCTIONS, LENGTH, NOT_LETTERS

_token = re.compile(
    r"[ \t]+"
    r"|(?P<number>(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z_0-9]*)"
    r"|(?P<open>\()|(?P<close>\))"
    r"|(?P<operator>\*\*|<=|>=|==|!=|[-+*/^,<>])",
    re.ASCII,
)
OPERANDS = ("number", "name", "open")
"""Kinds of tokens that begin an operand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Syntax:
    """A text, its syntax tree, its numbers by their column in the tree, and where each column came from."""

    text: str
    root: ast.expr
    literals: Mapping[int, Expr]
    origin: tuple[int, ...]

    def fail(self, node: ast.expr, message: str) -> NoReturn:
        """Raise `ParseError` that points to the node in the text."""
        _fail(self.text, self.origin[node.col_offset], message)


def read(text: str, number: Callable[[str], Expr] = decimal) -> Syntax:
    """The tree of an expression; `ParseError` for text that is none, which names the place.

    ``number`` is what a number becomes that is written.
    """
    if not isinstance(text, str):
        raise ParseError(f"{shown(text)} is not text; give an expression such as 'k**-b'")
    if len(text) > LENGTH:
        raise ParseError(f"the expression has {len(text)} characters, more than {LENGTH}; shorten it")
    if not text.strip(" \t"):
        raise ParseError("the expression is empty; write for example k**-b")
    pieces: list[str] = []
    origin: list[int] = []
    literals: dict[int, Expr] = {}
    for kind, token in _tokens(text):
        piece, position = token.group(), token.start()
        if kind == "number":
            try:
                literals[len(origin)] = number(piece)
            except DomainError as error:
                _fail(text, position, str(error))
        piece = "**" if piece == "^" else " " * len(piece) if not kind else piece
        # Leading blanks would be an indentation; the tree's text starts at the first token.
        if kind or pieces:
            pieces.append(piece)
            origin.extend(min(position + i, token.end() - 1) for i in range(len(piece)))
    origin.append(len(text.rstrip()) - 1)
    return Syntax(
        text=text, root=_tree(text, "".join(pieces), origin), literals=literals, origin=tuple(origin)
    )


def _tokens(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    """The tokens with their kinds, "" for blanks; each may stand where it does."""
    position = depth = 0
    before = "operator"  # the kind of the last token that was not a space
    while position < len(text):
        token = _token.match(text, position)
        if token is None:
            _fail(text, position, f"{text[position]!r} is not part of an expression{_hint(text[position])}")
        kind, piece = token.lastgroup or "", token.group()
        after_operand = before in ("number", "name", "close") and not (before == "name" and kind == "open")
        if kind in OPERANDS and after_operand:
            _fail(text, position, "an operator is missing; write a product as 2*a")
        depth += (kind == "open") - (kind == "close")
        if depth > DEPTH:
            _fail(text, position, f"parentheses nested deeper than {DEPTH}; split the expression")
        if kind == "name" and keyword.iskeyword(piece) and piece != "True":
            _fail(text, position, NOT_LETTERS.get(piece) or f"unknown name {piece!r}; {known_names()}")
        yield kind, token
        before = kind or before
        position = token.end()
    end = len(text.rstrip()) - 1
    if before == "operator":
        _fail(text, end, "the expression breaks off after an operator")
    if depth > 0:
        _fail(text, end, "a parenthesis is not closed")


def _tree(text: str, source: str, origin: list[int]) -> ast.expr:
    try:
        return ast.parse(source, mode="eval").body
    except SyntaxError as error:
        column = min(max((error.offset or 1) - 1, 0), len(origin) - 1)
        _fail(text, origin[column], f"not an expression ({error.msg})")
    except (MemoryError, RecursionError, ValueError) as error:
        _fail(text, 0, f"the expression is too deeply nested ({type(error).__name__}); split it")


def known_names() -> str:
    """Which names may be written, in words."""
    return "known are single letters, Greek letters (alpha, beta, ...) and pi; a product is written a*b"


def known_functions() -> str:
    """Which functions may be written, in words."""
    return f"known are {', '.join(sorted(FUNCTIONS, key=str.lower))}"


def _hint(character: str) -> str:
    hints = {
        "=": "; a comparison is written ==, <, >, <= or >=",
        "·": "; write a product as a*b",
        "×": "; write a product as a*b",
        "−": "; write a plain minus sign -",
        "∞": "; an expression must be finite",
        "λ": "; write lam for a symbol",
        "π": "; write pi",
    }
    return hints.get(character, "; write Greek letters by name" if "α" <= character <= "ω" else "")


def _fail(text: str, position: int, message: str) -> NoReturn:
    raise ParseError.at(text, position, message) from None
