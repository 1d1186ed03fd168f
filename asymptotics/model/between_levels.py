"""Functions of the ridge of exponential levels of many modes, by its place between two of them.

With ``kappa = lambda(k_0)`` every sum over modes is an expansion in ``e = exp(-k_0)`` whose coefficients have
the period 1 in k_0, and as many modes are resolved as there are samples where ``df1 = P``. What is left of a
level then, ``df1 - df2 = sum m lambda kappa/(lambda + kappa)^2``, is a sum over levels of its own: as a
difference it would be less than what is known of either.

    expand_between_levels    the rule for a function of the ridge of such levels
"""

from __future__ import annotations

from sympy import Dummy, Expr, Function, cancel
from sympy.core.function import AppliedUndef

from asymptotics.errors import UnableError
from asymptotics.expansions.expansion import Expansion
from asymptotics.expansions.variables import compose
from asymptotics.model.expander import Expander, Found
from asymptotics.model.finite_modes import at_size
from asymptotics.model.operators import AtRidge
from asymptotics.model.sums import SPREAD, df1, df2, expand_sum, named, staying
from asymptotics.spectra.exponential_levels import PLACE, LevelSeries
from asymptotics.transforms.kernels import FILTER

_ridge = Function("kappa", positive=True)(PLACE)


def expand_between_levels(expander: Expander, node: AtRidge, levels: LevelSeries) -> Found:
    """A function of the ridge, where as many modes are resolved as there are features or samples."""
    function, letter, size = node.args
    count, spread = df1(letter), SPREAD(letter)
    both = {count: Dummy("D", positive=True), spread: Dummy("S", positive=True)}
    table = {df2(letter): count - spread, size: count}
    exact = cancel(function.xreplace(table).xreplace(both)).xreplace({v: k for k, v in both.items()})
    inner = Expander(expander.spectrum, expander.depth)
    calls = {call: call.func(PLACE) for call in exact.atoms(AppliedUndef) if call.args == (letter,)}
    for call, there in calls.items():
        inner.found[there, PLACE] = Found(node=call, series=_between(call, expander, levels))
    inner.found[_ridge, PLACE] = Found(node=letter, series=levels.eigenvalue(expander.depth))
    value = inner(exact.xreplace(calls).xreplace({letter: _ridge}), PLACE)
    modes = levels.between(FILTER, expander.spectrum.domain, expander.depth)
    return Found(node=node, series=at_size(modes, size, value.series))


def _between(call: Expr, expander: Expander, levels: LevelSeries) -> Expansion:
    """A named sum by the place of the ridge."""
    one, spectrum, depth = named(call), expander.spectrum, expander.depth
    series = spectrum.target if one.weighted else spectrum.kernel
    if one.kernel is None or one.weights is not None:
        raise UnableError(f"{one.words} of exponential levels of many modes; not derived")
    if isinstance(series, LevelSeries):
        return staying(one, spectrum, series.between(one.kernel, spectrum.domain, depth), call.args[0])
    return compose(expand_sum(one, spectrum, depth), levels.eigenvalue(depth))
