"""Tables that others may extend: quantities, references, families of spectra, notations.

    Registry(entries, *later)     an ordered mapping from the name of each entry to the entry
    registry.register(entry)      add an entry for good
    registry.holding(entry)       add it within a ``with`` block
    enter_once(table, key, what)  a decorator that enters a class in a table of solutions
    registry.name_attributes(of)  names become attributes of a class: none may be one that it has

A change forgets all cached results (`caches.clear_caches`), since they may depend on what the table held.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from functools import cached_property
from keyword import iskeyword
from typing import Any, Protocol, TypeVar

from asymptotics.caches import clear_caches
from asymptotics.errors import DomainError, shown


class Named(Protocol):
    """An entry: a value that knows its name."""

    @property
    def name(self) -> str: ...


Entry = TypeVar("Entry", bound=Named)


class Registry(Mapping[str, Entry]):
    """Entries by name, in the order in which they came.

    Those of ``later`` are made when a name that is not among the first, or the list of all, is asked for.

    >>> from asymptotics.model.quantities import QUANTITIES
    >>> from dataclasses import replace
    >>> with QUANTITIES.holding(replace(QUANTITIES["time"], name="again")):
    ...     list(QUANTITIES)[-1]
    'again'
    >>> "again" in QUANTITIES
    False
    """

    _owner: type = object

    def __init__(self, entries: Iterable[Entry], *later: Callable[[], Iterable[Entry]]) -> None:
        self._first = {entry.name: entry for entry in entries}
        self._later = later

    @cached_property
    def _entries(self) -> dict[str, Entry]:
        return self._first | {entry.name: entry for make in self._later for entry in make()}

    def __getitem__(self, name: str) -> Entry:
        return self._first[name] if name in self._first else self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def register(self, entry: Entry) -> None:
        """Add an entry; `DomainError` if it has no name, or one that is taken or cannot be used."""
        name: object = getattr(entry, "name", None)
        if not isinstance(name, str) or not name:
            raise DomainError(f"{shown(entry)} has no name; register an entry whose .name is text")
        if name in self._entries:
            raise DomainError(f"{name!r} is registered already; choose another name")
        owner = self._owner
        if owner is not object and (hasattr(owner, name) or not name.isidentifier() or iskeyword(name)):
            why = f"{owner.__name__}.{name} is taken" if hasattr(owner, name) else "it is not a Python name"
            raise DomainError(f"an entry cannot be called {name!r}, as {why}; choose another name")
        self._entries[name] = entry
        clear_caches()

    def name_attributes(self, owner: type) -> None:
        """From now on entries are attributes of ``owner``, which keeps those that it has."""
        self._owner = owner

    @contextmanager
    def holding(self, entry: Entry) -> Iterator[None]:
        """Within the block the entry is registered; afterwards it is forgotten."""
        self.register(entry)
        try:
            yield
        finally:
            del self._entries[entry.name]
            clear_caches()


_Kind = TypeVar("_Kind", bound=type)


def enter_once(table: MutableMapping[Any, Any], key: type, what: str) -> Callable[[_Kind], _Kind]:
    """A decorator that enters a class in ``table`` as what solves ``key``, for good.

    ``what`` a ``key`` is, in words. Raises `DomainError` where another class was entered; the same one again
    changes nothing.

    >>> table = {}
    >>> enter_once(table, int, "a number")(bool) is table[int]
    True
    """

    def enter(kind: _Kind) -> _Kind:
        if table.setdefault(key, kind) is not kind:
            known = f"{key.__name__} is solved by {table[key].__name__} already"
            raise DomainError(f"{known}; give {kind.__name__} {what} of its own")
        return kind

    return enter
