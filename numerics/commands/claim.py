"""``bottlenecks claim`` and ``bottlenecks literature``: hand derivations against derived laws."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

import mpmath
from sympy import Eq, Expr, Symbol

from asymptotics import DomainError, Law, Laws, Optimum, PrecisionError, UnableError, Verdict, check_claim
from asymptotics import compute_optimal as compute_optimal_of
from asymptotics.claims.literature import READINGS, Published, literature
from asymptotics.errors import ParseError
from asymptotics.model.quantities import QUANTITIES
from asymptotics.notation import NOTATIONS
from asymptotics.parsing.expressions import parse
from asymptotics.symbols import B, eta
from numerics.commands.options import add_task, laws_of_task, values_of
from numerics.optima.frontier import frontier
from numerics.verification.references import DEFAULTS
from numerics.verification.verify import settings_of, verify

OPTIMUM = "optimum"
BY_RESOURCE = {"t": "time", "N": "model", "P": "data", "C": OPTIMUM}
"""What a claim without --law is about, by the resource in it."""
DIGITS = 20
BUDGETS = (10**16, 10**20)
"""Between these the exponent of true optima is measured."""

EPILOG = """\
exit status: 0 if the claim HOLDS everywhere; 1 if it FAILS, HOLDS with exceptions, or is UNDECIDED; 2 for
input that cannot be used (one line on stderr says why), 130 if interrupted.

A claim without the resource is the exponent p of resource**(-p); with it a leading term. Of a leading term
the constant is judged where one is written, or after "=". \\propto, \\Theta(...) claim the order alone,
O(...) an upper bound. Examples:

  bottlenecks claim 'N**-Min(a-1,2*b)'
  bottlenecks claim '\\frac{a-1}{b}' --law time
  bottlenecks claim 't \\propto C^{b/(1+b)}' --assuming 'a - 1 < b'
  bottlenecks claim 'n^{-2\\alpha\\min(r,1)}' --law data --letters alpha=b,r='(a-1)/(2*b)',n=P
"""
LITERATURE = """\
A row whose statement was not read in its source says so below it; the count at the end is of all rows.

