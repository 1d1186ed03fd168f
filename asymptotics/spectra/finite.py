"""Finitely many modes: white and band-limited spectra, a last mode M, targets of low rank.

Applies when only finitely many eigenvalues are not zero: ``modes=M`` (a number or a symbol), or a
`Piecewise` that vanishes beyond some k. The Dirichlet series ``D(s) = sum_{k <= M} f_k lambda_k^(-s)`` is
then a finite sum, entire in s: it has no poles, ``df1(kappa) = D(0) - D(1) kappa + ...`` tends to the
number of modes, and a sum over ``exp(-lambda_k x)`` is led by its slowest modes one by one. Modes with
``lambda_k = 0`` are never learned: their target power stays.

    FiniteSpectra                the family
    FiniteSeries, head           the finite sums of it, and of the first pieces of a broken spectrum
    order_rates                  the order of the slowest rates, for the domain
    unlearned                    the target power in modes of eigenvalue 0
    check_breaks                 refuse eigenvalues that grow at a break
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import mpmath
from sympy import Add, Expr, Integer, Symbol, factorial, gamma, log, oo

from asymptotics.caches import cached
from asymptotics.domains.domain import Domain, normal
from asymptotics.errors import SpectrumError, UnableError
from asymptotics.expansions.gamma_products import KINDS
from asymptotics.expansions.laurent import Laurent
from asymptotics.expansions.tail import tail_expansion
from asymptotics.hints import name_argument
from asymptotics.parsing.heights import substitute
from asymptotics.precision import working
from asymptotics.spectra.family import Mismatch, SpectralSeries
from asymptotics.spectra.segments import Segment, segments
from asymptotics.sums.finite import finite_sum, terms_of
from asymptotics.sums.regularised import join_powers, regular_sum
from asymptotics.tasks.task import Task
from asymptotics.transforms.dirichlet import DirichletSeries
from asymptotics.transforms.poles import Pole

LISTED = 400
"""Up to this many modes of numbers are listed and sorted."""
MOST_SORTED = 200_000
"""Up to this many modes of numbers the slowest are found by their values, where eigenvalues do not fall."""
DIGITS, TIE = 30, 1e-25
"""Digits of those values, and the relative distance below which two may be the same."""
CHAIN = 8
"""How many of the slowest rates are ordered in the domain where they are symbols."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FiniteSeries(DirichletSeries):
    """``D(s) = sum w_k lambda_k^(-s)`` over finitely many modes, in segments.

    ``pieces`` hold (eigenvalue, weight, first, last), in falling order of the eigenvalues.

    >>> from asymptotics.symbols import M, b, k
    >>> series = FiniteSeries(pieces=((k**-b, Integer(1), Integer(1), M),), index=k)
    >>> series.poles(3), series.laurent(Integer(0), 1).coefficients, series.slowest(2)
    ((), (M,), ((M**(-b), 1), ((M - 1)**(-b), 1)))
    """

    pieces: tuple[tuple[Expr, Expr, Expr, Expr], ...]
    index: Symbol

    def poles(self, count: int) -> tuple[Pole, ...]:
        """None: the series is entire."""
        del count
        return ()

    def laurent(self, point: Expr, terms: int) -> Laurent:
        """The Taylor series ``D^(n)(point)/n!``."""
        return Laurent(0, tuple(_coefficient(self, point, n) for n in range(terms)))

    @property
    def modes(self) -> Expr:
        """``D(0)``."""
        return self.total()

    @property
    def single(self) -> Expr | None:
        """The eigenvalue if all modes share it (a white spectrum); else None."""
        values = {
            substitute(lam, {self.index: last}) if first == last else lam
            for lam, _, first, last in self.pieces
        }
        lam = values.pop()
        return lam if not values and not lam.has(self.index) else None

    @property
    def in_numbers(self) -> bool:
        """Whether eigenvalues and ends of pieces are numbers."""
        return all(not (e.free_symbols - {self.index}) for p in self.pieces for e in (p[0], p[2], p[3]))

    def slowest(self, count: int) -> tuple[tuple[Expr, Expr], ...]:
        """The ``count`` smallest eigenvalues that carry weight, each with its whole weight; fewer if no more.

        Raises `UnableError` where their order is not known.
        """
        numbers = self.in_numbers
        if numbers and sum(int(last - first + 1) for _, _, first, last in self.pieces) <= LISTED:
            return _sort_modes(self.pieces, self.index)[:count]
        if numbers and not all(falls(p[0], self.index) for p in self.pieces if p[0].has(self.index)):
            return _smallest(self.pieces, self.index, count)
        found: list[tuple[Expr, Expr]] = []
        for lam, weight, first, last in reversed(self.pieces):
            if len(found) >= count:
                break
            if weight == 0:
                continue
            if not lam.has(self.index):
                found.append((lam, finite_sum(weight, self.index, first, last)))
                continue
            if not falls(lam, self.index):
                raise UnableError(
                    f"the eigenvalues {lam} are not shown to fall with {self.index}, so that the slowest "
                    "mode is not known; give numbers"
                )
            length = last - first + 1
            steps = count - len(found)
            for j in range(min(steps, int(length)) if length.is_number else steps):
                at = {self.index: last - j}
                found.append((normal(substitute(lam, at)), substitute(weight, at)))
        return tuple(found)


