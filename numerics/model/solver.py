"""Solver: from a spectrum, sizes and a training rule to the parts of every loss, with errors.

It inverts the kernels on two contours of different length and compares; `full_model` decides which
parts make up which loss and whether the error is small enough.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any

import mpmath
import sympy

from asymptotics.errors import PrecisionError, UnableError
from asymptotics.model.rules.base import TrainingRule
from asymptotics.model.rules.gradient_flow import GradientFlow
from asymptotics.parsing.numbers import whole_number
from asymptotics.precision import working
from numerics.model.beyond_spectrum import resolve_beyond
from numerics.model.contour import Transformed, invert, pair_weights, relative_error
from numerics.model.discretisation import KEPT_TIMES, Contour, Discretisation
from numerics.model.edges import slowest_rate
from numerics.model.explicit_ridge import check_ridge
from numerics.model.fixed_point import FixedPoint, Weigh, fixed_point
from numerics.model.metrics import Metric
from numerics.model.rules.base import dynamics_of
from numerics.model.students.base import StudentMap
from numerics.model.two_time import PARTS, contour_kernels, one_time
from numerics.values.arithmetic import Field, array
from numerics.values.inputs import infinite
from numerics.values.jets import Jet
from numerics.values.positive import Positive
from numerics.values.value import Value

SENSITIVITY = 16
"""How much larger the relative error of a kernel may be than that of the sums it is made of."""

KEPT_KERNELS = 4
"""For how many contours the kernels stay in memory, a square array each."""

MOST_DIGITS = 1100
"""To so many digits the fixed point is solved at most."""

SMALLEST = 1e-300
"""Relative errors below this one leave the range of floats."""

ROUNDING_BITS = 3
"""How many bits at most are rounded away where parts are weighted and added."""

SGD_PARTS = ("sgd_signal", "sgd_label_noise")
"""Of rules that draw batches: the loss without label noise, and what one unit of sigma^2 adds."""
SINGLE_PARTS = ("infinite_data",)
MEAN_PARTS = ("overlap", "unfitted")
"""``sum_k c_k H_k`` and the mean of the errors of samples by their own labels, ``(1/P) tr f_t``."""
GROUPS = {"double": PARTS, "single": SINGLE_PARTS, "sgd": SGD_PARTS, "mean": MEAN_PARTS}
"""Parts that come from the same contours: pairs of nodes, single nodes at twice the time, or at the time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expanded:
    """In which inverse size ("N" or "P", infinite in the model) parts are expanded, and to which order."""

    size: str = ""
    orders: int = 0


PLAIN = Expanded()


_Series = Mapping[str, tuple[Value, ...]]
"""By the name of a part, its coefficients; one if nothing is expanded."""


