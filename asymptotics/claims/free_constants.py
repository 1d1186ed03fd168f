"""Constants of a claim that stand for any number, as C_0 in ``C_0 t^-s``: the claim is one about the order.

without_free_constants(statement, letters)    the statement without them
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sympy import Add, Expr, Integer, Mul, Piecewise, Pow, Symbol

from asymptotics.claims.statement import EQUAL, ORDER, STATED, Statement

NEVER = ("t", "N", "P", "sigma", "eta", "a", "b", "T", "n", "p")
"""Letters with a meaning of their own everywhere, and those that are one of them in the other case."""


def without_free_constants(statement: Statement, letters: Iterable[Symbol]) -> Statement:
    """The statement with 1 for letters that are none of ``letters`` and multiply whole terms alone.

    >>> from asymptotics.claims.statement import read_claim
    >>> from asymptotics.symbols import N, a, b
    >>> found = without_free_constants(read_claim(r"L = C_0 N^{-b}", {}), (N, a, b))
    >>> found.expression, found.relation
    (N**(-b), 'order')
    """
    letters = set(letters)
    strangers = statement.expression.free_symbols - letters
    free = [s for s in strangers if s.name not in NEVER and _multiplies(statement.expression, s)]
    ones = dict.fromkeys(free, Integer(1))
    if not free or not statement.expression.xreplace(ones).free_symbols & letters:
        return statement  # what is left says nothing: the letter is refused by its name
    return replace(
        statement,
        expression=statement.expression.xreplace(ones),
        rounded=None if statement.rounded is None else statement.rounded.xreplace(ones),
        relation=ORDER if statement.relation in (EQUAL, STATED) else statement.relation,
    )


def _multiplies(expression: Expr, letter: Symbol) -> bool:
    """Whether the letter, or a power of it, is nowhere but a factor of a term."""
    if expression == letter or not expression.has(letter):
        return True
    if isinstance(expression, Piecewise):
        return all(not c.has(letter) and _multiplies(e, letter) for e, c in expression.args)
    if isinstance(expression, Pow):
        base, power = expression.args
        return not power.has(letter) and (base == letter or (base.is_Mul and _multiplies(base, letter)))
    if isinstance(expression, Add) and letter in expression.args:
        return False
    return isinstance(expression, Add | Mul) and all(_multiplies(x, letter) for x in expression.args)
