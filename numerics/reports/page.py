"""A dossier as one self-contained page: MathML, inline SVG, no network; light, dark, and on paper.

Formulas are the LaTeX of the laws as MathML, which browsers typeset themselves. Figures take the colour of
the text, so that they read on a dark ground as well.

    page(dossier, notation)   the document
    inline_svg(figure, name)  a figure as part of it
"""

from __future__ import annotations

import io
import re
from html import escape
from importlib.metadata import version

import matplotlib
import sympy
from latex2mathml.converter import convert
from markupsafe import Markup
from matplotlib.figure import Figure

from asymptotics import Law
from asymptotics.allocation.optimum import Optimum
from asymptotics.derivation.step import Step
from asymptotics.derivation.text import html_reason, sides
from asymptotics.errors import UnableError
from asymptotics.notation import NOTATIONS, Notation
from asymptotics.notation import notation as named
from numerics.figures.allocation import phase_diagram
from numerics.reports.content import Dossier
from numerics.reports.latex import (
    capital,
    conditions_of,
    equations,
    limits_of,
    phase_table,
    setting,
    to_figure,
)
from numerics.reports.templating import fill_page
from numerics.verification.summary import HEADER

LONGEST = 2000
"""How many characters of LaTeX the terms of an expansion have in a derivation, where more can be copied."""


def page(dossier: Dossier, notation: str | None = None) -> str:
    """The whole HTML document; formulas in the letters of ``notation``."""
    letters = named(notation or next(iter(NOTATIONS)))
    task, report = dossier.task, dossier.report
    values = {
        "title": f"lambda_{task.index} = {task.eigenvalues}, c_{task.index} = {task.target}",
        "setting": r",\quad ".join(setting(task, letters)),
        "letters": letters,
        "meaning": equations(letters.inverse),
        "laws": [_law(law, notation, letters) for law in dossier.laws],
        "refused": dossier.refused,
        "optimum": None if dossier.optimum is None else _allocation(dossier.optimum, notation),
        "no_optimum": dossier.no_optimum,
        "report": report,
        "header": HEADER,
        "values": equations(dossier.values.items()),
        "missing": ", ".join(str(s) for s in task.parameters if s not in dossier.values),
        "drawn": lambda row: to_figure(report, rows=(row,)) if report else None,
        "capital": capital,
        "version": version("scaling-bottlenecks"),
        "command": " ".join(dossier.command),
    }
    return fill_page(values, math=_math, capital=capital, svg=_svg)


def _math(latex: str, display: bool = False) -> Markup:
    """LaTeX as MathML."""
    shown: str = convert(latex, display="block" if display else "inline")
    shown = shown.replace("<mi>&#x0007E;</mi>", "<mo>&#x0223C;</mo>")
    return Markup(
        re.sub(r"<mi>(sin|cos|exp|log|min|max)</mi>", r'<mspace width="0.17em"/><mi>\1</mi>', shown)
    )


def _svg(drawn: Figure, name: str) -> Markup:
    return Markup(inline_svg(drawn, name))


def _law(law: Law, notation: str | None, letters: Notation) -> dict[str, object]:
    shown: dict[str, object] = {
        "name": law.name,
        "words": capital(law.quantity),
        "limits": limits_of(law),
        "conditions": conditions_of(law.conditions, letters),
        "latex": law.to_latex(notation),
        "doubts": law.doubts,
        "refusal": "",
    }
    try:
        derivation = law.derivation
    except UnableError as error:
        return {**shown, "refusal": str(error)}
    steps = [_step(step, letters) for step in derivation]
    return {**shown, "steps": steps, "derivation": derivation.to_latex()}


def _step(step: Step, letters: Notation) -> dict[str, object]:
    left, relation, right = sides(letters.restate_step(step), LONGEST)
    return {
        "reason": Markup(html_reason(step.reason, _math)),
        "source": step.source,
        "cut": right.endswith(r"\cdots"),
        "conditions": conditions_of((step.condition,), letters),
        "latex": f"{left} {relation} {right}",
    }


def _allocation(optimum: Optimum, notation: str | None) -> dict[str, object]:
    split, rows = phase_table(optimum, notation)
    return {
        "cost": f"C = {sympy.latex(optimum.cost)}",
        "heads": ["phase", *map(_math, split), Markup("<i>L</i>"), "balance"],
        "rows": rows,
        "proof": capital(str(optimum.proof)),
        "latex": optimum.to_latex(notation),
        "diagram": phase_diagram(optimum),
    }


def inline_svg(figure: Figure, name: str) -> str:
    """The figure as an ``<svg>`` element in the colour of the text, its ids made unique by ``name``."""
    stream = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": name, "svg.fonttype": "path"}):
        figure.savefig(stream, format="svg", transparent=True, metadata={"Date": None})
    text = stream.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', text)
    text = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", text)
    text = re.sub(r'xlink:href="#([^"]+)"', rf'href="#{name}-\1"', text)
    text = re.sub(r'\s(width|height)="[\d.]+pt"', "", text, count=2)
    text = re.sub(r"#000000|\bblack\b", "currentColor", text)
    return text.replace("<svg ", f'<svg role="img" aria-label="{escape(name)}" fill="currentColor" ', 1)


__all__ = ["inline_svg", "page"]
