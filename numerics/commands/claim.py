"""``bottlenecks claim``: a hand derivation against the derived law, and the full model at the witness."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

import mpmath
from sympy import Eq, Expr, Symbol

from asymptotics import Law, Laws, Optimum, Verdict, check_claim, derive
from asymptotics.claims.check import meanings_of
from asymptotics.claims.reading import read_claims
from asymptotics.errors import DomainError, PrecisionError, UnableError
from asymptotics.laws.early_loss import T
from asymptotics.laws.growing import GrowingLaw, growing_law
from asymptotics.laws.names import unknown_law
from asymptotics.model.quantities import QUANTITIES
from asymptotics.model.rules.base import open_parameters
from asymptotics.model.rules.gradient_flow import GradientFlow
from asymptotics.notation import notation
from asymptotics.parsing.expressions import parse
from asymptotics.symbols import C, N, P, t
from numerics.commands.formats import add_formats, for_machines, print_rows
from numerics.commands.optimal import optimum_of
from numerics.commands.options import (
    add_budget,
    add_notation,
    add_task,
    argument,
    assignments,
    refuse_options,
    task_of,
)
from numerics.optima.frontier import frontier
from numerics.verification.places import DEFAULTS
from numerics.verification.verify import verify
from numerics.verification.wording import on_screen

OPTIMUM = "optimum"
GROWING = GrowingLaw.name
SUM = "sum"
BY_RESOURCE = {t: "time", N: "model", P: "data", C: OPTIMUM}
"""What a claim without --law is about, by the resource in it."""
DIGITS = 20
BUDGETS = (10**16, 10**20)
"""Between these the exponent of true optima is measured."""

EPILOG = """\
exit status: 0 if the claim HOLDS everywhere; 1 if it FAILS, HOLDS with exceptions, or is UNDECIDED; 2 for
input that cannot be used (one line on stderr says why), 130 if interrupted, 143 if terminated.

