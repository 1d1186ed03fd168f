"""Nesterov momentum as a flow: a friction that fades as 1/t, so that slow modes gain speed.

With steps of size eta -> 0 at times ``t = n sqrt(eta)`` the accelerated gradient method is ``v'' +
(delta/t) v' = -G v`` (Su, Boyd & Candes 2014; delta = 3 is Nesterov's own choice). A mode of curvature u is
left with

    f_t(u) = Gamma(nu + 1) (2/z)^nu J_nu(z),   z^2 = u t^2,   nu = (delta - 1)/2,

a function of ``u t^2``: it falls as ``(u t^2)^-(nu + 1/2)`` squared, so the loss ``sum c f_t(lambda)^2``
follows the target as ``t^-2s`` for s < delta/2 and no faster. Where gradient flow has ``C T^-p`` at P = oo,
T = 2t, it has

    C Phi(p)/Gamma(p) t^-2p,   Phi(p) = int_0^oo f^2 u^(p - 1) du at t = 1
        = Gamma(nu + 1)^2 4^nu Gamma(nu + 1/2 - p) Gamma(p)
          / (sqrt(pi) Gamma(nu + 1 - p) Gamma(2 nu + 1 - p)).

Beyond, the first modes lead and never lose their phases: ``t^delta`` times the loss swings without end, about
the mean ``Gamma(nu + 1)^2 4^nu/pi sum c lambda^-(delta/2)``, and has no limit.
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, Integer, besselj, gamma, pi, sqrt

from asymptotics import symbols
from asymptotics.errors import DomainError, shown
from asymptotics.model.operators import Bessel, time
from asymptotics.model.rules.base import TrainingRule, positive_float, training_rule
from asymptotics.model.sums import C0
from asymptotics.parsing.heights import to_power

LARGEST = 100
"""Up to this delta; Bessel functions of much larger index than argument underflow."""


def bessel_share(index: Expr, power: Expr) -> Expr:
    """``Phi(p)/Gamma(p)``: what the squared filter of this index makes of ``T^-p``.

    >>> bessel_share(Integer(1), Integer(1))
    4
    """
    bent = gamma(index + 1) ** 2 * 4**index * gamma(index + Integer(1) / 2 - power)
    return bent / (sqrt(pi) * gamma(index + 1 - power) * gamma(2 * index + 1 - power))


@training_rule
@dataclass(frozen=True, slots=True, kw_only=True)
class Nesterov(TrainingRule):
    """``v'' + (delta/t) v' = -G v``, ``v'(0) = 0``; time is t >= 0, delta the damping (dimensionless).

    Raises `DomainError` unless 0 < delta <= 100.

    >>> Nesterov(delta=3).delta
    3.0
    >>> Nesterov.saturation()
    delta/2
    """

    delta: float

    title = "Nesterov momentum"
    name = "nesterov"
    parameters = (symbols.delta,)
    law = "nesterov"
    label = "N"
    source = (
        "v'' + (delta/t) v' = -lambda v: Bessel's equation, DLMF 10.13.4; Mellin transform, DLMF 10.22.57"
    )

    def __post_init__(self) -> None:
        delta = positive_float("delta", self.delta)
        if delta > LARGEST:
            raise DomainError(f"delta = {shown(self.delta)}; give a number > 0 and <= {LARGEST}")
        object.__setattr__(self, "delta", delta)

    @classmethod
    def index(cls) -> Expr:
        """``nu = (delta - 1)/2``."""
        return (symbols.delta - 1) / 2

    @classmethod
    def symbol(cls, z: Expr) -> Expr:
        """``s(z) = z^2``, that of the wave equation, of whose solutions up to t it is a mean."""
        return z**2

    @classmethod
    def propagator(cls, curvature: Expr, t: Expr) -> Expr:
        """``Gamma(nu + 1) (2/z)^nu J_nu(z)``, ``z = sqrt(lambda) t``."""
        nu, z = cls.index(), sqrt(curvature) * t
        return gamma(nu + 1) * to_power(2 / z, nu) * besselj(nu, z)

    @classmethod
    def pace(cls) -> Expr:
        """1: its clock is no multiple of that of gradient flow (`when`)."""
        return Integer(1)

    @classmethod
    def when(cls, flow: Expr) -> Expr:
        """``sqrt(2 (delta + 1) flow)``: there ``f_t = 1 - lambda flow + ...``, too."""
        return sqrt(2 * (symbols.delta + 1) * flow)

    @classmethod
    def of_flow(cls, power: Expr) -> tuple[Expr, Expr]:
        """``2^p Phi(p)/Gamma(p) t^-2p`` in the place of ``t^-p``."""
        return to_power(Integer(2), power) * bessel_share(cls.index(), power), 2 * power

    @classmethod
    def saturation(cls) -> Expr:
        """``nu + 1/2 = delta/2``."""
        return symbols.delta / 2

    @classmethod
    def time_equation(cls) -> Expr:
        """``sum m_k c_k f_t(lambda_k)^2``."""
        return Bessel(C0(time), time, cls.index(), symbols.t**2)
