"""The end of training, t = oo: every loss at the fixed point of the mean-field equations, with its error.

Training stops where ``df1(kappa) = min(N, P)``; with more parameters and samples than modes, at
kappa = 0. The losses are the kernels of `two_time` at that kappa, z -> 0 (theory, section 2; arXiv
2402.01092, here BAP, section 4.2 and appendix C):

    N < P:  L = Xi + (Xi + sigma^2) N/(P - N)
    P < N:  L = (F + sigma^2 df2/P)/(1 - df2/P) + (Xi + sigma^2) P/(N - P)
    N, P > M:  L = sigma^2 M/(P - M)

At N = P below the number of modes, and at P = M with noise, the loss diverges: the peak of double descent.
With a ridge the kernels are those at the kappa of `explicit_ridge`, and nothing diverges above the pole.
Near the peak everything depends on ``P - N``, ``P - M`` and the like, which are taken between exact numbers;
the rest is sums of positive terms, whose relative errors are carried along (`positive`). What is left to
lose is the root itself, where df1 is flat: a relative error e of df1 moves kappa by ``e df1/(-kappa df1')``.

    fixed_point        the parts of the losses at the end, a `FixedPoint`
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sympy

from asymptotics.caches import Memory
from asymptotics.errors import UnableError
from numerics.model.explicit_ridge import ridge_point
from numerics.model.saturation import SLACK, saturate
from numerics.model.sizes import Sizes
from numerics.model.two_time import PARTS, TwoPoint, Weighed, kernels
from numerics.spectra.compiled import constant
from numerics.spectra.finite import FiniteSpectrum
from numerics.sums.spectral_sums import SpectralSums
from numerics.values.arithmetic import Field, Scalar, array
from numerics.values.inputs import infinite, sign_of
from numerics.values.positive import Positive

Weigh = Callable[[Positive, float], Weighed]
"""The sums of a metric (`metrics`) at a kappa, from a floor of log kappa on."""

_ENDS: Memory[tuple[Positive, float, TwoPoint]] = Memory(maxsize=64)


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedPoint:
    """kappa (0 if everything is learned) and the parts of the losses; ``diverges`` names the peak, if any."""

    kappa: Positive
    parts: Mapping[str, Positive]
    diverges: str = ""

    @property
    def error(self) -> float:
        """The largest relative error among kappa and the parts."""
        return max([self.kappa.error, *(part.error for part in self.parts.values())])


def fixed_point(
    sums: SpectralSums,
    sizes: Sizes,
    field: Field,
    ridge: sympy.Expr = sympy.S.Zero,
    weigh: Weigh | None = None,
    unlearned: Scalar | None = None,
) -> FixedPoint:
    """``L = Xi + (Xi + sigma^2) N/(P - N)`` for N < P, and its kin (see the module), at exact sizes.

    In parts, to the digits of ``sums``, inside ``with field:``; with ``weigh`` in another metric, in which
    modes of eigenvalue zero have the power ``unlearned``.
    """
    N, P, p = sizes.limit, sizes.data.limit, sizes.inverse_P
    if ridge:
        kappa, R1, R3, r, floor = ridge_point(ridge, sums, sizes, field)
        pair = _two_point(kappa, sums, floor, field)
        df1 = pair.f2[0] + kappa * pair.f1[0]
        metric = weigh(kappa, floor) if weigh else None
        return _parts(kappa, pair, R1, R3, r, p, (1 + R1) * df1 * p, metric)
    modes, doubt = sums.mode_count()
    size = N if infinite(P) or sign_of(N - P) < 0 else P
    if doubt and abs(modes - size) <= doubt * modes:
        return FixedPoint(kappa=Positive(field.real(0), math.inf), parts={})
    if infinite(size) or (not infinite(modes) and sign_of(modes - size) <= 0):
        if weigh and not infinite(P):
            raise UnableError(
                f"P = {P} at or above the {modes} modes at t = oo in this metric; give a ridge > 0"
            )
        left = sums.unlearnable_target(field) if unlearned is None else unlearned
        return _learn_everything(sums, sizes, modes, doubt, left, field)
    number = constant(size, field)
    kappa, floor, pair = _at_size(size, sums, field)
    zero, one = (Positive(field.real(x), 0.0) for x in (0, 1))
    if N == P or (not infinite(N + P) and sign_of(N - P) == 0):
        return _peak(kappa, pair, p, field, weigh(kappa, floor) if weigh else None)
    R1 = _ratio(P - size, P, field)
    R3, r = (
        (zero, one) if size == N else sizes.student_at(size, field)
    )  # where R3 = 0, the size of r says nothing
    metric = weigh(kappa, floor) if weigh else None
    return _parts(kappa, pair, R1, R3, r, p, (1 + R1) * number * p, metric)


def _parts(
    kappa: Positive,
    pair: TwoPoint,
    R1: Positive,
    R3: Positive,
    r: Positive,
    p: Scalar,
    lost: Positive,
    metric: Weighed | None = None,
) -> FixedPoint:
    R1s, R3s, rs, losts = (array([x]) for x in (R1, R3, r, lost))
    found = kernels(pair, R1s, R1s, R3s, rs, p, losts, metric)
    parts = {name: getattr(found, name)[0] for name in PARTS}
    return FixedPoint(kappa=kappa, parts=parts | {"overlap": pair.F[0] + kappa * pair.h[0], "unfitted": R1})


def _at_size(size: sympy.Expr, sums: SpectralSums, field: Field) -> tuple[Positive, float, TwoPoint]:
    """The kappa where df1 = size, a floor for it, and the sums there: the same for N as for P."""

    def solve() -> tuple[Positive, float, TwoPoint]:
        kappa, floor = saturate(constant(size, field), sums, field)
        return kappa, floor, _two_point(kappa, sums, floor, field)

    if isinstance(sums.spectrum, FiniteSpectrum):  # lists are not kept
        return solve()
    return _ENDS.recall((sums.spectrum, sums.digits, size, field.bits), solve)


def _ratio(part: sympy.Expr, whole: sympy.Expr, field: Field) -> Positive:
    """``part/whole`` of exact numbers; 1 where both are infinite."""
    if infinite(whole):
        return Positive(field.real(1), 0.0)
    return Positive(constant(part / whole, field), 2.0**-field.bits)


def _two_point(kappa: Positive, sums: SpectralSums, floor: float, field: Field) -> TwoPoint:
    """The sums over ``1/(lambda + kappa)^2``, which an error of kappa moves by at most twice as much."""
    at = kappa.value
    point = sums.one_point(array([at]), field, floor)
    f2, h, error = sums.squares(at, field, floor)
    found = {"f1": -point.df1[1, 0], "f2": f2, "h": h, "F": -at * at * point.X[1, 0]}
    error = SLACK * max(error, point.error) + 2 * kappa.error
    positive = {name: array([Positive(x, error)]) for name, x in found.items()}
    return TwoPoint(kappa=array([kappa]), other=array([kappa]), loss=1.0, **positive)


def _peak(kappa: Positive, pair: TwoPoint, p: Scalar, field: Field, metric: Weighed | None) -> FixedPoint:
    """N = P: the bias stays finite, and so does the variance over features alone or over data alone."""
    one, zero, infinitely = (Positive(field.real(x), 0.0) for x in (1, 0, math.inf))
    # With R1 = 1 only in the resolvent of the features, where R1 is multiplied by R3 = 0.
    finite = _parts(kappa, pair, one, zero, one, p, zero, metric).parts
    noise = (metric.f2[0] if metric else pair.f2[0]) / (kappa * pair.f1[0])
    parts = {
        "bias": finite["bias"],
        "initialisation": finite["initialisation"],
        "data": pair.F[0] * noise,
        "interaction": infinitely,
        "noise_data": noise,
        "noise_interaction": infinitely,
        "train_signal": zero,
        "train_noise": zero,
        "gap_signal": infinitely,
        "gap_noise": infinitely,
        "overlap": finite["overlap"],
        "unfitted": zero,
    }
    return FixedPoint(kappa=kappa, parts=parts, diverges="the loss diverges at N = P as t -> oo")


def _learn_everything(
    sums: SpectralSums, sizes: Sizes, modes: sympy.Expr, doubt: float, unlearned: Scalar, field: Field
) -> FixedPoint:
    """kappa = 0: every mode with a positive eigenvalue is fitted, only noise is left in it.

    ``unlearned`` is the target power in the others.

    At P = M the spectrum of the curvature reaches down to 0, with kappa ~ z^(1/2), and at N = P = M with
    kappa ~ z^(1/3): kernels that are homogeneous in the two kappa keep a value as t -> oo, which the
    transforms 1/pi of ``kappa kappa'/(kappa + kappa')^2`` and (sqrt(3)/pi) log 2 of
    ``kappa kappa'/(kappa^2 + kappa kappa' + kappa'^2)`` give.
    """
    N, P = sizes.limit, sizes.data.limit
    zero, infinitely = (Positive(field.real(x), 0.0) for x in (0, math.inf))
    left = Positive(unlearned, 2.0**-field.bits)
    edge = not infinite(P) and sign_of(P - modes) == 0
    through, fraction, gain = zero, _ratio(modes, P, field), infinitely
    if infinite(P):
        through, fraction, gain = Positive(field.real(1), 0.0), zero, zero
    elif not edge:
        near = 2 * doubt * float(P / (P - modes))
        through, gain = (
            Positive(x.value, x.error + near)
            for x in (_ratio(P - modes, P, field), _ratio(modes, P - modes, field))
        )
    noise_interaction = interaction = zero
    if edge and not infinite(N):
        corner = sign_of(N - P) == 0
        if not corner:
            R3, r = sizes.student_at(modes, field)
            noise_interaction = r * constant(modes, field) / (R3 * field.pi())
        elif sizes.order == 2:
            noise_interaction = infinitely
        else:
            raise UnableError(f"N = P = {modes} modes in more than one layer, as t -> oo; give a finite time")
        if left.value:
            interaction = left * noise_interaction if not corner else infinitely
        elif corner:
            interaction = _corner(sums, constant(modes, field), field)
    parts = {
        "bias": left,
        "initialisation": zero,
        "data": left * gain if left.value else zero,
        "interaction": interaction,
        "noise_data": gain,
        "noise_interaction": noise_interaction,
        "train_signal": through * left,
        "train_noise": through,
        "gap_signal": left * (gain + fraction) if left.value else zero,
        "gap_noise": gain + fraction,
        "overlap": left,
        "unfitted": through,
    }
    what = "the loss" if left.value else "the noise that is fitted"
    return FixedPoint(
        kappa=zero, parts=parts, diverges=f"{what} diverges at P = M as t -> oo" if edge else ""
    )


def _corner(sums: SpectralSums, modes: Scalar, field: Field) -> Positive:
    """What stays of the target at N = P = M: ``(sqrt(3) log 2/pi) M sum(c/lambda)/sum(1/lambda)``."""
    digits = sums.digits + 2
    floor = sums.log_eigenvalue(float(modes)) - digits * math.log(10)
    point = sums.one_point(array([field.exp(field.real(floor))]), field, floor)
    constants = field.sqrt(field.real(3)) * field.log(field.real(2)) / field.pi()
    value = constants * modes * point.X[0, 0] / -point.df1[1, 0]
    return Positive(value, 2 * SLACK * point.error + 10.0**-sums.digits)
