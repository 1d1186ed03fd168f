"""Geometric eigenvalues with power-law targets: coefficients that oscillate and vary slowly at once.

By hand: where N modes are resolved, ``kappa`` lies between the modes N and N + 1, so that
``L(N) = sum_(k > N) c_k + ...`` and ``N^(1-a)/(a-1)`` leads for ``c_k = k^-a`` (Gaussian kernels).
"""

from __future__ import annotations

import mpmath
import pytest
from sympy import Integer, Rational, exp, log, simplify, sqrt

from asymptotics import SpectrumError, Task, UnableError, derive
from asymptotics.spectra import spectrum
from asymptotics.symbols import N, a, kappa
from asymptotics.transforms.kernels import RESOLVENT, SQUARE
from numerics import verify


def task(eigenvalues="exp(-k)", target="k**-3", **more):
    return Task(eigenvalues=eigenvalues, target=target, **more)


@pytest.mark.parametrize("eigenvalues", ["exp(-k)", "5*2**-k", "(1/20)**(k + 1)"])
def test_power_law_targets(eigenvalues):
    laws = derive(task(eigenvalues, "k**-a"))
    assert simplify(laws.model.leading / (N ** (1 - a) / (a - 1))) == 1
    assert laws.time.exponent == a - 1 and laws.time.gauge == log(laws.time.resource)
    assert laws.data.exponent == a - 2
    assert "whole numbers" in laws.model.doubts[0] and laws.time.doubts == ()


def test_next_orders_of_the_gaussian_kernel():
    terms = derive(task()).model.expansion(terms=2).terms
    assert [(t.coefficient, t.order) for t in terms] == [(Rational(1, 2), 2), (Rational(-1, 2), 3)]


@pytest.mark.parametrize(
    ("kernel", "phi"), [(RESOLVENT, lambda u: 1 / (1 + u)), (SQUARE, lambda u: (1 + u) ** -2)]
)
@pytest.mark.parametrize(("eigenvalues", "rho"), [("3*20**-k", (3, 20)), ("2**-k", (1, 2))])
@pytest.mark.parametrize(
    ("target", "weight"), [("k**-3", lambda k: k**-3), ("k**-2*7**-k", lambda k: k**-2 / 7**k)]
)
def test_sums_over_modes(kernel, phi, eigenvalues, rho, target, weight):
    """Plain sums at kappa = e^-150, off the phase of whole N: eight orders leave the next."""
    base = spectrum(task(eigenvalues, target))
    found = base.target.spectral_sum(kernel, kappa, inverse=True, domain=base.domain, depth=8)
    lead = found.leading()
    with mpmath.workdps(140):
        l_ = mpmath.mpf(150)
        scale, base_ = rho
        terms = (
            weight(mpmath.mpf(k)) * phi(scale * mpmath.mpf(base_) ** -k * mpmath.exp(l_))
            for k in range(1, 1200)
        )
        total = mpmath.fsum(terms)
        if target == "k**-3":
            total += mpmath.zeta(3, 1200)
        here = found.as_expr().subs(kappa, exp(-150)).evalf(40)
        left = abs(mpmath.mpf(str(here)) / total - 1)
    assert left < (Integer(20) if lead.order == 0 else Integer(4000)) * Rational(1, 10) ** 8


def test_logarithms_of_the_target_become_logarithms_of_the_size():
    """``sum_(k > N) k^-2 log(k) = (log N + 1)/N + ...``, and ``2^N L`` sums 1/k where tau = rho."""
    logarithmic = derive(task(target="k**-2*log(k + 1)")).model
    assert simplify(logarithmic.expansion(terms=1).as_expr() - (log(N) + 1) / N) == 0
    even = derive(task("5*2**-k", "k**-1*2**-k")).model
    assert even.log_power == 0 and simplify(even.leading / (sqrt(2) * log(N) / 2 ** (N + 1))) == 1


def test_one_order_has_the_remainder_of_the_next():
    series = derive(task()).model.expansion(terms=1)
    assert series.remainder_order == 3


def test_laws_say_that_they_are_those_of_whole_sizes_with_numbers_too():
    law = derive(task("exp(-c*k)", "k**-a")).model.at(a=3, c=1)
    assert "whole numbers" in law.doubts[0]


REFUSED = [
    (lambda: derive(task(target="1/k")), SpectrumError, "p > 1"),
    (lambda: derive(task()).gap, UnableError, "vary slowly"),
]


@pytest.mark.parametrize(("call", "error", "words"), REFUSED, ids=range(len(REFUSED)))
def test_what_is_not_derived_says_so_in_one_line(call, error, words):
    with pytest.raises(error, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["time", "model", "data", "bias_model", "model_transient"])
@pytest.mark.parametrize(("eigenvalues", "target"), [("exp(-k)", "k**-3"), ("2**-k", "k**-3*3**-k")])
def test_against_the_full_model(eigenvalues, target, name):
    law = getattr(derive(task(eigenvalues, target)), name)
    found = verify(law, digits=15)
    assert found.verdict == "HOLDS", str(found)
    assert verify(law.stating(prefactor=law.prefactor * Rational(102, 100)), digits=15).verdict == "FAILS"
    assert verify(law.stating(exponent=law.exponent + Rational(1, 100)), digits=15).verdict == "FAILS"


@pytest.mark.parametrize("name", ["optimal_ridge", "early_stopping"])
def test_prefactors_with_a_logarithm_of_the_ratio_do_not_vanish(name):
    """``log(rho)`` has no zero at rho < 1; it was not excluded."""
    assert "excluded" not in str(getattr(derive(Task("rho**k", "k**-a")), name))
