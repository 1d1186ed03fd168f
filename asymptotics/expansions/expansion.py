"""Asymptotic expansions with symbolic exponents, and their algebra.

An expansion is a finite sum of terms ``C e^p l^m log(l)^n`` with a remainder, where the small quantity e is
x (x -> 0) or 1/x (x -> oo), and ``l = log(1/e)``. The orders p are expressions in the task's symbols,
so two of them may have no order; the rules are then:

* a term is *behind* another if the difference of their orders is proved positive on the domain;
* a term is kept while fewer than ``depth`` distinct orders are ahead of it; what is dropped
  goes to the remainder, a set of orders none of which is behind another: ``O(min over them)``;
* an empty remainder means: smaller than every power of x.

Where poles leave logarithms, m is a whole number and a term has finitely many. A branch point leaves a
series in 1/l beside a power of e, ``e^p l^m (C + C_1/l + ...)`` with any m: then a bound ``O(e^p l^(m - n))``
ends it, all orders behind p are behind that bound, and the law is approached slowly (`slow`).

Coefficients are polynomials in generators (`ring`), and SymPy expressions when they are asked for. They may
oscillate in log x. One that vanishes identically is removed, so that no false term can lead.
Differentiation of a remainder is valid because the expansions made here hold in sectors.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from sympy import Add, Expr, Integer, Min, Symbol, log, oo

from asymptotics.display import sum_text
from asymptotics.domains.domain import POSITIVE, Domain, as_condition, normal
from asymptotics.errors import TooShort, UnableError, Undecided
from asymptotics.expansions.collection import Summands, collect, summands_of
from asymptotics.expansions.gauges import as_power, sizes_in
from asymptotics.expansions.orders import add, compare, order, order_expr, signs_on
from asymptotics.expansions.ring import ONE, element, sum_of_products
from asymptotics.expansions.terms import (
    Bound,
    Term,
    compare_logs,
    logs_at_point,
    logs_of_product,
    minimal,
    product_bounds,
    slope_bound,
    slopes_of,
)
from asymptotics.expansions.vanishing import DOUBT, NONZERO, zero_test_of
from asymptotics.hints import ordering
from asymptotics.lines import sum_tex
from asymptotics.notation import Notation, restate
from asymptotics.notation import notation as named
from asymptotics.typesetting import Typeset


@dataclass(frozen=True, slots=True, kw_only=True)
class Expansion(Typeset):
    """Terms in ``variable`` -> 0 (or oo, if ``at_infinity``), and the orders of what is left out.

    Made by `expansion`; ``+``, ``-``, ``*`` and `differentiate` give expansions again, and so do `Powers` and
    the functions of `variables` and `reversion`.

    >>> from asymptotics.symbols import kappa
    >>> f = expansion(kappa, [Term(Integer(1), Integer(0)), Term(Integer(2), Integer(1))], depth=3)
    >>> f * f
    1 + 4*kappa + 4*kappa**2
    """

    variable: Symbol
    at_infinity: bool = False
    terms: tuple[Term, ...] = ()
    remainder: tuple[Bound, ...] = ()
    domain: Domain = POSITIVE
    depth: int = 3
    gauge: Expr | None = None
    envelope: Expr = Integer(1)
    slow: Expr | None = None
    """l as a function of the resource, where it is not the logarithm of 1/e."""
    whole: bool = False
    """Whether it holds at whole numbers of the resource alone."""

    # --- reading -------------------------------------------------------------------------

    def exponent(self, order: Expr) -> Expr:
        """The power of the variable that belongs to an order."""
        return -order if self.at_infinity else order

    def monomial_of(self, place: Term | Bound) -> Expr:
        """``envelope * x**p * l**m * log(l)**n`` of a term or bound, x what the variable stands for."""
        x = self.variable if self.gauge is None else self.gauge
        power = self.envelope * as_power(x, self.exponent(place.order))
        slow = self.slow_variable
        return power * slow**place.log_power * log(slow) ** place.loglog_power

    @property
    def slow_variable(self) -> Expr:
        """l, a function of what the variable stands for."""
        if self.slow is not None:
            return self.slow
        x = self.variable if self.gauge is None else self.gauge
        return log(x) if self.at_infinity else -log(x)

    def term_expression(self, term: Term) -> Expr:
        """One term as a SymPy expression."""
        return term.coefficient * self.monomial_of(term)

    def standing_for(self, gauge: Expr, envelope: Expr = Integer(1)) -> Expansion:
        """The same expansion whose variable stands for ``gauge``, all of it times ``envelope``.

        A law that is not a power of its resource is one of a function of it: ``exp(-N)`` is ``X**-1``,
        X = exp(N).

        >>> X, N = Symbol("X", positive=True), Symbol("N", positive=True)
        >>> series = expansion(X, [Term(Integer(2), Integer(1))], [Bound(Integer(3))], at_infinity=True)
        >>> series.standing_for(2**N)
        2/2**N + O(2**(-3*N))
        """
        return replace(self, gauge=gauge, envelope=envelope)

    def as_expr(self) -> Expr:
        """The sum of the terms, without the remainder."""
        return Add(*(self.term_expression(t) for t in self.terms))

    @property
    def remainder_order(self) -> Expr:
        """The order of the remainder: a Min over its candidates, oo if beyond every power."""
        # none of them is behind another, which SymPy would try to see again
        return Min(*(b.order for b in self.remainder), evaluate=False) if self.remainder else oo

    def bounds(self) -> tuple[Bound, ...]:
        """Bounds for the whole of the expansion: the orders of its terms and of its remainder."""
        return (*(Bound(t.order, *t.logs) for t in self.terms), *self.remainder)

    def ends(self) -> tuple[Bound, ...]:
        """The same without those that others imply."""
        return tuple(minimal(signs_on(self.domain), self.bounds()))

    def candidates(self) -> tuple[Term, ...]:
        """The terms that may lead: those not behind any other term."""
        return tuple(t for t in self.terms if not any(self.ahead(s, t) for s in self.terms))

    def leading(self) -> Term:
        """The one term that leads on the whole domain; UnableError if that is not decided."""
        first = self.candidates()
        if not first and not self.remainder:
            raise TooShort(f"it has no power of {self.variable}: it falls faster than all of them, or is 0")
        if not first:
            raise TooShort(f"no term of an expansion in {self.variable} is known before its remainder")
        if len(first) != 1 or not all(self.ahead(first[0], b) for b in self.remainder):
            shown = ", ".join(str(self.exponent(t.order)) for t in first) or "none"
            said = f"the leading power of {self.variable} is not decided (candidates: {shown}); give"
            if not first[1:]:
                raise UnableError(f"{said} numbers")
            gap = first[0].order - first[1].order
            letters = sorted(gap.free_symbols, key=str)
            how = ordering(as_condition(gap), letters) if letters else "numbers"
            raise Undecided(f"{said} {how}", gap)
        return first[0]

    def ahead(self, first: Term | Bound, second: Term | Bound) -> bool:
        """Whether ``second = o(first)`` is proved on the domain."""
        sign = compare(self.domain, first.order, second.order)
        return sign == 1 or (sign == 0 and compare_logs(signs_on(self.domain), first.logs, second.logs) == 1)

    @property
    def is_slow(self) -> bool:
        """Whether a term that may lead is followed, at its own order, by what is not known."""
        first = self.candidates()
        ends = any(compare(self.domain, t.order, b.order) == 0 for t in first for b in self.remainder)
        return ends or self.slow is not None

    @property
    def in_powers(self) -> bool:
        """Whether it is one in powers of the resource itself, with finitely many logarithms beside each.

        >>> x = Symbol("x", positive=True)
        >>> series = expansion(x, [Term(Integer(2), Integer(1))], at_infinity=True)
        >>> series.in_powers, series.standing_for(2**x).in_powers
        (True, False)
        """
        return self.gauge is None and not self.is_slow

    def leading_power(self) -> Term | None:
        """The leading term where it is a power of the resource without logarithms; None elsewhere."""
        lead = self.leading() if self.in_powers and self.terms else None
        return None if lead is None or any(lead.logs) else lead

    def within(self, domain: Domain) -> Expansion:
        """The same expansion on a smaller domain, where more of its terms may have an order."""
        if domain == self.domain:
            return self
        return replace(self, domain=domain).with_terms(self.terms, self.remainder)

    def without_zeros(self) -> tuple[Expansion, tuple[Term, ...]]:
        """The same without terms whose numbers vanish, and those of them that are 0 to 200 digits only."""
        found = [(t, zero_test_of(t.element)) for t in self.terms]
        kept = tuple(t for t, verdict in found if verdict == NONZERO)
        doubtful = tuple(t for t, verdict in found if verdict == DOUBT)
        return (self if len(kept) == len(found) else replace(self, terms=kept)), doubtful

    # --- algebra -------------------------------------------------------------------------

    def with_terms(self, terms: Iterable[Term], remainder: Iterable[Bound] = ()) -> Expansion:
        """An expansion in the same variable, domain and depth with other terms."""
        return self.gather(summands_of(terms), remainder)

    def gather(self, summands: Summands, remainder: Iterable[Bound]) -> Expansion:
        """The same as `with_terms` for coefficients that are still sums of products, by place."""
        kept, bounds = collect(summands, remainder, self.domain, self.depth)
        return Expansion(
            variable=self.variable,
            at_infinity=self.at_infinity,
            terms=kept,
            remainder=bounds,
            domain=self.domain,
            depth=self.depth,
            gauge=self.gauge,
            envelope=self.envelope,
            slow=self.slow,
            whole=self.whole,
        )

    def constant(self, value: Expr) -> Expansion:
        """``value`` as an exact expansion in the same variable."""
        return self.of_one(Term(value, Integer(0)))

    def monomial(self, coefficient: Expr, exponent: Expr) -> Expansion:
        """``coefficient * variable**exponent`` as an exact expansion."""
        return self.of_one(Term(coefficient, normal(-exponent if self.at_infinity else exponent)))

    def of_one(self, term: Term) -> Expansion:
        """One term, its order in normal form, as an exact expansion in the same variable."""
        return replace(self, terms=() if term.element.vanishes() else (term,), remainder=())

    def __add__(self, other: Expansion | Expr | int) -> Expansion:
        other = self._lift(other)
        return self.with_terms(self.terms + other.terms, self.remainder + other.remainder)

    __radd__ = __add__

    def __neg__(self) -> Expansion:
        return self.scale(Integer(-1))

    def __sub__(self, other: Expansion | Expr | int) -> Expansion:
        return self + (-self._lift(other))

    def __rsub__(self, other: Expr | int) -> Expansion:
        return -self + other

    def _lift(self, other: Expansion | Expr | int) -> Expansion:
        if isinstance(other, Expansion):
            if (other.variable, other.at_infinity) != (self.variable, self.at_infinity):
                raise UnableError(f"expansions in {self.variable} and {other.variable} do not combine")
            return other
        return self.constant(Integer(other) if isinstance(other, int) else other)

    def scale(self, factor: Expr) -> Expansion:
        """``factor * self`` for a factor free of the variable."""
        weight = element(factor)
        if weight.vanishes():
            return replace(self, terms=(), remainder=())
        return replace(self, terms=tuple(Term(t.element * weight, t.order, *t.logs) for t in self.terms))

    def __mul__(self, other: Expansion | Expr | int) -> Expansion:
        other = self._lift(other)
        places = [(order(t.order), t) for t in other.terms]
        summands: Summands = {}
        for s in self.terms:
            place = order(s.order)
            for q, t in places:
                powers = summands.setdefault(order_expr(add(place, q)), {})
                powers.setdefault(logs_of_product(s, t), []).append((s.element, t.element))
        bounds = (
            *product_bounds(self.terms, other.remainder),
            *product_bounds(self.remainder, other.bounds()),
        )
        return self.gather(summands, bounds)

    __rmul__ = __mul__

    def differentiate(self, *, smooth: bool = False) -> Expansion:
        """The derivative with respect to the variable, on which coefficients may depend (`oscillation`).

        ``smooth`` says that what is left out does not oscillate: then a bound at the power 0 falls by l.
        """
        shift = 1 if self.at_infinity else -1
        terms = [Term(s.element, s.order + shift, *s.logs) for t in self.terms for s in self.slopes(t)]
        left = (slope_bound(b) if smooth and b.order == 0 else b for b in self.remainder)
        return self.with_terms(terms, (Bound(b.order + shift, *b.logs) for b in left))

    def slopes(self, term: Term, less: int = 0) -> Iterator[Term]:
        """The terms of ``(x d/dx - less)`` of a term."""
        weight = element(self.exponent(term.order) - less)
        drift = term.element.slope(self.variable)
        yield Term(sum_of_products(((term.element, weight), (drift, ONE))), term.order, *term.logs)
        for factor, logs in slopes_of(term.logs):
            yield Term(term.element * element(factor if self.at_infinity else -factor), term.order, *logs)

    # --- showing -------------------------------------------------------------------------

    def __repr__(self) -> str:
        return self.to_text()

    def to_text(self, *, exact: bool = False) -> str:
        """The terms and the remainder, in decimals where numbers are long and it is not to be ``exact``."""
        return sum_text(*self._shown(), exact=exact)

    def _shown(self) -> tuple[list[Expr], Expr | None]:
        terms = [self.term_expression(t) for t in self.terms]
        if not self.remainder:
            return terms, None
        own = self.variable if self.gauge is None else self.gauge
        return terms, sizes_in(terms, own) * _bound_expression(self)

    def to_latex(
        self, notation: str | None = None, *, width: float | None = None, exact: bool = False
    ) -> str:
        """The terms and the remainder in LaTeX, in the letters of ``notation`` (`asymptotics.notation`).

        On lines of at most ``width`` letters, about; ``exact`` as in `to_text`.

        >>> from asymptotics import derive, power_law
        >>> from asymptotics.symbols import a, b
        >>> print(derive(power_law(a, b)).time.expansion(1).to_latex(notation="2409.17858"))
        \\frac{2^{-\\beta} t^{-\\beta} \\Gamma\\left(\\beta\\right)}{\\alpha}
        """
        shown = self if notation is None else self.restate(notation)
        return sum_tex(*shown._shown(), width=width, exact=exact)

    def restate(self, letters: str | Notation) -> Expansion:
        """The expansion in the letters of another paper, for reading."""
        change = named(letters).expression
        return replace(
            self,
            variable=change(self.variable),
            terms=restate(self.terms, letters),
            remainder=restate(self.remainder, letters),
            gauge=None if self.gauge is None else change(self.gauge),
            envelope=change(self.envelope),
        )


def expansion(
    variable: Symbol,
    terms: Iterable[Term],
    remainder: Iterable[Bound] = (),
    *,
    at_infinity: bool = False,
    domain: Domain = POSITIVE,
    depth: int = 3,
) -> Expansion:
    """Collect, cancel, order and truncate terms; see the rules at the head of this module."""
    kept, bounds = collect(summands_of(terms), remainder, domain, depth)
    return Expansion(
        variable=variable, at_infinity=at_infinity, terms=kept, remainder=bounds, domain=domain, depth=depth
    )


def _bound_expression(series: Expansion) -> Expr:
    signs = signs_on(series.domain)
    largest = max(series.remainder, key=lambda b: logs_at_point(signs, b.logs))
    return series.monomial_of(Bound(series.remainder_order, *largest.logs))
