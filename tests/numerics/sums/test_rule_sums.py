"""Nodes far below kappa, summed by their moments, beside the whole rule."""

from __future__ import annotations

import numpy as np
import pytest

from asymptotics import Task, power_law
from numerics.spectra.spectrum import spectrum_of
from numerics.sums import rule_sums
from numerics.sums.rule_sums import FarNodes, sums_at
from numerics.sums.spectral_sums import SpectralSums
from numerics.values.arithmetic import array, field_of

BITS, ROWS, FLOOR = 120, (1, 2), 1e-30
TASKS = [
    pytest.param(power_law("5/4", "13/10"), id="slow"),
    pytest.param(power_law("32/5", "14/5"), id="steep"),
    pytest.param(Task("k**-2*log(k + 2)", "k**-3"), id="logarithm"),
    pytest.param(power_law("3/2", "5/4", modes=10**9), id="modes"),
]


def both(task, log_size, field):
    """The rule of a task at some kappa, in two and whole."""
    size = field.exp(field.real(log_size))
    kappa = array(
        size * field.complex(field.cos(field.real(a)), field.sin(field.real(a))) for a in (0.0, 1.5, -2.5)
    )
    sums = SpectralSums(spectrum_of(task), digits=25)
    rule = sums.rule_for_all([complex(log_size, a) for a in (0.0, 2.5)], log_size)
    return kappa, rule, FarNodes.of(rule, [size], sum(ROWS), field)


def worst_change(kappa, rule, far, field):
    found = [[sums_at(rule, x, FLOOR, ROWS, field, some) for x in kappa] for some in (None, far)]
    for (_, error), (_, other) in zip(*found, strict=True):
        assert other == pytest.approx(error, rel=1e-6)
    whole, split = (np.concatenate([values for values, _ in some]) for some in found)
    return max(float(abs(one - two) / abs(one)) for one, two in zip(whole, split, strict=True))


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("log_size", [-3.0, -30.0])
def test_sums_and_their_errors_are_those_of_the_whole_rule(task, log_size):
    with field_of(BITS) as field:
        assert worst_change(*both(task, log_size, field), field) < 2.0 ** (5 - BITS)


def test_most_nodes_of_an_integral_are_far_and_give_few_moments():
    with field_of(BITS) as field:
        _, rule, far = both(power_law("25/11", "7/2"), -30.0, field)
        assert len(far.near.lam) < 0.35 * len(rule.lam)
        moments = sum(len(some) for some in (*far.below[1], *far.above[1]))
        assert 0 < moments < 0.5 * (len(rule.lam) - len(far.near.lam))


def test_a_series_that_ends_early_shows(monkeypatch):
    monkeypatch.setattr(rule_sums, "SPARE_BITS", -20)
    with field_of(BITS) as field:
        assert worst_change(*both(power_law("5/4", "13/10"), -3.0, field), field) > 2.0 ** (8 - BITS)
