"""The exponent of a measured curve, its corrections eliminated with the exponents that laws predict.

    log L(x) = log[E + C x^-p (1 + sum_i e_i psi_i(x))] + noise,    psi_i = (x/x_0)^-q_i

A straight line in log L against log x is off by the order of the corrections, whatever the scatter. Here
their exponents q_i are known, from a law or by hand (with powers of log x where the law has them), and go on
behind those that are. Their sizes e_i at the first x are unknown: normal, with a deviation that is unknown as
well (1, 2, 4 or 8), as one of 1 alone would draw p away from its value where corrections are large. With p
and C free, E too where there is an offset (else 0), and the noise unknown (flat in its logarithm) the
posterior of p is a mixture over both, each
component a least-squares problem with penalties, linearised at its maximum; the exponent is its mean and the
error two of its standard deviations. Without a prediction the mixture is over the first exponent, too.

    fit_curve     the fit of a curve
    CurveFit      exponent and prefactor with errors, window, corrections, scatter
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import mpmath
import numpy as np
from sympy import Symbol

from asymptotics.domains.domain import normal
from asymptotics.errors import DomainError, PrecisionError, check_kind
from asymptotics.laws.law import Law
from asymptotics.parsing.numbers import items_of, real_float, real_floats
from numerics.measured.curve_posterior import Floats, Measured, Posterior, Shape, mixture, posterior_of
from numerics.values.value import Value

LEAST_POINTS = 5
GUESSES = tuple(float(2**j) for j in np.arange(-4.5, 1.5, 0.5))
"""Exponents that the first correction may have where none is predicted.

Down to 0.04: a slower one than all that are tried bends the curve beyond every error that is stated.
"""
SPACINGS = (0.5, 1.0, 2.0)
"""Distances of the orders behind those, in units of the first."""
EXTRA = 2
"""So many corrections are added behind those that are predicted."""
MOST_CORRECTIONS = 4
NOISES = np.exp(np.linspace(math.log(1e-14), math.log(1.0), 70))
"""Relative standard deviations of the noise, over which the posterior is summed."""
UNPREDICTED = 1e-4
"""The least of them where no correction is predicted: three orders do not follow the curve more closely."""
WIDTHS = (1.0, 2.0, 4.0, 8.0)
"""Deviations that the sizes of the corrections at the first x may have."""
STARTS = (0.0, 0.25, 0.5)
"""Shares of the points that a window leaves out at its beginning, where none is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveFit:
    """``L ~ prefactor x^-exponent`` (times the logarithm of the law, where it has one).

    ``window`` holds the first and the last x of the fit and ``points`` their number; ``corrections`` the
    exponents that were fitted beside the leading one; ``scatter`` the relative scatter about the fit;
    ``offset`` the loss E at x = oo, where it was fitted. Errors are two standard deviations, with what
    corrections leave.
    """

    exponent: Value
    prefactor: Value
    offset: Value | None = None
    window: tuple[float, float]
    points: int
    corrections: tuple[float, ...]
    scatter: float
    predicted: bool

    def __str__(self) -> str:
        known = "predicted" if self.predicted else "fitted, none was predicted"
        words = ", ".join(f"x^-{q:.3g}" for q in self.corrections)
        beside = f"corrections {words} ({known})" if words else "no correction"
        left, below = ("L", "") if self.offset is None else ("L - E", f", E = {self.offset}")
        slow = self.offset is not None and not self.predicted
        doubt = "; a slow correction is like E: law= or corrections= settles p further" if slow else ""
        if abs(self.exponent.value) <= self.exponent.error:
            doubt += "; p is not told from 0: no fall is seen over these x"
        return (
            f"{left} ~ x^-p with p = {self.exponent}{below} on x = {self.window[0]:g} ... {self.window[1]:g} "
            f"({self.points} points), {beside}, scatter {100 * self.scatter:.2g} %{doubt}"
        )


