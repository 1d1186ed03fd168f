"""What a verification says, for people and for machines: rows, a table, JSON."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import mpmath
import numpy
import sympy
from sympy import Expr, Symbol, oo, true

from asymptotics import Law, Task, UnableError
from asymptotics.model.quantities import QUANTITIES
from numerics.verification.verify import Verification
from numerics.verification.wording import (
    align_rows,
    condition_text,
    decimal,
    decimal_with_error,
    exponent_text,
)

HEADER = (
    "law",
    "regime",
    "exponent",
    "measured",
    "error",
    "remainder",
    "measured",
    "error",
    "L/law - 1 at last",
    "verdict",
)


COLUMNS = (
    "law",
    "regime",
    "exponent",
    "exponent_measured",
    "exponent_error",
    "remainder",
    "remainder_measured",
    "remainder_error",
    "remainder_at_last",
    "verdict",
)
"""The same without blanks, for other programs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One law, derived with symbols, and its verification at numbers."""

    law: Law
    values: Mapping[Symbol, Expr]
    verification: Verification

    @property
    def regime(self) -> str:
        """The condition of the regime in which the numbers lie; ``everywhere`` if there is only one."""
        for regime in self.law.regimes:
            if regime.condition.xreplace(dict(self.values)).simplify() == true:
                return condition_text(regime.condition)
        return "everywhere"

    @property
    def leading(self) -> str:
        """The leading term with its prefactor as a decimal: ``1.234567 * N**(-1/2)``."""
        regime = self.verification.law.regimes[0]
        x = self.law.resource
        factors = [prefactor_text(self.verification.law)]
        if regime.gauge is not None or regime.envelope != 1:
            unit = regime.power(x) * sympy.log(regime.variable(x)) ** regime.log_power
            return f"{factors[0]} * ({unit})" if unit.is_Add else f"{factors[0]} * {unit}"
        if regime.exponent != 0:
            power = exponent_text(-regime.exponent)
            whole = str(x) if power == "1" else f"{x}**{power}"
            factors.append(whole if regime.exponent.is_Integer else f"{x}**({power})")
        if regime.log_power:
            factors.append(f"log({x})" + (f"**{regime.log_power}" if regime.log_power != 1 else ""))
        return " * ".join(factors)

    def cells(self) -> tuple[str, ...]:
        """The cells of the table, under `HEADER`."""
        v = self.verification
        return (
            self.law.name,
            self.regime,
            exponent_text(v.exponent_predicted),
            *decimal_with_error(v.exponent_measured, v.exponent_error),
            exponent_text(v.predicted),
            *decimal_with_error(v.measured, v.measured_error),
            decimal(v.points[-1].remainder, 2),
            v.verdict,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The rows of one run, with what is needed to repeat it."""

    task: Task
    values: Mapping[Symbol, Expr]
    digits: int
    command: tuple[str, ...]
    rows: tuple[Row, ...]
    refused: tuple[tuple[str, str], ...] = ()

    @property
    def holds(self) -> bool:
        """Whether every law holds; one that is undecided, or not derived (``refused``), does not count."""
        return not self.refused and all(row.verification.verdict == "HOLDS" for row in self.rows)

    @property
    def heading(self) -> str:
        """The task and its numbers, in one line."""
        task = self.task
        parts = [f"lambda_{task.index} = {task.eigenvalues}", f"c_{task.index} = {task.target}"]
        if task.noise != 0:
            parts.append(f"noise sigma = {task.noise}")
        parts.extend(f"{symbol} = {value}" for symbol, value in self.values.items())
        return ", ".join(parts)


def prefactor_text(law: Law) -> str:
    """The prefactor of a law at numbers as a decimal; one that oscillates by its mean and first harmonic.

    >>> from asymptotics import Task, derive
    >>> prefactor_text(derive(Task(eigenvalues="20**-k", target="2**-k")).time)
    '1.118856 (1 + 0.0388 cos(2 pi log(2*t)/log(20) + 0.963) + ...)'
    """
    prefactor = law.regimes[0].prefactor
    if not prefactor.has(law.resource):
        return decimal(mpmath.mpf(sympy.N(prefactor, 20)), 7)
    try:
        wave = law.oscillation
    except UnableError:
        wave = None
    if wave is None:
        return f"(a function that oscillates in log({law.resource}))"
    mean, size, shift = (mpmath.mpf(sympy.N(x, 20)) for x in (wave.mean, wave.relative(1), wave.phase(1)))
    sign = "-" if shift < 0 else "+"
    return (
        f"{decimal(mean, 7)} (1 + {decimal(size, 3)} "
        f"cos(2 pi {wave.argument} {sign} {decimal(abs(shift), 3)}) + ...)"
    )


