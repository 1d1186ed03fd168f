"""When to stop where the loss or its label noise varies with log(t): to leading order.

The loss at N = oo leads with ``e^(-p l) h l^m + y e^(-q l) g l^n``, l = log(t), y = 1/P: it falls with p > 0
or p = 0 > m, and its label noise grows with q < 0 or q = 0 < n. Where the slopes of the two balance,

    e^(s l) = K P l^r,       s = p - q,   K = p h/(-q g),   r = m - n,

with ``-m h l^(m-1)`` in the place of ``p h l^m`` where p = 0, and ``n g l^(n-1)`` in that of ``-q g l^n``
where q = 0. For s > 0 there ``l = log(P)/s`` up to O(log(l)), and t* and the two parts of the loss follow. A
part of power 0 leads the other by l, and needs nothing but its own leading term: the other may oscillate. For
s = 0, ``l = (K P)^(1/(n - m))``, and t* is known up to a factor alone.

Higher orders of 1/P are smaller by powers of ``y df1(1/t)``, which is of the order of the noise.

    leads_slowly     whether this is needed
    stopped_slowly   the least loss, or the time of it, for P -> oo
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sympy import Expr, Integer, Symbol, sympify

from asymptotics.domains.domain import normal
from asymptotics.errors import UnableError
from asymptotics.expansions.expansion import Expansion, expansion
from asymptotics.expansions.terms import Bound, Logs, Term
from asymptotics.expansions.variables import oscillates
from asymptotics.parsing.heights import to_power

FROM_MODEL = "numbers come from numerics.FullModel"


def leads_slowly(falling: Expansion, growing: Expansion) -> bool:
    """Whether a loss or its noise leads with a logarithm of t, or with a coefficient that varies with it."""
    return any(series.is_slow or any(series.leading().logs) for series in (falling, growing))


def stopped_slowly(
    falling: Expansion, growing: Expansion, resource: Symbol, *, smooth: bool, place: bool
) -> Expansion:
    """The least ``falling + growing/resource``, or the t of it if its ``place`` is asked for.

    ``smooth`` says that what is left out beside slow coefficients does not oscillate.
    """
    loss, noise = sides = _side(falling, smooth), _side(growing, smooth)
    s = normal(loss.order - noise.order)
    if place and s == 0:
        raise UnableError(
            "of the best time the logarithm alone is known, to leading order, and it itself up to a factor; "
            + FROM_MODEL
        )
    steady = [side for side in sides if side.steady]
    needed = list(sides) if place or not steady else steady
    if any(side.loglog for side in needed):
        raise UnableError(
            f"early stopping of a loss or noise that leads with log(log(t)) is not derived; {FROM_MODEL}"
        )
    if any(side.waves if side.steady and not place else side.swings for side in needed):
        raise UnableError(
            f"the {'time' if place else 'loss'} of early stopping depends on where log(t) is between two "
            f"levels of the spectrum, which is not derived; {FROM_MODEL}"
        )
    balance = _Balance(loss=loss, noise=noise, s=s)
    order, power, coefficient = balance.time() if place else balance.least_loss()
    shares = [logs for side in needed for logs in side.followers]
    if s == 0:
        speed = loss.log - noise.log
        bounds = [Bound(normal(order + m / speed), n) for m, n in (*shares, (loss.log, 0))]
    else:
        near = balance.r == 0 and not any(side.loglog for side in sides)
        replaced = (-1, 0 if near else 1)  # log(P)/s for l
        bounds = [Bound(order, power + m, n) for m, n in (*shares, replaced)]
    term = Term(coefficient, order, power)
    domain, depth = falling.domain, falling.depth
    return expansion(resource, [term], bounds, at_infinity=True, domain=domain, depth=depth)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """``coefficient e^(-order l) l^log log(l)^loglog``, ``steady`` if its order is 0.

    ``followers`` are the logarithms of what is of the same power of t, over its own. ``waves`` in its
    coefficient oscillate with l; it ``swings`` if what follows does, too.
    """

    coefficient: Expr
    order: Expr
    log: Expr
    loglog: int
    steady: bool
    followers: tuple[Logs, ...]
    waves: bool
    swings: bool

    @property
    def rate(self) -> Expr:
        """Its derivative by l over ``coefficient e^(-order l) l^slope_log``."""
        return self.log if self.steady else -self.order

    @property
    def slope_log(self) -> Expr:
        """The power of l there."""
        return self.log - 1 if self.steady else self.log


def _side(series: Expansion, smooth: bool) -> _Side:
    lead = series.leading()
    waves = lead.element.has(series.variable)
    return _Side(
        coefficient=lead.coefficient,
        order=lead.order,
        log=sympify(lead.log_power),
        loglog=lead.loglog_power,
        steady=series.domain.sign(lead.order) == 0,
        followers=tuple(_behind(series, lead)),
        waves=waves,
        swings=waves or oscillates(series) or (series.is_slow and not smooth),
    )


def _behind(series: Expansion, lead: Term) -> Iterator[Logs]:
    """The powers of l and log(l), over those of the leading term, of what is of its power of t."""
    others: list[Term | Bound] = [t for t in series.terms if t is not lead]
    for one in (*others, *series.remainder):
        if normal(one.order - lead.order) == 0:
            yield one.log_power - lead.log_power, one.loglog_power


@dataclass(frozen=True, slots=True, kw_only=True)
class _Balance:
    """``e^(s l) = K P l^r``; see the module. What it gives is ``coefficient P^-order log(P)^power``."""

    loss: _Side
    noise: _Side
    s: Expr

    @property
    def scale(self) -> Expr:
        """K."""
        loss, noise = self.loss, self.noise
        return normal(-loss.rate / noise.rate) * loss.coefficient / noise.coefficient

    @property
    def r(self) -> Expr:
        return normal(self.loss.slope_log - self.noise.slope_log)

    def time(self) -> tuple[Expr, Expr, Expr]:
        """``(order, power, coefficient)`` of t*."""
        return self._power_of_time(Integer(1), Integer(0))

    def least_loss(self) -> tuple[Expr, Expr, Expr]:
        """The same of the least loss."""
        loss, noise = self.loss, self.noise
        if self.s == 0:
            # (1 - m/n) h l^m
            speed = noise.log - loss.log
            share = normal(-loss.log / speed)
            front = loss.coefficient * normal(speed / noise.log)
            return share, Integer(0), front * to_power(self.scale, -share)
        if noise.steady:  # y l^n
            n = noise.log
            return Integer(1), n, noise.coefficient * to_power(self.s, -n)
        # the noise is -p/q of the loss, or smaller by l where p = 0
        front = loss.coefficient * normal(1 - loss.order / noise.order)
        order, power, coefficient = self._power_of_time(-loss.order, loss.log)
        return order, power, front * coefficient

    def _power_of_time(self, exponent: Expr, log: Expr) -> tuple[Expr, Expr, Expr]:
        """``t*^exponent l^log`` for s > 0."""
        share = normal(exponent / self.s)
        power = normal(self.r * share + log)
        return -share, power, to_power(self.scale, share) * to_power(self.s, -power)