def fit_curve(
    x: Any,
    loss: Any,
    *,
    law: Law | None = None,
    at: Mapping[Symbol | str, object] | None = None,
    corrections: Sequence[object] | None = None,
    window: tuple[object, object] | None = None,
    offset: bool = False,
) -> CurveFit:
    """The exponent p of ``loss ~ x^-p`` at large x, with its error; see the module.

    x, loss : positive numbers, at least five of each, in any order; dimensionless and in units of the loss.
    law, at : a law, and numbers for its symbols, whose further terms say which corrections to expect.
    corrections : the same by hand, ``(q_1, q_2, ...)`` relative to the leading term; () for none.
    window : the first and last x to use; by default the fit chooses, and says in ``window``.
    offset : whether the curve falls to a loss E that more x does not lower, as published ones do:
        ``loss = E + C x^-p``. Then E is fitted too, and six points are needed. Without a prediction the first
        correction may be as slow as x^-0.05, nearly a constant, like E: the error of p is larger then.
    Raises `DomainError` for other arrays, and `PrecisionError` where no exponent can be read off.

    >>> xs = [10 * 2**j for j in range(12)]
    >>> fit = fit_curve(xs, [1.5 + 3 * x**-0.5 for x in xs], corrections=[], offset=True)
    >>> round(float(fit.offset), 9), round(float(fit.exponent), 9)
    (1.5, 0.5)
    >>> fit = fit_curve(xs, [3 * x**-0.5 * (1 + 4 / x**0.25) for x in xs], corrections=[0.25])
    >>> print(fit)
    L ~ x^-p with p = 0.5000000000000(3) on x = 10 ... 20480 (12 points), corrections x^-0.25 (predicted), \
scatter 1e-12 %
    """
    check_kind(offset, bool, "offset", "give True or False; subtract an E that is known from the losses")
    least = LEAST_POINTS + offset
    xs, ys = _read(x, loss, window, least)
    leading, shapes = (0, None) if law is None else _from_law(law, at)
    if xs[0] <= 1 and (leading or any(m for _, m in shapes or ())):
        raise DomainError(f"x = {xs[0]:g}; the law has powers of log x there, which need x > 1")
    if corrections is not None:
        shapes = [(_correction(q), 0) for q in items_of(corrections, "corrections")]
    curve = Measured(xs=xs, losses=ys, log_power=leading, offset=offset)
    starts = {0} if window else {int(share * len(xs)) for share in STARTS}
    fits = [_posterior(curve.behind(i), shapes) for i in sorted(starts) if len(xs) - i >= least]
    best = min(fits, key=lambda fit: fit.exponent_deviation)
    if 2 * best.exponent_deviation > 1:
        raise PrecisionError(
            f"exponent {best.exponent:.2g} with an error of {2 * best.exponent_deviation:.2g}: the points "
            "settle none; give more of them, or a longer range"
        )
    size = math.exp(best.logarithm)
    return CurveFit(
        exponent=_value(best.exponent, best.exponent_deviation),
        prefactor=_value(size, size * best.logarithm_deviation),
        offset=_value(best.offset, best.offset_deviation) if offset else None,
        window=(float(xs[-best.points]), float(xs[-1])),
        points=best.points,
        corrections=best.corrections,
        scatter=best.scatter,
        predicted=shapes is not None,
    )


def _value(value: float, deviation: float) -> Value:
    return Value(value=mpmath.mpf(value), error=mpmath.mpf(2 * deviation))


