"""Names for the coefficients of expansions, so that they stay polynomials in few letters.

    with_names, name_coefficients    tuples of terms with names, and what the names stand for
    with_values                      the terms with what their names stand for
    collected                        a sum of coefficients, and whether it is canonical

The coefficients of a law at numbers are long products of gamma and zeta values and of surds. Under names they
are Laurent polynomials with rational coefficients; sums and products of those are collected exactly, and only
a literal zero vanishes. The names are replaced when all is done. (SymPy's polynomials take neither negative
nor broken exponents, and its `expand`, which does, costs most of a deep expansion.)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from operator import add

from sympy import Add, Dummy, Expr, Mul, Pow, Rational, Symbol, expand

from asymptotics.expansions.terms import Term

Polynomial = dict[tuple[int | Fraction, ...], Fraction]
"""Coefficients by the exponents of the names; whole exponents are int, which adds faster."""


class Constant(Dummy):  # type: ignore[misc]
    """A name for one coefficient."""


def with_names(series: Sequence[tuple[Term, ...]]) -> tuple[list[tuple[Term, ...]], dict[Symbol, Expr]]:
    """The terms with a name for each irrational coefficient; unchanged if any exponent is symbolic."""
    if not all(t.order.is_number and t.coefficient.is_number for terms in series for t in terms):
        return list(series), {}
    return name_coefficients(series)


def name_coefficients(
    series: Sequence[tuple[Term, ...]], positive: tuple[Term, ...] = ()
) -> tuple[list[tuple[Term, ...]], dict[Symbol, Expr]]:
    """The terms with a name for each irrational coefficient, and what the names stand for.

    ``positive`` are terms whose coefficients are known to be positive, where SymPy cannot tell.
    """
    values: dict[Symbol, Expr] = {}

    def named(t: Term) -> Term:
        if t.coefficient.is_Rational:
            return t
        sign = -1 if t.coefficient.is_negative else 1
        known = t in positive or bool((sign * t.coefficient).is_positive)
        name = Constant("c", positive=True) if known else Constant("c")
        values[name] = sign * t.coefficient
        return replace(t, coefficient=sign * name)

    return [tuple(named(t) for t in terms) for terms in series], values


def with_values(terms: Iterable[Term], values: Mapping[Symbol, Expr]) -> tuple[Term, ...]:
    """The terms with what their names stand for."""
    return tuple(replace(t, coefficient=t.coefficient.xreplace(values)) for t in terms)


def collect(summands: Sequence[Expr]) -> tuple[Expr, bool]:
    """The sum of coefficients, and whether it is canonical, so that only a literal zero vanishes.

    >>> x, y = Constant("x"), Constant("y")
    >>> collect([(x + y) * (x - y), y**2])
    (_x**2, True)
    """
    total = Add(*summands)
    names = sorted(total.free_symbols, key=lambda s: s.sort_key())
    if not names or not all(isinstance(s, Constant) for s in names):
        return total, len(summands) == 1
    try:
        places = {name: i for i, name in enumerate(names)}
        found = _sum(_polynomial(s, places) for s in summands)
    except _NotPolynomialError:
        return expand(total, power_base=False, power_exp=False, log=False, basic=False), True
    return Add(*(_monomial(c, names, exponents) for exponents, c in found.items())), True


class _NotPolynomialError(Exception):
    """A coefficient has other parts than names, rational numbers and rational powers of names."""


def _polynomial(expression: Expr, places: Mapping[Expr, int]) -> Polynomial:
    if expression.is_Add:
        return _sum(_polynomial(part, places) for part in expression.args)
    coefficient = Fraction(1)
    exponents: list[int | Fraction] = [0] * len(places)
    sums: list[Polynomial] = []
    for factor in Mul.make_args(expression):
        base, exponent = factor.as_base_exp()
        if factor.is_Rational:
            coefficient *= _fraction(factor)
        elif base in places and exponent.is_Rational:
            exponents[places[base]] += int(exponent) if exponent.is_Integer else _fraction(exponent)
        elif base.is_Add and exponent.is_Integer and exponent > 0:
            sums += [_polynomial(base, places)] * int(exponent)
        else:
            raise _NotPolynomialError
    found: Polynomial = {tuple(exponents): coefficient}
    for polynomial in sorted(sums, key=len):
        found = _product(found, polynomial)
    return found


def _sum(parts: Iterable[Polynomial]) -> Polynomial:
    total: Polynomial = {}
    for part in parts:
        for exponents, c in part.items():
            total[exponents] = total.get(exponents, 0) + c
    return {exponents: c for exponents, c in total.items() if c}


def _product(first: Polynomial, second: Polynomial) -> Polynomial:
    total: Polynomial = {}
    for p, c in first.items():
        for q, d in second.items():
            exponents = tuple(map(add, p, q))
            total[exponents] = total.get(exponents, 0) + c * d
    return {exponents: c for exponents, c in total.items() if c}


def _fraction(number: Rational) -> Fraction:
    return Fraction(int(number.p), int(number.q))


def _monomial(coefficient: Fraction, names: Sequence[Symbol], exponents: tuple[int | Fraction, ...]) -> Expr:
    powers = (
        Pow(s, Rational(e.numerator, e.denominator)) for s, e in zip(names, exponents, strict=True) if e
    )
    return Mul(Rational(coefficient.numerator, coefficient.denominator), *powers)


__all__ = ["Constant", "collect", "name_coefficients", "with_names", "with_values"]
