"""The exponent of a noisy power law ``y_k ~ C k^-p``, its error, and the window it is read from.

*Bins.* The modes are put in bins of equal width in log k (factor 1.1), and a bin holds the mean of
``y_k k^q`` for a trial exponent q, which is brought to p in a few passes: within bins nothing is left
to approximate. Sums over bins end at the window, so that the missing modes beyond M do not bend them, as they
bend the sums over all l >= k.

*Fit.* ``mean_i = exp(alpha + beta x_i) (1 + r_i)``, x = log k, by quasi-likelihood (McCullagh & Nelder,
Generalized Linear Models, ch. 9): unbiased for any noise that multiplies, zeros included. The variance
of r_i is ``phi (tau + 1/n_i)``: noise that averages out over the n_i modes of a bin, and noise that
does not (structure of the spectrum); tau by maximum likelihood.

*Window.* Unless it is given: of the first three quarters of the modes (fewer where they were measured on
samples, `sampling`), the longest stretch in log k on which no bend is seen:
neither a quadratic term nor a change of slope in the first or last third stands above twice its error, or
none changes the exponent by more than 1 % of it. If there is none, 3 % and then 10 % are allowed.

*Error.* From the residuals, widened by their correlation between neighbouring bins, or by leaving out
one of ten blocks of bins at a time (jackknife) if that gives more. To it is added, in squares, a quarter of
the bend, seen or not (the mean slope differs by as much from the slope elsewhere in the window), or all
of it where it is seen.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from asymptotics.errors import SpectrumError
from asymptotics.tasks.ranks import Ranks
from asymptotics.tasks.tail_bins import RATIO, Bin, ListedModes, ModesInLevels, bins_of

LEAST_MODES = 16
LEAST_BINS = 8
LEAST_FACTOR = 4.0
"""A window spans at least this factor in k."""
SIGNIFICANT = 2.0
"""A bend is seen if it is so many times its error."""
ALLOWED = (0.01, 0.03, 0.1)
"""Bends, relative to the exponent, that are allowed though seen; each only if no window has less."""
LARGEST_ERROR = 0.5
"""An exponent is settled if its error is smaller."""
STEEPEST = 40.0
MOST_CORRELATED = 0.8
"""Residuals smoother than that are a bend, not noise."""
STRUCTURE = (0.0, 0.003, 0.03, 0.3, 1e6)
"""The values of tau that are tried."""
KEPT = 0.75
"""The last quarter of the modes is left out at once: noise moves modes past the end there, one way only."""
BLOCKS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class TailFit:
    """``y_k ~ prefactor k^-exponent`` for ``window[0] <= k <= window[1]``; dimensionless.

    ``error`` is one standard deviation of the exponent (see the module), ``relative_error`` that of the
    prefactor; ``residual`` the relative scatter of a bin about the line, ``bend`` the change of the local
    exponent over the window, and ``bend_error`` its error.
    """

    exponent: float
    error: float
    prefactor: float
    relative_error: float
    window: tuple[int, int]
    modes: int
    residual: float
    bend: float
    bend_error: float


def fit_tail(
    values: Sequence[float],
    name: str,
    window: tuple[int, int] | None = None,
    end: float = math.inf,
    ranks: Ranks | None = None,
) -> TailFit:
    """Exponent and prefactor of ``values[k-1] ~ C k^-p`` at large k, on ``window`` or on one up to ``end``.

    With ``ranks`` the values are those of levels of many modes, each of which is in one bin as a whole.

    Raises `SpectrumError` if no window is straight, or if the exponent is not settled by the noise.

    >>> fit = fit_tail([3 * k**-1.5 for k in range(1, 1001)], "eigenvalues")
    >>> round(fit.exponent, 9), round(fit.prefactor, 6), fit.window
    (1.5, 3.0, (1, 720))
    """
    modes = ListedModes(values) if ranks is None else ModesInLevels(values, ranks)
    span = window or (1, modes.count)
    last = span[1] if window else min(end, KEPT * span[1])
    exponent = _line(bins_of(modes, 0.0, span), name)
    whole = _inside(bins_of(modes, exponent, span), last)
    if len(whole) < LEAST_BINS:
        raise SpectrumError(
            f"{name}: k = {span[0]} ... {int(last)} are {len(whole)} bins of width {RATIO} in k; a fit needs "
            f"{LEAST_BINS}, give more modes, more samples or a longer window"
        )
    exponent = _bound_of_window(_fit(whole, exponent).exponent, name)
    whole = _inside(bins_of(modes, exponent, span), last)
    chosen = _fit(whole, exponent) if window else _longest(whole, exponent, name)
    low, high = chosen.window
    again = [b for b in bins_of(modes, chosen.exponent, span) if low <= b.first and b.last <= high]
    fit = _fit(tuple(again), _bound_of_window(chosen.exponent, name))
    # what the choice of the window took for noise is not taken for a bend after the bins are made anew
    part = 1.0 if abs(chosen.bend) > SIGNIFICANT * chosen.bend_error else 0.25
    error = math.hypot(fit.error, part * fit.bend)
    if error > LARGEST_ERROR:
        raise SpectrumError(
            f"{name}: no exponent is settled (too noisy, too few, or no power of k): k = {low} ... {high} "
            f"give {fit.exponent:.2g} with an error of {error:.2g}, more than {LARGEST_ERROR}"
        )
    relative = math.hypot(fit.relative_error, math.log((low + high) // 2 + 1) * error)
    return replace(fit, error=error, relative_error=relative)


def _bound_of_window(exponent: float, name: str) -> float:
    if abs(exponent) > STEEPEST:
        raise SpectrumError(
            f"{name} fall like k**-{exponent:.3g}, faster than k**-{STEEPEST:g}: not a power of k; "
            "use numerics.FullModel.from_arrays for the curves"
        )
    return exponent


def _line(bins: Sequence[Bin], name: str) -> float:
    """A first exponent, by least squares of log mean over the bins that are not zero."""
    seen = [b for b in bins if b.mean > 0]
    if len(seen) < LEAST_BINS:
        raise SpectrumError(
            f"{name} are above 0 in {len(seen)} of {len(bins)} bins of width {RATIO} in k; "
            f"a fit needs {LEAST_BINS}"
        )
    x0 = sum(b.x for b in seen) / len(seen)
    squares = sum((b.x - x0) ** 2 for b in seen)
    return _bound_of_window(-sum((b.x - x0) * math.log(b.mean) for b in seen) / squares, name)


def _inside(bins: tuple[Bin, ...], last: float) -> tuple[Bin, ...]:
    return tuple(b for b in bins if b.last <= last)


def _longest(bins: tuple[Bin, ...], trial: float, name: str) -> TailFit:
    fits = []
    for window in _windows(bins):
        fit = _fit(window, trial)
        if _straight(fit, ALLOWED[0]):
            return fit
        fits.append(fit)
    for allowed in ALLOWED[1:]:
        for fit in fits:
            if _straight(fit, allowed):
                return fit
    if not fits:
        raise SpectrumError(f"{name} have {bins[-1].last} modes; a fit needs a factor {LEAST_FACTOR:g} in k")
    least = min(fits, key=lambda f: abs(f.bend))
    raise SpectrumError(
        f"{name} follow no power of k over a factor {LEAST_FACTOR:g} in k: from k = {least.window[0]} to "
        f"{least.window[1]}, at best, the exponent {least.exponent:.3g} changes by {least.bend:.2g}; "
        "use numerics.FullModel.from_arrays for the curves"
    )


def _straight(fit: TailFit, allowed: float) -> bool:
    return abs(fit.bend) <= max(SIGNIFICANT * fit.bend_error, allowed * abs(fit.exponent))


def _windows(bins: tuple[Bin, ...]) -> Iterator[tuple[Bin, ...]]:
    """Windows by decreasing length in log k; starts and ends a factor of about 1.2 apart."""
    marks = [0]
    for i in range(1, len(bins)):
        if bins[i].x - bins[marks[-1]].x >= math.log(1.2):
            marks.append(i)
    ends = [len(bins) - 1]
    for i in range(len(bins) - 2, -1, -1):
        if bins[ends[-1]].x - bins[i].x >= math.log(1.2):
            ends.append(i)
    spans = [
        (i, j)
        for i in marks
        for j in ends
        if j - i + 1 >= LEAST_BINS and bins[j].last >= LEAST_FACTOR * bins[i].first
    ]
    for i, j in sorted(spans, key=lambda s: bins[s[0]].x - bins[s[1]].x):
        yield bins[i : j + 1]


def _fit(bins: tuple[Bin, ...], trial: float) -> TailFit:
    best = None
    for tau in STRUCTURE:
        weights = [1 / (tau + 1 / b.n) for b in bins]
        alpha, beta, residuals = _quasi_likelihood(bins, weights)
        phi = sum(w * r * r for w, r in zip(weights, residuals, strict=True)) / (len(bins) - 2)
        phi = max(phi, 1e-28)
        likelihood = len(bins) * math.log(phi) - sum(map(math.log, weights))
        if best is None or likelihood < best[0]:
            best = (likelihood, weights, alpha, beta, residuals, phi)
    assert best is not None
    _, weights, alpha, beta, residuals, phi = best
    x = [b.x for b in bins]
    s0, s1, s2 = (sum(w * u**j for w, u in zip(weights, x, strict=True)) for j in range(3))
    spread = s2 - s1 * s1 / s0
    error = math.sqrt(phi / spread) * _inflation(weights, residuals, 2)
    error = max(error, _jackknife(bins, weights, beta))
    bend, bend_error = _bend(x, weights, residuals)
    middle = s1 / s0
    return TailFit(
        exponent=trial - beta,
        error=math.hypot(error, 1e-13),
        prefactor=math.exp(alpha),
        relative_error=math.hypot(math.sqrt(phi / s0), middle * error),
        window=(bins[0].first, bins[-1].last),
        modes=bins[-1].last - bins[0].first + 1,
        residual=math.sqrt(sum(r * r for r in residuals) / len(bins)),
        bend=bend,
        bend_error=bend_error,
    )


def _quasi_likelihood(bins: tuple[Bin, ...], weights: Sequence[float]) -> tuple[float, float, list[float]]:
    """alpha, beta and the relative residuals: zeros of ``sum w_i r_i (1, x_i)``, by Fisher's scoring."""
    x = [b.x for b in bins]
    s0, s1, s2 = (sum(w * u**j for w, u in zip(weights, x, strict=True)) for j in range(3))
    determinant = s0 * s2 - s1 * s1
    mean = sum(w * b.mean for w, b in zip(weights, bins, strict=True)) / s0
    alpha, beta = math.log(mean), 0.0
    residuals = [0.0] * len(bins)
    for _ in range(30):
        residuals = [b.mean * math.exp(-alpha - beta * b.x) - 1 for b in bins]
        g0 = sum(w * r for w, r in zip(weights, residuals, strict=True))
        g1 = sum(w * r * u for w, r, u in zip(weights, residuals, x, strict=True))
        step = (s0 * g1 - s1 * g0) / determinant
        limited = max(-0.5, min(0.5, step))
        beta += limited
        alpha += max(-1.0, min(1.0, (g0 - s1 * limited) / s0))
        if abs(step) < 1e-12:
            break
    return alpha, beta, residuals


