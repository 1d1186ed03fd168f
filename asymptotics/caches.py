"""One owner of everything that is remembered: each cache is bounded, and all are cleared by one call.

Results are pure functions of their arguments: a cache changes how long an answer takes, never the
answer. Caches sit on functions of modules, never on methods, so that none keeps an object alive.

    cached(maxsize=n)     decorate a function: its n latest results are kept
    Memory(maxsize=n)     the same for results whose key is more than the arguments of one function
    clear_caches()        forget all results of both packages
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Generic, TypeVar

from asymptotics.precision import exclusive

Function = TypeVar("Function", bound=Callable[..., object])
Result = TypeVar("Result")

_FORGET: list[Callable[[], None]] = []


def cached(*, maxsize: int) -> Callable[[Function], Function]:
    """A decorator that keeps the ``maxsize`` latest results of a function of hashable arguments.

    >>> @cached(maxsize=8)
    ... def square(x):
    ...     print("computed")
    ...     return x * x
    >>> square(3), square(3)
    computed
    (9, 9)
    """

    def decorate(function: Function) -> Function:
        keeping = lru_cache(maxsize=maxsize)(function)
        _FORGET.append(keeping.cache_clear)
        return keeping  # type: ignore[return-value]

    return decorate


class Memory(Generic[Result]):
    """The ``maxsize`` latest results by key, for what is computed from more than its key says.

    >>> lengths = Memory(maxsize=2)
    >>> lengths.recall("abc", lambda: 3), lengths.recall("abc", lambda: 4)
    (3, 3)
    """

    def __init__(self, *, maxsize: int) -> None:
        self._maxsize = maxsize
        self._results: dict[Hashable, Result] = {}
        _FORGET.append(self._results.clear)

    def recall(self, key: Hashable, compute: Callable[[], Result]) -> Result:
        """The result kept under ``key``, or else that of ``compute()``, kept from now on."""
        if key not in self._results:
            found = compute()
            while len(self._results) >= self._maxsize:
                del self._results[next(iter(self._results))]
            self._results[key] = found
        return self._results[key]


@exclusive
def clear_caches() -> None:
    """Forget every result that `cached` functions keep: what follows is computed as in a fresh process.

    >>> clear_caches()
    """
    for forget in _FORGET:
        forget()
