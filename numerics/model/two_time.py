"""The two-time mean-field solution: every loss as a sum of kernels over pairs of contour nodes.

A student is two functions of zeta: ``J = min_w (test loss + zeta |w|^2)`` and ``df = tr K (K + zeta)^-1``.
With their divided differences, and g the transform of 1 by the training rule,

    F2 = (zeta' J - zeta J')/(zeta' - zeta),      D2 = (zeta' df' - zeta df)/(zeta' - zeta),
    Q  = (F2 + sigma^2 D2/P)/(1 - D2/P),          C0 = g g' Q,      C1 = R1 R1' g g' (Q + sigma^2)

are the test and the train loss; for Gaussian features this is the solution of the double Laplace system for
C0 ... C3 (arXiv 2402.01092, here BAP, appendix C). With ``J = Xi(kappa)``, ``zeta = kappa R3(df)``, the
difference ``r = -(R3 - R3')/(df - df')`` (`sizes`), and the two-point sums

    f1 = sum lambda/((lambda+kappa)(lambda+kappa')),   f2 = sum lambda^2/(...),   h = sum c lambda/(...),
    F  = kappa kappa' sum c/(...),      a = R3 + kappa' f1 r = (zeta' - zeta)/(kappa' - kappa)

they are ``F2 = F + kappa kappa' f1 h r/a`` and ``D2 = f2 + kappa kappa' f1^2 r/a``. F is the bias, F2 - F the
variance over initialisations for infinite data, and ``f2/P`` in place of ``D2/P`` averages over
initialisations on the same data. With ``b = 1 - f2/P``,

    a (1 - D2/P) = R3 R1' + f1 (kappa R3/P + kappa' r R1'),      1 - R1 R1' = (df + df' R1)/P,

the latter in the gap ``(1 - R1 R1') (Q + sigma^2)`` between new and old samples. Every line is a sum of
positive terms on the positive axis: nothing cancels, where zeta and zeta' are near each other, at N = P or
anywhere else. At t = oo the same algebra holds at the fixed point alone. On jets (`jets`) in 1/N or 1/P
around an infinite size it gives the coefficients of the losses in them.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from itertools import pairwise

import numpy as np

from numerics.model.renormalised_ridge import Resolvent
from numerics.model.sizes import Sizes
from numerics.sums.spectral_sums import OnePoint
from numerics.values.arithmetic import Array, Field, array, each
from numerics.values.jets import Jet, Series, compose


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernels:
    """The parts of the losses, before tau tau'; names with ``noise`` are per unit sigma^2."""

    bias: Series
    initialisation: Series
    data: Series
    interaction: Series
    noise_data: Series
    noise_interaction: Series
    train_signal: Series
    train_noise: Series
    gap_signal: Series
    gap_noise: Series


PARTS = tuple(f.name for f in fields(Kernels))


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTime:
    """What is known at each node: kappa, df1, X, their slopes in kappa, R1, R3, and the sizes.

    Arrays of the nodes as jets, of one term where nothing is expanded.
    """

    kappa: Jet
    df1: Jet
    X: Jet
    df1_slope: Jet
    X_slope: Jet
    R1: Jet
    R3: Jet
    sizes: Sizes


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoPoint:
    """``kappa, kappa', f1, f2, h, F`` on pairs, and ``loss``: by what rounding is amplified in them."""

    kappa: Series
    other: Series
    f1: Series
    f2: Series
    h: Series
    F: Series
    loss: float


@dataclass(frozen=True, slots=True)
class Weighed:
    """``F, f2, f1`` with other weights of the modes (`metrics`)."""

    F: Series
    f2: Series
    f1: Series


def one_time(
    resolvent: Resolvent, sizes: Sizes, size: str = "", orders: int = 0, along: Array | None = None
) -> OneTime:
    """The nodes of a contour as they are, or expanded to ``orders`` in 1/N or 1/P around that infinite size.

    The coefficients of kappa solve ``z = kappa R1 R3`` order by order; the sums follow by composition. With
    ``along``, the slopes of z in another variable, to first order in that.
    """
    point = resolvent.point
    change = resolvent.R1 * resolvent.R3 + point.kappa * sizes.slope(point.df1[0], point.df1[1])
    if orders:
        sizes = sizes.expand(size, orders)
    nothing = point.kappa * 0
    kappa = Jet(terms=(point.kappa, *([nothing] * orders)))
    for order in range(1, orders + 1):
        R1, R3 = sizes.factors(compose(point.df1, kappa))
        rest = resolvent.z - kappa * R1 * R3
        terms = list(kappa.terms)
        terms[order] = rest.terms[order] / change
        kappa = Jet(terms=tuple(terms))
    if along is not None:
        kappa = Jet(terms=(point.kappa, along / change))
    g = compose(point.df1, kappa)
    R1, R3 = sizes.factors(g)
    return OneTime(
        kappa=kappa,
        df1=g,
        X=compose(point.X, kappa),
        df1_slope=compose(point.df1[1:], kappa),
        X_slope=compose(point.X[1:], kappa),
        R1=R1,
        R3=R3,
        sizes=sizes,
    )


