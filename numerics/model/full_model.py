"""FullModel: every loss of the random-feature model at any time, size and noise, to any precision.

The mean-field solution (arXiv 2402.01092, here BAP, sections 3 and 4): exact as N, P -> oo at any ratio, with
relative fluctuations of single draws of order 1/N + 1/P. Test loss is the excess loss: the noise floor
sigma^2 is not included. Train loss is ``(1/P) |y - f|^2`` and does contain the noise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import sympy
from numpy.typing import ArrayLike

from asymptotics import symbols
from asymptotics.errors import DomainError, SpectrumError, UnableError, shown
from asymptotics.model.rules.base import TrainingRule, check_rule, numbers_of
from asymptotics.model.rules.gradient_flow import GradientFlow
from asymptotics.model.students.base import Student, check_student
from asymptotics.model.students.gaussian import GaussianFeatures
from asymptotics.parsing.numbers import exact, substitution, whole_number
from asymptotics.precision import exclusive_class
from asymptotics.tasks.task import Task
from numerics.model import parts
from numerics.model.diagnostics import Diagnostics
from numerics.model.metrics import OtherKernel, OtherSpectrum
from numerics.model.momentum_runs import MomentumSolver
from numerics.model.other_inputs import inputs_of_arrays, inputs_of_task
from numerics.model.reused_schedule import ReusedScheduleSolver
from numerics.model.reusing import ReusingSolver
from numerics.model.scheduled import ScheduledSolver
from numerics.model.solver import Solver
from numerics.model.students.base import Spectrum, map_of
from numerics.model.weight_decay import DecayedSolver
from numerics.spectra.finite import OF_DOUBLES, FiniteSpectrum, finite_spectrum
from numerics.spectra.spectrum import ContinuousSpectrum, solve_spectrum
from numerics.values.inputs import exact_noise, exact_ridge, exact_size, infinite

FLOW, GAUSSIAN = GradientFlow(), GaussianFeatures()
MAX_DIGITS = 1000
MOST_PLANNED = 8
"""Digits of runs with a schedule at most; long runs have fewer."""


@exclusive_class
class FullModel(Diagnostics):
    """The losses of a task learned by N random features from P samples with noise sigma.

    Parameters
    ----------
    task, params : the task, and numbers for its parameters (by symbol or name). Of a measured task the
        arrays are taken, not the fitted power laws (those are ``task.fitted``). Modes r*N (r*P) are r times
        the N (P) given here, a whole number.
    N, P : model size and number of samples, numbers > 0 or oo (the default).
    noise : sigma, the standard deviation of the label noise; the task's own by default.
    digits : relative precision of every value, 1 to 1000, 15 by default; with a schedule to 8, 5 by default.
    rule : `GradientFlow()` (default), `GradientDescent(eta=)`, `HeavyBall(beta=)`,
        `DiscreteHeavyBall(eta=, momentum=)` or `OnePassSGD(eta=, batch=)`, with ``fraction=`` for ``eta=``
        at will. Times are on the clock of the rule: numbers of steps where it counts them. With a
        ``schedule`` the loss at t is that at the end of a run of t steps.
    student : `GaussianFeatures()` (default), `OrthogonalFeatures(modes=M)`, `DeepRandomFeatures(widths=)` (N
        is then left out), `SpectralTruncation()`, `StructuredFeatures(eigenvalues=)` or
        `NonlinearFeatures(activation=)`.
    test_eigenvalues : lambda' of the inputs on which test losses are measured, an expression in the index of
        the task (an array in `from_arrays`); those that it was trained on by default.
    ridge : rho, where ``rho |w|^2`` is added to the objective ``(1/P) |y - f|^2``; any number above the pole,
        which is below 0. Train losses are without this penalty. For one-pass SGD it is weight decay, >= 0.

    Every result is a `Value` whose estimated relative error is below 10^-digits. Raises `DomainError` and
    `SpectrumError` for input outside the model, `PrecisionError` where the digits cannot be had.

    >>> from asymptotics.tasks.power_laws import power_law
    >>> model = FullModel(power_law("a", "b"), {"a": 1.5, "b": 2})
    >>> float(model.test_loss(1000))        # sum_k k^-1.5 e^(-2000 k^-2), BAP eq. (11)
    0.2710775678721606
    >>> model = FullModel(power_law(1.5, 1.25), N=100, P=400, noise="1/2")
    >>> round(float(model.test_loss(50)), 12), round(float(model.train_loss(50)), 12)
    (0.639823244101, 0.641148270968)
    """

    __slots__ = (
        "N",
        "P",
        "_solver",
        "digits",
        "noise",
        "ridge",
        "rule",
        "spectrum",
        "student",
        "tested",
    )

    def __init__(
        self,
        task: Task,
        params: Mapping[sympy.Symbol | str, object] | None = None,
        *,
        N: object = None,
        P: object = sympy.oo,
        noise: object = None,
        digits: int | None = None,
        rule: TrainingRule = FLOW,
        ridge: object = 0,
        student: Student = GAUSSIAN,
        test_eigenvalues: object = None,
    ) -> None:
        if not isinstance(task, Task):
            raise DomainError(
                f"task = {shown(task)} is not a Task; use power_law(a, b) or Task(eigenvalues=, target=)"
            )
        check_rule(rule, with_numbers=True)
        if noise is not None:
            task = replace(task, noise=exact(noise, "noise"))
        sizes = {symbols.N: _size_of(student, N), symbols.P: exact_size("P", P)}
        student = check_student(student).at({**substitution(task.parameters, params, {}), **sizes})
        task = task.with_sizes(sizes)
        finite = _drawn(student, sizes[symbols.N]) or not infinite(sizes[symbols.P])
        spectrum = solve_spectrum(
            task, params, needs_trace=finite or (rule.fresh and not _may_lack_trace(rule, ridge))
        )
        if rule.fresh and not spectrum.trace:
            _check_squares(spectrum)
        self._set_up(spectrum, sizes[symbols.N], P, task.at(params).noise, digits, rule, ridge, student)
        if test_eigenvalues is not None:
            drawn = _drawn(student, self.N) or student.white_noise() != 0
            self._test_on(*inputs_of_task(task, params, test_eigenvalues, drawn), drawn=drawn)

    @classmethod
    def from_arrays(
        cls,
        eigenvalues: ArrayLike,
        target: ArrayLike,
        multiplicities: ArrayLike | None = None,
        *,
        N: object = None,
        P: object = sympy.oo,
        noise: object = 0,
        digits: int | None = None,
        rule: TrainingRule = FLOW,
        ridge: object = 0,
        student: Student = GAUSSIAN,
        test_eigenvalues: ArrayLike | None = None,
    ) -> FullModel:
        """The model of a finite spectrum: ``lambda_k`` and ``c_k`` as arrays of shape (M,), in any order.

        With ``multiplicities``, shape (M,), they are those of levels, so many modes in each. Floats are the
        binary numbers that they are; other entries, such as 1/3, are rounded to doubles, which the model
        says where it is printed: at more than 15 digits they are refused, a `Task` takes its formula as it
        is. Raises `SpectrumError` for these, and for arrays that are empty, of different lengths, negative
        or NaN.

        >>> model = FullModel.from_arrays([1, 1, 1, 1], [1, 1, 1, 1], N=2)
        >>> round(float(model.test_loss(sympy.oo)), 12)        # (M - N)/M of the power is out of reach
        2.0
        """
        check_rule(rule, with_numbers=True)
        model = cls.__new__(cls)
        spectrum = finite_spectrum(eigenvalues, target, multiplicities)
        model._set_up(spectrum, _size_of(student, N), P, exact(noise, "noise"), digits, rule, ridge, student)
        rounded = spectrum.rounded or ("" if test_eigenvalues is None else "test_eigenvalues c/lambda")
        if rounded and model.digits > OF_DOUBLES:
            raise SpectrumError(
                f"{rounded} is not a double, and arrays are read as doubles, so that digits = {digits} would "
                f"be those of another spectrum; use digits <= {OF_DOUBLES}, or a Task with its formula"
            )
        if test_eigenvalues is not None:
            model._test_on(*inputs_of_arrays(spectrum, test_eigenvalues))
        return model

    def _set_up(
        self,
        spectrum: ContinuousSpectrum | FiniteSpectrum,
        N: sympy.Expr,
        P: object,
        noise: sympy.Expr,
        digits: int | None,
        rule: TrainingRule,
        ridge: object,
        student: Student,
    ) -> None:
        planned = rule.scheduled or (rule.fresh and not spectrum.trace)
        digits = whole_number(_default_digits(planned) if digits is None else digits, "digits", 1, MAX_DIGITS)
        if planned and digits > MOST_PLANNED:
            raise DomainError(
                f"digits = {digits}: runs with a schedule are solved in double precision; use digits <= "
                f"{MOST_PLANNED}, or leave it out"
            )
        self.spectrum, self.noise, self.digits, self.rule = spectrum, exact_noise(noise), digits, rule
        self.student = check_student(student)
        self.N, self.P, self.ridge = N, exact_size("P", P), exact_ridge(ridge)
        seen = map_of(student, self.N, spectrum, digits)
        kind = _solver_of(rule, self.ridge, spectrum.trace)
        self._solver = kind(seen, self.P, rule, self.ridge)
        self._solver.variance = float(self.noise**2)
        self.rule = self._solver.dynamics.rule  # a fraction of the largest step is a step by now
        if rule.fresh and not infinite(self.P):
            raise DomainError(f"P = {self.P}: {rule.title} never sees a sample twice; leave P = oo")
        if rule.resamples and infinite(self.P):
            raise DomainError(f"P = oo: {rule.title} draws from P samples; give P, or take OnePassSGD")
        if (rule.fresh or rule.resamples) and (seen.scale != 1 or not seen.beyond):
            raise UnableError(
                f"{self.student.title} trained by {rule.title} are not solved; use GradientDescent"
            )
        if rule.resamples and self.ridge:
            raise UnableError(
                f"ridge = {self.ridge}: weight decay is not solved for {rule.title}; leave ridge = 0, or use "
                "GradientDescent"
            )
        if planned and self.ridge:
            raise UnableError(
                f"ridge = {self.ridge}: runs with a schedule or an average are not solved with weight decay; "
                "leave ridge = 0, or the schedule"
            )
        self._solver.check()
        self.tested = self._solver

    def _test_on(self, learned: Spectrum, tested: Spectrum, *, drawn: bool = True) -> None:
        """Measure test losses on other inputs (`metrics`)."""
        parts.check_gradient(self.rule, "the loss on other inputs")
        seen = map_of(self.student, self.N, learned, self.digits)
        learned, tested = seen.spectrum, seen.see_inputs(tested)
        kind = OtherSpectrum if drawn else OtherKernel
        self.tested = self._solver.in_metric(lambda model: kind(model, learned, tested))

    def __repr__(self) -> str:
        notes = "; ".join(self.spectrum.notes) if isinstance(self.spectrum, FiniteSpectrum) else ""
        modes = f"{self.spectrum.modes or 'oo'} modes" + (f" ({notes})" if notes else "")
        return (
            f"FullModel({modes}, N={self.N}, P={self.P}, noise={self.noise}, "
            f"digits={self.digits}, rule={self.rule}"
            + (f", ridge={self.ridge}" if self.ridge else "")
            + (f", student={self.student}" if self.student != GAUSSIAN else "")
            + ")"
        )


def _check_squares(spectrum: ContinuousSpectrum | FiniteSpectrum) -> None:
    """Raise `SpectrumError` where the noise of batches is infinite in every step."""
    if isinstance(spectrum, ContinuousSpectrum) and not spectrum.squares.decay("target") > 1:
        raise SpectrumError(
            f"sum of lambda_k^2 diverges for {spectrum.eigenvalues}: the noise of each batch is infinite at "
            "N = oo; the kernel needs decay faster than k^-(1/2), or pass modes=M"
        )


def _drawn(student: Student, N: sympy.Expr) -> bool:
    """Whether the student is more than the kernel itself: it has a layer of finite size."""
    return not all(map(infinite, student.layers(N)))


def _may_lack_trace(rule: TrainingRule, ridge: object) -> bool:
    """Whether finitely many steps of a rule have a loss although none is stable for ever."""
    return not (rule.remembers or ridge) and symbols.h not in numbers_of(rule)


def _solver_of(rule: TrainingRule, ridge: sympy.Expr, trace: bool) -> type[Solver]:
    """Who solves for the losses of a rule."""
    if rule.resamples:
        return ReusedScheduleSolver if rule.scheduled else ReusingSolver
    if rule.scheduled or (rule.fresh and not trace):
        return MomentumSolver if rule.remembers else ScheduledSolver
    return DecayedSolver if rule.fresh and ridge else Solver


def _default_digits(planned: bool) -> int:
    return 5 if planned else 15


def _size_of(student: Student, N: object) -> sympy.Expr:
    """N as given, oo by default; raises `DomainError` beside a student that has all its sizes."""
    if N is None:
        return sympy.oo
    if not any(size.free_symbols for size in check_student(student).layers()):
        raise DomainError(f"N = {shown(N)} beside student = {student}, which has all its sizes; leave N out")
    return exact_size("N", N)
