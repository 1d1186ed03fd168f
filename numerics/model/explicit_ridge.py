"""The end of training with a ridge rho: ``rho = kappa R1 R3``, and the lowest rho there is.

``rho |w|^2`` is added to ``(1/P) sum (y - f)^2``. For rho > 0 the root is the one with ``df1 < min(N, P)``. A
negative ridge makes ``df1 > min(N, P)``, where ``rho(kappa)`` has a minimum, the pole of all losses; the root
is the one above it. Both tend to the end of training without a ridge, ``df1 = min(N, P)``, as rho -> 0.

    check_ridge        raises `DomainError` for a ridge below the pole
    ridge_point        kappa, R1, R3 and minus dR3/ddf at a ridge, with their errors
"""

from __future__ import annotations

import math

from sympy import Expr

from asymptotics.errors import DomainError, UnableError
from numerics.model.edges import deepest
from numerics.model.renormalised_ridge import SLACK_BITS, real_root, rough_df1, solve_root
from numerics.model.saturation import SLACK
from numerics.model.sizes import Sizes
from numerics.spectra.compiled import constant
from numerics.sums.spectral_sums import SpectralSums
from numerics.values.arithmetic import Field, array
from numerics.values.brackets import narrow
from numerics.values.inputs import infinite, sign_of
from numerics.values.positive import Positive


def check_ridge(ridge: Expr, sums: SpectralSums, sizes: Sizes) -> None:
    """Raise `DomainError` for a ridge that is not above the pole."""
    if sign_of(ridge) >= 0:
        return
    smallest, (modes, _) = sizes.tightest.limit, sums.mode_count()
    if not infinite(modes) and sign_of(modes - smallest) <= 0:
        raise UnableError(
            f"ridge = {float(ridge):.6g} < 0 at min(N, P) = {smallest}, not below the {modes} modes: the "
            "pole is not known there; give a ridge >= 0"
        )
    pole = 0.0 if infinite(smallest) or sizes.order > 1 else -deepest(sums, sizes)[2]
    if not float(ridge) > pole:
        raise DomainError(
            f"ridge = {float(ridge):.6g} is not above {pole:.6g}, the pole, where all losses diverge; "
            "raise the ridge"
        )


def ridge_point(
    ridge: Expr, sums: SpectralSums, sizes: Sizes, field: Field
) -> tuple[Positive, Positive, Positive, Positive, float]:
    """The root of ``rho = kappa R1 R3``: kappa, R1, R3, minus dR3/ddf, and a floor of log kappa for sums.

    R1 or R3 is negative where rho is. In the digits of ``sums``, inside ``with field:``; where these are too
    few the error of kappa is oo.
    """
    rho = constant(ridge, field)
    size = float(field.log(abs(rho)))
    start, floor = real_root(size, sums, sizes) if rho > 0 else _negative_root(size, sums, sizes, field)
    point = solve_root(array([rho]), [complex(start)], floor, sums, sizes, field, SLACK_BITS)
    kappa, df1, slope = (x[0].real for x in (point.kappa, point.df1[0], point.df1[1]))
    R1, R3 = sizes.factors(df1)
    r = sizes.difference(df1, df1)
    change = R1 * R3 + kappa * sizes.slope(df1, slope)
    rounding = 2.0 ** (SLACK_BITS - field.bits)
    noise = SLACK * point.error + rounding
    flat = abs(R1 * r) + abs(R3) * sizes.inverse_P
    moved = (noise * float(df1 * flat) + rounding * float(abs(R1 * R3))) / abs(float(change)) + rounding
    near = noise * float(df1) + moved * float(-kappa * slope)
    factors = [
        Positive(R, (near * float(inverse) + rounding) / float(abs(R)) if R else math.inf)
        for R, inverse in ((R1, sizes.inverse_P), (R3, abs(r)))
    ]
    # The smaller factor is what is left of rho; as a difference it would have fewer digits.
    small = min((0, 1), key=lambda i: abs(factors[i].value))
    rest = Positive(rho, rounding) / (Positive(kappa, moved) * factors[1 - small])
    if rest.error < factors[small].error:
        factors[small] = rest
    sound = change > 0 and (rho < 0 or all(factor.value > 0 for factor in factors))
    by = df1 + field.real(near)
    curved = float(abs(sizes.difference(by, by) / r - 1)) + rounding if r else 0.0
    return Positive(kappa, moved if sound else math.inf), factors[0], factors[1], Positive(r, curved), floor


def _negative_root(size: float, sums: SpectralSums, sizes: Sizes, field: Field) -> tuple[float, float]:
    """log kappa at ``rho = -e^size`` between the pole and the end of training without a ridge."""
    high, low, _ = deepest(sums, sizes)
    rough, floor = sizes.in_floats, low - 3.0

    def depth(y: float) -> float:
        """log of -rho(kappa), less ``size``; -oo where rho(kappa) is above 0."""
        R1, R3 = rough.factors(rough_df1(sums, complex(y), floor, field)[0].real)
        return y + math.log(-R1 * R3) - size if R1 * R3 < 0 else -math.inf

    _, found = narrow(lambda y: -depth(y), low, high, 1e-10)
    return found, floor
