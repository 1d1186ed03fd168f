"""kappa at z beyond the spectrum, to the left of its edge, where ``z = kappa R1 R3``.

resolve_beyond    kappa and everything at it
"""

from __future__ import annotations

from asymptotics.errors import PrecisionError
from numerics.model.renormalised_ridge import Resolvent
from numerics.model.sizes import Sizes
from numerics.sums.spectral_sums import SpectralSums
from numerics.values.arithmetic import Array, Field

ROUNDS = 200
SETTLED = 0.8
"""The share of the bits to which the last step must be small; Newton's method doubles what is right."""


def resolve_beyond(
    z: Array, sums: SpectralSums, sizes: Sizes, field: Field, derivatives: int = 1
) -> Resolvent:
    """The root of ``z = kappa R1 R3`` beyond the spectrum, by Newton's method from ``z - Tr d(R1 R3)/ddf``.

    On the real axis that is monotone. Off it there is one root in the half plane of z, and a solution in the
    other is refused. Raises `PrecisionError` where the iteration stalls.
    """
    kappa = z + sums.total_eigenvalue(field) * (sizes.difference(z * 0, z * 0) + sizes.inverse_P)
    for _ in range(ROUNDS):
        point = sums.one_point(kappa, field, derivatives=derivatives)
        R1, R3 = sizes.factors(point.df1[0])
        step = (z - kappa * R1 * R3) / (R1 * R3 + kappa * sizes.slope(point.df1[0], point.df1[1]))
        if max(float(abs(d) / abs(x)) for d, x in zip(step, kappa, strict=True)) < 2.0 ** (
            -SETTLED * field.bits
        ):
            if any(x.imag * k.imag < 0 for x, k in zip(z, kappa, strict=True)):
                break
            return Resolvent(z=z, point=point, R1=R1, R3=R3)
        kappa = kappa + step
    raise PrecisionError("kappa beyond the spectrum was not found; use a smaller step")
