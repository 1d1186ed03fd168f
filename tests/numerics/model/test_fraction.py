"""The step as a fraction of the largest stable one."""

import math

import pytest
from numpy.testing import assert_allclose
from sympy import Rational

from asymptotics import Cosine, OnePassSGD, power_law
from asymptotics.errors import DomainError
from asymptotics.model.rules.base import numbers_of
from asymptotics.symbols import B, h
from numerics import FullModel, simulate

TASK = power_law(2.5, 0.75, modes="2*N")


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
def test_a_fraction_is_a_step(share):
    rule = OnePassSGD(fraction=share, batch=4)
    model = FullModel(TASK, N=40, rule=rule)
    same = FullModel(TASK, N=40, rule=OnePassSGD(eta=model.rule.eta, batch=4))
    assert model.rule == same.rule
    assert float(model.test_loss(100)) == float(same.test_loss(100))


def test_the_largest_step_is_that_of_stability():
    eta = FullModel(TASK, N=40, rule=OnePassSGD(fraction=0.5, batch=4)).rule.eta
    FullModel(TASK, N=40, rule=OnePassSGD(eta=1.9999 * eta, batch=4))
    with pytest.raises(DomainError, match="beyond stability"):
        FullModel(TASK, N=40, rule=OnePassSGD(eta=2.0001 * eta, batch=4))


def test_below_one_it_falls_with_the_trace():
    """eta Tr/2B tends to the fraction, and Tr grows as N^(1 - b)."""
    found = [FullModel(TASK, N=n, rule=OnePassSGD(fraction=0.25, batch=1)).rule.eta for n in (10**6, 10**10)]
    assert_allclose(math.log(found[0] / found[1]) / math.log(10**4), 0.25, atol=0.01)
    trace = 2**0.25 / 0.25 * (10**10) ** 0.25
    assert_allclose(found[1] * trace / 2, 0.25, rtol=0.01)


def test_with_a_schedule_it_is_of_the_largest_step_on_the_way():
    rule = OnePassSGD(fraction=0.5, batch=2, schedule=Cosine())
    assert FullModel(TASK, N=20, rule=rule).rule.fraction == 0


def test_draws_take_the_same_step():
    rule = OnePassSGD(fraction=0.3, batch=2)
    run = simulate(TASK, N=20, times=(50,), rule=rule, draws=60, seed=3)
    model = FullModel(TASK, N=20, rule=rule)
    assert run.rule == model.rule
    assert abs(run.test_loss[0] - float(model.test_loss(50))) < 6 * run.test_loss_error[0] + 0.05


@pytest.mark.parametrize("share", [1, 1.5, -0.1, math.nan, math.inf, "a"])
def test_refused_fractions(share):
    with pytest.raises(DomainError, match="fraction"):
        OnePassSGD(fraction=share, batch=1)


def test_one_of_the_two():
    with pytest.raises(DomainError, match="give one of the two"):
        OnePassSGD(eta=0.1, fraction=0.5, batch=1)
    with pytest.raises(DomainError, match="has no step; give eta > 0 or a fraction"):
        OnePassSGD(batch=1)
    assert numbers_of(OnePassSGD(fraction=0.5, batch=8)) == {h: Rational(1, 2), B: 8}
    assert repr(OnePassSGD(fraction=0.5, batch=8)) == "OnePassSGD(fraction=0.5, batch=8)"
