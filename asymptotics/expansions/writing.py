"""Polynomials in generators as expressions: common factors out, polynomials in symbols factored.

write(terms)        the expression of coefficients by monomial
polynomial(parts)   a polynomial in symbols, factored
shared(terms)       the powers that all monomials have
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain
from math import gcd, lcm

from sympy import QQ, Add, Expr, Mul, S
from sympy.polys.rings import PolyRing

from asymptotics.caches import cached
from asymptotics.expansions.generators import UNIT, Generator, Monomial, Number, merge
from asymptotics.expansions.orders import as_rational
from asymptotics.parsing.heights import to_power


def write(terms: Mapping[Monomial, Number]) -> Expr:
    """The expression: common factors, times polynomials in symbols beside products of the rest."""
    common = _common(terms)
    inverse = frozenset((letter, -p) for letter, p in common)
    scale = _content(terms.values())
    parts: dict[Monomial, dict[Monomial, Number]] = {}
    for monomial, c in terms.items():
        left = merge(monomial, inverse)
        plain = frozenset(x for x in left if x[0].is_symbol and x[1] == int(x[1]))
        parts.setdefault(left - plain, {})[plain] = c / scale
    total = Add(*(Mul(polynomial(frozenset(p.items())), *_factors(m)) for m, p in parts.items()))
    sign = -1 if total.is_Add and total.could_extract_minus_sign() else 1
    return Mul(sign * as_rational(scale), *_factors(common), sign * total)


def shared(terms: Iterable[Monomial]) -> Monomial:
    """The powers that all monomials have."""
    return frozenset.intersection(*terms) if terms else UNIT


def _common(terms: Collection[Monomial]) -> Monomial:
    """What all monomials share, and the negative powers of symbols that leave polynomials in them."""
    powers: dict[Generator, list[Number]] = {}
    for letter, p in chain.from_iterable(terms):
        powers.setdefault(letter, []).append(p)
    found = {}
    for letter, listed in powers.items():
        least = min(listed)
        if letter.is_symbol and least < 0:
            found[letter] = least
        elif len(listed) == len(terms) and (least > 0 or max(listed) < 0):
            found[letter] = min(listed, key=abs)
    return frozenset(found.items())


def _content(coefficients: Iterable[Number]) -> Number:
    """The largest number whose whole multiples they are."""
    listed = [(int(c.numerator), int(c.denominator)) for c in coefficients]
    return QQ(gcd(*(n for n, _ in listed)) or 1, lcm(*(d for _, d in listed)))


@cached(maxsize=4096)
def polynomial(parts: frozenset[tuple[Monomial, Number]]) -> Expr:
    """A polynomial in symbols, factored."""
    symbols = sorted({letter.base for monomial, _ in parts for letter, _ in monomial}, key=str)
    if len(parts) == 1 or not symbols:
        return Add(*(Mul(QQ.to_sympy(QQ(c)), *_factors(m)) for m, c in parts))
    places = {symbol: i for i, symbol in enumerate(symbols)}
    found = PolyRing(symbols, QQ).zero
    for monomial, c in parts:
        powers = [0] * len(symbols)
        for letter, p in monomial:
            powers[places[letter.base]] = int(p)
        found[tuple(powers)] = QQ(c)
    scale, factors = found.factor_list()
    total = Mul(*(f.as_expr() ** n for f, n in factors))
    # a number is not multiplied into a sum, a sign is
    return Mul(as_rational(scale), total, evaluate=not total.is_Add or scale in (1, -1))


def _factors(monomial: Monomial) -> Iterator[Expr]:
    """The powers of a monomial, those of one base as one."""
    exponents: dict[Expr, Expr] = {}
    for letter, power in monomial:
        part = letter.monomial * as_rational(power)
        exponents[letter.base] = exponents.get(letter.base, S.Zero) + part
    return (to_power(base, exponent) for base, exponent in exponents.items())
