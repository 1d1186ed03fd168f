"""Constants where label noise sets the step, and the best split lies at the crossover of time and size.

At the share h of the largest step n steps reach ``x = rate h t N^-d`` on the scale of the crossover, and

    L = c N^-p Phi(x) + sigma^2 k h psi(x),

Phi the scaling function of gradient flow, k h the kernel of the noise of batches, psi how much of it has been
learned (1 where the trace converges). At a cost ``w t^n N^m = C`` and a given x the step is ``h = x N^d/(rate
t)``, so that

    L = A N^-p + D C^(-1/n) N^q,    A = c Phi,  D = sigma^2 k psi x w^(1/n)/rate,  q = d + m/n,

is least at ``N = (p A C^(1/n)/(q D))^(1/(p + q))``, where it is ``A N^-p (1 + p/q)``. So x* minimises
``Phi^q (x psi)^p``.

    at_noisy_crossover    t, N, h and the loss over their powers of C
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import mpmath
from sympy import Add, oo

from asymptotics.errors import UnableError
from asymptotics.laws.derive import derive
from asymptotics.laws.joint import joint_law
from asymptotics.model.sums import trace_of
from asymptotics.precision import working
from asymptotics.spectra import spectrum as series_of
from asymptotics.symbols import B, C, N, eta, h, t
from numerics.optima.scaling import model_scaling
from numerics.optima.setting import Setting, Split
from numerics.values.minimum import minimum
from numerics.values.value import Value

DIGITS_OF_STEP = 9
"""Digits of the largest step, where that is a number of the whole spectrum."""

Shape = Callable[[mpmath.mpf, int], Value]
"""A scaling function at x, to so many digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossover:
    """``L = c N^-p Phi(x) + sigma^2 k h psi(x)``, ``x = rate h t N^-d``; ``fed`` is ``sigma^2 k``."""

    c: mpmath.mpf
    p: mpmath.mpf
    rate: mpmath.mpf
    d: mpmath.mpf
    fed: mpmath.mpf
    unlearned: Shape
    learned: Shape


def at_noisy_crossover(setting: Setting) -> Split:
    """The constants of a setting at the largest step; `UnableError` for costs that are no product."""
    if len(Add.make_args(setting.optimum.cost)) != 1:
        raise UnableError(f"constants of {setting.phase!r} are computed for a cost that is one product")
    with working(setting.digits + 15):
        ((cost, n, m),) = setting.monomials()
        here, digits = _crossover(setting), setting.digits + 5
        p, q = here.p, here.d + m / n

        def height(v: mpmath.mpf, rough: bool) -> tuple[mpmath.mpf, Value]:
            left, noise = _shapes(here, mpmath.exp(v), 4 if rough else digits)
            error = q * left.error / left.value + p * noise.error / noise.value
            value = q * mpmath.log(left.value) + p * (mpmath.log(noise.value) + v)
            return v, Value(value=value / (p + q), error=error / (p + q))

        found = minimum(height, mpmath.mpf(0), mpmath.mpf("0.5"), mpmath.mpf(10) ** -(setting.digits + 1))
        x = mpmath.exp(found.place.value)
        left, noise = _shapes(here, x, digits)
        ours = here.c * left.value
        theirs = here.fed * noise.value * x * cost ** (1 / n) / here.rate
        amount = (p * ours / (q * theirs)) ** (1 / (p + q))
        time = (cost * amount**m) ** (-1 / n)
        moved, small = found.place.error, mpmath.mpf(10) ** -(setting.digits + 4)
        # q d log A/dv = -p d log D/dv at the minimum, so that q d log N/dv = -d log D/dv, and h ~ x N^q
        steep = 2 / q  # psi is concave: 1 <= d log D/dv <= 2
        share = x * amount**here.d / (here.rate * time)
        loss = ours * amount**-p * (1 + p / q)
        of_step = mpmath.mpf(10) ** -DIGITS_OF_STEP if eta in dict(setting.numbers) else small
        return Split(
            budget=C,
            values=(
                (t, Value(value=time, error=time * (steep * moved * m / n + small))),
                (N, Value(value=amount, error=amount * (steep * moved + small))),
                (h, Value(value=share, error=share * (moved + small + of_step))),
                ("loss", Value(value=loss, error=loss * (found.value.error + small))),
            ),
        )


def _shapes(here: Crossover, x: mpmath.mpf, digits: int) -> tuple[Value, Value]:
    return here.unlearned(x, digits), here.learned(x, digits)


def _crossover(setting: Setting) -> Crossover:
    task = setting.optimum.laws.task.at(setting.own)
    fed = setting.number(task.noise**2)
    if task.size is None:
        law = joint_law(derive(task), N)
        p, r, coefficient = setting.leading(law)
        amplitude = setting.number(law.amplitude)
        return Crossover(
            c=coefficient * amplitude ** (p / r),
            p=p / r,
            rate=2 * setting.number(eta) * amplitude ** (1 / r),
            d=1 / r,
            fed=fed * _first_modes(setting),
            unlearned=lambda x, digits: model_scaling(p, r, x, digits),
            learned=lambda x, digits: Value(value=mpmath.mpf(1), error=mpmath.mpf(0)),
        )
    weight, modes, rate, d, grows = setting.last_modes()
    return Crossover(
        c=weight,
        p=min(modes.p - 1, modes.b),
        rate=rate,
        d=d,
        fed=fed if grows else fed * _first_modes(setting),
        unlearned=modes.scaling,
        learned=modes.label_noise,
    )


def _first_modes(setting: Setting) -> mpmath.mpf:
    """``eta Tr/(2 B)``, the kernel of small steps where the trace converges."""
    spectrum = series_of(replace(setting.optimum.laws.task.at(setting.own), modes=oo))
    return setting.number(eta * trace_of(spectrum) / (2 * B))
