"""The schedules in use: constant, linear, cosine, power, warm-up-stable-decay, the best; and weights."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, Integer, Piecewise, cos, exp, pi

from asymptotics import symbols
from asymptotics.caches import cached
from asymptotics.errors import DomainError, UnableError, shown
from asymptotics.model.schedules.base import Schedule, Shaped, schedule, share_of
from asymptotics.model.schedules.pieces import u
from asymptotics.parsing.numbers import exact


@schedule
@dataclass(frozen=True, slots=True, eq=False)
class Constant(Shaped):
    """``f = 1``: all steps are equal.

    >>> Constant().is_constant
    True
    """

    title = "a constant step"
    name = "constant"

    @property
    def expression(self) -> Expr:
        """1."""
        return Integer(1)


CONSTANT = Constant()


@schedule
@dataclass(frozen=True, slots=True, eq=False)
class Linear(Shaped):
    """``f = 1 - u``.

    >>> Linear()(0.25)
    0.75
    """

    title = "a step that falls linearly"
    name = "linear"

    @property
    def expression(self) -> Expr:
        """``1 - u``."""
        return 1 - u


@schedule
@dataclass(frozen=True, slots=True, eq=False)
class Cosine(Shaped):
    """``f = (1 + cos(pi u))/2``.

    >>> Cosine().expression
    cos(pi*u)/2 + 1/2
    """

    title = "a step that falls as a cosine"
    name = "cosine"

    @property
    def expression(self) -> Expr:
        """``(1 + cos(pi u))/2``."""
        return (1 + cos(pi * u)) / 2


@schedule
@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Power(Shaped):
    """``f = (1 - u)^gamma``; gamma >= 0, a number, or a symbol for laws.

    >>> Power(gamma=2).expression
    (1 - u)**2
    >>> Power(gamma=-1)
    Traceback (most recent call last):
        ...
    asymptotics.errors.DomainError: gamma = -1; give a number >= 0
    """

    gamma: object = symbols.gamma

    title = "a step that falls as a power"
    name = "power"

    def __post_init__(self) -> None:
        power = exact(self.gamma, "gamma")
        if power.is_negative or power.is_nonnegative is None or power.is_infinite:
            raise DomainError(f"gamma = {shown(self.gamma)}; give a number >= 0")
        object.__setattr__(self, "gamma", power)

    @property
    def expression(self) -> Expr:
        """``(1 - u)^gamma``."""
        return (1 - u) ** self.gamma


@schedule
@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class WarmupStableDecay(Shaped):
    """``f = 1``, and over the last ``fraction`` of the steps linearly to 0; up over the first ``warmup``.

    Raises `DomainError` unless 0 < fraction <= 1, warmup >= 0 and their sum is at most 1.

    >>> steps = WarmupStableDecay(fraction=0.2)
    >>> steps(0.5), round(steps(0.9), 12)
    (1.0, 0.5)
    """

    fraction: object = Integer(1) / 5
    warmup: object = Integer(0)

    title = "a step that stays and then falls linearly"
    name = "wsd"

    def __post_init__(self) -> None:
        fraction, warmup = share_of(self.fraction, "fraction"), share_of(self.warmup, "warmup", closed=True)
        if (fraction + warmup - 1).is_positive:
            raise DomainError(
                f"warmup = {shown(self.warmup)} and fraction = {shown(self.fraction)} are more than all "
                "steps; give shares whose sum is at most 1"
            )
        object.__setattr__(self, "fraction", fraction)
        object.__setattr__(self, "warmup", warmup)

    @property
    def expression(self) -> Expr:
        """In three pieces."""
        return _in_three(self.warmup, self.fraction)


@cached(maxsize=64)
def _in_three(warmup: Expr, fraction: Expr) -> Expr:
    rise = ((u / warmup, u < warmup),) if warmup != 0 else ()
    stay = ((Integer(1), u < 1 - fraction),) if fraction != 1 else ()
    return Piecewise(*rise, *stay, ((1 - u) / fraction, True))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Tail(Shaped):
    """0, and 1 over the last ``fraction``: weights of an average of the last iterates.

    >>> Tail(fraction=0.25)(0.5), Tail(fraction=0.25)(0.75)
    (0.0, 1.0)
    """

    fraction: object = Integer(1) / 2

    title = "the last iterates"

    def __post_init__(self) -> None:
        object.__setattr__(self, "fraction", share_of(self.fraction, "fraction"))

    @property
    def expression(self) -> Expr:
        """In two pieces."""
        return _in_two(self.fraction)


@cached(maxsize=64)
def _in_two(fraction: Expr) -> Expr:
    return Piecewise((Integer(0), u < 1 - fraction), (Integer(1), True)) if fraction != 1 else Integer(1)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Exponential(Shaped):
    """``e^(-rate (1 - u))``: weights of a moving average whose memory is T/rate steps; rate > 0.

    >>> Exponential(rate=2).expression
    exp(2*u - 2)
    """

    rate: object

    title = "an exponential moving average"

    def __post_init__(self) -> None:
        rate = exact(self.rate, "rate")
        if not rate.is_positive or rate.is_infinite:
            raise DomainError(f"rate = {shown(self.rate)}; give a number > 0")
        object.__setattr__(self, "rate", rate)

    @property
    def expression(self) -> Expr:
        """``e^(-rate (1 - u))``."""
        return exp(-self.rate * (1 - u))  # type: ignore[operator]


@schedule
@dataclass(frozen=True, slots=True)
class OptimalSchedule(Schedule):
    """The steps that leave the smallest loss among all with the same number of samples.

    By the calculus of variations ``eta ~ ((F + sigma^2) J2)^(-1/2)``, capped at the eta of the rule: it
    depends on the task, on the noise and on the number of steps, and is found by the model.

    >>> OptimalSchedule().title
    'the best schedule'
    """

    title = "the best schedule"
    name = "optimal"
    by_model = True

    @property
    def expression(self) -> Expr:
        raise UnableError("the best schedule depends on the task and on T: it is no expression in u alone")

    def __call__(self, share: float) -> float:
        raise UnableError(
            "the best schedule depends on the task and on T; model.optimal_schedule(T) has its steps"
        )

    def check(self) -> None:
        """It is as the model makes it."""
