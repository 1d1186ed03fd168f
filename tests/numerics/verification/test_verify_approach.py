"""Every law of the approach against the full model, and the reference values against other routes."""

from dataclasses import replace

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st
from inverse_size import inverse_size_coefficients
from sympy import Integer, Rational, log, oo

from asymptotics import DomainError, Task, UnableError, derive, power_law
from asymptotics.model.quantities import QUANTITIES
from asymptotics.symbols import B, N, P, a, b, b_test, beta, delta, eta, k, mu, sigma
from numerics import FullModel
from numerics.model.stopping import best_stopping
from numerics.values.value import Value
from numerics.verification.places import Place
from numerics.verification.prediction import Prediction
from numerics.verification.references import REFERENCES, reference_value, solution_groups
from numerics.verification.verify import settings_of, verify

LAWS = derive(power_law(a, b))
PLACES = {
    "s < 1": (Rational(3, 2), Rational(5, 4)),
    "a - 1 = 2b": (4, Rational(3, 2)),
    "a - 1 = b": (Rational(5, 2), Rational(3, 2)),
    "a - 1 > 2b": (7, Rational(3, 2)),
}
# the longest; tests of their own, of stopping one below, see a wrong constant
LONG = {
    "early_stopping",
    "transfer",
    "critical_batch",
    "optimal_ridge_width",
    "nesterov",
    "rich_time",
    "noiseless_step",
}
# its remainder falls as t^-(1/4), and its targets are slower than some of these: in a test of its own
APART = {"dana"}
QUICK = {(group, "s < 1") for group in solution_groups() if group[0] not in LONG}
CASES = [
    pytest.param(
        group, place, marks=() if (group, place) in QUICK else pytest.mark.slow, id=f"{group[0]} {place}"
    )
    for group in solution_groups()
    if group[0] not in APART
    for place in PLACES
]


def test_every_law_has_a_reference():
    assert set(REFERENCES) == set(QUANTITIES) == {name for group in solution_groups() for name in group}


@pytest.mark.parametrize(("group", "place"), CASES)
def test_laws_hold_and_falsified_ones_fail(group, place):
    """Laws that share their solutions share a test, so that these are computed once."""
    values = dict(zip((a, b), PLACES[place], strict=True))
    for name in group:
        law = getattr(LAWS, name)
        others = {b_test: Rational(4, 3)} if b_test in law.parameters else {}
        found = verify(law, at=values | others)
        assert found.verdict == "HOLDS", str(found)
        assert found.points[-1].resource / found.points[0].resource >= 10**6
        exponent = found.exponent_predicted.evalf(30)
        assert abs(found.exponent_measured - exponent) <= max(3 * found.exponent_error, 1e-3)
        if found.next_ratio is not None:
            assert abs(found.measured - found.predicted.evalf(30)) <= max(3 * found.measured_error, 2e-3)
            assert abs(found.next_ratio - 1) < 0.5
        for what, mutant in mutants(found.law):
            assert verify(mutant).verdict == "FAILS", f"{name}, {what}: {verify(mutant)}"


@pytest.mark.slow
def test_the_best_time_holds_and_a_wrong_constant_fails():
    law = LAWS.early_stopping_time.at(a=Rational(3, 2), b=Rational(5, 4))
    assert verify(law, digits=15).verdict == "HOLDS"
    wrong = law.stating(prefactor=law.regimes[0].prefactor * Rational(1001, 1000))
    assert verify(wrong, digits=15).verdict == "FAILS"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["data_transient_second", "sgd_noise_transient"])
@pytest.mark.parametrize(
    ("p", "q"),
    [
        (Rational(6, 5), Rational(11, 10)),
        (Rational(37, 20), Rational(13, 10)),
        (Rational(27, 10), Rational(23, 20)),
        (Rational(59, 10), Rational(17, 10)),
        (Rational(53, 10), Rational(13, 10)),
        (Rational(9, 2), 3),
    ],
)
def test_transients_hold_wherever_they_are_asked(p, q, name):
    """Exponents far apart and close to each other; 6/5 and 11/10 make the corrections fall as t^(-1/11)."""
    found = verify(getattr(LAWS, name), at={a: p, b: q})
    assert found.verdict == "HOLDS", str(found)
    for factor in (Rational(999, 1000), Rational(1001, 1000)):
        wrong = found.law.stating(prefactor=found.law.regimes[0].prefactor * factor)
        assert verify(wrong).verdict == "FAILS", str(verify(wrong))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["data_transient", "data_transient_second", "gap", "sgd_noise_transient"])
