"""Spectral sums against closed forms, plain summation, and themselves at higher precision."""

from __future__ import annotations

import random
from collections.abc import Callable

import mpmath
import numpy as np
import pytest
import sympy

from asymptotics.caches import clear_caches
from asymptotics.errors import DomainError, PrecisionError, SpectrumError, UnableError
from asymptotics.symbols import k
from asymptotics.tasks.power_laws import power_law
from asymptotics.tasks.task import Task
from numerics import FullModel
from numerics.spectra.finite import finite_spectrum
from numerics.spectra.spectrum import spectrum_of
from numerics.sums import exponential
from numerics.sums.compression import Falling, compress
from numerics.sums.decay import Decay
from numerics.sums.exponential import exponential_sum
from numerics.sums.quadrature import long_range, plana_distance, plana_rule
from numerics.sums.spectral_sums import SpectralSums
from numerics.values import arithmetic
from numerics.values.arithmetic import MpmathField, array, bits_of, field_of

half = sympy.Rational(1, 2)


def numbers(task: Task, kappa: complex | str, digits: int) -> tuple[list[mpmath.mpc], float]:
    """df1, df1', df1'', X, X', X'' at one kappa, and the relative error they claim."""
    sums = SpectralSums(spectrum_of(task), digits)
    with field_of(bits_of(digits) + 24) as field, mpmath.workdps(digits + 10):
        z = mpmath.mpmathify(kappa)
        real, imag = field.real(mpmath.re(z)), field.real(mpmath.im(z))
        at = array([field.complex(real, imag) if mpmath.im(z) else real])
        point = sums.one_point(at, field, derivatives=2)
        both = [*point.df1[:, 0], *point.X[:, 0]]
        return [mpmath.mpc(field.mpf(x.real), field.mpf(x.imag)) for x in both], point.error


def worst(found: list[mpmath.mpc], expected: list[mpmath.mpc]) -> float:
    with mpmath.workdps(100):
        return max(float(abs(x / y - 1)) for x, y in zip(found, expected, strict=True))


def coth_sum(kappa: mpmath.mpc) -> mpmath.mpc:
    """sum_k 1/(1 + kappa k^2): df1 of lambda = k^-2."""
    root = mpmath.sqrt(kappa)
    return (mpmath.pi / root * mpmath.coth(mpmath.pi / root) - 1) / 2


CLOSED: list[tuple[str, Task, str, Callable[[mpmath.mpc], mpmath.mpc], int]] = [
    ("df1 at b = 2", power_law(2, 2), "0.3", coth_sum, 0),
    ("df1 at b = 2, small kappa", power_law(2, 2), "1e-30", coth_sum, 0),
    ("df1 at b = 2, large kappa", power_law(2, 2), "1e9", coth_sum, 0),
    ("df1 at b = 2, complex", power_law(2, 2), "-0.001+0.0004j", coth_sum, 0),
    ("df1 at b = 2, below the axis", power_law(2, 2), "-0.5-0.02j", coth_sum, 0),
    ("X = df1 at a = b", power_law(2, 2), "1e-7+1e-8j", coth_sum, 3),
    (
        "df1 at lambda = 3 k^-2",
        Task(eigenvalues=3 * k**-2, target=k**-2),
        "1e-5",
        lambda z: coth_sum(z / 3),
        0,
    ),
    (
        "df1 at lambda = 1/(1 + k^2)",
        Task(eigenvalues=1 / (1 + k**2), target=k**-2),
        "1e-6+3e-6j",
        lambda z: coth_sum(z / (1 + z)) / (1 + z),
        0,
    ),
    (
        "X at a = 4, b = 2",
        power_law(4, 2),
        "0.02",
        lambda z: mpmath.zeta(2) - z * coth_sum(z),
        3,
    ),
    (
        "multiplicity k, lambda = k^-4",
        Task(eigenvalues=k**-4, target=k**-4, multiplicity=k),
        "0.7",
        # sum k/(1 + z k^4) in digammas at the roots of 1 + z x^4.
        lambda z: sum(
            -mpmath.digamma(1 - x) / (4 * z * x**2) for x in mpmath.polyroots([z, 0, 0, 0, 1], extraprec=200)
        ),
        0,
    ),
]


@pytest.mark.parametrize("digits", [20, 60])
@pytest.mark.parametrize(("name", "task", "kappa", "exact", "which"), CLOSED, ids=[row[0] for row in CLOSED])
def test_closed_forms(
    name: str, task: Task, kappa: str, exact: Callable[[mpmath.mpc], mpmath.mpc], which: int, digits: int
) -> None:
    found, error = numbers(task, kappa, digits)
    assert error < 10.0**-digits
    with mpmath.workdps(digits + 40):
        expected = exact(mpmath.mpmathify(kappa))
    assert worst([found[which]], [expected]) < error


