"""Geometric spectra ``rho^k`` with targets ``tau^k``: oscillations in t, exponential laws in N and P.

Sources: direct sums; the fixed point solved in mpmath; Ramanujan's 1psi1 sum (Gasper & Rahman, Basic
hypergeometric series, eq. 5.2.1); Flajolet, Gourdon & Dumas 1995 (harmonic sums).
"""

from __future__ import annotations

import mpmath
import pytest
from exponential_sums import SYMBOLIC, exact_end, number, task
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Add, Float, Function, Integer, Min, Rational, Symbol, exp, expand, latex, log

from asymptotics import SpectrumError, Task, UnableError, check_claim, derive
from asymptotics.domains.domain import Domain, as_condition, primitive
from asymptotics.domains.logarithms import ratio
from asymptotics.laws.derive import Laws
from asymptotics.symbols import N, t

rho, tau = Symbol("rho", positive=True), Symbol("tau", positive=True)


PAIRS = [("1/2", "1/3"), ("1/2", "7/10"), ("1/20", "3/10"), ("1/2", "1/2"), ("1/2", "1/4"), ("1/10", "1/200")]


@pytest.mark.parametrize(
    ("name", "r", "s"),
    [(name, *pair) for name in ("model", "bias_model", "variance_model") for pair in PAIRS]
    + [pytest.param("data", *pair, marks=pytest.mark.slow) for pair in PAIRS[1:]]
    + [("data", *PAIRS[0])],
)
def test_exponential_laws_against_the_fixed_point(r, s, name):
    """Two orders of the law leave a remainder that falls as the second power of the first."""
    law = getattr(Laws(task=task(r, s)), name)
    series = law.expansion(terms=2)
    lead = law.leading
    with mpmath.workdps(60):
        exact = {
            n: exact_end(*(mpmath.mpf(Rational(x).p) / Rational(x).q for x in (r, s)), n)[name]
            for n in (9, 18)
        }
        first, second = (
            [abs(number(e.xreplace({law.resource: Integer(n)}), 50) / exact[n] - 1) for n in (9, 18)]
            for e in (lead, series.as_expr())
        )
    # logarithms are part of the second order where they are there
    assert second[1] < 1e-4 and second[1] < 0.02 * second[0]
    assert second[1] < first[1] / 10 and first[1] < 0.2


@pytest.mark.parametrize(("r", "s"), [("1/2", "1/3"), ("1/20", "1/2"), ("1/10", "19/20"), ("1/3", "1/27")])
def test_time_law_is_the_sum_at_every_time(r, s):
    """What the bilateral sum has more than ``sum_k tau^k exp(-2 t rho^k)`` is smaller than exp(-2t)."""
    law = Laws(task=task(r, s)).time
    with mpmath.workdps(50):
        x, y = (mpmath.mpf(Rational(v).p) / Rational(v).q for v in (r, s))
        for time in (40, 97, 1234):
            modes = range(1, int(115 / -mpmath.log10(y)) + 60)
            direct = mpmath.fsum(y**k * mpmath.exp(-2 * time * x**k) for k in modes)
            stated = number(law.leading.xreplace({t: Integer(time)}), 40)
            assert abs(stated / direct - 1) < mpmath.exp(-2 * time) / direct * 3 + mpmath.mpf(10) ** -38


@pytest.mark.parametrize(("r", "s"), [("1/2", "1/3"), ("1/20", "1/2")])
def test_laws_in_sizes_have_a_constant_prefactor(r, s):
    """At whole N and P the waves stand at one phase, also where they are divided by each other."""
    laws = Laws(task=task(r, s))
    for law in (laws.model, laws.data, laws.bias_data, laws.variance_data):
        assert not law.prefactor.has(law.resource) and law.oscillation is None


