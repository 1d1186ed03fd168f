"""Gradient descent: steps of size eta on all the data, ``v_(n+1) = v_n - eta G v_n``."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, exp

from asymptotics import symbols
from asymptotics.model.rules.base import Curvature, TrainingRule, check_step, positive_float, training_rule


@training_rule
@dataclass(frozen=True, slots=True, kw_only=True)
class GradientDescent(TrainingRule):
    """``v_(n+1) = v_n - eta G v_n``; time is the number n of steps, eta the step size.

    Raises `DomainError` unless eta is a finite number > 0.

    >>> GradientDescent(eta=0.1).eta
    0.1
    """

    eta: float

    title = "gradient descent"
    name = "descent"
    parameters = (symbols.eta,)
    counts_steps = True
    law = "time_discrete"
    label = "GD"
    source = "(1 - eta lambda)^n in place of e^(-lambda t)"

    def __post_init__(self) -> None:
        object.__setattr__(self, "eta", positive_float("eta", self.eta))

    @classmethod
    def symbol(cls, z: Expr) -> Expr:
        """``s(z) = (e^z - 1)/eta``."""
        return (exp(z) - 1) / symbols.eta

    @classmethod
    def partner(cls, zeta: Expr) -> Expr:
        """``-zeta - 2/eta``, as ``(1 + eta zeta)^2`` is multiplied there, too."""
        return -zeta - 2 / symbols.eta

    @classmethod
    def propagator(cls, curvature: Expr, t: Expr) -> Expr:
        """``(1 - eta lambda)^n``."""
        return (1 - symbols.eta * curvature) ** t

    def check_stable(self, curvature: Curvature) -> None:
        """Raise `DomainError` unless ``eta edge < 2``."""
        check_step(self.eta, curvature.edge)
