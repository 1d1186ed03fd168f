"""Sums over a rule at one kappa, with an estimate of their error.

    sums_at          df1 and X with their derivatives
    sum_and_error    a sum from its terms
    FarNodes         nodes of an integral that are summed by their moments, as they are far from all kappa

The nodes of an integral reach over all decades of the spectrum, hundreds where its tail is slow, and most of
them are far from kappa, on either side. There

    sum_i w_i/(lambda_i + kappa)^(n+1) = sum_j (-1)^j binomial(n+j, j) kappa^-(n+1+j) sum_i w_i lambda_i^j
                                     or  sum_j (-1)^j binomial(n+j, j) kappa^j sum_i w_i lambda_i^-(n+1+j),

of which each node takes the fewer terms the farther it is: two, on average.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from numerics.sums.node_rules import COMPRESSED_FLOOR, NodeRule
from numerics.values.arithmetic import Array, Field, Scalar, array

FAR_BITS = 5.0
"""By so many bits nodes are below or above all kappa that are far."""
LEAST_LOG = -600.0
"""Doubles show how far nodes are for kappa above e^-600."""
SPARE_BITS = 8
"""So many bits more than its field a series has, for each derivative once more."""

Moments = tuple[Array, Array]
"""Those of the even and of the odd nodes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FarNodes:
    """A rule in two: ``near`` without the far nodes, and the moments of these for either of its weights.

    They are ``sum w (-lambda)^j`` of nodes ``below`` and ``sum (-1)^j w/lambda^(j+1)`` of those ``above``.
    """

    near: NodeRule
    below: tuple[Moments, Moments]
    above: tuple[Moments, Moments]

    @classmethod
    def of(cls, rule: NodeRule, sizes: Sequence[Scalar], derivatives: int, field: Field) -> FarNodes:
        """For kappa of these ``sizes``, to the precision of ``field``."""
        least, largest = (float(field.log(x)) / math.log(2) for x in (min(sizes), max(sizes)))
        with np.errstate(divide="ignore"):
            logs = np.log2(np.abs(rule.doubles[0]))
        _, ends, even = rule.parts
        place = np.arange(len(logs))
        long = (place >= ends) & (least > LEAST_LOG)
        bits = field.bits + SPARE_BITS * (1 + derivatives)

        def moments(weights: Array, apart: NDArray[np.float64], above: bool) -> Moments:
            found = []
            for half in (place < even, place >= even):
                own = np.flatnonzero(long & half & (apart > FAR_BITS))
                lam, w = rule.lam[own], weights[own]
                if above:
                    found.append(_moments(1 / lam, w / lam, apart[own], bits, derivatives))
                else:
                    found.append(_moments(lam, w, apart[own], bits, 0))
            return found[0], found[1]

        near = ~long | ((least - logs <= FAR_BITS) & (logs - largest <= FAR_BITS))
        lam, A, G = (column[near] for column in (rule.lam, rule.A, rule.G))
        parts = (*rule.parts[:2], int(np.count_nonzero(near[:even])))
        return cls(
            near=replace(rule, lam=lam, A=A, G=G, parts=parts, doubles=rule.doubles[:, near]),
            below=(moments(rule.A, least - logs, False), moments(rule.G, least - logs, False)),
            above=(moments(rule.A, logs - largest, True), moments(rule.G, logs - largest, True)),
        )

    def sums(self, weights: int, order: int, powers: tuple[Array, Array]) -> list[Scalar]:
        """``sum w/(lambda + kappa)^(order + 1)`` over the even and the odd far nodes, at these `powers`."""
        rising, falling = powers
        found = []
        for low, high in zip(self.below[weights], self.above[weights], strict=True):
            high = high[order:]
            times = array(math.comb(order + j, j) for j in range(max(len(low), len(high))))
            total = (low * times[: len(low)]).dot(falling[: len(low)]) * falling[1] ** (order + 1)
            found.append(total + (-1) ** order * (high * times[: len(high)]).dot(rising[: len(high)]))
        return found

    def powers(self, kappa: Scalar) -> tuple[Array, Array]:
        """Those of kappa and of its inverse that `sums` takes."""
        count = 2 + max(len(some) for both in (*self.below, *self.above) for some in both)
        return _powers(kappa, count), _powers(1 / kappa, count)


