"""The loss of ``M = r N`` modes on the scale of the last ones: the scaling function at the crossover.

With ``f(u) = int_0^r dx/(1 + u x^b)``, ``y = u (1 - f)`` and ``X(u) = int_0^r x^-p u x^b/(1 + u x^b) dx``, or
``X = zeta(p - b) u`` where that is what the first modes leave,

    Phi_h(x) = (1/2 pi i) int e^(x y) X(u)/(y (1 - h (1 - y f/tau))) dy,    tau = r^(1-b)/(1-b),

is the loss at ``C T = x N^b`` over ``N^-min(p-1, b)``. Label noise adds ``sigma^2 h psi_h(x)``,

    psi_h(x) = (1/2 pi i) int e^(x y) k/(y (1 - h k)) dy,    k = 1 - y f/tau  (b > 1: 1).

They are integrated on a Talbot contour with u followed along it by Newton's method; nothing is known of
expansions. Error: difference of two contours plus rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import mpmath

from asymptotics.caches import Memory
from asymptotics.errors import DomainError, PrecisionError, UnableError
from asymptotics.parsing.numbers import whole_number
from asymptotics.precision import exclusive, working
from asymptotics.sums.unit_integral import unit_integral
from numerics.values.value import Value

RATE = 0.53
"""Digits gained per node of the contour."""
MAX_DIGITS = 60


class Node(NamedTuple):
    """A node of the contour: its weight over y, Xi, and ``y f``."""

    weight: mpmath.mpc
    left: mpmath.mpc
    away: mpmath.mpc


Part = Callable[[Node, mpmath.mpc], mpmath.mpc]
"""What is inverted, of a node and its kernel k, over ``y (1 - h k)``."""
_NODES: Memory[tuple[Node, ...]] = Memory(maxsize=128)


def _unlearned(node: Node, kernel: mpmath.mpc) -> mpmath.mpc:
    return node.left


def _learned_noise(node: Node, kernel: mpmath.mpc) -> mpmath.mpc:
    return kernel


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowingModes:
    """``r N`` modes of ``k^-b`` and a target ``k^-p``; ``share`` is h, 0 for gradient flow.

    >>> modes = GrowingModes(p=mpmath.mpf(3) / 2, b=mpmath.mpf("0.8"), r=mpmath.mpf(2))
    >>> str(modes.scaling(1000, 10))[:8]                  # X(u_0): all is learned that can be
    '3.595774'
    """

    p: mpmath.mpf
    b: mpmath.mpf
    r: mpmath.mpf
    share: mpmath.mpf = mpmath.mpf(0)

    @exclusive
    def scaling(self, x: object, digits: int = 15) -> Value:
        """``Phi_h(x)``; the leading part for the larger of ``N^-(p-1)`` and ``N^-b``."""
        return self.loss(x, None, digits)

    @exclusive
    def label_noise(self, x: object, digits: int = 15) -> Value:
        """``psi_h(x)``, which grows from 0 to ``1/(1 - h)`` for b < 1; raises as `loss` does.

        >>> modes = GrowingModes(p=mpmath.mpf(3) / 2, b=mpmath.mpf("0.8"), r=mpmath.mpf(2))
        >>> str(modes.label_noise(1000, 10))[:8]
        '1.000000'
        """
        return self._inverted(x, None, digits, _learned_noise)

    @exclusive
    def loss(self, x: object, size: object = None, digits: int = 15) -> Value:
        """``Phi_h(x)``; with a ``size`` N the loss there, all powers of ``N^-b`` in Xi and the trace in it.

        Raises `DomainError` for x <= 0, `UnableError` with a size where exponents meet, and `PrecisionError`
        if the digits are not reached.
        """
        meeting = (self.p - 1) / self.b
        if size is not None and abs(meeting - mpmath.nint(meeting)) < mpmath.mpf(10) ** -12:
            raise UnableError(
                f"a = {mpmath.nstr(self.p, 6)}, b = {mpmath.nstr(self.b, 6)}: exponents meet, where parts "
                "of the loss are infinite and their sum is not taken; ask beside the line"
            )
        return self._inverted(x, size, digits, _unlearned)

    def _inverted(self, x: object, size: object, digits: int, part: Part) -> Value:
        digits = whole_number(digits, "digits", 1, MAX_DIGITS)
        place = mpmath.mpf(x)
        if not place > 0:
            raise DomainError(f"x = {mpmath.nstr(place, 5)}; it must be > 0")
        nodes = int((digits + 6) / RATE) + 4
        for _ in range(3):
            with working(digits + int(0.3 * nodes) + 20):
                coarse, fine = (self._integral(n, place, size, part) for n in (nodes, nodes + nodes // 5 + 1))
                error = abs(fine - coarse) + abs(fine) * mpmath.mpf(10) ** -(digits + 5)
                if error <= abs(fine) * mpmath.mpf(10) ** -digits:
                    return Value(value=fine, error=error)
            nodes = int(1.5 * nodes)
        raise PrecisionError(
            f"the scaling function at x = {mpmath.nstr(place, 5)} is reached to "
            f"{mpmath.nstr(error / abs(fine), 2)} where 1e-{digits} was asked for; ask for fewer digits"
        )

    def _integral(self, count: int, x: mpmath.mpf, size: object, part: Part) -> mpmath.mpf:
        tau = self._trace(size) if self.b <= 1 else mpmath.inf  # the first modes make the noise: k is 1
        key = (self.p, self.b, self.r, count, x, size, mpmath.mp.prec)
        total = []
        for node in _NODES.recall(key, lambda: tuple(self._nodes(count, x, size))):
            kernel = 1 - node.away / tau
            total.append((node.weight * part(node, kernel) / (1 - self.share * kernel)).real)
        return mpmath.fsum(total)

    def _nodes(self, count: int, x: mpmath.mpf, size: object) -> Iterator[Node]:
        """They do not depend on the share."""
        u = None
        for j in range((count + 1) // 2):
            y, weight = _node(j, count, x)
            u, filled = self._root(y, u)
            yield Node(weight=weight / y, left=self._left(u, filled, size), away=y * filled)

    def _trace(self, size: object) -> mpmath.mpf:
        """``Tr/N^(1-b)``; at b = 1 its logarithm, infinite where no size is given."""
        if self.b == 1:
            return mpmath.inf if size is None else mpmath.log(self.r * mpmath.mpf(size)) + mpmath.euler
        tau = self.r ** (1 - self.b) / (1 - self.b)
        return tau if size is None else tau + mpmath.zeta(self.b) * mpmath.mpf(size) ** (self.b - 1)

    def _left(self, u: mpmath.mpc, filled: mpmath.mpc, size: object) -> mpmath.mpc:
        """``N^m Xi``."""
        p, b = self.p, self.b
        if size is None:
            return self._last(u) if p - 1 < b else mpmath.zeta(p - b) * u
        number = mpmath.mpf(size)
        total, n, kappa = number ** (1 - p) * self._last(u), 1, u * number**-b
        while True:
            term = (-1) ** (n + 1) * mpmath.zeta(p - b * n) * kappa**n
            total += term
            if abs(term) <= mpmath.eps * abs(total) or n > 200:
                return total
            n += 1

    def _last(self, u: mpmath.mpc) -> mpmath.mpc:
        g = 1 + self.b - self.p
        return u * self.r**g / g * unit_integral(1, g / self.b, u * self.r**self.b)

    def _filled(self, u: mpmath.mpc) -> mpmath.mpc:
        """``f(u)``."""
        return self.r * unit_integral(1, 1 / self.b, u * self.r**self.b)

    def _root(self, y: mpmath.mpc, start: mpmath.mpc | None) -> tuple[mpmath.mpc, mpmath.mpc]:
        """u with ``u (1 - f(u)) = y`` and f(u), from a neighbouring root or from large |y|, where u ~ y."""
        u = start if start is not None else mpmath.mpc(1 + 2 * abs(y), abs(y.imag))
        for _ in range(400):
            filled = self._filled(u)
            slope = (self.r / (1 + u * self.r**self.b) - filled) / self.b  # u f'
            step = (u * (1 - filled) - y) / (1 - filled - slope)
            while (u - step).imag <= 0:
                step /= 2
            u -= step
            if abs(step) <= mpmath.eps**0.55 * abs(u):  # what is left is of the order of its square
                return u, self._filled(u)
        raise PrecisionError(f"no root of u (1 - f(u)) = y at y = {mpmath.nstr(y, 5)}; give another x")


def _node(j: int, count: int, x: mpmath.mpf) -> tuple[mpmath.mpc, mpmath.mpc]:
    """An upper node y of Talbot's contour, and its weight with the conjugate half."""
    angle = mpmath.pi * (2 * j + 1) / count
    bend = mpmath.mpf("0.6407") * angle
    cot, scale = mpmath.cot(bend), count / x
    y = scale * mpmath.mpc(
        mpmath.mpf("0.5017") * angle * cot - mpmath.mpf("0.6122"), mpmath.mpf("0.2645") * angle
    )
    slope = scale * mpmath.mpc(
        mpmath.mpf("0.5017") * (cot - bend / mpmath.sin(bend) ** 2), mpmath.mpf("0.2645")
    )
    return y, 2 * mpmath.exp(x * y) * slope / (mpmath.mpc(0, 1) * count)
