r"""LaTeX of what is shown: numbers as in `asymptotics.display`, long formulas on several lines.

tex(expression)                    one expression
raised(printer, expression)        an exponent or index, where a function writes itself
Typeset                            what writes itself by its ``to_latex``
Writer                             writes several, and knows what of them was rounded or needs a meaning
aligned(rows)                      relations one below the other
broken(expression, width, writer)  a formula as lines of at most that width, broken at binary operators
sum_tex(terms, bound)              terms with a remainder
width_of(latex)                    the width of a formula in letters, about
depth_of(latex)                    how many fractions are within each other

Lines of the source have at most `SOURCE` characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from numbers import Real
from textwrap import wrap

from sympy import Add, Expr, Mul, Pow, factor, fraction, sympify, together
from sympy.printing.latex import LatexPrinter
from sympy.printing.precedence import PRECEDENCE

from asymptotics.display import is_rounded, meanings, readable
from asymptotics.errors import DomainError, shown

SOURCE = 110
NARROWEST = 10
"""Letters of a line, at least."""
_PRODUCT = PRECEDENCE["Mul"]
_token = re.compile(r"\\begin\{\w+\}|\\end\{\w+\}|\\[A-Za-z]+\*?|\\.|\s+|.", re.DOTALL)


class Typesetter(LatexPrinter):  # type: ignore[misc]
    """SymPy's LaTeX as papers have it: ``\\log^{2}{x}``, ``2 b - a``, ``t^{-1/b}``, ``{}_2F_1`` in a line."""

    _is_raised = False

    def raised(self, exponent: Expr) -> str:
        """An exponent or an index, whose fractions stand in the line: raised they are too small to read."""
        before, self._is_raised = self._is_raised, True
        try:
            return str(self._print(exponent))
        finally:
            self._is_raised = before

    def _as_ordered_terms(self, expr: Expr, order: str | None = None) -> list[Expr]:
        """A term without a sign before those with one, signs as products will have them."""
        terms = super()._as_ordered_terms(expr, order)
        return unsigned_first([positive_sums(term) if term.is_Mul else term for term in terms])

    def _print_log(self, expr: Expr, exp: str | None = None) -> str:
        power = rf"^{{{exp}}}" if exp else ""
        return rf"\log{power}{{\left({self._print(expr.args[0])} \right)}}"

    def _print_hyper(self, expr: Expr, exp: str | None = None) -> str:
        above, below, z = expr.args
        lists = [", ".join(self._print(x) for x in part) for part in (above, below)]
        shown = (
            rf"{{}}_{{{len(above)}}}F_{{{len(below)}}}\left({lists[0]}; {lists[1]}; {self._print(z)}\right)"
        )
        return rf"{{{shown}}}^{{{exp}}}" if exp else shown

    def _print_Mul(self, expr: Expr) -> str:
        product = positive_sums(expr)
        return self._in_line(product) if self._is_raised else str(super()._print_Mul(product))

    def _in_line(self, product: Expr) -> str:
        """``(a - 1)/(2 b)``; a product without a denominator as SymPy has it."""
        sign, product = ("-", -product) if product.could_extract_minus_sign() else ("", product)
        above, below = fraction(product, exact=True)
        if below == 1:
            return f"{sign}{super()._print_Mul(product)}"
        return f"{sign}{self.parenthesize(above, _PRODUCT - 1)}/{self.parenthesize(below, _PRODUCT)}"

    def _print_Rational(self, expr: Expr) -> str:
        return f"{expr.p}/{expr.q}" if self._is_raised and expr.q != 1 else str(super()._print_Rational(expr))

    def _print_Pow(self, expr: Expr) -> str:
        base, exponent = expr.base, expr.exp
        if exponent.is_Rational and exponent.is_negative and self._is_raised:
            return self._in_line(expr)
        if exponent.is_Rational and (exponent.is_negative or exponent.p == 1):
            return str(super()._print_Pow(expr))  # one below a fraction, or a root
        if base.is_Function:
            return str(self._print(base, exp=self.raised(exponent)))
        return self._helper_print_standard_power(expr, "%s^{%s}")

    def _helper_print_standard_power(self, expr: Expr, template: str) -> str:
        base = self.parenthesize(expr.base, PRECEDENCE["Pow"])
        if expr.base.is_Symbol:
            base = self.parenthesize_super(base)
        return template % (base, self.raised(expr.exp))

    def _print_ExpBase(self, expr: Expr, exp: str | None = None) -> str:
        return str(self._do_exponent(f"e^{{{self.raised(expr.args[0])}}}", exp))


