"""The loss at P = oo for many neighbouring t and N from one table of spectral sums.

Integrated over kappa in place of zeta, the sums do not depend on t or N:

    L(t, N) = (1/2 pi i) int e^(2 t zeta) X(kappa) kappa (zeta'/zeta) dkappa,
    zeta = kappa (1 - df1(kappa)/N),   zeta' = dzeta/dkappa.

The contour is ``kappa = kappa0 x(y)`` with ``y = x - x^(1-r)`` on Talbot's contour: that of the scaling
function, near enough to the image of Talbot's for every spectrum with ``df1 ~ A kappa^-r``. A table made for
one t serves t that are a little smaller, at whatever N is near. Error: the difference of two contours
plus rounding.
"""

from __future__ import annotations

from dataclasses import dataclass

import mpmath
from sympy import oo

from asymptotics.errors import PrecisionError
from asymptotics.precision import working
from numerics.model.factors import Layer
from numerics.optima.scaling import RATE, contour
from numerics.spectra.spectrum import ContinuousSpectrum
from numerics.sums.spectral_sums import SpectralSums
from numerics.values.arithmetic import array, bits_of, field_of
from numerics.values.value import Value

ATTEMPTS = 4
AHEAD, REACH, ROUGH = mpmath.mpf("0.16"), mpmath.mpf("0.34"), mpmath.mpf("1.5")
"""A table is made for log t + AHEAD, and used so far below that; ROUGH where three digits will do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nodes:
    """One contour: kappa, the sums on it, and ``2 dkappa/(2 pi i)`` with the real part to be taken."""

    kappa: tuple[mpmath.mpc, ...]
    df1: tuple[mpmath.mpc, ...]
    slope: tuple[mpmath.mpc, ...]
    X: tuple[mpmath.mpc, ...]
    weights: tuple[mpmath.mpc, ...]

    def loss(self, t: mpmath.mpf, size: mpmath.mpf) -> tuple[mpmath.mpf, mpmath.mpf]:
        """The integral, and the sum of the sizes of its terms."""
        terms, rows = [], Layer(limit=oo, modes=oo, inverse=1 / size, other=mpmath.mpf(0), apart=1 / size)
        for kappa, df1, slope, X, weight in zip(
            self.kappa, self.df1, self.slope, self.X, self.weights, strict=True
        ):
            kept = rows(df1)
            ratio = (kept - kappa * slope * rows.difference(df1, df1)) / kept  # zeta' kappa/zeta
            terms.append(weight * mpmath.exp(2 * t * kappa * kept) * X * ratio)
        return mpmath.fsum(x.real for x in terms), mpmath.fsum(abs(x) for x in terms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Two contours around one (t, N), at ``digits`` digits inside."""

    log_t: mpmath.mpf
    digits: int
    coarse: Nodes
    fine: Nodes

    def covers(self, log_t: mpmath.mpf, rough: bool = False) -> bool:
        """Whether t is near enough, for all digits or for a ``rough`` value."""
        return bool(0 <= self.log_t - log_t <= (ROUGH if rough else REACH))

    def loss(self, t: mpmath.mpf, size: mpmath.mpf) -> Value:
        """The excess test loss at (t, N); dimensionless, absolute error in the value."""
        with working(self.digits + 5):
            value, magnitude = self.fine.loss(t, size)
            other, _ = self.coarse.loss(t, size)
            error = abs(value - other) + magnitude * mpmath.mpf(10) ** -self.digits
        return Value(value=value, error=error)


def tabulate(
    spectrum: ContinuousSpectrum,
    t: mpmath.mpf,
    size: mpmath.mpf,
    kappa0: mpmath.mpf,
    r: mpmath.mpf,
    digits: int,
) -> Table:
    """A table that gives the loss at (t, N) to ``digits`` digits; ``df1(kappa0) ~ N``, ``df1 ~ kappa^-r``.

    The precision of mpmath at the call must be that of the numbers passed, beyond ``digits``. Raises
    `PrecisionError` if the digits are not reached.
    """
    latest = t * mpmath.exp(AHEAD)
    inside = digits + 10
    for _ in range(ATTEMPTS):
        nodes = int(inside / RATE) + 4
        table = Table(
            log_t=mpmath.log(latest),
            digits=inside,
            coarse=_nodes(spectrum, nodes, latest, kappa0, r, inside),
            fine=_nodes(spectrum, nodes + nodes // 5 + 1, latest, kappa0, r, inside),
        )
        found = table.loss(t, size)
        if found.value > 0 and found.relative_error <= 10.0**-digits:
            return table
        missing = mpmath.log10(found.error / abs(found.value)) + digits if found.value else digits
        inside += max(4, int(missing) + 3)
    raise PrecisionError(
        f"the loss at t = {mpmath.nstr(t, 5)}, N = {mpmath.nstr(size, 5)} is not reached to {digits} digits"
    )


def _nodes(
    spectrum: ContinuousSpectrum, count: int, t: mpmath.mpf, kappa0: mpmath.mpf, r: mpmath.mpf, digits: int
) -> Nodes:
    with working(digits + int(0.2 * count) + 10):
        theta = 2 * t * kappa0
        ys, xs, weights = contour(count, theta, r)
        kappa = [kappa0 * x for x in xs]
        pace = [
            w * mpmath.exp(-theta * y) * kappa0 / (1 - (1 - r) * x**-r)
            for w, x, y in zip(weights, xs, ys, strict=True)
        ]
        sums = SpectralSums(spectrum, digits + 2)
        with field_of(bits_of(digits + 10)) as field:
            places = array(field.complex(field.real(z.real), field.real(z.imag)) for z in kappa)
            point = sums.one_point(places, field)
            columns = [
                tuple(mpmath.mpc(field.mpf(z.real), field.mpf(z.imag)) for z in row)
                for row in (point.df1[0], point.df1[1], point.X[0])
            ]
    return Nodes(kappa=tuple(kappa), df1=columns[0], slope=columns[1], X=columns[2], weights=tuple(pace))
