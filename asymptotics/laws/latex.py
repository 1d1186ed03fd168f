r"""Laws in LaTeX, for a display environment: a line for each regime, long prefactors by name.

rows_of(tex, resource, regimes)    ``tex \sim`` the leading terms, as cases; long prefactors ``A = ...``
free_letter(regimes, taken)        the name of a prefactor
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sympy import Expr, Symbol, fraction, log, oo, true
from sympy.logic.boolalg import Boolean

from asymptotics.display import spread
from asymptotics.domains.domain import conjuncts
from asymptotics.expansions.gauges import as_power
from asymptotics.laws.listing import growth, merged
from asymptotics.lines import broken, depth_of, room, width_of
from asymptotics.regime import Regime
from asymptotics.typesetting import Writer

NAMED = 48
"""Letters of a prefactor beyond which it has a name and a line of its own."""
DEEP = 3
"""Fractions within each other from which on a prefactor in cases has a name, as they are too small there."""
LEAST = 8
"""Letters of a prefactor that stands in its row, however narrow the line."""
NAMES = "AKDGHQ"


def rows_of(
    tex: str,
    resource: Symbol,
    regimes: tuple[Regime, ...],
    *,
    width: float | None = None,
    exact: bool = False,
    taken: frozenset[str] = frozenset(),
) -> list[str]:
    r"""``L(N) &\sim ...`` with ``cases`` over the regimes, then ``A &= ...`` for each prefactor that is long.

    Decimals where these are shorter, unless it is to be ``exact``; ``taken`` are letters with a meaning.
    """
    writer, regimes = Writer(exact), merged(regimes)
    letter = free_letter(regimes, taken)
    rows, named, names = [], list[str](), dict[Expr, str]()
    bare = (_row(resource, regime, "", letter, writer) for regime in regimes)
    beside = width_of(tex) + max(width_of(body) + width_of(where) for body, where in bare) + 4
    longest = min(NAMED, max(room(width) - beside, LEAST))
    for number, regime in enumerate(regimes, 1):
        prefactor, name = writer.write(regime.prefactor), names.get(regime.prefactor)
        small = len(regimes) > 1 and depth_of(prefactor) >= DEEP  # cases set fractions as in a line of text
        if name is None and (small or width_of(prefactor) > longest):
            name = letter if len(regimes) == 1 else f"{letter}_{{{number}}}"
            names[regime.prefactor] = name
            first, *rest = broken(regime.prefactor, room(width), writer)
            named += [f"{name} &= {first}", *(rf"&\quad {line}" for line in rest)]
        rows.append(_row(resource, regime, prefactor, name, writer))
    right = rows[0][0] + (rf",\quad {rows[0][1]}" if rows[0][1] else "")
    if len(rows) > 1:
        cases = " \\\\\n".join(rf"{body} & {condition}" for body, condition in rows)
        right = rf"\begin{{cases}} {cases} \end{{cases}}"
    return [f"{tex} &{writer.relation} {right}", *named, *(f"&{one}" for one in writer.meanings)]


def free_letter(regimes: Iterable[Regime], taken: frozenset[str] = frozenset()) -> str:
    """A letter for a prefactor that stands for nothing else."""
    taken |= {s.name for r in regimes for s in (r.prefactor * r.exponent).free_symbols}
    return next(letter for letter in NAMES if letter not in taken)


def condition_tex(condition: Boolean, writer: Writer) -> str:
    r"""``\text{for } a - 1 < b,\ ...``; nothing for a condition that always holds."""
    if condition == true:
        return ""
    return r"\text{for } " + r",\ ".join(writer.write(part) for part in conjuncts(condition))


def _row(
    resource: Symbol, regime: Regime, prefactor: str, name: str | None, writer: Writer
) -> tuple[str, str]:
    x = regime.variable(resource)
    power = _monomial(x, regime, regime.exponent, writer)
    logarithm = "" if regime.log_power == 0 else _power_of_log(x, regime, writer)
    factors = [part for part in (power, logarithm) if part not in ("", "1")]
    if name is not None:
        prefactor = name
    elif regime.prefactor == 1 and factors:
        prefactor = ""
    elif regime.prefactor.is_Add and factors:
        prefactor = rf"\left({prefactor}\right)"
    factors = [part for part in (prefactor, *factors) if part]
    beside = len(factors) > 1 and factors[0][-1:].isdigit() and factors[1][:1].isdigit()
    body = (r" \cdot " if beside else " ").join(factors[:2]) + "".join(f" {part}" for part in factors[2:])
    if regime.relative is not None:
        body += rf" \left(1 + O\left({writer.write(regime.relative)}\right)\right)"
    elif regime.remainder != oo:
        body += f" + {_bound(x, regime, regime.sizes(resource), writer)}"
    limit = regime.limit(resource)
    if limit != oo:
        body += rf",\quad {writer.write(resource)} \to {writer.write(limit)}"
    return body, condition_tex(regime.condition, writer)


def _bound(x: Expr, regime: Regime, sizes: Expr, writer: Writer) -> str:
    """``O(x^-p log^m x)``, times powers of sizes; ``\\tilde O`` where it is known up to logarithms."""
    power, logs = _monomial(x, regime, regime.remainder, writer), regime.remainder_logs
    if sizes != 1:
        power = writer.write(sizes) + ("" if power == "1" else f" {power}")
    if logs is None:
        return rf"\tilde{{O}}\left({power}\right)"
    if logs == 0:
        return rf"O\left({power}\right)"
    logarithm = _power_of_log(x, replace(regime, log_power=logs), writer)
    return rf"O\left({logarithm if power == '1' else f'{power} {logarithm}'}\right)"


def _power_of_log(x: Expr, regime: Regime, writer: Writer) -> str:
    if not x.is_Symbol or regime.log_power == 1:
        return writer.write(log(x) ** regime.log_power)
    return rf"\log^{{{writer.write(regime.log_power, raised=True)}}}{{\left({writer.write(x)} \right)}}"


def _monomial(x: Expr, regime: Regime, rate: Expr, writer: Writer) -> str:
    """``envelope x^-rate``, its exponent with one sign."""
    if isinstance(x, log) and regime.envelope == 1 and rate not in (0, -1):
        return rf"\log^{{{writer.write(-rate, raised=True)}}}{{\left({writer.write(x.args[0])} \right)}}"
    if not (x.is_Symbol and regime.envelope == 1):
        shown = regime.envelope * as_power(x, -rate)
        return rf"\left({writer.write(shown)}\right)" if shown.is_Add else writer.write(shown)
    if rate == 0:
        return "1"
    grows, base = growth(rate, regime.domain), writer.write(x)
    if grows is not None:
        return base if grows == 1 else rf"{base}^{{{writer.write(grows, raised=True)}}}"
    above, below = fraction(rate)
    if rate.is_number and below.is_Add and below.is_negative:
        rate = -above / -below  # log(2)/(log(3) - log(2)), not -log(2)/(log(2) - log(3))
    rate = spread(rate)
    shown = writer.write(rate, raised=True)
    if shown.startswith("-"):
        return rf"{base}^{{{writer.write(-rate, raised=True)}}}"
    return rf"{base}^{{-\left({shown}\right)}}" if rate.is_Add else rf"{base}^{{-{shown}}}"
