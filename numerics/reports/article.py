"""A dossier as a LaTeX article: symbols, laws, allocation, verification, references; derivations on request.

figures(dossier)                                the figures beside it, by file name
article(dossier, names, notation, derivations)  the text
"""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import groupby
from operator import itemgetter

from matplotlib.figure import Figure

from asymptotics import Law
from asymptotics.allocation.optimum import Optimum
from asymptotics.derivation.step import Step
from asymptotics.derivation.text import displayed, escape_latex, place, tex_of
from asymptotics.notation import Notation
from asymptotics.notation import notation as named
from asymptotics.symbols import C
from asymptotics.typesetting import tex
from numerics.figures.allocation import phase_diagram
from numerics.progress import counted
from numerics.reports.content import Dossier
from numerics.reports.latex import (
    OWN,
    equations,
    law_fields,
    phase_table,
    to_figure,
    verification_table,
)
from numerics.reports.latex import setting as setting_of
from numerics.reports.templating import fill_tex

COLUMN, PAGE = 50, 105
"""Letters in a line of a column, and of the page."""
ACROSS, ROWS_A_PAGE, HEIGHT = 5, 8, 1.04
"""Panels of a figure in one row, rows on a page, and the height of one in inches."""
SYMBOLS = (
    (r"\lambda_k", "eigenvalues of the kernel, $k = 1, 2, \\dots$", ""),
    (r"c_k", "power of the target in mode $k$", ""),
    ("t", "training time", ""),
    ("N", "model size, the number of features", ""),
    ("P", "number of training samples", ""),
    ("L", "excess test loss", ""),
    (r"\hat L", "train loss", r"\\hat L"),
    (r"\sigma", "standard deviation of the label noise", r"\\sigma"),
    ("B(N), V(N)", "bias and variance over initialisations; $B(P), V(P)$ over data", r"[BV]\([NP]\)"),
    ("t^*", "time of the smallest test loss", r"t\^\*"),
    (r"\eta, B", "learning rate and batch size of SGD", r"\\eta"),
    (r"[x^n] f", "coefficient of $x^n$ in $f$", r"\\left\["),
    ("C", "compute, $N t$", ""),
    (r"\Gamma, \zeta", "Euler's and Riemann's functions", r"\\(Gamma|zeta)"),
    (r"{{}_2F_1}", "Gauss's hypergeometric function", "F_"),
)
"""Symbol, meaning, and what is found in the laws that have it."""


def figures(dossier: Dossier) -> dict[str, Figure]:
    """The figures of the article by file name: the phase diagram, and the verification, a page each."""
    found: dict[str, Figure] = {}
    diagram = phase_diagram(dossier.optimum)
    if diagram is not None:
        found["phases.pdf"] = diagram
    rows = () if dossier.report is None else dossier.report.rows
    down = -(-len(rows) // ACROSS)
    pages = -(-down // ROWS_A_PAGE)
    for number in range(pages):
        assert dossier.report is not None
        first, last = (ACROSS * (down * i // pages) for i in (number, number + 1))
        part = rows[first:last]
        found[f"verification-{number + 1}.pdf"] = to_figure(
            dossier.report, part, min(ACROSS, len(rows)), HEIGHT
        )
    return found


def article(
    dossier: Dossier, names: Collection[str], notation: str | None = None, *, derivations: bool = False
) -> str:
    """The article in LaTeX; ``names`` are the figure files beside it. Raises what `law.derivation` does."""
    letters = named(notation or OWN)
    laws = [_fields(law, notation) for law in counted(dossier.laws, "laws written")]
    formulas = " ".join(law["formula"] for law in laws)
    return fill_tex(
        "article.tex",
        {
            "setting": setting_of(dossier.task, letters),
            "source": letters.source,
            "meaning": equations(letters.inverse),
            "symbols": [symbol[:2] for symbol in SYMBOLS if re.search(symbol[2], formulas)],
            "parts": [(bool(wide), list(part)) for wide, part in groupby(laws, itemgetter("wide"))],
            "refused": dossier.refused,
            "optimum": None if dossier.optimum is None else _allocation(dossier.optimum, notation),
            "no_optimum": dossier.no_optimum,
            "verification": None if dossier.report is None else verification_table(dossier.report),
            "values": equations(dossier.values.items()),
            "uncompared": dossier.uncompared,
            "missing": any(symbol not in dossier.values for symbol in dossier.task.parameters),
            "names": sorted(names),
            "derivations": [_derivation(law, letters) for law in dossier.laws if derivations],
        },
    )


def _fields(law: Law, notation: str | None) -> dict[str, str]:
    """The law for a column; one whose regimes are wider is set for the page."""
    narrow = law_fields(law, notation, COLUMN)
    return law_fields(law, notation, PAGE) | {"wide": "yes"} if narrow["wide"] else narrow


def _allocation(optimum: Optimum, notation: str | None) -> dict[str, object]:
    heads, rows = phase_table(optimum, notation)
    letters = named(notation)
    words = {True: "proved", False: "not decided"}
    return {
        "cost": f"{tex(letters.expression(C))} = {tex(letters.expression(optimum.cost))}",
        "heads": ["phase", *(f"${x}$" for x in heads), f"${letters.loss}$", "balance"],
        "rows": [[f"${cell}$" if cell else "everywhere" for cell in row] for row in rows],
        "disjoint": words[bool(optimum.proof.disjoint)],
        "covering": words[bool(optimum.proof.covering)],
    }


def _derivation(law: Law, letters: Notation) -> dict[str, object]:
    """Every step: a sentence with its source, and the equation."""
    derivation = law.derivation.restate(letters)
    title = escape_latex(derivation.title).replace("= oo", r"= $\infty$")
    return {"title": title, "steps": [_step(step) for step in derivation]}


def _step(step: Step) -> dict[str, str]:
    return {
        "reason": tex_of(step.reason),
        "source": step.source,
        "place": place(step.condition).tex,
        "formula": displayed(step),
    }
