"""What a value of first order in the step leaves out: its distance to one-pass SGD with steps of finite size.

On Gaussian features the second moments obey, with q = 1 + 1/B,

    m_j(n+1) = (1 - 2 eta e_j + q eta^2 e_j^2) m_j(n) + (eta^2/B) e_j (L_n + sigma^2),

so that in ``x = e^-w``, with ``1/x = 1 + 2 eta zeta + q eta^2 zeta^2`` and ``zeta+ = zeta + 2/(q eta)``,

    sum_n x^n L_n = (F + sigma^2 x K/(1 - x))/(1 - x K),
    F = (Xi(kappa)/zeta + Xi(kappa+)/zeta+)/(q eta^2 x (zeta + zeta+)),
    x K = -(zeta df1(kappa) + zeta+ df1(kappa+))/(q B (zeta + zeta+)),

kappa and kappa+ belonging to zeta and to -zeta+, which lies beyond the spectrum (Isserlis' theorem; the
sums over e_j by partial fractions). The mean of the errors is that of gradient descent. Values
come to few digits: they measure an error.

    LeftOut       the estimate for one model
    FiniteSteps   its contour
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import mpmath
import sympy
from sympy import Expr

from asymptotics.errors import PrecisionError
from asymptotics.model.rules.base import Curvature
from asymptotics.model.rules.gradient_descent import GradientDescent
from asymptotics.precision import working
from numerics.model.contour import invert, talbot
from numerics.model.discretisation import Contour, Discretisation
from numerics.model.renormalised_ridge import Resolvent
from numerics.model.rules.base import Dynamics, Propagation
from numerics.model.solver import PLAIN, Expanded, Solver
from numerics.model.students.base import StudentMap
from numerics.model.two_time import one_time
from numerics.values.arithmetic import Array, Field, Scalar, array, each
from numerics.values.inputs import infinite
from numerics.values.jets import Jet
from numerics.values.value import Value

DIGITS = 10
"""The digits at first; more where the two values agree to them."""
ONE = sympy.Integer(1)
ATTEMPTS = 3
MARGIN = mpmath.mpf("1.1")
"""By which the distance is rounded up."""
ROUNDS = 100
SMALL = 2.0**-10
"""Below it ``e^w - 1`` is a series."""

Weights = Mapping[str, Expr]


class LeftOut:
    """How far values of first order are from those of finite steps, for one model."""

    def __init__(self, student: StudentMap[Any], dynamics: Dynamics[Any]) -> None:
        mean = dynamics.mean
        assert mean is not None
        self._note = dynamics.rule.approximation
        self._mean = Solver(student, sympy.oo, mean)
        self._flow = Solver(student, sympy.oo, dynamics.rule)
        self._steps = FiniteSteps(mean, dynamics.batch)
        self._model = Discretisation(student, sympy.oo, self._steps)

    def add(
        self, value: Value, weights: Weights, time: Expr, expanded: Expanded = PLAIN, order: int = 0
    ) -> Value:
        """``value``, a sum of parts with these weights, with what it leaves out in its error."""
        if time == 0 or not weights:
            return value
        if not self._stable:
            note = f"{self._note}; steps of this size diverge"
            return replace(value, error=mpmath.inf, note=note)
        return self._compared(
            value, lambda digits: self._totals(dict(weights), time, digits, expanded, order)
        )

    def add_to_transfer(self, value: Value, level: int, time: Expr) -> Value:
        """The same for the mean of a mode, which gradient descent has."""

        def transfer(digits: int) -> tuple[list[mpmath.mpf], mpmath.mpf]:
            found = self._mean.transfer(level, time, digits)
            return [found.value], found.error

        return self._compared(value, transfer)

    def _compared(self, value: Value, exact: Callable[[int], tuple[list[mpmath.mpf], mpmath.mpf]]) -> Value:
        digits = DIGITS
        for _ in range(ATTEMPTS):
            with working(digits + 15):
                try:
                    found, error = exact(digits)
                except PrecisionError:
                    return replace(value, error=mpmath.inf, note=self._note)
                apart = max(abs(x - value.value) for x in found)
                if error < apart / 4:
                    break
            digits += DIGITS
        return replace(value, error=value.error + MARGIN * apart + error, note=self._note)

    @cached_property
    def _stable(self) -> bool:
        """Whether the second moments stay bounded: ``eta e < 2/q`` for all curvatures e, and K(1) < 1."""
        if self._steps.q * self._steps.eta * Fraction(self._model.edge) >= 2:
            return False
        with self._model.field(DIGITS, 0) as field:
            return bool(0 <= self._gain_at_infinity(field) < 1)

    def _gain_at_infinity(self, field: Field) -> Scalar:
        """``K(1) = -df1(kappa+)/(q B)`` at zeta = 0."""
        q, eta, batch = self._steps.numbers(field)
        far = _beyond(array([-2 / (q * eta)]), self._model, DIGITS, 0, field)
        return -far.point.df1[0, 0].real / (q * batch)

    def _totals(
        self, weights: dict[str, Expr], time: Expr, digits: int, expanded: Expanded, order: int
    ) -> tuple[list[mpmath.mpf], mpmath.mpf]:
        """The sum of the parts for finite steps, and its error.

        What batches add is meant beside gradient descent or beside gradient flow: then there are two.
        """
        signal = weights.pop("sgd_signal", sympy.Integer(0))
        label = weights.pop("sgd_label_noise", sympy.Integer(0))
        whole = weights.pop("infinite_data", sympy.Integer(0)) - signal
        for name in ("bias", "initialisation") if infinite(time) else ("infinite_data",):
            weights[name] = weights.get(name, sympy.Integer(0)) + whole
        rest = self._mean.combine(weights, time, digits, expanded, order)
        total, error = rest.value, rest.error
        if signal != 0 or label != 0:
            parts = (
                self._at_infinity(digits) if infinite(time) else self._parts(time, digits, expanded, order)
            )
            for weight, (part, doubt) in zip((signal, label), parts, strict=True):
                factor = mpmath.mpmathify(sympy.N(weight, digits + 15))
                total, error = total + factor * part, error + abs(factor) * doubt
        if whole == 0 or infinite(time):
            return [total], error
        found = (
            s.combine({"infinite_data": whole}, time, digits, expanded, order)
            for s in (self._mean, self._flow)
        )
        descent, flow = found
        return [total, total - descent.value + flow.value], error + flow.error

    def _at_infinity(self, digits: int) -> list[tuple[mpmath.mpf, mpmath.mpf]]:
        whole = self._mean.combine({"bias": ONE, "initialisation": ONE}, sympy.oo, digits)
        with self._model.field(digits, 0) as field:
            gain = field.mpf(self._gain_at_infinity(field))
        gain, small = gain / (1 - gain), mpmath.mpf(10) ** -digits
        values = (whole.value * (1 + gain), gain)
        return [(value, abs(value) * small) for value in values]

    def _parts(
        self, steps: Expr, digits: int, expanded: Expanded, order: int
    ) -> list[tuple[mpmath.mpf, mpmath.mpf]]:
        """The loss without label noise, and what one unit of sigma^2 adds, after so many steps."""
        found = []
        for contour in self._model.solve(steps, digits, pairs=False, orders=expanded.orders):
            with contour.field as field:
                terms = self._transforms(contour, digits, expanded, field)
                found.append([field.mpf(invert(contour.tau, x.terms[order]).value) for x in terms])
        coarse, fine = found
        small = mpmath.mpf(10) ** -digits
        return [(x, abs(x - y) + abs(x) * small) for x, y in zip(fine, coarse, strict=True)]

    def _transforms(self, contour: Contour, digits: int, expanded: Expanded, field: Field) -> tuple[Jet, Jet]:
        q, eta, batch = self._steps.numbers(field)
        zeta = contour.resolvent.z
        plus = zeta + 2 / (q * eta)
        beyond = _beyond(-plus, self._model, digits, expanded.orders, field)
        near, far = (
            one_time(r, contour.sizes, expanded.size, expanded.orders) for r in (contour.resolvent, beyond)
        )
        kernel = -(near.df1 * zeta + far.df1 * plus) / (q * batch * (zeta + plus))
        rise = eta * zeta * (2 + q * eta * zeta)
        source = (near.kappa * near.X / zeta + far.kappa * far.X / plus) / (q * eta**2 * (zeta + plus))
        return source * (1 + rise) / (1 - kernel), kernel / (1 - kernel) * ((1 + rise) / rise)


class FiniteSteps(Dynamics[GradientDescent]):
    """The contour in w, as the zeta on it: a circle for few steps, else Talbot's."""

    def __init__(self, rule: GradientDescent, batch: int) -> None:
        super().__init__(rule)
        self.eta = Fraction(repr(rule.eta))
        self.q, self.size = 1 + Fraction(1, batch), batch

    def numbers(self, field: Field) -> tuple[Scalar, Scalar, int]:
        """q, eta and B."""
        return field.real(self.q), field.real(self.eta), self.size

    def contour(self, time: Expr, nodes: int, digits: int, curvature: Curvature, field: Field) -> Propagation:
        q, eta, _ = self.numbers(field)
        steps = int(time)
        if steps < nodes:
            w, tau = _circle(steps, nodes, digits, field)
        else:
            w, tau = talbot(field.real(steps), nodes, field)
        rise = array([_expm1(x, field) for x in w])
        return Propagation(Z=rise / (eta * (1 + each(field.sqrt, 1 + q * rise))), tau=tau)


