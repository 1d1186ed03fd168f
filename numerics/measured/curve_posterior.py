"""The posterior of an exponent where the exponents of its corrections are given, linearised at its maximum.

    log L = log(E + f) + noise,    log f = log C - p log x + log(1 + sum_i e_i psi_i),

p and log C flat, the sizes e_i normal with a given deviation and so the offset E (0 where there is none), the
deviation of the noise one of a list. Slopes of log L are those of log f times f/L; that in E is 1/L.

    Posterior       means and deviations of p, log C and E, and the evidence
    Measured        the points of a curve, and what is known of it
    posterior_of    those of a curve with corrections of these shapes
    mixture         mean and deviation of a mixture
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Shape = tuple[float, int]
"""A correction ``x^-q log(x)^m``."""
STEPS, HALVINGS, SETTLED = 30, 12, 1e-3
HIGHEST = 600.0
"""A logarithm of a loss beyond all that are measured."""
GAPS = tuple(2.0**-j for j in range(14))
"""Distances of the offset from the smallest loss, in units of it, with which the search may start."""
BEST = 2
"""Shares of the smallest loss at which the search for an offset starts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Points of a curve; f leads with ``log(x)^log_power``, and E is looked for if there is an ``offset``."""

    xs: Floats
    losses: Floats
    log_power: int
    offset: bool

    def __len__(self) -> int:
        return len(self.xs)

    def behind(self, first: int) -> Measured:
        """The points from this one on."""
        return replace(self, xs=self.xs[first:], losses=self.losses[first:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Posterior:
    """Means and standard deviations of p, log C and E; ``weight`` is the logarithm of the evidence."""

    exponent: float
    exponent_deviation: float
    logarithm: float
    logarithm_deviation: float
    offset: float
    offset_deviation: float
    scatter: float
    weight: float
    points: int
    corrections: tuple[float, ...]


def mixture(means: ArrayLike, deviations: ArrayLike, weights: Floats) -> tuple[float, float]:
    """Mean and standard deviation of a mixture."""
    share = weights / weights.sum()
    mean = float(share @ np.asarray(means))
    variance = float(share @ (np.asarray(deviations) ** 2 + (np.asarray(means) - mean) ** 2))
    return mean, math.sqrt(variance)


def posterior_of(
    measured: Measured, known: list[Shape], shapes: list[Shape], noises: Floats, width: float
) -> Posterior:
    """The posterior with corrections of these shapes, of which ``known`` are told, in units of ``width``."""
    curve = _Curve(measured, shapes, width)
    runs = [_search(curve, start, noises) for start in curve.starts()]
    means, covariances, evidence = (np.concatenate(parts) for parts in zip(*runs, strict=True))
    weights = np.exp(evidence - evidence.max())
    p, deviation = mixture(means[:, 0], np.sqrt(covariances[:, 0, 0]), weights)
    # log C is the height at the middle and the slope up to there
    turn = np.array([curve.unit, 1.0])
    spread = np.sqrt(turn @ covariances[:, :2, :2] @ turn)
    logarithm, logarithm_deviation = mixture(means[:, :2] @ turn, spread, weights)
    offset = offset_deviation = 0.0
    if measured.offset:
        offset, offset_deviation = mixture(means[:, 2], np.sqrt(covariances[:, 2, 2]), weights)
        offset, offset_deviation = curve.scale * (1 + offset), curve.scale * offset_deviation
    return Posterior(
        exponent=p,
        exponent_deviation=deviation,
        logarithm=logarithm,
        logarithm_deviation=logarithm_deviation,
        offset=offset,
        offset_deviation=offset_deviation,
        scatter=float(noises[int(np.argmax(evidence)) % len(noises)]),
        weight=float(evidence.max() + math.log(weights.sum())),
        points=len(measured),
        corrections=tuple(q for q, _ in known),
    )


class _Curve:
    """``log L`` as a function of p, log C at the middle, and what has a normal distribution: E and sizes.

    E is half the smallest loss, give or take as much: it is between 0 and that loss.
    """

    def __init__(self, measured: Measured, shapes: list[Shape], width: float) -> None:
        logs = np.log(measured.xs)
        self.lead = measured.log_power * np.log(logs) if measured.log_power else np.zeros_like(logs)
        self.unit, self.scale = float(logs.mean()), float(measured.losses.min()) / 2
        self.line = np.column_stack([-(logs - self.unit), np.ones_like(logs)])
        self.measured, self.heights = measured, np.log(measured.losses)
        # powers of log x in units of the largest, as log x may be 0 at the first
        slow = logs / np.abs(logs).max()
        rows = [width * np.exp(-q * (logs - logs[0])) * (slow**m if m else 1.0) for q, m in shapes]
        self.shape = np.array(rows).reshape(len(rows), len(logs))

    def starts(self) -> Iterator[Floats]:
        """Straight lines in log x through the losses, less the offsets with which they fit best."""
        found = sorted((self._line(gap) for gap in GAPS[: None if self.measured.offset else 1]), key=_first)
        for _, line, gap in found[:BEST]:
            yield np.concatenate([line, [1 - 2 * gap][: self.measured.offset], np.zeros(len(self.shape))])

    def _line(self, gap: float) -> tuple[float, Floats, float]:
        """The misfit in log L of a line through what is left of the losses beside an offset, and the line."""
        rest = self.measured.losses - 2 * self.scale * (1 - gap)
        weight = rest / self.measured.losses
        height = weight * (np.log(rest) - self.lead)
        line = np.linalg.lstsq(weight[:, None] * self.line, height, rcond=None)[0]
        left = height - weight * (self.line @ line)
        return float(left @ left), line, gap

    def at(self, place: Floats) -> tuple[Floats, Floats] | None:
        """log L and its slopes; None where it is not real."""
        first = 2 + self.measured.offset
        inside = 1 + place[first:] @ self.shape
        height = self.line @ place[:2] + self.lead
        if (inside <= 0).any() or height.max() > HIGHEST:
            return None
        falling = np.exp(height) * inside
        whole = falling + (self.scale * (1 + place[2]) if self.measured.offset else 0.0)
        if (whole <= 0).any():
            return None
        share = (falling / whole)[:, None]
        columns = [share * self.line, share * (self.shape / inside).T]
        if self.measured.offset:
            columns.insert(1, (self.scale / whole)[:, None])
        return np.log(whole), np.hstack(columns)

    def allows(self, place: Floats, change: Floats, noise: float) -> bool:
        """Whether to go there: with an offset downhill, else as long as the logarithm has its argument."""
        if self.measured.offset:
            return self.misfit(place + change, noise) <= self.misfit(place, noise)
        now, then = (1 + at[2:] @ self.shape for at in (place, place + change))
        return bool((then > 0.1 * now).all()) and self.at(place + change) is not None

    def misfit(self, place: Floats, noise: float) -> float:
        """What the maximum of the posterior makes least."""
        found = self.at(place)
        if found is None:
            return math.inf
        left, sizes = self.heights - found[0], place[2:]
        return float(left @ left / noise**2 + sizes @ sizes)


def _first(found: tuple[float, Floats, float]) -> float:
    return found[0]


def _search(curve: _Curve, place: Floats, noises: Floats) -> tuple[Floats, Floats, Floats]:
    """Means, covariances and evidence for each noise at the maximum, by least squares with penalties."""
    for _ in range(STEPS):
        found = curve.at(place)
        assert found is not None
        heights, slopes = found
        means, covariances, evidence = _Problem(slopes, 2, curve.heights - heights + slopes @ place).over(
            noises
        )
        likeliest = int(np.argmax(evidence))
        change = means[likeliest] - place
        deviations = np.sqrt(np.diagonal(covariances[likeliest]))
        if (np.abs(change) <= SETTLED * deviations).all():
            break
        steps = (change / 2**j for j in range(HALVINGS))
        change = next((c for c in steps if curve.allows(place, c, noises[likeliest])), None)
        if change is None:
            break
        place = place + change
    return means, covariances, evidence


class _Problem:
    """``y = fixed beta + free e + noise``, beta flat, e normal with deviation 1; in reduced coordinates."""

    def __init__(self, columns: Floats, known: int, y: Floats) -> None:
        q, r = np.linalg.qr(columns)
        self.columns, self.y, self.known = r, q.T @ y, known
        outside = y - q @ self.y
        self.points, self.rest = len(y), float(outside @ outside)

    def over(self, noises: Floats) -> tuple[Floats, Floats, Floats]:
        """Means of (beta, e), covariances, and logarithms of the evidence for each deviation of the noise.

        The penalised least-squares problem has the matrix A, and ``|V| |F^T V^-1 F| noise^(2 K + 2 B - 2 n)``
        is ``|A^T A|``: F the B fixed columns, K free ones, V the covariance of y.
        """
        n, b, many = self.columns.shape[1], self.known, len(noises)
        penalties = noises[:, None, None] * np.eye(n)[b:]
        columns = np.broadcast_to(self.columns, (many, *self.columns.shape))
        matrices = np.concatenate([columns, penalties], axis=1)
        rotated = np.append(self.y, np.zeros(n - b))
        q, r = np.linalg.qr(matrices)
        inverses = np.linalg.inv(r)
        means = (inverses @ (q.transpose(0, 2, 1) @ rotated)[..., None])[..., 0]
        left = rotated - (matrices @ means[..., None])[..., 0]
        squares = ((left**2).sum(axis=1) + self.rest) / noises**2
        determinants = 2 * np.log(np.abs(np.diagonal(r, axis1=1, axis2=2))).sum(axis=1)
        evidence = -(determinants + squares) / 2 - (self.points - n) * np.log(noises)
        covariances = noises[:, None, None] ** 2 * inverses @ inverses.transpose(0, 2, 1)
        return means, covariances, evidence
