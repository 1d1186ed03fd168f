"""What a claim is compared with: a law, or one line of an optimum, as pieces with conditions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sympy import Expr, Integer, Piecewise, Rational, Symbol, log, oo, true
from sympy.logic.boolalg import Boolean

from asymptotics.allocation.optimum import Optimum
from asymptotics.allocation.phase import Key, Phase
from asymptotics.domains.domain import Domain, normal, plain
from asymptotics.errors import DomainError, UnableError
from asymptotics.expansions.growth import Growth, growths
from asymptotics.laws.derive import Laws
from asymptotics.laws.law import Law
from asymptotics.model.quantities import QUANTITIES
from asymptotics.regime import Regime
from asymptotics.symbols import C


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One regime or phase: ``condition``, the exponent as it is stated alone, and the leading growth.

    ``most`` is the largest exponent where the split of an optimum is not unique, ``exponent`` then the least;
    ``logs`` are the powers of a logarithm at the least and the largest.
    ``constant_known`` is False where the constant has no closed form (it stands as 1 in ``growth``), or where
    it is a bounded function of the resource, ``oscillation``. ``gauge``, ``doubt``: those of the regime.
    """

    condition: Boolean
    exponent: Expr
    growth: Growth
    constant_known: bool = True
    oscillation: Expr | None = None
    gauge: Expr | None = None
    doubt: str = ""
    most: Expr | None = None
    logs: tuple[Expr, Expr] = (Integer(0), Integer(0))

    @property
    def power(self) -> Expr:
        """The leading growth without its constant."""
        return self.growth.without_constant()


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The law of one quantity in one resource.

    ``source`` is the law or optimum, ``key`` the line of an optimum. ``name`` is how one gets it,
    ``symbol`` what it is called in formulas; ``parameters`` are the symbols of exponents and of their
    conditions, ``letters`` all that a claim may contain besides the resource.
    """

    source: Law | Optimum
    key: Key | None
    name: str
    symbol: str
    words: str
    resource: Symbol
    parameters: tuple[Symbol, ...]
    letters: tuple[Symbol, ...]
    domain: Domain
    pieces: tuple[Piece, ...]

    @property
    def scales(self) -> tuple[Symbol, ...]:
        """Letters that stand in no exponent, as sigma and eta: they scale the quantity."""
        shown = (e for p in self.pieces for e in (p.exponent, p.condition, p.gauge, p.most) if e is not None)
        deciding = {s for e in (*shown, *self.domain.constraints) for s in e.free_symbols}
        deciding |= set(self.parameters) if isinstance(self.source, Law) else set()
        return tuple(letter for letter in self.letters if letter not in deciding)

    @property
    def grows(self) -> bool:
        """Whether an exponent p is that of ``x**p``, as of a resource, not of ``x**-p``, as of a loss."""
        return self.key not in (None, "loss")

    @property
    def form(self) -> str:
        """What an exponent alone, called p, is the exponent of."""
        sign = "" if self.grows else "-"
        scales = {piece.gauge for piece in self.pieces}
        scale = scales.pop() if len(scales) == 1 else None
        base = self.resource if scale is None else scale if scale.is_Symbol else f"({scale})"
        return f"{self.symbol} ~ {base}**({sign}p)"

    @property
    def exponent(self) -> Expr:
        """The exponent on all of the domain."""
        if isinstance(self.source, Law):
            return self.source.exponent
        return _cases([(p.exponent, p.condition) for p in self.pieces])

    def leading(self, *, constant: bool) -> Expr:
        """The leading term on all of the domain, with its constant or without."""
        shown = [(p.growth.expression() if constant else p.power, p.condition) for p in self.pieces]
        return _cases(shown)

    def at(self, point: Mapping[Symbol, Rational]) -> Piece:
        """The piece that holds at a point, derived again with numbers. Raises what `Law.at` raises."""
        own = {s: v for s, v in point.items() if s in self.parameters}
        if isinstance(self.source, Law):
            law = self.source.at(own)
            (regime,) = law.regimes
            return _of_regime(replace(regime, condition=true), law.resource)
        assert self.key is not None
        phase = self.source.at(own) if own else self.source.phases[0]
        return _piece_of(phase, self.key, self.resource)

    def others(self) -> Iterator[Subject]:
        """Other quantities of the same task in the same resource, for which a claim may be right."""
        if isinstance(self.source, Optimum):
            others = (key for key in _keys(self.source) if key not in (self.key, self.resource))
            yield from (of_optimum(self.source, key, self.resource) for key in others)
            return
        laws = Laws(task=self.source.task)
        for name, quantity in QUANTITIES.items():
            other = name != self.source.name and quantity.resource == self.resource
            if other and not laws.refusal(name):
                yield of_law(getattr(laws, name))


def _cases(pairs: list[tuple[Expr, Boolean]]) -> Expr:
    return pairs[0][0] if len(pairs) == 1 else Piecewise(*pairs)


def of_law(law: Law) -> Subject:
    """A law as a subject.

    >>> from asymptotics import derive, power_law
    >>> of_law(derive(power_law(3, 2)).model).pieces[0].power
    log(N)/N**2
    """
    x = law.resource
    for regime in law.regimes:
        if regime.limit(x) != oo:
            raise UnableError(
                f"the {law.name} law is one for {x} -> {regime.limit(x)}; claims are compared for {x} -> oo"
            )
    pieces = tuple(_of_regime(regime, x) for regime in law.regimes)
    quantity = QUANTITIES[law.name]
    exponents = (s for r in law.regimes for s in r.exponent.free_symbols | r.condition.free_symbols)
    bounding = (s for condition in law.conditions for s in condition.free_symbols)
    inside = (s for constraint in law.spectrum.domain.constraints for s in constraint.free_symbols)
    deciding = {*exponents, *bounding, *inside}
    return Subject(
        source=law,
        key=None,
        name=f"laws.{law.name}",
        symbol=quantity.symbol,
        words=quantity.words,
        resource=x,
        parameters=tuple(letter for letter in law.parameters if letter in deciding),
        letters=law.parameters,
        domain=law.spectrum.domain,
        pieces=pieces,
    )


def _of_regime(regime: Regime, x: Symbol) -> Piece:
    power = regime.power(x) * log(regime.variable(x)) ** regime.log_power
    (growth,) = growths(power, x) if power.has(x) else (Growth(constant=power),)
    waves = regime.prefactor.has(x)
    return Piece(
        condition=regime.condition,
        exponent=regime.exponent,
        growth=growth if waves else replace(growth, constant=growth.constant * regime.prefactor),
        constant_known=not waves,
        oscillation=regime.prefactor if waves else None,
        gauge=regime.gauge,
        doubt=regime.doubt,
    )


def _keys(optimum: Optimum) -> tuple[Key, ...]:
    return (*optimum.free, "loss")


def of_optimum(optimum: Optimum, key: Key = "loss", by: Symbol = C) -> Subject:
    """The loss of an optimum, or the share of one resource; in the budget, or ``by`` another resource there.

    >>> from asymptotics import compute_optimal, derive, power_law
    >>> from asymptotics.symbols import N, a, b, t
    >>> of_optimum(compute_optimal(derive(power_law(a, b)), N*t), t).exponent
    Piecewise((b/(b + 1), b > a - 1), (b/a, b < a - 1), (b/(b + 1), Eq(b, a - 1)))
    """
    for asked in (key,) if by == C else (key, by):
        if asked not in _keys(optimum):
            known = ", ".join("L" if k == "loss" else str(k) for k in _keys(optimum))
            raise DomainError(f"the optimum has no {asked}; it has {known}")
    task = optimum.laws.task
    phases = (*optimum.phases, *optimum.boundaries) if task.parameters else optimum.phases
    costs = optimum.cost.free_symbols - set(optimum.free)
    name = "L" if key == "loss" else str(key)
    pieces = tuple(_piece_of(phase, key, by) for phase in phases)
    letters = set(task.parameters) | costs | {s for p in pieces for s in p.growth.constant.free_symbols}
    return Subject(
        source=optimum,
        key=key,
        name=f"the optimum's {'loss' if key == 'loss' else key}",
        symbol=name,
        words=("loss at the best split of the budget" if key == "loss" else f"{key} at the best split")
        + ("" if by == C else f", by {by} there"),
        resource=by,
        parameters=task.parameters,
        letters=tuple(sorted(letters - {C, by}, key=str)),
        domain=optimum.domain,
        pieces=pieces,
    )


def _piece_of(phase: Phase, key: Key, by: Symbol) -> Piece:
    """One phase; with y = B C^m log(C)^k for the resource ``by``, powers of C are powers of y^(1/m)."""
    ends = phase.row.ends(key)
    if ends is not None and by == C:
        (least, low), (most, high) = ends
        powers = tuple((x, p) for x, p in ((C, least), (log(C), low)) if p != 0)
        return Piece(
            condition=phase.condition,
            exponent=least,
            growth=Growth(constant=Integer(1), powers=powers),
            constant_known=False,
            most=most,
            logs=(low, high),
        )
    if any(by == resource or ends is not None for resource, _, _ in phase.ranges):
        raise UnableError(
            f"the best split is not unique where {plain(phase.condition)}; state the claim in the budget C"
        )
    sign = -1 if key == "loss" else 1
    stated, logarithm, known = phase.exponents[key], phase.logs[key], phase.prefactors
    constant = Integer(1) if known is None else known[key]
    if by != C:
        scale, other = phase.exponents[by], phase.logs[by]
        if scale == 0:
            raise UnableError(f"{by} tends to a constant at the best split; state the claim in the budget C")
        stated = normal(stated / scale)
        if (logarithm, other) != (0, 0):
            known, constant = None, Integer(1)  # log C is a multiple of log y
        elif known is not None:
            constant *= known[by] ** (-sign * stated)
        logarithm = normal(logarithm - sign * stated * other)
    powers = ((by, sign * stated), (log(by), logarithm))
    return Piece(
        condition=phase.condition,
        exponent=stated,
        growth=Growth(constant=constant, powers=tuple((x, p) for x, p in powers if p != 0)),
        constant_known=known is not None,
    )
