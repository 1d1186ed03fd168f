r"""LaTeX of a claim to the syntax of `asymptotics.parsing`, each character with the place it came from.

The source is split into characters, groups and macros with their arguments by pylatexenc (tokens and
positions; it knows no mathematics), and rewritten here over a closed list of macros:
``\frac{x}{y}`` -> ``((x)/(y))``, ``2b(a-1)`` -> ``2*b*(a-1)``, ``N^{-x}`` -> ``N**(-x)``. The result goes
through the same whitelist parser, with the same bounds, as text. Nothing is expanded or run.

(SymPy's own ``parse_latex`` was tried first: its grammar knows neither ``\pi`` nor ``\min\{a, b\}``, reads
``a b c d e`` as a tuple, and evaluates powers of numbers of any size while it parses.)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from pylatexenc.latexwalker import (
    LatexCharsNode,
    LatexCommentNode,
    LatexEnvironmentNode,
    LatexGroupNode,
    LatexMacroNode,
    LatexMathNode,
    LatexSpecialsNode,
    LatexWalker,
    LatexWalkerParseError,
)
from pylatexenc.macrospec import LatexContextDb, MacroSpec

from asymptotics.errors import ParseError
from asymptotics.parsing.vocabulary import DEPTH, LATEX_LENGTH

SPACES = set(", ; : ! quad qquad displaystyle textstyle limits nolimits nonumber label tag".split())
SPACES |= {" ", "\n", ">"}
SIZES = set("left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr".split())
FONTS = set("mathcal mathrm mathbb mathscr mathbf mathsf mathit mathfrak bm boldsymbol".split())
FONTS |= {"operatorname", "text", "textrm"}
ACCENTS = set("hat tilde bar widehat widetilde overline".split())
FRACTIONS = {"frac", "tfrac", "dfrac"}
STACKED = {"underset", "overset", "stackrel"}
"""Of what is set above or below a sign, the sign alone is read."""
CASES = ("cases", "dcases", "cases*")
ROWS = ("aligned", "align", "align*", "split", "gathered", "gather", "gather*", "equation", "equation*")
"""Environments of relations, one below the other."""
EQUALITIES = set(
    "= ~ sim simeq approx propto asymp lesssim gtrsim triangleq coloneqq equiv cong in le leq".split()
)
EQUALITIES |= {"ge", "geq", "≤", "≥"}
OPENING = {"(": ")", "[": "]", "{": "}"}

_macros = LatexContextDb()
_macros.add_context_category(
    "claims",
    macros=[
        *(MacroSpec(name, "{{") for name in sorted(FRACTIONS | STACKED)),
        *(MacroSpec(name, "{") for name in sorted(FONTS | ACCENTS)),
        MacroSpec("sqrt", "[{"),
        *(MacroSpec(name, "{") for name in ("label", "tag")),
    ],
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One character, macro or group of the source: its kind, what it says, where, and what it contains."""

    kind: str  # "char", "macro", "group", "cases", "rows" or "sign"
    name: str
    position: int
    arguments: tuple[tuple[Item, ...] | None, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A LaTeX text and its items, without math delimiters, spaces and comments."""

    text: str
    items: tuple[Item, ...]

    def fail(self, position: int, message: str) -> NoReturn:
        """Raise `ParseError` with the place in the source."""
        raise ParseError.at(self.text, position, message)


def read(text: str) -> Source:
    r"""The items of a LaTeX text. Raises `ParseError` for unbalanced braces and text beyond the bounds.

    >>> [item.name for item in read(r"N^{-b} \log N").items]
    ['N', '^', '{', 'log', 'N']
    """
    if len(text) > LATEX_LENGTH:
        raise ParseError(f"the claim has {len(text)} characters, more than {LATEX_LENGTH}; shorten it")
    depth = 0
    for position, character in enumerate(text):
        depth += (character == "{") - (character == "}")
        if depth > DEPTH:
            raise ParseError.at(text, position, f"braces nested deeper than {DEPTH}; split the claim")
    if (len(text) - len(text.rstrip("\\"))) % 2:
        raise ParseError.at(text, len(text) - 1, "a backslash without a macro; remove it")
    walker = LatexWalker(text, latex_context=_macros, tolerant_parsing=False)
    try:
        nodes = walker.get_latex_nodes()[0]
    except LatexWalkerParseError as error:
        raise ParseError.at(text, min(error.pos or 0, len(text) - 1), _one_line(error.msg)) from None
    except RecursionError:
        raise ParseError.at(text, 0, "nested too deeply; split the claim") from None
    return Source(text=text, items=_items(text, nodes))


def _one_line(message: str) -> str:
    plain = " ".join(str(message).split())
    return plain[:1].lower() + plain[1:] + "; balance the braces and give each macro its arguments"


def _items(text: str, nodes: Sequence[Any]) -> tuple[Item, ...]:
    found: list[Item] = []
    for node in nodes:
        if isinstance(node, LatexCharsNode):
            found += [
                Item(kind="char", name=c, position=node.pos + i)
                for i, c in enumerate(node.chars)
                if not c.isspace()
            ]
        elif isinstance(node, LatexMathNode):
            found += _items(text, node.nodelist)
        elif isinstance(node, LatexGroupNode):
            inside = _items(text, node.nodelist)
            found.append(Item(kind="group", name="{", position=node.pos, arguments=(inside,)))
        elif isinstance(node, LatexSpecialsNode):
            found.append(Item(kind="char", name=node.specials_chars, position=node.pos))
        elif isinstance(node, LatexMacroNode):
            if node.macroname in STACKED:
                found += _macro(text, node).arguments[-1] or ()
            elif node.macroname not in SPACES:
                found.append(_macro(text, node))
        elif isinstance(node, LatexEnvironmentNode):
            found.append(_environment(text, node))
        elif not isinstance(node, LatexCommentNode):
            raise ParseError.at(text, node.pos, "this is not part of an expression")
    return tuple(found)


def _environment(text: str, node: Any) -> Item:
    name = node.environmentname
    kind = "cases" if name in CASES else "rows" if name in ROWS else "other"
    # what stands in another one is read where a sign of a law has it
    return Item(kind=kind, name=name, position=node.pos, arguments=(_items(text, node.nodelist),))


def _macro(text: str, node: Any) -> Item:
    given = node.nodeargd.argnlist if node.nodeargd is not None else []
    arguments: list[tuple[Item, ...] | None] = []
    for argument in given or ():
        if argument is None:
            arguments.append(None)
            continue
        inside = _items(text, [argument])
        is_group = len(inside) == 1 and inside[0].kind == "group"
        arguments.append(inside[0].arguments[0] if is_group else inside)
    return Item(kind="macro", name=node.macroname, position=node.pos, arguments=tuple(arguments))


def with_signs(source: Source, signs: Mapping[str, str]) -> Source:
    r"""The source with one item for each sign, which is a piece of LaTeX; ``signs`` gives its name.

    >>> source = with_signs(read(r"2 \sum_k k^{-3} N^{-b}"), {r"\sum_k k^{-3}": "sign_1"})
    >>> [item.name for item in source.items]
    ['2', 'sign_1', 'N', '^', '{']
    """
    shapes = {_shape(read(tex).items): name for tex, name in signs.items()}
    return replace(source, items=_marked(source.items, shapes)) if signs else source


_Shape = tuple[object, ...]


def _shape(items: Sequence[Item]) -> _Shape:
    """Items without their places."""
    return tuple(
        (x.kind, x.name, tuple(None if part is None else _shape(part) for part in x.arguments)) for x in items
    )


def _marked(items: Sequence[Item], shapes: Mapping[_Shape, str]) -> tuple[Item, ...]:
    whole, found, at = _shape(items), list[Item](), 0
    while at < len(items):
        here = next((shape for shape in shapes if whole[at : at + len(shape)] == shape), None)
        if here is not None:
            found.append(Item(kind="sign", name=shapes[here], position=items[at].position))
            at += len(here)
            continue
        inside = tuple(None if part is None else _marked(part, shapes) for part in items[at].arguments)
        found.append(replace(items[at], arguments=inside))
        at += 1
    return tuple(found)


def rows_of(source: Source, items: Sequence[Item]) -> list[list[Item]]:
    r"""The rows of ``aligned`` without their marks, an explanation ``\text{: ...}`` left out.

    A row that begins with an operator, or has no relation, belongs to the one before it.
    """
    while len(items) == 1 and items[0].kind == "rows":
        items = items[0].arguments[0] or ()
    found: list[list[Item]] = []
    for row in split_at(source, items, lambda x: x.kind == "macro" and x.name == "\\"):
        kept = [x for x in row if not (x.kind == "char" and x.name == "&")]
        if not kept or any(word_of(x).startswith(":") for x in kept):
            continue
        if found and not any(x.kind != "group" and x.name in EQUALITIES for x in kept):
            found[-1] += kept
        else:
            found.append(kept)
    return found


def opening_at(items: Sequence[Item], at: int) -> tuple[str, int] | None:
    """``("(", where its inside begins)`` if a delimiter opens at ``at``, with its size such as ``\\left``."""
    sized = items[at].kind == "macro" and items[at].name in SIZES
    delimiter = at + 1 if sized else at
    if delimiter < len(items) and items[delimiter].kind in ("char", "macro"):
        name = items[delimiter].name
        if name in ("(", "[") if items[delimiter].kind == "char" else name in ("{", "lbrace"):
            return "{" if name == "lbrace" else name, delimiter + 1
    return None


def closing_at(items: Sequence[Item], at: int) -> tuple[str, int] | None:
    sized = items[at].kind == "macro" and items[at].name in SIZES
    delimiter = at + 1 if sized else at
    if delimiter < len(items):
        item = items[delimiter]
        if (item.kind == "char" and item.name in ")]") or (
            item.kind == "macro" and item.name in ("}", "rbrace")
        ):
            return "}" if item.name == "rbrace" else item.name, delimiter + 1
    return None


def partner(source: Source, items: Sequence[Item], at: int, opening: tuple[str, int]) -> tuple[int, int]:
    """Where the delimiter that opens at ``at`` closes, and what comes after; `ParseError` if it does not."""
    expected = [OPENING[opening[0]]]
    position = opening[1]
    while position < len(items):
        inner = opening_at(items, position)
        closing = closing_at(items, position)
        if inner is not None:
            expected.append(OPENING[inner[0]])
            if len(expected) > DEPTH:
                source.fail(
                    items[position].position, f"parentheses nested deeper than {DEPTH}; split the claim"
                )
            position = inner[1]
        elif closing is not None:
            if closing[0] != expected[-1]:
                message = f"{closing[0]!r} where {expected[-1]!r} is to close"
                source.fail(items[position].position, message)
            expected.pop()
            if not expected:
                return position, closing[1]
            position = closing[1]
        else:
            position += 1
    source.fail(items[at].position, "a parenthesis is not closed")


def word_of(item: Item) -> str:
    r"""What ``\\text{...}`` says, in small letters without blanks; "" for all else."""
    if item.kind != "macro" or item.name not in FONTS:
        return ""
    inside = item.arguments[0] or () if item.arguments else ()
    return "".join(x.name for x in inside).lower()


def split_at(source: Source, items: Sequence[Item], is_mark: Callable[[Item], bool]) -> list[Sequence[Item]]:
    """The parts of ``items`` between marks that stand in no parentheses."""
    parts, start, at = [], 0, 0
    while at < len(items):
        opening = opening_at(items, at)
        if opening is not None:
            at = partner(source, items, at, opening)[1]
            continue
        if is_mark(items[at]):
            parts.append(items[start:at])
            start = at + 1
        at += 1
    return [*parts, items[start:]]


def remainder_of(source: Source, items: Sequence[Item]) -> int | None:
    """Where ``+ O(...)`` begins, if ``items`` end so."""
    for i in range(1, len(items) - 2):
        if items[i].kind == "char" and items[i].name == "+" and _is_bound(items[i + 1]):
            opening = opening_at(items, i + 2)
            if opening is not None and partner(source, items, i + 2, opening)[1] == len(items):
                return i
    return None


def without_corrections(source: Source, items: Sequence[Item]) -> tuple[Item, ...]:
    """``items`` without factors ``(1 + O(...))``."""
    kept: list[Item] = []
    at = 0
    while at < len(items):
        opening = opening_at(items, at)
        if opening is not None:
            end, after = partner(source, items, at, opening)
            inside = items[opening[1] : end]
            if inside and inside[0].name == "1" and remainder_of(source, inside) == 1:
                at = after
                continue
            kept += items[at:after]
            at = after
        else:
            kept.append(items[at])
            at += 1
    return tuple(kept)


def _is_bound(item: Item) -> bool:
    inside = (item.arguments[0] or ()) if item.kind == "macro" and item.arguments else ()
    return item.name in ("O", "o") or (len(inside) == 1 and inside[0].name in ("O", "o"))
