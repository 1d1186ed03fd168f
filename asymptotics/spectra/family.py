"""What a family of spectra provides: from a task to the two Dirichlet series of the equations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from sympy import Expr, Integer, Symbol

from asymptotics.domains.domain import Domain, as_condition, as_constraint, normal
from asymptotics.errors import SpectrumError
from asymptotics.hints import name_argument
from asymptotics.tasks.task import Task
from asymptotics.transforms.dirichlet import DirichletSeries

DECIDED = 9
WITH_TRACE = "all laws but those of time alone need"
"""Who is refused where the kernel has no trace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaling:
    """``M = ratio * size`` modes of ``lambda_k = scale k^-decay`` and ``c_k = sum_i C_i k^-p_i``.

    ``target`` are the pairs (C_i, p_i). Sums over the modes feel their end where the ridge is
    ``u scale size^-decay``, u any number (`sums.scaling`).
    """

    size: Symbol
    ratio: Expr
    scale: Expr
    decay: Expr
    target: tuple[tuple[Expr, Expr], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpectralSeries:
    """The series of ``df1`` (weights: the multiplicity) and of ``Xi`` (multiplicity times target).

    ``domain`` is where eigenvalues fall and ``sum m_k c_k`` is finite. The trace ``sum m_k lambda_k``,
    without which df1 has no value, is finite where the expressions in ``trace`` are positive too, everywhere
    if there are none; beside each stand the words that refuse it elsewhere. ``unlearned`` is the target power
    in modes of eigenvalue zero, which no sum of kernels resolves. ``below`` asks for laws below the number of
    modes where that is finite. ``scaling`` is there where the modes are a multiple of the model or the data;
    the series are then those of infinitely many, continued.
    """

    task: Task
    kernel: DirichletSeries
    target: DirichletSeries
    domain: Domain
    trace: tuple[tuple[Expr, str], ...]
    unlearned: Expr = Integer(0)
    below: bool = False
    scaling: Scaling | None = None

    @property
    def smooth(self) -> bool:
        """Whether what is left out of sums has slopes in log x as its bounds have."""
        return self.kernel.smooth and self.target.smooth

    @property
    def has_branch_point(self) -> bool:
        """Whether one of the series is expanded beside a branch point, so that orders may be logarithms."""
        return bool(self.kernel.remark or self.target.remark)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """Why a task is not of a family: how many of its parts would fit, and what is missing in one line.

    Where `DECIDED` would, no other family takes the task either.
    """

    fitting: int
    missing: str


class Family(Protocol):
    """One kind of spectra, in one file. ``name`` says in words which it takes; ``form`` what they look like.

    A family of the package has its entry in `asymptotics.spectra.FAMILIES`; another is registered there from
    outside, by ``FAMILIES.register(family)``.
    """

    @property
    def name(self) -> str: ...

    @property
    def form(self) -> str: ...

    def spectrum(self, task: Task, domain: Domain) -> SpectralSeries | Mismatch:
        """The spectrum of a task of this family, or why the task is of another.

        Raises `SpectrumError` if it is of this family but has no laws: eigenvalues that do not fall, a target
        of infinite power. A kernel without trace has laws, those of training time.
        """
        ...


def requiring(domain: Domain, expression: Expr, refusal: str) -> Domain:
    """The part of the domain on which ``expression > 0``, the condition kept where it says something.

    Raises `SpectrumError` with the words of ``refusal`` where the expression is shown to be <= 0.

    >>> from asymptotics.symbols import a
    >>> requiring(Domain(), a - 1, "the sum diverges").conditions()
    (a > 1,)
    """
    sign = domain.sign(expression)
    if sign in (0, -1):
        raise SpectrumError(refusal)
    return domain if sign == 1 else domain.holding(*as_constraint(as_condition(normal(expression))))


def requiring_sum(domain: Domain, expression: Expr, refusal: str) -> Domain:
    """The same for a sum over modes, which is finite with finitely many of them."""
    return requiring(domain, expression, f"{refusal}, or pass {name_argument('modes', 'M')}")
