"""Laws of schedules and averages: against what is published, and against sums that know nothing of them."""

from __future__ import annotations

import itertools

import mpmath
import numpy as np
import pytest
from sympy import Integer, N, Rational, Symbol, gamma, lambdify, pi, simplify, sqrt, zeta

from asymptotics import (
    Constant,
    Cosine,
    Exponential,
    Linear,
    OptimalSchedule,
    Power,
    Tail,
    Task,
    UnableError,
    WarmupStableDecay,
    check_claim,
    derive,
    power_law,
)
from asymptotics.laws.law import Law
from asymptotics.model.averages import AverageTransform
from asymptotics.model.moments import Moment, averaged
from asymptotics.model.pairs import NOISE, PairMoment
from asymptotics.model.schedules.base import as_schedule
from asymptotics.model.schedules.pieces import u
from asymptotics.symbols import B, a, b, eta, sigma
from asymptotics.symbols import gamma as power
from asymptotics.transforms.functions import transform_of

LAWS = derive(power_law(a, b))
THIRD = WarmupStableDecay(fraction=Rational(1, 3))


# --- sums over modes, and integrals over the schedule ------------------------------------------------


def modes(rate: float) -> tuple[np.ndarray, np.ndarray]:
    """k and weights of ``sum_k``: the first as they are, then by an integral in log k, to about 1e-7."""
    first = np.arange(1.0, 400.0)
    x, w = np.polynomial.legendre.leggauss(12)
    edges = np.linspace(np.log(399.5), np.log(399.5) + 12 + rate, 80)
    logs = np.concatenate([(p + q) / 2 + (q - p) / 2 * x for p, q in itertools.pairwise(edges)])
    weights = np.concatenate([(q - p) / 2 * w for p, q in itertools.pairwise(edges)])
    k = np.exp(logs)
    return np.concatenate([first, k]), np.concatenate([np.ones_like(first), k * weights])


def shares(low: float = 1e-9) -> tuple[np.ndarray, np.ndarray]:
    """v and weights of ``int_0^1 dv``, finer to 0."""
    x, w = np.polynomial.legendre.leggauss(10)
    edges = np.concatenate([[0.0], np.geomspace(low, 1.0, 60)])
    pieces = [((p + q) / 2 + (q - p) / 2 * x, (q - p) / 2 * w) for p, q in itertools.pairwise(edges)]
    return np.concatenate([p for p, _ in pieces]), np.concatenate([w for _, w in pieces])


V, DV = shares()
SHAPES = {
    "constant": (Constant(), V**0, V, 1.0),
    "linear": (Linear(), V, V**2 / 2, 0.5),
    "cosine": (Cosine(), np.sin(np.pi * V / 2) ** 2, V / 2 - np.sin(np.pi * V) / (2 * np.pi), 0.5),
    "power": (Power(gamma=Rational(1, 2)), V**0.5, V**1.5 / 1.5, 1 / 1.5),
    "wsd": (THIRD, np.minimum(1, 3 * V), np.where(V < 1 / 3, 1.5 * V**2, V - 1 / 6), 5 / 6),
}


def lost(name: str, alpha: float, beta: float, total: float, steps: float) -> float:
    """L at one sum of steps, sigma = B = 1, from the definition of the two sums."""
    _, f, psi, whole = SHAPES[name]
    k, weight = modes(np.log(total) / beta)
    rate = k**-beta * total
    signal = (weight * k**-alpha * np.exp(-2 * whole * rate)).sum()
    noise = np.array([y**2 * (DV * f**2 * np.exp(-2 * y * psi)).sum() for y in rate])
    return float(signal + (weight * noise).sum() / steps)


def best(loss, steps: float, low: float = 0.0) -> float:
    """The least over the sum of steps, by golden sections in its logarithm."""
    left, right = low, np.log(steps) * 1.5
    ratio = (5**0.5 - 1) / 2
    for _ in range(36):
        one, two = right - ratio * (right - left), left + ratio * (right - left)
        left, right = (left, two) if loss(np.exp(one)) < loss(np.exp(two)) else (one, right)
    return loss(np.exp((left + right) / 2))


CASES = [
    ("cosine", 2.5, 1.5),
    *(
        pytest.param(*case, marks=pytest.mark.slow)
        for case in (
            ("constant", 2, 1.5),
            ("linear", 2, 1.5),
            ("linear", 4, 3),
            ("power", 2.5, 1.25),
            ("power", 4, 2.5),
            ("wsd", 2.25, 1.5),
        )
    ),
]


