"""LaTeX of an allocation: one ``cases`` table of exponents, with the condition of each phase."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sympy import And, true
from sympy.printing.latex import LatexPrinter

from asymptotics.notation import restated
from asymptotics.symbols import C

if TYPE_CHECKING:
    from asymptotics.allocation.optimum import Optimum
    from asymptotics.allocation.phases import Phase


def latex_of(optimum: Optimum, notation: str | None = None) -> str:
    """LaTeX of the whole result, with SymPy's default settings, in the letters of ``notation``."""
    return table(optimum, LatexPrinter(), notation)


def table(optimum: Optimum, printer: Any, notation: str | None = None) -> str:
    """``(t, N, L) \\sim`` cases over the phases and their boundaries."""
    names = ", ".join([*(printer._print(x) for x in optimum.free), "L"])
    phases = (*optimum.phases, *optimum.boundaries)
    rows = [_row(phase, printer) for phase in (phases if notation is None else restated(phases, notation))]
    if len(rows) == 1 and not rows[0][1]:
        return rf"\left({names}\right) \sim {rows[0][0]}"
    cases = r" \\ ".join(rf"{body} & {condition}" for body, condition in rows)
    return rf"\left({names}\right) \sim \begin{{cases}} {cases} \end{{cases}}"


def one(phase: Phase, printer: Any) -> str:
    """One phase: ``(t, N, L) \\sim (...)``, and where it holds."""
    names = ", ".join("L" if key == "loss" else printer._print(key) for key, _ in phase.powers)
    body, condition = _row(phase, printer)
    return rf"\left({names}\right) \sim {body}" + (rf",\quad {condition}" if condition else "")


def _row(phase: Phase, printer: Any) -> tuple[str, str]:
    entries = ",\\; ".join(entry(phase, key, printer) for key, _ in phase.powers)
    if phase.condition == true:
        return rf"\left({entries}\right)", ""
    shown = r",\ ".join(printer._print(part) for part in And.make_args(phase.condition))
    return rf"\left({entries}\right)", rf"\text{{for }} {shown}"


def entry(phase: Phase, key: Any, printer: Any) -> str:
    """One power of C with its logarithm."""
    power = -phase.exponents[key] if key == "loss" else phase.exponents[key]
    logarithm = phase.logs[key]
    shown = "1" if power == 0 else printer._print(C) if power == 1 else rf"C^{{{printer._print(power)}}}"
    if logarithm == 0:
        return str(shown)
    over = "" if logarithm == 1 else rf"^{{{printer._print(logarithm)}}}"
    return rf"{shown} \log{over} C"


__all__ = ["entry", "latex_of", "one", "table"]
