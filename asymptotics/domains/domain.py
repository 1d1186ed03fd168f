"""Domains of parameters: strict polynomial inequalities, and the signs they decide.

A domain is the open set ``{x > 0 : g_i(x) > 0}`` for polynomials g_i in positive symbols (and in their
logarithms). That f > 0 there is often seen from the lower bounds of the symbols (`bounds`); otherwise it is
proved by the refutation of ``f <= 0`` together with the g_i (`solver`). So a sign that is returned is proved,
and None means that it changes or is not decided.

    Domain          signs, emptiness, a point, what follows from what
    normal          the canonical form of an exponent
    primitive       a polynomial with the sign of an expression
    as_constraint, as_condition, plain    between constraints and the inequalities that a person reads
    conjuncts       the parts of a condition, in one order
    reduce_condition    a condition without what a domain implies
    solutions       a boundary as ``symbol = value``
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from sympy import (
    QQ,
    Add,
    And,
    Eq,
    Expr,
    Integer,
    Mul,
    Or,
    Poly,
    Rational,
    Symbol,
    cancel,
    construct_domain,
    expand,
    factor_list,
    fraction,
    gcd_list,
    log,
    ordered,
    radsimp,
    together,
)
from sympy.core.relational import StrictGreaterThan, StrictLessThan
from sympy.logic.boolalg import Boolean, false, true
from sympy.polys.fields import FracField
from sympy.polys.polyerrors import PolynomialError

from asymptotics.caches import cached
from asymptotics.display import readable
from asymptotics.domains.bounds import clear_denominators, linear_form, see_point, see_sign
from asymptotics.domains.logarithms import as_monomials, name_letters
from asymptotics.domains.solver import number_sign, solve
from asymptotics.errors import DomainError


@cached(maxsize=20_000)
def normal(expression: Expr) -> Expr:
    """The canonical form of an exponent: a rational function, cancelled and expanded."""
    if expression.is_Rational or expression.is_Symbol:
        return expression
    expanded = expand(expression)
    if all(_is_monomial(term) for term in Add.make_args(expanded)):
        return expanded  # sums of monomials with integer exponents are canonical already
    if expanded.is_number and expanded.is_algebraic:
        field, (element,) = construct_domain([radsimp(expanded)], extension=True, field=True)
        return expand(field.to_sympy(element))
    try:
        found = FracField(sorted(expanded.free_symbols, key=str), QQ).from_expr(expanded)
        above, below = found.numer.cancel(found.denom)
        return expand(above.as_expr() / below.as_expr())
    except (ValueError, ZeroDivisionError):
        pass  # it has other letters than symbols
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
    """A symbol, or a logarithm of one or of a number."""
    whole = factor.args[0] if isinstance(factor, log) else factor
    return bool(whole.is_Symbol or (whole is not factor and whole.is_Rational))


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

    def _link(self, expression: Expr) -> int | None:
        """The sign of a difference of two members of the chain."""
        for i, low in enumerate(self.chain):
            for high in self.chain[i + 1 :]:
                for sign in (1, -1):
                    if expression == normal(sign * (high - low)):
                        return sign
        return None

    def sign(self, expression: Expr) -> int | None:
        """1, -1 or 0 where the sign of ``expression`` is the same on the whole domain; else None."""
        linked = self._link(normal(expression)) if self.chain else None
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
        if see_point(self.constraints) is not None:
            return False
        exists = solve(self.constraints).exists
        return None if exists is None else not exists

    def witness(self) -> dict[Symbol, Rational] | None:
        """A rational point of the domain, or None if none was found.

        >>> from asymptotics.symbols import a, b
        >>> point = Domain((b - 1, a - b - 1)).witness()
        >>> all(g.subs(point) > 0 for g in (b - 1, a - b - 1))
        True
        """
        seen = see_point(self.constraints)
        if seen is not None:
            return seen
        found = solve(self.constraints).point
        return None if found is None else dict(found)

    def reduce(self, constraints: Iterable[Expr]) -> tuple[Expr, ...]:
        """``constraints`` without those that follow from the domain and from the others."""
        kept = list(dict.fromkeys(constraints))
        for candidate in tuple(kept):
            others = [c for c in kept if c != candidate]
            if self.holding(*others).positive(candidate):
                kept = others
        return tuple(kept)

    def substitute(self, table: dict[Symbol, Expr]) -> Domain:
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
        return number_sign(expression)
    expression = clear_denominators(expression)
    seen = see_sign(domain.constraints, expression)
    if seen is not None:
        return seen or None
    numerator, denominator = fraction(together(expression))
    if denominator != 1:
        signs = _sign(domain, expand(numerator)), _sign(domain, expand(denominator))
        return None if None in signs else signs[0] * signs[1]  # type: ignore[operator]
    return _sign_by_refutation(domain, expression)


def _sign_by_refutation(domain: Domain, polynomial: Expr) -> int | None:
    """One point tells which sign is possible; it is proved if no point of the domain has another."""
    point = domain.witness()
    one = dict.fromkeys(polynomial.free_symbols, Integer(1))
    value = None if point is None else number_sign(polynomial.xreplace(one | point))
    for sign in (1, -1) if value is None else (value,):
        if sign and solve(domain.constraints, weak=(-sign * polynomial,)).exists is False:
            return sign
    return None


@cached(maxsize=4096)
def primitive(expression: Expr, domain: Domain = POSITIVE) -> Expr:
    """A polynomial with the sign of ``expression``, factors that are positive on ``domain`` removed.

    >>> from asymptotics.symbols import a, b
    >>> primitive((a - 1)/b - 1), primitive(2*a*b - 2*a), primitive((a - 1)*(b - 1), Domain((b - 1,)))
    (a - b - 1, b - 1, a - 1)
    >>> primitive(log(a)/log(b) - 1, Domain((1 - a, 1 - b)))    # log(a) < log(b) < 0
    -a + b
    """
    if (form := linear_form(expression)) and expression.free_symbols:  # it has no factors
        whole = expression / abs(gcd_list([*form.values()]))
        return Integer(1) if domain.positive(whole) else expand(whole)
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


@cached(maxsize=1024)
def as_condition(constraint: Expr) -> Boolean:
    """The inequality ``constraint > 0`` as a person writes it.

    >>> from asymptotics.symbols import a, b
    >>> as_condition(b - 1), as_condition(a - b - 1), as_condition(b + 1 - a)
    (b > 1, a - 1 > b, a - 1 < b)
    """
    constraint, logarithms = name_letters(primitive(constraint))
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


def solutions(difference: Expr, first: Collection[Symbol] = ()) -> list[tuple[Symbol, Expr]]:
    """One way to write the boundary as ``symbol = value``, by the first symbol that is linear in it.

    In the order of their names, those in ``first`` before the others, and those before all whose value is not
    divided by a sum, which may vanish, and then those whose value is seen to be positive, as symbols are.
    """
    found: list[tuple[bool, bool, tuple[Symbol, Expr]]] = []
    for symbol in sorted(difference.free_symbols, key=lambda s: (s not in first, s.name)):
        slope = normal(difference.diff(symbol))
        if not slope.has(symbol):
            value = normal(symbol - difference / slope)
            found.append((slope.is_Add, not value.is_positive, (symbol, value)))
    return [solution for *_, solution in sorted(found, key=lambda one: one[:2])[:1]]


def conjuncts(condition: Boolean) -> tuple[Boolean, ...]:
    """The parts of a condition in SymPy's canonical order; `And.make_args` gives them in any."""
    return tuple(ordered(And.make_args(condition)))


