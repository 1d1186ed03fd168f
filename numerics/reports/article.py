"""A dossier as a LaTeX article: laws, allocation, verification, derivations, references.

figures(dossier)                   the figures beside it, by file name
article(dossier, names, notation)  the text
"""

from __future__ import annotations

from collections.abc import Collection

from matplotlib.figure import Figure

from asymptotics import Law
from asymptotics.allocation.optimum import Optimum
from asymptotics.derivation.step import Step
from asymptotics.derivation.text import break_lines, escape_latex, sides, tex_of
from asymptotics.display import tex
from asymptotics.notation import Notation
from asymptotics.notation import notation as named
from numerics.figures.allocation import phase_diagram
from numerics.reports.content import Dossier
from numerics.reports.latex import (
    OWN,
    capital,
    conditions_of,
    equations,
    law_fields,
    phase_table,
    to_figure,
    verification_table,
)
from numerics.reports.latex import setting as setting_of
from numerics.reports.templating import fill_tex

LAWS_A_FIGURE = 4


def figures(dossier: Dossier) -> dict[str, Figure]:
    """The figures of the article by file name: the phase diagram, and the verification, four laws each."""
    found: dict[str, Figure] = {}
    diagram = phase_diagram(dossier.optimum)
    if diagram is not None:
        found["phases.pdf"] = diagram
    rows = () if dossier.report is None else dossier.report.rows
    for i in range(0, len(rows), LAWS_A_FIGURE):
        assert dossier.report is not None
        part = rows[i : i + LAWS_A_FIGURE]
        found[f"verification-{i // LAWS_A_FIGURE + 1}.pdf"] = to_figure(dossier.report, rows=part, across=2)
    return found


def article(dossier: Dossier, names: Collection[str], notation: str | None = None) -> str:
    """The article in LaTeX; ``names`` are the figure files beside it. Raises what `law.derivation` does."""
    letters = named(notation or OWN)
    return fill_tex(
        "article.tex",
        {
            "setting": setting_of(dossier.task, letters),
            "source": letters.source,
            "meaning": equations(letters.inverse),
            "laws": [law_fields(law, notation) for law in dossier.laws],
            "refused": dossier.refused,
            "optimum": None if dossier.optimum is None else _allocation(dossier.optimum, notation),
            "no_optimum": dossier.no_optimum,
            "verification": None if dossier.report is None else verification_table(dossier.report),
            "values": equations(dossier.values.items()),
            "names": sorted(names),
            "derivations": [_derivation(law, letters) for law in dossier.laws],
        },
    )


def _allocation(optimum: Optimum, notation: str | None) -> dict[str, object]:
    letters, rows = phase_table(optimum, notation)
    words = {True: "proved", False: "not decided"}
    return {
        "cost": f"C = {tex(optimum.cost)}",
        "heads": ["phase", *(f"${x}$" for x in letters), "$L$", "balance"],
        "rows": [[f"${cell}$" if cell else "everywhere" for cell in row] for row in rows],
        "disjoint": words[bool(optimum.proof.disjoint)],
        "covering": words[bool(optimum.proof.covering)],
    }


def _derivation(law: Law, letters: Notation) -> dict[str, object]:
    """Every step: a sentence with its source, and the equation."""
    derivation = law.derivation
    title = escape_latex(capital(derivation.title)).replace("= oo", r"= $\infty$")
    return {"title": title, "steps": [_step(step, letters) for step in derivation]}


def _step(step: Step, letters: Notation) -> dict[str, str]:
    shown = letters.restate_step(step)
    left, relation, right = sides(shown)
    lines = break_lines(shown, right)
    whole = f"{left} {relation} {right}"
    if len(lines) > 1:
        rows = r" \\ & ".join(lines)
        whole = rf"\begin{{aligned}} {left} {relation} {{}}& {rows} \end{{aligned}}"
    return {
        "reason": tex_of(step.reason),
        "source": step.source,
        "conditions": conditions_of((step.condition,), letters),
        "formula": whole,
    }


__all__ = ["article", "figures"]
