"""The lines of a sweep file: a header, then one point a line with its result or its error, as strict JSON.

Row, Sweep            a point with what became of it, and the rows of all points
key_of, as_json       a point as text, by which it is recognised; points and results as JSON holds them
header, line          what is written
parse_rows            what is read: whatever `line` does not write is refused with the number of its line
"""

from __future__ import annotations

import json
import math
import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

import mpmath
from sympy import Expr, nan

from asymptotics.errors import DomainError, shown
from numerics.values.tables import Tabular
from numerics.values.value import Value

FORMAT = 1
Place: TypeAlias = str | os.PathLike[str]


class SweepWarning(UserWarning):
    """What was left out of the file of a sweep, or was written elsewhere, in one line.

    >>> with warnings.catch_warnings(record=True, action="always") as said:
    ...     rows = parse_rows(line(header("f")) + b'{"poi', "rows.jsonl")
    >>> print(said[0].message)
    'rows.jsonl': the last line was torn by a crash and is left out; a sweep computes it again
    """


class PointError(Exception):
    """The type and the message of what a function raised, which any process can rebuild."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(kind, message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One point of a sweep: its result, or its error (``type`` and ``message``), and the seconds taken."""

    point: Mapping[str, Any]
    result: Mapping[str, Any] | None = None
    error: Mapping[str, str] | None = None
    seconds: float | None = None

    @classmethod
    def failed(cls, key: str, error: BaseException) -> Row:
        """The row of a point whose function raised, or whose worker died."""
        kind, text = error.args if isinstance(error, PointError) else (type(error).__name__, str(error))
        return cls(point=json.loads(key), error={"type": kind, "message": " ".join(text.split())})


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Sweep(Tabular):
    """The rows of a sweep in the order of its points; iterable. ``path`` is its file, if it has one.

    >>> rows = (Row(point={"x": 1}, result={"y": 2}), Row(point={"x": -1}, error={"type": "DomainError"}))
    >>> found = Sweep(path=None, rows=rows)
    >>> len(found), [row.point for row in found.failed]
    (2, [{'x': -1}])
    """

    path: Path | None
    rows: tuple[Row, ...]

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def columns(self) -> Mapping[str, Sequence[Any]]:
        """Names of points and of results, the errors, and the seconds; None where a row has nothing."""
        points, results = [row.point for row in self.rows], [row.result or {} for row in self.rows]
        given = dict.fromkeys(name for point in points for name in point)
        found = dict.fromkeys(name for result in results for name in result if name not in given)
        return {
            **{name: [point.get(name) for point in points] for name in given},
            **{name: [result.get(name) for result in results] for name in found},
            "error": [None if row.error is None else row.error.get("message") for row in self.rows],
            "seconds": [row.seconds for row in self.rows],
        }

    def __str__(self) -> str:
        return f"{len(self)} points" + (f", {len(self.failed)} failed" if self.failed else "")

    @property
    def failed(self) -> tuple[Row, ...]:
        """The rows that ended in an error."""
        return tuple(row for row in self.rows if row.error is not None)


def key_of(point: Mapping[str, Any]) -> str:
    """The text by which a point is recognised: JSON with sorted names.

    >>> from sympy import Rational
    >>> key_of({"b": 2, "a": Rational(3, 2)})
    '{"a": "3/2", "b": 2}'
    """
    return json.dumps(as_json(point), sort_keys=True)


def as_json(content: Mapping[str, Any]) -> dict[str, Any]:
    """Points and results as JSON holds them, so that rows from a file and rows just computed are alike.

    >>> as_json({"y": float("nan")})
    Traceback (most recent call last):
        ...
    asymptotics.errors.DomainError: y = nan has no place in JSON; give finite numbers, text, lists or None
    """
    if not isinstance(content, Mapping) or not all(isinstance(name, str) for name in content):
        raise DomainError(f"{shown(content)}: points and results must be mappings from names to values")
    found = {}
    for name, value in content.items():
        try:
            found[name] = json.loads(json.dumps(value, default=_plain, allow_nan=False))
        except (TypeError, ValueError, RecursionError) as error:
            what = f" = {value}" if isinstance(value, float) else f" ({error})"
            raise DomainError(
                f"{name}{what} has no place in JSON; give finite numbers, text, lists or None"
            ) from error
    return found


