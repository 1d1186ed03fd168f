"""Boundaries of phases: the lines between them, and the corners where lines meet.

On a boundary exponents meet, which gives powers of log C, or a whole range of splits that are as good. The
laws of the task there are others, so that each boundary is a question of its own: the line is put into the
task, its phases are found, and the boundaries between these are the corners. Where no split is derived on a
line, or on a part of it, this is said with the reason.

    boundaries_of(phases, whole, allocations_at)     the phases on all of them, lines first, and refusals
    Refused                                          where no split is derived, and why
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from sympy import And, Eq, Expr, Not, Symbol, roots
from sympy.logic.boolalg import Boolean

from asymptotics.allocation.best import best_phases
from asymptotics.allocation.phase import Phase
from asymptotics.allocation.phases import Allocation
from asymptotics.domains.domain import Domain, as_condition, normal, plain, primitive
from asymptotics.errors import DomainError, UnableError
from asymptotics.rows import conditions_tex
from asymptotics.typesetting import Typeset

Place: TypeAlias = Mapping[Symbol, Expr]
"""Parameters in terms of the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused(Typeset):
    """A line, or a part of one, on which no split of the budget is derived, and the reason."""

    condition: Boolean
    reason: str

    def __repr__(self) -> str:
        return f"no split derived, for {plain(self.condition)}: {self.reason}"

    def to_latex(self) -> str:
        """Where it is; the reason is told in words."""
        return rf"\text{{no split derived}}{conditions_tex(self.condition)}"


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

    def lines(self) -> Iterator[tuple[Symbol, Expr, Boolean]]:
        """Where a phase ends inside the domain: a symbol in terms of the others, and the equation."""
        ends = (line for phase in self.phases for line in phase.domain.constraints)
        lines = {line if _first_positive(line) else primitive(-line): None for line in ends}
        outer = set(self.whole.constraints)
        for line in lines:
            if not {line, primitive(-line)} & outer and self.whole.sign(line) is None:
                yield from self._solutions(line)

    def _solutions(self, line: Expr) -> Iterator[tuple[Symbol, Expr, Boolean]]:
        """By the first symbol whose coefficient is a number; of a curve in one symbol the points on it."""
        for symbol in sorted(line.free_symbols, key=lambda s: s.name):
            slope = line.diff(symbol)
            if slope.is_number and slope != 0:
                condition = as_condition(line)
                yield symbol, normal(symbol - line / slope), Eq(condition.lhs, condition.rhs)
                return
        if len(line.free_symbols) == 1:
            (symbol,) = line.free_symbols
            for value in roots(line, symbol):
                if value.is_real and any(self._ends(phase, line, {symbol: value}) for phase in self.phases):
                    yield symbol, value, Eq(symbol, value)

    def _ends(self, phase: Phase, line: Expr, place: Place) -> bool:
        """Whether the phase reaches the place, where it ends by the line."""
        others = [
            c.xreplace(dict(place)) for c in phase.domain.constraints if c not in (line, primitive(-line))
        ]
        return len(others) < len(phase.domain.constraints) and not any(c.is_nonpositive for c in others)


AllocationsAt: TypeAlias = Callable[[Place], tuple[Sequence[Allocation], Domain]]


def boundaries_of(
    phases: tuple[Phase, ...], whole: Domain, allocations_at: AllocationsAt
) -> tuple[tuple[Phase, ...], tuple[Refused, ...]]:
    """The phase on each boundary, with an equation among its conditions, on a corner with several.

    ``allocations_at`` gives the terms that are balanced where parameters stand in terms of others, with the
    domain there, and raises `DomainError` or `UnableError` where there is no such task or law; where no split
    is derived is told beside the phases.
    """
    known = [_Part(place={}, meetings=(), phases=phases, whole=whole)]
    queue = deque(known)
    found: list[Phase] = []
    refused: list[Refused] = []
    while queue:
        part = queue.popleft()
        for symbol, value, meeting in part.lines():
            place = {s: normal(v.xreplace({symbol: value})) for s, v in part.place.items()} | {symbol: value}
            meetings = (*part.meetings, meeting)
            if all(v.is_number for v in place.values()):
                meetings = tuple(Eq(s, v) for s, v in place.items())
            try:
                allocations, there = allocations_at(place)
                met = best_phases(allocations)[0]
            except DomainError:
                continue  # the line lies outside the task's domain
            except UnableError as error:
                if not any(row.condition.subs(place) == True for row in refused):  # noqa: E712
                    refused.append(Refused(condition=And(*meetings), reason=str(error)))
                continue
            refused += refusals_beside(allocations, there, place, meetings, allocations_at)
            inside = [p for p in met if not _is_known(p, place, known)]
            if not inside:
                continue
            found += [replace(p, condition=And(*meetings, p.condition)) for p in inside]
            edge = _Part(place=place, meetings=meetings, phases=tuple(inside), whole=allocations[0].whole)
            known.append(edge)
            queue.append(edge)
    return tuple(found), tuple(refused)


def refusals_beside(
    allocations: Sequence[Allocation],
    whole: Domain,
    place: Place,
    meetings: Sequence[Boolean],
    allocations_at: AllocationsAt,
) -> Iterator[Refused]:
    """The other side of where the one allocation of a domain ends, with the reason at a point of it."""
    if len(allocations) > 1:
        return  # they end at each other
    for side in allocations[0].domain.constraints:
        if side in whole.constraints:
            continue
        point = whole.holding(-side).witness() or {}
        try:
            allocations_at({**{s: v.xreplace(point) for s, v in place.items()}, **point})
        except UnableError as error:
            beyond = And(*meetings, Not(as_condition(side)))
            yield Refused(condition=beyond, reason=str(error))


def _is_known(phase: Phase, place: Place, known: Sequence[_Part]) -> bool:
    """Whether the boundary runs inside a phase, or inside a boundary that was found before."""
    point = phase.domain.witness() or {}
    whole = {**point, **{symbol: value.xreplace(point) for symbol, value in place.items()}}
    return any(part.contains(whole) for part in known)


def _first_positive(polynomial: Expr) -> bool:
    return polynomial.as_poly(*sorted(polynomial.free_symbols, key=lambda s: s.name)).LC() > 0
