"""The compute-optimal frontier in numbers: constants of its law, and the true optimum at finite budgets.

    minimise over t   log L(t, N(t, C)),     cost(t, N) = C,

with L from the full model (any finite C), or from the joint law's scaling function (C -> oo, on the
crossover): ``kappa0 = (A/N)^(1/r)``, ``t = theta/(2 pace kappa0)`` on the clock of the training rule and a
cost ``c t^n N^m = C`` give

    N = (C (2 pace A^(1/r)/theta)^n / c)^(1/q),   L = C_p kappa0^p G_p(theta),   q = m + n/r,

so that theta* minimises ``theta^(n p/(r q)) G_p(theta)``, a number that depends on p, r, n and m alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import mpmath
from sympy import Add, Expr, Symbol, oo

from asymptotics.allocation.optimum import Optimum
from asymptotics.allocation.phase import Key, Phase
from asymptotics.errors import DomainError, PrecisionError, UnableError, check_kind
from asymptotics.hints import name_numbers
from asymptotics.laws.derive import derive
from asymptotics.laws.joint import JointLaw, joint_law
from asymptotics.model.beyond_spectrum import feedback
from asymptotics.model.features import LAZY
from asymptotics.model.rules.base import (
    Rule,
    TrainingRule,
    kind_of,
    numbers_of,
    open_parameters,
    with_numbers,
)
from asymptotics.model.rules.gradient_flow import GradientFlow
from asymptotics.parsing.heights import substitute
from asymptotics.parsing.numbers import items_of, mapping_of, real_number, substitution, whole_number
from asymptotics.precision import exclusive, working
from asymptotics.spectra import spectrum as series_of
from asymptotics.symbols import B, C, N, P, eta, h, t
from asymptotics.tasks.measured import Measured
from numerics.model.full_model import FullModel
from numerics.optima.growing import GrowingModes
from numerics.optima.scaling import data_scaling, model_scaling
from numerics.optima.tabulated import Table, tabulate
from numerics.spectra.spectrum import spectrum_of
from numerics.values.minimum import Minimum, minimum
from numerics.values.value import Value

MAX_DIGITS = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Amounts of the resources and the loss at one budget; or, for a law, their constants.

    ``split[t]``, ``split[N]``, ``split["loss"]`` are `Value`s, dimensionless; the loss is excess test loss.
    ``source`` says what the numbers of a measured task are of: its arrays, or the power laws fitted to them.
    """

    budget: Expr
    values: tuple[tuple[Key, Value], ...]
    source: str = ""

    def __getitem__(self, key: Key) -> Value:
        for name, value in self.values:
            if name == key:
                return value
        raise DomainError(f"{key} is not among {', '.join(str(name) for name, _ in self.values)}")

    def __repr__(self) -> str:
        """Nine digits of each.

        >>> Split(budget=C, values=((t, Value(value=mpmath.mpf("0.25"), error=mpmath.mpf(0))),))
        Split(C = C, t = 0.25)
        """
        amounts = (f"{'L' if key == 'loss' else key} = {value.digits(9)}" for key, value in self.values)
        return f"Split({C} = {self.budget}, {', '.join(amounts)})"


@exclusive
def constants(optimum: Optimum, at: Mapping[Symbol | str, object] | None = None, digits: int = 10) -> Split:
    """``nu`` and ``l`` in ``N* ~ nu C^(...)``, ``L* ~ l C^-(...)``; with a logarithm, UnableError.

    ``at`` gives the task's parameters, and those that the training rule leaves open. Relative error below
    10^-digits. Off the crossover the constants are those of `Phase.prefactors`; on it they come from the
    scaling function. Source: the joint law in the scaling limit of arXiv 2402.01092, here BAP, appendix C.

    >>> from asymptotics import compute_optimal, derive, power_law
    >>> from asymptotics.symbols import a, b
    >>> optimum = compute_optimal(derive(power_law(a, b)), cost=N*t)
    >>> law = constants(optimum, {a: 1.5, b: 1.25})
    >>> law["loss"].digits(8), law[N].digits(8)
    ('3.2392403', '4.6682406')
    """
    setting = _Setting.of(optimum, mapping_of(at, "at"), digits)
    phase = setting.phase
    if any(power != 0 for power in phase.logs.values()):
        raise UnableError("the optimum carries a logarithm here; constants are given off the boundaries")
    with working(digits + 15):
        if phase.prefactors is not None:
            found = tuple((key, setting.number(value)) for key, value in phase.prefactors.items())
            return Split(
                budget=C,
                source="" if setting.measured is None else setting.measured.as_fit,
                values=tuple(
                    (k, Value(value=v, error=abs(v) * mpmath.mpf(10) ** -(digits + 5))) for k, v in found
                ),
            )
        return _on_crossover(setting)