def positive_sums(product: Expr) -> Expr:
    """A product whose sums have few minus signs: ``-C (b + 1)`` for ``C (-b - 1)``.

    >>> from asymptotics.symbols import C, a, b
    >>> positive_sums(C * (-b - 1)), positive_sums(a * (1 - b)), positive_sums(-a * (1 - b))
    (-C*(b + 1), a*(1 - b), a*(b - 1))
    """
    coefficient, factors = product.as_coeff_mul()
    sums = [f for f in factors if f.is_Add and f.could_extract_minus_sign()]
    negative = [f for f in sums if all(x.could_extract_minus_sign() for x in f.args)]
    mixed = [f for f in sums if f not in negative]
    odd = (len(negative) + bool(coefficient.is_negative) + len(mixed)) % 2
    turned = negative + mixed[: len(mixed) - (odd and bool(mixed))]
    if not turned or len(factors) == 1:
        return product
    rest = [f for f in factors if f not in turned]
    return Mul(coefficient * (-1) ** len(turned), *rest, *(-f for f in turned))


def unsigned_first(terms: Sequence[Expr]) -> list[Expr]:
    """The terms of a sum in their order, but for the first that has no minus sign, which goes ahead.

    >>> from asymptotics.symbols import P, a, b
    >>> unsigned_first([-a, 2 * b, P])
    [2*b, -a, P]
    """
    first = next((i for i, term in enumerate(terms) if not term.could_extract_minus_sign()), 0)
    return [terms[first], *terms[:first], *terms[first + 1 :]] if terms else []


class Typeset:
    """A value whose ``to_latex`` is what SymPy's ``latex`` writes of it, and what a notebook shows."""

    __slots__ = ()

    def to_latex(self) -> str:
        """The formula, without dollar signs."""
        raise NotImplementedError

    def _latex(self, printer: object) -> str:
        return self.to_latex()

    def _repr_latex_(self) -> str:
        return f"${self.to_latex()}$"


class Writer:
    """Writes expressions, and remembers whether a decimal was rounded and what signs stand for."""

    def __init__(self, exact: bool = False) -> None:
        self.exact, self.rounded, self.meanings = exact, False, dict[str, None]()
        self.printer, self._written = Typesetter(), dict[tuple[object, bool], str]()

    @property
    def relation(self) -> str:
        """How what was written is related to what is meant."""
        return r"\approx" if self.rounded else r"\sim"

    def write(self, expression: object, *, raised: bool = False) -> str:
        """LaTeX of an expression, in decimals where these are shorter unless it is to be ``exact``."""
        key = sympify(expression), raised
        if key not in self._written:
            shown = key[0] if self.exact else readable(key[0])
            self.rounded |= is_rounded(shown)
            self.meanings.update(dict.fromkeys(meanings(shown)))
            self._written[key] = self.printer.raised(shown) if raised else str(self.printer.doprint(shown))
        return self._written[key]


def raised(printer: LatexPrinter, expression: Expr) -> str:
    """An exponent or an index in the hands of any printer."""
    return printer.raised(expression) if isinstance(printer, Typesetter) else str(printer._print(expression))


def tex(expression: object, *, raised: bool = False) -> str:
    """The readable form of an expression as LaTeX, of one that is ``raised`` with fractions in the line.

    >>> from asymptotics.symbols import a, b, t
    >>> print(tex((a - 1) / b), tex(t ** (1 / b)), tex(a / b, raised=True))
    \\frac{a - 1}{b} t^{1/b} a/b
    """
    return Writer().write(expression, raised=raised)


