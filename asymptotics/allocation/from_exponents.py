"""The spectrum behind exponents that were measured, and what it says of budgets.

The exponents of the laws of power-law features are set equal to the numbers, regime by regime; the (a, b)
that come out are kept where the regime holds. Which laws there are is asked of the engine, for any b > 0.

    spectrum_from_exponents    (a, b) from two exponents
    PowerLawSpectrum           the pair, its task, its phase and its optimum
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import NamedTuple

from sympy import Expr, Integer, oo, solve

from asymptotics.allocation.optimum import Optimum, compute_optimal
from asymptotics.allocation.phase import Phase
from asymptotics.domains.domain import normal
from asymptotics.errors import DomainError, shown
from asymptotics.laws.derive import derive
from asymptotics.model.rules.base import Rule
from asymptotics.model.rules.one_pass_sgd import OnePassSGD
from asymptotics.parsing.numbers import exact
from asymptotics.regime import Regime
from asymptotics.symbols import N, P, a, b, r, t
from asymptotics.tasks.power_laws import power_law
from asymptotics.tasks.task import Task

SIZES = {"time": N, "model": N, "data": P}
"""The bottlenecks whose exponents may be given, and which size their modes are a multiple of."""


class PowerLawSpectrum(NamedTuple):
    """``lambda_k = k^-b``, ``c_k = k^-a``.

    >>> spectrum = spectrum_from_exponents(time="1/2", model="3/8")
    >>> spectrum
    PowerLawSpectrum(a=11/8, b=3/4, modes=N*r)
    >>> spectrum.phase().exponents["loss"]
    3/16
    """

    a: Expr
    b: Expr

    @property
    def modes(self) -> Expr:
        """Infinitely many where the kernel has a trace, else r for each feature."""
        return oo if self.b > 1 else r * N

    @property
    def task(self) -> Task:
        """The task with these modes."""
        return power_law(self.a, self.b, modes=self.modes)

    def __repr__(self) -> str:
        growing = "" if self.modes == oo else f", modes={self.modes}"
        return f"PowerLawSpectrum(a={self.a}, b={self.b}{growing})"

    def optimum(self, cost: object = N * t, rule: Rule = OnePassSGD) -> Optimum:
        """The compute-optimal split of a budget."""
        return compute_optimal(derive(self.task), cost=cost, rule=rule)

    def phase(self, cost: object = N * t, rule: Rule = OnePassSGD) -> Phase:
        """The phase of a budget in which it lies."""
        (found,) = self.optimum(cost, rule).phases
        return found


def spectrum_from_exponents(
    *, time: object = None, model: object = None, data: object = None, **letters: object
) -> PowerLawSpectrum:
    """(a, b) from two exponents of the loss: in training time, in model size, in data that are used again.

    Each is p in ``loss ~ x^-p`` where the others do not limit; dimensionless. In one pass data are time.
    Raises `DomainError` for exponents that are not > 0, unless two are given, where no spectrum has them, and
    where they leave a or b open.

    >>> spectrum_from_exponents(time=0.76, model=0.077)          # Kaplan et al., arXiv 2001.08361: S and N
    PowerLawSpectrum(a=1077/1000, b=77/760, modes=N*r)
    >>> spectrum_from_exponents(time=2, model="3/2")
    PowerLawSpectrum(a=4, b=3/2)
    """
    refuse_letters("spectrum_from_exponents", letters)
    given = {
        name: _positive(name, value)
        for name, value in {"time": time, "model": model, "data": data}.items()
        if value is not None
    }
    if len(given) != 2:
        raise DomainError(f"exponents of {', '.join(given) or 'nothing'}; give two of time, model and data")
    found = dict.fromkeys(_solutions(given))
    words = " and ".join(f"{name} = {value}" for name, value in given.items())
    if not found:
        once = "; data that are seen once are time, not data" if "data" in given else ""
        raise DomainError(
            f"no power-law spectrum has the exponents {words}; a > 1 and b > 0 are needed{once}"
        )
    settled = [pair for pair in found if not any(x.free_symbols for x in pair)]
    if len(settled) != 1 or len(found) != 1:
        raise DomainError(f"the exponents {words} leave the spectrum open; give those of time and model")
    return settled[0]


def refuse_letters(name: str, letters: Mapping[str, object]) -> None:
    """Raise `DomainError` for exponents by the letters of a paper, which says what these are instead."""
    if letters:
        raise DomainError(
            f"{name} has no {', '.join(letters)}; say what limits the loss, two of time=, model=, data=: of "
            "Hoffmann et al. alpha is model=, and beta, of data that are seen once, time="
        )


def _positive(name: str, value: object) -> Expr:
    number = exact(value, name)
    if not (number.is_number and number.is_finite and number.is_positive):
        raise DomainError(f"{name} = {shown(value)}; an exponent p in loss ~ x**-p must be a number > 0")
    return number


def _solutions(given: Mapping[str, Expr]) -> Iterator[PowerLawSpectrum]:
    laws = [getattr(derive(power_law(a, b, modes=r * SIZES[name])), name) for name in given]
    for regimes in product(*(law.regimes for law in laws)):
        if any(regime.is_boundary for regime in regimes):
            continue
        gaps = [regime.exponent - value for regime, value in zip(regimes, given.values(), strict=True)]
        for table in solve(gaps, (a, b), dict=True):
            pair = PowerLawSpectrum(*(normal(table.get(x, x)) for x in (a, b)))
            if all(_holds(regime, pair) for regime in regimes):
                yield pair


def _holds(regime: Regime, pair: PowerLawSpectrum) -> bool:
    """Whether a regime holds at a pair, its edges included; where the pair is open it may."""
    place = {a: pair.a, b: pair.b, r: Integer(2)}
    values = (c.xreplace(place) for c in (b, *regime.domain.constraints))
    return all(value.is_extended_nonnegative is not False and not value.is_negative for value in values)
