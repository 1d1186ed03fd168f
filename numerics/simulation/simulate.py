"""Finite random-feature models, drawn and trained: the losses that the theory must meet.

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
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt
from sympy import Symbol
from tqdm import tqdm

from asymptotics.errors import DomainError, check_kind, shown
from asymptotics.model.rules.base import TrainingRule
from asymptotics.model.rules.gradient_flow import GradientFlow
from asymptotics.parsing.numbers import whole_number
from asymptotics.tasks.task import Task
from numerics.model.rules.base import dynamics_of
from numerics.simulation.draws import FiniteModel
from numerics.simulation.inputs import level_array, size, standard_deviation, training_times
from numerics.simulation.rich import rich_dynamics
from numerics.spectra.arrays import Array, spectrum_arrays

MAX_BYTES = 2**31
"""Default bound on the memory of a simulation: 2 GiB, e.g. M = N = P = 7000 at a few times."""

GRADIENT_FLOW = GradientFlow()


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """``mean +- standard error`` over independent draws, one entry per time.

    ``test_loss`` is the excess loss ``sum_k lambda_k v_k^2`` (sigma^2 not included); ``train_loss`` is
    ``(1/P)|y - f|^2`` with the label noise, of the averaged predictor, averaged over the data sets; for
    P = oo and for one-pass SGD it is ``test_loss + sigma^2``. ``bias`` is ``|E u|^2`` over A, data and noise,
    estimated by the mean of ``u_d . u_d'`` over pairs of different draws (unbiased; it may come out
    negative within its error), with the jackknife as its error. All in units of the target power.

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
    N: float
    P: float
    modes: int
    noise: float
    rule: TrainingRule
    members: int
    bags: int
    draws: int
    seed: int


def simulate(
    task: Task,
    params: Mapping[Symbol | str, object] | None = None,
    *,
    N: object,
    P: object,
    times: object,
    modes: object = None,
    rule: TrainingRule = GRADIENT_FLOW,
    noise: object = None,
    gamma: object = None,
    draws: int = 100,
    seed: int = 0,
    members: int = 1,
    bags: int = 1,
    progress: bool = False,
    max_bytes: int = MAX_BYTES,
) -> Simulation:
    """Train ``f = N^(-1/2) w.A psi`` on P samples of ``y = sum_k w_k psi_k + sigma epsilon``.

    Parameters
    ----------
    task, params : spectrum, target and noise, and numbers for their symbols.
    N, P : positive integers or oo, each; infinite ones are treated exactly, not as large numbers.
    times : times of the rule, a number or several: t >= 0 or oo for flows, numbers of steps otherwise.
    modes : the number M of levels, where the task has M = oo.
    noise : sigma, the standard deviation; the task's own by default.
    gamma : the richness of features that move (`RichModel`), with gradient flow; None keeps them frozen.
    draws : independent repetitions, at least 3; seed : integer >= 0.
    members, bags : initialisations and data sets whose predictors are averaged in each draw.
    max_bytes : refuse to start if more memory than this is needed.

    Shapes: every result is a tuple over the times; dimensionless, in units of the target power.
    Error bound: the standard error beside each result; rounding is below 1e-6 of it or refused.
    Raises `DomainError` for bad input, an unstable step or too large a model; `PrecisionError` for
    spectra too wide for double precision. One-pass SGD needs P = oo and finite times.
    Source: arXiv 2402.01092, here BAP, section 2, equations 1 to 4.

    >>> from asymptotics import power_law
    >>> run = simulate(power_law(2, 1.5), N=20, P=40, modes=60, times=(0, 10), draws=50, seed=1)
    >>> round(run.test_loss[0], 6), run.test_loss[1] < 0.3, run.test_loss_error[1] < 0.02
    (1.628406, True, True)
    """
    check_kind(task, Task, "task", "pass power_law(a, b) or Task(eigenvalues=, target=)")
    task = task.at(params)
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
    N: object,
    P: object,
    times: object,
    rule: TrainingRule = GRADIENT_FLOW,
    noise: object = 0.0,
    gamma: object = None,
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
    model = FiniteModel(
        spread=np.sqrt(level_array("eigenvalues", eigenvalues, positive=True)),
        teacher=np.sqrt(level_array("target", target, positive=False)),
        width=size("N", N),
        examples=size("P", P),
        noise=standard_deviation(noise),
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
    errors = np.empty((len(children), len(model.spread), len(model.times)))
    train = np.empty((len(children), len(model.times)))
    for index, child in enumerate(tqdm(children, desc="draws", disable=not progress)):
        errors[index], train[index] = model.draw(child)
    test = np.square(errors).sum(axis=1)
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
        N=model.width,
        P=model.examples,
        modes=len(model.spread),
        noise=model.noise,
        rule=rule,
        members=model.members,
        bags=model.bags,
        draws=draws,
        seed=seed,
    )


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
