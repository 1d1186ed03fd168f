"""Constants of budgets whose features move: the scaling function of time and size, against the model."""

import math
from functools import cache

import pytest
from sympy import Rational

from asymptotics import Rich, compute_optimal, derive, power_law
from asymptotics.errors import DomainError, PrecisionError
from asymptotics.laws.joint import joint_law
from asymptotics.symbols import N, P, a, b, gamma, t
from numerics import RichModel, constants, frontier
from numerics.optima.rich_crossover import RichCrossover

LAWS = derive(power_law(a, b))
HARD = [(N, {a: 2, b: 2}), (P, {a: Rational(9, 5), b: Rational(7, 3)})]


@pytest.mark.slow
@cache
def optimum(size):
    return compute_optimal(LAWS, size * t, features=Rich(gamma=gamma))


def scales(size, point):
    """kappa0, at which the size takes over, and the A of ``k^2 = gamma^2 A kappa0^(p-1)``; c, p and r."""
    law = joint_law(derive(power_law(*point.values())), size)
    amplitude, coefficient, p, r = (
        float(x.evalf()) for x in (law.amplitude, law.terms[0].coefficient, law.terms[0].power, law.r)
    )
    of_xi = coefficient if size == N else coefficient / (1 - p)
    return lambda amount: (amplitude / amount) ** (1 / r), of_xi, coefficient, p, r


@pytest.mark.parametrize(("size", "point"), HARD, ids=str)
def test_the_model_whose_features_are_rich_just_there_tends_to_it(size, point):
    """k = 1 at both sizes: as 1/N or 1/P."""
    at, of_xi, coefficient, p, r = scales(size, point)
    expected, apart = float(RichCrossover(p, r, size, 1.0)(1.0).value), []
    for amount in (10**3, 10**4):
        kappa0 = at(amount)
        model = RichModel(
            power_law(*point.values()), gamma=(of_xi * kappa0 ** (p - 1)) ** -0.5, **{size.name: amount}
        )
        found = float(model.test_loss(1 / kappa0))
        apart.append(abs(found / (coefficient * kappa0**p * expected) - 1))
    assert apart[0] < 1e-3
    assert 10 * apart[1] == pytest.approx(apart[0], rel=0.01)


@pytest.mark.slow
@pytest.mark.parametrize(("size", "point"), HARD, ids=str)
def test_the_model_at_finite_size_tends_to_it(size, point):
    """In powers of 1/k, ``k^2 = A kappa0^(p-1)``: a tenth, or little more, at a hundred times the size."""
    at, of_xi, coefficient, p, r = scales(size, point)
    shape = RichCrossover(p, r, size)
    for ts in (1.0, 4.0):
        apart = []
        for amount in (10**4, 10**6):
            kappa0 = at(amount)
            now = ts / (math.sqrt(of_xi * kappa0 ** (p - 1)) * kappa0)
            found = RichModel(power_law(*point.values()), gamma=1, **{size.name: amount}).test_loss(now)
            apart.append(abs(float(found) / (coefficient * kappa0**p * float(shape(ts).value)) - 1))
        assert apart[1] < 0.2 * apart[0] < 2e-3
    assert float(shape(100.0).value) == pytest.approx(1 if size == N else 1 / r, abs=1e-8)


@pytest.mark.slow
@pytest.mark.parametrize(("size", "point"), HARD, ids=str)
def test_the_frontier_tends_to_its_constants(size, point):
    point = {**point, gamma: 1}
    law = constants(optimum(size), point, digits=3)
    powers = optimum(size).at({x: point[x] for x in (a, b)}).exponents
    apart = []
    for budget in (10**6, 10**9):
        (best,) = frontier(optimum(size), [budget], point, digits=3)
        apart.append(
            [
                abs(float(best[key].value / law[key].value) / budget ** (sign * float(powers[key])) - 1)
                for key, sign in ((size, 1), ("loss", -1))
            ]
        )
    assert all(late < 0.5 * early < 0.1 for early, late in zip(*apart, strict=True))
    assert law["loss"].relative_error < 1e-6


