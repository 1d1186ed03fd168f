r"""Formulas in LaTeX on lines: broken where they are long, aligned, and how wide they are.

aligned(rows)                      relations one below the other
broken(expression, width, writer)  a formula as lines of at most that width, broken at binary operators
sum_tex(terms, bound)              terms with a remainder
width_of(latex)                    the width of a formula in letters, about
depth_of(latex)                    how many fractions are within each other

Lines of the source have at most `SOURCE` characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from numbers import Real
from textwrap import wrap

from sympy import Add, Expr, Mul, Pow, factor, fraction, together

from asymptotics.errors import DomainError, shown
from asymptotics.typesetting import Writer, unsigned_first

SOURCE = 110
NARROWEST = 10
"""Letters of a line, at least."""
_token = re.compile(r"\\begin\{\w+\}|\\end\{\w+\}|\\[A-Za-z]+\*?|\\.|\s+|.", re.DOTALL)


def sum_tex(
    terms: Sequence[Expr], bound: Expr | None, *, width: float | None = None, exact: bool = False
) -> str:
    """Terms in their order with a remainder ``O(bound)``, on lines of at most ``width`` letters."""
    writer = Writer(exact)
    lines = join_terms((broken(term, room(width), writer) for term in terms), room(width)) or ["0"]
    if bound is not None:
        lines = join_terms((lines, [rf"O\left({writer.write(bound)}\right)"]), room(width))
    rows = ["&" + lines[0], *(rf"&\quad {line}" for line in lines[1:])]
    return aligned([*rows, *(f"&{one}" for one in writer.meanings)])


def room(width: float | None) -> float:
    """The width of a line, infinite for None. Raises `DomainError` for what is no width."""
    if width is None:
        return float("inf")
    if isinstance(width, bool) or not isinstance(width, Real) or not width >= NARROWEST:
        raise DomainError(f"width = {shown(width)}; give a number of letters from {NARROWEST} on")
    return float(width)


def aligned(rows: Iterable[str]) -> str:
    """Relations, one below the other; one alone as it is."""
    rows = list(rows)
    if len(rows) == 1:
        return wrapped(rows[0].replace("&", "", 1))
    return wrapped("\\begin{aligned} " + " \\\\\n".join(rows) + r" \end{aligned}")


def broken(expression: Expr, width: float, writer: Writer) -> list[str]:
    r"""A formula as lines of at most ``width`` letters: broken at sums, and before factors with ``\times``.

    >>> from asymptotics.symbols import a, b
    >>> broken((a + 1) * (a + b) / b, 9, Writer())
    ['\\frac{1}{b} \\left(a + 1\\right)', '\\times \\left(a + b\\right)']
    >>> broken(-((a + 1) * (a + b)), 9, Writer())
    ['-\\left(a + 1\\right)', '\\times \\left(a + b\\right)']
    """
    shown = writer.write(expression)
    if width_of(shown) <= width:
        return [shown]
    if hasattr(expression, "in_brackets"):
        before, inside, after = expression.in_brackets(writer)
        first, *rest = broken(inside, width - 4, writer)
        return [f"{before}{first}", *rest[:-1], f"{rest[-1]}{after}"] if rest else [shown]
    if isinstance(expression, Add):
        return join_terms(
            (broken(x, width - 2, writer) for x in unsigned_first(expression.as_ordered_terms())), width
        )
    return _product(expression, shown, width, writer) if isinstance(expression, Mul | Pow) else [shown]


def _product(expression: Mul | Pow, shown: str, width: float, writer: Writer) -> list[str]:
    """The same of a product: its factors line by line, and one below it by its factors or in brackets."""
    above, below = fraction(expression)
    if width_of(writer.write(below)) > width:
        if fraction(together(below))[1] != 1:  # one of fractions, which has no factors to be read
            return _over(above, below, width, writer)
        if below != (below := factor(below)):
            return broken(above / below, width, writer)
    if not isinstance(expression, Mul):
        return [shown]
    sums = [factor for factor in Mul.make_args(above) if factor.is_Add]
    rest = [factor for factor in Mul.make_args(above) if not factor.is_Add]
    if not sums:
        factors = expression.as_ordered_factors()
        if factors[0] == -1:  # a sign is no factor to stand on a line
            first, *further = broken(Mul(*factors[1:]), width - 2, writer)
            return [first[1:].lstrip() if first.startswith("-") else f"-{first}", *further]
        middle = len(factors) // 2
        halves = Mul(*factors[:middle]), Mul(*factors[middle:])
        lines = [line for half in halves for line in broken(half, width - 2, writer)]
    else:
        lines = broken(Mul(*rest) / below, width, writer)
    sign = {"1": "", "-1": "-"}.get(lines[0]) if sums and len(lines) == 1 else None
    lines = lines if sign is None else []
    for total in sums:
        lines += _bracketed(total, width, writer)
    return _filled([f"{sign or ''}{lines[0]}", *lines[1:]], width)


def _over(above: Expr, below: Expr, width: float, writer: Writer) -> list[str]:
    """A quotient as a product with an inverse in brackets."""
    *under, last = _bracketed(below, width - 4, writer)
    under += [f"{last}^{{-1}}"]
    if above == 1:
        return under
    over = _bracketed(above, width, writer) if above.is_Add else broken(above, width, writer)
    return [*over, rf"\times {under[0]}", *under[1:]]


def _bracketed(total: Expr, width: float, writer: Writer) -> list[str]:
    """A sum in brackets, on as many lines as it needs."""
    inside = broken(total, width - 4, writer)
    if len(inside) == 1:
        return [rf"\left({inside[0]}\right)"]
    return [rf"\Bigl({inside[0]}", *inside[1:-1], rf"{inside[-1]}\Bigr)"]


def _filled(lines: Sequence[str], width: float) -> list[str]:
    r"""Factors on as few lines as they need; a factor that begins a line has a ``\times`` before it."""
    found = [lines[0]]
    for line in lines[1:]:
        begins = not line.startswith((r"\times", "+", "-"))
        if begins and width_of(found[-1]) + width_of(line) <= width and not found[-1].endswith("Bigr)"):
            found[-1] += f" {line}"
        else:
            found.append(rf"\times {line}" if begins else line)
    return found


def fitted(line: str, width: float) -> str:
    """What has no operator to break at, as a long summand, is set smaller; needs graphicx."""
    wide = width_of(line) > 1.1 * width
    return rf"\resizebox{{0.9\linewidth}}{{!}}{{$\displaystyle {line}$}}" if wide else line


def join_terms(terms: Iterable[Sequence[str]], width: float) -> list[str]:
    """A sum of terms, each on lines of its own where they are long, as few lines as they need."""
    found: list[str] = []
    for first, *rest in terms:
        first = first if first.startswith("-") or not found else f"+ {first}"
        if found and not rest and width_of(found[-1]) + width_of(first) <= width:
            found[-1] += f" {first}"
        else:
            found += [first, *rest]
    return found


def width_of(latex: str) -> float:
    r"""The width of a formula in letters, about: of a fraction the wider half, of what is raised 0.7 times.

    >>> width_of(r"\frac{a + b + 1}{b}") < width_of("a + b + 1 + b")
    True
    """
    return _width([token for token in _token.findall(latex) if not token.isspace()], 0)[0]


def depth_of(latex: str) -> int:
    r"""How many fractions are within each other.

    >>> depth_of(r"\frac{1}{2} + \frac{\pi}{\sin{\left(\frac{\pi}{b} \right)}}")
    2
    """
    outer: list[tuple[int, int]] = []
    depth = deepest = awaited = 0  # arguments of a fraction that are still to come
    for token in _token.findall(latex):
        if token == r"\frac":
            awaited = 2
        elif token == "{":
            outer.append((depth, max(awaited - 1, 0)))
            depth, awaited = depth + (awaited > 0), 0
            deepest = max(deepest, depth)
        elif token == "}":
            depth, awaited = outer.pop()
    return deepest


def _width(tokens: list[str], at: int) -> tuple[float, int]:
    """The width up to the brace that closes, and where that is."""
    total = 0.0
    while at < len(tokens) and tokens[at] != "}":
        size, at = _one(tokens, at)
        total += size
    return total, at


def _one(tokens: list[str], at: int) -> tuple[float, int]:
    """The width of one token with its arguments, and where the next is."""
    token = tokens[at]
    if token == "{":
        inside, end = _width(tokens, at + 1)
        return inside, end + 1
    if token in ("^", "_") and at + 1 < len(tokens):
        inside, end = _one(tokens, at + 1)
        return 0.7 * inside, end
    if token == r"\frac" and at + 1 < len(tokens):
        above, at = _one(tokens, at + 1)
        below, at = _one(tokens, at)
        return max(above, below), at
    wide = {
        r"\left": 0.4,
        r"\right": 0.4,
        r"\sum": 4.0,
        "&": 0.0,
        r"\quad": 2.0,
        r"\qquad": 4.0,
        r"\;": 0.5,
        r"\,": 0.3,
    }
    if token in wide or token.startswith((r"\begin", r"\end")):
        return wide.get(token, 0.0), at + 1
    if token.startswith(FUNCTIONS):
        return 0.9 * len(token) - 0.9, at + 1
    spaced = token in "+-=<>" or token in (r"\sim", r"\approx", r"\times")
    return (2.0 if spaced else 1.5 if token in "()[]" else 1.0), at + 1


FUNCTIONS = (r"\sin", r"\cos", r"\log", r"\min", r"\max", r"\sinh", r"\cosh", r"\coth", r"\tan")


def wrapped(latex: str) -> str:
    """The same in lines of at most `SOURCE` characters, broken where a space stands."""
    lines = (
        wrap(line.replace("\\ ", "\\\0"), SOURCE, break_long_words=False, break_on_hyphens=False)
        for line in latex.splitlines()
    )
    return "\n".join(piece for line in lines for piece in line).replace("\0", " ")
