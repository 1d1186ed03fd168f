r"""A sum of monomials against the terms of a loss, on one cell of the parameters: order, then constants.

Joint     the terms of the loss in its resources, and what a sum of monomials has against them
sign_on   a sign on a cell, or the exception that asks for a cut
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from sympy import Add, Expr, Integer, Mul, Symbol, expand_power_base, oo

from asymptotics.claims.constants import ratio_form
from asymptotics.claims.equality import equal
from asymptotics.claims.monomials import Monomial, is_below, is_far_below, monomials_of
from asymptotics.claims.outcomes import (
    CHOICES,
    FAILS,
    HOLDS,
    UNDECIDED,
    Outcome,
    Work,
    join_outcomes,
    resolve,
)
from asymptotics.claims.paths import LogarithmsError
from asymptotics.claims.statement import ABOVE, BELOW, EQUAL, LOWER, STATED, UPPER, Statement
from asymptotics.display import text
from asymptotics.domains.cells import Cell
from asymptotics.domains.domain import normal
from asymptotics.errors import UnableError

WALL = "a logarithm stands on this line"
SOMEWHERE = "the order somewhere"


class _Undecided(Exception):
    """A sign that is not the same on all of a cell."""

    def __init__(self, expression: Expr) -> None:
        super().__init__(expression)
        self.expression = expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint:
    """The monomials of the loss in its resources, and the steps that comparisons may take.

    ``true``: those that are there on a cell; [] where a logarithm is that is not known. ``decay``: b, where
    ``T < N^b``. ``statement``: whose constants are judged. ``share``: of which coefficients are polynomials.
    """

    true: Callable[[Cell], list[Monomial]]
    resources: tuple[Symbol, ...]
    work: Work
    decay: Expr | None = None
    statement: Statement | None = None
    parameters: tuple[Symbol, ...] = ()
    share: Symbol | None = None

    def in_order(self, term: Expr, constants: dict[Symbol, Expr] | None = None) -> Expr:
        """A sum of products, letters in the place of their constants, which may be infinite on a wall.

        The letters are 1 where no table for the constants is given.
        """
        constant, here = expand_power_base(term).as_independent(*self.resources, as_Add=False)
        kept = constant if constant.has(*CHOICES) else Integer(1)
        if constants is not None and kept != constant:
            letter = Symbol(f"constant {len(constants) + 1}", positive=True)
            constants[letter], kept = constant, letter
        total = next((factor for factor in Mul.make_args(here) if factor.is_Add), None)
        if total is None:
            return kept * here
        return Add(*(self.in_order(kept * here / total * part, constants) for part in total.args))

    def sum_of(self, monomials: Iterable[Monomial]) -> Expr:
        """Monomials as a sum, without their coefficients."""
        return Add(*(one.written(self.resources) for one in monomials))

    def on_parts(self, cell: Cell, use: Callable[[Cell], list[Outcome]]) -> list[Outcome]:
        """``use`` on the parts of a cell on which all signs that it asks for are decided."""
        self.work.step()
        try:
            return use(cell)
        except _Undecided as cut:
            return join_outcomes(cell, cell.cut(cut.expression), lambda part: self.on_parts(part, use))

    def is_below(
        self, cell: Cell, one: Monomial, others: Iterable[Monomial], *, strictly: bool = False
    ) -> bool:
        """Whether a monomial is at most the largest of others along every path; or of a smaller order."""
        sign = lambda expression: sign_on(cell, expression)  # noqa: E731
        order = is_far_below if strictly else is_below
        return order(self.along(one), [self.along(other) for other in others], sign)

    def along(self, one: Monomial) -> Monomial:
        """The powers in T and ``V = N^b/T`` where ``T < N^b``."""
        if self.decay is None:
            return one
        early, size = one.powers
        return replace(one, powers=(normal(early + size / self.decay), normal(size / self.decay)))

    def outcomes(
        self,
        cells: Iterable[Cell],
        expression: Expr,
        relation: str,
        constants: dict[Symbol, Expr] | None = None,
    ) -> list[Outcome]:
        """What is found on each cell."""

        def found(cell: Cell, resolved: Expr) -> list[Outcome]:
            return self.on_parts(
                cell, lambda part: self.compare(part, part.value(resolved), relation, constants)
            )

        return [o for cell in cells for o in resolve(cell, expression, self.work, found)]

    def compare(
        self, cell: Cell, expression: Expr, relation: str, constants: dict[Symbol, Expr] | None = None
    ) -> list[Outcome]:
        """The outcome on a cell where the sum has no choices left."""
        true, claimed = self.true(cell), monomials_of(expression, self.resources)
        if not true:
            return [Outcome(cell=cell, status=UNDECIDED, note=WALL)]
        if self.statement is not None and self.statement.soft:
            true, claimed = ([one.without_logs for one in some] for some in (true, claimed))
        strictly = relation in (BELOW, ABOVE)

        left_open: list[Monomial] = []

        def beyond(some: list[Monomial], others: list[Monomial]) -> Iterator[Monomial]:
            for one in some:
                try:
                    if not self.is_below(cell, one, others, strictly=strictly):
                        yield one
                except LogarithmsError:
                    left_open.append(one)

        larger = [] if relation in (UPPER, BELOW) else list(beyond(claimed, true))
        lacking = [] if relation in (LOWER, ABOVE) else list(beyond(true, claimed))
        if not larger and not lacking:
            with suppress(LogarithmsError):
                if not left_open:
                    return [self.constants(cell, claimed, true, constants or {})]
            return [Outcome(cell=cell, status=UNDECIDED, note=LogarithmsError.reason)]
        words = f"{SOMEWHERE}: " + " and ".join(
            f"{text(self.sum_of(some))} {kind}"
            for some, kind in (
                (larger, "is too large"),
                (lacking, "is as large" if strictly else "is lacking"),
            )
            if some
        )
        sides = {"claimed": self.sum_of(claimed), "correct": self.sum_of(true)}
        return [Outcome(cell=cell, status=FAILS, note=words, **sides)]

    def constants(
        self, cell: Cell, claimed: list[Monomial], true: list[Monomial], written: dict[Symbol, Expr]
    ) -> Outcome:
        """The constants of the monomials that lead on some path, where the statement has any."""
        found = Outcome(cell=cell, status=HOLDS)
        if self.statement is None or self.statement.relation not in (EQUAL, STATED) or self.statement.soft:
            return found
        for one in true:
            if self.is_below(cell, one, [other for other in true if other is not one]):
                continue
            same = [x for x in claimed if self._ties(cell, x, one)]
            ours = Add(*(x.coefficient.xreplace(written) for x in same))
            monomial = one.written(self.resources)
            if self.statement.relation == STATED and (least := self._powers_of_share(ours)) is not None:
                right = _least_power(one.coefficient, self.share)
                if least in (1, right):
                    continue
                ends = {"claimed": least * monomial, "correct": right * monomial}
                return replace(found, status=FAILS, note=f"the power of {self.share}", **ends)
            scales = self._scales(cell, (*true, *claimed))
            if self.statement.relation == STATED and ours.xreplace(dict.fromkeys(scales, Integer(1))) == 1:
                left = ratio_form(ours, one.coefficient) if ours != 1 and not one.coefficient.has(oo) else {}
                if not any(base.free_symbols & scales for base in left):
                    continue
            if one.coefficient.has(oo):
                return replace(found, status=UNDECIDED, note=f"the constant of {text(monomial)} is not known")
            sides = replace(found, claimed=ours * monomial, correct=one.coefficient * monomial)
            try:
                judged = equal(sides, ours, one.coefficient, self.statement, self.parameters, self.work)
            except UnableError as error:  # on a line where a constant is infinite
                return replace(found, status=UNDECIDED, note=str(error))
            if judged.status != HOLDS:
                return judged
            found = replace(found, note=judged.note)
        return found

    def _scales(self, cell: Cell, monomials: Iterable[Monomial]) -> set[Symbol]:
        """Parameters that stand in no exponent, as sigma: they scale terms."""
        powers = (power for one in monomials for power in one.powers)
        deciding = (x.free_symbols for x in (*powers, *cell.base.constraints))
        return set(self.parameters).difference(*deciding)

    def _powers_of_share(self, constant: Expr) -> Expr | None:
        """The least power of the share in a sum of such powers without constants; None for others."""
        if self.share is None or not constant.has(self.share):
            return None
        parts = Add.make_args(constant.expand())
        bases = {base for part in parts for base in part.as_powers_dict()}
        return _least_power(constant, self.share) if bases <= {self.share, Integer(1)} else None

    @staticmethod
    def _ties(cell: Cell, one: Monomial, other: Monomial) -> bool:
        pairs = zip((*one.powers, *one.logs), (*other.powers, *other.logs), strict=True)
        return all(sign_on(cell, normal(x - y)) == 0 for x, y in pairs)


def _least_power(coefficient: Expr, share: Symbol) -> Expr:
    """The smallest power of ``share`` in a polynomial of it."""
    parts = Add.make_args(coefficient.expand())
    return share ** min(term.as_coeff_exponent(share)[1] for term in parts)


def sign_on(cell: Cell, expression: Expr) -> int:
    sign = cell.sign(expression)
    if sign is None:
        raise _Undecided(expression)
    return sign
