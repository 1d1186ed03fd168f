"""Is every step of a derivation true, in numbers?

An equality is evaluated on both sides. A step ``f ~ g + O(r)`` is evaluated at sizes that grow: the
difference f - g must fall as r does (`asymptotics.derivation.falling`). Where an earlier step that holds
gives f further, ``f ~ g' + O(r')``, it is g' that is evaluated: where orders of f are close, the sizes at
which f has numbers do not show which of them is left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import mpmath
from sympy import And, Basic, Eq, Expr, Integer, Rational, Sum, Symbol, nan, oo, zoo
from sympy.logic.boolalg import Boolean

from asymptotics.caches import Memory, cached
from asymptotics.derivation.evaluation.values import Values
from asymptotics.derivation.falling import FAILED, HELD, UNDECIDED, follow, judge_fall
from asymptotics.derivation.step import Definitions, Step
from asymptotics.derivation.symbols import Asymptotic
from asymptotics.derivation.text import equation
from asymptotics.domains.domain import plain
from asymptotics.errors import DomainError, PrecisionError, UnableError
from asymptotics.expansions.oscillation import Oscillation
from asymptotics.hints import name_numbers
from asymptotics.model.operators import past, time, zeta
from asymptotics.parsing.heights import substitute
from asymptotics.parsing.numbers import substitution, whole_number
from asymptotics.precision import working
from asymptotics.spectra.far import UnknownSum
from asymptotics.symbols import B, N, P, beta, eta, kappa, l, mu, rho, sigma, t

ELSEWHERE = "elsewhere"
SCALE = Symbol("u", positive=True)
"""The ridge on the scale of the last modes."""
RATE = Symbol("y", positive=True)
"""The rate of learning on that scale."""

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
    "mu": Rational(2, 5),
    "rho": Rational(3, 4),
    "l": Rational(7, 5),
    "u": Rational(5, 3),
    "y": Rational(7, 2),
}
"""Where an identity is evaluated in letters that are not parameters of the task."""

LETTERS = (kappa, N, P, t, sigma, eta, B, beta, mu, rho, l, time, past, zeta, Symbol("s"), SCALE, RATE)

ELSE = {letter: PLACES[letter.name] for letter in LETTERS}
"""Values of letters for which none was given."""

ALIKE = ((zeta, kappa), (time, past))
"""Letters that have one value: where the other does not stand, either says the same."""

MEETING = "two exponents meet at this point: law.at(...).derivation has what is left"


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
    def _worst_words(self) -> str:
        return "worst equality" if isinstance(self.worst.step.equation, Eq) else "largest residual"

    @property
    def residual(self) -> float:
        """The largest residual of an equality."""
        return self.worst.residual or 0.0

    @property
    def held(self) -> int:
        """How many steps hold; others may be for other parameters, or undecided."""
        return sum(s.verdict == HELD for s in self.steps)

    def __str__(self) -> str:
        counts = {v: sum(s.verdict == v for s in self.steps) for v in (HELD, FAILED, UNDECIDED)}
        parts = [f"{n} {v}" for v, n in counts.items() if n]
        meeting = sum(s.note == MEETING for s in self.steps)
        if other := sum(s.verdict == ELSEWHERE for s in self.steps) - meeting:
            parts.append(f"{other} for other parameters")
        if meeting:
            parts.append(f"{meeting} where two exponents meet at this point")
        lines = [f"{self.title}: {', '.join(parts)}", f"{self._worst_words}: {self.worst}"]
        lines += [str(s) for s in self.steps if s.verdict in (FAILED, UNDECIDED)]
        return "\n".join(lines)


def check(
    title: str,
    steps: tuple[Step, ...],
    definitions: Definitions,
    parameters: tuple[Symbol, ...],
    conditions: tuple[Boolean, ...],
    meetings: tuple[tuple[Boolean, Definitions], ...],
    at: Mapping[Symbol | str, object] | None,
    digits: int,
) -> Check:
    """Every step at one point; see `Derivation.check`."""
    digits = whole_number(digits, "digits", 5, 100)
    table = substitution(parameters, at)
    if symbolic := [s for s, value in table.items() if not value.is_number]:
        raise DomainError(f"{symbolic[0]} = {table[symbolic[0]]}; steps are checked at numbers, give one")
    known = (s for s in parameters if not isinstance(s, UnknownSum))
    missing = [s for s in known if s not in table and s.name not in PLACES]
    if missing:
        names = [s.name for s in missing]
        raise DomainError(f"no value for {', '.join(names)}; give {name_numbers('at', names)}")
    for condition in conditions:
        if condition.xreplace(table) == False:  # noqa: E712  (SymPy's BooleanFalse)
            raise DomainError(f"the condition {condition} of the derivation fails at this point")
    there = dict(definitions)
    for condition, own in meetings:
        there |= own if _holds(condition, table) else {}
    meanings = tuple((substitute(f, table), substitute(e, table)) for f, e in there.items())
    with working(digits + 15):
        values = Values(meanings, digits + 5, _size_of_finite(steps, meanings), _period(steps, table))
        checked: list[Checked] = []
        further: dict[Expr, Asymptotic] = {}
        for n, step in enumerate(steps, 1):
            checked.append(_check_step(n, step, table, values, digits, further))
            if checked[-1].verdict == HELD and isinstance(step.equation, Asymptotic):
                here = _placed(step.equation, tuple(table.items()))
                further[here.lhs] = here
    return Check(title=title, steps=tuple(checked), digits=digits)


def _holds(condition: Boolean, table: dict[Symbol, Expr]) -> bool:
    """Whether a condition is not false at the point."""
    return bool(And(condition.xreplace(table).xreplace(ELSE)) != False)  # noqa: E712


def _check_step(
    number: int,
    step: Step,
    table: dict[Symbol, Expr],
    values: Values,
    digits: int,
    further: Mapping[Expr, Asymptotic],
) -> Checked:
    def found(verdict: str, residual: float | None, note: str) -> Checked:
        return Checked(number=number, step=step, verdict=verdict, residual=residual, note=note)

    if not _holds(step.condition, table):
        return found(ELSEWHERE, None, f"it is a step for {plain(step.condition)}")
    if unknown := sorted(step.equation.atoms(UnknownSum), key=str):
        return found(UNDECIDED, None, unknown[0].words)
    here = _placed(step.equation, tuple(table.items()))
    if here in (True, False) or here.has(zoo, nan):
        return found(ELSEWHERE, None, MEETING)
    given = tuple((letter, value.xreplace(table)) for letter, value in step.given)
    relevant = values.relevant(here)
    if any(meaning.has(zoo, nan) for _, meaning in relevant):
        return found(ELSEWHERE, None, MEETING)
    earlier = further.get(here.lhs) if isinstance(here, Asymptotic) else None
    one, other = _in_few_letters(here, earlier)
    key = (one, other, given, relevant, digits)
    verdict, residual, note = _OUTCOMES.recall(key, lambda: _outcome(one, other, given, values, digits))
    return found(verdict, residual, note or f"both sides at {_where(here, given, values)}")


_OUTCOMES: Memory[tuple[str, float | None, str]] = Memory(maxsize=4000)
"""What came out for an equation with its definitions: laws of one task share many of their steps."""


@cached(maxsize=4000)
def _placed(equation: Basic, table: tuple[tuple[Symbol, Expr], ...]) -> Basic:
    """The equation of a step at a point."""
    return equation.xreplace(dict(table))


@cached(maxsize=4000)
def _in_few_letters(here: Basic, earlier: Asymptotic | None) -> tuple[Basic, Asymptotic | None]:
    """The same in the first of the letters that have one value."""
    for letter, other in ALIKE:
        if not here.has(other) and not (earlier and earlier.has(other)):
            here, earlier = here.xreplace({letter: other}), earlier and earlier.xreplace({letter: other})
    return here, earlier


def _outcome(
    here: Basic,
    earlier: Asymptotic | None,
    given: tuple[tuple[Symbol, Expr], ...],
    values: Values,
    digits: int,
) -> tuple[str, float | None, str]:
    values.error = 0.0
    try:
        if isinstance(here, Asymptotic):
            there = None if earlier is None else follow(here, earlier, values, _point(values))
            return judge_fall(there or here, values, _point(values), digits)
        return _equality(here, given, values, digits)
    except (PrecisionError, UnableError) as error:
        return UNDECIDED, None, str(error)
    except (ArithmeticError, ValueError) as error:  # of mpmath, at poles and beyond the range of floats
        return UNDECIDED, None, f"its numbers end here: {error}"


def _point(values: Values) -> dict[Symbol, Any]:
    """Values for the letters that are not parameters of the task, whether they are seen or not."""
    sizes = {} if values.size is None else {N: _number(values.size), P: _number(values.size)}
    return {letter: _number(PLACES[letter.name]) for letter in LETTERS} | sizes


def _size_of_finite(steps: tuple[Step, ...], definitions: Definitions) -> Expr | None:
    """A size below the number of modes, or above it where the law says so; None if that is infinite."""
    ends = {total.limits[0][2] for _, meaning in definitions for total in meaning.atoms(Sum)}
    ends = {end for end in ends if end.is_Integer}  # a sum over a tail ends elsewhere
    if not ends:
        return None
    edge = any(isinstance(s.equation, Asymptotic) and s.equation.limit not in (0, oo) for s in steps)
    return max(ends) * (Rational(7, 10) if edge else Rational(13, 10))


def _period(steps: tuple[Step, ...], table: dict[Symbol, Expr]) -> Expr:
    """The period of oscillations in the logarithm of a variable; 0 where there are none."""
    waves = set().union(*(step.equation.atoms(Oscillation) for step in steps))
    periods = {abs(wave.period.xreplace(table)) for wave in waves}
    return max(periods, default=Integer(0))


def _number(x: Expr) -> Any:
    return mpmath.mpf(x.p) / x.q


def _equality(
    here: Eq, given: tuple[tuple[Symbol, Expr], ...], values: Values, digits: int
) -> tuple[str, float, str]:
    point = _point_of(given, values)
    left, right = values(here.lhs, point), values(here.rhs, point)
    size = max(abs(left), abs(right))
    residual = float(abs(left - right) / size) if size else 0.0
    allowed = max(10.0**-digits, 10 * values.error)
    return HELD if residual <= allowed else FAILED, residual, ""


def _point_of(given: tuple[tuple[Symbol, Expr], ...], values: Values) -> dict[Symbol, Any]:
    """Values of all letters for an identity."""
    point = _point(values)
    for letter, value in given:
        number = values(value, {})
        # an identity in s is tried off the real axis of its strip
        point[letter] = mpmath.mpc(number, _number(PLACES["s"])) if letter.name == "s" else number
    return point


def _where(here: Basic, given: tuple[tuple[Symbol, Expr], ...], values: Values) -> str:
    """The point at which an identity was evaluated, in words."""
    seen = here.free_symbols | {letter for letter, _ in given}
    point = _point_of(given, values).items()
    shown = sorted((letter.name, number) for letter, number in point if letter in seen)
    return ", ".join(f"{name} = {mpmath.nstr(number, 5)}" for name, number in shown) or "this point"
