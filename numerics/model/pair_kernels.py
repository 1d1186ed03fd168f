"""Two-time kernels of the lazy model on the pairs of nodes of one contour, as divided differences.

With ``J = Xi(kappa)``, ``zeta = kappa R3`` and ``s = zeta R1`` (`two_time`; `many_times` for the form),

    test:  [zeta' J - zeta J' + sigma^2 (zeta' df' - zeta df)/P]/(s' - s),
    bias:  (kappa' J - kappa J')/(kappa' - kappa),

and what 1/P adds to the former at N = P = oo, where s = kappa, with ``V = kappa df`` and ``W = V dJ/dkappa``,

    signal:  [V' J - V J' + kappa' W - kappa W']/(kappa' - kappa),
    label noise:  (V' - V)/(kappa' - kappa).

Numerators of neighbouring nodes cancel: they are taken in doubled numbers, or where these do not do, in those
of the nodes; kernels are doubles.

    Nodes      what is known at the nodes, with the four kernels
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from numerics.model.renormalised_ridge import Resolvent
from numerics.model.sizes import Sizes
from numerics.values.arithmetic import Array, Field, each
from numerics.values.doubled import Doubled, double_up

Kernel = NDArray[np.complex128]
ROWS = 1 << 15
"""So many pairs are worked on at a time."""
MOST_LOST = 2.0**45
"""By how much rounding may be amplified in doubled numbers."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Nodes:
    """Upper nodes of a contour; kernels on (upper nodes) x (upper nodes, then their conjugates)."""

    resolvent: Resolvent
    sizes: Sizes
    field: Field

    def test(self, variance: float) -> Kernel:
        """That of the test loss under label noise of this variance."""
        with self.field as field:
            point, R1, R3 = self.resolvent.point, self.resolvent.R1, self.resolvent.R3
            kappa, (df, df_slope) = point.kappa, point.df1[:2]
            moves = 1 / (R1 * R3 + kappa * self.sizes.slope(df, df_slope))  # of kappa with s
            zeta, J = kappa * R3, kappa * point.X[0]
            rest = zeta * (1 - R1) * field.real(variance)
            zeta_moves = (1 + zeta * self.sizes.inverse_P * df_slope * moves) / R1
            J_moves = (point.X[0] + kappa * point.X[1]) * moves
            equal = zeta_moves * J - zeta * J_moves + field.real(variance) * (zeta_moves - 1)
            one = kappa * 0 + 1
            products = [(zeta, J)] + ([(rest, one)] if variance else [])
            return _divide(products, self.resolvent.z, equal, field)

    def bias(self) -> Kernel:
        """That of the loss of the mean predictor."""
        with self.field as field:
            kappa, X = self.resolvent.point.kappa, self.resolvent.point.X
            J = kappa * X[0]
            return _divide([(kappa, J)], kappa, J - kappa * (X[0] + kappa * X[1]), field)

    def per_sample(self) -> tuple[Kernel, Kernel]:
        """By what that of the test loss changes with 1/P at N = P = oo: the signal, and label noise."""
        with self.field as field:
            kappa, df, X = (getattr(self.resolvent.point, name) for name in ("kappa", "df1", "X"))
            J, V, V_moves = kappa * X[0], kappa * df[0], df[0] + kappa * df[1]
            J_moves, J_bends = X[0] + kappa * X[1], 2 * X[1] + kappa * X[2]
            W, W_moves = V * J_moves, V_moves * J_moves + V * J_bends
            equal = V_moves * J - V * J_moves + W - kappa * W_moves
            return (
                _divide([(V, J), (kappa, W)], kappa, equal, field),
                _divide([(V, kappa * 0 + 1)], kappa, V_moves, field),
            )


def _divide(products: list[tuple[Array, Array]], at: Array, equal: Array, field: Field) -> Kernel:
    """``sum (f' g - f g')/(x' - x)`` of pairs (f, g), x = ``at``, and what it is where nodes are equal."""
    kernel, lost = _doubled(products, at)
    if not lost < MOST_LOST:
        x = _beside(at, field) - at[:, None]
        np.fill_diagonal(x, at[0])
        total = sum(_beside(f, field) * g[:, None] - f[:, None] * _beside(g, field) for f, g in products)
        kernel = (total / x).astype(np.complex128)
    np.fill_diagonal(kernel, equal.astype(np.complex128))
    return kernel


def _beside(values: Array, field: Field) -> Array:
    """Values and their conjugates."""
    return np.concatenate([values, each(field.conj, values)])


def _doubled(products: list[tuple[Array, Array]], at: Array) -> tuple[Kernel, float]:
    """The same in doubled numbers, without equal nodes, and by how much rounding is amplified in it."""
    x, pairs = double_up(at), [(double_up(f), double_up(g)) for f, g in products]
    others = [(_join(f), _join(g)) for f, g in pairs]
    beside, count = _join(x), len(at)
    kernel, lost = np.empty((count, 2 * count), dtype=np.complex128), 0.0
    step = max(1, ROWS // count)
    for start in range(0, count, step):
        here = slice(start, min(start + step, count))
        apart = np.arange(2 * count) != np.arange(count)[here, None]
        gap = (beside[None, :] - x[here, None]).rounded
        total, size = np.zeros_like(gap), np.zeros(gap.shape)
        for (f, g), (ff, gg) in zip(pairs, others, strict=True):
            whole = ff[None, :] * g[here, None]
            total += (whole - f[here, None] * gg[None, :]).rounded
            size += np.abs(whole.rounded)
        with np.errstate(all="ignore"):
            kernel[here] = total / gap
            ratios = size / np.abs(total), np.abs(x[here, None].rounded) / np.abs(gap)
        lost = max(lost, *(float(ratio[apart & (size > 0)].max(initial=0.0)) for ratio in ratios))
    return kernel, lost


def _join(values: Doubled) -> Doubled:
    """Values and their conjugates."""
    other = values.conj()
    columns = zip((*values.re, *values.im), (*other.re, *other.im), strict=True)
    a, b, c, d = (np.concatenate(pair) for pair in columns)
    return Doubled((a, b), (c, d))
