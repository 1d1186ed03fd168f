"""A law against the full model, across decades.

With L what the full model has for the quantity of a law, and L_law the stated leading term, the check is that
``r(x) = L/L_law - 1`` tends to 0 as the further orders of the expansion predict: what these leave of it,
``R = (1 + r)/(1 + orders) - 1``, falls as their remainder does. This tests exponent, prefactor and logarithm
at once: a wrong constant leaves R at a constant, a wrong exponent lets it grow, a wrong logarithm makes it
drift. Powers of the resource, of exp(N) or of log t are judged alike (`judge`).

Where that leaves a doubt, as where R turns its sign among the points, further orders are taken as known.
Where two exponents meet, the leading order is a polynomial in log x; its lower powers are only
1/log x smaller, so they are taken with the law before r is formed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import mpmath
from sympy import Expr, Symbol, oo

from asymptotics.errors import DomainError, check_kind, shown
from asymptotics.hints import name_numbers
from asymptotics.laws.growing import GrowingLaw
from asymptotics.laws.law import Law
from asymptotics.parsing.numbers import mapping_of, substitution, whole_number
from asymptotics.precision import exclusive, working
from asymptotics.spectra.far import UnknownSum
from asymptotics.symbols import N, P, b_test, sigma
from asymptotics.tasks.measured import Measured
from numerics.values.exact import number
from numerics.values.tables import Tabular
from numerics.verification.comparison import compared, decide, verdict_on
from numerics.verification.grids import SLOW_POINTS, first_regular, scale_grid, slow_grid
from numerics.verification.growing import MIDDLE, REACH, along, losses, reach_of, with_share
from numerics.verification.growing import POINTS as RAY_POINTS
from numerics.verification.judge import Point, judge, measure_decay, measure_exponent
from numerics.verification.perturbed import verdict_beside
from numerics.verification.places import DEFAULTS, Place
from numerics.verification.prediction import Prediction
from numerics.verification.references import REFERENCES, reference_of, reference_values
from numerics.verification.resolution import Resolution, resolution_of
from numerics.verification.window import WINDOW_POINTS, resources_of_window

ARRAY_DIGITS = 10
"""To so many digits the model of measured arrays is solved."""
POINTS = REFERENCES["time"].points
"""How many points the three bottlenecks are compared at; `points_of` says it for any law."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Verification(Tabular):
    """The outcome of `verify`; all numbers are dimensionless.

    ``law`` is a `Law`, or a `GrowingLaw`. ``verdict`` is HOLDS, FAILS or UNDECIDED and ``reason`` says why in
    one line. ``predicted``, ``measured``, ``measured_error`` concern the decay of the relative remainder;
    ``exponent_predicted``, ``exponent_measured``, ``exponent_error`` the law itself (logarithms
    removed). ``next_ratio`` is the remainder at the last resolved point over the predicted next orders; None
    where their coefficients are not predicted. ``resolution`` says from which changes of its
    prefactor and exponent on the law would have FAILED; None where it does. ``settings`` are the numbers
    for N, P, sigma, eta, B, beta. ``all_logarithms`` says that lower powers of the logarithm stand
    beside the leading term, and are in the law of ``points``.
    """

    law: Any
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
    resolution: Resolution | None = None
    settings: tuple[tuple[Symbol, Expr], ...] = ()
    all_logarithms: bool = False

    def __bool__(self) -> bool:
        return self.verdict == "HOLDS"

    def columns(self) -> Mapping[str, Sequence[Any]]:
        """The points: the resource, the model, the law, and how far the two are apart."""
        return {
            str(self.law.resource): [p.resource for p in self.points],
            "model": [p.loss for p in self.points],
            "law": [p.law for p in self.points],
            "model/law - 1": [p.remainder for p in self.points],
            "model/known orders - 1": [p.rest for p in self.points],
        }

    def __str__(self) -> str:
        setting = ", ".join(f"{symbol} = {value}" for symbol, value in self.settings)
        return (
            f"{self.verdict} {self.law.name}: exponent {mpmath.nstr(self.exponent_measured, 8)} "
            f"(law {self.exponent_predicted}), {self.reason}"
            + (f"; {self.resolution}" if self.resolution else "")
            + (f" [{setting}]" if setting else "")
        )