@pytest.mark.slow
def test_label_noise_stops_the_learning_at_its_own_crossover():
    """(2, 2), sigma = 1/2: the model at two P tends to it, and its best split to the constants."""
    lazy, trace = math.gamma(0.5) / 2, math.gamma(0.5) / 2  # C of C (2t)^-1/2, E of E t^-1/2
    shape, apart = RichCrossover.under_noise(0.5, 0.5), []
    for amount in (10**6, 10**12):
        kappa0 = trace / (4 * lazy * amount)
        now = 1 / (math.sqrt(lazy * kappa0**-0.5) * kappa0)
        found = RichModel(power_law(2, 2), gamma=1, P=amount, noise="1/2").test_loss(now)
        apart.append(abs(float(found) / (lazy * kappa0**0.5 * float(shape(1.0).value)) - 1))
    assert apart[1] < 0.1 * apart[0] < 2e-3
    noisy = derive(power_law(a, b, noise=Rational(1, 2)))
    optimum, point = compute_optimal(noisy, P * t, features=Rich(gamma=1)), {a: 2, b: 2}
    law, powers = constants(optimum, point, digits=3), optimum.at(point).exponents
    (best,) = frontier(optimum, [10**9], point, digits=3)
    for key, sign in ((P, 1), ("loss", -1)):
        expected = float(law[key].value) * 10 ** (9 * sign * float(powers[key]))
        assert float(best[key].value) == pytest.approx(expected, rel=0.05)


@pytest.mark.slow
def test_a_richness_that_keeps_its_scale_at_the_crossover():
    """``gamma = g N^-(b + 1 - a)/2``: lazy constants for g -> 0, and those of the model."""
    optimum = compute_optimal(LAWS, N * t, features=Rich(gamma=gamma * N ** Rational(-1, 2)))
    frozen = constants(compute_optimal(LAWS, N * t), {a: 2, b: 2}, digits=6)
    lazy, little, kept = (
        float(found["loss"].value)
        for found in (
            frozen,
            *(constants(optimum, {a: 2, b: 2, gamma: g}, digits=3) for g in (Rational(1, 1000), 1)),
        )
    )
    assert abs(little / lazy - 1) < 1e-6
    assert 0.9 * lazy < kept < lazy
    (best,) = frontier(optimum, [10**9], {a: 2, b: 2, gamma: 1}, digits=3)
    assert float(best["loss"].value) * 1000 == pytest.approx(kept, rel=0.01)
    shapes = RichCrossover(0.5, 0.5, N), RichCrossover(0.5, 0.5, N, 1e5)
    assert float(shapes[0](1.0).value) == pytest.approx(float(shapes[1](1.0).value), rel=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize(("cost", "size"), [(N**4 * t, N), (P * t, P)], ids=str)
def test_features_that_tend_to_a_scale_are_ahead_by_it(cost, size):
    """``L(t, size)`` of frozen features at ``K t``, K (K - 1) = gamma^2 zeta(a - b): C counts as K C."""
    lazy, rich = (compute_optimal(LAWS, cost, **kind) for kind in ({}, {"features": Rich(gamma=3)}))
    scale = (1 + math.sqrt(1 + 36 * math.pi**2 / 6)) / 2
    frozen, moving = (constants(found, {a: 4, b: 2}, digits=6) for found in (lazy, rich))
    powers = rich.at(a=4, b=2).exponents
    for key, power in ((size, powers[size]), ("loss", -powers["loss"])):
        assert float(moving[key].value / frozen[key].value) == pytest.approx(scale ** float(power), rel=1e-5)


@pytest.mark.slow
def test_more_digits_and_features_that_are_rich_too_late_are_refused():
    with pytest.raises(PrecisionError, match="to 3 at most"):
        constants(optimum(P), {a: 2, b: 2, gamma: 1}, digits=8)
    with pytest.raises(DomainError, match="cross over 1000 decades before the size does"):
        RichCrossover(0.99, 0.5, P)
    with pytest.raises(DomainError, match="cross over"):
        constants(optimum(N), {a: Rational(299, 100), b: 2, gamma: 1}, digits=3)