def sum_tex(
    terms: Sequence[Expr], bound: Expr | None, *, width: float | None = None, exact: bool = False
) -> str:
    """Terms in their order with a remainder ``O(bound)``, on lines of at most ``width`` letters."""
    writer = Writer(exact)
    lines = join_terms((broken(term, room(width), writer) for term in terms), room(width)) or ["0"]
    if bound is not None:
        lines = join_terms((lines, [rf"O\left({writer.write(bound)}\right)"]), room(width))
    rows = ["&" + lines[0], *(rf"&\quad {line}" for line in lines[1:])]
    return aligned([*rows, *(f"&{one}" for one in writer.meanings)])


def room(width: float | None) -> float:
    """The width of a line, infinite for None. Raises `DomainError` for what is no width."""
    if width is None:
        return float("inf")
    if isinstance(width, bool) or not isinstance(width, Real) or not width >= NARROWEST:
        raise DomainError(f"width = {shown(width)}; give a number of letters from {NARROWEST} on")
    return float(width)


def aligned(rows: Iterable[str]) -> str:
    """Relations, one below the other; one alone as it is."""
    rows = list(rows)
    if len(rows) == 1:
        return wrapped(rows[0].replace("&", "", 1))
    return wrapped("\\begin{aligned} " + " \\\\\n".join(rows) + r" \end{aligned}")


def broken(expression: Expr, width: float, writer: Writer) -> list[str]:
    r"""A formula as lines of at most ``width`` letters: broken at sums, and before factors with ``\times``.

    >>> from asymptotics.symbols import a, b
    >>> broken((a + 1) * (a + b) / b, 9, Writer())
    ['\\frac{1}{b} \\left(a + 1\\right)', '\\times \\left(a + b\\right)']
    >>> broken(-((a + 1) * (a + b)), 9, Writer())
    ['-\\left(a + 1\\right)', '\\times \\left(a + b\\right)']
    """
    shown = writer.write(expression)
    if width_of(shown) <= width:
        return [shown]
    if hasattr(expression, "in_brackets"):
        before, inside, after = expression.in_brackets(writer)
        first, *rest = broken(inside, width - 4, writer)
        return [f"{before}{first}", *rest[:-1], f"{rest[-1]}{after}"] if rest else [shown]
    if isinstance(expression, Add):
        return join_terms(
            (broken(x, width - 2, writer) for x in unsigned_first(expression.as_ordered_terms())), width
        )
    return _product(expression, shown, width, writer) if isinstance(expression, Mul | Pow) else [shown]


def _product(expression: Mul | Pow, shown: str, width: float, writer: Writer) -> list[str]:
    """The same of a product: its factors line by line, and one below it by its factors or in brackets."""
    above, below = fraction(expression)
    if width_of(writer.write(below)) > width:
        if fraction(together(below))[1] != 1:  # one of fractions, which has no factors to be read
            return _over(above, below, width, writer)
        if below != (below := factor(below)):
            return broken(above / below, width, writer)
    if not isinstance(expression, Mul):
        return [shown]
    sums = [factor for factor in Mul.make_args(above) if factor.is_Add]
    rest = [factor for factor in Mul.make_args(above) if not factor.is_Add]
    if not sums:
        factors = expression.as_ordered_factors()
        if factors[0] == -1:  # a sign is no factor to stand on a line
            first, *further = broken(Mul(*factors[1:]), width - 2, writer)
            return [first[1:].lstrip() if first.startswith("-") else f"-{first}", *further]
        middle = len(factors) // 2
        halves = Mul(*factors[:middle]), Mul(*factors[middle:])
        lines = [line for half in halves for line in broken(half, width - 2, writer)]
    else:
        lines = broken(Mul(*rest) / below, width, writer)
    sign = {"1": "", "-1": "-"}.get(lines[0]) if sums and len(lines) == 1 else None
    lines = lines if sign is None else []
    for total in sums:
        lines += _bracketed(total, width, writer)
    return _filled([f"{sign or ''}{lines[0]}", *lines[1:]], width)


