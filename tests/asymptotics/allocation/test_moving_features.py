"""Budgets of features that move: exponents against paper and model, and how gamma may scale."""

import math
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Rational, simplify

from asymptotics import BottleneckError, OnePassSGD, Rich, Task, compute_optimal, derive, power_law
from asymptotics.allocation.optimum import Optimum
from asymptotics.domains.domain import normal
from asymptotics.symbols import E, N, P, a, b, gamma, t
from numerics import RichModel, frontier
from numerics.cli import main

LAWS = derive(power_law(a, b))


@cache
def rich_budget():
    return compute_optimal(LAWS, N * t, features=Rich(gamma=gamma))


@cache
def lazy_budget():
    return compute_optimal(LAWS, N * t)


def test_hard_tasks_gain_and_easy_ones_do_not():
    """arXiv 2409.17858: alpha = b, beta = (a - 1)/b < 1: ``C^-(2 alpha beta/(alpha (1 + beta) + 2))``."""
    hard = rich_budget().at(a=2, b=3).exponents
    assert (hard["loss"], hard[N], hard[t]) == (Rational(1, 3), Rational(1, 3), Rational(2, 3))
    alpha, beta = b, (a - 1) / b
    open_phase = next(p for p in rich_budget().phases if p.domain.sign(b + 1 - a) == 1)
    assert simplify(open_phase.exponents["loss"] - 2 * alpha * beta / (alpha * (1 + beta) + 2)) == 0
    assert rich_budget().at(a=5, b=2).exponents == lazy_budget().at(a=5, b=2).exponents
    assert str(rich_budget().proof) == "disjoint: proved; covering: proved"


def test_where_exponents_meet_there_are_logarithms():
    edge = rich_budget().at(a=3, b=2)
    assert (
        edge.exponents == lazy_budget().at(a=3, b=2).exponents
        and edge.logs != lazy_budget().at(a=3, b=2).logs
    )


@pytest.mark.slow
@settings(max_examples=3)
@given(st.fractions("1/12", 3, max_denominator=12))
def test_a_richness_that_falls_with_width_is_rich_up_to_a_power(q):
    """With ``gamma = N^-q`` and ``tau = N^b`` ``gamma^2 tau^(1-s) >> 1``: q < (1 + b - a)/2."""
    found = compute_optimal(LAWS, N * t, features=Rich(gamma=N ** -Rational(q)))
    assert found.proof.disjoint and found.proof.covering
    for point in ({a: 2, b: 3}, {a: Rational(3, 2), b: Rational(5, 4)}, {a: 2, b: 6}):
        phase, room = found.at(point), (1 + b - a).subs(point) / 2 - Rational(q)
        lazy, rich = (o.at(point).exponents["loss"] for o in (lazy_budget(), rich_budget()))
        if room <= 0:
            assert phase.exponents == lazy_budget().at(point).exponents
        else:
            assert lazy < phase.exponents["loss"] < rich
            expected = 2 * (a - 1) / (a + b + 1 + 2 * Rational(q))
            assert normal(phase.exponents["loss"] - expected.subs(point)) == 0


def test_constants_where_features_tend_to_a_scale():
    """Easy tasks: ``t`` in units of 1/K, ``K (K - 1) = gamma^2 zeta(a - b)``."""
    rich, lazy = (o.at(a=4, b=2) for o in (rich_budget(), lazy_budget()))
    scale = (1 + math.sqrt(1 + 4 * math.pi**2 / 6)) / 2
    # L(t, N) of both flows at K t, so that C counts as K C
    ratio = float(rich.prefactors["loss"].subs(gamma, 1) / lazy.prefactors["loss"])
    assert abs(ratio - scale ** -float(lazy.exponents["loss"])) < 1e-9


@pytest.mark.slow
def test_exponents_are_those_of_the_model():
    """(2, 2): the loss at the best split of three budgets, by the model at finite N."""
    task, expected = power_law(2, 2), float(rich_budget().at(a=2, b=2).exponents["loss"])

    def best(budget):
        widths = [budget ** float(rich_budget().at(a=2, b=2).exponents[N]) * 1.15**j for j in range(-8, 9)]
        return min(float(RichModel(task, N=n, gamma=1).test_loss(budget / n)) for n in widths)

    losses = [best(10.0**k) for k in (5, 7, 9)]
    slopes = [math.log10(p / q) / 2 for p, q in pairwise(losses)]
    assert abs(slopes[1] - expected) < 0.015 and abs(slopes[1] - expected) < abs(slopes[0] - expected)


