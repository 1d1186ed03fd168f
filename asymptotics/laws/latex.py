r"""Laws in LaTeX, for a display environment: a line for each regime, long prefactors by name.

rows_of(tex, resource, regimes)    ``tex \sim`` the leading terms, as cases; long prefactors ``A = ...``
aligned(rows)                   relations one below the other
broken(expression, width)       a formula as lines of at most that width, broken at binary operators
width_of(latex)                 the width of a formula in letters, about

Lines of the source have at most `SOURCE` characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from textwrap import wrap

from sympy import Add, And, Expr, Mul, Symbol, fraction, log, oo, sympify, true
from sympy.logic.boolalg import Boolean

from asymptotics.display import Typesetter, is_rounded, readable
from asymptotics.expansions.expansion import as_power
from asymptotics.regimes import Regime

SOURCE = 110
NAMED = 40
"""Letters of a prefactor beyond which it has a name and a line of its own."""
NAMES = "AKDGHQ"
_token = re.compile(r"\\begin\{\w+\}|\\end\{\w+\}|\\[A-Za-z]+\*?|\\.|\s+|.", re.DOTALL)


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
    writer = Writer(exact)
    letter = free_letter(regimes, taken)
    rows, named = [], []
    for number, regime in enumerate(regimes, 1):
        prefactor, name = writer.write(regime.prefactor), None
        if width_of(prefactor) > NAMED:
            name = letter if len(regimes) == 1 else f"{letter}_{{{number}}}"
            lines = broken(regime.prefactor, oo if width is None else width, writer)
            named.append(f"{name} &= " + " \\\\\n&\\quad ".join(lines))
        rows.append(_row(resource, regime, prefactor, name, writer))
    right = rows[0][0] + (rf",\quad {rows[0][1]}" if rows[0][1] else "")
    if len(rows) > 1:
        cases = " \\\\\n".join(rf"{body} & {condition}" for body, condition in rows)
        right = rf"\begin{{cases}} {cases} \end{{cases}}"
    return [f"{tex} &{writer.relation} {right}", *named]


def free_letter(regimes: Iterable[Regime], taken: frozenset[str] = frozenset()) -> str:
    """A letter for a prefactor that stands for nothing else."""
    taken |= {s.name for r in regimes for s in (r.prefactor * r.exponent).free_symbols}
    return next(letter for letter in NAMES if letter not in taken)


class Writer:
    """Writes expressions, and remembers whether a decimal was rounded."""

    def __init__(self, exact: bool = False) -> None:
        self.exact, self.rounded = exact, False
        self.printer = Typesetter()

    @property
    def relation(self) -> str:
        """How what was written is related to what is meant."""
        return r"\approx" if self.rounded else r"\sim"

    def write(self, expression: object) -> str:
        """LaTeX of an expression, in decimals where these are shorter unless it is to be ``exact``."""
        shown = sympify(expression) if self.exact else readable(sympify(expression))
        self.rounded |= is_rounded(shown)
        return str(self.printer.doprint(shown))


def condition_tex(condition: Boolean, writer: Writer) -> str:
    r"""``\text{for } a - 1 < b,\ ...``; nothing for a condition that always holds."""
    if condition == true:
        return ""
    return r"\text{for } " + r",\ ".join(writer.write(part) for part in And.make_args(condition))


def _row(
    resource: Symbol, regime: Regime, prefactor: str, name: str | None, writer: Writer
) -> tuple[str, str]:
    x = regime.variable(resource)
    power = _monomial(x, regime.envelope, regime.exponent, writer)
    logarithm = "" if regime.log_power == 0 else writer.write(log(x) ** regime.log_power)
    factors = [part for part in (power, logarithm) if part not in ("", "1")]
    if name is not None:
        prefactor = name
    elif regime.prefactor == 1 and factors:
        prefactor = ""
    elif regime.prefactor.is_Add and factors:
        prefactor = rf"\left({prefactor}\right)"
    body = " ".join(part for part in (prefactor, *factors) if part)
    if regime.relative is not None:
        body += rf" \left(1 + O\left({writer.write(regime.relative)}\right)\right)"
    elif regime.remainder != oo:
        body += rf" + O\left({_monomial(x, regime.envelope, regime.remainder, writer)}\right)"
    limit = regime.limit(resource)
    if limit != oo:
        body += rf",\quad {writer.write(resource)} \to {writer.write(limit)}"
    return body, condition_tex(regime.condition, writer)


def _monomial(x: Expr, envelope: Expr, rate: Expr, writer: Writer) -> str:
    """``envelope x^-rate``, its exponent with one sign."""
    if not (x.is_Symbol and envelope == 1):
        shown = envelope * as_power(x, -rate)
        return rf"\left({writer.write(shown)}\right)" if shown.is_Add else writer.write(shown)
    if rate == 0:
        return "1"
    grows = rate.could_extract_minus_sign()
    size = -rate if grows else rate
    base, shown = writer.write(x), writer.write(size)
    if grows:
        return base if size == 1 else rf"{base}^{{{shown}}}"
    return rf"{base}^{{-\left({shown}\right)}}" if size.is_Add else rf"{base}^{{-{shown}}}"


def aligned(rows: Iterable[str]) -> str:
    """Relations, one below the other; one alone as it is."""
    rows = list(rows)
    if len(rows) == 1:
        return wrapped(rows[0].replace("&", "", 1))
    return wrapped("\\begin{aligned} " + " \\\\\n".join(rows) + r" \end{aligned}")


def broken(expression: Expr, width: float, writer: Writer) -> list[str]:
    r"""A formula as lines of at most ``width`` letters: broken at sums, and before factors with ``\times``.

    >>> from asymptotics.symbols import a, b
    >>> broken((a + 1) * (a + b) / b, 8, Writer())
    ['\\frac{1}{b}', '\\times \\left(a + 1\\right)', '\\times \\left(a + b\\right)']
    """
    shown = writer.write(expression)
    if width_of(shown) <= width or not isinstance(expression, Add | Mul):
        return [shown]
    if isinstance(expression, Add):
        found: list[str] = []
        for term in expression.as_ordered_terms():
            first, *rest = broken(term, width - 2, writer)
            first = first if first.startswith("-") or not found else f"+ {first}"
            if found and not rest and width_of(found[-1]) + width_of(first) <= width:
                found[-1] += f" {first}"
            else:
                found += [first, *rest]
        return found
    above, below = fraction(expression)
    sums = [factor for factor in Mul.make_args(above) if factor.is_Add]
    if not sums:
        factors = expression.as_ordered_factors()
        middle = len(factors) // 2
        halves = Mul(*factors[:middle]), Mul(*factors[middle:])
        first, *rest = (line for half in halves for line in broken(half, width - 2, writer))
        return [first, *(line if line.startswith(r"\times") else rf"\times {line}" for line in rest)]
    lines = broken(Mul(*(x for x in Mul.make_args(above) if not x.is_Add)) / below, width, writer)
    for total in sums:
        inside = broken(total, width - 4, writer)
        if len(inside) == 1:
            lines.append(rf"\times \left({inside[0]}\right)")
        else:
            lines += [rf"\times \Bigl({inside[0]}", *inside[1:-1], rf"{inside[-1]}\Bigr)"]
    return lines


def width_of(latex: str) -> float:
    r"""The width of a formula in letters, about: of a fraction the wider half, of what is raised 0.7 times.

    >>> width_of(r"\frac{a + b + 1}{b}") < width_of("a + b + 1 + b")
    True
    """
    return _width([token for token in _token.findall(latex) if not token.isspace()], 0)[0]


def _width(tokens: list[str], at: int) -> tuple[float, int]:
    """The width up to the brace that closes, and where that is."""
    total = 0.0
    while at < len(tokens) and tokens[at] != "}":
        size, at = _one(tokens, at)
        total += size
    return total, at


def _one(tokens: list[str], at: int) -> tuple[float, int]:
    """The width of one token with its arguments, and where the next is."""
    token = tokens[at]
    if token == "{":
        inside, end = _width(tokens, at + 1)
        return inside, end + 1
    if token in ("^", "_") and at + 1 < len(tokens):
        inside, end = _one(tokens, at + 1)
        return 0.7 * inside, end
    if token == r"\frac" and at + 1 < len(tokens):
        above, at = _one(tokens, at + 1)
        below, at = _one(tokens, at)
        return max(above, below), at
    wide = {r"\left": 0.0, r"\right": 0.0, "&": 0.0, r"\quad": 2.0, r"\qquad": 4.0, r"\;": 0.5, r"\,": 0.3}
    if token in wide or token.startswith((r"\begin", r"\end")):
        return wide.get(token, 0.0), at + 1
    if token.startswith(FUNCTIONS):
        return 0.9 * len(token) - 0.9, at + 1
    return (2.0 if token in "+-=<>" or token in (r"\sim", r"\approx", r"\times") else 1.0), at + 1


FUNCTIONS = (r"\sin", r"\cos", r"\log", r"\min", r"\max", r"\sinh", r"\cosh", r"\coth", r"\tan")


def wrapped(latex: str) -> str:
    """The same in lines of at most `SOURCE` characters, broken where a space stands."""
    lines = (
        wrap(line.replace("\\ ", "\\\0"), SOURCE, break_long_words=False, break_on_hyphens=False)
        for line in latex.splitlines()
    )
    return "\n".join(piece for line in lines for piece in line).replace("\0", " ")


__all__ = ["Writer", "aligned", "broken", "condition_tex", "free_letter", "rows_of", "width_of", "wrapped"]
