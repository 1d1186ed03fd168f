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

from sympy import Expr, Min, Mul, Symbol, exp, log, oo

from asymptotics.caches import cached
from asymptotics.domains.domain import POSITIVE, Domain
from asymptotics.errors import SpectrumError, UnableError
from asymptotics.expansions.growth import growth
from asymptotics.expansions.tail import tail_expansion
from asymptotics.spectra.family import Family, Mismatch, SpectralSeries
from asymptotics.tasks.task import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Equivalent:
    """``simple * (1 + O(k^-gain))``; gain oo if the rest is smaller than every power of k."""

    simple: Expr
    gain: Expr


@cached(maxsize=64)
def equivalent(expression: Expr, index: Symbol) -> Equivalent:
    """A simple expression equivalent to one that falls smoothly; see the module.

    Raises `SpectrumError` where it has none, or none that `growth` knows.

    >>> from sympy import Integer, atan, tanh
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
                    levels, weights = task.multiplicity, task.multiplicity * task.target
                    return replace(
                        found,
                        task=task,
                        kernel=found.kernel.with_tails(task.eigenvalues, levels, gain),
                        target=found.target.with_tails(task.eigenvalues, weights, gain),
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
