"""Pieces of a spectrum: `Piecewise` in k and a last mode M, as segments with one expression each.

    (first_1 = 1, ..., last_1), (last_1 + 1, ..., last_2), ...,  last_J = M, or oo.

Breaks are integers; a symbol for one stands for an integer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sympy import Expr, Integer, Piecewise, Symbol, ceiling, floor, oo
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean, false, true

from asymptotics.caches import cached
from asymptotics.domains.domain import Domain, normal
from asymptotics.errors import SpectrumError
from asymptotics.tasks.task import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """``k = first, ..., last`` (or oo) with the three expressions that hold there; both per mode."""

    first: Expr
    last: Expr
    eigenvalues: Expr
    target: Expr
    multiplicity: Expr

    @property
    def weight(self) -> Expr:
        """The target power of a level, ``m_k c_k``."""
        return self.multiplicity * self.target


@cached(maxsize=256)
def segments(task: Task, domain: Domain) -> tuple[Segment, ...]:
    """The pieces of a task in the order of k.

    Raises `SpectrumError` for conditions that are not comparisons of k with a constant, for breaks of
    which the order is not known, and where no branch holds.

    >>> from asymptotics.symbols import k
    >>> task = Task(eigenvalues=Piecewise((1, k <= 5), (5*k**-2, True)), target=k**-3, modes=40)
    >>> [(s.first, s.last, s.eigenvalues) for s in segments(task, Domain())]
    [(1, 5, 1), (6, 40, 5/k**2)]
    """
    parts = (task.eigenvalues, task.target, task.multiplicity)
    conditions = {
        r for e in parts for p in e.atoms(Piecewise) for _, c in p.args for r in c.atoms(Relational)
    }
    ends = {r: _ends(r, task.index) for r in conditions}
    breaks = _order({b for values in ends.values() for b in values}, task, domain)
    lasts = (*breaks, task.modes)
    firsts = (Integer(1), *(b + 1 for b in breaks))
    found = []
    for place, (first, last) in enumerate(zip(firsts, lasts, strict=True)):
        truths = {r: _holds(r, ends[r], place, breaks, task, domain) for r in conditions}
        shown = f"{task.index} = {first} ... {last}"
        lam, target, count = (_branch(e, truths, shown) for e in parts)
        found.append(Segment(first=first, last=last, eigenvalues=lam, target=target, multiplicity=count))
    return _merge(found)


def structural(task: Task) -> set[Symbol]:
    """The symbols that say where pieces end: at numbers other modes may be in their places."""
    pieces = (p for e in (task.eigenvalues, task.target, task.multiplicity) for p in e.atoms(Piecewise))
    found = set(task.modes.free_symbols).union(*(c.free_symbols for p in pieces for _, c in p.args))
    return found - {task.index}


def _ends(relation: Relational, index: Symbol) -> tuple[Expr, ...]:
    """The last k before each place where the relation changes."""
    difference = relation.lhs - relation.rhs
    slope = difference.diff(index)
    if slope == 0 or slope.has(index) or relation.rel_op not in ("<", "<=", ">", ">=", "==", "!="):
        raise SpectrumError(
            f"the condition {relation} is not a comparison of {index} with a constant; "
            f"write pieces as Piecewise((f, {index} <= K), (g, True))"
        )
    place = normal(index - difference / slope)
    below = place - 1 if not place.is_number else ceiling(place) - 1
    upto = place if not place.is_number else floor(place)
    if relation.rel_op in ("==", "!="):
        return (below, upto)
    # k < K and k >= K change after K - 1, k <= K and k > K after K; a negative slope turns them round
    strict = relation.rel_op in ("<", ">")
    turned = slope.is_negative
    rising = relation.rel_op in (">", ">=")
    return (below if strict == (rising == bool(turned)) else upto,)


def _order(breaks: set[Expr], task: Task, domain: Domain) -> tuple[Expr, ...]:
    """The breaks inside 1 ... modes, ascending."""
    placed: list[Expr] = []
    for place in sorted(breaks, key=str):
        if place.is_number and place < 1:
            continue
        if task.modes != oo and _sign(task.modes - place, task, domain, place, task.modes) != 1:
            continue
        position = 0
        for other in placed:
            sign = _sign(place - other, task, domain, other, place)
            if sign == 0:
                break
            position += sign == 1
        else:
            placed.insert(position, place)
    return tuple(placed)


def _sign(difference: Expr, task: Task, domain: Domain, first: Expr, second: Expr) -> int:
    sign = domain.sign(difference)
    if sign is None:
        raise SpectrumError(
            f"the order of the breaks {first} and {second} is not known; "
            f"give it as assumptions=({first} < {second},), or give numbers"
        )
    return sign


def _holds(
    relation: Relational,
    ends: tuple[Expr, ...],
    place: int,
    breaks: tuple[Expr, ...],
    task: Task,
    domain: Domain,
) -> Boolean:
    """Whether the relation holds on the segment after the first ``place`` breaks."""
    passed = [_behind(end, place, breaks, task, domain) for end in ends]
    if relation.rel_op in ("==", "!="):
        inside = passed[0] and not passed[1] and ends[0] != ends[1]  # k = K for some integer k
        return true if inside == (relation.rel_op == "==") else false
    slope = (relation.lhs - relation.rhs).diff(task.index)
    rising = (relation.rel_op in (">", ">=")) != bool(slope.is_negative)
    return true if passed[0] == rising else false


def _behind(end: Expr, place: int, breaks: tuple[Expr, ...], task: Task, domain: Domain) -> bool:
    """Whether ``k > end`` on the segment after the first ``place`` breaks."""
    if end.is_number and end < 1:
        return True
    for position, other in enumerate(breaks):
        if end == other or domain.sign(end - other) == 0:
            return place > position
    return False  # beyond the last mode


def _branch(expression: Expr, truths: dict[Relational, Boolean], shown: str) -> Expr:
    """The expression with the branch of each Piecewise that holds."""
    if isinstance(expression, Piecewise):
        for value, condition in expression.args:
            if condition.xreplace(truths) == true:
                return _branch(value, truths, shown)
        raise SpectrumError(f"{expression} has no branch for {shown}; end it with (..., True)")
    if not expression.has(Piecewise):
        return expression
    return expression.func(*(_branch(e, truths, shown) for e in expression.args))


def _merge(found: list[Segment]) -> tuple[Segment, ...]:
    """Neighbours with the same expressions as one."""
    kept: list[Segment] = []
    for segment in found:
        if kept and _parts(kept[-1]) == _parts(segment):
            segment = replace(kept.pop(), last=segment.last)
        kept.append(segment)
    return tuple(kept)


def _parts(segment: Segment) -> tuple[Expr, Expr, Expr]:
    return segment.eigenvalues, segment.target, segment.multiplicity
