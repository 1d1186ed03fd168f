"""The spectrum behind two fitted exponents, and what it says of a budget, with errors.

`asymptotics.spectrum_from_exponents` makes (a, b) of two exponents, and the compute-optimal split of them.
Here each exponent p has an error s, and every result R(p_1, p_2) the error

    s_R^2 = sum_i max(|R(p_i + s_i) - R|, |R(p_i - s_i) - R|)^2,

which is ordinary propagation where R is smooth, and keeps the larger side where another phase begins.

    fitted_spectrum     from fits of `fit_curve`, or numbers with errors
    FittedSpectrum      a, b, the exponents of the optimum, and whether its phase is settled
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import mpmath
from sympy import Expr

from asymptotics.allocation.from_exponents import (
    PowerLawSpectrum,
    refuse_letters,
    spectrum_from_exponents,
)
from asymptotics.errors import DomainError, shown
from asymptotics.model.rules.base import Rule
from asymptotics.model.rules.one_pass_sgd import OnePassSGD
from asymptotics.parsing.numbers import items_of, real_float
from asymptotics.symbols import N, t
from numerics.measured.curve_fit import CurveFit
from numerics.values.value import Value

DIGITS = 12
"""Exponents are taken as decimals of so many digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedSpectrum:
    """``lambda_k ~ k^-b``, ``c_k ~ k^-a``, and the optimum's exponents ``{t: ..., N: ..., "loss": ...}``.

    ``settled`` says whether the optimum is in the same phase within the errors; else the errors reach into
    another. Dimensionless.

    >>> fitted_spectrum(time=(0.5, 0.01), model=(0.75, 0.02)).settled
    True
    """

    a: Value
    b: Value
    exponents: Mapping[Any, Value]
    settled: bool

    def __str__(self) -> str:
        parts = ", ".join(
            f"{'L' if name == 'loss' else name} ~ C^{'-' if name == 'loss' else ''}({value})"
            for name, value in self.exponents.items()
        )
        doubt = "" if self.settled else "; another phase is within the errors"
        return f"a = {self.a}, b = {self.b}; {parts}{doubt}"


def fitted_spectrum(
    *,
    time: object = None,
    model: object = None,
    data: object = None,
    cost: Expr = N * t,
    rule: Rule = OnePassSGD,
    **letters: object,
) -> FittedSpectrum:
    """(a, b) and the compute-optimal split from two of the exponents in time, size and data.

    time, model, data : fits of `fit_curve`, values with an error, or pairs ``(p, error)``; dimensionless.
    Raises `DomainError` as `spectrum_from_exponents` does.

    >>> print(fitted_spectrum(time=(0.5, 0.01), model=(0.75, 0.02)))
    a = 1.75(2), b = 1.50(6); t ~ C^(0.600(9)), N ~ C^(0.400(9)), L ~ C^-(0.300(5))
    """
    refuse_letters("fitted_spectrum", letters)
    given = {
        name: _number(name, value)
        for name, value in {"time": time, "model": model, "data": data}.items()
        if value is not None
    }
    middle = {name: value for name, (value, _) in given.items()}
    centre = spectrum_from_exponents(**{name: _text(value) for name, value in middle.items()})
    best = _results(centre, cost, rule)
    squares, settled = dict.fromkeys(best, mpmath.mpf(0)), True
    phase = centre.optimum(cost, rule).phases
    for name, (value, error) in given.items():
        sides = []
        for place in (value + error, value - error):
            try:
                moved = spectrum_from_exponents(
                    **{other: _text(place if other == name else x) for other, x in middle.items()}
                )
            except DomainError:
                settled = False
                continue
            sides.append(_results(moved, cost, rule))
            settled = settled and _same(phase, moved.optimum(cost, rule).phases)
        if not sides:
            raise DomainError(
                f"{name} = {value:g} +- {error:g}: no power-law spectrum has its ends; fit it better"
            )
        for key, result in best.items():
            squares[key] += max(abs(side[key] - result) for side in sides if key in side) ** 2
    values = {key: Value(value=result, error=mpmath.sqrt(squares[key])) for key, result in best.items()}
    return FittedSpectrum(a=values.pop("a"), b=values.pop("b"), exponents=values, settled=settled)


def _same(one: Any, two: Any) -> bool:
    """Whether terms of the same resources are in balance."""

    def terms(phases: Any) -> list[list[frozenset[Any]]]:
        return [[frozenset(term.free_symbols) for term in phase.balance] for phase in phases]

    return terms(one) == terms(two)


def _results(spectrum: PowerLawSpectrum, cost: Expr, rule: Rule) -> dict[Any, mpmath.mpf]:
    exponents = spectrum.phase(cost, rule).exponents
    numbers = {"a": spectrum.a, "b": spectrum.b, **exponents}
    return {key: mpmath.mpf(str(Expr.evalf(value, 15))) for key, value in numbers.items()}


def _text(value: float) -> str:
    return f"{value:.{DIGITS}g}"


def _number(name: str, value: Any) -> tuple[float, float]:
    if isinstance(value, CurveFit):
        value = value.exponent
    if isinstance(value, Value):
        return float(value), float(value.error)
    pair = items_of(value, name)
    if len(pair) != 2:
        raise DomainError(
            f"{name} = {shown(value)}; give a fit, a value with its error, or a pair (p, error)"
        )
    number, error = (real_float(x, name) for x in pair)
    if error < 0:
        raise DomainError(f"{name} has the error {error:g}; it must be >= 0")
    return number, error
