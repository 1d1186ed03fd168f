"""The command ``bottlenecks``: derive the laws of a task, and verify them against the full model."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import NoReturn

from asymptotics import BottleneckError, DomainError, compute_optimal
from asymptotics.errors import ParseError
from asymptotics.parsing.expressions import parse
from numerics.commands import claim as claim_command
from numerics.commands import report as report_command
from numerics.commands import sweep as sweep_command
from numerics.commands.derive import check_derivations
from numerics.commands.optimal import describe
from numerics.commands.options import (
    add_jobs,
    add_laws,
    add_task,
    integer,
    jobs_of,
    laws_of,
    laws_of_task,
    values_of,
    values_or_default,
)
from numerics.reports.outputs import destination, staged
from numerics.verification.run import own, verified
from numerics.verification.summary import condition_text, table, to_json

FILES = ("laws.tex", "verification.json", "verification.pdf")

EPILOG = """\
exit status: 0 if every law holds, 1 if a check fails or stays undecided, 2 for input that cannot be used
(one line on stderr says why), 130 if interrupted.

Expressions are Python's: + - * / ** (or ^), log, exp, sqrt, gamma, zeta, Min, ...; k is the mode index.
"""


class _Parser(argparse.ArgumentParser):
    """Errors in one line, without the usage text."""

    def error(self, message: str) -> NoReturn:
        raise DomainError(f"{' '.join(message.split())}; see {self.prog} --help")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status: 0, 1, 2 or 130 (see ``--help``).

    >>> main(["derive", "--laws", "time", "--at", "a=3,b=2"])
    time: test loss limited by training time (N = P = oo)
      L(t) ~ 1/(4*t), t -> oo
      conditions: none left
      to 3 orders: 1/(4*t)
    0
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        options = _parser().parse_args(given)
        options.command_line = ("bottlenecks", *given)
        run: Callable[[argparse.Namespace], int] = options.run
        status = run(options)
        sys.stdout.flush()
    except BottleneckError as error:
        print("bottlenecks: " + " ".join(str(error).split()), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("bottlenecks: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of the output has gone; what Python flushes at exit must go somewhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    return status


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="bottlenecks",
        description="Bottleneck laws of the random-feature model, derived and checked by numbers.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--version", action="version", version=f"bottlenecks {version('scaling-bottlenecks')}"
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    verify_parser = _command(commands, "verify", "derive the laws and check them by numbers", _verify)
    verify_parser.add_argument(
        "--digits", default="30", metavar="D", help="decimal digits of the numerical solution (default: 30)"
    )
    verify_parser.add_argument(
        "--output", metavar="DIR", help=f"write {', '.join(FILES)} into DIR, made if it is missing"
    )
    add_jobs(verify_parser)
    derive_parser = _command(commands, "derive", "print the laws", _derive)
    derive_parser.add_argument(
        "--terms", default="3", metavar="n", help="orders of each expansion (default: 3)"
    )
    derive_parser.add_argument("--latex", action="store_true", help="print LaTeX, one law a line")
    derive_parser.add_argument(
        "--check",
        action="store_true",
        help="check each step of each derivation at --at; exit status 1 if one fails",
    )
    optimal_parser = _command(commands, "optimal", "split a budget between time and size", _optimal)
    optimal_parser.add_argument("--cost", default="N*t", metavar="EXPR", help="the budget (default: N*t)")
    optimal_parser.add_argument(
        "--rule", default="flow", help="flow (gradient flow, the default) or sgd (one-pass SGD)"
    )
    optimal_parser.add_argument(
        "--budgets", metavar="C,C,...", help="optima of the full model at these budgets, e.g. 10**8,10**12"
    )
    optimal_parser.add_argument(
        "--digits", default="10", metavar="D", help="digits of constants and optima (default: 10)"
    )
    optimal_parser.add_argument("--latex", action="store_true", help="print LaTeX, one table of cases")
    report_parser = _bare(commands, "report", "write all that is known of a task", report_command.run)
    report_command.add_options(report_parser)
    sweep_parser = _bare(commands, "sweep", "verify laws at many points", sweep_command.run)
    sweep_command.add_options(sweep_parser)
    claim_parser = _bare(commands, "claim", "judge a hand derivation", claim_command.run)
    claim_command.add_options(claim_parser)
    literature_parser = _bare(
        commands, "literature", "judge published exponents", claim_command.run_literature
    )
    claim_command.add_literature_options(literature_parser)
    return parser


def _command(
    commands: argparse._SubParsersAction[_Parser],
    name: str,
    words: str,
    run: Callable[[argparse.Namespace], int],
) -> argparse.ArgumentParser:
    """A subcommand with the options of the task, its numbers, and which laws."""
    parser = _bare(commands, name, words, run)
    add_task(parser)
    add_laws(parser)
    return parser


def _bare(
    commands: argparse._SubParsersAction[_Parser],
    name: str,
    words: str,
    run: Callable[[argparse.Namespace], int],
) -> argparse.ArgumentParser:
    """A subcommand without options."""
    parser = commands.add_parser(
        name,
        help=words,
        description=words[0].upper() + words[1:] + ".",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(run=run)
    return parser


def _verify(options: argparse.Namespace) -> int:
    digits = integer("--digits", options.digits)
    chosen, values = laws_of(options), values_or_default(options)
    if missing := [symbol for symbol in chosen.laws[0].task.parameters if symbol not in values]:
        raise DomainError(f"no value for {missing[0]}; give it, for example --at {missing[0]}=3/2")
    if options.output is not None:
        destination(options.output, FILES)
    report = verified(chosen, values, digits, jobs_of(options), options.command_line)
    if options.output is not None:
        from numerics.figures.style import save
        from numerics.reports.latex import to_figure, to_tex  # here, because matplotlib is slow to import

        with staged(options.output, FILES) as folder:
            (folder / "laws.tex").write_text(to_tex(report), encoding="utf-8")
            (folder / "verification.json").write_text(to_json(report), encoding="utf-8")
            save(to_figure(report), folder / "verification.pdf")
    print(table(report))
    return 0 if report.holds else 1


def _derive(options: argparse.Namespace) -> int:
    terms = integer("--terms", options.terms)
    if options.check:
        return _check(options)
    values, chosen = values_of(options), laws_of(options)
    known = {symbol for law in chosen.laws for symbol in law.parameters}
    lines = []
    for law in (law.at(own(law, values, known)) for law in chosen.laws):
        if options.latex:
            lines.append(law.to_latex())
            continue
        conditions = ", ".join(condition_text(condition) for condition in law.conditions)
        lines += [
            f"{law.name}: {law.quantity} ({law.limits})",
            *(f"  {line}" for line in repr(law).splitlines()),
            f"  conditions: {conditions or 'none left'}",
            f"  to {terms} orders: {law.expansion(terms=terms)!r}",
        ]
    lines += [
        f"{'% ' if options.latex else ''}{name}: not derived: {reason}" for name, reason in chosen.refused
    ]
    print("\n".join(lines))
    return 0


def _check(options: argparse.Namespace) -> int:
    """Every step of the derivations, by numerics that know nothing of them."""
    chosen, values = laws_of(options), values_or_default(options)
    names = [law.name for law in chosen.laws]
    failed = len(chosen.refused)
    for row in check_derivations(chosen.laws[0].task, names, values):
        if row.result is None:
            print(f"{row.point['law']}: {(row.error or {}).get('message')}")
        else:
            print(row.result["summary"])
        failed += not (row.result and row.result["passed"])
    for name, reason in chosen.refused:
        print(f"{name}: not derived: {reason}")
    return 1 if failed else 0


def _optimal(options: argparse.Namespace) -> int:
    digits, values = integer("--digits", options.digits), values_of(options)
    try:
        cost = parse(options.cost)
        budgets = [parse(text) for text in options.budgets.split(",")] if options.budgets else []
    except ParseError as error:
        raise ParseError(f"--cost or --budgets: {error}") from error
    optimum = compute_optimal(laws_of_task(options), cost, rule=options.rule)
    print(optimum.to_latex() if options.latex else describe(optimum, values, budgets, digits))
    return 0


if __name__ == "__main__":
    sys.exit(main())
