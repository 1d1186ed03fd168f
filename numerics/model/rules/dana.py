"""DANA, solved: three second moments a mode (`numerics.model.momentum`); a finite model reads its batches."""

from __future__ import annotations

import numpy as np
from sympy import Expr

from asymptotics.errors import UnableError
from asymptotics.model.rules.base import Curvature
from asymptotics.model.rules.dana import DANA
from numerics.model.momentum import Momentum
from numerics.model.rules.base import Dynamics, Propagation, solves
from numerics.spectra.arrays import Array as Floats
from numerics.values.arithmetic import Field


@solves(DANA)
class DANADynamics(Dynamics[DANA]):
    """The course of its steps, and one of them."""

    memory = 2
    most_digits = 6

    def contour(self, time: Expr, nodes: int, digits: int, curvature: Curvature, field: Field) -> Propagation:
        raise UnableError("of DANA the test loss alone is solved; ask for that")

    @property
    def momentum(self) -> Momentum:
        """Its steps."""
        rule = self.rule
        return Momentum(eta=rule.eta, batch=rule.batch, delta=rule.delta, mu=rule.momentum, decay=rule.decay)

    @property
    def batch(self) -> int:
        return self.rule.batch

    @property
    def largest_step(self) -> float:
        return self.rule.eta

    def advance_state(self, n: int, state: Floats, design: Floats, labels: Floats, step: float) -> None:
        """``y <- (1 - Delta_n) y + g``, ``w <- w - eta g - mu_n y``; state is w and y."""
        weights, momentum = state
        kept, speed = self.momentum.at(np.asarray(float(n)))
        gradient = ((design @ weights - labels) @ design) / len(labels)
        momentum *= kept
        momentum += gradient
        weights -= step * gradient + speed * momentum

    def check_draw(self, curvature: Floats, ridge: float = 0.0) -> None:
        """That of the rule, of eigenvalues of a finite curvature: modes below the pole give back less than
        they are fed, in the end. Raises `DomainError` otherwise.

        >>> DANADynamics(DANA(eta=0.1, batch=4, delta=6, momentum=0.01)).check_draw(np.ones(10))
        """
        self.rule.check_stable(_Drawn(curvature[curvature > 0]))


class _Drawn:
    """What stability depends on, of a finite curvature."""

    def __init__(self, curvature: Floats) -> None:
        self._curvature = curvature

    @property
    def edge(self) -> float:
        return float(self._curvature.max())

    @property
    def rank(self) -> float:
        return float(len(self._curvature))

    def reach(self, most: float) -> float:
        """The least x from the edge on with ``sum e/(x - e) <= most``."""
        low, high = self.edge, self.edge + float(self._curvature.sum()) / most
        for _ in range(80):
            middle = (low + high) / 2
            if not low < middle < high:
                break
            within = float((self._curvature / (middle - self._curvature)).sum()) <= most
            low, high = (low, middle) if within else (middle, high)
        return high
