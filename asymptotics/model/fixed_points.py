"""Expansions at t = oo: sums at the ridge that the number of features or samples leaves.

    expand_at_ridge      ``f(kappa)`` at ``df1(kappa) = size``
    expand_at_modes      the same for another count of modes than df1
    expand_at_least      the same for a function that is least there
    expand_at_explicit   the same with a ridge of its own in the equation

With finitely many modes the ridge vanishes at N = M, and for N >= M it is 0. Where all modes share one
eigenvalue, ``u = kappa/(lambda + kappa)`` makes every sum a polynomial, ``df1 = M (1 - u)``, and the laws are
closed forms for all N < M.
"""

from __future__ import annotations

from dataclasses import replace

from sympy import Add, Dummy, Expr, Integer, Poly, Symbol, cancel, expand, factor, fraction
from sympy.core.function import AppliedUndef

from asymptotics.caches import cached
from asymptotics.errors import UnableError
from asymptotics.expansions.expansion import Expansion
from asymptotics.expansions.terms import Term
from asymptotics.expansions.variables import oscillates
from asymptotics.model.best_of_levels import BETWEEN, expand_least, swings
from asymptotics.model.between_levels import expand_between_levels
from asymptotics.model.equations import moving
from asymptotics.model.expander import Expander, Found
from asymptotics.model.explicit_ridge import solve_ridge
from asymptotics.model.finite_modes import at_size
from asymptotics.model.lagrange import resolve
from asymptotics.model.operators import AtExplicit, AtLeast, AtModes, AtRidge
from asymptotics.model.proportional_modes import at_scaling_ridge
from asymptotics.model.sums import df1, named
from asymptotics.spectra.exponential_levels import LevelSeries

_u, _X = Dummy("u", positive=True), Dummy("X", positive=True)
ONE = Integer(1)


def expand_at_ridge(expander: Expander, node: AtRidge, x: Symbol) -> Found:
    """A function of the ridge, where as many modes are resolved as there are features or samples."""
    function, letter, size = node.args
    if function.has(moving) and expander.spectrum.kernel.modes is not None:
        raise UnableError("a ridge beyond finitely many modes, N -> M, solves an equation; not derived")
    if expander.spectrum.scaling is not None:
        return at_scaling_ridge(expander, node)
    if (beyond := _beyond(expander, function, letter, size)) is not None:
        return beyond
    if isinstance(levels := expander.spectrum.kernel, LevelSeries):
        return expand_between_levels(expander, node, levels)
    if (single := expander.spectrum.kernel.single) is not None:
        (count, _), (value, closed) = (
            _in_share(expander, f, letter, single, size) for f in (df1(letter), function)
        )
        return Found(node=node, series=at_size(count, size, value), closed=closed)
    modes, part = expander(df1(letter), letter), expander(_on_fixed_point(function, letter, size), letter)
    return Found(node=node, series=at_size(modes.series, size, part.series), parts=(modes, part))


def expand_at_modes(expander: Expander, node: AtModes, x: Symbol) -> Found:
    """A function of the ridge, where the node itself says how many modes are resolved."""
    function, letter, size, modes = node.args
    count = expander(modes, letter)
    unknown = oscillates(count.series) or isinstance(expander.spectrum.kernel, LevelSeries)
    if unknown and count.series.leading().order == 0:
        raise UnableError(BETWEEN.format(what="best ridge", size=size))
    part = expander(function.xreplace({size: modes}), letter)
    series = at_size(count.series, size, part.series)
    return Found(node=node, series=series, parts=(count, part))


def expand_at_least(expander: Expander, node: AtLeast, x: Symbol) -> Found:
    """The same for a function that is least there, which is known where the ridge itself is not."""
    return (expand_least if swings(expander, node) else expand_at_modes)(expander, node, x)


