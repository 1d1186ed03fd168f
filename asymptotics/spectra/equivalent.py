"""Spectra equivalent at large k to those of another family: recognised by their leading behaviour.

With f = lambda or c,

    f = f_0 (1 + O(k^-e)),        f_0 = C k^-b log(k)^p exp(-c k^r)        (`growth`).

Only f_0 of the other family and e > 0 are used of the tail. The rest is exact, since

    D(s) = D_0(s) + sum_k [f_k lambda_k^(-s) - f_0k lambda_0k^(-s)]

converges to the right of the first singularity s_0 of D_0 (up to ``s_0 + e/b`` for a power law): constants,
as the sum of ``c/lambda``, are those of the true spectrum, and expansions end where delta would enter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sympy import Expr, Integer, Min, Mul, Symbol, exp, log, oo, powsimp, simplify

from asymptotics.caches import cached
from asymptotics.domains.domain import POSITIVE, Domain, normal
from asymptotics.errors import SpectrumError, UnableError
from asymptotics.expansions.growth import growth
from asymptotics.expansions.laurent import Laurent
from asymptotics.expansions.tail import tail_expansion
from asymptotics.expansions.terms import Bound
from asymptotics.parsing.heights import to_power
from asymptotics.spectra.family import Family, Mismatch, SpectralSeries
from asymptotics.spectra.power_law import AlgebraicSeries
from asymptotics.sums.convergent import convergent_sum
from asymptotics.tasks.task import Task
from asymptotics.transforms.branch import BranchSeries, Coordinate, Tails
from asymptotics.transforms.dirichlet import Pole

UNKNOWN_ORDER = 3
"""The order given to the place beyond which a series is not known: it only bounds logarithms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Equivalent:
    """``simple * (1 + O(k^-gain))``; gain oo if the rest is smaller than every power of k."""

    simple: Expr
    gain: Expr


@cached(maxsize=64)
def equivalent(expression: Expr, index: Symbol) -> Equivalent:
    """A simple expression equivalent to one that falls smoothly; see the module.

    Raises `SpectrumError` where it has none, or none that `growth` knows.

    >>> from sympy import atan, tanh
    >>> from asymptotics.symbols import k
    >>> equivalent(tanh(k) / k**2, k)
    Equivalent(simple=k**(-2), gain=oo)
    >>> equivalent(1 / (exp(k ** (Integer(1) / 2)) + 1), k).simple
    exp(-sqrt(k))
    """
    k = index
    try:
        found = growth(expression, k)
    except UnableError as error:
        raise SpectrumError(f"the limit of {expression} for {k} -> oo is not found: {error}") from error
    if POSITIVE.sign(found.constant) != 1:
        raise SpectrumError(f"{expression} has no positive power of {k} as its limit")
    simple = found.constant * Mul(*(_write(scale, exponent, k) for scale, exponent in found.powers))
    if any(POSITIVE.sign(e) != 1 for e in found.rest):
        raise SpectrumError(f"{expression} tends to {simple} more slowly than any power of {k}")
    return Equivalent(simple=simple, gain=Min(*found.rest) if found.rest else oo)


