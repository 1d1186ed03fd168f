"""Expressions of the index as functions on the numbers of a `Field`, at any complex index.

Nothing is called but the functions named in this file: code is not generated.

* `compile_function`: an expression as a function, analytic in Re x > 0 away from singularities;
* `logarithm_of`: the logarithm of its size far out, as a float;
* `constant`: an expression without symbols as a number.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Any

import mpmath
import sympy
from sympy.core.relational import Relational

from asymptotics.caches import cached
from asymptotics.errors import SpectrumError, UnableError
from asymptotics.expansions.gamma_products import has_gammas, split_gammas, without_gammas
from asymptotics.hints import name_argument
from asymptotics.parsing.heights import substitute
from asymptotics.precision import working
from numerics.spectra.cancellation import check_logarithm, check_sum, may_cancel, resist
from numerics.spectra.gamma_ratio import gamma_ratio
from numerics.values.arithmetic import Field, Scalar, field_of

PROBE_BITS = 80
"""Precision of the survey of a spectrum (decay, slopes); it decides nothing about digits."""

Function = Callable[[Scalar], Scalar]
Builder = Callable[[sympy.Expr, Callable[[sympy.Expr], Function], Field], Function]

_comparisons: dict[str, Callable[[Scalar, Scalar], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
_on_the_axis = {
    **{getattr(sympy, name): name for name in "sin cos tan cot erf erfc gamma zeta beta harmonic".split()},
    **{getattr(sympy, name): name for name in "digamma loggamma factorial binomial rf ff floor sign".split()},
    sympy.ceiling: "ceil",
    sympy.Abs: "fabs",
}
"""Functions that are known at real x alone, by their name in mpmath."""


@cached(maxsize=65536)
def logarithm_of(expression: sympy.Expr, index: sympy.Symbol, u: float) -> float:
    """``log |f(e^u)|`` as a float; -oo for f = 0."""
    with field_of(PROBE_BITS) as field:
        value = compile_function(expression, index, field, real=True)(field.exp(field.real(u)))
        return -math.inf if value == 0 else float(field.log(abs(value)))


def compile_function(
    expression: sympy.Expr, index: sympy.Symbol, field: Field, *, real: bool = False
) -> Function:
    """``x -> expression`` on the numbers of ``field``, analytic in Re x > 0 away from singularities.

    Sums, products, powers, exp, log, sin and cos of the index, and ratios of gamma functions that behave as
    powers (binomial coefficients, factorials). Powers and logarithms are continued from the
    real axis: ``log f(x) = p log x + log(f(x) x^-p)`` with p the degree of f, so that (1 + k^6)^(1/2)
    does not jump where 1 + x^6 is negative. At ``real`` x alone there are also other functions,
    harmonic numbers, and gamma functions of every kind, and at whole x whatever SymPy has a number for.
    Raises `UnableError` for anything else. Terms may cancel (`cancellation`).

    >>> k = sympy.Symbol("k", positive=True)
    >>> with field_of(60) as field:
    ...     float(compile_function(k**-2 + 1, k, field)(field.real(2)))
    ...     float(compile_function(sympy.factorial(k), k, field, real=True)(field.real(5)))
    1.25
    120.0
    """

    def compile_with(field: Field, spare: Scalar) -> Function:
        return _compile(expression, index, field, real, spare)

    if may_cancel(expression, index):
        return resist(compile_with, expression, field)
    return compile_with(field, field.real(0))


def _compile(
    expression: sympy.Expr, index: sympy.Symbol, field: Field, real: bool, spare: Scalar
) -> Function:
    """The same; where more than ``spare`` is lost of a sum or logarithm, the function raises `Cancelled`."""

    def compile_part(part: sympy.Expr) -> Function:
        return _compile(part, index, field, real, spare)

    if not expression.has(index):
        fixed = constant(expression, field)
        return lambda x: fixed
    if expression == index:
        return lambda x: x
    if has_gammas(expression, index) and not expression.is_Add:
        try:
            return _compile_gammas(expression, index, compile_part, field)
        except SpectrumError:
            if not real:
                raise
    if isinstance(expression, sympy.Pow | sympy.log):
        return _compile_power(expression, index, compile_part, field, real, spare)
    if expression.is_Add:
        return check_sum([compile_part(term) for term in expression.args], spare)
    builder = _builders.get(expression.func)
    if real and (builder is None or expression.func in (sympy.sin, sympy.cos)):
        known = expression.func in _on_the_axis or isinstance(expression, sympy.Min | sympy.Max)
        builder = _compile_by_mpmath if known else _compile_at_whole
    if builder is None:
        raise unsummable(expression, index)
    return builder(expression, compile_part, field)


def unsummable(expression: sympy.Expr, index: sympy.Symbol) -> UnableError:
    """The refusal of a function that is known on the axis alone."""
    return UnableError(
        f"{expression} cannot be summed over {index} = 1, 2, ... without end; "
        f"pass {name_argument('modes', 'M')}, or use sums, products and powers of the index, exp and log"
    )


def _compile_product(
    expression: sympy.Expr, compile_part: Callable[[sympy.Expr], Function], _: Field
) -> Function:
    first, *others = map(compile_part, expression.args)
    return lambda x: math.prod((factor(x) for factor in others), start=first(x))


def _compile_entire(
    name: str, expression: sympy.Expr, compile_part: Callable[[sympy.Expr], Function], field: Field
) -> Function:
    argument, function = compile_part(expression.args[0]), getattr(field, name)
    return lambda x: function(argument(x))


def _compile_piecewise(
    expression: sympy.Expr, compile_part: Callable[[sympy.Expr], Function], _: Field
) -> Function:
    """By its conditions at real x; at complex x they say nothing."""
    parts = [(compile_part(value), _compile_condition(c, compile_part)) for value, c in expression.args]

    def value(x: Scalar) -> Scalar:
        for function, holds in parts:
            if holds(x):
                return function(x)
        raise SpectrumError(f"{expression} has no branch at {x}; end it with (..., True)")

    return value


def _compile_condition(
    condition: sympy.Basic, compile_part: Callable[[sympy.Expr], Function]
) -> Callable[[Scalar], bool]:
    if condition in (sympy.true, sympy.false):
        truth = bool(condition)
        return lambda _: truth
    if isinstance(condition, Relational):
        left, right = compile_part(condition.lhs), compile_part(condition.rhs)
        compare = _comparisons[condition.rel_op]
        return lambda x: bool(compare(left(x).real, right(x).real))
    if isinstance(condition, sympy.And | sympy.Or | sympy.Not):
        parts = [_compile_condition(c, compile_part) for c in condition.args]
        if isinstance(condition, sympy.Not):
            return lambda x: not parts[0](x)
        together = all if isinstance(condition, sympy.And) else any
        return lambda x: together(part(x) for part in parts)
    raise UnableError(f"the condition {condition} cannot be evaluated; compare the index with numbers")


_builders: dict[type, Builder] = {
    sympy.Mul: _compile_product,
    sympy.exp: partial(_compile_entire, "exp"),
    sympy.sin: partial(_compile_entire, "sin"),
    sympy.cos: partial(_compile_entire, "cos"),
    sympy.Piecewise: _compile_piecewise,
}


def _compile_gammas(
    expression: sympy.Expr, index: sympy.Symbol, compile_part: Callable[[sympy.Expr], Function], field: Field
) -> Function:
    plain = without_gammas(expression, index)
    gammas, rest = split_gammas(plain, index)
    if gammas is None:
        # a binomial with a negative slope is reflected: sin(pi k) over a product that vanishes too
        if has_gammas(rest, index) or (plain.has(sympy.sin) and not expression.has(sympy.sin)):
            raise SpectrumError(f"the gamma functions in {expression} do not combine to a power of {index}")
        return compile_part(rest)
    ratio, beside = gamma_ratio(gammas, field, constant), compile_part(rest)
    return lambda x: ratio(x) * beside(x)


def _compile_power(
    expression: sympy.Expr,
    index: sympy.Symbol,
    compile_part: Callable[[sympy.Expr], Function],
    field: Field,
    real: bool,
    spare: Scalar,
) -> Function:
    """Powers, and the logarithms that they are made of."""
    if isinstance(expression, sympy.log):
        return _continue_log(expression.args[0], index, compile_part, field, real, spare)
    base, power = expression.args
    if power.is_Integer and abs(int(power)) < 1000:
        function, count = compile_part(base), int(power)
        return lambda x: function(x) ** count
    exponent = compile_part(power)
    if base.has(index):
        logarithm = _continue_log(base, index, compile_part, field, real)
        return lambda x: field.exp(exponent(x) * logarithm(x))
    if base.is_positive:
        rate = field.log(constant(base, field))
        return lambda x: field.exp(exponent(x) * rate)
    if not real:
        raise UnableError(
            f"{expression} changes its sign from {index} to {index} + 1, and infinitely many modes are "
            "summed over smooth functions alone; pass modes=M"
        )
    number = constant(base, field)
    return lambda x: number ** _whole(exponent(x), expression)


def _whole(number: Scalar, expression: sympy.Expr) -> int:
    nearest = round(float(number.real))
    if number != nearest:
        raise SpectrumError(
            f"{expression} has a real value at whole numbers, not at {float(number.real):.6g}"
        )
    return nearest


def _compile_by_mpmath(
    expression: sympy.Expr, compile_part: Callable[[sympy.Expr], Function], field: Field
) -> Function:
    """A function that mpmath has, at real x, in a context of its own."""
    arguments = [compile_part(e) for e in expression.args]
    context: Any = mpmath.ctx_mp.MPContext()
    context.prec = field.bits + 20
    if isinstance(expression, sympy.Min | sympy.Max):
        choose = min if isinstance(expression, sympy.Min) else max
        return lambda x: choose(argument(x) for argument in arguments)
    function = getattr(context, _on_the_axis[expression.func])

    def value(x: Scalar) -> Scalar:
        try:
            found = function(*(context.make_mpf(field.mpf(argument(x))._mpf_) for argument in arguments))
            return field.real(mpmath.mp.make_mpf(context.mpf(found)._mpf_))
        except (ValueError, TypeError) as reason:
            raise SpectrumError(f"{expression} has no real value at {float(x.real):.15g}") from reason

    return value


def _compile_at_whole(expression: sympy.Expr, _: Callable[[sympy.Expr], Function], field: Field) -> Function:
    """Any other function of the index, as SymPy has it at a whole index."""
    (index,) = expression.free_symbols

    def value(x: Scalar) -> Scalar:
        return constant(substitute(expression, {index: sympy.Integer(_whole(x, expression))}), field)

    return value


def _continue_log(
    base: sympy.Expr,
    index: sympy.Symbol,
    compile_part: Callable[[sympy.Expr], Function],
    field: Field,
    real: bool,
    spare: Scalar | None = None,
) -> Function:
    if base == index:
        return field.log
    function = compile_part(base)
    degree = 0 if real else _degree(base, index)
    if degree == 0:
        argument = function if spare is None else check_logarithm(function, spare)
        return lambda x: field.log(argument(x))

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
