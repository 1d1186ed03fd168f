"""What a law predicts at numbers: its leading order, the order that follows, and the exponents between."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from functools import cache, partial
from itertools import pairwise

import mpmath
import sympy
from sympy import Expr, Float, Symbol, oo

from asymptotics import UnableError
from asymptotics.expansions.terms import Term
from asymptotics.laws.law import Law
from asymptotics.parsing.heights import substitute

ORDERS = 4
"""How many orders of the expansion are looked at."""
SLOW_ORDERS = 3
"""The same where they are powers of a logarithm, with polynomials of its logarithm as coefficients."""


class Prediction:
    """The stated law as a function of the resource, and the orders that follow it as functions of its scale.

    All dimensionless. The scale is the resource, or the function of it whose powers the law is made of.
    ``decay`` is the exponent with which the relative remainder falls: known with its coefficient from the
    next order; only a bound (``bounded``) where the expansion ends in O(...) after its first order; oo if
    it ends after it without remainder. ``corrections`` are the exponents by which that decay is approached
    once the known orders are divided out, ``law_corrections`` those of the law itself. ``left_out``
    (``beyond`` as a number) is the exponent of what all known orders leave, ``beyond_logs`` its
    logarithms. ``stated_decay`` is the exponent of the relative remainder that the law itself states, and
    ``stated_bound`` the same as a function of the resource, for slow laws; ``closest`` is the least distance
    of two known orders; ``has_companions`` says that lower
    powers of the logarithm stand beside the leading term, at its order. Made and used at the precision of
    mpmath at the moment.
    """

    factor = mpmath.mpf(1)
    """What the stated law is multiplied by (`perturb`)."""
    shift = mpmath.mpf(0)
    """What is added to its exponent."""

    def __init__(self, law: Law, settings: Mapping[Symbol, Expr]) -> None:
        if len(law.regimes) != 1:
            raise UnableError(f"{len(law.regimes)} regimes of the {law.name} law hold at these values")
        self.regime = law.regimes[0]
        slow = self.regime.relative is not None
        series = law.expansion(terms=SLOW_ORDERS if slow else ORDERS)
        ends = bool(not series.remainder)
        table = dict(settings)
        terms = [t for t in series.terms if ends or (series.remainder_order - t.order).is_positive]
        every = list(dict.fromkeys(t.order for t in terms))
        orders = every[:ORDERS]
        places = sorted(number(order) for order in every)
        self.closest = min((q - p for p, q in pairwise(places)), default=mpmath.inf)
        groups = [[t for t in terms if t.order == order] for order in orders]
        lead = max(groups[0], key=lambda t: t.log_power)
        x = law.resource
        # where the law is slow, its orders are powers of log(x), or of N under an exponential
        self.gauge = _function(self.regime.variable(x), x)
        self._scale = _function(series.gauge or series.variable, x) if slow else self.gauge
        self._envelope = _function(series.envelope if slow else self.regime.envelope, x)
        self._stated = _function(substitute(self.regime.leading(x), table), x) if slow else None
        # coefficients may oscillate in log x, where the scale may be log x itself
        logarithmic = (series.gauge or series.variable) == sympy.log(x)
        self._resource = mpmath.exp if logarithmic else lambda y: y
        add = partial(_sum, table=table, symbol=x, resource=self._resource)
        self._lead = add([lead])
        self.exponent = number(self.regime.exponent)
        self.stated_decay = number(self.regime.remainder - self.regime.exponent)
        relative = self.regime.relative
        self.stated_bound = None if relative is None else _function(relative, x)
        self.left_out: Expr = oo if ends else series.remainder_order - orders[0]
        self.beyond = mpmath.inf if ends else number(self.left_out)
        self.beyond_logs = max((b.log_power for b in series.remainder), default=0)
        self._prefactor = _function(substitute(self.regime.prefactor, table), x)
        beside = [t for t in groups[0] if t is not lead]
        self.has_companions = bool(beside)
        self._companions = add(beside)
        self._next = add([t for group in groups[1:] for t in group])
        self._last = add(groups[-1] if len(groups) > 1 else [])
        self._power = cache(lambda y: y**-self.exponent * mpmath.log(y) ** self.regime.log_power)
        self.bounded = len(orders) == 1 and not ends
        self.decay: Expr = (
            orders[1] - orders[0] if len(orders) > 1 else oo if ends else series.remainder_order - orders[0]
        )
        self._decay = number(self.decay) if len(orders) > 1 else mpmath.inf
        # The base of an exponential, exp(N) or 10^N, is a convention: there the remainder's decades count.
        finite = not slow and x != self.regime.variable(x) and self.decay != oo
        self.unit = max(mpmath.mpf(1), number(self.decay)) if finite else mpmath.mpf(1)
        steps = [number(p - orders[0]) for p in orders[1:]]
        if self.bounded:
            # Beyond a bound nothing is said; its multiples are where the next orders usually lie.
            steps = [number(self.decay) * j for j in range(1, 4)]
        if self.bounded:
            self.corrections = combinations(steps)[:6]
        else:
            # What the known orders leave of the remainder, relative to the first of them.
            beyond = every[ORDERS : ORDERS + 1] or ([] if ends else [series.remainder_order])
            among = [mpmath.mpf(0), *(s - steps[0] for s in steps[1:])]
            self.corrections = [number(order - orders[1]) + g for order in beyond for g in among]
        self.law_corrections = combinations(sorted(steps))[:6]

    def scale(self, resource: mpmath.mpf) -> mpmath.mpf:
        """The variable of the expansion at a resource."""
        return self._scale(resource)

    def __call__(self, resource: mpmath.mpf) -> mpmath.mpf:
        if self._stated is not None:
            others = self._companions(self._scale(resource))
            return self._stated(resource) * self._change(resource) + self._envelope(resource) * others
        return self._envelope(resource) * self._relative(self._scale(resource))

    def perturb(self, factor: mpmath.mpf, shift: mpmath.mpf) -> Prediction:
        """The prediction of a law with ``factor`` times the prefactor and ``shift`` added to the exponent."""
        other = copy(self)
        other.factor, other.shift = factor, shift
        return other

    def _change(self, resource: mpmath.mpf) -> mpmath.mpf:
        return self.factor * self.gauge(resource) ** -self.shift if self.shift else self.factor

    def _relative(self, x: mpmath.mpf) -> mpmath.mpf:
        if self._stated is not None:
            return self._lead(x) + self._companions(x)
        stated = self._prefactor(self._resource(x)) * self._power(x) * self.factor
        return (stated * x**-self.shift if self.shift else stated) + self._companions(x)

    def logarithms(self, resource: mpmath.mpf) -> mpmath.mpf:
        """The leading order without its power of the scale."""
        return self(resource) * self.gauge(resource) ** self.exponent

    def next(self, x: mpmath.mpf) -> mpmath.mpf:
        """The relative remainder at the scale x by all orders that are known; 0 where only its order is."""
        return self._next(x) / self._relative(x)

    def last_order(self, x: mpmath.mpf) -> mpmath.mpf:
        """The part of `next` that the last known order has."""
        return self._last(x) / self._relative(x)

    def shape(self, x: mpmath.mpf) -> mpmath.mpf:
        """The predicted relative remainder without its power of x; 1 where only its order is known."""
        return self.next(x) * x**self._decay if mpmath.isfinite(self._decay) else mpmath.mpf(1)


def _function(expression: Expr, symbol: Symbol) -> Callable[[mpmath.mpf], mpmath.mpf]:
    """``expression`` as a function of its one symbol, at the precision of mpmath."""
    if expression == symbol:
        return lambda x: x
    if not expression.has(symbol):
        fixed = number(expression)
        return lambda x: fixed
    return cache(lambda x: number(expression.xreplace({symbol: Float(x, mpmath.mp.dps + 10)})))


def number(expression: Expr) -> mpmath.mpf:
    """An exact number at the precision of mpmath."""
    return expression.evalf(mpmath.mp.dps + 5)._to_mpmath(mpmath.mp.prec)


def combinations(steps: list[mpmath.mpf]) -> list[mpmath.mpf]:
    """Correction exponents: the steps and their sums in pairs, in increasing order.

    >>> [int(e) for e in combinations([mpmath.mpf(2), mpmath.mpf(3)])]
    [2, 3, 4, 5, 6]
    """
    sums = list(steps) + [p + q for i, p in enumerate(steps) for q in steps[i:]]
    distinct: list[mpmath.mpf] = []
    for value in sorted(sums):
        if not distinct or value - distinct[-1] > mpmath.mpf("1e-9"):
            distinct.append(value)
    return distinct


def _sum(
    terms: list[Term],
    table: Mapping[Symbol, Expr],
    symbol: Symbol,
    resource: Callable[[mpmath.mpf], mpmath.mpf],
) -> Callable[[mpmath.mpf], mpmath.mpf]:
    """The sum of terms as a function of the scale; their coefficients may be functions of the resource."""
    parts = [
        (_function(substitute(t.coefficient, dict(table)), symbol), number(t.order), t.log_power)
        for t in terms
    ]
    return cache(lambda x: mpmath.fsum(c(resource(x)) * x**-p * mpmath.log(x) ** m for c, p, m in parts))
