"""Constants of a claim that stand for any number, as C_0 in ``C_0 t^-s``: the claim is one about the order.

E, or a letter with a subscript, that is added, ``E + C_0 t^-s``, is the loss that no resource lowers; laws
are those of what exceeds it.

without_free_constants(statement, letters, resources)    the statement without them
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sympy import Add, Expr, Integer, Mul, Piecewise, Pow, Symbol

from asymptotics.claims.statement import EQUAL, ORDER, STATED, Statement

NEVER = ("t", "N", "P", "sigma", "eta", "a", "b", "T", "n", "p")
"""Letters with a meaning of their own everywhere, and those that are one of them in the other case."""


def without_free_constants(
    statement: Statement, letters: Iterable[Symbol], resources: Iterable[Symbol]
) -> Statement:
    """The statement with 1 for letters that are none of ``letters`` and multiply whole terms alone.

    In what contains a resource, a letter that is added by itself is the irreducible loss and is left out.

    >>> from asymptotics.claims.reading import read_claim
    >>> from asymptotics.symbols import N, a, b
    >>> found = without_free_constants(read_claim(r"L = C_0 N^{-b}", {}), (N, a, b), (N,))
    >>> found.expression, found.relation, found.free
    (N**(-b), 'order', ('C_0',))
    """
    letters = set(letters)
    if statement.expression.has(*resources):
        statement = _without_irreducible(statement, letters)
    strangers = statement.expression.free_symbols - letters
    free = [s for s in strangers if s.name not in NEVER and _multiplies(statement.expression, s)]
    ones = dict.fromkeys(free, Integer(1))
    if not free or not statement.expression.xreplace(ones).free_symbols & letters:
        return statement  # what is left says nothing: the letter is refused by its name
    return replace(
        statement,
        expression=statement.expression.xreplace(ones),
        rounded=None if statement.rounded is None else statement.rounded.xreplace(ones),
        free=tuple(sorted(letter.name for letter in free)),
        relation=ORDER if statement.relation in (EQUAL, STATED) else statement.relation,
    )


def _without_irreducible(statement: Statement, letters: set[Symbol]) -> Statement:
    terms = Add.make_args(statement.expression)
    alone = [x for x in terms if x.is_Symbol and x not in letters and (x.name == "E" or "_" in x.name)]
    if not alone or len(alone) == len(terms):
        return statement
    zeros = dict.fromkeys(alone, Integer(0))
    if any(term.has(*alone) for term in terms if term not in alone):
        return statement  # a letter that stands elsewhere, too, is refused by its name
    return replace(
        statement,
        expression=statement.expression.xreplace(zeros),
        rounded=None if statement.rounded is None else statement.rounded.xreplace(zeros),
        irreducible=tuple(sorted(x.name for x in alone)),
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
