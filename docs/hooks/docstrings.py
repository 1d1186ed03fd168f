"""The docstrings as they are written, plain text for a terminal, made into Markdown.

Sections ("Attributes" over dashes, then "name : text" up to an empty line) become lists, doctests become
Python blocks, names of public things in backticks become links, and what Markdown would take for marks is
escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import griffe

API = Path(__file__).resolve().parents[1] / "api"
CODE = re.compile(r"(``.+?``|`[^`]+`)")
ENTRY = re.compile(r"(?P<names>[\w*, ]+?) : (?P<text>.*)")


class Readable(griffe.Extension):
    """The docstring of each object as Markdown."""

    def __init__(self) -> None:
        super().__init__()
        pages = sorted(API.glob("*.md"))
        shown = [name for page in pages for name in identifiers(page.read_text(encoding="utf-8"))]
        self.pages = {name.rpartition(".")[2]: name for name in shown}

    def on_object(self, *, obj: griffe.Object, loader: Any, **kwargs: Any) -> None:
        """Once for each object, when its module has been read."""
        if obj.docstring is not None:
            obj.docstring.value = "\n".join(_blocks(obj.docstring.value, self.pages))


def identifiers(text: str) -> list[str]:
    """What a page of docs/api shows, ``::: package.name``, in its order."""
    return re.findall(r"^::: ([\w.]+)", text, re.MULTILINE)


def _blocks(text: str, pages: dict[str, str]) -> Iterator[str]:
    lines = text.splitlines()
    number = 0
    while number < len(lines):
        line = lines[number]
        end = _until_empty(lines, number)
        if line.startswith(">>>"):
            yield from ("", "```pycon", *lines[number:end], "```")
            number = end
        elif number + 1 < end and re.fullmatch(r"-{3,}", lines[number + 1]):
            yield from (f"**{line}**", "", *_entries(lines[number + 2 : end], pages))
            number = end
        else:
            yield line if line.startswith("    ") else _inline(line, pages)
            number += 1


def _until_empty(lines: list[str], number: int) -> int:
    while number < len(lines) and lines[number].strip():
        number += 1
    return number


def _entries(lines: list[str], pages: dict[str, str]) -> Iterator[str]:
    for line in lines:
        found = ENTRY.fullmatch(line)
        if found is not None:
            names = ", ".join(f"`{name.strip()}`" for name in found["names"].split(","))
            yield f"- {names}: {_inline(found['text'], pages)}"
        else:
            yield "    " + _inline(line.strip(), pages)


def _inline(line: str, pages: dict[str, str]) -> str:
    """One line of text: code stays, or becomes a link to where it is explained; the rest is escaped."""
    return "".join(
        _linked(piece, pages) if i % 2 else re.sub(r"([*_\[\]])", r"\\\1", piece).replace("<", "&lt;")
        for i, piece in enumerate(CODE.split(line))
    )


def _linked(code: str, pages: dict[str, str]) -> str:
    target = pages.get(code.strip("`"))
    return code if target is None or code.startswith("``") else f"[{code}][{target}]"
