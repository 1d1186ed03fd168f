"""How the bottlenecks are approached: corrections in 1/N and 1/P while t is finite.

For P = oo the loss is ``L(t) = InvLaplace[Xi(kappa)/zeta](2t)`` with ``zeta = kappa (1 - df1(kappa)/N)``.
Solved for kappa by Lagrange's series, ``kappa = zeta + df1 kappa/N`` gives

    Xi(kappa(zeta)) = Xi(zeta) + sum_n N^-n/n! (d/dzeta)^(n-1) [ (zeta df1(zeta))^n Xi'(zeta) ],

whose orders are inverted term by term. (The mean over single draws of A has, beyond this mean-field
order 1/N, the diagonal term ``(2 t^2/N) sum m_k c_k lambda_k^2 e^(-2 lambda_k t) = O(t^-s/N)``: the weight
``1 + delta_kl`` of the exact double sum. It is smaller than the leading law by a power of t.)

For N = oo the first order in 1/P of the two-time kernels (BAP, appendix C: C0 and C1 with R3 = 1) is
made of overlaps of exponential sums. With
``E_m(x) = sum m_k lambda_k^m e^(-lambda_k x)``, ``C_m(x) = sum m_k c_k lambda_k^m e^(-lambda_k x)``,

    mean of the modes:  (2/P) t^2 int_0^1 (1 - v) E_1(t v) C_1(t (2 - v)) dv
    variance:           (1/P) t^2 int_0^1 v [E_2(t v) C_0(t (2 - v)) + C_0(t v) E_2(t (2 - v))] dv
    label noise:        (sigma^2/P) sum m_k (1 - e^(-lambda_k t))^2
    train-test gap:     (2/P) t int_0^1 E_1(t v) C_0(t (2 - v)) dv
    its noise:          (2 sigma^2/P) sum m_k (1 - e^(-lambda_k t)).
"""

from __future__ import annotations

from sympy import Expr, Integer, Rational, factorial

from asymptotics.dirichlet import DirichletSeries
from asymptotics.expansion import Expansion
from asymptotics.meanfield import at_twice_the_time, df1, residual
from asymptotics.mellin import LEARNED, LEARNED_SQUARED, Kernel, spectral_sum
from asymptotics.overlap import ExponentialSum, overlap
from asymptotics.spectra import Spectrum
from asymptotics.symbols import N, P, sigma, t


def model_correction(order: int, spectrum: Spectrum, depth: int) -> Expansion:
    """The term ``N^-order`` of ``L(t; N, oo)`` for large t, at P = oo."""
    modes, slope = df1(spectrum, depth), residual(spectrum, depth).differentiate()
    inner = slope
    shift = modes.monomial(Integer(1), Integer(1))
    for _ in range(order):
        inner = inner * modes * shift
    for _ in range(order - 1):
        inner = inner.differentiate()
    transform = (inner * modes.monomial(Integer(1), Integer(-1))).scale(Rational(1, factorial(order)))
    return at_twice_the_time(transform).scale(N**-order)


def data_correction(spectrum: Spectrum, depth: int) -> Expansion:
    """The term 1/P of the noiseless ``L(t; oo, P)`` for large t, at N = oo."""
    levels, power = spectrum.kernel, spectrum.target
    parts = (
        _overlap(spectrum, depth, levels, 1, power, 1, scale=2, rise=0, fall=1).scale(Integer(2)),
        _overlap(spectrum, depth, levels, 2, power, 0, scale=2, rise=1, fall=0),
        _overlap(spectrum, depth, power, 0, levels, 2, scale=2, rise=1, fall=0),
    )
    return (parts[0] + parts[1] + parts[2]).scale(1 / P)


def noise_in_test_loss(spectrum: Spectrum, depth: int) -> Expansion:
    """``(sigma^2/P) sum m_k (1 - e^(-lambda_k t))^2``: label noise in the test loss, first order in 1/P."""
    return _learned(spectrum, LEARNED_SQUARED, depth).scale(label_noise(spectrum) ** 2 / P)


def gap(spectrum: Spectrum, depth: int) -> Expansion:
    """Test loss less train loss (+ sigma^2), noiseless part, first order in 1/P."""
    both = _overlap(spectrum, depth, spectrum.kernel, 1, spectrum.target, 0, scale=1, rise=0, fall=0)
    return both.scale(2 / P)


def noise_in_gap(spectrum: Spectrum, depth: int) -> Expansion:
    """``(2 sigma^2/P) sum m_k (1 - e^(-lambda_k t))``: label noise in the gap, first order in 1/P."""
    return _learned(spectrum, LEARNED, depth).scale(2 * label_noise(spectrum) ** 2 / P)


def label_noise(spectrum: Spectrum) -> Expr:
    """sigma of the task; the symbol where the task is noiseless."""
    return spectrum.task.noise if spectrum.task.noise != 0 else sigma


def _learned(spectrum: Spectrum, kernel: Kernel, depth: int) -> Expansion:
    return spectral_sum(spectrum.kernel, kernel, t, inverse=False, domain=spectrum.domain, depth=depth)


def _overlap(
    spectrum: Spectrum,
    depth: int,
    near: DirichletSeries,
    near_power: int,
    far: DirichletSeries,
    far_power: int,
    *,
    scale: int,
    rise: int,
    fall: int,
) -> Expansion:
    return overlap(
        ExponentialSum(series=near, power=near_power),
        ExponentialSum(series=far, power=far_power),
        t,
        scale=scale,
        rise=rise,
        fall=fall,
        domain=spectrum.domain,
        depth=depth,
    )


__all__ = ["data_correction", "gap", "label_noise", "model_correction", "noise_in_gap", "noise_in_test_loss"]
