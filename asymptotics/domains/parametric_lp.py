"""Linear programmes whose coefficients are rational functions of parameters: the optimum as a function.

    maximise  c . z   subject to   g_i . z + h_i >= 0,        z free, c constant.

At one rational point of the parameters the optimal vertex is found exactly, by trying every basis (as many
independent rows as unknowns, all tight) over the rationals, or over the field of the roots that occur. The
same basis, solved with symbols, is optimal wherever its slacks and its multipliers w (``sum w_i g_i = -c``)
are positive: rational inequalities.
So the parameters fall into regions; `Programme.vertices` takes a point outside all regions that are known,
solves there, and ends when it is proved that no such point is left: nothing is missing.

    Programme.vertices    the optimal vertices with their regions
    covers, disjoint      whether regions cover a domain, and have no point in common
    region_of             a region from the signs that it keeps

Ties (a multiplier that vanishes identically: a whole face is optimal) are broken by a second objective, and
rows that are tight together by a second order: with an infinitesimal e the constants are ``h_i + e k_i``, the
solution is ``z + e z'``, and a slack is positive by its first order that does not vanish.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, islice, product
from math import prod
from typing import Any

from sympy import QQ, Expr, Integer, Rational, Symbol, construct_domain, factor_list
from sympy.polys.matrices import DomainMatrix
from sympy.polys.matrices.exceptions import DMNonInvertibleMatrixError

from asymptotics.caches import cached
from asymptotics.domains.domain import Domain, normal, primitive
from asymptotics.domains.solver import number_sign, solve
from asymptotics.errors import UnableError

MAX_REGIONS = 60
CERTIFICATES = 8
"""So many bases are tried at one point."""
Outside = tuple[tuple[Expr, ...], ...]
"""The outside of regions: for each, its constraints with the other sign, of which one is positive."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """``slopes . z + constant + e finer >= 0``, e infinitesimal.

    ``finer`` is there where the linear form ``needs``, slopes and a constant, is not 0.
    """

    slopes: tuple[Expr, ...]
    constant: Expr = Integer(0)
    finer: Expr = Integer(0)
    needs: tuple[Expr, ...] = ()

    def finer_at(self, solution: Sequence[Any]) -> Expr:
        """``finer`` at the first order of a solution."""
        return Integer(0) if self.is_idle(solution) else self.finer

    def is_idle(self, solution: Sequence[Any]) -> bool:
        """Whether ``needs`` vanishes there, so that there is no ``finer``."""
        return bool(self.needs) and normal(_slack(self.needs[:-1], solution, self.needs[-1])) == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Vertex:
    """The optimum ``solution`` on ``domain``: the rows in ``basis`` are tight, with these multipliers.

    ``finer`` is the second order of the solution.
    """

    solution: tuple[Expr, ...]
    finer: tuple[Expr, ...]
    basis: tuple[int, ...]
    multipliers: tuple[Expr, ...]
    domain: Domain


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """Rows, objective c, and a second objective that breaks ties; all vectors of the same length.

    >>> x_below_1 = Constraint((Integer(-1),), Integer(1))
    >>> problem = Programme(rows=(x_below_1,), objective=(Integer(1),), second=(Integer(0),))
    >>> [vertex.solution for vertex in problem.vertices(Domain())[0]]
    [(1,)]
    """

    rows: tuple[Constraint, ...]
    objective: tuple[Expr, ...]
    second: tuple[Expr, ...]

    def vertices(self, domain: Domain) -> tuple[tuple[Vertex, ...], bool]:
        """The optimal vertices with their regions, and whether these are proved to be all.

        Regions are open, and their closures cover ``domain`` if they are all. Raises `UnableError` if the
        programme is unbounded somewhere.
        """
        found: list[Vertex] = []
        free = set().union(*(x.free_symbols for row in self.rows for x in (*row.slopes, row.constant)))
        positive = sorted(free, key=lambda symbol: symbol.name)  # so that a point has a value for each
        while True:
            outside = outside_of([_own(vertex.domain, domain) for vertex in found])
            answer = solve((*domain.constraints, *positive), either=outside)
            if answer.point is None:
                return tuple(found), answer.exists is False
            found.append(self._vertex_in(domain, outside, dict(answer.point)))
            if len(found) > MAX_REGIONS:
                raise UnableError(f"more than {MAX_REGIONS} phases; give numbers for some parameters")

    def _vertex_in(self, domain: Domain, outside: Outside, point: dict[Symbol, Rational]) -> Vertex:
        """A vertex at a point, whose region is not all inside those that are known."""
        # where more rows are tight than needed, several bases certify one optimum: the widest region is best
        for here in (point, *_beside(point)):
            found = (self._solved(basis, domain, outside, here) for basis in self._optimal_bases(here))
            near = [vertex for vertex in islice(found, CERTIFICATES) if vertex is not None]
            if near:
                return min(near, key=lambda vertex: len(vertex.domain.constraints))
        shown = ", ".join(f"{s} = {v}" for s, v in point.items())
        raise UnableError(
            "the budget does not bound the loss, or the phase is not decided"
            + (f", near {shown}" if shown else "")
            + "; let the cost grow with every free resource"
        )

    def _optimal_bases(self, point: dict[Symbol, Rational]) -> Iterator[tuple[int, ...]]:
        size = len(self.objective)
        rows = [(*row.slopes, row.constant, row.finer, *row.needs) for row in self.rows]
        rows += [(-x, -y) for x, y in zip(self.objective, self.second, strict=True)]
        field, numbers = _in_field(rows, point)
        table, aims = numbers[: len(self.rows)], numbers[len(self.rows) :]
        # bounds stand last and come first, so that a resource held at its least takes no share in the balance
        for basis in combinations(reversed(range(len(self.rows))), size):
            square = [table[i][:size] for i in basis]
            multipliers = _solve(field, [list(column) for column in zip(*square, strict=True)], aims)
            if multipliers is None or any([_sign(field, x) for x in pair] < [0, 0] for pair in multipliers):
                continue  # a tie in the first objective is decided by the second
            if self._keeps_all(field, table, basis):
                yield basis

    def _keeps_all(self, field: Any, table: list[list[Any]], basis: tuple[int, ...]) -> bool:
        """Whether the point where the rows of a basis are tight keeps all rows."""
        size = len(self.objective)
        square = [table[i][:size] for i in basis]
        first = _solved_for(field, square, [table[i][size] for i in basis])
        constants = self._finer_at(field, table, first)
        finer = _solved_for(field, square, [constants[i] for i in basis])
        for row, constant in zip(table, constants, strict=True):
            sign = _sign(field, _slack(row[:size], first, row[size]))
            if sign < 0 or (sign == 0 and _sign(field, _slack(row[:size], finer, constant)) < 0):
                return False
        return True

    def _finer_at(self, field: Any, table: list[list[Any]], solution: list[Any]) -> list[Any]:
        """The second orders of the constants that count there."""
        size = len(solution)
        needs = (entries[size + 2 :] for entries in table)
        idle = (bool(form) and not _slack(form[:-1], solution, form[-1]) for form in needs)
        return [field.zero if out else entries[size + 1] for out, entries in zip(idle, table, strict=True)]

    def _solved(
        self, basis: tuple[int, ...], domain: Domain, outside: Outside, point: dict[Symbol, Rational]
    ) -> Vertex | None:
        """The vertex of a basis and the part of ``domain`` where it is optimal; None if nothing is new."""
        square = [self.rows[i].slopes for i in basis]
        solution, finer = self._orders(square, basis)
        aims = [(-x, -y) for x, y in zip(self.objective, self.second, strict=True)]
        pairs = _solve_in_letters(list(zip(*square, strict=True)), aims)
        multipliers = tuple(first for first, _ in pairs)
        signs = [first if first != 0 else second for first, second in pairs]
        for i in range(len(self.rows)):
            if i not in basis:
                slack = self.slack(i, solution)
                signs.append(slack if slack != 0 else self.finer_slack(i, solution, finer))
        region = region_of([sign for sign in signs if sign != 0], domain, point, outside)
        if region is None:
            return None
        return Vertex(solution=solution, finer=finer, basis=basis, multipliers=multipliers, domain=region)

    def _orders(
        self, square: Sequence[Sequence[Expr]], basis: tuple[int, ...]
    ) -> tuple[tuple[Expr, ...], tuple[Expr, ...]]:
        """The solution where the rows of a basis are tight, and its second order."""
        rows = [self.rows[i] for i in basis]
        solution = tuple(z for (z,) in _solve_in_letters(square, [(-row.constant,) for row in rows]))
        right = [(-row.finer_at(solution),) for row in rows]
        return solution, tuple(z for (z,) in _solve_in_letters(square, right))

    def slack(self, row: int, solution: Sequence[Expr]) -> Expr:
        """``slopes . z + constant`` of one row."""
        found = self.rows[row]
        return normal(_slack(found.slopes, solution, found.constant))

    def finer_slack(self, row: int, solution: Sequence[Expr], finer: Sequence[Expr]) -> Expr:
        """Its second order."""
        found = self.rows[row]
        return normal(_slack(found.slopes, finer, found.finer_at(solution)))


def _solved_for(field: Any, square: list[list[Any]], constants: list[Any]) -> list[Any]:
    """z with ``square . z + constants = 0``, where the square is regular."""
    found = _solve(field, square, [[-x] for x in constants])
    assert found is not None
    return [z for (z,) in found]


def _slack(slopes: Sequence[Any], solution: Sequence[Any], constant: Any) -> Any:
    return sum((g * z for g, z in zip(slopes, solution, strict=True)), constant)


def _beside(point: dict[Symbol, Rational]) -> Iterator[dict[Symbol, Rational]]:
    """Two points near this one, in no special direction: a tie on a wall is none beside it."""
    for step in (Rational(1, 1009), -Rational(1, 1009)):
        yield {symbol: value * (1 + step / (i + 1)) for i, (symbol, value) in enumerate(point.items())}


def _own(region: Domain, domain: Domain) -> tuple[Expr, ...]:
    return tuple(c for c in region.constraints if c not in domain.constraints)


def outside_of(regions: Iterable[Sequence[Expr]]) -> Outside:
    """What holds at points outside the closures of all regions, each given by its constraints.

    >>> from asymptotics.symbols import a, b
    >>> outside_of([(a - 1, b - a)])
    ((1 - a, a - b),)
    """
    return tuple(tuple(-c for c in region) for region in regions)


def covers(parts: Sequence[Sequence[Expr]], domain: Domain) -> bool:
    """Whether it is proved that the closures of the parts (constraints each) cover the domain."""
    single = {part[0] for part in parts if len(part) == 1}
    if any(normal(-constraint) in single for constraint in single):
        return True  # the two sides of one wall
    return solve(domain.constraints, either=outside_of(parts)).exists is False


def disjoint(parts: Sequence[Domain]) -> bool:
    """Whether it is proved that no two parts have a point in common."""
    return all(p.holding(*q.constraints).is_empty() is True for p, q in combinations(parts, 2))


def region_of(
    positive: Sequence[Expr], domain: Domain, point: dict[Symbol, Rational], outside: Outside = ()
) -> Domain | None:
    """A part of ``domain`` where all of ``positive`` are positive, its closure holding ``point``.

    Each expression is split into irreducible factors, and each factor keeps the sign that it has at the
    point; so products of linear factors leave linear constraints. A factor that vanishes there may take
    either sign. None if no choice has points ``outside`` the regions that are known.

    >>> from asymptotics.symbols import a, b
    >>> region_of([(a - 1) * (a - b)], Domain(), {a: Integer(3), b: Integer(2)})
    Domain(constraints=(a - 1, a - b))
    """
    split = [_factors(expression, domain) for expression in positive]
    factors = list(dict.fromkeys(f for _, parts in split for f in parts))
    values = {f: f.xreplace(point) for f in factors}
    vanishing = [f for f in factors if values[f] == 0]
    for choice in product((1, -1), repeat=len(vanishing)):
        sign = {f: 1 if values[f] > 0 else -1 for f in factors} | dict(zip(vanishing, choice, strict=True))
        if any(constant * prod(sign[f] for f in parts) < 0 for constant, parts in split):
            continue
        kept = domain.reduce(f if sign[f] > 0 else primitive(-f) for f in factors)
        region = domain.holding(*kept)
        if solve(region.constraints, either=outside).exists:
            return region
    return None


def _factors(expression: Expr, domain: Domain) -> tuple[int, tuple[Expr, ...]]:
    """A sign, and the irreducible factors of odd multiplicity whose sign on the domain is not known."""
    total, factors = _odd_factors(expression)
    signs = {factor: domain.sign(factor) for factor in factors}
    known = prod(sign for sign in signs.values() if sign is not None)
    return total * known, tuple(factor for factor in factors if signs[factor] is None)


@cached(maxsize=4096)
def _odd_factors(expression: Expr) -> tuple[int, tuple[Expr, ...]]:
    """A sign, and the irreducible factors of odd multiplicity."""
    constant, factors = factor_list(primitive(expression))
    return 1 if constant.is_positive else -1, tuple(f for f, multiplicity in factors if multiplicity % 2)


def _in_field(rows: Sequence[Sequence[Expr]], point: dict[Symbol, Rational]) -> tuple[Any, list[list[Any]]]:
    """The rows at a point, as elements of one field of algebraic numbers, and the field."""
    numbers = [[normal(x.xreplace(point)) for x in row] for row in rows]
    flat = [x for row in numbers for x in row]
    if all(x.is_Rational for x in flat):
        return QQ, [[QQ.from_sympy(x) for x in row] for row in numbers]
    if strange := [x for x in flat if not x.is_algebraic]:
        raise UnableError(
            f"the exponent {strange[0]} is no algebraic number; budgets are split between powers with "
            "rational numbers and roots"
        )
    return _in_one_field(numbers)


def _in_one_field(rows: Sequence[Sequence[Expr]]) -> tuple[Any, list[list[Any]]]:
    """Rows as elements of the smallest field that has them all, and the field."""
    field, elements = construct_domain([x for row in rows for x in row], extension=True, field=True)
    following = iter(elements)
    return field, [[next(following) for _ in row] for row in rows]


def _solve_in_letters(
    square: Sequence[Sequence[Expr]], right: Sequence[Sequence[Expr]]
) -> list[tuple[Expr, ...]]:
    """The rows of z, in lowest terms, with ``square . z = right``, where the square is regular."""
    field, rows = _in_one_field((*square, *right))
    found = _solve(field, rows[: len(square)], rows[len(square) :])
    assert found is not None
    solved = [[field.to_sympy(z) for z in row] for row in found]
    return [tuple(normal(z) if z.is_number else z for z in row) for row in solved]


def _sign(field: Any, element: Any) -> int:
    """1, 0 or -1; zero is exact."""
    return (number_sign(field.to_sympy(element)) or 0) if element else 0


def _solve(
    field: Any, square: Sequence[Sequence[Any]], right: Sequence[Sequence[Any]]
) -> list[list[Any]] | None:
    """The rows of the solution of ``square . z = right``; None if the square is singular."""
    left, other = (
        DomainMatrix([list(row) for row in rows], (len(rows), len(rows[0])), field)
        for rows in (square, right)
    )
    try:
        return left.lu_solve(other).to_list()
    except DMNonInvertibleMatrixError:
        return None
