"""Domains of parameters: strict polynomial inequalities, and the signs they decide.

A domain is the open set ``{x > 0 : g_i(x) > 0}`` for polynomials g_i in positive symbols (and in their
logarithms, which are compared as letters of their own: `logarithms`).
That f > 0 there is proved by refuting ``f <= 0`` together with the g_i, by exact elimination:
complete for linear f and g_i; otherwise monomials are taken as independent after the pairwise
products are added, which can only fail to prove. So a sign that is returned is proved, and
None means "not decided", never "no".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from sympy import (
    Add,
    And,
    Expr,
    Integer,
    Mul,
    Poly,
    Rational,
    Symbol,
    cancel,
    expand,
    factor_list,
    fraction,
    log,
    together,
)
from sympy.core.relational import StrictGreaterThan, StrictLessThan
from sympy.logic.boolalg import Boolean, true
from sympy.polys.polyerrors import PolynomialError

from asymptotics.caches import cached
from asymptotics.domains.elimination import linear_form, refute
from asymptotics.domains.logarithms import as_monomials, in_letters, named_letters
from asymptotics.errors import DomainError


@cached(maxsize=20_000)
def normal(expression: Expr) -> Expr:
    """The canonical form of an exponent: a rational function, cancelled and expanded."""
    if expression.is_Rational or expression.is_Symbol:
        return expression
    expanded = expand(expression)
    if all(_is_monomial(term) for term in Add.make_args(expanded)):
        return expanded  # sums of monomials with integer exponents are canonical already
    try:
        return expand(cancel(expanded))
    except PolynomialError:
        return expanded


def _is_monomial(term: Expr) -> bool:
    return all(
        f.is_Rational or _is_letter(f) or (f.is_Pow and f.exp.is_Integer and _is_letter(f.base))
        for f in Mul.make_args(term)
    )


def _is_letter(factor: Expr) -> bool:
    return bool(factor.is_Symbol or (isinstance(factor, log) and factor.args[0].is_Symbol))


@dataclass(frozen=True, slots=True)
class Domain:
    """``{positive symbols : g > 0 for every g in constraints}``.

    >>> from asymptotics.symbols import a, b
    >>> domain = Domain((b - 1, a - b - 1))
    >>> domain.sign(a - 2), domain.sign(a - 2*b)
    (1, None)
    """

    constraints: tuple[Expr, ...] = field(default=())
    chain: tuple[Expr, ...] = field(default=(), repr=False)

    def ascending(self, *values: Expr) -> Domain:
        """The domain on which, besides, ``values`` are known to increase, whatever they are made of.

        >>> from asymptotics.symbols import b, k
        >>> Domain().ascending(Integer(0), k**-b, (k - 1) ** -b).sign(k**-b - (k - 1) ** -b)
        -1
        """
        return replace(self, chain=values)

    def _linked(self, expression: Expr) -> int | None:
        """The sign of a difference of two members of the chain."""
        for i, low in enumerate(self.chain):
            for high in self.chain[i + 1 :]:
                for sign in (1, -1):
                    if expression == normal(sign * (high - low)):
                        return sign
        return None

    def sign(self, expression: Expr) -> int | None:
        """1, -1 or 0 where the sign of ``expression`` is the same on the whole domain; else None."""
        linked = self._linked(normal(expression)) if self.chain else None
        return _sign(self, normal(expression)) if linked is None else linked

    def positive(self, expression: Expr) -> bool:
        """True only if ``expression > 0`` is proved on the whole domain."""
        return self.sign(expression) == 1

    def holding(self, *constraints: Expr) -> Domain:
        """The part of the domain where each of ``constraints`` is positive too."""
        new = [c for c in constraints if c not in self.constraints and self.sign(c) != 1]
        return replace(self, constraints=self.constraints + tuple(new)) if new else self

    def is_empty(self) -> bool | None:
        """True or False where emptiness is proved, None where it is not decided."""
        return _is_empty(self)

    def witness(self) -> dict[Symbol, Rational] | None:
        """A rational point of the domain, or None if none was found.

        >>> from asymptotics.symbols import a, b
        >>> point = Domain((b - 1, a - b - 1)).witness()
        >>> all(g.subs(point) > 0 for g in (b - 1, a - b - 1))
        True
        """
        return _witness(self)

    def reduced(self, constraints: Iterable[Expr]) -> tuple[Expr, ...]:
        """``constraints`` without those that follow from the domain and from the others."""
        kept = list(dict.fromkeys(constraints))
        for candidate in tuple(kept):
            others = [c for c in kept if c != candidate]
            if self.holding(*others).positive(candidate):
                kept = others
        return tuple(kept)

    def substituted(self, table: dict[Symbol, Expr]) -> Domain:
        """The domain after some symbols are replaced; DomainError if a constraint fails."""
        result = Domain()
        for constraint in self.constraints:
            replaced = constraint.xreplace(table)
            sign = result.sign(replaced)
            if sign in (0, -1):
                raise DomainError(f"{constraint} > 0 fails: it is {normal(replaced)} there")
            result = result.holding(primitive(replaced))
        return result

    def conditions(self) -> tuple[Boolean, ...]:
        """The constraints as relations a person reads, e.g. ``b > 1``."""
        return tuple(as_condition(c) for c in self.constraints)


POSITIVE = Domain()
"""All symbols positive, nothing else assumed."""


@cached(maxsize=20_000)
def _sign(domain: Domain, expression: Expr) -> int | None:
    if expression.is_number:
        return (
            1
            if expression.is_positive
            else -1
            if expression.is_negative
            else 0
            if expression.is_zero
            else None
        )
    if expression.has(log):
        return _sign_in_logarithms(domain, expression)
    expression = _cleared(expression)
    linear = linear_form(expression)
    if linear is not None:
        quick = _sign_by_bounds(domain, linear)
        return quick if quick is not None else _sign_by_elimination(domain, expression)
    numerator, denominator = fraction(together(expression))
    if denominator != 1:
        signs = _sign(domain, expand(numerator)), _sign(domain, expand(denominator))
        return None if None in signs else signs[0] * signs[1]  # type: ignore[operator]
    constant, factors = factor_list(expression)
    result = 1 if constant.is_positive else -1
    for factor, multiplicity in factors:
        sign = _sign_by_elimination(domain, factor) if len(factors) == 1 else _sign(domain, factor)
        if sign is None:
            return None
        result *= sign**multiplicity
    return result


def _sign_in_logarithms(domain: Domain, expression: Expr) -> int | None:
    symbols = {atom.args[0] for c in (expression, *domain.constraints) for atom in c.atoms(log)}
    symbols |= {x for c in domain.constraints if not c.has(log) for x in c.free_symbols}
    sides = {x: domain.sign(x - 1) or 0 for x in symbols if x.is_Symbol}
    translated, constraints = in_letters(expression, domain.constraints, sides)
    return Domain(constraints).sign(translated)


def _cleared(expression: Expr) -> Expr:
    """A sum of monomials times the (positive) symbols in its denominators."""
    terms = Add.make_args(expression)
    powers: dict[Symbol, int] = {}
    for term in terms:
        for factor in Mul.make_args(term):
            if factor.is_Pow and factor.base.is_Symbol and factor.exp.is_Integer and factor.exp < 0:
                powers[factor.base] = max(powers.get(factor.base, 0), -int(factor.exp))
    if not powers:
        return expression
    common = Mul(*(base**power for base, power in powers.items()))
    return Add(*(common * term for term in terms))


def _sign_by_bounds(domain: Domain, form: dict[Symbol | None, Rational]) -> int | None:
    """The sign when all coefficients agree after moving each symbol to its lower bound."""
    bounds = _lower_bounds(domain)
    rest = form.get(None, Integer(0)) + sum(
        (c * bounds[s] for s, c in form.items() if s is not None and s in bounds), Integer(0)
    )
    slopes = [c for s, c in form.items() if s is not None]
    if rest >= 0 and all(c > 0 for c in slopes):
        return 1
    return -1 if rest <= 0 and all(c < 0 for c in slopes) else None


@cached(maxsize=2_000)
def _lower_bounds(domain: Domain) -> dict[Symbol, Rational]:
    bounds: dict[Symbol, Rational] = {}
    for constraint in domain.constraints:
        form = linear_form(constraint)
        if form and len(form) == 2 and None in form:
            symbol = next(s for s in form if s is not None)
            if form[symbol] > 0:
                bounds[symbol] = max(bounds.get(symbol, Integer(0)), -form[None] / form[symbol])
    return bounds


def _sign_by_elimination(domain: Domain, polynomial: Expr) -> int | None:
    point = domain.witness()
    if point is not None and polynomial.free_symbols <= set(point):
        # one point settles which of the two signs is worth a proof
        value = polynomial.xreplace(point)
        if value.is_negative:
            return -1 if refute(domain.constraints, -polynomial) is True else None
        if value.is_positive:
            return 1 if refute(domain.constraints, polynomial) is True else None
    if refute(domain.constraints, polynomial) is True:
        return 1
    return -1 if refute(domain.constraints, -polynomial) is True else None


@cached(maxsize=4_000)
def _witness(domain: Domain) -> dict[Symbol, Rational] | None:
    found = refute(domain.constraints)
    if isinstance(found, dict):
        return found
    generators = sorted(set().union(*(c.free_symbols for c in domain.constraints)), key=lambda s: s.name)
    if found or not generators:
        return None if found else {}
    return _search(domain, generators)


def _search(domain: Domain, generators: list[Symbol]) -> dict[Symbol, Rational] | None:
    """A point of a domain with nonlinear constraints, from a quasi-random walk over the scales."""
    for trial in range(1, 4000):
        point = {
            g: Rational(round(1000 * 10 ** (3 * (trial * 0.7548776662466927 ** (i + 1) % 1) - 1.5)), 1000)
            for i, g in enumerate(generators)
        }
        if all(c.xreplace(point).is_positive for c in domain.constraints):
            return point
    return None


@cached(maxsize=4_000)
def _is_empty(domain: Domain) -> bool | None:
    if refute(domain.constraints) is True:
        return True
    return None if domain.witness() is None else False


def primitive(expression: Expr, domain: Domain = POSITIVE) -> Expr:
    """A polynomial with the sign of ``expression``, factors that are positive on ``domain`` removed.

    >>> from asymptotics.symbols import a, b
    >>> primitive((a - 1)/b - 1), primitive(2*a*b - 2*a), primitive((a - 1)*(b - 1), Domain((b - 1,)))
    (a - b - 1, b - 1, a - 1)
    >>> primitive(log(a)/log(b) - 1, Domain((1 - a, 1 - b)))    # log(a) < log(b) < 0
    -a + b
    """
    numerator, denominator = fraction(together(expression))
    factors = factor_list(expand(numerator * denominator))
    kept = [Integer(1) if factors[0].is_positive else Integer(-1)]
    for factor, multiplicity in factors[1]:
        if multiplicity % 2 and factor.has(log) and (monomials := as_monomials(factor)) is not None:
            factor = primitive(monomials, domain) if domain.sign(monomials) is None else monomials
        if multiplicity % 2 and not domain.positive(factor):
            kept.append(Integer(-1) if domain.positive(-factor) and len(factors[1]) > 1 else factor)
    return expand(Mul(*kept))


def as_constraint(relation: Boolean) -> tuple[Expr, ...]:
    """The polynomials that are positive where a strict relation (or an And of them) holds."""
    if isinstance(relation, And):
        return tuple(c for part in relation.args for c in as_constraint(part))
    if relation == true:
        return ()
    if isinstance(relation, (StrictGreaterThan, StrictLessThan)):
        return (primitive(relation.gts - relation.lts),)
    raise DomainError(f"{relation} is not a strict inequality; write it with < or >")


def as_condition(constraint: Expr) -> Boolean:
    """The inequality ``constraint > 0`` as a person writes it.

    >>> from asymptotics.symbols import a, b
    >>> as_condition(b - 1), as_condition(a - b - 1), as_condition(b + 1 - a)
    (b > 1, a - 1 > b, a - 1 < b)
    """
    constraint, logarithms = named_letters(primitive(constraint))
    polynomial = Poly(constraint, *sorted(constraint.free_symbols, key=lambda s: s.name))
    flipped = polynomial.LC() < 0
    terms = Add.make_args(expand(-constraint if flipped else constraint))
    kept = Add(*(t for t in terms if not _negative_coefficient(t) or t.is_number))
    moved = Add(*(-t for t in terms if _negative_coefficient(t) and not t.is_number))
    if moved == 0:
        number = Add(*(t for t in terms if t.is_number))
        kept, moved = kept - number, -number
    relation = StrictLessThan(kept, moved) if flipped else StrictGreaterThan(kept, moved)
    return relation.xreplace(logarithms)


def solutions(difference: Expr) -> list[tuple[Symbol, Expr]]:
    """One way to write the boundary as ``symbol = value``, by the first symbol that is linear in it."""
    for symbol in sorted(difference.free_symbols, key=lambda s: s.name):
        slope = normal(difference.diff(symbol))
        if not slope.has(symbol):
            return [(symbol, normal(symbol - difference / slope))]
    return []


def plain(condition: Boolean) -> str:
    """A condition as a person writes it."""
    return " and ".join(
        f"{part.lhs} {'=' if part.rel_op == '==' else part.rel_op} {part.rhs}"
        for part in And.make_args(condition)
    )


def _negative_coefficient(term: Expr) -> bool:
    return bool(term.as_coeff_Mul()[0].is_negative)


__all__ = ["POSITIVE", "Domain", "as_condition", "as_constraint", "normal", "plain", "primitive", "solutions"]
