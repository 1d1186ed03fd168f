"""Terms and bounds of an expansion.

Both stand on a scale of three functions, ``e^p l^m log(l)^n`` with e -> 0 and ``l = log(1/e)``, each of which
outgrows all powers of the next: orders are compared first, then powers of l, then powers of log(l).

Term, Bound    ``C e^p l^m log(l)^n`` and ``O(e^p l^m log(l)^n)``
compare_logs   which of two powers of l and log(l) is larger
absorbs        whether a bound implies another
minimal        bounds, without those that others imply
product_bounds what bounds a product
slopes_of      the derivatives of ``l^m log(l)^n``
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sympy import Expr, sympify

from asymptotics.domains.domain import normal
from asymptotics.expansions.orders import NEAR, Place, Signs, order, subtract
from asymptotics.expansions.ring import Element, element

Power = Any
"""A power of l: an int where it is whole, else an expression."""
Logs = tuple[Power, int]
"""The powers of l and of log(l)."""


@dataclass(init=False, eq=False)
class Term:
    """``coefficient * e**order * l**log_power * log(l)**loglog_power``, l = log(1/e).

    The coefficient may be given as an expression or as an `Element`; each is made of the other on demand.
    """

    coefficient: Expr
    order: Expr
    log_power: Power
    loglog_power: int

    __slots__ = ("coefficient", "element", "log_power", "loglog_power", "order")

    def __init__(
        self, coefficient: Expr | Element, order: Expr, log_power: Power = 0, loglog_power: int = 0
    ) -> None:
        if isinstance(coefficient, Element):
            self.element = coefficient
        else:
            self.coefficient = coefficient
        self.order, self.log_power, self.loglog_power = order, _power(log_power), loglog_power

    @property
    def logs(self) -> Logs:
        """The powers of l and of log(l)."""
        return self.log_power, self.loglog_power

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
            and (self.order, self.logs) == (other.order, other.logs)
            and (self.element == other.element)
        )

    def __hash__(self) -> int:
        return hash((self.order, self.logs))


@dataclass(frozen=True, slots=True)
class Bound:
    """``O(e**order * l**log_power * log(l)**loglog_power)``."""

    order: Expr
    log_power: Power = 0
    loglog_power: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "log_power", _power(self.log_power))

    @property
    def logs(self) -> Logs:
        """The powers of l and of log(l)."""
        return self.log_power, self.loglog_power


def slope_bound(bound: Bound) -> Bound:
    """The slope in l of what is ``O(l^m log(l)^n)``, for functions of a Hardy field: ``O(l^(m-1) log(l)^n)``.

    There the quotient with the bound has a limit, and so has that of the slopes (de l'Hospital). What
    oscillates is in no such field.
    """
    return Bound(bound.order, bound.log_power - 1, bound.loglog_power)


def _power(power: Power) -> Power:
    if isinstance(power, int):
        return power
    found = normal(power)
    return int(found) if found.is_Integer else found


def compare_logs(signs: Signs, first: Logs, second: Logs) -> int | None:
    """1 if the first power of l and log(l) is larger, 0 if they are equal, -1 if smaller, else None."""
    if first[0] == second[0]:
        return (first[1] > second[1]) - (first[1] < second[1])
    if isinstance(first[0], int) and isinstance(second[0], int):
        return 1 if first[0] > second[0] else -1
    return signs.sign(subtract(order(sympify(first[0])), order(sympify(second[0]))))


def logs_at_point(signs: Signs, logs: Logs) -> tuple[float, int]:
    """The powers at a point of the domain: sorted by these, terms and bounds have a fixed order."""
    power = logs[0]
    return float(power) if isinstance(power, int) else signs.locate(power)[1], logs[1]


Placed = tuple[Place, Logs]
"""An order with its value at a point of the domain, and powers of l and log(l)."""


def absorbs(signs: Signs, bound: Placed, other: Placed) -> bool:
    """Whether ``other = O(bound)`` is proved."""
    if other[0][1] - bound[0][1] < -NEAR:
        return False  # at one point of the domain it is larger
    sign = signs.compare(bound[0], other[0])
    return sign == 1 or (sign == 0 and compare_logs(signs, bound[1], other[1]) in (0, 1))


def minimal(signs: Signs, bounds: Iterable[Bound]) -> dict[Bound, Placed]:
    """The bounds that no other implies, with their places."""
    placed = {b: (signs.locate(b.order), b.logs) for b in bounds}
    if len(placed) < 2:
        return placed
    kept: dict[Bound, Placed] = {}
    for b in sorted(placed, key=lambda b: placed[b][0][1]):  # none is implied by one far behind it
        if not any(absorbs(signs, place, placed[b]) for place in kept.values()):
            kept = {c: place for c, place in kept.items() if not absorbs(signs, placed[b], place)}
            kept[b] = placed[b]
    return {b: place for b, place in placed.items() if b in kept} if len(kept) > 1 else kept


def logs_of_product(first: Term | Bound, second: Term | Bound) -> Logs:
    """The powers of l and log(l) in a product."""
    return first.log_power + second.log_power, first.loglog_power + second.loglog_power


def product_bounds(first: Iterable[Term | Bound], second: Collection[Term | Bound]) -> Iterator[Bound]:
    """What bounds a product whose factors are bounded so."""
    return (Bound(s.order + t.order, *logs_of_product(s, t)) for s in first for t in second)


def slopes_of(logs: Logs) -> tuple[tuple[Expr, Logs], ...]:
    """``d/dl`` of ``l^m log(l)^n``: factors and the powers they stand before.

    >>> slopes_of((2, 1))
    ((2, (1, 1)), (1, (1, 0)))
    """
    m, n = logs
    pieces = ((m, (m - 1, n)), (n, (m - 1, n - 1)))
    return tuple((sympify(factor), place) for factor, place in pieces if factor != 0)
