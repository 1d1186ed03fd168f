"""``bottlenecks verify``: the laws of a task against the full model, as a table, and as files if wanted."""

from __future__ import annotations

import argparse
import json

from asymptotics.errors import UnableError
from numerics.commands.formats import add_formats, for_machines, print_rows
from numerics.commands.growing import add_reach, add_rule, compare
from numerics.commands.options import (
    add_digits,
    add_jobs,
    add_laws,
    add_task,
    laws_of_task,
    numbers_of_task,
    refuse_options,
)
from numerics.outputs import destination, publish
from numerics.verification.run import verify_laws
from numerics.verification.selection import select_laws
from numerics.verification.summary import Report, table, to_json, to_rows

FILES = ("laws.tex", "verification.json", "verification.pdf")


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    add_task(parser)
    add_laws(parser)
    add_rule(parser)
    add_reach(parser)
    add_digits(parser, words="decimal digits of the numerical solution")
    parser.add_argument(
        "--output", metavar="DIR", help=f"write {', '.join(FILES)} into DIR, made if it is missing"
    )
    add_jobs(parser)
    add_formats(parser)


def run(options: argparse.Namespace) -> int:
    """Verify, print the table, write the files; 0 if every law holds."""
    if options.rule is not None:
        return compare(options)
    refuse_options(options, ("reach",), "is of the law of T and N; give --rule, too")
    if options.output is not None:
        destination(options.output, FILES)
    laws = laws_of_task(options)
    chosen, values = select_laws(laws, options.laws, options.at), numbers_of_task(options, laws.task)
    report = verify_laws(chosen, values, options.digits, options.jobs, options.command_line)
    if not report.rows:
        raise UnableError("; ".join(f"{name}: {reason}" for name, reason in report.refused))
    if options.output is None:
        _print(report, options)
    else:
        from numerics.figures.style import draw  # here, because matplotlib is slow to import
        from numerics.reports.latex import to_figure, to_tex

        contents = to_tex(report), to_json(report), draw(to_figure(report), "pdf")
        _print(report, options)
        publish(options.output, dict(zip(FILES, contents, strict=True)))
    return 0 if report.holds else 1


def _print(report: Report, options: argparse.Namespace) -> None:
    if for_machines(options):
        print_rows(options, to_rows(report), json.loads(to_json(report)))
    else:
        print(table(report))
