r"""A sum of monomials in several resources, ``t^-s + N^-p + t^-q/N``, against the loss at all of them.

The loss is, up to a constant, the largest of the monomials of `allocation.loss_terms`. Two sums are of one
order along every path to infinity if each monomial of one is nowhere larger than all of the other
(`monomials.is_below`). A monomial that is larger than all others on some path leads there, and the constants
of the two sums are compared on it. Where two exponents of a law meet the terms are those of the laws derived
there, with their logarithms. Where modes grow with N the sum of powers is one of times before the last modes
are learned, ``T = N^x``, ``x <= b``: with ``V = N^b/T`` in the place of N it is one along every path again.

    judge_joint(statement, laws, resources, assumed)    the verdict
    judge_early(statement, growing, time, assumed)      that on the early terms of a growing law
    left_out(expression, laws, resources, cells)        monomials of the loss that a sum lacks, and where
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product

from sympy import Expr, Integer, Piecewise, Pow, Symbol
from sympy.logic.boolalg import Boolean

from asymptotics.allocation.loss_terms import loss_terms
from asymptotics.allocation.terms import LossTerm
from asymptotics.claims.assumptions import assume, read_assumptions
from asymptotics.claims.joint_sum import Joint, sign_on
from asymptotics.claims.monomials import Monomial
from asymptotics.claims.outcomes import FAILS, HOLDS, UNDECIDED, Outcome, Work, resolve
from asymptotics.claims.statement import ABOVE, BELOW, EQUAL, STATED, UPPER, Statement
from asymptotics.claims.verdict import Region, Verdict, Witness
from asymptotics.display import text
from asymptotics.domains.cells import Cell
from asymptotics.domains.domain import Domain, normal
from asymptotics.domains.substitution import put
from asymptotics.errors import DomainError, UnableError
from asymptotics.expansions.tidying import tidy
from asymptotics.laws.derive import Laws
from asymptotics.laws.early_loss import T
from asymptotics.laws.growing import GrowingLaw
from asymptotics.laws.law import Law
from asymptotics.model.rules.gradient_flow import GradientFlow
from asymptotics.parsing.heights import to_power
from asymptotics.spectra import spectrum
from asymptotics.symbols import N, P, h

STEPS = 600
PEAK = "near N = P the loss has a peak at late times, which is not judged"
ORDERS = "constants of this sum are not judged"
GROWTH = "order of growth"
ORDER_OF = {BELOW: "of a smaller order", ABOVE: "of a larger order"}
CROSSOVERS = "constants are compared where one term leads; at a crossover the loss is no sum of its ends"


def _joint(laws: Laws, resources: tuple[Symbol, ...], statement: Statement | None = None) -> Joint:
    def there(cell: Cell, of: Laws) -> list[LossTerm]:
        """The terms that are there on a cell, all of one regime of each law; [] where one has none."""
        terms = loss_terms(of, resources, GradientFlow)
        here = [x for x in terms if all(sign_on(cell, c) == 1 for c in x.domain.constraints)]
        every, found = ({x.law for x in some if len(x.powers) == 1} for some in (terms, here))
        return here if every == found else []

    def true(cell: Cell) -> list[Monomial]:
        here = there(cell, laws)
        if not here and cell.table:  # on a line of the parameters the laws are derived with its equation
            here = there(cell, laws.at(dict(cell.table)))
        return [_monomial(x, resources) for x in here]

    return Joint(
        true=true, resources=resources, work=Work(STEPS), statement=statement, parameters=laws.task.parameters
    )


def _monomial(term: LossTerm, resources: tuple[Symbol, ...]) -> Monomial:
    logs = (Integer(0) + term.log_power if x == term.variable else Integer(0) for x in resources)
    powers = tuple(normal(term.power(x)) for x in resources)
    return Monomial(powers=powers, logs=tuple(logs), coefficient=term.coefficient)


def _early(growing: GrowingLaw, time: Symbol, statement: Statement) -> Joint:
    assert growing.series.scaling is not None
    pace = growing.series.scaling.scale * (1 if time == T else 2)

    def true(cell: Cell) -> list[Monomial]:
        terms = growing.at(dict(cell.table)).early_monomials(cell.domain)
        logs = [x for x in terms if x.log_time or x.log_size or x.fed]
        for x, other in product(logs, terms):  # a sign that is not decided may hide that x is behind
            size = normal(other.size - x.size)
            sign_on(cell, size)
            sign_on(cell, normal(growing.decay * (other.time - x.time) + size))
        if logs:
            return []
        found: dict[tuple[Expr, Expr], Expr] = {}
        for x in terms:
            constant = tidy(x.coefficient) * growing.share**x.share * to_power(pace, -x.time)
            found[x.time, x.size] = found.get((x.time, x.size), Integer(0)) + constant
        nothing = (Integer(0), Integer(0))
        return [Monomial(powers=key, logs=nothing, coefficient=c) for key, c in found.items()]

    return Joint(
        true=true,
        resources=(time, N),
        work=Work(STEPS),
        decay=growing.decay,
        statement=statement,
        parameters=growing.parameters,
        share=h,
    )


def judge_joint(
    statement: Statement, laws: Laws, resources: tuple[Symbol, ...], assumed: Iterable[Boolean]
) -> Verdict:
    """The verdict on the loss at all of the resources.

    >>> from asymptotics import check_claim, derive, power_law
    >>> from asymptotics.symbols import a, b
    >>> laws = derive(power_law(a, b))
    >>> print(check_claim(r"t^{-(a-1)/b} + N^{-\\min(a-1, b)} + t^{-1+1/b}/N", laws).headline)
    HOLDS where a - 1 != b
    """
    return _judged(
        statement, _joint(laws, resources, statement), laws.time, spectrum(laws.task).domain, assumed
    )


def judge_early(
    statement: Statement, growing: GrowingLaw, time: Symbol, assumed: Iterable[Boolean]
) -> Verdict:
    """The verdict on the loss for ``1 << T << N^b``, where modes grow with N; ``time`` is T or t.

    Orders are those at a fixed h; a power of h alone as the constant of a term claims its power as h -> 0.

    >>> from asymptotics import OnePassSGD, check_claim, derive, growing_law, power_law
    >>> law = growing_law(derive(power_law(3, "3/4", modes="2*N")), OnePassSGD)
    >>> print(check_claim("T^(-8/3) + N^(-3/4) + h*N^(-1/4)*T^(-2/3)", law).headline)
    HOLDS everywhere
    """
    return _judged(statement, _early(growing, time, statement), growing, growing.series.domain, assumed)


def _judged(
    statement: Statement,
    joint: Joint,
    about: Law | GrowingLaw,
    domain: Domain,
    assumed: Iterable[Boolean],
) -> Verdict:
    parameters = about.task.parameters
    cells = assume(domain, read_assumptions(tuple(assumed), {s.name: s for s in parameters}))
    constants: dict[Symbol, Expr] = {}
    claim = _rounded(statement)
    outcomes = joint.outcomes(cells, joint.in_order(claim, constants), statement.relation, constants)
    failing = [o for o in outcomes if o.status == FAILS and not o.is_wall]
    holding = [o for o in outcomes if o.status == HOLDS and not o.is_wall]
    names = ", ".join(map(str, joint.resources))
    early = f" with {joint.resources[0]} < {text(N**joint.decay)}" if joint.decay is not None else ""
    paths = f"every path{early}"
    with_constants = (
        joint.statement is not None and statement.relation in (EQUAL, STATED) and not statement.soft
    )
    kind = (
        "leading terms with their constants" if with_constants else ORDER_OF.get(statement.relation, GROWTH)
    )
    claimed = f"L({names}) ~ {text(statement.expression)}"
    return Verdict(
        verdict=FAILS if failing else HOLDS if holding else UNDECIDED,
        claim=statement.claim,
        reading=f"{claimed}, {kind} along {paths}{statement.freely}",
        about=about,
        quantity=f"L({names})",
        conditions=cells[0].given,
        holds=_regions(outcomes, HOLDS),
        fails=_regions(outcomes, FAILS),
        undecided=_regions(outcomes, UNDECIDED),
        correct=_correct(joint, Cell.of(domain)),
        witness=_witness(failing, parameters),
        notes=(CROSSOVERS if with_constants else ORDERS, *([PEAK] if {N, P} <= {*joint.resources} else [])),
    )


def _rounded(statement: Statement) -> Expr:
    """The claim with letters for decimals of its constants; those of exponents are as they are written."""
    if statement.rounded is None:
        return statement.expression
    raised = [power.exp for power in statement.rounded.atoms(Pow)]
    written = {
        one.letter: one.written for one in statement.decimals if any(e.has(one.letter) for e in raised)
    }
    return statement.rounded.xreplace(written)


def left_out(
    expression: Expr, laws: Laws, resources: tuple[Symbol, ...], assumed: Iterable[Boolean]
) -> tuple[tuple[str, Expr], ...]:
    """Where a sum lacks monomials in several resources, and the loss; () also where that is not known."""
    if expression.free_symbols - {*laws.task.parameters, *resources}:
        return ()  # an exponent of which nothing is said
    try:
        joint = _joint(laws, resources)
    except (DomainError, UnableError):
        return ()

    def beside_ends(part: Cell, claimed: Expr) -> list[Outcome]:
        """Against the claim beside what the loss is where one resource limits it alone."""
        ends = [one for one in joint.true(part) if sum(power != 0 for power in one.powers) == 1]
        return joint.compare(part, claimed + joint.sum_of(ends), UPPER)

    found = []
    parameters = {s.name: s for s in laws.task.parameters}
    for cell in assume(spectrum(laws.task).domain, read_assumptions(tuple(assumed), parameters)):
        use: Callable[[Cell, Expr], list[Outcome]] = lambda c, e: joint.on_parts(  # noqa: E731
            c, lambda part: beside_ends(part, part.value(e))
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


def _correct(joint: Joint, whole: Cell) -> Expr:
    """The monomials of the loss on the open parts of the domain."""

    def shown(cell: Cell) -> list[Outcome]:
        true = joint.true(cell)
        return [
            Outcome(
                cell=cell, status=HOLDS if true else UNDECIDED, note=str(true), correct=joint.sum_of(true)
            )
        ]

    parts = [o for o in joint.on_parts(whole, shown) if not o.is_wall]
    pieces = [(o.correct, o.cell.condition) for o in parts]
    return pieces[0][0] if len(pieces) == 1 else Piecewise(*pieces)


def _witness(failing: list[Outcome], symbols: tuple[Symbol, ...]) -> Witness | None:
    for outcome in failing:
        point = dict(outcome.point) if outcome.point else outcome.cell.point(symbols)
        if point is not None and outcome.claimed is not None and outcome.correct is not None:
            return Witness(
                point=tuple(sorted(point.items(), key=lambda pair: pair[0].name)),
                claimed=put(outcome.claimed, point),
                correct=put(outcome.correct, point),
            )
    return None
