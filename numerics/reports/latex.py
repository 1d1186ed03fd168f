"""A verification as a LaTeX article, and as a figure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from matplotlib.artist import Artist
from matplotlib.figure import Figure
from sympy import true
from sympy.logic.boolalg import Boolean
from sympy.printing.pretty.pretty_symbology import greek_letters

from asymptotics import Law, Task
from asymptotics.allocation.latex import amount
from asymptotics.allocation.optimum import Optimum
from asymptotics.derivation.text import escape_latex
from asymptotics.display import over_one
from asymptotics.domains.domain import conjuncts
from asymptotics.lines import width_of, wrapped
from asymptotics.notation import NOTATIONS, Notation, restate
from asymptotics.notation import notation as named
from asymptotics.typesetting import tex
from numerics.figures.curves import names_of
from numerics.figures.style import COLUMN, LABEL_SIZE, TICK_SIZE, columns_of, length_in_print, looks
from numerics.figures.verification import plot_verification
from numerics.reports.templating import fill_tex
from numerics.verification.summary import HEADER, Report, Row

OWN = next(iter(NOTATIONS))
LETTERS = 90
"""In a line of the article."""


def setting(task: Task, letters: Notation) -> list[str]:
    """The task in LaTeX, an equation a part."""
    parts = ((name, tex(letters.expression(value))) for name, value in task.formulas)
    return [f"{name} > 0" if name == shown else f"{name} = {shown}" for name, shown in parts]


def equations(pairs: Iterable[tuple[object, object]]) -> str:
    """``x = 1, y = 2`` in LaTeX."""
    return ", ".join(f"{tex(s)} = {tex(e)}" for s, e in pairs)


def conditions_of(conditions: Iterable[Boolean], letters: Notation) -> str:
    """What is to be satisfied, in LaTeX; empty for nothing."""
    shown = [letters.condition(condition) for condition in conditions]
    return r",\ ".join(tex(part) for c in shown for part in conjuncts(c) if part != true)


def to_tex(report: Report) -> str:
    """A complete article: the task, each law with its conditions, and the table of the verification."""
    return fill_tex(
        "laws.tex",
        {
            "setting": setting(report.task, named(OWN)),
            "laws": [law_fields(row.law) for row in report.rows],
            "values": equations(report.values.items()),
            "verification": verification_table(report),
        },
    )


def law_fields(law: Law, notation: str | None = None, width: int = LETTERS) -> dict[str, str]:
    """A law with its regimes and conditions, in the letters of ``notation``, for lines of ``width`` letters.

    ``wide`` is not empty where its regimes have no room in such a line.
    """
    shown = law if notation is None else law.restate(notation)
    rows = shown.latex_rows(width=width)
    return {
        "wide": "yes" if _width(rows[0].partition("&")[2]) > 1.3 * width else "",
        "words": escape_latex(capital(law.quantity)),
        "limits": limits_of(law),
        "formula": _displayed(rows, width),
        "conditions": conditions_of(law.conditions, named(notation or OWN)),
        "doubts": ". ".join(doubts_of(law)),
    }


def doubts_of(law: Law) -> list[str]:
    """What is not proved, as sentences with their conditions in LaTeX."""
    return [re.sub("for ([^<>=]*[<>=].*)$", _condition, capital(doubt)) for doubt in law.doubts]


LETTERS_OF_WORDS = {"sigma": "σ", "eta": "η", "rho": "ρ", "gamma": "γ", "oo": "∞"}


def plain_words(words: str) -> str:
    """Words with the letters in them as characters."""
    return re.sub(rf"\b({'|'.join(LETTERS_OF_WORDS)})\b", lambda found: LETTERS_OF_WORDS[found[1]], words)


def _condition(found: re.Match[str]) -> str:
    return "for " + " and ".join(f"${_formula(part)}$" for part in found[1].split(" and "))


def _displayed(rows: Iterable[str], width: int) -> str:
    """Rows of relations that may stand on two pages; fractions in full size, and room between."""
    first, *rest = ((left, right) for left, _, right in (row.partition("&") for row in _filled(rows, width)))
    parts = [*_beneath(*first, width), *rest]
    aside = max((width_of(left) for left, _ in parts if not left.startswith(BENEATH)), default=0)
    room = 0.96 - (aside + RELATION) / (1.1 * width)
    shown = (f"{left}&{_narrow(right, room, width)}" if right else left for left, right in parts)
    text = " \\\\\n".join(shown).replace("{cases}", "{dcases}").replace("\\\\\n", "\\\\[0.5ex]\n")
    text = re.sub(rf"^({re.escape(BENEATH)}.*\\\\)", r"\1*", text)  # no page ends here
    return wrapped(f"\\begin{{align*}}\n{text}\n\\end{{align*}}")


RELATION = 2
"""Letters of a sign of equality with what is around it."""
BENEATH = r"\MoveEqLeft"
"""How a row begins whose right side stands in the next one."""


def _beneath(left: str, right: str, width: int) -> list[tuple[str, str]]:
    """The first row, its right side beneath the left one where there is no room beside it."""
    relation, _, law = right.partition(" ")
    if width_of(left) < 0.14 * width or width_of(left) + _width(law) < 0.95 * width:
        return [(left, right)]
    return [(f"{BENEATH} {left} {relation}", ""), ("", law)]


def _width(formula: str) -> float:
    """The width of a formula, of cases that of the widest row."""
    body = re.sub(r"\\(begin|end)\{cases\}", "", formula)
    return max(width_of(row) for row in body.split("\\\\\n"))


def _filled(rows: Iterable[str], width: int) -> list[str]:
    """The rows, with definitions beside one another as far as there is room in the line."""
    found = list[str]()
    for row in rows:
        beside = found[-1] if found else ""
        both = _DEFINED.match(row) and _DEFINED.match(beside)
        if both and width_of(beside) + width_of(row) < 0.8 * width:
            found[-1] = rf"{beside},\qquad {row.replace('&', '', 1)}"
        else:
            found.append(row)
    return found


_DEFINED = re.compile(r"[A-Z](_\{\d+\})? &= ")


def _narrow(right: str, room: float, width: int) -> str:
    """The right side of a row; a long one is measured by TeX, and set smaller where it has no room."""
    opening, line = re.fullmatch(r"(=|\\quad|)\s*(.*)", right, re.DOTALL).groups()  # type: ignore[union-attr]
    if _width(line) < 0.6 * room * width:
        return right
    return rf"{opening} \fitted[{room:.2f}\linewidth]{{$\displaystyle {line}$}}"


def limits_of(law: Law) -> str:
    """What is infinite, in LaTeX."""
    return law.limits.replace("oo", r"\infty").replace("sigma", r"\sigma")


def capital(words: str) -> str:
    """The words as a sentence begins."""
    return words[0].upper() + words[1:]


def phase_table(optimum: Optimum, notation: str | None = None) -> tuple[list[str], list[list[str]]]:
    """The resources that are split, and a row for each phase and boundary: condition, exponents, balance."""
    phases, letters = (*optimum.phases, *optimum.boundaries), named(notation)
    rows = []
    for phase in phases if notation is None else restate(phases, notation):
        where = r",\ ".join(tex(part) for part in conjuncts(phase.condition) if part != true)
        powers = [amount(phase.row, key, letters) for key, _ in phase.powers]
        rows.append([where, *powers, r" \sim ".join(tex(over_one(x)) for x in phase.balance)])
    return [tex(letters.expression(x)) for x in optimum.free], rows


def verification_table(report: Report) -> tuple[list[str], list[list[str]]]:
    """Heads and rows of the verification."""
    return [_cell(text) for text in HEADER], [[_cell(text) for text in row.cells()] for row in report.rows]


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
    text = re.sub(r"\b(\w)_test\b", r"\1'", text)
    text = re.sub(r"\*\*\(?([\w/]+)\)?", r"^{\1}", text)
    text = re.sub(r"[A-Za-z]{2,}(?!\w)", lambda word: _name(word[0]), text)
    for plain, typeset in (("*", " "), (">=", r"\ge "), ("<=", r"\le ")):
        text = text.replace(plain, typeset)
    return text


def _name(word: str) -> str:
    """A word of a condition: a Greek letter, or text."""
    if word == "and":
        return r"\ \text{and}\ "
    if word == "oo":
        return r"\infty"
    return rf"\{word}" if word in {*greek_letters, *FUNCTIONS} else rf"\text{{{word}}}"


FUNCTIONS = ("log", "exp", "sin", "cos", "min", "max")
LAWS_ACROSS, WIDTH, PANEL_HEIGHT, ALONE = 3, 6.7, 1.65, 2.8
"""Panels in one row of the figure, and sizes in inches, as in print: of a row, a panel, a row alone."""
LONGEST = 18
"""Letters that have room beside a panel of a row alone; more are written smaller."""
MARGIN = 0.9
"""What a legend may take of the width."""


def to_figure(
    report: Report,
    rows: tuple[Row, ...] | None = None,
    across: int = LAWS_ACROSS,
    height: float = PANEL_HEIGHT,
) -> Figure:
    """For each law, or those of ``rows``: loss against resource, the law over the points; the remainder.

    A colour for each resource. The title says of which law all logarithms are drawn (`plot_verification`).
    """
    shown = report.rows if rows is None else rows
    count = len(shown)
    across = min(count, across)
    down = -(-count // across)
    width = max(COLUMN, WIDTH * min(across, LAWS_ACROSS) / LAWS_ACROSS)
    figure = Figure(figsize=(width, height * down if down > 1 else ALONE), layout="constrained")
    axes = figure.subplots(2 * down, across, squeeze=False, height_ratios=(3, 2) * down)
    for unused in range(count, across * down):
        axes[2 * (unused // across), unused % across].set_axis_off()
        axes[2 * (unused // across) + 1, unused % across].set_axis_off()
    resources = list(dict.fromkeys(row.law.resource for row in report.rows))
    look_of = dict(zip(resources, looks(len(resources)), strict=True))
    for i, row in enumerate(shown):
        look = look_of[row.law.resource]
        panel, residual = axes[2 * (i // across), i % across], axes[2 * (i // across) + 1, i % across]
        panel.sharex(residual)
        plot_verification(row.verification, panel, residual, look=look)
        told = (", " if across <= LAWS_ACROSS else ",\n") + "all logarithms"
        title = row.law.name + told * row.verification.all_logarithms
        panel.set_title(title, fontsize=LABEL_SIZE if across <= LAWS_ACROSS else TICK_SIZE - 1)
        panel.tick_params(labelbottom=False)
        quantity = names_of(row.verification)[1]
        if down > 1 or (i % across and quantity == "L"):
            panel.set_ylabel("")  # it is longer than low panels, or stands at the first
        panel.yaxis.label.set_size(min(LABEL_SIZE, LABEL_SIZE * LONGEST / length_in_print(quantity)))
        if i % across:
            residual.set_ylabel("")
        if across > LAWS_ACROSS:
            residual.set_xlabel(f"${row.law.resource}$", labelpad=0)
    _legend(figure)
    return figure


def _legend(figure: Figure) -> None:
    """One legend of all panels, below them."""
    handles: dict[str, Artist] = {}
    width = MARGIN * figure.get_size_inches()[0]
    for ax in figure.axes:
        legend = ax.get_legend()
        if legend is not None:
            legend.remove()
        for handle, label in zip(*ax.get_legend_handles_labels(), strict=True):
            handles.setdefault(label.partition(" $")[0].partition(",")[0], handle)
    figure.legend(
        list(handles.values()),
        list(handles),
        loc="outside lower center",
        ncols=columns_of(list(handles), width),
        frameon=False,
        fontsize=TICK_SIZE,
        handlelength=2.4,
        columnspacing=1.2,
    )
