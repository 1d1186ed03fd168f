"""Spectra that do not fall from the first mode on: dips, resonances, oscillations, factorials.

The reference is a plain sum over all modes, in doubles or by mpmath; the sums of the package may be integrals
where that is proved, and must be sums elsewhere.
"""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sympy import (
    Expr,
    Integer,
    Mod,
    Piecewise,
    Rational,
    S,
    binomial,
    catalan,
    cos,
    exp,
    factorial,
    fibonacci,
    harmonic,
    lambdify,
    log,
    oo,
    pi,
    sin,
    sqrt,
)

from asymptotics import DomainError, SpectrumError, Task, UnableError, derive
from asymptotics.symbols import k, t
from numerics import FullModel, verify
from numerics.spectra.arrays import spectrum_arrays
from numerics.spectra.regularity import regular_from

Floats = NDArray[np.float64]

DIP = k**-2 * ((k - 1000) ** 2 + 1) / (k**2 + 1)


def time_loss(lam: Floats, power: Floats, t: float) -> float:
    return float(np.sum(np.sort(power * np.exp(-2 * t * lam))))


def resolved(lam: Floats, count: float) -> float:
    """kappa with ``df1(kappa) = count``, by bisection of its logarithm."""
    low, high = np.log(lam.min()) - 60.0, np.log(lam.max()) + 60.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if np.sum(lam / (lam + np.exp(middle))) > count else (low, middle)
    return float(np.exp(low))


def model_loss(lam: Floats, power: Floats, count: float) -> float:
    kappa = resolved(lam, count)
    return float(np.sum(power * kappa / (lam + kappa)))


def data_loss(lam: Floats, power: Floats, count: float) -> float:
    kappa = resolved(lam, count)
    df2 = np.sum((lam / (lam + kappa)) ** 2)
    return float(np.sum(power * (kappa / (lam + kappa)) ** 2) / (1 - df2 / count))


def assert_agrees(task: Task, time: float, count: int, tolerance: float = 1e-10) -> None:
    """Losses limited by time, by size and by data against sums over all modes, and one that mixes them."""
    lam, power = spectrum_arrays(task)
    model = {"digits": 12}
    assert float(FullModel(task, **model).test_loss(time)) == pytest.approx(
        time_loss(lam, power, time), tolerance
    )
    for name, loss in (("N", model_loss), ("P", data_loss)):
        found = float(FullModel(task, **{name: count}, **model).test_loss(oo))
        assert found == pytest.approx(loss(lam, power, count), tolerance)
    mixed = float(FullModel(task, N=count, **model).test_loss(time))
    listed = FullModel.from_arrays(lam, power, N=count, **model).test_loss(time)
    assert mixed == pytest.approx(float(listed), tolerance)


def test_a_dip_in_a_long_spectrum() -> None:
    k_ = np.arange(1.0, 1e5 + 1)
    lam, power = ((k_ - 1000) ** 2 + 1) / k_**2 / (k_**2 + 1), k_**-2
    task = Task(eigenvalues=DIP, target=k**-2, modes=10**5)
    late = FullModel(task, digits=12).test_loss(10**10)
    assert float(late) == pytest.approx(time_loss(lam, power, 1e10), 1e-11)
    assert float(late) == pytest.approx(1.2593e-5, 1e-4)
    for N in (10, 990, 5000):
        found = FullModel(task, N=N, digits=12).test_loss(oo)
        assert float(found) == pytest.approx(model_loss(lam, power, N), 1e-10)