def _plain(value: object) -> object:
    """What JSON has no word for: exact numbers as text, values with their errors."""
    if isinstance(value, Value):
        return {"value": _plain(value.value), "error": _decimal(value.error, 5)}
    if isinstance(value, mpmath.mpf):
        return _decimal(value, 30)
    if isinstance(value, Expr) and value is not nan:
        return int(value) if value.is_Integer else str(value)
    if isinstance(value, tuple):
        return list(value)
    if getattr(value, "ndim", None) == 0 and hasattr(value, "item"):
        return value.item()  # a number of NumPy, or an array of one
    if hasattr(value, "__float__"):
        return float(value)
    raise TypeError(f"{type(value).__name__} {shown(value)}")


def _decimal(value: mpmath.mpf, digits: int) -> str:
    return _refuse("nan") if mpmath.isnan(value) else mpmath.nstr(value, digits)


def header(function: str) -> dict[str, object]:
    """The first line of a file of this function."""
    return {"format": FORMAT, "function": function}


def line(content: Mapping[str, Any]) -> bytes:
    """A header or a row as a line of its own."""
    return (json.dumps(content) + "\n").encode()


def content_of(key: str, row: Row) -> dict[str, Any]:
    """What the line of a row holds."""
    if row.error is not None:
        return {"point": json.loads(key), "error": dict(row.error)}
    return {"point": json.loads(key), "result": row.result, "seconds": round(row.seconds or 0.0, 3)}


def parse_rows(data: bytes, path: Place, names: Sequence[str] = ()) -> dict[str, Row]:
    """The rows by key; a point that failed and was computed again has its last row.

    Raises `DomainError` for a header that is not that of ``names``, and for a line that is not a row or
    gives a point a second result; warns of a torn last line and of a result that is there twice.
    """
    *lines, torn = data.split(b"\n")
    rows: dict[str, Row] = {}
    _check_header(lines[0] if lines else b"", path, names)
    for number, text in enumerate(lines[1:], start=2):
        try:
            row = _row_of(_read_line(text))
            key = key_of(row.point)
            before = rows.get(key, row)
            if before.error is None and before.result != row.result:
                raise ValueError(f"{key} has another result further up")
        except (ValueError, RecursionError) as error:
            raise DomainError(
                f"{quote(path)}, line {number}: {error}; delete the line, then sweep again"
            ) from error
        if before is not row and before.error is None:
            say(f"{quote(path)}, line {number}: the result of {key} is there twice and counts once")
        rows[key] = row
    if torn:
        say(f"{quote(path)}: the last line was torn by a crash and is left out; a sweep computes it again")
    return rows


def say(words: str) -> None:
    """A warning in one line."""
    warnings.warn(words, SweepWarning, stacklevel=3)


def quote(path: object) -> str:
    """A path as messages show it, whatever it is."""
    return repr(os.fspath(path)) if isinstance(path, str | os.PathLike) else shown(path)


def _check_header(text: bytes, path: Place, names: Sequence[str]) -> None:
    try:
        content = _read_line(text)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise DomainError(
            f"{quote(path)} is not a sweep: its first line is not a header; choose another file"
        )
    held = content.get("function")
    if names and held not in names:
        raise DomainError(f"{quote(path)} holds a sweep of {held}, not of {names[0]}; choose another file")


def _read_line(text: bytes) -> object:
    """Strict JSON in UTF-8. Raises ValueError."""
    return json.loads(text.decode(), object_pairs_hook=_once, parse_constant=_refuse, parse_float=_finite)


def _row_of(content: object) -> Row:
    match content:
        case {"point": dict(point), "result": dict(result), "seconds": int() | float() as seconds, **rest}:
            row = Row(point=point, result=result, seconds=seconds)
        case {"point": dict(point), "result": dict(result), **rest}:
            row = Row(point=point, result=result)
        case {"point": dict(point), "error": {"type": str(), "message": str()} as error, **rest}:
            row = Row(point=point, error=error)
        case _:
            raise ValueError("not a row, which has a point and a result or an error")
    if rest:
        raise ValueError(f"{next(iter(rest))} is not what this row can have")
    return row


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a name stands twice in one mapping")
    return dict(pairs)


def _refuse(number: str) -> NoReturn:
    raise ValueError(f"{number} is not a finite number")


def _finite(text: str) -> float:
    return float(text) if math.isfinite(float(text)) else _refuse(text)
