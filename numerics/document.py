"""A verification as a LaTeX article, and as a figure."""

from __future__ import annotations

import mpmath
import sympy
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from sympy import Expr, oo

from numerics.report import HEADER, Report, Row, exponent_text

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")  # Okabe & Ito: told apart by colour-blind readers
MARKERS = ("o", "s", "^", "D")

PREAMBLE = r"""\documentclass{article}
\usepackage[a4paper,margin=25mm]{geometry}
\usepackage{amsmath}
\usepackage{graphicx}
\setlength{\parindent}{0pt}
% Whatever is wider than the page is scaled down to it.
\newsavebox{\wide}
\newcommand{\fitted}[1]{\sbox{\wide}{#1}%
  \ifdim\wd\wide>\linewidth\resizebox{\linewidth}{!}{\usebox{\wide}}\else\usebox{\wide}\fi}
\begin{document}
"""


def to_tex(report: Report) -> str:
    """A complete article: the task, each law with its conditions, and the table of the verification."""
    task = report.task
    setting = [
        rf"\lambda_{{{task.index}}} = {sympy.latex(task.eigenvalues)}",
        rf"c_{{{task.index}}} = {sympy.latex(task.target)}",
    ]
    if task.noise != 0:
        setting.append(rf"\text{{label noise }} {sympy.latex(task.noise)}")
    lines = [
        PREAMBLE,
        r"\section*{Bottleneck laws}",
        r"Excess test loss $L$ of the random-feature model trained by gradient flow, for",
        r"\[ " + r",\quad ".join(setting) + r". \]",
        r"All quantities are dimensionless.",
        "",
    ]
    for row in report.rows:
        lines += _law(row)
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
        rf"\fitted{{{_table(report)}}}",
        r"\end{document}",
        "",
    ]
    return "\n".join(lines)


def _law(row: Row) -> list[str]:
    law = row.law
    quantity = law.quantity[0].upper() + law.quantity[1:]
    formula = law.to_latex().replace(r" \\ ", r" \\[2ex] ")  # room between the regimes
    limits = law.limits.replace("oo", r"\infty")
    conditions = ", ".join(sympy.latex(condition) for condition in law.conditions)
    return [
        rf"\subsection*{{{quantity} (${limits}$)}}",
        rf"\fitted{{$\displaystyle {formula}$}}",
        "",
        r"\smallskip" + (f" Conditions: ${conditions}$." if conditions else ""),
        "",
    ]


def _table(report: Report) -> str:
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
        return f"${text}$"
    if any(sign in text for sign in "<>="):
        for plain, typeset in ((" and ", r"\ \text{and}\ "), ("*", " "), (">=", r"\ge "), ("<=", r"\le ")):
            text = text.replace(plain, typeset)
        return f"${text}$"
    return text.replace("L/law", "$L/L_{\\text{law}}$").replace(" - 1", " $-$ 1")


def to_figure(report: Report) -> Figure:
    """For each law: loss against resource with the law over the exact points; beneath, the remainder."""
    count = len(report.rows)
    figure = Figure(figsize=(3.9 * count, 6.4), layout="constrained")
    axes = figure.subplots(2, count, squeeze=False, sharex="col", height_ratios=(3, 2))
    for i, row in enumerate(report.rows):
        colour, marker = COLOURS[i % len(COLOURS)], MARKERS[i % len(MARKERS)]
        draw_loss(axes[0, i], row, colour, marker)
        draw_remainder(axes[1, i], row, colour, marker)
    return figure


def draw_loss(axes: Axes, row: Row, colour: str, marker: str) -> Axes:
    """The exact losses as points, the leading term as a line, both axes logarithmic."""
    points = row.verification.points
    x = [float(point.resource) for point in points]
    axes.loglog(x, [float(point.law) for point in points], color="black", lw=1.2, label="law", zorder=1)
    axes.loglog(
        x,
        [float(point.loss.value) for point in points],
        marker,
        color=colour,
        ms=5,
        mfc="none",
        label="full model",
    )
    where = "" if row.regime == "everywhere" else f", {row.regime}"
    axes.set_title(f"{row.law.name}: {row.verification.verdict}{where}", fontsize="medium")
    axes.set_ylabel("excess test loss $L$ (dimensionless)")
    axes.legend(frameon=False)
    return axes


def draw_remainder(axes: Axes, row: Row, colour: str, marker: str) -> Axes:
    """``|L/law - 1|`` with the predicted slope; points below their own error are drawn as bounds."""
    v = row.verification
    seen = [p for p in v.points if abs(p.remainder) > p.remainder_error]
    bounded = [p for p in v.points if abs(p.remainder) <= p.remainder_error and p.remainder_error > 0]
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.plot(
        [float(p.resource) for p in seen],
        [float(abs(p.remainder)) for p in seen],
        marker,
        color=colour,
        ms=5,
        mfc="none",
        label="full model",
    )
    if bounded:
        axes.plot(
            [float(p.resource) for p in bounded],
            [float(p.remainder_error) for p in bounded],
            "v",
            color="0.5",
            ms=5,
            label="below the numerical error",
        )
    if seen and v.predicted not in (oo, sympy.nan):
        slope = mpmath.mpf(sympy.N(v.predicted, 20))
        last = seen[-1]
        guide = [float(abs(last.remainder) * (p.resource / last.resource) ** -slope) for p in seen]
        axes.plot(
            [float(p.resource) for p in seen],
            guide,
            "--",
            color="black",
            lw=1,
            label=f"predicted slope $-{_grouped(v.predicted)}$",
        )
    axes.set_xlabel(f"{_resource_words(row)} ${row.law.resource}$ (dimensionless)")
    axes.set_ylabel(r"$|L/L_{\mathrm{law}} - 1|$ (dimensionless)")
    axes.legend(frameon=False, fontsize="small")
    return axes


def _grouped(exponent: Expr) -> str:
    text = exponent_text(exponent)
    return text if exponent.is_Rational else f"({text})"


def _resource_words(row: Row) -> str:
    return row.law.quantity.removeprefix("test loss limited by ")
