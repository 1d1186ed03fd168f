"""A task's levels as arrays of floats: what a finite simulation needs of a spectrum."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from sympy import Expr, Symbol, oo
from sympy.core.function import AppliedUndef

from asymptotics.errors import DomainError, SpectrumError, shown
from asymptotics.hints import name_numbers
from asymptotics.parsing.numbers import exact
from asymptotics.tasks.measured import Measured
from asymptotics.tasks.task import Task
from numerics.spectra.compiled import Function, compile_function
from numerics.values.arithmetic import Scalar, bits_of, field_of

Array = npt.NDArray[np.float64]

MAX_LEVELS = 10**7
GUARD_DIGITS = 25
"""Working digits of the evaluation; the result is rounded once, to a float."""


def spectrum_arrays(
    task: Task, params: Mapping[Symbol | str, object] | None = None, modes: object = None
) -> tuple[Array, Array]:
    """``lambda_k`` and ``c_k = lambda_k w_k^2`` at k = 1, ..., M, each level repeated ``multiplicity`` times.

    Shapes: two arrays of one entry per mode, dimensionless. Each entry is the nearest float, or its
    neighbour. ``modes`` overrides ``task.modes``; one of the two must be finite. Of a measured task the
    arrays themselves, the first ``modes`` of them.

    Raises `DomainError` for a missing parameter or no finite number of levels, `SpectrumError` for a
    level that is not a finite real number, an eigenvalue <= 0, a target power < 0 or a multiplicity
    that is not an integer >= 0. Source: arXiv 2402.01092, here BAP, section 2.

    >>> from asymptotics import power_law
    >>> spectrum_arrays(power_law(2, 1), modes=3)
    (array([1.        , 0.5       , 0.33333333]), array([1.        , 0.25      , 0.11111111]))
    """
    task = task.at(params)
    if task.measured is not None:
        return _measure(task.measured, modes)
    levels = _levels(task, modes)
    missing = [symbol.name for symbol in task.parameters if symbol not in task.modes.free_symbols]
    if missing:
        raise DomainError(f"no value for {', '.join(missing)}; pass {name_numbers('params', missing)}")
    eigenvalues = _level_values("eigenvalue", task.eigenvalues, task.index, levels)
    target = _level_values("target power", task.target, task.index, levels)
    multiplicity = _level_values("multiplicity", task.multiplicity, task.index, levels)
    _require("eigenvalue", eigenvalues, eigenvalues > 0, "must be > 0")
    _require("target power", target, target >= 0, "must be >= 0")
    whole = (multiplicity >= 0) & (multiplicity == np.floor(multiplicity))
    _require("multiplicity", multiplicity, whole, "must be an integer >= 0")
    repeats = multiplicity.astype(np.int64)
    return np.repeat(eigenvalues, repeats), np.repeat(target, repeats)


def _measure(measured: Measured, modes: object) -> tuple[Array, Array]:
    count = measured.modes
    if measured.multiplicities is not None and modes is None and count > MAX_LEVELS:
        raise DomainError(
            f"{count} modes; at most {MAX_LEVELS} are listed, pass modes=M for the first of them"
        )
    chosen = count if modes is None else _levels_of(modes)
    if chosen > count:
        raise DomainError(f"modes = {chosen}, but {count} modes were measured; use task.fitted for more")
    ends = np.minimum(measured.last_modes, chosen)
    repeats = np.diff(ends, prepend=0)
    eigenvalues, target = (np.repeat(x, repeats) for x in (measured.eigenvalues, measured.target))
    return eigenvalues, target


def _levels(task: Task, modes: object) -> int:
    """The number of levels, from ``modes`` or else from the task."""
    return _levels_of(task.modes if modes is None else modes)


def _levels_of(chosen: object) -> int:
    number = exact(chosen, "modes")
    if number == oo:
        raise DomainError("modes = oo, but a simulation needs finitely many modes; pass modes=M")
    if not (number.is_Integer and 1 <= number <= MAX_LEVELS):
        raise DomainError(
            f"modes = {shown(chosen)}; the number of modes must be an integer >= 1, up to {MAX_LEVELS}"
        )
    return int(number)


def _level_values(name: str, expression: Expr, index: Symbol, levels: int) -> Array:
    """The expression at index = 1, ..., levels, as floats."""
    undefined = expression.atoms(AppliedUndef)
    if undefined:
        raise SpectrumError(
            f"{name} {expression} contains {undefined.pop()}, which has no numbers; define it"
        )
    if index not in expression.free_symbols:
        return np.full(levels, _as_float(name, expression, expression, None))
    with field_of(bits_of(GUARD_DIGITS)) as field:
        function = compile_function(expression, index, field, real=True)
        return np.array(
            [_evaluate(name, expression, function, field.real(level)) for level in range(1, levels + 1)],
            dtype=np.float64,
        )


def _evaluate(name: str, expression: Expr, function: Function, level: Scalar) -> float:
    try:
        value = function(level)
    except (ArithmeticError, ValueError) as reason:
        kind = type(reason).__name__
        raise SpectrumError(f"{name} {expression} has no value at k = {int(level)} ({kind})") from reason
    return _as_float(name, expression, value, int(level))


def _as_float(name: str, expression: Expr, value: object, level: int | None) -> float:
    where = "" if level is None else f" at k = {level}"
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if math.isnan(number):
        raise SpectrumError(f"{name} {expression} = {value}{where} is not a real number")
    if not math.isfinite(number):
        raise SpectrumError(f"{name} {expression} = {number}{where}; it must be a finite number")
    return number


def _require(name: str, values: Array, valid: npt.NDArray[np.bool_], bound: str) -> None:
    if not valid.all():
        level = int(np.argmin(valid))
        raise SpectrumError(f"{name} {values[level]} at k = {level + 1}; it {bound}")
