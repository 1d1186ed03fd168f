r"""Indicators in LaTeX, 1 where a condition holds, else 0: ``\mathbf{1}\{a-1=b\}``, ``1_{a>b}``, ``[a=b]``.

Each becomes one item, so that the relation in it is none of the claim. What stands in braces or brackets is a
condition where it has a comparison in no parentheses of its own.

    with_indicators(source)    the source with one item of kind "indicator" for each, with its condition
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from asymptotics.parsing.latex import FONTS, SIZES, Item, Source
from asymptotics.parsing.latex_words import COMPARISONS

SIGNS = ("1", "I", "𝟙")
BRACKETS = {"[": "]", "{": "}", "lbrace": "rbrace", "(": ")"}


def with_indicators(source: Source) -> Source:
    r"""The source with an item for each indicator.

    >>> from asymptotics.parsing.latex import read
    >>> [item.kind for item in with_indicators(read(r"2 \mathbf{1}\{a-1=b\} [a > 2]")).items]
    ['char', 'indicator', 'indicator']
    """
    return replace(source, items=_marked(source.items))


def _marked(items: Sequence[Item]) -> tuple[Item, ...]:
    found: list[Item] = []
    at = 0
    while at < len(items):
        item = items[at]
        sign = _is_sign(items, at)
        condition, after = _condition(items, at + 1) if sign else ((), at)
        if not condition and item.name == "[" and item.kind == "char":
            condition, after = _condition(items, at)
        if condition:
            kept = _marked(condition)
            found.append(Item(kind="indicator", name="1", position=item.position, arguments=(kept,)))
            at = after
            continue
        if item.arguments:
            inside = tuple(None if part is None else _marked(part) for part in item.arguments)
            item = replace(item, arguments=inside)
        found.append(item)
        at += 1
    return tuple(found)


def _is_sign(items: Sequence[Item], at: int) -> bool:
    item = items[at]
    if item.kind == "macro" and item.name in FONTS:
        return "".join(x.name for x in (item.arguments[0] or () if item.arguments else ())) in SIGNS
    before = items[at - 1] if at else None
    alone = before is None or not (before.kind == "char" and before.name in "0123456789.^_")
    return item.kind == "char" and item.name in ("1", "𝟙") and alone


def _condition(items: Sequence[Item], at: int) -> tuple[Sequence[Item], int]:
    """The condition in a subscript, in braces or in brackets, and what comes after; () for none."""
    if at < len(items) and items[at].kind == "char" and items[at].name == "_":
        at += 1
    if at < len(items) and items[at].kind == "macro" and items[at].name in SIZES:
        at += 1
    if at >= len(items):
        return (), at
    if items[at].kind == "group":
        inside = items[at].arguments[0] or ()
        nested, end = _condition(inside, 0) if inside and inside[0].name in (*BRACKETS, *SIZES) else ((), 0)
        return (nested if nested and end == len(inside) else inside if _compares(inside) else ()), at + 1
    close = BRACKETS.get(items[at].name)
    if close is None:
        return (), at
    depth = 0
    for end in range(at + 1, len(items)):
        name = items[end].name
        if name == close and not depth:
            sized = items[end - 1].kind == "macro" and items[end - 1].name in SIZES
            between = items[at + 1 : end - sized]
            return (between if _compares(between) else ()), end + 1
        depth += (name in BRACKETS and items[end].kind != "group") - (name in BRACKETS.values())
    return (), at


def _compares(items: Sequence[Item]) -> bool:
    depth = 0
    for item in items:
        opens, closes = item.name in BRACKETS and item.kind != "group", item.name in BRACKETS.values()
        depth += opens - closes
        if item.name in COMPARISONS and not depth:
            return True
    return False
