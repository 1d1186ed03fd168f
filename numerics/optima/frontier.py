"""The compute-optimal frontier in numbers: the true optimum of the full model at finite budgets.

    minimise over t   log L(t, N(t, C)),     cost(t, N) = C,

from the constants of the law (`optima.constants`) where these are known.

    frontier    t*, N* and L* at each budget
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import mpmath
from sympy import Expr, Float, Symbol

from asymptotics.allocation.optimum import Optimum
from asymptotics.allocation.phase import Key
from asymptotics.errors import DomainError, PrecisionError, UnableError
from asymptotics.hints import name_argument
from asymptotics.laws.derive import derive
from asymptotics.laws.joint import joint_law
from asymptotics.model.features import LAZY
from asymptotics.model.rules.base import (
    kind_of,
)
from asymptotics.model.rules.gradient_flow import GradientFlow
from asymptotics.parsing.numbers import items_of, mapping_of, real_number
from asymptotics.precision import exclusive, working
from asymptotics.symbols import N, h, t
from numerics.model.full_model import FullModel
from numerics.model.many_times import MOST_DIGITS
from numerics.model.rich import RichModel
from numerics.optima.constants import constants
from numerics.optima.setting import Setting, Split, TooCoarse, with_step
from numerics.optima.tabulated import Table, tabulate
from numerics.optima.tuned import START, Tuned, best_share, is_tuned
from numerics.optima.whole import smallest_at
from numerics.spectra.spectrum import spectrum_of
from numerics.values.minimum import minimum
from numerics.values.value import Value

MOST_OF_MOVING = 5
"""Digits of optima of features that move, whose losses have ten."""

SPARE_DIGITS = 5
"""So many digits more than those of the optimum its losses have."""
NEAREST, FARTHEST = mpmath.mpf("0.05"), mpmath.mpf("0.15")
"""Between these the place of an optimum is known from two others on their line."""
STEEPEST = 8
"""More than the power of time with which a loss falls near an optimum."""
MOST_STEPS = 9
"""Losses after so many whole steps are interpolated at most."""


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
    `constants`. Where the rule counts steps the optimum is that of the curve through whole t. Features that
    move are solved in doubles, to 5 digits at most, in a minute a budget. Raises `DomainError`,
    `UnableError` for other questions, `PrecisionError` where the digits are not reached.

    >>> from asymptotics import compute_optimal, derive, power_law
    >>> from asymptotics.symbols import a, b
    >>> optimum = compute_optimal(derive(power_law(a, b)), cost=N*t)
    >>> (point,) = frontier(optimum, [10**8], {a: 4, b: 1.5}, digits=6)
    >>> point[N].digits(5), point["loss"].digits(5)
    ('1.6518e+5', '1.8189e-6')
    """
    wanted = [real_number(budget, "budget") for budget in items_of(budgets, "budgets")]
    for budget in wanted:
        if not (budget.is_positive and budget.is_finite):
            raise DomainError(f"budget = {budget}; a budget must be a finite number > 0")
    if is_tuned(optimum):
        tuned = Tuned.of(optimum, mapping_of(at, "at"), digits)
        if tuned.falls:
            known = _law_or_none(optimum, mapping_of(at, "at"))
        else:
            known = _law_or_none(tuned.base.optimum, dict(tuned.base.numbers))
        return tuple(_tuned_at(tuned, budget, digits, known) for budget in wanted)
    setting = Setting.of(optimum, mapping_of(at, "at"), digits)
    if optimum.features != LAZY and digits > MOST_OF_MOVING:
        raise PrecisionError(
            f"{digits} digits; optima of features that move are solved in doubles, to {MOST_OF_MOVING} "
            f"at most; use {name_argument('digits', str(MOST_OF_MOVING))}"
        )
    # where losses cost little, a search from the powers alone costs less than the constants
    law = None if _in_windows(setting) else _law_or_none(optimum, mapping_of(at, "at"))
    points: list[Split] = []
    with working(digits + 20):
        for budget in wanted:
            points.append(_optimum_at(setting, budget, law, points))
    return tuple(points)


def _tuned_at(tuned: Tuned, budget: Expr, digits: int, known: Split | None) -> Split:
    """The optimum with its best share of the largest step."""
    near = [tuned.amounts(budget, known)] if tuned.falls else []
    start = float(min(near[0][h].value, START)) if near else START
    law = None if near else known

    def solve(share: float, digits: int) -> Split:
        setting = tuned.at_share(share, digits)
        with working(digits + 20):
            near[:] = [_optimum_at(setting, budget, law, near)]
        return near[0]

    with working(digits + 20):
        return best_share(solve, start, budget, digits)


def _flow_in_size(setting: Setting) -> bool:
    """Whether the losses are those of gradient flow at P = oo, with infinitely many modes."""
    optimum = setting.optimum
    endless = optimum.laws.task.size is None and setting.measured is None
    lazy_flow = optimum.features == LAZY and kind_of(optimum.rule) is GradientFlow
    return lazy_flow and setting.size == N and endless


