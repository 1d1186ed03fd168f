"""The family of power laws: tails that expand in powers and logarithms of k (see `algebraic`)."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, oo

from asymptotics.domains.domain import Domain, as_condition, as_constraint, normal
from asymptotics.errors import SpectrumError
from asymptotics.expansions.expansion import Expansion
from asymptotics.expansions.tail import tail_expansion
from asymptotics.spectra.algebraic import algebraic_series
from asymptotics.spectra.family import Mismatch, Spectrum
from asymptotics.tasks.task import Task


@dataclass(frozen=True, slots=True)
class PowerLaws:
    """Sums, products and powers of k and shifts of it, integer powers of log k in the target."""

    name: str = "power laws"

    def spectrum(self, task: Task, domain: Domain) -> Spectrum | Mismatch:
        """The two series, with the conditions ``sum m_k lambda_k < oo`` and ``sum m_k c_k < oo``."""
        if task.modes != oo:
            return Mismatch(fitting=0, missing=f"modes = {task.modes}: power laws have infinitely many modes")
        tails: dict[str, Expansion] = {}
        missing = ""
        for name in ("multiplicity", "eigenvalues", "target"):
            try:
                tails[name] = tail_expansion(getattr(task, name), task.index, 1, domain)
            except SpectrumError as error:
                missing = missing or str(error)
        if missing:
            return Mismatch(fitting=len(tails), missing=missing)
        if any(term.log_power for term in tails["eigenvalues"].candidates()):
            # a branch point of the Dirichlet series, not poles
            return Mismatch(
                fitting=2, missing=f"the eigenvalues {task.eigenvalues} carry a logarithm of {task.index}"
            )
        _check_signs(task, tails, domain)
        levels, advice = tails["multiplicity"], "or pass modes=M"
        domain = _unending(domain, levels, task.multiplicity)
        kernel, power = levels * tails["eigenvalues"], levels * tails["target"]
        domain = _convergent(domain, kernel, task.eigenvalues, "the kernel", "eigenvalues", advice)
        domain = _convergent(domain, power, task.target, "the target", "target power", advice)
        weights = task.multiplicity * task.target
        return Spectrum(
            task=task,
            kernel=algebraic_series(task.eigenvalues, task.multiplicity, task.index, domain),
            target=algebraic_series(task.eigenvalues, weights, task.index, domain),
            domain=domain,
        )


def _check_signs(task: Task, tails: dict[str, Expansion], domain: Domain) -> None:
    index, decay = task.index, tails["eigenvalues"].leading()
    if domain.sign(decay.order) in (0, -1):
        raise SpectrumError(
            f"eigenvalues {task.eigenvalues} do not decay (leading power {index}**({normal(-decay.order)})); "
            "the kernel needs eigenvalues that fall with k"
        )
    for name in ("eigenvalues", "target", "multiplicity"):
        for term in tails[name].candidates():
            if term.coefficient.is_negative:
                raise SpectrumError(
                    f"{name} {getattr(task, name)} is negative at large {index} "
                    f"(leading coefficient {term.coefficient}); variances and powers are >= 0"
                )


def _unending(domain: Domain, levels: Expansion, multiplicity: Expr) -> Domain:
    """The domain with the condition that the modes, ``sum m_k``, are infinitely many."""
    for term in levels.candidates():
        sign = domain.sign(1 - term.order)
        if sign in (0, -1):
            raise SpectrumError(
                f"multiplicity {multiplicity} falls as {levels.variable}**-p with p = {term.order}; "
                "the number of modes of a level must be an integer >= 0"
            )
        if sign is None:
            domain = domain.holding(*as_constraint(as_condition(normal(1 - term.order))))
    return domain


def _convergent(
    domain: Domain, series: Expansion, summand: Expr, owner: str, name: str, advice: str
) -> Domain:
    """The domain with the condition that the sum of a tail converges."""
    for term in series.candidates():
        constraint = normal(term.order - 1)
        sign = domain.sign(constraint)
        if sign in (0, -1):
            raise SpectrumError(
                f"sum of {summand} diverges: {owner} falls as {series.variable}**-p with p = {term.order}; "
                f"{owner} needs {name} with p > 1, {advice}"
            )
        if sign is None:
            domain = domain.holding(*as_constraint(as_condition(constraint)))
    return domain


__all__ = ["PowerLaws"]
