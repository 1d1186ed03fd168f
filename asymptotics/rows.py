"""Several results of one question, as a table without columns.

Rows              a tuple whose entries are shown a line each, with what their letters mean
conditions_tex    where one of them holds
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from sympy import true
from sympy.logic.boolalg import Boolean

from asymptotics.domains.domain import conjuncts
from asymptotics.lines import aligned
from asymptotics.typesetting import Typeset, tex

Entry = TypeVar("Entry", bound=Typeset)


def conditions_tex(condition: Boolean) -> str:
    r"""``,\quad \text{for } n < 1,\ ...``; nothing for a condition that always holds."""
    parts = r",\ ".join(tex(part) for part in conjuncts(condition))
    return "" if condition == true else rf",\quad \text{{for }} {parts}"


class Rows(Typeset, tuple[Entry, ...]):
    """Entries and, beneath them, what is ``told`` of their letters, as text and as a ``formula``.

    >>> from asymptotics import derive, ensembling, power_law
    >>> ensembling(derive(power_law(3, 2)))
    L(E models of size N)/L(E*N) -> E (width wins)
        E models are trained apart and averaged, beside one of size E*N; t = P = oo, N -> oo
    """

    told: str
    formula: str

    def __new__(cls, entries: Iterable[Entry] = (), told: str = "", formula: str = "") -> Rows[Entry]:
        """The entries in their order."""
        found = super().__new__(cls, tuple(entries))
        found.told, found.formula = told, formula
        return found

    def __repr__(self) -> str:
        return "\n".join([*map(repr, self), f"    {self.told}"]) if self else "()"

    def to_latex(self) -> str:
        """A line for each entry, and one for the letters."""
        return aligned(f"&{line}" for line in [*(entry.to_latex() for entry in self), self.formula])
