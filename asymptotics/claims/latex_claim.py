r"""A claim in LaTeX, read into a statement: its left side, relation, bound, conditions, and named constants.

read_latex(claim, symbols, signs)    the statement
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sympy import And, Expr, Symbol
from sympy.logic.boolalg import Boolean, true

from asymptotics.claims.decimals import Decimals
from asymptotics.claims.sides import left_side, parse_side
from asymptotics.claims.statement import INEQUALITIES, RELATIONS, STATED, Statement
from asymptotics.errors import ParseError
from asymptotics.parsing import latex
from asymptotics.parsing.expressions import parse_condition
from asymptotics.parsing.latex import Item, Source
from asymptotics.parsing.latex_words import COMPARISONS, LEADS, LETTERS
from asymptotics.parsing.latex_writer import to_condition, to_text

_bare = re.compile(r"(\\[A-Za-z]+\s*\{[^{}]*\})|(?<![\\A-Za-z])(if|for|when|where)(?![A-Za-z])")
"""What is in braces, and a word that no one put into ``\text``."""


def read_latex(claim: str, symbols: Mapping[str, Expr], signs: Mapping[str, Expr]) -> Statement:
    """The statement that LaTeX makes; ``signs`` as in `asymptotics.claims.reading`. Raises `ParseError`."""
    claim = _bare.sub(lambda m: m[1] or rf"\text{{{m[2]}}}", claim)
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
    items, condition, inline = _split_condition(source, items, symbols)
    for name, meaning in (_definitions(source, rows[1:]) | _definitions(source, inline)).items():
        text, origin = to_text(source, meaning)
        known[name] = parse_side(claim, text, origin, known, decimals)
    left, relation, right = _sides(source, items)
    bound, soft = _bound_of(source, right)
    if bound:
        relation, right = RELATIONS[bound], right[1:]
    ending = None if bound else latex.remainder_of(source, right)
    bare = latex.without_corrections(source, right[:ending])
    corrected = ending is not None or len(bare) < len(right)
    text, origin = to_text(source, bare)
    rounded = parse_side(claim, text, origin, known, decimals).xreplace(meant)
    places: dict[str, int] = {}
    for match in re.finditer(r"[A-Za-z_]\w*", text):
        places.setdefault(match.group(), origin[match.start()])
    for row in inline:
        if next(iter(_definitions(source, [row]))) not in places:
            source.fail(row[0].position, "this letter is nowhere in the claim; leave it out")
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


def _sides(source: Source, items: list[Item]) -> tuple[tuple[str, str], str, list[Item]]:
    """The name on the left side with its letters, the relation, and the right side."""
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
        left = left_side(_flat(source, items[: signed[0]]))
        if left is None:
            source.fail(items[0].position, "the left side names the quantity, as L(N) or t")
        if not right:
            source.fail(items[signed[0]].position, "nothing follows the relation")
    assert left is not None
    return left, relation, right


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
) -> tuple[list[Item], Boolean, list[Sequence[Item]]]:
    r"""The claim, what follows ``\text{for}`` or a comma if that compares, and ``r = ...`` of new letters."""
    head = latex.split_at(source, items, lambda x: x.name == "," or latex.word_of(x) in LEADS)[0]
    rest = items[len(head) + 1 :]
    if not head or not any(x.name in COMPARISONS for x in rest):
        return items, true, []
    parts = latex.split_at(source, rest, lambda x: x.name == "," or latex.word_of(x) in (*LEADS, "and"))
    defining = [part for part in parts if _is_definition(source, part, symbols)]
    if not defining:
        return list(head), parse_condition(to_condition(source, rest)[0], symbols=symbols), []
    others = [to_condition(source, part)[0] for part in parts if part and part not in defining]
    return list(head), And(*(parse_condition(text, symbols=symbols) for text in others)), defining


def _is_definition(source: Source, items: Sequence[Item], symbols: Mapping[str, Expr]) -> bool:
    """Whether it is ``letter = ...`` with a letter that has no meaning yet."""
    signs = [i for i, item in enumerate(items) if item.name in COMPARISONS or _is_relation(item)]
    if len(signs) != 1 or signs[0] == 0 or items[signs[0]].name != "=":
        return False
    name = to_text(source, items[: signs[0]])[0]
    return name.isidentifier() and name not in symbols


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
