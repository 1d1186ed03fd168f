"""Laws of features that move: exponents and constants against closed forms, quadrature, and the model."""

from functools import partial
from itertools import pairwise

import mpmath
import numpy as np
import pytest
from sympy import Max, Rational, log, simplify, sqrt

from asymptotics import Task, check_claim, derive, power_law
from asymptotics.derivation.evaluation.values import Values
from asymptotics.errors import BottleneckError
from asymptotics.kernels import relu_ntk
from asymptotics.model.operators import RichChange
from asymptotics.model.rich_constants import Grown, Unlearned
from asymptotics.model.rich_shared import Shared
from asymptotics.symbols import N, P, a, b, sigma, t
from asymptotics.symbols import gamma as richness
from numerics import RichModel, verify
from numerics.model.rich_response import features_coefficient, noise_coefficient, samples_coefficient

LAWS = derive(power_law(a, b))
LAW = LAWS.rich_time
MORE = ((Rational(3, 2), Rational(5, 4)), (Rational(11, 4), Rational(7, 5)))

# (s, alpha), plain quadrature of the definitions
CONSTANTS = [
    (Rational(2, 5), Rational(3, 20)),
    (Rational(1, 2), Rational(1, 8)),
    (Rational(3, 4), Rational(1, 16)),
]


@pytest.mark.parametrize(("s", "alpha"), CONSTANTS, ids=str)
def test_constants_are_their_integrals(s, alpha):
    """By ``h Z = chi(tau) (1 - 1F1(1; 1 - alpha; -y))``, in another form and on another grid."""
    with mpmath.workdps(20):
        order, power = (mpmath.mpf(x.p) / x.q for x in (s, alpha))

        def left(y):
            return mpmath.hyp1f1(1, 1 - power, -y)

        grid = mpmath.linspace(-60, 60, 25)
        H = mpmath.quad(lambda u: mpmath.exp(u * (order - 1)) * (1 - left(mpmath.exp(u))) ** 2, grid)
        G = mpmath.quad(lambda u: mpmath.exp(u * order) * left(mpmath.exp(u)) ** 2, grid)
        tail = mpmath.exp(60 * (order - 1)) / (1 - order)
        assert abs(Grown(s, alpha, alpha).evalf(15) - (H + tail) / mpmath.gamma(order)) < 1e-9
        assert abs(Unlearned(s, alpha, alpha).evalf(15) - G / mpmath.gamma(order)) < 1e-9


@pytest.mark.parametrize("s", [Rational(1, 3), Rational(-1, 2), Rational(-3, 2), 0, -1, -2], ids=str)
def test_constants_are_continued(s):
    """With hardly any growth they are near those without, at whole numbers as well."""
    little = Rational(1, 10**9)
    for constant in (Grown, Unlearned):
        near, none = (constant(s, x, x).evalf(15) for x in (little, 0))
        assert abs(near - none) < 1e-7


def test_exponents_are_those_of_the_paper():
    """``chi(beta) = beta max(1, 2/(1 + beta))`` of arXiv 2409.17858, beta = (a - 1)/b."""
    beta = (a - 1) / b
    for point in ({a: 2, b: 3}, {a: 4, b: 2}, {a: Rational(3, 2), b: Rational(5, 4)}):
        published = (beta * Max(1, 2 / (1 + beta))).subs(point)
        assert simplify(LAW.exponent.subs(point) - published) == 0
        assert simplify(LAW.at(point).regimes[0].exponent - published) == 0


def test_the_prefactor_is_proved_not_to_vanish():
    assert LAW.doubts == ()


def test_with_growing_features_the_sum_of_the_eigenvalues_does_not_matter():
    """s < 1: at large t the loss depends on ``gamma t`` alone."""
    (regime, *_) = LAW.at(a=2, b=2).regimes
    leading = regime.leading(t)
    assert simplify(leading.subs({richness: 3, t: 1}) / leading.subs({richness: 1, t: 3}) - 1) == 0


def test_where_the_exponents_meet_it_is_a_logarithm():
    (regime,) = LAW.at(a=3, b=2).regimes
    assert simplify(regime.leading(t) - 1 / (2 * richness * sqrt(2) * t * sqrt(log(t)))) == 0


