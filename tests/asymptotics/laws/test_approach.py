"""The laws of the approach against closed forms that are known, and against each other."""

import pytest
from sympy import (
    EulerGamma,
    Float,
    Integer,
    Min,
    Rational,
    exp,
    expand,
    gamma,
    hyper,
    log,
    oo,
    pi,
    simplify,
    sin,
    zeta,
)

from asymptotics import OnePassSGD, Task, derive, power_law
from asymptotics.model.beyond_spectrum import feedback
from asymptotics.model.quantities import QUANTITIES
from asymptotics.spectra import spectrum
from asymptotics.symbols import B, N, P, a, b, eta, k, mu, sigma, t
from asymptotics.transforms.overlap import OverlapSlope
from numerics import FullModel, simulate

s = (a - 1) / b
A = (pi / b) / sin(pi / b)
LAWS = derive(power_law(a, b))
LOW, HIGH = {a: Rational(7, 5), b: Rational(8, 5)}, {a: Rational(26, 5), b: Rational(13, 10)}

# (law, point in the regime, exponent, prefactor, source)
KNOWN = [
    (
        "model_transient",
        LOW,
        s - 1 / b,
        s * A * (pi / b) / (sin(pi * s) * gamma(1 - s + 1 / b)) * 2 ** (1 / b - s) / N,
        "c1 of the 1/N correction in T = 2t",
    ),
    (
        "model_transient",
        HIGH,
        1 - 1 / b,
        zeta(a - b) * A / gamma(1 / b) * 2 ** (1 / b - 1) / N,
        "c2 of the 1/N correction in T = 2t",
    ),
    (
        "gap",
        LOW,
        s - 1 / b,
        2
        / P
        * gamma(1 - 1 / b)
        * gamma(s)
        / b**2
        * 2**-s
        * b
        * hyper([s, 1 / b], [1 + 1 / b], Rational(1, 2)),
        "int_0^1 (1-u)^(1/b-1) (1+u)^-s du = 2^-s b 2F1(s, 1/b; 1 + 1/b; 1/2)",
    ),
    ("gap_noise", LOW, -1 / b, 2 * sigma**2 * gamma(1 - 1 / b) / P, "2 sigma^2 Gamma(1-1/b) t^(1/b)/P"),
    (
        "noise",
        HIGH,
        -1 / b,
        sigma**2 / P * gamma(1 - 1 / b) * (2 - 2 ** (1 / b)),
        "(sigma^2/P) sum (1 - e^(-lambda t))^2",
    ),
    ("bias_model", LOW, a - 1, gamma(s) * gamma(2 - s) / b * A ** (a - 1), "F(kappa), BAP appendix C"),
    ("bias_model", HIGH, 2 * b, zeta(a - 2 * b) * A ** (2 * b), "BAP's published model exponent"),
    ("variance_model", HIGH, b, zeta(a - b) * A**b, "Xi - F"),
    ("variance_data", LOW, a - 1, (b - 1) * gamma(s) * gamma(2 - s) / b * A ** (a - 1), "F df2/(P - df2)"),
]


@pytest.mark.parametrize(("name", "point", "exponent", "prefactor", "source"), KNOWN)
def test_known_leading_terms(name, point, exponent, prefactor, source):
    law = getattr(LAWS, name).at(point)
    assert law.exponent == exponent.subs(point), source
    ratio = (law.prefactor / prefactor.subs(point)).evalf(30)
    assert abs(ratio - 1) < 1e-25, source


def test_exponents_over_the_regimes():
    assert LAWS.model_transient.exponent == Min((a - 2) / b, (b - 1) / b)
    assert LAWS.data_transient.exponent == Min((a - 2) / b, (2 * b - 1) / b)
    assert {x.expand() for x in LAWS.data_transient_second.exponent.args} == {a / b - 3 / b, 2 - 2 / b}
    assert LAWS.bias_model.exponent == Min(a - 1, 2 * b)
    assert LAWS.variance_model.exponent == Min(a - 1, b)
    assert LAWS.early_stopping.exponent == (a - 1) / a
    assert LAWS.early_stopping_time.exponent == -b / a
    assert LAWS.sgd_noise.exponent == Min((a - 1) / b, (2 * b - 1) / b)


