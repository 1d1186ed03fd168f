"""What a training rule is: its parameters, its clock, its symbol, its noise and its stability bound.

Every rule acts on the same error ``v = w* - N^(-1/2) A^T w`` with the same random curvature
``G = (A^T A/N)(Psi^T Psi/P)``; the half gradient is normalised so that gradient flow is ``dv/dt = -G v``
(arXiv 2402.01092, here BAP, equation 4). With ``z`` the variable of the Laplace transform in the rule's own
time t, where a rule that counts steps has ``e^z`` in the place of the generating function's 1/x, the
transform of the error is

    v(z) = g(z) s(z)/(s(z) + G) v(0),

s being the *symbol* of the rule and g the transform of 1. All that a rule changes in the laws of large times
is read off s and g at small z; the noise of batches adds a kernel.

A class leaves the parameters symbolic, an instance fixes them; what is said of a rule can be asked of both.

    TrainingRule                     the protocol: one subclass a rule, a frozen dataclass
    TRAINING_RULES, training_rule    the rules that are known, and the decorator that adds one
    rule_of_name(name)               the rule that the command line calls so
    check_rule(rule)                 a rule or its class, or one clear line
    numbers_of, open_parameters      the numbers that an instance fixes, the symbols that a class leaves open
    with_numbers(rule, numbers)      an instance
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, ClassVar, Protocol, TypeVar

from sympy import Expr, Integer, Rational, Symbol, exp, limit, nan, oo, zoo

from asymptotics.caches import cached
from asymptotics.errors import DomainError, Fielded, shown
from asymptotics.parsing.heights import to_power
from asymptotics.parsing.numbers import LARGEST, real_float
from asymptotics.registry import Registry


class Curvature(Protocol):
    """What stability depends on: the largest curvature, how many are above 0 (or oo), and the least -z from
    the largest on with ``-df1 <= most``."""

    @property
    def edge(self) -> float: ...

    @property
    def rank(self) -> float: ...

    def reach(self, most: float) -> float: ...


class TrainingRule(metaclass=Fielded):
    """What is iterated; subclasses are frozen dataclasses whose fields are the constants of the rule.

    Attributes
    ----------
    title : the rule in words. name : what the command line calls it.
    parameters : the symbols that its fields give numbers to, in their order.
    counts_steps : whether the clock t counts steps (else it is a continuous time t >= 0, dimensionless).
    fresh : whether each step draws samples that were never seen, so that P means nothing.
    resamples : whether each step draws a batch from the P samples, with replacement.
    remembers : whether steps on fresh batches carry a momentum, which is a moment of its own.
    law : the name of the law of its time-limited loss in `Laws`, "" for that of gradient flow.
    noise_law : the name of the law of what the noise of its batches adds, "" where nothing is added.
    label : the index of its loss in formulas. source : of its propagator.

    >>> from asymptotics import OnePassSGD
    >>> OnePassSGD.parameters, OnePassSGD.counts_steps
    ((eta, B), True)
    """

    __slots__ = ()

    title: ClassVar[str]
    name: ClassVar[str]
    parameters: ClassVar[tuple[Symbol, ...]] = ()
    counts_steps: ClassVar[bool] = False
    fresh: ClassVar[bool] = False
    resamples: ClassVar[bool] = False
    remembers: ClassVar[bool] = False
    law: ClassVar[str] = ""
    noise_law: ClassVar[str] = ""
    label: ClassVar[str] = ""
    source: ClassVar[str] = ""

    @property
    def scheduled(self) -> bool:
        """Whether a run is planned for its T steps, by schedules, so that its losses are those at its end."""
        return False

    @classmethod
    @abstractmethod
    def symbol(cls, z: Expr) -> Expr:
        """``s(z)``, which vanishes at z = 0: ``s(z) = -lambda`` is the rate at which a mode falls."""

    @classmethod
    def transform_of_one(cls, z: Expr) -> Expr:
        """``g(z)``: ``1/z``, or ``sum_n e^(-n z) = 1/(1 - e^-z)`` over steps n = 0, 1, ..."""
        return 1 / (1 - exp(-z)) if cls.counts_steps else 1 / z

    @classmethod
    @abstractmethod
    def propagator(cls, curvature: Expr, t: Expr) -> Expr:
        """What is left of an error of this curvature after the time t; 1 at t = 0."""

    @classmethod
    def place(cls, w: Expr) -> Expr:
        """The zeta at which a step multiplies the second moment of a mode of curvature ``-zeta`` by e^w."""
        return cls.symbol(w / 2)

    @classmethod
    def partner(cls, zeta: Expr) -> Expr:
        """The other such place, beyond the spectrum; oo where there is none."""
        return oo

    @classmethod
    def noise_kernel(cls, zeta: Expr, near: Expr, far: Expr) -> Expr:
        """``K``, by which the noise of the batches feeds itself: from df1 at zeta and at its partner."""
        return Integer(0)

    @classmethod
    def pace(cls) -> Expr:
        """``1/s'(0)``: how far gradient flow gets while the rule's clock advances by 1.

        >>> from asymptotics import GradientDescent
        >>> GradientDescent.pace()
        eta
        """
        return _slow_modes(cls)[0]

    @classmethod
    def correction(cls) -> tuple[Expr, Expr]:
        """(r, a): a mode is left with ``(1 + a lambda) e^(-pace t lambda (1 + r lambda))``, to first order.

        >>> from asymptotics import HeavyBall
        >>> HeavyBall.correction()
        (beta, beta)
        """
        return _slow_modes(cls)[1:]

    @classmethod
    def when(cls, flow: Expr) -> Expr:
        """The time at which slow modes are where gradient flow has them at the time ``flow``.

        >>> from asymptotics import GradientDescent
        >>> from asymptotics.symbols import t
        >>> GradientDescent.when(t)
        t/eta
        """
        return flow / cls.pace()

    @classmethod
    def of_flow(cls, power: Expr) -> tuple[Expr, Expr]:
        """(f, p): where gradient flow at P = oo has ``t^-power``, the rule has ``f t^-p`` on its own clock.

        >>> from asymptotics import GradientDescent
        >>> from asymptotics.symbols import a
        >>> GradientDescent.of_flow(a)
        (eta**(-a), a)
        """
        return to_power(cls.pace(), -power), power

    @classmethod
    def saturation(cls) -> Expr:
        """The s from which on ``lambda^s`` in the target does not speed up a mode: oo where it does."""
        return oo

    @classmethod
    def time_equation(cls) -> Expr | None:
        """The loss at N = P = oo where it is not one of slow modes that fall exponentially; else None."""
        return None

    def content(self) -> dict[str, Any]:
        """Its fields as JSON has them: numbers, and the text of schedules."""
        names = (field.name for field in fields(self))  # type: ignore[arg-type]
        found = {name: getattr(self, name) for name in names}
        return {name: getattr(value, "text", value) for name, value in found.items()}

    @classmethod
    def shares(cls) -> tuple[Symbol, ...]:
        """What may stand in the place of a step: its share of the largest stable one."""
        return ()

    def constants(self) -> dict[Symbol, Expr]:
        """The numbers of its fields, by their symbols; a float is the decimal that it prints."""
        names = zip(self.parameters, _names(type(self)), strict=True)
        return {symbol: Rational(repr(getattr(self, name))) for symbol, name in names}

    def settle(self, curvature: Callable[[], Curvature]) -> TrainingRule:
        """The rule with numbers for what depends on the curvature; itself where nothing does."""
        return self

    def check_stable(self, curvature: Curvature) -> None:
        """Raise `DomainError` where the rule diverges on this curvature."""
        return None


Rule = TrainingRule | type[TrainingRule]
"""A rule with numbers, or its class, which leaves them symbolic."""

TRAINING_RULES: Registry[type[TrainingRule]] = Registry(())
"""The rules by their names: those of this folder, and what is registered from elsewhere."""

_Kind = TypeVar("_Kind", bound=type[TrainingRule])


def training_rule(kind: _Kind) -> _Kind:
    """A decorator that registers a rule among the `TRAINING_RULES`."""
    TRAINING_RULES.register(kind)
    return kind


def rule_of_name(name: str) -> type[TrainingRule]:
    """The rule that the command line calls so, or by the name of its class; raises `DomainError`.

    >>> rule_of_name("sgd").title, rule_of_name("OnePassSGD").name
    ('one-pass SGD', 'sgd')
    """
    for kind in TRAINING_RULES.values():
        if name in (kind.name, kind.__name__):
            return kind
    raise DomainError(f"rule = {shown(name)}; use one of {', '.join(TRAINING_RULES)}")


def kind_of(rule: Rule) -> type[TrainingRule]:
    """The class of a rule, or the class that it is."""
    return rule if isinstance(rule, type) else type(rule)


def check_rule(rule: object, *, with_numbers: bool = False) -> None:
    """Raise `DomainError` for what is not a training rule; for a class, where one ``with_numbers`` is needed.

    >>> check_rule("sgd")
    Traceback (most recent call last):
        ...
    asymptotics.errors.DomainError: rule = 'sgd'; pass the class OnePassSGD, or OnePassSGD(eta=..., batch=...)
    """
    if isinstance(rule, type) and issubclass(rule, TrainingRule):
        if with_numbers:
            given = f" leaves {' and '.join(_names(rule))} open" if rule.parameters else " is a class"
            raise DomainError(f"rule = {rule.__name__}{given}; give {_call(rule)}")
        return
    if isinstance(rule, TrainingRule):
        return
    for meant in TRAINING_RULES.values():
        if isinstance(rule, str) and rule in (meant.name, meant.__name__):
            raise DomainError(f"rule = {shown(rule)}; pass the class {meant.__name__}, or {_call(meant)}")
    names = ", ".join(kind.__name__ for kind in TRAINING_RULES.values())
    raise DomainError(f"rule = {shown(rule)}; use {names}")


def _call(kind: type[TrainingRule]) -> str:
    return f"{kind.__name__}({', '.join(f'{name}=...' for name in _names(kind))})"


def _names(kind: type[TrainingRule]) -> tuple[str, ...]:
    """The fields that hold its parameters, which come first."""
    return tuple(field.name for field in fields(kind))[: len(kind.parameters)]  # type: ignore[arg-type]


def numbers_of(rule: Rule) -> dict[Symbol, Expr]:
    """The numbers that an instance fixes, by their symbols; a float is the decimal that it prints.

    >>> from asymptotics import OnePassSGD
    >>> numbers_of(OnePassSGD(eta=0.1, batch=8)), numbers_of(OnePassSGD)
    ({eta: 1/10, B: 8}, {})
    """
    return {} if isinstance(rule, type) else rule.constants()


def open_parameters(rule: Rule) -> tuple[Symbol, ...]:
    """The symbols that a class leaves open; none for an instance."""
    return rule.parameters if isinstance(rule, type) else ()


def with_numbers(rule: Rule, numbers: Mapping[Symbol, Expr]) -> TrainingRule:
    """The rule itself, or its class with numbers for all of its parameters."""
    if not isinstance(rule, type):
        return rule
    given = (numbers[symbol] for symbol in rule.parameters)
    return rule(**{n: int(x) if x.is_Integer else float(x) for n, x in zip(_names(rule), given, strict=True)})


@cached(maxsize=64)
def _slow_modes(rule: type[TrainingRule]) -> tuple[Expr, Expr, Expr]:
    """pace, r and a of `TrainingRule.correction`: the pole ``s(z) = -lambda`` and its residue, lambda -> 0.

    With ``s = s1 z + s2 z^2 + ...`` and ``g = 1/z + g0 + ...`` the pole is at
    ``z = -(lambda/s1)(1 + s2 lambda/s1^2 + ...)`` and its residue ``g s/s' = 1 + (g0 - s2/s1) z + ...``;
    ``1/g = z - g0 z^2 + ...`` is regular.
    """
    z = Symbol("z")
    s, g = rule.symbol(z), rule.transform_of_one(z)
    s1, s2 = (_at_zero(s.diff(z, n), z) / n for n in (1, 2))
    g0 = -_at_zero((1 / g).diff(z, 2), z) / 2
    return 1 / s1, s2 / s1**2, (s2 / s1 - g0) / s1


def _at_zero(function: Expr, z: Symbol) -> Expr:
    """The value at z = 0, a limit where a singularity is to be removed."""
    value = function.xreplace({z: Integer(0)})
    return limit(function, z, 0) if value.has(nan, zoo) else value


def positive_float(name: str, value: object) -> float:
    """``value`` as a float; raises `DomainError` unless it is a finite number > 0."""
    number = real_float(value, name, "give a finite number > 0")
    if not number > 0:
        raise DomainError(f"{name} = {shown(value)}; give a finite number > 0")
    if not 1 / LARGEST <= number <= LARGEST:
        raise DomainError(f"{name} = {shown(value)}; give a number between {1 / LARGEST:g} and {LARGEST:g}")
    return number


def check_step(eta: float, edge: float, bound: float = 2.0) -> None:
    """Raise `DomainError` for a step that overshoots: ``eta edge >= bound``."""
    if eta * edge >= bound:
        least = bound / edge
        raise DomainError(
            f"eta = {eta} is beyond stability: the largest curvature is {edge:.6g}; use eta < {least:.6g}"
        )
