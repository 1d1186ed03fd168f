"""How much of a mode decays at each rate: the imaginary part of its transfer function on the cut.

density    of one level at one rate
"""

from __future__ import annotations

import math

import mpmath
import numpy as np
import sympy

from numerics.model.discretisation import GUARD_BITS, Discretisation
from numerics.model.renormalised_ridge import resolve, starting_values
from numerics.model.solver import SENSITIVITY
from numerics.spectra.compiled import constant
from numerics.values.arithmetic import array
from numerics.values.inputs import sign_of
from numerics.values.value import Value


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
        arc = [field.complex(u * math.cos(a), u * math.sin(a)) for a in np.linspace(0.2, math.pi - 1e-7, 24)]
        starts, floor = starting_values(array(arc), sums, sizes)
        phase = starts[-1].imag
        if min(phase, math.pi - phase) < 1e-5:
            return Value(value=mpmath.mpf(0), error=mpmath.mpf(0))
        resolvent = resolve(
            array([field.complex(-u, field.real(0))]), starts[-1:], floor, sums, sizes, field, GUARD_BITS
        )
        point = resolvent.point
        kappa = point.kappa[0]
        part = (kappa / (kappa + model.eigenvalue(level, field))).imag
        value = field.mpf(part / (field.pi() * constant(rate, field)))
        whole = resolvent.R1[0] * resolvent.R3[0]
        steep = float(abs(1 / (1 + kappa * sizes.slope(point.df1[0, 0], point.df1[1, 0]) / whole)))
        turned = float(abs(kappa) / abs(kappa.imag))
        error = (point.error * SENSITIVITY * (1 + steep) + 2.0**-field.bits) * turned
        return Value(value=value, error=abs(value) * mpmath.mpf(error))
