"""``sum_k m_k c_k f(t sqrt(lambda_k))^2`` with the Bessel filter f, in doubles.

The phases ``t sqrt(lambda_k)`` of neighbouring modes differ by less and less. Where they differ by much,
modes are added one by one; from there on blocks of modes, over each of which the phase turns by a few
radians, by Gauss' rule for sums (`blocks`), with more and with fewer nodes.

    swinging_sum(spectrum, index, time)
"""

from __future__ import annotations

import math
from collections.abc import Callable

import mpmath
import numpy as np
from numpy.typing import NDArray

from numerics.spectra.finite import FiniteSpectrum
from numerics.spectra.spectrum import ContinuousSpectrum
from numerics.sums.bessel import bessel_error, bessel_filter
from numerics.sums.blocks import gram
from numerics.values.arithmetic import array, each, field_of
from numerics.values.value import Value

Floats = NDArray[np.float64]
Modes = Callable[[Floats], tuple[Floats, Floats]]
"""sqrt(lambda) and m c at real k."""

TURN = 10.0
"""Radians by which the phase turns over a block."""
FEW, MANY = 18, 24
GROWTH = 3
"""By which factor k grows over a block at most."""
MOST = 2_000_000
"""Most modes that are added one by one, and most nodes of blocks."""
LEFT = 1e-18
BITS = 80


def swinging_sum(spectrum: ContinuousSpectrum | FiniteSpectrum, index: float, time: float) -> Value | None:
    """The sum; its error is that of rounding, of phases above all, and of the blocks. None if it is too long.

    >>> from asymptotics import power_law
    >>> from numerics.spectra.spectrum import spectrum_of
    >>> found = swinging_sum(spectrum_of(power_law(3, 2)), 1.0, 1e4)
    >>> bool(abs(float(found) * 1e8 / 2 - 1) < 1e-3), found.relative_error < 1e-11     # Phi(1)/2 t^-2
    (True, True)
    """
    total = _Total(index=index, time=time)
    if isinstance(spectrum, FiniteSpectrum):
        total.add(np.sqrt(spectrum.eigenvalues), spectrum.target, spectrum.counts)
        return total.value()
    with field_of(BITS) as field:
        total.sum += float(field.mpf(field.real(float(spectrum.unlearned))))
    for piece in spectrum.pieces or (spectrum,):
        if not _add_piece(total, piece):
            return None
    return total.value()


class _Total:
    """A sum with its error."""

    def __init__(self, index: float, time: float) -> None:
        self.index, self.time = index, time
        self.sum = self.error = 0.0

    def terms(self, root: Floats, power: Floats) -> tuple[Floats, Floats]:
        """``c f^2`` and its error."""
        z = self.time * root
        left, doubt = bessel_filter(self.index, z)[0], bessel_error(self.index, z)
        return power * left**2, power * ((2 * np.abs(left) + doubt) * doubt + 2e-16 * left**2)

    def add(self, root: Floats, power: Floats, weights: Floats) -> float:
        value, doubt = self.terms(root, power)
        found = math.fsum(weights * value)
        self.sum += found
        self.error += float(weights @ doubt)
        return found

    def value(self) -> Value:
        return Value(value=mpmath.mpf(self.sum), error=mpmath.mpf(self.error + 4e-16 * abs(self.sum)))


def _add_piece(total: _Total, piece: ContinuousSpectrum) -> bool:
    """Add the modes of a piece; False if that takes too many terms."""
    if piece.target == 0:
        return True
    modes = _modes(piece)
    last = math.inf if piece.levels is None else piece.levels
    k, used = 1.0, 0
    points: Floats
    while k <= last:
        root, _ = modes(np.array([k, k * 1.001]))
        slope = abs(total.time * (root[1] - root[0])) / (0.001 * k)
        length = min(TURN / slope if slope else math.inf, (GROWTH - 1) * k)
        if k < max(piece.start, 64) or length < 2 * MANY:
            length = min(max(64.0, k), last - k + 1)
            points = k + np.arange(int(length), dtype=float)
            total.add(*modes(points), np.ones(len(points)))
            k, used = k + int(length), used + len(points)
        else:
            # many blocks of one length share their nodes: as long as the phase slows down by little
            length = min(2.0 ** math.floor(math.log2(length)), last - k + 1)
            count = max(1, math.floor(min(k / 4, last - k + 1) / length))
            found = _add_blocks(total, modes, k, length, count)
            k, used = k + length * count, used + count * MANY
            if total.time * root[0] < 1 and abs(found) < LEFT * abs(total.sum) * min(1.0, _fall(modes, k)):
                return True
        if used > MOST or k > 1e280:
            return False
    return True


def _add_blocks(total: _Total, modes: Modes, first: float, length: float, count: int) -> float:
    starts = first + length * np.arange(count)
    sums = []
    for nodes in (FEW, MANY):
        x, w = gram(0.0, length, nodes)
        root, power = modes((starts[:, None] + x).reshape(-1))
        weights = np.tile(w, count)
        sums.append(math.fsum(weights * total.terms(root, power)[0]))
    found = total.add(root, power, weights)
    total.error += abs(sums[1] - sums[0]) ** 1.2 * max(abs(found), 1e-300) ** -0.2
    return found


def _fall(modes: Modes, k: float) -> float:
    """``1 - q`` for the ratio q of a block to the one before it, where the target alone decides."""
    one, two = modes(np.array([k, GROWTH * k]))[1]
    return max(1 - GROWTH * two / one, 0.0) if one else 1.0


def _modes(piece: ContinuousSpectrum) -> Modes:
    def modes(points: Floats) -> tuple[Floats, Floats]:
        with field_of(BITS) as field:
            lam, _, power = piece.at(array([field.real(float(x)) for x in points]), field)
            root = each(field.sqrt, lam)
            return np.array([float(x) for x in root]), np.array([float(x) for x in power])

    return modes