@pytest.mark.parametrize(("name", "alpha", "beta"), CASES)
def test_the_best_of_the_sums_tends_to_the_law_at_the_rate_of_its_remainder(name, alpha, beta):
    at = {"a": Rational(alpha), "b": Rational(beta)}
    law = derive(power_law(at["a"], at["b"])).schedule(SHAPES[name][0]).at(sigma=1, B=1)
    (regime,) = law.regimes
    gap = float(regime.remainder - regime.exponent)
    apart = []
    for steps in (1e6, 1e9, 1e12):
        found = best(lambda total, n=steps: lost(name, alpha, beta, total, n), steps)
        apart.append(abs(found / law(steps) - 1))
    assert apart[2] < 0.12
    for near, far in ((apart[0], apart[1]), (apart[1], apart[2])):
        assert abs(np.log(near / far) / np.log(1e3) - gap) < 0.35 * gap


def test_both_terms_near_the_line_where_they_meet():
    """At gamma + 1 close to b each term is far off, their sum is not; on the line the logarithm is."""
    alpha, beta = Rational(5, 2), Rational(39, 20)
    law = derive(power_law(alpha, beta)).schedule(Linear(), tuned=False).at(eta=1, sigma=1, B=1)
    steps = 1e8
    signal = lost("linear", float(alpha), float(beta), steps, 1e300)
    noise = lost("linear", float(alpha), float(beta), steps, steps) - signal
    terms = [float(x.subs(law.resource, steps)) for x in law.expansion(terms=3).as_expr().as_ordered_terms()]
    noises = sorted((x for x in terms if abs(x) > 10 * signal), key=abs)
    assert len(noises) == 2
    assert all(abs(x / noise - 1) > 0.3 for x in noises)
    assert abs(sum(noises) / noise - 1) < 1e-4


def test_the_best_schedule_by_its_integral():
    """``min_E F(2E) + (int sqrt J2)^2/T`` by sums, against the law at the rate of its remainder."""
    alpha, beta = 2.5, 1.5
    law = derive(power_law(Rational(5, 2), Rational(3, 2))).schedule(OptimalSchedule()).at(sigma=1, B=1)
    grid = np.concatenate([np.linspace(0, 0.1, 40)[:-1], np.geomspace(0.1, 1e14, 1500)])
    k, weight = modes(np.log(1e14) / beta)
    root = np.array([(weight * k ** (-2 * beta) * np.exp(-2 * x * k**-beta)).sum() for x in grid]) ** 0.5
    area = np.concatenate([[0], np.cumsum((root[1:] + root[:-1]) / 2 * np.diff(grid))])
    signal = np.array([(weight * k**-alpha * np.exp(-2 * x * k**-beta)).sum() for x in grid])
    apart = [float((signal + area**2 / steps).min() / law(steps) - 1) for steps in (1e8, 1e12, 1e16)]
    gap = float(law.regimes[0].remainder - law.exponent)
    assert abs(apart[2]) < 0.02
    for near, far in ((apart[0], apart[1]), (apart[1], apart[2])):
        assert abs(np.log(near / far) / np.log(1e4) - gap) < 0.2 * gap


# --- published exponents and constants, which are nowhere in the packages -----------------------------

S = (a - 1) / b
EXPONENTS = (
    (Constant(), {a: 3, b: 2}, Rational(1, 2), "s/(1 + s)"),
    (Linear(), {a: 3, b: Rational(3, 2)}, Rational(2, 3), "(a - 1)/a below gamma + 1 = b"),
    (Linear(), {a: 5, b: 3}, Rational(8, 11), "s g/(1 + s g), g = gamma + 1"),
    (Cosine(), {a: 5, b: Rational(5, 2)}, Rational(4, 5), "gamma = 2"),
    (Cosine(), {a: 2, b: Rational(5, 2)}, Rational(2, 5), "hard: T^-s"),
    (OptimalSchedule(), {a: 5, b: 4}, Rational(4, 5), "(a - 1)/a"),
    (OptimalSchedule(), {a: 2, b: 4}, Rational(1, 4), "hard: T^-s"),
    ("averaged", {a: 2, b: Rational(3, 2)}, Rational(1, 2), "(a - 1)/a without decay"),
    ("averaged", {a: 8, b: 2}, Rational(4, 5), "saturates at s = 2"),
    ("optimal_step", {a: 3, b: 2}, Rational(1, 2), "eta* ~ n^(-s/(1 + s))"),
)


