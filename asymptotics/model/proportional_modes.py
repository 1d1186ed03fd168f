"""Laws of ``M = r N`` modes at the ridge of N features (or samples), where b may be below 1.

With ``lambda_k = C k^-b`` and ``kappa = u C N^-b`` a sum over the modes of ``w_k = sum_m W_m k^-p_m`` is
(Euler and Maclaurin, the two ends apart)

    sum_(k <= M) w_k y^i/(1 + y)^j = sum_m W_m ( N^(1-p_m) S_ij(p_m; u)                     y = kappa/lambda_k
        + sum_n binomial(-j, n) zeta(p_m - (i+n) b) (u N^-b)^(i+n)                           the first modes
        + N^-p_m (h(r)/2 + h'(r)/(12 N) - ...) ),   h(x) = x^-p_m (u x^b)^i/(1 + u x^b)^j    the last ones

(`sums.scaling`). Where ``p_m = 1 + (i+n) b`` the poles of S and zeta leave ``log(M) + gamma``. The ridge
solves ``df1 = N``, so that ``u = u_0 (1 + eps)`` with ``f(u_0) = 1`` and eps of the order 1/N.

    at_scaling_ridge    a function of the ridge of ``size`` features, as an expansion in the size
    scaling_model       the ridge and the sums at it
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias

from sympy import (
    Derivative,
    Dummy,
    EulerGamma,
    Expr,
    Function,
    Integer,
    Rational,
    Symbol,
    bernoulli,
    binomial,
    cancel,
    expand,
    factorial,
    fraction,
    log,
    zeta,
)
from sympy.core.function import AppliedUndef

from asymptotics.caches import cached
from asymptotics.domains.domain import normal
from asymptotics.errors import UnableError
from asymptotics.expansions.expansion import Expansion, expansion
from asymptotics.expansions.terms import Bound, Term
from asymptotics.model.equations import moving
from asymptotics.model.expander import Expander, Found
from asymptotics.model.operators import AtRidge
from asymptotics.model.proportional_beyond import at_moved_place
from asymptotics.model.sums import SUMS, NamedSum, df1, named
from asymptotics.parsing.heights import to_power
from asymptotics.spectra.family import Scaling, SpectralSeries
from asymptotics.sums.scaling import ScalingRoot, ScalingSum

ONE = Integer(1)
_y = Dummy("y", positive=True)
_lam, _c = Dummy("lambda", positive=True), Dummy("c", positive=True)


@dataclass(frozen=True, slots=True)
class _Shape:
    """``sum w y^i/(1 + y)^j``, w the target or 1."""

    weighted: bool
    i: int
    j: int

    def slope(self) -> dict[_Shape, int]:
        """``kappa d/dkappa`` of it."""
        return {self: self.i, replace(self, i=self.i + 1, j=self.j + 1): -self.j}


def at_scaling_ridge(expander: Expander, node: AtRidge) -> Found:
    """A function of ridge and size where ``df1(letter) = size``; its parts are sums beyond the spectrum.

    >>> from asymptotics import derive, power_law
    >>> law = derive(power_law(3, "1/2", modes="2*N")).model
    >>> law.exponent, law.prefactor
    (1/2, ScalingRoot(1/2, 2)*zeta(5/2))
    """
    spectrum, scaling = expander.spectrum, expander.spectrum.scaling
    assert scaling is not None
    model = scaling_model(scaling, spectrum, expander.depth)
    function, letter, _ = node.args
    function, apart = _beyond_the_spectrum(function, scaling.size)
    for call, name in apart.items():
        moved = at_moved_place(expander, named(call), call.args[0].args[0])
        expander.found[name, scaling.size] = Found(node=call, series=moved)
    written, shapes = _in_shapes(function, letter, scaling.size)
    ridge = Function("kappa_at_ridge")(scaling.size)
    series = {ridge: model.ridge, **{call: model.sum_at_ridge(shape) for shape, call in shapes.items()}}
    for call, found in series.items():
        expander.found[call, scaling.size] = Found(node=call, series=found)
    whole = expander(written.xreplace({letter: ridge}), scaling.size).series
    parts = tuple(expander.found[name, scaling.size] for name in apart.values())
    return Found(node=node, series=whole, parts=parts)


def _beyond_the_spectrum(function: Expr, size: Symbol) -> tuple[Expr, dict[Expr, Expr]]:
    """The function in placeholders for sums at places beyond the spectrum, and what they stand for."""
    calls = [c for c in function.atoms(AppliedUndef) if c.func.__name__ in SUMS and c.args[0].func == moving]
    table = {call: Function(f"{call.func.__name__}_{i}")(size) for i, call in enumerate(calls)}
    return function.xreplace(table), table


def _in_shapes(function: Expr, letter: Symbol, size: Symbol) -> tuple[Expr, dict[_Shape, Expr]]:
    """The function in placeholders for sums of each shape, df1 replaced by the size."""
    calls = {c: named(c) for c in function.atoms(AppliedUndef) if c.func.__name__ in SUMS}
    through = {c: one.through(*c.args) for c, one in calls.items() if one.through}
    plain = function.xreplace(through).doit()
    shapes: dict[_Shape, Expr] = {_shape(df1): size}
    table: dict[Expr, Expr] = {}
    for node in plain.atoms(Derivative, AppliedUndef):
        call, order = (node.expr, int(node.derivative_count)) if isinstance(node, Derivative) else (node, 0)
        if call.args == (size,):
            continue  # a sum elsewhere, by its placeholder
        if call.args != (letter,):
            raise UnableError(f"{call} is not a sum at the ridge of modes that grow; not derived")
        total = {_shape(named(call)): 1}
        for n in range(order):  # theta (theta - 1) ... of it
            changed: dict[_Shape, int] = {}
            for shape, weight in total.items():
                for other, factor in (*shape.slope().items(), (shape, -n)):
                    changed[other] = changed.get(other, 0) + weight * factor
            total = changed
        value = sum(
            (w * shapes.setdefault(s, Function(f"shape_{len(shapes)}")(size)) for s, w in total.items() if w),
            Integer(0),
        )
        table[node] = value / letter**order
    del shapes[_shape(df1)]
    return expand(plain.xreplace(table)), shapes


@cached(maxsize=64)
def _shape(one: NamedSum) -> _Shape:
    """i and j of a sum in ``y = kappa/lambda``."""
    share = one.summand(_lam, _c, _y * _lam) / (_c if one.weighted else 1)
    top, bottom = fraction(cancel(share))
    i, j = (int(part.as_poly(base).degree()) for part, base in ((top, _y), (bottom, _y)))
    if cancel(share - _y**i / (1 + _y) ** j) != 0:
        raise UnableError(f"{one.words} of modes that grow with the size; not derived")
    return _Shape(one.weighted, i, j)


@cached(maxsize=32)
def scaling_model(scaling: Scaling, spectrum: SpectralSeries, depth: int) -> ScalingModel:
    return ScalingModel(scaling, spectrum, depth)


class ScalingModel:
    """The expansions in the size of one spectrum."""

    def __init__(self, scaling: Scaling, spectrum: SpectralSeries, depth: int) -> None:
        self.scaling, self.depth = scaling, depth
        self.root = ScalingRoot(scaling.decay, scaling.ratio)
        self.start = expansion(scaling.size, [], at_infinity=True, domain=spectrum.domain, depth=depth)
        self.powers = self._powers_of(self._solve())

    @property
    def ridge(self) -> Expansion:
        """``kappa = u_0 (1 + eps) C N^-b``."""
        scaling = self.scaling
        return (self.powers[1] + 1) * self._monomial(self.root * scaling.scale, scaling.decay)

    def _monomial(self, coefficient: Expr, order: Expr) -> Expansion:
        return self.start.with_terms([Term(coefficient, order)])

    def _powers_of(self, eps: Expansion) -> list[Expansion]:
        powers = [self.start.constant(ONE), eps]
        while len(powers) <= self.depth:
            powers.append(powers[-1] * eps)
        return powers

    def _solve(self) -> Expansion:
        """eps, from ``N (f(u) - 1)`` and what is left of df1: each round gains an order of 1/N."""
        count = _Shape(False, 0, 1)
        slopes = self._taylor(ScalingSum(0, 0, 1, self.scaling.decay, self.scaling.ratio, self.root))
        eps = self.start.with_terms([], [Bound(ONE)])
        for _ in range(self.depth):
            powers = self._powers_of(eps)
            left = self._ends(count, ONE, Integer(0), powers) * self._monomial(ONE, ONE)
            bent = sum((powers[n].scale(slopes[n]) for n in range(2, len(slopes))), left)
            cut = (powers[-1] * eps).bounds()
            eps = bent.with_terms(bent.terms, (*bent.remainder, *cut)).scale(-1 / slopes[1])
        return eps

    def sum_at_ridge(self, shape: _Shape) -> Expansion:
        """A sum at the ridge."""
        weights = self.scaling.target if shape.weighted else ((ONE, Integer(0)),)
        return sum(
            (self._bulk(shape, w, p) + self._ends(shape, w, p, self.powers) for w, p in weights), self.start
        )

    def _bulk(self, shape: _Shape, weight: Expr, p: Expr) -> Expansion:
        """``W N^(1-p) S_ij(p; u)``."""
        b, r = self.scaling.decay, self.scaling.ratio
        slopes = self._taylor(ScalingSum(p, shape.i, shape.j, b, r, self.root))
        return self._in_eps(slopes, self.powers).scale(weight) * self._monomial(ONE, p - 1)

    def _ends(self, shape: _Shape, weight: Expr, p: Expr, powers: list[Expansion]) -> Expansion:
        """What the first modes and the last ones add to the integral."""
        total = self.start
        for n in range(self.depth + 1):
            total = total + self._first(shape, p, n, powers)
        last = self.scaling.decay * (shape.i + self.depth + 1)
        total = total.with_terms(total.terms, (*total.remainder, Bound(last)))
        return (total + self._last(shape, p, powers)).scale(weight)

    def _first(self, shape: _Shape, p: Expr, n: int, powers: list[Expansion]) -> Expansion:
        b, m = self.scaling.decay, shape.i + n
        factor = binomial(-shape.j, n) * self.root**m
        moved = self._in_eps([binomial(m, q) for q in range(self.depth + 1)], powers)
        gap = normal(1 + m * b - p)
        if gap != 0:
            return moved * self._monomial(factor * zeta(normal(p - m * b)), m * b)
        both = [Term(factor, m * b, 1), Term(factor * (log(self.scaling.ratio) + EulerGamma), m * b)]
        return moved * self.start.with_terms(both)

    def _last(self, shape: _Shape, p: Expr, powers: list[Expansion]) -> Expansion:
        """``h(M)/2 + sum_m B_2m/(2m)! h^(2m-1)(M)``."""
        b, r = self.scaling.decay, self.scaling.ratio
        whole = range(1, self.depth // 2 + 1)
        orders = [(0, Rational(1, 2)), *((2 * m - 1, bernoulli(2 * m) / factorial(2 * m)) for m in whole)]
        y = self.root * to_power(r, b)
        total = self.start
        for order, factor in orders:
            parts: _Parts = {(shape.i, shape.j): ONE}
            for n in range(order):  # x d/dx - n, where the powers of x are p and b for each y
                moved = [((i, j), w * (b * i - p - n)) for (i, j), w in parts.items()]
                moved += [((i + 1, j + 1), -j * b * w) for (i, j), w in parts.items()]
                parts = _add_up(moved)
            slopes = [
                sum((w * y**i / (1 + y) ** j for (i, j), w in one.items()), Integer(0))
                for one in _taylor_in_u(parts, self.depth)
            ]
            scaled = self._in_eps(slopes, powers).scale(factor * to_power(r, -p - order))
            total = total + scaled * self._monomial(ONE, p + order)
        return total.with_terms(total.terms, (*total.remainder, Bound(p + orders[-1][0] + 2)))

    def _taylor(self, function: ScalingSum) -> list[Expr]:
        """Those of ``eps^n`` in ``S(u_0 (1 + eps))``."""
        p, i, j, b, r, u = function.args
        return [
            sum((w * ScalingSum(p, n, m, b, r, u) for (n, m), w in one.items()), Integer(0))
            for one in _taylor_in_u({(int(i), int(j)): ONE}, self.depth)
        ]

    def _in_eps(self, coefficients: list[Expr], powers: list[Expansion]) -> Expansion:
        terms = [power.scale(c) for c, power in zip(coefficients, powers, strict=True) if c != 0]
        total = sum(terms, self.start)
        cut = (powers[-1] * powers[1]).bounds()
        return total.with_terms(total.terms, (*total.remainder, *cut))


_Parts: TypeAlias = dict[tuple[int, int], Expr]
"""Weights of ``y^i/(1 + y)^j``, y = u x^b, by (i, j)."""


def _taylor_in_u(parts: _Parts, depth: int) -> list[_Parts]:
    """The parts of ``eps^n`` at ``u (1 + eps)``: ``theta (theta - 1) ... /n!`` of them, theta = u d/du."""
    found = [parts]
    for n in range(depth):
        moved = [((i, j), w * (i - n) / (n + 1)) for (i, j), w in found[-1].items()]
        moved += [((i + 1, j + 1), -j * w / (n + 1)) for (i, j), w in found[-1].items()]
        found.append(_add_up(moved))
    return found


def _add_up(parts: Iterable[tuple[tuple[int, int], Expr]]) -> _Parts:
    """One weight for each (i, j), none of them 0."""
    total: _Parts = {}
    for place, weight in parts:
        total[place] = total.get(place, Integer(0)) + weight
    return {place: w for place, w in total.items() if w != 0}
