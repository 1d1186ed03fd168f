"""Broken power laws: a `Piecewise` in k whose last piece is a power law without end.

Applies when finitely many modes of any kind are followed by a power-law tail. With the last break K,

    D(s) = sum_{k <= K} f_k lambda_k^(-s)  +  sum_{k > K} f_k lambda_k^(-s),

an entire function plus the tail's series, which alone has poles: those of the power law of the last
piece, its values shifted by the head (Hurwitz zeta functions at K + 1). A target that vanishes beyond some
mode (of low rank) leaves the entire part alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sympy import Expr, Piecewise, Symbol, oo

from asymptotics.domains.domain import Domain
from asymptotics.expansions.laurent import Laurent
from asymptotics.spectra.family import Mismatch, SpectralSeries
from asymptotics.spectra.finite import (
    FiniteSeries,
    check_breaks,
    head,
    order_rates,
    unlearned,
)
from asymptotics.spectra.power_law import AlgebraicSeries, EquivalentSeries, PowerLaws
from asymptotics.spectra.segments import Segment, segments
from asymptotics.tasks.task import Task
from asymptotics.transforms.dirichlet import DirichletSeries
from asymptotics.transforms.poles import Pole

PIECES = 4
"""How well a task with pieces fits this family at least: better than any that knows no pieces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadedSeries(DirichletSeries):
    """A finite head before the series of a tail."""

    head: FiniteSeries
    tail: AlgebraicSeries | EquivalentSeries

    def poles(self, count: int) -> tuple[Pole, ...]:
        """Those of the tail."""
        return self.tail.poles(count)

    def laurent(self, point: Expr, terms: int) -> Laurent:
        """The tail's Laurent series with the head's Taylor series added to it."""
        tail = self.tail.laurent(point, terms)
        return (tail + self.head.laurent(point, max(1, tail.end))).trim() if self.head.pieces else tail


@dataclass(frozen=True, slots=True)
class BrokenPowerLaws:
    """Pieces in k, the last of them a power law with infinitely many modes."""

    name: str = "broken power laws"
    form: str = "Piecewise in k whose last piece is a power law"

    def spectrum(self, task: Task, domain: Domain) -> SpectralSeries | Mismatch:
        """The head and the tail; the conditions are those of the tail's power law."""
        if not any(e.has(Piecewise) for e in (task.eigenvalues, task.target, task.multiplicity)):
            return Mismatch(fitting=0, missing=f"{task.eigenvalues} and {task.target} have no pieces")
        pieces = segments(task, domain)
        learned = tuple(s for s in pieces if s.eigenvalues != 0)
        if not learned or learned[-1].last != oo:
            return Mismatch(fitting=0, missing=f"{task.eigenvalues} has finitely many modes")
        *before, last = learned
        beyond = replace(
            task, eigenvalues=last.eigenvalues, target=last.target, multiplicity=last.multiplicity, modes=oo
        )
        found = PowerLaws().spectrum(beyond, domain)
        if isinstance(found, Mismatch):
            return Mismatch(
                fitting=PIECES,
                missing=f"the piece from {task.index} = {last.first} on: {found.missing}",
            )
        check_breaks(learned, task.index)
        kernel = _with_head(tuple(before), last, found.kernel, task.index, target=False)
        target: DirichletSeries
        if last.target == 0:
            target = head(tuple(before), task.index, target=True)
            domain = order_rates(found.domain, target)
        else:
            target = _with_head(tuple(before), last, found.target, task.index, target=True)
            domain = found.domain
        return SpectralSeries(
            task=task,
            kernel=kernel,
            target=target,
            domain=domain,
            trace=found.trace,
            unlearned=unlearned(pieces, task.index, domain),
        )


def _with_head(
    before: tuple[Segment, ...], last: Segment, tail: DirichletSeries, index: Symbol, *, target: bool
) -> DirichletSeries:
    """The tail from its first mode on, with the head that differs from it."""
    assert isinstance(tail, AlgebraicSeries | EquivalentSeries)

    def summand(segment: Segment) -> tuple[Expr, Expr]:
        return segment.eigenvalues, segment.weight if target else segment.multiplicity

    differing = len(before)
    while differing and summand(before[differing - 1]) == summand(last):
        differing -= 1
    start = (*before, last)[differing].first
    series = tail.from_mode(start)
    if not differing:
        return series
    return HeadedSeries(head=head(before[:differing], index, target=target), tail=series)
