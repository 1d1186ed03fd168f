"""Generators of coefficients and orders: one object for each ``base**monomial`` in use.

generator(base, monomial)    the generator of a power
merge                        the exponents of a product of two monomials
"""

from __future__ import annotations

from typing import Any
from weakref import WeakValueDictionary
from zlib import crc32

import mpmath
from sympy import Add, Expr, Float, Function, Max, Min, Mul, Pow, Rational, S, Symbol, sympify, zeta

from asymptotics.caches import cached
from asymptotics.precision import working

Number = Any
"""An element of SymPy's field of rational numbers, or an int."""

DIGITS = 30
CANCELLED = 30
"""So many digits may cancel within a generator."""


class Generator:
    """``base**monomial``; two of one base and one monomial are the same object while either is in use."""

    __slots__ = (
        "__weakref__",
        "_sample",
        "base",
        "denominator",
        "is_compound",
        "is_number",
        "is_power",
        "monomial",
    )

    def __init__(self, base: Expr, monomial: Expr) -> None:
        self.base, self.monomial = base, monomial
        powers = [f.as_base_exp() for f in Mul.make_args(monomial)]
        self.is_number = not (base.free_symbols or monomial.free_symbols)
        self.is_compound = any(x.is_Add for x, _ in powers)
        # a product of whole powers of symbols, and what clears its denominator
        self.is_power = all((x.is_Symbol or x == 1) and n.is_Integer for x, n in powers)
        self.denominator = Mul(*(x**-n for x, n in powers if self.is_power and n < 0))
        self._sample: dict[int, Any] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return generator, (self.base, self.monomial)

    @property
    def is_symbol(self) -> bool:
        return bool(self.base.is_Symbol and self.monomial == 1)

    def has(self, symbol: Symbol) -> bool:
        return bool(self.base.has(symbol) or self.monomial.has(symbol))

    def expression(self) -> Expr:
        return self.base**self.monomial

    def sample(self, point: int) -> Any:
        """Its value at one of two random points, nan where it has none; the same for each part elsewhere."""
        if point not in self._sample:
            self._sample[point] = _value(self.expression(), (7, 11)[point])
        return self._sample[point]


_GENERATORS: WeakValueDictionary[tuple[Expr, Expr], Generator] = WeakValueDictionary()


def generator(base: Expr, monomial: Expr = S.One) -> Generator:
    """The generator of ``base**monomial``."""
    found = _GENERATORS.get((base, monomial))
    if found is None:
        found = _GENERATORS[base, monomial] = Generator(base, monomial)
    return found


Monomial = frozenset[tuple[Generator, Number]]
"""A product of powers of generators; empty for 1."""
UNIT: Monomial = frozenset()


def merge(first: Monomial, second: Monomial) -> Monomial:
    """The exponents of a product."""
    if not first:
        return second
    if not second:
        return first
    total = dict(first)
    for letter, power in second:
        summed = total.get(letter, 0) + power
        if summed:
            total[letter] = summed
        else:
            del total[letter]
    return frozenset(total.items())


def _value(expression: Expr, seed: int) -> Any:
    """The value with random numbers for symbols and for functions that cost much; nan if that is not one."""
    with working(DIGITS + CANCELLED):
        found = _number(expression, seed)
    with working(DIGITS + 5):
        return +found


@cached(maxsize=4096)
def _number(expression: Expr, seed: int) -> Any:
    """The value at the working precision. A part that stands at many places is evaluated once."""
    if isinstance(expression, zeta) or hasattr(expression, "opaque"):
        return _mpmath(_random(expression, seed))
    if expression.is_Symbol:
        return _mpmath(2 + _random(expression, seed))
    numbers = all(isinstance(part, Expr) for part in expression.args)
    if not (numbers and isinstance(expression, Add | Mul | Pow | Function)):
        point = {s: 2 + _random(s, seed) for s in expression.free_symbols}
        return _mpmath(expression.evalf(DIGITS + CANCELLED, subs=point))
    parts = [_number(part, seed) for part in expression.args]
    try:
        if expression.is_Add:
            return mpmath.fsum(parts)
        if expression.is_Mul:
            return mpmath.fprod(parts)
        if expression.is_Pow:
            whole = expression.exp.is_Integer  # a power is not written out exactly: it would be long
            return parts[0] ** (int(expression.exp) if whole else parts[1])
        if isinstance(expression, Min | Max):
            return (min if isinstance(expression, Min) else max)(parts)
    except ZeroDivisionError:
        return mpmath.nan
    known = (
        part if part.is_Rational else sympify(number)
        for part, number in zip(expression.args, parts, strict=True)
    )
    return _mpmath(expression.func(*known).evalf(DIGITS + CANCELLED))


def _mpmath(number: Expr) -> Any:
    """An evaluated number for mpmath; nan for what is none."""
    parts = number.as_real_imag() if number.is_number else (S.NaN, S.NaN)
    if not all(isinstance(part, Float | Rational) for part in parts):
        return mpmath.nan
    real, imaginary = (mpmath.mpf(part._to_mpmath(mpmath.mp.prec)) for part in parts)
    return mpmath.mpc(real, imaginary) if imaginary else real


@cached(maxsize=4096)
def _random(expression: Expr, seed: int) -> Rational:
    """A number in (0, 1) that an expression keeps wherever it is met."""
    name = f"{type(expression).__name__}{expression.args}" if expression.args else str(expression)
    return Rational(crc32(f"{seed} {name}".encode()) % 9973 + 1, 9980)


__all__ = ["DIGITS", "UNIT", "Generator", "Monomial", "Number", "generator", "merge"]
