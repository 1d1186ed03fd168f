"""From an equation of the model to its expansion: one rule for each kind of node.

    expand(equation, spectrum, resource, depth)   the expansion, with those of all that it is made of
    Found                                          a node with its expansion
    RULES                                          the rules by type; another operator adds its own
    with_noise(equation, task)                     the equation with the noise of a task
    coefficient(function, letter, order)           Lagrange's series

With finitely many modes the ridge vanishes at N = M, and for N >= M it is 0. Where all modes share one
eigenvalue, ``u = kappa/(lambda + kappa)`` makes every sum a polynomial, ``df1 = M (1 - u)``, and the laws are
closed forms for all N < M.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sympy import (
    Add,
    Derivative,
    Dummy,
    Expr,
    Integer,
    Mul,
    Poly,
    Pow,
    Symbol,
    cancel,
    diff,
    factor,
    factorial,
    fraction,
)
from sympy import (
    expand as multiply_out,
)
from sympy.core.function import AppliedUndef

from asymptotics.caches import cached
from asymptotics.errors import TooShort, UnableError
from asymptotics.expansions.expansion import Expansion, expansion
from asymptotics.expansions.terms import Bound, Term
from asymptotics.expansions.variables import compose, inverse_laplace, substitute
from asymptotics.model.beyond_spectrum import expand_beyond, size_series
from asymptotics.model.equations import NOISE, moving
from asymptotics.model.explicit_ridge import solve_ridge
from asymptotics.model.finite_modes import at_size, mode_count, slowest_modes, tail_of_sum
from asymptotics.model.operators import (
    AtExplicit,
    AtModes,
    AtRidge,
    Coefficient,
    Convolution,
    Corrected,
    InverseLaplace,
    Overlap,
    time,
)
from asymptotics.model.sums import SUMS, V, Xi, df1, df2, expand_sum, named
from asymptotics.spectra import FiniteSeries, SpectralSeries
from asymptotics.symbols import RESOURCES, kappa, sigma
from asymptotics.tasks.task import Task
from asymptotics.transforms.kernels import EXPONENTIAL
from asymptotics.transforms.overlap import antisymmetric_overlap, half_convolution

_u, _X = Dummy("u", positive=True), Dummy("X", positive=True)
_kappa = Dummy("kappa", positive=True)
ONE = Integer(1)
DEEPER = 4
"""By how many orders more than were asked for, at most, parts of an equation are expanded."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Found:
    """``node`` and its expansion; ``parts`` are those of what it is made of, in the order they were made.

    ``closed`` is the node in the resource alone, where finitely many modes leave a closed form.
    """

    node: Expr
    series: Any
    parts: tuple[Found, ...] = ()
    closed: Expr | None = None


def with_noise(equation: Expr, task: Task) -> Expr:
    """The equation with the noise of a task."""
    return equation.xreplace({NOISE: task.noise, sigma: task.noise if task.noise != 0 else sigma})


def expand(equation: Expr, spectrum: SpectralSeries, resource: Symbol, depth: int) -> Found:
    """The first ``depth`` orders of an equation, resource -> oo (or -> the number of modes).

    What it is made of is expanded further where it ends before its first term.
    """
    here = with_noise(equation, spectrum.task)
    for deeper in range(depth, depth + DEEPER):
        try:
            return _expander(spectrum, deeper)(here, resource)
        except TooShort:
            continue
    return _expander(spectrum, depth + DEEPER)(here, resource)


@cached(maxsize=64)
def _expander(spectrum: SpectralSeries, depth: int) -> Expander:
    return Expander(spectrum, depth)


