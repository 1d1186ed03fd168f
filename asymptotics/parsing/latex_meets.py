r"""``x \wedge y``, the smaller of two numbers, and ``x \vee y``, the larger, as functions.

The sign binds more than a sum and less than a product: ``-(a-1) \wedge 2b`` is ``-min(a - 1, 2b)``. Between
comparisons it joins conditions, which `latex_writer` reads.

    with_meets(source, items)    the items with ``min(x, y)`` and ``max(x, y)``
"""

from __future__ import annotations

from collections.abc import Sequence

from asymptotics.parsing.latex import Item, Source, split_at

MEETS = {"wedge": "min", "land": "min", "vee": "max", "lor": "max"}


def with_meets(source: Source, items: Sequence[Item]) -> Sequence[Item]:
    r"""``items`` with functions in the place of the signs that stand in no parentheses.

    >>> from asymptotics.parsing.latex import read
    >>> source = read(r"-a \wedge 2b + 1")
    >>> "".join(item.name for item in with_meets(source, source.items))
    '-min(a,2b)+1'
    """
    if not any(_is_meet(x) for x in items):
        return items
    written: list[Item] = []
    at = 0
    for term in split_at(source, items, lambda x: x.kind == "char" and x.name in "+-,"):
        written += [*items[at - 1 : at], *_term(source, term)]  # the sign before it, but for the first
        at += len(term) + 1
    return written


def _is_meet(item: Item) -> bool:
    return item.kind == "macro" and item.name in MEETS


def _term(source: Source, term: Sequence[Item]) -> Sequence[Item]:
    sides = split_at(source, term, _is_meet)
    if len(sides) == 1:
        return term
    signs = [x for x in term if _is_meet(x)]
    place = signs[0].position
    if len({MEETS[x.name] for x in signs}) > 1 or not all(sides):
        source.fail(place, r"two numbers stand beside it; put each in parentheses, as (a \wedge b) \vee c")
    found = [Item(kind="macro", name=MEETS[signs[0].name], position=place), _char("(", place)]
    for i, side in enumerate(sides):
        found += [_char(",", place), *side] if i else side
    return [*found, _char(")", place)]


def _char(character: str, position: int) -> Item:
    return Item(kind="char", name=character, position=position)
