"""Quantities of training rules other than gradient flow: their times, and the noise of batches.

TRAINED         what `model.quantities` adds to the quantities that have laws
time_quantity   the time law of a training rule
"""

from __future__ import annotations

from functools import partial

from sympy import Integer

from asymptotics.model import equations_of_rules as equations
from asymptotics.model import momentum
from asymptotics.model.best_constant import BestConstant
from asymptotics.model.equations import NOISE, NOISE_IN_LOSS, TIME
from asymptotics.model.operators import Accelerated, Minimiser, time
from asymptotics.model.quantity import Quantity
from asymptotics.model.rules.base import TRAINING_RULES, TrainingRule
from asymptotics.model.rules.dana import DANA
from asymptotics.model.rules.gradient_descent import GradientDescent
from asymptotics.model.rules.multi_pass_sgd import MultiPassSGD
from asymptotics.model.rules.one_pass_sgd import OnePassSGD
from asymptotics.model.sums import C0, E1
from asymptotics.symbols import B, N, P, eta, t

_SGD = (
    "On Gaussian features the second moments of one-pass SGD obey a linear recursion. In the generating "
    "function of x = e^-w two places are of equal rate, the root zeta_sgd of "
    "e^w = 1 + 2 eta zeta + q eta^2 zeta^2, q = 1 + 1/B, and its partner beyond the spectrum; gradient "
    "descent is that of q = 1, without noise."
)
_MOMENTS = "Fourth moments of a Gaussian (Isserlis' theorem); small eta: Paquette et al., arXiv 2405.15074"

_one_pass = partial(Quantity, source=_MOMENTS, rule=OnePassSGD)


def time_quantity(rule: type[TrainingRule]) -> Quantity:
    """The test loss of a training rule that only its time limits.

    >>> from asymptotics import GradientDescent
    >>> time_quantity(GradientDescent).words
    'test loss of gradient descent after t steps'
    """
    return Quantity(
        name=rule.law,
        words=f"test loss of {rule.title}" + (" after t steps" if rule.counts_steps else ""),
        symbol=f"L_{rule.label}(t)",
        tex=rf"L_{{\mathrm{{{rule.label}}}}}(t)",
        limits="N = P = oo",
        resource=t,
        equation=equations.time_of(rule),
        source=rule.source,
        why=f"Each mode falls by itself, as the propagator of {rule.title}.",
        summand=lambda lam, c, x: c * rule.propagator(lam, x) ** 2,
        trace=False,
        rule=rule,
        balances=rule.of_flow(Integer(1))[1] != 1,  # constants of the rule are in its orders
    )


TRAINED = (
    _one_pass(
        name="sgd_noise",
        words="loss of one-pass SGD after t steps less that of gradient descent with the same steps",
        symbol="L_SGD(t) - L_GD(t)",
        tex=r"L_{\mathrm{SGD}}(t) - L_{\mathrm{GD}}(t)",
        limits="N = oo",
        resource=t,
        equation=equations.noise_of(OnePassSGD, 0),
        exact=equations.batches_of(OnePassSGD, GradientDescent, 0),
        why=_SGD,
    ),
    Quantity(
        name="sgd_noise_transient",
        words="finite-size correction to what one-pass SGD adds after t steps, first order in 1/N",
        symbol="1/N term of L_SGD(t, N) - L_GD(t, N)",
        tex=r"N^{-1}\text{ term of } L_{\mathrm{SGD}}(t, N) - L_{\mathrm{GD}}(t, N)",
        limits="P = oo",
        resource=t,
        equation=equations.noise_of(OnePassSGD, 1),
        exact=equations.batches_of(OnePassSGD, GradientDescent, 1),
        source=f"{_MOMENTS}; Lagrange's series in 1/N",
        within=N,
        rule=OnePassSGD,
        why=_SGD,
    ),
    _one_pass(
        name="sgd_noise_model",
        words="loss of one-pass SGD less that of gradient descent at t = oo, limited by model size",
        symbol="L_SGD(N) - L(N)",
        tex=r"L_{\mathrm{SGD}}(N) - L(N)",
        limits="t = oo",
        resource=N,
        equation=equations.noise_at_infinity_of(OnePassSGD),
        why="At t = oo the noise of the batches feeds itself by K, at zeta = 0 and its partner -2/(q eta), "
        "and amplifies what the N features leave.",
    ),
    _one_pass(
        name="critical_batch",
        words="batch from which on a larger one hardly helps after t steps: one-pass SGD adds as much as "
        "gradient descent leaves, to first order in 1/B",
        symbol="B^*(t)",
        tex=r"B^*(t)",
        limits="N = oo",
        resource=t,
        equation=equations.critical_batch_of(OnePassSGD, GradientDescent),
        why="What batches add is of first order in K, and so in 1/B; at this batch it is as large as the "
        "loss without them, but for a share 1/t.",
    ),
    _one_pass(
        name="critical_batch_model",
        words="batch from which on a larger one hardly helps at t = oo, limited by model size",
        symbol="B^*(N)",
        tex=r"B^*(N)",
        limits="t = oo",
        resource=N,
        equation=equations.critical_batch_at_infinity_of(OnePassSGD, GradientDescent),
        why="What batches add at t = oo is (Xi + sigma^2) K to first order in 1/B; at this batch it is as "
        "large as the loss Xi without them.",
    ),
    _one_pass(
        name="noiseless_step",
        words="constant step of the smallest loss of one-pass SGD after t steps, without label noise",
        symbol="eta^*(t)",
        tex=r"\eta^*(t)",
        limits="N = oo",
        resource=t,
        equation=BestConstant(equations.loss_of(OnePassSGD), eta, equations.gain_of(OnePassSGD)),
        why="A larger step gets further, and its noise feeds itself more, without bound where K = 1: the "
        "loss is least between.",
        balances=True,
    ),
    Quantity(
        name="useful_epochs",
        words="epochs of multi-pass SGD until the test loss is smallest, label noise sigma",
        symbol="epochs^*(P)",
        tex=r"\mathrm{epochs}^*(P)",
        limits="N = oo",
        resource=P,
        equation=B / (eta * P) * Minimiser(TIME + NOISE_IN_LOSS, t),
        source="the minimum of the series in 1/P, BAP, appendix C",
        rule=MultiPassSGD,
        why="n steps of size eta are the time eta n of gradient flow and n B/P epochs; the best time is "
        "where the loss of infinite data falls by as much as the label noise learned grows, to first order "
        "in 1/P. The noise of batches, which larger ones at the end take away, is left out.",
    ),
    Quantity(
        name=DANA.law,
        words="test loss of DANA with decaying momentum after t steps",
        symbol=f"L_{DANA.label}(t)",
        tex=rf"L_{{\mathrm{{{DANA.label}}}}}(t)",
        limits="N = oo",
        resource=t,
        equation=Accelerated(C0(time), time, E1(time), t, NOISE**2, *DANA.parameters),
        source=DANA.source,
        rule=DANA,
        rooms=momentum.rooms,
        balances=True,
        why="Late, the signal is where the step along the gradient is not felt yet, and what batches add "
        "gives back a share that does not change with time: momentum falls as the inverse of the number of "
        "modes that it has moved.",
    ),
    *(time_quantity(rule) for rule in TRAINING_RULES.values() if rule.law and not rule.remembers),
)
