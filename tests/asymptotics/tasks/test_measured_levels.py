"""Measured levels of many modes: ranks that are counted, fits and laws as of all modes listed."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asymptotics import Task, derive
from asymptotics.errors import DomainError, SpectrumError
from asymptotics.tasks.ranks import Ranks, mean_log, power_sum


def sphere(levels, b, a, many=1):
    """Levels of S^2 with eigenvalues ``(l (l + 1))^-b``, powers ``(l (l + 1))^-a``, 2 l + 1 modes in each."""
    ls = range(1, levels + 1)
    size = [float(el * (el + 1)) for el in ls]
    return [x**-b for x in size], [x**-a for x in size], [many * (2 * el + 1) for el in ls]


@given(st.integers(1, 10**12), st.integers(0, 5000), st.floats(-4, 4).filter(lambda q: abs(q + 1) > 1e-3))
def test_sums_over_ranks_are_those_of_their_terms(first, length, exponent):
    ranks = range(first, first + length + 1)
    total = math.fsum(k**exponent for k in ranks)
    assert abs(power_sum(first, first + length, exponent) / total - 1) < 1e-12
    mean = math.fsum(map(math.log, ranks)) / len(ranks)
    assert abs(mean_log(first, first + length) - mean) < 1e-8


@given(st.lists(st.integers(1, 9), min_size=1, max_size=12), st.data())
def test_means_over_ranks_are_those_of_the_list(counts, data):
    values = [1.0 / (1 + i) for i in range(len(counts))]
    listed = [v for v, m in zip(values, counts, strict=True) for _ in range(m)]
    ranks = Ranks.of(counts)
    first = data.draw(st.integers(1, len(listed)))
    last = data.draw(st.integers(first, len(listed)))
    mean = sum(listed[k - 1] * k**1.5 for k in range(first, last + 1)) / (last - first + 1)
    assert abs(ranks.mean(values, first, last, 1.5) / mean - 1) < 1e-12
    assert listed[last - 1] == values[ranks.level(last)]


def test_levels_have_the_fit_of_their_modes():
    """The exponents of levels and of their modes one by one agree, and are those of the spectrum."""
    lam, power, counts = sphere(70, 1.5, 1.2)
    levels = Task.from_arrays(lam, power, counts).measured
    repeated = [[v for v, m in zip(side, counts, strict=True) for _ in range(m)] for side in (lam, power)]
    modes = Task.from_arrays(*repeated).measured
    for one, two, exact in (
        (levels.eigenvalue_fit, modes.eigenvalue_fit, 1.5),
        (levels.target_fit, modes.target_fit, 1.2),
    ):
        assert abs(one.exponent - two.exponent) < 2 * math.hypot(one.error, two.error)
        assert abs(one.exponent - exact) < 2 * one.error + 1e-3
    assert levels.modes == modes.modes == sum(counts)
    assert levels.eigenvalue(5) == modes.eigenvalue(5) == lam[1]


def test_a_hundred_million_modes_are_not_listed():
    task = Task.from_arrays(*sphere(5000, 1.5, 1.2, many=4))
    assert task.measured.modes == 4 * 5000 * 5002
    assert abs(float(derive(task).model.exponent) - 0.2) < 0.02
    assert "in 5000 levels" in str(task.measured)
    again = Task.from_dict(task.to_dict())
    assert again.measured.multiplicities == task.measured.multiplicities
    assert (again.eigenvalues, again.target) == (task.eigenvalues, task.target)


def test_the_record_of_levels_makes_the_same_task():
    """A window that was looked for has another fit by itself: its bins were flattened on all modes before."""
    levels = range(1, 200)
    task = Task.from_arrays([n**-3.0 for n in levels], [n**-4.5 for n in levels], [2 * n + 1 for n in levels])
    again = Task.from_dict(task.to_dict())
    assert again == task
    assert hash(again) == hash(task)


def test_levels_may_come_in_any_order():
    lam, power, counts = sphere(40, 1.0, 1.3)
    task, back = Task.from_arrays(lam, power, counts), Task.from_arrays(lam[::-1], power[::-1], counts[::-1])
    assert task == back


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ([3] * 39, "39 multiplicities for 40 levels"),
        ([0] * 40, r"multiplicities\[0\] = 0; a level has a whole number of modes >= 1"),
        ([1.5] * 40, r"multiplicities\[0\] = 1.5"),
        ([math.nan] * 40, r"multiplicities\[0\] = nan"),
        (["two"] * 40, r"multiplicities\[0\] = 'two' is not a real number"),
        ([10**14] * 40, "the levels have 4e.15 modes"),
        (7, "multiplicities = 7 are not a sequence"),
    ],
)
def test_other_multiplicities_are_refused(counts, words):
    lam, power, _ = sphere(40, 1.0, 1.3)
    with pytest.raises(SpectrumError, match=words):
        Task.from_arrays(lam, power, counts)


def test_samples_have_single_modes():
    lam, power, counts = sphere(40, 1.0, 1.3)
    with pytest.raises(DomainError, match="multiplicities and samples"):
        Task.from_arrays(lam, power, counts, samples=10_000)
