"""The renormalised ridge kappa of an explicit ridge, and of the best one, as expansions.

With an explicit ridge rho (``rho |w|^2`` added to the mean squared error over P samples) kappa solves

    kappa (1 - df1(kappa)/P) = rho,

and for a rho that falls as ``P^-l`` one of three balances leads (Cui et al., arXiv 2105.15004):

    rho decides, ``kappa ~ rho``, where ``df1(rho)/P`` falls;
    the data decide, ``df1(kappa) ~ P``, where it grows: the ridge is a correction;
    both do where it tends to a constant, which it does not beside a logarithm: ``kappa ~ x P^-l``,
    ``x - A x^(1 - p) = rho``, for ``df1 ~ A kappa^-p``.

In the first two an expansion is found by iteration: each turn of a contraction makes the bound of what is
left out smaller by one order. At a fixed P the loss is stationary in kappa where

    (P - df2) F' = -(sigma^2 + F) df2',

which gives P as an explicit function of the best kappa; the ridge there, ``kappa (1 - df1/P)``, may be
negative.

    solve_ridge    kappa as an expansion in P
    JointRidge     the x of the third balance, as a function with numbers
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
from sympy import Integer, Symbol, sympify

from asymptotics.domains.domain import normal
from asymptotics.errors import Undecided
from asymptotics.expansions.constants import OpaqueNumber
from asymptotics.expansions.expansion import Expansion
from asymptotics.expansions.powers import Powers
from asymptotics.expansions.reversion import revert
from asymptotics.expansions.terms import Bound, Term
from asymptotics.expansions.variables import compose, oscillates
from asymptotics.precision import working
from asymptotics.typesetting import raised

ONE = Integer(1)


class JointRidge(OpaqueNumber):
    """``JointRidge(rho, A, p)``: the x > 0 with ``x - A x^(1 - p) = rho``, for rho > 0, A > 0, 0 < p < 1.

    >>> JointRidge(2, 1, Integer(1)/2).evalf(15)        # x - sqrt(x) = 2
    4.00000000000000
    """

    nargs = 3
    meaning = r"X_p(\rho, A)\text{: the } x > 0 \text{ with } x - A x^{1 - p} = \rho"

    def _eval_is_positive(self) -> bool:
        return True

    def number(self, digits: int) -> Any:
        with working(digits + 5):
            rho, A, p = (mpmath.mpmathify(x.evalf(mpmath.mp.dps)) for x in self.args)
            x = A ** (1 / p) + rho / p
            while True:  # Newton from above on a convex function
                step = (x - A * x ** (1 - p) - rho) / (1 - A * (1 - p) * x**-p)
                x -= step
                if abs(step) <= x * mpmath.eps * 8:
                    return x

    def _sympystr(self, printer: Any) -> str:
        rho, A, p = self.args
        x = Symbol("x", positive=True)
        return f"root({printer._print(x - A * x ** normal(1 - p) - rho)}, x > 0)"

    def written(self, printer: Any) -> str:
        rho, A = (printer._print(x) for x in self.args[:2])
        return rf"X_{{{raised(printer, self.args[2])}}}\left({rho}, {A}\right)"


def solve_ridge(modes: Expansion, rho: Expansion, size: Symbol) -> Expansion:
    """The kappa with ``kappa (1 - df1/P) = rho``, P = ``size`` -> oo, for a rho that falls with it.

    Raises `Undecided` where the domain does not say which balance leads.

    >>> from asymptotics.expansions.expansion import expansion
    >>> from asymptotics.symbols import P, kappa
    >>> modes = expansion(kappa, [Term(ONE, -ONE/2)])
    >>> solve_ridge(modes, expansion(P, [Term(ONE, ONE)], at_infinity=True), P)
    1/P + P**(-3/2) + 1/(2*P**2) + O(P**(-5/2))
    """
    order, lead = rho.leading().order, modes.leading()
    sign = 0
    for falls in (normal(1 + lead.order * order), -sympify(lead.log_power)):
        found = sign or rho.domain.sign(falls)
        if found is None:
            raise Undecided(
                f"whether the ridge or the data decide is the sign of {falls}; give numbers", falls
            )
        sign = found
    solve = {1: _ridge_decides, -1: _data_decide, 0: _both_decide}[sign]
    return solve(modes, rho, size)


def _ridge_decides(modes: Expansion, rho: Expansion, size: Symbol) -> Expansion:
    share = rho.monomial(ONE, -ONE)
    start = _up_to(rho, rho * share * compose(modes, rho))
    if oscillates(modes):
        return start
    return _iterate(start, lambda kappa: rho * Powers(1 - share * compose(modes, kappa)).power(-1))


def _data_decide(modes: Expansion, rho: Expansion, size: Symbol) -> Expansion:
    ridgeless, count = revert(modes, size), rho.monomial(ONE, ONE)
    return _iterate(
        _up_to(ridgeless, rho), lambda kappa: compose(ridgeless, count * (1 - rho * Powers(kappa).power(-1)))
    )


def _both_decide(modes: Expansion, rho: Expansion, size: Symbol) -> Expansion:
    """To leading order, and how far that is known."""
    ridge, lead = rho.leading(), modes.leading()
    x = JointRidge(ridge.coefficient, lead.coefficient, normal(-lead.order))
    start = rho.with_terms([Term(x, ridge.order)])
    left = modes.with_terms((t for t in modes.terms if t is not lead), modes.remainder)
    missing = start * rho.monomial(ONE, -ONE) * compose(left, start)
    return _up_to(start, missing)


def _iterate(start: Expansion, step: Callable[[Expansion], Expansion]) -> Expansion:
    for _ in range(start.depth):
        start = step(start)
    return start


def _up_to(series: Expansion, missing: Expansion) -> Expansion:
    """The expansion, known up to what another is bounded by."""
    bounds = (Bound(b.order, *b.logs) for b in missing.bounds())
    return series.with_terms(series.terms, (*series.remainder, *bounds))
