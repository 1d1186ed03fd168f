"""Results that are tables: as a pandas frame where pandas is installed, and as HTML in a notebook.

Tabular    what a class with ``columns`` gains
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from importlib import import_module
from typing import Any

import mpmath

from asymptotics.errors import UnableError
from numerics.values.value import Value

SHOWN = 12
"""Rows of the HTML table at each end; those between are counted."""
DIGITS = 6


class Tabular:
    """A value that is read as a table, one row for each point; its ``str`` is the caption."""

    __slots__ = ()

    def columns(self) -> Mapping[str, Sequence[Any]]:
        """The columns of the table by their names, all of one length."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self})"

    def to_dataframe(self) -> Any:
        """The table as a `pandas.DataFrame`, numbers as floats and errors in columns of their own.

        Raises `UnableError` where pandas, which nothing else here needs, is not installed.
        """
        try:
            pandas = import_module("pandas")
        except ModuleNotFoundError as error:
            raise UnableError("a data frame needs pandas; pip install pandas, or read .columns()") from error
        found: dict[str, list[Any]] = {}
        for name, cells in self.columns().items():
            found[name] = [_plain(cell) for cell in cells]
            if any(isinstance(cell, Value) for cell in cells):
                found[f"{name} error"] = [float(c.error) if isinstance(c, Value) else 0.0 for c in cells]
        return pandas.DataFrame(found)

    def _repr_html_(self) -> str:
        columns = self.columns()
        rows = list(zip(*columns.values(), strict=True))
        head = "".join(f"<th>{escape(name)}</th>" for name in columns)
        body = [_row(row) for row in rows]
        if len(rows) > 2 * SHOWN + 1:
            between = f"<tr><td colspan={len(columns)}>... {len(rows) - 2 * SHOWN} more ...</td></tr>"
            body = [*body[:SHOWN], between, *body[-SHOWN:]]
        return f"<table><caption>{escape(str(self))}</caption><tr>{head}</tr>{''.join(body)}</table>"


def _row(cells: Sequence[Any]) -> str:
    return "<tr>" + "".join(f"<td>{escape(_text(cell))}</td>" for cell in cells) + "</tr>"


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    return str(mpmath.nstr(mpmath.mpf(cell), DIGITS)) if isinstance(cell, float | mpmath.mpf) else str(cell)


def _plain(cell: Any) -> Any:
    return float(cell) if isinstance(cell, Value | mpmath.mpf) else cell
