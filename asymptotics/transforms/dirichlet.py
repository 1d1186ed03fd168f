"""Dirichlet series ``D(s) = sum_k f_k lambda_k^(-s)`` as lists of singularities.

A family of spectra provides this interface, and the rest of the engine knows nothing else
of a spectrum.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from sympy import Expr

from asymptotics.expansions.laurent import Laurent


@dataclass(frozen=True, slots=True)
class Line:
    """A vertical line of poles: with the one at s_0 the same at ``s_n = s_0 + 2 pi i n/rate``, n whole.

    ``D(s + 2 pi i n/rate) = scale^(-2 pi i n/rate) D(s)``; rate, scale > 0.
    """

    rate: Expr
    scale: Expr


@dataclass(frozen=True, slots=True)
class Pole:
    """A place where a series or transform may have a pole; ``order`` 0 if the residue vanishes.

    With a ``line`` it is the one of a vertical line that is on the real axis.
    """

    location: Expr
    order: int = 1
    line: Line | None = None


class DirichletSeries(Protocol):
    """``D(s)``, analytic to the left of its first pole, meromorphic beyond."""

    def poles(self, count: int) -> tuple[Pole, ...]:
        """The first ``count`` places from the left; or all of them, if fewer."""
        ...

    def laurent(self, point: Expr, terms: int) -> Laurent:
        """The Laurent series at ``point``, known up to the constant term at least."""
        ...
