"""The map of bottlenecks as a picture: which resource resolves modes, and which part of the loss leads."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from sympy import latex

from asymptotics.laws.bottlenecks import bottleneck_map
from asymptotics.laws.derive import Laws
from asymptotics.parsing.numbers import exact
from asymptotics.symbols import l, n
from numerics.figures.allocation import Corner, draw_regions, region
from numerics.figures.style import TICK_SIZE, axes_or_new

WIDTH, HEIGHT = 0.021, 0.2
"""What a letter and three lines of a label take of the axes of a small figure."""


def plot_bottlenecks(
    laws: Laws, frame: Sequence[tuple[object, object]] = ((0, 2), (0, 4)), ax: Axes | None = None
) -> Axes:
    """The regions over n and l, ``N = P^n`` and ``rho = P^-l``, each with its bottlenecks and exponent.

    ``frame`` is ``((n0, n1), (l0, l1))``. Exact: polygons, not a sampled grid. Labels of narrow regions are
    numbers, told below the axes. The laws must be at numbers;
    raises `UnableError` where letters are left, and what `bottleneck_map` raises.

    >>> from asymptotics import derive, power_law
    >>> ax = plot_bottlenecks(derive(power_law(2, 3, noise=1)))
    >>> len(ax.texts), ax.get_ylabel()
    (5, '$l$')
    """
    parts = [(one, region(one, n, l, frame)) for one in bottleneck_map(laws)]
    polygons: list[tuple[tuple[Corner, ...], str]] = []
    keys: list[str] = []
    for one, corners in parts:
        words = (
            f"{one.resolution}:",
            one.term,
            f"$L \\sim P^{{{latex(-one.exponent, fold_short_frac=True)}}}$",
        )
        roomy = len(corners) < 3 or _has_room(corners, frame, WIDTH * max(map(len, words[:2])))
        if not roomy:
            keys.append(f"{len(keys) + 1}: {' '.join(words)}")
        polygons.append((corners, "\n".join(words) if roomy else str(len(keys))))
    axes = draw_regions(axes_or_new(ax), polygons, n, l, frame)
    if keys:
        axes.legend(
            handles=[Line2D([], [], linestyle="none", label=key) for key in keys],
            loc="upper center",
            bbox_to_anchor=(0.5, -0.16),
            handlelength=0,
            handletextpad=0,
            frameon=False,
            fontsize=TICK_SIZE,
        )
    return axes


def _has_room(corners: Sequence[Corner], frame: Sequence[tuple[object, object]], width: float) -> bool:
    """Whether three lines of text fit about the middle of a polygon in a small figure."""
    spans = [float(exact(high)) - float(exact(low)) for low, high in frame]
    points = np.array(
        [[float(x) / span for x, span in zip(corner, spans, strict=True)] for corner in corners]
    )
    middle = points.mean(axis=0)
    around = zip(points, np.roll(points, -1, axis=0), strict=True)
    sides = [(start, end - start) for start, end in around]
    for direction, needed in ((np.array([1.0, 0.0]), width), (np.array([0.0, 1.0]), HEIGHT)):
        # how far it is from the middle to the sides, both ways
        cuts = [
            np.linalg.solve(np.column_stack([direction, -side]), start - middle)
            for start, side in sides
            if abs(direction[0] * side[1] - direction[1] * side[0]) > 1e-12
        ]
        reach = [float(far) for far, along in cuts if -1e-9 <= along <= 1 + 1e-9]
        if min(max(reach), -min(reach)) < needed / 2:
            return False
    return True
