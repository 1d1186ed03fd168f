"""One step of a derivation: an equation with its reason and its source."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Add, Eq, Expr, Integer, Symbol, log, oo, true
from sympy.logic.boolalg import Boolean

from asymptotics.derivation.symbols import Asymptotic
from asymptotics.expansions.expansion import Expansion
from asymptotics.expansions.layer_leading import leading_series
from asymptotics.expansions.layers import SLOW, Layered
from asymptotics.expansions.terms import Bound
from asymptotics.regimes import limit_of, tidy

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


def asymptotic(lhs: Expr, series: Expansion | Layered, variable: Symbol | None = None) -> Asymptotic:
    """``lhs ~`` the terms of an expansion, with its remainder; ``variable`` is that of its gauge, if any."""
    x = series.variable if variable is None else variable
    if isinstance(series, Layered):
        return _slow(lhs, series, x)
    remainder = Integer(0)
    if series.remainder:
        logs = max(b.log_power for b in series.remainder)
        remainder = series.monomial_of(Bound(series.remainder_order, logs))
    # unevaluated, so that the terms stay in their order
    terms = Add(*(tidy(t.coefficient) * series.monomial_of(t) for t in series.terms), evaluate=False)
    limit = oo if series.at_infinity else Integer(0)
    if series.gauge is not None and x != series.variable:
        limit = limit_of(series.gauge, x)
    return Asymptotic(lhs, terms, remainder, x, limit)


def _slow(lhs: Expr, found: Layered, x: Symbol) -> Asymptotic:
    """Layers in their order up to the first whose coefficient is not known exactly, with its remainder."""
    terms: list[Expr] = []
    remainder: list[Expr] = []
    for layer in found.candidates():
        here = found.with_layers([layer])
        series = leading_series(here) if here.at_infinity else layer.series
        power = Integer(1) if here.at_infinity else found.variable**layer.order
        letter = {SLOW: log(1 / found.variable)}
        terms += (
            (power * tidy(t.coefficient) * series.monomial_of(t)).xreplace(letter) for t in series.terms
        )
        remainder += ((power * series.monomial_of(b)).xreplace(letter) for b in series.remainder[:1])
    rest = remainder[0] if remainder else Integer(0)
    return Asymptotic(lhs, Add(*terms, evaluate=False), rest, x, oo if found.at_infinity else Integer(0))
