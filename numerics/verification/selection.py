"""Which laws of a task are meant, and which of the numbers given for several laws concern one.

select_laws(laws, names)              the laws called so, and the reasons of those that are not derived
select_values(values, mine, known)    the numbers for one law
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sympy import Expr, Symbol

from asymptotics.errors import UnableError
from asymptotics.laws.derive import Laws
from asymptotics.laws.law import Law


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The laws of a task that are derived, and for the others the reason in one line, by name."""

    laws: tuple[Law, ...]
    refused: tuple[tuple[str, str], ...] = ()


def select_laws(laws: Laws, names: Sequence[str]) -> Selection:
    """The laws called ``names``. Raises the reason itself if there is one name and it is refused.

    >>> from asymptotics import derive, power_law
    >>> [law.name for law in select_laws(derive(power_law(3, 2)), ["time", "data"]).laws]
    ['time', 'data']
    """
    found, refused = [], []
    for name in dict.fromkeys(names):
        try:
            found.append(getattr(laws, name))
        except UnableError as error:
            if len(names) == 1:
                raise
            refused.append((name, " ".join(str(error).split())))
    return Selection(laws=tuple(found), refused=tuple(refused))


def select_values(
    values: Mapping[Symbol, Expr], mine: Collection[Symbol], known: Collection[Symbol]
) -> dict[Symbol, Expr]:
    """The values of the symbols of a law, ``mine``; what no law has (``known``) stays, to be refused by name.

    >>> from asymptotics.symbols import a, b, t
    >>> select_values({a: 2, b: 3, t: 4}, mine=(a,), known=(a, b))
    {a: 2, t: 4}
    """
    return {symbol: value for symbol, value in values.items() if symbol in mine or symbol not in known}


__all__ = ["Selection", "select_laws", "select_values"]
