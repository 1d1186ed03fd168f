"""Spectral sums at many kappa at once, in doubled numbers (`values.doubled`) or to about double precision.

    df1(kappa) = sum_i A_i/(lambda_i + kappa),      X(kappa) = sum_i G_i/(lambda_i + kappa)

over a `NodeRule`, as matrices of kappa by nodes. One rule serves all kappa of a call
(`SpectralSums.rule_for_all`).

    DoubledSums      df1 and X, their slopes in doubles, and a relative error
    doubled_sums     all sums
    rough_sums       df1 and its slope, in doubles, from values of log kappa
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from numerics.sums.doubled_rule import DoubledRule
from numerics.sums.node_rules import COMPRESSED_FLOOR, NodeRule
from numerics.values.doubled import BITS, Complexes, Doubled, add_up

BLOCK = 1 << 14
"""So many terms are worked on at a time, which with their halves fit into a cache."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DoubledSums:
    """df1 and X, and their slopes in kappa at each kappa.

    ``error`` is relative, of the rule, which errs alike at all kappa; ``rounding`` that of each number.
    """

    sums: tuple[Doubled, Doubled]
    slopes: tuple[Complexes, Complexes]
    error: float
    rounding: float


def doubled_sums(rule: DoubledRule, kappa: Doubled, digits: int) -> DoubledSums:
    """The sums at kappa, shape (m,), upper half plane; ``digits`` are those that the rule was made for."""
    nodes = rule.lam.re[0].shape[-1]
    rows = max(1, BLOCK // max(nodes, 1))
    starts = range(0, kappa.re[0].shape[0], rows)
    found = [_block(rule, kappa[start : start + rows], digits) for start in starts]
    df1, X = (_join([part.sums[i] for part in found]) for i in (0, 1))
    one, two = (np.concatenate([part.slopes[i] for part in found]) for i in (0, 1))
    error, rounding = (max(getattr(part, name) for part in found) for name in ("error", "rounding"))
    return DoubledSums(sums=(df1, X), slopes=(one, two), error=error, rounding=rounding)


def _join(parts: list[Doubled]) -> Doubled:
    re, im = (
        tuple(np.concatenate([getattr(part, name)[i] for part in parts]) for i in (0, 1))
        for name in ("re", "im")
    )
    return Doubled((re[0], re[1]), (im[0], im[1]))


def _block(rule: DoubledRule, kappa: Doubled, digits: int) -> DoubledSums:
    column = kappa[:, None]
    u = (rule.lam + column).inverse()
    rough = u.rounded
    end_u = (rule.ends[0] + column).inverse()
    _, ends, even = rule.source.parts
    totals, slopes, error, rounding = [], [], 0.0, 0.0
    for weights, end_weights in zip(rule.weights, rule.ends[1], strict=True):
        total, size = add_up(weights, u)
        terms = weights.rounded * rough
        halves = np.abs(terms[:, ends:even].sum(axis=-1) - terms[:, even:].sum(axis=-1))
        at_ends = np.abs(add_up(end_weights, end_u)[0].rounded)
        slopes.append(-(terms * rough).sum(axis=-1))
        totals.append(total)
        value = np.abs(total.rounded)
        some = value > 0
        if some.any():
            halves, at_ends, size, value = (x[some] for x in (halves, at_ends, size, value))
            error = max(error, float(((halves / value) ** 1.6 + at_ends / value).max()))
            rounding = max(rounding, float((size / value).max()) * 2.0 ** (3 - BITS))
    if rule.source.bins is not None:
        error += COMPRESSED_FLOOR + max(rule.source.bins.error(x) for x in kappa.rounded.tolist())
    return DoubledSums(
        sums=(totals[0], totals[1]),
        slopes=(slopes[0], slopes[1]),
        error=error + 10.0 ** -(digits + 2),
        rounding=rounding,
    )


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
