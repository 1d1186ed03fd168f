"""What a law predicts at numbers: its leading order, the orders known behind it, and what these leave."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from functools import cache

import mpmath
from sympy import Expr, Symbol, oo

from asymptotics import UnableError
from asymptotics.expansions.terms import Term
from asymptotics.laws.law import Law
from asymptotics.parsing.heights import substitute
from numerics.values.exact import number

ORDERS = 4
"""How many orders of the expansion are looked at."""

Function = Callable[[mpmath.mpf], mpmath.mpf]


class Prediction:
    """The stated law as a function of the resource, and the orders known behind it; all dimensionless.

    The ``scale`` x is the variable of the expansion: the resource, or the function of it in whose powers the
    orders are, as exp(N) or log t. ``decay`` is the exponent with which the relative remainder falls, oo if
    the law ends after its first order; ``bounded`` says that the coefficient of that order is not known.
    What all known orders leave is ``O(x^-beyond log(x)^logs)``, beyond = oo if it is smaller than every
    power; ``beyond_corrections`` are the exponents that it is made of, ``decay_corrections`` those by which
    the remainder over its known orders approaches its first power. ``stated_bound`` is the relative remainder
    that the law itself states; ``has_companions`` says that lower powers of the logarithm stand beside the
    leading term, at its order, and ``fall`` is the power, at most 0, by which that of the next term, or of
    the first of these, is below it. Made and used at the
    precision of mpmath at the moment.
    """

    factor = mpmath.mpf(1)
    """What the stated law is multiplied by (`perturb`)."""
    shift = mpmath.mpf(0)
    """What is added to its exponent."""
    fall = 0

    def __init__(self, law: Law, settings: Mapping[Symbol, Expr], known: int = ORDERS) -> None:
        if len(law.regimes) != 1:
            raise UnableError(f"{len(law.regimes)} regimes of the {law.name} law hold at these values")
        (self.regime,) = law.regimes
        series, x, table = law.orders(terms=known), law.resource, dict(settings)
        ends = not series.remainder
        terms = [t for t in series.terms if ends or (series.remainder_order - t.order).is_positive]
        if not terms:
            size = "" if self.regime.relative is None else f", O({self.regime.relative}) of itself"
            raise UnableError(
                f"no order of the {law.name} law is larger by a power than what it leaves out{size}, "
                "so that no verdict can be told; compare the law at large sizes with numerics.FullModel"
            )
        first, *orders = dict.fromkeys(t.order for t in terms)
        left = oo if ends else series.remainder_order - first
        self.decay: Expr = orders[0] - first if orders else left
        self.bounded = not orders and not ends
        self.beyond = number(left)
        # a power of a logarithm may stand before what is left out at the same order
        level = [t.log_power for t in series.terms if not ends and t.order == series.remainder_order]
        self.logs = max((*(b.log_power for b in series.remainder), *level), default=0)
        steps = [number(order - first) for order in orders]
        # Beyond a bound nothing is said; its multiples are where the next orders usually lie.
        multiples = steps or [self.beyond, 2 * self.beyond, 3 * self.beyond]
        # products of known orders stand behind the last known one, and beside its own multiples
        products = [p for p in combinations(multiples) if p > self.beyond]
        behind = combinations(multiples)[:5]
        self.beyond_corrections = distinct([self.beyond, *products, *(self.beyond + p for p in behind)])[:7]
        self.decay_corrections = (
            combinations(multiples)[:6]
            if self.bounded
            else [self.beyond - steps[0] + p - steps[0] for p in steps]
        )
        self.order: Expr = self.regime.exponent
        self.exponent = number(self.order)
        self.gauge = _function(self.regime.variable(x), x)
        self.variable: Expr = series.gauge or series.variable
        self.scale = _function(self.variable, x)
        self._stated = _function(substitute(self.regime.leading(x), table), x)
        lead = max((t for t in terms if t.order == first), key=lambda t: t.log_power)
        beside = [t for t in terms if t.order == first and t != lead]
        later = [t for t in terms if t.order != first]
        self.has_companions = bool(beside)
        following = beside or [t for t in later if t.order == orders[0]]
        self.fall = min(max((t.log_power for t in following), default=lead.log_power) - lead.log_power, 0)
        envelope = _function(series.envelope, x)
        self._lead, self._companions, self._later = (
            self._sum([(_function(substitute(t.coefficient, table), x), t) for t in part], envelope)
            for part in ([lead], beside, later)
        )
        relative = self.regime.relative
        self.stated_decay = number(self.regime.remainder - self.regime.exponent)
        slow = relative is not None and self.stated_decay <= 0
        self.stated_bound = _function(relative, x) if slow else lambda r: self.gauge(r) ** -self.stated_decay

    def __call__(self, resource: mpmath.mpf) -> mpmath.mpf:
        """The stated law, with the companions of its leading term."""
        change = self.gauge(resource) ** -self.shift if self.shift else 1
        return self._stated(resource) * self.factor * change + self._companions(resource)

    def parts(self, resource: mpmath.mpf) -> tuple[mpmath.mpf, mpmath.mpf]:
        """The leading term as it is stated, and the sum of all orders that are known."""
        return self._stated(resource) * self.factor, self(resource) + self._later(resource)

    def perturb(self, factor: mpmath.mpf, shift: mpmath.mpf) -> Prediction:
        """The prediction of a law with ``factor`` times the prefactor and ``shift`` added to the exponent."""
        other = copy(self)
        other.factor, other.shift = factor, shift
        return other

    def next(self, resource: mpmath.mpf) -> mpmath.mpf:
        """The relative remainder by all orders that are known; 0 where only its order is."""
        return self._later(resource) / self(resource)

    def slowly(self, resource: mpmath.mpf) -> mpmath.mpf:
        """What the quantity has beside its power of the gauge: logarithms, and the known orders."""
        derived = self._lead(resource) + self._companions(resource)
        power = self.gauge(resource) ** self.exponent
        return self(resource) * power * (1 + self._later(resource) / derived)

    def _sum(self, parts: list[tuple[Function, Term]], envelope: Function) -> Function:
        """The sum of terms, as a function of the resource; coefficients may oscillate in it."""
        orders = [(coefficient, number(t.order), t.log_power) for coefficient, t in parts]

        def total(resource: mpmath.mpf) -> mpmath.mpf:
            x = self.scale(resource)
            return envelope(resource) * mpmath.fsum(
                c(resource) * x**-p * mpmath.log(x) ** m for c, p, m in orders
            )

        return cache(total)


def _function(expression: Expr, symbol: Symbol) -> Function:
    """``expression`` as a function of its one symbol, at the precision of mpmath."""
    if expression == symbol:
        return lambda x: x
    if not expression.has(symbol):
        fixed = number(expression)
        return lambda x: fixed
    return cache(lambda x: number(expression, {symbol: x}))


def combinations(steps: list[mpmath.mpf]) -> list[mpmath.mpf]:
    """Correction exponents: the steps and their sums in pairs, in increasing order.

    >>> [int(e) for e in combinations([mpmath.mpf(2), mpmath.mpf(3)])]
    [2, 3, 4, 5, 6]
    """
    return distinct([*steps, *(p + q for i, p in enumerate(steps) for q in steps[i:])])


def distinct(values: Sequence[mpmath.mpf]) -> list[mpmath.mpf]:
    """The values in increasing order, each once."""
    found: list[mpmath.mpf] = []
    for value in sorted(values):
        if not found or value - found[-1] > mpmath.mpf("1e-9"):
            found.append(value)
    return found
