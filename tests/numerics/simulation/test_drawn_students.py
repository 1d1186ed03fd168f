"""How students are drawn: the mean of their kernel, the cases that are known, and one from outside."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from sympy import Expr

from asymptotics import (
    DeepRandomFeatures,
    DomainError,
    GaussianFeatures,
    NonlinearFeatures,
    OrthogonalFeatures,
    SpectralTruncation,
    StructuredFeatures,
    power_law,
)
from asymptotics.model.students.base import Student
from asymptotics.symbols import N, k
from numerics.simulation.simulate import Simulation, simulate, simulate_arrays
from numerics.simulation.students import drawing_of, draws
from numerics.spectra.arrays import Array, spectrum_arrays

MODES, WIDTH = 12, 6
TASK = power_law(1.5, 1.25, modes=MODES)
LAM, C = spectrum_arrays(TASK)
STUDENTS: list[tuple[Student, tuple[int, ...]]] = [
    (GaussianFeatures(), (WIDTH,)),
    (DeepRandomFeatures(widths=(9, WIDTH)), (9, WIDTH)),
    (OrthogonalFeatures(modes=MODES), (WIDTH,)),
    (StructuredFeatures(eigenvalues=k**-0.7), (WIDTH,)),
    (StructuredFeatures(eigenvalues=[1, 2, 3, 4, 5, 6]), (WIDTH,)),
    (NonlinearFeatures(linear=2, white=3), (WIDTH,)),
]


@pytest.mark.parametrize(("student", "widths"), STUDENTS, ids=str)
def test_the_mean_kernel_is_that_of_infinite_width(student: Student, widths: tuple[int, ...]) -> None:
    """``E F F^T = Lambda`` on the modes (mu_1^2 as large for nonlinear ones), ``mu_*^2/N`` beside them."""
    draw = drawing_of(student).features
    kernels = []
    for seed in range(400):
        F = draw(student, np.sqrt(LAM), widths, np.random.default_rng(seed))
        kernels.append((F @ F.T)[:MODES, :MODES])
    mean, error = np.mean(kernels, axis=0), np.std(kernels, axis=0) / math.sqrt(len(kernels))
    factor = 4 if isinstance(student, NonlinearFeatures) else 1
    assert np.all(np.abs(mean - factor * np.diag(LAM)) < 4.5 * error + 1e-12)
    beside = drawing_of(student).beside(widths)
    assert len(F) == MODES + beside
    if beside:
        assert np.allclose(F[MODES:] @ F[MODES:].T, 9 / WIDTH * np.eye(WIDTH))


def run(**options: Any) -> Simulation:
    return simulate(TASK, times=(1, 30, math.inf), noise=0.2, draws=4, seed=3, **options)


def test_students_that_see_all_modes_are_the_kernel() -> None:
    kernel = run(P=20)
    for student in (OrthogonalFeatures(modes=MODES), SpectralTruncation()):
        assert run(N=MODES, P=20, student=student).test_loss == pytest.approx(kernel.test_loss, rel=1e-9)
    assert run(P=20, student=DeepRandomFeatures(widths=("oo", "oo"))).test_loss == kernel.test_loss


def test_the_first_modes_leave_the_others_alone() -> None:
    found = run(N=5, student=SpectralTruncation())
    assert found.test_loss[-1] == pytest.approx(C[5:].sum(), rel=1e-12)
    assert found.test_loss_error == (0, 0, 0)


def test_equal_rows_and_linear_features_are_gaussian_features() -> None:
    gaussian = run(N=WIDTH, P=20)
    for student in (StructuredFeatures(eigenvalues=[1] * WIDTH), DeepRandomFeatures(widths=("N",))):
        assert run(N=WIDTH, P=20, student=student).test_loss == pytest.approx(gaussian.test_loss, rel=1e-9)


def test_a_ridge_takes_part_of_the_target() -> None:
    found = simulate_arrays(LAM, C, times=math.inf, ridge=0.5)
    assert found.test_loss[0] == pytest.approx((C * (0.5 / (LAM + 0.5)) ** 2).sum(), rel=1e-12)
    assert found.ridge == 0.5 and found.student == GaussianFeatures()


def test_another_test_distribution_weighs_the_same_errors() -> None:
    """At t = 0 all of the target is unlearned: ``sum lambda' w^2``."""
    shifted = run(N=WIDTH, P=20, test_eigenvalues="k**-2")
    weights = np.arange(1.0, MODES + 1) ** -2 / LAM
    both = simulate_arrays(LAM, C, N=WIDTH, P=20, times=0, test_eigenvalues=weights * LAM, draws=3)
    assert both.test_loss[0] == pytest.approx((C * weights).sum(), rel=1e-12)
    same = run(N=WIDTH, P=20, test_eigenvalues=TASK.eigenvalues)
    plain = run(N=WIDTH, P=20)
    assert same.test_loss == pytest.approx(plain.test_loss, rel=1e-12)
    assert shifted.train_loss == plain.train_loss
    assert shifted.test_loss[0] < plain.test_loss[0]


def test_signs_that_are_wrong() -> None:
    """Half at the start; sampled inputs agree with the angle later."""
    found = simulate_arrays(LAM, C, N=math.inf, P=math.inf, times=(0, 1), draws=3)
    assert found.classification_error[0] == 0.5
    inputs = np.random.default_rng(0).standard_normal((40_000, MODES))
    target, missing = inputs @ np.sqrt(C), inputs @ (np.sqrt(C) * np.exp(-LAM))
    wrong = np.mean(np.sign(target) != np.sign(target - missing))
    assert abs(found.classification_error[1] - wrong) < 4 * math.sqrt(wrong / 40_000)


class Copies(Student):
    """From outside: N copies of the sum of all modes."""

    title, name = "copies", "copies"

    def zeta(self, kappa: Expr, modes: Expr, size: Expr = N) -> Expr:
        return kappa


def test_a_student_from_outside_is_drawn() -> None:
    with pytest.raises(DomainError, match=r"is not drawn; decorate a function with @draws\(Copies\)"):
        drawing_of(Copies())

    @draws(Copies, random=False)
    def copies(student: Copies, spread: Array, widths: tuple[int, ...], generator: object) -> Array:
        return np.outer(spread, np.ones(widths[-1])) / math.sqrt(widths[-1])

    found = run(N=1, student=Copies())
    s, theta = np.sqrt(LAM), np.sqrt(C)
    assert found.test_loss[-1] == pytest.approx(theta @ theta - (s @ theta) ** 2 / (s @ s), rel=1e-9)
    with pytest.raises(DomainError, match="Copies is drawn already"):
        draws(Copies)(copies)
