"""The full model of levels of many modes is that of all modes listed, and costs what its levels cost."""

import mpmath
import numpy as np
import pytest
from sympy import Rational, oo

from asymptotics import SpectralTruncation, Task, derive
from asymptotics.errors import DomainError, PrecisionError, UnableError
from numerics import FullModel, verify
from numerics.spectra.arrays import spectrum_arrays

LAM = np.array([1.0, 0.5, 0.3, 0.1, 0.07, 0.02, 0.0])
POWER = np.array([0.3, 0.2, 0.1, 0.05, 0.01, 0.02, 0.5])
COUNTS = np.array([1, 3, 5, 2, 7, 4, 6])
LISTED = np.repeat(LAM, COUNTS), np.repeat(POWER, COUNTS)


@pytest.mark.parametrize(
    "sizes",
    [
        {"N": 9},
        {"N": 50},
        {"N": oo},
        {"N": 9, "P": 12, "noise": 0.3},
        {"N": 9, "P": 20, "ridge": 0.01},
    ],
)
def test_levels_are_solved_as_their_modes(sizes):
    levels, modes = (
        FullModel.from_arrays(LAM, POWER, COUNTS, **sizes),
        FullModel.from_arrays(*LISTED, **sizes),
    )
    for t in (0, 1.5, 100, oo):
        for quantity in ("test_loss", "train_loss", "bias"):
            one, two = (getattr(model, quantity)(t) for model in (levels, modes))
            assert abs(float(one) - float(two)) <= 1e-13 * abs(float(two)) + one.error + two.error
    assert "28 modes" in repr(levels)


def test_the_order_of_levels_does_not_matter():
    order = [3, 1, 6, 0, 2, 5, 4]
    one = FullModel.from_arrays(LAM, POWER, COUNTS, N=9).test_loss(oo)
    two = FullModel.from_arrays(LAM[order], POWER[order], COUNTS[order], N=9).test_loss(oo)
    assert abs(float(one) - float(two)) < 1e-13


def test_other_inputs_have_the_levels_of_the_model():
    tested = np.sqrt(LAM)
    one = FullModel.from_arrays(LAM, POWER, COUNTS, N=9, P=20, test_eigenvalues=tested)
    two = FullModel.from_arrays(*LISTED, N=9, P=20, test_eigenvalues=np.repeat(tested, COUNTS))
    assert abs(float(one.test_loss(30)) / float(two.test_loss(30)) - 1) < 1e-12


def sphere(levels):
    el = np.arange(1, levels + 1)
    return (el * (el + 1.0)) ** -1.5, (el * (el + 1.0)) ** -1.2, 4 * (2 * el + 1)


def test_a_hundred_million_modes_are_solved_by_their_levels():
    """At N = oo sums over exponentials; at t = oo kappa solves ``sum m lambda/(lambda + kappa) = N``."""
    lam, power, counts = sphere(5000)
    task = Task.from_arrays(lam, power, counts)
    loss = FullModel(task, N=oo).test_loss(100)
    assert abs(float(loss) / float((counts * power * np.exp(-200 * lam)).sum()) - 1) < 1e-12
    low, high = 1e-12, 1.0
    for _ in range(200):
        kappa = (low * high) ** 0.5
        low, high = (kappa, high) if (counts * lam / (lam + kappa)).sum() > 1000 else (low, kappa)
    loss = FullModel(task, N=1000).test_loss(oo)
    assert abs(float(loss) / float((counts * power * low / (lam + low)).sum()) - 1) < 1e-9


def test_laws_of_levels_are_verified_in_their_window():
    found = verify(derive(Task.from_arrays(*sphere(300))).time)
    assert found.verdict == "UNDECIDED"
    assert "the arrays of 362400 measured modes" in str(found)


def test_modes_of_levels_are_listed_as_far_as_asked_for():
    task = Task.from_arrays(*sphere(5000))
    lam, power = spectrum_arrays(task, modes=20)
    assert lam.tolist() == [2.0**-1.5] * 12 + [6.0**-1.5] * 8
    assert len(power) == 20
    with pytest.raises(DomainError, match="100040000 modes"):
        spectrum_arrays(task)


def test_truncation_needs_single_modes():
    with pytest.raises(UnableError, match="multiplicities"):
        FullModel.from_arrays(LAM, POWER, COUNTS, N=9, student=SpectralTruncation())


