r"""A sum of monomials in two resources, ``t^-s + N^-p + t^-q/N``, against the loss at both: its order.

The loss is, up to a constant, the largest of the monomials of `allocation.loss_terms`. Two sums are of one
order for t, N -> oo along every path if each monomial of one is nowhere larger than all of the other. Along
``t = N^x`` the monomial ``t^-alpha N^-beta`` is at most the largest of ``t^-alpha_j N^-beta_j`` if

    min_j (alpha_j - alpha) x + (beta_j - beta) <= 0        for all x >= 0:

the half-lines of x that the j fulfil must cover them all, which signs of differences and of 2x2
determinants decide. Where modes grow with N the sum of powers is one of times before the last modes are
learned, ``T = N^x``, ``x <= b``: with ``V = N^b/T`` in the place of N it is one along every path again.

    judge_joint(statement, laws, resources, assumed)    the verdict
    judge_early(statement, growing, assumed)            that on the early terms of a growing law
    left_out(expression, laws, resources, cells)        monomials of the loss that a sum lacks, and where
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import product

from sympy import Add, Expr, Integer, Mul, Piecewise, Symbol, expand_power_base
from sympy.logic.boolalg import Boolean

from asymptotics.allocation.loss_terms import loss_terms
from asymptotics.claims.assumptions import assume, read_assumptions
from asymptotics.claims.outcomes import (
    CHOICES,
    FAILS,
    HOLDS,
    UNDECIDED,
    Outcome,
    Work,
    join_outcomes,
    resolve,
)
from asymptotics.claims.statement import LOWER, UPPER, Statement
from asymptotics.claims.verdict import Region, Verdict, Witness
from asymptotics.display import text
from asymptotics.domains.cells import Cell
from asymptotics.domains.domain import Domain, normal
from asymptotics.domains.substitution import put
from asymptotics.errors import DomainError, UnableError
from asymptotics.laws.derive import Laws
from asymptotics.laws.growing import GrowingLaw, T
from asymptotics.laws.law import Law
from asymptotics.model.rules.gradient_flow import GradientFlow
from asymptotics.spectra import spectrum
from asymptotics.symbols import N

STEPS = 300
WALL = "a logarithm stands on this line"
Monomial = tuple[Expr, Expr]
"""The powers with which it falls in the two resources."""


class _Undecided(Exception):
    """A sign that is not the same on all of a cell."""

    def __init__(self, expression: Expr) -> None:
        super().__init__(expression)
        self.expression = expression


@dataclass(frozen=True, slots=True, kw_only=True)
class _Joint:
    """The monomials of the loss in two resources, and the steps that comparisons may take.

    ``true``: those that are there on a cell; [] where a logarithm is. ``decay``: b, where ``T < N^b``.
    """

    true: Callable[[Cell], list[Monomial]]
    resources: tuple[Symbol, Symbol]
    work: Work
    decay: Expr | None = None

    def claimed(self, expression: Expr) -> list[Monomial]:
        """The monomials of a sum; raises `UnableError` for other terms."""
        found = []
        for term in Add.make_args(expression):
            powers = term.as_powers_dict()
            rest = [x for x in powers if x not in self.resources and x.has(*self.resources)]
            if rest or any(power.has(*self.resources) for power in powers.values()):
                raise UnableError(
                    f"{term} is no product of powers of {' and '.join(map(str, self.resources))}"
                )
            found.append(tuple(normal(-powers.get(x, Integer(0))) for x in self.resources))
        return found

    def in_order(self, term: Expr) -> Expr:
        """A sum of products without their constants, which may be infinite on a wall."""
        constant, here = expand_power_base(term).as_independent(*self.resources, as_Add=False)
        kept = constant if constant.has(*CHOICES) else Integer(1)
        total = next((factor for factor in Mul.make_args(here) if factor.is_Add), None)
        if total is None:
            return kept * here
        return Add(*(self.in_order(kept * here / total * part) for part in total.args))

    def monomials(self, powers: Iterable[Monomial]) -> Expr:
        """Powers as a sum."""
        first, second = self.resources
        return Add(*(first ** normal(-p) * second ** normal(-q) for p, q in powers))

    def on_parts(self, cell: Cell, use: Callable[[Cell], list[Outcome]]) -> list[Outcome]:
        """``use`` on the parts of a cell on which all signs that it asks for are decided."""
        self.work.step()
        try:
            return use(cell)
        except _Undecided as cut:
            return join_outcomes(cell, cell.cut(cut.expression), lambda part: self.on_parts(part, use))

    def is_below(self, cell: Cell, one: Monomial, others: Iterable[Monomial]) -> bool:
        """Whether a monomial is at most the largest of others along every path."""
        return _is_below(cell, self.along(one), [self.along(other) for other in others])

    def along(self, powers: Monomial) -> Monomial:
        """The powers in T and ``V = N^b/T`` where ``T < N^b``."""
        if self.decay is None:
            return powers
        return normal(powers[0] + powers[1] / self.decay), normal(powers[1] / self.decay)

    def outcomes(self, cells: Iterable[Cell], expression: Expr, relation: str) -> list[Outcome]:
        """What is found on each cell."""

        def found(cell: Cell, resolved: Expr) -> list[Outcome]:
            return self.on_parts(cell, lambda part: self.compare(part, part.value(resolved), relation))

        return [o for cell in cells for o in resolve(cell, expression, self.work, found)]

    def compare(self, cell: Cell, expression: Expr, relation: str) -> list[Outcome]:
        """The outcome on a cell where the sum has no choices left."""
        true, claimed = self.true(cell), self.claimed(expression)
        if not true:
            return [Outcome(cell=cell, status=UNDECIDED, note=WALL)]
        larger = [] if relation == UPPER else [x for x in claimed if not self.is_below(cell, x, true)]
        lacking = [] if relation == LOWER else [x for x in true if not self.is_below(cell, x, claimed)]
        if not larger and not lacking:
            return [Outcome(cell=cell, status=HOLDS)]
        words = "the order somewhere: " + " and ".join(
            f"{text(self.monomials(some))} {kind}"
            for some, kind in ((larger, "is too large"), (lacking, "is lacking"))
            if some
        )
        sides = {"claimed": self.monomials(claimed), "correct": self.monomials(true)}
        return [Outcome(cell=cell, status=FAILS, note=words, **sides)]


def _sign(cell: Cell, expression: Expr) -> int:
    sign = cell.sign(expression)
    if sign is None:
        raise _Undecided(expression)
    return sign


def _is_below(cell: Cell, one: Monomial, others: Iterable[Monomial]) -> bool:
    """Whether ``t^-alpha N^-beta`` is at most the largest of others along every ``t = N^x``."""
    early, late = [], []
    for other in others:
        slope, offset = normal(other[0] - one[0]), normal(other[1] - one[1])
        falls, starts = _sign(cell, slope) <= 0, _sign(cell, offset) <= 0
        if falls and starts:
            return True
        if starts:
            early.append((slope, offset))
        elif falls and _sign(cell, slope) < 0:
            late.append((slope, offset))
    return any(
        _sign(cell, o_late * s_early - o_early * s_late) <= 0
        for s_early, o_early in early
        for s_late, o_late in late
    )


def _joint(laws: Laws, resources: tuple[Symbol, Symbol]) -> _Joint:
    terms, (first, second) = loss_terms(laws, resources, GradientFlow), resources

    def true(cell: Cell) -> list[Monomial]:
        here = [x for x in terms if all(_sign(cell, c) == 1 for c in x.domain.constraints)]
        lacks = {x.law for x in terms if set(dict(x.powers)) != set(resources)} - {x.law for x in here}
        return [] if lacks else [(x.power(first), x.power(second)) for x in here]

    return _Joint(true=true, resources=resources, work=Work(STEPS))


def _early(growing: GrowingLaw) -> _Joint:
    def true(cell: Cell) -> list[Monomial]:
        terms = growing.at(dict(cell.table)).early_monomials(cell.domain)
        logs = [x for x in terms if x.log_time or x.log_size]
        for x, other in product(logs, terms):  # a sign that is not decided may hide that x is behind
            size = normal(other.size - x.size)
            _sign(cell, size)
            _sign(cell, normal(growing.decay * (other.time - x.time) + size))
        return [] if logs else list(dict.fromkeys((x.time, x.size) for x in terms))

    return _Joint(true=true, resources=(T, N), work=Work(STEPS), decay=growing.decay)


def judge_joint(
    statement: Statement, laws: Laws, resources: tuple[Symbol, Symbol], assumed: Iterable[Boolean]
) -> Verdict:
    """The verdict on the order of the loss at both resources.

    >>> from asymptotics import check_claim, derive, power_law
    >>> from asymptotics.symbols import a, b
    >>> laws = derive(power_law(a, b))
    >>> print(check_claim(r"t^{-(a-1)/b} + N^{-\\min(a-1, b)} + t^{-1+1/b}/N", laws).headline)
    HOLDS where a - 1 != b
    """
    return _judged(statement, _joint(laws, resources), laws.time, spectrum(laws.task).domain, assumed)


def judge_early(statement: Statement, growing: GrowingLaw, assumed: Iterable[Boolean]) -> Verdict:
    """The verdict on the order of the loss for ``1 << T << N^b``, where modes grow with N; h is fixed.

    >>> from asymptotics import OnePassSGD, check_claim, derive, growing_law, power_law
    >>> law = growing_law(derive(power_law(3, "3/4", modes="2*N")), OnePassSGD)
    >>> print(check_claim("T^(-8/3) + N^(-3/4) + h*N^(-1/4)*T^(-2/3)", law).headline)
    HOLDS everywhere
    """
    return _judged(statement, _early(growing), growing, growing.series.domain, assumed)


def _judged(
    statement: Statement,
    joint: _Joint,
    about: Law | GrowingLaw,
    domain: Domain,
    assumed: Iterable[Boolean],
) -> Verdict:
    parameters = about.task.parameters
    cells = assume(domain, read_assumptions(tuple(assumed), {s.name: s for s in parameters}))
    without_constants = joint.in_order(statement.expression)
    outcomes = joint.outcomes(cells, without_constants, statement.relation)
    failing = [o for o in outcomes if o.status == FAILS and not o.is_wall]
    holding = [o for o in outcomes if o.status == HOLDS and not o.is_wall]
    names = ", ".join(map(str, joint.resources))
    paths = "every path" if joint.decay is None else f"every path with T < {text(N**joint.decay)}"
    claimed = f"L({names}) ~ {text(statement.expression)}"
    return Verdict(
        verdict=FAILS if failing else HOLDS if holding else UNDECIDED,
        claim=statement.claim,
        reading=f"{claimed}, order of growth along {paths}{statement.freely}",
        about=about,
        quantity=f"L({names})",
        conditions=cells[0].given,
        holds=_regions(outcomes, HOLDS),
        fails=_regions(outcomes, FAILS),
        undecided=_regions(outcomes, UNDECIDED),
        correct=_correct(joint, Cell.of(domain)),
        witness=_witness(failing, parameters),
        notes=("constants of a sum in two resources are not judged",),
    )


def left_out(
    expression: Expr, laws: Laws, resources: tuple[Symbol, Symbol], assumed: Iterable[Boolean]
) -> tuple[tuple[str, Expr], ...]:
    """Where a sum lacks monomials of the loss, and which; () also where the loss at both is not known."""
    try:
        joint = _joint(laws, resources)
    except (DomainError, UnableError):
        return ()
    found = []
    parameters = {s.name: s for s in laws.task.parameters}
    for cell in assume(spectrum(laws.task).domain, read_assumptions(tuple(assumed), parameters)):
        use: Callable[[Cell, Expr], list[Outcome]] = lambda c, e: joint.on_parts(  # noqa: E731
            c, lambda part: joint.compare(part, part.value(e), UPPER)
        )
        try:
            found += [o for o in resolve(cell, expression, joint.work, use) if o.status == FAILS]
        except UnableError:
            return ()
    return tuple(
        (str(region), region.correct) for region in _regions(found, FAILS) if region.correct is not None
    )


def _regions(outcomes: Iterable[Outcome], status: str) -> tuple[Region, ...]:
    return tuple(
        Region(
            condition=o.cell.condition,
            is_wall=o.is_wall,
            claimed=o.claimed,
            correct=o.correct,
            at_fault=o.note,
        )
        for o in outcomes
        if o.status == status
    )


def _correct(joint: _Joint, whole: Cell) -> Expr:
    """The monomials of the loss on the open parts of the domain."""

    def shown(cell: Cell) -> list[Outcome]:
        true = joint.true(cell)
        return [
            Outcome(
                cell=cell, status=HOLDS if true else UNDECIDED, note=str(true), correct=joint.monomials(true)
            )
        ]

    parts = [o for o in joint.on_parts(whole, shown) if not o.is_wall]
    pieces = [(o.correct, o.cell.condition) for o in parts]
    return pieces[0][0] if len(pieces) == 1 else Piecewise(*pieces)


def _witness(failing: list[Outcome], symbols: tuple[Symbol, ...]) -> Witness | None:
    for outcome in failing:
        point = outcome.cell.point(symbols)
        if point is not None and outcome.claimed is not None and outcome.correct is not None:
            return Witness(
                point=tuple(sorted(point.items(), key=lambda pair: pair[0].name)),
                claimed=put(outcome.claimed, point),
                correct=put(outcome.correct, point),
            )
    return None
