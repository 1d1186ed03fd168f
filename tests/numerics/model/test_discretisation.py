"""Contours that serve more than one time."""

import pytest
from sympy import Integer, Rational

import numerics.model.discretisation as discretisation
from asymptotics import power_law
from numerics import FullModel

SETTINGS = ({"P": 1000, "noise": 1}, {"N": 100}, {"N": 300, "P": 200, "noise": Rational(1, 2)})


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize(
    ("digits", "time"), [(8, 1), (15, 10**6), pytest.param(30, 100, marks=pytest.mark.slow)]
)
def test_a_contour_of_a_close_time_gives_the_same_loss(setting, digits, time):
    task = power_law(Rational(3, 2), Rational(5, 4))
    model = FullModel(task, digits=digits, **setting)
    model._average("", time, Integer(1), Integer(1))
    for ratio in (Rational(1019, 1000), Rational(981, 1000), Rational(1001, 1000)):
        # by contours of its own, not by windows
        near, own = (
            one._average("", time * ratio, Integer(1), Integer(1))
            for one in (model, FullModel(task, digits=digits, **setting))
        )
        assert abs(near.value - own.value) <= min(near.error, own.error)


def test_only_close_times_share_a_contour(monkeypatch):
    laid = []
    original = discretisation.Discretisation._contour
    monkeypatch.setattr(
        discretisation.Discretisation,
        "_contour",
        lambda self, time, *rest: laid.append(time) or original(self, time, *rest),
    )
    model = FullModel(power_law(2, 2), N=50, digits=8)
    for time in (Integer(100), Rational(1005, 10), Rational(1010, 10), Rational(1015, 10), Integer(103)):
        model.ensemble_loss(time, 2)
    # pairs and a single transform, two contours each; a chain of close times stays where its contour was laid
    assert laid == [Integer(100)] * 4 + [Integer(103)] * 4
