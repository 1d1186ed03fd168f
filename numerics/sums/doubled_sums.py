"""Spectral sums at many kappa at once, in doubled numbers (`values.doubled`) or to about double precision.

    df1(kappa) = sum_i A_i/(lambda_i + kappa),      X(kappa) = sum_i G_i/(lambda_i + kappa)

over a `NodeRule`, as matrices of kappa by nodes. One rule serves all kappa of a call
(`SpectralSums.rule_for_all`).

    DoubledSums      df1 and X, their slopes in doubles, and a relative error
    doubled_sums     all sums
    evaluate_many    the same in numbers of a field
    rough_sums       df1 and its slope, in doubles, from values of log kappa
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from numerics.sums.doubled_rule import DoubledRule
from numerics.sums.node_rules import COMPRESSED_FLOOR, NodeRule
from numerics.values.arithmetic import Array, Field, each
from numerics.values.doubled import BITS, Complexes, Doubled, Floats, add_up, double_up, single

SHOWN_BY_DOUBLES = 24
"""To so many digits the halves of an integral are compared in doubles."""
BLOCK = 1 << 14
"""So many terms are worked on at a time, which with their halves fit into a cache."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DoubledSums:
    """df1 and X with their derivatives in kappa, by order; and their slopes in doubles.

    ``error`` is relative, of the rule, which errs alike at all kappa; ``rounding`` that of each number.
    """

    df1: tuple[Doubled, ...]
    X: tuple[Doubled, ...]
    slopes: tuple[Complexes, Complexes]
    error: float
    rounding: float


