"""``bottlenecks derive``: the laws of a task, or a check of every step of their derivations."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from sympy import Expr, Symbol, true

from asymptotics.derivation.check import PLACES
from asymptotics.display import shorten
from asymptotics.errors import DomainError, PrecisionError, UnableError
from asymptotics.laws.derive import derive
from asymptotics.laws.law import Law
from asymptotics.model.quantities import QUANTITIES
from asymptotics.notation import notation
from asymptotics.parsing.expressions import parse
from numerics.commands.formats import add_formats, for_machines, print_rows
from numerics.commands.growing import add_rule, show
from numerics.commands.options import (
    add_laws,
    add_notation,
    add_spectrum,
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
from numerics.verification.wording import condition_text, on_screen

DIGITS = 30
TERMS = 3
OUTCOMES = ("passed", "failed", "undecided", "not checked")
"""Of a derivation that is checked; the last where it does not hold at the numbers."""
LONGEST = 1000
"""Characters of further orders that are printed where no ``--terms`` asks for them."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    add_task(parser)
    add_spectrum(parser)
    add_laws(parser)
    parser.add_argument(
        "--terms",
        type=argument(whole_number),
        metavar="n",
        help=f"orders of each expansion (default: {TERMS})",
    )
    add_rule(parser)
    add_notation(parser)
    parser.add_argument("--latex", action="store_true", help="print LaTeX, one law after the other")
    parser.add_argument(
        "--exact", action="store_true", help="closed forms of numbers, where decimals are shorter"
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="check each step of each derivation at the numbers of --at; exit status 1 if one fails or stays "
        "undecided",
    )
    add_formats(parser)


def run(options: argparse.Namespace) -> int:
    """Print the laws, or with ``--check`` what became of each derivation; 1 if one of these fails."""
    if options.rule is not None:
        return show(options)
    if for_machines(options):
        refuse_options(options, ("latex", "exact", "terms", "notation"), "is not used with --json and --csv")
    if options.check:  # the check says which condition fails at --at
        refuse_options(options, ("latex", "exact", "terms", "notation"), "is not used with --check")
        chosen = select_laws(laws_of_task(options), options.laws)
        return _check(chosen, numbers_of_task(options, chosen.laws[0].task), options)
    if options.latex:
        refuse_options(options, ("terms",), "is not used with --latex")
    chosen = laws_of(options)
    measured = chosen.laws[0].task.measured if chosen.laws else None
    if measured is not None and not for_machines(options) and not options.latex:
        print(measured)
    known: set[Symbol] = {symbol for law in chosen.laws for symbol in law.parameters}
    laws = [law.at(select_values(options.at, law.parameters, known)) for law in chosen.laws]
    if for_machines(options):
        content = {"laws": [law.to_dict() for law in laws], "not_derived": dict(chosen.refused)}
        print_rows(options, [*(row for law in laws for row in _rows(law)), *_refusals(chosen)], content)
        return 0
    text = "\n".join(line for law in laws for line in _lines(law, options))
    print(text if options.latex else on_screen(text))
    for name, reason in chosen.refused:
        print(f"{'% ' if options.latex else ''}{name}: not derived: {reason}")
    return 0


def _rows(law: Law) -> list[dict[str, str]]:
    """A row for each regime."""
    return [{"law": law.name, "resource": str(law.resource), **row} for row in law.to_dict()["regimes"]]


def _refusals(chosen: Selection) -> list[dict[str, str]]:
    return [{"law": name, "reason": reason} for name, reason in chosen.refused]


def _lines(law: Law, options: argparse.Namespace) -> Iterator[str]:
    if options.latex:
        yield law.to_latex(options.notation, exact=options.exact)
        return
    terms = TERMS if options.terms is None else options.terms
    letters = None if options.notation is None else notation(options.notation)
    try:
        series = law.expansion(terms=terms)
        if letters is not None:
            series = series.restate(letters)
        further = series.to_text(exact=options.exact)
    except UnableError as error:
        further = f"not derived: {error}"
    conditions = law.conditions
    if letters is not None:
        law = law.restate(letters.name)
        conditions = tuple(c for c in map(letters.condition, conditions) if c != true)
    yield f"{law.name}: {law.quantity} ({law.limits})"
    yield from (f"  {line}" for line in law.to_text(exact=options.exact).splitlines())
    yield f"  conditions: {', '.join(map(condition_text, conditions)) or 'none'}"
    if options.terms is None and len(further) > LONGEST:
        whole = len(further)
        further = f"{shorten(further, LONGEST)} ({whole} characters; --terms {terms} prints them all)"
    yield f"  to {terms} orders: {further}"


