"""Multi-pass SGD, solved: batches of B drawn from P samples with replacement, n steps of size eta.

With the second moments of `asymptotics.model.rules.multi_pass_sgd`, ``1/x = 1 + 2 eta zeta + q eta^2 zeta^2``
and the partner zeta' of zeta, as for one-pass SGD (`one_pass_sgd`), the train loss is

    sum_n x^n Lhat_n = S/(1 - K),   S = (G/zeta - G'/zeta')/(q eta^2 x (zeta - zeta')),   G = R1 (Xi +
    sigma^2), K = (zeta' df1' - zeta df1)/(q B (zeta - zeta')),

as ``G/zeta`` is the resolvent of the labels, and df1 counts modes of the curvature on the samples. To the
test loss the batches add ``H sum_n x^n Lhat_n``, where ``(eta^2/B) tr(Sigma G_P (1 - 2 eta G_P + q eta^2
G_P^2)^n)`` has the transform

    H = (kappa' R3' df1' - kappa R3 df1)/(q B (zeta - zeta')).
"""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Expr

from asymptotics.model.rules.base import Curvature
from asymptotics.model.rules.gradient_descent import GradientDescent
from asymptotics.model.rules.multi_pass_sgd import MultiPassSGD
from asymptotics.model.rules.one_pass_sgd import OnePassSGD
from asymptotics.model.schedules.shapes import CONSTANT
from numerics.model.plan import Plan, plan_of
from numerics.model.rules.base import Dynamics, Propagation, solves
from numerics.model.rules.one_pass_sgd import OnePassSGDDynamics
from numerics.model.two_time import OneTime
from numerics.spectra.arrays import Array as Floats
from numerics.values.arithmetic import Array, Field, Scalar
from numerics.values.jets import Jet, Series


@solves(MultiPassSGD)
class MultiPassSGDDynamics(Dynamics[MultiPassSGD]):
    """The contour in w and the recursion are those of one-pass SGD; the sums are those of the sample."""

    @property
    def _moments(self) -> OnePassSGDDynamics:
        return OnePassSGDDynamics(OnePassSGD(eta=self.rule.eta, batch=self.rule.batch))

    @property
    def mean(self) -> GradientDescent:
        return GradientDescent(eta=self.rule.eta)

    def plan(self, steps: int) -> Plan:
        """``eta f(n/T)``, and equal batches."""
        return plan_of(self.rule.eta, self.rule.batch, self.rule.schedule, CONSTANT, steps)

    @property
    def batch(self) -> int:
        return self.rule.batch

    def contour(self, time: Expr, nodes: int, digits: int, curvature: Curvature, field: Field) -> Propagation:
        return self._moments.contour(time, nodes, digits, curvature, field)

    def advance_weights(self, z: Array, change: Scalar, field: Field) -> Array:
        return self._moments.advance_weights(z, change, field)

    def partner(self, zeta: Array, field: Field) -> Array:
        """``zeta' = -zeta - 2/(q eta)``."""
        return self._moments.partner(zeta, field)

    def gain(self, zeta: Array, near: Series, partner: Array, far: Series, field: Field) -> Series:
        """K."""
        return self._moments.gain(zeta, near, partner, far, field)

    def reuse(
        self, zeta: Array, near: OneTime, partner: Array, far: OneTime, field: Field
    ) -> tuple[Mapping[str, Jet], float]:
        """The transforms of the train loss and of what batches add to the test loss, each without label noise
        and per unit sigma^2; and by how much rounding is amplified in them."""
        q, eta = self._moments.constants(field)
        apart = q * (zeta - partner)
        kernel = self.gain(zeta, near.df1, partner, far.df1, field)
        spread = (far.kappa * far.R3 * far.df1 - near.kappa * near.R3 * near.df1) / (apart * self.batch)
        scale = (1 + eta * zeta * (2 + q * eta * zeta)) / (apart * eta**2 * (1 - kernel))
        signal = (near.R1 * near.kappa * near.X / zeta - far.R1 * far.kappa * far.X / partner) * scale
        noise = (near.R1 / zeta - far.R1 / partner) * scale
        whole, rest = near.df1.terms[0] * zeta, far.df1.terms[0] * partner
        return {
            "reuse_train": signal,
            "reuse_train_noise": noise,
            "reuse_test": spread * signal,
            "reuse_test_noise": spread * noise,
        }, max(float(abs(x / (y - x))) for x, y in zip(whole, rest, strict=True))

    def advance(self, weights: Floats, design: Floats, labels: Floats, step: float) -> None:
        """``w + (eta/B) Phi^T (y - Phi w)``."""
        self._moments.advance(weights, design, labels, step)

    def ratio(self, Z: Array, other: Array, steps: int, field: Field) -> Array:
        """``[(1 + eta Z + eta Z' + q eta^2 Z Z')/((1 + eta Z)(1 + eta Z'))]^n``: the second moment of a
        pair of modes over the product of their means."""
        _, eta = self._moments.constants(field)
        found: Array = (
            1 + (eta * Z) * (eta * other) / ((1 + eta * Z) * (1 + eta * other) * self.batch)
        ) ** steps
        return found

    def check_draw(self, curvature: Floats, ridge: float = 0.0) -> None:
        """That of one-pass SGD, of the curvature on the samples: exact but for what their kernel is by
        chance.
        """
        rule = self.rule
        OnePassSGDDynamics(OnePassSGD(eta=rule.eta, batch=rule.batch, schedule=rule.schedule)).check_draw(
            curvature, ridge
        )
