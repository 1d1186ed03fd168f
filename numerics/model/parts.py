"""Which parts of the solution make up which quantity of the full model, and with which weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sympy

from asymptotics.errors import DomainError, UnableError, shown
from asymptotics.model.rules.base import TrainingRule
from numerics.model.rules.base import Dynamics
from numerics.values.inputs import infinite

ONE = sympy.Integer(1)

Weights = Mapping[str, sympy.Expr]
"""By the name of a part (`two_time.PARTS`, and those of `solver`) what multiplies it."""

NOISE = {"noise_data": ONE, "noise_interaction": ONE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What decides which parts a quantity has: rule, sigma^2, time, and whether P is oo throughout.

    ``squares``: whether the square of a propagator has a contour of its own.
    """

    dynamics: Dynamics[Any]
    variance: sympy.Expr
    time: sympy.Expr
    infinite_data: bool
    squares: bool
    decayed: bool = False


def of_test_loss(setting: Setting, members: sympy.Expr = ONE, bags: sympy.Expr = ONE) -> Weights:
    """The excess test loss of the mean over so many initialisations and data sets."""
    E = ONE / members
    if setting.dynamics.rule.fresh:
        return {"sgd_signal": ONE, "sgd_label_noise": setting.variance}
    if setting.dynamics.rule.resamples:
        once = {f"repeated_{name}": weight for name, weight in of_pairs(setting, ONE, ONE).items()}
        return {**once, **of_batches(setting)}
    if setting.infinite_data and not infinite(setting.time) and setting.squares:
        return {"infinite_data": E, "bias": 1 - E}
    return of_pairs(setting, members, bags)


def of_batches(setting: Setting) -> Weights:
    """What the batches of multi-pass SGD add to the test loss."""
    return {"reuse_test": ONE, "reuse_test_noise": setting.variance}


def of_pairs(setting: Setting, members: sympy.Expr, bags: sympy.Expr) -> Weights:
    """The same by pairs of nodes alone, as in any metric."""
    E, D = ONE / members, ONE / bags
    return {
        "bias": ONE,
        "initialisation": E,
        "data": D,
        "interaction": E * D,
        "noise_data": D * setting.variance,
        "noise_interaction": E * D * setting.variance,
    }


def of_train_loss(setting: Setting) -> Weights:
    """``|y - f|^2/P``; test loss and noise where no sample is seen twice."""
    if setting.dynamics.rule.resamples:
        return {"reuse_train": ONE, "reuse_train_noise": setting.variance}
    if setting.infinite_data:
        return {**of_test_loss(setting), "one": setting.variance}
    return {"train_signal": ONE, "train_noise": setting.variance}


def of_gap(setting: Setting) -> Weights:
    """Test loss + sigma^2 - train loss."""
    if setting.dynamics.rule.resamples and setting.time == 0:
        return {}
    if setting.dynamics.rule.resamples:
        train = {name: -weight for name, weight in of_train_loss(setting).items()}
        return {**of_test_loss(setting), "one": setting.variance, **train}
    return {} if setting.infinite_data else {"gap_signal": ONE, "gap_noise": setting.variance}


def of_sgd_excess(setting: Setting) -> Weights:
    """What the noise of batches adds to the test loss of its mean rule; nothing at the start, or without."""
    rule = setting.dynamics.rule
    if setting.time == 0 or not (rule.fresh or rule.resamples):
        return {}
    if rule.resamples:
        return {**of_test_loss(setting), **{x: -w for x, w in of_pairs(setting, ONE, ONE).items()}}
    mean = ("bias", "initialisation") if setting.decayed else ("infinite_data",)
    return {**of_test_loss(setting), **dict.fromkeys(mean, -ONE)}


def weights_of(quantity: str, setting: Setting) -> Weights:
    """The parts of a quantity by its name; raises `DomainError` for another name.

    "noise" and "gap_noise" are what sigma^2 multiplies in the test loss and in the gap.
    """
    match quantity:
        case "test_loss":
            return of_test_loss(setting)
        case "train_loss":
            return of_train_loss(setting)
        case "bias":
            return {"bias": ONE}
        case "gap":
            return of_gap(setting)
        case "sgd_excess":
            return of_sgd_excess(setting)
        case "noise" if setting.dynamics.rule.fresh:
            return {"sgd_label_noise": ONE}
        case "noise":
            return {} if setting.infinite_data else NOISE
        case "gap_noise":
            return {} if setting.infinite_data else {"gap_noise": ONE}
    known = "test_loss, train_loss, bias, gap, noise, gap_noise, sgd_excess"
    raise DomainError(f"quantity = {shown(quantity)}; it can be {known}")


def check_gradient(rule: TrainingRule, what: str) -> None:
    """Raise `UnableError` for rules that draw batches, of which only the losses are known."""
    if rule.fresh or rule.resamples:
        raise UnableError(f"{what} is not known for {rule.title}; use GradientFlow or GradientDescent")