def _in_windows(setting: Setting) -> bool:
    """Whether each loss is one window in doubled numbers, and costs little."""
    return _flow_in_size(setting) and setting.digits + SPARE_DIGITS <= MOST_DIGITS


def _law_or_none(optimum: Optimum, at: Mapping[Symbol | str, object]) -> Split | None:
    """Constants to start from; without a law to start from, the search begins at the power alone."""
    try:
        return constants(optimum, at, 4)
    except (UnableError, PrecisionError):
        return None


def _start(
    setting: Setting, log_budget: mpmath.mpf, law: Split | None, before: Sequence[Split]
) -> tuple[mpmath.mpf, mpmath.mpf, mpmath.mpf | None]:
    """Where the search begins, its step, and how near the optimum is, if that is known.

    By the law, else by its powers from the last optimum; from two of them on, along their line beside these.
    """
    powers = dict(setting.phase.exponents)
    # of powers between two ends the largest: corrections fall with the size
    powers |= {resource: most for resource, _, most in setting.phase.ranges}
    keys = [(t, 1), (setting.size, -1)][: 1 + setting.tilt]
    exponent = sum(sign * setting.number(powers[key]) for key, sign in keys)

    def beside(known: Split) -> tuple[mpmath.mpf, mpmath.mpf]:
        there = mpmath.mpf(0) if known is law else mpmath.log(setting.number(known.budget))
        place = mpmath.fsum(sign * mpmath.log(known[key].value) for key, sign in keys)
        return there, place - exponent * there

    if len(before) > 1:
        (x0, y0), (x1, y1) = map(beside, before[-2:])
        change = (y1 - y0) * (log_budget - x1) / (x1 - x0) if x1 != x0 else FARTHEST
        if abs(change) < FARTHEST:
            return y1 + change + exponent * log_budget, mpmath.mpf("0.3"), max(NEAREST, abs(change))
    if known := law or (before[-1] if before else None):
        return beside(known)[1] + exponent * log_budget, mpmath.mpf("0.3"), None
    return exponent * log_budget, mpmath.mpf(1), None


