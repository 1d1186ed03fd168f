r"""Conditions in LaTeX, written by whoever writes expressions: comparisons, joined by words, commas or signs.

write_condition(writer, items)    ``1 < b \wedge a \le 2b`` as ``And(1<b, a<=2*b)``; "otherwise" is True
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from asymptotics.parsing.latex import Item, Source, split_at, word_of
from asymptotics.parsing.latex_words import COMPARISONS, LEADS

JOINS = (("Or", ("vee", "lor", "or")), ("And", ("wedge", "land", "and", ",")))
"""Functions of conditions, and their signs; the first binds least."""


class Writing(Protocol):
    """What writes expressions, one piece after the other."""

    source: Source
    after_operand: bool

    def put(self, piece: str, position: int, *, starts: bool = False, ends: bool = False) -> None:
        """Write a piece that came from a place."""

    def sequence(self, items: Sequence[Item]) -> None:
        """Write an expression."""


def write_condition(writer: Writing, items: Sequence[Item]) -> None:
    """Comparisons, joined by words, commas or signs; "otherwise" is True."""
    items = [x for x in items if word_of(x) not in LEADS]
    if len(items) == 1 and word_of(items[0]) in ("otherwise", "else"):
        writer.put("True", items[0].position)
        return
    _joined(writer, items, JOINS)


def _joined(writer: Writing, items: Sequence[Item], kinds: Sequence[tuple[str, tuple[str, ...]]]) -> None:
    if not kinds:
        _comparison(writer, items)
        return
    (name, signs), *rest = kinds
    parts = split_at(writer.source, items, lambda x: x.name in signs or word_of(x) in signs)
    parts = [part for part in parts if part]
    for i, part in enumerate(parts):
        if len(parts) > 1:
            writer.put(", " if i else f"{name}(", part[0].position)
        _joined(writer, part, rest)
    if len(parts) > 1:
        writer.put(")", parts[-1][-1].position, ends=True)


def _comparison(writer: Writing, items: Sequence[Item]) -> None:
    start = 0
    for i, item in enumerate([*items, None]):
        if item is None or item.name in COMPARISONS:
            writer.after_operand = False
            writer.sequence(items[start:i])
            start = i + 1
        if item is not None and item.name in COMPARISONS:
            writer.put(COMPARISONS[item.name], item.position)
