"""The mean-field equations of the random-feature model, written over expansions.

With ``kappa = z/q`` every quantity is made of two sums (BAP, section 2 and appendix C):

    df1(kappa) = sum_k m_k lambda_k/(lambda_k + kappa),   Xi(kappa) = sum_k m_k c_k kappa/(lambda_k + kappa),
    F = Xi - kappa Xi' = sum_k m_k c_k kappa^2/(lambda_k + kappa)^2,   df2 = df1 + kappa df1'.

All functions return an `Expansion` whose first ``depth`` orders are kept. Losses are the excess
test loss: the variance of the label noise itself is not included. Where finitely many modes are learned
the laws at t = oo are those at the edge, or beyond it (`finite_modes`).
"""

from __future__ import annotations

from sympy import Expr, Integer, Symbol

from asymptotics.caches import cached
from asymptotics.expansions.expansion import Expansion
from asymptotics.model.finite_modes import FixedPoint, at_size, beyond, slowest_modes, white_point
from asymptotics.spectra import FiniteSeries, SpectralSeries
from asymptotics.symbols import N, P, kappa, t
from asymptotics.transforms.kernels import EXPONENTIAL, FILTER, RESOLVENT, SQUARE, VARIANCE
from asymptotics.transforms.mellin import spectral_sum

_T = Symbol("T", positive=True)


@cached(maxsize=128)
def df1(spectrum: SpectralSeries, depth: int) -> Expansion:
    """``df1(kappa) = sum_k m_k lambda_k/(lambda_k + kappa)``, kappa -> 0: the modes that kappa resolves."""
    return spectral_sum(spectrum.kernel, FILTER, kappa, inverse=True, domain=spectrum.domain, depth=depth)


@cached(maxsize=128)
def unresolved_power(spectrum: SpectralSeries, depth: int) -> Expansion:
    """``Xi(kappa) = sum_k m_k c_k kappa/(lambda_k + kappa)``, kappa -> 0: the power that is unresolved."""
    found = spectral_sum(spectrum.target, RESOLVENT, kappa, inverse=True, domain=spectrum.domain, depth=depth)
    return found + spectrum.unlearned if spectrum.unlearned != 0 else found


@cached(maxsize=128)
def squared_bias(spectrum: SpectralSeries, depth: int) -> Expansion:
    """``F(kappa) = sum_k m_k c_k kappa^2/(lambda_k + kappa)^2``, kappa -> 0: the bias of a ridge kappa."""
    found = spectral_sum(spectrum.target, SQUARE, kappa, inverse=True, domain=spectrum.domain, depth=depth)
    return found + spectrum.unlearned if spectrum.unlearned != 0 else found


@cached(maxsize=128)
def fixed_point(spectrum: SpectralSeries, depth: int) -> FixedPoint:
    """The sums of the fixed point t = oo, in kappa -> 0 (or exactly, for a single eigenvalue)."""
    white = white_point(spectrum, depth)
    if white is not None:
        return white
    modes = df1(spectrum, depth)
    return FixedPoint(
        modes=modes,
        unresolved=unresolved_power(spectrum, depth),
        squared=squared_bias(spectrum, depth),
        initialisation_variance=spectral_sum(
            spectrum.target, VARIANCE, kappa, inverse=True, domain=spectrum.domain, depth=depth
        ),
        inverse=modes * _slope(spectrum, depth).power(-1),
    )


def time_limited(spectrum: SpectralSeries, depth: int, pace: Expr = Integer(1)) -> Expansion:
    """``L(t) = sum_k m_k c_k exp(-2 lambda_k pace t)``: N = P = oo, where q = 1 (BAP, section 3).

    ``pace`` is that of a clock to gradient flow's. Finitely many modes with target power are learned one by
    one, the slowest last; their law is that at pace 1.
    """
    if isinstance(spectrum.target, FiniteSeries):
        return slowest_modes(spectrum, spectrum.target, depth)
    series = spectral_sum(
        spectrum.target, EXPONENTIAL, _T, inverse=False, domain=spectrum.domain, depth=depth
    )
    return series.substitute_monomial(2 * pace, Integer(1), t)