@pytest.mark.slow
def test_the_scale_of_the_features_tends_to_a_root():
    """s > 1: ``L ~ (Gamma(s)/b) (2 K t)^-s``, ``K (K - 1) = gamma^2 zeta(a - b)``."""
    law = LAW.at(a=4, b=2, gamma=2)
    K = (1 + mpmath.sqrt(1 + 16 * mpmath.zeta(2))) / 2
    expected = mpmath.gamma(1.5) / 2 * (2 * K) ** -1.5
    assert abs(float(law.prefactor) - expected) < 1e-12
    assert abs(float(RichModel(power_law(4, 2), gamma=2).kernel_scale(10**9)) - K) < 1e-4


@pytest.mark.slow
@pytest.mark.parametrize(
    "point",
    [
        (4, 2),
        pytest.param((2, 2), marks=pytest.mark.slow),
        *(pytest.param(p, marks=pytest.mark.slow) for p in MORE),
    ],
)
def test_next_orders_are_what_is_left(point):
    """The loss less two terms falls as the remainder says, in each decade."""
    law = LAW.at(a=point[0], b=point[1], gamma=1)
    first, second = law.expansion(terms=2).terms[:2]
    (bound, *_) = sorted(law.expansion(terms=2).remainder, key=lambda x: x.order)
    model = RichModel(power_law(*point), gamma=1)
    model.prepare(10**6)
    left = []
    for x in (10**4, 10**6):
        terms = sum(term.coefficient.evalf(20) * x ** -term.order.evalf(20) for term in (first, second))
        left.append(abs(float(model.test_loss(x).value - terms)) * x ** float(bound.order))
    assert left[1] < 1.5 * left[0]
    one, other = (float(term.coefficient.evalf(20) * x ** -term.order.evalf(20)) for term in (first, second))
    without = abs(float(model.test_loss(x)) - one)
    assert without > 10 * left[1] * x ** -float(bound.order) and abs(without / abs(other) - 1) < 0.1


@pytest.mark.slow
@pytest.mark.parametrize(
    "task",
    [
        Task("k**-2", "k**-2 + k**-3"),
        pytest.param(Task("k**-2*(1 + k**-1)", "k**-2"), marks=pytest.mark.slow),
        pytest.param(Task("k**-2", "k**-3", multiplicity="k"), marks=pytest.mark.slow),
        pytest.param(Task("k**-3", "5*k**-2"), marks=pytest.mark.slow),
    ],
    ids=["two powers in the target", "two in the eigenvalues", "multiplicity", "prefactor"],
)
def test_every_family_whose_lazy_law_is_a_power(task):
    law = derive(task).rich_time.at(gamma=1)
    model = RichModel(task, gamma=1)
    model.prepare(10**7)
    early, late = (abs(float(model.test_loss(x)) / law(x) - 1) for x in (10**5, 10**7))
    assert late < 0.6 * early < 0.06


@pytest.mark.parametrize(
    ("eigenvalues", "target"), [("2**-k", "3**-k"), ("exp(-sqrt(k))", "k**-2"), ("k**-2", "k**-3/log(k+1)")]
)
def test_others_are_refused_with_the_reason(eigenvalues, target):
    laws = derive(Task(eigenvalues, target))
    with pytest.raises(BottleneckError, match="features that move have a law where the lazy loss leads with"):
        laws.rich_time  # noqa: B018


@pytest.mark.slow
@pytest.mark.parametrize(
    "point", [{a: 2, b: 2}, {a: 4, b: 2}, {a: Rational(3, 2), b: Rational(5, 4)}], ids=str
)
def test_the_law_holds(point):
    assert verify(LAW, at={**point, richness: 1}).verdict == "HOLDS"


@pytest.mark.slow
def test_a_change_of_the_pace_as_late_as_its_start_leaves_a_logarithm():
    """At s = 3/2 the square of ``tau^-(1/2)`` is ``tau^-1``, as the start."""
    for point, logs in (
        ((4, 2), 1),
        ((5, 2), 1),
        ((Rational(5, 3), 2), 1),
        ((2, 2), 0),
        ((Rational(9, 2), 2), 0),
    ):
        law = LAW.at(a=point[0], b=point[1], gamma=1)
        assert max(bound.log_power for bound in law.expansion(terms=4).remainder) == logs, point