def test_oscillation_is_the_fourier_series_of_the_law():
    """Amplitudes and phases against a discrete Fourier transform of direct sums over one period."""
    law = Laws(task=task("1/20", "1/2")).time
    wave = law.oscillation
    assert wave.period == log(20) and wave.argument == log(2 * t) / log(20)
    points = 24
    with mpmath.workdps(30):
        s0 = mpmath.log(2) / mpmath.log(20)
        values = []
        for j in range(points):
            x = mpmath.mpf(20) ** (3 + mpmath.mpf(j) / points)
            total = mpmath.fsum(
                mpmath.mpf(2) ** -k * mpmath.exp(-x * mpmath.mpf(20) ** -k) for k in range(1, 120)
            )
            values.append(total * x**s0)
        for n in (0, 1, 2):
            c = (
                mpmath.fsum(v * mpmath.expjpi(2 * mpmath.mpf(n * j) / points) for j, v in enumerate(values))
                / points
            )
            scale = mpmath.mpf(2) ** s0  # the law is in t, the sum in 2t
            if n == 0:
                assert abs(number(wave.mean) * scale - c.real) < 1e-12
            else:
                assert abs(number(wave.amplitude(n)) * scale - 2 * abs(c)) < 1e-12
                assert abs(number(wave.phase(n)) + mpmath.arg(c)) < 1e-10


@pytest.mark.parametrize(("r", "s"), [("1/2", "2/3"), ("1/7", "1/3"), ("1/20", "19/20")])
def test_prefactor_is_ramanujans_sum(r, s):
    """``sum_j z^j/(1 - a q^j) = (q, q, az, q/(az); q)/((a, q/a, z, q/z); q)``, q < |z| < 1: 1psi1."""
    law = Laws(task=task(r, s)).model
    with mpmath.workdps(40):
        q, z = (mpmath.mpf(Rational(v).p) / Rational(v).q for v in (r, s))
        a = -1 / mpmath.sqrt(q)
        top = mpmath.fprod(mpmath.qp(x, q) for x in (q, q, a * z, q / (a * z)))
        product = top / mpmath.fprod(mpmath.qp(x, q) for x in (a, q / a, z, q / z))
        stated = number(law.prefactor, 40)
        assert abs(stated / product - 1) < mpmath.mpf(10) ** -33


def test_symbolic_laws():
    laws = derive(SYMBOLIC)
    assert laws.time.exponent == log(tau) / log(rho)
    assert laws.model.exponent == Min(-log(rho), -log(tau))
    assert laws.data.exponent == Min(-2 * log(rho), -log(tau))
    assert laws.model.conditions == (rho < 1, tau < 1)
    assert laws.model.gauge.args[0][0] == exp(N)
    powers = {str(r.condition): (r.power(N), r.log_power) for r in laws.model.regimes}
    assert powers == {
        "rho < tau": (tau**N, 0),
        "rho > tau": (rho**N, 0),
        "Eq(rho, tau)": (tau**N, 1),
    }
    assert [r.log_power for r in laws.data.regimes] == [1, 1, 2]
    assert laws.noise.log_power == 1 and laws.noise.exponent == 0
    for law in (laws.time, laws.model, laws.data):
        assert "kappa" not in repr(law) and r"\sum_{n \neq 0}" in latex(law)


@pytest.mark.parametrize("size", [6, 13])
def test_regimes_meet_in_the_logarithm(size):
    """Close to tau = rho the two terms of the symbolic law sum to the law with the logarithm."""
    at_edge = Laws(task=task("1/2", "1/2")).model.expansion(terms=1).as_expr()
    near = Laws(task=task("1/2", Rational(1, 2) + Rational(1, 10**12))).model.expansion(terms=2).as_expr()
    values = [number(e.xreplace({N: Integer(size)})) for e in (at_edge, near)]
    assert abs(values[1] / values[0] - 1) < 3 * 0.5**size + 1e-9


ROWS = [
    ("exp(-c*k)", "exp(-d*k)", {"c": 2, "d": "1/2"}, "exp(-2)", "exp(-1/2)"),
    ("3*rho**(k+2)", "5*tau**(k-1)", {"rho": "1/3", "tau": "1/2"}, "1/3", "1/2"),
    ("4**-k", "k**2*3**-k", {}, "1/4", "1/3"),
    ("2**-k", "3**-k + 5**-k/2", {}, "1/2", "1/3"),
]


@pytest.mark.parametrize(("eigenvalues", "target", "values", "_r", "_s"), ROWS)
def test_other_forms_against_direct_sums(eigenvalues, target, values, _r, _s):
    whole = Task(eigenvalues=eigenvalues, target=target).at(values)
    law = Laws(task=whole).time
    with mpmath.workdps(50):
        k = whole.index
        modes = [Integer(j) for j in range(1, 300)]
        lam, c = ([number(e.xreplace({k: j}), 50) for j in modes] for e in (whole.eigenvalues, whole.target))
        for time in (300, 2750):
            direct = mpmath.fsum(y * mpmath.exp(-2 * time * x) for x, y in zip(lam, c, strict=True))
            stated = number(law.expansion(terms=3).as_expr().xreplace({t: Integer(time)}), 40)
            assert abs(stated / direct - 1) < mpmath.mpf(10) ** -30


