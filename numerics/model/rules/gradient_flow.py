"""Gradient flow, solved: ``e^(z t)/z`` on Talbot's contour, Z = z."""

from __future__ import annotations

import mpmath
import numpy as np
import sympy
from sympy import Expr

from asymptotics.model.rules.base import Curvature
from asymptotics.model.rules.gradient_flow import GradientFlow
from numerics.model.contour import talbot
from numerics.model.rules.base import Dynamics, Propagation, solves
from numerics.spectra.arrays import Array as Floats
from numerics.spectra.compiled import constant
from numerics.sums.decay import Decay
from numerics.values.arithmetic import Array, Field, Scalar, each


@solves(GradientFlow)
class GradientFlowDynamics(Dynamics[GradientFlow]):
    """``f_t(x) = e^(-x t)``."""

    squares = True
    exponential = True

    def contour(self, time: Expr, nodes: int, digits: int, curvature: Curvature, field: Field) -> Propagation:
        z, w = talbot(constant(time, field), nodes, field)
        return Propagation(Z=z, tau=w / z)

    def advance_weights(self, z: Array, change: Scalar, field: Field) -> Array:
        """``e^(z change)``."""
        return each(field.exp, z * change)

    def decay(self, time: Expr, digits: int, curvature: Curvature) -> Decay:
        return Decay(rate=mpmath.mpmathify(sympy.N(2 * time, digits + 20)))

    def train_decay(self, time: float, slowest: float, curvature: Curvature) -> float:
        return 2 * slowest * time

    def learned_fraction(self, curvature: Floats, times: Floats) -> Floats:
        """``1 - e^(-x t)``."""
        with np.errstate(over="ignore"):
            fraction: Floats = 0.0 - np.expm1(-curvature[:, None] * times)
        return fraction
