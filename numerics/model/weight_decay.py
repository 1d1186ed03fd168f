"""One-pass SGD with weight decay: a ridge rho in every step, exact in the step, for n steps and n = oo.

With ``a = 1 - eta (e + rho)`` the parameter of a mode of curvature e has the mean error ``mu_n w``,

    mu_(n+1) = a mu_n + eta rho,      mu_0 = 1,

and its second moment, in units of w^2 and with q = 1 + 1/B (Isserlis' theorem),

    m(n+1) = (a^2 + eta^2 e^2/B) m(n) + 2 eta rho a mu_n + eta^2 rho^2 + (eta^2/(B w^2)) e (L_n + sigma^2).

In ``x = e^-w``, y = 1/x - 1, u = 1 - eta rho, three curvatures belong to one x: the roots z_1 and z_2 of
``1/x = u^2 + 2 eta u z + q eta^2 z^2``, at which second moments fall as x^-n, and ``z_3 = y/eta + rho``, at
which means do. By partial fractions in e

    sum_n x^n L_n = (S + sigma^2 K/(1 - x))/(1 - K),      S = sum_i r_i Xi(kappa_i)/z_i,
    K = (z_2 df1(kappa_2) - z_1 df1(kappa_1))/(q B (z_1 - z_2)),
    r_i = -(1 + y)/(q eta^2) times the residues at e = -z_i of
          (c_0 + c_1/(e + z_3))/((e + z_1)(e + z_2)),
    c_0 = 1 - 2 eta rho - eta^2 rho^2/y,      c_1 = 2 eta rho (1 + y) z_3/y.

What is left at n = oo is the residue at y = 0. Where a < 0 for some modes means alternate, and Talbot's
contour would leave their singularities out: then only a few steps, on a circle, and n = oo are solved.

    DecayedSGD       the places of a contour, and the transforms on them
    DecayedSolver    the solver of a model with a ridge > 0 under one-pass SGD
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import mpmath
from sympy import Expr

from asymptotics.errors import DomainError, UnableError
from asymptotics.model.rules.base import Curvature, TrainingRule
from asymptotics.model.rules.one_pass_sgd import OnePassSGD
from numerics.model.beyond_spectrum import resolve_beyond
from numerics.model.contour import talbot
from numerics.model.discretisation import Contour, Discretisation
from numerics.model.renormalised_ridge import Resolvent
from numerics.model.rules.base import NOTHING, Propagation
from numerics.model.rules.one_pass_sgd import OnePassSGDDynamics, circle
from numerics.model.solver import SENSITIVITY, Expanded, Solver
from numerics.model.students.base import StudentMap
from numerics.model.two_time import OneTime, one_time
from numerics.spectra.compiled import constant
from numerics.values.arithmetic import Array, Field, Scalar, array, each
from numerics.values.jets import Jet
from numerics.values.positive import Positive
from numerics.values.value import Value

STEADY = 1e-10
"""To so much the stability of steps is decided."""


class DecayedSGD(OnePassSGDDynamics):
    """That of one-pass SGD with a ridge: its contour in w, as the places z_1 less the ridge."""

    def __init__(self, rule: OnePassSGD, ridge: Expr) -> None:
        super().__init__(rule)
        self.ridge = ridge

    def contour(self, time: Expr, nodes: int, digits: int, curvature: Curvature, field: Field) -> Propagation:
        """A circle for few steps, else Talbot's."""
        steps = int(time)
        few = steps < nodes
        if not few and self.rule.eta * curvature.edge > 1:
            raise UnableError(
                f"eta = {self.rule.eta} with ridge = {float(self.ridge):.6g}: means of modes beyond 1/eta "
                f"alternate, and {steps} steps are not solved; use eta < {1 / curvature.edge:.6g}, or fewer "
                f"than {nodes} steps"
            )
        w, tau = circle(steps, nodes, digits, field) if few else talbot(field.real(steps), nodes, field)
        near, _ = self.places(each(field.expm1, w), field)
        return Propagation(Z=near - constant(self.ridge, field), tau=tau, left_out=NOTHING if few else None)

    def advance_weights(self, zeta: Array, change: Scalar, field: Field) -> Array:
        """``e^(w change)``, w of the nodes."""
        return each(
            field.exp, each(field.log, 1 + self.rise(zeta + constant(self.ridge, field), field)) * change
        )

    def places(self, rise: Array, field: Field) -> tuple[Array, Array]:
        """z_1 and z_3 at ``y = e^w - 1``."""
        q, eta, rho, u = self._numbers(field)
        left = rise + eta * rho * (1 + u)
        near = left / (eta * (u + each(field.sqrt, u * u + q * left)))
        return near, rise / eta + rho

    def rise(self, near: Array, field: Field) -> Array:
        """y from z_1."""
        q, eta, rho, u = self._numbers(field)
        return eta * near * (2 * u + q * eta * near) - eta * rho * (1 + u)

    def partner(self, zeta: Array, field: Field) -> Array:
        """``z_2 = -z_1 - 2 u/(q eta)``."""
        q, eta, _, u = self._numbers(field)
        return -zeta - 2 * u / (q * eta)

    def signal(
        self, rise: Array, places: tuple[Array, ...], sums: tuple[Jet, ...], field: Field
    ) -> tuple[Jet, float]:
        """``y S/(1 + y)``, ``S = sum_i r_i Xi(kappa_i)/z_i``, finite at y = 0, from the ``Xi(kappa_i)``.

        Second, by what rounding is amplified in it.
        """
        q, eta, rho, _ = self._numbers(field)
        first, second, third = places
        alone = rise * (1 - 2 * eta * rho) - (eta * rho) ** 2
        shared = 2 * eta * rho * (1 + rise) * third
        residues = (
            (alone + shared / (third - first)) / (second - first) / first,
            (alone + shared / (third - second)) / (first - second) / second,
            shared / ((first - third) * (second - third)) / third,
        )
        parts = [Xi * (-r / (q * eta**2)) for r, Xi in zip(residues, sums, strict=True)]
        total = parts[0] + parts[1] + parts[2]
        sizes = zip(*(part.terms[0] for part in (*parts, total)), strict=True)
        return total, max(float(sum(map(abs, each_)) / abs(each_[-1])) for each_ in sizes)

    def _numbers(self, field: Field) -> tuple[Scalar, Scalar, Scalar, Scalar]:
        """q, eta, rho and u."""
        q, eta = self.constants(field)
        rho = constant(self.ridge, field)
        return q, eta, rho, 1 - eta * rho


