"""The verdict on a claim: what was asked, what holds where, what is right where it fails, and a witness."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sized
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from sympy import Add, Eq, Expr, Or, Piecewise, Rational, Symbol, true
from sympy.logic.boolalg import Boolean

from asymptotics.allocation.optimum import Optimum
from asymptotics.display import over_one, readable, shorten, text
from asymptotics.domains.domain import Domain, conjuncts, plain, reduce_condition
from asymptotics.errors import DomainError, UnableError, shown
from asymptotics.laws.derive import Laws, derive
from asymptotics.laws.growing import GrowingLaw
from asymptotics.laws.law import Law
from asymptotics.lines import aligned
from asymptotics.model.quantity import GAUSSIAN
from asymptotics.notation import NOTATIONS, OURS, Notation, notation, restate
from asymptotics.precision import exclusive_class
from asymptotics.tasks.records import check_same, content_of, record, written
from asymptotics.tasks.task import Task
from asymptotics.typesetting import Typeset, tex

SHOWN = 6
"""So many failing regions are listed."""
WIDEST = 160
"""Characters of one side beyond which a line on a region has its beginning alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A part of the parameters with one outcome there: ``claimed`` against ``correct``.

    ``at_fault``: exponent, logarithm or constant where it fails; what was tried where it is undecided.
    ``is_wall``: whether it is a line or surface between open parts.
    """

    condition: Boolean
    is_wall: bool
    claimed: Expr | None
    correct: Expr | None
    at_fault: str = ""

    def __str__(self) -> str:
        return "everywhere" if self.condition == true else f"where {plain(self.condition)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness(Mapping[Symbol, Rational]):
    """A rational point at which a claim fails, with both sides there; exact.

    A mapping of the parameters to their values, for `Law.at`; ``correct`` is derived again with these
    numbers, not substituted.
    """

    point: tuple[tuple[Symbol, Rational], ...]
    claimed: Expr
    correct: Expr

    def __getitem__(self, symbol: Symbol) -> Rational:
        return dict(self.point)[symbol]

    def __iter__(self) -> Iterator[Symbol]:
        return (symbol for symbol, _ in self.point)

    def __len__(self) -> int:
        return len(self.point)

    def __str__(self) -> str:
        place = ", ".join(f"{symbol} = {text(value)}" for symbol, value in self.point)
        return (
            f"at {place}: " if place else ""
        ) + f"claimed {side_text(self.claimed)}, correct {side_text(self.correct)}"

    def restate(self, letters: Notation) -> Witness:
        """The same in other letters, where the point gives all of them numbers."""
        theirs = tuple((letter, meant.xreplace(dict(self.point))) for letter, meant in letters.inverse)
        known = not any(value.free_symbols for _, value in theirs)
        others = tuple(pair for pair in self.point if pair[0] not in dict(letters.table))
        (sides,) = restate((replace(self, point=()),), letters)
        return replace(sides, point=(*theirs, *others) if known else self.point)


@exclusive_class
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Verdict(Typeset):
    """The outcome of `check_claim`; ``str()`` begins with HOLDS, FAILS or UNDECIDED.

    Attributes
    ----------
    verdict : FAILS if the claim is wrong on an open part of the parameters; HOLDS if it is right on all of
        them, but for lines between regimes, listed in ``fails``; else UNDECIDED.
    claim, reading : the claim as given, and what it was taken for.
    about, quantity : the law or optimum it was compared with, and which quantity of it, as L(N) or t.
    conditions : those of the law and the assumptions, under which all is said.
    holds, fails, undecided : regions with each outcome.
    correct : the right expression on all of the domain (an exponent for an exponent, else a leading term).
    witness : a point at which it fails; None if it holds everywhere.
    right_for : other quantities of the same task for which the claim is right.
    doubts : where it holds, places that are left out: the zeros of the prefactor, where another term leads.
    notes : what else should be known.
    letters : what letters of the claim stand for, by name.
    among : all laws, where the claim is about several; ``about`` is then the first that fails, or the first.
    told_in : the notation in whose letters it is printed, that of the claim; the attributes are in ours.
    """

    verdict: str
    claim: str
    reading: str
    about: Law | Optimum | GrowingLaw
    quantity: str
    conditions: tuple[Boolean, ...]
    holds: tuple[Region, ...]
    fails: tuple[Region, ...]
    undecided: tuple[Region, ...]
    correct: Expr
    witness: Witness | None
    right_for: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    letters: tuple[tuple[str, Expr], ...] = ()
    among: Laws | None = None
    told_in: Notation = OURS

    @property
    def everywhere(self) -> bool:
        """Whether it holds without exception."""
        return self.verdict == "HOLDS" and not (self.fails or self.undecided or self.doubts)

    def __bool__(self) -> bool:
        return self.everywhere

    @property
    def where(self) -> Boolean:
        """The condition under which it holds, beyond ``conditions``; true if everywhere, false if nowhere."""
        return Or(*(region.condition for region in self.holds))

    @property
    def headline(self) -> str:
        """The verdict in one line."""
        if self.verdict == "HOLDS":
            under = ", ".join(plain(c) for c in self.conditions)
            exceptions = [*self.fails, *self.undecided]
            where = [self._but_for(exceptions)] if exceptions else [] if self.doubts else ["everywhere"]
            shown = f" ({under})" if under and not exceptions else ""
            return "HOLDS " + ", and ".join((*where, *self.doubts)) + shown
        if self.verdict == "UNDECIDED" and not self.undecided:
            return f"UNDECIDED: {self.quantity} is not derived where " + ", ".join(
                map(plain, self.conditions)
            )
        if self.verdict == "UNDECIDED":
            return "UNDECIDED: " + "; ".join(f"{r.at_fault} ({r})" for r in self.undecided[:SHOWN])
        regions = [region for region in self.fails if not region.is_wall] or list(self.fails)
        if len(regions) == 1:
            return f"FAILS {regions[0]}: {_versus(regions[0])}"
        faults = {region.at_fault for region in regions}
        same = f": {faults.pop()}" if len(faults) == 1 else ""
        named = [str(region) if same else f"{region} ({region.at_fault})" for region in regions[:SHOWN]]
        return "FAILS " + "; ".join(named) + _more(regions) + same

    def headline_in(self, letters: str | Notation) -> str:
        """The same in the letters of another paper.

        >>> from asymptotics import check_claim, derive, power_law
        >>> verdict = check_claim(r"d^{-2\\alpha}", derive(power_law("a", "b")).model, notation="2405.15074")
        >>> verdict.headline_in("2405.15074")
        'FAILS where beta < 1/2: exponent, d**(-2*alpha) claimed, d**(-2*alpha - 2*beta + 1) correct'
        """
        return self.restate(letters).headline

    def restate(self, letters: str | Notation) -> Verdict:
        """All that it says of regions, sides and the witness, in the letters of a paper."""
        chosen = notation(letters)
        conditions = (chosen.condition(c) for c in self.conditions)
        return replace(
            self,
            reading=f"{self.reading}, in letters of this project" if chosen.name else self.reading,
            quantity=chosen.rename(self.quantity),
            conditions=tuple(c for c in conditions if c != true),
            holds=restate(self.holds, chosen),
            fails=restate(self.fails, chosen),
            undecided=restate(self.undecided, chosen),
            correct=None if self.correct is None else chosen.expression(self.correct),
            witness=None if self.witness is None else self.witness.restate(chosen),
            told_in=OURS,
        )

    @staticmethod
    def _but_for(exceptions: list[Region]) -> str:
        """``where a - 1 != b``; for several or longer conditions what is left out is named."""
        shown = [plain(region.condition) for region in exceptions]
        if len(shown) == 1 and " and " not in shown[0]:
            return "where " + shown[0].replace(" = ", " != ")
        return "except where " + "; where ".join(shown[:SHOWN]) + _more(shown)

    def to_dict(self) -> dict[str, Any]:
        """The claim, what it is about, the assumptions, and the verdict, as text for JSON."""
        about = self.about.to_dict()
        own = () if isinstance(self.about, Optimum) else self.about.conditions
        if self.among is not None:
            if self.among.student != GAUSSIAN:
                raise UnableError("claims about several laws of a student have no record; keep their text")
            about = record("laws", task=self.among.task.to_dict())
            own = tuple(c for law in self.among for c in law.conditions)
        told = self if self.told_in.name in NOTATIONS else replace(self, told_in=OURS)
        return record(
            "verdict",
            **({"notation": told.told_in.name} if told.told_in.name else {}),
            claim=self.claim,
            about=about,
            assuming=[_written(condition) for condition in self.conditions if condition not in own],
            letters={letter: written(meant) for letter, meant in self.letters},
            verdict=str(told),
        )

    @classmethod
    def from_dict(cls, found: Mapping[str, Any]) -> Verdict:
        """The verdict that `to_dict` wrote, judged again. Raises `DomainError` for a changed record.

        >>> from asymptotics import check_claim, derive, power_law
        >>> verdict = check_claim("t**-1", derive(power_law(3, 2)).time)
        >>> Verdict.from_dict(verdict.to_dict()) == verdict
        True
        """
        content = content_of("verdict", found, "claim", "about", "assuming", "letters")
        kinds: dict[str, Callable[..., Any]] = {
            "law": Law.from_dict,
            "optimum": Optimum.from_dict,
            "laws": _laws_of,
            "growing_law": GrowingLaw.from_dict,
        }
        kind = content["about"].get("kind") if isinstance(content["about"], Mapping) else None
        if kind not in kinds:
            raise DomainError(f"a verdict is about a law, laws or an optimum, not {shown(kind)}")
        # the judge makes verdicts, so that it is asked for by its name
        check_claim = import_module("asymptotics.claims.check").check_claim
        verdict = check_claim(
            content["claim"],
            kinds[kind](content["about"]),
            content["assuming"],
            notation=content.get("notation") or content["letters"] or None,
        )
        check_same(content, verdict.to_dict())
        return verdict

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        if self.told_in.name:
            return str(self.restate(self.told_in))
        lines = [self.headline, f"  read as: {self.reading}"]
        told = [f"  {region}: {_versus(region)}" for region in self.fails[:SHOWN]]
        lines += [line for line in told if line.strip() not in self.headline]
        if self.verdict == "FAILS":
            open_parts = [str(r) for r in self.holds if not r.is_wall] or [str(r) for r in self.holds]
            lines += [f"  holds {'; '.join(open_parts[:SHOWN])}{_more(open_parts)}"] if open_parts else []
            lines += [f"  undecided {region}: {region.at_fault}" for region in self.undecided[:SHOWN]]
            lines += _correct_lines(self.correct)
        if self.witness is not None:
            lines.append(f"  witness: {self.witness}")
        if self.right_for:
            lines.append(f"  right for: {', '.join(self.right_for)}")
        lines += [f"  note: {note}" for note in self.notes]
        return "\n".join(lines)

    def to_latex(self) -> str:
        r"""The verdict as one formula with ``\text{...}``: where it fails and holds, and the witness."""
        if self.told_in.name:
            return self.restate(self.told_in).to_latex()
        parts = [_latex_region("FAILS", region) for region in self.fails[:SHOWN]]
        parts += [_latex_region("HOLDS", region) for region in self.holds[:SHOWN]]
        parts += [_latex_region("UNDECIDED", region) for region in self.undecided[:SHOWN]]
        if self.witness is not None:
            place = ",\\ ".join(f"{tex(s)} = {tex(v)}" for s, v in self.witness.point)
            sides = _latex_sides(self.witness.claimed, self.witness.correct)
            parts.append((rf"\text{{at }} {place}:\ " if place else "") + sides)
        return aligned(parts if len(parts) == 1 else (f"&{part}" for part in parts))


ONE_LINE = 200
"""Characters of a line on what is correct, beyond which each value has its own."""


def _written(condition: Boolean) -> str:
    """A condition as it is read again."""
    return f"{condition.lhs} == {condition.rhs}" if isinstance(condition, Eq) else str(condition)


def _laws_of(found: Mapping[str, Any]) -> Laws:
    return derive(Task.from_dict(content_of("laws", found, "task")["task"]))


def _more(shown: Sized) -> str:
    return f"; and {len(shown) - SHOWN} more" if len(shown) > SHOWN else ""


def _latex_region(word: str, region: Region) -> str:
    where = r"\text{ everywhere}"
    if region.condition != true:
        parts = r",\ ".join(tex(part) for part in conjuncts(region.condition))
        where = rf"\text{{ for }} {parts}"
    text = rf"\text{{{word}}}{where}"
    if word != "FAILS" or region.claimed is None or region.correct is None:
        return text
    return rf"{text}:\ {_latex_sides(region.claimed, region.correct)}"


def _latex_sides(claimed: Expr, correct: Expr) -> str:
    return rf"{tex(claimed)} \text{{ claimed, }} {tex(correct)} \text{{ correct}}"


def _versus(region: Region) -> str:
    claimed, correct = (_cut(side_text(side)) for side in (region.claimed, region.correct))
    return f"{region.at_fault}, {claimed} claimed, {correct} correct"


def _cut(shown: str) -> str:
    """The beginning of a long side: the line on what is correct has the whole."""
    return shorten(shown, WIDEST)


def _correct_lines(side: Expr | None) -> list[str]:
    """What is correct, on one line where that is short; else a line for each value, with all its cases."""
    line = f"  correct: {side_text(side)}"
    if len(line) <= ONE_LINE or not isinstance(side, Piecewise):
        return [line]
    found: dict[str, list[str]] = {}
    for part, where in side.args:
        found.setdefault(side_text(part), []).append(plain(reduce_condition(where, Domain())))
    return ["  correct:", *(f"    {part} for {'; for '.join(cases)}" for part, cases in found.items())]


def side_text(side: Expr | None) -> str:
    """One side, and the same with its constant as a decimal where that is an irrational number.

    Of one with cases each has its condition.
    """
    if isinstance(side, Piecewise):
        cases = ((side_text(part), reduce_condition(where, Domain())) for part, where in side.args)
        return ", ".join(part if where == true else f"{part} for {plain(where)}" for part, where in cases)
    if isinstance(side, Add) and side.has(Piecewise):
        return " + ".join(
            f"({side_text(x)})" if isinstance(x, Piecewise) else side_text(x) for x in side.args
        )
    short, decimal = text(side), str(over_one(readable(side, 0)))
    return short if decimal == short else f"{short} = {decimal}"
