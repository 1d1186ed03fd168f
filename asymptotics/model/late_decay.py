"""Hard tasks: the plateau of the best schedule, and over which share of the steps it decays in the end.

Where the largest stable step eta binds, the best schedule is ``eta min(1, (x/x*)^g)`` in what is left of the
sum of steps, x: with ``J2(2 x) ~ k x^-q`` and ``g = q/2``, as it is ``J2^(-1/2)``. Up to x* it takes
``x*/((1 - g) eta)`` steps, so that the sum of all is shorter by ``g x*/(1 - g)``, which costs signal,
``F ~ c (eta T)^-s``, and leaves the noise

    (sigma^2/B) eta k x*^(1 - q) (1/(1 - g) + 1/(q - 1)),

in all the least where ``x*^q = K T^(s+1)``. Easy tasks decay all the way; on the line between, over a share.

    LateDecay    the share of the steps
"""

from __future__ import annotations

from typing import Any

from sympy import Expr, Function, Integer, Symbol

from asymptotics.domains.domain import normal
from asymptotics.errors import UnableError, Undecided
from asymptotics.expansions.terms import Bound, Term
from asymptotics.model.capped_steps import Capped
from asymptotics.model.expander import RULES, Expander, Found
from asymptotics.model.sums import C0, E2

ONE = Integer(1)


class LateDecay(Function):  # type: ignore[misc]
    """``LateDecay(T, noise, eta)``: the share of T steps over which the best schedule decays."""

    nargs = 3

    def _sympystr(self, printer: Any) -> str:
        return f"decay({printer._print(self.args[0])})/{printer._print(self.args[0])}"

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        return rf"\frac{{T_{{\mathrm{{decay}}}}}}{{{printer._print(self.args[0])}}}"


def expand_late_decay(found: Expander, node: LateDecay, x: Symbol) -> Found:
    """The leading term, in T called x."""
    _, noise, eta = node.args
    parts = found(C0(2 * x), x), found(E2(2 * x), x)
    for part in parts:
        if not part.series.in_powers:
            raise UnableError(f"the decay of steps where sums are {part.series!r} is not derived")
    fall, forget = (part.series.leading() for part in parts)
    if any(fall.logs) or any(forget.logs):
        raise UnableError("the decay of steps where a sum leads with a logarithm is not derived")
    s, q = fall.order, forget.order
    hard = parts[0].series.domain.sign(gap := normal(q - s - 1))
    if hard is None:
        raise Undecided(f"whether the task is hard is the sign of {gap}", gap)
    if hard == 0:
        run = Capped(c=fall.coefficient, k=noise * forget.coefficient, q=normal(q), most=eta)
        return Found(node=node, series=found.exact(x, [Term(run.share, Integer(0))]), parts=parts)
    if hard != 1:
        return Found(node=node, series=found.exact(x, [Term(ONE, Integer(0))]), parts=parts)
    g = q / 2
    stays = noise * eta * forget.coefficient * (q - 1) * (1 / (1 - g) + 1 / (q - 1))
    costs = fall.coefficient * s * g / (1 - g) * eta ** (-s - 1)
    share: Expr = (stays / costs) ** (1 / normal(q)) / ((1 - g) * eta)
    order = normal(1 - (s + 1) / q)
    # behind are the share itself, the first steps in the noise by x*^(q/2 - 1), and the loss that feeds it
    behind = (order, (s + 1) / q * (1 - g), s)
    series = found.exact(x, [Term(share, order)])
    series = series.with_terms(series.terms, [Bound(normal(order + one)) for one in behind])
    return Found(node=node, series=series, parts=parts)


RULES[LateDecay] = expand_late_decay