def test_transients_of_a_target_with_a_logarithm(name):
    """The logarithms of the sums stay in the overlaps, beside slopes of their weights."""
    task = Task(eigenvalues=k ** -Rational(3, 2), target=k ** -Rational(9, 5) * (1 + log(k)))
    found = verify(getattr(derive(task), name))
    assert found.law.regimes[0].log_power == 1
    assert found.verdict == "HOLDS", str(found)
    for _, mutant in mutants(found.law):
        assert verify(mutant).verdict == "FAILS", str(verify(mutant))


def mutants(law):
    """The law with its constant, exponent or logarithm falsified."""
    regime = law.regimes[0]
    yield "prefactor +0.1 %", law.stating(prefactor=regime.prefactor * Rational(1001, 1000))
    yield "prefactor -0.1 %", law.stating(prefactor=regime.prefactor * Rational(999, 1000))
    yield "exponent +0.01", law.stating(exponent=regime.exponent + Rational(1, 100))
    yield "exponent -0.01", law.stating(exponent=regime.exponent - Rational(1, 100))
    yield "logarithm added", law.stating(log_power=regime.log_power + 1)
    if regime.log_power:
        yield "logarithm dropped", law.stating(log_power=0)


@pytest.mark.parametrize(("p", "q"), [(4, Rational(3, 2)), (7, Rational(3, 2))])
def test_published_model_exponent_is_that_of_the_bias(p, q):
    """BAP state N^-min(a-1, 2b) for the model; Paquette et al. and arXiv 2405.00592 N^-min(a-1, b).

    The first is the bias over initialisations, the second the loss of one model: both as measured.
    """
    published, other = min(p - 1, 2 * q), min(p - 1, q)
    assert (published, other) == (3, Rational(3, 2))
    bias, model = (verify(getattr(LAWS, name), at={a: p, b: q}) for name in ("bias_model", "model"))
    assert abs(bias.exponent_measured - published) < 1e-6
    assert abs(model.exponent_measured - other) < 1e-6
    assert (bias.verdict, model.verdict) == ("HOLDS", "HOLDS")
    assert verify(model.law.stating(exponent=published)).verdict == "FAILS"
    assert verify(bias.law.stating(exponent=other)).verdict == "FAILS"


def test_bias_and_loss_agree_where_the_published_exponent_holds():
    """For a - 1 < b the two exponents coincide; the constants differ by the variance."""
    bias, model = (LAWS.bias_model.at(a=1.5, b=1.25), LAWS.model.at(a=1.5, b=1.25))
    assert bias.exponent == model.exponent == Rational(1, 2)
    assert verify(model.stating(prefactor=bias.prefactor)).verdict == "FAILS"


# Reference values against sums over few modes


MODES = 6
TIME = Integer(50)


def modes():
    return [(mpmath.mpf(k) ** -2, mpmath.mpf(k) ** -3) for k in range(1, MODES + 1)]


def overlap(weight):
    """``sum_kl c_k lambda_l int_0^t weight(x, lambda_k, lambda_l) dx`` by quadrature."""
    t = mpmath.mpf(int(TIME))

    def integrand(x):
        return mpmath.fsum(c * m * weight(x, t, lam, m) for lam, c in modes() for m, _ in modes())

    return mpmath.quad(integrand, mpmath.linspace(0, t, 9))


def gap():
    return 2 * overlap(lambda x, t, lam, m: mpmath.exp(-m * x - lam * (2 * t - x)))


def data_transient():
    mean = overlap(lambda x, t, lam, m: 2 * lam * (t - x) * mpmath.exp(-m * x - lam * (2 * t - x)))
    one = overlap(lambda x, t, lam, m: m * x * mpmath.exp(-m * x - lam * (2 * t - x)))
    other = overlap(lambda x, t, lam, m: m * x * mpmath.exp(-lam * x - m * (2 * t - x)))
    return mean + one + other


def noise():
    return mpmath.fsum((1 - mpmath.exp(-lam * int(TIME))) ** 2 for lam, _ in modes())


def gap_noise():
    return mpmath.fsum(2 * (1 - mpmath.exp(-lam * int(TIME))) for lam, _ in modes())


def model_transient():
    """``sum_kl c_k lambda_k lambda_l f[k, k, l]``, f[...] the divided differences of e^(-2xt) at lambda."""
    twice = 2 * mpmath.mpf(int(TIME))
    total = mpmath.mpf(0)
    for lam, c in modes():
        for other, _ in modes():
            value, slope = mpmath.exp(-lam * twice), -twice * mpmath.exp(-lam * twice)
            if lam == other:
                second = twice**2 * value / 2
            else:
                second = (slope - (value - mpmath.exp(-other * twice)) / (lam - other)) / (lam - other)
            total += c * lam * other * second
    return total


