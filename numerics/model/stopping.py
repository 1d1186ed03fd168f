"""The best stopping time of the full model, found by search and interpolation, with errors.

The loss over ``u = log t`` falls, then the label noise lets it rise; where modes are learned at times far
apart, it does so several times. The lowest minimum of a coarse grid over the times at which something is
learned is closed in, with few digits, by parabolas through points so close that one contour serves
them, or by walking downhill, and read off the polynomial through seven closer points of log L; that through
the inner five says how good it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol

import mpmath

from asymptotics.errors import PrecisionError, UnableError
from asymptotics.parsing.numbers import DECADES
from asymptotics.precision import exclusive, working
from numerics.values.inputs import infinite
from numerics.values.results import Best
from numerics.values.value import Value

SEARCH_DIGITS = 8
"""Digits of the losses, until the minimum is closed in."""
FEW_DIGITS, FEWER = 15, 3
"""Where more are wanted, the minimum is first read off losses of a third of them, which cost little."""
STRIDE = mpmath.mpf("2.5")
"""The steps in log t of the walk."""
CLOSE = mpmath.mpf("0.019")
"""The distance in log t of the three points of a parabola (see `discretisation.CLOSE`)."""
SETTLED = mpmath.mpf("0.02")
"""A parabola that moves the minimum by less is the last one: what it leaves is of second order."""
PARABOLAS = 12
APART, MOST_POINTS, MANY_POINTS = 1.25, 150, 4000
"""The steps in log t of the grid, and its most points; more where minima lie beside each other."""
SPAN, SHARE = 40.0, (1 - math.exp(-1)) ** 2
"""Where a search begins to look how far it must go; what a mode leaves of its noise at t = 1/lambda."""
ALIKE = 0.3
"""Minima of the grid are closed in where log L is at most so much above the lowest of them."""
MARGIN = 5.0
"""So far in log t the grid reaches beyond the first and the last mode that is learned."""
REACH = 1000
"""How far in log t the search walks before it reports that a minimum was not found."""
RECENTRINGS = 6


class OneLoss(Protocol):
    """A test loss as a function of one number > 0, at many of them at once."""

    @property
    def P(self) -> Any: ...

    def test_loss(self, xs: Any, /) -> Any: ...


class Searched(OneLoss, Protocol):
    """What a search needs of a full model."""

    digits: int
    N: Any
    noise: Any
    ridge: Any
    tested: Any

    def with_digits(self, digits: int) -> Searched: ...

    def weights(self, time: Any) -> Any: ...

    def variance(self, t: Any) -> Any: ...


@exclusive
def best_stopping(model: Searched, guess: mpmath.mpf | None = None) -> Best:
    """``argmin`` and ``min`` over t of the test loss of a model.

    Its digits are the accuracy of the losses; that of the time is about two thirds of it, and said in its
    error. ``guess`` is a time to start the search from. Raises `UnableError` if the loss falls to the end, to
    the digits of the search, and `PrecisionError` if the interpolation does not settle.

    >>> from asymptotics.tasks.power_laws import power_law
    >>> from numerics import FullModel
    >>> model = FullModel(power_law(2, 2), P=1000, noise=1)
    >>> best = best_stopping(model)
    >>> t = best.argument.value
    >>> best.loss.value < min(model.test_loss(0.99 * t).value, model.test_loss(1.01 * t).value)
    True
    """
    digits = model.digits
    with working(digits + 15):
        few = min(SEARCH_DIGITS, digits)
        rough = model if few == digits else model.with_digits(few)
        start = mpmath.mpf(0) if guess is None else mpmath.log(guess)
        ended = model if digits <= FEW_DIGITS else rough
        f = partial(_log_losses_in_time, rough)
        reach, noisy = _times(model, f) if guess is None else (None, False)
        try:
            centre = lowest(f, start, reach)
        except PrecisionError:
            if reach is not None and math.isfinite(reach[1]):
                _check_turns(ended, rough.test_loss(mpmath.exp(reach[1])))
            raise
        try:
            if digits > FEW_DIGITS:
                some = max(few, digits // FEWER)
                near = interpolate(model.with_digits(some), centre, some)
                centre = mpmath.log(near.argument.value)
            found = interpolate(model, centre, digits)
        except PrecisionError:
            _check_turns(ended, rough.test_loss(mpmath.exp(centre)))
            raise
        if not noisy:
            _check_turns(ended, found.loss)
        return found


def _times(model: Searched, f: Function) -> tuple[tuple[float, float], bool]:
    """From where to where in log t modes are learned that may still lower the loss; whether noise ends it.

    Label noise adds at least ``SHARE sigma^2 n/P`` once n modes are learned: where that is above the least
    loss so far, the search ends. That is asked only where the times of all modes are too many for a grid,
    and of the last of them what noise adds there: ``tr M g(K)^2``, ``g = (1 - e^(-K t))/K``, grows with t.
    """
    seen = model.tested.model
    first, last = -math.log(seen.edge), min(-seen.log_slowest, (DECADES - 1) * math.log(10) - MARGIN)
    each = SHARE * float(model.noise) ** 2 / float(model.P)
    span = SPAN if each > 0 and APART * MOST_POINTS < last - first < math.inf else math.inf
    seen_to, least = first, mpmath.inf
    while first + span < last:
        least = min(least, *f(_points(seen_to, first + span, math.ceil((first + span - seen_to) / APART))))
        if -seen.log_rate(min(seen.rank, math.exp(float(least)) / each)) <= first + span:
            return (first, first + span), True
        seen_to, span = first + span, 2 * span
    return (first, last), span < math.inf and model.variance(mpmath.exp(last)).noise.value > mpmath.exp(least)


def _check_turns(model: Searched, least: Value) -> None:
    """Raise `UnableError` where the loss at t = oo is no larger than the least one found."""
    end = model.test_loss(mpmath.inf)
    if end.value - end.error <= least.value + least.error:
        raise UnableError(
            f"the loss falls until t = oo, to {float(end.value):.6g}: no minimum at a finite time"
            + _what_helps(model)
        )


def _what_helps(model: Searched) -> str:
    """What makes stopping worth it, of what the model does not have."""
    helps = (
        ("at a smaller ridge", model.ridge > 0),
        ("where P is finite", infinite(model.P)),
        ("where noise > 0", model.noise == 0),
    )
    missing = [words for words, needed in helps if needed]
    return "; stopping helps " + " and ".join(missing) if missing else ""


def _log_losses_in_time(model: Searched, us: Sequence[mpmath.mpf]) -> list[mpmath.mpf]:
    """`log_losses`; `UnableError` beyond the last time that numbers reach, where a loss still falls."""
    if max(us) > DECADES * mpmath.log(10):
        raise UnableError(
            f"the loss falls as far as numbers reach, t = 10^{DECADES}: no minimum at a finite time is found"
            + _what_helps(model)
        )
    return log_losses(model, us)


def log_losses(model: OneLoss, us: Sequence[mpmath.mpf]) -> list[mpmath.mpf]:
    """``log L(e^u)`` at each u, which share a contour where they are near each other."""
    return [
        mpmath.log(v.value) if v.value else -mpmath.inf for v in model.test_loss(list(map(mpmath.exp, us)))
    ]


Function = Callable[[Sequence[mpmath.mpf]], list[mpmath.mpf]]
"""A function at many points."""


def lowest(f: Function, start: mpmath.mpf, reach: tuple[float, float] | None) -> mpmath.mpf:
    """The lowest minimum of f, of those on a grid over ``reach`` and a margin; next to ``start`` without."""
    if reach is None or not all(map(math.isfinite, reach)):
        return close_in(f, start)
    us, logs = _on_grid(f, reach[0] - MARGIN, reach[1] + MARGIN)
    walls = [mpmath.inf, *logs, mpmath.inf]
    places = [j for j in range(len(us)) if walls[j] > logs[j] <= walls[j + 2]]
    least = min(logs)
    found = [close_in(f, us[j]) for j in places if logs[j] <= least + ALIKE]
    heights = f(found) if len(found) > 1 else [mpmath.mpf(0)]
    return min(zip(heights, found, strict=True))[1]


def _on_grid(f: Function, low: float, high: float) -> tuple[list[mpmath.mpf], list[mpmath.mpf]]:
    """A grid and f on it; of a range too long for its points the part where f is low, closer and closer."""
    most = MOST_POINTS
    while True:
        count = min(most, max(2, math.ceil((high - low) / APART)))
        us = _points(low, high, count)
        logs = f(us)
        if count < most or most > MOST_POINTS:
            return us, logs
        near = [j for j in range(count + 1) if logs[j] <= min(logs) + ALIKE]
        before, low, high = high - low, float(us[max(near[0] - 1, 0)]), float(us[min(near[-1] + 1, count)])
        if high - low > before / 2:  # f is low on a long part: minima lie beside each other there
            most = MANY_POINTS


def _points(low: float, high: float, count: int) -> list[mpmath.mpf]:
    """The ends of ``count`` equal parts of a range."""
    return [mpmath.mpf(low + (high - low) * j / count) for j in range(count + 1)]


def close_in(f: Function, start: mpmath.mpf) -> mpmath.mpf:
    """The minimum by Newton's method with differences; by a walk where f bends down or it would go far."""
    centre, stride = start, STRIDE
    for _ in range(PARABOLAS):
        middle, left, right = f([centre + j * CLOSE for j in (0, -1, 1)])
        bend = left - 2 * middle + right
        move = (left - right) / (2 * bend) * CLOSE if bend > 0 else mpmath.inf
        if abs(move) > stride:
            centre, stride = _walk(f, centre, stride), stride / 4
            continue
        centre += move
        if abs(move) < SETTLED:
            break
    return centre


