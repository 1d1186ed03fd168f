"""Where the law of a measured task is set beside its arrays: while the modes of the fits are learned."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Expr, Float, Rational, Symbol, ceiling

from asymptotics.laws.law import Law
from asymptotics.model.quantities import QUANTITIES
from asymptotics.symbols import t

WINDOW_POINTS = 7
"""At how many resources, from the first mode of the fits to the last."""


def resources_of_window(law: Law, settings: Mapping[Symbol, Expr]) -> tuple[Expr, ...]:
    """Resources in geometric steps, on the clock of the law; N and P need not be whole.

    >>> from asymptotics import Task, derive
    >>> task = Task.from_arrays([k**-2.0 for k in range(1, 65)], [k**-3.0 for k in range(1, 65)])
    >>> [float(x) for x in resources_of_window(derive(task).model, {})][::3]
    [1.0, 6.63325, 44.0]
    """
    assert law.measured is not None
    fits = (law.measured.eigenvalue_fit, law.measured.target_fit)
    low, high = max(f.window[0] for f in fits), min(f.window[1] for f in fits)
    quantity = QUANTITIES[law.name]
    first, last = float(low), float(high)
    if law.resource == t:
        whens = (quantity.when(1 / Float(law.measured.eigenvalue(k))) for k in (low, high))
        first, last = (float(x.xreplace(dict(settings))) for x in whens)
    ratio = (last / first) ** (1 / (WINDOW_POINTS - 1))
    found = (Rational(f"{first * ratio**j:.6g}") for j in range(WINDOW_POINTS))
    return tuple(ceiling(x) if quantity.rule.counts_steps else x for x in found)
