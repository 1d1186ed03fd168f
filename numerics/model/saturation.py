"""The kappa at which df1 is a given number: where training ends for a size below the number of modes.

saturate    kappa with its error, and a floor of log kappa for the sums there
"""

from __future__ import annotations

import math

from asymptotics.errors import PrecisionError
from numerics.model.renormalised_ridge import START_BITS, rough_df1
from numerics.sums.spectral_sums import SpectralSums
from numerics.values.arithmetic import Field, Scalar, array, field_of
from numerics.values.brackets import narrow
from numerics.values.positive import Positive

ROUGH = 1e-9
"""How close, relatively, df1 is brought to its goal in double precision."""
NEAR = 0.25
"""Newton's method in log kappa converges from this distance on, since ``|f''| <= |f'|``."""
STEPS = 400
LARGEST = 1e300
"""The largest size that doubles, in which the search begins, have room for."""
SLACK = 16
"""How much larger the error of the sums is taken than its estimate."""


def saturate(size: Scalar, sums: SpectralSums, field: Field) -> tuple[Positive, float]:
    """The kappa at which df1 = size, and a floor of log kappa for the sums there.

    From double precision by bisection, then by Newton's method in log kappa. Where df1 differs from
    ``size`` by less than its error over a long way, kappa comes with an error that says so.
    """
    goal = float(size) * (1 - ROUGH)
    if not 1 / LARGEST < goal < LARGEST:
        raise PrecisionError(
            f"min(N, P) = {field.mpf(size)} at t = oo; sizes from {1 / LARGEST} to {LARGEST} are solved"
        )
    y, floor = rough_root(goal, sums)
    low: Scalar | None = None
    high: Scalar | None = None
    reach = 1.0
    for _ in range(STEPS):
        floor = min(floor, float(y) - 1.0)
        kappa = field.exp(y)
        point = sums.one_point(array([kappa]), field, floor)
        slope = -kappa * point.df1[1, 0]
        move = (point.df1[0, 0] - size) / slope
        rounding = 2.0 ** (8 - field.bits)
        noise = float(size / slope) * (SLACK * point.error + rounding) + rounding * (1 + abs(float(y)))
        if abs(float(move)) < max(2.0 ** (-(field.bits - 8) / 2), noise):
            return Positive(field.exp(y + move) if abs(float(move)) < NEAR else kappa, noise), floor
        low, high = (y, high) if move > 0 else (low, y)
        if abs(float(move)) < NEAR:
            y = y + move
        elif low is not None and high is not None:
            y = (low + high) / 2
        else:
            y = y + (reach if move > 0 else -reach)
            reach *= 2
    raise PrecisionError(f"df1(kappa) = {float(size):.6g} was not solved; ask for more digits")


def rough_root(goal: float, sums: SpectralSums) -> tuple[Scalar, float]:
    """log kappa at which df1 is about ``goal``, and a floor for log kappa."""
    with field_of(START_BITS) as rough:
        # df1 <= trace/kappa.
        high = math.log(float(sums.total_eigenvalue(rough))) - math.log(goal) + 1e-6
        low = min(high, sums.log_eigenvalue(goal)) - 1.0
        if low == -math.inf:
            raise PrecisionError(
                f"the eigenvalue of mode min(N, P) = {goal:.6g} is below every number; use a smaller size"
            )

        def excess(y: float, floor: float) -> float:
            return goal - rough_df1(sums, complex(y), floor, rough)[0].real

        step = 1.0
        while excess(low, low) > 0:
            high, low, step = low, low - step, 2 * step
        floor = low
        low, high = narrow(lambda y: excess(y, floor), low, high, ROUGH)
    return (low + high) / 2, floor