class Expander:
    """Expansions of expressions in the sums of one spectrum, each made once."""

    def __init__(self, spectrum: SpectralSeries, depth: int) -> None:
        self.spectrum, self.depth = spectrum, depth
        self._found: dict[tuple[Expr, Symbol], Found] = {}

    def __call__(self, node: Expr, x: Symbol) -> Found:
        """``node`` in powers of x; `UnableError` for what has no rule."""
        if (node, x) not in self._found:
            rule = next((RULES[kind] for kind in type(node).__mro__ if kind in RULES), None)
            if rule is None:
                raise UnableError(f"{node} has no rule in model.expand.RULES")
            self._found[node, x] = rule(self, node, x)
        return self._found[node, x]

    def exact(self, x: Symbol, terms: list[Term]) -> Expansion:
        """Powers of x as an expansion without a remainder."""
        return expansion(x, terms, at_infinity=x in RESOURCES, domain=self.spectrum.domain, depth=self.depth)

    # --- algebra -------------------------------------------------------------------------------------

    def _constant(self, node: Expr, x: Symbol) -> Found:
        place = -ONE if x in RESOURCES else ONE
        terms = [Term(ONE, place)] if node == x else [Term(node, Integer(0))]
        return Found(node=node, series=self.exact(x, terms))

    def _add(self, node: Add, x: Symbol) -> Found:
        constant, rest = node.as_independent(x, as_Add=True)
        parts = tuple(self(term, x) for term in Add.make_args(rest))
        first, *others = (part.series for part in parts)
        series = sum(others, first)
        return Found(node=node, series=series + constant if constant != 0 else series, parts=parts)

    def _mul(self, node: Mul, x: Symbol) -> Found:
        constant, rest = node.as_independent(x, as_Add=False)
        power, factors = Integer(0), []
        for one in Mul.make_args(rest):
            base, exponent = one.as_base_exp()
            if base == x:
                power += exponent
            else:
                factors.append(one)
        parts = tuple(self(one, x) for one in factors)
        first, *others = [part.series for part in parts] or [self.exact(x, [Term(ONE, Integer(0))])]
        series = first
        for other in others:
            series = series * other
        if power != 0:
            series = series * series.monomial(ONE, power)
        return Found(node=node, series=series.scale(constant) if constant != 1 else series, parts=parts)

    def _power(self, node: Pow, x: Symbol) -> Found:
        base, exponent = node.args
        if base == x or not node.has_free(x):
            return self._mul(node, x)
        part = self(base, x)
        if not (exponent.is_Integer and exponent > 0):
            return Found(node=node, series=part.series.power(exponent), parts=(part,))
        series = part.series
        for _ in range(int(exponent) - 1):
            series = series * part.series
        return Found(node=node, series=series, parts=(part,))

    def _derivative(self, node: Derivative, x: Symbol) -> Found:
        part = self(node.expr, x)
        series = part.series
        for _ in range(int(node.derivative_count)):
            series = series.differentiate()
        return Found(node=node, series=series, parts=(part,))

    # --- sums and transforms -------------------------------------------------------------------------

    def _sum(self, node: AppliedUndef, x: Symbol) -> Found:
        one, (at,) = named(node), node.args
        if at.func == moving:
            place, small = at.args
            part = self(small, x)
            return Found(node=node, series=size_series(one, place, part.series, self.spectrum), parts=(part,))
        if one.ridge and at.is_polynomial(x) and at.xreplace({x: Integer(0)}) != 0:
            series = expand_beyond(one, at, self.exact(x, []), self.spectrum)
            return Found(node=node, series=series)
        if (at, x) in self._found and at != x:  # a ridge that is an expansion in x
            part = self(one(kappa), kappa)
            return Found(node=node, series=compose(part.series, self._found[at, x].series), parts=(part,))
        if one.behind:
            return Found(node=node, series=tail_of_sum(self.spectrum, x, self.depth))
        if one.through is not None:
            part = self(one.through(at), x)
            return Found(node=node, series=part.series, parts=(part,))
        if one.kernel == EXPONENTIAL and x in RESOURCES and isinstance(self.spectrum.target, FiniteSeries):
            return Found(node=node, series=slowest_modes(self.spectrum, self.spectrum.target, self.depth))
        if at == x:
            return Found(node=node, series=expand_sum(one, self.spectrum, self.depth, x))
        part = self(one(time), time)
        return Found(node=node, series=substitute(part.series, at / x, ONE, x), parts=(part,))

    def _inverse(self, node: InverseLaplace, x: Symbol) -> Found:
        transform, z, moment = node.args
        part = self(transform, z)
        there = Found(
            node=node.func(transform, z, time), series=inverse_laplace(part.series, time), parts=(part,)
        )
        series = substitute(there.series, moment / x, ONE, x)
        return Found(node=node, series=series, parts=(there,))

    def _coefficient(self, node: Coefficient, x: Symbol) -> Found:
        function, letter, order = node.args
        part = self(coefficient(self._bent(function, letter), letter, int(order)), x)
        return Found(node=node, series=part.series, parts=(part,))

    def _bent(self, function: Expr, letter: Symbol) -> Expr:
        """Overlaps with the ridge do not see what is linear in it: without that there is less to cancel."""
        table = {}
        for overlap in function.atoms(Overlap):
            first, z, second, moment = overlap.args
            if not first.has(moving):
                continue
            here = self(coefficient(first * z, letter, 0), z).series
            linear = sum(x.coefficient for x in here.terms if x.order == 1 and not x.log_power)
            table[overlap] = Overlap(first - linear * second, z, second, moment)
        return function.xreplace(table)

    def _overlap(self, node: Overlap, x: Symbol) -> Found:
        first, z, second, _ = node.args
        one, two = parts = self(first, z), self(second, z)
        return Found(node=node, series=antisymmetric_overlap(one.series, two.series, x), parts=parts)

    def _convolution(self, node: Convolution, x: Symbol) -> Found:
        first, past, _, transform, _ = node.args
        (z,) = transform.free_symbols
        one, two = parts = self(first, past), self(transform, z)
        return Found(node=node, series=half_convolution(one.series, two.series, x), parts=parts)

    def _corrected(self, node: Corrected, x: Symbol) -> Found:
        main, _, change, order = node.args
        part = self(main, x)
        if part.series.gauge is not None:
            raise UnableError(
                f"the rule changes the rates of a loss in powers of {part.series.gauge} themselves, not only "
                "the next order: every mode falls as its own power of the rule's propagator; not derived"
            )
        moved = self(main + change, x)
        bounds = (Bound(term.order + order, *term.logs) for term in part.series.candidates())
        series = moved.series.with_terms(moved.series.terms, (*moved.series.remainder, *bounds))
        return Found(node=node, series=series, parts=(moved,))

    # --- t = oo --------------------------------------------------------------------------------------

    def _at_ridge(self, node: AtRidge, x: Symbol) -> Found:
        function, letter, size = node.args
        if function.has(moving) and mode_count(self.spectrum) is not None:
            raise UnableError("a ridge beyond finitely many modes, N -> M, solves an equation; not derived")
        if (beyond := self._beyond(function, letter, size)) is not None:
            return beyond
        if (single := getattr(self.spectrum.kernel, "single", None)) is not None:
            (count, _), (value, closed) = (
                self._in_share(f, letter, single, size) for f in (df1(letter), function)
            )
            return Found(node=node, series=at_size(count, size, value), closed=closed)
        modes, part = self(df1(letter), letter), self(_on_fixed_point(function, letter, size), letter)
        return Found(node=node, series=at_size(modes.series, size, part.series), parts=(modes, part))

    def _at_modes(self, node: AtModes, x: Symbol) -> Found:
        function, letter, size, modes = node.args
        parts = self(modes, letter), self(function.xreplace({size: modes}), letter)
        series = at_size(parts[0].series, size, parts[1].series)
        return Found(node=node, series=series, parts=parts)

    def _at_explicit(self, node: AtExplicit, x: Symbol) -> Found:
        _, letter, size, rho = node.args
        modes, drive = self(df1(letter), letter), self(rho, x)
        series = solve_ridge(modes.series, drive.series, size)
        root = self._found[node.head, x] = Found(node=node.head, series=series, parts=(modes,))
        whole = self(node.meaning(), x)
        return Found(node=node, series=whole.series, parts=(root, whole))

    def _beyond(self, function: Expr, letter: Symbol, size: Symbol) -> Found | None:
        """The law for more than M samples or features, where kappa = 0; None if it is zero, or below M."""
        count = mode_count(self.spectrum)
        if count is None or self.spectrum.below:
            return None
        there = {letter: Integer(0)}
        closed = cancel(
            _replace_sums(function, count, ONE, Integer(0), self.spectrum.unlearned).xreplace(there)
        )
        if closed == 0:
            return None
        series = self.exact(_X, _powers(closed.xreplace({size: count + _X}), _X, -ONE))
        series = replace(series, at_infinity=True).standing_for(size - count)
        return Found(node=function.xreplace(there), series=series, closed=closed)

    def _in_share(self, function: Expr, letter: Symbol, single: Expr, size: Symbol) -> tuple[Expansion, Expr]:
        """For one eigenvalue lambda: exact in ``u = kappa/(lambda + kappa)``, and in the size."""
        count, power = (
            series.laurent(Integer(0), 1).coefficient(0)
            for series in (self.spectrum.kernel, self.spectrum.target)
        )
        share = {letter: single * _u / (1 - _u)}
        modes, closed = (
            _replace_sums(f, count, single, power, self.spectrum.unlearned) for f in (df1(letter), function)
        )
        closed = closed.xreplace({size: modes}).xreplace(share)
        series = replace(self.exact(_u, []), depth=max(self.depth, 4)).with_terms(_powers(closed, _u, ONE))
        return series, factor(cancel(closed.xreplace({_u: 1 - size / count})))


