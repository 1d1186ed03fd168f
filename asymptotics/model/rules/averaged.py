"""The average of the iterates of another rule in the place of the last one (Polyak and Juditsky 1992)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from sympy import Expr

from asymptotics.errors import DomainError, UnableError, shown
from asymptotics.model.rules.base import Curvature, TrainingRule, check_rule, training_rule
from asymptotics.model.schedules.base import Schedule, as_schedule
from asymptotics.model.schedules.shapes import CONSTANT


@training_rule
@dataclass(frozen=True, slots=True)
class Averaged(TrainingRule):
    """``sum_n alpha_n w_n`` with ``alpha_n ~ w(n/T)``, n = 1, ..., T, of sum 1, of the iterates of a rule.

    ``weights`` w: equal ones, Polyak's, by default; ``Tail(fraction=)``, or ``Exponential(rate=)`` for a
    moving average whose memory is T/rate steps; any other schedule. The rule trains as it would by itself.

    Raises `DomainError` for a rule without numbers, and `UnableError` for one whose steps are not planned.

    >>> from asymptotics import OnePassSGD
    >>> Averaged(OnePassSGD(eta=0.1, batch=8)).scheduled
    True
    """

    rule: TrainingRule
    weights: Schedule = CONSTANT

    title = "the average of iterates"
    name = "averaged"
    counts_steps = True
    fresh = True

    def __post_init__(self) -> None:
        check_rule(self.rule, with_numbers=True)
        if not self.rule.fresh or self.rule.remembers:
            raise UnableError(
                f"the average of {self.rule.title} is not derived; average OnePassSGD(eta=..., batch=...)"
            )
        if isinstance(self.rule, Averaged):
            raise DomainError(
                f"rule = {shown(self.rule)} is an average already; give one weight to each iterate"
            )
        object.__setattr__(self, "weights", as_schedule(self.weights))
        if self.weights.open_parameters or self.weights.by_model:
            raise DomainError(f"weights = {self.weights}; give numbers on [0, 1]")

    @property
    def scheduled(self) -> bool:
        """The weights depend on how many iterates there are."""
        return True

    @classmethod
    def symbol(cls, z: Expr) -> Expr:
        """That of no single rate."""
        raise UnableError("an average of iterates has no symbol of its own; ask the rule that is averaged")

    @classmethod
    def propagator(cls, curvature: Expr, t: Expr) -> Expr:
        """That of no single rate."""
        raise UnableError(
            "an average of iterates has no propagator of its own; ask the rule that is averaged"
        )

    @classmethod
    def of_flow(cls, power: Expr) -> tuple[Expr, Expr]:
        """That of no single power: it is how the weights fall in the horizon that decides."""
        raise UnableError("budgets of averaged iterates are not derived; laws.averaged has their loss")

    def settle(self, curvature: Callable[[], Curvature]) -> Averaged:
        """The average of the rule that is settled."""
        return replace(self, rule=self.rule.settle(curvature))

    def check_stable(self, curvature: Curvature) -> None:
        """That of the rule."""
        self.rule.check_stable(curvature)
