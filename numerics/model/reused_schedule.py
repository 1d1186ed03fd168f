"""Multi-pass SGD with steps that change, to first order in the step: two Volterra kernels, train and test.

With tau the sum of the steps so far and Lhat the train loss, label noise included,

    Lhat(tau) = Lhat_GF(tau) + int_0^tau (eta/B)(tau') Khat(tau - tau') Lhat(tau') dtau',
    L(tau)    = L_GF(tau)    + int_0^tau (eta/B)(tau') K(tau - tau') Lhat(tau') dtau',

``Khat = tr G_P^2 e^(-2 G_P tau)``, ``K = tr Sigma G_P e^(-2 G_P tau)``, and GF what is left of the
means: that of gradient flow, at the end with what steps of a size change of a pair of modes, ``1 + sum
eta^2 (q h h' - (h + h')^2/2)``. On a contour around the spectrum (`encircle`) both kernels are sums of
exponentials, by ``zeta df1`` and ``kappa R3 df1``; on each panel of the run Lhat is a polynomial through
Chebyshev points.

    ReusedScheduleSolver    the parts of the losses
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import mpmath
import numpy as np
import sympy

from asymptotics.errors import UnableError
from asymptotics.model.rules.gradient_flow import GradientFlow
from numerics.model.clock import chebyshev
from numerics.model.discretisation import GUARD_BITS
from numerics.model.encircle import encircle
from numerics.model.forms import form_of
from numerics.model.glide import Smooth, panels, propagate
from numerics.model.many_times import losses_at_times
from numerics.model.parts import Setting
from numerics.model.plan import Plan
from numerics.model.recursion import Complexes, Floats
from numerics.model.renormalised_ridge import resolve_at
from numerics.model.reusing import REPEATED, REUSED, Ratio, ReusingSolver
from numerics.model.scheduled import BEYOND, DEGREES, EXTRA_BITS, FIRST, LEAST, ORDERS
from numerics.model.scheduled import DIGITS as CONTOUR_DIGITS
from numerics.model.solver import PLAIN, Expanded, Solver
from numerics.spectra.compiled import constant
from numerics.values.arithmetic import Array, Field
from numerics.values.inputs import infinite
from numerics.values.value import Value

PIECE = 1.2
"""The longest piece of a polynomial of the losses of gradient flow, in log(1 + edge tau)."""
ORDER = 14
DIGITS = 10
"""The degree of such a piece, and the digits of its values."""

ROUNDING = 1e-9

Losses = Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """The sums of eta and eta^2 over the steps of a run, and what batches feed, as `REUSED` has it."""

    total: sympy.Expr
    squares: sympy.Expr
    fed: tuple[Value, ...]

    def ratio(self, q: float) -> Ratio:
        """Of the product of ``1 + eta (Z + Z') + q eta^2 Z Z'`` over the steps to ``e^(tau (Z + Z'))``.

        q = 1 is without the noise of the batches.
        """

        def found(Z: Array, other: Array, field: Field) -> Array:
            change: Array = Z * other * field.real(Fraction(q)) - (Z + other) ** 2 / 2
            return 1 + change * constant(self.squares, field)

        return found


class ReusedScheduleSolver(ReusingSolver):
    """The losses of a run of T steps; the mean is gradient flow, at the sum of the steps."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        student, P, *_ = given
        self._mean = Solver(student, P, GradientFlow())
        self._runs: dict[sympy.Expr, _Run] = {}

    def combine(
        self,
        weights: Mapping[str, sympy.Expr],
        time: sympy.Expr,
        digits: int,
        expanded: Expanded = PLAIN,
        order: int = 0,
    ) -> Value:
        found = super().combine(weights, time, digits, expanded, order)
        if time == 0:
            return found
        rule = self.dynamics.rule
        share = rule.eta / rule.largest_step(self.model)
        return replace(found, note=f"to first order in eta, {share:.2g} of the largest stable {found.note}")

    def transfer(self, level: int, time: sympy.Expr, digits: int) -> Value:
        """Not solved."""
        title = self.dynamics.rule.title
        raise UnableError(
            f"the means of single modes are not solved for {title} with a schedule; use equal steps"
        )

    def _part(self, name: str, time: sympy.Expr, digits: int, expanded: Expanded) -> tuple[Value, ...]:
        if infinite(time):
            title = self.dynamics.rule.title
            raise UnableError(f"t = oo: {title} with a schedule ends after T steps; give a number of steps")
        if time == 0 or name in ("one", *REPEATED, *REUSED):
            return super()._part(name, time, digits, expanded)
        run = self._run(time)
        return self._in_pairs({name: name}, run.total, digits, run.ratio(1.0))[name]

    def _solve(self, group: tuple[str, ...], time: sympy.Expr, digits: int) -> dict[str, tuple[Value, ...]]:
        if time == 0:
            return super()._solve(group, time, digits)
        run = self._run(time)
        ratio = run.ratio(1 + 1 / self.dynamics.batch)
        if group[0] in REPEATED:
            return self._in_pairs(REPEATED, run.total, digits, ratio)
        trained = {"reuse_train": "train_signal", "reuse_train_noise": "train_noise"}
        mean = self._in_pairs(trained, run.total, digits, ratio)
        fed = dict(zip(REUSED, run.fed, strict=True))
        return {name: (mean[name][0] + x if name in mean else x,) for name, x in fed.items()}

    def _run(self, time: sympy.Expr) -> _Run:
        if time not in self._runs:
            plan = self.dynamics.plan(int(time))
            left = self._losses_of_flow(plan.steps * plan.eta.largest)
            (_, coarse), (sums, fine) = (
                self._volterra(plan, left, order, degree)
                for order, degree in zip(ORDERS, DEGREES, strict=True)
            )
            off = np.abs(fine - coarse) + ROUNDING * np.abs(fine)
            first, last = plan.eta(np.array([0.0, plan.steps]))  # sums over steps, not integrals
            ends = np.array([first - last, first**2 - last**2]) / 2
            total, squares = (sympy.Rational(repr(float(x))) for x in sums + ends)
            fed = (Value(value=mpmath.mpf(x), error=mpmath.mpf(dx)) for x, dx in zip(fine, off, strict=True))
            self._runs[time] = _Run(total=total, squares=squares, fed=tuple(fed))
        return self._runs[time]

    def _volterra(self, plan: Plan, left: Losses, order: int, degree: int) -> tuple[Floats, Floats]:
        """The integrals of eta and eta^2, and what batches feed at the end of the run: the train loss without
        label noise, that per unit sigma^2, and the test loss likewise."""
        grid, edge = chebyshev(degree), self.model.edge
        z, train, test = self._contour(plan.steps * plan.eta.largest, order)
        first = FIRST / (edge * plan.eta.largest)
        smooth = [Smooth(values=plan.eta, largest=plan.eta.largest)]
        ends = panels(0.0, plan.steps, plan.steps, min(first, plan.steps / 4), smooth, grid, np.zeros(0))
        integral = np.linalg.inv(grid.slopes[1:, 1:])
        moments, sums = np.zeros((len(z), 2), np.complex128), np.zeros(2)
        for start, end in pairwise(ends):
            length = end - start
            eta = plan.eta(start + length * grid.points[1:])
            reached = sums + length * integral @ np.array([eta, eta**2]).T
            response, own = propagate(grid, 2 * length * eta * z[:, None], moments)
            feeds = response * (-length * (eta**2 / self.dynamics.batch) * z[:, None])[:, None, :]
            base = left(reached[:, 0]) + 2 * np.tensordot(train, own, 1).real
            loss = np.linalg.solve(np.eye(degree) - 2 * np.tensordot(train, feeds, 1).real, base)
            moments, sums = (own + feeds @ loss)[:, -1], reached[-1]
        return sums, np.concatenate([2 * (weights @ moments).real for weights in (train, test)])

    def _contour(self, longest: float, order: int) -> tuple[Complexes, Complexes, Complexes]:
        """Nodes z, and the weights of the train loss and of the test loss there."""
        edge = self.model.edge
        logs, weights = encircle(LEAST / max(longest, 1 / edge), BEYOND * edge, order)
        with self.model.field(CONTOUR_DIGITS, EXTRA_BITS) as field:
            found, _ = resolve_at(
                logs, self.model.sums_for(CONTOUR_DIGITS), self.model.sizes(field), field, GUARD_BITS
            )
            train = (found.z * found.point.df1[0]).astype(np.complex128)
            test = (found.point.kappa * found.R3 * found.point.df1[0]).astype(np.complex128)
        return np.exp(logs), weights * train, weights * test

    def _losses_of_flow(self, longest: float) -> Losses:
        """The train loss of gradient flow at times tau, without label noise and per unit sigma^2."""
        edge = self.model.edge
        last = math.log1p(edge * longest) * (1 + 1e-9)
        count = math.ceil(last / PIECE)

        half = last / count / 2
        nodes = np.cos(np.pi * (np.arange(ORDER + 1) + 0.5) / (ORDER + 1))
        times = np.expm1(half * (2 * np.arange(count)[:, None] + 1 + nodes)) / edge
        values = self._train_losses([sympy.Rational(repr(float(x))) for x in times.ravel()])
        fitted = np.polynomial.chebyshev.chebfit(
            nodes, values.reshape(count, ORDER + 1, 2).swapaxes(0, 1).reshape(ORDER + 1, -1), ORDER
        )
        pieces = fitted.T.reshape(count, 2, ORDER + 1)

        def left(tau: Floats) -> Floats:
            place = np.log1p(edge * tau) * count / last
            piece = np.minimum(place.astype(int), count - 1)
            inside = 2 * (place - piece) - 1
            return np.asarray(np.polynomial.chebyshev.chebval(inside, pieces[piece].T, tensor=False)).T

        return left

    def _train_losses(self, times: list[sympy.Expr]) -> Floats:
        """Those of gradient flow without label noise, and per unit sigma^2, many at once where possible."""
        flow, found = self._mean, list[Floats]()
        assert flow is not None
        for name, variance in zip(("train_signal", "train_noise"), (sympy.S.Zero, sympy.S.One), strict=True):
            setting = Setting(
                dynamics=flow.dynamics,
                variance=variance,
                time=sympy.S.One,
                infinite_data=False,
                squares=flow.dynamics.squares,
            )
            form = form_of("train_loss", setting, flow.model.unlimited)
            assert form is not None
            known = losses_at_times(flow.model, form, variance, times, DIGITS)
            less = found[0] if found else np.zeros(len(times))
            found.append(
                np.array(
                    [
                        float(flow._part(name, t, DIGITS, PLAIN)[0].value)
                        if value is None
                        else float(value) - x
                        for t, value, x in zip(times, known, less, strict=True)
                    ]
                )
            )
        return np.array(found).T
