"""LaTeX of what is shown: numbers as in `asymptotics.display`, formulas as papers have them.

tex(expression)                    one expression
raised(printer, expression)        an exponent or index, where a function writes itself
Typeset                            what writes itself by its ``to_latex``
Writer                             writes several, and knows what of them was rounded or needs a meaning
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr, Mul, fraction, sympify
from sympy.printing.latex import LatexPrinter
from sympy.printing.precedence import PRECEDENCE

from asymptotics.display import is_rounded, meanings, readable

_PRODUCT = PRECEDENCE["Mul"]


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
