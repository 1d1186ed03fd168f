"""The errors of the toolkit: one base class, one child per kind of failure.

Every message is one line that names the thing, its value, the bound it breaks and the
next step, so that a command can print it as it stands.

    shown(value)                           an object as a message shows it
    check_kind(value, kind, name, advice)  refuse an object of another class
    call_of(called)                        how a class or a function is called
    near(name, names)                      of these names those that are spelled alike
    Fielded                                classes that say which arguments they take
"""

from __future__ import annotations

from abc import ABCMeta
from collections.abc import Iterable
from difflib import get_close_matches
from inspect import signature
from numbers import Number
from typing import Any


class BottleneckError(Exception):
    """Base class of every error that this project raises on purpose."""


class DomainError(BottleneckError, ValueError):
    """An input outside the domain in which the question makes sense."""


class ParseError(DomainError):
    """Text that is not an expression of the accepted syntax.

    ``position`` is the index of the character at fault and ``reason`` what is wrong there, where known.
    """

    position: int | None = None
    reason: str = ""

    @classmethod
    def at(cls, text: str, position: int, reason: str) -> ParseError:
        """The error for ``reason`` at ``position`` of ``text``.

        >>> print(ParseError.at("2a", 1, "an operator is missing"))
        '2a', column 2: an operator is missing
        """
        shown = repr(text if len(text) <= 60 else f"{text[:57]}...").replace("\\\\", "\\")
        error = cls(f"{shown}, column {position + 1}: {reason}")
        error.position, error.reason = position, reason
        return error


class SpectrumError(DomainError):
    """A spectrum or target that has no finite kernel, no finite power, or no known family."""


class UnableError(BottleneckError):
    """The engine cannot derive or compute this; the message says what is missing and why."""


class Undecided(UnableError):
    """Two orders of which the domain does not say which is larger; their ``difference`` has either sign."""

    def __init__(self, message: str, difference: object) -> None:
        super().__init__(message)
        self.difference = difference


class Crossing(UnableError):
    """A line on which one law crosses over to another, and has none of its own."""


class TooShort(UnableError):
    """An expansion that ends before its first term: more orders of what it is made of are needed."""


class PrecisionError(BottleneckError, ArithmeticError):
    """A number that cannot be had to the digits asked for."""


def shown(value: object) -> str:
    """An object in a message, on one line and short.

    >>> shown([1, 2]), shown(10**5000)
    ('[1, 2]', 'a long int')
    """
    try:
        text = " ".join((str if isinstance(value, Number) else repr)(value).split())
    except ValueError:  # Python does not write integers of more than 4300 digits
        text = f"a long {type(value).__name__}"
    return text if len(text) <= 60 else f"{text[:57]}..."


def check_kind(value: object, kind: type | tuple[type, ...], name: str, advice: str) -> None:
    """Raise `DomainError`, with advice on what to pass, for what is of another class.

    >>> check_kind(3, int, "count", "pass an integer")
    """
    if not isinstance(value, kind):
        raise DomainError(f"{name} = {shown(value)}; {advice}")


def call_of(called: Any) -> str:
    """How a class or a function is called, with the names of what it takes.

    >>> from asymptotics import Power
    >>> call_of(Power), call_of(shown)
    ('Power(gamma=...)', 'shown(value=...)')
    """
    if isinstance(called, type):
        _, *names = signature(called.__init__).parameters  # type: ignore[misc]
    else:
        names = [*signature(called).parameters]
    return f"{called.__name__}({', '.join(f'{name}=...' for name in names)})"


def near(name: str, names: Iterable[str], most: int = 4) -> list[str]:
    """Of these names those that are spelled much as this one, the nearest first; capitals do not count.

    >>> near("nosie", ["noise", "modes", "index"]), near("n", ["N", "P"])
    (['noise'], ['N'])
    """
    known = {other.lower(): other for other in names}
    return [known[found] for found in get_close_matches(name.lower(), known, n=most, cutoff=0.7)]


class Fielded(ABCMeta):
    """The class of classes with fields: arguments that do not fit them raise `DomainError`, which names them.

    >>> from asymptotics import Power, Task
    >>> Power(-2)
    Traceback (most recent call last):
        ...
    asymptotics.errors.DomainError: Power: too many positional arguments; give Power(gamma=...)
    >>> try:
    ...     Task("k**-2", "k**-3", nosie=1)
    ... except DomainError as error:
    ...     print(str(error).partition("; give")[0])
    Task: got an unexpected keyword argument 'nosie'; near it: noise
    """

    def __call__(cls, *given: Any, **named: Any) -> Any:
        try:
            return super().__call__(*given, **named)
        except TypeError:
            taken = signature(cls.__init__)  # type: ignore[misc]
            try:
                taken.bind(None, *given, **named)
            except TypeError as error:
                known = taken.parameters
                alike = (other for name in named if name not in known for other in near(name, known))
                meant = ", ".join(dict.fromkeys(alike))
                words = f"{error}; near it: {meant}" if meant else str(error)
                raise DomainError(f"{cls.__name__}: {words}; give {call_of(cls)}") from None
            raise