SPECTRA = {
    "shifted target": Task(eigenvalues=k ** -(5 * half / 2), target=(k + half) ** (-3 * half)),
    "two powers": Task(eigenvalues=k**-2 + k**-3, target=k**-2),
    "singular at 10 i": Task(eigenvalues=1 / (100 + k**2), target=k**-3),
    "log": Task(eigenvalues=k**-2 * sympy.log(k + 1) ** 2, target=k**-2 / sympy.log(k + 1)),
    "roots of sums": Task(eigenvalues=(1 + k**6) ** -(half / 2), target=(1 + k**4) ** -half),
    "exponential": Task(eigenvalues=sympy.exp(-k), target=sympy.exp(-k)),
    "exponential target": Task(eigenvalues=k**-2, target=sympy.exp(-k)),
    "geometric": Task(eigenvalues=sympy.Rational(99, 100) ** k, target=sympy.Rational(9, 10) ** k),
    "stretched": Task(eigenvalues=sympy.exp(-sympy.sqrt(k)), target=k**-2),
    "slow tail": power_law("1.01", "1.02"),
    "steep": power_law(2, 30),
    "multiplicity": Task(eigenvalues=k**-3, target=k**-4, multiplicity=k),
}


@pytest.mark.parametrize("name", SPECTRA)
@pytest.mark.parametrize("kappa", ["1e-9", "-1e-6+2e-6j", "-0.2+0.3j", "1e6"])
def test_any_spectrum_against_more_digits(name: str, kappa: str) -> None:
    found, error = numbers(SPECTRA[name], kappa, 20)
    more, _ = numbers(SPECTRA[name], kappa, 33)
    assert error < 1e-20
    assert worst(found, more) < error


def test_random_power_laws_against_more_digits() -> None:
    """The estimate bounds the error at random (a, b, kappa) over sixty decades and all angles."""
    _random_power_laws(seed=1, count=15)


@pytest.mark.slow
def test_many_random_power_laws_against_more_digits() -> None:
    _random_power_laws(seed=2, count=300)


def _random_power_laws(seed: int, count: int) -> None:
    draw = random.Random(seed)
    for _ in range(count):
        a, b = (round(1 + 10 ** draw.uniform(-2, 0.9), 3) for _ in range(2))
        size, angle = mpmath.mpf(10) ** draw.uniform(-40, 20), draw.uniform(-2.7, 2.7)
        kappa = size * mpmath.expj(angle) if draw.random() < 0.8 else size
        digits = draw.choice([17, 25, 40])
        found, error = numbers(power_law(a, b), kappa, digits)
        more, _ = numbers(power_law(a, b), kappa, digits + 13)
        assert worst(found, more) < error < 10.0**-digits, (a, b, kappa, digits)


@pytest.mark.parametrize(
    "task",
    [
        power_law("1.5", "1.25", modes=1000),
        power_law("0.7", "0.4", modes=1500),
        Task(eigenvalues=k**-2 + k**-3, target=sympy.log(k + 1) / k, modes=900),
        Task(eigenvalues=k**-2, target=k**-1, multiplicity=k, modes=2000),
    ],
    ids=str,
)
@pytest.mark.parametrize("kappa", ["0.5", "1e-4+1e-4j", "-1e-5+1e-6j", "-0.02+0.02j", "1e-12", "30j"])
def test_finite_spectra_against_plain_summation(task: Task, kappa: str) -> None:
    """The integral between two ends, against adding the terms up (an independent route)."""
    found, error = numbers(task, kappa, 25)
    functions = [sympy.lambdify(k, f, "mpmath") for f in (task.eigenvalues, task.target, task.multiplicity)]
    with mpmath.workdps(40):
        z = mpmath.mpmathify(kappa)
        expected = [mpmath.mpf(0)] * 6
        for n in range(1, int(task.modes) + 1):
            lam, c, m = (f(mpmath.mpf(n)) for f in functions)
            u = 1 / (lam + z)
            for i, weight in ((0, m * lam), (3, m * c)):
                for order, factor in enumerate((u, -u * u, 2 * u**3)):
                    expected[i + order] += weight * factor
    assert worst(found, expected) < error < 1e-25


def test_total_power_is_a_hurwitz_zeta() -> None:
    task = Task(eigenvalues=k**-2, target=(k + half) ** (-5 * half))
    sums = SpectralSums(spectrum_of(task), 40)
    with field_of(160) as field, mpmath.workdps(50):
        total = field.mpf(sums.total_target(field)[0])
        assert abs(total - mpmath.zeta(mpmath.mpf(5) / 2, mpmath.mpf(3) / 2)) < mpmath.mpf(10) ** -39


