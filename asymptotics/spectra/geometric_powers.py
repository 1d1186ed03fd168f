"""Geometric eigenvalues ``Lambda rho^k`` with targets that vary slowly beside an exponential.

Targets are ``W(k) tau^k``, 0 < tau <= 1, W in powers and logarithms of k that is no polynomial (those are
`geometric`): ``exp(-k)`` with ``k^-3`` is the spectrum of a Gaussian kernel with a power-law target. The
kernel has a vertical line of poles; the target's Dirichlet series, with ``s0 = log(tau)/log(rho)``, has the
same branch point at each ``s0 + 2 pi i n/r``, ``r = -log(rho)``. So a spectral sum is that of
`transforms.branch` with coefficients that oscillate in ``log(x)``, and laws in sizes are those of whole N
and P (`expansions.logarithmic_reversion`).
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Integer, oo

from asymptotics.domains.domain import Domain, normal
from asymptotics.domains.logarithms import ratio
from asymptotics.errors import SpectrumError, UnableError
from asymptotics.expansions.tail import tail_expansion
from asymptotics.spectra.family import Mismatch, SpectralSeries, requiring
from asymptotics.spectra.geometric import GeometricSeries, GeometricTerm, geometric_terms
from asymptotics.spectra.stretched import in_index, split_exponentials
from asymptotics.tasks.task import Task
from asymptotics.transforms.branch import BranchSeries, Tails
from asymptotics.transforms.poles import Line


@dataclass(frozen=True, slots=True)
class GeometricPowers:
    """``C rho^k`` with targets ``W(k) tau^k``, W of powers and logarithms of k."""

    name: str = "geometric spectra with slowly varying targets"
    form: str = "C*rho**k, with targets such as k**-a*tau**k"

    def spectrum(self, task: Task, domain: Domain) -> SpectralSeries | Mismatch:
        """The two series, where eigenvalues and power fall."""
        k, weights = task.index, task.multiplicity * task.target
        terms = geometric_terms(task.eigenvalues, k) or ()
        simple = len(terms) == 1 and terms[0].power == 0 and terms[0].rate != 0
        if task.modes != oo or not simple or task.multiplicity.has(k):
            missing = (
                f"eigenvalues {task.eigenvalues} are not one exponential C*rho**{k}, or levels grow with {k}"
            )
            return Mismatch(fitting=0, missing=missing)
        fall, factor = split_exponentials(weights, k)
        try:
            power = tail_expansion(factor, k, 2, domain).leading().order
        except (SpectrumError, UnableError) as error:
            return Mismatch(fitting=3, missing=str(error))
        rate, line = normal(-fall.diff(k)), Line(rate=terms[0].rate, scale=terms[0].coefficient)
        if rate.has(k):
            return Mismatch(fitting=3, missing=f"target {task.target} falls as exp({fall}), not as tau**{k}")
        domain = requiring(domain, line.rate, f"eigenvalues {task.eigenvalues} grow with {k}; they must fall")
        refusal = f"sum of {task.target} diverges: it falls as {k}**-p with p = {power}; it needs p > 1"
        domain = requiring(domain, power - 1 if rate == 0 else rate, refusal)
        origin = normal(ratio(rate, line.rate)) if rate != 0 else Integer(0)
        place = {
            "eigenvalues": task.eigenvalues,
            "weights": weights,
            "index": k,
            "domain": domain,
            "origin": origin,
        }
        levels = (GeometricTerm(task.multiplicity, Integer(0), 0),)
        return SpectralSeries(
            task=task,
            kernel=GeometricSeries(weights=levels, rate=line.rate, scale=line.scale),
            target=BranchSeries(**place, tails=Tails(**place, expand=in_index), line=line),
            domain=domain,
            trace=(),
        )
