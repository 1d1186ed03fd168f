"""The two-time mean-field solution: every loss as a sum of kernels over pairs of contour nodes.

The double Laplace system of BAP for C0 ... C3 is solved here once and for all. With the two-point sums

    f1 = sum lambda/((lambda+kappa)(lambda+kappa')),   f2 = sum lambda^2/(...),   h = sum c lambda/(...),
    F  = kappa kappa' sum c/(...),      a = 1 - f2/N,      b = 1 - f2/P,
    d  = R3 R1' + f1 (kappa R3/P + kappa' R1'/N)   ( = a b - kappa kappa' f1^2/(N P) )

the solution is, with ``V = kappa kappa' f1 h/(N a)`` and ``mu = a/d - 1``,

    z z' C0 = (F + V)(1 + mu) + sigma^2 mu,      z z' C1 = R1 R1' (F + V + sigma^2)(1 + mu).

F is the bias, V the variance over initialisations for infinite data; dropping C3 (averaging over
initialisations) turns mu into ``mu_D = f2/(P b)``, and ``mu - mu_D = kappa kappa' f1^2/(N P d b)``. Every
line is a sum of positive terms on the positive axis: nothing cancels, at N = P or anywhere else.
At t = oo the same algebra holds at the fixed point alone, z -> 0.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from itertools import pairwise

import numpy as np

from numerics.arithmetic import Array, Field, array, each
from numerics.roots import Resolvent, Sizes
from numerics.sums import OnePoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernels:
    """The parts of the losses, before tau tau'; ``noise_*`` and ``train_noise`` per unit sigma^2."""

    bias: Array
    initialisation: Array
    data: Array
    interaction: Array
    noise_data: Array
    noise_interaction: Array
    train_signal: Array
    train_noise: Array


PARTS = tuple(f.name for f in fields(Kernels))


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoPoint:
    """``kappa, kappa', f1, f2, h, F`` on pairs, and ``loss``: by what rounding is amplified in them."""

    kappa: Array
    other: Array
    f1: Array
    f2: Array
    h: Array
    F: Array
    loss: float


def two_point(resolvent: Resolvent, field: Field) -> TwoPoint:
    """Two-point sums on (upper nodes) x (upper nodes, then their conjugates), by partial fractions.

    Equal nodes take derivatives; elsewhere differences are taken, and ``loss`` says how much of
    their arguments cancels.
    """
    point = resolvent.point
    kappa, g, X = point.kappa, point.df1[0], point.X[0]
    columns = [_with_conjugates(f, field) for f in (kappa, g, X)]
    k, kk = kappa[:, None], columns[0][None, :]
    gap, of_g, of_X = kk - k, g[:, None] - columns[1][None, :], X[:, None] - columns[2][None, :]
    same = np.arange(len(kappa))
    gap[same, same], of_g[same, same], of_X[same, same] = field.real(1), g, X
    cancelled = max(_largest_ratio(g[:, None], of_g), _largest_ratio(X[:, None], of_X))
    f1, fc = of_g / gap, of_X / gap
    f1[same, same], fc[same, same] = -point.df1[1], -point.X[1]
    F = k * kk * fc
    # Sums weighted with one more lambda: lambda/(lambda+kappa) = 1 - kappa/(lambda+kappa).
    f2 = g[:, None] - kk * f1
    h = X[:, None] - kk * fc
    loss = cancelled * max(_largest_ratio(g[:, None], f2), _largest_ratio(X[:, None], h))
    return TwoPoint(
        kappa=np.broadcast_to(k, gap.shape),
        other=np.broadcast_to(kk, gap.shape),
        f1=f1,
        f2=f2,
        h=h,
        F=F,
        loss=loss,
    )


def kernels(pair: TwoPoint, R1: Array, R3: Array, R1_other: Array, sizes: Sizes) -> Kernels:
    """All parts of the losses from two-point sums; R1, R3 broadcast against them (see the module)."""
    n, p = sizes.inverse_N, sizes.inverse_P
    k1 = pair.kappa * pair.f1
    k2 = pair.other * pair.f1
    a, b = R3 + n * k2, R1 + p * k2
    d = R3 * R1_other + p * R3 * k1 + n * R1_other * k2
    initialisation = n * k1 * pair.other * pair.h / a
    mu_data = p * pair.f2 / b
    mu_interaction = n * p * k1 * k2 / (d * b)
    through = R1 * R1_other * a / d
    return Kernels(
        bias=pair.F,
        initialisation=initialisation,
        data=pair.F * mu_data,
        interaction=initialisation * (mu_data + mu_interaction) + pair.F * mu_interaction,
        noise_data=mu_data,
        noise_interaction=mu_interaction,
        train_signal=through * (pair.F + initialisation),
        train_noise=through,
    )


def contour_kernels(resolvent: Resolvent, sizes: Sizes, field: Field) -> tuple[Kernels, float]:
    """Kernels on all pairs of nodes, shape (m, 2m), and the amplification of rounding in them."""
    pair = two_point(resolvent, field)
    R1_other = _with_conjugates(resolvent.R1, field)[None, :]
    R1, R3 = resolvent.R1[:, None], resolvent.R3[:, None]
    return kernels(pair, R1, R3, R1_other, sizes), pair.loss


def expected_loss(point: OnePoint) -> float:
    """About the ``loss`` that `two_point` will find, from the nodes alone."""
    kappa = point.kappa
    logs, rests = [1.0], [1.0]
    for f in (point.df1, point.X):
        slope = kappa * f[1]
        logs.append(_largest_ratio(f[0], slope))
        rests.append(_largest_ratio(f[0], f[0] + slope))
    gaps = [float(abs(x / (y - x))) for x, y in pairwise(kappa)]
    gaps += [float(abs(x / (2 * x.imag))) for x in kappa]
    return max(gaps) * max(logs) * max(rests)


def _largest_ratio(of: Array, by: Array) -> float:
    """``max |of/by|`` where neither is zero; 1 if there is no such place."""
    of, by = np.broadcast_arrays(of, by)
    there = (of != 0) & (by != 0)
    return float(np.absolute(of[there] / by[there]).max()) if there.any() else 1.0


def _with_conjugates(values: Array, field: Field) -> Array:
    return array([*values, *each(field.conj, values)])
