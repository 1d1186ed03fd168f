"""Every student: the static equation by its own J, df and zeta, reductions, errors, finite draws."""

import random

import mpmath
import numpy as np
import pytest
from plain_end import check
from scipy.optimize import brentq
from sympy import Integer, Rational, oo

from asymptotics import (
    DeepRandomFeatures,
    NonlinearFeatures,
    OrthogonalFeatures,
    SpectralTruncation,
    StructuredFeatures,
    power_law,
)
from asymptotics.errors import DomainError, PrecisionError, UnableError
from asymptotics.symbols import N, k
from numerics import FullModel, GradientDescent, HeavyBall, OnePassSGD
from numerics.sums.spectral_sums import SpectralSums

LAM = [1, 0.75, 0.5, 0.375, 0.25, 0.1875, 0.125, 0.0625]
POWER = [1, 0.25, 0.5, 0.125, 0.25, 0.0625, 0.5, 0.25]
ROWS = [0.25, 0.5, 1, 1.25, 2]
DIGITS = 60

STUDENTS = {
    "orthogonal": {"N": 5, "student": OrthogonalFeatures(modes=8)},
    "orthogonal, more modes": {"N": Rational(9, 2), "student": OrthogonalFeatures(modes=11)},
    "deep": {"student": DeepRandomFeatures(widths=(7, 5))},
    "deep, equal widths": {"student": DeepRandomFeatures(widths=(5, 9, 5))},
    "truncation": {"N": 5, "student": SpectralTruncation()},
    "structured": {"N": 5, "student": StructuredFeatures(eigenvalues=ROWS)},
    "structured, falling": {"N": 5, "student": StructuredFeatures(eigenvalues=ROWS[::-1])},
    "structured, a power": {"N": 6, "student": StructuredFeatures(eigenvalues="k**-0.5")},
    "nonlinear": {"N": 5, "student": NonlinearFeatures(linear=Rational(3, 4), white=Rational(1, 2))},
    "nonlinear, wide": {"student": NonlinearFeatures(linear=Rational(3, 4), white=Rational(1, 2))},
}


def functions(name):
    """zeta, J and df as functions of kappa, as the theory on students has them."""
    lam, c = ([mpmath.mpf(x) for x in values] for values in (LAM, POWER))

    def df1(kappa, among=lam):
        return mpmath.fsum(x / (x + kappa) for x in among)

    def Xi(kappa):
        return mpmath.fsum(y * kappa / (x + kappa) for x, y in zip(lam, c, strict=True))

    def projected(factor):
        return lambda kappa: kappa * factor(df1(kappa)), Xi, df1

    def rows(taus):
        taus = [x * len(taus) / mpmath.fsum(taus) for x in taus]

        def factor(g):
            x = mpmath.findroot(lambda u: df1(mpmath.exp(u), taus) - g, mpmath.log(len(taus) / g - 1 + 0.05))
            return mpmath.exp(x) * g / len(taus)

        return projected(factor)

    def nonlinear(kappa):
        return mpmath.mpf(9) / 16 * kappa * (1 - df1(kappa) / 5) - mpmath.mpf(1) / 20

    def top(kappa):
        kept = (y * kappa / (x + kappa) for x, y in zip(lam[:5], c[:5], strict=True))
        return mpmath.fsum(kept) + mpmath.fsum(c[5:])

    return {
        "orthogonal": lambda: projected(lambda g: (1 - g / 5) / (1 - g / 8)),
        "orthogonal, more modes": lambda: projected(lambda g: (1 - 2 * g / 9) / (1 - g / 11)),
        "deep": lambda: projected(lambda g: (1 - g / 7) * (1 - g / 5)),
        "deep, equal widths": lambda: projected(lambda g: (1 - g / 5) ** 2 * (1 - g / 9)),
        "truncation": lambda: (lambda kappa: kappa, top, lambda z: df1(z, lam[:5])),
        "structured": lambda: rows([mpmath.mpf(x) for x in ROWS]),
        "structured, falling": lambda: rows([mpmath.mpf(x) for x in ROWS]),
        "structured, a power": lambda: rows([mpmath.mpf(i) ** -0.5 for i in range(1, 7)]),
        "nonlinear": lambda: (
            nonlinear,
            Xi,
            lambda k: 5 - nonlinear(k) * (5 - df1(k)) / (nonlinear(k) + mpmath.mpf(1) / 20),
        ),
        "nonlinear, wide": lambda: (
            lambda k: mpmath.mpf(9) / 16 * k,
            Xi,
            lambda k: df1(k) + mpmath.mpf(4) / (9 * k),
        ),
    }[name]()


