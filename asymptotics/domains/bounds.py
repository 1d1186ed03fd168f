"""Signs that are seen without a solver: symbols counted from their lower bounds, and one inequality more.

On ``{a > 1, a > b + 1, b > 1}`` all points are ``b = 1 + b', a = 2 + b' + a'`` with positive numbers a', b'.
A polynomial whose coefficients in them agree in sign has that sign; a linear one has no other (`Counted`).
With one more linear inequality h > 0, such as an upper bound, a linear f is positive if and only if

    f - m h has no negative coefficient for some number m >= 0

(Farkas): each coefficient bounds m from one side. These are most questions that a law asks.

    count_from_bounds    the symbols of a domain in positive numbers
    linear_form    the coefficients of a linear expression
    see_sign      the sign of a polynomial, where it is seen
    see_point     a point of a domain, where it is seen
    clear_denominators    a sum of monomials without the symbols in its denominators
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Add, Expr, Integer, Mul, Rational, Symbol, expand

from asymptotics.caches import cached

Form = dict[Symbol | None, Rational]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Symbols counted in positive numbers of the same names.

    ``others`` are the constraints that are not lower bounds; ``is_linear`` if all are linear.
    """

    table: dict[Symbol, Expr]
    others: tuple[Form, ...]
    is_linear: bool

    @property
    def is_complete(self) -> bool:
        """Whether linear signs are decided here in both directions."""
        return self.is_linear and len(self.others) <= 1


def linear_form(expression: Expr) -> Form | None:
    """Coefficients of a linear expression (the constant under None), or None if it is not linear.

    >>> from asymptotics.symbols import a, b
    >>> linear_form(2*a - 1), linear_form(a*b)
    ({None: -1, a: 2}, None)
    """
    form: Form = {}
    for term in Add.make_args(expression):
        coefficient, rest = term.as_coeff_Mul()
        if not coefficient.is_Rational or not (rest.is_Symbol or rest == 1):
            return None
        form[None if rest == 1 else rest] = coefficient
    return form


@cached(maxsize=4_000)
def count_from_bounds(constraints: tuple[Expr, ...]) -> Counted:
    """The symbols of a domain counted from their lower bounds."""
    table: dict[Symbol, Expr] = {}
    others: list[Expr] = []
    for constraint in constraints:
        form = linear_form(expand(constraint.xreplace(table))) or {None: Integer(0)}
        above = [symbol for symbol, slope in form.items() if slope > 0]
        if len(above) == len(form):
            continue
        if len(above) != 1 or above[0] is None:
            others.append(constraint)
            continue
        (bounded,) = above
        rest = Add(*(c * (1 if s is None else s) for s, c in form.items() if s is not bounded))
        moved = {bounded: bounded - rest / form[bounded]}
        table = moved | {s: expand(e.xreplace(moved)) for s, e in table.items()}
    forms = [linear_form(expand(c.xreplace(table))) for c in others]
    known = tuple(form for form in forms if form is not None)
    return Counted(table=table, others=known, is_linear=len(known) == len(forms))


def see_sign(constraints: tuple[Expr, ...], polynomial: Expr) -> int | None:
    """1 or -1 where that is the sign on a domain that is not empty, 0 where it changes; None if not seen.

    >>> from asymptotics.symbols import a, b
    >>> see_sign((b - 1, b + 1 - a), a - 2*b), see_sign((b - 1,), a - b), see_sign((a - b**2,), a - b)
    (-1, 0, None)
    """
    counted = count_from_bounds(constraints)
    moved = expand(polynomial.xreplace(counted.table))
    terms = Add.make_args(moved)
    if all(term.is_positive for term in terms):
        return 1
    if all(term.is_negative for term in terms):
        return -1
    form = linear_form(moved)
    if form is None:
        return None
    for other in counted.others:
        for sign in (1, -1):
            if _follows({s: sign * c for s, c in form.items()}, other):
                return sign
    return 0 if counted.is_complete else None


def _follows(form: Form, other: Form) -> bool:
    """Whether ``form - m other`` has no negative coefficient for some m >= 0."""
    least, most = Integer(0), None
    for symbol in {**form, **other}:
        have, slope = form.get(symbol, Integer(0)), other.get(symbol, Integer(0))
        if slope < 0:
            least = max(least, have / slope)
        elif slope > 0:
            most = have / slope if most is None else min(most, have / slope)
        elif have < 0:
            return False
    return most is None or least <= most


def see_point(constraints: tuple[Expr, ...]) -> dict[Symbol, Rational] | None:
    """A rational point of a domain that is not empty; None if it is empty, or a point is not seen.

    >>> from asymptotics.symbols import a, b
    >>> see_point((a - 1, a - b - 1, b - 1))
    {a: 3, b: 3/2}
    """
    counted = count_from_bounds(constraints)
    if not counted.is_complete:
        return None
    symbols = sorted({s for c in constraints for s in c.free_symbols}, key=lambda s: s.name)
    # so small that no symbol is more than 1 above its lower bound
    ones, zeros = (dict.fromkeys(symbols, Integer(n)) for n in (1, 0))
    widths = [value.xreplace(ones) - value.xreplace(zeros) for value in counted.table.values()]
    small = 1 / max((*widths, Integer(1)))
    place = dict.fromkeys(symbols, small)
    for other in counted.others:
        growing = next((s for s, slope in other.items() if s is not None and slope > 0), None)
        constant = other.get(None, Integer(0))
        slopes = sum((slope for s, slope in other.items() if s not in (None, growing)), Integer(0))
        if growing is not None:
            least = -(constant + slopes * small) / other[growing]
            place[growing] = max(place[growing], least + 1)
        elif constant <= 0:
            return None
        elif slopes:
            place = dict.fromkeys(symbols, -constant / (2 * slopes))
    return {s: counted.table.get(s, s).xreplace(place) for s in symbols}


def clear_denominators(expression: Expr) -> Expr:
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
