"""How much of a mode decays at each rate: the imaginary part of its transfer function on the cut.

Between the bulks, and beyond all of them, kappa is real: there is a real root with ``dz/dkappa > 0`` next to
where the path from the positive axis ends, and the density is 0. Within, it may still be close to the axis:
the bulk of a single eigenvalue has the relative width N^(-1/2).

density    of one level at one rate
"""

from __future__ import annotations

import math

import mpmath
import numpy as np
import sympy

from numerics.model.discretisation import GUARD_BITS, Discretisation
from numerics.model.renormalised_ridge import resolve, starting_values
from numerics.model.sizes import Sizes
from numerics.model.solver import SENSITIVITY
from numerics.spectra.compiled import constant
from numerics.sums.spectral_sums import SpectralSums
from numerics.values.arithmetic import Field, Scalar, array
from numerics.values.inputs import sign_of
from numerics.values.value import Value

FLAT, NEAR = 1e-2, 1e-3
"""A real root is looked for where kappa comes so close to the real axis, and so far from there."""
STEPS = 60
LESS, TURNED = 1e-5, 100.0
"""So much closer to the cut a phase is looked at again; so much larger than in proportion it may be."""
LAST = 1e-7
"""The angle to the cut at which the path ends."""


def density(model: Discretisation, level: int, rate: sympy.Expr, digits: int) -> Value:
    """``-(1/pi) Im kappa/(z (kappa + lambda_k))`` at z = -rate + i0, kappa that of z + ridge."""
    scaled = rate / model.student.scale - model.ridge
    if sign_of(scaled) <= 0:
        return Value(value=mpmath.mpf(0), error=mpmath.mpf(0))
    sums = model.sums_for(digits)
    with model.field(digits, 20) as field:
        sizes = model.sizes(field)
        u = constant(scaled, field)
        # To the cut along an arc from the positive axis; the last node is on the cut itself.
        arc = [field.complex(u * math.cos(a), u * math.sin(a)) for a in np.linspace(0.2, math.pi - LAST, 24)]
        starts, floor = starting_values(array(arc), sums, sizes)
        phase = starts[-1].imag
        flat = min(phase, math.pi - phase)
        outside = _is_outside if all(factor.doubled for factor in sizes.student) else _flattens
        if flat < FLAT and outside(u, starts[-1], floor, sums, sizes, field):
            return Value(value=mpmath.mpf(0), error=mpmath.mpf(0))
        resolvent = resolve(
            array([field.complex(-u, field.real(0))]), starts[-1:], floor, sums, sizes, field, GUARD_BITS
        )
        point = resolvent.point
        kappa = point.kappa[0]
        eigenvalue = model.eigenvalue(level, field)
        near = abs(kappa + eigenvalue)
        # Im kappa/(kappa + lambda), in which nothing cancels where lambda is small
        part = eigenvalue * kappa.imag / (near * near)
        value = field.mpf(part / (field.pi() * constant(rate, field)))
        whole = resolvent.R1[0] * resolvent.R3[0]
        steep = float(abs(1 / (1 + kappa * sizes.slope(point.df1[0, 0], point.df1[1, 0]) / whole)))
        turned = float(abs(kappa) / abs(kappa.imag) + 2 * abs(kappa) / near)
        error = SENSITIVITY * (point.error + 2.0**-field.bits) * (1 + steep) * turned
        return Value(value=value, error=abs(value) * mpmath.mpf(error))


def _is_outside(
    u: Scalar, start: complex, floor: float, sums: SpectralSums, sizes: Sizes, field: Field
) -> bool:
    """Whether a real kappa next to e^start has ``z(kappa) = -u`` and ``dz/dkappa > 0``."""
    size = field.exp(field.real(start.real))
    kappa = first = -size if start.imag > math.pi / 2 else size
    for _ in range(STEPS):
        point = sums.one_point(array([kappa]), field, floor)
        R1, R3 = (x[0] for x in sizes.factors(point.df1[0]))
        slope = R1 * R3 + kappa * sizes.slope(point.df1[0], point.df1[1])[0]
        step = ((-u - kappa * R1 * R3) / slope).real
        kappa = kappa + step
        if abs(kappa - first) > NEAR * size:
            return False
        if abs(step) < size * 2.0 ** (-field.bits / 2):
            return bool(slope.real > 0)
    return False


def _flattens(
    u: Scalar, start: complex, floor: float, sums: SpectralSums, sizes: Sizes, field: Field
) -> bool:
    """Whether the phase of kappa vanishes with that of -z; for factors that are not known at kappa < 0."""
    z = array([field.complex(-u, u * field.real(LAST * LESS))])
    kappa = resolve(z, [start], floor, sums, sizes, field, GUARD_BITS).point.kappa[0]
    flat = min(start.imag, math.pi - start.imag)
    return float(kappa.imag / abs(kappa)) < TURNED * LESS * flat
