"""The average of iterates, solved: the plan of the rule, with a weight for each of its iterates."""

from __future__ import annotations

from sympy import Expr

from asymptotics.errors import UnableError
from asymptotics.model.rules.averaged import Averaged
from asymptotics.model.rules.base import Curvature
from numerics.model.plan import Plan, weigh
from numerics.model.rules.base import Dynamics, Propagation, dynamics_of, solves
from numerics.spectra.arrays import Array as Floats
from numerics.values.arithmetic import Field


@solves(Averaged)
class AveragedDynamics(Dynamics[Averaged]):
    """The rule's own steps; `plan` adds the weights."""

    def contour(self, time: Expr, nodes: int, digits: int, curvature: Curvature, field: Field) -> Propagation:
        raise UnableError("an average of iterates is planned for its T steps; ask for the test loss")

    @property
    def largest_step(self) -> float:
        return dynamics_of(self.rule.rule).largest_step

    def plan(self, steps: int) -> Plan:
        """The steps of the rule and ``alpha_n ~ w(n/T)``."""
        return weigh(dynamics_of(self.rule.rule).plan(steps), self.rule.weights)

    @property
    def batch(self) -> int:
        return dynamics_of(self.rule.rule).batch

    def advance(self, weights: Floats, design: Floats, labels: Floats, step: float) -> None:
        """As the rule does."""
        dynamics_of(self.rule.rule).advance(weights, design, labels, step)

    def check_draw(self, curvature: Floats, ridge: float = 0.0) -> None:
        """That of the rule."""
        dynamics_of(self.rule.rule).check_draw(curvature, ridge)
