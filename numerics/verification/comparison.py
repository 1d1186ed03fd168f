"""Values of the full model beside what a law predicts of them, and a verdict with as many orders as it takes.

compared(x, value, prediction)    the point at a resource x
verdict_on(prediction, points)    on the leading term and then, where that holds, on the stated remainder
decide(prediction, points, known) the same, with more orders known where it is open
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import mpmath

from asymptotics.errors import UnableError
from numerics.values.value import Value
from numerics.verification.judge import FLOOR, Point, judge, judge_remainder
from numerics.verification.prediction import Prediction

FURTHER = (6, 8)
"""How many orders are looked at where fewer leave a doubt.

Each further one takes three times as long as that before it: of a slow law ten take longer than its losses.
"""

Points = tuple[Point, ...]


def compared(x: mpmath.mpf, value: Value, prediction: Prediction) -> Point:
    """The quantity against the law at the resource x."""
    stated = prediction(x)
    ratio = value.value / stated
    return Point(
        resource=x,
        scale=prediction.scale(x),
        loss=value,
        law=stated,
        remainder=ratio - 1,
        remainder_error=abs(value.error / stated) + abs(ratio) * mpmath.mpf(10) ** -(mpmath.mp.dps - 4),
        expected=prediction.next(x),
    )


def verdict_on(prediction: Prediction, points: Points) -> tuple[str, str]:
    """The verdict on the leading term and then, where that holds, on the stated remainder."""
    verdict, reason = judge(prediction, points)
    more = judge_remainder(prediction, points) if verdict == "HOLDS" else None
    return more or (verdict, reason)


def decide(
    prediction: Prediction, points: Points, known: Callable[[int], Prediction]
) -> tuple[Prediction, Points, tuple[str, str]]:
    """The verdict, by the prediction with as many orders ``known`` as decide it; by the first if none does.

    More orders are of use while each two of them halve what is left at the last point, and while that is more
    than a limit may be off. Powers of log t have such orders.
    """
    found = verdict_on(prediction, points)
    if found[0] == "UNDECIDED" and judge(prediction, points)[0] == "UNDECIDED":
        left = points[-1].rest
        with suppress(UnableError):
            for orders in FURTHER:
                further = known(orders)
                closer = tuple(compared(p.resource, p.loss, further) for p in points)
                if (decided := verdict_on(further, closer))[0] != "UNDECIDED":
                    return further, closer, decided
                before, left = left, closer[-1].rest
                if not FLOOR / 10 < abs(left) < abs(before) / 2:
                    break
    return prediction, points, found
