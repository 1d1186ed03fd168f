"""How many modes a task has: M of them, infinitely many, or a multiple of the model or of the data.

size_of_modes    the size that the modes grow with
check_modes      refuses what is no number of modes
"""

from __future__ import annotations

from sympy import Expr, Symbol, oo

from asymptotics.errors import DomainError
from asymptotics.symbols import RESOURCES, N, P


def size_of_modes(modes: Expr) -> Symbol | None:
    """N or P in ``modes``, or None.

    >>> from asymptotics.symbols import r
    >>> size_of_modes(r * P), size_of_modes(r)
    (P, None)
    """
    return next((size for size in (N, P) if modes.has(size)), None)


def check_modes(modes: Expr, index: Symbol) -> None:
    """Raise `DomainError` unless ``modes`` is an integer >= 1, oo, or ``r*N`` or ``r*P`` with r > 1."""
    whole = modes.is_integer and modes.is_positive
    if modes.has(index) or (modes.is_number and not (modes == oo or whole)):
        raise DomainError(f"modes = {modes}; the number of modes must be an integer >= 1, or oo")
    size = size_of_modes(modes)
    if size is None:
        return
    ratio = modes / size
    if ratio.has(*RESOURCES):
        raise DomainError(f"modes = {modes}; modes that grow are a multiple of one size: r*N, or r*P")
    if ratio.is_number and not ratio > 1:
        raise DomainError(
            f"modes = {modes} are not more than {size}, so that all of them are learned; use modes=r*{size} "
            "with r > 1"
        )
