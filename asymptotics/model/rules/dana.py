"""DANA: momentum under the noise of batches, with a friction delta/t and a step that falls as t^-p.

Fresh batches of B samples, g_n the mean (half) gradient of step n (Ferbach et al. 2025, arXiv 2505.16098):

    y_(n+1) = (1 - Delta_n) y_n + g_n,                Delta_n = delta/(delta + n),
    w_(n+1) = w_n - eta g_n - mu_n y_(n+1),           mu_n = mu (1 + n)^-p.

On Gaussian features the second moments of a mode of curvature e, of its error r, of its momentum y and of
both, obey a linear recursion of three, which the loss feeds by ``(e/B)(L + sigma^2)`` along
``(-eta - mu_n, 1)`` (Isserlis' theorem). Where mu_n = m and Delta_n = 0 stay as they are it has a state of
rest in which a mode gives back, of each unit that is fed,

    (2 m + eta s e)/(4 B eta - 2 m - (B + 1) eta s e),        s = 2 eta + m,

as long as e is below the pole ``e_0 = (4 B eta - 2 m)/((B + 1) eta s)``; for small steps it is
``(eta e + m/eta)/2B``. Over all modes that is below 1 where training is stable, so that of N modes momentum
that stays (p = 0) is stable up to about ``m < eta (2 B - eta sum e)/N``, for small steps ``2 B eta/N``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from sympy import Expr, Integer

from asymptotics import symbols
from asymptotics.errors import DomainError, UnableError, shown
from asymptotics.model.rules.base import Curvature, TrainingRule, positive_float, training_rule
from asymptotics.model.rules.nesterov import LARGEST
from asymptotics.parsing.numbers import real_float, whole_number

HALVINGS = 60
"""Of the largest momentum that is stable: some ten digits."""


@training_rule
@dataclass(frozen=True, slots=True, kw_only=True)
class DANA(TrainingRule):
    """``w_(n+1) = w_n - eta g_n - mu (1 + n)^-p y_(n+1)``, ``y_(n+1) = n/(delta + n) y_n + g_n``.

    Time is the number n of steps, each on a fresh batch of B samples; eta the step along the gradient,
    ``momentum`` mu the first step along y, and ``decay`` p, which says how it falls: 0 by default
    (DANA-constant, stable up to about ``mu = 2 B eta/N`` for small eta, never at N = oo), and 1/b is
    DANA-decaying for ``lambda = k^-b``. All are dimensionless. Values are exact in eta and mu, for Gaussian
    features.

    Raises `DomainError` unless eta, delta <= 100 and mu are finite numbers > 0, batch an integer >= 1 and
    0 <= decay <= 1.

    >>> DANA(eta=0.1, batch=8, delta=6, momentum=0.01).decay
    0.0
    """

    eta: float
    batch: int
    delta: float
    momentum: float
    decay: float = 0.0

    title = "DANA"
    name = "dana"
    parameters = (symbols.eta, symbols.B, symbols.delta, symbols.mu)
    counts_steps = True
    fresh = True
    remembers = True
    law = "dana"
    label = "DANA"
    source = "y' + (delta/t) y = K r: Ferbach et al., arXiv 2505.16098"

    def __post_init__(self) -> None:
        for name in ("eta", "delta", "momentum"):
            object.__setattr__(self, name, positive_float(name, getattr(self, name)))
        if self.delta > LARGEST:
            raise DomainError(f"delta = {shown(self.delta)}; give a number > 0 and <= {LARGEST}")
        object.__setattr__(self, "batch", whole_number(self.batch, "batch", 1, 10**15))
        decay = real_float(self.decay, "decay", "give a number between 0 and 1")
        if not 0 <= decay <= 1:
            raise DomainError(f"decay = {shown(self.decay)}; give a number between 0 and 1")
        object.__setattr__(self, "decay", decay)

    @property
    def scheduled(self) -> bool:
        """Its steps along the momentum, and the friction, depend on their number."""
        return True

    @classmethod
    def symbol(cls, z: Expr) -> Expr:
        """That of no single rate."""
        raise UnableError("the modes of DANA have rates that change with time, and no symbol")

    @classmethod
    def propagator(cls, curvature: Expr, t: Expr) -> Expr:
        """Not closed in steps."""
        raise UnableError("the modes of DANA have no closed propagator in steps; ask for the test loss")

    @classmethod
    def pace(cls) -> Expr:
        """1: its clock is no multiple of that of gradient flow (`when`)."""
        return Integer(1)

    @classmethod
    def when(cls, flow: Expr) -> Expr:
        """``theta/(2 (nu + 1)) = 2 flow``: there a slow mode is left with ``1 - lambda flow + ...``, too."""
        p = symbols.p
        return ((2 - p) * (symbols.delta + 1) * flow / symbols.mu) ** (1 / (2 - p))

    @classmethod
    def of_flow(cls, power: Expr) -> tuple[Expr, Expr]:
        """Not of one power alone: the decay of its momentum is that of the eigenvalues."""
        raise UnableError("budgets of DANA are not derived; laws.dana has its loss")

    def pole(self, momentum: float) -> float:
        """e_0 at a step ``momentum`` along y: modes must lie below."""
        total = 2 * self.eta + momentum
        return (4 * self.batch * self.eta - 2 * momentum) / ((self.batch + 1) * self.eta * total)

    def share(self, momentum: float) -> float:
        """``h = 2 m/(eta s e_0)``; all modes give back ``((1 + h) sum e/(e_0 - e) + h N)/(B + 1)``."""
        return 2 * momentum / (self.eta * (2 * self.eta + momentum) * self.pole(momentum))

    @property
    def last(self) -> float:
        """The step along y in the end: mu, or 0 where it falls."""
        return 0.0 if self.decay else self.momentum

    def check_stable(self, curvature: Curvature) -> None:
        """Raise `DomainError` unless all modes lie below the pole, at first and in the end, and in the end
        give back less than they are fed.
        """
        if self.last and math.isinf(curvature.rank):
            raise DomainError(
                f"momentum = {self.momentum} that stays is stable for finitely many features alone, up to "
                "about 2 B eta/N; give N, or decay = 1/b for eigenvalues k^-b"
            )
        edge = curvature.edge
        if not edge < self.pole(self.momentum):
            raise DomainError(
                f"momentum = {self.momentum} is beyond stability beside eta = {self.eta}, batch = "
                f"{self.batch}: first steps overshoot at the largest curvature, {edge:.6g}; "
                f"{self._less(curvature)}"
            )
        if not self._rests(self.momentum, curvature):
            raise DomainError(
                f"eta = {self.eta}, momentum = {self.momentum} are beyond stability for batches of "
                f"{self.batch}: the noise of the batches feeds itself; "
                f"{self._less(curvature)}"
            )

    def _rests(self, momentum: float, curvature: Curvature) -> bool:
        """Whether in the end all modes together give back less than they are fed."""
        last = 0.0 if self.decay else momentum
        share = self.share(last)
        room = self.batch + 1 - (share * curvature.rank if share else 0.0)
        return room > 0 and curvature.reach(room / (1 + share)) < self.pole(last)

    def _less(self, curvature: Curvature) -> str:
        """What to use less of: momentum, below the bound that halvings find, or eta where none is stable."""
        edge = curvature.edge
        if not (edge < self.pole(0.0) and self._rests(0.0, curvature)):
            return "use a smaller eta"
        low, high = 0.0, self.momentum
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            stable = edge < self.pole(middle) and self._rests(middle, curvature)
            low, high = (middle, high) if stable else (low, middle)
        return f"use momentum < {high:.6g}"
