"""Measured spectra: arrays of eigenvalues and target power, and the power laws fitted to their tails.

`asymptotics.Task.from_arrays` makes a task of them. Its laws are those of the fitted power laws, continued
to infinitely many modes; the full model (`numerics.FullModel`) takes the arrays themselves.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from sympy import Rational

from asymptotics.errors import DomainError, SpectrumError
from asymptotics.parsing.numbers import real_floats
from asymptotics.tasks.tail_fit import LEAST_MODES, TailFit, fit_tail


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """``lambda_k ~ C k^-b`` and ``c_k ~ C' k^-a``, read from one eigenvalue and one power per mode.

    ``eigenvalues`` fall, ``target`` (per mode, ``lambda_k w_k^2``) goes with them; floats, shape (M,).
    ``eigenvalue_fit`` and ``target_fit`` have the exponents with their errors and windows.

    >>> from math import cos
    >>> modes = range(1, 401)
    >>> print(measure([k**-1.5 * (1 + cos(7 * k) / 10) for k in modes], [k**-2.25 for k in modes]))
    400 measured modes
    eigenvalues ~ 1.000(31) k^-1.5001(50) on k = 1 ... 273: scatter of a bin 4.6 %, bend 0.011(42)
    target power ~ 0.999(17) k^-2.2493(28) on k = 1 ... 273: scatter of a bin 2.4 %, bend 0.001(18)
    """

    eigenvalues: tuple[float, ...]
    target: tuple[float, ...]
    eigenvalue_fit: TailFit
    target_fit: TailFit

    def __repr__(self) -> str:
        b, a = self.eigenvalue_fit, self.target_fit
        return f"Measured({len(self.eigenvalues)} modes, b={_short(b)}, a={_short(a)})"

    def __str__(self) -> str:
        lines = [f"{len(self.eigenvalues)} measured modes"]
        for name, fit in (("eigenvalues", self.eigenvalue_fit), ("target power", self.target_fit)):
            bend = with_error(fit.bend, fit.bend_error) if abs(fit.bend) > 1e-9 else "0(0)"
            lines.append(
                f"{name} ~ {with_error(fit.prefactor, fit.prefactor * fit.relative_error)} k^-{_short(fit)} "
                f"on k = {fit.window[0]} ... {fit.window[1]}: scatter of a bin {100 * fit.residual:.2g} %, "
                f"bend {bend}"
            )
        return "\n".join(lines)


def measure(eigenvalues: Iterable[object], target: Iterable[object]) -> Measured:
    """The arrays, sorted by eigenvalue, and the fits of their tails; any order, any sequence of numbers.

    Raises `SpectrumError` for arrays that are too short (below 16 modes), of different lengths, or hold
    a NaN, an infinite or negative value or (as an eigenvalue) zero; and if a tail follows no power law.

    >>> measure([1.0, 0.5], [1.0, 0.5])
    Traceback (most recent call last):
        ...
    asymptotics.errors.SpectrumError: 2 modes; the fit of an exponent needs at least 16, \
use numerics.FullModel.from_arrays for the curves
    """
    lam, power = _numbers("eigenvalues", eigenvalues), _numbers("target", target)
    if len(lam) != len(power):
        raise SpectrumError(
            f"{len(lam)} eigenvalues but {len(power)} target powers; give one of each per mode"
        )
    if len(lam) < LEAST_MODES:
        raise SpectrumError(
            f"{len(lam)} modes; the fit of an exponent needs at least {LEAST_MODES}, "
            "use numerics.FullModel.from_arrays for the curves"
        )
    zeros = lam.count(0.0)
    if zeros:
        raise SpectrumError(
            f"{zeros} of {len(lam)} eigenvalues are 0, the first is eigenvalues[{lam.index(0.0)}]; "
            "no power law has zeros, leave these modes out or use numerics.FullModel.from_arrays"
        )
    if not any(power):
        raise SpectrumError("all target powers are 0; there is nothing to learn")
    order = sorted(range(len(lam)), key=lam.__getitem__, reverse=True)
    falling, carried = [lam[i] for i in order], [power[i] for i in order]
    b, a = fit_tail(falling, "eigenvalues"), fit_tail(carried, "target power")
    if b.exponent <= 2 * b.error:
        raise SpectrumError(
            f"eigenvalues do not fall: k = {b.window[0]} ... {b.window[1]} give k**-b with b = {_short(b)}"
        )
    return Measured(eigenvalues=tuple(falling), target=tuple(carried), eigenvalue_fit=b, target_fit=a)


def _numbers(name: str, values: Iterable[object]) -> list[float]:
    """A list of finite floats >= 0; of an array of another library by its ``tolist``."""
    what = "an eigenvalue" if name == "eigenvalues" else "the power of a mode"
    try:
        found = real_floats(values, name, f"{what} must be finite and >= 0")
    except DomainError as error:
        raise SpectrumError(str(error)) from None
    for i, number in enumerate(found):
        if number < 0:
            raise SpectrumError(f"{name}[{i}] = {number}; {what} must be finite and >= 0")
    return found


def rounded(value: float, error: float) -> Rational:
    """The decimal of ``value`` with one digit more than its error leaves sure, exact.

    >>> rounded(1.50312, 0.012), rounded(0.00123456, 0.0000071)
    (1503/1000, 6173/5000000)
    """
    digits = max(0, 1 - math.floor(math.log10(error))) if error > 0 else 15
    return Rational(f"{value:.{min(digits, 30)}f}")


def with_error(value: float, error: float) -> str:
    """A value with its error in units of the last digits: 1.503(12).

    >>> with_error(1.50312, 0.012), with_error(12.3, 4.0), with_error(2.0, 1e-13)
    ('1.503(12)', '12.3(40)', '2.0000000000(0)')
    """
    digits = min(10, max(1, 1 - math.floor(math.log10(error)))) if error > 0 else 10
    return f"{value:.{digits}f}({round(error * 10**digits)})"


def _short(fit: TailFit) -> str:
    return with_error(fit.exponent, fit.error)


__all__ = ["Measured", "measure", "rounded", "with_error"]
