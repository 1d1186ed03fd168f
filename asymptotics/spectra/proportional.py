"""Modes that are a multiple of the model or of the data, ``M = r N`` or ``M = r P``: power laws of any decay.

Applies to ``lambda_k = C k^-b``, b > 0, and a target that is a sum of powers of k. The kernel of finitely
many modes has a trace, so that b may be 1 or less; where b > 1, laws have the exponents of infinitely many
modes and constants that depend on r.

    ProportionalModes    the family
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Add, Expr, Symbol, expand

from asymptotics.domains.domain import Domain, normal
from asymptotics.errors import SpectrumError
from asymptotics.spectra.family import Mismatch, Scaling, SpectralSeries, requiring, requiring_sum
from asymptotics.spectra.power_law import algebraic_series
from asymptotics.sums.regularised import join_powers
from asymptotics.tasks.task import Task


@dataclass(frozen=True, slots=True)
class ProportionalModes:
    """``modes=r*N`` or ``modes=r*P``, eigenvalues ``C k^-b``, sums of powers as the target."""

    name: str = "modes that are a multiple of N or P"
    form: str = "modes=r*N, eigenvalues C*k**-b"

    def spectrum(self, task: Task, domain: Domain) -> SpectralSeries | Mismatch:
        """The two series of infinitely many modes, continued, and how many there are."""
        size = task.size
        if size is None:
            return Mismatch(fitting=0, missing=f"modes = {task.modes}: not a multiple of N or P")
        eigenvalues, target = (_powers(e, task.index) for e in (task.eigenvalues, task.target))
        if eigenvalues is None or len(eigenvalues) != 1 or target is None or task.multiplicity != 1:
            raise SpectrumError(
                f"modes = {task.modes}: laws of modes that grow with {size} are derived for eigenvalues "
                f"C*k**-b and sums of powers as the target, one mode a level, not for {task.eigenvalues} and "
                f"{task.target}; pass modes=oo"
            )
        ((scale, decay),) = eigenvalues
        ratio = normal(task.modes / size)
        domain = requiring(
            domain, decay, f"eigenvalues {task.eigenvalues} do not decay; the kernel needs b > 0"
        )
        for _, power in target:
            diverges = f"sum of {task.target} diverges: the target falls as k**-p with p = {power}"
            domain = requiring_sum(domain, power - 1, f"{diverges}; the target needs p > 1")
        domain = requiring(domain, ratio - 1, f"modes = {task.modes} are not more than {size}")
        return SpectralSeries(
            task=task,
            kernel=algebraic_series(task.eigenvalues, task.multiplicity, task.index, domain),
            target=algebraic_series(task.eigenvalues, task.target, task.index, domain),
            domain=domain,
            trace=(),
            scaling=Scaling(size=size, ratio=ratio, scale=scale, decay=decay, target=target),
        )


def _powers(expression: Expr, index: Symbol) -> tuple[tuple[Expr, Expr], ...] | None:
    """``(C_i, p_i)`` of a sum of ``C_i k^-p_i``; None for anything else.

    >>> from asymptotics.symbols import a, k
    >>> _powers(3*k**-a + 1/k**2, k)
    ((1, 2), (3, a))
    """
    found: dict[Expr, Expr] = {}
    for part in Add.make_args(expand(expression, power_base=False, power_exp=False)):
        factor, rest = part.as_independent(index, as_Add=False)
        base, power = join_powers(rest, index, force=True).as_base_exp()
        if base != index or power.has(index) or not factor.is_positive:
            return None
        found[-power] = found.get(-power, 0) + factor
    return tuple((c, p) for p, c in sorted(found.items(), key=lambda pair: str(pair[0])))