def two_point(nodes: OneTime, field: Field) -> TwoPoint:
    """Two-point sums on (upper nodes) x (upper nodes, then their conjugates), by partial fractions.

    Equal nodes take derivatives; elsewhere differences are taken, and ``loss`` says how much of
    their arguments cancels (once more with each order of a jet).
    """
    kappa, g, X = (_rows_and_columns(f, field) for f in (nodes.kappa, nodes.df1, nodes.X))
    (k, kk), gap = kappa, kappa[1] - kappa[0]
    of_g, of_X = g[0] - g[1], X[0] - X[1]
    for order in range(len(gap.terms)):
        same = np.arange(len(nodes.kappa.terms[0]))
        gap.terms[order][same, same] = field.real(1 if order == 0 else 0)
        of_g.terms[order][same, same] = -nodes.df1_slope.terms[order]
        of_X.terms[order][same, same] = -nodes.X_slope.terms[order]
    f1, fc = of_g / gap, of_X / gap
    F = k * kk * fc
    # Sums weighted with one more lambda: lambda/(lambda+kappa) = 1 - kappa/(lambda+kappa).
    f2, h = g[0] - kk * f1, X[0] - kk * fc
    cancelled = max(_largest_ratio(whole[0], part) for whole, part in ((g, of_g), (X, of_X)))
    loss = cancelled * max(_largest_ratio(whole[0], part) for whole, part in ((g, f2), (X, h)))
    return TwoPoint(kappa=k, other=kk, f1=f1, f2=f2, h=h, F=F, loss=loss ** len(gap.terms))


def kernels(
    pair: TwoPoint,
    R1: Series,
    R1_other: Series,
    R3: Series,
    r: Series,
    p: Series,
    lost: Series,
    metric: Weighed | None = None,
) -> Kernels:
    """``Q = (F2 + sigma^2 D2/P)/(1 - D2/P)`` and ``R1 R1' (Q + sigma^2)`` in parts (see the module).

    p is 1/P, ``lost`` is 1 - R1 R1'; only the ratio of R3 and r matters. Everything broadcasts against the
    pairs. The parts of the test loss are those in a ``metric``, if one is given.
    """
    k1 = pair.kappa * pair.f1
    k2 = pair.other * pair.f1
    a, b = R3 + r * k2, R1 + p * k2
    d = R3 * R1_other + p * R3 * k1 + r * R1_other * k2
    initialisation = r * k1 * pair.other * pair.h / a
    mu_data = p * pair.f2 / b
    mu_interaction = r * p * k1 * k2 / (d * b)
    gain = a / d
    through, signal = R1 * R1_other * gain, pair.F + initialisation
    if metric is None:
        tested = {
            "bias": pair.F,
            "initialisation": initialisation,
            "data": pair.F * mu_data,
            "interaction": initialisation * (mu_data + mu_interaction) + pair.F * mu_interaction,
            "noise_data": mu_data,
            "noise_interaction": mu_interaction,
        }
    else:
        drawn, seen = r * pair.kappa * pair.other / a * metric.f1, p * metric.f2
        again = drawn * pair.f1 * p * gain
        tested = {
            "bias": metric.F,
            "initialisation": drawn * pair.h,
            "data": seen * pair.F / b,
            "interaction": seen * (mu_interaction * pair.F + gain * initialisation) + again * signal,
            "noise_data": seen / b,
            "noise_interaction": seen * mu_interaction + again,
        }
    return Kernels(
        **tested,
        train_signal=through * signal,
        train_noise=through,
        gap_signal=lost * gain * signal,
        gap_noise=lost * gain,
    )


def contour_kernels(
    nodes: OneTime, field: Field, metric: Weighed | None = None, metric_loss: float = 1.0
) -> tuple[Kernels, float]:
    """Kernels on all pairs of nodes, jets of shape (m, 2m), and the amplification of rounding in them."""
    pair = two_point(nodes, field)
    R1, R1_other = _rows_and_columns(nodes.R1, field)
    df, df_other = _rows_and_columns(nodes.df1, field)
    p, r = nodes.sizes.inverse_P, nodes.sizes.difference(df, df_other)
    lost = p * (df + df_other * R1)
    loss = max(pair.loss, metric_loss) * nodes.sizes.loss(df, df_other)
    return kernels(pair, R1, R1_other, nodes.R3[:, None], r, p, lost, metric), loss


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


def _largest_ratio(of: Series, by: Series) -> float:
    """``max |of/by|`` where neither is zero; 1 without such a place. Of jets, their leading terms."""
    of, by = np.broadcast_arrays(*(x.terms[0] if isinstance(x, Jet) else x for x in (of, by)))
    there = (of != 0) & (by != 0)
    return float(np.absolute(of[there] / by[there]).max()) if there.any() else 1.0


def _rows_and_columns(values: Jet, field: Field) -> tuple[Jet, Jet]:
    """At the first node of each pair, and at the second, which may be a conjugate."""
    both = (array([*u, *each(field.conj, u)]) for u in values.terms)
    return values[:, None], Jet(terms=tuple(u[None, :] for u in both))
