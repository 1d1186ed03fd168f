"""Where a coefficient vanishes: at numbers by balls, in symbols by the zeros of its factors.

A ball proves that a number is not zero; it never proves that it is. So there are three answers:

    NONZERO    the value at two precisions agrees, far from 0
    ZERO       the expanded expression is 0
    DOUBT      the value is 0 to 200 digits, which is taken as a zero, and said

With symbols a coefficient is a product. The gamma function has no zeros, its inverse has those of the poles,
zeta vanishes on the real axis at -2, -4, ... alone, sin(pi x) at integers, and a polynomial where it says so:
each of these is a curve in the parameters. What a sum of other functions does is not decided.

    zero_test(expression)            one of the three for an expression without free symbols
    number_in(coefficient)           the factor without symbols
    zero_test_of(coefficient)        the test of that factor, for a polynomial in generators
    zero_curves(expression, domain)  polynomials that vanish where a factor does; whether these are all zeros
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import mpmath
from sympy import (
    Add,
    Expr,
    Function,
    Integer,
    Max,
    Min,
    Mul,
    Rational,
    expand,
    factor_list,
    factor_terms,
    gamma,
    hyper,
    log,
    pi,
    sin,
    together,
    zeta,
    zoo,
)
from sympy.polys.polyerrors import PolynomialError

from asymptotics.caches import cached
from asymptotics.domains.domain import POSITIVE, Domain, primitive, solutions
from asymptotics.errors import DomainError
from asymptotics.expansions.generators import Monomial, Number
from asymptotics.expansions.ring import Element
from asymptotics.expansions.tidying import tidy
from asymptotics.parsing.heights import substitute
from asymptotics.precision import working

NONZERO, ZERO, DOUBT = "nonzero", "zero", "doubt"
PRECISIONS = (20, 40, 80, 200)
"""Digits at which a value is compared with that at the precision before."""
NEAR = 16
"""Digits at which a coefficient is followed towards a curve, down to a distance of 10^-12."""
LINES = 24
"""How many zeros of one factor are followed, n = 0, 1, ..."""


@cached(maxsize=10_000)
def zero_test(expression: Expr) -> str:
    """`NONZERO`, `ZERO` or `DOUBT` for an expression without free symbols.

    >>> from sympy import S, sqrt
    >>> zero_test(S(2) ** 8 - 256), zero_test(sqrt(2) - 1), zero_test(gamma(S(1) / 3) * sin(pi / 3) * 0)
    ('zero', 'nonzero', 'zero')
    >>> zero_test(gamma(S(1) / 3) * gamma(S(2) / 3) - 2 * pi / sqrt(3))
    'doubt'
    """
    if expression.is_Rational:
        return ZERO if expression == 0 else NONZERO
    if expression.is_Function and _known_positive(expression, POSITIVE):
        return NONZERO
    before = _value(expression, PRECISIONS[0])
    for digits in PRECISIONS[1:]:
        now = _value(expression, digits)
        if before is None or now is None or abs(now - before) <= abs(now) * 1e-6 != 0:
            return NONZERO
        before = now
    return ZERO if expand(expression) == 0 else DOUBT


def number_in(coefficient: Expr) -> Expr:
    """The factor of a coefficient that is free of symbols.

    >>> from asymptotics.symbols import P, a
    >>> number_in((sin(pi / 3) - 1) / P**2), number_in(a - 1)
    (-1 + sqrt(3)/2, 1)
    """
    symbols = coefficient.free_symbols
    if not symbols:
        return coefficient
    if all(part.free_symbols for part in coefficient.atoms(Add, Function)):
        return Integer(1)  # powers of rational numbers do not vanish
    return factor_terms(coefficient).as_independent(*symbols, as_Add=False)[0]


def zero_test_of(coefficient: Element) -> str:
    """The test of the factor of a coefficient that is free of symbols."""
    beside: dict[Monomial, list[tuple[Number, Monomial]]] = {}
    for monomial, c in coefficient.terms.items():
        symbolic = frozenset(part for part in monomial if not part[0].is_number)
        beside.setdefault(symbolic, []).append((c, monomial))
    if any(_stands(summands) for summands in beside.values()):
        return NONZERO  # nothing is there to cancel it
    return zero_test(number_in(coefficient.as_expr()))


def _stands(summands: list[tuple[Number, Monomial]]) -> bool:
    """Whether the numbers beside one product of symbols do not cancel, as far as their values show it."""
    if len(summands) == 1:
        bases = (letter.base for letter, _ in summands[0][1] if not letter.base.free_symbols)
        return all(zero_test(base) == NONZERO for base in bases)
    before, now = (_sum(summands, digits) for digits in PRECISIONS[:2])
    return before is not None and now is not None and abs(now - before) <= abs(now) * 1e-6 != 0


def _sum(summands: list[tuple[Number, Monomial]], digits: int) -> mpmath.mpf | None:
    """The sum of products of the letters that are numbers; None where one of them has no value."""
    products = []
    with working(digits):
        for c, monomial in summands:
            product = mpmath.mpf(int(c.numerator)) / int(c.denominator)
            for letter, power in monomial:
                if letter.is_number:
                    value = _letter(letter.expression(), digits)
                    if value is None or value == 0 or (value < 0 and power != int(power)):
                        return None
                    product *= value ** (mpmath.mpf(int(power.numerator)) / int(power.denominator))
            products.append(product)
        return mpmath.fsum(products)


@cached(maxsize=4096)
def _letter(expression: Expr, digits: int) -> mpmath.mpf | None:
    return _value(expression, digits)


def _value(expression: Expr, digits: int) -> mpmath.mpf | None:
    """The value with all sums and products at this precision; None where a function has no value."""
    with working(digits):
        return _evaluate(expression, digits)


def _evaluate(expression: Expr, digits: int) -> mpmath.mpf | None:
    if not (expression.is_Add or expression.is_Mul or expression.is_Pow):
        number = expression.evalf(digits)
        real, imaginary = number.as_real_imag()
        if not (real.is_Float or real.is_Rational) or not imaginary.is_zero:
            return None
        return mpmath.mpf(real._to_mpmath(mpmath.mp.prec))
    parts: list[mpmath.mpf] = []
    for argument in expression.args:
        part = _evaluate(argument, digits)
        if part is None:
            return None
        parts.append(part)
    if expression.is_Add:
        return mpmath.fsum(parts)
    if expression.is_Mul:
        return mpmath.fprod(parts)
    base, whole = parts[0], expression.exp.is_Integer
    if base == 0 or (base < 0 and not whole):
        return None
    return base ** (int(expression.exp) if whole else parts[1])


ELSEWHERE = Rational(3, 7)
"""A value for letters of which the domain says nothing, as a step, which is stable where it is small."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Zeros:
    """``curves``: polynomials that vanish where a factor does; ``complete``: these are all zeros."""

    curves: tuple[Expr, ...]
    complete: bool