@exclusive
def frontier(
    optimum: Optimum,
    budgets: Iterable[object],
    at: Mapping[Symbol | str, object] | None = None,
    digits: int = 10,
) -> tuple[Split, ...]:
    """The true optimum at each budget: t*, N* (or P*) and L* of the full model, each to ``digits`` digits.

    Of a measured task it is that of the arrays (`Split.source`).
    Budgets are numbers > 0. Two free resources, t and N or P, nothing else held finite; ``at`` as in
    `constants`. Where the rule counts steps the optimum is that of the curve through whole t. Raises
    `DomainError`, `UnableError` for other questions, `PrecisionError` where the digits are not reached.

    >>> from asymptotics import compute_optimal, derive, power_law
    >>> from asymptotics.symbols import a, b
    >>> optimum = compute_optimal(derive(power_law(a, b)), cost=N*t)
    >>> (point,) = frontier(optimum, [10**8], {a: 4, b: 1.5}, digits=6)
    >>> point[N].digits(5), point["loss"].digits(5)
    ('1.6518e+5', '1.8189e-6')
    """
    setting = _Setting.of(optimum, mapping_of(at, "at"), digits)
    wanted = [real_number(budget, "budget") for budget in items_of(budgets, "budgets")]
    for budget in wanted:
        if not (budget.is_positive and budget.is_finite):
            raise DomainError(f"budget = {budget}; a budget must be a finite number > 0")
    if optimum.features != LAZY:
        raise UnableError(
            "optima of features that move are not computed; compare RichModel(N=...).test_loss(t)"
        )
    law = _law_or_none(optimum, mapping_of(at, "at"), setting)
    points: list[Split] = []
    with working(digits + 20):
        for budget in wanted:
            before = points[-1] if points else None
            points.append(setting.optimum_at(budget, law, before))
    return tuple(points)


def _open_steps(optimum: Optimum, at: Mapping[Symbol | str, object]) -> tuple[Symbol, ...]:
    """What a class of rules leaves open; a share of the largest step where that is given, or due."""
    shares, given = optimum.rule.shares(), {str(key) for key in at}
    due = optimum.laws.task.size is not None and eta.name not in given
    if not isinstance(optimum.rule, type) or not shares or not (due or given & {s.name for s in shares}):
        return open_parameters(optimum.rule)
    return tuple(shares[0] if s == eta else s for s in optimum.rule.parameters)


def _with_step(rule: Rule, table: Mapping[Symbol, Expr]) -> TrainingRule:
    """The rule with its numbers, or with a share of the largest step."""
    if isinstance(rule, type) and h in table and eta not in table:
        return rule(fraction=float(table[h]), batch=int(table[B]))  # type: ignore[call-arg]
    return with_numbers(rule, table)


def _settled(optimum: Optimum, table: Mapping[Symbol, Expr]) -> dict[Symbol, Expr]:
    """The step of a share of the largest one, where that does not depend on N."""
    task = optimum.laws.task
    own = {s: v for s, v in table.items() if s in task.parameters}
    scaling = series_of(task.at(own)).scaling
    if h not in {**table, **numbers_of(optimum.rule)} or (scaling is not None and not scaling.decay > 1):
        return {}
    numbers = {s: v for s, v in own.items() if s not in task.modes.free_symbols}
    model = FullModel(replace(task, modes=oo), numbers, rule=_with_step(optimum.rule, table))
    return {s: v for s, v in numbers_of(model.rule).items() if s == eta}