def model_limited(spectrum: SpectralSeries, depth: int) -> Expansion:
    """``L(N) = Xi(kappa)`` with ``df1(kappa) = N``: t = P = oo (BAP, appendix C).

    The fixed point for N < P is ``L = Xi + (Xi + sigma^2) N/(P - N)``; P -> oo leaves Xi.
    """
    done = beyond(spectrum, N, spectrum.unlearned, Integer(0))
    point = fixed_point(spectrum, depth)
    return at_size(point.modes, N, point.unresolved) if done is None else done


def _slope(spectrum: SpectralSeries, depth: int) -> Expansion:
    """``-kappa df1' = df1 - df2 = sum_k m_k kappa lambda_k/(lambda_k + kappa)^2``."""
    modes = df1(spectrum, depth)
    return (modes.differentiate() * modes.monomial(Integer(1), Integer(1))).scale(Integer(-1))


def at_twice_the_time(transform: Expansion, pace: Expr = Integer(1)) -> Expansion:
    """The function of t whose Laplace transform in ``2 pace t`` this is, z -> 0: squares decay with 2t."""
    return transform.inverse_laplace(_T).substitute_monomial(2 * pace, Integer(1), t)


def data_limited(spectrum: SpectralSeries, depth: int) -> Expansion:
    """``L(P) = (F + sigma^2 df2/P) / (1 - df2/P)`` with ``df1(kappa) = P``: t = N = oo.

    On the fixed point ``1 - df2/P = -kappa df1'/df1`` (BAP, appendix C).
    """
    done = beyond(spectrum, P, spectrum.unlearned, spectrum.unlearned + spectrum.task.noise**2)
    if done is not None:
        return done
    point, variance = fixed_point(spectrum, depth), spectrum.task.noise**2
    loss = point.squared * point.inverse + (point.inverse - 1).scale(variance)
    return at_size(point.modes, P, loss)


def model_bias(spectrum: SpectralSeries, depth: int) -> Expansion:
    """``B(N) = F(kappa)`` with ``df1(kappa) = N``: the loss of the predictor averaged over A, t = P = oo.

    The mean of mode k stops at ``H_k = kappa/(lambda_k + kappa)`` (BAP, appendix C).
    """
    done = beyond(spectrum, N, spectrum.unlearned, Integer(0))
    point = fixed_point(spectrum, depth)
    return at_size(point.modes, N, point.squared) if done is None else done


def model_variance(spectrum: SpectralSeries, depth: int) -> Expansion:
    """``Xi - F = sum_k m_k c_k kappa lambda_k/(lambda_k + kappa)^2`` at ``df1(kappa) = N``: over A."""
    point = fixed_point(spectrum, depth)
    return at_size(point.modes, N, point.initialisation_variance)


def data_bias(spectrum: SpectralSeries, depth: int) -> Expansion:
    """``F(kappa)`` with ``df1(kappa) = P``: the loss of the predictor averaged over data sets, t = N = oo."""
    done = beyond(spectrum, P, spectrum.unlearned, Integer(0))
    point = fixed_point(spectrum, depth)
    return at_size(point.modes, P, point.squared) if done is None else done


def data_variance(spectrum: SpectralSeries, depth: int) -> Expansion:
    """``(F + sigma^2) df2/(P - df2)`` at ``df1(kappa) = P``: over data sets and their noise."""
    done = beyond(spectrum, P, Integer(0), spectrum.unlearned + spectrum.task.noise**2)
    if done is not None:
        return done
    point = fixed_point(spectrum, depth)
    signal = point.squared + spectrum.task.noise**2
    return at_size(point.modes, P, signal * (point.inverse - 1))


__all__ = [
    "at_twice_the_time",
    "data_bias",
    "data_limited",
    "data_variance",
    "df1",
    "fixed_point",
    "model_bias",
    "model_limited",
    "model_variance",
    "squared_bias",
    "time_limited",
    "unresolved_power",
]
