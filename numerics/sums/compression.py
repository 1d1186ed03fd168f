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

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import mpmath
import numpy as np
from numpy.typing import NDArray

from asymptotics.precision import working_bits
from numerics.values.arithmetic import Array, Field, Scalar, array

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
EACH, STRIDE = 4096, 16
"""The logarithms of so many eigenvalues are kept, and of those behind one of so many."""

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
    lam, power = eigenvalues, target
    order, starts, centres, widths = _bins(lam)
    sizes = np.diff(np.r_[starts, lam.size])
    many = (sizes > ORDER) & (centres > 1e-290)
    few = zip(starts[~many].tolist(), sizes[~many].tolist(), strict=True)
    alone = np.concatenate([order[:0], *(order[start : start + size] for start, size in few)])
    places = (order, starts[many], sizes[many], centres[many], widths[many])
    moments = [_moments(lam, weights, places, field) for weights in (lam, power)]
    to_weights = _lagrange(field)
    nodes_x = _chebyshev(field)
    c = array(field.real(float(v)) for v in centres[many])
    w = array(field.real(float(v)) for v in widths[many])
    lists = [
        np.concatenate(
            [_exactly(lam[alone], field), (c[:, None] + w[:, None] * nodes_x[None, :]).reshape(-1)]
        )
    ]
    for weights, m in zip((lam, power), moments, strict=True):
        spread = np.dot(m, to_weights.T) if len(m) else np.empty((0, ORDER), dtype=object)
        lists.append(np.concatenate([_exactly(weights[alone], field), spread.reshape(-1)]))
    return lists[0], lists[1], lists[2], Bins(centres=centres[many], widths=widths[many])


class Falling:
    """``log lambda`` by falling lambda > 0: exact where the list falls already, and at both of its ends.

    Elsewhere to six digits at the first ranks, later at one of 16 neighbours, in little memory.

    >>> logs = Falling(np.array([1.0, 3.0, 0.0, 2.0]))
    >>> logs.size, round(float(np.exp(logs.at(1))), 5)
    (3, 2.0)
    """

    def __init__(self, eigenvalues: Floats) -> None:
        self.size = int(np.count_nonzero(eigenvalues))
        self._falls = _fall(eigenvalues)
        least = (float(block[block > 0].min()) for block in _blocks(eigenvalues) if block.any())
        self._ends = float(eigenvalues.max()), min(least)
        if self._falls:
            self._own: NDArray[Any] = eigenvalues
            return
        logs = np.empty(self.size, dtype=np.float32)
        at = 0
        for block in _blocks(eigenvalues):
            some = np.log(block[block > 0])
            logs[at : at + some.size] = -some
            at += some.size
        logs.sort()
        self._own = np.concatenate([logs[:EACH], logs[EACH::STRIDE]])

    def at(self, i: int) -> float:
        """That of the mode of rank i, from 0 on."""
        if i in (0, self.size - 1):
            return math.log(self._ends[i > 0])
        if self._falls:
            return math.log(self._own[i])
        return -float(self._own[i if i < EACH else EACH + (i - EACH) // STRIDE])


def _blocks(values: Floats) -> Iterator[Floats]:
    return (values[at : at + BLOCK] for at in range(0, values.size, BLOCK))


def _fall(eigenvalues: Floats) -> bool:
    ends = range(0, eigenvalues.size, BLOCK)
    blocks = (eigenvalues[at : at + BLOCK + 1] for at in ends)
    return all(bool(np.all(block[1:] <= block[:-1])) for block in blocks)


def _bins(lam: Floats) -> tuple[NDArray[np.int32], NDArray[np.intp], Floats, Floats]:
    """The modes bin by bin, where each bin starts among them, its centre and its half-width.

    From large eigenvalues to small ones; within a bin as they are listed. Mantissas lie in [1/2, 1): the
    widths of bins, and places within them, are exact. Counted, then placed, a block at a time.
    """
    counts: dict[float, int] = {}
    for block in _blocks(lam):
        found, sizes = np.unique(_centres(block)[0], return_counts=True)
        for centre, count in zip(found.tolist(), sizes.tolist(), strict=True):
            counts[centre] = counts.get(centre, 0) + count
    centres = sorted(counts, reverse=True)
    starts = np.cumsum([0, *(counts[centre] for centre in centres)])[:-1]
    free = dict(zip(centres, starts.tolist(), strict=True))
    order = np.empty(lam.size, dtype=np.int32)
    for j, block in enumerate(_blocks(lam)):
        own = _centres(block)[0]
        rank = np.argsort(own, kind="stable")
        new = np.flatnonzero(np.r_[True, np.diff(own[rank]) > 0])
        for start, stop in pairwise([*new.tolist(), block.size]):
            centre = float(own[rank[start]])
            at = free[centre]
            order[at : at + stop - start] = rank[start:stop] + j * BLOCK
            free[centre] = at + stop - start
    return order, starts, *_centres(lam[order[starts]])


def _centres(lam: Floats) -> tuple[Floats, Floats]:
    """Centre and half-width of the bin of each eigenvalue; those of 0 are by themselves."""
    _, exponent = np.frexp(lam)
    half = np.ldexp(1.0, exponent - 2 - BINS_PER_OCTAVE_LOG2)
    cell = np.floor(lam / (2 * half))
    return np.where(lam > 0, (2 * cell + 1) * half, 0.0), half


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
    lam: Floats,
    weights: Floats,
    places: tuple[NDArray[np.int32], NDArray[np.intp], NDArray[np.intp], Floats, Floats],
    field: Field,
) -> Array:
    """``sum weights x^n`` over bins with many modes, ``x = (lambda - centre)/width``; shape (bins, ORDER)."""
    order, starts, sizes, centres, widths = places
    if not starts.size:
        return np.empty((0, ORDER), dtype=object)
    found = [
        _bin_moments(lam, weights, order[start : start + size], centre, width, field)
        for start, size, centre, width in zip(starts, sizes, centres, widths, strict=True)
    ]
    return np.array(found, dtype=object)


def _bin_moments(
    lam: Floats, weights: Floats, members: NDArray[np.int32], centre: float, width: float, field: Field
) -> list[Scalar]:
    """The moments of one bin, a block of its modes at a time; their parts add up in the field."""
    total = [field.real(0)] * ORDER
    for at in range(0, members.size, BLOCK):
        own = members[at : at + BLOCK]
        x = (lam[own] - centre) / width
        parts = _block_moments(x, weights[own], np.array([x.size]))
        for n, row in enumerate(parts):
            total[n] = sum((field.real(float(p)) for p in row[0]), total[n])
    return total


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
