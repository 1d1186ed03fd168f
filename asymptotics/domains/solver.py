"""Polynomial inequalities over the reals, decided by z3: whether a point exists, and a rational one.

Every question is whether there are positive values of the symbols with

    p > 0 for each p in ``positive``,    w >= 0 for each w in ``weak``,
    q > 0 for at least one q of each group in ``either``.

z3's solver for polynomials (nlsat) is complete for them. It is imported when it is first needed, with one
context a thread, and its work is counted: beyond `LIMIT` units, and for what is not polynomial, the answer
is None, so that answers never depend on time or on the load of the machine.

A real number that is not rational enters as a variable between two rationals, which is a root of its minimal
polynomial where it is algebraic; the logarithm of a symbol x as one with the sign of x - 1. This adds
solutions and removes none: that there are none stays a proof, and a point is accepted once it satisfies the
inequalities by exact signs.

    solve          a question to its Answer
    number_sign    the sign of a number
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import prod
from threading import local
from typing import Any

from sympy import Add, Expr, Integer, Mul, Poly, Pow, Rational, Symbol, exp, log, minimal_polynomial

from asymptotics.caches import cached
from asymptotics.domains.logarithms import between_logarithms
from asymptotics.parsing.expressions import FAILURES

LIMIT = 30_000
"""Units of work (z3's rlimit) that one question may take; those of laws and claims take up to 4,300.

Single units may cost much: of 120 questions about dense cubics in two symbols three are lost to this limit
and none takes more than 0.12 s; with ten times as many units none is lost and two take 14 s.
"""
DIGITS = (30, 120)
"""Numbers are enclosed to so many digits; the second time only if the first enclosure does not decide."""
GUARD = 5
"""Digits by which an enclosure is wider than the digits that were computed."""
ALGEBRAIC, DEGREE = 12, 8
"""Algebraic numbers of more operations, or of a higher degree, are only enclosed."""
KEPT = 32
"""So many variables stay in the context of a thread."""
APPROXIMATIONS = (1, 2, 4, 8, 16, 32, 64)
"""Decimal digits with which algebraic coordinates are approached until the point lies inside."""

_thread = local()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Whether a solution exists (None: not decided), and a rational one where one was found."""

    exists: bool | None
    point: tuple[tuple[Symbol, Rational], ...] | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """The inequalities of one question; see the module."""

    positive: tuple[Expr, ...]
    weak: tuple[Expr, ...] = ()
    either: tuple[tuple[Expr, ...], ...] = ()

    def expressions(self) -> tuple[Expr, ...]:
        """All that is compared with zero."""
        return (*self.positive, *self.weak, *(q for group in self.either for q in group))

    def holds(self, point: Mapping[Symbol, Rational]) -> bool:
        """Whether a point is a solution, by exact signs."""
        signs = {e: number_sign(e.xreplace(dict(point))) for e in self.expressions()}
        return (
            all(signs[p] == 1 for p in self.positive)
            and all(signs[w] in (0, 1) for w in self.weak)
            and all(any(signs[q] == 1 for q in group) for group in self.either)
        )


def solve(
    positive: Iterable[Expr], weak: Iterable[Expr] = (), either: Iterable[tuple[Expr, ...]] = ()
) -> Answer:
    """Whether positive symbols solve the inequalities, with a rational solution of strict ones.

    >>> from sympy import sqrt
    >>> from asymptotics.symbols import a, b
    >>> solve((a - b**2, b - 1)).exists, solve((a - b**2, b - 1), weak=(1 - a,)).exists
    (True, False)
    >>> solve((a - log(2), Rational(7, 10) - a)).exists, solve((a**b - 1,)).exists
    (True, None)
    >>> solve((a + sqrt(2) - 2, 1 - a, a**2 - 4*a + 2)).exists    # a > 2 - sqrt(2), a root of the last
    False
    """
    return _solve(Question(tuple(positive), tuple(weak), tuple(either)))


@cached(maxsize=20_000)
def _solve(question: Question) -> Answer:
    compared = question.expressions()
    if any(not x.args[0].is_number for e in compared for x in e.atoms(log)):
        compared = (*compared, *between_logarithms(question.positive))
    found = [_variables(expression) for expression in compared]
    if None in found:
        return Answer(exists=None)
    variables: set[Expr] = set().union(*found)  # type: ignore[arg-type]
    if not variables:
        holds = question.holds({})
        return Answer(exists=holds, point=() if holds else None)
    enclosed = [x for x in variables if not x.is_Symbol]
    variables |= {x.args[0] for x in enclosed if not x.is_number}
    names = {x: f"x{i}" for i, x in enumerate(sorted(variables, key=lambda x: (not x.is_Symbol, str(x))))}
    for digits in DIGITS if enclosed else DIGITS[:1]:
        answer = _ask(question, names, digits)
        if answer.exists is False or answer.point is not None or not enclosed:
            return answer
    return Answer(exists=None)


def _ask(question: Question, names: Mapping[Expr, str], digits: int) -> Answer:
    """The answer of z3, numbers enclosed to some digits; a point only where it is a solution exactly."""
    import z3

    try:
        solver = _fresh_solver()
        solver.from_string("\n".join(_script(question, names, digits)))
        result = solver.check()
        if result != z3.sat:
            return Answer(exists=False if result == z3.unsat else None)
        model = solver.model()
        context = _thread.context
        values = {x: model.eval(z3.Real(n, context), True) for x, n in names.items() if x.is_Symbol}
    except z3.Z3Exception:
        return Answer(exists=None)
    for precision in APPROXIMATIONS:
        point = {x: _rational(value, precision) for x, value in values.items()}
        if question.holds(point):
            return Answer(exists=True, point=tuple(point.items()))
        if all(z3.is_rational_value(value) for value in values.values()):
            break
    return Answer(exists=True)


def _fresh_solver() -> Any:
    """A solver without memory, in the context of this thread."""
    import z3

    if not hasattr(_thread, "context"):
        context = z3.Context()
        _thread.context = context
        # variables that outlive a question keep their order, so that points do not depend on earlier ones
        _thread.kept = z3.Reals(" ".join(f"x{i}" for i in range(KEPT)), context)
    solver = z3.Tactic("qfnra-nlsat", ctx=_thread.context).solver()
    # With its own handler z3 would take Ctrl-C for the end of its work, and answer that it does not know.
    solver.set("rlimit", LIMIT, "ctrl_c", False)
    return solver


def _rational(value: Any, digits: int) -> Rational:
    number = value.approx(digits) if hasattr(value, "approx") else value
    return Rational(number.numerator_as_long(), number.denominator_as_long())


def _variables(expression: Expr) -> set[Expr] | None:
    """The symbols, logarithms and real numbers of which it is a polynomial; None if it is not one."""
    if expression.is_Rational:
        return set()
    if expression.is_Symbol or (isinstance(expression, log) and expression.args[0].is_Symbol):
        return {expression}
    if isinstance(expression, Add | Mul):
        parts = [_variables(part) for part in expression.args]
        return None if None in parts else set().union(*parts)  # type: ignore[arg-type]
    if isinstance(expression, Pow) and expression.exp.is_Integer and expression.exp > 0:
        return _variables(expression.base)
    return {expression} if expression.is_number and number_sign(expression) in (1, -1) else None


def _script(question: Question, names: Mapping[Expr, str], digits: int) -> Iterator[str]:
    """The question in the language SMT-LIB."""
    for x, name in names.items():
        yield f"(declare-const {name} Real)"
        if x.is_Symbol:
            yield f"(assert (> {name} 0.0))"
        elif x.is_number:
            yield from _enclosure(x, name, digits)
        else:
            yield f"(assert (= (> {name} 0.0) (> {names[x.args[0]]} 1.0)))"
            yield f"(assert (= (< {name} 0.0) (< {names[x.args[0]]} 1.0)))"
    implied = () if all(x.is_Symbol or x.is_number for x in names) else between_logarithms(question.positive)
    for p in (*question.positive, *implied):
        yield f"(assert (> {_text(p, names)} 0.0))"
    for w in question.weak:
        yield f"(assert (>= {_text(w, names)} 0.0))"
    for group in question.either:
        yield f"(assert (or false {' '.join(f'(> {_text(q, names)} 0.0)' for q in group)}))"


def _enclosure(number: Expr, name: str, digits: int) -> Iterator[str]:
    root = _minimal(number)
    if root is not None:
        terms = (f"(* {_numeral(c)} {' '.join([name] * n)} 1.0)" for (n,), c in root.terms())
        yield f"(assert (= (+ {' '.join(terms)} 0.0) 0.0))"
    value = number.evalf(digits)
    if value.is_Float and value._prec > 1:  # else the number stays free, which proves less
        middle = Rational(value)
        radius = abs(middle) * Rational(1, 10 ** (digits - GUARD))
        yield f"(assert (> {name} {_numeral(middle - radius)}))"
        yield f"(assert (< {name} {_numeral(middle + radius)}))"


@cached(maxsize=1000)
def _minimal(number: Expr) -> Poly | None:
    """The minimal polynomial of an algebraic number that is short; None for others."""
    if not number.is_algebraic or number.count_ops() > ALGEBRAIC:
        return None
    found = minimal_polynomial(number, polys=True)
    return found if found.degree() <= DEGREE else None


def _text(expression: Expr, names: Mapping[Expr, str]) -> str:
    if expression in names:
        return names[expression]
    if expression.is_Rational:
        return _numeral(expression)
    if isinstance(expression, Pow):
        return f"(* {' '.join([_text(expression.base, names)] * int(expression.exp))} 1.0)"
    sign = "+" if isinstance(expression, Add) else "*"
    return f"({sign} {' '.join(_text(part, names) for part in expression.args)})"


def _numeral(number: Rational) -> str:
    size = f"(/ {abs(int(number.p))}.0 {int(number.q)}.0)"
    return f"(- {size})" if number < 0 else size


def number_sign(number: Expr) -> int | None:
    """The sign of a number, from 30 digits unless it is rational; None if it is not told from 0.

    >>> from sympy import exp
    >>> number_sign(exp(-169) - exp(-144)), number_sign(exp(-169) - exp(-170) * exp(1))
    (-1, 0)
    """
    if number.is_Rational:
        return (number.p > 0) - (number.p < 0)
    try:
        value = number.evalf(30)
    except FAILURES:
        return None
    if not value.is_Float or value._prec == 1 or abs(value) < Rational(1, 10**25) * _size(number):
        return 0 if number.is_zero else None
    return 1 if value > 0 else -1


def _size(number: Expr) -> Expr:
    """How large a number is without what cancels in it; functions are at least 1, as they are computed."""
    if number.is_Add:
        return max(map(_size, number.args))
    if number.is_Mul:
        return prod(map(_size, number.args))
    known = number.is_Rational or isinstance(number, exp) or (number.is_Pow and number.base.is_Rational)
    size = abs(number.evalf(15))
    return size if known else max(size, Integer(1))