def by_levels(levels, beyond, name, size):
    """The loss at t = oo of listed (lambda, c, m) and of a target power beyond, by sums over levels."""
    low, high = mpmath.mpf(-2000), mpmath.mpf(10)
    for _ in range(180):
        kappa = mpmath.exp((low + high) / 2)
        many = mpmath.fsum(m * lam / (lam + kappa) for lam, _, m in levels) > size
        low, high = ((low + high) / 2, high) if many else (low, (low + high) / 2)
    if name == "N":
        return mpmath.fsum(m * c * kappa / (lam + kappa) for lam, c, m in levels) + beyond
    shared = mpmath.fsum(m * (lam / (lam + kappa)) ** 2 for lam, _, m in levels) / size
    bias = mpmath.fsum(m * c * (kappa / (lam + kappa)) ** 2 for lam, c, m in levels) + beyond
    return bias / (1 - shared)


def agrees(found, exact):
    off = abs(mpmath.mpf(str(found.value)) - exact)
    return off <= found.error + mpmath.mpf(10) ** -25 * exact and found.error < 1e-20 * exact


@pytest.mark.parametrize("name", ["N", "P"])
@pytest.mark.parametrize("size", [10**5, 10**9, 10**12])
def test_sums_take_levels_and_not_modes(name, size):
    """``2**k`` modes of level k: at 10^12 the ridge is at level 40, and direct sums take 300 levels."""
    found = FullModel(Task("20**-k", "3**-k", multiplicity="2**k"), **{name: size}).test_loss(oo)
    with mpmath.workdps(45):
        levels = [(mpmath.mpf(20) ** -k, mpmath.mpf(3) ** -k, mpmath.mpf(2) ** k) for k in range(1, 300)]
        assert agrees(found, by_levels(levels, 0, name, size))


@pytest.mark.parametrize("name", ["N", "P"])
@pytest.mark.parametrize(
    ("rate", "a", "power", "count", "size"),
    [
        (4, 4, 0, 2, 400),
        (4, 4, 0, 2, 3),
        (4, 5, 2, 1, 10**5),
        ("log(3)", 4, 1, 1, 1000),
        ("1/2", 2, 0, 1, 300),
    ],
)
def test_beyond_eigenvalues_that_fall_exponentially_the_target_is_left(name, rate, a, power, count, size):
    """``exp(-rate k)`` and ``k^-a``, ``count k^power`` modes: behind the ridge are ``zeta(a - power, K)``."""
    task = Task(f"exp(-({rate})*k)", f"k**-{a}", multiplicity=f"{count}*k**{power}")
    found = FullModel(task, **{name: size}).test_loss(oo)
    with mpmath.workdps(45):
        step, last = {"log(3)": mpmath.log(3), "1/2": mpmath.mpf(1) / 2}.get(rate, rate), 700
        modes = range(1, last + 1)
        levels = [(mpmath.exp(-step * k), mpmath.mpf(k) ** -a, count * mpmath.mpf(k) ** power) for k in modes]
        assert agrees(found, by_levels(levels, count * mpmath.zeta(a - power, last + 1), name, size))


def test_more_levels_than_are_added_are_refused_by_their_number():
    two = Task("exp(-4*k)", "k**-4", multiplicity="2")
    with pytest.raises(PrecisionError, match="more than 50000 levels"):
        FullModel(two, P=10**6).test_loss(oo)
    with pytest.raises(
        PrecisionError, match=r"eigenvalue of mode min\(N, P\) = 1e\+12 is below every number"
    ):
        FullModel(two, P=10**12).test_loss(oo)


@pytest.mark.parametrize(
    ("eigenvalues", "target", "multiplicity"),
    [("30**-k", "40**-k", "2**k"), ("exp(-4*k)", "k**-4", "2"), ("2**-k", "k**-6", "k**2")],
)
def test_laws_of_levels_come_to_a_verdict(eigenvalues, target, multiplicity):
    found = verify(derive(Task(eigenvalues, target, multiplicity=multiplicity)).data)
    assert found.verdict == "HOLDS"


def test_laws_that_leave_powers_of_the_size_hold():
    """On a grid on which exp(sqrt(N)) grows by equal factors, what is eliminated as 1/sqrt(N) is not."""
    law = derive(Task("3**-k", "3**-k", multiplicity="k")).model
    assert verify(law).verdict == "HOLDS"
    assert verify(law.stating(prefactor=law.regimes[0].prefactor * Rational(101, 100))).verdict == "FAILS"
