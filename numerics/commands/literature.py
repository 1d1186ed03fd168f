"""``bottlenecks literature``: published exponents, each judged under its own assumptions."""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from textwrap import wrap

from asymptotics.claims.literature import READINGS, Published, literature
from asymptotics.errors import DomainError
from numerics.commands.formats import add_formats, for_machines, print_rows
from numerics.progress import counted
from numerics.verification.wording import SCREEN

EPILOG = """\
A verdict is about the exponent as the row has it, under its conditions. Whether the paper states it so is
another question: a row whose statement was not read in its source says so below it. "not covered" rows are
listed with the reason and are not judged. The counts at the end are of all rows.

exit status: 0 if every published exponent that is covered was decided, 1 if one stays UNDECIDED (with --key:
as of bottlenecks claim), 2 for input that cannot be used, 130 if interrupted, 143 if terminated.
"""


_innermost = re.compile(r"\w*\([^()]*\)")
_brackets = re.compile(r"\S*\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)\S*")
OUTCOMES = {
    "HOLDS": "hold, but for lines that are named",
    "FAILS": "fail on some of the parameters",
    "UNDECIDED": "are undecided",
}
"""Verdicts in words, for the count."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.epilog = EPILOG
    parser.add_argument("--key", metavar="KEY", help="one entry, with its verdict in full")
    add_formats(parser)


def run(options: argparse.Namespace) -> int:
    """Judge every published exponent under its own assumptions, print a table, return the exit status."""
    table = literature()
    if options.key is not None:
        chosen = next((entry for entry in table if entry.key == options.key), None)
        if chosen is None:
            raise DomainError(f"--key {options.key!r} is unknown; bottlenecks literature lists the keys")
        table = (chosen,)
    if for_machines(options):
        rows = [_row(entry) for entry in counted(table, "rows judged")]
        print_rows(options, rows)
        return 1 if any(row["verdict"] == "UNDECIDED" for row in rows) else 0
    if options.key is not None:
        return _one(table[0])
    status, source, found = 0, "", Counter[str]()
    for entry in counted(table, "rows judged", shown=not sys.stdout.isatty()):
        if entry.source != source:
            print("" if not source else "\n", end="")
            _print(entry.source, first="", indent=2)
            _print(entry.change, indent=2)
            source = entry.source
        assuming = f"  for {', '.join(entry.assuming)}" if entry.assuming else ""
        _print(f"{entry.key:<20} {entry.claim}{assuming}")
        if entry.read not in ("text", "abstract"):
            _print(f"{'':<20} {READINGS[entry.read]}")
        if not entry.is_covered:
            _print(f"{'':<20} not covered: {entry.why}")
            continue
        verdict = entry.verdict()
        found[verdict.verdict] += 1
        status = status if verdict.verdict != "UNDECIDED" else 1
        about = entry.law if entry.law == "optimum" else f"laws.{entry.law}"
        _print(f"{'':<20} {verdict.headline_in(entry.notation)}  [{about}]")
        for name in verdict.right_for:
            _print(f"{'':<20} right for {name}")
    print(f"\n{len(table)} rows, of which")
    for read, words in READINGS.items():
        print(f"  {sum(entry.read == read for entry in table):>4} {words}")
    print(f"{found.total()} are judged as they stand here, under the conditions beside them:")
    for outcome, words in OUTCOMES.items():
        print(f"  {found[outcome]:>4} {words}")
    print(f"{len(table) - found.total()} are listed and not judged, each with the reason")
    return status


def _print(line: str, first: str = "  ", indent: int = 25) -> None:
    """A line of the table; what does not fit goes on below its second column, brackets in one piece."""
    room = SCREEN - indent
    glued = line
    for brackets in (_innermost, _brackets):
        glued = brackets.sub(lambda m: m[0].replace(" ", "\0") if len(m[0]) <= room else m[0], glued)
    if max(map(len, glued.split())) > room:  # a formula that needs the whole line
        indent = len(first)
    broken = wrap(
        glued,
        SCREEN,
        initial_indent=first,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    print("\n".join(broken).replace("\0", " "))


def _row(entry: Published) -> dict[str, str]:
    verdict = entry.verdict() if entry.is_covered else None
    return {
        "key": entry.key,
        "source": entry.source,
        "where": entry.where,
        "read": entry.read,
        "quantity": entry.quantity,
        "claim": entry.claim,
        "assuming": ", ".join(entry.assuming),
        "law": entry.law,
        "verdict": "" if verdict is None else verdict.verdict,
        "headline": entry.why if verdict is None else verdict.headline,
    }


def _one(entry: Published) -> int:
    print(f"{entry.source}\n  {entry.where}: {entry.quantity}\n  {READINGS[entry.read]}")
    print(f"  {entry.claim}\n  {entry.change}")
    if entry.assuming:
        print(f"  assuming {', '.join(entry.assuming)}")
    if not entry.is_covered:
        print(f"not covered: {entry.why}")
        return 0
    verdict = entry.verdict()
    print(verdict)
    return 0 if verdict.everywhere else 1