def expand_at_explicit(expander: Expander, node: AtExplicit, x: Symbol) -> Found:
    """A function of the ridge that an explicit one adds to."""
    _, letter, size, rho = node.args
    modes, drive = expander(df1(letter), letter), expander(rho, x)
    series = solve_ridge(modes.series, drive.series, size)
    root = expander.found[node.head, x] = Found(node=node.head, series=series, parts=(modes,))
    whole = expander(node.meaning(), x)
    return Found(node=node, series=whole.series, parts=(root, whole))


def _beyond(expander: Expander, function: Expr, letter: Symbol, size: Symbol) -> Found | None:
    """The law for more than M samples or features, where kappa = 0; None if it is zero, or below M."""
    count = expander.spectrum.kernel.modes
    if count is None or expander.spectrum.below:
        return None
    closed = _at_zero(function, letter, size, count, expander.spectrum.unlearned)
    if closed == 0:
        return None
    series = expander.exact(_X, _powers(closed.xreplace({size: count + _X}), _X, -ONE))
    series = replace(series, at_infinity=True).standing_for(size - count)
    return Found(node=function.xreplace({letter: Integer(0)}), series=series, closed=closed)


@cached(maxsize=256)
def _at_zero(function: Expr, letter: Symbol, size: Symbol, count: Expr, unlearned: Expr) -> Expr:
    """The function at kappa = 0; raises `UnableError` where it is 0/0."""
    top, bottom = (
        _replace_sums(part, count, ONE, Integer(0), unlearned).xreplace({letter: Integer(0)})
        for part in fraction(function)
    )
    if (left := cancel(top)) != 0:  # before it is divided: SymPy would ask whether that is finite
        return cancel(left / bottom)
    if bottom == 0:
        raise UnableError(f"all is learned from {size} = {count} on, and no share of it is left; not derived")
    return left


def _in_share(
    expander: Expander, function: Expr, letter: Symbol, single: Expr, size: Symbol
) -> tuple[Expansion, Expr]:
    """For one eigenvalue lambda: exact in ``u = kappa/(lambda + kappa)``, and in the size."""
    count, power = (
        series.laurent(Integer(0), 1).coefficient(0)
        for series in (expander.spectrum.kernel, expander.spectrum.target)
    )
    share = {letter: single * _u / (1 - _u)}
    modes, closed = (
        _replace_sums(f, count, single, power, expander.spectrum.unlearned) for f in (df1(letter), function)
    )
    closed = closed.xreplace({size: modes}).xreplace(share)
    series = replace(expander.exact(_u, []), depth=max(expander.depth, 4)).with_terms(
        _powers(closed, _u, ONE)
    )
    return series, factor(cancel(closed.xreplace({_u: 1 - size / count})))


@cached(maxsize=256)
def _on_fixed_point(function: Expr, letter: Symbol, size: Symbol) -> Expr:
    """The function where the size is the number of modes; multiplied out, 1 - df2/P is -kappa df1'/df1."""
    if not function.has(size):
        return function
    return expand(resolve(function).xreplace({size: df1(letter)}))


@cached(maxsize=256)
def _replace_sums(function: Expr, count: Expr, eigenvalue: Expr, power: Expr, unlearned: Expr) -> Expr:
    """Each sum by that of ``count`` modes of one eigenvalue, and the modes of eigenvalue zero."""

    def value(call: Expr) -> Expr:
        one, (x,) = named(call), call.args
        if not one.weighted:
            return count * one.summand(eigenvalue, Integer(0), x)
        modes = ((eigenvalue, power), (Integer(0), unlearned))
        return Add(*(one.summand(lam, weight, x) for lam, weight in modes if weight != 0))

    return function.xreplace({call: value(call) for call in function.atoms(AppliedUndef)})


def _powers(function: Expr, x: Symbol, sign: Expr) -> list[Term]:
    """The terms of a rational function whose denominator is a power of x, in orders ``sign * power``."""
    top, bottom = fraction(cancel(function))
    scale, power = bottom.as_coeff_exponent(x)
    if scale.has(x):
        raise UnableError("the closed form of finitely many modes is no sum of powers here; not derived")
    found = Poly(top, x).terms()
    return [Term(c / scale, sign * (n - power)) for (n,), c in reversed(found)]
