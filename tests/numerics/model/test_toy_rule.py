"""A training rule from outside the packages, through public protocols alone: heavy ball in discrete steps.

    v_(n+1) = v_n - eta G v_n + mu (v_n - v_(n-1)),   v_(-1) = v_0,

with the symbol ``s(z) = (x - 1)(x - mu)/(eta x)``, x = e^z. Its time law is derived and verified, the full
model is solved with it, and finite models are trained by it.
"""

from contextlib import ExitStack
from dataclasses import dataclass

import mpmath
import numpy as np
import pytest
from sympy import Expr, Rational, Symbol, exp, simplify, sqrt

from asymptotics import DomainError, compute_optimal, derive, power_law
from asymptotics.model.quantities import QUANTITIES
from asymptotics.model.quantities_of_rules import time_quantity
from asymptotics.model.rules.base import TRAINING_RULES, TrainingRule
from asymptotics.symbols import N, a, b, eta, t
from numerics import Dynamics, FullModel, solves, verify
from numerics.model.contour import talbot
from numerics.model.rules.base import Propagation
from numerics.simulation.simulate import simulate_arrays
from numerics.values.arithmetic import array, each
from numerics.verification.references import REFERENCES, time_reference

MU = Symbol("mu", positive=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepsWithMomentum(TrainingRule):
    """The rule; ``mu`` is the momentum."""

    eta: float
    mu: float

    title = "gradient descent with momentum"
    name = "steps_with_momentum"
    parameters = (eta, MU)
    counts_steps = True
    law = "time_steps_with_momentum"
    label = "M"
    source = "Polyak 1964"

    @classmethod
    def symbol(cls, z: Expr) -> Expr:
        return (exp(z) - 1) * (exp(z) - MU) / (eta * exp(z))

    @classmethod
    def propagator(cls, curvature: Expr, t: Expr) -> Expr:
        middle = 1 - eta * curvature + MU
        root = sqrt(middle**2 - 4 * MU)
        fast, slow = (middle - root) / 2, (middle + root) / 2
        return ((1 - eta * curvature - fast) * slow**t - (1 - eta * curvature - slow) * fast**t) / root


@solves(StepsWithMomentum)
class StepsWithMomentumDynamics(Dynamics[StepsWithMomentum]):
    """Contours in x = e^z: a circle for few steps, Talbot's contour for z beyond."""

    def contour(self, time, nodes, digits, curvature, field):
        step, mu, steps = field.real(self.rule.eta), field.real(self.rule.mu), int(time)
        if steps < 2 * nodes:
            points = 2 * (2 * steps + nodes)
            radius = field.exp(field.real(digits + 5) * field.log(field.real(10)) / points)
            angles = [field.pi() * (2 * j + 1) / points for j in range(points // 2)]
            x = array([field.complex(radius * field.cos(y), radius * field.sin(y)) for y in angles])
            weights = x**steps / points
        else:
            z, weights = talbot(field.real(steps), nodes, field)
            x = each(field.exp, z)
        return Propagation(Z=(x - 1) * (x - mu) / (step * x), tau=weights * x / (x - 1))

    def learned_fraction(self, curvature, times):
        left = np.ones((len(curvature), len(times)))
        before, now = np.ones(len(curvature)), np.ones(len(curvature))
        for n in range(1 + int(np.max(times, initial=0))):
            left[:, times == n] = now[:, None]
            slope = self.rule.eta * curvature * now
            before, now = now, now - slope + self.rule.mu * (now - before)
        return 1 - left


RULE = StepsWithMomentum(eta=0.25, mu=0.5)


@pytest.fixture
def known():
    with ExitStack() as scope:
        scope.enter_context(TRAINING_RULES.holding(StepsWithMomentum))
        scope.enter_context(QUANTITIES.holding(time_quantity(StepsWithMomentum)))
        scope.enter_context(REFERENCES.holding(time_reference(StepsWithMomentum)))
        yield


def left_of(curvature, steps):
    before = now = mpmath.mpf(1)
    for _ in range(steps):
        slope = mpmath.mpf(RULE.eta) * curvature * now
        before, now = now, now - slope + RULE.mu * (now - before)
    return now


def test_its_pace_is_that_of_slow_modes():
    assert simplify(StepsWithMomentum.pace() - eta / (1 - MU)) == 0


@pytest.mark.parametrize("steps", [0, 1, 2, 7, 60, 400])
def test_the_full_model_is_the_sum_over_modes(steps):
    powers = [1.0, 0.6, 0.1]
    model = FullModel.from_arrays([1.0, 0.5, 0.1], powers, rule=RULE, digits=12)
    with mpmath.workdps(30):
        rows = zip([mpmath.mpf(x) for x in (1.0, 0.5, 0.1)], powers, strict=True)
        wanted = mpmath.fsum(c * left_of(x, steps) ** 2 for x, c in rows)
        found = model.test_loss(steps)
        assert abs(found.value - wanted) <= found.error + mpmath.mpf(10) ** -11 * wanted


@pytest.mark.slow
def test_finite_models_are_trained_by_it():
    spectrum = [float(k) ** -1.5 for k in range(1, 61)]
    target = [float(k) ** -2.0 for k in range(1, 61)]
    found = simulate_arrays(spectrum, target, N=120, P=150, times=(0, 5, 40), rule=RULE, draws=40, seed=3)
    model = FullModel.from_arrays(spectrum, target, N=120, P=150, rule=RULE, digits=8)
    for n, mean, error in zip((0, 5, 40), found.test_loss, found.test_loss_error, strict=True):
        assert abs(mean - float(model.test_loss(n))) < 4 * error + 0.02 * mean


def test_its_law_is_derived_and_verified(known):
    laws = derive(power_law(a, b))
    law = laws.time_steps_with_momentum
    assert law.exponent == (a - 1) / b
    at = {a: Rational(3, 2), b: Rational(5, 4), eta: Rational(1, 4), MU: Rational(1, 2)}
    assert verify(law, at=at).verdict == "HOLDS"
    assert verify(law.stating(prefactor=law.prefactor * Rational(101, 100)), at=at).verdict == "FAILS"


def test_budgets_know_it(known):
    optimum = compute_optimal(derive(power_law(a, b)), cost=N * t, rule=StepsWithMomentum)
    assert len(optimum.phases) == 2


def test_what_it_does_not_say_is_one_line():
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Unsolved(StepsWithMomentum):
        """Registered nowhere."""

    with pytest.raises(DomainError, match="Unsolved"):
        FullModel(power_law(2, 2), rule=Unsolved(eta=0.1, mu=0.5)).test_loss(10)


def test_a_rule_is_solved_by_one_class():
    assert solves(StepsWithMomentum)(StepsWithMomentumDynamics) is StepsWithMomentumDynamics
    with pytest.raises(DomainError, match="StepsWithMomentum is solved by StepsWithMomentumDynamics already"):
        solves(StepsWithMomentum)(type("Others", (StepsWithMomentumDynamics,), {}))
