"""Deep random features: one frozen Gaussian projection after another."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, Mul

from asymptotics.errors import UnableError
from asymptotics.model.students.base import Student, at_size, share, sizes_of, student
from asymptotics.symbols import N


@student
@dataclass(frozen=True, slots=True, kw_only=True)
class DeepRandomFeatures(Student):
    """``f = w . A_L ... A_1 psi`` over the square root of all widths: ``zeta = kappa prod_l (1 - df1/N_l)``.

    All layers but the last are frozen at random; their order does not matter.

    widths : N_1, ..., N_L, all of them, so that N is left out beside them; in laws also multiples of N.

    >>> from asymptotics.symbols import kappa
    >>> from sympy import Symbol
    >>> DeepRandomFeatures(widths=(100, 50)).zeta(kappa, Symbol("df_1"))
    kappa*(1 - df_1/50)*(1 - df_1/100)
    """

    widths: tuple[Expr, ...]

    title = "deep random features"
    name = "deep"
    source = "the S-transforms of independent projections multiply"

    def __post_init__(self) -> None:
        object.__setattr__(self, "widths", sizes_of(self.widths, "widths"))

    def zeta(self, kappa: Expr, modes: Expr, size: Expr = N) -> Expr:
        """``kappa prod_l (1 - df1/N_l)``."""
        return kappa * Mul(*(share(modes, width) for width in self.layers(size)))

    def layers(self, size: Expr = N) -> tuple[Expr, ...]:
        """The widths."""
        return tuple(at_size(width, size) for width in self.widths)

    def at_end(self, function: Expr) -> Expr:
        """At the rank, that of the narrowest layer; raises `UnableError` for widths that are numbers."""
        if numbers := [width for width in self.widths if not width.has(N)]:
            raise UnableError(
                f"widths = {numbers[0]} is a number; laws in N need multiples of it, such as widths=(2*N, N)"
            )
        return super(DeepRandomFeatures, self).at_end(function)