@pytest.mark.parametrize(("of", "at", "expected", "source"), EXPONENTS, ids=[row[3] for row in EXPONENTS])
def test_exponents(of, at, expected, source):
    law = getattr(LAWS, of) if isinstance(of, str) else LAWS.schedule(of)
    assert law.exponent.subs(at) == expected
    assert law.at(at).exponent == expected


def test_the_line_where_the_noise_is_a_logarithm():
    for shape in (Linear(), THIRD):
        law = derive(power_law(3, 2)).schedule(shape)
        assert (law.exponent, law.log_power) == (Rational(2, 3), Rational(2, 3))


@pytest.mark.slow
def test_what_a_schedule_loses_against_the_best():
    """Powers lose ``((gamma + 1)^2/(4 b (gamma + 1 - b)))^((a - 1)/a)``; Polyak's mean gains, 0.761."""
    at = {a: 4, b: Rational(3, 2)}
    of_best = LAWS.schedule(OptimalSchedule()).at(at).prefactor
    for g in (1, 2, 3):
        found = LAWS.schedule(Power(gamma=g)).at(at).prefactor / of_best
        expected = ((g + 1) ** 2 / (4 * b * (g + 1 - b))) ** ((a - 1) / a)
        assert abs(found.subs({sigma: 1, B: 1}).evalf() / expected.subs(at).evalf() - 1) < 1e-12
    easy = derive(power_law(2, Rational(3, 2)))
    ratio = (easy.averaged.prefactor / easy.schedule(OptimalSchedule()).prefactor).subs({sigma: 1, B: 1})
    assert abs(ratio.evalf() - 0.76099) < 1e-5


def test_constants_of_a_constant_step():
    """``2 sqrt(alpha beta/T)`` at s = 1: alpha = Gamma(1)/4, beta = sigma^2 zeta(2)/(2 B)."""
    law = derive(power_law(3, 2)).schedule(Constant())
    expected = 2 * sqrt(gamma(1) / 4 * sigma**2 * zeta(2) / (2 * B))
    assert simplify(law.prefactor - expected) == 0
    assert simplify(derive(power_law(3, 2)).optimal_step.prefactor - sqrt(3 * B) / (pi * sigma)) == 0


def test_a_power_with_a_symbol_has_its_regimes():
    law = derive(power_law(4, 2)).schedule(Power(gamma=power))
    assert law.at(gamma=Rational(1, 2)).exponent == Rational(9, 13)
    assert {law.exponent.subs(power, g) for g in (1, 3)} == {Rational(3, 4)}
    for g in (Rational(1, 2), 3):
        alone = derive(power_law(4, 2)).schedule(Power(gamma=g))
        assert abs((law.at(gamma=g).prefactor / alone.prefactor).subs({sigma: 2, B: 3}).evalf() - 1) < 1e-12


def test_hard_tasks_take_the_largest_step():
    law = derive(power_law(Rational(3, 2), 2)).schedule(OptimalSchedule())
    assert law.prefactor.free_symbols == {eta}
    assert derive(power_law(Rational(3, 2), 2)).best_step(Linear()).leading == eta


def test_hard_tasks_decay_over_a_vanishing_share():
    """``T^-(1 - (s + 1) b/(2 b - 1))``, a vanishing share of the horizon, arXiv 2602.04774 and 2602.06797."""
    law = LAWS.decay_fraction
    assert Law.from_dict(law.to_dict()) == law
    assert law.at(a=4, b=3).leading == 1
    hard = 1 - ((a - 1) / b + 1) * b / (2 * b - 1)
    (regime,) = (r for r in law.regimes if r.exponent != 0)
    assert simplify(regime.exponent - hard) == 0


