"""Everything that is said of one task: its laws, the allocation, the verification; what a report shows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

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
    ``report`` is None if some parameter of the task has no number, or no law is to be compared;
    ``uncompared`` counts the laws that are derived and not compared.
    """

    task: Task
    values: Mapping[Symbol, Expr]
    laws: tuple[Law, ...]
    refused: tuple[tuple[str, str], ...]
    optimum: Optimum | None
    no_optimum: str
    report: Report | None
    uncompared: int = 0
    command: tuple[str, ...] = ()

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
    verified: Collection[str] | None = None,
    command: tuple[str, ...] = (),
) -> Dossier:
    """The dossier of a task; the laws called ``verified``, all for None, are compared with the full model.

    For that ``values`` needs a number for every parameter.
    """
    missing = [symbol for symbol in laws.task.parameters if symbol not in values]
    optimum, reason = None, ""
    try:
        optimum = compute_optimal(laws, cost=N * t)
    except BottleneckError as error:
        reason = " ".join(str(error).split())
    compared = tuple(law for law in chosen.laws if verified is None or law.name in verified)
    some = replace(chosen, laws=compared)
    report = verify_laws(some, values, digits, jobs, command) if compared and not missing else None
    return Dossier(
        task=laws.task,
        values=values,
        laws=chosen.laws,
        refused=chosen.refused if report is None else report.refused,
        optimum=optimum,
        no_optimum=reason,
        report=report,
        uncompared=len(chosen.laws) - len(compared),
        command=command,
    )
