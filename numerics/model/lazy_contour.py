"""The lazy model on a contour around its spectrum: what `rich` integrates against, for all times at once.

Lazy            nodes, weights, and what is inverted there
encircle_lazy   the lazy model of a `FullModel` on the contour for all times up to the longest
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import sympy
from numpy.typing import NDArray

from numerics.model.discretisation import GUARD_BITS, Discretisation
from numerics.model.encircle import encircle
from numerics.model.full_model import FullModel
from numerics.model.pair_kernels import Nodes
from numerics.model.renormalised_ridge import real_root, resolve_at
from numerics.sums.spectral_sums import OnePoint
from numerics.values.arithmetic import Array, array, bits_of, field_of
from numerics.values.doubled import BITS

DIGITS = 15
SPARE_DIGITS = 3
"""So many digits more have sums from which nothing is taken, as those of losses that fall slowly."""
DOUBLED_BITS = BITS - 2
"""Sums of such numbers are taken in doubled numbers."""
DIFFERING_BITS = 80
"""Those that differences of nodes take, and roots are right to less than their field."""
STEEP, MORE = 4, 2
"""Beyond so many of Taylor's terms a panel has so many more nodes, and sums digits, for each."""
EXTRA_BITS = 60
"""What cancels in two-point sums of neighbouring nodes."""
ENTIRE = 16
"""So many of Taylor's terms are left out of the contour at most."""
WORTH = 1e5
"""How much smaller the next of them is then, at least, and how much larger one may be at the largest |z|."""
BEYOND = 3.0
"""The radius of the contour, over the largest curvature."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lazy:
    """The lazy model on one contour: nodes, their weights, and what is inverted there, in double precision.

    ``train`` is less its value ``floor`` at z = 0, the train loss at t = oo: over z that would grow without
    end, and adds nothing to the clock. At N = P = oo ``per_feature`` is by what it changes with 1/N,
    ``per_sample`` with 1/P, and ``per_noisy_sample`` by label noise of variance 1.
    """

    longest: float
    z: NDArray[np.complex128]
    weights: NDArray[np.complex128]
    train: NDArray[np.complex128]
    floor: float
    kappa: NDArray[np.complex128]
    per_feature: NDArray[np.complex128]
    per_sample: NDArray[np.complex128]
    per_noisy_sample: NDArray[np.complex128]
    nodes: Nodes


def encircle_lazy(lazy: FullModel, longest: float, order: int, share: float) -> Lazy:
    """A model on the contour of ``order`` nodes a panel, or more, for all times up to ``longest``.

    Sums have so many digits more than others as ``share`` of those that a loss of steep fall loses.
    """
    model = lazy._solver.model
    radius = BEYOND * model.edge
    floor_of_train = float(lazy.train_loss(sympy.oo))
    terms = _count_entire(model, longest, radius)
    more = MORE * max(0, terms - STEEP)
    logs, weights = encircle(1 / longest, radius, order + more)
    lost = terms * math.log10(longest * radius)
    digits = DIGITS + math.ceil(share * lost) + more
    sums = model.rough_sums(digits + SPARE_DIGITS)
    plain = not terms and bits_of(sums.digits) < DOUBLED_BITS
    sums = sums if plain else model.sums_for(digits)
    with model.field(digits, 0) as field:
        sizes = model.sizes(field)
        whole = sizes.unlimited
        # kappa tends to a constant, and so differs less than z from node to node
        near = (real_root(-math.log(longest), sums, sizes)[0] + math.log(longest)) / math.log(2)
    bits = max(DOUBLED_BITS, DIFFERING_BITS + math.ceil(near))
    with field_of(bits) if plain else model.field(digits, EXTRA_BITS + lost * math.log2(10)) as field:
        sizes = model.sizes(field)
        resolvent, floor = resolve_at(logs, sums, sizes, field, GUARD_BITS, 2 if whole else 1)
        point = resolvent.point
        X = point.X[0]
        if terms:
            start = sums.one_point(array([abs(resolvent.z[0])]), field, floor, derivatives=terms)
            X = X - _entire_part(start, resolvent.z)
        slope = (point.X[0] + point.kappa * point.X[1]) * point.kappa * point.df1[0]
        train = resolvent.R1 * (point.kappa * X + field.real(float(lazy.noise**2)))
        train = train - field.real(floor_of_train)
    return Lazy(
        longest=longest,
        z=np.exp(logs),
        weights=weights,
        train=train.astype(np.complex128),
        floor=floor_of_train,
        kappa=point.kappa.astype(np.complex128),
        per_feature=slope.astype(np.complex128),
        per_sample=(point.df1[0] * point.kappa**2 * point.X[1]).astype(np.complex128),
        per_noisy_sample=-point.df1[0].astype(np.complex128),
        nodes=Nodes(resolvent=resolvent, sizes=sizes, field=field),
    )


def _count_entire(model: Discretisation, longest: float, radius: float) -> int:
    """How many of Taylor's terms of X at the smallest z are as good as a polynomial on the contour.

    Each next one is much smaller there, and none of them much larger than the first at the largest |z|,
    where it would cancel itself.
    """
    with model.field(DIGITS, EXTRA_BITS) as field:
        sums, sizes = model.sums_for(DIGITS), model.sizes(field)
        if not sizes.unlimited:
            return 0
        smallest = array([field.real(1 / longest)])
        floor = resolve_at(np.log(np.array([1 / longest], dtype=complex)), sums, sizes, field, GUARD_BITS, 1)[
            1
        ]
        sizes_of_terms = [
            abs(term) for term in sums.one_point(smallest, field, floor, derivatives=ENTIRE).X[:, 0]
        ]
    for n in range(1, ENTIRE):
        last = sizes_of_terms[n - 1] * radius ** (n - 1) / math.factorial(n - 1)
        if last > WORTH * sizes_of_terms[0] or sizes_of_terms[n] / longest > sizes_of_terms[n - 1] / WORTH:
            return n - 1
    return ENTIRE - 1


def _entire_part(start: OnePoint, z: Array) -> Array:
    """What of ``X = T`` is as good as a polynomial at the smallest z: it adds nothing to a closed contour.

    Left in, it would cancel: of a loss that falls as t^-s, s > 1, it is larger than what counts by
    t^(s - 1).
    """
    at = start.kappa[0]
    total, power = z * 0, z * 0 + 1
    for n, derivative in enumerate(start.X[:-1, 0]):
        total = total + derivative * power
        power = power * (z - at) / (n + 1)
    return total
