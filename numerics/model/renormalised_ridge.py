"""The renormalised ridge kappa(z): the root of ``z = kappa R1 R3``.

On the positive axis there is one root with all factors positive, found between bounds. In the
upper half plane the root is followed from there, node to node. The physical sheet is
certified, not hoped for: with ``zeta = kappa R3``, each of the two equations
``zeta = kappa (1 - df1(kappa)/N)`` and ``z = zeta (1 - df1/P)`` has the form "x = y - a function
with negative imaginary part", whose right side maps the half plane strictly into itself; it has therefore
exactly one solution there, and a root with ``Im kappa > 0`` and ``Im kappa R3 > 0`` is the one. With more
factors there is one such equation for each.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from asymptotics.errors import PrecisionError
from numerics.model.sizes import Sizes
from numerics.sums.spectral_sums import WIDEST_LOG, OnePoint, SpectralSums
from numerics.values.arithmetic import Array, Field, Scalar, array, each, field_of
from numerics.values.brackets import narrow

START_BITS = 64
ROUNDS = 60
START_ERROR = math.log(1e-13)
"""The error of a starting value log kappa, usually."""
SLACK = math.log(100)
SLACK_BITS = 8
"""How many bits a root on the positive axis may have less than its field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolvent:
    """Upper-half nodes z with the sums at kappa(z) and the factors R1 = 1 - df1/P, R3 = zeta/kappa."""

    z: Array
    point: OnePoint
    R1: Array
    R3: Array

    def part(self, start: int, stop: int) -> Resolvent:
        """That of some of the nodes."""
        own = slice(start, stop)
        return Resolvent(z=self.z[own], point=self.point.part(start, stop), R1=self.R1[own], R3=self.R3[own])


def starting_values(z: Array, sums: SpectralSums, sizes: Sizes) -> tuple[list[complex], float]:
    """log kappa to about double precision at each z (upper half plane, ordered along a path from the
    positive axis), and the log|kappa| that served as floor for the choice of rules."""
    with field_of(START_BITS) as field:
        logs = [_clog(x, field) for x in z]
        if sizes.unlimited:
            return logs, min(x.real for x in logs) - 1.0
        smallest = min(x.real for x in logs)
        floor = real_root(smallest, sums, sizes)[1]
        while True:
            tracker = _Tracker(sums, sizes, floor, field)
            here = complex(logs[0].real)
            y = complex(real_root(here.real, sums, sizes)[0])
            found = []
            for there in logs:
                y = tracker.follow(y, here, there)
                here = there
                found.append(y)
            lowest = min(x.real for x in found)
            if lowest >= floor:
                return found, floor
            floor = lowest - 1.0


def resolve(
    z: Array,
    starts: list[complex],
    floor: float,
    sums: SpectralSums,
    sizes: Sizes,
    field: Field,
    guard_bits: int,
    derivatives: int = 1,
) -> Resolvent:
    """The root of ``z = kappa R1 R3`` and everything at it.

    To the precision of ``field`` less ``guard_bits``. Raises `PrecisionError` if this does not converge or
    the certificate fails.
    """
    one = field.real(1)
    if sizes.unlimited:
        point = sums.one_point(z, field, floor, derivatives=derivatives)
        return Resolvent(z=z, point=point, R1=z * 0 + one, R3=z * 0 + one)
    point = solve_root(z, starts, floor, sums, sizes, field, guard_bits, derivatives)
    R1, R3 = sizes.factors(point.df1[0])
    certify(z, point.kappa, R1, R3, *sizes.between(point.df1[0]))
    return Resolvent(z=z, point=point, R1=R1, R3=R3)


def resolve_at(
    logs: Iterable[complex],
    sums: SpectralSums,
    sizes: Sizes,
    field: Field,
    guard_bits: int,
    derivatives: int = 1,
) -> tuple[Resolvent, float]:
    """The same at nodes given by their logarithms, in the order of `starting_values`; and its log floor."""
    z = array(
        field.exp(field.real(y.real))
        * field.complex(field.cos(field.real(y.imag)), field.sin(field.real(y.imag)))
        for y in logs
    )
    starts, floor = starting_values(z, sums, sizes)
    return resolve(z, starts, floor, sums, sizes, field, guard_bits, derivatives), floor


