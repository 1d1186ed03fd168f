"""What a student is: two functions of one variable, and the map from the ridge kappa to that variable.

A linear student ``f = N^(-1/2) w . A psi`` enters every loss through its population ridge problem,

    J(zeta) = min_w { test loss + zeta |w|^2 },      df(zeta) = tr K (K + zeta)^-1,

K its kernel. For a projection A that is free of the eigenvalues, ``J = Xi(kappa)`` and ``df = df1(kappa)``
(`model.sums`), and only ``zeta(kappa)`` is the student's own. With N = oo all of them are the kernel itself,
``zeta = kappa``.

    Student                 the protocol: one subclass a student, a frozen dataclass
    STUDENTS, student       the classes that are known, and the decorator that adds one
    Resolved, Share         how many modes are resolved, and what is random in the features there
    check_student(value)    a student, or one clear line
    content_of_student, student_of    as text, and back
    sizes_of(values, name)  widths: positive numbers, or positive multiples of N
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar, TypeVar

from sympy import Expr, Integer, Min, Symbol, oo, simplify

from asymptotics.errors import DomainError, Fielded, UnableError, call_of, shown
from asymptotics.model.operators import AtRidge
from asymptotics.model.sums import Xi, df1, df2
from asymptotics.parsing.expressions import parse
from asymptotics.parsing.numbers import exact, items_of
from asymptotics.registry import Registry
from asymptotics.symbols import N, kappa
from asymptotics.tasks.task import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """``kappa ~ scale P^-ridge``, ``df1 ~ count P^modes``, ``df1 - df2 ~ spread df1`` and ``N = P^size``."""

    scale: Expr
    ridge: Expr
    count: Expr
    modes: Expr
    spread: Expr
    size: Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """``coefficient log(P)^log_power P^-order`` where ``inside`` is positive (None: everywhere)."""

    coefficient: Expr
    order: Expr
    log_power: int = 0
    inside: Expr | None = None


class Student(metaclass=Fielded):
    """What is trained; subclasses are frozen dataclasses whose fields are the constants of the student.

    Attributes
    ----------
    title : the student in words. name : what the command line calls it. source : of its zeta(kappa).
    random : whether it is drawn, so that two of them differ.

    >>> from asymptotics import GaussianFeatures
    >>> from asymptotics.symbols import N, kappa
    >>> GaussianFeatures().zeta(kappa, Symbol("df_1"), N)
    kappa*(1 - df_1/N)
    """

    __slots__ = ()

    title: ClassVar[str]
    name: ClassVar[str]
    source: ClassVar[str] = ""
    random: ClassVar[bool] = True

    @abstractmethod
    def zeta(self, kappa: Expr, modes: Expr, size: Expr = N) -> Expr:
        """``zeta`` at a ridge kappa with ``df1(kappa) = modes``; ``size`` is N, which may be oo."""

    def objective(self, kappa: Expr, size: Expr = N) -> Expr:
        """``J(zeta(kappa))`` in named sums: Xi(kappa) for a projection free of the eigenvalues."""
        return Xi(kappa)

    def degrees(self, kappa: Expr, size: Expr = N) -> Expr:
        """``df(zeta(kappa))`` in named sums: df1(kappa) for a projection free of the eigenvalues."""
        return df1(kappa)

    def for_trace(self, trace: Expr) -> Student:
        """The student on a kernel with ``sum m_k lambda_k = trace``, on which its constants may depend."""
        return self

    def on_task(self, task: Task) -> tuple[Task, Student]:
        """The eigenvalues that are trained at N = oo, and the student on them."""
        return task, self

    def own_modes(self, task: Task) -> Task:
        """The task with as many modes as the student has; those of the task where it asks for no number."""
        return task

    def at(self, values: Mapping[Symbol, Expr]) -> Student:
        """The student with numbers for the parameters of a task on which its constants depend."""
        table, names = dict(values), getattr(self, "__dataclass_fields__", ())
        parts = {name: getattr(self, name) for name in names}
        changed = {name: _with_numbers(part, table) for name, part in parts.items()}
        return self if changed == parts else replace(self, **changed)  # type: ignore[type-var]

    def letters(self) -> frozenset[Symbol]:
        """The letters in its constants, for which a model needs numbers."""
        values = (getattr(self, name) for name in getattr(self, "__dataclass_fields__", ()))
        parts = (part for x in values for part in (x if isinstance(x, tuple) else (x,)))
        return frozenset().union(*(part.free_symbols for part in parts if isinstance(part, Expr)))

    def layers(self, size: Expr = N) -> tuple[Expr, ...]:
        """The sizes of its layers of features, first to last; of one layer by default, N itself."""
        return (size,)

    # --- what its laws are made of ---------------------------------------------------------------------

    def at_end(self, function: Expr) -> Expr:
        """A function of kappa at t = P = oo, where ``zeta = 0``: as many modes are resolved as the rank."""
        return AtRidge(function, kappa, Min(*self.layers()))

    def slopes(self) -> tuple[Expr, Expr]:
        """``c_1, c_2`` of ``zeta/kappa = 1 + c_1 (df1/N) + c_2 (df1/N)^2 + ...``."""
        share = Symbol("y")
        factor = self.zeta(Integer(1), share * N)
        first, second = (simplify(factor.diff(share, n).subs(share, 0)) / n for n in (1, 2))
        return first, second

    def white_noise(self) -> Expr:
        """``N epsilon`` where the kernel has a white part, ``J = Xi(kappa(zeta + epsilon))``; else 0."""
        return Integer(0)

    def far_below(self, modes: Expr, size: Expr) -> tuple[Expr, Expr]:
        """``zeta/kappa ~ factor df1^-power`` for ``df1 ~ P^modes`` far below ``N = P^size``; by default 1."""
        return Integer(1), Integer(0)

    def shares(self, at: Resolved) -> tuple[Share, ...]:
        """``1 - dlog kappa/dlog zeta`` where far less than N modes are resolved, to leading order, in pieces.

        What is random in the features counts by it: ``-c_1 (df1 - df2)/N`` by `slopes`, and what a white
        part adds, ``white/(kappa N)``, which is larger. Raises `UnableError` where that is not known.
        """
        (first, _), white = self.slopes(), self.white_noise()
        if white != 0:
            return (Share(coefficient=white / at.scale, order=at.size - at.ridge),)
        if first == 0 or first.has(N):
            raise UnableError(f"what N and P do is not derived for {self}; give sizes in multiples of N")
        return (Share(coefficient=-first * at.spread * at.count, order=at.size - at.modes),)

    def spread(self) -> Expr:
        """``lim N (1 - dlog kappa/dlog zeta)``, N -> oo: ``-c_1 (df1 - df2) + white/kappa`` by `slopes`."""
        first, _ = self.slopes()
        return -first * (df1(kappa) - df2(kappa)) + self.white_noise() / kappa

    def share_of(self, size: Expr) -> Expr:
        """``1 - dlog kappa/dlog zeta`` to its leading order for ``size`` features, many more than modes."""
        return self.spread() / size

    def features_for(self, weight: Expr) -> Expr:
        """N at which ``1 - dlog kappa/dlog zeta`` is 1/weight, to its leading order for many features."""
        return self.spread() * weight

    def check_size(self, size: Expr) -> None:
        """Raise `DomainError` where the student cannot have this N (a number or oo)."""
        return None


STUDENTS: Registry[type[Student]] = Registry(())
"""The students by their names: those of this folder, and what is registered from elsewhere."""

_Kind = TypeVar("_Kind", bound=type[Student])


def student(kind: _Kind) -> _Kind:
    """A decorator that registers a student among the `STUDENTS`."""
    STUDENTS.register(kind)
    return kind


def check_student(value: object) -> Student:
    """The student itself; raises `DomainError` for what is none.

    >>> check_student("deep")
    Traceback (most recent call last):
        ...
    asymptotics.errors.DomainError: student = 'deep'; give DeepRandomFeatures(...)
    """
    if isinstance(value, Student):
        return value
    if isinstance(value, type) and issubclass(value, Student):
        raise DomainError(f"student = {value.__name__} is a class; call it, {call_of(value)}")
    known = STUDENTS.get(value) if isinstance(value, str) else None
    names = ", ".join(f"{kind.__name__}(...)" for kind in (STUDENTS.values() if known is None else (known,)))
    raise DomainError(f"student = {shown(value)}; give {names}")


def content_of_student(one: Student) -> dict[str, object]:
    """The student as text for JSON; `student_of` reads it. Raises `UnableError` for functions.

    >>> from asymptotics import DeepRandomFeatures
    >>> content_of_student(DeepRandomFeatures(widths=(N, 2*N)))
    {'name': 'deep', 'widths': ['N', '2*N']}
    """
    found: dict[str, object] = {"name": one.name}
    for part in fields(one):  # type: ignore[arg-type]
        value = getattr(one, part.name)
        if callable(value):
            raise UnableError(
                f"{part.name} = {shown(value)} is a function; its student cannot be written down"
            )
        if value is not None:
            found[part.name] = [str(x) for x in value] if isinstance(value, tuple) else str(value)
    return found


def student_of(content: Mapping[str, Any]) -> Student:
    """The student that `content_of_student` wrote; raises `DomainError` for a name that is not known."""
    parts = dict(content)
    name = parts.pop("name", None)
    if name not in STUDENTS:
        raise DomainError(f"student = {shown(name)}; use one of {', '.join(STUDENTS)}")
    return STUDENTS[name](
        **{key: [parse(x) for x in v] if isinstance(v, list) else v for key, v in parts.items()}
    )


def size_of(value: object, name: str) -> Expr:
    """A size, a number >= 1 or a positive multiple of N (or of another letter); raises `DomainError`.

    >>> size_of(100, "modes"), size_of("2*N", "modes")
    (100, 2*N)
    """
    found = exact(value, name)
    at_least_one = not found.is_number or (found.is_extended_real and found >= 1)
    if not found.is_extended_positive or not at_least_one:
        raise DomainError(f"{name} = {shown(value)}; give a number >= 1, or a multiple of N in a law")
    return found


def sizes_of(values: object, name: str) -> tuple[Expr, ...]:
    """One size or more, in a sequence."""
    found = tuple(size_of(value, f"{name}[{i}]") for i, value in enumerate(items_of(values, name, "sizes")))
    if not found:
        raise DomainError(f"{name} = (); give the size of one layer or more, such as {name}=(200, 100)")
    return found


def share(modes: Expr, size: Expr) -> Expr:
    """``1 - df1/size``, 1 for an infinite size."""
    return Integer(1) if size == oo else 1 - modes / size


def _with_numbers(part: Any, table: Mapping[Symbol, Expr]) -> Any:
    """A field of a student with numbers for symbols in it."""
    if isinstance(part, tuple):
        return tuple(_with_numbers(one, table) for one in part)
    return part.xreplace(table) if isinstance(part, Expr) else part


def at_size(expression: Expr, size: Expr) -> Expr:
    """An expression in N at a value of N."""
    letter: Symbol = N
    return expression if size == letter else expression.subs(letter, size)
