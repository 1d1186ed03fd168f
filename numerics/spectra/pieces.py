"""Pieces: spectra that are given by a `Piecewise` in k, as one smooth spectrum for each piece.

Spectral sums integrate over the index, which a break forbids. Each piece is therefore a spectrum of its own,
shifted so that its first mode is k = 1: ``lambda_piece(x) = lambda(first - 1 + x)``.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import sympy
from sympy.core.relational import Relational

from asymptotics.domains.domain import Domain
from asymptotics.errors import SpectrumError, UnableError
from asymptotics.spectra.finite import unlearned
from asymptotics.spectra.segments import segments
from numerics.values.arithmetic import Scalar

if TYPE_CHECKING:
    from asymptotics.tasks.task import Task
    from numerics.spectra.spectrum import Spectrum

_comparisons: dict[str, Callable[[Scalar, Scalar], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


def divided(spectrum: Spectrum, task: Task) -> Spectrum:
    """The spectrum with its pieces; unchanged if it has none.

    ``levels`` is then the last mode that is learned, ``unlearned`` the target power of eigenvalue zero.
    """
    if not any(e.has(sympy.Piecewise) for e in (task.eigenvalues, task.target, task.multiplicity)):
        return spectrum
    found = segments(task, Domain())
    learned = [s for s in found if s.eigenvalues != 0]
    if not learned:
        raise SpectrumError(f"eigenvalues {task.eigenvalues} are all 0; nothing can be learned")
    pieces = []
    for s in learned:
        shifted = {task.index: task.index + s.first - 1}
        pieces.append(
            replace(
                spectrum,
                eigenvalues=s.eigenvalues.xreplace(shifted),
                target=s.target.xreplace(shifted),
                multiplicity=s.multiplicity.xreplace(shifted),
                levels=_number(s.last - s.first + 1),
            )
        )
    return replace(
        spectrum,
        levels=_number(learned[-1].last),
        pieces=tuple(pieces),
        unlearned=unlearned(found, task.index, Domain()),
    )


def _number(levels: sympy.Expr) -> int | None:
    return None if levels == sympy.oo else int(levels)


def branches(
    expression: sympy.Piecewise, compiled: Callable[[sympy.Expr], Callable[[Scalar], Scalar]]
) -> Callable[[Scalar], Scalar]:
    """``x -> Piecewise`` at real x, by its conditions; at complex x they say nothing."""
    parts = [(compiled(value), _condition(condition, compiled)) for value, condition in expression.args]

    def value(x: Scalar) -> Scalar:
        for function, holds in parts:
            if holds(x):
                return function(x)
        raise SpectrumError(f"{expression} has no branch at {x}; end it with (..., True)")

    return value


def _condition(
    condition: sympy.Basic, compiled: Callable[[sympy.Expr], Callable[[Scalar], Scalar]]
) -> Callable[[Scalar], bool]:
    if condition in (sympy.true, sympy.false):
        truth = bool(condition)
        return lambda _: truth
    if isinstance(condition, Relational):
        left, right = compiled(condition.lhs), compiled(condition.rhs)
        compare = _comparisons[condition.rel_op]
        return lambda x: bool(compare(left(x).real, right(x).real))
    if isinstance(condition, sympy.And | sympy.Or | sympy.Not):
        parts = [_condition(c, compiled) for c in condition.args]
        if isinstance(condition, sympy.Not):
            return lambda x: not parts[0](x)
        together = all if isinstance(condition, sympy.And) else any
        return lambda x: together(part(x) for part in parts)
    raise UnableError(f"the condition {condition} cannot be evaluated; compare the index with numbers")


__all__ = ["branches", "divided"]
