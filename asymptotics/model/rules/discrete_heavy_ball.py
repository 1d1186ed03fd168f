"""Heavy ball in discrete steps: gradient descent with momentum, as it is run (Polyak 1964)."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, exp, sqrt

from asymptotics import symbols
from asymptotics.errors import DomainError, shown
from asymptotics.model.rules.base import Curvature, TrainingRule, check_step, positive_float, training_rule
from asymptotics.parsing.numbers import real_float


@training_rule
@dataclass(frozen=True, slots=True, kw_only=True)
class DiscreteHeavyBall(TrainingRule):
    """``v_(n+1) = v_n - eta G v_n + mu (v_n - v_(n-1))``, ``v_(-1) = v_0``; time is the number n of steps.

    eta is the step size, ``momentum`` is mu. Raises `DomainError` unless eta is a finite number > 0 and
    0 <= mu < 1.

    >>> DiscreteHeavyBall(eta=0.1, momentum=0.9).momentum
    0.9
    >>> DiscreteHeavyBall.pace()
    eta/(1 - mu)
    """

    eta: float
    momentum: float

    title = "heavy ball in discrete steps"
    name = "discrete-heavy-ball"
    parameters = (symbols.eta, symbols.mu)
    counts_steps = True
    law = "time_discrete_momentum"
    label = "DHB"
    source = "x + mu/x = 1 + mu - eta lambda in place of x = 1 - eta lambda"

    def __post_init__(self) -> None:
        object.__setattr__(self, "eta", positive_float("eta", self.eta))
        momentum = real_float(self.momentum, "momentum", "give a number >= 0 and < 1")
        if not 0 <= momentum < 1:
            raise DomainError(f"momentum = {shown(self.momentum)}; give a number >= 0 and < 1")
        object.__setattr__(self, "momentum", momentum)

    @classmethod
    def symbol(cls, z: Expr) -> Expr:
        """``s(z) = (x - 1)(x - mu)/(eta x)``, ``x = e^z``."""
        return (exp(z) - 1) * (1 - symbols.mu * exp(-z)) / symbols.eta

    @classmethod
    def propagator(cls, curvature: Expr, t: Expr) -> Expr:
        """The solution of ``h_(n+1) = (1 + mu - eta lambda) h_n - mu h_(n-1)``, ``h_(-1) = h_0 = 1``."""
        middle = 1 + symbols.mu - symbols.eta * curvature
        split = sqrt(middle**2 - 4 * symbols.mu)
        slow, fast = (middle + split) / 2, (middle - split) / 2
        first = 1 - symbols.eta * curvature
        return ((first - fast) * slow**t - (first - slow) * fast**t) / split

    def check_stable(self, curvature: Curvature) -> None:
        """Raise `DomainError` unless ``eta edge < 2 (1 + mu)``."""
        check_step(self.eta, curvature.edge, 2 * (1 + self.momentum))
