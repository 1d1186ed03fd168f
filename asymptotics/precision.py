"""One thread at a time at a working precision: mpmath and SymPy keep theirs in one global number.

``mpmath.mp.prec`` belongs to the whole process. SymPy sets it while it evaluates a zeta or a gamma function,
and so does whoever works with mpmath's functions; two threads that do so take each other's precision away.
Every working precision of the two packages is therefore set here, under one lock that a thread may take
again while it holds it, and what is public and evaluates numbers takes the same lock from
beginning to end. Python runs one thread at a time in such code anyway, so that waiting costs nothing.
A program that evaluates SymPy's or mpmath's numbers in threads of its own does so inside
``with working(digits)``.

    working(digits)      a block at that many decimal digits; the precision before it returns at its end
    working_bits(bits)   the same in binary digits
    hold, release        the lock alone, for a context of another kind
    exclusive            decorate a public function: one thread at a time in any of them
    exclusive_class      the same for every public method and property of a class
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from threading import RLock
from typing import ParamSpec, TypeVar

import mpmath

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
Class = TypeVar("Class", bound=type)

_LOCK = RLock()

if hasattr(os, "register_at_fork"):
    # A child begins while nobody else works, so that it finds the lock free and the precision as it was.
    os.register_at_fork(before=_LOCK.acquire, after_in_parent=_LOCK.release, after_in_child=_LOCK.release)


hold, release = _LOCK.acquire, _LOCK.release


@contextmanager
def working(digits: int) -> Iterator[None]:
    """A block in which mpmath works at ``digits`` decimal digits, and this thread alone.

    >>> with working(30):
    ...     print(mpmath.mpf(1) / 3)
    0.333333333333333333333333333333
    """
    with _LOCK, mpmath.workdps(digits):
        yield


@contextmanager
def working_bits(bits: int) -> Iterator[None]:
    """A block in which mpmath works at ``bits`` binary digits, and this thread alone.

    >>> with working_bits(100):
    ...     print(mpmath.mp.prec)
    100
    """
    with _LOCK, mpmath.workprec(bits):
        yield


def exclusive(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """A function that one thread at a time is in, together with all others of its kind and `working`.

    It starts from the precision that its caller has set, and leaves it as it was.

    >>> @exclusive
    ... def third():
    ...     return mpmath.mpf(1) / 3
    >>> third()
    mpf('0.33333333333333331')
    """

    @wraps(function)
    def alone(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        with _LOCK:
            return function(*args, **kwargs)

    return alone


def exclusive_class(cls: Class) -> Class:
    """A class whose public methods and properties, and its representations, are each `exclusive`.

    >>> @exclusive_class
    ... class Third:
    ...     @property
    ...     def value(self):
    ...         return mpmath.mpf(1) / 3
    >>> Third().value
    mpf('0.33333333333333331')
    """
    for name, member in list(vars(cls).items()):
        if name.startswith("_") and name not in _SHOWN:
            continue
        if isinstance(member, property):
            assert member.fget is not None
            setattr(cls, name, property(exclusive(member.fget), doc=member.__doc__))
        elif isinstance(member, classmethod):
            setattr(cls, name, classmethod(exclusive(member.__func__)))
        elif callable(member) and not isinstance(member, type):
            setattr(cls, name, exclusive(member))
    return cls


_SHOWN = frozenset({"__init__", "__call__", "__repr__", "__str__", "_latex", "_repr_latex_"})
