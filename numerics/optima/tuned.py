"""Optima and constants where the step is tuned: of all shares h of the largest one the best.

    min over h  log L(h),      at  v = log(h/(1 - h)),

each L(h) the optimum of time and size at that share (`frontier`, `constants`).

    is_tuned      whether h is chosen with time and size
    Tuned         a setting in which h is chosen: its numbers at a share, and where a search begins
    best_share    the split at the best share
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import mpmath
from sympy import Expr, Symbol

from asymptotics.allocation.optimum import Optimum, compute_optimal
from asymptotics.allocation.phase import Phase
from asymptotics.errors import DomainError, check_kind
from asymptotics.symbols import C, N, eta, h, t
from numerics.optima.setting import Setting, Split
from numerics.values.minimum import minimum
from numerics.values.value import Value

START = 0.3
"""The share at which a search begins where the law says that it is constant."""
SPARE = 1
"""So many digits more than the best share the optima at shares have."""
ROUGH = 4
"""Digits of those that bracket it."""

Solve = Callable[[float, int], Split]
"""The split at a share, to so many digits."""


def is_tuned(optimum: Optimum) -> bool:
    """Whether free = t, N, h. Raises `DomainError` for what is no optimum."""
    check_kind(optimum, Optimum, "optimum", "pass the result of compute_optimal")
    return set(optimum.free) == {t, N, h}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuned:
    """``base`` is the setting at the share START, ``phase`` the one in which h is chosen."""

    base: Setting
    phase: Phase

    @classmethod
    def of(cls, optimum: Optimum, at: Mapping[Symbol | str, object], digits: int) -> Tuned:
        if h.name in {str(key) for key in at}:
            raise DomainError("h is chosen here, free = t, N, h; leave its number out, or take h out of free")
        base = Setting.of(optimum, {**at, h: START}, digits)
        tuned = cls(base=base, phase=base.phase)
        if tuned.falls:
            return tuned
        same = compute_optimal(optimum.laws, optimum.cost, (t, N), dict(optimum.fixed), optimum.rule)
        return replace(tuned, base=Setting.of(same, {**at, h: START}, digits))

    @property
    def falls(self) -> bool:
        """Whether the best share falls with the budget."""
        return self.phase.exponents[h] != 0

    def at_share(self, share: float, digits: int) -> Setting:
        """The setting at another share."""
        return self.base.at_share(share, digits)

    @property
    def largest(self) -> Setting:
        """The setting in which the step is the largest one, of which h is a share."""
        found = {x: value / START if x == eta else value for x, value in self.base.numbers if x != h}
        return replace(self.base, numbers=tuple(found.items()))

    def amounts(self, budget: Expr, law: Split | None) -> Split:
        """t, N and h by their powers of a budget, with constants that are known."""
        height = mpmath.log(self.base.number(budget))
        values = []
        for key in (t, N, h):
            power, logs = (self.base.number(x[key]) for x in (self.phase.exponents, self.phase.logs))
            first = law[key].value if law else mpmath.mpf(START if key == h else 1)
            value = first * mpmath.exp(power * height) * abs(height) ** logs
            values.append((key, Value(value=value, error=mpmath.mpf(0))))
        return Split(budget=budget, values=tuple(values))


def best_share(solve: Solve, start: float, budget: Expr = C, digits: int = 10) -> Split:
    """The split at the share with the smallest loss, found from splits at some 15 shares.

    Errors of the amounts are those at that share, and what the error of the share moves them. Raises what
    ``solve`` and `minimum` raise.
    """
    seen: list[tuple[mpmath.mpf, Split]] = []

    def height(v: mpmath.mpf, rough: bool) -> tuple[mpmath.mpf, Value]:
        share = _share_at(v)
        place = mpmath.log(share) - mpmath.log(1 - mpmath.mpf(share))
        split = solve(share, ROUGH if rough else digits + SPARE)
        if not rough:
            seen.append((place, split))
        loss = split["loss"]
        return place, Value(value=mpmath.log(loss.value), error=loss.error / loss.value)

    first = mpmath.log(start / (1 - mpmath.mpf(start)))
    found = minimum(height, first, mpmath.mpf("0.6"), mpmath.mpf(10) ** -digits)
    share = mpmath.mpf(_share_at(found.place.value))
    split = solve(float(share), digits + SPARE)
    seen.sort(key=lambda pair: pair[0])
    values = [(h, Value(value=share, error=share * (1 - share) * found.place.error + share * mpmath.eps))]
    for key, value in split.values:
        slopes = [abs(mpmath.log(y[key].value / x[key].value) / (v - u)) for (u, x), (v, y) in pairwise(seen)]
        moved = abs(value.value) * max(slopes) * found.place.error
        if key == "loss":  # flat there
            moved = abs(value.value) * found.value.error
        values.append((key, Value(value=value.value, error=value.error + moved)))
    order = {t: 0, N: 1, h: 2, "loss": 3}
    return Split(budget=budget, source=split.source, values=tuple(sorted(values, key=lambda x: order[x[0]])))


def _share_at(v: mpmath.mpf) -> float:
    return float(1 / (1 + mpmath.exp(-v)))
