"""``sum_k m_k c_k e^(-T lambda_k)`` to any relative precision, however small the sum is; likewise in steps.

An inverse Laplace transform of the resolvent loses what its analytic part is larger than the
result (45 digits for k^-7, k^-1.5 at T = 1e15). Here the sum is taken as it stands, by the
Abel-Plana formula along a ray on which the summand stays small: with ``x0 = K - 1/2``,

    sum_{k >= K} f(k) = int_{x0}^oo f(x) dx - 2 Re int_0^{e^{i theta} oo} f(x0 + w)/(e^{-2 pi i w} + 1) dw,

for f real on the axis and analytic between it and the ray, decaying there. With ``lambda ~ z^-b`` and
``theta < pi/(2b)`` the exponential decays on the ray, so the second integral, of the order
``exp(-const T^(1/(1+b)))``, is had to full accuracy too. So it is with ``(1 - eta lambda)^(2n)`` in place of
the exponential while ``eta lambda <= 1``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import mpmath
import numpy as np

from asymptotics.errors import PrecisionError
from asymptotics.precision import working
from numerics.spectra.spectrum import ContinuousSpectrum, integers
from numerics.sums.decay import Decay
from numerics.sums.quadrature import long_range
from numerics.values.arithmetic import Array, Field, Scalar, bits_of, each, field_of
from numerics.values.value import Value

FIRST = (5, 8)
"""The two values of K whose results are compared, less the mode from which sums may be integrals."""
HALVINGS = 4


def exponential_sum(spectrum: ContinuousSpectrum, decay: Decay, digits: int) -> Value:
    """``sum_k m_k c_k e^(-rate lambda_k)`` over infinitely many modes, to ``digits`` digits, relative.

    Needs eigenvalues that decay as a power. The error is the distance of two sums with different K,
    plus that of the trapezoids at double step. Raises `PrecisionError` if the digits are not reached.

    >>> from asymptotics.tasks.power_laws import power_law
    >>> from numerics.spectra.spectrum import spectrum_of
    >>> value = exponential_sum(spectrum_of(power_law(3, 2)), Decay(rate=mpmath.mpf(10) ** 30), 20)
    >>> mpmath.nstr(value.value * 2 * mpmath.mpf(10) ** 30, 15)        # Gamma(1)/2 T^-1
    '1.0'
    """
    refinement = 1.0
    for _ in range(HALVINGS):
        with field_of(bits_of(digits + 15)) as field, working(digits + 15):
            pairs = [
                _from(spectrum, decay, spectrum.start + first, digits, refinement, field) for first in FIRST
            ]
            (one, error_one), (two, error_two) = ((field.mpf(v), field.mpf(e)) for v, e in pairs)
            error = 2 * abs(one - two) + error_one + error_two + abs(two) * mpmath.mpf(10) ** -(digits + 10)
            if error <= abs(two) * mpmath.mpf(10) ** -digits:
                return Value(value=two, error=error)
        refinement /= 2
    raise PrecisionError(
        f"the exponential sum at rate {mpmath.nstr(decay.rate, 5)} is reached to "
        f"{mpmath.nstr(error / abs(two), 2)} where 1e-{digits} was asked for; ask for fewer digits"
    )


@dataclass(frozen=True, slots=True)
class _Summand:
    """``f(z) = m(z) c(z) e^(-rate lambda(z))`` on arrays."""

    values: Callable[[Array], tuple[Array, Array, Array]]
    decay: Decay
    field: Field

    def __call__(self, points: Array) -> Array:
        lam, _, weights = self.values(points)
        return weights * self.decay.of(lam, self.field)


def _from(
    spectrum: ContinuousSpectrum, decay: Decay, first: int, digits: int, refinement: float, field: Field
) -> tuple[Scalar, Scalar]:
    """The sum with its first terms added one by one, and an estimate of its quadrature error."""
    f = _Summand(spectrum.compile(field), decay, field)
    start = field.real(first) - field.real(1) / 2
    scale = _scale(spectrum, decay.log_rate)
    b = max(1.0, decay.power * spectrum.slope("eigenvalues", max(scale, 1.0, math.log(first))))
    angle = math.pi / (4 * b)
    wanted = (digits + 8) * math.log(10)
    step = refinement * 2 * math.pi * min(angle, 0.5) / wanted
    main, slack = _integral(f, start, max(0.0, scale - math.log(float(start))), step, digits, field)
    total = np.sum(f(integers(1, first - 1, field))) + main
    turn, turn_error = _plana_ray(f, start, angle, step, digits, field)
    return total + turn, slack + turn_error


def _scale(spectrum: ContinuousSpectrum, log_rate: float) -> float:
    """``u`` with ``rate * lambda(e^u) = 1``, by bisection; at least the start, from where lambda falls."""
    low = math.log(spectrum.start)
    high = low + 1.0
    if log_rate + spectrum.logarithm("eigenvalues", low) <= 0:
        return low
    while log_rate + spectrum.logarithm("eigenvalues", high) > 0:
        high *= 2
        if high > 1e6:
            raise PrecisionError("the eigenvalues decay too slowly for a time this long; use a shorter time")
    for _ in range(60):
        middle = (low + high) / 2
        if log_rate + spectrum.logarithm("eigenvalues", middle) > 0:
            low = middle
        else:
            high = middle
    return low


def _integral(
    f: _Summand, start: Scalar, reach: float, step: float, digits: int, field: Field
) -> tuple[Scalar, Scalar]:
    """``int_start^oo f`` along the axis, and an estimate of its error from the doubled step."""
    largest = [field.real(0)]

    def negligible(x: Scalar, w: Scalar) -> bool:
        size = abs(f(np.array([x], dtype=object))[0] * w)
        largest[0] = max(largest[0], size)
        return bool(size <= largest[0] * field.real(10) ** -(digits + 8))

    path = long_range(
        start,
        None,
        reach=reach,
        angle=0.0,
        step=step,
        digits=digits + 8,
        negligible=negligible,
        field=field,
    )
    even: Scalar = np.sum(path.even[1] * f(path.even[0]))
    odd: Scalar = np.sum(path.odd[1] * f(path.odd[0]))
    return even + odd, _fine_error(even, odd)


def _plana_ray(
    f: _Summand, start: Scalar, angle: float, step: float, digits: int, field: Field
) -> tuple[Scalar, Scalar]:
    """``-2 Re int f(z)/(e^{-2 pi i w} + 1) dw`` along ``w = e^{i angle} r``, z = start + w."""
    turn = field.complex(field.cos(field.real(angle)), field.sin(field.real(angle)))
    wanted = (digits + 8) * math.log(10)
    h = field.real(step)
    first = -math.ceil(math.log(wanted) / step)
    last = math.ceil(math.log(wanted / (2 * math.pi * math.sin(angle))) / step) + 1
    s = integers(first, last, field) * h
    shrink = each(lambda x: field.exp(-x), s)
    r = each(field.exp, s - shrink)
    w = turn * r
    rotation = field.complex(field.real(0), -2 * field.pi())
    damping = each(lambda x: field.exp(rotation * x) + 1, w)
    summands = f(start + w) / damping * (w * (1 + shrink) * h)
    even: Scalar = np.sum(each(lambda x: x.real, summands[0::2]))
    odd: Scalar = np.sum(each(lambda x: x.real, summands[1::2]))
    return -2 * (even + odd), 2 * _fine_error(even, odd)


def _fine_error(even: Scalar, odd: Scalar) -> Scalar:
    """The error of a trapezoid from that of its two halves: e at step 2h is about e^2 at step h."""
    total, difference = abs(even + odd), abs(even - odd)
    if not total:
        return difference
    relative = difference / total
    return total * min(relative, 100 * relative * relative)
