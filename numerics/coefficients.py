"""Coefficients of 1/N and 1/P in the losses of the full model at a finite time.

The sizes lie decades above the number of modes that are learned at that time, where the series in 1/N and 1/P
converge quickly; how many decades, and how many digits they cost, is the caller's choice.
"""

from __future__ import annotations

import math
from copy import copy
from dataclasses import dataclass
from functools import lru_cache

import mpmath
from sympy import Expr, Integer, Rational

from asymptotics.task import Task
from numerics.full_model import FullModel
from numerics.inverse_size import inverse_size_coefficients
from numerics.rules import GradientFlow, OnePassSGD, Rule
from numerics.spectrum import spectrum_of
from numerics.value import Value

FLOW = GradientFlow()


def _sizes(task: Task, time: Expr, decades: int, count: int) -> list[mpmath.mpf]:
    """So many sizes, ``decades`` above the number of modes that are learned at ``time``."""
    scale = _learned_modes(task, float(mpmath.log(time)))
    return [mpmath.ceil(scale) * mpmath.mpf(10) ** decades * 2**j for j in range(count)]


def _learned_modes(task: Task, log_time: float) -> mpmath.mpf:
    """About how many modes have ``lambda_k t > 1``: the size on which 1/N and 1/P are small or not."""
    spectrum = spectrum_of(task)
    low, high = 0.0, 1.0
    while log_time + spectrum.logarithm("eigenvalues", high) > 0 and high < 1e4:
        low, high = high, 2 * high
    for _ in range(40):
        middle = (low + high) / 2
        inside = log_time + spectrum.logarithm("eigenvalues", middle) > 0
        low, high = (middle, high) if inside else (low, middle)
    return mpmath.exp(low + max(0.0, spectrum.logarithm("multiplicity", low)))


@lru_cache(maxsize=256)
def model_side(task: Task, time: Expr, digits: int, rule: Rule = FLOW) -> tuple[Value, ...]:
    """c_1 and c_2 of the test loss in 1/N at P = oo, at the flow time ``time`` (eta n for SGD).

    At ``digits/4`` decades above the learned modes c_1 keeps half of the digits and c_2 a quarter of them.
    """
    moment = time / Rational(repr(rule.eta)) if isinstance(rule, OnePassSGD) else time
    with mpmath.workdps(2 * digits + 15):
        decades = math.ceil(digits / 4)
        sizes = _sizes(task, time, decades, 3)
        limit = FullModel(task, rule=rule, digits=digits + 5).test_loss(moment)
        # Where the correction exceeds the limit nothing cancels in c_1, and fewer digits do.
        rough = FullModel(task, N=sizes[0], rule=rule, digits=6).test_loss(moment).value
        share = abs(rough - limit.value) / rough
        cancelled = min(decades, max(0, -math.floor(mpmath.log10(share)))) if share > 1e-5 else decades
        inside = 2 * decades + cancelled + 4
        values = [FullModel(task, N=n, rule=rule, digits=inside).test_loss(moment) for n in sizes]
        return inverse_size_coefficients(sizes, values, limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSide:
    """c_1 in 1/P at N = oo of the test loss and of the gap, without noise and per unit sigma^2.

    ``loss_second`` is c_2 of the test loss.
    """

    loss: Value
    loss_second: Value
    gap: Value
    noise: Value
    gap_noise: Value


@lru_cache(maxsize=256)
def data_side(task: Task, time: Expr, decades: int, digits: int) -> DataSide:
    """All five from the same solutions, with four sizes ``decades`` above the learned modes.

    Four sizes leave ``10^-(3 decades)`` in c_1 and ``10^-(2 decades)`` in c_2, of which 2 decades cancel.
    """
    with mpmath.workdps(2 * digits + 15):
        sizes = _sizes(task, time, decades, 4)
        limit = FullModel(task, noise=0, digits=digits + decades).test_loss(time)
        nothing = Value(value=mpmath.mpf(0), error=mpmath.mpf(0))
        one = Value(value=mpmath.mpf(1), error=mpmath.mpf(0))
        losses, gaps, noises, gap_noises = [], [], [], []
        for size in sizes:
            noisy = FullModel(task, P=size, noise=1, digits=digits)
            quiet = copy(noisy)  # what is solved does not depend on sigma, and is shared
            quiet.noise = Integer(0)
            test, train = quiet.test_loss(time), quiet.train_loss(time)
            noise = difference(noisy.test_loss(time), test)
            unfitted = difference(noisy.train_loss(time), train)
            losses.append(test)
            gaps.append(difference(test, train))
            noises.append(noise)
            gap_noises.append(total(noise, difference(one, unfitted)))
        loss, loss_second = inverse_size_coefficients(sizes, losses, limit)[:2]
        return DataSide(
            loss=loss,
            loss_second=loss_second,
            gap=inverse_size_coefficients(sizes, gaps, nothing)[0],
            noise=inverse_size_coefficients(sizes, noises, nothing)[0],
            gap_noise=inverse_size_coefficients(sizes, gap_noises, nothing)[0],
        )


def total(one: Value, two: Value) -> Value:
    """The sum, the errors added."""
    return Value(value=one.value + two.value, error=one.error + two.error)


def difference(one: Value, two: Value) -> Value:
    """The difference, the errors added: they are those of one calculation and may be correlated.

    >>> one, two = (Value(value=mpmath.mpf(x), error=mpmath.mpf(1)) for x in (7, 2))
    >>> float(difference(one, two)), float(difference(one, two).error)
    (5.0, 2.0)
    """
    return Value(value=one.value - two.value, error=one.error + two.error)


__all__ = ["DataSide", "data_side", "difference", "model_side", "total"]