@cached(maxsize=512)
def _coefficient(series: FiniteSeries, point: Expr, order: int) -> Expr:
    """``D^(order)(point)/order!``."""
    total = []
    for lam, weight, first, last in series.pieces:
        summand = join_powers(weight * lam**-point, series.index, force=True)
        if order:
            summand *= (-log(lam)) ** order / factorial(order)
        total.append(finite_sum(summand, series.index, first, last))
    return Add(*total)


@cached(maxsize=64)
def _sort_modes(
    pieces: tuple[tuple[Expr, Expr, Expr, Expr], ...], index: Symbol
) -> tuple[tuple[Expr, Expr], ...]:
    weights: dict[Expr, Expr] = {}
    for lam, weight, first, last in pieces:
        for j in range(int(first), int(last) + 1):
            at = {index: Integer(j)}
            value = substitute(lam, at)
            value = value.rewrite(gamma) if value.has(*KINDS) else value
            weights[value] = weights.get(value, Integer(0)) + substitute(weight, at)
    listed = sorted(((rate.evalf(30), rate, w) for rate, w in weights.items() if w != 0), key=lambda x: x[0])
    merged: list[tuple[Expr, Expr, Expr]] = []
    for size, rate, weight in listed:
        gap = rate - merged[-1][1] if merged else rate
        if not gap.is_Rational and gap.equals(0):  # equal rational numbers have met in the table already
            size, rate, before = merged.pop()
            weight += before
        merged.append((size, rate, weight))
    return tuple((rate, weight) for _, rate, weight in merged)


@cached(maxsize=16)
def _smallest(
    pieces: tuple[tuple[Expr, Expr, Expr, Expr], ...], index: Symbol, count: int
) -> tuple[tuple[Expr, Expr], ...]:
    """The ``count`` smallest eigenvalues of many modes in any order, by their values; sorted exactly."""
    total = sum(int(last - first + 1) for _, _, first, last in pieces)
    if total > MOST_SORTED:
        raise UnableError(
            f"the eigenvalues {pieces[-1][0]} are not shown to fall with {index}, and at most {MOST_SORTED} "
            f"modes are looked at one by one, not {total}; pass fewer {name_argument('modes', 'M')}"
        )
    modes: list[tuple[mpmath.mpf, tuple[Expr, Expr, Expr, Expr]]] = []
    with working(DIGITS):
        for lam, weight, first, last in pieces:
            value, power = (terms_of(e, index) for e in (lam, weight))
            for j in range(int(first), int(last) + 1):
                if power(j) != 0:
                    modes.append((value(j), (lam, weight, Integer(j), Integer(j))))
        modes.sort(key=lambda mode: mode[0])
        distinct = [i for i in range(1, len(modes)) if modes[i][0] > modes[i - 1][0] * (1 + TIE)]
    chosen = modes[: distinct[count - 1]] if len(distinct) >= count else modes
    if len(chosen) > LISTED:
        raise UnableError(
            f"the {count} smallest of the eigenvalues {pieces[-1][0]} are shared by {len(chosen)} modes, and "
            f"at most {LISTED} are sorted; give them as a multiplicity"
        )
    return _sort_modes(tuple(mode for _, mode in chosen), index)[:count]


