"""The errors that spectral sums, sums over time and quadratures state: they hold, and are not absurdly large.

An estimate of rounding is tested with numbers of just the precision that it speaks of: with the guard digits
that are usual it would say nothing.
"""

from __future__ import annotations

import math
import random

import mpmath
import numpy as np
import pytest
import sympy
from stated_errors import assert_honest

from asymptotics import Task, power_law
from asymptotics.symbols import k
from numerics.spectra.finite import finite_spectrum
from numerics.spectra.spectrum import spectrum_of
from numerics.sums import time_sum as time_sums
from numerics.sums.compression import compress
from numerics.sums.decay import Decay
from numerics.sums.exponential import _from, exponential_sum
from numerics.sums.rule_sums import sums_at
from numerics.sums.spectral_sums import SpectralSums
from numerics.sums.time_sum import time_sum
from numerics.values.arithmetic import array, bits_of, field_of
from numerics.values.value import Value

TASKS = [power_law("1.5", "1.25"), power_law(2, 2), power_law("1.2", 3), power_law(3, "1.5")]


def relative(found, expected, error):
    """The quotients of found and expected numbers, with the relative error stated: they should be 1."""
    return [
        (Value(value=abs(x / y - 1), error=mpmath.mpf(error)), 0)
        for x, y in zip(found, expected, strict=True)
    ]


def places(count, seed):
    """kappa as modulus and angle, down to 1e-8 and close to the spectrum."""
    draw = random.Random(seed)
    return [(10 ** -draw.uniform(0, 8), draw.choice([0.0, 0.5, 2.0, 2.8])) for _ in range(count)]


def polar(field, size, angle):
    return field.complex(field.real(size * math.cos(angle)), field.real(size * math.sin(angle)))


def test_sums_to_few_digits_against_many():
    rows = []
    for task in TASKS:
        few, many = SpectralSums(spectrum_of(task), 6), SpectralSums(spectrum_of(task), 24)
        for place in places(5, 1):
            with field_of(bits_of(40)) as field:
                one, two = (sums.one_point(array([polar(field, *place)]), field) for sums in (few, many))
                rows += relative([*one.df1[:, 0], *one.X[:, 0]], [*two.df1[:, 0], *two.X[:, 0]], one.error)
    assert_honest(rows)


def evaluated(spoil, digits=20, bits=200):
    """Sums by rules that ``spoil(book, place)`` has made worse in one respect, against good ones."""
    rows = []
    for task in TASKS:
        for place in places(5, 2):
            sums, good = (SpectralSums(spectrum_of(task), n) for n in (digits, digits + 20))
            with field_of(bits) as field, mpmath.workprec(bits):
                kappa = polar(field, *place)
                rule = spoil(sums._book, (math.log(place[0]), place[1]))
                found, error = sums_at(rule, kappa, 10.0 ** -(digits + 2), (1, 0), field)
            with field_of(200) as field:
                expected = good.one_point(array([polar(field, *place)]), field)
                rows += relative(found, [*expected.df1[:, 0], *expected.X[:, 0]], error)
    return rows


def test_the_trapezoid_of_the_integral():
    """Steps three times as long as they should be."""
    assert_honest(evaluated(lambda book, place: book.rule(*book.place(*place), place[0], -4)))


def test_the_rule_for_the_ends():
    """The integral begins at k = 11/2, where the singularity at 0 is near."""

    def spoil(book, place):
        _, sector = book.place(*place)
        return book.rule(6, sector, place[0], 0)

    assert_honest(evaluated(spoil))


def test_rounding_in_spectral_sums():
    assert_honest(evaluated(lambda book, place: book.rule(*book.place(*place), place[0], 0), bits=40), 1e-3)


def test_compressed_lists():
    """Modes that fill an octave, by a few nodes; kappa at a few widths of a bin from them."""
    lam = np.sort(np.random.default_rng(3).uniform(0.5, 1, 10_000))[::-1].copy()
    rows = []
    with field_of(200) as field:
        nodes, A, _, bins = compress(lam, lam, field)
        every = array(field.real(float(x)) for x in lam)
        for distance in (0.05, 0.07, 0.1, 0.2):
            for real in (-0.55, -0.7, -0.85):
                kappa = field.complex(field.real(real), field.real(distance))
                found, expected = (A / (nodes + kappa)).sum(), (every / (every + kappa)).sum()
                error = bins.error(complex(kappa))
                assert error < 1e-2
                rows += relative([found], [expected], error)
    assert_honest(rows)