@pytest.mark.slow
@pytest.mark.parametrize("point", [pytest.param({a: 2, b: 2}, marks=pytest.mark.slow), {a: 4, b: 2}], ids=str)
def test_every_step_of_the_derivation_holds(point):
    """Against modes in doubles, which know neither the law nor its contour."""
    checked = str(LAW.at({**point, richness: 1}).derivation.check())
    assert "holds" in checked and "FAILS" not in checked and "undecided" not in checked.split("worst")[0]


RESPONSES = {
    "rich_model_transient": features_coefficient,
    "rich_data_transient": samples_coefficient,
    "rich_noise": noise_coefficient,
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "point"),
    [("rich_noise", (4, 2))]
    + [
        pytest.param(name, point, marks=pytest.mark.slow)
        for name, point in (
            ("rich_noise", (2, 2)),
            ("rich_model_transient", (2, 2)),
            ("rich_model_transient", (4, 2)),
            ("rich_data_transient", (2, 2)),
            ("rich_data_transient", (4, 2)),
            ("rich_data_transient", (3, Rational(3, 2))),
        )
    ],
    ids=str,
)
def test_every_step_of_what_responds_holds(name, point):
    """Modes and a contour in doubles, which know neither the law nor the numerics of the model."""
    law = getattr(LAWS, name).at({a: point[0], b: point[1], richness: 1})
    checked = str(law.derivation.check())
    assert "holds" in checked and "FAILS" not in checked and "undecided" not in checked.split("worst")[0]


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [pytest.param(x, marks=() if x == "rich_noise" else pytest.mark.slow) for x in RESPONSES]
)
def test_what_derivations_take_for_responses_is_that_of_the_model(name):
    """Two solutions that share nothing, within the error that the one of derivations states."""
    model = RichModel(power_law(2, 2), gamma=1)
    derivation = getattr(LAWS, name).at(a=2, b=2, gamma=1).derivation
    values, now = Values(derivation.definitions, 20), Rational(37, 3)
    (node,) = next(x for s in derivation if (x := s.equation.args[0].atoms(RichChange)))
    with mpmath.workdps(30):
        found = values(node, {t: now}, exact=False)
    assert abs(found / RESPONSES[name](model, now).value - 1) < values.error < 1e-4


@pytest.mark.slow
def test_what_is_never_learned_is_a_floor():
    """Odd harmonics above 1 have no eigenvalue: the law of the others stands above their power."""
    task = Task.from_kernel(relu_ntk(d=3), target="k**-4")
    floor, above = derive(task).rich_time.expansion(terms=2).terms
    assert floor.order == 0 and above.order == Rational(4, 5)
    model = RichModel(task, gamma=1)
    model.prepare(10**6)
    scale = above.coefficient.subs(richness, 1).evalf(20)
    left = [
        abs((model.test_loss(x).value - floor.coefficient.evalf(20)) / (scale * x**-0.8) - 1)
        for x in (10**4, 10**6)
    ]
    assert left[1] < 0.6 * left[0] < 0.06


def test_claims_of_the_lazy_exponent_fail():
    assert str(check_claim("t**(-2*(a-1)/(a+b-1))", LAW, assuming="a - 1 < b")).startswith("HOLDS")
    assert str(check_claim("t**(-(a-1)/b)", LAW)).startswith("FAILS")


@pytest.mark.parametrize(
    "point", [{a: 2, b: 2}, {a: 3, b: Rational(3, 2)}, {a: Rational(3, 2), b: Rational(5, 4)}], ids=str
)
@pytest.mark.parametrize(
    "name", ["rich_scale", "rich_model_transient", "rich_crossover", "rich_data_transient", "rich_noise"]
)
@pytest.mark.slow
def test_laws_of_the_scale_and_of_finite_width_hold(name, point):
    """Growing and tending features; a correction that grows with t, one that falls, and one that stays."""
    law = getattr(LAWS, name)
    settings = {} if name == "rich_crossover" else {richness: 1}
    found = verify(law, at={**point, **settings})
    assert found.verdict == "HOLDS" and "would fail" in str(found)


