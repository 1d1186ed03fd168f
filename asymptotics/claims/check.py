"""`check_claim`: a hand derivation against a derived law."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import replace
from functools import partial

from sympy import Eq, Expr, Ge, Gt, Symbol
from sympy.logic.boolalg import Boolean

from asymptotics.allocation.optimum import Optimum
from asymptotics.claims.alternatives import joined, read_alternatives
from asymptotics.claims.assumptions import Empty, assume, read_assumptions
from asymptotics.claims.findings import confirm, verdict_of
from asymptotics.claims.free_constants import of_free_exponents, with_free_exponents, without_free_constants
from asymptotics.claims.joint_order import judge_early
from asymptotics.claims.judge import Judge
from asymptotics.claims.outcomes import Work
from asymptotics.claims.reading import read_claims, text_of
from asymptotics.claims.signs import signs_of
from asymptotics.claims.statement import Statement
from asymptotics.claims.subject import Subject, of_law, of_optimum
from asymptotics.claims.sums import check_sum, law_of_exponent, without_outer_powers
from asymptotics.claims.together import together
from asymptotics.claims.verdict import Verdict
from asymptotics.errors import DomainError
from asymptotics.laws.derive import Laws
from asymptotics.laws.early_loss import T
from asymptotics.laws.growing import GrowingLaw
from asymptotics.laws.joint import JointLaw
from asymptotics.laws.law import Law
from asymptotics.notation import OURS, Notation
from asymptotics.notation import notation as notation_of
from asymptotics.parsing.numbers import exact, mapping_of, one_or_many
from asymptotics.precision import exclusive
from asymptotics.symbols import C, N, t

RESOURCES = ("t", "N", "P", "C")
AXES = {"T", *RESOURCES}
LOSS = Symbol("L", positive=True)
STEPS_TIMES_STEP = "T = 2 eta n after n steps, where eta may fall with N"
STEPS = 120
"""A comparison that takes more steps is UNDECIDED."""


@exclusive
def check_claim(
    claim: object,
    law: Law | Optimum | Laws | JointLaw | GrowingLaw,
    assuming: object = (),
    *,
    notation: str | float | Notation | Mapping[str | Symbol, object] | None = None,
) -> Verdict:
    r"""Whether ``claim`` is what the ``law`` says: HOLDS, FAILS or UNDECIDED, where, and what is right.

    Parameters
    ----------
    claim : text in the syntax of `asymptotics.parsing`, LaTeX, or a SymPy expression. Without the resource it
        is the exponent p of ``resource**(-p)``; with it a leading term (`asymptotics.claims.reading` has
        the rule, and the meaning of =, \sim, \propto, \Theta, O). Several relations, ``t ~ C**x, N ~ C**y``,
        are judged one by one, and the verdict is the worst. Dimensionless, as all here.
    law : a law of `derive`, or an optimum of `compute_optimal` (then about its loss, or the resource that the
        left side names: ``t ~ C**(b/(b + 1))``, ``N ~ t**(1/b)``). All laws, or a joint law, for a sum of
        bottlenecks ``t**-s + N**-p``, of which each term is judged by itself; with a term in several
        resources the sum is judged as a whole, its constants where a term leads. A growing law, for a sum
        of powers of T and N at times before the last modes are learned.
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
    if isinstance(law, GrowingLaw):
        return _of_growing(claim, law, assuming, notation)
    if not isinstance(law, Law | Optimum):
        raise DomainError(
            f"law is a {type(law).__name__}; pass a law such as derive(task).model, or an optimum"
        )
    subject = of_law(law) if isinstance(law, Law) else of_optimum(law)
    meaning = meanings_of(notation)
    known = {s.name: s for s in (*subject.letters, *subject.parameters, subject.resource)}
    signs = signs_of(law, _letters(notation)) if isinstance(law, Law) and isinstance(claim, str) else {}
    statements = read_claims(claim, {**known, **_apart_from_loss(meaning)}, signs)
    found = tuple(_of_one(statement, law, subject, assuming, meaning) for statement in statements)
    conditions = [statement.condition for statement in statements]
    if len(set(conditions)) == len(conditions):  # cases: each is claimed where its condition holds
        found = (joined(dict(zip(conditions, found, strict=True))),)
    return _all_of(found, text_of(claim), meaning, _letters(notation))


