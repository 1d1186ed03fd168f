"""Early stopping, the minimum of the series in 1/P: order by order, against the full model and itself."""

import mpmath
import numpy as np
import pytest
from sympy import Integer, Rational, log, simplify, sqrt

from asymptotics import Task, derive, power_law
from asymptotics.model.early_stopping import loss_of_order
from asymptotics.model.equations import LABEL_NOISE, NOISE_IN_LOSS
from asymptotics.model.expand import expand
from asymptotics.model.operators import Coefficient, epsilon
from asymptotics.model.quantities import QUANTITIES
from asymptotics.spectra import spectrum
from asymptotics.symbols import P, a, b, sigma, t
from numerics import FullModel, verify
from numerics.model.stopping import best_stopping

TASKS = [
    power_law(Rational(3, 2), Rational(5, 4)),
    power_law(3, 2),
    power_law(2, 2),  # 1/b = (a - 1)/b: orders meet, and every other one of the time vanishes
    Task(eigenvalues="(k + 1/2)**-2", target="3*k**-(5/2)"),
    Task(eigenvalues="k**-2 + k**-3", target="k**-3"),
]


COSTLY = [
    power_law(4, Rational(3, 2)),  # a - 1 = 2 b: a logarithm in the correction of the time
    power_law(Rational(12, 11), Rational(27, 8)),  # neighbouring orders are P^(-1/12) apart
    power_law(Rational(85, 11), Rational(11, 3)),
    Task(eigenvalues="k**-3", target="k**-4", multiplicity="k"),
]


@pytest.mark.parametrize("task", [pytest.param(TASKS[0], marks=pytest.mark.slow), TASKS[1]], ids=str)
def test_four_orders_of_time_and_loss_against_the_full_model(task):
    laws, samples = derive(task), 10**12
    best = best_stopping(FullModel(task, P=samples, noise=1, digits=25))
    for law, value in ((laws.early_stopping, best.loss), (laws.early_stopping_time, best.argument)):
        series = law.expansion(terms=4)
        assert len(series.terms) == 4
        shown = {sigma: 1, P: samples}
        terms = [series.term_expression(x).subs(shown).evalf(40)._to_mpmath(140) for x in series.terms]
        with mpmath.workdps(40):
            left, before = (abs(mpmath.fsum(terms[:n]) / value.value - 1) for n in (4, 3))
            bound = mpmath.mpf(samples) ** -float(series.remainder_order - series.terms[0].order)
            assert left < 20 * bound + value.relative_error
            assert before > 20 * left, "the fourth order brings the series closer"


@pytest.mark.slow
@pytest.mark.parametrize("task", TASKS + COSTLY, ids=str)
def test_the_next_order_is_what_the_full_model_leaves(task):
    laws = derive(task)
    for law in (laws.early_stopping, laws.early_stopping_time):
        found = verify(law)
        assert found.verdict == "HOLDS" and abs(found.next_ratio - 1) < 1e-5, str(found)
    (regime,) = laws.early_stopping.regimes
    wrong = laws.early_stopping.stating(prefactor=regime.prefactor * Rational(999, 1000))
    assert verify(wrong).verdict == "FAILS"


@pytest.mark.parametrize("task", [power_law(a, b), *TASKS], ids=str)
def test_label_noise_as_an_overlap_is_the_sum_over_modes(task):
    own = spectrum(task)
    overlap = expand(Coefficient(LABEL_NOISE, epsilon, Integer(1)), own, t, 3).series
    direct = expand(P * NOISE_IN_LOSS, own, t, 3).series
    place = {a: Rational(7, 3), b: Rational(9, 5), sigma: Rational(1, 3)}
    assert len(overlap.terms) >= 2
    for one, other in zip(overlap.terms, direct.terms, strict=False):
        assert (one.order - other.order).expand() == 0
        ratio = (one.coefficient / other.coefficient).subs(place).evalf(25)
        assert abs(ratio - 1) < 1e-20


SLOW = [pytest.param(TASKS[i], marks=pytest.mark.slow) for i in (1, 4)]