def _read(
    x: Any, loss: Any, window: tuple[object, object] | None, least: int = LEAST_POINTS
) -> tuple[Floats, Floats]:
    xs, ys = (np.array(real_floats(values, name)) for values, name in ((x, "x"), (loss, "loss")))
    if len(xs) != len(ys):
        raise DomainError(f"{len(xs)} values of x but {len(ys)} of the loss; give one of each")
    for name, values in (("x", xs), ("loss", ys)):
        if (values <= 0).any():
            raise DomainError(f"{name} = {values[values <= 0][0]:g}; an exponent needs numbers > 0")
    order = np.argsort(xs, kind="stable")
    xs, ys = xs[order], ys[order]
    if window is not None:
        low, high = (real_float(end, "window") for end in items_of(window, "window"))
        inside = (xs >= low) & (xs <= high)
        xs, ys = xs[inside], ys[inside]
    if len(np.unique(xs)) < least:
        where = "" if window is None else f" in the window {low:g} ... {high:g}"
        several, apart = len(xs), len(np.unique(xs))
        counted = f"{several} points" + (f" at {apart} different x" if apart < several else "")
        raise DomainError(f"{counted}{where}; an exponent with an error needs at least {least} different x")
    return xs, ys


def _correction(q: object) -> float:
    number = real_float(q, "corrections")
    if number <= 0:
        raise DomainError(f"corrections = {q}; they are exponents q > 0 of x^-q beside the leading term")
    return number


def _from_law(law: Law, at: Mapping[Symbol | str, object] | None) -> tuple[int, list[Shape]]:
    """The power of the logarithm of the leading term, and the corrections that the law has beside it."""
    if not isinstance(law, Law):
        raise DomainError(f"law = {law!r} is not a law; give one of derive(task), such as laws.time")
    here = law.at(at) if at else law
    series = here.expansion(terms=MOST_CORRECTIONS + 1)
    lead = series.leading()
    places = [(normal(term.order - lead.order), int(term.log_power)) for term in series.terms]
    if any(not place.is_number for place, _ in places):
        raise DomainError(
            f"the law has symbols, {sorted(map(str, law.parameters))}; give their numbers in at="
        )
    found = [(float(place), power - int(lead.log_power)) for place, power in places]
    behind = sorted(shape for shape in found if shape[0] > 0)
    return int(lead.log_power), behind[:MOST_CORRECTIONS]


def _posterior(curve: Measured, shapes: list[Shape] | None) -> Posterior:
    """The mixture over what is not predicted: how the orders go on, and the first of them if none is known.

    How they go on has equal weights, as the next order is there whether the scatter shows it or not; what is
    smooth and left out is no independent noise at each point, so that the points count as `LEAST_POINTS`.
    """
    if shapes is None:
        choices = [([(q, 0)], step * q) for q in GUESSES for step in SPACINGS]
    else:
        choices = [(shapes, step * min(q for q, _ in shapes)) for step in SPACINGS] if shapes else [([], 0.0)]
    widths = WIDTHS if shapes != [] else WIDTHS[:1]
    noises = NOISES[NOISES > UNPREDICTED] if shapes is None else NOISES
    found = [
        posterior_of(curve, known, _continued(known, step), noises, width)
        for known, step in choices
        for width in widths
    ]
    evidence = np.array([one.weight for one in found]) * LEAST_POINTS / len(curve)
    weights = np.exp(evidence - evidence.max())
    if shapes is not None:
        by_order = weights.reshape(len(choices), len(widths))
        weights = (by_order / by_order.sum(axis=1, keepdims=True)).ravel()
    (p, spread), (height, height_spread), (offset, offset_spread) = (
        mixture(_each(found, name), _each(found, f"{name}_deviation"), weights)
        for name in ("exponent", "logarithm", "offset")
    )
    return replace(
        found[int(np.argmax(evidence))],
        exponent=p,
        exponent_deviation=spread,
        logarithm=height,
        logarithm_deviation=height_spread,
        offset=offset,
        offset_deviation=offset_spread,
    )


def _each(found: Sequence[Posterior], name: str) -> list[float]:
    return [getattr(one, name) for one in found]


def _continued(shapes: list[Shape], step: float) -> list[Shape]:
    """The predicted corrections and a few of those behind them; none behind none."""
    last = max((q for q, _ in shapes), default=0.0)
    return [*shapes, *((last + j * step, 0) for j in range(1, EXTRA + 1) if shapes)]
