"""LaTeX of an allocation: powers of C and log C of each resource, one row for each phase.

entry(key, power, logarithm)    one power of C with its logarithm
phase(row)                      one phase: ``(t, N, L) \\sim (...)``, and where it holds
table(free, rows)               all phases, as ``cases``
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

from sympy import Expr, Symbol, true
from sympy.logic.boolalg import Boolean

from asymptotics.allocation.terms import STEPS, STEPS_WORDS
from asymptotics.domains.domain import conjuncts
from asymptotics.lines import wrapped
from asymptotics.notation import OURS, Notation
from asymptotics.symbols import C, sigma
from asymptotics.typesetting import tex

Exponents: TypeAlias = tuple[tuple[Symbol | str, Expr], ...]


class Row(NamedTuple):
    """A phase as it is shown: pairs of a key and an exponent, resources first, then "loss".

    ``ranges`` are the least and the largest power of resources of which any between them is as good, and
    ``log_ranges`` the powers of log C there.
    """

    condition: Boolean
    powers: Exponents
    logs: Exponents
    ranges: tuple[tuple[Symbol, Expr, Expr], ...] = ()
    log_ranges: tuple[tuple[Symbol, Expr, Expr], ...] = ()

    def ends(self, key: Symbol | str) -> tuple[tuple[Expr, Expr], tuple[Expr, Expr]] | None:
        """Powers of C and log C at the least and the largest amount, where there is a range."""
        for (resource, least, most), (_, low, high) in zip(self.ranges, self.log_ranges, strict=True):
            if resource == key:
                return (least, low), (most, high)
        return None


def table(
    free: Iterable[Symbol],
    rows: Iterable[Row],
    letters: Notation = OURS,
    told: str = "",
    refused: Iterable[Boolean] = (),
) -> str:
    r"""``(t, N, L) \sim`` cases over the phases; ``C^x \ldots C^y`` is any power between these.

    ``told`` are words on a schedule and label noise, whose sigma stands behind them; where a split is
    ``refused`` its row says so.
    """
    keys = [*map(letters.expression, free), "loss"]
    names, words = _names(keys, letters), _told(keys, told)
    shown = [_row(row, letters) for row in rows]
    shown += [(r"\text{not derived}", _where(letters.condition(condition))) for condition in refused]
    if len(shown) == 1 and not shown[0][1]:
        return wrapped(rf"{names} \sim {shown[0][0]}{words}")
    cases = " \\\\\n".join(rf"{body} & {condition}" for body, condition in shown)
    return wrapped(rf"{names} \sim \begin{{cases}} {cases} \end{{cases}}{words}")


def phase(row: Row, letters: Notation = OURS) -> str:
    r"""One phase: ``(t, N, L) \sim (...)``, and where it holds."""
    body, where = _row(row, letters)
    names = _names((key for key, _ in row.powers), letters)
    words = _told(key for key, _ in row.powers)
    return wrapped(rf"{names} \sim {body}" + (rf",\quad {where}" if where else "") + words)


def _told(keys: Iterable[Symbol | str], told: str = "") -> str:
    """What the letter of a schedule means, and how it is trained."""
    meaning = rf",\quad {STEPS}\text{{{STEPS_WORDS}}}" if STEPS in keys else ""
    return meaning + (rf",\quad \text{{{told} }} {tex(sigma)}" if told else "")


def _names(keys: Iterable[Symbol | str], letters: Notation) -> str:
    names = ", ".join(letters.loss if key == "loss" else tex(key) for key in keys)
    return rf"\left({names}\right)"


def _row(row: Row, letters: Notation) -> tuple[str, str]:
    entries = ",\\; ".join(amount(row, key, letters) for key, _ in row.powers)
    if row.condition == true:
        return rf"\left({entries}\right)", ""
    return rf"\left({entries}\right)", _where(row.condition)


def _where(condition: Boolean) -> str:
    return r"\text{for } " + r",\ ".join(tex(part) for part in conjuncts(condition))


def amount(row: Row, key: Symbol | str, letters: Notation = OURS) -> str:
    """A resource or the loss as a power of C, or from one power to another."""
    if (ends := row.ends(key)) is not None:
        low, high = (entry(key, *end, letters) for end in ends)
        return rf"{low} \ldots {high}"
    return entry(key, dict(row.powers)[key], dict(row.logs)[key], letters)


def entry(key: Symbol | str, power: Expr, logarithm: Expr, letters: Notation = OURS) -> str:
    """``C^power log(C)^logarithm``; the loss falls, ``C^-power``."""
    rate, budget = -power if key == "loss" else power, tex(letters.expression(C))
    shown = "1" if rate == 0 else budget if rate == 1 else rf"{budget}^{{{tex(rate, raised=True)}}}"
    if logarithm == 0:
        return str(shown)
    over = "" if logarithm == 1 else rf"^{{{tex(logarithm, raised=True)}}}"
    return rf"{shown} \log{over} {budget}"
