"""LaTeX of laws: one line for each regime, with its condition, for a display environment."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sympy import And, log, oo, true
from sympy.printing.latex import LatexPrinter

from asymptotics.expansions.expansion import as_power
from asymptotics.model.quantities import QUANTITIES

if TYPE_CHECKING:
    from asymptotics.laws.derive import Laws
    from asymptotics.laws.law import Law
    from asymptotics.regimes import Regime


def latex_of(thing: Law | Laws) -> str:
    """LaTeX of a law or of all laws of a task, with SymPy's default settings."""
    return str(LatexPrinter().doprint(thing))


def law(value: Law, printer: Any) -> str:
    """``L(N) \\sim ...`` with ``cases`` over the regimes."""
    left = rf"{QUANTITIES[value.name].tex} \sim "
    rows = [_row(value, regime, printer) for regime in value.regimes]
    if len(rows) == 1:
        body, condition = rows[0]
        return left + body + (rf",\quad {condition}" if condition else "")
    cases = r" \\ ".join(rf"{body} & {condition}" for body, condition in rows)
    return rf"{left}\begin{{cases}} {cases} \end{{cases}}"


def _row(value: Law, regime: Regime, printer: Any) -> tuple[str, str]:
    x = regime.variable(value.resource)
    power = _power(x, regime, printer) if regime.power(value.resource) != 1 else ""
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
    limit = regime.limit(value.resource)
    if limit != oo:
        body += rf",\quad {printer._print(value.resource)} \to {printer._print(limit)}"
    if regime.condition == true:
        return body, ""
    return body, r"\text{for } " + r",\ ".join(
        printer._print(part) for part in And.make_args(regime.condition)
    )


def _power(x: Any, regime: Regime, printer: Any) -> str:
    return _monomial(x, regime.envelope, regime.exponent, printer)


def _monomial(x: Any, envelope: Any, exponent: Any, printer: Any) -> str:
    if x.is_Symbol and envelope == 1:
        return rf"{printer._print(x)}^{{-{_grouped(exponent, printer)}}}"
    return _grouped(envelope * as_power(x, -exponent), printer)


def _grouped(exponent: Any, printer: Any) -> str:
    text = str(printer._print(exponent))
    return rf"\left({text}\right)" if exponent.is_Add else text


def laws(value: Laws, printer: Any) -> str:
    """All laws, one below the other, aligned at the tilde."""
    return aligned(printer._print(one) for one in value)


def aligned(rows: Iterable[str]) -> str:
    """Relations, one below the other."""
    rows = [row.replace(r"\sim", r"&\sim", 1) for row in rows]
    return r"\begin{aligned} " + r" \\ ".join(rows) + r" \end{aligned}"


__all__ = ["aligned", "latex_of", "law", "laws"]