def static(name, P, rho, sigma):
    """``E = (F2 + sigma^2)/(1 - D2/P)`` with ``F2 = J - zeta J_zeta``, ``D2 = df + zeta df_zeta``."""
    zeta, J, df = functions(name)
    p = 0 if oo == P else 1 / mpmath.mpf(P)

    def ridge(kappa):
        return zeta(kappa) * (1 - p * df(kappa))

    high = low = mpmath.mpf(50)
    while ridge(low) > rho:
        high, low = low, low * mpmath.mpf("0.95")
    while high - low > high * mpmath.mpf(10) ** -(DIGITS - 8):
        middle = (low + high) / 2
        low, high = (low, middle) if ridge(middle) > rho else (middle, high)
    kappa = high
    slope = mpmath.diff(zeta, kappa, h=mpmath.mpf(10) ** -15)
    F2, D2 = (
        f(kappa) + sign * zeta(kappa) * mpmath.diff(f, kappa, h=mpmath.mpf(10) ** -15) / slope
        for f, sign in ((J, -1), (df, 1))
    )
    whole = (F2 + sigma**2) / (1 - p * D2)
    return whole - sigma**2, (1 - p * df(kappa)) ** 2 * whole


@pytest.mark.parametrize("P", [3, 4, 20, oo])
@pytest.mark.parametrize("name", STUDENTS)
def test_the_static_equation(name, P) -> None:
    for rho, sigma in ((Rational(1, 50), 1), (Rational(1), 0)):
        model = FullModel.from_arrays(LAM, POWER, P=P, ridge=rho, noise=sigma, digits=12, **STUDENTS[name])
        with mpmath.workdps(DIGITS):
            loss, train = static(name, P, mpmath.mpf(rho.p) / rho.q, sigma)
            check(model.test_loss(oo), loss, 12, name)
            check(model.train_loss(oo), train, 12, name)


@pytest.mark.parametrize("P", [3, 20, oo])
@pytest.mark.parametrize("name", STUDENTS)
def test_the_end_is_the_limit_of_late_times_and_of_small_ridges(name, P) -> None:
    options = {"P": P, "noise": 1, "digits": 10, **STUDENTS[name]}
    end = FullModel.from_arrays(LAM, POWER, **options)
    nearly = FullModel.from_arrays(LAM, POWER, ridge="1e-40", **options)
    for quantity in ("test_loss", "bias", "gap"):
        if end.test_loss(oo).value == 0 or (oo == P and quantity == "gap"):
            continue
        found, late, small = (getattr(m, quantity)(t) for m, t in ((end, oo), (end, 10**9), (nearly, oo)))
        assert float(found) == pytest.approx(float(small), rel=1e-9, abs=1e-30), quantity
        assert float(found) == pytest.approx(float(late), rel=1e-3), quantity


REDUCTIONS = [
    ({"N": 5, "student": StructuredFeatures(eigenvalues=[2] * 5)}, {"N": 5}),
    ({"student": DeepRandomFeatures(widths=(5,))}, {"N": 5}),
    ({"student": DeepRandomFeatures(widths=(5, 10**30))}, {"N": 5}),
    ({"N": 5, "student": OrthogonalFeatures(modes=10**30)}, {"N": 5}),
    ({"N": 8, "student": OrthogonalFeatures(modes=8)}, {}),
    ({"N": 8, "student": SpectralTruncation()}, {}),
    ({"N": 5, "student": NonlinearFeatures(linear=1, white=0)}, {"N": 5}),
    (
        {"N": 4, "student": StructuredFeatures(eigenvalues="k")},
        {"N": 4, "student": StructuredFeatures(eigenvalues=[1, 2, 3, 4])},
    ),
]


RULES = [{}, {"rule": GradientDescent(eta=0.25)}, {"rule": HeavyBall(beta=1)}]


@pytest.mark.parametrize("i", range(len(REDUCTIONS)))
def test_reductions(i: int) -> None:
    (one, two), rule = REDUCTIONS[i], RULES[i % 3]
    first, second = (
        FullModel.from_arrays(LAM, POWER, P=6, noise=1, ridge="0.01", digits=6, **rule, **options)
        for options in (one, two)
    )
    for t in (4, oo):
        for name in ("test_loss", "train_loss", "bias"):
            assert getattr(first, name)(t).agrees_with(getattr(second, name)(t))


