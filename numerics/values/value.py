"""A number together with an estimate of its error, and arithmetic that carries the error along.

With ``X = x +- dx`` and ``Y = y +- dy``, errors as bounds that may add up and not as independent deviations:

    X + Y, X - Y    dx + dy
    X Y             |x| dy + |y| dx + dx dy
    X/Y             (dx + |x/y| dy)/(|y| - dy), refused where |y| <= dy
    X < Y           decided where |x - y| > dx + dy, refused where the errors overlap
"""

from __future__ import annotations

import math
import numbers
import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import ClassVar

import mpmath
from sympy import Expr, Rational

from asymptotics.errors import DomainError, PrecisionError
from asymptotics.parsing.numbers import real_number
from asymptotics.precision import working_bits

GUARD = 64
"""Binary digits beyond those of its terms to which a number that is rounded is computed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """``value`` is within ``error`` of the exact number, as estimated when it was computed.

    Both are mpmath numbers in the unit of the quantity; ``value`` keeps every digit that was
    computed, whatever the precision of mpmath at the moment. A quantity that diverges has
    ``value = oo`` and a ``note`` that says why.

    >>> third = Value(value=mpmath.mpf("0.33333"), error=mpmath.mpf("0.00002"))
    >>> str(third), float(third)
    ('0.33333(2)', 0.33333)

    Values add, subtract, multiply, divide and compare with each other and with numbers, where a float is the
    decimal that it prints. The error of the result is a bound if those that enter are.

    >>> str(3 * third), str(third / third - 1), third < 1
    ('0.99999(6)', '0.0 +- 0.0002', True)
    """

    value: mpmath.mpf
    error: mpmath.mpf
    note: str = ""
    _op_priority: ClassVar[float] = 100.0  # so that SymPy's numbers leave the operation to this class

    def __float__(self) -> float:
        return float(self.value)

    def __format__(self, spec: str) -> str:
        return format(float(self), spec) if spec else str(self)

    def __add__(self, other: object) -> Value:
        return _sum(self, other)

    def __radd__(self, other: object) -> Value:
        return _sum(self, other)

    def __sub__(self, other: object) -> Value:
        return _difference(self, other)

    def __rsub__(self, other: object) -> Value:
        return -_difference(self, other)

    def __mul__(self, other: object) -> Value:
        return _product(self, other)

    def __rmul__(self, other: object) -> Value:
        return _product(self, other)

    def __truediv__(self, other: object) -> Value:
        theirs = _operand(other, self)
        return NotImplemented if theirs is None else _quotient(self, theirs)

    def __rtruediv__(self, other: object) -> Value:
        theirs = _operand(other, self)
        return NotImplemented if theirs is None else _quotient(theirs, self)

    def __neg__(self) -> Value:
        return replace(self, value=mpmath.fneg(self.value, exact=True))

    def __pos__(self) -> Value:
        return self

    def __abs__(self) -> Value:
        return -self if self.value < 0 else self

    def __lt__(self, other: object) -> bool:
        order = _order(self, other)
        return NotImplemented if order is None else order < 0

    def __gt__(self, other: object) -> bool:
        order = _order(self, other)
        return NotImplemented if order is None else order > 0

    def __le__(self, other: object) -> bool:
        order = _order(self, other)
        return NotImplemented if order is None else order <= 0

    def __ge__(self, other: object) -> bool:
        order = _order(self, other)
        return NotImplemented if order is None else order >= 0

    @property
    def relative_error(self) -> float:
        """``error/|value|`` (dimensionless); 0 for an exact zero, oo where nothing is known."""
        if not self.error:
            return 0.0
        if not self.value:
            return math.inf
        return float(self.error / abs(self.value))

    def agrees_with(self, other: Value | mpmath.mpf | float, factor: float = 1.0) -> bool:
        """Whether the two differ by no more than ``factor`` times their errors together.

        >>> Value(value=mpmath.mpf(1), error=mpmath.mpf(2) ** -9).agrees_with(1.001)
        True
        """
        theirs, slack = (other.value, other.error) if isinstance(other, Value) else (mpmath.mpf(other), 0)
        if mpmath.isinf(self.value) or mpmath.isinf(theirs):
            return bool(self.value == theirs)
        with working_bits(_bits(self.value) + _bits(theirs) + 64):
            return bool(abs(self.value - theirs) <= factor * (self.error + slack))

    def digits(self, count: int) -> str:
        """``value`` to ``count`` significant decimal digits, without its error.

        >>> Value(value=mpmath.mpf(2), error=mpmath.mpf(0)).digits(5)
        '2.0'
        """
        return str(mpmath.nstr(self.value, count))

    def _repr_latex_(self) -> str:
        plain = str(replace(self, note="")).replace("+-", r"\pm").replace("oo", r"\infty")
        power = re.sub(r"e([+-]?)0*(\d+)", lambda m: rf" \cdot 10^{{{m[1].strip('+')}{m[2]}}}", plain)
        return f"${power}" + (rf"\ \text{{{self.note}}}" if self.note else "") + "$"

    def __repr__(self) -> str:
        return f"Value({self})"

    def __str__(self) -> str:
        if mpmath.isinf(self.value):
            return f"oo ({self.note})" if self.note else "oo"
        if not self.error:
            return str(mpmath.nstr(self.value, 15))
        relative = self.relative_error
        noted = f" {self.note}" if self.note else ""
        if relative >= 1:
            known = mpmath.isfinite(self.error)
            error = mpmath.mpf("{}e{}".format(*_rounded_up(self.error))) if known else self.error
            return f"{mpmath.nstr(self.value, 2)} +- {mpmath.nstr(error, 1)}{noted}"
        # The error is printed in units of the last digit, rounded up.
        size = float(abs(self.value))
        places = math.floor(math.log10(size)) if 0 < size < math.inf else 0
        unit, exponent = _rounded_up(self.error)
        if places == 0:
            with working_bits(2 * GUARD):
                places = int(mpmath.floor(mpmath.log10(abs(self.value))))
        shown = mpmath.nstr(
            self.value, max(1, places - exponent + 1), strip_zeros=False, min_fixed=-5, max_fixed=17
        )
        mantissa, _, power = shown.partition("e")
        return f"{mantissa.removesuffix('.')}({unit})" + (f"e{power}" if power else "") + noted


def _rounded_up(error: mpmath.mpf) -> tuple[int, int]:
    """One digit and the power of ten that it stands at."""
    with working_bits(2 * GUARD):  # exponents may have twenty digits
        exponent = int(mpmath.floor(mpmath.log10(error)))
        unit = math.ceil(float(error * mpmath.mpf(10) ** -exponent) - 1e-9)
    return (1, exponent + 1) if unit > 9 else (unit, exponent)


def _operand(given: object, beside: Value) -> Value | None:
    """A number as a value, exact or to `GUARD` digits beyond those of ``beside``; None for all else."""
    if isinstance(given, Value):
        return given
    is_number = isinstance(given, numbers.Real | Decimal) and not isinstance(given, bool)
    if not (is_number or (isinstance(given, Expr) and given.is_number)):
        return None
    number = real_number(given, "the number beside a value")
    with working_bits(_bits(beside.value) + GUARD):
        if isinstance(number, Rational) and mpmath.isfinite(found := mpmath.mpf(number.p) / number.q):
            error = abs(mpmath.fsub(mpmath.fmul(found, number.q, exact=True), number.p, exact=True))
            return Value(value=found, error=error and error / number.q * 2)
        found = mpmath.mpf(number)
        return Value(value=found, error=mpmath.mpf(0) if mpmath.isinf(found) else _rounding(found))


def _rounding(number: mpmath.mpf) -> mpmath.mpf:
    return abs(number) * mpmath.mpf(2) ** (1 - mpmath.mp.prec)


def _made(value: mpmath.mpf, error: mpmath.mpf, *terms: Value) -> Value:
    if mpmath.isnan(value):
        raise DomainError(
            f"{' and '.join(map(str, terms))} have neither a sum nor a product that is a number"
        )
    notes = dict.fromkeys(term.note for term in terms if term.note)
    return Value(value=value, error=error, note="; ".join(notes))


def _sum(one: Value, given: object) -> Value:
    other = _operand(given, one)
    if other is None:
        return NotImplemented
    total = mpmath.fadd(one.value, other.value, exact=True)
    return _made(total, mpmath.fadd(one.error, other.error, exact=True), one, other)


def _difference(one: Value, given: object) -> Value:
    other = _operand(given, one)
    return NotImplemented if other is None else _sum(one, -other)


def _product(one: Value, given: object) -> Value:
    other = _operand(given, one)
    if other is None:
        return NotImplemented
    value = mpmath.fmul(one.value, other.value, exact=True)
    with working_bits(GUARD):
        x, y = abs(one.value), abs(other.value)
        error = one.error and one.error * (y + other.error)
        error += other.error and other.error * x
        return _made(value, error + _rounding(error), one, other)


def _quotient(above: Value, below: Value) -> Value:
    if abs(below.value) <= below.error:
        raise PrecisionError(f"division by {below}, which may be 0; ask for more digits of it")
    with working_bits(max(_bits(above.value), _bits(below.value)) + GUARD):
        value = above.value / below.value
        exact = not mpmath.isfinite(value) or mpmath.fmul(value, below.value, exact=True) == above.value
        error = above.error + (below.error and abs(value) * below.error)
        error = error and error / (abs(below.value) - below.error)
        return _made(value, error + _rounding(error) + (0 if exact else _rounding(value)), above, below)


def _order(one: Value, given: object) -> int | None:
    """The sign of the difference. Raises `PrecisionError` where the errors are not smaller than it."""
    other = _operand(given, one)
    if other is None:
        return None
    if one.value == other.value and not (one.error or other.error):
        return 0
    apart = _difference(one, other)
    if abs(apart.value) <= apart.error:
        raise PrecisionError(f"{one} and {other} are not told apart by their errors; ask for more digits")
    return 1 if apart.value > 0 else -1


def _bits(number: mpmath.mpf) -> int:
    return int(number._mpf_[3]) if mpmath.isfinite(number) else 53
