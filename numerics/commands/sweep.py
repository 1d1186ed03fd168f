"""``bottlenecks sweep``: every law at many points, and how many of them held."""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import product
from typing import Any

import mpmath
from sympy import Rational

from asymptotics import DomainError, Task, UnableError, derive
from asymptotics.errors import ParseError
from asymptotics.parsing.expressions import parse
from numerics.commands.options import (
    FIELDS,
    add_jobs,
    add_laws,
    add_task,
    integer,
    jobs_of,
    laws_of,
    values_of,
)
from numerics.sweeps.sweep import Sweep, sweep
from numerics.verification.summary import aligned
from numerics.verification.verify import settings_of, verify

VERDICTS = ("HOLDS", "FAILS", "UNDECIDED", "UNABLE")
RANGES = "a=1..8,b=1..4"


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    add_task(parser)
    add_laws(parser)
    points = parser.add_mutually_exclusive_group()
    points.add_argument(
        "--grid", metavar="NAME=V:V:...,...", help="values for each parameter, e.g. a=3/2:2:5/2,b=5/4:3/2"
    )
    points.add_argument("--sample", metavar="n", help="n random rational points inside --range (default: 10)")
    parser.add_argument(
        "--range",
        default=RANGES,
        metavar="NAME=LOW..HIGH,...",
        help=f"open intervals of the random points (default: {RANGES})",
    )
    parser.add_argument(
        "--denominator", default="12", metavar="d", help="their largest denominator (default: 12)"
    )
    parser.add_argument("--seed", default="0", metavar="n", help="of the random points (default: 0)")
    parser.add_argument("--digits", default="30", metavar="D", help="decimal digits (default: 30)")
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="JSON lines, written as they come; a second run goes on with it",
    )
    parser.add_argument(
        "--again", action="store_true", help="compute again the points of the file that failed"
    )
    add_jobs(parser)


def run(options: argparse.Namespace) -> int:
    """Verify, write rows, print the table; 0 if every law held at every point."""
    laws = laws_of(options).laws
    names = [law.name for law in laws]
    task = laws[0].task.at(values_of(options))
    if not task.parameters:
        raise DomainError(f"{task} has no parameter to sweep over; bottlenecks verify checks its laws")
    points = _points(options, [s.name for s in task.parameters])
    digits, jobs = integer("--digits", options.digits), jobs_of(options)
    fields = {name: str(getattr(task, name)) for name, text in FIELDS.items() if text is not None}
    function = partial(verified, fields=fields, laws=names, digits=digits)
    found = sweep(points, function, path=options.output, jobs=jobs, again=options.again)
    print(summary(found, names))
    return 0 if not found.failed and all(held(row.result or {}) for row in found) else 1


def verified(
    point: Mapping[str, Any], *, fields: Mapping[str, str], laws: Sequence[str], digits: int
) -> dict[str, list[str]]:
    """For each law its verdict, the exponent that the law has, and the one measured (8 digits).

    A law that is not derived at the point has UNABLE and the reason. Raises what `derive` raises.

    >>> fields = {"eigenvalues": "k**(-b)", "target": "k**(-a)"}
    >>> verified({"a": "3/2", "b": "5/4"}, fields=fields, laws=["time"], digits=15)
    {'time': ['HOLDS', '2/5', '0.4']}
    """
    task = Task(**{name: parse(text) for name, text in fields.items()})
    values = {name: parse(str(value)) for name, value in point.items()}
    numeric = derive(task.at(values))
    rows: dict[str, list[str]] = {}
    for name in laws:
        try:
            law = getattr(numeric, name)
            own = {s.name for s in (*law.parameters, *settings_of(law))}
            check = verify(law, at={x: v for x, v in values.items() if x in own}, digits=digits)
        except UnableError as error:
            rows[name] = ["UNABLE", " ".join(str(error).split())]
            continue
        measured = mpmath.nstr(check.exponent_measured, 8)
        rows[name] = [check.verdict, str(check.exponent_predicted), measured.removesuffix(".0")]
    return rows


def held(result: Mapping[str, Any]) -> bool:
    """Whether every law of a row held."""
    return bool(result) and all(entry[0] == "HOLDS" for entry in result.values())


