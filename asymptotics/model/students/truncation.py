"""Spectral truncation: the first N modes themselves."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, Function

from asymptotics.errors import UnableError
from asymptotics.model.students.base import Student, student
from asymptotics.model.sums import F, Tail, Xi
from asymptotics.symbols import N
from asymptotics.symbols import kappa as letter

top_Xi = Function("Xi_top", positive=True)
"""``Xi_top(kappa, N)``, Xi over the first N modes."""
top_df1 = Function("df_top", positive=True)
"""``df_top(kappa, N)``, df1 over the first N modes."""


@student
@dataclass(frozen=True, slots=True, kw_only=True)
class SpectralTruncation(Student):
    """``f = sum_(k <= N) w_k psi_k``, the N largest modes: ``zeta = kappa``, over these modes alone.

    What is behind them is both a floor of the loss and label noise,

        J = sum_(k <= N) c_k kappa/(lambda_k + kappa) + sum_(k > N) c_k,
        df = sum_(k <= N) lambda_k/(lambda_k + kappa).

    >>> from asymptotics.symbols import kappa
    >>> SpectralTruncation().objective(kappa)
    T(N) + Xi_top(kappa, N)
    """

    title = "the first N modes"
    name = "truncation"
    random = False
    source = "the population ridge problem over the first N modes"

    def zeta(self, kappa: Expr, modes: Expr, size: Expr = N) -> Expr:
        """``kappa``."""
        return kappa

    def at_end(self, function: Expr) -> Expr:
        """All of its modes are learned at kappa = 0, and the tail is left; nothing in it is random."""
        if function not in (Xi(letter), F(letter)):
            raise UnableError(f"{self.title} are not drawn at random: {function} has no law for them")
        return Tail(N)

    def slopes(self) -> tuple[Expr, Expr]:
        """Raises `UnableError`: what is left of the modes behind N is no series in 1/N."""
        raise UnableError(f"{self.title} leave a tail, not a series in 1/N; not derived")

    def objective(self, kappa: Expr, size: Expr = N) -> Expr:
        """``Xi`` over the first N modes, and the target power behind them."""
        return top_Xi(kappa, size) + Tail(size)

    def degrees(self, kappa: Expr, size: Expr = N) -> Expr:
        """``df1`` over the first N modes."""
        return top_df1(kappa, size)
