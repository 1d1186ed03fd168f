"""One-pass SGD, solved: batches of B fresh samples, n steps of size eta, to first order in eta.

    L~(s) = (Xi/s + sigma^2 K~/s)/(1 - K~),   K~(s) = (eta/(2B)) (sum lambda - zeta df1(kappa(zeta))),

with zeta = s/(2 eta) and kappa(zeta) that of P = oo (arXiv 2402.01092, here BAP, section 5; Paquette et al.
2024, Volterra equation). As ``e^(s n) = e^(zeta T)`` with T = 2 eta n, the contour of the flow at time T
serves.

A finite model steps through its stream of batches, ``w_(n+1) = w_n + (eta/B) Phi_n^T (y_n - Phi_n w_n)``.
"""

from __future__ import annotations

from fractions import Fraction

from sympy import Expr

from asymptotics.errors import DomainError
from asymptotics.model.rules.base import numbers_of
from asymptotics.model.rules.gradient_descent import GradientDescent
from asymptotics.model.rules.one_pass_sgd import OnePassSGD
from asymptotics.symbols import eta as eta_symbol
from numerics.model.rules.base import Noise, solves
from numerics.model.rules.gradient_flow import AlongFlow
from numerics.model.two_time import OneTime
from numerics.spectra.arrays import Array as Floats
from numerics.values.arithmetic import Array, Field, Scalar
from numerics.values.positive import Positive


@solves(OnePassSGD)
class OnePassSGDDynamics(AlongFlow[OnePassSGD]):
    """The flow at eta n, and the renewal of the noise."""

    @property
    def pace(self) -> Expr:
        return numbers_of(self.rule)[eta_symbol]

    def noise(self, nodes: OneTime, zeta: Array, trace: Scalar, field: Field) -> Noise:
        """``s L~`` less that of gradient flow, ``Xi K~/(1 - K~)``, and the noise per unit sigma^2.

        Rounding is amplified where zeta df1 is nearly the trace (early times).
        """
        rest = trace - nodes.df1 * zeta
        kernel = rest * self._share(field)
        gain = kernel / (1 - kernel)
        return Noise(
            signal=nodes.kappa * nodes.X * gain,
            label_noise=gain,
            amplified=max(float(abs(trace / x)) for x in rest.terms[0]),
        )

    def noise_at_infinity(self, whole: Positive, trace: Positive, field: Field) -> tuple[Positive, Positive]:
        """For n -> oo, where K~(0) = (eta/(2B)) sum lambda and ``whole`` = Xi at the fixed point.

        Near the bound K~(0) = 1 of stability the error of the trace weighs 1/(1 - K~) times as much.
        """
        kernel = self._share(field) * trace
        gain = kernel / (1 - kernel)
        return whole * gain, gain

    @property
    def mean(self) -> GradientDescent:
        return GradientDescent(eta=self.rule.eta)

    def _share(self, field: Field) -> Scalar:
        return field.real(Fraction(repr(self.rule.eta)) / (2 * self.rule.batch))

    @property
    def batch(self) -> int:
        return self.rule.batch

    def advance(self, weights: Floats, design: Floats, labels: Floats) -> None:
        """``w + (eta/B) Phi^T (y - Phi w)``."""
        weights += self.rule.eta / self.rule.batch * ((labels - design @ weights) @ design)

    def check_draw(self, curvature: Floats) -> None:
        """Mean-square stability on Gaussian features with covariance eigenvalues g_i.

        ``E u_i^2`` obeys
        ``m_i -> (1 - 2 eta g_i + eta^2 (1 + 1/B) g_i^2) m_i + (eta^2/B) g_i sum_j g_j m_j``, which contracts
        if and only if ``eta (1 + 1/B) g_max < 2`` and ``sum_i (eta/B) g_i/(2 - eta (1 + 1/B) g_i) < 1``.
        Exact. Raises `DomainError` otherwise.
        Source: fourth moments of a Gaussian (Isserlis' theorem).

        >>> import numpy as np
        >>> OnePassSGDDynamics(OnePassSGD(eta=0.1, batch=1)).check_draw(np.ones(10))
        """
        eta, batch = self.rule.eta, self.rule.batch
        room = 2 - eta * (1 + 1 / batch) * curvature
        if room.min() > 0 and float((eta / batch * curvature / room).sum()) < 1:
            return
        low, high = 0.0, 2 / ((1 + 1 / batch) * float(curvature.max()))
        for _ in range(60):
            middle = (low + high) / 2
            load = float((middle / batch * curvature / (2 - middle * (1 + 1 / batch) * curvature)).sum())
            low, high = (middle, high) if load < 1 else (low, middle)
        raise DomainError(
            f"eta = {eta} is not below {low:.6g}, the stability bound of one-pass SGD with batch = {batch} "
            "on this draw's kernel; lower eta or raise the batch"
        )
