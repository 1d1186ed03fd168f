"""Coefficients of 1/N and 1/P in the quantities of the full model at a finite time, shared between laws.

They come from `FullModel.coefficients`: the equations of the model, differentiated at N = P = oo.
"""

from __future__ import annotations

from sympy import Expr

from asymptotics.caches import cached
from asymptotics.model.rules.base import TrainingRule
from asymptotics.precision import exclusive
from asymptotics.tasks.task import Task
from numerics.model.full_model import FLOW, FullModel
from numerics.values.value import Value

ORDERS = 2
"""Coefficients that are solved for together: of losses both have laws, and share their contours."""


@cached(maxsize=64)
def _infinite(task: Task, digits: int, rule: TrainingRule) -> FullModel:
    """The model at N = P = oo; what it has solved serves all its coefficients."""
    return FullModel(task, noise=None if rule.fresh else 0, rule=rule, digits=digits)


@exclusive
@cached(maxsize=4096)
def size_coefficients(
    task: Task,
    quantity: str,
    size: str,
    order: int,
    times: tuple[Expr, ...],
    digits: int,
    rule: TrainingRule = FLOW,
) -> tuple[Value, ...]:
    """c_1 or c_2 (``order``) in 1/N or 1/P (``size``) of a quantity, at ``times`` on the clock of the rule.

    Noiseless, but for rules with noise of their own. The other one may be too small to be had. Quantities,
    units, errors and what is raised: `FullModel.coefficients`.

    >>> from sympy import Integer
    >>> from asymptotics.tasks.power_laws import power_law
    >>> (first,) = size_coefficients(power_law(2, 2), "gap_noise", "P", 1, (Integer(1),), 15)
    >>> round(float(first.value), 12)        # 2 sum (1 - e^(-k^-2))
    2.477243174866
    """
    orders = order if rule.fresh else ORDERS
    found = _infinite(task, digits, rule).coefficients(quantity, size, times, orders, only=order)
    return tuple(value for (value,) in found)
