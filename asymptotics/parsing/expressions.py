"""Text to SymPy over a whitelist of the Python syntax tree; nothing is ever evaluated.

    parse(text)              an expression
    parse_condition(text)    a comparison of two

The text becomes a tree in `tokens`; here that is built node by node from a closed list of functions.

Bounds keep every input quick: SymPy evaluates powers, factorials and Bernoulli numbers of
numbers as soon as they are written down, so their sizes are checked before it sees them.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NoReturn

import sympy
from mpmath.libmp import NoConvergence
from sympy import Add, And, Expr, I, Integer, Max, Min, Mul, Or, Piecewise, Poly, Pow, Rational, nan, oo, zoo
from sympy.logic.boolalg import Boolean, true

from asymptotics.errors import DomainError
from asymptotics.parsing.heights import bit_length, check_exponent, check_height, decimal, to_power
from asymptotics.parsing.tokens import Syntax, known_functions, known_names, read
from asymptotics.parsing.vocabulary import (
    ARGUMENT,
    BITS,
    CHOICES,
    DEGREE,
    DEPTH,
    FUNCTIONS,
    NAMES,
    NOT_LETTERS,
    PIECES,
    POLYNOMIAL,
    ROOT,
    Function,
)

# What SymPy and mpmath are known to raise from inside on arguments that they cannot digest.
FAILURES = (ArithmeticError, AttributeError, NameError, NoConvergence, RecursionError, TypeError, ValueError)
_relations: dict[type[ast.cmpop], Callable[[Expr, Expr], Boolean]] = {
    ast.Lt: sympy.Lt,
    ast.LtE: sympy.Le,
    ast.Gt: sympy.Gt,
    ast.GtE: sympy.Ge,
    ast.Eq: sympy.Eq,
    ast.NotEq: sympy.Ne,
}


def parse(
    text: str,
    *,
    symbols: Mapping[str, Expr] | None = None,
    functions: Mapping[str, Function] | None = None,
    number: Callable[[str], Expr] = decimal,
    whole: bool = False,
) -> Expr:
    """The real expression that ``text`` writes, exact and with positive symbols.

    Numbers, ``+ - * / ** ^``, parentheses, ``pi``, single Latin letters, the names of Greek letters,
    and the functions in `asymptotics.parsing.vocabulary.FUNCTIONS`. ``gamma(x)``, ``beta(x, y)`` and
    ``zeta(x)`` are functions; without parentheses they are symbols. ``symbols`` adds names, or gives
    known names another meaning (a symbol with other assumptions, or a number); ``functions`` adds functions.
    ``number`` is what a number becomes that is written. With ``whole`` a symbol may be the exponent of a
    negative number, as in ``(-1)**k``, which is real where the symbol is an integer.

    Raises `ParseError`, which names the place, for anything else: unknown names, division by
    zero, values that are infinite or complex, and numbers beyond the bounds of this module.

    >>> parse("0.1*k^-(1 + b)")
    k**(-b - 1)/10
    """
    reader = _reader(text, symbols, functions, number, whole)
    return reader.expression(reader.syntax.root, 0)


def parse_condition(text: str, *, symbols: Mapping[str, Expr] | None = None) -> Boolean:
    """The condition that ``text`` writes: comparisons of expressions as in `parse`, in ``And`` and ``Or``.

    SymPy's ``true`` or ``false`` when the comparison does not depend on the symbols, all of
    which are positive. Raises `ParseError`.

    >>> parse_condition("a - 1 < b"), parse_condition("a > 0")
    (a - 1 < b, True)
    """
    reader = _reader(text, symbols)
    return reader.condition(reader.syntax.root, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Builds the nodes of a tree, where ``names`` have values and ``functions`` are known."""

    syntax: Syntax
    names: Mapping[str, Expr]
    functions: Mapping[str, Function]
    whole: bool = False

    def fail(self, node: ast.expr, message: str) -> NoReturn:
        self.syntax.fail(node, message)

    def expression(self, node: ast.expr, depth: int) -> Expr:
        if depth > DEPTH:
            self.fail(node, f"nested deeper than {DEPTH} levels; split the expression")
        match node:
            case ast.Constant(value=True):
                self.fail(node, "unknown name 'True'; it is a condition, for a piece of Piecewise")
            case ast.Constant():
                return self.syntax.literals[node.col_offset]
            case ast.Name(id=name):
                return self.name(name, node)
            case ast.UnaryOp(op=ast.UAdd() | ast.USub() as sign, operand=operand):
                value = self.expression(operand, depth + 1)
                return value if isinstance(sign, ast.UAdd) else -value
            case ast.BinOp(op=ast.Add() | ast.Sub()):
                return self.sum(node, depth)
            case ast.BinOp(op=ast.Mult() | ast.Div()):
                return self.product(node, depth)
            case ast.BinOp(op=ast.Pow(), left=base, right=exponent):
                return self.power(
                    self.expression(base, depth + 1), self.expression(exponent, depth + 1), node
                )
            case ast.Call(func=ast.Name(id="Piecewise"), keywords=[]):
                return self.piecewise(node, depth)
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return self.call(name, [self.expression(x, depth + 1) for x in arguments], node)
            case ast.Compare():
                self.fail(node, "a comparison is a condition, not an expression")
            case _:
                self.fail(node, "not an expression; only + - * / ** and calls of functions are known")

    def condition(self, node: ast.expr, depth: int) -> Boolean:
        """A comparison or a chain of them, True, or And and Or of conditions."""
        match node:
            case ast.Compare(left=left, ops=operators, comparators=others) if len(others) <= CHOICES:
                sides = [self.expression(side, depth) for side in (left, *others)]
                return And(*(_relations[type(o)](*sides[i : i + 2]) for i, o in enumerate(operators)))
            case ast.Call(func=ast.Name(id="Eq" | "Ne" as name), args=[left, right], keywords=[]):
                relation = _relations[ast.Eq if name == "Eq" else ast.NotEq]  # as SymPy writes them
                return relation(self.expression(left, depth), self.expression(right, depth))
            case ast.Constant(value=True):
                return true
            case ast.Call(func=ast.Name(id="And" | "Or" as name), args=parts, keywords=[]) if (
                depth < 4 and len(parts) <= CHOICES
            ):
                return (And if name == "And" else Or)(*(self.condition(part, depth + 1) for part in parts))
            case _:
                self.fail(node, "a condition compares two expressions; write for example a - 1 < b")

    def name(self, name: str, node: ast.expr) -> Expr:
        if name in self.names:
            return self.names[name]
        if name in self.functions:
            self.fail(node, f"{name} is a function; write {name}(x)")
        self.fail(node, NOT_LETTERS.get(name) or f"unknown name {name!r}; {known_names()}")

    # Sums and products lean to the left in the tree, so a long one does not nest deeply.

    def sum(self, node: ast.expr, depth: int) -> Expr:
        start, terms = node, []
        while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
            term = self.expression(node.right, depth + 1)
            terms.append(term if isinstance(node.op, ast.Add) else -term)
            node = node.left
        terms.append(self.expression(node, depth + 1))
        return self.build(start, Add, *reversed(terms))

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
        return self.build(start, Mul, *reversed(factors))

    def power(self, base: Expr, exponent: Expr, node: ast.expr) -> Expr:
        if base == 0 and not exponent.is_positive:
            self.fail(node, f"0 to the power {exponent} is not a number")
        self.bound_exponent(exponent, node)
        if exponent.is_Rational and abs(exponent) != 1:
            if exponent.q > ROOT and base.is_number:
                self.fail(node, f"a root of order {exponent.q}, beyond {ROOT}; use a simpler exponent")
            if abs(exponent) * max((bit_length(r) for r in base.atoms(Rational)), default=0) > 2 * BITS:
                self.fail(node, f"a power with numbers beyond {BITS} bits; use a smaller exponent")
        return self.build(node, to_power, base, exponent)

    def bound_exponent(self, exponent: Expr, node: ast.expr) -> None:
        try:
            check_exponent(exponent)
        except DomainError as error:
            self.fail(node, str(error))

    def call(self, name: str, arguments: list[Expr], node: ast.expr) -> Expr:
        function = self.functions.get(name)
        if function is None:
            if name in self.names:
                self.fail(node, f"{name} is a symbol, not a function; write a product as {name}*(...)")
            self.fail(node, NOT_LETTERS.get(name) or f"unknown function {name!r}; {known_functions()}")
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
        return self.build(node, function.build, *arguments)

    def piecewise(self, node: ast.Call, depth: int) -> Expr:
        """``Piecewise((f, k <= K), (g, True))``: the pieces in order; the first that holds counts."""
        shape = "write Piecewise((f, k <= K), (g, True))"
        if not 1 <= len(node.args) <= PIECES:
            self.fail(node, f"Piecewise takes 1 to {PIECES} pieces, not {len(node.args)}; {shape}")
        pieces = []
        for pair in node.args:
            if not isinstance(pair, ast.Tuple) or len(pair.elts) != 2:
                self.fail(pair, f"a piece is an expression and a condition in parentheses; {shape}")
            value, condition = pair.elts
            pieces.append((self.expression(value, depth + 2), self.condition(condition, depth + 2)))
        return self.build(node, Piecewise, *pieces)

    def counts(self, exponent: Expr) -> bool:
        """Whether an exponent is an integer at whole symbols, and these are allowed."""
        symbols = exponent.free_symbols
        return (
            self.whole
            and bool(symbols)
            and exponent.is_polynomial(*symbols)
            and all(c.is_Integer for c in Poly(exponent, *symbols).coeffs())
        )

    def build(self, node: ast.expr, build: Callable[..., Expr], *arguments: object) -> Expr:
        """``build(*arguments)`` if that is a real finite expression within the bounds."""
        try:
            result = build(*arguments)
            constant = result.is_number and not result.is_Rational
            value = result.evalf(15) if constant else None
            real = result.is_extended_real if constant else None  # evaluated to two digits, too
        except DomainError as error:
            self.fail(node, str(error))
        except FAILURES as error:
            self.fail(node, f"SymPy cannot build this ({type(error).__name__}); simplify it")
        if result.has(nan, zoo, oo, -oo):
            self.fail(node, "the value is infinite or undefined (a division by zero, or a pole)")
        powers = result.atoms(Pow)
        if (
            real is False
            or result.has(I)
            or any(p.base.is_negative and not (p.exp.is_Integer or self.counts(p.exp)) for p in powers)
        ):
            self.fail(node, "the value is not real")
        try:
            check_height(result)
        except DomainError as error:
            self.fail(node, str(error))
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


def _reader(
    text: str,
    symbols: Mapping[str, Expr] | None,
    functions: Mapping[str, Function] | None = None,
    number: Callable[[str], Expr] = decimal,
    whole: bool = False,
) -> _Reader:
    return _Reader(
        syntax=read(text, number),
        names={**NAMES, **(symbols or {})},
        functions={**FUNCTIONS, **(functions or {})},
        whole=whole,
    )
