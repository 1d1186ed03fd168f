"""What else is asked of a full model: its modes, the sign of its predictions, and the best ridge and time.

Diagnostics     the base class of `FullModel` with these methods
"""

from __future__ import annotations

from copy import copy
from functools import partial
from typing import Any, cast

import mpmath
import sympy

from asymptotics.errors import DomainError, UnableError
from asymptotics.model.rules.gradient_flow import GradientFlow
from asymptotics.model.schedules.shapes import CONSTANT
from asymptotics.parsing.numbers import exact, whole_number
from asymptotics.precision import exclusive_class, working
from numerics.model import parts
from numerics.model.best_ridge import best_ridge
from numerics.model.best_step import best_step
from numerics.model.losses import Losses
from numerics.model.metrics import OneMode
from numerics.model.parts import ONE
from numerics.model.precision import to_digits
from numerics.model.scheduled import ScheduledSolver
from numerics.model.stopping import Searched, best_stopping
from numerics.model.timescales import density
from numerics.values.results import Best
from numerics.values.value import Value


@exclusive_class
class Diagnostics(Losses):
    """Modes, signs and optima of a model."""

    __slots__ = ()

    # -- modes ----------------------------------------------------------------------------

    def transfer(self, k: object, t: object) -> Value:
        """``H_k(t) = E v_k(t)/w_k``, the mean of mode k; 1 at t = 0 (dimensionless).

        Its error is absolute: below 10^-digits, as H_k may be as small as e^(-lambda_k t). Source: BAP,
        eq. (9).

        >>> from asymptotics.tasks.power_laws import power_law
        >>> from numerics import FullModel
        >>> round(float(FullModel(power_law(2, 2)).transfer(3, 9)), 12) == round(float(mpmath.exp(-1)), 12)
        True
        """
        level, time = self._solver.level(k), self._time(t)
        if time == 0:
            return Value(value=mpmath.mpf(1), error=mpmath.mpf(0))
        total = partial(self._solver.transfer, level, time)
        return to_digits("transfer function", time, total, self.digits, absolute=True)

    def learnability(self, k: object, t: object = sympy.oo) -> Value:
        """``1 - H_k(t)``, the part of mode k that is learned: ``lambda_k/(lambda_k + kappa)`` at t = oo.

        Dimensionless, with an absolute error. At the end of training without a ridge they add up, over all
        modes, to P where P is what limits, or to N (the conserved sum of Simon et al., arXiv 2110.03922).

        >>> from numerics import FullModel
        >>> model = FullModel.from_arrays([1, 0.5, 0.25, 0.25], [1, 1, 1, 1], P=2)
        >>> round(sum(float(model.learnability(k)) for k in (1, 2, 3, 4)), 12)
        2.0
        """
        return 1 - self.transfer(k, t)

    def mode_loss(self, k: object, t: object) -> Value:
        """``lambda_k E v_k(t)^2``, the part of the test loss that is in one mode of level k.

        They add up to the test loss (times the multiplicity of a level), but for what the white part of
        nonlinear features adds, outside all modes. Units and error as `test_loss`; not
        known for one-pass SGD.

        >>> from numerics import FullModel
        >>> model = FullModel.from_arrays([1, 0.5, 0.25], [1, 1, 1], N=2, P=4, noise=1)
        >>> losses = [float(model.mode_loss(k, 3)) for k in (1, 2, 3)]
        >>> abs(sum(losses) - float(model.test_loss(3))) < 1e-14
        True
        """
        parts.check_gradient(self.rule, "the loss of one mode")
        level, time = self._solver.level(k), self._time(t)
        solver = self._solver.in_metric(lambda model: OneMode(model, level))
        weights = parts.of_pairs(self._setting(t), ONE, ONE)
        return to_digits("mode loss", time, partial(solver.combine, weights, time), self.digits)

    def timescale_density(self, k: object, u: object) -> Value:
        """``rho_k(u) = -(1/pi) Im D_k(-u + i0)``: how much of mode k decays at the rate u > 0.

        Per unit of u; 0 outside the bulk. A fraction of the mode that is never learned sits at u = 0
        and is not part of the density. Raises `UnableError` at N = P = oo, where the density is a point at
        lambda_k, and for rules other than gradient flow. Source: BAP, section 4 and appendix D.

        >>> from numerics import FullModel
        >>> white = FullModel.from_arrays([1, 1], [1, 1], N=4)        # Marchenko and Pastur
        >>> round(float(white.timescale_density(1, 1)), 10)
        0.4210843993
        """
        rate = exact(u, "u")
        if not (rate.is_number and rate.is_positive and rate.is_finite):
            raise DomainError(f"u = {u}; a rate must be a finite number > 0")
        if self._solver.model.unlimited:
            raise UnableError("the timescale density at N = P = oo is a point at u = lambda_k; give N or P")
        if type(self.rule) is not GradientFlow:
            raise UnableError(f"timescales are defined for gradient flow, not for {type(self.rule).__name__}")
        level = self._solver.level(k)
        return to_digits(
            "timescale density", rate, partial(density, self._solver.model, level, rate), self.digits
        )

    # -- other losses ---------------------------------------------------------------------

    def classification_error(self, t: object) -> Value:
        """``arccos(m/(T q)^(1/2))/pi``: how often sign(f) is not the sign of the target without noise.

        For Gaussian features, with ``T = sum c``, ``m = E f y = T - sum c_k H_k`` and ``q = E f^2``, in the
        form ``atan((T L - (T - m)^2)^(1/2)/m)/pi``, in which little cancels. Dimensionless, from 0 to 1/2;
        relative error below 10^-digits. Raises `DomainError` at t = 0, where f = 0 has no sign.

        >>> from numerics import FullModel
        >>> model = FullModel.from_arrays([1, 0], [1, 1])        # half of the power is never learned
        >>> float(model.classification_error(sympy.oo))          # f y has the correlation 2^(-1/2)
        0.25
        """
        parts.check_gradient(self.rule, "the classification error")
        self._check_same_inputs("the classification error")
        time = self._time(t)
        if time == 0:
            raise DomainError("t = 0: the student is 0 and has no sign; give t > 0")
        weights = parts.of_test_loss(self._setting(t))

        def angle(digits: int) -> Value:
            whole, left, loss = (
                self._solver.combine(w, at, digits)
                for w, at in (({"bias": ONE}, sympy.S.Zero), ({"overlap": ONE}, time), (weights, time))
            )
            with working(digits + 15):
                if mpmath.isinf(loss.value):
                    return Value(value=mpmath.mpf(1) / 2, error=mpmath.mpf(0), note=loss.note)
                m, x = whole.value - left.value, whole.value * loss.value - left.value**2
                dm = whole.error + left.error
                dx = whole.error * loss.value + whole.value * loss.error + 2 * left.value * left.error
                if not m > dm:
                    return Value(value=mpmath.mpf(1) / 2, error=mpmath.mpf(1) / 2)
                y = mpmath.sqrt(max(x, 0))
                dy = dx / y if y else mpmath.sqrt(dx)
                error = (dy * m + y * dm) / (m * m + y * y) / mpmath.pi
                return Value(value=mpmath.atan2(y, m) / mpmath.pi, error=error)

        return to_digits("classification error", time, angle, self.digits)

    def generalised_cross_validation(self, t: object) -> Value:
        """``train loss/(1 - df(t)/P)^2``, what the train loss says of test loss + sigma^2.

        ``1 - df(t)/P`` is the mean over samples of how much of a change of its label stays in its error,
        ``(1/P) tr f_t(K)``, K the kernel matrix; R1 at t = oo, where with a ridge this is exact. At finite
        times it is an estimate. Units as `test_loss`. Raises `UnableError` where both vanish: at t = oo with
        P <= N and ridge = 0.

        >>> from numerics import FullModel
        >>> model = FullModel.from_arrays([1, 0.5, 0.25], [1, 1, 1], N=2, P=4, noise=1, ridge="0.1")
        >>> round(float(model.generalised_cross_validation(sympy.oo)) - float(model.test_loss(sympy.oo)), 12)
        1.0
        """
        parts.check_gradient(self.rule, "cross-validation")
        time, weights = self._time(t), parts.of_train_loss(self._setting(t))

        def ratio(digits: int) -> Value:
            train, left = (self._solver.combine(w, time, digits) for w in (weights, {"unfitted": ONE}))
            with working(digits + 15):
                if not left.value:
                    raise UnableError("at t = oo the train loss and 1 - df/P are 0; give a ridge > 0")
                value = train.value / left.value**2
                error = train.error / left.value**2 + 2 * value * left.error / abs(left.value)
                return Value(value=value, error=error)

        return to_digits("cross-validation", time, ratio, self.digits)

    # -- optima ---------------------------------------------------------------------------

    def optimal_ridge(self) -> Best:
        """The ridge with the smallest test loss at t = oo, and this loss; it may be 0 or negative.

        For the rest of the settings as they are. At P = oo it is 0: the loss of a population is smallest
        where it is minimised. For noiseless power laws it is negative where a > b, N = oo. The loss has all
        digits, the ridge about two thirds of them, which its error says.

        >>> from asymptotics.tasks.power_laws import power_law
        >>> from numerics import FullModel
        >>> best = FullModel(power_law(3, 2), P=100, digits=10).optimal_ridge()
        >>> float(best.argument) < 0, best.note
        (True, 'negative: the loss is smaller than at ridge = 0')
        """
        parts.check_gradient(self.rule, "the best ridge")
        return best_ridge(cast(Searched, self))

    def best_time(self) -> Best:
        """The time at which the test loss is smallest (early stopping), and the loss there.

        Raises `UnableError` where the loss falls to the end, and for rules that count steps.

        >>> from asymptotics.tasks.power_laws import power_law
        >>> from numerics import FullModel
        >>> best = FullModel(power_law(2, 2), P=100, noise=1, digits=8).best_time()
        >>> f"{float(best.loss):.8f}", best.loss.relative_error < 1e-8
        ('0.16781501', True)
        """
        parts.check_gradient(self.rule, "the best time")
        if self.rule.counts_steps:
            raise UnableError(
                f"the best time is solved on a continuous clock; {self.rule.title} counts steps"
            )
        return best_stopping(cast(Searched, self))

    def best_step(self, n: object) -> Best:
        """The largest step of a run of n steps with the smallest test loss, at most that of the rule.

        Of one-pass SGD with a schedule, or of an average of its iterates; the loss is that of `test_loss`,
        exact in the step.

        >>> from numerics import FullModel
        >>> from asymptotics import Linear, OnePassSGD, power_law
        >>> rule = OnePassSGD(eta=0.5, batch=1, schedule=Linear())
        >>> best = FullModel.from_arrays([1, 0.4, 0.2], [1, 0.2, 0.1], noise=1, rule=rule).best_step(100)
        >>> round(float(best.argument), 2), round(float(best.loss), 2)
        (0.14, 0.04)
        """
        steps = whole_number(n, "n", 1)
        shape = getattr(self.rule, "schedule", CONSTANT)
        if not self.rule.fresh or shape.by_model:
            raise UnableError(
                f"the best step is that of one-pass SGD with a schedule that is given, not of {self.rule}"
            )
        solver = ScheduledSolver(self._solver.model.student, self.P, self.rule)
        return best_step(solver, steps, float(self.noise**2))

    def with_digits(self: Any, digits: int) -> Any:
        """The same model, to other digits; what it has prepared is shared."""
        model = copy(self)
        model.digits = digits
        return model
