"""Laws of students other than Gaussian random features: what is left at t = oo, and the orders in 1/N."""

from dataclasses import replace

import mpmath
import pytest
from sympy import Float, Integer, Min, Rational, Symbol, oo, pi, simplify, sin, sqrt, zeta

from asymptotics import (
    DeepRandomFeatures,
    DomainError,
    GaussianFeatures,
    Law,
    NonlinearFeatures,
    OrthogonalFeatures,
    SpectralTruncation,
    SpectrumError,
    StructuredFeatures,
    UnableError,
    check_claim,
    derive,
    power_law,
)
from asymptotics.laws.ensembling import ensembling
from asymptotics.symbols import E, M, N, P, a, b, k, n, r, t
from numerics import FullModel, simulate, verify
from numerics.verification.references import Place, reference_value

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


@pytest.mark.parametrize(
    "at",
    [
        pytest.param((Rational(9, 4), Rational(3, 2)), marks=pytest.mark.slow),
        (Rational(7, 5), Rational(3, 4)),
    ],
)
def test_a_rotation_of_modes_that_grow_with_it(at):
    task, student = power_law(a, b, modes="r*N"), OrthogonalFeatures(modes="r*N")
    law, plain = (derive(task, **options).model for options in ({"student": student}, {}))
    assert law.leading == plain.leading  # as many modes are resolved as there are rows
    numbers = dict(zip((a, b), at, strict=True)) | {r: 2}
    found = verify(law, at=numbers, digits=15)
    assert found.verdict == "HOLDS"
    grown = FullModel(task, numbers, N=10, P=15, student=student, digits=8)
    given = FullModel(power_law(*at, modes=20), N=10, P=15, student=OrthogonalFeatures(modes=20), digits=8)
    assert grown.test_loss(3) == given.test_loss(3)
    drawn = simulate(task, numbers, N=10, P=15, student=student, times=3, draws=1000, seed=3)
    mean, error = drawn.test_loss[0], drawn.test_loss_error[0]
    assert abs(mean - float(grown.test_loss(3))) < 3.5 * error + 0.05 * mean


def test_its_first_order_is_that_of_independent_rows_less_one_of_all_modes():
    n = 10**6
    task, student = power_law(Rational(9, 4), Rational(3, 2), modes="3*N"), OrthogonalFeatures(modes="3*N")
    (kernel, independent, rotated) = (
        FullModel(power_law(Rational(9, 4), Rational(3, 2), modes=3 * n), digits=12, **options).test_loss(100)
        for options in ({}, {"N": n}, {"N": n, "student": student})
    )
    assert abs(float((rotated - kernel) / (independent - kernel)) - 2 / 3) < 1e-4
    laws, plain = derive(task, student=student), derive(task)
    assert simplify(laws.model_transient.leading / plain.model_transient.leading) == Rational(2, 3)


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


@pytest.mark.slow
@pytest.mark.parametrize("name", ["model_transient", "model_transient_second"])
@pytest.mark.parametrize(
    "student",
    [
        DeepRandomFeatures(widths=(N, 2 * N)),
        NonlinearFeatures(linear=1, white=Rational(1, 2)),
    ],
    ids=lambda student: student.name,
)
def test_transients_against_the_full_model_of_the_student(student, name):
    law = getattr(derive(power_law(2, 3), student=student), name)
    assert verify(law, digits=12).verdict == "HOLDS"
    wrong = law.stating(prefactor=law.prefactor * Rational(101, 100))
    assert verify(wrong, digits=12).verdict == "FAILS"


@pytest.mark.slow
def test_the_noise_of_batches_in_deep_features():
    law = derive(power_law(2, 3), student=DeepRandomFeatures(widths=(N, 2 * N))).sgd_noise_transient
    assert verify(law, digits=12).verdict == "HOLDS"
    wrong = law.stating(prefactor=law.prefactor * Rational(2, 3))  # that of one layer
    assert verify(wrong, digits=12).verdict == "FAILS"


