"""How a training rule is solved: the protocol, and the registration that joins it to the class of the rule.

In the full model the error after time t is a function of the curvature G, ``v(t) = f_t(G) v(0)``, and

    f_t(G) = sum_j tau_j Z_j (Z_j + G)^-1

for nodes Z_j and weights tau_j of a contour around the spectrum: with s the symbol of the rule, Z = s(z).
With ``D_k = 1/(Z + lambda_k q)`` every loss is therefore ``sum_ij tau_i tau_j K(Z_i, Z_j)`` with the same
kernels K (`two_time`). Label noise enters through the same tau. In a finite model the curvature is a matrix,
and a rule says which fraction of an eigenvalue is learned, or how a step changes the weights.

    Dynamics                 what is to be said of a rule; one subclass a rule
    leave_out(nodes, f)      what an ellipse leaves out
    solves(Rule)             decorator that registers it
    dynamics_of(rule)        the dynamics of a rule with numbers
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar, Generic, TypeVar

from sympy import Expr, Symbol, lambdify

from asymptotics.errors import DomainError, PrecisionError
from asymptotics.model.rules.base import Curvature, TrainingRule, check_rule, numbers_of
from asymptotics.model.rules.gradient_descent import GradientDescent
from asymptotics.precision import working
from asymptotics.registry import enter_once
from numerics.model.contour import LEFT_OUT, RATE
from numerics.model.momentum import Momentum
from numerics.model.plan import Plan
from numerics.model.two_time import OneTime
from numerics.spectra.arrays import Array as Floats
from numerics.spectra.finite import FiniteSpectrum
from numerics.spectra.spectrum import ContinuousSpectrum
from numerics.sums.decay import Decay, SlowModes
from numerics.sums.propagated_sum import propagated_sum
from numerics.sums.time_sum import time_sum
from numerics.values.arithmetic import Array, Field, Scalar
from numerics.values.jets import Jet, Series
from numerics.values.value import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Propagation:
    """Resolvent arguments Z_j and weights tau_j; their conjugates complete the contour.

    ``left_out``: the error of the contour in one variable and in pairs, relative to the size of its terms;
    None for Talbot's.
    """

    Z: Array
    tau: Array
    left_out: tuple[float, float] | None = None


NOTHING = (0.0, 0.0)
"""What a circle leaves out is below the digits of the numbers on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """The transforms of the loss without label noise, and of what one unit of sigma^2 adds.

    ``amplified`` says how much rounding is amplified in the latter.
    """

    signal: Jet
    label_noise: Jet
    amplified: float


def leave_out(nodes: int, filtered: Array) -> tuple[float, float]:
    """The error of an ellipse whose nodes leave ``3.89^-nodes`` of the filter at 0: `Propagation.left_out`.

    ``filtered``, the filter at its nodes, is in the sizes of the terms, in pairs as a square.
    """
    grown, error = max(1.0, float(max(map(abs, filtered)))), LEFT_OUT * math.exp(-RATE * nodes)
    return error / grown, error / grown**2


RuleType = TypeVar("RuleType", bound=TrainingRule)


