"""Reversion where coefficients oscillate: functions at a size that falls between two levels of a spectrum.

Where the number of modes ``M(x)``, x -> 0, has coefficients of period 1 in the level ``k = l/r + b``,
l = log(1/x), its root for a given size y lies between two levels,

    k + psi(k) = u(y),    psi of period 1,

with u elementary. `BetweenLevels` is that root, and functions of the root are functions of k of the same
period, beside what l itself is there. Two cases are solved, to leading order:

* ``M = A(k) x^-alpha``: then ``x = (A(k)/y)^(1/alpha)``, ``psi = log(A(k)/A_0)/(alpha r)``, A_0 the mean
  of A;
* ``M = a l^d + (b + B(k)) l^(d-1) + ...``: with l_0 the root without B, ``l = l_0 - B(k)/(a d) + O(1/l_0)``.

    revert_between_levels    the function at the root
    BetweenLevels            k, a number once y is one
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import mpmath
from sympy import Add, Dummy, Expr, Integer, Lambda, Symbol, exp, lambdify, latex, log
from sympy import expand as expanded

from asymptotics.caches import cached
from asymptotics.domains.domain import normal
from asymptotics.errors import UnableError
from asymptotics.expansions.constants import OpaqueNumber
from asymptotics.expansions.expansion import Expansion, expansion
from asymptotics.expansions.layers import in_front
from asymptotics.expansions.logarithmic_reversion import logarithm_in
from asymptotics.expansions.oscillation import Oscillation
from asymptotics.expansions.ring import Element, element
from asymptotics.expansions.terms import Bound, Term
from asymptotics.expansions.variables import shift_logarithm
from asymptotics.precision import working, working_bits

Revert = Callable[[Expansion, Symbol, Expansion], Expansion]
_k, _place = Symbol("k_0", real=True), Dummy("place")
ONE = Integer(1)
PLACES = 65
"""At so many places of a period it is looked whether a root is the only one."""


class BetweenLevels(OpaqueNumber):
    """``BetweenLevels(psi, u)``: the x with ``x + psi(x) = u``, psi of period 1 and ``x + psi(x)`` growing.

    psi is a `Lambda` in which `Oscillation` alone depends on x, and vanishes somewhere.

    >>> from sympy import I, Integer, Rational, pi, sin
    >>> s, x = Dummy("s"), Symbol("x", real=True)
    >>> wave = Oscillation(Lambda(s, pi * I / sin(pi * s)), Integer(0), Integer(5), x)
    >>> root = BetweenLevels(Lambda(x, wave / 5), Rational(31, 10))
    >>> root, (root + (wave / 5).xreplace({x: root})).evalf(12)
    (level(31/10), 3.10000000000)
    """

    nargs = 2
    step = 30  # digits
    is_extended_real = True
    is_finite = True

    @classmethod
    def eval(cls, psi: Lambda, u: Expr) -> Expr | None:
        return u if u.is_Rational and psi(u) == 0 else None

    @property
    def words(self) -> str:
        """What it solves."""
        psi, _ = self.args
        return f"level(u) solves {_k + psi(_k)} = u"

    @property
    def meaning(self) -> str:
        """The same in LaTeX."""
        psi, _ = self.args
        return rf"k(u)\text{{: the }} k_0 \text{{ with }} {latex(_k + psi(_k))} = u"

    @classmethod
    def at(cls, psi: Lambda, u: Expr) -> Expr:
        """The place; raises `UnableError` where ``x + psi(x)`` does not grow, so that there are several."""
        _check_growing(psi)
        return cls(psi, u)

    def number(self, digits: int) -> Any:
        psi, u = self.args
        _check_growing(psi)
        return _root(psi, u, digits)

    def _sympystr(self, printer: Any) -> str:
        return f"level({printer._print(self.args[1])})"

    def written(self, printer: Any) -> str:
        return rf"k\left({printer._print(self.args[1])}\right)"


@cached(maxsize=256)
def _root(psi: Lambda, u: Expr, digits: int) -> mpmath.mpf:
    with working(digits + 10):
        whole = mpmath.mpmathify(u.evalf(mpmath.mp.dps + 10))
        turns = mpmath.floor(whole)
        part, change = whole - turns, _compiled(psi, mpmath.mp.prec)
        bracket = (part - 1, part + 1)
        return turns + mpmath.findroot(
            lambda x: x + change(x) - part, bracket, solver="anderson", verify=False
        )


@cached(maxsize=256)
def _check_growing(psi: Lambda) -> None:
    """Whether ``x + psi(x)`` is real and grows from each of `PLACES` in a period to the next, at numbers."""
    if psi.free_symbols:
        return
    with working(15):
        change = _compiled(psi, mpmath.mp.prec)
        found = [x + change(x) for x in mpmath.linspace(0, 1, PLACES)]
    if any(y.imag for y in found) or any(y <= x for x, y in pairwise(found)):
        raise UnableError(
            "more than one place between two levels solves the equation of the ridge, and which of them is "
            "the best changes from level to level; not derived, numbers come from numerics.FullModel"
        )


@cached(maxsize=64)
def _compiled(psi: Lambda, prec: int) -> Callable[[Any], Any]:
    """psi as a function of numbers, the harmonics of its waves found once."""
    k = psi.variables[0]
    waves = {wave: Dummy() for wave in psi.expr.atoms(Oscillation)}
    with working_bits(prec):
        body = psi.expr.xreplace(waves).evalf(mpmath.mp.dps)
        rows = [(wave.sizes(prec), wave.phase - k) for wave in waves]
        shifts = [mpmath.mpmathify(shift.evalf(mpmath.mp.dps)) for _, shift in rows]
    outer = lambdify(list(waves.values()), body, "mpmath")

    def function(x: Any) -> Any:
        turns = (mpmath.expjpi(-2 * (x + shift)) for shift in shifts)
        sums = (mpmath.polyval([*row[::-1], 0], turn) for (row, _), turn in zip(rows, turns, strict=True))
        return outer(*(2 * mpmath.re(total) for total in sums))

    return function


def revert_between_levels(series: Expansion, size: Symbol, function: Expansion, revert: Revert) -> Expansion:
    """``function(x)`` for ``series(x) = size``, size -> oo; ``revert`` is the reversion without oscillations.

    Raises `UnableError` for phases that are not those of one sequence of levels, and for other leads.
    """
    levels = _Levels(series, function)
    lead = series.leading()
    if lead.logs == (0, 0) and lead.order != 0:
        return _at_power(levels, series, size, function)
    if lead.order == 0 and lead.loglog_power == 0 and not lead.element.has(series.variable):
        return _at_logarithms(levels, series, size, function, revert)
    raise UnableError(
        f"the number of modes leads with a power of log({series.variable}) and a coefficient that oscillates "
        f"in it; the place of {series.variable} between two levels is not derived, numbers come from "
        "numerics.FullModel"
    )


def _at_power(levels: _Levels, series: Expansion, size: Symbol, function: Expansion) -> Expansion:
    lead = series.leading()
    alpha = -lead.order
    mean = _without_oscillations(lead.coefficient)
    ahead = levels.at(lead.coefficient, _k)
    psi = Lambda(_k, log(ahead / mean) * levels.pace / alpha)
    place = BetweenLevels.at(psi, (log(size) - log(mean)) * levels.pace / alpha + levels.start)
    base = ahead.xreplace({_k: place})
    terms: list[Term] = []
    bounds = [Bound(b.order / alpha, *b.logs) for b in function.remainder]
    behind = [Bound(b.order - lead.order, *b.logs) for b in series.bounds() if b.order != lead.order]
    for t in function.terms:
        front = levels.put(t.element, place) * element(base).power(normal(t.order / alpha))
        moved = shift_logarithm(t.logs, 1 / alpha, -log(base) / alpha, function)
        placed = in_front(normal(t.order / alpha), moved, front)
        terms, bounds = terms + placed[0], bounds + placed[1]
        bounds += (
            Bound((t.order + b.order) / alpha, t.log_power + b.log_power, t.loglog_power + b.loglog_power)
            for b in behind
        )
    return expansion(size, terms, bounds, at_infinity=True, domain=function.domain, depth=function.depth)


def _at_logarithms(
    levels: _Levels, series: Expansion, size: Symbol, function: Expansion, revert: Revert
) -> Expansion:
    lead = series.leading()
    d, smooth = lead.log_power, _smooth(series)
    swing = Add(
        *(
            t.coefficient - _without_oscillations(t.coefficient)
            for t in series.terms
            if t.order == 0 and t.log_power == d - 1
        )
    )
    shift = levels.at(swing, _k) / (lead.coefficient * d)
    there = revert(smooth, size, series.with_terms([Term(ONE, Integer(0), 1)]))
    u = expanded(_up_to_constants(there) * levels.pace + levels.start)
    # a whole number of levels for each unit of the size: at whole sizes the place is the same
    whole = (turns := u.coeff(size)).is_integer and not (u - turns * size).has(size)
    start = u - turns * size if whole else u
    place = BetweenLevels.at(Lambda(_k, shift * levels.pace), start)
    moved_by = (start - place) / levels.pace  # the shift there, by the equation of the place
    found: Expansion | None = None
    for p in dict.fromkeys(t.order for t in function.terms):
        part, back = levels.lettered(t for t in function.terms if t.order == p)
        near = [Bound(t.order, t.log_power - 1, t.loglog_power) for t in part]
        moved = revert(smooth, size, function.with_terms(part, near))
        front = element(exp(p * moved_by)) if p != 0 else element(ONE)
        put = {letter: levels.put(wave, place) for letter, wave in back.items()}
        terms = [Term(_insert(t.element, put) * front, t.order, *t.logs) for t in moved.terms]
        moved = replace(moved.with_terms(terms, moved.remainder), whole=bool(whole))
        found = moved if found is None else found + moved
    if found is None:
        raise UnableError(f"{function!r} has no term; its order at {size} is not derived")
    return found


class _Levels:
    """The coordinate ``k = pace l + start`` in which all coefficients have the period 1."""

    def __init__(self, *parts: Expansion) -> None:
        self.variable = parts[0].variable
        waves = {w for e in parts for t in e.terms for w in t.coefficient.atoms(Oscillation)}
        places = {self._line(wave.phase) for wave in waves if wave.has(self.variable)}
        if len({pace for pace, _ in places}) != 1:
            raise UnableError(
                f"coefficients oscillate in log({self.variable}) with several periods, or with one that "
                "changes; the place between levels is not derived"
            )
        self.pace, self.start = min(places, key=str)

    def _line(self, phase: Expr) -> tuple[Expr, Expr]:
        """``(pace, start)`` of a phase ``pace l + start``."""
        moved = expanded(logarithm_in(phase, self.variable, -_place))
        pace = normal(moved.coeff(_place))
        start = normal(moved - pace * _place)
        if start.has(_place, self.variable) or pace.has(self.variable):
            raise UnableError(f"the phase {phase} is not linear in log({self.variable}); not derived")
        return pace, start

    def at(self, coefficient: Expr, place: Expr) -> Expr:
        """A coefficient with ``place`` for k."""

        def move(wave: Expr) -> Expr:
            return wave.func(*wave.args[:3], place + normal(self._line(wave.phase)[1] - self.start))

        return coefficient.replace(lambda e: isinstance(e, Oscillation) and e.has(self.variable), move)

    def put(self, e: Element, place: Expr) -> Element:
        """The same of an `Element`."""
        return e.change(self.variable, lambda part: self.at(part, place))

    def lettered(self, terms: Iterable[Term]) -> tuple[list[Term], dict[Symbol, Element]]:
        """Terms with a letter for each coefficient that oscillates, and the coefficients."""
        found, back = [], {}
        for t in terms:
            if t.element.has(self.variable):
                letter = Dummy("w", positive=True)
                back[letter] = t.element
                found.append(Term(letter, t.order, *t.logs))
            else:
                found.append(t)
        return found, back


def _insert(e: Element, table: dict[Symbol, Element]) -> Element:
    """An `Element` with others for letters, of which it is linear."""
    for letter, value in table.items():
        if e.has(letter):
            e = e * element(1 / letter) * value
    return e


def _smooth(series: Expansion) -> Expansion:
    """The terms without a power of x, their oscillations left out."""
    terms = [
        Term(_without_oscillations(t.coefficient), t.order, *t.logs) for t in series.terms if t.order == 0
    ]
    bounds = [b for b in series.remainder if b.order == 0]
    return series.with_terms([t for t in terms if t.coefficient != 0], bounds)


def _up_to_constants(series: Expansion) -> Expr:
    """What does not vanish in an expansion at oo, as an expression."""
    signs = [series.domain.sign(t.order) for t in series.terms]
    ends = [series.domain.sign(b.order) for b in series.remainder]
    kept = [t for t, sign in zip(series.terms, signs, strict=True) if sign != 1]
    if (
        None in signs
        or any(sign != 1 for sign in ends)
        or any(t.order == 0 and t.log_power < 0 for t in kept)
    ):
        raise UnableError(
            "the place between two levels is known up to powers of a logarithm alone, and what happens "
            "in one level depends on it; numbers come from numerics.FullModel"
        )
    return Add(*(series.term_expression(t) for t in kept))


def _without_oscillations(coefficient: Expr) -> Expr:
    return coefficient.replace(lambda e: isinstance(e, Oscillation), lambda e: Integer(0))


__all__ = ["BetweenLevels", "revert_between_levels"]
