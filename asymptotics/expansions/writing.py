"""Polynomials in generators as expressions: common factors out, polynomials in symbols factored.

write(terms)        the expression of coefficients by monomial
polynomial(parts)   a polynomial in symbols, factored
shared(terms)       the powers that all monomials have
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import reduce
from itertools import chain
from math import gcd, lcm

from sympy import QQ, Add, Expr, Mul, S
from sympy.polys.rings import PolyElement, PolyRing

from asymptotics.caches import cached
from asymptotics.expansions.generators import UNIT, Generator, Monomial, Number, merge
from asymptotics.expansions.orders import as_rational
from asymptotics.parsing.heights import to_power

Polynomial = frozenset[tuple[Monomial, Number]]
"""Coefficients by monomial, in symbols."""


def write(terms: Mapping[Monomial, Number], below: frozenset[Generator] = frozenset()) -> Expr:
    """The expression: common factors, times polynomials in symbols beside products of the rest.

    Negative powers of symbols, and of the generators ``below``, are out of the sum.
    """
    common = _common(terms, below)
    inverse = frozenset((letter, -p) for letter, p in common)
    scale = _content(terms.values())
    parts: dict[Monomial, dict[Monomial, Number]] = {}
    for monomial, c in terms.items():
        left = merge(monomial, inverse)
        plain = frozenset(x for x in left if x[0].is_symbol and x[1] == int(x[1]))
        parts.setdefault(left - plain, {})[plain] = c / scale
    divisor, polynomials = _divided([frozenset(part.items()) for part in parts.values()])
    total = Add(*(Mul(polynomial(p), *_factors(m)) for m, p in zip(parts, polynomials, strict=True)))
    sign = -1 if total.is_Add and total.could_extract_minus_sign() else 1
    return _scaled(sign * as_rational(scale), Mul(*_factors(common), polynomial(divisor), sign * total))


def _scaled(number: Expr, total: Expr) -> Expr:
    """A product; a number is not multiplied into a sum, a sign is."""
    return Mul(number, total, evaluate=not total.is_Add or number in (1, -1))


def shared(terms: Iterable[Monomial]) -> Monomial:
    """The powers that all monomials have."""
    return frozenset.intersection(*terms) if terms else UNIT


def _common(terms: Collection[Monomial], below: frozenset[Generator]) -> Monomial:
    """What all monomials share, and the negative powers of symbols and of what is ``below``."""
    powers: dict[Generator, list[Number]] = {}
    for letter, p in chain.from_iterable(terms):
        powers.setdefault(letter, []).append(p)
    found = {}
    for letter, listed in powers.items():
        least = min(listed)
        if least < 0 and (letter.is_symbol or letter in below):
            found[letter] = least
        elif len(listed) == len(terms) and (least > 0 or max(listed) < 0):
            found[letter] = min(listed, key=abs)
    return frozenset(found.items())


def _content(coefficients: Iterable[Number]) -> Number:
    """The largest number whose whole multiples they are."""
    listed = [(int(c.numerator), int(c.denominator)) for c in coefficients]
    return QQ(gcd(*(n for n, _ in listed)) or 1, lcm(*(d for _, d in listed)))


@cached(maxsize=4096)
def polynomial(parts: Polynomial) -> Expr:
    """A polynomial in symbols, factored."""
    letters = _letters(parts)
    if len(parts) == 1 or not letters:
        return Add(*(Mul(QQ.to_sympy(QQ(c)), *_factors(m)) for m, c in parts))
    scale, factors = _in_ring(parts, letters).factor_list()
    total = Mul(*(f.as_expr() ** n for f, n in factors))
    return _scaled(as_rational(scale), total)


def _divided(polynomials: list[Polynomial]) -> tuple[Polynomial, list[Polynomial]]:
    """The largest polynomial of several terms that divides all of several, and the quotients."""
    one: Polynomial = frozenset({(UNIT, QQ(1))})
    if len(polynomials) < 2 or any(len(p) < 2 for p in polynomials):
        return one, polynomials  # powers of symbols are out already
    letters = _letters(chain.from_iterable(polynomials))
    elements = [_in_ring(p, letters) for p in polynomials]
    divisor = reduce(PolyElement.gcd, elements).primitive()[1]
    if len(divisor) < 2:
        return one, polynomials
    return _from_ring(divisor, letters), [_from_ring(e.exquo(divisor), letters) for e in elements]


def _letters(parts: Iterable[tuple[Monomial, Number]]) -> list[Generator]:
    return sorted({letter for monomial, _ in parts for letter, _ in monomial}, key=lambda x: str(x.base))


def _in_ring(parts: Polynomial, letters: list[Generator]) -> PolyElement:
    found = PolyRing([letter.base for letter in letters], QQ).zero
    for monomial, c in parts:
        powers = dict(monomial)
        found[tuple(int(powers.get(letter, 0)) for letter in letters)] = QQ(c)
    return found


def _from_ring(element: PolyElement, letters: list[Generator]) -> Polynomial:
    return frozenset(
        (frozenset((letter, p) for letter, p in zip(letters, powers, strict=True) if p), c)
        for powers, c in element.items()
    )


def _factors(monomial: Monomial) -> Iterator[Expr]:
    """The powers of a monomial, those of one base as one."""
    exponents: dict[Expr, Expr] = {}
    for letter, power in monomial:
        part = letter.monomial * as_rational(power)
        exponents[letter.base] = exponents.get(letter.base, S.Zero) + part
    return (to_power(base, exponent) for base, exponent in exponents.items())
