"""Label noise where modes grow with N: the best share h of the largest step falls with the budget."""

import mpmath
import pytest
from sympy import And, Eq, Rational, log

from asymptotics import GradientFlow, OnePassSGD, compute_optimal, derive, growing_law, power_law
from asymptotics.errors import DomainError, UnableError
from asymptotics.symbols import B, C, N, a, b, h, r, t
from numerics import FullModel
from numerics.model.small_steps import early_loss

LAWS = derive(power_law(a, b, modes=r * N, noise="1/2"))


def split(task, free, fixed=None):
    found = compute_optimal(
        task, t if N not in free else N * t, free=free, fixed=fixed or {}, rule=OnePassSGD
    )
    (phase,) = found.phases
    return phase


# By hand, X = C T = 4 h B n/(tau N^(1-b)), s = (a - 1)/b. A time X learns a noise h (X/N^b)^g, g = 1/b - 1
# (b > 1/2), 1 (b < 1/2), so that X^-s = h (X/N^b)^g. Many features, N = n^x: for b > 1/2 this is X^a = n^b,
# whatever N; for b < 1/2 X^(s + 2) = n N^(2b - 1).
@pytest.mark.parametrize(
    ("point", "size", "loss", "step"),
    [
        (("3", "3/4"), "1", Rational(2, 3), Rational(3, 4)),  # (a - 1)/a, eta ~ n^-((a - b)/a)
        (("3", "3/4"), "2", Rational(2, 3), Rational(3, 4)),
        (("5/4", "3/5"), "1", Rational(1, 5), Rational(13, 25)),
        (("6/5", "2/5"), "1", Rational(4, 25), Rational(17, 25)),
    ],
)
def test_best_step_of_many_features(point, size, loss, step):
    x = Rational(size)
    phase = split(power_law(*point, modes="2*N", noise=1), (t, h), {N: C**x})
    assert phase.exponents["loss"] == loss
    assert -phase.exponents[h] + x * (1 - Rational(point[1])) == step  # eta = 2 h B/Tr


# With N chosen, too, and a - 1 < b, X = N^b: n = N^a, L = N^-(a-1), C = N^(a+1). With a - 1 > b the size
# leaves N^-b: X = N^(b^2/(a-1)), of the noise N^-b.
@pytest.mark.parametrize(
    ("point", "loss", "size"),
    [
        (("5/4", "3/5"), Rational(1, 9), Rational(4, 9)),
        (("6/5", "2/5"), Rational(1, 11), Rational(5, 11)),
        (("3", "3/4"), Rational(6, 17), Rational(8, 17)),
        (("7/3", "2/5"), Rational(5, 23), Rational(25, 46)),
    ],
)
def test_size_and_step(point, loss, size):
    phase = split(power_law(*point, modes="2*N", noise=1), (t, N, h))
    assert (phase.exponents["loss"], phase.exponents[N]) == (loss, size)


@pytest.fixture(scope="module")
def whole():
    return compute_optimal(power_law(a, b, modes="2*N", noise=1), N * t, free=(t, N, h), rule=OnePassSGD)


@pytest.mark.slow
def test_the_whole_map_and_its_lines(whole):
    assert whole.proof.covering and whole.proof.disjoint
    assert whole.at(a=3, b=1).logs["loss"] == Rational(4, 5)
    assert not any(x.condition == And(Eq(a, Rational(3, 2)), Eq(b, Rational(1, 2))) for x in whole.boundaries)
    # beside b = 1 the phases of both sides tend to one loss
    assert all(abs(whole.at(a=3, b=x).exponents["loss"] - Rational(2, 5)) < 0.01 for x in ("0.99", "1.01"))


def test_at_one():
    """``L = (C/log(C))^-(2/5) log(C)^(2/5)``: the last modes leave log(N)/N, and steps are 2 h B/Tr."""
    phase = split(power_law(3, 1, modes="2*N", noise=1), (t, N, h))
    assert phase.exponents["loss"] == Rational(2, 5) and phase.logs["loss"] == Rational(4, 5)


def test_a_logarithm_that_is_a_constant_at_the_crossover():
    """At b = 1/2 the noise is ``x log(1/x)``, x = T/N^b: no logarithm where x is a constant."""
    phase = split(power_law("5/4", "1/2", modes="2*N", noise=1), (t, N, h))
    assert phase.logs["loss"] == 0 and not any(term.has(log) for term in phase.balance)
    assert split(power_law(2, "1/2", modes="2*N", noise=1), (t, N, h)).logs["loss"] == Rational(1, 4)