class Solver:
    """The parts of the losses of one model at any time; times, sizes and ridge are exact SymPy numbers."""

    variance: float = 0.0
    """sigma^2, for what is tuned to it."""

    def __init__(
        self,
        student: StudentMap[Any],
        P: sympy.Expr,
        rule: TrainingRule,
        ridge: sympy.Expr = sympy.S.Zero,
    ) -> None:
        self._metric: Metric | None = None
        rule = rule.settle(lambda: Discretisation(student, P, dynamics_of(GradientFlow()), ridge))
        self.dynamics = dynamics_of(rule)
        self._levels = student.spectrum.levels
        mean = self.dynamics.mean
        self._mean = None if mean is None else Solver(student, P, mean)
        """Where batches have noise, the rule without it, which mean errors follow."""
        self.model = Discretisation(student, P, self.dynamics, ridge)
        self._slowest: float | None = None
        self._forget()

    def _forget(self) -> None:
        self._parts: OrderedDict[tuple[sympy.Expr, int, str, Expanded], _Series] = OrderedDict()
        # By the time that a contour was laid for: times close to it share what does not depend on time.
        self._kernels: OrderedDict[
            tuple[sympy.Expr, int, int, str, Expanded], tuple[Mapping[str, Jet], float]
        ] = OrderedDict()

    def in_metric(self, metric: Callable[[Discretisation], Metric]) -> Solver:
        """The same with the parts of test losses in another metric; contours are shared."""
        other = copy(self)
        other._metric = metric(self.model)
        other._forget()
        return other

    @property
    def alike(self) -> bool:
        """Whether test losses are measured on the inputs that are trained on."""
        return self._metric is None

    def at_ridge(self, ridge: sympy.Expr) -> Solver:
        """The same with another ridge."""
        other = copy(self)
        other.model = self.model.at_ridge(ridge)
        other._forget()
        return other

    def without_white(self) -> tuple[Solver, sympy.Expr]:
        """At N = oo: the same without the white part of its kernel, and the ridge that this part is."""
        other, seen = copy(self), self.model.student
        other.model = self.model.without_white()
        other._forget()
        return other, seen.scale * seen.spectrum.white / self.model.P

    # -- what is asked for ---------------------------------------------------------

    def combine(
        self,
        weights: Mapping[str, sympy.Expr],
        time: sympy.Expr,
        digits: int,
        expanded: Expanded = PLAIN,
        order: int = 0,
    ) -> Value:
        """``sum weight * part`` at ``time``, or its coefficient of that order; to about ``digits`` digits."""
        with working(digits + 15):
            value, error, note = mpmath.mpf(0), mpmath.mpf(0), ""
            for name, weight in weights.items():
                if weight == 0:
                    continue  # what is multiplied by it may be infinite
                part = self._part(name, time, digits, expanded)[order]
                factor = mpmath.mpf(1) * mpmath.mpmathify(sympy.N(weight, digits + 15))
                if mpmath.isinf(part.value):
                    note = self._fix(15)[0].diverges
                value += factor * part.value
                error += abs(factor) * part.error
                if part.error or weight != 1:
                    error += abs(factor * part.value) * mpmath.mpf(2) ** (ROUNDING_BITS - mpmath.mp.prec)
            return Value(value=value, error=mpmath.mpf(0) if mpmath.isinf(value) else error, note=note)

    def transfer(self, level: int, time: sympy.Expr, digits: int) -> Value:
        """``H_k = sum_j tau_j kappa_j/(kappa_j + lambda_k)``, or its limit at t = oo."""
        if self._mean is not None:
            return self._mean.transfer(level, time, digits)
        if infinite(time):
            fixed, inside = self._fix(digits)
            with self.model.field(inside, 0) as field:
                eigenvalue = self.model.eigenvalue(level, field)
                ratio = (
                    fixed.kappa / (fixed.kappa + eigenvalue) if eigenvalue else Positive(field.real(1), 0.0)
                )
                value = field.mpf(ratio.value)
            return Value(value=value, error=abs(value) * mpmath.mpf(ratio.error))
        found: list[Transformed] = []
        for contour in self.model.solve(time, digits):
            with contour.field as field:
                kappa = contour.resolvent.point.kappa
                found.append(invert(contour.tau, kappa / (kappa + self.model.eigenvalue(level, field))))
        return self._as_value(found, contour, 0.0, 1)

    def level(self, k: object) -> int:
        """k as a level of the spectrum; raises `DomainError`."""
        return whole_number(k, "k", 1, math.inf if self._levels is None else self._levels)

    def best_run(self, steps: int, variance: float) -> Any:
        """The best run of so many steps (`scheduled`)."""
        raise UnableError(f"{self.dynamics.rule.title} has no schedule")

    def small_steps(self, time: sympy.Expr) -> tuple[Value, ...]:
        """Loss and noise of a planned run to first order in its steps (`scheduled`)."""
        raise UnableError(f"{self.dynamics.rule.title} has no schedule")

    def check(self) -> None:
        """Raise `DomainError` for a ridge below the pole, and for step sizes beyond stability."""
        model = self.model
        with model.field(15, 0) as field:
            check_ridge(model.ridge, model.sums_for(15), model.sizes(field))
        self.dynamics.rule.check_stable(model)

    def train_decay(self, time: sympy.Expr) -> float:
        """A lower bound of ``-log(train loss(t)/train loss(0))``; 0 unless it falls to zero exponentially.

        With P < N and P below the number of modes the train loss is ``int f_t(u)^2`` over rates u that are
        all above the lower edge of a bulk.
        """
        with self.model.field(15, 0) as field:
            modes = self.model.sums_for(15).mode_count()[0]
            sizes = self.model.sizes(field)
            falls = sizes.data.inverse > 0 and sizes.data is sizes.tightest and sizes.order == 1
            if self.model.ridge or not falls or infinite(time) or modes <= self.model.P:
                return 0.0
        if self._slowest is None:
            scale = float(self.model.student.scale)
            self._slowest = 0.99 * scale * slowest_rate(self.model.sums_for(15), sizes)
        return self.dynamics.train_decay(float(time), self._slowest, self.model)

    # -- parts -----------------------------------------------------------------------

    def _part(self, name: str, time: sympy.Expr, digits: int, expanded: Expanded) -> tuple[Value, ...]:
        if name == "one":
            return _constant(1, expanded)
        if self._mean is not None and name not in SGD_PARTS:
            return self._mean._part(name, time, digits, expanded)
        group = next(group for group, names in GROUPS.items() if name in names)
        key = (time, digits, group, expanded)
        if key not in self._parts:
            self._parts[key] = self._find(group, time, digits, expanded)
            if len(self._parts) > 3 * KEPT_TIMES:
                self._parts.popitem(last=False)
        return self._parts[key][name]

    def _find(self, group: str, time: sympy.Expr, digits: int, expanded: Expanded) -> _Series:
        if infinite(time):
            return {name: (part,) for name, part in self._at_infinity(digits).items()}
        if time == 0:
            rest = _constant(0, expanded)[1:]
            return {name: (part, *rest) for name, part in self._at_zero(digits).items()}
        if group == "single" and not expanded.orders and (whole := self._sum_modes(time, digits)):
            return {"infinite_data": (whole,)}
        unpaired = group == "double" and not expanded.orders and not self.dynamics.squares
        if unpaired and self._metric is None and (whole := self._sum_modes(time, digits)):
            there = {"bias": (whole,), "train_signal": (whole,), "train_noise": _constant(1, PLAIN)}
            return {**dict.fromkeys(PARTS, _constant(0, PLAIN)), **there}
        return self._invert(group, time, digits, expanded)

    def _at_zero(self, digits: int) -> dict[str, Value]:
        sums = self.model.sums_for(digits)
        with self.model.field(digits, 0) as field:
            weighed = self._metric.before(digits, field) if self._metric else None
            found, error = weighed or sums.total_target(field)
            total = field.mpf(found)
        whole = Value(value=total, error=total * error)
        zero, one = (Value(value=mpmath.mpf(x), error=mpmath.mpf(0)) for x in (0, 1))
        same = dict.fromkeys(("bias", "train_signal", "infinite_data", "sgd_signal", "overlap"), whole)
        units = dict.fromkeys(("train_noise", "unfitted"), one)
        return {**dict.fromkeys((*PARTS, *SGD_PARTS), zero), **same, **units}

    def _at_infinity(self, digits: int) -> dict[str, Value]:
        fixed, inside = self._fix(digits)
        parts = dict(fixed.parts)
        with self.model.field(inside, 0) as field:
            if infinite(self.model.P):
                parts["infinite_data"] = parts["bias"] + parts["initialisation"]
            if self._mean is not None:
                gain = self._gain_at_infinity(inside, field)
                signal = parts["infinite_data"] / (1 - gain)
                parts |= {"sgd_signal": signal, "sgd_label_noise": gain / (1 - gain)}
            values = {name: (field.mpf(part.value), part.error) for name, part in parts.items()}
        return {
            name: Value(
                value=value, error=mpmath.mpf(0) if mpmath.isinf(value) else abs(value) * mpmath.mpf(error)
            )
            for name, (value, error) in values.items()
        }

    def _invert(self, group: str, time: sympy.Expr, digits: int, expanded: Expanded) -> _Series:
        """All parts of a group from the contours at ``time``, and the coefficients of each.

        For P = oo the square of a propagator is inverted by itself; the transform of a loss with batches is
        one at the time itself.
        """
        pairs = group == "double"
        names = GROUPS[group]
        found: dict[str, list[list[Transformed]]] = {name: [] for name in names}
        squared = group == "single"
        for contour in self.model.solve(time, digits, pairs=pairs, squared=squared, orders=expanded.orders):
            with contour.field as field:
                key = (contour.laid, len(contour.tau), digits, group, expanded)
                if key not in self._kernels:
                    self._kernels[key] = self._transforms(group, contour, expanded, digits, field)
                    if len(self._kernels) > KEPT_KERNELS:
                        self._kernels.popitem(last=False)
                values, loss = self._kernels[key]
                weights = pair_weights(contour.tau, field) if pairs else contour.tau
                for name in names:
                    found[name].append([invert(weights, term) for term in values[name].terms])
        spread = loss * 2.0 ** (3 - contour.field.bits)
        return {
            name: tuple(
                self._as_value([coarse, fine], contour, spread, 1 + pairs)
                for coarse, fine in zip(*both, strict=True)
            )
            for name, both in found.items()
        }

    def _transforms(
        self, group: str, contour: Contour, expanded: Expanded, digits: int, field: Field
    ) -> tuple[Mapping[str, Jet], float]:
        """What is to be inverted, and by what rounding is amplified in it."""
        nodes = one_time(contour.resolvent, contour.sizes, expanded.size, expanded.orders)
        if group == "double":
            metric = self._metric.on_pairs(nodes, digits, field) if self._metric else ()
            parts, loss = contour_kernels(nodes, field, *metric)
            return {name: getattr(parts, name) for name in PARTS}, loss
        if group == "mean":
            return {"overlap": nodes.kappa * nodes.X, "unfitted": nodes.R1}, 0.0
        if group == "single":
            return {"infinite_data": nodes.kappa * nodes.X}, 0.0
        zeta, sums = contour.resolvent.z, self.model.sums_for(digits)
        partner = self.dynamics.partner(zeta, field)
        beyond = resolve_beyond(partner, sums, contour.sizes, field, expanded.orders + 1)
        far = one_time(beyond, contour.sizes, expanded.size, expanded.orders)
        noise = self.dynamics.noise(zeta, nodes, partner, far, field)
        return {"sgd_signal": noise.signal, "sgd_label_noise": noise.label_noise}, noise.amplified

    def _gain_at_infinity(self, digits: int, field: Field) -> Positive:
        """K at zeta = 0; there a relative error of kappa weighs ``kappa df1'/df1``."""
        zeta = array([field.real(0)])
        partner = self.dynamics.partner(zeta, field)
        sizes = self.model.sizes(field)
        beyond = resolve_beyond(partner, self.model.sums_for(digits), sizes, field)
        point = beyond.point
        gain = self.dynamics.gain(zeta, zeta, partner, point.df1[0], field)[0].real
        steep = 1 + float(abs(point.kappa[0] * point.df1[1, 0] / point.df1[0, 0]))
        return Positive(gain, SENSITIVITY * steep * (point.error + 2.0 ** (8 - field.bits)))

    def _sum_modes(self, time: sympy.Expr, digits: int) -> Value | None:
        """The loss at N = P = oo as the sum it is; None where that cannot be had, and a contour serves."""
        if not self.model.unlimited or self.model.student.scale != 1:
            return None
        return self.dynamics.sum_modes(self.model.spectrum, time, digits, self.model)

    def _as_value(self, pair: list[Transformed], contour: Contour, spread: float, variables: int) -> Value:
        coarse, fine = pair
        with contour.field as field:
            value = field.mpf(fine.value)
            terms = SENSITIVITY * (contour.resolvent.point.error + spread + 2.0 ** (3 - field.bits))
            relative = relative_error(fine, coarse, terms, contour.left_out[variables - 1])
        if math.isinf(relative):
            return Value(value=value, error=mpmath.inf)
        return Value(value=value, error=abs(value) * mpmath.mpf(relative))

    def _weigh(self, digits: int, field: Field) -> Weigh | None:
        metric = self._metric
        return None if metric is None else lambda kappa, floor: metric.at(kappa, digits, floor, field)

    def _fix(self, digits: int) -> tuple[FixedPoint, int]:
        """The end of training to ``digits`` digits, and the digits that this took inside."""
        inside = digits
        while True:
            with self.model.field(inside, 0) as field:
                sums, sizes = self.model.sums_for(inside), self.model.sizes(field)
                unlearned = self._metric.unlearned(inside, field) if self._metric else None
                weigh = self._weigh(inside, field)
                found = fixed_point(sums, sizes, field, self.model.ridge, weigh, unlearned)
            if found.error < max(10.0 ** -(digits + 2), SMALLEST):
                return found, inside
            lost = digits + 2 + math.log10(found.error) if found.error < 1e300 else inside
            inside += 10 * math.ceil(max(lost, 1) / 10)
            if inside > MOST_DIGITS:
                size = sizes.tightest.limit
                raise PrecisionError(
                    f"df1(kappa) is so flat at {size} that kappa takes more than {MOST_DIGITS} digits; "
                    "use a size further from where the spectrum has a gap, or a ridge further from the pole"
                )


def _constant(number: int, expanded: Expanded) -> tuple[Value, ...]:
    """A number that does not depend on the sizes, and its vanishing coefficients."""
    return tuple(Value(value=mpmath.mpf(n), error=mpmath.mpf(0)) for n in (number, *[0] * expanded.orders))
