"""How far a long run is, on stderr: a bar in a terminal, elsewhere a line now and then.

    Progress(total, unit)     counts what is done; a block, at whose end it is gone
    counted(items, unit)      the items, each counted when the next is asked for

Lines suit a file: the first comes after `FIRST` seconds, and each later one after twice the time. A quick run
has none. Where stderr takes no more, the run goes on without it.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from tqdm import tqdm

FIRST = 5.0
"""Seconds until the first line."""
Item = TypeVar("Item")


class Progress:
    """Counts up to ``total`` of ``unit``, from ``done`` on; where it is not ``shown``, in silence.

    >>> with Progress(2, "laws", shown=False) as progress:
    ...     progress.update()
    >>> progress.done
    1
    """

    def __init__(self, total: int, unit: str, *, done: int = 0, shown: bool = True) -> None:
        self.total, self.unit, self.done = total, unit, done
        self._bar: tqdm[Any] | None = None
        self._ended = threading.Event()
        self._lines: threading.Thread | None = None
        if not shown or sys.stderr is None:
            return
        with suppress(OSError):
            if sys.stderr.isatty():
                self._bar = _Bar(total=total, initial=done, unit=f" {unit}", file=sys.stderr, leave=False)
            else:
                self._lines = threading.Thread(target=self._print_lines, daemon=True)

    def __enter__(self) -> Progress:
        if self._lines is not None:
            self._lines.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        if self._bar is not None:
            self._bar.close()

    def update(self, count: int = 1) -> None:
        """So many more are done."""
        self.done += count
        if self._bar is not None:
            self._bar.update(count)

    def _print_lines(self) -> None:
        start, pause = time.monotonic(), FIRST
        while not self._ended.wait(pause):
            passed = time.monotonic() - start
            with suppress(OSError, ValueError):  # a stream that is closed
                sys.stderr.write(f"{self.done} of {self.total} {self.unit} after {passed:.0f} s\n")
                sys.stderr.flush()
            pause = passed


def counted(items: Sequence[Item], unit: str, *, shown: bool = True) -> Iterator[Item]:
    """The items in their order, while `Progress` shows how many are done.

    >>> list(counted("ab", "letters", shown=False))
    ['a', 'b']
    """
    with Progress(len(items), unit, shown=shown) as progress:
        for item in items:
            yield item
            progress.update()


class _Bar(tqdm):  # type: ignore[misc]
    """A bar that gives up where it cannot be written."""

    def display(self, *given: Any, **named: Any) -> bool:
        with suppress(OSError):
            return bool(super().display(*given, **named))
        return False

    def close(self) -> None:
        with suppress(OSError):
            super().close()
