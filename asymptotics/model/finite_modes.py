"""What t = oo leaves where there are finitely many modes: the edge N -> M, and what lies beyond it.

With M modes ``df1(kappa) = M - S kappa + ...``, ``S = sum m_k/lambda_k``: the ridge vanishes as
``kappa ~ (M - N)/S``, so that laws are powers of ``M - N``; for N >= M all that can be learned is learned.
Where all modes share one eigenvalue (a white spectrum), ``u = kappa/(lambda + kappa)`` makes every sum a
polynomial, ``df1 = M (1 - u)``, and the laws are closed forms for all N < M.
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Dummy, Expr, Integer, Symbol

from asymptotics.expansions.expansion import Expansion, expansion
from asymptotics.expansions.terms import Term
from asymptotics.spectra import FiniteSeries, Spectrum

_u = Dummy("u", positive=True)
_X = Dummy("X", positive=True)
ONE = Integer(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedPoint:
    """The sums at a ridge, in one small variable (kappa, or another that vanishes with it).

    ``modes`` is df1, ``unresolved`` Xi, ``squared`` F, ``crossed`` Xi - F, and ``inverse`` is
    ``df1/(df1 - df2)``, the factor ``1/(1 - df2/P)`` on ``df1 = P``.
    """

    modes: Expansion
    unresolved: Expansion
    squared: Expansion
    crossed: Expansion
    inverse: Expansion


def mode_count(spectrum: Spectrum) -> Expr | None:
    """``D(0)`` of a finite kernel: how many modes are learned; None for infinitely many."""
    series = spectrum.kernel
    return series.laurent(Integer(0), 1).coefficient(0) if isinstance(series, FiniteSeries) else None


def white_point(spectrum: Spectrum, depth: int) -> FixedPoint | None:
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
        crossed=polynomial(Integer(0), power, -power),
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
        return modes.revert(size, function)
    count = first[0].coefficient
    missing = (modes - count).scale(Integer(-1)).revert(_X, function)
    return missing.substitute_monomial(ONE, Integer(-1), _X).standing_for(1 / (count - size))


def beyond(spectrum: Spectrum, size: Symbol, constant: Expr, variance: Expr) -> Expansion | None:
    """``constant + variance M/(size - M)`` for more than M modes; None if that is zero, or below M.

    There kappa = 0 and ``df2 = M``: noise and what is not learned are amplified by ``1/(1 - M/P)``.
    """
    count = mode_count(spectrum)
    if count is None or spectrum.below or (constant == 0 and variance == 0):
        return None
    terms = [Term(constant, Integer(0)), Term(variance * count, ONE)]
    series = expansion(_X, terms, at_infinity=True, domain=spectrum.domain)
    return series.standing_for(size - count)


__all__ = ["FixedPoint", "at_size", "beyond", "mode_count", "white_point"]
