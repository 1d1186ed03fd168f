"""The options that several subcommands share, and the types that convert what is written.

A subcommand is a module with two functions:

    add_options(parser)    its options; argparse converts each once, by the types below
    run(options)           its work; returns the exit status

`numerics.cli.COMMANDS` lists the modules. The text of an error of a type follows the name of the option.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any, TypeVar

from sympy import Expr, Rational, Symbol, oo

from asymptotics.allocation.question import read_cost
from asymptotics.errors import BottleneckError, DomainError
from asymptotics.laws.derive import Laws, derive
from asymptotics.laws.names import unknown_law
from asymptotics.model.features import Rich
from asymptotics.model.quantities import QUANTITIES
from asymptotics.model.rules.base import TRAINING_RULES, rule_of_name
from asymptotics.model.rules.gradient_flow import GradientFlow
from asymptotics.model.schedules.base import SCHEDULES, as_schedule
from asymptotics.notation import NOTATIONS, notation
from asymptotics.parsing.expressions import parse
from asymptotics.parsing.heights import substitute
from asymptotics.parsing.vocabulary import LENGTH, NAMES
from asymptotics.symbols import WORDS, a, b, k
from asymptotics.tasks.reading import read_index, read_multiplicity, read_side
from asymptotics.tasks.task import Task
from numerics.spectra.files import read_spectrum
from numerics.verification.selection import Selection, select_laws

VALUES = {a: Rational(3, 2), b: Rational(5, 4)}
"""Numbers for the default task."""
LAWS = ("time", "model", "data")
FIELDS = {
    "eigenvalues": "k**-b",
    "target": "k**-a",
    "noise": "0",
    "multiplicity": "1",
    "modes": None,
    "index": None,
}
"""The fields of `Task` that are options, with their defaults; None for those that `Task` knows."""
READERS: dict[str, Callable[[str], Expr]] = {
    "eigenvalues": partial(read_side, "eigenvalues"),
    "target": partial(read_side, "target"),
    "multiplicity": read_multiplicity,
    "index": read_index,
}
"""How the text of a field is read; `parse` reads the others."""

Read = TypeVar("Read")


def argument(read: Callable[[str], Read]) -> Callable[[str], Read]:
    """An argparse type of what ``read`` makes of a text; the one line of its errors is kept."""

    def convert(text: str) -> Read:
        try:
            return read(text)
        except BottleneckError as error:
            raise argparse.ArgumentTypeError(" ".join(str(error).split())) from error

    return convert


def whole_number(text: str) -> int:
    """A whole number of at most six digits. Raises `DomainError`."""
    if not re.fullmatch(r"[0-9]{1,6}", text):
        raise DomainError(f"{text!r} is not a whole number >= 0 of at most six digits")
    return int(text)


def count(text: str) -> int:
    """A whole number from 1 on. Raises `DomainError`."""
    number = whole_number(text)
    if number < 1:
        raise DomainError(f"{number} is too few; give at least 1")
    return number


def law_names(text: str) -> tuple[str, ...]:
    """Names of laws separated by commas; all of them for ``all``. Raises `DomainError`."""
    names = tuple(QUANTITIES) if text.strip() == "all" else tuple(name.strip() for name in text.split(","))
    for name in names:
        if name not in QUANTITIES:
            raise DomainError(f"{unknown_law(name)}, or give all")
    return names


def assignments(text: str, meaning: str = "...") -> dict[str, str]:
    """``name=text`` separated by commas, as a mapping. Raises `DomainError`, which says ``name=meaning``.

    >>> assignments("a=1..8, b=1..4")
    {'a': '1..8', 'b': '1..4'}
    """
    found = {}
    for piece in filter(str.strip, text.split(",")):
        name, sign, value = piece.partition("=")
        if not sign or not name.strip().isidentifier():
            raise DomainError(f"{piece!r} is not name={meaning}; separate several by commas")
        found[name.strip()] = value
    return found


class _Numbers(argparse.Action):
    """Exact numbers by symbol, from ``name=value`` separated by commas or spaces."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        found = dict(getattr(namespace, self.dest))
        try:
            for text in values or ():
                if len(text) > LENGTH:
                    raise DomainError(f"{len(text)} characters, more than {LENGTH}; shorten it")
                for piece in re.split(r"[,\s]+(?=[A-Za-z_]\w*\s*=)", text.strip(" \t,")):
                    symbol, value = _number(piece)
                    if symbol in found:
                        raise DomainError(f"{symbol} is given twice; give it once")
                    found[symbol] = value
        except DomainError as error:
            raise argparse.ArgumentError(self, " ".join(str(error).split())) from error
        setattr(namespace, self.dest, found)


