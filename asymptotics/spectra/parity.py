"""Spectra whose even and odd levels differ: zonal kernels with both their poles singular, gaps of parity.

With ``(-1)**k`` in a task,

    D(s) = sum_k f_k lambda_k^(-s) = D_odd(s) + D_even(s),

each the series of a class of levels (`tasks.parity`) by the family that takes it. A class whose eigenvalues
are all 0 is never learned: its target power stays.

    ParityClasses    the family
    SummedSeries     a sum of Dirichlet series
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import reduce
from operator import add

from sympy import Expr, Integer, Symbol

from asymptotics.display import shorten, text
from asymptotics.domains.domain import Domain, normal
from asymptotics.errors import SpectrumError, UnableError
from asymptotics.expansions.expansion import Expansion
from asymptotics.expansions.laurent import Laurent
from asymptotics.expansions.tail import tail_expansion
from asymptotics.spectra.family import Family, Mismatch, SpectralSeries, requiring_sum
from asymptotics.spectra.finite import unlearned as unlearned_power
from asymptotics.spectra.segments import segments
from asymptotics.tasks.parity import alternates, parity_classes
from asymptotics.tasks.task import Task
from asymptotics.transforms.dirichlet import DirichletSeries
from asymptotics.transforms.kernels import Transform
from asymptotics.transforms.poles import Pole


@dataclass(frozen=True, slots=True, kw_only=True)
class SummedSeries(DirichletSeries):
    """``D(s) = sum_i D_i(s)``.

    >>> from asymptotics.symbols import k
    >>> from asymptotics.spectra.power_law import algebraic_series
    >>> parts = (algebraic_series(place**-2, Integer(1), k, Domain()) for place in (2 * k - 1, 2 * k))
    >>> whole = SummedSeries(parts=tuple(parts), domain=Domain())
    >>> whole.laurent(Integer(-1), 1).coefficient(0), whole.poles(2)      # zeta(2), 1 + 2 s = 0
    (pi**2/24 + zeta(2, 1/2)/4, (Pole(location=-1/2, order=1, line=None),))
    """

    parts: tuple[DirichletSeries, ...]
    domain: Domain

    def poles(self, count: int) -> tuple[Pole, ...]:
        """Those of all parts; places at which some list was cut end the list."""
        lists = [part.poles(count) for part in self.parts]
        found: dict[Expr, Pole] = {}
        for pole in (pole for places in lists for pole in places):
            location = normal(pole.location)
            known = found.get(location, pole)
            found[location] = known if known.order >= pole.order else pole
        ordered: list[Pole] = []
        for pole in found.values():
            signs = [self.domain.sign(pole.location - other.location) for other in ordered]
            if None in signs:
                raise UnableError(f"the order of two poles, one at s = {pole.location}, is not decided")
            ordered.insert(sum(sign == 1 for sign in signs), pole)
        return tuple(ordered[:count])

    def laurent(self, point: Expr, terms: int) -> Laurent:
        """The sum of the Laurent series."""
        return reduce(add, (part.laurent(point, terms) for part in self.parts)).trim()

    @property
    def remark(self) -> str:
        """Those of the parts."""
        return " ".join(dict.fromkeys(part.remark for part in self.parts if part.remark))

    def spectral_sum(
        self, kernel: Transform, variable: Symbol, *, inverse: bool, domain: Domain, depth: int
    ) -> Expansion:
        """The sum of the sums."""
        return reduce(
            add,
            (
                part.spectral_sum(kernel, variable, inverse=inverse, domain=domain, depth=depth)
                for part in self.parts
            ),
        )


@dataclass(frozen=True, slots=True)
class ParityClasses:
    """Spectra with ``(-1)**k``, each class of which one of the families takes."""

    families: Callable[[], tuple[Family, ...]]
    name: str = "spectra of two parities"
    form: str = "(1 + q*(-1)**k) times eigenvalues or targets of another family"

    def spectrum(self, task: Task, domain: Domain) -> SpectralSeries | Mismatch:
        """The sums of the series of both classes, and the power of a class that is not learned."""
        if not alternates(task):
            return Mismatch(fitting=0, missing=f"{task.eigenvalues} has no (-1)**{task.index}")
        kernels: list[DirichletSeries] = []
        targets: list[DirichletSeries] = []
        trace: tuple[tuple[Expr, str], ...] = ()
        unlearned: Expr = Integer(0)
        classes = parity_classes(task)
        if all(one.eigenvalues == 0 for one in classes):
            raise SpectrumError(f"eigenvalues {task.eigenvalues} are all 0; nothing can be learned")
        learned = [_is_learned(one, domain) for one in classes]
        if not any(learned):
            raise SpectrumError(
                f"the target is on levels of eigenvalue 0 alone ({shorten(text(task.target), 60)}): none of "
                "it is learned at any t, N and P; give it power in a level that the kernel has"
            )
        for one, has_power in zip(classes, learned, strict=True):
            if one.eigenvalues == 0:
                pieces = segments(one, domain)
                domain = _require_power(one, pieces[-1].weight, domain)
                unlearned += unlearned_power(pieces, one.index, domain)
                continue
            # a class without target that is learned has the series of its eigenvalues alone
            found = self._of(one if has_power else replace(one, target=one.eigenvalues), domain)
            if isinstance(found, Mismatch):
                return found
            domain, trace = found.domain, trace + found.trace
            kernels.append(found.kernel)
            if has_power:
                targets.append(found.target)
                unlearned += found.unlearned
            elif one.target != 0:
                unlearned += unlearned_power(segments(one, domain), one.index, domain)
        return SpectralSeries(
            task=task,
            kernel=_sum(kernels, domain),
            target=_sum(targets, domain),
            domain=domain,
            trace=trace,
            unlearned=unlearned,
        )

    def _of(self, task: Task, domain: Domain) -> SpectralSeries | Mismatch:
        nearest = Mismatch(fitting=0, missing=f"{task} is of no family")
        for family in self.families():
            found = family.spectrum(task, domain)
            if isinstance(found, SpectralSeries):
                return found
            nearest = found if found.fitting > nearest.fitting else nearest
        return nearest


def _is_learned(task: Task, domain: Domain) -> bool:
    """Whether some level of the class has target power and an eigenvalue above 0."""
    if task.eigenvalues == 0 or task.target == 0:
        return False
    return any(s.eigenvalues != 0 and s.weight != 0 for s in segments(task, domain))


def _sum(parts: list[DirichletSeries], domain: Domain) -> DirichletSeries:
    return parts[0] if len(parts) == 1 else SummedSeries(parts=tuple(parts), domain=domain)


def _require_power(task: Task, weights: Expr, domain: Domain) -> Domain:
    """The domain where the power of a class is finite; its last levels have these ``weights``."""
    if weights == 0:
        return domain
    for term in tail_expansion(weights, task.index, 1, domain).candidates():
        refusal = f"sum of {task.target} diverges: the target falls as {task.index}**-p with p = {term.order}"
        domain = requiring_sum(domain, normal(term.order - 1), f"{refusal}; it needs p > 1")
    return domain
