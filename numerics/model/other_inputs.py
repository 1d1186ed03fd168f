"""Test eigenvalues lambda' as given, checked, and the two spectra that they make of a task's.

One has the target ``c' = lambda' c/lambda``, the power of the target on the other inputs, and one the target
lambda' (or ``lambda lambda'`` where no features are drawn, which may have a sum where lambda' has none); the
eigenvalues of both are those that are trained on (`metrics.OtherSpectrum`, `metrics.OtherKernel`).

    inputs_of_task      from an expression in the index of the task
    inputs_of_arrays    from an array, in the order of the others
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import sympy
from numpy.typing import ArrayLike

from asymptotics.errors import DomainError, SpectrumError, shown
from asymptotics.parsing.numbers import exact, substitution
from asymptotics.tasks.arrays import nonnegative
from asymptotics.tasks.task import Task
from numerics.model.students.base import Spectrum
from numerics.spectra.finite import FiniteSpectrum, finite_spectrum
from numerics.spectra.spectrum import spectrum_of


def inputs_of_task(
    task: Task, params: Mapping[sympy.Symbol | str, object] | None, eigenvalues: object, drawn: bool
) -> tuple[Spectrum, Spectrum]:
    """The spectra for lambda' as an expression; ``drawn`` is whether features are.

    Raises `DomainError` and `SpectrumError`.
    """
    if task.measured is not None:
        raise DomainError("test_eigenvalues of a measured task; use FullModel.from_arrays with an array")
    given = exact(eigenvalues, "test_eigenvalues")
    known = {symbol.name: symbol for symbol in (*task.parameters, task.index)}
    given = given.xreplace({s: known[s.name] for s in given.free_symbols if s.name in known})
    others = given.free_symbols - set(known.values())
    if others:
        raise DomainError(
            f"test_eigenvalues = {shown(eigenvalues)} have another index than the task's; write them in "
            f"{task.index}"
        )
    fixed, given = task.at(params), given.xreplace(substitution(task.parameters, params))
    power = sympy.powsimp(given * fixed.target / fixed.eigenvalues)
    weights = given if drawn else sympy.powsimp(given * fixed.eigenvalues)
    learned = _weighed(fixed, power, "of the target on the test inputs, lambda' c/lambda,")
    tested = _weighed(fixed, weights, "of the test eigenvalues" + ("" if drawn else ", lambda lambda',"))
    return learned, tested


def _weighed(task: Task, weights: sympy.Expr, words: str) -> Spectrum:
    try:
        return spectrum_of(replace(task, target=weights))
    except SpectrumError as error:
        raise SpectrumError(f"the power {words} is {weights}: {error}") from None


def inputs_of_arrays(spectrum: FiniteSpectrum, eigenvalues: ArrayLike) -> tuple[Spectrum, Spectrum]:
    """The spectra for lambda' as an array, whose ``lambda' c/lambda`` are rounded to doubles.

    Errors are those of the sums over what was rounded. Raises `SpectrumError`.
    """
    listed, _ = nonnegative("test_eigenvalues", eigenvalues)
    given, lam, power = np.array(listed), spectrum.eigenvalues, spectrum.target
    if given.shape != lam.shape:
        raise SpectrumError(f"{given.size} test_eigenvalues for {lam.size} modes; give one per mode")
    if ((lam == 0) & (power > 0) & (given > 0)).any():
        raise SpectrumError(
            "a mode with eigenvalue 0 has a target, of unknown power on other inputs; leave it out"
        )
    there = lam > 0
    moved = np.where(there, given * power / np.where(there, lam, 1), 0)
    counts = spectrum.multiplicity
    return finite_spectrum(lam, moved, counts), finite_spectrum(lam, given, counts)
