"""Quantities of schedules: the loss at the end of a run, its best largest step, and averages of iterates.

Their names hold the schedule, ``schedule:(1 - u)**2``, so that a law of one is data as any other law is.

    FAMILIES          by the name before the colon, what makes a quantity of the text behind it
    schedule_name     the name of the law of a schedule
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sympy import Expr, Integer, Symbol

from asymptotics.errors import UnableError
from asymptotics.model.averages import AverageSum, are_exponentials
from asymptotics.model.equations import TIME
from asymptotics.model.late_decay import LateDecay
from asymptotics.model.moments import averaged, whole
from asymptotics.model.quantity import Quantity
from asymptotics.model.rules.one_pass_sgd import OnePassSGD
from asymptotics.model.schedules.base import as_schedule
from asymptotics.model.schedules.pieces import u
from asymptotics.model.schedules.shapes import OptimalSchedule
from asymptotics.model.scheduling import Least, Noise, Tuned, TunedStep
from asymptotics.model.scheduling_sums import Filtered
from asymptotics.model.sums import C0
from asymptotics.model.warm_up import Noiseless
from asymptotics.parsing.expressions import parse
from asymptotics.symbols import B, eta, sigma, t

_y = Symbol("y", positive=True)
BEST = OptimalSchedule.name
"""The text that stands for the best schedule of all."""

_SOURCE = "Paquette et al., arXiv 2405.15074, to first order in the step; theory, training rules"
_WHY = (
    "To first order in the steps L = S(X) + (sigma^2/(B T)) sum m h(lambda X), X the sum of the steps over "
    "their mean height: S is what gradient flow leaves, h what the noise of each step still is at the end."
)

_at_the_end = partial(Quantity, limits="N = oo", resource=t, source=_SOURCE, rule=OnePassSGD, balances=True)
_tuned = partial(_at_the_end, why=_WHY, trace=False, squares=True)


def shape_of(text: str) -> Expr:
    """The expression in u that a name holds."""
    return parse(text, symbols={u.name: u})


def _sums(text: str) -> tuple[Expr, Expr]:
    """S(X) and what multiplies 1/T, X called t."""
    if text == BEST:
        return TIME, sigma**2 / B * Least(t)
    shape = shape_of(text)
    return C0(2 * whole(shape) * t), sigma**2 / B * Noise(shape, u, t)


def growing_of(text: str) -> Expr:
    """What multiplies 1/T in the loss of a schedule at ``X = t``."""
    return _sums(text)[1]


def schedule_quantity(text: str) -> Quantity:
    """The loss at the end of t steps of this schedule, with the best largest step, at most eta."""
    falling, growing = _sums(text)
    title = "the best schedule" if text == BEST else f"the schedule {text}"
    return _tuned(
        name=f"schedule:{text}",
        words=f"test loss of one-pass SGD after t steps of {title}, its largest step at its best",
        symbol="L_schedule(t)",
        tex=r"L_{\mathrm{schedule}}(t)",
        equation=Tuned(falling, t, growing, eta),
    )


def step_quantity(text: str) -> Quantity:
    """The best largest step of a schedule."""
    falling, growing = _sums(text)
    return _tuned(
        name=f"step:{text}",
        words=f"largest step of the smallest loss of one-pass SGD after t steps of the schedule {text}",
        symbol="eta^*(t)",
        tex=r"\eta^*(t)",
        equation=TunedStep(falling, t, growing, eta),
    )


def steps_quantity(text: str) -> Quantity:
    """The loss at the end of t steps of this schedule, with the largest step eta."""
    if text == BEST:
        raise UnableError("the best schedule has its largest step at its best; leave out tuned=False")
    shape = shape_of(text)
    if not shape.has_free(u):
        raise UnableError("the loss at a constant step is laws.time and laws.sgd_noise, exact in the step")
    falling, growing = (part.xreplace({t: eta * t}) for part in _sums(text))
    return _at_the_end(
        name=f"steps:{text}",
        words=f"test loss of one-pass SGD after t steps of the schedule {text} from eta on",
        symbol="L_schedule(t)",
        tex=r"L_{\mathrm{schedule}}(t)",
        equation=falling + growing / t,
        why=_WHY,
    )


def _average(weights: Expr) -> tuple[Expr, Expr]:
    """What an average keeps of the start and what its noise adds, at X = t: closed for polynomials."""
    if are_exponentials(weights) and not weights.is_polynomial(u):
        return AverageSum(weights, u, t, Integer(1)), AverageSum(weights, u, t, Integer(0))
    signal, noise = averaged(weights, _y)
    return Filtered(signal, _y, t, Integer(1)), Filtered(noise, _y, t, Integer(0))


def average_quantity(text: str) -> Quantity:
    """The loss of an average of the iterates of a constant step, that step at its best."""
    left, fed = _average(shape_of(text))
    return _tuned(
        name=f"average:{text}",
        words=f"test loss of the average with weights {text} of t iterates of one-pass SGD, best step",
        symbol="L_average(t)",
        tex=r"L_{\mathrm{average}}(t)",
        equation=Tuned(left, t, sigma**2 / B * fed, eta),
    )


def decay_quantity(text: str) -> Quantity:
    """Over which share of the steps the best schedule decays."""
    if text != BEST:
        raise UnableError(
            f"the decay of the schedule {text} is its own; the best one, {BEST}, has a law of it"
        )
    return _at_the_end(
        name=f"decay:{text}",
        words="share of the steps over which the best schedule of one-pass SGD falls from its largest step",
        symbol="decay(t)/t",
        tex=r"\frac{T_{\mathrm{decay}}}{t}",
        equation=LateDecay(t, sigma**2 / B, eta),
        why="The best schedule is J2^(-1/2), capped at the largest stable step: in hard tasks a plateau, "
        "then a decay where its steps cost as much signal as they spare noise.",
    )


def noiseless_quantity(text: str) -> Quantity:
    """The loss of the best schedule without label noise."""
    if text != BEST:
        raise UnableError(
            f"without label noise the loss of the schedule {text} has no law; the best one, {BEST}, has, and "
            "equal steps have laws.sgd_noise"
        )
    return _at_the_end(
        name=f"noiseless:{text}",
        words="test loss of one-pass SGD after t steps of the best schedule without label noise",
        symbol="L_schedule(t)",
        tex=r"L_{\mathrm{schedule}}(t)",
        equation=Noiseless(t, B, eta),
        why="The best schedule is (F J2)^(-1/2), at most the largest stable step: it warms up while much is "
        "unlearned, as that noise would stay, and decays in the end.",
    )


FAMILIES: dict[str, Callable[[str], Quantity]] = {
    "schedule": schedule_quantity,
    "step": step_quantity,
    "steps": steps_quantity,
    "average": average_quantity,
    "decay": decay_quantity,
    "noiseless": noiseless_quantity,
}


def schedule_name(value: object, family: str) -> str:
    """The name of the law of a schedule, which may have symbols."""
    return f"{family}:{as_schedule(value).text}"
