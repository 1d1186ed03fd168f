"""Expansions whose coefficients vary slowly: ``sum_p e^p G_p(l)``, l = log(1/e) -> oo.

What a branch point of a Dirichlet series leaves. Each G_p is an `Expansion` in l (powers of l and log l),
so that everything in a layer ``e^p G_p(l)`` is beyond every power of l behind the layer before it. The small
quantity e is the variable (x -> 0) or its inverse (x -> oo). With ' the derivative in l,

    d/dx (x^p G)  =  x^(p-1) (p G - G'),                            x -> 0,
    InvLaplace[z^q G(log 1/z)](T)  =  T^(-q-1) sum_j g_j G^(j)(log T),   1/Gamma(-q + d) = sum_j g_j d^j.

`Layered` has the operations of `Expansion` that the equations of the model need, so that these are written
once. `reversion.revert` and `substitute_monomial` lead to the resource: there a layer is an expansion in
log(resource), or in the resource itself under an exponential (`Layered.gauge`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sympy import Expr, Integer, Symbol, log

from asymptotics.domains.domain import POSITIVE, Domain, normal
from asymptotics.errors import UnableError
from asymptotics.expansions.expansion import Expansion
from asymptotics.expansions.laurent import reciprocal_gamma
from asymptotics.expansions.orders import compare
from asymptotics.expansions.terms import Bound, Term
from asymptotics.parsing.heights import to_power

SLOW = Symbol("l", positive=True)
"""l = log(1/e), the variable of every coefficient before it is written in the resource."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """``e^order * series``; the series is in the slow variable."""

    order: Expr
    series: Expansion

    @property
    def log_power(self) -> Expr:
        """m in ``e^order * log(1/e)^m``, what the layer leads with up to a power of log log(1/e)."""
        return -self.series.terms[0].order if self.series.terms else Integer(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layered:
    """Layers in ``variable`` -> 0 (oo if ``at_infinity``); ``remainder`` bounds the layers left out.

    ``gauge`` is 1/e where that is a function of the variable: ``e = exp(-c N^r)`` has the gauge
    ``exp(c N^r)``.

    >>> from asymptotics.expansions.expansion import expansion
    >>> from asymptotics.symbols import kappa
    >>> G = expansion(SLOW, [Term(Integer(1), Integer(-2))], at_infinity=True)
    >>> f = layered(kappa, [Layer(order=Integer(1), series=G)])      # kappa log(1/kappa)^2
    >>> f.differentiate()
    l**2 - 2*l
    """

    variable: Symbol
    layers: tuple[Layer, ...]
    remainder: tuple[Bound, ...] = ()
    at_infinity: bool = False
    domain: Domain = POSITIVE
    gauge: Expr | None = None

    # --- reading -------------------------------------------------------------------------

    def candidates(self) -> tuple[Layer, ...]:
        """The layers that may lead: those not behind any other."""
        return tuple(x for x in self.layers if not any(self.ahead(y, x) for y in self.layers))

    def ahead(self, first: Layer | Bound, second: Layer | Bound) -> bool:
        """Whether ``second = o(first)`` is proved on the domain."""
        return compare(self.domain, first.order, second.order) == 1

    def within(self, domain: Domain) -> Layered:
        """The same layers on a smaller domain, where more of them may have an order."""
        layers = (replace(x, series=x.series.within(domain)) for x in self.layers)
        return replace(self, domain=domain).with_layers(layers, self.remainder)

    def leading_layer(self) -> Layer:
        """The one layer that leads on the whole domain; `UnableError` if that is not decided."""
        first = self.candidates()
        if len(first) != 1 or not all(self.ahead(first[0], b) for b in self.remainder):
            shown = ", ".join(str(x.order) for x in first) or "none"
            raise UnableError(
                f"the leading power of {self.variable} is not decided (candidates: {shown}); "
                "give an assumption that orders them, or numbers"
            )
        return first[0]

    @property
    def terms(self) -> tuple[Term, ...]:
        """None: raises `UnableError`, since a step that needs powers alone is not derived for layers."""
        raise UnableError(
            f"this step needs powers of {self.variable} with whole powers of its logarithm; a spectrum with "
            "logarithms or stretched exponentials leaves slowly varying functions beside them; not derived"
        )

    def leading(self) -> Term:
        """None: raises `UnableError`, as `terms` does."""
        return self.terms[0]

    # --- algebra -------------------------------------------------------------------------

    def with_layers(self, layers: Iterable[Layer], remainder: Iterable[Bound] = ()) -> Layered:
        """Layers collected and pruned, in the same variable and domain."""
        return layered(
            self.variable,
            layers,
            remainder,
            at_infinity=self.at_infinity,
            domain=self.domain,
            gauge=self.gauge,
        )

    def constant(self, value: Expr) -> Layered:
        """``value`` as an exact layer."""
        return self.monomial(value, Integer(0))

    def monomial(self, coefficient: Expr, exponent: Expr) -> Layered:
        """``coefficient * variable**exponent`` as an exact layer."""
        series = self.layers[0].series.constant(coefficient)
        return self.with_layers([Layer(order=-exponent if self.at_infinity else exponent, series=series)])

    def _lift(self, other: Layered | Expr | int) -> Layered:
        return (
            other
            if isinstance(other, Layered)
            else self.constant(Integer(other) if isinstance(other, int) else other)
        )

    def __add__(self, other: Layered | Expr | int) -> Layered:
        other = self._lift(other)
        return self.with_layers(self.layers + other.layers, self.remainder + other.remainder)

    __radd__ = __add__

    def __neg__(self) -> Layered:
        return self.scale(Integer(-1))

    def __sub__(self, other: Layered | Expr | int) -> Layered:
        return self + (-self._lift(other))

    def __rsub__(self, other: Expr | int) -> Layered:
        return -self + other

    def scale(self, factor: Expr) -> Layered:
        """``factor * self`` for a factor free of the variable."""
        if factor == 0:
            return self.with_layers([])
        return self.with_layers(
            (replace(x, series=x.series.scale(factor)) for x in self.layers), self.remainder
        )

    def __mul__(self, other: Layered | Expr | int) -> Layered:
        other = self._lift(other)
        layers = [
            Layer(order=x.order + y.order, series=x.series * y.series)
            for x in self.layers
            for y in other.layers
        ]
        bounds = [
            Bound(x.order + y.order)
            for left, right in (
                (self.layers, other.remainder),
                (self.remainder, other.layers),
                (self.remainder, other.remainder),
            )
            for x in left
            for y in right
        ]
        return self.with_layers(layers, bounds)

    __rmul__ = __mul__

    def power(self, exponent: Expr | int) -> Layered:
        """``self**exponent``: that of the leading layer; the others are behind it by a power of e."""
        exponent = Integer(exponent) if isinstance(exponent, int) else exponent
        lead = self.leading_layer()
        rest = [x.order for x in self.layers if x is not lead] + [b.order for b in self.remainder]
        bounds = [Bound(lead.order * (exponent - 1) + p) for p in rest]
        series = lead.series.power(exponent)
        return self.with_layers([Layer(order=lead.order * exponent, series=series)], bounds)

    def differentiate(self) -> Layered:
        """The derivative with respect to the variable."""
        sign, shift = (-1, 1) if self.at_infinity else (1, -1)
        layers = []
        for x in self.layers:
            series = x.series.scale(x.order) - x.series.differentiate()
            layers.append(Layer(order=x.order + shift, series=series.scale(Integer(sign))))
        return self.with_layers(layers, (Bound(b.order + shift) for b in self.remainder))

    # --- to other variables ----------------------------------------------------------------

    def inverse_laplace(self, variable: Symbol) -> Layered:
        """The large-T form of the function whose Laplace transform this is (Watson's lemma, DLMF 5.9.2)."""
        layers = []
        for x in self.layers:
            depth = x.series.depth + 1
            weights = reciprocal_gamma(-x.order, depth + 1)
            layers.append(Layer(order=x.order + 1, series=differential(x.series, weights.coefficients)))
        bounds = [Bound(b.order + 1) for b in self.remainder]
        return layered(variable, layers, bounds, at_infinity=True, domain=self.domain)

    def substitute_monomial(self, base: Expr, exponent: Expr, variable: Symbol) -> Layered:
        """The expansion after ``variable_old = base * variable``, both -> oo: expansions in log(variable)."""
        if not self.at_infinity or exponent != 1:
            raise UnableError(f"layers in {self.variable} are rescaled at infinity only")
        layers = []
        for x in self.layers:
            shifted = x.series.monomial(Integer(1), Integer(1)) + log(base)
            series = x.series.compose(shifted).scale(to_power(base, -x.order))
            layers.append(Layer(order=x.order, series=series))
        return in_logarithm(layered(variable, layers, self.remainder, at_infinity=True, domain=self.domain))

    # --- showing -------------------------------------------------------------------------

    def __repr__(self) -> str:
        e = 1 / self.gauge if self.gauge is not None else self.variable
        sign = -1 if self.at_infinity and self.gauge is None else 1
        parts = []
        for x in self.layers:
            # a series with a gauge is written in the resource, power and all
            whole = x.series.gauge is not None or x.order == 0
            parts.append(repr(x.series) if whole else f"{e ** (sign * x.order)}*({x.series!r})")
        return " + ".join(parts) or "0"


def layered(
    variable: Symbol,
    layers: Iterable[Layer],
    remainder: Iterable[Bound] = (),
    *,
    at_infinity: bool = False,
    domain: Domain = POSITIVE,
    gauge: Expr | None = None,
) -> Layered:
    """Collect layers of one order, drop zeros, and move what is behind another layer to the remainder."""
    grouped: dict[Expr, Expansion] = {}
    for x in layers:
        order = normal(x.order)
        grouped[order] = grouped[order] + x.series if order in grouped else x.series
    orders = [p for p, series in grouped.items() if series.terms or series.remainder]
    behind = {p for p in orders if any(compare(domain, q, p) == 1 for q in orders)}
    bounds = dict.fromkeys(normal(b.order) for b in (*remainder, *(Bound(p) for p in behind)))
    kept = [b for b in bounds if not any(compare(domain, c, b) == 1 for c in bounds)]
    return Layered(
        variable=variable,
        layers=tuple(Layer(order=p, series=grouped[p]) for p in orders if p not in behind),
        remainder=tuple(Bound(b) for b in kept),
        at_infinity=at_infinity,
        domain=domain,
        gauge=gauge,
    )


def differential(series: Expansion, weights: Iterable[Expr]) -> Expansion:
    """``sum_j weights[j] series^(j)``; the last weight's order bounds what is left out."""
    weights = tuple(weights)
    total, current = series.with_terms([]), series
    for weight in weights[:-1]:
        total = total + current.scale(weight)
        current = current.differentiate()
    return series.with_terms(total.terms, (*total.remainder, *current.bounds()))


def in_logarithm(found: Layered) -> Layered:
    """Layers ``y^-p G(log y)`` at oo written in the resource y; layers that are so already stay."""
    y = found.variable
    if not found.at_infinity or found.gauge is not None:
        return found
    return found.with_layers(
        (replace(x, series=x.series.standing_for(log(y), y**-x.order)) for x in found.layers),
        found.remainder,
    )


__all__ = ["SLOW", "Layer", "Layered", "differential", "in_logarithm", "layered"]
