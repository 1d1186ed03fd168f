"""What a claim says: an expression, the relation in which it is claimed, and where; `reading` makes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sympy import Expr, Mul, Piecewise, Symbol, powsimp
from sympy.logic.boolalg import Boolean, true

from asymptotics.claims.decimals import Rounding
from asymptotics.errors import ParseError
from asymptotics.parsing.latex import Item

EQUAL, STATED, ORDER, UPPER, LOWER = "equal", "stated", "order", "upper", "lower"
BELOW, ABOVE = "below", "above"
ONE_SIDED = (UPPER, LOWER, BELOW, ABOVE)
RELATIONS = {
    **dict.fromkeys(("=", "==", ":=", "simeq", "≃", "triangleq", "coloneqq", "equiv", "in", "∈"), EQUAL),
    **dict.fromkeys(("~", "sim", "approx", "≈", "cong", "≅", "eqsim"), STATED),
    **dict.fromkeys(("propto", "∝", "asymp", "≍", "Theta"), ORDER),
    **dict.fromkeys(("lesssim", "≲", "O"), UPPER),
    **dict.fromkeys(("gtrsim", "≳", "Omega"), LOWER),
    "o": BELOW,
    "omega": ABOVE,
}
WRITTEN = ("O", "Theta", "Omega", "o", "omega")
"""Relations that are written as functions of what bounds."""
MEANING = {
    EQUAL: "leading term with its constant",
    STATED: "leading term with its constant",
    ORDER: "order of growth; constants are not judged",
    UPPER: "upper bound on the order",
    LOWER: "lower bound on the order",
    BELOW: "of a smaller order",
    ABOVE: "of a larger order",
}
NO_CONSTANT = "the leading power, no constant stated"
BOUNDS = {
    **dict.fromkeys(("<", "<=", "≤", "le", "leq", "leqslant"), UPPER),
    **dict.fromkeys((">", ">=", "≥", "ge", "geq", "geqslant"), LOWER),
    **dict.fromkeys(("ll", "≪"), BELOW),
    **dict.fromkeys(("gg", "≫"), ABOVE),
}
"""Of a loss or a resource these are bounds on its order; between other expressions they are conditions."""
RATIOS = ("~", "sim")
STRICT = ("<", ">")
INEQUALITIES = (*BOUNDS, "ne", "neq", "!=")


def relation_of(sign: Item | str) -> str:
    """What a sign between two sides claims, "" for what is no such sign."""
    name = sign if isinstance(sign, str) else "" if sign.kind == "group" else sign.name
    return "" if name in WRITTEN else RELATIONS.get(name, BOUNDS.get(name, ""))


def writes_constant(claimed: Expr, resources: Sequence[Symbol]) -> bool:
    """Whether a factor other than 1 stands beside the resources, in some term or choice."""
    if claimed.is_Add or isinstance(claimed, Piecewise):
        parts = [x for x, _ in claimed.args] if isinstance(claimed, Piecewise) else claimed.args
        return any(writes_constant(part, resources) for part in parts)
    return any(not factor.has(*resources) for factor in Mul.make_args(powsimp(claimed)) if factor != 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    r"""What is claimed: ``expression`` in the ``relation``; ``subject`` the left side's name, "" if none.

    ``soft``: up to logarithms. ``arguments``: the letters in the parentheses and subscripts of the left side.
    ``places``: where each symbol stands in ``claim``, for messages. ``remainder``: it ends in ``+ O(...)``.
    ``condition``: where it is claimed. ``free``: letters that stand for any constant; ``irreducible``: those
    added to the loss. ``rounded``: the expression with letters for its ``decimals``
    (`asymptotics.claims.decimals`). ``over``: the letters that go to infinity below ``\lim``. ``sized``: a
    bound on a limit, of which the constant is judged, too; ``strict`` if it is never reached.
    ``of_order_one``: the resource is written, to the power 0.
    """

    claim: str
    expression: Expr
    relation: str = STATED
    soft: bool = False
    subject: str = ""
    arguments: str = ""
    places: tuple[tuple[str, int], ...] = ()
    remainder: bool = False
    condition: Boolean = true
    free: tuple[str, ...] = ()
    irreducible: tuple[str, ...] = ()
    rounded: Expr | None = None
    decimals: tuple[Rounding, ...] = ()
    over: tuple[str, ...] = ()
    sized: bool = False
    of_order_one: bool = False
    strict: bool = False

    def as_written(self, expression: Expr) -> Expr:
        """An expression with the numbers that are written in place of the letters for its decimals."""
        return expression.xreplace({one.letter: one.written for one in self.decimals})

    def in_letters(self, meaning: Mapping[str, Expr]) -> Statement:
        """What it is about in the letters that those of the claim mean; the expression has them already."""
        meant = {x: str(meaning.get(x, x)) for x in (*self.arguments, *self.over)}
        return replace(
            self,
            arguments="".join(meant[x] for x in self.arguments),
            over=tuple(meant[x] for x in self.over),
        )

    def moved(self, expression: Expr) -> Iterator[tuple[Expr, Expr]]:
        """It with one decimal moved by half a unit of its last digit, down and up, each by itself."""
        for one in self.decimals:
            low, high = (expression.xreplace({one.letter: one.written + s * one.half}) for s in (-1, 1))
            yield self.as_written(low), self.as_written(high)

    @property
    def freely(self) -> str:
        """Which letters were taken for free constants, in words."""
        kinds = (
            (self.free, "a free constant", "free constants"),
            (self.irreducible, "the irreducible loss", "the irreducible loss"),
        )
        return "".join(
            f"; {', '.join(names)} taken as {one if len(names) == 1 else many}"
            for names, one, many in kinds
            if names
        )

    def refuse(self, name: str, advice: str) -> ParseError:
        """The error for a symbol without meaning, with its place where the claim was text."""
        reason = f"{name} has no meaning here; {advice}"
        place = dict(self.places).get(name)
        return (
            ParseError(f"{self.claim}: {reason}")
            if place is None
            else ParseError.at(self.claim, place, reason)
        )
