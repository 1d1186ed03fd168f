"""Constants of the law of a budget, ``nu`` and ``l`` in ``N* ~ nu C^(...)``, ``L* ~ l C^-(...)``.

Off the crossover they are in closed form (`Phase.prefactors`). On it they come from the scaling function of
the joint law: ``kappa0 = (A/N)^(1/r)``, ``t = theta/(2 pace kappa0)`` on the clock of the training rule and a
cost ``c t^n N^m = C`` give

    N = (C (2 pace A^(1/r)/theta)^n / c)^(1/q),   L = C_p kappa0^p G_p(theta),   q = m + n/r,

so that theta* minimises ``theta^(n p/(r q)) G_p(theta)``, a number that depends on p, r, n and m alone.

    constants    of a law, with errors
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import mpmath
from sympy import Add, Symbol, oo

from asymptotics.allocation.optimum import Optimum
from asymptotics.errors import PrecisionError, UnableError
from asymptotics.hints import name_argument
from asymptotics.laws.derive import derive
from asymptotics.laws.joint import JointLaw, joint_law
from asymptotics.laws.joint_rich import rich_joint_law
from asymptotics.model.beyond_spectrum import feedback
from asymptotics.model.features import LAZY
from asymptotics.model.rules.base import (
    kind_of,
)
from asymptotics.parsing.numbers import mapping_of
from asymptotics.precision import exclusive, working
from asymptotics.spectra import spectrum as series_of
from asymptotics.symbols import C, N, P, gamma, h, t
from numerics.optima.noisy_crossover import at_noisy_crossover
from numerics.optima.rich_crossover import RichCrossover
from numerics.optima.scaling import data_scaling, model_scaling
from numerics.optima.setting import Setting, Split
from numerics.optima.tuned import START, Tuned, best_share, is_tuned
from numerics.values.minimum import Function, Minimum, minimum
from numerics.values.value import Value

SAME = mpmath.mpf(10) ** -12
"""Powers of N closer than that are the same."""
MOST_OF_MOVING = 3
"""Digits of the amounts of features that move; the loss has twice as many."""


@exclusive
def constants(optimum: Optimum, at: Mapping[Symbol | str, object] | None = None, digits: int = 10) -> Split:
    """``nu`` and ``l`` in ``N* ~ nu C^(...)``, ``L* ~ l C^-(...)``; with a logarithm, UnableError.

    Where the share h of the largest step is chosen, too (free = t, N, h), it has a constant as well.
    ``at`` gives the task's parameters, and those that the training rule leaves open. Relative error below
    10^-digits. Off the crossover the constants are those of `Phase.prefactors`; on it they come from the
    scaling function. Source: the joint law in the scaling limit of arXiv 2402.01092, here BAP, appendix C.

    >>> from asymptotics import compute_optimal, derive, power_law
    >>> from asymptotics.symbols import a, b
    >>> optimum = compute_optimal(derive(power_law(a, b)), cost=N*t)
    >>> law = constants(optimum, {a: 1.5, b: 1.25})
    >>> law["loss"].digits(8), law[N].digits(8)
    ('3.2392403', '4.6682406')
    """
    if is_tuned(optimum):
        return _tuned(Tuned.of(optimum, mapping_of(at, "at"), digits), digits)
    return _constants(Setting.of(optimum, mapping_of(at, "at"), digits))


def _tuned(tuned: Tuned, digits: int) -> Split:
    """Where h falls with the budget in closed form or at the crossover, else at the best constant share."""
    if tuned.falls:
        noisy = tuned.phase.crossover == N and not any(tuned.phase.logs.values())
        return at_noisy_crossover(tuned.largest) if noisy else _constants(tuned.largest)
    places: list[mpmath.mpf] = []
    with working(digits + 15):
        return best_share(
            lambda share, own: _constants(tuned.at_share(share, own), places), START, digits=digits
        )


def _constants(setting: Setting, places: list[mpmath.mpf] | None = None) -> Split:
    """``places``: where the first of several searches on the crossover ended, and others begin."""
    phase = setting.phase
    if any(power != 0 for power in phase.logs.values()):
        raise UnableError("the optimum carries a logarithm here; constants are given off the boundaries")
    with working(setting.digits + 15):
        if phase.prefactors is not None:
            found = tuple((key, setting.number(value)) for key, value in phase.prefactors.items())
            return Split(
                budget=C,
                source="" if setting.measured is None else setting.measured.as_fit,
                values=tuple(
                    (k, Value(value=v, error=abs(v) * mpmath.mpf(10) ** -(setting.digits + 5)))
                    for k, v in found
                ),
            )
        return _on_crossover(setting, [] if places is None else places)


def _on_crossover(setting: Setting, places: list[mpmath.mpf]) -> Split:
    phase, size = setting.phase, setting.size
    active = [m for m, c in zip(setting.optimum.allocation.spending, setting.monomials(), strict=True) if c]
    noisy = setting.optimum.features != LAZY and size == P and setting.optimum.laws.task.noise != 0
    single = len(Add.make_args(setting.optimum.cost)) == len(active) == 1
    if not single or (phase.crossover != size and not noisy):
        raise UnableError(
            f"constants of {phase!r} have no closed form and no scaling function of one variable"
        )
    ((cost, n, m),) = setting.monomials()
    law, moved = None, mpmath.mpf(1)
    if noisy:
        return _under_noise(setting, (cost, n, m))
    if setting.optimum.features != LAZY:
        law = joint_law(derive(setting.optimum.laws.task.at(setting.own)), size)
        if (moving := _on_rich_crossover(setting, law, (cost, n, m))) is not None:
            return moving
        moved = _settled_scale(setting, law)
    if setting.optimum.rule.saturation() != oo:
        raise UnableError(f"the scaling function of {setting.optimum.rule.title} is not known; exponents are")
    if setting.optimum.laws.task.size is not None:
        return _on_growing_crossover(setting, (cost, n, m), places)
    law = law or joint_law(derive(setting.optimum.laws.task.at(setting.own)), size)
    p, r, coefficient = setting.leading(law)
    amplitude = setting.number(law.amplitude)
    factor = (2 if size == N else 1) * moved * setting.number(setting.optimum.rule.pace())
    q = m + n / r
    weight = n * p / (r * q)
    scaling = model_scaling if size == N else data_scaling

    def height(u: mpmath.mpf, rough: bool) -> tuple[mpmath.mpf, Value]:
        shape = scaling(p, r, mpmath.exp(u), 4 if rough else setting.digits + 5)
        return u, Value(value=weight * u + mpmath.log(shape.value), error=shape.error / shape.value)

    found = _least(height, setting, places)
    theta = mpmath.exp(found.place.value)
    amount = (factor * amplitude ** (1 / r) / theta) ** (n / q) * cost ** (-1 / q)
    kappa0 = (amplitude / amount) ** (1 / r)
    time = theta / (factor * kappa0)
    shape = scaling(p, r, theta, setting.digits + 5)
    height_there = coefficient * kappa0**p * shape.value * _share(setting)
    return _at_least(setting, found, (n, m, q), (time, amount, height_there))


def _least(height: Function, setting: Setting, places: list[mpmath.mpf]) -> Minimum:
    """The minimum over a logarithm; searches from one place take the same values, which are kept."""
    start, step = (places[0], "0.3") if places else (mpmath.mpf(0), "0.5")
    found = minimum(height, start, mpmath.mpf(step), mpmath.mpf(10) ** -(setting.digits + 1))
    if not places:
        places.append(found.place.value)
    return found


def _on_rich_crossover(
    setting: Setting, law: JointLaw, spent: tuple[mpmath.mpf, mpmath.mpf, mpmath.mpf]
) -> Split | None:
    """The same where features grow up to the crossover, ``t = ts/(k kappa0)`` with ``k ~ N^grows``.

    ``d = 1/r - grows`` is the power of t in N. None where features are lazy there, or tend to a scale.
    """
    p, r, coefficient = setting.leading(law)
    if p >= 1:
        return None
    amplitude, features = setting.number(law.amplitude), setting.optimum.features
    grows = (1 - p) / (2 * r) + setting.number(features.power)
    if grows < -SAME:
        return None
    _check_digits(setting)
    of_xi = coefficient if law.size == N else coefficient / (1 - p)
    scale = mpmath.sqrt(of_xi) * setting.number(features.amount) * amplitude ** ((p - 1) / (2 * r))
    shape = RichCrossover(float(p), float(r), law.size, math.inf if grows > SAME else float(scale))
    return _at_best(setting, spent, (p, r, coefficient, amplitude), (scale, 1 / r - grows), shape)


def _under_noise(setting: Setting, spent: tuple[mpmath.mpf, mpmath.mpf, mpmath.mpf]) -> Split:
    """The same where label noise stops the learning, at ``kappa0 = (sigma^2 E/(C P))^(1/(s + 1 - q))``.

    By df1 and Xi: ``E/Gamma(q) = A sin(pi r)/pi``, r = 1 - q, and ``C/Gamma(s) = C_s sin(pi s)/pi``.
    """
    _check_digits(setting)
    law = joint_law(derive(setting.optimum.laws.task.at(setting.own)), N)
    s, r, coefficient = setting.leading(law)
    C_lazy = coefficient * mpmath.gamma(s) * mpmath.sinpi(s) / mpmath.pi
    E = setting.number(law.amplitude) * mpmath.gamma(1 - r) * mpmath.sinpi(r) / mpmath.pi
    amplitude, power = setting.number(setting.optimum.laws.task.noise) ** 2 * E / C_lazy, s + r
    grows = (1 - s) / (2 * power)
    scale = mpmath.sqrt(C_lazy) * setting.number(setting.optimum.features.amount) * amplitude**-grows
    shape = RichCrossover.under_noise(float(s), float(1 - r))
    return _at_best(setting, spent, (s, power, C_lazy, amplitude), (scale, 1 / power - grows), shape)


def _check_digits(setting: Setting) -> None:
    if setting.digits > MOST_OF_MOVING:
        raise PrecisionError(
            f"{setting.digits} digits; constants of features that move are solved in doubles, to "
            f"{MOST_OF_MOVING} at most; use {name_argument('digits', str(MOST_OF_MOVING))}"
        )


def _at_best(
    setting: Setting,
    spent: tuple[mpmath.mpf, mpmath.mpf, mpmath.mpf],
    of_loss: tuple[mpmath.mpf, mpmath.mpf, mpmath.mpf, mpmath.mpf],
    of_time: tuple[mpmath.mpf, mpmath.mpf],
    shape: RichCrossover,
) -> Split:
    """The best split for ``L = coefficient kappa0^p Psi``, ``kappa0 = (amplitude/size)^(1/r)``.

    ``of_time``: the scale k at kappa0 = 1 over its power of the amplitude, and the power d of t in the size.
    """
    (cost, n, m), (p, r, coefficient, amplitude), (scale, d) = spent, of_loss, of_time
    q = m + n * d
    weight = n * p / (r * q)

    def height(u: mpmath.mpf, rough: bool) -> tuple[mpmath.mpf, Value]:
        found = shape(float(mpmath.exp(u)))
        return u, Value(value=weight * u + mpmath.log(found.value), error=found.error / found.value)

    found = minimum(height, mpmath.mpf(0), mpmath.mpf("0.3"), mpmath.mpf(10) ** -setting.digits)
    ts = mpmath.exp(found.place.value)
    pace = scale * amplitude ** (1 / r) / ts
    amount = (pace**n / cost) ** (1 / q)
    loss = coefficient * (amplitude / amount) ** (p / r) * shape(float(ts)).value
    return _at_least(setting, found, (n, m, q), (amount**d / pace, amount, loss))


def _settled_scale(setting: Setting, law: JointLaw) -> mpmath.mpf:
    """The scale that features tend to, by which the lazy clock is ahead; 1 where they are lazy."""
    p, _, _ = setting.leading(law)
    features = setting.optimum.features
    if p < 1 or features.power != 0:
        return mpmath.mpf(1)
    scale = rich_joint_law(derive(law.task)).scale
    assert scale is not None
    return setting.number(scale.xreplace({gamma: features.amount}))


def _on_growing_crossover(
    setting: Setting, spent: tuple[mpmath.mpf, mpmath.mpf, mpmath.mpf], places: list[mpmath.mpf]
) -> Split:
    """The same where modes grow with N: ``C T = x N^b`` at ``t = x N^d/rate``, ``L = c N^-p Phi_h(x)``."""
    cost, n, m = spent
    weight, modes, rate, d, grows = setting.last_modes()
    if grows:
        share = setting.number(h)
        modes, rate = replace(modes, share=share), rate * share
    amplified = 1 if grows or not setting.optimum.rule.fresh else _share(setting)
    least = min(modes.p - 1, modes.b)
    q = m + n * d

    def height(v: mpmath.mpf, rough: bool) -> tuple[mpmath.mpf, Value]:
        shape = modes.scaling(mpmath.exp(v), 4 if rough else setting.digits + 5)
        return v, Value(
            value=least * n / q * v + mpmath.log(shape.value), error=shape.error / abs(shape.value)
        )

    found = _least(height, setting, places)
    x = mpmath.exp(found.place.value)
    amount = (cost * (x / rate) ** n) ** (-1 / q)
    shape = modes.scaling(x, setting.digits + 5)
    loss = weight * amplified * amount**-least * shape.value
    time = x * amount**d / rate
    return _at_least(setting, found, (n, m, q), (time, amount, loss))


def _at_least(
    setting: Setting,
    found: Minimum,
    powers: tuple[mpmath.mpf, mpmath.mpf, mpmath.mpf],
    values: tuple[mpmath.mpf, mpmath.mpf, mpmath.mpf],
) -> Split:
    """Time, size and loss at the smallest height, with the errors of its place and of itself."""
    n, m, q = powers
    time, amount, loss = values
    error, small = found.place.error, mpmath.mpf(10) ** -(setting.digits + 4)
    return Split(
        budget=C,
        source="" if setting.measured is None else setting.measured.as_fit,
        values=(
            (t, Value(value=time, error=time * (error * m / q + small))),
            (setting.size, Value(value=amount, error=amount * (error * n / q + small))),
            ("loss", Value(value=loss, error=loss * (found.value.error + small))),
        ),
    )


def _share(setting: Setting) -> mpmath.mpf:
    """What the noise of batches multiplies every term of the flow by: ``1/(1 - K(0))``."""
    task = setting.optimum.laws.task.at(setting.own)
    spectrum = series_of(task if task.size is None else replace(task, modes=oo))
    return setting.number(1 / (1 - feedback(kind_of(setting.optimum.rule), spectrum)))
