"""The best constant step without label noise: a number, between too slow and too close to instability.

Late, one-pass SGD leaves ``h(eta) t^-p``, p free of eta: a larger step gets further, and its noise feeds
itself more, ``h -> oo`` for eta -> 0 and where the gain K(eta) is 1. The best step tends to where h is least;
what follows in the loss, smaller by ``t^-g``, moves it by as much.

    BestConstant    the best step of a loss, in equations
    LeastPlace      where h is least, a constant
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
from sympy import Expr, Float, Integer, Symbol
from sympy.core.function import AppliedUndef

from asymptotics.caches import cached
from asymptotics.domains.domain import normal
from asymptotics.errors import PrecisionError, UnableError, Undecided
from asymptotics.expansions.constants import OpaqueNumber
from asymptotics.expansions.expansion import Expansion
from asymptotics.expansions.oscillation import Oscillation
from asymptotics.expansions.terms import Bound, Term
from asymptotics.model.beyond_spectrum import StableSum, sum_beyond
from asymptotics.model.expander import RULES, Expander, Found
from asymptotics.model.operators import Binder
from asymptotics.model.sums import named
from asymptotics.precision import working
from asymptotics.sums.convergent import DIGITS
from asymptotics.typesetting import Writer

GUARD = 5
NEAR = mpmath.mpf("1e-9")
"""How near few digits come to the place, relatively."""
CLOSE = 1.3
"""Where the ends of a bracket are so near in ratio, secants end the search."""


class BestConstant(Binder):
    """``BestConstant(L, eta, K)``: the eta > 0 with ``K(eta) < 1`` at which ``L(t; eta)`` is least."""

    nargs = 3
    written = "argmin({0}, {1} > 0 with {2} < 1)"
    tex = r"\operatorname*{{arg\,min}}_{{{1} > 0,\; {2} < 1}} \left[{0}\right]"

    @property
    def free_symbols(self) -> set[Symbol]:
        loss, letter, gain = self.args
        return (loss.free_symbols | gain.free_symbols) - {letter}


class LeastPlace(OpaqueNumber):
    """``LeastPlace(h, eta, K)``: the eta > 0 with ``K(eta) < 1`` at which h is least; dimensionless.

    Numbers come by ``evalf``; `PrecisionError` where h has no minimum there.

    >>> eta = Symbol("eta", positive=True)
    >>> LeastPlace(1/(eta*(1 - eta)), eta, eta).evalf(12)
    0.500000000000
    """

    nargs = 3
    guard, step, bracketed = 0, DIGITS, True
    is_positive = True
    is_real = True

    @property
    def free_symbols(self) -> set[Symbol]:
        height, letter, gain = self.args
        return (height.free_symbols | gain.free_symbols) - {letter}

    def _eval_subs(self, old: Expr, new: Expr) -> Expr | None:
        return self if old == self.args[1] else None

    def number(self, digits: int) -> Any:
        height, letter, gain = self.args
        return _least_place(height, letter, gain, digits)

    def _sympystr(self, printer: Any) -> str:
        height, letter, _ = map(printer._print, self.args)
        return f"argmin({height}, {letter})"

    def in_brackets(self, writer: Writer) -> tuple[str, Expr, str]:
        """The sign with its bracket, what is in it, and the bracket that closes: to be set on lines."""
        letter = writer.write(self.args[1])
        return rf"\operatorname*{{arg\,min}}_{{{letter}}} \Bigl[", self.args[0], r"\Bigr]"

    def written(self, printer: Any) -> str:
        height, letter, _ = map(printer._print, self.args)
        return rf"\operatorname*{{arg\,min}}_{{{letter}}} \left[{height}\right]"


def expand_best(found: Expander, node: BestConstant, x: Symbol) -> Found:
    """The rule for `BestConstant`: where the coefficient of the leading power is least."""
    loss, letter, gain = node.args
    for call in sorted(loss.atoms(AppliedUndef), key=str):
        if (place := call.args[0]).is_Symbol:
            _check_powers(found(call, place).series, call)
    part = found(loss, x)
    beyond = {
        call: sum_beyond(named(call), 0, call.args[0], found.spectrum) for call in gain.atoms(AppliedUndef)
    }
    if not part.series.candidates():
        raise UnableError("the best step where every mode falls exponentially is not derived; use modes=oo")
    first, *others = part.series.candidates()
    if others:
        gap = normal(first.order - others[0].order)
        raise Undecided(f"which part of the loss leads is the sign of {gap}", gap)
    if not part.series.in_powers or any(first.logs):
        raise UnableError(f"the best step of a loss {part.series!r} is not derived; only of powers of {x}")
    if part.series.domain.sign(first.order) != 1:
        raise UnableError("the loss tends to a constant: the later it is, the smaller is the best step")

    place = LeastPlace(first.coefficient, letter, gain.xreplace(beyond))
    behind = [y for y in (*part.series.terms, *part.series.remainder) if y is not first]
    bounds = [Bound(normal(y.order - first.order), *y.logs) for y in behind]
    series = part.series.with_terms([Term(place, Integer(0))], bounds)
    return Found(node=node, series=series, parts=(part,))


def _check_powers(series: Expansion, call: Expr) -> None:
    """Raise `UnableError` unless a sum is one of powers."""
    swings = any(term.coefficient.has(Oscillation) for term in series.terms)
    if swings or not (series.in_powers and series.terms):
        raise UnableError(f"the best step where {call} is not a sum of powers is not derived")


RULES[BestConstant] = expand_best


@cached(maxsize=256)
def _least_place(height: Expr, letter: Symbol, gain: Expr, digits: int) -> mpmath.mpf:
    """Where the slope of log h vanishes: bracketed, then by secants; ``digits`` a multiple of `DIGITS`."""
    slope = height.diff(letter)
    sums = tuple(gain.atoms(StableSum))

    def at(expression: Expr, place: mpmath.mpf) -> mpmath.mpf:
        value = expression.xreplace({letter: Float._new(place._mpf_, mpmath.mp.prec)})
        return value.evalf(digits - GUARD)._to_mpmath(mpmath.mp.prec)  # of a sum these are ``digits``

    def allowed(place: mpmath.mpf) -> bool:
        first = (1 / x.args[0].xreplace({x.args[1]: Integer(1)}) for x in sums)
        return all(at(x, place) > 0 for x in first) and at(gain, place) < 1

    def rises(place: mpmath.mpf) -> mpmath.mpf:
        return at(slope, place) / at(height, place)

    with working(digits):
        if digits == DIGITS:
            low, high = _bracket(allowed, rises)
            ends, solver = (low, high), "anderson"
        else:
            near = _least_place(height, letter, gain, DIGITS)
            low, high = near * (1 - NEAR), near * (1 + NEAR)
            ends, solver = (low, high), "secant"
        close = mpmath.mpf(10) ** -(digits - GUARD + 2)
        found = mpmath.findroot(rises, ends, solver=solver, tol=close, verify=False)
        if not low <= found <= high:
            raise PrecisionError(f"the best {letter} was not found between {low} and {high}")
        return found


def _bracket(
    allowed: Callable[[mpmath.mpf], bool], rises: Callable[[mpmath.mpf], mpmath.mpf]
) -> tuple[mpmath.mpf, mpmath.mpf]:
    """Two places close to each other between which the slope changes its sign."""
    high = mpmath.mpf(1)
    while allowed(high):
        high *= 2
    low = high / 2
    while not (allowed(low) and rises(low) < 0):
        low, high = low / 2, low
        if low < mpmath.mpf(10) ** -30:
            raise PrecisionError("the loss rises with every step; no best step is found")
    while not allowed(high) or high > CLOSE * low:
        middle = mpmath.sqrt(low * high)
        if allowed(middle) and rises(middle) < 0:
            low = middle
        else:
            high = middle
    return low, high
