"""`check_claim`: a hand derivation against a derived law."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from sympy import Eq, Expr, Ge, Gt, Mul, Piecewise, Symbol, log, powsimp, true

from asymptotics.allocation.optimum import Optimum
from asymptotics.claims.assumptions import assume, read_assumptions
from asymptotics.claims.free_constants import without_free_constants
from asymptotics.claims.judge import AS_WRITTEN, Judge, witness
from asymptotics.claims.outcomes import FAILS, HOLDS, UNDECIDED, Outcome, Work
from asymptotics.claims.signs import signs_of
from asymptotics.claims.statement import LOWER, MEANING, STATED, UPPER, Statement, read_claim
from asymptotics.claims.subject import Subject, of_law, of_optimum
from asymptotics.claims.sums import check_sum
from asymptotics.claims.verdict import Region, Verdict, Witness
from asymptotics.claims.zeros import zeros_on_line
from asymptotics.display import text
from asymptotics.domains.cells import Cell
from asymptotics.domains.domain import plain
from asymptotics.domains.substitution import put
from asymptotics.errors import DomainError, SpectrumError, UnableError
from asymptotics.laws.derive import Laws
from asymptotics.laws.joint import JointLaw
from asymptotics.laws.law import Law
from asymptotics.notation import OURS, Notation
from asymptotics.notation import notation as notation_of
from asymptotics.parsing.numbers import exact, mapping_of, one_or_many
from asymptotics.precision import exclusive
from asymptotics.regimes import NOT_EXCLUDED
from asymptotics.symbols import C

RESOURCES = ("t", "N", "P", "C")
LOSS = Symbol("L", positive=True)
STEPS = 120
"""A comparison that takes more steps is UNDECIDED."""
SEARCH = 60
"""So many steps may the comparison with another quantity, or at a point, take."""
SMALL = 1000
"""Numbers of a witness that a person would choose."""
CONFIRMED = 4
"""So many failures are seen again at points; more stand by their proof alone."""


@exclusive
def check_claim(
    claim: object,
    law: Law | Optimum | Laws | JointLaw,
    assuming: object = (),
    *,
    notation: str | Notation | Mapping[str | Symbol, object] | None = None,
) -> Verdict:
    r"""Whether ``claim`` is what the ``law`` says: HOLDS, FAILS or UNDECIDED, where, and what is right.

    Parameters
    ----------
    claim : text in the syntax of `asymptotics.parsing`, LaTeX, or a SymPy expression. Without the resource it
        is the exponent p of ``resource**(-p)``; with it a leading term (`asymptotics.claims.statement` has
        the rule, and the meaning of =, \sim, \propto, \Theta, O). Dimensionless, as all here.
    law : a law of `derive`, or an optimum of `compute_optimal` (then about its loss, or the resource that the
        left side names: ``t ~ C**(b/(b + 1))``, ``N ~ t**(1/b)``). All laws, or a joint law, for a sum of
        bottlenecks ``t**-s + N**-p``, of which each term is judged by itself.
    assuming : relations between the parameters, SymPy's or text, under which alone it is judged.
    notation : what letters of the claim and of ``assuming`` mean in those of the law, such as
        ``{"alpha": b, "r": "(a - 1)/(2*b)", "n": P}``, by name and all at once; or a notation of
        `asymptotics.notation`, by its arXiv number.

    Decided on every regime of the law by exact signs of differences of exponents. A failure comes with a
    rational witness, at which the law was derived again with numbers. Raises `ParseError` for what cannot be
    read and `DomainError` for assumptions that contradict the law.

    >>> from asymptotics import derive, power_law
    >>> from asymptotics.symbols import a, b
    >>> verdict = check_claim(r"N^{-\min\{a-1,2b\}}", derive(power_law(a, b)).model)
    >>> print(verdict.headline)
    FAILS where a - 1 > b: exponent, N**(-Min(2*b, a - 1)) claimed, N**(-b) correct
    >>> print(verdict.witness)
    at a = 3, b = 3/2: claimed N**(-2), correct N**(-3/2)
    >>> verdict.right_for
    ('laws.bias_model (loss of the predictor averaged over initialisations, limited by model size)',)
    """
    if isinstance(law, Laws | JointLaw):
        return _of_sum(claim, law if isinstance(law, Laws) else Laws(task=law.task), assuming, notation)
    if not isinstance(law, Law | Optimum):
        raise DomainError(
            f"law is a {type(law).__name__}; pass a law such as derive(task).model, or an optimum"
        )
    subject = of_law(law) if isinstance(law, Law) else of_optimum(law)
    meaning = _meaning(notation)
    letters = _apart_from_loss(meaning)
    known = {s.name: s for s in (*subject.letters, *subject.parameters, subject.resource)}
    signs = signs_of(law, _letters(notation)) if isinstance(law, Law) and isinstance(claim, str) else {}
    statement = read_claim(claim, {**known, **letters}, signs)
    if isinstance(law, Optimum):
        subject = _line(law, statement, meaning)
    known_letters = {*subject.letters, *subject.parameters, subject.resource}
    statement = without_free_constants(statement, known_letters, {subject.resource})
    _refuse_strangers(statement, subject, meaning)
    parameters = {s.name: s for s in subject.parameters}
    given = (*one_or_many(assuming, "assuming"), statement.condition)
    cells = assume(subject.domain, read_assumptions(given, {**parameters, **letters}))
    judge = Judge(statement=statement, subject=subject, work=Work(STEPS))
    outcomes = _confirm(judge, judge.outcomes(cells))
    return replace(_verdict(judge, cells, outcomes), letters=tuple(meaning.items()))


def _of_sum(
    claim: object,
    laws: Laws,
    assuming: object,
    notation: str | Notation | Mapping[str | Symbol, object] | None,
) -> Verdict:
    meaning = _apart_from_loss(_meaning(notation))
    letters = {s for law in laws for s in (*law.parameters, *law.task.parameters, law.resource)}
    statement = read_claim(claim, {**{s.name: s for s in letters}, **meaning})
    parameters = {s.name: s for s in laws.task.parameters}
    given = (*one_or_many(assuming, "assuming"), statement.condition)
    signs = {">": Gt, ">=": Ge, "==": Eq}
    assumed = [signs[sign](f, 0) for sign, f in read_assumptions(given, {**parameters, **meaning})]
    return check_sum(
        without_free_constants(statement, letters, {law.resource for law in laws}),
        laws,
        lambda part, law: check_claim(part, law, assumed),
    )


def _letters(notation: str | Notation | Mapping[str | Symbol, object] | None) -> Notation:
    return notation_of(notation) if isinstance(notation, str | Notation) else OURS


def _meaning(notation: str | Notation | Mapping[str | Symbol, object] | None) -> dict[str, Expr]:
    """What the letters of a claim stand for, by name."""
    if isinstance(notation, str | Notation):
        chosen = notation_of(notation)
        loss = re.fullmatch(r"\\mathcal\{(\w)\}", chosen.loss)
        # the loss has a name of its own, unless that is a letter of something else
        return ({loss[1]: LOSS} if loss else {}) | chosen.meanings
    return {
        str(letter): exact(meant, str(letter)) for letter, meant in mapping_of(notation, "notation").items()
    }


def _apart_from_loss(meaning: Mapping[str, Expr]) -> dict[str, Expr]:
    """The letters of expressions: one of the loss, as P for its \\mathcal{P}, may be a resource there."""
    return {letter: meant for letter, meant in meaning.items() if meant != LOSS}


def _line(optimum: Optimum, statement: Statement, meaning: Mapping[str, Expr]) -> Subject:
    """The line of an optimum that the left side names, else the loss; by the resource on the right side."""
    name = statement.subject.split("_")[0]
    named = (symbol for symbol in optimum.free if str(meaning.get(name, name)) == symbol.name)
    key: Symbol | str = next(named, "loss")
    by = [x for x in optimum.free if x != key and statement.expression.has(x)]
    relates = len(by) == 1 and not statement.expression.has(C)
    return of_optimum(optimum, key, by[0] if relates else C)


def _refuse_strangers(statement: Statement, subject: Subject, meaning: Mapping[str, Expr]) -> None:
    resource = subject.resource.name
    if isinstance(subject.source, Law):
        inside = _apart_from_loss(meaning)
        letters = [str(inside.get(letter, letter)) for letter in statement.arguments]
        named = [letter for letter in letters if letter in RESOURCES]
        if named and resource not in named:
            raise DomainError(
                f"the claim {statement.claim} is about a law in {', '.join(named)}, {subject.name} is in "
                f"{resource}; pass the other law"
            )
        name = str(meaning.get(statement.subject, statement.subject))
        if name in ("N", "P", "C") or (name == "t" and resource == "t"):
            raise DomainError(
                f"the left side of {statement.claim} is {statement.subject}; {subject.name} is about "
                f"{subject.symbol}, which it should name"
            )
    allowed = {*subject.letters, *subject.parameters, subject.resource}
    for symbol in sorted(statement.expression.free_symbols - allowed, key=lambda s: s.name):
        known = ", ".join(s.name for s in sorted(allowed, key=lambda s: s.name))
        raise statement.refuse(symbol.name, f"the letters of {subject.name} are {known}")


def _confirm(judge: Judge, outcomes: list[Outcome]) -> list[Outcome]:
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


def _verdict(judge: Judge, cells: tuple[Cell, ...], outcomes: list[Outcome]) -> Verdict:
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
        conditions=cells[0].base.conditions(),
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
    shown = {UPPER: f" = O({claimed})", LOWER: f" = Omega({claimed})"}.get(
        statement.relation, f" ~ {claimed}"
    )
    meaning = MEANING[statement.relation]
    if statement.relation == STATED and not _writes_constant(judge, statement.expression):
        meaning = "the leading power, no constant stated"
    soft = ", up to logarithms" if statement.soft else ""
    return f"{subject.symbol}{shown}, {meaning}{soft}{statement.freely} ({subject.words})"


def _writes_constant(judge: Judge, claimed: Expr) -> bool:
    if isinstance(claimed, Piecewise):
        return any(_writes_constant(judge, branch) for branch, _ in claimed.args)
    settings = dict.fromkeys(judge.subject.letters, 1)
    for parameter in judge.subject.parameters:
        settings.pop(parameter, None)
    factors = Mul.make_args(powsimp(claimed.xreplace(settings)))
    return any(not factor.has(judge.subject.resource) for factor in factors if factor != 1)


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
    for piece in subject.pieces:
        if piece.doubt and any(judge.within(cell, piece) is not None for cell in cells if not cell.is_number):
            yield f"where {plain(piece.condition)}: {piece.doubt}" if piece.condition != true else piece.doubt
    if statement.remainder:
        yield "the order of the remainder is not judged; state it as a claim O(...) about what is left"
    yield from _exact_sides(outcomes)
    loose = [o for o in outcomes if o.note == "not tight"]
    if loose:
        where = "; ".join(str(r) for r in _regions(judge, loose, HOLDS))
        yield f"as a bound it is not tight {where}"


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
        exact = ", ".join(map(str, sides))
        yield f"decimals are compared to the digits that are written; exact is {exact}"


def _right_for(judge: Judge, cells: tuple[Cell, ...]) -> tuple[str, ...]:
    """Other quantities of the same task in the same resource for which the claim is right."""
    found = []
    for other in judge.subject.others():
        try:
            same = replace(judge, subject=other, work=Work(SEARCH))
            there = tuple(part for cell in cells if (part := cell.inside(other.domain)) is not None)
            points = list(there[0].points(other.parameters, 2)) if there else []
            if any(o.status == FAILS for point in points for o in same.outcomes((there[0].at(point),))):
                continue  # most are refuted by a point, at less cost than by cells
            outcomes = same.outcomes(there)
        except UnableError:
            continue
        if outcomes and all(o.status == HOLDS or o.is_wall for o in outcomes):
            found.append(f"{other.name} ({other.words})")
    return tuple(found)
