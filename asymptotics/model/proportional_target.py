"""Targets proportional to the eigenvalues, ``c = w lambda``, whose sums are those of ``df1``:

    Xi = w kappa df1,      F = -w kappa^2 df1',      V = w kappa df2,      df2 = df1 + kappa df1'.

The loss is then stationary in kappa where ``df1 = P``: without label noise the best ridge is 0 for all P.

    vanishes(equation, task)    whether an equation is 0 for such a target, at every size
"""

from __future__ import annotations

from sympy import Derivative, Expr, powsimp, simplify

from asymptotics.model.operators import AtModes
from asymptotics.model.sums import F, V, Xi, df1, df2
from asymptotics.tasks.task import Task


def vanishes(equation: Expr, task: Task) -> bool:
    """Whether ``f(kappa)`` at ``modes(kappa) = size`` is 0 for all sizes, for ``c = w lambda``.

    >>> from asymptotics.model.equations_of_ridges import BEST_RIDGE
    >>> from asymptotics.model.expand import with_noise
    >>> from asymptotics.tasks.power_laws import power_law
    >>> [vanishes(with_noise(BEST_RIDGE, task), task) for task in (power_law(3, 3), power_law(3, 2))]
    [True, False]
    """
    ratio = powsimp(task.target / task.eigenvalues)
    if not isinstance(equation, AtModes) or ratio.has(task.index):
        return False
    function, kappa, size, modes = equation.args
    slope = Derivative(df1(kappa), kappa)
    squares = df1(kappa) + kappa * slope
    table = {
        Xi(kappa): ratio * kappa * df1(kappa),
        F(kappa): -ratio * kappa**2 * slope,
        V(kappa): ratio * kappa * squares,
        df2(kappa): squares,
    }
    modes, function = (x.xreplace(table).doit() for x in (modes, function))
    return bool(simplify(function.xreplace({size: modes})) == 0)
