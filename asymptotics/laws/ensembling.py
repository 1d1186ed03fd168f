"""Ensembling against width: are E models of size N, averaged, better than one model of size E N?

At t = P = oo the loss of a model of size N is a bias and a variance over initialisations, L = B(N) + V(N)
(arXiv 2402.01092, here BAP, section 4.3). Averaging E models divides the variance by E, so the ensemble has
the loss ``B(N) + V(N)/E``; the wide model has ``B(E N) + V(E N)``. Both cost ``C = E N t``.

With ``Xi ~ C kappa^s`` at the kappa of size N, ``V = kappa Xi'`` and ``B = Xi - kappa Xi'``, so that V/L -> s
and B/L -> 1 - s as N -> oo. With ``L ~ N^-p`` the loss of the ensemble over that of the wide model tends to

    f(E) = E^p (1 - s + s/E).

In log E it is convex, with slope ``p - s`` at E = 1. So for p > s the wide model is better for every E > 1,
and for p = s < 1, as of features with a white part, too; for p = s = 1 both have the same loss. Where
nothing is drawn at random (`SpectralTruncation`) all members are the same, and f(E) = E^p.

At times before the crossover the corrections of first order in 1/N are ``(B1 + V1/E)/N`` for the ensemble and
``(B1 + V1)/(E N)`` for the wide model: the ensemble is never better there either, and equal where B1 is of
lower order (a - 1 > b).

    ensembling(laws)    the comparison in each regime of the model law
    Comparison          of one regime: its condition, f(E), and whether width is better for every E > 1
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, Integer
from sympy.logic.boolalg import Boolean, true

from asymptotics.display import text
from asymptotics.domains.domain import Domain, plain
from asymptotics.errors import UnableError, check_kind
from asymptotics.expansions.tidying import tidy
from asymptotics.laws.derive import Laws
from asymptotics.model.sums import Xi, expand_sum
from asymptotics.precision import exclusive
from asymptotics.rows import Rows
from asymptotics.spectra import SpectralSeries, spectrum
from asymptotics.symbols import E, N
from asymptotics.typesetting import Typeset, tex

TOLD = "E models are trained apart and averaged, beside one of size E*N; t = P = oo, N -> oo"
FORMULA = r"E\text{ models averaged, beside one of size } E N;\quad t = P = \infty,\ N \to \infty"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison(Typeset):
    """Where ``condition`` holds, ``factor`` is loss(E models of size N)/loss(one of size E N), N -> oo.

    ``width_wins`` is True if the factor is proved to be above 1 for every E > 1, False if it is 1, and None
    if that is not decided.
    """

    condition: Boolean
    factor: Expr
    width_wins: bool | None

    def __repr__(self) -> str:
        where = "" if self.condition == true else f", for {plain(self.condition)}"
        wins = {True: "width wins", False: "alike", None: "not decided"}[self.width_wins]
        return f"L(E models of size N)/L(E*N) -> {text(self.factor)}{where} ({wins})"

    def to_latex(self) -> str:
        """The ratio of the two losses, with the condition."""
        where = "" if self.condition == true else rf",\quad \text{{for }} {tex(self.condition)}"
        return rf"\frac{{L(E \text{{ of size }} N)}}{{L(E N)}} \to {tex(self.factor)}{where}"


@exclusive
def ensembling(laws: Laws) -> Rows[Comparison]:
    """The late-time comparison in each open regime of the model law.

    >>> from asymptotics import derive, power_law
    >>> from asymptotics.symbols import a, b
    >>> for row in ensembling(derive(power_law(a, b))):
    ...     print(row.condition, row.width_wins, row.factor)
    a - 1 < b True E**(a - 1)*(1 - (a - 1)/b + (a - 1)/(E*b))
    a - 1 > b True E**(b - 1)
    """
    check_kind(laws, Laws, "laws", "pass derive(task)")
    base = spectrum(laws.task)
    if base.scaling is not None:
        raise UnableError(
            f"modes = {laws.task.modes}: ensembles are derived for modes=oo; pass that, with b > 1"
        )
    found = []
    for regime in laws.model.regimes:
        if regime.is_boundary:
            continue
        if not regime.is_power:
            raise UnableError(
                f"ensembles are compared for losses that are powers of N; this one is {regime.leading(N)}"
            )
        p = regime.exponent
        s = _share(laws, base, regime.domain)
        factor = E ** (p - 1) if s == 1 else E**p * (1 - s + s / E)
        above = regime.domain.positive(p - s) or (p == s and regime.domain.positive(s * (1 - s)))
        wins = True if above else False if factor == 1 else None
        found.append(Comparison(condition=regime.condition, factor=factor, width_wins=wins))
    return Rows(found, TOLD, FORMULA)


def _share(laws: Laws, base: SpectralSeries, domain: Domain) -> Expr:
    """The variance over initialisations as a share of the loss, N -> oo."""
    if not laws.student.random:
        return Integer(0)
    return tidy(expand_sum(Xi, base, 2).within(domain).leading().order)
