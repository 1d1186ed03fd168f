"""Verdicts: does the relative remainder fall as the law predicts?

Three kinds of prediction: a power with its coefficient (the next order), the bound of a power (an expansion
of one order), or a fall faster than every power. In each a wrong constant leaves the remainder at a
constant, a wrong exponent lets it grow, a wrong logarithm makes it drift.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import mpmath
from sympy import oo

from numerics.values.value import Value
from numerics.verification.exponents import Measurement, extrapolate, local_exponents, measure
from numerics.verification.prediction import Prediction, number

FLOOR = mpmath.mpf("0.002")
"""Agreement of a measured exponent that no check asks to surpass."""
SEPARATE = 2
"""Two orders separate where one falls by a factor of e^2 more than the other."""
DECADES = 6
"""Over how many decades of the scale the remainder must stand above the numerical error; of a power of the
scale where that stands for an exponential (`Prediction.unit`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One comparison: the resource, the quantity in the model, in the law, and their ratio minus 1.

    ``scale`` is the function of the resource whose powers the law is made of; the resource for power laws.
    """

    resource: mpmath.mpf
    scale: mpmath.mpf
    loss: Value
    law: mpmath.mpf
    remainder: mpmath.mpf
    remainder_error: mpmath.mpf

    @property
    def resolved(self) -> bool:
        """Whether the numerical error is far below the remainder that it measures."""
        return bool(self.remainder_error < abs(self.remainder) / 100)


def find_resolved_run(points: tuple[Point, ...]) -> tuple[Point, ...]:
    """The points from the first on whose remainder stands far above the numerical error."""
    count = next((i for i, p in enumerate(points) if not p.resolved), len(points))
    return points[:count]


def measure_decay(prediction: Prediction, points: tuple[Point, ...]) -> Measurement:
    """The exponent with which the remainder falls, freed of logarithms and of all orders that are known.

    With fewer than three resolved points only a lower bound, its error infinite.
    """
    resolved = find_resolved_run(points)
    if len(resolved) < 3:
        last = points[-1]
        size = max(abs(last.remainder), last.remainder_error)
        return Measurement(value=-mpmath.log(size) / mpmath.log(last.scale), error=mpmath.inf)
    shape = [prediction.shape(p.scale) for p in resolved]
    return measure(
        [p.scale for p in resolved],
        [p.remainder / s for p, s in zip(resolved, shape, strict=True)],
        [p.remainder_error / s for p, s in zip(resolved, shape, strict=True)],
        prediction.corrections,
    )


def judge(prediction: Prediction, points: tuple[Point, ...], decay: Measurement) -> tuple[str, str]:
    """The verdict HOLDS, FAILS or UNDECIDED, and the reason in one line.

    Where two orders do not separate over all points, what they leave looks like neither: no law FAILS.
    """
    verdict, reason = _judge(prediction, points, decay)
    if verdict == "FAILS" and prediction.closest * mpmath.log(points[-1].scale) < SEPARATE:
        apart = f"two orders only {mpmath.nstr(prediction.closest, 3)} apart"
        return "UNDECIDED", f"{reason}; but {apart} do not separate up to {_short(points[-1].resource)}"
    return verdict, reason


def _judge(prediction: Prediction, points: tuple[Point, ...], decay: Measurement) -> tuple[str, str]:
    if prediction.decay == oo:
        return judge_faster(points)
    resolved = find_resolved_run(points)
    first, last = points[0], resolved[-1] if resolved else points[0]
    # Half a decade of slack: grids in steps of eta start a little late.
    if last.scale < first.scale * mpmath.mpf(10) ** ((DECADES - 0.5) / prediction.unit):
        end = points[-1]
        if prediction.bounded:
            return _judge_unseen(prediction, points, resolved)
        if end.resolved and abs(end.remainder) > 10 * abs(prediction.next(end.scale)):
            # the remainder changed its sign at a point, on its way to a constant
            return "FAILS", f"remainder {_short(end.remainder)} at {_short(end.resource)}; it does not fall"
        return "UNDECIDED", (
            f"the numerical error is not far below the remainder beyond {mpmath.nstr(last.resource, 3)}; "
            "ask for more digits"
        )
    shown = f"remainder {_short(last.remainder)} at {_short(last.resource)}"
    if not abs(last.remainder) < abs(first.remainder):
        start = f"{_short(first.remainder)} at {_short(first.resource)}"
        return "FAILS", f"{shown}; it does not fall from {start}"
    if prediction.bounded:
        return _judge_by_bound(prediction, resolved, decay, shown)
    return _judge_power(prediction, resolved, decay, shown)


def _judge_power(
    prediction: Prediction, resolved: tuple[Point, ...], decay: Measurement, shown: str
) -> tuple[str, str]:
    """Where the next order is known with its coefficient: the remainder is that, and the decay its own."""
    predicted = number(prediction.decay)
    last = resolved[-1]
    expected = prediction.next(last.scale)
    if abs(last.remainder) > 10 * abs(expected):
        return "FAILS", f"{shown} where the next term predicts {_short(expected)}"
    limit = _limit(prediction, resolved)
    if abs(limit.value - 1) > 10 * limit.error:
        return "FAILS", f"{shown}; {_tends(limit)}"
    if decay.agrees_with(predicted, FLOOR):
        if decay.error > mpmath.mpf("0.05"):
            return "UNDECIDED", f"{shown}, but its decay is measured only to {mpmath.nstr(decay.error, 2)}"
        if abs(last.remainder / expected - 1) > mpmath.mpf("0.5"):
            return "UNDECIDED", f"{shown}, still far from the next term's {_short(expected)}"
        return "HOLDS", shown
    if abs(decay.value - predicted) > 10 * decay.error:
        return (
            "FAILS",
            f"{shown}; it decays with {mpmath.nstr(decay.value, 5)}, not {mpmath.nstr(predicted, 5)}",
        )
    return "UNDECIDED", f"{shown}; its decay is not settled"


def _judge_by_bound(
    prediction: Prediction, resolved: tuple[Point, ...], decay: Measurement, shown: str
) -> tuple[str, str]:
    """Where only the order of the remainder is known: it decays at least as fast, and L/law tends to 1."""
    # beside powers of a logarithm the decay is less by so much
    bound = number(prediction.decay) - prediction.beyond_logs / mpmath.log(resolved[-1].scale)
    limit = _limit(prediction, resolved)
    tends = f"{shown}; {_tends(limit)}"
    if abs(limit.value - 1) > 10 * limit.error:
        return "FAILS", tends
    if decay.value < bound - max(10 * decay.error, FLOOR):
        return "FAILS", f"{shown}; it decays with {mpmath.nstr(decay.value, 5)}, less than {_short(bound)}"
    if _stays_below(bound, resolved):
        return "HOLDS", f"{shown}, falling no slower than the bound allows"
    # A fall that is faster than the bound need not be measured well.
    vague = decay.error > mpmath.mpf("0.05") and decay.value - 3 * decay.error < bound
    if limit.error > FLOOR / 10 or vague:
        return "UNDECIDED", tends
    if decay.value < bound - max(3 * decay.error, FLOOR) or abs(limit.value - 1) > 3 * limit.error:
        return "UNDECIDED", f"{tends}; the decay is not settled"
    return "HOLDS", tends


def _judge_unseen(
    prediction: Prediction, points: tuple[Point, ...], resolved: tuple[Point, ...]
) -> tuple[str, str]:
    """Where the remainder falls below the numerical error at once: it stays there, as the bound allows."""
    bound, last = number(prediction.decay), points[-1]
    hidden = points[len(resolved) :]
    shown = f"remainder {_short(last.remainder)} at {_short(last.resource)}"
    if abs(last.remainder) > 10 * last.remainder_error:
        return "FAILS", f"{shown}, ten times the numerical error, where nothing should be left"
    # One point may lie between what is resolved and what is not.
    if any(abs(p.remainder) > 3 * p.remainder_error for p in hidden[1:]) or not _falls(
        bound, (*resolved, *hidden[:1])
    ):
        return (
            "UNDECIDED",
            f"{shown}; the numerical error is not far below the remainder, ask for more digits",
        )
    if max(p.remainder_error for p in hidden) > FLOOR / 100:
        return "UNDECIDED", f"{shown}, but the numerical error is {_short(last.remainder_error)}"
    return "HOLDS", f"{shown}, within the numerical error from {_short(hidden[0].resource)} on"


def _falls(bound: mpmath.mpf, points: tuple[Point, ...]) -> bool:
    """Whether what may be the remainder falls from point to point as the bound does, or ever faster."""
    sizes = [max(abs(p.remainder), p.remainder_error) for p in points]
    slopes = local_exponents([p.scale for p in points], sizes)
    steeper = [1.1 * one < two for one, two in pairwise((mpmath.inf, *slopes, 0))]
    return all(
        slope >= bound - FLOOR or before or after or abs(p.remainder) <= 3 * p.remainder_error
        for slope, before, after, p in zip(slopes, steeper[:-1], steeper[1:], points[1:], strict=True)
    )


def judge_remainder(
    prediction: Prediction, points: tuple[Point, ...], decay: Measurement
) -> tuple[str, str] | None:
    """The verdict on the remainder that the law states, where it is smaller than the one derived; else None.

    A bound that is larger than it need be is true; one that is smaller must be seen in the measured decay.
    """
    stated, derived = prediction.stated_decay, number(prediction.decay)
    claimed = f"a remainder that falls with {_short(stated)} is stated"
    if prediction.has_companions and stated > FLOOR:
        return "FAILS", f"{claimed}; a lower power of the logarithm is at the leading order"
    if stated <= derived + FLOOR:
        return None
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


def _stays_below(bound: mpmath.mpf, resolved: tuple[Point, ...]) -> bool:
    """Whether a remainder far below `FLOOR` fell at least as the bound from point to point, to its end.

    A constant that is wrong, however little, would stay behind and end the fall; sign changes do not matter.
    """
    last = resolved[-4:]
    slopes = local_exponents([p.scale for p in last], [p.remainder for p in last])
    return bool(len(last) == 4 and abs(last[-1].remainder) < FLOOR / 100 and min(slopes) >= bound)


def _limit(prediction: Prediction, resolved: tuple[Point, ...]) -> Measurement:
    """What L/law tends to, freed of the corrections that the law predicts; a right law has 1."""
    return extrapolate(
        [p.scale for p in resolved],
        [1 + p.remainder for p in resolved],
        [p.remainder_error for p in resolved],
        prediction.law_corrections,
    )


def _tends(limit: Measurement) -> str:
    sign = "+" if limit.value >= 1 else "-"
    return f"the ratio tends to 1 {sign} {_short(abs(limit.value - 1))}, its error {_short(limit.error)}"


def judge_faster(points: tuple[Point, ...]) -> tuple[str, str]:
    """Where no power follows, the remainder must fall below the numerical error, ever faster."""
    last = points[-1]
    shown = f"remainder {_short(last.remainder)} at {_short(last.resource)}"
    if abs(last.remainder) <= 3 * last.remainder_error:
        # An error of the remainder far below FLOOR leaves neither exponent nor constant in doubt.
        if last.remainder_error < FLOOR / 100:
            return "HOLDS", f"{shown}, within the numerical error; no power follows"
        return "UNDECIDED", f"{shown}, but the numerical error is {mpmath.nstr(last.remainder_error, 2)}"
    slopes = local_exponents([p.scale for p in points], [p.remainder for p in points])
    rising = all(q > p > 0 for p, q in zip(slopes[-4:-1], slopes[-3:], strict=True))
    if rising and slopes[-1] > 1:
        return (
            "HOLDS",
            f"{shown}, falling ever faster (slope {mpmath.nstr(slopes[-1], 3)}); no power follows",
        )
    third = len(points) // 3
    early, late = (max(abs(p.remainder) for p in part) for part in (points[:third], points[-third:]))
    # neither smaller nor falling steadily: an oscillation, or a constant, that is left out
    lasting = late > early / 10 and any(slope < 0 for slope in slopes)
    rounding = sum(p.remainder_error / abs(p.remainder) for p in points[-2:]) / mpmath.log(
        last.scale / points[-2].scale
    )
    if lasting or slopes[-1] <= slopes[-2] or slopes[-1] < rounding + mpmath.mpf("1e-6"):
        return "FAILS", f"{shown}; it does not fall faster than every power"
    return "UNDECIDED", f"{shown}; the decay is not yet faster than a power"


def _short(value: mpmath.mpf) -> str:
    return str(mpmath.nstr(value, 3))
