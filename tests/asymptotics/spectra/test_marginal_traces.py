"""Traces that converge by logarithms alone, ``1/(k log(k)^q)``: laws against integrals over log k."""

import mpmath
import pytest
from sympy import Rational

from asymptotics import SpectrumError, Task, derive

Q = 2


def integral(summand, break_at):
    """``int_0^oo e^u summand(u) du``, u = log k: the sum over modes up to powers of kappa."""
    steps = (0, 4, 10, 25, 60, 150, 400, 1000)
    places = sorted({break_at + sign * x for x in steps for sign in (-1, 1) if break_at + sign * x > 0})
    places = [0, *places, 4 * break_at + 1000, mpmath.inf]
    return mpmath.quad(lambda u: mpmath.exp(u) * summand(u), places)


def losses(logarithm):
    """``Xi`` and ``kappa^2 sum c/(lambda + kappa)^2/(1 - df2/df1)`` at log(kappa) = -logarithm, and df1."""
    kappa = mpmath.exp(-logarithm)
    edge = logarithm - Q * mpmath.log(logarithm)

    def learned(u):
        return 1 / (1 + kappa * mpmath.exp(u) * (u + 1) ** Q)  # log(e k) for the logarithm

    df1, df2 = (integral(lambda u, n=n: learned(u) ** n, edge) for n in (1, 2))
    xi, f = (integral(lambda u, n=n: mpmath.exp(-1.5 * u) * (1 - learned(u)) ** n, edge) for n in (1, 2))
    return df1, xi, f / (1 - df2 / df1)


def test_laws_of_size_and_data():
    """Their relative distance falls as log log N/log N; both would be off by powers of log N otherwise."""
    task = Task("1/(k*(1 + log(k))**2)", "k**(-3/2)")
    laws = derive(task)
    assert laws.model.exponent == laws.data.exponent == Rational(1, 2)
    with mpmath.workdps(25):
        for logarithm in (480, 2000):
            df1, model, data = losses(mpmath.mpf(logarithm))
            x = mpmath.log(df1)
            leading = mpmath.pi * mpmath.sqrt(x / df1)
            for off in (abs(model / leading - 1), abs(2 * data / leading - 1)):
                assert off < (1 + mpmath.log(x)) / x
    size = mpmath.mpf(10) ** 12
    assert abs(laws.model(10**12) / (mpmath.pi * mpmath.sqrt(mpmath.log(size) / size)) - 1) < 1e-9
    assert abs(laws.data(10**12) / laws.model(10**12) - 0.5) < 1e-9


@pytest.mark.parametrize("eigenvalues", ["1/(k*log(k + 1))", "1/k", "1/(k*log(k + 1)**(1/2))"])
def test_traces_that_diverge_are_refused(eigenvalues):
    with pytest.raises(SpectrumError):
        _ = derive(Task(eigenvalues, "k**(-3/2)")).model
