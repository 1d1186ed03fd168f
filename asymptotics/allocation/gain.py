"""Where one way of training gains on another: the exponents of two optima side by side.

Gain      the exponents of the loss in C where both optima have one phase
gains     those of an optimum over another, region by region
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import And, Expr, factor, true
from sympy.logic.boolalg import Boolean

from asymptotics.allocation.optimum import Optimum
from asymptotics.display import text
from asymptotics.domains.domain import POSITIVE, Domain, as_condition, normal, plain
from asymptotics.errors import DomainError, check_kind
from asymptotics.rows import Rows, conditions_tex
from asymptotics.symbols import C
from asymptotics.typesetting import Typeset, tex

TOLD = "the loss that a budget C buys, of the first way of training instead of the other; C -> oo"
FORMULA = r"L \text{ at the budget } C,\ C \to \infty"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain(Typeset):
    """``L ~ C^-exponent`` instead of ``C^-over``, where the condition holds; on lines logarithms differ.

    ``sign`` is that of the difference, None where it changes within the region.

    >>> from asymptotics import Rich, compute_optimal, derive, power_law
    >>> from asymptotics.symbols import N, a, b, t
    >>> laws = derive(power_law(a, b))
    >>> gain, _ = gains(compute_optimal(laws, N*t, features=Rich(1)), compute_optimal(laws, N*t))
    >>> gain.condition, gain.ratio
    (a - 1 < b, 2*(b + 1)/(a + b + 1))
    """

    condition: Boolean
    exponent: Expr
    over: Expr
    domain: Domain

    @property
    def difference(self) -> Expr:
        """What is gained in the exponent."""
        return factor(normal(self.exponent - self.over))

    @property
    def ratio(self) -> Expr:
        """The exponent over the other."""
        return factor(normal(self.exponent / self.over))

    @property
    def sign(self) -> int | None:
        """1 where there is a gain, 0 where there is none."""
        return 0 if self.difference == 0 else self.domain.sign(self.difference)

    def __repr__(self) -> str:
        rates = (text(C**-x) for x in (self.exponent, self.over))
        what = " instead of ".join(rates) if self.difference != 0 else f"{text(C**-self.over)} as before"
        return f"{what}, for {plain(self.condition)}" if self.condition != true else what

    def to_latex(self) -> str:
        """Both powers of the budget, and where they hold."""
        ours, theirs = (tex(C**-x) for x in (self.exponent, self.over))
        what = rf"{ours} \text{{ instead of }} {theirs}"
        return (what if self.difference != 0 else rf"{theirs} \text{{ as before}}") + conditions_tex(
            self.condition
        )


def gains(optimum: Optimum, over: Optimum) -> Rows[Gain]:
    """The exponents of two optima of one budget, wherever both have one phase; regions alike are one.

    Raises `DomainError` for optima of different tasks or costs.

    >>> from asymptotics import Rich, compute_optimal, derive, power_law
    >>> from asymptotics.symbols import N, a, b, t
    >>> laws = derive(power_law(a, b))
    >>> rich, lazy = (compute_optimal(laws, N*t, **x) for x in ({"features": Rich(1)}, {}))
    >>> for gain in gains(rich, lazy):
    ...     print(gain, gain.sign)
    C**(-2*(a - 1)/(a + b + 1)) instead of C**(-(a - 1)/(b + 1)), for a - 1 < b 1
    C**(-(a - 1)/a) as before, for a - 1 > b 0
    """
    for name, one in (("optimum", optimum), ("over", over)):
        check_kind(one, Optimum, name, "pass compute_optimal(laws, cost)")
    if optimum.cost != over.cost or optimum.laws.task != over.laws.task:
        raise DomainError(
            f"gains compare two ways of training for one task and cost; they are {optimum.laws.task!r} at "
            f"C = {optimum.cost} and {over.laws.task!r} at C = {over.cost}"
        )
    phases = (*optimum.phases, *over.phases)
    common = [c for c in phases[0].domain.constraints if all(c in p.domain.constraints for p in phases)]
    whole = POSITIVE.holding(*common)
    found: list[Gain] = []
    for ours in optimum.phases:
        for theirs in over.phases:
            both = ours.domain.holding(*theirs.domain.constraints)
            if both.is_empty() is True:
                continue
            own = whole.reduce(c for c in both.constraints if c not in common)
            found.append(
                Gain(
                    condition=And(*map(as_condition, own)),
                    exponent=ours.exponents["loss"],
                    over=theirs.exponents["loss"],
                    domain=both,
                )
            )
    return Rows(found, TOLD, FORMULA)
