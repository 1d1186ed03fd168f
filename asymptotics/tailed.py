"""A sequence whose last entries are made when they are asked for.

Tailed    what is known at once, and the rest behind it
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar

from asymptotics.precision import exclusive

Entry = TypeVar("Entry")


class Tailed(Sequence[Entry], Generic[Entry]):
    """The entries ``known``, then those of ``rest()``, which is called once, when one is asked for.

    Equal to the tuple of them all.

    >>> def rest():
    ...     print("made")
    ...     return [3]
    >>> numbers = Tailed((1, 2), rest)
    >>> numbers[0], next(iter(numbers)), numbers.known
    (1, 1, (1, 2))
    >>> numbers == (1, 2, 3), len(numbers)
    made
    (True, 3)
    """

    __slots__ = ("_rest", "_whole", "known")

    def __init__(self, known: tuple[Entry, ...], rest: Callable[[], Iterable[Entry]] = tuple) -> None:
        self.known, self._rest = known, rest
        self._whole: tuple[Entry, ...] | None = None

    @exclusive
    def whole(self) -> tuple[Entry, ...]:
        """All entries."""
        if self._whole is None:
            self._whole = (*self.known, *self._rest())
        return self._whole

    def __iter__(self) -> Iterator[Entry]:
        yield from self.known
        yield from self.whole()[len(self.known) :]

    def __getitem__(self, place: Any) -> Any:
        first = isinstance(place, int) and 0 <= place < len(self.known)
        return self.known[place] if first else self.whole()[place]

    def __len__(self) -> int:
        return len(self.whole())

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Tailed):
            return self.known[:1] == other.known[:1] and self.whole() == other.whole()
        return self.whole() == other

    def __hash__(self) -> int:
        return hash(self.whole())

    def __repr__(self) -> str:
        return repr(self.whole())

    def __reduce__(self) -> tuple[Any, ...]:
        return Tailed, (self.whole(),)