@pytest.mark.slow
def test_the_transient_of_a_rotation_of_modes_that_grow():
    laws = derive(power_law(a, b, modes="r*N"), student=OrthogonalFeatures(modes="r*N"))
    law = laws.model_transient.at(a=Rational(9, 4), b=Rational(3, 2), r=3)
    place = Place(task=law.task, resource=Integer(100), digits=12, student=OrthogonalFeatures(modes=3 * N))
    found = reference_value("model_transient", place)
    plain = reference_value("model_transient", replace(place, student=GaussianFeatures()))
    assert found.agrees_with(plain * 2 / 3)
    with pytest.raises(UnableError, match=r"second order.*orthogonal features"):
        verify(laws.model_transient_second, at={a: Rational(9, 4), b: Rational(3, 2), r: 3})


@pytest.mark.slow
def test_the_transient_of_a_rotation_holds():
    law = derive(power_law(a, b, modes="r*N"), student=OrthogonalFeatures(modes="r*N")).model_transient
    numbers = {a: Rational(9, 4), b: Rational(3, 2), r: 3}
    assert verify(law, at=numbers, digits=16).verdict == "HOLDS"
    wrong = law.stating(prefactor=law.prefactor * Rational(101, 100))
    assert verify(wrong, at=numbers, digits=16).verdict == "FAILS"


UNEVEN = derive(power_law(2, 3), student=StructuredFeatures(eigenvalues=k ** -Rational(1, 4)))


@pytest.mark.slow
def test_rows_that_depend_on_their_number_have_a_transient_at_each():
    far, law = {N: 10**24}, UNEVEN.model_transient
    assert verify(law, at=far, digits=12).verdict == "HOLDS"
    wrong = law.stating(prefactor=law.prefactor * Rational(101, 100))
    assert verify(wrong, at=far, digits=12).verdict == "FAILS"


@pytest.mark.parametrize(
    ("name", "size", "says"),
    [
        ("model_transient", 1, "N = 1 is too near, give one such as"),
        ("model_transient_second", 10**60, "the second has no number"),
    ],
)
def test_rows_that_depend_on_their_number_ask_for_one(name, size, says):
    with pytest.raises(UnableError, match=says):
        verify(getattr(UNEVEN, name), at={N: size}, digits=8)


@pytest.mark.parametrize(
    ("student", "order"),
    [
        pytest.param(DeepRandomFeatures(widths=(N, 2 * N)), 1, marks=pytest.mark.slow),
        pytest.param(DeepRandomFeatures(widths=(N, 2 * N)), 2, marks=pytest.mark.slow),
        (NonlinearFeatures(linear=1, white=Rational(1, 2)), 1),
    ],
    ids=str,
)
def test_one_time_of_transients_against_the_full_model_of_the_student(student, order):
    """Two models of finite N, far before the crossover, at one time; the law with its known orders."""
    task, name = power_law(2, 3), ("model_transient", "model_transient_second")[order - 1]
    place = Place(task=task, resource=Integer(10) ** 8, digits=12, student=student)
    found = reference_value(name, place)
    law = getattr(derive(task, student=student), name)
    terms = law.expansion(terms=4).as_expr().subs({t: place.resource, N: 1}).evalf(20)
    assert abs(found.value / mpmath.mpf(terms) - 1) < 1e-6 and found.relative_error < 1e-6


WHITE = derive(power_law(a, b, noise="1/2"), student=NonlinearFeatures(linear=1, white=1))


@pytest.mark.parametrize(("at", "exponent"), [({a: 2, b: 3}, s), ({a: 4, b: 3}, 1 - 1 / b)])
def test_a_white_part_is_a_ridge_of_the_data(at, exponent):
    """``kappa (1 - df1/P) = mu_*^2/(mu_1^2 P)`` at any width: kappa is of order 1/P, not P^-b."""
    law = WHITE.data.at(at)
    assert law.exponent == exponent.subs(at)
    assert verify(law, digits=10).verdict == "HOLDS"
    assert verify(law.stating(prefactor=law.prefactor * Rational(101, 100)), digits=10).verdict == "FAILS"
    assert NONLINEAR.data.at(a=4, b=2).exponent == Rational(3, 2)


@pytest.mark.slow
@pytest.mark.parametrize("laws", [WHITE, derive(TASK, student=DEEP.student)], ids=["white", "deep"])
@pytest.mark.parametrize("name", ["ridge", "optimal_ridge", "optimal_ridge_value", "optimal_ridge_width"])
def test_ridges_of_students_against_the_full_model(laws, name):
    law = getattr(laws, name).at(a=4, b=3)
    assert verify(law, digits=15).verdict == "HOLDS"
    assert verify(law.stating(prefactor=law.prefactor * Rational(101, 100)), digits=15).verdict == "FAILS"


