"""Expressions as they are shown: a number is exact while that is short, else a decimal of six digits.

The rule, for text and LaTeX of laws, expansions, tasks, phases, derivations and verdicts: a fraction of more
than `DIGITS` digits, and a closed form of a number that has such a fraction or a sign of our own in it, or
more than `LONG` characters, are shown as a decimal; so are decimal fractions such as 1.749. Symbols stay
symbols: of a product the factors that are numbers become one decimal. Attributes of laws are exact.

    readable(expression)                 the expression with decimals for long numbers
    is_rounded(expression)               whether a decimal in it stands for a number with further digits
    meanings(expression)                 what signs in it stand for, where they are not common, in LaTeX
    words_of(expression)                 the same in plain words
    spell(expression)                    an expression as text
    text(expression)                     its readable form as text
    shorten(formula, width)              the beginning of a text that is too long
    over_one(expression)                 the expression with its exponents over one denominator
    sum_text(terms, bound)               terms with a remainder
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal as Written
from typing import Any

import mpmath
from sympy import Add, Basic, Expr, Float, Mul, Pow, Rational, S, Symbol, preorder_traversal, together
from sympy.core.expr import AtomicExpr
from sympy.core.relational import Relational
from sympy.core.symbol import Str
from sympy.printing.str import StrPrinter

from asymptotics.caches import cached
from asymptotics.errors import BottleneckError

DIGITS = 6
"""Digits of a decimal that stands for a longer number, and of the longest fraction that is shown exactly."""
ROUNDED = f" (decimals to {DIGITS} digits)"
"""What follows a line with such decimals."""
GIVEN = 12
"""A decimal that ends after so many digits is shown whole."""
LONG = 60
"""Characters of a closed form beyond which a number is shown as a decimal."""
ENDLESS = 1000
"""Bits of a number that is shown as a decimal without looking at its digits."""
DENOMINATOR = 16
"""A decimal fraction with a larger denominator is shown as a decimal, and so is a root of higher order."""


class Decimal(AtomicExpr):  # type: ignore[misc]
    """A positive number as its decimal prints; ``rounded`` where the number has further digits."""

    is_positive = is_finite = is_extended_real = is_number = True

    def __new__(cls, written: str | Str, rounded: Basic) -> Decimal:
        return AtomicExpr.__new__(cls, Str(str(written)), rounded)

    @classmethod
    def class_key(cls) -> tuple[int, int, str]:
        return 1, 0, "Number"  # the place of a number in a product

    def _eval_evalf(self, prec: int) -> Expr:
        return Float(str(self.args[0]), precision=prec)

    def _sympystr(self, printer: Any) -> str:
        return str(self.args[0])

    def _latex(self, printer: Any) -> str:
        mantissa, letter, power = str(self.args[0]).partition("e")
        return rf"{mantissa} \cdot 10^{{{int(power)}}}" if letter else mantissa


def readable(expression: Any, longest: int = LONG) -> Any:
    """The expression with decimals for numbers whose closed form has more than ``longest`` characters.

    >>> from sympy import gamma, pi, sqrt
    >>> from asymptotics.symbols import b, t
    >>> readable(Rational(153, 100) * gamma(Rational(416, 1749)) * t ** -Rational(1749, 1000) / b)
    5.84720/(b*t**1.749)
    >>> readable(sqrt(pi) / 4 * b), readable(sqrt(pi) / 4 * b, 0)
    (sqrt(pi)*b/4, 0.443113*b)
    """
    if not isinstance(expression, Basic) or isinstance(expression, Decimal) or not expression.args:
        return _rational(expression) if isinstance(expression, Rational) else expression
    return _readable(expression, longest)


@cached(maxsize=4096)
def _readable(expression: Basic, longest: int) -> Basic:
    if isinstance(expression, Expr) and not expression.free_symbols:
        return _number(expression, longest)
    if isinstance(expression, Relational):
        expression = _scaled(expression)
    if isinstance(expression, Mul):
        expression = _without_two_signs(expression)
    before = list(expression.args)
    if isinstance(expression, Mul):
        before = [Mul(*(x for x in before if not x.free_symbols)), *(x for x in before if x.free_symbols)]
    if isinstance(expression, Add):
        before = _gather(before, longest)
    alone = not isinstance(expression, Add | Mul)  # what stands in brackets, or in an exponent
    parts = [readable(spread(x) if alone else x, longest) for x in before]
    if parts == before:
        return expression
    # a sum may have its terms in an order of its own
    return Add(*parts, evaluate=False) if isinstance(expression, Add) else expression.func(*parts)


def spread(product: Any) -> Any:
    """A number that is shown as a decimal times a sum, as a sum, where that is shorter.

    >>> from asymptotics.symbols import b
    >>> product = Mul(Rational(1, 1000), 1000 * b - 333, evaluate=False)
    >>> readable(product), readable(spread(product))
    (0.001*(1000*b - 333), b - 0.333)
    """
    factor, total = product.as_coeff_Mul() if isinstance(product, Mul) else (S.One, product)
    if not total.is_Add or readable(factor) == factor:
        return product
    found = Add(*(factor * term for term in total.args))
    return found if len(str(readable(found))) < len(str(readable(product))) else product


def _without_two_signs(product: Expr) -> Expr:
    """``(x + 1)*y`` for ``-(-x - 1)*y``."""
    negative = next((x for x in product.args if x.is_Add and all(_is_minus(y) for y in x.args)), None)
    if negative is None or not _is_minus(product):
        return product
    return Mul(-1, *(-x if x is negative else x for x in product.args))


def _is_minus(term: Expr) -> bool:
    return bool(term.as_coeff_Mul()[0].is_negative)


def _gather(terms: list[Expr], longest: int) -> list[Expr]:
    """Terms that differ by a number as one, if the sum of the numbers is shown as a decimal."""
    found: dict[Expr, list[Expr]] = {}
    for term in terms:
        number, rest = (
            term.as_independent(*term.free_symbols, as_Add=False) if term.free_symbols else (term, S.One)
        )
        found.setdefault(rest, []).append(number)
    totals = {rest: Add(*numbers) for rest, numbers in found.items() if len(numbers) > 1}
    if not any(readable(total, longest) != total for total in totals.values()):
        return terms
    return [totals.get(rest, Add(*numbers)) * rest for rest, numbers in found.items()]


def _scaled(relation: Relational) -> Relational:
    """``a < 2.749`` for ``1000*a < 2749``: the first symbol without a long coefficient."""
    if not isinstance(relation.lhs, Expr):
        return relation
    coefficients = (
        abs(term.as_coeff_Mul()[0]) for term in relation.lhs.as_ordered_terms() if term.free_symbols
    )
    size = next(coefficients, S.One)
    if not (size.is_Integer and size > DENOMINATOR):
        return relation
    return relation.func((relation.lhs / size).expand(), (relation.rhs / size).expand())


def _number(number: Expr, longest: int) -> Expr:
    written_out = all(_rational(r) == r for r in number.atoms(Rational)) and not meanings(number)
    written_out &= not any(p.exp.is_Rational and p.exp.q > DENOMINATOR for p in number.atoms(Pow))
    if written_out and len(str(number)) <= longest:
        return number
    try:
        value = number.evalf(2 * DIGITS)
    except (BottleneckError, ArithmeticError, TypeError, ValueError):
        return number
    if number.is_Rational or not value.is_Float or value == 0:
        return _rational(number) if number.is_Rational else number
    return _rounded(value)


def _rational(number: Rational) -> Expr:
    sign, size = (-1 if number < 0 else 1), abs(number)
    if max(int(size.p), int(size.q)).bit_length() > ENDLESS:
        return _rounded(number.evalf(2 * DIGITS))  # Python writes no integer of more than 4300 digits
    exact = len(f"{size.p}{size.q if size.q > 1 else ''}") <= DIGITS
    if exact and (size.q <= DENOMINATOR or size.q % 5):
        return number
    written = Written(int(size.p)) / Written(int(size.q))
    if written == 0 or Rational(str(written)) != size or len(written.normalize().as_tuple().digits) > GIVEN:
        return number if exact else _rounded(number.evalf(2 * DIGITS))
    shown = f"{written:f}" if abs(written.adjusted()) <= DIGITS else f"{written.normalize():e}"
    return sign * Decimal(shown, S.false)


def _rounded(value: Expr) -> Expr:
    shown = mpmath.nstr(mpmath.mpf(abs(value)), DIGITS, strip_zeros=False, min_fixed=-4, max_fixed=DIGITS)
    return (-1 if value < 0 else 1) * Decimal(shown.replace(".e", "e").removesuffix("."), S.true)


def is_rounded(expression: Any) -> bool:
    """Whether a decimal in a readable expression stands for a number with further digits."""
    return any(x.args[1] == S.true for x in expression.atoms(Decimal))


def meanings(expression: Any) -> tuple[str, ...]:
    """What signs that are not common stand for, in LaTeX: the ``meaning`` of functions and symbols."""
    told = (getattr(part, "meaning", None) for part in preorder_traversal(expression))
    return tuple(dict.fromkeys(one for one in told if isinstance(one, str)))


def words_of(expression: Any) -> tuple[str, ...]:
    """What signs that are not common stand for: the ``words`` of functions and symbols."""
    told = (getattr(part, "words", None) for part in preorder_traversal(expression))
    return tuple(dict.fromkeys(one for one in told if isinstance(one, str)))


class _BesideLetter(StrPrinter):  # type: ignore[misc]
    """Euler's function beside a letter of its name."""

    def _print_gamma(self, expression: Expr) -> str:
        return f"Gamma({self._print(expression.args[0])})"