@exclusive
def verify(
    law: Law | GrowingLaw,
    at: Mapping[Symbol | str, object] | None = None,
    *,
    digits: int = 30,
    progress: Callable[[], object] | None = None,
    reach: object = MIDDLE,
) -> Verification:
    """Compare a law with the full model over at least six decades of its resource.

    ``at`` gives numbers for all parameters of the task, and may give N, P, sigma, eta, B and beta where the
    law depends on them (by default 1, 1, 1, 1/8, 8, 1/8; N = P = 1 is the coefficient of 1/N, 1/P).
    ``digits`` is the accuracy of the model's losses; what is left of it in coefficients and differences is
    in the error of each point. ``law`` is one of ``derive(task)``, or such a law with another leading term
    that somebody claims (``law.stating(exponent=...)``). A law fitted to measured arrays is compared with the
    full model of the arrays and stays UNDECIDED, as these end with their last mode; the laws of
    ``derive(task.fitted)`` can be verified. A law of T and N where modes grow with N is compared along a ray,
    ``C T = N^(reach b)``, 0 < reach < 1, up to N = 10^48 or 10^138, with sums over all modes
    (`verification.growing`). ``progress`` is called once for each of `points_of`. Raises `DomainError` for
    missing numbers.

    >>> from asymptotics import derive, power_law
    >>> from asymptotics.symbols import a, b
    >>> law = derive(power_law(a, b)).model
    >>> verify(law, at={a: 1.5, b: 1.25}).verdict
    'HOLDS'
    >>> verify(law.stating(exponent=0.51), at={a: 1.5, b: 1.25}).verdict
    'FAILS'
    """
    digits = whole_number(digits, "digits", 8, 200)
    if isinstance(law, GrowingLaw):
        return _along_ray(law, mapping_of(at, "at"), digits, progress, reach_of(reach))
    if reach != MIDDLE:
        raise DomainError(f"reach = {shown(reach)}: rays are of laws of T and N, growing_law; leave it out")
    check_kind(law, Law, "law", "pass a law of derive(task), such as derive(task).time")
    numeric, settings = _with_numbers(law, mapping_of(at, "at"))
    if numeric.measured is not None:
        return _beside_arrays(numeric, numeric.measured, settings, min(digits, ARRAY_DIGITS), progress)
    with working(digits + 15):
        prediction = Prediction(numeric, dict(settings))
        grid = _grid(numeric, prediction, settings)
        points = tuple(_points(numeric, grid, prediction, settings, digits, progress))
        prediction, points, found = decide(
            prediction, points, lambda known: Prediction(numeric, dict(settings), known)
        )
        if unknown := [symbol for symbol, _ in numeric.settings if isinstance(symbol, UnknownSum)]:
            found = (
                "UNDECIDED",
                f"{unknown[0].words}, and the model has the tail of the spectrum continued to its first mode",
            )
        return _outcome(numeric, prediction, points, found, settings, digits)


def _along_ray(
    law: GrowingLaw,
    at: Mapping[Symbol | str, object],
    digits: int,
    progress: Callable[[], object] | None,
    reach: Expr,
) -> Verification:
    """A law of T and N beside sums over modes along a ray."""
    numeric, settings = with_share(law, at)
    settings += () if reach == MIDDLE else ((REACH, reach),)
    with working(digits + 15):
        prediction, points = along(numeric, reach), []
        for resource, value in losses(prediction, digits):
            points.append(compared(resource, value, prediction))
            if progress is not None:
                progress()
        found = judge(prediction, tuple(points))
        return _outcome(numeric, prediction, tuple(points), found, settings, digits)


def _outcome(
    law: Law | GrowingLaw,
    prediction: Prediction,
    points: tuple[Point, ...],
    found: tuple[str, str],
    settings: tuple[tuple[Symbol, Expr], ...],
    digits: int,
) -> Verification:
    """The verdict with what was measured on the way."""
    verdict, reason = found
    exponent, decay = measure_exponent(prediction, points), measure_decay(prediction, points)
    seen = [p for p in points if p.remainder_error < abs(p.remainder) / 100]
    coefficient_known = bool(seen) and prediction.decay != oo and not prediction.bounded
    return Verification(
        law=law,
        verdict=verdict,
        reason=reason,
        points=points,
        predicted=prediction.decay,
        measured=decay.value,
        measured_error=decay.error,
        exponent_predicted=prediction.order,
        exponent_measured=exponent.value,
        exponent_error=exponent.error,
        next_ratio=seen[-1].remainder / prediction.next(seen[-1].resource) if coefficient_known else None,
        resolution=None if verdict == "FAILS" else _resolution(prediction, points, digits),
        settings=settings,
        all_logarithms=prediction.has_companions,
    )


