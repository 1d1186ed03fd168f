"""A law against the full model, across decades.

With L the loss of the full model and L_law the stated leading term, the check is that
``r(x) = L/L_law - 1`` tends to 0 as the next term of the expansion predicts:
``r ~ rho x^-delta``, delta = (exponent of the next order) - (exponent of the leading one). This
tests exponent, prefactor and logarithm at once: a wrong constant leaves r at a constant, a
wrong exponent lets it grow, a wrong logarithm makes it drift.

Where two exponents meet, the leading order is a polynomial in log x; its lower powers are only
1/log x smaller, so they are taken with the law before r is formed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import mpmath
from sympy import Expr, Symbol, oo

from asymptotics import DomainError, UnableError
from asymptotics.expansion import Expansion
from asymptotics.laws import Law
from asymptotics.orders import Term
from numerics.exponents import Measurement, local_exponents, measure
from numerics.full_model import FullModel
from numerics.value import Value

POINTS = 13
FIRST_DECADE = 3
FLOOR = mpmath.mpf("0.002")
"""Agreement of a measured exponent that no check asks to surpass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One comparison: the resource, the loss of the model, that of the law, and their ratio minus 1."""

    resource: mpmath.mpf
    loss: Value
    law: mpmath.mpf
    remainder: mpmath.mpf
    remainder_error: mpmath.mpf

    @property
    def resolved(self) -> bool:
        """Whether the numerical error is far below the remainder that it measures."""
        return bool(self.remainder_error < abs(self.remainder) / 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The outcome of `verify`; all numbers are dimensionless.

    ``verdict`` is HOLDS, FAILS or UNDECIDED and ``reason`` says why in one line. ``predicted``,
    ``measured``, ``measured_error`` concern the decay of the relative remainder;
    ``exponent_predicted``, ``exponent_measured``, ``exponent_error`` the law itself (logarithms
    removed). ``next_ratio`` is the remainder at the last resolved point over the predicted next order.
    """

    law: Law
    verdict: str
    reason: str
    points: tuple[Point, ...]
    predicted: Expr
    measured: mpmath.mpf
    measured_error: mpmath.mpf
    exponent_predicted: Expr
    exponent_measured: mpmath.mpf
    exponent_error: mpmath.mpf
    next_ratio: mpmath.mpf | None

    def __bool__(self) -> bool:
        return self.verdict == "HOLDS"

    def __str__(self) -> str:
        return (
            f"{self.verdict} {self.law.name}: exponent {mpmath.nstr(self.exponent_measured, 8)} "
            f"(law {self.exponent_predicted}), {self.reason}"
        )


def verify(
    law: Law,
    at: Mapping[Symbol | str, object] | None = None,
    *,
    digits: int = 30,
    progress: Callable[[], object] | None = None,
) -> Verification:
    """Compare a law with the full model over twelve decades of its resource.

    ``at`` gives numbers for all parameters of the law; ``digits`` is the accuracy of the model's
    losses. A law of the form returned by `asymptotics.derive`, or one with a claimed leading term
    (``law.stating(...)``). Raises `DomainError` for missing numbers.

    >>> from asymptotics import derive, power_law
    >>> from asymptotics.symbols import a, b
    >>> law = derive(power_law(a, b)).model
    >>> verify(law, at={a: 1.5, b: 1.25}).verdict
    'HOLDS'
    >>> verify(law.stating(exponent=0.51), at={a: 1.5, b: 1.25}).verdict
    'FAILS'
    """
    numeric = law.at(at or {})
    if numeric.task.parameters:
        missing = ", ".join(s.name for s in numeric.task.parameters)
        raise DomainError(f"no number for {missing}; verify needs at={{...}} with a value for each parameter")
    if not isinstance(digits, int) or isinstance(digits, bool) or not 8 <= digits <= 200:
        raise DomainError(f"digits = {digits!r}; the accuracy of a check must be an integer from 8 to 200")
    with mpmath.workdps(digits + 15):
        prediction = _Prediction(numeric)
        points = tuple(_points(numeric, prediction, digits, progress))
        return _judge(numeric, prediction, points)


