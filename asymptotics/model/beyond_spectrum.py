"""Sums at a place beyond the spectrum, ``x = -1/h`` with ``h lambda < 1`` for all modes, and about it.

In ``d = 1 - h lambda`` a sum and all its derivatives are made of two kinds of constants,

    sum m lambda/d^j      and      sum m c/d^j,      j = 1, 2, ...,

and modes of eigenvalue zero. A spectral sum is analytic there.

    expand_beyond      f(x(z)) for z -> 0, where x(0) lies beyond the spectrum
    size_series        f(kappa(x)) for many features, ``x = kappa (1 - df1(kappa)/N)``
    feedback           the kernel of SGD's noise at zeta = 0 and N = oo
    is_stable          whether that is below 1, and no step overshoots
    sum_beyond         a sum, or a derivative of one, at such a place
    parts_beyond       what it is made of
"""

from __future__ import annotations

from collections.abc import Mapping

import mpmath
from sympy import (
    Add,
    Derivative,
    Dummy,
    Expr,
    Integer,
    Poly,
    Symbol,
    cancel,
    diff,
    expand,
    factorial,
    oo,
    powsimp,
)
from sympy.core.function import AppliedUndef

from asymptotics.caches import cached
from asymptotics.errors import PrecisionError, UnableError
from asymptotics.expansions.expansion import Expansion
from asymptotics.expansions.terms import Bound, Term
from asymptotics.model.rules.base import TrainingRule
from asymptotics.model.sums import NamedSum, df1, named
from asymptotics.parsing.heights import substitute
from asymptotics.spectra import SpectralSeries
from asymptotics.spectra.segments import segments
from asymptotics.sums.convergent import ConvergentSum
from asymptotics.sums.finite import finite_sum
from asymptotics.symbols import B

FIRST, DIGITS = 16, 15
"""So many modes are looked at for one that a step overshoots; their digits."""
MOST = Integer(10) ** 15
"""Samples of the largest batch, which stands for one without end."""


class StableSum(ConvergentSum):
    """A sum over modes of which ``h lambda < 1``, so that every term is positive."""

    def _eval_is_positive(self) -> bool:
        return True

    @property
    def overshoots(self) -> bool:
        """Whether a step is too large for one of the first modes, so that its term is not positive."""
        summand, index = self.args
        values = (substitute(summand, {index: Integer(j)}) for j in range(1, FIRST + 1))
        return any(not value.is_finite or value.evalf(DIGITS) <= 0 for value in values)

    def number(self, digits: int) -> mpmath.mpf:
        try:
            return super().number(digits)
        except ZeroDivisionError:
            raise PrecisionError(f"{self} has a term that is infinite; use a smaller step") from None


_lam, _c, _x, H, _inverse = (Dummy(s) for s in ("lambda", "c", "x", "h", "1/d"))


def expand_beyond(one: NamedSum, place: Expr, like: Expansion, spectrum: SpectralSeries) -> Expansion:
    """Taylor's series of ``f(place(z))`` about z = 0 to the depth of ``like``; ``place`` is linear in z."""
    start, slope = place.xreplace({like.variable: Integer(0)}), place.diff(like.variable)
    values = (slope**j * sum_beyond(one, j, start, spectrum) / factorial(j) for j in range(like.depth))
    terms = [Term(value, Integer(j)) for j, value in enumerate(values)]
    return like.with_terms(terms, [Bound(Integer(like.depth))])


def size_series(one: NamedSum, place: Expr, small: Expansion, spectrum: SpectralSeries) -> Expansion:
    """``f(kappa)`` with ``kappa = place + small kappa df1(kappa)``: Lagrange's series (DLMF 1.10.13)."""
    total, power = small.constant(sum_beyond(one, 0, place, spectrum)), small.constant(Integer(1))
    for n in range(1, small.depth):
        power = power * small
        slope = (_x * df1(_x)) ** n * diff(one(_x), _x)
        value = _value(diff(slope, _x, n - 1), place, spectrum) / factorial(n)
        total = total + power.scale(value)
    return total.with_terms(total.terms, (*total.remainder, *(power * small).bounds()))


def feedback(rule: type[TrainingRule], spectrum: SpectralSeries) -> Expr:
    """``K`` at zeta = 0 and N = oo; 0 for a rule without noise of its own.

    >>> from asymptotics import OnePassSGD, power_law
    >>> from asymptotics.spectra import spectrum
    >>> feedback(OnePassSGD, spectrum(power_law(3, 2)))
    eta*Sum(1/(k**2 - eta*(B + 1)/(2*B)), (k, 1, oo))/(2*B)
    """
    if not rule.noise_law:
        return Integer(0)
    zero = Integer(0)
    return rule.noise_kernel(zero, zero, sum_beyond(df1, 0, rule.partner(zero), spectrum))


