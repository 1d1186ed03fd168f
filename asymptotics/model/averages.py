"""Averages of iterates whose weights are exponentials, as those of moving averages: transforms of their sums.

With ``y = lambda eta T``, weights alpha of integral 1 and a constant step, an average keeps ``phi(y)`` of its
start, and the noise of the steps adds h(y) per sample,

    phi = (int_0^1 alpha(u) e^(-y u) du)^2,
    h = y^2 int_0^1 (int_u^1 alpha(x) e^(-y (x - u)) dx)^2 du.

Both are integrals of e^(-y w) over pairs of iterates, at w = x + x' or w = x + x' - 2 u, so that

    int_0^oo phi y^(s-1) dy = Gamma(s) M(s),         M(s) = int int alpha alpha' (x + x')^-s dx dx',
    int_0^oo h y^(s-1) dy = Gamma(s + 1) (D(s + 1) - M(s + 1))/2,    D(s) = int int alpha alpha' |x - x'|^-s.

M is ``int_0^2 A(w) w^-s dw``, A the convolution of alpha with itself, and D twice ``int_0^1 C(w) w^-s dw``,
C its autocorrelation. Where A and C are ``sum A_n w^n`` at 0, M and D have simple poles at s = n + 1, of
residues -A_n and -2 C_n, and are continued beyond.

    PairMoment           M and D, continued; at their poles the finite part
    AverageTransform     the two transforms, as the engine of spectral sums takes them
    AverageSum           ``sum_k m_k c_k phi(lambda_k X)`` and ``sum_k m_k h(lambda_k X)``, as nodes
    are_exponentials     whether weights are among those whose integrals are closed
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import mpmath
from mpmath.calculus.quadrature import GaussLegendre
from sympy import (
    Add,
    Expr,
    Function,
    Integer,
    Mul,
    Symbol,
    degree,
    diff,
    exp,
    expand,
    factorial,
    gamma,
    integrate,
    lambdify,
    latex,
)
from sympy.core.function import AppliedUndef
from sympy.integrals.integrals import Integral

from asymptotics.caches import cached
from asymptotics.domains.domain import normal
from asymptotics.errors import UnableError
from asymptotics.expansions.laurent import Laurent, gamma_laurent
from asymptotics.expansions.variables import substitute
from asymptotics.model.expander import RULES, Expander, Found
from asymptotics.model.moments import OfShape
from asymptotics.model.schedules.pieces import u
from asymptotics.precision import working
from asymptotics.transforms.poles import Pole

ONE = Integer(1)
SUMS, GAPS = Integer(0), Integer(1)
"""Of pairs of iterates: M, by the sum of their places, and D, by their distance."""
DEGREES = (3, 4, 5, 6, 7, 8)
"""Of Gauss' rule on a panel, one after the other until the integrals settle: 12 to 384 nodes."""
WIDER = 8
"""The circle on which a series is found is so many times as wide as where it is used."""
HALVINGS = 10


def are_exponentials(weights: Expr) -> bool:
    """Whether they are a sum of polynomials in u times exponentials, sines or cosines of multiples of u."""

    def fits(factor: Expr) -> bool:
        if factor.func == exp:
            return bool(factor.exp.is_polynomial(u) and degree(factor.exp, u) <= 1)
        return bool(factor.is_polynomial(u))

    terms = Add.make_args(expand(weights.rewrite(exp)))
    return all(fits(factor) for term in terms for factor in Mul.make_args(term))


@cached(maxsize=64)
def whole_of(weights: Expr) -> Expr:
    """Their integral; raises `UnableError` where that is not known."""
    total = _integral(weights, weights)
    if total == 0:
        raise UnableError(f"the weights {weights} of the average vanish; give some iterates weight")
    return total


def _integral(integrand: Expr, weights: Expr) -> Expr:
    found = integrate(integrand, (u, 0, 1))
    if found.has(Integral, AppliedUndef):
        raise UnableError(
            f"averages with the weights {weights}: integrals of them have no closed form; laws need one"
        )
    return found


@cached(maxsize=256)
def coefficient(weights: Expr, kind: Expr, n: int) -> Expr:
    """``A_n``, or ``2 C_n``."""
    alpha = weights / whole_of(weights)
    end = 0 if kind == SUMS else 1
    at_end = [diff(alpha, u, i).subs(u, end) / factorial(i) for i in range(n)]
    sign = 1 if kind == SUMS else -1
    # int_0^w x^p (w - x)^q dx = p! q!/(p + q + 1)! w^(p + q + 1)
    total = sum(
        (
            sign**p * at_end[p] * at_end[n - 1 - p] * factorial(p) * factorial(n - 1 - p) / factorial(n)
            for p in range(n)
        ),
        Integer(0),
    )
    if kind == SUMS:
        return total
    return 2 * (_integral(alpha * diff(alpha, u, n), weights) / factorial(n) - total)


