"""Targets that fall exponentially beside eigenvalues that fall as a power: analytic targets of rough kernels.

Bottlenecks of N and P are powers, since what a mode misses is kappa/lambda; over t no power is left.
"""

import mpmath
import pytest
from sympy import Piecewise, Rational, Sum, exp, oo, pi, tanh, true

from asymptotics import Task, UnableError, compute_optimal, derive, harmonics
from asymptotics.spectra import spectrum
from asymptotics.symbols import k
from numerics import verify

STEEP = [
    Task("k**-2", "2**-k"),
    Task("k**-(3/2)", "k*exp(-sqrt(k))"),
    Task("(k + 1/3)**-2", "exp(-k**2)"),
    Task("k**-3", "3**-k", multiplicity=harmonics(3)),
    Task(Piecewise((1, k <= 2), (2 * k**-2, true)), 3**-k),
]


def test_leading_terms_of_a_power_law():
    """kappa ~ (pi/(2 N))^2 of k^-2, and kappa sum c/lambda, 2 kappa^2 sum c/lambda^2 to leading order."""
    laws = derive(Task("k**-2", "2**-k"))
    first, second = (float(Sum(k**p * 2**-k, (k, 1, oo)).doit()) for p in (2, 4))
    assert (laws.model.exponent, laws.data.exponent) == (2, 4)
    assert float(laws.model.prefactor) == pytest.approx(float(pi**2 / 4) * first, rel=1e-14)
    assert float(laws.data.prefactor) == pytest.approx(float(pi**4 / 8) * second, rel=1e-14)


@pytest.mark.parametrize("name", ["model", "data", "data_transient", "variance_model"])
@pytest.mark.parametrize(
    "task", [*STEEP[:1], *(pytest.param(t, marks=pytest.mark.slow) for t in STEEP[1:])], ids=str
)
def test_against_the_full_model(task, name):
    law = getattr(derive(task), name)
    assert verify(law, digits=10).verdict == "HOLDS"
    changed = law.stating(prefactor=law.prefactor * (1 + Rational(1, 10**5)))
    assert verify(changed, digits=10).verdict == "FAILS"


@pytest.mark.parametrize("task", STEEP, ids=str)
def test_no_power_of_t_is_left_and_that_is_said(task):
    laws = derive(task)
    for name in ("time", "gap", "early_stopping", "rich_time", "critical_batch"):
        with pytest.raises(UnableError, match=r"faster than (all|every power)|smaller than each power"):
            getattr(laws, name)
    with pytest.raises(UnableError, match="faster than all"):
        compute_optimal(laws)


@pytest.mark.parametrize("target", [k**-3, exp(-k)], ids=str)
def test_derivatives_of_a_dirichlet_series_are_those_of_the_whole(target):
    """Where a kernel has a double pole its partner is the derivative of D, here with that of zeta known."""
    found = spectrum(Task(tanh(k) * k**-2, target)).target.laurent(Rational(1, 3), 3)
    steep = target.has(exp)
    with mpmath.workdps(25):

        def modes(n, order):
            weight = mpmath.exp(-n) if steep else mpmath.mpf(n) ** -3
            own, simple = (n**2 / t for t in (mpmath.tanh(n), mpmath.mpf(1)))
            whole, tail = (x ** (mpmath.mpf(1) / 3) * mpmath.log(x) ** order for x in (own, simple))
            return weight * (whole - (0 if steep else tail))

        for order in range(3):
            whole = mpmath.fsum(modes(n, order) for n in range(1, 80))
            known = 0 if steep else (-2) ** order * mpmath.zeta(mpmath.mpf(7) / 3, 1, order)
            expected = (whole + known) / mpmath.factorial(order)
            assert abs(found.coefficient(order).evalf(25) - expected) < 1e-15 * abs(expected)