RATES = ("1e-2", "1", "30", "1e5", "1e20")


@pytest.mark.slow
def test_sums_over_infinitely_many_modes_in_time():
    rows = []
    for task in (power_law(2, 2), power_law("1.5", "1.25"), power_law("1.1", 4), power_law(4, "1.1")):
        for rate in RATES:
            decay = Decay(rate=mpmath.mpf(rate))
            found, better = (exponential_sum(spectrum_of(task), decay, digits) for digits in (8, 24))
            rows.append((found, better))
    assert_honest(rows, 1e-2)


def test_the_trapezoids_in_time():
    """Steps that are too long, whose error the half-steps show."""
    rows = []
    for task in TASKS:
        spectrum = spectrum_of(task)
        for rate in RATES[:4]:
            decay = Decay(rate=mpmath.mpf(rate))
            with field_of(bits_of(60)) as field, mpmath.workdps(60):
                sums = (_from(spectrum, decay, 12, 30, step, field) for step in (6.0, 1.0))
                (value, error), (better, _) = ((field.mpf(x), field.mpf(e)) for x, e in sums)
                rows.append((Value(value=value, error=error), better))
    assert_honest(rows)


FINITE = {
    "listed": finite_spectrum([1, 0.3, 0.1, 0.07], [0.5, 0.2, 0.4, 0.1]),
    "added up": spectrum_of(power_law("1.5", "1.25", modes=50)),
    "one eigenvalue": spectrum_of(Task(eigenvalues=sympy.Rational(1, 3), target=k**-2, modes=10**7)),
    "one eigenvalue and power": spectrum_of(
        Task(eigenvalues=sympy.Rational(1, 3), target=sympy.Rational(1, 7), modes=10**7)
    ),
}


@pytest.mark.parametrize("name", FINITE)
def test_rounding_of_finite_sums_in_time(name, monkeypatch):
    """In numbers of ten digits more than are asked for, which is what the error allows for."""
    rows = []
    for rate in ("3", "40", "1000"):
        decay, digits = Decay(rate=mpmath.mpf(rate)), 10
        with mpmath.workdps(60), monkeypatch.context() as context:
            better = time_sum(FINITE[name], decay, 40)
            context.setattr(time_sums, "bits_of", lambda wanted: bits_of(wanted - 15))
            rows.append((time_sum(FINITE[name], decay, digits), better))
    assert_honest(rows)


def test_tails_less_what_lies_beyond():
    """Ten thousand modes, as the difference of two endless sums that nearly cancel, and one by one."""
    spectrum, rows = spectrum_of(power_law("1.5", "1.25", modes=10**4)), []
    for rate in ("3", "1e6"):
        decay = Decay(rate=mpmath.mpf(rate))
        found = time_sums._difference(spectrum, decay, 8)
        assert found is not None
        rows.append((found, time_sums._add(spectrum, 1, decay, 30)))
    assert_honest(rows)


@pytest.mark.parametrize("digits", [10, 20])
def test_the_whole_power_states_no_less_than_its_digits(digits):
    sums = SpectralSums(spectrum_of(power_law(2, 2)), digits)
    with field_of(120) as field:
        total, error = sums.total_target(field)
        assert 10.0**-digits <= error < 1e-8 and abs(float(total) - math.pi**2 / 6) < 1e-9


@pytest.mark.parametrize(
    ("task", "times", "power"),
    [
        (Task("1", "1", modes=10), 1, 10),
        (Task("1", "1", modes=10**6), 1, 10**6),
        (Task("k**-2", "9*k**-2", modes=3), 9, 1),
    ],
)
def test_sums_below_all_exponents_of_a_field_are_not_zero(task, times, power) -> None:
    """gmpy2 has exponents of 30 bits: such sums were 0, beside an error of 0."""
    rate = 10**20
    found = time_sum(spectrum_of(task), Decay(rate=mpmath.mpf(rate)), 20)
    assert 0 < found.error < mpmath.mpf(10) ** -9 * found.value
    with mpmath.workdps(60):
        left = mpmath.log(found.value) + mpmath.mpf(rate) / times
        assert abs(left - mpmath.log(power)) < found.relative_error
    assert "e-" in str(found)
