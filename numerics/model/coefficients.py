"""Coefficients of 1/N and 1/P in the quantities of the full model at a finite time, shared between laws.

They come from `FullModel.coefficients`: the equations of the model, differentiated at N = P = oo.
"""

from __future__ import annotations

from sympy import Expr, Rational

from asymptotics.caches import cached
from asymptotics.precision import exclusive
from asymptotics.tasks.task import Task
from numerics.model.full_model import FullModel
from numerics.model.rules import GradientFlow, OnePassSGD, Rule
from numerics.values.value import Value

FLOW = GradientFlow()
ORDERS = 2
"""Coefficients that are computed together; the second costs little beside the first."""


@cached(maxsize=64)
def _infinite(task: Task, digits: int, rule: Rule) -> FullModel:
    """The model at N = P = oo; what it has solved serves all its coefficients."""
    return FullModel(task, noise=None if isinstance(rule, OnePassSGD) else 0, rule=rule, digits=digits)


@exclusive
@cached(maxsize=4096)
def size_coefficients(
    task: Task, quantity: str, size: str, time: Expr, digits: int, rule: Rule = FLOW
) -> tuple[Value, ...]:
    """c_1 and c_2 in 1/N or 1/P (``size``) of a quantity, noiseless but for SGD, at the flow time ``time``.

    ``time`` is eta n for SGD. Quantities, units, errors and what is raised: `FullModel.coefficients`.

    >>> from sympy import Integer
    >>> from asymptotics.tasks.task import power_law
    >>> first, second = size_coefficients(power_law(2, 2), "gap_noise", "P", Integer(1), 15)
    >>> round(float(first.value), 12)        # 2 sum (1 - e^(-k^-2))
    2.477243174866
    """
    moment = time / Rational(repr(rule.eta)) if isinstance(rule, OnePassSGD) else time
    return _infinite(task, digits, rule).coefficients(quantity, size, moment, ORDERS)


__all__ = ["ORDERS", "size_coefficients"]
