"""Many laws of one task verified at once, on several processors, and what cannot be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, as_completed

from sympy import Expr, Symbol

from asymptotics import Law
from asymptotics.errors import PrecisionError, SpectrumError, UnableError
from numerics.progress import Progress
from numerics.sweeps.workers import Workers
from numerics.verification.references import solution_groups
from numerics.verification.selection import Selection, select_values
from numerics.verification.summary import Report, Row
from numerics.verification.verify import Verification, points_of, settings_of, verify


def verify_laws(
    chosen: Selection, values: Mapping[Symbol, Expr], digits: int, jobs: int, command: tuple[str, ...]
) -> Report:
    """The verification of every law at ``values``, in up to ``jobs`` processes."""
    laws = chosen.laws
    known = {symbol for law in laws for symbol in symbols_of(law)}
    groups = [[law for law in laws if law.name in names] for names in solution_groups()]
    found: dict[str, Verification] = {}
    refused = list(chosen.refused)
    total = sum(points_of(law) for law in laws)
    with Progress(total, f"points of {len(laws)} law{'s' if len(laws) > 1 else ''}") as bar:
        tasks = [
            [(law, select_values(values, symbols_of(law), known)) for law in group]
            for group in groups
            if group
        ]
        for name, outcome in _outcomes(tasks, digits, jobs, bar):
            if isinstance(outcome, Verification):
                found[name] = outcome
            else:
                refused.append((name, outcome))
    rows = tuple(
        Row(law=law, values=values, verification=found[law.name]) for law in laws if law.name in found
    )
    return Report(
        task=laws[0].task,
        values=values,
        digits=digits,
        command=command,
        rows=rows,
        refused=tuple(refused),
    )


def symbols_of(law: Law) -> tuple[Symbol, ...]:
    """The symbols that `verify` takes numbers for: the parameters of a law and its settings."""
    return (*law.parameters, *settings_of(law))


_Group = Sequence[tuple[Law, Mapping[Symbol, Expr]]]
_Outcome = tuple[str, Verification | str]


def _outcomes(tasks: Sequence[_Group], digits: int, jobs: int, bar: Progress) -> Iterator[_Outcome]:
    """The outcome for every law; groups go to processes of their own if there are several of both."""
    jobs = min(jobs, len(tasks))
    if jobs == 1:
        for law, values in (pair for group in tasks for pair in group):
            yield _outcome(law, values, digits, bar)
        return
    with Workers(jobs=jobs) as workers:
        try:
            for future in as_completed([workers.submit(_group, group, digits) for group in tasks]):
                for name, outcome in future.result():
                    bar.update(points_of(outcome.law) if isinstance(outcome, Verification) else 0)
                    yield name, outcome
        except BrokenExecutor as error:
            workers.renew(error)
            raise UnableError(
                "a process at work was killed, as where memory is short; give fewer --jobs"
            ) from error


def _group(group: _Group, digits: int) -> list[_Outcome]:
    return [_outcome(law, values, digits, None) for law, values in group]


def _outcome(
    law: Law, values: Mapping[Symbol, Expr], digits: int, bar: Progress | None
) -> tuple[str, Verification | str]:
    try:
        return law.name, verify(
            law, at=values, digits=digits, progress=(lambda: None) if bar is None else bar.update
        )
    except (UnableError, PrecisionError, SpectrumError) as error:
        return law.name, " ".join(str(error).split())
