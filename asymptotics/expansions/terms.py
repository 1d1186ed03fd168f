"""Terms and bounds of an expansion.

Term, Bound    ``C e^p log(x)^m`` and ``O(e^p log(x)^m)``, e = x or 1/x
absorbs        whether a bound implies another
minimal        bounds, without those that others imply
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sympy import Expr

from asymptotics.expansions.orders import Signs
from asymptotics.expansions.ring import Element, element


@dataclass(init=False, eq=False)
class Term:
    """``coefficient * e**order * log(x)**log_power``, e = x or 1/x.

    The coefficient may be given as an expression or as an `Element`; each is made of the other on demand.
    """

    coefficient: Expr
    order: Expr
    log_power: int

    __slots__ = ("coefficient", "element", "log_power", "order")

    def __init__(self, coefficient: Expr | Element, order: Expr, log_power: int = 0) -> None:
        if isinstance(coefficient, Element):
            self.element = coefficient
        else:
            self.coefficient = coefficient
        self.order, self.log_power = order, log_power

    def __getattr__(self, name: str) -> Any:
        if name == "coefficient":
            self.coefficient = self.element.as_expr()
        elif name == "element":
            self.element = element(self.coefficient)
        else:
            raise AttributeError(name)
        return getattr(self, name)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Term)
            and (self.order, self.log_power) == (other.order, other.log_power)
            and (self.element == other.element)
        )

    def __hash__(self) -> int:
        return hash((self.order, self.log_power))


@dataclass(frozen=True, slots=True)
class Bound:
    """``O(e**order * log(x)**log_power)``."""

    order: Expr
    log_power: int = 0


def absorbs(signs: Signs, bound: Bound, other: Bound) -> bool:
    """Whether ``other = O(bound)`` is proved."""
    first, second = signs.locate(bound.order), signs.locate(other.order)
    sign = signs.compare(first, second)
    return sign == 1 or (sign == 0 and bound.log_power >= other.log_power)


def minimal(signs: Signs, bounds: Iterable[Bound]) -> list[Bound]:
    """The bounds that no other implies."""
    kept: list[Bound] = []
    for b in dict.fromkeys(bounds):
        if not any(absorbs(signs, c, b) for c in kept):
            kept = [c for c in kept if not absorbs(signs, b, c)] + [b]
    return kept


__all__ = ["Bound", "Term", "absorbs", "minimal"]
