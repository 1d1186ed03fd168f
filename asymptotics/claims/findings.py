"""From outcomes on cells to a verdict: what holds where, a witness, and what else should be known.

confirm(judge, outcomes)              failures are seen again at points, against the law derived there
verdict_of(judge, cells, outcomes)    the verdict
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sympy import Expr, Integer, log, true

from asymptotics.claims.equality import AS_WRITTEN
from asymptotics.claims.judge import Judge, witness
from asymptotics.claims.outcomes import FAILS, HOLDS, UNDECIDED, Outcome, Work
from asymptotics.claims.statement import (
    ABOVE,
    BELOW,
    LOWER,
    MEANING,
    NO_CONSTANT,
    STATED,
    UPPER,
    writes_constant,
)
from asymptotics.claims.verdict import Region, Verdict, Witness
from asymptotics.claims.zeros import zeros_on_line
from asymptotics.display import text
from asymptotics.domains.cells import Cell
from asymptotics.domains.domain import plain
from asymptotics.domains.substitution import put
from asymptotics.errors import DomainError, SpectrumError, UnableError
from asymptotics.regime import NOT_EXCLUDED

SEARCH = 60
"""So many steps may the comparison with another quantity, or at a point, take."""
SMALL = 1000
"""Numbers of a witness that a person would choose."""
CONFIRMED = 4
"""So many failures are seen again at points; more stand by their proof alone."""


def confirm(judge: Judge, outcomes: list[Outcome]) -> list[Outcome]:
    """The first `CONFIRMED` failures seen again at points, against the law derived there; else undecided."""
    found: list[Outcome] = []
    failing = [outcome for outcome in outcomes if outcome.status == FAILS][:CONFIRMED]
    for outcome in outcomes:
        if outcome in failing and _see(judge, outcome) is None:
            note = "the two sides differ, but no rational point shows it with the law derived with numbers"
            outcome = replace(outcome, status=UNDECIDED, note=note)
        found.append(outcome)
    return found


def _see(judge: Judge, outcome: Outcome) -> Witness | None:
    point = witness(outcome, judge.subject.parameters)
    if point is None:
        return None
    own = {s: v for s, v in point.items() if s in judge.subject.parameters}
    judge = replace(judge, work=Work(SEARCH))
    there = outcome.cell.at(own)
    try:
        piece = next(p for p in judge.pieces(there) if judge.within(there, p) is not None)
        again = judge.on_cell(there, piece)
    except (UnableError, SpectrumError, DomainError):
        return None
    wrong = next((o for o in again if o.status == FAILS), None)
    if wrong is None or wrong.claimed is None or wrong.correct is None:
        return None
    return Witness(
        point=tuple(sorted(own.items(), key=lambda pair: pair[0].name)),
        claimed=put(wrong.claimed, own),
        correct=put(wrong.correct, own),
    )


def verdict_of(judge: Judge, cells: tuple[Cell, ...], outcomes: list[Outcome]) -> Verdict:
    statement, subject = judge.statement, judge.subject
    failing = [o for o in outcomes if o.status == FAILS]
    undecided = [o for o in outcomes if o.status == UNDECIDED]
    open_failures = [o for o in failing if not o.is_wall]
    if open_failures or (failing and all(o.is_wall for o in outcomes)):
        verdict = FAILS
    elif any(not o.is_wall for o in undecided) or not outcomes:
        verdict = UNDECIDED
    else:
        verdict = HOLDS
    constants = any(o.note.startswith("constant") for o in failing)
    return Verdict(
        verdict=verdict,
        claim=statement.claim,
        reading=_reading(judge),
        about=subject.source,
        quantity=subject.symbol,
        conditions=cells[0].given,
        holds=_regions(judge, outcomes, HOLDS),
        fails=_regions(judge, outcomes, FAILS),
        undecided=_regions(judge, outcomes, UNDECIDED),
        correct=_correct(judge, cells, constant=constants),
        witness=_witness(judge, open_failures or failing),
        right_for=_right_for(judge, cells) if verdict == FAILS else (),
        doubts=tuple(_doubts(judge, cells)) if verdict == HOLDS else (),
        notes=tuple(_notes(judge, cells, outcomes, verdict)),
    )


def _witness(judge: Judge, failures: list[Outcome]) -> Witness | None:
    """A point at which the first failure is seen; at another one if that has small numbers."""
    found = None
    for outcome in failures[:CONFIRMED]:
        seen = _see(judge, outcome)
        if seen is not None and all(value < SMALL for _, value in seen.point):
            return seen
        found = found or seen
    return found


def _doubts(judge: Judge, cells: tuple[Cell, ...]) -> Iterator[str]:
    """Zeros of prefactors that are not excluded where the claim is judged; those that are found are named."""
    parts = [
        (piece, part)
        for piece in judge.subject.pieces
        for cell in cells
        if piece.doubt == NOT_EXCLUDED and not cell.is_number
        if (part := judge.within(cell, piece)) is not None
    ]
    found = dict.fromkeys(
        place
        for piece, part in parts
        for place in zeros_on_line(piece.growth.constant, part, judge.subject.parameters)
    )
    if parts:
        seen = f" ({'; '.join(found)}); further zeros" if found else "; its zeros"
        yield f"except where the prefactor vanishes{seen} are not excluded"


def _regions(judge: Judge, outcomes: list[Outcome], status: str) -> tuple[Region, ...]:
    return tuple(
        Region(
            condition=o.cell.condition,
            is_wall=o.is_wall,
            claimed=_there(o.cell, judge.statement.expression if o.claimed is None else o.claimed),
            correct=None if o.correct is None else _there(o.cell, o.correct),
            at_fault=o.note,
        )
        for o in outcomes
        if o.status == status
    )


def _there(cell: Cell, side: Expr) -> Expr:
    """One side with the equations of a cell, where it is defined with them."""
    try:
        return cell.value(side)
    except UnableError:
        return side


def _reading(judge: Judge) -> str:
    statement, subject = judge.statement, judge.subject
    if judge.is_exponent:
        return f"p = {text(statement.expression)} in {subject.form} ({subject.words})"
    claimed = text(statement.expression)
    bound = {UPPER: "O", LOWER: "Omega", BELOW: "o", ABOVE: "omega"}.get(statement.relation)
    shown = f" ~ {claimed}" if bound is None else f" = {bound}({claimed})"
    meaning = MEANING[statement.relation]
    if statement.relation == STATED and not _writes_constant(judge, statement.expression):
        meaning = NO_CONSTANT
    soft = ", up to logarithms" if statement.soft else ""
    return f"{subject.symbol}{shown}, {meaning}{soft}{statement.freely} ({subject.words})"


def _writes_constant(judge: Judge, claimed: Expr) -> bool:
    scales = dict.fromkeys(judge.subject.scales, Integer(1))
    return writes_constant(claimed.xreplace(scales), (judge.subject.resource,))


def _notes(judge: Judge, cells: tuple[Cell, ...], outcomes: list[Outcome], verdict: str) -> Iterator[str]:
    statement, subject = judge.statement, judge.subject
    if judge.is_exponent and verdict == FAILS:
        negative = replace(judge, statement=replace(statement, expression=-statement.expression))
        if all(o.status == HOLDS for o in negative.outcomes(cells)):
            yield f"p is the exponent in {subject.form}; with the other sign the claim holds"
    if judge.is_exponent and verdict == HOLDS:
        for piece in subject.pieces:
            here = any(judge.within(cell, piece) is not None for cell in cells)
            if here and any(isinstance(scale, log) for scale, _ in piece.growth.powers):
                where = f"where {plain(piece.condition)} the" if piece.condition != true else "the"
                yield f"the exponent alone is judged; {where} law has a logarithm, {piece.power}"
    if judge.is_exponent and verdict == FAILS and all(piece.exponent == 0 for piece in subject.pieces):
        yield f"the law tends to a constant; to claim the constant write {subject.symbol} = ..."
    if not judge.is_exponent and any(piece.oscillation is not None for piece in subject.pieces):
        yield "the constant of the law oscillates with the logarithm of the resource; the power is judged"
    yield from _of_pieces(judge, cells)
    if statement.remainder:
        yield "the order of the remainder is not judged; state it as a claim O(...) about what is left"
    yield from _exact_sides(outcomes)
    loose = [o for o in outcomes if o.note == "not tight"]
    if loose:
        where = "; ".join(str(r) for r in _regions(judge, loose, HOLDS))
        yield f"as a bound it is not tight {where}"


def _of_pieces(judge: Judge, cells: tuple[Cell, ...]) -> Iterator[str]:
    """What should be known of the parts of the law that the claim was judged on."""
    subject = judge.subject
    for piece in subject.pieces:
        where = f"where {plain(piece.condition)}" if piece.condition != true else ""
        inside = [cell for cell in cells if judge.within(cell, piece) is not None]
        if piece.doubt and not all(cell.is_number for cell in inside):
            yield f"{where}: {piece.doubt}" if where else piece.doubt
        if piece.most is not None and inside:
            most = subject.resource**piece.most * log(subject.resource) ** piece.logs[1]
            yield f"{where} any {subject.symbol} from {piece.power} to {most} is as good".strip()


def _correct(judge: Judge, cells: tuple[Cell, ...], *, constant: bool) -> Expr:
    """The right expression on all of the domain; with numbers where the assumptions leave one point."""
    pieces = judge.pieces(cells[0]) if len(cells) == 1 else judge.subject.pieces
    here = replace(judge.subject, pieces=pieces)
    if not judge.is_exponent:
        return here.leading(constant=constant)
    return pieces[0].exponent if len(pieces) == 1 else here.exponent


def _exact_sides(outcomes: list[Outcome]) -> Iterator[str]:
    """What decimals of the claim stand for."""
    sides = dict.fromkeys(o.correct for o in outcomes if o.note == AS_WRITTEN and o.correct is not None)
    if sides:
        exact = ", ".join(map(text, sides))
        yield f"decimals are compared to the digits that are written; exact is {exact}"


def _fails_at(judge: Judge, cell: Cell) -> bool:
    """Whether the claim fails at a point against the law in symbols, which is not derived with numbers."""
    here = (piece for piece in judge.subject.pieces if judge.within(cell, piece) is not None)
    return any(o.status == FAILS for piece in here for o in judge.on_cell(cell, piece))


def _right_for(judge: Judge, cells: tuple[Cell, ...]) -> tuple[str, ...]:
    """Other quantities of the same task in the same resource for which the claim is right."""
    found = []
    for other in judge.subject.others():
        try:
            same = replace(judge, subject=other, work=Work(SEARCH))
            there = tuple(part for cell in cells if (part := cell.inside(other.domain)) is not None)
            points = list(there[0].points(other.parameters, 2)) if there else []
            if any(_fails_at(same, there[0].at(point)) for point in points):
                continue  # most are refuted by a point, at less cost than by cells
            outcomes = same.outcomes(there)
        except UnableError:
            continue
        if outcomes and all(o.status == HOLDS or o.is_wall for o in outcomes):
            found.append(f"{other.name} ({other.words})")
    return tuple(found)