@pytest.mark.slow
def test_ridges_beside_a_white_part():
    """The best loss is that of the kernel, the best ridge is less by ``mu_*^2/(mu_1^2 P)``."""
    assert WHITE.optimal_ridge.regimes == derive(power_law(a, b, noise="1/2")).optimal_ridge.regimes
    assert WHITE.optimal_ridge_value.at(a=2, b=3).leading == -1 / P


def test_the_width_that_the_best_ridge_needs_of_a_student():
    """``-c_1 (df1 - df2) (V + (L + sigma^2) (df1 - df2)/P)``: the layers come in once, by sum 1/N_l."""
    task = power_law(2, 3, noise="1/2")
    deep, plain = (derive(task, **one).optimal_ridge_width for one in ({"student": DEEP.student}, {}))
    assert simplify(deep.leading / plain.leading) == Rational(7, 4)


@pytest.mark.parametrize(
    ("values", "noise", "rows", "exponent", "falls", "size", "apart"),
    [
        # those about the row at which df1 rows are resolved: df1 (y/df1)^(c/(1 - c)), to N = P^(1/(1 - c))
        ((Rational(7, 2), 2), 1, Rational(2, 3), Rational(4, 7), 0.5, 10**20, 0.011),
        # the first rows: (y zeta(2 c) (1 - c)^2)^(1/(2 - 2 c)), beyond it
        ((Rational(9, 2), 2), 0, Rational(3, 5), Rational(25, 8), 0.8, 10**12, 8e-4),
    ],
)
def test_the_width_that_the_best_ridge_needs_of_rows_of_unlike_length(
    values, noise, rows, exponent, falls, size, apart
):
    """N rows i^-c, 1/2 < c < 1, are as many as double the loss of the full model at its best ridge."""
    task, student = power_law(*values, noise=noise), StructuredFeatures(eigenvalues=k**-rows)
    law = derive(task, student=student).optimal_ridge_width
    assert law.exponent == -exponent
    best = FullModel(task, P=size, digits=20).optimal_ridge()
    ridge, N = Float(best.argument.value, 30), round(law(size))
    wide = FullModel(task, P=size, N=N, ridge=ridge, student=student).test_loss(oo)
    # the loss is as much larger as N falls short, to the power of 1 - e
    assert abs((wide.value / best.loss.value - 1) ** (1 / falls) - 1) < apart


@pytest.mark.parametrize(
    ("values", "noise", "power", "apart"), [((2, 2), 0, 3, 3e-4), ((2, 2), 0, 6, 1e-6), ((3, 2), 1, 3, 2e-3)]
)
def test_the_share_of_many_rows_of_unlike_length(values, noise, power, apart):
    """i^-3/4: ``(P/N)^(1/3)`` below N = P^4 (arXiv 2405.00592), ``P N^-1/2`` beyond, against the model."""
    task, student = power_law(*values, noise=noise), StructuredFeatures(eigenvalues=k ** -Rational(3, 4))
    law = derive(task, student=student).feature_share.at(n=power)
    size = 10**12
    wide, none = (
        FullModel(task, P=size, digits=20, **one).test_loss(oo)
        for one in ({"N": size**power, "student": student}, {})
    )
    assert abs(float((wide - none) / none) / law(size) - 1) < apart


def test_the_share_of_features_in_all_their_pieces():
    """To first order in 1/N, ``(P/N) V/L``-like; where the two pieces of rows meet there is no law."""
    law = derive(TASK).feature_share
    assert {r.exponent for r in law.regimes if not r.is_boundary} == {n - 1, b + n - a, n - b - 1}
    rows = derive(TASK, student=StructuredFeatures(eigenvalues=k ** -Rational(3, 4))).feature_share
    assert rows.at(a=2, b=2, n=3).exponent == Rational(2, 3) and rows.at(a=2, b=2, n=6).exponent == 2
    assert verify(derive(power_law(4, 2, noise=1)).feature_share, at={n: 3}).verdict == "HOLDS"
    with pytest.raises(SpectrumError, match="the feature_share law needs n > 1"):
        law.at(n=1)
    with pytest.raises(UnableError, match="their white part is a ridge"):
        NONLINEAR.feature_share  # noqa: B018


