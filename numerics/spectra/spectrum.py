"""Spectra as functions: lambda_k, c_k and the multiplicity at any complex index.

A `ContinuousSpectrum` evaluates the expressions of a task at complex x, to any precision, because the
spectral sums integrate over x; a `finite.FiniteSpectrum` is a list of numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

import sympy

from asymptotics.caches import Memory
from asymptotics.domains.domain import Domain
from asymptotics.errors import DomainError, SpectrumError, UnableError
from asymptotics.expansions.differences import write_differences
from asymptotics.expansions.gamma_products import polynomial_form
from asymptotics.hints import name_argument, name_numbers
from asymptotics.spectra.finite import unlearned
from asymptotics.spectra.segments import segments
from asymptotics.spectra.signs import check_signs
from asymptotics.sums.regularised import regular_sum
from asymptotics.tasks.counts import check_multiplicity
from asymptotics.tasks.parity import alternates, parity_classes
from asymptotics.tasks.task import Task
from numerics.spectra.compiled import PROBE_BITS, compile_function, logarithm_of
from numerics.spectra.finite import FiniteSpectrum, finite_spectrum
from numerics.spectra.regularity import regular_from
from numerics.values.arithmetic import Array, Field, array, field_of

LISTED_LEVELS = 400
"""Up to this many levels a spectrum of expressions is simply listed."""
MOST_ADDED = 200_000
"""Most modes of expressions that are added one by one."""


ZERO = sympy.Integer(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContinuousSpectrum:
    """``lambda(x)``, ``c(x)`` and multiplicity ``m(x)`` for Re x >= 1, k = 1 ... ``levels`` (None: oo).

    Dimensionless, as all of the model. Both are per mode: level k holds m(k) modes. A `Piecewise` has a
    spectrum of its own for each of its ``pieces``, shifted so that its first mode is k = 1:
    ``lambda_piece(x) = lambda(first - 1 + x)``; ``levels`` is then the last mode that is learned, and
    ``unlearned`` the target power in modes of eigenvalue zero; ``white`` is the trace of infinitely many
    further modes whose eigenvalues vanish and that hold no target. Sums over k >= ``start`` may be integrals
    (`regularity`); the modes before are added up one by one. Without ``trace`` the sum of eigenvalues
    diverges, and df1, which multiplies 1/N and 1/P alone, is 0 in their place.

    >>> from asymptotics.tasks.power_laws import power_law
    >>> spectrum = spectrum_of(power_law(1.5, 2))
    >>> round(spectrum.slope("eigenvalues", 5.0), 6), spectrum.levels
    (2.0, None)
    """

    eigenvalues: sympy.Expr
    target: sympy.Expr
    multiplicity: sympy.Expr
    index: sympy.Symbol
    levels: int | None
    pieces: tuple[ContinuousSpectrum, ...] = ()
    unlearned: sympy.Expr = ZERO
    white: sympy.Expr = ZERO
    trace: bool = True
    start: int = 1

    @property
    def modes(self) -> int | None:
        """How many levels there are; None for infinitely many."""
        return self.levels

    @property
    def squares(self) -> ContinuousSpectrum:
        """The same with ``lambda^2`` for the target: sums of the noise of batches, finite for b > 1/2."""
        return replace(
            self, target=self.eigenvalues**2, pieces=tuple(x.squares for x in self.pieces), unlearned=ZERO
        )

    @property
    def is_listed(self) -> bool:
        """Whether no sum may be an integral: all modes are added up, each at its whole k."""
        return self.levels is not None and self.start > self.levels

    def at(self, points: Array, field: Field) -> tuple[Array, Array, Array]:
        """``(lambda, m lambda, m c)`` at complex ``points``; call inside ``with field:``.

        Without trace the second is 0.
        """
        return self.compile(field)(points)

    def compile(self, field: Field) -> Callable[[Array], tuple[Array, Array, Array]]:
        """`at` in one field, for many calls."""
        numbers = field.remembering()
        eigenvalue, target, multiplicity = (
            compile_function(e, self.index, numbers, real=self.is_listed)
            for e in (self.eigenvalues, self.target, self.multiplicity)
        )

        def values(points: Array) -> tuple[Array, Array, Array]:
            found = [(eigenvalue(x), target(x), multiplicity(x)) for x in points]
            lam, power, weight = (array(column[i] for column in found) for i in range(3))
            return lam, weight * lam if self.trace else 0 * lam, weight * power

        return values

    def logarithm(self, name: str, u: float) -> float:
        """``log f(e^u)`` of the eigenvalues, or of the target or multiplicity, as a float; -oo for f = 0."""
        return logarithm_of(getattr(self, name), self.index, u)

    def slope(self, name: str, u: float) -> float:
        """The local exponent ``-d log f / d log x`` at ``x = e^u``, by a central difference.

        For f below any number (an exponential far out) it is oo.
        """
        step = 1e-3 * max(1.0, abs(u))
        high, low = self.logarithm(name, u - step), self.logarithm(name, u + step)
        return math.inf if low == -math.inf else (high - low) / (2 * step)

    def decay(self, name: str) -> float:
        """The exponent p with which ``m f ~ x^-p`` far out, times m; oo if faster than any power."""
        # in one expression: beyond every number far out, a factor that grows and one that falls are one power
        product = sympy.powsimp(self.multiplicity * getattr(self, name))
        near, far = (logarithm_of(product, self.index, u) for u in (2000.0, 4000.0))
        return math.inf if far == -math.inf else (near - far) / 2000.0


def spectrum_of(
    task: Task, params: Mapping[sympy.Symbol | str, object] | None = None, *, needs_trace: bool = True
) -> ContinuousSpectrum:
    """The spectrum of a task with numbers for all its parameters, checked.

    Raises `DomainError` for a missing number, and `SpectrumError` for eigenvalues or target power
    that are negative, not real, growing, or not summable over infinitely many modes; at N = P = oo the
    eigenvalues need no finite sum.

    >>> spectrum_of(Task(eigenvalues="k**-b", target="k**-a"), {"a": 1.5, "b": 1})
    Traceback (most recent call last):
        ...
    asymptotics.errors.SpectrumError: sum of k**(-b) diverges at b = 1; the kernel needs decay \
