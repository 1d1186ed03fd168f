"""The loss at N = P = oo as the sum that it is: ``sum_k m_k c_k e^(-rate lambda_k)``, piece by piece.

Likewise for gradient descent, of which a mode has ``(1 - eta lambda_k)^(2n)`` left (`decay`).

A piece with few modes is added up. A long one is the difference of two infinite tails; where that cancels,
at late times, only the modes near its end are left, and those are added up.
"""

from __future__ import annotations

import math
from dataclasses import replace

import mpmath
import numpy as np

from asymptotics.precision import working, working_bits
from numerics.spectra.compiled import constant
from numerics.spectra.finite import FiniteSpectrum
from numerics.spectra.spectrum import ContinuousSpectrum, integers
from numerics.sums.decay import Decay
from numerics.sums.exponential import exponential_sum
from numerics.values.arithmetic import Array, Field, array, bits_of, each, field_of
from numerics.values.value import Value

ADDED_UP = 20_000
"""Up to this many modes are added one by one."""
ADDED_AT_END = 300_000
"""Likewise where only the slowest modes are left, and nothing else works."""
CANCELLED = 450
"""Most digits that two tails may cancel."""


def time_sum(spectrum: ContinuousSpectrum | FiniteSpectrum, decay: Decay, digits: int) -> Value | None:
    """``sum_k m_k c_k e^(-rate lambda_k)``, or in steps, to ``digits`` digits; None if that is not had so.

    The error is that of rounding for sums of few terms, and that of `exponential_sum` for long ones; units of
    the target power. Raises `PrecisionError` where an infinite tail does not reach the digits.

    >>> from asymptotics.tasks.power_laws import power_law
    >>> from numerics.spectra.spectrum import spectrum_of
    >>> found = time_sum(spectrum_of(power_law(2, 2, modes=2)), Decay(rate=mpmath.mpf(4)), 20)
    >>> bool(abs(found.value - (mpmath.exp(-4) + mpmath.exp(-1) / 4)) < 1e-15)
    True
    """
    if isinstance(spectrum, FiniteSpectrum):
        return _list_modes(spectrum, decay, digits)
    with field_of(bits_of(digits + 15)) as field:
        lost = field.mpf(constant(spectrum.unlearned, field))
    total = Value(value=lost, error=abs(lost) * mpmath.mpf(10) ** -(digits + 10))
    for piece in spectrum.pieces or (spectrum,):
        if piece.target == 0:
            continue
        found = _piece(piece, decay, digits)
        if found is None:
            return None
        total = Value(value=total.value + found.value, error=total.error + found.error)
    return total


def _list_modes(spectrum: FiniteSpectrum, decay: Decay, digits: int) -> Value | None:
    if spectrum.levels > ADDED_UP:
        return None
    largest = float(np.max(spectrum.eigenvalues, initial=0.0))
    bits = bits_of(digits + 25) + _exponent_bits(math.log(largest) if largest else 0.0, decay)
    with field_of(bits) as field:
        lam, weight, count = (
            array(field.real(float(x)) for x in column)
            for column in (spectrum.eigenvalues, spectrum.target, spectrum.counts)
        )
        value = _total(count * weight, lam, decay, field)
    return _round(value, digits)


def _total(weights: Array, lam: Array, decay: Decay, field: Field) -> mpmath.mpf:
    """``sum weight e^(-rate lambda)``, the largest exponential taken out: it may be below all of a field."""
    there = np.array([bool(weight != 0) for weight in weights], dtype=bool)
    logs = decay.logarithm(lam[there], field)
    top = max(logs, default=field.real(0))
    if not there.any() or mpmath.isinf(field.mpf(top)):
        return mpmath.mpf(0)
    rest = np.sum(weights[there] * each(field.exp, logs - top))
    with working_bits(field.bits):
        return mpmath.exp(field.mpf(top)) * field.mpf(rest)


def _round(value: mpmath.mpf, digits: int) -> Value:
    """Rounding of an exponent is amplified by its size, which is at most ``|log|`` of the value and more."""
    size = 10 + abs(mpmath.log(abs(value))) if value else mpmath.mpf(10)
    return Value(value=value, error=abs(value) * size * mpmath.mpf(10) ** -(digits + 10))


