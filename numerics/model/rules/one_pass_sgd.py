"""One-pass SGD, solved: batches of B fresh samples, n steps of size eta, exact in the step.

On Gaussian features the second moments of a finite model obey, with q = 1 + 1/B (Isserlis' theorem),

    m_j(n+1) = (1 - 2 eta e_j + q eta^2 e_j^2) m_j(n) + (eta^2/B) e_j (L_n + sigma^2).

In ``x = e^-w`` with ``1/x = 1 + 2 eta zeta + q eta^2 zeta^2`` two curvatures belong to one x, zeta and its
partner ``zeta' = -zeta - 2/(q eta)``, and the sums over e_j are, by partial fractions,

    sum_n x^n L_n = (S + sigma^2 K/(1 - x))/(1 - K),
    S = (Xi(kappa)/zeta - Xi(kappa')/zeta')/(q eta^2 x (zeta - zeta')),
    K = (zeta' df1(kappa') - zeta df1(kappa))/(q B (zeta - zeta')),

kappa and kappa' belonging to zeta and zeta', which lies beyond the spectrum. The sum is a function of w
alone, and its singularities are ``log(1 - 2 eta e + q eta^2 e^2)``, on the negative axis: Talbot's contour
inverts it. Mean errors are those of gradient descent. A finite model steps through its stream of batches,
``w_(n+1) = w_n + (eta/B) Phi_n^T (y_n - Phi_n w_n)``.
"""

from __future__ import annotations

from fractions import Fraction

from sympy import Expr

from asymptotics.errors import DomainError
from asymptotics.model.rules.base import Curvature
from asymptotics.model.rules.gradient_descent import GradientDescent
from asymptotics.model.rules.one_pass_sgd import OnePassSGD
from numerics.model.contour import talbot
from numerics.model.plan import Plan, plan_of
from numerics.model.rules.base import NOTHING, Dynamics, Noise, Propagation, solves
from numerics.model.two_time import OneTime
from numerics.spectra.arrays import Array as Floats
from numerics.values.arithmetic import Array, Field, Scalar, array, each
from numerics.values.jets import Jet, Series


