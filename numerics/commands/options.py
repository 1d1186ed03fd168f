"""The options that describe a task on the command line, and what they say."""

from __future__ import annotations

import argparse
import os
import re

from sympy import Expr, Rational, Symbol

from asymptotics import DomainError, Laws, Task, derive
from asymptotics.errors import ParseError
from asymptotics.model.quantities import QUANTITIES
from asymptotics.parsing.expressions import parse
from asymptotics.symbols import a, b
from numerics.verification.run import Derived, derived

VALUES = {a: Rational(3, 2), b: Rational(5, 4)}
"""Numbers for the default task."""
LAWS = ("time", "model", "data")
EIGENVALUES, TARGET = "k**-b", "k**-a"
FIELDS = {"eigenvalues": EIGENVALUES, "target": TARGET, "noise": "0", "multiplicity": "1", "modes": None}
"""The fields of `Task` that are options, with their defaults; None for infinitely many."""


def add_task(parser: argparse.ArgumentParser) -> None:
    """The options of the task and of the numbers for its parameters."""
    parser.add_argument(
        "--eigenvalues", metavar="EXPR", help=f"lambda_k of the kernel (default: {EIGENVALUES})"
    )
    parser.add_argument("--target", metavar="EXPR", help=f"c_k, the power of the target (default: {TARGET})")
    parser.add_argument("--noise", metavar="EXPR", help="standard deviation of the label noise (default: 0)")
    parser.add_argument("--multiplicity", metavar="EXPR", help="modes in level k (default: 1)")
    parser.add_argument("--modes", metavar="M", help="number of levels (default: oo)")
    parser.add_argument(
        "--at",
        metavar="NAME=VALUE",
        nargs="+",
        action="extend",
        help="values of the parameters, e.g. a=3/2,b=5/4 (for the default task of verify: these)",
    )


def add_laws(parser: argparse.ArgumentParser) -> None:
    """The option that says which laws."""
    parser.add_argument(
        "--laws",
        default=",".join(LAWS),
        metavar="NAMES",
        help=f"which laws, separated by commas (default: {','.join(LAWS)}), or all: {', '.join(QUANTITIES)}",
    )


def laws_of(options: argparse.Namespace) -> Derived:
    """The laws asked for, of the task that the options describe."""
    names = law_names(options.laws)
    return derived(laws_of_task(options), names)


def add_jobs(parser: argparse.ArgumentParser) -> None:
    """The option that says how many processes."""
    parser.add_argument(
        "--jobs",
        default=str(os.cpu_count() or 1),
        metavar="J",
        help="processes at work (default: one for each processor)",
    )


def jobs_of(options: argparse.Namespace) -> int:
    """The number of processes. Raises `DomainError`."""
    jobs = integer("--jobs", options.jobs)
    if jobs < 1:
        raise DomainError("--jobs 0; give the number of processes, at least 1")
    return jobs


def law_names(text: str) -> list[str]:
    """The names of ``--laws``; all of them for ``all``. Raises `DomainError`."""
    names = [name.strip() for name in text.split(",")]
    if names == ["all"]:
        names = list(QUANTITIES)
    for name in names:
        if name not in QUANTITIES:
            raise DomainError(f"--laws: unknown law {name!r}; known are all, {', '.join(QUANTITIES)}")
    return names


def laws_of_task(options: argparse.Namespace) -> Laws:
    """All laws of the task that the options describe."""
    values = {symbol.name: value for symbol, value in values_of(options).items()}
    fields = {}
    for option, default in FIELDS.items():
        text = default if getattr(options, option) is None else getattr(options, option)
        if text is None:
            continue
        try:
            fields[option] = parse(text)
        except ParseError as error:
            raise ParseError(f"--{option} {error}") from error
        try:
            parse(text, symbols=values)  # what is harmless with symbols may explode with numbers
        except ParseError as error:
            raise ParseError(f"--{option} with the values of --at: {error}") from error
    return derive(Task(**fields))


def values_or_default(options: argparse.Namespace) -> dict[Symbol, Expr]:
    """The numbers of ``--at``; those of the example where neither a task nor numbers are given."""
    values = values_of(options)
    return dict(VALUES) if not values and all(getattr(options, name) is None for name in FIELDS) else values


def values_of(options: argparse.Namespace) -> dict[Symbol, Expr]:
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


def integer(option: str, text: str) -> int:
    """A whole number of an option. Raises `DomainError`."""
    if not re.fullmatch(r"[0-9]{1,6}", text):
        raise DomainError(f"{option} {text!r} is not a whole number of at most six digits; give e.g. 30")
    return int(text)


__all__ = [
    "EIGENVALUES",
    "FIELDS",
    "TARGET",
    "add_jobs",
    "add_laws",
    "add_task",
    "integer",
    "jobs_of",
    "law_names",
    "laws_of",
    "laws_of_task",
    "values_of",
    "values_or_default",
]
