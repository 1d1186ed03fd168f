"""Laws of features that move, from the lazy ones: matched powers in an equation for their own scale.

Under the clock ``dtau = K dt`` the network of `RichModel` is the lazy model, and ``chi = K^(-1/2)`` solves

    1/chi(tau)^2 = 1 + gamma^2 int dmu(h) h Z_h(tau)^2,     Z_h(tau) = int_0^tau chi(u) e^(-h(tau - u)) du,
    L = int dmu(h) (1 - h Z_h/chi)^2,                       t = int chi^2 dtau,

where ``L_lazy(x/2) = int dmu(h) e^(-hx)``. A lazy term ``C x^-s`` is the density ``C h^(s-1)/Gamma(s)``. On
powers ``chi ~ tau^-alpha``

    h Z_h = chi(tau) M_alpha(h tau),   M_alpha(y) = y int_0^1 v^-alpha e^(-y(1 - v)) dv,

so that all is made of the two Mellin constants of `rich_constants`.

For s < 1 the integral over the modes grows and its power must be that of 1/chi^2: ``alpha = (1-s)/4``. For
s > 1 it tends to ``W = sum c/lambda``, and K to the root of ``K (K - 1) = gamma^2 W``. At s = 1 it is a
logarithm. What is smaller than the leading powers changes chi by ``d tau^-m``, d from the equation to first
order; so does a change of the lazy loss itself, such as that of N features to first order in 1/N, which may
also fall more slowly than what it changes, m < 0.

    expand_rich       the law of a node `Rich`, the loss
    expand_scale      the law of a node `RichScale`, K
    expand_change     the law of a node `RichChange`, what a change of the lazy loss makes of the loss
    solve_clock       the lazy loss in powers of t, and the clock that it sets
    change_loss       what powers of t that are added to the lazy loss make of the loss
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sympy import Expr, Integer, Rational, Symbol, sqrt

from asymptotics.domains.domain import normal
from asymptotics.errors import UnableError, Undecided
from asymptotics.expansions.expansion import Expansion
from asymptotics.expansions.oscillation import Oscillation
from asymptotics.expansions.terms import Bound, Term
from asymptotics.model.expander import Expander, Found
from asymptotics.model.operators import Rich, RichChange, RichScale
from asymptotics.model.rich_constants import Grown, Unlearned
from asymptotics.model.sums import Xi
from asymptotics.parsing.heights import to_power
from asymptotics.symbols import kappa

ONE, ZERO = Integer(1), Integer(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class LazyLoss:
    """``C t^-s`` leads the lazy loss at t/2 above its ``floor``, what is never learned.

    ``others`` are further (C_i, s_i), ``bounds`` the rest.
    """

    s: Expr
    C: Expr
    others: tuple[tuple[Expr, Expr], ...]
    bounds: tuple[Expr, ...]
    series: Expansion
    richness: Expr
    floor: Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerClock:
    """``chi = k^(-1/2) tau^-alpha (1 + sum d tau^-m)``, relatively correct to ``bounds``.

    With ``r = 1 - 2 alpha`` and ``T = (k r t)^(1/r)``: ``tau = T (1 - sum 2 d/(r - m) T^-m)``. The start of
    the clock leaves ``T^-r``, and a change of chi of that order its logarithm.
    """

    k: Expr
    alpha: Expr
    changes: tuple[tuple[Expr, Expr], ...]
    bounds: tuple[Expr, ...]
    series: Expansion

    @property
    def r(self) -> Expr:
        return normal(1 - 2 * self.alpha)

    def term(self, coefficient: Expr, order: Expr) -> Term:
        """``coefficient T^-order`` in powers of t."""
        order = normal(order / self.r)
        return Term(coefficient * to_power(self.k * self.r, -order), order)

    def late(self, m: Expr, d: Expr) -> Expr:
        """By how much ``d tau^-m`` in chi brings tau forward, relatively."""
        return -2 * d / normal(self.r - m)

    def behind(self, order: Expr) -> list[Bound]:
        """What is left out behind ``tau^-order``."""
        lag = int(self.bounds.count(self.r) > 1)
        return [Bound(normal(order + m), lag if m == self.r else 0) for m in self.bounds]

    def expansion(self, terms: list[Term], bounds: Iterable[Bound]) -> Expansion:
        """Terms in powers of t, and bounds in powers of tau."""
        left = [Bound(normal(b.order / self.r), b.log_power) for b in bounds]
        return self.series.with_terms(terms, left)


def expand_rich(found: Expander, node: Rich, x: Symbol) -> Found:
    """The rule for `Rich`: ``t -> oo`` for a lazy loss in powers of t."""
    lazy, clock, parts = solve_clock(found, node.args[0], node.args[2], x)
    return Found(node=node, series=_loss(lazy, clock) if clock else _logarithm(lazy), parts=parts)


def expand_scale(found: Expander, node: RichScale, x: Symbol) -> Found:
    """The rule for `RichScale`: ``K = k tau^(2 alpha) (1 - 2 sum d tau^-m)`` at the time t."""
    lazy, clock, parts = solve_clock(found, node.args[0], node.args[2], x)
    if clock is None:
        # K (K - 1) = gamma^2 C log(tau), log(tau) = log(t) + O(log(log(t)))
        terms = [Term(lazy.richness * sqrt(lazy.C), ZERO, Rational(1, 2)), Term(Rational(1, 2), ZERO)]
        series = lazy.series.with_terms(terms, [Bound(ZERO, -Rational(1, 2), 1)])
    else:
        order = normal(-2 * clock.alpha)
        terms = [clock.term(clock.k, order)]
        for m, d in clock.changes:
            terms.append(clock.term(clock.k * (-2 * d - order * clock.late(m, d)), order + m))
        series = clock.expansion(terms, clock.behind(order))
    return Found(node=node, series=series, parts=parts)


def expand_change(found: Expander, node: RichChange, x: Symbol) -> Found:
    """The rule for `RichChange`: the response of the loss to a change of the lazy loss, to first order."""
    loss, change, _, richness = node.args
    lazy, clock, parts = solve_clock(found, loss, richness, x)
    part = found(change, x)
    if not (part.series.in_powers and part.series.terms):
        raise UnableError(f"features that move respond to powers of t; the change is {part.series!r}")
    return Found(node=node, series=change_loss(lazy, clock, part.series), parts=(*parts, part))


def change_loss(lazy: LazyLoss, clock: PowerClock | None, change: Expansion) -> Expansion:
    """What a change of the lazy loss, at t/2 as that itself, makes of the loss at t."""
    return _change(lazy, clock, change) if clock else _logarithm_of_change(lazy, change)


# --- the scale of the features -----------------------------------------------------------------------


def solve_clock(
    found: Expander, loss: Expr, richness: Expr, x: Symbol
) -> tuple[LazyLoss, PowerClock | None, tuple[Found, ...]]:
    """The lazy loss and the clock; None for the clock at s = 1."""
    part = found(loss, x)
    lazy = _read(part.series, richness)
    sign = part.series.domain.sign(normal(1 - lazy.s))
    if sign is None:
        raise Undecided(f"whether the features grow for ever is the sign of {normal(1 - lazy.s)}", 1 - lazy.s)
    if sign == 1:
        return lazy, _growing(lazy), (part,)
    if sign == 0:
        return lazy, None, (part,)
    stiff = found(Xi(kappa), kappa)
    return lazy, _steady(lazy, stiff.series), (part, stiff)


def _read(series: Expansion, richness: Expr) -> LazyLoss:
    whole = series
    if series.in_powers:
        series = series.with_terms([t for t in series.terms if t.order != 0 or any(t.logs)])
    first = series.leading_power()
    if first is None or first.coefficient.has(Oscillation):
        known = repr(whole) if whole.terms or whole.remainder else "smaller than each power"
        raise UnableError(
            f"features that move have a law where the lazy loss leads with a power of t; it is {known}"
        )
    others = [t for t in series.terms if t is not first]
    return LazyLoss(
        s=first.order,
        C=first.coefficient,
        others=tuple((t.coefficient, t.order) for t in others if not any(t.logs)),
        bounds=tuple(b.order for b in (*series.remainder, *(Bound(t.order) for t in others if any(t.logs)))),
        series=series,
        richness=richness,
        floor=sum((t.coefficient for t in whole.terms if t.order == 0 and not any(t.logs)), ZERO),
    )


def stiffness(lazy: LazyLoss, clock: PowerClock, m: Expr) -> Expr:
    """``C (grown(s, alpha, alpha) + grown(s, alpha, alpha + m))``: what resists ``d tau^-m`` in chi."""
    H = Grown(lazy.s, clock.alpha, clock.alpha)
    return lazy.C * (H + Grown(lazy.s, clock.alpha, normal(clock.alpha + m)))


def _growing(lazy: LazyLoss) -> PowerClock:
    """s < 1: ``K ~ k tau^(2 alpha)``, ``k^2 = gamma^2 C grown(s, alpha, alpha)``."""
    s, C = lazy.s, lazy.C
    alpha = normal((1 - s) / 4)
    H = Grown(s, alpha, alpha)
    k = lazy.richness * sqrt(C * H)
    bare = PowerClock(k=k, alpha=alpha, changes=(), bounds=(), series=lazy.series)
    changes = [(normal(2 * alpha), -1 / (2 * k * (1 + Grown(s, alpha, 3 * alpha) / H)))]
    bounds = [normal(4 * alpha), normal(1 - alpha), normal(1 - 2 * alpha)]
    for B, order in lazy.others:
        m = normal(order - s)
        bounds.append(normal(2 * m))
        if lazy.series.domain.sign(normal(1 - 2 * alpha - m)) != 1:
            bounds.append(m)
            continue
        changes.append((m, -B * Grown(order, alpha, alpha) / (2 * stiffness(lazy, bare, m))))
    bounds += [normal(order - s) for order in lazy.bounds]
    return PowerClock(k=k, alpha=alpha, changes=tuple(changes), bounds=tuple(bounds), series=lazy.series)


def _steady(lazy: LazyLoss, stiff: Expansion) -> PowerClock:
    """s > 1: ``K -> K_oo``, ``K_oo (K_oo - 1) = gamma^2 sum c/lambda``."""
    s = lazy.s
    (W,) = (t.coefficient for t in stiff.terms if t.order == 1 and not any(t.logs))
    k = (1 + sqrt(1 + 4 * lazy.richness**2 * W)) / 2
    m, crosses = normal(s - 1), lazy.series.domain.sign(normal(2 - s))
    changes: list[tuple[Expr, Expr]] = []
    bounds = [ONE]
    if crosses == 1:
        changes.append((m, -(lazy.richness**2) * lazy.C * Grown(s, ZERO, ZERO) / (2 * k * (2 * k - 1))))
        bounds.append(normal(2 * m))
    elif crosses != -1:
        bounds.append(m)
    for _, order in lazy.others:
        changes.append((normal(order - s), ZERO))
        bounds.append(normal(order - 1))
    bounds += [normal(order - s) for order in lazy.bounds]
    return PowerClock(k=k, alpha=ZERO, changes=tuple(changes), bounds=tuple(bounds), series=lazy.series)


# --- what is read on it ------------------------------------------------------------------------------


def _loss(lazy: LazyLoss, clock: PowerClock) -> Expansion:
    """``C tau^-s (G + sum tau^-m (...))`` at the time t, and the other modes as they stand."""
    others = {normal(order - lazy.s): B for B, order in lazy.others}
    terms = [*_floor(lazy), clock.term(lazy.C * Unlearned(lazy.s, clock.alpha, clock.alpha), lazy.s)]
    for m, d in clock.changes:
        answer = moved_loss(lazy, clock, m, d) * lazy.C if d != 0 else ZERO
        order = normal(lazy.s + m)
        if m in others:
            answer += others[m] * Unlearned(order, clock.alpha, clock.alpha)
        terms.append(clock.term(answer, order))
    return clock.expansion(terms, clock.behind(lazy.s))


def _floor(lazy: LazyLoss) -> list[Term]:
    return [Term(lazy.floor, ZERO)] if lazy.floor != 0 else []


def moved_loss(lazy: LazyLoss, clock: PowerClock, m: Expr, d: Expr) -> Expr:
    """What ``d tau^-m`` in chi adds to the loss at ``tau^-(s + m)``, over C.

    In the modes, and by the time.
    """
    G = Unlearned(lazy.s, clock.alpha, clock.alpha)
    moved = Unlearned(lazy.s, clock.alpha, normal(clock.alpha + m)) - G
    return 2 * d * moved - lazy.s * clock.late(m, d) * G


def _logarithm(lazy: LazyLoss) -> Expansion:
    """s = 1: ``K (K - 1) ~ gamma^2 C log(tau)``, ``L ~ C/(2 tau)`` at ``tau = K t``.

    So ``C/(2 t K)`` with ``1/K = x - x^2/2 + ...``, ``x^-2 = gamma^2 C log(t)``; log(log(t)) comes next.
    """
    x = 1 / (lazy.richness * sqrt(lazy.C))
    terms = [*_floor(lazy), Term(lazy.C * x / 2, ONE, -Rational(1, 2)), Term(-lazy.C * x**2 / 4, ONE, -1)]
    return lazy.series.with_terms(terms, [Bound(ONE, -Rational(3, 2), 1)])


def _change(lazy: LazyLoss, clock: PowerClock, change: Expansion) -> Expansion:
    """Each power ``B t^-p`` of the change, and what it makes of their clock."""
    terms, bounds = [], [Bound(b.order, b.log_power) for b in change.remainder]
    if any(change.leading().logs):
        raise UnableError(
            f"the lazy loss changes by {change!r}: what features that move make of this logarithm is not "
            "derived; use other exponents, or RichModel at two sizes"
        )
    for one in change.terms:
        p = one.order
        if any(one.logs):
            bounds.append(Bound(p, one.log_power))
            continue
        if lazy.series.domain.sign(normal(1 - clock.alpha - (p - lazy.s))) in (0, -1):
            bounds.append(
                Bound(p)
            )  # chi would change by tau^-m, m >= 1 - alpha, of which early times make more
            continue
        B = one.coefficient
        answer = B * Unlearned(p, clock.alpha, clock.alpha)
        if clock.alpha == 0:
            bounds += [Bound(normal(lazy.s + p - 1)), Bound(lazy.s)]
        else:
            answer += respond_to_clock(lazy, clock, B, p)
            bounds.append(Bound(normal(lazy.s + 4 * clock.alpha)))
        terms.append(clock.term(answer, p))
        bounds += [*(Bound(normal(p + m)) for m, _ in clock.changes), *clock.behind(p)]
    return clock.expansion(terms, bounds)


def respond_to_clock(lazy: LazyLoss, clock: PowerClock, B: Expr, p: Expr) -> Expr:
    """What ``B t^-p``, added to the lazy train loss, makes of the loss by the clock, at ``tau^-p``."""
    m = normal(p - lazy.s)
    d = -B * Grown(p, clock.alpha, clock.alpha) / (2 * stiffness(lazy, clock, m))
    return lazy.C * moved_loss(lazy, clock, m, d)


def _logarithm_of_change(lazy: LazyLoss, change: Expansion) -> Expansion:
    """s = 1: the change of the lazy loss at ``tau = K t``; that of the clock is smaller by log(t)."""
    lead = change.leading()
    scale, n = 2 * lazy.richness * sqrt(lazy.C), lead.log_power - lead.order / 2
    term = Term(lead.coefficient * scale**-lead.order, lead.order, n)
    return lazy.series.with_terms([term], [Bound(lead.order, n - Rational(1, 2), 1)])