def _log_loss(model: FullModel, time: mpmath.mpf) -> Value:
    """log L at a time; where steps are counted, on the polynomial in log t through the next whole ones.

    The more of them the fewer steps there are: each order falls by about a step in units of log t. It errs by
    less than the last order.
    """
    if not model.rule.counts_steps:
        return _log(model.test_loss(time))
    middle = max(int(mpmath.nint(time)), 1)
    gap = mpmath.log(time / middle)
    if abs(gap) < mpmath.mpf(10) ** -model.digits:
        there = _log(model.test_loss(middle))
        return Value(value=there.value, error=there.error + STEEPEST * abs(gap))
    count = min(3 + 2 * int(model.digits / (2 * max(1, mpmath.log10(middle)))), MOST_STEPS)
    first = max(middle - count // 2, 1)
    steps = range(first, first + count)
    losses = [_log(model.test_loss(n)) for n in steps]
    whole, last = _newton([mpmath.log(n) for n in steps], [f.value for f in losses], mpmath.log(time))
    error = 2 * max(loss.error for loss in losses) + abs(last)
    return Value(value=whole, error=error)


def _newton(
    xs: Sequence[mpmath.mpf], values: Sequence[mpmath.mpf], x: mpmath.mpf
) -> tuple[mpmath.mpf, mpmath.mpf]:
    """The polynomial through values at xs, at x, and its last order there: Newton's divided differences.

    >>> _newton([1, 2, 3], [1, 4, 9], mpmath.mpf(4))
    (mpf('16.0'), mpf('6.0'))
    """
    row, total, product = list(values), mpmath.mpf(values[0]), mpmath.mpf(1)
    term = total
    for order in range(1, len(xs)):
        row = [(g - f) / (xs[i + order] - xs[i]) for i, (f, g) in enumerate(pairwise(row))]
        product *= x - xs[order - 1]
        term = row[0] * product
        total += term
    return total, term


def _log(loss: Value) -> Value:
    if loss.value <= 0:
        raise PrecisionError(
            f"the loss is below its error, {mpmath.nstr(loss.error, 2)}; use a smaller budget"
        )
    return Value(value=mpmath.log(loss.value), error=loss.error / loss.value)


def _optimum_at(setting: Setting, budget: Expr, law: Split | None, before: Sequence[Split]) -> Split:
    log_budget = mpmath.log(budget.evalf(setting.digits + 25)._to_mpmath(mpmath.mp.prec))
    table = dict(setting.numbers)
    own = {s: v for s, v in table.items() if s in setting.optimum.laws.task.parameters}
    rule = with_step(setting.optimum.rule, table)

    tilt = setting.tilt

    whole = setting.optimum.laws.task.size is not None
    task = replace(setting.optimum.laws.task, measured=setting.measured).at(own)

    def solve(place: mpmath.mpf, digits: int) -> tuple[mpmath.mpf, FullModel, mpmath.mpf]:
        log_t, log_size = setting.split_at(log_budget, place, tilt)
        if whole:
            log_t, log_size = setting.whole_modes(log_budget, log_size)
        elif rule.counts_steps:
            steps = max(mpmath.nint(mpmath.exp(log_t)), mpmath.mpf(1))
            log_t, log_size = setting.split_at(log_budget, mpmath.log(steps), 0)
        amount = mpmath.exp(log_size)
        sizes: dict[str, Any] = {setting.size.name: int(mpmath.nint(amount)) if whole else amount}
        model = FullModel(task, digits=digits, rule=rule, **sizes)
        return log_t - tilt * log_size, model, mpmath.exp(log_t)

    def at_size(size: int) -> tuple[mpmath.mpf, Value]:
        log_t, _ = setting.whole_modes(log_budget, mpmath.log(size), 1)
        amounts: dict[str, Any] = {setting.size.name: size}
        model = FullModel(task, digits=setting.digits + SPARE_DIGITS, rule=rule, **amounts)
        return mpmath.exp(log_t), _log_loss(model, mpmath.exp(log_t))

    def direct(place: mpmath.mpf, rough: bool) -> tuple[mpmath.mpf, Value]:
        used, model, time = solve(place, 4 if rough else setting.digits + SPARE_DIGITS)
        return used, _log_loss(model, time)

    def moving(place: mpmath.mpf, rough: bool) -> tuple[mpmath.mpf, Value]:
        log_t, log_size = setting.split_at(log_budget, place, tilt)
        amount = mpmath.exp(log_size)
        richness = setting.number(setting.optimum.features.gamma.xreplace({N: Float(amount)}))
        amounts: dict[str, Any] = {setting.size.name: amount}
        model = RichModel(setting.optimum.laws.task, own, gamma=richness, **amounts)
        return place, _log(model.test_loss(mpmath.exp(log_t)))

    def smooth(place: mpmath.mpf, rough: bool) -> tuple[mpmath.mpf, Value]:
        log_t, log_size = setting.split_at(log_budget, place, tilt)
        size = mpmath.exp(log_size)
        if not tables or not tables[-1].covers(log_t, rough):
            kappa0 = mpmath.exp(mpmath.log(amplitude / size) / r)
            tables.append(tabulate(spectrum, mpmath.exp(log_t), size, kappa0, r, setting.digits + 6))
        return place, _log(tables[-1].loss(mpmath.exp(log_t), size))

    tables: list[Table] = []
    tabulated = _flow_in_size(setting) and not _in_windows(setting)
    if tabulated:
        joint = joint_law(derive(setting.optimum.laws.task.at(own)), N)
        amplitude, r = setting.number(joint.amplitude), setting.number(joint.r)
        spectrum = spectrum_of(setting.optimum.laws.task, own)
    loss = (smooth if tabulated else direct) if setting.optimum.features == LAZY else moving
    start, step, near = _start(setting, log_budget, law, before)
    try:
        found = minimum(loss, start, step, mpmath.mpf(10) ** -setting.digits, near)
    except TooCoarse:
        return _at_whole_size(setting, budget, setting.split_at(log_budget, start, tilt)[1], at_size)
    place = found.place
    log_t, log_size = setting.split_at(log_budget, place.value, tilt)
    # log N moves with log t by at most the ratio of their powers in the cost, or less than the place
    ratio = max((n / m for _, n, m in setting.monomials() if m), default=mpmath.mpf(0))
    amount, time_there = mpmath.exp(log_size), mpmath.exp(log_t)
    height = mpmath.exp(found.value.value)
    error = height * found.value.error
    values: dict[Key, Value] = {
        t: Value(value=time_there, error=time_there * place.error),
        setting.size: Value(value=amount, error=amount * (1 if tilt else ratio) * place.error),
        "loss": Value(value=height, error=error),
    }
    source = "" if setting.measured is None else setting.measured.as_arrays
    return Split(budget=budget, values=tuple(values.items()), source=source)


def _at_whole_size(
    setting: Setting,
    budget: Expr,
    log_size: mpmath.mpf,
    at_size: Callable[[int], tuple[mpmath.mpf, Value]],
) -> Split:
    """The optimum of few features, of which whole numbers alone will do: N and t are exact."""
    step = setting.step
    first = max(int(mpmath.nint(mpmath.exp(log_size) / step)), 1)
    size = step * smallest_at(lambda n: at_size(step * n)[1], first)
    time, height = at_size(size)
    loss = mpmath.exp(height.value)
    zero = mpmath.mpf(0)
    values: dict[Key, Value] = {
        t: Value(value=time, error=zero),
        setting.size: Value(value=mpmath.mpf(size), error=zero),
        "loss": Value(value=loss, error=loss * height.error),
    }
    return Split(budget=budget, values=tuple(values.items()))
