"""What figures show, checked: points of models and of simulations as arrays, and what to call them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from asymptotics.errors import DomainError, shown
from asymptotics.parsing.numbers import one_or_many
from numerics.figures.style import number_text
from numerics.model.full_model import FullModel
from numerics.simulation.inputs import number
from numerics.simulation.simulate import Simulation
from numerics.spectra.arrays import Array
from numerics.spectra.finite import FiniteSpectrum
from numerics.values.value import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """Simulated losses that have a place on log axes: times, means, standard errors, each of shape (T,)."""

    times: Array
    means: Array
    errors: Array


def several(name: str, values: Any) -> tuple[Any, ...]:
    """One thing or many as a tuple; raises `DomainError` if there is none."""
    listed = one_or_many(values, name)
    if not listed:
        raise DomainError(f"{name} is empty; give at least one")
    return listed


def check_models(models: Any) -> tuple[FullModel, ...]:
    """One model or several as a tuple; `DomainError` for other things."""
    listed = several("models", models)
    for model in listed:
        if not isinstance(model, FullModel):
            raise DomainError(
                f"model = {shown(model)} is not a FullModel; build one with FullModel(task, params)"
            )
    return listed


def grid(name: str, values: Any) -> tuple[Any, ...]:
    """Times or rates in increasing order, as they were given; raises `DomainError` unless finite and > 0.

    >>> grid("times", [10, 1])
    (1, 10)
    >>> grid("times", [0, 1])
    Traceback (most recent call last):
        ...
    asymptotics.errors.DomainError: times contains 0; on a logarithmic axis each must be finite and > 0
    """
    bound = "on a logarithmic axis each must be finite and > 0"
    listed = several(name, values)
    for value in listed:
        if not 0 < number(f"an entry of {name}", value, bound) < math.inf:
            raise DomainError(f"{name} contains {value}; {bound}")
    return tuple(sorted(listed, key=float))


def floats(values: Iterable[Any]) -> Array:
    """Numbers of any kind as an array of floats."""
    return np.array([float(value) for value in values], dtype=np.float64)


def losses(values: Iterable[Value], name: str) -> Array:
    """Values for a log axis, NaN where a loss is 0 within its error; raises `DomainError` if all are.

    >>> import mpmath
    >>> zero, one = (Value(value=mpmath.mpf(x), error=mpmath.mpf("1e-9")) for x in (0, 1))
    >>> losses([one, zero], "train loss")
    array([ 1., nan])
    """
    found = tuple(values)
    shown = np.array([float(v) if v.value > v.error else math.nan for v in found], dtype=np.float64)
    if np.isnan(shown).all():
        raise DomainError(f"{name} is 0 within its error at all {len(found)} times; give earlier times")
    return shown


def partners(simulations: Any, count: int, what: str) -> tuple[Simulation | None, ...]:
    """One simulation or None for each of ``count`` models or members; raises `DomainError`."""
    if simulations is None:
        return (None,) * count
    listed = (simulations,) if isinstance(simulations, Simulation) else tuple(simulations)
    for simulation in listed:
        if not isinstance(simulation, Simulation | None):
            raise DomainError(
                f"simulation = {shown(simulation)} is not a Simulation; take what simulate(...) returns"
            )
    if len(listed) != count:
        raise DomainError(
            f"{len(listed)} simulations for {count} {what}; give one for each, None where there is none"
        )
    return listed


def check_partner(model: FullModel, simulation: Simulation | None, members: float = 1) -> None:
    """Raise `DomainError` unless the simulation is one of the model.

    N, P, noise, rule, members and bags must be the same, and so must the modes of a finite spectrum; an
    infinite one can only be simulated cut off.
    """
    if simulation is None:
        return
    same: dict[str, tuple[Any, Any]] = {
        "N": (simulation.N, float(model.N)),
        "P": (simulation.P, float(model.P)),
        "noise": (simulation.noise, float(model.noise)),
        "rule": (simulation.rule, model.rule),
        "members": (simulation.members, members),
        "bags": (simulation.bags, 1),
    }
    if model.spectrum.modes is not None:
        same["modes"] = (simulation.modes, model.spectrum.modes)
    for name, (theirs, ours) in same.items():
        if theirs != ours:
            raise DomainError(
                f"the simulation has {name} = {theirs}, the model {name} = {ours}; simulate what is modelled"
            )


def points_from(simulation: Simulation | None, quantity: str) -> Points | None:
    """The points of a simulation with finite times > 0, means > 0 and finite errors, in order of time.

    Raises `DomainError` if there is none.
    """
    if simulation is None:
        return None
    times, means, errors = (
        np.array(getattr(simulation, name)) for name in ("times", quantity, f"{quantity}_error")
    )
    kept = np.isfinite(times) & (times > 0) & (means > 0) & np.isfinite(errors)
    if not kept.any():
        raise DomainError(
            f"the simulation has no {quantity.replace('_', ' ')} > 0 with a finite error at a finite time "
            "> 0; simulate at such times"
        )
    order = np.argsort(times[kept], kind="stable")
    return Points(times=times[kept][order], means=means[kept][order], errors=errors[kept][order])


def names_of(models: Sequence[FullModel]) -> tuple[str, ...]:
    """What differs between models, as labels: N, P, noise or rule; "theory" for a single one.

    Raises `DomainError` if that leaves two alike, for then the reader needs words.

    >>> names_of([FullModel.from_arrays([1], [1], N=N) for N in (8, 16)])
    ('$N = 8$', '$N = 16$')
    """
    if len(models) == 1:
        return ("theory",)
    parts: list[list[str]] = [
        [f"$N = {number_text(float(m.N))}$" for m in models],
        [f"$P = {number_text(float(m.P))}$" for m in models],
        [rf"$\sigma = {number_text(float(m.noise))}$" for m in models],
        [str(m.rule) for m in models],
    ]
    told = [part for part in parts if len(set(part)) > 1]
    names = tuple(", ".join(pieces) for pieces in zip(*told, strict=True)) if told else ()
    if len(set(names)) < len(models):
        raise DomainError(
            f"{len(models)} models, not all different in N, P, noise or rule; pass labels=, one per model"
        )
    return names


def time_label(models: Sequence[FullModel]) -> str:
    """What the time of these models' rules is."""
    steps = {model.rule.counts_steps for model in models}
    if steps == {True}:
        return "number of steps $n$"
    return "training time $t$" + (" or number of steps" if True in steps else "")


def eigenvalue(model: FullModel, level: int) -> float:
    """``lambda_k`` of a level as a float."""
    spectrum = model.spectrum
    if isinstance(spectrum, FiniteSpectrum):
        return float(spectrum.eigenvalues[level - 1])
    return math.exp(spectrum.logarithm("eigenvalues", math.log(level)))
