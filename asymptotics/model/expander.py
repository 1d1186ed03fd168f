"""One rule for each kind of node of an equation: algebra, sums and transforms.

Expander   expansions of nodes in the sums of one spectrum, each made once
Found      a node with its expansion
RULES      the rules by type; another operator adds its own
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sympy import Add, Derivative, Dummy, Expr, Integer, Min, Mul, Pow, Symbol, atan, cancel, factorial, pi
from sympy.core.function import AppliedUndef

from asymptotics.domains.domain import normal
from asymptotics.errors import Crossing, UnableError, Undecided
from asymptotics.expansions.expansion import Expansion, expansion
from asymptotics.expansions.gauges import as_power
from asymptotics.expansions.powers import Powers
from asymptotics.expansions.terms import Bound, Term
from asymptotics.expansions.variables import compose, inverse_laplace, substitute
from asymptotics.model.beyond_spectrum import expand_beyond, size_series
from asymptotics.model.equations import moving
from asymptotics.model.finite_modes import slowest_modes, tail_of_sum
from asymptotics.model.lagrange import coefficient
from asymptotics.model.operators import Coefficient, Convolution, Corrected, InverseLaplace, Overlap, time
from asymptotics.model.scheduling_sums import Filtered
from asymptotics.model.sums import expand_sum, named, power_of
from asymptotics.spectra import SpectralSeries
from asymptotics.symbols import RESOURCES, kappa
from asymptotics.transforms.functions import transform_of
from asymptotics.transforms.kernels import EXPONENTIAL
from asymptotics.transforms.overlap import antisymmetric_overlap, half_convolution

ONE = Integer(1)
_x = Dummy("x")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Found:
    """``node`` and its expansion; ``parts`` are those of what it is made of, in the order they were made.

    ``closed`` is the node in the resource alone, where finitely many modes leave a closed form.
    """

    node: Expr
    series: Any
    parts: tuple[Found, ...] = ()
    closed: Expr | None = None


class Expander:
    """Expansions of expressions in the sums of one spectrum, each made once."""

    def __init__(self, spectrum: SpectralSeries, depth: int) -> None:
        self.spectrum, self.depth = spectrum, depth
        self.found: dict[tuple[Expr, Symbol], Found] = {}

    def __call__(self, node: Expr, x: Symbol) -> Found:
        """``node`` in powers of x; `UnableError` for what has no rule."""
        if (node, x) not in self.found:
            rule = next(RULES[kind] for kind in type(node).__mro__ if kind in RULES)
            self.found[node, x] = rule(self, node, x)
        return self.found[node, x]

    def exact(self, x: Symbol, terms: list[Term]) -> Expansion:
        """Powers of x as an expansion without a remainder."""
        return expansion(x, terms, at_infinity=x in RESOURCES, domain=self.spectrum.domain, depth=self.depth)

    # --- algebra -------------------------------------------------------------------------------------

    def _constant(self, node: Expr, x: Symbol) -> Found:
        if node != x and x in node.free_symbols:
            raise UnableError(f"{node} has no rule in model.expander.RULES")
        place = -ONE if x in RESOURCES else ONE
        terms = [Term(ONE, place)] if node == x else [Term(node, Integer(0))]
        return Found(node=node, series=self.exact(x, terms))

    def _add(self, node: Add, x: Symbol) -> Found:
        constant, rest = node.as_independent(x, as_Add=True)
        parts = tuple(self(term, x) for term in Add.make_args(rest))
        first, *others = (part.series for part in parts)
        series = sum(others, first)
        return Found(node=node, series=series + constant if constant != 0 else series, parts=parts)

    def _mul(self, node: Mul, x: Symbol) -> Found:
        constant, rest = node.as_independent(x, as_Add=False)
        power, factors = Integer(0), []
        for one in Mul.make_args(rest):
            base, exponent = one.as_base_exp()
            if base == x:
                power += exponent
            else:
                factors.append(one)
        parts = tuple(self(one, x) for one in factors)
        first, *others = [part.series for part in parts] or [self.exact(x, [Term(ONE, Integer(0))])]
        series = first
        for other in others:
            series = series * other
        if power != 0:
            series = series * series.monomial(ONE, power)
        return Found(node=node, series=series.scale(constant) if constant != 1 else series, parts=parts)

    def _power(self, node: Pow, x: Symbol) -> Found:
        base, exponent = node.args
        if base == x or not node.has_free(x):
            return self._mul(node, x)
        part = self(base, x)
        if not (exponent.is_Integer and exponent > 0):
            return Found(node=node, series=Powers(part.series).power(exponent), parts=(part,))
        series = part.series
        for _ in range(int(exponent) - 1):
            series = series * part.series
        return Found(node=node, series=series, parts=(part,))

    def _derivative(self, node: Derivative, x: Symbol) -> Found:
        part = self(node.expr, x)
        series = part.series
        for _ in range(int(node.derivative_count)):
            series = series.differentiate(smooth=self.spectrum.smooth)
        return Found(node=node, series=series, parts=(part,))

    def _smaller(self, node: Min, x: Symbol) -> Found:
        """The smaller of two by their leading orders; where these are equal it is not known here."""
        one, two = parts = tuple(self(part, x) for part in node.args)
        leads = [part.series.leading() for part in parts]
        difference = normal(leads[0].order - leads[1].order)
        sign = one.series.domain.sign(difference)
        if sign is None:
            raise Undecided(f"which of two candidates is smaller is the sign of {difference}", difference)
        if sign == 0:
            raise Crossing(
                f"two candidates for the smaller one are both of order {as_power(x, leads[0].order)} here, "
                "on the crossover from one to the other, which has no law; use other exponents"
            )
        return Found(node=node, series=(one if sign == 1 else two).series, parts=parts)

    def _arctangent(self, node: Expr, x: Symbol) -> Found:
        """Taylor's series about its limit; ``atan(f) = pi/2 - atan(1/f)`` where f >= 0 grows."""
        part = self(node.args[0], x)
        series = part.series
        lead = series.leading()
        sign = 0
        for power in (lead.order, *(Integer(-1) * y for y in lead.logs)):
            if (sign := sign or series.domain.sign(power)) is None:
                raise Undecided(f"whether {node.args[0]} tends to 0 is the sign of {power}", power)
        if sign == -1:
            turned = self(atan(1 / node.args[0]), x)
            return Found(node=node, series=series.constant(pi / 2) - turned.series, parts=(part, turned))
        limit = lead.coefficient if sign == 0 else Integer(0)
        rest = series - limit if sign == 0 else series
        total, power = series.constant(atan(limit)), series.constant(ONE)
        for n in range(1, series.depth + 1):
            power = power * rest
            slope = atan(_x).diff(_x, n).xreplace({_x: limit}) / factorial(n)
            total = total + power.scale(cancel(slope)) if slope != 0 else total
        bounds = (power * rest).bounds()
        return Found(
            node=node, series=total.with_terms(total.terms, (*total.remainder, *bounds)), parts=(part,)
        )

    # --- sums and transforms -------------------------------------------------------------------------

    def _sum(self, node: AppliedUndef, x: Symbol) -> Found:
        one, (at,) = named(node), node.args
        if at.func == moving:
            place, small = at.args
            part = self(small, x)
            return Found(node=node, series=size_series(one, place, part.series, self.spectrum), parts=(part,))
        if one.ridge and at.is_polynomial(x) and at.xreplace({x: Integer(0)}) != 0:
            series = expand_beyond(one, at, self.exact(x, []), self.spectrum)
            return Found(node=node, series=series)
        if (at, x) in self.found and at != x:  # a ridge that is an expansion in x
            part = self(one(kappa), kappa)
            return Found(node=node, series=compose(part.series, self.found[at, x].series), parts=(part,))
        if one.free:
            return Found(node=node, series=self.exact(x, [Term(power_of(self.spectrum), Integer(0))]))
        if one.behind:
            return Found(node=node, series=tail_of_sum(self.spectrum, x, self.depth))
        if one.through is not None:
            part = self(one.through(at), x)
            return Found(node=node, series=part.series, parts=(part,))
        late = one.kernel == EXPONENTIAL and x in RESOURCES
        if late and (slowest := slowest_modes(self.spectrum, self.depth)) is not None:
            return Found(node=node, series=slowest)
        if at == x:
            return Found(node=node, series=expand_sum(one, self.spectrum, self.depth, x))
        part = self(one(time), time)
        return Found(node=node, series=substitute(part.series, at / x, ONE, x), parts=(part,))

    def _filtered(self, node: Filtered, x: Symbol) -> Found:
        """By the residues of the transform of phi."""
        phi, letter, place, weighted = node.args
        source = self.spectrum.target if weighted else self.spectrum.kernel
        series = source.spectral_sum(
            transform_of(phi, letter), x, inverse=False, domain=self.spectrum.domain, depth=self.depth
        )
        scale, exponent = place.as_coeff_exponent(x)
        return Found(node=node, series=series if place == x else substitute(series, scale, exponent, x))

    def _inverse(self, node: InverseLaplace, x: Symbol) -> Found:
        transform, z, moment = node.args
        part = self(transform, z)
        image = inverse_laplace(part.series, time, smooth=self.spectrum.smooth)
        there = Found(node=node.func(transform, z, time), series=image, parts=(part,))
        series = substitute(there.series, moment / x, ONE, x)
        return Found(node=node, series=series, parts=(there,))

    def _coefficient(self, node: Coefficient, x: Symbol) -> Found:
        function, letter, order = node.args
        part = self(coefficient(self._bent(function, letter), letter, int(order)), x)
        return Found(node=node, series=part.series, parts=(part,))

    def _bent(self, function: Expr, letter: Symbol) -> Expr:
        """Overlaps with the ridge do not see what is linear in it: without that there is less to cancel."""
        table = {}
        for overlap in function.atoms(Overlap):
            first, z, second, moment = overlap.args
            if not first.has(moving):
                continue
            here = self(coefficient(first * z, letter, 0), z).series
            linear = sum(
                x.coefficient for x in here.terms if x.order == 1 and not x.log_power and not x.element.has(z)
            )
            table[overlap] = Overlap(first - linear * second, z, second, moment)
        return function.xreplace(table)

    def _overlap(self, node: Overlap, x: Symbol) -> Found:
        first, z, second, _ = node.args
        one, two = parts = self(first, z), self(second, z)
        return Found(node=node, series=antisymmetric_overlap(one.series, two.series, x), parts=parts)

    def _convolution(self, node: Convolution, x: Symbol) -> Found:
        first, past, _, transform, _ = node.args
        (z,) = transform.free_symbols
        one, two = parts = self(first, past), self(transform, z)
        return Found(node=node, series=half_convolution(one.series, two.series, x), parts=parts)

    def _corrected(self, node: Corrected, x: Symbol) -> Found:
        main, _, change, order = node.args
        part = self(main, x)
        if part.series.gauge is not None:
            raise UnableError(
                f"the rule changes the rates of a loss in powers of {part.series.gauge} themselves, not only "
                "the next order: every mode falls as its own power of the rule's propagator; not derived"
            )
        moved = self(main + change, x)
        bounds = (Bound(term.order + order, *term.logs) for term in part.series.candidates())
        series = moved.series.with_terms(moved.series.terms, (*moved.series.remainder, *bounds))
        return Found(node=node, series=series, parts=(moved,))


RULES: dict[type[Any], Callable[[Expander, Any, Symbol], Found]] = {
    Expr: Expander._constant,
    Add: Expander._add,
    Mul: Expander._mul,
    Pow: Expander._power,
    Min: Expander._smaller,
    Derivative: Expander._derivative,
    atan: Expander._arctangent,
    AppliedUndef: Expander._sum,
    Filtered: Expander._filtered,
    InverseLaplace: Expander._inverse,
    Coefficient: Expander._coefficient,
    Overlap: Expander._overlap,
    Convolution: Expander._convolution,
    Corrected: Expander._corrected,
}
"""How each kind of node is expanded; a kind that is missing goes by its base class."""