def _beside_arrays(
    law: Law,
    measured: Measured,
    settings: tuple[tuple[Symbol, Expr], ...],
    digits: int,
    progress: Callable[[], object] | None,
) -> Verification:
    """A law of fitted power laws beside the model of the arrays, while the fitted modes are learned."""
    with working(digits + 15):
        prediction = Prediction(law, dict(settings))
        grid = resources_of_window(law, dict(settings))
        source = replace(law, task=replace(law.task, measured=measured))
        points = tuple(_points(source, grid, prediction, settings, digits, progress))
        logs = [(mpmath.log(p.resource), mpmath.log(abs(p.loss.value))) for p in points]
        slopes = [(y0 - y1) / (x1 - x0) for (x0, y0), (x1, y1) in pairwise(logs)]
        slope = (logs[0][1] - logs[-1][1]) / (logs[-1][0] - logs[0][0])
        low, high = (mpmath.nstr(end(1 + p.remainder for p in points), 3) for end in (min, max))
        first, last = (mpmath.nstr(points[i].resource, 3) for i in (0, -1))
        return Verification(
            law=law,
            verdict="UNDECIDED",
            reason=f"it is of {measured.as_fit}: the model of {measured.as_arrays} has {low} to {high} times "
            f"the law from {law.resource} = {first} to {last}, and a list that ends decides no exponent",
            points=points,
            predicted=prediction.decay,
            measured=mpmath.nan,
            measured_error=mpmath.inf,
            exponent_predicted=prediction.regime.exponent,
            exponent_measured=slope,
            exponent_error=max(abs(s - slope) for s in slopes),
            next_ratio=None,
            settings=settings,
            all_logarithms=prediction.has_companions,
        )


def _resolution(prediction: Prediction, points: tuple[Point, ...], digits: int) -> Resolution:
    """What the judge would have seen at the same points."""

    def exactly(changed: Prediction) -> str:
        return verdict_on(changed, tuple(compared(p.resource, p.loss, changed) for p in points))[0]

    return resolution_of(verdict_beside(prediction, points, exactly), digits)


def points_of(law: Law | GrowingLaw) -> int:
    """At how many resources `verify` compares a law."""
    if isinstance(law, GrowingLaw):
        return RAY_POINTS
    if law.measured is not None:
        return WINDOW_POINTS
    return SLOW_POINTS if law.spectrum.has_branch_point else reference_of(law.name).points


def settings_of(law: Law) -> tuple[Symbol, ...]:
    """The symbols besides the task's that `verify` takes numbers for.

    >>> from asymptotics import derive, power_law
    >>> settings_of(derive(power_law(3, 2)).sgd_noise)
    (eta, B)
    """
    task = law.task
    given = {sigma: task.noise != 0, b_test: b_test not in task.parameters}
    return tuple(s for s in reference_of(law.name).settings if not given.get(s, False))


def _with_numbers(law: Law, at: Mapping[Symbol | str, object]) -> tuple[Law, tuple[tuple[Symbol, Expr], ...]]:
    """The law at numbers, and the settings it is compared at."""
    wanted = settings_of(law)
    symbols = {s.name: s for s in (*law.parameters_for(at), *wanted)}
    given = substitution(tuple(symbols.values()), at)
    settings = {s: given.get(s, dict(law.settings).get(s, DEFAULTS.get(s, s))) for s in wanted}
    for symbol, value in settings.items():
        if not value.is_number:
            shown = "no number" if value == symbol else f"{value} is not a number"
            raise DomainError(
                f"{shown} for {symbol}, at which {law.name} is compared; give e.g. {symbol}=1/8"
            )
    own = {s: v for s, v in given.items() if s not in settings}
    numeric = law.at(own)
    numeric = numeric.at({s: v for s, v in settings.items() if s in numeric.parameters})
    if numeric.parameters:
        missing = [s.name for s in numeric.parameters]
        raise DomainError(f"no number for {', '.join(missing)}; give {name_numbers('at', missing)}")
    return numeric, tuple(settings.items())


def _grid(law: Law, prediction: Prediction, settings: tuple[tuple[Symbol, Expr], ...]) -> tuple[Expr, ...]:
    if law.spectrum.has_branch_point:
        return slow_grid(law, prediction.variable)
    gauge = prediction.regime.variable(law.resource)
    least = first_regular(law.task, law.resource)
    grid = reference_of(law.name).resources(dict(settings), gauge, law.resource, prediction.decay, least)
    if prediction.regime.relative is None or prediction.variable == gauge:
        return grid
    return scale_grid(prediction.variable, law.resource, int(grid[0]), int(grid[-1]))


def _points(
    law: Law,
    grid: tuple[Expr, ...],
    prediction: Prediction,
    settings: tuple[tuple[Symbol, Expr], ...],
    digits: int,
    progress: Callable[[], object] | None,
) -> list[Point]:
    found = []
    sizes = {N, P, law.resource}
    first = Place(
        student=law.student.at({symbol: value for symbol, value in law.settings if symbol not in sizes}),
        task=law.task,
        resource=grid[0],
        settings=settings,
        digits=digits,
        ratio=grid[1] / grid[0],
    )
    places = tuple(replace(first, resource=resource) for resource in grid)
    for resource, value in zip(grid, reference_values(law.name, places), strict=True):
        found.append(compared(number(resource), value, prediction))
        if progress is not None:
            progress()
    return found
