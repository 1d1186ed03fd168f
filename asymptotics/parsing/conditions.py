r"""Conditions as they are written: chains, "and", "or", ``\wedge``, ``2b``; text or LaTeX.

read_condition(text, symbols)    relations joined by And and Or
text_condition(text)             the same in the syntax of `expressions.parse_condition`
split_claim(text)                an expression in text, and the condition that follows it
split_definitions(text, symbols) a condition without what new letters mean, and these meanings
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sympy import Expr
from sympy.logic.boolalg import Boolean

from asymptotics.parsing import latex
from asymptotics.parsing.characters import is_latex, plain
from asymptotics.parsing.expressions import parse_condition
from asymptotics.parsing.latex_writer import to_condition

_or = re.compile(r"\s+or\s+|\|\|?|∨")
_and = re.compile(r"\s+and\s+|&&?|∧|,")
_lead = re.compile(r"^\s*\b(if|for|when|where|with)\b\s*")
_piece = re.compile(r"\s+and\s+|\b(?:if|for|when|where|with)\b|,")
_defined = re.compile(r"\s*(?P<name>[A-Za-z]\w*)\s*=(?!=)(?P<meaning>[^<>=]*\S[^<>=]*)")
_inline = re.compile(r",|\b(?:if|for|when|where)\b")


def read_condition(text: str, symbols: Mapping[str, Expr]) -> Boolean:
    r"""The condition that text or LaTeX writes; raises `ParseError`.

    >>> read_condition("2b > a and 1 < b < 3", {}), read_condition(r"\frac{a-1}{b} \le 2 \vee a > 2b", {})
    ((1 < b) & (b < 3) & (2*b > a), (a > 2*b) | ((a - 1)/b <= 2))
    """
    text = plain(text, latex=is_latex(text))
    if is_latex(text):
        source = latex.read(text)
        return parse_condition(to_condition(source, source.items)[0], symbols=symbols)
    return parse_condition(text_condition(text), symbols=symbols)


def text_condition(text: str) -> str:
    """Text with And and Or as calls, ``==`` for ``=`` and a ``*`` after a number.

    >>> text_condition("2b = a and b > 1")
    'And(2*b == a, b > 1)'
    """
    text = re.sub(
        r"(?<![<>=!])=(?!=)", "==", _lead.sub("", text, count=1).replace("≤", "<=").replace("≥", ">=")
    )
    text = re.sub(r"(?<![\w.])(\d+\.?\d*)(?=[A-Za-z(])(?![eE][+-]?\d)", r"\1*", text)
    return _joined(text, (("Or", _or), ("And", _and)))


def _joined(text: str, kinds: tuple[tuple[str, re.Pattern[str]], ...]) -> str:
    if not kinds:
        inner = _inside(text.strip())
        return text.strip() if inner is None else _joined(inner, (("Or", _or), ("And", _and)))
    (name, sign), *rest = kinds
    marks = [m for m in sign.finditer(text) if depth(text, m.start()) == 0]
    starts, ends = [0, *(m.end() for m in marks)], [*(m.start() for m in marks), len(text)]
    parts = [_joined(text[i:j], tuple(rest)) for i, j in zip(starts, ends, strict=True)]
    return parts[0] if len(parts) == 1 else f"{name}({', '.join(parts)})"


def _inside(text: str) -> str | None:
    """What stands in the parentheses around relations that are joined in them, "(a > 2 or b > 3)"."""
    wrapped = text.startswith("(") and text.endswith(")") and depth(text, len(text) - 1) == 1
    if not wrapped or any(depth(text, i) == 0 for i in range(1, len(text))):
        return None
    inner = text[1:-1]
    joined = (m for kind in (_or, _and) for m in kind.finditer(inner) if depth(inner, m.start()) == 0)
    return inner if re.search("[<>=]", inner) and any(joined) else None


def depth(text: str, place: int) -> int:
    """In how many parentheses a place stands."""
    return text.count("(", 0, place) - text.count(")", 0, place)


def split_claim(text: str) -> tuple[str, str]:
    """The expression, and the condition after a comma or after "for", "if", "when", "where".

    >>> split_claim("N**-Min(a, b) for a > 2"), split_claim("N**-b")
    (('N**-Min(a, b)', ' a > 2'), ('N**-b', ''))
    """
    for mark in _inline.finditer(text):
        if depth(text, mark.start()) == 0 and re.search("[<>=]", text[mark.end() :]):
            return text[: mark.start()].rstrip(), text[mark.end() :]
    return text, ""


def split_definitions(text: str, symbols: Mapping[str, Expr]) -> tuple[str, dict[str, str]]:
    """A condition without ``r = ...`` for letters that are none of ``symbols``, and these by letter.

    >>> split_definitions("r = Min(a - 1, b), a > 2", {})
    ('a > 2', {'r': 'Min(a - 1, b)'})
    """
    marks = [m for m in _piece.finditer(text) if depth(text, m.start()) == 0]
    starts, ends = [0, *(m.end() for m in marks)], [*(m.start() for m in marks), len(text)]
    pieces = [text[i:j] for i, j in zip(starts, ends, strict=True)]
    defining = [
        (m, piece) for piece in pieces if (m := _defined.fullmatch(piece)) and m["name"] not in symbols
    ]
    if not defining:
        return text, {}
    rest = [piece for piece in pieces if piece.strip() and piece not in [piece for _, piece in defining]]
    return ", ".join(piece.strip() for piece in rest), {m["name"]: m["meaning"].strip() for m, _ in defining}
