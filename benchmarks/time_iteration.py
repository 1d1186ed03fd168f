"""The full model by iteration in time, as BAP do it (Appendix M), beside the contour integrals.

Gradient descent ``v_(n+1) = v_n - eta (A^T A/N)(Psi^T Psi/P) v_n`` over T steps, as the chain
``v1 = Psi v0 + sigma eps``, ``v2 = Psi^T v1/P``, ``v3 = N^(-1/2) A v2``, ``v4 = N^(-1/2) A^T v3``. The mean
over Psi and A leaves one process per mode, driven by Gaussian noises u1..u4 and by responses R, all
T x T matrices in time (BAP, Appendix A; here for discrete steps, L the strictly lower triangle of ones):

    v1 = u1 + sigma eps + R02 v1/P        <u1 u1> = C0 = sum lambda_k <v0 v0>      R1  = (1 - R02/P)^-1
    v2 = u2 + lambda_k R1 v0              <u2 u2> = lambda_k C1/P                  R02 = sum lambda_k dv0/du2
    v3 = u3 + R24 v3/N                    <u3 u3> = C2 = sum <v2 v2>               R3  = (1 - R24/N)^-1
    v4 = u4 + R3 v2                       <u4 u4> = C3/N                           R24 = sum dv2/du4
    v0 = w* - eta L v4  =>  v0 = H (w* - eta L u4 - eta L R3 u2),   H = (1 + eta lambda_k L R3 R1)^-1

    C1 = R1 (C0 + sigma^2 11^T) R1^T,   C3 = R3 C2 R3^T

Test loss: the diagonal of C0 (excess); train loss: the diagonal of C1. First the responses, then
the correlations, are iterated from their values without disorder until they no longer change. An
iteration inverts or multiplies several T x T matrices per mode, so time grows as M T^3 and memory as
M T^2; the contour integrals of ``numerics.FullModel`` cost the same at every T.

    python benchmarks/time_iteration.py [--steps 100 300 1000] [--modes 20] [--draws 0]

``--draws D`` adds D trained models for a comparison with the finite system itself.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence

import numpy as np

from asymptotics import GradientDescent, Task, power_law
from numerics.model.full_model import FullModel
from numerics.simulation.simulate import simulate_arrays
from numerics.spectra.arrays import Array, spectrum_arrays
from numerics.values.value import Value

TOLERANCE = 1e-12
"""Largest change of any entry, relative to the largest entry, at which an iteration stops."""

MAX_ITERATIONS = 200


def iterate(
    update: Callable[..., tuple[Array, ...]], state: tuple[Array, ...]
) -> tuple[tuple[Array, ...], int]:
    """Repeat ``state = update(*state)`` until it stands still; the final state and the number of rounds.

    Raises `ArithmeticError` after `MAX_ITERATIONS` rounds.
    """
    for rounds in range(1, MAX_ITERATIONS + 1):
        new = update(*state)
        change = max(float(abs(x - y).max() / abs(x).max()) for x, y in zip(new, state, strict=True))
        state = new
        if change < TOLERANCE:
            return state, rounds
    raise ArithmeticError(
        f"no fixed point after {MAX_ITERATIONS} iterations; the last change was {change:.2g}"
    )


def inverse(matrix: Array) -> Array:
    """The inverse of a T x T matrix."""
    return np.asarray(np.linalg.inv(matrix), dtype=np.float64)


def time_iteration(
    eigenvalues: Array, target: Array, *, N: float, P: float, noise: float, eta: float, steps: int
) -> tuple[Array, Array, int]:
    """Test and train losses at steps 0, ..., ``steps``, and the number of iterations.

    Shapes: ``eigenvalues`` and ``target`` (M,), losses (steps + 1,). Error: `TOLERANCE` relative to the
    loss at step 0, and rounding. Source: BAP, Appendices A and M.
    """
    size = steps + 1
    one = np.eye(size)
    walk = eta * np.tril(np.ones((size, size)), -1)
    ones = np.ones((size, size))
    weights = target / eigenvalues

    def responses(R1: Array, R3: Array) -> tuple[Array, Array]:
        R02, R24 = np.zeros_like(one), np.zeros_like(one)
        chain, kick = walk @ R3 @ R1, walk @ R3
        for x in eigenvalues:
            H = inverse(one + x * chain)
            R02 -= x * (H @ kick)
            R24 -= x * (R1 @ (H @ walk))
        return inverse(one - R02 / P), inverse(one - R24 / N)

    (R1, R3), first = iterate(responses, (one, one))
    chain, kick = walk @ R3 @ R1, walk @ R3
    transfers = [inverse(one + x * chain) for x in eigenvalues]

    def correlations(C0: Array, C2: Array) -> tuple[Array, Array]:
        C1, C3 = R1 @ (C0 + noise**2 * ones) @ R1.T, R3 @ C2 @ R3.T
        data, initial = kick @ (C1 / P) @ kick.T, walk @ (C3 / N) @ walk.T
        new0, new2 = np.zeros_like(one), np.zeros_like(one)
        for x, w, H in zip(eigenvalues, weights, transfers, strict=True):
            new0 += x * (H @ (w * ones + initial + x * data) @ H.T)
            relay = x * (R1 @ H)
            direct = one - relay @ kick
            new2 += direct @ (x * C1 / P) @ direct.T + relay @ (w * ones + initial) @ relay.T
        return new0, new2

    start = float(target.sum()) * ones
    (C0, _), second = iterate(correlations, (start, float((eigenvalues * target).sum()) * ones))
    C1 = R1 @ (C0 + noise**2 * ones) @ R1.T
    return np.diag(C0).copy(), np.diag(C1).copy(), first + second


def full_model(
    task: Task, *, N: float, P: float, noise: float, eta: float, points: Sequence[int]
) -> tuple[list[tuple[Value, Value]], float]:
    """Test and train loss at the same points from the contour integrals, and the seconds they took."""
    started = time.perf_counter()
    model = FullModel(task, N=N, P=P, noise=noise, rule=GradientDescent(eta=eta))
    losses = [(model.test_loss(n), model.train_loss(n)) for n in points]
    return losses, time.perf_counter() - started


def main(arguments: Sequence[str] | None = None) -> None:
    """Print losses and times of the iteration, and of the full model at the same points."""
    parser = argparse.ArgumentParser(
        description="time iteration of the mean-field equations (BAP, Appendix M)"
    )
    parser.add_argument("--steps", type=int, nargs="+", default=[100, 300, 1000], help="values of T")
    parser.add_argument("--modes", type=int, default=20, help="M, the number of modes")
    parser.add_argument("--draws", type=int, default=0, help="also train this many finite models")
    options = parser.parse_args(arguments)
    N, P, noise, eta = 30, 60, 0.3, 0.1
    task = power_law(1.5, 1.25, modes=options.modes)
    lam, c = spectrum_arrays(task)
    print(f"a = 1.5, b = 1.25, M = {options.modes}, N = {N}, P = {P}, sigma = {noise}, eta = {eta}")
    for steps in options.steps:
        started = time.perf_counter()
        test, train, rounds = time_iteration(lam, c, N=N, P=P, noise=noise, eta=eta, steps=steps)
        elapsed = time.perf_counter() - started
        points = sorted({1, steps // 10, steps})
        print(f"\nT = {steps}: {elapsed:.2f} s, {rounds} iterations over {options.modes} modes", flush=True)
        losses, seconds = full_model(task, N=N, P=P, noise=noise, eta=eta, points=points)
        worst = 0.0
        for n, (loss, fit) in zip(points, losses, strict=True):
            print(f"  n = {n:5d}  iteration   test {test[n]:.12f}  train {train[n]:.12f}")
            print(f"             full model  test {float(loss):.12f}  train {float(fit):.12f}")
            worst = max(worst, abs(test[n] / float(loss) - 1), abs(train[n] / float(fit) - 1))
        ratio = elapsed / seconds
        print(f"  full model: {seconds:.2f} s for {len(points)} points; iteration {ratio:.3g} times as long;")
        print(f"  largest relative difference {worst:.1e}", flush=True)
        if options.draws:
            rule = GradientDescent(eta=eta)
            run = simulate_arrays(lam, c, N=N, P=P, times=points, rule=rule, noise=noise, draws=options.draws)
            for index, n in enumerate(points):
                test_text = f"{run.test_loss[index]:.5f} +- {run.test_loss_error[index]:.5f}"
                train_text = f"{run.train_loss[index]:.5f} +- {run.train_loss_error[index]:.5f}"
                print(f"  n = {n:5d}  trained     test {test_text}  train {train_text}")


if __name__ == "__main__":
    main()
