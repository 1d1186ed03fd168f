"""Modes in the order of their eigenvalues, in levels that hold many of them.

Mode k stands at its rank; a level of m modes takes m ranks, which are counted and not listed.

    Ranks                      levels by the last rank of each, and means over ranks
    read_multiplicities        how many modes each level has, checked
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from asymptotics.errors import DomainError, SpectrumError
from asymptotics.parsing.numbers import items_of, real_floats

MOST_MODES = 10**15
LISTED = 100
"""Powers of so many ranks are added up one by one; of more by Euler and Maclaurin's formula."""


@dataclass(frozen=True, slots=True)
class Ranks:
    """``ends`` are the last ranks of the levels.

    >>> ranks = Ranks((2, 5, 1_000_000))
    >>> ranks.modes, ranks.level(3), ranks.close(4), ranks.mean([4.0, 2.0, 1.0], 1, 5, 0.0)
    (1000000, 1, 5, 2.8)
    """

    ends: tuple[int, ...]

    @classmethod
    def of(cls, multiplicities: Iterable[int]) -> Ranks:
        """From the number of modes of each level."""
        return cls(tuple(accumulate(multiplicities)))

    @property
    def modes(self) -> int:
        """How many there are."""
        return self.ends[-1]

    def level(self, rank: int) -> int:
        """The level of a mode, from 0 on."""
        return bisect_left(self.ends, rank)

    def close(self, rank: int) -> int:
        """The last rank of the level that holds a mode."""
        return self.ends[self.level(rank)]

    def mean(self, values: Sequence[float], first: int, last: int, exponent: float) -> float:
        """The mean of ``y_k k^exponent`` over ranks from first to last, y the ``values`` of the levels."""
        low, high = self.level(first), self.level(last)
        starts = [first, *(end + 1 for end in self.ends[low:high])]
        stops = [*self.ends[low:high], last]
        parts = (
            values[level] * power_sum(start, stop, exponent)
            for level, start, stop in zip(range(low, high + 1), starts, stops, strict=True)
        )
        return math.fsum(parts) / (last - first + 1)


def power_sum(first: int, last: int, exponent: float) -> float:
    """``sum_(k = first)^last k^exponent``.

    >>> abs(power_sum(1, 10**8, -2.0) - (math.pi**2 / 6 - 1e-8)) < 1e-14
    True
    """
    split = min(last, first + LISTED - 1)
    total = math.fsum(k**exponent for k in range(first, split + 1))
    if split == last:
        return total
    low, high, p = float(split + 1), float(last), exponent + 1
    reach = math.log1p((high - low) / low)
    whole = low**p * (reach if abs(p) < 1e-12 else math.expm1(p * reach) / p)
    edge = (low**exponent + high**exponent) / 2
    slope = exponent * (high ** (exponent - 1) - low ** (exponent - 1)) / 12
    third = exponent * (exponent - 1) * (exponent - 2)
    return total + whole + edge + slope - third * (high ** (exponent - 3) - low ** (exponent - 3)) / 720


def mean_log(first: int, last: int) -> float:
    """The mean of ``log k`` over ranks from first to last.

    >>> abs(mean_log(1, 1000) - math.lgamma(1001) / 1000) < 1e-14
    True
    """
    split = min(last, first + LISTED - 1)
    count = last - first + 1
    total = math.fsum(map(math.log, range(first, split + 1)))
    if split == last:
        return total / count
    # the integral from half a rank before to half a rank behind, and Euler and Maclaurin's terms there
    low, high, width = split + 0.5, last + 0.5, last - split
    share = width / low
    inner = math.log(low) + (1 + 1 / share) * math.log1p(share) - 1
    edges = (1 / low - 1 / high) / 24 + 7 * (high**-3 - low**-3) / 2880
    return (total + width * inner + edges) / count


def read_multiplicities(values: object, levels: int) -> tuple[int, ...]:
    """The number of modes of each level. Raises `SpectrumError` for others than whole numbers >= 1.

    >>> read_multiplicities([3, 5.0], 2)
    (3, 5)
    >>> read_multiplicities([3, 0.5], 2)
    Traceback (most recent call last):
        ...
    asymptotics.errors.SpectrumError: multiplicities[1] = 0.5; a level has a whole number of modes >= 1, \
1e+15 in all at most
    """
    try:
        listed = items_of(
            values.tolist() if hasattr(values, "tolist") else values, "multiplicities", "numbers"
        )
    except DomainError as error:
        raise SpectrumError(str(error)) from None
    if len(listed) != levels:
        raise SpectrumError(f"{len(listed)} multiplicities for {levels} levels; give one per level")
    bound = f"a level has a whole number of modes >= 1, {MOST_MODES:.0e} in all at most"
    try:
        numbers = real_floats(listed, "multiplicities", bound)
    except DomainError as error:
        raise SpectrumError(str(error)) from None
    for i, number in enumerate(numbers):
        if number != math.floor(number) or not 1 <= number <= MOST_MODES:
            raise SpectrumError(f"multiplicities[{i}] = {number:g}; {bound}")
    if sum(numbers) > MOST_MODES:
        raise SpectrumError(f"the levels have {sum(numbers):g} modes; {bound}")
    return tuple(int(number) for number in numbers)
