"""Heavy-ball flow: gradient flow with inertia, ``beta v'' + v' = -G v``."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, exp, sqrt

from asymptotics import symbols
from asymptotics.model.rules.base import TrainingRule, positive_float, training_rule


@training_rule
@dataclass(frozen=True, slots=True, kw_only=True)
class HeavyBall(TrainingRule):
    """``beta v'' + v' = -G v``, ``v'(0) = 0``; time is t >= 0, beta the mass (in units of t).

    Raises `DomainError` unless beta is a finite number > 0.

    >>> HeavyBall(beta=2).beta
    2.0
    """

    beta: float

    title = "heavy-ball flow"
    name = "heavy-ball"
    parameters = (symbols.beta,)
    law = "time_momentum"
    label = "HB"
    source = "beta v'' + v' = -lambda v in place of v' = -lambda v"

    def __post_init__(self) -> None:
        object.__setattr__(self, "beta", positive_float("beta", self.beta))

    @classmethod
    def symbol(cls, z: Expr) -> Expr:
        """``s(z) = z + beta z^2``."""
        return z + symbols.beta * z**2

    @classmethod
    def propagator(cls, curvature: Expr, t: Expr) -> Expr:
        """The solution of ``beta h'' + h' = -lambda h`` with ``h(0) = 1``, ``h'(0) = 0``."""
        split = sqrt(1 - 4 * symbols.beta * curvature)
        slow, fast = -2 * curvature / (1 + split), -(1 + split) / (2 * symbols.beta)
        return (slow * exp(fast * t) - fast * exp(slow * t)) / (slow - fast)
