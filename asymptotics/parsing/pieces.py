"""``Piecewise((f, k <= K), (g, True))`` in text: pairs of an expression and a condition."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import NoReturn, Protocol

from sympy import Expr, Piecewise
from sympy.logic.boolalg import Boolean, true

from asymptotics.parsing.vocabulary import CHOICES


class Reader(Protocol):
    """What a reader of a syntax tree does for pieces: `asymptotics.parsing.expressions`."""

    def fail(self, node: ast.expr, message: str) -> NoReturn: ...

    def expression(self, node: ast.expr, depth: int) -> Expr: ...

    def condition(self, node: ast.Compare, depth: int) -> Boolean: ...

    def built(self, node: ast.expr, build: Callable[..., Expr], *arguments: object) -> Expr: ...


def piecewise(reader: Reader, node: ast.Call, depth: int) -> Expr:
    """The pieces, in order; the first whose condition holds counts.

    >>> from asymptotics.parsing.expressions import parse
    >>> parse("Piecewise((k^-2, k <= 100), (100*k^-3, True))")
    Piecewise((k**(-2), k <= 100), (100/k**3, True))
    """
    shape = "write Piecewise((f, k <= K), (g, True))"
    if not 1 <= len(node.args) <= CHOICES:
        reader.fail(node, f"Piecewise takes 1 to {CHOICES} pieces, not {len(node.args)}; {shape}")
    pieces = []
    for pair in node.args:
        if not isinstance(pair, ast.Tuple) or len(pair.elts) != 2:
            reader.fail(pair, f"a piece is an expression and a condition in parentheses; {shape}")
        value, condition = pair.elts
        if isinstance(condition, ast.Constant) and condition.value is True:
            holds: Boolean = true
        elif isinstance(condition, ast.Compare) and len(condition.ops) == 1:
            holds = reader.condition(condition, depth + 2)
        else:
            reader.fail(condition, f"the condition of a piece is one comparison, or True; {shape}")
        pieces.append((reader.expression(value, depth + 2), holds))
    return reader.built(node, Piecewise, *pieces)


__all__ = ["piecewise"]
