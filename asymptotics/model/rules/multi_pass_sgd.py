"""Multi-pass SGD: each step draws B of the P samples, with replacement, so that data are seen again.

Given the data, the second moments of the errors obey a linear recursion. Eigenvectors of the kernel on the
samples are as random as they can be, but for O(1/P), so that with the eigenvalues h_j of the curvature on the
samples

    m_j(n+1) = (1 - 2 eta h_j + q eta^2 h_j^2) m_j(n) + (eta^2/B) h_j^2 Lhat(n),      q = 1 + 1/B,

Lhat the train loss: that of one-pass SGD, the curvature of the population replaced by that of the sample. The
noise of the batches feeds itself through the train loss, by the same K as there, of df1 at finite P.
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr

from asymptotics import symbols
from asymptotics.errors import DomainError
from asymptotics.model.rules.base import Curvature, TrainingRule, positive_float, training_rule
from asymptotics.model.rules.gradient_descent import GradientDescent
from asymptotics.model.rules.one_pass_sgd import OnePassSGD
from asymptotics.parsing.numbers import whole_number


@training_rule
@dataclass(frozen=True, slots=True, kw_only=True)
class MultiPassSGD(TrainingRule):
    """``w_(n+1) = w_n + (eta/B) sum_i phi_i (y_i - f_i)`` over B samples i drawn from P, with replacement.

    Time is the number n of steps, so that ``n B/P`` epochs are seen; eta the step size, ``batch`` = B. For
    Gaussian features the share that batches add is exact but for O(1/P).

    Raises `DomainError` unless eta is a finite number > 0 and batch an integer >= 1.

    >>> MultiPassSGD(eta=0.1, batch=8).batch
    8
    """

    eta: float
    batch: int

    title = "multi-pass SGD"
    name = "multi-pass"
    parameters = (symbols.eta, symbols.B)
    counts_steps = True
    resamples = True
    noise_law = "sgd_noise"

    def __post_init__(self) -> None:
        object.__setattr__(self, "eta", positive_float("eta", self.eta))
        object.__setattr__(self, "batch", whole_number(self.batch, "batch", 1, 10**15))

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
        """That of one-pass SGD."""
        return OnePassSGD.place(w)

    @classmethod
    def partner(cls, zeta: Expr) -> Expr:
        """That of one-pass SGD."""
        return OnePassSGD.partner(zeta)

    @classmethod
    def noise_kernel(cls, zeta: Expr, near: Expr, far: Expr) -> Expr:
        """That of one-pass SGD, df1 at finite P."""
        return OnePassSGD.noise_kernel(zeta, near, far)

    def check_stable(self, curvature: Curvature) -> None:
        """Raise `DomainError` unless ``q eta edge < 2`` and K < 1 at zeta = 0: else second moments grow."""
        bound = 2 / ((1 + 1 / self.batch) * curvature.reach(self.batch + 1))
        if not self.eta < bound:
            raise DomainError(
                f"eta = {self.eta} is beyond stability for batches of {self.batch}: a step overshoots, or "
                f"the noise of the batches feeds itself; use eta < {bound:.6g}"
            )