def test_without_gmpy2_the_numbers_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    fast, _ = numbers(power_law("1.5", "1.25"), "1e-3+1e-3j", 20)
    monkeypatch.setattr(arithmetic, "gmpy2", None)
    assert isinstance(field_of(50), MpmathField)
    slow, error = numbers(power_law("1.5", "1.25"), "1e-3+1e-3j", 20)
    assert worst(slow, fast) < error


@pytest.mark.parametrize(("points", "distance"), [(6, 8), (12, 10), (16, 16)])
def test_end_rule_on_an_exponential(points: int, distance: int) -> None:
    """sum_{k>=0} e^(-r (k + 1/2)) - 1/r, with r = 1/distance: the geometric series against its integral."""
    with mpmath.workdps(60):
        rate = 1 / mpmath.mpf(distance)
        exact = mpmath.exp(-rate / 2) / (1 - mpmath.exp(-rate)) - 1 / rate
        ends = sum(w * -2 * mpmath.sin(rate * y) / y for y, w in plana_rule(points, 50))
        # f(i y) - f(-i y) = -2 i sin(r y).
        assert abs(ends - exact) < mpmath.mpf(10) ** (-2 * points)


def test_end_rule_needs_distance() -> None:
    assert plana_distance(8, 20) < plana_distance(8, 30)
    with pytest.raises(PrecisionError, match="use more points"):
        plana_distance(2, 60)


@pytest.mark.parametrize("kappa", ["0.01", "1e-9", "-1e-3+8e-4j", "-1e-5+4e-6j", "2j", "1e5"])
def test_compressed_lists_against_the_full_ones(kappa: str) -> None:
    """Ten thousand irregular modes, some equal and some zero, as a few hundred nodes."""
    draw = np.random.default_rng(5)
    index = np.arange(1, 10_001.0)
    lam = np.where(draw.random(index.size) < 0.01, 0.0, index**-1.25 * (1 + 0.5 * draw.random(index.size)))
    lam[:40] = 0.75
    target = draw.random(index.size) ** 30 * index**-1.5
    spectrum = finite_spectrum(lam, target)
    short, full = SpectralSums(spectrum, 25), SpectralSums(spectrum, 30)
    assert len(short.rule_for(0, 0, 0).lam) < 3000 < 10_000 == len(full.rule_for(0, 0, 0).lam)
    with field_of(140) as field, mpmath.workdps(40):
        z = mpmath.mpmathify(kappa)
        at = array([field.complex(field.real(mpmath.re(z)), field.real(mpmath.im(z)))])
        one, two = short.one_point(at, field), full.one_point(at, field)
        for x, y in zip([*one.df1[:, 0], *one.X[:, 0]], [*two.df1[:, 0], *two.X[:, 0]], strict=True):
            assert float(abs(x / y - 1)) < one.error < 1e-25


def test_compression_gives_way_close_to_the_spectrum() -> None:
    """Where bins are too wide for kappa, the list is used as it is."""
    index = np.arange(1, 9001.0)
    spectrum = finite_spectrum(1 / index, 1 / index)
    short = SpectralSums(spectrum, 22)
    with field_of(140) as field:
        at = array([field.complex(field.real(-2.00017e-4), field.real(1e-9))])
        value = short.one_point(at, field)
        exact = SpectralSums(spectrum, 30).one_point(at, field)
        assert float(abs(value.df1[0, 0] / exact.df1[0, 0] - 1)) < value.error < 1e-22
    assert len(short.rule_for(0, 0, 0).lam) == 9000


BAD = [
    (power_law(2, 1), SpectrumError, r"diverges; the kernel needs decay faster than 1/k, or pass modes=M"),
    (power_law(1, 2), SpectrumError, "the target needs decay faster than 1/k"),
    (Task(eigenvalues=k, target=k**-2), SpectrumError, "grows"),
    (Task(eigenvalues=1 - k**-2 / 2, target=k**-2), SpectrumError, "diverges"),
    (Task(eigenvalues=k**-2 - k**-1, target=k**-2), SpectrumError, "= 0 at k = 1; it must be > 0"),
    (Task(eigenvalues=k**-2, target=-(k**-2)), SpectrumError, "it must be >= 0"),
    (
        Task(eigenvalues=k**-2, target=sympy.cos(k) ** 2 * k**-2),
        UnableError,
        "are not shown to fall smoothly",
    ),
    (
        Task(eigenvalues=k**-2, target=sympy.Symbol("c", positive=True) * k**-2),
        DomainError,
        "no number for c",
    ),
    (Task(eigenvalues=k**-2, target=k**-2, multiplicity=k), SpectrumError, "diverges"),
]


