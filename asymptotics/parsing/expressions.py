"""Text to SymPy over a whitelist of the Python syntax tree; nothing is ever evaluated.

The text is first read token by token (only numbers, names, operators and parentheses
exist, so attributes, strings, subscripts and keywords cannot occur), then shaped by
`ast.parse`, which alone decides precedence, and then built node by node from a closed list of
functions. ``^`` means a power. Decimals are exact: ``0.1`` is 1/10.

Bounds keep every input quick: SymPy evaluates powers, factorials and Bernoulli numbers of
numbers as soon as they are written down, so their sizes are checked before it sees them.
"""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NoReturn

import sympy
from mpmath.libmp import NoConvergence
from sympy import Add, Expr, I, Integer, Max, Min, Mul, Pow, Rational, nan, oo, zoo
from sympy.logic.boolalg import Boolean

from asymptotics.errors import ParseError
from asymptotics.parsing.pieces import piecewise
from asymptotics.parsing.vocabulary import (
    ARGUMENT,
    BITS,
    CHOICES,
    DEGREE,
    DEPTH,
    EXPONENT,
    FRACTION,
    FUNCTIONS,
    LENGTH,
    NAMES,
    NOT_LETTERS,
    POLYNOMIAL,
    ROOT,
)

_token = re.compile(
    r"[ \t]+"
    r"|(?P<number>(?P<digits>\d+\.?\d*|\.\d+)(?:[eE](?P<power>[+-]?\d+))?)"
    r"|(?P<name>[A-Za-z_][A-Za-z_0-9]*)"
    r"|(?P<open>\()|(?P<close>\))"
    r"|(?P<operator>\*\*|<=|>=|==|!=|[-+*/^,<>])",
    re.ASCII,
)
# What SymPy and mpmath are known to raise from inside on arguments that they cannot digest.
FAILURES = (ArithmeticError, AttributeError, NoConvergence, RecursionError, TypeError, ValueError)
_relations: dict[type[ast.cmpop], Callable[[Expr, Expr], Boolean]] = {
    ast.Lt: sympy.Lt,
    ast.LtE: sympy.Le,
    ast.Gt: sympy.Gt,
    ast.GtE: sympy.Ge,
    ast.Eq: sympy.Eq,
    ast.NotEq: sympy.Ne,
}


def parse(text: str, *, symbols: Mapping[str, Expr] | None = None) -> Expr:
    """The real expression that ``text`` writes, exact and with positive symbols.

    Numbers, ``+ - * / ** ^``, parentheses, ``pi``, single Latin letters, the names of Greek letters,
    and the functions in `asymptotics.parsing.vocabulary.FUNCTIONS`. ``gamma(x)``, ``beta(x, y)`` and
    ``zeta(x)`` are functions; without parentheses they are symbols. ``symbols`` adds names, or gives
    known names another meaning (a symbol with other assumptions, or a number).

    Raises `ParseError`, which names the place, for anything else: unknown names, division by
    zero, values that are infinite or complex, and numbers beyond the bounds of this module.

    >>> parse("0.1*k^-(1 + b)")
    k**(-b - 1)/10
    """
    reader = _read(text, symbols)
    return reader.expression(reader.root, 0)


