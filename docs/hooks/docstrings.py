"""What griffe reads from the sources is made Markdown before mkdocstrings shows it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import griffe

HOOKS = Path(__file__).resolve().parent
sys.path.insert(0, str(HOOKS))  # griffe loads this file by its path alone

from prose import identifiers, markdown  # noqa: E402


class Readable(griffe.Extension):
    """The docstring of each object as Markdown."""

    def __init__(self) -> None:
        super().__init__()
        pages = sorted((HOOKS.parent / "api").glob("*.md"))
        shown = [name for page in pages for name in identifiers(page.read_text(encoding="utf-8"))]
        self.pages = {name.rpartition(".")[2]: name for name in shown}

    def on_object(self, *, obj: griffe.Object, loader: Any, **kwargs: Any) -> None:
        """Once for each object, when its module has been read."""
        if obj.docstring is not None:
            obj.docstring.value = markdown(obj.docstring.value, self.pages)
