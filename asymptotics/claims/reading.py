r"""A claim as it is written, read into a statement: an exponent, or a leading term and how it is meant.

What decides: an expression that contains the resource is a leading term, one that does not is the exponent
p of ``resource**(-p)`` (of an optimum: l in ``L ~ C**(-l)``, or x in ``t ~ C**x``). Of a leading term

    L = f,  L \simeq f              power, logarithm and constant are claimed, also where the constant is 1;
    f,  L ~ f,  L \sim f            power and logarithm, and the constant where one is written;
    \propto, \asymp, \Theta(f)      power and logarithm; a constant is not looked at;
    O(f), \lesssim; \Omega(f), \gtrsim    an upper bound; a lower bound;
    \tilde O(f), \tilde\Theta(f)    the same up to logarithms.

A letter without a meaning that only multiplies, ``C_0 t^{-s}``, is any constant: the order is claimed.
Decimals are compared to the digits that are written (see `decimals`). ``\text{for } a > 2``, or
a comparison after a comma, says where it is claimed; each row of ``cases`` is claimed where its condition
holds; ``(1 + O(1/N))`` is left out. ``r = ...`` after a comma says what a letter without a meaning is.

read_claim(claim, symbols, signs)    the statement that text, LaTeX or an expression makes
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sympy import Eq, Expr, Order
from sympy.core.relational import Relational
from sympy.logic.boolalg import true

from asymptotics.claims.decimals import Decimals
from asymptotics.claims.latex_claim import read_latex
from asymptotics.claims.sides import left_side, parse_side
from asymptotics.claims.statement import EQUAL, RELATIONS, STATED, UPPER, Statement
from asymptotics.errors import ParseError
from asymptotics.parsing import latex
from asymptotics.parsing.conditions import read_condition, split_claim, split_definitions
from asymptotics.parsing.expressions import parse
from asymptotics.parsing.numbers import exact
from asymptotics.parsing.vocabulary import LENGTH

NODES = 3000
_relation = re.compile(r"==|<=|>=|!=|[=~∝≍≃≈≲≳<>]")
_bound = re.compile(r"\s*(O|Theta|Omega)\s*(?=\()")
_remainder = re.compile(r"\+\s*O\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)\s*$")
_correction = re.compile(r"(\*\s*|)\(\s*1\s*[+-]\s*[Oo]\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)\s*\)")


def read_claim(
    claim: object, symbols: Mapping[str, Expr], signs: Mapping[str, Expr] | None = None
) -> Statement:
    r"""The statement that text, LaTeX or a SymPy expression makes. ``symbols`` is what names mean.

    ``signs`` are pieces of LaTeX with a meaning, as a sum over modes. Raises `ParseError`, with the position
    in text and LaTeX.

    >>> read_claim(r"L(N) \propto N^{-\min\{a-1,2b\}}", {}).expression
    N**(-Min(2*b, a - 1))
    """
    if isinstance(claim, str):
        if latex.is_latex(claim):
            return read_latex(claim, symbols, signs or {})
        return _from_text(claim, symbols)
    if isinstance(claim, Relational):
        if not isinstance(claim, Eq):
            raise ParseError(f"{claim} is an inequality; a claim is an expression or an equation")
        left = left_side(str(claim.lhs))
        if left is None:
            raise ParseError(f"{claim.lhs}: the left side names the quantity, as L(N)")
        return _statement(claim, claim.rhs, EQUAL, symbols, left)
    if isinstance(claim, Order):
        return _statement(claim, claim.expr, UPPER, symbols, ("", ""))
    return _statement(claim, claim, STATED, symbols, ("", ""))


def _statement(
    claim: object, given: object, relation: str, symbols: Mapping[str, Expr], left: tuple[str, str]
) -> Statement:
    expression, decimals = exact(given, "claim"), Decimals()
    rounded = decimals.of_floats(given) if isinstance(given, Expr) else expression
    size = 0
    stack = [expression]
    while stack:
        size += 1
        stack += stack.pop().args
        if size > NODES:
            raise ParseError(f"the claim has more than {NODES} parts; shorten it")
    known = {s: symbols[s.name] for s in expression.free_symbols if s.name in symbols}
    return Statement(
        claim=str(claim),
        expression=expression.xreplace(known),
        relation=relation,
        subject=left[0],
        arguments=left[1],
        rounded=rounded.xreplace(known),
        decimals=tuple(decimals.found),
    )


def _from_text(claim: str, symbols: Mapping[str, Expr]) -> Statement:
    if len(claim) > LENGTH:
        raise ParseError(f"the claim has {len(claim)} characters, more than {LENGTH}; shorten it")
    whole, (claim, where) = claim, split_claim(claim)
    where, meanings = split_definitions(where, symbols)
    condition = read_condition(where, symbols) if where else true
    found = list(_relation.finditer(claim))
    for sign in found:
        if sign.group() in ("<", ">", "<=", ">=", "!="):
            raise ParseError.at(claim, sign.start(), "an inequality is a condition; give it as an assumption")
    if len(found) > 1:
        raise ParseError.at(claim, found[1].start(), f"a second {found[1].group()!r}; a claim has one")
    start = found[0].end() if found else 0
    relation = RELATIONS[found[0].group()] if found else STATED
    left: tuple[str, str] | None = ("", "")
    if found:
        left = left_side(claim[: found[0].start()])
        if left is None:
            raise ParseError.at(claim, 0, "the left side names the quantity, as L(N) or t")
    bound = _bound.match(claim, start)
    if bound:
        relation, start = RELATIONS[bound.group(1)], bound.end()
    right = _correction.sub(lambda m: m[1] + "1" + " " * (len(m[0]) - len(m[1]) - 1), claim[start:])
    rest = None if bound else _remainder.search(right)
    right = right[: rest.start()] if rest else right
    if found and not right.strip():
        raise ParseError.at(claim, len(claim) - 1, "nothing follows the relation")
    decimals = Decimals()
    known = {**symbols, **{name: parse(meaning, symbols=symbols) for name, meaning in meanings.items()}}
    rounded = parse_side(claim, right, tuple(range(start, len(claim))), known, decimals)
    names = {m.group(): start + m.start() for m in reversed(list(re.finditer(r"[A-Za-z_]\w*", right)))}
    for name in meanings:
        if name not in names:
            raise ParseError.at(
                whole, whole.rindex(name), "this letter is nowhere in the claim; leave it out"
            )
    assert left is not None
    return Statement(
        claim=whole,
        expression=decimals.as_written(rounded),
        relation=relation,
        subject=left[0],
        arguments=left[1],
        places=tuple(names.items()),
        remainder=rest is not None or right != claim[start:][: len(right)],
        rounded=rounded,
        decimals=tuple(decimals.found),
        condition=condition,
    )
