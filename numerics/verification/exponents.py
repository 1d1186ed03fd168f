"""Exponents measured from values on a geometric grid, with an error.

For ``y(x) = C x^-p (1 + d_1 x^-e_1 + d_2 x^-e_2 + ...)`` on ``x_j = x_0 g^j`` the local exponents
``p_j = log(y_j/y_(j+1))/log g`` tend to p with corrections ``x^-e_i``. Each step

    p_j  ->  (g^e p_(j+1) - p_j)/(g^e - 1)

removes the correction with exponent e exactly and leaves the limit where it is, so a wrong
prediction of e costs accuracy but cannot move the result.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import mpmath


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """A measured exponent or limit and the estimate of its error; both dimensionless."""

    value: mpmath.mpf
    error: mpmath.mpf

    def agrees_with(self, predicted: mpmath.mpf, floor: mpmath.mpf) -> bool:
        """Whether ``predicted`` lies within three errors, or within ``floor``."""
        return bool(abs(self.value - predicted) <= max(3 * self.error, floor))


def log(x: Any) -> Any:
    """The logarithm, a double of a double."""
    return math.log(x) if isinstance(x, float) else mpmath.log(x)


def local_exponents(xs: Sequence[mpmath.mpf], ys: Sequence[mpmath.mpf]) -> tuple[mpmath.mpf, ...]:
    """``-d log|y| / d log x`` between neighbours; y must not vanish.

    >>> xs = [mpmath.mpf(10) ** j for j in range(3)]
    >>> [mpmath.nstr(p, 5) for p in local_exponents(xs, [1 / x**2 for x in xs])]
    ['2.0', '2.0']
    """
    return tuple(
        log(abs(y0 / y1)) / log(x1 / x0)
        for x0, x1, y0, y1 in zip(xs[:-1], xs[1:], ys[:-1], ys[1:], strict=True)
    )


def eliminate(
    sequence: Sequence[mpmath.mpf], ratio: mpmath.mpf, exponents: Sequence[mpmath.mpf]
) -> tuple[tuple[mpmath.mpf, ...], ...]:
    """The sequence after removing each correction exponent in turn, shortest last."""
    stages = [tuple(sequence)]
    for exponent in exponents:
        current = stages[-1]
        if len(current) < 3:
            break
        factor = ratio**exponent
        stages.append(tuple((factor * q - p) / (factor - 1) for p, q in pairwise(current)))
    return tuple(stages)


def measure(
    xs: Sequence[mpmath.mpf],
    ys: Sequence[mpmath.mpf],
    errors: Sequence[mpmath.mpf],
    corrections: Sequence[mpmath.mpf] = (),
) -> Measurement:
    """The exponent p of ``y ~ x^-p`` and its error, on a geometric grid, or on any without corrections.

    The stage of elimination whose last two members agree best is taken; the error is the
    distance of those two, or of the limit that the next correction or their own trend points to, plus what
    the errors of y can do to the local exponents (amplified by the eliminations). Three points at least.

    >>> xs = [mpmath.mpf(10) ** j for j in range(2, 9)]
    >>> ys = [x**-0.5 * (1 + 3 / x) for x in xs]
    >>> m = measure(xs, ys, [mpmath.mpf(0)] * 7, [mpmath.mpf(1)])
    >>> bool(abs(m.value - 0.5) < 1e-9), bool(abs(m.value - 0.5) <= m.error + 1e-12)
    (True, True)
    """
    ratio = xs[1] / xs[0]
    local = local_exponents(xs, ys)
    noise = [
        (abs(e0 / y0) + abs(e1 / y1)) / log(x1 / x0)
        for (x0, x1), (y0, y1), (e0, e1) in zip(pairwise(xs), pairwise(ys), pairwise(errors), strict=True)
    ]
    best: Measurement | None = None
    amplification = 1
    for depth, stage in enumerate(eliminate(local, ratio, corrections)):
        if depth:
            factor = ratio ** corrections[depth - 1]
            amplification *= (factor + 1) / abs(factor - 1)
        # With x^-e still in it the sequence is as far from its limit as its last step times 1/(g^e - 1).
        rest = ratio ** corrections[depth] - 1 if depth < len(corrections) else 1
        error = max(abs(stage[-1] - stage[-2]) / min(rest, 1), _ahead(stage))
        error += amplification * max(noise[-2:])
        if best is None or error < best.error:
            best = Measurement(value=stage[-1], error=error)
    assert best is not None
    return best


def settling(
    xs: Sequence[mpmath.mpf],
    ys: Sequence[mpmath.mpf],
    errors: Sequence[mpmath.mpf],
    order: mpmath.mpf,
    corrections: Sequence[mpmath.mpf] = (),
) -> Measurement | None:
    """How fast ``y x^n`` comes to rest: the exponent with which its slope in log x falls; None if not seen.

    With ``y = d x^-n + d_1 x^-(n + e) + ...`` it is e > 0, however small, where local exponents of y fall
    short of n by e times the share of the second term. Of an order below n, ``x^-(n - e)``, it is -e.

    >>> xs = [mpmath.mpf(10) ** j for j in range(2, 9)]
    >>> e = mpmath.mpf(1) / 50
    >>> behind, before = ([1 / x - x**p / (2 * x) for x in xs] for p in (-e, e))
    >>> [mpmath.nstr(settling(xs, ys, [0] * 7, 1).value, 8) for ys in (behind, before)]
    ['0.02', '-0.02']
    """
    places, slopes, noise = [], [], []
    for (x0, x1), (y0, y1), (e0, e1) in zip(pairwise(xs), pairwise(ys), pairwise(errors), strict=True):
        ratio = (x1 / x0) ** order
        scale = x0**order / log(x1 / x0)
        slope, error = scale * (ratio * y1 - y0), scale * (ratio * e1 + e0)
        if error >= abs(slope) / 100:
            break
        places.append(x0 * (x1 / x0) ** 0.5)
        slopes.append(slope)
        noise.append(error)
    return measure(places, slopes, noise, corrections) if len(slopes) > 2 else None


def _ahead(stage: Sequence[mpmath.mpf]) -> mpmath.mpf:
    """How far the limit of a sequence is whose steps shrink in proportion, as one correction makes them.

    It may be one that was not predicted, of an exponent near 0 where two orders are close by.
    """
    steps = [q - p for p, q in pairwise(stage[-4:])]
    if len(steps) < 3 or 0 in steps or not all(0 < q / p < 1 for p, q in pairwise(steps)):
        return 0
    share = steps[-1] / steps[-2]
    return abs(steps[-1]) * share / (1 - share)


def extrapolate(
    xs: Sequence[mpmath.mpf],
    ys: Sequence[mpmath.mpf],
    errors: Sequence[mpmath.mpf],
    corrections: Sequence[mpmath.mpf],
) -> Measurement:
    """The limit of ``y = y_oo + d_1 x^-e_1 + d_2 x^-e_2 + ...`` on a geometric grid, and its error.

    The stage of elimination with the least error is taken, which is what the last elimination and the last
    member changed, plus what the errors of y become. Needs at least four points.

    >>> xs = [mpmath.mpf(10) ** j for j in range(2, 9)]
    >>> m = extrapolate(xs, [2 + 3 / x**0.5 - 1 / x for x in xs], [mpmath.mpf(0)] * 7, [0.5, 1])
    >>> bool(abs(m.value - 2) < 1e-12), bool(m.error < 1e-6)
    (True, True)
    """
    ratio = xs[1] / xs[0]
    stages = eliminate(ys, ratio, corrections[: len(ys) - 3])
    amplification, noise = 1, max(errors[-3:])
    found = [Measurement(value=ys[-1], error=2 * abs(ys[-1] - ys[-2]) + noise)]
    for before, stage, exponent in zip(stages[:-1], stages[1:], corrections, strict=False):
        factor = ratio**exponent
        amplification *= (factor + 1) / abs(factor - 1)
        change = abs(stage[-1] - before[-1]) + abs(stage[-1] - stage[-2])
        found.append(Measurement(value=stage[-1], error=change + amplification * noise))
    return min(found, key=lambda m: m.error)
