"""SGD on batches of B samples, exact in the step: what fresh batches and those drawn again have in common.

On Gaussian features a step leaves a mode of curvature e with ``1 - 2 eta e + q eta^2 e^2`` of its second
moment, q = 1 + 1/B, and the noise of the batch gives it ``(eta^2/B) e (L + sigma^2)`` (Isserlis' theorem).
The mean errors are those of gradient descent. Two curvatures fall equally fast, e and ``2/(q eta) - e``: a
place zeta of the transform has the partner ``zeta' = -zeta - 2/(q eta)``, beyond the spectrum, and the noise
feeds itself by

    K = (zeta' df1(kappa') - zeta df1(kappa))/(q B (zeta - zeta')),

kappa and kappa' belonging to zeta and zeta'; ``K -> (eta/2B)(Tr - zeta df1(kappa))`` for small steps, the
Volterra kernel of Paquette et al. (arXiv 2405.15074).

    BatchedSGD        the constants, the symbol and the noise of both
    least_unstable    the step from which on second moments grow
"""

from __future__ import annotations

from sympy import Expr, exp, sqrt

from asymptotics import symbols
from asymptotics.model.rules.base import Curvature, TrainingRule
from asymptotics.model.rules.gradient_descent import GradientDescent


class BatchedSGD(TrainingRule):
    """Steps of size eta on B samples; a subclass says which samples, and on which curvature."""

    __slots__ = ()

    parameters = (symbols.eta, symbols.B)
    counts_steps = True
    noise_law = "sgd_noise"

    @classmethod
    def symbol(cls, z: Expr) -> Expr:
        """That of gradient descent, which the mean of the errors follows."""
        return GradientDescent.symbol(z)

    @classmethod
    def propagator(cls, curvature: Expr, t: Expr) -> Expr:
        """That of gradient descent."""
        return GradientDescent.propagator(curvature, t)

    @classmethod
    def place(cls, w: Expr) -> Expr:
        """The root zeta of ``e^w = 1 + 2 eta zeta + q eta^2 zeta^2`` that vanishes with w."""
        q = 1 + 1 / symbols.B
        return (sqrt(1 + q * (exp(w) - 1)) - 1) / (q * symbols.eta)

    @classmethod
    def partner(cls, zeta: Expr) -> Expr:
        """``zeta' = -zeta - 2/(q eta)``."""
        return -zeta - 2 * symbols.B / (symbols.eta * (symbols.B + 1))

    @classmethod
    def noise_kernel(cls, zeta: Expr, near: Expr, far: Expr) -> Expr:
        """``K``, from df1 at zeta and at its partner."""
        partner = cls.partner(zeta)
        return (partner * far - zeta * near) / ((symbols.B + 1) * (zeta - partner))


def least_unstable(batch: int, curvature: Curvature) -> float:
    """The eta from which on ``q eta edge >= 2``, or K >= 1 at zeta = 0."""
    return 2 / ((1 + 1 / batch) * curvature.reach(batch + 1))
