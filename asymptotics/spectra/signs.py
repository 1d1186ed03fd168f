"""Signs: eigenvalues are > 0, target powers and multiplicities >= 0, at every index, or the task is refused.

An expression without parameters is decided, in this order,

1. by the rules of SymPy for an index that is a positive integer;
2. between the zeros and poles of its factors, isolated exactly where they are polynomials in a root of the
   index: the sign is looked at beside each of them;
3. by enclosures, on intervals that grow while they decide and shrink to single indices where they do not,
   up to k = 10^300.

What none of them decides is refused. Of an expression with parameters only what holds for all of them is
decided here; it is looked at again with numbers.

    check_signs(task, domain)         raise SpectrumError where a sign is wrong, or not proved
    violation(expression, ...)        the first index that is found at fault
"""

from __future__ import annotations

from dataclasses import dataclass
from math import lcm

import mpmath
from sympy import (
    Dummy,
    Expr,
    Float,
    Integer,
    Mul,
    Poly,
    Pow,
    Rational,
    Symbol,
    exp,
    fraction,
    gammasimp,
    log,
    oo,
    together,
    zoo,
)
from sympy.polys.polyerrors import PolynomialError

from asymptotics.caches import cached
from asymptotics.domains.domain import Domain
from asymptotics.errors import SpectrumError
from asymptotics.expansions.differences import write_differences
from asymptotics.expansions.gamma_products import has_gammas
from asymptotics.expansions.vanishing import NONZERO, zero_test
from asymptotics.hints import name_argument
from asymptotics.parsing.heights import substitute
from asymptotics.spectra.enclosures import BITS, enclosure
from asymptotics.spectra.segments import segments
from asymptotics.tasks.parity import alternates, parity_classes
from asymptotics.tasks.task import Task

FARTHEST = 10**300
"""How far enclosures go without a last mode."""
STEPS = 10_000
"""Most intervals that are enclosed without a last mode; and so many more as there are modes."""
MOST_MODES = 200_000
"""Up to so many modes every one of them is looked at."""
ORDER = 10
"""Terms may cancel to ``k^-ORDER`` of the largest before enclosures cease to decide."""
HIGHEST_DEGREE = 100
"""Polynomials of higher degree are enclosed: their roots take too long to isolate."""


@dataclass(frozen=True, slots=True)
class Violation:
    """An index at which a sign is wrong, with the value there; None for a value that is not decided."""

    index: int
    value: Expr | None


def check_signs(task: Task, domain: Domain) -> None:
    """Raise `SpectrumError` unless eigenvalues are > 0, and powers and multiplicities >= 0, at every mode.

    Eigenvalues may also vanish on a whole piece of a `Piecewise`: its modes are never learned.

    >>> from asymptotics.symbols import k
    >>> check_signs(Task(eigenvalues=k**-2, target=((k - 7)**2 - Integer(1)/2)/k**4), Domain())
    Traceback (most recent call last):
        ...
    asymptotics.errors.SpectrumError: target ((k - 7)**2 - 1/2)/k**4 = -1/4802 at k = 7; it must be >= 0
    """
    if alternates(task):
        for one in parity_classes(task):
            check_signs(one, domain)
        return
    for piece in segments(task, domain):
        first = int(piece.first) if piece.first.is_Integer else 1
        last = int(piece.last) if piece.last.is_Integer else None
        for name in ("eigenvalues", "target", "multiplicity"):
            expression: Expr = getattr(piece, name)
            strict = name == "eigenvalues" and expression != 0
            found = violation(expression, task.index, first, last, strict)
            if found is None and expression.free_symbols - {task.index}:
                found = _on_domain(substitute(expression, {task.index: Integer(first)}), first, domain)
            if found is not None:
                raise SpectrumError(
                    _refusal(name, expression, task.index, found, "> 0" if strict else ">= 0")
                )


def _refusal(name: str, expression: Expr, index: Symbol, found: Violation, bound: str) -> str:
    at, value = f"{index} = {found.index}", found.value
    if value is None:
        return (
            f"{name} {expression} are not shown to be {bound} at {at} and beyond; "
            f"write them as a sum or product of terms of one sign, or pass {name_argument('modes', 'M')}"
        )
    shown = value if value.is_Rational or value.free_symbols else value.evalf(15)
    if shown.is_finite is False or shown.is_real is False:
        bound = "finite and real" + ", and " + bound
    instead = f"; write log({index} + 1)" if shown == 0 and expression.has(log(index)) else ""
    return f"{name} {expression} = {shown} at {at}; it must be {bound}{instead}"


def _on_domain(value: Expr, first: int, domain: Domain) -> Violation | None:
    """The first value of an expression with parameters, if it is negative wherever they may be."""
    rational = not value.is_nonnegative and value.is_rational_function(*value.free_symbols)
    return Violation(first, value) if rational and domain.sign(value) == -1 else None


