"""One-pass SGD: steps of size eta on a fresh batch of B samples each, to first order in eta.

Its mean is that of gradient flow at the flow time eta n, and the noise of the batches adds a renewal: with
``zeta`` the variable of the transform in twice the flow time,

    K(zeta) = (eta/2B) (Tr - zeta df1(kappa(zeta))),      Tr = sum m_k lambda_k

(arXiv 2402.01092, here BAP, section 5; Paquette et al., arXiv 2405.15074, Volterra equation).
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, exp

from asymptotics import symbols
from asymptotics.errors import DomainError
from asymptotics.model.rules.base import Curvature, TrainingRule, check_step, positive_float, training_rule
from asymptotics.parsing.numbers import whole_number


@training_rule
@dataclass(frozen=True, slots=True, kw_only=True)
class OnePassSGD(TrainingRule):
    """``v_(n+1) = v_n - eta (A^T A/N)(Psi_n^T Psi_n/B) v_n``, a fresh batch of B samples each step.

    Time is the number n of steps, so that n B samples are seen; eta the step size, ``batch`` = B (BAP,
    section 5). Laws and values are of first order in eta: at eta = 0.3, B = 1 they leave out about a fifth of
    the loss. The errors of the values include it (`numerics.FullModel`).

    Raises `DomainError` unless eta is a finite number > 0 and batch an integer >= 1.

    >>> OnePassSGD(eta=0.1, batch=8).batch
    8
    """

    eta: float
    batch: int

    title = "one-pass SGD"
    name = "sgd"
    parameters = (symbols.eta, symbols.B)
    counts_steps = True
    fresh = True
    noise_law = "sgd_noise"
    approximation = "to first order in eta"

    def __post_init__(self) -> None:
        object.__setattr__(self, "eta", positive_float("eta", self.eta))
        object.__setattr__(self, "batch", whole_number(self.batch, "batch", 1, 10**15))

    @classmethod
    def symbol(cls, z: Expr) -> Expr:
        """``s(z) = z/eta``: to first order in eta the mean follows gradient flow."""
        return z / symbols.eta

    @classmethod
    def transform_of_one(cls, z: Expr) -> Expr:
        """``1/z``, to first order in eta."""
        return 1 / z

    @classmethod
    def propagator(cls, curvature: Expr, t: Expr) -> Expr:
        """``e^(-eta lambda n)``, to first order in eta."""
        return exp(-symbols.eta * curvature * t)

    @classmethod
    def noise_kernel(cls, zeta: Expr, df1: Expr, trace: Expr) -> Expr:
        """``(eta/2B) (Tr - zeta df1)``."""
        return (trace - zeta * df1) * (symbols.eta / (2 * symbols.B))

    def check_stable(self, curvature: Curvature) -> None:
        """Raise `DomainError` where the noise of the batches feeds itself, or a step overshoots."""
        trace = curvature.trace
        load = self.eta * trace / (2 * self.batch)
        if load >= 1:
            raise DomainError(
                f"eta = {self.eta} is beyond stability for batches of {self.batch}: "
                f"eta sum(lambda)/(2B) = {load:.6g} must be < 1; use eta < {2 * self.batch / trace:.6g}"
            )
        check_step(self.eta, curvature.edge)
