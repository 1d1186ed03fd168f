"""``bottlenecks derive``: the laws of a task, or a check of every step of their derivations."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from sympy import Symbol, true

from asymptotics.laws.derive import derive
from asymptotics.laws.law import Law
from asymptotics.notation import notation
from asymptotics.parsing.expressions import parse
from numerics.commands.options import (
    add_laws,
    add_notation,
    add_task,
    argument,
    from_fields,
    laws_of,
    laws_of_task,
    numbers_of_task,
    refuse_options,
    to_fields,
    whole_number,
)
from numerics.verification.selection import Selection, select_laws, select_values
from numerics.verification.wording import condition_text

DIGITS = 30
TERMS = 3


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    add_task(parser)
    add_laws(parser)
    parser.add_argument(
        "--terms",
        type=argument(whole_number),
        metavar="n",
        help=f"orders of each expansion (default: {TERMS})",
    )
    add_notation(parser)
    parser.add_argument("--latex", action="store_true", help="print LaTeX, one law after the other")
    parser.add_argument(
        "--exact", action="store_true", help="closed forms of numbers, where decimals are shorter"
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="check each step of each derivation at the numbers of --at; exit status 1 if one fails",
    )


def run(options: argparse.Namespace) -> int:
    """Print the laws, or with ``--check`` what became of each derivation; 1 if one of these fails."""
    failed = False
    if options.check:  # the check says which condition fails at --at
        refuse_options(options, ("latex", "exact", "terms", "notation"), "is not used with --check")
        chosen = select_laws(laws_of_task(options), options.laws)
        failed = _check(chosen, numbers_of_task(options, chosen.laws[0].task))
    else:
        if options.latex:
            refuse_options(options, ("terms",), "is not used with --latex")
        chosen = laws_of(options)
        known: set[Symbol] = {symbol for law in chosen.laws for symbol in law.parameters}
        laws = [law.at(select_values(options.at, law.parameters, known)) for law in chosen.laws]
        print("\n".join(line for law in laws for line in _lines(law, options)))
    for name, reason in chosen.refused:
        print(f"{'% ' if options.latex else ''}{name}: not derived: {reason}")
    return 1 if failed else 0


def _lines(law: Law, options: argparse.Namespace) -> Iterator[str]:
    if options.latex:
        yield law.to_latex(options.notation, exact=options.exact)
        return
    terms = TERMS if options.terms is None else options.terms
    series, conditions = law.expansion(terms=terms), law.conditions
    if options.notation is not None:
        letters = notation(options.notation)
        law = law.restate(letters.name)
        series = series.restate(letters)
        conditions = tuple(c for c in map(letters.condition, conditions) if c != true)
    yield f"{law.name}: {law.quantity} ({law.limits})"
    yield from (f"  {line}" for line in law.to_text(exact=options.exact).splitlines())
    yield f"  conditions: {', '.join(map(condition_text, conditions)) or 'none left'}"
    yield f"  to {terms} orders: {series.to_text(exact=options.exact)}"


def _check(chosen: Selection, values: Mapping[Symbol, object]) -> bool:
    """Print whether both sides of each step agree at ``values``; return whether one fails."""
    from numerics.sweeps.sweep import sweep  # here, because laws are printed without it

    numbers = {symbol.name: str(value) for symbol, value in values.items()}
    function = partial(check_law, fields=to_fields(chosen.laws[0].task), values=numbers, digits=DIGITS)
    points = [{"law": law.name} for law in chosen.laws]
    failed = bool(chosen.refused)
    for row in sweep(points, function, progress=sys.stderr.isatty()):
        if row.result is None:
            print(f"{row.point['law']}: {(row.error or {}).get('message')}")
        else:
            print(row.result["summary"])
        failed |= not (row.result and row.result["passed"])
    return failed


def check_law(
    point: Mapping[str, Any], *, fields: Mapping[str, str], values: Mapping[str, str], digits: int
) -> dict[str, Any]:
    """What `Derivation.check` says of one law: whether every step passed, and its summary in words.

    >>> fields = {"eigenvalues": "k**(-b)", "target": "k**(-a)"}
    >>> check_law({"law": "time"}, fields=fields, values={"a": "3", "b": "2"}, digits=15)["passed"]
    True
    """
    law: Law = getattr(derive(from_fields(fields)), point["law"])
    check = law.derivation.check(at={name: parse(value) for name, value in values.items()}, digits=digits)
    return {"passed": check.passed, "summary": str(check)}
