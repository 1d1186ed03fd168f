"""Inverse Laplace transforms on a modified Talbot contour, in one and two variables.

    f(t) = (1/2 pi i) int e^(z t) F(z) dz  ~  2 Re sum_j w_j F(z_j)

for F analytic off the negative real axis and real on the positive one. The contour is Talbot's as
optimised by Trefethen, Weideman and Schmelzer (BIT 46, 2006, eq. 3.8 and table 3.1):
``z(theta) = (n/t)(0.5017 theta cot(0.6407 theta) - 0.6122 + 0.2645 i theta)``; its error falls like 3.89^-n.

The ends of the contour are cut off where they contribute as much, so a subset of the nodes is not a
transform by itself: the error is estimated from a second contour with four fifths of the nodes
(or eight fewer, where that is less). That error changes sign with the time and is small by chance at some
times, where what theory leaves of n nodes is more: 3.89^-n of f, where the largest term is e^(0.171 n) of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from numerics.values.arithmetic import LOG2_10, Array, Field, Scalar, array, each

COARSE_POWER = 1.15
"""The error is taken as (relative distance to the shorter contour)^1.15; theory says 1.25."""

LEAST_MORE = 8
"""So many more nodes the finer contour has at least. The error of the shorter one, which changes sign, may be
small by chance; that of the longer one must be below its power even then."""

RATE, GROWTH = math.log(3.89), 0.171
"""A node divides the error by e^RATE, and multiplies the largest term by e^GROWTH."""
LEFT_OUT = 8.0
"""How much more than 3.89^-n the error is, in one variable."""

_STRETCH, _SLOPE, _SHIFT, _RISE = (Fraction(n, 10_000) for n in (6407, 5017, -6122, 2645))


@dataclass(frozen=True, slots=True, kw_only=True)
class Transformed:
    """``value`` of a transform and ``size = sum |terms|``, which says how rounding is amplified."""

    value: Scalar
    size: Scalar


def relative_error(fine: Transformed, coarse: Transformed, terms: float, left_out: float = 0.0) -> float:
    """The estimated relative error of ``fine``, when each of its terms has the relative error ``terms``.

    ``left_out`` is the least error of the contour, relative to the size of the terms (`truncation`).
    """
    size = abs(fine.value)
    if not size > 0:
        return math.inf if fine.size > 0 else 0.0
    apart = float(abs(fine.value - coarse.value) / size)
    return (apart**COARSE_POWER if apart < 1 else apart) + float(fine.size / size) * (terms + left_out)


def truncation(nodes: int, variables: int) -> float:
    """What Talbot's contour leaves out in so many variables, relative to the size of its terms.

    >>> truncation(36, 1) < 1e-22, truncation(36, 2) < 1e-23
    (True, True)
    """
    return float((LEFT_OUT * math.exp(-GROWTH * nodes)) ** variables * math.exp(-RATE * nodes))


def nodes_for(digits: int) -> tuple[int, int]:
    """Even numbers of nodes, coarse and fine, whose comparison confirms ``digits`` digits.

    >>> nodes_for(8), nodes_for(15), nodes_for(30)
    ((14, 22), (26, 34), (50, 64))
    """
    coarse = 2 * math.ceil((digits + 0.5) / 1.22)
    return coarse, max(2 * math.ceil(coarse * 0.625), coarse + LEAST_MORE)


def talbot(t: Scalar, nodes: int, field: Field, *, swing: float = 0.0) -> tuple[Array, Array]:
    """Nodes z_j in the upper half plane, from the right to the left, and weights with ``e^(z t)`` in them.

    For singularities off the axis, at heights up to ``swing/t``, the contour is made that much wider
    and the nodes that many more: four to a unit of swing keeps their density near the axis.
    """
    stretch, slope, shift, rise = (field.real(c) for c in (_STRETCH, _SLOPE, _SHIFT, _RISE))
    width = field.real(swing)
    total = nodes + 4 * math.ceil(swing)
    points, weights = [], []
    for j in range(total // 2):
        theta = field.pi() * (2 * j + 1) / total
        angle = stretch * theta
        sine, cosine = field.sin(angle), field.cos(angle)
        up = rise * nodes + width
        along = field.complex((slope * theta * cosine / sine + shift) * nodes, up * theta)
        speed = field.complex(slope * (cosine / sine - angle / sine**2) * nodes, up)
        points.append(along / t)
        weights.append(field.exp(along) * speed / (field.complex(field.real(0), field.real(1)) * t * total))
    return array(points), array(weights)


def half_ellipse(edge: float, width: float, half: int, field: Field) -> tuple[Array, Array]:
    """``Z = -(E/2)(1 + cosh(H + i psi))``, psi from pi to 2 pi: around the spectrum, from -E to 0.

    Nodes in the upper half plane, ``half`` of them, and weights of ``dZ/(2 pi i Z)``; ``width`` is H.
    """
    up, down = field.exp(field.real(width)) / 2, field.exp(-field.real(width)) / 2
    angles = [field.pi() * (1 + field.real(2 * j + 1) / (2 * half)) for j in range(half)]
    turns = [(field.cos(angle), field.sin(angle)) for angle in angles]
    high = array([field.complex((up + down) * c, (up - down) * s) for c, s in turns])
    slope = array([field.complex((up - down) * c, (up + down) * s) for c, s in turns])
    return -field.real(edge) / 2 * (1 + high), slope / ((1 + high) * 2 * half)


def invert(weights: Array, values: Array) -> Transformed:
    """``2 Re sum_j w_j F(z_j)`` from values on the upper half, or on pairs with weights `pair_weights`.

    >>> from numerics.values.arithmetic import field_of
    >>> with field_of(100) as field:
    ...     z, w = talbot(field.real(1), 36, field)
    ...     float(invert(w, 1 / z).value)        # F = 1/z is f = 1
    1.0
    """
    terms = weights * values
    return Transformed(value=2 * terms.sum().real, size=2 * np.absolute(terms).sum())


def pair_weights(weights: Array, field: Field) -> Array:
    """``w_i w_j`` for i on the upper half and j on it and then on the conjugates, shape (m, 2m).

    With them `invert` gives ``sum_ij w_i w_j F(z_i, z_j)`` over both halves, F symmetric and real on the
    positive axis.
    """
    both = array([*weights, *each(field.conj, weights)])
    return np.multiply.outer(weights, both)


def amplification_digits(nodes: int) -> int:
    """How many digits the growth of ``e^(z t)`` on the contour costs in two variables together."""
    return math.ceil(2 * GROWTH * nodes / math.log(10) + 2 / LOG2_10)
