"""The full model of the student that a law is of, and the orders of its losses in 1/N.

model_of(place, ...)          the model
order_in_features(n, place)   c_1 or c_2 of a quantity
"""

from __future__ import annotations

import math
from typing import Any

from mpmath import mpmathify
from sympy import Expr, Integer

from asymptotics.errors import UnableError
from asymptotics.model.quantity import GAUSSIAN
from asymptotics.model.rules.base import TrainingRule
from asymptotics.precision import working
from asymptotics.symbols import N
from numerics.model.coefficients import size_coefficients
from numerics.model.full_model import FLOW, FullModel
from numerics.values.value import Value
from numerics.verification.places import Place

OF_GROWING = 8
"""To so many digits orders in 1/N are had where the modes are a multiple of N; their end is costly."""


def model_of(place: Place, **options: Any) -> FullModel:
    """The full model of the student; without N it is the kernel, of which a white part is left.

    >>> from asymptotics import DeepRandomFeatures, power_law
    >>> student = DeepRandomFeatures(widths=(N, 2 * N))
    >>> place = Place(task=power_law(2, 3), resource=Integer(10), digits=5, student=student)
    >>> model_of(place, P=4).student, model_of(place, N=4).student
    (GaussianFeatures(), DeepRandomFeatures(widths=(4, 8)))
    """
    if place.student != GAUSSIAN and (N.name in options or place.student.white_noise() != 0):
        options["student"] = place.student
    options.setdefault("digits", place.digits)
    return FullModel(place.task, **options)


def _own_size(place: Place, order: int, least: Expr) -> Expr:
    """The N of the place, at which the rows have their own c_1."""
    size = place.setting(N)
    if order > 1 or size < least:
        raise UnableError(
            f"the orders in 1/N of {place.student.title} depend on N themselves; "
            + (
                "the second has no number"
                if order > 1
                else f"N = {size} is too near, give one such as N = 10**40"
            )
        )
    return size


def order_in_features(
    order: int, place: Place, wanted: int, quantity: str = "test_loss", rule: TrainingRule = FLOW
) -> Value:
    """c_1 or c_2 (``order``) of a quantity, to ``wanted`` digits, from sizes far beyond t.

    Label noise is left out but for rules with noise of their own. With ``x = 1/N``: ``d(x) = (L(x) -
    L(0))/x``, and ``(d(2 x) - d(x))/x``. What is left out is of relative order t x at most, as the orders are
    those of ``t^(1/b)/N`` and ``t/N``. Rows whose spectrum depends on N have another c_1 at each N; it is
    that of the N of the place, which must be so far. Where the modes are a multiple of N, c_1 is that of
    Gaussian rows times what both make of the same modes at one N: those that are still missing there change
    both differences alike. Raises `UnableError`.
    """
    grows = place.student.own_modes(place.task) != place.task
    wanted = min(wanted, OF_GROWING) if grows else wanted
    t = max(place.resource, Integer(1))
    size = Integer(10) ** (wanted + 5) * t
    if any(slope.has(N) for slope in place.student.slopes()):
        size = _own_size(place, order, size)
    digits = wanted + 8 + order * math.ceil(math.log10(size))
    own = place.student.own_modes(place.task).with_sizes({N: size})
    if own != place.task and order > 1:
        raise UnableError(
            f"the second order in 1/N of {place.student.title} of modes that grow has no number"
        )
    options: dict[str, Any] = {"digits": digits, "noise": None if rule.fresh else 0, "rule": rule}

    def left(**sizes: Any) -> Value:
        found: Value = getattr(FullModel(own, **sizes, **options), quantity)(place.resource)
        return found

    with working(digits + 25):
        none, *others = left(), *(left(N=n, student=place.student) for n in (size, size / 2)[:order])
        first, *half = ((one - none) * mpmathify(n) for one, n in zip(others, (size, size / 2), strict=False))
        found = (half[0] - first) * mpmathify(size) if half else first
        if grows:
            gaussian = (left(N=size) - none) * mpmathify(size)
            times = (place.resource,)
            (limit,) = size_coefficients(place.task, quantity, N.name, 1, times, wanted, rule)
            found = found / gaussian * limit
        return Value(value=found.value, error=found.error + abs(found.value) * mpmathify(10) ** -wanted)