def _over(above: Expr, below: Expr, width: float, writer: Writer) -> list[str]:
    """A quotient as a product with an inverse in brackets."""
    *under, last = _bracketed(below, width - 4, writer)
    under += [f"{last}^{{-1}}"]
    if above == 1:
        return under
    over = _bracketed(above, width, writer) if above.is_Add else broken(above, width, writer)
    return [*over, rf"\times {under[0]}", *under[1:]]


def _bracketed(total: Expr, width: float, writer: Writer) -> list[str]:
    """A sum in brackets, on as many lines as it needs."""
    inside = broken(total, width - 4, writer)
    if len(inside) == 1:
        return [rf"\left({inside[0]}\right)"]
    return [rf"\Bigl({inside[0]}", *inside[1:-1], rf"{inside[-1]}\Bigr)"]


def _filled(lines: Sequence[str], width: float) -> list[str]:
    r"""Factors on as few lines as they need; a factor that begins a line has a ``\times`` before it."""
    found = [lines[0]]
    for line in lines[1:]:
        begins = not line.startswith((r"\times", "+", "-"))
        if begins and width_of(found[-1]) + width_of(line) <= width and not found[-1].endswith("Bigr)"):
            found[-1] += f" {line}"
        else:
            found.append(rf"\times {line}" if begins else line)
    return found


def fitted(line: str, width: float) -> str:
    """What has no operator to break at, as a long summand, is set smaller; needs graphicx."""
    wide = width_of(line) > 1.1 * width
    return rf"\resizebox{{0.9\linewidth}}{{!}}{{$\displaystyle {line}$}}" if wide else line


def join_terms(terms: Iterable[Sequence[str]], width: float) -> list[str]:
    """A sum of terms, each on lines of its own where they are long, as few lines as they need."""
    found: list[str] = []
    for first, *rest in terms:
        first = first if first.startswith("-") or not found else f"+ {first}"
        if found and not rest and width_of(found[-1]) + width_of(first) <= width:
            found[-1] += f" {first}"
        else:
            found += [first, *rest]
    return found


def width_of(latex: str) -> float:
    r"""The width of a formula in letters, about: of a fraction the wider half, of what is raised 0.7 times.

    >>> width_of(r"\frac{a + b + 1}{b}") < width_of("a + b + 1 + b")
    True
    """
    return _width([token for token in _token.findall(latex) if not token.isspace()], 0)[0]


def depth_of(latex: str) -> int:
    r"""How many fractions are within each other.

    >>> depth_of(r"\frac{1}{2} + \frac{\pi}{\sin{\left(\frac{\pi}{b} \right)}}")
    2
    """
    outer: list[tuple[int, int]] = []
    depth = deepest = awaited = 0  # arguments of a fraction that are still to come
    for token in _token.findall(latex):
        if token == r"\frac":
            awaited = 2
        elif token == "{":
            outer.append((depth, max(awaited - 1, 0)))
            depth, awaited = depth + (awaited > 0), 0
            deepest = max(deepest, depth)
        elif token == "}":
            depth, awaited = outer.pop()
    return deepest


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
    wide = {
        r"\left": 0.4,
        r"\right": 0.4,
        r"\sum": 4.0,
        "&": 0.0,
        r"\quad": 2.0,
        r"\qquad": 4.0,
        r"\;": 0.5,
        r"\,": 0.3,
    }
    if token in wide or token.startswith((r"\begin", r"\end")):
        return wide.get(token, 0.0), at + 1
    if token.startswith(FUNCTIONS):
        return 0.9 * len(token) - 0.9, at + 1
    spaced = token in "+-=<>" or token in (r"\sim", r"\approx", r"\times")
    return (2.0 if spaced else 1.5 if token in "()[]" else 1.0), at + 1


FUNCTIONS = (r"\sin", r"\cos", r"\log", r"\min", r"\max", r"\sinh", r"\cosh", r"\coth", r"\tan")


def wrapped(latex: str) -> str:
    """The same in lines of at most `SOURCE` characters, broken where a space stands."""
    lines = (
        wrap(line.replace("\\ ", "\\\0"), SOURCE, break_long_words=False, break_on_hyphens=False)
        for line in latex.splitlines()
    )
    return "\n".join(piece for line in lines for piece in line).replace("\0", " ")