def spell(expression: Any) -> str:
    """The expression as text; Euler's function is Gamma where gamma is a letter.

    >>> from sympy import gamma
    >>> from asymptotics.symbols import gamma as richness, t
    >>> spell(gamma(t)), spell(richness*gamma(t))
    ('gamma(t)', 'gamma*Gamma(t)')
    """
    if isinstance(expression, Basic) and any(s.name == "gamma" for s in expression.atoms(Symbol)):
        return str(_BesideLetter().doprint(expression))
    return str(expression)


def shorten(formula: str, width: int) -> str:
    """The beginning of a long formula, cut before a sign outside of brackets where one is far enough on.

    >>> shorten("(a + b)*x + (c + d)*y + z", 20), shorten("f(g(a + b + c))", 12)
    ('(a + b)*x + ...', 'f(g(a ...))')
    """
    if len(formula) <= width:
        return formula
    depth, places = 0, {0: 0}
    for place, letter in enumerate(formula[: width - 3]):
        depth += (letter == "(") - (letter == ")")
        if letter == " " and formula[place + 1] in "+-":
            places[depth] = place
    best = next((d for d in sorted(places) if places[d] > width // 4), min(places))
    sign = f" {formula[places[best] + 1]} " if best == 0 and places[0] else " "
    return f"{formula[: places[best]]}{sign}...{')' * best}"


def text(expression: Any) -> str:
    """The readable form as text, its exponents over one denominator.

    >>> from asymptotics.symbols import a, b, t
    >>> text(t ** (1 / b - a / b))
    't**((1 - a)/b)'
    """
    return spell(over_one(readable(expression)))


def over_one(expression: Any) -> Any:
    """``t**((1 - a)/b)`` for ``t**(1/b - a/b)``."""
    if not isinstance(expression, Expr):
        return expression
    sums = [power for power in expression.atoms(Pow) if isinstance(power.exp, Add)]
    apart = [power for power in sums if any(inner.exp.is_negative for inner in power.exp.atoms(Pow))]
    return expression.xreplace({power: power.base ** together(power.exp) for power in apart})


def sum_text(terms: Sequence[Expr], bound: Expr | None, *, exact: bool = False) -> str:
    """Terms in their order with a remainder ``O(bound)``, and how far decimals in it go."""
    shown = [*terms] if exact else [readable(term) for term in terms]
    parts = [spell(over_one(term)) for term in shown] or ["0"]
    parts += [] if bound is None else [f"O({spell(bound if exact else readable(bound))})"]
    note = ROUNDED if any(map(is_rounded, shown)) else ""
    return " + ".join(parts).replace("+ -", "- ") + note