def _law_or_none(optimum: Optimum, at: Mapping[Symbol | str, object], setting: _Setting) -> Split | None:
    """Constants to start from; without a law to start from, the search begins at the power alone."""
    try:
        return constants(optimum, at, 4)
    except (UnableError, PrecisionError):
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Setting:
    """An optimum with numbers for everything."""

    optimum: Optimum
    phase: Phase
    numbers: tuple[tuple[Symbol, Expr], ...]
    size: Symbol
    digits: int

    @classmethod
    def of(cls, optimum: Optimum, at: Mapping[Symbol | str, object], digits: int) -> _Setting:
        check_kind(optimum, Optimum, "optimum", "pass the result of compute_optimal")
        digits = whole_number(digits, "digits", 1, MAX_DIGITS)
        if optimum.schedule is not None:
            raise UnableError(
                "numbers at budgets with a schedule are not computed; phases have their prefactors"
            )
        if set(optimum.free) not in ({t, N}, {t, P}) or optimum.fixed:
            names = ", ".join(map(str, (*optimum.free, *(x for x, _ in optimum.fixed))))
            raise UnableError(
                f"numbers are computed for t with N or t with P; these are free or fixed: {names}"
            )
        rest = (*_open_steps(optimum, at), *sorted(optimum.features.gamma.free_symbols - {N}, key=str))
        table = substitution((*optimum.laws.task.parameters, *rest), at)
        if missing := [s for s in rest if s not in table]:
            of_rule = missing[0] not in optimum.features.gamma.free_symbols
            title = optimum.rule.title if of_rule else optimum.features.title
            given = name_numbers("at", missing)
            raise DomainError(f"no number for {missing[0]}, which {title} needs; give {given}")
        own = {s: v for s, v in table.items() if s not in rest}
        return cls(
            optimum=optimum,
            phase=optimum.at(own),
            numbers=tuple((table | numbers_of(optimum.rule) | _settled(optimum, table)).items()),
            size=N if N in optimum.free else P,
            digits=digits,
        )

    @property
    def measured(self) -> Measured | None:
        """The arrays behind the laws of the optimum, if any."""
        return self.optimum.laws.measured

    def number(self, expression: Expr) -> mpmath.mpf:
        value = substitute(expression, dict(self.numbers)).evalf(self.digits + 20)
        if not value.is_Float and not value.is_Rational:
            given = name_numbers("at", sorted(value.free_symbols, key=str))
            raise DomainError(f"{expression} has no number here: {value}; give {given}")
        return value._to_mpmath(mpmath.mp.prec + 20)

    def monomials(self) -> list[tuple[mpmath.mpf, mpmath.mpf, mpmath.mpf]]:
        """Coefficient, power of t and power of the size, for each monomial of the cost."""
        place = self.optimum.free.index(t)
        return [
            (self.number(m.coefficient), self.number(m.powers[place]), self.number(m.powers[1 - place]))
            for m in self.optimum.allocation.spending
        ]

    @property
    def tilt(self) -> int:
        """1 where t stands alone in the cost, so that the search goes along log t - log N; else 0, log t."""
        return int(any(n > 0 and not m for _, n, m in self.monomials()))

    def split_at(self, log_budget: mpmath.mpf, place: mpmath.mpf, tilt: int) -> tuple[mpmath.mpf, mpmath.mpf]:
        """log t and log N with ``cost(t, N) = C`` at ``place = log t - tilt log N``.

        Newton on the log of the cost, convex and increasing in log N.
        """
        parts = [(mpmath.log(c) + n * place, m + tilt * n) for c, n, m in self.monomials()]
        if any(not m and head >= log_budget for head, m in parts):
            raise PrecisionError(
                f"t = {mpmath.nstr(mpmath.exp(place), 5)} alone costs more than the budget "
                f"{mpmath.nstr(mpmath.exp(log_budget), 5)}; ask for a larger one"
            )
        x = min((log_budget - head) / m for head, m in parts if m)
        for _ in range(100):
            terms = [mpmath.exp(head + m * x - log_budget) for head, m in parts]
            total = mpmath.fsum(terms)
            slope = mpmath.fsum(m * term for (_, m), term in zip(parts, terms, strict=True)) / total
            step = mpmath.log(total) / slope
            x -= step
            if abs(step) <= 100 * mpmath.eps * (1 + abs(x)):
                return place + tilt * x, x
        raise PrecisionError(
            f"no {self.size} has the cost {mpmath.nstr(mpmath.exp(log_budget), 5)} at this t"
        )

    def whole_modes(self, log_budget: mpmath.mpf, log_size: mpmath.mpf) -> tuple[mpmath.mpf, mpmath.mpf]:
        """log t and log N where r N is whole, near the N that is given."""
        scaling = series_of(self.optimum.laws.task.at(_own(self))).scaling
        assert scaling is not None
        step = int(scaling.ratio.q) if scaling.ratio.is_Rational else 1
        if log_size < (self.digits - 1) * mpmath.log(10):
            raise PrecisionError(
                f"N = {mpmath.nstr(mpmath.exp(log_size), 5)} is whole, and moves in steps above "
                f"1e-{self.digits} of it; ask for fewer digits, or a larger budget"
            )
        size = max(int(mpmath.nint(mpmath.exp(log_size) / step)), 1) * step
        parts = self.monomials()
        if len(parts) != 1:
            raise UnableError("optima of modes that grow with N are computed for one product, such as N*t")
        ((cost, n, m),) = parts
        return (log_budget - mpmath.log(cost) - m * mpmath.log(size)) / n, mpmath.log(mpmath.mpf(size))

    def start(
        self, log_budget: mpmath.mpf, law: Split | None, before: Split | None
    ) -> tuple[mpmath.mpf, mpmath.mpf]:
        """Where the search begins, and its step: by the law, else by its powers from the last optimum."""
        powers = dict(self.phase.exponents)
        # of powers between two ends the largest: corrections fall with the size
        powers |= {resource: most for resource, _, most in self.phase.ranges}
        keys = [(t, 1), (self.size, -1)][: 1 + self.tilt]
        exponent = sum(sign * self.number(powers[key]) for key, sign in keys)
        known = law or before
        if known is None:
            return exponent * log_budget, mpmath.mpf(1)
        from_there = mpmath.mpf(0) if known is law else mpmath.log(self.number(known.budget))
        place = mpmath.fsum(sign * mpmath.log(known[key].value) for key, sign in keys)
        return place + exponent * (log_budget - from_there), mpmath.mpf("0.3")

    def optimum_at(self, budget: Expr, law: Split | None, before: Split | None) -> Split:
        log_budget = mpmath.log(budget.evalf(self.digits + 25)._to_mpmath(mpmath.mp.prec))
        table = dict(self.numbers)
        own = {s: v for s, v in table.items() if s in self.optimum.laws.task.parameters}
        rule = _with_step(self.optimum.rule, table)

        tilt = self.tilt

        def solve(place: mpmath.mpf, digits: int) -> tuple[mpmath.mpf, FullModel, int | mpmath.mpf]:
            log_t, log_size = self.split_at(log_budget, place, tilt)
            if self.optimum.laws.task.size is not None:
                log_t, log_size = self.whole_modes(log_budget, log_size)
            time = mpmath.exp(log_t)
            if rule.counts_steps:
                time = max(mpmath.nint(time), mpmath.mpf(1))
                if self.optimum.laws.task.size is None:
                    log_t, log_size = self.split_at(log_budget, mpmath.log(time), 0)
            task = replace(self.optimum.laws.task, measured=self.measured)
            amount = mpmath.exp(log_size)
            whole = self.optimum.laws.task.size is not None
            sizes: dict[str, Any] = {self.size.name: int(mpmath.nint(amount)) if whole else amount}
            model = FullModel(task, own, digits=digits, rule=rule, **sizes)
            return log_t - tilt * log_size, model, int(time) if rule.counts_steps else time

        def direct(place: mpmath.mpf, rough: bool) -> tuple[mpmath.mpf, Value]:
            used, model, time = solve(place, 4 if rough else self.digits + 5)
            found = model.test_loss(time)
            return used, Value(value=mpmath.log(found.value), error=found.error / found.value)

        def smooth(place: mpmath.mpf, rough: bool) -> tuple[mpmath.mpf, Value]:
            log_t, log_size = self.split_at(log_budget, place, tilt)
            size = mpmath.exp(log_size)
            if not tables or not tables[-1].covers(log_t, rough):
                kappa0 = mpmath.exp(mpmath.log(amplitude / size) / r)
                tables.append(tabulate(spectrum, mpmath.exp(log_t), size, kappa0, r, self.digits + 6))
            found = tables[-1].loss(mpmath.exp(log_t), size)
            return place, Value(value=mpmath.log(found.value), error=found.error / found.value)

        endless = self.optimum.laws.task.size is None and self.measured is None
        flow_in_size = kind_of(rule) is GradientFlow and self.size == N and endless
        tables: list[Table] = []
        if flow_in_size:
            joint = joint_law(derive(self.optimum.laws.task.at(own)), N)
            amplitude, r = self.number(joint.amplitude), self.number(joint.r)
            spectrum = spectrum_of(self.optimum.laws.task, own)
        loss = smooth if flow_in_size else direct
        found = minimum(loss, *self.start(log_budget, law, before), mpmath.mpf(10) ** -self.digits)
        place = found.place
        log_t, log_size = self.split_at(log_budget, place.value, tilt)
        # log N moves with log t by at most the ratio of their powers in the cost, or less than the place
        ratio = max((n / m for _, n, m in self.monomials() if m), default=mpmath.mpf(0))
        amount, time_there = mpmath.exp(log_size), mpmath.exp(log_t)
        height = mpmath.exp(found.value.value)
        error = height * found.value.error
        values: dict[Key, Value] = {
            t: Value(value=time_there, error=time_there * place.error),
            self.size: Value(value=amount, error=amount * (1 if tilt else ratio) * place.error),
            "loss": Value(value=height, error=error),
        }
        source = "" if self.measured is None else self.measured.as_arrays
        return Split(budget=budget, values=tuple(values.items()), source=source)


