"""LaTeX of an allocation: powers of C and log C of each resource, one row for each phase.

    entry(key, power, logarithm)    one power of C with its logarithm
    phase(condition, powers, logs)  one phase: ``(t, N, L) \\sim (...)``, and where it holds
    table(free, rows)               all phases, as ``cases``

``powers`` and ``logs`` are pairs of a key and an exponent, resources first, then "loss", as in `Phase`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from sympy import Expr, Symbol, true
from sympy.logic.boolalg import Boolean

from asymptotics.domains.domain import conjuncts
from asymptotics.notation import OURS, Notation
from asymptotics.symbols import C
from asymptotics.typesetting import tex

Exponents: TypeAlias = tuple[tuple[Symbol | str, Expr], ...]


def table(
    free: Iterable[Symbol], rows: Iterable[tuple[Boolean, Exponents, Exponents]], letters: Notation = OURS
) -> str:
    """``(t, N, L) \\sim`` cases over rows of a condition, the powers, and the powers of the logarithm."""
    names = _names([*map(letters.expression, free), "loss"], letters)
    shown = [_row(*row, letters) for row in rows]
    if len(shown) == 1 and not shown[0][1]:
        return rf"{names} \sim {shown[0][0]}"
    cases = r" \\ ".join(rf"{body} & {condition}" for body, condition in shown)
    return rf"{names} \sim \begin{{cases}} {cases} \end{{cases}}"


def phase(condition: Boolean, powers: Exponents, logs: Exponents, letters: Notation = OURS) -> str:
    """One phase: ``(t, N, L) \\sim (...)``, and where it holds."""
    body, where = _row(condition, powers, logs, letters)
    names = _names((key for key, _ in powers), letters)
    return rf"{names} \sim {body}" + (rf",\quad {where}" if where else "")


def _names(keys: Iterable[Symbol | str], letters: Notation) -> str:
    names = ", ".join(letters.loss if key == "loss" else tex(key) for key in keys)
    return rf"\left({names}\right)"


def _row(condition: Boolean, powers: Exponents, logs: Exponents, letters: Notation) -> tuple[str, str]:
    logarithms = dict(logs)
    entries = ",\\; ".join(entry(key, power, logarithms[key], letters) for key, power in powers)
    if condition == true:
        return rf"\left({entries}\right)", ""
    shown = r",\ ".join(tex(part) for part in conjuncts(condition))
    return rf"\left({entries}\right)", rf"\text{{for }} {shown}"


def entry(key: Symbol | str, power: Expr, logarithm: Expr, letters: Notation = OURS) -> str:
    """``C^power log(C)^logarithm``; the loss falls, ``C^-power``."""
    rate, budget = -power if key == "loss" else power, tex(letters.expression(C))
    shown = "1" if rate == 0 else budget if rate == 1 else rf"{budget}^{{{tex(rate)}}}"
    if logarithm == 0:
        return str(shown)
    over = "" if logarithm == 1 else rf"^{{{tex(logarithm)}}}"
    return rf"{shown} \log{over} {budget}"
