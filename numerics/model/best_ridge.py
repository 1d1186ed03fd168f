"""The ridge of the smallest test loss at t = oo, by search over the ridge and interpolation, with errors.

The loss at ``rho = (e^u - 1) pole``, -pole the lowest ridge there is, has one minimum over u; it is closed in
as the best stopping time is (`stopping`).

    best_ridge    the ridge, which may be negative, and the loss there
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import mpmath
from sympy import Expr, Float, Integer, oo

from asymptotics.caches import cached
from asymptotics.precision import exclusive, working
from asymptotics.tasks.task import Task
from numerics.model.full_model import FullModel
from numerics.model.stopping import SEARCH_DIGITS, close_in, interpolate, log_loss
from numerics.values.value import Value

FAR = Integer(10) ** 60
"""A time at which the train loss falls at its slowest rate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BestRidge:
    """The ridge and the excess test loss there."""

    argument: Value
    loss: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ridged:
    """The loss at t = oo as a function of ``x = 1 + rho/pole``."""

    task: Task
    P: Expr
    pole: mpmath.mpf
    digits: int

    def test_loss(self, x: mpmath.mpf) -> Value:
        ridge = Float(self.pole * (x - 1), mpmath.mp.dps)
        return FullModel(self.task, P=self.P, ridge=ridge, digits=self.digits).test_loss(oo)


@exclusive
@cached(maxsize=256)
def best_ridge(task: Task, P: Expr, digits: int) -> BestRidge:
    """``argmin`` and ``min`` over rho of ``L(oo; P, rho)``, N = oo.

    ``digits`` is the accuracy of the losses; that of the ridge is about half of it, and said in its error.

    >>> from asymptotics.tasks.task import power_law
    >>> float(best_ridge(power_law(3, 2), Integer(100), 12).argument) < 0        # a > b
    True
    """
    with working(digits + 15):
        pole = mpmath.mpf(FullModel(task, P=P)._solver.train_decay(FAR)) / (2 * int(FAR))
        rough = _Ridged(task=task, P=P, pole=pole, digits=min(SEARCH_DIGITS, digits))
        centre = close_in(partial(log_loss, rough), mpmath.mpf(0))
        best = interpolate(_Ridged(task=task, P=P, pole=pole, digits=digits), centre, digits)
        x = best.time
        return BestRidge(argument=Value(value=pole * (x.value - 1), error=pole * x.error), loss=best.loss)
