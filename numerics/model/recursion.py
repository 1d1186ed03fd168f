"""One-pass SGD with steps that change, exact in the step: second moments on a contour around the spectrum.

On Gaussian features the second moments of a finite model obey, with q = 1 + 1/B (Isserlis' theorem),

    m_j(n+1) = (1 - 2 eta e_j + q eta^2 e_j^2) m_j(n) + (eta^2/B) e_j (L_n + sigma^2),

eta and B those of step n, and ``L_n = L_0 + sum_j e_j m_j``. They are entire in e_j, so that ``sum_j`` is an
integral on a contour around the spectrum (`encircle`): of ``Xi(kappa) p dz/z`` for what is left of the start,
p the product of the brackets at ``e = -z``, and of ``df1(kappa) y dz`` for the noise, y the moment that a
mode of this curvature would have. The nodes obey the recursion that the modes obey. An average
``A = sum_n alpha_n w_n`` of the iterates has ``E v A`` and ``E A^2`` beside ``E v^2`` at each node.

    Around           the nodes, and what is integrated there
    Moments          what the nodes know
    run_steps        some steps of a plan
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from numerics.model.plan import Plan

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Around:
    """``2 Re sum_j`` of these weights times a function at ``e = -z_j`` is its integral over a measure.

    ``signal``: ``sum_j e_j m_j(0) f(e_j)`` and L_0 f(0). ``noise``: ``sum_j e_j f(e_j)``, for f(0) = 0.
    """

    z: Complexes
    signal: Complexes
    noise: Complexes


@dataclass(slots=True, kw_only=True)
class Moments:
    """``E v^2`` at each node, and ``E v A`` and ``E A^2`` of the average so far, each of shape (J, 3).

    Columns: what is left of the start, what the signal has fed, and what sigma^2 = 1 has.
    """

    own: Complexes
    cross: Complexes
    average: Complexes

    def loss(self, around: Around, average: bool = False) -> Floats:
        """The loss without label noise, and what sigma^2 = 1 adds; of the iterate or of the average."""
        found = self.average if average else self.own
        noise = 2 * (around.noise @ found[:, 1:]).real
        noise[0] += 2 * (around.signal @ found[:, 0]).real
        return np.asarray(noise)

    def copy(self) -> Moments:
        """The same, to go on with."""
        return Moments(own=self.own.copy(), cross=self.cross.copy(), average=self.average.copy())


def at_start(around: Around) -> Moments:
    """Before the first step."""
    own = np.zeros((len(around.z), 3), np.complex128)
    own[:, 0] = 1.0
    return Moments(own=own, cross=0 * own, average=0 * own)


def run_steps(around: Around, plan: Plan, first: int, last: int, moments: Moments) -> None:
    """Steps ``first`` to ``last - 1`` of a plan, in place."""
    n = np.arange(first, last, dtype=np.float64)
    sizes, batches = plan.eta(n), plan.batch(n)
    weights = None if plan.weight is None else plan.weight(n + 1)
    z, unit = around.z[:, None], np.array([0.0, 1.0])
    square, own, cross, average = z * z, moments.own, moments.cross, moments.average
    for i, (eta, batch) in enumerate(zip(sizes, batches, strict=True)):
        fed = moments.loss(around) + unit
        own *= (1 + eta * z) ** 2 + eta**2 / batch * square
        own[:, 1:] -= eta**2 / batch * z * fed
        if weights is not None:
            share = weights[i]
            cross *= 1 + eta * z
            average += 2 * share * cross + share**2 * own
            cross += share * own
