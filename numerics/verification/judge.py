"""Verdicts: does what the known orders of a law leave fall as the law predicts?

With L the quantity, x the scale of its law and ``known`` the sum of the orders that the expansion has,

    R(x) = L/known - 1  =  O(x^-n log(x)^m),        n > 0, or smaller than every power.

A wrong constant leaves R at a constant, a wrong exponent or logarithm lets it grow or drift, and a wrong
correction falls as that correction does. Where orders lie close together, local exponents of R may stay below
n as long as anybody looks; what no true law does is that ``R x^n`` grows ever faster. Powers and slow laws
(x = log t) are judged alike: only x differs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import dropwhile, pairwise, takewhile
from typing import Any, TypeVar

import mpmath
from sympy import oo

from numerics.values.exact import number
from numerics.values.value import Value
from numerics.verification.exponents import (
    Measurement,
    extrapolate,
    local_exponents,
    log,
    measure,
    settling,
)
from numerics.verification.prediction import Prediction

FLOOR = mpmath.mpf("0.002")
"""Agreement of a measured exponent that no check asks to surpass."""
SWING = 3
"""Points that meet an oscillation at any phase may see it so many times as large as others do."""
DECADES = 6
"""Over so many decades of the scale R may be read where it sinks into the numerical error behind them."""


class Resolvable:
    """What the judge reads of a point: the remainder R behind ``expected`` orders, and its error."""

    __slots__ = ()

    resource: Any
    scale: Any
    remainder: Any
    expected: Any
    rest: Any
    rest_error: Any

    @property
    def resolved(self) -> bool:
        """Whether the numerical error is far below R."""
        return bool(self.rest_error < abs(self.rest) / 100)


Looked = TypeVar("Looked", bound=Resolvable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point(Resolvable):
    """One comparison: the resource, the quantity in the model, in the law, and their ratio minus 1.

    ``scale`` is the function of the resource whose powers the law is made of; the resource for power laws.
    ``expected`` is the remainder by all orders that are known.
    """

    resource: mpmath.mpf
    scale: mpmath.mpf
    loss: Value
    law: mpmath.mpf
    remainder: mpmath.mpf
    remainder_error: mpmath.mpf
    expected: mpmath.mpf = mpmath.mpf(0)

    @property
    def rest(self) -> mpmath.mpf:
        """R: the quantity over all known orders of its law, minus 1."""
        return (self.remainder - self.expected) / (1 + self.expected)

    @property
    def rest_error(self) -> mpmath.mpf:
        """The numerical error of R."""
        return self.remainder_error / abs(1 + self.expected)


def find_resolved_run(points: tuple[Looked, ...]) -> tuple[Looked, ...]:
    """The first points in a row whose R stands far above the numerical error."""
    behind = tuple(dropwhile(lambda p: not p.resolved, points))
    return tuple(takewhile(lambda p: p.resolved, behind))


def past_zero(run: tuple[Resolvable, ...]) -> tuple[Resolvable, ...]:
    """A run that ends above its start: from the largest R behind its last zero on, over four points at least.

    A law that crosses the loss early, or before its points begin, has R near zero there.
    """
    if not run or abs(run[-1].rest) < abs(run[0].rest):
        return run
    zeros = [i for i in range(1, len(run)) if run[i].rest * run[i - 1].rest < 0]
    behind = run[zeros[-1] if zeros else 0 :]
    falling = behind[max(range(len(behind)), key=lambda i: abs(behind[i].rest)) :]
    return falling if len(falling) > 3 else run


def judge(prediction: Prediction, points: tuple[Resolvable, ...]) -> tuple[str, str]:
    """The verdict HOLDS, FAILS or UNDECIDED, and the reason in one line."""
    if mpmath.isinf(prediction.beyond):
        return judge_faster(points)
    resolved = past_zero(find_resolved_run(points))
    shown = _shown(points[-1])
    if resolved and resolved[0] is not resolved[-1] and abs(resolved[-1].rest) >= abs(resolved[0].rest):
        return "FAILS", f"{shown}; it does not fall from {_short(resolved[0].rest)}"
    hidden = points[points.index(resolved[-1]) + 1 :] if resolved else points
    bound = _bound(prediction, (resolved or points)[-1])
    verdict, reason = _judge_fall(prediction, resolved, bound) if len(resolved) > 3 else ("", "")
    if hidden and verdict != "FAILS":
        seen, why = _judge_hidden(resolved, hidden, bound)
        if not verdict or seen != "UNDECIDED" or not _spans(resolved):
            verdict, reason = seen, why
    return verdict or "UNDECIDED", f"{shown}{reason}"


def _judge_fall(
    prediction: Prediction, resolved: tuple[Resolvable, ...], bound: mpmath.mpf
) -> tuple[str, str]:
    """R falls at least as fast as its order, and L over the known orders tends to 1."""
    if _swings(bound, resolved):
        return "HOLDS", ", swinging about 0, and falling no slower than its order"
    xs, errors = [p.scale for p in resolved], [p.rest_error for p in resolved]
    limit = extrapolate(xs, [p.rest for p in resolved], errors, prediction.beyond_corrections)
    steps = [p - prediction.beyond for p in prediction.beyond_corrections[1:]]
    decay = measure(xs, [p.rest for p in resolved], errors, steps)
    sign = "+" if limit.value >= 0 else "-"
    off = abs(limit.value)
    tends = f"; the ratio tends to 1 {sign} {_short(off)}, its error {_short(limit.error)}"
    if prediction.logs > 0 and _turns(resolved):
        return "UNDECIDED", f"{tends}; what is left changes its sign, as powers of logarithms make it"
    # powers of logarithms, taken as constants where orders are eliminated, leave about this share of R
    share = max(prediction.logs, 0) / (prediction.beyond * log(xs[-1]))
    if off > max(10 * limit.error, 3 * share * abs(resolved[-1].rest)):
        return "FAILS", tends
    if _stays_below(bound, resolved):
        return "HOLDS", ", falling no slower than its order"
    # the order behind has a coefficient that is not known
    slack = max(10 * xs[-1] ** -steps[0], FLOOR)
    short = bound - decay.value
    # a power of a logarithm that the bound leaves out falls short of it by that power over log x
    kept = short <= max(3 * decay.error, slack) and short * log(xs[-1]) < mpmath.mpf(1) / 2
    if not kept:
        # orders close by, of opposite signs, make R fall more slowly than either; R x^n comes to rest
        rest = settling(xs, [p.rest for p in resolved], errors, bound, steps)
        if short > max(10 * decay.error, slack) and (rest is None or rest.value < -2 * rest.error):
            return "FAILS", f"; it decays with {mpmath.nstr(decay.value, 5)}, less than {_short(bound)}"
        kept = rest is not None and rest.value > 10 * rest.error
    settled = limit.error < (FLOOR / 10 if _spans(resolved) else FLOOR) and off < 3 * limit.error
    return "HOLDS" if settled and kept else "UNDECIDED", tends


def _spans(resolved: tuple[Resolvable, ...]) -> bool:
    """Whether points span `DECADES`, but for half of one: grids in steps of eta start a little late."""
    return bool(resolved[-1].scale >= resolved[0].scale * mpmath.mpf(10) ** (DECADES - 0.5))


def _judge_hidden(
    resolved: tuple[Resolvable, ...], hidden: tuple[Resolvable, ...], bound: mpmath.mpf
) -> tuple[str, str]:
    """Where R falls below the numerical error on the way, it stays there, but for what its order leaves."""
    last, largest = hidden[-1], max(p.rest_error for p in hidden)
    start = resolved[-1] if resolved else hidden[0]
    left = [abs(start.rest) * (p.scale / start.scale) ** -bound for p in hidden]
    if abs(last.rest) > 10 * (last.rest_error + left[-1]):
        return "FAILS", ", ten times the numerical error, where nothing should be left"
    if any(abs(p.rest) > 3 * (p.rest_error + rest) for p, rest in zip(hidden, left, strict=True)):
        return "UNDECIDED", "; the numerical error is not far below it, ask for more digits"
    if largest > FLOOR / 100:
        return "UNDECIDED", f", but the numerical error is {_short(largest)}; ask for more digits"
    return "HOLDS", f", within the numerical error from {_short(hidden[0].resource)} on"


def _bound(prediction: Prediction, point: Resolvable) -> mpmath.mpf:
    """The exponent with which R falls near a point at least.

    ``x^-n log(x/c)^m`` falls locally with ``n - m/log(x/c)``, where log(c) may be half of log(x).
    """
    return prediction.beyond - 2 * max(prediction.logs, 0) / log(point.scale)


def measure_decay(prediction: Prediction, points: tuple[Point, ...]) -> Measurement:
    """The exponent with which the remainder of the law falls, freed of all orders that are known.

    With fewer than three resolved points only a lower bound, its error infinite.
    """
    seen = tuple(replace(p, expected=mpmath.mpf(0)) for p in points)
    resolved = find_resolved_run(seen)
    if len(resolved) < 3:
        last = points[-1]
        size = max(abs(last.remainder), last.remainder_error)
        return Measurement(value=-log(size) / log(last.scale), error=mpmath.inf)
    decay = 0 if prediction.bounded or prediction.decay == oo else number(prediction.decay)
    shape = [(prediction.next(p.resource) or 1) * p.scale**decay for p in resolved]
    return measure(
        [p.scale for p in resolved],
        [p.remainder / s for p, s in zip(resolved, shape, strict=True)],
        [p.remainder_error / s for p, s in zip(resolved, shape, strict=True)],
        prediction.decay_corrections,
    )


def measure_exponent(prediction: Prediction, points: tuple[Point, ...]) -> Measurement:
    """The exponent of the law in its gauge, freed of logarithms and of all orders that are known."""
    slow = [prediction.slowly(p.resource) for p in points]
    return measure(
        [prediction.gauge(p.resource) for p in points],
        [p.loss.value / s for p, s in zip(points, slow, strict=True)],
        [p.loss.error / s for p, s in zip(points, slow, strict=True)],
        prediction.beyond_corrections if prediction.gauge(points[0].resource) == points[0].scale else (),
    )


def judge_remainder(prediction: Prediction, points: tuple[Point, ...]) -> tuple[str, str] | None:
    """The verdict on the remainder that the law states, where it is smaller than the one derived; else None.

    A bound that is larger than it need be is true; one that is smaller must be seen in the measured decay.
    """
    stated = states_more(prediction, points[-2:])
    if not stated:
        return None
    derived = number(prediction.decay)
    claimed = f"a remainder that falls with {_short(stated)} is stated"
    if prediction.has_companions and stated > FLOOR:
        return "FAILS", f"{claimed}; a lower power of the logarithm is at the leading order"
    decay = measure_decay(prediction, points)
    if mpmath.isinf(decay.error):
        return "UNDECIDED", (
            f"{claimed}; the numerical error hides it beyond {_short(points[0].resource)}, and "
            f"{_short(derived)} is derived"
        )
    short = stated - decay.value
    if short > max(10 * decay.error, FLOOR):
        return "FAILS", f"{claimed}; it falls with {mpmath.nstr(decay.value, 5)}"
    if short > -max(3 * decay.error, FLOOR):
        return "UNDECIDED", f"{claimed}; it is measured to {_short(decay.error)} only"
    return None


def states_more(prediction: Prediction, ends: Sequence[Point]) -> mpmath.mpf | None:
    """The exponent with which a stated remainder falls near its ends, if faster than the one derived.

    Freed of the logarithms that the derived one has. Where lower powers of the logarithm stand at the
    leading order, these are all of it.
    """
    if prediction.decay == oo:
        return None
    power = 0 if prediction.has_companions else number(prediction.decay)
    fall = sum(local_exponents([p.scale for p in ends], [log(p.scale) ** prediction.fall for p in ends]))
    bounds = [prediction.stated_bound(p.resource) for p in ends]
    (stated,) = local_exponents([p.scale for p in ends], bounds) if all(bounds) else (mpmath.inf,)
    return stated - fall if stated - fall > power + FLOOR else None


def _turns(resolved: tuple[Resolvable, ...]) -> bool:
    """Whether R, far below `FLOOR`, changes its sign near the end, where its size says little."""
    last = resolved[-4:]
    return bool(abs(last[-1].rest) < FLOOR / 100 and any(p.rest * last[-1].rest < 0 for p in last))


def _stays_below(bound: mpmath.mpf, resolved: tuple[Resolvable, ...]) -> bool:
    """Whether R far below `FLOOR` fell at least as the bound, and still falls at its end.

    From point to point there, or as a whole where it changes sign on the way, as orders close by make it. A
    constant that is wrong, however little, would stay behind and end the fall.
    """
    last = resolved[-4:]
    if len(last) < 4 or abs(last[-1].rest) >= FLOOR / 100:
        return False
    least = min(local_exponents([p.scale for p in last], [p.rest for p in last]))
    ends = resolved[0], resolved[-1]
    (whole,) = local_exponents([p.scale for p in ends], [p.rest for p in ends])
    return bool(least >= bound - FLOOR or (whole >= bound and least > bound / 2))


def _swings(bound: mpmath.mpf, resolved: tuple[Resolvable, ...]) -> bool:
    """Whether R far below `FLOOR` turns its sign again and again, and over its order does not grow.

    Where what is left oscillates in the resource, as of momentum, points meet it at any phase, and slopes
    between them say nothing. A constant that is wrong would end the turns.
    """
    signs = [mpmath.sign(p.rest) for p in resolved]
    turns = [i for i, (one, two) in enumerate(pairwise(signs)) if one != two]
    if len(turns) < 2 or turns[-1] < len(resolved) // 2 or abs(resolved[-1].rest) >= FLOOR / 100:
        return False
    sizes = [abs(p.rest) * p.scale**bound for p in resolved]
    half = len(sizes) // 2
    return bool(max(sizes[half:]) <= SWING * max(sizes[:half]))


def judge_faster(points: tuple[Resolvable, ...]) -> tuple[str, str]:
    """Where no power follows, R must fall below the numerical error, ever faster."""
    last = points[-1]
    shown = _shown(last)
    if abs(last.rest) <= 3 * last.rest_error:
        # An error far below FLOOR leaves neither exponent nor constant in doubt.
        if last.rest_error < FLOOR / 100:
            return "HOLDS", f"{shown}, within the numerical error; no power follows"
        return "UNDECIDED", f"{shown}, but the numerical error is {mpmath.nstr(last.rest_error, 2)}"
    slopes = local_exponents([p.scale for p in points], [p.rest for p in points])
    rising = all(q > p > 0 for p, q in zip(slopes[-4:-1], slopes[-3:], strict=True))
    if rising and slopes[-1] > 1:
        return (
            "HOLDS",
            f"{shown}, falling ever faster (slope {mpmath.nstr(slopes[-1], 3)}); no power follows",
        )
    third = len(points) // 3
    early, late = (max(abs(p.rest) for p in part) for part in (points[:third], points[-third:]))
    # neither smaller nor falling steadily: an oscillation, or a constant, that is left out
    lasting = late > early / 10 and any(slope < 0 for slope in slopes)
    rounding = sum(p.rest_error / abs(p.rest) for p in points[-2:]) / log(last.scale / points[-2].scale)
    if lasting or slopes[-1] <= slopes[-2] or slopes[-1] < rounding + mpmath.mpf("1e-6"):
        return "FAILS", f"{shown}; it does not fall faster than every power"
    return "UNDECIDED", f"{shown}; the decay is not yet faster than a power"


def _shown(point: Resolvable) -> str:
    """The remainder at a point, and what the known orders leave of it."""
    beyond = "" if point.expected == 0 else f", {_short(point.rest)} beyond the known orders"
    return f"remainder {_short(point.remainder)} at {_short(point.resource)}{beyond}"


def _short(value: mpmath.mpf) -> str:
    return str(mpmath.nstr(value, 3))