def _number(piece: str) -> tuple[Symbol, Expr]:
    name, sign, number = piece.partition("=")
    if not sign:
        raise DomainError(f"{piece!r} is not name=value; give for example a=3/2,b=5/4")
    if number.strip().isidentifier() and number.strip() not in NAMES:
        raise DomainError(f"{piece!r}: {number.strip()} is not a number; give one, for example 3/2")
    symbol, value = parse(name), parse(number)
    if not symbol.is_Symbol:
        raise DomainError(f"{piece!r}: {name.strip()!r} is not a parameter; give name=value")
    if value.free_symbols:
        raise DomainError(f"{piece!r}: {value} is not a number; give one, for example 3/2")
    return symbol, value


def add_task(parser: argparse.ArgumentParser) -> None:
    """The options of the task and of the numbers for its parameters."""
    for name, metavar, words in (
        ("eigenvalues", "EXPR", "lambda_k of the kernel"),
        ("target", "EXPR", "c_k, the power of the target"),
        ("noise", "EXPR", "standard deviation of the label noise"),
        ("multiplicity", "EXPR", "modes in level k"),
        ("modes", "M", "number of levels"),
        ("index", "LETTER", "what counts the levels, where it is not k"),
    ):
        shown = f"{words} (default: {FIELDS[name] or ('k' if name == 'index' else 'oo')})"
        parser.add_argument(f"--{name}", type=argument(READERS.get(name, parse)), metavar=metavar, help=shown)
    parser.add_argument(
        "--at",
        metavar="NAME=VALUE",
        nargs="+",
        action=_Numbers,
        default=MappingProxyType({}),
        help="numbers for the parameters, e.g. a=3/2,b=5/4 (default: these where the default task needs "
        "numbers; else parameters stay symbols)",
    )


def add_spectrum(parser: argparse.ArgumentParser) -> None:
    """The option of a measured spectrum in the place of expressions."""
    parser.add_argument(
        "--spectrum",
        type=argument(read_spectrum),
        metavar="FILE",
        help="a measured spectrum in the place of --eigenvalues and --target: .npy, or .csv with two "
        "columns, an eigenvalue and the target power of each mode",
    )
    parser.add_argument(
        "--samples",
        type=argument(count),
        metavar="n",
        help="samples that the eigenvalues of --spectrum were measured on, to undo what sampling does",
    )


def add_laws(parser: argparse.ArgumentParser, default: str = ",".join(LAWS)) -> None:
    """The option that says which laws."""
    words = f"which laws, separated by commas (default: {default}), or all: {', '.join(QUANTITIES)}"
    parser.add_argument("--laws", type=argument(law_names), default=default, metavar="NAMES", help=words)


def add_digits(parser: argparse.ArgumentParser, default: int = 30, words: str = "decimal digits") -> None:
    """The option that says how exact numbers are; what computes them knows the bounds."""
    shown = f"{words} (default: {default})"
    parser.add_argument("--digits", type=argument(whole_number), default=default, metavar="D", help=shown)


def add_jobs(parser: argparse.ArgumentParser) -> None:
    """The option that says how many processes."""
    words = "processes at work (default: one for each processor)"
    parser.add_argument("--jobs", type=argument(count), default=os.cpu_count() or 1, metavar="J", help=words)


