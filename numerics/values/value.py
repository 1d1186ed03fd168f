"""A number together with an estimate of its error."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace

import mpmath

from asymptotics.precision import working_bits


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """``value`` is within ``error`` of the exact number, as estimated when it was computed.

    Both are mpmath numbers in the unit of the quantity; ``value`` keeps every digit that was
    computed, whatever the precision of mpmath at the moment. A quantity that diverges has
    ``value = oo`` and a ``note`` that says why.

    >>> third = Value(value=mpmath.mpf("0.33333"), error=mpmath.mpf("0.00002"))
    >>> str(third), float(third)
    ('0.33333(2)', 0.33333)
    """

    value: mpmath.mpf
    error: mpmath.mpf
    note: str = ""

    def __float__(self) -> float:
        return float(self.value)

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
            return f"{mpmath.nstr(self.value, 2)} +- {mpmath.nstr(self.error, 1)}{noted}"
        # The error is printed in units of the last digit, rounded up.
        size = float(abs(self.value))
        places = math.floor(math.log10(size)) if 0 < size < math.inf else 0
        exponent = int(mpmath.floor(mpmath.log10(self.error)))
        unit = math.ceil(float(self.error * mpmath.mpf(10) ** -exponent) - 1e-9)
        if unit > 9:
            unit, exponent = 1, exponent + 1
        leading = int(mpmath.floor(mpmath.log10(abs(self.value)))) if places == 0 else places
        shown = mpmath.nstr(
            self.value, max(1, leading - exponent + 1), strip_zeros=False, min_fixed=-5, max_fixed=17
        )
        mantissa, _, power = shown.partition("e")
        return f"{mantissa.removesuffix('.')}({unit})" + (f"e{power}" if power else "") + noted


def _bits(number: mpmath.mpf) -> int:
    return int(number._mpf_[3]) if mpmath.isfinite(number) else 53
