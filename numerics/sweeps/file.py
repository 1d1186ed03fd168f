"""The file of a sweep on disk: locked, written in whole lines, and continued elsewhere where it is full."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from asymptotics.errors import DomainError, UnableError, shown
from numerics.sweeps.rows import Place, Row, Sweep, content_of, header, line, parse_rows, quote, say

_WRITING = os.O_RDWR | os.O_CREAT | os.O_APPEND


class RowFile:
    """The rows of a sweep on disk, or in memory only.

    Where the disk takes no more, further rows go to a temporary file, which is then ``path``. A file that is
    deleted under way is written again, or a temporary one.
    """

    def __init__(self, path: Path | None, names: Sequence[str], *descriptors: int) -> None:
        self.path, self._names, self._descriptors = path, names, list(descriptors)
        self.rows: dict[str, Row] = {}

    @classmethod
    @contextmanager
    def open(cls, path: Place | None, names: Sequence[str]) -> Iterator[RowFile]:
        """The file at ``path``, made if it is missing; a torn last line (a crash) is cut off.

        Raises `DomainError` for a file that is not a sweep of one of ``names``, or that cannot be written.
        """
        if path is None:
            yield cls(None, names)
            return
        if not isinstance(path, str | os.PathLike):
            raise DomainError(f"{shown(path)} cannot be written (not a path); name a file")
        descriptor, made = _open(path)
        file = cls(Path(path), names, descriptor)
        try:
            _lock(descriptor, path)
            try:
                file._take_up()
            except OSError as error:
                if made:
                    os.unlink(path)
                raise _refusal(path, error) from error
            yield file
            file._restore()
        finally:
            for descriptor in file._descriptors:
                os.close(descriptor)

    def write(self, key: str, row: Row) -> None:
        """One row, in one write. Raises `UnableError` where neither its file nor a temporary one takes it."""
        if self._descriptors:
            content = content_of(key, row)
            self._restore()
            try:
                _append(self._descriptors[-1], line(content))
            except OSError as error:
                self._turn_aside(content, error)

    def _take_up(self) -> None:
        """The rows that are there, made ready for more to follow."""
        (descriptor,) = self._descriptors
        assert self.path is not None
        data = _content(descriptor)
        whole = data.rfind(b"\n") + 1
        if whole or not any(line(header(name)).startswith(data) for name in self._names):
            self.rows = parse_rows(data, self.path, self._names)
        elif data:
            say(f"{quote(self.path)}: the header was torn by a crash and is written again")
        if whole < len(data):
            os.ftruncate(descriptor, whole)
        if not whole:
            _append(descriptor, line(header(self._names[0])))

    def _restore(self) -> None:
        """The rows so far in a file again, where theirs was deleted."""
        if not self._descriptors or os.fstat(self._descriptors[-1]).st_nlink:
            return
        assert self.path is not None
        gone = f"{quote(self.path)} was deleted while it was written"
        os.lseek(self._descriptors[-1], 0, os.SEEK_SET)
        data = _content(self._descriptors[-1])
        try:
            try:
                descriptor, name = os.open(self.path, _WRITING | os.O_EXCL, 0o644), os.fspath(self.path)
            except OSError:
                descriptor, name = tempfile.mkstemp(prefix="sweep-", suffix=".jsonl")
            self._descriptors.append(descriptor)
            _append(descriptor, data)
        except OSError as failure:
            raise UnableError(
                f"{gone} and cannot be written again ({failure.strerror}); make room, then sweep again"
            ) from failure
        say(f"{gone}; all of its rows are in {name!r}")
        self.path = Path(name)

    def _turn_aside(self, content: Mapping[str, Any], error: OSError) -> None:
        """This row and the next ones go to a temporary file."""
        full = f"{quote(self.path)} takes no more rows ({error.strerror})"
        try:
            descriptor, name = tempfile.mkstemp(prefix="sweep-", suffix=".jsonl")
            self._descriptors.append(descriptor)
            _append(descriptor, line(header(self._names[0])) + line(content))
        except OSError as failure:
            raise UnableError(
                f"{full}, nor does a temporary file ({failure.strerror}); what is written is kept: make "
                "room, then sweep again"
            ) from error
        say(f"{full}; from here on they are in {name!r}: make room, then append all but its first line")
        self.path = Path(name)


def read_sweep(path: Place) -> Sweep:
    """The rows of a sweep file, in the order in which they were finished.

    Raises `DomainError` for a file that is missing or not a sweep, with the line at fault; warns
    (`SweepWarning`) of a torn last line and of a result that is there twice.

    >>> read_sweep("no/such/file")
    Traceback (most recent call last):
        ...
    asymptotics.errors.DomainError: 'no/such/file' cannot be read (No such file or directory)
    """
    try:
        data = Path(path).read_bytes()
    except (OSError, ValueError, TypeError) as error:
        raise DomainError(f"{quote(path)} cannot be read ({_reason(error)})") from error
    return Sweep(path=Path(path), rows=tuple(parse_rows(data, path).values()))


def try_writing(path: Place) -> None:
    """Raises `DomainError` where rows cannot be written at ``path``; leaves the place as it was."""
    descriptor, made = _open(path)
    os.close(descriptor)
    if made:
        os.unlink(path)


def _open(path: Place) -> tuple[int, bool]:
    """A descriptor for reading and appending, and whether the file was made."""
    try:
        missing = not os.path.lexists(path)
        return os.open(path, _WRITING, 0o644), missing
    except (OSError, ValueError, TypeError) as error:
        raise _refusal(path, error) from error


def _refusal(path: Place, error: Exception) -> DomainError:
    return DomainError(f"{quote(path)} cannot be written ({_reason(error)}); name another file")


def _reason(error: Exception) -> object:
    return getattr(error, "strerror", None) or error


def _lock(descriptor: int, path: Place) -> None:
    """One writer at a time, where the system has such locks."""
    try:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise DomainError(f"{quote(path)} is being written by another sweep; wait for it") from error
    except (ImportError, OSError):
        return


def _content(descriptor: int) -> bytes:
    size = os.fstat(descriptor).st_size
    data = b""
    while len(data) < size and (part := os.read(descriptor, size - len(data))):
        data += part
    return data


def _append(descriptor: int, data: bytes) -> None:
    """Lines, whole or not at all."""
    size = os.fstat(descriptor).st_size
    try:
        while data:
            data = data[os.write(descriptor, data) :]
    except OSError:
        with suppress(OSError):
            os.ftruncate(descriptor, size)
        raise
