"""The spectrum behind two exponents."""

import pytest
from sympy import Rational

from asymptotics import GradientFlow, derive, power_law, spectrum_from_exponents
from asymptotics.errors import DomainError
from asymptotics.symbols import N, a, b, r, t
from numerics import fitted_spectrum

# Kaplan et al. 2001.08361 (steps, N); Hoffmann et al. 2203.15556 and Besiroglu et al. 2404.10102 (data in one
# pass, N): their fits, and the (a, b) that follow from a - 1 = m and b = m/s for s < 1
FITS = [
    ("Kaplan", "0.76", "0.077", Rational("1.077"), Rational("0.077") / Rational("0.76")),
    ("Hoffmann", "0.28", "0.34", Rational("1.34"), Rational("0.34") / Rational("0.28")),
    ("Epoch", "0.3658", "0.3478", Rational("1.3478"), Rational("0.3478") / Rational("0.3658")),
    ("hard in time", "2", "3/2", Rational(4), Rational(3, 2)),
]


@pytest.mark.parametrize(("name", "time", "model", "power", "decay"), FITS, ids=[row[0] for row in FITS])
def test_fits(name, time, model, power, decay):
    found = spectrum_from_exponents(time=time, model=model)
    assert found == (power, decay)
    laws = derive(found.task)
    assert (laws.time.exponent, laws.model.exponent) == (Rational(time), Rational(model))


def test_its_phase():
    found = spectrum_from_exponents(time=0.28, model=0.34)
    flow = found.phase(rule=GradientFlow).exponents
    assert flow[N] == Rational("0.28") / (Rational("0.28") + Rational("0.34"))
    assert found.optimum().at().exponents["loss"] > 0
    low = spectrum_from_exponents(time=0.76, model=0.077)
    assert low.task == power_law(low.a, low.b, modes=r * N)
    assert low.phase().exponents == {t: Rational(1, 2), N: Rational(1, 2), "loss": Rational("0.0385")}


def test_reused_data():
    assert spectrum_from_exponents(model="1/2", data="4/5") == (Rational(9, 5), Rational(1, 2))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"time": 1}, "give two of"),
        ({}, "give two of"),
        ({"time": 1, "model": 1, "data": 1}, "give two of"),
        ({"time": -1, "model": 1}, "must be a number > 0"),
        ({"time": a, "model": 1}, "must be a number > 0"),
        ({"model": "1/2", "data": "1/2"}, "leave the spectrum open"),
        ({"model": 1, "data": 3}, "no power-law spectrum"),
        ({"model": "0.34", "data": "0.28"}, "seen once are time"),  # Hoffmann et al., N and D
    ],
    ids=str,
)
def test_refused(given, words):
    with pytest.raises(DomainError, match=words):
        spectrum_from_exponents(**given)


def test_letters_stay_free():
    assert power_law(a, b).parameters == (a, b)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: spectrum_from_exponents(alpha=0.34, beta=0.28), "alpha, beta; say what limits the loss"),
        (lambda: fitted_spectrum(alpha=(0.34, 0.01), beta=(0.28, 0.01)), "Hoffmann et al. alpha is model="),
        (
            lambda: power_law(alpha=0.34, beta=0.28, notation="2203.15556"),
            r"spectrum_from_exponents\(model=\.\.\., time=\.\.\.\) has their a and b",
        ),
        (lambda: power_law(alpha=1, beta=1, notation="hoffmann"), "Hoffmann et al. are 2203.15556"),
    ],
)
def test_letters_of_measured_exponents_are_answered_by_what_takes_them(call, words):
    with pytest.raises(DomainError, match=words):
        call()
