"""Laws of finitely many modes: the edge N -> M at t = oo, what lies beyond it, and late times.

With M modes ``df1(kappa) = M - S kappa + ...``, ``S = sum m_k/lambda_k``: the ridge vanishes as
``kappa ~ (M - N)/S``, so that laws are powers of ``M - N``; for N >= M all that can be learned is learned.
Where all modes share one eigenvalue (a white spectrum), ``u = kappa/(lambda + kappa)`` makes every sum a
polynomial, ``df1 = M (1 - u)``, and the laws are closed forms for all N < M. At late times the slowest mode
leads, with the rates ascending and equal rates together,

    sum_k w_k exp(-2 lambda_k t) = w_1 X^(-2 lambda_1) + w_2 X^(-2 lambda_2) + ...,   X = exp(t).

    mode_count       how many modes are learned, if finitely many
    white_point      the sums at a ridge where all modes share one eigenvalue
    at_size          a function of the ridge on ``modes = size``
    beyond           the law for more than M samples or features
    slowest_modes    the time law
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Dummy, Expr, Integer, Symbol, exp

from asymptotics.expansions.expansion import Expansion, expansion
from asymptotics.expansions.reversion import revert
from asymptotics.expansions.terms import Bound, Term
from asymptotics.spectra import FiniteSeries, SpectralSeries
from asymptotics.symbols import t

_u = Dummy("u", positive=True)
_X = Dummy("X", positive=True)
ONE = Integer(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedPoint:
    """The sums at a ridge, in one small variable (kappa, or another that vanishes with it).

    ``modes`` is df1, ``unresolved`` Xi, ``squared`` F, ``initialisation_variance`` Xi - F, and ``inverse`` is
    ``df1/(df1 - df2)``, the factor ``1/(1 - df2/P)`` on ``df1 = P``.
    """

    modes: Expansion
    unresolved: Expansion
    squared: Expansion
    initialisation_variance: Expansion
    inverse: Expansion


def mode_count(spectrum: SpectralSeries) -> Expr | None:
    """``D(0)`` of a finite kernel: how many modes are learned; None for infinitely many."""
    series = spectrum.kernel
    return series.laurent(Integer(0), 1).coefficient(0) if isinstance(series, FiniteSeries) else None


def white_point(spectrum: SpectralSeries, depth: int) -> FixedPoint | None:
    """The fixed point of a spectrum with one eigenvalue, exact in u; None for any other.

    >>> from asymptotics.spectra import spectrum
    >>> from asymptotics.symbols import M
    >>> from asymptotics.tasks.task import Task
    >>> white_point(spectrum(Task(eigenvalues=3, target=2, modes=M)), 3).unresolved.terms[0].coefficient
    2*M
    """
    kernel, target = spectrum.kernel, spectrum.target
    if not isinstance(kernel, FiniteSeries) or kernel.single is None:
        return None
    count, power = (series.laurent(Integer(0), 1).coefficient(0) for series in (kernel, target))

    def polynomial(*coefficients: Expr) -> Expansion:
        terms = [Term(c, Integer(j)) for j, c in enumerate(coefficients)]
        return expansion(_u, terms, domain=spectrum.domain, depth=max(depth, 4))

    inverse = polynomial(ONE).with_terms([Term(ONE, Integer(-1))])  # df1 - df2 = M u (1 - u) = u df1
    return FixedPoint(
        modes=polynomial(count, -count),
        unresolved=polynomial(spectrum.unlearned, power),
        squared=polynomial(spectrum.unlearned, Integer(0), power),
        initialisation_variance=polynomial(Integer(0), power, -power),
        inverse=inverse,
    )


def at_size(modes: Expansion, size: Symbol, function: Expansion) -> Expansion:
    """``function`` on ``modes = size``: for size -> oo, or to the number of modes if that is finite.

    >>> from asymptotics.symbols import M, N, kappa
    >>> modes = expansion(kappa, [Term(M, Integer(0)), Term(-2*M, ONE)])
    >>> at_size(modes, N, modes.monomial(ONE, ONE))
    (M - N)/(2*M)
    """
    first = modes.candidates()
    if len(first) != 1 or first[0].order != 0 or first[0].log_power:
        return revert(modes, size, function)
    count = first[0].coefficient
    missing = revert((modes - count).scale(Integer(-1)), _X, function)
    return missing.substitute_monomial(ONE, Integer(-1), _X).standing_for(1 / (count - size))


def beyond(spectrum: SpectralSeries, size: Symbol, constant: Expr, variance: Expr) -> Expansion | None:
    """``constant + variance M/(size - M)`` for more than M modes; None if that is zero, or below M.

    There kappa = 0 and ``df2 = M``: noise and what is not learned are amplified by ``1/(1 - M/P)``.
    """
    count = mode_count(spectrum)
    if count is None or spectrum.below or (constant == 0 and variance == 0):
        return None
    terms = [Term(constant, Integer(0)), Term(variance * count, ONE)]
    series = expansion(_X, terms, at_infinity=True, domain=spectrum.domain)
    return series.standing_for(size - count)


def slowest_modes(spectrum: SpectralSeries, series: FiniteSeries, depth: int) -> Expansion:
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


__all__ = ["FixedPoint", "at_size", "beyond", "mode_count", "slowest_modes", "white_point"]