def _check(chosen: Selection, values: Mapping[Symbol, Expr], options: argparse.Namespace) -> int:
    """Print whether both sides of each step agree at ``values``.

    1 if a derivation fails or stays undecided, or a law that is named alone has none; of all laws those that
    do not hold at ``values`` are told, too. Raises `DomainError` for a symbol that no law has.
    """
    from numerics.sweeps.sweep import sweep  # here, because laws are printed without it

    known = {symbol.name: symbol for law in chosen.laws for symbol in law.parameters}
    if unknown := [symbol for symbol in values if symbol.name not in known]:
        raise DomainError(
            f"--at {unknown[0]}: none of these laws has it; they have {', '.join(sorted(known))}"
        )
    numbers = {symbol.name: str(value) for symbol, value in values.items()}
    function = partial(check_law, fields=to_fields(chosen.laws[0].task), values=numbers, digits=DIGITS)
    rows: list[dict[str, Any]] = []
    for found in sweep([{"law": law.name} for law in chosen.laws], function):
        broken = {"outcome": "failed", "passed": False, "summary": (found.error or {}).get("message")}
        rows.append({**found.point, **(found.result or broken)})
    if for_machines(options):
        print_rows(options, [*rows, *_refusals(chosen)])
    else:
        for row in rows:
            words = {"passed": "", "failed": "FAILED: "}.get(row["outcome"], f"{row['outcome']}: ")
            print(on_screen(f"{row['law']}: {words}{row['summary']}"))
        for name, reason in chosen.refused:
            print(f"{name}: not derived: {reason}")
        if len(rows) > 1:
            counts = Counter(row["outcome"] for row in rows)
            print(f"{len(rows)} derivations: {', '.join(f'{counts[x]} {x}' for x in OUTCOMES if counts[x])}")
    outcomes = {row["outcome"] for row in rows}
    allowed = {"passed", "not checked"} if options.laws == tuple(QUANTITIES) else {"passed"}
    missing = chosen.refused and "not checked" not in allowed
    return 0 if "passed" in outcomes <= allowed and not missing else 1


def check_law(
    point: Mapping[str, Any], *, fields: Mapping[str, str], values: Mapping[str, str], digits: int
) -> dict[str, Any]:
    """What `Derivation.check` says of one law: one of `OUTCOMES`, and its summary in words.

    Of ``values`` it takes what the derivation has; what that has beside gets a default, which is told. Where
    few of its steps are for this point, the derivation with numbers is checked, too.

    >>> fields = {"eigenvalues": "k**(-b)", "target": "k**(-a)"}
    >>> check_law({"law": "time"}, fields=fields, values={"a": "3", "b": "2"}, digits=15)["outcome"]
    'passed'
    """
    from numerics.verification.places import DEFAULTS

    law: Law = getattr(derive(from_fields(fields)), point["law"])
    try:
        derivation = law.derivation
        numbers = {s: parse(values[s.name]) for s in derivation.parameters if s.name in values}
        usual = {s: PLACES.get(s.name, DEFAULTS.get(s)) for s in derivation.parameters if s not in numbers}
        usual = {symbol: number for symbol, number in usual.items() if number is not None}
        checks = [derivation.check(at={**usual, **numbers}, digits=digits)]
        with suppress(UnableError):  # some laws are derived for letters alone
            if 2 * checks[0].held < len(derivation):
                checks.append(law.at({**usual, **numbers}).derivation.check(digits=digits))
    except (DomainError, UnableError, PrecisionError) as error:
        return {"outcome": "not checked", "passed": False, "summary": " ".join(str(error).split())}
    summary = "\nderived at these numbers: ".join(map(str, checks))
    if usual:
        summary += "\nby default: " + ", ".join(f"{symbol} = {number}" for symbol, number in usual.items())
    passed, failed = all(check.passed for check in checks), any(check.failed for check in checks)
    return {
        "outcome": "passed" if passed else "failed" if failed else "undecided",
        "passed": passed,
        "summary": summary,
    }
