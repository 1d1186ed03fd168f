"""Rational points of a domain: they show that it is not empty, and that a sign changes on it.

Points are looked for by floats, on a quasi-random walk over the scales, and are accepted by exact signs.
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr, Integer, Poly, Rational, Symbol
from sympy.polys.polyerrors import PolynomialError

from asymptotics.caches import cached
from asymptotics.domains.domain import Domain
from asymptotics.domains.elimination import linear_form
from asymptotics.domains.extent import number_sign

Point = tuple[tuple[Symbol, Rational], ...]
SAMPLES = 40
TRIALS = 3000
RATIOS = (0.7548776662466927, 0.5698402909980532, 0.6180339887498949, 0.4142135623730951)


def sign_at(expression: Expr, point: Point) -> int | None:
    """The sign of an expression at a point; None if a symbol is left."""
    value = expression.xreplace(dict(point))
    return number_sign(value) if value.is_number else None


def inside(domain: Domain, point: Point) -> bool:
    """Whether the point satisfies every constraint."""
    return all(sign_at(c, point) == 1 for c in domain.constraints)


def is_flat(domain: Domain) -> bool:
    """Whether all constraints are linear."""
    return all(linear_form(c) is not None for c in domain.constraints)


def simplest_first(domain: Domain, found: tuple[Point, ...]) -> tuple[Point, ...]:
    """Points of a domain, with its simplest first where its constraints are linear."""
    witness = domain.witness() if is_flat(domain) else None
    return found if witness is None else (tuple(witness.items()), *found[: SAMPLES - 1])


def sign_by_bounds(domain: Domain, polynomial: Expr) -> int | None:
    """The sign of a polynomial whose coefficients agree once each symbol is moved to its lower bound.

    >>> from asymptotics.symbols import a, b
    >>> sign_by_bounds(Domain((a - 1, b - 1)), a*b**2 + a - 1), sign_by_bounds(Domain(), a - 1)
    (1, None)
    """
    bounds: dict[Symbol, Rational] = {}
    for form in map(linear_form, domain.constraints):
        if form and len(form) == 2 and None in form:
            (symbol,) = (s for s in form if s is not None)
            if form[symbol] > 0:
                bounds[symbol] = max(bounds.get(symbol, Integer(0)), -form[None] / form[symbol])
    moved = polynomial.xreplace({s: s + bound for s, bound in bounds.items()})
    signs = {number_sign(c) for c in Poly(moved, *polynomial.free_symbols).coeffs()}
    return signs.pop() if len(signs) == 1 else None


@cached(maxsize=500)
def samples(domain: Domain) -> tuple[Point, ...]:
    """Up to `SAMPLES` points, the simplest first; empty if none was found.

    >>> from asymptotics.symbols import a, b
    >>> domain = Domain((b - 1, a - b**2))
    >>> all(inside(domain, point) for point in samples(domain))
    True
    """
    symbols = sorted(set().union(*(c.free_symbols for c in domain.constraints)), key=lambda s: s.name)
    if not symbols:
        return ((),)
    centre = domain.witness() if is_flat(domain) else None
    found = [] if centre is None else [tuple(centre.items())]
    if is_flat(domain) and centre is None:
        return ()
    for point in _walk(domain, tuple(symbols)):
        if inside(domain, point):
            found.append(point)
            if len(found) >= SAMPLES:
                break
    return tuple(found)


def _walk(domain: Domain, symbols: tuple[Symbol, ...]) -> Iterator[Point]:
    """Points that satisfy the constraints in floats: small halves first, then all scales."""
    tables = [_terms(c, symbols) for c in domain.constraints]
    if any(table is None for table in tables):
        return
    for trial in range(1, TRIALS):
        # the fractional parts of irrational multiples fill the cube evenly
        shares = [trial * RATIOS[i % len(RATIOS)] * (1 + i // len(RATIOS)) % 1 for i in range(len(symbols))]
        if trial < 200:
            numbers = [Rational(1 + int(12 * share), 2) for share in shares]
        else:
            numbers = [Rational(round(64 * 10 ** (3 * share - 1)) or 1, 64) for share in shares]
        floats = [float(x) for x in numbers]
        if all(_positive(table, floats) for table in tables if table is not None):
            yield tuple(zip(symbols, numbers, strict=True))


def _terms(constraint: Expr, symbols: tuple[Symbol, ...]) -> list[tuple[tuple[int, ...], float]] | None:
    try:
        return [(powers, float(c)) for powers, c in Poly(constraint, *symbols).terms()]
    except (PolynomialError, TypeError, OverflowError):
        return None


def _positive(table: list[tuple[tuple[int, ...], float]], point: list[float]) -> bool:
    total = 0.0
    for powers, coefficient in table:
        term = coefficient
        for x, power in zip(point, powers, strict=True):
            term *= x**power
        total += term
    return total > 0


__all__ = ["Point", "inside", "samples", "sign_at", "sign_by_bounds", "simplest_first"]
