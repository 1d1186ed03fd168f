"""What the reference of a law is, and where it is evaluated.

Place        a task of numbers, its resource, the settings, and digits
Reference    how a quantity is computed, and the resources at which it is compared with its law
DEFAULTS     the settings where none are given
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sympy import Expr, Integer, Rational, Symbol, oo

from asymptotics.model.quantity import GAUSSIAN
from asymptotics.model.students.base import Student
from asymptotics.symbols import B, N, P, b_test, beta, delta, eta, gamma, l, mu, n, p, rho, sigma
from asymptotics.tasks.task import Task
from numerics.values.value import Value
from numerics.verification.grids import gauge_grid

ONE = Integer(1)
DEFAULTS: Mapping[Symbol, Expr] = {
    N: Integer(1),
    P: Integer(1),
    sigma: Integer(1),
    eta: Rational(1, 8),
    B: Integer(8),
    beta: Rational(1, 8),
    gamma: Integer(1),
    mu: Rational(1, 2),
    delta: Integer(3),
    rho: Integer(1),
    l: Integer(1),
    n: Integer(2),
    b_test: Rational(5, 2),
    p: Rational(1, 2),
}
"""Settings where none are given. N = P = 1 means the coefficient of 1/N, 1/P."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a quantity is evaluated: a task of numbers, its resource, its settings, and the digits.

    ``ratio`` is that of the resource to the one before on a grid, from which a search may start; ``student``
    what is trained.
    """

    task: Task
    resource: Expr
    settings: tuple[tuple[Symbol, Expr], ...] = ()
    digits: int = 30
    ratio: Expr = oo
    student: Student = GAUSSIAN

    def setting(self, symbol: Symbol) -> Expr:
        """The number for a symbol; label noise is the task's own where it has any."""
        if symbol == sigma and self.task.noise != 0:
            return self.task.noise
        return {**DEFAULTS, **dict(self.settings)}[symbol]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """How a quantity is computed, which settings it takes, and the resources at which it is compared.

    These are ``start * 10^(step j)``, j = 0 ... points - 1. ``start`` is 10^first of gradient flow: on the
    clock of a rule of that ``pace``, the first whole number from 10^first/pace on. Where the relative
    remainder falls slowly, the step is up to ``longest`` times as long, so that it falls by about half a
    decade. A law in powers of a gauge is compared on the grid of that (`grids`). In the place of ``value``
    stands ``together`` where contours of several places are shared: the values at places that differ in the
    resource alone. References of one ``group`` share their solutions, so that they are computed in one
    process.
    """

    name: str
    value: Callable[[Place], Value] | None = None
    together: Callable[[Sequence[Place]], Iterable[Value]] | None = None
    settings: tuple[Symbol, ...] = ()
    first: int = 3
    step: int = 1
    points: int = 13
    pace: Expr = Integer(1)
    longest: int = 1
    group: str = ""

    def values(self, places: Sequence[Place]) -> Iterable[Value]:
        """The quantity at each place, in which nothing but the resource differs."""
        if self.together is not None:
            return self.together(places)
        assert self.value is not None
        return map(self.value, places)

    def resources(
        self,
        settings: Mapping[Symbol, Expr],
        gauge: Expr | None = None,
        resource: Symbol | None = None,
        decay: Expr = oo,
        least: Expr = ONE,
    ) -> tuple[Expr, ...]:
        """The grid, as exact numbers; ``decay`` is the exponent of the relative remainder in the gauge.

        ``least`` is where it may begin, on the clock of gradient flow (`first_regular`).
        """
        if gauge is not None and resource is not None and gauge != resource:
            return gauge_grid(gauge, resource, decay, self.points)
        first = max(Integer(10) ** self.first, least)
        start = Integer(math.ceil(first / self.pace.xreplace({**DEFAULTS, **settings})))
        times = 1 if decay == oo or decay <= 0 else round(1 / (2 * self.step * decay))
        step = self.step * max(1, min(times, self.longest))
        return tuple(start * Integer(10) ** (step * j) for j in range(self.points))
