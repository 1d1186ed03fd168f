"""Multiplicities: counts of modes, ratios of gamma functions at large and complex k, laws in d dimensions."""

from __future__ import annotations

import math
from itertools import product

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import (
    Expr,
    Rational,
    Symbol,
    binomial,
    cos,
    exp,
    expand,
    factorial,
    ff,
    gamma,
    lambdify,
    log,
    rf,
    sqrt,
)
from sympy import beta as beta_function

from asymptotics import BottleneckError, DomainError, SpectrumError, Task, derive, harmonics, power_law, torus
from asymptotics.expansions.gamma_products import split_gammas, without_gammas
from asymptotics.expansions.tail import tail_expansion
from asymptotics.parsing.expressions import parse
from asymptotics.symbols import a, b, k
from asymptotics.tasks.multiplicity import check_multiplicity
from numerics import FullModel, verify
from numerics.spectra.arrays import spectrum_arrays
from numerics.spectra.compiled import compiled
from numerics.values.arithmetic import field_of

d = Symbol("d", positive=True)
SPHERE = Task(eigenvalues=k**-b, target=k**-a, multiplicity=harmonics(d))


# -- counts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dimension", [2, 3, 4, 5, 8])
def test_harmonics_are_the_difference_of_two_spaces_of_polynomials(dimension: int) -> None:
    # homogeneous polynomials of degree k less those of degree k - 2, which |x|^2 multiplies
    for count in (harmonics(dimension), harmonics(d).subs(d, dimension)):
        for degree in range(1, 12):
            wanted = math.comb(degree + dimension - 1, dimension - 1)
            wanted -= math.comb(degree + dimension - 3, dimension - 1) if degree > 1 else 0
            assert count.subs(k, degree) == wanted


@pytest.mark.parametrize("dimension", [3, 4, 7])
def test_with_the_constant_mode_the_levels_are_shifted_by_one(dimension: int) -> None:
    count = harmonics(dimension, constant=True)
    assert [count.subs(k, 1), count.subs(k, 2)] == [1, dimension]
    assert count.subs(k, 6) == harmonics(dimension).subs(k, 5)
    assert harmonics(d, constant=True).subs({d: dimension, k: 1}) == 1


@pytest.mark.parametrize("dimension", [1, 2, 3])
def test_torus_counts_the_modes_of_a_shell(dimension: int) -> None:
    for shell in (1, 2, 3):
        modes = product(range(-shell, shell + 1), repeat=dimension)
        wanted = sum(max(map(abs, n)) == shell for n in modes)
        assert torus(dimension).subs(k, shell) == wanted == torus(d).subs({d: dimension, k: shell})


@pytest.mark.parametrize("wrong", [0, 1, Rational(5, 2), -3, "x + 1.5"])
def test_dimensions_are_whole(wrong: object) -> None:
    if wrong == "x + 1.5":
        assert harmonics(wrong).free_symbols == {k, Symbol("x", positive=True)}
        return
    with pytest.raises(DomainError, match="need a whole dimension d >= 2"):
        harmonics(wrong)


SEQUENCES: list[tuple[Expr, bool]] = [
    (2 * k + 1, True),
    (k * (k + 1) / 2, True),
    (k * (k + 1) * (2 * k + 1) / 6, True),
    (binomial(k + 3, 3), True),
    (binomial(2 * k, k), True),
    (harmonics(5), True),
    (torus(4), True),
    ((k - 1) ** 2, True),  # a level without modes
    (k / 2, False),
    (k * (k + 1) / 4, False),
    (5 - k, False),
    (10**6 - k, False),
    (sqrt(k), False),
    (k * (k - 1) * (k - 2) / 5, False),
    (1 / k, False),
    (Rational(3, 2), False),
    (1 / (k - 4), False),
]


@pytest.mark.parametrize(("count", "whole"), SEQUENCES, ids=[str(c) for c, _ in SEQUENCES])
def test_a_multiplicity_is_a_sequence_of_integers(count: Expr, whole: bool) -> None:
    task = Task(eigenvalues=k**-9, target=k**-9, multiplicity=count)
    if whole:
        check_multiplicity(task)
        return
    for use in (check_multiplicity, derive, FullModel):
        with pytest.raises(SpectrumError, match="multiplicity") as refused:
            use(task)
        assert "\n" not in str(refused.value)


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=4))
@settings(max_examples=40, deadline=None)
def test_sums_of_binomials_are_whole_and_a_third_of_them_is_not(weights: list[int]) -> None:
    # every integer-valued polynomial is such a sum (Polya); 10 binom(k, j) keeps it above zero
    count = sum((w + 10) * binomial(k + j, j) for j, w in enumerate(weights))
    check_multiplicity(Task(eigenvalues=k**-9, target=k**-9, multiplicity=count))
    with pytest.raises(SpectrumError):
        third = count + Rational(1, 3)
        check_multiplicity(Task(eigenvalues=k**-9, target=k**-9, multiplicity=third))


