"""One phase of an allocation, as data: where it holds, its exponents, what balances, its constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from sympy import Expr, Symbol, log, true
from sympy.logic.boolalg import Boolean

from asymptotics.allocation import latex as typeset
from asymptotics.display import text
from asymptotics.domains.domain import Domain, conjuncts, plain
from asymptotics.notation import notation as named
from asymptotics.notation import restate
from asymptotics.symbols import C
from asymptotics.typesetting import Typeset

Key: TypeAlias = Symbol | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase(Typeset):
    """``x ~ C^exponents[x] log(C)^logs[x]`` and ``L ~ C^-exponents["loss"] log(C)^logs["loss"]``, C -> oo.

    Attributes
    ----------
    condition : where it holds, inequalities in the task's symbols (an equation on a boundary).
    powers, log_powers : pairs behind `exponents` and `logs`, resources first, then "loss".
    balance : the monomials that decide, each a fixed share of the loss at the optimum.
    shares : those shares; they sum to 1.
    prefactors_known : pairs behind `prefactors`, where they have a closed form; else None. That of a share h
        that falls is of steps that are small, over the largest one, which is called eta where b > 1.
    crossover : N or P if the optimum lies on the crossover ``t ~ size^(1/r)``, where the constants come
        from the scaling function (``numerics.optima.constants.constants``); else None.
    approach : finite budgets approach the law as ``1 + O(C^-approach)``, up to a logarithm where two
        corrections meet; 0 if the law itself has a logarithm, None if unknown.
    unique : whether no other split is as good, up to constants; if not, this one spends least on E, B, P, t.
    ranges : then, for each resource whose amount may be another, the least and the largest power of C.
    log_ranges : the powers of log C at these ends.
    domain : the condition together with those of the task.
    """

    condition: Boolean
    powers: tuple[tuple[Key, Expr], ...]
    log_powers: tuple[tuple[Key, Expr], ...]
    balance: tuple[Expr, ...]
    shares: tuple[Expr, ...]
    prefactors_known: tuple[tuple[Key, Expr], ...] | None
    crossover: Symbol | None
    approach: Expr | None
    unique: bool
    domain: Domain
    ranges: tuple[tuple[Symbol, Expr, Expr], ...] = ()
    log_ranges: tuple[tuple[Symbol, Expr, Expr], ...] = ()

    @property
    def exponents(self) -> dict[Key, Expr]:
        """Powers of C: of each resource, and under "loss" l in ``L ~ C^-l``."""
        return dict(self.powers)

    @property
    def logs(self) -> dict[Key, Expr]:
        """Powers of log C, of each resource and of the loss; all 0 but on boundaries where exponents meet."""
        return dict(self.log_powers)

    @property
    def prefactors(self) -> dict[Key, Expr] | None:
        """Constants of each resource and of the loss, if they have a closed form."""
        return None if self.prefactors_known is None else dict(self.prefactors_known)

    @property
    def row(self) -> typeset.Row:
        """What a table shows of it."""
        return typeset.Row(self.condition, self.powers, self.log_powers, self.ranges, self.log_ranges)

    @property
    def is_boundary(self) -> bool:
        """Whether the phase is a line between others, not an open set."""
        return any(part.is_Relational and part.rel_op == "==" for part in conjuncts(self.condition))

    def __repr__(self) -> str:
        parts = []
        for key, power in self.powers:
            name, rate = ("L", -power) if key == "loss" else (key, power)
            if (ends := self.row.ends(key)) is not None:
                low, high = (text(C**power * log(C) ** logarithm) for power, logarithm in ends)
                parts.append(f"{name} from {low} to {high}")
            else:
                parts.append(f"{name} ~ {text(C**rate * log(C) ** self.logs[key])}")
        where = "" if self.condition == true else f", for {plain(self.condition)}"
        return f"{', '.join(parts)} ({' ~ '.join(map(text, self.balance))}){where}"

    def to_latex(self, notation: str | None = None) -> str:
        """The exponents with their condition in LaTeX, in the letters of ``notation``.

        >>> from asymptotics import compute_optimal, derive, power_law
        >>> from asymptotics.symbols import N, a, b, t
        >>> first, _ = compute_optimal(derive(power_law(a, b)), N*t).phases
        >>> first.to_latex(notation="2405.00592").split("quad ")[1]
        '\\\\text{for } r < \\\\frac{1}{2}'
        """
        (shown,) = (self,) if notation is None else restate((self,), notation)
        return typeset.phase(shown.row, named(notation))
