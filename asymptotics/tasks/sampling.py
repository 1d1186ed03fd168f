"""What n samples make of a spectrum, undone for the fit of its tails.

A kernel matrix K of n samples has eigenvalues ``mu_k`` of K/n, and a target y the power ``(u_k . y)^2/n`` in
its eigenvectors. Both are biased by O(k/n), which bends their tails. The mean-field equation of the data,

    sum_j mu_j/(mu_j + z) = df1(kappa),     z = kappa (1 - df1(kappa)/n)

(arXiv 2402.01092, here BAP, section 2; Silverstein 1995), gives kappa at ``z = -mu_k`` from the sample
itself, and there ``|kappa|`` is ``lambda_k`` up to the second order in k/n (2 % at k = n/4 for k^-b,
1.1 <= b <= 3):

    lambda_k = mu_k/|1 - D_k/n|,     D_k = PV sum_j mu_j/(mu_j - mu_k) + i pi k/b.

Of smaller eigenvalues only the sum enters, so that it does not matter where the tail ends. Power leaks
between modes; to first order in 1/n

    c_k = chat_k + (1/n) sum_j (chat_k mu_j^2 - chat_j mu_k^2)/(mu_j - mu_k)^2,

where modes next to each other give as much as they get.

    fit_eigenvalues    the fit of the tail of the kernel, from the eigenvalues of its sample
    fit_power          the fit of the tail of the target
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from asymptotics.tasks.tail_fit import TailFit, fit_tail

SHARES = (0.25, 0.5)
"""Which part of n the windows of eigenvalues and of power end at: higher orders in k/n are small there."""
HIGHER = 0.1
"""Of the change of an exponent by what sampling does, the part that higher orders may add."""
WIDTH = 1.1
"""Blocks of modes that share one D_k, as a factor in k."""
PLACES = 8
"""Between so many pairs of modes a block averages D; between fewer where that takes more terms than WORK."""
WORK = 3_000_000
NEAR = 1.5
"""Modes within this factor in k count as next to each other."""

Window = tuple[int, int] | None


def fit_eigenvalues(values: Sequence[float], samples: int, window: Window) -> TailFit:
    """The tail of ``lambda_k`` from falling ``mu_k`` > 0.

    Fewer than n may have been kept, or the others may be 0: half the difference is in the error.

    >>> fit = fit_eigenvalues([k**-2.0 for k in range(1, 101)], 10**9, None)
    >>> round(fit.exponent, 4), fit.window
    (2.0, (1, 75))
    """
    end, name = SHARES[0] * samples, "eigenvalues"
    raw = fit_tail(values, name, window, end)
    blocks = tuple(_principal_values(values, min(len(values) - 1, samples // 2)))

    def free_of_bias(beyond: float) -> TailFit:
        fit = raw
        for _ in range(2):
            fit = fit_tail(_population(values, samples, blocks, fit.exponent, beyond), name, window, end)
        return replace(fit, error=math.hypot(fit.error, HIGHER * (fit.exponent - raw.exponent)))

    fit = free_of_bias(0.0)
    if len(values) == samples:
        return fit
    # the integral of the fit from the last mode that is listed to the last that there may be
    power = 1 - fit.exponent
    ends = (len(values) + 0.5, samples + 0.5)
    beyond = fit.prefactor * (
        (ends[1] ** power - ends[0] ** power) / power if power else math.log(ends[1] / ends[0])
    )
    return _between(fit, free_of_bias(beyond).exponent - fit.exponent)


def fit_power(eigenvalues: Sequence[float], power: Sequence[float], samples: int, window: Window) -> TailFit:
    """The tail of ``c_k`` from the power in each mode, which may have leaked or not.

    Power that was projected on the eigenvectors of the sample has leaked, power that is known of the modes
    themselves has not: the exponent is halfway, and half the difference is in the error.

    >>> levels = range(1, 201)
    >>> fit = fit_power([k**-2.0 for k in levels], [k**-1.3 for k in levels], 200, None)
    >>> round(fit.exponent, 2), round(fit.error, 2)
    (1.28, 0.02)
    """
    fit = fit_tail(power, "target power", window, SHARES[1] * samples)
    return _between(fit, _leak(eigenvalues, power, samples, fit))


def _between(fit: TailFit, change: float) -> TailFit:
    """The fit turned about the middle of its window by half a change of its exponent, which is in doubt."""
    low, high = fit.window
    middle = math.log(low * high) / 2
    return replace(
        fit,
        exponent=fit.exponent + change / 2,
        error=math.hypot(fit.error, change / 2),
        prefactor=fit.prefactor * math.exp(middle * change / 2),
        relative_error=math.hypot(fit.relative_error, middle * change / 2),
    )


def _blocks(last: int) -> Iterator[tuple[int, int]]:
    low = 1
    while low <= last:
        high = min(max(low, int(low * WIDTH)), last)
        yield low, high
        low = high + 1


def _principal_values(values: Sequence[float], last: int) -> Iterator[tuple[int, int, float]]:
    """Blocks of modes with the mean of ``PV sum_j mu_j/(mu_j - x)`` over places x between their modes."""
    count = sum(1 for _ in _blocks(last))
    places = max(1, min(PLACES, WORK // (len(values) * count)))
    for low, high in _blocks(last):
        modes = range(low, high + 1, -(-(high - low + 1) // places))
        # a mode by itself is left out; between two modes their terms add to 1 wherever they are
        xs = [values[k - 1] if low == high else math.sqrt(values[k - 1] * values[k]) for k in modes]
        yield low, high, sum(math.fsum(v / (v - x) for v in values if v != x) for x in xs) / len(xs)


def _population(
    values: Sequence[float],
    samples: int,
    blocks: Sequence[tuple[int, int, float]],
    exponent: float,
    beyond: float,
) -> list[float]:
    """``lambda_k``; ``beyond`` is the sum of eigenvalues that are not listed. D of the last block goes on."""
    found: list[float] = []
    factor = 1.0
    for low, high, real in blocks:
        middle = (low + high) / 2
        D = complex(real - beyond / values[int(middle) - 1], math.pi * middle / exponent)
        factor = abs(1 - D / samples)
        found += [x / factor for x in values[low - 1 : high]]
    return found + [x / factor for x in values[len(found) :]]


def _leak(eigenvalues: Sequence[float], power: Sequence[float], samples: int, fit: TailFit) -> float:
    """The exponent of power without its leaks less that with them, on the window of its fit.

    The slope of ``log(chat_k/c_k)`` by least squares, the fitted power in the place of ``chat_k``.
    """
    low, high = fit.window
    rows = []
    for first, last in _blocks(high):
        k = (first + last) // 2
        mu, height = eigenvalues[k - 1], fit.prefactor * k**-fit.exponent
        far = (*range(int(k / NEAR)), *range(int(k * NEAR), len(power)))
        terms = (
            (eigenvalues[j] ** 2 - power[j] / height * mu**2) / (eigenvalues[j] - mu) ** 2
            for j in far
            if eigenvalues[j] != mu
        )
        if first >= low:
            change = math.log(max(0.1, 1 + math.fsum(terms) / samples))
            rows.append((math.log(k), change, last - first + 1))
    weight = sum(n for *_, n in rows)
    x0, y0 = (sum(row[i] * row[2] for row in rows) / weight for i in (0, 1))
    return -sum(n * (x - x0) * (y - y0) for x, y, n in rows) / sum(n * (x - x0) ** 2 for x, _, n in rows)


__all__ = ["SHARES", "fit_eigenvalues", "fit_power"]
