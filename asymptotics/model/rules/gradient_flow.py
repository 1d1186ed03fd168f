"""Gradient flow: small steps without end, ``dv/dt = -G v``."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, exp

from asymptotics.model.rules.base import TrainingRule, training_rule


@training_rule
@dataclass(frozen=True, slots=True, kw_only=True)
class GradientFlow(TrainingRule):
    """``dv/dt = -G v``; time is t >= 0, dimensionless (arXiv 2402.01092, here BAP, equation 4).

    >>> GradientFlow()
    GradientFlow()
    """

    title = "gradient flow"
    name = "flow"

    @classmethod
    def symbol(cls, z: Expr) -> Expr:
        """``s(z) = z``."""
        return z

    @classmethod
    def propagator(cls, curvature: Expr, t: Expr) -> Expr:
        """``e^(-lambda t)``."""
        return exp(-curvature * t)
