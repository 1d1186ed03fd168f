"""Families of spectra: each says what its Dirichlet series is, where it is singular, when it applies.

`spectrum` turns a task into the two Dirichlet series that the mean-field equations need, and
collects the conditions under which their sums converge.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from sympy import Expr, nan, oo, zoo

from asymptotics.dirichlet import DirichletSeries
from asymptotics.domain import Domain, as_condition, as_constraint, normal
from asymptotics.errors import SpectrumError, UnableError
from asymptotics.expansion import Expansion
from asymptotics.spectra.algebraic import algebraic_series
from asymptotics.spectra.tail import tail_expansion
from asymptotics.task import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Spectrum:
    """The series of ``df1`` (weights: the multiplicity) and of ``Xi`` (multiplicity times target)."""

    task: Task
    kernel: DirichletSeries
    target: DirichletSeries
    domain: Domain


@lru_cache(maxsize=128)
def spectrum(task: Task) -> Spectrum:
    """The Dirichlet series of a task, and the domain on which its sums converge.

    Conditions: ``sum m_k lambda_k < oo`` and ``sum m_k c_k < oo`` (m = multiplicity). Raises
    `SpectrumError` if one fails, or if the tails belong to no known family.

    >>> from asymptotics.task import power_law
    >>> from asymptotics.symbols import a, b
    >>> spectrum(power_law(a, b)).domain.conditions()
    (b > 1, a > 1)
    """
    if task.modes != oo:
        raise UnableError(
            f"modes = {task.modes}: the laws are those of an infinite spectrum; "
            "use modes=oo, or numerics.FullModel for finitely many modes"
        )
    domain = Domain()
    for relation in task.assumptions:
        domain = domain.holding(*as_constraint(relation))
    index = task.index
    _check_values(task)
    levels = tail_expansion(task.multiplicity, index, 1, domain)
    eigenvalues = tail_expansion(task.eigenvalues, index, 1, domain)
    power = tail_expansion(task.target, index, 1, domain)
    decay = eigenvalues.leading()
    if domain.sign(decay.order) in (0, -1):
        raise SpectrumError(
            f"eigenvalues {task.eigenvalues} do not decay (leading power {index}**({normal(-decay.order)})); "
            "the kernel needs eigenvalues that fall with k"
        )
    for name, series in (("eigenvalues", eigenvalues), ("target", power), ("multiplicity", levels)):
        for term in series.candidates():
            if term.coefficient.is_negative:
                raise SpectrumError(
                    f"{name} {getattr(task, name)} is negative at large {index} "
                    f"(leading coefficient {term.coefficient}); variances and powers are >= 0"
                )
    advice = "or pass modes=M"
    domain = _convergent(domain, levels * eigenvalues, task.eigenvalues, "the kernel", "eigenvalues", advice)
    domain = _convergent(domain, levels * power, task.target, "the target", "target power", advice)
    return Spectrum(
        task=task,
        kernel=algebraic_series(task.eigenvalues, task.multiplicity, index, domain),
        target=algebraic_series(task.eigenvalues, task.multiplicity * task.target, index, domain),
        domain=domain,
    )


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


def _check_values(task: Task) -> None:
    """The first values of a task without parameters must be finite and not negative."""
    for name in ("eigenvalues", "target", "multiplicity"):
        expression: Expr = getattr(task, name)
        if name == "eigenvalues" and not expression.has(task.index):
            raise SpectrumError(f"eigenvalues {expression} do not depend on {task.index} and never decay")
        symbolic = bool(expression.free_symbols - {task.index})
        for j in (1,) if symbolic else range(1, 33):
            value = _value(expression, task, j, symbolic)
            if value.has(zoo, nan, oo) or value.is_negative or (value.is_number and not value.is_real):
                bound = "it must be >= 0" if value.is_negative else "it must be finite and real"
                raise SpectrumError(f"{name} {expression} = {value} at {task.index} = {j}; {bound}")


def _value(expression: Expr, task: Task, j: int, symbolic: bool) -> Expr:
    if symbolic:
        return expression.subs(task.index, j)
    try:
        return expression.evalf(15, subs={task.index: j})
    except ZeroDivisionError:
        return zoo


__all__ = ["Spectrum", "spectrum"]
