"""A dossier as one self-contained page: MathML, inline SVG, no network; light, dark, and on paper.

Formulas are the LaTeX of the laws as MathML, which browsers typeset themselves. Figures take the colour of
the text, so that they read on a dark ground as well.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from html import escape
from importlib.metadata import version

import matplotlib
import sympy
from latex2mathml.converter import convert
from matplotlib.figure import Figure
from sympy import And, true
from sympy.logic.boolalg import Boolean
from sympy.printing.latex import LatexPrinter

from asymptotics import Law
from asymptotics.allocation.latex import entry
from asymptotics.derivation.text import html_reason, sides
from asymptotics.errors import UnableError
from asymptotics.notation import NOTATIONS, Notation, restated
from asymptotics.notation import notation as named
from asymptotics.tasks.task import Task
from numerics.figures.allocation import phase_diagram
from numerics.reports.content import Dossier
from numerics.reports.latex import setting, to_figure
from numerics.reports.page_style import SCRIPT, STYLE
from numerics.verification.summary import HEADER, Row

ABOUT = """<p>Excess test loss <i>L</i> of the random-feature model trained by gradient flow
(Bordelon, Atanasov &amp; Pehlevan, arXiv 2402.01092); the variance of the label noise itself is not
part of it. All quantities are dimensionless.</p>"""


LONGEST = 2000
"""How many characters of LaTeX the terms of an expansion have in a derivation, where more can be copied."""


def page(dossier: Dossier, notation: str | None = None) -> str:
    """The whole HTML document; formulas in the letters of ``notation``."""
    letters = named(notation or next(iter(NOTATIONS)))
    title = "Bottleneck laws for " + ", ".join(_plain_setting(dossier.task))
    body = [
        "<header>",
        "<h1>Bottleneck laws</h1>",
        "<p class=task>" + _math(r",\quad ".join(setting(dossier.task, letters))) + "</p>",
        ABOUT,
        *_letters(letters),
        "</header>",
        *_laws(dossier, notation, letters),
        *_allocation(dossier, notation),
        *_verification(dossier),
        *_derivations(dossier, letters),
        f"<footer>scaling-bottlenecks {version('scaling-bottlenecks')}"
        + (f": <code>{escape(' '.join(dossier.command))}</code>" if dossier.command else "")
        + "</footer>",
    ]
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en">\n<head>',
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<link rel="icon" href="data:,">',
            f"<title>{escape(title)}</title>",
            f"<style>{STYLE}</style>\n</head>\n<body>\n<main>",
            *body,
            f"</main>\n<script>{SCRIPT}</script>\n</body>\n</html>\n",
        ]
    )


def _math(latex: str, display: bool = False) -> str:
    """LaTeX as MathML."""
    shown: str = convert(latex, display="block" if display else "inline")
    shown = shown.replace("<mi>&#x0007E;</mi>", "<mo>&#x0223C;</mo>")
    return re.sub(r"<mi>(sin|cos|exp|log|min|max)</mi>", r'<mspace width="0.17em"/><mi>\1</mi>', shown)


def _formula(latex: str) -> str:
    """A displayed formula that scrolls by itself where it is wider than the page."""
    return f"<div class=formula tabindex=0 role=math>{_math(latex, display=True)}</div>"


def _copied(latex: str) -> str:
    """The LaTeX of a formula, folded, with a button that copies it."""
    return (
        "<details class=latex><summary>LaTeX</summary>"
        f"<button type=button>copy</button><pre><code>{escape(latex)}</code></pre></details>"
    )


def _plain_setting(task: Task) -> tuple[str, str]:
    return f"lambda_{task.index} = {task.eigenvalues}", f"c_{task.index} = {task.target}"


def _letters(letters: Notation) -> Iterator[str]:
    if letters.inverse:
        meaning = ", ".join(f"{sympy.latex(s)} = {sympy.latex(e)}" for s, e in letters.inverse)
        yield f"<p>Exponents in the letters of {escape(letters.source)}: {_math(meaning)}.</p>"


def _conditions(conditions: tuple[Boolean, ...], letters: Notation) -> str:
    shown = [letters.condition(condition) for condition in conditions]
    parts = [sympy.latex(part) for c in shown for part in And.make_args(c) if part != true]
    return _math(r",\ ".join(parts)) if parts else ""


def _laws(dossier: Dossier, notation: str | None, letters: Notation) -> Iterator[str]:
    yield "<section id=laws><h2>Laws</h2>"
    for law in dossier.laws:
        latex = law.to_latex(notation)
        yield f'<article id="law-{law.name}"><h3>{escape(_capital(law.quantity))}</h3>'
        limits = law.limits.replace("oo", r"\infty").replace("sigma", r"\sigma")
        conditions = _conditions(law.conditions, letters)
        yield f"<p class=limits><code>laws.{law.name}</code>, {_math(limits)}"
        yield (f"; for {conditions}" if conditions else "") + "</p>"
        yield _formula(latex)
        yield _copied(latex) + "</article>"
    for name, reason in dossier.refused:
        yield f"<p class=refused><code>laws.{escape(name)}</code> is not derived: {escape(reason)}</p>"
    yield "</section>"


def _allocation(dossier: Dossier, notation: str | None) -> Iterator[str]:
    yield "<section id=allocation><h2>Compute-optimal allocation</h2>"
    optimum = dossier.optimum
    if optimum is None:
        yield f"<p class=refused>Not derived: {escape(dossier.no_optimum)}</p></section>"
        return
    cost = _math(f"C = {sympy.latex(optimum.cost)}")
    yield f"<p>A growing budget {cost}, split so that the loss is smallest; the monomials of the loss that"
    yield "balance are in the last column.</p>"
    printer = LatexPrinter()
    phases = (*optimum.phases, *optimum.boundaries)
    heads = ["phase", *(_math(printer.doprint(x)) for x in optimum.free), "<i>L</i>", "balance"]
    yield _opening(heads)
    for phase in phases if notation is None else restated(phases, notation):
        where = r",\ ".join(printer.doprint(part) for part in And.make_args(phase.condition))
        cells = [_math(where) if phase.condition != true else "everywhere"]
        cells += [_math(entry(key, power, phase.logs[key], printer)) for key, power in phase.powers]
        cells.append(_math(r" \sim ".join(printer.doprint(x) for x in phase.balance)))
        yield "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
    yield "</table></div>"
    yield f"<p>{escape(_capital(str(optimum.proof)))}.</p>"
    yield _copied(optimum.to_latex(notation))
    diagram = phase_diagram(optimum)
    if diagram is not None:
        yield _figure(diagram, "phases", "Phases over the two parameters of the task.")
    yield "</section>"


def _opening(heads: list[str]) -> str:
    cells = "".join(f"<th scope=col>{head}</th>" for head in heads)
    return f"<div class=wide tabindex=0><table><tr>{cells}</tr>"


def _verification(dossier: Dossier) -> Iterator[str]:
    yield "<section id=verification><h2>Verification</h2>"
    report = dossier.report
    if report is None:
        missing = ", ".join(str(s) for s in dossier.task.parameters if s not in dossier.values)
        yield f"<p>Not compared with the full model: no number for {escape(missing)}.</p></section>"
        return
    values = ", ".join(f"{sympy.latex(s)} = {sympy.latex(v)}" for s, v in dossier.values.items())
    at = f" at {_math(values)}" if values else ""
    yield f"<p>Each law against the solution of the full model{at}, to {report.digits} digits. Exponents are"
    yield "those of the quantity and of its relative remainder, predicted, and measured with an error.</p>"
    yield _opening([escape(head) for head in HEADER])
    for row in report.rows:
        cells = "".join(f"<td>{escape(cell)}</td>" for cell in row.cells()[:-1])
        verdict = row.verification.verdict
        yield f"<tr>{cells}<td class={verdict.lower()}>{verdict}</td></tr>"
    yield "</table></div>"
    for row in report.rows:
        if row.verification.verdict != "HOLDS":
            yield f"<p class=refused>{row.law.name}: {escape(row.verification.reason)}</p>"
    yield "<div class=figures>"
    for row in report.rows:
        yield _row_figure(dossier, row)
    yield "</div></section>"


def _row_figure(dossier: Dossier, row: Row) -> str:
    assert dossier.report is not None
    words = f"{_capital(row.law.quantity)}: the law over the full model, and the relative remainder."
    return _figure(to_figure(dossier.report, rows=(row,)), f"verification-{row.law.name}", words)


def _derivations(dossier: Dossier, letters: Notation) -> Iterator[str]:
    yield "<section id=derivations><h2>Derivations</h2>"
    for law in dossier.laws:
        yield from _derivation(law, letters)
    yield "</section>"


def _derivation(law: Law, letters: Notation) -> Iterator[str]:
    try:
        derivation = law.derivation
    except UnableError as error:
        yield f"<p class=refused><code>laws.{law.name}</code>: {escape(str(error))}</p>"
        return
    yield f"<details><summary>{escape(_capital(law.quantity))}: {len(derivation)} steps</summary><ol>"
    for step in derivation:
        left, relation, right = sides(letters.restate_step(step), LONGEST)
        more = " All terms are in the LaTeX below." if right.endswith(r"\cdots") else ""
        where = "" if step.condition == true else f" For {_conditions((step.condition,), letters)}:"
        yield f"<li>{html_reason(step.reason, _math)} <cite>{escape(step.source)}</cite>{more}{where}"
        yield _formula(f"{left} {relation} {right}") + "</li>"
    yield f"</ol>{_copied(derivation.to_latex())}</details>"


def _figure(figure: Figure, name: str, caption: str) -> str:
    return f"<figure>{inline_svg(figure, name)}<figcaption>{escape(caption)}</figcaption></figure>"


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


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]


__all__ = ["inline_svg", "page"]
