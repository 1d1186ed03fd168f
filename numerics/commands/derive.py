"""The derivations of many laws checked at one point, on several processors."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sympy import Expr, Symbol

from asymptotics import Task, derive
from asymptotics.parsing.expressions import parse
from numerics.commands.options import FIELDS
from numerics.sweeps.sweep import Sweep, sweep


def check_derivations(
    task: Task, names: Sequence[str], values: Mapping[Symbol, Expr], digits: int = 30, jobs: int | None = None
) -> Sweep:
    """Both sides of every step of every law at ``values``; rows have ``passed``, ``summary``, ``residual``.

    What `law.derivation.check` does, each law in the next free of ``jobs`` processes (one for each processor
    by default). A law that is not derived is a row with its error. Raises nothing of its own.

    >>> from asymptotics import power_law
    >>> [row.result["passed"] for row in check_derivations(power_law(3, 2), ["time"], {}, digits=15, jobs=1)]
    [True]
    """
    fields = {name: str(getattr(task, name)) for name, text in FIELDS.items() if text is not None}
    numbers = {symbol.name: str(value) for symbol, value in values.items()}
    function = partial(checked, fields=fields, values=numbers, digits=digits)
    points = [{"law": name} for name in names]
    return sweep(points, function, jobs=jobs, progress=sys.stderr.isatty())


def checked(
    point: Mapping[str, Any], *, fields: Mapping[str, str], values: Mapping[str, str], digits: int
) -> dict[str, Any]:
    """One law: whether every step passed, the summary in words, the worst residual of its equalities."""
    laws = derive(Task(**{name: parse(text) for name, text in fields.items()}))
    check = getattr(laws, point["law"]).derivation.check(
        at={name: parse(value) for name, value in values.items()}, digits=digits
    )
    return {"passed": check.passed, "summary": str(check), "residual": f"{float(check.residual):.1e}"}


__all__ = ["check_derivations", "checked"]
