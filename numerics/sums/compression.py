"""Long lists of eigenvalues as short ones: a million modes cost what a few thousand do.

Eigenvalues are sorted into bins of relative half-width at most 1/16. Within a bin, with
``x = (lambda - centre)/width`` in [-1, 1], the modes are replaced by ``ORDER`` Chebyshev nodes whose weights
have the same moments ``sum A x^n``, n < ORDER, so that 1/(lambda + kappa) is integrated with an error of
about ``rho^-ORDER``, ``rho = r + sqrt(r^2 - 1)``, r the distance of -kappa from the centre in widths.

Moments must be far better than the digits of the result: x and the weights are exact doubles, powers and
products are kept as pairs of doubles (Dekker), and sums are split into parts that add up without rounding
(Ogita, Rump and Oishi 2005). High moments matter less, and doubles are enough for them.
"""

from __future__ import annotations

from dataclasses import dataclass

import mpmath
import numpy as np
from numpy.typing import NDArray

from asymptotics.precision import working_bits
from numerics.values.arithmetic import Array, Field, array

Floats = NDArray[np.float64]

ORDER = 24
PAIRED_ORDERS = 14
"""Moments below this order are summed as pairs of doubles; from there on 8^-n is small enough."""
BINS_PER_OCTAVE_LOG2 = 3
BLOCK = 1 << 15
"""How many modes are treated at a time: what fits into a processor's cache."""
DIGITS = 27
"""What the compressed list is good for in the sums; beyond, lists are used as they are."""
LEAST_MODES = 8_000

_SPLITTER = 134217729.0  # 2^27 + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Bins:
    """Centres and half-widths of the bins, for the estimate of the error at a kappa."""

    centres: Floats
    widths: Floats

    def error(self, kappa: complex) -> float:
        """The relative error of sums over 1/(lambda + kappa) that have no other cancellation."""
        if not self.centres.size:
            return 0.0
        r = float((np.abs(self.centres + kappa) / self.widths).min())
        return 1.0 if r <= 1 else 64.0 * (r + float(np.sqrt(r * r - 1))) ** -ORDER


def compress(eigenvalues: Floats, target: Floats, field: Field) -> tuple[Array, Array, Array, Bins]:
    """``(lambda, weights lambda, weights c, bins)`` of the short list, inside ``with field:``.

    >>> from numerics.values.arithmetic import field_of
    >>> lam = np.linspace(1, 2, 10_000)
    >>> with field_of(100) as field:
    ...     nodes, A, G, bins = compress(lam, lam, field)
    ...     len(nodes), abs(float(A.sum()) - 15_000) < 1e-10
    (193, True)
    """
    order = np.argsort(-eigenvalues, kind="stable")
    lam, power = eigenvalues[order], target[order]
    _, exponent = np.frexp(lam)
    # Mantissas in [1/2, 1): cell widths, and x, are exact.
    cell_width = np.ldexp(1.0, exponent - 1 - BINS_PER_OCTAVE_LOG2)
    cell = np.where(lam > 0, np.floor(lam / np.where(lam > 0, cell_width, 1.0)), 0.0)
    width = cell_width / 2
    centre = cell * cell_width + width
    starts = np.flatnonzero(np.r_[True, (cell[1:] != cell[:-1]) | (exponent[1:] != exponent[:-1])])
    sizes = np.diff(np.r_[starts, lam.size])
    many = (sizes > ORDER) & (lam[starts] > 0) & (lam[starts] > 1e-290)
    alone = np.flatnonzero(~np.repeat(many, sizes))
    x = np.where(lam > 0, (lam - centre) / width, 0.0)
    moments = [_moments(x, weights, starts, sizes, many, field) for weights in (lam, power)]
    to_weights = _lagrange(field)
    nodes_x = _chebyshev(field)
    c = array(field.real(float(v)) for v in centre[starts[many]])
    w = array(field.real(float(v)) for v in width[starts[many]])
    lists = [
        np.concatenate(
            [_exactly(lam[alone], field), (c[:, None] + w[:, None] * nodes_x[None, :]).reshape(-1)]
        )
    ]
    for weights, m in zip((lam, power), moments, strict=True):
        spread = np.dot(m, to_weights.T) if len(m) else np.empty((0, ORDER), dtype=object)
        lists.append(np.concatenate([_exactly(weights[alone], field), spread.reshape(-1)]))
    return lists[0], lists[1], lists[2], Bins(centres=centre[starts[many]], widths=width[starts[many]])