def add_budget(parser: argparse.ArgumentParser) -> None:
    """The options of a budget, None where they are not given: its cost, and the rule that spends it."""
    words = "what is spent, in t, N, P, B, as the budget C grows (default: N*t)"
    parser.add_argument("--cost", type=argument(read_cost), metavar="EXPR", help=words)
    names = ", ".join(f"{name} ({rule.title})" for name, rule in TRAINING_RULES.items())
    words = f"how the budget is trained with: {names}; default: {GradientFlow.name}"
    parser.add_argument("--rule", type=argument(rule_of_name), metavar="RULE", help=words)
    names = ", ".join(SCHEDULES)
    words = f"the schedule of its steps under label noise: {names}, or an expression in u from 0 to 1"
    parser.add_argument("--schedule", type=argument(as_schedule), metavar="SHAPE", help=words)
    words = "features that move, with this richness, e.g. 1 or N**(-1/4); default: they stay"
    parser.add_argument("--gamma", type=argument(Rich), dest="features", metavar="G", help=words)


def add_notation(parser: argparse.ArgumentParser) -> None:
    """The option that says whose letters are written."""
    first, *others = NOTATIONS
    words = f"the letters of a paper, by its arXiv number: {', '.join(others)} (default: those of {first})"
    parser.add_argument(
        "--notation", type=argument(lambda text: notation(text).name), metavar="ARXIV", help=words
    )


def refuse_options(options: argparse.Namespace, names: Sequence[str], why: str) -> None:
    """Raise `DomainError` for the first of these options that is given, since it would change nothing."""
    for name in names:
        if getattr(options, name):
            raise DomainError(f"--{name} {why}; leave it out")


def task_of(options: argparse.Namespace, values: Mapping[Symbol, Expr] | None = None) -> Task:
    """The task that the options describe.

    Its expressions are tried at ``values``, too: what is harmless with symbols may explode with numbers.
    Raises `DomainError` then, and what `Task` raises.
    """
    fields: dict[str, Expr] = {}
    if getattr(options, "spectrum", None) is not None:
        refuse_options(options, [name for name in FIELDS if name != "noise"], "is not used with --spectrum")
        noise = parse("0") if options.noise is None else options.noise
        return Task.from_arrays(*options.spectrum, noise=noise, samples=options.samples)
    if getattr(options, "samples", None) is not None:
        raise DomainError("--samples needs --spectrum FILE")
    for name, default in FIELDS.items():
        written: Expr | None = getattr(options, name)
        if written is None and default is not None:
            written = parse(default)
        if written is None:
            continue
        fields[name] = written
        try:
            substitute(written, values or {})
        except DomainError as error:
            raise DomainError(f"--{name} with the values of --at: {error}") from error
    return Task(**fields)


def laws_of_task(options: argparse.Namespace) -> Laws:
    """All laws of the task that the options describe, whose expressions are harmless at ``--at``."""
    return derive(task_of(options, options.at))


def laws_of(options: argparse.Namespace) -> Selection:
    """The laws asked for, of the task that the options describe, that hold at ``--at``."""
    return select_laws(laws_of_task(options), options.laws, options.at)


def to_fields(task: Task) -> dict[str, str]:
    """What makes a task, as the text of its options, for other processes and for the header of a file."""
    known = {"modes": oo, "index": k}
    values = {name: getattr(task, name) for name in FIELDS}
    return {name: str(value) for name, value in values.items() if value != known.get(name)}


def from_fields(fields: Mapping[str, str]) -> Task:
    """The task that `to_fields` wrote.

    >>> task = Task(eigenvalues="k**-b", target="k**-a", modes=100)
    >>> from_fields(to_fields(task)) == task
    True
    """
    return Task(**{name: parse(text) for name, text in fields.items()})


def values_or_default(options: argparse.Namespace) -> Mapping[Symbol, Expr]:
    """The numbers of ``--at``; those of the example where neither a task nor numbers are given."""
    values: Mapping[Symbol, Expr] = options.at
    return values if values or any(getattr(options, name) is not None for name in FIELDS) else VALUES


def numbers_of_task(options: argparse.Namespace, task: Task) -> Mapping[Symbol, Expr]:
    """The same where every parameter of the task must have a number. Raises `DomainError`."""
    values = values_or_default(options)
    if missing := [symbol for symbol in task.parameters if symbol not in values]:
        strangers = [str(s) for s in values if s not in task.parameters and s not in WORDS]
        before = f"{strangers[0]} is no parameter of the task, and there is " if strangers else ""
        raise DomainError(f"{before}no value for {missing[0]}; give it, for example --at {missing[0]}=3/2")
    return values
