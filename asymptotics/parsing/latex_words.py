"""The words of LaTeX that have a meaning in a claim, and how they are in the syntax of `asymptotics.parsing`.

FUNCTIONS, LETTERS, COMPARISONS    by their names in LaTeX
word_at(items, at)                 a function written without its backslash
base_of(name, items, at)           the base of a logarithm
starts_operand(item)               whether an item begins a factor
arguments_of(source, item, count)  what is in the braces of a macro
"""

from __future__ import annotations

from collections.abc import Sequence

from asymptotics.parsing.latex import FRACTIONS, Item, Source
from asymptotics.parsing.vocabulary import GREEK

FUNCTIONS = {
    **{name: name for name in "log ln exp sin cos tan cot sinh cosh tanh asinh acosh atanh min max".split()},
    "Gamma": "gamma",
    "zeta": "zeta",
}
BARE = {"log", "ln", "sin", "cos", "tan", "cot", "sinh", "cosh", "tanh"}
"""Functions that may stand before their argument without parentheses."""
LETTERS = {
    **{name: name for name in GREEK if name not in FUNCTIONS},
    "pi": "pi",
    "lambda": "lam",
    "varepsilon": "epsilon",
    "vartheta": "theta",
    "varphi": "phi",
}
PRODUCTS = {"cdot", "times"}
COMPARISONS = {
    **{sign: sign for sign in ("<", ">")},
    **dict.fromkeys(("le", "leq", "leqslant", "≤"), "<="),
    **dict.fromkeys(("ge", "geq", "geqslant", "≥"), ">="),
    **dict.fromkeys(("ne", "neq"), "!="),
    "=": "==",
}
LEADS = (
    *("if", "for", "when", "where", "with", "provided", "providedthat", "whenever", "aslongas"),
    *("assuming", "assumingthat", "forall", "under", "suchthat", "s.t."),
)
"""Words before a condition."""


def word_at(items: Sequence[Item], at: int) -> str:
    """The run of letters that begins here, if it is the name of a function written without backslash."""
    letters = ""
    for item in items[at : at + 4]:
        if item.kind != "char" or not (item.name.isascii() and item.name.isalpha()):
            break
        letters += item.name
    return next(
        (name for name in ("min", "max", "log", "exp", "sin", "cos", "tan") if letters[:3] == name), ""
    )


def base_of(name: str, items: Sequence[Item], at: int) -> tuple[str, int]:
    r"""The base of ``\log_{10}``, "" for the natural one, and where its argument begins."""
    if name not in ("log", "ln") or at + 1 >= len(items) or items[at].name != "_":
        return "", at
    below = items[at + 1]
    digits = "".join(x.name for x in (below.arguments[0] or () if below.kind == "group" else (below,)))
    return (digits, at + 2) if digits in ("2", "10") else ("", at)


def starts_operand(item: Item) -> bool:
    if item.kind == "macro":
        return item.name in LETTERS or item.name in FUNCTIONS or item.name in FRACTIONS | {"sqrt"}
    return item.kind == "group" or (item.name.isascii() and item.name.isalnum())


def arguments_of(source: Source, item: Item, count: int) -> list[tuple[Item, ...]]:
    """The arguments of a macro. Raises `ParseError` where they are not ``count``."""
    given = [argument for argument in item.arguments if argument is not None]
    if len(given) != count:
        source.fail(item.position, f"give the arguments of \\{item.name} in braces")
    return given