def solve_root(
    z: Array,
    starts: list[complex],
    floor: float,
    sums: SpectralSums,
    sizes: Sizes,
    field: Field,
    guard_bits: int,
    derivatives: int = 1,
) -> OnePoint:
    """The sums at the root next to each start, as in `resolve`, on whichever sheet it lies.

    Newton's method on the Taylor polynomials of the sums; these are taken anew until the last of the
    ``derivatives`` that come with the sums has its precision where the root lies.
    """
    one = field.real(1)
    kappa = array(
        field.exp(one * y.real) * field.complex(field.cos(one * y.imag), field.sin(one * y.imag))
        for y in starts
    )
    enough = -(field.bits - guard_bits) * math.log(2)
    # By so many derivatives the sums are moved to the root without being taken anew.
    spare = max(1, math.ceil((enough - SLACK) / START_ERROR) - 1)
    for _ in range(ROUNDS):
        point = sums.one_point(kappa, field, floor, derivatives=derivatives, spare=spare)
        moved, step = move_to_root(z, point, sizes, field)
        # What is left out is a power of (step/distance to the spectrum).
        worst = max(
            float(abs(by) / (abs(x) if x.real >= 0 else abs(x.imag)))
            for by, x in zip(step, kappa, strict=True)
        )
        if worst < 0.01 and (worst == 0 or (spare + 1) * math.log(worst) + SLACK < enough):
            return moved.truncate(derivatives)
        kappa = moved.kappa if worst < 0.01 else kappa + _newton_step(z, point, sizes, field)
    raise PrecisionError(f"kappa(z) did not converge: the last step was {worst:.1e}, relatively")


def move_to_root(z: Array, point: OnePoint, sizes: Sizes, field: Field) -> tuple[OnePoint, Array]:
    """The sums at the root of their Taylor polynomials, and how far it is."""
    step = point.kappa * 0
    for _ in range(ROUNDS):
        change = _newton_step(z, point.move(step), sizes, field)
        step = step + change
        if max(float(abs(d) / abs(x)) for d, x in zip(change, point.kappa, strict=True)) < 2.0 ** (
            -0.7 * field.bits
        ):
            break
    return point.move(step), step


def _newton_step(z: Array, point: OnePoint, sizes: Sizes, field: Field) -> Array:
    kappa, g, slope = point.kappa, point.df1[0], point.df1[1]
    order = sizes.order
    if order > 1:
        # kappa w r^order = z has a root of that order at z = 0, of which the power 1/order is simple.
        r, change, w, log_change = sizes.reduced(g)
        root = each(lambda x: field.exp(field.log(x) / order), kappa * w)
        goal = each(lambda x: field.exp(field.log(x) / order), z)
        return (goal - root * r) / (root * (r * (1 / kappa + log_change * slope) / order + change * slope))
    R1, R3 = sizes.factors(g)
    return (z - kappa * R1 * R3) / (R1 * R3 + kappa * sizes.slope(g, slope))


def certify(z: Array, kappa: Array, *ratios: Array) -> None:
    for i, (x, k) in enumerate(zip(z, kappa, strict=True)):
        if x.imag == 0 and x.real > 0:
            sound = abs(k.imag) <= 1e-10 * abs(k) and k.real > 0 and all(r[i].real > 0 for r in ratios)
        elif x.imag == 0:
            # The cut itself, approached from above, where zeta may be real, up to rounding.
            sound = k.imag > 0 and all((k * r[i]).imag >= -1e-10 * abs(k * r[i]) for r in ratios)
        else:
            sound = k.imag > 0 and all((k * r[i]).imag > 0 for r in ratios)
        if not sound:
            raise PrecisionError(
                f"kappa at z = {complex(x):.6g} left the physical sheet; ask for more digits"
            )


