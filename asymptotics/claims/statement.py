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
holds; ``(1 + O(1/N))`` is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sympy import Eq, Expr, Order, Symbol
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean, true

from asymptotics.claims.decimals import Decimals, Rounding
from asymptotics.errors import ParseError
from asymptotics.parsing import latex
from asymptotics.parsing.conditions import read_condition, split_claim
from asymptotics.parsing.expressions import parse, parse_condition
from asymptotics.parsing.latex import Item, Source
from asymptotics.parsing.latex_writer import COMPARISONS, LEADS, LETTERS, to_condition, to_text
from asymptotics.parsing.numbers import exact
from asymptotics.parsing.vocabulary import LENGTH

EQUAL, STATED, ORDER, UPPER, LOWER = "equal", "stated", "order", "upper", "lower"
RELATIONS = {
    **dict.fromkeys(("=", "==", "simeq", "≃"), EQUAL),
    **dict.fromkeys(("~", "sim", "approx", "≈"), STATED),
    **dict.fromkeys(("propto", "∝", "asymp", "≍", "Theta"), ORDER),
    **dict.fromkeys(("lesssim", "≲", "O"), UPPER),
    **dict.fromkeys(("gtrsim", "≳", "Omega"), LOWER),
}
MEANING = {
    EQUAL: "leading term with its constant",
    STATED: "leading term with its constant",
    ORDER: "order of growth; constants are not judged",
    UPPER: "upper bound on the order",
    LOWER: "lower bound on the order",
}
INEQUALITIES = ("<", ">", "le", "ge", "leq", "geq", "ne", "neq", "ll", "gg", "!=")
NODES = 3000
_relation = re.compile(r"==|<=|>=|!=|[=~∝≍≃≈≲≳<>]")
_bound = re.compile(r"\s*(O|Theta|Omega)\s*(?=\()")
_remainder = re.compile(r"\+\s*O\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)\s*$")
_correction = re.compile(r"(\*\s*|)\(\s*1\s*[+-]\s*[Oo]\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)\s*\)")
_left = re.compile(r"\s*(?:min_?(?:rho|[A-Za-z])\s*)?(?P<name>[A-Za-z]+)[\w^*',;()\s-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What is claimed: ``expression`` in the ``relation``; ``subject`` the left side's name, "" if none.

    ``soft``: up to logarithms. ``arguments``: the letters in the parentheses and subscripts of the left side.
    ``places``: where each symbol stands in ``claim``, for messages. ``remainder``: it ends in ``+ O(...)``.
    ``condition``: where it is claimed. ``free``: letters that stand for any constant; ``irreducible``: those
    added to the loss. ``rounded``: the expression with letters for its ``decimals``
    (`asymptotics.claims.decimals`).
    """

    claim: str
    expression: Expr
    relation: str = STATED
    soft: bool = False
    subject: str = ""
    arguments: str = ""
    places: tuple[tuple[str, int], ...] = ()
    remainder: bool = False
    condition: Boolean = true
    free: tuple[str, ...] = ()
    irreducible: tuple[str, ...] = ()
    rounded: Expr | None = None
    decimals: tuple[Rounding, ...] = ()

    def as_written(self, expression: Expr) -> Expr:
        """An expression with the numbers that are written in place of the letters for its decimals."""
        return expression.xreplace({one.letter: one.written for one in self.decimals})

    def moved(self, expression: Expr) -> Iterator[tuple[Expr, Expr]]:
        """It with one decimal moved by half a unit of its last digit, down and up, each by itself."""
        for one in self.decimals:
            low, high = (expression.xreplace({one.letter: one.written + s * one.half}) for s in (-1, 1))
            yield self.as_written(low), self.as_written(high)

    @property
    def freely(self) -> str:
        """Which letters were taken for free constants, in words."""
        kinds = (
            (self.free, "a free constant", "free constants"),
            (self.irreducible, "the irreducible loss", "the irreducible loss"),
        )
        return "".join(
            f"; {', '.join(names)} taken as {one if len(names) == 1 else many}"
            for names, one, many in kinds
            if names
        )

    def refuse(self, name: str, advice: str) -> ParseError:
        """The error for a symbol without meaning, with its place where the claim was text."""
        reason = f"{name} has no meaning here; {advice}"
        place = dict(self.places).get(name)
        return (
            ParseError(f"{self.claim}: {reason}")
            if place is None
            else ParseError.at(self.claim, place, reason)
        )


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
            return _from_latex(claim, symbols, signs or {})
        return _from_text(claim, symbols)
    if isinstance(claim, Relational):
        if not isinstance(claim, Eq):
            raise ParseError(f"{claim} is an inequality; a claim is an expression or an equation")
        left = _left_side(str(claim.lhs))
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
        left = _left_side(claim[: found[0].start()])
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
    rounded = _parse(claim, right, tuple(range(start, len(claim))), symbols, decimals)
    names = {m.group(): start + m.start() for m in reversed(list(re.finditer(r"[A-Za-z_]\w*", right)))}
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


def _parse(
    claim: str, text: str, origin: Sequence[int], symbols: Mapping[str, Expr], decimals: Decimals
) -> Expr:
    subscripted = re.findall(r"\b[A-Za-z]+_[A-Za-z0-9]+\b", text)
    known = {name: Symbol(name, positive=True) for name in subscripted} | dict(symbols)
    try:
        return parse(text, symbols=known, number=decimals)
    except ParseError as error:
        if error.position is None or not origin:
            raise
        place = origin[min(error.position, len(origin) - 1)]
        raise ParseError.at(claim, place, error.reason) from None


def _left_side(text: str) -> tuple[str, str] | None:
    """The name on the left side, and the letters in its parentheses and subscripts."""
    text = re.sub(r"^.*\bterm\s*of\s*|^.*termof", "", text)  # "1/N^2 term of L(t, N)"
    text = re.sub(r"\+\s*sigma(\^|\*\*)2", "", text)  # of the loss on fresh labels, "L + sigma^2"
    text = re.sub(r"/\s*min_.*$", "", text)  # the quotient of two best losses goes by the first
    match = _left.fullmatch(text)
    outside = re.sub(r"\([^()]*\)", "", text)  # "L(P; rho P^-l)" may say how another resource is held
    if match is None or re.search(r"\*\*|\^(?!\s*(\*|opt))", outside):
        return None  # a power is not a name, but for a star
    inner = "".join(re.findall(r"\([^()]*\)|_[A-Za-z]", text))
    return match["name"], "".join(dict.fromkeys(c for c in inner if c.isalpha()))


def _from_latex(claim: str, symbols: Mapping[str, Expr], signs: Mapping[str, Expr]) -> Statement:
    marks = {tex: f"sign_{number}" for number, tex in enumerate(signs, 1)}
    stand_ins = {name: Symbol(name, real=True) for name in marks.values()}
    meant = {stand_ins[name]: signs[tex] for tex, name in marks.items()}
    source = latex.with_signs(latex.read(claim), marks)
    rows = latex.rows_of(source, source.items)
    items = rows[0] if rows else []
    while items and items[-1].kind == "char" and items[-1].name in ".,;":
        items.pop()
    if not items:
        raise ParseError("the claim is empty; write for example N^{-b}")
    decimals = Decimals()
    known = {**symbols, **stand_ins}
    for name, meaning in _definitions(source, rows[1:]).items():
        text, origin = to_text(source, meaning)
        known[name] = _parse(claim, text, origin, known, decimals)
    items, condition = _split_condition(source, items, symbols)
    signed = [i for i, item in enumerate(items) if _is_relation(item)]
    for i in signed:
        if items[i].name in INEQUALITIES:
            source.fail(items[i].position, "an inequality is a condition; give it as an assumption")
    if len(signed) > 1:
        source.fail(items[signed[1]].position, f"a second {items[signed[1]].name!r}; a claim has one")
    left: tuple[str, str] | None = ("", "")
    relation, right = STATED, items
    if signed:
        relation, right = RELATIONS[items[signed[0]].name], items[signed[0] + 1 :]
        left = _left_side(_flat(source, items[: signed[0]]))
        if left is None:
            source.fail(items[0].position, "the left side names the quantity, as L(N) or t")
        if not right:
            source.fail(items[signed[0]].position, "nothing follows the relation")
    bound, soft = _bound_of(source, right)
    if bound:
        relation, right = RELATIONS[bound], right[1:]
    ending = None if bound else latex.remainder_of(source, right)
    bare = latex.without_corrections(source, right[:ending])
    corrected = ending is not None or len(bare) < len(right)
    text, origin = to_text(source, bare)
    rounded = _parse(claim, text, origin, known, decimals).xreplace(meant)
    places: dict[str, int] = {}
    for match in re.finditer(r"[A-Za-z_]\w*", text):
        places.setdefault(match.group(), origin[match.start()])
    assert left is not None
    return Statement(
        claim=claim,
        expression=decimals.as_written(rounded),
        relation=relation,
        soft=soft,
        subject=left[0],
        arguments=left[1],
        places=tuple(places.items()),
        remainder=corrected,
        rounded=rounded,
        decimals=tuple(decimals.found),
        condition=condition,
    )


def _definitions(source: Source, rows: Sequence[Sequence[Item]]) -> dict[str, Sequence[Item]]:
    r"""``A_{1} = ...`` in the rows below a claim: what each letter in it stands for."""
    found: dict[str, Sequence[Item]] = {}
    for row in rows:
        sign = next(i for i, item in enumerate(row) if _is_relation(item))
        name = to_text(source, row[:sign])[0]
        if row[sign].name != "=" or not name.isidentifier():
            source.fail(
                row[0].position, "a further row defines a letter, as A = ...; give one claim at a time"
            )
        found[name] = row[sign + 1 :]
    return found


def _split_condition(
    source: Source, items: list[Item], symbols: Mapping[str, Expr]
) -> tuple[list[Item], Boolean]:
    r"""The claim, and what follows ``\text{for}`` or a comma, if that compares."""
    head = latex.split_at(source, items, lambda x: x.name == "," or latex.word_of(x) in LEADS)[0]
    rest = items[len(head) + 1 :]
    if head and any(x.name in COMPARISONS for x in rest):
        return list(head), parse_condition(to_condition(source, rest)[0], symbols=symbols)
    return items, true


def _is_relation(item: Item) -> bool:
    names = (set(RELATIONS) | set(INEQUALITIES)) - {"O", "Theta", "Omega"}
    return item.kind != "group" and item.name in names


def _flat(source: Source, items: Sequence[Item]) -> str:
    """A left side without fonts, accents and braces."""
    text = ""
    for item in items:
        if item.kind == "macro" and item.name in latex.FONTS | latex.ACCENTS:
            text += _flat(source, [x for part in item.arguments for x in part or ()])
        elif item.kind == "macro":
            plain = {
                **LETTERS,
                "infty": "oo",
                "star": "*",
                "ast": "*",
                "min": "min",
                "ell": "L",
                "dagger": "*",
            }
            if item.name not in plain and item.name not in latex.SIZES:
                source.fail(
                    item.position, f"\\{item.name} on the left side, which names the quantity, as L(N)"
                )
            text += plain.get(item.name, "")
        elif item.kind == "group":
            text += _flat(source, item.arguments[0] or ())
        else:
            text += item.name
    return text


def _bound_of(source: Source, items: Sequence[Item]) -> tuple[str, bool]:
    """O, Theta or Omega, and whether up to logarithms, if the whole of ``items`` is such a bound."""
    if len(items) < 2 or (opening := latex.opening_at(items, 1)) is None:
        return "", False
    item, soft = items[0], False
    while item.kind == "macro" and item.arguments and item.name in latex.FONTS | latex.ACCENTS:
        soft = soft or item.name in latex.ACCENTS
        inside = item.arguments[0] or ()
        if len(inside) != 1:
            return "", False
        item = inside[0]
    if item.name not in ("O", "Theta", "Omega"):
        return "", False
    _, after = latex.partner(source, items, 1, opening)
    if after != len(items):
        source.fail(items[after].position, f"something follows {item.name}(...); give the leading term alone")
    return item.name, soft
