"""What is proved of the phases of an optimum.

Proof    whether they overlap, and whether they cover the domain
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import true
from sympy.logic.boolalg import Boolean

from asymptotics.domains.domain import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What is proved of the phases: that no two overlap, and that their closures cover the task's domain.

    ``where`` is the part of it where the training rule has laws, which is what they cover.
    """

    disjoint: bool
    covering: bool
    where: Boolean = true

    def __str__(self) -> str:
        part = "" if self.where == true else f", where {plain(self.where)}"
        return f"disjoint: {_verdict(self.disjoint)}; covering: {_verdict(self.covering)}{part}"


def _verdict(proved: bool) -> str:
    return "proved" if proved else "not decided"
