"""The law of T and N where modes grow with N on the command line: ``derive`` and ``verify`` with ``--rule``.

add_rule(parser)        the option
add_reach(parser)       the ray along which verify compares
growing_of(options)     the law that the options describe
show(options)           its terms, or with ``--check`` every step of its derivation
compare(options)        the law beside sums over modes
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping

import mpmath
from sympy import Symbol

from asymptotics.display import text
from asymptotics.errors import UnableError
from asymptotics.laws.derive import Laws
from asymptotics.laws.early_loss import T
from asymptotics.laws.growing import GrowingLaw, growing_law
from asymptotics.model.quantities import QUANTITIES
from asymptotics.model.rules.base import rule_of_name
from asymptotics.model.rules.gradient_flow import GradientFlow
from asymptotics.parsing.expressions import parse
from asymptotics.symbols import N, h
from asymptotics.typesetting import tex
from numerics.commands.formats import for_machines, print_rows
from numerics.commands.options import (
    LAWS,
    argument,
    laws_of_task,
    numbers_of_task,
    refuse_options,
    values_or_default,
)
from numerics.verification.growing import MIDDLE, reach_of, with_share
from numerics.verification.verify import verify
from numerics.verification.wording import align_rows, condition_text


def add_rule(parser: argparse.ArgumentParser) -> None:
    """The option that asks for the law of T and N."""
    parser.add_argument(
        "--rule",
        type=argument(rule_of_name),
        metavar="RULE",
        help="the law of time and size together where modes grow with N and b <= 1, --modes 'r*N', trained "
        "by flow or sgd, in the place of --laws; --at takes h, the share of the largest step",
    )


def add_reach(parser: argparse.ArgumentParser) -> None:
    """The option that asks for a ray."""
    parser.add_argument(
        "--reach",
        type=argument(lambda given: reach_of(parse(given))),
        metavar="R",
        help="with --rule: compare along T = N^(R b), 0 < R < 1 (default: 1/2)",
    )


def growing_of(options: argparse.Namespace, laws: Laws) -> GrowingLaw:
    """The law of T and N. Raises what `growing_law` raises."""
    if tuple(options.laws) != LAWS and options.laws != ",".join(LAWS):
        refuse_options(options, ("laws",), "is not used with --rule, which asks for the law of T and N")
    if not laws.task.modes.has(N):
        names = [name for name, about in QUANTITIES.items() if about.rule is options.rule != GradientFlow]
        instead = f"use --laws {','.join(names)}" if names else "leave it out"
        raise UnableError(
            f"--rule {options.rule.name} asks for the law of T and N where modes grow with N, as --modes "
            f"'r*N'; for {laws.task.modes} modes {instead}"
        )
    return growing_law(laws, options.rule)


def show(options: argparse.Namespace) -> int:
    """Print the law and its ends, or what became of its derivation; 1 if a step fails."""
    refuse_options(options, ("exact", "notation"), "is not used with --rule")
    law = growing_of(options, laws_of_task(options))
    if options.check:
        # what is left open of a default task has numbers, and h its default
        numeric = with_share(law, _numbers(options, law))[0]
        check = numeric.derivation.check()
        print(check)
        return 0 if check.passed else 1
    law = law.at({s: v for s, v in options.at.items() if s == h or s in law.task.parameters})
    parts = {"early": law.leading, "late": law.late()}
    if options.terms is not None:
        parts["further"] = law.early(options.terms)
    if for_machines(options):
        row = {"law": law.name, "conditions": _conditions(law), **{k: str(v) for k, v in parts.items()}}
        print_rows(options, [row], {**law.to_dict(), **row})
    elif options.latex:
        print(law.to_latex())
        print(rf"L(T, N) \sim {tex(law.leading)},\quad 1 \ll T \ll {tex(N**law.decay)}")
    else:
        print("\n".join(_lines(law, {k: text(v) for k, v in parts.items()})))
    return 0


def _lines(law: GrowingLaw, parts: Mapping[str, str]) -> Iterator[str]:
    last = text(N**law.decay)
    yield "growing: test loss limited by time and model size, modes growing with the size (P = oo)"
    yield f"  {law.statement}"
    yield f"  1 << {T} << {last}: L({T}, N) ~ {parts['early']}"
    if "further" in parts:
        yield f"  with further orders: {parts['further']}"
    yield f"  {T} >> {last}: L(N) ~ {parts['late']}"
    yield f"  {T} is twice the time of gradient flow, 2*eta*n after n steps of SGD"
    yield f"  conditions: {_conditions(law)}"


def _conditions(law: GrowingLaw) -> str:
    return ", ".join(map(condition_text, law.conditions)) or "none"


def _numbers(options: argparse.Namespace, law: GrowingLaw) -> dict[Symbol | str, object]:
    given = values_or_default(options)
    numbers_of_task(options, law.task)  # raises for those that are missing
    return {s: v for s, v in given.items() if s == h or s in law.task.parameters}


def compare(options: argparse.Namespace) -> int:
    """Print the verdict, and the points; 1 unless the law holds."""
    refuse_options(options, ("output",), "is not used with --rule")
    law = growing_of(options, laws_of_task(options))
    reach = MIDDLE if options.reach is None else options.reach
    found = verify(law, _numbers(options, law), digits=options.digits, reach=reach)
    rows = [
        {name: mpmath.nstr(getattr(x, "value", x), 12) for name, x in zip(found.columns(), row, strict=True)}
        for row in zip(*found.columns().values(), strict=True)
    ]
    if for_machines(options):
        content = {**found.law.to_dict(), "verdict": found.verdict, "reason": found.reason, "rows": rows}
        print_rows(options, rows, content)
    else:
        print(
            "\n".join(_lines(found.law, {"early": text(found.law.leading), "late": text(found.law.late())}))
        )
        print(found)
        print("\n".join(align_rows([tuple(rows[0]), *(tuple(row.values()) for row in rows)])))
    return 0 if found else 1