@pytest.mark.parametrize(
    ("point", "free", "fixed", "words"),
    [
        (("3/2", "1/2"), (t, N, h), {}, r"log\(log\(C\)\)"),
        (("2", "1"), (t, N, h), {}, r"log\(log\(C\)\)"),
        (("3", "1"), (t, N), {}, r"as log\(T\)/log\(N\)"),
        (("3", "1"), (t, h), {N: C ** Rational(1, 3)}, "best loss at a fixed N is .* a constant late"),
    ],
)
def test_refused(point, free, fixed, words):
    with pytest.raises(UnableError, match=words):
        split(power_law(*point, modes="2*N", noise=1), free, fixed)


@pytest.mark.parametrize("point", [("7/3", "2/5"), pytest.param(("3", "3/4"), marks=pytest.mark.slow)])
def test_constants_are_those_of_sums_over_modes(point):
    """At the law's own split, N = 10^40, the loss is that of the law; a third more or less of h is worse."""
    task = power_law(*point, modes="2*N", noise="1/2")
    phase = split(task, (t, N, h))
    values = {x: float(v.subs(B, 1)) for x, v in phase.prefactors.items()}
    decay = mpmath.mpf(Rational(point[1]).p) / Rational(point[1]).q
    with mpmath.workdps(30):
        budget = mpmath.mpf(10) ** (40 / float(phase.exponents[N]))
        size = values[N] * budget ** mpmath.mpf(float(phase.exponents[N]))
        steps = budget / size
        best = values[h] * budget ** mpmath.mpf(float(phase.exponents[h]))
        trace = (2 * size) ** (1 - decay) / (1 - decay) + mpmath.zeta(decay)
        size = int(size)
        sized = task.with_sizes({N: size})

        def loss(share):
            return early_loss(sized, mpmath.mpf(size), 4 * share * steps / trace, share, 10).value

        found = loss(best)
        law = values["loss"] * budget ** -mpmath.mpf(float(phase.exponents["loss"]))
        assert abs(found / law - 1) < 1e-3
        assert found < min(loss(0.75 * best), loss(1.33 * best))


def test_noise_beside_the_model_that_is_exact_in_the_step():
    for point, gap in ((("5/2", "4/5"), 2e-6), (("5/4", "2/5"), 1e-11)):
        task, size = power_law(*point, modes="2*N", noise="1/2"), 10**12
        model = FullModel(task, N=size, rule=OnePassSGD(fraction=0.25, batch=1), digits=14)
        step = mpmath.mpf(model.rule.eta)
        steps = int(size ** float(Rational(point[1])) / (8 * step))
        found, quiet = (
            early_loss(one, mpmath.mpf(size), 2 * step * steps, mpmath.mpf("0.25"), 14)
            for one in (task.with_sizes({N: size}), power_law(*point, modes=2 * size))
        )
        assert found.value > 1.05 * quiet.value
        assert abs(model.test_loss(steps).value / found.value - 1) < gap


def test_the_law_of_time_and_size_has_it():
    law = growing_law(LAWS, OnePassSGD)
    assert law.statement == "L(T, N) ~ Phi_h(x)/N**Min(b, a - 1) + Psi_h(x)/4, x = T/N**b"
    late = law.at(a="5/4", b="3/5", r=2, h="1/4").late().subs(N, 10**60)
    assert abs(float(late) - 1 / 12) < 1e-14  # sigma^2 h/(1 - h)
    assert r"\Psi_{h}" in law.to_latex()
    quiet = growing_law(derive(power_law(a, b, modes=r * N)))
    assert str(growing_law(LAWS, GradientFlow)) == str(quiet)  # gradient flow learns none of it


def test_fixed_shares_have_a_budget():
    """At a constant share of the largest step the noise falls with N, as the last modes are not reached."""
    (phase,) = compute_optimal(
        power_law(3, "3/4", modes="2*N", noise=1), N * t, rule=OnePassSGD(fraction="1/4", batch=1)
    ).phases
    assert phase.exponents["loss"] == Rational(1, 6)  # N^(2/3)/t^(8/3) = (t/N)^(1/3)
    # the noise is sigma^2 h (A T^(1/b - 1) + zeta(b))/Tr, T = C^(1/16); own minima at 10^60, 10^120 fall so
    assert phase.approach == Rational(1, 48)
    with pytest.raises(DomainError, match="nothing to trade"):
        compute_optimal(power_law(3, "3/2", noise=1), N * t, rule=OnePassSGD(fraction="1/4", batch=1))