def _on_crossover(setting: _Setting) -> Split:
    phase, size = setting.phase, setting.size
    active = [m for m, c in zip(setting.optimum.allocation.spending, setting.monomials(), strict=True) if c]
    if phase.crossover != size or len(Add.make_args(setting.optimum.cost)) != len(active) or len(active) != 1:
        raise UnableError(
            f"constants of {phase!r} have no closed form and no scaling function of one variable"
        )
    ((cost, n, m),) = setting.monomials()
    if setting.optimum.features != LAZY:
        raise UnableError(
            "the constant on the crossover of features that move is not derived; exponents are, losses at "
            "finite budgets are RichModel(N=...).test_loss(t)"
        )
    if setting.optimum.rule.saturation() != oo:
        raise UnableError(f"the scaling function of {setting.optimum.rule.title} is not known; exponents are")
    if setting.optimum.laws.task.size is not None:
        return _on_growing_crossover(setting, cost, n, m)
    law = joint_law(derive(setting.optimum.laws.task.at(_own(setting))), size)
    p, r, coefficient = _leading(law, setting)
    amplitude = setting.number(law.amplitude)
    factor = (2 if size == N else 1) * setting.number(setting.optimum.rule.pace())
    q = m + n / r
    weight = n * p / (r * q)
    scaling = model_scaling if size == N else data_scaling

    def height(u: mpmath.mpf, rough: bool) -> tuple[mpmath.mpf, Value]:
        shape = scaling(p, r, mpmath.exp(u), 4 if rough else setting.digits + 5)
        return u, Value(value=weight * u + mpmath.log(shape.value), error=shape.error / shape.value)

    found = minimum(height, mpmath.mpf(0), mpmath.mpf("0.5"), mpmath.mpf(10) ** -(setting.digits + 1))
    theta = mpmath.exp(found.place.value)
    amount = (factor * amplitude ** (1 / r) / theta) ** (n / q) * cost ** (-1 / q)
    kappa0 = (amplitude / amount) ** (1 / r)
    time = theta / (factor * kappa0)
    shape = scaling(p, r, theta, setting.digits + 5)
    height_there = coefficient * kappa0**p * shape.value * _share(setting)
    return _at_least(setting, found, (n, m, q), (time, amount, height_there))