@pytest.mark.slow
def test_the_laws_of_scale_and_of_finite_width_are_approached():
    model = RichModel(power_law(3, "3/2"), gamma=2)
    model.prepare(10**5)
    at = {a: 3, b: Rational(3, 2)}
    change = partial(features_coefficient, model)
    for name, measured in (("rich_scale", model.kernel_scale), ("rich_model_transient", change)):
        leading = getattr(LAWS, name).at(at).regimes[0].leading(t).xreplace({richness: 2, N: 1})
        early, late = (abs(float(measured(x)) / float(leading.subs(t, x)) - 1) for x in (10**3, 10**5))
        assert late < 0.5 * early < 0.05


@pytest.mark.slow
def test_the_change_by_features_is_the_difference_of_two_models():
    """By Richardson's extrapolation from three sizes."""
    point, now = (2, 2), 50
    whole = RichModel(power_law(*point), gamma=1)
    found = features_coefficient(whole, now)
    changes = []
    for size in (10**4, 2 * 10**4, 4 * 10**4):
        model = RichModel(power_law(*point), N=size, gamma=1)
        changes.append(size * float(model.test_loss(now).value - whole.test_loss(now).value))
    first, second = (2 * later - one for one, later in pairwise(changes))
    assert abs(float(found) - (4 * second - first) / 3) < 1e-6 * abs(float(found))
    assert found.relative_error < 1e-9


def test_the_change_by_features_has_its_time_law():
    """s < 1: relative to the loss it grows as ``tau^(1/b)``; s > 1: with its own exponent ``1 - 1/b``."""
    law = LAWS.rich_model_transient
    assert simplify(law.at(a=2, b=3).exponent - LAWS.rich_time.at(a=2, b=3).exponent + Rational(1, 2)) == 0
    assert law.at(a=5, b=2).exponent == Rational(1, 2)


@pytest.mark.slow
def test_what_is_behind_early_times_has_no_answer():
    """At (9/5, 8/5) a change of order 11/8 meets the pole of M_alpha at alpha = 1, behind the remainder."""
    here, near = (derive(power_law(x, "8/5")).rich_model_transient for x in ("9/5", "9001/5000"))
    assert here.exponent == -Rational(1, 6)
    assert abs((here.prefactor / near.prefactor).subs({richness: 1}).evalf(8) - 1) < 1e-3


@pytest.mark.parametrize(
    ("s", "q", "alpha"), [(0.5, 0.5, 0.125), (0.2, 0.9, 0.2), (1 / 3, 0.6, 0.0)], ids=str
)
def test_the_constant_of_samples_is_its_double_integral(s, q, alpha):
    """By the trapezoidal rule in both rates, ``log h = sinh x``, of the definition."""

    def left(y):
        c = 1 - alpha
        if y > 200:  # (alpha)_n y^-n
            return -alpha / y * (1 + (1 + alpha) / y), alpha / y**2, -2 * alpha / y**3
        m = y / c * mpmath.hyp1f1(1, 1 + c, -y)
        slope = m - 1 - alpha * m / y
        return 1 - m, slope, -slope + alpha * slope / y + alpha * m / y**2

    x = np.linspace(-1, 1, 161) * np.arcsinh(22 / min(s, q, 1 - q))
    h = np.exp(np.sinh(x))
    with mpmath.workdps(30):
        g, slope, bend = (np.array(f, dtype=float) for f in zip(*map(left, map(mpmath.mpf, h)), strict=True))
    apart = h[None, :] - h[:, None] + np.eye(len(h))
    first = np.where(np.eye(len(h)), slope, (g[None, :] - g[:, None]) / apart)
    second = np.where(np.eye(len(h)), bend / 2, (first - slope[:, None]) / apart)
    inside = 2 * h[:, None] * g[:, None] * second + h[None, :] * first**2
    weights = (x[1] - x[0]) * np.cosh(x)
    total = (weights * h**s) @ inside @ (weights * h**q) / float(mpmath.gamma(s) * mpmath.gamma(q))
    assert abs(Shared(*map(Rational, map(str, (s, q, alpha)))).evalf(15) / total - 1) < 1e-8