faster than 1/k, i.e. b > 1, or pass modes=M
    """
    fixed = task.at(params)
    if fixed.parameters:
        missing = [s.name for s in fixed.parameters]
        raise DomainError(f"no number for {', '.join(missing)}; pass {name_numbers('params', missing)}")
    return _SPECTRA.recall((fixed, needs_trace), partial(_read, fixed, task, params or {}, needs_trace))


_SPECTRA: Memory[ContinuousSpectrum] = Memory(maxsize=64)


def _read(
    fixed: Task, task: Task, params: Mapping[sympy.Symbol | str, object], needs_trace: bool
) -> ContinuousSpectrum:
    """The spectrum of ``fixed``, which is the task with numbers; what is wrong is said of the latter."""
    modes = fixed.modes
    if modes == sympy.oo:
        levels = None
    elif modes.is_integer and modes.is_positive:
        levels = int(modes)
    else:
        raise DomainError(f"modes = {modes}; the number of modes must be an integer >= 1, or oo")
    check_multiplicity(fixed)
    if alternates(fixed):
        return _of_classes(fixed, needs_trace=needs_trace)
    fixed = replace(
        fixed,
        eigenvalues=write_differences(fixed.eigenvalues, fixed.index),
        target=write_differences(fixed.target, fixed.index),
    )
    spectrum = ContinuousSpectrum(
        eigenvalues=fixed.eigenvalues,
        target=fixed.target,
        multiplicity=polynomial_form(fixed.multiplicity, fixed.index),
        index=fixed.index,
        levels=levels,
    )
    check_signs(fixed, Domain())
    if levels is None:
        _check_continued(_divide(spectrum, fixed))
        trace = _is_summable(spectrum, "eigenvalues")
        if needs_trace or not spectrum.slope("eigenvalues", 2000.0) > 1e-12:
            _check_summable(spectrum, "eigenvalues", task, params)
        _check_summable(spectrum, "target", task, params)
        spectrum = replace(spectrum, trace=trace)
    divided = _divide(spectrum, fixed)
    pieces = tuple(map(_started, divided.pieces))
    return replace(divided, pieces=pieces) if pieces else _started(divided)


def solve_spectrum(
    task: Task, params: Mapping[sympy.Symbol | str, object] | None = None, *, needs_trace: bool = True
) -> ContinuousSpectrum | FiniteSpectrum:
    """What the full model of a task is solved for: the measured arrays if there are any, else `spectrum_of`.

    >>> solve_spectrum(Task.from_arrays([k**-2 for k in range(1, 41)], [k**-3 for k in range(1, 41)])).levels
    40
    """
    fixed = task.at(params)
    if fixed.measured is not None:
        measured = fixed.measured
        found = finite_spectrum(measured.eigenvalues, measured.target, measured.multiplicities)
        return replace(found, notes=(fixed.measured.as_arrays, *fixed.measured.notes))
    return spectrum_of(task, params, needs_trace=needs_trace)


def _divide(spectrum: ContinuousSpectrum, task: Task) -> ContinuousSpectrum:
    """The spectrum with a piece for each branch of a `Piecewise`, because sums integrate between breaks."""
    if not any(e.has(sympy.Piecewise) for e in (task.eigenvalues, task.target, task.multiplicity)):
        return spectrum
    found = segments(task, Domain())
    learned = [s for s in found if s.eigenvalues != 0]
    if not learned:
        raise SpectrumError(f"eigenvalues {task.eigenvalues} are all 0; nothing can be learned")
    pieces = []
    for s in learned:
        shifted = {task.index: task.index + s.first - 1}
        piece = replace(
            spectrum,
            eigenvalues=s.eigenvalues.xreplace(shifted),
            target=s.target.xreplace(shifted),
            multiplicity=s.multiplicity.xreplace(shifted),
            levels=_finite(s.last - s.first + 1),
        )
        pieces.append(piece)
    return replace(
        spectrum,
        levels=_finite(learned[-1].last),
        pieces=tuple(pieces),
        unlearned=unlearned(found, task.index, Domain()),
    )


def _of_classes(task: Task, *, needs_trace: bool) -> ContinuousSpectrum:
    """The spectra of the odd and of the even levels as pieces; levels of eigenvalue 0 are never learned."""
    found: list[ContinuousSpectrum] = []
    lost = sympy.Integer(0)
    for one in parity_classes(task):
        if one.eigenvalues != 0:
            found.append(spectrum_of(one, needs_trace=needs_trace))
        elif one.target != 0:
            lost += regular_sum(one.multiplicity * one.target, one.index)
    if not found:
        raise SpectrumError(f"eigenvalues {task.eigenvalues} are all 0; nothing can be learned")
    endless = [one for one in found if one.levels is None]
    return replace(
        (endless or found)[0],
        pieces=tuple(piece for one in found for piece in one.pieces or (one,)),
        unlearned=sympy.Add(lost, *(one.unlearned for one in found)),
        trace=all(one.trace for one in found),
    )


def _check_continued(spectrum: ContinuousSpectrum) -> None:
    """Refuse functions that are known on the axis alone, where infinitely many modes need them beside it."""
    endless = (spectrum, *spectrum.pieces)[-1]
    with field_of(PROBE_BITS) as field:
        for expression in (endless.eigenvalues, endless.target, endless.multiplicity):
            compile_function(expression, spectrum.index, field)


def _started(spectrum: ContinuousSpectrum) -> ContinuousSpectrum:
    """The spectrum with the mode from which on its sums may be integrals."""
    levels, index = spectrum.levels, spectrum.index
    parts = (spectrum.eigenvalues, spectrum.target, spectrum.multiplicity)
    if levels is not None and levels <= LISTED_LEVELS:
        return replace(spectrum, start=levels + 1)
    try:
        start = regular_from(parts, index, levels)
    except (UnableError, SpectrumError):
        if levels is None:
            raise
        start = None
    if start is not None and start <= MOST_ADDED:
        return replace(spectrum, start=start)
    if levels is not None and levels <= MOST_ADDED:
        return replace(spectrum, start=levels + 1)
    where = "" if start is None else f" before {index} = {start}"
    raise UnableError(
        f"eigenvalues {parts[0]} with target {parts[1]} are not shown to fall smoothly{where}, and at most "
        f"{MOST_ADDED} modes are added one by one; pass fewer {name_argument('modes', 'M')}"
    )


def _finite(levels: sympy.Expr) -> int | None:
    return None if levels == sympy.oo else int(levels)


def _is_summable(spectrum: ContinuousSpectrum, name: str) -> bool:
    """Whether an infinite tail has a finite sum, read off its logarithms at e^2000 and e^4000."""
    # beyond every number far out (exp(k)), the difference of two logarithms is not a number
    return getattr(spectrum, name) == 0 or spectrum.decay(name) > 1 + 1e-12


def _check_summable(
    spectrum: ContinuousSpectrum, name: str, task: Task, params: Mapping[sympy.Symbol | str, object]
) -> None:
    if _is_summable(spectrum, name):
        return
    given: sympy.Expr = getattr(task, name)
    used = sorted((s for s in given.free_symbols if s != task.index), key=lambda s: str(s))
    named = {getattr(key, "name", key): value for key, value in params.items()}
    at = ", ".join(f"{s} = {named[str(s)]}" for s in used if str(s) in named)
    raised = sympy.Mul(task.multiplicity, given)
    hint = ""
    if task.multiplicity == 1 and given.is_Pow and given.base == task.index and -given.exp in used:
        hint = f", i.e. {-given.exp} > 1"
    grows = not spectrum.slope(name, 2000.0) >= 0
    verb = f"{name.removesuffix('s')} {given} grows" if grows else f"sum of {raised} diverges"
    what = "kernel" if name == "eigenvalues" else "target"
    raise SpectrumError(
        f"{verb}{' at ' + at if at else ''}; the {what} needs decay faster than "
        f"1/{task.index}{hint}, or pass {name_argument('modes', 'M')}"
    )


def integers(first: int, last: int, field: Field) -> Array:
    """``first ... last`` as numbers of ``field``.

    >>> from numerics.values.arithmetic import field_of
    >>> with field_of(60) as field:
    ...     [int(n) for n in integers(1, 3, field)]
    [1, 2, 3]
    """
    return array(field.real(n) for n in range(first, last + 1))
