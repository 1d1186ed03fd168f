"""Modes, signs, other inputs and optima of the full model: sums, closed forms, finite draws."""

import math
from dataclasses import replace
from typing import Any

import mpmath
import numpy as np
import pytest
from sympy import Float, Integer, Rational, oo, zeta

from asymptotics import (
    DeepRandomFeatures,
    NonlinearFeatures,
    SpectralTruncation,
    StructuredFeatures,
    Task,
    power_law,
)
from asymptotics.errors import DomainError, PrecisionError, SpectrumError, UnableError
from asymptotics.symbols import a, b, k
from numerics import FullModel, GradientDescent, OnePassSGD
from numerics.model import best_ridge, stopping
from numerics.verification.places import Place
from numerics.verification.references import reference_value

LAM = [1, 0.75, 0.5, 0.375, 0.25, 0.125]
POWER = [1, 0.25, 0.5, 0.125, 0.25, 0.5]
MODELS = {
    "flow": {"N": 4, "P": 8, "noise": 1},
    "fewer samples": {"N": 8, "P": 4, "noise": 1},
    "ridge": {"N": 8, "P": 4, "noise": 1, "ridge": "0.02"},
    "deep": {"P": 4, "noise": 1, "ridge": "0.02", "student": DeepRandomFeatures(widths=(9, 5))},
    "white": {
        "N": 5,
        "P": 8,
        "noise": 1,
        "ridge": "0.02",
        "student": NonlinearFeatures(linear=0.75, white=0.5),
    },
    "white of relu": {"N": 9, "P": 4, "noise": 1, "student": NonlinearFeatures(activation="relu")},
    "steps": {"P": 3, "rule": GradientDescent(eta=0.25)},
}


def model(name, **options):
    return FullModel.from_arrays(LAM, POWER, digits=10, **MODELS[name], **options)


@pytest.mark.parametrize("t", [0, 3, oo])
@pytest.mark.parametrize("name", MODELS)
def test_modes_add_up(name, t) -> None:
    made = model(name)
    if "white" not in name:  # of which a part of the loss is outside all modes
        total = sum(float(made.mode_loss(j, t)) for j in range(1, 7))
        assert total == pytest.approx(float(made.test_loss(t)), rel=1e-10)
    same = model(name, test_eigenvalues=LAM)
    for quantity in ("test_loss", "bias"):
        found, expected = (float(getattr(m, quantity)(t)) for m in (same, made))
        assert found == pytest.approx(expected, rel=1e-10)


def test_other_inputs_weigh_the_modes() -> None:
    other = [0.1, 3, 0.25, 0, 1, 2]
    made, moved = model("ridge"), model("ridge", test_eigenvalues=other)
    for t in (2, oo):
        modes = [float(made.mode_loss(j + 1, t)) * other[j] / LAM[j] for j in range(6)]
        assert float(moved.test_loss(t)) == pytest.approx(sum(modes), rel=1e-10)
        v = moved.variance(t)
        assert float(v.total) + float(moved.bias(t)) == pytest.approx(sum(modes), rel=1e-10)
        assert moved.train_loss(t).agrees_with(made.train_loss(t))


def test_power_laws_on_other_inputs() -> None:
    task = power_law(2, "3/2", modes=1500)
    made = FullModel(task, N=30, P=50, noise=1, digits=8, test_eigenvalues="k**-2")
    few = np.arange(1, 1501.0)
    arrays = FullModel.from_arrays(
        few**-1.5, few**-2, N=30, P=50, noise=1, digits=8, test_eigenvalues=few**-2
    )
    for t in (5, oo):
        assert float(made.test_loss(t)) == pytest.approx(float(arrays.test_loss(t)), rel=1e-10)


def test_the_kernel_on_inputs_without_a_trace() -> None:
    """At N = oo the modes of f fall by themselves: ``b + b' > 1`` and ``a + b' - b > 1`` are enough."""
    few = np.arange(1, 401.0)
    same: dict[str, Any] = {"P": 50, "noise": 1, "digits": 8, "ridge": "0.001"}
    made = FullModel(power_law(2, "3/2", modes=400), test_eigenvalues=k ** Rational(-1, 2), **same)
    arrays = FullModel.from_arrays(few**-1.5, few**-2, test_eigenvalues=few**-0.5, **same)
    for t in (5, oo):
        assert float(made.test_loss(t)) == pytest.approx(float(arrays.test_loss(t)), rel=1e-10)
        assert float(made.bias(t)) == pytest.approx(float(arrays.bias(t)), rel=1e-10)
    task = power_law("13/4", "7/4", noise=1)
    place = Place(task=replace(task, test_eigenvalues=k ** Rational(-1, 2)), resource=Integer(100), digits=15)
    found = FullModel(task, P=100, test_eigenvalues=k ** Rational(-1, 2)).test_loss(oo)
    assert found.agrees_with(reference_value("transfer", place))


