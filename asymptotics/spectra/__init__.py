"""Families of spectra: each says what its Dirichlet series is, where it is singular, when it applies.

`spectrum` turns a task into the two Dirichlet series that the mean-field equations need, by the first
family that takes the task, and collects the conditions under which their sums converge.

    spectrum(task)    the two series of a task
    FAMILIES          who is asked; a family from elsewhere is registered there
"""

from __future__ import annotations

from dataclasses import replace

from sympy import oo

from asymptotics.caches import cached
from asymptotics.display import shorten, text
from asymptotics.domains.domain import Domain, as_constraint
from asymptotics.errors import SpectrumError
from asymptotics.hints import name_argument
from asymptotics.registry import Registry
from asymptotics.spectra.broken import BrokenPowerLaws
from asymptotics.spectra.equivalent import EquivalentSpectra
from asymptotics.spectra.exponential_levels import ExponentialLevels
from asymptotics.spectra.family import DECIDED, Family, Mismatch, SpectralSeries, requiring_sum
from asymptotics.spectra.far import known_to
from asymptotics.spectra.finite import FiniteSpectra
from asymptotics.spectra.geometric import GeometricSpectra
from asymptotics.spectra.geometric_powers import GeometricPowers
from asymptotics.spectra.lattice import LatticeModes
from asymptotics.spectra.logarithmic import LogarithmicPowers
from asymptotics.spectra.parity import ParityClasses
from asymptotics.spectra.power_law import PowerLaws
from asymptotics.spectra.proportional import ProportionalModes
from asymptotics.spectra.signs import check_signs
from asymptotics.spectra.stretched import StretchedExponentials, outruns_exponentials
from asymptotics.tasks.counts import check_multiplicity
from asymptotics.tasks.task import Task

FAMILIES: Registry[Family] = Registry(
    (
        PowerLaws(),
        ProportionalModes(),
        FiniteSpectra(),
        BrokenPowerLaws(),
        GeometricSpectra(),
        GeometricPowers(),
        LatticeModes(),
        LogarithmicPowers(),
        StretchedExponentials(),
        ExponentialLevels(),
        ParityClasses(families=lambda: tuple(FAMILIES.values())),
    )
)
"""In the order in which they are asked; ``FAMILIES.register(family)`` adds one behind them.

A task that none of them takes may still be equivalent to one that they take (`EquivalentSpectra`).
"""


@cached(maxsize=256)
def spectrum(task: Task, trace: bool = True, letter: str = "S") -> SpectralSeries:
    """The Dirichlet series of a task, and the domain on which its sums converge.

    With ``trace`` that of ``sum m_k lambda_k`` as well, which every law at finite N or P needs. ``letter`` is
    that of sums over the target which are not known (`spectra.far`). Raises
    `SpectrumError` if a sum diverges, or if no family takes the task: it names the family that comes closest
    and what is missing.

    >>> from asymptotics.tasks.power_laws import power_law
    >>> from asymptotics.symbols import a, b
    >>> spectrum(power_law(a, b)).domain.conditions()
    (b > 1, a > 1)
    >>> spectrum(power_law(a, b), trace=False).domain.conditions()
    (a > 1,)
    """
    domain = Domain()
    for relation in task.assumptions:
        domain = domain.holding(*as_constraint(relation))
    if not trace:
        if task.known != oo:
            return _known(spectrum(replace(task, known=oo), trace=False), task, letter)
        if not task.eigenvalues.has(task.index) and task.modes == oo:
            raise SpectrumError(
                f"eigenvalues {task.eigenvalues} do not depend on {task.index} and never decay; "
                f"pass {name_argument('modes', 'M')}, or {name_argument('index', '...')}, "
                "the letter that counts modes"
            )
        if task.target.free_symbols and not task.target.has(task.index) and task.modes == oo:
            raise SpectrumError(
                f"target {task.target} does not depend on {task.index}, the index of modes, and its sum "
                f"diverges; write it in {task.index}, or pass {name_argument('modes', 'M')}"
            )
        check_multiplicity(task)
        check_signs(task, domain)
        return _first_family(task, domain)
    found = spectrum(task, trace=False, letter=letter)
    for condition in found.trace:
        requiring_sum(found.domain, *condition)
        domain = requiring_sum(domain, *condition)
    if not found.trace:
        return found
    return _known(_first_family(replace(task, known=oo), domain), task, letter)


def _known(found: SpectralSeries, task: Task, letter: str) -> SpectralSeries:
    """The series as far as the spectrum of the task is known."""
    if task.known == oo:
        return found
    kernel, target = (
        known_to(series, task.known, own) for series, own in ((found.kernel, "D"), (found.target, letter))
    )
    return replace(found, task=task, kernel=kernel, target=target)


def _first_family(task: Task, domain: Domain) -> SpectralSeries:
    nearest: tuple[Family, Mismatch] | None = None
    exact = tuple(FAMILIES.values())
    for family in (*exact, EquivalentSpectra(families=exact)):
        found = family.spectrum(task, domain)
        if isinstance(found, SpectralSeries):
            return found
        if nearest is None or found.fitting > nearest[1].fitting:
            nearest = (family, found)
    assert nearest is not None
    if task.modes == oo and outruns_exponentials(task.eigenvalues, task.index):
        raise SpectrumError(
            f"eigenvalues {shorten(text(task.eigenvalues), 60)} fall faster than every exponential of "
            f"{task.index}: kappa jumps between modes at whole N and P, and losses have steps, not laws; "
            "numbers come from numerics.FullModel"
        )
    family, mismatch = nearest
    if mismatch.fitting == DECIDED:
        raise SpectrumError(f"{mismatch.missing}; numbers without a law come from numerics.FullModel")
    raise SpectrumError(
        f"{mismatch.missing}; the closest family: {family.name} ({family.form}); numbers without a law come "
        "from numerics.FullModel"
    )


__all__ = ["FAMILIES", "Family", "Mismatch", "SpectralSeries", "spectrum"]
