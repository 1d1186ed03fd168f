"""Laws on spheres and tori, symbolic in the dimension, against counting modes and against the full model."""

from __future__ import annotations

import pytest
from sympy import Expr, Rational, Symbol

from asymptotics import Task, derive, harmonics, power_law, torus
from asymptotics.symbols import a, b, k
from numerics import FullModel, verify
from numerics.spectra.arrays import spectrum_arrays

d = Symbol("d", positive=True)
SPHERE = Task(eigenvalues=k**-b, target=k**-a, multiplicity=harmonics(d))


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
