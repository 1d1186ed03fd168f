"""Contours and quadratures by which both sides of a step get their numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import mpmath

from asymptotics.caches import cached
from asymptotics.derivation.evaluation.long_numbers import NUMBERS
from asymptotics.derivation.evaluation.mode_sums import integrate_by_halving
from asymptotics.errors import PrecisionError
from asymptotics.sums.binomial import hurwitz

SPARE_BITS = 30
"""What may cancel between powers and their integral."""


def sum_unless_zero(terms: Sequence[Any], floor: Any) -> Any:
    """The sum, or 0 where the terms cancel to all their digits."""
    total = sum(terms)
    return total * (abs(total) > floor * sum(abs(x) for x in terms))


def cotangent_contour(count: int, moment: Any, whole: bool) -> tuple[list[Any], list[Any]]:
    """Nodes z and weights of ``(1/2 pi i) int e^(zT) G(z) dz``; the upper half, or the whole contour."""
    found = []
    for m in range(count // 2):
        theta = (2 * m + 1) * mpmath.pi / count
        turn = 0.6407 * theta
        place = count * (0.5017 * theta * mpmath.cot(turn) - 0.6122 + 0.2645j * theta)
        slope = count * (0.5017 * (mpmath.cot(turn) - turn / mpmath.sin(turn) ** 2) + 0.2645j)
        found.append((place / moment, mpmath.exp(place) * slope / (1j * count * moment)))
    if whole:
        found += [(mpmath.conj(node), mpmath.conj(weight)) for node, weight in found]
    nodes, weights = zip(*found, strict=True)
    return list(nodes), list(weights)


def both_ways(term: Callable[[float], Any], digits: int, *, conjugate: bool = False) -> Any:
    """The integral over the real line of a term that dies double exponentially at both ends.

    Raises `PrecisionError` where so much of it cancels that no digit is known.
    """
    known: dict[float, Any] = {}  # the grid of the integral has the places that tell how far it goes

    def once(w: float) -> Any:
        if w not in known:
            known[w] = term(w)
        return known[w]

    signs = (1,) if conjugate else (1, -1)
    peak = max(abs(once(sign * j / 2)) for sign in signs for j in range(5))
    cut = peak * mpmath.mpf(10) ** (-digits - 3)
    ends = []
    for sign in signs:
        w = 1.0
        while abs(once(sign * w)) > cut and w < 12:
            w += 0.25
        ends.append(sign * w)
    if conjugate:
        # the term at -w is minus the conjugate, for functions that are real on the real axis; at a wider step
        # two singularities may cancel and the error seem to fall faster than it does
        def half(w: float) -> Any:
            return mpmath.im(once(w)) / (2 if w == 0 else 1)

        total = mpmath.mpc(0, 2 * integrate_by_halving(half, 0, ends[0], digits, step=0.125))
    else:
        total = integrate_by_halving(once, ends[1], ends[0], digits)
    if abs(total) < peak * mpmath.mpf(10) ** (digits - mpmath.mp.dps):
        raise PrecisionError("an integral cancels beyond its digits; take other parameters")
    return total


@cached(maxsize=4000)
def _riemann(s: Any, precision: int) -> Any:
    """Several transforms are integrated along one line, whose values are kept.

    Beside the axis by the Euler-Maclaurin formula (DLMF 25.2.9), the powers of primes making all others.
    """
    if mpmath.im(s) == 0:
        return mpmath.zeta(s)
    with mpmath.workprec(precision + SPARE_BITS), NUMBERS.working():
        here, count = NUMBERS.of(s), precision // 6 + int(abs(s))
        powers, logs = [here * 0, here * 0 + 1], _logs(count, precision)
        for n, prime in enumerate(_least_factors(count)[2:], 2):
            powers.append(powers[prime] * powers[n // prime] if prime < n else NUMBERS.exp(-here * logs[n]))
        term, smallest = powers[count], NUMBERS.of(mpmath.ldexp(1, -precision))
        total = NUMBERS.total(powers) - term / 2 + count * term / (here - 1)
        term, n, size = term * here / (2 * count), 1, abs(here) * count + 1
        for factor in _bernoulli(precision):
            total, before, size = total + term * factor, size, abs(term * factor)
            if size <= smallest * abs(total) or size > before:
                break
            term *= (here + n) * (here + n + 1) / count**2
            n += 2
        found = NUMBERS.back(total) if size <= smallest * abs(total) else None
    return mpmath.zeta(s) if found is None else +found


@cached(maxsize=64)
def _logs(count: int, precision: int) -> tuple[Any, ...]:
    del precision  # that of mpmath now; it only tells values apart
    return tuple(
        NUMBERS.of(mpmath.log(n)) if n > 1 and n == p else None for n, p in enumerate(_least_factors(count))
    )


@cached(maxsize=64)
def _least_factors(count: int) -> tuple[int, ...]:
    """The least prime factor of 0 ... count."""
    found = list(range(count + 1))
    for p in range(2, math.isqrt(count) + 1):
        for n in range(p * p, count + 1, p):
            found[n] = min(found[n], p)
    return tuple(found)


@cached(maxsize=16)
def _bernoulli(precision: int) -> tuple[Any, ...]:
    """``2 B_2j/(2j)!`` for as many j as a sum may take."""
    return tuple(
        NUMBERS.of(2 * mpmath.bernoulli(2 * j) / mpmath.factorial(2 * j)) for j in range(1, precision // 2)
    )


def zeta_value(s: Any, first: Any = None) -> Any:
    """Riemann's or Hurwitz's zeta function; the latter by direct terms and its tail.

    mpmath's own Hurwitz function has an absolute tolerance.
    """
    if first is None:
        return _riemann(s, mpmath.mp.prec)
    count = 24 + int(abs(s))
    return mpmath.fsum((first + j) ** -s for j in range(count)) + hurwitz(s, first + count, 0)
