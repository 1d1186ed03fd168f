"""Sums over geometric spectra, one by one, and the fixed point of the model with them."""

from __future__ import annotations

import mpmath

from asymptotics import Task

SYMBOLIC = Task(eigenvalues="rho**k", target="tau**k")


def task(r: object, s: object) -> Task:
    return Task(eigenvalues=f"({r})**k", target=f"({s})**k")


def number(expression, digits=30) -> mpmath.mpf:
    return expression.evalf(digits)._to_mpmath(mpmath.mp.prec)


def exact_end(r: mpmath.mpf, s: mpmath.mpf, size: int) -> dict[str, mpmath.mpf]:
    """The losses at t = oo by direct sums, kappa by bisection in its logarithm."""
    modes = range(1, size + int(mpmath.ceil(90 / -mpmath.log10(max(r, s)))))
    lam, c = [r**k for k in modes], [s**k for k in modes]
    kappa = r ** (size + mpmath.mpf(1) / 2)
    for _ in range(12):
        # Newton's method in log kappa, from where the oscillation vanishes
        resolved = mpmath.fsum(x / (x + kappa) for x in lam)
        kappa *= mpmath.exp((resolved - size) / mpmath.fsum(x * kappa / (x + kappa) ** 2 for x in lam))
    assert abs(resolved - size) < mpmath.mpf(10) ** (5 - mpmath.mp.dps)
    unresolved = mpmath.fsum(y * kappa / (x + kappa) for x, y in zip(lam, c, strict=True))
    bias = mpmath.fsum(y * (kappa / (x + kappa)) ** 2 for x, y in zip(lam, c, strict=True))
    slope = mpmath.fsum(x * kappa / (x + kappa) ** 2 for x in lam)
    return {
        "model": unresolved,
        "bias_model": bias,
        "variance_model": unresolved - bias,
        "bias_data": bias,
        "data": bias * size / slope,
        "variance_data": bias * (size / slope - 1),
    }
