"""The loss of few modes at N = P = oo as the sum that it is, ``sum_k m_k c_k f_t(lambda_k)^2``.

Where modes are few, all of them may have fallen far below what a contour resolves, or swing. The sum is taken
at two precisions, whose distance is its error.

    propagated_sum    the sum; None where modes are many, or f_t has no number
    listed_modes      what is summed over
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath

from asymptotics.precision import working
from numerics.spectra.finite import FiniteSpectrum
from numerics.spectra.spectrum import ContinuousSpectrum, integers
from numerics.values.arithmetic import bits_of, field_of
from numerics.values.value import Value

MOST = 2000
"""So many modes are added one by one."""
MORE, MOST_DIGITS = 30, 2000
"""Digits beyond those of the sum; they are doubled where terms cancel in f_t, up to so many."""


def propagated_sum(
    spectrum: ContinuousSpectrum | FiniteSpectrum, left: Callable[[Any], Any], digits: int
) -> Value | None:
    """``left(lambda)`` is f_t in mpmath at its precision; units of the target power.

    >>> from numerics.spectra.finite import finite_spectrum
    >>> two = finite_spectrum([1.5, 0.5], [1, 1])
    >>> found = propagated_sum(two, lambda x: (1 - x) ** 50, 15)
    >>> bool(abs(found.value - mpmath.mpf(2) ** -99) <= found.error < 1e-45)
    True
    """
    inside, coarse = digits + MORE, None
    while inside < MOST_DIGITS:
        modes = listed_modes(spectrum, inside)
        if modes is None:
            return None
        with working(inside):
            try:
                fine = mpmath.fsum(w * mpmath.re(_at(left, x)) ** 2 for x, w, _ in modes)
            except (ZeroDivisionError, ValueError, mpmath.libmp.NoConvergence):
                return None
            if not mpmath.isfinite(fine):
                return None
            if coarse is not None and abs(fine - coarse) <= abs(fine) * mpmath.mpf(10) ** -(digits + 5):
                return Value(
                    value=fine, error=abs(fine - coarse) + abs(fine) * mpmath.mpf(10) ** -(digits + 10)
                )
            coarse = fine
        inside *= 2
    return None


def _at(left: Callable[[Any], Any], rate: mpmath.mpf) -> Any:
    """f_t at a rate; where two roots meet and its formula has none, the mean of what is beside."""
    if not rate:
        return mpmath.mpf(1)
    try:
        return left(rate)
    except ZeroDivisionError:
        step = rate * mpmath.mpf(10) ** (-mpmath.mp.dps // 2)
        return (left(rate + step) + left(rate - step)) / 2


def listed_modes(
    spectrum: ContinuousSpectrum | FiniteSpectrum, digits: int
) -> list[tuple[mpmath.mpf, mpmath.mpf, mpmath.mpf]] | None:
    """``lambda_k, m_k c_k`` and ``m_k lambda_k``; None for many of them, and for a spectrum in pieces."""
    if spectrum.levels is None or spectrum.levels > MOST:
        return None
    if isinstance(spectrum, FiniteSpectrum):
        columns = (spectrum.eigenvalues, spectrum.target, spectrum.counts)
        with working(digits):
            rows = zip(*(map(mpmath.mpf, map(float, column)) for column in columns), strict=True)
            return [(rate, power * count, rate * count) for rate, power, count in rows]
    if spectrum.pieces or spectrum.unlearned != 0:
        return None
    with field_of(bits_of(digits)) as field:
        lam, traces, powers = spectrum.at(integers(1, spectrum.levels, field), field)
        return [
            (field.mpf(x), field.mpf(w), field.mpf(t)) for x, t, w in zip(lam, traces, powers, strict=True)
        ]
