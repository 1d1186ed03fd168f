"""What a family of spectra provides: from a task to the two Dirichlet series of the equations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from sympy import Expr, Integer

from asymptotics.domains.domain import Domain
from asymptotics.tasks.task import Task
from asymptotics.transforms.dirichlet import DirichletSeries


@dataclass(frozen=True, slots=True, kw_only=True)
class SpectralSeries:
    """The series of ``df1`` (weights: the multiplicity) and of ``Xi`` (multiplicity times target).

    ``unlearned`` is the target power in modes of eigenvalue zero, which no sum of kernels resolves. ``below``
    asks for laws below the number of modes where there are finitely many.
    """

    task: Task
    kernel: DirichletSeries
    target: DirichletSeries
    domain: Domain
    unlearned: Expr = Integer(0)
    below: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """Why a task is not of a family: how many of its parts would fit, and what is missing in one line."""

    fitting: int
    missing: str


class Family(Protocol):
    """One kind of spectra, in one file. ``name`` says in words which it takes.

    A family is registered in `asymptotics.spectra.FAMILIES`: ``FAMILIES.register(family)``.
    """

    @property
    def name(self) -> str: ...

    def spectrum(self, task: Task, domain: Domain) -> SpectralSeries | Mismatch:
        """The spectrum of a task of this family, or why the task is of another.

        Raises `SpectrumError` if it is of this family but has no laws (a sum that diverges).
        """
        ...


__all__ = ["Family", "Mismatch", "SpectralSeries"]
