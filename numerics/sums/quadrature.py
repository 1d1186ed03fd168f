"""From a sum over k = 1, 2, ... to a short list of nodes and weights.

``sum_{k=first}^{last} f(k)`` is the integral of f between half-integers plus what happens at
the two ends (Abel and Plana). Both parts are quadrature rules whose nodes depend on the range
alone, so one set of nodes serves every f, and a spectral sum at any kappa becomes a plain
dot product over cached values.

* `plana_rule`: the ends, a Gauss rule on the vertical line through the half-integer;
* `long_range`: the integral, a trapezoid in ``s`` with ``log(x/x0) ~ s``: doubly exponential at
  both ends, uniform in log x between, so that 40 decades cost no more than 40 times one.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import mpmath
import numpy as np

from asymptotics.caches import cached
from asymptotics.errors import PrecisionError
from asymptotics.hints import name_argument
from asymptotics.precision import working
from numerics.values.arithmetic import Array, Field, Scalar, array

LARGEST_LOG = 7e8
"""The largest log x that the number types hold (gmpy2's exponent has 30 bits)."""
LOOKS = 4
"""Whether the end is reached is looked at once in so many nodes: a look costs more than a node."""


@cached(maxsize=64)
def plana_rule(points: int, digits: int) -> tuple[tuple[mpmath.mpf, mpmath.mpf], ...]:
    """Nodes y_j and weights w_j of the Gauss rule for the weight y/(e^{2 pi y} + 1) in y^2.

    It gives the difference between a sum and its integral (Abel and Plana, midpoint form):
    ``sum_{k>=K} f(k) = int_{x0}^oo f + sum_j w_j [f(x0 + i y_j) - f(x0 - i y_j)]/(i y_j)`` with
    ``x0 = K - 1/2``. For f with singularities to the left of x0, at distance d, the error
    falls as a power of d that grows with ``points``: 1e-32 for 12 points at d = 10.

    Moments ``(1 - 2^(-2j-1)) |B_{2j+2}| / (4(j+1))`` and Chebyshev's algorithm (Dahlquist,
    BIT 37, 1997, "On summation formulas due to Plana, Lindelof and Abel").

    >>> [round(float(y), 4) for y, w in plana_rule(2, 20)]
    [0.3415, 1.1096]
    """
    # Moments lose about two digits a point on their way to the recurrence.
    with working(digits + 3 * points + 10):
        moments = [
            (1 - mpmath.mpf(2) ** (-2 * j - 1)) * abs(mpmath.bernoulli(2 * j + 2)) / (4 * (j + 1))
            for j in range(2 * points)
        ]
        alpha, beta = [moments[1] / moments[0]], [moments[0]]
        before, now = [mpmath.mpf(0)] * (2 * points), moments
        for i in range(1, points):
            after = [mpmath.mpf(0)] * (2 * points)
            for j in range(i, 2 * points - i):
                after[j] = now[j + 1] - alpha[i - 1] * now[j] - beta[i - 1] * before[j]
            alpha.append(after[i + 1] / after[i] - now[i] / now[i - 1])
            beta.append(after[i] / now[i - 1])
            before, now = now, after
        return tuple((mpmath.sqrt(x), w) for x, w in _gauss(alpha, beta))


def _gauss(alpha: list[mpmath.mpf], beta: list[mpmath.mpf]) -> list[tuple[mpmath.mpf, mpmath.mpf]]:
    """Nodes and weights of the Gauss rule whose polynomials have this recurrence.

    ``p_(n+1) = (x - alpha_n) p_n - beta_n p_(n-1)``; nodes are the zeros of the last one, by Newton's method
    from the eigenvalues of the Jacobi matrix in doubles; ``1/w = sum_n p_n^2/(beta_0 ... beta_n)``.
    """
    spread = [float(mpmath.sqrt(b)) for b in beta[1:]]
    jacobi = np.diag([float(a) for a in alpha]) + np.diag(spread, 1) + np.diag(spread, -1)
    found = []
    for start in np.linalg.eigvalsh(jacobi).tolist():
        x, before = mpmath.mpf(start), mpmath.inf
        while True:
            p, slope, last, last_slope, size, inverse = mpmath.mpf(1), mpmath.mpf(0), 0, 0, mpmath.mpf(1), 0
            for a, b in zip(alpha, beta, strict=True):
                size *= b
                inverse += p * p / size
                slope, last_slope = p + (x - a) * slope - b * last_slope, slope
                p, last = (x - a) * p - b * last, p
            step = abs(p / slope)
            if step == 0 or step >= before:
                break
            x, before = x - p / slope, step
        found.append((x, 1 / inverse))
    return found


@cached(maxsize=64)
def plana_distance(points: int, digits: int) -> float:
    """The distance beyond which a singularity spoils `plana_rule` by less than 10^-digits, relatively.

    Found on the one function for which the answer is known and of which all others are made,
    ``f = 1/(x - x0 + d)``: the exact end correction is ``log d - digamma(d + 1/2)``.

    >>> plana_distance(12, 30)
    9.0
    """
    rule = plana_rule(points, digits + 10)
    for half_steps in range(2, 400):
        with working(digits + 10):
            d = mpmath.mpf(half_steps) / 2
            exact = mpmath.log(d) - mpmath.digamma(d + mpmath.mpf(1) / 2)
            approximate = sum(-2 * w / (d * d + y * y) for y, w in rule)
            if abs(exact - approximate) * d < mpmath.mpf(10) ** -digits:
                return half_steps / 2
    raise PrecisionError(f"{points} points cannot give {digits} digits; use more points")


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """Nodes ``x``, weights ``w``: ``int f dx ~ sum w f(x)``; the even half alone is the rule at step 2h."""

    even: tuple[Array, Array]
    odd: tuple[Array, Array]


def long_range(
    start: Scalar,
    stop: Scalar | None,
    *,
    reach: float,
    angle: float,
    step: float,
    digits: float,
    negligible: Callable[[Scalar, Scalar], bool],
    field: Field,
) -> Path:
    """A rule for the integral from ``start`` to ``stop`` (None: to infinity, along ``angle``).

    To infinity ``x = start (1 + e^{i angle} r)`` with ``log r = s - e^-s + e^(s - reach)``; to a finite
    ``stop``, ``x = (start + stop r)/(1 + r)`` with the same log r less ``reach = log(stop/start)``. In both,
    log x ~ s in the middle, and the ends decay doubly exponentially. ``negligible(x, w)`` tells where
    to stop on the way to infinity. Raises `PrecisionError` if that never comes: a sum that
    converges too slowly for any number type.
    """
    h = field.real(step)
    # The left end contributes r itself: leave it where r < 10^-(digits + 4).
    first = -math.ceil(math.log((digits + 4) * math.log(10)) / step)
    turn = (
        field.complex(field.cos(field.real(angle)), field.sin(field.real(angle))) if angle else field.real(1)
    )
    far = field.real(reach)
    points: tuple[list[Scalar], list[Scalar]] = ([], [])
    weights: tuple[list[Scalar], list[Scalar]] = ([], [])
    j, s = first, first * h
    # e^-s and e^(s - reach) step by step: of the bits that nodes have to spare, a step loses half a one
    left, right, smaller, larger = field.exp(-s), field.exp(s - far), field.exp(-h), field.exp(h)
    while True:
        s = j * h
        log_r, slope = s - left + right, 1 + left + right
        if stop is None:
            if log_r > LARGEST_LOG:
                advice = f"pass {name_argument('modes', 'M')}"
                raise PrecisionError(f"the sum over modes converges too slowly to be computed; {advice}")
            along = start * turn * field.exp(log_r)
            x, w = start + along, along * slope * h
            done = s > far and not j % LOOKS and negligible(x, w)
        else:
            r = field.exp(log_r - far)
            x, w = (start + stop * r) / (1 + r), (stop - start) * r / (1 + r) ** 2 * slope * h
            done = bool(log_r - far > (digits + 4) * math.log(10))
        points[j % 2].append(x)
        weights[j % 2].append(w)
        if done:
            break
        j, left, right = j + 1, left * smaller, right * larger
    return Path(even=(array(points[0]), array(weights[0])), odd=(array(points[1]), array(weights[1])))
