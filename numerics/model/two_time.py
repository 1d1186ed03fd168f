"""The two-time mean-field solution: every loss as a sum of kernels over pairs of contour nodes.

The double Laplace system for C0 ... C3 (arXiv 2402.01092, here BAP, appendix C) is solved here once and for
all. With the two-point sums

    f1 = sum lambda/((lambda+kappa)(lambda+kappa')),   f2 = sum lambda^2/(...),   h = sum c lambda/(...),
    F  = kappa kappa' sum c/(...),      a = 1 - f2/N,      b = 1 - f2/P,
    d  = R3 R1' + f1 (kappa R3/P + kappa' R1'/N)   ( = a b - kappa kappa' f1^2/(N P) )

the solution is, with ``V = kappa kappa' f1 h/(N a)`` and ``mu = a/d - 1``,

    z z' C0 = (F + V)(1 + mu) + sigma^2 mu,      z z' C1 = R1 R1' (F + V + sigma^2)(1 + mu).

F is the bias, V the variance over initialisations for infinite data; dropping C3 (averaging over
initialisations) turns mu into ``mu_D = f2/(P b)``, and ``mu - mu_D = kappa kappa' f1^2/(N P d b)``. With
``1 - R1 R1' = (S + S' R1)/P``, S = df1(kappa), the gap between new and old samples is

    z z' (C0 + sigma^2/(z z') - C1) = (1 - R1 R1') (F + V + sigma^2)(1 + mu).

Every line is a sum of positive terms on the positive axis: nothing cancels, at N = P or anywhere else.
At t = oo the same algebra holds at the fixed point alone, z -> 0. On jets (`jets`) in 1/N or 1/P around an
infinite size it gives the coefficients of the losses in them.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from itertools import pairwise

import numpy as np

from numerics.model.renormalised_ridge import Resolvent
from numerics.model.sizes import Sizes
from numerics.sums.spectral_sums import OnePoint
from numerics.values.arithmetic import Field, array, each
from numerics.values.jets import Jet, Series, compose, small


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


def one_time(resolvent: Resolvent, sizes: Sizes, size: str = "", orders: int = 0) -> OneTime:
    """The nodes of a contour as they are, or expanded to ``orders`` in 1/N or 1/P around that infinite size.

    The coefficients of kappa solve ``z = kappa R1 R3`` order by order; the sums follow by composition.
    """
    point = resolvent.point
    slope = sizes.slope(resolvent.R1, resolvent.R3, point.df1[1])
    change = resolvent.R1 * resolvent.R3 + point.kappa * slope
    if orders:
        n, p = (
            small(x, orders) if size == name else x
            for name, x in (("N", sizes.inverse_N), ("P", sizes.inverse_P))
        )
        sizes = replace(sizes, inverse_N=n, inverse_P=p)
    nothing = point.kappa * 0
    kappa = Jet(terms=(point.kappa, *([nothing] * orders)))
    for order in range(1, orders + 1):
        R1, R3 = sizes.factors(compose(point.df1, kappa))
        rest = resolvent.z - kappa * R1 * R3
        terms = list(kappa.terms)
        terms[order] = rest.terms[order] / change
        kappa = Jet(terms=tuple(terms))
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


def kernels(pair: TwoPoint, R1: Series, R3: Series, R1_other: Series, lost: Series, sizes: Sizes) -> Kernels:
    """``z z' C0 = (F + V)(1 + mu) + sigma^2 mu``, ``z z' C1 = R1 R1' (F + V + sigma^2)(1 + mu)``: parts.

    All from two-point sums (see the module); ``lost`` is 1 - R1 R1'.

    Everything broadcasts against the pairs.
    """
    n, p = sizes.inverse_N, sizes.inverse_P
    k1 = pair.kappa * pair.f1
    k2 = pair.other * pair.f1
    a, b = R3 + n * k2, R1 + p * k2
    d = R3 * R1_other + p * R3 * k1 + n * R1_other * k2
    initialisation = n * k1 * pair.other * pair.h / a
    mu_data = p * pair.f2 / b
    mu_interaction = n * p * k1 * k2 / (d * b)
    gain = a / d
    through, signal = R1 * R1_other * gain, pair.F + initialisation
    return Kernels(
        bias=pair.F,
        initialisation=initialisation,
        data=pair.F * mu_data,
        interaction=initialisation * (mu_data + mu_interaction) + pair.F * mu_interaction,
        noise_data=mu_data,
        noise_interaction=mu_interaction,
        train_signal=through * signal,
        train_noise=through,
        gap_signal=lost * gain * signal,
        gap_noise=lost * gain,
    )


def contour_kernels(nodes: OneTime, field: Field) -> tuple[Kernels, float]:
    """Kernels on all pairs of nodes, jets of shape (m, 2m), and the amplification of rounding in them."""
    pair = two_point(nodes, field)
    R1, R1_other = _rows_and_columns(nodes.R1, field)
    S, S_other = _rows_and_columns(nodes.df1, field)
    lost = nodes.sizes.inverse_P * (S + S_other * R1)
    return kernels(pair, R1, nodes.R3[:, None], R1_other, lost, nodes.sizes), pair.loss


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
