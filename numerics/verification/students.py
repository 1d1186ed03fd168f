"""The full model of the student that a law is of, and the orders of its losses in 1/N.

model_of(place, ...)          the model
order_in_features(n, place)   c_1 or c_2 of its test loss
"""

from __future__ import annotations

import math
from typing import Any

from mpmath import mpmathify
from sympy import Expr, Integer

from asymptotics.errors import UnableError
from asymptotics.model.quantity import GAUSSIAN
from asymptotics.precision import working
from asymptotics.symbols import N
from numerics.model.full_model import FullModel
from numerics.values.value import Value
from numerics.verification.places import Place


def model_of(place: Place, **options: Any) -> FullModel:
    """The full model of the student; without N it is the kernel, of which a white part is left.

    >>> from asymptotics import DeepRandomFeatures, power_law
    >>> student = DeepRandomFeatures(widths=(N, 2 * N))
    >>> place = Place(task=power_law(2, 3), resource=Integer(10), digits=5, student=student)
    >>> model_of(place, P=4).student, model_of(place, N=4).student
    (GaussianFeatures(), DeepRandomFeatures(widths=(N, 2*N)))
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


def order_in_features(order: int, place: Place, wanted: int) -> Value:
    """c_1 or c_2 (``order``) of the noiseless test loss, to ``wanted`` digits, from sizes far beyond t.

    With ``x = 1/N``: ``d(x) = (L(x) - L(0))/x``, and ``(d(2 x) - d(x))/x``. What is left out is of relative
    order t x at most, as the orders are those of ``t^(1/b)/N`` and ``t/N``. Rows whose spectrum depends on N
    have another c_1 at each N; it is that of the N of the place, which must be so far. Raises `UnableError`.
    """
    t = max(place.resource, Integer(1))
    size = Integer(10) ** (wanted + 5) * t
    if any(slope.has(N) for slope in place.student.slopes()):
        size = _own_size(place, order, size)
    digits = wanted + 8 + order * math.ceil(math.log10(size))
    same: dict[str, Any] = {"digits": digits, "noise": 0}
    with working(digits + 25):
        none = model_of(place, **same).test_loss(place.resource)
        first, half = (
            (model_of(place, N=n, **same).test_loss(place.resource) - none) * mpmathify(n)
            for n in (size, size / 2)
        )
        found = first if order == 1 else (half - first) * mpmathify(size)
        return Value(value=found.value, error=found.error + abs(found.value) * mpmathify(10) ** -wanted)
