"""One-pass SGD: steps of size eta on a fresh batch of B samples each, exact in the step (`batched_sgd`).

What a run does on its way are schedules: of its steps, and of its batches.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from sympy import Expr, Rational, Symbol

from asymptotics import symbols
from asymptotics.errors import DomainError, shown
from asymptotics.model.rules.base import Curvature, positive_float, training_rule
from asymptotics.model.rules.batched_sgd import BatchedSGD, least_unstable
from asymptotics.model.schedules.base import Schedule, as_schedule
from asymptotics.model.schedules.shapes import CONSTANT
from asymptotics.model.schedules.summits import climb
from asymptotics.parsing.numbers import real_float, whole_number

PLACES = 64
"""Where batches grow, the largest step over what is stable is looked for between so many places."""


@training_rule
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class OnePassSGD(BatchedSGD):
    """``v_(n+1) = v_n - eta (A^T A/N)(Psi_n^T Psi_n/B) v_n``, a fresh batch of B samples each step.

    Time is the number n of steps, so that n B samples are seen; eta the step size, ``batch`` = B, one sample
    unless it is given (arXiv 2402.01092, here BAP, section 5). Laws and values are exact in eta, for Gaussian
    features.

    With a ``schedule`` f the steps of a run of T are ``eta f(n/T)``, n = 0, ..., T - 1, and the loss at T is
    that at the end of such a run; with a ``ramp`` g its batches are ``B g(n/T)``, at least 1, and rounded
    where they are drawn. Both are schedules, callables on [0, 1], or expressions in u = n/T.

    In the place of eta a ``fraction`` h of the largest stable step may be given, 0 < h < 1: the step then
    follows the kernel, and falls with N where the trace of the kernel grows with N.

    Raises `DomainError` unless eta is a finite number > 0, or h one between 0 and 1, and batch an integer
    >= 1, and for schedules that are negative or not defined on [0, 1].

    >>> OnePassSGD(eta=0.1, batch=8).batch
    8
    >>> from asymptotics import Cosine
    >>> OnePassSGD(eta=0.1, batch=8, schedule=Cosine())
    OnePassSGD(eta=0.1, batch=8, schedule=Cosine())
    >>> OnePassSGD(fraction=0.25)
    OnePassSGD(fraction=0.25, batch=1)
    """

    eta: float = 0.0
    batch: int = 1
    schedule: Schedule = CONSTANT
    ramp: Schedule = CONSTANT
    fraction: float = 0.0

    title = "one-pass SGD"
    name = "sgd"
    fresh = True

    def __post_init__(self) -> None:
        if self.fraction != 0:
            object.__setattr__(self, "fraction", _share(self.fraction))
            if self.eta != 0:
                raise DomainError(f"eta = {self.eta} beside fraction = {self.fraction}; give one of the two")
        elif self.eta == 0:
            raise DomainError(
                "OnePassSGD has no step; give eta > 0 or a fraction in (0, 1), or for laws the class alone"
            )
        else:
            object.__setattr__(self, "eta", positive_float("eta", self.eta))
        object.__setattr__(self, "batch", whole_number(self.batch, "batch", 1, 10**15))
        for name in ("schedule", "ramp"):
            shape = as_schedule(getattr(self, name))
            if shape.open_parameters:
                raise DomainError(f"{name} = {shape} has symbols; give numbers")
            object.__setattr__(self, name, shape)

    def __repr__(self) -> str:
        shapes = ((name, getattr(self, name)) for name in ("schedule", "ramp"))
        others = "".join(f", {name}={shape}" for name, shape in shapes if shape != CONSTANT)
        step = f"fraction={self.fraction}" if self.fraction else f"eta={self.eta}"
        return f"OnePassSGD({step}, batch={self.batch}{others})"

    @classmethod
    def shares(cls) -> tuple[Symbol, ...]:
        """``fraction``, called h."""
        return (symbols.h,)

    def constants(self) -> dict[Symbol, Expr]:
        """With a fraction h in the place of eta."""
        if not self.fraction:
            return super(OnePassSGD, self).constants()
        return {symbols.h: Rational(repr(self.fraction)), symbols.B: Rational(self.batch)}

    def settle(self, curvature: Callable[[], Curvature]) -> OnePassSGD:
        """The step of a fraction on this curvature."""
        if not self.fraction:
            return self
        return replace(self, eta=self.fraction * self.largest_step(curvature()), fraction=0.0)

    @property
    def scheduled(self) -> bool:
        """Whether its steps or batches differ from each other, so that a run is one of T steps."""
        return not (self.schedule == self.ramp == CONSTANT)

    def check_stable(self, curvature: Curvature) -> None:
        """Raise `DomainError` unless ``q eta edge < 2`` and K < 1 at zeta = 0: else second moments grow.

        There ``zeta' = -2/(q eta)`` and ``K = -df1(kappa')/(q B)``. Exact, to about ten digits of eta.
        """
        bound, height, batch = self._tightest(curvature)
        if not self.eta < bound:
            where = f" (f = {height:.6g} on its way)" if height != 1 else ""
            raise DomainError(
                f"eta = {self.eta}{where} is beyond stability for batches of {batch}: a step overshoots, "
                f"or the noise of the batches feeds itself; use eta < {bound:.6g}"
            )

    def largest_step(self, curvature: Curvature) -> float:
        """The eta from which on it is unstable somewhere on its way."""
        return self._tightest(curvature)[0]

    def _tightest(self, curvature: Curvature) -> tuple[float, float, int]:
        """The least eta that is unstable on its way, and the height and the batch there."""
        stable: dict[int, float] = {}

        def bound(growth: float) -> float:
            batch = self._batch(growth)
            if batch not in stable:
                stable[batch] = least_unstable(batch, curvature)
            return stable[batch]

        def most(low: float, high: float) -> float:
            return steps.between(low, high)[1] / bound(ramp.between(low, high)[0])

        steps, ramp = (CONSTANT if f.by_model else f for f in (self.schedule, self.ramp))
        place = steps.highest()
        if not ramp.is_constant:
            start = sorted({place, *(i / PLACES for i in range(PLACES + 1))})
            place = climb(lambda share: steps(share) / bound(ramp(share)), most, start)
        height, growth = steps(place), ramp(place)
        return bound(growth) / height, height, self._batch(growth)

    def _batch(self, growth: float) -> int:
        return max(1, round(self.batch * growth)) if growth > 0 else 1


def _share(value: object) -> float:
    """A fraction of the largest stable step."""
    number = real_float(value, "fraction", "give a number between 0 and 1")
    if not 0 < number < 1:
        raise DomainError(
            f"fraction = {shown(value)} of the largest stable step; give a number between 0 and 1"
        )
    return number
