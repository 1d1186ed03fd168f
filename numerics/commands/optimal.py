"""``bottlenecks optimal``: phases of a budget, what is proved of them, constants, optima at budgets."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence

from sympy import Expr, Symbol

from asymptotics.allocation.optimum import Optimum, compute_optimal
from asymptotics.allocation.phase import Key
from asymptotics.allocation.terms import STEPS, STEPS_WORDS
from asymptotics.display import text
from asymptotics.errors import DomainError, PrecisionError, UnableError
from asymptotics.laws.derive import Laws
from asymptotics.model.features import LAZY
from asymptotics.model.rules.gradient_flow import GradientFlow
from asymptotics.model.rules.one_pass_sgd import OnePassSGD
from asymptotics.parsing.expressions import parse
from asymptotics.symbols import C, sigma
from numerics.commands.formats import add_formats, for_machines, print_rows
from numerics.commands.options import (
    add_budget,
    add_task,
    argument,
    laws_of_task,
    refuse_options,
    whole_number,
)
from numerics.optima.constants import MOST_OF_MOVING as MOST_OF_CONSTANTS
from numerics.optima.constants import constants
from numerics.optima.frontier import MOST_OF_MOVING, frontier
from numerics.verification.wording import align_rows, condition_text, on_screen

DIGITS = 10
NEEDS_NUMBERS = "optima at finite budgets need numbers; give them with --at"


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    add_task(parser)
    add_budget(parser)
    parser.add_argument(
        "--budgets",
        type=argument(budgets_of),
        default=(),
        metavar="C,C,...",
        help="optima of the full model at these budgets, e.g. 10**8,10**12",
    )
    parser.add_argument(
        "--free",
        type=argument(lambda text: [parse(piece) for piece in text.split(",")]),
        metavar="X,X,...",
        help="what is chosen at each budget, e.g. t,N,h for a tuned step; default: what the cost contains",
    )
    words = f"digits of constants and optima (default: {DIGITS}, fewer where features move)"
    parser.add_argument("--digits", type=argument(whole_number), metavar="D", help=words)
    parser.add_argument("--latex", action="store_true", help="print LaTeX, one table of cases")
    add_formats(parser)


def budgets_of(text: str) -> list[Expr]:
    """Budgets between commas. Raises `DomainError`.

    >>> budgets_of("1e6,10**8")
    [1000000, 100000000]
    """
    pieces = text.split(",")
    if not all(piece.strip() for piece in pieces):
        raise DomainError(f"budgets = {text!r}; give numbers between commas, such as 10**8,10**12")
    return [parse(piece) for piece in pieces]


def run(options: argparse.Namespace) -> int:
    """Print the allocation."""
    if options.schedule is not None and options.at and not options.latex:
        options.schedule, options.at = options.schedule.at(options.at)
    laws = laws_of_task(options)
    if not options.latex and not for_machines(options) and (here := _at_point(laws, options)):
        # phases at other numbers are not asked for
        rest = {s: v for s, v in options.at.items() if s not in laws.task.parameters}
        lines = _at_numbers(optimum_of(options, here), rest, options.budgets, options.digits)
        print(on_screen("\n".join(lines)))
        return 0
    optimum = optimum_of(options, laws)
    if options.latex:
        refuse_options(
            options, ("at", "budgets", "json", "csv"), "is not used with --latex, which writes the phases"
        )
        print(optimum.to_latex())
    elif for_machines(options):
        if options.budgets and not options.at:
            raise DomainError(NEEDS_NUMBERS)
        rows = _rows(options, optimum)
        print_rows(options, rows, {**optimum.to_dict(), "rows": rows})
    else:
        print(on_screen(describe(optimum, options.at, options.budgets, options.digits)))
    return 0


def _at_point(laws: Laws, options: argparse.Namespace) -> Laws | None:
    """The laws of the task at numbers, where all its parameters have one, and others are of the rule."""
    rule, own = options.rule or OnePassSGD, set(laws.task.parameters)
    known = own | {*rule.parameters, *rule.shares(), sigma}
    if not own or not own <= set(options.at) <= known:
        return None
    return laws.at({s: options.at[s] for s in own})


def optimum_of(options: argparse.Namespace, laws: Laws) -> Optimum:
    """The best split of the budget that the options describe."""
    cost = parse("N*t") if options.cost is None else options.cost
    default = GradientFlow if options.schedule is None else OnePassSGD
    return compute_optimal(
        laws,
        cost,
        free=getattr(options, "free", None),
        rule=options.rule or default,
        schedule=options.schedule,
        features=options.features or LAZY,
    )


def describe(
    optimum: Optimum, values: Mapping[Symbol, Expr], budgets: Sequence[Expr] = (), digits: int | None = None
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
    if not values:
        if budgets:
            raise DomainError(NEEDS_NUMBERS)
        lines = _heading(optimum)
        lines += [f"  {phase!r}" for phase in (*optimum.phases, *optimum.boundaries, *optimum.refused)]
        return "\n".join([*lines, f"  phases {optimum.proof}"])
    return "\n".join(_at_numbers(optimum, values, budgets, digits))


def _at_numbers(
    optimum: Optimum, values: Mapping[Symbol, Expr], budgets: Sequence[Expr], given: int | None
) -> list[str]:
    lines = _heading(optimum)
    phase = optimum.at(own_numbers(optimum, values))
    lines.append(f"  {phase!r}")
    lines += _constants(optimum, values, given)
    if phase.approach is not None and phase.approach != 0:
        lines.append(f"  finite budgets: 1 + O({C**-phase.approach})")
    if budgets:
        lines += _table(optimum, values, budgets, given)
    return lines


def _heading(optimum: Optimum) -> list[str]:
    """The question."""
    rule = optimum.rule.title + (", t counts its steps" if optimum.rule.counts_steps else "")
    shape = "" if optimum.schedule is None else f", {optimum.schedule.title}, label noise sigma"
    features = optimum.features
    moving = "" if features == LAZY else f", {features.title}, gamma = {features.gamma}"
    lines = [f"{optimum.cost} = {C}, {rule}{shape}{moving}, {C} -> oo"]
    if optimum.schedule is not None:
        lines.append(f"  {STEPS}{STEPS_WORDS}")
    return lines


def own_numbers(optimum: Optimum, values: Mapping[Symbol, Expr]) -> dict[Symbol | str, object]:
    """The numbers of the task alone, without those of the rule and of the label noise beside a schedule."""
    rule = {*optimum.rule.parameters, *optimum.rule.shares(), *optimum.features.gamma.free_symbols, sigma}
    task = {*optimum.laws.task.parameters, *optimum.letters}
    return {s: v for s, v in values.items() if s not in rule or s in task}


def _digits(optimum: Optimum, given: int | None, most: int) -> int:
    """Those asked for, by default as many as there are: at most so many where features move."""
    return given if given is not None else DIGITS if optimum.features == LAZY else most


def _constants(optimum: Optimum, values: Mapping[Symbol, Expr], given: int | None) -> list[str]:
    digits = _digits(optimum, given, MOST_OF_CONSTANTS)
    try:
        law = constants(optimum, dict(values), digits)
    except (DomainError, UnableError, PrecisionError) as error:
        return [f"  no constants: {error}"]
    return [f"  constants: {', '.join(f'{_name(key)}: {value.digits(digits)}' for key, value in law.values)}"]


def _table(
    optimum: Optimum, values: Mapping[Symbol, Expr], budgets: Sequence[Expr], given: int | None
) -> list[str]:
    rows = _optima(optimum, values, budgets, given)
    return list(align_rows([tuple(rows[0]), *(tuple(row.values()) for row in rows)]))


def _optima(
    optimum: Optimum, values: Mapping[Symbol, Expr], budgets: Sequence[Expr], given: int | None
) -> list[dict[str, str]]:
    digits = _digits(optimum, given, MOST_OF_MOVING)
    return [
        {"C": str(point.budget), **{_name(key): value.digits(digits) for key, value in point.values}}
        for point in frontier(optimum, budgets, dict(values), digits)
    ]


def _rows(options: argparse.Namespace, optimum: Optimum) -> list[dict[str, str]]:
    """The optima at the budgets; without these the phases, as powers of C."""
    if options.budgets:
        return _optima(optimum, options.at, options.budgets, options.digits)
    phases = (optimum.at(own_numbers(optimum, options.at)),) if options.at else optimum.phases
    found = [
        {
            "condition": condition_text(phase.condition),
            **{_name(key): str(power if key != "loss" else -power) for key, power in phase.powers},
            **{f"log_{_name(key)}": str(power) for key, power in phase.log_powers},
            **{f"{name}_from": str(least) for name, least, _ in phase.ranges},
            **{f"{name}_to": str(most) for name, _, most in phase.ranges},
            **{f"log_{name}_from": str(least) for name, least, _ in phase.log_ranges},
            **{f"log_{name}_to": str(most) for name, _, most in phase.log_ranges},
            "balance": " ~ ".join(map(text, phase.balance)),
        }
        for phase in (phases if options.at else (*phases, *optimum.boundaries))
    ]
    refused = () if options.at else optimum.refused
    missing = [{"condition": condition_text(row.condition), "not_derived": row.reason} for row in refused]
    return found + missing


def _name(key: Key) -> str:
    return "L" if key == "loss" else str(key)