def summary(found: Sweep, laws: Sequence[str]) -> str:
    """How often each law held, and the points where something did not."""
    counts = {name: Counter(_entry(row.result, name)[0] for row in found if row.result) for name in laws}
    rows = [("law", *VERDICTS), *((name, *(str(counts[name][v]) for v in VERDICTS)) for name in laws)]
    lines = list(aligned(rows))
    for row in found:
        place = ", ".join(f"{name} = {value}" for name, value in row.point.items())
        if row.error is not None:
            lines.append(f"{place}: {row.error['type']}: {row.error['message']}")
        else:
            missed = [name for name in laws if _entry(row.result, name)[0] != "HOLDS"]
            lines += [f"{place}: {name} {' '.join(_entry(row.result, name))}" for name in missed]
    good = sum(held(row.result or {}) for row in found)
    lines.append(f"all laws held at {good} of {len(found)} points")
    return "\n".join(lines)


def _entry(result: Mapping[str, Any] | None, name: str) -> list[str]:
    entry: list[str] = (result or {}).get(name, ["UNABLE", "not computed"])
    return entry


def _points(options: argparse.Namespace, parameters: Sequence[str]) -> list[dict[str, str]]:
    if options.grid is not None:
        grid = dict(_assignments("--grid", options.grid))
        _same(parameters, grid, "--grid")
        axes = [[str(_number("--grid", text)) for text in grid[name].split(":")] for name in parameters]
        return [dict(zip(parameters, values, strict=True)) for values in product(*axes)]
    count = integer("--sample", "10" if options.sample is None else options.sample)
    largest = integer("--denominator", options.denominator)
    if count < 1 or largest < 1:
        raise DomainError(f"--sample {count} --denominator {largest}; both must be at least 1")
    ranges = dict(_assignments("--range", options.range))
    _same(parameters, ranges, "--range")
    bounds = {}
    for name in parameters:
        low, dots, high = ranges[name].partition("..")
        if not dots:
            raise DomainError(f"--range {name}={ranges[name]!r}: give LOW..HIGH, for example {name}=1..4")
        bounds[name] = (_number("--range", low), _number("--range", high))
        if not bounds[name][0] < bounds[name][1]:
            raise DomainError(f"--range {name}={ranges[name]}: the interval is empty; give LOW < HIGH")
    return random_points(bounds, count, largest, integer("--seed", options.seed))


def random_points(
    bounds: Mapping[str, tuple[Rational, Rational]], count: int, denominator: int, seed: int
) -> list[dict[str, str]]:
    """``count`` different rational points inside open intervals, the same for the same seed.

    >>> random_points({"a": (Rational(1), Rational(2))}, 2, 4, seed=0)
    [{'a': '3/2'}, {'a': '5/3'}]
    """
    choose = random.Random(seed)
    found: dict[tuple[str, ...], None] = {}
    missed = 0
    while len(found) < count and missed < 1000:
        point = []
        for low, high in bounds.values():
            q = choose.randint(1, denominator)
            first, last = int(low * q) + 1, -int(-high * q // 1) - 1
            point.append(str(Rational(choose.randint(first, last), q)) if first <= last else "")
        known = len(found)
        if all(point):
            found[tuple(point)] = None
        missed = 0 if len(found) > known else missed + 1
    if len(found) < count:
        raise DomainError(
            f"only {len(found)} rational points with denominators up to {denominator} were found for "
            f"{count} wanted; give a larger --denominator or --range"
        )
    return [dict(zip(bounds, values, strict=True)) for values in found]


def _assignments(option: str, text: str) -> Iterator[tuple[str, str]]:
    for piece in text.split(","):
        name, sign, value = piece.partition("=")
        if not sign or not re.fullmatch(r"[A-Za-z_]\w*", name.strip()):
            raise DomainError(f"{option} {piece!r}: give name=..., see bottlenecks sweep --help")
        yield name.strip(), value


def _same(parameters: Sequence[str], given: Mapping[str, str], option: str) -> None:
    known = ", ".join(parameters)
    for name in parameters:
        if name not in given:
            raise DomainError(f"{option} says nothing of {name}; the parameters of the task: {known}")
    for name in given:
        if name not in parameters:
            raise DomainError(f"{option}: {name} is no parameter of the task; its parameters: {known}")


def _number(option: str, text: str) -> Rational:
    try:
        value = parse(text)
    except ParseError as error:
        raise ParseError(f"{option} {error}") from error
    if not value.is_Rational:
        raise DomainError(f"{option} {text!r} is not a rational number; give one, for example 3/2")
    return value


__all__ = ["add_options", "held", "random_points", "run", "summary", "verified"]
