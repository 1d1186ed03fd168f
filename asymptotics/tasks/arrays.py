"""Arrays as a measurement gives them: real numbers >= 0 but for round-off, which is clipped with a note.

nonnegative    the numbers of an array, and what was clipped
"""

from __future__ import annotations

from typing import Any

from asymptotics.errors import DomainError, SpectrumError
from asymptotics.parsing.numbers import LARGEST, items_of, real_floats

ROUND_OFF = 10 * 2.0**-52
"""What eigensolvers leave of a zero, relative to the largest of n numbers and divided by n."""


def nonnegative(name: str, values: Any) -> tuple[list[float], str]:
    """The numbers of ``values`` as floats >= 0, and one line that says what was clipped ("" for nothing).

    Imaginary parts and negative values count as round-off up to `ROUND_OFF` times their number times the
    largest of them. Raises `SpectrumError` for anything beyond that, and for what is not a finite number.

    >>> nonnegative("eigenvalues", [1.0, 0.5 + 1e-17j, -1e-18])
    ([1.0, 0.5, 0.0], 'eigenvalues: 2 off by round-off, at most 1e-17, clipped')
    >>> nonnegative("target", [1.0, -1e-3])
    Traceback (most recent call last):
        ...
    asymptotics.errors.SpectrumError: target[1] = -0.001; the power of a mode must be finite and >= 0
    """
    bound = f"{'an eigenvalue' if name == 'eigenvalues' else 'the power of a mode'} must be finite and >= 0"
    try:
        listed = items_of(values.tolist() if hasattr(values, "tolist") else values, name, "numbers")
        parts = [value.real if isinstance(value, complex) else value for value in listed]
        numbers = real_floats(parts, name, bound)
    except DomainError as error:
        raise SpectrumError(str(error)) from None
    largest = max(map(abs, numbers), default=0.0)
    if largest and not 1 / LARGEST <= largest <= LARGEST:
        span = f"the largest of them must lie between {1 / LARGEST:g} and {LARGEST:g}; divide them by it"
        raise SpectrumError(f"{name}[{[*map(abs, numbers)].index(largest)}] = {largest:g}; {span}")
    allowed = ROUND_OFF * len(numbers) * largest
    clipped: list[float] = []
    for i, (value, number) in enumerate(zip(listed, numbers, strict=True)):
        imaginary = value.imag if isinstance(value, complex) else 0.0
        if not abs(imaginary) <= allowed:
            raise SpectrumError(f"{name}[{i}] = {value} is not a real number; {bound}")
        if number < -allowed:
            raise SpectrumError(f"{name}[{i}] = {number}; {bound}")
        if imaginary or number < 0:
            clipped.append(max(abs(imaginary), -number))
    note = f"{name}: {len(clipped)} off by round-off, at most {max(clipped):.2g}, clipped" if clipped else ""
    return [max(number, 0.0) for number in numbers], note