NAMED: list[tuple[str, Task, float, int]] = [
    ("factorials", Task(eigenvalues=1 / factorial(k), target=k**-2, modes=60), 1e20, 10),
    ("every other mode", Task(eigenvalues=k**-2, target=(1 - cos(pi * k)) / k**2, modes=1000), 1e4, 30),
    ("waves", Task(eigenvalues=(2 + sin(k)) / k**2, target=(1 + cos(3 * k)) / k**2, modes=1500), 1e4, 30),
    ("signs", Task(eigenvalues=(3 + (-1) ** k) / k**2, target=k**-2, modes=700), 1e4, 30),
    (
        "harmonic numbers",
        Task(eigenvalues=harmonic(k) / k**2, target=1 / (k * harmonic(k)), modes=500),
        1e3,
        20,
    ),
    ("roots", Task(eigenvalues=sqrt(2 + cos(pi * k)) / k**2, target=k**-2, modes=900), 1e4, 20),
    ("remainders", Task(eigenvalues=k**-2, target=Mod(k, 3) / k**2, modes=420), 1e4, 20),
    ("Fibonacci", Task(eigenvalues=1 / catalan(k), target=1 / fibonacci(k), modes=30), 1e3, 5),
    ("rising", Task(eigenvalues=k**2, target=k**-2, modes=600), 1e-2, 20),
    ("a bump", Task(eigenvalues=k**3 * exp(-k / 10), target=k**-2, modes=450), 1e-1, 20),
    (
        "logarithmic dip",
        Task(eigenvalues=((log(k) - 4) ** 2 + S(1) / 1000) / k, target=k**-2, modes=3000),
        1e3,
        20,
    ),
]


EDGES: list[tuple[str, str, int, tuple[object, ...]]] = [
    # eigenvalues, target, modes, eigenvalues and target at k = 1, 2 and at the last
    ("1/binomial(20,k)", "k**-2", 20, (S(1) / 20, S(1) / 190, 1, 1, S(1) / 4, S(1) / 400)),
    ("k**-2", "binomial(7,k)", 12, (1, S(1) / 4, S(1) / 144, 7, 21, 0)),
    ("beta(k,21-k)", "ff(20,k)", 20, (S(1) / 20, S(1) / 380, S(1) / 20, 20, 380, factorial(20))),
    ("(3+(-1)**k)/k**2", "(1+(-1/2)^(k-1))/k", 20, (2, 1, S(1) / 100, 2, S(1) / 4, (1 - S(1) / 2**19) / 20)),
    (
        "1/(factorial(k)*gamma(21-k))",
        "k**-2",
        20,
        (1 / factorial(19), 1 / factorial(18) / 2, 1 / factorial(20)),
    ),
]


@pytest.mark.parametrize(("eigenvalues", "target", "modes", "values"), EDGES, ids=[row[0] for row in EDGES])
def test_values_at_the_edges_of_a_list(
    eigenvalues: str, target: str, modes: int, values: tuple[object, ...]
) -> None:
    """Where a product of gammas is 0 times oo at single modes, and where a power is real at whole k alone."""
    task = Task(eigenvalues, target, modes=modes)
    lam, power = spectrum_arrays(task)
    found = [row[j] for row in (lam, power) for j in (0, 1, -1)]
    assert found[: len(values)] == pytest.approx([float(value) for value in values], rel=1e-15)
    rate, weight = min((x, sum(power[lam == x])) for x, c in zip(lam, power, strict=True) if c)
    late = derive(task).time.leading.subs(t, 3 / S(rate))
    assert float(late) == pytest.approx(weight * np.exp(-6), 1e-12)
    assert_agrees(task, 1.0, 5)


@pytest.mark.parametrize(("name", "task", "time", "count"), NAMED, ids=[row[0] for row in NAMED])
def test_finite_spectra_of_every_kind(name: str, task: Task, time: float, count: int) -> None:
    del name
    assert_agrees(task, time, count)


def test_a_binomial_number_of_modes() -> None:
    task = Task(
        eigenvalues=Integer(10) ** -k, target=Integer(100) ** -k, multiplicity=binomial(20, k), modes=8
    )
    lam, power = spectrum_arrays(task)
    assert len(lam) == sum(map(int, (binomial(20, j) for j in range(1, 9))))
    found = float(FullModel(task, P=5).test_loss(oo))
    assert found == pytest.approx(data_loss(lam, power, 5), 1e-12)
    assert found == pytest.approx(0.194066, 1e-5)


def rational(seed: int, sizes: tuple[int, ...]) -> tuple[Expr, Expr, int]:
    """A spectrum that falls as a power but for dips and resonances at random places, its target, and M."""
    draw = random.Random(seed)

    def feature(power: int) -> Expr:
        width = Rational(draw.randint(1, 400), draw.choice((1, 7, 50)))
        return (k - Rational(draw.randint(2, 4000), 2)) ** 2 + width**power

    lam: Expr = k ** -Rational(draw.randint(5, 14), 4)
    for _ in range(draw.randint(1, 2)):
        lam *= feature(2) / (k**2 + draw.randint(1, 9)) if draw.random() < 0.6 else feature(2) / feature(2)
    target: Expr = k ** -Rational(draw.randint(5, 14), 4)
    if draw.random() < 0.4:
        target *= (k - draw.randint(2, 900)) ** 2 / (k**2 + 5)
    return lam, target, draw.choice(sizes)