def test_sgd_limits_where_its_noise_falls_more_slowly():
    """Phase III of Paquette et al.: t^-(2 - 1/b) leads for a > 2b."""
    conditions = {r.exponent: r.condition for r in LAWS.sgd_noise.regimes if not r.is_boundary}
    assert conditions[(2 * b - 1) / b] == (a > 2 * b)
    assert conditions[(a - 1) / b] == (a < 2 * b)


@pytest.mark.parametrize(
    ("name", "pace"),
    [("time_discrete", eta), ("time_momentum", 1), ("time_discrete_momentum", eta / (1 - mu))],
)
def test_discrete_steps_and_momentum_keep_the_leading_law(name, pace):
    """After t steps of size eta that of gradient flow at the time eta t."""
    law = getattr(LAWS, name)
    assert simplify(law.leading / LAWS.time.leading.subs(t, pace * t)) == 1
    assert law.regimes[0].remainder == (a + b - 1) / b


@pytest.mark.parametrize("size", [N, P])
@pytest.mark.parametrize("place", [{a: Rational(3, 2), b: Rational(8, 5)}, {a: 6, b: Rational(8, 5)}])
def test_transients_end_at_the_crossover(size, place):
    """There the second order over the first is of order one, and the first over what is left at the end.

    That is the time law where it is not the smaller one: for a - 1 < b in N, a - 1 < 2b in P.
    """
    kind = "model" if size == N else "data"
    first, second = (getattr(LAWS, f"{kind}_transient{end}") for end in ("", "_second"))
    low, high = second.window
    assert low == 1 and second.window == first.window
    ends = [getattr(LAWS, kind)] + ([LAWS.time] if place[a] < 3 else [])
    for number in (Integer(10) ** 6, Integer(10) ** 12):
        there = {t: high.subs(place).subs(size, number), size: number}
        now, next_ = (law.at(place).leading.subs(there).evalf(15) for law in (first, second))
        for ratio in (next_ / now, *(now / law.at(place).leading.subs(there).evalf(15) for law in ends)):
            assert 0.01 < abs(ratio) < 100


def test_sgd_noise_follows_the_model_transient():
    """At finite N what SGD adds is K/(1 - K) times the flow's transient at the time eta t, K at rest.

    For a > 2b its noise at N = oo limits until t ~ N: there the two are of the same order.
    """
    for place in (LOW, HIGH):
        flow, sgd = (LAWS.model_transient.at(place), LAWS.sgd_noise_transient.at(place))
        share = feedback(OnePassSGD, spectrum(power_law(place[a], place[b])))
        paced = flow.prefactor * eta**-flow.exponent
        assert sgd.exponent == flow.exponent
        at = {eta: Rational(1, 8), B: 8, N: 1}
        assert abs((sgd.prefactor / (paced * share / (1 - share))).subs(at).evalf(25) - 1) < 1e-20
    clean = LAWS.sgd_noise.at(HIGH)
    assert clean.exponent - sgd.exponent == 1  # t^-(2 - 1/b) against t^-(1 - 1/b)/N
    assert LAWS.sgd_noise_transient.uniform == (a > 2)


def test_a_leading_coefficient_that_vanishes_is_not_a_law():
    """The second order's first coefficient has a factor a + b - 3: on that line the next term leads."""
    place = {a: Rational(7, 5), b: Rational(8, 5)}
    law = LAWS.model_transient_second.at(place)
    assert law.prefactor != 0
    assert law.exponent == Min((a - 2) / b, (b - 2) / b).subs(place)


def test_bias_and_variance_add_to_the_loss():
    for place in (LOW, HIGH, {a: Rational(5, 2), b: Rational(3, 2)}):
        total = LAWS.bias_model.at(place).expansion(3) + LAWS.variance_model.at(place).expansion(3)
        difference = (total - LAWS.model.at(place).expansion(3)).as_expr().subs(N, 10**4)
        assert abs(difference.evalf(30)) < abs(total.as_expr().subs(N, 10**4).evalf(30)) * 1e-11