def _powers(x: Scalar, count: int) -> Array:
    found = [x**0]
    while len(found) < count:
        found.append(found[-1] * x)
    return array(found)


def _moments(ratio: Array, powers: Array, apart: NDArray[np.float64], bits: int, more: int) -> Array:
    """``sum powers (-ratio)^j`` for rising j, of each node to 2^-bits of its first and ``more`` beyond."""
    found: list[Scalar] = []
    while len(powers):
        found.append(powers.sum())
        kept = apart * (len(found) - more) < bits
        ratio, apart = ratio[kept], apart[kept]
        powers = -powers[kept] * ratio
    return array(found)


def sums_at(
    rule: NodeRule,
    kappa: Scalar,
    floor: float,
    rows: tuple[int, int],
    field: Field,
    far: FarNodes | None = None,
) -> tuple[Array, float]:
    """(df1, df1', ..., X, X', ...) at one kappa and the estimate of the largest relative error among them.

    The fine trapezoid is the square of the coarse one, roughly: with e the relative difference
    of the even and odd halves, e^1.6 is taken, which is larger while e is small. The ends (by a
    Gauss rule with fewer points), rounding, and what lies beyond the last node are added. Of the
    derivatives in ``rows`` (and spare ones) the sum and the highest are estimated; those between lie between.
    """
    negative = kappa.imag < 0
    if negative:
        kappa = field.conj(kappa)
    floor = floor_of(rule, kappa, floor, field)
    error = floor
    near = far.near if far else rule
    u, powers = 1 / (near.lam + kappa), far.powers(kappa) if far else None
    coarse_u = 1 / (rule.check[0] + kappa) if len(rule.check[0]) else rule.check[0]
    sums: list[Scalar] = []
    for i, (weights, check) in enumerate(((near.A, rule.check[1]), (near.G, rule.check[2]))):
        product, coarse, factor = weights * u, check * coarse_u, 1
        for order in range(sum(rows) + 1):
            if order:
                product, coarse, factor = product * u, coarse * coarse_u, -order * factor
            beyond = far.sums(i, order, powers) if far and powers else (0, 0)
            if order in (0, rows[0]):
                total, estimate = sum_and_error(product, coarse, near.parts, beyond)
                error = max(error, estimate + floor)
            else:
                total = product.sum() + sum(beyond)
            sums.append(factor * total)
    if kappa.imag == 0:
        sums = [s.real for s in sums]
    elif negative:
        sums = [field.conj(s) if s != 0 else s for s in sums]
    return array(sums), error


def floor_of(rule: NodeRule, kappa: Scalar, floor: float, field: Field) -> float:
    """The relative error of sums over a rule by rounding and by compression, above ``floor``."""
    floor += 2.0 ** (3 - field.bits) * math.sqrt(len(rule.lam))
    if rule.bins is not None:
        floor += rule.bins.error(complex(kappa)) + COMPRESSED_FLOOR
    return floor


def sum_and_error(
    product: Array, coarse: Array, parts: tuple[int, int, int], far: Sequence[Scalar] = (0, 0)
) -> tuple[Scalar, float]:
    """The sum of ``product`` and of even and odd ``far`` nodes; the relative error of integral and ends."""
    direct, ends, even = parts
    end = product[direct:ends].sum()
    evens, odds = product[ends:even].sum() + far[0], product[even:].sum() + far[1]
    total = product[:direct].sum() + end + evens + odds
    if total == 0:
        return total, 0.0
    size = abs(total)
    return total, float(abs(evens - odds) / size) ** 1.6 + float(abs(end - coarse.sum()) / size)
