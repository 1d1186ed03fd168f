"""The end of training, t = oo: every loss at the fixed point of the mean-field equations.

Training stops where ``df1(kappa) = min(N, P)``; with more parameters and samples than modes, at
kappa = 0. The losses are the kernels of `two_time` at that kappa, z -> 0 (theory, section 2; BAP, section 4.2
and appendix C):

    N < P:  L = Xi + (Xi + sigma^2) N/(P - N)
    P < N:  L = (F + sigma^2 df2/P)/(1 - df2/P) + (Xi + sigma^2) P/(N - P)
    N, P > M:  L = sigma^2 M/(P - M)

At N = P below the number of modes, and at P = M with noise, the loss diverges: the peak of double descent.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from asymptotics.errors import PrecisionError
from numerics.model.renormalised_ridge import START_BITS, Sizes, rough_df1
from numerics.model.two_time import Kernels, TwoPoint, kernels
from numerics.sums.spectral_sums import OnePoint, SpectralSums
from numerics.values.arithmetic import Array, Field, Scalar, array, field_of


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedPoint:
    """kappa (0 if everything is learned) and the parts of the losses; ``diverges`` names the peak, if any."""

    kappa: Scalar
    parts: Kernels
    error: float
    diverges: str = ""
    diverging_noise: bool = False


def fixed_point(sums: SpectralSums, sizes: Sizes, field: Field) -> FixedPoint:
    """The losses at t = oo, inside ``with field:``; ``error`` is the relative error of each part."""
    n, p = sizes.inverse_N, sizes.inverse_P
    g = min((size for size in (sizes.N, sizes.P) if size is not None), default=None)
    modes = sums.mode_count(field)
    if g is None or (modes is not None and modes <= g):
        return _everything_learned(sums, sizes, modes, field)
    kappa, point = _saturated(g, sums, field)
    zero, one = field.real(0), field.real(1)
    R1, R3 = (zero if g == sizes.P else 1 - g * p), (zero if g == sizes.N else 1 - g * n)
    square = kappa * kappa
    f1, fc = -point.df1[1], -point.X[1]
    pair = TwoPoint(
        kappa=array([kappa]),
        other=array([kappa]),
        f1=f1,
        f2=g - kappa * f1,
        h=point.X[0] - kappa * fc,
        F=square * fc,
        loss=1.0,
    )
    if sizes.equal:
        # R1 = R3 = 0: everything but the bias and the variance of infinite data is infinite.
        finite = kernels(pair, array([one]), array([zero]), array([one]), array([zero]), sizes)
        infinite = array([field.real(math.inf)])
        parts = Kernels(
            bias=finite.bias,
            initialisation=finite.initialisation,
            data=pair.F * p * pair.f2 / (p * kappa * f1),
            interaction=infinite,
            noise_data=p * pair.f2 / (p * kappa * f1),
            noise_interaction=infinite,
            train_signal=array([zero]),
            train_noise=array([zero]),
            gap_signal=infinite,
            gap_noise=infinite,
        )
        return FixedPoint(
            kappa=kappa,
            parts=parts,
            error=point.error * 16,
            diverges="the loss diverges at N = P as t -> oo",
            diverging_noise=True,
        )
    lost = array([g * p * (1 + R1)])
    parts = kernels(pair, array([R1]), array([R3]), array([R1]), lost, sizes)
    return FixedPoint(kappa=kappa, parts=parts, error=point.error * 16)


def _everything_learned(sums: SpectralSums, sizes: Sizes, modes: Scalar | None, field: Field) -> FixedPoint:
    """kappa = 0: every mode with a positive eigenvalue is fitted, only noise is left in it."""
    zero, one = array([field.real(0)]), array([field.real(1)])
    unlearnable = array([sums.unlearnable_target(field)])
    fraction = field.real(0) if modes is None or not sizes.inverse_P else modes * sizes.inverse_P
    diverges = modes is not None and sizes.P is not None and bool(modes == sizes.P)
    gain = array([field.real(math.inf) if diverges else fraction / (1 - fraction)])
    through = zero if diverges else one - fraction
    left = bool(unlearnable[0] != 0)
    gap = gain + fraction
    parts = Kernels(
        bias=unlearnable,
        initialisation=zero,
        data=unlearnable * gain if left else zero,
        interaction=zero,
        noise_data=gain,
        noise_interaction=zero,
        train_signal=through * unlearnable,
        train_noise=through,
        gap_signal=unlearnable * gap if left else zero,
        gap_noise=gap,
    )
    return FixedPoint(
        kappa=field.real(0),
        parts=parts,
        error=10.0 ** -(sums.digits + 2),
        diverges="the loss diverges at P = M as t -> oo" if diverges and left else "",
        diverging_noise=diverges,
    )


def _saturated(size: Scalar, sums: SpectralSums, field: Field) -> tuple[Scalar, OnePoint]:
    """The kappa at which df1 = size, between bounds and then by Newton's method in log kappa."""
    goal = float(size)
    with field_of(START_BITS) as rough:
        # df1 <= trace/kappa.
        high = math.log(float(sums.total_eigenvalue(rough))) - math.log(goal) + 1e-6
        low = min(high, sums.log_eigenvalue(goal)) - 1.0

        def df1(y: float, floor: float) -> float:
            return rough_df1(sums, complex(y), floor, rough)[0].real

        step = 1.0
        while df1(low, low) < goal:
            high, low, step = low, low - step, 2 * step
        floor = low
        while high - low > 1e-12 * max(1.0, abs(low)):
            middle = (low + high) / 2
            if df1(middle, floor) > goal:
                low = middle
            else:
                high = middle
    y = field.real((low + high) / 2)
    for _ in range(60):
        kappa = field.exp(y)
        point = sums.one_point(array([kappa]), field, floor, spare=1)
        move = -(point.df1[0, 0] - size) / (kappa * point.df1[1, 0])
        y += move
        if abs(float(move)) < 2.0 ** (-(field.bits - 8) / 2):
            change: Array = array([field.exp(y) - kappa])
            return field.exp(y), point.moved(change)
    raise PrecisionError(f"df1(kappa) = {goal:.6g} was not solved; ask for more digits")