A claim without the resource is the exponent p of resource**(-p); with it a leading term. Of a leading term
the constant is judged where one is written, or after "=". \\propto, \\Theta(...) claim the order alone,
O(...) an upper bound. Examples:

  bottlenecks claim 'N**-Min(a-1,2*b)'
  bottlenecks claim '\\frac{a-1}{b}' --law time
  bottlenecks claim 't \\propto C^{b/(1+b)}' --assuming 'a - 1 < b'
  bottlenecks claim 't^{-(a-1)/b} + c N^{-(a-1)}' --assuming 'a - 1 < b'
  bottlenecks claim 't^* \\propto C^{b/(1+b)}, N^* \\propto C^{1/(1+b)}'
  bottlenecks claim 'T**(-(a-1)/b) + N**-b' --modes 'r*N' --rule flow
  bottlenecks claim '\\log L = -b \\log N + c'
  bottlenecks claim '\\lim_{N \\to \\infty} N^b L(N) = c' --assuming 'a - 1 > b'
  bottlenecks claim 'n^{-2\\alpha\\min(r,1)}' --law data \\
    --letters alpha=b,r='(a-1)/(2*b)',n=P
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of ``claim``."""
    parser.epilog = EPILOG
    parser.add_argument("claim", metavar="CLAIM", help="text or LaTeX; see the examples below")
    add_task(parser)
    parser.add_argument(
        "--law",
        metavar="NAME",
        help="what it is about: optimum, growing (T and N, with --modes 'r*N'), "
        f"{', '.join(QUANTITIES)} (default: by the resource in the claim)",
    )
    parser.add_argument(
        "--assuming",
        metavar="RELATION",
        nargs="+",
        action="extend",
        help="where the claim is made: relations between parameters that all hold, such as 'a - 1 < b'",
    )
    add_notation(parser)
    parser.add_argument(
        "--letters",
        type=argument(_letters),
        default={},
        metavar="NAME=EXPR,...",
        help="other letters of the claim, in those of the task; beside --notation these count first",
    )
    add_budget(parser)
    parser.add_argument("--latex", action="store_true", help="print the verdict as LaTeX")
    parser.add_argument(
        "--confirm", action="store_true", help="also measure the exponent of the full model at the witness"
    )
    add_formats(parser)


def run(options: argparse.Namespace) -> int:
    """Judge one claim, print the verdict, and return the exit status."""
    laws = derive(task_of(options))  # it stays symbolic: numbers enter as assumptions
    letters: Mapping[str, Expr] = options.letters
    known = {symbol.name for symbol in laws.task.parameters}
    if stranger := next((s for s in options.at if s.name not in known), None):
        raise DomainError(f"--at {stranger}: the parameters of the task are {', '.join(sorted(known))}")
    assuming = (*(options.assuming or ()), *(Eq(symbol, value) for symbol, value in options.at.items()))
    subject = _subject(options, laws)
    meant = {**meanings_of(options.notation), **letters} if letters else options.notation
    verdict = check_claim(options.claim, subject, assuming, notation=meant)
    confirmed = _confirmation(verdict) if options.confirm else []
    if for_machines(options):
        refuse_options(options, ("latex",), "is not used with --json and --csv")
        row = _row(verdict, confirmed)
        print_rows(options, [row], {**verdict.to_dict(), **row})
    else:
        print(verdict.to_latex() if options.latex else on_screen(str(verdict)))
        if confirmed:
            print("\n".join(confirmed))
    return 0 if verdict.everywhere else 1


def _row(verdict: Verdict, confirmed: list[str]) -> dict[str, str]:
    witness = ", ".join(f"{symbol} = {value}" for symbol, value in dict(verdict.witness or {}).items())
    return {
        "verdict": verdict.verdict,
        "everywhere": str(verdict.everywhere),
        "headline": verdict.headline,
        "witness": witness,
        "full_model": " ".join(" ".join(confirmed).split()),
    }


def _letters(text: str) -> dict[str, Expr]:
    return {name: parse(meaning) for name, meaning in assignments(text, "expression").items()}


def _subject(options: argparse.Namespace, laws: Laws) -> Law | Optimum | Laws | GrowingLaw:
    letters = {**notation(options.notation).meanings, **options.letters}
    name = options.law or _guess(options.claim, letters, laws)
    if name == SUM:
        return laws
    if name == GROWING:
        refuse_options(
            options, ("cost", "schedule"), "is for claims about the optimum; this one is about T, N"
        )
        return growing_law(laws, options.rule or GradientFlow)
    if name == OPTIMUM:
        return optimum_of(options, laws)
    if name not in QUANTITIES:
        raise DomainError(
            f"--law {name!r} is not known, nor is it {OPTIMUM} or {GROWING}: {unknown_law(name)}"
        )
    refuse_options(
        options, ("cost", "rule", "schedule"), f"is for claims about the optimum; this one is about {name}"
    )
    law: Law = getattr(laws, name)
    return law


def _guess(claim: str, letters: Mapping[str, Expr], laws: Laws) -> str:
    """The law by the resource in the claim; the optimum for a resource on the left, or the budget."""
    statements = read_claims(claim, letters)
    if laws.task.size == N and any(one.expression.has(T) for one in statements):
        return GROWING
    if any(str(letters.get(one.subject, one.subject)) in ("t", "N", "P") for one in statements):
        return OPTIMUM
    named = "".join(str(letters.get(x, x)) for one in statements for x in one.arguments)
    found = [law for x, law in BY_RESOURCE.items() if any(one.expression.has(x) for one in statements)]
    found = found or [law for x, law in BY_RESOURCE.items() if x.name in named]
    if len(found) > 1 and OPTIMUM in found:
        found.remove(OPTIMUM)  # C is a constant beside another resource
    if found:
        return found[0] if len(found) == 1 else SUM
    why = "it has no resource (t, N, P or C)"
    raise DomainError(f"what the claim {claim!r} is about is not clear: {why}; say it with --law")


def _confirmation(verdict: Verdict) -> list[str]:
    """What the full model has at the witness."""
    law, witness = verdict.about, verdict.witness
    if witness is None:
        return ["  full model: no witness to look at"]
    if isinstance(law, Optimum):
        return _slope(verdict, law, dict(witness))
    assert isinstance(law, Law | GrowingLaw)
    try:
        point: dict[Symbol | str, object] = dict(witness)
        found = verify(law, at=point, digits=DIGITS)
    except (UnableError, PrecisionError, DomainError) as error:
        return [f"  full model: {error}"]
    shown = mpmath.nstr(found.exponent_measured, 10)
    settings = ", ".join(str(s) for s, _ in found.settings)
    there = f"along {T} = {N}^(b/2)" if isinstance(law, GrowingLaw) else "there"
    lines = [
        f"  full model: exponent {shown} +- {mpmath.nstr(found.exponent_error, 2)} {there}, "
        "logarithms removed" + (f" ({settings} as in verify)" if settings else ""),
        f"  full model against the derived law: {found.verdict}, {found.reason}",
    ]
    return lines


def _slope(verdict: Verdict, optimum: Optimum, point: dict[Symbol | str, object]) -> list[str]:
    """The local exponent of true optima between two budgets; it tends to that of the law as C grows."""
    key = next((symbol for symbol in optimum.free if symbol.name == verdict.quantity), "loss")
    settings = {symbol: DEFAULTS[symbol] for symbol in open_parameters(optimum.rule)}
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