def test_rows_at_the_edge_of_two_widths():
    """Where both candidates are of one order neither leads; elsewhere the law is cut there."""
    student = StructuredFeatures(eigenvalues=k ** -Rational(2, 3))
    law = derive(TASK, student=student).optimal_ridge_width
    assert law.at(a=5, b=2).exponent == -Rational(9, 2)
    with pytest.raises(UnableError, match="on the crossover from one to the other"):
        derive(power_law(4, 2), student=student).optimal_ridge_width  # noqa: B018
    flat = derive(power_law(5, 2), student=StructuredFeatures(eigenvalues=k ** -Rational(1, 4)))
    assert flat.optimal_ridge_width.leading / derive(power_law(5, 2)).optimal_ridge_width.leading == Rational(
        9, 8
    )


@pytest.mark.parametrize(
    ("laws", "names", "why"),
    [
        (NONLINEAR, ("gap", "data_transient", "early_stopping", "sgd_noise"), "white part of nonlinear"),
        (DEEP, ("sgd_noise_model", "critical_batch_model"), "what batches add to deep random features"),
        (derive(TASK, student=SpectralTruncation()), ("optimal_ridge_width",), "the first N modes"),
    ],
)
def test_what_is_not_derived_of_a_student_is_refused(laws, names, why):
    for name in names:
        assert why in laws.refusal(name)


def test_ensembles_of_students():
    """Members that are not drawn are all the same; with a white part a wide model is better, or as good."""
    (same,) = ensembling(derive(TASK, student=SpectralTruncation()))
    assert same.factor == E ** (a - 1) and same.width_wins
    below, above = ensembling(NONLINEAR)
    assert below.width_wins and simplify(below.factor - E**s * (1 - s + s / E)) == 0
    assert above.factor == 1 and above.width_wins is False
    below, above = ensembling(DEEP)
    assert (below.factor, above.factor) == tuple(one.factor for one in ensembling(GAUSSIAN))


def test_ensembles_of_nonlinear_features_against_the_full_model():
    """One model of 8 N features against 8 of N, at t = oo: f(8) = 8^s (1 - s + s/8)."""
    student, task = NonlinearFeatures(linear=1, white=1), power_law(2, 3)
    wide, narrow = (FullModel(task, N=n, student=student, digits=12) for n in (8 * 10**12, 10**12))
    ratio = float(narrow.ensemble_loss(oo, 8)) / float(wide.test_loss(oo))
    factor = ensembling(derive(task, student=student))[0].factor
    assert abs(ratio / float(factor.subs(E, 8)) - 1) < 1e-3


@pytest.mark.parametrize(
    ("claim", "laws", "name", "verdict"),
    [
        ("N**(-Min(a - 1, b)/b)", NONLINEAR, "model", "HOLDS"),
        ("P**(-Min(a - 1, 2*b)/b)", NONLINEAR, "data", "HOLDS"),
        ("P**(-Min(a - 1, 2*b))", NONLINEAR, "data", "FAILS"),
        ("N**(-Min(a - 1, b))", DEEP, "model", "HOLDS"),
        ("N**(1 - a)/(a - 1)", derive(TASK, student=SpectralTruncation()), "model", "HOLDS"),
        ("N**(-Min(a - 1, b))", derive(TASK, student=SpectralTruncation()), "model", "FAILS"),
    ],
)
def test_claims_about_students(claim, laws, name, verdict):
    assert check_claim(claim, getattr(laws, name)).verdict == verdict


@pytest.mark.parametrize("rows", ["k**-(3/2)", "2**-k", "(k + 1)**-2"])
def test_rows_of_a_finite_sum_are_never_a_kernel(rows):
    """Their m_2 grows as N: however many there are, L(t, N) keeps its distance to L(t)."""
    student = StructuredFeatures(eigenvalues=rows)
    for name in ("model_transient", "optimal_ridge_width"):
        with pytest.raises(UnableError, match="have a finite sum"):
            getattr(derive(power_law(3, 2, noise=1), student=student), name)
    if rows == "k**-(3/2)":
        kernel, *finite = (
            float(FullModel(power_law(3, 2), digits=6, N=N, student=student).test_loss(1000))
            for N in (oo, 10**6, 10**9)
        )
        assert min(finite) > 2 * kernel and abs(finite[0] / finite[1] - 1) < 0.05