@given(
    r=st.fractions(min_value="1/50", max_value="49/50", max_denominator=60),
    s=st.fractions(min_value="1/50", max_value="49/50", max_denominator=60),
    n=st.integers(1, 4),
)
@settings(max_examples=60, deadline=None)
def test_signs_of_logarithms_are_right_where_they_are_decided(r, s, n):
    domain = Domain((1 - rho, 1 - tau))
    difference = log(tau) / log(rho) - n
    point = {rho: Rational(r.numerator, r.denominator), tau: Rational(s.numerator, s.denominator)}
    true = difference.subs(point)
    constraint = primitive(difference, domain)
    if constraint.subs(point) != 0:
        assert bool(constraint.subs(point) > 0) == bool(true > 0)
    assert domain.sign(difference) is None and domain.sign(difference + n) == 1
    inside = domain.holding(constraint)
    assert inside.sign(difference) == 1 and inside.sign(difference + Rational(1, 2)) == 1
    assert inside.sign(log(tau) - log(rho)) == -1 if n == 1 else True
    assert str(as_condition(constraint)).count("rho") >= 1


@given(
    p=st.integers(1, 6), q=st.integers(1, 6), base=st.sampled_from([2, 6, Rational(3, 2), Rational(12, 5)])
)
@settings(max_examples=40, deadline=None)
def test_ratios_of_powers_are_rational(p, q, base):
    assert ratio(log(Rational(base) ** -p), log(Rational(base) ** -q)) == Rational(p, q)


REFUSED = [
    (lambda: derive(task(1, "1/2")), SpectrumError, "decay"),
    (lambda: derive(task(2, "1/2")), SpectrumError, "diverges"),
    (lambda: derive(task("1/2", 2)), SpectrumError, "diverges"),
    (lambda: Laws(task=Task(eigenvalues="2**-k + 4**-k", target="3**-k")).time, SpectrumError, "exponential"),
    (lambda: Laws(task=task("1/2", "1/3")).gap, UnableError, "oscillate in log t"),
    (lambda: Laws(task=task("1/2", "1/3")).data_transient, UnableError, "oscillate in log t"),
]


@pytest.mark.parametrize(("call", "error", "word"), REFUSED)
def test_what_is_not_derived_says_so_in_one_line(call, error, word):
    with pytest.raises(error) as caught:
        call()
    text = str(caught.value)
    assert word in text and "\n" not in text


def test_more_modes_per_level_in_time():
    """Multiplicities only weigh the target in the time law."""
    one = Laws(task=Task(eigenvalues="2**-k", target="3**-k", multiplicity=3)).time
    two = Laws(task=Task(eigenvalues="2**-k", target="3*3**-k")).time
    assert (one.leading / two.leading).subs(t, 7).evalf(20) == Float(1, 20)


def test_claims_about_exponential_laws():
    law = Laws(task=task("1/2", "1/3")).model
    assert str(check_claim("2**-N", law)).startswith("HOLDS")
    assert str(check_claim("3**-N", law)).startswith("FAILS")


def test_laws_in_sizes_are_those_of_whole_numbers_and_say_so():
    laws = derive(Task(eigenvalues="1000**-k", target="2000**-k"))
    assert "whole numbers" in str(laws.model) and laws.data.doubts and not laws.time.doubts


def test_slopes_of_what_oscillates_are_collected():
    """A product rule left sums that cancel, and of one that vanishes a decimal of 1e-126."""
    law = derive(Task("(1/3)**k", "(4/5)**k")).time_discrete
    correction = law.expansion(terms=2).terms[1].coefficient
    waves = [f for f in correction.atoms(Function) if hasattr(f, "oscillates")]
    assert len(waves) == 3  # times s, s^2 and 1: each once
    assert all(sum(w in f.atoms(Function) for f in Add.make_args(expand(correction))) <= 4 for w in waves)
    assert "e-1" not in str(law.expansion(terms=2))
