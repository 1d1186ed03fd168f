"""What a schedule is to a law: its end, its moments, and the transforms of the two sums of its loss.

With ``y = lambda eta T`` and ``psi(u) = int_u^1 f`` a mode keeps ``e^(-2 y psi(0))`` of its start, and the
noise of the steps adds, per sample,

    h(y) = y^2 int_0^1 f(u)^2 e^(-2 y psi(u)) du,     int_0^oo h y^(s-1) dy = Gamma(s+2) 2^(-s-2) J(s+2),
    J(s) = int_0^1 f(u)^2 psi(u)^(-s) du.

At the end, ``v = 1 - u -> 0``, let ``f = f1 v^gamma (1 + a_1 v + a_2 v^2 + ...)``. There ``f^2 psi^-s`` is
``v^(2 gamma - s (gamma + 1))`` times a series in v, so that J has simple poles at
``s = (2 gamma + 1 + p)/(gamma + 1)``, p = 0, 1, ..., and is continued beyond. A power has the first alone:
``J = (gamma + 1)^s/(2 gamma + 1 - s (gamma + 1))``.

    End               gamma, f1 and the series at the end
    end_of            that of a schedule
    whole             ``int_0^1 f``, the mean step over the largest
    noise_of_equal_steps    h of a constant step
    averaged          filter and h of an average of iterates at a constant step
    OfShape           a number of a shape at a place: how it is evaluated and written
    Moment            J, continued, as a function with numbers
    residue_factor    what a term of the series at the end leaves at its pole
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import mpmath
from sympy import (
    Dummy,
    Expr,
    Integer,
    Piecewise,
    Rational,
    Symbol,
    diff,
    exp,
    expand,
    factorial,
    integrate,
    lambdify,
    latex,
    nan,
    oo,
    series,
    zoo,
)
from sympy.core.function import AppliedUndef
from sympy.integrals.integrals import Integral

from asymptotics.caches import cached
from asymptotics.domains.domain import Domain
from asymptotics.errors import UnableError
from asymptotics.expansions.constants import OpaqueNumber
from asymptotics.model.schedules.pieces import breaks, piece_at, u
from asymptotics.precision import working

v = Dummy("v", positive=True)
"""The share of the steps that are left."""

NEAR = Rational(1, 8)
"""Of the last piece of a schedule so much is integrated by its series, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """``f = first v^power (1 + series[1] v + ...)``, v -> 0; the series is that up to v^(len - 1).

    ``exact``: the power holds on all of [0, 1].
    """

    power: Expr
    first: Expr
    series: tuple[Expr, ...]
    exact: bool


@cached(maxsize=64)
def end_of(shape: Expr, terms: int) -> End:
    """The end of f(u), with so many terms; raises `UnableError` where it is no power times a series in v.

    >>> from asymptotics import Cosine
    >>> end = end_of(Cosine().expression, 3)
    >>> end.power, end.first, end.series
    (2, pi**2/4, (1, 0, -pi**2/12))
    """
    last = _last_piece(shape)
    if last == 0:
        raise UnableError(
            f"the schedule {shape} takes no steps in its last part; give the steps before it, in a law "
            "of their number"
        )
    found = last.xreplace({u: 1 - v})
    first, power = found.as_coeff_exponent(v)
    if not first.has(v):
        return End(power=power, first=first, series=(Integer(1),), exact=not shape.has(Piecewise))
    try:
        lead = found.as_leading_term(v)
        first, power = lead.as_coeff_exponent(v)
        coefficients = tuple(_coefficients(found, first, power, terms))
    except (NotImplementedError, ValueError, TypeError):
        coefficients = ()
    if first.has(v) or not coefficients or coefficients[0] != 1 or not power.is_nonnegative:
        raise UnableError(
            f"the end of the schedule {shape} is no power of 1 - u times a series in it; laws of schedules "
            "are read off such ends"
        )
    return End(power=power, first=first, series=coefficients, exact=False)


def _coefficients(f: Expr, first: Expr, power: Expr, terms: int) -> list[Expr]:
    """Those of ``f/(first v^power)``; ValueError where there are broken powers."""
    if power.is_Integer:
        found = []
        slope = diff(f, v, int(power))
        for i in range(terms):
            value = slope.subs(v, 0)
            if value.has(nan, zoo, oo):
                raise ValueError("no Taylor series")
            found.append(value / factorial(int(power) + i) / first)
            slope = diff(slope, v)
        return [Integer(1), *found[1:]] if (found[0] - 1).equals(0) else []
    rest = series(f / (first * v**power), v, 0, terms).removeO().expand()
    found = [rest.coeff(v, i) for i in range(terms)]
    if (rest - sum(c * v**i for i, c in enumerate(found))).expand() != 0:
        raise ValueError("broken powers")
    return found


