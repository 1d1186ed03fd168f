"""``bottlenecks sweep``: every law at many points, and how many of them held."""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import mpmath
from sympy import Rational

from asymptotics import derive
from asymptotics.errors import DomainError, SpectrumError, UnableError
from asymptotics.parsing.expressions import parse
from numerics.commands.formats import add_formats, for_machines, print_rows
from numerics.commands.options import (
    add_digits,
    add_jobs,
    add_laws,
    add_task,
    argument,
    assignments,
    count,
    from_fields,
    laws_of_task,
    to_fields,
    whole_number,
)
from numerics.sweeps.file import try_writing
from numerics.sweeps.rows import Row, Sweep, quote
from numerics.sweeps.sweep import sweep
from numerics.verification.run import symbols_of
from numerics.verification.selection import select_laws
from numerics.verification.verify import verify
from numerics.verification.wording import align_rows

VERDICTS = ("HOLDS", "FAILS", "UNDECIDED", "UNABLE")
CHANGES = ("prefactor off by", "exponent off by")
"""The changes of a law that would have failed, `verification.resolution`."""
RANGES = "a=1..8,b=1..4"
IDENTITIES = ("bottlenecks sweep", "numerics.sweep_command.verified")
"""By what the header of a file says that this command made it; the second is how version 0.1 did."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    add_task(parser)
    add_laws(parser)
    points = parser.add_mutually_exclusive_group()
    points.add_argument(
        "--grid",
        type=argument(_grid),
        metavar="NAME=V:V:...,...",
        help="values for each parameter, e.g. a=3/2:2:5/2,b=5/4:3/2",
    )
    points.add_argument(
        "--sample",
        type=argument(count),
        default=10,
        metavar="n",
        help="n random rational points inside --range (default: 10)",
    )
    parser.add_argument(
        "--range",
        type=argument(_ranges),
        metavar="NAME=LOW..HIGH,...",
        help=f"open intervals of the random points (default: {RANGES})",
    )
    parser.add_argument(
        "--denominator",
        type=argument(count),
        default=12,
        metavar="d",
        help="their largest denominator (default: 12)",
    )
    parser.add_argument(
        "--seed",
        type=argument(whole_number),
        default=0,
        metavar="n",
        help="of the random points (default: 0)",
    )
    add_digits(parser)
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
    add_formats(parser)


def run(options: argparse.Namespace) -> int:
    """Verify, write rows, print the table; 0 if every law held at every point, 2 if rows went elsewhere."""
    if options.output is not None:
        try_writing(options.output)
    laws = laws_of_task(options)
    names = [law.name for law in select_laws(laws, options.laws, options.at).laws]
    task = laws.task.at(options.at)
    if not task.parameters:
        raise DomainError(f"{task} has no parameter to sweep over; bottlenecks verify checks its laws")
    points = _points(options, [s.name for s in task.parameters])
    function = partial(verify_point, fields=to_fields(task), laws=names, digits=options.digits)
    found = sweep(
        points,
        function,
        path=options.output,
        jobs=options.jobs,
        again=options.again,
        names=IDENTITIES,
    )
    _check_rows(found, names)
    if for_machines(options):
        print_rows(options, _rows(found))
    else:
        print(summary(found, names))
    if options.output is not None and found.path != Path(options.output):
        return 2
    return 0 if not found.failed and all(all_hold(row.result or {}) for row in found) else 1


def verify_point(
    point: Mapping[str, Any], *, fields: Mapping[str, str], laws: Sequence[str], digits: int
) -> dict[str, list[str]]:
    """For each law its verdict, the exponent of the law, the one measured (8 digits), and the resolution.

    That is which relative change of the prefactor, and which change of the exponent, would fail; "-" where no
    change up to 1/2 would, or the law fails as it is. A law that is not derived at the point has UNABLE and
    the reason. Raises what `derive` raises.

    >>> fields = {"eigenvalues": "k**(-b)", "target": "k**(-a)"}
    >>> found = verify_point({"a": "3/2", "b": "5/4"}, fields=fields, laws=["time"], digits=15)
    >>> found["time"][:3], float(found["time"][3]) < 1e-20
    (['HOLDS', '2/5', '0.4'], True)
    """
    task = from_fields(fields)
    values = {name: parse(str(value)) for name, value in point.items()}
    numeric = derive(task.at(values))
    rows: dict[str, list[str]] = {}
    for name in laws:
        try:
            law = getattr(numeric, name)
            mine = {symbol.name for symbol in symbols_of(law)}
            check = verify(law, at={x: v for x, v in values.items() if x in mine}, digits=digits)
        except (UnableError, SpectrumError) as error:
            rows[name] = ["UNABLE", " ".join(str(error).split())]
            continue
        measured = mpmath.nstr(check.exponent_measured, 8)
        seen = check.resolution
        sizes = ("-", "-") if seen is None else (_size(seen.prefactor), _size(seen.exponent))
        rows[name] = [check.verdict, str(check.exponent_predicted), measured.removesuffix(".0"), *sizes]
    return rows


def _size(change: mpmath.mpf) -> str:
    return str(mpmath.nstr(change, 2)) if mpmath.isfinite(change) else "-"


def _is_size(text: str) -> bool:
    return text == "-" or re.fullmatch(r"\d+(\.\d+)?(e[-+]?\d+)?", text) is not None


def all_hold(result: Mapping[str, Any]) -> bool:
    """Whether every law of a row held."""
    return bool(result) and all(entry[0] == "HOLDS" for entry in result.values())


def summary(found: Sweep, laws: Sequence[str]) -> str:
    """How often each law held, which changes of it would have failed wherever it did, and what did not hold.

    Rows of older files do not have the changes.
    """
    counts = {name: Counter(row.result[name][0] for row in found if row.result) for name in laws}
    rows: list[tuple[str, ...]] = [("law", *VERDICTS, *CHANGES)]
    for name in laws:
        held = [row.result[name] for row in found if row.result and row.result[name][0] == "HOLDS"]
        rows.append((name, *(str(counts[name][v]) for v in VERDICTS), *(_coarsest(held, i) for i in (3, 4))))
    lines = list(align_rows(rows))
    lines.append("off by: the least change that would have failed at each point where it held")
    for row in found:
        place = _place(row)
        if row.error is not None:
            lines.append(f"{place}: {row.error['type']}: {row.error['message']}")
        elif row.result is not None:
            missed = [name for name in laws if row.result[name][0] != "HOLDS"]
            lines += [f"{place}: {name} {' '.join(row.result[name][:3])}" for name in missed]
    good = sum(all_hold(row.result or {}) for row in found)
    lines.append(f"all laws held at {good} of {len(found)} points")
    return "\n".join(lines)


def _rows(found: Sweep) -> list[dict[str, str]]:
    """A row for each point and law; for a point that failed, its error."""
    rows = []
    for row in found:
        if row.error is not None:
            rows.append({**row.point, "verdict": row.error["type"], "reason": row.error["message"]})
        for law, (verdict, *rest) in (row.result or {}).items():
            names = ("reason",) if verdict == "UNABLE" else ("exponent", "measured", *CHANGES)
            rows.append({**row.point, "law": law, "verdict": verdict, **dict(zip(names, rest, strict=False))})
    return rows


def _coarsest(entries: Sequence[Sequence[str]], column: int) -> str:
    """The largest of the changes in a column; "-" where one is not known."""
    sizes = [entry[column] if len(entry) > column else "-" for entry in entries]
    return "-" if "-" in sizes or not sizes else max(sizes, key=mpmath.mpf)


def _place(row: Row) -> str:
    return ", ".join(f"{name} = {value}" for name, value in row.point.items())


def _check_rows(found: Sweep, laws: Sequence[str]) -> None:
    """Raises `DomainError` for a row that `verify_point` does not return, as in a file that was edited."""
    for row in found:
        for name in laws if row.result is not None else ():
            entry = (row.result or {}).get(name)
            words = isinstance(entry, list) and all(isinstance(word, str) for word in entry)
            if not (words and entry and entry[0] in VERDICTS and all(map(_is_size, entry[3:]))):
                raise DomainError(
                    f"{quote(found.path)}: the row of {_place(row)} has no verdict on {name}; delete its "
                    "line, then sweep again"
                )


def _points(options: argparse.Namespace, parameters: Sequence[str]) -> list[dict[str, str]]:
    usual = {name: bounds for name, bounds in _ranges(RANGES).items() if name in parameters}
    ranges = usual if options.range is None else options.range
    given, option = (ranges, "--range") if options.grid is None else (options.grid, "--grid")
    known = ", ".join(parameters)
    for name in parameters:
        if name not in given:
            raise DomainError(f"{option} says nothing of {name}; the parameters of the task: {known}")
    for name in given:
        if name not in parameters:
            raise DomainError(f"{option}: {name} is not a parameter of the task; its parameters: {known}")
    chosen = {name: given[name] for name in parameters}
    if options.grid is None:
        return random_points(chosen, options.sample, options.denominator, options.seed)
    return [dict(zip(chosen, map(str, values), strict=True)) for values in product(*chosen.values())]


def _grid(text: str) -> dict[str, list[Rational]]:
    return {
        name: [_number(value) for value in values.split(":")] for name, values in assignments(text).items()
    }


def _ranges(text: str) -> dict[str, tuple[Rational, Rational]]:
    found = {}
    for name, ends in assignments(text).items():
        low, dots, high = ends.partition("..")
        if not dots:
            raise DomainError(f"{name}={ends!r}: give LOW..HIGH, for example {name}=1..4")
        found[name] = (_number(low), _number(high))
        if not found[name][0] < found[name][1]:
            raise DomainError(f"{name}={ends}: the interval is empty; give LOW < HIGH")
    return found


def _number(text: str) -> Rational:
    value = parse(text)
    if not value.is_Rational:
        raise DomainError(f"{text!r} is not a rational number; give one, for example 3/2")
    return value


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
