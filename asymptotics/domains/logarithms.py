"""Logarithms of parameters in exponents: exact ratios, and inequalities between them.

Exponents of geometric spectra are ratios of rates, ``log(tau)/log(rho)``. On a domain of polynomial
inequalities they are compared in new positive letters: ``T_x = |log x|`` where x is known to lie on
one side of 1, a difference of two letters otherwise; ``|log q|`` of a number lies between two rationals.
An inequality between two monomials, ``tau > rho^2``, is a linear one between logarithms.
"""

from __future__ import annotations

import math

from sympy import (
    Add,
    Dummy,
    Expr,
    Integer,
    Mul,
    Pow,
    Rational,
    Symbol,
    expand,
    expand_log,
    factorint,
    log,
    sign,
)

from asymptotics.caches import cached

BRACKET = Rational(1, 10**15)
"""Relative distance of the rationals between which the logarithm of a number lies."""


def logarithm(expression: Expr) -> Expr:
    """``log(expression)``, expression > 0, as a sum over its factors; numbers stay whole.

    >>> from sympy import exp
    >>> from asymptotics.symbols import a, b
    >>> logarithm(2 * a**2 / b), logarithm(exp(-a))
    (2*log(a) - log(b) + log(2), -a)
    """
    return expand_log(log(expression), force=True)


def ratio(first: Expr, second: Expr) -> Expr:
    """``first/second`` of two rates; a rational number where one is a power of the other.

    >>> from asymptotics.symbols import a
    >>> ratio(log(Rational(1, 8)), log(Rational(1, 4))), ratio(logarithm(a**2), log(a)), ratio(log(a), log(2))
    (3/2, 2, log(a)/log(2))
    """
    left, right = _in_primes(first), _in_primes(second)
    if left is not None and right is not None and left.keys() == right.keys():
        quotients = {left[x] / right[x] for x in left}
        if len(quotients) == 1:
            return quotients.pop()
    return first / second


def _in_primes(rate: Expr) -> dict[Expr, Rational] | None:
    """Rational coefficients of logarithms of primes and symbols, and of symbols; None if there are others."""
    form: dict[Expr, Rational] = {}
    for term in Add.make_args(expand(rate)):
        coefficient, rest = term.as_coeff_Mul()
        if not coefficient.is_Rational:
            return None
        parts: dict[Expr, Rational] = {}
        if isinstance(rest, log) and rest.args[0].is_Rational:
            parts = {log(p): m for p, m in factorint(rest.args[0]).items()}
        elif rest.is_Symbol or rest == 1 or (isinstance(rest, log) and rest.args[0].is_Symbol):
            parts = {rest: Integer(1)}
        else:
            return None
        for x, m in parts.items():
            form[x] = form.get(x, Integer(0)) + coefficient * m
    return {x: c for x, c in form.items() if c != 0}


def as_monomials(expression: Expr) -> Expr | None:
    """A polynomial with the sign of ``sum c_i log(x_i)``, rational c_i; None for anything else.

    >>> from asymptotics.symbols import a, b
    >>> as_monomials(log(a) - 2 * log(b)), as_monomials(log(a) - b)
    (a - b**2, None)
    """
    up, down, scale = Integer(1), Integer(1), 1
    terms = [term.as_coeff_Mul() for term in Add.make_args(expression)]
    if not all(c.is_Rational and isinstance(x, log) for c, x in terms):
        return None
    scale = math.lcm(*(int(c.q) for c, _ in terms))
    for c, x in terms:
        if c > 0:
            up *= x.args[0] ** (c * scale)
        else:
            down *= x.args[0] ** (-c * scale)
    return up - down


@cached(maxsize=2000)
def letters(atom: Expr) -> tuple[Dummy, Dummy]:
    """The two positive letters of ``log(x)``: for what is above 1 and for what is below."""
    return Dummy(f"above[{atom}]", positive=True), Dummy(f"below[{atom}]", positive=True)


def in_letters(
    expression: Expr, constraints: tuple[Expr, ...], side: dict[Expr, int]
) -> tuple[Expr, tuple[Expr, ...]]:
    """An inequality and a domain with logarithms as letters; ``side[x]`` is the known sign of log(x).

    The constraints that are returned are those that concern the letters, implied by the given ones.

    >>> from asymptotics.symbols import a, b
    >>> found, known = in_letters(log(a) / log(b) - 1, (1 - a, 1 - b, a - b), {a: -1, b: -1})
    >>> len(known), found.has(log)
    (1, False)
    """
    new: list[Expr] = []
    table: dict[Expr, Expr] = {}
    linear = [c for c in map(_in_logarithms, constraints) if c is not None]
    for atom in sorted({*expression.atoms(log)}.union(*(c.atoms(log) for c in linear)), key=str):
        above, below = letters(atom)
        x = atom.args[0]
        if x.is_number:
            size = Rational(str(abs(atom.evalf(30))))
            new += [above - size * (1 - BRACKET), size * (1 + BRACKET) - above]
            table[atom] = above * int(sign(x - 1))
        else:
            table[atom] = {1: above, -1: -below}.get(side.get(x, 0), above - below)
    new += [translated for c in linear if not _obvious(translated := expand(c.xreplace(table)))]
    others = {s for s in expression.xreplace(table).free_symbols if not isinstance(s, Dummy)}
    new += [c.xreplace(table) for c in constraints if c.free_symbols & others and not c.has(log)]
    return expression.xreplace(table), tuple(new)


def _obvious(constraint: Expr) -> bool:
    """Whether only positive letters with positive coefficients are said to be positive."""
    return all(not term.as_coeff_Mul()[0].is_negative for term in Add.make_args(constraint))


def _in_logarithms(constraint: Expr) -> Expr | None:
    """``m_1 - m_2 > 0`` as ``log m_1 - log m_2 > 0``; a constraint with logarithms as it is; else None."""
    if constraint.has(log):
        return constraint
    terms = Add.make_args(constraint)
    if len(terms) != 2:
        return None
    ups = [term for term in terms if not term.as_coeff_Mul()[0].is_negative]
    if len(ups) != 1 or not all(_is_product(term) for term in terms):
        return None
    (down,) = (-term for term in terms if term is not ups[0])
    return logarithm(ups[0]) - logarithm(down)


def _is_product(term: Expr) -> bool:
    return all(
        f.is_Rational or f.is_Symbol or (isinstance(f, Pow) and f.base.is_Symbol and f.exp.is_Rational)
        for f in Mul.make_args(term)
    )


def named_letters(expression: Expr) -> tuple[Expr, dict[Symbol, Expr]]:
    """The expression with a name for each logarithm, and what the names stand for."""
    table = {atom: Dummy(str(atom), real=True) for atom in expression.atoms(log)}
    return expression.xreplace(table), {name: atom for atom, name in table.items()}


__all__ = ["as_monomials", "in_letters", "logarithm", "named_letters", "ratio"]
