"""``bottlenecks optimal``: phases of a budget, what is proved of them, constants, optima at budgets."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence

from sympy import Expr, Symbol

from asymptotics.allocation.optimum import Optimum, compute_optimal
from asymptotics.allocation.phases import Key
from asymptotics.errors import DomainError, PrecisionError, UnableError
from asymptotics.laws.derive import Laws
from asymptotics.model.rules.gradient_flow import GradientFlow
from asymptotics.parsing.expressions import parse
from asymptotics.symbols import C
from numerics.commands.options import (
    add_budget,
    add_digits,
    add_task,
    argument,
    laws_of_task,
    refuse_options,
)
from numerics.optima.frontier import constants, frontier


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    add_task(parser)
    add_budget(parser)
    parser.add_argument(
        "--budgets",
        type=argument(lambda text: [parse(piece) for piece in text.split(",")]),
        default=(),
        metavar="C,C,...",
        help="optima of the full model at these budgets, e.g. 10**8,10**12",
    )
    add_digits(parser, 10, "digits of constants and optima")
    parser.add_argument("--latex", action="store_true", help="print LaTeX, one table of cases")


def run(options: argparse.Namespace) -> int:
    """Print the allocation."""
    optimum = optimum_of(options, laws_of_task(options))
    if options.latex:
        refuse_options(options, ("at", "budgets"), "is not used with --latex, which writes the phases")
        print(optimum.to_latex())
    else:
        print(describe(optimum, options.at, options.budgets, options.digits))
    return 0


def optimum_of(options: argparse.Namespace, laws: Laws) -> Optimum:
    """The best split of the budget that the options describe."""
    cost = parse("N*t") if options.cost is None else options.cost
    return compute_optimal(laws, cost, rule=options.rule or GradientFlow)


def describe(
    optimum: Optimum, values: Mapping[Symbol, Expr], budgets: Sequence[Expr] = (), digits: int = 10
) -> str:
    """The allocation in words: symbolic, or with numbers for every parameter; optima at the ``budgets``.

    Raises what `Optimum.at` and `frontier` raise.

    >>> from asymptotics import compute_optimal, derive, power_law
    >>> from asymptotics.symbols import N, a, b, t
    >>> shown = describe(compute_optimal(derive(power_law(a, b)), cost=N*t), {})
    >>> print(shown.splitlines()[0], shown.splitlines()[-1], sep="\\n")
    N*t = C, gradient flow, C -> oo
      phases disjoint: proved; covering: proved
    """
    rule = optimum.rule.title + (", t counts its steps" if optimum.rule.counts_steps else "")
    lines = [f"{optimum.cost} = {C}, {rule}, {C} -> oo"]
    if not values:
        if budgets:
            raise DomainError("optima at finite budgets need numbers; give them with --at")
        lines += [f"  {line}" for line in repr(optimum).splitlines()]
        return "\n".join([*lines, f"  phases {optimum.proof}"])
    own = {
        s: v
        for s, v in values.items()
        if s not in optimum.rule.parameters or s in optimum.laws.task.parameters
    }
    phase = optimum.at(dict(own))
    lines.append(f"  {phase!r}")
    lines += _constants(optimum, values, digits)
    if phase.approach is not None and phase.approach != 0:
        lines.append(f"  finite budgets: 1 + O({C**-phase.approach})")
    if budgets:
        lines += _table(optimum, values, budgets, digits)
    return "\n".join(lines)


def _constants(optimum: Optimum, values: Mapping[Symbol, Expr], digits: int) -> list[str]:
    try:
        law = constants(optimum, dict(values), digits)
    except (DomainError, UnableError, PrecisionError) as error:
        return [f"  no constants: {error}"]
    return [f"  constants: {', '.join(f'{_name(key)}: {value.digits(digits)}' for key, value in law.values)}"]


def _table(
    optimum: Optimum, values: Mapping[Symbol, Expr], budgets: Sequence[Expr], digits: int
) -> list[str]:
    points = frontier(optimum, budgets, dict(values), digits)
    rows = [["C", *(_name(key) for key, _ in points[0].values)]]
    for point in points:
        rows.append([str(point.budget), *(value.digits(digits) for _, value in point.values)])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return ["  " + "  ".join(cell.rjust(w) for cell, w in zip(row, widths, strict=True)) for row in rows]


def _name(key: Key) -> str:
    return "L" if key == "loss" else str(key)
