"""Schedules in pieces: where these meet, and which expression holds between.

u                   the share of the steps that are done
breaks(shape)       where the pieces meet
piece_at(shape, x)  the expression that holds around x
in_pieces(shape)    ``Min``, ``Max`` and ``Abs`` as pieces
"""

from __future__ import annotations

from itertools import groupby, pairwise

from sympy import Expr, FiniteSet, Integer, Interval, Piecewise, Symbol, solveset
from sympy.core.relational import Relational

from asymptotics.errors import UnableError

u = Symbol("u", nonnegative=True)
"""The share of the steps that are done."""


def breaks(expression: Expr) -> tuple[Expr, ...]:
    """Where the pieces of f meet."""
    found = {
        relation.rhs if relation.lhs == u else relation.lhs
        for piece in expression.atoms(Piecewise)
        for _, condition in piece.args
        for relation in condition.atoms(type(u < 1), type(u <= 1), type(u > 1), type(u >= 1))
    }
    letters = [x for x in found if not x.is_number]
    if letters:
        raise UnableError(
            f"pieces meet at u = {letters[0]}, whose place among the others is open; laws need a number "
            "there, such as fraction=1/4"
        )
    return tuple(sorted(found, key=float))


def piece_at(shape: Expr, place: Expr) -> Expr:
    """The expression that holds around a place."""
    table = {
        one: next(e for e, condition in one.args if condition.subs(u, place) == True)  # noqa: E712
        for one in shape.atoms(Piecewise)
    }
    return shape.xreplace(table)


def in_pieces(expression: Expr) -> Expr:
    """``Min``, ``Max`` and ``Abs`` as pieces of [0, 1]; as it is where its corners are not found."""
    written = expression.rewrite(Piecewise)
    corners: set[Expr] = set()
    for relation in written.atoms(Relational):
        found = solveset(relation.lhs - relation.rhs, u, Interval(0, 1))
        if not isinstance(found, FiniteSet):
            return expression
        corners |= {x for x in found if 0 < x < 1}
    ends = [Integer(0), *sorted(corners, key=float), Integer(1)]
    found = [(piece_at(written, (low + high) / 2), high) for low, high in pairwise(ends)]
    pieces = [last for *_, last in (tuple(same) for _, same in groupby(found, key=lambda pair: pair[0]))]
    return Piecewise(*((piece, u < high) for piece, high in pieces[:-1]), (pieces[-1][0], True))