@pytest.mark.slow
def test_the_change_by_samples_is_the_difference_of_two_models():
    """By Richardson's extrapolation from three sizes, with and without label noise."""
    eigenvalues, target, now = np.arange(1, 13) ** -1.5, np.arange(1, 13) ** -1.8, 7
    whole = RichModel.from_arrays(eigenvalues, target, gamma=1.3)
    signal, label = samples_coefficient(whole, now), noise_coefficient(whole, now)
    for noise in (0, 1.5):
        changes = []
        for size in (2000, 4000, 8000):
            model = RichModel.from_arrays(eigenvalues, target, P=size, noise=noise, gamma=1.3)
            changes.append(size * float(model.test_loss(now).value - whole.test_loss(now).value))
        first, second = (2 * later - one for one, later in pairwise(changes))
        expected = float(signal) + noise**2 * float(label)
        assert abs(expected - (4 * second - first) / 3) < 1e-6 * expected
    assert signal.relative_error < 1e-8 and label.relative_error < 1e-8


@pytest.mark.parametrize(
    "point", [pytest.param(p, marks=pytest.mark.slow) for p in ((2, 2), (3, Rational(3, 2)))], ids=str
)
def test_the_laws_of_samples_are_approached(point):
    """s < 1 and s > 1: the constants against the coefficients of the model."""
    model = RichModel(power_law(*point), gamma=2)
    model.prepare(10**5)
    for name, measured in (("rich_data_transient", samples_coefficient), ("rich_noise", noise_coefficient)):
        leading = getattr(LAWS, name).at(a=point[0], b=point[1]).regimes[0].leading(t)
        leading = leading.xreplace({richness: 2, P: 1, sigma: 1})
        early, late = (abs(float(measured(model, x)) / float(leading.subs(t, x)) - 1) for x in (10**3, 10**5))
        assert late < 0.5 * early < 0.1


@pytest.mark.slow
def test_what_samples_change_has_the_exponents_of_tau():
    """``tau^(1/b)/P`` of the loss, and for label noise itself; ``tau ~ t^(2/(1 + s))``."""
    data, label, rich = LAWS.rich_data_transient, LAWS.rich_noise, LAWS.rich_time
    hard = {a: Rational(5, 2), b: 3}
    assert data.at(hard).exponent == rich.at(hard).exponent - Rational(4, 9) == Rational(2, 9)
    assert label.at(hard).exponent == -Rational(4, 9)
    assert data.at(a=5, b=3).exponent == LAWS.data_transient.at(a=5, b=3).exponent
    assert data.at(a=5, b=2).regimes[0].log_power == 1  # a - 1 = 2b, as for frozen features


def test_the_change_with_finite_sizes_is_refused():
    with pytest.raises(BottleneckError, match="at N = P = oo; leave out N and P"):
        features_coefficient(RichModel(power_law(2, 2), N=100, gamma=1), 10)


def test_from_lazy_to_rich():
    """``gamma* = G^(-1/2)``, ``G = sum (c/lambda)(1 - e^(-lambda t))^2``, against a plain sum."""
    law = LAWS.rich_crossover
    assert law.at(a=2, b=3).exponent == Rational(1, 3) and law.at(a=5, b=2).exponent == 0
    for x, y in ((2, 3), (5, 2)):
        k = np.arange(1, 10**6, dtype=float)
        grown = np.sum(k ** (y - x) * np.expm1(-(10**8) * k**-y) ** 2)
        assert abs(law.at(a=x, b=y)(10**8) * np.sqrt(grown) - 1) < 0.01
    assert law.at(a=3, b=2).regimes[0].leading(t) == sqrt(2) / sqrt(log(t))


@pytest.mark.slow
def test_below_the_crossover_features_are_lazy():
    richness_there = LAWS.rich_crossover.at(a=2, b=3)(10**6)
    task = power_law(2, 3)
    little, much = (float(RichModel(task, gamma=f * richness_there).kernel_scale(10**6)) for f in (0.01, 10))
    assert little - 1 < 1e-3 and much > 5
