"""One step of a derivation: an equation with its reason and its source."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import (
    Add,
    Eq,
    Expr,
    Integer,
    Symbol,
    oo,
    true,
)
from sympy.logic.boolalg import Boolean

from asymptotics.derivation.symbols import Asymptotic
from asymptotics.expansions.expansion import Expansion
from asymptotics.expansions.terms import Bound
from asymptotics.regimes import tidy


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


def asymptotic(lhs: Expr, series: Expansion) -> Asymptotic:
    """``lhs ~`` the terms of an expansion, with its remainder."""
    remainder = Integer(0)
    if series.remainder:
        logs = max(b.log_power for b in series.remainder)
        remainder = series.monomial_of(Bound(series.remainder_order, logs))
    # unevaluated, so that the terms stay in their order
    terms = Add(*(tidy(t.coefficient) * series.monomial_of(t) for t in series.terms), evaluate=False)
    return Asymptotic(lhs, terms, remainder, series.variable, oo if series.at_infinity else Integer(0))


__all__ = ["Step", "asymptotic"]
