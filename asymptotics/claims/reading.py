r"""A claim as it is written, read into a statement: an exponent, or a leading term and how it is meant.

What decides: an expression that contains the resource is a leading term, one that does not is the exponent
p of ``resource**(-p)`` (of an optimum: l in ``L ~ C**(-l)``, or x in ``t ~ C**x``). Of a leading term

    L = f,  L \simeq f              power, logarithm and constant are claimed, also where the constant is 1;
    f,  L ~ f,  L \sim f            power and logarithm, and the constant where one is written;
    \propto, \asymp, \Theta(f)      power and logarithm; a constant is not looked at;
    O(f), \lesssim; \Omega(f), \gtrsim    an upper bound; a lower bound;
    o(f), \ll; \omega(f), \gg    a smaller order; a larger one;
    \tilde O(f), \tilde\Theta(f)    the same up to logarithms.

A letter without a meaning that only multiplies, ``C_0 t^{-s}``, is any constant: the order is claimed. One
that is an exponent, ``c N^{-p}``, is told, and the verdict is open. Decimals are compared to the digits that
are written (see `decimals`). ``\text{for } a > 2``, or a comparison after a comma, says where it is claimed;
each row of ``cases`` is claimed where its condition holds; ``(1 + O(1/N))`` is left out. ``r = ...`` after a
comma says what a letter without a meaning is.

``\lim_{N \to \infty} N^b L(N) = c`` and other limits of products with the loss (`limits`), as well as
``\log L = -p \log N + c`` and ``d \log L/d \log N = -p``, are claims about L. Several relations, as
``t \sim C^x, N \sim C^y``, are as many claims.

read_claims(claim, symbols, signs)    the statements that text, LaTeX or an expression makes
read_claim(claim, symbols, signs)     the statement of one relation
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from sympy import Eq, Expr, Order
from sympy.core.relational import Relational
from sympy.logic.boolalg import true

from asymptotics.claims.decimals import Decimals
from asymptotics.claims.latex_claim import read_latex
from asymptotics.claims.logarithms import NATURAL, raised
from asymptotics.claims.parts import SIGN, text_parts
from asymptotics.claims.sides import begins_claim, left_side, parse_side
from asymptotics.claims.statement import (
    BOUNDS,
    EQUAL,
    INEQUALITIES,
    RELATIONS,
    STATED,
    UPPER,
    WRITTEN,
    Statement,
    relation_of,
)
from asymptotics.errors import ParseError, shown
from asymptotics.parsing.characters import is_latex, plain, without_prose
from asymptotics.parsing.conditions import depth, read_condition, split_claim, split_definitions
from asymptotics.parsing.expressions import parse
from asymptotics.parsing.numbers import exact
from asymptotics.parsing.vocabulary import LENGTH

NODES = 3000
_bound = re.compile(rf"\s*({'|'.join(WRITTEN)})\s*(?=\()")
_remainder = re.compile(r"\+\s*O\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)\s*$")
_limit = re.compile(r",?\s*\b(?:as\s+\w\s*->\s*(?:oo|inf(?:inity|ty)?)|for large \w|at large \w)\b")
_arrow = re.compile(r"\blim(?:sup|inf)?\b|->")
_number = re.compile(r"(\*\*\s*-?|\^\s*-?|[\w.])?(?<![\w.])(\d+\.?\d*)(?=[A-DF-Za-df-z])")
_logarithm = re.compile(
    r"\s*(?:log|ln)_?(?P<base>10|2)?\s*(?:\((?P<inside>[^()]*(?:\([^()]*\))?)\)|\s(?P<left>[^=~≈]*))\s*(?P<sign>[=~≈])"
)
_of_name = re.compile(r"(?:([\w)])\s*)?\b((?:log|ln)(?:_?(?:10|2))?)\s+(\w+)")
_correction = re.compile(r"(\*\s*|)\(\s*1\s*[+-]\s*[Oo]\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)\s*\)")


def read_claim(
    claim: object, symbols: Mapping[str, Expr], signs: Mapping[str, Expr] | None = None
) -> Statement:
    r"""The statement that text, LaTeX or a SymPy expression makes. ``symbols`` is what names mean.

    ``signs`` are pieces of LaTeX with a meaning, as a sum over modes. Raises `ParseError`, with the position
    in text and LaTeX, also for a claim of several relations.

    >>> read_claim(r"L(N) \propto N^{-\min\{a-1,2b\}}", {}).expression
    N**(-Min(2*b, a - 1))
    """
    found = read_claims(claim, symbols, signs)
    if len(found) > 1:
        raise ParseError(f"{shown(claim)} makes {len(found)} claims; give one")
    return found[0]


def read_claims(
    claim: object, symbols: Mapping[str, Expr], signs: Mapping[str, Expr] | None = None
) -> tuple[Statement, ...]:
    r"""The statements of a claim, one for each relation; as `read_claim`.

    >>> [str(one.expression) for one in read_claims(r"t \sim C^{b}, N \sim C^{1-b} \text{ for } b < 1", {})]
    ['C**b', 'C**(1 - b)']
    """
    if isinstance(claim, str):
        if not claim.strip():
            raise ParseError("the claim is empty; write for example N**-b")
        claim = without_prose(claim)
        if is_latex(claim):
            return read_latex(plain(claim, latex=True), symbols, signs or {})
        return _from_text(_conventional(plain(claim, latex=False)), symbols)
    if isinstance(claim, Relational):
        if not isinstance(claim, Eq):
            raise ParseError(f"{claim} is an inequality; a claim is an expression or an equation")
        left = left_side(str(claim.lhs))
        if left is None:
            raise ParseError(f"{claim.lhs}: the left side names the quantity, as L(N)")
        return (_statement(claim, claim.rhs, EQUAL, symbols, left),)
    if isinstance(claim, Order):
        return (_statement(claim, claim.expr, UPPER, symbols, ("", "")),)
    return (_statement(claim, claim, STATED, symbols, ("", "")),)


def text_of(claim: object) -> str:
    """A claim as text that is read as the same.

    >>> from asymptotics.symbols import N
    >>> text_of(Eq(N, 2)), text_of(Order(1 / N))
    ('N = 2', 'O(1/N)')
    """
    if isinstance(claim, Eq):
        return f"{claim.lhs} = {claim.rhs}"
    return f"O({claim.expr})" if isinstance(claim, Order) else str(claim)


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
        claim=text_of(claim),
        expression=expression.xreplace(known),
        relation=relation,
        subject=left[0],
        arguments=left[1],
        rounded=rounded.xreplace(known),
        decimals=tuple(decimals.found),
    )


def _conventional(text: str) -> str:
    """Text as the parser has it: ``2*b`` for 2b, without what is said of large sizes."""
    text = _limit.sub("", text).replace("<<", "≪").replace(">>", "≫").replace(":=", " =")
    limit = _arrow.search(text)
    if limit:
        raise ParseError.at(
            text, limit.start(), r"give a limit in LaTeX, as \lim N^{b} L(N) = c, or L(N) \to 0"
        )
    return _number.sub(lambda m: m[0] if m[1] else f"{m[2]}*", text)


def _from_text(claim: str, symbols: Mapping[str, Expr]) -> tuple[Statement, ...]:
    if len(claim) > LENGTH:
        raise ParseError(f"the claim has {len(claim)} characters, more than {LENGTH}; shorten it")
    found = [_from_part(part, symbols) for part in text_parts(claim, symbols)]
    if len(found) > 1 and all(one.condition == true for one in found[:-1]):
        return tuple(replace(one, condition=found[-1].condition) for one in found)  # said once, after all
    return tuple(found)


def _from_part(claim: str, symbols: Mapping[str, Expr]) -> Statement:
    """One relation with its condition."""
    whole, (claim, where) = claim, split_claim(claim)
    where, meanings = split_definitions(where, symbols)
    condition = read_condition(where, symbols) if where else true
    base, claim = _logarithm_of(claim)
    start, relation, left = _left_of(claim, symbols)
    bound = _bound.match(claim, start)
    if bound and bound.group(1) not in symbols:
        relation, start = RELATIONS[bound.group(1)], bound.end()
    right = _correction.sub(lambda m: m[1] + "1" + " " * (len(m[0]) - len(m[1]) - 1), claim[start:])
    rest = None if bound else _remainder.search(right)
    right = right[: rest.start()] if rest else right
    if start and not right.strip():
        raise ParseError.at(claim, len(claim) - 1, "nothing follows the relation")
    decimals = Decimals()
    known = {**symbols, **{name: parse(meaning, symbols=symbols) for name, meaning in meanings.items()}}
    rounded = parse_side(claim, right, tuple(range(start, len(claim))), known, decimals)
    rounded = raised(rounded, base) if base else rounded
    names = {m.group(): start + m.start() for m in reversed(list(re.finditer(r"[A-Za-z_]\w*", right)))}
    for name in meanings:
        if name not in names:
            raise ParseError.at(
                whole, whole.rindex(name), "this letter is nowhere in the claim; leave it out"
            )
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


def _left_of(claim: str, symbols: Mapping[str, Expr]) -> tuple[int, str, tuple[str, str]]:
    """Where the right side begins, the relation, and the name on the left."""
    found = [x for x in SIGN.finditer(claim) if depth(claim, x.start()) == 0]
    if not found:
        return 0, STATED, ("", "")
    left = left_side(claim[: found[0].start()])
    is_bound = left is not None and begins_claim(left, UPPER, symbols, used=False)
    for sign in found:
        if sign.group() in INEQUALITIES and not (sign.group() in BOUNDS and is_bound and len(found) == 1):
            raise ParseError.at(claim, sign.start(), "an inequality is a condition; give it as an assumption")
    if len(found) > 1:
        raise ParseError.at(claim, found[1].start(), f"a second {found[1].group()!r}; a claim has one")
    if left is None:
        raise ParseError.at(claim, 0, "the left side names the quantity, as L(N) or t")
    return found[0].end(), relation_of(found[0].group()), left


def _logarithm_of(claim: str) -> tuple[str, str]:
    """``("10", "L = 2 - b*log(N)/log(10)")`` of ``log10 L = 2 - b log10 N``; "" and the claim for none."""
    found = _logarithm.match(claim)
    if found is None:
        return "", claim
    right = _of_name.sub(
        lambda m: f"{m[1]}*{m[2]} {m[3]}" if m[1] else f"{m[2]} {m[3]}", claim[found.end() :]
    )
    right = re.sub(r"\b(?:log|ln)_?(10|2)?\s+\(?(\w+)\)?", lambda m: _log(m[1], m[2]), right)
    right = re.sub(r"\blog_?(10|2)\((\w+)\)", lambda m: _log(m[1], m[2]), right)
    right = re.sub(r"\b(?:const|constant|cst)\b\.?", "c", right)
    return found["base"] or NATURAL, f"{found['left'] or found['inside']}{found['sign']}{right}"


def _log(base: str | None, name: str) -> str:
    return f"log({name})/log({base})" if base else f"log({name})"
