"""The command ``bottlenecks``: derive the laws of a task, and verify them against the full model."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from typing import NoReturn

from sympy import Expr, Rational, Symbol
from tqdm import tqdm

from asymptotics import BottleneckError, DomainError, Law, Task, derive
from asymptotics.errors import ParseError
from asymptotics.parsing import parse
from asymptotics.symbols import a, b
from numerics.outputs import destination, staged
from numerics.report import Report, Row, condition_text, table, to_json
from numerics.verify import POINTS, verify

LAWS = ("time", "model", "data")
FILES = ("laws.tex", "verification.json", "verification.pdf")
EIGENVALUES, TARGET = "k**-b", "k**-a"
VALUES = {a: Rational(3, 2), b: Rational(5, 4)}

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
    derive_parser = _command(commands, "derive", "print the laws", _derive)
    derive_parser.add_argument(
        "--terms", default="3", metavar="n", help="orders of each expansion (default: 3)"
    )
    derive_parser.add_argument("--latex", action="store_true", help="print LaTeX, one law a line")
    return parser


def _command(
    commands: argparse._SubParsersAction[_Parser],
    name: str,
    words: str,
    run: Callable[[argparse.Namespace], int],
) -> argparse.ArgumentParser:
    """A subcommand with the options that all share: the task, its numbers, and which laws."""
    parser = commands.add_parser(
        name,
        help=words,
        description=words[0].upper() + words[1:] + ".",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(run=run)
    parser.add_argument(
        "--eigenvalues", metavar="EXPR", help=f"lambda_k of the kernel (default: {EIGENVALUES})"
    )
    parser.add_argument("--target", metavar="EXPR", help=f"c_k, the power of the target (default: {TARGET})")
    parser.add_argument("--noise", metavar="EXPR", help="standard deviation of the label noise (default: 0)")
    parser.add_argument(
        "--at",
        metavar="NAME=VALUE",
        nargs="+",
        action="extend",
        help="values of the parameters, e.g. a=3/2,b=5/4 (for the default task of verify: these)",
    )
    parser.add_argument("--laws", default=",".join(LAWS), help=f"which laws (default: {','.join(LAWS)})")
    return parser


def _verify(options: argparse.Namespace) -> int:
    digits = _integer("--digits", options.digits)
    laws, values = _laws(options), _values(options)
    default_task = options.eigenvalues is None and options.target is None and options.noise is None
    if not values and default_task:
        values = VALUES
    if missing := [symbol for symbol in laws[0].task.parameters if symbol not in values]:
        raise DomainError(f"no value for {missing[0]}; give it, for example --at {missing[0]}=3/2")
    if options.output is not None:
        destination(options.output, FILES)
    report = _report(options, laws, values, digits)
    if options.output is not None:
        from numerics.document import to_figure, to_tex  # here, because matplotlib is slow to import
        from numerics.style import save

        with staged(options.output, FILES) as folder:
            (folder / "laws.tex").write_text(to_tex(report), encoding="utf-8")
            (folder / "verification.json").write_text(to_json(report), encoding="utf-8")
            save(to_figure(report), folder / "verification.pdf")
    print(table(report))
    return 0 if report.holds else 1


def _report(
    options: argparse.Namespace, laws: Sequence[Law], values: Mapping[Symbol, Expr], digits: int
) -> Report:
    rows = []
    silent = not sys.stderr.isatty()
    with tqdm(total=len(laws) * POINTS, unit="point", file=sys.stderr, leave=False, disable=silent) as bar:
        for law in laws:
            bar.set_description(law.name)
            verification = verify(law, at=values, digits=digits, progress=bar.update)
            rows.append(Row(law=law, values=values, verification=verification))
    return Report(
        task=laws[0].task, values=values, digits=digits, command=options.command_line, rows=tuple(rows)
    )


def _derive(options: argparse.Namespace) -> int:
    terms = _integer("--terms", options.terms)
    values = _values(options)
    lines = []
    for law in (law.at(values) for law in _laws(options)):
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
    print("\n".join(lines))
    return 0


def _laws(options: argparse.Namespace) -> list[Law]:
    """The laws asked for, of the task that the options describe."""
    names = [name.strip() for name in options.laws.split(",")]
    for name in names:
        if name not in LAWS:
            raise DomainError(f"--laws: unknown law {name!r}; known are {', '.join(LAWS)}")
    values = {symbol.name: value for symbol, value in _values(options).items()}
    fields = {}
    for option, default in (("eigenvalues", EIGENVALUES), ("target", TARGET), ("noise", "0")):
        text = default if getattr(options, option) is None else getattr(options, option)
        try:
            fields[option] = parse(text)
        except ParseError as error:
            raise ParseError(f"--{option} {error}") from error
        try:
            parse(text, symbols=values)  # what is harmless with symbols may explode with numbers
        except ParseError as error:
            raise ParseError(f"--{option} with the values of --at: {error}") from error
    laws = derive(Task(**fields))
    return [getattr(laws, name) for name in dict.fromkeys(names)]


def _values(options: argparse.Namespace) -> dict[Symbol, Expr]:
    """The numbers of ``--at``, exact, by symbol."""
    values: dict[Symbol, Expr] = {}
    for text in options.at or ():
        for piece in re.split(r"[,\s]+(?=[A-Za-z_]\w*\s*=)", text.strip(" \t,")):
            name, sign, number = piece.partition("=")
            if not sign:
                raise DomainError(f"--at {piece!r}: give name=value, for example --at a=3/2,b=5/4")
            try:
                symbol, value = parse(name), parse(number)
            except ParseError as error:
                raise ParseError(f"--at {error}") from error
            if not symbol.is_Symbol:
                raise DomainError(f"--at {piece!r}: {name.strip()!r} is not a parameter; give name=value")
            if value.free_symbols:
                raise DomainError(f"--at {piece!r}: {value} is not a number; give one, for example 3/2")
            if symbol in values:
                raise DomainError(f"--at gives {symbol} twice; give it once")
            values[symbol] = value
    return values


def _integer(option: str, text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", text):
        raise DomainError(f"{option} {text!r} is not a whole number of at most six digits; give e.g. 30")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
