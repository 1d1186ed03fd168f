"""Losses at many times in numbers of any precision: windows as in `many_times`, beyond doubled numbers.

Roots start from those of doubled numbers, thirty digits, so that sums, taken once, give kappa to forty with
the slopes that these have, in doubles, to sixty with their own. On pairs ``1/(s' - s)`` alone is a
matrix, one for all times and terms of a form:

    sum_ij g_i g'_j (alpha_i beta'_j - alpha'_j beta_i)/(s'_j - s_i).

    long_losses      the losses at the times of one window
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import mpmath
import numpy as np

from asymptotics.caches import cached
from asymptotics.errors import PrecisionError
from numerics.model.discretisation import GUARD_BITS, Discretisation
from numerics.model.forms import Form
from numerics.model.renormalised_ridge import certify, move_to_root
from numerics.model.sizes import Sizes
from numerics.model.solved_windows import SolvedWindow, solve_windows, window_of
from numerics.model.windows import NODE_BITS, Window, spread_of, window
from numerics.spectra.compiled import constant
from numerics.sums.spectral_sums import OnePoint
from numerics.values.arithmetic import Array, Field, Scalar, array, each, field_of
from numerics.values.doubled import BITS, Complexes, Floats
from numerics.values.value import Value

SENSITIVITY = 16
"""How much larger the relative error of a loss may be than that of the sums it is made of."""
SPARE_DIGITS = 4
"""So many digits more than those asked for a window has."""
ROUNDED_BITS = 8
"""The bits that sums lose at most to rounding."""
SLOPE_BITS = 40
"""To so many the slopes of sums are right that come with roots in doubled numbers."""
SLOPES_TO = BITS + SLOPE_BITS + GUARD_BITS
"""Numbers with more bits take slopes of their own."""
CURVATURE = 100
"""A step that is small to the distance from the spectrum leaves at most so many squares of itself."""
CALMER = 4
"""By so many digits less than the contours of single times do the terms of windows outgrow their sum."""
SUM_DIGITS = 12
"""So many digits more than a loss its sums have, of which some are lost where terms cancel."""
MOST_BITS = 2 * (BITS - ROUNDED_BITS)
"""So many one step from the root in doubled numbers gives."""
NEAR = 50
"""Times near each other share a window, if their logarithms begin with the same multiple of 1/50."""
NEAREST = 1.05
MOST_EXTRA = 400
"""So many bits are added for what cancels in forms of pairs, at most."""


def long_losses(
    model: Discretisation, wanted: Form, variance: Scalar, times: Sequence[Scalar], digits: int
) -> list[Value | None]:
    """The form at rising times of one window, to about ``digits`` digits; None where it fails."""
    lattices = (True, False) if wanted.pairs else (False,)
    near = float(times[-1] / times[0]) < 1 + 1 / NEAR
    with field_of(NODE_BITS) as field:
        place = math.floor(float(field.log(times[0])) * NEAR) if near else None
    if place is None:
        found = _solve_all(model, (times[0], times[-1]), lattices, digits)
    else:
        found = _solve_near(model, place, lattices, digits)
    if found is None:
        return [None] * len(times)
    solved, field = found
    with field:
        first = _first(place, field) if place is not None else times[0]
        invert = _invert_pairs if wanted.pairs else _invert
        return invert(wanted, solved, variance, [t / first for t in times], field)


def _first(place: int, field: Field) -> Scalar:
    """The time from which on those near each other share a window."""
    return field.exp(field.real(place) / NEAR)


@cached(maxsize=8)
def _solve_near(
    model: Discretisation, place: int, lattices: tuple[bool, ...], digits: int
) -> tuple[list[SolvedWindow], Field] | None:
    """A window for all times near a place, which do not depend on what was asked for before."""
    with field_of(MOST_BITS) as field:
        first = _first(place, field)
        return _solve_all(model, (first, first * NEAREST), lattices, digits)


def _solve_all(
    model: Discretisation, ends: tuple[Scalar, Scalar], lattices: tuple[bool, ...], digits: int
) -> tuple[list[SolvedWindow], Field] | None:
    first, spread, inside = ends[0], spread_of(float(ends[1] / ends[0])), digits - CALMER
    start = first if len(lattices) > 1 else 2 * first
    rough_windows = [(window(spread, digits + SPARE_DIGITS, between=x), start) for x in lattices]
    with field_of(NODE_BITS) as field, np.errstate(all="ignore"):
        rough = [at for at in solve_windows(model, rough_windows, inside, field) if at is not None]
        if len(rough) < len(lattices):
            return None
        # What cancels in the form of a pair is as much larger than it as kappa than s.
        lost = max(float(abs(k / s)) for at in rough for k, s in zip(at.kappa, at.s, strict=True))
    extra = max(0.0, math.log2(lost)) if len(lattices) > 1 else 0.0
    if extra > MOST_EXTRA:
        return None
    with model.field(inside, extra) as field:
        if field.bits - GUARD_BITS > MOST_BITS:
            return None
        laid = [window(spread, digits + SPARE_DIGITS, between=x, bits=field.bits) for x in lattices]
        try:
            return _solve(model, laid, rough, start, digits, field), field
        except PrecisionError:
            return None


def _solve(
    model: Discretisation,
    windows: Sequence[Window],
    rough: Sequence[SolvedWindow],
    first: Scalar,
    digits: int,
    field: Field,
) -> list[SolvedWindow]:
    """Windows at the roots next to rough ones; raises `PrecisionError` where these are too far."""
    scale, ridge = constant(model.student.scale, field), constant(model.ridge, field)
    sums, sizes = model.sums_for(digits - CALMER), model.sizes(field)
    z = np.concatenate([laid.nodes for laid in windows]) / (first * scale) + ridge
    start = z if sizes.unlimited else np.concatenate([at.kappa for at in rough])
    for derivatives in (0,) if sizes.unlimited else (0, 1) if field.bits < SLOPES_TO else (1,):
        point = sums.by_one_rule(start, field, 10.0 ** -(digits + SUM_DIGITS), derivatives)
        slopes = [(x.point.df1[1:2], x.point.X[1:2]) for x in rough]
        point, left = (point, 0.0) if sizes.unlimited else _step(z, point, slopes, sizes, field)
        if left <= 2.0 ** (GUARD_BITS - field.bits):
            break
    else:
        raise PrecisionError("the roots of doubled numbers are too far for one step")
    R1, R3 = sizes.factors(point.df1[0])
    upper = np.array([x.imag > 0 for x in z])
    certify(
        z[upper], point.kappa[upper], R1[upper], R3[upper], *(r[upper] for r in sizes.between(point.df1[0]))
    )
    rounding, found, at = left + 2.0 ** (ROUNDED_BITS - field.bits), [], 0
    for laid in windows:
        own = slice(at, at + len(laid.nodes))
        here = point.part(own.start, own.stop)
        found.append(window_of(laid, z[own], here, (R1[own], R3[own]), sizes, rounding))
        at = own.stop
    return found


def _step(
    z: Array, point: OnePoint, slopes: Sequence[tuple[Array, Array]], sizes: Sizes, field: Field
) -> tuple[OnePoint, float]:
    """The sums at the root near their kappa, by ``slopes`` in doubles or their own; what it may be off."""
    rounded = len(point.df1) == 1
    if rounded:
        df1, X = (np.concatenate(rows, axis=1) for rows in zip(*slopes, strict=True))
        point = replace(point, df1=np.array([*point.df1, *df1]), X=np.array([*point.X, *X]))
    moved, step = move_to_root(z, point, sizes, field)
    worst = max(float(abs(by) / _room(x)) for by, x in zip(step, point.kappa, strict=True))
    return moved, worst * (CURVATURE * worst + rounded * 2.0**-SLOPE_BITS)


def _invert(
    wanted: Form, solved: Sequence[SolvedWindow], variance: Scalar, ratios: Sequence[Scalar], field: Field
) -> list[Value | None]:
    (at,) = solved
    assert wanted.single is not None
    values = wanted.single(at, variance)
    weighted = 2 * at.window.weights / at.window.nodes * values
    found: list[Value | None] = []
    for ratio in ratios:
        terms = weighted * each(field.exp, at.window.nodes * ratio)
        size = float(np.abs(_rounded(terms)).sum())
        before = max(1.0, 1 / (at.window.positive * float(ratio)))
        error = SENSITIVITY * size * (at.rounding + at.error)
        error += at.window.slack * before * float(abs(values[0]))
        found.append(_value(terms.sum().real + variance * wanted.shift, error, field))
    return found


def _invert_pairs(
    wanted: Form, solved: Sequence[SolvedWindow], variance: Scalar, ratios: Sequence[Scalar], field: Field
) -> list[Value | None]:
    assert wanted.pairs is not None
    between, near = solved
    (points, own), (points_, others) = (wanted.pairs(at, variance) for at in solved)
    others = tuple((_both(alpha, field), _both(beta, field)) for alpha, beta in others)
    cauchy = 1 / (_both(points_, field)[None, :] - points[:, None])
    full, diagonal = _sizes(points, own, others, _rounded(cauchy))
    found: list[Value | None] = []
    for ratio in ratios:
        grow, other = (
            at.window.weights / at.window.nodes * each(field.exp, at.window.nodes * ratio) for at in solved
        )
        grow_ = _both(other, field)
        total = sum(
            ((grow * alpha) * cauchy.dot(grow_ * beta_) - (grow * beta) * cauchy.dot(grow_ * alpha_)).sum()
            for (alpha, beta), (alpha_, beta_) in zip(own, others, strict=True)
        )
        value = 2 * total.real + variance * wanted.shift
        left, right = np.abs(_rounded(grow)), np.abs(_rounded(grow_))
        size, coherent = 2 * float(left @ full @ right), float(2 * (left @ np.sqrt(diagonal))) ** 2
        slack = near.window.slack * max(1.0, 1 / (near.window.positive * float(ratio)))
        error = SENSITIVITY * (
            size * max(between.rounding, near.rounding) + coherent * max(between.error, near.error)
        )
        error += 4 * slack * math.sqrt(float(diagonal[0]) * abs(float(value)))
        found.append(_value(value, error, field))
    return found


def _sizes(
    points: Array,
    own: Sequence[tuple[Array, Array]],
    others: Sequence[tuple[Array, Array]],
    cauchy: Complexes,
) -> tuple[Floats, Floats]:
    """The sizes of the terms of a form before anything cancels, and the form on the diagonal."""
    at = _rounded(points)
    full = np.zeros(cauchy.shape)
    here = np.zeros(len(at))
    for pair, pair_ in zip(own, others, strict=True):
        alpha, beta, alpha_, beta_ = map(_rounded, (*pair, *pair_))
        one, two = np.abs(np.outer(alpha, beta_)), np.abs(np.outer(beta, alpha_))
        full += (one + two) * np.abs(cauchy)
        full += (
            np.abs(np.outer(alpha, beta_) - np.outer(beta, alpha_))
            * np.abs(cauchy) ** 2
            * np.abs(at)[:, None]
        )
        here += (alpha * beta.conj()).imag
    return full, np.abs(here / at.imag)


def _both(numbers: Array, field: Field) -> Array:
    """Also the conjugates; the real node, which has half its weight, comes twice."""
    return array([*numbers, *each(field.conj, numbers)])


def _rounded(numbers: Array) -> Complexes:
    return np.array([complex(x) for x in numbers.reshape(-1)]).reshape(numbers.shape)


def _room(x: Scalar) -> Scalar:
    """How far it is from kappa to the spectrum."""
    return abs(x) if x.real >= 0 else abs(x.imag)


def _value(value: Scalar, error: float, field: Field) -> Value | None:
    """None where the error is as large as the value."""
    size = abs(float(value))
    error += size * 2.0 ** (ROUNDED_BITS - field.bits)
    return Value(value=field.mpf(value), error=mpmath.mpf(error)) if error < size else None
