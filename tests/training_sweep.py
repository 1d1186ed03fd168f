"""Losses of training rules at random points beside plain recursions; ``data/training.jsonl`` was made by

    PYTHONPATH=tests python tests/training_sweep.py

200 points (a, b, the step over the largest stable one, sigma, the number of steps, the batch): schedules,
ramps of batches, averages of iterates, momentum and other rules, in turn, each on 100 modes, all of which a
plain recursion or closed form follows one by one.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
from sympy import Rational

from asymptotics import (
    Averaged,
    Constant,
    Cosine,
    DiscreteHeavyBall,
    Exponential,
    GradientDescent,
    HeavyBall,
    Linear,
    Nesterov,
    OnePassSGD,
    Power,
    PreconditionedFlow,
    Tail,
    WarmupStableDecay,
    power_law,
)
from numerics import FullModel, sweep
from numerics.commands.sweep import random_points

FILE = Path(__file__).parents[1] / "data" / "training.jsonl"
COUNT, SEED, MODES = 200, 2026, 100
BOUNDS = {"a": (1, 5), "b": (1, 4), "share": (0, 1), "sigma": (0, 1), "decades": ("3/2", "7/2")}
BATCHES = (1, 2, 8, 64, 5)
Shape = Callable[[float], float]
PLANNED: Mapping[str, tuple[Any, Shape, Any, Shape]] = {
    "linear": (Linear(), lambda u: 1 - u, Constant(), lambda u: 1.0),
    "cosine": (Cosine(), lambda u: (1 + math.cos(math.pi * u)) / 2, Constant(), lambda u: 1.0),
    "power": (Power(gamma=Rational(1, 2)), lambda u: (1 - u) ** 0.5, Constant(), lambda u: 1.0),
    "warm-up, stable, decay": (
        WarmupStableDecay(fraction=Rational(1, 4), warmup=Rational(1, 8)),
        lambda u: min(8 * u, 1.0, 4 * (1 - u)),
        Constant(),
        lambda u: 1.0,
    ),
    "ramp": (Constant(), lambda u: 1.0, "1 + 4*u**2", lambda u: 1 + 4 * u**2),
}
WEIGHTS: Mapping[str, tuple[Any, Shape]] = {
    "polyak": (Constant(), lambda u: 1.0),
    "tail": (Tail(fraction=Rational(1, 4)), lambda u: float(u >= 0.75)),
    "moving": (Exponential(rate=5), lambda u: math.exp(-5 * (1 - u))),
}
KINDS = (*PLANNED, *WEIGHTS, "descent", "heavy ball", "heavy-ball steps", "nesterov", "preconditioned")


def points() -> list[dict[str, str]]:
    """The points, the kinds in turn."""
    bounds = {name: (Rational(low), Rational(high)) for name, (low, high) in BOUNDS.items()}
    drawn = random_points(bounds, COUNT, 8, seed=SEED)
    return [
        {**point, "kind": KINDS[i % len(KINDS)], "batch": str(BATCHES[i % len(BATCHES)])}
        for i, point in enumerate(drawn)
    ]


def second_moments(
    modes: tuple[Any, Any],
    eta: float,
    batch: int,
    steps: int,
    variance: float,
    shapes: tuple[Shape, Shape, Shape],
) -> float:
    """The loss of an average of the iterates, mode by mode."""
    (rates, target), (schedule, ramp, weight) = modes, shapes
    own, cross, mean = target.copy(), 0 * target, 0 * target
    total = sum(weight(n / steps) for n in range(1, steps + 1))
    for n in range(steps):
        step, size = eta * schedule(n / steps), max(1.0, batch * ramp(n / steps))
        share = weight((n + 1) / steps) / total
        fed = step**2 / size * rates**2 * (own.sum() + variance)
        own = (1 - 2 * step * rates + (1 + 1 / size) * (step * rates) ** 2) * own + fed
        cross = (1 - step * rates) * cross
        mean = mean + 2 * share * cross + share**2 * own
        cross = cross + share * own
    return float(mean.sum())


def last(u: float) -> float:
    """The weight of the last iterate alone."""
    return float(u == 1)


def train(point: Mapping[str, Any]) -> dict[str, list[str]]:
    """The loss of the model, its error, and the loss by modes, for the kind of the point."""
    kind, batch, steps = str(point["kind"]), int(point["batch"]), int(10 ** float(Rational(point["decades"])))
    a, b, share, sigma = (Rational(point[name]) for name in ("a", "b", "share", "sigma"))
    k = np.arange(1.0, MODES + 1)
    rates, target = k ** -float(b), k ** -float(a)
    task, h = power_law(a, b, modes=MODES), float(share)

    if kind in PLANNED or kind in WEIGHTS:
        schedule, f, ramp, g = PLANNED.get(kind, (Constant(), lambda u: 1.0, Constant(), lambda u: 1.0))
        # on the mean-square stable side for any batch: 2 eta (lambda_1 + Tr) <= 2 h
        eta = h / float(rates.sum() + 1)
        rule: Any = OnePassSGD(eta=eta, batch=batch, schedule=schedule, ramp=ramp)
        weight = last
        if kind in WEIGHTS:
            weights, weight = WEIGHTS[kind]
            rule = Averaged(rule, weights)
        found = FullModel(task, rule=rule, noise=sigma).test_loss(steps)
        plain = second_moments((rates, target), eta, batch, steps, float(sigma) ** 2, (f, g, weight))
    else:
        steps = steps // 40 + 1 if kind in ("nesterov", "heavy-ball steps") else steps  # modes swing
        rule, left = _flows(h, steps, rates)[kind]
        found = FullModel(task, rule=rule).test_loss(steps)
        plain = float((target * left() ** 2).sum())
    return {kind: [repr(float(found.value)), repr(float(found.error)), repr(plain)]}


def _flows(h: float, steps: int, rates: Any) -> dict[str, tuple[Any, Callable[[], Any]]]:
    """Rules whose errors have closed forms or plain recursions."""

    def heavy_ball() -> Any:
        w = np.sqrt(1 - 4 * h * rates + 0j) / (2 * h)
        up, down = (np.exp((sign * w - 1 / (2 * h)) * steps) for sign in (1, -1))
        lag = np.where(w == 0, steps * up, (up - down) / (2 * np.where(w == 0, 1, w)))
        return ((up + down) / 2 + lag / (2 * h)).real

    def heavy_ball_steps() -> Any:
        before = here = np.ones_like(rates)
        for _ in range(steps):
            before, here = here, (1 + h) * here - h * before - h * rates * here
        return here

    def nesterov() -> Any:
        nu, z = 1 + h / 2, np.sqrt(rates) * steps
        swing = np.array([float(mpmath.besselj(nu, x)) for x in z])
        return math.gamma(nu + 1) * (2 / z) ** nu * swing

    return {
        "descent": (GradientDescent(eta=h), lambda: (1 - h * rates) ** steps),
        "heavy ball": (HeavyBall(beta=h), heavy_ball),
        "heavy-ball steps": (DiscreteHeavyBall(eta=h, momentum=h), heavy_ball_steps),
        "nesterov": (Nesterov(delta=3 + h), nesterov),
        "preconditioned": (
            PreconditionedFlow(power=0.25 + h),
            lambda: np.exp(-(rates ** (0.25 + h)) * steps),
        ),
    }


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    from training_sweep import train as function

    sweep(points(), function, path=FILE, jobs=1)