exit status: 0 if every published exponent that is covered was decided, 1 if one stays UNDECIDED (with --key:
as of bottlenecks claim), 2 for input that cannot be used, 130 if interrupted.
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of ``claim``."""
    parser.epilog = EPILOG
    parser.add_argument("claim", metavar="CLAIM", help="text or LaTeX; see the examples below")
    add_task(parser)
    parser.add_argument(
        "--law",
        metavar="NAME",
        help=f"what it is about: optimum, {', '.join(QUANTITIES)} (default: by the resource in the claim)",
    )
    parser.add_argument(
        "--assuming", metavar="RELATION", nargs="+", action="extend", help="for example 'a - 1 < b'"
    )
    parser.add_argument(
        "--notation", metavar="PAPER", help=f"the letters of a paper: {', '.join(NOTATIONS)} (arXiv)"
    )
    parser.add_argument(
        "--letters", metavar="NAME=EXPR,...", help="other letters of the claim, in those of the task"
    )
    parser.add_argument("--cost", default="N*t", metavar="EXPR", help="the budget C of an optimum (N*t)")
    parser.add_argument("--rule", default="flow", help="of an optimum: flow (default) or sgd")
    parser.add_argument("--latex", action="store_true", help="print the verdict as LaTeX")
    parser.add_argument(
        "--confirm", action="store_true", help="also measure the exponent of the full model at the witness"
    )


def add_literature_options(parser: argparse.ArgumentParser) -> None:
    """The options of ``literature``."""
    parser.epilog = LITERATURE
    parser.add_argument("--key", metavar="KEY", help="one entry, with its verdict in full")


def run(options: argparse.Namespace) -> int:
    """Judge one claim, print the verdict, and return the exit status."""
    values = values_of(options)
    options.at = None  # the law stays symbolic: numbers enter as assumptions
    laws = laws_of_task(options)
    letters = _letters(options)
    known = {symbol.name for symbol in laws.task.parameters}
    if stranger := next((s for s in values if s.name not in known), None):
        raise DomainError(f"--at {stranger}: the parameters of the task are {', '.join(sorted(known))}")
    assuming = (*(options.assuming or ()), *(Eq(symbol, value) for symbol, value in values.items()))
    subject = _subject(options, laws, letters)
    if letters and options.notation:
        raise DomainError("--letters and --notation both say what letters mean; give one of them")
    verdict = check_claim(options.claim, subject, assuming, notation=letters or options.notation)
    print(verdict.to_latex() if options.latex else verdict)
    if options.confirm:
        print("\n".join(_confirmation(verdict)))
    return 0 if verdict.everywhere else 1


def _letters(options: argparse.Namespace) -> dict[str, Expr]:
    found: dict[str, Expr] = {}
    for piece in (options.letters or "").split(","):
        name, sign, text = piece.partition("=")
        if piece.strip() and (not sign or not name.strip().isidentifier()):
            raise DomainError(f"--letters {piece!r}: give name=expression, for example alpha=b")
        if piece.strip():
            try:
                found[name.strip()] = parse(text)
            except ParseError as error:
                raise ParseError(f"--letters {error}") from error
    return found


def _subject(options: argparse.Namespace, laws: Laws, letters: Mapping[str, Expr]) -> Law | Optimum:
    name = options.law or _guessed(options.claim, letters)
    if name == OPTIMUM:
        try:
            cost = parse(options.cost)
        except ParseError as error:
            raise ParseError(f"--cost: {error}") from error
        return compute_optimal_of(laws, cost, rule=options.rule)
    if name not in QUANTITIES:
        raise DomainError(f"--law {name!r} is not known; choose {OPTIMUM} or one of {', '.join(QUANTITIES)}")
    return getattr(laws, name)


def _guessed(claim: str, letters: Mapping[str, Expr]) -> str:
    """The law by the resource that stands as a letter of its own on the right side of the claim."""
    right = claim
    for sign in ("=", "~", "\\sim", "\\propto", "\\asymp"):
        right = right.rpartition(sign)[2]
    found = []
    for resource, law in BY_RESOURCE.items():
        names = {resource, *(name for name, meant in letters.items() if str(meant) == resource)}
        names -= {name for name in letters if str(letters[name]) != resource}
        if any(_stands(name, right) for name in names):
            found.append(law)
    if len(found) == 1:
        return found[0]
    why = "it has no resource (t, N, P or C)" if not found else "it has more than one resource"
    raise DomainError(f"what the claim {claim!r} is about is not clear: {why}; say it with --law")


def _stands(name: str, text: str) -> bool:
    """Whether a letter stands in a text without others beside it, macros apart."""
    beside = [i for i in range(len(text)) if text.startswith(name, i)]
    return any(
        not (i and (text[i - 1].isalpha() or text[i - 1] in "\\_"))
        and not text[i + len(name) : i + len(name) + 1].isalpha()
        for i in beside
    )


def _confirmation(verdict: Verdict) -> list[str]:
    """What the full model has at the witness."""
    law, witness = verdict.about, verdict.witness
    if witness is None:
        return ["  full model: no witness to look at"]
    if not isinstance(law, Law):
        return _slope(verdict, law, dict(witness))
    try:
        point: dict[Symbol | str, object] = dict(witness)
        found = verify(law, at=point, digits=DIGITS)
    except (UnableError, PrecisionError, DomainError) as error:
        return [f"  full model: {error}"]
    shown = mpmath.nstr(found.exponent_measured, 10)
    settings = ", ".join(str(s) for s in settings_of(law))
    lines = [
        f"  full model: exponent {shown} +- {mpmath.nstr(found.exponent_error, 2)} there, logarithms removed"
        + (f" ({settings} as in verify)" if settings else ""),
        f"  full model against the derived law: {found.verdict}, {found.reason}",
    ]
    return lines


def _slope(verdict: Verdict, optimum: Optimum, point: dict[Symbol | str, object]) -> list[str]:
    """The local exponent of true optima between two budgets; it tends to that of the law as C grows."""
    key = next((symbol for symbol in optimum.free if symbol.name == verdict.quantity), "loss")
    settings = {symbol: DEFAULTS[symbol] for symbol in (eta, B) if optimum.rule == "sgd"}
    try:
        low, high = frontier(optimum, BUDGETS, {**settings, **point}, DIGITS // 2)
    except (UnableError, PrecisionError, DomainError) as error:
        return [f"  full model: {error}"]
    span = mpmath.log(mpmath.mpf(BUDGETS[1]) / BUDGETS[0])
    slope = mpmath.log(high[key].value / low[key].value) / span
    spread = sum(abs(x[key].error / x[key].value) for x in (low, high)) / span
    budgets = f"{mpmath.nstr(mpmath.mpf(BUDGETS[0]), 2)} to {mpmath.nstr(mpmath.mpf(BUDGETS[1]), 2)}"
    amount = f"{mpmath.nstr(slope, 8)} +- {mpmath.nstr(spread, 2)}"
    given = "".join(f", {symbol} = {value}" for symbol, value in settings.items())
    return [f"  full model: {verdict.quantity} ~ C**({amount}) between true optima at C = {budgets}{given}"]


def run_literature(options: argparse.Namespace) -> int:
    """Judge every published exponent under its own assumptions, print a table, return the exit status."""
    table = literature()
    if options.key is not None:
        chosen = next((entry for entry in table if entry.key == options.key), None)
        if chosen is None:
            raise DomainError(f"--key {options.key!r} is unknown; bottlenecks literature lists the keys")
        return _one(chosen)
    status, source = 0, ""
    for entry in table:
        if entry.source != source:
            print(f"{chr(10) if source else ''}{entry.source}\n  {entry.change}")
            source = entry.source
        assuming = f"  for {', '.join(entry.assuming)}" if entry.assuming else ""
        print(f"  {entry.key:<20} {entry.claim}{assuming}")
        if entry.read not in ("text", "abstract"):
            print(f"  {'':<20} {READINGS[entry.read]}")
        if not entry.is_covered:
            print(f"  {'':<20} not covered: {entry.why}")
            continue
        verdict = entry.verdict()
        status = status if verdict.verdict != "UNDECIDED" else 1
        about = entry.law if entry.law == OPTIMUM else f"laws.{entry.law}"
        print(f"  {'':<20} {verdict.headline}  [{about}]")
        for name in verdict.right_for:
            print(f"  {'':<20} right for {name}")
    print(f"\n{len(table)} rows, of which")
    for read, words in READINGS.items():
        print(f"  {sum(entry.read == read for entry in table):>4} {words}")
    return status


def _one(entry: Published) -> int:
    print(f"{entry.source}\n  {entry.where}: {entry.quantity}\n  {READINGS[entry.read]}")
    print(f"  {entry.claim}\n  {entry.change}")
    if entry.assuming:
        print(f"  assuming {', '.join(entry.assuming)}")
    if not entry.is_covered:
        print(f"not covered: {entry.why}")
        return 0
    verdict = entry.verdict()
    print(verdict)
    return 0 if verdict.everywhere else 1


__all__ = ["add_literature_options", "add_options", "run", "run_literature"]