class Dynamics(ABC, Generic[RuleType]):
    """How models are solved with a training rule whose constants are numbers; one subclass a rule.

    For the full model a subclass defines `contour`. For finite models, a rule that sees its data again
    defines `learned_fraction`; one that draws fresh samples defines `batch` and `advance`, and for the noise
    of its batches in the full model `mean`, `partner`, `gain` and `noise`; one that draws from P samples has
    `reuse` and `ratio` in the place of the last. The rest may stay as it is here.

    Attributes
    ----------
    rule : the training rule. Its error after time t is ``f_t(G) v(0)``, G the curvature.
    squares : whether ``f_t(G)^2`` has a contour of its own, `squared`; at P = oo it replaces the product of
        two.
    extra_digits : that its contours take, as what is inverted grows on them.
    most_digits : that its losses at late times come with at N = P = oo.
    memory : how many vectors of the size of the weights, them included, a step on a fresh batch goes on from.
    exponential : whether ``f_t(G) = e^(-G t)``; then one contour serves a window of times (`windows`).

    >>> from numerics import HeavyBall
    >>> dynamics_of(HeavyBall(beta=2)).squares
    False
    """

    squares: ClassVar[bool] = False
    extra_digits: ClassVar[int] = 0
    most_digits: ClassVar[int] = 1000
    exponential: ClassVar[bool] = False
    memory: ClassVar[int] = 1

    def __init__(self, rule: RuleType) -> None:
        self.rule = rule

    def constant(self, name: str, field: Field) -> Scalar:
        """A constant of the rule as the decimal that it prints, as its laws have it."""
        return field.real(Fraction(repr(getattr(self.rule, name))))

    @abstractmethod
    def contour(self, time: Expr, nodes: int, digits: int, curvature: Curvature, field: Field) -> Propagation:
        """The contour at ``time`` > 0 on the rule's clock, with about ``nodes`` nodes, in ``field``."""

    def squared(self, time: Expr, nodes: int, digits: int, curvature: Curvature, field: Field) -> Propagation:
        """The same for ``f_t^2``; for a semigroup it is that at twice the time."""
        return self.contour(2 * time, nodes, digits, curvature, field)

    def in_exponents(self, w: Array, field: Field) -> Jet:
        """Z in the place of w, where a mode falls as ``e^(w n)`` in n steps, and its slope in w."""
        raise self._missing("in_exponents")

    def advance_weights(self, z: Array, change: Scalar, field: Field) -> Array | None:
        """By what a change of the time multiplies the weights at nodes z, which stay; None if they may not.

        A contour made for one time then also serves for times near it.
        """
        return None

    def decay(self, time: Expr, digits: int, curvature: Curvature) -> Decay | None:
        """What is left of the square of an error at N = P = oo; None where the contour is used there too."""
        return None

    def slow_modes(self, curvature: Curvature) -> SlowModes | None:
        """What is left of squares of errors at late times; None where it is not one exponential a mode."""
        return None

    def sum_modes(
        self, spectrum: ContinuousSpectrum | FiniteSpectrum, time: Expr, digits: int, curvature: Curvature
    ) -> Value | None:
        """``sum m_k c_k f_t(lambda_k)^2``, the loss at N = P = oo; None where a contour serves."""
        with working(digits + 20):
            decay = self.decay(time, digits, curvature)
        found = None
        with suppress(PrecisionError):
            found = None if decay is None else time_sum(spectrum, decay, digits)
        return propagated_sum(spectrum, self._propagate(time), digits) if found is None else found

    def _propagate(self, time: Expr) -> Callable[[Any], Any]:
        """The propagator of the rule in mpmath, of a curvature."""
        rate = Symbol("u", positive=True)
        left: Callable[[Any], Any] = lambdify(
            rate, self.rule.propagator(rate, time).xreplace(numbers_of(self.rule)), "mpmath"
        )
        return left

    def train_decay(self, time: float, slowest: float, curvature: Curvature) -> float:
        """A lower bound of ``-log f_t(u)^2`` for all curvatures u >= ``slowest``."""
        return 0.0

    # -- rules that see their data again ---------------------------------------------------

    def learned_fraction(self, curvature: Floats, times: Floats) -> Floats:
        """``1 - f_t(x)`` of eigenvalues x > 0 of a finite curvature; shapes (r,) and (T,) give (r, T).

        Times may be infinite. Dimensionless; absolute error of a few 1e-16, relative to x as x -> 0. Raises
        `DomainError` where the rule diverges.
        """
        raise self._missing("learned_fraction")

    def learned_share(self, curvature: Floats, labels: Floats, times: Floats) -> Floats:
        """What is learned of each ``labels[r]``, shape (r, T): `learned_fraction` where training is
        linear."""
        return self.learned_fraction(curvature, times)

    # -- rules that draw fresh samples at each step ------------------------------------------

    @property
    def mean(self) -> GradientDescent | None:
        """The rule that the mean errors follow; None for a rule without noise of its own."""
        return None

    def partner(self, zeta: Series, field: Field) -> Series:
        """Beyond the spectrum, where a mode would fall as fast as at the nodes zeta."""
        raise self._missing("partner")

    def gain(self, zeta: Array, near: Series, partner: Array, far: Series, field: Field) -> Series:
        """K, by which the noise of batches feeds itself; ``near`` and ``far`` are df1 at zeta and beyond."""
        raise self._missing("gain")

    def noise(self, zeta: Series, near: OneTime, partner: Series, far: OneTime, field: Field) -> Noise:
        """The transform of the loss at nodes zeta of the contour."""
        raise self._missing("noise")

    # -- rules that draw batches from P samples ----------------------------------------------

    def reuse(
        self, zeta: Array, near: OneTime, partner: Array, far: OneTime, field: Field
    ) -> tuple[Mapping[str, Jet], float]:
        """The transforms of the train loss and of what batches add to the test loss (`reusing.REUSED`), and
        by how much rounding is amplified in them."""
        raise self._missing("reuse")

    def ratio(self, Z: Array, other: Array, steps: int, field: Field) -> Array:
        """The second moment of a pair of modes over the product of their means."""
        raise self._missing("ratio")

    @property
    def batch(self) -> int:
        """How many samples a step draws."""
        raise self._missing("batch")

    def advance(self, weights: Floats, design: Floats, labels: Floats, step: float) -> None:
        """One step of this size of the weights (n,), in place, on a batch: design (B, n), labels (B,)."""
        raise self._missing("advance")

    def advance_state(self, n: int, state: Floats, design: Floats, labels: Floats, step: float) -> None:
        """Step n of a state (memory, n), the weights first, in place: `advance`, without a memory."""
        self.advance(state[0], design, labels, step)

    @property
    def momentum(self) -> Momentum:
        """The course of the momentum of a rule that remembers."""
        raise self._missing("momentum")

    def plan(self, steps: int) -> Plan:
        """The steps and batches of a run of so many steps, and the average of its iterates that counts."""
        raise self._missing("plan")

    @property
    def largest_step(self) -> float:
        """The largest step of a run that is planned, where its schedule is 1."""
        raise self._missing("largest_step")

    def check_draw(self, curvature: Floats, ridge: float = 0.0) -> None:
        """Raise `DomainError` where second moments diverge on a finite curvature with these eigenvalues."""

    def _missing(self, what: str) -> DomainError:
        name = type(self.rule).__name__
        return DomainError(f"{name} has no {what}; define it in the class registered by @solves({name})")


_DYNAMICS: dict[type[TrainingRule], type[Dynamics[Any]]] = {}
_Kind = TypeVar("_Kind", bound=type[Dynamics[Any]])


def solves(rule: type[TrainingRule]) -> Callable[[_Kind], _Kind]:
    """A decorator that registers a class of `Dynamics` as that of ``rule``, for good.

    Raises `DomainError` where another class was registered; the same one again changes nothing.

    >>> from numerics import GradientFlow
    >>> flow = type(dynamics_of(GradientFlow()))
    >>> solves(GradientFlow)(flow) is flow
    True
    """
    return enter_once(_DYNAMICS, rule, "a training rule")


def dynamics_of(rule: TrainingRule) -> Dynamics[Any]:
    """How a rule is solved; raises `DomainError` for other things, for a class, and for one not registered.

    >>> from numerics import GradientFlow
    >>> dynamics_of(GradientFlow()).squares
    True
    """
    check_rule(rule, with_numbers=True)
    if type(rule) not in _DYNAMICS:
        name = type(rule).__name__
        raise DomainError(f"rule = {rule} is not registered; decorate a Dynamics of it with @solves({name})")
    return _DYNAMICS[type(rule)](rule)
