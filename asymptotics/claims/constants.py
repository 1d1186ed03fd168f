"""Whether two constants are the same function of the parameters.

The quotient of the two is written as ``prod base^power`` over bases that do not factor further: primes, pi,
irreducible polynomials, values of functions. Sines become Gamma functions by
``sin(pi x) = pi/(Gamma(x) Gamma(1 - x))``, and the arguments of Gamma functions are shifted into one unit
interval by ``Gamma(x + 1) = x Gamma(x)``; ``Gamma(2x)`` beside ``Gamma(x)`` is written by Legendre's formula,
and one of ``zeta(s)`` and ``zeta(1 - s)`` by the functional equation. If every power is then 0, the constants
are equal up to a sign, since bases enter by their absolute values; their values at one point say which sign.
If not, they are shown to differ by their values at a rational point.

    same_form(first, second)     whether equality up to a sign is proved
    ratio_form(first, second)    the bases of the quotient and their powers
    value(expression, point)     the number at a rational point
    differ(first, second)        whether two such numbers are apart
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import lcm

import mpmath
from sympy import (
    Add,
    Expr,
    Integer,
    Mul,
    Pow,
    Rational,
    S,
    Symbol,
    beta,
    cos,
    cot,
    count_ops,
    exp,
    factor_list,
    factor_terms,
    factorint,
    floor,
    fraction,
    gamma,
    minimal_polynomial,
    pi,
    sin,
    tan,
    together,
    zeta,
)
from sympy.polys.polyerrors import PolynomialError

from asymptotics.domains.domain import normal
from asymptotics.domains.substitution import put
from asymptotics.errors import UnableError
from asymptotics.precision import working

DIGITS = 40
AGREEMENT = mpmath.mpf(10) ** -30
"""Values that agree better than this at several points are not told apart; values apart by more differ."""
MAX_PARTS = 400
ALGEBRAIC = 40
"""Operations in an algebraic number of which the minimal polynomial is sought."""
LARGEST_ANGLE = 24
"""Sines of fractions of pi with larger denominators have minimal polynomials of high degree."""


def same_form(first: Expr, second: Expr) -> bool:
    """True only if ``first = +- second`` is proved, for all parameters at which both are finite.

    >>> from sympy import pi, sin
    >>> from asymptotics.symbols import a, b
    >>> same_form(pi/sin(pi*a/b), gamma(a/b)*gamma(1 - a/b)), same_form(gamma(a + 1), gamma(a))
    (True, False)
    """
    return not ratio_form(first, second)


def ratio_form(first: Expr, second: Expr) -> dict[Expr, Expr]:
    """The powers that are left of the irreducible bases of ``first/second``, up to sign.

    >>> from asymptotics.symbols import N, a
    >>> ratio_form(N**a/6, N/3)
    {2: -1, N: a - 1}
    """
    form: dict[Expr, Expr] = {}
    _collect(first, Integer(1), form)
    _collect(second, Integer(-1), form)
    while (doubled := _doubled(form)) is not None:
        # Gamma(2x) = 2^(2x-1)/sqrt(pi) Gamma(x) Gamma(x + 1/2)
        power = form.pop(gamma(doubled))
        _add(Integer(2), power * (doubled - 1), form)
        _add(pi, -power / 2, form)
        for half in (doubled / 2, (doubled + 1) / 2):
            _gamma(half, power, form)
    left = {base: power for base, power in form.items() if power != 0}
    return {} if _is_one(left) else left


def _doubled(form: dict[Expr, Expr]) -> Expr | None:
    """The argument of a Gamma function of which another has the half, up to halves of integers."""
    arguments = [base.args[0] for base, power in form.items() if isinstance(base, gamma) and power != 0]
    symbolic = [x for x in arguments if x.free_symbols]
    return next((x for x in symbolic if any((2 * y - x).is_Integer for y in symbolic)), None)


def _is_one(form: dict[Expr, Expr]) -> bool:
    """Whether a short product of radicals and sines of fractions of pi is 1, by its minimal polynomial."""
    if not form or not all(p.is_Rational and _is_algebraic(base) for base, p in form.items()):
        return False
    whole = lcm(*(int(power.q) for power in form.values()))
    product = Mul(*(base ** (power * whole) for base, power in form.items()))
    if count_ops(product) > ALGEBRAIC:
        return False
    found = minimal_polynomial(product, polys=True)
    return bool(found.degree() == 1 and abs(found.nth(0)) == abs(found.nth(1)))


def _is_algebraic(number: Expr) -> bool:
    angles = [part.args[0] / pi for part in number.atoms(sin)]
    if any(not x.is_Rational or x.q > LARGEST_ANGLE for x in angles):
        return False
    bare = number.xreplace({part: Integer(1) for part in number.atoms(sin)})
    return all(part.is_Rational or part.is_Add or part.is_Mul or part.is_Pow for part in _parts(bare))


def _collect(expression: Expr, power: Expr, form: dict[Expr, Expr]) -> None:
    """Add ``power * log|expression|`` to ``form``, the powers of irreducible bases."""
    if expression.is_Rational:
        for sign, number in ((1, expression.p), (-1, expression.q)):
            for prime, multiplicity in (factorint(abs(int(number)), limit=10**4) if number else {}).items():
                if prime != 1:
                    _add(Integer(prime), sign * multiplicity * power, form)
        if expression == 0:
            _add(Integer(0), power, form)
    elif isinstance(expression, Mul):
        for part in expression.args:
            _collect(part, power, form)
    elif isinstance(expression, Pow):
        _collect(expression.base, power * expression.exp, form)
    elif isinstance(expression, exp):
        _add(S.Exp1, power * expression.args[0], form)
    elif isinstance(expression, Add):
        _sum(expression, power, form)
    elif isinstance(expression, sin | cos | tan | cot | beta | gamma | zeta):
        _function(expression, power, form)
    else:
        _add(expression, power, form)


def _add(base: Expr, power: Expr, form: dict[Expr, Expr]) -> None:
    form[base] = normal(form.get(base, Integer(0)) + power)


def _sum(expression: Expr, power: Expr, form: dict[Expr, Expr]) -> None:
    """A sum: common factors out; polynomials by their irreducible factors, up to sign."""
    upper, lower = fraction(together(expression))
    if lower != 1:
        _collect(upper, power, form)
        _collect(lower, -power, form)
        return
    shaped = factor_terms(upper)
    if not isinstance(shaped, Add):
        _collect(shaped, power, form)
        return
    try:
        constant, factors = factor_list(shaped)
    except PolynomialError:
        constant, factors = Integer(1), [(shaped, 1)]
    _collect(constant, power, form) if constant != 1 else None
    for factor, multiplicity in factors:
        if len(factors) == 1 and multiplicity == 1 and constant == 1:
            _add(max(factor, -factor, key=str), power, form)
        elif isinstance(factor, Add):
            _add(max(factor, -factor, key=str), power * multiplicity, form)
        else:
            _collect(factor, power * multiplicity, form)


def _function(expression: Expr, power: Expr, form: dict[Expr, Expr]) -> None:
    argument = expression.args[0]
    if isinstance(expression, zeta):
        _zeta(argument, power, form) if len(expression.args) == 1 else _add(expression, power, form)
    elif isinstance(expression, gamma):
        _gamma(argument, power, form)
    elif isinstance(expression, beta):
        x, y = expression.args
        for part, sign in ((x, 1), (y, 1), (x + y, -1)):
            _gamma(part, sign * power, form)
    else:
        x = normal(argument / pi)
        half = Rational(1, 2)
        for shift, sign in {
            sin: ((0, 1),),
            cos: ((half, 1),),
            tan: ((0, 1), (half, -1)),
            cot: ((half, 1), (0, -1)),
        }[expression.func]:
            if x.is_Rational:
                _sine(x + shift, sign * power, form)
                continue
            _add(pi, sign * power, form)
            _gamma(x + shift, -sign * power, form)
            _gamma(1 - x - shift, -sign * power, form)


def _zeta(argument: Expr, power: Expr, form: dict[Expr, Expr]) -> None:
    """zeta(s), or zeta(1 - s) by the functional equation, whichever comes first."""
    if (argument - Rational(1, 2)).could_extract_minus_sign():
        mirrored = normal(1 - argument)
        others = 2**argument * pi ** (argument - 1) * sin(pi * argument / 2) * gamma(mirrored)
        _collect(others, power, form)
        argument = mirrored
    value = zeta(argument)
    _add(value, power, form) if isinstance(value, zeta) else _collect(value, power, form)


def _sine(angle: Rational, power: Expr, form: dict[Expr, Expr]) -> None:
    """|sin(pi angle)|, the angle moved into [0, 1/2]."""
    angle = min(angle % 1, 1 - angle % 1)
    value = sin(pi * angle)
    _add(value, power, form) if isinstance(value, sin) else _collect(value, power, form)


def _gamma(argument: Expr, power: Expr, form: dict[Expr, Expr]) -> None:
    """Gamma with its argument moved by an integer, so that the number in it lies in [0, 1)."""
    argument = normal(argument)
    number = argument.as_coeff_Add()[0]
    steps = int(floor(number)) if number.is_Rational and abs(number) <= 50 else 0
    base = argument - steps
    if argument.is_number and not gamma(argument).has(gamma):
        _collect(gamma(argument), power, form)
        return
    if base.is_Rational and base > Rational(1, 2):
        # Gamma(x) Gamma(1 - x) = pi/sin(pi x)
        _add(pi, power, form)
        _sine(base, -power, form)
        _add(gamma(1 - base), -power, form)
    else:
        _add(gamma(base), power, form)
    for j in range(abs(steps)):
        # Gamma(base + n) = base (base + 1) ... Gamma(base), and the inverse for n < 0
        factor = base + j if steps > 0 else base - j - 1
        _collect(together(factor), power if steps > 0 else -power, form)


def value(expression: Expr, point: Mapping[Symbol, Rational]) -> mpmath.mpf | None:
    """The value to `DIGITS` digits, or None if it is not real and finite or cannot be had."""
    try:
        number = put(expression, point)
    except UnableError:
        return None
    if number.free_symbols or sum(1 for _ in _parts(number)) > MAX_PARTS:
        return None
    try:
        with working(DIGITS + 5):
            found = number.evalf(DIGITS)
            return found._to_mpmath(mpmath.mp.prec) if found.is_Float or found.is_Rational else None
    except (ArithmeticError, AttributeError, TypeError, ValueError, mpmath.libmp.NoConvergence):
        return None


def _parts(expression: Expr) -> Iterator[Expr]:
    yield expression
    for part in expression.args:
        yield from _parts(part)


def differ(first: mpmath.mpf, second: mpmath.mpf) -> bool:
    """Whether two values are apart by more than the digits that were computed.

    >>> differ(mpmath.mpf(1), mpmath.mpf(1) + mpmath.mpf(2)**-52)
    True
    """
    with working(DIGITS):
        return bool(abs(first - second) > AGREEMENT * max(abs(first), abs(second)))
