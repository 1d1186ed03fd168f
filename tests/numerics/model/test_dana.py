"""DANA: the model against a recursion of three moments at 40 digits, and against trained draws."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from sympy import oo

from asymptotics import DANA, Averaged, DomainError, OnePassSGD, PrecisionError, UnableError, power_law
from numerics import FullModel
from numerics.simulation.simulate import simulate_arrays


def by_modes(rule: DANA, eigenvalues, target, steps: int, sigma: float) -> mpmath.mpf:
    """The loss at N = oo after so many steps, by (E r^2, E y^2, E r y) of each mode."""
    with mpmath.workdps(40):
        eta, delta, mu, p = (mpmath.mpf(repr(x)) for x in (rule.eta, rule.delta, rule.momentum, rule.decay))
        moments = [
            [mpmath.mpf(float(c)) / mpmath.mpf(float(x)), 0, 0]
            for x, c in zip(eigenvalues, target, strict=True)
        ]
        loss = sum(map(mpmath.mpf, map(float, target)))
        for n in range(steps):
            kept, speed = n / (delta + n), mu * mpmath.mpf(1 + n) ** -p
            whole = eta + speed
            for one, x in zip(moments, map(mpmath.mpf, map(float, eigenvalues)), strict=True):
                rr, yy, ry = one
                noise = (x**2 * rr + x * (loss + sigma**2)) / rule.batch
                r, y = (1 - whole * x, -speed * kept), (x, kept)
                one[0] = r[0] ** 2 * rr + 2 * r[0] * r[1] * ry + r[1] ** 2 * yy + whole**2 * noise
                one[1] = y[0] ** 2 * rr + 2 * y[0] * y[1] * ry + y[1] ** 2 * yy + noise
                one[2] = (
                    r[0] * y[0] * rr + (r[0] * y[1] + r[1] * y[0]) * ry + r[1] * y[1] * yy - whole * noise
                )
            loss = sum(mpmath.mpf(float(x)) * one[0] for x, one in zip(eigenvalues, moments, strict=True))
        return loss


RUNS = (
    (DANA(eta=0.25, batch=2, delta=6, momentum=0.05, decay=0.5), 5, 1.7, 400, 0.75),
    (DANA(eta=0.03, batch=1, delta=2.5, momentum=0.001), 4, 0.9, 333, 1.0),
    (DANA(eta=0.4, batch=16, delta=9, momentum=0.02, decay=1), 3, 2.3, 57, 0.5),
    (DANA(eta=0.07, batch=3, delta=1, momentum=0.04, decay=0.3), 6, 1.2, 1, 0.0),
)


@pytest.mark.parametrize(("rule", "count", "decay", "steps", "sigma"), RUNS)
@pytest.mark.parametrize("around", [False, True], ids=["modes", "contour"])
def test_three_moments_of_each_mode(rule, count, decay, steps, sigma, around) -> None:
    """On a contour, which has no modes to follow, at N = 10^15 in the place of oo."""
    k = np.arange(1, count + 1.0)
    eigenvalues, target = k**-decay, k**-1.5
    size = 10**15 if around else oo
    found = FullModel.from_arrays(eigenvalues, target, N=size, noise=sigma, rule=rule, digits=7).test_loss(
        steps
    )
    exact = by_modes(rule, eigenvalues, target, steps, sigma)
    assert abs(found.value - exact) < found.error + 1e-13 * exact
    assert found.error < 1e-7 * exact


LONG = DANA(eta=0.2, batch=2, delta=5, momentum=0.05, decay=0.6)


def test_much_momentum_keeps_its_digits() -> None:
    """Where the first steps along the momentum are larger than those along the gradient."""
    much = DANA(eta=0.125, batch=8, delta=3, momentum=0.5, decay=0.8)
    found = FullModel(power_law("3/2", "5/4"), rule=much, digits=6).test_loss(100)
    assert abs(float(found) - 0.32067255345) < 1e-9


@pytest.mark.parametrize("steps", [1_000, pytest.param(20_000, marks=pytest.mark.slow)])
def test_long_runs_are_the_steps_themselves(steps: int) -> None:
    """Panels on a contour against steps of forty modes one by one, at N = 10^12 in the place of oo."""
    k = np.arange(1, 41.0)
    few = FullModel.from_arrays(k**-1.6, k**-1.9, noise=0.5, rule=LONG, digits=8).test_loss(steps)
    panels = FullModel.from_arrays(k**-1.6, k**-1.9, N=10**12, noise=0.5, rule=LONG, digits=8).test_loss(
        steps
    )
    assert abs(few.value - panels.value) < few.error + panels.error + 1e-10 * few.value


@pytest.mark.parametrize("size", [30, oo])
@pytest.mark.parametrize("steps", [5, 4000])
def test_without_momentum_it_is_one_pass_sgd(size, steps) -> None:
    """At finite N, too, where SGD has a contour of its own."""
    task = power_law(2.2, 1.7)
    still = DANA(eta=0.2, batch=3, delta=5, momentum=1e-18, decay=0.5)
    one = FullModel(task, N=size, noise=0.3, rule=still).test_loss(steps)
    other = FullModel(task, N=size, noise=0.3, rule=OnePassSGD(eta=0.2, batch=3)).test_loss(steps)
    assert abs(one.value - other.value) < one.error + other.error
    assert one.error < 1e-9 * one.value


@pytest.mark.parametrize("size", [float("inf"), pytest.param(20, marks=pytest.mark.slow)])
def test_trained_draws(size) -> None:
    k = np.arange(1, 31.0)
    rule = DANA(eta=0.1, batch=4, delta=5, momentum=0.03, decay=0.625)
    given = {"N": size, "noise": 0.5, "rule": rule}
    run = simulate_arrays(k**-1.6, k**-2.0, times=(10, 150), draws=300, seed=4, **given)
    model = FullModel.from_arrays(k**-1.6, k**-2.0, **{**given, "N": oo if size > 99 else size})
    for t, mean, error in zip(run.times, run.test_loss, run.test_loss_error, strict=True):
        room = 4 * error + (0.05 * mean if size < 99 else 0)
        assert abs(mean - float(model.test_loss(int(t)))) < room
        assert error < 0.05 * mean


def growth(eta: float, batch: int, mu: float, count: int) -> float:
    """The largest eigenvalue of the moments of modes of curvature 1 that feed each other."""
    whole = eta + mu
    r, y = (1 - whole, -mu), (1.0, 1.0)
    noise = (1 + count) / batch
    step = [
        [r[0] ** 2 + whole**2 * noise, r[1] ** 2, 2 * r[0] * r[1]],
        [y[0] ** 2 + noise, y[1] ** 2, 2 * y[0] * y[1]],
        [r[0] * y[0] - whole * noise, r[1] * y[1], r[0] * y[1] + r[1] * y[0]],
    ]
    return float(abs(np.linalg.eigvals(np.array(step))).max())


@pytest.mark.parametrize(("eta", "batch", "count"), [(0.001, 1, 20), (0.3, 7, 3), (0.02, 2, 1)])
def test_the_bound_of_a_momentum_that_stays(eta: float, batch: int, count: int) -> None:
    """Moments that feed each other grow from the same mu on."""
    low, high = 0.0, 10 * eta * batch
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if growth(eta, batch, middle, count) > 1 else (middle, high)
    ones = np.ones(count)
    FullModel.from_arrays(ones, ones, rule=DANA(eta=eta, batch=batch, delta=1, momentum=low * (1 - 1e-6)))
    beyond = DANA(eta=eta, batch=batch, delta=1, momentum=low * (1 + 1e-6))
    with pytest.raises(DomainError, match="noise of the batches feeds itself"):
        FullModel.from_arrays(ones, ones, rule=beyond)
    with pytest.raises(DomainError, match="noise of the batches feeds itself"):
        simulate_arrays(ones, ones, times=1, rule=beyond)


@pytest.mark.parametrize(
    ("given", "N"),
    [
        ({"eta": 0.1, "batch": 1, "momentum": 0.01}, 100),
        ({"eta": 0.05, "batch": 4, "momentum": 0.5}, 30),
        ({"eta": 0.1, "batch": 1, "momentum": 3.0, "decay": 0.5}, oo),
    ],
)
def test_the_bound_of_momentum_is_said(given: dict[str, float], N: object) -> None:
    """Below it a run is solved, above it not; momentum that stays has about ``eta (2 B - eta sum e)/N``."""
    task, rule = power_law("7/4", "3/2"), {"delta": 5, **given}
    with pytest.raises(DomainError, match="use momentum < ") as refused:
        FullModel(task, N=N, rule=DANA(**rule))
    bound = float(str(refused.value).split("momentum < ")[1])
    FullModel(task, N=N, rule=DANA(**{**rule, "momentum": 0.999 * bound}))
    with pytest.raises(DomainError, match="beyond stability"):
        FullModel(task, N=N, rule=DANA(**{**rule, "momentum": 1.001 * bound}))
    if "decay" not in given:
        small = given["eta"] * (2 * given["batch"] - given["eta"] * 2.612375) / N
        assert abs(bound / small - 1) < 0.1


REFUSED = (
    ({"eta": 0.1, "batch": 1, "delta": 5, "momentum": 0.01}, {}, "stable for finitely many features alone"),
    ({"eta": 0.1, "batch": 1, "delta": 5, "momentum": 3.0, "decay": 0.5}, {}, "first steps overshoot"),
    ({"eta": 1.4, "batch": 1, "delta": 5, "momentum": 0.01, "decay": 0.5}, {}, "use a smaller eta"),
    (
        {"eta": 0.1, "batch": 1, "delta": 5, "momentum": 0.01, "decay": 0.5},
        {"P": 10},
        "never sees a sample twice",
    ),
)


@pytest.mark.parametrize(("rule", "sizes", "message"), REFUSED)
def test_runs_that_are_refused(rule, sizes, message) -> None:
    with pytest.raises(DomainError, match=message):
        FullModel(power_law(2, 2), rule=DANA(**rule), **sizes)


@pytest.mark.parametrize(
    ("field", "value"), [("eta", 0), ("batch", 0.5), ("delta", 101), ("momentum", -1), ("decay", 1.5)]
)
def test_constants_that_are_refused(field, value) -> None:
    given = {"eta": 0.1, "batch": 1, "delta": 5, "momentum": 0.01, "decay": 0.5}
    with pytest.raises(DomainError, match=f"{field} = "):
        DANA(**{**given, field: value})


def test_what_is_not_solved_says_so() -> None:
    model = FullModel(power_law(2, 2), rule=LONG)
    for ask, message in (
        (lambda: model.test_loss(oo), "t = oo: DANA is solved after finitely many steps"),
        (lambda: model.bias(3), "of DANA the test loss alone is solved"),
        (lambda: model.small_step_loss(3), "in its own steps"),
        (lambda: model.transfer(1, 3), "means of single modes are not solved for DANA"),
        (lambda: Averaged(LONG), "the average of DANA is not derived"),
    ):
        with pytest.raises(UnableError, match=message):
            ask()
    with pytest.raises(PrecisionError, match="contour nodes"):
        FullModel(power_law(2, 2), rule=LONG).test_loss(9 * 10**15)