def _of_one(
    statement: Statement, law: Law | Optimum, subject: Subject, assuming: object, meaning: Mapping[str, Expr]
) -> Verdict:
    """The verdict on one relation."""
    letters = _apart_from_loss(meaning)
    if isinstance(law, Optimum):
        subject = _line(law, statement, meaning)
    written = {str(meaning.get(name, name)) for name, _ in statement.places}
    if subject.resource.name in written and not statement.expression.has(subject.resource):
        statement = replace(statement, of_order_one=True)
    known_letters = {*subject.letters, *subject.parameters, subject.resource}
    statement = without_free_constants(statement, known_letters, {subject.resource})
    parameters = {s.name: s for s in subject.letters}
    given = (*one_or_many(assuming, "assuming"), statement.condition)
    statement, unknown = with_free_exponents(statement, known_letters, subject)
    _refuse_strangers(statement, subject, meaning)
    judge = Judge(statement=statement, subject=subject, work=Work(STEPS))
    alternatives = read_alternatives(given, {**parameters, **letters})
    verdicts = {}
    for condition, assumed in alternatives:
        with suppress(Empty) if len(alternatives) > 1 else nullcontext():
            cells = assume(subject.domain, assumed)
            verdicts[condition] = verdict_of(judge, cells, confirm(judge, judge.outcomes(cells)))
    if not verdicts:
        assume(subject.domain, alternatives[0][1])  # raises
    return of_free_exponents(joined(verdicts), unknown)


def _all_of(
    found: tuple[Verdict, ...], claim: str, meaning: Mapping[str, Expr], letters: Notation
) -> Verdict:
    """One verdict on all relations of a claim; it notes where a and b are ours beside ``letters``."""
    reading = "; ".join(one.reading for one in found)
    quantity = ", ".join(dict.fromkeys(one.quantity for one in found))
    verdict = together(claim, reading, quantity, found)
    ours = sorted({"a", "b"} & set(re.findall("[A-Za-z]+", claim)))
    own = letters.resources and not letters.inverse and ours
    note = f"{' and '.join(ours)} as in the task, eigenvalues k**-b and target k**-a; {letters.source}"
    notes = (*verdict.notes, note) if own else verdict.notes
    return replace(verdict, claim=claim, letters=tuple(meaning.items()), notes=notes, told_in=letters)


def _of_sum(
    claim: object,
    laws: Laws,
    assuming: object,
    notation: str | float | Notation | Mapping[str | Symbol, object] | None,
) -> Verdict:
    meaning = _apart_from_loss(meanings_of(notation))
    letters = {s for law in laws for s in (*law.parameters, *law.task.parameters, law.resource)}
    statements = read_claims(claim, {**{s.name: s for s in letters}, **meaning})
    parameters = {s.name: s for s in laws.task.parameters}
    resources = {law.resource for law in laws}
    signs = {">": Gt, ">=": Ge, "==": Eq}
    found = []
    for statement in statements:
        given = (*one_or_many(assuming, "assuming"), statement.condition)
        assumed = [signs[sign](f, 0) for sign, f in read_assumptions(given, {**parameters, **meaning})]
        plain = without_outer_powers(statement.in_letters(meaning), resources)
        plain = without_free_constants(plain, letters, resources)
        of_exponent = law_of_exponent(plain, laws)
        if of_exponent is None:
            found.append(check_sum(plain, laws, assumed, partial(_of_law, assumed=assumed)))
        else:
            found.append(check_claim(plain.expression, of_exponent, assumed))
    return replace(_all_of(tuple(found), text_of(claim), meaning, _letters(notation)), among=laws)


def _of_law(statement: Statement, law: Law, assumed: Sequence[Boolean]) -> Verdict:
    """The verdict on a relation whose letters are those of the law."""
    return _of_one(statement, law, of_law(law), assumed, {})


