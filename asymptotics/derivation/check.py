"""Is every step of a derivation true, in numbers?

An equality is evaluated on both sides. A step ``f ~ g + O(r)`` is evaluated at sizes that grow: the
difference f - g must fall with the exponent of r, not with that of the last term of g, which is how it falls
when a constant or an exponent of g is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import mpmath
from sympy import Add, And, Basic, Eq, Expr, Integer, Pow, Rational, Sum, Symbol, exp, nan, oo, zoo
from sympy.logic.boolalg import Boolean

from asymptotics.caches import Memory
from asymptotics.derivation.evaluation.values import Values
from asymptotics.derivation.step import Definitions, Step
from asymptotics.derivation.symbols import Asymptotic
from asymptotics.derivation.text import equation
from asymptotics.domains.domain import plain
from asymptotics.errors import DomainError, PrecisionError, UnableError
from asymptotics.hints import name_numbers
from asymptotics.model.operators import past, time, zeta
from asymptotics.parsing.heights import substitute
from asymptotics.parsing.numbers import substitution, whole_number
from asymptotics.precision import working
from asymptotics.symbols import B, N, P, beta, eta, kappa, l, rho, sigma, t

HELD, FAILED, UNDECIDED, ELSEWHERE = "holds", "FAILS", "undecided", "elsewhere"

PLACES: dict[str, Expr] = {
    "kappa": Rational(3, 97),
    "N": Rational(61, 2),
    "P": Rational(83, 2),
    "zeta": Rational(3, 97),
    "t": Rational(37, 3),
    "x": Rational(53, 2),
    "T": Rational(53, 2),
    "s": Rational(1, 3),
    "sigma": Rational(3, 10),
    "eta": Rational(1, 10),
    "B": Integer(4),
    "beta": Rational(1, 7),
    "rho": Rational(3, 4),
    "l": Rational(7, 5),
}
"""Where an identity is evaluated in letters that are not parameters of the task."""

LETTERS = (kappa, N, P, t, sigma, eta, B, beta, rho, l, time, past, zeta, Symbol("s"))

MEETING = "two exponents meet at this point: law.at(...).derivation has what is left"
FLOAT_FLOOR = 3e-9
"""Relative differences below this are lost in transforms done in floats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What came out for one step.

    ``verdict`` is ``holds``, ``FAILS``, ``undecided`` or ``elsewhere`` (its condition does not hold at this
    point, or two exponents meet there). ``residual`` is the relative difference of the sides; of an
    asymptotic step at the largest size. ``note`` says what was measured.
    """

    number: int
    step: Step
    verdict: str
    residual: float | None
    note: str

    def __str__(self) -> str:
        shown = "" if self.residual is None else f", residual {self.residual:.1e}"
        return f"step {self.number}: {self.verdict}{shown}; {self.note}: {equation(self.step)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """All steps of a derivation at one point.

    ``passed`` if no step failed or stayed undecided; ``worst`` is the step of the largest residual among
    the equalities; ``failed`` names those that are false.
    """

    title: str
    steps: tuple[Checked, ...]
    digits: int

    @property
    def passed(self) -> bool:
        return all(s.verdict in (HELD, ELSEWHERE) for s in self.steps) and any(
            s.verdict == HELD for s in self.steps
        )

    @property
    def failed(self) -> tuple[Checked, ...]:
        """The steps that are false."""
        return tuple(s for s in self.steps if s.verdict == FAILED)

    @property
    def worst(self) -> Checked:
        """The equality with the largest residual."""
        exact = [s for s in self.steps if isinstance(s.step.equation, Eq) and s.residual is not None]
        return max(exact or list(self.steps), key=lambda s: s.residual or 0.0)

    @property
    def residual(self) -> float:
        """The largest residual of an equality."""
        return self.worst.residual or 0.0

    def __str__(self) -> str:
        counts = {v: sum(s.verdict == v for s in self.steps) for v in (HELD, FAILED, UNDECIDED, ELSEWHERE)}
        head = f"{self.title}: " + ", ".join(f"{n} {v}" for v, n in counts.items() if n)
        lines = [head, f"worst equality: {self.worst}"]
        lines += [str(s) for s in self.steps if s.verdict in (FAILED, UNDECIDED)]
        return "\n".join(lines)


def check(
    title: str,
    steps: tuple[Step, ...],
    definitions: Definitions,
    parameters: tuple[Symbol, ...],
    conditions: tuple[Boolean, ...],
    at: Mapping[Symbol | str, object] | None,
    digits: int,
) -> Check:
    """Every step at one point; see `Derivation.check`."""
    digits = whole_number(digits, "digits", 5, 100)
    table = substitution(parameters, at)
    if symbolic := [s for s, value in table.items() if not value.is_number]:
        raise DomainError(f"{symbolic[0]} = {table[symbolic[0]]}; steps are checked at numbers, give one")
    missing = [s for s in parameters if s not in table and s.name not in PLACES]
    if missing:
        names = [s.name for s in missing]
        raise DomainError(f"no value for {', '.join(names)}; give {name_numbers('at', names)}")
    for condition in conditions:
        if condition.xreplace(table) == False:  # noqa: E712  (SymPy's BooleanFalse)
            raise DomainError(f"the condition {condition} of the derivation fails at this point")
    meanings = tuple((substitute(f, table), substitute(e, table)) for f, e in definitions)
    with working(digits + 15):
        values = Values(meanings, digits + 5, _size_of_finite(steps, meanings))
        checked = tuple(_check_step(n, step, table, values, digits) for n, step in enumerate(steps, 1))
    return Check(title=title, steps=checked, digits=digits)


def _check_step(number: int, step: Step, table: dict[Symbol, Expr], values: Values, digits: int) -> Checked:
    def found(verdict: str, residual: float | None, note: str) -> Checked:
        return Checked(number=number, step=step, verdict=verdict, residual=residual, note=note)

    condition = And(step.condition.xreplace(table))
    if condition == False:  # noqa: E712
        return found(ELSEWHERE, None, f"it is a step for {plain(step.condition)}")
    here = step.equation.xreplace(table)
    if here in (True, False) or here.has(zoo, nan):
        return found(ELSEWHERE, None, MEETING)
    given = tuple((letter, value.xreplace(table)) for letter, value in step.given)
    relevant = values.relevant(here)
    if any(meaning.has(zoo, nan) for _, meaning in relevant):
        return found(ELSEWHERE, None, MEETING)
    key = (here, given, relevant, digits)
    return found(*_OUTCOMES.recall(key, lambda: _outcome(here, given, values, digits)))


_OUTCOMES: Memory[tuple[str, float | None, str]] = Memory(maxsize=4000)
"""What came out for an equation with its definitions: laws of one task share many of their steps."""


def _outcome(
    here: Basic, given: tuple[tuple[Symbol, Expr], ...], values: Values, digits: int
) -> tuple[str, float | None, str]:
    values.error = 0.0
    try:
        if isinstance(here, Asymptotic):
            return _asymptotic(here, values, digits)
        return _equality(here, given, values, digits)
    except (PrecisionError, UnableError) as error:
        return UNDECIDED, None, str(error)


def _point(values: Values) -> dict[Symbol, Any]:
    """Values for the letters that are not parameters of the task, whether they are seen or not."""
    sizes = {} if values.size is None else {N: _number(values.size), P: _number(values.size)}
    return {letter: _number(PLACES[letter.name]) for letter in LETTERS} | sizes


def _size_of_finite(steps: tuple[Step, ...], definitions: Definitions) -> Expr | None:
    """A size below the number of modes, or above it where the law says so; None if that is infinite."""
    ends = {total.limits[0][2] for _, meaning in definitions for total in meaning.atoms(Sum)} - {oo}
    if not ends or not all(end.is_Integer for end in ends):
        return None
    edge = any(isinstance(s.equation, Asymptotic) and s.equation.limit not in (0, oo) for s in steps)
    return max(ends) * (Rational(7, 10) if edge else Rational(13, 10))


def _number(x: Expr) -> Any:
    return mpmath.mpf(x.p) / x.q


def _equality(
    here: Eq, given: tuple[tuple[Symbol, Expr], ...], values: Values, digits: int
) -> tuple[str, float, str]:
    point = _point(values)
    for letter, value in given:
        number = values(value, {})
        # an identity in s is tried off the real axis of its strip
        point[letter] = mpmath.mpc(number, _number(PLACES["s"])) if letter.name == "s" else number
    left, right = values(here.lhs, point), values(here.rhs, point)
    size = max(abs(left), abs(right))
    residual = float(abs(left - right) / size) if size else 0.0
    allowed = max(10.0**-digits, 10 * values.error)
    seen = here.free_symbols | {letter for letter, _ in given}
    shown = sorted((letter.name, number) for letter, number in point.items() if letter in seen)
    where = ", ".join(f"{name} = {mpmath.nstr(number, 5)}" for name, number in shown)
    return HELD if residual <= allowed else FAILED, residual, f"both sides at {where or 'this point'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Size:
    """A step at one size: logs of variable, difference, remainder, terms; relative difference and error."""

    at: Any
    difference: Any
    remainder: Any
    terms: tuple[Any, ...]
    relative: float
    noise: float


def _asymptotic(here: Asymptotic, values: Values, digits: int) -> tuple[str, float, str]:
    """At three sizes where the difference should be small but above rounding; at more if they disagree."""
    point = _point(values)
    heavy = values.heavy(here.lhs)
    floor, furthest = (FLOAT_FLOOR, 7.0) if heavy else (10.0**-digits, 24.0)
    if here.remainder == 0:
        # digits cancel where a size comes near to the number of modes
        decades = (8.0, 10.0) if here.limit in (0, oo) else (0.5, 1.0)
        worst = max(_size(here, decade, values, point).relative for decade in decades)
        return HELD if worst <= floor else FAILED, worst, "the difference is beyond all digits"
    target = 6.0 if heavy else min(10.0, digits - 5.0)
    starts = (20.0, 40.0) if here.limit in (0, oo) else (4.0, 8.0)
    order = _relative_order(here, values, point, starts[0])
    # a small order may be that of logarithms, which becomes smaller
    later = _relative_order(here, values, point, starts[1]) if order < 0.4 else order
    slow = later < 0.75 * order
    if slow:  # behind by logarithms alone, which takes sizes far out
        furthest = 30.0 if heavy else 200.0
    last = min(max(target / later, 2.0), furthest)
    sizes: list[_Size] = []
    nearest: _Size | None = None
    for share in (1.0, 0.75, 0.5, 0.3, 0.2, 0.1, 0.06, 0.04):
        if share * last < 0.4 or len(sizes) == 3:
            break
        one = _size_if_known(here, share * last, values, point)
        nearest = one or nearest
        if one is not None and one.relative > max(floor, 10 * one.noise):
            sizes.insert(0, one)
    if nearest is None:
        raise PrecisionError("no size was found at which both sides are known to enough digits")
    if len(sizes) < 2:
        return HELD, nearest.relative, "the difference is within rounding at all sizes"
    while True:
        (before, _), (verdict, note) = _decide(sizes[-3:-1]), _decide(sizes[-2:])
        # transforms in floats do not reach where logarithms have settled
        if verdict == FAILED and (before != FAILED or (slow and heavy)):
            verdict = UNDECIDED
        if verdict != UNDECIDED or last >= furthest:
            return verdict, sizes[-1].relative, note
        last = min(1.3 * last, furthest)
        further = _size_if_known(here, last, values, point)
        if further is None or further.relative <= max(floor, 10 * further.noise):
            return verdict, sizes[-1].relative, note
        sizes.append(further)


def _relative_order(here: Asymptotic, values: Values, point: dict[Symbol, Any], decade: float) -> float:
    """By which power the remainder is smaller than the leading term, from this decade to the next few."""
    logs = []
    for there in (decade, 1.2 * decade):
        at = {**point, here.variable: _place(here, there, values, point)}
        terms = [abs(values(x, at)) for x in Add.make_args(here.rhs)]
        logs.append(mpmath.log10(max(terms) / abs(values(here.remainder, at))))
    return max(float(logs[1] - logs[0]) / (0.2 * decade), 0.001)


def _place(here: Asymptotic, decade: float, values: Values, point: dict[Symbol, Any]) -> Any:
    """Where the variable, or its distance from the limit, is ``10^decade`` away from 1.

    Of exponentials, the first whole number at which the leading term has fallen by so much.
    """
    x = here.variable
    if here.limit == 0:
        return mpmath.mpf(10) ** -decade
    if here.limit != oo:
        return values(here.limit, point) - mpmath.mpf(10) ** -decade
    if not any(power.exp.has(x) for power in here.rhs.atoms(Pow, exp)):
        return mpmath.mpf(10) ** decade
    lead, first, last = here.terms()[0], 1, 2
    goal = abs(values(lead, {**point, x: mpmath.mpf(1)})) * mpmath.mpf(10) ** -decade

    def fallen(n: int) -> bool:
        return bool(abs(values(lead, {**point, x: mpmath.mpf(n)})) <= goal)

    while not fallen(last):
        first, last = last, 2 * last
    while last - first > 1:
        middle = (first + last) // 2
        first, last = (first, middle) if fallen(middle) else (middle, last)
    return mpmath.mpf(last)


def _size(here: Asymptotic, decade: float, values: Values, point: dict[Symbol, Any]) -> _Size:
    values.error = 0.0
    place = _place(here, decade, values, point)
    at = {**point, here.variable: place}
    left, right = values(here.lhs, at), values(here.rhs, at)
    difference = abs(left - right)
    terms = [abs(values(x, at)) for x in Add.make_args(here.rhs)]
    nothing = mpmath.mpf(10) ** -10000
    remainder = abs(values(here.remainder, at)) if here.remainder != 0 else nothing
    return _Size(
        at=mpmath.mpf(decade) * mpmath.log(10),
        difference=mpmath.log(max(difference, nothing)),
        remainder=mpmath.log(remainder),
        terms=tuple(mpmath.log(max(size, nothing)) for size in terms),
        relative=float(difference / abs(left)) if left else float(difference != 0),
        noise=values.error,
    )


def _size_if_known(here: Asymptotic, decade: float, values: Values, point: dict[Symbol, Any]) -> _Size | None:
    """The same; None where the sides are not known to three digits."""
    try:
        found = _size(here, decade, values, point)
    except PrecisionError:
        return None
    return found if found.noise < 1e-3 else None


def _decide(sizes: list[_Size]) -> tuple[str, str]:
    """How the difference falls: nearer to the remainder's exponent than to that of the last term."""
    if len(sizes) < 2:
        return FAILED, "no earlier size"
    one, two = sizes
    width = two.at - one.at
    measured = -(two.difference - one.difference) / width
    stated = -(two.remainder - one.remainder) / width
    slopes = [-(y - x) / width for x, y in zip(one.terms, two.terms, strict=True)]
    # terms that are behind the remainder at this point say nothing
    last = max((p for p in slopes if p < stated - 0.001), default=stated - 1)
    gap = stated - last
    note = f"the difference falls with exponent {float(measured):.4f}, stated {float(stated):.4f}"
    if measured > stated - gap / 4:
        return HELD, note
    if measured < last + gap / 4:
        return FAILED, note
    return UNDECIDED, note
