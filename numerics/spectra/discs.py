"""Functions on discs of the complex plane: value and derivative at the centre, and how far the values spread.

    Disc            f(u), f'(u), and a bound of ``|f(x) - f(u)|`` for ``|x - u| <= radius``
    compile_disc    an expression as a function of centre and radius

Centres are on the positive axis. The bounds are those of arithmetic with discs (Gargantini & Henrici 1972); a
bound of oo stands for a disc on which a singularity may lie.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce

import mpmath
import sympy
from sympy import Expr, Symbol

from asymptotics.expansions.gamma_products import has_gammas, split_gammas, without_gammas
from asymptotics.precision import working_bits
from numerics.spectra.compiled import constant, unsummable
from numerics.spectra.gamma_ratio import gamma_ratio
from numerics.values.arithmetic import Field, Scalar, field_of

FAR = 4096
"""The mode at which growing exponentials are compared."""
TURNS = 8
"""A sine or cosine is not followed where its argument varies by more."""
WIDE_BITS = 300
"""The logarithms in which gamma functions cancel are summed to so many bits."""


@dataclass(frozen=True, slots=True)
class Disc:
    """A function on a disc: its value and derivative at the centre, and a bound of ``|f(x) - value|``."""

    value: Scalar
    slope: Scalar
    bound: Scalar


OnDisc = Callable[[Scalar, Scalar], Disc]


def compile_disc(expression: Expr, index: Symbol, field: Field) -> OnDisc:
    """``(centre, radius) -> Disc`` for an expression that is analytic in the index, inside ``with field:``.

    ``bound`` is oo where a singularity may lie on the disc. Raises `UnableError` for functions that are
    known on the axis alone.

    >>> k = Symbol("k", positive=True)
    >>> with field_of(60) as field:
    ...     disc = compile_disc(k**2 - k, k, field)(field.real(3), field.real(1))
    ...     float(disc.value), float(disc.slope), float(disc.bound)
    (6.0, 5.0, 8.0)
    """
    if not expression.has(index):
        fixed, nothing = constant(expression, field), field.real(0)
        return lambda u, radius: Disc(fixed, nothing, nothing)
    if expression == index:
        one = field.real(1)
        return lambda u, radius: Disc(u, one, radius)
    if has_gammas(expression, index) and not expression.is_Add:
        return _gammas(expression, index, field)
    if expression.is_Add or expression.is_Mul:
        parts = [compile_disc(e, index, field) for e in expression.args]
        combine = _sum if expression.is_Add else _product
        return lambda u, radius: reduce(combine, (part(u, radius) for part in parts))
    for kind, outer in ((sympy.exp, _exp), (sympy.log, _log), (sympy.sin, _sin), (sympy.cos, _cos)):
        if isinstance(expression, kind):
            return _compose(outer, compile_disc(expression.args[0], index, field), field)
    if expression.is_Pow:
        return _power(expression, index, field)
    raise unsummable(expression, index)


def _sum(one: Disc, two: Disc) -> Disc:
    return Disc(one.value + two.value, one.slope + two.slope, one.bound + two.bound)


def _product(one: Disc, two: Disc) -> Disc:
    bound = abs(one.value) * two.bound + abs(two.value) * one.bound + one.bound * two.bound
    return Disc(one.value * two.value, one.slope * two.value + one.value * two.slope, bound)


def _compose(outer: Callable[[Disc, Field], Disc], inner: OnDisc, field: Field) -> OnDisc:
    return lambda u, radius: outer(inner(u, radius), field)


def _exp(inner: Disc, field: Field) -> Disc:
    value = field.exp(inner.value)
    return Disc(value, value * inner.slope, field.exp(inner.value + inner.bound) - value)


def _sin(inner: Disc, field: Field) -> Disc:
    sine, cosine = field.sin(inner.value), field.cos(inner.value)
    return Disc(sine, cosine * inner.slope, _spread(sine, cosine, inner.bound, field))


def _cos(inner: Disc, field: Field) -> Disc:
    sine, cosine = field.sin(inner.value), field.cos(inner.value)
    return Disc(cosine, -sine * inner.slope, _spread(cosine, sine, inner.bound, field))


def _spread(here: Scalar, beside: Scalar, bound: Scalar, field: Field) -> Scalar:
    """``|f(y + h) - f(y)| <= |f| (cosh h - 1) + |f'| sinh h`` of a sine or cosine f."""
    if not bound < TURNS:
        return field.real(mpmath.inf)
    grown = field.exp(bound)
    return abs(here) * ((grown + 1 / grown) / 2 - 1) + abs(beside) * (grown - 1 / grown) / 2


