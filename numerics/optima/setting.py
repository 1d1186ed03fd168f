"""An optimum with numbers for everything: what it costs, and how a budget is split at a place.

Split      amounts of the resources and the loss at one budget; or, for a law, their constants
TooCoarse  raised where whole sizes lie far apart
Setting    the optimum, its phase, the numbers, and its cost as ``log t`` and ``log N``
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import mpmath
from sympy import Expr, Symbol, oo

from asymptotics.allocation.optimum import Optimum
from asymptotics.allocation.phase import Key, Phase
from asymptotics.caches import Memory
from asymptotics.errors import DomainError, PrecisionError, UnableError, check_kind
from asymptotics.hints import name_numbers
from asymptotics.laws.joint import JointLaw
from asymptotics.model.rules.base import (
    Rule,
    TrainingRule,
    numbers_of,
    open_parameters,
    with_numbers,
)
from asymptotics.parsing.heights import substitute
from asymptotics.parsing.numbers import exact, substitution, whole_number
from asymptotics.spectra import spectrum as series_of
from asymptotics.symbols import B, C, N, P, eta, h, t
from asymptotics.tasks.measured import Measured
from numerics.model.full_model import FullModel
from numerics.optima.growing import GrowingModes
from numerics.values.value import Value

MAX_DIGITS = 25
_MONOMIALS: Memory[list[tuple[mpmath.mpf, mpmath.mpf, mpmath.mpf]]] = Memory(maxsize=8)
FEWEST = 2000
"""Whole N, in their steps, from which on the places of a search differ."""


class TooCoarse(PrecisionError):
    """Whole sizes lie too far apart for a function between them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Amounts of the resources and the loss at one budget; or, for a law, their constants.

    ``split[t]``, ``split[N]``, ``split["loss"]`` are `Value`s, dimensionless; the loss is excess test loss.
    ``source`` says what the numbers of a measured task are of: its arrays, or the power laws fitted to them.
    """

    budget: Expr
    values: tuple[tuple[Key, Value], ...]
    source: str = ""

    def __getitem__(self, key: Key) -> Value:
        for name, value in self.values:
            if name == key:
                return value
        raise DomainError(f"{key} is not among {', '.join(str(name) for name, _ in self.values)}")

    def __repr__(self) -> str:
        """Nine digits of each.

        >>> Split(budget=C, values=((t, Value(value=mpmath.mpf("0.25"), error=mpmath.mpf(0))),))
        Split(C = C, t = 0.25)
        """
        amounts = (f"{'L' if key == 'loss' else key} = {value.digits(9)}" for key, value in self.values)
        return f"Split({C} = {self.budget}, {', '.join(amounts)})"


class LastModes(NamedTuple):
    """``L = weight N^-min(p - 1, b) Phi(x)`` at ``x = rate t N^-d``.

    Where the trace grows with N the rate is that of the largest step, of which h is a share.
    """

    weight: mpmath.mpf
    modes: GrowingModes
    rate: mpmath.mpf
    d: mpmath.mpf
    grows: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """An optimum with numbers for everything."""

    optimum: Optimum
    phase: Phase
    numbers: tuple[tuple[Symbol, Expr], ...]
    size: Symbol
    digits: int

    @classmethod
    def of(cls, optimum: Optimum, at: Mapping[Symbol | str, object], digits: int) -> Setting:
        check_kind(optimum, Optimum, "optimum", "pass the result of compute_optimal")
        digits = whole_number(digits, "digits", 1, MAX_DIGITS)
        if optimum.schedule is not None:
            raise UnableError(
                "numbers at budgets with a schedule are not computed; phases have their prefactors"
            )
        if set(optimum.free) not in ({t, N}, {t, P}, {t, N, h}) or optimum.fixed:
            names = ", ".join(map(str, (*optimum.free, *(x for x, _ in optimum.fixed))))
            raise UnableError(
                "numbers are computed for t with N, t with P and t with N and h; these are free or fixed: "
                f"{names}"
            )
        rest = (*_open_steps(optimum, at), *sorted(optimum.features.gamma.free_symbols - {N}, key=str))
        table = substitution((*optimum.laws.task.parameters, *rest), at)
        if missing := [s for s in rest if s not in table]:
            of_rule = missing[0] not in optimum.features.gamma.free_symbols
            title = optimum.rule.title if of_rule else optimum.features.title
            given = name_numbers("at", missing)
            raise DomainError(f"no number for {missing[0]}, which {title} needs; give {given}")
        own = {s: v for s, v in table.items() if s not in rest or s in optimum.letters}
        return cls(
            optimum=optimum,
            phase=optimum.at(own),
            numbers=tuple((table | numbers_of(optimum.rule) | _settled(optimum, table)).items()),
            size=N if N in optimum.free else P,
            digits=digits,
        )

    def at_share(self, share: float, digits: int) -> Setting:
        """The same with another share h of the largest step."""
        table = {x: value for x, value in self.numbers if x != eta}
        table[h] = exact(share, h.name)
        found = {**table, **_settled(self.optimum, table)}
        return replace(self, numbers=tuple(found.items()), digits=digits)

    @property
    def own(self) -> dict[Symbol | str, object]:
        """The numbers of the task alone."""
        return {s: v for s, v in self.numbers if s in self.optimum.laws.task.parameters}

    @property
    def measured(self) -> Measured | None:
        """The arrays behind the laws of the optimum, if any."""
        return self.optimum.laws.measured

    def number(self, expression: Expr) -> mpmath.mpf:
        value = substitute(expression, dict(self.numbers)).evalf(self.digits + 20)
        if not value.is_Float and not value.is_Rational:
            given = name_numbers("at", sorted(value.free_symbols, key=str))
            raise DomainError(f"{expression} has no number here: {value}; give {given}")
        return value._to_mpmath(mpmath.mp.prec + 20)

    def leading(self, law: JointLaw) -> tuple[mpmath.mpf, mpmath.mpf, mpmath.mpf]:
        """p, r and coefficient of the term that leads a joint law: the smallest power of kappa0."""
        first = min(law.terms, key=lambda term: self.number(term.power))
        if first.log_power:
            raise UnableError("the leading term carries a logarithm; constants are given off the boundaries")
        return self.number(first.power), self.number(law.r), self.number(first.coefficient)

    def last_modes(self) -> LastModes:
        """Those of a task whose modes grow with N, under the rule."""
        task = self.optimum.laws.task.at(self.own)
        scaling = series_of(task).scaling
        if scaling is None or len(scaling.target) != 1:
            raise UnableError(f"constants of a target of several powers, {task.target}, are not computed")
        ((weight, power),) = scaling.target
        p, b, r = (self.number(x) for x in (power, scaling.decay, scaling.ratio))
        grows = self.optimum.rule.fresh and b < 1
        if grows:
            rate = 4 * self.number(B) * (1 - b) / r ** (1 - b)
        else:
            rate = 2 * self.number(scaling.scale) * self.number(self.optimum.rule.pace())
        return LastModes(
            weight=self.number(weight),
            modes=GrowingModes(p=p, b=b, r=r),
            rate=rate,
            d=mpmath.mpf(1) if grows else b,
            grows=grows,
        )

    def monomials(self) -> list[tuple[mpmath.mpf, mpmath.mpf, mpmath.mpf]]:
        """Coefficient, power of t and power of the size, for each monomial of the cost."""
        return _MONOMIALS.recall((self, mpmath.mp.prec), self._monomials)

    def _monomials(self) -> list[tuple[mpmath.mpf, mpmath.mpf, mpmath.mpf]]:
        place = self.optimum.free.index(t)
        return [
            (self.number(m.coefficient), self.number(m.powers[place]), self.number(m.powers[1 - place]))
            for m in self.optimum.allocation.spending
        ]

    @property
    def tilt(self) -> int:
        """1 where t stands alone in the cost, so that the search goes along log t - log N; else 0, log t."""
        return int(any(n > 0 and not m for _, n, m in self.monomials()))

    def split_at(self, log_budget: mpmath.mpf, place: mpmath.mpf, tilt: int) -> tuple[mpmath.mpf, mpmath.mpf]:
        """log t and log N with ``cost(t, N) = C`` at ``place = log t - tilt log N``.

        Newton on the log of the cost, convex and increasing in log N.
        """
        parts = [(mpmath.log(c) + n * place, m + tilt * n) for c, n, m in self.monomials()]
        if any(not m and head >= log_budget for head, m in parts):
            raise PrecisionError(
                f"t = {mpmath.nstr(mpmath.exp(place), 5)} alone costs more than the budget "
                f"{mpmath.nstr(mpmath.exp(log_budget), 5)}; ask for a larger one"
            )
        x = min((log_budget - head) / m for head, m in parts if m)
        for _ in range(100):
            terms = [mpmath.exp(head + m * x - log_budget) for head, m in parts]
            total = mpmath.fsum(terms)
            slope = mpmath.fsum(m * term for (_, m), term in zip(parts, terms, strict=True)) / total
            step = mpmath.log(total) / slope
            x -= step
            if abs(step) <= 100 * mpmath.eps * (1 + abs(x)):
                return place + tilt * x, x
        raise PrecisionError(
            f"no {self.size} has the cost {mpmath.nstr(mpmath.exp(log_budget), 5)} at this t"
        )

    @property
    def step(self) -> int:
        """r N is whole for multiples of it."""
        scaling = series_of(self.optimum.laws.task.at(self.own)).scaling
        assert scaling is not None
        return int(scaling.ratio.q) if scaling.ratio.is_Rational else 1

    def whole_modes(
        self, log_budget: mpmath.mpf, log_size: mpmath.mpf, fewest: int = FEWEST
    ) -> tuple[mpmath.mpf, mpmath.mpf]:
        """log t and log N where r N is whole, near the N that is given; `TooCoarse` for fewer steps."""
        step = self.step
        if log_size < mpmath.log(fewest * step):
            raise TooCoarse(f"N = {mpmath.nstr(mpmath.exp(log_size), 5)} is whole, in steps of {step}")
        size = max(int(mpmath.nint(mpmath.exp(log_size) / step)), 1) * step
        parts = self.monomials()
        if len(parts) != 1:
            raise UnableError("optima of modes that grow with N are computed for one product, such as N*t")
        ((cost, n, m),) = parts
        return (log_budget - mpmath.log(cost) - m * mpmath.log(size)) / n, mpmath.log(mpmath.mpf(size))


def _open_steps(optimum: Optimum, at: Mapping[Symbol | str, object]) -> tuple[Symbol, ...]:
    """What a class of rules leaves open; a share of the largest step where that is given, or due."""
    shares, given = optimum.rule.shares(), {str(key) for key in at}
    due = optimum.laws.task.size is not None and eta.name not in given
    if not isinstance(optimum.rule, type) or not shares or not (due or given & {s.name for s in shares}):
        return open_parameters(optimum.rule)
    return tuple(shares[0] if s == eta else s for s in optimum.rule.parameters)


def with_step(rule: Rule, table: Mapping[Symbol, Expr]) -> TrainingRule:
    """The rule with its numbers, or with a share of the largest step."""
    if isinstance(rule, type) and h in table and eta not in table:
        return rule(fraction=float(table[h]), batch=int(table[B]))  # type: ignore[call-arg]
    return with_numbers(rule, table)


def _settled(optimum: Optimum, table: Mapping[Symbol, Expr]) -> dict[Symbol, Expr]:
    """The step of a share of the largest one, where that does not depend on N."""
    task = optimum.laws.task
    own = {s: v for s, v in table.items() if s in task.parameters}
    scaling = series_of(task.at(own)).scaling
    if h not in {**table, **numbers_of(optimum.rule)} or (scaling is not None and not scaling.decay > 1):
        return {}
    numbers = {s: v for s, v in own.items() if s not in task.modes.free_symbols}
    model = FullModel(replace(task, modes=oo), numbers, rule=with_step(optimum.rule, table))
    return {s: v for s, v in numbers_of(model.rule).items() if s == eta}
