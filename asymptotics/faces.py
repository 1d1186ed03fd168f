"""Faces of packages whose names are imported when they are first asked for.

A package is read by people who want one of its names: to print the help of a command, or to derive a law,
without waiting for figures and solvers. Which names it offers, and from which module each comes, is said
once, in the stub ``__init__.pyi`` beside its ``__init__.py``, where type checkers and editors read it too.

    lazy_face(package, file)     ``__getattr__``, ``__dir__`` and ``__all__`` of the package
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path


def lazy_face(package: str, file: str) -> tuple[Callable[[str], object], Callable[[], list[str]], list[str]]:
    """``__getattr__``, ``__dir__`` and ``__all__`` of ``package``, whose ``__init__.py`` is ``file``.

    Its stub imports the names as type checkers want it, ``from asymptotics.laws.law import Law as Law``; a
    module that it imports from ``package`` itself is shown by ``dir``, but is not in ``__all__``. All modules
    and packages inside ``package`` are attributes, too. Other names raise `AttributeError`.

    >>> import asymptotics
    >>> get, names, offered = lazy_face("asymptotics", asymptotics.__file__)
    >>> get("UnableError").__module__, "DomainError" in offered, "symbols" in offered, "symbols" in names()
    ('asymptotics.errors', True, False, True)
    """
    stub = ast.parse(Path(file).with_suffix(".pyi").read_text(encoding="utf-8"))
    homes = {
        alias.name: line.module
        for line in stub.body
        if isinstance(line, ast.ImportFrom) and line.module is not None
        for alias in line.names
    }
    offered = sorted(name for name, home in homes.items() if home != package)

    def get(name: str) -> object:
        if name in offered:
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
        return sorted({*homes, *(name for name in vars(sys.modules[package]) if name.startswith("__"))})

    return get, names, offered