def test_early_stopping_is_the_minimum_of_its_two_terms():
    place = {a: Rational(5, 2), b: Rational(3, 2), sigma: Rational(1, 3)}
    number = Integer(10) ** 9
    best = LAWS.early_stopping.at(place).leading.subs(P, number).evalf(30)
    moment = LAWS.early_stopping_time.at(place).leading.subs(P, number).evalf(30)

    def loss(time):
        clean = LAWS.time.at({a: place[a], b: place[b]}).leading.subs(t, time)
        noise = LAWS.noise.at({**place, P: number}).leading.subs(t, time)
        return (clean + noise).evalf(30)

    assert abs(loss(moment) / best - 1) < 1e-20
    for factor in (0.9, 1.1):
        assert loss(moment * factor) > best


def test_constants_are_elementary_where_they_can_be():
    first, second, _ = LAWS.data_transient_second.at(a=3, b=2).expansion(terms=3).terms
    slope = OverlapSlope(-Rational(1, 2), -Rational(1, 2), 1, 0)
    meant = (-(pi**2) - pi ** Rational(3, 2) * slope + 2 * pi**2 * log(2)) / (8 * P**2)
    assert expand(first.coefficient - meant) == 0
    assert not second.coefficient.has(hyper) and not second.coefficient.has(EulerGamma)


def test_noise_of_the_task_is_used():
    noisy = derive(power_law(2, Rational(3, 2), noise=Rational(1, 2)))
    clean = derive(power_law(2, Rational(3, 2)))
    assert noisy.noise.prefactor == clean.noise.at(sigma=Rational(1, 2)).prefactor
    assert noisy.variance_data.exponent == 0
    assert noisy.sgd_noise.exponent == 0


def test_a_floor_whose_remainder_no_depth_moves_ends():
    (floor,) = derive(Task("exp(-k)", "exp(-2*k)", noise=1)).sgd_noise.regimes
    assert (floor.exponent, floor.remainder) == (0, 1)


@pytest.mark.slow
def test_every_law_of_other_spectra_is_derived():
    task = Task(eigenvalues=3 * k**-2, target=(k + Rational(1, 2)) ** -3)
    laws = derive(task)
    for law in laws.all():
        assert law.regimes, law.name
    assert {law.name for law in laws.all()} == set(QUANTITIES)
    assert laws.sgd_noise.at(eta=Rational(1, 8), B=8).parameters == ()
    assert {eta, B} <= set(laws.sgd_noise.parameters)


def test_where_the_expansion_is_uniform_in_time():
    assert LAWS.model_transient.uniform == (a > 2)
    assert LAWS.data_transient.uniform == (a > 2)
    assert LAWS.data_transient_second.uniform == (a > 3)
    assert LAWS.noise.uniform == False  # noqa: E712
    assert LAWS.model.uniform is None
    assert LAWS.model_transient.at(a=3, b=2).uniform == True  # noqa: E712
    assert LAWS.model_transient.at(a=Rational(3, 2), b=2).uniform == False  # noqa: E712


def test_unknown_law_is_named():
    with pytest.raises(AttributeError, match="the laws are time, model"):
        LAWS.entropy  # noqa: B018


def test_single_draws_differ_from_the_mean_field_by_the_diagonal_term():
    """Order 1/N at finite M: the mean field has weight 1 in the double sum, draws have 1 + delta_kl."""
    levels, time = 5, 3
    eigenvalues = [1 / Float(j, 40) ** 2 for j in range(1, levels + 1)]

    def divided(x, y):  # f[x, x, y] of f = exp(-2 x t)
        step = 2 * time
        if x == y:
            return step**2 * exp(-x * step) / 2
        return (exp(-y * step) - exp(-x * step) + step * exp(-x * step) * (y - x)) / (y - x) ** 2

    planar = sum(x * x * y * divided(x, y) for x in eigenvalues for y in eigenvalues)  # c_k = lambda_k
    diagonal = sum(x * x * x * divided(x, x) for x in eigenvalues)
    task = power_law(2, 2, modes=levels)
    size = 10**8
    found = (
        FullModel(task, N=size, digits=25).test_loss(time).value
        - FullModel(task, digits=25).test_loss(time).value
    )
    assert abs(size * found / planar - 1) < 1e-7
    drawn = simulate(task, N=100, P=oo, times=[time], modes=levels, draws=4000, seed=3)
    base = float(FullModel(task).test_loss(time))
    shift, error = 100 * (drawn.test_loss[0] - base), 100 * drawn.test_loss_error[0]
    assert abs(shift - float(planar + diagonal)) < 4 * error + 0.05
