"""Expansions that remember the function they expand, and how they were found.

While a derivation is written, the formula of a quantity runs on `TracedExpansion` values. Each carries its
``exact`` function as a SymPy expression and the ``events`` that led to it, so that the derivation is what
the engine did, for every quantity that is made of the engine's operations.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields, replace

from sympy import Derivative, Dummy, Expr, Function, Integer, Symbol
from sympy.core.function import AppliedUndef

from asymptotics.expansions.expansion import Expansion
from asymptotics.expansions.reversion import revert
from asymptotics.expansions.terms import Bound, Term
from asymptotics.model.operators import InverseLaplace
from asymptotics.spectra.family import SpectralSeries
from asymptotics.transforms.observer import OverlapOrigin, SumOrigin


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedSeries(SpectralSeries):
    """A spectrum whose expansions are traced; unequal to the plain one, so that caches keep them apart."""

    run: Dummy


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SumFound:
    """A spectral sum and its expansion.

    ``head`` is the named function and ``meaning`` its sum over modes; the engine's own sum over its kernel is
    ``factor * head = kernel_sum`` (None where the kernel is known by its transform alone).
    """

    head: AppliedUndef
    meaning: Expr
    factor: Expr
    kernel_sum: Expr | None
    weights: Expr
    eigenvalues: Expr
    words: str
    original: Expr | None  # the function of time x whose Laplace transform it is
    origin: SumOrigin
    found: Expansion


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Composed:
    """A function put together from others: ``head = meaning``, and its expansion."""

    head: AppliedUndef
    meaning: Expr
    found: Expansion


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reverted:
    """``equation(variable) = size`` solved for the variable: the ``root`` and its expansion."""

    equation: Expr
    variable: Symbol
    size: Symbol
    root: AppliedUndef
    found: Expansion


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Substituted:
    """``exact``, a function at a root, and its expansion in the size."""

    exact: Expr
    found: Expansion


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Inverted:
    """The inverse Laplace transform of ``transform`` in ``variable``, a function of ``time``."""

    transform: Expr
    variable: Symbol
    time: Symbol
    before: Expansion
    found: Expansion


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OverlapFound:
    """An overlap of two functions of time, named ``head``, and its expansion.

    ``first`` and ``second`` are what the overlap is taken of, as functions of their variables.
    """

    head: AppliedUndef
    meaning: Expr
    first: Expr
    second: Expr
    origin: OverlapOrigin
    found: Expansion


Event = SumFound | Composed | Reverted | Substituted | Inverted | OverlapFound


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedExpansion(Expansion):
    """An expansion of ``exact``; every operation of `Expansion` acts on both.

    An operation that says nothing of the exact function gives a plain `Expansion`: the trace ends there.
    """

    exact: Expr = Integer(0)
    events: tuple[Event, ...] = ()
    beyond: tuple[Bound, ...] = ()  # orders from which on the exact function is not the quantity asked for

    def plain(self) -> Expansion:
        """The same without the trace."""
        return Expansion(**{f.name: getattr(self, f.name) for f in fields(Expansion)})

    def follow(
        self, found: Expansion, exact: Expr, *others: object, extra: Iterable[Event] = ()
    ) -> Expansion:
        """``found`` as the expansion of ``exact``, with all that led to it."""
        events = [*self.events]
        for other in others:
            if isinstance(other, TracedExpansion):
                events += other.events
        return with_trace(found, exact, (*events, *extra))

    def constant(self, value: Expr) -> Expansion:
        return with_trace(self.plain().constant(value), value)

    def monomial(self, coefficient: Expr, exponent: Expr) -> Expansion:
        return with_trace(self.plain().monomial(coefficient, exponent), coefficient * self.variable**exponent)

    def with_terms(self, terms: Iterable[Term], remainder: Iterable[Bound] = ()) -> Expansion:
        terms, remainder = tuple(terms), tuple(remainder)
        found = self.plain().with_terms(terms, remainder)
        # the same terms with a weaker remainder expand the same function
        if terms != self.terms or not set(self.remainder) <= set(remainder):
            return found
        beyond = tuple(b for b in remainder if b not in self.remainder)
        return replace(with_trace(found, self.exact, self.events), beyond=beyond)

    def within(self, domain: object) -> Expansion:
        return self.follow(self.plain().within(domain), self.exact)  # type: ignore[arg-type]

    def scale(self, factor: Expr) -> Expansion:
        return self.follow(self.plain().scale(factor), factor * self.exact)

    def __neg__(self) -> Expansion:
        return self.scale(Integer(-1))

    def __add__(self, other: Expansion | Expr | int) -> Expansion:
        other = self._lift(other)
        found = self.plain() + without_trace(other)
        return self.follow(found, self.exact + exact_of(other), other) if is_known(other) else found

    __radd__ = __add__

    def __mul__(self, other: Expansion | Expr | int) -> Expansion:
        other = self._lift(other)
        found = self.plain() * without_trace(other)
        return self.follow(found, self.exact * exact_of(other), other) if is_known(other) else found

    __rmul__ = __mul__

    def power(self, exponent: Expr | int) -> Expansion:
        return self.follow(self.plain().power(exponent), self.exact**exponent)

    def differentiate(self) -> Expansion:
        closed = not self.exact.has(AppliedUndef)
        exact = Derivative(self.exact, self.variable, evaluate=closed)
        return self.follow(self.plain().differentiate(), exact)

    def compose(self, inner: Expansion) -> Expansion:
        found = self.plain().compose(without_trace(inner))
        if not is_known(inner):
            return found
        return self.follow(found, self.exact.subs(self.variable, exact_of(inner)), inner)

    def standing_for(self, gauge: Expr, envelope: Expr = Integer(1)) -> Expansion:
        found = self.plain().standing_for(gauge, envelope)
        return self.follow(found, envelope * self.exact.xreplace({self.variable: gauge}))

    def substitute_monomial(
        self, base: Expr, exponent: Expr, variable: Symbol, *, share: Expr = Integer(1)
    ) -> Expansion:
        found = self.plain().substitute_monomial(base, exponent, variable, share=share)
        return self.follow(found, self.exact.xreplace({self.variable: base**share * variable**exponent}))

    def inverse_laplace(self, variable: Symbol) -> Expansion:
        found = self.plain().inverse_laplace(variable)
        head, extra = name_function(self)
        exact = InverseLaplace(head, self.variable, variable)
        event = Inverted(
            transform=head, variable=self.variable, time=variable, before=self.plain(), found=found
        )
        return self.follow(found, exact, extra=[*extra, event])


@revert.register(TracedExpansion)
def _revert_and_tell(
    series: TracedExpansion, variable: Symbol, function: Expansion | None = None
) -> Expansion:
    root = Function(series.variable.name, positive=True)(variable)
    solved = revert(series.plain(), variable)
    event = Reverted(equation=series.exact, variable=series.variable, size=variable, root=root, found=solved)
    if function is None:
        return series.follow(solved, root, extra=[event])
    found = revert(series.plain(), variable, without_trace(function))
    if not is_known(function):
        return found
    head, extra = name_function(function)
    exact = head.xreplace({series.variable: root})
    substituted = Substituted(exact=exact, found=found)
    return series.follow(found, exact, function, extra=[*extra, event, substituted])


def with_trace(found: Expansion, exact: Expr, events: Iterable[Event] = ()) -> TracedExpansion:
    """An expansion with its exact function and each event once."""
    values = {f.name: getattr(found, f.name) for f in fields(Expansion)}
    return TracedExpansion(**values, exact=exact, events=tuple(dict.fromkeys(events)))


def is_known(series: Expansion) -> bool:
    """Whether the exact function is known: it is traced, or it has no remainder."""
    return isinstance(series, TracedExpansion) or not series.remainder


def without_trace(series: Expansion) -> Expansion:
    """The expansion without a trace."""
    return series.plain() if isinstance(series, TracedExpansion) else series


def exact_of(series: Expansion) -> Expr:
    """The exact function of an expansion that is `known`."""
    return series.exact if isinstance(series, TracedExpansion) else series.as_expr()


_LETTERS: ContextVar[dict[Expr, AppliedUndef] | None] = ContextVar("letters", default=None)


@contextmanager
def naming() -> Iterator[None]:
    """Within the block each composite function has one name, and each name one function."""
    token = _LETTERS.set({})
    try:
        yield
    finally:
        _LETTERS.reset(token)


def head_of(meaning: Expr, variable: Symbol, letters: str) -> AppliedUndef:
    """The name of a composite function: the next of ``letters`` that has none yet."""
    known_heads = _LETTERS.get()
    table = {} if known_heads is None else known_heads
    if meaning not in table:
        taken = {str(head.func) for head in table.values()}
        names = (c + ("" if n == 0 else f"_{n}") for n in range(len(table) + 1) for c in letters)
        table[meaning] = Function(next(name for name in names if name not in taken))(variable)
    return table[meaning]


def name_function(series: Expansion) -> tuple[Expr, list[Event]]:
    """A short name ``h(x)`` for a composite function, with the event that says so; atoms keep their own."""
    exact = exact_of(series)
    if isinstance(exact, AppliedUndef) or exact.is_number:
        return exact, []
    head = head_of(exact, series.variable, "hgpqrw")
    return head, [Composed(head=head, meaning=exact, found=without_trace(series))]


__all__ = [
    "Composed",
    "Event",
    "Inverted",
    "OverlapFound",
    "Reverted",
    "Substituted",
    "SumFound",
    "TracedExpansion",
    "TracedSeries",
    "exact_of",
    "head_of",
    "is_known",
    "name_function",
    "naming",
    "with_trace",
    "without_trace",
]