def test_the_white_part_on_other_inputs() -> None:
    """Ridge regression on drawn features ``mu_1 A psi + mu_* xi``: mu_* is that of the other inputs."""
    few, N, P, rho, generator = np.arange(1, 101.0), 120, 160, 0.01, np.random.default_rng(7)
    lam, w, other = few**-1.5, few**-0.5, few**-1.1
    task = power_law("5/2", "3/2", modes=100)
    relu = NonlinearFeatures(activation="relu")
    sizes = {"N": N, "P": P, "ridge": "0.01", "digits": 8, "student": relu}
    (mu, white), (_, beside) = ([float(x) for x in relu.coefficients(Float(v.sum()))] for v in (lam, other))
    losses = []
    for _ in range(60):
        A, psi, xi = (generator.standard_normal(shape) for shape in ((N, 100), (P, 100), (P, N)))
        psi *= np.sqrt(lam)
        phi = (mu * psi @ A.T + white * xi) / math.sqrt(N)
        u = np.linalg.solve(phi.T @ phi / P + rho * np.eye(N), phi.T @ (psi @ w) / P)
        left = w - mu * A.T @ u / math.sqrt(N)
        losses.append(float(other @ left**2) + beside**2 * float(u @ u) / N)
    mean, spread = np.mean(losses), np.std(losses) / math.sqrt(60)
    found = float(FullModel(task, test_eigenvalues="k**-1.1", **sizes).test_loss(oo))
    assert abs(mean - found) < 3.5 * spread + 2 * found / N
    plain = float(FullModel(task, **sizes).test_loss(oo))
    assert abs(mean - plain) > 20 * spread


def test_learnabilities_add_up_to_the_smaller_size() -> None:
    for options, size in (
        ({"P": 4}, 4),
        ({"N": 3, "P": 5}, 3),
        ({"student": DeepRandomFeatures(widths=(5, 2))}, 2),
    ):
        made = FullModel.from_arrays(LAM, POWER, **options)
        assert sum(float(made.learnability(j)) for j in range(1, 7)) == pytest.approx(size, rel=1e-14)


def test_cross_validation_is_exact_with_a_ridge() -> None:
    for name in ("ridge", "deep"):
        made = model(name)
        found = made.generalised_cross_validation(oo)
        assert float(found) == pytest.approx(float(made.test_loss(oo)) + 1, rel=1e-10)
    assert float(model("flow").generalised_cross_validation(oo)) == pytest.approx(
        float(model("flow").test_loss(oo)) + 1, rel=1e-10
    )


def test_the_error_of_signs() -> None:
    made = model("deep")
    for t in (2, oo):
        total = sum(POWER)
        left = sum(c * float(made.transfer(j + 1, t)) for j, c in enumerate(POWER))
        m, q = total - left, total - 2 * left + float(made.test_loss(t))
        expected = np.arccos(m / np.sqrt(total * q)) / np.pi
        assert float(made.classification_error(t)) == pytest.approx(expected, rel=1e-8)


BEST = [
    (3, 2, {}, -1),  # a > b
    (2, 3, {}, 1),  # a < b
    (2, 2, {"noise": 1}, 1),
    (2, 2, {"N": 30, "noise": 1}, 1),
]


@pytest.mark.parametrize(("a", "b", "options", "sign"), BEST)
def test_the_best_ridge(a, b, options, sign) -> None:
    task = power_law(a, b)
    best = FullModel(task, P=50, digits=10, **options).optimal_ridge()
    value = best.argument.value
    assert mpmath.sign(value) == sign
    assert ("negative" in best.note) == (sign < 0)
    for factor in (Rational(1), Rational(99, 100), Rational(101, 100)):
        near = FullModel(task, P=50, ridge=Rational(str(value)) * factor, digits=14, **options).test_loss(oo)
        assert near.value >= best.loss.value - best.loss.error


def test_best_ridges_that_are_zero() -> None:
    for made in (FullModel(power_law(2, 2), N=10), FullModel.from_arrays(LAM, POWER, P=9)):
        best = made.optimal_ridge()
        assert best.argument.value == 0 and best.note
        assert best.loss.agrees_with(made.test_loss(oo))


