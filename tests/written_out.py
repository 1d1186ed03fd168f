"""What SymPy would write out: integers as powers of other numbers, and special values at large arguments.

check_written_out(monkeypatch)    from here on an integer too long to be of use is a failure, not a wait
"""

from __future__ import annotations

import pytest
import sympy
from sympy.core.numbers import Integer, Rational, igcd

BITS = 200_000
SPECIAL = (sympy.gamma, sympy.zeta, sympy.harmonic, sympy.factorial, sympy.loggamma, sympy.digamma)


def bits_of_power(base: int, exponent: Rational) -> int:
    """The length of the longest integer that SymPy makes of ``base**exponent``, without making it.

    >>> bits_of_power(12, Rational(1, 3)), bits_of_power(12, Rational(10**9 + 1, 10**9 + 7)) > 10**8
    (6, True)
    """
    if abs(base) < 2:
        return 1
    if exponent.q == 1 or base < 0 or exponent < 0:
        return base.bit_length() * (abs(exponent.p) // exponent.q + 1)
    left = {p: m * exponent.p % exponent.q for p, m in Integer(base).factors(limit=2**15).items()}
    kept = {p: m for p, m in left.items() if m and igcd(m, exponent.q) == 1}
    common = igcd(0, 0, *kept.values()) if kept else 1
    under = sum(p.bit_length() * (m // common) for p, m in kept.items())
    return max(under, base.bit_length() * (exponent.p // exponent.q + 1))


def check_written_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail where SymPy is about to write out an integer of more than `BITS` bits."""
    power = Integer._eval_power

    def checked(self: Integer, exponent: sympy.Expr) -> sympy.Expr | None:
        if isinstance(exponent, Rational) and bits_of_power(int(self.p), exponent) > BITS:
            pytest.fail(f"{self}**({exponent}) is written out")
        return power(self, exponent)

    monkeypatch.setattr(Integer, "_eval_power", checked)
    for function in SPECIAL:
        monkeypatch.setattr(function, "eval", classmethod(_checked_value(function.eval.__func__)))


def _checked_value(value):  # type: ignore[no-untyped-def]
    def checked(cls: type, *arguments: sympy.Expr) -> sympy.Expr | None:
        if any(sympy.sympify(x).is_Rational and abs(x) > 10_000 for x in arguments):
            pytest.fail(f"{cls.__name__} of {arguments} is written out")
        return value(cls, *arguments)

    return checked
