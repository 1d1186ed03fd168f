"""What a small change of the lazy loss makes of features that move, mode by mode in doubles.

A change is a sum of exponentials that drive the clock of `evaluation.rich`, ``sum W e^(-hx)`` in the train
loss, with real rates or with those of nodes on a contour about the spectrum. To first order

    -2 dchi/chi^3 = gamma^2 (2 sum w h Z dZ + sum W h Z^2),  d(dZ)/dtau = dchi - h dZ,  dt' = 2 int chi dchi,

on the steps of that clock; at a given time the loss changes by what it does at tau, less its slope times
dt'. Two solutions are extrapolated as there.

    RichResponse     the change of the loss as a function of t
    contour          nodes and weights about the spectrum, for all times up to the longest
    change_of_reuse  what samples that are seen again change, from transforms of the loss and of the rates
"""

from __future__ import annotations

import cmath
import math
from bisect import bisect_left
from collections.abc import Callable, Sequence

from asymptotics.derivation.evaluation.rich import Mode, Solution, gauss, move

STEP = 0.03
"""How much a step of the finer solution lengthens tau, relatively."""
AROUND = 6
"""Steps about a time that it is interpolated from."""
ANGLE = 2 * math.pi / 3
"""Of the rays of a contour: e^(z tau) falls along them."""
RAY, ARC = 7, 10
"""Gauss nodes for each factor e along a ray, and on an arc."""
ON_CONTOUR = 3e-7
"""The relative error of sums over these nodes."""
BEYOND = 3.0
"""The radius of a contour over the largest rate."""

Rate = complex | float
Added = Callable[[Sequence[Rate]], float]
"""The change of the loss at a given tau and clock, by the shares ``1 - h Z/chi`` of the driving rates."""


class RichResponse:
    """The response of the loss for given modes and gamma to ``driven``, pairs of a rate and a weight W."""

    def __init__(
        self, modes: list[Mode], richness: float, driven: list[tuple[Rate, Rate]], added: Added
    ) -> None:
        self._answers = [_Answer(modes, richness, driven, added, step) for step in (2 * STEP, STEP)]

    def change(self, t: float) -> tuple[float, float]:
        """The change of L at t, and an estimate of its relative error."""
        coarse, fine = (answer.read(math.log(t)) for answer in self._answers)
        found = fine + (fine - coarse) / 3
        return found, abs(fine - coarse) / (2 * abs(found)) + ON_CONTOUR if found else 1.0

    @property
    def tau(self) -> float:
        """How far the lazy clock has been solved."""
        return max(answer.tau for answer in self._answers)


