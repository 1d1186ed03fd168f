"""The laws of a measured spectrum with the errors of its exponents.

With p(a, b) the exponent of a law, a Min over its regimes, and the fitted ``a +- s_a``, ``b +- s_b``,

    s_p^2 = sum_x max(|p(x + s_x) - p|, |p(x - s_x) - p|)^2      over x = a, b,

which is ordinary propagation where p is smooth and keeps the larger side at its kinks. The prefactor of the
regime at the fitted numbers goes the same way, with the constants D and F of ``lambda_k = D k^-b`` and
``c_k = F k^-a`` beside a and b, their errors taken as independent. A regime is settled if it leads on the
whole rectangle of two errors about the fitted numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from sympy import Expr, Float, Rational, Symbol
from sympy.logic.boolalg import true

from asymptotics.caches import cached
from asymptotics.domains.domain import plain
from asymptotics.errors import DomainError, SpectrumError
from asymptotics.laws.law import Law, derive_law
from asymptotics.laws.names import unknown_law
from asymptotics.model.quantities import QUANTITIES
from asymptotics.parsing.numbers import items_of
from asymptotics.precision import exclusive
from asymptotics.regime import Regime
from asymptotics.symbols import a, b, k
from asymptotics.tasks.measured import with_error
from asymptotics.tasks.task import Task

D, F = Symbol("D", positive=True), Symbol("F", positive=True)
CORNERS = (-2, 0, 2)
"""Where regimes are compared, in errors of a and b."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MeasuredExponent:
    """``loss ~ prefactor * resource**(-exponent)``, each with one standard deviation; dimensionless.

    ``prefactor`` is None where other numbers (sigma, N, P, eta, B, beta) stand in it, where exponents meet,
    and where it is not real one error away (b <= 1). ``regime`` is the condition that holds at the fitted
    numbers; ``settled`` says whether the same one holds within two errors of them.
    """

    name: str
    resource: Symbol
    exponent: float
    error: float
    regime: str
    settled: bool
    prefactor: float | None = None
    prefactor_error: float | None = None

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        factor = ""
        if self.prefactor is not None and self.prefactor_error is not None:
            factor = with_error(self.prefactor, self.prefactor_error) + " "
        doubt = "" if self.settled else "; another regime is within two errors"
        where = f" ({self.regime}{doubt})" if self.regime or doubt else ""
        # a loss that grows has a negative exponent: its power is written with a plus
        sign = "-" if self.exponent > 0 else ""
        return (
            f"{self.name}: {factor}{self.resource}^{sign}{with_error(abs(self.exponent), self.error)}{where}"
        )


@dataclass(frozen=True, slots=True, repr=False)
class MeasuredLaws:
    """A table of exponents, one line each; iterates over them."""

    exponents: tuple[MeasuredExponent, ...]

    def __iter__(self) -> Iterator[MeasuredExponent]:
        return iter(self.exponents)

    def __getitem__(self, name: str) -> MeasuredExponent:
        for one in self.exponents:
            if one.name == name:
                return one
        raise KeyError(name)

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        return "\n".join(str(one) for one in self.exponents)


@exclusive
def measured_laws(task: Task, names: tuple[str, ...] = ("time", "model", "data")) -> MeasuredLaws:
    """Exponents and prefactors of the laws called ``names`` (as in `Laws`) for a measured task, with errors.

    The errors are those of the fits alone. Raises `DomainError` for a task that was not measured or an
    unknown name, and `SpectrumError` where the fitted numbers leave no law (``a <= 1``, or ``b <= 1`` for all
    laws but those of training time).

    >>> task = Task.from_arrays([k**-1.5 for k in range(1, 301)], [k**-2.0 for k in range(1, 301)])
    >>> measured_laws(task)["model"].exponent
    1.0
    """
    if not isinstance(task, Task) or task.measured is None:
        raise DomainError("task has no measured arrays; make one with Task.from_arrays(eigenvalues, target)")
    unknown = [
        name for name in items_of(names, "names") if not isinstance(name, str) or name not in QUANTITIES
    ]
    if unknown:
        raise DomainError(unknown_law(unknown[0]))
    fits = {a: task.measured.target_fit, b: task.measured.eigenvalue_fit}
    for symbol, fit in fits.items():
        if fit.exponent <= 1 and (symbol == a or any(QUANTITIES[name].trace for name in names)):
            what = "the target needs a" if symbol == a else "the kernel needs b"
            raise SpectrumError(
                f"{symbol} = {with_error(fit.exponent, fit.error)} as fitted: sums over infinitely many "
                f"modes diverge, {what} > 1; use numerics.FullModel(task) for the measured modes"
            )
    centre = {symbol: fit.exponent for symbol, fit in fits.items()}
    error = {symbol: fit.error for symbol, fit in fits.items()}
    constants = {F: task.measured.target_fit, D: task.measured.eigenvalue_fit}
    for symbol, fit in constants.items():
        centre[symbol], error[symbol] = fit.prefactor, fit.prefactor * fit.relative_error
    return MeasuredLaws(tuple(_propagate(derive_law(n, _generic()), centre, error) for n in names))


@cached(maxsize=1)
def _generic() -> Task:
    return Task(D * k**-b, F * k**-a)


def _with_error(
    expression: Expr, centre: dict[Symbol, float], error: dict[Symbol, float]
) -> tuple[float, float]:
    """The value at the centre, and its error by that of each symbol."""
    value, variance = _at(expression, centre), 0.0
    for symbol, step in error.items():
        if expression.has(symbol):
            moved = (_at(expression, {**centre, symbol: _moved(symbol, centre, s * step)}) for s in (-1, 1))
            variance += max(abs(m - value) for m in moved) ** 2
    return value, max(variance**0.5, 1e-13 * abs(value))


def _moved(symbol: Symbol, centre: dict[Symbol, float], step: float) -> float:
    """A constant by a factor, so that it stays above 0; an exponent by its step."""
    value = centre[symbol]
    return value * math.exp(step / value) if symbol in (F, D) else value + step


def _propagate(law: Law, centre: dict[Symbol, float], error: dict[Symbol, float]) -> MeasuredExponent:
    value, deviation = _with_error(law.exponent, centre, error)
    here = _leading(law, centre)
    known = here is not None and here.prefactor.free_symbols <= set(centre)
    try:
        prefactor = _with_error(here.prefactor, centre, error) if here is not None and known else (None, None)
    except _NotReal:
        prefactor = (None, None)
    corners = (
        {symbol: centre[symbol] + s * error[symbol] for symbol, s in zip((a, b), steps, strict=True)}
        for steps in product(CORNERS, repeat=2)
    )
    return MeasuredExponent(
        name=law.name,
        resource=law.resource,
        exponent=value,
        error=max(deviation, 1e-13),
        regime="" if here is None or here.condition == true else plain(here.condition),
        settled=all(_leading(law, corner) == here for corner in corners),
        prefactor=prefactor[0],
        prefactor_error=prefactor[1],
    )


class _NotReal(ArithmeticError):
    """The constant of the regime is complex or infinite there."""


def _at(expression: Expr, values: dict[Symbol, float]) -> float:
    value = expression.evalf(17, subs={s: Float(v, 17) for s, v in values.items()})
    if not (value.is_real and value.is_finite):
        raise _NotReal
    return float(value)


def _leading(law: Law, values: dict[Symbol, float]) -> Regime | None:
    """The open regime whose condition holds at the values; None on a boundary."""
    table = {s: Rational(repr(v)) for s, v in values.items()}
    for regime in law.regimes:
        if not regime.is_boundary and regime.condition.xreplace(table) == true:
            return regime
    return None
