"""Tables that others may extend: quantities, references, families of spectra, notations.

    Registry(entries)             an ordered mapping from the name of each entry to the entry
    registry.register(entry)      add an entry for good
    registry.holding(entry)       add it within a ``with`` block

A change forgets all cached results (`caches.clear_caches`), since they may depend on what the table held.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol, TypeVar

from asymptotics.caches import clear_caches
from asymptotics.errors import DomainError


class Named(Protocol):
    """An entry: a value that knows its name."""

    @property
    def name(self) -> str: ...


Entry = TypeVar("Entry", bound=Named)


class Registry(Mapping[str, Entry]):
    """Entries by name, in the order in which they came.

    >>> from asymptotics.model.quantities import QUANTITIES
    >>> from dataclasses import replace
    >>> with QUANTITIES.holding(replace(QUANTITIES["time"], name="again")):
    ...     list(QUANTITIES)[-1]
    'again'
    >>> "again" in QUANTITIES
    False
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = {entry.name: entry for entry in entries}

    def __getitem__(self, name: str) -> Entry:
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def register(self, entry: Entry) -> None:
        """Add an entry; `DomainError` if its name is taken."""
        if entry.name in self._entries:
            raise DomainError(f"{entry.name!r} is registered already; choose another name")
        self._entries[entry.name] = entry
        clear_caches()

    @contextmanager
    def holding(self, entry: Entry) -> Iterator[None]:
        """Within the block the entry is registered; afterwards it is forgotten."""
        self.register(entry)
        try:
            yield
        finally:
            del self._entries[entry.name]
            clear_caches()
