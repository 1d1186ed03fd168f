"""Losses of rules that draw batches from P samples: train loss, and what batches add to the test loss.

The mean errors are those of the rule without noise. Their spread over the batches, which decays as
``(1 - eta h - eta h' + q eta^2 h h')^n`` where the product of the means does as its n-th power at q = 1, is a
transform over pairs of nodes as theirs is; what it feeds on, the train loss, is one of single nodes
(`rules.multi_pass_sgd`).

    ReusingSolver    the parts of the losses
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import mpmath
import sympy

from asymptotics.errors import UnableError
from numerics.model.beyond_spectrum import resolve_beyond
from numerics.model.contour import Transformed, invert, pair_weights
from numerics.model.discretisation import KEPT_TIMES
from numerics.model.solver import PLAIN, SENSITIVITY, Expanded, Solver
from numerics.model.two_time import one_time
from numerics.values.arithmetic import Array, Field, array, each
from numerics.values.inputs import infinite
from numerics.values.value import Value

TESTED = ("bias", "initialisation", "data", "interaction", "noise_data", "noise_interaction")
REPEATED = {f"repeated_{name}": name for name in TESTED}
"""The parts of the test loss without what batches feed on, by those of the mean rule."""
REUSED = ("reuse_train", "reuse_train_noise", "reuse_test", "reuse_test_noise")
"""The train loss and what batches add to the test loss, without label noise and per unit sigma^2."""

Ratio = Callable[[Array, Array, Field], Array]


class ReusingSolver(Solver):
    """The parts of the losses of multi-pass SGD at finite P, beside those of its mean.

    What batches add is exact but for O(1/P), as eigenvectors on the samples are taken as Gaussian; a `Value`
    that holds some says so in its note, and by how much: about 2/P of what is added.
    """

    def combine(
        self,
        weights: Mapping[str, sympy.Expr],
        time: sympy.Expr,
        digits: int,
        expanded: Expanded = PLAIN,
        order: int = 0,
    ) -> Value:
        found = super().combine(weights, time, digits, expanded, order)
        if found.note or time == 0 or not set(weights) & {*REPEATED, *REUSED}:
            return found
        return replace(found, note=f"(what batches add: but for about {2 / float(self.model.P):.1g} of it)")

    def _part(self, name: str, time: sympy.Expr, digits: int, expanded: Expanded) -> tuple[Value, ...]:
        group = next((names for names in (tuple(REPEATED), REUSED) if name in names), None)
        if group is None:
            return super()._part(name, time, digits, expanded)
        if expanded.orders:
            raise UnableError(
                f"orders in 1/{expanded.size} of {self.dynamics.rule.title} are not solved; take finite sizes"
            )
        key = (time, digits, group[0], expanded)
        if key not in self._parts:
            self._parts[key] = self._solve(group, time, digits)
            if len(self._parts) > 3 * KEPT_TIMES:
                self._parts.popitem(last=False)
        return self._parts[key][name]

    def _solve(self, group: tuple[str, ...], time: sympy.Expr, digits: int) -> dict[str, tuple[Value, ...]]:
        assert self._mean is not None
        if infinite(time) or time == 0:
            found = self._reused_at_end(digits) if infinite(time) else self._reused_at_start(digits)
            mean = {one: self._mean._part(of, time, digits, PLAIN)[0] for one, of in REPEATED.items()}
            return {name: (value,) for name, value in (mean | found).items()}
        return self._repeat(time, digits) if group[0] in REPEATED else self._reuse(time, digits)

    def _reused_at_start(self, digits: int) -> dict[str, Value]:
        assert self._mean is not None
        zero = Value(value=mpmath.mpf(0), error=mpmath.mpf(0))
        zero_time = sympy.Integer(0)
        train = (self._mean._part(n, zero_time, digits, PLAIN)[0] for n in ("train_signal", "train_noise"))
        return dict(zip(REUSED, (*train, zero, zero), strict=True))

    def _reused_at_end(self, digits: int) -> dict[str, Value]:
        """At zeta = 0: ``Lhat = (Lhat of the mean)/(1 - K)``, and H times it."""
        assert self._mean is not None
        end = sympy.oo
        train = [self._mean._part(n, end, digits, PLAIN)[0] for n in ("train_signal", "train_noise")]
        with self.model.field(digits, 0) as field:
            sums, sizes = self.model.sums_for(digits), self.model.sizes(field)
            zeta = array([field.real(0)])
            partner = self.dynamics.partner(zeta, field)
            far = resolve_beyond(partner, sums, sizes, field).point
            df = far.df1[0]
            gain = self.dynamics.gain(zeta, zeta, partner, df, field)[0].real
            # kappa R3 df1 at zeta = 0 is 0 where features limit; where samples do, the train loss vanishes
            beyond = far.kappa * sizes.factors(df)[1] * df
            spread = (self.dynamics.gain(zeta, zeta, partner, beyond / partner, field)[0]).real
            share, height = field.mpf(1 / (1 - gain)), field.mpf(spread)
            off = mpmath.mpf(SENSITIVITY * (far.error + 2.0 ** (8 - field.bits)))
        found = [x * Value(value=share, error=abs(share) * share * off) for x in train]
        added = [x * Value(value=height, error=abs(height) * off) for x in found]
        return dict(zip(REUSED, (*found, *added), strict=True))

    def _reuse(self, time: sympy.Expr, digits: int) -> dict[str, tuple[Value, ...]]:
        found: dict[str, list[Transformed]] = {name: [] for name in REUSED}
        for contour in self.model.solve(time, digits, pairs=False):
            with contour.field as field:
                near = one_time(contour.resolvent, contour.sizes)
                zeta = contour.resolvent.z
                partner = self.dynamics.partner(zeta, field)
                beyond = resolve_beyond(partner, self.model.sums_for(digits), contour.sizes, field)
                far = one_time(beyond, contour.sizes)
                transforms, loss = self.dynamics.reuse(zeta, near, partner, far, field)
                for name in REUSED:
                    found[name].append(invert(contour.tau, transforms[name].terms[0]))
        spread = loss * 2.0 ** (3 - contour.field.bits)
        return {name: (self._as_value(pair, contour, spread, 1),) for name, pair in found.items()}

    def _repeat(self, time: sympy.Expr, digits: int) -> dict[str, tuple[Value, ...]]:
        return self._in_pairs(
            REPEATED, time, digits, lambda Z, other, field: self.dynamics.ratio(Z, other, int(time), field)
        )

    def _in_pairs(
        self, names: Mapping[str, str], time: sympy.Expr, digits: int, ratio: Ratio
    ) -> dict[str, tuple[Value, ...]]:
        """Parts of the mean rule, each pair of nodes with this ratio."""
        mean: Any = self._mean
        found: dict[str, list[Transformed]] = {name: [] for name in names}
        for contour in mean.model.solve(time, digits):
            with contour.field as field:
                values, loss = mean._transforms("double", contour, PLAIN, digits, field)
                both = array([*contour.Z, *each(field.conj, contour.Z)])
                weights = pair_weights(contour.tau, field) * ratio(contour.Z[:, None], both[None, :], field)
                for name, of in names.items():
                    found[name].append(invert(weights, values[of].terms[0]))
        spread = loss * 2.0 ** (3 - contour.field.bits)
        return {name: (mean._as_value(pair, contour, spread, 2),) for name, pair in found.items()}
