"""What a training rule changes in the laws, from its symbol and its noise: batches, discrete steps, momentum.

Times are on the clock of the rule; ``pace`` is how far gradient flow gets in one unit of it (eta for rules
that take steps), so that the leading law is that of the flow at the time pace t.

Of the symbol only the pole of slow modes matters: to first order in lambda a mode is left with
``(1 + a lambda) e^(-pace t lambda (1 + r lambda))`` (`TrainingRule.correction`), a relative correction of
order 1/t. Discrete steps have r = eta/2, a = 0; heavy-ball momentum r = a = beta, and a root that dies as
e^(-t/beta).

One-pass SGD with batch B and step eta adds noise, to first order in eta lambda_1: with
``K(zeta) = (eta/2B)(Tr - zeta df1(kappa))``, ``Tr = sum m_k lambda_k``,

    L = InvLaplace[ (Xi + sigma^2 K) / (zeta (1 - K)) ](2 eta t),

so that SGD adds ``(Xi + sigma^2)(1/(1 - K) - 1)`` to the flow's Xi. ``K(0) = eta Tr/2B`` must be below 1.
With ``kappa = zeta + zeta df1(zeta)/N + ...`` (Lagrange's series at fixed zeta) the first order in 1/N is

    delta Xi = zeta df1 Xi',   delta K = -(eta/2B) zeta delta df1,   delta df1 = zeta df1 df1'.

Without label noise it follows the model's transient, K(0)/(1 - K(0)) times as large. What SGD adds at
N = oo and a > 2b, ``t^-(2 - 1/b)``, falls faster than that transient, ``t^-(1 - 1/b)/N``: at finite N its
noise limits while t << N.

    time_limited_by(rule, spectrum, depth)               L(t) at N = P = oo
    noise_of(rule, spectrum, depth)                      what batches add to it
    noise_correction_of(rule, spectrum, depth)           the term 1/N of the same
    noise_at_infinity_of(rule, spectrum, depth)          the same at t = oo
    trace(spectrum)                                      Tr
"""

from __future__ import annotations

from sympy import Expr, Integer

from asymptotics.errors import UnableError
from asymptotics.expansions.expansion import Expansion
from asymptotics.expansions.layers import Layered
from asymptotics.expansions.terms import Bound
from asymptotics.model.meanfield import at_twice_the_time, df1, model_limited, time_limited, unresolved_power
from asymptotics.model.rules.base import TrainingRule
from asymptotics.model.transients import lagrange, over_z
from asymptotics.spectra import SpectralSeries
from asymptotics.symbols import N


def trace(spectrum: SpectralSeries) -> Expr:
    """``Tr = sum m_k lambda_k``."""
    return spectrum.kernel.laurent(Integer(-1), 1).coefficient(0)


def time_limited_by(rule: type[TrainingRule], spectrum: SpectralSeries, depth: int) -> Expansion:
    """``sum m_k c_k h_k(t)^2``, h_k the propagator of the rule, to first order in r and a; N = P = oo.

    A factor lambda under the sum is ``-(1/2 pace) d/dt`` of ``L(t) = sum m_k c_k e^(-2 lambda pace t)``; what
    follows is smaller by 1/t^2.
    """
    pace, (rate, amplitude) = rule.pace(), rule.correction()
    series = time_limited(spectrum, depth, pace)
    if isinstance(series, Layered):
        return series  # the change is smaller by a power of t, beyond all slow orders
    if series.gauge is not None:
        raise UnableError(
            f"the rule changes the rates of a loss in powers of {series.gauge} themselves, not only the next "
            "order: every mode falls as its own power of the rule's propagator; not derived"
        )
    first = series.differentiate()
    second = first.differentiate()
    moved = (second * second.monomial(Integer(1), Integer(1))).scale(-rate / (2 * pace))
    whole = series + moved + first.scale(-amplitude / pace)
    return whole.with_terms(whole.terms, (*whole.remainder, Bound(series.leading().order + 2)))


def noise_of(rule: type[TrainingRule], spectrum: SpectralSeries, depth: int) -> Expansion:
    """What the noise of batches adds to the loss at the time t, N = oo."""
    modes, signal = df1(spectrum, depth), unresolved_power(spectrum, depth) + spectrum.task.noise**2
    return at_twice_the_time(over_z(signal * (_echo(rule, spectrum, modes) - 1)), rule.pace())


def noise_correction_of(rule: type[TrainingRule], spectrum: SpectralSeries, depth: int) -> Expansion:
    """The term 1/N of the same: ``delta [(Xi + sigma^2)(1/(1 - K) - 1)]`` at fixed zeta."""
    modes, unresolved = df1(spectrum, depth), unresolved_power(spectrum, depth)
    echo = _echo(rule, spectrum, modes)
    zeta = modes.monomial(Integer(1), Integer(1))
    shift = rule.noise_kernel(zeta, lagrange(1, modes, modes), Integer(0))
    moved = lagrange(1, unresolved, modes) * (echo - 1)
    fed = (unresolved + spectrum.task.noise**2) * echo * echo * shift
    return at_twice_the_time(over_z(moved + fed), rule.pace()).scale(1 / N)


def _echo(rule: type[TrainingRule], spectrum: SpectralSeries, modes: Expansion) -> Expansion:
    """``1/(1 - K)`` at kappa = zeta."""
    zeta = modes.monomial(Integer(1), Integer(1))
    return (1 - rule.noise_kernel(zeta, modes, trace(spectrum))).power(-1)


def noise_at_infinity_of(rule: type[TrainingRule], spectrum: SpectralSeries, depth: int) -> Expansion:
    """``(Xi + sigma^2) K/(1 - K)`` at t = oo, where ``df1(kappa) = N`` and zeta = 0."""
    share = rule.noise_kernel(Integer(0), Integer(0), trace(spectrum))
    limit = model_limited(spectrum, depth) + spectrum.task.noise**2
    return limit.scale(share / (1 - share))


__all__ = ["noise_at_infinity_of", "noise_correction_of", "noise_of", "time_limited_by", "trace"]