@solves(OnePassSGD)
class OnePassSGDDynamics(Dynamics[OnePassSGD]):
    """The contour in w, as the zeta on it, and the generating function of the loss."""

    @property
    def mean(self) -> GradientDescent:
        return GradientDescent(eta=self.rule.eta)

    def contour(self, time: Expr, nodes: int, digits: int, curvature: Curvature, field: Field) -> Propagation:
        """A circle for few steps, else Talbot's."""
        steps = int(time)
        few = steps < nodes
        if few:
            w, tau = circle(steps, nodes, digits, field)
        else:
            w, tau = talbot(field.real(steps), nodes, field)
        return Propagation(Z=self.in_exponents(w, field).terms[0], tau=tau, left_out=NOTHING if few else None)

    def in_exponents(self, w: Array, field: Field) -> Jet:
        """zeta, of which two belong to a w; the one next to 0."""
        q, eta = self.constants(field)
        rise = each(field.expm1, w)
        root = each(field.sqrt, 1 + q * rise)
        return Jet(terms=(rise / (eta * (1 + root)), (1 + rise) / (2 * eta * root)))

    def advance_weights(self, zeta: Array, change: Scalar, field: Field) -> Array:
        """``e^(w change)``, w of the nodes zeta."""
        q, eta = self.constants(field)
        return each(field.exp, each(field.log, 1 + eta * zeta * (2 + q * eta * zeta)) * change)

    def partner(self, zeta: Series, field: Field) -> Series:
        """``zeta' = -zeta - 2/(q eta)``."""
        q, eta = self.constants(field)
        return -zeta - 2 / (q * eta)

    def gain(self, zeta: Series, near: Series, partner: Series, far: Series, field: Field) -> Series:
        """``K = (zeta' df1(kappa') - zeta df1(kappa))/(q B (zeta - zeta'))``."""
        q, _ = self.constants(field)
        return (far * partner - near * zeta) / (q * self.batch * (zeta - partner))

    def noise(self, zeta: Series, near: OneTime, partner: Series, far: OneTime, field: Field) -> Noise:
        q, eta = self.constants(field)
        kernel = self.gain(zeta, near.df1, partner, far.df1, field)
        rise = zeta * (zeta * (q * eta) + 2) * eta
        # Xi/zeta, whose slope has no part that cancels
        reach, beyond = (at.X / (at.R1 * at.R3) for at in (near, far))
        source = (reach - beyond) / ((zeta - partner) * (q * eta**2))
        whole, rest = ((at.df1 * z).terms[0] for at, z in ((near, zeta), (far, partner)))
        return Noise(
            signal=source * (1 + rise) / (1 - kernel),
            label_noise=kernel / (1 - kernel) * ((1 + rise) / rise),
            amplified=max(float(abs(x / (y - x))) for x, y in zip(whole, rest, strict=True)),
        )

    def constants(self, field: Field) -> tuple[Scalar, Scalar]:
        """q and eta."""
        return field.real(1 + Fraction(1, self.batch)), self.constant("eta", field)

    @property
    def batch(self) -> int:
        return self.rule.batch

    def advance(self, weights: Floats, design: Floats, labels: Floats, step: float) -> None:
        """``w + (eta/B) Phi^T (y - Phi w)``."""
        weights += step / len(labels) * ((labels - design @ weights) @ design)

    @property
    def largest_step(self) -> float:
        return self.rule.eta

    def plan(self, steps: int) -> Plan:
        """``eta f(n/T)`` and ``B g(n/T)``."""
        rule = self.rule
        return plan_of(rule.eta, rule.batch, rule.schedule, rule.ramp, steps)

    def check_draw(self, curvature: Floats, ridge: float = 0.0) -> None:
        """Mean-square stability on Gaussian features with covariance eigenvalues g_i, and a ridge rho.

        ``E u_i^2`` obeys ``m_i -> f_i m_i + (eta^2/B) g_i sum_j g_j m_j`` beside what drives it, with
        ``f_i = (1 - eta (g_i + rho))^2 + eta^2 g_i^2/B``. That contracts if and only if all f_i are below 1,
        and ``sum_i (eta^2/B) g_i^2/(1 - f_i) < 1``. Exact. Raises `DomainError` otherwise.
        Source: fourth moments of a Gaussian (Isserlis' theorem).

        >>> import numpy as np
        >>> OnePassSGDDynamics(OnePassSGD(eta=0.1, batch=1)).check_draw(np.ones(10))
        """
        eta, batch, schedule = self.rule.eta, self.rule.batch, self.rule.schedule
        height = 1.0 if schedule.by_model else schedule(schedule.highest())

        def stable(step: float) -> bool:
            room = 1 - (1 - step * (curvature + ridge)) ** 2 - step**2 * curvature**2 / batch
            return bool(room.min() > 0) and float((step**2 / batch * curvature**2 / room).sum()) < 1

        if stable(eta * height):
            return
        low, high = 0.0, 2 / ((1 + 1 / batch) * float(curvature.max()))
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if stable(middle) else (low, middle)
        raise DomainError(
            f"eta = {eta} is not below {low / height:.6g}, the stability bound of one-pass SGD with batch = "
            f"{batch} on this draw's kernel; lower eta or raise the batch"
        )


def circle(steps: int, nodes: int, digits: int, field: Field) -> tuple[Array, Array]:
    """Points w of ``|e^w| = rho`` in the upper half plane, with ``e^(n w)/m`` for coefficients of 1/e^w.

    With m points the only error is the aliasing of step n + m, as rho^-m.
    """
    points = 2 * (2 * steps + nodes)
    log_rho = field.real(digits + 5) * field.log(field.real(10)) / points
    w = array([field.complex(log_rho, field.pi() * (2 * j + 1) / points) for j in range(points // 2)])
    return w, each(field.exp, w * steps) / points