def _last_piece(shape: Expr) -> Expr:
    if not shape.has(Piecewise):
        return shape
    end = max((x for x in breaks(shape) if x < 1), default=Integer(0))
    return piece_at(shape, (1 + end) / 2)


def noise_of_equal_steps(shape: Expr, y: Symbol) -> Expr:
    """h(y) of a schedule that is a number.

    >>> noise_of_equal_steps(Integer(1), Symbol("y"))
    y*(1 - exp(-2*y))/2
    """
    return shape * y * (1 - exp(-2 * shape * y)) / 2


@cached(maxsize=16)
def averaged(weights: Expr, y: Symbol) -> tuple[Expr, Expr]:
    """The filter ``(int alpha e^(-y u) du)^2`` of an average, and its h, for a constant step.

    ``h = y^2 int_0^1 (int_u^1 alpha(x) e^(-y (x - u)) dx)^2 du``, alpha the weights over their integral.

    >>> y = Symbol("y", positive=True)
    >>> [factor.factor() for factor in averaged(Integer(1), y)][0]
    (exp(y) - 1)**2*exp(-2*y)/y**2
    """
    places = [Integer(0), *(x for x in breaks(weights) if 0 < x < 1), Integer(1)]
    pieces = [(low, high, piece_at(weights, (low + high) / 2)) for low, high in itertools.pairwise(places)]
    if any(not alpha.is_polynomial(u) for _, _, alpha in pieces):
        raise UnableError(
            f"averages with the weights {weights} have no law; use polynomials in u, in pieces at will, or "
            "exponentials"
        )
    total = sum(integrate(alpha, (u, low, high)) for low, high, alpha in pieces)
    if total == 0:
        raise UnableError(f"the weights {weights} of the average vanish; give some iterates weight")
    shares = [(low, high, integrate(alpha * exp(-y * u), u) / total) for low, high, alpha in pieces]
    signal = sum(f.subs(u, high) - f.subs(u, low) for low, high, f in shares)
    noise, later = Integer(0), Integer(0)
    for low, high, f in reversed(shares):
        inside = expand((later + f.subs(u, high) - f) * exp(y * u))
        noise += integrate(expand(inside**2), (u, low, high))
        later = later + f.subs(u, high) - f.subs(u, low)
    return expand(signal**2), expand(y**2 * noise)


@cached(maxsize=64)
def _remaining(shape: Expr) -> tuple[tuple[Expr, Expr, Expr, Expr], ...]:
    """Pieces (from v, to v, f, psi) in v; raises `UnableError` where psi has no closed form."""
    places = [Integer(0), *(1 - x for x in reversed(breaks(shape)) if 0 < x < 1), Integer(1)]
    total, found = Integer(0), []
    for low, high in itertools.pairwise(places):
        f = piece_at(shape, 1 - (low + high) / 2).xreplace({u: 1 - v})
        primitive = integrate(f, v)
        if primitive.has(Integral, AppliedUndef):
            raise UnableError(f"the steps of the schedule {shape} have no closed sum; laws need one")
        psi = total + primitive - primitive.subs(v, low)
        found.append((low, high, f, psi))
        total = psi.subs(v, high)
    return tuple(found)


def whole(shape: Expr) -> Expr:
    """``int_0^1 f``.

    >>> from asymptotics import Cosine, Power, WarmupStableDecay
    >>> from asymptotics.symbols import gamma
    >>> [whole(s.expression) for s in (Cosine(), Power(gamma=gamma), WarmupStableDecay(fraction=0.2))]
    [1/2, 1/(gamma + 1), 9/10]
    """
    end = end_of(shape, 1)
    if end.exact:
        return end.first / (end.power + 1)
    return _remaining(shape)[-1][3].subs(v, 1)


class OfShape(OpaqueNumber):
    """A number of a shape in u at a place s, with one of its kinds; arguments f, u, s, kind."""

    nargs = 4
    step = 15

    @property
    def letter(self) -> str:
        raise NotImplementedError

    @property
    def free_symbols(self) -> set[Symbol]:
        return (self.args[0].free_symbols - {self.args[1]}) | self.args[2].free_symbols

    def written(self, printer: Any) -> str:
        return rf"{self.letter}\left({printer._print(self.args[2])}\right)"

    def _sympystr(self, printer: Any) -> str:
        return f"{self.letter}({printer._print(self.args[2])})"


