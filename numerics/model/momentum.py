"""Steps on fresh batches that carry a momentum: three second moments a mode, on a contour around all modes.

Of a mode of curvature e the error r and the momentum y take, at step n, with ``a = 1 - Delta_n``,
m = mu_n, ``g = eta + m`` and ``xi^2 = (e^2 E r^2 + e (L + sigma^2))/B`` (Isserlis' theorem),

    r' = (1 - g e) r - m a y - g xi,        y' = e r + a y + xi,

so that ``v = (E r^2, E y^2, E r y)`` obeys ``v(n + 1) = M_n v(n) + f_n (L_n + sigma^2)``. It is entire in e,
and the loss is an integral on a contour (`recursion`). A long run is the same recursion on panels where v is
a polynomial in n: the shift ``S v(n) = v(n + 1)`` is a matrix on its values at Chebyshev points, and
``S v = M v + f (L + sigma^2)`` holds there. Modes that fall within a step, and those that swing many times in
a panel, come out at rest, as they are.

    Momentum     eta, B, Delta_n and mu_n
    take_steps   the recursion
    glide        the same on panels
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from numerics.model.clock import Grid, chebyshev
from numerics.model.recursion import Around, Complexes, Floats

GROWTH = 1.5
"""Each panel ends at so many times its start."""
TOGETHER = 256
"""So many nodes are solved for at once, to bound memory."""
UNIT = np.array([0.0, 1.0])
"""What sigma^2 adds to the loss in the columns of the signal, and of sigma^2 = 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Momentum:
    """``Delta_n = delta/(delta + n)`` and ``mu_n = mu (1 + n)^-decay`` beside eta and B."""

    eta: float
    batch: int
    delta: float
    mu: float
    decay: float

    def at(self, n: Floats) -> tuple[Floats, Floats]:
        """``1 - Delta_n`` and mu_n."""
        return n / (self.delta + n), self.mu * (1 + n) ** -self.decay

    def moments(self, e: Complexes, n: Floats) -> tuple[Complexes, Complexes]:
        """M of shape (J, n, 3, 3) and f of shape (J, n, 3) at curvatures e, shape (J,)."""
        kept, step = self.at(n)
        whole, e, one = self.eta + step, e[:, None], np.ones((len(e), len(n)))
        square = e**2 / self.batch
        rr, ry, yr, yy = 1 - whole * e, -step * kept * one, e * one, kept * one
        fed = np.stack([whole**2 * one, one, -whole * one], axis=-1)
        rows = (
            (rr * rr, ry * ry, 2 * rr * ry),
            (yr * yr, yy * yy, 2 * yr * yy),
            (rr * yr, ry * yy, rr * yy + ry * yr),
        )
        matrix = np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)
        matrix[..., 0] = matrix[..., 0] + fed * square[..., None]
        return np.asarray(matrix, np.complex128), np.asarray(fed * (e / self.batch)[..., None])


def at_start(around: Around) -> Complexes:
    """v at each node, shape (J, 3, 3): columns are what is left of the start, the signal's, sigma^2's."""
    v = np.zeros((len(around.z), 3, 3), np.complex128)
    v[:, 0, 0] = 1.0
    return v


def loss(around: Around, v: Complexes) -> Floats:
    """The loss without label noise, and what sigma^2 = 1 adds."""
    found = 2 * (around.noise @ v[:, 0, 1:]).real
    found[0] += 2 * (around.signal @ v[:, 0, 0]).real
    return np.asarray(found)


def size(around: Around, v: Complexes) -> Floats:
    """The sums of the sizes of the terms of both, which rounding is a share of."""
    found = 2 * (abs(around.noise) @ abs(v[:, 0, 1:]))
    found[0] += 2 * (abs(around.signal) @ abs(v[:, 0, 0]))
    return np.asarray(found)


def take_steps(around: Around, momentum: Momentum, v: Complexes, count: int) -> Complexes:
    """v after the first ``count`` steps."""
    for n in range(count):
        matrix, fed = momentum.moments(-around.z, np.array([float(n)]))
        feeds = loss(around, v) + UNIT
        v = matrix[:, 0] @ v
        v[:, :, 1:] += fed[:, 0, :, None] * feeds
    return v


def glide(
    around: Around, momentum: Momentum, v: Complexes, start: float, end: float, degree: int
) -> Complexes:
    """v after the steps from ``start`` to ``end``, start >> 1."""
    grid = chebyshev(degree)
    while start < end:
        length = (GROWTH - 1) * start
        if end - start < 1.25 * length:
            length = end - start
        v = _panel(around, momentum, v, start, length, grid)
        start += length
    return v


def _panel(
    around: Around, momentum: Momentum, v: Complexes, start: float, length: float, grid: Grid
) -> Complexes:
    n = start + length * grid.points[1:]
    shift = np.array([grid.weights(place + 1 / length) for place in grid.points[1:]])
    count = len(n)
    base, fed = np.zeros((count, 2)), np.zeros((count, count))
    ends = []
    for some in np.array_split(np.arange(len(v)), -(-len(v) // TOGETHER)):
        own, response = _respond(momentum, -around.z[some], v[some], n, shift)
        weights = 2 * around.noise[some]
        base += np.tensordot(weights, own[:, :, 0, 1:], 1).real
        base[:, 0] += 2 * (around.signal[some] @ own[:, :, 0, 0]).real
        fed += np.tensordot(weights, response[:, :, 0], 1).real
        ends.append((own[:, -1], response[:, -1]))
    losses = np.linalg.solve(np.eye(count) - fed, base + fed.sum(axis=1)[:, None] * UNIT)
    end, feeds = (np.concatenate(parts) for parts in zip(*ends, strict=True))
    end[:, :, 1:] += feeds @ (losses + UNIT)
    return np.asarray(end)


def _respond(
    momentum: Momentum, e: Complexes, v: Complexes, n: Floats, shift: Floats
) -> tuple[Complexes, Complexes]:
    """v at the places n of what it begins with, (J, n, 3, 3), and of a unit loss at each, (J, n, 3, n)."""
    count, here = len(n), np.arange(len(n))
    matrix, fed = momentum.moments(e, n)
    system = np.zeros((len(e), count, 3, count, 3), np.complex128)
    system += (shift[:, 1:, None, None] * np.eye(3)).transpose(0, 2, 1, 3)
    system[:, here, :, here] -= matrix.transpose(1, 0, 2, 3)
    feeds = np.zeros((len(e), count, 3, count), np.complex128)
    feeds[:, here, :, here] = fed.transpose(1, 0, 2)
    start = -shift[:, 0, None, None] * v[:, None]
    right = np.concatenate([start, feeds], axis=-1).reshape(len(e), 3 * count, -1)
    found = np.linalg.solve(system.reshape(len(e), 3 * count, -1), right).reshape(len(e), count, 3, -1)
    return np.asarray(found[..., :3]), np.asarray(found[..., 3:])
