"""Orthogonal features: N rows of a rotation of M modes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sympy import Expr

from asymptotics.errors import DomainError
from asymptotics.model.students.base import Student, at_size, share, size_of, student
from asymptotics.symbols import N
from asymptotics.tasks.task import Task


@student
@dataclass(frozen=True, slots=True, kw_only=True)
class OrthogonalFeatures(Student):
    """A uniform (Haar) projection of M modes: ``zeta = kappa (1 - df1/N)/(1 - df1/M)``.

    The rows of A are N of the rows of a random rotation, normalised so that the kernel has the mean of the
    full one: ``A A^T = (M/N) 1`` with the ``N^(-1/2)`` of f in A. The task has M modes, ``N <= M``; as M
    grows it becomes `GaussianFeatures`.

    modes : M, a number, or in laws a multiple of N such as ``r*N``.

    >>> from asymptotics.symbols import kappa
    >>> from sympy import Symbol
    >>> OrthogonalFeatures(modes=100).zeta(kappa, Symbol("df_1"), 50)
    kappa*(1 - df_1/50)/(1 - df_1/100)
    """

    modes: Expr

    title = "orthogonal features"
    name = "orthogonal"
    source = "the S-transform of a projection, 1 - df1/N over 1 - df1/M"

    def __post_init__(self) -> None:
        object.__setattr__(self, "modes", size_of(self.modes, "modes"))

    def zeta(self, kappa: Expr, modes: Expr, size: Expr = N) -> Expr:
        """``kappa (1 - df1/N)/(1 - df1/M)``."""
        return kappa * share(modes, size) / share(modes, at_size(self.modes, size))

    def on_task(self, task: Task) -> tuple[Task, Student]:
        """The task itself; raises `DomainError` where it has another number of modes."""
        if task.modes != self.modes:
            raise DomainError(
                f"a rotation of M = {self.modes} modes, but the task has {task.modes}; pass "
                f"modes={self.modes} to the task as well"
            )
        return task, self

    def own_modes(self, task: Task) -> Task:
        """The task with M modes."""
        return replace(task, modes=self.modes)

    def check_size(self, size: Expr) -> None:
        """Raise `DomainError` for more rows than modes."""
        if (at_size(self.modes, size) - size).is_extended_negative:
            raise DomainError(
                f"N = {size} rows of a rotation of M = {self.modes} modes; use N <= {self.modes}"
            )