@pytest.mark.parametrize("digits", [15, pytest.param(30, marks=pytest.mark.slow)])
@pytest.mark.parametrize("exact", [gap, data_transient, noise, gap_noise, model_transient])
def test_coefficients_lie_within_their_errors(exact, digits):
    task = power_law(3, 2, modes=MODES)
    found = reference_value(exact.__name__, Place(task=task, resource=TIME, digits=digits))
    with mpmath.workdps(40):
        true = exact()
    assert abs(found.value - true) <= found.error
    assert found.error < abs(true) * mpmath.mpf(10) ** -(digits // 4)


@pytest.mark.parametrize(
    "name",
    [
        "model_transient_second",
        "data_transient_second",
        "sgd_noise_transient",
        "early_stopping",
        "early_stopping_time",
    ],
)
def test_errors_cover_what_more_digits_change(name):
    task = power_law(Rational(3, 2), Rational(5, 4))
    few, many = (
        reference_value(name, Place(task=task, resource=Integer(5000), digits=digits)) for digits in (15, 28)
    )
    assert abs(few.value - many.value) <= few.error
    assert many.error < few.error


@given(
    st.lists(st.floats(min_value=-9, max_value=9), min_size=6, max_size=6),
    st.integers(min_value=2, max_value=5),
    st.integers(min_value=0, max_value=20),
)
def test_coefficients_of_known_series(coefficients, decades, digits):
    """``L(oo) + sum c_i n^-i`` rounded to so many digits gives back c_1, c_2 within their errors."""
    with mpmath.workdps(50):
        sizes = [mpmath.mpf(10) ** decades * 2**j for j in range(3)]
        slack = mpmath.mpf(10) ** -(decades + digits)
        limit = Value(value=mpmath.mpf(1), error=mpmath.mpf(0))
        values = []
        for sign, n in zip((1, -1, 1), sizes, strict=True):
            series = 1 + mpmath.fsum(c * n**-i for i, c in enumerate(coefficients, start=1))
            values.append(Value(value=series + sign * slack, error=slack))
        found = inverse_size_coefficients(sizes, values, limit)
        # What three sizes leave is of the order of the next coefficients, which may be larger than c_3.
        for i, c in enumerate(coefficients[:2]):
            beyond = sizes[0] ** (i - 3) * 1000
            assert abs(found[i].value - c) <= found[i].error + beyond


# Settings


def test_settings_are_stated_and_scale_the_coefficient():
    one = verify(LAWS.noise, at={a: 1.5, b: 1.25}, digits=12)
    assert one.settings == ((P, 1), (sigma, 1))
    other = verify(LAWS.noise, at={a: 1.5, b: 1.25, P: 100, sigma: 3}, digits=12)
    assert other.settings == ((P, 100), (sigma, 3))
    ratio = other.points[0].loss.value / one.points[0].loss.value
    assert abs(ratio - mpmath.mpf(9) / 100) < 1e-12
    assert "P = 100" in str(other)
    assert [p.remainder for p in other.points] == pytest.approx([p.remainder for p in one.points], rel=1e-9)


def test_settings_of_each_law():
    assert settings_of(LAWS.time) == ()
    assert settings_of(LAWS.model_transient) == (N,)
    assert settings_of(LAWS.sgd_noise) == (eta, B)
    assert settings_of(LAWS.time_momentum) == (beta,)
    assert settings_of(derive(power_law(a, b, noise=2)).noise) == (P,)


def test_noise_of_the_task_is_the_noise_of_the_law():
    task = power_law(Rational(3, 2), Rational(5, 4), noise=Rational(1, 3))
    for name in ("noise", "sgd_noise"):
        found = verify(getattr(derive(task), name))
        assert found.verdict == "HOLDS", str(found)


@pytest.mark.slow
def test_another_step_size_and_batch():
    found = verify(LAWS.time_discrete, at={a: 1.5, b: 1.25, eta: Rational(3, 4)})
    assert found.verdict == "HOLDS", str(found)
    assert found.points[0].resource == 134  # the first whole number of steps beyond 100 of gradient flow
    at = {a: 1.5, b: 1.25, eta: Rational(1, 4), mu: Rational(7, 8)}
    found = verify(LAWS.time_discrete_momentum, at=at)
    assert found.verdict == "HOLDS", str(found)
    assert found.points[0].resource == 50  # steps, eta/(1 - mu) = 2 of gradient flow each
    wrong = LAWS.time_discrete_momentum.prefactor * Rational(101, 100)
    assert verify(LAWS.time_discrete_momentum.stating(prefactor=wrong), at=at).verdict == "FAILS"
    found = verify(LAWS.sgd_noise_model, at={a: 1.5, b: 1.25, "eta": 0.5, "B": 3})
    assert found.verdict == "HOLDS", str(found)


@pytest.mark.parametrize(
    ("name", "extra", "words"),
    [
        ("sgd_noise", {eta: Rational(1, 10)}, "eta = 1/10 is not exactly a float"),
        ("sgd_noise", {B: Rational(3, 2)}, "batch = 1.5; give an integer"),
        ("sgd_noise", {eta: 8, B: 1}, "beyond stability"),
        ("time_discrete", {eta: 4}, "beyond stability"),
        ("time", {eta: 1}, "eta is not a parameter"),
        ("noise", {P: -1}, "positive"),
        ("noise", {"N": 3}, "N is not a parameter"),
    ],
)
def test_bad_settings(name, extra, words):
    with pytest.raises(DomainError, match=words):
        verify(getattr(LAWS, name), at={a: 1.5, b: 1.25, **extra})


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (Rational(15, 4), Rational(3, 11)),
        pytest.param(Rational(61, 9), Rational(39, 10), marks=pytest.mark.slow),
    ],
)
def test_orders_close_behind_the_known_ones_are_products_of_them(x, y):
    """12/11 behind 1, and 136/45 behind 3, which sums of the last known order with others leave out."""
    found = verify(derive(power_law(a, b, modes=2 * N)).bias_model, at={a: x, b: y}, digits=20)
    assert found.verdict == "HOLDS", str(found)