class Moment(OfShape):
    """``J(s)``, or with order 1 its finite part at a pole; arguments f, u, s, order.

    >>> from asymptotics import Linear
    >>> Moment(Linear().expression, u, Rational(4, 3), Integer(0)).evalf(15)        # 2^s/(3 - 2 s)
    7.55952629936924
    """

    letter = "J"

    @property
    def words(self) -> str:
        """What J is, in words; f is told in them, as laws of two schedules have two of it."""
        shape = expand(self.args[0])
        return f"J(s) = int_0^1 f(u)^2 (int_u^1 f)^-s du, continued in s, of the schedule f(u) = {shape}"

    @property
    def meaning(self) -> str:
        """The same in LaTeX."""
        return (
            r"J(s) = \textstyle\int_0^1 f(u)^2 \bigl(\int_u^1 f\bigr)^{-s} du\text{, continued in } s;\ "
            rf"f(u) = {latex(expand(self.args[0]))}"
        )

    def proves_positive(self, domain: Domain) -> bool:
        """Whether the integral converges on the domain, and so is one of positive values."""
        shape, _, place, order = self.args
        power = end_of(shape, 1).power
        return order == 0 and domain.positive(2 * power + 1 - place * (power + 1))

    def number(self, digits: int) -> Any:
        return _number(self.args[0], self.args[2], int(self.args[3]), digits)


@cached(maxsize=256)
def _number(shape: Expr, place: Expr, order: int, digits: int) -> Any:
    terms = max(6, digits // 2)
    pieces = _remaining(shape)
    near = min(NEAR, pieces[0][1] / 2)
    with working(digits + 10):
        s = mpmath.mpmathify(place.evalf(digits + 10))
        end = end_of(shape, 1)
        power, first = (mpmath.mpmathify(x.evalf(digits + 10)) for x in (end.power, end.first))
        a = _numbers(shape, end, terms, digits)
        d = mpmath.mpmathify(near.evalf(digits + 10))

        def term(p: int, x: Any) -> Any:
            e = 2 * power + 1 + p - x * (power + 1)
            return residue_factor(a, power, first, p, x), e

        total = mpmath.mpf(0)
        for p in range(terms):
            factor, e = term(p, s)
            if abs(e) < mpmath.mpf(10) ** (-digits // 2):
                slope = mpmath.diff(lambda x, p=p: residue_factor(a, power, first, p, x), s)
                total += factor * mpmath.log(d) - slope / (power + 1)
            else:
                total += factor * d**e / e
        for low, high, f, psi in pieces:
            height, left = (lambdify(v, x, modules="mpmath") for x in (f, psi))
            start = max(low, near)
            if high > start:  # of a primitive such as log(v - 2) the real part is one, too
                total += mpmath.quad(
                    lambda x, height=height, left=left: height(x) ** 2 * mpmath.re(left(x)) ** -s,
                    mpmath.linspace(*(mpmath.mpmathify(x.evalf(digits + 10)) for x in (start, high)), 4),
                )
        return total


def _numbers(shape: Expr, end: End, terms: int, digits: int) -> list[Any]:
    """The series of f at its end, as numbers."""
    if not end.power.is_Integer:
        found = [mpmath.mpmathify(c.evalf(digits + 10)) for c in end_of(shape, terms).series]
        return found + [mpmath.mpf(0)] * (terms - len(found))
    f = lambdify(v, _last_piece(shape).xreplace({u: 1 - v}), modules="mpmath")
    power, first = int(end.power), mpmath.mpmathify(end.first.evalf(digits + 10))
    with working(3 * digits + 20):
        return [c / first for c in mpmath.taylor(f, 0, power + terms)[power : power + terms]]


def residue_factor(a: list[Any], power: Any, first: Any, p: int, s: Any) -> Any:
    """That of ``v^(2 gamma - s (gamma + 1) + p)`` in ``f^2 psi^-s``."""
    psi = [x * (power + 1) / (power + 1 + i) for i, x in enumerate(a[: p + 1])]
    return first ** (2 - s) * (power + 1) ** s * _product(a[: p + 1], psi, s)[p]


def _product(a: list[Any], psi: list[Any], s: Any) -> list[Any]:
    """The series of ``a^2 psi^-s``, both of which begin with 1."""
    powered: list[Any] = [psi[0] ** 0]
    for n in range(1, len(psi)):
        powered.append(sum((-s * i - (n - i)) * psi[i] * powered[n - i] for i in range(1, n + 1)) / n)
    square = [sum(a[i] * a[n - i] for i in range(n + 1)) for n in range(len(a))]
    return [sum(square[i] * powered[n - i] for i in range(n + 1)) for n in range(len(a))]