def _log(inner: Disc, field: Field) -> Disc:
    if not 0 <= inner.bound < inner.value:
        return _unknown(field)
    bound = -field.log(1 - inner.bound / inner.value)
    return Disc(field.log(inner.value), inner.slope / inner.value, bound)


def _unknown(field: Field) -> Disc:
    return Disc(field.real(1), field.real(0), field.real(mpmath.inf))


def _power(expression: Expr, index: Symbol, field: Field) -> OnDisc:
    base, power = expression.args
    rate, rest = _without_growth(base, index)
    if rate != 0 and not power.has(index):
        # (exp(2 k) + 1)^-1 is exp(-2 k) (1 + exp(-2 k))^-1, and that sum varies little
        return compile_disc(sympy.exp(rate * power) * rest**power, index, field)
    if power.has(index):
        exponent = compile_disc(power * sympy.log(base), index, field)
        return _compose(_exp, exponent, field)
    inner, exponent_value, whole = compile_disc(base, index, field), constant(power, field), power.is_Integer
    positive = whole and power.is_positive
    count = int(power) if whole else exponent_value

    def value(u: Scalar, radius: Scalar) -> Disc:
        disc = inner(u, radius)
        size = abs(disc.value)
        if positive:
            bound = (size + disc.bound) ** count - size**count
            return Disc(disc.value**count, count * disc.value ** (count - 1) * disc.slope, bound)
        if not disc.bound < size or not (whole or disc.value > 0):
            return _unknown(field)
        found = disc.value**count
        bound = abs(found) * ((1 - disc.bound / size) ** -abs(exponent_value) - 1)
        return Disc(found, count * found / disc.value * disc.slope, bound)

    return value


def _without_growth(total: Expr, index: Symbol) -> tuple[Expr, Expr]:
    """``(L, f)`` with ``total = exp(L) f``, L the exponent of the fastest growing term; 0 if none grows."""
    found, fastest, most = [], sympy.Integer(0), 0.0
    for term in total.args if total.is_Add else ():
        powers = [f.as_base_exp() for f in sympy.Mul.make_args(term)]
        rate = sympy.Add(*(exponent * sympy.log(base) for base, exponent in powers if exponent.has(index)))
        found.append((sympy.Mul(*(base**n for base, n in powers if not n.has(index))), rate))
        far = float(rate.xreplace({index: sympy.Integer(FAR)}).evalf(15)) if rate.has(index) else 0.0
        if far > most:
            fastest, most = rate, far
    return fastest, sympy.Add(*(c * sympy.exp(sympy.factor_terms(rate - fastest)) for c, rate in found))


def _gammas(expression: Expr, index: Symbol, field: Field) -> OnDisc:
    """By ``psi'(y) = 1/y + 1/(2 y^2) + ...`` the logarithm of ``~ x^r`` bends as -r/x^2, up to order x^-3."""
    plain = without_gammas(expression, index)
    product, rest = split_gammas(plain, index)
    if product is None:
        if has_gammas(rest, index) or plain.has(sympy.sin):
            raise unsummable(expression, index)
        return compile_disc(rest, index, field)
    ratio, beside = gamma_ratio(product, field, constant), compile_disc(rest, index, field)
    with field_of(WIDE_BITS) as wide:
        exact = [tuple(wide.mpf(constant(x, wide)) for x in factor) for factor in product.factors]
        rate, power = (wide.mpf(constant(x, wide)) for x in (product.rate, abs(product.power)))

    def value(u: Scalar, radius: Scalar) -> Disc:
        left = field.mpf(u - radius)
        if any(p * left < 2 + 2 * abs(q) for _, p, q in exact):
            return _unknown(field)
        with working_bits(WIDE_BITS):
            tangent = rate + mpmath.fsum(e * p * mpmath.digamma(p * field.mpf(u) + q) for e, p, q in exact)
            bend = power / left**2 + sum(abs(e) * (1 + abs(q)) ** 3 / p for e, p, q in exact) / left**3
        found, slope = ratio(u), field.real(tangent)
        bound = found * (field.exp(radius * (abs(slope) + radius * field.real(bend) / 2)) - 1)
        return _product(Disc(found, found * slope, bound), beside(u, radius))

    return value