def _walk(f: Function, start: mpmath.mpf, width: mpmath.mpf) -> mpmath.mpf:
    """The vertex of the parabola through three points ``width`` apart, the middle one the lowest."""
    known: dict[int, mpmath.mpf] = {}

    def at(j: int) -> mpmath.mpf:
        if j not in known:
            (known[j],) = f([start + j * width])
        return known[j]

    middle = 0
    while at(middle) > min(at(middle - 1), at(middle + 1)):
        middle += 1 if at(middle + 1) < at(middle - 1) else -1
        if abs(middle) * width > REACH:
            raise UnableError(
                f"the loss has no minimum before log t = {REACH}; use fewer samples or more noise"
            )
    left, lowest, right = at(middle - 1), at(middle), at(middle + 1)
    bend = left - 2 * lowest + right
    move = (left - right) / (2 * bend) if bend > 0 else mpmath.mpf(0)
    return start + (middle + move) * width


def interpolate(model: OneLoss, centre: mpmath.mpf, digits: int) -> Best:
    """The minimum near ``centre``; raises `PrecisionError` if it is too flat for these digits."""
    # The interpolation errs by spacing^4, the rounding of the losses by 10^-digits / spacing.
    spacing = mpmath.mpf(10) ** (-mpmath.mpf(digits) / 6)
    for _ in range(RECENTRINGS):
        losses = list(model.test_loss([mpmath.exp(centre + j * spacing) for j in range(-3, 4)]))
        logs = [mpmath.log(v.value) for v in losses]
        slack = max(v.error / v.value if v.value else mpmath.inf for v in losses)
        wide, narrow = _polynomial(logs), _polynomial(logs[1:-1])
        slope, bend = wide[1], 2 * wide[2]
        if bend <= 0:
            break
        if abs(slope / bend) > 2:  # still well between the seven points
            centre -= slope / bend * spacing
            continue
        here, there = _vertex(wide), _vertex(narrow)
        shift = abs(here - there) + 4 * slack / bend
        lowest = _value(wide, here)
        rise = abs(lowest - _value(narrow, there)) + 4 * slack + bend * shift**2 / 2
        time, loss = mpmath.exp(centre + here * spacing), mpmath.exp(lowest)
        return Best(
            argument=Value(value=time, error=time * spacing * shift),
            loss=Value(value=loss, error=loss * rise),
        )
    raise PrecisionError(f"the loss for P = {model.P} is too flat about its minimum; ask for fewer digits")


def _polynomial(values: Sequence[mpmath.mpf]) -> list[mpmath.mpf]:
    """Coefficients, lowest first, of the polynomial through values at -m ... m."""
    reach = len(values) // 2
    powers = mpmath.matrix(
        [[mpmath.mpf(j) ** i for i in range(len(values))] for j in range(-reach, reach + 1)]
    )
    return list(mpmath.lu_solve(powers, mpmath.matrix(values)))


def _vertex(coefficients: Sequence[mpmath.mpf]) -> mpmath.mpf:
    """Where the derivative vanishes, by Newton's method from 0 (the minimum is at most two steps away)."""
    slope = [i * c for i, c in enumerate(coefficients)][1:]
    bend = [i * c for i, c in enumerate(slope)][1:]
    x = mpmath.mpf(0)
    for _ in range(12):
        x -= _value(slope, x) / _value(bend, x)
    return x


def _value(coefficients: Sequence[mpmath.mpf], x: mpmath.mpf) -> mpmath.mpf:
    return mpmath.polyval(list(reversed(coefficients)), x)
