"""Which laws of a task are meant, and which of the numbers given for several laws concern one.

select_laws(laws, names)              the laws called so, and the reasons of those that are not derived
select_values(values, mine, known)    the numbers for one law
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sympy import Expr, Symbol

from asymptotics.errors import BottleneckError, SpectrumError, UnableError
from asymptotics.laws.derive import Laws
from asymptotics.laws.law import Law
from numerics.progress import counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The laws of a task that are derived, and for the others the reason in one line, by name."""

    laws: tuple[Law, ...]
    refused: tuple[tuple[str, str], ...] = ()


def select_laws(laws: Laws, names: Sequence[str], values: Mapping[Symbol, Expr] | None = None) -> Selection:
    """The laws called ``names`` that are derived and hold at ``values``. Raises the reasons if none does.

    >>> from asymptotics import derive, power_law
    >>> [law.name for law in select_laws(derive(power_law(3, 2)), ["time", "data"]).laws]
    ['time', 'data']
    """
    found: list[Law] = []
    refused: dict[str, str] = {}
    kind: type[BottleneckError] = UnableError
    for name in counted(tuple(dict.fromkeys(names)), "laws derived"):
        try:
            law: Law = getattr(laws, name)
            law.at({symbol: value for symbol, value in (values or {}).items() if symbol in law.parameters})
            found.append(law)
        except (UnableError, SpectrumError) as error:
            kind, refused[name] = type(error), " ".join(str(error).split())
    if refused and not found:
        reasons: dict[str, list[str]] = {}
        for name, reason in refused.items():
            reasons.setdefault(reason, []).append(name)
        raise kind("; ".join(f"{', '.join(who)}: {reason}" for reason, who in reasons.items()))
    return Selection(laws=tuple(found), refused=tuple(refused.items()))


def select_values(
    values: Mapping[Symbol, Expr], mine: Collection[Symbol], known: Collection[Symbol]
) -> dict[Symbol, Expr]:
    """The values of the symbols of a law, ``mine``; what no law has (``known``) stays, to be refused by name.

    >>> from asymptotics.symbols import a, b, t
    >>> select_values({a: 2, b: 3, t: 4}, mine=(a,), known=(a, b))
    {a: 2, t: 4}
    """
    return {symbol: value for symbol, value in values.items() if symbol in mine or symbol not in known}