def test_a_finite_spectrum_is_only_looked_at_as_far_as_it_goes() -> None:
    check_multiplicity(Task(eigenvalues=k**-1, target=k**-1, multiplicity=5 - k, modes=5))
    lam, _ = spectrum_arrays(Task(eigenvalues=k**-1, target=k**-1, multiplicity=(k - 2) ** 2, modes=3))
    assert lam.tolist() == [1.0, pytest.approx(1 / 3)]


# -- large k -----------------------------------------------------------------------------------------

RATIOS: list[Expr] = [
    gamma(k + Rational(1, 3)) / gamma(k),
    gamma(k + d) / gamma(k - d),
    binomial(2 * k, k) / 4**k,
    binomial(k + d, k),
    beta_function(k, d + 1),
    rf(k, Rational(1, 2)) * k**-a,
    ff(k + 3, d),
    gamma(k / 2 + 1) ** 2 * 2**k / gamma(k + 2),
    factorial(k) * gamma(3 * k) / gamma(2 * k + 1) / gamma(2 * k) * Rational(16, 27) ** k,
    sqrt(gamma(k + d) / gamma(k + 1)),
    harmonics(d),
    torus(d),
    (k + d) ** b - (k + d + 1) ** b,
]


@pytest.mark.parametrize("ratio", RATIOS, ids=map(str, RATIOS))
def test_ratios_of_gammas_expand_at_large_k(ratio: Expr) -> None:
    values = {d: Rational(7, 2), a: Rational(5, 3), b: Rational(9, 4)}
    number = lambdify(k, ratio.subs(values), "mpmath")
    with mpmath.workdps(120):
        for depth in (1, 3, 6):
            series = tail_expansion(ratio, k, depth)
            assert 0 < len({t.order for t in series.terms}) <= depth
            stated = lambdify(k, series.as_expr().subs(values), "mpmath")
            rest = [abs(stated(x) / number(x) - 1) for x in (mpmath.mpf(10) ** 5, mpmath.mpf(10) ** 6)]
            slope = mpmath.log(rest[0] / rest[1], 10)
            left = series.remainder_order - series.leading().order
            assert slope > float(left.subs(values)) - 1e-2  # more, where the next order vanishes
            # a coefficient that is off by a ten-thousandth leaves the remainder at the order of its term
            last = series.terms[-1]
            wrong_series = series.as_expr() + series.term_expression(last) / 10**4
            mutant = lambdify(k, wrong_series.subs(values), "mpmath")
            rest = [abs(mutant(x) / number(x) - 1) for x in (mpmath.mpf(10) ** 7, mpmath.mpf(10) ** 8)]
            wrong = float((last.order - series.leading().order).subs(values))
            assert abs(mpmath.log(rest[0] / rest[1], 10) - wrong) < 1e-2


@pytest.mark.parametrize(
    "alone",
    [factorial(k), 1 / gamma(k), binomial(2 * k, k), gamma(d - k), gamma(k**2) / gamma(k)],
)
def test_growth_beyond_powers_is_refused(alone: Expr) -> None:
    with pytest.raises(SpectrumError, match="gamma") as refused:
        tail_expansion(alone, k, 2)
    assert "\n" not in str(refused.value)


def test_binomials_that_are_polynomials_become_polynomials() -> None:
    found = without_gammas(binomial(k + 2, 2) * k**-b, k)
    assert expand(found - (k**2 / 2 + 3 * k / 2 + 1) * k**-b) == 0
    assert split_gammas(k**2, k) == (None, k**2)


# -- complex k ---------------------------------------------------------------------------------------


@given(
    re=st.floats(0.5, 300),
    im=st.floats(-100, 100),
    shift=st.fractions(0, 12, max_denominator=7),
    bits=st.sampled_from([60, 130]),
)
@settings(max_examples=20, deadline=None)
def test_ratios_at_complex_k(re: float, im: float, shift: Rational, bits: int) -> None:
    q = Rational(shift.numerator, shift.denominator)
    ratio = gamma(k + q) * gamma(k / 2 + 1) ** -2 / gamma(k + Rational(1, 3)) * gamma(k / 2 + q) ** 2
    with mpmath.workdps(int(bits * 0.302) + 40):
        with field_of(bits) as field:
            value = compiled(ratio, k, field)(
                field.complex(field.real(mpmath.mpf(re)), field.real(mpmath.mpf(im)))
            )
            found = mpmath.mpc(field.mpf(value.real), field.mpf(value.imag))
        wanted = lambdify(k, ratio, "mpmath")(mpmath.mpc(re, im))
        assert abs(found / wanted - 1) < mpmath.mpf(2) ** (12 - bits)


