"""The long description of the package: README.md, its links to files made absolute.

A package index shows the text without the files beside it. Where ``[project.urls]`` has the ``Source`` of
this repository, links point to the files of the released version there; as long as it has none, they become
what they say, and pictures are left out.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

LINK = re.compile(r"(!?)\[([^\]]*)\]\((?!https?:|#)([^)\s]+)\)")


def described(text: str, source: str | None, version: str) -> str:
    """The text with absolute links.

    >>> described("![a law](docs/laws.svg) in [data](data/rows.jsonl)", "https://example.org/laws", "1.0")
    '![a law](https://example.org/laws/raw/v1.0/docs/laws.svg) in [data](https://example.org/laws/blob/v1.0/data/rows.jsonl)'
    >>> described("![a law](docs/laws.svg) in [data](data/rows.jsonl)", None, "1.0")
    ' in data'
    """

    def absolute(found: re.Match[str]) -> str:
        picture, words, path = found.groups()
        if source is None:
            return "" if picture else words
        return f"{picture}[{words}]({source.rstrip('/')}/{'raw' if picture else 'blob'}/v{version}/{path})"

    return LINK.sub(absolute, text)


class LongDescription(MetadataHookInterface):
    """Sets ``readme`` while the package is built."""

    PLUGIN_NAME = "custom"

    def update(self, metadata: dict[str, Any]) -> None:
        text = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        source = metadata.get("urls", {}).get("Source")
        metadata["readme"] = {
            "content-type": "text/markdown",
            "text": described(text, source, metadata["version"]),
        }
