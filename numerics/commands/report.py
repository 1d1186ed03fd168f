"""``bottlenecks report``: everything that is said of one task, as a page or as a LaTeX article."""

from __future__ import annotations

import argparse
import os

from asymptotics.model.quantities import QUANTITIES
from asymptotics.notation import NOTATIONS, notation
from numerics.commands.options import (
    add_jobs,
    add_task,
    integer,
    jobs_of,
    law_names,
    laws_of_task,
    values_or_default,
)
from numerics.reports.content import Dossier, gather
from numerics.reports.outputs import destination, staged
from numerics.verification.run import derived

ARTICLE, PAGE = "report.tex", "index.html"


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    add_task(parser)
    parser.add_argument(
        "--laws",
        default="all",
        metavar="NAMES",
        help=f"which laws, separated by commas, or all, the default: {', '.join(QUANTITIES)}",
    )
    parser.add_argument("--latex", action="store_true", help=f"a LaTeX article, {ARTICLE}, with its figures")
    parser.add_argument(
        "--notation",
        metavar="ARXIV",
        help=f"the letters of which paper: {', '.join(NOTATIONS)} (default: the first)",
    )
    parser.add_argument("--digits", default="30", metavar="D", help="decimal digits (default: 30)")
    add_jobs(parser)
    parser.add_argument("-o", "--output", metavar="DIR", required=True, help="made if it is missing")


def run(options: argparse.Namespace) -> int:
    """Write the report; 0 if every law was verified and holds."""
    digits, jobs = integer("--digits", options.digits), jobs_of(options)
    if options.notation is not None:
        notation(options.notation)
    destination(options.output, (ARTICLE if options.latex else PAGE,))
    laws = laws_of_task(options)
    chosen, values = derived(laws, law_names(options.laws)), values_or_default(options)
    dossier = gather(laws, chosen, values, digits=digits, jobs=jobs, command=options.command_line)
    (_write_article if options.latex else _write_page)(dossier, options)
    return 0 if dossier.holds else 1


def _write_article(dossier: Dossier, options: argparse.Namespace) -> None:
    from numerics.figures.style import save
    from numerics.reports.article import article, figures  # here, because matplotlib is slow to import

    drawn = figures(dossier)
    text = article(dossier, drawn, options.notation)
    with staged(options.output, (ARTICLE, *drawn)) as folder:
        (folder / ARTICLE).write_text(text, encoding="utf-8")
        for name, figure in drawn.items():
            save(figure, folder / name)
    print(os.path.join(options.output, ARTICLE))


def _write_page(dossier: Dossier, options: argparse.Namespace) -> None:
    from numerics.reports.page import page  # here, because matplotlib is slow to import

    text = page(dossier, options.notation)
    with staged(options.output, (PAGE,)) as folder:
        (folder / PAGE).write_text(text, encoding="utf-8")
    print(os.path.join(options.output, PAGE))


__all__ = ["add_options", "run"]