class PairMoment(OfShape):
    """``M(s)`` or ``D(s)``; arguments are the weights, u, s, and which of the two.

    >>> from sympy import Rational
    >>> PairMoment(ONE, u, Rational(1, 2), GAPS).evalf(12)        # 2 int_0^1 (1 - w) w^(-1/2) dw
    2.66666666667
    """

    @property
    def letter(self) -> str:
        return "M" if self.args[3] == SUMS else "D"

    @property
    def words(self) -> str:
        """What the letter is, in words."""
        pair = "x + y" if self.args[3] == SUMS else "|x - y|"
        return (
            f"{self.letter}(s) = int_0^1 int_0^1 w(x) w(y) ({pair})^-s dx dy, continued in s, of the weights "
            f"w(u) = {self.args[0] / whole_of(self.args[0])}"
        )

    @property
    def meaning(self) -> str:
        """The same in LaTeX."""
        pair = "(x + y)" if self.args[3] == SUMS else "|x - y|"
        return (
            rf"{self.letter}(s) = \textstyle\int_0^1\!\int_0^1 w(x)\, w(y)\, {pair}^{{-s}} dx\, dy"
            r"\text{, continued in } s;\ "
            rf"w(u) = {latex(self.args[0] / whole_of(self.args[0]))}"
        )

    def number(self, digits: int) -> Any:
        return _number(self.args[0], self.args[3], self.args[2], digits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A or 2 C: its series up to ``near``, and beyond it places with the weights of their integral."""

    near: Any
    series: tuple[Any, ...]
    places: tuple[tuple[Any, Any], ...]

    def moment(self, s: Any, digits: int) -> Any:
        """``int w^-s``, continued; the finite part at a pole."""
        total = mpmath.fsum(weight * w**-s for w, weight in self.places)
        for n, c in enumerate(self.series):
            e = n + 1 - s
            at_pole = abs(e) < mpmath.mpf(10) ** (-digits // 2)
            total += c * (mpmath.log(self.near) if at_pole else self.near**e / e)
        return total


@cached(maxsize=256)
def _number(weights: Expr, kind: Expr, place: Expr, digits: int) -> Any:
    profile = _profile(weights, kind, digits)
    with working(digits + 10):
        return profile.moment(mpmath.mpmathify(place.evalf(digits + 10)), digits)


@cached(maxsize=32)
def _profile(weights: Expr, kind: Expr, digits: int) -> Profile:
    """By Gauss' rule on panels that double; raises `UnableError` where it does not settle."""
    alpha: Callable[[Any], Any] = lambdify(u, weights, modules="mpmath")
    scale = whole_of(weights).evalf(digits + 10) ** -2
    close = mpmath.mpf(10) ** -(digits + 3)
    with working(digits + 10):
        before = None
        for degree in DEGREES:
            rule = GaussLegendre(mpmath.mp).calc_nodes(degree, mpmath.mp.prec)
            found = _sampled(alpha, kind, digits, rule, mpmath.mpmathify(scale))
            size = found.moment(mpmath.mpf("0.5"), digits)
            if before is not None and abs(size - before) < close * abs(size):
                return found
            before = size
    raise UnableError(f"averages with the weights {weights} vary too fast; laws need smoother ones")


def _sampled(
    alpha: Callable[[Any], Any], kind: Expr, digits: int, rule: list[tuple[Any, Any]], scale: Any
) -> Profile:
    def over(low: Any, high: Any) -> list[tuple[Any, Any]]:
        half, middle = (high - low) / 2, (high + low) / 2
        return [(middle + half * x, half * weight) for x, weight in rule]

    def pairs(w: Any) -> Any:
        """A or 2 C; near w = 0 it is analytic, and complex where w is."""
        if kind == GAPS:
            return 2 * scale * sum(weight * alpha(x) * alpha(x + w) for x, weight in over(0, 1 - w))
        low = w - 1 if mpmath.re(w) > 1 else 0
        return scale * sum(weight * alpha(x) * alpha(w - x) for x, weight in over(low, w - low))

    near, series = _series(pairs, digits)
    end, edges = (2 if kind == SUMS else 1), [near]
    while edges[-1] < end:
        edges.append(edges[-1] * 2)
    places = [pair for ends in pairwise(edges) for pair in over(*ends)]
    return Profile(near=near, series=series, places=tuple((w, weight * pairs(w)) for w, weight in places))


def _series(pairs: Callable[[Any], Any], digits: int) -> tuple[Any, tuple[Any, ...]]:
    """Up to which w a series at 0 is used, and the series, by Cauchy's integral on a circle."""
    count = int((digits + 5) / math.log10(WIDER)) + 1
    radius = mpmath.mpf(1) / 2
    for _ in range(HALVINGS):
        turns = [mpmath.expjpi(mpmath.mpf(j) / count) for j in range(2 * count)]
        upper = [pairs(radius * turn) for turn in turns[: count + 1]]
        values = [*upper, *map(mpmath.conj, upper[-2:0:-1])]
        series = tuple(
            mpmath.re(sum(x * turns[-j * n % len(turns)] for j, x in enumerate(values)))
            / (len(turns) * radius**n)
            for n in range(count)
        )
        near = radius / WIDER
        off = abs(mpmath.polyval(series[::-1], near) - pairs(near))
        if off < mpmath.mpf(10) ** -(digits + 1) * max(abs(x) for x in values):
            break
        radius /= 2
    return near, series


@dataclass(frozen=True, slots=True, kw_only=True)
class AverageTransform:
    """``Gamma(s) M(s)`` of what is left of the start, or that of the noise, continued to the right."""

    weights: Expr
    signal: bool

    @property
    def name(self) -> str:
        """For messages."""
        return f"the average with the weights {self.weights}"

    def transform(self, s: Expr) -> Expr:
        """Where it is regular."""
        if self.signal:
            return gamma(s) * PairMoment(self.weights, u, s, SUMS)
        apart, together = (PairMoment(self.weights, u, s + 1, kind) for kind in (GAPS, SUMS))
        return gamma(s + 1) * (apart - together) / 2

    def reflect(self, s: Symbol) -> Expr:
        """The same."""
        return self.transform(s)

    def poles(self, count: int) -> tuple[Pole, ...]:
        """Those of the series at 0, from s = 2 or s = 0 on; the last stands for all behind it."""
        start = 2 if self.signal else 0
        return tuple(
            Pole(Integer(start + i), 1 if i == count - 1 or self._residue(start + i) != 0 else 0)
            for i in range(count)
        )

    def _residue(self, n: int) -> Expr:
        """That of the moments alone, at s = n."""
        if self.signal:
            return -coefficient(self.weights, SUMS, n - 1)
        return coefficient(self.weights, SUMS, n) - coefficient(self.weights, GAPS, n)

    def laurent(self, point: Expr, terms: int) -> Laurent:
        """``Phi(point + d)``, with ``terms`` coefficients."""
        at_pole = bool(point.is_Integer and point >= (2 if self.signal else 0))
        if terms > (2 if at_pole else 1):
            raise UnableError(f"a multiple pole of {self.name}; not derived")
        if not at_pole:
            return Laurent(0, (self.transform(point),))
        if self.signal:
            finite, factor, shift = PairMoment(self.weights, u, point, SUMS), ONE, point
        else:
            place = normal(point + 1)
            apart, together = (PairMoment(self.weights, u, place, kind) for kind in (GAPS, SUMS))
            finite, factor, shift = apart - together, ONE / 2, place
        moment = Laurent(-1, (self._residue(int(point)) * factor, finite * factor)[:terms])
        return moment * gamma_laurent(shift, terms)


class AverageSum(Function):  # type: ignore[misc]
    """``AverageSum(weights, u, X, signal)``: the sum over modes of phi, with c_k, or of h."""

    nargs = 4

    @property
    def free_symbols(self) -> set[Symbol]:
        weights, letter, place, _ = self.args
        return (weights.free_symbols - {letter}) | place.free_symbols

    def _sympystr(self, printer: Any) -> str:
        inside = printer._print(self.args[2])
        return f"sum m c phi(lambda {inside})" if self.args[3] == ONE else f"sum m h(lambda {inside})"

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        called = r"c_k \varphi" if self.args[3] == ONE else "h"
        return rf"\sum_k m_k {called}\left(\lambda_k {printer._print(self.args[2])}\right)"


def expand_average(found: Expander, node: AverageSum, x: Symbol) -> Found:
    """By the residues of the transforms."""
    weights, _, place, signal = node.args
    spectrum = found.spectrum
    source = spectrum.target if signal == ONE else spectrum.kernel
    kernel = AverageTransform(weights=weights, signal=signal == ONE)
    series = source.spectral_sum(kernel, x, inverse=False, domain=spectrum.domain, depth=found.depth)
    return Found(node=node, series=series if place == x else substitute(series, place / x, ONE, x))


RULES[AverageSum] = expand_average
