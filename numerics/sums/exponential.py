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
from dataclasses import dataclass

import mpmath
import numpy as np

from asymptotics.caches import cached
from asymptotics.errors import PrecisionError
from asymptotics.precision import working
from numerics.spectra.spectrum import ContinuousSpectrum, integers
from numerics.sums.decay import Decay
from numerics.sums.quadrature import long_range
from numerics.values.arithmetic import Array, Field, Scalar, array, bits_of, each, field_of
from numerics.values.value import Value

FIRST = (5, 8)
"""The two values of K whose results are compared, less the mode from which sums may be integrals."""
HALVINGS = 4
BEYOND = 8
"""By so many digits more than a sum has is what it leaves out smaller."""
SLOPES, ROUNDED, REACHES = 8, 1e-6, 8
"""Slopes are taken in eighths, but for their rounding, and reaches in eights, so that times share rules."""
KEPT = 32


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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Rule:
    """lambda and ``m c`` times the weights of a trapezoid, at its even and at its odd nodes.

    Only ``e^(-rate lambda)`` depends on the rate, so that all times share what is costly.
    """

    even: tuple[Array, Array]
    odd: tuple[Array, Array]

    def integrate(self, decay: Decay, field: Field) -> tuple[Scalar, Scalar]:
        """The real part of the integral, and an estimate of its error from the doubled step."""
        even, odd = (
            sum(x.real for x in weights * decay.of(lam, field)) for lam, weights in (self.even, self.odd)
        )
        return even + odd, _fine_error(even, odd)


def _from(
    spectrum: ContinuousSpectrum, decay: Decay, first: int, digits: int, refinement: float, field: Field
) -> tuple[Scalar, Scalar]:
    """The sum with its first terms added one by one, and an estimate of its quadrature error."""
    start = field.real(first) - field.real(1) / 2
    scale = _scale(spectrum, decay.log_rate)
    b = max(1.0, decay.power * spectrum.slope("eigenvalues", max(scale, 1.0, math.log(first))))
    b = math.ceil(b * SLOPES - ROUNDED) / SLOPES
    reach = REACHES * math.ceil(max(0.0, scale - math.log(float(start))) / REACHES)
    lam, _, weights = spectrum.at(integers(1, first - 1, field), field)
    total: Scalar = np.sum(weights * decay.of(lam, field))
    main, slack = _axis(spectrum, first, b, reach, digits, refinement, field.bits).integrate(decay, field)
    turn, turned = _ray(spectrum, first, b, digits, refinement, field.bits).integrate(decay, field)
    return total + main - 2 * turn, slack + 2 * turned


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


def _step(b: float, digits: int, refinement: float) -> tuple[float, float]:
    """The angle of the ray, and the step in log r on it and on the axis."""
    angle = math.pi / (4 * b)
    return angle, refinement * 2 * math.pi * min(angle, 0.5) / ((digits + BEYOND) * math.log(10))


@cached(maxsize=KEPT)
def _axis(
    spectrum: ContinuousSpectrum,
    first: int,
    b: float,
    reach: int,
    digits: int,
    refinement: float,
    bits: int,
) -> _Rule:
    """``int_start^oo f`` along the axis, for rates at which modes up to ``start e^reach`` are learned."""
    with field_of(bits) as field:
        values, largest = spectrum.compile(field), [field.real(0)]

        def negligible(x: Scalar, w: Scalar) -> bool:
            size = abs(values(array([x]))[2][0] * w)
            largest[0] = max(largest[0], size)
            return bool(size <= largest[0] * field.real(10) ** -(digits + BEYOND))

        path = long_range(
            field.real(first) - field.real(1) / 2,
            None,
            reach=reach,
            angle=0.0,
            step=_step(b, digits, refinement)[1],
            digits=digits + BEYOND,
            negligible=negligible,
            field=field,
        )
        even, odd = ((values(points), weights) for points, weights in (path.even, path.odd))
        return _Rule(even=(even[0][0], even[0][2] * even[1]), odd=(odd[0][0], odd[0][2] * odd[1]))


@cached(maxsize=KEPT)
def _ray(
    spectrum: ContinuousSpectrum, first: int, b: float, digits: int, refinement: float, bits: int
) -> _Rule:
    """``int f(z)/(e^{-2 pi i w} + 1) dw`` along ``w = e^{i angle} r``, z = start + w."""
    angle, step = _step(b, digits, refinement)
    wanted = (digits + BEYOND) * math.log(10)
    with field_of(bits) as field:
        turn = field.complex(field.cos(field.real(angle)), field.sin(field.real(angle)))
        low = -math.ceil(math.log(wanted) / step)
        high = math.ceil(math.log(wanted / (2 * math.pi * math.sin(angle))) / step) + 1
        h = field.real(step)
        s = integers(low, high, field) * h
        shrink = each(lambda x: field.exp(-x), s)
        w = turn * each(field.exp, s - shrink)
        rotation = field.complex(field.real(0), -2 * field.pi())
        damping = each(lambda x: field.exp(rotation * x) + 1, w)
        lam, _, power = spectrum.at(field.real(first) - field.real(1) / 2 + w, field)
        weights = power / damping * (w * (1 + shrink) * h)
        return _Rule(even=(lam[0::2], weights[0::2]), odd=(lam[1::2], weights[1::2]))


def _fine_error(even: Scalar, odd: Scalar) -> Scalar:
    """The error of a trapezoid from that of its two halves: e at step 2h is about e^2 at step h.

    Halves that do not have two digits in common may have one by chance: all that they are may be error.
    """
    total, difference = abs(even + odd), abs(even - odd)
    if 100 * difference >= total:
        return total + difference
    return 100 * difference * difference / total