def doubled_sums(
    rule: DoubledRule, kappa: Doubled, digits: int, derivatives: int = 0, estimated: int = 0
) -> DoubledSums:
    """The sums at kappa, shape (m,), upper half plane, and so many derivatives.

    ``digits`` are those that the rule was made for. The error is that of the sums and of the derivative of
    order ``estimated``; those between lie between.
    """
    nodes = rule.lam.re[0].shape[-1]
    rows = max(1, BLOCK // max(nodes, 1))
    starts = range(0, kappa.re[0].shape[0], rows)
    orders = (derivatives, estimated)
    found = [_block(rule, kappa[start : start + rows], digits, orders) for start in starts]
    df1, X = (
        tuple(_join([getattr(part, name)[n] for part in found]) for n in range(derivatives + 1))
        for name in ("df1", "X")
    )
    one, two = (np.concatenate([part.slopes[i] for part in found]) for i in (0, 1))
    error, rounding = (max(getattr(part, name) for part in found) for name in ("error", "rounding"))
    return DoubledSums(df1=df1, X=X, slopes=(one, two), error=error, rounding=rounding)


def _join(parts: list[Doubled]) -> Doubled:
    columns = zip(*((*part.re, *part.im) for part in parts), strict=True)
    a, b, c, d = (np.concatenate(column) for column in columns)
    return Doubled((a, b), (c, d))


def _block(rule: DoubledRule, kappa: Doubled, digits: int, orders: tuple[int, int]) -> DoubledSums:
    column, (derivatives, estimated) = kappa[:, None], orders
    powers, end_powers = (_powers(lam + column, derivatives) for lam in (rule.lam, rule.ends[0]))
    rough = powers[0].rounded
    totals: list[list[Doubled]] = []
    slopes, error, rounding = [], 0.0, 0.0
    for weights, end_weights in zip(rule.weights, rule.ends[1], strict=True):
        totals.append([])
        for n, (power, end_power) in enumerate(zip(powers, end_powers, strict=True)):
            estimate = n in (0, estimated)
            total, size, halves = _add_up(rule, weights, power, digits, estimate)
            totals[-1].append(total.scale((-1.0) ** n * math.factorial(n)))
            value = np.abs(total.rounded)
            some = value > 0
            if some.any():
                rounding = max(rounding, float((size[some] / value[some]).max()) * 2.0 ** (3 - BITS))
            if estimate and some.any():
                ends = np.abs(add_up(end_weights, end_power)[0].rounded)
                with np.errstate(all="ignore"):
                    found = (halves / value) ** 1.6 + ends / value
                error = max(error, float(found[some].max()))
        slope = totals[-1][1].rounded if derivatives else -(weights.rounded * rough * rough).sum(axis=-1)
        slopes.append(slope)
    if rule.source.bins is not None:
        error += COMPRESSED_FLOOR + max(rule.source.bins.error(x) for x in kappa.rounded.tolist())
    return DoubledSums(
        df1=tuple(totals[0]),
        X=tuple(totals[1]),
        slopes=(slopes[0], slopes[1]),
        error=error + 10.0 ** -(digits + 2),
        rounding=rounding,
    )


def _powers(plus: Doubled, derivatives: int) -> list[Doubled]:
    """``1/plus`` and its powers."""
    powers = [plus.inverse()]
    for _ in range(derivatives):
        powers.append(powers[-1] * powers[0])
    return powers


def _add_up(
    rule: DoubledRule, weights: Doubled, factors: Doubled, digits: int, estimate: bool
) -> tuple[Doubled, Floats, Floats]:
    """A sum with the sizes of its terms, and by how much the two halves of the integral differ.

    Doubles show a difference down to 1e-16, the error of the sum to the power 1.6 of that: rules for more
    digits have their halves added up in doubled numbers.
    """
    _, first, even = rule.source.parts
    if not estimate or digits <= SHOWN_BY_DOUBLES:
        total, size = add_up(weights, factors)
        terms = weights.rounded * factors.rounded if estimate else np.zeros((1, 0))
        halves = np.abs(terms[:, first:even].sum(axis=-1) - terms[:, even:].sum(axis=-1))
        return total, size, halves
    (direct, one), (evens, two), (odds, three) = (
        add_up(weights[:, own], factors[:, own])
        for own in (slice(0, first), slice(first, even), slice(even, None))
    )
    return direct + (evens + odds), one + two + three, np.abs((evens - odds).rounded)


def rough_sums(rule: NodeRule, logs: Complexes) -> tuple[Complexes, Complexes]:
    """df1 and ``kappa df1'`` at kappa = e^y, in doubles."""
    lam, A, _ = rule.doubles
    kappa = np.exp(logs)
    rows = max(1, BLOCK // max(lam.size, 1))
    df1, slope = np.empty_like(kappa), np.empty_like(kappa)
    for start in range(0, kappa.size, rows):
        at = slice(start, start + rows)
        u = 1 / (lam + kappa[at, None])
        terms = A * u
        df1[at] = terms.sum(axis=-1)
        slope[at] = -kappa[at] * np.einsum("ij,ij->i", terms, u)
    return df1, slope


def evaluate_many(
    rule: DoubledRule, kappa: Array, digits: int, rows: tuple[int, int], field: Field
) -> tuple[Array | None, float]:
    """(df1, df1', ..., X, X', ...) at each kappa in numbers of ``field``, and the largest relative error.

    ``rows``: so many derivatives, and spare ones without an estimate. None where numbers leave the range of
    doubles.
    """
    numbers = double_up(kappa)
    sizes = np.abs(numbers.rounded)
    largest = np.abs(rule.lam.rounded).max(initial=0.0)
    # powers up to that of the last derivative, and squares in what they round off
    reach = 280.0 / (sum(rows) + 3)
    if not (10.0**-reach < sizes.min() and max(sizes.max(), largest) < 10.0**reach):
        return None, 0.0
    below = np.array(numbers.im[0] < 0)
    upper = Doubled(
        numbers.re, (np.where(below, -numbers.im[0], numbers.im[0]), np.where(below, -1, 1) * numbers.im[1])
    )
    found = doubled_sums(rule, upper, digits, sum(rows), rows[0])
    columns = np.array([single(part, field) for part in (*found.df1, *found.X)])
    on_axis = numbers.im[0] == 0
    columns[:, on_axis] = each(lambda x: x.real, columns[:, on_axis])
    columns[:, below] = each(field.conj, columns[:, below])
    return columns, found.error + found.rounding