class _Answer:
    def __init__(
        self,
        modes: list[Mode],
        richness: float,
        driven: list[tuple[Rate, Rate]],
        added: Added,
        step: float,
    ) -> None:
        self._clock, self._added = Solution(modes, richness, step), added
        self._rates = [h for h, _ in driven]
        self._drive = [W * h for h, W in driven]
        self._Y: list[Rate] = [0.0] * len(driven)
        self._dZ, self._dchi, self._dt = [0.0] * len(modes), 0.0, 0.0
        self._shares: list[list[Rate]] = []
        self._moved: tuple[list[float], list[float]] = ([], [])
        """What the clock changes in the loss at tau, and in t."""

    @property
    def tau(self) -> float:
        return self._clock.tau

    def read(self, log_t: float) -> float:
        """At a given time: by the polynomial through neighbouring steps, and its slope."""
        times = self._clock.times
        while len(times) < AROUND or times[-AROUND // 2] < log_t:
            self._advance()
        i = min(max(bisect_left(times, log_t) - AROUND // 2, 0), len(times) - AROUND)
        at = times[i : i + AROUND]
        losses = self._clock.logs[0][i : i + AROUND]
        whole = [self._moved[0][j] + self._added(self._shares[j]) for j in range(i, i + AROUND)]
        weights, slopes = _lagrange(at, log_t)
        loss = math.exp(math.fsum(map(math.prod, zip(weights, losses, strict=True))))
        slope = math.fsum(map(math.prod, zip(slopes, losses, strict=True)))
        late = math.fsum(w * d for w, d in zip(weights, self._moved[1][i : i + AROUND], strict=True))
        return math.fsum(w * x for w, x in zip(weights, whole, strict=True)) - loss * slope * late

    def _advance(self) -> None:
        clock = self._clock
        strength, before, length = clock.strength, clock.chi, clock.next
        moves = clock.advance()
        chi = clock.chi
        driving: Rate = 0.0
        for j, h in enumerate(self._rates):
            left, full, slope = move(h, length)
            Y = self._Y[j]
            self._Y[j] = Y = Y - left * Y + before * (full - slope) + chi * slope
            driving += self._drive[j] * Y * Y
        known = [
            d - left * d + self._dchi * (full - slope)
            for d, (left, full, slope) in zip(self._dZ, moves, strict=True)
        ]
        stiff, pull = [], []
        for w, h, Z, d, (_, _, slope) in zip(clock.weights, clock.rates, clock.Z, known, moves, strict=True):
            stiff.append(w * h * Z * slope)
            pull.append(w * h * Z * d)
        rest = -strength * (2 * math.fsum(pull) + driving.real)
        dchi = rest / (2 / chi**3 + 2 * strength * math.fsum(stiff))
        self._dZ = [d + m[2] * dchi for d, m in zip(known, moves, strict=True)]
        self._dt += length / 3 * (2 * before * self._dchi + before * dchi + chi * self._dchi + 2 * chi * dchi)
        self._dchi = dchi
        at_tau = math.fsum(
            -2 * w * (1 - h * Z / chi) * h * (d - Z * dchi / chi) / chi
            for w, h, Z, d in zip(clock.weights, clock.rates, clock.Z, self._dZ, strict=True)
        )
        self._shares.append([1 - h * Y / chi for h, Y in zip(self._rates, self._Y, strict=True)])
        self._moved[0].append(at_tau)
        self._moved[1].append(self._dt / clock.t)


def _lagrange(at: list[float], x: float) -> tuple[list[float], list[float]]:
    """The weights of the values at some places in the polynomial through them at x, and in its slope."""
    weights, slopes = [], []
    for j, here in enumerate(at):
        others = [y for i, y in enumerate(at) if i != j]
        below = math.prod(here - y for y in others)
        weights.append(math.prod(x - y for y in others) / below)
        left = (math.prod(x - y for i, y in enumerate(others) if i != m) for m in range(len(others)))
        slopes.append(math.fsum(left) / below)
    return weights, slopes


def contour(fastest: float, longest: float) -> list[tuple[complex, complex]]:
    """Nodes z of the upper half and weights, twice those of ``(1/2 pi i) int dz``: the real part counts.

    Closed about ``[-fastest, 0]``, for what is analytic beyond and multiplied by ``e^(z tau)``.
    """
    near, far = math.log(1 / longest), math.log(BEYOND * fastest)
    count = math.ceil(far - near)
    pieces = [
        (complex(near, 0), complex(near, ANGLE), ARC),
        (complex(far, ANGLE), complex(far, math.pi), ARC),
    ]
    step = (far - near) / count
    pieces += [
        (complex(near + j * step, ANGLE), complex(near + (j + 1) * step, ANGLE), RAY) for j in range(count)
    ]
    found = []
    for start, end, order in pieces:
        for x, w in gauss(order):
            z = cmath.exp(start + (end - start) * x)
            found.append((z, z * w * (end - start) / (1j * math.pi)))
    return found


def change_of_reuse(
    loss: list[Mode], rates: list[Mode], nodes: list[tuple[complex, complex]]
) -> tuple[list[tuple[Rate, Rate]], Added]:
    """What drives the clock, and what is added to the loss, by ``P -> oo`` samples that are seen again.

    With R and D the transforms of the lazy loss and of ``sum lambda e^(-lambda t)`` the ridge is
    ``z (1 + D/P)``: R of the train loss changes by ``z D R'``, and the two-time kernel by

        {[R + z R'] D - (R' + z' R'_) D' + R D' - R' D}/(z' - z),

    a prime being the other variable.
    """
    places = [z for z, _ in nodes]
    R = [sum(w / (h + z) for h, w in loss) for z in places]
    slope = [-sum(w / (h + z) ** 2 for h, w in loss) for z in places]
    D = [sum(w / (h + z) for h, w in rates) for z in places]
    driven: list[tuple[Rate, Rate]] = [
        (-z, weight * z * d * r) for (z, weight), d, r in zip(nodes, D, slope, strict=True)
    ]
    A = [(r + z * s) * d for z, r, s, d in zip(places, R, slope, D, strict=True)]
    # the limit of two nodes that meet: minus the slope of what is antisymmetric
    ends = [-sum(w / (h + z) ** 2 for h, w in rates) for z in places]
    bend = [sum(2 * w / (h + z) ** 3 for h, w in loss) for z in places]
    kernel = []
    for i, z in enumerate(places):
        row = []
        for j, y in enumerate(places):
            same = (
                -((2 * slope[i] + z * bend[i]) * D[i] + (R[i] + z * slope[i]) * ends[i])
                + R[i] * ends[i]
                - slope[i] * D[i]
                if i == j
                else (A[i] - A[j] + R[i] * D[j] - R[j] * D[i]) / (y - z)
            )
            u = y.conjugate()
            across = A[i] - A[j].conjugate() + R[i] * D[j].conjugate() - R[j].conjugate() * D[i]
            row.append((same, across / (u - z)))
        kernel.append(row)

    def added(shares: Sequence[Rate]) -> float:
        weighed = [weight * g / 2 for (_, weight), g in zip(nodes, shares, strict=True)]
        turned = [x.conjugate() for x in weighed]
        return math.fsum(
            2 * (x * sum(k * p + q * c for (k, q), p, c in zip(row, weighed, turned, strict=True))).real
            for x, row in zip(weighed, kernel, strict=True)
        )

    return driven, added