def test_far_out_the_growth_of_the_factors_does_not_matter() -> None:
    with field_of(100) as field:
        x = field.real(10) ** 3000
        assert abs(float(compiled(gamma(k + 2) / gamma(k) * k**-2, k, field)(x)) - 1) < 1e-25


# -- text --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("binomial(k + d - 3, k - 1)", binomial(k + d - 3, k - 1)),
        ("factorial(k)/factorial(k - 1)", factorial(k) / factorial(k - 1)),
        ("rf(k, d)", rf(k, d)),
        ("ff(k, 3)", k * (k - 1) * (k - 2)),
        ("binomial(6, 2)", 15),
    ],
)
def test_binomials_are_read(text: str, expression: Expr) -> None:
    assert parse(text) == expression


@pytest.mark.parametrize("text", ["factorial(100000)", "binomial(10^6, 5*10^5)", "binomial(k)", "rf(k, 500)"])
def test_factorials_are_bounded(text: str) -> None:
    with pytest.raises(DomainError):
        parse(text)


# -- laws --------------------------------------------------------------------------------------------


def test_laws_on_the_sphere_are_symbolic_in_d() -> None:
    laws = derive(SPHERE)
    assert set(map(str, laws.model.conditions)) == {"d > 1", "b + 1 > d", "a + 1 > d"}
    # by counting modes, lambda ~ n^(-b/(d - 1)): the laws of power-law features in n
    in_modes_laws = derive(power_law(a, b))
    for name in ("time", "model"):
        law, in_modes = getattr(laws, name), getattr(in_modes_laws, name)
        for at in ({a: 5, b: 4, d: 3}, {a: 9, b: 5, d: 4}, {a: 20, b: 7, d: 5}):
            counted = {a: (at[a] - at[d] + 1) / Rational(at[d] - 1) + 1, b: at[b] / Rational(at[d] - 1)}
            assert law.exponent.subs(at) == in_modes.exponent.subs(counted)


@pytest.mark.parametrize("dimension", [2, 3, 4, 5])
@pytest.mark.parametrize("count", [harmonics, torus])
@pytest.mark.slow
def test_numbers_for_d_agree_with_the_polynomial(count: type, dimension: int) -> None:
    symbolic = derive(Task(eigenvalues=k**-b, target=k**-a, multiplicity=count(d)))
    direct = derive(Task(eigenvalues=k**-b, target=k**-a, multiplicity=count(dimension)))
    for at in ({a: Rational(29, 4), b: Rational(20, 3)}, {a: Rational(101, 5), b: Rational(23, 4)}):
        for one, other in zip(symbolic, direct, strict=True):
            here, there = one.at({**at, d: dimension}), other.at(at)
            assert here.exponent == there.exponent
            ratio = (here.prefactor / there.prefactor).evalf(20)
            assert abs(ratio - 1) < 1e-15


def test_the_circle_is_twice_the_power_law() -> None:
    # two modes per level: N and P count double
    circle, line = derive(SPHERE.at(d=2)), derive(power_law(a, b))
    at = {a: Rational(8, 3), b: Rational(5, 2)}
    for one, other in ((circle.model, line.model), (circle.data, line.data)):
        ratio = one.at(at).prefactor / other.at(at).prefactor
        assert abs((ratio / (2 * 2 ** other.at(at).exponent)).evalf(20) - 1) < 1e-15
    assert circle.time.prefactor == 2 * line.time.prefactor


def test_the_model_of_a_sphere_is_that_of_its_modes() -> None:
    task = SPHERE.at(a=6, b=5, d=4)
    lam, power = spectrum_arrays(task, modes=60)
    listed = FullModel.from_arrays(lam, power, N=50).test_loss(100)
    whole = FullModel(Task(**{**_parts(task), "modes": 60}), N=50).test_loss(100)
    assert abs(float(listed) / float(whole) - 1) < 1e-12
    symbolic = FullModel(SPHERE, {a: 6, b: 5, d: 4}, N=50).test_loss(100)
    assert symbolic.agrees_with(FullModel(task, N=50).test_loss(100))