def test_tasks_and_arrays_agree() -> None:
    lam, power = (np.arange(1, 31) ** -1.5, np.arange(1, 31) ** -2.0)
    for options in (
        {"N": 9, "student": SpectralTruncation()},
        {"N": 9, "student": NonlinearFeatures(activation="relu")},
        {"N": 9, "student": OrthogonalFeatures(modes=30)},
    ):
        task = FullModel(power_law(2, 1.5, modes=30), P=20, digits=8, **options)
        arrays = FullModel.from_arrays(lam, power, P=20, digits=8, **options)
        for t in (5, oo):
            assert float(task.test_loss(t)) == pytest.approx(float(arrays.test_loss(t)), rel=1e-12)


def test_top_modes_leave_their_tail() -> None:
    model = FullModel(power_law(2, 1.5), N=1000, student=SpectralTruncation())
    with mpmath.workdps(40):
        assert model.test_loss(oo).agrees_with(mpmath.zeta(2, 1001))


def test_the_narrowest_layer_alone_at_the_end() -> None:
    task = power_law(2, 1.5)
    deep = FullModel(task, student=DeepRandomFeatures(widths=(900, 40, 70)))
    assert deep.test_loss(oo).agrees_with(FullModel(task, N=40).test_loss(oo))


@pytest.mark.parametrize("seed", range(12))
def test_errors_are_errors(seed: int) -> None:
    draw = random.Random(seed)
    name = draw.choice(list(STUDENTS))
    options = {
        "P": draw.choice([oo, Rational(draw.randint(5, 300), 10)]),
        "ridge": Rational(draw.choice([0, draw.randint(1, 99)]), draw.choice([100, 10**6])),
        "noise": draw.choice([0, 1]),
        **STUDENTS[name],
    }
    t = Rational(draw.randint(1, 999), 10 ** draw.randint(0, 2))
    few, many = (FullModel.from_arrays(LAM, POWER, digits=d, **options) for d in (5, 20))
    for quantity in ("test_loss", "bias", "gap"):
        rough, sharp = (getattr(m, quantity)(t) for m in (few, many))
        assert rough.agrees_with(sharp), (name, options, quantity)


def test_students_of_one_layer_have_coefficients() -> None:
    wide = NonlinearFeatures(linear=1, white=Rational(1, 2))
    exact = FullModel.from_arrays(LAM, POWER, P=6, student=wide)
    (first,) = exact.coefficients("test_loss", "N", 2)
    near = FullModel.from_arrays(LAM, POWER, P=6, N=10**9, student=wide)
    slope = (near.test_loss(2).value - exact.test_loss(2).value) * 10**9
    assert float(slope) == pytest.approx(float(first), rel=1e-6)


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        (
            {"N": 9, "student": OrthogonalFeatures(modes=8)},
            DomainError,
            "N = 9 rows.*M = 8 modes; use N <= 8",
        ),
        ({"N": 5, "student": OrthogonalFeatures(modes=7)}, DomainError, "modes = 7.*a task of 8 modes"),
        ({"N": 5, "student": DeepRandomFeatures(widths=(7, 5))}, DomainError, "leave N out"),
        ({"N": "5/2", "student": SpectralTruncation()}, DomainError, "N = 5/2 modes"),
        ({"N": 3, "student": StructuredFeatures(eigenvalues=ROWS)}, DomainError, "5 eigenvalues; use N=5"),
        (
            {"N": 2, "digits": 16, "student": StructuredFeatures(eigenvalues=["1/7", "0.12345678901234567"])},
            DomainError,
            "is not a double, as which arrays are read; use digits <= 15",
        ),
        ({"N": 3, "student": NonlinearFeatures(linear="mu", white=1)}, DomainError, "leaves mu open"),
        ({"student": DeepRandomFeatures(widths=("q", 30))}, DomainError, "leaves q open"),
        ({"N": 3, "student": OrthogonalFeatures(modes="r*N")}, DomainError, "leaves r open"),
        ({"student": "deep"}, DomainError, "give DeepRandomFeatures"),
        ({"student": DeepRandomFeatures, "N": 3}, DomainError, "DeepRandomFeatures"),
        ({"student": NonlinearFeatures(activation=str), "N": 3}, DomainError, "is not a real number"),
        ({"student": NonlinearFeatures(activation="tanh"), "digits": 40}, PrecisionError, "known to 25"),
        (
            {"student": NonlinearFeatures(linear=2, white=1), "rule": OnePassSGD(eta=0.1, batch=1)},
            UnableError,
            "not solved",
        ),
    ],
)
def test_bad_input(options, error, says) -> None:
    with pytest.raises(error, match=says) as caught:
        FullModel.from_arrays(LAM, POWER, **options)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("rows", [[0.1, 0.3, 0.7, 1.1, 0.9] * 4, [1] * 15 + [16] * 5])