def test_a_white_part_is_a_ridge_of_its_own() -> None:
    """At N = oo the best ridge is that of the kernel less mu_*^2/P, however much smaller their sum is."""
    white = NonlinearFeatures(linear=Rational(1, 2), white=Rational(1, 3))
    own = {"student": white}
    for P in (100, 10**16):
        kernel, made = (FullModel(power_law(5, 2), P=P, **o).optimal_ridge() for o in ({}, own))
        with mpmath.workdps(40):
            shift = made.argument.value + mpmath.mpf(1) / 9 / P - kernel.argument.value / 4
            assert abs(shift) <= made.argument.error + kernel.argument.error
            assert abs(made.loss.value - kernel.loss.value) <= made.loss.error + kernel.loss.error
        assert made.note.startswith("negative")
    everything = FullModel.from_arrays([1, 0.5], [1, 1], P=8, student=white).optimal_ridge()
    assert float(everything.argument) == pytest.approx(-1 / 72) and float(everything.loss) == 0


def test_the_best_time() -> None:
    made = FullModel(power_law(2, 2), N=40, P=50, noise=1, digits=9)
    best = made.best_time()
    t = best.argument.value
    for factor in (0.98, 1.02):
        assert made.test_loss(t * factor).value > best.loss.value
    assert made.test_loss(t).agrees_with(best.loss, factor=2)


@pytest.mark.slow
def test_best_times_without_noise_and_of_structured_rows() -> None:
    """At N = P the end of training is worse than its middle without noise too."""
    rows = StructuredFeatures(eigenvalues=k ** Rational(-6, 5))
    for made in (
        FullModel(power_law(2, 2), N=50, P=50, digits=9),
        FullModel(power_law(2, 2), N=40, P=50, noise=1, student=rows, digits=6),
    ):
        best = made.best_time()
        t = best.argument.value
        assert all(made.test_loss(t * factor).value > best.loss.value for factor in (0.9, 1.1))
        assert best.loss.value < made.test_loss(oo).value / 2
        assert made.test_loss([t, 2 * t])[1].agrees_with(made.test_loss(2 * t))


def test_other_inputs_of_a_task_with_letters() -> None:
    values, other = {a: 2, b: Rational(3, 2)}, k ** Rational(-7, 4)
    found = FullModel(power_law(a, b), values, N=30, P=50, test_eigenvalues=other).test_loss(9)
    fixed = FullModel(power_law(2, Rational(3, 2)), N=30, P=50, test_eigenvalues=other).test_loss(9)
    letters = FullModel(power_law(a, b), values, N=30, P=50, test_eigenvalues=k ** -(b + 0.25)).test_loss(9)
    assert found.agrees_with(fixed) and letters.agrees_with(fixed)


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: FullModel(power_law(2, 2), test_eigenvalues="j**-2"), DomainError, "another index.*in k"),
        (lambda: FullModel(power_law(2, 2), test_eigenvalues=k**-0.5), SpectrumError, "target on.*diverges"),
        (
            lambda: FullModel(power_law(3, 2), N=9, test_eigenvalues=k**-0.5),
            SpectrumError,
            "test eigenvalues is .* diverges",
        ),
        (
            lambda: model(
                "flow",
                student=NonlinearFeatures(activation="tanh"),
                test_eigenvalues=[2, 1, 1, 1, 1, 1],
            ),
            UnableError,
            "mu_1 = .* on the test inputs, .* in training",
        ),
        (lambda: model("flow", test_eigenvalues=[1, 2]), SpectrumError, "2 test_eigenvalues for 6 modes"),
        (lambda: model("flow", test_eigenvalues=LAM).gap(3), UnableError, "the gap is not known"),
        (
            lambda: FullModel(power_law(3, 2), rule=OnePassSGD(eta=0.1, batch=1), test_eigenvalues="k**-2"),
            UnableError,
            "other inputs",
        ),
        (lambda: model("flow").classification_error(0), DomainError, "t = 0"),
        (lambda: model("fewer samples").generalised_cross_validation(oo), UnableError, "give a ridge > 0"),
        (lambda: model("steps").best_time(), UnableError, "counts steps"),
        (
            lambda: model("flow", ridge=9).best_time(),
            UnableError,
            "at a finite time; stopping helps at a smaller",
        ),
        (
            lambda: FullModel.from_arrays([1, 0.5], [1, 1], P=4).best_time(),
            UnableError,
            "until t = oo, to .*; stopping helps where noise > 0$",
        ),
        (
            lambda: FullModel.from_arrays([1, 0.5], [1, 1], N=1, ridge=1).best_time(),
            UnableError,
            "helps at a smaller ridge and where P is finite and where noise > 0",
        ),
        pytest.param(
            lambda: FullModel(power_law(3, 2)).best_time(),
            UnableError,
            r"numbers reach, t = 10\^150: no minimum",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_bad_input(call, error, says) -> None:
    with pytest.raises(error, match=says) as caught:
        call()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["gaussian", "truncation", "nonlinear"])
