"""Laws whose equation has several leading balances: the domain is split where it matters which leads.

A reversion, a quotient or an explicit ridge needs to know which of two orders is larger, before any term of
the law is known. Where the domain does not say so (`errors.Undecided`) the law is derived on either side
of the line on which the two are equal, and on the line itself.

    regimes_of    the regimes of a quantity of a task
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from sympy import And, Eq, Expr, Symbol
from sympy.logic.boolalg import Boolean, true

from asymptotics.domains.domain import Domain, as_condition, primitive, reduce_condition, solutions
from asymptotics.errors import Crossing, DomainError, Undecided
from asymptotics.expansions.expansion import Expansion
from asymptotics.model.quantity import Quantity
from asymptotics.regime import Regime
from asymptotics.regimes import find_regimes
from asymptotics.tasks.task import Task


def regimes_of(quantity: Quantity, task: Task, below: bool = False) -> Sequence[Regime]:
    """The regimes of a quantity, open ones first; ``below`` as in `SpectralSeries`."""
    whole = _Part(quantity=quantity, task=task, below=below, domain=quantity.spectrum(task).domain)
    if not quantity.balances:
        return find_regimes(whole.formula, whole.domain)
    found = tuple(replace(r, condition=reduce_condition(r.condition, whole.domain)) for r in whole.regimes())
    return (*(r for r in found if not r.is_boundary), *(r for r in found if r.is_boundary))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A part of the domain of a task, or a line in it on which ``table`` says what symbols are."""

    quantity: Quantity
    task: Task
    below: bool
    domain: Domain
    table: dict[Symbol, Expr] = field(default_factory=dict)
    condition: Boolean = true

    def formula(self, more: dict[Symbol, Expr], depth: int) -> Expansion:
        """The expansion of the quantity on this part, with further substitutions."""
        table = self._with(more)
        task = self.task.at({s: v for s, v in table.items() if s in self.task.parameters})
        domain = self.domain.substitute(more) if more else self.domain
        spectrum = replace(self.quantity.spectrum(task), below=self.below, domain=domain)
        return self.quantity.formula(spectrum, depth, table)

    def _with(self, more: dict[Symbol, Expr]) -> dict[Symbol, Expr]:
        return {s: v.xreplace(more) for s, v in self.table.items()} | more

    def regimes(self) -> Iterator[Regime]:
        """Those of this part, their conditions relative to the whole domain."""
        try:
            found = find_regimes(self.formula, self.domain)
            regimes = found.whole()
        except Undecided as undecided:
            for part in self._split(primitive(undecided.difference, self.domain)):
                yield from part.regimes_or_none()
            return
        for regime in regimes:
            yield replace(regime, condition=And(self.condition, regime.condition))

    def regimes_or_none(self) -> Iterator[Regime]:
        """The same, but for lines of which it is known that they have no law of their own."""
        try:
            yield from self.regimes()
        except Crossing:
            if not self.table:
                raise

    def _split(self, difference: Expr) -> Iterator[_Part]:
        for side in (difference, -difference):
            domain = self.domain.holding(side)
            if not domain.is_empty():
                condition = And(self.condition, as_condition(side))
                yield replace(self, domain=domain, condition=condition)
        meeting = as_condition(difference)
        # letters of the equation alone are solved for before those of the task
        alone = difference.free_symbols - set(self.task.parameters)
        for symbol, value in solutions(difference, first=alone):
            try:
                domain = self.domain.substitute({symbol: value})
            except DomainError:
                continue
            condition = And(self.condition, Eq(meeting.lhs, meeting.rhs))
            yield replace(self, domain=domain, table=self._with({symbol: value}), condition=condition)
