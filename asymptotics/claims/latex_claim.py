r"""Claims in LaTeX, read into statements: left side, relation, bound, conditions, and named constants.

read_latex(claim, symbols, signs)    the statements, one for each relation
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sympy import And, Expr, Symbol
from sympy.logic.boolalg import Boolean, true

from asymptotics.claims.decimals import Decimals
from asymptotics.claims.latex_left import left_of
from asymptotics.claims.limits import ARROWS, with_mark
from asymptotics.claims.parts import latex_parts
from asymptotics.claims.sides import parse_side
from asymptotics.claims.statement import EQUAL, RELATIONS, STATED, WRITTEN, Statement, relation_of
from asymptotics.errors import ParseError
from asymptotics.parsing import latex
from asymptotics.parsing.expressions import parse_condition
from asymptotics.parsing.latex import Item, Source
from asymptotics.parsing.latex_indicators import with_indicators
from asymptotics.parsing.latex_words import COMPARISONS, LEADS
from asymptotics.parsing.latex_writer import to_condition, to_text

_bare = re.compile(
    r"(\\[A-Za-z]+\s*\{[^{}]*\})"
    r"|(?<![\\A-Za-z])([Ii]f|[Ff]or|when|where|provided|(?<=\s)as(?=\s)|(?<=\s)and(?=\s))(?![A-Za-z])"
)
"""What is in braces, and a word that no one put into ``\text``; ``as`` without blanks is a product."""
ANY = "const"
CONSTANTS = ("const", "const.", "constant", "cst", "cst.")
"""Words for any number."""
HEDGES = ("w.h.p.", "whp", "withhighprobability", "almostsurely", "a.s.", "uptoconstants", "uptoaconstant")
LOGARITHMIC = ("uptologs", "uptologarithms", "uptolog", "uptologfactors", "uptologarithmicfactors")
TOLD = {*latex.FONTS, *COMPARISONS, *ARROWS, "infty", "gg"} - {"="}
"""Without these a row is all formula."""


def read_latex(claim: str, symbols: Mapping[str, Expr], signs: Mapping[str, Expr]) -> tuple[Statement, ...]:
    """The statements that LaTeX makes; ``signs`` as in `asymptotics.claims.reading`. Raises `ParseError`."""
    claim = _bare.sub(lambda m: m[1] or rf"\text{{{m[2]}}}", claim).replace(":=", " =")
    marks = {tex: f"sign_{number}" for number, tex in enumerate(signs, 1)}
    stand_ins = {name: Symbol(name, real=True) for name in marks.values()}
    meant = {stand_ins[name]: signs[tex] for tex, name in marks.items()}
    source = with_indicators(latex.with_signs(latex.read(claim), marks))
    told = latex.rows_of(source, source.items)
    soft = any(latex.word_of(x) in LOGARITHMIC for row in told for x in row)
    rows = [_told(source, row) for row in told]
    parts, defined = latex_parts(source, rows, symbols)
    if not any(parts):
        raise ParseError("the claim is empty; write for example N^{-b}")
    split = [_split_condition(source, part, symbols) for part in parts]
    conditions = [condition for _, condition, _ in split]
    if len(split) > 1 and all(one == true for one in conditions[:-1]):
        conditions = conditions[-1:] * len(split)  # said once, after all of them
    inline = [row for _, _, rows in split for row in rows]
    known = {**symbols, **stand_ins, ANY: Symbol(ANY, positive=True)}
    statements, used = [], set[str]()
    for (items, _, _), condition in zip(split, conditions, strict=True):
        statement, names = _statement(source, items, known, [*defined, *inline])
        used |= names
        statements.append(
            replace(
                statement,
                expression=statement.expression.xreplace(meant),
                rounded=None if statement.rounded is None else statement.rounded.xreplace(meant),
                condition=condition,
                soft=statement.soft or soft,
            )
        )
    for row in inline:
        if next(iter(_definitions(source, [row]))) not in used:
            source.fail(row[0].position, "this letter is nowhere in the claim; leave it out")
    return tuple(statements)


def _statement(
    source: Source, items: Sequence[Item], symbols: Mapping[str, Expr], defining: Sequence[Sequence[Item]]
) -> tuple[Statement, set[str]]:
    """One relation, without its condition, and the names that it uses."""
    known, decimals = dict(symbols), Decimals()
    for name, meaning in _definitions(source, defining).items():
        text, origin = to_text(source, meaning)
        known[name] = parse_side(source.text, text, origin, known, decimals)
    left, right = left_of(source, list(items), symbols)
    relation = left.relation
    bound, soft = _bound_of(source, right)
    bound = "" if bound in symbols else bound
    if bound:
        relation, right = RELATIONS[bound], right[1:]
    ending = None if bound else latex.remainder_of(source, right)
    if (
        left.slope
        and ending is not None
        and "".join(x.name for x in right[ending:]) not in ("+o(1)", "-o(1)")
    ):
        source.fail(right[ending].position, "an exponent is judged up to o(1), as -b + o(1)")
    bare = latex.without_corrections(source, right[:ending])
    text, origin = ("1", (right[0].position,)) if left.ends else to_text(source, bare)
    rounded = parse_side(source.text, text, origin, known, decimals)
    if left.sized and rounded.is_nonpositive:
        source.fail(right[0].position, "a loss is positive; give a bound > 0 on its limit")
    held = {known.get(x, Symbol(x)) for x in left.over} & rounded.free_symbols
    if held:
        source.fail(right[0].position, f"a limit over {held.pop()} is free of it; leave \\lim out")
    rounded = left.of_loss(rounded, known)
    places: dict[str, int] = {}
    for match in re.finditer(r"[A-Za-z_]\w*", text):
        places.setdefault(match.group(), origin[match.start()])
    statement = Statement(
        claim=source.text,
        expression=decimals.as_written(rounded),
        relation=relation,
        soft=soft or bool(left.base) or left.ratio,
        subject=left.name[0],
        arguments=left.name[1],
        places=tuple(places.items()),
        remainder=ending is not None or len(bare) < len(right),
        rounded=rounded,
        decimals=tuple(decimals.found),
        over=left.over,
        sized=left.sized and relation == left.relation,
        strict=left.strict,
    )
    return statement, set(places)


def _told(source: Source, row: Sequence[Item]) -> list[Item]:
    r"""A row as it is meant: ``(a > 2)`` at its end is a condition, ``\text{as } N \to \infty`` is out."""
    if not {x.name for x in row} & TOLD and (not row or row[-1].name != ")"):
        return list(row)
    items = [x for x in row if latex.word_of(x) not in (*HEDGES, *LOGARITHMIC)]
    if items and (opening := latex.opening_at(items, _last_opening(source, items))) is not None:
        at = _last_opening(source, items)
        inside = items[opening[1] : latex.partner(source, items, at, opening)[0]]
        if any(x.name in COMPARISONS or x.name in ARROWS or relation_of(x) for x in inside):
            items = [*items[:at], Item(kind="char", name=",", position=items[at].position), *inside]
    kept: list[Item] = []
    at = 0
    for piece in latex.split_at(source, items, lambda x: x.name == "," or latex.word_of(x) in ("as", *LEADS)):
        if not _of_large_sizes(piece):
            mark = items[max(at - 1, 0) : at]
            kept += piece if not kept and [x.name for x in mark] == [","] else [*mark, *piece]
        at += len(piece) + 1
    return [
        replace(x, kind="sign", name=ANY, arguments=()) if latex.word_of(x) in CONSTANTS else x for x in kept
    ]


def _of_large_sizes(piece: Sequence[Item]) -> bool:
    r"""Whether it says ``N \to \infty`` or ``N \gg 1``, which is always meant."""
    names = [x.name for x in piece]
    if len(names) == 3 and names[1:] == ["gg", "1"]:
        return True
    tends = names[-1:] == ["infty"] and not {*ARROWS}.isdisjoint(names)
    return tends and not relation_in(piece) and not with_mark(piece)[1]


def relation_in(items: Sequence[Item]) -> bool:
    """Whether there is a relation."""
    return any(relation_of(x) for x in items)


def _last_opening(source: Source, items: Sequence[Item]) -> int:
    """Where the parenthesis opens that closes at the end; 0 where there is none."""
    at = 0
    while at < len(items):
        opening = latex.opening_at(items, at)
        if opening is None:
            at += 1
            continue
        after = latex.partner(source, items, at, opening)[1]
        if after == len(items):
            return at
        at = after
    return 0


def _definitions(source: Source, rows: Sequence[Sequence[Item]]) -> dict[str, Sequence[Item]]:
    r"""``A_{1} = ...`` in the rows below a claim: what each letter in it stands for."""
    found: dict[str, Sequence[Item]] = {}
    for row in rows:
        sign = next((i for i, item in enumerate(row) if relation_of(item)), 0)
        name = to_text(source, row[:sign])[0] if sign else ""
        if relation_of(row[sign]) not in (EQUAL, STATED) or not name.isidentifier():
            source.fail(
                row[0].position, "a further row defines a letter, as A = ...; give one claim at a time"
            )
        found[name] = row[sign + 1 :]
    return found


def _split_condition(
    source: Source, items: list[Item], symbols: Mapping[str, Expr]
) -> tuple[list[Item], Boolean, list[Sequence[Item]]]:
    r"""The claim, what follows ``\text{for}`` or a comma if that compares, and ``r = ...`` of new letters."""
    head = latex.split_at(source, items, lambda x: x.name in ",;" or latex.word_of(x) in LEADS)[0]
    rest = items[len(head) + 1 :]
    if not head or not any(x.name in COMPARISONS or relation_of(x) for x in rest):
        return items, true, []
    parts = latex.split_at(source, rest, lambda x: x.name in ",;" or latex.word_of(x) in (*LEADS, "and"))
    defining = [part for part in parts if _is_definition(source, part, symbols)]
    if not defining:
        return list(head), parse_condition(to_condition(source, rest)[0], symbols=symbols), []
    others = [to_condition(source, part)[0] for part in parts if part and part not in defining]
    return list(head), And(*(parse_condition(text, symbols=symbols) for text in others)), defining


def _is_definition(source: Source, items: Sequence[Item], symbols: Mapping[str, Expr]) -> bool:
    """Whether it is ``letter = ...`` with a letter that has no meaning yet."""
    signs = [i for i, item in enumerate(items) if item.name in COMPARISONS or relation_of(item)]
    if len(signs) != 1 or signs[0] == 0 or relation_of(items[signs[0]]) not in (EQUAL, STATED):
        return False
    name = to_text(source, items[: signs[0]])[0]
    return name.isidentifier() and name not in symbols


def _bound_of(source: Source, items: Sequence[Item]) -> tuple[str, bool]:
    """O, Theta, Omega, o, omega, and whether up to logarithms, if ``items`` are such a bound."""
    if len(items) < 2 or (opening := latex.opening_at(items, 1)) is None:
        return "", False
    item, soft = items[0], False
    while item.kind == "macro" and item.arguments and item.name in latex.FONTS | latex.ACCENTS:
        soft = soft or item.name in latex.ACCENTS
        inside = item.arguments[0] or ()
        if len(inside) != 1:
            return "", False
        item = inside[0]
    if item.name not in WRITTEN:
        return "", False
    _, after = latex.partner(source, items, 1, opening)
    if after != len(items):
        source.fail(items[after].position, f"something follows {item.name}(...); give the leading term alone")
    return item.name, soft