def _piece(piece: ContinuousSpectrum, decay: Decay, digits: int) -> Value | None:
    if piece.levels is None:
        return exponential_sum(piece, decay, digits) if piece.decay("eigenvalues") < math.inf else None
    if piece.levels <= ADDED_UP or piece.is_listed:
        return _add(piece, 1, decay, digits)
    if decay.rate != 0 and not piece.eigenvalues.has(piece.index):
        return _single(piece, decay, digits)
    first = _first_that_matters(piece, decay, digits)
    if piece.levels - first < ADDED_AT_END:
        end = _add(piece, first, decay, digits)
        if piece.start == 1:
            return end
        before = _add(piece, 1, decay, digits, piece.start - 1)
        return Value(value=end.value + before.value, error=end.error + before.error)
    if piece.decay("eigenvalues") == math.inf or piece.decay("target") <= 1 + 1e-9:
        return None
    return _difference(piece, decay, digits)


def _single(piece: ContinuousSpectrum, decay: Decay, digits: int) -> Value | None:
    """Modes of one eigenvalue: their whole power times one exponential."""
    power = piece.multiplicity * piece.target
    with field_of(bits_of(digits + 25) + _exponent_bits(piece.logarithm("eigenvalues", 0.0), decay)) as field:
        one = array([field.real(1)])
        left = _total(one, array([constant(piece.eigenvalues, field)]), decay, field)
        if not power.has(piece.index):
            assert piece.levels is not None
            return _round(left * piece.levels * field.mpf(constant(power, field)), digits)
    whole = _piece(piece, Decay(rate=mpmath.mpf(0)), digits + 2)
    if whole is None:
        return None
    found = _round(left * whole.value, digits)
    return Value(value=found.value, error=found.error + left * whole.error)


def _add(piece: ContinuousSpectrum, first: int, decay: Decay, digits: int, last: int | None = None) -> Value:
    """The terms of ``first ... last`` (None: the last mode), at bits that hold the largest exponent."""
    stop = last or piece.levels
    assert stop is not None
    largest = piece.logarithm("eigenvalues", math.log(first))
    while True:
        bits = bits_of(digits + 25) + _exponent_bits(largest, decay)
        with field_of(bits) as field:
            lam, _, weight = piece.at(integers(first, stop, field), field)
            largest = max(largest, float(field.log(max(lam))))
            if bits >= bits_of(digits + 25) + _exponent_bits(largest, decay):
                return _round(_total(weight, lam, decay, field), digits)


def _exponent_bits(log_largest: float, decay: Decay) -> int:
    """Bits by which the rounding of the exponent of the largest eigenvalue grows."""
    largest = mpmath.log(decay.rate + 1) + abs(log_largest)
    return max(0, math.ceil(float(largest) / math.log(2)))


def _first_that_matters(piece: ContinuousSpectrum, decay: Decay, digits: int) -> int:
    """The first mode that is not negligible beside the last one, by bisection where eigenvalues fall."""
    assert piece.levels is not None
    with field_of(80) as field:
        last = _log_term(piece, piece.levels, decay, field)
        floor = last - (digits + 10) * math.log(10) - math.log(piece.levels)
        low, high = piece.start, piece.levels
        if _log_term(piece, low, decay, field) > floor:
            return low
        while high - low > 1:
            middle = (low + high) // 2
            if _log_term(piece, middle, decay, field) > floor:
                high = middle
            else:
                low = middle
    return high


def _log_term(piece: ContinuousSpectrum, level: int, decay: Decay, field: Field) -> mpmath.mpf:
    lam, _, weight = piece.at(np.array([field.real(level)], dtype=object), field)
    if weight[0] == 0:
        return mpmath.ninf
    return mpmath.log(field.mpf(weight[0])) + field.mpf(decay.logarithm(lam, field)[0])


def _difference(piece: ContinuousSpectrum, decay: Decay, digits: int) -> Value | None:
    """The tail from the first mode on less that beyond the last."""
    endless = replace(piece, levels=None)
    shifted = {piece.index: piece.index + piece.levels}
    beyond = replace(
        endless,
        start=1,
        eigenvalues=piece.eigenvalues.xreplace(shifted),
        target=piece.target.xreplace(shifted),
        multiplicity=piece.multiplicity.xreplace(shifted),
    )
    extra = 5
    while extra <= CANCELLED:
        with working(digits + extra + 15):
            one, two = (exponential_sum(s, decay, digits + extra) for s in (endless, beyond))
            value, error = one.value - two.value, one.error + two.error
            if error <= abs(value) * mpmath.mpf(10) ** -digits:
                return Value(value=value, error=error)
        extra *= 3
    return None
