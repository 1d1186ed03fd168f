"""The argument from the model's equations to a law, step by step.

A derivation is not written by hand for any law: the engine expands the equation of the quantity node by node
(`asymptotics.model.expand`), and what it found at each node becomes steps
(`asymptotics.derivation.steps`): definition, spectral sum, Mellin integral, residues, expansion, reversion,
substitution, law.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from sympy import Add, Eq, Expr, Or, Symbol, oo, true
from sympy.logic.boolalg import Boolean

from asymptotics.caches import cached
from asymptotics.derivation import text
from asymptotics.derivation.check import Check, check
from asymptotics.derivation.restated import restate_steps
from asymptotics.derivation.step import Definitions, Step, asymptotic
from asymptotics.derivation.steps import TELLING
from asymptotics.derivation.symbols import Asymptotic, Named
from asymptotics.derivation.teller import Teller
from asymptotics.derivation.text import Reason
from asymptotics.domains.domain import as_constraint, conjuncts, normal, primitive, solutions
from asymptotics.expansions.terms import Bound
from asymptotics.model.expand import expand, with_noise
from asymptotics.model.expander import Found
from asymptotics.model.operators import AtModes, AtRidge, Convolution, Corrected, Minimum
from asymptotics.model.quantity import Quantity
from asymptotics.model.sums import over_modes
from asymptotics.notation import Notation, notation
from asymptotics.precision import exclusive_class
from asymptotics.regime import Regime
from asymptotics.spectra import SpectralSeries
from asymptotics.tasks.task import Task

MAX_DEPTH = 9
Meanings: TypeAlias = dict[Expr, Expr]
"""What letters stand for."""


@exclusive_class
@dataclass(frozen=True, slots=True, kw_only=True)
class Derivation:
    """The steps from the model's equations to a law; iterable, with a length.

    Attributes
    ----------
    title : what is derived, in words.
    steps : each an equation with a reason and a source.
    definitions : what the letters stand for, from the task alone: pairs ``(f(x), expression)``.
    meetings : conditions under which exponents meet, with what stands for a letter there instead.
    parameters : the symbols that `check` needs numbers for.
    conditions : where all of it holds.

    >>> from asymptotics import derive, power_law
    >>> derivation = derive(power_law(3, 2)).time.derivation
    >>> print(derivation.steps[-1].equation)
    L(t) ~ 1/(4*t), t -> oo
    """

    title: str
    steps: tuple[Step, ...]
    definitions: Definitions
    parameters: tuple[Symbol, ...]
    conditions: tuple[Boolean, ...]
    meetings: tuple[tuple[Boolean, Definitions], ...] = ()

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def __len__(self) -> int:
        return len(self.steps)

    def check(self, at: Mapping[Symbol | str, object] | None = None, digits: int = 30) -> Check:
        """Both sides of every step by independent numerics, and the worst residual.

        Sums are summed, integrals are integrated on the stated lines, residues on circles, implicit
        equations are solved; none of that uses an expansion. An asymptotic step is evaluated at sizes that
        grow until its error shows whether it falls as the remainder says. Raises `DomainError` for missing or
        unknown parameters.

        >>> from asymptotics import derive, power_law
        >>> derive(power_law(3, 2)).time.derivation.check(digits=20).passed
        True
        """
        return check(
            self.title,
            self.steps,
            self.definitions,
            self.parameters,
            self.conditions,
            self.meetings,
            at,
            digits,
        )

    def restate(self, letters: str | Notation) -> Derivation:
        """The same steps and conditions in the letters of another paper, for reading."""
        chosen = notation(letters)
        return replace(
            self,
            title=chosen.rename(self.title),
            steps=restate_steps(self.steps, chosen),
            conditions=tuple(chosen.condition(condition) for condition in self.conditions),
        )

    def _parts_in(self, notation: str | None) -> tuple[str, tuple[Boolean, ...], tuple[Step, ...]]:
        shown = self if notation is None else self.restate(notation)
        return shown.title, shown.conditions, shown.steps

    def to_markdown(self, notation: str | None = None) -> str:
        """The derivation as Markdown with LaTeX formulas, in the letters of ``notation``."""
        return text.markdown(*self._parts_in(notation))

    def to_latex(self, notation: str | None = None) -> str:
        """The derivation as LaTeX: an ``align`` with text between (needs amsmath and graphicx).

        >>> from asymptotics import derive, power_law
        >>> from asymptotics.symbols import a, b
        >>> text = derive(power_law(a, b)).model.derivation.to_latex(notation="2409.17858")
        >>> r"\\zeta\\left(- \\alpha s\\right)" in text
        True
        """
        return text.as_latex(*self._parts_in(notation))

    def _repr_markdown_(self) -> str:
        return self.to_markdown()

    def __str__(self) -> str:
        return text.plain_text(*self._parts_in(None))

    def __repr__(self) -> str:
        return f"Derivation of {self.title}: {len(self.steps)} steps"


@cached(maxsize=256)
def derivation_of(
    quantity: Quantity,
    task: Task,
    regimes: Sequence[Regime],
    settings: tuple[tuple[Symbol, Expr], ...],
    parameters: tuple[Symbol, ...],
    conditions: tuple[Boolean, ...],
    below: bool = False,
) -> Derivation:
    """The derivation of the law of a quantity, regime by regime.

    ``settings`` are numbers for symbols that are not the task's, ``parameters`` those that a check may ask
    for, and ``conditions`` where the law holds.
    """
    steps, definitions, meetings = _argument(quantity, task, regimes, below)
    table = dict(settings)
    if table:
        steps = [replace(s, equation=s.equation.xreplace(table)) for s in steps]
    found = set(task.parameters).union(*(s.equation.free_symbols for s in steps))
    return Derivation(
        title=f"{quantity.symbol}, {quantity.words} ({quantity.limits})",
        steps=tuple(steps),
        definitions=_at(definitions, table),
        parameters=tuple(sorted(found & set(parameters), key=lambda s: s.name)),
        conditions=conditions,
        meetings=tuple((condition, _at(own, table)) for condition, own in meetings),
    )


def _at(definitions: Meanings, table: Mapping[Symbol, Expr]) -> Definitions:
    """What the letters stand for at numbers for some symbols."""
    return tuple((f, meaning.xreplace(table)) for f, meaning in definitions.items())


def _argument(
    quantity: Quantity, task: Task, regimes: Sequence[Regime], below: bool
) -> tuple[list[Step], Meanings, list[tuple[Boolean, Meanings]]]:
    """The steps to all regimes, what the letters in them stand for, and which stand for else in a regime."""
    name = Named(quantity.symbol, quantity.tex, quantity.resource)
    open_regimes = [r for r in regimes if not r.is_boundary]
    steps: list[Step] = []
    definitions: Meanings = {}
    meetings: list[tuple[Boolean, Meanings]] = []
    alone = [] if quantity.balances else open_regimes or list(regimes)
    if alone:
        steps, definitions = _tell(quantity, task, name, alone, below, {})
        steps += [_law_step(name, regime, quantity) for regime in open_regimes]
    for regime in (r for r in regimes if quantity.balances or r.is_boundary):
        there = _boundary(regime, task)
        here = replace(quantity, equation=quantity.equation.xreplace(there))
        own = {symbol: value for symbol, value in there.items() if symbol in task.parameters}
        before = dict(_at(definitions, there))
        again, meanings = _tell(here, task.at(own), name, [regime], below, before)
        changed = {f: e for f, e in meanings.items() if before.get(f, e) != e}
        meetings += [(regime.condition, changed)] if changed else []
        definitions = meanings | definitions
        steps = _joined(steps, again, regime.condition)
        steps.append(_law_step(name, regime, quantity))
    everywhere = Or(*(regime.condition for regime in regimes))
    steps = [replace(s, condition=true) if s.condition == everywhere else s for s in steps]
    return steps, definitions, meetings


def _joined(steps: list[Step], again: list[Step], condition: Boolean) -> list[Step]:
    """The steps of one more regime after those before: one that was told holds there, too."""
    told = {(step.equation, step.given): step for step in again}
    always = {step.equation for step in steps if step.condition == true}
    wider = [
        replace(s, condition=Or(s.condition, condition)) if told.pop((s.equation, s.given), None) else s
        for s in steps
    ]
    return wider + [replace(s, condition=condition) for s in told.values() if s.equation not in always]


def _tell(
    quantity: Quantity, task: Task, name: Named, regimes: list[Regime], below: bool, known: Meanings
) -> tuple[list[Step], Meanings]:
    """Definition, expansions and conclusion of one quantity of one task; letters are ``known`` before."""
    spectrum = replace(quantity.spectrum(task), below=below)
    if quantity.balances:  # which balance leads is a matter of the regime
        there = _boundary(regimes[0], task)
        parts = (p.xreplace(there) for p in conjuncts(regimes[0].condition) if p.is_Relational)
        inside = (c for p in parts if p.is_Relational and p.rel_op != "==" for c in as_constraint(p))
        spectrum = replace(spectrum, domain=spectrum.domain.holding(*inside))
    found = _expanded(quantity, spectrum, regimes)
    teller = Teller(spectrum, known, TELLING)
    exact = teller(found)
    stated = exact if quantity.rooms is not None else _stated(quantity, task, found)
    steps = [Step(equation=_equal(name, stated), reason=Reason(quantity.reason), source=quantity.source)]
    first_order = isinstance(found.node, Corrected)
    if first_order:
        _, x, _, order = found.node.args
        series = found.parts[0].series
        bound = Add(*(series.monomial_of(Bound(t.order + order, *t.logs)) for t in series.candidates()))
        steps.append(
            Step(
                equation=Asymptotic(name, exact, bound, x, oo),
                reason=Reason(
                    "What the training rule changes at late times, and the order of what is left out."
                ),
                source=quantity.source,
            )
        )
    elif exact != stated:
        steps.append(
            Step(
                equation=_equal(name, exact),
                reason=Reason("The same, in terms of the functions that are expanded below."),
                source=quantity.source,
            )
        )
    # the quantity stands for what is expanded, so that the equation of the model is a statement about it
    definitions = {**teller.definitions, name: stated if first_order else exact}
    steps += teller.steps
    series = found.series
    if found.node.has(Minimum):  # told to first order in 1/P, which leaves the leading order
        series = replace(series, depth=1).with_terms(series.terms, series.remainder)
    whole = asymptotic(name, series, quantity.resource)
    if not any(step.equation.args[1:] == whole.args[1:] for step in steps):
        reason = "The pieces together, term by term: the expansion of the quantity itself."
        steps.append(Step(equation=whole, reason=Reason(reason), source=quantity.source))
    # an expansion may end before its first term, where the leading orders cancel
    return [step for step in dict.fromkeys(steps) if step.rhs != 0], definitions


def _stated(quantity: Quantity, task: Task, found: Found) -> Expr:
    """The equation as the model states it: over all modes, or in named sums."""
    if quantity.exact is not None:
        return with_noise(quantity.exact, task)
    if quantity.summand is not None:
        return over_modes(task, quantity.summand, quantity.resource)
    if found.closed is not None and not isinstance(found.node, AtRidge):
        return found.node  # beyond the number of modes, where kappa = 0
    equation = with_noise(quantity.equation, task)
    kinds = AtRidge, AtModes, Convolution
    return equation.xreplace({part: part.meaning() for part in equation.atoms(*kinds)})


def _expanded(quantity: Quantity, spectrum: SpectralSeries, regimes: list[Regime]) -> Found:
    """The expansion, as deep as the regimes need."""
    for depth in range(2, MAX_DEPTH):
        found = expand(quantity.equation, spectrum, quantity.resource, depth)
        if found.series.is_slow and depth > 2:
            break
        leads = {(t.order, t.log_power) for t in found.series.terms}
        wanted = {(r.exponent, r.log_power) for r in regimes}
        if all(any(normal(p - q) == 0 and m == n for q, n in leads) for p, m in wanted):
            break
    return found


def _law_step(name: Named, regime: Regime, quantity: Quantity) -> Step:
    x = quantity.resource
    lead, bound = regime.leading(x), regime.bound(x)
    if regime.relative is not None:
        bound = lead * regime.relative
    hidden = ", up to logarithms" if regime.hides_logs else ""
    return Step(
        equation=Asymptotic(name, lead, bound, x, regime.limit(x)),
        reason=Reason(f"The law: the term that leads, and the order of the next{hidden}."),
        source=quantity.source,
        condition=regime.condition,
    )


def _boundary(regime: Regime, task: Task) -> dict[Symbol, Expr]:
    """Symbols in terms of the others where exponents meet or a leading coefficient vanishes."""
    table: dict[Symbol, Expr] = {}
    parts = (part for part in conjuncts(regime.condition) if part.is_Relational)
    for meeting in (part for part in parts if part.rel_op == "=="):
        difference = primitive((meeting.lhs - meeting.rhs).xreplace(table))
        alone = difference.free_symbols - set(task.parameters)
        for symbol, value in solutions(difference, first=alone):
            table = {s: v.xreplace({symbol: value}) for s, v in table.items()} | {symbol: value}
    return table


def _equal(lhs: Expr, rhs: Expr) -> Eq:
    return Eq(lhs, rhs, evaluate=False)
