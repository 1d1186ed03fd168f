"""What the features do while the network learns: nothing, or they move (`numerics.model.rich`).

Lazy    they stay as they were drawn: random features
Rich    they move, with the richness gamma
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from sympy import Expr, Integer, Symbol

from asymptotics.domains.domain import normal
from asymptotics.errors import DomainError, Fielded, check_kind, shown
from asymptotics.parsing.numbers import exact
from asymptotics.symbols import N, gamma


@dataclass(frozen=True, slots=True)
class Lazy:
    """Features that stay as they were drawn."""

    title: ClassVar[str] = "frozen features"
    amount: ClassVar[Expr] = Integer(0)
    power: ClassVar[Expr] = Integer(0)
    gamma: ClassVar[Expr] = Integer(0)

    def at(self, numbers: Mapping[Symbol, Expr]) -> Lazy:
        return self


@dataclass(frozen=True, slots=True, init=False)
class Rich(metaclass=Fielded):
    """Features that move under gradient flow, with ``gamma = amount N^power``.

    gamma : a number > 0, the symbol `symbols.gamma`, or either times a power of N; dimensionless, in the
        units of `RichModel`, in which gamma = O(1) moves features at any width.

    Raises `DomainError` for anything else.

    >>> Rich(gamma=2), Rich(gamma="N**-(1/2)").power
    (Rich(gamma=2), -1/2)
    """

    amount: Expr
    power: Expr
    title: ClassVar[str] = "features that move"

    def __init__(self, gamma: object) -> None:
        amount, power = _split(exact(gamma, "gamma"))
        object.__setattr__(self, "amount", amount)
        object.__setattr__(self, "power", power)

    @property
    def gamma(self) -> Expr:
        return self.amount * N**self.power

    def at(self, numbers: Mapping[Symbol, Expr]) -> Rich:
        """The same at numbers for the task's parameters."""
        return Rich(self.amount * N ** self.power.xreplace(dict(numbers)))

    def __repr__(self) -> str:
        return f"Rich(gamma={self.gamma})"


Features = Lazy | Rich
LAZY = Lazy()


def check_features(features: object) -> None:
    """Raise `DomainError` for what is neither `Lazy` nor `Rich`.

    >>> check_features(1)
    Traceback (most recent call last):
        ...
    asymptotics.errors.DomainError: features = 1; pass Rich(gamma=...), or leave it out: they stay
    """
    check_kind(features, (Lazy, Rich), "features", "pass Rich(gamma=...), or leave it out: they stay")


def _split(value: Expr) -> tuple[Expr, Expr]:
    power = normal(N * value.diff(N) / value) if value.has(N) else Integer(0)
    amount = value.xreplace({N: Integer(1)})
    if power.has(N) or amount.free_symbols - {gamma} or not amount.is_positive or amount.is_infinite:
        raise DomainError(f"gamma = {shown(value)}; give a number > 0, or one times a power of N")
    return amount, power