def _of_growing(
    claim: object,
    growing: GrowingLaw,
    assuming: object,
    notation: str | float | Notation | Mapping[str | Symbol, object] | None,
) -> Verdict:
    called = meanings_of(notation)
    meaning = _apart_from_loss(called)
    parameters = {s.name: s for s in growing.task.parameters}
    letters = {T, N, *parameters.values(), *growing.share.free_symbols}
    written = set(re.findall("[A-Za-z]+", text_of(claim))) if growing.share != 0 else set()
    steps = next((x for x, meant in meaning.items() if meant == t and x in written), "")
    meaning |= {steps: T} if steps else {}
    found = []
    for statement in read_claims(claim, {**{s.name: s for s in (*letters, t)}, **meaning}):
        plain = without_free_constants(statement.in_letters(meaning), {*letters, t}, (T, t, N))
        about = {*plain.arguments} & AXES
        if plain.over:
            raise DomainError(f"the claim {plain.claim} is a limit, of which L(T, N) has none; give an order")
        if about == {"N"} or about & {"P", "C"} or str(called.get(plain.subject, plain.subject)) in AXES:
            raise DomainError(f"the claim {plain.claim} is not about L(T, N); pass the law that it is about")
        time = t if growing.share == 0 and plain.expression.has(t) else T
        for stranger in sorted(plain.expression.free_symbols - (letters - {T}) - {time}, key=str):
            advice = "give a sum of powers of T, twice the time of gradient flow, and N"
            raise plain.refuse(stranger.name, advice)
        if not plain.expression.has(time, N):
            raise DomainError(f"the claim {plain.claim} has neither T nor N; give a sum of powers of them")
        alternatives = read_alternatives(
            (*one_or_many(assuming, "assuming"), plain.condition), {**parameters, **meaning}
        )
        signs = {">": Gt, ">=": Ge, "==": Eq}
        judged = {
            where: judge_early(plain, growing, time, [signs[sign](f, 0) for sign, f in assumed])
            for where, assumed in alternatives
        }
        found.append(joined(judged))
    verdict = _all_of(tuple(found), text_of(claim), meaning, _letters(notation))
    read = f"{steps} is read as {STEPS_TIMES_STEP}"
    return replace(verdict, notes=(*verdict.notes, read)) if steps else verdict


def _letters(notation: str | float | Notation | Mapping[str | Symbol, object] | None) -> Notation:
    return notation_of(notation) if isinstance(notation, str | float | Notation) else OURS


def meanings_of(notation: str | float | Notation | Mapping[str | Symbol, object] | None) -> dict[str, Expr]:
    """What the letters of a claim stand for, by name.

    >>> meanings_of("2203.15556")
    {'D': P}
    """
    if isinstance(notation, str | float | Notation):
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
    inside = _apart_from_loss(meaning)
    over = {str(inside.get(x, x)) for x in statement.over}
    # the limit over another resource is this law where the claim names both, as in \lim_N L(t, N) = t^-s
    held = {str(inside.get(x, x)) for x in statement.arguments} >= {resource, *over} and resource not in over
    if over - {resource} and not (held and statement.expression.has(subject.resource)):
        raise DomainError(
            f"the claim {statement.claim} is a limit over {', '.join(sorted(over))}, {subject.name} is in "
            f"{resource}; pass the other law"
        )
    if isinstance(subject.source, Law):
        letters = [str(inside.get(letter, letter)) for letter in statement.arguments]
        named = [letter for letter in letters if letter in RESOURCES]
        if named and resource not in named:
            raise DomainError(
                f"the claim {statement.claim} is about a law in {', '.join(named)}, {subject.name} is in "
                f"{resource}; pass the other law"
            )
        name = str(meaning.get(statement.subject, statement.subject))
        a_resource = name in RESOURCES
        if a_resource and not subject.symbol.startswith(name):
            raise DomainError(
                f"the left side of {statement.claim} is {statement.subject}; {subject.name} is about "
                f"{subject.symbol}, which it should name"
            )
    allowed = {*subject.letters, *subject.parameters, subject.resource}
    for symbol in sorted(statement.expression.free_symbols - allowed, key=lambda s: s.name):
        known = ", ".join(s.name for s in sorted(allowed, key=lambda s: s.name))
        raise statement.refuse(
            symbol.name,
            f"the letters of {subject.name} are {known}; say what it is, "
            f"notation={{'{symbol.name}': ...}} or --letters {symbol.name}=...",
        )