class _Prediction:
    """The stated law and the orders that follow it, as functions of the resource."""

    def __init__(self, law: Law) -> None:
        if len(law.regimes) != 1:
            raise UnableError(f"{len(law.regimes)} regimes of the {law.name} law hold at these values")
        self.law = law
        self.regime = law.regimes[0]
        series = law.expansion(terms=4)
        orders = list(dict.fromkeys(t.order for t in series.terms))
        if law.name == "time" and not series.remainder:
            orders = orders[:4]
        groups = [[t for t in series.terms if t.order == order] for order in orders]
        lead = max(groups[0], key=lambda t: t.log_power)
        self.exponent = _number(self.regime.exponent)
        self._prefactor = _number(self.regime.prefactor)
        self._companions = [_numbers(t) for t in groups[0] if t is not lead]
        self._next = [_numbers(t) for t in groups[1]] if len(groups) > 1 else []
        self.decay = orders[1] - orders[0] if len(orders) > 1 else _beyond(series, orders[0])
        steps = [_number(p - orders[0]) for p in orders[1:]]
        after = sorted({s - steps[0] for s in steps[1:]} | {steps[0]}) if steps else []
        self.corrections = _combinations(after)[:6]
        self.law_corrections = _combinations(sorted(steps))[:6]

    def __call__(self, x: mpmath.mpf) -> mpmath.mpf:
        stated = self._prefactor * x**-self.exponent * mpmath.log(x) ** self.regime.log_power
        return stated + _evaluate(self._companions, x)

    def logarithms(self, x: mpmath.mpf) -> mpmath.mpf:
        """The leading order without its power of x."""
        return self(x) * x**self.exponent

    def next(self, x: mpmath.mpf) -> mpmath.mpf:
        """The predicted relative remainder."""
        return _evaluate(self._next, x) / self(x)


def _beyond(series: Expansion, first: Expr) -> Expr:
    return oo if not series.remainder else series.remainder_order - first


def _numbers(term: Term) -> tuple[mpmath.mpf, mpmath.mpf, int]:
    return _number(term.coefficient), _number(term.order), term.log_power


def _evaluate(terms: list[tuple[mpmath.mpf, mpmath.mpf, int]], x: mpmath.mpf) -> mpmath.mpf:
    return mpmath.fsum(c * x**-p * mpmath.log(x) ** m for c, p, m in terms)


def _number(expression: Expr) -> mpmath.mpf:
    return expression.evalf(mpmath.mp.dps + 5)._to_mpmath(mpmath.mp.prec)


def _combinations(steps: list[mpmath.mpf]) -> list[mpmath.mpf]:
    """Correction exponents: the steps and their sums in pairs, in increasing order."""
    sums = list(steps) + [p + q for i, p in enumerate(steps) for q in steps[i:]]
    distinct: list[mpmath.mpf] = []
    for value in sorted(sums):
        if not distinct or value - distinct[-1] > mpmath.mpf("1e-9"):
            distinct.append(value)
    return distinct


def _points(
    law: Law, prediction: _Prediction, digits: int, progress: Callable[[], object] | None
) -> list[Point]:
    found = []
    for j in range(POINTS):
        x = mpmath.mpf(10) ** (FIRST_DECADE + j)
        loss = _loss(law, x, digits)
        stated = prediction(x)
        ratio = loss.value / stated
        found.append(
            Point(
                resource=x,
                loss=loss,
                law=stated,
                remainder=ratio - 1,
                remainder_error=abs(loss.error / stated)
                + abs(ratio) * mpmath.mpf(10) ** -(mpmath.mp.dps - 4),
            )
        )
        if progress is not None:
            progress()
    return found


def _loss(law: Law, x: mpmath.mpf, digits: int) -> Value:
    """The full model's test loss when one resource is x and the others are infinite."""
    size = {law.name: x}
    model = FullModel(law.task, N=size.get("model", oo), P=size.get("data", oo), digits=digits)
    return model.test_loss(size.get("time", oo))