def is_stable(rule: type[TrainingRule], spectrum: SpectralSeries, numbers: Mapping[Symbol, Expr]) -> bool:
    """Whether no step overshoots and ``K < 1`` at these numbers, or letters are left; B is large without one.

    >>> from sympy import Rational
    >>> from asymptotics import OnePassSGD, power_law
    >>> from asymptotics.spectra import spectrum
    >>> from asymptotics.symbols import eta
    >>> found = spectrum(power_law(2, "3/2"))
    >>> [is_stable(OnePassSGD, found, {eta: Rational(1, n), B: Integer(1)}) for n in (1, 3)]
    [False, True]
    """
    share = substitute(feedback(rule, spectrum), {B: MOST, **numbers})
    if any(total.overshoots for total in share.atoms(StableSum) if not total.free_symbols):
        return False
    return bool(share.free_symbols or share.evalf(DIGITS) < 1)


def _value(expression: Expr, place: Expr, spectrum: SpectralSeries) -> Expr:
    """An expression in sums of `_x` and their derivatives, at x = place: multiplied out in h and the sums."""
    table: dict[Expr, Expr] = {}
    for slope in expression.atoms(Derivative):
        table[slope] = _sum_in_h(named(slope.expr), int(slope.derivative_count), place, spectrum)
    for call in expression.atoms(AppliedUndef):
        table[call] = _sum_in_h(named(call), 0, place, spectrum)
    whole = expression.xreplace(table).xreplace({_x: -1 / H})
    letters = {total: Dummy() for total in whole.atoms(ConvergentSum)}  # what is summed stays as it is
    found = expand(whole.xreplace(letters))
    return found.xreplace({letter: total for total, letter in letters.items()} | {H: -1 / place})


def sum_beyond(one: NamedSum, order: int, place: Expr, spectrum: SpectralSeries) -> Expr:
    """The derivative of that order of a named sum at x = place."""
    return _sum_in_h(one, order, place, spectrum).xreplace({H: -1 / place})


@cached(maxsize=256)
def _sum_in_h(one: NamedSum, order: int, place: Expr, spectrum: SpectralSeries) -> Expr:
    """The same, the factors of its sums in the letter h."""
    total = []
    for (power, degree), factor in parts_beyond(one, order):
        total.append(factor * _mode_sum(power, degree, -1 / place, one.weighted, spectrum))
    if one.weighted and spectrum.unlearned != 0:
        there = diff(one.summand(Integer(0), spectrum.unlearned, _x), _x, order)
        total.append(there.xreplace({_x: -1 / H}))
    return Add(*total)


@cached(maxsize=64)
def parts_beyond(one: NamedSum, order: int) -> tuple[tuple[tuple[int, int], Expr], ...]:
    """Factors of ``sum m lambda^p/d^j`` (p = 0, weighted by c; or 1), by (p, j), in the variable h."""
    factors: dict[int, Expr] = {}
    for (degree, power), c in _share(one, order).items():
        factors[degree] = factors.get(degree, 0) + c * H**power
    weight = 0 if one.weighted else 1
    return tuple(((weight, j), factors[j]) for j in sorted(factors, reverse=True))


@cached(maxsize=64)
def _share(one: NamedSum, order: int) -> dict[tuple[int, int], Expr]:
    """The derivative of a summand over lambda, or over c, as ``sum c h^n/d^j`` by (j, n).

    With ``x = -1/h`` that of ``h^n/d^j`` is ``(n - j) h^(n + 1)/d^j + j h^(n + 1)/d^(j + 1)``.
    """
    found: dict[tuple[int, int], Expr] = {}
    if order == 0:
        share = one.summand(_lam, _c, _x) / (_c if one.weighted else _lam)
        start = Poly(cancel(share.xreplace({_x: -1 / H, _lam: (1 - 1 / _inverse) / H})), _inverse)
        for (j,), factor in start.terms():
            for part in Add.make_args(expand(factor)):
                c, n = part.as_coeff_exponent(H)
                found[int(j), int(n)] = c
        return found
    for (j, n), c in _share(one, order - 1).items():
        for place, slope in (((j, n + 1), n - j), ((j + 1, n + 1), j)):
            found[place] = found.get(place, 0) + c * slope
    return {place: c for place, c in found.items() if c != 0}


def _mode_sum(power: int, degree: int, h: Expr, weighted: bool, spectrum: SpectralSeries) -> Expr:
    """``sum m lambda^power/(1 - h lambda)^degree`` over modes with an eigenvalue, weighted by c or not."""
    task, total = spectrum.task, []
    if task.known != oo:
        raise UnableError(
            f"known = {task.known}: steps of finite size need the sum over all modes of m_k "
            f"lambda_k^{power}/(1 - h lambda_k)^{degree}, which is not known: the spectrum is known far out "
            "alone; give the eigenvalues to Task"
        )
    k = task.index
    for s in segments(task, spectrum.domain):
        if s.eigenvalues == 0:
            continue
        weight = s.weight if weighted else s.multiplicity
        summand = powsimp(weight * s.eigenvalues ** (power - degree)) / (1 / s.eigenvalues - h) ** degree
        if s.last.is_infinite:
            total.append(StableSum(summand.xreplace({k: k + s.first - 1}), k))
        else:
            total.append(finite_sum(summand, k, s.first, s.last))
    return Add(*total)
