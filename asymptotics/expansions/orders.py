"""Orders: exponents as rational combinations of monomials, and their signs on a domain.

    order(expression)              an exponent as an order; equal exponents give equal orders
    order_expr                     back to SymPy
    add, subtract, times, product  sums and multiples of orders
    Signs, signs_on                which of two orders is ahead on a domain, each question asked once
    compare                        the same for exponents

>>> from asymptotics.symbols import a, b
>>> order_expr(add(order(a / b - 1), order(1 - a)))
-a + a/b
"""

from __future__ import annotations

from sympy import QQ, Add, Expr, Integer, Mul, Rational, S, expand

from asymptotics.caches import cached
from asymptotics.domains.bounds import count_from_bounds, see_point
from asymptotics.domains.domain import Domain, normal
from asymptotics.expansions.generators import Generator, Number, generator, merge

Order = frozenset[tuple[Generator, Number]]
"""Coefficients by monomial, each a generator of base e, as it were."""

CONSTANT = generator(S.Exp1)
ZERO: Order = frozenset()

Place = tuple[Order, float]
"""An order and its value at a point of a domain."""

NEAR = 1e-9
"""Two orders whose values at a point differ by less are compared by proof alone."""


@cached(maxsize=20_000)
def order(expression: Expr) -> Order:
    """An exponent as a rational combination of monomials; equal exponents give equal orders."""
    if expression.is_Integer:
        return frozenset({(CONSTANT, int(expression))}) if expression else ZERO
    parts = {}
    for term in Add.make_args(normal(expression)):
        c, monomial = term.as_coeff_Mul()
        if c:
            whole = int(c) if c.is_Integer else QQ.from_sympy(c)
            parts[generator(S.Exp1, monomial)] = whole
    return frozenset(parts.items())


def add(first: Order, second: Order) -> Order:
    """The sum of two orders."""
    total = merge(first, second)
    for letter, _ in total:
        if letter.is_compound:  # a/(b - 1) - 1/(b - 1) may be shorter than the sum of its parts
            return order(normal(order_expr(first) + order_expr(second)))
    return total


def subtract(first: Order, second: Order) -> Order:
    """The difference of two orders."""
    return add(first, times(second, -1))


def times(place: Order, factor: Number) -> Order:
    """A rational multiple of an order."""
    return frozenset((letter, p * factor) for letter, p in place) if factor else ZERO


def product(place: Order, expression: Expr) -> Order:
    """``place * expression``."""
    if expression.is_Rational:
        return times(place, int(expression) if expression.is_Integer else QQ.from_sympy(expression))
    return order(normal(order_expr(place) * expression))


@cached(maxsize=20_000)
def order_expr(place: Order) -> Expr:
    """The exponent that an order stands for."""
    return Add(*(letter.monomial * as_rational(p) for letter, p in place))


def as_rational(number: Number) -> Rational:
    return Integer(number) if isinstance(number, int) else QQ.to_sympy(QQ(number))


class Signs:
    """The signs of orders on one domain: 1, 0, -1, or None where it is not the same everywhere.

    Symbols are counted from their lower bounds (`domains.bounds`): an order whose coefficients agree in sign
    then has that sign, and what is not seen so is asked of the domain.
    """

    def __init__(self, domain: Domain) -> None:
        self.domain = domain
        self._known: dict[Order, int | None] = {ZERO: 0}
        self._counted = count_from_bounds(domain.constraints)
        self._point = None if domain.chain else see_point(domain.constraints)
        self._values: dict[Generator, float] = {}
        self._places: dict[Expr, Place] = {}
        self._compared: dict[tuple[Order, Order], int | None] = {}
        self._rows: dict[tuple[Generator, Expr], dict[Expr, Number]] = {}

    def sign(self, place: Order) -> int | None:
        """The sign of an order."""
        if place not in self._known:
            self._known[place] = self._find(place)
        return self._known[place]

    def _find(self, place: Order) -> int | None:
        if self.domain.chain or not all(letter.is_power for letter, _ in place):
            return self.domain.sign(order_expr(place))
        clear = Mul(*{x.denominator for x, _ in place})
        total: dict[Expr, Number] = {}
        for letter, share in place:
            for monomial, c in self._row(letter, clear).items():
                total[monomial] = total.get(monomial, 0) + share * c
        found = {c > 0 for c in total.values() if c}
        if len(found) == 1:
            return 1 if found.pop() else -1
        bounded = self._counted.is_complete and not self._counted.others
        if bounded and all(m.is_Symbol or m == 1 for m in total):
            return None  # a linear form that changes sign
        return self.domain.sign(order_expr(place))

    def _row(self, letter: Generator, clear: Expr) -> dict[Expr, Number]:
        if (letter, clear) not in self._rows:
            moved = expand((letter.monomial * clear).xreplace(self._counted.table))
            parts = moved.as_coefficients_dict().items()
            self._rows[letter, clear] = {m: QQ.from_sympy(c) for m, c in parts}
        return self._rows[letter, clear]

    def value(self, place: Order) -> float:
        """The order at a point of the domain; 0 where no point is known."""
        if self._point is None:
            return 0.0
        total = 0.0
        for letter, share in place:
            if letter not in self._values:
                ones = {s: Integer(1) for s in letter.monomial.free_symbols}
                self._values[letter] = float(letter.monomial.xreplace(ones | self._point))
            total += float(share) * self._values[letter]
        return total

    def locate(self, expression: Expr) -> Place:
        """An order and its value at the point."""
        found = self._places.get(expression)
        if found is None:
            place = order(expression)
            found = self._places[expression] = place, self.value(place)
        return found

    def compare(self, first: Place, second: Place) -> int | None:
        """1 if the first order is smaller everywhere (it is ahead), 0 if equal, -1 if greater, else None."""
        pair = first[0], second[0]
        if pair not in self._compared:
            self._compared[pair] = self.sign(subtract(second[0], first[0]))
        return self._compared[pair]

    def is_ahead(self, first: Place, second: Place) -> bool:
        """Whether the first order is proved to be smaller than the second."""
        return second[1] - first[1] > -NEAR and self.compare(first, second) == 1

    def from_the_front(self, places: dict[Expr, Place]) -> list[Expr]:
        """The orders so that none is behind one that follows it."""
        if self._point is not None:
            return sorted(places, key=lambda p: places[p][1])
        return sorted(places, key=lambda p: sum(self.is_ahead(q, places[p]) for q in places.values()))


@cached(maxsize=512)
def signs_on(domain: Domain) -> Signs:
    """The signs of orders on a domain."""
    return Signs(domain)


def compare(domain: Domain, first: Expr, second: Expr) -> int | None:
    """1 if ``first < second`` on the domain (first is ahead), 0 if equal, -1 if greater, else None."""
    signs = signs_on(domain)
    return signs.compare(signs.locate(first), signs.locate(second))
