"""The argument from the model's equations to a law, step by step.

A derivation is not written by hand for any law: the formula of the quantity runs on expansions that remember
what they expand (`asymptotics.derivation.trace`), and each thing the engine did becomes a step
(`asymptotics.derivation.steps`): definition, spectral sum, Mellin integral, residues, expansion, reversion,
substitution, law.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace

from sympy import And, Dummy, Eq, Expr, Symbol, oo
from sympy.logic.boolalg import Boolean

from asymptotics.caches import cached
from asymptotics.derivation import text
from asymptotics.derivation.check import Check, check
from asymptotics.derivation.equations import Definitions, model_definitions, model_equation
from asymptotics.derivation.step import Step, asymptotic
from asymptotics.derivation.steps import observer_of, steps_of
from asymptotics.derivation.symbols import Asymptotic, Named
from asymptotics.derivation.text import Reason
from asymptotics.derivation.trace import (
    Composed,
    Event,
    OverlapFound,
    Reverted,
    Substituted,
    SumFound,
    TracedExpansion,
    TracedSeries,
    naming,
    without_trace,
)
from asymptotics.domains.domain import normal, primitive, solutions
from asymptotics.expansions.expansion import Expansion
from asymptotics.model.operators import Minimum, Root
from asymptotics.model.quantities import QUANTITIES, Quantity
from asymptotics.notation import notation
from asymptotics.precision import exclusive_class
from asymptotics.regimes import Regime
from asymptotics.tasks.task import Task
from asymptotics.transforms.observer import observing

MAX_DEPTH = 9


@exclusive_class
@dataclass(frozen=True, slots=True, kw_only=True)
class Derivation:
    """The steps from the model's equations to a law; iterable, with a length.

    Attributes
    ----------
    title : what is derived, in words.
    steps : each an equation with a reason and a source.
    definitions : what the letters stand for, from the task alone: pairs ``(f(x), expression)``.
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
        return check(self.title, self.steps, self.definitions, self.parameters, self.conditions, at, digits)

    def restate(self, letters: str) -> Derivation:
        """The same steps and conditions in the letters of another paper, for reading.

        Sentences that quote a formula keep it in a and b.
        """
        chosen = notation(letters)
        return replace(
            self,
            steps=tuple(chosen.restate_step(step) for step in self.steps),
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
    name: str,
    task: Task,
    regimes: tuple[Regime, ...],
    settings: tuple[tuple[Symbol, Expr], ...],
    parameters: tuple[Symbol, ...],
    conditions: tuple[Boolean, ...],
) -> Derivation:
    """The derivation of the law of the quantity ``name``, regime by regime.

    ``settings`` are numbers for symbols that are not the task's, ``parameters`` those that a check may ask
    for, and ``conditions`` where the law holds.
    """
    quantity = QUANTITIES[name]
    with naming():
        steps, definitions = _argument(quantity, task, regimes)
    table = dict(settings)
    if table:
        steps = [replace(s, equation=s.equation.xreplace(table)) for s in steps]
    meanings = tuple((f, e.xreplace(table)) for f, e in definitions)
    found = set(task.parameters).union(*(s.equation.free_symbols for s in steps))
    return Derivation(
        title=f"{quantity.symbol}, {quantity.words} ({quantity.limits})",
        steps=tuple(steps),
        definitions=meanings,
        parameters=tuple(sorted(found & set(parameters), key=lambda s: s.name)),
        conditions=conditions,
    )


def _argument(
    quantity: Quantity, task: Task, regimes: tuple[Regime, ...]
) -> tuple[list[Step], list[tuple[Expr, Expr]]]:
    """The steps to all regimes, and what the letters in them stand for."""
    name = Named(quantity.symbol, quantity.tex, quantity.resource)
    open_regimes = [r for r in regimes if not r.is_boundary]
    told = _tell(quantity, task, name, _run(quantity, task, open_regimes or list(regimes)))
    steps, definitions = [*told.steps], [*told.definitions]
    steps += [_law_step(name, regime, quantity) for regime in open_regimes]
    for regime in (r for r in regimes if r.is_boundary):
        there = task.at(_boundary(regime))
        again = _tell(quantity, there, name, _run(quantity, there, [regime]))
        known = {step.equation for step in steps}
        defined = {f for f, _ in definitions}
        definitions += [pair for pair in again.definitions if pair[0] not in defined]
        steps += [replace(s, condition=regime.condition) for s in again.steps if s.equation not in known]
        steps.append(_law_step(name, regime, quantity))
    return steps, definitions


@dataclass(frozen=True, slots=True, kw_only=True)
class _Account:
    steps: tuple[Step, ...]
    definitions: Definitions


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """One run of a quantity's formula: its expansion, and all sums that were made on the way."""

    series: Expansion
    events: tuple[Event, ...]


def _run(quantity: Quantity, task: Task, regimes: list[Regime]) -> _Run:
    """The traced expansion, as deep as its regimes need."""
    base = quantity.spectrum(task)
    own = TracedSeries(**{f.name: getattr(base, f.name) for f in fields(base)}, run=Dummy())
    for depth in range(2, MAX_DEPTH):
        seen: list[Event] = []
        with observing(observer_of(own, seen)):
            series = quantity.formula(own, depth)
        leads = {(t.order, t.log_power) for t in series.terms}
        wanted = {(r.exponent, r.log_power) for r in regimes}
        if all(any(normal(p - q) == 0 and m == n for q, n in leads) for p, m in wanted):
            break
    return _Run(series=series, events=series.events if isinstance(series, TracedExpansion) else tuple(seen))