@cached(maxsize=2_000)
def zero_curves(expression: Expr, domain: Domain) -> Zeros:
    """The zeros of a coefficient on a domain, as far as its factors show them.

    >>> from asymptotics.symbols import a, b
    >>> zero_curves((a - 1) * (a + b - 3) / gamma((b + 3 - a) / b), Domain((a - 1, b - 1, b + 1 - a)))
    Zeros(curves=(a + b - 3,), complete=True)
    >>> zero_curves(2 ** (1 / b) - 2, Domain((b - 1,)))
    Zeros(curves=(), complete=True)
    """
    factors = tuple(_factors(tidy(expression), 1))
    found = [_curves_of(*factor, domain) for factor in factors]
    if None in found:
        # Poles of the undecided factor may meet the zeros of inverse gamma functions.
        found = [part if factor[0].is_Add else None for factor, part in zip(factors, found, strict=True)]
    curves = dict.fromkeys(curve for part in found if part is not None for curve in part)
    return Zeros(
        curves=tuple(curve for curve in curves if _falls(expression, curve, domain)),
        complete=None not in found,
    )


def _factors(product: Expr, sign: int) -> Iterator[tuple[Expr, bool]]:
    """The factors of a product, powers and products within powers taken apart; and whether each divides."""
    for factor in Mul.make_args(product):
        base, power = factor.as_base_exp()
        way = -sign if power.could_extract_minus_sign() else sign
        if base.is_Mul or (base.is_Pow and base != factor):
            yield from _factors(base, way)
        else:
            yield base, way < 0


def _falls(expression: Expr, curve: Expr, domain: Domain) -> bool:
    """Whether the coefficient falls towards the curve, where another factor may have a pole, at a point."""
    for symbol, value in solutions(curve):
        try:
            point = domain.substitute({symbol: value}).witness()
        except DomainError:
            return False
        if point is None:
            return False
        whole = {s: point.get(s, ELSEWHERE) for s in expression.free_symbols | value.free_symbols}
        place = value.xreplace(whole)
        sizes = []
        for digits in (8, 12):
            near = {**whole, symbol: place + Integer(10) ** -digits}
            size = _value(substitute(expression, near), NEAR)
            if size is None:
                return True
            sizes.append(abs(size))
        return bool(sizes[1] <= sizes[0] / 100)
    return True


