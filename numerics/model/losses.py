"""The losses of a full model, each as parts of the two-time solution with weights (`parts`).

Losses     the base class of `FullModel` with these methods
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, overload

import mpmath
import sympy
from numpy.typing import NDArray

from asymptotics.errors import DomainError, Fielded, SpectrumError, UnableError, check_kind, shown
from asymptotics.model.rules.base import TrainingRule
from asymptotics.model.rules.one_pass_sgd import OnePassSGD
from asymptotics.model.schedules.base import Schedule
from asymptotics.model.schedules.shapes import CONSTANT, OptimalSchedule
from asymptotics.parsing.numbers import is_many, items_of, one_or_many, whole_number
from asymptotics.precision import exclusive_class, working
from numerics.model import parts
from numerics.model.batches_in_windows import sgd_excess_at
from numerics.model.forms import form_of
from numerics.model.many_coefficients import coefficients_at
from numerics.model.many_times import losses_at_times
from numerics.model.parts import NOISE, ONE, Setting, Weights
from numerics.model.precision import to_digits
from numerics.model.scheduled import ScheduledSolver
from numerics.model.solver import PLAIN, Expanded, Solver
from numerics.spectra.finite import FiniteSpectrum
from numerics.spectra.spectrum import ContinuousSpectrum
from numerics.values.inputs import exact_count, exact_time, infinite
from numerics.values.results import Curve, Variance
from numerics.values.value import Value

MAX_ORDERS = 8
"""Most coefficients of 1/N or 1/P."""
MAX_DECADES = 10
"""A train loss smaller than this many decades, on its way to zero, is not computed but bounded."""


@exclusive_class
class Losses(metaclass=Fielded):
    """Test and train losses, their parts, and their coefficients in the sizes.

    ``tested`` solves for test losses, which may be on other inputs than those that are trained on.
    """

    __slots__ = ()

    N: sympy.Expr
    P: sympy.Expr
    digits: int
    noise: sympy.Expr
    ridge: sympy.Expr
    rule: TrainingRule
    spectrum: ContinuousSpectrum | FiniteSpectrum
    tested: Solver
    _solver: Solver

    @property
    def _same_inputs(self) -> bool:
        return self.tested is self._solver

    def _check_same_inputs(self, what: str) -> None:
        if not self._same_inputs:
            raise UnableError(f"{what} is not known on other test_eigenvalues; leave them out")

    def weights(self, time: sympy.Expr) -> Weights:
        """The parts of the test loss at a time, for searches (`stopping`)."""
        return parts.of_test_loss(self._setting(time))

    @overload
    def test_loss(self, t: Sequence[object] | NDArray[Any]) -> Curve: ...  # type: ignore[overload-overlap]

    @overload
    def test_loss(self, t: object) -> Value: ...

    def test_loss(self, t: object) -> Value | Curve:
        """``L(t) = sum_k lambda_k E v_k(t)^2``, the excess test loss: sigma^2 is not included.

        Units of the target power; relative error below 10^-digits. ``t`` may be oo: then a loss that
        diverges (N = P) is a `Value` of oo with a note; for an array of times it is a `Curve`. Raises
        `DomainError` for t < 0 and `PrecisionError` where the digits cannot be had. Source: BAP, eqs.
        (8)-(10), C0 of appendix C.

        >>> from numerics import FullModel
        >>> from asymptotics.tasks.power_laws import power_law
        >>> str(FullModel(power_law(1.5, 1.25), N=100, P=100).test_loss(sympy.oo))
        'oo (the loss diverges at N = P as t -> oo)'
        """
        return self.curve(t) if is_many(t) else self.curve((t,)).values[0]

    def train_loss(self, t: object) -> Value:
        """``(1/P) |y - f|^2`` with the noise in the labels, C1 of BAP's appendix C; units as `test_loss`.

        For P = oo, and for one-pass SGD on the batch to come, it is test loss + sigma^2. For P < N it ends
        by falling exponentially; below about 10^-(10 + digits) it is given as 0, its bound as the error.

        >>> from numerics import FullModel
        >>> from asymptotics.tasks.power_laws import power_law
        >>> float(FullModel(power_law(2, 2), N=10, P=5).train_loss(sympy.oo))
        0.0
        """
        weights = parts.of_train_loss(self._setting(t))
        if infinite(self.P):
            return self._combine("train loss", t, weights)
        decay = self._solver.train_decay(self._time(t))
        if decay > (MAX_DECADES + self.digits) * math.log(10):
            with working(15):
                bound = (self.test_loss(0).value + mpmath.mpf(float(self.noise**2))) * mpmath.exp(-decay)
            return Value(value=mpmath.mpf(0), error=bound, note="exponentially small")
        return self._combine("train loss", t, weights, lost_digits=decay / math.log(10))

    def gap(self, t: object) -> Value:
        """``test loss + sigma^2 - train loss``: noisy labels that were never seen less those that were.

        One transform of ``(1 - R1 R1')(C0 + sigma^2/(z z'))``, in which nothing cancels however large P is;
        0 at P = oo and for one-pass SGD. Units and error as `test_loss`. Source: BAP, appendix C, C0 and C1.

        >>> from numerics import FullModel
        >>> from asymptotics.tasks.power_laws import power_law
        >>> model = FullModel(power_law(3, 2), P=10**20)
        >>> model.train_loss(5).agrees_with(model.test_loss(5)), round(float(model.gap(5)) * 1e20, 12)
        (True, 0.440253469755)
        """
        self._check_same_inputs("the gap")
        return self._combine("gap", t, parts.of_gap(self._setting(t)))

    @overload
    def coefficients(  # type: ignore[overload-overlap]
        self, quantity: str, size: str, t: Sequence[object] | NDArray[Any], orders: int = 1, *, only: int = 0
    ) -> tuple[tuple[Value, ...], ...]: ...

    @overload
    def coefficients(
        self, quantity: str, size: str, t: object, orders: int = 1, *, only: int = 0
    ) -> tuple[Value, ...]: ...

    def coefficients(
        self, quantity: str, size: str, t: object, orders: int = 1, *, only: int = 0
    ) -> tuple[Value, ...] | tuple[tuple[Value, ...], ...]:
        """``c_1 ... c_orders`` of ``quantity = c_0 + c_1/size + c_2/size^2 + ...`` around an infinite size.

        ``quantity`` is "test_loss", "train_loss", "bias", "gap", "sgd_excess", or what sigma^2 multiplies in
        the test loss or the gap: "noise", "gap_noise"; ``size`` is "N" or "P". The equations of the model
        are differentiated on the contour (`jets`), so nothing is fitted; each coefficient has a relative
        error below 10^-digits. With ``only=n`` the result is ``(c_n,)`` alone: the same system of equations
        is solved up to ``orders``, but the other coefficients are not evaluated. Of many times there is one
        such tuple for each. Raises `DomainError` if the size or the time does not allow the expansion.

        >>> from numerics import FullModel
        >>> one_mode = FullModel.from_arrays([1], [1])
        >>> (first,) = one_mode.coefficients("gap", "P", 1)        # 2 t e^(-2t)
        >>> round(float(first), 12)
        0.270670566473
        """
        self._check_same_inputs("an expansion in a size")
        sizes = {"N": self.N, "P": self.P}
        check_kind(quantity, str, "quantity", "give its name, such as 'test_loss'")
        known = isinstance(size, str) and size in sizes
        if not (known and infinite(sizes[size])):
            what = f"{size} = {sizes[size]}" if known else f"size = {shown(size)}"
            raise DomainError(f'{what}; coefficients belong to "N" or "P", infinite in the model')
        orders = whole_number(orders, "orders", 1, MAX_ORDERS)
        times = [self._time(x) for x in one_or_many(t, "t")]
        if any(map(infinite, times)):
            raise DomainError(f"t = {t}; an expansion in 1/{size} needs a finite time")
        if self.rule.fresh and size == "P":
            raise DomainError(f"{self.rule.title} never sees a sample twice; its losses depend on N alone")
        if isinstance(self.spectrum, ContinuousSpectrum) and not self.spectrum.trace:
            raise SpectrumError(
                f"sum of {self.spectrum.eigenvalues} diverges: an expansion in 1/{size} needs decay faster "
                f"than 1/{self.spectrum.index}; no model with a finite {size} has this kernel"
            )
        chosen = (whole_number(only, "only", 1, orders),) if only else range(1, orders + 1)
        found = tuple(
            zip(*(self._coefficients(quantity, size, times, n, orders) for n in chosen), strict=True)
        )
        return found if is_many(t) else found[0]

    def _coefficients(
        self, quantity: str, size: str, times: Sequence[sympy.Expr], n: int, orders: int
    ) -> list[Value]:
        model, inside = self._solver.model, [time for time in times if time != 0]
        weights = [parts.weights_of(quantity, self._setting(t, in_data=size == "P")) for t in times]
        if quantity == "sgd_excess":
            at_once = sgd_excess_at(model, self.noise**2, inside, self.digits, (n, orders))
        else:
            at_once = coefficients_at(model, quantity, size, (n, orders), self.noise**2, inside, self.digits)
        known = dict(zip(inside, at_once, strict=True))
        name, expanded = f"{quantity} at order {n} of 1/{size}", Expanded(size=size, orders=orders)
        return [
            known.get(time) or self._combine(name, time, weight, expanded=expanded, order=n)
            for time, weight in zip(times, weights, strict=True)
        ]

    @overload
    def sgd_excess(self, n: Sequence[object] | NDArray[Any]) -> tuple[Value, ...]: ...  # type: ignore[overload-overlap]

    @overload
    def sgd_excess(self, n: object) -> Value: ...

    def sgd_excess(self, n: object) -> Value | tuple[Value, ...]:
        """What the noise of its batches adds to the test loss of one-pass SGD at step n; 0 for other rules.

        The loss less that of gradient descent with the same steps, which the mean of the errors follows.
        Units and error as `test_loss`; of many steps one for each.

        >>> from numerics import FullModel
        >>> from asymptotics import GradientDescent, OnePassSGD, power_law
        >>> task, rule = power_law(3, 2), OnePassSGD(eta=0.125, batch=8)
        >>> sgd, descent = (FullModel(task, rule=r) for r in (rule, GradientDescent(eta=0.125)))
        >>> difference = float(sgd.test_loss(80)) - float(descent.test_loss(80))
        >>> abs(float(sgd.sgd_excess(80)) - difference) < 1e-15
        True
        """
        times = [self._time(x) for x in (items_of(n, "n") if is_many(n) else (n,))]
        inside = [time for time in times if time != 0 and not infinite(time)]
        at_once = sgd_excess_at(self._solver.model, self.noise**2, inside, self.digits)
        known = dict(zip(inside, at_once, strict=True))
        found = tuple(
            known.get(time) or self._combine("sgd excess", time, parts.of_sgd_excess(self._setting(time)))
            for time in times
        )
        return found if is_many(n) else found[0]

    def small_step_loss(self, n: object) -> Value:
        """The test loss of one-pass SGD with a schedule to first order in its step, as the `Value` says.

        ``L(tau) = F(2 tau) + int_0^tau (eta/B)(tau') J2(2(tau - tau'))(L + sigma^2) dtau'``, tau the sum of
        the steps, with the exact kernels F and J2 of the model. Units and error as `test_loss`.

        >>> from numerics import FullModel
        >>> from asymptotics import Linear, OnePassSGD, power_law
        >>> rule = OnePassSGD(eta=0.1, batch=4, schedule=Linear())
        >>> model = FullModel(power_law(2.5, 1.5), N=40, noise=0.5, rule=rule)
        >>> [round(float(loss(300)), 5) for loss in (model.small_step_loss, model.test_loss)]
        [0.07294, 0.07286]
        """
        if not self.rule.scheduled:
            raise DomainError(f"small steps of {self.rule}; give it a schedule, such as schedule=Linear()")
        if self.rule.resamples:
            return self.test_loss(n)
        signal, noise = self._solver.small_steps(self._time(n))
        return signal + noise * float(self.noise**2)

    def optimal_schedule(self, n: object) -> Schedule:
        """The schedule of n steps, each at most the eta of the rule, that leaves the smallest test loss.

        By the calculus of variations, to first order in the steps and with the exact kernels of the model:
        ``eta ~ ((F + sigma^2) J2)^(-1/2)``. It is a schedule for `OnePassSGD` with the same eta and batch.

        >>> from numerics import FullModel
        >>> from asymptotics import OnePassSGD, power_law
        >>> model = FullModel(power_law(3, 2), noise=1, rule=OnePassSGD(eta=0.5, batch=4))
        >>> best = model.optimal_schedule(1000)
        >>> 1 > best(0.1) > best(0.5) > best(0.9) > 0
        True
        """
        steps = whole_number(n, "n", 1)
        rule = self.rule
        if not isinstance(rule, OnePassSGD) or rule.ramp != CONSTANT:
            raise UnableError(f"the best schedule is that of OnePassSGD with equal batches, not of {rule}")
        model = self._solver.model
        solver = ScheduledSolver(model.student, model.P, replace(rule, schedule=OptimalSchedule()))
        found: Schedule = solver.best_run(steps, float(self.noise**2)).schedule(rule.eta)
        return found

    def bias(self, t: object) -> Value:
        """``B(t) = sum_k c_k H_k(t)^2``: the loss of the predictor averaged over A, data and noise.

        >>> from numerics import FullModel
        >>> from asymptotics.tasks.power_laws import power_law
        >>> model = FullModel(power_law(1.5, 1.25))
        >>> model.bias(7).agrees_with(model.test_loss(7))        # nothing is random at N = P = oo
        True
        """
        return self._combine("bias", t, {"bias": ONE}, self.tested)

    def ensemble_loss(self, t: object, members: object, bags: object = 1) -> Value:
        """Test loss of the mean over ``members`` initialisations (times ``bags`` data sets).

        ``B + V_init/E + (V_data + noise)/D + (interaction)/(E D)`` for E members and D bags, integers >= 1
        or oo. Source: BAP, section 4.3; C3 is dropped for E = oo, C1 for D = oo.
        """
        return self._average("ensemble loss", t, exact_count("members", members), exact_count("bags", bags))

    def bagged_loss(self, t: object, bags: object, members: object = 1) -> Value:
        """Test loss of the mean over ``bags`` data sets of P samples each; see `ensemble_loss`."""
        return self._average("bagged loss", t, exact_count("members", members), exact_count("bags", bags))

    def variance(self, t: object) -> Variance:
        """The variance split into initialisation, data, noise and interaction; see `Variance`.

        >>> from numerics import FullModel
        >>> from asymptotics.tasks.power_laws import power_law
        >>> model = FullModel(power_law(1.5, 1.25), N=20, P=30, noise=1)
        >>> v = model.variance(10)
        >>> abs(float(v.total) + float(model.bias(10)) - float(model.test_loss(10))) < 1e-13
        True
        """
        parts.check_gradient(self.rule, "the split of the variance")
        shares: dict[str, Weights] = {name: {name: ONE} for name in ("initialisation", "data", "interaction")}
        shares["noise"] = dict.fromkeys(NOISE, self.noise**2)
        shares["total"] = {name: weight for share in shares.values() for name, weight in share.items()}
        return Variance(
            **{n: self._combine(f"variance ({n})", t, share, self.tested) for n, share in shares.items()}
        )

    def curve(self, ts: Iterable[object], quantity: str = "test_loss") -> Curve:
        """``quantity`` ("test_loss", "train_loss" or "bias") at each of an array of times.

        >>> from numerics import FullModel
        >>> from asymptotics.tasks.power_laws import power_law
        >>> [round(float(value), 12) for value in FullModel(power_law(2, 2)).curve([0])]
        [1.644934066848]
        """
        alone: Any = partial(self._average, "test loss", members=ONE, bags=ONE)
        methods = {"test_loss": alone, "train_loss": self.train_loss, "bias": self.bias}
        if not isinstance(quantity, str) or quantity not in methods:
            raise DomainError(f"quantity = {shown(quantity)}; a curve can be of {', '.join(methods)}")
        times = [self._time(t) for t in items_of(ts, "ts")]
        known = dict(zip(times, self._at_once(quantity, times), strict=True))
        values = tuple(methods[quantity](t) if (value := known[t]) is None else value for t in times)
        return Curve(quantity=quantity, times=tuple(map(float, times)), values=values)

    def _at_once(self, quantity: str, times: Sequence[sympy.Expr]) -> list[Value | None]:
        """What one contour for many times gives of a quantity, to the digits of the model; None elsewhere."""
        solver = self._solver if quantity == "train_loss" else self.tested
        form = form_of(quantity, self._setting(sympy.S.One), solver.model.unlimited)
        inside = [i for i, t in enumerate(times) if t != 0 and not infinite(t)]
        found: list[Value | None] = [None] * len(times)
        if form is None or not inside or not (self._same_inputs or quantity == "train_loss"):
            return found
        values = losses_at_times(solver.model, form, self.noise**2, [times[i] for i in inside], self.digits)
        for i, value in zip(inside, values, strict=True):
            found[i] = value
        return found

    def _setting(self, t: object, *, in_data: bool = False) -> Setting:
        """What decides on parts; ``in_data``: although P = oo, what depends on it is wanted."""
        return Setting(
            dynamics=self._solver.dynamics,
            variance=self.noise**2,
            time=self._time(t),
            infinite_data=infinite(self.P) and not in_data,
            squares=self._solver.dynamics.squares and not self.ridge and self._same_inputs,
            decayed=self.ridge != 0,
        )

    def _combine(
        self,
        name: str,
        t: object,
        weights: Weights,
        solver: Solver | None = None,
        *,
        lost_digits: float = 0.0,
        expanded: Expanded = PLAIN,
        order: int = 0,
    ) -> Value:
        time = self._time(t)

        total = partial((solver or self._solver).combine, weights, time, expanded=expanded, order=order)
        return to_digits(name, time, total, self.digits, lost_digits=lost_digits)

    def _time(self, t: object) -> sympy.Expr:
        time = exact_time(t)
        if self.rule.counts_steps and not infinite(time) and not time.is_integer:
            raise DomainError(f"t = {t}; {type(self.rule).__name__} counts steps, give an integer >= 0 or oo")
        return time

    def _average(self, name: str, t: object, members: sympy.Expr, bags: sympy.Expr) -> Value:
        if members != 1 or bags != 1:
            parts.check_gradient(self.rule, f"the {name}")
        return self._combine(name, t, parts.of_test_loss(self._setting(t), members, bags), self.tested)
