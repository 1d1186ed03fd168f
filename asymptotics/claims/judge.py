"""A statement against a subject, cell by cell.

On each regime of the law the claim is resolved into cells on which every Min and every difference of
exponents has one sign. There both sides are one growth each, and are compared (`claims.comparison`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from sympy import Abs, Expr, Max, Min, Piecewise, Rational, Symbol

from asymptotics.claims.comparison import UNSEEN, Comparison
from asymptotics.claims.equality import AS_WRITTEN
from asymptotics.claims.outcomes import FAILS, HOLDS, UNDECIDED, Outcome, Work, join_outcomes, resolve
from asymptotics.claims.statement import (
    ONE_SIDED,
    ORDER,
)
from asymptotics.claims.subject import Piece
from asymptotics.domains.cells import Cell
from asymptotics.domains.domain import conjuncts, normal
from asymptotics.domains.parametric_lp import covers
from asymptotics.domains.substitution import check_extent, put
from asymptotics.errors import DomainError, UnableError
from asymptotics.expansions.growth import Growth, differences, growths

HIGHEST = 2000
"""At a point exponents up to this degree are evaluated exactly; of cells see `check_extent`."""
SAMPLES = 6
"""Exponents that no cell decides are compared at so many points."""
SAMPLING = 60
"""So many steps may the comparison at all these points take."""

LOSSES = ("epsilon", "eps", "error", "loss", "risk")
"""Names of a loss that have no capital letter."""
NOT_DERIVED = "no law is derived there"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge(Comparison):
    """The statement regime by regime, under assumptions."""

    @property
    def is_exponent(self) -> bool:
        """Whether the claim is an exponent, not a leading term.

        It has neither the resource, be it to the power 0, nor a letter that stands in no exponent.
        """
        statement = self.statement
        if statement.relation in (ORDER, *ONE_SIDED) or statement.of_order_one:
            return False  # Theta(1) is a constant loss
        name = statement.subject
        names_loss = name in LOSSES or (name[:1].isupper() and name[1:2] in ("", "_"))
        return not statement.expression.has(self.subject.resource, *self.subject.scales) and not names_loss

    def outcomes(self, cells: tuple[Cell, ...]) -> list[Outcome]:
        """What is found on each cell; neighbours that agree are joined."""
        found: list[Outcome] = []
        for cell in cells:
            parts = [(self.within(cell, piece), piece) for piece in self.pieces(cell)]
            inside = {part: piece for part, piece in parts if part is not None}
            if beyond := tuple(_beyond(cell, inside)):
                found += [o for part, piece in inside.items() for o in self._on_piece(part, piece)]
                found += [Outcome(cell=rest, status=UNDECIDED, note=NOT_DERIVED) for rest in beyond]
                continue
            found += join_outcomes(cell, inside, lambda part, own=inside: self._on_piece(part, own[part]))  # type: ignore[misc]
        return found

    def pieces(self, cell: Cell) -> tuple[Piece, ...]:
        """The pieces of the law; where all parameters have numbers, the one that is derived with them.

        With numbers that are too large for that, the pieces in symbols.
        """
        values = {symbol: cell.value(symbol) for symbol in self.subject.parameters}
        if not values or not all(value.is_Rational for value in values.values()):
            return self.subject.pieces
        try:
            return (self.subject.at(values),)
        except DomainError:
            return self.subject.pieces

    @staticmethod
    def within(cell: Cell, piece: Piece) -> Cell | None:
        """The part of a cell in which a piece of the law holds; None if there is none."""
        here: Cell | None = cell
        for part in conjuncts(piece.condition):
            if here is None or not part.is_Relational:
                continue
            here = here.on(part.lhs - part.rhs) if part.rel_op == "==" else here.where(part.gts - part.lts)
        return here

    def _on_piece(self, cell: Cell, piece: Piece) -> list[Outcome]:
        if not cell.is_seen:
            return [Outcome(cell=cell, status=UNDECIDED, note=UNSEEN)]
        try:
            return self.on_cell(cell, piece)
        except UnableError as error:
            return [self._sample(cell, piece, str(error))]

    def on_cell(self, cell: Cell, piece: Piece) -> list[Outcome]:
        """The outcomes on a cell of one piece. Raises `UnableError` where a step is not decided."""
        found = self._compare_with(cell, piece, self.statement.expression)
        if not self.statement.decimals or not any(o.status == FAILS for o in found):
            return found
        again = self._compare_with(cell, piece, self._in_choices(cell, piece))
        if not all(o.status == HOLDS for o in again):
            return found
        written = self.statement.as_written
        return [
            replace(o, note=o.note or AS_WRITTEN, claimed=o.claimed and written(o.claimed)) for o in again
        ]

    def _in_choices(self, cell: Cell, piece: Piece) -> Expr:
        """The claim with letters for its decimals; in a minimum or a condition, powers that they round to."""
        claim = self.statement.rounded
        assert claim is not None
        powers = [cell.value(p) for _, p in (*piece.growth.powers, (None, piece.exponent))]
        numbers = [sign * p for p in powers if p.is_number for sign in (1, -1)]
        choices = claim.atoms(Min, Max, Abs, Piecewise)
        held = {one for one in self.statement.decimals if any(x.has(one.letter) for x in choices)}
        return put(claim, {one.letter: one.among(numbers) for one in held})

    def _in_powers(self, claimed: Expr, powers: Callable[[Expr], list[Expr]]) -> Expr:
        """What is claimed on a cell with numbers for decimals in its exponents: those at which they agree."""
        for one in self.statement.decimals:
            here = [p for p in powers(claimed) if p.has(one.letter)] if claimed.has(one.letter) else []
            if here:
                slope = here[0].diff(one.letter)
                number = normal(one.letter - here[0] / slope) if slope.is_number else one.letter
                claimed = put(claimed, {one.letter: one.among([number] if number.is_number else [])})
        return claimed

    def _compare_with(self, cell: Cell, piece: Piece, claim: Expr) -> list[Outcome]:
        use = self._exponent if self.is_exponent else self._leading
        check_extent(claim, HIGHEST)
        x = self.subject.resource
        if any(choice.has(x) for choice in claim.atoms(Abs)):
            raise UnableError(f"an absolute value over {x} is not compared; write its leading power")

        def found(part: Cell, left: Expr) -> list[Outcome]:
            choice = next(
                (one for one in left.atoms(Min, Max) if not any(y.has(x) for y in _nested(one))), None
            )
            return use(part, left, piece) if choice is None else self._extreme(part, left, choice, piece)

        return resolve(cell, claim, self.work, found, x)

    def _extreme(self, cell: Cell, claim: Expr, choice: Expr, piece: Piece) -> list[Outcome]:
        """The claim with the larger, or the smaller, of two growths; of equal ones of their constants."""
        x = self.subject.resource
        first, second, *rest = choice.args
        sides = [growths(side, x) for side in (first, second)]
        if any(len(terms) > 1 for terms in sides):
            raise UnableError(
                f"a minimum or maximum of sums over {x} is not compared; write its leading power"
            )
        one, other = (terms[0] for terms in sides)

        def found(part: Cell, order: int) -> list[Outcome]:
            larger, smaller = (first, second) if order > 0 else (second, first)
            kept = smaller if isinstance(choice, Min) else larger
            if order == 0:
                kept = choice.func(one.constant, other.constant) * one.without_constant()
            less = choice.func(kept, *rest) if rest else kept
            return self._compare_with(part, piece, claim.xreplace({choice: less}))

        return self.order(cell, differences(one, other), found)

    def _exponent(self, cell: Cell, claimed: Expr, piece: Piece) -> list[Outcome]:
        def found(part: Cell, order: int) -> list[Outcome]:
            # a larger exponent of a decaying loss is a smaller loss
            sign = 1 if self.subject.grows else -1
            return self.by_order(part, sign * order, "exponent", claimed, piece.exponent)

        exact = cell.value(piece.exponent)
        claimed = self._in_powers(claimed, lambda e: [e - exact])
        if piece.most is not None:
            return self.between(cell, [claimed], claimed, piece)
        return self.order(cell, [(self.subject.resource, claimed - piece.exponent)], found)

    def _leading(self, cell: Cell, claimed: Expr, piece: Piece) -> list[Outcome]:
        if piece.oscillation is not None and claimed == cell.value(
            piece.growth.expression() * piece.oscillation
        ):
            return [Outcome(cell=cell, status=HOLDS, claimed=claimed, correct=claimed)]

        def powers(claim: Expr) -> list[Expr]:
            terms = growths(claim, self.subject.resource)
            return [cell.value(p) for term in terms for _, p in differences(term, piece.growth)]

        terms = growths(self._in_powers(claimed, powers), self.subject.resource)
        return self._sum_order(cell, terms[0], terms[1:], piece)

    def _sum_order(self, cell: Cell, first: Growth, rest: tuple[Growth, ...], piece: Piece) -> list[Outcome]:
        """The terms of a claimed sum: those that lead on the cell are kept, equal ones added."""
        if not rest:
            return self.compare(cell, first, piece)

        def found(part: Cell, order: int) -> list[Outcome]:
            kept = first if order > 0 else rest[0]
            if order == 0:
                total = part.value(first.constant) + part.value(rest[0].constant)
                if normal(total) == 0:
                    raise UnableError("the leading terms of the claim cancel; give what is left")
                kept = replace(first, constant=total)
            return self._sum_order(part, kept, rest[1:], piece)

        return self.order(cell, differences(first, rest[0]), found)

    def _sample(self, cell: Cell, piece: Piece, reason: str) -> Outcome:
        """Points in place of cells: one at which the claim fails settles it, none settles nothing."""
        seen, again = 0, replace(self, work=Work(SAMPLING))
        for point in cell.points(self.subject.parameters, SAMPLES):
            try:
                found = again.on_cell(cell.at(point), piece)
            except UnableError:
                continue
            seen += 1
            for outcome in found:
                if outcome.status == FAILS:
                    note = f"{outcome.note}; seen at points, not proved on all of the region"
                    return replace(outcome, cell=cell, note=note, point=outcome.point or tuple(point.items()))
        tried = f"no difference at {seen} rational points" if seen else "no point could be compared"
        return Outcome(cell=cell, status=UNDECIDED, note=f"{reason}; {tried}")


def _nested(choice: Expr) -> set[Expr]:
    """Minima and maxima inside one."""
    return {inner for part in choice.args for inner in part.atoms(Min, Max)}


def witness(outcome: Outcome, symbols: tuple[Symbol, ...]) -> dict[Symbol, Rational] | None:
    """A rational point at which an outcome can be seen."""
    if outcome.point is not None:
        return dict(outcome.point)
    return outcome.cell.point(symbols)


def _beyond(cell: Cell, parts: Iterable[Cell]) -> Iterator[Cell]:
    """What open parts leave of a cell; nothing where there are none, or it is a point."""
    own = [
        [c for c in p.domain.constraints if c not in cell.domain.constraints]
        for p in parts
        if p.walls == cell.walls
    ]
    if not own or not all(own) or covers(own, cell.domain):
        return
    left = [cell]
    for constraints in own:
        rest: list[Cell] = []
        for part in left:
            inner: Cell | None = part
            for constraint in constraints:
                outer = None if inner is None else inner.where(-constraint)
                rest += [] if outer is None else [outer]
                inner = None if inner is None else inner.where(constraint)
        left = rest
    yield from left