@cached(maxsize=256)
def _on_fixed_point(function: Expr, letter: Symbol, size: Symbol) -> Expr:
    """The function where the size is the number of modes; multiplied out, 1 - df2/P is -kappa df1'/df1."""
    if not function.has(size):
        return function
    return multiply_out(resolve(function).xreplace({size: df1(letter)}))


@cached(maxsize=256)
def _replace_sums(function: Expr, count: Expr, eigenvalue: Expr, power: Expr, unlearned: Expr) -> Expr:
    """Each sum by that of ``count`` modes of one eigenvalue, and the modes of eigenvalue zero."""

    def value(call: Expr) -> Expr:
        one, (x,) = named(call), call.args
        if not one.weighted:
            return count * one.summand(eigenvalue, Integer(0), x)
        return one.summand(eigenvalue, power, x) + one.summand(Integer(0), unlearned, x)

    return function.xreplace({call: value(call) for call in function.atoms(AppliedUndef)})


def _powers(function: Expr, x: Symbol, sign: Expr) -> list[Term]:
    """The terms of a rational function whose denominator is a power of x, in orders ``sign * power``."""
    top, bottom = fraction(cancel(function))
    scale, power = bottom.as_coeff_exponent(x)
    if scale.has(x):
        raise UnableError(f"{function} is not a polynomial in {x} and 1/{x}")
    found = Poly(top, x).terms()
    return [Term(c / scale, sign * (n - power)) for (n,), c in reversed(found)]


