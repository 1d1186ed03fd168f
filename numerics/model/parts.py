"""Which parts of the solution make up which quantity of the full model, and with which weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sympy

from asymptotics.errors import DomainError, UnableError
from numerics.model.rules import HeavyBall, OnePassSGD, Rule
from numerics.values.inputs import infinite

ONE = sympy.Integer(1)

Weights = Mapping[str, sympy.Expr]
"""By the name of a part (`two_time.PARTS`, and those of `solution`) what multiplies it."""

NOISE = {"noise_data": ONE, "noise_interaction": ONE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What decides which parts a quantity has: rule, sigma^2, time, and whether P is oo throughout."""

    rule: Rule
    variance: sympy.Expr
    time: sympy.Expr
    infinite_data: bool


def of_test_loss(setting: Setting, members: sympy.Expr = ONE, bags: sympy.Expr = ONE) -> Weights:
    """The excess test loss of the mean over so many initialisations and data sets."""
    E, D = ONE / members, ONE / bags
    if isinstance(setting.rule, OnePassSGD):
        return {"infinite_data": ONE, **of_sgd_excess(setting)}
    if setting.infinite_data and not infinite(setting.time) and not isinstance(setting.rule, HeavyBall):
        return {"infinite_data": E, "bias": 1 - E}
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
    if setting.infinite_data:
        return {**of_test_loss(setting), "one": setting.variance}
    return {"train_signal": ONE, "train_noise": setting.variance}


def of_gap(setting: Setting) -> Weights:
    """Test loss + sigma^2 - train loss."""
    return {} if setting.infinite_data else {"gap_signal": ONE, "gap_noise": setting.variance}


def of_sgd_excess(setting: Setting) -> Weights:
    """Test loss of one-pass SGD less that of gradient flow; nothing for other rules."""
    if not isinstance(setting.rule, OnePassSGD):
        return {}
    return {"sgd_excess": ONE, "sgd_noise": setting.variance}


def named(quantity: str, setting: Setting) -> Weights:
    """The parts of a quantity by its name; raises `DomainError` for another name.

    "noise" and "gap_noise" are what sigma^2 multiplies in the test loss and in the gap.
    """
    sgd = isinstance(setting.rule, OnePassSGD)
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
        case "noise" if sgd:
            return {"sgd_noise": ONE}
        case "noise":
            return {} if setting.infinite_data else NOISE
        case "gap_noise":
            return {} if setting.infinite_data else {"gap_noise": ONE}
    known = "test_loss, train_loss, bias, gap, noise, gap_noise, sgd_excess"
    raise DomainError(f"quantity = {quantity!r}; it can be {known}")


def check_gradient(rule: Rule, what: str) -> None:
    """Raise `UnableError` for one-pass SGD, of which only the loss is known."""
    if isinstance(rule, OnePassSGD):
        raise UnableError(f"{what} is not known for one-pass SGD; use GradientFlow or GradientDescent")


__all__ = [
    "NOISE",
    "ONE",
    "Setting",
    "Weights",
    "check_gradient",
    "named",
    "of_gap",
    "of_sgd_excess",
    "of_test_loss",
    "of_train_loss",
]
