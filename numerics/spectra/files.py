"""Measured spectra in files: an eigenvalue and the target power of each mode.

read_spectrum    the columns of an .npy or .csv file
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asymptotics.errors import DomainError

COLUMNS = {2, 3}


def read_spectrum(path: str) -> tuple[NDArray[np.float64], ...]:
    """Eigenvalues and target power from an array of shape (modes, 2) or (2, modes).

    With a third column levels, and how many modes each has. A .csv file has its columns separated by
    commas; a first line of names is skipped. Raises
    `DomainError` for a file that is not there or holds anything else.

    >>> read_spectrum("none.npy")
    Traceback (most recent call last):
        ...
    asymptotics.errors.DomainError: none.npy: No such file or directory
    """
    file = Path(path)
    try:
        if file.suffix == ".npy":
            found = np.load(file, allow_pickle=False)
        else:
            lines = file.read_text(encoding="utf-8").splitlines()
            found = np.array([_numbers(line) for line in lines[_has_names(lines) :] if line.strip()])
    except OSError as error:
        raise DomainError(f"{path}: {error.strerror or error}") from None
    except (ValueError, UnicodeDecodeError, EOFError) as error:
        raise DomainError(f"{path} is not a table of numbers: {' '.join(str(error).split())[:120]}") from None
    if found.ndim != 2 or not COLUMNS & set(found.shape) or found.dtype.kind not in "fiuc":
        raise DomainError(
            f"{path} holds an array of shape {found.shape}; it needs two columns, an eigenvalue and the "
            "target power of each mode, or a third with the number of modes of each level"
        )
    return tuple(found.T if found.shape[1] in COLUMNS else found)


def _numbers(line: str) -> list[float]:
    return [float(cell) for cell in line.split(",")]


def _has_names(lines: list[str]) -> int:
    """1 if the first line is not of numbers, else 0."""
    try:
        _numbers(lines[0] if lines else "")
    except ValueError:
        return 1
    return 0
