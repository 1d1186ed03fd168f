"""Values as plain dictionaries of text and numbers, for JSON, and back: derived again and compared.

A record says what a value was derived from, and what was found. Reading it derives the value again, so that
nothing false can be read: a record that differs from that of the value it leads to is refused.

    record(kind, ...)               a record with its kind and version
    content_of(kind, found)         what is in a record of that kind and of this version
    check_same(found, derived)      refuse a record that says something else
    written(expression)             an expression as text that is read as the same
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sympy import Expr

from asymptotics.errors import DomainError, ParseError, UnableError, shown
from asymptotics.parsing.expressions import parse

VERSION = 1


def record(kind: str, **content: Any) -> dict[str, Any]:
    """A record of ``kind``.

    >>> record("task", modes="oo")
    {'kind': 'task', 'version': 1, 'modes': 'oo'}
    """
    return {"kind": kind, "version": VERSION, **content}


def content_of(kind: str, found: object, *needed: str) -> Mapping[str, Any]:
    """The record itself, if it is one of ``kind`` and this version that has what is ``needed``.

    >>> content_of("law", {"kind": "task"})
    Traceback (most recent call last):
        ...
    asymptotics.errors.DomainError: the record is of kind 'task', not 'law'; read it as what it is
    """
    if not isinstance(found, Mapping):
        raise DomainError(f"{shown(found)} is not a record; pass what .to_dict() returned")
    if found.get("kind") != kind:
        raise DomainError(
            f"the record is of kind {shown(found.get('kind'))}, not '{kind}'; read it as what it is"
        )
    if found.get("version") != VERSION:
        raise DomainError(
            f"the record is of version {shown(found.get('version'))}; this release reads version {VERSION}"
        )
    missing = [name for name in needed if name not in found]
    if missing:
        raise DomainError(f"the record of a {kind} has no {missing[0]!r}; pass what .to_dict() returned")
    return found


def check_same(found: Mapping[str, Any], derived: Mapping[str, Any]) -> None:
    """Raise `DomainError` in one line where a record differs from that of the value derived from it.

    >>> check_same({"kind": "law", "exponent": "2"}, {"kind": "law", "exponent": "1"})
    Traceback (most recent call last):
        ...
    asymptotics.errors.DomainError: the record of a law was changed: exponent is '2', derived again '1'
    """
    place = _difference(found, derived, "")
    if place is not None:
        name, theirs, ours = place
        raise DomainError(
            f"the record of a {derived['kind']} was changed: {name} is {shown(theirs)}, "
            f"derived again {shown(ours)}"
        )


def _difference(found: Any, derived: Any, name: str) -> tuple[str, Any, Any] | None:
    """The first place at which two records differ, with both sides."""
    if isinstance(found, Mapping) and isinstance(derived, Mapping):
        places = [(key, f"{name}.{key}".lstrip(".")) for key in dict.fromkeys([*derived, *found])]
        pairs = [(place, found.get(key), derived.get(key)) for key, place in places]
    elif isinstance(found, list | tuple) and isinstance(derived, list | tuple) and len(found) == len(derived):
        pairs = [(f"{name}[{i}]", *pair) for i, pair in enumerate(zip(found, derived, strict=True))]
    else:
        return None if found == derived else (name, found, derived)
    return next((place for n, f, d in pairs if (place := _difference(f, d, n)) is not None), None)


def written(expression: Expr) -> str:
    """The expression as text. Raises `UnableError` where that is not read as the same expression.

    >>> from asymptotics.symbols import b, k
    >>> written(k**-b)
    'k**(-b)'
    """
    text = str(expression)
    try:
        same = text == "oo" or parse(text) == expression
    except ParseError:
        same = False
    if not same:
        raise UnableError(f"{shown(expression)} has no text that is read as the same; keep the Python value")
    return text
