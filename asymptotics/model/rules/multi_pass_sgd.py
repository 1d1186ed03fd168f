"""Multi-pass SGD: each step draws B of the P samples, with replacement, so that data are seen again.

Given the data, the second moments of the errors obey a linear recursion. Eigenvectors of the kernel on the
samples are as random as they can be, but for O(1/P), so that with the eigenvalues h_j of the curvature on the
samples

    m_j(n+1) = (1 - 2 eta h_j + q eta^2 h_j^2) m_j(n) + (eta^2/B) h_j^2 Lhat(n),      q = 1 + 1/B,

Lhat the train loss: that of one-pass SGD, the curvature of the population replaced by that of the sample. The
noise of the batches feeds itself through the train loss, by the same K as there, of df1 at finite P.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from asymptotics.errors import DomainError, UnableError
from asymptotics.model.rules.base import Curvature, positive_float, training_rule
from asymptotics.model.rules.batched_sgd import BatchedSGD, least_unstable
from asymptotics.model.schedules.base import Schedule, as_schedule
from asymptotics.model.schedules.shapes import CONSTANT
from asymptotics.parsing.numbers import whole_number


@training_rule
@dataclass(frozen=True, slots=True, kw_only=True)
class MultiPassSGD(BatchedSGD):
    """``w_(n+1) = w_n + (eta/B) sum_i phi_i (y_i - f_i)`` over B samples i drawn from P, with replacement.

    Time is the number n of steps, so that ``n B/P`` epochs are seen; eta the step size, ``batch`` = B. For
    Gaussian features the share that batches add is exact but for O(1/P).

    Raises `DomainError` unless eta is a finite number > 0 and batch an integer >= 1, and `UnableError` for
    a schedule, which is that of fresh samples.

    >>> MultiPassSGD(eta=0.1, batch=8).batch
    8
    """

    eta: float
    batch: int
    schedule: Schedule = field(default=CONSTANT, repr=False)

    title = "multi-pass SGD"
    name = "multi-pass"
    resamples = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "eta", positive_float("eta", self.eta))
        object.__setattr__(self, "batch", whole_number(self.batch, "batch", 1, 10**15))
        shape = as_schedule(self.schedule)
        if shape != CONSTANT:
            raise UnableError(
                f"schedule = {shape}: steps that change are not solved for {self.title}; use equal ones, or "
                "OnePassSGD(eta=..., batch=..., schedule=...) on fresh samples"
            )
        object.__setattr__(self, "schedule", CONSTANT)

    def check_stable(self, curvature: Curvature) -> None:
        """Raise `DomainError` unless ``q eta edge < 2`` and K < 1 at zeta = 0: else second moments grow."""
        bound = least_unstable(self.batch, curvature)
        if not self.eta < bound:
            raise DomainError(
                f"eta = {self.eta} is beyond stability for batches of {self.batch}: a step overshoots, or "
                f"the noise of the batches feeds itself; use eta < {bound:.6g}"
            )
