"""How the reader of an error is told to give an argument: as Python has it, or as an option of the command.

name_argument(name, value)     ``modes=M``, or ``--modes M``
name_numbers(name, symbols)    ``at={a: ..., b: ...}``, or ``--at a=...,b=...``
ordering(condition, symbols)   ``Task(..., assumptions=(a > b,))``, or numbers
hints_of_command()             within the block, as options
are_of_command()               whether they are, for `set_hints` in another process
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_COMMAND: ContextVar[bool] = ContextVar("command", default=False)


def name_argument(name: str, value: str, word: str = "") -> str:
    """How the argument of this name is given; ``word`` is the value in the command, where it is another.

    >>> name_argument("modes", "M")
    'modes=M'
    >>> with hints_of_command():
    ...     name_argument("modes", "M")
    '--modes M'
    """
    return f"--{name} {word or value}" if _COMMAND.get() else f"{name}={value}"


def name_numbers(name: str, symbols: Iterable[object]) -> str:
    """How numbers are given to symbols by the argument of this name, or by ``--at``.

    >>> name_numbers("params", ["a", "b"])
    'params={a: ..., b: ...}'
    >>> with hints_of_command():
    ...     name_numbers("params", ["a", "b"])
    '--at a=...,b=...'
    """
    if _COMMAND.get():
        return f"--at {','.join(f'{symbol}=...' for symbol in symbols)}"
    return f"{name}={{{', '.join(f'{symbol}: ...' for symbol in symbols)}}}"


def ordering(condition: object, symbols: Iterable[object]) -> str:
    """How a task is told which of two orders is larger: by an assumption or its reverse, or by numbers.

    >>> from asymptotics.symbols import b
    >>> ordering(b < 3, [b])
    'Task(..., assumptions=(b < 3,)) or its reverse, or numbers by task.at(b=...)'
    """
    if _COMMAND.get():
        return f"numbers in the place of {', '.join(map(str, symbols))} in the expressions"
    named = ", ".join(f"{symbol}=..." for symbol in symbols)
    return f"Task(..., assumptions=({condition},)) or its reverse, or numbers by task.at({named})"


@contextmanager
def hints_of_command() -> Iterator[None]:
    """Within the block hints are options of the command."""
    before = _COMMAND.set(True)
    try:
        yield
    finally:
        _COMMAND.reset(before)


def are_of_command() -> bool:
    """Whether hints are options of the command here."""
    return _COMMAND.get()


def set_hints(command: bool) -> None:
    """Hints in this process from now on: in a worker, those of the process that started it."""
    _COMMAND.set(command)