def resolve(function: Expr) -> Expr:
    """The function without sums that stand for others."""
    calls = {call: named(call) for call in function.atoms(AppliedUndef) if call.func.__name__ in SUMS}
    return function.xreplace({call: one.through(*call.args) for call, one in calls.items() if one.through})


@cached(maxsize=512)
def coefficient(function: Expr, letter: Symbol, order: int) -> Expr:
    """``[letter**order] function`` in derivatives of named sums.

    Of a function of zeta and of the moving ridge ``kappa = zeta + epsilon kappa df1(kappa)`` it is, at
    kappa = zeta and with zeta held fixed, ``1/n! (d/dkappa)^(n-1) [ (kappa df1(kappa))^n df/dkappa ]``
    (Lagrange, DLMF 1.10.13).

    >>> from asymptotics.model.equations import MODEL_LOSS
    >>> from asymptotics.model.operators import epsilon
    >>> coefficient(MODEL_LOSS, epsilon, 1)
    InverseLaplace(df_1(zeta)*Derivative(Xi(zeta), zeta), zeta -> 2*t)
    """
    if not function.has_free(letter):
        return function if order == 0 else Integer(0)
    if isinstance(function, InverseLaplace):
        transform, z, moment = function.args
        return InverseLaplace(coefficient(transform, letter, order), z, moment)
    if isinstance(function, Overlap):
        first, z, second, moment = function.args
        ones, others = ([coefficient(f, letter, i) for i in range(order + 1)] for f in (first, second))
        return Add(*(Overlap(f, z, g, moment) for f, g in zip(ones, reversed(others), strict=True)))
    if function.is_Add and function.has(Overlap):
        return Add(*(coefficient(term, letter, order) for term in function.args))
    alone, moved = function.as_independent(letter, as_Add=False)
    return alone * (_lagrange(moved, order) if alone == 1 else coefficient(moved, letter, order))


def _lagrange(function: Expr, order: int) -> Expr:
    """Lagrange's series for a function of the moving ridge and of zeta.

    Where there is a second one, beyond the spectrum, its series comes first, in sums without derivatives.
    """
    call, *others = sorted(function.atoms(moving), key=lambda c: c.args[0].is_Symbol)
    zeta = call.args[0]
    free = function.xreplace({call: _kappa})
    if others:
        pieces = [free.xreplace({_kappa: zeta})]
        if order:
            slopes = {Xi(_kappa): V(_kappa), df1(_kappa): df2(_kappa) - df1(_kappa)}
            table = {Derivative(f, _kappa): slope / _kappa for f, slope in slopes.items()}
            change = (_kappa * df1(_kappa) * diff(free, _kappa)).xreplace(table)
            pieces.append(change.xreplace({_kappa: zeta}))
        if order > 1:
            raise UnableError(f"{function} is expanded to first order in 1/N; not derived further")
        return Add(*(_lagrange(piece, order - n) for n, piece in enumerate(pieces)))
    if order == 0:
        return free.xreplace({_kappa: zeta})
    product = (_kappa * df1(_kappa)) ** order * diff(free, _kappa)
    if free.has_free(zeta):  # zeta is held fixed
        for _ in range(order - 1):
            product = diff(product, _kappa)
        product = product.xreplace({_kappa: zeta})
    else:
        product = product.xreplace({_kappa: zeta})
        product = Derivative(product, (zeta, order - 1)) if order > 1 else product
    return product / factorial(order)


RULES: dict[type[Any], Callable[[Expander, Any, Symbol], Found]] = {
    Expr: Expander._constant,
    Add: Expander._add,
    Mul: Expander._mul,
    Pow: Expander._power,
    Derivative: Expander._derivative,
    AppliedUndef: Expander._sum,
    InverseLaplace: Expander._inverse,
    Coefficient: Expander._coefficient,
    Overlap: Expander._overlap,
    Convolution: Expander._convolution,
    Corrected: Expander._corrected,
    AtRidge: Expander._at_ridge,
    AtModes: Expander._at_modes,
    AtExplicit: Expander._at_explicit,
}
"""How each kind of node is expanded; a kind that is missing goes by its base class."""