def test_finite_draws(name) -> None:
    """Loss on other inputs and error of signs of ridge flow: means over draws within errors and O(1/N)."""
    rng, modes, N, P, rho, white = np.random.default_rng(7), 50, 40, 60, 0.01, 0.0
    index = np.arange(1, modes + 1)
    lam, power, other = index**-1.25, index**-1.5, index**-0.75
    w, times, rows = np.sqrt(power / lam), (3, 30), []
    for _ in range(80):
        B = rng.normal(size=(N, modes)) / np.sqrt(N)
        options = {"N": N}
        if name == "truncation":
            B, options = np.eye(modes)[:N], {"N": N, "student": SpectralTruncation()}
        if name == "nonlinear":
            B, white = 0.75 * B, 0.5
            options = {"N": N, "student": NonlinearFeatures(linear="3/4", white="1/2")}
        psi = rng.normal(size=(P, modes)) * np.sqrt(lam)
        labels = psi @ w + 0.5 * rng.normal(size=P)
        design = psi @ B.T + white / np.sqrt(N) * rng.normal(size=(P, N))
        h, U = np.linalg.eigh(design.T @ design / P)
        row = []
        for t in times:
            u = U @ (-np.expm1(-(h + rho) * t) / (h + rho) * (U.T @ design.T @ labels / P))
            f = B.T @ u
            seen = (lam * f * w).sum() / np.sqrt(
                power.sum() * ((lam * f**2).sum() + white**2 / N * (u**2).sum())
            )
            row += [(other * (w - f) ** 2).sum(), np.arccos(seen) / np.pi]
        rows.append(row)
    settings = {"P": P, "noise": 0.5, "ridge": str(rho), "digits": 7, **options}
    moved = FullModel.from_arrays(lam, power, test_eigenvalues=other, **settings)
    plain = FullModel.from_arrays(lam, power, **settings)
    expected = np.array(
        [float(x) for t in times for x in (moved.test_loss(t), plain.classification_error(t))]
    )
    spread = np.std(rows, axis=0) / np.sqrt(len(rows))
    assert (np.abs(np.mean(rows, axis=0) - expected) < 3.5 * spread + 0.02 * expected).all()


@pytest.mark.parametrize(("a", "b"), [(2, Rational(3, 2)), (Rational(7, 2), 2), (6, 2)])
def test_the_exponent_of_wrong_signs_is_half_that_of_the_loss(a, b) -> None:
    """``(L - Xi^2/T)^(1/2)/(pi T^(1/2))`` , T the power of the target, Xi the loss of N = P features."""
    task, power = power_law(a, b), float(zeta(a))
    found = {}
    for samples in (10**6, 10**8):
        model = FullModel(task, P=samples, digits=12)
        loss, features = (float(FullModel(task, digits=12, **{x: samples}).test_loss(oo)) for x in ("P", "N"))
        found[samples] = float(model.classification_error(oo))
        first = math.sqrt((loss - features**2 / power) / power) / math.pi
        assert abs(found[samples] / first - 1) < 1e-5
    slope = math.log10(found[10**6] / found[10**8]) / 2
    assert abs(slope - float(min(a - 1, 2 * b)) / 2) < 1e-4


@pytest.mark.slow
def test_a_ridge_that_is_not_found_is_told_as_such(monkeypatch) -> None:
    """Under so much noise the best ridge is far beyond the eigenvalues; messages spoke of stopping times."""
    for module in (stopping, best_ridge):
        monkeypatch.setattr(module, "REACH", 20)
    model = FullModel(Task("(1/2)**k", "k**(-5/2)"), P=100, noise=10**30, digits=5)
    with pytest.raises(UnableError, match=r"from e\^-20 to e\^20 times"):
        model.optimal_ridge()
    model = FullModel.from_arrays([1, 0.5, 0], [0, 0, 1], P=2, noise=1)
    with pytest.raises(PrecisionError, match="the loss for P = 2 is too flat about its minimum"):
        model.optimal_ridge()
