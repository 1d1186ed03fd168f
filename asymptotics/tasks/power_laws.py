"""Tasks of power laws, ``lambda_k = k^-b`` and ``c_k = k^-a``, in the letters of any paper.

power_law(a, b)    such a task; by capacity and source, or by two letters of a notation
"""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Expr, oo

from asymptotics.errors import DomainError, near, shown
from asymptotics.notation import NOTATIONS
from asymptotics.notation import notation as notation_of
from asymptotics.parsing.numbers import exact
from asymptotics.symbols import a as A
from asymptotics.symbols import b as B
from asymptotics.symbols import k
from asymptotics.tasks.task import Task

_NAMES = ("capacity", "source", "noise", "modes", "notation")
_PAIRS = ((False, False, True, True), (True, True, False, False))


def power_law(
    a: object = None,
    b: object = None,
    *,
    capacity: object = None,
    source: object = None,
    noise: object = 0,
    modes: object = oo,
    notation: str | float | None = None,
    **letters: object,
) -> Task:
    """Power-law features: ``lambda_k = k^-b``, ``c_k = k^-a`` (BAP, section 3).

    With ``modes="r*N"`` (or ``r*P``) modes are a multiple of the model (or of the data); b may then be <= 1.
    In the letters of arXiv 2409.17858 ``lambda_k = k^-alpha`` and ``c_k = k^-(1 + alpha beta)``: the
    capacity alpha = b, and the source beta = (a - 1)/b is the exponent of the loss in time. The same letters
    mean something else in other papers, so that ``notation`` says whose ``alpha=`` and ``beta=`` are. Raises
    `DomainError` unless one of the pairs is given, and for a capacity or source that is not positive.

    >>> from asymptotics.symbols import a, b
    >>> power_law(a, b)
    Task(eigenvalues=k**(-b), target=k**(-a))
    >>> power_law(capacity="alpha", source="beta")
    Task(eigenvalues=k**(-alpha), target=k**(-alpha*beta - 1))
    >>> power_law(alpha=0.7, beta="1/5", notation="2405.15074")
    Task(eigenvalues=k**(-7/5), target=k**(-9/5))
    """
    if letters or notation is not None:
        given = {"a": a, "b": b, "capacity": capacity, "source": source}
        letters |= {name: value for name, value in given.items() if value is not None}
        power, falling = _in_letters(notation, letters)
    elif (a is None, b is None, capacity is None, source is None) not in _PAIRS:
        raise DomainError(
            'a power law takes a and b, as power_law("a", "b"), or capacity= and source= (b and (a - 1)/b)'
        )
    elif capacity is None:
        falling, power = exact(b, "b"), exact(a, "a")
    else:
        falling = _positive("capacity", capacity, "the eigenvalues are k**-capacity")
        power = 1 + falling * _positive("source", source, "the loss falls as t**-source")
    return Task(k**-falling, k**-power, noise=exact(noise, "noise"), modes=exact(modes, "modes"))


def _in_letters(notation: str | float | None, letters: Mapping[str, object]) -> tuple[Expr, Expr]:
    """a and b of the two letters of a paper."""
    if notation is None:
        strange = [name for name in letters if name not in ("a", "b", "capacity", "source")]
        alike = [known for name in strange for known in near(name, _NAMES)]
        words = f"; near it: {', '.join(alike)}" if alike else ""
        papers = [name for name, one in NOTATIONS.items() if {s.name for s in one.symbols} == {*strange}]
        whose = f"; notation= says whose they are, {' or '.join(papers[:3])}" if papers else ""
        raise DomainError(
            f"power_law has no {', '.join(strange)}{words}; give a and b, or capacity= and source={whose}"
        )
    chosen = notation_of(notation)
    pair = chosen.symbols or (A, B)
    if {symbol.name for symbol in pair} != {*letters}:
        known = " and ".join(symbol.name for symbol in pair)
        if not chosen.symbols:
            raise DomainError(
                f"{chosen.source}: {', '.join(letters)} may be exponents of the loss that were measured; "
                "spectrum_from_exponents(model=..., time=...) has their a and b, data that are seen once "
                "being time; or give a and b"
            )
        raise DomainError(f"the letters of {chosen.name} are {known}; give both, and no others")
    numbers = {symbol: exact(letters[symbol.name], symbol.name) for symbol in pair}
    table = dict(chosen.table) or {A: A, B: B}
    return table[A].xreplace(numbers), table[B].xreplace(numbers)


def _positive(name: str, value: object, meaning: str) -> Expr:
    number = exact(value, name)
    if number.is_number and not (number.is_finite and number.is_positive):
        raise DomainError(f"{name} = {shown(value)}; {meaning}, so that it must be a number > 0")
    return number
