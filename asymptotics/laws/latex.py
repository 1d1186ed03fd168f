"""LaTeX of laws: one line for each regime, with its condition, for a display environment.

law(tex, resource, regimes, printer)    ``tex \\sim`` the leading terms, as cases
align(rows)                           relations one below the other
latex_of(value)                         what ``_latex`` of a value prints, by SymPy's default settings
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sympy import And, Symbol, log, oo, true
from sympy.printing.latex import LatexPrinter

from asymptotics.expansions.expansion import as_power
from asymptotics.regimes import Regime


def latex_of(value: object) -> str:
    """LaTeX of a law or of all laws of a task, with SymPy's default settings."""
    return str(LatexPrinter().doprint(value))


def law(tex: str, resource: Symbol, regimes: Iterable[Regime], printer: Any) -> str:
    """``L(N) \\sim ...`` with ``cases`` over the regimes."""
    left = rf"{tex} \sim "
    rows = [_row(resource, regime, printer) for regime in regimes]
    if len(rows) == 1:
        body, condition = rows[0]
        return left + body + (rf",\quad {condition}" if condition else "")
    cases = r" \\ ".join(rf"{body} & {condition}" for body, condition in rows)
    return rf"{left}\begin{{cases}} {cases} \end{{cases}}"


def _row(resource: Symbol, regime: Regime, printer: Any) -> tuple[str, str]:
    x = regime.variable(resource)
    power = _power(x, regime, printer) if regime.power(resource) != 1 else ""
    logarithm = printer._print(log(x) ** regime.log_power) if regime.log_power != 0 else ""
    prefactor = printer._print(regime.prefactor)
    if regime.prefactor == 1 and (power or logarithm):
        prefactor = ""
    elif regime.prefactor.is_Add:
        prefactor = rf"\left({prefactor}\right)"
    body = rf"{prefactor} {power} {logarithm}".strip() if power else f"{prefactor} {logarithm}".strip()
    if regime.relative is not None:
        body += rf" \left(1 + O\left({printer._print(regime.relative)}\right)\right)"
    elif regime.remainder != oo:
        body += rf" + O\left({_monomial(x, regime.envelope, regime.remainder, printer)}\right)"
    limit = regime.limit(resource)
    if limit != oo:
        body += rf",\quad {printer._print(resource)} \to {printer._print(limit)}"
    if regime.condition == true:
        return body, ""
    return body, r"\text{for } " + r",\ ".join(
        printer._print(part) for part in And.make_args(regime.condition)
    )


def _power(x: Any, regime: Regime, printer: Any) -> str:
    return _monomial(x, regime.envelope, regime.exponent, printer)


def _monomial(x: Any, envelope: Any, exponent: Any, printer: Any) -> str:
    if x.is_Symbol and envelope == 1:
        return rf"{printer._print(x)}^{{-{_group(exponent, printer)}}}"
    return _group(envelope * as_power(x, -exponent), printer)


def _group(exponent: Any, printer: Any) -> str:
    text = str(printer._print(exponent))
    return rf"\left({text}\right)" if exponent.is_Add else text


def align(rows: Iterable[str]) -> str:
    """Relations, one below the other."""
    rows = [row.replace(r"\sim", r"&\sim", 1) for row in rows]
    return r"\begin{aligned} " + r" \\ ".join(rows) + r" \end{aligned}"


__all__ = ["align", "latex_of", "law"]
