"""What a schedule is: ``eta_n = eta f(n/T)`` for n = 0, ..., T - 1, with f >= 0 on [0, 1].

T is the number of steps that are planned, so that the loss at another T is that of another run. A schedule is
an expression in u = n/T; laws are read off it (`moments`), and numbers are its values.

    Schedule            the protocol: one frozen dataclass a schedule
    Shaped              one that is an expression in u
    SCHEDULES           those that have a name, and the decorator `schedule` that adds one
    as_schedule(value)  a schedule, its class, a callable, or text, as a schedule; else one clear line
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, replace
from typing import ClassVar, TypeVar

from sympy import Abs, Expr, Max, Min, Symbol, lambdify
from sympy.core.function import AppliedUndef

from asymptotics.caches import cached
from asymptotics.errors import BottleneckError, DomainError, Fielded, ParseError, UnableError, shown
from asymptotics.model.schedules import summits
from asymptotics.model.schedules.pieces import in_pieces, u
from asymptotics.parsing.numbers import exact, real_float
from asymptotics.registry import Registry

HIGHEST = 2.0**30
"""A peak that is higher than all samples by so much is one without end."""


class Schedule(metaclass=Fielded):
    """How large a step is, over the largest.

    Attributes
    ----------
    title : the schedule in words. name : what the command line calls it.

    >>> from asymptotics import Cosine
    >>> Cosine().expression, Cosine()(0.5)
    (cos(pi*u)/2 + 1/2, 0.5)
    """

    __slots__ = ()

    title: ClassVar[str]
    name: ClassVar[str] = ""
    by_model: ClassVar[bool] = False
    """Whether it is found by the model, and is at most 1."""

    @property
    @abstractmethod
    def expression(self) -> Expr:
        """f as an expression in u; raises `UnableError` for one that is known by its values alone."""

    @abstractmethod
    def __call__(self, share: float) -> float:
        """f at a share of the steps, a number from 0 to 1."""

    @property
    def pieces(self) -> tuple[summits.Piece, ...]:
        """Bounds of f on intervals; none where its values alone are known."""
        return ()

    def highest(self) -> float:
        """The u in [0, 1] of the largest f, narrow peaks included (`summits`)."""
        return _highest(self)

    def between(self, low: float, high: float) -> tuple[float, float]:
        """The least and the largest that f may be between two shares of the steps."""
        return summits.between(self, self.pieces, low, high)

    @property
    def text(self) -> str:
        """What `as_schedule` reads it back from."""
        return self.name if self.by_model else str(self.expression)

    @property
    def is_constant(self) -> bool:
        """Whether all steps are equal."""
        return False

    @property
    def open_parameters(self) -> tuple[Symbol, ...]:
        """The symbols in it that have no number."""
        return ()

    def at(self, values: Mapping[Symbol | str, object]) -> tuple[Schedule, dict[Symbol | str, object]]:
        """The schedule with the numbers among ``values`` that are its own, and those that are left.

        Raises `DomainError` where a symbol of it has none.

        >>> from asymptotics import Power
        >>> Power().at({"gamma": 2, "a": 3})
        (Power(gamma=2), {'a': 3})
        """
        return self, dict(values)

    def check(self) -> None:
        """Raise `DomainError` where f is negative or no number on [0, 1], or vanishes throughout."""
        if not self.open_parameters:
            _check_shape(self)


class Shaped(Schedule):
    """A schedule that is an expression in u: equal to any other of the same steps.

    >>> from asymptotics import Linear, Power
    >>> Linear() == Power(gamma=1)
    True
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Shaped) and self.expression == other.expression

    def __hash__(self) -> int:
        return hash(self.expression)

    def __call__(self, share: float) -> float:
        return _compiled(self.expression)(share)

    @property
    def pieces(self) -> tuple[summits.Piece, ...]:
        return summits.pieces_of(self.expression)

    def check(self) -> None:
        if not self.open_parameters:
            _check_once(self)

    @property
    def is_constant(self) -> bool:
        return not self.expression.has_free(u)

    def at(self, values: Mapping[Symbol | str, object]) -> tuple[Schedule, dict[Symbol | str, object]]:
        own = {symbol.name: symbol for symbol in self.open_parameters}
        table = {own[str(name)]: exact(x, str(name)) for name, x in values.items() if str(name) in own}
        if missing := [name for name, symbol in own.items() if symbol not in table]:
            raise DomainError(
                f"schedule = {self.text} leaves {missing[0]} open; give a number, {missing[0]}=2, or a "
                "schedule with numbers, such as '(1 - u)**2'"
            )
        parts = {f.name: getattr(self, f.name) for f in fields(self) if table}  # type: ignore[arg-type]
        changed = {name: part.xreplace(table) for name, part in parts.items() if isinstance(part, Expr)}
        left = {name: x for name, x in values.items() if str(name) not in own}
        return replace(self, **changed) if changed else self, left  # type: ignore[type-var]

    @property
    def open_parameters(self) -> tuple[Symbol, ...]:
        return tuple(sorted(self.expression.free_symbols - {u}, key=lambda s: s.name))


SCHEDULES: Registry[type[Schedule]] = Registry(())
"""The schedules by their names: those of this folder, and what is registered from elsewhere."""

_Kind = TypeVar("_Kind", bound=type[Schedule])


def schedule(kind: _Kind) -> _Kind:
    """A decorator that registers a schedule among the `SCHEDULES`."""
    SCHEDULES.register(kind)
    return kind


