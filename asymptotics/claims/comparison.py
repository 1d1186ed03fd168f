"""A claimed growth against that of a law on a cell, which is cut where an exponent has no one sign.

Comparison    orders, constants where these agree, and ranges where a split of the budget is not unique
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sympy import Expr, log

from asymptotics.claims.constants import ratio_form
from asymptotics.claims.equality import equal, in_order
from asymptotics.claims.outcomes import FAILS, HOLDS, UNDECIDED, Outcome, Work, join_outcomes
from asymptotics.claims.statement import (
    ABOVE,
    BELOW,
    EQUAL,
    LOWER,
    ONE_SIDED,
    STATED,
    UPPER,
    Statement,
)
from asymptotics.claims.subject import Piece, Subject
from asymptotics.domains.cells import Cell
from asymptotics.expansions.growth import Growth, differences

UNSEEN = "no point of this region was found, and it is not proved empty"
SAME = "the same order"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One statement about one subject, within the steps of ``work``."""

    statement: Statement
    subject: Subject
    work: Work

    def between(self, cell: Cell, powers: Sequence[Expr], claimed: Expr, piece: Piece) -> list[Outcome]:
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
                return self.by_order(part, outside, note, claimed, x ** end[0] * log(x) ** end[1])

            return self.order(cell, gaps, found)

        if self.statement.relation in ONE_SIDED:  # a bound is one of every best split
            return beside(cell, most if self.statement.relation in (UPPER, BELOW) else least, (1, -1))
        low = beside(cell, least, (-1,))
        high = (beside(o.cell, most, (1,)) for o in low if o.status == HOLDS)
        return [o for o in low if o.status != HOLDS] + [o for found in high for o in found]

    def compare(self, cell: Cell, claimed: Growth, piece: Piece) -> list[Outcome]:
        """Both sides scale by scale, and their constants where the orders agree."""
        x = self.subject.resource
        if piece.most is not None and all(scale in (x, log(x)) for scale, _ in claimed.powers):
            powers = [claimed.power(scale) for scale in (x, log(x))]
            return self.between(
                cell, powers[:1] if self.statement.soft else powers, claimed.expression(), piece
            )
        soft = self.statement.soft
        scales = [(s, p) for s, p in differences(claimed, piece.growth) if not (soft and isinstance(s, log))]

        def found(part: Cell, order: int) -> list[Outcome]:
            if order == 0 and self.statement.relation in (BELOW, ABOVE):
                return self.by_order(part, 0, SAME, claimed.without_constant(), piece.power)
            if order == 0:
                return [self._constants(part, claimed, piece)]
            at_fault = next(s for s, p in scales if part.sign(p) != 0)
            note = "logarithm" if isinstance(at_fault, log) else "exponent"
            return self.by_order(part, order, note, claimed.without_constant(), piece.power)

        return self.order(cell, scales, found)

    def order(
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
                return join_outcomes(cell, cell.cut(power), lambda part: self.order(part, scales, use))
            if sign:
                return use(cell, sign)
        return use(cell, 0)

    def by_order(self, cell: Cell, order: int, note: str, claimed: Expr, correct: Expr) -> list[Outcome]:
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