def _circle(steps: int, nodes: int, digits: int, field: Field) -> tuple[Array, Array]:
    """Points w of ``|e^w| = rho`` in the upper half plane, with ``e^(n w)/m`` for coefficients of 1/e^w."""
    points = 2 * (2 * steps + nodes)
    log_rho = field.real(digits + 5) * field.log(field.real(10)) / points
    w = array([field.complex(log_rho, field.pi() * (2 * j + 1) / points) for j in range(points // 2)])
    return w, each(field.exp, w * steps) / points


def _expm1(w: Scalar, field: Field) -> Scalar:
    if abs(w) > SMALL:
        return field.exp(w) - 1
    total, order = w * 0, 12
    while order:
        total = (1 + total) * w / order
        order -= 1
    return total


def _beyond(z: Array, model: Discretisation, digits: int, orders: int, field: Field) -> Resolvent:
    """kappa at z beyond the spectrum (to its left), where ``z = kappa (1 - df1/N)``, and everything at it.

    Newton's method from ``z + sum(lambda)/N``, monotone on the real axis. Raises `PrecisionError` where it
    stalls.
    """
    sums, sizes = model.sums_for(digits), model.sizes(field)
    kappa = z + sums.total_eigenvalue(field) * sizes.difference(z * 0, z * 0)
    for _ in range(ROUNDS):
        point = sums.one_point(kappa, field, derivatives=orders + 1)
        R1, R3 = sizes.factors(point.df1[0])
        step = (z - kappa * R3) / (R3 + kappa * sizes.slope(point.df1[0], point.df1[1]))
        if max(float(abs(d) / abs(x)) for d, x in zip(step, kappa, strict=True)) < 2.0 ** (-0.8 * field.bits):
            return Resolvent(z=z, point=point, R1=R1, R3=R3)
        kappa = kappa + step
    raise PrecisionError("kappa beyond the spectrum did not converge; use a smaller step")
