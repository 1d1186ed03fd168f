"""Finite networks whose features move, trained: gradient flow of a linear draw under the clock of its labels.

A draw has curvatures h_j and labels mu_j in their directions. With ``m^2 = gamma^2 sum_j mu_j^2 h_j Z_j^2``
the scale of its features is ``K = 1 + m^2``, and ``h_j Z_j/chi`` of label j is learned
(`numerics.model.clock`): this is exact for each draw of (w, B), whatever N and P.
"""

from __future__ import annotations

import numpy as np

from asymptotics.errors import DomainError
from asymptotics.model.rules.base import TrainingRule, positive_float
from asymptotics.model.rules.gradient_flow import GradientFlow
from numerics.model.clock import run_clock
from numerics.model.rules.gradient_flow import GradientFlowDynamics
from numerics.spectra.arrays import Array

DEGREE = 18


class RichDynamics(GradientFlowDynamics):
    """Gradient flow on (w, gamma B), of richness ``gamma``."""

    def __init__(self, gamma: float) -> None:
        super().__init__(GradientFlow())
        self.gamma = gamma

    def learned_share(self, curvature: Array, labels: Array, times: Array) -> Array:
        """``h Z(tau)/chi(tau)`` at the taus of the times; 1 at t = oo, and 0 where the curvature vanishes."""
        share = np.where(curvature[:, None] > 0, 1.0, 0.0) * np.ones(len(times))
        finite = np.isfinite(times)
        rates = curvature.astype(np.complex128)
        if not finite.any() or not curvature.any():
            return share
        weights = (labels**2 * curvature / 2).astype(np.complex128)  # a real rate is its own conjugate
        clock = run_clock(rates, weights, self.gamma, 1.0, float(times[finite].max()), np.inf, DEGREE)
        for i in np.flatnonzero(finite):
            share[:, i] = np.where(curvature > 0, 1 - clock.at_time(float(times[i]))[2].real, 0.0)
        return share


def rich_dynamics(gamma: object, rule: TrainingRule) -> RichDynamics:
    """Training with richness ``gamma``; raises `DomainError` unless it is > 0 and the rule gradient flow."""
    if type(rule) is not GradientFlow:
        raise DomainError(f"gamma = {gamma}: features move under gradient flow alone, not {rule.title}")
    return RichDynamics(positive_float("gamma", gamma))
