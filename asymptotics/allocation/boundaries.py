"""Boundaries of phases: the lines between them, and the corners where lines meet.

On a boundary exponents meet, which gives powers of log C, or a whole range of splits that are as good. The
laws of the task there are others, so that each boundary is a question of its own: the line is put into the
task, its phases are found, and the boundaries between these are the corners.

    boundaries_of(phases, whole, allocations_at)     the phases on all of them, lines first
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from sympy import And, Eq, Expr, Integer, Symbol
from sympy.logic.boolalg import Boolean

from asymptotics.allocation.best import best_phases
from asymptotics.allocation.phase import Phase
from asymptotics.allocation.phases import Allocation
from asymptotics.domains.domain import Domain, as_condition, normal, primitive
from asymptotics.errors import DomainError, UnableError

Place: TypeAlias = Mapping[Symbol, Expr]
"""Parameters in terms of the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """All parameters, or those on one line: its phases, where some parameters are in terms of the others."""

    place: Place
    meetings: tuple[Boolean, ...]
    phases: tuple[Phase, ...]
    whole: Domain

    def contains(self, point: Place) -> bool:
        """Whether the point lies inside one of the phases."""
        here = dict(point)
        return all(
            normal((symbol - value).xreplace(here)) == 0 for symbol, value in self.place.items()
        ) and any(
            all(c.xreplace(here).is_positive for c in phase.domain.constraints) for phase in self.phases
        )

    def lines(self) -> list[Expr]:
        """What vanishes where one of the phases ends inside the domain."""
        ends = (line for phase in self.phases for line in phase.domain.constraints)
        lines = {line if _first_positive(line) else primitive(-line): None for line in ends}
        outer = set(self.whole.constraints)
        return [x for x in lines if not {x, primitive(-x)} & outer and self.whole.sign(x) is None]


def boundaries_of(
    phases: tuple[Phase, ...], whole: Domain, allocations_at: Callable[[Place], Sequence[Allocation]]
) -> tuple[Phase, ...]:
    """The phase on each boundary, with an equation among its conditions, on a corner with several.

    ``allocations_at`` gives the terms that are balanced where parameters stand in terms of others, and raises
    `DomainError` or `UnableError` where there is no such task or law.
    """
    known = [_Part(place={}, meetings=(), phases=phases, whole=whole)]
    queue = deque(known)
    found: list[Phase] = []
    while queue:
        part = queue.popleft()
        for line in part.lines():
            symbol, value = _solve_line(line)
            if symbol is None:
                continue  # a curved line: the point on it is settled by optimum.at
            place = {s: normal(v.xreplace({symbol: value})) for s, v in part.place.items()} | {symbol: value}
            try:
                allocations = allocations_at(place)
                met = best_phases(allocations)[0]
            except (DomainError, UnableError):
                continue  # the line lies outside the task's domain, or no law is derived on it
            inside = [p for p in met if not _is_known(p, place, known)]
            if not inside:
                continue
            meetings = (*part.meetings, Eq(as_condition(line).lhs, as_condition(line).rhs))
            if all(v.is_number for v in place.values()):
                meetings = tuple(Eq(s, v) for s, v in place.items())
            found += [replace(p, condition=And(*meetings, p.condition)) for p in inside]
            edge = _Part(place=place, meetings=meetings, phases=tuple(inside), whole=allocations[0].whole)
            known.append(edge)
            queue.append(edge)
    return tuple(found)


def _is_known(phase: Phase, place: Place, known: Sequence[_Part]) -> bool:
    """Whether the boundary runs inside a phase, or inside a boundary that was found before."""
    point = phase.domain.witness() or {}
    whole = {**point, **{symbol: value.xreplace(point) for symbol, value in place.items()}}
    return any(part.contains(whole) for part in known)


def _first_positive(polynomial: Expr) -> bool:
    return polynomial.as_poly(*sorted(polynomial.free_symbols, key=lambda s: s.name)).LC() > 0


def _solve_line(line: Expr) -> tuple[Symbol | None, Expr]:
    """The line as ``symbol = value``, by the first symbol whose coefficient is a number."""
    for symbol in sorted(line.free_symbols, key=lambda s: s.name):
        slope = line.diff(symbol)
        if slope.is_number and slope != 0:
            return symbol, normal(symbol - line / slope)
    return None, Integer(0)
