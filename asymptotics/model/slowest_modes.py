"""Sums over finitely many modes for large times: the slowest mode leads, the next ones follow.

    sum_k w_k exp(-2 lambda_k t) = w_1 X^(-2 lambda_1) + w_2 X^(-2 lambda_2) + ...,   X = exp(t),

with the rates ascending and equal rates together; an `Expansion` in X.
"""

from __future__ import annotations

from sympy import Dummy, Integer, exp

from asymptotics.expansions.expansion import Expansion, expansion
from asymptotics.expansions.terms import Bound, Term
from asymptotics.spectra import FiniteSeries, Spectrum
from asymptotics.symbols import t

_X = Dummy("X", positive=True)


def slowest_modes(spectrum: Spectrum, series: FiniteSeries, depth: int) -> Expansion:
    """``L(t) = L(oo) + sum_k w_k exp(-2 lambda_k t)``; exact once all modes are among its terms.

    Raises `UnableError` where it is not known which mode is the slowest.

    >>> from asymptotics.spectra import spectrum
    >>> from asymptotics.symbols import k
    >>> from asymptotics.tasks.task import Task
    >>> found = spectrum(Task(eigenvalues=1/k, target=k, modes=3))
    >>> slowest_modes(found, found.target, 2)
    3*exp(-2*t/3) + 2*exp(-t) + O(exp(-2*t))
    """
    listed = series.slowest(depth + 1)
    terms = [Term(weight, 2 * rate) for rate, weight in listed[:depth]]
    bounds = [Bound(2 * rate) for rate, _ in listed[depth:]]
    if spectrum.unlearned != 0:
        terms.append(Term(spectrum.unlearned, Integer(0)))
    found = expansion(_X, terms, bounds, at_infinity=True, domain=spectrum.domain, depth=depth)
    return found.standing_for(exp(t))


__all__ = ["slowest_modes"]
