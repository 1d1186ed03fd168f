"""What the judge sees of points beside a law that is a little different, in doubles.

With ``known = law + orders`` and R what these leave, a law whose prefactor is multiplied by f and whose
exponent grows by s leaves

    R' = (R - d)/(1 + d),      d = (stated/known) (f X^-s - 1),      X the gauge,

in which nothing cancels but R and d, so that doubles have all digits that a verdict takes.

    Seen                        a point of which R and its error are doubles
    verdict_beside              the verdicts on laws that differ, for `resolution`
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass

import mpmath

from numerics.verification.judge import Point, Resolvable, judge, states_more
from numerics.verification.prediction import Prediction
from numerics.verification.resolution import Verdict

ROUNDING = 2.0**-50
"""The relative error of a few operations on doubles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen(Resolvable):
    """A point as the judge sees it."""

    resource: float
    scale: float
    remainder: float
    rest: float
    rest_error: float
    expected: float = 0.0


def verdict_beside(
    prediction: Prediction, points: Sequence[Point], exactly: Callable[[Prediction], str]
) -> Verdict:
    """The verdict on the law with ``factor`` times the prefactor and ``shift`` added to the exponent.

    ``exactly`` judges a prediction in numbers of any precision, where a remainder is stated that is smaller
    than the one derived, and where numbers leave the range of doubles.
    """
    try:
        looks = None if states_more(prediction, points[-2:]) else [_look(prediction, p) for p in points]
        rough = _in_doubles(prediction)
    except (ArithmeticError, ValueError):
        looks = None

    def verdict(factor: mpmath.mpf, shift: mpmath.mpf) -> str:
        if looks is not None:
            grown, more = float(mpmath.log(factor)), float(shift)
            try:
                return judge(rough, tuple(look(grown, more) for look in looks))[0]
            except (ArithmeticError, ValueError):
                pass
        return exactly(prediction.perturb(factor, shift))

    return verdict


def _look(prediction: Prediction, point: Point) -> Callable[[float, float], Seen]:
    """How a point looks when log f and s are given; raises where its numbers are not those of doubles."""
    stated, known = prediction.parts(point.resource)
    share, rest = float(stated / known), float(point.rest)
    error, growth = float(point.rest_error), float(mpmath.log(prediction.gauge(point.resource)))
    scale, resource = float(point.scale), float(point.resource)
    if not (math.isfinite(scale) and math.isfinite(resource)) or (point.rest and not rest):
        raise OverflowError

    def look(grown: float, shift: float) -> Seen:
        d = share * math.expm1(grown - shift * growth)
        left = (rest - d) / (1 + d)
        return Seen(
            resource=resource,
            scale=scale,
            remainder=left,
            rest=left,
            rest_error=(error + ROUNDING * (abs(rest) + abs(d))) / abs(1 + d),
        )

    return look


def _in_doubles(prediction: Prediction) -> Prediction:
    """The prediction with exponents that are doubles."""
    other = copy(prediction)
    other.beyond = float(prediction.beyond)
    other.beyond_corrections = [float(e) for e in prediction.beyond_corrections]
    return other
