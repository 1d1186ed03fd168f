"""What a run of T steps does: the size of each step, its batch, and the weight of each iterate in an average.

Plan        the three as functions of the number of the step, which need not be whole
Course      such a function, of a schedule
plan_of     that of schedules
weigh       the same with weights
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from sympy import Expr, lambdify

from asymptotics.caches import cached
from asymptotics.errors import DomainError, UnableError
from asymptotics.model.schedules.base import Schedule
from asymptotics.model.schedules.pieces import u
from numerics.spectra.arrays import Array as Floats

COUNTED = 10**5
"""So many weights are added up one by one; more of them by the trapezoidal rule at as many places."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Course:
    """``scale f(n/T)``, and at least ``least``."""

    schedule: Schedule
    scale: float
    steps: int
    least: float = 0.0

    def __call__(self, n: Floats) -> Floats:
        return np.maximum(self.least, self.scale * values_of(self.schedule, n / max(self.steps, 1)))

    @property
    def largest(self) -> float:
        """Its largest value on the way."""
        return max(self.least, self.scale * self.schedule(self.schedule.highest()))

    def between(self, first: float, last: float) -> tuple[float, float]:
        """Its bounds from one step to another, narrow peaks included."""
        shares = (min(max(n / max(self.steps, 1), 0.0), 1.0) for n in (first, last))
        low, high = self.schedule.between(*shares)
        return max(self.least, self.scale * low), max(self.least, self.scale * high)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan:
    """``eta(n)`` and ``batch(n)`` of step n = 0, ..., T - 1, as functions of arrays.

    ``weight(n)`` is that of the iterate after n steps, n = 1, ..., T, of sum 1; None: the last alone.
    ``corners``: the n between which eta is a straight line; None where it is smooth, or its corners unknown.
    """

    steps: int
    eta: Course
    batch: Course
    weight: Course | None = None
    corners: Floats | None = None


def values_of(schedule: Schedule, shares: Floats) -> Floats:
    """f at shares of the steps, cut to [0, 1]; raises `DomainError` where it is negative or no number.

    >>> from asymptotics import Linear
    >>> values_of(Linear(), np.array([0.0, 0.25, 1.5])).tolist()
    [1.0, 0.75, 0.0]
    """
    inside = np.clip(shares, 0.0, 1.0)
    found = _evaluate(schedule, inside)
    if found.size and not (found.min() >= 0 and np.isfinite(found).all()):
        worst = int(np.argmin(np.where(np.isfinite(found), found, -np.inf)))
        raise DomainError(
            f"schedule: f({inside[worst]:.6g}) = {found[worst]:.6g}; give a number >= 0 all over [0, 1]"
        )
    return found


def _evaluate(schedule: Schedule, shares: Floats) -> Floats:
    try:
        expression = schedule.expression
    except UnableError:
        if (many := getattr(schedule, "values", None)) is not None:
            return np.asarray(many(shares), dtype=np.float64)
        return np.array([schedule(float(share)) for share in shares])
    found: Floats = np.broadcast_to(_compiled(expression)(shares), shares.shape).astype(np.float64)
    return found


@cached(maxsize=64)
def _compiled(expression: Expr) -> Callable[[Floats], Floats]:
    compiled: Callable[[Floats], Floats] = lambdify(u, expression, modules="numpy")
    return compiled


def plan_of(eta: float, batch: int, schedule: Schedule, ramp: Schedule, steps: int) -> Plan:
    """``eta f(n/T)`` and ``B g(n/T)``, at least 1."""
    shares = getattr(schedule, "shares", None)
    return Plan(
        steps=steps,
        corners=None if shares is None else steps * shares,
        eta=Course(schedule=schedule, scale=eta, steps=steps),
        batch=Course(schedule=ramp, scale=batch, steps=steps, least=1.0),
    )


def weigh(plan: Plan, weights: Schedule) -> Plan:
    """The same plan with weights of its iterates, proportional to w(n/T)."""
    steps = max(plan.steps, 1)
    scale = 1 / _total(weights, steps)
    return replace(plan, weight=Course(schedule=weights, scale=scale, steps=steps))


def _total(weights: Schedule, steps: int) -> float:
    """``sum_(n = 1)^T w(n/T)``."""
    if steps <= COUNTED:
        total = float(values_of(weights, np.arange(1, steps + 1) / steps).sum())
    else:
        found = values_of(weights, np.linspace(0.0, 1.0, COUNTED + 1))
        total = steps * float(found[1:].sum() + found[:-1].sum()) / (2 * COUNTED)
        total += float(found[-1] - found[0]) / 2
    if not total > 0:
        raise DomainError(
            f"the weights of the average vanish at all {steps} iterates; give some of them weight"
        )
    return total
