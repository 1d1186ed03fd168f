"""A statement against a subject, cell by cell: the comparison itself.

On each regime of the law the claim is resolved into cells on which every Min and every difference of
exponents has one sign. There both sides are one growth each, and are compared scale by scale; where the
orders agree and a constant is claimed, the constants are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sympy import Abs, Expr, Max, Min, Piecewise, Rational, Symbol, log

from asymptotics.claims.constants import ratio_form
from asymptotics.claims.equality import AS_WRITTEN, equal, in_order
from asymptotics.claims.outcomes import FAILS, HOLDS, UNDECIDED, Outcome, Work, join_outcomes, resolve
from asymptotics.claims.statement import (
    ABOVE,
    BELOW,
    EQUAL,
    LOWER,
    ONE_SIDED,
    ORDER,
    STATED,
    UPPER,
    Statement,
)
from asymptotics.claims.subject import Piece, Subject
from asymptotics.domains.cells import Cell
from asymptotics.domains.domain import conjuncts, normal
from asymptotics.domains.parametric_lp import covers
from asymptotics.domains.substitution import check_extent, put
from asymptotics.errors import DomainError, UnableError
from asymptotics.expansions.growth import Growth, differences, growths

UNSEEN = "no point of this region was found, and it is not proved empty"
SAME = "the same order"
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
class Judge:
    """One statement about one subject, under assumptions, within the steps of ``work``."""

    statement: Statement
    subject: Subject
    work: Work

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

        return self._order(cell, differences(one, other), found)

    def _exponent(self, cell: Cell, claimed: Expr, piece: Piece) -> list[Outcome]:
        def found(part: Cell, order: int) -> list[Outcome]:
            # a larger exponent of a decaying loss is a smaller loss
            sign = 1 if self.subject.grows else -1
            return self._by_order(part, sign * order, "exponent", claimed, piece.exponent)

        exact = cell.value(piece.exponent)
        claimed = self._in_powers(claimed, lambda e: [e - exact])
        if piece.most is not None:
            return self._between(cell, [claimed], claimed, piece)
        return self._order(cell, [(self.subject.resource, claimed - piece.exponent)], found)

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
            return self._compare(cell, first, piece)

        def found(part: Cell, order: int) -> list[Outcome]:
            kept = first if order > 0 else rest[0]
            if order == 0:
                total = part.value(first.constant) + part.value(rest[0].constant)
                if normal(total) == 0:
                    raise UnableError("the leading terms of the claim cancel; give what is left")
                kept = replace(first, constant=total)
            return self._sum_order(part, kept, rest[1:], piece)

        return self._order(cell, differences(first, rest[0]), found)

    def _between(self, cell: Cell, powers: Sequence[Expr], claimed: Expr, piece: Piece) -> list[Outcome]:
        """Powers of the budget, and of its logarithm, where any from the least to the most are as good."""
        x = self.subject.resource
        scales = (x, log(x))
        least, most = (piece.exponent, piece.logs[0]), (piece.most, piece.logs[1])

        def beside(cell: Cell, end: tuple[Expr, Expr], relation: tuple[int, ...]) -> list[Outcome]:
            gaps = [(s, power - e) for s, power, e in zip(scales, powers, end, strict=False)]

            def found(part: Cell, order: int) -> list[Outcome]:
                outside = order if order in relation else 0
                at_fault = next((s for s, gap in gaps if part.sign(gap) != 0), x)
                note = "logarithm" if isinstance(at_fault, log) else "exponent"
                return self._by_order(part, outside, note, claimed, x ** end[0] * log(x) ** end[1])

            return self._order(cell, gaps, found)

        if self.statement.relation in ONE_SIDED:  # a bound is one of every best split
            return beside(cell, most if self.statement.relation in (UPPER, BELOW) else least, (1, -1))
        low = beside(cell, least, (-1,))
        high = (beside(o.cell, most, (1,)) for o in low if o.status == HOLDS)
        return [o for o in low if o.status != HOLDS] + [o for found in high for o in found]

    def _compare(self, cell: Cell, claimed: Growth, piece: Piece) -> list[Outcome]:
        x = self.subject.resource
        if piece.most is not None and all(scale in (x, log(x)) for scale, _ in claimed.powers):
            powers = [claimed.power(scale) for scale in (x, log(x))]
            return self._between(
                cell, powers[:1] if self.statement.soft else powers, claimed.expression(), piece
            )
        soft = self.statement.soft
        scales = [(s, p) for s, p in differences(claimed, piece.growth) if not (soft and isinstance(s, log))]

        def found(part: Cell, order: int) -> list[Outcome]:
            if order == 0 and self.statement.relation in (BELOW, ABOVE):
                return self._by_order(part, 0, SAME, claimed.without_constant(), piece.power)
            if order == 0:
                return [self._constants(part, claimed, piece)]
            at_fault = next(s for s, p in scales if part.sign(p) != 0)
            note = "logarithm" if isinstance(at_fault, log) else "exponent"
            return self._by_order(part, order, note, claimed.without_constant(), piece.power)

        return self._order(cell, scales, found)

    def _order(
        self,
        cell: Cell,
        scales: list[tuple[Expr, Expr]] | tuple[tuple[Expr, Expr], ...],
        use: Callable[[Cell, int], list[Outcome]],
    ) -> list[Outcome]:
        """``use`` on the parts of a cell with the sign of the first power that does not vanish there."""
        self.work.step()
        if not cell.is_seen:
            return [Outcome(cell=cell, status=UNDECIDED, note=UNSEEN)]
        for _, power in scales:
            sign = cell.sign(power)
            if sign is None:
                return join_outcomes(cell, cell.cut(power), lambda part: self._order(part, scales, use))
            if sign:
                return use(cell, sign)
        return use(cell, 0)

    def _by_order(self, cell: Cell, order: int, note: str, claimed: Expr, correct: Expr) -> list[Outcome]:
        """``order``: 1, 0, -1 as the claim is larger than the truth, as large, or smaller."""
        relation = self.statement.relation
        allowed = {UPPER: (0, 1), LOWER: (0, -1), BELOW: (1,), ABOVE: (-1,)}.get(relation, (0,))
        status = HOLDS if order in allowed else FAILS
        loose = "not tight" if relation in (UPPER, LOWER) and order else ""
        return [
            Outcome(
                cell=cell,
                status=status,
                note=loose if status == HOLDS else note,
                claimed=claimed,
                correct=correct,
            )
        ]

    def _constants(self, cell: Cell, claimed: Growth, piece: Piece) -> Outcome:
        """The orders agree: the constants, if one is claimed."""
        base = Outcome(
            cell=cell,
            status=HOLDS,
            note="",
            claimed=claimed.expression(),
            correct=piece.growth.expression(),
        )
        relation = self.statement.relation
        if self.statement.sized and not self.statement.free:
            if not piece.constant_known:
                return replace(base, status=UNDECIDED, note="the constant of the law has no closed form")
            pair = self.statement.as_written(claimed.constant), piece.growth.constant
            return in_order(base, *pair, self.statement, self.subject.parameters, self.work)
        settings = claimed.constant.free_symbols.intersection(self.subject.scales)
        bare = claimed.constant.xreplace(dict.fromkeys(settings, 1)) == 1
        if relation == EQUAL or (relation == STATED and not bare):
            if not piece.constant_known:
                waves = "the constant of the law is an oscillating function of the resource"
                note = "the constant has no closed form" if piece.oscillation is None else waves
                return replace(base, status=UNDECIDED, note=note)
            return equal(
                base,
                claimed.constant,
                piece.growth.constant,
                self.statement,
                self.subject.parameters,
                self.work,
            )
        left = (
            ratio_form(self.statement.as_written(claimed.constant), piece.growth.constant) if settings else {}
        )
        if piece.constant_known and any(x.free_symbols & settings for x in left):
            return replace(base, status=FAILS, note="constant")
        return base

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
