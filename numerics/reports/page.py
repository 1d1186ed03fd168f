"""A dossier as self-contained pages: MathML, inline SVG, no network; light, dark, and on paper.

Formulas are the LaTeX of the laws as MathML, which browsers typeset themselves. Figures take the colour of
the text, so that they read on a dark ground as well.

    page(dossier, notation)                  the document
    derivation_page(dossier, law, notation)  the derivation of one of its laws, a page of its own
    inline_svg(figure, name)                 a figure as part of it
"""

from __future__ import annotations

import io
import re
from collections.abc import Collection
from html import escape
from importlib.metadata import version

import matplotlib
from markupsafe import Markup
from matplotlib.figure import Figure

from asymptotics import Law
from asymptotics.allocation.optimum import Optimum
from asymptotics.derivation.step import Step
from asymptotics.derivation.text import Reason, html_reason, place, sides
from asymptotics.laws.text import own_letters
from asymptotics.notation import NOTATIONS, Notation
from asymptotics.notation import notation as named
from asymptotics.symbols import WORDS, C
from asymptotics.typesetting import tex
from numerics.figures.allocation import phase_diagram
from numerics.figures.curves import curves_of, names_of
from numerics.progress import counted
from numerics.reports.content import Dossier
from numerics.reports.latex import (
    capital,
    conditions_of,
    doubts_of,
    equations,
    limits_of,
    phase_table,
    plain_words,
    setting,
)
from numerics.reports.mathml import mathml
from numerics.reports.panels import panel
from numerics.reports.templating import fill_page
from numerics.verification.summary import HEADER
from numerics.verification.verify import Verification

LETTERS = 100
"""In a line of a law."""
LONGEST = 2000
"""How many characters of LaTeX the terms of an expansion have in a derivation, where more can be copied."""


def page(dossier: Dossier, notation: str | None = None, derivations: Collection[str] = ()) -> str:
    """The whole HTML document; formulas in the letters of ``notation``.

    ``derivations`` names the laws with a page of their derivation beside it.
    """
    letters = named(notation or next(iter(NOTATIONS)))
    task, report = dossier.task, dossier.report
    values = {
        "title": f"lambda_{task.index} = {task.eigenvalues}, c_{task.index} = {task.target}",
        "setting": r",\quad ".join(setting(task, letters)),
        "letters": letters,
        "meaning": equations(letters.inverse),
        "laws": [_law(law, notation, letters) for law in counted(dossier.laws, "laws written")],
        "derivations": derivations,
        "refused": dossier.refused,
        "optimum": None if dossier.optimum is None else _allocation(dossier.optimum, notation),
        "no_optimum": dossier.no_optimum,
        "report": report,
        "uncompared": dossier.uncompared,
        "header": HEADER,
        "values": equations(dossier.values.items()),
        "missing": ", ".join(str(s) for s in task.parameters if s not in dossier.values),
        "picture": _picture,
        "plain_words": plain_words,
        "version": version("scaling-bottlenecks"),
        "command": " ".join(dossier.command),
    }
    return fill_page("page.html", values, math=_math, capital=capital, svg=_svg)


def derivation_page(dossier: Dossier, law: Law, notation: str | None = None) -> str:
    """The derivation of a law, every step with its reason. Raises what `law.derivation` does."""
    letters = named(notation or next(iter(NOTATIONS)))
    derivation = law.derivation.restate(letters)
    values = {
        "title": f"the derivation of laws.{law.name}",
        "law": _law(law, notation, letters),
        "steps": [_step(step) for step in derivation],
        "derivation": derivation.to_latex(),
        "version": version("scaling-bottlenecks"),
        "command": " ".join(dossier.command),
    }
    return fill_page("derivation.html", values, math=_math, capital=capital)


def _math(latex: str, display: bool = False) -> Markup:
    return Markup(mathml(latex, display=display))


def _svg(drawn: Figure, name: str) -> Markup:
    return Markup(inline_svg(drawn, name))


def _law(law: Law, notation: str | None, letters: Notation) -> dict[str, object]:
    return {
        "name": law.name,
        "words": plain_words(capital(law.quantity)),
        "limits": limits_of(law),
        "conditions": conditions_of(law.conditions, letters),
        "letters": [(tex(letters.expression(s)), WORDS[s]) for s in own_letters(law.parameters, law.task)],
        "latex": law.to_latex(notation, width=LETTERS),
        "doubts": [Markup(html_reason(Reason(doubt, doubt), _math)) for doubt in doubts_of(law)],
    }


def _picture(verification: Verification) -> dict[str, object]:
    """The two panels of a verification, and what stands at their axes."""
    above, beneath = curves_of(verification)
    resource, quantity = names_of(verification)
    xs = [x for curve in above for x in curve.x]
    slope = next((curve.label for curve in beneath if curve.role == "slope"), "")
    name = verification.law.name
    return {
        "above": Markup(panel(above, 150, f"{name}: the law over the full model")),
        "beneath": Markup(panel(beneath, 110, f"{name}: the relative remainder", (min(xs), max(xs)))),
        "resource": resource,
        "quantity": quantity,
        "slope": slope.partition("$")[2].rstrip("$"),
    }


def _step(step: Step) -> dict[str, object]:
    left, relation, right = sides(step, LONGEST)
    return {
        "reason": Markup(html_reason(step.reason, _math)),
        "source": step.source,
        "cut": right.endswith(r"\cdots"),
        "place": Markup(html_reason(place(step.condition), _math)),
        "latex": f"{left} {relation} {right}",
    }


def _allocation(optimum: Optimum, notation: str | None) -> dict[str, object]:
    split, rows = phase_table(optimum, notation)
    letters = named(notation)
    return {
        "cost": f"{tex(letters.expression(C))} = {tex(letters.expression(optimum.cost))}",
        "heads": ["phase", *map(_math, split), _math(letters.loss), "balance"],
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
