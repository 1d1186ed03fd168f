"""What the site shows besides docs/: the README as its front page, the files it links to, the notebooks."""

from __future__ import annotations

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)(#[^)\s]*)?\)")


def notebooks(root: Path = ROOT) -> tuple[tuple[str, str], ...]:
    """Title and path of each notebook, in the order of their numbers; ValueError for one without a title."""
    return tuple(
        (notebook_title(path), path.relative_to(root).as_posix())
        for path in sorted((root / "notebooks").glob("*.ipynb"), key=_number)
    )


def _number(path: Path) -> tuple[int, str]:
    """What a notebook is called by, the tenth after the second."""
    first = path.name.split("_")[0]
    return int(first) if first.isdigit() else 0, path.name


def notebook_title(path: Path) -> str:
    """The first heading of the first cell, without code marks and formulas' dollars."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    if cells and cells[0]["cell_type"] == "markdown":
        for line in "".join(cells[0]["source"]).splitlines():
            if line.startswith("# "):
                return line.removeprefix("# ").strip().translate({ord("`"): None, ord("$"): None})
    raise ValueError(f"{path.name} does not begin with a heading; give its first cell a line '# ...'")


def linked(text: str, root: Path = ROOT) -> tuple[str, ...]:
    """The files of the repository that a Markdown text links to; ValueError for one that is not there."""
    targets = dict.fromkeys(found[1] for found in LINK.finditer(text))
    for target in targets:
        if not (root / target).exists():
            raise ValueError(f"README.md links to {target}, which does not exist")
    return tuple(target for target in targets if (root / target).is_file())