def parse_condition(text: str, *, symbols: Mapping[str, Expr] | None = None) -> Boolean:
    """The condition that ``text`` writes: one comparison of two expressions as in `parse`.

    SymPy's ``true`` or ``false`` when the comparison does not depend on the symbols, all of
    which are positive. Raises `ParseError`.

    >>> parse_condition("a - 1 < b"), parse_condition("a > 0")
    (a - 1 < b, True)
    """
    reader = _read(text, symbols)
    root = reader.root
    if not isinstance(root, ast.Compare):
        reader.fail(root, "a condition compares two expressions; write for example a - 1 < b")
    if len(root.ops) > 1:
        reader.fail(root.comparators[1], "a chain of comparisons; give each as a condition of its own")
    return reader.condition(root, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """A text, its syntax tree, and where each column of the tree's text came from."""

    text: str
    root: ast.expr
    literals: Mapping[int, Rational]  # by column in the tree's text
    origin: tuple[int, ...]
    names: Mapping[str, Expr]

    def fail(self, node: ast.expr, message: str) -> NoReturn:
        _fail(self.text, self.origin[node.col_offset], message)

    def expression(self, node: ast.expr, depth: int) -> Expr:
        if depth > DEPTH:
            self.fail(node, f"nested deeper than {DEPTH} levels; split the expression")
        match node:
            case ast.Constant(value=True):
                self.fail(node, "unknown name 'True'; it is a condition, for a piece of Piecewise")
            case ast.Constant():
                return self.literals[node.col_offset]
            case ast.Name(id=name):
                return self.name(name, node)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.expression(operand, depth + 1)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -self.expression(operand, depth + 1)
            case ast.BinOp(op=ast.Add() | ast.Sub()):
                return self.sum(node, depth)
            case ast.BinOp(op=ast.Mult() | ast.Div()):
                return self.product(node, depth)
            case ast.BinOp(op=ast.Pow(), left=base, right=exponent):
                return self.power(
                    self.expression(base, depth + 1), self.expression(exponent, depth + 1), node
                )
            case ast.Call(func=ast.Name(id="Piecewise"), keywords=[]):
                return piecewise(self, node, depth)
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return self.call(name, [self.expression(x, depth + 1) for x in arguments], node)
            case ast.Compare():
                self.fail(node, "a comparison is a condition, not an expression")
            case _:
                self.fail(node, "not an expression; only + - * / ** and calls of functions are known")

    def condition(self, node: ast.Compare, depth: int) -> Boolean:
        left, right = (self.expression(side, depth) for side in (node.left, node.comparators[0]))
        return _relations[type(node.ops[0])](left, right)

    def name(self, name: str, node: ast.expr) -> Expr:
        if name in self.names:
            return self.names[name]
        if name in FUNCTIONS:
            self.fail(node, f"{name} is a function; write {name}(x)")
        self.fail(node, NOT_LETTERS.get(name) or f"unknown name {name!r}; {_known()}")

    # Sums and products lean to the left in the tree, so a long one is no deep nesting.

    def sum(self, node: ast.expr, depth: int) -> Expr:
        start, terms = node, []
        while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
            term = self.expression(node.right, depth + 1)
            terms.append(term if isinstance(node.op, ast.Add) else -term)
            node = node.left
        terms.append(self.expression(node, depth + 1))
        return self.built(start, Add, *reversed(terms))

    def product(self, node: ast.expr, depth: int) -> Expr:
        start, factors = node, []
        while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
            factor = self.expression(node.right, depth + 1)
            if isinstance(node.op, ast.Div):
                if factor == 0:
                    self.fail(node.right, "division by zero")
                factor = self.power(factor, Integer(-1), node.right)
            factors.append(factor)
            node = node.left
        factors.append(self.expression(node, depth + 1))
        return self.built(start, Mul, *reversed(factors))

    def power(self, base: Expr, exponent: Expr, node: ast.expr) -> Expr:
        if base == 0 and not exponent.is_positive:
            self.fail(node, f"0 to the power {exponent} is not a number")
        self.bound_exponent(exponent, node)
        if exponent.is_Rational and abs(exponent) != 1:
            root = ROOT if base.is_number else FRACTION
            if exponent.q > root:
                self.fail(node, f"a root of order {exponent.q}, beyond {root}; use a simpler exponent")
            if abs(exponent) * max((_bits(r) for r in base.atoms(Rational)), default=0) > 2 * BITS:
                self.fail(node, f"a power with numbers beyond {BITS} bits; use a smaller exponent")
        return self.built(node, Pow, base, exponent)

    def bound_exponent(self, exponent: Expr, node: ast.expr) -> None:
        # All numbers in it, not its value alone: exp(n*log(2*x)) becomes 2**n * x**n.
        for number in exponent.atoms(Rational):
            if abs(number) > EXPONENT:
                self.fail(node, f"an exponent with a number beyond {EXPONENT}; use smaller numbers")

    def call(self, name: str, arguments: list[Expr], node: ast.expr) -> Expr:
        function = FUNCTIONS.get(name)
        if function is None:
            if name in self.names:
                self.fail(node, f"{name} is a symbol, not a function; write a product as {name}*(...)")
            self.fail(node, NOT_LETTERS.get(name) or f"unknown function {name!r}; {_known()}")
        if len(arguments) not in function.arguments:
            wanted = " or ".join(str(n) for n in function.arguments[:2])
            if len(function.arguments) > 2:
                wanted = f"1 to {function.arguments[-1]}"
            self.fail(node, f"{name} takes {wanted} argument(s), not {len(arguments)}")
        if function.exact:
            # zeta(-n, x) is at once a polynomial of degree n + 1 in x.
            bound = ARGUMENT if all(x.is_number for x in arguments) else POLYNOMIAL
            for argument in arguments:
                if argument.is_number and abs(argument.evalf(15)) > bound:
                    self.fail(node, f"{name} of a number beyond {bound}; use a smaller one")
        if function.build in (Min, Max):
            choices = sum(len(x.args) if isinstance(x, Min | Max) else 1 for x in arguments)
            if choices > CHOICES:
                self.fail(node, f"a minimum or maximum over more than {CHOICES} expressions; use fewer")
        if function.build is sympy.log and arguments[0].is_negative:
            self.fail(node, "the value is not real")
        if function.build is sympy.exp:
            self.bound_exponent(arguments[0], node)
        return self.built(node, function.build, *arguments)

    def built(self, node: ast.expr, build: Callable[..., Expr], *arguments: object) -> Expr:
        """``build(*arguments)`` if that is a real finite expression within the bounds."""
        try:
            result = build(*arguments)
            value = result.evalf(15) if result.is_number and not result.is_Rational else None
        except FAILURES as error:
            self.fail(node, f"SymPy cannot build this ({type(error).__name__}); simplify it")
        if result.has(nan, zoo, oo, -oo):
            self.fail(node, "the value is infinite or undefined (a division by zero, or a pole)")
        powers = result.atoms(Pow)
        if result.has(I) or any(p.base.is_Number and p.base < 0 and not p.exp.is_Integer for p in powers):
            self.fail(node, "the value is not real")
        if any(_bits(number) > BITS for number in result.atoms(Rational)):
            self.fail(node, f"a number of more than {BITS} bits; use smaller numbers")
        if any(p.exp.is_Rational and abs(p.exp) > DEGREE and p.base.free_symbols for p in powers):
            self.fail(node, f"a power beyond {DEGREE}; use smaller exponents")
        if value is not None and not value.is_Rational:
            if not value.is_Float:
                self.fail(node, "the value is not real")
            _, mantissa, exponent, bits = value._mpf_
            if value._prec == 1 or not mantissa:
                self.fail(node, "the value cannot be told from zero; simplify it")
            if abs(exponent + bits) > BITS:
                self.fail(node, f"the value is beyond 2**{BITS} or below 2**-{BITS}")
        return result


def _read(text: str, symbols: Mapping[str, Expr] | None) -> _Reader:
    """The tokens checked one by one, then the tree."""
    if not isinstance(text, str):
        raise ParseError(f"{text!r} is not text; give an expression such as 'k**-b'")
    if len(text) > LENGTH:
        raise ParseError(f"the expression has {len(text)} characters, more than {LENGTH}; shorten it")
    if not text.strip(" \t"):
        raise ParseError("the expression is empty; write for example k**-b")
    pieces: list[str] = []
    origin: list[int] = []
    literals: dict[int, Rational] = {}
    position = depth = 0
    before = "operator"  # the kind of the last token that was not a space
    while position < len(text):
        token = _token.match(text, position)
        if token is None:
            _fail(text, position, f"{text[position]!r} is not part of an expression{_hint(text[position])}")
        kind, piece = token.lastgroup or "", token.group()
        operand_after_operand = kind in ("number", "name", "open") and before in ("number", "name", "close")
        if operand_after_operand and not (before == "name" and kind == "open"):
            _fail(text, position, "an operator is missing; write a product as 2*a")
        depth += (kind == "open") - (kind == "close")
        if depth > DEPTH:
            _fail(text, position, f"parentheses nested deeper than {DEPTH}; split the expression")
        if kind == "name" and keyword.iskeyword(piece) and piece != "True":
            _fail(text, position, NOT_LETTERS.get(piece) or f"unknown name {piece!r}; {_known()}")
        if kind == "number":
            literals[len(origin)] = _literal(text, position, token)
        piece = "**" if piece == "^" else " " * len(piece) if not kind else piece
        # Leading blanks would be an indentation; the tree's text starts at the first token.
        if kind or pieces:
            pieces.append(piece)
            origin.extend(min(position + i, token.end() - 1) for i in range(len(piece)))
        before = kind or before
        position = token.end()
    end = len(text.rstrip()) - 1
    if before == "operator":
        _fail(text, end, "the expression breaks off after an operator")
    if depth > 0:
        _fail(text, end, "a parenthesis is not closed")
    origin.append(end)
    try:
        tree = ast.parse("".join(pieces), mode="eval")
    except SyntaxError as error:
        column = min(max((error.offset or 1) - 1, 0), len(origin) - 1)
        _fail(text, origin[column], f"not an expression ({error.msg})")
    except (MemoryError, RecursionError, ValueError) as error:
        _fail(text, 0, f"the expression is too deeply nested ({type(error).__name__}); split it")
    return _Reader(
        text=text,
        root=tree.body,
        literals=literals,
        origin=tuple(origin),
        names={**NAMES, **(symbols or {})},
    )


def _literal(text: str, position: int, token: re.Match[str]) -> Rational:
    """The decimal as it is written, exact; the bound is on its digits, before it is built."""
    whole, _, fraction = token["digits"].partition(".")
    power = (token["power"] or "0").lstrip("+")
    if len(power) > 5 or abs(int(power)) + len(whole) + len(fraction) > LENGTH:
        _fail(text, position, f"a number with more than {LENGTH} digits; use a smaller one")
    number = Rational(int(whole + fraction)) * Rational(10) ** (int(power) - len(fraction))
    if _bits(number) > BITS:
        _fail(text, position, f"a number of more than {BITS} bits; use a smaller one")
    return number


def _bits(number: Rational) -> int:
    return max(int(abs(number.p)).bit_length(), int(number.q).bit_length())


def _known() -> str:
    names = ", ".join(sorted(FUNCTIONS, key=str.lower))
    return f"known are single letters, Greek letters (alpha, beta, ...), pi, and {names}"


def _hint(character: str) -> str:
    hints = {
        "=": "; a comparison is written ==, <, >, <= or >=",
        "·": "; write a product as a*b",
        "×": "; write a product as a*b",
        "−": "; write a plain minus sign -",
        "∞": "; an expression must be finite",
        "λ": "; write lam for a symbol",
        "π": "; write pi",
    }
    return hints.get(character, "; write Greek letters by name" if "α" <= character <= "ω" else "")


def _fail(text: str, position: int, message: str) -> NoReturn:
    raise ParseError.at(text, position, message) from None
