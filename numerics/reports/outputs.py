"""Files that appear whole or not at all: written beside their place, then moved into it."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from asymptotics.errors import DomainError


@contextmanager
def staged(directory: str, names: tuple[str, ...]) -> Iterator[Path]:
    """A directory to write ``names`` into; they move to ``directory`` if the body succeeds.

    The directory is made if it is missing (its parent must exist); files in it with these names are
    replaced, others are left alone. If the body raises, nothing has changed.

    Raises `DomainError` before the body runs if the place cannot be written to, and after it if
    the files cannot be moved.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     with staged(f"{place}/results", ("law.txt",)) as folder:
    ...         _ = (folder / "law.txt").write_text("L(t) ~ 1/t")
    ...     sorted(os.listdir(place)), os.listdir(f"{place}/results")
    (['results'], ['law.txt'])
    """
    target = destination(directory, names)
    folder = _beside(directory, target)
    try:
        yield folder
        try:
            _move(folder, target, names)
        except OSError as error:
            raise DomainError(_refusal(directory, error)) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def destination(directory: str, names: tuple[str, ...]) -> Path:
    """The place that ``directory`` means, after a trial that it can be written to.

    Raises `DomainError` if it cannot, so that a long computation need not be lost.
    """
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
    except (OSError, ValueError) as error:
        raise DomainError(_refusal(directory, error)) from error
    _beside(directory, target).rmdir()
    return target


def _beside(directory: str, target: Path) -> Path:
    """A new folder in the same file system as the target, so that moving is renaming."""
    folder = (target if target.is_dir() else target.parent) / f".{secrets.token_hex(8)}"
    try:
        folder.mkdir()
    except (OSError, ValueError) as error:
        raise DomainError(_refusal(directory, error)) from error
    return folder


def _move(folder: Path, target: Path, names: tuple[str, ...]) -> None:
    if not target.exists():
        folder.rename(target)
        return
    for name in names:
        os.replace(folder / name, target / name)


def _refusal(directory: str, error: OSError | ValueError) -> str:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"{directory!r} cannot be written ({reason}); name another directory"