@pytest.mark.slow
def test_a_law_of_a_schedule_is_data():
    for law in (
        LAWS.schedule(THIRD),
        LAWS.averaged,
        derive(power_law(3, Rational(3, 2))).average(Exponential(rate=3)),
        LAWS.optimal_step,
        LAWS.schedule("1 - u**2", tuned=False),
    ):
        assert Law.from_dict(law.to_dict()) == law
        assert law.to_latex()
        assert all(str(step) for step in law.derivation)
    assert str(check_claim("t**(-2/3)", derive(power_law(3, Rational(3, 2))).schedule(Cosine()))).startswith(
        "HOLDS"
    )
    assert str(check_claim("t**(-1/2)", derive(power_law(3, Rational(3, 2))).schedule(Cosine()))).startswith(
        "FAILS"
    )


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: LAWS.schedule(lambda u: float(u)), "takes numbers"),
        (lambda: LAWS.schedule("cosin"), "schedule = 'cosin'; use constant, linear, cosine, "),
        (lambda: LAWS.average("tail"), "of an average also Tail(fraction=...)"),
        (lambda: LAWS.schedule("sqrt(1-u)*(1+(1-u)**0.3)"), "of 1 - u"),
        (lambda: LAWS.average("1/(1 + u)"), "polynomials in u"),
        (lambda: LAWS.average("exp(-1/(u + 1/100))"), "polynomials in u"),
        (lambda: LAWS.schedule("Max(0, 1 - 2*u)"), "no steps in its last part"),
        (lambda: LAWS.schedule(Constant(), tuned=False), "exact in the step"),
        (lambda: derive(power_law(2, "1/2")).schedule(Cosine()), "b > 1/2"),
        (lambda: derive(Task(eigenvalues="2**-k", target="3**-k")).schedule(Cosine()), "oscillate"),
        (lambda: derive(power_law("eta", 2)).schedule(Cosine()), "a parameter of the task"),
    ],
)
def test_what_has_no_law_says_why(ask, said):
    with pytest.raises((UnableError, ValueError)) as refused:
        ask()
    assert said in str(refused.value)


def test_corners_are_pieces():
    numbers = derive(power_law(Rational(7, 2), Rational(8, 5)))
    ramp = WarmupStableDecay(fraction=Rational(1, 5), warmup=Rational(1, 10))
    assert numbers.schedule("Min(1, 10*u, 5*(1 - u))") == numbers.schedule(ramp)
    assert numbers.schedule("Abs(1 - 2*u)").exponent == numbers.schedule(Constant()).exponent


@pytest.mark.parametrize("text", ["(1 - u)**2/(1 + u)", "tan(1 - u)**3"])
def test_steps_whose_sum_has_a_complex_logarithm(text):
    shape = as_schedule(text).expression
    height = lambdify(u, shape, modules="mpmath")
    place = mpmath.mpf(11) / 8

    def inside(x):  # with 1 - u = x^8, smooth at the end
        left = x**8
        return height(1 - left) ** 2 * mpmath.quad(height, [1 - left, 1]) ** -place * 8 * x**7

    with mpmath.workdps(15):
        expected = mpmath.quad(inside, [mpmath.mpf("0.02"), 1], maxdegree=5)
    assert float(Moment(shape, u, Rational(11, 8), Integer(0)).evalf(12)) == pytest.approx(
        float(expected), rel=1e-6
    )


@pytest.mark.parametrize(
    "weights", [Integer(1), *(pytest.param(w, marks=pytest.mark.slow) for w in (1 - u, 1 + u**2))]
)
def test_transforms_of_averages_by_pairs_are_those_of_their_filters(weights):
    y = Symbol("y", positive=True)
    places = ((Rational(7, 5), Rational(8, 3), 2), (-Rational(5, 8), Rational(1, 2), -Rational(5, 4), 0))
    for signal, filtered, (*regular, pole) in zip((True, False), averaged(weights, y), places, strict=True):
        known, found = transform_of(filtered, y), AverageTransform(weights=weights, signal=signal)
        for place in regular:
            assert abs(N(known.transform(place) / found.transform(place), 25) - 1) < 1e-24
        for place in (Integer(pole), regular[0]):
            pairs = zip(*(x.laurent(place, 3).coefficients for x in (known, found)), strict=True)
            assert all(abs(N(one, 25) - N(two, 25)) < 1e-20 for one, two in pairs)


