"""Expressions of the index as functions on the numbers of a `Field`, at any complex index.

Nothing is called but the functions named in this file: there is no code generation.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import mpmath
import sympy

from asymptotics.caches import cached
from asymptotics.errors import SpectrumError, UnableError
from asymptotics.expansions.gamma_products import has_gammas, split_gammas, without_gammas
from asymptotics.precision import working
from numerics.spectra.gamma_ratio import gamma_ratio
from numerics.spectra.pieces import branches
from numerics.values.arithmetic import Field, Scalar, field_of

PROBE_BITS = 80
"""Precision of the survey of a spectrum (positivity, slopes); it decides nothing about digits."""


@cached(maxsize=65536)
def logarithm_of(expression: sympy.Expr, index: sympy.Symbol, u: float) -> float:
    """``log |f(e^u)|`` as a float; -oo for f = 0."""
    with field_of(PROBE_BITS) as field:
        value = compiled(expression, index, field)(field.exp(field.real(u)))
        return -math.inf if value == 0 else float(field.log(abs(value)))


def compiled(expression: sympy.Expr, index: sympy.Symbol, field: Field) -> Callable[[Scalar], Scalar]:
    """``x -> expression`` on the numbers of ``field``, analytic in Re x > 0 away from singularities.

    Sums, products, powers, exp and log of the index, and ratios of gamma functions that behave as powers
    (binomial coefficients, factorials). Powers and logarithms are continued from the
    real axis: ``log f(x) = p log x + log(f(x) x^-p)`` with p the degree of f, so that (1 + k^6)^(1/2)
    does not jump where 1 + x^6 is negative. Raises `UnableError` for anything else.

    >>> k = sympy.Symbol("k", positive=True)
    >>> with field_of(60) as field:
    ...     float(compiled(k**-2 + 1, k, field)(field.real(2)))
    1.25
    """
    if not expression.has(index):
        fixed = constant(expression, field)
        return lambda x: fixed
    if expression == index:
        return lambda x: x
    if has_gammas(expression, index):
        gammas, rest = split_gammas(without_gammas(expression, index), index)
        if gammas is None:
            return compiled(rest, index, field)
        ratio, beside = gamma_ratio(gammas, field, constant), compiled(rest, index, field)
        return lambda x: ratio(x) * beside(x)
    if expression.is_Add:
        terms = [compiled(e, index, field) for e in expression.args]
        return lambda x: sum((term(x) for term in terms[1:]), terms[0](x))
    if expression.is_Mul:
        factors = [compiled(e, index, field) for e in expression.args]
        return lambda x: math.prod((factor(x) for factor in factors[1:]), start=factors[0](x))
    if expression.is_Pow and expression.exp.is_Integer and abs(int(expression.exp)) < 1000:
        base, count = compiled(expression.base, index, field), int(expression.exp)
        return lambda x: base(x) ** count
    if expression.is_Pow:
        exponent = compiled(expression.exp, index, field)
        if not expression.base.has(index):
            if not expression.base.is_positive:
                raise UnableError(f"{expression} oscillates in {index}; the sums need a positive base")
            rate = field.log(constant(expression.base, field))
            return lambda x: field.exp(exponent(x) * rate)
        logarithm = _continued_log(expression.base, index, field)
        return lambda x: field.exp(exponent(x) * logarithm(x))
    if isinstance(expression, sympy.exp):
        argument = compiled(expression.args[0], index, field)
        return lambda x: field.exp(argument(x))
    if isinstance(expression, sympy.log):
        return _continued_log(expression.args[0], index, field)
    if isinstance(expression, sympy.Piecewise):
        return branches(expression, lambda e: compiled(e, index, field))
    raise UnableError(
        f"{expression} cannot be summed over {index}; "
        "use sums, products and powers of the index, exp and log, or from_arrays"
    )


def _continued_log(base: sympy.Expr, index: sympy.Symbol, field: Field) -> Callable[[Scalar], Scalar]:
    if base == index:
        return field.log
    function = compiled(base, index, field)
    degree = _degree(base, index)
    if degree == 0:
        return lambda x: field.log(function(x))

    def logarithm(x: Scalar) -> Scalar:
        if x == 1:
            return field.log(function(x))
        shift = degree * field.log(x)
        return shift + field.log(function(x) * field.exp(-shift))

    return logarithm


@cached(maxsize=256)
def _degree(base: sympy.Expr, index: sympy.Symbol) -> int:
    """The nearest integer to the growth exponent of ``base``; any number would do near the axis."""
    slope = (logarithm_of(base, index, 400.0) - logarithm_of(base, index, 200.0)) / 200.0
    return round(slope) if math.isfinite(slope) and abs(slope) < 1e6 else 0


def constant(expression: sympy.Expr, field: Field) -> Scalar:
    """An expression without symbols as a number of the field; raises `SpectrumError` if it is not real."""
    if expression.is_Rational:
        return field.real(Fraction(int(expression.p), int(expression.q)))
    digits = math.ceil(field.bits / 3.32) + 5
    with working(digits):
        number = expression.evalf(digits)
        if not (number.is_Float or number.is_Rational):
            raise SpectrumError(f"{expression} is not a real number; give real constants")
        return field.real(mpmath.mpf(number._mpf_) if number.is_Float else mpmath.mpf(number.p) / number.q)


__all__ = ["PROBE_BITS", "compiled", "constant", "logarithm_of"]
