"""Everything that is said of one task: its laws, the allocation, the verification; what a report shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sympy import Expr, Symbol

from asymptotics import Law, Laws, Task, compute_optimal
from asymptotics.allocation.optimum import Optimum
from asymptotics.errors import BottleneckError
from asymptotics.symbols import N, t
from numerics.verification.run import verify_laws
from numerics.verification.selection import Selection
from numerics.verification.summary import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """A task, its laws with symbols, and what the full model says of them at numbers.

    ``refused`` names what is not derived, with the reason; ``optimum`` is None where ``no_optimum`` says why;
    ``report`` is None if some parameter of the task has no number.
    """

    task: Task
    values: Mapping[Symbol, Expr]
    laws: tuple[Law, ...]
    refused: tuple[tuple[str, str], ...]
    optimum: Optimum | None
    no_optimum: str
    report: Report | None
    command: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether every law that was verified holds."""
        return self.report is not None and self.report.holds


def gather(
    laws: Laws,
    chosen: Selection,
    values: Mapping[Symbol, Expr],
    *,
    digits: int,
    jobs: int,
    command: tuple[str, ...] = (),
) -> Dossier:
    """The dossier of a task; laws are verified if ``values`` has a number for every parameter."""
    missing = [symbol for symbol in laws.task.parameters if symbol not in values]
    optimum, reason = None, ""
    try:
        optimum = compute_optimal(laws, cost=N * t)
    except BottleneckError as error:
        reason = " ".join(str(error).split())
    report = None if missing else verify_laws(chosen, values, digits, jobs, command)
    return Dossier(
        task=laws.task,
        values=values,
        laws=chosen.laws,
        refused=chosen.refused if report is None else report.refused,
        optimum=optimum,
        no_optimum=reason,
        report=report,
        command=command,
    )
