"""The verdict on a claim: what was asked, what holds where, what is right where it fails, and a witness."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, Rational, Symbol, latex, true
from sympy.logic.boolalg import Boolean

from asymptotics.allocation import Optimum
from asymptotics.domain import plain
from asymptotics.law import Law

SHOWN = 6
"""So many failing regions are listed."""


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
class Witness:
    """A rational point at which a claim fails, with both sides there; exact.

    ``correct`` is derived again with these numbers, not substituted.
    """

    point: tuple[tuple[Symbol, Rational], ...]
    claimed: Expr
    correct: Expr

    @property
    def values(self) -> dict[Symbol, Rational]:
        """The point as a mapping, for ``at=``."""
        return dict(self.point)

    def __str__(self) -> str:
        place = ", ".join(f"{symbol} = {value}" for symbol, value in self.point)
        return (f"at {place}: " if place else "") + f"claimed {_shown(self.claimed)}, correct {_shown(self.correct)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The outcome of `check_claim`; ``str()`` begins with HOLDS, FAILS or UNDECIDED.

    Attributes
    ----------
    verdict : FAILS if the claim is wrong on an open part of the parameters; HOLDS if it is right on all of
        them, but for lines between regimes, listed in ``fails``; else UNDECIDED.
    claim, reading : the claim as given, and what it was taken for.
    about : the law or optimum it was compared with.
    conditions : those of the law and the assumptions, under which all is said.
    holds, fails, undecided : regions with each outcome.
    correct : the right expression on all of the domain (an exponent for an exponent, else a leading term).
    witness : a point at which it fails; None if it holds everywhere.
    right_for : other quantities of the same task for which the claim is right.
    notes : what else should be known.
    """

    verdict: str
    claim: str
    reading: str
    about: Law | Optimum
    conditions: tuple[Boolean, ...]
    holds: tuple[Region, ...]
    fails: tuple[Region, ...]
    undecided: tuple[Region, ...]
    correct: Expr
    witness: Witness | None
    right_for: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def everywhere(self) -> bool:
        """Whether it holds without exception."""
        return self.verdict == "HOLDS" and not self.fails and not self.undecided

    def __bool__(self) -> bool:
        return self.everywhere

    @property
    def headline(self) -> str:
        """The verdict in one line."""
        if self.verdict == "HOLDS":
            if self.everywhere:
                under = " and ".join(plain(c) for c in self.conditions)
                return "HOLDS everywhere" + (f" ({under})" if under else "")
            lines = [plain(region.condition) for region in (*self.fails, *self.undecided)]
            return f"HOLDS except on {'; '.join(lines)}" if any("and" in x for x in lines) else (
                "HOLDS where " + " and ".join(x.replace(" = ", " != ") for x in lines)
            )
        if self.verdict == "FAILS":
            open_parts = [region for region in self.fails if not region.is_wall] or list(self.fails)
            where = "; ".join(str(region) for region in open_parts[:SHOWN])
            more = f"; and {len(open_parts) - SHOWN} more" if len(open_parts) > SHOWN else ""
            return f"FAILS {where}{more}"
        return "UNDECIDED: " + "; ".join(
            f"{region.at_fault}" + ("" if region.condition == true else f" ({region})")
            for region in self.undecided[:SHOWN]
        )

    def __str__(self) -> str:
        lines = [self.headline, f"  read as: {self.reading}"]
        for region in self.fails[:SHOWN]:
            lines.append(f"  {region}: {region.at_fault} {_versus(region)}")
        if self.fails and self.holds and self.verdict == "FAILS":
            lines.append("  holds " + "; ".join(str(r) for r in self.holds if not r.is_wall or len(self.holds) == 1))
        if self.verdict == "FAILS":
            lines += [f"  undecided {region}: {region.at_fault}" for region in self.undecided[:SHOWN]]
            lines.append(f"  correct: {self.correct}")
        if self.witness is not None:
            lines.append(f"  witness: {self.witness}")
        if self.right_for:
            lines.append(f"  right for: {', '.join(self.right_for)}")
        lines += [f"  note: {note}" for note in self.notes]
        return "\n".join(lines)

    def _repr_latex_(self) -> str:
        return self.to_latex()

    def to_latex(self) -> str:
        """The verdict as text with formulas, for a paragraph."""
        parts = [rf"\textbf{{{self.verdict}}}"]
        parts += [_latex_region("fails", region) for region in self.fails[:SHOWN]]
        parts += [_latex_region("holds", region) for region in self.holds[:SHOWN]]
        if self.witness is not None:
            place = ",\\ ".join(f"{latex(s)} = {latex(v)}" for s, v in self.witness.point)
            sides = f"${latex(self.witness.claimed)}$ is claimed, ${latex(self.witness.correct)}$ is correct"
            parts.append((f"at ${place}$ " if place else "") + sides)
        return "; ".join(parts) + "."


def _latex_region(word: str, region: Region) -> str:
    where = "everywhere" if region.condition == true else rf"for ${latex(region.condition)}$"
    if word == "holds" or region.correct is None:
        return f"{word} {where}"
    return f"{word} {where}: the leading order is ${latex(region.correct)}$"


def _versus(region: Region) -> str:
    return f"{region.claimed} claimed, {region.correct} correct"


def _shown(side: Expr) -> str:
    """An exact value, with its decimals where it is a constant that has some."""
    if side.is_number and not side.is_Rational:
        return f"{side} = {side.evalf(10)}"
    return str(side)


__all__ = ["Region", "Verdict", "Witness"]
