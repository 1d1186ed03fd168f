"""What N features or P samples change in the loss of features that move, to first order in 1/N and 1/P.

On the contour of `rich` the transform T of the lazy train loss changes,

    z = kappa (1 - df1/N):   delta T = (kappa X)' kappa df1/N,
    z = kappa (1 - df1/P):   delta T = delta [(1 - df1/P) (kappa X + sigma^2)],

and with it the weights of the clock. Its equation is linear in what that makes of chi and of the Z_j, with
the matrices of Newton's method, panel by panel; at a given time tau changes as well. For N features the
test loss changes as the train loss does, for P samples by the coefficients of the two-time kernels.

    features_coefficient    ``lim N (L(t, N) - L(t))``
    samples_coefficient     ``lim P (L(t, P) - L(t))``
    noise_coefficient       what label noise adds to it, per unit sigma^2
    first_growth            ``lim (K(t) - 1)/gamma^2`` for gamma -> 0
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from asymptotics.errors import DomainError
from numerics.model.clock import Clock, Complexes, Floats, stiffness
from numerics.model.lazy_contour import Lazy
from numerics.model.rich import RichModel, compare_values
from numerics.values.inputs import exact_time, infinite
from numerics.values.value import Value


def features_coefficient(model: RichModel, t: object) -> Value:
    """``lim N (L(t, N) - L(t))`` for N -> oo, P = oo; units of the target power.

    The error is an estimate from two resolutions. Raises `DomainError` for a model with N or P finite.

    >>> from asymptotics import power_law
    >>> model = RichModel(power_law(2, 2), gamma=1)
    >>> round(float(features_coefficient(model, 1000)), 6)
    1.230375
    """
    return _coefficient(model, t, "N", lambda lazy, g: lazy.weights * lazy.per_feature * g**2, "per_feature")


def samples_coefficient(model: RichModel, t: object) -> Value:
    """``lim P (L(t, P) - L(t))`` for P -> oo, N = oo, without label noise; as `features_coefficient`.

    >>> from asymptotics import power_law
    >>> round(float(samples_coefficient(RichModel(power_law(2, 2), gamma=1), 10)), 6)
    1.131097
    """
    return _coefficient(model, t, "P", _on_pairs(model, 0), "per_sample")


def noise_coefficient(model: RichModel, t: object) -> Value:
    """What label noise adds to `samples_coefficient`, per unit sigma^2; dimensionless."""
    return _coefficient(model, t, "P", _on_pairs(model, 1), "per_noisy_sample")


def _on_pairs(model: RichModel, which: int) -> Callable[[Lazy, Complexes], Complexes]:
    """Half of what is added to the test loss at given g, by the coefficients of the two-time kernels."""

    def terms(lazy: Lazy, g: Complexes) -> Complexes:
        u = lazy.weights * g
        kernel = model.kernel(lazy, "per sample", lambda: np.stack(lazy.nodes.per_sample()))
        return np.asarray(np.multiply.outer(u, np.concatenate([u, u.conj()])) * kernel[which])

    return terms


def _coefficient(
    model: RichModel,
    t: object,
    size: str,
    direct: Callable[[Lazy, Complexes], Complexes],
    train: str,
) -> Value:
    if not (infinite(model.lazy.N) and infinite(model.lazy.P)):
        raise DomainError(f"{model!r}: the coefficient of 1/{size} is that at N = P = oo; leave out N and P")
    time = float(exact_time(t))
    found = []
    for lazy, clock in model.solutions(time):
        added = getattr(lazy, train)
        g, d_g = _respond(lazy, clock, float(model.gamma) ** 2, added, time)
        terms = direct(lazy, g).ravel(), 2 * lazy.weights * lazy.train * g * d_g
        found.append(2 * np.concatenate(terms))
    coarse, fine = (float(parts.real.sum()) for parts in found)
    return compare_values(coarse, fine, float(np.abs(found[1]).sum()))


def first_growth(model: RichModel, t: object) -> Value:
    """``lim (K(t) - 1)/gamma^2 = int_0^t int_0^t S(2t - x - y) dx dy`` for gamma -> 0, at any N and P.

    Units of the target power over those of lambda; the error is an estimate from two resolutions.

    >>> model = RichModel.from_arrays([1, 0.5], [1, 1], gamma=1)
    >>> round(float(first_growth(model, 2)), 9)              # (1 - e^-2)^2 + 2 (1 - e^-1)^2
    1.546797874
    """
    time = float(exact_time(t))
    found = []
    for lazy, _ in model.solutions(time):
        learned = -np.expm1(lazy.z * time) / -lazy.z
        found.append(-2 * lazy.z * lazy.weights * lazy.train * learned**2)
    coarse, fine = (float(parts.real.sum()) for parts in found)
    return compare_values(coarse, fine, float(np.abs(found[1]).sum()))


def _respond(
    lazy: Lazy, clock: Clock, strength: float, added: Complexes, time: float
) -> tuple[Complexes, Complexes]:
    """``g = rest/chi`` at the time, node by node, and how it changes where ``added`` is added to T."""
    rates, weights, added = -lazy.z, *(-lazy.z * lazy.weights * f for f in (lazy.train, added))
    grid = clock.grid
    inner, from_start = grid.slopes[1:, 1:], grid.slopes[1:, 0]
    d_Z, d_rest = np.zeros((2, len(rates)), dtype=np.complex128)
    d_chi, d_t = 0.0, 0.0
    for panel in clock.panels:
        response, ahead = grid.respond(rates * panel.length)
        chi, Z = panel.chi[1:], panel.Z[1:]
        left = ahead * d_Z
        slope = stiffness(chi, strength * panel.length * Z * weights, response)
        drive = (2 * weights * Z * left + added * Z**2).sum(axis=1).real
        moved = np.linalg.solve(slope, 2 * strength * drive)
        Zs = left + panel.length * np.einsum("jik,k->ij", response, moved)
        rests = ahead * d_rest + np.einsum("jik,k->ij", response, inner @ moved + from_start * d_chi)
        times = d_t + np.concatenate([[0.0], np.linalg.solve(inner, panel.length * 2 * chi * moved)])
        changes = np.concatenate([[d_chi], moved]), np.vstack([d_rest[None], rests]), times
        if panel.t[-1] >= time:
            return _read(lazy, clock, time, changes)
        d_Z, d_rest, d_chi, d_t = Zs[-1], rests[-1], float(moved[-1]), float(times[-1])
    raise AssertionError("the clock ends before the time")


def _read(
    lazy: Lazy, clock: Clock, time: float, changes: tuple[Floats, Complexes, Floats]
) -> tuple[Complexes, Complexes]:
    tau, chi, g = clock.at_time(time)
    panel = next(panel for panel in clock.panels if time <= panel.t[-1])
    weights = clock.grid.weights((tau - panel.start) / panel.length)
    d_chi, d_rest, d_t = (weights @ f for f in changes)
    slope = weights @ (clock.grid.slopes @ panel.chi) / panel.length
    later = -d_t / chi**2
    g_slope = slope / chi * (1 - g) + lazy.z * g
    d_g = (d_rest - g * d_chi) / chi + g_slope * later
    return g, np.asarray(d_g)
