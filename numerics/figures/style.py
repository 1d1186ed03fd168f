"""One style for all figures: sizes for a paper column, colours and dashes that survive grey print.

Everything is set on the artists themselves, never on matplotlib's global settings, so that a figure looks the
same beside any other; `save` writes fonts as outlines that journals accept. All quantities are
dimensionless: labels carry no unit.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.rcsetup import cycler
from matplotlib.ticker import LogFormatterSciNotation, MaxNLocator, NullLocator, ScalarFormatter
from sympy import Symbol

from asymptotics.errors import DomainError, check_kind, shown
from asymptotics.parsing.numbers import exact
from numerics.outputs import publish

COLUMN = 3.4
"""Width of a column of a two-column paper, in inches."""
LABEL_SIZE, TICK_SIZE = 8.0, 7.0
"""In points, at the printed size."""
LINE_WIDTH, MARKER_SIZE = 1.2, 4.0
GREY = "0.45"

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Okabe & Ito (2008), told apart by colour-blind readers; without the yellow, which white paper swallows."""
DASHES: tuple[tuple[float, tuple[float, ...] | None], ...] = (
    (0, None),
    (0, (5, 1.5)),
    (0, (1.2, 1.2)),
    (0, (6, 1.5, 1.2, 1.5)),
    (0, (9, 2)),
)
OWN_AXES = {
    "axes.prop_cycle": cycler(color=COLOURS[:6]),
    "font.size": LABEL_SIZE,
    "xtick.labelsize": TICK_SIZE,
    "ytick.labelsize": TICK_SIZE,
    "xtick.direction": "in",
    "ytick.direction": "in",
    "xtick.top": True,
    "ytick.right": True,
    "lines.linewidth": LINE_WIDTH,
    "lines.markersize": MARKER_SIZE,
    "legend.frameon": False,
    "figure.constrained_layout.use": True,
}
"""Settings with which one's own figure looks like these: ``plt.rcParams.update(OWN_AXES)``."""
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">")
FORMATS = ("pdf", "svg", "png")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How one curve differs from the others: in colour, in dashes and in marker.

    >>> looks(3)[2].marker
    '^'
    """

    colour: str
    dashes: tuple[float, tuple[float, ...] | None]
    marker: str


def looks(number: int) -> tuple[Look, ...]:
    """That many looks, no two alike in colour and dashes, neighbours different in each.

    Raises `DomainError` for more than 35 curves, which no reader can tell apart.

    >>> [look.colour for look in looks(2)]
    ['#0072B2', '#D55E00']
    """
    # 7 colours and 5 dashes have no common divisor: their pairs repeat only after 35.
    most = len(COLOURS) * len(DASHES)
    if number > most:
        raise DomainError(f"{number} curves on one Axes; at most {most} can be told apart, split the figure")
    return tuple(
        Look(
            colour=COLOURS[i % len(COLOURS)],
            dashes=DASHES[i % len(DASHES)],
            marker=MARKERS[i % len(MARKERS)],
        )
        for i in range(number)
    )


def axis_symbols(x: Symbol | str, y: Symbol | str) -> tuple[Symbol, Symbol]:
    """The parameters along the axes, also by their names; raises `DomainError` for anything else.

    >>> axis_symbols("a", "b")
    (a, b)
    """
    across, up = exact(x, "x"), exact(y, "y")
    for name, symbol in (("x", across), ("y", up)):
        check_kind(symbol, Symbol, name, "give a parameter, a symbol or its name")
    return across, up


def axes_or_new(ax: Axes | None) -> Axes:
    """``ax`` itself, or the only Axes of a new figure as wide as a column; raises `DomainError`.

    >>> axes_or_new(None).get_figure().get_size_inches().tolist()
    [3.4, 2.8]
    """
    if ax is None:
        return Figure(figsize=(COLUMN, 2.8), layout="constrained").subplots()
    if not isinstance(ax, Axes):
        raise DomainError(
            f"ax = {shown(ax)} is not a matplotlib Axes; pass one, or leave ax out for a new figure"
        )
    return ax


def dress(ax: Axes, *, x: str | None = None, y: str | None = None) -> Axes:
    """Axis labels and ticks in the sizes of the style; a label that is None stays as it is.

    >>> dress(axes_or_new(None), x="time $t$").get_xlabel()
    'time $t$'
    """
    if x is not None:
        ax.set_xlabel(x, fontsize=LABEL_SIZE)
    if y is not None:
        ax.set_ylabel(y, fontsize=LABEL_SIZE)
    ax.tick_params(which="both", labelsize=TICK_SIZE, direction="in", top=True, right=True)
    for axis in (ax.xaxis, ax.yaxis):
        if axis.get_scale() == "log":
            axis.set_major_formatter(_LogFormatter())
            axis.set_minor_formatter(_LogFormatter())
    low, high = sorted(ax.get_ylim())
    if ax.get_yscale() == "log" and high < 2 * low:
        ax.yaxis.set_major_locator(MaxNLocator(3))  # no power of ten, and the digits of a logarithm collide
        ax.yaxis.set_minor_locator(NullLocator())
        ax.yaxis.set_major_formatter(ScalarFormatter(useOffset=False))
    return ax


class _LogFormatter(LogFormatterSciNotation):
    """0.2, 0.5, 1 where an axis spans less than two decades, and 10^n otherwise."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        text: str = super().__call__(x, pos)  # empty where matplotlib would leave the tick without a label
        assert self.axis is not None
        low, high = self.axis.get_view_interval()
        if text and low > 1e-3 and high < 100 * low and high < 1e4:
            return f"${number_text(x)}$"
        return text


