"""One step of a derivation: an equation with its reason and its source."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Add, Eq, Expr, Integer, Symbol, oo, true
from sympy.logic.boolalg import Boolean

from asymptotics.derivation.symbols import Asymptotic
from asymptotics.expansions.expansion import Expansion
from asymptotics.expansions.terms import Bound
from asymptotics.expansions.tidying import tidy
from asymptotics.regime import limit_of

Definitions = tuple[tuple[Expr, Expr], ...]
"""Pairs ``(f(x), what it stands for)``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One equation of a derivation, why it holds, and where that is written.

    ``equation`` is ``Eq(lhs, rhs)`` or `Asymptotic`, its sides SymPy expressions. It holds where
    ``condition`` does. ``given`` are the values of letters that stand in it: the line of an integral
    and, for identities in s, the strip.
    """

    equation: Eq | Asymptotic
    reason: str
    source: str
    condition: Boolean = true
    given: tuple[tuple[Symbol, Expr], ...] = ()

    @property
    def lhs(self) -> Expr:
        return self.equation.lhs

    @property
    def rhs(self) -> Expr:
        return self.equation.rhs

    def __str__(self) -> str:
        shown = str(self.equation) if isinstance(self.equation, Asymptotic) else f"{self.lhs} = {self.rhs}"
        return f"{shown}\n    {self.reason} ({self.source})"


def asymptotic(lhs: Expr, series: Expansion, variable: Symbol | None = None) -> Asymptotic:
    """``lhs ~`` the terms of an expansion, with its remainder; ``variable`` is that of its gauge, if any."""
    x = series.variable if variable is None else variable
    # unevaluated, so that the terms stay in their order
    terms = Add(*(tidy(t.coefficient) * series.monomial_of(t) for t in series.terms), evaluate=False)
    limit = oo if series.at_infinity else Integer(0)
    if series.gauge is not None and x != series.variable:
        limit = limit_of(series.gauge, x)
    return Asymptotic(lhs, terms, _remainder(series), x, limit)


def _remainder(series: Expansion) -> Expr:
    """The largest bound of what is left out, or one that none of them exceeds; 0 if none is needed."""
    bounds = series.remainder
    first = [b for b in bounds if all(series.ahead(b, c) for c in bounds if c is not b)]
    if not bounds:
        return Integer(0)
    return series.monomial_of(
        first[0] if first else Bound(series.remainder_order, max(b.log_power for b in bounds))
    )