def falls(expression: Expr, index: Symbol) -> bool:
    """Whether a positive expression is shown to fall with the index: by its logarithmic derivative.

    >>> from asymptotics.symbols import b, k
    >>> falls((k + 1)**-b, k), falls(k**-b + k**-2, k), falls(k**b, k)
    (True, True, False)
    """
    slope = expression.diff(index)
    return bool(slope.is_negative or normal(slope / expression).is_negative)


@dataclass(frozen=True, slots=True)
class FiniteSpectra:
    """Finitely many modes that are learned."""

    name: str = "finitely many modes"
    form: str = "modes=M, or eigenvalues that are 0 from some mode on"

    def spectrum(self, task: Task, domain: Domain) -> SpectralSeries | Mismatch:
        """The two finite sums; raises `SpectrumError` where nothing is learned."""
        pieces = segments(task, domain)
        learned = tuple(s for s in pieces if s.eigenvalues != 0)
        if not learned:
            raise SpectrumError(f"eigenvalues {task.eigenvalues} are all 0; nothing can be learned")
        if learned[-1].last == oo:
            return Mismatch(fitting=0, missing=f"{learned[-1].eigenvalues} has infinitely many modes")
        check_breaks(learned, task.index)
        kernel = head(learned, task.index, target=False)
        target = head(learned, task.index, target=True)
        if not target.pieces:
            raise SpectrumError(f"target {task.target} vanishes on every mode that is learned")
        return SpectralSeries(
            task=task,
            kernel=kernel,
            target=target,
            domain=order_rates(domain, target, kernel),
            trace=(),
            unlearned=unlearned(pieces, task.index, domain),
        )


def head(pieces: tuple[Segment, ...], index: Symbol, *, target: bool) -> FiniteSeries:
    """The finite series of segments, weighted with the multiplicity, or with it times the target."""
    listed = ((s.eigenvalues, s.weight if target else s.multiplicity, s.first, s.last) for s in pieces)
    return FiniteSeries(pieces=tuple(p for p in listed if p[1] != 0), index=index)


def order_rates(domain: Domain, *series: FiniteSeries) -> Domain:
    """The domain with the order of the slowest rates, which their monotony proves."""
    for one in series:
        if one.in_numbers:
            continue
        try:
            rates = [2 * rate for rate, _ in one.slowest(CHAIN)]
        except UnableError:
            continue
        if any(rate.free_symbols for rate in rates):
            domain = domain.ascending(Integer(0), *map(normal, rates))
    return domain


def unlearned(pieces: tuple[Segment, ...], index: Symbol, domain: Domain) -> Expr:
    """The target power in modes with ``lambda_k = 0``."""
    total = Integer(0)
    for s in pieces:
        if s.eigenvalues != 0 or s.weight == 0:
            continue
        if s.last != oo:
            total += finite_sum(s.weight, index, s.first, s.last)
            continue
        for term in tail_expansion(s.weight, index, 1, domain).candidates():
            if domain.sign(term.order - 1) != 1:
                raise SpectrumError(
                    f"sum of {s.weight} beyond {index} = {s.first} diverges: it falls as {index}**-p with "
                    f"p = {term.order}; the target needs p > 1, or pass {name_argument('modes', 'M')}"
                )
        total += regular_sum(s.weight, index, s.first)
    return total


def check_breaks(learned: tuple[Segment, ...], index: Symbol) -> None:
    """Eigenvalues must not grow where one piece follows another."""
    for one, two in pairwise(learned):
        left = substitute(one.eigenvalues, {index: one.last})
        right = substitute(two.eigenvalues, {index: two.first})
        if (right - left).is_positive:
            raise SpectrumError(
                f"eigenvalues grow at the break after {index} = {one.last}, from {left} to {right}; "
                "order the modes by falling eigenvalue"
            )
