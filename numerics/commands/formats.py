"""What subcommands print for machines: JSON, or CSV with a header, on standard output.

add_formats(parser)                    the options ``--json`` and ``--csv``
for_machines(options)                  whether one of them is given
print_rows(options, rows, content)     the rows as CSV, or the content (by default the rows) as JSON
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterable, Mapping
from typing import Any


def add_formats(parser: argparse.ArgumentParser) -> None:
    """The options that choose a format for machines."""
    formats = parser.add_mutually_exclusive_group()
    formats.add_argument("--json", action="store_true", help="print JSON")
    formats.add_argument("--csv", action="store_true", help="print CSV, with a header")


def for_machines(options: argparse.Namespace) -> bool:
    """Whether JSON or CSV is asked for."""
    return bool(options.json or options.csv)


def print_rows(
    options: argparse.Namespace, rows: Iterable[Mapping[str, Any]], content: Mapping[str, Any] | None = None
) -> None:
    """Print ``rows`` as CSV, or ``content`` as JSON; of rows with other keys than the first, all keys.

    >>> print_rows(argparse.Namespace(json=False), [{"law": "time", "exponent": "2/5"}, {"law": "gap"}])
    law,exponent
    time,2/5
    gap,
    """
    listed = list(rows)
    if options.json:
        print(json.dumps({"rows": listed} if content is None else content, indent=2))
        return
    names = dict.fromkeys(name for row in listed for name in row)
    table = csv.DictWriter(sys.stdout, list(names), lineterminator="\n")
    table.writeheader()
    table.writerows(listed)
