"""A verification as a LaTeX article, and as a figure."""

from __future__ import annotations

import re

import sympy
from matplotlib.figure import Figure
from sympy.printing.pretty.pretty_symbology import greek_letters

from asymptotics import Law, Task
from asymptotics.notation import NOTATIONS, Notation
from asymptotics.notation import notation as named
from numerics.figures.style import COLUMN, LABEL_SIZE, looks
from numerics.figures.verification import plot_verification
from numerics.verification.summary import HEADER, Report, Row

OWN = next(iter(NOTATIONS))

FITTED = r"""% Whatever is wider than the page, or higher, is scaled down to it.
\newsavebox{\wide}
\newlength{\room}
\newcommand{\fitted}[2][\linewidth]{\setlength{\room}{#1}\sbox{\wide}{#2}%
  \ifdim\wd\wide>\room\sbox{\wide}{\resizebox{\room}{!}{\usebox{\wide}}}\fi
  \ifdim\dimexpr\ht\wide+\dp\wide>0.8\textheight
    \resizebox*{!}{0.8\textheight}{\usebox{\wide}}\else\usebox{\wide}\fi}
"""

PREAMBLE = (
    r"""\documentclass{article}
\usepackage[a4paper,margin=25mm]{geometry}
\usepackage{amsmath}
\usepackage{graphicx}
\setlength{\parindent}{0pt}
"""
    + FITTED
    + r"""\begin{document}
"""
)


def setting(task: Task, letters: Notation) -> list[str]:
    """The task in LaTeX, an equation a part."""
    parts = (
        (rf"\lambda_{{{task.index}}}", task.eigenvalues, None),
        (rf"c_{{{task.index}}}", task.target, None),
        (r"\sigma", task.noise, 0),
        (r"\text{multiplicity}", task.multiplicity, 1),
        ("M", task.modes, sympy.oo),
    )
    return [
        f"{name} = {sympy.latex(letters.expression(value))}" for name, value, plain in parts if value != plain
    ]


def to_tex(report: Report) -> str:
    """A complete article: the task, each law with its conditions, and the table of the verification."""
    lines = [
        PREAMBLE,
        r"\section*{Bottleneck laws}",
        r"Excess test loss $L$ of the random-feature model trained by gradient flow, for",
        r"\[ " + r",\quad ".join(setting(report.task, named(OWN))) + r". \]",
        r"All quantities are dimensionless.",
        "",
    ]
    for row in report.rows:
        lines += law_section(row.law)
    values = ", ".join(
        f"{sympy.latex(symbol)} = {sympy.latex(value)}" for symbol, value in report.values.items()
    )
    lines += [
        r"\section*{Verification}",
        r"Each law against the solution of the full model" + (f" at ${values}$" if values else "") + ".",
        r"Exponents are those of $L$ and of its relative remainder $L/L_{\text{law}} - 1$,",
        r"predicted and measured with an estimate of the error.",
        "",
        r"\medskip",
        r"\renewcommand{\arraystretch}{1.3}",
        rf"\fitted{{{verification_table(report)}}}",
        r"\end{document}",
        "",
    ]
    return "\n".join(lines)


def law_section(law: Law, notation: str | None = None) -> list[str]:
    """A heading, the law over its regimes, its conditions; in the letters of ``notation``."""
    quantity = law.quantity[0].upper() + law.quantity[1:]
    formula = law.to_latex(notation).replace(r" \\ ", r" \\[2ex] ")  # room between the regimes
    limits = law.limits.replace("oo", r"\infty").replace("sigma", r"\sigma")
    letters = named(notation or OWN)
    restated = (letters.condition(condition) for condition in law.conditions)
    conditions = ", ".join(sympy.latex(condition) for condition in restated if condition != sympy.true)
    return [
        rf"\subsection*{{{quantity} (${limits}$)}}",
        rf"\fitted{{$\displaystyle {formula}$}}",
        "",
        r"\smallskip" + (f" Conditions: ${conditions}$." if conditions else ""),
        "",
    ]


def verification_table(report: Report) -> str:
    """The rows of the verification as a ``tabular``."""
    rows = [" & ".join(_cell(text) for text in HEADER) + r" \\ \hline"]
    rows += [" & ".join(_cell(text) for text in row.cells()) + r" \\" for row in report.rows]
    return "\n".join(
        [rf"\begin{{tabular}}{{{'l' * len(HEADER)}}}", r"\hline", *rows, r"\hline", r"\end{tabular}"]
    )


def _cell(text: str) -> str:
    """Mathematics where it is mathematics: numbers, conditions, infinity."""
    if text == "oo":
        return r"$\infty$"
    mantissa, letter, power = text.partition("e")
    if letter and mantissa[-1:].isdigit() and power.lstrip("+-").isdigit():
        return rf"${mantissa} \times 10^{{{int(power)}}}$"
    if text[:1] in "-0123456789" and text != "-":
        return f"${_formula(text)}$"
    if any(sign in text for sign in "<>="):
        return f"${_formula(text)}$"
    text = text.replace("_", r"\_").replace("L/law", "$L/L_{\\text{law}}$")
    return text.replace(" - 1", " $-$ 1")


def _formula(text: str) -> str:
    """A condition or an exponent as SymPy prints it, in LaTeX."""
    text = re.sub(r"\*\*\(?([\w/]+)\)?", r"^{\1}", text)
    text = re.sub(r"[A-Za-z]{2,}(?!\w)", lambda word: _name(word[0]), text)
    for plain, typeset in (("*", " "), (">=", r"\ge "), ("<=", r"\le ")):
        text = text.replace(plain, typeset)
    return text


def _name(word: str) -> str:
    """A word of a condition: a Greek letter, or text."""
    if word == "and":
        return r"\ \text{and}\ "
    return rf"\{word}" if word in {*greek_letters, *FUNCTIONS} else rf"\text{{{word}}}"


FUNCTIONS = ("log", "exp", "sin", "cos", "min", "max")
LAWS_ACROSS = 4
"""Panels in one row of the figure."""


def to_figure(report: Report, rows: tuple[Row, ...] | None = None, across: int = LAWS_ACROSS) -> Figure:
    """For each law, or those of ``rows``: loss against resource, the law over the points; the remainder."""
    shown = report.rows if rows is None else rows
    count = len(shown)
    across = min(count, across)
    down = -(-count // across)
    figure = Figure(figsize=(COLUMN * across, 4.4 * down), layout="constrained")
    axes = figure.subplots(2 * down, across, squeeze=False, height_ratios=(3, 2) * down)
    for unused in range(count, across * down):
        axes[2 * (unused // across), unused % across].set_axis_off()
        axes[2 * (unused // across) + 1, unused % across].set_axis_off()
    for i, (row, look) in enumerate(zip(shown, looks(count), strict=True)):
        panel, residual = axes[2 * (i // across), i % across], axes[2 * (i // across) + 1, i % across]
        panel.sharex(residual)
        above, _ = plot_verification(row.verification, panel, residual, look=look)
        where = "" if row.regime == "everywhere" else f", {row.regime}"
        above.set_title(f"{row.law.name}: {row.verification.verdict}{where}", fontsize=LABEL_SIZE)
    return figure
