"""The crossover from lazy to rich: the scaling function of features that move.

A lazy loss ``C (2t)^-s``, 0 < s < 1, is the density ``C h^(s-1)/Gamma(s)`` of rates. Its clock has one scale:
in units of tau in which ``gamma^2 C = 1``,

    chi^-2 = 1 + int h^s Z_h^2 dh/Gamma(s),

so that for t -> oo and gamma -> 0 loss and scale depend on ``x = gamma C^(1/2) t^((1-s)/2)`` alone:

    L(t, gamma) = C (2t)^-s Phi_s(x),    K = K_s(x).

Both are 1 at x = 0; for x -> oo they are ``laws.rich_time`` over the lazy law and ``laws.rich_scale``, powers
``x^(-2s/(1+s))`` and ``x^(2/(1+s))``. For s > 1 nothing crosses over in t: K tends to the root of
``K (K - 1) = gamma^2 sum c/lambda``, at any gamma.

    rich_scaling   Phi_s(x) and K_s(x)
    rich_loss      the leading loss of a task at any gamma and t
    density        rates and weights that stand for a density of rates
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import mpmath
import numpy as np
from sympy import Expr, Symbol

from asymptotics import symbols as letters
from asymptotics.errors import DomainError
from asymptotics.laws.derive import Laws, derive
from asymptotics.laws.joint_rich import rich_joint_law
from asymptotics.parsing.numbers import real_number, substitution
from numerics.model.clock import Floats, run_clock
from numerics.model.rich import compare_values
from numerics.values.value import Value

RESOLUTIONS = ((8, 14), (12, 18))
"""Gauss nodes for each factor e of the rates and degree in tau: of the solution, and of what checks it."""
EARLIER, LATER = 1e9, 1e5
"""By how much the largest rate is beyond that of the crossover, and the smallest below that of the time."""
DECADES = 100
SMALLEST, LARGEST = 1e-6, 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class RichScaling:
    """``loss``, Phi_s(x), and ``scale``, K_s(x), at ``x``; dimensionless.

    >>> rich_scaling("1/2", 10).scale.digits(6)
    '24.0947'
    """

    x: float
    loss: Value
    scale: Value


def rich_scaling(s: object, x: object) -> RichScaling:
    """``Phi_s(x)`` and ``K_s(x)``, ``x = gamma C^(1/2) t^((1-s)/2)`` for a lazy loss ``C (2t)^-s``.

    Errors are estimates from two resolutions. Raises `DomainError` for s outside (0, 1), and for x outside
    [1e-6, 1e6] or as large as leaves the doubles.

    >>> rich_scaling(0.5, 1).loss.digits(8)
    '0.75579682'
    """
    slope, place = float(real_number(s, "s")), float(real_number(x, "x"))
    if not 0 < slope < 1:
        raise DomainError(
            f"s = {s}; loss and scale are functions of x for 0 < s < 1; for s >= 1 rich_joint_law has them "
            "in closed form"
        )
    if not SMALLEST <= place <= LARGEST:
        raise DomainError(f"x = {x}; give one from {SMALLEST:g} to {LARGEST:g}; beyond them laws hold")
    decades = 2 * math.log10(place) / (1 - slope)
    if abs(decades) > DECADES:
        raise DomainError(
            f"x = {x} is {abs(decades):.0f} decades in t from the crossover for s = {s}, beyond {DECADES}; "
            "use an x closer to 1, or laws"
        )
    time = 10.0**decades
    losses, scales = zip(*(_solve(slope, time, *resolution) for resolution in RESOLUTIONS), strict=True)
    return RichScaling(x=place, loss=compare_values(*losses), scale=compare_values(*scales))


def _solve(s: float, time: float, order: int, degree: int) -> tuple[float, float]:
    """Phi and K at a time in the unit of the crossover."""
    fastest = EARLIER * max(1.0, 1 / time)
    latest = max(time, time ** (2 / (1 + s)) * 30)
    rates, weights = density(s, fastest, 1 / (LATER * latest), order)
    clock = run_clock(
        rates.astype(complex), (rates * weights / 2).astype(complex), 1.0, 1.0, time, math.inf, degree
    )
    _, chi, rest = clock.at_time(time)
    return float(weights @ rest.real**2) * (2 * time) ** s, chi**-2


def density(s: float, fastest: float, slowest: float, order: int) -> tuple[Floats, Floats]:
    """Rates and weights of the density; what is slower and faster, each as one mode.

    What is slower is not learned yet, with its mean rate; what is faster follows chi, and counts in
    ``sum w/h`` alone.
    """
    count = math.ceil(math.log(fastest / slowest))
    nodes, gauss = np.polynomial.legendre.leggauss(order)
    step = math.log(fastest / slowest) / count
    logs = np.add.outer(np.arange(count), (nodes + 1) / 2).ravel() * step + math.log(slowest)
    rates = np.exp(logs)
    weights = np.tile(gauss * step / 2, count) * rates**s
    low, high = slowest * s / (s + 1), fastest * (2 - s) / (1 - s)
    rates = np.concatenate([[low], rates, [high]])
    weights = np.concatenate([[slowest**s / s], weights, [high * fastest ** (s - 1) / (1 - s)]])
    return rates, weights / math.gamma(s)


def rich_loss(
    laws: Laws, at: Mapping[Symbol | str, object] | None = None, *, t: object, gamma: object
) -> Value:
    """The loss of features that move at large t, from lazy to rich: the joint law in numbers.

    `rich_joint_law`: for s < 1 the lazy law times ``Phi_s``, explicit for s >= 1; units of the target power.
    The error is that of Phi_s; what follows in t is not in it (`RichModel` has all orders).

    >>> from asymptotics import derive, power_law
    >>> rich_loss(derive(power_law(2, 2)), t=10**6, gamma="1/10").digits(6)
    '0.000284467'
    """
    moment, richness = (real_number(v, n) for v, n in ((t, "t"), (gamma, "gamma")))
    if not (moment.is_positive and richness.is_positive):
        raise DomainError(f"t = {t}, gamma = {gamma}; both must be > 0")
    joint = rich_joint_law(derive(laws.task.at(substitution(laws.task.parameters, at or {}))))
    table = {letters.t: moment, letters.gamma: richness}

    def number(expression: Expr) -> mpmath.mpf:
        return mpmath.mpf(str(expression.xreplace(table).evalf(20)))

    if joint.leading is not None:
        loss = number(joint.leading)
        return Value(value=loss, error=loss * mpmath.eps)
    lazy, found = number(joint.lazy), rich_scaling(joint.s, float(number(joint.x))).loss
    return Value(value=lazy * found.value, error=lazy * found.error)
