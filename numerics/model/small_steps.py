"""The loss of gradient flow and of one-pass SGD with small steps from sums over all modes, however many.

With ``zeta = kappa (1 - df1/N)``, T twice the time of gradient flow, and the step a share h of the largest,

    L(T) = (1/2 pi i) int e^(T zeta) Xi/(zeta (1 - K)) (dzeta/dkappa) dkappa,    K = h (1 - zeta df1/Tr),

on ``kappa = z + Tr/N``, z on Talbot's contour: right of the spectrum while T is at most about ``1/(Tr/N)``.
No scaling function and no expansion in N is in it. Error: the difference of two contours plus that of sums.

    early_loss    L at a time
"""

from __future__ import annotations

import mpmath

from asymptotics.errors import PrecisionError
from asymptotics.precision import working
from asymptotics.tasks.task import Task
from numerics.spectra.spectrum import spectrum_of
from numerics.sums.spectral_sums import SpectralSums
from numerics.values.arithmetic import Scalar, array, bits_of, field_of
from numerics.values.value import Value

RATE = 0.4
"""Digits gained per node of the contour, about."""
ATTEMPTS = 3
BEND, PULL, SHIFT, LIFT = "0.6407", "0.5017", "0.6122", "0.2645"
"""Talbot's contour as Weideman and Trefethen have it, Math. Comp. 76 (2007) 1341."""


def early_loss(task: Task, size: mpmath.mpf, time: mpmath.mpf, share: mpmath.mpf, digits: int) -> Value:
    """L of ``size`` features at T = ``time``, the number of modes a number; ``share`` is 0 for gradient flow.

    Dimensionless. Raises `PrecisionError` where T is too late for the contour, or digits are not reached.

    >>> from asymptotics.tasks.power_laws import power_law
    >>> found = early_loss(power_law(2, "1/2", modes=400), mpmath.mpf(200), mpmath.mpf(3), mpmath.mpf(0), 12)
    >>> found.digits(8)
    '0.39274733'
    """
    nodes = int(digits / RATE) + 6
    for _ in range(ATTEMPTS):
        with working(digits + int(0.3 * nodes) + 20):
            sums = SpectralSums(spectrum_of(task), digits + int(0.3 * nodes) + 5)
            coarse, fine = (_integral(sums, size, time, share, n) for n in (nodes, nodes + nodes // 5 + 1))
            error = abs(fine - coarse) + abs(fine) * mpmath.mpf(10) ** -(digits + 5)
            if error <= abs(fine) * mpmath.mpf(10) ** -digits:
                return Value(value=fine, error=error)
        nodes += nodes // 4
    raise PrecisionError(
        f"the loss at T = {mpmath.nstr(time, 5)}, N = {mpmath.nstr(size, 5)} is reached to "
        f"{mpmath.nstr(error / abs(fine), 2)}, not to 1e-{digits}; ask for fewer digits"
    )


def _integral(
    sums: SpectralSums, size: mpmath.mpf, time: mpmath.mpf, share: mpmath.mpf, count: int
) -> mpmath.mpf:
    with field_of(bits_of(mpmath.mp.dps)) as field:
        trace = field.mpf(sums.total_eigenvalue(field))
        places = [_node(j, count, time) for j in range((count + 1) // 2)]
        kappa = [z + trace / size for z, _ in places]
        point = sums.one_point(
            array(field.complex(field.real(x.real), field.real(x.imag)) for x in kappa), field
        )

        def read(z: Scalar) -> mpmath.mpc:
            return mpmath.mpc(field.mpf(z.real), field.mpf(z.imag))

        total = mpmath.mpf(0)
        for j, (x, (_, weight)) in enumerate(zip(kappa, places, strict=True)):
            df1, slope, X = read(point.df1[0, j]), read(point.df1[1, j]), read(point.X[0, j])
            kept = 1 - df1 / size
            kernel = share * (1 - x * kept * df1 / trace)
            moved = (1 - x * slope / size / kept) / (1 - kernel)  # d log(zeta)/d log(kappa) over 1 - K
            total += (weight * mpmath.exp(time * x * kept) * X * moved).real
    return total


def _node(j: int, count: int, time: mpmath.mpf) -> tuple[mpmath.mpc, mpmath.mpc]:
    """An upper node of the contour, and its weight together with the lower one."""
    bend, pull, shift, lift = map(mpmath.mpf, (BEND, PULL, SHIFT, LIFT))
    angle, scale = mpmath.pi * (2 * j + 1) / count, count / time
    cot, sine = mpmath.cot(bend * angle), mpmath.sin(bend * angle)
    slope = scale * mpmath.mpc(pull * (cot - bend * angle / sine**2), lift)
    return scale * mpmath.mpc(pull * angle * cot - shift, lift * angle), -2j * slope / count