@pytest.mark.parametrize("task", [TASKS[0], *TASKS[2:4], *SLOW], ids=str)
def test_the_series_is_smallest_at_the_time(task):
    own, depth, place = spectrum(task), 4, {sigma: 1, P: Integer(10) ** 40}
    losses = [expand(loss_of_order(n), own, t, depth).series.as_expr() for n in range(depth + 1)]
    total = sum(f * P**-n for n, f in enumerate(losses)).subs(place)
    names = ("early_stopping_time", "early_stopping")
    time, loss = (QUANTITIES[name].formula(own, depth) for name in names)
    moment = time.as_expr().subs(place).evalf(90)
    lowest = total.subs(t, moment).evalf(90)
    slope = (t * total.diff(t)).subs(t, moment).evalf(90) / lowest
    for series, left in ((time, slope), (loss, loss.as_expr().subs(place).evalf(90) / lowest - 1)):
        orders = series.remainder_order - series.leading().order
        assert abs(left) < 10.0 ** (-40 * 0.9 * float(orders))  # 0.9 for logarithms
    for factor in (Rational(99, 100), Rational(101, 100)):
        assert total.subs(t, moment * factor).evalf(60) > lowest


def test_the_constant_of_the_noise_is_the_next_order_for_easy_targets():
    law = derive(power_law(a, b)).early_stopping
    for place in ({a: 3, b: 2}, {a: 5, b: Rational(7, 3)}):
        _, second = law.at(place).expansion(terms=2).terms
        assert (second.order, second.coefficient) == (1, -(sigma**2) / 2)  # zeta(0) sigma^2/P


def test_sums_of_numbers_beside_sigma_are_not_factored():
    law = derive(power_law(Rational(3, 2), Rational(5, 4))).early_stopping
    assert len({term.order for term in law.expansion(terms=4).terms}) == 4


SLOW = [
    # by hand: K modes are learned where c_K = sigma^2/P, and each adds sigma^2/P
    ("2**-k", "3**-k", 1, sigma**2 * log(P) / (P * log(3))),
    ("2**-k", "k**-3", 1, 3 * sigma ** Rational(4, 3) / (2 * P ** Rational(2, 3))),
    ("exp(-sqrt(k))", "exp(-2*sqrt(k))", 1, sigma**2 * (log(P) / 2) ** 2 / P),
    ("exp(-2*k**(1/4))", "k**-4", 1, 4 * sigma ** Rational(3, 2) / (3 * P ** Rational(3, 4))),
    ("exp(-4*k)", "k**-4", "k**2", 4 * sqrt(sigma) / (3 * P ** Rational(1, 4))),
    ("exp(-sqrt(k))*log(k+1)", "exp(-sqrt(k))", 1, sigma**2 * log(P) ** 2 / P),
]


@pytest.mark.parametrize(("eigenvalues", "target", "multiplicity", "leading"), SLOW)
def test_modes_that_are_learned_at_times_far_apart(eigenvalues, target, multiplicity, leading):
    """The loss of exponentials, and of powers under them, is no power of t; it was refused."""
    law = derive(Task(eigenvalues, target, multiplicity=multiplicity)).early_stopping
    assert simplify(law.leading / leading) == 1


def test_the_best_time_between_two_levels_is_refused_in_true_words():
    assert "between two levels" in derive(Task("2**-k", "3**-k")).refusal("early_stopping_time")
    assert "up to a factor" in derive(Task("2**-k", "k**-3")).refusal("early_stopping_time")


@pytest.mark.parametrize("name", ["early_stopping", "early_stopping_time"])
@pytest.mark.parametrize("target", ["k**-3*log(k + 1)", "k**-2"])
def test_logarithms_in_the_loss_or_its_noise(name, target):
    """Against the minimum of the two sums over modes on a grid, whose steps of 8 % are seen in the time."""
    law = getattr(derive(Task("k**-2*log(k + 1)", target)), name).at(sigma=1)
    modes, samples = np.arange(1.0, 3e5), 1e8
    rates = modes**-2 * np.log1p(modes)
    weights = modes**-3 * np.log1p(modes) if "log" in target else modes**-2
    times = samples**0.8 * np.geomspace(1e-3, 1e2, 150)
    losses = [
        (weights * np.exp(-2 * rates * x)).sum() + ((1 - np.exp(-rates * x)) ** 2).sum() / samples
        for x in times
    ]
    best = int(np.argmin(losses))
    found = times[best] if "time" in name else losses[best]
    assert abs(found / float(law.leading.subs(P, samples)) - 1) < 0.1
