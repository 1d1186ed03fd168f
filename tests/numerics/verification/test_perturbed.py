"""What the judge sees of laws that differ a little, in doubles, is what it sees in all digits."""

import mpmath
import pytest
from sympy import exp

from asymptotics import Task, derive, power_law
from asymptotics.symbols import a, b, k
from numerics.verification import verify as verification
from numerics.verification.perturbed import verdict_beside
from numerics.verification.prediction import Prediction

POWERS = derive(power_law(a, b))
LAWS = (
    (POWERS.model, {a: "3/2", b: "5/4"}, 15),
    (POWERS.data_transient, {a: "5/2", b: 3}, 30),
    (POWERS.model, {a: 3, b: 2}, 30),
    (POWERS.time, {a: "7/3", b: "4/3"}, 12),
    (derive(Task(exp(-k), exp(-2 * k))).model, {}, 20),
)


@pytest.fixture
def verdicts(monkeypatch):
    """Both verdicts on the law that was verified last, and how often the exact one was asked by the other."""
    found, asked = [], []

    def kept(prediction, points, exactly):
        def counted(changed):
            asked.append(changed)
            return exactly(changed)

        found[:] = [prediction, exactly, verdict_beside(prediction, points, counted)]
        return verdict_beside(prediction, points, exactly)

    monkeypatch.setattr(verification, "verdict_beside", kept)
    return found, asked


@pytest.mark.parametrize(("law", "at", "digits"), LAWS, ids=lambda x: getattr(x, "name", None))
def test_verdicts_are_those_of_all_digits(verdicts, law, at, digits):
    (found, asked) = verdicts
    verification.verify(law, at=at, digits=digits)
    prediction, exactly, fast = found
    with mpmath.workdps(digits + 15):
        for power in range(1, digits + 6, 3):
            for sign in (1, -1):
                d = sign * mpmath.mpf("0.37") * mpmath.mpf(10) ** -power
                for change in ((1 + d, mpmath.mpf(0)), (mpmath.mpf(1), d)):
                    assert fast(*change) == exactly(prediction.perturb(*change))
    assert not asked


def test_a_remainder_that_is_stated_too_small_is_judged_in_all_digits():
    law = derive(power_law(4, 2)).model
    points = verification.verify(law, digits=15).points
    claimed = law.stating(remainder=law.regimes[0].remainder + 1)
    with mpmath.workdps(30):
        for stated, verdict in ((law, "HOLDS"), (claimed, "asked")):
            fast = verdict_beside(Prediction(stated, {}), points, lambda changed: "asked")
            assert fast(mpmath.mpf(1), mpmath.mpf(0)) == verdict
