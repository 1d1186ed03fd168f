"""How the bottlenecks are approached: corrections in 1/N and 1/P while t is finite.

For P = oo the loss is ``L(t) = InvLaplace[Xi(kappa)/zeta](2t)`` with ``zeta = kappa (1 - df1(kappa)/N)``.
Solved for kappa by Lagrange's series, ``kappa = zeta + df1 kappa/N`` gives

    Xi(kappa(zeta)) = Xi(zeta) + sum_n N^-n/n! (d/dzeta)^(n-1) [ (zeta df1(zeta))^n Xi'(zeta) ],

whose orders are inverted term by term. (The mean over single draws of A has, beyond this mean-field
order 1/N, the diagonal term ``(2 t^2/N) sum m_k c_k lambda_k^2 e^(-2 lambda_k t) = O(t^-s/N)``: the weight
``1 + delta_kl`` of the exact double sum. It is smaller than the leading law by a power of t.)

For N = oo, sigma = 0 the same series in 1/P gives kappa(z) and Xi(kappa(z)), z = kappa (1 - df1(kappa)/P).
The two-time kernel (BAP, appendix C: C0 with R3 = 1) is ``z z' C0 = F/(1 - f2/P)`` with

    F  = sum m_k c_k kappa kappa'/((lambda_k + kappa)(lambda_k + kappa')),
    f2 = sum m_k lambda_k^2/((lambda_k + kappa)(lambda_k + kappa')).

By partial fractions ``(kappa' - kappa) F = kappa' Xi - kappa Xi'`` and
``(kappa' - kappa)(1 - f2/P) = z' - z``. So ``C0 = (kappa' Xi - kappa Xi')/(z z' (z' - z))`` at any P, the
antisymmetric overlap (`transforms.overlap`) of ``x = Xi(kappa(z))/z`` with ``k = kappa(z)/z``. Order n in
1/P is

    sum_(i+j=n) overlap(x_i, k_j),   x_0 = Xi(z)/z, x_1 = df1 Xi', ...,   k_0 = 1, k_1 = df1, ...

The part of Xi that is linear in kappa drops out. Label noise adds
``sigma^2 [(kappa' - kappa)/(z' - z) - 1]/(z z')``, the same overlap with ``x_0 = sigma^2/z`` alone, less its
order 0. The other laws, at first order in 1/P, are

    label noise:        (sigma^2/P) sum m_k (1 - e^(-lambda_k t))^2
    train-test gap:     (2/P) int_0^t E(x) C(2t - x) dx,   E = sum m_k lambda_k e^(-lambda_k x),
    its noise:          (2 sigma^2/P) sum m_k (1 - e^(-lambda_k t)),   C = sum m_k c_k e^(-lambda_k x).
"""

from __future__ import annotations

from sympy import Expr, Integer, Rational, factorial

from asymptotics.expansions.expansion import Expansion
from asymptotics.model.meanfield import at_twice_the_time, df1, unresolved_power
from asymptotics.spectra import SpectralSeries
from asymptotics.symbols import N, P, sigma, t
from asymptotics.transforms.dirichlet import DirichletSeries
from asymptotics.transforms.kernels import EXPONENTIAL, LEARNED, LEARNED_SQUARED, Kernel
from asymptotics.transforms.mellin import spectral_sum
from asymptotics.transforms.overlap import antisymmetric_overlap, half_convolution


def lagrange(order: int, function: Expansion, modes: Expansion) -> Expansion:
    """``[size^-order] function(kappa(z))`` where ``z = kappa (1 - modes(kappa)/size)``.

    >>> from asymptotics.symbols import kappa
    >>> constant = Expansion(variable=kappa).constant(Integer(3))    # kappa = z/(1 - 3/size)
    >>> lagrange(2, constant.monomial(Integer(1), Integer(1)), constant)
    9*kappa
    """
    if order == 0:
        return function
    inner, shift = function.differentiate(), modes.monomial(Integer(1), Integer(1))
    for _ in range(order):
        inner = inner * modes * shift
    for _ in range(order - 1):
        inner = inner.differentiate()
    return inner.scale(Rational(1, factorial(order)))


