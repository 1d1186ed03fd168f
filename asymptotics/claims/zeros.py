"""Places on a line of parameters where a prefactor vanishes, so that another term leads there.

That a prefactor without factors has no zeros is not proved; on a line, those at which it changes its sign are
found by its values.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import mpmath
from sympy import Expr, Integer, Rational, Symbol, lambdify

from asymptotics.domains.cells import Cell
from asymptotics.domains.solver import number_sign
from asymptotics.errors import UnableError
from asymptotics.parsing.expressions import FAILURES
from asymptotics.precision import working

PLACES = tuple(Rational(j, 16) + Rational(1, 997) for j in range(1, 161))
"""Values of the one parameter that is left, at which the sign is looked at."""
DIGITS = 25
HALVINGS = 60
SIMPLE = 60
"""A place is written as a fraction if it is one with a denominator up to this."""


def zeros_on_line(prefactor: Expr, cell: Cell, parameters: tuple[Symbol, ...]) -> tuple[str, ...]:
    """Where a prefactor changes its sign on a cell with one free parameter, as ``a = b = 3/2``.

    Other symbols, as the size of a term in 1/P, are 1.

    >>> from sympy import Eq
    >>> from asymptotics.domains.domain import Domain
    >>> from asymptotics.symbols import a, b
    >>> line = Cell.of(Domain((b - 1, a - 1))).on(a - b)
    >>> zeros_on_line(2**a - 3 * b + Rational(1, 2), line, (a, b))
    ('a = b = 3.1729375',)
    """
    others = prefactor.free_symbols.difference(parameters)
    try:
        inside = cell.value(prefactor.xreplace(dict.fromkeys(others, Integer(1))))
    except UnableError:  # two terms meet on the line, and each of their coefficients diverges
        return ()
    if len(inside.free_symbols) != 1:
        return ()
    (x,) = inside.free_symbols
    return tuple(_write(cell, x, root) for root in _sign_changes(inside, x, cell))


def _sign_changes(inside: Expr, x: Symbol, cell: Cell) -> Iterator[mpmath.mpf]:
    function = lambdify(x, inside, "mpmath")

    def at(place: Rational) -> mpmath.mpf | None:
        if any(number_sign(c.xreplace({x: place})) != 1 for c in cell.domain.constraints):
            return None
        try:
            found = function(mpmath.mpf(place.p) / place.q)
        except FAILURES:
            return None
        return found if isinstance(found, mpmath.mpf) and mpmath.isfinite(found) else None

    with working(DIGITS):
        for (low, first), (high, second) in pairwise((place, at(place)) for place in PLACES):
            if first is None or second is None or first * second > 0:
                continue
            found = first
            for _ in range(HALVINGS):
                middle = (low + high) / 2
                value = at(middle)
                if value is None:
                    break
                found = value
                low, high = (middle, high) if value * first > 0 else (low, middle)
            # at a pole it changes its sign too
            if abs(found) < min(abs(first), abs(second)) / 1000:
                yield mpmath.mpf(low.p) / low.q


def _write(cell: Cell, x: Symbol, root: mpmath.mpf) -> str:
    near = Rational(str(root)).limit_denominator(SIMPLE)
    exact = abs(mpmath.mpf(near.p) / near.q - root) < mpmath.mpf(10) ** -14
    place = str(near) if exact else mpmath.nstr(root, 8)
    equal = [str(symbol) for symbol, e in cell.table if e == x]
    return " = ".join((*equal, str(x), place))
