"""Faces of packages whose names are imported when they are first asked for.

A package is read by people who want one of its names: to print the help of a command, or to derive a law,
without waiting for figures and solvers.

    lazy_face(package, places)     the functions ``__getattr__`` and ``__dir__`` of the package
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module


def lazy_face(
    package: str, places: Mapping[str, str]
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """The module functions ``__getattr__`` and ``__dir__`` of ``package``.

    ``places`` holds, for each module below the package, the names that it lends to the face, separated by
    spaces; a module without names is shown itself. ``dir`` lists these, and special names, alone. All modules
    and packages inside ``package`` are attributes too. Other names raise `AttributeError`.

    >>> get, names = lazy_face("asymptotics", {"errors": "DomainError UnableError"})
    >>> get("UnableError").__module__, "DomainError" in names()
    ('asymptotics.errors', True)
    """
    homes = {name: f"{package}.{module}" for module, names in places.items() for name in names.split()}

    def get(name: str) -> object:
        if name in homes:
            value = getattr(import_module(homes[name]), name)
            setattr(sys.modules[package], name, value)
            return value
        inside = f"{package}.{name}"
        try:
            if not name.startswith("_"):
                return import_module(inside)
        except ModuleNotFoundError as error:
            if error.name != inside:
                raise
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    def names() -> list[str]:
        special = (name for name in vars(sys.modules[package]) if name.startswith("__"))
        return sorted({*special, *homes, *(module for module, lent in places.items() if not lent)})

    return get, names


__all__ = ["lazy_face"]
