"""Losses at the end of a run whose steps, batches or iterates are weighed by schedules.

A run of few steps is the recursion itself (`recursion`); of a longer one, the steps between its first and
its last are an equation in continuous time with the same rates (`glide`). Values are in double precision, of
about ten digits for few steps and six for many, with their errors.

    ScheduledSolver    the parts of the losses, T by T, as `solver.Solver` has them for other rules
    lay                what is integrated on a contour around the spectrum of a model
    values_of_run      its two parts with their errors
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import mpmath
import numpy as np
import sympy

from asymptotics.errors import PrecisionError, UnableError
from asymptotics.model.schedules.shapes import CONSTANT
from numerics.model.best_schedule import PER_DECADE, BestRun, best_schedule
from numerics.model.discretisation import GUARD_BITS, Discretisation
from numerics.model.encircle import encircle
from numerics.model.glide import EXACT, ROUGH, SMALL_STEPS, Pace, glide
from numerics.model.plan import Plan, plan_of
from numerics.model.recursion import Around, Complexes, Floats, at_start, run_steps
from numerics.model.renormalised_ridge import resolve_at
from numerics.model.solver import PLAIN, SGD_PARTS, Expanded, Solver
from numerics.spectra.spectrum import ContinuousSpectrum
from numerics.sums.propagated_sum import listed_modes
from numerics.sums.spectral_sums import SpectralSums
from numerics.values.inputs import infinite
from numerics.values.value import Value

DIGITS = 15
EXTRA_BITS = 60
ORDERS = (11, 15)
"""Nodes a panel of the contour, of the solution that is compared with, and of the solution."""
STEEP = (15, 19)
"""The same without trace, where targets fall by more powers of z, whose analytic part the contour cancels."""
DEGREES = (10, 14)
"""Degrees in the number of steps, likewise."""
LEAST = 0.01
"""The radius of the contour on the right, over the inverse of the whole time."""
LADDER = 16.0
"""Whole times are rounded up to powers of it, so that a search among steps has few contours to lay."""
NEAR = 2.0
"""The same of the best schedule, whose late losses are far below what they are made of."""
BEYOND = 3.0
"""The radius on the left, over the largest curvature, where the steps allow it."""
DIRECT = 20_000
"""Runs of no more steps are taken step by step."""
ENDS = (500, 1000)
"""So many steps at either end of longer ones, likewise."""
DIRECT_BEST = 200_000
"""The same of the best schedule, which has many corners."""
MOST_BEST = 10**12
"""Beyond, shares of the steps near 1 have too few digits for the last of them."""
MOST_STEPS = 2**53
FIRST = 0.02
"""The first panel in small steps, over the inverse of the largest rate."""
ROUNDING = 1e-13
NUDGE, UNDERFLOW = 2.0**-50, 1e-290
KEPT = 8


Part = Callable[[Around, Plan, Any], None]
"""Some of the steps of a run, in place."""


def lay(model: Discretisation, logs: Complexes, weights: Complexes) -> Around:
    """What is integrated on a contour of these ``log z`` and weights."""
    with model.field(DIGITS, EXTRA_BITS) as field:
        sums, sizes = model.sums_for(DIGITS), model.sizes(field)
        resolvent, _ = resolve_at(logs, sums, sizes, field, GUARD_BITS)
        point = resolvent.point
        signal = (point.kappa * point.X[0]).astype(np.complex128)
        noise = (resolvent.z * point.df1[0]).astype(np.complex128)
        if model.without_trace:  # z df1 but for the trace, which is constant in z and leaves nothing
            assert isinstance(model.spectrum, ContinuousSpectrum)
            beyond = SpectralSums(model.spectrum.squares, sums.digits).one_point(point.kappa, field)
            noise = -beyond.X[0].astype(np.complex128)
    return Around(z=np.exp(logs), signal=weights * signal, noise=weights * noise)


class ScheduledSolver(Solver):
    """The loss of rules that are planned: its signal, and what one unit of sigma^2 adds, after T steps."""

    ends = "ends after T steps"

    @property
    def _title(self) -> str:
        return f"{self.dynamics.rule.title} with a schedule"

    def _forget(self) -> None:
        super()._forget()
        self._runs: dict[sympy.Expr, tuple[Value, ...]] = {}
        self._laid: OrderedDict[tuple[float, float, int], Around] = OrderedDict()

    def _part(self, name: str, time: sympy.Expr, digits: int, expanded: Expanded) -> tuple[Value, ...]:
        if time != 0 and name != "one":
            if name not in SGD_PARTS or expanded != PLAIN:
                raise UnableError(f"of {self._title} the test loss alone is solved; ask for that")
            if infinite(time):
                raise UnableError(f"t = oo: {self._title} {self.ends}; give a number of steps")
        return super()._part(name, time, digits, expanded)

    def transfer(self, level: int, time: sympy.Expr, digits: int) -> Value:
        """Not solved."""
        raise UnableError(f"the means of single modes are not solved for {self._title}")

    def _invert(self, group: str, time: sympy.Expr, digits: int, expanded: Expanded) -> Any:
        if time not in self._runs:
            plan = self._plan(int(time))
            self._runs[time] = self._few(plan) if self._is_short(plan.steps) else self._many(plan)
        return {name: (part,) for name, part in zip(SGD_PARTS, self._runs[time], strict=True)}

    def small_steps(self, time: sympy.Expr) -> tuple[Value, ...]:
        """The same to first order in the step: the Volterra equation of the schedule."""
        if self._finds_schedule and time:
            run = self.best_run(int(time), self.variance)
            found = np.array([run.signal, run.noise])
            return values_of_run(found, found / PER_DECADE**2 + [run.rounding, 0.0], "to first order in eta")
        plan = self._plan(int(time))
        coarse, fine = (
            self._run(plan, order, [_from_start(self.model.edge, degree)])
            for order, degree in zip(self._orders, DEGREES, strict=True)
        )
        return values_of_run(fine, np.abs(fine - coarse), "to first order in eta")

    def scaled(self, steps: int, share: float) -> tuple[Value, ...]:
        """The two parts after so many steps, each of them this share of its size."""
        plan = _shrunk(self._plan(steps), share)
        return self._few(plan) if self._is_short(plan.steps) else self._many(plan)

    def scaled_roughly(self, steps: int, share: float) -> Floats:
        """The same to about five digits, quickly."""
        plan, end = _shrunk(self._plan(steps), share), ENDS[0]
        if plan.steps <= 2 * ENDS[1]:
            return self._run(plan, ORDERS[0], [_steps(0, plan.steps)])
        parts = [_steps(0, end), _between(end, plan.steps - end, DEGREES[0], EXACT)]
        return self._run(plan, ORDERS[0], [*parts, _steps(plan.steps - end, plan.steps)])

    def best_run(self, steps: int, variance: float) -> BestRun:
        """The best run of so many steps, each at most the largest of the rule (`best_schedule`)."""
        rule = self.dynamics.rule
        around = self._around(rule.eta, 1 + 1 / rule.batch, steps, ORDERS[1], NEAR)
        return best_schedule(around, variance, rule.batch, rule.eta, steps, self.model.edge)

    @property
    def _orders(self) -> tuple[int, int]:
        return STEEP if self.model.without_trace else ORDERS

    @property
    def _finds_schedule(self) -> bool:
        return bool(getattr(self.dynamics.rule, "schedule", CONSTANT).by_model)

    def _is_short(self, steps: int) -> bool:
        """Whether steps are taken one by one."""
        return steps <= (DIRECT_BEST if self._finds_schedule else DIRECT)

    def _plan(self, steps: int) -> Plan:
        """As the schedule of the rule has it, or the best."""
        rule = self.dynamics.rule
        if steps > MOST_STEPS:
            raise UnableError(f"t = {steps}: runs with a schedule are counted in doubles, to 2^53 steps")
        if not (self._finds_schedule and steps):
            found: Plan = self.dynamics.plan(steps)
            return found
        if steps > MOST_BEST:
            raise UnableError(
                f"t = {steps}: the best schedule is run to {MOST_BEST} steps; "
                "laws.schedule(OptimalSchedule()) has its law, small_step_loss its loss to first order"
            )
        shape = self.best_run(steps, self.variance).schedule(rule.eta)
        return plan_of(rule.eta, rule.batch, shape, rule.ramp, steps)

    def _few(self, plan: Plan) -> tuple[Value, ...]:
        part = _steps(0, plan.steps)
        if (alone := self._modes()) is not None:
            # rounding of eta lambda counts as that of eta
            fine, moved = (_follow(alone, one, [part]) for one in (plan, _shrunk(plan, 1 - NUDGE)))
            return values_of_run(fine, 2 * np.abs(fine - moved) + plan.steps * NUDGE * np.abs(fine))
        coarse, fine = (self._run(plan, order, [part]) for order in self._orders)
        return values_of_run(fine, np.abs(fine - coarse))

    def _modes(self) -> Around | None:
        """At N = oo the modes themselves as nodes, where they are few."""
        if not self.model.unlimited or self.model.student.scale != 1:
            return None
        found = listed_modes(self.model.spectrum, DIGITS)
        if found is None or self.model.spectrum.white:
            return None
        rates, powers, weights = (np.array(x, dtype=np.complex128) for x in zip(*found, strict=True))
        return Around(z=-rates, signal=powers / 2, noise=weights / 2)

    def _many(self, plan: Plan) -> tuple[Value, ...]:
        def run(order: int, degree: int, end: int, pace: Pace) -> Floats:
            last = plan.steps - end
            return self._run(
                plan, order, [_steps(0, end), _between(end, last, degree, pace), _steps(last, plan.steps)]
            )

        less, more = self._orders
        coarse = run(less, DEGREES[0], ENDS[0], EXACT)
        rough, fine = (run(more, DEGREES[1], ENDS[1], pace) for pace in (ROUGH, EXACT))
        return values_of_run(fine, 2 * np.abs(fine - coarse) + 2 * np.abs(fine - rough))

    def _run(self, plan: Plan, order: int, parts: list[Part]) -> Floats:
        largest, q = plan.eta.largest, 1 + 1 / plan.batch.between(0.0, plan.steps)[0]
        return _follow(self._around(largest, q, plan.steps, order), plan, parts)

    def _around(self, largest: float, q: float, steps: int, order: int, ladder: float = LADDER) -> Around:
        """The contour for so many steps; it crosses the axis between the spectrum and unstable steps."""
        edge = self.model.edge
        radius = edge * min(BEYOND, (2 / (q * largest * edge)) ** 0.5)
        longest = ladder ** np.ceil(np.log(largest * steps * edge) / np.log(ladder))
        key = (max(1.0, float(longest)) / edge, radius, order)
        if key not in self._laid:
            longest, *shape = key
            self._laid[key] = lay(self.model, *encircle(LEAST / longest, *shape))
            if len(self._laid) > KEPT:
                self._laid.popitem(last=False)
        return self._laid[key]


def _follow(around: Around, plan: Plan, parts: list[Part]) -> Floats:
    """The two parts of the loss at the end of a run."""
    moments = at_start(around)
    for part in parts:
        part(around, plan, moments)
    return moments.loss(around, average=plan.weight is not None)


def _shrunk(plan: Plan, share: float) -> Plan:
    return replace(plan, eta=replace(plan.eta, scale=share * plan.eta.scale))


def _steps(first: int, last: int) -> Callable[[Around, Plan, Any], None]:
    return lambda around, plan, moments: run_steps(around, plan, first, last, moments)


def _between(first: int, last: int, degree: int, pace: Pace) -> Callable[[Around, Plan, Any], None]:
    return lambda around, plan, moments: glide(around, plan, first, last, first, degree, moments, pace)


def _from_start(edge: float, degree: int) -> Callable[[Around, Plan, Any], None]:
    def run(around: Around, plan: Plan, moments: Any) -> None:
        least = FIRST / (edge * plan.eta.largest)
        glide(around, plan, 0.0, plan.steps, min(least, plan.steps / 4), degree, moments, SMALL_STEPS)

    return run


def values_of_run(found: Floats, apart: Floats, note: str = "") -> tuple[Value, ...]:
    """The two parts with their errors; raises `PrecisionError` for what came to nothing."""
    if not np.isfinite(found).all():
        raise PrecisionError("the run with this schedule overflows; use smaller steps")
    error = apart + ROUNDING * np.abs(found) + UNDERFLOW
    return tuple(
        Value(value=mpmath.mpf(float(x)), error=mpmath.mpf(float(dx)), note=note)
        for x, dx in zip(found, error, strict=True)
    )