@pytest.mark.parametrize("seed", range(4))
def test_rational_spectra(seed: int) -> None:
    lam, target, modes = rational(seed, (300, 2000))
    assert_agrees(Task(eigenvalues=lam, target=target, modes=modes), 10.0 ** (2 * seed), 10 + 40 * seed)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.floats(-1, 7), st.integers(2, 200))
def test_random_rational_spectra(seed: int, log_time: float, count: int) -> None:
    lam, target, modes = rational(seed, (300, 2000, 7000))
    assert_agrees(Task(eigenvalues=lam, target=target, modes=modes), 10.0**log_time, count)


INFINITE: list[tuple[Expr, float]] = [
    (((k - 12) ** 2 + 1) / k**4, 1e3),
    (((k - 150) ** 2 + Rational(1, 4)) / k**4, 1e6),
    (k**-2 * ((k - 60) ** 2 + 1) / ((k - 60) ** 2 + Rational(11, 10)), 1e4),
    (((k - 12) ** 2 + 1) * Integer(2) ** -k, 1e4),
]


@pytest.mark.parametrize(("lam", "time"), INFINITE, ids=[str(row[0]) for row in INFINITE])
def test_infinite_spectra_with_a_dip(lam: Expr, time: float) -> None:
    """Against 40 000 modes one by one; what lies beyond is a power law to the digits compared."""
    task = Task(eigenvalues=lam, target=k**-4)
    k_ = np.arange(1.0, 40_001)
    with np.errstate(under="ignore"):
        values = lambdify(k, lam, "numpy")(k_)
        power = k_**-4.0
        beyond = 1 / (3 * 40_000.5**3)
        assert float(FullModel(task).test_loss(time)) == pytest.approx(
            time_loss(values, power, time) + beyond, 1e-10
        )
    for N in (7, 30):
        found = float(FullModel(task, N=N).test_loss(oo))
        assert found == pytest.approx(model_loss(values[values > 0], power[values > 0], N), 1e-3)


def test_pieces_are_added_up_where_they_have_to_be() -> None:
    """A piece of any functions, and a long one with a dip."""
    head = (2 + cos(k)) / k**2
    tail = ((k - 900) ** 2 + 1) / k**4
    task = Task(eigenvalues=Piecewise((head, k <= 500), (tail, True)), target=k**-3, modes=30_000)
    k_ = np.arange(1.0, 30_001)
    lam = np.where(k_ <= 500, (2 + np.cos(k_)) / k_**2, ((k_ - 900) ** 2 + 1) / k_**4)
    for N in (10, 300):
        found = float(FullModel(task, N=N).test_loss(oo))
        assert found == pytest.approx(model_loss(lam, k_**-3, N), 1e-10)
    with pytest.raises(SpectrumError, match="at k = 10; it must be > 0"):
        FullModel(Task(eigenvalues=Piecewise((k**-2, k <= 9), ((k - 12) / k**4, True)), target=k**-3))


def test_what_is_not_summed_is_refused_at_once_with_the_reason() -> None:
    far = ((k - 10**10) ** 2 + 1) / k**4
    with pytest.raises(UnableError, match=r"not shown to fall smoothly before k = .* pass fewer modes=M"):
        FullModel(Task(eigenvalues=far, target=k**-2))
    with pytest.raises(UnableError, match="at most 200000 modes are added one by one"):
        FullModel(Task(eigenvalues=(2 + sin(k)) / k**2, target=k**-2, modes=10**6))
    for endless in ({"eigenvalues": (2 + sin(k)) / k**2}, {"target": (2 + sin(k)) / k**2}):
        with pytest.raises(UnableError, match=r"not shown to fall smoothly, .* pass fewer modes=M"):
            FullModel(Task(**{"eigenvalues": k**-2, "target": k**-2, **endless}))
    task = Task(eigenvalues="k**-2", target="(3+(-2)**-k)/k**2")
    with pytest.raises(UnableError, match=r"changes its sign from k to k \+ 1, .*; pass modes=M"):
        FullModel(task)
    with pytest.raises(SpectrumError, match=r"changes its sign from k to k \+ 1; pass modes=M"):
        derive(task)
    with pytest.raises(DomainError, match=r"\(-1\)\*\*b is real only where its exponent is whole; only k is"):
        Task("k**-2", "(2+(-1)**b)/k**2")
    with pytest.raises(UnableError, match=r"cannot be summed over k = 1, 2, ... without end; pass modes=M"):
        FullModel(Task(eigenvalues=harmonic(k) / k**3, target=k**-2))
    with pytest.raises(SpectrumError, match="grows or falls faster than every power"):
        FullModel(Task(eigenvalues=1 / factorial(k), target=k**-2))