def _inflation(weights: Sequence[float], residuals: Sequence[float], fitted: int) -> float:
    """``sqrt((1 + rho)/(1 - rho))`` for residuals with correlation rho between neighbours, at least 1."""
    scaled = [r * math.sqrt(w) for r, w in zip(residuals, weights, strict=True)]
    total = sum(s * s for s in scaled)
    if total == 0:
        return 1.0
    rho = sum(s * t for s, t in pairwise(scaled)) / total
    # the fit itself leaves a negative correlation of about -fitted/n
    rho = min(max(0.0, rho + fitted / len(scaled)), MOST_CORRELATED)
    return math.sqrt((1 + rho) / (1 - rho))


def _jackknife(bins: tuple[Bin, ...], weights: Sequence[float], beta: float) -> float:
    """The spread of the slope when one of ten blocks of bins is left out."""
    blocks = min(BLOCKS, len(bins) // 2)
    total = 0.0
    for block in range(blocks):
        low, high = block * len(bins) // blocks, (block + 1) * len(bins) // blocks
        kept = bins[:low] + bins[high:]
        total += (_quasi_likelihood(kept, [*weights[:low], *weights[high:]])[1] - beta) ** 2
    return math.sqrt(total * (blocks - 1) / blocks)


def _bend(x: Sequence[float], weights: Sequence[float], residuals: Sequence[float]) -> tuple[float, float]:
    """The most significant change of slope: by a quadratic term, or by a bend in an outer third."""
    low, high = x[0], x[-1]
    third = (high - low) / 3
    shapes = (
        ([(u - low) ** 2 / (2 * (high - low)) for u in x], 1.0),
        ([max(0.0, low + third - u) for u in x], 1.25),
        ([max(0.0, u - high + third) for u in x], 1.25),
    )
    found = [(*_add(x, weights, residuals, shape), limit) for shape, limit in shapes]
    slope, error, limit = max(found, key=lambda f: abs(f[0]) / (f[1] * f[2]) if f[1] else 0.0)
    return slope, error * limit


def _add(
    x: Sequence[float], weights: Sequence[float], residuals: Sequence[float], shape: Sequence[float]
) -> tuple[float, float]:
    """The coefficient of one more term beside the line, and its error."""
    s0, s1, s2 = (sum(w * u**j for w, u in zip(weights, x, strict=True)) for j in range(3))
    z0 = sum(w * z for w, z in zip(weights, shape, strict=True))
    z1 = sum(w * z * u for w, z, u in zip(weights, shape, x, strict=True))
    determinant = s0 * s2 - s1 * s1
    c0, c1 = (s2 * z0 - s1 * z1) / determinant, (s0 * z1 - s1 * z0) / determinant
    rest = [z - c0 - c1 * u for z, u in zip(shape, x, strict=True)]
    size = sum(w * z * z for w, z in zip(weights, rest, strict=True))
    slope = sum(w * z * r for w, z, r in zip(weights, rest, residuals, strict=True)) / size
    left = [r - slope * z for r, z in zip(residuals, rest, strict=True)]
    phi = sum(w * r * r for w, r in zip(weights, left, strict=True)) / max(1, len(x) - 3)
    return slope, math.sqrt(phi / size) * _inflation(weights, left, 3)
