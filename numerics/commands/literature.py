"""``bottlenecks literature``: published exponents, each judged under its own assumptions."""

from __future__ import annotations

import argparse

from asymptotics.claims.literature import READINGS, Published, literature
from asymptotics.errors import DomainError

EPILOG = """\
A row whose statement was not read in its source says so below it; the count at the end is of all rows.

exit status: 0 if every published exponent that is covered was decided, 1 if one stays UNDECIDED (with --key:
as of bottlenecks claim), 2 for input that cannot be used, 130 if interrupted, 143 if terminated.
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.epilog = EPILOG
    parser.add_argument("--key", metavar="KEY", help="one entry, with its verdict in full")


def run(options: argparse.Namespace) -> int:
    """Judge every published exponent under its own assumptions, print a table, return the exit status."""
    table = literature()
    if options.key is not None:
        chosen = next((entry for entry in table if entry.key == options.key), None)
        if chosen is None:
            raise DomainError(f"--key {options.key!r} is unknown; bottlenecks literature lists the keys")
        return _one(chosen)
    status, source = 0, ""
    for entry in table:
        if entry.source != source:
            print(f"{chr(10) if source else ''}{entry.source}\n  {entry.change}")
            source = entry.source
        assuming = f"  for {', '.join(entry.assuming)}" if entry.assuming else ""
        print(f"  {entry.key:<20} {entry.claim}{assuming}")
        if entry.read not in ("text", "abstract"):
            print(f"  {'':<20} {READINGS[entry.read]}")
        if not entry.is_covered:
            print(f"  {'':<20} not covered: {entry.why}")
            continue
        verdict = entry.verdict()
        status = status if verdict.verdict != "UNDECIDED" else 1
        about = entry.law if entry.law == "optimum" else f"laws.{entry.law}"
        print(f"  {'':<20} {verdict.headline}  [{about}]")
        for name in verdict.right_for:
            print(f"  {'':<20} right for {name}")
    print(f"\n{len(table)} rows, of which")
    for read, words in READINGS.items():
        print(f"  {sum(entry.read == read for entry in table):>4} {words}")
    return status


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
