"""Constants of a claim that stand for any number, as C_0 in ``C_0 t^-s``: the claim is one about the order.

E, or a letter with a subscript, that is added, ``E + C_0 t^-s``, is the loss that no resource lowers; laws
are those of what exceeds it.

A letter without a meaning that is an exponent, as p in ``c N^-p``, says that there is one: the law's, of
which the verdict tells what it is.

without_free_constants(statement, letters, resources)    the statement without constants
with_free_exponents(statement, letters, subject)         the statement with the law's exponents
of_free_exponents(verdict, unknown)                      the verdict on it
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sympy import Add, Expr, Integer, Mul, Or, Piecewise, Pow, Symbol

from asymptotics.claims.statement import EQUAL, ORDER, STATED, Statement
from asymptotics.claims.subject import Subject
from asymptotics.claims.verdict import Verdict, side_text

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


def with_free_exponents(
    statement: Statement, letters: Iterable[Symbol], subject: Subject
) -> tuple[Statement, dict[str, Expr]]:
    """The statement with the exponent of the law for letters without a meaning that are one, and these."""
    x, strangers = subject.resource, statement.expression.free_symbols - set(letters)
    powers = {power for power in statement.expression.atoms(Pow) if power.base.has(x)}
    found: dict[Symbol, Expr] = {}
    for letter in sorted(strangers, key=str):
        held = {power.exp for power in powers if power.has(letter)}
        if len(held) == 1 and held <= {letter, -letter}:
            sign = 1 if held == {letter} else -1
            found[letter] = subject.exponent * (sign if subject.grows else -sign)
    if not found or statement.expression.xreplace(found).free_symbols - set(letters):
        return statement, {}
    rounded = None if statement.rounded is None else statement.rounded.xreplace(found)
    known = {letter.name: exponent for letter, exponent in found.items()}
    return replace(statement, expression=statement.expression.xreplace(found), rounded=rounded), known


def of_free_exponents(verdict: Verdict, unknown: Mapping[str, Expr]) -> Verdict:
    """The verdict on a claim with exponents that nothing is said of: UNDECIDED where it can hold."""
    if not unknown or verdict.verdict != "HOLDS":
        return verdict
    equations = " and ".join(f"{letter} = {side_text(exponent)}" for letter, exponent in unknown.items())
    reason = f"it holds for {equations}; what {', '.join(unknown)} is the claim does not say"
    open_parts = [region for region in verdict.holds if not region.is_wall] or list(verdict.holds)
    where = replace(open_parts[0], condition=Or(*(r.condition for r in open_parts)), at_fault=reason)
    return replace(verdict, verdict="UNDECIDED", holds=(), undecided=(where, *verdict.undecided))
