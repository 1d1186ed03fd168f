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

from asymptotics.errors import DomainError, UnableError
from asymptotics.model.rules.base import Curvature, positive_float, training_rule
from asymptotics.model.rules.batched_sgd import BatchedSGD, least_unstable
from asymptotics.model.schedules.base import Schedule, as_schedule
from asymptotics.model.schedules.shapes import CONSTANT
from asymptotics.parsing.numbers import whole_number


@training_rule
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MultiPassSGD(BatchedSGD):
    """``w_(n+1) = w_n + (eta/B) sum_i phi_i (y_i - f_i)`` over B samples i drawn from P, with replacement.

    Time is the number n of steps, so that ``n B/P`` epochs are seen; eta the step size, ``batch`` = B. For
    Gaussian features the share that batches add is exact but for O(1/P).

    With a ``schedule`` f the steps of a run of T are ``eta f(n/T)``, and losses are those at its end, to
    first order in eta.

    Raises `DomainError` unless eta is a finite number > 0 and batch an integer >= 1, and for schedules that
    are negative or not defined on [0, 1].

    >>> MultiPassSGD(eta=0.1, batch=8).batch
    8
    >>> MultiPassSGD(eta=0.1, batch=8, schedule="1 - u")
    MultiPassSGD(eta=0.1, batch=8, schedule=Formula(1 - u))
    """

    eta: float
    batch: int
    schedule: Schedule = CONSTANT

    title = "multi-pass SGD"
    name = "multi-pass"
    resamples = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "eta", positive_float("eta", self.eta))
        object.__setattr__(self, "batch", whole_number(self.batch, "batch", 1, 10**15))
        shape = as_schedule(self.schedule)
        if shape.open_parameters:
            raise DomainError(f"schedule = {shape} has symbols; give numbers")
        if shape.by_model:
            raise UnableError(f"{shape.title} is that of fresh samples; use OnePassSGD, or a function of u")
        object.__setattr__(self, "schedule", shape)

    def __repr__(self) -> str:
        shape = f", schedule={self.schedule}" if self.scheduled else ""
        return f"MultiPassSGD(eta={self.eta}, batch={self.batch}{shape})"

    @property
    def scheduled(self) -> bool:
        """Whether its steps differ from each other, so that a run is one of T steps."""
        return self.schedule != CONSTANT

    def largest_step(self, curvature: Curvature) -> float:
        """The eta from which on it is unstable: ``q eta edge >= 2``, or K >= 1 at zeta = 0."""
        return least_unstable(self.batch, curvature) / self.schedule(self.schedule.highest())

    def check_stable(self, curvature: Curvature) -> None:
        """Raise `DomainError` from the `largest_step` on, where second moments grow."""
        if not self.eta < (bound := self.largest_step(curvature)):
            height = self.schedule(self.schedule.highest())
            where = f" (f = {height:.6g} on its way)" if height != 1 else ""
            raise DomainError(
                f"eta = {self.eta}{where} is beyond stability for batches of {self.batch}: a step "
                f"overshoots, or the noise of the batches feeds itself; use eta < {bound:.6g}"
            )
