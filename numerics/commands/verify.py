"""``bottlenecks verify``: the laws of a task against the full model, as a table, and as files if wanted."""

from __future__ import annotations

import argparse

from asymptotics.errors import DomainError
from numerics.commands.options import add_digits, add_jobs, add_laws, add_task, laws_of, values_or_default
from numerics.reports.outputs import destination, staged
from numerics.verification.run import verify_laws
from numerics.verification.summary import table, to_json

FILES = ("laws.tex", "verification.json", "verification.pdf")


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    add_task(parser)
    add_laws(parser)
    add_digits(parser, words="decimal digits of the numerical solution")
    parser.add_argument(
        "--output", metavar="DIR", help=f"write {', '.join(FILES)} into DIR, made if it is missing"
    )
    add_jobs(parser)


def run(options: argparse.Namespace) -> int:
    """Verify, print the table, write the files; 0 if every law holds."""
    chosen, values = laws_of(options), values_or_default(options)
    if missing := [symbol for symbol in chosen.laws[0].task.parameters if symbol not in values]:
        raise DomainError(f"no value for {missing[0]}; give it, for example --at {missing[0]}=3/2")
    if options.output is not None:
        destination(options.output, FILES)
    report = verify_laws(chosen, values, options.digits, options.jobs, options.command_line)
    if options.output is not None:
        from numerics.figures.style import save  # here, because matplotlib is slow to import
        from numerics.reports.latex import to_figure, to_tex

        with staged(options.output, FILES) as folder:
            (folder / "laws.tex").write_text(to_tex(report), encoding="utf-8")
            (folder / "verification.json").write_text(to_json(report), encoding="utf-8")
            save(to_figure(report), folder / "verification.pdf")
    print(table(report))
    return 0 if report.holds else 1


__all__ = ["FILES", "add_options", "run"]
