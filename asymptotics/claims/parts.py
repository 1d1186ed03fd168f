r"""Claims of several relations: ``L(t) \sim t^{-s}, L(N) \sim N^{-p}``, and bounds from both sides.

A part begins where a relation has a quantity on its left side; what follows up to the next one, as the
condition ``\text{for } a > 2``, belongs to it. ``r = ...`` of a letter that stands elsewhere says what that
letter is.

    latex_parts(source, rows, symbols)    the items of each claim, and the rows that define letters
    text_parts(text, symbols)             the same of text, which has no rows
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from sympy import Expr

from asymptotics.claims.logarithms import of_logarithm, of_slope
from asymptotics.claims.sides import begins_claim, flat, left_side
from asymptotics.claims.statement import ABOVE, BELOW, BOUNDS, LOWER, RELATIONS, UPPER, WRITTEN, relation_of
from asymptotics.errors import ParseError
from asymptotics.parsing.conditions import depth
from asymptotics.parsing.latex import Item, Source, split_at, word_of
from asymptotics.parsing.latex_words import COMPARISONS, LEADS

BETWEEN = (",", ";")
JOINS = ("and", "while")
SIGNS = {*RELATIONS, *BOUNDS} - {*WRITTEN}
TURNED = {UPPER: "ge", LOWER: "le", BELOW: "gg", ABOVE: "ll"}
"""A bound from the other side."""
SIGN = re.compile(r"==|<=|>=|!=|:=|[=~∝≍≃≅≈≲≳≤≥<>∈≪≫]")
_between = re.compile(r"[,;]\s*(?:(?:and|while)\b)?|\b(?:and|while)\b")
_lead = re.compile(r"\b(?:if|for|when|where|with|provided|whenever|assuming|as)\b")


def latex_parts(
    source: Source, rows: Sequence[Sequence[Item]], symbols: Mapping[str, Expr]
) -> tuple[list[list[Item]], list[Sequence[Item]]]:
    """The items of each claim, at least one where there is a row, and the rows that define letters."""
    if sum(len([x for x in row if x.name in SIGNS]) for row in rows) < 2:
        return [_trimmed(list(row)) for row in rows[:1]], list(rows[1:])
    every = [piece for row in rows for _, piece in _pieces(source, row)]
    claims: list[list[Item]] = []
    defined: list[Sequence[Item]] = []
    for number, row in enumerate(rows):
        starts = [at for at, piece in _pieces(source, row) if _begins(source, piece, every, symbols)]
        if number and starts[:1] != [0]:
            defined.append(row)
            continue
        turned, starts = _condition_last(row, starts)
        ends = [0, *starts[1:], len(turned) + 1]
        claims += [turned[i : j - 1] for i, j in pairwise(ends)]
    bounds = [bound for claim in claims for bound in _both_bounds(source, claim, symbols)]
    return [_trimmed(claim) for claim in bounds], defined


def _pieces(source: Source, row: Sequence[Item]) -> Iterator[tuple[int, Sequence[Item]]]:
    """What stands between commas and "and", and where it begins."""
    at = 0
    for piece in split_at(source, row, lambda x: x.name in BETWEEN or word_of(x) in JOINS):
        if piece:
            yield at, piece
        at += len(piece) + 1


def _begins(
    source: Source, piece: Sequence[Item], every: Sequence[Sequence[Item]], symbols: Mapping[str, Expr]
) -> bool:
    head = split_at(source, piece, lambda x: word_of(x) in LEADS)[0]
    signs = [i for i, item in enumerate(head) if relation_of(item)]
    if len(signs) == 2:
        return len(_both_bounds(source, list(head), symbols)) == 2
    if len(signs) != 1 or signs[0] == 0:
        return False
    left = head[: signs[0]]
    if of_slope(left):
        return True
    name = _name_of(source, of_logarithm(left)[1])
    relation = relation_of(head[signs[0]])
    used = any(_holds(_right_of(other), left) for other in every if other != piece)
    return name is not None and begins_claim(name, relation, symbols, used=used)


def _name_of(source: Source, items: Sequence[Item]) -> tuple[str, str] | None:
    try:
        return left_side(flat(source, items))
    except ParseError:
        return None


def _right_of(piece: Sequence[Item]) -> Sequence[Item]:
    return piece[next((i + 1 for i, item in enumerate(piece) if relation_of(item)), 0) :]


def _holds(items: Sequence[Item], letter: Sequence[Item]) -> bool:
    """Whether a letter, with its subscript, stands among items or in their arguments."""
    return " ".join(_tokens(letter)) in " ".join(_tokens(items))


def _tokens(items: Sequence[Item]) -> Iterator[str]:
    for item in items:
        yield item.name
        for part in item.arguments:
            yield from _tokens(part or ())


def _condition_last(row: Sequence[Item], starts: list[int]) -> tuple[list[Item], list[int]]:
    r"""The row with ``\text{for } a > 2,`` of its beginning at its end."""
    first = starts[0] if starts else 0
    ahead = list(row[: max(first - 1, 0)])
    if not any(x.name in COMPARISONS for x in ahead):
        return list(row), starts
    return [*row[first:], row[first - 1], *ahead], [at - first for at in starts]


def _both_bounds(source: Source, claim: list[Item], symbols: Mapping[str, Expr]) -> list[list[Item]]:
    r"""``x \le L \le y`` as ``L \ge x`` and ``L \le y``; any other claim as it is."""
    signs = [i for i, item in enumerate(claim) if relation_of(item)][:3]
    bounds = [BOUNDS.get(claim[i].name) for i in signs[:2]]
    if len(bounds) != 2 or bounds[0] is None or bounds[0] != bounds[1]:
        return [claim]
    first, second = signs[:2]
    middle = claim[first + 1 : second]
    name = _name_of(source, middle)
    if name is None or not begins_claim(name, bounds[0], symbols, used=False):
        return [claim]
    turned = replace(claim[first], name=TURNED[bounds[0]], kind="macro")
    return [[*middle, turned, *claim[:first]], [*middle, *claim[second:]]]


def _trimmed(claim: list[Item]) -> list[Item]:
    while claim and ((claim[-1].kind == "char" and claim[-1].name in ".,;") or word_of(claim[-1]) in JOINS):
        claim = claim[:-1]
    return claim


def text_parts(text: str, symbols: Mapping[str, Expr]) -> list[str]:
    """The claims of text, each with the condition that follows it.

    >>> text_parts("L(t) ~ t**-s, s = 2, L(N) ~ N**-b for b > 2 and b < 3", {})
    ['L(t) ~ t**-s, s = 2', 'L(N) ~ N**-b for b > 2 and b < 3']
    """
    marks = [m for m in _between.finditer(text) if depth(text, m.start()) == 0]
    starts, ends = [0, *(m.end() for m in marks)], [*(m.start() for m in marks), len(text)]
    pieces = [text[i:j] for i, j in zip(starts, ends, strict=True)]
    begins = [
        start
        for i, (start, piece) in enumerate(zip(starts, pieces, strict=True))
        if _text_begins(piece, pieces[:i] + pieces[i + 1 :], symbols)
    ]
    cuts = [0, *begins[1:], len(text)]
    return [bound for i, j in pairwise(cuts) for bound in _both_text_bounds(text[i:j], symbols)]


def _text_begins(piece: str, others: list[str], symbols: Mapping[str, Expr]) -> bool:
    head = _lead.split(piece)[0]
    signs = list(SIGN.finditer(head))
    if len(signs) == 2:
        return len(_both_text_bounds(head, symbols)) == 2
    if len(signs) != 1 or not head[: signs[0].start()].strip():
        return False
    left = head[: signs[0].start()].strip()
    name = left_side(left)
    rights = [SIGN.split(other, maxsplit=1)[-1] for other in others]
    used = any(re.search(rf"(?<!\w){re.escape(left)}(?!\w)", right) for right in rights)
    return name is not None and begins_claim(name, relation_of(signs[0].group()), symbols, used=used)


def _both_text_bounds(text: str, symbols: Mapping[str, Expr]) -> list[str]:
    text = re.sub(r"[\s,;]*(?:\b(?:and|while))?[\s,;]*$", "", text)
    signs = list(SIGN.finditer(text))
    bounds = [BOUNDS.get(sign.group()) for sign in signs[:2]]
    if len(bounds) < 2 or bounds[0] is None or bounds[0] != bounds[1]:
        return [text]
    middle = text[signs[0].end() : signs[1].start()]
    name = left_side(middle)
    if name is None or not begins_claim(name, bounds[0], symbols, used=False):
        return [text]
    turned = {UPPER: ">=", LOWER: "<=", BELOW: "≫", ABOVE: "≪"}[bounds[0]]
    return [f"{middle} {turned} {text[: signs[0].start()]}", middle + text[signs[1].start() :]]