def plain(condition: Boolean) -> str:
    """A condition as a person writes it."""
    if isinstance(condition, Or):
        return " or ".join(plain(part) for part in ordered(condition.args))
    parts = [readable(part) for part in conjuncts(condition)]
    return " and ".join(f"{p.lhs} {'=' if p.rel_op == '==' else p.rel_op} {p.rhs}" for p in parts)


def _negative_coefficient(term: Expr) -> bool:
    return bool(term.as_coeff_Mul()[0].is_negative)


def reduce_condition(condition: Boolean, domain: Domain) -> Boolean:
    """A condition without what the domain and its other parts imply; false where no point is left.

    >>> from asymptotics.symbols import b
    >>> reduce_condition((b < 3) & (b < 5), Domain()), reduce_condition(Eq(b, 5) & (b < 3), Domain())
    (b < 3, False)
    >>> reduce_condition(Eq(b, 5) & Eq(b, 7), Domain())
    False
    """
    edges: list[Expr] = []
    sides: list[Expr] = []
    other: list[Boolean] = []
    for part in conjuncts(condition):
        if not part.is_Relational:
            other.append(part)
            continue
        wanted = {"<": -1, ">": 1, "==": 0}[part.rel_op]
        difference = primitive((part.lhs - part.rhs) * (wanted or 1))
        sign = domain.sign(difference)
        if sign is None:
            (sides if wanted else edges).append(difference)
        elif sign != abs(wanted):
            return false
    if edges:
        if (met := _on_edges(edges, sides, domain)) is None:
            return false
        edges, sides = met
    elif len(sides) > 1:
        if domain.holding(*sides).is_empty():
            return false
        sides = [*domain.reduce(sides)]
    meeting = (as_condition(edge) for edge in edges)
    return And(*other, *(Eq(m.lhs, m.rhs) for m in meeting), *map(as_condition, sides))


def _on_edges(edges: list[Expr], sides: list[Expr], domain: Domain) -> tuple[list[Expr], list[Expr]] | None:
    """The edges that those before do not imply, and the sides open on all; None where they do not meet."""
    table: dict[Symbol, Expr] = {}
    kept: list[Expr] = []
    for edge in edges:
        here = normal(edge.xreplace(table))
        if sign := domain.sign(here):
            return None
        kept += [] if sign == 0 else [edge]
        for symbol, value in solutions(primitive(here, domain)) if sign is None else ():
            try:
                domain = domain.substitute({symbol: value})
            except DomainError:
                return None
            table = {s: e.xreplace({symbol: value}) for s, e in table.items()} | {symbol: value}
    signs = {side: domain.sign(side.xreplace(table)) for side in sides}
    left = [side for side, sign in signs.items() if sign is None]
    return None if any(sign in (0, -1) for sign in signs.values()) else (kept, left)
