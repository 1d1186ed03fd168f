r"""Left sides of claims in LaTeX: a name, its logarithm, a slope, a limit of products with the loss.

left_of(source, items, symbols)    what stands on the left, in which relation, and the right side
Left                               the left side
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sympy import Expr, Integer, Symbol

from asymptotics.claims.decimals import Decimals
from asymptotics.claims.limits import (
    ARROWS,
    MARK,
    beside,
    letters_to_infinity,
    tends,
    with_mark,
    without_limit,
)
from asymptotics.claims.logarithms import of_logarithm, of_ratio, of_slope, raised
from asymptotics.claims.sides import begins_claim, flat, left_side, parse_side
from asymptotics.claims.statement import (
    ABOVE,
    BELOW,
    BOUNDS,
    EQUAL,
    INEQUALITIES,
    LOWER,
    ONE_SIDED,
    ORDER,
    RATIOS,
    RELATIONS,
    STATED,
    STRICT,
    UPPER,
    relation_of,
)
from asymptotics.errors import ParseError
from asymptotics.parsing.latex import Item, Source
from asymptotics.parsing.latex_writer import to_text

NORMS = ("|", "lVert", "rVert", "Vert")


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    r"""A left side: its name and letters, and what is done with it: a logarithm, its slope, a product.

    ``ends``: the right side is 0 or infinite, and the relation is one to 1. ``over``, ``sized``, ``strict``:
    as in `Statement`. ``base``: what a bound on a slope is the power of.
    ``ratio``: of a logarithm the quotient is claimed, ``\log L \sim -b \log N``, up to logarithms of L.
    """

    name: tuple[str, str] = ("", "")
    relation: str = STATED
    logarithm: str = ""
    slope: int = 0
    beside: Expr = Integer(1)
    ends: bool = False
    over: tuple[str, ...] = ()
    sized: bool = False
    strict: bool = False
    base: str = ""
    ratio: bool = False

    def of_loss(self, right: Expr, known: Mapping[str, Expr]) -> Expr:
        """What the right side says of the loss or resource itself."""
        right /= self.beside
        if self.logarithm:
            right = raised(right, self.logarithm)
        if self.slope and self.base:
            return known.get(self.base, Symbol(self.base, positive=True)) ** (self.slope * right)
        return -self.slope * right if self.slope else right


def left_of(source: Source, items: list[Item], symbols: Mapping[str, Expr]) -> tuple[Left, list[Item]]:
    """What stands on the left side, in which relation, and the right side."""
    found = _slope(source, items) or _limit(source, items, symbols) or _ratio(source, items)
    if found is not None:
        return found
    signed = [i for i, item in enumerate(items) if relation_of(item) or _is_inequality(item)]
    if not signed:
        return Left(), items
    first = signed[0]
    base, named = of_logarithm(items[:first])
    norm = any(x.kind == "macro" and x.name in NORMS for x in named)
    name = ("L", "") if norm else None
    if not any(_is_inequality(items[i]) for i in signed):
        name = name or left_side(flat(source, named))
    for i in signed:
        bounds = items[i].name in BOUNDS and i == first and len(signed) == 1
        if bounds:
            name = name or _bounded(source, named, symbols)
        if _is_inequality(items[i]) and not (bounds and name):
            source.fail(items[i].position, "an inequality is a condition; give it as an assumption")
    if len(signed) > 1:
        source.fail(items[signed[1]].position, f"a second {items[signed[1]].name!r}; a claim has one")
    if name is None:
        source.fail(items[0].position, "the left side names the quantity, as L(N) or t")
    if first + 1 == len(items):
        source.fail(items[first].position, "nothing follows the relation")
    ratio = bool(base) and items[first].name in RATIOS
    relation = ORDER if ratio else relation_of(items[first])
    return Left(name=name, relation=relation, logarithm=base, ratio=ratio), items[first + 1 :]


def _is_inequality(item: Item) -> bool:
    return item.kind != "group" and item.name in INEQUALITIES


def _bounded(source: Source, named: Sequence[Item], symbols: Mapping[str, Expr]) -> tuple[str, str] | None:
    """The name on the left of a bound, if it is one of a loss or a resource."""
    try:
        name = left_side(flat(source, named))
    except ParseError:
        return None
    return name if name is not None and begins_claim(name, RELATIONS["O"], symbols, used=False) else None


def _slope(source: Source, items: list[Item]) -> tuple[Left, list[Item]] | None:
    r"""``-\frac{d \log L}{d \log N} = p``: the exponent, of the letters below."""
    at = next((i for i, x in enumerate(items) if relation_of(x) or x.name in ARROWS), 0)
    found = of_slope(items[:at])
    if found is None or at + 1 == len(items):
        return None
    sign, above, below = found
    over = "".join(c for c in flat(source, below) if c.isalpha())
    return _of_exponent(items[at], sign, left_side(flat(source, above)) or ("L", ""), over), items[at + 1 :]


def _ratio(source: Source, items: list[Item]) -> tuple[Left, list[Item]] | None:
    r"""``\lim \log N/\log C = p``, ``\log N/\log C \to p``: the exponent of a resource at the optimum."""
    at = next((i for i, x in enumerate(items) if relation_of(x) or x.name in ARROWS), 0)
    named, below, left = without_limit(items[:at])
    found = of_ratio(left) if named or items[at].name in ARROWS else None
    if found is None or at + 1 == len(items):
        return None
    sign, above, under = found
    base = "".join(c for c in flat(source, under) if c.isalpha())
    exponent = _of_exponent(items[at], sign, left_side(flat(source, above)) or ("L", ""), base)
    over = letters_to_infinity(below) or () if below else ()
    return replace(exponent, over=() if over == ("C",) else over), items[at + 1 :]  # a budget grows anyway


def _of_exponent(sign: Item, slope: int, name: tuple[str, str], over: str) -> Left:
    """``log L/log N`` in a relation to an exponent: of a bound, or of a resource, the power in its place."""
    relation = relation_of(sign) or EQUAL
    if relation not in ONE_SIDED and name[0] not in ("t", "N", "P", "C"):
        return Left(name=("slope", over), relation=relation, slope=slope)
    if sign.name in STRICT:
        relation = BELOW if relation == UPPER else ABOVE
    relation = relation if relation in ONE_SIDED else ORDER
    turned = {UPPER: LOWER, LOWER: UPPER, BELOW: ABOVE, ABOVE: BELOW}
    relation = turned.get(relation, relation) if slope < 0 else relation
    return Left(name=(name[0], over), relation=relation, slope=slope, base=over)


def _limit(source: Source, items: list[Item], symbols: Mapping[str, Expr]) -> tuple[Left, list[Item]] | None:
    r"""``\lim N^{b} L(N) = c``, ``L(N)/N^{-b} \to c``; None for a left side that is a name alone."""
    at = next((i for i, x in enumerate(items) if relation_of(x) or x.name in ARROWS), 0)
    named, below, left = without_limit(items[:at])
    over = letters_to_infinity(below) if below else ()
    if over is None:
        source.fail(below[0].position, r"a limit is one of large sizes, as N \to \infty")
    marked, loss = with_mark(left)
    if not loss or not (named or items[at].name in ARROWS or _is_product(source, left)):
        return None
    text, origin = to_text(source, marked)
    stated = parse_side(source.text, text, origin, {**symbols, MARK.name: MARK}, Decimals())
    power = beside(stated, MARK)
    right = items[at + 1 :]
    if power is None or not right:
        source.fail(items[0].position, "give the limit of a product with the loss, as N^b L(N) = c")
    relation = relation_of(items[at]) or EQUAL
    name = left_side(flat(source, loss)) or ("L", "")
    if isinstance(power, tuple):
        return replace(_of_exponent(items[at], power[0], name, power[1]), over=over), right
    bound = tends(relation, "".join(x.name for x in right))
    sized = named and not bound and relation in (UPPER, LOWER)
    strict = items[at].name in STRICT
    left_hand = Left(name=name, relation=bound or relation, beside=power, ends=bool(bound), over=over)
    return replace(left_hand, sized=sized, strict=strict), right


def _is_product(source: Source, left: Sequence[Item]) -> bool:
    """Whether a left side is more than the name of one quantity."""
    try:
        name = left_side(flat(source, left))
    except ParseError:
        return left[0].name not in NORMS and not of_logarithm(left)[0]
    return name is None or (name[0][0] in "tNPC" and name[0][1:].isupper())
