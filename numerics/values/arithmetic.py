"""Numbers of any precision, from whichever library is there.

Everything in this package that needs more than double precision works on NumPy object
arrays, whose elements are `gmpy2` numbers where gmpy2 is installed (about ten times
faster) and numbers of a private `mpmath` context otherwise. A `Field` is the one place
that knows the difference. No global precision is ever changed: both take it from a context that is
entered with ``with field:`` and left again, which for mpmath is one that threads share, one at a time.

>>> from fractions import Fraction
>>> with field_of(100) as field:
...     third = field.real(Fraction(1, 3))
...     float(field.exp(field.log(third * 3)))
1.0
"""

from __future__ import annotations

import importlib
import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from copy import copy
from fractions import Fraction
from types import ModuleType, TracebackType
from typing import Any

import mpmath
import numpy as np
from mpmath.libmp import from_man_exp
from numpy.typing import NDArray

from asymptotics.precision import hold, release

Scalar = Any
"""A real or complex number of a `Field`; the two libraries share no common type."""

Function = Callable[[Scalar], Scalar]

Array = NDArray[np.object_]
"""A NumPy array of such numbers."""


def _load_gmpy2() -> ModuleType | None:
    try:
        return importlib.import_module("gmpy2")
    except ImportError:
        return None


gmpy2: Any = _load_gmpy2()

LOG2_10 = math.log2(10)
SMALL = 2.0**-10
"""Below it ``e^x - 1`` and ``log(1 + x)`` are series, as the difference would cancel."""


def bits_of(digits: float) -> int:
    """The binary precision that holds ``digits`` decimal digits.

    >>> bits_of(15)
    50
    """
    return math.ceil(digits * LOG2_10)


class Field(ABC):
    """Real and complex numbers with a relative rounding error of 2^-bits; used inside ``with field:``.

    ``complex(re, im)`` and the functions ``exp`` ... ``cos`` are those of the library.
    """

    def __init__(self, bits: int, library: Any) -> None:
        self.bits = bits
        self.complex: Callable[[Scalar, Scalar], Scalar] = library.mpc
        self.exp: Function = library.exp
        self.log: Function = library.log
        self.sqrt: Function = library.sqrt
        self.cot: Function = library.cot
        self.sin: Function = library.sin
        self.cos: Function = library.cos
        self._stack: list[Any] = []

    @abstractmethod
    def __enter__(self) -> Field: ...

    @abstractmethod
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    @abstractmethod
    def real(self, value: int | float | Fraction | mpmath.mpf) -> Scalar:
        """A number of this field, rounded once."""

    @abstractmethod
    def pi(self) -> Scalar:
        """3.14159..."""

    @abstractmethod
    def mpf(self, x: Scalar) -> mpmath.mpf:
        """A real number of this field as an mpmath number, exact."""

    def remembering(self) -> Field:
        """The same with a logarithm that keeps its last value: functions of one number take it once."""
        other, last = copy(self), [None, None]

        def log(x: Scalar) -> Scalar:
            if x is not last[0]:
                last[:] = x, self.log(x)
            return last[1]

        other.log = log
        return other

    def conj(self, x: Scalar) -> Scalar:
        """The complex conjugate."""
        return x.conjugate()

    def expm1(self, x: Scalar) -> Scalar:
        """``e^x - 1`` to all bits.

        >>> with field_of(60) as field:
        ...     float(field.expm1(field.real(1e-30)))
        1e-30
        """
        if abs(x) > SMALL:
            return self.exp(x) - 1
        total, order = x * 0, math.ceil(self.bits / 10)
        while order:
            total = (1 + total) * x / order
            order -= 1
        return total

    def log1p(self, x: Scalar) -> Scalar:
        """``log(1 + x) = 2 (w + w^3/3 + ...), w = x/(2 + x)``, to all bits.

        >>> with field_of(60) as field:
        ...     float(field.log1p(field.real(1e-30)))
        1e-30
        """
        if abs(x) > SMALL:
            return self.log(1 + x)
        w = x / (2 + x)
        square, total = w * w, x * 0
        for order in range(2 * math.ceil(self.bits / 20) + 1, 0, -2):
            total = total * square + self.real(1) / order
        return 2 * w * total