def model_correction(order: int, spectrum: SpectralSeries, depth: int) -> Expansion:
    """The term ``N^-order`` of ``L(t; N, oo)`` for large t, at P = oo."""
    unresolved = lagrange(order, unresolved_power(spectrum, depth), df1(spectrum, depth))
    return at_twice_the_time(over_z(unresolved)).scale(N**-order)


def data_correction(order: int, spectrum: SpectralSeries, depth: int) -> Expansion:
    """The term ``P^-order`` of the noiseless ``L(t; oo, P)`` for large t, at N = oo."""
    modes, unresolved = df1(spectrum, depth), unresolved_power(spectrum, depth)
    ridge = modes.monomial(Integer(1), Integer(1))
    linear = sum(x.coefficient for x in unresolved.terms if x.order == 1 and not x.log_power)
    bent = unresolved - ridge.scale(linear)
    signals, ridges = (
        [over_z(lagrange(i, function, modes)) for i in range(order + 1)] for function in (bent, ridge)
    )
    first, *rest = (antisymmetric_overlap(x, k, t) for x, k in zip(signals, reversed(ridges), strict=True))
    return sum(rest, first).scale(P**-order)


def noisy_correction(order: int, spectrum: SpectralSeries, depth: int) -> Expansion:
    """The coefficient of ``P^-order`` of ``L(t; oo, P)`` for large t, at N = oo, with label noise."""
    clean = data_correction(order, spectrum, depth).scale(P**order)
    if order == 1:  # the same overlap in closed form, as a sum over modes
        return clean + noise_in_test_loss(spectrum, depth).scale(P)
    modes = df1(spectrum, depth)
    ridge = over_z(lagrange(order, modes.monomial(Integer(1), Integer(1)), modes))
    constant = modes.monomial(label_noise(spectrum) ** 2, Integer(-1))
    return clean + antisymmetric_overlap(constant, ridge, t)


def over_z(series: Expansion) -> Expansion:
    """``series/z``: the transform of a function that starts from what z -> oo leaves of the series."""
    return series * series.monomial(Integer(1), Integer(-1))


def noise_in_test_loss(spectrum: SpectralSeries, depth: int) -> Expansion:
    """``(sigma^2/P) sum m_k (1 - e^(-lambda_k t))^2``: label noise in the test loss, first order in 1/P."""
    return _sum(spectrum, spectrum.kernel, LEARNED_SQUARED, depth).scale(label_noise(spectrum) ** 2 / P)


def gap(spectrum: SpectralSeries, depth: int) -> Expansion:
    """Test loss less train loss (+ sigma^2), noiseless part, first order in 1/P."""
    signal = _sum(spectrum, spectrum.target, EXPONENTIAL, depth)
    return half_convolution(signal, df1(spectrum, depth), t).scale(1 / P)


def noise_in_gap(spectrum: SpectralSeries, depth: int) -> Expansion:
    """``(2 sigma^2/P) sum m_k (1 - e^(-lambda_k t))``: label noise in the gap, first order in 1/P."""
    return _sum(spectrum, spectrum.kernel, LEARNED, depth).scale(2 * label_noise(spectrum) ** 2 / P)


def label_noise(spectrum: SpectralSeries) -> Expr:
    """sigma of the task; the symbol where the task is noiseless."""
    return spectrum.task.noise if spectrum.task.noise != 0 else sigma


def _sum(spectrum: SpectralSeries, series: DirichletSeries, kernel: Kernel, depth: int) -> Expansion:
    return spectral_sum(series, kernel, t, inverse=False, domain=spectrum.domain, depth=depth)


__all__ = [
    "data_correction",
    "gap",
    "label_noise",
    "lagrange",
    "model_correction",
    "noise_in_gap",
    "noise_in_test_loss",
    "noisy_correction",
    "over_z",
]