@pytest.mark.parametrize(("task", "error", "message"), BAD, ids=[str(row[0]) for row in BAD])
def test_bad_spectra_are_refused_in_one_line(task: Task, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message) as caught:
        spectrum_of(task)
    assert "\n" not in str(caught.value)


def test_the_message_names_the_symbol_and_its_value() -> None:
    task = Task(eigenvalues="k**-b", target="k**-a")
    with pytest.raises(SpectrumError, match=r"k\*\*\(-b\) diverges at b = 1; .* b > 1, or pass modes=M"):
        spectrum_of(task, {"a": 2, "b": 1})


@pytest.mark.parametrize(
    ("eigenvalues", "target", "message"),
    [
        ([], [], "at least one mode"),
        ([[1.0]], [[1.0]], "must be finite and >= 0"),
        ([1.0, float("nan")], [1, 1], r"eigenvalues\[1\] = nan"),
        ([1.0, -2.0], [1, 1], r"eigenvalues\[1\] = -2.0"),
        ([1.0, 2.0], [1, float("inf")], r"target\[1\] = inf"),
        ([1.0, 2.0], [1], "2 eigenvalues but 1 target powers"),
        ([0.0], [1], "all eigenvalues are 0"),
        (["x"], [1], "is not a real number"),
    ],
)
def test_bad_arrays_are_refused(eigenvalues: list[float], target: list[float], message: str) -> None:
    with pytest.raises(SpectrumError, match=message):
        finite_spectrum(eigenvalues, target)


def test_kappa_on_the_spectrum_is_refused() -> None:
    with pytest.raises(DomainError, match="kappa = 0"):
        numbers(power_law(2, 2), "0", 20)
    with pytest.raises(PrecisionError, match="close to the spectrum"):
        numbers(power_law(2, 2), "-1e-14+1e-30j", 20)


@pytest.mark.parametrize("decades", range(10, 16))
def test_an_error_of_zero_stays_a_number(decades: int) -> None:
    # two quadratures that agree in every bit once left a zero that mpmath took for infinite (t = 10^13)
    found = exponential_sum(spectrum_of(power_law(2, 1.25)), Decay(rate=2 * mpmath.mpf(10) ** decades), 15)
    assert mpmath.isfinite(found.error) and 0 < found.error < 1e-15 * found.value


def test_exponential_sums_at_many_rates_share_their_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    laid: list[object] = []

    def counted(*at, **how):
        laid.append(at)
        return long_range(*at, **how)

    monkeypatch.setattr(exponential, "long_range", counted)
    clear_caches()
    spectrum = spectrum_of(power_law(2, "5/4"))
    for decades in range(2, 9):
        exponential_sum(spectrum, Decay(rate=mpmath.mpf(10) ** decades), 15)
    assert 0 < len(laid) <= 6  # of fourteen: from two modes each, to two reaches, one of them refined


@pytest.mark.parametrize("digits", [8, 16, 24])
@pytest.mark.parametrize("width", [50, 5000])
def test_the_loss_before_training_is_the_whole_power_within_its_error(digits: int, width: int) -> None:
    """``sum exp(-k^2/w) = (sqrt(pi w) - 1)/2`` up to e^(-pi^2 w), which no smooth tail resembles."""
    found = FullModel(Task("k**-2", f"exp(-k**2/{width})"), N=20, P=1000, digits=digits).test_loss(0)
    with mpmath.workdps(60):
        assert abs(found.value - (mpmath.sqrt(mpmath.pi * width) - 1) / 2) <= found.error


def test_lists_in_any_order_have_the_sums_and_ranks_of_falling_ones() -> None:
    """Bins are counted, not sorted: sums over them, with zeros and ties, are those of the list that falls."""
    lam = np.concatenate([np.arange(1.0, 40_001) ** -1.3, np.full(50, 0.1), np.zeros(20)])
    power = np.linspace(2, 1, lam.size)
    order = np.argsort(-lam, kind="stable")
    shuffled = np.random.default_rng(5).permutation(lam.size)
    with field_of(120) as field:
        kappa = field.complex(field.real(1) / 1000, field.real(1) / 3000)
        sums = []
        for chosen in (order, shuffled):
            nodes, A, G, _ = compress(lam[chosen], power[chosen], field)
            sums.append([complex((x / (nodes + kappa)).sum()) for x in (A, G)])
        assert np.allclose(sums[0], sums[1], rtol=1e-15, atol=0)
    falls, any_order = Falling(lam[order]), Falling(lam[shuffled])
    assert falls.size == any_order.size == lam.size - 20
    for rank in (0, 1, 17, 4000, falls.size - 1):
        assert abs(falls.at(rank) - any_order.at(rank)) < 1e-5
    assert all(abs(falls.at(rank) - any_order.at(rank)) < 0.01 for rank in range(5000, falls.size, 977))
