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
        found = _npy(file) if file.suffix == ".npy" else _csv(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise DomainError(f"{path}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise DomainError(f"{path} is not text; give a .csv file of numbers, or an array as .npy") from None
    except (ValueError, EOFError) as error:
        raise DomainError(f"{path} is not a table of numbers: {error}") from None
    if found.ndim != 2 or not COLUMNS & set(found.shape) or found.dtype.kind not in "fiuc":
        raise DomainError(
            f"{path} holds an array of shape {found.shape}; it needs two columns, an eigenvalue and the "
            "target power of each mode, or a third with the number of modes of each level"
        )
    return tuple(found.T if found.shape[1] in COLUMNS else found)


def _npy(file: Path) -> NDArray[np.float64]:
    try:
        return np.load(file, allow_pickle=False)
    except ValueError:
        raise ValueError("it holds no NumPy array of numbers; write it with numpy.save") from None


def _csv(text: str) -> NDArray[np.float64]:
    """The rows of a table; raises `ValueError` that names the line of a cell that is none."""
    lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    rows: list[list[float]] = []
    for n, line in lines[_has_names([line for _, line in lines]) :]:
        try:
            rows.append(_numbers(line))
        except ValueError as error:
            raise ValueError(f"line {n}: {error}; separate numbers by commas") from None
        if len(rows[-1]) != len(rows[0]):
            raise ValueError(f"line {n} has {len(rows[-1])} columns, the first {len(rows[0])}")
    return np.array(rows)


def _numbers(line: str) -> list[float]:
    return [float(cell) for cell in line.split(",")]


def _has_names(lines: list[str]) -> int:
    """1 if the first line holds no number, else 0."""
    return int(bool(lines) and not any(map(_is_number, lines[0].split(","))))


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
