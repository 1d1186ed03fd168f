"""A static loss with a ridge beside the same equations in mpmath alone: same numbers, times, ratios.

Run as ``python benchmarks/ridge_speed.py``. Ours is the test loss at t = oo of models that share a spectrum
and differ in their ridge; theirs is one root of ``rho = kappa (1 - df1/P)(1 - df1/N)`` and four sums by Euler
and Maclaurin's formula.
"""

from __future__ import annotations

import time

import mpmath
from sympy import Rational, oo

from asymptotics import (
    DeepRandomFeatures,
    GaussianFeatures,
    NonlinearFeatures,
    StructuredFeatures,
    power_law,
)
from numerics import FullModel

N, P, SIGMA = 100, 400, mpmath.mpf(1) / 2
RIDGES = [Rational(n, 10**4) for n in range(1, 11)]
STUDENTS = {
    "Gaussian": {"N": N, "student": GaussianFeatures()},
    "deep": {"student": DeepRandomFeatures(widths=(200, N))},
    "nonlinear": {"N": N, "student": NonlinearFeatures(linear=1, white="1/2")},
    "structured": {"N": N, "student": StructuredFeatures(eigenvalues="k**-(1/2)")},
}


def ours(digits: int, options: dict[str, object]) -> tuple[mpmath.mpf, float]:
    task = power_law("3/2", "5/4")
    FullModel(task, P=P, noise=SIGMA, digits=digits, ridge=1, **options).test_loss(oo)
    models = [FullModel(task, P=P, noise=SIGMA, digits=digits, ridge=r, **options) for r in RIDGES]
    start = time.perf_counter()
    losses = [model.test_loss(oo).value for model in models]
    return losses[0], (time.perf_counter() - start) / len(models)


def theirs(digits: int) -> tuple[mpmath.mpf, float]:
    start = time.perf_counter()
    with mpmath.workdps(digits + 5):
        a, b, rho = mpmath.mpf("1.5"), mpmath.mpf("1.25"), mpmath.mpf(1) / 10**4

        def total(power: object, over: object) -> mpmath.mpf:
            return mpmath.nsum(lambda k: power(k) / over(k), [1, mpmath.inf], method="e")

        def df(kappa: mpmath.mpf, order: int) -> mpmath.mpf:
            return total(lambda k: k ** (-order * b), lambda k: (k**-b + kappa) ** order)

        def excess(log_kappa: mpmath.mpf) -> mpmath.mpf:
            g = df(mpmath.exp(log_kappa), 1)
            return mpmath.exp(log_kappa) * (1 - g / P) * (1 - g / N) - rho

        kappa = mpmath.exp(mpmath.findroot(excess, (-3.8, -3.7), tol=mpmath.mpf(10) ** -(2 * digits)))
        d1, d2 = df(kappa, 1), df(kappa, 2)
        Xi, F = (kappa**n * total(lambda k: k**-a, lambda k, n=n: (k**-b + kappa) ** n) for n in (1, 2))
        rest = (d1 - d2) / (N - d2)
        whole = (SIGMA**2 + F + rest * (Xi - F)) / (1 - (d2 + rest * (d1 - d2)) / P)
        return whole - SIGMA**2, time.perf_counter() - start


def main() -> None:
    for digits in (15, 30, 50):
        for name, options in STUDENTS.items():
            loss, quick = ours(digits, options)
            print(f"{digits:2d} digits, {name:>10}: {1e3 * quick:6.2f} ms", end="")
            if name == "Gaussian" and digits < 50:
                other, slow = theirs(digits)
                with mpmath.workdps(digits):
                    apart = float(abs(loss / other - 1))
                print(f" | mpmath: {slow:6.2f} s, apart {apart:.0e}, ratio {slow / quick:7.0f}", end="")
            print()


if __name__ == "__main__":
    main()
