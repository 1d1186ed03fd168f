"""``bottlenecks report``: everything that is said of one task, as a page or as a LaTeX article."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from contextlib import suppress

from sympy import Expr, Symbol

from asymptotics.errors import UnableError
from asymptotics.laws.derive import Laws
from asymptotics.model.quantities import QUANTITIES
from numerics.commands.formats import add_formats, for_machines, print_rows
from numerics.commands.options import (
    LAWS,
    add_digits,
    add_jobs,
    add_laws,
    add_notation,
    add_task,
    argument,
    law_names,
    laws_of_task,
    values_or_default,
)
from numerics.outputs import destination, publish
from numerics.progress import counted
from numerics.reports.content import Dossier, gather
from numerics.verification.selection import Selection, select_laws
from numerics.verification.summary import to_rows

ARTICLE, PAGE = "report.tex", "index.html"
DIGITS = 15
"""Enough for every verdict of power laws."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    add_task(parser)
    add_laws(parser, default="all")
    parser.add_argument("--latex", action="store_true", help=f"a LaTeX article, {ARTICLE}, with its figures")
    parser.add_argument("--derivations", action="store_true", help="with every step of every derivation")
    parser.add_argument(
        "--verify",
        type=argument(compared_names),
        metavar="NAMES",
        help="laws to compare with the full model, or all, or none (default: those of --laws; "
        f"of all of them {', '.join(LAWS)}, as the others take minutes)",
    )
    add_notation(parser)
    add_digits(parser, DIGITS)
    add_jobs(parser)
    parser.add_argument("-o", "--output", metavar="DIR", required=True, help="made if it is missing")
    add_formats(parser)


def compared_names(text: str) -> tuple[str, ...]:
    """Names of laws as of ``--laws``, or none. Raises `DomainError`."""
    return () if text.strip() == "none" else law_names(text)


def run(options: argparse.Namespace) -> int:
    """Write the report; 0 if every law that was to be verified holds."""
    destination(options.output, (ARTICLE if options.latex else PAGE,))
    laws, values = laws_of_task(options), values_or_default(options)
    compared = laws_to_compare(options.laws, options.verify)
    dossier = gather(
        laws,
        _selected(laws, options.laws, values, compared),
        values,
        digits=options.digits,
        jobs=options.jobs,
        verified=compared,
        command=options.command_line,
    )
    path = (_write_article if options.latex else _write_page)(dossier, options)
    if for_machines(options):
        rows = to_rows(dossier.report) if dossier.report else []
        content = {"file": path, "holds": dossier.holds, "laws": rows}
        print_rows(options, rows or [{"file": path}], content)
    else:
        print(path)
    return 0 if dossier.holds or not compared else 1


def _selected(
    laws: Laws, names: tuple[str, ...], values: Mapping[Symbol, Expr], compared: tuple[str, ...]
) -> Selection:
    """The laws that are derived, those that are compared also at the numbers, which others do not need."""
    chosen = select_laws(laws, names)
    there = dict(select_laws(laws, [name for name in compared if name in names], values).refused)
    return Selection(
        laws=tuple(law for law in chosen.laws if law.name not in there),
        refused=tuple({**there, **dict(chosen.refused)}.items()),
    )


def laws_to_compare(laws: tuple[str, ...], asked: tuple[str, ...] | None) -> tuple[str, ...]:
    """The laws that are compared: those asked for, else a choice; of all laws the three bottlenecks."""
    if asked is not None:
        return asked
    return LAWS if laws == tuple(QUANTITIES) else laws


def _write_article(dossier: Dossier, options: argparse.Namespace) -> str:
    from numerics.figures.style import draw
    from numerics.reports.article import article, figures  # here, because matplotlib is slow to import

    shown = figures(dossier)
    pictures = {name: draw(figure, "pdf") for name, figure in shown.items()}
    publish(
        options.output,
        {ARTICLE: article(dossier, shown, options.notation, derivations=options.derivations), **pictures},
    )
    return os.path.join(options.output, ARTICLE)


def _write_page(dossier: Dossier, options: argparse.Namespace) -> str:
    from numerics.reports.page import derivation_page, page  # here, because matplotlib is slow to import

    beside: dict[str, str] = {}
    for law in counted(dossier.laws if options.derivations else (), "derivations written"):
        with suppress(UnableError):
            beside[law.name] = derivation_page(dossier, law, options.notation)
    pages = {f"derivation-{name}.html": text for name, text in beside.items()}
    publish(options.output, {PAGE: page(dossier, options.notation, beside), **pages})
    return os.path.join(options.output, PAGE)
