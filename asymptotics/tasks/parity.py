"""Tasks whose even and odd levels differ: ``(-1)**k`` in the eigenvalues, the target or the multiplicity.

Sums over k are sums over k = 2 j - 1 and over k = 2 j, and each class is a task without the sign.

    alternates        whether a task has a sign that alternates
    parity_classes    the tasks of the odd and of the even levels
"""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr, Integer, Piecewise, Pow, Symbol, floor, oo, powsimp, true
from sympy.core.relational import Le, Lt

from asymptotics.errors import SpectrumError
from asymptotics.tasks.task import Task

PARTS = ("eigenvalues", "target", "multiplicity")


def _is_sign(node: Expr, index: Symbol) -> bool:
    return bool(node.is_Pow and node.base == -1 and node.exp.has(index))


def alternates(task: Task) -> bool:
    """Whether ``(-1)**k`` is in the task.

    >>> from asymptotics.symbols import k
    >>> alternates(Task(k**-2, k**-2 * (1 - (-1)**k))), alternates(Task(k**-2, k**-2))
    (True, False)
    """
    found = (getattr(task, name) for name in PARTS)
    return any(_is_sign(node, task.index) for e in found for node in e.atoms(Pow))


def parity_classes(task: Task) -> tuple[Task, Task]:
    """The tasks of the levels k = 2 j - 1 and k = 2 j, j = 1, 2, ..., in the letter of the index.

    >>> from asymptotics.symbols import k
    >>> odd, even = parity_classes(Task(k**-2, k**-3 * (1 + (-1)**k)))
    >>> odd.target, even
    (0, Task(eigenvalues=1/(4*k**2), target=1/(4*k**3)))
    """
    return _of_class(task, 1), _of_class(task, 2)


def _of_class(task: Task, first: int) -> Task:
    """``first`` is the first level of the class, 1 or 2."""
    index = task.index
    place = 2 * index + first - 2
    changed = {}
    for name in PARTS:
        expression = getattr(task, name)
        signed = expression.replace(
            lambda e: _is_sign(e, index), lambda e: Integer(-1) ** e.exp.subs(index, first)
        )
        pieces = signed.replace(lambda e: isinstance(e, Piecewise), lambda e: _pieces(e, index, first))
        changed[name] = powsimp(pieces.subs(index, place))
    modes = oo if task.modes == oo else floor((task.modes + 2 - first) / 2)
    return replace(task, **changed, modes=modes, measured=None)


def _pieces(piecewise: Expr, index: Symbol, first: int) -> Expr:
    """The pieces that have levels of the class, their ends as bounds of the new index at its place."""
    kept = []
    for value, condition in piecewise.args:
        if condition == true:
            kept.append((value, true))
        elif isinstance(condition, Le | Lt) and condition.lhs == index and condition.rhs.is_Rational:
            last = floor(condition.rhs) - (isinstance(condition, Lt) and condition.rhs.is_Integer)
            level = last - (last - first) % 2
            if level >= first:
                kept.append((value, index <= level))
        else:
            raise SpectrumError(
                f"the piece {condition} with (-1)**{index} is not read; write {index} <= number"
            )
    return Piecewise(*kept)
