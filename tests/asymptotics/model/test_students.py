"""Students as values: their zeta(kappa), and what they refuse."""

from dataclasses import dataclass

import pytest
from sympy import Integer, Rational, Symbol, limit, oo, simplify

from asymptotics import (
    DeepRandomFeatures,
    DomainError,
    GaussianFeatures,
    NonlinearFeatures,
    OrthogonalFeatures,
    SpectralTruncation,
    StructuredFeatures,
)
from asymptotics.model.students.base import STUDENTS, Student, check_student
from asymptotics.model.students.nonlinear import ACTIVATIONS, gaussian_coefficients
from asymptotics.symbols import N, k, kappa, r

DF = Symbol("df_1", positive=True)
GAUSSIAN = GaussianFeatures().zeta(kappa, DF)


@pytest.mark.parametrize(
    ("name", "one", "expected"),
    [
        ("one layer", DeepRandomFeatures(widths=(N,)), GAUSSIAN),
        ("two layers", DeepRandomFeatures(widths=(N, 2 * N)), kappa * (1 - DF / N) * (1 - DF / 2 / N)),
        ("rotation", OrthogonalFeatures(modes=r * N), kappa * (1 - DF / N) / (1 - DF / (r * N))),
        ("no white part", NonlinearFeatures(linear=1, white=0), GAUSSIAN),
        ("truncation", SpectralTruncation(), kappa),
    ],
)
def test_zeta(name, one, expected):
    assert simplify(one.zeta(kappa, DF) - expected) == 0, name


@pytest.mark.parametrize(
    "one",
    [GaussianFeatures(), OrthogonalFeatures(modes=9), NonlinearFeatures(linear=1, white=2),
     StructuredFeatures(eigenvalues=1 / k), DeepRandomFeatures(widths=(N, 2 * N))],
)  # fmt: skip
def test_infinitely_many_features_are_the_kernel(one):
    assert limit(one.zeta(kappa, DF, oo) / kappa, DF, 0) == 1


def test_equal_rows_are_gaussian():
    found = StructuredFeatures(eigenvalues=[5, 5, 5]).zeta(kappa, Rational(3, 2), 3)
    (root,) = found.atoms(*[type(f) for f in found.args if f.func.__name__ == "Root"])
    equation, x = root.args
    assert equation.subs(x, 1) == 0  # sum 1/(1 + x) = 3/2
    assert found.subs(root, 1) == kappa / 2


@pytest.mark.parametrize("name", ["relu", "erf"])
def test_coefficients_in_closed_form(name):
    closed = NonlinearFeatures(activation=name).coefficients(Integer(2))
    numbers = gaussian_coefficients(ACTIVATIONS[name], Integer(2))
    assert all(abs((x - y).evalf(30)) < 1e-25 for x, y in zip(closed, numbers, strict=True))


def test_an_activation_takes_the_variance_of_its_inputs():
    found = NonlinearFeatures(activation=lambda h: 3 * h).for_trace(Integer(2))
    assert abs(found.linear - 3) < 1e-25 and abs(found.white) < 1e-12


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: DeepRandomFeatures(widths=(100, -5)), r"widths\[1\] = -5; give a number >= 1"),
        (lambda: DeepRandomFeatures(widths=()), "one layer or more"),
        (lambda: DeepRandomFeatures(widths=7), "not a sequence"),
        (lambda: OrthogonalFeatures(modes=0), "modes = 0"),
        (lambda: OrthogonalFeatures(modes=50).check_size(100), "N = 100 rows of a rotation of M = 50 modes"),
        (lambda: StructuredFeatures(eigenvalues=[1, -1]), "one number > 0 for each row"),
        (lambda: StructuredFeatures(eigenvalues=3), "expression in one letter"),
        (lambda: StructuredFeatures(eigenvalues=[1, 2]).check_size(3), "use N=2"),
        (lambda: NonlinearFeatures(), "activation=..., or linear="),
        (lambda: NonlinearFeatures(linear=1), "activation=..., or linear="),
        (lambda: NonlinearFeatures(linear=0, white=1), "linear = 0"),
        (lambda: NonlinearFeatures(activation="gelu2"), "'relu', 'tanh', 'erf'"),
        (lambda: NonlinearFeatures(activation=lambda h: h * h).for_trace(Integer(1)), "linear part"),
        (lambda: check_student(GaussianFeatures), "GaussianFeatures"),
    ],
)
def test_refused_in_one_line(make, words):
    with pytest.raises(DomainError, match=words) as caught:
        make()
    assert "\n" not in str(caught.value)


def test_a_student_from_elsewhere():
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Twice(Student):
        title = "two students on top of each other"
        name = "twice"

        def zeta(self, kappa, modes, size=N):
            return kappa * (1 - modes / size) ** 2

    with STUDENTS.holding(Twice):
        assert check_student(Twice()).zeta(kappa, DF) == kappa * (1 - DF / N) ** 2
    assert "twice" not in STUDENTS
