"""Preconditioned flow: every mode at a power of its own curvature, ``dv/dt = -G^p v``."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, Integer, Symbol, exp, gamma

from asymptotics import symbols
from asymptotics.model.rules.base import TrainingRule, positive_float, training_rule
from asymptotics.model.scheduling_sums import Filtered
from asymptotics.parsing.heights import to_power

_y = Symbol("y", positive=True)


@training_rule
@dataclass(frozen=True, slots=True, kw_only=True)
class PreconditionedFlow(TrainingRule):
    """``dv/dt = -G^p v``; time is t >= 0, p > 0 the power; 1 is gradient flow.

    It is gradient flow with the preconditioner ``G^(p-1)``, as of optimisers that whiten in part. Where
    gradient flow falls as ``t^-q`` it falls as ``t^(-q/p)``; bottlenecks of N and P stay.

    Raises `DomainError` unless p is a finite number > 0.

    >>> PreconditionedFlow(power=0.5).power
    0.5
    >>> PreconditionedFlow.of_flow(Integer(1))[1]
    1/p
    """

    power: float

    title = "preconditioned flow"
    name = "preconditioned"
    parameters = (symbols.p,)
    law = "time_preconditioned"
    label = "P"
    source = "e^(-lambda^p t) in place of e^(-lambda t); Mellin transform, DLMF 5.9.1"

    def __post_init__(self) -> None:
        object.__setattr__(self, "power", positive_float("power", self.power))

    @classmethod
    def symbol(cls, z: Expr) -> Expr:
        """``s(z) = z^(1/p)``: at ``-lambda`` the rate is that of ``lambda^p``."""
        return z ** (1 / symbols.p)

    @classmethod
    def propagator(cls, curvature: Expr, t: Expr) -> Expr:
        """``e^(-lambda^p t)``."""
        return exp(-(curvature**symbols.p) * t)

    @classmethod
    def pace(cls) -> Expr:
        """1: its clock is no multiple of that of gradient flow (`when`)."""
        return Integer(1)

    @classmethod
    def when(cls, flow: Expr) -> Expr:
        """``flow^p``: then modes of curvature 1/flow are learned."""
        return to_power(flow, symbols.p)

    @classmethod
    def of_flow(cls, power: Expr) -> tuple[Expr, Expr]:
        """``2^(q - q/p) Gamma(q/p)/(p Gamma(q)) t^(-q/p)`` in the place of ``t^-q``."""
        slower = power / symbols.p
        return to_power(Integer(2), power - slower) * gamma(slower) / (symbols.p * gamma(power)), slower

    @classmethod
    def time_equation(cls) -> Expr:
        """``sum m_k c_k e^(-2 lambda_k^p t)``."""
        return Filtered(exp(-2 * _y**symbols.p), _y, to_power(symbols.t, 1 / symbols.p), Integer(1))
