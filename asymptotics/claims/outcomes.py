"""What a comparison finds on each cell: outcomes, joined again where neighbours agree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from sympy import Abs, And, Eq, Expr, Max, Min, Or, Piecewise, Rational, Symbol
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean, false, true

from asymptotics.domains.cells import Cell
from asymptotics.domains.domain import plain
from asymptotics.errors import UnableError

HOLDS, FAILS, UNDECIDED = "HOLDS", "FAILS", "UNDECIDED"
CHOICES = (Min, Max, Abs, Piecewise)
SIGNS = {"<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (1, 0), "==": (0,), "!=": (1, -1)}


class Work:
    """The steps of a comparison, counted: one that needs more than ``most`` is given up.

    >>> work = Work(1)
    >>> work.step()
    >>> work.step()
    Traceback (most recent call last):
    ...
    asymptotics.errors.UnableError: the comparison takes more than 1 steps
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.done = 0

    def step(self) -> None:
        """Count one step; raises `UnableError` beyond the last."""
        if self.done >= self.most:
            raise UnableError(f"the comparison takes more than {self.most} steps")
        self.done += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """HOLDS, FAILS or UNDECIDED on one cell.

    ``note`` says what is at fault, ``claimed`` and ``correct`` are the two sides there, ``point`` is where
    a difference was seen if not everywhere on the cell.
    """

    cell: Cell
    status: str
    note: str = ""
    claimed: Expr | None = None
    correct: Expr | None = None
    point: tuple[tuple[Symbol, Rational], ...] | None = None

    @property
    def is_wall(self) -> bool:
        """Whether the cell is a wall, not an open part of the base."""
        return bool(self.cell.walls)


Use = Callable[[Cell, Expr], list[Outcome]]


def join_outcomes(cell: Cell, parts: Iterable[Cell], use: Callable[[Cell], list[Outcome]]) -> list[Outcome]:
    """The outcomes on the parts of a cell; one for the cell if they agree."""
    found = [outcome for part in parts for outcome in use(part)]
    kinds = {_kind(outcome) for outcome in found}
    if len(kinds) == 1:
        first = next((o for o in found if len(o.cell.walls) == len(cell.walls)), found[0])
        sides = {o.claimed for o in found if len(o.cell.walls) == len(cell.walls)}
        # where the parts claim different things the claim is shown as it was made
        return [replace(first, cell=cell, claimed=first.claimed if len(sides) == 1 else None)]
    return found


def _kind(outcome: Outcome) -> tuple[str, str, Expr | None]:
    if outcome.status == HOLDS:
        return outcome.status, outcome.note, None
    return outcome.status, outcome.note, outcome.correct if outcome.status == FAILS else None


def resolve(
    cell: Cell, expression: Expr, work: Work, use: Use, resource: Symbol | None = None
) -> list[Outcome]:
    """``use`` on every part of the cell, with ``expression`` free of Min, Max, Abs and Piecewise there.

    A minimum or maximum over the ``resource`` stays: it is one of growths.
    """
    work.step()
    if not cell.is_seen:
        return [Outcome(cell=cell, status=UNDECIDED, note="no point of this region was found")]
    # the equations of the cell come last: a branch that is not taken may be undefined on a wall
    choice = next(
        (x for x in _innermost_first(expression) if isinstance(x, CHOICES) and not of_growths(x, resource)),
        None,
    )
    if choice is None:
        return use(cell, cell.value(expression))
    if isinstance(choice, Piecewise):
        return _by_cases(cell, expression, choice, work, use, resource)
    first, second, *rest = (choice.args[0], -choice.args[0]) if isinstance(choice, Abs) else choice.args
    sign = cell.sign(first - second)
    if sign is None:
        return join_outcomes(
            cell, cell.cut(first - second), lambda c: resolve(c, expression, work, use, resource)
        )
    larger, smaller = (first, second) if sign >= 0 else (second, first)
    chosen = smaller if isinstance(choice, Min) else larger
    less = choice.func(chosen, *rest) if rest else chosen
    return resolve(cell, expression.xreplace({choice: less}), work, use, resource)


def of_growths(choice: Expr, resource: Symbol | None) -> bool:
    """Whether it is a minimum or maximum of what depends on the resource."""
    return isinstance(choice, Min | Max) and resource is not None and choice.has(resource)


def _by_cases(
    cell: Cell, expression: Expr, choice: Piecewise, work: Work, use: Use, resource: Symbol | None
) -> list[Outcome]:
    branch, condition = choice.args[0]
    decided = decide(cell, condition)
    if isinstance(decided, Expr):
        return join_outcomes(cell, cell.cut(decided), lambda c: resolve(c, expression, work, use, resource))
    if decided:
        return resolve(cell, expression.xreplace({choice: branch}), work, use, resource)
    if len(choice.args) == 1:
        place = cell.condition if cell.condition != true else And(*(Eq(s, value) for s, value in cell.table))
        where = f" where {plain(place)}" if place != true else ""
        raise UnableError(f"the claim says nothing{where}; give a claim for all cases")
    rest = Piecewise(*choice.args[1:], evaluate=False)
    return resolve(cell, expression.xreplace({choice: rest}), work, use, resource)


def decide(cell: Cell, condition: Boolean) -> bool | Expr:
    """Whether a condition holds on the cell; where that is not decided, a difference without a sign."""
    if condition in (true, false):
        return bool(condition == true)
    if isinstance(condition, And):
        answers = [decide(cell, part) for part in condition.args]
        if False in answers:
            return False
        return next((answer for answer in answers if answer is not True), True)
    if isinstance(condition, Or):
        answers = [decide(cell, part) for part in condition.args]
        if True in answers:
            return True
        return next((answer for answer in answers if answer is not False), False)
    if not isinstance(condition, Relational):
        raise UnableError(f"the condition {condition} is not a comparison")
    difference = condition.lhs - condition.rhs
    sign = cell.sign(difference)
    return difference if sign is None else sign in SIGNS[condition.rel_op]


def _innermost_first(expression: Expr) -> Iterator[Expr]:
    for part in expression.args:
        yield from _innermost_first(part)
    yield expression
