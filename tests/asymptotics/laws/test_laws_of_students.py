"""Laws of students other than Gaussian random features: what is left at t = oo, and the orders in 1/N."""

import pytest
from sympy import Integer, Min, Rational, Symbol, pi, simplify, sin, sqrt, zeta

from asymptotics import (
    DeepRandomFeatures,
    DomainError,
    Law,
    NonlinearFeatures,
    OrthogonalFeatures,
    SpectralTruncation,
    StructuredFeatures,
    UnableError,
    derive,
    power_law,
)
from asymptotics.symbols import M, N, a, b, k
from numerics import verify

mu = Symbol("mu", positive=True)
TASK = power_law(a, b)
GAUSSIAN = derive(TASK)
DEEP = derive(TASK, student=DeepRandomFeatures(widths=(2 * N, N, 4 * N)))
NONLINEAR = derive(TASK, student=NonlinearFeatures(linear=1, white=mu))
A = (pi / b) / sin(pi / b)
s = (a - 1) / b
REGIMES = ({a: 2, b: 3}, {a: 6, b: 2})


@pytest.mark.parametrize("name", ["model", "bias_model", "variance_model"])
def test_the_narrowest_layer_alone_counts_at_the_end(name):
    assert getattr(DEEP, name).regimes == getattr(GAUSSIAN, name).regimes
    assert getattr(derive(TASK, student=DeepRandomFeatures(widths=(3 * N, 2 * N))), name).exponent == (
        getattr(GAUSSIAN, name).exponent
    )


def test_a_wider_narrowest_layer_is_a_larger_model():
    wide = derive(TASK, student=DeepRandomFeatures(widths=(3 * N, 2 * N))).model.at(a=2, b=3)
    assert simplify(wide.leading - GAUSSIAN.model.at(a=2, b=3).leading.subs(N, 2 * N)) == 0


@pytest.mark.parametrize(
    ("student", "share"),
    [
        (DeepRandomFeatures(widths=(2 * N, N, 4 * N)), Rational(7, 4)),
        (StructuredFeatures(eigenvalues=[1, 1, 4]), Integer(18) / 12),
    ],
    ids=["sum 1/N_l", "mean square of the rows"],
)
@pytest.mark.parametrize("at", REGIMES)
def test_first_order_transients(student, share, at):
    found, plain = (laws.model_transient.at(at).leading for laws in (derive(TASK, student=student), GAUSSIAN))
    assert simplify(found / plain - share) == 0


def test_a_rotation_of_all_modes_has_no_transient():
    task = power_law(a, b, modes=M)
    assert OrthogonalFeatures(modes=M).slopes()[0].equals(N / M - 1)
    laws = derive(task, student=OrthogonalFeatures(modes=M))
    assert laws.model.regimes == derive(task).model.regimes
    with pytest.raises(DomainError, match="pass modes=100 to the task"):
        derive(TASK, student=OrthogonalFeatures(modes=100))


def test_the_first_modes_do_not_saturate():
    laws = derive(TASK, student=SpectralTruncation())
    assert laws.model.exponent == a - 1 and laws.model.prefactor == 1 / (a - 1)
    ratio = (laws.model.prefactor / GAUSSIAN.model.regimes[0].prefactor).subs({a: 2, b: 3})
    assert simplify(ratio - (sin(pi * s) / ((pi / b) * (a - 1) * A ** (a - 1))).subs({a: 2, b: 3})) == 0
    for name in ("variance_model", "model_transient"):
        with pytest.raises(UnableError, match="the first N modes"):
            _ = getattr(laws, name)


def test_a_white_part_makes_features_costly():
    assert NONLINEAR.model.exponent == Min(s, 1)
    below, above = (NONLINEAR.model.at(at).prefactor for at in REGIMES)
    assert simplify(below - (pi / b / sin(pi * s) * mu ** (2 * s)).subs(REGIMES[0])) == 0
    assert simplify(above - (mu**2 * zeta(a - b)).subs(REGIMES[1])) == 0
    relu = derive(power_law(6, 2), student=NonlinearFeatures(activation="relu")).model
    white = sqrt(Rational(1, 4) - 1 / (2 * pi)) * sqrt(zeta(2))
    assert simplify(relu.prefactor - 4 * white**2 * zeta(4)) == 0


def test_without_a_white_part_they_are_gaussian():
    laws = derive(TASK, student=NonlinearFeatures(linear=1, white=0))
    for name in ("model", "model_transient", "model_transient_second"):
        assert getattr(laws, name).regimes == getattr(GAUSSIAN, name).regimes


def test_laws_without_features_do_not_change():
    for name in ("time", "data", "early_stopping", "data_transient", "gap"):
        assert getattr(DEEP, name).regimes == getattr(GAUSSIAN, name).regimes


@pytest.mark.parametrize("laws", [DEEP, NONLINEAR, derive(TASK, student=SpectralTruncation())])
def test_laws_are_written_and_read(laws):
    law = laws.model.at(a=3, b=Rational(5, 2))
    assert Law.from_dict(law.to_dict()) == law and law.student == laws.student


@pytest.mark.parametrize(
    "student",
    [
        DeepRandomFeatures(widths=(N, 2 * N)),
        SpectralTruncation(),
        NonlinearFeatures(linear=1, white=Rational(1, 2)),
        StructuredFeatures(eigenvalues=[1, 2]),
    ],
    ids=lambda student: student.name,
)
def test_steps_of_the_model_law_hold(student):
    assert derive(power_law(2, 3), student=student).model.derivation.check(digits=20).passed


@pytest.mark.slow
@pytest.mark.parametrize("name", ["variance_model", "model_transient", "model_transient_second"])
@pytest.mark.parametrize(
    "student",
    [
        DeepRandomFeatures(widths=(N, 2 * N)),
        NonlinearFeatures(linear=1, white=Rational(1, 2)),
        StructuredFeatures(eigenvalues=[1, 2]),
        StructuredFeatures(eigenvalues=k ** -Rational(1, 4)),
    ],
    ids=str,
)
def test_steps_of_transients_hold(name, student):
    checked = getattr(derive(power_law(2, 3), student=student), name).derivation.check(digits=20)
    assert not checked.failed, str(checked)


@pytest.mark.parametrize(
    ("student", "at"),
    [
        (DeepRandomFeatures(widths=(2 * N, 3 * N)), REGIMES[0]),
        (SpectralTruncation(), REGIMES[1]),
        (NonlinearFeatures(linear=1, white=Rational(1, 2)), REGIMES[0]),
        (NonlinearFeatures(linear=2, white=1), REGIMES[1]),
        (StructuredFeatures(eigenvalues=k ** -Rational(1, 4)), REGIMES[0]),
    ],
    ids=["deep", "truncation", "nonlinear below", "nonlinear above", "structured"],
)
def test_against_the_full_model_of_the_student(student, at):
    law = derive(TASK, student=student).model.at(at)
    assert verify(law, digits=15).verdict == "HOLDS"
    assert verify(law.stating(prefactor=law.prefactor * Rational(101, 100)), digits=15).verdict == "FAILS"


def test_orders_in_features_of_other_students_are_not_compared():
    with pytest.raises(UnableError, match="deep random features"):
        verify(DEEP.model_transient.at(a=2, b=3))
