r"""Items of LaTeX written in the syntax of `asymptotics.parsing`: products, powers, fractions, functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from asymptotics.parsing.latex import (
    FONTS,
    FRACTIONS,
    SIZES,
    Item,
    Source,
    opening_at,
    partner,
    remainder_of,
    split_at,
    without_corrections,
    word_of,
)
from asymptotics.parsing.latex_conditions import write_condition
from asymptotics.parsing.latex_meets import with_meets
from asymptotics.parsing.latex_words import (
    BARE,
    FUNCTIONS,
    LETTERS,
    PRODUCTS,
    arguments_of,
    base_of,
    starts_operand,
    word_at,
)
from asymptotics.parsing.vocabulary import DEPTH

LETTER_FONTS = FONTS - {"text", "textrm", "operatorname", "mathbb", "mathcal"}
"""In these a letter is a letter."""


def to_text(source: Source, items: Sequence[Item]) -> tuple[str, tuple[int, ...]]:
    r"""``items`` in the syntax of `expressions.parse`, and the place of each character of it.

    >>> from asymptotics.parsing.latex import read
    >>> source = read(r"\frac{a-1}{2b}")
    >>> to_text(source, source.items)[0]
    '((a-1)/(2*b))'
    """
    writer = _Writer(source)
    writer.sequence(items)
    return writer.written()


def to_condition(source: Source, items: Sequence[Item]) -> tuple[str, tuple[int, ...]]:
    r"""A condition in the syntax of `expressions.parse_condition`, and the place of each character of it.

    >>> from asymptotics.parsing.latex import read
    >>> source = read(r"\text{if } 1 < b \wedge a \le 2b")
    >>> to_condition(source, source.items)[0]
    'And(1<b, a<=2*b)'
    """
    writer = _Writer(source)
    write_condition(writer, items)
    return writer.written()


class _Writer:
    """Writes items one after the other, and a ``*`` wherever an operand follows an operand."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.pieces: list[tuple[str, int]] = []
        self.after_operand = False
        self.depth = 0  # of functions without parentheses, as in log log x

    def written(self) -> tuple[str, tuple[int, ...]]:
        """What is written so far, and the place of each character of it."""
        return (
            "".join(piece for piece, _ in self.pieces),
            tuple(position for piece, position in self.pieces for _ in piece),
        )

    def put(self, piece: str, position: int, *, starts: bool = False, ends: bool = False) -> None:
        if starts and self.after_operand:
            self.pieces.append(("*", position))
        self.pieces.append((piece, position))
        self.after_operand = ends

    def fail(self, item: Item, message: str) -> NoReturn:
        self.source.fail(item.position, message)

    def group(self, items: Sequence[Item], at: Item, what: str) -> None:
        if not items:
            self.fail(at, f"{what} is empty")
        self.put("(", at.position, starts=True)
        self.sequence(items)
        self.put(")", at.position, ends=True)

    def sequence(self, items: Sequence[Item]) -> None:
        items = with_meets(self.source, items)
        at = 0
        while at < len(items):
            at = self.one(items, at)
        if items and not self.after_operand and self.pieces and self.pieces[-1][0] in "+-*/,":
            self.source.fail(self.pieces[-1][1], "the expression breaks off after an operator")

    def one(self, items: Sequence[Item], at: int) -> int:
        """Write the item at ``at`` with what belongs to it, and return where the next one is."""
        item = items[at]
        if item.kind == "group":
            if item.arguments[0]:  # an empty group separates, as in 2{}b
                self.group(item.arguments[0] or (), item, "the group")
            return at + 1
        opening = opening_at(items, at)
        if opening is not None:
            return self.parentheses(items, at, opening)
        if item.kind == "macro":
            return self.macro(items, at)
        if item.kind in ("cases", "indicator"):
            return self.cases(items, at) if item.kind == "cases" else self.indicator(item, at)
        if item.kind == "sign":
            self.put(item.name, item.position, starts=True, ends=True)
            return at + 1
        if item.kind in ("rows", "other"):
            self.fail(item, f"the environment {item.name} is not read here")
        return self.character(items, at)

    def cases(self, items: Sequence[Item], at: int) -> int:
        """``value & condition`` in rows, remainders left out, as a Piecewise."""
        inside = items[at].arguments[0] or ()
        self.put("Piecewise(", items[at].position, starts=True)
        rows = [row for row in split_at(self.source, inside, lambda x: x.name == "\\") if row]
        for i, row in enumerate(rows):
            value, *condition = split_at(self.source, row, lambda x: x.name == "&")
            if len(condition) != 1 or not value:
                self.fail(row[0], "a row of cases is a value, & and a condition")
            value = without_corrections(self.source, value[: remainder_of(self.source, value)])
            while value and value[-1].name in (",", ";"):
                value = value[:-1]
            self.put(", (" if i else "(", row[0].position)
            self.sequence(value)
            self.put(", ", row[0].position)
            write_condition(self, [x for x in condition[0] if x.name not in ".;"])
            self.put(")", row[0].position)
        self.put(")", items[at].position, ends=True)
        return at + 1

    def indicator(self, item: Item, at: int) -> int:
        """1 where its condition holds, else 0."""
        self.put("Piecewise((1, ", item.position, starts=True)
        write_condition(self, item.arguments[0] or ())
        self.put("), (0, True))", item.position, ends=True)
        return at + 1

    def character(self, items: Sequence[Item], at: int) -> int:
        item, character = items[at], items[at].name
        word = word_at(items, at)
        if word in FUNCTIONS:
            return self.function(FUNCTIONS[word], items, at, at + len(word))
        if character == "e" and at + 2 < len(items) and items[at + 1].name == "^":
            return self.exponential(items, at)
        if character.isascii() and character.isalpha():
            return self.letter(character, items, at)
        elif character.isascii() and (character.isdigit() or character == "."):
            end = at
            while end < len(items) and items[end].kind == "char" and items[end].name in "0123456789.":
                end += 1
            digits = "".join(i.name for i in items[at:end])
            self.put(digits, item.position, starts=True, ends=True)
            return end
        elif character == "*" and self.after_operand and _is_power(items, at):
            self.put("**", item.position)  # of text, in which braces made LaTeX
            at += 1 + (items[at + 2].name == "-" if at + 2 < len(items) else 0)
            if items[at].name == "-":
                self.put("-", items[at].position)
        elif character in "+-*/,":
            self.operator(character, item)
        elif character == "^":
            return self.power(items, at)
        elif character == "_":
            self.fail(item, "a subscript has no meaning here; write a letter of the task")
        elif character in ")]":
            self.fail(item, f"{character!r} closes nothing")
        else:
            self.fail(item, f"{character!r} is not part of an expression")
        return at + 1

    def exponential(self, items: Sequence[Item], at: int) -> int:
        """``e^{x}``, Euler's number to a power."""
        self.put("exp(", items[at].position, starts=True)
        end = self.exponent(items, at + 2, items[at + 2])
        self.put(")", items[at].position, ends=True)
        return end

    def letter(self, name: str, items: Sequence[Item], at: int) -> int:
        """A letter with its subscript, ``C_0`` or ``\\alpha_{N}``, as a name; b' is one of the test."""
        if at + 1 < len(items) and items[at + 1].name == "'":
            self.put(f"{name}_test", items[at].position, starts=True, ends=True)
            return at + 2
        below = items[at + 2 : at + 3] if at + 1 < len(items) and items[at + 1].name == "_" else ()
        inside = below[0].arguments[0] or () if below and below[0].kind == "group" else below
        subscript = "".join(word_of(x) or x.name for x in inside)
        if below and not (subscript.isascii() and subscript.isalnum()):
            self.fail(items[at + 1], "a subscript is letters or digits, as C_0")
        self.put(f"{name}_{subscript}" if below else name, items[at].position, starts=True, ends=True)
        return at + (3 if below else 1)

    def operator(self, sign: str, item: Item) -> None:
        if sign in "*/," and not self.after_operand:
            self.fail(item, f"nothing stands before {sign!r}")
        self.put(sign, item.position)

    def power(self, items: Sequence[Item], at: int) -> int:
        if not self.after_operand:
            self.fail(items[at], "a power of nothing; write for example N^{-b}")
        if at + 1 >= len(items):
            self.fail(items[at], "a power without an exponent")
        self.put("**", items[at].position)
        following = items[at + 1]
        end = self.exponent(items, at + 1, following)
        if end < len(items) and items[end].kind == "char" and items[end].name == "^":
            self.fail(items[end], "a second exponent; put the first power in parentheses or braces")
        return end

    def exponent(self, items: Sequence[Item], at: int, following: Item) -> int:
        if following.kind == "group":
            self.group(following.arguments[0] or (), following, "the exponent")
            return at + 1
        if following.kind == "char" and following.name in "+-*/,^":
            self.fail(following, "LaTeX raises one sign only; put the exponent in braces, as N^{-b}")
        if following.kind == "char" and following.name.isdigit():
            self.put(following.name, following.position, ends=True)  # N^12 is N^1 times 2
            return at + 1
        if (following.kind == "macro" and following.name in SIZES | set(FUNCTIONS)) or following.name in "([":
            self.fail(following, "put the exponent in braces")
        return self.one(items, at)

    def macro(self, items: Sequence[Item], at: int) -> int:
        item, name = items[at], items[at].name
        if name in FONTS:
            name = "".join(i.name for i in item.arguments[0] or ()) if item.arguments else ""
            if item.name in LETTER_FONTS and len(name) == 1 and name.isalpha():
                return self.letter(name, items, at)
            if name not in FUNCTIONS:
                self.fail(item, f"\\{item.name}{{{name}}} has no meaning in an expression")
        if name in FUNCTIONS:
            return self.function(FUNCTIONS[name], items, at, at + 1)
        if name in LETTERS:
            return self.letter(LETTERS[name], items, at)
        if name in PRODUCTS:
            self.operator("*", item)
        elif name in FRACTIONS:
            upper, lower = arguments_of(self.source, item, 2)
            self.put("(", item.position, starts=True)
            self.group(upper, item, "the numerator")
            self.put("/", item.position)
            self.group(lower, item, "the denominator")
            self.put(")", item.position, ends=True)
        elif name == "sqrt":
            degree, inside = item.arguments if len(item.arguments) == 2 else (None, None)
            if inside is None:
                self.fail(item, "give the arguments of \\sqrt in braces")
            self.put("(", item.position, starts=True)
            self.group(inside, item, "the root")
            self.put("**(1/", item.position)
            if degree is None:
                self.put("2", item.position)
            else:
                self.group(degree, item, "the degree of the root")
            self.put("))", item.position, ends=True)
        else:
            known = "; known are letters, \\frac, \\sqrt, \\min, \\max, \\log, \\Gamma, \\zeta, \\sin, ..."
            self.fail(item, f"the macro \\{name} has no meaning here{known}")
        return at + 1

    def function(self, name: str, items: Sequence[Item], at: int, after: int) -> int:
        """``\\log^2(x)``, ``\\log x``, ``\\min\\{x, y\\}``: the function, its power, its argument."""
        start = items[at]
        base, after = base_of(name, items, after)
        exponent: Item | None = None
        if after < len(items) and items[after].name == "^" and items[after].kind == "char":
            if after + 1 >= len(items):
                self.fail(items[after], "a power without an exponent")
            exponent = items[after + 1]
            after += 2
        if after >= len(items):
            self.fail(start, f"{name} without an argument; write {name}(x)")
        if items[after].kind == "char" and items[after].name == "_":
            self.fail(
                items[after], "a subscript has no meaning here; list what is compared, as \\min\\{a, b\\}"
            )
        self.put("(" + name + "(", start.position, starts=True)
        opening = opening_at(items, after)
        if items[after].kind == "group":
            self.sequence(items[after].arguments[0] or ())
            end = after + 1
        elif opening is not None:
            end = self.inside(items, after, opening)
        elif name in BARE:
            self.depth += 1
            if self.depth > DEPTH:
                self.fail(start, f"functions nested deeper than {DEPTH}; split the claim")
            end = self.bare(items, after)
            self.depth -= 1
        else:
            self.fail(start, f"{name} is a function; write its argument in parentheses")
        self.put(f")/log({base}))" if base else "))", start.position, ends=True)
        if exponent is not None:
            self.put("**", exponent.position)
            self.group(
                (exponent.arguments[0] or ()) if exponent.kind == "group" else (exponent,),
                exponent,
                "the exponent",
            )
        return end

    def bare(self, items: Sequence[Item], at: int) -> int:
        """The argument of ``\\sin 2\\pi x``: numbers and pi, then one operand with its powers."""
        while at < len(items) and (items[at].name in "0123456789." or items[at].name == "pi"):
            at = self.one(items, at)
        if at < len(items) and starts_operand(items[at]):
            at = self.one(items, at)
            while at < len(items) and items[at].kind == "char" and items[at].name == "^":
                at = self.power(items, at)
        return at

    def parentheses(self, items: Sequence[Item], at: int, opening: tuple[str, int]) -> int:
        self.put("(", items[at].position, starts=True)
        end = self.inside(items, at, opening)
        self.put(")", items[end - 1].position, ends=True)
        return end

    def inside(self, items: Sequence[Item], at: int, opening: tuple[str, int]) -> int:
        """Write what stands between a delimiter and its partner; return where the next item is."""
        end, after = partner(self.source, items, at, opening)
        if opening[1] >= end:
            self.fail(items[at], "nothing between the parentheses")
        self.after_operand = False
        self.sequence(items[opening[1] : end])
        return after


def _is_power(items: Sequence[Item], at: int) -> bool:
    """Whether the star here and the one right behind it are the power of plain text."""
    after = items[at + 1 : at + 2]
    return bool(after) and after[0].name == "*" and after[0].position == items[at].position + 1
