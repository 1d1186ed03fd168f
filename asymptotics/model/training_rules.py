"""What the training rule changes: one-pass SGD, discrete steps, momentum.

One-pass SGD with batch B and step eta, flow time ``t = eta n``, to first order in eta lambda_1: with
``K(zeta) = (eta/2B)(Tr - zeta df1(kappa))``, ``Tr = sum m_k lambda_k``,

    L = InvLaplace[ (Xi + sigma^2 K) / (zeta (1 - K)) ](2t),

so that SGD adds ``(Xi + sigma^2)(1/(1 - K) - 1)`` to the flow's Xi. ``K(0) = eta Tr/2B`` must be below 1.
With ``kappa = zeta + zeta df1(zeta)/N + ...`` (Lagrange's series at fixed zeta) the first order in 1/N is

    delta Xi = zeta df1 Xi',   delta K = -(eta/2B) zeta^2 df1 df1'.

Without label noise it follows the model's transient, K(0)/(1 - K(0)) times as large. What SGD adds at
N = oo and a > 2b, ``t^-(2 - 1/b)``, falls faster than that transient, ``t^-(1 - 1/b)/N``: at finite N its
noise limits while t << N.

Discrete steps replace ``e^(-lambda t)`` by ``(1 - eta lambda)^(t/eta)``: lambda becomes
``lambda (1 + eta lambda/2 + ...)``;
heavy-ball momentum, ``beta v'' + v' = -lambda v`` with v'(0) = 0, by ``(1 + beta lambda + ...)
e^(-lambda (1 + beta lambda + ...) t)`` and a root that dies as e^(-t/beta). Both leave the leading law and
add a relative correction of order 1/t.
"""

from __future__ import annotations

from sympy import Expr, Integer

from asymptotics.errors import UnableError
from asymptotics.expansions.expansion import Expansion
from asymptotics.expansions.layers import Layered
from asymptotics.expansions.terms import Bound
from asymptotics.model.meanfield import at_twice_the_time, df1, model_limited, time_limited, unresolved_power
from asymptotics.model.transients import lagrange, over_z
from asymptotics.spectra import SpectralSeries
from asymptotics.symbols import B, N, beta, eta


def trace(spectrum: SpectralSeries) -> Expr:
    """``Tr = sum m_k lambda_k``."""
    return spectrum.kernel.laurent(Integer(-1), 1).coefficient(0)


def sgd_noise(spectrum: SpectralSeries, depth: int) -> Expansion:
    """Loss of one-pass SGD less that of gradient flow at the same ``t = eta n``, N = oo."""
    modes, signal = df1(spectrum, depth), unresolved_power(spectrum, depth) + spectrum.task.noise**2
    return at_twice_the_time(over_z(signal * (_echo(spectrum, modes) - 1)))


def sgd_noise_correction(spectrum: SpectralSeries, depth: int) -> Expansion:
    """The term 1/N of the same: ``delta [(Xi + sigma^2)(1/(1 - K) - 1)]`` at fixed zeta."""
    modes, unresolved = df1(spectrum, depth), unresolved_power(spectrum, depth)
    echo = _echo(spectrum, modes)
    slow = (lagrange(1, modes, modes) * modes.monomial(Integer(1), Integer(1))).scale(eta / (2 * B))
    moved = lagrange(1, unresolved, modes) * (echo - 1)
    fed = (unresolved + spectrum.task.noise**2) * echo * echo * slow
    return at_twice_the_time(over_z(moved - fed)).scale(1 / N)


def _echo(spectrum: SpectralSeries, modes: Expansion) -> Expansion:
    """``1/(1 - K)`` at kappa = zeta."""
    kept = 1 - eta * trace(spectrum) / (2 * B)
    slow = (modes * modes.monomial(Integer(1), Integer(1))).scale(eta / (2 * B))
    return (slow + kept).power(-1)


def sgd_noise_at_infinity(spectrum: SpectralSeries, depth: int) -> Expansion:
    """``(Xi + sigma^2) K/(1 - K)`` at t = oo, where ``df1(kappa) = N`` and K = eta Tr/2B."""
    share = eta * trace(spectrum) / (2 * B)
    limit = model_limited(spectrum, depth) + spectrum.task.noise**2
    return limit.scale(share / (1 - share))


def discrete_steps(spectrum: SpectralSeries, depth: int) -> Expansion:
    """``sum m_k c_k (1 - eta lambda_k)^(2t/eta)`` at N = P = oo, to first order in eta."""
    return _moved(spectrum, rate=eta / 2, amplitude=Integer(0), depth=depth)


def heavy_ball(spectrum: SpectralSeries, depth: int) -> Expansion:
    """The loss of heavy-ball flow at N = P = oo, to first order in beta."""
    return _moved(spectrum, rate=beta, amplitude=beta, depth=depth)


def _moved(spectrum: SpectralSeries, *, rate: Expr, amplitude: Expr, depth: int) -> Expansion:
    """``sum m_k c_k (1 + amplitude lambda)^2 e^(-2t lambda (1 + rate lambda))`` to first order in both.

    A factor lambda under the sum is ``-(1/2) d/dt`` of ``L(t) = sum m_k c_k e^(-2 lambda t)``; what
    follows is smaller by 1/t^2.
    """
    series = time_limited(spectrum, depth)
    if isinstance(series, Layered):
        return series  # the change is smaller by a power of t, beyond all slow orders
    if series.gauge is not None:
        raise UnableError(
            f"the rule changes the rates of a loss in powers of {series.gauge} themselves, not only the next "
            "order: every mode falls as its own power of the rule's propagator; not derived"
        )
    first = series.differentiate()
    second = first.differentiate()
    moved = (second * second.monomial(Integer(1), Integer(1))).scale(-rate / 2) + first.scale(-amplitude)
    whole = series + moved
    return whole.with_terms(whole.terms, (*whole.remainder, Bound(series.leading().order + 2)))


__all__ = [
    "discrete_steps",
    "heavy_ball",
    "sgd_noise",
    "sgd_noise_at_infinity",
    "sgd_noise_correction",
    "trace",
]
