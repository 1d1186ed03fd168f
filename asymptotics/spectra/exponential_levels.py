"""Exponential levels of many modes: eigenvalues ``W(k) rho^k``, targets and multiplicities powers of k.

W, the target and the multiplicity are powers and logarithms of k: Gaussian kernels in more than one
dimension, kernels of erf networks. With ``y = log(1/lambda)`` and ``l = log x`` a sum over levels,
``sum_k f_k phi(x lambda_k)`` with phi from 1 to 0, counts those on one side of y = l,

    sum_(y_k > l) f_k + O(f_k at y_k = l) = int_l^oo h(y) dy + O(h(l)),    h = f dk/dy,

as phi is neither 0 nor 1 on boundedly many levels. So to leading order there are laws of all that such sums
lead; what is of the size of one level, as ``df1 - df2`` is, oscillates with log x in a way that depends
on the place of kappa between two levels. It is refused: that place solves a transcendental equation of P.
A target on finitely many levels leaves finite sums over the target, entire as in `finite`.
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, Integer, Piecewise, Symbol, oo

from asymptotics.domains.domain import Domain, normal
from asymptotics.errors import SpectrumError, UnableError
from asymptotics.expansions.expansion import Expansion, expansion
from asymptotics.expansions.layers import SLOW, in_front
from asymptotics.expansions.reversion import revert
from asymptotics.expansions.tail import tail_expansion
from asymptotics.spectra.family import DECIDED, Mismatch, SpectralSeries, requiring
from asymptotics.spectra.finite import FiniteSeries, head, order_rates, unlearned
from asymptotics.spectra.segments import segments
from asymptotics.spectra.stretched import StretchedTails, split_exponentials
from asymptotics.tasks.task import Task
from asymptotics.transforms.branch import BranchSeries, primitive
from asymptotics.transforms.kernels import Transform


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelSeries(BranchSeries):
    """``D(s)`` with what is like a branch point at 0; sums to leading order."""

    @property
    def remark(self) -> str:
        """What is known of sums over levels."""
        return (
            "Sums over exponential levels of many modes are known up to one level, in which they oscillate; "
            "what whole levels lead has laws."
        )

    def spectral_sum(
        self, kernel: Transform, variable: Symbol, *, inverse: bool, domain: Domain, depth: int
    ) -> Expansion:
        """The primitive of h, and one summand as the bound of the rest."""
        weights = kernel.laurent(Integer(0), depth + 2)
        if weights.valuation < -1 or weights.coefficient(-1) == 0:
            raise UnableError(f"a sum of the size of one level is needed. {self.remark}")
        place = self.tails.coordinate(depth)
        right = any(pole.location == 0 for pole in kernel.poles(3))
        whole = primitive(self, place, right).scale(-weights.coefficient(-1))
        summand = revert(place.decay, SLOW, place.density).bounds()
        terms, bounds = in_front(Integer(0), whole.with_terms(whole.terms, (*whole.remainder, *summand)))
        return expansion(variable, terms, bounds, at_infinity=not inverse, domain=domain, depth=depth)


@dataclass(frozen=True, slots=True)
class ExponentialLevels:
    """``rho^k`` times powers of k in the eigenvalues, powers in target and multiplicity."""

    name: str = "exponential levels of many modes"
    form: str = "rho**k times powers of k, with powers of k in target and multiplicity"

    def spectrum(self, task: Task, domain: Domain) -> SpectralSeries | Mismatch:
        """The two series, with the condition ``sum m_k c_k < oo``."""
        k = task.index
        parts = (task.eigenvalues, task.multiplicity, task.target)
        if task.modes != oo:
            return Mismatch(fitting=0, missing=f"modes = {task.modes}: this family has infinitely many modes")
        given: FiniteSeries | None = None
        if any(part.has(Piecewise) for part in parts):
            *before, last = pieces = segments(task, domain)
            parts = (last.eigenvalues, last.multiplicity, last.target)
            if last.target == 0:
                learned = tuple(s for s in before if s.eigenvalues != 0)
                given = head(learned, k, target=True)
                domain = order_rates(domain, given)
                parts = (last.eigenvalues, last.multiplicity, Integer(1))
        (fall, scale), *others = (split_exponentials(part, k) for part in parts)
        try:
            rate = (-tail_expansion(fall, k, 2, domain)).leading() if fall.has(k) else None
            powers = [tail_expansion(rest, k, 2, domain).leading() for _, rest in others]
            tail_expansion(scale, k, 2, domain)
        except (SpectrumError, UnableError) as error:
            return Mismatch(fitting=1, missing=str(error))
        if rate is None or normal(rate.order + 1) != 0 or rate.log_power or rate.coefficient.is_negative:
            return Mismatch(fitting=1, missing=f"eigenvalues {task.eigenvalues} do not fall as rho**{k}")
        if any(exponent.has(k) for exponent, _ in others):
            return Mismatch(
                fitting=DECIDED,
                missing="target and eigenvalues are exponential in the levels: sums over them oscillate with "
                f"log(1/kappa) to leading order, which is derived for eigenvalues C*rho**{k} alone",
            )
        if given is not None:
            kernel = _series(task, parts[0], parts[1], task.multiplicity, domain)
            left = unlearned(pieces, k, domain)
            return SpectralSeries(
                task=task, kernel=kernel, target=given, domain=domain, trace=(), unlearned=left
            )
        p = normal(powers[0].order + powers[1].order)
        refusal = f"sum of {task.target} diverges: levels have power {k}**-p with p = {p}; it needs p > 1"
        domain = requiring(domain, p - 1, refusal)
        return SpectralSeries(
            task=task,
            kernel=_series(task, parts[0], parts[1], task.multiplicity, domain),
            target=_series(task, parts[0], parts[1] * parts[2], task.multiplicity * task.target, domain),
            domain=domain,
            trace=(),
        )


def _series(task: Task, tail: Expr, weight: Expr, weights: Expr, domain: Domain) -> LevelSeries:
    """The series of a task, with tails from the last of its pieces."""
    place = {"index": task.index, "domain": domain, "origin": Integer(0)}
    return LevelSeries(
        eigenvalues=task.eigenvalues,
        weights=weights,
        tails=StretchedTails(eigenvalues=tail, weights=weight, **place),
        **place,
    )
