"""Stretched exponentials and logarithms in the eigenvalues: laws with slow corrections.

Sources of the table: Laplace's method by hand. With K the number of resolved modes, ``sum_{k > K} k^-a`` and
``sum e^(-c k^r) phi`` have their densities in y = log(1/lambda) (see `asymptotics.transforms.branch`).
"""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Integer, Rational, S, Symbol, exp, gamma, latex, log, oo, pi, simplify, sin, sqrt

from asymptotics import SpectrumError, Task, UnableError, derive
from asymptotics.expansions.expansion import expansion
from asymptotics.expansions.layers import coefficient_of
from asymptotics.expansions.terms import Term
from asymptotics.model.beyond_spectrum import StableSum
from asymptotics.spectra import spectrum
from asymptotics.symbols import B, N, P, a, b, eta, kappa, t
from asymptotics.transforms.kernels import EXPONENTIAL, FILTER, RESOLVENT
from numerics import FullModel, verify

r, c, p, q = (Symbol(x, positive=True) for x in "rcpq")
ROOT = "exp(-k**(1/2))"
LAWS = [
    # eigenvalues, target, law, leading term (by hand)
    (ROOT, "k**-2", "time", 1 / log(t) ** 2),
    (ROOT, "k**-2", "model", 1 / N),
    (ROOT, "k**-2", "data", 1 / (2 * sqrt(P))),
    (ROOT, "exp(-k**(1/2)/2)", "time", gamma(S(1) / 2) * 2 * log(t) / sqrt(2 * t)),
    (ROOT, "exp(-k**(1/2)/2)", "model", 2 * pi * sqrt(N) * exp(-sqrt(N) / 2)),
    (ROOT, "exp(-k**(1/2))", "model", N * exp(-sqrt(N))),
    (ROOT, "exp(-k**(1/2))/k", "model", log(N) * exp(-sqrt(N))),
    ("exp(-3*k**(1/3))", "k**-3", "time", (log(t) / 3) ** -6 / 2),
    ("exp(-c*k**r)", "k**-a", "time", (log(t) / c) ** (-(a - 1) / r) / (a - 1)),
    ("exp(-c*k**r)", "k**-a", "model", N ** (1 - a) / (a - 1)),
    ("exp(-c*k**r)", "k**-a", "data", c * r * P ** (r + 1 - a) / (a - 1)),
    ("k**-2*log(k + 2)", "k**-2", "time", sqrt(pi) / (2 * sqrt(t * log(t)))),
    ("k**-2*log(k + 2)", "k**-2", "model", pi**2 / (4 * N)),
    ("k**-2*log(k + 2)", "k**-2", "data", pi**2 / (4 * P)),
    ("k**-2*(1 + log(k))**(-1/2)", "k**-2", "model", pi**2 / (4 * N)),
]


@pytest.mark.parametrize(("eigenvalues", "target", "name", "leading"), LAWS)
def test_leading_terms(eigenvalues, target, name, leading):
    law = getattr(derive(Task(eigenvalues=eigenvalues, target=target)), name)
    ratio = simplify(law.leading / leading)
    if ratio != 1:
        point = {x: Rational(7, 10) + i for i, x in enumerate(sorted(ratio.free_symbols, key=str))}
        assert abs(ratio.subs(point).evalf(30) - 1) < Rational(1, 10**20)


def test_logarithms_with_symbols():
    laws = derive(Task(eigenvalues="k**-b*log(k + 1)**p", target="k**-a*log(k + 1)**q"))
    assert laws.time.exponent == (a - 1) / b
    assert simplify(laws.time.log_power - (q - p * (a - 1) / b)) == 0
    first, second = laws.model.regimes
    assert (first.exponent, first.log_power) == (a - 1, q)
    assert (second.exponent, second.log_power) == (b, p)
    assert first.relative == 1 / log(N)
    assert [x.exponent for x in laws.data.regimes] == [a - 1, 2 * b]


