"""Reversion of an expansion that leads with a logarithm: exponential laws.

For spectra whose eigenvalues fall exponentially the number of resolved modes grows as a logarithm,

    M(x) = T(l) + u(x),    T = A l + b + p(l),   l = log(1/x),   u = sum_i C_i(l) x^(p_i) l^(m_i),

where p and the C_i oscillate (`oscillation`). With T as coordinate and ``d/dT = (1/T') d/dl`` the solution of
``M(x) = n`` is, by Lagrange's theorem,

    H(x) = H + sum_{j >= 1} 1/j! (-d/dT)^(j-1) [ u^j (-d/dT) H ]     at T(l) = n.

For whole n the oscillations are all at one phase at ``l_0 = (n - b)/A``, provided that their period in n is a
whole fraction of 1, and T(l_0) = n if p vanishes at this phase. The result is an expansion in
``X = exp(n)``, as ``x_0 = e^(b/A) X^(-1/A)``.
"""

from __future__ import annotations

from dataclasses import replace
from math import factorial

from sympy import Expr, Integer, Symbol, exp, log
from sympy import expand as expanded

from asymptotics.domains.domain import normal
from asymptotics.domains.logarithms import logarithm
from asymptotics.errors import UnableError
from asymptotics.expansions.expansion import Expansion, expansion
from asymptotics.expansions.layers import in_front
from asymptotics.expansions.oscillation import Oscillation
from asymptotics.expansions.ring import Element, element
from asymptotics.expansions.terms import Bound, Term
from asymptotics.expansions.variables import shift_logarithm


def leads_with_logarithm(series: Expansion) -> bool:
    """Whether an expansion at 0 leads with one logarithm of its variable, as M does."""
    if series.at_infinity:
        return False
    first = series.candidates()
    return len(first) == 1 and first[0].order == 0 and first[0].logs == (1, 0)


def exponential_reversion(series: Expansion, size: Symbol, function: Expansion) -> Expansion:
    """``function(x)`` for ``series(x) = size``, size a large integer, in powers of exp(size).

    Raises `UnableError` where the solution does not keep its phase (see the module).

    >>> from asymptotics.symbols import N, kappa
    >>> f = expansion(kappa, [Term(Integer(2), Integer(0), 1), Term(Integer(3), Integer(1))], depth=2)
    >>> exponential_reversion(f, N, f.monomial(Integer(1), Integer(1)))     # -2 log(kappa) + 3 kappa = N
    exp(-N/2) + 3*exp(-N)/2 + O(exp(-3*N/2))
    """
    leading = {t.log_power: t.element for t in series.terms if t.order == 0}
    rate, constant = leading[1], leading.get(0, Element({}))
    if rate.has(series.variable):
        raise UnableError(
            f"the number of modes leads with an oscillating logarithm of {series.variable}; "
            "its reversion is not derived"
        )
    phase = _Phase(series.variable, size, rate.as_expr(), constant)
    solved = _at_coordinate(series, rate, constant, function)
    return phase.freeze(solved)


def _at_coordinate(series: Expansion, rate: Element, constant: Element, function: Expansion) -> Expansion:
    """``function`` at the solution, as a function of the x at which T(l) = n."""
    pace = (rate + -constant.slope(series.variable)).inverse()  # dl/dT, where d/dl = -x d/dx
    small = series.with_terms((t for t in series.terms if t.order != 0), series.remainder)

    def move(e: Expansion) -> Expansion:
        """``-d/dT``."""
        terms = (Term(s.element * pace, s.order, *s.logs) for t in e.terms for s in e.slopes(t))
        return e.with_terms(terms, e.remainder)

    total, slope, power = function, move(function), series.constant(Integer(1))
    for j in range(1, series.depth):
        power = power * small
        summand = power * slope
        for _ in range(j - 1):
            summand = move(summand)
        total = total + summand.scale(Integer(1) / factorial(j))
    last = power * small * slope
    return total.with_terms(total.terms, (*total.remainder, *last.bounds()))


class _Phase:
    """The place ``l_0 = (n - b)/A`` where T(l) is the whole number n, and functions there."""

    def __init__(self, variable: Symbol, size: Symbol, rate: Expr, constant: Element) -> None:
        self.variable, self.size, self.rate = variable, size, normal(1 / rate)
        mean = constant.change(variable, _without_oscillations)
        self.shift = normal(-mean.as_expr() / rate)
        if not (constant + -mean).change(variable, self._at).vanishes():
            raise UnableError(
                f"the oscillation of the number of modes does not vanish where {size} modes are resolved: "
                f"the law depends on {size} modulo a number of modes, which is not derived"
            )

    def freeze(self, found: Expansion) -> Expansion:
        """An expansion at the phase, in powers of exp(size)."""
        terms: list[Term] = []
        bounds = [Bound(b.order * self.rate, *b.logs) for b in found.remainder]
        for t in found.terms:
            scale = element(exp(normal(-t.order * self.shift))) * t.element.change(self.variable, self._at)
            moved = shift_logarithm(t.logs, self.rate, self.shift, found)
            placed = in_front(t.order * self.rate, moved, scale)
            terms, bounds = terms + placed[0], bounds + placed[1]
        whole = expansion(self.size, terms, bounds, at_infinity=True, domain=found.domain, depth=found.depth)
        return replace(whole, gauge=exp(self.size), whole=True)

    def _at(self, coefficient: Expr) -> Expr:
        """A function of the oscillations where ``log x = -l_0``, n being whole."""
        place = -self.rate * self.size - self.shift

        def at_phase(wave: Expr) -> Expr:
            phase = expanded(logarithm_in(wave.phase, self.variable, place))
            periods = normal(phase.coeff(self.size))
            if not periods.is_integer:
                raise UnableError(
                    f"the oscillation has {periods} periods for each unit of {self.size} (levels of "
                    f"several modes): the law depends on {self.size} modulo the modes of a level, "
                    "which is not derived"
                )
            fixed = normal(expanded(phase - phase.coeff(self.size) * self.size))
            return wave.func(*wave.args[:3], fixed % 1 if fixed.is_Rational else fixed)

        return coefficient.replace(lambda e: isinstance(e, Oscillation), at_phase)


def _without_oscillations(coefficient: Expr) -> Expr:
    return coefficient.replace(lambda e: isinstance(e, Oscillation), lambda e: Integer(0))


def logarithm_in(phase: Expr, variable: Symbol, place: Expr) -> Expr:
    """A phase with ``place`` for the logarithm of the variable, other logarithms written as sums."""
    sums = phase.replace(lambda e: isinstance(e, log) and e.has(variable), lambda e: logarithm(e.args[0]))
    return sums.xreplace({log(variable): place})


__all__ = ["exponential_reversion", "leads_with_logarithm"]
