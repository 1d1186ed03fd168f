r"""Limits, and left sides that are products: ``\lim_{N \to \infty} N^b L(N) = c``, ``L(N)/N^{-b} \to c``.

With X a product of powers beside the loss, ``X L = c`` says

    L = c/X            for c > 0, the leading term with its constant
    L = o(1/X)         for c = 0
    L = \omega(1/X)    for c = \infty
    L = O(1/X), \Omega(1/X)    where it is < \infty, > 0

and ``\log L/\log N = -p`` that p is the exponent.

    without_limit(items)               a left side without ``\lim``, and what stands below that
    letters_to_infinity(below)         the letters that go to infinity in it
    with_mark(items)                   the same with a sign for the loss, and the loss's own items
    beside(expression, mark)           X, or the sign of a slope and what it is over
    tends(relation, right)             the relation to 1/X where the right side is 0 or infinite
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sympy import Expr, Symbol, log

from asymptotics.claims.statement import ABOVE, BELOW, EQUAL, LOWER, STATED, UPPER
from asymptotics.parsing.latex import FONTS, Item, closing_at, opening_at

LIMITS = ("lim", "limsup", "liminf")
ARROWS = ("to", "rightarrow", "longrightarrow")
MARK = Symbol("loss", positive=True)
ENDS = {"0": "0", "infty": "oo"}
TENDS = {
    **dict.fromkeys([(EQUAL, "0"), (STATED, "0")], BELOW),
    **dict.fromkeys([(EQUAL, "oo"), (STATED, "oo")], ABOVE),
    (UPPER, "oo"): UPPER,
    (LOWER, "0"): LOWER,
}


def without_limit(items: Sequence[Item]) -> tuple[bool, Sequence[Item], Sequence[Item]]:
    r"""Whether ``\lim`` stands first, what is below it, and what follows."""
    named = bool(items) and _word(items[0]) in LIMITS
    rest = items[1:] if named else items
    below: Sequence[Item] = ()
    if named and len(rest) > 1 and rest[0].name == "_":
        below = (rest[1].arguments[0] or ()) if rest[1].kind == "group" else rest[1:2]
        rest = rest[2:]
    return named, below, rest


def letters_to_infinity(below: Sequence[Item]) -> tuple[str, ...] | None:
    r"""``("N", "P")`` of ``N, P \to \infty``; None where it says something else."""
    names = [x.name for x in below]
    arrow = next((i for i, name in enumerate(names) if name in ARROWS), None)
    if arrow is None or [x for x in names[arrow + 1 :] if x != "+"] != ["infty"]:
        return None
    return tuple(name for name in names[:arrow] if name != ",")


def with_mark(items: Sequence[Item]) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
    r"""``N^{b} L(N)`` with a sign in the place of ``L(N)``, and ``L(N)``; () where there is no loss."""
    found: list[Item] = []
    loss: tuple[Item, ...] = ()
    at = 0
    while at < len(items):
        if not loss and _is_loss(items[at]):
            end = _end_of_name(items, at)
            loss = tuple(items[at:end])
            found.append(Item(kind="sign", name=MARK.name, position=items[at].position))
            at = end
            continue
        arguments = []
        for part in items[at].arguments:
            inside, here = ((), ()) if part is None or loss else with_mark(part)
            loss = loss or here
            arguments.append(inside if here else part)
        found.append(replace(items[at], arguments=tuple(arguments)))
        at += 1
    return tuple(found), loss


def beside(expression: Expr, mark: Symbol) -> Expr | tuple[int, str] | None:
    """X of ``X L``, as an expression; ``(1, "N")`` for ``log L/log N``, -1 for its negative; or None."""
    product = expression / mark
    if not product.has(mark):
        return product
    logarithm = expression / log(mark)
    bases = logarithm.atoms(log)
    below = next((one for one in bases if (logarithm * one) in (1, -1)), None)
    return None if below is None else (int(logarithm * below), str(below.args[0]))


def tends(relation: str, right: str) -> str:
    r"""What ``X L`` with 0 or ``infty`` on the right side says of L and 1/X; "" for other right sides.

    >>> tends(EQUAL, "0"), tends(UPPER, "infty"), tends(EQUAL, "2b")
    ('below', 'upper', '')
    """
    side = ENDS.get(right.lstrip("+"))
    return TENDS.get((UPPER if relation == BELOW else relation, side), "") if side else ""


def _word(item: Item) -> str:
    inside = item.arguments[0] or () if item.name in FONTS and item.arguments else ()
    return "".join(x.name for x in inside) or item.name


def _is_loss(item: Item) -> bool:
    name = _word(item)
    styled = item.kind == "macro" and item.name in FONTS and len(name) == 1 and name.isupper()
    return styled or (item.kind == "char" and item.name == "L") or item.name == "ell"


def _end_of_name(items: Sequence[Item], at: int) -> int:
    """Where the name of a loss ends, with its subscript and what is in its parentheses."""
    at += 1
    if at < len(items) and items[at].name == "_":
        at += 2
    opening = opening_at(items, at) if at < len(items) else None
    if opening is None:
        return at
    at = opening[1]
    while at < len(items) and closing_at(items, at) is None:
        at += 1
    closing = closing_at(items, at) if at < len(items) else None
    return at if closing is None else closing[1]