def test_stretched_with_symbols():
    laws = derive(Task(eigenvalues="exp(-c*k**r)", target="exp(-a*k**r)"))
    assert (r < 1) in laws.model.conditions
    open_, constant, edge = laws.model.regimes
    assert open_.gauge == exp(N**r) and open_.exponent == a
    assert simplify(open_.prefactor - pi / (c * r * sin(pi * a / c))) == 0
    assert constant.exponent == c and "Sum" in str(constant.prefactor)
    assert edge.is_boundary and simplify(edge.leading(N) - N * exp(-c * N**r)) == 0
    numeric = laws.model.at(a=1, c=2, r=Rational(1, 2))
    again = derive(Task(eigenvalues="exp(-2*k**(1/2))", target="exp(-k**(1/2))")).model
    assert simplify(numeric.leading - again.leading) == 0


def test_form_of_a_slow_law():
    law = derive(Task(eigenvalues="k**-2*log(k + 2)", target="k**-2")).time
    assert repr(law) == ("L(t) ~ sqrt(pi)/(2*sqrt(t)*sqrt(log(t)))*(1 + O(log(log(t))/log(t))), t -> oo")
    assert (law.exponent, law.log_power) == (Rational(1, 2), Rational(-1, 2))
    assert r"\left(1 + O\left(" in latex(law).replace("\n", " ")
    two = law.expansion(terms=2)
    assert two.envelope == 1 / sqrt(t) and two.gauge == log(t) and len(two.terms) == 3
    assert law.stating(log_power=Rational(1, 3)).log_power == Rational(1, 3)


def test_a_pure_logarithm_is_a_law_in_powers_of_it():
    law = derive(Task(eigenvalues=ROOT, target="k**-2")).time
    assert law.gauge == log(t) and law.exponent == 2
    assert str(law.expansion(terms=2)) == "log(t)**(-2) - 2*(EulerGamma + log(2))/log(t)**3 + O(log(t)**(-4))"


def _value(series, x):
    return series.as_expr().subs(series.variable, x).evalf(30)


@pytest.mark.parametrize(
    ("eigenvalues", "target", "kernel", "phi"),
    [
        (ROOT, "k**-2", FILTER, lambda u: u / (1 + u)),
        (ROOT, "k**-2", RESOLVENT, lambda u: 1 / (1 + u)),
        (ROOT, "exp(-k**(1/2)/2)", RESOLVENT, lambda u: 1 / (1 + u)),
        (ROOT, "exp(-k**(1/2))/k", EXPONENTIAL, lambda u: mpmath.exp(-u)),
    ],
)
def test_sums_over_modes(eigenvalues, target, kernel, phi):
    """Plain sums at l = 60: what six orders leave is of the next order."""
    task = Task(eigenvalues=eigenvalues, target=target)
    base = spectrum(task)
    series = base.kernel if kernel is FILTER else base.target
    found = series.spectral_sum(kernel, kappa, inverse=True, domain=base.domain, depth=6)
    place = found.leading().order
    slow = coefficient_of(found, place)
    with mpmath.workdps(30):
        l_ = mpmath.mpf(60)
        size = mpmath.exp(l_)
        total = mpmath.mpf(0)
        for j in range(1, 26000):
            lam = mpmath.exp(-mpmath.sqrt(j))
            weight = {"k**-2": mpmath.mpf(j) ** -2, "exp(-k**(1/2)/2)": mpmath.sqrt(lam)}.get(target, lam / j)
            total += (1 if kernel is FILTER else weight) * phi(size * lam)
        if target == "k**-2" and kernel is not FILTER:
            total += mpmath.zeta(2, 26000)
        predicted = mpmath.exp(-l_ * int(2 * place) / 2) * mpmath.mpf(str(_value(slow, 60)))
        assert abs(total / predicted - 1) < mpmath.mpf(60) ** -4


@given(m=st.integers(-3, 3), s=st.fractions(min_value=-2, max_value=2, max_denominator=4))
@settings(max_examples=25, deadline=None)
def test_derivative_of_a_slow_coefficient(m, s):
    """``d/dx x^p l^m`` by hand, and the derivative of a product is that of its factors."""
    p_ = Rational(s.numerator, s.denominator)
    f = expansion(kappa, [Term(Integer(1), p_, Rational(2 * m + 1, 2))], depth=6)
    l_ = -log(kappa)
    power = Rational(2 * m + 1, 2)
    expected = kappa ** (p_ - 1) * (p_ * l_**power - power * l_ ** (power - 1))
    assert simplify(f.differentiate().as_expr() - expected) == 0
    assert not ((f * f).differentiate() - (f * f.differentiate()) - (f.differentiate() * f)).terms


