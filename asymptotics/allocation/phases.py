"""The phases of an allocation: which terms are in balance where, and their constants.

With resources ``x_j = C^xi_j`` and ``L = C^-l`` the loss is the largest of its monomials, so that the best
split solves a linear programme:

    maximise l   with   sum_j p_ij xi_j >= l  (each term i of the loss),
                        sum_j c_mj xi_j <= 1  (each monomial m of the cost),     xi_j >= 0.

The multipliers of the tight terms are their shares delta_i of the loss at the optimum. With as many terms as
resources the constants follow in closed form (a geometric programme of difficulty zero): term i
equals ``delta_i L*``, and

    L* = (cost/C)^mu prod_i (A_i/delta_i)^delta_i,     mu the multiplier of the cost.

Logarithms obey the same programme one order below, with powers of log C for powers of C: where terms are
equal in C they decide, and a face of splits that is flat in C is flat in log C only where they leave it so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from sympy import Add, Expr, Integer, Matrix, Min, Mul, Piecewise, Symbol, cancel, factor, oo
from sympy.logic.boolalg import And, Boolean

from asymptotics.allocation.gaps import smallest
from asymptotics.allocation.phase import Key, Phase
from asymptotics.allocation.terms import LossTerm
from asymptotics.display import text
from asymptotics.domains.domain import Domain, as_condition, normal
from asymptotics.domains.fractions import factored
from asymptotics.domains.parametric_lp import Constraint, Programme, Vertex
from asymptotics.errors import UnableError
from asymptotics.expansions.tidying import tidy
from asymptotics.parsing.heights import substitute, to_power
from asymptotics.symbols import B, E, N, P, epochs, h, rho, t

THRIFT = {h: -32, E: 16, B: 8, P: 4, t: 2, epochs: 2, N: 1, rho: -1}
"""Among equally good splits, little of the first of these, and a large ridge and step."""
FALLING = (rho, h)
"""What is at most a constant: a ridge, and the step as a share of the largest one."""


_End: TypeAlias = tuple[Expr, Expr]
"""A power of C, and of log C."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """``coefficient * prod x^power``: one monomial of the cost; ``fixed`` is a further power of C."""

    coefficient: Expr
    powers: tuple[Expr, ...]
    fixed: Expr = Integer(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """The programme of one task: terms of the loss and of the cost, free resources, fixed powers of C.

    ``domain`` is the part of ``whole`` where these are the terms, ``given`` the domain of the task, of which
    ``whole`` is where the training rule has laws. ``pace`` are powers of resources, besides
    the clock, in how far training has got; ``corrections`` are terms that never lead, where all are known,
    and ``drifts`` powers of N by which the scale of all terms is off. ``ending`` is the size with whose
    features the modes end, so that its bottleneck shows before the crossover. ``limits`` are products of
    powers that must not fall. ``largest`` is the step of which h is a share, in whose place coefficients have
    1.
    """

    terms: tuple[LossTerm, ...]
    spending: tuple[Spending, ...]
    free: tuple[Symbol, ...]
    fixed: tuple[tuple[Symbol, Expr], ...]
    trace_power: Expr
    domain: Domain
    whole: Domain
    given: Domain
    clock: Symbol = t
    pace: tuple[tuple[Symbol, Expr], ...] = ()
    corrections: tuple[LossTerm, ...] | None = None
    drifts: tuple[Expr, ...] = ()
    ending: Symbol | None = None
    limits: tuple[tuple[tuple[Symbol, Expr], ...], ...] = ()
    largest: Expr = Integer(1)

    def at(self, numbers: dict[Symbol, Expr]) -> Allocation:
        """With numbers for letters of the training rule."""
        if not numbers:
            return self
        terms = tuple(
            replace(
                x,
                coefficient=substitute(x.coefficient, numbers),
                gap=x.gap.xreplace(numbers),
                domain=x.domain.substitute(numbers),
            )
            for x in self.terms
        )
        parts = {name: getattr(self, name).substitute(numbers) for name in ("domain", "whole", "given")}
        return replace(self, terms=terms, **parts)

    def programme(self) -> Programme:
        """Unknowns: the exponents of ``free``, then l. Rows: terms, cost, bounds, limits."""
        zero, one = Integer(0), Integer(1)
        held = dict(self.fixed)
        rows = [self._row_of(x, held) for x in self.terms]
        rows += [Constraint((*(-p for p in m.powers), zero), one - m.fixed) for m in self.spending]
        rows += [Constraint((*(_way(s) if s == u else zero for u in self.free), zero)) for s in self.free]
        for limit in self.limits:
            powers = dict(limit)
            spent = sum((powers.get(s, zero) * e for s, e in self.fixed), zero)
            rows.append(Constraint((*(powers.get(s, zero) for s in self.free), zero), spent))
        return Programme(
            rows=tuple(rows),
            objective=(*(zero for _ in self.free), one),
            second=(*(Integer(-THRIFT.get(s, 1)) for s in self.free), zero),
        )

    def _row_of(self, term: LossTerm, held: Mapping[Symbol, Expr]) -> Constraint:
        """A term of the loss; its logarithm is none where what stands in it does not grow."""
        zero, inside = Integer(0), dict(term.scale or ((term.variable, Integer(1)),))
        needs = tuple(inside.get(s, zero) for s in self.free)
        grown = sum((inside.get(s, zero) * e for s, e in held.items()), zero)
        idle = grown == 0 and not any(needs)
        return Constraint(
            (*(term.power(s) for s in self.free), Integer(-1)),
            sum((term.power(s) * e for s, e in self.fixed), zero),
            zero if idle else Integer(-1) * term.log_power,
            (*needs, zero, grown) if any(needs) else (),
        )

    def _monomial(self, i: int, row: Constraint, vertex: Vertex) -> Expr:
        """A term of the loss, without a logarithm that is a constant there."""
        term = self.terms[i]
        return (replace(term, log_power=0) if row.is_idle(vertex.solution) else term).monomial

    def _check_slow(self, rows: Sequence[Constraint], vertex: Vertex, active: Sequence[int]) -> None:
        """Raise `UnableError` where a term in balance has the logarithm of a power of log(C)."""
        for row in (rows[i] for i in active):
            moved = normal(Add(*(x * z for x, z in zip(row.needs, vertex.finer, strict=False))))
            if row.finer != 0 and moved != 0 and row.is_idle(vertex.solution):
                raise UnableError(
                    "the best split has powers of log(log(C)) here: a logarithm in the loss is one of a "
                    "power of log(C); not derived, take numbers beside this line"
                )
        fixed = {x for x, _ in self.fixed}
        for term in (self.terms[i] for i in active):
            if term.scale and {x for x, _ in term.powers} <= fixed:
                raise UnableError(
                    f"the best loss at a fixed {term.variable} is {text(term.monomial)}, whose logarithm may "
                    f"be a constant late in training; not derived, free {term.variable} or fix more of it"
                )

    def phases(self) -> tuple[tuple[Phase, ...], bool]:
        """The open phases, and whether they are proved to be all."""
        vertices, complete = self.programme().vertices(self.domain)
        return tuple(map(self._phase, vertices)), complete

    def _phase(self, vertex: Vertex) -> Phase:
        programme = self.programme()
        shares = dict(zip(vertex.basis, vertex.multipliers, strict=True))
        alike = [i for i in range(len(programme.rows)) if programme.slack(i, vertex.solution) == 0]
        tight = [i for i in alike if programme.finer_slack(i, vertex.solution, vertex.finer) == 0]
        active = [i for i in sorted(shares) if i < len(self.terms) and shares[i] != 0]
        self._check_slow(programme.rows, vertex, active)
        keys: tuple[Key, ...] = (*self.free, "loss")
        place = dict(zip(keys, vertex.solution, strict=True))
        crossover = self._crossover(place)
        # rows that are alike but for powers of log C are not beside each other at any power of C
        slow = alike != tight or any(x != 0 for x in vertex.finer)
        tied = any(i < len(self.terms) + len(self.spending) and shares.get(i, 0) == 0 for i in tight)
        constants = None
        if not any(x != 0 for x in vertex.finer) and crossover is None and not tied:
            constants = self._constants(vertex, shares, active)
        ranges = [] if all(share != 0 for share in shares.values()) else list(self._ranges(vertex.domain))
        log_powers = (*vertex.finer[:-1], -vertex.finer[-1])
        return Phase(
            condition=And(*self._own(vertex.domain)),
            powers=tuple((key, factored(place[key], vertex.domain)) for key in keys),
            log_powers=tuple((k, factored(x, vertex.domain)) for k, x in zip(keys, log_powers, strict=True)),
            balance=tuple(self._monomial(i, programme.rows[i], vertex) for i in active),
            shares=tuple(factor(shares[i]) for i in active),
            prefactors_known=None if constants is None else tuple(zip(keys, constants, strict=True)),
            crossover=crossover,
            approach=Integer(0) if slow else self._approach(vertex, place, active, crossover),
            unique=all(share != 0 for share in shares.values()),
            domain=vertex.domain,
            ranges=tuple((x, low, high) for x, (low, _), (high, _) in ranges),
            log_ranges=tuple((x, low, high) for x, (_, low), (_, high) in ranges),
        )

    def _own(self, domain: Domain) -> list[Boolean]:
        """The conditions of a region beyond those of the task."""
        return [as_condition(c) for c in domain.constraints if c not in self.given.constraints]

    def _ranges(self, domain: Domain) -> Iterator[tuple[Symbol, _End, _End]]:
        """The least and the largest amount of each resource among the best splits, where these differ."""
        programme, zero = self.programme(), Integer(0)
        for place, resource in enumerate(self.free):
            if resource == h:
                continue
            ends = []
            for sign in (-1, 1):
                second = tuple(Integer(sign) if i == place else zero for i in range(len(self.free) + 1))
                found = replace(programme, second=second).vertices(domain)[0]
                powers = ((factor(v.solution[place]), factor(v.finer[place]), v.domain) for v in found)
                ends.append(self._joined(tuple(powers)))
            if ends[0] != ends[1]:
                yield resource, ends[0], ends[1]

    def _joined(self, parts: tuple[tuple[Expr, Expr, Domain], ...]) -> _End:
        """Powers of C and of log C, each with the part of the domain where it is that."""
        found = []
        for powers in zip(*((power, finer) for power, finer, _ in parts), strict=True):
            where = dict(zip(powers, (part for *_, part in parts), strict=True))
            pieces = [(power, And(*self._own(part))) for power, part in where.items()]
            found.append(pieces[0][0] if len(pieces) == 1 else Piecewise(*pieces))
        return found[0], found[1]

    def _beyond(self, place: Mapping[Any, Expr], size: Symbol) -> Expr:
        """By which power of C a size is beyond the crossover, where its clock or 1/rho is ``size^(1/r)``."""
        depth = self._travelled(place) if self.clock in place else -place[rho]
        return normal(place[size] - self.trace_power * depth)

    def _crossover(self, place: dict[Key, Expr]) -> Symbol | None:
        everything = place | dict(self.fixed)
        for size in (N, P):
            both = self.clock in everything and size in everything
            if both and self._beyond(everything, size) == 0:
                return size
        return None

    def _travelled(self, place: Mapping[Any, Expr]) -> Expr:
        """The power of C in how far training has got."""
        return place[self.clock] + sum((p * place.get(x, Integer(0)) for x, p in self.pace), Integer(0))

    def _constants(
        self, vertex: Vertex, shares: dict[int, Expr], active: list[int]
    ) -> tuple[Expr, ...] | None:
        """Prefactors of the resources and of the loss: a linear system in their logarithms."""
        programme, terms, costs = self.programme(), len(self.terms), len(self.spending)
        place = dict(zip(self.free, vertex.solution, strict=False)) | dict(self.fixed)
        held = any(e != 0 or any(self.terms[i].power(x) != 0 for i in active) for x, e in self.fixed)
        meets = any(rho in place and self._beyond(place, size) == 0 for size in (N, P) if size in place)
        if held or meets or ({N, P} <= set(place) and normal(place[N] - place[P]) == 0):
            return None
        total = sum((shares[i] for i in vertex.basis if terms <= i < terms + costs), Integer(0))
        right: list[Expr] = []  # exponentials of the right-hand sides
        for i in vertex.basis:
            if i < terms:
                if i not in active or self.terms[i].coefficient == oo:
                    return None
                right.append(self.terms[i].coefficient / shares[i])
            elif i < terms + costs:
                # of several monomials of the cost each takes the share of its multiplier
                right.append(self.spending[i - terms].coefficient * total / shares[i])
            elif i < terms + costs + len(self.free) and self.free[i - terms - costs] in (E, B):
                right.append(Integer(1))  # one member, one sample: the smallest there is
            else:
                return None
        inverse = Matrix([programme.rows[i].slopes for i in vertex.basis]).inv()
        results = [
            tidy(Mul(*(to_power(x, factor(cancel(inverse[row, i]))) for i, x in enumerate(right))))
            for row in range(len(vertex.solution))
        ]
        results[-1] = tidy(1 / results[-1])
        if h in self.free:
            results[self.free.index(h)] /= self.largest
        return tuple(results)

    def _approach(
        self, vertex: Vertex, place: dict[Key, Expr], active: list[int], crossover: Symbol | None
    ) -> Expr | None:
        """By which power of C the largest neglected term is smaller than the loss."""
        programme = self.programme()
        everything = place | dict(self.fixed)
        if self.corrections is not None:
            return self._approach_of_corrections(vertex, everything, active, self.corrections)
        # a bottleneck of a size alone is what its transient ends in; before the crossover it does not show
        sizes = [size for size in (N, P) if size not in (crossover, self.ending)]
        ends = {(size,) for size in sizes if self.clock in everything}
        gaps: list[Expr] = [
            slack
            for i in range(len(self.terms) + len(self.spending))
            if (slack := programme.slack(i, vertex.solution)) != 0
            and not (i < len(self.terms) and tuple(x for x, _ in self.terms[i].powers if x != E) in ends)
        ]
        for i in active:
            term = self.terms[i]
            if term.gap == oo:
                continue
            if any(
                not vertex.domain.positive(c)
                for c in term.domain.constraints
                if c not in vertex.domain.constraints
            ):
                return None
            grown = everything.get(term.variable, Integer(0)) * _way(term.variable)
            gaps.append(term.gap * (self._travelled(everything) if term.variable == self.clock else grown))
        for size in (N, P):
            if size in everything:
                if size == crossover:
                    gaps.append(everything[size])
                elif self.clock in everything or rho in everything:
                    gaps.append(self._beyond(everything, size))
        gaps += [drift * everything.get(N, Integer(0)) for drift in self.drifts]
        gaps.append(-everything.get(h, Integer(0)))  # the next power of a step that falls
        return smallest([factor(normal(g)) if not g.has(Min) else g for g in gaps], vertex.domain)

    def _approach_of_corrections(
        self,
        vertex: Vertex,
        everything: Mapping[Any, Expr],
        active: list[int],
        corrections: tuple[LossTerm, ...],
    ) -> Expr:
        """The same where all terms behind the leading ones are known."""
        behind = [term for i, term in enumerate(self.terms) if i not in active]
        falls = [
            sum((p * everything.get(x, Integer(0)) for x, p in term.powers), Integer(0))
            for term in (*behind, *corrections)
        ]
        gaps = [factor(normal(fall - everything["loss"])) for fall in falls]
        gaps += [factor(normal(drift * everything.get(N, Integer(0)))) for drift in self.drifts]
        return smallest([gap for gap in gaps if gap != 0], vertex.domain)


def _way(resource: Symbol) -> Expr:
    """1 for what grows with the budget, -1 for what falls."""
    return Integer(-1) if resource in FALLING else Integer(1)