class Gmpy2Field(Field):
    """A `Field` of gmpy2 numbers."""

    def __init__(self, bits: int) -> None:
        super().__init__(bits, gmpy2)

    def __enter__(self) -> Gmpy2Field:
        context = gmpy2.context(gmpy2.get_context(), precision=self.bits)
        self._stack.append(context)
        context.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.pop().__exit__(kind, error, trace)

    def real(self, value: int | float | Fraction | mpmath.mpf) -> Scalar:
        if type(value) is float:  # most are, and the class of fractions is slow to ask
            return gmpy2.mpfr(value)
        if isinstance(value, Fraction):
            return gmpy2.mpfr(gmpy2.mpq(value.numerator, value.denominator))
        if isinstance(value, mpmath.mpf):
            sign, mantissa, exponent, _ = value._mpf_
            if not mantissa:
                return gmpy2.mpfr(float(value))  # zero, or not finite
            number = (
                gmpy2.mul_2exp(gmpy2.mpfr(mantissa), exponent)
                if exponent >= 0
                else gmpy2.div_2exp(gmpy2.mpfr(mantissa), -exponent)
            )
            return -number if sign else number
        return gmpy2.mpfr(value)

    def pi(self) -> Scalar:
        return gmpy2.const_pi()

    def mpf(self, x: Scalar) -> mpmath.mpf:
        # mpmath's own conversion makes a zero with an exponent, which it then takes for infinite
        number = gmpy2.mpfr(x)
        if not gmpy2.is_finite(number):
            return mpmath.mpf(float(number))
        mantissa, exponent = number.as_mantissa_exp()
        return mpmath.mp.make_mpf(from_man_exp(int(mantissa), int(exponent)))


_CONTEXT: Any = mpmath.ctx_mp.MPContext()
"""The context of all numbers of `MpmathField`: mpmath takes the precision of a sum from its first number."""


class MpmathField(Field):
    """A `Field` of mpmath numbers in a context of this package, for machines without gmpy2."""

    def __init__(self, bits: int) -> None:
        super().__init__(bits, _CONTEXT)

    def __enter__(self) -> MpmathField:
        hold()
        self._stack.append(_CONTEXT.prec)
        _CONTEXT.prec = self.bits
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _CONTEXT.prec = self._stack.pop()
        release()

    def real(self, value: int | float | Fraction | mpmath.mpf) -> Scalar:
        if isinstance(value, Fraction):
            return _CONTEXT.mpf(value.numerator) / value.denominator
        if isinstance(value, mpmath.mpf):
            return +_CONTEXT.make_mpf(value._mpf_)
        return _CONTEXT.mpf(value)

    def pi(self) -> Scalar:
        return +_CONTEXT.pi

    def mpf(self, x: Scalar) -> mpmath.mpf:
        return mpmath.mp.make_mpf(_CONTEXT.mpf(x)._mpf_)


def field_of(bits: int) -> Field:
    """A field of ``bits`` binary digits, on gmpy2 if it is installed.

    >>> field_of(64).bits
    64
    """
    return Gmpy2Field(bits) if gmpy2 is not None else MpmathField(bits)


def array(numbers: Iterable[Scalar]) -> Array:
    """A one-dimensional object array; NumPy alone would convert where it can.

    >>> array([1, 2]).dtype
    dtype('O')
    """
    listed = list(numbers)
    result = np.empty(len(listed), dtype=object)
    result[:] = listed
    return result


def each(function: Callable[[Scalar], Scalar], numbers: Array) -> Array:
    """``function`` of every element, as an object array of the same shape.

    >>> each(lambda x: x + 1, array([1, 2]))
    array([2, 3], dtype=object)
    """
    result = np.empty(numbers.shape, dtype=object)
    flat = result.reshape(-1)
    for i, number in enumerate(numbers.reshape(-1)):
        flat[i] = function(number)
    return result