@pytest.mark.slow
def test_the_frontier_is_where_the_model_is_best():
    """The loss on both sides of the best N, of a richness that falls with N."""
    optimum = compute_optimal(LAWS, N * t, features=Rich(gamma=2 * N ** -Rational(1, 8)))
    (best,) = frontier(optimum, [10**4], {a: 2, b: 2}, digits=3)

    def loss(width):
        model = RichModel(power_law(2, 2), N=width, gamma=2 * width**-0.125)
        return float(model.test_loss(10**4 / width))

    width = float(best[N].value)
    assert abs(loss(width) / float(best["loss"].value) - 1) < 1e-8
    assert min(loss(0.97 * width), loss(1.03 * width)) > loss(width)


@pytest.mark.slow
def test_samples_and_time_are_split_where_their_lazy_clock_says():
    """``tau ~ P^b``, with noise ``tau^-s ~ tau^(1/b)/P``, at ``t ~ tau^((1 + s)/2)`` for s < 1."""
    clean, noisy = (
        compute_optimal(derive(power_law(a, b, noise=s)), P * t, features=Rich(gamma=gamma)) for s in (0, 1)
    )
    x, y = Rational(5, 2), Rational(9, 4)
    s = (x - 1) / y
    for found, size in ((clean, 1 / y), (noisy, s + 1 / y)):
        exponents = found.at(a=x, b=y).exponents
        cost = size + (1 + s) / 2
        assert (exponents[P], exponents[t], exponents["loss"]) == (size / cost, (1 + s) / 2 / cost, s / cost)
        assert str(found.proof) == "disjoint: proved; covering: proved"
        frozen = compute_optimal(found.laws, P * t)
        assert found.at(a=4, b=2).exponents == frozen.at(a=4, b=2).exponents
    # noisy labels drive the features at the optimum, so that the first order in 1/P has no constant
    assert noisy.at(a=x, b=y).prefactors is None and noisy.at(a=4, b=2).prefactors is not None


@pytest.mark.slow
def test_all_three_are_split_at_one_time_of_the_lazy_clock():
    """``N ~ P ~ tau^(1/b)``."""
    found = compute_optimal(LAWS, N * P * t, features=Rich(gamma=gamma)).at(a=2, b=3).exponents
    assert (found[N], found[P], found[t], found["loss"]) == tuple(Rational(k, 8) for k in (2, 2, 4, 2))


@pytest.mark.slow
def test_the_frontier_of_samples_tends_to_its_law():
    """Noisy labels and s > 1: constants against the model at the best P of two budgets."""
    optimum = compute_optimal(derive(power_law(a, b, noise=1)), P * t, features=Rich(gamma=1))
    law = optimum.at(a=4, b=2)
    apart = []
    for budget in (10**4, 10**6):
        (best,) = frontier(optimum, [budget], {a: 4, b: 2}, digits=3)
        expected = float(law.prefactors["loss"]) * budget ** -float(law.exponents["loss"])
        apart.append(abs(float(best["loss"].value) / expected - 1))
    assert apart[1] < 0.7 * apart[0] < 0.03


def test_it_is_written_and_read():
    found = compute_optimal(LAWS, N * t, features=Rich(gamma="2*N**-(1/4)"))
    assert Optimum.from_dict(found.to_dict()) == found


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: Rich(gamma=0), "gamma = 0; give a number > 0"),
        (lambda: Rich(gamma="-N"), "give a number > 0"),
        (lambda: Rich(gamma="exp(N)"), "give a number > 0"),
        (
            lambda: compute_optimal(LAWS, N * t, rule=OnePassSGD, features=Rich(1)),
            "gradient flow alone",
        ),
        (lambda: compute_optimal(LAWS, E * t, features=Rich(1)), "what E changes in the time law"),
        (
            lambda: compute_optimal(LAWS, P * t, features=Rich("1/N")),
            "falls with N, which this budget leaves out",
        ),
        (lambda: compute_optimal(LAWS, N * t, features=Rich("N")), "may grow with N"),
        (lambda: compute_optimal(Task("2**-k", "3**-k"), N * t, features=Rich(1)), "a power of t"),
        (lambda: frontier(rich_budget(), [10**6], {a: 2, b: 2, gamma: 1}), "solved in doubles, to 5 at most"),
    ],
    ids=["zero", "negative", "no power", "steps", "ensembles", "width", "growing", "exponential", "frontier"],
)
def test_what_is_not_derived_is_refused(ask, message):
    with pytest.raises(BottleneckError, match=message):
        ask()


def test_the_command(capsys):
    assert main("optimal --eigenvalues k**-3 --target k**-2 --gamma 1".split()) == 0
    shown = capsys.readouterr().out
    assert "features that move, gamma = 1" in shown and "L ~ C**(-1/3)" in shown