REFUSED = [
    (Task(eigenvalues="exp(-k**2)", target="k**-2"), SpectrumError, "kappa jumps between modes"),
    (Task(eigenvalues="exp(-k**(1/2))", target="exp(-k**(1/3))"), SpectrumError, "same power"),
    (Task(eigenvalues="exp(-k**(1/2))", target="1/k"), SpectrumError, "p > 1"),
    (Task(eigenvalues="log(k + 1)/k", target="1/k"), SpectrumError, "p > 1"),
    (Task(eigenvalues="exp(-log(k)**2)", target="k**-2"), SpectrumError, "not a power"),
]


@pytest.mark.parametrize(("task", "error", "words"), REFUSED)
def test_refusals_are_one_line(task, error, words):
    with pytest.raises(error, match=words) as caught:
        derive(task)
    assert "\n" not in str(caught.value)


def test_what_needs_powers_is_refused():
    laws = derive(Task(eigenvalues=ROOT, target="k**-2"))
    for name in ("data_transient", "gap"):
        with pytest.raises(UnableError, match="not derived"):
            getattr(laws, name)
    assert laws.early_stopping.exponent == Rational(1, 2)  # of time and its noise the leading orders will do
    assert laws.model_transient.window == (1, exp(sqrt(N)))
    assert laws.noise.log_power == 0 and laws.noise.exponent == -2 and laws.noise.gauge == log(t)


def test_against_the_full_model():
    law = derive(Task(eigenvalues=ROOT, target="k**-2")).model
    found = verify(law, digits=15)
    assert found.verdict == "HOLDS", str(found)
    assert abs(found.exponent_measured - 1) < 1e-4
    assert verify(law.stating(prefactor=Rational(102, 100)), digits=15).verdict == "FAILS"
    assert verify(law.stating(exponent=Rational(101, 100)), digits=15).verdict == "FAILS"
    assert verify(law.stating(log_power=1), digits=15).verdict == "FAILS"