def table(report: Report) -> str:
    """The task, the laws with decimal prefactors, the table, and one line that sums up."""
    lines = [report.heading, "L is the excess test loss; all quantities are dimensionless.", ""]
    for row in report.rows:
        lines.append(
            f"  {QUANTITIES[row.law.name].symbol} ~ {row.leading},"
            f"  {row.law.resource} -> {row.verification.law.regimes[0].limit(row.law.resource)}"
            f" with {row.law.limits}" + (f", {row.regime}" if row.regime != "everywhere" else "")
        )
    lines.append("")
    cells = [HEADER, *(row.cells() for row in report.rows)]
    lines.extend(align_rows(tuple(row[i] for i in (0, 9, 2, 3, 4)) for row in cells))
    lines.append("")
    lines.extend(align_rows(tuple(row[i] for i in (0, 5, 6, 7, 8)) for row in cells))
    if any(row.verification.predicted == oo for row in report.rows):
        lines.append("remainder oo: L/law - 1 falls faster than every power")
    lines.extend(
        f"{row.law.name}: lower powers of log({row.law.resource}) at the leading order are part of L/law"
        for row in report.rows
        if row.verification.law.regimes[0].log_power
    )
    if settings := {pair: None for row in report.rows for pair in row.verification.settings}:
        # N = P = 1: what is compared are the coefficients of 1/N and 1/P.
        lines.append("taken with " + ", ".join(f"{symbol} = {value}" for symbol, value in settings))
    lines.extend(_resolutions(report))
    lines.append("")
    failed = [row for row in report.rows if row.verification.verdict != "HOLDS"]
    lines.extend(f"{row.law.name}: {row.verification.verdict}: {row.verification.reason}" for row in failed)
    lines.extend(f"{name}: not derived: {reason}" for name, reason in report.refused)
    missed, count = len(failed) + len(report.refused), len(report.rows) + len(report.refused)
    if missed:
        lines.append(f"{missed} of {count} laws not confirmed")
    else:
        lines.append(f"all {count} laws hold" if count > 1 else "the law holds")
    return "\n".join(lines)


def _resolutions(report: Report) -> Iterator[str]:
    """Which changes of each law the comparison would have called false."""
    seen = [(row.law.name, row.verification.resolution) for row in report.rows]
    cells = [
        (name, *(decimal(x, 2) if mpmath.isfinite(x) else "-" for x in (found.prefactor, found.exponent)))
        for name, found in seen
        if found is not None
    ]
    if cells:
        yield ""
        yield from align_rows([("would fail if off by", "prefactor (relative)", "exponent"), *cells])


def to_rows(report: Report) -> list[dict[str, str]]:
    """A row for each law, those that are not derived too, for a table of another program."""
    rows = [
        {**dict(zip(COLUMNS, row.cells(), strict=True)), "reason": row.verification.reason}
        for row in report.rows
    ]
    return [*rows, *({"law": name, "verdict": "UNABLE", "reason": reason} for name, reason in report.refused)]


def to_json(report: Report) -> str:
    """The report for machines: exact values and numbers as strings, nothing rounded below ``digits``."""

    def number(value: Any) -> str:
        return str(mpmath.nstr(value, report.digits + 3, strip_zeros=False))

    def law(row: Row) -> dict[str, Any]:
        v = row.verification
        return {
            "name": row.law.name,
            "quantity": row.law.quantity,
            "limits": row.law.limits,
            "resource": str(row.law.resource),
            "law": [str(line) for line in repr(row.law).splitlines()],
            "latex": row.law.to_latex(),
            "conditions": [condition_text(condition) for condition in row.law.conditions],
            "regime": row.regime,
            "settings": {str(symbol): str(value) for symbol, value in v.settings},
            "at_values": {
                "exponent": str(v.law.regimes[0].exponent),
                "prefactor": str(v.law.regimes[0].prefactor),
                "log_power": str(v.law.regimes[0].log_power),
            },
            "exponent": {
                "predicted": str(v.exponent_predicted),
                "measured": number(v.exponent_measured),
                "error": number(v.exponent_error),
            },
            "remainder_exponent": {
                "predicted": str(v.predicted),
                "measured": number(v.measured),
                "error": number(v.measured_error),
            },
            "resolution": None
            if v.resolution is None
            else {"prefactor": number(v.resolution.prefactor), "exponent": number(v.resolution.exponent)},
            "points": [
                {
                    "resource": number(point.resource),
                    "loss": number(point.loss.value),
                    "loss_error": number(point.loss.error),
                    "law": number(point.law),
                    "remainder": number(point.remainder),
                    "remainder_error": number(point.remainder_error),
                }
                for point in v.points
            ],
            "verdict": v.verdict,
            "reason": v.reason,
        }

    content = {
        "format": 1,
        "command": list(report.command),
        "versions": {
            "scaling-bottlenecks": version("scaling-bottlenecks"),
            "python": platform.python_version(),
            "sympy": sympy.__version__,
            "mpmath": mpmath.__version__,
            "numpy": numpy.__version__,
        },
        "task": {
            "eigenvalues": str(report.task.eigenvalues),
            "target": str(report.task.target),
            "index": str(report.task.index),
            "noise": str(report.task.noise),
            "modes": str(report.task.modes),
        },
        "values": {str(symbol): str(value) for symbol, value in report.values.items()},
        "digits": report.digits,
        "laws": [law(row) for row in report.rows],
        "not_derived": dict(report.refused),
        "holds": report.holds,
    }
    return json.dumps(content, indent=2) + "\n"
