"""Sums in doubled numbers against sums to more digits."""

from __future__ import annotations

import cmath

import mpmath
import numpy as np
import pytest
from stated_errors import DIGITS, assert_honest

from asymptotics import Task, power_law
from numerics.spectra.spectrum import spectrum_of
from numerics.sums.decay import Decay
from numerics.sums.doubled_sums import doubled_sums, rough_sums
from numerics.sums.exponential import exponential_sum
from numerics.sums.many_time_sums import exponential_sums
from numerics.sums.spectral_sums import SpectralSums
from numerics.values.arithmetic import array, field_of
from numerics.values.doubled import double_up, single
from numerics.values.value import Value

LOGS = [complex(size, angle) for size in (-9.0, -3.0, 1.0) for angle in (0.0, 1.5, 2.3)]
TASKS = [power_law("3/2", "5/4"), Task(eigenvalues="2**-k", target="3**-k"), power_law(3, 3, modes=500)]


@pytest.mark.parametrize("task", TASKS, ids=str)
@pytest.mark.parametrize("refinement", [0, 1])
def test_sums_and_slopes(task, refinement):
    few, many = (SpectralSums(spectrum_of(task), digits) for digits in (14, 35))
    rule = few.doubled(few.rule_for_all(LOGS, -9.0, refinement))
    rows = []
    with field_of(180) as field, mpmath.workdps(DIGITS):
        kappa = double_up(
            array(field.complex(*map(field.real, (x.real, x.imag))) for x in map(cmath.exp, LOGS))
        )
        exact = many.one_point(single(kappa, field), field)
        found = doubled_sums(rule, kappa, few.digits)
        df1, slopes = rough_sums(rule.source, kappa.rounded * 0 + LOGS)
        for sums, slope, wanted in zip(
            (found.df1[0], found.X[0]), found.slopes, (exact.df1, exact.X), strict=True
        ):
            for value, rate, (best, derivative) in zip(single(sums, field), slope, wanted.T, strict=True):
                off = field.mpf(abs(value / best - 1))
                rows.append((Value(value=1 + off, error=mpmath.mpf(found.error + found.rounding)), 1))
                assert abs(rate / complex(derivative) - 1) < 1e-12
        for value, best in zip(df1, exact.df1[0], strict=True):
            assert abs(value / complex(best) - 1) < 1e-12
        for value, rate, at in zip(slopes, exact.df1[1], single(kappa, field), strict=True):
            assert abs(value / complex(rate * at) - 1) < 1e-12
    assert_honest(rows, 1e-6 if task == TASKS[0] and not refinement else 0)


def test_errors_below_those_that_doubles_show():
    few, many = (SpectralSums(spectrum_of(TASKS[0]), digits) for digits in (36, 50))
    late = [complex(-9.0, angle) for angle in (0.0, 1.5, 2.0)]
    with field_of(180) as field, mpmath.workdps(DIGITS):
        rule, at = few.doubled(few.rule_for_all(late, -9.0)), np.exp(late)
        kappa = array(field.complex(*map(field.real, (x.real, x.imag))) for x in at.tolist())
        exact = many.one_point(kappa, field)
        found = doubled_sums(rule, double_up(kappa), few.digits)
        assert found.error < 1e-27
        for value, best in zip(single(found.df1[0], field), exact.df1[0], strict=True):
            assert float(abs(value / best - 1)) <= found.error + found.rounding


@pytest.mark.parametrize("task", TASKS[:2], ids=str)
def test_sums_over_time(task):
    rates = [mpmath.mpf(10) ** power for power in range(-2, 8)]
    few = SpectralSums(spectrum_of(task), 14)
    with field_of(180) as field, mpmath.workdps(DIGITS):
        found = exponential_sums(few, double_up(array(map(field.real, rates))))
        assert found is not None
        rows = []
        for j, rate in enumerate(rates):
            value = mpmath.mpf(found[0].re[0][j]) + mpmath.mpf(found[0].re[1][j])
            rows.append((Value(value=value, error=value * found[1][j]), _exact(task, rate)))
    assert_honest(rows, 1e-6 if task == TASKS[0] else 0)


def _exact(task, rate):

    if task == TASKS[0]:
        return exponential_sum(spectrum_of(task), Decay(rate=rate), 30).value
    return mpmath.fsum(mpmath.mpf(3) ** -k * mpmath.exp(-rate * mpmath.mpf(2) ** -k) for k in range(1, 120))
