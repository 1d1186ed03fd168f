r"""Claims about logarithms: the straight line of a log-log plot, and its slope.

\log L = -p \log N + c                      L = e^c N^-p, with c any constant
-\frac{d \log L}{d \log N} = p              the exponent

of_logarithm(items)      the base of a logarithm on the left side, and what it is taken of
of_slope(items)          sign, numerator and denominator of a logarithmic derivative
of_ratio(items)          the same of a ratio of logarithms, whose limit is a slope
raised(expression, base)     what has this logarithm
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Add, Expr, Integer, Mul, exp, expand, log

from asymptotics.parsing.latex import FRACTIONS, Item, opening_at
from asymptotics.parsing.latex_words import base_of

LOGARITHMS = ("log", "ln", "lg")
NATURAL = "e"


def of_logarithm(items: Sequence[Item]) -> tuple[str, Sequence[Item]]:
    r"""``("10", L(N))`` of the left side ``\log_{10} L(N)``; the base is "" where there is no logarithm."""
    if not items or items[0].kind != "macro" or items[0].name not in LOGARITHMS:
        return "", items
    base, after = base_of("log", items, 1)
    inside = items[after:]
    opening = opening_at(inside, 0) if inside else None
    if opening is not None:  # log(L), log[L(N)]
        inside = inside[opening[1] : -1]
        inside = inside[:-1] if inside and inside[-1].name in ("right", "bigr", "Bigr") else inside
    return base or NATURAL, inside


def of_slope(items: Sequence[Item]) -> tuple[int, Sequence[Item], Sequence[Item]] | None:
    r"""``(-1, L, N)`` of ``-\frac{d \log L}{d \log N}``."""
    sign = -1 if items and items[0].name == "-" else 1
    rest = items[1:] if sign < 0 else items
    if len(rest) != 1 or rest[0].kind != "macro" or rest[0].name not in FRACTIONS:
        return None
    found = []
    for part in rest[0].arguments:
        if not part or len(part) < 3 or part[0].name not in ("d", "partial"):
            return None
        base, inside = of_logarithm(part[1:])
        if not base:
            return None
        found.append(inside)
    return sign, found[0], found[1]


def of_ratio(items: Sequence[Item]) -> tuple[int, Sequence[Item], Sequence[Item]] | None:
    r"""``(1, N, C)`` of ``\frac{\log N}{\log C}`` and of ``\log N/\log C``."""
    sign = -1 if items and items[0].name == "-" else 1
    rest = items[1:] if sign < 0 else items
    cut = next((i for i, x in enumerate(rest) if x.name == "/"), 0)
    parts: Sequence[Sequence[Item] | None] = (rest[:cut], rest[cut + 1 :]) if cut else ()
    if len(rest) == 1 and rest[0].kind == "macro" and rest[0].name in FRACTIONS:
        parts = rest[0].arguments
    found = [of_logarithm(part or ()) for part in parts]
    if len(found) != 2 or not all(base for base, _ in found):
        return None
    return sign, found[0][1], found[1][1]


def raised(expression: Expr, base: str) -> Expr:
    """What has the logarithm ``expression``; a letter that is added to it is any constant, and stays itself.

    >>> from sympy import Symbol
    >>> from asymptotics.symbols import N, b
    >>> raised(Symbol("c", positive=True) - b*log(N), "e"), raised(2 - b*log(N)/log(10), "10")
    (c/N**b, 100/N**b)
    """
    scale = Integer(1) if base == NATURAL else log(Integer(base))
    factors = []
    for term in Add.make_args(expand(scale * expression)):
        inside = [x for x in Mul.make_args(term) if isinstance(x, log) and x.free_symbols]
        letters = [x for x in Mul.make_args(term) if x.is_Symbol]
        if inside:
            factors.append(inside[0].args[0] ** (term / inside[0]))
        elif letters:
            factors.append(letters[0])
        else:
            factors.append(exp(term))
    return Mul(*factors)
