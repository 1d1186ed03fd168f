"""What is left of a mode, squared: ``e^(-rate lambda^p)``, or ``(1 - eta lambda)^(2 n)`` after n steps.

Decay        after one time
SlowModes    after any time, of modes so slow that they fall as one exponential
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import mpmath

from numerics.values.arithmetic import Array, Field, array, each


@dataclass(frozen=True, slots=True, kw_only=True)
class Decay:
    """``e^(-rate lambda^power)``; with a step eta ``(1 - eta lambda)^(2 steps)``, ``rate = 2 eta steps``.

    >>> import numpy as np
    >>> from numerics.values.arithmetic import array, field_of
    >>> with field_of(80) as field:
    ...     left = Decay.in_steps(0.5, 3).of(array([field.real(1), field.real(4)]), field)
    >>> [float(x) for x in left]
    [0.015625, 1.0]
    """

    rate: mpmath.mpf
    eta: float | Fraction = 0.0
    steps: int = 0
    power: float = 1.0

    @classmethod
    def in_steps(cls, eta: float | Fraction, steps: int) -> Decay:
        """Gradient descent; call it at the precision that the rate is to have."""
        exact = Fraction(eta)
        return cls(rate=mpmath.mpf(2 * exact.numerator * steps) / exact.denominator, eta=eta, steps=steps)

    def logarithm(self, lam: Array, field: Field) -> Array:
        """Its logarithm at each eigenvalue; -oo where a step removes the mode."""
        if not self.eta:
            return -field.real(self.rate) * (lam if self.power == 1 else self._powers(lam, field))
        learned = field.real(self.eta) * lam
        # of the square, as a step may turn the sign: (1 - x)^2 = 1 + x (x - 2)
        return self.steps * each(field.log1p, learned * (learned - 2))

    def _powers(self, lam: Array, field: Field) -> Array:
        power = field.real(Fraction(repr(self.power)))
        return each(lambda x: field.exp(power * field.log(x)) if x != 0 else x, lam)

    @property
    def log_rate(self) -> float:
        """The logarithm of 1/lambda of the modes that are being learned."""
        return float(mpmath.log(self.rate)) / self.power if self.rate > 0 else -math.inf

    def of(self, lam: Array, field: Field) -> Array:
        """Its value at each eigenvalue."""
        return each(field.exp, self.logarithm(lam, field))


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowModes:
    """``f_t(lambda)^2 = w e^(-2 r t)``, but for what is below ``e^ended(t)`` in modes that have ended.

    ``of`` gives r and w at curvatures, w = 0 for modes that end; below the curvature ``singular`` they are
    analytic. With no branch of its own a rule has ``singular`` = oo.
    """

    of: Callable[[Array, Field], tuple[Array, Array]]
    singular: float
    ended: Callable[[float], float]

    def slope(self, field: Field) -> float:
        """``r/lambda`` of the slowest modes."""
        small = field.real(min(self.singular, 1.0)) / 10**9
        return float((self.of(array([small]), field)[0][0] / small).real)
