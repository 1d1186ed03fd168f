"""Docstrings as they are written, plain text for a terminal, made into Markdown.

Sections ("Attributes" over dashes, then "name : text" up to an empty line) become lists, doctests become
Python blocks, names of public things in backticks become links, and what Markdown would take for marks is
escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

CODE = re.compile(r"(``.+?``|`[^`]+`)")
ENTRY = re.compile(r"(?P<names>[\w*, ]+?) : (?P<text>.*)")


def markdown(text: str, pages: Mapping[str, str]) -> str:
    r"""A docstring as Markdown; ``pages`` has the full names of what the site explains, by their last part.

    >>> print(markdown("All of *one* kind: see `Law`.", {"Law": "asymptotics.Law"}))
    All of \*one\* kind: see [`Law`][asymptotics.Law].
    """
    return "\n".join(_blocks(text, pages))


def identifiers(text: str) -> list[str]:
    """What a page of docs/api shows, ``::: package.name``, in its order."""
    return re.findall(r"^::: ([\w.]+)", text, re.MULTILINE)


def _blocks(text: str, pages: Mapping[str, str]) -> Iterator[str]:
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


def _entries(lines: list[str], pages: Mapping[str, str]) -> Iterator[str]:
    for line in lines:
        found = ENTRY.fullmatch(line)
        if found is not None:
            names = ", ".join(f"`{name.strip()}`" for name in found["names"].split(","))
            yield f"- {names}: {_inline(found['text'], pages)}"
        else:
            yield "    " + _inline(line.strip(), pages)


def _inline(line: str, pages: Mapping[str, str]) -> str:
    """One line of text: code stays, or becomes a link to where it is explained; the rest is escaped."""
    return "".join(
        _linked(piece, pages) if i % 2 else re.sub(r"([*_\[\]])", r"\\\1", piece).replace("<", "&lt;")
        for i, piece in enumerate(CODE.split(line))
    )


def _linked(code: str, pages: Mapping[str, str]) -> str:
    target = pages.get(code.strip("`"))
    return code if target is None or code.startswith("``") else f"[{code}][{target}]"
