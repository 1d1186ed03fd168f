"""The training rules, as values: what is iterated, with which constants.

Each rule acts on the same error ``v = w* - N^(-1/2) A^T w`` with the same random curvature
``G = (A^T A/N)(Psi^T Psi/P)``; the half gradient is normalised so that gradient flow is
``dv/dt = -G v`` (BAP, equation 4). The meaning of "time" belongs to the rule.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Integral

from asymptotics.errors import DomainError


def positive_float(name: str, value: object) -> float:
    """``value`` as a float; raises `DomainError` unless it is a finite number > 0."""
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        raise DomainError(f"{name} = {value!r} is not a number; give a finite number > 0") from None
    if isinstance(value, bool) or not (math.isfinite(number) and number > 0):
        raise DomainError(f"{name} = {value!r}; give a finite number > 0")
    return number


@dataclass(frozen=True, slots=True, kw_only=True)
class GradientFlow:
    """``dv/dt = -G v``; time is t >= 0, dimensionless (BAP, equation 4).

    >>> GradientFlow()
    GradientFlow()
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class GradientDescent:
    """``v_(n+1) = v_n - eta G v_n``; time is the number n of steps, eta the step size.

    Raises `DomainError` unless eta is a finite number > 0.

    >>> GradientDescent(eta=0.1).eta
    0.1
    """

    eta: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "eta", positive_float("eta", self.eta))


@dataclass(frozen=True, slots=True, kw_only=True)
class HeavyBall:
    """``beta v'' + v' = -G v``, ``v'(0) = 0``; time is t >= 0, beta the mass (in units of t).

    Raises `DomainError` unless beta is a finite number > 0.

    >>> HeavyBall(beta=2).beta
    2.0
    """

    beta: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "beta", positive_float("beta", self.beta))


@dataclass(frozen=True, slots=True, kw_only=True)
class OnePassSGD:
    """``v_(n+1) = v_n - eta (A^T A/N)(Psi_n^T Psi_n/B) v_n``, a fresh batch of B samples each step.

    Time is the number n of steps; eta the step size, ``batch`` = B (BAP, section 5).

    Raises `DomainError` unless eta is a finite number > 0 and batch an integer >= 1.

    >>> OnePassSGD(eta=0.1, batch=8).batch
    8
    """

    eta: float
    batch: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "eta", positive_float("eta", self.eta))
        if isinstance(self.batch, bool) or not isinstance(self.batch, Integral) or self.batch < 1:
            raise DomainError(f"batch = {self.batch!r}; the batch size must be an integer >= 1")
        object.__setattr__(self, "batch", int(self.batch))


Rule = GradientFlow | GradientDescent | HeavyBall | OnePassSGD
"""Any of the training rules."""