def _exactly(values: Floats, field: Field) -> Array:
    return array(field.real(float(v)) for v in values)


def _chebyshev(field: Field) -> Array:
    return array(field.cos(field.pi() * (2 * j + 1) / (2 * ORDER)) for j in range(ORDER))


def _lagrange(field: Field) -> Array:
    """Coefficients L[j, n] of the Lagrange polynomials of the nodes: weight_j = sum_n L[j, n] moment_n."""
    with working_bits(field.bits + 64):
        vandermonde = mpmath.matrix(ORDER)
        for j in range(ORDER):
            node = mpmath.cos(mpmath.pi * (2 * j + 1) / (2 * ORDER))
            for n in range(ORDER):
                vandermonde[n, j] = node**n
        inverse = vandermonde**-1
        result = np.empty((ORDER, ORDER), dtype=object)
        for j in range(ORDER):
            for n in range(ORDER):
                result[j, n] = field.real(inverse[j, n])
        return result


def _moments(
    x: Floats,
    weights: Floats,
    starts: NDArray[np.intp],
    sizes: NDArray[np.intp],
    many: NDArray[np.bool_],
    field: Field,
) -> Array:
    """``sum weights x^n`` over each bin with many modes, shape (bins, ORDER)."""
    result: list[list[Floats]] = []
    bins = np.flatnonzero(many)
    at = 0
    while at < bins.size:
        upto = at + 1
        total = int(sizes[bins[at]])
        while upto < bins.size and total + int(sizes[bins[upto]]) <= BLOCK:
            total += int(sizes[bins[upto]])
            upto += 1
        chosen = bins[at:upto]
        picks = np.concatenate([np.arange(starts[b], starts[b] + sizes[b]) for b in chosen])
        result.append(_block_moments(x[picks], weights[picks], sizes[chosen]))
        at = upto
    if not result:
        return np.empty((0, ORDER), dtype=object)
    rows = []
    for block in result:
        for row in zip(*block, strict=True):
            rows.append(
                [sum((field.real(float(p)) for p in parts[1:]), field.real(float(parts[0]))) for parts in row]
            )
    return np.array(rows, dtype=object)


def _block_moments(x: Floats, weights: Floats, sizes: NDArray[np.intp]) -> list[Floats]:
    """For each order an array (bins, 3) of doubles whose exact sum is the moment."""
    starts = np.r_[0, np.cumsum(sizes)[:-1]]
    # A power of two above the sum of all terms: added and subtracted, it cuts a term at a fixed bit.
    largest = np.maximum.reduceat(weights, starts) * sizes
    cut = np.repeat(np.ldexp(1.0, np.frexp(np.where(largest > 0, largest, 1.0))[1] + 1), sizes)
    finer = np.repeat(np.ldexp(1.0, np.frexp(sizes.astype(float))[1] - 50), sizes) * cut
    x_high, x_low = _split_at(x)
    w_high, w_low = _split_at(weights)
    high, low = np.ones_like(x), np.zeros_like(x)
    out: list[Floats] = []
    for n in range(ORDER):
        if n >= PAIRED_ORDERS:
            term = weights * high
            zero = np.zeros(sizes.size)
            out.append(np.stack([np.add.reduceat(term, starts), zero, zero], axis=1))
            high = high * x
            continue
        h_high, h_low = _split_at(high)
        term = weights * high
        rest = ((w_high * h_high - term) + w_high * h_low + w_low * h_high) + w_low * h_low + weights * low
        first = (cut + term) - cut
        remainder = term - first
        second = (finer + remainder) - finer
        rest += remainder - second
        out.append(np.stack([np.add.reduceat(part, starts) for part in (first, second, rest)], axis=1))
        product = high * x
        error = ((x_high * h_high - product) + x_high * h_low + x_low * h_high) + x_low * h_low + x * low
        high = product + error
        low = error - (high - product)
    return out


def _split_at(x: Floats) -> tuple[Floats, Floats]:
    """Dekker's split into halves whose products are exact."""
    scaled = _SPLITTER * x
    high = scaled - (scaled - x)
    return high, x - high
