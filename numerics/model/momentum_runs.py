"""Losses of rules that carry a momentum on fresh batches, at any number of steps (`momentum`).

Slow modes swing under momentum: of a complex curvature ``e = w^2`` the square of one grows as ``e^(2 |Im w|
sqrt(theta))``, ``theta = 4 mu T^(2 - p)/(2 - p)^2`` after T steps, until the step eta damps it. The contour
therefore follows the spectrum in w at the distance where that stays below e^(2 CLEAR), and opens where modes
are damped. Values are in double precision, with their errors.

    MomentumSolver    the parts of the losses, T by T, as `solver.Solver` has them for other rules
    beside            the contour
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import sympy

from asymptotics.errors import PrecisionError, UnableError
from numerics.model.momentum import Momentum, at_start, glide, loss, size, take_steps
from numerics.model.recursion import Around, Complexes, Floats
from numerics.model.scheduled import (
    BEYOND,
    DIRECT,
    MOST_STEPS,
    NUDGE,
    ScheduledSolver,
    lay,
    values_of_run,
)
from numerics.model.solver import SGD_PARTS
from numerics.values.value import Value

ORDERS, DEGREES, ENDS = (13, 17), (10, 14), (100, 200)
"""Nodes a panel of the contour, degrees in the number of steps, and how many are taken one by one, of the
solution that is compared with, and of the solution."""
CLEAR = 3.0
PACE = 1.0
"""Panels of the contour are so many times as long as it is distant from the spectrum."""
STEEPEST = math.tan(math.pi / 8)
"""Im w/Re w at most, where modes fall without swings."""
MOST_NODES = 25_000
ROUNDING = 1e-15
"""Of the terms of a sum, a share."""


def beside(
    momentum: Momentum, steps: int, edge: float, radius: float, order: int
) -> tuple[Complexes, Complexes]:
    """``log z`` and weights w with ``(1/2 pi i) oint F dz ~ 2 Re sum_j w_j z_j F(z_j)``, ``z = -w^2``.

    At a curvature w^2, w = x - i y, the exponent ``2 y sqrt(theta(t)) - eta x^2 t`` is largest over t where
    it is ``p y sqrt(theta)``; it is 2 CLEAR at ``y ~ x^(2 - p)``.
    """
    p = momentum.decay
    speed, room = 2 * math.sqrt(momentum.mu) / (2 - p), 2 * CLEAR
    least = 1 / (speed * steps ** (1 - p / 2) / CLEAR + math.sqrt(momentum.eta * steps))
    end, gap = math.sqrt(radius), math.sqrt(radius) - math.sqrt(edge)
    least = min(least, STEEPEST * end)
    open_to = (room / (p or 1) / speed) ** (p / 2) * (momentum.eta / (speed * (2 - p))) ** (1 - p / 2)
    ends = [complex(0.0, -least)]
    while (x := ends[-1].real) < end:
        distance = max(least, min(open_to * x ** (2 - p), STEEPEST * x))
        x = min(end, x + PACE * distance)
        ends.append(complex(x, -max(least, min(open_to * x ** (2 - p), STEEPEST * x))))
        if len(ends) * order > MOST_NODES:
            raise PrecisionError(
                f"t = {steps}: under momentum modes swing on, which takes more than {MOST_NODES} contour "
                "nodes; use earlier times, or less momentum"
            )
    while (y := -ends[-1].imag) > 0:
        ends.append(complex(end, 0.0 if y < PACE * gap else -y / (1 + PACE)))
    at, weights = np.polynomial.legendre.leggauss(order)
    w = np.concatenate([(v + u) / 2 + (v - u) / 2 * at for u, v in pairwise(ends)])
    shares = np.concatenate([(v - u) / 2 * weights for u, v in pairwise(ends)]) / w
    return 2 * np.log(w) + 1j * np.pi, shares / (1j * np.pi)


class MomentumSolver(ScheduledSolver):
    """The loss: its signal, and what one unit of sigma^2 adds, after T steps."""

    ends = "is solved after finitely many steps"

    @property
    def _title(self) -> str:
        return str(self.dynamics.rule.title)

    def _invert(self, group: str, time: sympy.Expr, digits: int, expanded: Any) -> Any:
        if time not in self._runs:
            steps = int(time)
            if steps > MOST_STEPS:
                raise UnableError(f"t = {steps}: runs of DANA are counted in doubles, to 2^53 steps")
            self._runs[time] = values_of_run(*self._run_all(steps))
        return {name: (part,) for name, part in zip(SGD_PARTS, self._runs[time], strict=True)}

    def small_steps(self, time: sympy.Expr) -> tuple[Value, ...]:
        """Not solved."""
        raise UnableError(f"{self.dynamics.rule.title} is solved in its own steps; ask for the test loss")

    def _run_all(self, steps: int) -> tuple[Floats, Floats]:
        """The two parts after so many steps, and their errors."""
        alone, momentum = self._modes(), self.dynamics.momentum
        if alone is not None and steps <= DIRECT:
            v = take_steps(alone, momentum, at_start(alone), steps)
            return loss(alone, v), steps * NUDGE * size(alone, v)
        found = []
        for order, degree, end in zip(ORDERS, DEGREES, ENDS, strict=True):
            around, first = alone or self._beside(momentum, steps, order), min(steps, end)
            v = take_steps(around, momentum, at_start(around), first)
            v = glide(around, momentum, v, first, steps, degree)
            found.append(loss(around, v))
        return found[1], 2 * np.abs(found[1] - found[0]) + ROUNDING * size(around, v)

    def _beside(self, momentum: Momentum, steps: int, order: int) -> Around:
        edge, pole = self.model.edge, self.dynamics.rule.pole(momentum.mu)
        radius = min(BEYOND * edge, math.sqrt(edge * pole))
        return lay(self.model, *beside(momentum, steps, edge, radius, order))