def _parts(task: Task) -> dict[str, Expr]:
    return {n: getattr(task, n) for n in ("eigenvalues", "target", "multiplicity")}


CHECKS = [
    pytest.param(harmonics, "time", {a: 6, b: Rational(9, 2), d: 3}, marks=pytest.mark.slow),
    pytest.param(harmonics, "model", {a: 6, b: Rational(9, 2), d: 3}, marks=pytest.mark.slow),
    pytest.param(harmonics, "data", {a: 6, b: Rational(9, 2), d: 3}, marks=pytest.mark.slow),
    pytest.param(harmonics, "time", {a: 9, b: Rational(11, 2), d: 4}, marks=pytest.mark.slow),
    (harmonics, "model", {a: 9, b: Rational(11, 2), d: 4}),  # one of them always, the others when asked
    pytest.param(harmonics, "data", {a: 9, b: Rational(11, 2), d: 4}, marks=pytest.mark.slow),
    pytest.param(torus, "model", {a: 7, b: Rational(9, 2), d: 2}, marks=pytest.mark.slow),
    pytest.param(torus, "data", {a: 5, b: Rational(9, 2), d: 3}, marks=pytest.mark.slow),
]


@pytest.mark.parametrize(("count", "name", "at"), CHECKS)
def test_laws_hold_against_the_full_model(count: type, name: str, at: dict[Symbol, Expr]) -> None:
    law = getattr(derive(Task(eigenvalues=k**-b, target=k**-a, multiplicity=count(d))), name)
    assert verify(law, at=at).verdict == "HOLDS"


@pytest.mark.slow
@pytest.mark.parametrize("mutant", ["exponent", "prefactor", "dimension"])
def test_wrong_laws_fail(mutant: str) -> None:
    at = {a: 6, b: Rational(9, 2), d: 3}
    law = derive(SPHERE).model
    if mutant == "dimension":  # the law of d = 4 for the sphere of d = 3
        law = law.stating(exponent=law.exponent.subs(d, d + 1))
    elif mutant == "exponent":
        law = law.stating(exponent=law.exponent * Rational(101, 100))
    else:
        law = law.stating(prefactor=law.at(at).prefactor * Rational(1001, 1000))
    assert verify(law, at=at).verdict == "FAILS"


# -- what is refused ---------------------------------------------------------------------------------

BAD: list[tuple[str, dict[str, object]]] = [
    ("grow", {"eigenvalues": k, "target": k**-2}),
    ("grow", {"eigenvalues": sqrt(k), "target": k**-2}),
    ("grow", {"eigenvalues": log(k + 1), "target": k**-2}),
    ("grow", {"eigenvalues": exp(k), "target": k**-2}),
    ("oscillate", {"eigenvalues": (-1) ** k * k**-2, "target": k**-2}),
    ("oscillate", {"eigenvalues": cos(k) / k**2, "target": k**-2}),
    ("oscillate", {"eigenvalues": k**-2, "target": cos(3 * k) / k**2}),
    ("diverges", {"eigenvalues": 1 / k, "target": k**-2}),
    ("diverges", {"eigenvalues": k**-3, "target": k**-3, "multiplicity": k**2}),
    ("diverges", {"eigenvalues": k**-2, "target": 1 / k}),
    ("grows", {"eigenvalues": k**-2, "target": k}),
    ("pole", {"eigenvalues": 1 / (k - 3) ** 2, "target": k**-2}),
    ("pole", {"eigenvalues": k**-2, "target": 1 / (2 * k - 8) ** 2}),
    ("negative", {"eigenvalues": k**-2, "target": -(k**-2)}),
    ("multiplicity", {"eigenvalues": k**-4, "target": k**-4, "multiplicity": -1}),
    ("multiplicity", {"eigenvalues": k**-4, "target": k**-4, "multiplicity": 0}),
]


@pytest.mark.parametrize(("what", "parts"), BAD, ids=[f"{w}: {p}" for w, p in BAD])
@pytest.mark.parametrize("use", [derive, FullModel])
def test_what_is_no_spectrum_is_refused_in_one_line(use: type, what: str, parts: dict[str, object]) -> None:
    with pytest.raises((SpectrumError, DomainError)) as refused:
        use(Task(**parts))
    assert isinstance(refused.value, BottleneckError)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) > 30


@pytest.mark.parametrize("text", ["k**", "k^-2)", "2k", "", "lambda", "k**-2; 1", "__import__('os')", "k!"])
def test_text_that_does_not_parse_is_refused(text: str) -> None:
    with pytest.raises(DomainError) as refused:
        Task(eigenvalues=text, target="k**-2")
    assert "\n" not in str(refused.value)