def _tell(quantity: Quantity, task: Task, name: Named, run: _Run) -> _Account:
    """Definition, events and expansion of one quantity of one task."""
    stated = model_equation(quantity, task)
    if stated is not None and isinstance(stated.rhs, Minimum):
        run = _leading_balance(stated.rhs, run)
    series = run.series
    definitions = [
        *model_definitions(task),
        *(pair for event in run.events for pair in _definitions_of(event)),
    ]
    steps: list[Step] = []
    if stated is not None:
        steps.append(Step(equation=_equal(name, stated.rhs), reason=stated.reason, source=stated.source))
    if isinstance(series, TracedExpansion) and (stated is None or stated.rhs != series.exact):
        steps += _opening(quantity, name, series, stated is not None)
    # the quantity stands for what is expanded, so that the equation of the model is a statement about it
    exact = series.exact if isinstance(series, TracedExpansion) and not series.beyond else None
    if exact is not None or stated is not None:
        definitions.append((name, stated.rhs if exact is None and stated is not None else exact))
    for event in run.events:
        steps += steps_of(event)
    if stated is not None and isinstance(stated.rhs, Minimum):
        steps.append(_balance_step(stated.rhs, run))
    whole = asymptotic(name, series)
    if not any(isinstance(e, Substituted) and e.exact == _exact(series) for e in run.events):
        reason = "The pieces together, term by term: the expansion of the quantity itself."
        steps.append(Step(equation=whole, reason=Reason(reason), source=quantity.source))
    return _Account(steps=tuple(dict.fromkeys(steps)), definitions=tuple(dict.fromkeys(definitions)))


def _exact(series: Expansion) -> Expr | None:
    return series.exact if isinstance(series, TracedExpansion) else None


def _opening(quantity: Quantity, name: Named, series: TracedExpansion, stated: bool) -> Iterator[Step]:
    """The quantity in terms of the functions that are expanded."""
    if series.beyond:
        bound = replace(series, remainder=series.beyond)
        equation: Eq | Asymptotic = Asymptotic(
            name, series.exact, asymptotic(name, bound).remainder, series.variable, oo
        )
        reason = "To first order in what the training rule changes; the next order is smaller by this."
    else:
        equation = _equal(name, series.exact)
        reason = (
            "The same, in terms of the functions that are expanded below."
            if stated
            else f"The definition: {quantity.words}, {quantity.limits}."
        )
    yield Step(equation=equation, reason=Reason(reason), source=quantity.source)


def _leading_balance(minimum: Minimum, run: _Run) -> _Run:
    """What is told of an optimum: the sums that are balanced, and the leading order of what they leave."""
    sums = (e for e in run.events if isinstance(e, SumFound) and minimum.has(e.head.func))
    series = replace(without_trace(run.series), depth=1)
    return _Run(series=series.with_terms(series.terms, series.remainder), events=tuple(sums))


def _balance_step(minimum: Minimum, run: _Run) -> Step:
    """The optimum between the leading terms of what is balanced, where their derivatives cancel."""
    function, x = minimum.args
    table = {}
    for event in run.events:
        if isinstance(event, SumFound):
            lead = event.found.term_expression(event.found.leading()) / event.factor
            for call in function.atoms(event.head.func):
                table[call] = lead.xreplace({event.found.variable: call.args[0]})
    return Step(
        equation=_equal(minimum.func(function.xreplace(table), x), run.series.as_expr()),
        reason=Reason(
            "Between two powers, one falling and one rising, the derivative vanishes at one point."
        ),
        source="calculus",
    )


def _definitions_of(event: Event) -> Iterator[tuple[Expr, Expr]]:
    """What an event adds to the definitions."""
    match event:
        case SumFound() | Composed() | OverlapFound():
            yield event.head, event.meaning
        case Reverted():
            yield event.root, Root(event.equation - event.size, event.variable)


def _law_step(name: Named, regime: Regime, quantity: Quantity) -> Step:
    x = quantity.resource
    return Step(
        equation=Asymptotic(name, regime.leading(x), regime.bound(x), x, oo),
        reason=Reason("The law: the term that leads, and the order of the next."),
        source=quantity.source,
        condition=regime.condition,
    )


def _boundary(regime: Regime) -> dict[Symbol, Expr]:
    """Symbols in terms of the others where exponents meet or a leading coefficient vanishes."""
    table: dict[Symbol, Expr] = {}
    for meeting in (part for part in And.make_args(regime.condition) if part.rel_op == "=="):
        difference = primitive((meeting.lhs - meeting.rhs).xreplace(table))
        for symbol, value in solutions(difference):
            table = {s: v.xreplace({symbol: value}) for s, v in table.items()} | {symbol: value}
    return table


def _equal(lhs: Expr, rhs: Expr) -> Eq:
    return Eq(lhs, rhs, evaluate=False)


__all__ = ["Derivation", "Step", "derivation_of"]
