"""Curves as small SVG panels with logarithmic axes, in the colours and letters of the page.

    panel(curves, height, name)    one panel as an ``<svg>`` element

What a curve looks like is said by the style sheet, by the role of the curve.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape

from numerics.figures.curves import Curve

WIDTH, LEFT, BOTTOM, EDGE = 300, 34, 17, 6
"""In units of the picture; a letter of the ticks is 10 high."""
LABELS = 7
"""How many ticks of an axis have a number, at most."""
MARKS = {"model": "m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0z", "bound": "m-3.5-3h7l-3.5 6.5z"}


def panel(curves: Sequence[Curve], height: int, name: str, across: tuple[float, float] | None = None) -> str:
    """The picture of ``curves``; ``across`` is the range of the abscissa if it is not that of the curves."""
    drawn = [[(x, y) for x, y in zip(c.x, c.y, strict=True) if x > 0 and y > 0] for c in curves]
    points = [point for curve in drawn for point in curve]
    if not points:
        return ""
    horizontal = Axis(across or [x for x, _ in points], LEFT, WIDTH - EDGE)
    vertical = Axis([y for _, y in points], height - BOTTOM, EDGE)
    pieces = [f'<path class=frame d="M{LEFT} {EDGE}V{height - BOTTOM}H{WIDTH - EDGE}V{EDGE}z"/>']
    for place, label in horizontal.ticks():
        pieces.append(f'<path class=tick d="M{place:g} {height - BOTTOM}v-4"/>')
        pieces.append(f'<text x="{place:g}" y="{height - BOTTOM + 13}" text-anchor=middle>{label}</text>')
    for place, label in vertical.ticks():
        pieces.append(f'<path class=tick d="M{LEFT} {place:g}h4"/>')
        pieces.append(f'<text x="{LEFT - 4}" y="{place + 3:g}" text-anchor=end>{label}</text>')
    for curve, pairs in zip(curves, drawn, strict=True):
        places = [(horizontal.place(x), vertical.place(y)) for x, y in pairs]
        if curve.role in MARKS:
            marks = "".join(f"M{x:g} {y:g}{MARKS[curve.role]}" for x, y in places)
            pieces.append(f'<path class={curve.role} d="{marks}"/>')
        else:
            line = "L".join(f"{x:g} {y:g}" for x, y in places)
            pieces.append(f'<path class={curve.role} d="M{line}"/>')
    return (
        f'<svg class=panel role=img aria-label="{escape(name)}" viewBox="0 0 {WIDTH} {height}">'
        f"{''.join(pieces)}</svg>"
    )


class Axis:
    """A logarithmic axis between two places of the picture."""

    def __init__(self, values: Iterable[float], first: float, last: float) -> None:
        logs = [math.log10(value) for value in values]
        room = max(0.05 * (max(logs) - min(logs)), 0.05)
        self.low, self.high = min(logs) - room, max(logs) + room
        self.first, self.last = first, last

    def place(self, value: float) -> float:
        """Where a value stands."""
        part = (math.log10(value) - self.low) / (self.high - self.low)
        return round(self.first + part * (self.last - self.first), 1)

    def ticks(self) -> list[tuple[float, str]]:
        """Places and labels: decades, or 1, 2, 5 where there are few of these."""
        decades = range(math.ceil(self.low), math.floor(self.high) + 1)
        if len(decades) > 1:
            step = -(-len(decades) // LABELS)
            shown = [n for n in decades if n % step == 0]
            return [(self.place(10.0**n), _power(n)) for n in shown]
        numbers = [(m, n) for n in range(decades.start - 1, decades.stop + 1) for m in (1, 2, 3, 5, 7)]
        inside = [(m, n) for m, n in numbers if self.low <= math.log10(m) + n <= self.high]
        return [(self.place(m * 10.0**n), _number(m, n)) for m, n in inside]


def _number(m: int, n: int) -> str:
    return f"{m * 10.0**n:g}" if -3 <= n <= 3 else f"{m}·{_power(n)}"


def _power(n: int) -> str:
    sign = "\N{MINUS SIGN}" if n < 0 else ""
    return f'10<tspan dy="-4" class=power>{sign}{abs(n)}</tspan>'