def test_the_scale_of_rows_says_nothing(rows) -> None:
    """Decimals are binary fractions of a large common denominator; sizes change nothing in them."""
    student = StructuredFeatures(eigenvalues=rows)
    assert student.at({N: Integer(20)}) == student
    same = {"N": 20, "P": 12, "noise": 0.3, "digits": 8}
    task = power_law(1.5, 1.25, modes=30)
    one, other = (
        FullModel(task, student=found, **same)
        for found in (student, StructuredFeatures(eigenvalues=[1000.5 * x for x in rows]))
    )
    for t in (3, 100, oo):
        assert float(one.test_loss(t)) == pytest.approx(float(other.test_loss(t)), rel=1e-7)


def test_widths_are_positive() -> None:
    with pytest.raises(DomainError, match=r"widths\[1\] = 0"):
        DeepRandomFeatures(widths=(3, 0))


# -- finite draws --------------------------------------------------------------------------------

MODES, SIGMA = 100, 0.5
SPECTRUM, TARGET = np.arange(1, MODES + 1) ** -1.25, np.arange(1, MODES + 1) ** -1.5
TAU = np.arange(1, 41) ** -0.7


def _features(name, rng):
    """A draw of the map from features to kernel, and the white part of each of its rows."""
    N = 40
    gauss = lambda *shape: rng.normal(size=shape)  # noqa: E731
    match name:
        case "orthogonal":
            rotation, _ = np.linalg.qr(gauss(MODES, MODES))
            return (
                np.sqrt(MODES / N) * rotation[:N],
                0.0,
                {"N": N, "student": OrthogonalFeatures(modes=MODES)},
            )
        case "deep":
            made = gauss(N, 80) @ gauss(80, MODES) / np.sqrt(80 * N)
            return made, 0.0, {"student": DeepRandomFeatures(widths=(80, N))}
        case "truncation":
            return np.eye(MODES)[:N], 0.0, {"N": N, "student": SpectralTruncation()}
        case "structured":
            rows = np.sqrt(TAU / TAU.mean())[:, None] * gauss(N, MODES) / np.sqrt(N)
            return rows, 0.0, {"N": N, "student": StructuredFeatures(eigenvalues="k**-0.7")}
    made = 0.75 * gauss(N, MODES) / np.sqrt(N)
    return made, 0.5, {"N": N, "student": NonlinearFeatures(linear="3/4", white="1/2")}


@pytest.mark.slow
@pytest.mark.parametrize(("P", "rho"), [(90, 0.0), (90, 0.01), (25, 0.01)])
@pytest.mark.parametrize("name", ["orthogonal", "deep", "truncation", "structured", "nonlinear"])
def test_finite_draws(name, P, rho) -> None:
    """Test and train loss of flow: the means over draws lie within their errors and O(1/N) of the model."""
    rng, w, times = np.random.default_rng(5), np.sqrt(TARGET / SPECTRUM), (3, 30, 300)
    found = []
    for _ in range(200):
        B, white, options = _features(name, rng)
        psi = rng.normal(size=(P, MODES)) * np.sqrt(SPECTRUM)
        labels = psi @ w + SIGMA * rng.normal(size=P)
        design = psi @ B.T + white / np.sqrt(len(B)) * rng.normal(size=(P, len(B)))
        h, U = np.linalg.eigh(design.T @ design / P)
        rates = np.maximum(h + rho, 1e-14)
        row = []
        for t in times:
            u = U @ (-np.expm1(-rates * t) / rates * (U.T @ design.T @ labels / P))
            row.append((SPECTRUM * (w - B.T @ u) ** 2).sum() + white**2 / len(B) * (u**2).sum())
            row.append(((labels - design @ u) ** 2).mean())
        found.append(row)
    model = FullModel.from_arrays(SPECTRUM, TARGET, P=P, noise=SIGMA, ridge=rho, digits=8, **options)
    expected = np.array([float(x) for t in times for x in (model.test_loss(t), model.train_loss(t))])
    spread = np.std(found, axis=0) / np.sqrt(len(found))
    assert (np.abs(np.mean(found, axis=0) - expected) < 3.5 * spread + 0.02 * expected).all()


