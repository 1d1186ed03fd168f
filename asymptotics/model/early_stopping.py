"""When to stop under label noise, and what that leaves.

At N = oo the loss is a series in 1/P, its coefficients expansions for t -> oo:

    L(t, y) = L_0(t) + y L_1(t) + y^2 L_2(t) + ...,    y = 1/P.

``L_0 ~ c_0 t^-p`` falls, the label noise lets ``L_1 ~ c_1 t^-q`` grow, q < 0, with ``L_n ~ t^(-n q)``, and L
is smallest where its slope ``theta L`` vanishes, theta = t d/dt. Divided by the leading slope of L_1 this is

    P = K t^s (1 + U(t, y)),    s = p - q,    K = -c_1 q/(c_0 p).

Let w solve it without U, ``P = K w^s``. Lagrange's theorem gives each power of t at a fixed y, and so the
time t* and, as the slope of L vanishes there, the loss L*:

    t* = w + (w/s) sum_{m >= 1} (-1)^m/m! (D + 1/s + 1) ... (D + 1/s + m - 1) U(w, y)^m,
    L* = L(w, y) + (c_1 q y w^-q/s) sum_{m >= 2} (-1)^m/m! (D - q/s + 1) ... (D - q/s + m - 2) U(w, y)^m,

``D = theta/s`` at fixed y. All are expansions in ``x = w^s = P/K``, so that terms are kept by their orders in
P; there ``D = x d/dx + M`` on terms with y^M. Where logarithms of t lead: `slow_stopping`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import factorial

from sympy import QQ, Add, Expr, Integer, Rational, Symbol

from asymptotics.errors import UnableError
from asymptotics.expansions.expansion import Expansion, expansion
from asymptotics.expansions.generators import Monomial, Number, generator
from asymptotics.expansions.ring import ONE, Element, element, sum_of_products, whole
from asymptotics.expansions.terms import Bound, Term
from asymptotics.expansions.variables import substitute
from asymptotics.model.equations import DATA_LOSS, LABEL_NOISE, NOISE_IN_LOSS, TIME
from asymptotics.model.expand import expand
from asymptotics.model.expander import Expander, Found
from asymptotics.model.operators import Coefficient, Minimiser, Minimum, epsilon
from asymptotics.model.slow_stopping import leads_slowly, stopped_slowly
from asymptotics.spectra import SpectralSeries
from asymptotics.symbols import P
from asymptotics.symbols import t as time

_X = Symbol("x", positive=True)
_Y = generator(Symbol("y", positive=True))


def expand_minimum(found: Expander, node: Minimum, x: Symbol) -> Found:
    """The rule for the smallest loss, and for where it is: N = oo, P -> oo.

    Its parts are the terms of first order in 1/P that ``node`` names, and the orders ``L_0, L_1, ...``.
    """
    named = tuple(found(term, time) for term in Add.make_args(node.args[0]))
    falling, growing = both_of(found.spectrum, found.depth)
    place = isinstance(node, Minimiser)
    if leads_slowly(falling.series, growing):
        series = stopped_slowly(falling.series, growing, P, smooth=found.spectrum.smooth, place=place)
        return Found(node=node, series=series, parts=named)
    losses = (falling, *higher_losses(found.spectrum, found.depth))
    balance = balance_of(tuple(loss.series for loss in losses), P)
    formula = best_time if place else least_loss
    return Found(node=node, series=formula(balance), parts=(*named, *losses))


def least_loss(balance: Balance) -> Expansion:
    """``min_t L(t, P)``."""
    rest = balance.corrections(2, -balance.q / balance.s)
    weight = element(-1 / balance.s) * balance.noise * _power_of_y(1)
    return balance.in_samples(balance.loss + rest * balance.monomial(weight, balance.p))


def best_time(balance: Balance) -> Expansion:
    """The t at which ``L(t, P)`` is smallest."""
    rest = balance.corrections(1, 1 / balance.s).scale(1 / balance.s)
    return balance.in_samples((rest + 1) * balance.monomial(ONE, Integer(-1)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """``P = K t^s (1 + U)``: the expansions of L and U at t = w, in x.

    ``noise`` is the leading coefficient of the slope of L_1, ``share`` is 1/K.
    """

    resource: Symbol
    p: Expr
    q: Expr
    noise: Element
    share: Element
    loss: Expansion
    rest: Expansion

    @property
    def s(self) -> Expr:
        return self.p - self.q

    def monomial(self, coefficient: Element, order: Expr) -> Expansion:
        """``coefficient * w^-order``."""
        return self.rest.with_terms([Term(coefficient, order / self.s)])

    def corrections(self, first: int, shift: Expr) -> Expansion:
        """``sum_{m >= first} (-1)^m/m! (D + shift + 1) ... (D + shift + m - first) U^m``."""
        power, total = self.rest, self.rest.with_terms([])
        for m in range(1, self.rest.depth):
            if m >= first:
                terms = list(power.terms)
                for i in range(1, m - first + 1):
                    terms = [s for t in terms for s in _slopes(t, shift + i)]
                summand = power.with_terms(terms, power.remainder)
                total = total + summand.scale(Rational((-1) ** m, factorial(m)))
            power = power * self.rest
        return total.with_terms(total.terms, (*total.remainder, *power.bounds()))

    def in_samples(self, series: Expansion) -> Expansion:
        """An expansion at t = w in P, ``x = P/K`` and ``y = 1/(K x)``."""
        terms = []
        for t in series.terms:
            shares = ((part, self.share.power(Integer(n))) for n, part in _by_power_of_y(t.element))
            terms.append(Term(sum_of_products(shares), t.order, t.log_power))
        found = series.with_terms(terms, series.remainder)
        scale = self.share.inverse().as_expr()
        return substitute(found, scale, Integer(1), self.resource, share=Integer(-1))


def loss_of_order(order: int) -> Expr:
    """``L_n``, the coefficient of ``P^-order`` of the loss, as an equation."""
    if order == 0:
        return TIME
    # to first order the overlap of label noise has a closed form, as a sum over modes
    noise = P * NOISE_IN_LOSS if order == 1 else Coefficient(LABEL_NOISE, epsilon, Integer(order))
    return Coefficient(DATA_LOSS, epsilon, Integer(order)) + noise


def both_of(spectrum: SpectralSeries, depth: int) -> tuple[Found, Expansion]:
    """``L_0``, and the label noise in ``L_1``: what falls and what grows with t."""
    first = expand(TIME, spectrum, time, depth)
    falling = first.series
    if falling.gauge is not None:
        raise UnableError(
            f"early stopping of a loss in powers of {falling.gauge} needs another balance than that of "
            "powers of t; not derived"
        )
    if not falling.terms and not falling.remainder:
        raise UnableError(
            "early stopping of a loss that falls faster than every power of t needs another balance than "
            "that of powers; not derived"
        )
    growing = expand(P * NOISE_IN_LOSS, spectrum, time, depth).series
    if (_way(falling), _way(growing)) != (-1, 1):
        raise UnableError("early stopping needs a loss that falls and a noise that grows with t")
    return first, growing


def _way(series: Expansion) -> int | None:
    """1 if it grows with t, -1 if it falls, by its leading term."""
    lead = series.leading()
    sign = series.domain.sign(-lead.order)
    return sign if sign != 0 else series.domain.sign(Integer(1) * lead.log_power)


def higher_losses(spectrum: SpectralSeries, depth: int) -> tuple[Found, ...]:
    """``L_1, L_2, ...``, as many orders of 1/P as the depth asks for, each behind by t^-p."""
    # before the first of y^n L_n come those of n - 1 others
    return tuple(expand(loss_of_order(n), spectrum, time, depth + 1 - n) for n in range(1, depth + 1))


def balance_of(losses: tuple[Expansion, ...], resource: Symbol) -> Balance:
    """From ``L_0, L_1, ...`` in t, with ``y = 1/resource``; both L_0 and L_1 lead with a power of t."""
    p, q = (series.leading().order for series in losses[:2])
    # coefficients stay what they are: multiplied out, their products would be long
    terms = [[Term(whole(t.coefficient), t.order, t.log_power) for t in series.terms] for series in losses]
    slopes = [[s for t in found for s in losses[0].slopes(t)] for found in terms]
    fall, noise = (
        found.pop(next(i for i, t in enumerate(found) if t.order == order))
        for found, order in zip(slopes, (p, q), strict=False)
    )
    inverse = noise.element.inverse()
    rest = _at_start(slopes, losses, p - q)
    return Balance(
        resource=resource,
        p=p,
        q=q,
        noise=noise.element,
        share=(fall.element * inverse).scale(QQ(-1)),
        loss=_at_start(terms, losses, p - q),
        rest=rest * rest.with_terms([Term(inverse * _power_of_y(-1), -p / (p - q))]),
    )


def _at_start(coefficients: list[list[Term]], losses: tuple[Expansion, ...], s: Expr) -> Expansion:
    """``sum_n y^n coefficients[n]`` at t = w in x, with the remainders of the losses."""
    terms = [
        Term(t.element * element(s**-t.log_power) * _power_of_y(n), n + t.order / s, t.log_power)
        for n, found in enumerate(coefficients)
        for t in found
    ]
    bounds = [
        Bound(n + b.order / s, b.log_power) for n, series in enumerate(losses) for b in series.remainder
    ]
    left_out = Bound(losses[0].leading().order * len(losses) / s)
    domain, depth = losses[0].domain, losses[0].depth
    return expansion(_X, terms, [*bounds, left_out], at_infinity=True, domain=domain, depth=depth)


def _slopes(term: Term, shift: Expr) -> Iterator[Term]:
    """The terms of ``(D + shift)`` of a term."""
    found = [
        (part, element(shift - term.order + n) * _power_of_y(n)) for n, part in _by_power_of_y(term.element)
    ]
    yield Term(sum_of_products(found), term.order, term.log_power)
    if term.log_power:
        yield Term(term.element.scale(QQ(term.log_power)), term.order, term.log_power - 1)


def _power_of_y(n: int) -> Element:
    return Element({frozenset({(_Y, n)} if n else ()): QQ(1)})


def _by_power_of_y(coefficient: Element) -> Iterator[tuple[int, Element]]:
    """The parts of a coefficient by their power of y, without it."""
    parts: dict[int, dict[Monomial, Number]] = {}
    for monomial, c in coefficient.terms.items():
        n = dict(monomial).get(_Y, 0)
        parts.setdefault(n, {})[monomial - {(_Y, n)}] = c
    return ((n, Element(terms)) for n, terms in parts.items())
