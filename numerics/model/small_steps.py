"""The loss of gradient flow and of one-pass SGD with small steps from sums over all modes, however many.

With ``zeta = kappa (1 - df1/N)``, T twice the time of gradient flow, and the step a share h of the largest,

    L(T) = (1/2 pi i) int e^(T zeta) Xi/(zeta (1 - K)) (dzeta/dkappa) dkappa,    K = h (1 - zeta df1/Tr),

with ``Xi + sigma^2 K`` for Xi under label noise, on ``kappa = z + Tr/N``, z on Talbot's contour: right of the
spectrum while T is at most about ``1/(Tr/N)``. No scaling function and no expansion in N is in it. Error: the
difference of two contours plus that of sums.

    early_loss    L at a time
"""

from __future__ import annotations

import mpmath

from asymptotics.errors import PrecisionError
from asymptotics.precision import working
from asymptotics.tasks.task import Task
from numerics.model.contour import invert, talbot
from numerics.spectra.spectrum import spectrum_of
from numerics.sums.spectral_sums import SpectralSums
from numerics.values.arithmetic import bits_of, each, field_of
from numerics.values.exact import number
from numerics.values.value import Value

RATE = 0.4
"""Digits gained per node of the contour, about."""
ATTEMPTS = 3


def early_loss(task: Task, size: mpmath.mpf, time: mpmath.mpf, share: mpmath.mpf, digits: int) -> Value:
    """L of ``size`` features at T = ``time``, the number of modes a number; ``share`` is 0 for gradient flow.

    Dimensionless. Raises `PrecisionError` where T is too late for the contour, or digits are not reached.

    >>> from asymptotics.tasks.power_laws import power_law
    >>> found = early_loss(power_law(2, "1/2", modes=400), mpmath.mpf(200), mpmath.mpf(3), mpmath.mpf(0), 12)
    >>> found.digits(8)
    '0.39274733'
    """
    nodes = 2 * int(digits / RATE / 2) + 6  # even, as of two halves
    noise = number(task.noise**2)
    for _ in range(ATTEMPTS):
        with working(digits + int(0.3 * nodes) + 20):
            sums = SpectralSums(spectrum_of(task), digits + int(0.3 * nodes) + 5)
            coarse, fine = (
                _integral(sums, size, time, share, noise, n) for n in (nodes, nodes + 2 * (nodes // 10 + 1))
            )
            error = abs(fine - coarse) + abs(fine) * mpmath.mpf(10) ** -(digits + 5)
            if error <= abs(fine) * mpmath.mpf(10) ** -digits:
                return Value(value=fine, error=error)
        # what is constant in z leaves nothing, and may be far above a loss long before the crossover
        missing = mpmath.log10(error / abs(fine)) + digits
        nodes += 2 * (nodes // 8) + 2 * int(missing / RATE / 2)
    raise PrecisionError(
        f"the loss at T = {mpmath.nstr(time, 5)}, N = {mpmath.nstr(size, 5)} is reached to "
        f"{mpmath.nstr(error / abs(fine), 2)}, not to 1e-{digits}; ask for fewer digits"
    )


def _integral(
    sums: SpectralSums,
    size: mpmath.mpf,
    time: mpmath.mpf,
    share: mpmath.mpf,
    noise: mpmath.mpf,
    nodes: int,
) -> mpmath.mpf:
    with field_of(bits_of(mpmath.mp.dps)) as field:
        N, T, h, variance = map(field.real, (size, time, share, noise))
        trace = sums.total_eigenvalue(field)
        z, weights = talbot(T, nodes, field)
        kappa = z + trace / N
        point = sums.one_point(kappa, field)
        df1, slope = point.df1
        kept = 1 - df1 / N
        kernel = h * (1 - kappa * kept * df1 / trace)
        moved = (1 - kappa * slope / N / kept) / (1 - kernel)  # d log(zeta)/d log(kappa) over 1 - K
        beside = each(field.exp, T * (kappa * kept - z))  # e^(T z) is in the weights
        left = point.X[0] + variance * kernel / kappa
        return field.mpf(invert(weights, beside * left * moved).value)
