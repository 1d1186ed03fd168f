"""A kernel as a value: eigenvalues of its levels, how many modes each has, and on which inputs.

`asymptotics.Task.from_kernel` reads ``eigenvalues``, ``multiplicity``, ``index`` and ``domain``, no more.
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, Symbol, oo

from asymptotics.display import text
from asymptotics.kernels.domains import Domain
from asymptotics.parsing.heights import substitute
from asymptotics.parsing.numbers import whole_number
from asymptotics.symbols import k


@dataclass(frozen=True, slots=True, kw_only=True)
class SpectralKernel:
    """``K = sum_k lambda_k sum_(m of level k) psi_m psi_m``, levels k = 1, 2, ...

    On spheres and tori the constant, degree 0, is left out, as if kernel and target were freed of their means
    over the inputs: one mode changes no exponent, but of finitely many there is one less.
    To count it, give the eigenvalues to `Task` with ``multiplicity=harmonics(d, constant=True)``, level k of
    degree k - 1.
    ``eigenvalues`` are per mode, dimensionless; ``(-1)**k`` in them tells even from odd degrees. ``exact``
    says whether they are the eigenvalues at every k, or ``accuracy`` their relative error far out. Where the
    first ones are not known either that is ``O(k^-known)``; else known = oo.

    >>> from asymptotics.kernels import relu_nngp
    >>> kernel = relu_nngp(3)
    >>> kernel
    relu_nngp(3): eigenvalues exact, on sphere(3)
    >>> kernel.eigenvalue(1), kernel.eigenvalue(2), kernel.eigenvalue(3)
    (1/6, 3/128, 0)
    """

    name: str
    eigenvalues: Expr
    domain: Domain
    exact: bool
    accuracy: str = ""
    known: Expr = oo
    index: Symbol = k

    @property
    def multiplicity(self) -> Expr:
        """Modes per level."""
        return self.domain.multiplicity

    def eigenvalue(self, level: object) -> Expr:
        """``lambda_k`` of one level."""
        return substitute(self.eigenvalues, {self.index: whole_number(level, "level", 1) + 0 * self.index})

    def __repr__(self) -> str:
        how = "exact" if self.exact else f"up to {self.accuracy}"
        return f"{self.name}: eigenvalues {how}, on {self.domain}"

    def __str__(self) -> str:
        return f"{self.name}: lambda_{self.index} = {text(self.eigenvalues)}"
