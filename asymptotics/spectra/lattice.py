"""Fourier modes of the d-torus by their Euclidean length: ``lambda = Lambda |n|^-b``, ``c = C |n|^-a``.

Level k holds the modes with ``|n|^2 = k``: multiplicity ``r_d(k)`` (`asymptotics.squares`). With the
eigenvalues ``Lambda k^-p``, p = b/2, and weights ``C r_d(k) k^-q``,

    D(s) = C Lambda^-s Z_d(q - p s),

whose only pole is that of Epstein's zeta function, at ``s = (q - d/2)/p`` (see `lattice_sum`). Applies
to single powers of k, with d an integer or a symbol.
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, Integer, Mul, Symbol, cancel, log, oo

from asymptotics.domains.domain import Domain, normal
from asymptotics.expansions.laurent import Laurent
from asymptotics.parsing.heights import to_power
from asymptotics.spectra.family import WITH_TRACE, Mismatch, SpectralSeries, requiring, requiring_sum
from asymptotics.sums.lattice import (
    LatticeConstant,
    LatticeZeta,
    SquaresCount,
    lattice_residue,
)
from asymptotics.tasks.task import Task
from asymptotics.transforms.dirichlet import DirichletSeries
from asymptotics.transforms.poles import Pole


@dataclass(frozen=True, slots=True, kw_only=True)
class LatticeSeries(DirichletSeries):
    """``D(s) = C Lambda^-s Z_d(q - p s)``.

    >>> one, two = Integer(1), Integer(2)
    >>> series = LatticeSeries(dimension=two, C=one, q=Integer(3), Lambda=one, p=two)
    >>> series.poles(3), series.laurent(Integer(1), 1).coefficients
    ((Pole(location=1, order=1, line=None),), (-pi/2, LatticeConstant(2)))
    """

    dimension: Expr
    C: Expr
    q: Expr
    Lambda: Expr
    p: Expr

    def poles(self, count: int) -> tuple[Pole, ...]:
        """The one place ``s = (q - d/2)/p``."""
        return (Pole(cancel((self.q - self.dimension / 2) / self.p)),)[:count]

    def laurent(self, point: Expr, terms: int) -> Laurent:
        """``D(point + delta)``: a value, or ``-Res/(p delta)`` and the finite part at the pole."""
        argument, scale = normal(self.q - self.p * point), self.C * to_power(self.Lambda, -point)
        if normal(argument - self.dimension / 2) != 0:
            return Laurent(0, (scale * LatticeZeta(self.dimension, argument),))
        residue, value = -lattice_residue(self.dimension) / self.p, LatticeConstant(self.dimension)
        return Laurent(-1, (scale * residue, scale * (value - residue * log(self.Lambda))))


@dataclass(frozen=True, slots=True)
class LatticeModes:
    """Fourier modes with |n|^2 = k, multiplicity SquaresCount(d, k), and single powers of k."""

    name: str = "modes of a lattice"
    form: str = "powers of k with multiplicity=squares(d)"

    def spectrum(self, task: Task, domain: Domain) -> SpectralSeries | Mismatch:
        """The two series where b > 0 and a > d in the lengths |n|; with b > d a trace."""
        counts = task.multiplicity.atoms(SquaresCount)
        if len(counts) != 1 or task.modes != oo:
            return Mismatch(fitting=0, missing="the modes are not counted by sums of squares")
        (count,) = counts
        dimension, index = count.args[0], task.index
        parts = [_power(e, index) for e in (task.multiplicity / count, task.eigenvalues, task.target)]
        if count.args[1] != index or dimension.has(index) or None in parts:
            missing = f"modes of a lattice need single powers of {index}, C*{index}**-p"
            return Mismatch(fitting=3, missing=missing)
        (factor, shift), (Lambda, p), (C, q) = (part for part in parts if part is not None)
        if shift != 0:
            return Mismatch(fitting=3, missing=f"multiplicity {task.multiplicity} is not a number of modes")
        domain = requiring(domain, p, f"eigenvalues {task.eigenvalues} do not fall with {index}")
        refusal = (
            f"sum of {{}} over the modes of a lattice in d = {dimension} diverges: it falls as {index}**-p "
            f"with p = {{}}; {{}} p > {dimension / 2}"
        )
        trace, power = (
            (normal(exponent - dimension / 2), refusal.format(summand, exponent, needing))
            for exponent, summand, needing in (
                (p, task.eigenvalues, WITH_TRACE),
                (q, task.target, "it needs"),
            )
        )
        domain = requiring_sum(domain, *power)
        return SpectralSeries(
            task=task,
            kernel=LatticeSeries(dimension=dimension, C=factor, q=Integer(0), Lambda=Lambda, p=p),
            target=LatticeSeries(dimension=dimension, C=factor * C, q=q, Lambda=Lambda, p=p),
            domain=domain,
            trace=(trace,),
        )


def _power(expression: Expr, index: Symbol) -> tuple[Expr, Expr] | None:
    """``(C, p)`` of ``C index^-p``; None for anything else."""
    factor, rest = expression.as_independent(index, as_Add=False)
    exponents = []
    for part in Mul.make_args(rest):
        base, exponent = part.as_base_exp()
        if part != 1 and (base != index or exponent.has(index)):
            return None
        exponents.append(-exponent if part != 1 else Integer(0))
    return factor, normal(sum(exponents, Integer(0)))
