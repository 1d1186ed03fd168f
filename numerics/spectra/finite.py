"""A spectrum of listed numbers, one for each mode or level.

`FiniteSpectrum` holds the arrays; `finite_spectrum` reads and checks them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from numpy.typing import ArrayLike, NDArray

from asymptotics.errors import SpectrumError, shown
from asymptotics.parsing.numbers import LARGEST, exact, real_float
from asymptotics.tasks.arrays import nonnegative
from asymptotics.tasks.ranks import read_multiplicities

MAX_LISTED_LEVELS = 10_000_000
OF_DOUBLES = 15
"""So many decimals of a number are those of its nearest double."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FiniteSpectrum:
    """Eigenvalues and target power as listed numbers, one per mode, as exact as doubles are.

    With ``multiplicity`` they are those of levels, so many modes in each. ``white`` as in
    `spectrum.ContinuousSpectrum`; ``notes`` say what round-off was clipped, and what was no double.
    ``rounded`` is the first entry that was none, in words ("" for none).

    >>> finite_spectrum([1.0, 0.5], [1.0, 0.0]).levels
    2
    """

    eigenvalues: NDArray[np.float64]
    target: NDArray[np.float64]
    white: sympy.Expr = sympy.Integer(0)
    notes: tuple[str, ...] = ()
    multiplicity: NDArray[np.float64] | None = None
    rounded: str = ""

    @property
    def trace(self) -> bool:
        """Whether eigenvalues have a finite sum."""
        return True

    @property
    def levels(self) -> int:
        return len(self.eigenvalues)

    @property
    def counts(self) -> NDArray[np.float64]:
        """How many modes each level has; whole numbers, exact as doubles."""
        return np.ones(self.levels) if self.multiplicity is None else self.multiplicity

    @property
    def modes(self) -> int:
        """How many modes there are."""
        return self.levels if self.multiplicity is None else sum(map(int, self.multiplicity))


def finite_spectrum(
    eigenvalues: ArrayLike, target: ArrayLike, multiplicities: ArrayLike | None = None
) -> FiniteSpectrum:
    """A finite spectrum from two arrays of shape (M,), checked; with the modes per level as a third.

    The order of the modes does not matter; eigenvalues may repeat and may be zero. Floats are the binary
    numbers that they are, any other entry is rounded to one; round-off is clipped: each with a note. Raises
    `SpectrumError` for arrays that are empty, of different lengths, not one-dimensional, complex, negative,
    infinite or NaN.

    >>> finite_spectrum([1, 0.5], [1, -1])
    Traceback (most recent call last):
        ...
    asymptotics.errors.SpectrumError: target[1] = -1.0; the power of a mode must be finite and >= 0
    """
    arrays: list[NDArray[np.float64]] = []
    notes, rounded = [], ""
    for name, given in (("eigenvalues", eigenvalues), ("target", target)):
        given = tuple(given) if isinstance(given, Iterator) else given
        numbers, note = _clean(given), ""
        if numbers is None:
            listed, note = nonnegative(name, given)
            numbers = np.array(listed)
            others = _no_doubles(name, given)
            if others:
                notes.append(f"{name}: {len(others)} rounded to doubles")
                rounded = rounded or others[0]
        notes.append(note)
        if not numbers.size:
            raise SpectrumError(f"{name} are empty; give at least one mode")
        if numbers.size > MAX_LISTED_LEVELS:
            raise SpectrumError(
                f"{name} list {numbers.size} modes; at most {MAX_LISTED_LEVELS} can be listed, "
                "give a Task with modes=M instead"
            )
        arrays.append(numbers)
    lam, power = arrays
    if lam.size != power.size:
        raise SpectrumError(
            f"{lam.size} eigenvalues but {power.size} target powers; give one of each per mode"
        )
    if not lam.any():
        raise SpectrumError("all eigenvalues are 0; nothing can be learned, give at least one above 0")
    counts = None
    if multiplicities is not None:
        counts = np.array(read_multiplicities(multiplicities, lam.size), dtype=np.float64)
    for numbers in (*arrays, *(() if counts is None else (counts,))):
        numbers.flags.writeable = False
    return FiniteSpectrum(
        eigenvalues=lam,
        target=power,
        notes=tuple(filter(None, notes)),
        multiplicity=counts,
        rounded=rounded,
    )


def _no_doubles(name: str, given: Any) -> list[str]:
    """The entries that are no doubles, such as 1/3 and text 0.1, each in words."""
    entries = given.tolist() if hasattr(given, "tolist") else given
    return [
        f"{name}[{i}] = {shown(value)}"
        for i, value in enumerate(entries)
        if not isinstance(value, float | complex | np.inexact)
        and not (isinstance(value, int) and value == float(value))
        and exact(value) != sympy.Rational(real_float(value, name))
    ]


def _clean(given: object) -> NDArray[np.float64] | None:
    """A copy of an array of doubles that leaves nothing to be read, clipped or refused; else None."""
    if not isinstance(given, np.ndarray) or given.dtype != np.float64 or given.ndim != 1 or not given.size:
        return None
    least, largest = float(given.min()), float(given.max())
    return given.copy() if least >= 0 and 1 / LARGEST <= largest <= LARGEST else None