def _on_growing_crossover(setting: _Setting, cost: mpmath.mpf, n: mpmath.mpf, m: mpmath.mpf) -> Split:
    """The same where modes grow with N: ``C T = x N^b`` at ``t = x N^d/rate``, ``L = c N^-p Phi_h(x)``."""
    optimum, task = setting.optimum, setting.optimum.laws.task.at(_own(setting))
    series = series_of(task)
    scaling = series.scaling
    if scaling is None or len(scaling.target) != 1:
        raise UnableError(f"constants of a target of several powers, {task.target}, are not computed")
    ((weight, power),) = scaling.target
    p, b, r, scale = (setting.number(x) for x in (power, scaling.decay, scaling.ratio, scaling.scale))
    grows = optimum.rule.fresh and b < 1
    share = setting.number(h) if grows else mpmath.mpf(0)
    amplified = 1 if grows or not optimum.rule.fresh else _share(setting)
    modes = GrowingModes(p=p, b=b, r=r, share=share)
    if grows:
        rate, d = 4 * share * setting.number(B) * (1 - b) / r ** (1 - b), mpmath.mpf(1)
    else:
        rate, d = 2 * scale * setting.number(optimum.rule.pace()), b
    least = min(p - 1, b)
    q = m + n * d

    def height(v: mpmath.mpf, rough: bool) -> tuple[mpmath.mpf, Value]:
        shape = modes.scaling(mpmath.exp(v), 4 if rough else setting.digits + 5)
        return v, Value(
            value=least * n / q * v + mpmath.log(shape.value), error=shape.error / abs(shape.value)
        )

    found = minimum(height, mpmath.mpf(0), mpmath.mpf("0.5"), mpmath.mpf(10) ** -(setting.digits + 1))
    x = mpmath.exp(found.place.value)
    amount = (cost * (x / rate) ** n) ** (-1 / q)
    shape = modes.scaling(x, setting.digits + 5)
    loss = setting.number(weight) * amplified * amount**-least * shape.value
    time = x * amount**d / rate
    return _at_least(setting, found, (n, m, q), (time, amount, loss))


