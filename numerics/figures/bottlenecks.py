"""The map of bottlenecks as a picture: which resource resolves modes, and which part of the loss leads."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from sympy import latex

from asymptotics.laws.bottlenecks import Bottleneck, bottleneck_map
from asymptotics.laws.derive import Laws
from asymptotics.symbols import l, n
from numerics.figures.allocation import draw_regions, region
from numerics.figures.style import axes_or_new


def plot_bottlenecks(
    laws: Laws, frame: Sequence[tuple[object, object]] = ((0, 2), (0, 4)), ax: Axes | None = None
) -> Axes:
    """The regions over n and l, ``N = P^n`` and ``rho = P^-l``, each with its bottlenecks and exponent.

    ``frame`` is ``((n0, n1), (l0, l1))``. Exact: polygons, not a sampled grid. The laws must be at numbers;
    raises `UnableError` where letters are left, and what `bottleneck_map` raises.

    >>> from asymptotics import derive, power_law
    >>> ax = plot_bottlenecks(derive(power_law(2, 3, noise=1)))
    >>> len(ax.texts), ax.get_ylabel()
    (5, '$l$')
    """
    polygons = [(region(one, n, l, frame), _label(one)) for one in bottleneck_map(laws)]
    return draw_regions(axes_or_new(ax), polygons, n, l, frame)


def _label(one: Bottleneck) -> str:
    return f"{one.resolution}:\n{one.term}\n$L \\sim P^{{{latex(-one.exponent)}}}$"
