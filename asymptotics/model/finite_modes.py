"""Laws of finitely many modes: the edge N -> M at t = oo, and late times.

With M modes ``df1(kappa) = M - S kappa + ...``, ``S = sum m_k/lambda_k``: the ridge vanishes as
``kappa ~ (M - N)/S``, so that laws are powers of ``M - N``. At late times the slowest mode leads, with the
rates ascending and equal rates together,

    sum_k w_k exp(-2 lambda_k t) = w_1 X^(-2 lambda_1) + w_2 X^(-2 lambda_2) + ...,   X = exp(t).

    at_size          a function of the ridge on ``modes = size``
    slowest_modes    the time law
    tail_of_sum      the target power behind the first N modes
"""

from __future__ import annotations

from dataclasses import replace

from sympy import Dummy, Expr, Integer, Rational, Symbol, bernoulli, exp, factorial, oo

from asymptotics.errors import UnableError
from asymptotics.expansions.expansion import Expansion, expansion
from asymptotics.expansions.reversion import revert
from asymptotics.expansions.ring import element
from asymptotics.expansions.tail import tail_expansion
from asymptotics.expansions.terms import Bound, Term
from asymptotics.expansions.variables import substitute
from asymptotics.spectra import SpectralSeries
from asymptotics.symbols import RESOURCES, t

_X = Dummy("X", positive=True)
ONE = Integer(1)


def at_size(modes: Expansion, size: Expr, function: Expansion) -> Expansion:
    """``function`` on ``modes = size``: for size -> oo, or to the number of modes if that is finite.

    >>> from asymptotics.symbols import M, N, kappa
    >>> modes = expansion(kappa, [Term(M, Integer(0)), Term(-2*M, ONE)])
    >>> at_size(modes, N, modes.monomial(ONE, ONE))
    (M - N)/(2*M)
    """
    if not size.is_Symbol:  # a multiple of a letter
        (letter,) = size.free_symbols & set(RESOURCES)
        return substitute(at_size(modes, letter, function), size / letter, ONE, letter)
    first = modes.candidates()
    if len(first) != 1 or first[0].order != 0 or first[0].log_power:
        return revert(modes, size, function)
    count = first[0].coefficient
    missing = revert(replace(count - modes, depth=function.depth), _X, function)
    return substitute(missing, ONE, Integer(-1), _X).standing_for(1 / (count - size))


def slowest_modes(spectrum: SpectralSeries, depth: int) -> Expansion | None:
    """``L(t) = L(oo) + sum_k w_k exp(-2 lambda_k t)``; exact once all modes are among its terms.

    None for infinitely many modes; raises `UnableError` where it is not known which mode is the slowest.

    >>> from asymptotics.spectra import spectrum
    >>> from asymptotics.symbols import k
    >>> from asymptotics.tasks.task import Task
    >>> found = spectrum(Task(eigenvalues=1/k, target=k, modes=3))
    >>> slowest_modes(found, 2)
    3*exp(-2*t/3) + 2*exp(-t) + O(exp(-2*t))
    """
    if (listed := spectrum.target.slowest(depth + 1)) is None:
        return None
    terms = [Term(weight, 2 * rate) for rate, weight in listed[:depth]]
    bounds = [Bound(2 * rate) for rate, _ in listed[depth:]]
    if spectrum.unlearned != 0:
        terms.append(Term(spectrum.unlearned, Integer(0)))
    found = expansion(_X, terms, bounds, at_infinity=True, domain=spectrum.domain, depth=depth)
    return found.standing_for(exp(t))


def tail_of_sum(spectrum: SpectralSeries, size: Symbol, depth: int) -> Expansion:
    """``sum_(k > N) m_k c_k``, N -> oo, by the Euler-Maclaurin formula in powers of N.

    ``int_N^oo f dk - f(N)/2 - sum_j B_2j/(2j)! f^(2j - 1)(N)``, f the summand as a series in powers of k.

    >>> from asymptotics.spectra import spectrum
    >>> from asymptotics.symbols import N
    >>> from asymptotics.tasks.power_laws import power_law
    >>> tail_of_sum(spectrum(power_law(3, 2)), N, 3)
    1/(2*N**2) - 1/(2*N**3) + 1/(4*N**4) + O(N**(-6))
    """
    task = spectrum.task
    if task.modes != oo:
        raise UnableError("the modes behind the first N have laws where modes do not end; not derived")
    series = tail_expansion(task.multiplicity * task.target, task.index, depth, spectrum.domain)
    if any(term.log_power for term in series.terms):
        raise UnableError("the tail of a target with logarithms is not derived; use GaussianFeatures()")
    if task.known != oo:
        # the tail is known far out alone
        ends = (Bound(term.order + task.known, *term.logs) for term in series.candidates())
        series = series.with_terms(series.terms, (*series.remainder, *ends))
    terms = [Term(term.element * element(1 / (term.order - 1)), term.order - 1) for term in series.terms]
    bounds = [Bound(bound.order - 1, *bound.logs) for bound in series.remainder]
    total = series.with_terms(terms, bounds) - series.scale(Rational(1, 2))
    slope = series
    for j in range(1, depth + 1):
        slope = slope.differentiate()
        if j % 2:
            total = total - slope.scale(bernoulli(j + 1) / factorial(j + 1))
    left = (Bound(bound.order, *bound.logs) for bound in slope.bounds())
    whole = total.with_terms(total.terms, (*total.remainder, *left))
    return substitute(whole, ONE, ONE, size)
