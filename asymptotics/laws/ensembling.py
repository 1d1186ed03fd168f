"""Ensembling against width: E models of size N, or one of size E N?

At t = P = oo the first has the loss ``B(N) + V(N)/E``, the second ``B(EN) + V(EN)`` (BAP, section 4.3). With
``Xi ~ C kappa^s`` on the fixed point, ``V = kappa Xi'`` and ``B = Xi - kappa Xi'``: V/L -> s, B/L -> 1 - s;
with ``L ~ N^-p`` the ratio of the two losses tends to

    f(E) = E^p (1 - s + s/E).

It is convex in log E with slope ``p - s`` at E = 1, so if p > s it exceeds 1 for every E > 1: width wins by
the factor f(E) at equal total size, hence at equal compute ``C = E N t``. Before the crossover, first order
in 1/N is ``(B1 + V1/E)/N`` for the ensemble and ``(B1 + V1)/(E N)`` for the wide model: it never gains there
either, and ties where B1 is of lower order (a - 1 > b).
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr
from sympy.logic.boolalg import Boolean

from asymptotics.errors import UnableError, check_kind
from asymptotics.laws.derive import Laws
from asymptotics.model.sums import Xi, expand_sum
from asymptotics.precision import exclusive
from asymptotics.regimes import tidy
from asymptotics.spectra import spectrum
from asymptotics.symbols import E, N


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Where ``condition`` holds, ``factor`` is loss(E models of size N)/loss(one of size E N), N -> oo.

    ``width_wins`` is True if the factor is proved to be above 1 for every E > 1, None if not decided.
    """

    condition: Boolean
    factor: Expr
    width_wins: bool | None


@exclusive
def ensembling(laws: Laws) -> tuple[Comparison, ...]:
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
    found = []
    for regime in laws.model.regimes:
        if regime.is_boundary:
            continue
        if not regime.is_power:
            raise UnableError(
                f"ensembles are compared for losses that are powers of N; this one is {regime.leading(N)}"
            )
        s = tidy(expand_sum(Xi, base, 2).within(regime.domain).leading().order)
        p = regime.exponent
        factor = E ** (p - 1) if s == 1 else E**p * (1 - s + s / E)
        wins = True if regime.domain.positive(p - s) else None
        found.append(Comparison(condition=regime.condition, factor=factor, width_wins=wins))
    return tuple(found)


__all__ = ["Comparison", "ensembling"]
