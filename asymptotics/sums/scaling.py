"""Sums over ``M = r N`` modes at a ridge on the scale of the last ones, as functions of that scale.

With ``lambda_k = k^-b``, ``x = k/N`` and ``kappa = u N^-b`` a sum over the modes that ends at M is, up to
what its two ends add, ``N^(1-p)`` times

    S_ij(p; u) = int_0^r x^-p (u x^b)^i/(1 + u x^b)^j dx
               = u^i r^g/g  2F1(j, g/b; 1 + g/b; -u r^b),    g = 1 + i b - p,

continued in p where the integral does not converge: ``f = S_01(0)`` counts the modes that the ridge resolves,
``X = S_11(a)`` is the target power that it does not. All are closed under ``u d/du``:
``u S_ij' = i S_ij - j S_(i+1, j+1)``.

    ScalingSum     one of them
    ScalingRoot    ``u_0``, the ridge of N features: ``f(u_0) = 1``
"""

from __future__ import annotations

from typing import Any

import mpmath
from sympy import Expr, binomial

from asymptotics.caches import cached
from asymptotics.domains.domain import Domain
from asymptotics.errors import PrecisionError
from asymptotics.expansions.constants import OpaqueNumber
from asymptotics.precision import working
from asymptotics.sums.unit_integral import unit_integral

ROUNDED = 16
"""Digits of a root are asked for in many amounts, and found in multiples of this."""
MOVES = 200


class ScalingRoot(OpaqueNumber):
    """``ScalingRoot(b, r)``: the u > 0 with ``int_0^r dx/(1 + u x^b) = 1``, r > 1; dimensionless.

    >>> from sympy import Rational
    >>> ScalingRoot(Rational(1, 2), 2).evalf(12)
    1.14818072695
    """

    nargs = 2
    is_positive = True
    is_real = True
    words = "ScalingRoot(b, r): the u > 0 with int_0^r dx/(1 + u x^b) = 1"
    meaning = r"u_0(b, r)\text{: the } u > 0 \text{ with } \textstyle\int_0^r \frac{dx}{1 + u x^b} = 1"

    def number(self, digits: int) -> mpmath.mpf:
        b, r = self.args
        return _root(b, r, -(-digits // ROUNDED) * ROUNDED)

    def fdiff(self, argindex: int = 1) -> Expr:
        raise NotImplementedError(f"derivatives of {self} are not derived")

    def written(self, printer: Any) -> str:
        return f"u_{{0}}\\left({', '.join(map(printer._print, self.args))}\\right)"


class ScalingSum(OpaqueNumber):
    """``ScalingSum(p, i, j, b, r, u)``: ``S_ij(p; u)`` of this module's first lines; dimensionless.

    Where ``1 + (i + n) b = p``, n = 0, 1, ..., it has a pole, and stands for the finite part: what is left
    without ``binomial(-j, n) u^(i+n) r^g_n/g_n``, ``g_n = 1 + (i + n) b - p``.

    >>> from sympy import Rational
    >>> ScalingSum(Rational(3, 2), 1, 1, 1, 2, 1).evalf(12)         # 2 arctan(sqrt(2))
    1.91063323625
    """

    nargs = 6
    is_real = True
    words = "ScalingSum(p, i, j, b, r, u) = int_0^r x^-p (u x^b)^i/(1 + u x^b)^j dx, continued in p"
    meaning = (
        r"S_{ij}(p; b, r, u) = \textstyle\int_0^r x^{-p} \frac{(u x^b)^i}{(1 + u x^b)^j}\, dx"
        r"\text{, continued in } p"
    )

    def number(self, digits: int) -> mpmath.mpf:
        p, i, j, b, r, u = self.args
        return _scaling_sum(p, i, j, b, r, u, digits)

    def proves_positive(self, domain: Domain) -> bool:
        """Whether the integral converges on the domain."""
        p, i, _, b, _, _ = self.args
        return domain.positive(1 + i * b - p)

    def slope(self) -> Expr:
        """``u dS/du``."""
        p, i, j, b, r, u = self.args
        return i * self - j * ScalingSum(p, i + 1, j + 1, b, r, u)

    def written(self, printer: Any) -> str:
        p, i, j, b, r, u = (printer._print(x) for x in self.args)
        return rf"S_{{{i}{j}}}\left({p}; {b}, {r}, {u}\right)"


@cached(maxsize=512)
def _root(b: Expr, r: Expr, digits: int) -> mpmath.mpf:
    """By Newton in ``u (1 - f) = 0``, which is convex and rises beyond its root, from the right of it."""
    with working(digits + 15):
        decay, ratio = _number(b), _number(r)

        def filled(u: mpmath.mpf) -> mpmath.mpf:
            return closed(mpmath.mpf(0), 0, 1, decay, ratio, u)

        u = mpmath.mpf(1)
        while filled(u) > 1:
            u *= 2
        for _ in range(MOVES):
            f = filled(u)
            slope = 1 - f - (ratio / (1 + u * ratio**decay) - f) / decay  # u f' = (r/(1 + u r^b) - f)/b
            step = u * (1 - f) / slope
            u -= step
            if abs(step) <= 64 * mpmath.eps * u:
                return u
        raise PrecisionError(f"the root of f(u) = 1 at b = {b}, r = {r} was not found")


@cached(maxsize=4096)
def _scaling_sum(p: Expr, i: Expr, j: Expr, b: Expr, r: Expr, u: Expr, digits: int) -> mpmath.mpf:
    if meets(p, i, b):
        with working(3 * digits + 30):
            scale = _number(u)
        return finite_part(p, int(i), int(j), b, r, scale, digits)
    with working(digits + 15):
        return closed(_number(p), int(i), int(j), _number(b), _number(r), _number(u))


def meets(p: Expr, i: Expr, b: Expr) -> bool:
    """Whether the sum has a pole at p, and stands for its finite part."""
    place = (p - 1) / b - i
    return bool(place.is_Integer and place >= 0)


def finite_part(p: Expr, i: int, j: int, b: Expr, r: Expr, u: mpmath.mpf, digits: int) -> mpmath.mpf:
    """The value without its pole, from both sides of it; at a complex u, too."""
    n = int((p - 1) / b - i)
    with working(3 * digits + 30):
        power, decay, ratio = map(_number, (p, b, r))
        beside = mpmath.mpf(10) ** -(digits + 5)
        weight = _number(binomial(-j, n)) * u ** (i + n)
        values = [
            closed(power + shift, i, j, decay, ratio, u) + weight * ratio**-shift / shift
            for shift in (beside, -beside)
        ]
        return sum(values) / 2


def closed(p: mpmath.mpf, i: int, j: int, b: mpmath.mpf, r: mpmath.mpf, u: mpmath.mpf) -> mpmath.mpf:
    """The closed form, at a complex u too."""
    g = 1 + i * b - p
    return u**i * r**g / g * unit_integral(j, g / b, u * r**b)


def _number(expression: Expr) -> mpmath.mpf:
    return mpmath.mpf(expression.evalf(mpmath.mp.dps + 5)._to_mpmath(mpmath.mp.prec))