def _judge(law: Law, prediction: _Prediction, points: tuple[Point, ...]) -> Verification:
    xs = [p.resource for p in points]
    clean = [p.loss.value / prediction.logarithms(p.resource) for p in points]
    exponent = measure(
        xs,
        clean,
        [p.loss.error / prediction.logarithms(p.resource) for p in points],
        prediction.law_corrections,
    )
    resolved = _resolved_run(points)
    faster = prediction.decay == oo
    if len(resolved) >= 3:
        shape = (
            [prediction.next(p.resource) * p.resource ** _number(prediction.decay) for p in resolved]
            if not faster
            else [mpmath.mpf(1)] * len(resolved)
        )
        decay = measure(
            [p.resource for p in resolved],
            [p.remainder / s for p, s in zip(resolved, shape, strict=True)],
            [p.remainder_error / s for p, s in zip(resolved, shape, strict=True)],
            prediction.corrections,
        )
    else:
        decay = Measurement(value=_apparent(points[-1]), error=mpmath.inf)
    judge = _judge_faster if faster else _judge_power
    verdict, reason = judge(prediction, points, resolved, decay)
    last = resolved[-1] if resolved else None
    return Verification(
        law=law,
        verdict=verdict,
        reason=reason,
        points=points,
        predicted=prediction.decay,
        measured=decay.value,
        measured_error=decay.error,
        exponent_predicted=prediction.regime.exponent,
        exponent_measured=exponent.value,
        exponent_error=exponent.error,
        next_ratio=None if faster or last is None else last.remainder / prediction.next(last.resource),
    )


def _resolved_run(points: tuple[Point, ...]) -> tuple[Point, ...]:
    """The points from the first on whose remainder stands far above the numerical error."""
    count = next((i for i, p in enumerate(points) if not p.resolved), len(points))
    return points[:count]


def _apparent(point: Point) -> mpmath.mpf:
    """The smallest decay exponent that the last point allows."""
    size = max(abs(point.remainder), point.remainder_error)
    return -mpmath.log(size) / mpmath.log(point.resource)


def _judge_power(
    prediction: _Prediction, points: tuple[Point, ...], resolved: tuple[Point, ...], decay: Measurement
) -> tuple[str, str]:
    predicted = _number(prediction.decay)
    if len(resolved) < 7:
        first = resolved[0] if resolved else points[0]
        return "UNDECIDED", (
            f"the numerical error is not far below the remainder beyond {mpmath.nstr(first.resource, 3)}; "
            "ask for more digits"
        )
    last = resolved[-1]
    shown = f"remainder {mpmath.nstr(last.remainder, 3)} at {mpmath.nstr(last.resource, 3)}"
    expected = prediction.next(last.resource)
    if not abs(last.remainder) < abs(resolved[0].remainder) or abs(last.remainder) > 10 * abs(expected):
        return "FAILS", f"{shown} where the next term predicts {mpmath.nstr(expected, 3)}"
    if decay.agrees_with(predicted, FLOOR):
        if decay.error > mpmath.mpf("0.05"):
            return "UNDECIDED", f"{shown}, but its decay is measured only to {mpmath.nstr(decay.error, 2)}"
        if abs(last.remainder / expected - 1) > mpmath.mpf("0.5"):
            return "UNDECIDED", f"{shown}, still far from the next term's {mpmath.nstr(expected, 3)}"
        return "HOLDS", shown
    if abs(decay.value - predicted) > 10 * decay.error:
        return (
            "FAILS",
            f"{shown}; it decays with {mpmath.nstr(decay.value, 5)}, not {mpmath.nstr(predicted, 5)}",
        )
    return "UNDECIDED", f"{shown}; its decay is not settled"


def _judge_faster(
    prediction: _Prediction, points: tuple[Point, ...], resolved: tuple[Point, ...], decay: Measurement
) -> tuple[str, str]:
    """Where no power follows, the remainder must fall below the numerical error, ever faster."""
    last = points[-1]
    shown = f"remainder {mpmath.nstr(last.remainder, 3)} at {mpmath.nstr(last.resource, 3)}"
    if abs(last.remainder) <= 3 * last.remainder_error:
        if last.remainder_error < mpmath.mpf("1e-10"):
            return "HOLDS", f"{shown}, within the numerical error; no power follows"
        return "UNDECIDED", f"{shown}, but the numerical error is {mpmath.nstr(last.remainder_error, 2)}"
    slopes = local_exponents([p.resource for p in points], [p.remainder for p in points])
    rising = all(q > p > 0 for p, q in zip(slopes[-4:-1], slopes[-3:], strict=True))
    if rising and slopes[-1] > 1:
        return (
            "HOLDS",
            f"{shown}, falling ever faster (slope {mpmath.nstr(slopes[-1], 3)}); no power follows",
        )
    if slopes[-1] <= slopes[-2] or slopes[-1] < mpmath.mpf("1e-6"):
        return "FAILS", f"{shown}; it does not fall faster than every power"
    return "UNDECIDED", f"{shown}; the decay is not yet faster than a power"


__all__ = ["POINTS", "Point", "Verification", "verify"]