def test_sizes_are_whole_for_integers_only() -> None:
    assert (
        FullModel.from_arrays(LAM, POWER, N=Integer(9), student=SpectralTruncation()).test_loss(oo).value == 0
    )


def test_widths_that_are_multiples_of_N():
    task = power_law(2, 3)
    grown = FullModel(task, N=100, student=DeepRandomFeatures(widths=("2*N", "N")))
    given = FullModel(task, student=DeepRandomFeatures(widths=(200, 100)))
    assert grown.student == given.student and grown.test_loss(5) == given.test_loss(5)
    with pytest.raises(DomainError, match="has all its sizes; leave N out"):
        FullModel(task, N=100, student=given.student)


def test_rows_that_are_steep_or_many():
    """``zeta/kappa`` is far below 1 - df1/N for steep rows; of many rows next to nothing is random."""
    steep = StructuredFeatures(eigenvalues=k ** -Rational(3, 2))
    task, sizes = power_law(6, 2, modes=10**5), {"N": 10**5, "P": 10**5, "ridge": Rational(1, 10**5)}
    model = FullModel(task, digits=8, student=steep, **sizes)
    loss = model.test_loss(oo)
    assert abs(float(loss) / _of_rows(1.5, 10**5, 1e5, 1e-5) - 1) < 1e-7
    many = {"P": 10**12, "ridge": Rational(1, 10**36), "digits": 8}
    student = StructuredFeatures(eigenvalues=k ** -Rational(1, 2))
    here = FullModel(power_law(6, 2), N=Integer(10) ** 48, student=student, **many).test_loss(oo)
    assert abs(float(here) / float(FullModel(power_law(6, 2), **many).test_loss(oo)) - 1) < 1e-7


def _of_rows(power, N, P, rho):
    """The static equation by plain sums over 10^5 modes, a = 6 and b = 2, and over the rows."""
    i = np.arange(1, 10**5 + 1.0)
    lam, tau = i**-2, i[:N] ** -power
    tau /= tau.mean()

    def zeta(y):
        df = (lam / (lam + np.exp(y))).sum()
        x = np.exp(brentq(lambda u: (tau / (tau + np.exp(u))).sum() - df, -60, 60, xtol=1e-13))
        return np.exp(y) * x * df / N, df, x

    y = brentq(lambda y: np.log(zeta(y)[0] * (1 - zeta(y)[1] / P) / rho), -20, 0, xtol=1e-13)
    (_, df, x), kappa = zeta(y), np.exp(y)
    df2, d = ((lam / (lam + kappa)) ** 2).sum(), ((tau / (tau + x)) ** 2).sum()
    odds = (df - df2) * d / (df * (df - d))
    share = odds / (1 + odds)
    F, V = ((i**-6 * kappa / (lam + kappa) ** 2) * w for w in (kappa, lam))
    return (F.sum() + share * V.sum()) / (1 - (df2 + share * (df - df2)) / P)


@pytest.mark.parametrize(("digits", "most"), [(15, 8), (30, 10)])
def test_rows_are_summed_up_a_few_times_for_one_loss(monkeypatch, digits, most) -> None:
    """Work is counted: a Taylor polynomial serves where df hardly moves."""
    model = FullModel(
        power_law(2.3, 1.7),
        N=700,
        P=500,
        noise=0.3,
        ridge=Rational(1, 1000),
        digits=digits,
        student=StructuredFeatures(eigenvalues=k**-0.7),
    )
    calls, plain = [], SpectralSums.one_point
    monkeypatch.setattr(
        SpectralSums,
        "one_point",
        lambda self, *args, **options: calls.append(1) or plain(self, *args, **options),
    )
    model.test_loss(oo)
    assert 0 < len(calls) <= most


def test_an_activation_is_integrated_once_for_a_spectrum() -> None:
    inputs = []

    def phi(h):
        inputs.append(h)
        return mpmath.tanh(h)

    student = NonlinearFeatures(activation=phi)
    FullModel(power_law(3, 2), N=20, P=30, student=student)
    before = len(inputs)
    FullModel(power_law(3, 2), N=20, P=40, ridge=1, student=student)
    assert len(inputs) == before > 0