def _write(scale: Expr, exponent: Expr, k: Symbol) -> Expr:
    """A power of k or of its logarithm, or an exponential that falls, as spectra have them."""
    if scale == k:
        return k**exponent
    if scale == log(k):
        return log(k + 1) ** exponent  # positive at the first index too
    shape = scale.args[0]
    if isinstance(scale, exp) and shape.as_base_exp()[0] == k and POSITIVE.sign(exponent) == -1:
        return exp(exponent * shape)
    raise SpectrumError(
        f"{scale**exponent} is neither an exponential exp(-c*{k}**r), c > 0, nor a power of {k}"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EquivalentSeries:
    """The series of a spectrum whose tail is that of ``simple``, up to ``s_0 + gain/decay``."""

    simple: AlgebraicSeries
    eigenvalues: Expr
    weights: Expr
    gain: Expr

    @property
    def _end(self) -> Expr:
        return self.simple.poles(1)[0].location + self.gain / self.simple.decay

    def poles(self, count: int) -> tuple[Pole, ...]:
        """Those of the simple series before the end of what is known, and that end."""
        places = self.simple.poles(count)
        if self.gain == oo:
            return places
        known = [p for p in places if self.simple.domain.sign(self._end - p.location) == 1]
        end = Pole(normal(self._end), UNKNOWN_ORDER)
        # repeated, so that the list counts as cut there
        return (*known, *[end] * (count - len(known)))[:count]

    def laurent(self, point: Expr, terms: int) -> Laurent:
        """The Laurent series of the simple one, and the sum of the differences in its constant term."""
        found = self.simple.laurent(point, terms)
        index = self.simple.index
        shifted = self.simple.weights * to_power(self.simple.eigenvalues, -point)
        own = self.weights * to_power(self.eigenvalues, -point)
        difference = simplify(own - shifted.subs(index, index - 1 + self.simple.start))
        if difference == 0:
            return found
        return found + Laurent(
            0, (convergent_sum(powsimp(difference), index), *[Integer(0)] * (found.end - 1))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundedTails:
    """Tails of a simple spectrum, known to a relative ``k^-gain``."""

    tails: Tails
    gain: Expr

    def coordinate(self, depth: int) -> Coordinate:
        """The tails with the bound of what is not known."""
        found = self.tails.coordinate(depth)
        if not found.counts:
            # in log k a power of k is beyond every power
            return found
        # what falls exponentially is bounded by a power, as a series that ends says nothing of it
        gain = Integer(depth) if self.gain == oo else self.gain
        density = found.density
        lead = density.leading()
        decay = found.decay.with_terms(found.decay.terms, (*found.decay.remainder, Bound(gain)))
        bounds = (*density.remainder, Bound(lead.order + gain, lead.log_power))
        return replace(found, decay=decay, density=density.with_terms(density.terms, bounds))


@dataclass(frozen=True, slots=True, kw_only=True)
class EquivalentSpectra:
    """Smooth decays that tend to a spectrum of another family; only their leading behaviour is used."""

    families: tuple[Family, ...]
    name: str = "spectra equivalent to one of a simpler family"
    form: str = "smooth decays that tend to C*k**-b, C*rho**k or C*exp(-c*k**r)"

    def spectrum(self, task: Task, domain: Domain) -> SpectralSeries | Mismatch:
        """The spectrum of the equivalent task, with the sums of the true one."""
        if task.modes != oo or task.multiplicity.has(task.index):
            return Mismatch(fitting=0, missing=f"modes = {task.modes}, multiplicity = {task.multiplicity}")
        try:
            parts = {name: self._part(task, name) for name in ("eigenvalues", "target")}
        except SpectrumError as error:
            return Mismatch(fitting=3, missing=str(error))
        simple = replace(task, **{name: part.simple for name, part in parts.items()})
        if simple == task:
            return Mismatch(fitting=0, missing=f"{task} has no simpler equivalent")
        gain = min((part.gain for part in parts.values()), key=lambda e: (e == oo, e))
        for family in self.families:
            found = family.spectrum(simple, domain)
            if isinstance(found, SpectralSeries):
                try:
                    return replace(
                        found,
                        task=task,
                        kernel=_wrap(found.kernel, task.eigenvalues, task.multiplicity, gain),
                        target=_wrap(found.target, task.eigenvalues, task.multiplicity * task.target, gain),
                    )
                except UnableError as error:
                    return Mismatch(fitting=2, missing=str(error))
        return Mismatch(fitting=2, missing=f"{task} is equivalent to {simple}, which is of no family")

    @staticmethod
    def _part(task: Task, name: str) -> Equivalent:
        expression: Expr = getattr(task, name)
        try:
            tail_expansion(expression, task.index, 1)
        except (SpectrumError, UnableError):
            return equivalent(expression, task.index)
        return Equivalent(simple=expression, gain=oo)


def _wrap(series: object, eigenvalues: Expr, weights: Expr, gain: Expr) -> EquivalentSeries | BranchSeries:
    if isinstance(series, AlgebraicSeries):
        return EquivalentSeries(simple=series, eigenvalues=eigenvalues, weights=weights, gain=gain)
    if isinstance(series, BranchSeries):
        tails = BoundedTails(tails=series.tails, gain=gain)
        return replace(series, eigenvalues=eigenvalues, weights=weights, tails=tails)
    raise UnableError(
        f"{eigenvalues} tends to a spectrum whose sums oscillate or end; laws of equivalents are derived for "
        "power laws, logarithms and stretched exponentials"
    )