@dataclass(frozen=True, slots=True, eq=False)
class Formula(Shaped):
    """A schedule that was given as an expression in u, or as a callable that makes one of u."""

    shape: Expr

    title = "a schedule of its own"

    @property
    def expression(self) -> Expr:
        """As it was given."""
        return self.shape

    def __repr__(self) -> str:
        return f"Formula({self.shape})"


@dataclass(frozen=True, slots=True)
class Tabulated(Schedule):
    """A schedule that is known by its values alone: a callable that takes numbers."""

    function: Callable[[float], float]

    title = "a schedule of its own"

    @property
    def expression(self) -> Expr:
        raise UnableError(
            f"{shown(self.function)} takes numbers, not expressions: laws need a schedule as an expression "
            "in u, such as Formula(1 - u); models and simulations take it as it is"
        )

    def __call__(self, share: float) -> float:
        return float(self.function(share))


@cached(maxsize=64)
def _compiled(expression: Expr) -> Callable[[float], float]:
    function = lambdify(u, expression, modules="math")
    return lambda share: float(function(share))


def as_schedule(value: object) -> Schedule:
    """The schedule that is meant; raises `DomainError`.

    >>> as_schedule(lambda u: 1 - u**2), as_schedule("1 - u/2")
    (Formula(1 - u**2), Formula(1 - u/2))
    >>> as_schedule("cosine")
    Cosine()
    >>> as_schedule(lambda u: 0.5 - u)
    Traceback (most recent call last):
        ...
    asymptotics.errors.DomainError: schedule: f(0.500977) = -0.000976562; a step is never negative
    """
    found = _read(value)
    found.check()
    return found


def _read(value: object) -> Schedule:
    if isinstance(value, Schedule):
        return value
    if isinstance(value, type) and issubclass(value, Schedule):
        if needed := [f.name for f in fields(value) if f.default is MISSING]:  # type: ignore[arg-type]
            names = ", ".join(f"{name}=..." for name in needed)
            raise DomainError(f"schedule = {value.__name__} is a class; give {value.__name__}({names})")
        return value()
    if isinstance(value, str):
        if value in SCHEDULES:
            return _read(SCHEDULES[value])
        try:
            return _formula(exact(value, "schedule"), value)
        except ParseError:
            if not value.isidentifier():
                raise
            raise DomainError(
                f"schedule = {shown(value)}; use {', '.join(SCHEDULES)}, or a function of u on [0, 1]; "
                "of an average also Tail(fraction=...), Exponential(rate=...)"
            ) from None
    if isinstance(value, Expr):
        return _formula(exact(value, "schedule"), value)
    if callable(value):
        try:
            return _formula(exact(value(u), "schedule"), value)
        except BottleneckError:
            raise
        except (TypeError, ValueError, AttributeError, ArithmeticError, LookupError):
            return Tabulated(value)  # a function of numbers
    names = ", ".join(f"{kind.__name__}()" for kind in SCHEDULES.values())
    raise DomainError(f"schedule = {shown(value)}; use {names}, or a function of u on [0, 1]")


def _formula(expression: Expr, given: object) -> Schedule:
    plain = {s: u for s in expression.free_symbols if s.name == u.name}
    expression = expression.xreplace(plain)
    if unknown := expression.free_symbols - {u}:
        raise DomainError(
            f"schedule = {shown(given)}: {min(map(str, unknown))} is unknown; use u, from 0 to 1"
        )
    if expression.atoms(AppliedUndef):
        raise DomainError(
            f"schedule = {shown(given)} has a function without values; use known functions of u"
        )
    return Formula(in_pieces(expression) if expression.has(Min, Max, Abs) else expression)


@cached(maxsize=64)
def _highest(found: Schedule) -> float:
    return summits.highest(found, found.pieces)


@cached(maxsize=64)
def _check_once(found: Shaped) -> None:
    _check_shape(found)


def _check_shape(found: Schedule) -> None:
    most = 0.0
    for share in summits.GRID:
        try:
            height = found(share)
        except (ArithmeticError, ValueError, TypeError) as error:
            raise DomainError(
                f"schedule: f({share:.6g}) is not defined ({error}); give a number >= 0 all over [0, 1]"
            ) from None
        if not math.isfinite(height):
            raise DomainError(f"schedule: f({share:.6g}) = {height}; give a finite number all over [0, 1]")
        if height < 0:
            raise DomainError(f"schedule: f({share:.6g}) = {height:.6g}; a step is never negative")
        most = max(most, height)
    lowest = summits.lowest(found, found.pieces)
    if (least := found(lowest)) < 0:
        raise DomainError(f"schedule: f({lowest:.6g}) = {least:.6g}; a step is never negative")
    if (peak := found(highest := found.highest())) > HIGHEST * most:
        raise DomainError(f"schedule: f({highest:.6g}) = {peak:.6g}; give a finite number all over [0, 1]")
    if not most:
        raise DomainError("schedule: f = 0 all over [0, 1]; nothing would be learned")


def share_of(value: object, name: str, *, closed: bool = False) -> Expr:
    """``value`` as a share, between 0 and 1; 0 and 1 too where it is ``closed``; raises `DomainError`."""
    bound = "give a number from 0 to 1" if closed else "give a number above 0, at most 1"
    number = exact(value, name)
    if number.free_symbols:
        return number
    size = real_float(value, name, bound)
    if not (0 <= size <= 1 if closed else 0 < size <= 1):
        raise DomainError(f"{name} = {shown(value)}; {bound}")
    return number
