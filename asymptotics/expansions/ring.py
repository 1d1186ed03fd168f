"""Exact coefficients: polynomials with rational coefficients in generators, each a SymPy expression.

A generator is a symbol, a constant or a function of parameters (``pi``, ``zeta(a - b)``, ``b``), or a power
whose exponent is one monomial (``A**a``, ``A**(a/b)``); its exponents are rational. Sums and products of
coefficients are sums and products of sparse polynomials, so that equal ones meet. Relations between
generators, such as ``Gamma(x + 1) = x Gamma(x)``, stay hidden from the polynomials; `Element.vanishes`
therefore looks at values too.

    element(expression)     an expression as a polynomial
    whole(expression)       the same, its sums one generator each
    power(base, exponent)   ``base**exponent``, the exponent an order
    sum_of_products         what the coefficients of a product of expansions are
    Element.as_expr         back to SymPy, with common factors out

>>> from sympy import Rational
>>> from asymptotics.symbols import a, b
>>> element(b * (a - 1)) * element(1 / (2 * b)) + element(Rational(1, 2))
a/2
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import repeat
from math import prod
from typing import Any

import mpmath
from sympy import QQ, Expr, Mul, S, Symbol

from asymptotics.caches import cached
from asymptotics.expansions.generators import DIGITS, UNIT, Generator, Monomial, Number, generator, merge
from asymptotics.expansions.orders import CONSTANT, Order, as_rational, order, product
from asymptotics.expansions.writing import shared, write
from asymptotics.parsing.heights import WRITTEN, bit_length, substitute
from asymptotics.precision import working

LONG = 3
"""Longer sums of numbers are one generator, as are sums of functions of symbols."""


class Element:
    """A polynomial: rational coefficients by monomial. Not changed once made.

    >>> from asymptotics.symbols import a
    >>> (element(a + 1) * element(a - 1)).as_expr()
    (a - 1)*(a + 1)
    """

    __slots__ = ("_expression", "terms")

    def __init__(self, terms: dict[Monomial, Number], expression: Expr | None = None) -> None:
        self.terms = terms
        self._expression = expression

    def __bool__(self) -> bool:
        return bool(self.terms)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Element) and self.terms == other.terms

    def __hash__(self) -> int:
        return hash(frozenset(self.terms))

    def __repr__(self) -> str:
        return str(self.as_expr())

    def __add__(self, other: Element) -> Element:
        return sum_of_products(((self, ONE), (other, ONE)))

    def __mul__(self, other: Element) -> Element:
        return sum_of_products(((self, other),))

    def __neg__(self) -> Element:
        return self.scale(QQ(-1))

    def scale(self, factor: Number) -> Element:
        """``factor * self``, the factor rational."""
        return Element({m: c * factor for m, c in self.terms.items()} if factor else {})

    def inverse(self) -> Element:
        """``1/self``: of one monomial its inverse, of sums generators, one for each factor."""
        if len(self.terms) == 1:
            ((monomial, c),) = self.terms.items()
            return Element({frozenset((letter, -p) for letter, p in monomial): 1 / c})
        bases = ((part, *part.as_base_exp()) for part in Mul.make_args(self.as_expr()))  # factored
        inverses = (_single(x).power(-n) if x.is_Add else element(1 / part) for part, x, n in bases)
        return prod(inverses, start=ONE)

    def power(self, exponent: Expr) -> Element:
        """``self**exponent``; an exponent that is not whole makes a generator of self."""
        if not exponent.is_Integer:
            return power(self.as_expr(), order(exponent))
        base = self if exponent > 0 else self.inverse()
        return prod(repeat(base, abs(int(exponent))), start=ONE)

    def slope(self, variable: Symbol) -> Element:
        """``x d/dx`` of it; x occurs in generators that oscillate alone."""
        if not self.has(variable):
            return Element({})
        pairs = []
        for monomial, c in self.terms.items():
            for letter, p in (x for x in monomial if x[0].has(variable)):
                inner = _slope(letter, variable)
                rest = merge(monomial, frozenset({(letter, -1)}))
                pairs.append((Element({rest: c * p}), inner))
        return sum_of_products(pairs)

    def at(self, variable: Symbol, value: Expr) -> Element:
        """The same with ``value`` for the variable."""
        return self.change(variable, lambda e: substitute(e, {variable: value}))

    def change(self, variable: Symbol, function: Callable[[Expr], Expr]) -> Element:
        """The same with another expression for each power that depends on the variable."""
        if not self.has(variable):
            return self
        total = Element({})
        for monomial, c in self.terms.items():
            summand = Element({UNIT: c})
            for letter, p in monomial:
                if letter.has(variable):
                    summand = summand * element(function(letter.expression())).power(as_rational(p))
                else:
                    summand = summand * Element({frozenset({(letter, p)}): QQ(1)})
            total = total + summand
        return total

    def letters(self) -> set[Generator]:
        return {letter for monomial in self.terms for letter, _ in monomial}

    def has(self, symbol: Symbol) -> bool:
        """Whether a generator depends on ``symbol``."""
        return any(x.has(symbol) for x in self.letters())

    def vanishes(self) -> bool:
        """Whether it is identically zero: no monomial, or values that cancel to 30 digits at two points.

        Values of zeta functions and of regularised sums are random numbers there. A value that is not zero
        means that summands do not cancel; zero at both points, relative to them, is taken as an identity.
        """
        return _cancels(self) if len(self.terms) > 1 else not self.terms

    def as_expr(self) -> Expr:
        """The expression: common factors, times polynomials in symbols beside products of the rest."""
        if self._expression is None:
            self._expression = _written(self)
        return self._expression

    def resolved(self) -> Element | None:
        """The same with whole powers of products as powers of their factors; None where there are none."""
        found = False
        parts = []
        for monomial, c in self.terms.items():
            bases = Counter(letter.base for letter, _ in monomial)
            products = [
                (letter, p)
                for letter, p in monomial
                if letter.base.is_Mul and letter.monomial == 1 and p == int(p) and bases[letter.base] == 1
            ]
            found = found or bool(products)
            factors = (element(letter.base).power(as_rational(p)) for letter, p in products)
            parts.append((Element({monomial - frozenset(products): c}), prod(factors, start=ONE)))
        return sum_of_products(parts) if found else None


@cached(maxsize=20_000)
def _cancels(total: Element) -> bool:
    common = shared(total.terms)
    if all(letter.is_symbol for monomial in total.terms for letter, _ in monomial - common):
        return False  # a polynomial in symbols times a product
    return all(
        _cancels_at(i, total, mpmath.fp, 1e-9) and _cancels_at(i, total, mpmath.mp, 1e-22) for i in (0, 1)
    )


def _cancels_at(point: int, coefficient: Element, context: Any, tolerance: float) -> bool:
    doubles = context is mpmath.fp
    powers: dict[tuple[Generator, Number], Any] = {}
    total, size = context.zero, 0.0
    with working(DIGITS):
        try:
            for monomial, c in coefficient.terms.items():
                summand = int(c.numerator) / context.mpf(int(c.denominator))
                for factor in monomial:
                    if factor not in powers:
                        powers[factor] = _power(factor, point, context)
                    summand *= powers[factor]
                total, size = total + summand, size + abs(summand)
        except (OverflowError, ZeroDivisionError):
            return doubles
    return bool(abs(total) <= tolerance * size) if total == total else doubles


@cached(maxsize=4096)
def _written(coefficient: Element) -> Expr:
    resolved = coefficient.resolved()
    return write(coefficient.terms) if resolved is None else resolved.as_expr()


@cached(maxsize=2048)
def _slope(letter: Generator, variable: Symbol) -> Element:
    """``x d/dx`` of a generator; of a sum part by part, so that no 1/x of its slope stays within it."""
    expression = letter.expression()
    base, exponent = expression.as_base_exp()
    if not base.is_Add:
        return element(variable * expression.diff(variable))
    inner = sum_of_products((element(part).slope(variable), ONE) for part in base.args)
    return inner * element(exponent * expression / base)


def sum_of_products(pairs: Iterable[tuple[Element, Element]]) -> Element:
    """The sum of the products, monomials collected; of one product with 1 the other factor."""
    pairs = tuple(pairs)
    if len(pairs) == 1 and pairs[0][1] is ONE:
        return pairs[0][0]
    total: dict[Monomial, Number] = {}
    for first, second in pairs:
        for m, c in first.terms.items():
            for n, d in second.terms.items():
                place = merge(m, n)
                found = total.get(place)
                total[place] = c * d if found is None else found + c * d
    return Element({m: c for m, c in total.items() if c})


def _power(factor: tuple[Generator, Number], point: int, context: Any) -> Any:
    """The value of a power of a generator at a point."""
    base, exponent = context.convert(factor[0].sample(point)), factor[1]
    if exponent == int(exponent):
        return base ** int(exponent)
    return context.power(base, context.mpf(int(exponent.numerator)) / int(exponent.denominator))


def whole(expression: Expr) -> Element:
    """An expression whose sums, other than polynomials, are one generator each: long products stay short."""
    if expression.is_Mul:
        return prod((whole(part) for part in expression.args), start=ONE)
    symbols = expression.free_symbols
    is_sum = expression.is_Add and not (symbols and expression.is_polynomial(*symbols))
    return _single(expression) if is_sum else element(expression)


def _single(expression: Expr) -> Element:
    """An expression as a generator; of a sum, without its rational factor and its sign."""
    scale, base = expression.primitive() if expression.is_Add else (S.One, expression)
    if base.could_extract_minus_sign():
        scale, base = -scale, -base
    return Element({frozenset({(generator(base), 1)}): QQ.from_sympy(scale)}, expression)


@cached(maxsize=20_000)
def element(expression: Expr) -> Element:
    """An expression as a polynomial in generators, shown as it was given.

    Sums behind a denominator are generators.
    """
    return Element(_convert(expression).terms, expression)


def _convert(expression: Expr) -> Element:
    if expression.is_Rational:
        value = QQ.from_sympy(expression)
        return Element({UNIT: value} if value else {})
    if expression.is_Mul:
        return prod((element(part) for part in expression.args), start=ONE)
    if expression.is_Add:
        return _sum(expression)
    base, exponent = expression.as_base_exp()
    if exponent == 1:
        return _single(base)
    return element(base).power(exponent) if exponent.is_Integer else power(base, order(exponent))


def _sum(expression: Expr) -> Element:
    """A polynomial in symbols, a short sum of numbers, or one generator for another that does not vanish."""
    total = sum_of_products((element(part), ONE) for part in expression.args)
    if total.vanishes():
        return Element({})
    short = len(total.terms) <= LONG and all(
        x.is_number or hasattr(x.base, "oscillates") for x in total.letters()
    )
    if short or all(letter.is_symbol for letter in total.letters()):
        return total
    return _single(expression)


def power(base: Expr, exponent: Order) -> Element:
    """``base**exponent`` for a base that is taken as it is, and as positive where the exponent is not whole.

    >>> from sympy import Integer
    >>> from asymptotics.symbols import a
    >>> power(Integer(3), order(a - 2)), power(Integer(3), order(a - 2)) * element(3**(1 - a))
    (3**a/9, 1/3)
    """
    if base == 1:
        return ONE
    if base.is_Pow and base.exp.free_symbols:  # a power of what is positive
        return power(base.base, product(exponent, base.exp))
    parts = dict(exponent)
    coefficient = QQ(1)
    if base.is_Rational and base > 0 and (number := parts.get(CONSTANT, 0)):
        turns = int(number.numerator // number.denominator)
        if bit_length(base) * abs(turns) <= WRITTEN:
            coefficient = QQ.from_sympy(base) ** turns
            parts[CONSTANT] = number - turns
    letters = ((generator(base, x.monomial), p) for x, p in parts.items() if p)
    return Element({frozenset(letters): coefficient})


ONE = Element({UNIT: QQ(1)}, S.One)