@pytest.mark.slow
@pytest.mark.parametrize("place", [12, 300, 5000])
def test_laws_of_a_dip_hold_where_its_modes_are_learned(place: int) -> None:
    """The slowest mode of a dip at 5000 has 1.6e-15: it is learned from t = 10^17 on."""
    laws = derive(Task(((k - place) ** 2 + 1) / k**4, k**-2))
    for law in (laws.time, laws.model, laws.data):
        assert verify(law).verdict == "HOLDS"


STARTS: list[tuple[Expr, Expr, int, int]] = [
    (k**-2, k**-2, 1, 1),
    ((k + 3) ** -2 * (k**2 + 10**6) ** -1, 2 * k + 1, 1, 1),
    (k**-2 - k**-3 / 2, k**-2, 1, 64),
    (k**3 * exp(-k / 10), k**-2, 31, 100),
    (k**-2, k**-2 * (1 + exp(-((k - 100) ** 2))), 101, 400),
    ((k + 1) ** -2 - (k + 2) ** -2, k**-2, 1, 1),
    (DIP, k**-2, 2000, 4000),
    (k**-2, 1 / (k**2 * ((k - 1000) ** 2 + 1)), 1001, 1200),
    (k**-2 * ((k - 1000) ** 2 + 1) / ((k - 1000) ** 2 + Rational(10001, 10000)), k**-2, 1001, 4000),
]


@pytest.mark.parametrize(("lam", "target", "low", "high"), STARTS, ids=[str(row[:2]) for row in STARTS])
def test_where_integrals_may_begin(lam: Expr, target: Expr, low: int, high: int) -> None:
    start = regular_from((lam, target, Integer(1)), k, None)
    assert start is not None
    assert low <= start <= high
    assert regular_from((lam, target, Integer(1)), k, 300_000) == start


def test_a_resonance_of_the_target_between_two_modes() -> None:
    """A pole half a mode from the axis: an integral that begins before it would miss e^-pi of its residue."""
    target = 1 / (k * ((k - Rational(1001, 2)) ** 2 + Rational(1, 4)))
    task = Task(eigenvalues=k**-2, target=target, modes=30_000)
    lam, power = spectrum_arrays(task)
    for N in (20, 700):
        found = FullModel(task, N=N).test_loss(oo)
        assert float(found) == pytest.approx(model_loss(lam, power, N), 1e-11)


@pytest.mark.parametrize(
    ("lam", "target"), [(k**-2, k**-3 + k ** -Rational(337, 100)), (k**-2 + k ** -Rational(301, 100), k**-2)]
)
def test_exponents_with_a_common_denominator_of_a_hundred(lam: Expr, target: Expr) -> None:
    """In the hundredth root of k the bound of all zeros is beyond every float."""
    loss = FullModel(Task(eigenvalues=lam, target=target), N=20, digits=8).test_loss(oo)
    modes = np.arange(1.0, 200_001.0)
    values, powers = (lambdify(k, e, "numpy")(modes) for e in (lam, target))
    low, high = 1e-6, 1.0
    for _ in range(60):
        kappa = (low * high) ** 0.5
        resolved = np.sum(values / (values + kappa)) + 1 / (200_000.5 * kappa)
        low, high = (kappa, high) if resolved > 20 else (low, kappa)
    assert abs(np.sum(powers * kappa / (values + kappa)) / float(loss.value) - 1) < 1e-4