def test_the_noise_of_an_average_is_regular_where_the_trace_is_a_logarithm():
    """At b = 1 two moments of pairs agree; their slopes there, ``E log((x + x')/|x - x'|)/2``, by sums."""
    weights = Exponential(rate=3).expression
    at_one, *beside = (
        N(PairMoment(weights, u, 1 + shift, NOISE, Integer(0)), 8)
        for shift in (Integer(0), Rational(1, 500), -Rational(1, 500))
    )
    x = (np.arange(2000) + 0.5) / 2000
    alpha = np.exp(3 * x)
    alpha /= alpha.sum()
    v = np.subtract.outer(x, x) + np.diag(np.full(2000, np.exp(-1.5) / 1000))  # |x - x'| in a square
    expected = alpha @ np.log(np.add.outer(x, x) / abs(v)) @ alpha / 2
    assert float(at_one) == pytest.approx(expected, rel=1e-3)
    assert abs(sum(beside) / 2 - at_one) < 1e-5


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rate", "alpha", "beta"),
    [(4, 2.5, 1.5), (5, 1.5, 1), (2, 2, 0.8), (0.3, 3, 2.25)],
)
def test_moving_averages(rate, alpha, beta):
    law = derive(power_law(alpha, beta)).average(Exponential(rate=rate))
    scale = rate / (1 - np.exp(-rate))

    def loss(total, steps):
        k, weight = modes(np.log(total) / beta + (20 if beta <= 1 else 0))  # lambda^2 is summed, not lambda
        y = k**-beta * total
        left = scale * (np.exp(-y) - np.exp(-rate)) / (rate - y)
        noise = np.array(
            [
                x**2
                * (DV * (scale * (np.exp(-rate * V) * -np.expm1((rate - x) * V)) / (x - rate)) ** 2).sum()
                for x in y
            ]
        )
        return float((weight * k**-alpha * left**2).sum() + (weight * noise).sum() / steps)

    off = []
    for steps in (1e6, 1e9):
        found = best(lambda x, steps=steps: loss(x, steps), steps)
        off.append(abs(found / law(steps, sigma=1, B=1) - 1))
    assert off[1] < 0.01 and off[1] < off[0] / 2


def warmed(alpha: float, beta: float, most: float, steps: float, sigma: float = 0.0) -> float:
    """The least loss of all schedules, B = 1, from its definition and sums over modes."""
    return planned(alpha, beta, most, steps, sigma)[0]


def planned(alpha: float, beta: float, most: float, steps: float, sigma: float) -> tuple[float, float, float]:
    """That loss, the largest step, and the share of the steps that are below it in the end.

    Label noise is taken alone where there is some, as to first order the loss is far below it.
    """

    def run(total: float) -> tuple[float, float, float]:
        rise = np.geomspace(1e-3, total / 2, 200)
        tau = np.concatenate([[0.0], rise, (total - rise)[-2::-1], [total]])
        left = total - tau
        left[-200:-1] = rise[-2::-1][:199]
        k, weight = modes(np.log(total) / beta)
        falls = (weight * k**-alpha * np.exp(-2 * np.outer(tau, k**-beta))).sum(axis=1)
        forgets = (weight * k ** (-2 * beta) * np.exp(-2 * np.outer(left, k**-beta))).sum(axis=1)
        feeds = sigma**2 * forgets if sigma else falls * forgets
        low, high = -60.0, 60.0
        for _ in range(70):
            c = (low + high) / 2
            eta = np.minimum(most, np.exp(c) * feeds**-0.5)
            low, high = (c, high) if np.trapezoid(1 / eta, tau) > steps else (low, c)
        decay = np.trapezoid(np.where(eta < 0.999999 * eta.max(), 1 / eta, 0.0), tau) / steps
        return float(falls[-1] + np.trapezoid(eta * feeds, tau)), float(eta.max()), float(decay)

    def loss(total: float) -> float:
        return run(total)[0]

    left, right = np.log(steps * most / (8 if not sigma else 1e6)), np.log(most * steps)
    ratio = (5**0.5 - 1) / 2
    for _ in range(26):
        one, two = right - ratio * (right - left), left + ratio * (right - left)
        left, right = (left, two) if loss(np.exp(one)) < loss(np.exp(two)) else (one, right)
    return run(np.exp((left + right) / 2))


@pytest.mark.parametrize(("most", "sigma"), [(0.25, 1.0), (0.3, 0.5)])
def test_where_signal_and_noise_fall_alike_the_largest_step_is_capped(most, sigma):
    """At a = b the best schedule stays at the largest step for a fixed share of the run, then falls."""
    numbers = derive(power_law(Rational(3, 2), Rational(3, 2)))
    loss, largest, decay = planned(1.5, 1.5, most, 1e9, sigma)
    point = {"eta": most, "sigma": sigma, "B": 1}
    assert abs(numbers.schedule(OptimalSchedule())(1e9, **point) / loss - 1) < 2e-3
    assert float(numbers.best_step(OptimalSchedule()).at(point).prefactor) == pytest.approx(largest, rel=1e-6)
    assert abs(float(numbers.decay_fraction.at(point).prefactor) / decay - 1) < 2e-2
    assert LAWS.schedule(OptimalSchedule()).at(a=Rational(3, 2), b=Rational(3, 2))(
        1e9, **point
    ) == pytest.approx(numbers.schedule(OptimalSchedule())(1e9, **point), rel=1e-9)


