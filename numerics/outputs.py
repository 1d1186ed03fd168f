"""What was computed is not lost: files appear whole or not at all, and elsewhere if their place takes none.

    destination(directory, names)   the place that is meant, after a trial that it can be written to
    publish(directory, files)       all of the files, moved there at once
    keep_output()                   a block whose standard output is kept where it cannot be printed

Files are written into a folder beside their place, which its process keeps locked. Such a folder without a
lock was left by a process that was killed; the next trial at the same place removes it.
"""

from __future__ import annotations

import io
import os
import re
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout, suppress
from pathlib import Path
from typing import Any, TextIO

from asymptotics.errors import BottleneckError, DomainError
from numerics.signals import undisturbed

STAGING = re.compile(r"\.bottlenecks-[0-9a-f]{16}")
TRIAL = bytes(1 << 16)
"""What there must be room for before the work begins."""


def destination(directory: str, names: tuple[str, ...]) -> Path:
    """The place that ``directory`` means, after a trial that ``names`` can be written there.

    Raises `DomainError` if they cannot, so that a long computation need not be lost.
    """
    target = _resolved(directory, names)
    try:
        for place in {target, target.parent}:
            _sweep(place)
        with _staging(target) as folder:
            (folder / "trial").write_bytes(TRIAL)
    except OSError as error:
        raise DomainError(_refusal(directory, error)) from error
    return target


def publish(directory: str, files: Mapping[str, str | bytes]) -> None:
    """Write files, by name, into ``directory``, which is made if it is missing (its parent must exist).

    Files with these names are replaced, others are left alone. Raises `DomainError` if that fails: nothing
    has changed then, and the files are in a temporary folder; without one their text is printed.

    >>> with tempfile.TemporaryDirectory() as place:
    ...     publish(f"{place}/results", {"law.txt": "L(t) ~ 1/t"})
    ...     os.listdir(place), os.listdir(f"{place}/results")
    (['results'], ['law.txt'])
    """
    try:
        target = _resolved(directory, tuple(files))
        with _staging(target) as folder:
            _write(folder, files)
            with undisturbed():
                _move(folder, target, files)
    except DomainError as error:
        raise DomainError(f"{error}; {_rescue(files)}") from error
    except OSError as error:
        raise DomainError(f"{_refusal(directory, error)}; {_rescue(files)}") from error


@contextmanager
def keep_output() -> Iterator[None]:
    """Standard output of the block goes to a temporary file, too, if it cannot be printed.

    Raises `DomainError` then, and before the block where there is nothing to print to.
    """
    if sys.stdout is None:
        raise DomainError("standard output is closed; send it to a file or to /dev/null")
    kept = _Kept(sys.stdout)
    try:
        try:
            with redirect_stdout(kept):
                yield
        except SystemExit:
            kept.flush()
            raise
        kept.flush()
    except (OSError, BottleneckError) as error:
        if kept.failure is None or isinstance(kept.failure, BrokenPipeError):
            raise
        where = _rescue({"output.txt": "".join(kept.text)})
        raise DomainError(f"standard output cannot be written ({kept.failure.strerror}); {where}") from error


class _Kept(io.TextIOBase):
    """A stream that remembers its text, and whether it could be written."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.text: list[str] = []
        self.failure: OSError | None = None

    def write(self, text: str) -> int:
        self.text.append(text)
        code = self._stream.encoding or "utf-8"
        self._try(self._stream.write, text.encode(code, errors="backslashreplace").decode(code))
        return len(text)

    def flush(self) -> None:
        self._try(self._stream.flush)

    def isatty(self) -> bool:
        return self._stream.isatty()

    def close(self) -> None:
        """Nothing: the stream below is closed by its owner, and what is left of it was written or refused."""

    def _try(self, call: Any, *given: str) -> None:
        if self.failure is not None:
            raise self.failure
        try:
            call(*given)
        except OSError as error:
            self.failure = error
            raise


def _resolved(directory: str, names: tuple[str, ...]) -> Path:
    """The place, with a check of what can be known without writing to it."""
    if not directory:
        raise DomainError("'' is not a directory; give a name, for example results")
    try:
        target = Path(directory).resolve()
        if target.exists() and not target.is_dir():
            raise DomainError(f"{directory!r} is a file; name a directory, which is made if it is missing")
        if not target.parent.is_dir():
            raise DomainError(f"{str(target.parent)!r} is not a directory; make it first, then repeat")
        for name in names:
            if (target / name).is_dir():
                raise DomainError(f"{str(target / name)!r} is a directory; move it away, then repeat")
    except DomainError:
        raise
    except (OSError, ValueError, RuntimeError) as error:
        raise DomainError(_refusal(directory, error)) from error
    return target


def _refusal(directory: str, error: Exception) -> str:
    reason = getattr(error, "strerror", None) or error
    return f"{directory!r} cannot be written ({reason}); name another directory"


@contextmanager
def _staging(target: Path) -> Iterator[Path]:
    """A new, locked folder in the file system of the target, so that moving is renaming."""
    while True:
        folder = (target if target.is_dir() else target.parent) / f".bottlenecks-{secrets.token_hex(8)}"
        folder.mkdir()
        with suppress(BlockingIOError, FileNotFoundError):  # another run took it for a folder that was left
            lock = _lock(folder)
            if folder.exists():
                break
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if lock is not None:
            os.close(lock)


def _sweep(place: Path) -> None:
    """Remove the folders of runs that were killed; those of others are locked."""
    for folder in place.glob(".bottlenecks-*"):
        with suppress(OSError):
            lock = _lock(folder) if STAGING.fullmatch(folder.name) else None
            if lock is not None:
                shutil.rmtree(folder, ignore_errors=True)
                os.close(lock)


def _lock(folder: Path) -> int | None:
    """A descriptor that locks the folder until its process ends; None where the system has no such locks.

    Raises `BlockingIOError` for a folder that is locked.
    """
    try:
        import fcntl
    except ImportError:
        return None
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        if isinstance(error, BlockingIOError):
            raise
        return None
    return descriptor


def _write(folder: Path, files: Mapping[str, str | bytes]) -> None:
    for name, content in files.items():
        data = content if isinstance(content, bytes) else content.encode(errors="backslashreplace")
        (folder / name).write_bytes(data)


def _move(folder: Path, target: Path, names: Mapping[str, object]) -> None:
    if not target.exists():
        folder.rename(target)
        return
    for name in names:
        os.replace(folder / name, target / name)


def _rescue(files: Mapping[str, str | bytes]) -> str:
    """Give the files another place, and say in words where they are."""
    try:
        folder = Path(tempfile.mkdtemp(prefix="bottlenecks-"))
        try:
            _write(folder, files)
        except OSError:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return f"what was computed is in {str(folder)!r}"
    except OSError:
        texts = [content for content in files.values() if isinstance(content, str)]
    with suppress(OSError):
        sys.stdout.writelines(texts)
        sys.stdout.flush()
        return "what was computed is printed, as a temporary folder cannot be written, either"
    return "nor can a temporary folder or standard output"
