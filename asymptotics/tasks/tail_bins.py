"""Bins of equal width in log k, whose means are those of a noisy power law.

Bin              so many modes
ListedModes      modes by themselves
ModesInLevels    those of levels, each of which is in one bin as a whole
bins_of          the bins of a span of modes
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from asymptotics.tasks.ranks import Ranks, mean_log

RATIO = 1.1
"""Width of a bin, as a factor in k."""


@dataclass(frozen=True, slots=True)
class Bin:
    """n modes about ``x = log k``, and the mean of ``y_k k^q`` over them."""

    first: int
    last: int
    x: float
    mean: float

    @property
    def n(self) -> int:
        """How many modes it has."""
        return self.last - self.first + 1


class ListedModes:
    """Modes by themselves."""

    def __init__(self, values: Sequence[float]) -> None:
        self.values, self.count = values, len(values)
        self._logs = [math.log(k) for k in range(1, len(values) + 1)]

    def close(self, rank: int) -> int:
        """Where a bin that is to end at this rank may end."""
        return rank

    def bin(self, first: int, last: int, exponent: float) -> Bin:
        """The modes from one rank to another."""
        modes = range(first - 1, last)
        mean = math.fsum(self.values[i] * math.exp(exponent * self._logs[i]) for i in modes) / len(modes)
        return Bin(first, last, math.fsum(self._logs[first - 1 : last]) / len(modes), mean)


class ModesInLevels:
    """Modes of levels."""

    def __init__(self, values: Sequence[float], ranks: Ranks) -> None:
        self.values, self.ranks, self.count = values, ranks, ranks.modes

    def close(self, rank: int) -> int:
        """The last rank of the level there."""
        return self.ranks.close(rank)

    def bin(self, first: int, last: int, exponent: float) -> Bin:
        """The modes from one rank to another."""
        mean = self.ranks.mean(self.values, first, last, exponent)
        return Bin(first, last, mean_log(first, last), mean)


def bins_of(modes: ListedModes | ModesInLevels, exponent: float, span: tuple[int, int]) -> tuple[Bin, ...]:
    """The bins of a span of modes, for a trial exponent."""
    bins, (first, end) = [], span
    while first <= end:
        last = min(modes.close(min(max(first, int(first * RATIO)), end)), end)
        # the last bin must not be a splinter
        if end - last < (last - first + 1) / 2:
            last = end
        bins.append(modes.bin(first, last, exponent))
        first = last + 1
    return tuple(bins)
