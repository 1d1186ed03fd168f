"""The one entrance of numbers from outside: exact, bounded, and refused in one line where they are none.

A float is the decimal that it prints, of its own type: 0.1 is 1/10, and so is ``numpy.float32(0.1)``. Floats
within SymPy expressions are made rational as well. Any other object, such as a list, a NaN or None, is a
`DomainError`.

    exact(value, name)                 the expression meant by a number, text or an expression
    real_number(value, name)           a real number, or oo
    real_float(value, name)            a finite float
    substitution(parameters, values)   positive numbers for parameters
    whole_number(value, name, ...)     an integer between bounds
    real_floats(values, name)          finite floats, one of each entry
    items_of, one_or_many, is_many     entries of a sequence, or one thing alone
    mapping_of                         a mapping
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Iterable, Mapping
from contextlib import suppress
from decimal import Decimal
from types import MappingProxyType
from typing import Any, TypeGuard, TypeVar

import mpmath
from sympy import Basic, Expr, Float, I, Integer, Pow, Rational, Symbol, nan, oo, zoo

from asymptotics.errors import DomainError, shown
from asymptotics.parsing.expressions import parse
from asymptotics.parsing.heights import check_exponent, check_height, decimal
from asymptotics.parsing.vocabulary import BITS

Key = TypeVar("Key")
Entry = TypeVar("Entry")
DECADES = 150
LARGEST = float(10**DECADES)
"""What is computed in double precision lies between 10^-150 and 10^150: its squares are numbers there."""
INFINITE = ("oo", "inf", "infinity", "∞", r"\infty")
"""How text says that a size or a time is infinite."""
TYPE_OF_INPUT = "a SymPy expression, a number or text"


def exact(value: object, name: str = "value") -> Expr:
    """The exact SymPy expression meant by ``value``.

    A float is the decimal that Python prints for it (``1.1`` is 11/10), a number of mpmath its binary value,
    text goes through the whitelisting parser or says ``oo``, and in expressions the floats are made rational.

    Raises `DomainError` for NaN, for numbers longer than any float, and for objects that are none of these.

    >>> exact(1.25), exact("k**-(1 + b)"), exact(2.5 ** Symbol("x"))
    (5/4, k**(-b - 1), (5/2)**x)
    """
    if isinstance(value, str):
        return oo if value.strip() in INFINITE else parse(value)
    try:
        found = _rationalise(value) if isinstance(value, Expr) else _number(value)
    except DomainError as error:
        raise DomainError(f"{name} = {shown(value)}: {error}") from None
    if found is nan:
        raise DomainError(f"{name} is NaN; give a number")
    if found is None:
        raise DomainError(f"{name} = {shown(value)} is not a number; give {TYPE_OF_INPUT}")
    return found


def _rationalise(expression: Expr) -> Expr | None:
    if expression.has(nan, zoo, I):
        return nan if expression is nan else None
    found = expression.xreplace({x: _of_float(x) for x in expression.atoms(Float)})
    check_height(found)
    for node in found.atoms(Pow):
        check_exponent(node.exp)
    return found


def _of_float(number: Float) -> Rational:
    # the shortest decimal for numbers of double precision, all digits for others
    return decimal(repr(float(number)) if number._prec <= 53 else str(number))


def _number(value: Any) -> Expr | None:
    """The number that an object is; NaN, and None for what is not a number."""
    if getattr(value, "ndim", None) == 0 and not isinstance(value, numbers.Number):
        value = value.item()
    if isinstance(value, numbers.Rational) and not isinstance(value, bool):
        p, q = int(value.numerator), int(value.denominator)
        if max(p.bit_length(), q.bit_length()) > BITS:
            raise DomainError(f"a number of more than {BITS} bits; use smaller numbers")
        return Rational(p, q)
    if isinstance(value, mpmath.mpf) and mpmath.isfinite(value):
        return _binary(*value._mpf_[:3])
    if isinstance(value, numbers.Real | Decimal) and not isinstance(value, bool):
        return _of_text(str(value))
    if (
        not isinstance(value, numbers.Complex)
        and not getattr(value, "ndim", 0)
        and hasattr(value, "__float__")
    ):
        with suppress(TypeError, ValueError, OverflowError):
            return _of_text(repr(float(value)))
    return None


def _binary(sign: int, mantissa: int, exponent: int) -> Rational:
    if abs(exponent + int(mantissa).bit_length()) > BITS:
        raise DomainError(f"a number beyond 2**{BITS} or below 2**-{BITS}; use another unit")
    return (-1) ** sign * Integer(int(mantissa)) * Integer(2) ** exponent


def _of_text(text: str) -> Expr:
    """The number that a float or decimal prints."""
    lowered = text.lower()
    if "nan" in lowered:
        return nan
    if "inf" in lowered:
        return -oo if lowered.startswith("-") else oo
    return decimal(lowered)


def real_number(value: object, name: str = "value") -> Expr:
    """An exact real number, or oo; raises `DomainError`.

    >>> real_number(0.1), real_number(mpmath.mpf(0.5)), real_number("sqrt(2)")
    (1/10, 1/2, sqrt(2))
    """
    number = exact(value, name)
    if not number.is_number or not number.is_extended_real:
        raise DomainError(f"{name} = {shown(number)}; give a real number or oo")
    return number


def real_float(value: object, name: str, bound: str = "give a finite number") -> float:
    """The float nearest to a real number; `DomainError`, which says the ``bound``, unless it is finite.

    >>> real_float(3, "eta"), real_float("1/3", "eta")
    (3.0, 0.3333333333333333)
    """
    if type(value) is float and math.isfinite(value):
        return value
    number = real_number(value, name)
    try:
        found = float(number)
    except OverflowError:
        found = math.inf
    if not math.isfinite(found):
        raise DomainError(f"{name} = {shown(value)}; {bound}")
    return found


def real_floats(values: Any, name: str, bound: str = "give finite numbers") -> list[float]:
    """Each entry of a sequence, or of an array of any library, as by `real_float`.

    >>> real_floats([1, "1/2"], "eigenvalues")
    [1.0, 0.5]
    """
    listed = values.tolist() if hasattr(values, "tolist") else values
    found = []
    for i, value in enumerate(items_of(listed, name, "numbers")):
        if type(value) is float and not math.isfinite(value):
            raise DomainError(f"{name}[{i}] = {value}; {bound}")
        try:
            found.append(real_float(value, name))
        except DomainError:
            raise DomainError(f"{name}[{i}] = {shown(value)} is not a real number; {bound}") from None
    return found


def whole_number(value: object, name: str, least: int, most: float = math.inf) -> int:
    """An integer from ``least`` to ``most``; raises `DomainError`.

    >>> whole_number(15, "digits", 1, 1000)
    15
    """
    if isinstance(value, bool) or not isinstance(value, numbers.Integral) or not least <= int(value) <= most:
        bounds = f"from {least} to {most}" if most < math.inf else f">= {least}"
        raise DomainError(f"{name} = {shown(value)}; give an integer {bounds}")
    return int(value)


def items_of(values: Any, name: str, of: str = "entries") -> tuple[Any, ...]:
    """The entries of a sequence; raises `DomainError` for text and for what holds none.

    >>> items_of(range(2), "times")
    (0, 1)
    """
    with suppress(TypeError):
        if not isinstance(values, str | bytes):
            return tuple(values)
    raise DomainError(f"{name} = {shown(values)} are not a sequence of {of}; give one")


def one_or_many(values: Any, name: str) -> tuple[Any, ...]:
    """One thing, or several in a sequence, as a tuple.

    >>> one_or_many(3, "modes"), one_or_many([1, 2], "modes")
    ((3,), (1, 2))
    """
    return items_of(values, name) if is_many(values) else (values,)


def is_many(values: Any) -> TypeGuard[Iterable[Any]]:
    """Whether it is a sequence of things, not text or an expression.

    >>> is_many([1]), is_many("1"), is_many(Integer(1))
    (True, False, False)
    """
    several = isinstance(values, Iterable) and not isinstance(values, str | Basic)
    return several and getattr(values, "ndim", 1) != 0


def mapping_of(values: Mapping[Key, Entry] | None, name: str) -> Mapping[Key, Entry]:
    """A mapping, and an empty one for None; raises `DomainError` for all else.

    >>> mapping_of(None, "at")
    {}
    """
    if not isinstance(values, Mapping | None):
        raise DomainError(f"{name} = {shown(values)}; give a mapping such as {{'a': 1.5}}")
    return values or {}


def substitution(
    parameters: Iterable[Symbol],
    values: Mapping[Symbol | str, object] | None,
    named: Mapping[str, object] = MappingProxyType({}),
) -> dict[Symbol, Expr]:
    """Values for parameters, exact and checked; keys may be symbols or their names.

    Raises `DomainError` for a name that is not a parameter and for a value that is not positive.
    """
    by_name = {symbol.name: symbol for symbol in parameters}
    table: dict[Symbol, Expr] = {}
    for key, value in {**mapping_of(values, "values"), **named}.items():
        name = key.name if isinstance(key, Symbol) else key if isinstance(key, str) else shown(key)
        if name not in by_name:
            known = ", ".join(sorted(by_name)) or "none"
            raise DomainError(f"{name} is not a parameter of the task; its parameters: {known}")
        number = exact(value, name)
        if number.is_number and not (number.is_positive and number.is_finite):
            raise DomainError(f"{name} = {number}; a parameter must be positive and finite")
        table[by_name[name]] = number
    return table