def _at_least(
    setting: _Setting,
    found: Minimum,
    powers: tuple[mpmath.mpf, mpmath.mpf, mpmath.mpf],
    values: tuple[mpmath.mpf, mpmath.mpf, mpmath.mpf],
) -> Split:
    """Time, size and loss at the smallest height, with the errors of its place and of itself."""
    n, m, q = powers
    time, amount, loss = values
    error, small = found.place.error, mpmath.mpf(10) ** -(setting.digits + 4)
    return Split(
        budget=C,
        source="" if setting.measured is None else setting.measured.as_fit,
        values=(
            (t, Value(value=time, error=time * (error * m / q + small))),
            (setting.size, Value(value=amount, error=amount * (error * n / q + small))),
            ("loss", Value(value=loss, error=loss * (found.value.error + small))),
        ),
    )


def _own(setting: _Setting) -> dict[Symbol | str, object]:
    return {s: v for s, v in setting.numbers if s in setting.optimum.laws.task.parameters}


def _leading(law: JointLaw, setting: _Setting) -> tuple[mpmath.mpf, mpmath.mpf, mpmath.mpf]:
    """p, r and coefficient of the term that leads: the smallest power of kappa0."""
    first = min(law.terms, key=lambda term: setting.number(term.power))
    if first.log_power:
        raise UnableError("the leading term carries a logarithm; constants are given off the boundaries")
    return setting.number(first.power), setting.number(law.r), setting.number(first.coefficient)


def _share(setting: _Setting) -> mpmath.mpf:
    """What the noise of batches multiplies every term of the flow by: ``1/(1 - K(0))``."""
    task = setting.optimum.laws.task.at(_own(setting))
    spectrum = series_of(task if task.size is None else replace(task, modes=oo))
    return setting.number(1 / (1 - feedback(kind_of(setting.optimum.rule), spectrum)))