@cached(maxsize=512)
def violation(
    expression: Expr, index: Symbol, first: int, last: int | None, strict: bool
) -> Violation | None:
    """The first index found in ``first ... last`` (None: oo) with a value < 0, or <= 0 if ``strict``.

    >>> from asymptotics.symbols import k
    >>> violation(1 / k**2 - 1 / (100 * k), k, 1, None, False)
    Violation(index=101, value=-1/1020100)
    """
    expression = expression.xreplace({x: Rational(str(x)) for x in expression.atoms(Float)})
    expression = write_differences(expression, index)
    number = Dummy(index.name, integer=True, positive=True)
    known = expression.xreplace({index: number})
    if _is_seen_positive(known):
        return None
    if expression.free_symbols - {index}:
        if known.is_positive or (known.is_nonnegative and not strict):
            return None
        value = substitute(expression, {index: Integer(first)})
        wrong = value.is_negative or known.is_negative or value.has(zoo, oo)
        return Violation(first, value) if wrong else None
    if not expression.has(index):
        return _at(expression, index, first, strict)
    given = expression
    if has_gammas(expression, index):
        expression = gammasimp(expression)  # may be 0 times oo at one index, which `given` is not
    places = _turning_places(expression, index)
    if places is None and (known.is_positive or (known.is_nonnegative and not strict)):
        return None
    if places is None:
        return _by_enclosures(expression, given, index, first, last, strict)
    inside = (j for j in sorted({first, *places}) if first <= j and (last is None or j <= last))
    return next((found for j in inside if (found := _at(given, index, j, strict))), None)


def _is_seen_positive(expression: Expr) -> bool:
    """Whether all terms and factors are positive; to see more SymPy differentiates sums, often many times."""
    if expression.is_Add or expression.is_Mul:
        return all(_is_seen_positive(part) for part in expression.args)
    if expression.is_Pow:
        return bool(expression.exp.is_real) and _is_seen_positive(expression.base)
    return bool(expression.is_positive)


def _at(expression: Expr, index: Symbol, j: int, strict: bool) -> Violation | None:
    """The value at one index, if it is wrong there."""
    value = substitute(expression, {index: Integer(j)})
    number = value if value.is_Rational else value.evalf(30)
    if not (number.is_Rational or number.is_Float):
        return Violation(j, value)
    if zero_test(value) == NONZERO:
        return None if number > 0 else Violation(j, value)
    return Violation(j, Integer(0)) if strict else None


def _turning_places(expression: Expr, index: Symbol) -> set[int] | None:
    """The integers beside all zeros and poles on the axis; None where these are not known exactly."""
    if not expression.has(index) or expression == index or isinstance(expression, exp):
        return set()
    if expression.is_Mul or (expression.is_Pow and not expression.exp.has(index)):
        parts = expression.args if expression.is_Mul else (expression.base,)
        found = [_turning_places(e, index) for e in parts]
        return None if None in found else set().union(*(f for f in found if f is not None))
    if not expression.is_Add:
        return set() if expression.is_positive else None
    places: set[int] = set()
    for part in fraction(together(expression)):
        for factor in Mul.make_args(part):
            base = factor.as_base_exp()[0]
            beside = _beside_roots(base, index) if base.is_Add else _turning_places(base, index)
            if beside is None:
                return None
            places |= beside
    return places


def _beside_roots(total: Expr, index: Symbol) -> set[int] | None:
    """The integers beside the positive roots of a polynomial in ``u = k^(1/q)``."""
    powers = [e.exp for e in total.atoms(Pow) if e.base == index]
    if not all(p.is_Rational for p in powers):
        return None
    q = lcm(*(int(p.q) for p in powers)) if powers else 1
    if q > HIGHEST_DEGREE:
        return None
    u = Dummy("u", positive=True)
    try:
        polynomial = Poly(total.xreplace({index**p: u ** (p * q) for p in powers} | {index: u**q}), u)
    except PolynomialError:
        return None
    if not (polynomial.domain.is_QQ or polynomial.domain.is_ZZ) or polynomial.degree() > HIGHEST_DEGREE:
        return None
    places: set[int] = set()
    polynomial = polynomial.sqf_part()  # a double root is refined like a simple one
    for (low, high), _ in polynomial.intervals(inf=0):
        if high <= 0:
            continue
        while int(high**q) - int(low**q) > 1:
            low, high = polynomial.refine_root(low, high, steps=8)
        places.update(range(int(low**q), int(high**q) + 2))
    return places


def _by_enclosures(
    expression: Expr, given: Expr, index: Symbol, first: int, last: int | None, strict: bool
) -> Violation | None:
    end = FARTHEST if last is None else last
    at, width = first, 0
    for _ in range(STEPS + (0 if last is None else min(last, MOST_MODES))):
        least, largest = _enclose(expression, index, at, min(at + width, end))
        if largest < mpmath.inf and (least > 0 or (least == 0 and not strict)):
            at, width = at + width + 1, 2 * width + 1
        elif width:
            width = 0 if largest < 0 else width // 4
        else:
            found = _at(given, index, at, strict)
            if found is not None:
                return found
            at += 1
        if at > end:
            return None
    return Violation(at, None)


def _enclose(expression: Expr, index: Symbol, low: int, high: int) -> tuple[mpmath.mpf, mpmath.mpf]:
    """Bounds of the values; where terms cancel, at the bits that are left of them at a large index."""
    least, largest = enclosure(expression, index)(low, high)
    more = BITS * (low.bit_length() // ORDER)
    if more > BITS and least <= 0 < largest:
        return enclosure(expression, index, more)(low, high)
    return least, largest
