"""Finite students, drawn and trained: the losses that the theory must meet.

Each draw has ``members`` matrices A and ``bags`` data sets, trains every pair, and averages their
predictors. What is reported is the mean over independent draws, with its standard error, and an
unbiased estimate of the bias, the loss of the predictor averaged over everything random.

Draw number d always uses the d-th child of ``SeedSequence(seed)``, so a result depends neither on
the number of draws beside it nor on how the work is cut; a longer run extends a shorter one, and
more members or bags keep the earlier ones.

    simulate(task, params, N=, P=, times=, ...)               -> Simulation
    simulate_arrays(eigenvalues, target, N=, P=, times=, ...) -> Simulation
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
import numpy.typing as npt
from sympy import Symbol
from tqdm import tqdm

from asymptotics import symbols
from asymptotics.errors import DomainError, check_kind, shown
from asymptotics.model.rules.base import TrainingRule
from asymptotics.model.rules.gradient_flow import GradientFlow
from asymptotics.model.students.base import Student, check_student
from asymptotics.model.students.gaussian import GaussianFeatures
from asymptotics.parsing.numbers import exact, is_many, real_float, substitution, whole_number
from asymptotics.tasks.task import Task
from numerics.model.full_model import FullModel
from numerics.model.rules.base import dynamics_of
from numerics.simulation.draws import FiniteModel
from numerics.simulation.inputs import layer_sizes, level_array, size, standard_deviation, training_times
from numerics.simulation.rich import rich_dynamics
from numerics.spectra.arrays import Array, spectrum_arrays
from numerics.values.inputs import exact_size

MAX_BYTES = 2**31
"""Default bound on the memory of a simulation: 2 GiB, e.g. M = N = P = 7000 at a few times."""

GRADIENT_FLOW = GradientFlow()
GAUSSIAN = GaussianFeatures()


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """``mean +- standard error`` over independent draws, one entry per time.

    ``test_loss`` is the excess loss ``sum_k lambda_k v_k^2`` (sigma^2 not included); ``train_loss`` is
    ``(1/P)|y - f|^2`` with the label noise, of the averaged predictor, averaged over the data sets; for
    P = oo and for one-pass SGD it is ``test_loss + sigma^2``. ``bias`` is ``|E u|^2`` over A, data and noise,
    estimated by the mean of ``u_d . u_d'`` over pairs of different draws (unbiased; it may come out
    negative within its error), with the jackknife as its error. All in units of the target power. With
    ``test_eigenvalues`` the test loss and the bias are those on that distribution, ``sum_k lambda'_k v_k^2``.
    ``classification_error`` is the probability that a prediction has not the sign of the target without
    noise, for Gaussian features the angle between the two over pi; 1/2 where nothing is learned.

    Errors are one standard error, infinite where the loss has no finite variance: at t = oo with
    ``|N - P| <= 3``, the double-descent peak. Just before it, at long finite times, the loss has heavy
    tails and a standard error from few draws is too small. ``N`` and ``P`` are ``inf`` where infinite.
    """

    times: tuple[float, ...]
    test_loss: tuple[float, ...]
    test_loss_error: tuple[float, ...]
    train_loss: tuple[float, ...]
    train_loss_error: tuple[float, ...]
    bias: tuple[float, ...]
    bias_error: tuple[float, ...]
    classification_error: tuple[float, ...]
    classification_error_error: tuple[float, ...]
    N: float
    P: float
    modes: int
    noise: float
    rule: TrainingRule
    ridge: float
    student: Student
    members: int
    bags: int
    draws: int
    seed: int


def simulate(
    task: Task,
    params: Mapping[Symbol | str, object] | None = None,
    *,
    N: object = math.inf,
    P: object = math.inf,
    times: object,
    modes: object = None,
    rule: TrainingRule = GRADIENT_FLOW,
    noise: object = None,
    gamma: object = None,
    ridge: object = 0.0,
    student: Student = GAUSSIAN,
    test_eigenvalues: object = None,
    draws: int = 100,
    seed: int = 0,
    members: int = 1,
    bags: int = 1,
    progress: bool = False,
    max_bytes: int = MAX_BYTES,
) -> Simulation:
    """Train a student, by default ``f = N^(-1/2) w.A psi``, on P of ``y = sum_k w_k psi_k + sigma epsilon``.

    Parameters
    ----------
    task, params : spectrum, target and noise, and numbers for their symbols.
    N, P : positive integers or oo (the default), each; infinite ones are treated exactly, not as large
        numbers. Students with widths of their own take no N.
    times : times of the rule, a number or several: t >= 0 or oo for flows, numbers of steps otherwise.
    modes : the number M of levels, where the task has M = oo.
    noise : sigma, the standard deviation; the task's own by default.
    gamma : the richness of features that move (`RichModel`), with gradient flow; None keeps them frozen.
    ridge : rho, where ``rho |w|^2`` is added to the objective ``(1/P) |y - f|^2``.
    student : `GaussianFeatures()` (default) and the other students; nonlinear features are drawn as their
        Gaussian equivalent.
    test_eigenvalues : lambda' of the distribution that is tested on, in the index of the task, or one number
        a mode; those of the task by default.
    draws : independent repetitions, at least 3; seed : integer >= 0.
    members, bags : initialisations and data sets whose predictors are averaged in each draw.
    max_bytes : refuse to start if more memory than this is needed.

    Shapes: every result is a tuple over the times; dimensionless, in units of the target power.
    Error bound: the standard error beside each result; rounding is below 1e-6 of it or refused.
    Raises `DomainError` for bad input, an unstable step or too large a model; `PrecisionError` for
    spectra too wide for double precision. One-pass SGD needs P = oo and finite times.
    Models of a few hundred features are small for NumPy's threads: the environment variable OMP_NUM_THREADS=1
    makes draws several times faster where others use the machine as well.

    Source: arXiv 2402.01092, here BAP, section 2, equations 1 to 4.

    >>> from asymptotics import power_law
    >>> run = simulate(power_law(2, 1.5), N=20, P=40, modes=60, times=(0, 10), draws=50, seed=1)
    >>> round(run.test_loss[0], 6), run.test_loss[1] < 0.3, run.test_loss_error[1] < 0.02
    (1.628406, True, True)
    """
    check_kind(task, Task, "task", "pass power_law(a, b) or Task(eigenvalues=, target=)")
    if test_eigenvalues is not None and not is_many(test_eigenvalues):
        shifted = replace(task, eigenvalues=exact(test_eigenvalues, "test_eigenvalues"))
        test_eigenvalues, _ = spectrum_arrays(shifted.at(params), None, modes)
    sizes = {symbols.N: exact_size("N", N), symbols.P: exact_size("P", P)}
    student = check_student(student).at({**substitution(task.parameters, params, {}), **sizes})
    task = task.at(params)
    if modes is None:
        task = task.with_sizes(sizes)
    if noise is None:
        if task.noise.free_symbols:
            raise DomainError(f"noise = {task.noise} has no value; pass it in params, or pass noise=")
        noise = task.noise
    eigenvalues, target = spectrum_arrays(task, None, modes)
    return simulate_arrays(
        eigenvalues,
        target,
        N=N,
        P=P,
        times=times,
        rule=rule,
        noise=noise,
        gamma=gamma,
        ridge=ridge,
        student=student,
        test_eigenvalues=test_eigenvalues,  # type: ignore[arg-type]
        draws=draws,
        seed=seed,
        members=members,
        bags=bags,
        progress=progress,
        max_bytes=max_bytes,
    )


def simulate_arrays(
    eigenvalues: npt.ArrayLike,
    target: npt.ArrayLike,
    *,
    N: object = math.inf,
    P: object = math.inf,
    times: object,
    rule: TrainingRule = GRADIENT_FLOW,
    noise: object = 0.0,
    gamma: object = None,
    ridge: object = 0.0,
    student: Student = GAUSSIAN,
    test_eigenvalues: npt.ArrayLike | None = None,
    draws: int = 100,
    seed: int = 0,
    members: int = 1,
    bags: int = 1,
    progress: bool = False,
    max_bytes: int = MAX_BYTES,
) -> Simulation:
    """`simulate` for arrays ``lambda_k > 0`` and ``c_k >= 0``, both of shape (M,).

    Parameters, errors and source as in `simulate`; the arrays need no order.

    >>> run = simulate_arrays([1.0, 1.0], [0.5, 0.5], N=float("inf"), P=float("inf"), times=1)
    >>> run.test_loss_error, abs(run.test_loss[0] - math.exp(-2)) < 1e-15
    ((0.0,), True)
    """
    if getattr(rule, "fraction", 0.0):  # of the largest step of the mean field, the same in every draw
        rule = FullModel.from_arrays(eigenvalues, target, N=N, rule=rule, student=student).rule
    model = FiniteModel(
        spread=np.sqrt(level_array("eigenvalues", eigenvalues, positive=True)),
        teacher=np.sqrt(level_array("target", target, positive=False)),
        student=check_student(student),
        widths=layer_sizes(student, size("N", N)),
        examples=size("P", P),
        noise=standard_deviation(noise),
        ridge=real_float(ridge, "ridge", "give a finite number"),
        dynamics=dynamics_of(rule) if gamma is None else rich_dynamics(gamma, rule),
        times=training_times(times, rule),
        members=whole_number(members, "members", 1),
        bags=whole_number(bags, "bags", 1),
    )
    if len(model.spread) != len(model.teacher):
        raise DomainError(
            f"{len(model.spread)} eigenvalues but {len(model.teacher)} target powers; give one per mode"
        )
    if rule.fresh and math.isfinite(model.examples):
        raise DomainError(f"P = {P}, but {rule.title} draws every batch fresh; pass P=oo")
    if rule.resamples and not math.isfinite(model.examples):
        raise DomainError(f"P = oo, but {rule.title} draws from P samples; give P, or take OnePassSGD")
    if rule.resamples and model.ridge:
        raise DomainError(f"ridge = {model.ridge:.6g}: weight decay is not run for {rule.title}; leave it 0")
    if getattr(rule, "scheduled", False) and model.ridge:
        raise DomainError(
            f"ridge = {model.ridge:.6g}: weight decay is not run with a schedule or an average; leave it 0"
        )
    if gamma is not None and model.ridge:
        raise DomainError(
            f"ridge = {model.ridge:.6g} beside gamma = {gamma}: features that move take no ridge; leave it 0"
        )
    weights = _test_weights(test_eigenvalues, model.spread)
    draws = whole_number(draws, "draws", 3)
    seed = whole_number(seed, "seed", 0)
    repetitions = draws if model.random else 1
    needed = model.bytes_needed(repetitions)
    max_bytes = whole_number(max_bytes, "max_bytes", 1)
    if needed > max_bytes:
        raise DomainError(
            f"M = {len(model.spread)}, N = {shown(N)}, P = {shown(P)}, draws = {shown(draws)} need "
            f"{_gibibytes(needed)} GiB, more than the bound of {_gibibytes(max_bytes)} GiB; use a smaller "
            "model or raise max_bytes"
        )
    children = np.random.SeedSequence(seed).spawn(repetitions)
    errors = np.empty((len(children), model.rows, len(model.times)))
    train = np.empty((len(children), len(model.times)))
    for index, child in enumerate(tqdm(children, desc="draws", disable=not progress)):
        errors[index], train[index] = model.draw(child)
    errors[:, : len(weights)] *= weights[:, None]
    test = np.square(errors).sum(axis=1)
    wrong = _wrong_signs(errors, model.teacher * weights)
    heavy = model.variance_is_infinite()
    bias, bias_error = _bias(errors)
    return Simulation(
        times=_tuple(model.times),
        test_loss=_tuple(test.mean(axis=0)),
        test_loss_error=_tuple(np.where(heavy, np.inf, _standard_error(test))),
        train_loss=_tuple(train.mean(axis=0)),
        train_loss_error=_tuple(_standard_error(train)),
        bias=_tuple(bias),
        bias_error=_tuple(np.where(heavy, np.inf, bias_error)),
        classification_error=_tuple(wrong.mean(axis=0)),
        classification_error_error=_tuple(_standard_error(wrong)),
        N=model.widths[-1],
        P=model.examples,
        modes=len(model.spread),
        noise=model.noise,
        rule=rule,
        ridge=model.ridge,
        student=student,
        members=model.members,
        bags=model.bags,
        draws=draws,
        seed=seed,
    )


def _test_weights(test_eigenvalues: npt.ArrayLike | None, spread: Array) -> Array:
    """``sqrt(lambda'/lambda)``, by which ``u_k`` enters the loss on the test distribution."""
    if test_eigenvalues is None:
        return np.ones(len(spread))
    given = level_array("test_eigenvalues", test_eigenvalues, positive=False)
    if len(given) != len(spread):
        raise DomainError(f"{len(spread)} eigenvalues but {len(given)} test eigenvalues; give one per mode")
    found: Array = np.sqrt(given) / spread
    return found


def _wrong_signs(errors: Array, teacher: Array) -> Array:
    """``arccos(cos)/pi`` of the angle between target and prediction of each draw, shape (draws, T)."""
    target = np.pad(teacher, (0, errors.shape[1] - len(teacher)))
    learned = target[:, None] - errors
    lengths = np.sqrt(np.square(target).sum() * np.square(learned).sum(axis=1))
    overlap = np.einsum("m,dmt->dt", target, learned)
    cosine = np.divide(overlap, lengths, out=np.zeros_like(overlap), where=lengths > 0)
    found: Array = np.arccos(np.clip(cosine, -1.0, 1.0)) / math.pi
    return found


def _gibibytes(number: int) -> str:
    """Bytes in GiB; decimal, because the size that was asked for may exceed every float."""
    return f"{Decimal(number) / 2**30:.3g}"


def _standard_error(values: Array) -> Array:
    """Standard error of the mean over the first axis; 0 for the single draw of a sure result."""
    if len(values) == 1:
        return np.zeros(values.shape[1:])
    error: Array = values.std(axis=0, ddof=1) / math.sqrt(len(values))
    return error


def _bias(errors: Array) -> tuple[Array, Array]:
    """The mean of ``u_d . u_d'`` over d != d', and its jackknife standard error."""
    draws = len(errors)
    own = np.square(errors).sum(axis=1)
    if draws == 1:
        return own[0], np.zeros_like(own[0])
    total = errors.sum(axis=0)
    squares, whole = own.sum(axis=0), np.square(total).sum(axis=0)
    estimate = (whole - squares) / (draws * (draws - 1))
    across = np.einsum("dmt,mt->dt", errors, total)
    left_out = ((whole - 2 * across + own) - (squares - own)) / ((draws - 1) * (draws - 2))
    spread = np.square(left_out - left_out.mean(axis=0)).sum(axis=0)
    return estimate, np.sqrt((draws - 1) / draws * spread)


def _tuple(values: Array) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
