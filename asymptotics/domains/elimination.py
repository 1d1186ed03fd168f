"""Systems of linear inequalities over the rationals, decided by Fourier-Motzkin elimination.

A row ``(c_1, ..., c_n, c_0, strict)`` means ``sum c_i x_i + c_0 > 0`` (or ``>= 0``). Eliminating
x_n pairs each lower bound on it with each upper bound; the system has a solution if and only
if the last, variable-free rows hold, and a solution is found by going back. Exact, and fast for
the two to six symbols of a task. (SymPy 1.14's simplex reports feasible systems of this kind
as unbounded, and a solver such as z3 is too heavy for the core.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations_with_replacement

from sympy import Add, Expr, Integer, Poly, Rational, Symbol
from sympy.polys.polyerrors import PolynomialError

MAX_ROWS = 3000


@dataclass(frozen=True, slots=True)
class Row:
    """``coefficients . x + constant > 0`` if ``strict``, else ``>= 0``; rational numbers."""

    coefficients: tuple[Fraction, ...]
    constant: Fraction
    strict: bool = True

    def scaled(self) -> Row:
        """The same row with its first non-zero coefficient +1 or -1, so that equal rows compare equal."""
        pivot = next((abs(c) for c in self.coefficients if c), abs(self.constant) or Fraction(1))
        return Row(tuple(c / pivot for c in self.coefficients), self.constant / pivot, self.strict)


def solve(rows: Sequence[Row], dimension: int) -> tuple[Fraction, ...] | None:
    """A rational solution of all rows, or None if there is none; exact in both directions.

    Raises OverflowError if the elimination would exceed ``MAX_ROWS`` rows (not decided).

    >>> x_above_1 = Row((Fraction(1),), Fraction(-1))
    >>> x_below_1 = Row((Fraction(-1),), Fraction(1))
    >>> solve([x_above_1], 1), solve([x_above_1, x_below_1], 1)
    ((Fraction(2, 1),), None)
    """
    stages = [_unique(rows)]
    for last in range(dimension - 1, -1, -1):
        stages.append(_eliminate(stages[-1], last))
    if any(row.constant < 0 or (row.strict and row.constant == 0) for row in stages[-1]):
        return None
    point: tuple[Fraction, ...] = ()
    for variable in range(dimension):
        point += (_between(stages[dimension - 1 - variable], point, variable),)
    return point


def _unique(rows: Sequence[Row]) -> list[Row]:
    """One row per direction: the tightest."""
    tightest: dict[tuple[Fraction, ...], Row] = {}
    for row in (r.scaled() for r in rows):
        held = tightest.get(row.coefficients)
        if held is None or (row.constant, not row.strict) < (held.constant, not held.strict):
            tightest[row.coefficients] = row
    return list(tightest.values())


def _eliminate(rows: Sequence[Row], variable: int) -> list[Row]:
    lower = [r for r in rows if r.coefficients[variable] > 0]
    upper = [r for r in rows if r.coefficients[variable] < 0]
    kept = [r for r in rows if r.coefficients[variable] == 0]
    if len(kept) + len(lower) * len(upper) > MAX_ROWS:
        raise OverflowError("too many inequalities for elimination")
    for low in lower:
        for up in upper:
            p, q = -up.coefficients[variable], low.coefficients[variable]
            kept.append(
                Row(
                    tuple(p * c + q * d for c, d in zip(low.coefficients, up.coefficients, strict=True)),
                    p * low.constant + q * up.constant,
                    low.strict or up.strict,
                )
            )
    return _unique(kept)


def _between(rows: Sequence[Row], point: tuple[Fraction, ...], variable: int) -> Fraction:
    """A simple number that satisfies the rows in ``variable`` once the earlier ones are ``point``."""
    lower: list[Fraction] = []
    upper: list[Fraction] = []
    for row in rows:
        slope = row.coefficients[variable]
        if slope:
            known = sum((c * x for c, x in zip(row.coefficients, point, strict=False)), row.constant)
            (lower if slope > 0 else upper).append(-known / slope)
    if lower and upper:
        return (max(lower) + min(upper)) / 2
    if lower:
        return max(lower) + 1
    return min(upper) - 1 if upper else Fraction(1)


def refute(constraints: tuple[Expr, ...], excluded: Expr | None = None) -> bool | dict[Symbol, Rational]:
    """Whether ``constraints > 0`` (and ``excluded <= 0``) have no common solution in positive symbols.

    True if that is proved; a solution if all is linear and there is one; False if not decided.
    Monomials are treated as independent, after adding the pairwise products of the constraints
    where something is nonlinear, so a contradiction is a proof in every case.
    """
    everything = (*constraints, *([excluded] if excluded is not None else []))
    generators = sorted(set().union(*(c.free_symbols for c in everything)), key=lambda s: s.name)
    if not generators:
        return any(c.is_nonpositive for c in constraints) or (
            excluded is not None and bool(excluded.is_positive)
        )
    forms = [linear_form(c) for c in constraints]
    outside = {} if excluded is None else linear_form(-excluded)
    linear = None not in forms and outside is not None
    if linear:
        rows = [_row(form, generators, True) for form in forms if form is not None]
        rows += [_row({g: Integer(1)}, generators, True) for g in generators]
        rows += [_row(outside, generators, False)] if outside else []
        dimension = len(generators)
    else:
        rows, dimension = _product_rows(constraints, excluded, generators)
        if not rows:
            return False
    try:
        solution = solve(rows, dimension)
    except OverflowError:
        return False
    if solution is None:
        return True
    if not linear:
        return False
    return {g: Rational(x.numerator, x.denominator) for g, x in zip(generators, solution, strict=True)}


def _row(form: dict[Symbol | None, Rational], generators: list[Symbol], strict: bool) -> Row:
    zero = Integer(0)
    return Row(
        tuple(_fraction(form.get(g, zero)) for g in generators), _fraction(form.get(None, zero)), strict
    )


def _product_rows(
    constraints: tuple[Expr, ...], excluded: Expr | None, generators: list[Symbol]
) -> tuple[list[Row], int]:
    """Rows over monomials for polynomial constraints and their pairwise products; none if not rational."""
    try:
        positive = [Poly(c, *generators) for c in (*constraints, *generators)]
        weak = [Poly(-excluded, *generators)] if excluded is not None else []
    except PolynomialError:
        return [], 0
    if not all(p.domain.is_QQ or p.domain.is_ZZ for p in (*positive, *weak)):
        return [], 0
    weak += [p * q for p in positive for q in weak]
    positive += [p * q for p, q in combinations_with_replacement(positive, 2)]
    monomials = sorted({m for p in (*positive, *weak) for m in p.monoms() if any(m)})
    rows = [
        Row(
            tuple(_fraction(p.coeff_monomial(m)) for m in monomials),
            _fraction(p.coeff_monomial((0,) * len(generators))),
            strict,
        )
        for group, strict in ((positive, True), (weak, False))
        for p in group
    ]
    return rows, len(monomials)


def _fraction(number: Expr) -> Fraction:
    return Fraction(int(number.p), int(number.q))


def linear_form(expression: Expr) -> dict[Symbol | None, Rational] | None:
    """Coefficients of a linear expression (the constant under None), or None if it is not linear."""
    form: dict[Symbol | None, Rational] = {}
    for term in Add.make_args(expression):
        coefficient, rest = term.as_coeff_Mul()
        if not coefficient.is_Rational or not (rest.is_Symbol or rest == 1):
            return None
        form[None if rest == 1 else rest] = coefficient
    return form


__all__ = ["Row", "linear_form", "refute", "solve"]
