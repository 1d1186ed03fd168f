"""Compute-optimal allocation: how a budget is split between time, size, data, batch and members.

    minimise L(t, N, P, B, E)   at   cost = C,   C -> oo.

The loss is the largest of the monomials of `loss_terms`; exponents, phases and constants come
from the programme of `phases`. For a - 1 > b it is not the two pure bottlenecks that decide,
but the finite-size transient (phase II of Paquette et al., arXiv 2405.15074).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sympy import And, Expr, Symbol, oo

from asymptotics.allocation import latex as typeset
from asymptotics.allocation.best import best_phases
from asymptotics.allocation.boundaries import Refused, boundaries_of
from asymptotics.allocation.of_schedules import ASSUMED, schedule_of, told_of
from asymptotics.allocation.phase import Phase
from asymptotics.allocation.phases import Allocation
from asymptotics.allocation.proof import Proof
from asymptotics.allocation.question import (
    check_bounded,
    free_resources,
    held_resources,
    read_cost,
    refuse_infinite,
    refuse_unknown,
)
from asymptotics.allocation.sides import allocations_of, domain_of
from asymptotics.allocation.terms import STEPS, STEPS_WORDS
from asymptotics.caches import cached
from asymptotics.domains.domain import Domain, as_condition
from asymptotics.domains.parametric_lp import disjoint
from asymptotics.errors import DomainError, UnableError, check_kind
from asymptotics.hints import name_argument
from asymptotics.laws.derive import Laws, derive
from asymptotics.model.features import LAZY, Features, Rich
from asymptotics.model.rules.base import Rule, check_rule, open_parameters, rule_of_name
from asymptotics.model.rules.gradient_flow import GradientFlow
from asymptotics.model.schedules.base import Schedule
from asymptotics.model.students.base import content_of_student, student_of
from asymptotics.model.students.gaussian import GaussianFeatures
from asymptotics.notation import notation as named
from asymptotics.notation import restate
from asymptotics.parsing.heights import substitute
from asymptotics.parsing.numbers import exact, mapping_of
from asymptotics.precision import exclusive, exclusive_class
from asymptotics.symbols import C, N, sigma, t
from asymptotics.tasks.records import check_same, content_of, record, written
from asymptotics.tasks.task import Task
from asymptotics.typesetting import Typeset

GAUSSIAN = GaussianFeatures()


@exclusive_class
@dataclass(frozen=True, slots=True, kw_only=True)
class Optimum(Typeset):
    """The best split of a budget: its phases, and the boundaries between them.

    ``phases`` are open sets of parameters; ``boundaries`` the lines between them and the corners where lines
    meet: exponents that meet give a logarithm there (`Phase.logs`). ``proof`` says what is proved of the
    tiling.

    >>> from asymptotics import derive, power_law
    >>> from asymptotics.symbols import N, a, b, t
    >>> optimum = compute_optimal(derive(power_law(a, b)), cost=N*t)
    >>> for phase in optimum.phases:
    ...     print(phase.condition, phase.exponents)
    a - 1 < b {t: b/(b + 1), N: 1/(b + 1), 'loss': (a - 1)/(b + 1)}
    a - 1 > b {t: b/a, N: (a - b)/a, 'loss': (a - 1)/a}
    >>> print(optimum.proof)
    disjoint: proved; covering: proved
    """

    laws: Laws
    cost: Expr
    free: tuple[Symbol, ...]
    fixed: tuple[tuple[Symbol, Expr], ...]
    rule: Rule
    phases: tuple[Phase, ...]
    proof: Proof
    schedule: Schedule | None = None
    features: Features = LAZY

    @property
    def domain(self) -> Domain:
        """Where the task has all laws under the training rule."""
        return domain_of(self.laws, self.rule)

    @property
    def letters(self) -> tuple[Symbol, ...]:
        """What the training rule leaves open of its `domain`.

        >>> from asymptotics import Nesterov, power_law
        >>> compute_optimal(power_law("a", "b"), rule=Nesterov).letters
        (delta,)
        """
        found = set[Symbol]().union(*(c.free_symbols for c in self.domain.constraints))
        return tuple(s for s in open_parameters(self.rule) if s in found - set(self.laws.task.parameters))

    @property
    def boundaries(self) -> tuple[Phase, ...]:
        """The phases on the lines between phases, and on corners: exponents meet, with powers of log C."""
        return _boundaries(self)[0]

    @property
    def refused(self) -> tuple[Refused, ...]:
        """The boundaries, or parts of them, on which no split is derived, with the reasons.

        >>> from asymptotics import OnePassSGD, derive, power_law
        >>> from asymptotics.symbols import N, a, b, r, t
        >>> optimum = compute_optimal(derive(power_law(a, b, modes=r * N)), N * t, rule=OnePassSGD)
        >>> [row.condition for row in optimum.refused]
        [Eq(b, 1) & (a >= 2)]
        """
        return _boundaries(self)[1]

    @property
    def allocations(self) -> tuple[Allocation, ...]:
        """The terms of the loss and of the cost that were balanced, on each part of the domain."""
        return self._allocations(self.laws)

    def _allocations(
        self, laws: Laws, numbers: Mapping[Symbol, Expr] | None = None
    ) -> tuple[Allocation, ...]:
        """Those of other laws, where parameters are numbers."""
        table = dict(numbers or {})
        return allocations_of(
            laws,
            substitute(self.cost, table),
            self.free,
            tuple((x, substitute(e, table)) for x, e in self.fixed),
            self.rule,
            self.schedule,
            self.features.at(table),
        )

    @property
    def allocation(self) -> Allocation:
        """The first of them: the cost is the same everywhere."""
        return self.allocations[0]

    def at(self, values: Mapping[Symbol | str, object] | None = None, /, **named: object) -> Phase:
        """The phase with numbers for all parameters of the task; on a boundary with its logarithm.

        Letters of the training rule that decide where it has laws (`letters`) may have numbers, too.
        Raises `DomainError` for numbers outside the domain, and if a parameter is left without a number.

        >>> from asymptotics import derive, power_law
        >>> from asymptotics.symbols import N, a, b, t
        >>> phase = compute_optimal(derive(power_law(a, b)), cost=N*t).at(a=3, b=2)
        >>> phase.exponents, phase.logs
        ({t: 2/3, N: 1/3, 'loss': 2/3}, {t: -2/3, N: 2/3, 'loss': 2/3})
        """
        given = {**mapping_of(values, "values"), **named}
        if self.schedule is not None and self.schedule.open_parameters:
            shape, given = self.schedule.at(given)
            return replace(self, schedule=shape).at(given)
        table = {str(key): exact(value, str(key)) for key, value in given.items()}
        own = {s: table[s.name] for s in self.letters if s.name in table}
        task = self.laws.task.at(
            {key: value for key, value in given.items() if str(key) not in map(str, own)}
        )
        # exponents do not depend on how many modes there are for each feature
        if unknown := [s for s in task.parameters if s not in task.modes.free_symbols]:
            missing = ", ".join(map(str, unknown))
            raise DomainError(f"no number for {missing}; optimum.at needs every parameter of the task")
        numbers = {s: table[s.name] for s in self.laws.task.parameters if s.name in table}
        laws = derive(task, student=self.laws.student.at(numbers))
        domain_of(laws, self.rule, own)  # raises where they leave it
        found = [allocation.at(own) for allocation in self._allocations(laws, numbers)]
        return _single_phase(best_phases(found)[0], self, {**numbers, **own})

    def to_dict(self) -> dict[str, Any]:
        """The question, and the phases found, as text for JSON; `from_dict` reads it.

        >>> from asymptotics import power_law
        >>> from asymptotics.symbols import N, t
        >>> optimum = compute_optimal(power_law("a", 2), cost=N*t)
        >>> Optimum.from_dict(optimum.to_dict()) == optimum
        True
        """
        rule = self.rule
        return record(
            "optimum",
            task=replace(self.laws.task, measured=self.laws.measured).to_dict(),
            cost=written(self.cost),
            free=[symbol.name for symbol in self.free],
            fixed={symbol.name: written(C**power) for symbol, power in self.fixed},
            rule=rule.name,
            constants=None if isinstance(rule, type) else rule.content(),
            **({} if self.laws.student == GAUSSIAN else {"student": content_of_student(self.laws.student)}),
            **({} if self.schedule is None else {"schedule": self.schedule.text}),
            **({} if self.features == LAZY else {"gamma": written(self.features.gamma)}),
            phases=[repr(phase) for phase in (*self.phases, *self.boundaries)],
            proof=str(self.proof),
        )

    @classmethod
    def from_dict(cls, found: Mapping[str, Any]) -> Optimum:
        """The optimum that `to_dict` wrote, derived again. Raises `DomainError` for a changed record."""
        content = content_of("optimum", found, "task", "cost", "free", "fixed", "rule", "constants")
        rule: Rule = rule_of_name(content["rule"])
        if content["constants"] is not None:
            rule = rule(**content["constants"])  # type: ignore[operator]
        student = student_of(found["student"]) if "student" in found else GAUSSIAN
        optimum = compute_optimal(
            derive(Task.from_dict(content["task"]), student=student),
            content["cost"],
            [Symbol(name, positive=True) for name in content["free"]],
            content["fixed"],
            rule,
            found.get("schedule"),
            Rich(found["gamma"]) if "gamma" in found else LAZY,
        )
        check_same(content, optimum.to_dict())
        return optimum

    def __repr__(self) -> str:
        told = told_of(self.rule, self.schedule)
        words = [f"    {told} {sigma}; {STEPS}{STEPS_WORDS}"] if told else []
        first = [ASSUMED] if told and self.laws.task.noise == 0 else []
        return "\n".join([*first, *map(repr, (*self.phases, *self.boundaries, *self.refused)), *words])

    def to_latex(self, notation: str | None = None) -> str:
        """One ``cases`` table: exponents of every resource and of the loss, with conditions.

        ``notation`` is the arXiv number of a paper in whose letters it is written (`asymptotics.notation`).
        """
        phases = (*self.phases, *self.boundaries)
        shown = phases if notation is None else restate(phases, notation)
        told = told_of(self.rule, self.schedule)
        rows, refused = (phase.row for phase in shown), [row.condition for row in self.refused]
        return typeset.table(self.allocation.free, rows, named(notation), told, refused)


def _single_phase(phases: tuple[Phase, ...], optimum: Optimum, numbers: Mapping[Symbol, Expr]) -> Phase:
    """The one phase at a point, with the rate of approach that the symbolic phase there knows."""
    if len(phases) != 1:
        raise UnableError(
            f"{len(phases)} phases at one point; this is a defect of the tiling, please report it"
        )
    (phase,) = phases
    for open_phase in optimum.phases:
        if all(c.xreplace(dict(numbers)).is_positive for c in open_phase.domain.constraints):
            return replace(
                phase,
                approach=None if open_phase.approach is None else open_phase.approach.xreplace(dict(numbers)),
            )
    return phase


@exclusive
def compute_optimal(
    laws: Laws | Task,
    cost: object = N * t,
    free: Iterable[Symbol | str] | None = None,
    fixed: Mapping[Symbol | str, object] | None = None,
    rule: Rule = GradientFlow,
    schedule: object = None,
    features: Features = LAZY,
) -> Optimum:
    """The split of ``cost = C`` that makes the excess test loss smallest, for C -> oo.

    Parameters
    ----------
    laws : from `derive`; a task will do.
    cost : a posynomial in t, N, P, B (batch), E (members): a monomial or a sum of them, of which the
        larger counts; by default ``N t``; dimensionless, as all here.
        For `MultiPassSGD` epochs may stand in the place of t, ``t = epochs P/B``: at least one pass.
    free : what the budget is split over, also by name; by default what the cost contains. With rho among it
        the ridge is chosen at each budget, ``free=(N, P, rho)``, at t = oo; where rho falls as ``N^-b`` or
        ``P^-b`` a smaller one is as good.
    fixed : resources held: a number, oo, or a power of the budget such as ``C**(1/3)``. Resources that are
        neither free nor fixed are infinite (B and eta: constants).
    rule : the training rule, on whose clock t is: numbers of steps for `OnePassSGD`, whose samples are B*t.
        A class leaves its parameters symbolic, an instance, ``OnePassSGD(eta=1/8, batch=8)``, fixes them.
    schedule : that of `OnePassSGD` under label noise sigma, its largest step at its best. The sum X of the
        steps, over their mean height, then stands among the resources; it costs nothing and is at most t.
    features : `Rich(gamma=...)` for features that move under gradient flow; by default they stay.

    With modes r*N the trace grows with N where b < 1, and the step of one-pass SGD is a share h of the
    largest one, for b > 1 of that at N = oo: constant, or tuned where h is among ``free``; under label noise
    it falls.

    Raises `DomainError` for a cost that is not a posynomial, does not grow with a free resource, or has
    unknown symbols, and where there is nothing to trade; `UnableError` where the joint law is not known.
    Source: arXiv 2402.01092, here BAP, section 4.4, and Paquette et al., arXiv 2405.15074, for the phases.

    >>> from asymptotics import OnePassSGD, derive, power_law
    >>> from asymptotics.symbols import N, a, b, t
    >>> [p.exponents["loss"] for p in compute_optimal(derive(power_law(a, b)), N*t, rule=OnePassSGD).phases]
    [(a - 1)/(b + 1), (2*b - 1)/(2*b), (a - 1)/a]
    """
    if isinstance(laws, Task):
        if laws.modes != oo and laws.size is None:
            raise UnableError(
                f"modes = {laws.modes}: the loss of finitely many modes ends, and buys nothing more; use "
                f"{name_argument('modes', 'oo')} with b > 1, or {name_argument('modes', 'r*N')} with any b"
            )
        laws = derive(laws)
    check_kind(laws, Laws, "laws", "pass derive(task)")
    assert isinstance(laws, Laws)
    check_rule(rule)
    shape = schedule_of(rule, schedule)
    spent = read_cost(cost)
    refuse_unknown(spent, laws)
    held = held_resources(mapping_of(fixed, "fixed"), laws)
    refuse_infinite(spent, mapping_of(fixed, "fixed"))
    split = free_resources(spent, free, held)
    allocations = allocations_of(laws, spent, split, held, rule, shape, features)
    for allocation in allocations:
        check_bounded(allocation)
    phases, covering = best_phases(allocations)
    if all(phase.domain.sign(phase.exponents["loss"]) in (0, -1) for phase in phases):
        raise DomainError(
            f"nothing to trade: at cost {cost} the loss tends to a constant; free what is held fixed"
        )
    first = allocations[0]
    where = And(*(as_condition(c) for c in first.whole.constraints if c not in first.given.constraints))
    proof = Proof(disjoint=disjoint([p.domain for p in phases]), covering=covering, where=where)
    return Optimum(
        laws=laws,
        cost=spent,
        free=split,
        fixed=held,
        rule=rule,
        phases=phases,
        proof=proof,
        schedule=shape,
        features=features,
    )


@cached(maxsize=64)
def _boundaries(optimum: Optimum) -> tuple[tuple[Phase, ...], tuple[Refused, ...]]:
    laws = optimum.laws

    def allocations_at(place: Mapping[Symbol, Expr]) -> tuple[tuple[Allocation, ...], Domain]:
        table = dict(place)
        on_edge = derive(laws.task.at(table), student=laws.student.at(table))
        return optimum._allocations(on_edge, table), domain_of(on_edge, optimum.rule)

    return boundaries_of(optimum.phases, optimum.allocations[0].whole, allocations_at)
