"""Logarithms of parameters in exponents: exact ratios, and inequalities between them.

Exponents of geometric spectra are ratios of rates, ``log(tau)/log(rho)``. On a domain of polynomial
inequalities they are variables of their own (`solver`), and an inequality between two monomials,
``tau > rho^2``, is a linear one between logarithms.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from sympy import (
    Add,
    Dummy,
    Expr,
    Integer,
    Mul,
    Pow,
    Rational,
    Symbol,
    ceiling,
    expand,
    expand_log,
    factorint,
    gamma,
    log,
)


def logarithm(expression: Expr) -> Expr:
    """``log(expression)``, expression > 0, as a sum over its factors; numbers stay whole.

    >>> from sympy import exp
    >>> from asymptotics.symbols import a, b
    >>> logarithm(2 * a**2 / b), logarithm(exp(-a))
    (2*log(a) - log(b) + log(2), -a)
    """
    return expand_log(log(with_positive_gammas(expression)), force=True)


def with_positive_gammas(expression: Expr) -> Expr:
    """``gamma(x) = gamma(x + n)/(x (x + 1) ... (x + n - 1))`` at numbers x < 0, with x + n > 0.

    SymPy never ends expanding the logarithm of a power of a negative gamma function.

    >>> with_positive_gammas(gamma(-Rational(4, 3)) / 2)
    9*gamma(2/3)/8
    """
    negative = (g for g in expression.atoms(gamma) if g.args[0].is_Rational and g.args[0] < 0)
    return expression.xreplace({g: _raised(g.args[0]) for g in negative})


def _raised(x: Rational) -> Expr:
    steps = ceiling(-x)
    return gamma(x + steps) / Mul(*(x + i for i in range(steps)))


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


def between_logarithms(constraints: Iterable[Expr]) -> tuple[Expr, ...]:
    """What follows from those constraints that compare two monomials for the logarithms of their factors.

    >>> from asymptotics.symbols import a, b
    >>> between_logarithms((1 - a, b - a**2, a + b - 1))
    (-log(a), -2*log(a) + log(b))
    """
    found = [_in_logarithms(c) for c in constraints if not c.has(log)]
    return tuple(c for c in found if c is not None)


def _in_logarithms(constraint: Expr) -> Expr | None:
    """``m_1 - m_2 > 0`` as ``log m_1 - log m_2 > 0``; else None."""
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


def name_letters(expression: Expr) -> tuple[Expr, dict[Symbol, Expr]]:
    """The expression with a name for each logarithm, and what the names stand for."""
    table = {atom: Dummy(str(atom), real=True) for atom in expression.atoms(log)}
    return expression.xreplace(table), {name: atom for atom, name in table.items()}
