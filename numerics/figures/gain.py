"""Where one way of training gains on another, as a picture over two parameters of the task.

plot_gain    the exponent of the loss in C over that of another optimum, with the lines between regions
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Polygon
from sympy import Symbol, lambdify, latex

from asymptotics.allocation.gain import gains
from asymptotics.allocation.optimum import Optimum
from asymptotics.errors import DomainError
from asymptotics.parsing.numbers import exact
from numerics.figures.allocation import region
from numerics.figures.style import LABEL_SIZE, LINE_WIDTH, TICK_SIZE, axes_or_new, axis_symbols, dress

NONE = "0.93"
"""The grey of no gain."""
POINTS = 160
"""Of the grid on which the ratio is shaded, along each side; the lines are exact."""


def plot_gain(
    optimum: Optimum,
    over: Optimum,
    x: Symbol | str,
    y: Symbol | str,
    frame: Sequence[tuple[object, object]] = ((1, 6), (1, 4)),
    ax: Axes | None = None,
) -> Axes:
    """The ratio of two exponents of the loss in C in the plane of two parameters; grey where it is 1.

    ``frame`` is ``((x0, x1), (y0, y1))``, dimensionless. Raises `DomainError` where letters are left beside x
    and y, `UnableError` for curved regions, and what `gains` raises.

    >>> from asymptotics import Rich, compute_optimal, derive, power_law
    >>> from asymptotics.symbols import N, a, b, t
    >>> laws = derive(power_law(a, b))
    >>> rich, lazy = (compute_optimal(laws, N*t, **x) for x in ({"features": Rich(1)}, {}))
    >>> ax = plot_gain(rich, lazy, a, b, ((1, 5), (1, 3)))
    >>> ax.get_xlabel(), len(ax.patches)
    ('$a$', 2)
    """
    found = gains(optimum, over)
    x, y = axis_symbols(x, y)
    left = set().union(*(e.free_symbols for g in found for e in (g.ratio, *g.domain.constraints))) - {x, y}
    if left:
        raise DomainError(f"{', '.join(sorted(map(str, left)))}: give numbers for all but {x} and {y}")
    regions = [region(gain, x, y, frame) for gain in found]
    (x0, x1), (y0, y1) = ((float(exact(low)), float(exact(high))) for low, high in frame)
    u, v = np.meshgrid(np.linspace(x0, x1, POINTS), np.linspace(y0, y1, POINTS))
    shown = np.full(u.shape, np.nan)
    for gain in found:
        if gain.difference == 0:
            continue
        inside = np.ones(u.shape, dtype=bool)
        for constraint in gain.domain.constraints:
            inside &= np.broadcast_to(lambdify((x, y), constraint, "numpy")(u, v), u.shape) > 0
        ratio = np.broadcast_to(lambdify((x, y), gain.ratio, "numpy")(u, v), u.shape)
        shown[inside] = ratio[inside]
    axes = axes_or_new(ax)
    axes.set_facecolor(NONE)
    image = axes.pcolormesh(u, v, shown, cmap="viridis", shading="auto", rasterized=True)
    for corners in regions:
        if len(corners) >= 3:
            points = [[float(p), float(q)] for p, q in corners]
            axes.add_patch(Polygon(points, fill=False, edgecolor="black", linewidth=LINE_WIDTH))
    axes.set(xlim=(x0, x1), ylim=(y0, y1))
    bar = axes.figure.colorbar(image, ax=axes)
    bar.set_label("exponent of L in C, over the other", fontsize=LABEL_SIZE)
    bar.ax.tick_params(labelsize=TICK_SIZE)
    return dress(axes, x=f"${latex(x)}$", y=f"${latex(y)}$")
