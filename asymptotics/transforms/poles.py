"""Poles of Dirichlet series and of Mellin transforms, alone or on a vertical line."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr


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
