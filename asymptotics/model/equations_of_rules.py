"""Equations of training rules: the loss that only time limits, and what the noise of batches adds.

Times are on the clock of the rule; ``pace`` is how far gradient flow gets in one unit of
it. Of the symbol only the pole of slow modes matters: to first order in lambda a mode is left with
``(1 + a lambda) e^(-pace t lambda (1 + r lambda))`` (`TrainingRule.correction`), a relative correction of
order 1/t; a factor lambda under the sum is ``-(1/2 pace) d/dt`` of ``sum m_k c_k e^(-2 lambda_k pace t)``.

**One-pass SGD**, for Gaussian features (theory: `rules.one_pass_sgd`). The generating function of its losses
is one of ``e^w = 1 + 2 eta zeta + q eta^2 zeta^2``, q = 1 + 1/B, to which two places belong, zeta and its
partner ``zeta' = -zeta - 2/(q eta)`` beyond the spectrum; by ``dw e^-w = q eta^2 (zeta - zeta') dzeta``

    L(t) = (1/2 pi i) int (1 + 2 eta zeta + q eta^2 zeta^2)^t G(zeta) dzeta,
    G = [(Xi(kappa) + sigma^2 K)/zeta - (Xi(kappa') + sigma^2 K)/zeta']/(1 - K),
    K = (zeta' df1(kappa') - zeta df1(kappa))/(q B (zeta - zeta')).

The mean errors are those of gradient descent, B = oo, of which q = 1 and K = 0. The rest is noise, and as
``w = 2 eta zeta (1 + O(zeta))`` it is ``InvLaplace[G - G at K = 0](2 eta t)`` but for a share 1/t. At t = oo
it is ``(Xi + sigma^2) K/(1 - K)`` with K at zeta = 0, which must be below 1. Without label noise its term 1/N
follows the model's transient, K/(1 - K) times as large. What SGD adds at N = oo and a > 2b,
``t^-(2 - 1/b)``, falls faster than that transient, ``t^-(1 - 1/b)/N``: at finite N its noise limits while
t << N.
"""

from __future__ import annotations

from sympy import Derivative, Dummy, Expr, Function, Integer, limit, oo

from asymptotics.model.equations import NOISE, correction, moving, ridge_now
from asymptotics.model.operators import AtRidge, Corrected, InverseLaplace, epsilon, later, zeta
from asymptotics.model.rules.base import TrainingRule
from asymptotics.model.sums import C0, Xi, df1
from asymptotics.symbols import B, N, kappa, t

_near, _far = Dummy("near"), Dummy("far")


def time_of(rule: type[TrainingRule]) -> Expr:
    """``sum m_k c_k h_k(t)^2``, h_k the propagator of the rule, to first order in r and a; N = P = oo."""
    own = rule.time_equation()
    if own is not None:
        return own
    pace, (rate, amplitude) = rule.pace(), rule.correction()
    loss = C0(2 * pace * t)
    change = -rate / (2 * pace) * t * Derivative(loss, (t, 2)) - amplitude / pace * Derivative(loss, t)
    return Corrected(loss, t, change, Integer(2))


def noise_of(rule: type[TrainingRule], order: int) -> Expr:
    """What the noise of batches adds at the time t, P = oo: its term ``N**-order``, but for a share 1/t."""
    partner = rule.partner(zeta)
    echo = 1 / (1 - rule.noise_kernel(zeta, df1(ridge_now), df1(moving(partner, epsilon))))
    loss = InverseLaplace(_places(zeta, partner, NOISE**2) * (echo - 1), zeta, 2 * rule.pace() * t)
    return Corrected(correction(order, N, loss), t, Integer(0), Integer(1))


def batches_of(rule: type[TrainingRule], mean: type[TrainingRule], order: int) -> Expr:
    """The same without a share left out: the loss of the rule less that of its mean, as transforms in w.

    With zeta(w) of each, and ``dzeta/dw = e^w/(q eta^2 (zeta - zeta'))``.
    """
    z, m = place_of(rule), place_of(mean)
    partner = rule.partner(z)
    kernel = rule.noise_kernel(z, df1(moving(z, epsilon)), df1(moving(partner, epsilon)))
    sgd = _places(z, partner, NOISE**2 * kernel) / (1 - kernel) * Derivative(z, later)
    descent = _places(m, mean.partner(m), Integer(0)) * Derivative(m, later)
    return correction(order, N, InverseLaplace(sgd - descent, later, t))


def loss_of(rule: type[TrainingRule]) -> Expr:
    """The loss at the time t without label noise, N = P = oo, but for a share 1/t."""
    partner = rule.partner(zeta)
    kernel = rule.noise_kernel(zeta, df1(zeta), df1(partner))
    source = Xi(zeta) / zeta - Xi(partner) / partner
    loss = InverseLaplace(source / (1 - kernel), zeta, 2 * rule.pace() * t)
    return Corrected(loss, t, Integer(0), Integer(1))


def gain_of(rule: type[TrainingRule]) -> Expr:
    """The kernel of the noise at zeta = 0 and N = oo, below 1 where the rule is stable."""
    zero = Integer(0)
    return rule.noise_kernel(zero, zero, df1(rule.partner(zero)))


def place_of(rule: type[TrainingRule]) -> Expr:
    """``zeta(w)`` by its name; w is called `later`."""
    return Function(f"zeta_{rule.name}")(later)


def _places(zeta: Expr, partner: Expr, noise: Expr) -> Expr:
    """``(Xi(kappa) + noise)/zeta - (Xi(kappa') + noise)/zeta'``."""
    near, far = ((Xi(moving(z, epsilon)) + noise) / z for z in (zeta, partner))
    return near - far


def critical_batch_of(rule: type[TrainingRule], mean: type[TrainingRule]) -> Expr:
    """``lim B (L_B - L_oo)/L_oo`` for B -> oo at the time t, N = P = oo, but for a share 1/t."""
    partner = mean.partner(zeta)
    kernel = _per_sample(rule, zeta, df1(zeta), df1(partner))
    source = (Xi(zeta) + NOISE**2) / zeta - (Xi(partner) + NOISE**2) / partner
    noise = InverseLaplace(source * kernel, zeta, 2 * rule.pace() * t)
    return Corrected(noise / C0(2 * rule.pace() * t), t, Integer(0), Integer(1))


def critical_batch_at_infinity_of(rule: type[TrainingRule], mean: type[TrainingRule]) -> Expr:
    """The same at t = oo, where ``df1(kappa) = N``."""
    zero = Integer(0)
    kernel = _per_sample(rule, zero, zero, df1(moving(mean.partner(zero), 1 / N)))
    return AtRidge((Xi(kappa) + NOISE**2) * kernel / Xi(kappa), kappa, N)


def _per_sample(rule: type[TrainingRule], zeta: Expr, near: Expr, far: Expr) -> Expr:
    """``lim B K`` for B -> oo."""
    return limit(B * rule.noise_kernel(zeta, _near, _far), B, oo).xreplace({_near: near, _far: far})


def noise_at_infinity_of(rule: type[TrainingRule]) -> Expr:
    """The same at t = oo, where ``df1(kappa) = N`` and zeta = 0."""
    zero = Integer(0)
    kernel = rule.noise_kernel(zero, zero, df1(moving(rule.partner(zero), 1 / N)))
    return AtRidge((Xi(kappa) + NOISE**2) * kernel / (1 - kernel), kappa, N)
