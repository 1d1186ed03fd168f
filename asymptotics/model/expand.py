"""From an equation of the model to its expansion.

expand(equation, spectrum, resource, depth)   the expansion, with those of all that it is made of
with_noise(equation, task)                    the equation with the noise of a task
"""

from __future__ import annotations

from sympy import Expr, Symbol

from asymptotics.caches import cached
from asymptotics.errors import TooShort
from asymptotics.model.equations import NOISE
from asymptotics.model.expander import RULES, Expander, Found
from asymptotics.model.fixed_points import (
    expand_at_explicit,
    expand_at_least,
    expand_at_modes,
    expand_at_ridge,
)
from asymptotics.model.operators import AtExplicit, AtLeast, AtModes, AtRidge
from asymptotics.spectra import SpectralSeries
from asymptotics.symbols import sigma
from asymptotics.tasks.task import Task

DEEPER = 4
"""By how many orders more than were asked for, at most, parts of an equation are expanded."""

RULES |= {
    AtRidge: expand_at_ridge,
    AtModes: expand_at_modes,
    AtLeast: expand_at_least,
    AtExplicit: expand_at_explicit,
}


def with_noise(equation: Expr, task: Task) -> Expr:
    """The equation with the noise of a task."""
    return equation.xreplace({NOISE: task.noise, sigma: task.noise if task.noise != 0 else sigma})


def expand(equation: Expr, spectrum: SpectralSeries, resource: Symbol, depth: int) -> Found:
    """The first ``depth`` orders of an equation, resource -> oo (or -> the number of modes).

    What it is made of is expanded further where it ends before its first term.
    """
    here = with_noise(equation, spectrum.task)
    for deeper in range(depth, depth + DEEPER):
        try:
            return _expander(spectrum, deeper)(here, resource)
        except TooShort:
            continue
    try:
        return _expander(spectrum, depth + DEEPER)(here, resource)
    except TooShort as error:
        raise TooShort(f"{error}. {remark}" if (remark := spectrum.kernel.remark) else str(error)) from error


@cached(maxsize=64)
def _expander(spectrum: SpectralSeries, depth: int) -> Expander:
    return Expander(spectrum, depth)