def test_no_noise_no_early_stopping():
    with pytest.raises(UnableError, match="falls until t = oo"):
        best_stopping(FullModel(power_law(2, 2), P=100, digits=12))


def test_what_only_a_bound_follows_is_not_given_a_ratio():
    found = verify(LAWS.time_momentum, at={a: Rational(5, 2), b: Rational(3, 2)})
    assert found.verdict == "HOLDS", str(found)
    assert found.next_ratio is None and found.predicted == 2 and found.predicted != oo


@pytest.mark.slow
@pytest.mark.parametrize("place", [(7, 3), (Rational(32, 5), Rational(14, 5)), (7, Rational(15, 4))])
def test_a_remainder_that_changes_sign_before_its_power_sets_in_is_not_left_undecided(place):
    # what is exponentially small in time leads up to P = 10^9
    law = derive(power_law(*place)).early_stopping_time
    (regime,) = law.regimes
    assert verify(law).verdict == "HOLDS"
    for factor in (Rational(1000001, 1000000), Rational(999, 1000)):
        assert verify(law.stating(prefactor=regime.prefactor * factor)).verdict == "FAILS"
    assert verify(law.stating(exponent=regime.exponent + Rational(1, 1000))).verdict == "FAILS"


@pytest.mark.parametrize(
    "at",
    [{a: 2, b: 2, delta: 3}, {a: 3, b: 2, delta: 5}],
    ids=str,
)
def test_nesterov_momentum(at):
    found = verify(LAWS.nesterov, at=at)
    assert found.verdict == "HOLDS", str(found)
    wrong = LAWS.nesterov.prefactor * Rational(101, 100)
    assert verify(LAWS.nesterov.stating(prefactor=wrong), at=at).verdict == "FAILS"
    assert (
        verify(LAWS.nesterov.stating(exponent=LAWS.nesterov.exponent * Rational(101, 100)), at=at).verdict
        == "FAILS"
    )


@pytest.mark.slow
def test_useful_epochs():
    at = {a: Rational(3, 2), b: 2, sigma: 1, eta: Rational(1, 4), B: 2}
    found = verify(LAWS.useful_epochs, at=at)
    assert found.verdict == "HOLDS", str(found)
    wrong = LAWS.useful_epochs.stating(exponent=LAWS.useful_epochs.exponent * Rational(101, 100))
    assert verify(wrong, at=at).verdict == "FAILS"


def test_a_logarithm_at_the_order_of_the_remainder_is_left():
    """At (7, 3) a power of log t stands before the terms that the remainder of SGD's noise bounds."""
    prediction = Prediction(LAWS.sgd_noise.at({a: 7, b: 3, eta: Rational(1, 8), B: 8}), {})
    assert prediction.logs == 1


def test_law_behind_its_own_remainder_predicts_nothing():
    beyond = replace(LAWS.nesterov, task=power_law(6, Rational(3, 2)), settings=((delta, Integer(3)),))
    with pytest.raises(UnableError, match="no order of the nesterov law is larger by a power"):
        Prediction(beyond, {})
