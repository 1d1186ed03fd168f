"""Preconditioned flow, solved: ``f_t(x) = e^(-x^p t)`` of the eigenvalues of a finite curvature.

At N = P = oo every mode falls by itself. At finite sizes ``(-Z)^p`` has a branch point where the spectrum
ends, so that contours around the spectrum do not serve: those models are simulated.
"""

from __future__ import annotations

import mpmath
import numpy as np
import sympy
from sympy import Expr

from asymptotics.errors import UnableError
from asymptotics.model.rules.base import Curvature
from asymptotics.model.rules.preconditioned import PreconditionedFlow
from numerics.model.rules.base import Dynamics, Propagation, solves
from numerics.spectra.arrays import Array as Floats
from numerics.sums.decay import Decay
from numerics.values.arithmetic import Field


@solves(PreconditionedFlow)
class PreconditionedFlowDynamics(Dynamics[PreconditionedFlow]):
    """``f_t(x) = e^(-x^p t)``."""

    squares = True

    def contour(self, time: Expr, nodes: int, digits: int, curvature: Curvature, field: Field) -> Propagation:
        raise UnableError(
            "preconditioned flow is solved at N = P = oo; use simulate for finite N or P, or power = 1"
        )

    def decay(self, time: Expr, digits: int, curvature: Curvature) -> Decay:
        return Decay(rate=2 * mpmath.mpmathify(sympy.N(time, digits + 20)), power=self.rule.power)

    def learned_fraction(self, curvature: Floats, times: Floats) -> Floats:
        """``1 - e^(-x^p t)``."""
        rates = curvature[:, None] ** self.rule.power
        with np.errstate(invalid="ignore"):
            fraction: Floats = np.where(np.isinf(times), 1.0, -np.expm1(-rates * times))
        return fraction