class _Tracker:
    """Newton in log kappa as a function of log z, in doubles, with steps that shrink when it fails."""

    def __init__(self, sums: SpectralSums, sizes: Sizes, floor: float, field: Field) -> None:
        self._sums, self._floor, self._field = sums, floor, field
        self._sizes = sizes.in_floats

    def df1(self, y: complex) -> tuple[complex, complex]:
        """(df1, kappa df1') at kappa = e^y."""
        return rough_df1(self._sums, y, self._floor, self._field)

    def follow(self, y: complex, start: complex, stop: complex) -> complex:
        here, step = start, stop - start
        slope = self._slope(y)
        for _ in range(10_000):
            if here == stop:
                return y
            there = stop if abs(stop - here) <= abs(step) * 1.0000001 else here + step
            guess = y + slope * (there - here)
            new = self._newton(guess, there)
            if new is not None and abs(new - guess) < 0.5 and abs(new - y) < 2.0:
                y, here = new, there
                slope = self._slope(y)
                step = (stop - here) if abs(stop - here) < 2 * abs(step) else 2 * step
            else:
                step /= 2
                if abs(step) < 1e-9:
                    break
        raise PrecisionError(f"the root kappa(z) was lost at log z = {here:.6g}; ask for more digits")

    def _slope(self, y: complex) -> complex:
        g, dg = self.df1(y)
        R1, R3 = self._sizes.factors(g)
        rate: complex = R1 * R3 / (R1 * R3 + self._sizes.slope(g, dg))
        return rate

    def _newton(self, y: complex, log_z: complex) -> complex | None:
        # In the form R1 R3 = z/kappa, or its root if factors are equal, as for N = P: linear also where a
        # factor is so small that a logarithm of it would throw the iteration out.
        order = self._sizes.order
        for _ in range(30):
            g, dg = self.df1(y)
            R1, R3 = self._sizes.factors(g)
            if order > 1:
                r, change, w, log_change = self._sizes.reduced(g)
                target = cmath.exp((log_z - y - cmath.log(w)) / order)
                step = -(r - target) / (change * dg + target * (1 + log_change * dg) / order)
            else:
                target = cmath.exp(log_z - y)
                step = -(R1 * R3 - target) / (self._sizes.slope(g, dg) + target)
            if abs(step) > 1.0:
                return None
            y += step
            if abs(step) < 1e-12:
                return y if self._sound(y, R1, R3, log_z) else None
        return None

    @staticmethod
    def _sound(y: complex, R1: complex, R3: complex, log_z: complex) -> bool:
        if log_z.imag <= 0:
            return abs(y.imag) < 1e-9
        kappa = cmath.exp(1j * y.imag)
        # Where a factor is below its rounding error its phase means nothing; `resolve` checks again.
        factors = [kappa * r for r in (R1, R3) if abs(r) > 1e-12]
        return -1e-12 < y.imag < math.pi and all(f.imag > -1e-3 * abs(f) for f in factors)


def rough_df1(sums: SpectralSums, y: complex, floor: float, field: Field) -> tuple[complex, complex]:
    """(df1, kappa df1') at kappa = e^y to about double precision, inside ``with field:``."""
    y = complex(y.real, math.remainder(y.imag, 2 * math.pi))
    if abs(y.real) < WIDEST_LOG:
        rule = sums.rule_for(y.real, abs(y.imag), floor)
        kappa = cmath.exp(complex(y.real, abs(y.imag)))
        lam, A, _ = rule.doubles
        u = 1 / (lam + kappa)
        Au = A * u
        g, dg = complex(Au.sum()), complex(-(Au * (kappa * u)).sum())
        return (g, dg) if y.imag >= 0 else (g.conjugate(), dg.conjugate())
    one = field.real(1)
    size = field.exp(one * y.real)
    kappa_long = field.complex(size * math.cos(y.imag), size * math.sin(y.imag)) if y.imag else size
    point = sums.one_point(array([kappa_long]), field, floor, rough=True)
    return complex(point.df1[0, 0]), complex(point.df1[1, 0] * kappa_long)


def real_root(log_z: float, sums: SpectralSums, sizes: Sizes) -> tuple[float, float]:
    """log kappa at a positive z to about 1e-10, and a floor for log|kappa| nearby."""
    rough = sizes.in_floats
    inverses = [factor.inverse for factor in rough.all]
    if not any(inverses):
        return log_z, log_z - 1.0
    with field_of(START_BITS) as field:
        trace = float(sums.total_eigenvalue(field))

    def height(y: float, floor: float) -> float:
        """log z at kappa = e^y, less the one that is wanted; -oo where no z > 0 has this kappa."""
        with field_of(START_BITS) as field:
            g = rough_df1(sums, complex(y), floor, field)[0].real
        if not rough.sound(g):
            return -math.inf
        R1, R3 = rough.factors(g)
        return y + math.log(R1) + math.log(R3) - log_z

    # z >= kappa - trace (1/N + 1/P), since kappa df1 <= trace; and so on for more factors.
    excess = trace * sum(inverses)
    high = float(np.logaddexp(log_z, math.log(excess))) if excess else log_z
    high += 1e-9 * abs(high) + 1e-9
    low = max(log_z, sums.log_eigenvalue(4.0 / max(inverses)) - 6.0)
    low = min(low, high) - 1e-9 * abs(low) - 1e-9
    while low > log_z and height(low, low) > 0:
        low = max(log_z, low - 8.0)
    floor = low - 1.0
    while height(high, floor) <= 0:  # rows of unequal length have a factor below 1 - df1/N
        low, high = high, high + 2.0
    _, found = narrow(lambda y: height(y, floor), low, high, 1e-10)
    return found, max(floor, found - 3.0)


def _clog(x: Scalar, field: Field) -> complex:
    size = abs(x)
    ratio = complex(x / size)
    return complex(float(field.log(field.real(1) * size)), math.atan2(ratio.imag, ratio.real))