def test_where_a_larger_step_is_allowed_none_is_taken():
    """From there on the steps fall from the first on, as in easy tasks beside the line."""
    at_line, beside = (
        derive(power_law(x, Rational(3, 2))) for x in (Rational(3, 2), Rational(150001, 100000))
    )
    for ask in (
        lambda laws: laws.schedule(OptimalSchedule()),
        lambda laws: laws.best_step(OptimalSchedule()),
    ):
        one, other = (float(ask(laws).at(sigma=4, B=1).prefactor.subs(eta, 5)) for laws in (at_line, beside))
        assert one == pytest.approx(other, rel=1e-3)


def test_the_largest_step_of_the_best_schedule_is_its_first():
    """In easy tasks it falls from the first step on, from 2 b times its mean."""
    law = derive(power_law(3, Rational(3, 2))).best_step(OptimalSchedule())
    off = [abs(planned(3, 1.5, 0.3, T, 1.0)[1] / law(T, sigma=1, B=1) - 1) for T in (1e6, 1e9)]
    gap = float(law.regimes[0].remainder - law.exponent)
    assert off[1] < 0.05
    assert abs(np.log(off[0] / off[1]) / np.log(1e3) - gap) < 0.3 * gap


@pytest.mark.slow
def test_without_label_noise_the_first_steps_lead_in_very_easy_tasks():
    law = derive(power_law(6, 1.5)).schedule(OptimalSchedule(), noiseless=True)
    off = [abs(warmed(6, 1.5, 0.25, steps) / law(steps, eta=0.25, B=1) - 1) for steps in (1e5, 1e8)]
    assert law.exponent == Rational(7, 3)
    assert off[1] < 0.04 and off[1] < off[0] / 2


def test_without_label_noise_others_follow_the_flow_at_the_rate_of_their_remainder():
    law = derive(power_law(3.7, 1.5)).schedule(OptimalSchedule(), noiseless=True)
    assert law.exponent == Rational(9, 5)
    off = [abs(warmed(3.7, 1.5, 0.25, steps) / law(steps, eta=0.25) - 1) for steps in (1e8, 1e11)]
    gap = float(law.regimes[0].remainder - law.exponent)
    assert off[1] < 0.08
    assert abs(np.log(off[0] / off[1]) / np.log(1e3) - gap) < 0.1 * gap


def test_two_regimes_without_label_noise():
    law = LAWS.schedule(OptimalSchedule(), noiseless=True)
    for (x, y), expected in {(2, 2): "1/2", (5, 2): "2", (7, 2): "5/2", (4, 3): "1"}.items():
        assert law.exponent.subs({a: x, b: y}) == Rational(expected)
    assert Law.from_dict(law.to_dict()) == law
    with pytest.raises(UnableError, match="the best one, optimal, has"):
        LAWS.schedule(Cosine(), noiseless=True)


@pytest.mark.parametrize(
    "law",
    [
        lambda: LAWS.average(Tail(fraction="h")),
        lambda: LAWS.schedule(WarmupStableDecay(fraction="h")),
    ],
)
def test_shares_that_are_letters_are_refused_in_one_line(law):
    with pytest.raises(UnableError, match=r"pieces meet at u = 1 - h, .*; laws need a number there"):
        law()


def test_tails_beat_no_mean_and_do_not_saturate():
    steep = derive(power_law(8, 2))
    assert steep.average(Tail(fraction=Rational(1, 2))).exponent == Rational(7, 8)


@pytest.mark.slow
def test_a_power_beside_two_letters_has_all_regimes():
    """Exponents of ``1 - 1/min(b, gamma + 1)`` balanced with s, the largest step, and what lies between."""
    law = derive(power_law(a, b)).schedule(Power(gamma=power))
    half = Rational(1, 2)
    for place in (
        {a: 4, b: 2, power: half},
        {a: 4, b: 2, power: 3},
        {a: 2, b: 3, power: 1},
        {a: 2, b: 3, power: 4},
    ):
        alone = derive(power_law(place[a], place[b])).schedule(Power(gamma=place[power]))
        found = law.at(place)
        assert (found.exponent, found.log_power) == (alone.exponent, alone.log_power)
        ratio = (found.prefactor / alone.prefactor).subs({sigma: 2, B: 3, eta: half})
        assert abs(ratio.evalf() - 1) < 1e-12
    assert law.at({a: 4, b: 2, power: 1}).log_power == Rational(3, 4)
    text = str(check_claim("t**(-(a - 1)/a)", law))
    assert text.startswith("FAILS where") and "gamma" in text