def legend_above(ax: Axes) -> None:
    """The legend above the Axes, where no data can be, in as many columns as fit.

    >>> ax = axes_or_new(None)
    >>> lines = [ax.plot([1, 2], [1, n], label=f"$N = {n}$") for n in (8, 16)]
    >>> legend_above(ax)
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['$N = 8$', '$N = 16$']
    """
    labels = ax.get_legend_handles_labels()[1]
    if not labels:
        return
    columns = columns_of(labels, ax.get_window_extent().width / ax.figure.dpi)
    ax.legend(
        loc="lower left",
        bbox_to_anchor=(0.0, 1.0),
        borderaxespad=0.3,
        ncols=columns,
        frameon=False,
        fontsize=TICK_SIZE,
        handlelength=2.4,
        columnspacing=1.2,
    )


def columns_of(labels: Sequence[str], inches: float) -> int:
    """In how many columns a legend with these labels fits into a width.

    >>> columns_of(["law", "full model"], 3.4), columns_of(["law", "below the numerical error"], 1.5)
    (2, 1)
    """
    # A letter is a little over half as wide as high; a handle and its margins take the room of seven.
    letters = inches * 72 / (0.55 * TICK_SIZE)
    widths = [length_in_print(label) + 7 for label in labels]
    return next((n for n in range(len(labels), 1, -1) if _width(widths, n) <= letters), 1)


def legend_inside(ax: Axes) -> None:
    """The legend inside the Axes, where matplotlib finds most room; for few entries beside a plain curve.

    >>> ax = axes_or_new(None)
    >>> legend_inside(ax)
    >>> ax.get_legend() is None  # nothing that is named
    True
    """
    if ax.get_legend_handles_labels()[1]:
        ax.legend(loc="best", frameon=False, fontsize=TICK_SIZE, handlelength=2.4)


def number_text(number: float) -> str:
    r"""A number as TeX without its dollars; powers of ten where digits would pile up.

    >>> number_text(2048), number_text(1e12), number_text(2.5e-7), number_text(math.inf)
    ('2048', '10^{12}', '2.5 \\times 10^{-7}', '\\infty')
    """
    if math.isinf(number):
        return r"\infty" if number > 0 else r"-\infty"
    short = f"{number:.0e}" if abs(number) >= 1e5 and float(f"{number:.0e}") == number else f"{number:.7g}"
    mantissa, exponential, power = short.partition("e")
    if not exponential:
        return mantissa
    tens = f"10^{{{int(power)}}}"
    return tens if mantissa == "1" else rf"{mantissa} \times {tens}"


def save(figure: Figure, path: str | PathLike[str]) -> None:
    """Write the figure: vectors for ``.pdf``, ``.svg``, 300 dots per inch for ``.png``.

    Fonts are embedded as TrueType (type 42; printers and publishers refuse matplotlib's usual type 3) and no
    date is written, so that equal figures are equal files. The file appears whole or not at all. Raises
    `DomainError` for another ending, and where the file cannot be written.

    >>> save(axes_or_new(None).get_figure(), "figure.jpg")
    Traceback (most recent call last):
        ...
    asymptotics.errors.DomainError: 'figure.jpg' ends in '.jpg'; end it in .pdf, .svg or .png
    """
    place = Path(path)
    suffix = place.suffix.lower().removeprefix(".")
    if suffix not in FORMATS:
        raise DomainError(f"{str(path)!r} ends in '.{suffix}'; end it in .pdf, .svg or .png")
    publish(str(place.parent), {place.name: draw(figure, suffix)})


def draw(figure: Figure, suffix: str) -> bytes:
    """What `save` writes into a file with this ending.

    >>> draw(axes_or_new(None).get_figure(), "svg")[:5]
    b'<?xml'
    """
    metadata = {"pdf": {"CreationDate": None}, "svg": {"Date": None}}.get(suffix)
    stream = io.BytesIO()
    with matplotlib.rc_context({"pdf.fonttype": 42, "svg.hashsalt": "figure"}):
        figure.savefig(stream, format=suffix, dpi=300, metadata=metadata)
    return stream.getvalue()


def _width(widths: list[int], columns: int) -> int:
    """Of a legend with so many columns, each as wide as its widest entry, filled as matplotlib fills them."""
    return sum(int(column.max()) for column in np.array_split(np.array(widths), columns))


def length_in_print(label: str) -> int:
    """About how many letters a label takes, TeX commands counted as one.

    >>> length_in_print(r"|\\hat{L}(t)|")
    7
    """
    length, rest = 0, label.replace("$", "")
    while rest:
        head, rest = rest[0], rest[1:]
        if head == "\\":
            rest = rest.lstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
        length += head not in "{}^_"
    return length