SLOW_ROWS = [
    (ROOT, "k**-2", "time"),
    (ROOT, "k**-2", "data"),
    (ROOT, "exp(-k**(1/2)/2)", "time"),
    (ROOT, "exp(-k**(1/2)/2)", "model"),
    (ROOT, "exp(-k**(1/2)/2)", "data"),
    (ROOT, "exp(-2*k**(1/2))", "model"),
    ("k**-2*log(k + 2)", "k**-2", "time"),
    ("k**-2*log(k + 2)", "k**-2", "model"),
    ("k**-2*log(k + 2)", "k**-2", "data"),
    ("k**-2*log(k + 1)**(1/2)", "k**-4*log(k + 1)", "time"),
    ("k**-2*log(k + 1)**(1/2)", "k**-4*log(k + 1)", "model"),
    ("k**-2*log(k + 2)", "k**-2", "bias_model"),
    (ROOT, "exp(-k**(1/2)/2)", "variance_data"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("eigenvalues", "target", "name"), SLOW_ROWS)
def test_every_law_against_the_full_model(eigenvalues, target, name):
    law = getattr(derive(Task(eigenvalues=eigenvalues, target=target)), name)
    found = verify(law, digits=20)
    assert found.verdict == "HOLDS", str(found)
    for wrong in (
        law.stating(prefactor=law.prefactor * Rational(102, 100)),
        law.stating(exponent=law.exponent * Rational(101, 100)),
        law.stating(log_power=law.log_power + Rational(1, 2)),
    ):
        assert verify(wrong, digits=20).verdict == "FAILS"


@pytest.mark.slow
def test_label_noise_limit_of_the_model():
    """With label noise at t = oo the loss of logarithmic eigenvalues tends to sigma^2 (b - 1)."""
    task = Task(eigenvalues="k**-3*log(k + 2)", target="k**-2", noise=1)
    law = derive(task).data
    assert law.leading == 2 and law.exponent == 0
    value = FullModel(task, P=10**60, digits=15).test_loss(oo)
    assert abs(value.value - 2) < 0.03


def test_logarithms_before_exponentials_are_powers_of_log_log():
    """``lambda^2 = exp(-2 k^(1/2)) log(k)^2``: the logarithm was taken for a constant."""
    law = derive(Task("exp(-sqrt(k))*log(k+1)", "exp(-2*sqrt(k))")).time
    assert simplify(law.leading - log(t) / (8 * t**2 * log(log(t)) ** 2)) == 0
    modes = np.arange(1.0, 40000.0)
    rates, weights = np.exp(-np.sqrt(modes)) * np.log1p(modes), np.exp(-2 * np.sqrt(modes))
    off = []
    for time in (1e5, 1e15, 1e45):
        exact = (weights * np.exp(-2 * rates * time)).sum()
        off.append(abs(exact / float(law.leading.subs(t, time)) - 1))
    assert off[0] > off[1] > off[2] and off[2] < 0.02


def test_slopes_of_what_is_left_out_fall_with_it():
    """Noise of batches at a double pole is the slope of what is left out; it was said to vanish."""
    law = derive(Task("exp(-sqrt(k))*log(k+1)", "exp(-sqrt(k))")).sgd_noise
    (total,) = law.leading.atoms(StableSum)
    again = eta * total / (2 * B)  # the share of the noise that is given back
    flow = log(t) / (2 * eta * t * log(log(t)))  # the loss of gradient flow at eta*t
    assert simplify(law.leading - flow * again / (1 - again)) == 0
    assert law.regimes[0].relative == log(log(t)) ** -2


def test_a_bound_of_log_log_that_is_differentiated():
    """``1 - df2/P`` is a slope of df1, of which log(log(log)) is left out: it was not told from 0."""
    law = derive(Task("exp(-sqrt(k))*log(k+1)", "k**-3")).data
    assert law.leading == 1 / (4 * P ** Rational(3, 2))
    modes = np.arange(1.0, 10**6)
    rates = np.exp(-np.sqrt(modes)) * np.log1p(modes)
    off = []
    for ridge in (1e-15, 1e-60):  # sums to 10^6 and an integral beyond
        left = ridge / (rates + ridge)
        size, loss = (1 - left).sum(), (modes**-3.0 * left**2).sum() + 0.5e-12
        loss /= ((1 - left) * left).sum() / size
        off.append(abs(loss / float(law.leading.subs(P, size)) - 1))
    assert off[1] < off[0] / 2 < 0.1


def test_powers_of_log_log_that_are_not_whole_are_refused_alone():
    """They were left out of the law. Those of sizes need none: beside sums over levels."""
    laws = derive(Task("2**-k*log(k+1)", "3**-k"))
    assert "log(log(" in laws.refusal("time")
    assert [law.name for law in laws] == ["model", "data"]
    around, off = np.arange(-60.0, 300.0), []
    for size in (100, 400, 1600):
        rates, weights = np.exp2(-around) * np.log(size + around + 1), 3.0**-around
        low, high = 1e-3, 1e3  # the ridge over 2^-P, where P modes, and 61 of these, are resolved
        for _ in range(60):
            middle = np.sqrt(low * high)
            low, high = (middle, high) if (rates / (rates + middle)).sum() > 61 else (low, middle)
        filtered = rates / (rates + low)
        loss = (weights * (1 - filtered) ** 2).sum() / ((filtered - filtered**2).sum() / size)
        off.append(abs(loss / (float(laws.data.leading.subs(P, size) * 3**size)) - 1))
    assert off[0] > 3 * off[1] > 9 * off[2] and off[2] < 1e-3


def test_laws_behind_powers_of_log_log_that_are_not_whole_are_refused():
    with pytest.raises(UnableError, match=r"log\(log\("):
        derive(Task("exp(-sqrt(k))*log(k+1)", "exp(-sqrt(2*k))"))


def test_modes_behind_a_pole_between_levels_are_not_left_out():
    """``sum c kappa/(lambda + kappa) ~ kappa sum 1/log(k)``: the swings alone were the law."""
    laws = derive(Task("2**-k*log(k+1)", "2**-k"))
    for name in ("model_transient", "sgd_noise"):
        assert "has a pole at s = 1" in laws.refusal(name)
