"""The file of a sweep: JSON lines, a header and one row a point, each written whole."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mpmath
from sympy import Expr

from asymptotics.errors import DomainError
from numerics.values.value import Value

FORMAT = 1


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
        message = " ".join(str(error).split())
        return cls(point=json.loads(key), error={"type": type(error).__name__, "message": message})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
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
    return json.dumps(dict(point), sort_keys=True, default=_plain)


def as_json(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """Results as JSON holds them, so that rows from a file and rows just computed are alike."""
    found: Mapping[str, Any] = json.loads(json.dumps(dict(content), default=_plain, allow_nan=False))
    return found


def _plain(value: object) -> object:
    """What JSON has no word for: exact numbers as text, values with their errors."""
    if isinstance(value, Value):
        return {"value": _plain(value.value), "error": mpmath.nstr(value.error, 5)}
    if isinstance(value, mpmath.mpf):
        return mpmath.nstr(value, 30)
    if isinstance(value, Expr):
        return int(value) if value.is_Integer else str(value)
    if isinstance(value, tuple):
        return list(value)
    if hasattr(value, "__float__"):
        return float(value)
    raise DomainError(f"{value!r} cannot be written as JSON; return numbers, text, lists and mappings")


class RowFile:
    """The rows of a sweep on disk, or in memory only."""

    def __init__(self, descriptor: int | None, rows: dict[str, Row]) -> None:
        self._descriptor = descriptor
        self.rows = rows

    @classmethod
    @contextmanager
    def opened(cls, path: str | os.PathLike[str] | None, names: Sequence[str]) -> Iterator[RowFile]:
        """The file at ``path``, made if it is missing; a torn last line (a crash) is cut off.

        Raises `DomainError` for a file that is no sweep of ``function``, or that cannot be written.
        """
        if path is None:
            yield cls(None, {})
            return
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        except OSError as error:
            raise DomainError(f"{os.fspath(path)} cannot be written: {error.strerror}") from error
        try:
            _lock(descriptor, path)
            text, torn = _whole_lines(descriptor)
            if torn and not text:
                _check_header(None, path, names)
            file = cls(descriptor, _parsed(text, path, names))
            if torn:
                os.ftruncate(descriptor, len(text.encode("utf-8", errors="surrogateescape")))
            if not text:
                file._line({"format": FORMAT, "function": names[0]})
            yield file
        finally:
            os.close(descriptor)

    def write(self, key: str, row: Row) -> None:
        """One row, in one write."""
        content: dict[str, Any] = {"point": json.loads(key)}
        if row.error is not None:
            content["error"] = dict(row.error)
        else:
            content |= {"result": row.result, "seconds": round(row.seconds or 0.0, 3)}
        self._line(content)

    def _line(self, content: Mapping[str, Any]) -> None:
        if self._descriptor is not None:
            data = (json.dumps(content) + "\n").encode()
            while data:
                data = data[os.write(self._descriptor, data) :]


def read_sweep(path: str | os.PathLike[str]) -> Sweep:
    """The rows of a sweep file, in the order in which they were finished.

    Raises `DomainError` for a file that is missing or no sweep.

    >>> read_sweep("no/such/file")
    Traceback (most recent call last):
        ...
    asymptotics.errors.DomainError: no/such/file cannot be read: No such file or directory
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise DomainError(f"{os.fspath(path)} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DomainError(f"{os.fspath(path)} is not text: {error.reason} at byte {error.start}") from error
    whole = text[: text.rfind("\n") + 1]
    return Sweep(path=Path(path), rows=tuple(_parsed(whole, path).values()))


def _lock(descriptor: int, path: str | os.PathLike[str]) -> None:
    """One writer at a time, where the system has such locks."""
    try:
        import fcntl
    except ImportError:
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise DomainError(f"{os.fspath(path)} is being written by another sweep; wait for it") from error


def _whole_lines(descriptor: int) -> tuple[str, bool]:
    """The content up to its last line end, and whether a crash left more behind it."""
    size = os.fstat(descriptor).st_size
    data = b""
    while len(data) < size and (part := os.read(descriptor, size - len(data))):
        data += part
    end = data.rfind(b"\n") + 1
    return data[:end].decode("utf-8", errors="surrogateescape"), end < len(data)


def _parsed(text: str, path: str | os.PathLike[str], names: Sequence[str] = ()) -> dict[str, Row]:
    """The rows by key; a point computed again has its last row. ``names`` are those of its function."""
    rows: dict[str, Row] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            content = json.loads(line)
        except json.JSONDecodeError as error:
            raise DomainError(f"{os.fspath(path)}, line {number}: no JSON ({error.msg})") from error
        if number == 1:
            _check_header(content, path, names)
            continue
        if not isinstance(content, dict) or "point" not in content or not {"result", "error"} & set(content):
            raise DomainError(f"{os.fspath(path)}, line {number}: no row of a sweep (point, result or error)")
        rows[key_of(content["point"])] = Row(
            point=content["point"],
            result=content.get("result"),
            error=content.get("error"),
            seconds=content.get("seconds"),
        )
    return rows


def _check_header(content: object, path: str | os.PathLike[str], names: Sequence[str]) -> None:
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise DomainError(f"{os.fspath(path)} is no sweep: its first line is no header; choose another file")
    held = content.get("function")
    if names and held not in names:
        raise DomainError(
            f"{os.fspath(path)} holds a sweep of {held}, not of {names[0]}; choose another file"
        )


__all__ = ["Row", "RowFile", "Sweep", "key_of", "read_sweep"]