class DecayedSolver(Solver):
    """The losses of one-pass SGD with a ridge > 0; the mean errors are those of gradient descent with it."""

    def __init__(self, student: StudentMap[Any], P: Expr, rule: TrainingRule, ridge: Expr) -> None:
        super().__init__(student, P, rule)
        assert isinstance(self.dynamics, OnePassSGDDynamics)
        if not ridge > 0:
            raise UnableError(
                f"ridge = {float(ridge):.6g} of one-pass SGD; below 0 it is not solved, give ridge >= 0"
            )
        self._mean = Solver(student, P, self.dynamics.mean, ridge)
        self.dynamics: DecayedSGD = DecayedSGD(self.dynamics.rule, ridge)
        self.model = Discretisation(student, P, self.dynamics, ridge)

    def check(self) -> None:
        """Raise `DomainError` for unstable steps: ``a^2 + eta^2 e^2/B >= 1`` at the edge, or K >= 1."""
        eta, rho, batch = self.dynamics.rule.eta, float(self.model.ridge), self.dynamics.batch
        top = self.model.edge - rho
        overshoots = not (1 - eta * (top + rho)) ** 2 + eta**2 * top**2 / batch < 1
        if overshoots or not self._end(15)[1].value < 1 - STEADY:
            raise DomainError(
                f"eta = {eta} is beyond stability for batches of {batch} with ridge = {rho:.6g}: a step "
                "overshoots, or the noise of the batches feeds itself; lower eta"
            )

    def _transforms(
        self, group: str, contour: Contour, expanded: Expanded, digits: int, field: Field
    ) -> tuple[Mapping[str, Jet], float]:
        if group != "sgd":
            return super()._transforms(group, contour, expanded, digits, field)
        size, orders = expanded.size, expanded.orders
        near, rise = contour.resolvent.z, self.dynamics.rise(contour.resolvent.z, field)
        _, third = self.dynamics.places(rise, field)
        far = self.dynamics.partner(near, field)
        sums = self.model.sums_for(digits)
        resolvents = (
            contour.resolvent,
            resolve_beyond(far, sums, contour.sizes, field, orders + 1),
            self.model.resolve(third, digits, field, orders),
        )
        nodes = [one_time(found, contour.sizes, size, orders) for found in resolvents]
        signal, kernel, loss = self._combined(rise, (near, far, third), resolvents, nodes, field)
        steps = (1 + rise) / rise
        return {
            "sgd_signal": signal * steps / (1 - kernel),
            "sgd_label_noise": kernel / (1 - kernel) * steps,
        }, loss

    def _combined(
        self,
        rise: Array,
        places: tuple[Array, Array, Array],
        resolvents: tuple[Resolvent, ...],
        nodes: list[OneTime],
        field: Field,
    ) -> tuple[Jet, Jet, float]:
        """``y S/(1 + y)``, K, and by what rounding is amplified, with errors of the sums in its units."""
        near, far, _ = places
        signal, loss = self.dynamics.signal(rise, places, tuple(x.kappa * x.X for x in nodes), field)
        kernel = self.dynamics.gain(near, nodes[0].df1, far, nodes[1].df1, field)
        whole, rest = nodes[0].df1.terms[0] * near, nodes[1].df1.terms[0] * far
        loss = max(loss, *(float(abs(x / (y - x))) for x, y in zip(whole, rest, strict=True)))
        worst = max(x.point.error for x in resolvents) * 2.0 ** (field.bits - 3)
        return signal, kernel, loss * max(1.0, worst)

    def _end(self, digits: int) -> tuple[Positive, Positive]:
        """``y S/(1 + y)`` and K at y = 0."""
        with self.model.field(digits, 0) as field:
            rise = array([field.real(0)])
            near, third = self.dynamics.places(rise, field)
            places = near, self.dynamics.partner(near, field), third
            sums, sizes = self.model.sums_for(digits), self.model.sizes(field)
            resolvents = (
                self.model.resolve(near, digits, field),
                resolve_beyond(places[1], sums, sizes, field),
                self.model.resolve(third, digits, field),
            )
            nodes = [one_time(found, sizes) for found in resolvents]
            signal, kernel, loss = self._combined(rise, places, resolvents, nodes, field)
            error = SENSITIVITY * (loss + 1) * 2.0 ** (8 - field.bits)
            found, gain = (x.terms[0][0].real for x in (signal, kernel))
            return Positive(found, error), Positive(gain, error)

    def _at_infinity(self, digits: int) -> dict[str, Value]:
        signal, gain = self._end(digits)
        with self.model.field(digits, 0) as field:
            parts = {"sgd_signal": signal / (1 - gain), "sgd_label_noise": gain / (1 - gain)}
            values = {name: field.mpf(part.value) for name, part in parts.items()}
        return {
            name: Value(value=value, error=abs(value) * mpmath.mpf(parts[name].error))
            for name, value in values.items()
        }