def _curves_of(base: Expr, inverse: bool, domain: Domain) -> list[Expr] | None:
    """Where a factor vanishes (``inverse``: where it is infinite); None if that is not decided."""
    if base.is_nonzero or _known_positive(base, domain):
        return []
    if isinstance(base, Min | Max) and _sign(base, domain) == 1:
        return []
    if isinstance(base, gamma):
        return _lines(base.args[0], domain, 1) if inverse else []
    if inverse:
        return []  # a pole of the coefficient is a boundary of its own
    if isinstance(base, zeta) and len(base.args) == 2:
        return [] if domain.positive(base.args[0] - 1) and domain.positive(base.args[1]) else None
    if isinstance(base, zeta):
        found = _lines(base.args[0], domain, 2)
        return None if found is None else [c for c in found if c != primitive(base.args[0], domain)]
    if isinstance(base, sin):
        turns = together(base.args[0] / pi)
        up, down = _lines(turns, domain, 1), _lines(1 - turns, domain, 1)
        return None if up is None or down is None else [*up, *down]
    if isinstance(base, log):
        return [] if domain.sign(base.args[0] - 1) in (1, -1) else None
    if isinstance(base, hyper) and domain.positive(base.args[2]):
        # every term of the series is positive
        return [] if all(domain.positive(x) for x in (*base.args[0], *base.args[1])) else None
    return _of_sum(base, domain) if base.is_Add else None


def _known_positive(base: Expr, domain: Domain) -> bool:
    """Whether SymPy knows it, or the constant proves it, as an integral of what is positive."""
    proved = hasattr(base, "proves_positive") and base.proves_positive(domain)
    return bool(proved or base.is_positive)


def _sign(product: Expr, domain: Domain) -> int:
    """The sign of a product whose factors are positive as they stand, or as convergent sums; 0: unknown."""
    sign = 1
    for factor in Mul.make_args(product):
        base = factor.as_base_exp()[0]
        if isinstance(base, zeta) and len(base.args) == 1:
            known = domain.positive(base.args[0] - 1)
        elif isinstance(base, gamma):
            known = domain.positive(base.args[0])
        elif isinstance(base, sin):
            turns = together(base.args[0] / pi)
            known = domain.positive(turns) and domain.positive(1 - turns)
        elif isinstance(base, Min | Max):
            known = all(_sign(x, domain) == 1 for x in base.args)
        elif base.is_Add and base.is_rational_function(*base.free_symbols) and not base.is_number:
            known = domain.positive(base)
        else:
            known = _known_positive(base, domain) or (
                base.is_Add and all(_sign(term, domain) == 1 for term in base.args)
            )
        if not known and not (factor.is_number and factor.is_negative):
            return 0
        sign = sign if known else -sign
    return sign


def _of_sum(total: Expr, domain: Domain) -> list[Expr] | None:
    if total.is_rational_function(*total.free_symbols) and not total.has(Function) and not total.is_number:
        try:
            factors = factor_list(primitive(total, domain))[1]
        except PolynomialError:
            return None
        return [f for f, _ in factors if domain.sign(f) is None]
    if total.is_number:
        return [] if zero_test(total) == NONZERO else None
    if {_sign(term, domain) for term in total.args} in ({1}, {-1}):
        return []
    if len(total.args) == 2:
        # Two terms cancel where the logarithm of their ratio vanishes.
        height = _height(-total.args[0] / total.args[1])
        if height is not None and domain.sign(height) in (1, -1):
            return []
    return None


def _height(ratio: Expr) -> Expr | None:
    """The logarithm of a product of powers of positive numbers; None for other products."""
    height: Expr = Integer(0)
    for factor in Mul.make_args(ratio):
        base, power = factor.as_base_exp()
        if not (base.is_Rational and base > 0 and power.is_rational_function(*power.free_symbols)):
            return None
        height += power * log(base)
    return None if height.has(zoo) or ratio.has(Function) else height


def _lines(argument: Expr, domain: Domain, step: int) -> list[Expr] | None:
    """The curves ``argument = 0, -step, -2 step, ...`` that meet the domain; None if they do not end."""
    if not argument.is_rational_function(*argument.free_symbols):
        return None
    found: list[Expr] = []
    for n in range(LINES):
        shifted = argument + n * step
        sign = domain.sign(shifted)
        if sign == 1:
            return found
        if sign is None:
            curve = primitive(shifted, domain)
            meets = Domain((*domain.constraints, -curve)).is_empty()
            if not meets:
                found.append(curve)
    return None
